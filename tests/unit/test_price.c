/* What calls cost: llm/price.h. */
#include "config.h"

#include "unit.h"

#include <stdio.h>
#include <stdlib.h>

#include "llm/bound.h"
#include "llm/price.h"
#include "llm/usage.h"

static struct tg_prices
priced(int64_t input, int64_t output)
{
	struct tg_prices p;

	tg_prices_none(&p);
	p.pico[TG_UNIT_INPUT] = input;
	p.pico[TG_UNIT_OUTPUT] = output;
	return p;
}

static struct tg_usage
used(int64_t input, int64_t output)
{
	struct tg_usage u;

	tg_usage_reset(&u);
	u.known = true;
	u.tokens[TG_UNIT_INPUT] = input;
	u.tokens[TG_UNIT_OUTPUT] = output;
	return u;
}

/* gpt-4o-mini: 0.15 and 0.60 USD a million, cached 0.075. */
static void
test_sum(void **state)
{
	struct tg_prices p = priced(150000, 600000);
	struct tg_usage u = used(1000, 500);
	int64_t nano = -1;

	(void)state;
	p.pico[TG_UNIT_CACHE_READ] = 75000;
	u.tokens[TG_UNIT_CACHE_READ] = 2000;
	assert_true(tg_price_cost(&p, &u, &nano));
	assert_int_equal(nano, 150000 + 150000 + 300000);
	p.pico[TG_UNIT_CALL] = 1000000000;
	assert_true(tg_price_cost(&p, &u, &nano));
	assert_int_equal(nano, 600000 + 1000000);
}

/* Each class on its own, so that none is counted with another's price. */
static void
test_classes(void **state)
{
	struct tg_prices p;
	struct tg_usage u;
	int64_t nano;
	int i, k;

	(void)state;
	for (i = 0; i < TG_UNIT__TOKENS; i++) {
		tg_prices_none(&p);
		for (k = 0; k < TG_UNIT__TOKENS; k++)
			p.pico[k] = 1000 * (k + 1);
		u = used(0, 0);
		u.tokens[i] = 7;
		assert_true(tg_price_cost(&p, &u, &nano));
		assert_int_equal(nano, 7 * (i + 1));
	}
}

static void
test_instead(void **state)
{
	static const enum tg_unit as_input[] = {
		TG_UNIT_CACHE_READ, TG_UNIT_CACHE_WRITE,
		TG_UNIT_CACHE_WRITE_1H, TG_UNIT_AUDIO_INPUT,
		TG_UNIT_IMAGE_INPUT
	};
	struct tg_prices p = priced(3000, 5000);
	struct tg_usage u;
	int64_t nano;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(as_input); i++) {
		u = used(0, 0);
		u.tokens[as_input[i]] = 2;
		assert_true(tg_price_cost(&p, &u, &nano));
		assert_int_equal(nano, 6);
	}
	u = used(0, 0);
	u.tokens[TG_UNIT_AUDIO_OUTPUT] = 2;
	assert_true(tg_price_cost(&p, &u, &nano));
	assert_int_equal(nano, 10);
}

/* Once, over the sum: 3 x 0.4 nano is 1.2, not 0. */
static void
test_rounding(void **state)
{
	struct tg_prices p = priced(400, 100);
	struct tg_usage u = used(3, 3);
	int64_t nano;

	(void)state;
	assert_true(tg_price_cost(&p, &u, &nano));
	assert_int_equal(nano, 2);	/* 1500 pico: half up */
	u = used(3, 2);
	assert_true(tg_price_cost(&p, &u, &nano));
	assert_int_equal(nano, 1);
	p = priced(0, 0);
	assert_true(tg_price_cost(&p, &u, &nano));
	assert_int_equal(nano, 0);
}

static void
test_unknown(void **state)
{
	struct tg_prices p = priced(400, TG_PICO_UNKNOWN);
	struct tg_usage u = used(3, 0);
	int64_t nano = -7;

	(void)state;
	assert_true(tg_price_cost(&p, &u, &nano));	/* no output used */
	u.tokens[TG_UNIT_OUTPUT] = 1;
	assert_false(tg_price_cost(&p, &u, &nano));
	p = priced(400, 400);
	u.known = false;
	assert_false(tg_price_cost(&p, &u, &nano));
	u.known = true;
	u.tokens[TG_UNIT_INPUT] = -1;
	assert_false(tg_price_cost(&p, &u, &nano));
	/* A price for the call alone needs no usage. */
	p = priced(TG_PICO_UNKNOWN, TG_PICO_UNKNOWN);
	assert_false(tg_price_cost(&p, &u, &nano));
	p.pico[TG_UNIT_CALL] = 5000;
	u.known = false;
	assert_true(tg_price_cost(&p, &u, &nano));
	assert_int_equal(nano, 5);
}

static void
test_known(void **state)
{
	struct tg_prices p = priced(1, TG_PICO_UNKNOWN);

	(void)state;
	assert_false(tg_prices_known(&p));
	p = priced(0, 0);
	assert_true(tg_prices_known(&p));
	tg_prices_none(&p);
	assert_false(tg_prices_known(&p));
	p.pico[TG_UNIT_CALL] = 0;
	assert_true(tg_prices_known(&p));
}

/* Beyond 64 bits the product is exact, beyond 128 the sum stays at the top. */
static void
test_huge(void **state)
{
	struct tg_prices p = priced(1000000000000, 1000000);
	struct tg_usage u = used(9000000000, 1);
	int64_t nano;
	int i;

	(void)state;
	assert_true(tg_price_cost(&p, &u, &nano));
	assert_int_equal(nano, INT64_C(9000000000000001000));
	for (i = 0; i < TG_UNIT__TOKENS; i++) {
		p.pico[i] = INT64_MAX;
		u.tokens[i] = INT64_MAX;
	}
	p.pico[TG_UNIT_CALL] = INT64_MAX;
	assert_true(tg_price_cost(&p, &u, &nano));
	assert_true(nano == INT64_MAX);
}

static void
test_names(void **state)
{
	int i;

	(void)state;
	for (i = 0; i < TG_UNIT__MAX; i++)
		assert_int_equal(
		    tg_unit_parse(tg_str(tg_unit_name((enum tg_unit)i))), i);
	assert_int_equal(
	    tg_unit_parse(TG_STR("price_cache_write_1h")),
	    TG_UNIT_CACHE_WRITE_1H);
	assert_int_equal(tg_unit_parse(TG_STR("price_call")), TG_UNIT_CALL);
	assert_int_equal(tg_unit_parse(TG_STR("price_")), -1);
	assert_int_equal(tg_unit_parse(TG_STR("")), -1);
}

static const struct {
	const char *name, *litellm;
	enum tg_unit unit;
	int64_t above;
	const char *tier;
	int from, to;
} named[] = {
	{"price_input", "input_cost_per_token", TG_UNIT_INPUT, 0, "", 0,
	    0},
	{"price_input_above_200k",
	    "input_cost_per_token_above_200k_tokens", TG_UNIT_INPUT,
	    200000, "", 0, 0},
	{"price_output.flex", "output_cost_per_token_flex",
	    TG_UNIT_OUTPUT, 0, "flex", 0, 0},
	{"price_output.batch", "output_cost_per_token_batches",
	    TG_UNIT_OUTPUT, 0, "batch", 0, 0},
	{"price_cache_read_above_272k.priority",
	    "cache_read_input_token_cost_above_272k_tokens_priority",
	    TG_UNIT_CACHE_READ, 272000, "priority", 0, 0},
	{"price_cache_write_1h",
	    "cache_creation_input_token_cost_above_1hr",
	    TG_UNIT_CACHE_WRITE_1H, 0, "", 0, 0},
	{"price_cache_write_1h_above_200k",
	    "cache_creation_input_token_cost_above_1hr_above_200k_"
	    "tokens",
	    TG_UNIT_CACHE_WRITE_1H, 200000, "", 0, 0},
	{"price_audio_input", "input_cost_per_audio_token",
	    TG_UNIT_AUDIO_INPUT, 0, "", 0, 0},
	{"price_call", "input_cost_per_request", TG_UNIT_CALL, 0, "", 0,
	    0},
	{"price_input_above_199999", NULL, TG_UNIT_INPUT, 199999, "", 0,
	    0},
	{"price_input@01:00-04:00", NULL, TG_UNIT_INPUT, 0, "", 60,
	    240},
	{"price_output_above_200k.flex@22:30-24:00", NULL,
	    TG_UNIT_OUTPUT, 200000, "flex", 1350, 1440},
};

/* Names with conditions, there and back. */
static void
test_condition_names(void **state)
{
	char text[TG_PRICE_NAME_BYTES];
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(named); i++) {
		struct tg_price p = {.pico = 7}, q = {0};

		assert_true(tg_price_name_read(tg_str(named[i].name), &p));
		assert_int_equal(p.unit, named[i].unit);
		assert_int_equal(p.above_tokens, named[i].above);
		assert_string_equal(p.tier, named[i].tier);
		assert_int_equal(p.utc_from, named[i].from);
		assert_int_equal(p.utc_to, named[i].to);
		assert_int_equal(p.pico, 7);
		assert_string_equal(tg_price_name(&p, text), named[i].name);
		if (named[i].litellm == NULL) {
			assert_null(tg_price_litellm_name(&p, text));
			continue;
		}
		assert_string_equal(
		    tg_price_litellm_name(&p, text), named[i].litellm);
		assert_true(
		    tg_price_litellm_read(tg_str(named[i].litellm), &q));
		assert_int_equal(q.unit, p.unit);
		assert_int_equal(q.above_tokens, p.above_tokens);
		assert_string_equal(q.tier, p.tier);
	}
}

static void
test_bad_names(void **state)
{
	static const char *const ours[] = {"price_", "price_tea",
	    "price_input_above_", "price_input_above_0k",
	    "price_input_above_-1", "price_input_above_xk", "price_input.",
	    "price_input.Flex", "price_input.a_tier_that_is_long",
	    "price_input@", "price_input@1:00-2:00", "price_input@01:00",
	    "price_input@01:00-01:00", "price_input@24:00-25:00",
	    "price_input@01:60-02:00", "price_input@01:00-04:00x"};
	static const char *const theirs[] = {"input", "input_cost_per_second",
	    "input_cost_per_token_above_200k", "input_cost_per_tokens",
	    "input_cost_per_token_cheap", "output_cost_per_image",
	    "input_cost_per_token_above_k_tokens"};
	struct tg_price p;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(ours); i++)
		assert_false(tg_price_name_read(tg_str(ours[i]), &p));
	for (i = 0; i < COUNT(theirs); i++)
		assert_false(tg_price_litellm_read(tg_str(theirs[i]), &p));
	assert_true(tg_price_litellm_like(TG_STR("input_cost_per_second")));
	assert_true(tg_price_litellm_like(TG_STR("tiered_pricing")));
	assert_false(tg_price_litellm_like(TG_STR("input")));
}

/* --- which prices hold --- */

#define AT(h, m) ((h)*INT64_C(3600000000) + (m)*INT64_C(60000000))
#define IN TG_UNIT_INPUT

static const struct tg_price some[] = {
	{.unit = IN, .pico = 100, .row = 1},
	{.unit = IN, .pico = 80, .row = 2, .valid_from = AT(48, 0)},
	{.unit = IN, .pico = 10, .row = 3, .valid_from = AT(72, 0),
	    .valid_to = AT(96, 0)},
	{.unit = IN, .pico = 200, .row = 4, .above_tokens = 1000},
	{.unit = IN, .pico = 300, .row = 5, .above_tokens = 2000},
	{.unit = IN, .pico = 50, .row = 6, .tier = "flex"},
	{.unit = IN, .pico = 55, .row = 7, .tier = "flex",
	    .above_tokens = 2000},
	{.unit = IN, .pico = 110, .row = 8, .utc_from = 60, .utc_to = 240},
	{.unit = IN, .pico = 120, .row = 9, .utc_from = 1380, .utc_to = 30},
	{.unit = TG_UNIT_OUTPUT, .pico = 900, .row = 10},
};
static const struct tg_price_list some_list = {
	.prices = some, .n = COUNT(some), .discount_ppm = 5, .margin_ppm = 6};

static void
test_pick(void **state)
{
	static const struct {
		int64_t at, prompt;
		const char *tier;
		int64_t row;
	} cases[] = {
		{AT(5, 0), 10, "", 1}, {AT(5, 0), 1000, "", 1},
		{AT(5, 0), 1001, "", 4}, {AT(5, 0), 5000, "", 5},
		{AT(5, 0), 10, "flex", 6}, {AT(5, 0), 5000, "flex", 7},
		{AT(5, 0), 10, "default", 1}, {AT(0, 59), 10, "", 1},
		{AT(1, 0), 10, "", 8}, {AT(3, 59), 10, "", 8},
		{AT(4, 0), 10, "", 1}, {AT(23, 30), 10, "", 9},
		{AT(24, 10), 10, "", 9}, {AT(2, 0), 5000, "", 5},
		{AT(2, 0), 10, "flex", 6}, {AT(53, 0), 10, "", 2},
		{AT(77, 0), 10, "", 3}, {AT(101, 0), 10, "", 2},
	};
	struct tg_prices p;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		tg_prices_at(&some_list, cases[i].at, cases[i].prompt,
		    cases[i].tier, &p);
		assert_int_equal(p.row[IN], cases[i].row);
		assert_int_equal(p.pico[IN], some[cases[i].row - 1].pico);
		assert_int_equal(p.row[TG_UNIT_OUTPUT], 10);
		assert_true(p.pico[TG_UNIT_CALL] == TG_PICO_UNKNOWN);
		assert_int_equal(p.discount_ppm, 5);
		assert_int_equal(p.margin_ppm, 6);
		assert_string_equal(p.tier, some[cases[i].row - 1].tier);
		assert_int_equal(
		    p.above_tokens, some[cases[i].row - 1].above_tokens);
	}
}

static void
test_worst(void **state)
{
	static const struct tg_price tiers[] = {
		{.unit = IN, .pico = 100},
		{.unit = IN, .pico = 200, .tier = "priority"},
		{.unit = IN, .pico = 50, .tier = "flex"},
	};
	static const struct tg_price_list list = {.prices = tiers, .n = 3};
	struct tg_prices p;

	(void)state;
	tg_prices_worst(&some_list, AT(5, 0), 5000, "flex", &p);
	assert_int_equal(p.pico[IN], 300);
	tg_prices_worst(&some_list, AT(5, 0), 1500, "", &p);
	assert_int_equal(p.pico[IN], 200);
	tg_prices_worst(&some_list, AT(5, 0), 10, "", &p);
	assert_int_equal(p.pico[IN], 100);
	tg_prices_worst(&some_list, AT(2, 0), 10, "", &p);
	assert_int_equal(p.pico[IN], 110);
	/* flex that is asked for may be answered as usual */
	tg_prices_worst(&list, 0, 10, "flex", &p);
	assert_int_equal(p.pico[IN], 100);
	tg_prices_worst(&list, 0, 10, "auto", &p);
	assert_int_equal(p.pico[IN], 200);
	/* a project's own default may be a dearer one */
	tg_prices_worst(&list, 0, 10, "", &p);
	assert_int_equal(p.pico[IN], 200);
	tg_prices_worst(&list, 0, 10, "default", &p);
	assert_int_equal(p.pico[IN], 100);
}

static void
test_adjusted(void **state)
{
	struct tg_prices p = priced(1000000, 0);
	struct tg_usage u = used(1, 0);
	int64_t nano;

	(void)state;
	p.discount_ppm = 50000;
	p.margin_ppm = 100000;
	assert_true(tg_price_cost(&p, &u, &nano));
	assert_int_equal(nano, 1045);
	p.pico[IN] = 1000;	/* 0.95 x 1.1 = 1.045 */
	assert_true(tg_price_cost(&p, &u, &nano));
	assert_int_equal(nano, 1);
	p.discount_ppm = 1000000;
	assert_true(tg_price_cost(&p, &u, &nano));
	assert_int_equal(nano, 0);
}

static void
test_quote(void **state)
{
	struct tg_bound b = {.input_tokens = 1000, .audio_tokens = 100,
	    .image_tokens = 200, .output_tokens = -1, .choices = 2};
	struct tg_prices p = priced(1500, 4000);
	int64_t fixed, output;

	(void)state;
	assert_true(tg_price_quote(&p, &b, &fixed, &output));
	assert_int_equal(fixed, 1500);
	assert_int_equal(output, 8000);
	p.pico[TG_UNIT_CACHE_READ] = 100;
	p.pico[TG_UNIT_CACHE_WRITE] = 2000;
	p.pico[TG_UNIT_CACHE_WRITE_1H] = 9000;
	p.pico[TG_UNIT_AUDIO_INPUT] = 10000;
	p.pico[TG_UNIT_IMAGE_INPUT] = 1;
	p.pico[TG_UNIT_CALL] = 3;
	assert_true(tg_price_quote(&p, &b, &fixed, &output));
	assert_int_equal(fixed, 700 * 2 + 100 * 10 + 200 * 2 + 1);
	b.cache_1h = true;
	assert_true(tg_price_quote(&p, &b, &fixed, &output));
	assert_int_equal(fixed, 700 * 9 + 100 * 10 + 200 * 9 + 1);
	b.audio_output = true;
	p.pico[TG_UNIT_AUDIO_OUTPUT] = 50000;
	b.extra_output_tokens = 10;
	assert_true(tg_price_quote(&p, &b, &fixed, &output));
	assert_int_equal(output, 100000);
	assert_int_equal(
	    fixed, 700 * 9 + 100 * 10 + 200 * 9 + 10 * 50 + 1);
	p.margin_ppm = 500000;
	assert_true(tg_price_quote(&p, &b, &fixed, &output));
	assert_int_equal(output, 150000);
	/* not priced */
	p = priced(TG_PICO_UNKNOWN, 4000);
	assert_false(tg_price_quote(&p, &b, &fixed, &output));
	p = priced(4000, TG_PICO_UNKNOWN);
	assert_false(tg_price_quote(&p, &b, &fixed, &output));
	b.output_tokens = 0;	/* embeddings have none */
	assert_true(tg_price_quote(&p, &b, &fixed, &output));
	assert_int_equal(output, 0);
	tg_prices_none(&p);
	p.pico[TG_UNIT_CALL] = 7001;
	assert_true(tg_price_quote(&p, &b, &fixed, &output));
	assert_int_equal(fixed, 8);
}

static int64_t
below(int64_t n)
{
	return (int64_t)random() % n;
}

static struct tg_price
random_price(void)
{
	static const char *const names[] = {"", "", "flex", "priority"};
	struct tg_price p = {.unit = (enum tg_unit)below(TG_UNIT__MAX),
	    .pico = below(5000), .above_tokens = below(3) * below(4000)};

	if (below(2) == 0) {
		p.utc_from = (int)below(1440);
		p.utc_to = (int)below(1440);
	}
	p.valid_from = below(3) * AT(24, 0);
	p.valid_to = below(3) == 0 ? p.valid_from + AT(30, 0) : 0;
	snprintf(p.tier, sizeof(p.tier), "%s", names[below(4)]);
	return p;
}

static void
random_list(struct tg_price_list *list, struct tg_price prices[30])
{
	size_t i;

	*list = (struct tg_price_list){
		.prices = prices,
		.n = 2 + (size_t)below(28),
		.discount_ppm = below(2) * below(1000000),
		.margin_ppm = below(2) * below(500000),
	};
	for (i = 0; i < list->n; i++)
		prices[i] = random_price();
	if (below(4) == 0)
		return;
	prices[0] = (struct tg_price){.unit = IN, .pico = below(3000)};
	prices[1] = (struct tg_price){
		.unit = TG_UNIT_OUTPUT, .pico = below(3000)};
}

static struct tg_bound
random_bound(void)
{
	struct tg_bound b = {.input_tokens = below(6000),
	    .choices = 1 + below(3), .audio_output = true, .cache_1h = true,
	    .output_tokens = -1};

	b.audio_tokens = below(b.input_tokens + 1);
	b.image_tokens = below(b.input_tokens - b.audio_tokens + 1);
	return b;
}

/* Within the bound, with so many tokens of output in each choice. */
static struct tg_usage
random_usage(const struct tg_bound *b, int64_t output)
{
	int64_t left = b->input_tokens - b->audio_tokens - b->image_tokens;
	struct tg_usage u = used(0, 0);
	int i;

	u.tokens[TG_UNIT_AUDIO_INPUT] = below(b->audio_tokens + 1);
	u.tokens[TG_UNIT_IMAGE_INPUT] = below(b->image_tokens + 1);
	for (i = 0; i <= TG_UNIT_CACHE_WRITE_1H; i++) {
		u.tokens[i] = below(left + 1);
		left -= u.tokens[i];
	}
	u.tokens[TG_UNIT_OUTPUT] = below(output * b->choices + 1);
	u.tokens[TG_UNIT_AUDIO_OUTPUT] =
	    output * b->choices - u.tokens[TG_UNIT_OUTPUT];
	return u;
}

/* Whatever is used within the bound costs at most what was quoted. */
static void
test_quote_holds(void **state)
{
	static const char *const tiers[] = {"", "flex", "priority", "auto"};
	const char *asked, *answered;
	int64_t at, fixed, output, nano, prompt, most;
	struct tg_price prices[30];
	struct tg_price_list list;
	struct tg_prices p;
	int i, k, held = 0;

	(void)state;
	srandom(3);
	for (k = 0; k < 30000; k++) {
		struct tg_bound b = random_bound();
		struct tg_usage u;

		random_list(&list, prices);
		at = below(AT(90, 0) / 60000000) * 60000000;
		asked = tiers[below(4)];
		answered = below(2) == 0 ? "" : asked;
		if (*asked == '\0' || strcmp(asked, "auto") == 0)
			answered = tiers[below(4)];
		tg_prices_worst(&list, at, b.input_tokens, asked, &p);
		if (!tg_price_quote(&p, &b, &fixed, &output))
			continue;
		most = below(1000);
		u = random_usage(&b, most);
		for (prompt = 0, i = 0; i < TG_UNIT_OUTPUT; i++)
			prompt += u.tokens[i];
		tg_prices_at(&list, at, prompt, answered, &p);
		if (!tg_price_cost(&p, &u, &nano))
			continue;
		assert_true(nano <= fixed + (most * output + 999) / 1000);
		held++;
	}
	assert_true(held > 3000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sum),
		cmocka_unit_test(test_classes),
		cmocka_unit_test(test_instead),
		cmocka_unit_test(test_rounding),
		cmocka_unit_test(test_unknown),
		cmocka_unit_test(test_known),
		cmocka_unit_test(test_huge),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_condition_names),
		cmocka_unit_test(test_bad_names),
		cmocka_unit_test(test_pick),
		cmocka_unit_test(test_worst),
		cmocka_unit_test(test_adjusted),
		cmocka_unit_test(test_quote),
		cmocka_unit_test(test_quote_holds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
