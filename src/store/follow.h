#ifndef TG_STORE_FOLLOW_H
#define TG_STORE_FOLLOW_H
/*
 * Following the books for what is looked up (summaries, marks): the ledger's
 * lines say which calls have ended since.  A lost call may be corrected yet:
 * until then it is only marked as lost, and read each time.
 */
#include "store/calls.h"
#include "store/db.h"

struct tg_follow {
	int64_t seq, from;	/* rows between them: not yet */
	int64_t line;		/* lines above: not yet */
};
int tg_follow_get(struct tg_db *db, struct tg_follow *f, struct tg_err *e);
/* About how many lines and rows wait. */
int tg_follow_waiting(struct tg_db *db, int64_t *n, struct tg_err *e);
/*
 * Rows that have ended and are not in summaries and marks, rising: those of
 * lines above, and lost ones; but for what is between seq and from.
 */
struct tg_follow_rows {
	int64_t *seqs;
	size_t n;
};
int tg_follow_rest(struct tg_db *db, struct tg_arena *a,
    const struct tg_follow *f, struct tg_follow_rows *rows, struct tg_err *e);
/*
 * Calls fn with each row of both that may have begun in that time (wall us);
 * the row lasts until fn returns.
 */
typedef int tg_follow_fn(const struct tg_call_row *c, void *arg);
struct tg_follow_time {
	int64_t from_at, to_at;		/* 0: open */
};
int tg_follow_each(struct tg_db *db, struct tg_follow_time when,
    tg_follow_fn *fn, void *arg, struct tg_err *e);
/* Open rows, rising. */
int tg_follow_open(struct tg_db *db, struct tg_arena *a,
    struct tg_follow_rows *rows, struct tg_err *e);
/* Is this row marked as lost? 1, 0, -1. */
int tg_follow_is_lost(struct tg_db *db, int64_t seq, struct tg_err *e);
/* The dimensions of a call, as both know them. */
typedef int tg_value_fn(int dim, const char *value, void *arg);
int tg_follow_sums(const struct tg_call_row *c, tg_value_fn *fn, void *arg);
int tg_follow_marks(const struct tg_call_row *c, tg_value_fn *fn, void *arg);
#endif
