/* Budget periods and time zones: base/period.h, base/zone.h, base/civil.h. */
#include "config.h"
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/civil.h"
#include "base/clock.h"
#include "base/period.h"
#include "base/zone.h"

#define US 1000000

/* Zones need the package tzdata; without it only these cases are left out. */
static int
zones_here(void)
{
	return access(TG_ZONEINFO "/Europe/Paris", R_OK) == 0;
}

static int64_t
at(const char *iso)
{
	int64_t us = 0;

	assert_int_equal(tg_iso_parse(tg_str(iso), &us), 0);
	return us;
}

struct made {
	const char *span, *zone, *anchor, *text;
};

static void
check_made(const struct made *m, size_t n)
{
	char out[TG_PERIOD_BYTES];
	struct tg_err e;
	size_t i;

	for (i = 0; i < n; i++) {
		tg_err_reset(&e);
		assert_int_equal(tg_period_make(tg_str(m[i].span),
				     tg_str(m[i].zone), tg_str(m[i].anchor),
				     out, &e),
		    0);
		assert_string_equal(out, m[i].text);
	}
}

static void
test_make(void **state)
{
	static const struct made cases[] = {
		{"", "", "", "total"}, {"total", "UTC", "", "total"},
		{"never", "", "", "total"}, {"1h", "", "", "hour"},
		{"60m", "", "", "hour"}, {"3600s", "", "", "hour"},
		{"hourly", "", "", "hour"}, {"1d", "", "", "day"},
		{"24h", "", "", "day"}, {"86400s", "", "", "day"},
		{"daily", "", "", "day"}, {"7d", "", "", "week"},
		{"1w", "", "", "week"}, {"Weekly", "", "", "week"},
		{"30d", "", "", "month"}, {"1mo", "", "", "month"},
		{" month ", "", "", "month"}, {"1y", "", "", "year"},
		{"12mo", "", "", "year"}, {"yearly", "", "", "year"},
		{"012h", "", "", "12h"}, {"90m", "", "", "90m"},
		{"120m", "", "", "2h"}, {"45s", "", "", "45s"},
		{"2w", "", "", "2w"}, {"14d", "", "", "14d"},
		{"3mo", "", "", "3mo"}, {"48h", "", "", "48h"},
		{"month", "", "15", "month +15"},
		{"month", "+05:30", "31", "month @+05:30 +31"},
		{"month", "+00:00", "", "month"},
		{"week", "Etc/UTC", "7", "week +7"},
		{"year", "Z", "366", "year +366"},
		{"10d", "-03:30", "2026-01-31", "10d @-03:30 +2026-01-31"},
	};
	static const struct made zones[] = {
		{"month", "Europe/Paris", "", "month @Europe/Paris"},
		{"1d", "America/Argentina/ComodRivadavia", "",
		    "day @America/Argentina/ComodRivadavia"},
	};

	(void)state;
	check_made(cases, COUNT(cases));
	if (zones_here())
		check_made(zones, COUNT(zones));
}

static void
test_make_bad(void **state)
{
	static const struct made cases[] = {
		{"30", "", "", "budget_duration"},
		{"0d", "", "", "budget_duration"},
		{"-1d", "", "", "budget_duration"},
		{"d", "", "", "budget_duration"},
		{"1.5h", "", "", "budget_duration"},
		{"1 mo", "", "", "budget_duration"},
		{"99999999999999999999d", "", "", "budget_duration"},
		{"36501d", "", "", "budget_duration"},
		{"month", "Europe/Atlantis", "", "budget_timezone"},
		{"month", "../../../etc/passwd", "", "budget_timezone"},
		{"month", "/etc/passwd", "", "budget_timezone"},
		{"month", "Europe//Paris", "", "budget_timezone"},
		{"month", "Europe", "", "budget_timezone"},
		{"month", "right/Europe/Paris", "", "budget_timezone"},
		{"month", "localtime", "", "budget_timezone"},
		{"month", "tzdata.zi", "", "budget_timezone"},
		{"month", "+25:00", "", "budget_timezone"},
		{"month", "Europe/Paris +1", "", "budget_timezone"},
		{"month", "", "0", "budget_anchor"},
		{"month", "", "32", "budget_anchor"},
		{"week", "", "8", "budget_anchor"},
		{"year", "", "367", "budget_anchor"},
		{"day", "", "3", "budget_anchor"},
		{"14d", "", "3", "budget_anchor"},
		{"12h", "", "2026-01-01", "budget_anchor"},
		{"total", "", "2026-01-01", "budget_anchor"},
		{"month", "", "2026-02-30", "budget_anchor"},
		{"month", "", "2026-02-20x", "budget_anchor"},
		{"month", "", "first", "budget_anchor"},
	};
	char out[TG_PERIOD_BYTES];
	struct tg_err e;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		tg_err_reset(&e);
		assert_int_equal(tg_period_make(tg_str(cases[i].span),
				     tg_str(cases[i].zone),
				     tg_str(cases[i].anchor), out, &e),
		    -1);
		assert_int_equal(e.code, TG_E_INVALID);
		assert_string_equal(e.param, cases[i].text);
	}
}

struct held {
	const char *period, *moment, *from, *to;
};

static void
check_held(const struct held *h, size_t n)
{
	int64_t from, to;
	size_t i;

	for (i = 0; i < n; i++) {
		assert_true(
		    tg_period_at(h[i].period, at(h[i].moment), &from, &to));
		if (from != at(h[i].from) || to != at(h[i].to))
			fail_msg("%s at %s", h[i].period, h[i].moment);
	}
}

static void
test_utc(void **state)
{
	static const struct held cases[] = {
		{"hour", "2026-01-31T12:59:59.999Z", "2026-01-31T12:00:00Z",
		    "2026-01-31T13:00:00Z"},
		{"day", "2026-01-31T00:00:00Z", "2026-01-31T00:00:00Z",
		    "2026-02-01T00:00:00Z"},
		{"week", "2026-11-22T23:59:59Z", "2026-11-16T00:00:00Z",
		    "2026-11-23T00:00:00Z"},
		{"month", "2024-02-29T23:00:00Z", "2024-02-01T00:00:00Z",
		    "2024-03-01T00:00:00Z"},
		{"year", "2026-12-31T23:59:59Z", "2026-01-01T00:00:00Z",
		    "2027-01-01T00:00:00Z"},
		{"12h", "2026-01-31T12:00:00Z", "2026-01-31T12:00:00Z",
		    "2026-02-01T00:00:00Z"},
		{"90m", "2026-01-31T01:29:00Z", "2026-01-31T00:00:00Z",
		    "2026-01-31T01:30:00Z"},
		{"45s", "1970-01-01T00:01:00Z", "1970-01-01T00:00:45Z",
		    "1970-01-01T00:01:30Z"},
		{"7h", "1970-01-01T08:00:00Z", "1970-01-01T07:00:00Z",
		    "1970-01-01T14:00:00Z"},
		{"14d", "1970-01-20T08:00:00Z", "1970-01-15T00:00:00Z",
		    "1970-01-29T00:00:00Z"},
		{"2w", "1970-01-01T00:00:00Z", "1969-12-29T00:00:00Z",
		    "1970-01-12T00:00:00Z"},
		{"3mo", "2026-06-30T00:00:00Z", "2026-04-01T00:00:00Z",
		    "2026-07-01T00:00:00Z"},
		/* before 1970, and far ahead */
		{"day", "1969-12-31T23:59:59Z", "1969-12-31T00:00:00Z",
		    "1970-01-01T00:00:00Z"},
		{"year", "9998-05-05T00:00:00Z", "9998-01-01T00:00:00Z",
		    "9999-01-01T00:00:00Z"},
		/* a century that is no leap year, and one that is */
		{"month", "2100-02-28T12:00:00Z", "2100-02-01T00:00:00Z",
		    "2100-03-01T00:00:00Z"},
		{"day", "2000-02-29T12:00:00Z", "2000-02-29T00:00:00Z",
		    "2000-03-01T00:00:00Z"},
		{"day @+05:30", "2026-01-31T18:29:59Z", "2026-01-30T18:30:00Z",
		    "2026-01-31T18:30:00Z"},
		{"hour @+05:30", "2026-01-31T18:29:59Z",
		    "2026-01-31T17:30:00Z", "2026-01-31T18:30:00Z"},
	};
	int64_t from, to;

	(void)state;
	check_held(cases, COUNT(cases));
	assert_true(tg_period_at("total", at("2026-01-01T00:00:00Z"), &from,
	    &to));
	assert_true(from == 0 && to == INT64_MAX);
}

static void
test_anchors(void **state)
{
	static const struct held cases[] = {
		{"month +15", "2026-03-14T23:59:59Z", "2026-02-15T00:00:00Z",
		    "2026-03-15T00:00:00Z"},
		{"month +31", "2026-02-27T23:00:00Z", "2026-01-31T00:00:00Z",
		    "2026-02-28T00:00:00Z"},
		{"month +31", "2026-02-28T00:00:00Z", "2026-02-28T00:00:00Z",
		    "2026-03-31T00:00:00Z"},
		{"month +30", "2024-03-01T00:00:00Z", "2024-02-29T00:00:00Z",
		    "2024-03-30T00:00:00Z"},
		{"month +29", "2025-03-01T00:00:00Z", "2025-02-28T00:00:00Z",
		    "2025-03-29T00:00:00Z"},
		{"month +31", "2026-04-30T12:00:00Z", "2026-04-30T00:00:00Z",
		    "2026-05-31T00:00:00Z"},
		{"month +2026-01-31", "2026-12-30T00:00:00Z",
		    "2026-11-30T00:00:00Z", "2026-12-31T00:00:00Z"},
		{"3mo +2026-02-10", "2026-02-09T00:00:00Z",
		    "2025-11-10T00:00:00Z", "2026-02-10T00:00:00Z"},
		{"3mo +2026-02-10", "2026-05-10T00:00:00Z",
		    "2026-05-10T00:00:00Z", "2026-08-10T00:00:00Z"},
		{"week +3", "2026-11-17T00:00:00Z", "2026-11-11T00:00:00Z",
		    "2026-11-18T00:00:00Z"},
		{"week +2026-11-18", "2026-11-17T00:00:00Z",
		    "2026-11-11T00:00:00Z", "2026-11-18T00:00:00Z"},
		{"2w +2026-11-18", "2026-11-17T00:00:00Z",
		    "2026-11-04T00:00:00Z", "2026-11-18T00:00:00Z"},
		{"10d +2026-01-31", "2026-01-30T00:00:00Z",
		    "2026-01-21T00:00:00Z", "2026-01-31T00:00:00Z"},
		{"year +60", "2024-02-28T00:00:00Z", "2023-03-01T00:00:00Z",
		    "2024-02-29T00:00:00Z"},
		{"year +366", "2025-12-31T00:00:00Z", "2025-12-31T00:00:00Z",
		    "2026-12-31T00:00:00Z"},
		{"year +366", "2024-12-30T00:00:00Z", "2023-12-31T00:00:00Z",
		    "2024-12-31T00:00:00Z"},
		{"year +2024-02-29", "2025-02-28T00:00:00Z",
		    "2025-02-28T00:00:00Z", "2026-02-28T00:00:00Z"},
		{"year +2024-04-06", "2026-04-05T23:59:59Z",
		    "2025-04-06T00:00:00Z", "2026-04-06T00:00:00Z"},
	};

	(void)state;
	check_held(cases, COUNT(cases));
}

/* Where clocks change. */
static const struct held changes[] = {
	/* a day of 23 hours, one of 25 */
	{ "day @Europe/Paris", "2026-03-29T12:00:00Z",
	    "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z" },
	{ "day @Europe/Paris", "2026-10-25T12:00:00Z",
	    "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z" },
	{ "12h @Europe/Paris", "2026-10-25T10:59:59Z",
	    "2026-10-24T22:00:00Z", "2026-10-25T11:00:00Z" },
	/* two o'clock twice: two hours */
	{ "hour @Europe/Paris", "2026-10-25T00:30:00Z",
	    "2026-10-25T00:00:00Z", "2026-10-25T01:00:00Z" },
	{ "hour @Europe/Paris", "2026-10-25T01:30:00Z",
	    "2026-10-25T01:00:00Z", "2026-10-25T02:00:00Z" },
	{ "hour @Europe/Paris", "2026-03-29T01:10:00Z",
	    "2026-03-29T01:00:00Z", "2026-03-29T02:00:00Z" },
	/* by half an hour, at 02:00 local: 10:30 to 11 */
	{ "hour @Australia/Lord_Howe", "2026-04-04T15:10:00Z",
	    "2026-04-04T15:00:00Z", "2026-04-04T15:30:00Z" },
	{ "hour @Australia/Lord_Howe", "2026-04-04T14:40:00Z",
	    "2026-04-04T14:00:00Z", "2026-04-04T15:00:00Z" },
	{ "hour @Australia/Lord_Howe", "2026-10-03T15:40:00Z",
	    "2026-10-03T15:30:00Z", "2026-10-03T16:00:00Z" },
	{ "month @America/New_York", "2026-11-15T00:00:00Z",
	    "2026-11-01T04:00:00Z", "2026-12-01T05:00:00Z" },
	{ "month @America/New_York +31", "2026-03-08T06:00:00Z",
	    "2026-02-28T05:00:00Z", "2026-03-31T04:00:00Z" },
	/* midnight left out: the day begins at one */
	{ "day @America/Sao_Paulo", "2018-11-04T12:00:00Z",
	    "2018-11-04T03:00:00Z", "2018-11-05T02:00:00Z" },
	/* midnight twice: the first counts */
	{ "day @America/Havana", "2026-11-01T12:00:00Z",
	    "2026-11-01T04:00:00Z", "2026-11-02T05:00:00Z" },
	/* back over midnight: yesterday's last hour is today's */
	{ "day @America/St_Johns", "2010-11-07T02:45:00Z",
	    "2010-11-07T02:30:00Z", "2010-11-08T03:30:00Z" },
	/* a date that never was */
	{ "day @Pacific/Apia", "2011-12-30T10:30:00Z",
	    "2011-12-30T10:00:00Z", "2011-12-31T10:00:00Z" },
};

/* by the rule behind the table, north and south */
static const struct held far[] = {
		{"day @Europe/Paris", "2500-07-01T12:00:00Z",
		    "2500-06-30T22:00:00Z", "2500-07-01T22:00:00Z"},
		{"day @Australia/Sydney", "2500-01-01T20:00:00Z",
		    "2500-01-01T13:00:00Z", "2500-01-02T13:00:00Z"},
		{"day @Europe/Paris", "2500-12-01T12:00:00Z",
		    "2500-11-30T23:00:00Z", "2500-12-01T23:00:00Z"},
};

static void
test_zones(void **state)
{
	(void)state;
	if (!zones_here())
		skip();
	check_held(changes, COUNT(changes));
	check_held(far, COUNT(far));
}

static void
test_not_periods(void **state)
{
	static const char *const bad[] = {"", "fortnight", "day @Nowhere/At_All",
	    "month 15", "month +15 +16", "month @UTC @UTC", "day +3", "5"};
	int64_t from, to;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(bad); i++)
		assert_false(tg_period_at(bad[i], 0, &from, &to));
	assert_false(tg_period_at("day", INT64_MAX, &from, &to));
	assert_false(tg_period_at("day", INT64_MIN, &from, &to));
}

static const char *const some_zones[] = {"", "+05:30", "Europe/Paris",
    "America/St_Johns", "Australia/Lord_Howe", "America/Havana",
    "Africa/Casablanca", "America/Nuuk", "Asia/Gaza", "Pacific/Apia",
    "Europe/Dublin", "Antarctica/Troll", "Asia/Kathmandu", "America/Sao_Paulo",
    "Asia/Tehran", "Pacific/Chatham"};

/* Whatever the clocks do, periods follow each other and hold their moments. */
static void
test_tiles(void **state)
{
	static const char *const spans[] = {"hour", "day", "week", "month",
	    "year", "12h", "90m", "45s", "7h", "14d", "3mo", "20m"};
	char period[TG_PERIOD_BYTES];
	int64_t us, from, to, from2, to2;
	struct tg_err e;
	size_t i, z;
	int k;

	(void)state;
	srandom(7);
	for (z = 0; z < (zones_here() ? COUNT(some_zones) : 2); z++)
		for (i = 0; i < COUNT(spans); i++) {
			tg_err_reset(&e);
			assert_int_equal(
			    tg_period_make(tg_str(spans[i]),
				tg_str(some_zones[z]), TG_STR_NONE, period, &e),
			    0);
			for (k = 0; k < 400; k++) {
				us = ((int64_t)random() * 3 - 2000000000) * US;
				assert_true(
				    tg_period_at(period, us, &from, &to));
				assert_true(from <= us && us < to);
				assert_true(tg_period_at(
				    period, to - 1, &from2, &to2));
				assert_true(from2 == from && to2 == to);
				assert_true(
				    tg_period_at(period, to, &from2, &to2));
				assert_true(from2 == to);
			}
		}
}

/* The C library reads the same files. */
static void
test_against_libc(void **state)
{
	char text[64], day[11];
	int64_t since, until, begin;
	const struct tg_zone *z;
	struct tm tm;
	time_t t;
	size_t i;
	int k;

	(void)state;
	if (!zones_here())
		skip();
	srandom(11);
	for (i = 2; i < COUNT(some_zones); i++) {
		setenv("TZ", some_zones[i], 1);
		tzset();
		z = tg_zone_find(tg_str(some_zones[i]));
		assert_non_null(z);
		assert_ptr_equal(z, tg_zone_find(tg_str(some_zones[i])));
		for (k = 0; k < 3000; k++) {
			t = (time_t)random() * 5 - 2000000000;
			assert_non_null(localtime_r(&t, &tm));
			assert_true(tg_zone_offset(z, t, &since, &until) ==
			    tm.tm_gmtoff);
			assert_true(since <= t && t < until);
			strftime(text, sizeof(text), "%Y-%m-%d", &tm);
			assert_true(tg_day_of(
			    some_zones[i], (int64_t)t * US, day));
			assert_string_equal(day, text);
			assert_true(tg_day_begin(
			    some_zones[i], tg_str(day), &begin));
			assert_true(begin <= (int64_t)t * US);
		}
	}
	unsetenv("TZ");
	tzset();
}

static void
test_days(void **state)
{
	char day[11];
	int64_t us;

	(void)state;
	assert_true(tg_day_of("", at("2024-02-29T23:59:59Z"), day));
	assert_string_equal(day, "2024-02-29");
	assert_true(tg_day_of("-03:30", at("2026-01-01T03:29:59Z"), day));
	assert_string_equal(day, "2025-12-31");
	assert_true(tg_day_begin("+05:30", TG_STR("2026-02-01"), &us));
	assert_true(us == at("2026-01-31T18:30:00Z"));
	assert_false(tg_day_begin("", TG_STR("2026-02-29"), &us));
	assert_false(tg_day_begin("", TG_STR("2026-02-2"), &us));
	assert_false(tg_day_begin("", TG_STR("2026-02-20T"), &us));
	assert_false(tg_day_begin("Mars/Base", TG_STR("2026-02-20"), &us));
	assert_false(tg_day_of("Mars/Base", 0, day));
	assert_true(tg_zone_known(TG_STR("")));
	assert_true(tg_zone_known(TG_STR("UTC")));
	assert_false(tg_zone_known(TG_STR("Mars/Base")));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_make),
		cmocka_unit_test(test_make_bad),
		cmocka_unit_test(test_utc),
		cmocka_unit_test(test_anchors),
		cmocka_unit_test(test_zones),
		cmocka_unit_test(test_not_periods),
		cmocka_unit_test(test_tiles),
		cmocka_unit_test(test_against_libc),
		cmocka_unit_test(test_days),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
