#ifndef TG_GATE_SETTINGS_H
#define TG_GATE_SETTINGS_H
/*
 * The settings of [provider:NAME] and [model:NAME], wherever they come from:
 * one table each, read into the catalog's structs.  The names are those of
 * tollgate.ini(5).
 */
#include "base/arena.h"
#include "base/err.h"
#include "gate/catalog.h"

/* Value of a setting, or NULL. */
const char *tg_settings_get(const struct tg_section *s, const char *key);
/*
 * u->name and u->route (the defaults) are set already; type, address, secret,
 * headers and clocks are read over them.  TG_E_INVALID names section and key.
 * Keys that belong to a model are passed over.
 */
int tg_settings_upstream(struct tg_arena *a, const struct tg_section *s,
    struct tg_upstream *u, struct tg_err *e);
/*
 * d->route holds the upstream's clocks already. Passes over a provider's keys.
 */
int tg_settings_deployment(struct tg_arena *a, const struct tg_section *s,
    struct tg_deployment *d, struct tg_err *e);
/*
 * Is it a setting of a provider (1), of a model (2), of both (3), of none (0)?
 */
int tg_settings_kind(const char *key);

/* --- settings_money.c --- */
/* As tg_settings_kind(), for the names that make caps and limits. */
int tg_settings_promise_kind(const char *key);
/*
 * Those of s: its own, and (unless NULL) those that begin with "model_",
 * without that.
 */
void tg_settings_promises(struct tg_arena *a, const struct tg_section *s,
    struct tg_section *own, struct tg_section *of_model);
/* enum tg_lost_policy; NULL is the usual one; -1: not a policy. */
int tg_settings_lost(const struct tg_section *s, const char *name,
    struct tg_err *e);

/* --- settings_price.c --- */
#define TG_MOST_DISCOUNT 1000000	/* millionths */
#define TG_MOST_MARGIN 10000000
/* price_UNIT, with or without conditions. */
bool tg_settings_is_price(const char *key);
/* Those of s behind the ones that are in list. */
int tg_settings_prices(struct tg_arena *a, const struct tg_section *s,
    struct tg_price_list *list, struct tg_err *e);
/* "5 %" -> 50000; *ppm stays when there is no such key. */
int tg_settings_percent(const struct tg_section *s, const char *key,
    int64_t most_ppm, int64_t *ppm, struct tg_err *e);
/* A copy that has one more; in the arena. */
void tg_prices_append(struct tg_arena *a, struct tg_price_list *list,
    const struct tg_price *p);
#endif
