#ifndef TG_GATE_RULES_LIST_H
#define TG_GATE_RULES_LIST_H
/* The pieces that gate/rules.c puts together; nobody else needs them. */
#include "gate/rules.h"
#include "gate/rules_value.h"

/* rules_read.c: what an object says of itself. */
int tg_rule_budget(const struct tg_rule_source *s, struct tg_promises *p);
int tg_rule_rates(const struct tg_rule_source *s, struct tg_promises *p);
int tg_rule_queue(const struct tg_rule_source *s, int64_t *ms);

/* rules_list.c: lists, and promises put together. */
/* A new reference: the list, or what a text says between commas; or NULL. */
json_t *tg_rule_listed(const json_t *j);
int tg_rule_windows(const struct tg_rule_source *s, struct tg_promises *p);
int tg_rule_limits(const struct tg_rule_source *s, struct tg_promises *p);
int tg_rule_models(const struct tg_rule_source *s, struct tg_rules *out);
/* Of two caps of a period, or two limits of a window, the lower counts. */
void tg_rule_add_cap(struct tg_arena *a, struct tg_promises *p,
    const struct tg_cap *c);
void tg_rule_add_limit(struct tg_arena *a, struct tg_promises *p,
    struct tg_limit l);
#endif
