/* How long to wait: llm/retry_after.h. */
#include "config.h"

#include "unit.h"

#include "llm/retry_after.h"

#define NOW 784111777		/* Sun, 06 Nov 1994 08:49:37 GMT */
#define MOST (INT64_C(30) * 24 * 3600 * 1000)

static const struct {
	const char *header, *ms;
	int64_t want;
} headers[] = {
	{"", "", -1},
	{"17", "", 17000},
	{" 17 ", "", 17000},
	{"0", "", 0},
	{"7.66", "", 7660},
	{"0.0001", "", 1},
	{"17", "250", 250},
	{"17", "250.4", 251},
	{"17", "soon", 17000},
	{"-3", "", -1},
	{"99999999999999999999", "", MOST},
	{"9999999", "", MOST},
	{"Sun, 06 Nov 1994 08:50:07 GMT", "", 30000},
	{"Sunday, 06-Nov-94 08:50:07 GMT", "", 30000},
	{"Sun Nov  6 08:50:07 1994", "", 30000},
	{"Sun, 06 Nov 1994 08:49:37 GMT", "", 0},
	{"Sun, 06 Nov 1970 08:49:37 GMT", "", 0},
	{"Sun, 06 Nov 2094 08:49:37 GMT", "", MOST},
	{"Sun, 06 Foo 1994 08:50:07 GMT", "", -1},
	{"tomorrow", "", -1},
};

static void
test_headers(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(headers); i++)
		assert_int_equal(tg_retry_after(tg_str(headers[i].header),
		    tg_str(headers[i].ms), NOW), headers[i].want);
}

static const struct {
	const char *message;
	int64_t want;
} hints[] = {
	{"Rate limit reached. Please try again in 7.66s. Visit", 7660},
	{"Please try again in 20ms.", 20},
	{"please TRY AGAIN IN 6m0s", 360000},
	{"try again in 1h2m3s", 3723000},
	{"retry after 20 seconds.", 20000},
	{"Retry in 2 minutes", 120000},
	{"Please retry after 5.", 5000},
	{"try again in a moment", -1},
	{"try again in 5 parsecs", -1},
	{"try again later", -1},
	{"try again in ", -1},
	{"try again in 99999999999999999999h", MOST},
	{"", -1},
};

static void
test_hints(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(hints); i++)
		assert_int_equal(tg_retry_hint(tg_str(hints[i].message)),
		    hints[i].want);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_headers),
		cmocka_unit_test(test_hints),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
