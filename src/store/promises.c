#include "config.h"

/*
 * Writing what an account promises.  Calls that are open when a promise is
 * made count under it at once: they hold under a new cap and fly under a new
 * limit, and what was spent in its period is its first balance.
 */
#include <string.h>

#include "base/clock.h"
#include "store/booking.h"

struct setting {
	struct tg_db *db;
	struct tg_arena *a;
	struct tg_account acc;
	/* those that are open, of this account; read when first needed */
	struct tg_call_row *opens;
	size_t n_opens;
	bool read;
};

static int change_cap(struct setting *s, const struct tg_cap *cap,
    struct tg_err *e);
static int change_limit(struct setting *s, const struct tg_limit *l,
    struct tg_err *e);
static int drop_caps(struct setting *s, const struct tg_promises *p,
    struct tg_err *e);
static int drop_limits(struct setting *s, const struct tg_promises *p,
    struct tg_err *e);
static int is_master(struct tg_db *db, const struct tg_account *acc,
    struct tg_err *e);
static int run_with(struct tg_db *db, enum tg_sql name, int64_t id,
    struct tg_err *e);
static int first_balance(struct setting *s, struct tg_cap *cap,
    struct tg_err *e);
static int first_flights(struct setting *s, int64_t limit, struct tg_err *e);
static int hold_open(struct setting *s, struct tg_stake *stake,
    struct tg_err *e);
static int read_opens(struct setting *s, struct tg_err *e);

int
tg_promise_set(struct tg_db *db, enum tg_scope scope, int64_t subject,
    const char *name, const struct tg_promises *p, struct tg_err *e)
{
	static const struct tg_promises none;
	struct setting s = { .db = db,
		.acc = { .scope = scope, .subject = subject, .name = name } };
	int rc = is_master(db, &s.acc, e);

	if (rc == -1 ||
	    tg_account_make(db, scope, subject, name, &s.acc.id, e) == -1)
		return -1;
	if (rc == 1)
		p = &none;
	s.a = tg_arena_new((size_t)16 * 1024 * 1024);
	rc = drop_caps(&s, p, e);
	if (rc == 0)
		rc = drop_limits(&s, p, e);
	for (size_t i = 0; rc == 0 && i < p->n_caps; i++)
		rc = change_cap(&s, &p->caps[i], e);
	for (size_t i = 0; rc == 0 && i < p->n_limits; i++)
		rc = change_limit(&s, &p->limits[i], e);
	tg_arena_free(s.a);
	return rc == 0 ? tg_rules_bump(db, e) : -1;
}

/* The master key is bound by nothing of its own. */
static int
is_master(struct tg_db *db, const struct tg_account *acc, struct tg_err *e)
{
	sqlite3_stmt *st;
	int rc;

	if (acc->scope != TG_SCOPE_KEY && acc->scope != TG_SCOPE_KEY_MODEL)
		return 0;
	st = tg_db_stmt(db, TG_SQL_PROMISE_MASTER);
	sqlite3_bind_int64(st, 1, acc->subject);
	rc = tg_db_step(db, st, e);
	tg_db_done(st);
	return rc;
}

static int
run_with(struct tg_db *db, enum tg_sql name, int64_t id, struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, name);

	sqlite3_bind_int64(st, 1, id);
	return tg_db_step(db, st, e);
}

/* --- those that go --- */

static bool
has_period(const struct tg_promises *p, const char *period)
{
	for (size_t i = 0; i < p->n_caps; i++)
		if (strcmp(p->caps[i].period, period) == 0)
			return true;
	return false;
}

static int
drop_caps(struct setting *s, const struct tg_promises *p, struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(s->db, TG_SQL_CAPS_OF);
	void *list = NULL;
	int64_t *ids;
	size_t n = 0;
	int rc;

	sqlite3_bind_int64(st, 1, s->acc.id);
	while ((rc = tg_db_step(s->db, st, e)) == 1)
		if (!has_period(p, (const char *)sqlite3_column_text(st, 1)))
			*(int64_t *)tg_rows_add(s->a, &list, &n, sizeof(*ids)) =
			    sqlite3_column_int64(st, 0);
	ids = list;
	for (size_t i = 0; rc == 0 && i < n; i++)
		if (run_with(s->db, TG_SQL_CAP_DROP_HOLDS, ids[i], e) == -1 ||
		    run_with(s->db, TG_SQL_CAP_DROP_BALANCES, ids[i], e) ==
			-1 ||
		    run_with(s->db, TG_SQL_CAP_DROP, ids[i], e) == -1)
			rc = -1;
	return rc;
}

static bool
has_limit(const struct tg_promises *p, int unit, int64_t window_s)
{
	for (size_t i = 0; i < p->n_limits; i++)
		if ((int)p->limits[i].unit == unit &&
		    p->limits[i].window_s == window_s)
			return true;
	return false;
}

static int
drop_limits(struct setting *s, const struct tg_promises *p, struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(s->db, TG_SQL_LIMITS_OF);
	void *list = NULL;
	int64_t *ids;
	size_t n = 0;
	int rc;

	sqlite3_bind_int64(st, 1, s->acc.id);
	while ((rc = tg_db_step(s->db, st, e)) == 1)
		if (!has_limit(p, sqlite3_column_int(st, 1),
			sqlite3_column_int64(st, 2)))
			*(int64_t *)tg_rows_add(s->a, &list, &n, sizeof(*ids)) =
			    sqlite3_column_int64(st, 0);
	ids = list;
	for (size_t i = 0; rc == 0 && i < n; i++)
		if (run_with(s->db, TG_SQL_LIMIT_DROP_WINDOWS, ids[i], e) ==
			-1 ||
		    run_with(s->db, TG_SQL_LIMIT_DROP_FLIGHTS, ids[i], e) ==
			-1 ||
		    run_with(s->db, TG_SQL_LIMIT_DROP_WAITS, ids[i], e) ==
			-1 ||
		    run_with(s->db, TG_SQL_LIMIT_DROP, ids[i], e) == -1)
			rc = -1;
	return rc;
}

/* --- those that stay or come --- */

static int
change_cap(struct setting *s, const struct tg_cap *cap, struct tg_err *e)
{
	struct tg_cap fresh = *cap;

	for (int add = 0; add <= 1; add++) {
		sqlite3_stmt *st = tg_db_stmt(
		    s->db, add ? TG_SQL_CAP_ADD : TG_SQL_CAP_CHANGE);

		sqlite3_bind_int64(st, 1, s->acc.id);
		tg_bind_text(st, 2, cap->origin);
		tg_bind_text(st, 3, cap->period);
		tg_bind_i64(st, 4, cap->cap_nano, TG_NANO_NONE);
		tg_bind_i64(st, 5, cap->soft_nano, TG_NANO_NONE);
		sqlite3_bind_int(st, 6, cap->at_cap);
		sqlite3_bind_int(st, 7, cap->over);
		sqlite3_bind_int(st, 8, cap->unpriced);
		tg_bind_text(st, 9, cap->switch_model);
		sqlite3_bind_int(st, 10, cap->switch_percent);
		sqlite3_bind_int64(st, 11, cap->extra_nano);
		sqlite3_bind_int64(st, 12, cap->extra_until);
		tg_bind_text(st, 13, cap->marks != NULL ? cap->marks : "");
		if (add)
			sqlite3_bind_int64(st, 14, tg_wall_us());
		if (tg_db_step(s->db, st, e) == -1)
			return -1;
		if (!add && sqlite3_changes(s->db->h) > 0)
			return 0;
	}
	fresh.id = sqlite3_last_insert_rowid(s->db->h);
	return first_balance(s, &fresh, e);
}

static int
first_balance(struct setting *s, struct tg_cap *cap, struct tg_err *e)
{
	struct tg_account own = s->acc;
	struct tg_terms t = { .accounts = &own, .n = 1 };
	struct tg_stake stake;
	size_t n = 0;
	int64_t spent;

	own.caps = cap;
	own.n_caps = 1;
	if (tg_stakes_make(&t, tg_wall_us(), &stake, &n, e) == -1 ||
	    tg_rollup_spent(s->db, &s->acc,
		(struct tg_span){ stake.from, stake.to }, &spent, e) == -1)
		return -1;
	if (spent != 0 && tg_balance_add(s->db, &stake, spent, e) == -1)
		return -1;
	return hold_open(s, &stake, e);
}

/* Under the period in which each began. */
static int
hold_open(struct setting *s, struct tg_stake *stake, struct tg_err *e)
{
	if (read_opens(s, e) == -1)
		return -1;
	for (size_t i = 0; i < s->n_opens; i++) {
		const struct tg_call_row *c = &s->opens[i];

		if (c->hold_nano == TG_COST_UNKNOWN || c->hold_nano <= 0)
			continue;
		if (!tg_period_at(stake->cap->period, c->start_at,
			&stake->from, &stake->to))
			continue;
		if (tg_hold_put(s->db, stake, c->head, c->hold_nano, e) == -1)
			return -1;
	}
	return 0;
}

static int
read_opens(struct setting *s, struct tg_err *e)
{
	size_t n = 0;

	if (s->read)
		return 0;
	s->read = true;
	if (tg_call_opens(s->db, s->a, &s->opens, &s->n_opens, e) == -1)
		return -1;
	for (size_t i = 0; i < s->n_opens; i++)
		if (tg_account_has(&s->acc, &s->opens[i]))
			s->opens[n++] = s->opens[i];
	s->n_opens = n;
	return 0;
}

static int
change_limit(struct setting *s, const struct tg_limit *l, struct tg_err *e)
{
	for (int add = 0; add <= 1; add++) {
		sqlite3_stmt *st = tg_db_stmt(
		    s->db, add ? TG_SQL_LIMIT_ADD : TG_SQL_LIMIT_CHANGE);

		sqlite3_bind_int64(st, 1, s->acc.id);
		sqlite3_bind_int(st, 2, l->unit);
		sqlite3_bind_int64(st, 3, l->window_s);
		sqlite3_bind_int64(st, 4, l->cap);
		sqlite3_bind_int64(st, 5, l->queue_ms);
		if (tg_db_step(s->db, st, e) == -1)
			return -1;
		if (!add && sqlite3_changes(s->db->h) > 0)
			return 0;
	}
	if (l->unit != TG_LIMIT_PARALLEL)
		return 0;
	return first_flights(s, sqlite3_last_insert_rowid(s->db->h), e);
}

static int
first_flights(struct setting *s, int64_t limit, struct tg_err *e)
{
	if (read_opens(s, e) == -1)
		return -1;
	for (size_t i = 0; i < s->n_opens; i++)
		if (s->opens[i].admit_at != 0 &&
		    tg_flight_put(s->db, limit, s->opens[i].head, e) == -1)
			return -1;
	return 0;
}
