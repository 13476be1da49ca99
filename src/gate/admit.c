/*
 * Fifth stage: everything the call will be booked to must have room for the
 * worst it can cost, and each limit a place for it.  One transaction says so
 * and takes hold and place; what may come out otherwise is another model, a
 * wait, or a refusal.
 */
#include "config.h"

#include "gate/refusal.h"
#include "gate/stages.h"

#define SWITCHES_MAX 3
#define RENEWALS_MAX 100	/* of rules that change all the time */
#define LEAST_TOKENS 16		/* fewer are no answer */

static int find_terms(struct tg_call *);
static bool is_older(const struct tg_call *);
static void fill(struct tg_call *);
static int ask(struct tg_call *);
static int renew(struct tg_call *);
static int change_model(struct tg_call *);
static void take(struct tg_call *);

int
tg_admit(struct tg_call *call)
{
	int switches = 0, renewals = 0;

	for (;;) {
		if (find_terms(call) != 0)
			return -1;
		fill(call);
		if (is_older(call))
			call->ad.refusal.kind = TG_REFUSED_STALE;
		else if (ask(call) != 0)
			return -1;
		switch (call->ad.refusal.kind) {
		case TG_REFUSED_NOT:
			take(call);
			return 0;
		case TG_REFUSED_STALE:
			if (++renewals > RENEWALS_MAX)
				return tg_fail(&call->rq->err, TG_E_STORE,
				    "Keys and budgets are being changed too "
				    "fast to look at. Try again.");
			if (renew(call) != 0)
				return -1;
			continue;
		case TG_REFUSED_SWITCH:
			if (++switches <= SWITCHES_MAX) {
				if (change_model(call) != 0)
					return -1;
				continue;
			}
			break;
		default:
			break;
		}
		return tg_refuse(call);
	}
}

/* The key was read under other rules than the terms: it may be gone. */
static bool
is_older(const struct tg_call *call)
{
	return call->who->version != 0 &&
	    call->who->version != call->terms.version;
}

/* Terms once more, with all that led to them. */
static int
renew(struct tg_call *call)
{
	const char *from = call->row.switched_from;
	struct tg_str model = call->model;

	if (tg_auth(call) != 0 || tg_rights(call) != 0)
		return -1;
	if (from != NULL) { /* the budget's choice stays */
		call->model = model;
		call->row.model = model.p;
	}
	return tg_route(call);
}

static int
change_model(struct tg_call *call)
{
	const char *to = tg_arena_cstr(
	    call->rq->arena, tg_str(call->ad.refusal.model));

	if (call->row.switched_from == NULL)
		call->row.switched_from = call->row.model;
	call->model = tg_str(to);
	call->row.model = to;
	return tg_route(call);
}

/* --- the terms --- */

struct refs {
	struct tg_account_ref list[17 + 2 * TG_CALL_TAGS];
	size_t n;
	char member[TG_SCOPE_NUMBER_BYTES];
};

static void
add(struct refs *r, enum tg_scope scope, int64_t subject, const char *name)
{
	r->list[r->n++] = (struct tg_account_ref){ scope, subject, name };
}

static void
add_if(struct refs *r, enum tg_scope scope, int64_t subject, const char *name)
{
	if (subject != 0)
		add(r, scope, subject, name);
}

static void
add_by_model(
    struct refs *r, const struct tg_call_row *row, const char *model)
{
	add_if(r, TG_SCOPE_KEY_MODEL, row->key_id, model);
	add_if(r, TG_SCOPE_PERSON_MODEL, row->person, model);
	add_if(r, TG_SCOPE_TEAM_MODEL, row->team, model);
	add_if(r, TG_SCOPE_PROJECT_MODEL, row->project, model);
	add_if(r, TG_SCOPE_ORGANIZATION_MODEL, row->organization, model);
}

/* What the master key promised itself holds nobody; it is counted all the
 * same. */
static void
free_master(struct tg_terms *t)
{
	for (size_t i = 0; i < t->n; i++)
		if (t->accounts[i].scope == TG_SCOPE_KEY ||
		    t->accounts[i].scope == TG_SCOPE_KEY_MODEL)
			t->accounts[i].n_caps = t->accounts[i].n_limits = 0;
}

static int
find_terms(struct tg_call *call)
{
	const struct tg_call_row *row = &call->row;
	struct refs r = { .n = 0 };
	const char *model = call->model.p;

	add(&r, TG_SCOPE_HOUSE, 0, "");
	add(&r, TG_SCOPE_MODEL, 0, model);
	add_if(&r, TG_SCOPE_KEY, row->key_id, "");
	add_if(&r, TG_SCOPE_CUSTOMER, row->customer, "");
	add_if(&r, TG_SCOPE_CUSTOMER_MODEL, row->customer, model);
	for (size_t i = 0; i < call->n_tags; i++)
		add_if(&r, TG_SCOPE_TAG, call->tags[i].id, "");
	if (call->who->key.role != TG_KEY_MASTER) {
		add_if(&r, TG_SCOPE_PERSON, row->person, "");
		add_if(&r, TG_SCOPE_TEAM, row->team, "");
		add_if(&r, TG_SCOPE_MEMBER, row->member, "");
		add_if(&r, TG_SCOPE_PROJECT, row->project, "");
		add_if(&r, TG_SCOPE_ORGANIZATION, row->organization, "");
		add_by_model(&r, row, model);
		for (size_t i = 0; i < call->n_tags; i++)
			add_if(&r, TG_SCOPE_KEY_TAG, row->key_id,
			    call->tags[i].name);
		if (row->organization != 0)
			add_if(&r, TG_SCOPE_ORGANIZATION_MEMBER, row->person,
			    tg_scope_number(row->organization, r.member));
	}
	if (tg_terms_find(tg_gate_store(call->gate), call->rq->arena, r.list,
		r.n, &call->terms, &call->rq->err) != 0)
		return -1;
	if (call->who->key.role == TG_KEY_MASTER)
		free_master(&call->terms);
	return 0;
}

/* --- the question --- */

static int64_t
clamped_i64(tg_i128 v)
{
	return v > INT64_MAX ? INT64_MAX : (int64_t)v;
}

static void
fill(struct tg_call *call)
{
	const struct tg_house_conf *h =
	    &tg_gate_settings(call->gate)->house;
	int64_t input = 0, wait_id = call->ad.wait_id;
	bool may_wait = call->ad.terms == NULL || call->ad.may_wait;

	for (size_t i = 0; i < call->n_candidates; i++)
		if (call->candidates[i].input_tokens > input)
			input = call->candidates[i].input_tokens;
	call->ad = (struct tg_admission){
		.row = &call->row,
		.terms = &call->terms,
		.candidates = call->candidates,
		.n_candidates = call->n_candidates,
		.choices = call->bound.choices,
		.may_clamp = call->bound.output_tokens < 0 &&
		    call->dialect->id != TG_DIALECT_EMBEDDINGS,
		.least_tokens = LEAST_TOKENS,
		.ceiling_fixed_nano = clamped_i64(
		    ((tg_i128)input * h->ceiling_input + 999) / 1000),
		.ceiling_output_pico = clamped_i64(
		    (tg_i128)h->ceiling_output * call->bound.choices),
		.dry = true,
		.may_wait = may_wait,
		.priority = tg_call_priority(call),
		.wait_id = wait_id,
	};
}

/* Until it is no longer "wait": 0 there is an answer, -1 failed. */
static int
ask(struct tg_call *call)
{
	struct tg_store *s = tg_gate_store(call->gate);
	struct tg_arena *a = call->rq->arena;
	struct tg_admission *ad = &call->ad;

	for (;;) {
		struct tg_arena_mark mark = tg_arena_mark(a);
		struct tg_wait w;
		int rc = tg_book_open(s, a, ad, &call->rq->err);

		if (rc == 1) {
			ad->refusal.kind = TG_REFUSED_NOT;
			return 0;
		}
		if (rc == 0 && ad->refusal.kind != TG_REFUSED_WAIT)
			return 0;
		if (rc < 0)
			return -1;
		w = (struct tg_wait){
			.retry_us = ad->refusal.retry_us,
			.position = ad->refusal.position,
			.queue_ms = ad->refusal.limit != NULL ?
			    ad->refusal.limit->queue_ms : 0,
		};
		tg_arena_rewind(a, mark);
		if (tg_queue_wait(call, &w) != 0)
			return -1;
	}
}

/* Admitted: from here on there is something to settle. */
static void
take(struct tg_call *call)
{
	struct tg_admission *ad = &call->ad;

	call->opened = true;
	call->deployment = call->deployments[ad->chosen];
	call->upstream_model = call->candidates[ad->chosen].upstream_model;
	call->standings = ad->standings;
	call->n_standings = ad->n_standings;
}
