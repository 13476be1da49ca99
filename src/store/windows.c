#include "config.h"

/*
 * Limits: what was used in a window, by slots of a 60th of it, and calls in
 * flight.  What the upstream sees is sent some moments after it was counted
 * here: so a window is looked at with one slot more than it has, and whatever
 * window the upstream itself looks at holds no more than the limit.
 */
#include "store/booking.h"

#define SECOND_US INT64_C(1000000)
#define SLOTS 60

static int64_t slot_s(int64_t window_s);
static int64_t reach(int64_t window_s);
static int64_t us_until(const struct tg_limit *l, int64_t slot, int64_t now);

size_t
tg_terms_limits(const struct tg_terms *t)
{
	size_t n = 0;

	for (size_t i = 0; t != NULL && i < t->n; i++)
		n += t->accounts[i].n_limits;
	return n;
}

void
tg_gauges_make(const struct tg_terms *t, struct tg_gauge *gauges, size_t *n)
{
	for (size_t i = 0; t != NULL && i < t->n; i++)
		for (size_t k = 0; k < t->accounts[i].n_limits; k++)
			gauges[(*n)++] = (struct tg_gauge){
				.account = &t->accounts[i],
				.limit = &t->accounts[i].limits[k],
			};
}

int64_t
tg_limit_need(enum tg_limit_unit u, int64_t input, int64_t output)
{
	switch (u) {
	case TG_LIMIT_TOKENS:
		return input + output;
	case TG_LIMIT_INPUT:
		return input;
	case TG_LIMIT_OUTPUT:
		return output;
	default:
		return 1;
	}
}

static int64_t
slot_s(int64_t window_s)
{
	return window_s > SLOTS ? window_s / SLOTS : 1;
}

/* How many slots back of the present one are looked at. */
static int64_t
reach(int64_t window_s)
{
	int64_t len = slot_s(window_s);

	return (window_s + len - 1) / len + 1;
}

int64_t
tg_window_slot(const struct tg_limit *l, int64_t at)
{
	return at / SECOND_US / slot_s(l->window_s);
}

/* Until a slot is looked at no more. */
static int64_t
us_until(const struct tg_limit *l, int64_t slot, int64_t now)
{
	int64_t gone = (slot + reach(l->window_s) + 1) * slot_s(l->window_s);

	return gone * SECOND_US - now;
}

int
tg_gauge_read(struct tg_db *db, struct tg_gauge *g, int64_t now,
    struct tg_err *e)
{
	const struct tg_limit *l = g->limit;
	bool flights = l->unit == TG_LIMIT_PARALLEL;
	sqlite3_stmt *st = tg_db_stmt(
	    db, flights ? TG_SQL_FLIGHT_COUNT : TG_SQL_WINDOW_USED);

	g->free_us = 0;
	g->at = now;
	g->slot = flights ? -1 : tg_window_slot(l, now);
	sqlite3_bind_int64(st, 1, l->id);
	if (!flights)
		sqlite3_bind_int64(st, 2, g->slot - reach(l->window_s));
	if (tg_db_step(db, st, e) == -1)
		return -1;
	g->used = sqlite3_column_int64(st, 0);
	if (!flights && g->used > 0)
		g->free_us = us_until(l, sqlite3_column_int64(st, 1), now);
	tg_db_done(st);
	return 0;
}

int
tg_gauge_wait(struct tg_db *db, const struct tg_gauge *g, int64_t need,
    int64_t *us, struct tg_err *e)
{
	const struct tg_limit *l = g->limit;
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_WINDOW_SLOTS);
	int64_t used = g->used;
	int rc = 0;

	*us = 0;
	sqlite3_bind_int64(st, 1, l->id);
	sqlite3_bind_int64(st, 2, g->slot - reach(l->window_s));
	while (used + need > l->cap && (rc = tg_db_step(db, st, e)) == 1) {
		used -= sqlite3_column_int64(st, 1);
		*us = us_until(l, sqlite3_column_int64(st, 0), g->at);
	}
	if (rc == 1)
		tg_db_done(st);
	return rc == -1 ? -1 : 0;
}

int
tg_gauge_take(struct tg_db *db, const struct tg_gauge *g, int64_t call,
    struct tg_err *e)
{
	if (g->limit->unit == TG_LIMIT_PARALLEL)
		return tg_flight_put(db, g->limit->id, call, e);
	return tg_window_add(db, g->limit->id, g->slot, g->need, e);
}

int
tg_window_add(struct tg_db *db, int64_t limit, int64_t slot, int64_t n,
    struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_WINDOW_ADD);

	sqlite3_bind_int64(st, 1, limit);
	sqlite3_bind_int64(st, 2, slot);
	sqlite3_bind_int64(st, 3, n);
	return tg_db_step(db, st, e);
}

/* More than was reserved counts too, and stands where it was reserved. */
int
tg_window_fix(struct tg_db *db, int64_t limit, int64_t slot, int64_t delta,
    struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_WINDOW_FIX);

	sqlite3_bind_int64(st, 1, limit);
	sqlite3_bind_int64(st, 2, slot);
	sqlite3_bind_int64(st, 3, delta);
	return tg_db_step(db, st, e);
}

int
tg_flight_put(struct tg_db *db, int64_t limit, int64_t call, struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_FLIGHT_ADD);

	sqlite3_bind_int64(st, 1, limit);
	sqlite3_bind_int64(st, 2, call);
	return tg_db_step(db, st, e);
}

int
tg_flight_drop(struct tg_db *db, int64_t limit, int64_t call, struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_FLIGHT_DROP);

	sqlite3_bind_int64(st, 1, limit);
	sqlite3_bind_int64(st, 2, call);
	return tg_db_step(db, st, e);
}

int
tg_windows_prune(struct tg_db *db, int64_t now, struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_WINDOW_LIMITS), *drop;
	int rc;

	while ((rc = tg_db_step(db, st, e)) == 1) {
		struct tg_limit l = { .id = sqlite3_column_int64(st, 0),
			.window_s = sqlite3_column_int64(st, 1) };

		drop = tg_db_stmt(db, TG_SQL_WINDOW_PRUNE);
		sqlite3_bind_int64(drop, 1, l.id);
		sqlite3_bind_int64(drop, 2,
		    tg_window_slot(&l, now) - reach(l.window_s));
		if (tg_db_step(db, drop, e) == -1) {
			tg_db_done(st);
			return -1;
		}
	}
	return rc;
}
