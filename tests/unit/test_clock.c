/* Time: base/clock.h. */
#include "config.h"
#include "unit.h"

#include <time.h>

#include "base/clock.h"

static void
test_clocks(void **state)
{
	int64_t mono = tg_mono_us(), boot = tg_boot_us();

	(void)state;
	assert_true(tg_mono_us() >= mono);
	assert_true(tg_boot_us() >= boot);
	assert_true(tg_mono_ms() - mono / 1000 < 10000);
	assert_true(tg_wall_s() - (int64_t)time(NULL) <= 1);
	assert_true(tg_wall_us() / 1000000 - tg_wall_s() <= 1);
}

static void
test_iso_time(void **state)
{
	static const struct {
		int64_t us;
		const char *text;
	} cases[] = {
		{0, "1970-01-01T00:00:00.000000Z"},
		{1, "1970-01-01T00:00:00.000001Z"},
		{-1, "1969-12-31T23:59:59.999999Z"},
		{INT64_C(1769860800123000), "2026-01-31T12:00:00.123000Z"},
		{INT64_C(951782400000000), "2000-02-29T00:00:00.000000Z"},
		{INT64_C(253402300799999999), "9999-12-31T23:59:59.999999Z"},
	};
	char buf[TG_ISO_BYTES];
	int64_t back;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		assert_string_equal(
		    tg_iso_time(cases[i].us, buf), cases[i].text);
		assert_int_equal(tg_iso_parse(tg_str(buf), &back), 0);
		assert_true(back == cases[i].us);
	}
	tg_iso_time(INT64_MAX, buf);
	tg_iso_time(INT64_MIN, buf);
}

/* Every day of eight centuries, there and back. */
static void
test_iso_days(void **state)
{
	char buf[TG_ISO_BYTES];
	int64_t day, us, back;

	(void)state;
	for (day = -100000; day < 200000; day++) {
		us = (day * 86400 + 43199) * 1000000 + 5;
		tg_iso_time(us, buf);
		assert_int_equal(tg_iso_parse(tg_str(buf), &back), 0);
		assert_true(us == back);
	}
}

static void
test_iso_parse(void **state)
{
	static const struct {
		const char *text;
		int64_t us;
	} good[] = {
		{"1970-01-01T00:00:00", 0},
		{"1970-01-01T00:00:00Z", 0},
		{"1970-01-01t00:00:00z", 0},
		{"1970-01-01 00:00:01.5", 1500000},
		{"1970-01-01T00:00:00.1234567899Z", 123456},
		{"1970-01-01T02:00:00+02:00", 0},
		{"1969-12-31T18:30:00-05:30", 0},
		{"2024-02-29T23:59:59.000001+00:00",
		    INT64_C(1709251199000001)},
		{"0000-01-01T00:00:00Z", INT64_C(-62167219200000000)},
	};
	static const char *const bad[] = {"", "2026", "2026-01-31",
	    "2026-01-31T12:00", "2026-02-29T00:00:00Z", "1900-02-29T00:00:00",
	    "2026-13-01T00:00:00", "2026-00-01T00:00:00",
	    "2026-01-00T00:00:00", "2026-04-31T00:00:00",
	    "2026-01-01T24:00:00", "2026-01-01T00:60:00",
	    "2026-01-01T00:00:60", "2026-01-01T00:00:00.",
	    "2026-01-01T00:00:00.Z", "2026-01-01T00:00:00+0100",
	    "2026-01-01T00:00:00+24:00", "2026-01-01T00:00:00+01:60",
	    "2026-01-01T00:00:00Zx", " 2026-01-01T00:00:00",
	    "2026-1-01T00:00:00", "2026/01/01T00:00:00", "2026-01-01X00:00:00"};
	int64_t us = 42;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(good); i++) {
		assert_int_equal(tg_iso_parse(tg_str(good[i].text), &us), 0);
		assert_true(us == good[i].us);
	}
	us = 42;
	for (i = 0; i < COUNT(bad); i++)
		if (tg_iso_parse(tg_str(bad[i]), &us) != -1)
			fail_msg("'%s' was taken", bad[i]);
	assert_int_equal(tg_iso_parse(TG_STR_NONE, &us), -1);
	assert_int_equal(tg_iso_parse(TG_STR("2026-01-01\0"), &us), -1);
	assert_int_equal(us, 42);
}

static void
test_duration(void **state)
{
	static const struct {
		const char *text;
		int64_t seconds;
	} good[] = {
		{"90", 90}, {"0", 0}, {"15s", 15}, {"30m", 1800},
		{"12h", 43200}, {"7d", 604800}, {"2w", 1209600},
		{"1mo", 2592000}, {"030d", 2592000},
		{"9223372036854775807", INT64_MAX},
	};
	static const char *const bad[] = {"", "s", "-1", "-1d", "1.5h", "1 d",
	    " 1d", "1d ", "1y", "1M", "1S", "1mon", "1ms", "+1d", "d1",
	    "9223372036854775807m", "99999999999999999999", "1d2h"};
	int64_t v = 42;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(good); i++) {
		assert_int_equal(
		    tg_duration_parse(tg_str(good[i].text), &v), 0);
		assert_true(v == good[i].seconds);
	}
	v = 42;
	for (i = 0; i < COUNT(bad); i++)
		if (tg_duration_parse(tg_str(bad[i]), &v) != -1)
			fail_msg("'%s' was taken", bad[i]);
	assert_int_equal(tg_duration_parse(TG_STR_NONE, &v), -1);
	assert_int_equal(v, 42);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_clocks),
		cmocka_unit_test(test_iso_time),
		cmocka_unit_test(test_iso_days),
		cmocka_unit_test(test_iso_parse),
		cmocka_unit_test(test_duration),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
