#ifndef TG_STORE_CALL_PAGES_H
#define TG_STORE_CALL_PAGES_H
/*
 * The books by pages, filtered and sorted, for people who look things up.
 * Rows are found by the order of time: a page of the newest reads what it
 * shows, a total reads the rows between its dates.  All functions run inside
 * the caller's tg_read().
 */
#include "store/calls.h"
#include "store/db.h"

enum tg_call_sort {		/* as the statements number them */
	TG_CALLS_BY_START,
	TG_CALLS_BY_COST,
	TG_CALLS_BY_TOKENS,
	TG_CALLS_BY_END,
	TG_CALLS_BY_DURATION,
	TG_CALLS_BY_MODEL,	/* the upstream's */
	TG_CALLS_BY__MAX
};

struct tg_call_query {
	int64_t key_id, person, team, organization;	/* 0: all */
	const char *model, *upstream_model, *deployment;	/* NULL: all */
	const char *session, *user;
	const char *id;		/* the call's, or that of the answer */
	const char *error;	/* part of the reason */
	int status;		/* 0: all */
	int outcome;		/* 0: all, 1 done, 2 any other end */
	int64_t min_nano, max_nano;	/* TG_COST_UNKNOWN: open */
	int64_t from_at, to_at;	/* wall us, 0: open */
	enum tg_call_sort sort;
	bool ascending;
	int64_t after, limit;	/* of the rows that fit */
};
/*
 * Row numbers between which all calls stand that began in that time (wall us,
 * 0: open), and a few more.
 */
int tg_call_span(struct tg_db *db, const int64_t at[2], int64_t seqs[2],
    struct tg_err *e);

/* A query that everything fits, with a limit of 100, the newest first. */
void tg_call_query_init(struct tg_call_query *q);
/* *total, unless it is NULL: without the page. Open calls are left out. */
int tg_call_page(struct tg_db *db, struct tg_arena *a,
    const struct tg_call_query *q, struct tg_call_row **rows, size_t *n,
    int64_t *total, struct tg_err *e);

/* 429 for a model, from upstream or from us, by deployment and day. */
struct tg_call_429 {
	const char *deployment;
	int64_t day;		/* since 1970, UTC */
	int64_t n;
};
struct tg_call_429_query {
	const char *model;
	int64_t from_at, to_at;	/* wall us */
};
int tg_call_429s(struct tg_db *db, struct tg_arena *a,
    const struct tg_call_429_query *q, struct tg_call_429 **rows, size_t *n,
    struct tg_err *e);
#endif
