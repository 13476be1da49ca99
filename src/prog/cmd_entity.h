#ifndef TG_PROG_CMD_ENTITY_H
#define TG_PROG_CMD_ENTITY_H
/*
 * What has the verbs create, list, show, update and remove: people, teams,
 * customers, shared budgets, tags.  A row says how the management API
 * (litellm-compat.md 2.2 to 2.6) spells it.
 */
#include "prog/command.h"

struct tg_noun {
	const char *what; /* in sentences */
	const char *base; /* "/team": /new, /update and /delete are below */
	const char *id; /* the member that names it */
	const char *made_off; /* a member that is false when made, or NULL */
	/* /delete: its member, and whether that is a list */
	const char *removes;
	bool removes_list;
	/* GET with the id behind it; NULL: POST info_of with asks: [id] */
	const char *info;
	const char *info_of, *asks;
	/* where the row is: a member, or NULL: the answer, its first element */
	const char *row;
	bool row_by_id; /* ... or its member of that name */
	/* GET; pages: with page=N until total_pages */
	const char *list;
	bool pages;
	const char *rows; /* member with them, or NULL: the answer */
	const struct tg_column *columns;
};
extern const struct tg_noun tg_noun_user, tg_noun_team,
    tg_noun_customer, tg_noun_budget, tg_noun_tag;
#endif
