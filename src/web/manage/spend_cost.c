/*
 * /spend/calculate and /cost/estimate: what something would cost, at the
 * prices in force now (litellm-compat.md 2.8).
 */
#include "config.h"

#include <stdlib.h>

#include "llm/usage.h"
#include "web/manage/model_info.h"
#include "web/spend.h"

#define COUNT_MAX 1000000000LL

/* What a model costs now: the first deployment that has prices. */
struct rate {
	struct tg_prices prices;
	const char *provider;
};

/* 1 found, 0 not. */
static int
find_rate(struct tg_spend *s, const char *model, int64_t prompt_tokens,
    struct rate *r)
{
	const struct tg_deployment **found;
	int rc = 0;
	size_t n;

	found = tg_catalog_find(s->m.w->catalog, s->arena, tg_str(model),
	    tg_model_team(s->m.w), &n);
	for (size_t i = 0; i < n && rc == 0; i++) {
		tg_prices_at(&found[i]->prices, s->m.now, prompt_tokens, "",
		    &r->prices);
		if (!tg_prices_known(&r->prices))
			continue;
		r->provider = found[i]->upstream->type;
		rc = 1;
	}
	return rc;
}

/* --- /spend/calculate --- */

struct sum {
	const char *model;
	struct tg_usage usage;
	int64_t nano;
};

static int
read_answer(struct tg_spend *s, const json_t *answer, struct sum *sum)
{
	const json_t *usage = json_object_get(answer, "usage");
	const char *text;

	if (sum->model == NULL &&
	    tg_jtree_text(answer, "model", &sum->model, s->m.e) != 0)
		return -1;
	if (!json_is_object(usage))
		return tg_fail_param(s->m.e, TG_E_INVALID,
		    "completion_response",
		    "'completion_response' has no 'usage'.");
	text = tg_manage_print(&s->m, usage);
	tg_usage_read(&sum->usage, TG_USAGE_OPENAI, tg_str(text));
	return 0;
}

/* Four bytes a token: there is nothing but the text to go by. */
static int64_t
likely_tokens(const json_t *v)
{
	const char *name;
	int64_t n = 0;
	json_t *one;
	size_t i;

	if (json_is_string(v))
		return (int64_t)(json_string_length(v) + 3) / 4;
	json_array_foreach(v, i, one)
		n += likely_tokens(one);
	json_object_foreach((json_t *)(uintptr_t)v, name, one)
		n += likely_tokens(one);
	return n;
}

static int
calculate_ask(struct tg_spend *s)
{
	const json_t *answer =
	    json_object_get(s->m.body, "completion_response");
	const json_t *messages = json_object_get(s->m.body, "messages");
	struct sum *sum = s->own;
	struct rate rate;
	int found;

	tg_usage_reset(&sum->usage);
	if (tg_jtree_text(s->m.body, "model", &sum->model, s->m.e) != 0)
		return -1;
	if (json_is_object(answer)) {
		if (read_answer(s, answer, sum) != 0)
			return -1;
	} else if (json_is_array(messages) && sum->model != NULL) {
		sum->usage.tokens[TG_UNIT_INPUT] = likely_tokens(messages);
		sum->usage.tokens[TG_UNIT_OUTPUT] = 0;
		sum->usage.known = true;
	}
	if (sum->model == NULL || !sum->usage.known)
		return tg_fail_param(s->m.e, TG_E_INVALID, "model",
		    "Bad Request - Either 'model' and 'messages' or "
		    "'completion_response' must be given.");
	found = find_rate(s, sum->model,
	    sum->usage.tokens[TG_UNIT_INPUT], &rate);
	if (found == 1 &&
	    !tg_price_cost(&rate.prices, &sum->usage, &sum->nano))
		found = 0;
	if (found == 0)
		return tg_manage_fail(s->m.e, TG_E_INVALID,
		    "invalid_request_error", "model",
		    "The model '%.200s' has no price here, or does not "
		    "exist.",
		    sum->model);
	return 0;
}

static int
calculate_write(struct tg_spend *s)
{
	const struct sum *sum = s->own;

	tg_jw_open(&s->out, NULL, '{');
	tg_jw_nano(&s->out, "cost", sum->nano);
	tg_jw_close(&s->out, '}');
	return 0;
}

int
tg_web_spend_calculate(struct tg_web *w)
{
	struct sum sum = { .model = NULL };

	if (tg_web_catalog(w) != 0)
		return -1;
	return tg_spend_serve(w, calculate_ask, calculate_write, &sum);
}

/* --- /cost/estimate --- */

struct estimate {
	const char *model;
	int64_t input, output, per_day, per_month;	/* -1: not given */
	struct rate rate;
};

static int
read_count(struct tg_spend *s, const char *name, bool needed, int64_t *out)
{
	bool given =
	    !json_is_null(json_object_get(s->m.body, name)) &&
	    json_object_get(s->m.body, name) != NULL;

	*out = -1;
	if (!given && !needed)
		return 0;
	if (!given)
		return tg_fail_param(s->m.e, TG_E_MISSING, name,
		    "'%s' is missing.", name);
	if (tg_jtree_i64(s->m.body, name, out, s->m.e) != 0)
		return -1;
	if (*out < 0 || *out > COUNT_MAX)
		return tg_fail_param(s->m.e, TG_E_TYPE, name,
		    "'%s' must be a whole number from 0 to %lld.", name,
		    COUNT_MAX);
	return 0;
}

static int
estimate_ask(struct tg_spend *s)
{
	struct estimate *q = s->own;
	int found;

	if (tg_manage_need(&s->m, "model", &q->model) != 0 ||
	    read_count(s, "input_tokens", true, &q->input) != 0 ||
	    read_count(s, "output_tokens", true, &q->output) != 0 ||
	    read_count(s, "num_requests_per_day", false, &q->per_day) != 0 ||
	    read_count(s, "num_requests_per_month", false,
		&q->per_month) != 0)
		return -1;
	found = find_rate(s, q->model, q->input, &q->rate);
	if (found == 0)
		return tg_fail_param(s->m.e, TG_E_NOT_FOUND, "model",
		    "Could not calculate cost for model '%.200s': it has no "
		    "price here, or does not exist.",
		    q->model);
	return 0;
}

static int64_t
price(const struct estimate *q, enum tg_unit unit)
{
	int64_t pico = q->rate.prices.pico[unit];

	return pico != TG_PICO_UNKNOWN ? pico : 0;
}

/* What the discount and the margin make of an amount. */
static tg_i128
booked(const struct estimate *q, tg_i128 pico)
{
	return pico - pico * q->rate.prices.discount_ppm / 1000000;
}

static void
write_costs(struct tg_spend *s, const char *prefix, int64_t times)
{
	static const char *const what[] = { "cost", "input_cost",
		"output_cost", "margin_cost" };
	const struct estimate *q = s->own;
	tg_i128 in = booked(q,
	    (tg_i128)q->input * price(q, TG_UNIT_INPUT) +
		price(q, TG_UNIT_CALL));
	tg_i128 out =
	    booked(q, (tg_i128)q->output * price(q, TG_UNIT_OUTPUT));
	tg_i128 margin =
	    (in + out) * q->rate.prices.margin_ppm / 1000000;
	const tg_i128 amounts[] = { in + out + margin, in, out, margin };

	for (int i = 0; i < 4; i++) {
		const char *name = *prefix == '\0' ?
		    tg_arena_printf(s->arena, "%s_per_request", what[i]) :
		    tg_arena_printf(s->arena, "%s_%s", prefix, what[i]);
		if (times < 0)
			tg_jw_null(&s->out, name);
		else
			tg_jw_pico(&s->out, name, amounts[i] * times);
	}
}

static void
write_count(struct tg_jw *j, const char *name, int64_t n)
{
	if (n < 0)
		tg_jw_null(j, name);
	else
		tg_jw_i64(j, name, n);
}

static int
estimate_write(struct tg_spend *s)
{
	const struct estimate *q = s->own;
	struct tg_jw *j = &s->out;
	int64_t month = q->per_month;

	tg_jw_open(j, NULL, '{');
	tg_jw_text(j, "model", q->model);
	tg_jw_i64(j, "input_tokens", q->input);
	tg_jw_i64(j, "output_tokens", q->output);
	write_count(j, "num_requests_per_day", q->per_day);
	write_count(j, "num_requests_per_month", month);
	write_costs(s, "", 1);
	write_costs(s, "daily", q->per_day);
	write_costs(s, "monthly", month);
	tg_jw_pico(j, "input_cost_per_token", price(q, TG_UNIT_INPUT));
	tg_jw_pico(j, "output_cost_per_token", price(q, TG_UNIT_OUTPUT));
	tg_jw_text(j, "provider", q->rate.provider);
	tg_jw_close(j, '}');
	return 0;
}

int
tg_web_cost_estimate(struct tg_web *w)
{
	struct estimate q = { .model = NULL };

	if (tg_web_catalog(w) != 0)
		return -1;
	return tg_spend_serve(w, estimate_ask, estimate_write, &q);
}
