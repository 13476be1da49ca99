/*
 * Fourth stage: from the model's name to the deployments that could serve it,
 * in the order to try, each with what the call may cost there at the most.
 * The lowest order goes first; among equals chance decides by weight.
 */
#include "config.h"

#include <strings.h>

#include "base/id.h"
#include "base/json.h"
#include "gate/rights.h"
#include "gate/stages.h"

#define TRIES_MAX 16	/* deployments of a name that are considered */

static bool find(struct tg_call *, size_t *);
static bool is_check(const struct tg_call *);
static int elsewhere(struct tg_call *);
static size_t pinned(struct tg_call *, size_t);
static int use_default(struct tg_call *, size_t *);
static void shuffle(const struct tg_deployment **, size_t);
static int quote_all(struct tg_call *);
static int unknown(struct tg_call *);

int
tg_route(struct tg_call *call)
{
	size_t n;

	if (!find(call, &n))
		return unknown(call);
	if (n == 0 && use_default(call, &n) != 0)
		return -1;
	for (size_t from = 0, to; from < n; from = to) {
		int order = call->deployments[from]->order;

		to = from + 1;
		while (to < n && call->deployments[to]->order == order)
			to++;
		shuffle(call->deployments + from, to - from);
	}
	call->n_candidates = n < TRIES_MAX ? n : TRIES_MAX;
	return quote_all(call);
}

/* "eu" is also where "eu-west-1" and "europe-west4" are. */
static bool
is_within(const char *region, const char *wanted)
{
	size_t n = strlen(wanted);

	if (region == NULL || strncasecmp(region, wanted, n) != 0)
		return false;
	return region[n] == '\0' || region[n] == '-' ||
	    (strcasecmp(wanted, "eu") == 0 &&
		strncasecmp(region, "europe", 6) == 0);
}

static size_t
in_region(struct tg_call *call, const char *wanted, size_t n)
{
	size_t kept = 0;

	for (size_t i = 0; i < n; i++)
		if (is_within(call->deployments[i]->region, wanted))
			call->deployments[kept++] = call->deployments[i];
	return kept;
}

static const char *
region_of_key(const struct tg_call *call)
{
	struct tg_str value, text;

	if (!tg_json_get(tg_str(call->who->key.settings),
		"allowed_model_region", &value) ||
	    tg_json_type(value) != TG_JSON_STRING ||
	    tg_json_text(call->rq->arena, value, &text) != 0 || text.n == 0)
		return NULL;
	return text.p;
}

/* Whose own deployments count; a check of ours means any. */
static const char *
team_of(const struct tg_call *call)
{
	if (is_check(call))
		return TG_TEAM_ANY;
	return call->who->team != NULL ? call->who->team->name : NULL;
}

/* False: the name is not known; *n: those where caller and customer want. */
static bool
find(struct tg_call *call, size_t *n)
{
	const char *wanted = region_of_key(call);
	bool any;

	call->deployments = tg_catalog_find(call->catalog, call->rq->arena,
	    call->model, team_of(call), n);
	*n = pinned(call, *n);
	any = *n > 0;
	if (wanted != NULL)
		*n = in_region(call, wanted, *n);
	if (call->region != NULL)
		*n = in_region(call, call->region, *n);
	return any;
}

/* LiteLLM's: where the region has nothing of the name, the customer's own. */
static int
use_default(struct tg_call *call, size_t *n)
{
	struct tg_rights_ask ask = { .param = "model",
		.old_words = tg_gate_settings(call->gate)->house.old_words };

	if (call->region == NULL || call->default_model == NULL)
		return elsewhere(call);
	ask.model = tg_str(call->default_model);
	if (tg_rights_use(
		call->who, call->catalog, &ask, &call->rq->err) != 0)
		return -1;
	call->model = ask.model;
	call->row.model = call->default_model;
	return find(call, n) && *n > 0 ? 0 : elsewhere(call);
}

static int
elsewhere(struct tg_call *call)
{
	return tg_fail(&call->rq->err, TG_E_MODEL_UNKNOWN,
	    "litellm.BadRequestError: You passed in model=%.*s. There are no "
	    "healthy deployments for this model in the allowed region. "
	    "Received Model Group=%.*s\nAvailable Model Group Fallbacks=None",
	    TG_PRI(call->model), TG_PRI(call->model));
}

/* A check of ours means the one deployment it names. */
static bool
is_check(const struct tg_call *call)
{
	struct tg_door *door = call->rq->door;

	return tg_auth_local(call->rq) &&
	    door->ops->env(door, "TOLLGATE_DEPLOYMENT") != NULL;
}

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

static int64_t
most_asked(const struct tg_call *call, const struct tg_deployment *d,
    const struct tg_bound *b)
{
	if (b->output_tokens >= 0)
		return b->output_tokens;
	if (d->max_output_tokens > 0)
		return d->max_output_tokens;
	return tg_gate_settings(call->gate)->house.default_output_tokens;
}

/* Of one choice; embeddings make none, the echo what it is told to. */
static int64_t
most_output(const struct tg_call *call, const struct tg_deployment *d,
    const struct tg_bound *b)
{
	int64_t most = most_asked(call, d, b);

	if (call->dialect->id == TG_DIALECT_EMBEDDINGS)
		return 0;
	return d->echo.completion_tokens > most ? d->echo.completion_tokens :
						  most;
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
	/* The upstream may take one of these, at another price. */
	if (call->view.models.n > 2)
		c->priced = false;
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
		if (b.input_tokens < d->echo.prompt_tokens)
			b.input_tokens = d->echo.prompt_tokens;
		if (i == 0)
			call->bound = b;
		if (quote(call, d, &b, &call->candidates[i]) != 0)
			return -1;
	}
	return 0;
}
