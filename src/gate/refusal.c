/*
 * Refusals for money and limits.  Clients match parts of these sentences: the
 * beginnings are LiteLLM's, what follows says how long and why.
 */
#include "config.h"

#include "gate/refusal.h"

#include <stdio.h>

#include "base/clock.h"
#include "base/money.h"
#include "gate/stages.h"

static const char *object_name(const struct tg_call *,
    const struct tg_account *);
static int over_budget(struct tg_call *);
static int unpriced(struct tg_call *);
static int over_rate(struct tg_call *);

int
tg_refuse(struct tg_call *call)
{
	const struct tg_refusal *r = &call->ad.refusal;

	call->standings = call->ad.standings;
	call->n_standings = call->ad.n_standings;
	switch (r->kind) {
	case TG_REFUSED_UNPRICED:
		return unpriced(call);
	case TG_REFUSED_RATE:
	case TG_REFUSED_PARALLEL:
		return over_rate(call);
	default:
		return over_budget(call);
	}
}

/* --- who --- */

static const char *
tag_name(const struct tg_call *call, int64_t id)
{
	for (size_t i = 0; i < call->n_tags; i++)
		if (call->tags[i].id == id)
			return call->tags[i].name;
	return "";
}

static const char *
name_of(const struct tg_subject *s)
{
	return s != NULL ? s->name : "";
}

static const char *
key_name(const struct tg_call *call)
{
	const struct tg_key *k = &call->who->key;

	if (k->alias == NULL)
		return k->name;
	return tg_arena_printf(
	    call->rq->arena, "%s (%s)", k->alias, k->name);
}

/* The public id of what an account belongs to. */
static const char *
object_name(const struct tg_call *call, const struct tg_account *a)
{
	const struct tg_who *who = call->who;

	switch (a->scope) {
	case TG_SCOPE_KEY:
		return key_name(call);
	case TG_SCOPE_PERSON:
	case TG_SCOPE_PERSON_MODEL:
		return name_of(who->person);
	case TG_SCOPE_TEAM:
	case TG_SCOPE_TEAM_MODEL:
		return name_of(who->team);
	case TG_SCOPE_MEMBER:
		return tg_arena_printf(call->rq->arena, "%s:%s",
		    name_of(who->person), name_of(who->team));
	case TG_SCOPE_ORGANIZATION_MEMBER:
		return tg_arena_printf(call->rq->arena, "%s:%s",
		    name_of(who->person), name_of(who->organization));
	case TG_SCOPE_PROJECT:
	case TG_SCOPE_PROJECT_MODEL:
		return name_of(who->project);
	case TG_SCOPE_ORGANIZATION:
	case TG_SCOPE_ORGANIZATION_MODEL:
		return name_of(who->organization);
	case TG_SCOPE_CUSTOMER:
	case TG_SCOPE_CUSTOMER_MODEL:
		return call->row.user != NULL ? call->row.user : "";
	case TG_SCOPE_TAG:
		return tag_name(call, a->subject);
	case TG_SCOPE_KEY_MODEL:
	case TG_SCOPE_KEY_TAG:
		return who->key.name;
	default:
		return a->name != NULL ? a->name : "";
	}
}

/* --- money --- */

static const char *
usd(const struct tg_call *call, int64_t nano)
{
	struct tg_buf b;
	const char *text;

	tg_buf_init(&b, 64);
	(void)tg_nano_print(&b, nano);
	text = tg_arena_cstr(call->rq->arena, tg_buf_str(&b));
	tg_buf_free(&b);
	return text;
}

/* "2026-01-31 12:00:00 UTC" */
static const char *
moment(const struct tg_call *call, int64_t wall_us)
{
	char iso[TG_ISO_BYTES];

	(void)tg_iso_time(wall_us, iso);
	return tg_arena_printf(
	    call->rq->arena, "%.10s %.8s UTC", iso, iso + 11);
}

/* Why less than the cap is too much, and when there is more. */
static const char *
outlook(const struct tg_call *call)
{
	const struct tg_refusal *r = &call->ad.refusal;
	struct tg_arena *a = call->rq->arena;
	const char *text = "", *reset = "";

	if (r->spent_nano < r->cap_nano)
		text = tg_arena_printf(a,
		    " Held for calls under way: %s, this call may cost up to "
		    "%s.%s",
		    usd(call, r->held_nano), usd(call, r->need_nano),
		    call->bound.output_tokens <= 0 ?
			"" :
			" With a smaller max_tokens it may fit.");
	if (r->reset_at != INT64_MAX && r->reset_at > 0)
		reset = tg_arena_printf(
		    a, " Budget resets at: %s.", moment(call, r->reset_at));
	return tg_arena_printf(a, "%s%s", text, reset);
}

static bool
is_by_model(const struct tg_account *a)
{
	return a->scope == TG_SCOPE_KEY_MODEL ||
	    a->scope == TG_SCOPE_PERSON_MODEL ||
	    a->scope == TG_SCOPE_TEAM_MODEL ||
	    a->scope == TG_SCOPE_PROJECT_MODEL ||
	    a->scope == TG_SCOPE_ORGANIZATION_MODEL ||
	    a->scope == TG_SCOPE_CUSTOMER_MODEL;
}

/* The beginning of the sentence, up to the amounts. */
static const char *
budget_of(const struct tg_call *call)
{
	const struct tg_account *acc = &call->ad.refusal.account;
	bool old = tg_gate_settings(call->gate)->house.old_words;
	struct tg_arena *a = call->rq->arena;
	const char *name = object_name(call, acc);
	const char *alias = call->who->key.alias;
	static const char *const titles[TG_SCOPE__MAX] = {
		[TG_SCOPE_KEY] = "Key",
		[TG_SCOPE_TEAM] = "Team",
		[TG_SCOPE_MEMBER] = "TeamMember",
		[TG_SCOPE_PROJECT] = "Project",
		[TG_SCOPE_ORGANIZATION] = "Organization",
		[TG_SCOPE_TAG] = "Tag",
		[TG_SCOPE_MODEL] = "Model",
		[TG_SCOPE_PERSON_MODEL] = "User",
		[TG_SCOPE_TEAM_MODEL] = "Team",
		[TG_SCOPE_PROJECT_MODEL] = "Project",
		[TG_SCOPE_ORGANIZATION_MODEL] = "Organization",
		[TG_SCOPE_CUSTOMER_MODEL] = "End User",
		[TG_SCOPE_ORGANIZATION_MEMBER] = "OrganizationMember",
	};

	if (old && acc->scope == TG_SCOPE_KEY)
		return "";
	if (old && acc->scope == TG_SCOPE_MEMBER)
		return tg_arena_printf(a, "User=%s in Team=%s ",
		    name_of(call->who->person), name_of(call->who->team));
	if (acc->scope == TG_SCOPE_KEY_MODEL)
		return tg_arena_printf(a,
		    "LiteLLM Virtual Key: %s%s%s, exceeded budget for "
		    "model=%s ",
		    name, alias != NULL ? ", key_alias: " : "",
		    alias != NULL ? alias : "", call->model.p);
	if (acc->scope == TG_SCOPE_HOUSE && !old)
		return "All calls of this gateway together: ";
	if (titles[acc->scope] == NULL)
		return "";
	if (is_by_model(acc))
		return tg_arena_printf(a,
		    "%s=%s, exceeded budget for model=%s ",
		    titles[acc->scope], name, call->model.p);
	return tg_arena_printf(a, "%s=%s ", titles[acc->scope], name);
}

static int
over_budget(struct tg_call *call)
{
	const struct tg_refusal *r = &call->ad.refusal;
	const struct tg_account *acc = &r->account;
	const char *spent = usd(call, r->spent_nano);
	const char *cap = usd(call, r->cap_nano);
	struct tg_err *e = &call->rq->err;

	if (acc->scope == TG_SCOPE_PROVIDER ||
	    acc->scope == TG_SCOPE_DEPLOYMENT)
		return tg_fail(e, TG_E_PROVIDER_BUDGET,
		    "No deployments available - crossed budget for provider: "
		    "%s. Budget has been exceeded! Current cost: %s, Max "
		    "budget: %s.%s",
		    object_name(call, acc), spent, cap, outlook(call));
	if (acc->scope == TG_SCOPE_PERSON || acc->scope == TG_SCOPE_CUSTOMER)
		return tg_fail(e, TG_E_BUDGET,
		    "ExceededBudget: %s=%s over budget. Spend=%s, Budget=%s. "
		    "Budget has been exceeded! Current cost: %s, Max budget: "
		    "%s.%s",
		    acc->scope == TG_SCOPE_PERSON ? "User" : "End User",
		    object_name(call, acc), spent, cap, spent, cap,
		    outlook(call));
	return tg_fail(e, TG_E_BUDGET,
	    "Budget has been exceeded! %sCurrent cost: %s, Max budget: %s.%s",
	    budget_of(call), spent, cap, outlook(call));
}

static int
unpriced(struct tg_call *call)
{
	if (call->view.models.n > 2)
		return tg_fail_param(&call->rq->err, TG_E_UNPRICED, "models",
		    "'models' lets the upstream choose among models of other "
		    "prices, and a budget of the %s applies. Leave it out.",
		    tg_scope_name(call->ad.refusal.account.scope));
	return tg_fail_param(&call->rq->err, TG_E_UNPRICED, "model",
	    "The model '%.*s' has no price, and a budget of the %s applies: "
	    "what the call costs could not be counted. Set price_input and "
	    "price_output for it (in its [model:NAME] of tollgate.ini, or by "
	    "input_cost_per_token and output_cost_per_token with "
	    "/model/update), or let the budget say unpriced = ceiling or "
	    "allow.",
	    (int)(call->model.n < 120 ? call->model.n : 120), call->model.p,
	    tg_scope_name(call->ad.refusal.account.scope));
}

/* --- rates --- */

const char *
tg_limit_descriptor(const struct tg_account *a)
{
	static const char *const names[TG_SCOPE__MAX] = {
		[TG_SCOPE_HOUSE] = "proxy",
		[TG_SCOPE_KEY] = "api_key",
		[TG_SCOPE_KEY_MODEL] = "model_per_key",
		[TG_SCOPE_PERSON] = "user",
		[TG_SCOPE_TEAM] = "team",
		[TG_SCOPE_TEAM_MODEL] = "model_per_team",
		[TG_SCOPE_MEMBER] = "team_member",
		[TG_SCOPE_PROJECT] = "project",
		[TG_SCOPE_ORGANIZATION] = "organization",
		[TG_SCOPE_CUSTOMER] = "end_user",
		[TG_SCOPE_TAG] = "tag",
		[TG_SCOPE_MODEL] = "model",
		[TG_SCOPE_PROVIDER] = "provider",
		[TG_SCOPE_DEPLOYMENT] = "deployment",
		[TG_SCOPE_PERSON_MODEL] = "model_per_user",
		[TG_SCOPE_PROJECT_MODEL] = "model_per_project",
		[TG_SCOPE_ORGANIZATION_MODEL] = "model_per_organization",
		[TG_SCOPE_CUSTOMER_MODEL] = "model_per_end_user",
		[TG_SCOPE_ORGANIZATION_MEMBER] = "organization_member",
		[TG_SCOPE_KEY_TAG] = "tag_per_key",
	};

	return names[a->scope] != NULL ? names[a->scope] : "proxy";
}

static const char *
unit_word(enum tg_limit_unit u)
{
	static const char *const words[TG_LIMIT__MAX] = {
		[TG_LIMIT_REQUESTS] = "requests",
		[TG_LIMIT_TOKENS] = "tokens",
		[TG_LIMIT_INPUT] = "input_tokens",
		[TG_LIMIT_OUTPUT] = "output_tokens",
		[TG_LIMIT_PARALLEL] = "max_parallel_requests",
	};

	return words[u];
}

static const char *
limit_value(const struct tg_call *call, const struct tg_account *a)
{
	if (is_by_model(a))
		return tg_arena_printf(call->rq->arena, "%s:%s",
		    object_name(call, a), call->model.p);
	if (a->scope == TG_SCOPE_KEY_TAG)
		return tg_arena_printf(call->rq->arena, "%s:%s",
		    object_name(call, a), a->name);
	if (a->scope == TG_SCOPE_KEY)
		return call->who->key.name;
	return object_name(call, a);
}

/* When there is room again, as text; or that there never is. */
static const char *
rate_outlook(struct tg_call *call)
{
	const struct tg_refusal *r = &call->ad.refusal;
	struct tg_arena *a = call->rq->arena;
	const char *at;

	if (r->retry_us == INT64_MAX) {
		tg_reply_header(call->rq, "x-should-retry", "false");
		return ". This request alone may need more than that";
	}
	at = moment(call, tg_wall_us() + r->retry_us);
	tg_reply_header(call->rq, "reset_at", "%s", at);
	if (r->kind != TG_REFUSED_PARALLEL || r->retry_us > 0)
		call->rq->err.retry_after_ms =
		    (long)((r->retry_us + 999) / 1000);
	return tg_arena_printf(a, ". Limit resets at: %s%s", at,
	    call->queued_at != 0 ?
		". The call waited its turn for too long." :
		"");
}

static int
over_rate(struct tg_call *call)
{
	const struct tg_refusal *r = &call->ad.refusal;
	bool own = r->account.scope == TG_SCOPE_PROVIDER ||
	    r->account.scope == TG_SCOPE_DEPLOYMENT;
	const char *unit = unit_word(r->limit->unit);
	enum tg_code code = r->kind == TG_REFUSED_PARALLEL ? TG_E_PARALLEL :
							     TG_E_RATE;

	if (call->queued_at != 0)
		code = TG_E_QUEUE;
	tg_reply_header(call->rq, "rate_limit_type", "%s", unit);
	return tg_fail(&call->rq->err, code,
	    "%sRate limit exceeded for %s: %s. Limit type: %s. Current limit: "
	    "%lld, Remaining: %lld%s",
	    own ? "litellm.RateLimitError: " : "",
	    tg_limit_descriptor(&r->account), limit_value(call, &r->account),
	    unit, (long long)r->limit->cap,
	    (long long)(r->remaining > 0 ? r->remaining : 0),
	    rate_outlook(call));
}
