#include "config.h"

/*
 * Admission: one transaction in which a call's candidates are tried in their
 * order; the first that fits everywhere takes its holds and places, and its
 * row is written.  What can be worked out without the database is, before.
 */
#include <assert.h>
#include <string.h>

#include "base/clock.h"
#include "store/book_fit.h"
#include "store/ledger.h"

static struct tg_fit *best_refusal(struct tg_opening *o);
static void fill_row(struct tg_opening *o, const struct tg_fit *f);
static int prepare(struct tg_opening *o, struct tg_err *e);
static int rank(const struct tg_fit *f);
static int refuse(struct tg_db *db, struct tg_opening *o, struct tg_err *e);
static int refused_row(struct tg_db *db, struct tg_call_row *row, int64_t now,
    struct tg_err *e);
static int run(struct tg_db *db, void *arg, struct tg_err *e);
static int stale(struct tg_db *db, struct tg_opening *o, struct tg_err *e);
static int take(struct tg_db *db, const struct tg_fit *f,
    const struct tg_call_row *row, struct tg_err *e);
static int try_candidates(struct tg_db *db, struct tg_opening *o,
    struct tg_err *e);
static int wait(struct tg_db *db, struct tg_opening *o,
    const struct tg_fit *f, struct tg_err *e);

int
tg_book_open(struct tg_store *s, struct tg_arena *a, struct tg_admission *ad,
    struct tg_err *e)
{
	struct tg_opening o = { .ad = ad, .a = a };

	assert(ad->n_candidates > 0);
	/* What room is left is for those that are under way. */
	if (tg_reserve_short(s))
		return tg_sqlite_fail(SQLITE_FULL, "tollgate.db", "", e);
	if (prepare(&o, e) == -1 ||
	    tg_write(s, TG_DB_MAIN, run, &o, e) == -1)
		return -1;
	if (ad->row->seq != 0)
		tg_call_noted(s, ad->row);
	return o.admitted;
}

static int
prepare(struct tg_opening *o, struct tg_err *e)
{
	struct tg_admission *ad = o->ad;

	o->fits = tg_arena_zero(o->a, ad->n_candidates * sizeof(*o->fits));
	for (size_t i = 0; i < ad->n_candidates; i++) {
		struct tg_fit *f = &o->fits[i];

		f->ad = ad;
		f->candidate = &ad->candidates[i];
		f->waiter = &o->waiter;
		if (tg_fit_make(f, o->a, ad->terms, &f->candidate->terms, e) ==
		    -1)
			return -1;
	}
	return 0;
}

static int
run(struct tg_db *db, void *arg, struct tg_err *e)
{
	struct tg_opening *o = arg;
	struct tg_admission *ad = o->ad;
	int rc;

	o->now = tg_wall_us();
	o->admitted = false;
	ad->row->seq = ad->row->head = 0;
	ad->refusal = (struct tg_refusal){ .kind = TG_REFUSED_NOT };
	ad->n_standings = 0;
	o->waiter = (struct tg_waiter){ .id = ad->wait_id,
		.call = ad->row->id, .key_id = ad->row->key_id,
		.priority = ad->priority, .now = o->now };
	rc = stale(db, o, e);
	if (rc != 0)
		return rc == -1 ? -1 : 0;
	if (ad->wait_id != 0 && tg_wait_find(db, &o->waiter, e) == -1)
		return -1;
	rc = try_candidates(db, o, e);
	return rc == 0 ? refuse(db, o, e) : rc;
}

/* 1: the terms are not those of now. */
static int
stale(struct tg_db *db, struct tg_opening *o, struct tg_err *e)
{
	struct tg_admission *ad = o->ad;
	int64_t version = 0;
	bool same;

	if (tg_rules_read_version(db, &version, e) == -1)
		return -1;
	same = ad->terms->version == version;
	for (size_t i = 0; i < ad->n_candidates; i++)
		same &= ad->candidates[i].terms.version == version;
	if (same)
		return 0;
	tg_terms_note(db->store, version);
	ad->refusal.kind = TG_REFUSED_STALE;
	return 1;
}

/* What applies to all candidates is read once. */
static void
share(struct tg_fit *to, const struct tg_fit *from)
{
	size_t stakes = from->read_stakes, gauges = from->read_gauges;

	if (stakes > from->n_shared_stakes)
		stakes = from->n_shared_stakes;
	if (gauges > from->n_shared_gauges)
		gauges = from->n_shared_gauges;
	if (stakes > 0)
		memcpy(to->stakes, from->stakes, stakes * sizeof(*to->stakes));
	if (gauges > 0)
		memcpy(to->gauges, from->gauges, gauges * sizeof(*to->gauges));
	to->read_stakes = stakes;
	to->read_gauges = gauges;
}

/* 1 admitted, 0 none fits. */
static int
try_candidates(struct tg_db *db, struct tg_opening *o, struct tg_err *e)
{
	for (size_t i = 0; i < o->ad->n_candidates; i++) {
		struct tg_fit *f = &o->fits[i];
		int rc;

		f->now = o->now;
		f->read_stakes = f->read_gauges = 0;
		if (i > 0)
			share(f, &o->fits[i - 1]);
		rc = tg_fit_check(db, f, e);
		if (rc == -1)
			return -1;
		if (rc == 1) {
			o->ad->chosen = i;
			return tg_opening_admit(db, o, f, e) == -1 ? -1 :
								    1;
		}
	}
	return 0;
}

int
tg_opening_admit(struct tg_db *db, struct tg_opening *o, struct tg_fit *f,
    struct tg_err *e)
{
	struct tg_admission *ad = o->ad;

	fill_row(o, f);
	if (tg_call_insert(db, ad->row, e) == -1 ||
	    take(db, f, ad->row, e) == -1)
		return -1;
	if (o->waiter.id != 0 &&
	    tg_wait_leave(db, o->waiter.id, ad->row->id, e) == -1)
		return -1;
	tg_fit_standings(f, o->a, &ad->standings, &ad->n_standings);
	o->admitted = true;
	return 0;
}

static void
fill_row(struct tg_opening *o, const struct tg_fit *f)
{
	struct tg_admission *ad = o->ad;
	struct tg_call_row *row = ad->row;
	const struct tg_candidate *c = f->candidate;

	row->state = TG_CALL_OPEN;
	row->deployment = c->deployment;
	row->provider = c->provider;
	row->upstream_model = c->upstream_model;
	row->hold_nano = f->hold_nano;
	row->fixed_nano = f->fixed_nano;
	row->output_pico = f->output_pico;
	row->input_bound = c->input_tokens;
	row->output_bound = tg_fit_output(f, ad->choices);
	row->lost_policy = c->lost_policy;
	row->admit_at = o->now;
	if (o->waiter.id != 0)
		row->queued_us = o->now - o->waiter.since_at;
	ad->output_tokens = f->tokens;
	ad->held_nano = f->hold_nano != TG_COST_UNKNOWN ? f->hold_nano : 0;
	ad->capped = f->capped;
	ad->clamped = f->clamped;
}

static int
take(struct tg_db *db, const struct tg_fit *f, const struct tg_call_row *row,
    struct tg_err *e)
{
	for (size_t i = 0; i < f->n_stakes; i++) {
		const struct tg_stake *s = &f->stakes[i];

		if ((f->hold_nano > 0 || f->head != 0) &&
		    tg_hold_put(db, s, row->head, tg_fit_hold(f), e) == -1)
			return -1;
	}
	for (size_t i = 0; i < f->n_gauges; i++)
		if (f->gauges[i].need > 0 &&
		    tg_gauge_take(db, &f->gauges[i], row->head, e) == -1)
			return -1;
	return 0;
}

/* --- refusals --- */

static int
refuse(struct tg_db *db, struct tg_opening *o, struct tg_err *e)
{
	struct tg_admission *ad = o->ad;
	struct tg_fit *f = best_refusal(o);

	ad->refusal = f->refusal;
	tg_fit_standings(f, o->a, &ad->standings, &ad->n_standings);
	if (f->refusal.kind == TG_REFUSED_WAIT)
		return wait(db, o, f, e);
	if (f->refusal.kind == TG_REFUSED_BUDGET &&
	    tg_balance_refused(db, f->stake, f->refusal.need_nano, e) == -1)
		return -1;
	if (f->refusal.kind == TG_REFUSED_SWITCH || ad->dry)
		return 0;
	if (o->waiter.id != 0 &&
	    tg_wait_leave(db, o->waiter.id, ad->row->id, e) == -1)
		return -1;
	ad->wait_id = 0;
	if (ad->refuse != NULL)
		ad->refuse(ad, ad->refuse_arg);
	return refused_row(db, ad->row, o->now, e);
}

/*
 * Of several the one that lets the call go on, else what concerns the caller;
 * a deployment's own troubles only if there is nothing else.
 */
static int
rank(const struct tg_fit *f)
{
	const struct tg_account *acc = &f->refusal.account;

	if (f->refusal.kind == TG_REFUSED_WAIT)
		return 3;
	if (f->refusal.kind == TG_REFUSED_SWITCH)
		return 2;
	return !tg_scope_is_upstream(acc->scope);
}

static struct tg_fit *
best_refusal(struct tg_opening *o)
{
	struct tg_fit *best = &o->fits[0];

	for (size_t i = 1; i < o->ad->n_candidates; i++)
		if (rank(&o->fits[i]) > rank(best))
			best = &o->fits[i];
	return best;
}

static int
wait(struct tg_db *db, struct tg_opening *o, const struct tg_fit *f,
    struct tg_err *e)
{
	struct tg_waiter *w = &o->waiter;
	const struct tg_limit *l = o->ad->refusal.limit;

	if (w->limit_id != l->id)
		w->seen_at = 0;
	w->limit_id = l->id;
	w->turn = f->turn;
	w->need = f->need;
	if (tg_wait_stand(db, w, e) == -1)
		return -1;
	o->ad->wait_id = w->id;
	return 0;
}

static int
refused_row(struct tg_db *db, struct tg_call_row *row, int64_t now,
    struct tg_err *e)
{
	struct tg_line line = { .kind = TG_LINE_CALL, .row = row };

	row->state = TG_CALL_OPEN;
	row->hold_nano = TG_COST_UNKNOWN;
	row->fixed_nano = row->output_pico = -1;
	row->input_bound = row->output_bound = -1;
	row->admit_at = 0;
	if (tg_call_insert(db, row, e) == -1)
		return -1;
	row->state = TG_CALL_REFUSED;
	row->cost_nano = 0;
	if (row->end_us <= 0)
		row->end_us = now > row->start_at ? now - row->start_at : 0;
	line.call = row->seq;
	if (tg_call_complete(db, row, TG_CALL_OPEN, e) == -1 ||
	    tg_ledger_add(db, &line, e) == -1)
		return -1;
	return tg_rollup_add(db, row, 1, e);
}

static int
write_refused(struct tg_db *db, void *arg, struct tg_err *e)
{
	struct tg_call_row *row = arg;

	row->seq = row->head = 0;
	return refused_row(db, row, tg_wall_us(), e);
}

int
tg_book_refuse(struct tg_store *s, struct tg_call_row *row, struct tg_err *e)
{
	if (tg_reserve_short(s))
		return tg_sqlite_fail(SQLITE_FULL, "tollgate.db", "", e);
	if (tg_write(s, TG_DB_MAIN, write_refused, row, e) == -1)
		return -1;
	tg_call_noted(s, row);
	return 0;
}

static int
leave(struct tg_db *db, void *arg, struct tg_err *e)
{
	struct tg_admission *ad = arg;

	return tg_wait_leave(db, ad->wait_id, ad->row->id, e);
}

void
tg_book_leave(struct tg_store *s, struct tg_admission *ad)
{
	struct tg_err why = { 0 };

	/* If it fails, nobody asks for the place any more: the same. */
	if (ad->wait_id != 0)
		(void)tg_write(s, TG_DB_MAIN, leave, ad, &why);
	ad->wait_id = 0;
}
