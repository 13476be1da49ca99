#ifndef TG_GATE_RULES_VALUE_H
#define TG_GATE_RULES_VALUE_H
/*
 * Single values of settings that come from several objects, one behind the
 * other: the first that has the member counts.  Numbers are read digit by
 * digit, from JSON numbers and from text (tollgate.ini has only text).
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/decimal.h"
#include "base/err.h"
#include "base/jtree.h"

#define TG_RULE_LEVELS 3

struct tg_rule_level {
	const json_t *object;		/* or NULL */
	const char *origin;		/* of the caps it makes */
};
struct tg_rule_source {
	struct tg_arena *a;
	struct tg_rule_level levels[TG_RULE_LEVELS];
	/* amounts, periods and rates are said by so many of them */
	int own;
	const char *zone;		/* of periods that name none */
	/* the member that all this stands in, or NULL: for complaints */
	const char *within;
	struct tg_err *e;
};

/*
 * In the first n levels; null is as if it were not there, an empty list or
 * object too.  *level: where it was found; level may be NULL.
 */
const json_t *tg_rule_get(const struct tg_rule_source *s, int n,
    const char *name, const struct tg_rule_level **level);
/* -1: "'max_budget' <must>", with the member's name. */
int tg_rule_refuse(const struct tg_rule_source *s, enum tg_code code,
    const char *name, const char *must);
/*
 * The value of a member, which is not NULL.  TG_E_TYPE: no number; TG_E_INVALID
 * too large, and for amounts: negative.
 */
int tg_rule_nano(const struct tg_rule_source *s, const char *name,
    const json_t *j, int64_t *nano);
/* Whole; -1 is INT64_MAX, no limit. */
int tg_rule_count(const struct tg_rule_source *s, const char *name,
    const json_t *j, int64_t *count);
/* Seconds, also with a fraction, as milliseconds. */
int tg_rule_ms(const struct tg_rule_source *s, const char *name,
    const json_t *j, int64_t *ms);
/* Optional: *text is left alone when it is missing. */
int tg_rule_text(const struct tg_rule_source *s, int n, const char *name,
    const char **text);
/* One of these words (ended by NULL): its number; left alone when missing. */
int tg_rule_word(const struct tg_rule_source *s, const char *name,
    const char *const *words, int *number);
#endif
