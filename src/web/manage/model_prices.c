/*
 * Prices of a deployment, as LiteLLM's scripts send them (USD a token, with
 * edges and tiers in the names), or as in tollgate.ini (USD a million tokens,
 * price_input@01:00-04:00).  A price that cannot be charged is refused: a bill
 * must not leave out what somebody has asked for.
 */
#include "config.h"

#include "base/clock.h"
#include "llm/price.h"
#include "web/manage/model_draft.h"

static bool
same_tier(const char *a, const char *b)
{
	return strcmp(a != NULL ? a : "", b != NULL ? b : "") == 0;
}

static bool
same_conditions(const struct tg_price_row *a, const struct tg_price_row *b)
{
	return strcmp(a->unit, b->unit) == 0 &&
	    a->above_tokens == b->above_tokens &&
	    same_tier(a->tier, b->tier) && a->utc_from == b->utc_from &&
	    a->utc_to == b->utc_to;
}

/* Is it what counts already? Unknown is what nothing was said of. */
static bool
stands(const struct tg_model_draft *d, const struct tg_price_row *p)
{
	int64_t now = TG_PICO_UNKNOWN;

	for (size_t i = 0; i < d->old.n_prices; i++)
		if (same_conditions(&d->old.prices[i], p) &&
		    d->old.prices[i].valid_from <= d->price_from)
			now = d->old.prices[i].pico_usd;
	return now == p->pico_usd;
}

/* One said in litellm_params comes before the same in model_info. */
static bool
was_said(const struct tg_model_draft *d, const struct tg_price_row *p)
{
	for (size_t i = 0; i < d->row.n_prices; i++)
		if (same_conditions(&d->row.prices[i], p))
			return true;
	return false;
}

static void
add(struct tg_model_draft *d, const struct tg_price *p)
{
	struct tg_price_row row = {
		.unit = tg_unit_name(p->unit),
		.pico_usd = p->pico,
		.valid_from = d->price_from,
		.source = d->price_source,
		.above_tokens = p->above_tokens,
		.tier = tg_arena_cstr(d->m->a, tg_str(p->tier)),
		.utc_from = p->utc_from,
		.utc_to = p->utc_to,
	};
	struct tg_price_row *more;

	if (was_said(d, &row) || stands(d, &row))
		return;
	more = tg_arena_zero(
	    d->m->a, (d->row.n_prices + 1) * sizeof(*more));
	if (d->row.n_prices > 0)
		memcpy(more, d->row.prices,
		    d->row.n_prices * sizeof(*more));
	more[d->row.n_prices++] = row;
	d->row.prices = more;
}

static const char *
number_text(struct tg_model_draft *d, const json_t *v)
{
	return json_is_string(v) ? json_string_value(v) :
				   tg_manage_print(d->m, v);
}

/* USD a token (or a request); null ends it. */
static int
add_litellm(struct tg_model_draft *d, struct tg_price *p, const char *name,
    const json_t *v)
{
	p->pico = TG_PICO_UNKNOWN;
	if (!json_is_null(v) &&
	    tg_pico_parse(tg_str(number_text(d, v)), &p->pico) != 0)
		return tg_fail_param(d->m->e, TG_E_INVALID, name,
		    "'%s' must be a price in USD, 0 or above, in steps of "
		    "1e-12.",
		    name);
	add(d, p);
	return 0;
}

/* As in tollgate.ini: USD a million tokens, or USD a call. */
static int
add_own(struct tg_model_draft *d, struct tg_price *p, const char *name,
    const json_t *v)
{
	int64_t nano;
	int rc;

	p->pico = TG_PICO_UNKNOWN;
	if (json_is_null(v))
		rc = 0;
	else if (p->unit == TG_UNIT_CALL) {
		rc = tg_nano_parse(tg_str(number_text(d, v)), &nano);
		if (rc == 0 && nano <= INT64_MAX / 1000)
			p->pico = nano * 1000;
	} else
		rc = tg_price_parse(tg_str(number_text(d, v)), &p->pico);
	if (rc != 0)
		return tg_fail_param(d->m->e, TG_E_INVALID, name,
		    "'%s' must be a price in USD, such as 0.15.", name);
	add(d, p);
	return 0;
}

/* [{"range": [from, to], "input_cost_per_token": ...}] */
static int
add_tiers(struct tg_model_draft *d, const json_t *tiers)
{
	size_t i;
	json_t *tier, *v;
	const char *name;

	json_array_foreach(tiers, i, tier) {
		const json_t *from = json_array_get(
		    json_object_get(tier, "range"), 0);
		if (!json_is_number(from) || json_number_value(from) < 0 ||
		    json_number_value(from) > 1e12)
			return tg_fail_param(d->m->e, TG_E_INVALID,
			    "tiered_pricing",
			    "Each of 'tiered_pricing' needs a 'range': "
			    "[from, to] in tokens.");
		json_object_foreach(tier, name, v) {
			struct tg_price p = { 0 };
			if (!tg_price_litellm_read(tg_str(name), &p))
				continue;
			p.above_tokens = (int64_t)json_number_value(from);
			if (add_litellm(d, &p, name, v) != 0)
				return -1;
		}
	}
	return 0;
}

static int
read_member(struct tg_model_draft *d, const char *name, const json_t *v)
{
	struct tg_price p = { 0 };

	if (strcmp(name, "tiered_pricing") == 0)
		return add_tiers(d, v);
	if (tg_price_litellm_read(tg_str(name), &p))
		return add_litellm(d, &p, name, v);
	if (strncmp(name, "price_", 6) == 0 &&
	    tg_price_name_read(tg_str(name), &p))
		return add_own(d, &p, name, v);
	if (!tg_price_litellm_like(tg_str(name)) || json_is_null(v) ||
	    (json_is_number(v) && json_number_value(v) == 0))
		return 0;
	return tg_fail_param(d->m->e, TG_E_UNSUPPORTED, name,
	    "This gateway does not charge by '%s', so it does not accept it. "
	    "Leave it out.",
	    name);
}

/* They are rows from now on; as texts they would go stale. */
static void
drop_texts(struct tg_model_draft *d)
{
	const char *name;
	json_t *v;
	void *next;

	json_object_foreach_safe(d->info, next, name, v)
	{
		if (tg_price_litellm_like(tg_str(name)) ||
		    strcmp(name, "tiered_pricing") == 0)
			(void)json_object_del(d->info, name);
	}
	json_object_foreach_safe(d->params, next, name, v)
	{
		if (strncmp(name, "price_", 6) == 0)
			(void)json_object_del(d->params, name);
	}
}

/* Ours, beside LiteLLM's members: who says so, and from when on. */
static int
read_origin(struct tg_model_draft *d)
{
	const char *from;

	d->price_from = d->m->now;
	if (tg_manage_text(d->m, "price_source", &d->price_source) != 0 ||
	    tg_manage_text(d->m, "price_from", &from) != 0)
		return -1;
	if (from == NULL)
		return 0;
	if (tg_iso_parse(tg_str(from), &d->price_from) != 0)
		return tg_fail_param(d->m->e, TG_E_INVALID, "price_from",
		    "'price_from' must be a time such as "
		    "2026-01-31T00:00:00Z.");
	if (d->price_from < d->m->now)
		return tg_fail_param(d->m->e, TG_E_INVALID, "price_from",
		    "'price_from' lies in the past: what was billed stays as "
		    "it is. Leave it out for now.");
	return 0;
}

int
tg_model_prices_read(struct tg_model_draft *d)
{
	json_t *from[] = { (json_t *)d->given,
		json_object_get(d->m->body, "model_info") };
	const char *name;
	json_t *v;

	if (read_origin(d) != 0)
		return -1;
	for (size_t i = 0; i < sizeof(from) / sizeof(from[0]); i++) {
		json_object_foreach(from[i], name, v) {
			if (read_member(d, name, v) != 0)
				return -1;
		}
	}
	drop_texts(d);
	return 0;
}
