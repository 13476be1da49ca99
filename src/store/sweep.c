#include "config.h"

/*
 * What dead processes left.  Their open calls are settled by the policy that
 * stands in the row, what they held or waited for is given back, and windows
 * that are over go.  A few rows at a time, for calls wait behind it.
 */
#include "base/clock.h"
#include "base/money.h"
#include "store/booking.h"

#define SLICE 64
/* So long a call may stand between two attempts. */
#define BETWEEN_US (600 * INT64_C(1000000))
#define ARENA_BYTES ((size_t)8 * 1024 * 1024)

struct sweep {
	struct tg_arena *a;
	const char **workers;		/* dead ones */
	size_t n_workers;
	int64_t *heads;			/* of holds and flights nobody serves */
	size_t n_heads;
	/* of a slice */
	const char *worker;
	int64_t done;
};

static int gather(struct tg_db *db, void *arg, struct tg_err *e);
static int gather_heads(struct tg_db *db, struct sweep *w, struct tg_err *e);
static int64_t lost_cost(const struct tg_call_row *c);
static int lose(struct tg_db *db, void *arg, struct tg_err *e);
static int lose_one(struct tg_db *db, struct sweep *w, struct tg_call_row *c,
    struct tg_err *e);
static int served(struct tg_db *db, int64_t head, struct tg_err *e);
static int tidy(struct tg_db *db, void *arg, struct tg_err *e);

int
tg_book_sweep(struct tg_store *s, int64_t *n, struct tg_err *e)
{
	struct sweep w = { .a = tg_arena_new(ARENA_BYTES) };
	int rc;

	*n = 0;
	rc = tg_read(s, TG_DB_MAIN, gather, &w, e);
	for (size_t i = 0; rc == 0 && i < w.n_workers; i++) {
		w.worker = w.workers[i];
		do {
			rc = tg_write(s, TG_DB_MAIN, lose, &w, e);
			if (rc == 0)
				*n += w.done;
		} while (rc == 0 && w.done == SLICE);
	}
	if (rc == 0)
		rc = tg_write(s, TG_DB_MAIN, tidy, &w, e);
	tg_arena_free(w.a);
	return rc;
}

static int
gather(struct tg_db *db, void *arg, struct tg_err *e)
{
	struct sweep *w = arg;
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_CALL_WORKERS);
	void *workers = NULL;
	const char **worker;
	int rc;

	while ((rc = tg_db_step(db, st, e)) == 1) {
		if (tg_worker_alive((const char *)sqlite3_column_text(st, 0)))
			continue;
		worker = tg_rows_add(
		    w->a, &workers, &w->n_workers, sizeof(*worker));
		*worker = tg_col_text(w->a, st, 0);
	}
	w->workers = workers;
	return rc == -1 ? -1 : gather_heads(db, w, e);
}

static int
gather_heads(struct tg_db *db, struct sweep *w, struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_SWEEP_HEADS);
	void *heads = NULL;
	int rc, is;

	while ((rc = tg_db_step(db, st, e)) == 1) {
		int64_t head = sqlite3_column_int64(st, 0);

		is = served(db, head, e);
		if (is == -1) {
			tg_db_done(st);
			return -1;
		}
		if (is == 0)
			*(int64_t *)tg_rows_add(w->a, &heads, &w->n_heads,
			    sizeof(*w->heads)) = head;
	}
	w->heads = heads;
	return rc;
}

/* Has the call an open attempt, or will it have one soon? */
static int
served(struct tg_db *db, int64_t head, struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_SWEEP_HEAD);
	int64_t ended;
	int rc, is;

	sqlite3_bind_int64(st, 1, head);
	rc = tg_db_step(db, st, e);
	if (rc != 1)
		return rc;
	ended = tg_col_i64(st, 2, 0);
	is = sqlite3_column_int(st, 1) != 0 ||
	    (ended > tg_wall_us() - BETWEEN_US &&
		tg_worker_alive((const char *)sqlite3_column_text(st, 0)));
	tg_db_done(st);
	return is;
}

/* --- open rows --- */

static int
lose(struct tg_db *db, void *arg, struct tg_err *e)
{
	struct sweep *w = arg;
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_CALL_OPENS_OF);
	struct tg_call_row *rows;
	void *list = NULL;
	size_t n = 0;
	int rc;

	w->done = 0;
	tg_bind_text(st, 1, w->worker);
	sqlite3_bind_int(st, 2, SLICE);
	while ((rc = tg_db_step(db, st, e)) == 1)
		tg_call_load(tg_rows_add(w->a, &list, &n, sizeof(*rows)), w->a,
		    st);
	rows = list;
	for (size_t i = 0; rc == 0 && i < n; i++)
		rc = lose_one(db, w, &rows[i], e);
	w->done = (int64_t)n;
	return rc;
}

static int
lose_one(struct tg_db *db, struct sweep *w, struct tg_call_row *c,
    struct tg_err *e)
{
	struct tg_settle work = { .row = c, .a = w->a, .last = true };

	c->state = TG_CALL_LOST;
	c->error = "lost";
	c->cost_nano = lost_cost(c);
	c->estimated = true;
	return tg_settle_run(db, &work, e);
}

static int64_t
lost_cost(const struct tg_call_row *c)
{
	int64_t nano;

	if (c->lost_policy == TG_LOST_ZERO)
		return 0;
	if (c->lost_policy == TG_LOST_HOLD || c->streamed_tokens < 0 ||
	    c->fixed_nano < 0 || c->output_pico < 0)
		return c->hold_nano;
	nano = tg_pico_to_nano((tg_i128)c->fixed_nano * 1000 +
	    (tg_i128)c->streamed_tokens * c->output_pico);
	return nano < c->hold_nano ? nano : c->hold_nano;
}

/* --- the rest --- */

static int
drop_head(struct tg_db *db, int64_t head, struct tg_err *e)
{
	static const enum tg_sql names[] = { TG_SQL_SWEEP_HOLDS,
		TG_SQL_SWEEP_FLIGHTS };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		sqlite3_stmt *st = tg_db_stmt(db, names[i]);

		sqlite3_bind_int64(st, 1, head);
		if (tg_db_step(db, st, e) == -1)
			return -1;
	}
	return 0;
}

static int
tidy(struct tg_db *db, void *arg, struct tg_err *e)
{
	struct sweep *w = arg;
	int64_t now = tg_wall_us();

	for (size_t i = 0; i < w->n_heads; i++) {
		int is = served(db, w->heads[i], e);

		if (is == -1)
			return -1;
		if (is == 0 && drop_head(db, w->heads[i], e) == -1)
			return -1;
	}
	if (tg_waits_prune(db, now, e) == -1)
		return -1;
	return tg_windows_prune(db, now, e);
}
