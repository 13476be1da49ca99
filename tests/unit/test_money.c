/* Money: base/money.h. */
#include "config.h"
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/money.h"
#include "sample_prices.h"

typedef int printer(struct tg_buf *, int64_t);

static void
prints(printer *print, int64_t v, const char *want)
{
	struct tg_buf b;

	tg_buf_init(&b, 100);
	assert_int_equal(print(&b, v), 0);
	assert_string_equal(b.p, want);
	tg_buf_free(&b);
}

/* Each list price: as written, in exponent form, as a double is printed. */
static void
test_sample_prices(void **state)
{
	char text[64];
	int64_t v;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(sample_prices); i++) {
		const char *token = sample_prices[i].usd_per_token;
		int64_t want = sample_prices[i].pico_usd;

		assert_int_equal(tg_pico_parse(tg_str(token), &v), 0);
		assert_true(v == want);
		snprintf(text, sizeof(text), "%.17g", strtod(token, NULL));
		assert_int_equal(tg_pico_parse(tg_str(text), &v), 0);
		assert_true(v == want);
		snprintf(text, sizeof(text), "%.6e", strtod(token, NULL));
		assert_int_equal(tg_pico_parse(tg_str(text), &v), 0);
		assert_true(v == want);
		assert_int_equal(tg_price_parse(
		    tg_str(sample_prices[i].usd_per_million), &v), 0);
		assert_true(v == want);
		prints(tg_pico_print, want, token);
		prints(tg_price_print, want, sample_prices[i].usd_per_million);
	}
}

static void
test_price_parse(void **state)
{
	static const struct {
		const char *text;
		int64_t pico;
	} good[] = {
		{"0.15", 150000}, {"0", 0}, {"0.000001", 1}, {"15", 15000000},
		{"0.003625", 3625}, {"2.50", 2500000}, {"1e-6", 1},
		{"0.150000000", 150000}, {"-0", 0},
		{"9223372036854.775807", INT64_MAX},
	};
	static const char *const bad[] = {"", "-1", "-0.15", "0.0000001",
	    "0.1500001", "1.5 ", " 1", "$1", "1,5", "abc", "9223372036854.8",
	    "1e30", "0.30000000000000004", "NaN", "null", "."};
	int64_t v = 42;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(good); i++) {
		assert_int_equal(tg_price_parse(tg_str(good[i].text), &v), 0);
		assert_true(v == good[i].pico);
	}
	v = 42;
	for (i = 0; i < COUNT(bad); i++)
		if (tg_price_parse(tg_str(bad[i]), &v) != -1)
			fail_msg("'%s' was taken", bad[i]);
	assert_int_equal(tg_price_parse(TG_STR_NONE, &v), -1);
	assert_int_equal(v, 42);
}

/* Spellings met in published price lists. */
static void
test_pico_parse(void **state)
{
	static const struct {
		const char *text;
		int64_t pico;
	} good[] = {
		{"2.9999900000000002e-06", 2999990},
		{"1.2999000000000001e-07", 129990},
		{"4.285999999999999e-06", 4286000},
		{"1.5000020000000002e-05", 15000020},
		{"7.500003000000001e-05", 75000030},
		{"2.5e-06", 2500000}, {"2.5E-6", 2500000},
		{"0.0000025", 2500000}, {"0.00000250", 2500000}, {"0", 0},
		{"0.0", 0}, {"0e0", 0}, {"1e-12", 1}, {"1", 1000000000000},
		{"0.54", 540000000000}, {"1.5e-12", 2}, {"5e-13", 1},
	};
	static const char *const bad[] = {"-1", "-1e-6", "", "1e-13",
	    "4.9e-13", "1e300", "9300000", "two"};
	int64_t v = 42;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(good); i++) {
		assert_int_equal(tg_pico_parse(tg_str(good[i].text), &v), 0);
		if (v != good[i].pico)
			fail_msg("%s gave %lld", good[i].text, (long long)v);
	}
	v = 42;
	for (i = 0; i < COUNT(bad); i++)
		if (tg_pico_parse(tg_str(bad[i]), &v) != -1)
			fail_msg("'%s' was taken", bad[i]);
	assert_int_equal(v, 42);
}

static void
test_nano_parse(void **state)
{
	static const struct {
		const char *text;
		int64_t nano;
	} good[] = {
		{"0.0000025", 2500}, {"2.5e-06", 2500}, {"3.15e-06", 3150},
		{"0", 0}, {"1", 1000000000}, {"0.0000000005", 1},
		{"0.00000000049", 0}, {"0.1", 100000000}, {"-0.0", 0},
		{"0.30000000000000004", 300000000}, {"100.25", 100250000000},
		{"9223372036.854775807", INT64_MAX},
	};
	static const char *const bad[] = {"", "-1", "-0.000001", "x",
	    "9223372036.8547758075", "1e10", "1e", "Infinity"};
	int64_t v = 42;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(good); i++) {
		assert_int_equal(tg_nano_parse(tg_str(good[i].text), &v), 0);
		if (v != good[i].nano)
			fail_msg("%s gave %lld", good[i].text, (long long)v);
	}
	v = 42;
	for (i = 0; i < COUNT(bad); i++)
		if (tg_nano_parse(tg_str(bad[i]), &v) != -1)
			fail_msg("'%s' was taken", bad[i]);
	assert_int_equal(v, 42);
}

static void
test_rounding(void **state)
{
	static const struct {
		int64_t pico, nano;
	} cases[] = {
		{0, 0}, {499, 0}, {500, 1}, {999, 1}, {1000, 1}, {1499, 1},
		{1500, 2}, {-499, 0}, {-500, 0}, {-501, -1}, {-1000, -1},
		{-1500, -1}, {-1501, -2},
	};
	tg_i128 most = (tg_i128)INT64_MAX * 1000;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++)
		assert_true(tg_pico_to_nano(cases[i].pico) == cases[i].nano);
	assert_true(tg_pico_to_nano(most) == INT64_MAX);
	assert_true(tg_pico_to_nano(most + 499) == INT64_MAX);
	assert_true(tg_pico_to_nano(most + 500) == INT64_MAX);
	assert_true(tg_pico_to_nano(most * 1000) == INT64_MAX);
	assert_true(tg_pico_to_nano(-most * 1000) == INT64_MIN);
	assert_true(tg_pico_to_nano(most * 1000000) == INT64_MAX);
	/* 76,543 tokens at 0.15 and 1,234 at 0.60 a million. */
	assert_true(tg_pico_to_nano((tg_i128)76543 * 150000 +
	    (tg_i128)1234 * 600000) == 12221850);
	/* a million million tokens at 100 dollars a million */
	assert_true(tg_pico_to_nano((tg_i128)INT64_C(1000000000000) *
	    INT64_C(100000000)) == INT64_C(100000000000000000));
}

static void
test_print(void **state)
{
	(void)state;
	prints(tg_nano_print, 0, "0");
	prints(tg_nano_print, 1, "0.000000001");
	prints(tg_nano_print, 150, "0.00000015");
	prints(tg_nano_print, 1000000000, "1");
	prints(tg_nano_print, 1500000000, "1.5");
	prints(tg_nano_print, 10, "0.00000001");
	prints(tg_nano_print, INT64_C(123456789012), "123.456789012");
	prints(tg_nano_print, INT64_C(100000000000), "100");
	prints(tg_nano_print, -1, "-0.000000001");
	prints(tg_nano_print, INT64_MAX, "9223372036.854775807");
	prints(tg_nano_print, INT64_MIN, "-9223372036.854775808");
	prints(tg_pico_print, 150000, "0.00000015");
	prints(tg_pico_print, 1, "0.000000000001");
	prints(tg_price_print, 150000, "0.15");
	prints(tg_price_print, 1000000, "1");
	prints(tg_price_print, 1, "0.000001");
	prints(tg_price_print, TG_PICO_UNKNOWN, "null");
	prints(tg_pico_print, TG_PICO_UNKNOWN, "null");
}

/* What is printed is read back as it was. */
static void
test_round_trip(void **state)
{
	int64_t v = 1, back;
	struct tg_buf b;
	int i;

	(void)state;
	tg_buf_init(&b, 100);
	for (i = 0; i < 5000; i++) {
		v = (int64_t)(((uint64_t)v * UINT64_C(6364136223846793005) +
		    1442695040888963407u) >> 1);
		v >>= i % 60;
		tg_buf_reset(&b);
		tg_nano_print(&b, v);
		assert_int_equal(tg_nano_parse(tg_buf_str(&b), &back), 0);
		assert_true(v == back);
		tg_buf_reset(&b);
		tg_price_print(&b, v);
		assert_int_equal(tg_price_parse(tg_buf_str(&b), &back), 0);
		assert_true(v == back);
		tg_buf_reset(&b);
		tg_pico_print(&b, v);
		assert_int_equal(tg_pico_parse(tg_buf_str(&b), &back), 0);
		assert_true(v == back);
	}
	tg_buf_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sample_prices),
		cmocka_unit_test(test_price_parse),
		cmocka_unit_test(test_pico_parse),
		cmocka_unit_test(test_nano_parse),
		cmocka_unit_test(test_rounding),
		cmocka_unit_test(test_print),
		cmocka_unit_test(test_round_trip),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
