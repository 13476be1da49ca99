#ifndef TG_WEB_MANAGE_FIELDS_H
#define TG_WEB_MANAGE_FIELDS_H
/*
 * What a body may set, as tables: one for keys, people, teams, budgets ...
 * From a body to stored settings and from there to rows, in LiteLLM's way:
 * only members that were sent are changed, an explicit null clears, unknown
 * ones are passed over, and answers show those that are not set, too.
 */
#include "web/manage/manage.h"

enum tg_field_type {
	TG_IS_TEXT,
	TG_IS_COUNT,		/* a whole number; -1: none */
	TG_IS_WHOLE,		/* a whole number, below 0 too */
	TG_IS_MONEY,		/* USD, not negative */
	TG_IS_BOOL,
	TG_IS_TEXTS,		/* a list of strings */
	TG_IS_LIST,		/* of anything */
	TG_IS_OBJECT,
	TG_IS_COUNTS,		/* an object of such numbers */
	TG_IS_DURATION,		/* "30d" */
	TG_IS_TIME,		/* ISO 8601 */
	TG_IS_ANY
};
enum {
	/* has a column, or is done by hand: not stored */
	TG_FIELD_OWN = 1,
	/* LiteLLM keeps it in metadata: it is also read and shown there */
	TG_FIELD_META = 2,
	TG_FIELD_REFUSED = 4	/* nothing enforces it: only empty values */
};
struct tg_field {
	const char *name;	/* NULL ends a table */
	enum tg_field_type type;
	unsigned flags;
	/* JSON shown when it is not set; NULL: hidden */
	const char *unset;
};

/*
 * Before anything else is looked at: numbers and truths that were sent as text
 * become what they spell ("5", "true"), and members of the table that were
 * sent within "metadata" become the body's own (which win).
 */
void tg_fields_lift(const struct tg_field *table, json_t *body);
/*
 * Types and bounds of what was sent: TG_E_TYPE (422), TG_E_INVALID,
 * TG_E_UNSUPPORTED, with the member's name.
 */
int tg_fields_check(struct tg_err *e, const struct tg_field *table,
    const json_t *body);
/* Into settings (the caller's tree) goes what was sent. */
void tg_fields_store(const struct tg_field *table, const json_t *body,
    json_t *settings);
/* Into a row: every member that is shown; "metadata" must be there already. */
void tg_fields_show(const struct tg_field *table, const json_t *settings,
    json_t *row);

extern const struct tg_field tg_fields_key[], tg_fields_user[],
    tg_fields_team[], tg_fields_member[], tg_fields_budget[];
/* Besides those of a budget, which they have too. */
extern const struct tg_field tg_fields_customer[], tg_fields_organization[],
    tg_fields_project[], tg_fields_tag[];
/* Of those of a budget: what is not set for members of teams and the like. */
extern const struct tg_field tg_fields_not_member[];
#endif
