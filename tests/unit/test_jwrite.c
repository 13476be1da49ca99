#include "config.h"

/* JSON that is written: web/jwrite.h. */
#include "unit.h"

#include "base/jtree.h"
#include "store/calls.h"
#include "web/jwrite.h"

static void
test_values(void **state)
{
	struct tg_jw j;

	(void)state;
	tg_jw_init(&j);
	tg_jw_open(&j, NULL, '{');
	tg_jw_text(&j, "a", "x\"y\xff");
	tg_jw_text(&j, "b", NULL);
	tg_jw_i64(&j, "c", -5);
	tg_jw_bool(&j, "d", true);
	tg_jw_time(&j, "e", 0);
	tg_jw_time(&j, "f", 1000000);
	tg_jw_open(&j, "g", '[');
	tg_jw_i64(&j, NULL, 1);
	tg_jw_null(&j, NULL);
	tg_jw_open(&j, NULL, '{');
	tg_jw_close(&j, '}');
	tg_jw_close(&j, ']');
	tg_jw_name(&j, "na\"me");
	tg_jw_milli(&j, NULL, 1500);
	tg_jw_json(&j, "h", "[1,", "[]");
	tg_jw_json(&j, "i", "{\"k\":1}", "[]");
	tg_jw_close(&j, '}');
	assert_string_equal(j.b.p,
	    "{\"a\":\"x\\\"y\xef\xbf\xbd\",\"b\":null,\"c\":-5,\"d\":true,"
	    "\"e\":null,\"f\":\"1970-01-01T00:00:01.000000Z\","
	    "\"g\":[1,null,{}],\"na\\\"me\":1.5,\"h\":[],\"i\":{\"k\":1}}");
	tg_jw_free(&j);
}

/* No digit is lost, at either end. */
static void
test_money(void **state)
{
	static const struct {
		int64_t nano;
		const char *text;
	} cases[] = {
		{ 0, "0" },
		{ 1, "0.000000001" },
		{ -1, "-0.000000001" },
		{ 1000000000, "1" },
		{ 1500000000, "1.5" },
		{ 123456789012345678, "123456789.012345678" },
		{ INT64_MAX, "9223372036.854775807" },
		{ INT64_MIN + 1, "-9223372036.854775807" },
		{ TG_COST_UNKNOWN, "null" },
	};
	struct tg_err e = { 0 };

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct tg_jw j;
		json_t *v;

		tg_jw_init(&j);
		tg_jw_nano(&j, NULL, cases[i].nano);
		assert_string_equal(j.b.p, cases[i].text);
		v = tg_jtree_parse(tg_buf_str(&j.b), &e);
		assert_non_null(v);
		json_decref(v);
		tg_jw_free(&j);
	}
}

static void
test_pico(void **state)
{
	struct tg_jw j;

	(void)state;
	tg_jw_init(&j);
	tg_jw_pico(&j, NULL, 1);
	tg_jw_pico(&j, NULL, (tg_i128)INT64_MAX * 1000000);
	tg_jw_pico(&j, NULL, -2500000000000);
	assert_string_equal(
	    j.b.p, "0.000000000001,9223372036854.775807,-2.5");
	tg_jw_free(&j);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_money),
		cmocka_unit_test(test_pico),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
