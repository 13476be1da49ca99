#ifndef TG_STORE_SUMMARIES_H
#define TG_STORE_SUMMARIES_H
/*
 * Sums by one dimension at a time, for pages.  Upkeep counts calls that have
 * ended into the table some time later; those it has not come to are counted
 * while reading, so the answer is always of now.
 */
#include "store/calls.h"
#include "store/db.h"
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
/* Each attempt is a call, as in the books. */
struct tg_summary {
	int64_t hour_at;	/* wall us */
	const char *value;	/* borrowed */
	int64_t calls, failed, refused, unpriced;	/* failed: lost too */
	int64_t input_tokens;	/* all kinds of input */
	int64_t cached_tokens;	/* of them read from a cache */
	int64_t output_tokens;
	int64_t cost_nano;
	int64_t total_us, first_us, firsts;
	/* how long calls took that ended well, and to the first content */
	struct tg_histogram total, first;
};
struct tg_summary_filter {
	enum tg_sum_dim dim;
	const char *value;		/* NULL: all */
	int64_t from_at, to_at;		/* wall us, hours that begin in it */
	bool no_times;			/* histograms stay empty: faster */
};
typedef int tg_summary_fn(const struct tg_summary *s, void *arg);
/*
 * Calls fn for each hour and value that has calls, the days in order; an hour
 * of today may come in two parts.  fn != 0 ends it.  In tg_read().
 */
int tg_summary_each(struct tg_db *db, const struct tg_summary_filter *f,
    tg_summary_fn *fn, void *arg, struct tg_err *e);
/*
 * Takes up some of the calls that have ended since, into summaries and marks
 * (store/marks.h).  1: more is to do, 0 not, -1 failed.  Few are not worth a
 * transaction: they wait, unless all is set.
 */
int tg_summary_fold(struct tg_store *s, bool all, struct tg_err *e);
#endif
