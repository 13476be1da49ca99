/* Values as people read them: web/page/format.h. */
#include "config.h"
#include "unit.h"

#include <stdio.h>

#include "base/zone.h"
#include "web/page/format.h"

#define NOW 1795262400000000	/* 2026-11-21 12:00:00 UTC */
#define MINUTE 60000000LL
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)
#define NB "\xc2\xa0"
#define DASH "\xe2\x80\x93"

static struct tg_locale locale = { .zone = "", .now = NOW, .root = "./" };
static struct tg_buf out;

static const char *
as(const char *filter, json_t *v, bool plain)
{
	tg_buf_reset(&out);
	(void)tg_buf_addc(&out, "");
	assert_int_equal(plain ? tg_format_plain(&locale, filter, v, &out) :
				 tg_format(&locale, filter, v, &out),
	    0);
	json_decref(v);
	return out.p;
}

static void
is(const char *filter, int64_t n, const char *want)
{
	assert_string_equal(as(filter, json_integer(n), true), want);
}

static void
test_money(void **state)
{
	(void)state;
	is("usd", 0, "$0.00");
	is("usd", 1234560000000, "$1,234.56");
	is("usd", 1234565000000, "$1,234.57");
	is("usd", 1234564999999, "$1,234.56");
	is("usd", 999999999999999999, "$1,000,000,000.00");
	is("usd", 1000000000, "$1.00");
	is("usd", 999999999, "$1.00");
	is("usd", 500000000, "$0.50");
	is("usd", 12345678, "$0.0123");
	is("usd", 10000000, "$0.01");
	is("usd", 100000, "$0.0001");
	is("usd", 99999, "&lt;$0.0001");
	is("usd", 1, "&lt;$0.0001");
	is("usd", -1500000000, "\xe2\x88\x92$1.50");
	is("usd", INT64_MIN, DASH);
	is("usd9", 12345678, "$0.012345678");
	is("usd9", 1500000000, "$1.50");
	is("usd9", 0, "$0.00");
	is("pico", 2500000, "$2.50");
	is("pico", 75000, "$0.075");
	is("pico", 1, "$0.000001");
	is("pico", 0, "$0.00");
	is("pico", INT64_MIN, DASH);
	assert_string_equal(as("usd", json_null(), true), DASH);
	assert_string_equal(as("usd", json_string("<b>"), false), DASH);
	assert_string_equal(as("usd", json_integer(12345678), false),
	    "<span title=\"$0.012345678\">$0.0123</span>");
	assert_string_equal(
	    as("usd", json_integer(1500000000), false), "$1.50");
}

static void
test_numbers(void **state)
{
	(void)state;
	is("n", 0, "0");
	is("n", 999, "999");
	is("n", 1000, "1,000");
	is("n", 1234567, "1,234,567");
	is("n", -1234, "\xe2\x88\x92"
		       "1,234");
	is("n", INT64_MAX, "9,223,372,036,854,775,807");
	is("short", 999, "999");
	is("short", 1000, "1.0" NB "k");
	is("short", 1234, "1.2" NB "k");
	is("short", 12345, "12" NB "k");
	is("short", 999499, "999" NB "k");
	is("short", 999999, "1.0" NB "M");
	is("short", 3400000, "3.4" NB "M");
	is("short", INT64_MAX, "9,223,372" NB "T");
	is("bytes", 0, "0" NB "B");
	is("bytes", 1234567, "1.2" NB "MB");
	is("bytes", 1500000000, "1.5" NB "GB");
	is("bytes", -1, DASH);
	is("pct", 1230, "12.3" NB "%");
	is("pct", 1234, "12.3" NB "%");
	is("pct", 10000, "100" NB "%");
	is("pct", 3, "0.03" NB "%");
	is("pct", 0, "0" NB "%");
	is("pct", -50, "\xe2\x88\x92"
		       "0.5" NB "%");
	assert_string_equal(as("n", json_real(2.5), true), "3");
	assert_string_equal(as("n", json_real(1e300), true), DASH);
}

static void
test_durations(void **state)
{
	(void)state;
	is("us", 0, "0.0 ms");
	is("us", 340, "0.3 ms");
	is("us", 340000, "340 ms");
	is("us", 999499, "999 ms");
	is("us", 1200000, "1.2 s");
	is("us", 9949999, "9.9 s");
	is("us", 12300000, "12 s");
	is("us", 90 * 1000000, "90 s");
	is("us", 3 * MINUTE, "3 min");
	is("us", 5 * HOUR, "5 h");
	is("us", 3 * DAY, "3 d");
	is("us", INT64_MAX, "106,751,991 d");
	is("us", -1, DASH);
}

static void
test_times(void **state)
{
	(void)state;
	locale.zone = "";
	is("time", NOW - HOUR, "today 11:00");
	is("time", NOW - DAY, "20 Nov 12:00");
	is("time", NOW - 365 * DAY, "21 Nov 2025 12:00");
	is("time", 0, DASH);
	is("date", NOW, "21 Nov 2026");
	is("clock", NOW + 7000000, "12:00:07");
	assert_string_equal(as("date", json_integer(NOW), false),
	    "<time datetime=\"2026-11-21T12:00:00Z\" title=\"21 Nov 2026 "
	    "12:00:00 (UTC)\">21 Nov 2026</time>");
	is("ago", NOW, "now");
	is("ago", NOW - 5000000, "5 s ago");
	is("ago", NOW - 119 * 1000000, "119 s ago");
	is("ago", NOW - 3 * MINUTE, "3 min ago");
	is("ago", NOW - 5 * HOUR, "5 h ago");
	is("ago", NOW - 3 * DAY, "3 days ago");
	is("ago", NOW - 100 * DAY, "3 months ago");
	is("ago", NOW - 800 * DAY, "2 years ago");
	is("until", NOW + 3 * DAY, "in 3 days");
	is("until", NOW + 90 * 1000000, "in 90 s");
	is("until", NOW - 3 * DAY, "3 days ago");
}

static void
test_zones(void **state)
{
	(void)state;
	locale.zone = "+08:00";
	is("time", NOW + 5 * HOUR, "22 Nov 01:00");
	is("clock", NOW, "20:00:00");
	locale.zone = "No/Where";
	is("clock", NOW, "12:00:00");
	if (tg_zone_find(TG_STR("Europe/Paris")) != NULL) {
		locale.zone = "Europe/Paris";
		is("clock", NOW, "13:00:00");
		is("clock", NOW - 120 * DAY, "14:00:00");
	}
	locale.zone = "";
}

static void
test_texts(void **state)
{
	(void)state;
	assert_string_equal(as("url", json_string("a b/\"<&?"), false),
	    "a%20b%2F%22%3C%26%3F");
	assert_string_equal(as("lines", json_string("a\n<b>\nc"), false),
	    "a<br>\n&lt;b&gt;<br>\nc");
	assert_string_equal(as("json", json_string("{\"a\":[\"<\"]}"), false),
	    "{\n  &quot;a&quot;: [\n    &quot;&lt;&quot;\n  ]\n}");
	assert_string_equal(
	    as("json", json_string("no <json>"), false), "no &lt;json&gt;");
	assert_string_equal(as("json", json_null(), false), "");
	assert_string_equal(as("url", json_integer(7), false), "7");
}

static void
test_which(void **state)
{
	json_t *v = json_integer(1);

	(void)state;
	assert_int_equal(tg_format(&locale, "nothing", v, &out), -1);
	assert_int_equal(tg_format_plain(&locale, "lines", v, &out), -1);
	assert_int_equal(tg_format_plain(&locale, "chart", v, &out), -1);
	json_decref(v);
}

static void
test_as_text(void **state)
{
	struct tg_arena *a = tg_arena_new(4096);

	(void)state;
	assert_string_equal(
	    tg_format_usd(a, &locale, 1234560000000), "$1,234.56");
	assert_string_equal(tg_format_usd(a, &locale, INT64_MIN), DASH);
	assert_string_equal(
	    tg_format_time(a, &locale, NOW - HOUR), "today 11:00");
	tg_arena_free(a);
}

static int
setup(void **state)
{
	(void)state;
	tg_buf_init(&out, 1024 * 1024);
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
		cmocka_unit_test(test_money),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_durations),
		cmocka_unit_test(test_times),
		cmocka_unit_test(test_zones),
		cmocka_unit_test(test_texts),
		cmocka_unit_test(test_which),
		cmocka_unit_test(test_as_text),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
