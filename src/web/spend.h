#ifndef TG_WEB_SPEND_H
#define TG_WEB_SPEND_H
/*
 * What the routes about spending share.  A handler is two functions that run
 * in one read: the first reads what is asked for (dates, filters, rights) and
 * says by which dimensions; then the rollups are grouped; the second writes
 * the answer.
 */
#include "web/jwrite.h"
#include "web/manage/manage.h"
#include "web/manage/rights.h"
#include "web/names.h"
#include "web/tally.h"

#define TG_DAY_US (24 * 3600 * 1000000LL)

struct tg_spend {
	struct tg_manage m;
	struct tg_arena *arena;		/* of this answer, roomy */
	struct tg_names *names;
	/* set by the first function */
	struct tg_rollup_filter filter;
	unsigned dims;			/* 0: nothing is grouped */
	int west_min;			/* the caller's days, minutes */
	const char *zone;		/* or days of this zone; NULL not */
	int64_t first_day, last_day;	/* since 1970, both are included */
	void *own;			/* the handler's */
	bool granted;			/* a filter that may be seen whole */
	/* for the second */
	struct tg_tally *tally;
	struct tg_jw out;
};
typedef int tg_spend_fn(struct tg_spend *s);

/* own: s->own. Failures have the status as their code, as LiteLLM's do. */
int tg_spend_serve(struct tg_web *w, tg_spend_fn *ask, tg_spend_fn *write,
    void *own);

/*
 * The same for who has a transaction of their own: s->out is theirs to read
 * before the end.
 */
struct tg_spend_run;
struct tg_spend_run *tg_spend_begin(struct tg_manage *m);
struct tg_spend *tg_spend_of(struct tg_spend_run *run);
void tg_spend_end(struct tg_spend_run *run);
/* Groups by s->dims what s->filter lets through; -1: cannot be read. */
int tg_spend_group(struct tg_spend *s);

/* --- for the first function --- */
enum { TG_DATES_NEEDED = 1, TG_DATES_OR_MONTH = 2 };
/*
 * start_date and end_date (YYYY-MM-DD, UTC or as west_min says) into the
 * filter.  NEEDED: 400 when one is missing; OR_MONTH: then the last 30 days.
 * 1 given, 0 not.
 */
int tg_spend_dates(struct tg_spend *s, unsigned how);
/* The same for two texts; a time of day is passed over. -1: 400. */
int tg_spend_range(struct tg_spend *s, const char *from, const char *to);
void tg_spend_last_month(struct tg_spend *s);
bool tg_spend_sees_all(const struct tg_spend *s);
/*
 * A key (raw or hash), a subject by its public id, into the filter; NULL is
 * passed over.  Unknown ones match nothing; what the caller may not see whole
 * is 403.
 */
int tg_spend_key(struct tg_spend *s, const char *given);
int tg_spend_subject(struct tg_spend *s, enum tg_subject_kind kind,
    const char *given);
/* Where such a subject stands in the filter. */
int64_t *tg_spend_filter_of(struct tg_spend *s, enum tg_subject_kind kind);
/*
 * After those: who does not see everything, and asked for nothing that may be
 * seen whole, gets what is theirs, the person's or the key's.
 */
void tg_spend_own(struct tg_spend *s);
/* All of it for api_key, user_id and team_id of the query. */
int tg_spend_filters(struct tg_spend *s);

/* --- for the second --- */
/* A coarser tally of the one that was made; freed with it. */
struct tg_tally *tg_spend_fold(struct tg_spend *s, unsigned dims);
/* Another tally in its place; the one before is freed at the end. */
void tg_spend_replace(struct tg_spend *s, struct tg_tally *t);
/* "2026-01-31", in the arena; and "Jan 31". */
const char *tg_spend_date(struct tg_spend *s, int64_t day);
const char *tg_spend_short_date(struct tg_spend *s, int64_t day);
/* Walks groups that are sorted by day, from the first day on. */
struct tg_walk {
	const struct tg_group *const *groups;
	size_t n, at;
};
void tg_walk_begin(struct tg_walk *k, struct tg_tally *t);
/* To the first of a day, wherever it stood. */
void tg_walk_seek(struct tg_walk *k, int64_t day);
/* The next group of this day, or NULL; without seeking days must rise. */
const struct tg_group *tg_walk_next(struct tg_walk *k, int64_t day);

/* Handlers, by file: manage_spend_sums, _cost, manage_global ... */
tg_handler tg_web_spend_tags;
tg_manage_fn tg_web_spend_keys, tg_web_spend_users;
tg_handler tg_web_spend_calculate, tg_web_cost_estimate;
tg_handler tg_web_spend_report, tg_web_global_report;
tg_manage_fn tg_web_spend_reset, tg_web_spend_refresh;
tg_handler tg_web_report, tg_web_statement;
tg_handler tg_web_daily, tg_web_all_tags, tg_web_all_customers;
#endif
