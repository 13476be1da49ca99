/*
 * Headers of answers: LiteLLM's names and OpenAI's for limits, ours for the
 * money.  Numbers are the books' own, as of this call's admission, or of its
 * settlement when the answer leaves in one piece.
 */
#include "config.h"

#include "gate/headers.h"

#include <stdio.h>

#include "base/clock.h"
#include "base/money.h"
#include "gate/cost.h"
#include "gate/refusal.h"
#include "gate/source.h"
#include "gate/stages.h"

static const char *const rate_names[6] = {
	"x-ratelimit-limit-requests",
	"x-ratelimit-remaining-requests",
	"x-ratelimit-reset-requests",
	"x-ratelimit-limit-tokens",
	"x-ratelimit-remaining-tokens",
	"x-ratelimit-reset-tokens",
};

static void say_limits(struct tg_call *);
static void say_money(struct tg_call *);
static void say_way(struct tg_call *);

void
tg_headers_take(struct tg_call *call, struct tg_source *s)
{
	for (int i = 0; i < 6; i++) {
		struct tg_str v = tg_source_header(s, rate_names[i]);
		call->upstream_rates[i] = v.n > 0 && v.n < 100 ?
		    tg_arena_cstr(call->rq->arena, v) : NULL;
	}
}

void
tg_headers_begin(struct tg_call *call)
{
	if (call->queued_at != 0)
		tg_reply_header(call->rq, "x-tollgate-queued-ms", "%lld",
		    (long long)call->row.queued_us / 1000);
	if (call->opened)
		say_way(call);
	say_limits(call);
	say_money(call);
}

static void
say_usd(struct tg_call *call, const char *name, int64_t nano)
{
	char room[40];
	struct tg_buf b;

	tg_buf_init(&b, sizeof(room));
	if (tg_nano_print(&b, nano) == 0)
		tg_reply_header(
		    call->rq, name, "%.*s", TG_PRI(tg_buf_str(&b)));
	tg_buf_free(&b);
}

/* --- the way it took --- */

static void
say_way(struct tg_call *call)
{
	const struct tg_deployment *d = call->deployment;
	struct tg_request *rq = call->rq;
	const char *base = d->upstream->base_url;

	tg_reply_header(rq, "x-litellm-version", "%s",
	    tg_gate_settings(call->gate)->house.old_words ? "1.83.2" :
							    "1.104.0");
	tg_reply_header(rq, "x-litellm-model-id", "%s", d->id);
	tg_reply_header(rq, "x-litellm-model-group", "%s", call->row.model);
	if (d->region != NULL)
		tg_reply_header(
		    rq, "x-litellm-model-region", "%s", d->region);
	if (base != NULL)
		tg_reply_header(rq, "x-litellm-model-api-base", "%.*s",
		    (int)strcspn(base, "?#"), base);
	tg_reply_header(
	    rq, "x-litellm-attempted-retries", "%d", call->retries);
	tg_reply_header(
	    rq, "x-litellm-attempted-fallbacks", "%d", call->fallbacks);
	if (call->max_retries > 0)
		tg_reply_header(
		    rq, "x-litellm-max-retries", "%d", call->max_retries);
	if (call->row.switched_from != NULL)
		tg_reply_header(rq, "x-tollgate-switched-from", "%s",
		    call->row.switched_from);
}

/* --- limits --- */

static const struct tg_account *
holder_in(const struct tg_terms *t, const struct tg_standing *st)
{
	for (size_t i = 0; i < t->n; i++) {
		const struct tg_account *a = &t->accounts[i];
		for (size_t k = 0; st->limit != NULL && k < a->n_limits; k++)
			if (a->limits[k].id == st->limit->id)
				return a;
		for (size_t k = 0; st->cap != NULL && k < a->n_caps; k++)
			if (a->caps[k].id == st->cap->id)
				return a;
	}
	return NULL;
}

/* Whose cap or limit it is. */
static const struct tg_account *
holder_of(const struct tg_call *call, const struct tg_standing *st)
{
	const struct tg_account *a = holder_in(&call->terms, st);

	if (a == NULL)
		a = holder_in(&call->candidates[call->ad.chosen].terms, st);
	return a;
}

static int64_t
left_of(const struct tg_standing *st)
{
	return st->used < st->limit->cap ? st->limit->cap - st->used : 0;
}

/* OpenAI's spelling: "120ms", "1s", "6m0s", "1h0m0s". */
static const char *
duration(struct tg_arena *a, int64_t us)
{
	int64_t s = (us + 999999) / 1000000;

	if (us < 1000000)
		return tg_arena_printf(
		    a, "%lldms", (long long)((us + 999) / 1000));
	if (s < 60)
		return tg_arena_printf(a, "%llds", (long long)s);
	if (s < 3600)
		return tg_arena_printf(a, "%lldm%llds", (long long)(s / 60),
		    (long long)(s % 60));
	return tg_arena_printf(a, "%lldh%lldm%llds", (long long)(s / 3600),
	    (long long)(s / 60 % 60), (long long)(s % 60));
}

static void
say_tightest(struct tg_call *call, const struct tg_standing *st, int first)
{
	struct tg_request *rq = call->rq;

	tg_reply_header(rq, rate_names[first], "%lld",
	    (long long)st->limit->cap);
	tg_reply_header(
	    rq, rate_names[first + 1], "%lld", (long long)left_of(st));
	tg_reply_header(rq, rate_names[first + 2], "%s",
	    duration(rq->arena, st->free_us > 0 ? st->free_us : 0));
}

static void
say_upstream(struct tg_call *call)
{
	for (int i = 0; i < 6; i++)
		if (call->upstream_rates[i] != NULL)
			tg_reply_header(call->rq, rate_names[i], "%s",
			    call->upstream_rates[i]);
}

static const char *
unit_of(const struct tg_limit *l)
{
	static const char *const words[TG_LIMIT__MAX] = {
		[TG_LIMIT_REQUESTS] = "requests",
		[TG_LIMIT_TOKENS] = "tokens",
		[TG_LIMIT_INPUT] = "input-tokens",
		[TG_LIMIT_OUTPUT] = "output-tokens",
		[TG_LIMIT_PARALLEL] = "max_parallel_requests",
	};

	return words[l->unit];
}

/* x-ratelimit-api_key-remaining-requests and the like, a limit each. */
static void
say_descriptor(struct tg_call *call, const struct tg_account *a,
    const struct tg_standing *st)
{
	struct tg_request *rq = call->rq;
	const char *who = tg_limit_descriptor(a);
	const char *unit = unit_of(st->limit);
	char name[96];

	(void)snprintf(
	    name, sizeof(name), "x-ratelimit-%s-limit-%s", who, unit);
	tg_reply_header(rq, name, "%lld", (long long)st->limit->cap);
	(void)snprintf(
	    name, sizeof(name), "x-ratelimit-%s-remaining-%s", who, unit);
	tg_reply_header(rq, name, "%lld", (long long)left_of(st));
}

static bool
is_header_name(const char *s)
{
	for (; *s != '\0'; s++)
		if (*s <= ' ' || *s >= 127 || strchr("()<>@,;:\\\"[]?={}", *s))
			return false;
	return true;
}

static void
say_key(struct tg_call *call, const struct tg_account *a,
    const struct tg_standing *st)
{
	enum tg_limit_unit unit = st->limit->unit;
	bool requests = unit == TG_LIMIT_REQUESTS;

	if (!requests && unit != TG_LIMIT_TOKENS)
		return;
	if (a->scope == TG_SCOPE_KEY && st->limit->window_s == 60)
		tg_reply_header(call->rq,
		    requests ? "x-litellm-key-rpm-limit" :
			       "x-litellm-key-tpm-limit",
		    "%lld", (long long)st->limit->cap);
	if (a->scope == TG_SCOPE_KEY_MODEL && is_header_name(call->row.model))
		tg_reply_header(call->rq,
		    tg_arena_printf(call->rq->arena,
			"x-litellm-key-remaining-%s-%s",
			requests ? "requests" : "tokens", call->row.model),
		    "%lld", (long long)left_of(st));
}

static bool
is_tighter(const struct tg_standing *st, const struct tg_standing *than)
{
	return than == NULL || left_of(st) < left_of(than);
}

static void
say_limits(struct tg_call *call)
{
	const struct tg_standing *tight[2] = { NULL, NULL };

	for (size_t i = 0; i < call->n_standings; i++) {
		const struct tg_standing *st = &call->standings[i];
		const struct tg_account *a;
		int k;

		if (st->limit == NULL || (a = holder_of(call, st)) == NULL)
			continue;
		say_descriptor(call, a, st);
		say_key(call, a, st);
		k = st->limit->unit == TG_LIMIT_REQUESTS ? 0 :
		    st->limit->unit == TG_LIMIT_TOKENS   ? 1 :
							   -1;
		if (k >= 0 && is_tighter(st, tight[k]))
			tight[k] = st;
	}
	if (call->opened && tight[0] == NULL && tight[1] == NULL)
		say_upstream(call);
	for (int k = 0; k < 2; k++)
		if (tight[k] != NULL)
			say_tightest(call, tight[k], 3 * k);
}

/* --- money --- */

static int64_t
cap_of(const struct tg_cap *c)
{
	bool more = c->extra_nano != 0 &&
	    (c->extra_until == 0 || c->extra_until > tg_wall_us());

	return c->cap_nano + (more ? c->extra_nano : 0);
}

/* What all callers share is for administrators to know. */
static bool
is_told(const struct tg_call *call, const struct tg_account *a)
{
	const struct tg_who *who = call->who;
	const char *role = who->person != NULL ? who->person->role : NULL;

	switch (a->scope) {
	case TG_SCOPE_HOUSE:
	case TG_SCOPE_MODEL:
	case TG_SCOPE_PROVIDER:
	case TG_SCOPE_DEPLOYMENT:
		return who->key.role == TG_KEY_MASTER ||
		    (role != NULL &&
			(strcmp(role, "proxy_admin") == 0 ||
			    strcmp(role, "proxy_admin_viewer") == 0));
	default:
		return true;
	}
}

static void
say_money(struct tg_call *call)
{
	int64_t least = INT64_MAX, left;
	bool key_told = false;

	for (size_t i = 0; i < call->n_standings; i++) {
		const struct tg_standing *st = &call->standings[i];
		const struct tg_account *a;

		if (st->cap == NULL || st->cap->cap_nano == TG_NANO_NONE)
			continue;
		a = holder_of(call, st);
		if (a == NULL || !is_told(call, a))
			continue;
		left = cap_of(st->cap) - st->spent_nano - st->held_nano;
		if (left < least)
			least = left;
		if (a->scope != TG_SCOPE_KEY || key_told)
			continue;
		key_told = true;
		say_usd(call, "x-litellm-key-max-budget", cap_of(st->cap));
		if (call->key_spent_nano == TG_NANO_NONE)
			say_usd(call, "x-litellm-key-spend", st->spent_nano);
	}
	if (least != INT64_MAX)
		say_usd(call, "x-tollgate-budget-remaining",
		    least > 0 ? least : 0);
	if (call->key_spent_nano != TG_NANO_NONE && call->row.key_id != 0)
		say_usd(call, "x-litellm-key-spend", call->key_spent_nano);
}

void
tg_headers_cost(struct tg_call *call)
{
	struct tg_request *rq = call->rq;
	int64_t whole, discount, margin, took, upstream;

	if (tg_cost_parts(call, &whole, &discount, &margin)) {
		say_usd(call, "x-tollgate-cost", call->row.cost_nano);
		say_usd(call, "x-litellm-response-cost", call->row.cost_nano);
		say_usd(call, "x-litellm-response-cost-original", whole);
		if (discount != 0)
			say_usd(call,
			    "x-litellm-response-cost-discount-amount",
			    discount);
		if (margin != 0)
			say_usd(call, "x-litellm-response-cost-margin-amount",
			    margin);
	}
	took = tg_mono_us() - rq->start_us;
	upstream = call->upstream_us;
	tg_reply_header(rq, "x-litellm-response-duration-ms", "%.3f",
	    (double)took / 1000);
	tg_reply_header(rq, "x-litellm-overhead-duration-ms", "%.3f",
	    (double)(took - upstream) / 1000);
}
