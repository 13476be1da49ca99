/* Decimal numbers: base/decimal.h. */
#include "config.h"
#include "unit.h"

#include <stdio.h>

#include "base/decimal.h"

static bool
scaled(const char *text, int scale, int64_t *v, bool *exact)
{
	struct tg_decimal d;

	return tg_decimal_parse(tg_str(text), &d) &&
	    tg_decimal_scaled(&d, scale, v, exact);
}

static void
test_scaled(void **state)
{
	static const struct {
		const char *text;
		int scale;
		int64_t value;
		bool exact;
	} cases[] = {
		{"0", 0, 0, true}, {"-0", 3, 0, true}, {"0.000", 2, 0, true},
		{"1.5", 0, 2, false}, {"1.4999", 0, 1, false},
		{"-1.5", 0, -2, false}, {"-1.4", 0, -1, false},
		{"0.5", 0, 1, false}, {"0.05", 0, 0, false},
		{"0.05", 2, 5, true}, {"1e-2", 2, 1, true},
		{"1E+2", -1, 10, true}, {"15", -1, 2, false},
		{"9223372036854775807", 0, INT64_MAX, true},
		{"9223372036854775806.5", 0, INT64_MAX, false},
		{"-9223372036854775808", 0, INT64_MIN, true},
		{"9.223372036854775807", 18, INT64_MAX, true},
		{"1e-999999999999999999999", 0, 0, false},
		{"0e999999999999999999999", 0, 0, true},
		{"00012", 0, 12, true},
		{"0.99999999999999999999999999999999999999999999999999", 0, 1,
		    false},
		{"1.00000000000000000000000000000000000000000000000001", 0, 1,
		    false},
		{"1.00000000000000000000000000000000000000000000000000", 0, 1,
		    true},
	};
	int64_t v;
	size_t i;
	bool exact;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		assert_true(scaled(cases[i].text, cases[i].scale, &v, &exact));
		if (v != cases[i].value || exact != cases[i].exact)
			fail_msg("%s * 10^%d gave %lld", cases[i].text,
			    cases[i].scale, (long long)v);
	}
}

static void
test_too_large(void **state)
{
	static const char *const large[] = {"9223372036854775808",
	    "-9223372036854775809", "9223372036854775807.5", "1e19",
	    "1e999999999999999999999",
	    "99999999999999999999999999999999999999999999999999999"};
	bool exact;
	int64_t v;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(large); i++)
		assert_false(scaled(large[i], 0, &v, &exact));
	assert_false(scaled("1", 19, &v, &exact));
}

static void
test_wrong(void **state)
{
	static const char *const wrong[] = {"", "-", ".", "1.", ".5", "+1",
	    " 1", "1 ", "1e", "1e+", "e5", "--1", "1.2.3", "0x1", "NaN", "inf",
	    "1,5", "1e5.5", "-.5", "1_000"};
	struct tg_decimal d;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(wrong); i++)
		if (tg_decimal_parse(tg_str(wrong[i]), &d))
			fail_msg("'%s' was taken", wrong[i]);
	assert_false(tg_decimal_parse(TG_STR_NONE, &d));
}

/* Whole numbers in many spellings mean the same. */
static void
test_spellings(void **state)
{
	static const int64_t numbers[] = {1, 7, 10, 99, 100, 12345, 1000000,
	    INT64_C(999999999999), INT64_C(123456789012345678)};
	char text[80];
	size_t i;
	int shift;

	(void)state;
	for (i = 0; i < COUNT(numbers); i++)
		for (shift = 0; shift < 20; shift++) {
			int64_t v = 0;
			bool exact = false;

			snprintf(text, sizeof(text), "%lld%0*de-%d",
			    (long long)numbers[i], shift + 1, 0, shift + 1);
			assert_true(scaled(text, 0, &v, &exact));
			assert_true(v == numbers[i] && exact);
			snprintf(text, sizeof(text), "0.%0*d%018llde%d",
			    shift + 1, 0, (long long)numbers[i], shift + 19);
			assert_true(scaled(text, 0, &v, &exact));
			assert_true(v == numbers[i] && exact);
		}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_scaled),
		cmocka_unit_test(test_too_large),
		cmocka_unit_test(test_wrong),
		cmocka_unit_test(test_spellings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
