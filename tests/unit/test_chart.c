/* Numbers as pictures: web/page/chart.h. */
#include "config.h"
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>

#include "web/page/chart.h"

#define NOW 1795267200000000
#define DAY 86400000000LL
#define EVIL "\"><script>alert(1)</script><x y='"

static struct tg_locale locale = { .zone = "", .now = NOW, .root = "./" };
static struct tg_buf out;

static const char *
as(const char *filter, json_t *v)
{
	assert_non_null(v);
	tg_buf_reset(&out);
	(void)tg_buf_addc(&out, "");
	assert_int_equal(tg_format(&locale, filter, v, &out), 0);
	json_decref(v);
	assert_false(out.failed);
	return out.p;
}

static bool
has(const char *text)
{
	return strstr(out.p, text) != NULL;
}

static size_t
count(const char *text)
{
	size_t n = 0;

	for (const char *p = out.p; (p = strstr(p, text)) != NULL; p++)
		n++;
	return n;
}

static json_t *
chart(int bars, const char *name, const char *href)
{
	json_t *list = json_array();

	for (int i = 0; i < bars; i++)
		(void)json_array_append_new(list, json_pack(
		    "{s:I, s:s, s:[I, I]}", "at",
		    (json_int_t)(NOW - (bars - i) * DAY), "href", href,
		    "values", (json_int_t)i * 1000000000,
		    (json_int_t)500000000));
	return json_pack("{s:s, s:s, s:s, s:[{s:s, s:s}, {s:s}], s:o}",
	    "title", name, "unit", "usd", "step", "day", "series", "name",
	    name, "href", href, "name", "others", "bars", list);
}

static void
test_chart(void **state)
{
	(void)state;
	(void)as("chart", chart(30, "gpt-5", "calls?day=1&x"));
	assert_int_equal(count("<rect class=\"hit\""), 30);
	/* One in the picture, one in the table, one in the legend. */
	assert_int_equal(count("href=\"calls?day=1&amp;x\""), 61);
	assert_int_equal(count("<tr>"), 31);
	assert_true(has("<text"));
	assert_true(has("$10.00"));
	assert_true(has("<caption class=\"vh\">gpt-5</caption>"));
	assert_true(has("22 Oct 2026"));
	assert_false(has("style="));
	assert_false(has("nan"));
	assert_false(has("inf"));
}

/* Whatever there is, it is a picture or nothing. */
static void
test_odd_charts(void **state)
{
	static const char *const texts[] = { "null", "3", "[]", "{}",
		"{\"bars\":[]}", "{\"bars\":[1],\"series\":[2]}",
		"{\"bars\":[{}],\"series\":[{}]}",
		"{\"bars\":[{\"at\":null,\"values\":[null,\"x\",-5]}],"
		"\"series\":[{\"name\":1},{\"name\":\"b\"},{}],"
		"\"unit\":\"chart\",\"step\":7}",
		"{\"bars\":[{\"at\":1,\"values\":[9223372036854775807]},"
		"{\"at\":2,\"values\":[1]}],\"series\":[{\"name\":\"a\"}],"
		"\"unit\":\"n\"}",
		"{\"bars\":[{\"at\":1,\"values\":[1e300]}],"
		"\"series\":[{\"name\":\"a\"}]}" };

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++) {
		(void)as("chart", json_loads(texts[i], JSON_DECODE_ANY, NULL));
		assert_false(has("nan"));
		assert_false(has("inf"));
	}
	(void)as("chart", chart(401, "a", "b"));
	assert_string_equal(out.p, "");
}

static void
test_hostile(void **state)
{
	(void)state;
	(void)as("chart", chart(3, EVIL, "javascript:alert(1)"));
	assert_false(has("<script"));
	assert_false(has("javascript:"));
	assert_false(has("<x"));
	(void)as("chart", chart(3, EVIL, EVIL));
	assert_false(has("<script"));
	assert_int_equal(count("\"") % 2, 0);
	(void)as("bar", json_pack("{s:s, s:s, s:s, s:s}", "spent", EVIL,
	    "held", EVIL, "cap", EVIL, "unit", EVIL));
	assert_false(has("<script"));
	(void)as("spark", json_pack("[s, s, i]", EVIL, EVIL, 3));
	assert_false(has("<script"));
}

static void
test_bar(void **state)
{
	(void)state;
	(void)as("bar", json_pack("{s:I, s:I, s:I}", "spent",
	    (json_int_t)2500000000, "held", (json_int_t)1000000000, "cap",
	    (json_int_t)10000000000));
	assert_true(has("class=\"bar fine\""));
	assert_true(has("class=\"spent\" width=\"250\""));
	assert_true(has("class=\"held\" x=\"250\" width=\"100\""));
	assert_true(has("$2.50 of $10.00, $1.00 held"));
	(void)as("bar", json_pack("{s:I, s:I}", "spent",
	    (json_int_t)12000000000, "cap", (json_int_t)10000000000));
	assert_true(has("class=\"bar over\""));
	assert_true(has("width=\"1000\""));
	(void)as("bar", json_pack("{s:I, s:n}", "spent",
	    (json_int_t)12000000000, "cap"));
	assert_false(has("<svg"));
	assert_true(has("$12.00, no limit"));
	(void)as("bar", json_pack("{s:i, s:i, s:s}", "spent", 900, "cap",
	    1000, "unit", "n"));
	assert_true(has("class=\"bar near\""));
	assert_true(has("900 of 1,000"));
	(void)as("bar", json_pack("{s:i, s:i}", "spent", 0, "cap", 0));
	assert_true(has("class=\"bar over\""));
	assert_string_equal(as("bar", json_null()), "\xe2\x80\x93");
}

static void
test_spark(void **state)
{
	(void)state;
	(void)as("spark", json_pack("[i, i, n, i, f]", 0, 10, 5, 2.5));
	assert_true(has("M0.0 22.0"));
	assert_int_equal(count("M"), 2);
	assert_string_equal(as("spark", json_array()), "");
	assert_string_equal(as("spark", json_null()), "");
	(void)as("spark", json_pack("[i, i]", 0, 0));
	assert_false(has("nan"));
}

static int
setup(void **state)
{
	(void)state;
	tg_buf_init(&out, 4 * 1024 * 1024);
	locale.words = tg_words_choose(TG_STR("en"));
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	tg_buf_free(&out);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_chart),
		cmocka_unit_test(test_odd_charts),
		cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_bar),
		cmocka_unit_test(test_spark),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
