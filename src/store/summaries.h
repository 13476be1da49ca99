#ifndef TG_STORE_SUMMARIES_H
#define TG_STORE_SUMMARIES_H
/*
 * Sums by one dimension at a time, for pages: hours that are over come from
 * the summaries, which upkeep folds out of the rollups, the others from the
 * rollups themselves; so the answer is always of now.
 */
#include "store/histogram.h"
#include "store/rollups.h"

enum tg_sum_dim {
	TG_SUM_ALL,		/* value "" */
	TG_SUM_MODEL,
	TG_SUM_PROVIDER,
	TG_SUM_DEPLOYMENT,
	TG_SUM_KEY,		/* value: the row's number */
	TG_SUM_PERSON,
	TG_SUM_TEAM,
	TG_SUM_CUSTOMER,
	TG_SUM_TAG,
	TG_SUM_STATE,		/* value: enum tg_call_state's number */
	TG_SUM__MAX
};
struct tg_summary {
	int64_t hour_at;
	const char *value;	/* borrowed */
	int64_t calls, failed, refused, unpriced;
	int64_t input_tokens;	/* all kinds of input */
	int64_t cached_tokens;	/* of them read from a cache */
	int64_t output_tokens;
	int64_t cost_nano;
	int64_t total_us, first_us, firsts;
	struct tg_histogram total, first;
};
struct tg_summary_filter {
	enum tg_sum_dim dim;
	const char *value;		/* NULL: all */
	int64_t from_at, to_at;		/* wall us, hours that begin in it */
};
typedef int tg_summary_fn(const struct tg_summary *s, void *arg);
/* Calls fn for each, in order of time within each value; fn != 0 ends it. */
int tg_summary_each(struct tg_db *db, const struct tg_summary_filter *f,
    tg_summary_fn *fn, void *arg, struct tg_err *e);
/*
 * Folds hours that are over, some at a time, and anew those that a late line
 * of the ledger has changed.  1: more is to do, 0 not, -1 failed.
 */
int tg_summary_fold(struct tg_store *s, struct tg_err *e);
#endif
