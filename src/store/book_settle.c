#include "config.h"

/*
 * Settlement: the row completed, its line in the ledger, all sums counted up,
 * all that was held given back; in one transaction, once.  What is given back
 * is worked out before, so that a settlement can be kept and done later, when
 * nobody knows the terms any more.
 */
#include <string.h>

#include "base/clock.h"
#include "store/booking.h"
#include "store/ledger.h"

static int book(struct tg_db *db, struct tg_settle *s, int64_t nano,
    struct tg_err *e);
static int charge(struct tg_db *db, struct tg_settle *s, int64_t nano,
    struct tg_err *e);
static int correct(struct tg_db *db, struct tg_settle *s, struct tg_err *e);
static int first_time(struct tg_db *db, struct tg_settle *s,
    struct tg_err *e);
static void give_back(struct tg_settle *s, const struct tg_settlement *st);
static int give(struct tg_db *db, const struct tg_settle *s,
    struct tg_err *e);
static int64_t known(int64_t nano);
static int measure(struct tg_db *db, struct tg_settle *s, struct tg_err *e);
static int stakes(struct tg_db *db, struct tg_settle *s, struct tg_err *e);
static void tell(struct tg_settlement *st, const struct tg_settle *s);

int
tg_book_settle(struct tg_store *s, struct tg_arena *a,
    struct tg_settlement *st, struct tg_err *e)
{
	struct tg_settle work = {
		.row = st->row,
		.a = a,
		.last = st->last,
		.terms = st->terms,
		.candidate = st->candidate,
		.key_spent = TG_NANO_NONE,
	};
	struct tg_err first;
	struct tg_job job = { .fn = tg_settle_run, .arg = &work, .e = &first };
	int rc, code;

	if (st->terms != NULL)
		work.version = st->terms->version;
	give_back(&work, st);
	tg_err_reset(&first);
	rc = tg_job_run(s, TG_DB_MAIN, &job);
	code = job.code & 0xff;
	if (rc == -1 && (code == SQLITE_FULL || code == SQLITE_IOERR)) {
		/* Again in any case: another thread may have given it. */
		tg_reserve_give(s);
		tg_err_reset(&first);
		rc = tg_job_run(s, TG_DB_MAIN, &job);
	}
	if (rc == 0) {
		tell(st, &work);
		return 0;
	}
	if (s->threads)
		tg_late_add(s->late, &work);
	return tg_err_pass(e, &first);
}

/* What was reserved in windows against what was used, and flights. */
static void
give_back(struct tg_settle *s, const struct tg_settlement *st)
{
	const struct tg_terms *both[] = { st->terms, st->candidate };
	const struct tg_call_row *c = st->row;
	size_t n = tg_terms_limits(both[0]) + tg_terms_limits(both[1]), all;
	struct tg_gauge *g = tg_arena_alloc(s->a, n * sizeof(*g));

	s->back = tg_arena_alloc(s->a, n * sizeof(*s->back));
	all = 0;
	tg_gauges_make(both[0], g, &all);
	tg_gauges_make(both[1], g, &all);
	for (size_t i = 0; i < all; i++) {
		const struct tg_limit *l = g[i].limit;
		struct tg_give_back b = { .limit = l->id, .slot = -1 };

		if (l->unit == TG_LIMIT_PARALLEL) {
			if (s->last)
				s->back[s->n_back++] = b;
			continue;
		}
		b.slot = tg_window_slot(l, c->admit_at);
		b.delta = tg_limit_need(l->unit,
			      st->used_input >= 0 ? st->used_input :
						    c->input_bound,
			      st->used_output >= 0 ? st->used_output :
						     c->output_bound) -
		    tg_limit_need(l->unit, c->input_bound, c->output_bound);
		if (c->admit_at != 0 && b.delta != 0)
			s->back[s->n_back++] = b;
	}
}

int
tg_settle_run(struct tg_db *db, void *settle, struct tg_err *e)
{
	struct tg_settle *s = settle;
	int rc;

	s->fresh = false;
	s->n_stakes = s->n_gauges = 0;
	s->row->follows = !s->last;
	s->row->over_hold = s->row->hold_nano != TG_COST_UNKNOWN &&
	    known(s->row->cost_nano) > s->row->hold_nano;
	rc = tg_call_complete(db, s->row, TG_CALL_OPEN, e);
	if (rc == 0)
		return correct(db, s, e);
	return rc == -1 ? -1 : first_time(db, s, e);
}

static int64_t
known(int64_t nano)
{
	return nano != TG_COST_UNKNOWN ? nano : 0;
}

static int
first_time(struct tg_db *db, struct tg_settle *s, struct tg_err *e)
{
	struct tg_line line = {
		.kind = s->row->state == TG_CALL_LOST ? TG_LINE_ESTIMATE :
							TG_LINE_CALL,
		.call = s->row->seq,
		.amount_nano = known(s->row->cost_nano),
		.row = s->row,
	};

	s->fresh = true;
	if (tg_ledger_add(db, &line, e) == -1 ||
	    tg_rollup_add(db, s->row, 1, e) == -1 ||
	    book(db, s, line.amount_nano, e) == -1)
		return -1;
	return measure(db, s, e);
}

/* Accounts and balances; then what the call held is given back. */
static int
book(struct tg_db *db, struct tg_settle *s, int64_t nano, struct tg_err *e)
{
	int64_t none = 0;

	if (stakes(db, s, e) == -1)
		return -1;
	if (nano != 0 &&
	    tg_accounts_add(db, s->row, nano, &s->key_spent, e) == -1)
		return -1;
	if (nano == 0 && s->row->key_id != 0) {
		if (tg_account_spent(db, TG_SCOPE_KEY, s->row->key_id, "",
			&none, e) == -1)
			return -1;
		s->key_spent = none;
	}
	if (charge(db, s, nano, e) == -1)
		return -1;
	return give(db, s, e);
}

/* The caps of now: those made while the call was open count it too. */
static int
stakes(struct tg_db *db, struct tg_settle *s, struct tg_err *e)
{
	const struct tg_terms *own = s->candidate, *all = s->terms;
	int64_t version = 0;
	struct tg_terms *now;

	if (tg_rules_read_version(db, &version, e) == -1)
		return -1;
	if (version != s->version ||
	    (own != NULL && own->version != version)) {
		now = tg_arena_alloc(s->a, sizeof(*now));
		if (tg_terms_of_call(db, s->a, s->row, now, e) == -1)
			return -1;
		all = now;
		own = NULL;
	}
	s->stakes = tg_arena_alloc(s->a,
	    (tg_terms_caps(all) + tg_terms_caps(own)) * sizeof(*s->stakes));
	s->gauges = tg_arena_alloc(s->a,
	    (tg_terms_limits(all) + tg_terms_limits(own)) *
		sizeof(*s->gauges));
	tg_gauges_make(all, s->gauges, &s->n_gauges);
	tg_gauges_make(own, s->gauges, &s->n_gauges);
	/* What was used is settled, whatever became of a budget's zone. */
	(void)tg_stakes_make(
	    all, s->row->start_at, s->stakes, &s->n_stakes, NULL);
	(void)tg_stakes_make(
	    own, s->row->start_at, s->stakes, &s->n_stakes, NULL);
	return 0;
}

static int
charge(struct tg_db *db, struct tg_settle *s, int64_t nano, struct tg_err *e)
{
	int64_t head = s->row->head;

	for (size_t i = 0; i < s->n_stakes; i++) {
		struct tg_stake *stake = &s->stakes[i];
		int64_t cap = stake->cap->id;

		if (nano != 0 && tg_balance_add(db, stake, nano, e) == -1)
			return -1;
		if (s->last ? tg_hold_drop(db, cap, head, e) == -1 :
			      nano > 0 &&
			    tg_hold_less(db, cap, head, nano, e) == -1)
			return -1;
	}
	return 0;
}

static int
give(struct tg_db *db, const struct tg_settle *s, struct tg_err *e)
{
	for (size_t i = 0; i < s->n_back; i++) {
		const struct tg_give_back *b = &s->back[i];

		if (b->slot < 0 ?
			tg_flight_drop(db, b->limit, s->row->head, e) == -1 :
			tg_window_fix(db, b->limit, b->slot, b->delta, e) ==
			    -1)
			return -1;
	}
	/* Flights under limits that came later, too. */
	for (size_t i = 0; s->last && i < s->n_gauges; i++)
		if (s->gauges[i].limit->unit == TG_LIMIT_PARALLEL &&
		    tg_flight_drop(db, s->gauges[i].limit->id, s->row->head,
			e) == -1)
			return -1;
	return 0;
}

/* For the answer's headers. */
static int
measure(struct tg_db *db, struct tg_settle *s, struct tg_err *e)
{
	int64_t now = tg_wall_us();

	for (size_t i = 0; i < s->n_stakes; i++)
		if (tg_stake_read(db, &s->stakes[i], e) == -1)
			return -1;
	for (size_t i = 0; i < s->n_gauges; i++)
		if (tg_gauge_read(db, &s->gauges[i], now, e) == -1)
			return -1;
	return 0;
}

static void
tell(struct tg_settlement *st, const struct tg_settle *s)
{
	struct tg_standing *to =
	    tg_arena_alloc(s->a, (s->n_stakes + s->n_gauges) * sizeof(*to));

	st->standings = to;
	st->n_standings = s->n_stakes + s->n_gauges;
	st->key_spent_nano = s->key_spent;
	for (size_t i = 0; i < s->n_stakes; i++)
		*to++ = tg_standing_of_stake(&s->stakes[i]);
	for (size_t i = 0; i < s->n_gauges; i++)
		*to++ = tg_standing_of_gauge(&s->gauges[i]);
}

/* --- after the sweeper --- */

/*
 * The row is not open: settled before, which stays, or taken for lost while
 * its process lived after all.  Then the estimate is made good.
 */
static int
correct(struct tg_db *db, struct tg_settle *s, struct tg_err *e)
{
	struct tg_line line = { .kind = TG_LINE_CORRECTION,
		.call = s->row->seq, .row = s->row };
	struct tg_call_row lost;
	int rc = tg_call_get(db, s->a, s->row->seq, &lost, e);

	if (rc != 1 || lost.state != TG_CALL_LOST ||
	    strcmp(lost.id, s->row->id) != 0)
		return rc == -1 ? -1 : 0;
	if (s->row->state == TG_CALL_LOST)
		return 0;
	rc = tg_call_complete(db, s->row, TG_CALL_LOST, e);
	if (rc != 1)
		return rc;
	s->fresh = true;
	line.amount_nano = known(s->row->cost_nano) - known(lost.cost_nano);
	/* What it held is gone; where it is booked is what the row says. */
	s->last = true;
	s->version = 0;
	if (tg_ledger_add(db, &line, e) == -1 ||
	    tg_rollup_add(db, &lost, -1, e) == -1 ||
	    tg_rollup_add(db, s->row, 1, e) == -1)
		return -1;
	return book(db, s, line.amount_nano, e);
}

/* --- under way --- */

struct progress {
	int64_t seq, tokens;
};

static int
progress(struct tg_db *db, void *arg, struct tg_err *e)
{
	const struct progress *p = arg;
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_CALL_PROGRESS);

	sqlite3_bind_int64(st, 1, p->seq);
	sqlite3_bind_int64(st, 2, p->tokens);
	return tg_db_step(db, st, e);
}

int
tg_book_progress(struct tg_store *s, int64_t seq, int64_t tokens,
    struct tg_err *e)
{
	struct progress p = { seq, tokens };

	return tg_write(s, TG_DB_MAIN, progress, &p, e);
}
