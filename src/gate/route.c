/*
 * Fourth stage: from the model's name to the deployments that could serve it,
 * in the order to try, each with what the call may cost there at the most.
 * The lowest order goes first; among equals chance decides by weight.
 */
#include "config.h"

#include "base/id.h"
#include "base/json.h"
#include "gate/stages.h"

#define TRIES_MAX 16	/* deployments of a name that are considered */

static size_t pinned(struct tg_call *, size_t);
static void shuffle(const struct tg_deployment **, size_t);
static int quote_all(struct tg_call *);
static int unknown(struct tg_call *);

int
tg_route(struct tg_call *call)
{
	size_t n;

	call->deployments = tg_catalog_find(
	    call->catalog, call->rq->arena, call->model, &n);
	n = pinned(call, n);
	if (n == 0)
		return unknown(call);
	for (size_t from = 0, to; from < n; from = to) {
		to = from + 1;
		while (to < n && call->deployments[to]->order == call->deployments[from]->order)
			to++;
		shuffle(call->deployments + from, to - from);
	}
	call->n_candidates = n < TRIES_MAX ? n : TRIES_MAX;
	return quote_all(call);
}

/* A check of ours means the one deployment it names. */
static size_t
pinned(struct tg_call *call, size_t n)
{
	struct tg_door *door = call->rq->door;
	const char *id;

	if (!tg_auth_local(call->rq) ||
	    (id = door->ops->env(door, "TOLLGATE_DEPLOYMENT")) == NULL)
		return n;
	for (size_t i = 0; i < n; i++) {
		if (strcmp(call->deployments[i]->id, id) != 0)
			continue;
		call->deployments[0] = call->deployments[i];
		return 1;
	}
	return 0;
}

static int
unknown(struct tg_call *call)
{
	return tg_fail_param(&call->rq->err, TG_E_MODEL_UNKNOWN, "model",
	    "/%s: Invalid model name passed in model=%.*s. Call `/v1/models` "
	    "to view available models for your key.",
	    call->dialect->endpoint + 1, TG_PRI(call->model));
}

/* One drawn by weight to the front, then another of the rest ... */
static void
shuffle(const struct tg_deployment **d, size_t n)
{
	for (; n > 1; d++, n--) {
		const struct tg_deployment *drawn;
		uint64_t sum = 0, at;
		size_t k = 0;

		for (size_t i = 0; i < n; i++)
			sum += (uint64_t)d[i]->weight;
		if (sum == 0)
			return;
		at = tg_random_u64() % sum;
		while (at >= (uint64_t)d[k]->weight)
			at -= (uint64_t)d[k++]->weight;
		drawn = d[k];
		d[k] = d[0];
		d[0] = drawn;
	}
}

/* --- quotes --- */

const char *
tg_call_tier(const struct tg_call *call)
{
	struct tg_str text;

	if (call->view.tier.n == 0 ||
	    tg_json_type(call->view.tier) != TG_JSON_STRING ||
	    tg_json_text(call->rq->arena, call->view.tier, &text) != 0)
		return "";
	return text.p;
}

/* Of one choice; embeddings make none. */
static int64_t
most_output(const struct tg_call *call, const struct tg_deployment *d,
    const struct tg_bound *b)
{
	if (call->dialect->id == TG_DIALECT_EMBEDDINGS)
		return 0;
	if (b->output_tokens >= 0)
		return b->output_tokens;
	if (d->max_output_tokens > 0)
		return d->max_output_tokens;
	return tg_gate_settings(call->gate)->house.default_output_tokens;
}

static int
find_own_terms(struct tg_call *call, struct tg_candidate *c)
{
	const struct tg_account_ref refs[] = {
		{ TG_SCOPE_PROVIDER, 0, c->provider },
		{ TG_SCOPE_DEPLOYMENT, 0, c->deployment },
	};

	return tg_terms_find(tg_gate_store(call->gate), call->rq->arena, refs,
	    2, &c->terms, &call->rq->err);
}

static int
quote(struct tg_call *call, const struct tg_deployment *d,
    const struct tg_bound *b, struct tg_candidate *c)
{
	struct tg_prices worst;

	*c = (struct tg_candidate){
		.deployment = d->id,
		.provider = d->upstream->name,
		.upstream_model =
		    tg_deployment_model(d, call->rq->arena, call->model),
		.input_tokens = b->input_tokens,
		.output_tokens = most_output(call, d, b),
		.lost_policy = d->lost_policy,
	};
	tg_prices_worst(&d->prices, call->row.start_at, b->input_tokens,
	    tg_call_tier(call), &worst);
	c->priced = tg_price_quote(
	    &worst, b, &c->fixed_nano, &c->output_pico);
	/* It makes its answers itself. */
	if (!c->priced && d->upstream->family == TG_FAMILY_ECHO)
		c->priced = true;
	return find_own_terms(call, c);
}

static int
quote_all(struct tg_call *call)
{
	const struct tg_deployment *d;
	struct tg_weight w;
	struct tg_bound b;

	call->candidates = tg_arena_zero(call->rq->arena,
	    call->n_candidates * sizeof(*call->candidates));
	tg_weight_read(&w, &call->view);
	for (size_t i = 0; i < call->n_candidates; i++) {
		d = call->deployments[i];
		tg_bound_make(&b, &w, d->upstream->type, d->upstream_model,
		    d->max_input_tokens);
		if (i == 0)
			call->bound = b;
		if (quote(call, d, &b, &call->candidates[i]) != 0)
			return -1;
	}
	return 0;
}
