/* Addresses without their secrets: base/shown.h. */
#include "config.h"

#include "unit.h"

#include "base/shown.h"

static void
test_shown_url(void **state)
{
	struct tg_arena *a = tg_arena_new(1 << 20);

	(void)state;
	assert_null(tg_shown_url(a, NULL));
	assert_string_equal(tg_shown_url(a, ""), "");
	assert_string_equal(tg_shown_url(a, "http://h:1/v1"),
	    "http://h:1/v1");
	assert_string_equal(tg_shown_url(a, "http://u:p@q@h/x@y"),
	    "http://u:********@h/x@y");
	assert_string_equal(tg_shown_url(a, "h?"), "h");
	assert_string_equal(tg_shown_url(a, "h?a=&b=1=2#f"),
	    "h?a=********&b=********");
	tg_arena_free(a);
}

static void
test_shown_host(void **state)
{
	struct tg_arena *a = tg_arena_new(1 << 20);

	(void)state;
	assert_string_equal(
	    tg_shown_host(a, "https://hooks.example.org/services/T0/B0/x?y=1"),
	    "https://hooks.example.org/********");
	assert_string_equal(tg_shown_host(a, "http://u:p@h:1?key=z"),
	    "http://u:********@h:1/********");
	assert_string_equal(tg_shown_host(a, "http://h"), "http://h");
	assert_string_equal(tg_shown_host(a, "no url at all"), "********");
	tg_arena_free(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_shown_url),
		cmocka_unit_test(test_shown_host),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
