#ifndef TG_STORE_ROLLUPS_H
#define TG_STORE_ROLLUPS_H
/*
 * Sums by the hour: what pages, reports and /metrics read instead of rows.
 */
#include "store/calls.h"
#include "store/db.h"

struct tg_rollup {
	int64_t hour_at;		/* wall us */
	int64_t facet;		/* 0, or a customer's or tag's subject */
	int64_t key_id, person, team, member, project, organization;
	const char *model, *deployment, *provider, *route;	/* borrowed */
	enum tg_call_state state;
	int64_t calls, unpriced;
	int64_t tokens[TG_TOK__MAX];
	int64_t reasoning_tokens;
	int64_t cost_nano, provider_cost_nano;
	int64_t total_us, first_us, firsts;
};
struct tg_rollup_filter {
	int64_t from_at, to_at;		/* wall us, hours that begin in it */
	/* 0: each call once; >0 that subject; -1 all customers, -2 all tags */
	int64_t facet;
	int64_t key_id, person, team, project, organization;	/* 0: all */
	const char *model, *provider;	/* NULL: all */
};
/* Calls fn for each row, in order of time, inside one read. fn != 0 ends it. */
typedef int tg_rollup_fn(const struct tg_rollup *r, void *arg);
int tg_rollup_each(struct tg_db *db, const struct tg_rollup_filter *f,
    tg_rollup_fn *fn, void *arg, struct tg_err *e);
#endif
