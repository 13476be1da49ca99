/* What calls cost: llm/price.h. */
#include "config.h"

#include "unit.h"

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
	for (i = 0; i < TG_UNIT__MAX; i++) {
		assert_int_equal(
		    tg_unit_parse(tg_str(tg_unit_name((enum tg_unit)i))), i);
		assert_int_equal(tg_unit_litellm(
		    tg_str(tg_unit_litellm_name((enum tg_unit)i))), i);
	}
	assert_int_equal(
	    tg_unit_parse(TG_STR("price_cache_write_1h")),
	    TG_UNIT_CACHE_WRITE_1H);
	assert_int_equal(tg_unit_parse(TG_STR("price_call")), TG_UNIT_CALL);
	assert_int_equal(tg_unit_parse(TG_STR("price_")), -1);
	assert_int_equal(tg_unit_parse(TG_STR("")), -1);
	assert_int_equal(tg_unit_litellm(TG_STR("output_cost_per_token")),
	    TG_UNIT_OUTPUT);
	assert_int_equal(tg_unit_litellm(TG_STR("input")), -1);
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
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
