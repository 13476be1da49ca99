#ifndef TG_STORE_VERIFY_H
#define TG_STORE_VERIFY_H
/*
 * The proof of the books, shared by its two files: verify.c walks lines and
 * rows, verify_sums.c adds up what the rows say and compares it with the
 * tables of sums, holds and flights.
 */
#include "store/booking.h"
#include "store/ledger.h"
#include "store/verify_map.h"

/* A cap, or a limit of calls in flight, and whose calls are under it. */
struct tg_verify_bound {
	struct tg_account account;
	int64_t id;
	const char *period;		/* NULL: a limit */
	int64_t created_at;
	int64_t from, to;		/* the period last looked at */
	struct tg_verify_bound *next;	/* of the same scope and subject */
};

struct tg_verify {
	struct tg_db *db;
	struct tg_arena *a;
	struct tg_ledger_report *report;
	int64_t ledger_from;		/* rows up to it may have no line */
	struct tg_sums seen;		/* rows with a line: times */
	struct tg_sums opens;		/* heads of open rows */
	struct tg_sums accounts;	/* by scope, subject */
	struct tg_sums balances;	/* by cap, period; v[1] its end */
	struct tg_sums rollups;		/* by the hash of the key */
	struct tg_verify_bound **bounds;	/* by scope, subject */
	size_t n_bounds;
};

/* One difference more. */
void tg_verify_wrong(struct tg_verify *v, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* An amount and a moment for its words: "0.25 USD", an ISO time. */
const char *tg_verify_usd(struct tg_verify *v, int64_t nano);
const char *tg_verify_time(struct tg_verify *v, int64_t wall_us);
/* Before the rows: the caps and limits there are. */
int tg_verify_bounds(struct tg_verify *v, struct tg_err *e);
/* A completed row counts; an open one must hold what it should. */
int tg_verify_count(struct tg_verify *v, const struct tg_call_row *c,
    struct tg_err *e);
int tg_verify_open(struct tg_verify *v, const struct tg_call_row *c,
    struct tg_err *e);
/* An adjustment by hand counts too. */
int tg_verify_adjust(struct tg_verify *v, const struct tg_ledger_line *l,
    struct tg_err *e);
/* After the rows: all sums, holds and flights against what was counted. */
int tg_verify_sums(struct tg_verify *v, struct tg_err *e);
#endif
