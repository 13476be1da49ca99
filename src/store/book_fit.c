#include "config.h"

#include "store/book_fit.h"

/*
 * A candidate against caps and limits.  First the money says how many tokens
 * may come back, then the limits in tokens; what is left must fit everywhere.
 */
#include <string.h>

#include "base/money.h"

/* How soon to ask again whether a call in flight has ended. */
#define FLIGHT_ASK_US INT64_C(20000)
#define FLIGHT_RETRY_US INT64_C(1000000)
/*
 * Beyond what any call makes: so much may be asked for, and many such numbers
 * must still add up.  No cap that refuses pays for a larger hold.
 */
#define TOKENS_MOST INT64_C(1000000000000)
#define HOLD_MOST INT64_C(1000000000000000)

struct quote {
	bool known;
	int64_t fixed_nano, output_pico;
};

static int check_caps(struct tg_db *db, struct tg_fit *f, struct tg_err *e);
static int check_cap(struct tg_fit *f, struct tg_stake *s);
static int check_limits(struct tg_db *db, struct tg_fit *f, struct tg_err *e);
static int check_limit(struct tg_db *db, struct tg_fit *f, struct tg_gauge *g,
    struct tg_err *e);
static bool clamp(struct tg_fit *f, struct quote q, int64_t room);
static void clamp_limits(struct tg_fit *f);
static int64_t cost(struct quote q, int64_t tokens);
static bool hard(const struct tg_cap *cap);
static struct quote quote(const struct tg_fit *f);
static bool past_switch(const struct tg_fit *f, const struct tg_stake *s);
static int refuse_cap(struct tg_fit *f, const struct tg_stake *s,
    enum tg_refusal_kind kind, int64_t need);
static int refuse_limit(struct tg_db *db, struct tg_fit *f,
    const struct tg_gauge *g, const struct tg_line_place *p, struct tg_err *e);
static bool switches(const struct tg_fit *f, const struct tg_stake *s);
static int64_t least(tg_i128 a, int64_t b);
static void sum_up(struct tg_fit *f);
static void set_needs(struct tg_fit *f, int64_t choices);
static bool token_limit(const struct tg_limit *l);

int
tg_fit_check(struct tg_db *db, struct tg_fit *f, struct tg_err *e)
{
	int rc;

	f->tokens = least(f->candidate->output_tokens, TOKENS_MOST);
	f->capped = false;
	f->clamped = false;
	f->stake = NULL;
	f->refusal = (struct tg_refusal){ .kind = TG_REFUSED_NOT };
	rc = check_caps(db, f, e);
	if (rc == 1)
		rc = check_limits(db, f, e);
	if (rc == 1)
		sum_up(f);
	return rc;
}

/* --- money --- */

static int
check_caps(struct tg_db *db, struct tg_fit *f, struct tg_err *e)
{
	for (; f->read_stakes < f->n_stakes; f->read_stakes++) {
		struct tg_stake *s = &f->stakes[f->read_stakes];
		int64_t own = 0;

		if (tg_stake_read(db, s, e) == -1)
			return -1;
		if (f->head != 0 &&
		    tg_hold_get(db, s->cap->id, f->head, &own, e) == -1)
			return -1;
		s->held -= own;
	}
	for (size_t i = 0; i < f->n_stakes; i++)
		if (check_cap(f, &f->stakes[i]) == 0)
			return 0;
	return 1;
}

/* Does it ever refuse? */
static bool
hard(const struct tg_cap *cap)
{
	return cap->cap_nano != TG_NANO_NONE && cap->at_cap != TG_AT_CAP_WARN;
}

/* By which prices caps count the candidate: one cost is booked to all. */
static struct quote
quote(const struct tg_fit *f)
{
	const struct tg_candidate *c = f->candidate;

	if (c->priced)
		return (struct quote){ true, c->fixed_nano, c->output_pico };
	if (f->ceiling)
		return (struct quote){ true, f->ad->ceiling_fixed_nano,
			f->ad->ceiling_output_pico };
	return (struct quote){ false, 0, 0 };
}

static int64_t
cost(struct quote q, int64_t tokens)
{
	tg_i128 pico = (tg_i128)q.output_pico * tokens;
	tg_i128 nano = (pico + 999) / 1000 + q.fixed_nano;

	return least(nano, INT64_MAX);
}

static int64_t
least(tg_i128 a, int64_t b)
{
	return a < b ? (int64_t)a : b;
}

/* 1 it pays, 0 refused. */
static int
check_cap(struct tg_fit *f, struct tg_stake *s)
{
	struct quote q = quote(f);
	int64_t need = cost(q, f->tokens), room;

	if (!hard(s->cap))
		return 1;
	if (!f->candidate->priced && s->cap->unpriced == TG_UNPRICED_BLOCK)
		return refuse_cap(f, s, TG_REFUSED_UNPRICED, 0);
	if (!q.known || need <= 0)
		return 1;
	f->capped = true;
	room = least((tg_i128)tg_cap_now(s->cap, f->now) - s->spent - s->held,
	    HOLD_MOST);
	if (switches(f, s) && (need > room || past_switch(f, s)))
		return refuse_cap(f, s, TG_REFUSED_SWITCH, need);
	if (need <= room)
		return 1;
	if (f->ad->may_clamp && s->cap->over == TG_OVER_CLAMP &&
	    clamp(f, q, room))
		return 1;
	return refuse_cap(f, s, TG_REFUSED_BUDGET, need);
}

static bool
switches(const struct tg_fit *f, const struct tg_stake *s)
{
	return s->cap->at_cap == TG_AT_CAP_SWITCH &&
	    s->cap->switch_model != NULL && f->ad->row->model != NULL &&
	    strcmp(s->cap->switch_model, f->ad->row->model) != 0;
}

static bool
past_switch(const struct tg_fit *f, const struct tg_stake *s)
{
	tg_i128 taken = (tg_i128)s->spent + s->held;
	tg_i128 cap = tg_cap_now(s->cap, f->now);

	return taken * 100 >= cap * s->cap->switch_percent;
}

/* As many tokens as there is room for. */
static bool
clamp(struct tg_fit *f, struct quote q, int64_t room)
{
	tg_i128 tokens;

	if (q.output_pico <= 0 || room < q.fixed_nano)
		return false;
	tokens = (tg_i128)(room - q.fixed_nano) * 1000 / q.output_pico;
	if (tokens >= f->tokens)
		return true;
	if (tokens < f->ad->least_tokens || tokens < 1)
		return false;
	f->tokens = (int64_t)tokens;
	f->clamped = true;
	return true;
}

static int
refuse_cap(struct tg_fit *f, const struct tg_stake *s,
    enum tg_refusal_kind kind, int64_t need)
{
	f->stake = s;
	f->refusal = (struct tg_refusal){
		.kind = kind,
		.account = *s->account,
		.cap = s->cap,
		.spent_nano = s->spent,
		.held_nano = s->held,
		.need_nano = need,
		.cap_nano = tg_cap_now(s->cap, f->now),
		.reset_at = s->to,
		.retry_us = s->to == INT64_MAX ? INT64_MAX :
						 s->to - f->now,
	};
	if (kind == TG_REFUSED_SWITCH)
		f->refusal.model = s->cap->switch_model;
	return 0;
}

/* --- limits --- */

static bool
token_limit(const struct tg_limit *l)
{
	return l->unit == TG_LIMIT_TOKENS || l->unit == TG_LIMIT_OUTPUT;
}

static int
check_limits(struct tg_db *db, struct tg_fit *f, struct tg_err *e)
{
	int rc = 1;

	for (; f->read_gauges < f->n_gauges; f->read_gauges++)
		if (tg_gauge_read(
			db, &f->gauges[f->read_gauges], f->now, e) == -1)
			return -1;
	clamp_limits(f);
	for (size_t i = 0; rc == 1 && i < f->n_gauges; i++)
		rc = check_limit(db, f, &f->gauges[i], e);
	return rc;
}

/* A call that no empty window has room for is made smaller, if it may be. */
static void
clamp_limits(struct tg_fit *f)
{
	int64_t choices = f->ad->choices > 0 ? f->ad->choices : 1;

	for (size_t i = 0; i < f->n_gauges; i++) {
		struct tg_gauge *g = &f->gauges[i];
		int64_t most = g->limit->cap;

		if (!token_limit(g->limit))
			continue;
		f->capped = true;
		if (g->limit->unit == TG_LIMIT_TOKENS)
			most -= f->candidate->input_tokens;
		most /= choices;
		if (!f->ad->may_clamp || f->tokens <= most ||
		    most < f->ad->least_tokens || most < 1)
			continue;
		f->tokens = most;
		f->clamped = true;
	}
	set_needs(f, choices);
}

/* What another attempt has already from the first is not taken again. */
static void
set_needs(struct tg_fit *f, int64_t choices)
{
	for (size_t i = 0; i < f->n_gauges; i++) {
		struct tg_gauge *g = &f->gauges[i];
		enum tg_limit_unit u = g->limit->unit;

		g->need = tg_limit_need(u, f->candidate->input_tokens,
		    tg_fit_output(f, choices));
		if (f->head != 0 && i < f->n_shared_gauges &&
		    (u == TG_LIMIT_REQUESTS || u == TG_LIMIT_PARALLEL))
			g->need = 0;
	}
}

/* Room for it, and for those who wait before it. */
static int
check_limit(struct tg_db *db, struct tg_fit *f, struct tg_gauge *g,
    struct tg_err *e)
{
	struct tg_line_place p = { 0 };

	if (g->need == 0)
		return 1;
	if (g->limit->queue_ms > 0 && f->head == 0 &&
	    tg_wait_place(db, f->waiter, g->limit->id, &p, e) == -1)
		return -1;
	if (g->need <= g->limit->cap - g->used - p.need_ahead)
		return 1;
	return refuse_limit(db, f, g, &p, e);
}

static int
refuse_limit(struct tg_db *db, struct tg_fit *f, const struct tg_gauge *g,
    const struct tg_line_place *p, struct tg_err *e)
{
	const struct tg_limit *l = g->limit;
	const struct tg_waiter *w = f->waiter;
	bool flights = l->unit == TG_LIMIT_PARALLEL;
	int64_t since = w->id != 0 ? w->since_at : f->now;
	int64_t need = g->need + p->need_ahead;
	struct tg_refusal *r = &f->refusal;

	*r = (struct tg_refusal){
		.kind = flights ? TG_REFUSED_PARALLEL : TG_REFUSED_RATE,
		.account = *g->account,
		.limit = l,
		.remaining = l->cap > g->used ? l->cap - g->used : 0,
		.reset_at = f->now + g->free_us,
		.retry_us = FLIGHT_RETRY_US,
	};
	if (g->need > l->cap) {
		r->retry_us = INT64_MAX;
		return 0;
	}
	if (!flights &&
	    tg_gauge_wait(db, g, need, &r->retry_us, e) == -1)
		return -1;
	if (f->head != 0 || !f->ad->may_wait || l->queue_ms <= 0 ||
	    f->now - since >= l->queue_ms * 1000)
		return 0;
	r->kind = TG_REFUSED_WAIT;
	r->position = p->ahead + 1;
	if (flights)
		r->retry_us = FLIGHT_ASK_US;
	f->turn = p->turn;
	f->need = g->need;
	return 0;
}

/* --- what is held --- */

int64_t
tg_fit_hold(const struct tg_fit *f)
{
	struct quote q = quote(f);

	return q.known ? least(cost(q, f->tokens), HOLD_MOST) : 0;
}

int64_t
tg_fit_output(const struct tg_fit *f, int64_t choices)
{
	return least((tg_i128)f->tokens * (choices > 0 ? choices : 1),
	    TOKENS_MOST);
}

static void
sum_up(struct tg_fit *f)
{
	struct quote q = quote(f);

	f->hold_nano = TG_COST_UNKNOWN;
	f->fixed_nano = f->output_pico = -1;
	if (!q.known)
		return;
	f->hold_nano = tg_fit_hold(f);
	f->fixed_nano = q.fixed_nano;
	f->output_pico = q.output_pico;
}

/* --- stakes and gauges --- */

int
tg_fit_make(struct tg_fit *f, struct tg_arena *a,
    const struct tg_terms *shared, const struct tg_terms *own,
    struct tg_err *e)
{
	size_t caps = tg_terms_caps(shared) + tg_terms_caps(own);
	size_t limits = tg_terms_limits(shared) + tg_terms_limits(own);
	int64_t at = f->ad->row->start_at;

	f->stakes = tg_arena_alloc(a, caps * sizeof(*f->stakes));
	f->gauges = tg_arena_alloc(a, limits * sizeof(*f->gauges));
	f->n_stakes = f->n_gauges = 0;
	if (tg_stakes_make(shared, at, f->stakes, &f->n_stakes, e) == -1)
		return -1;
	f->n_shared_stakes = f->n_stakes;
	tg_gauges_make(shared, f->gauges, &f->n_gauges);
	f->n_shared_gauges = f->n_gauges;
	tg_gauges_make(own, f->gauges, &f->n_gauges);
	if (tg_stakes_make(own, at, f->stakes, &f->n_stakes, e) == -1)
		return -1;
	for (size_t i = 0; i < f->n_stakes; i++)
		f->ceiling |= f->stakes[i].cap->unpriced ==
		    TG_UNPRICED_CEILING;
	return 0;
}

void
tg_fit_standings(const struct tg_fit *f, struct tg_arena *a,
    struct tg_standing **standings, size_t *n)
{
	bool fits = f->refusal.kind == TG_REFUSED_NOT;
	struct tg_standing *st = tg_arena_alloc(
	    a, (f->read_stakes + f->read_gauges) * sizeof(*st));

	*standings = st;
	*n = f->read_stakes + f->read_gauges;
	for (size_t i = 0; i < f->read_stakes; i++, st++) {
		*st = tg_standing_of_stake(&f->stakes[i]);
		if (fits)
			st->held_nano += tg_fit_hold(f);
	}
	for (size_t i = 0; i < f->read_gauges; i++, st++) {
		*st = tg_standing_of_gauge(&f->gauges[i]);
		if (fits)
			st->used += f->gauges[i].need;
	}
}
