/* The reason of a failure: base/err.h. */
#include "config.h"
#include "unit.h"

#include <stdio.h>

#include "base/err.h"

static void
test_first_stays(void **state)
{
	struct tg_err e;

	(void)state;
	tg_err_reset(&e);
	assert_int_equal(e.code, TG_OK);
	assert_int_equal(e.retry_after_ms, -1);
	assert_int_equal(tg_fail(&e, TG_E_STORE, "disk %d", 1), -1);
	assert_int_equal(tg_fail(&e, TG_E_JSON, "later"), -1);
	assert_int_equal(tg_fail_param(&e, TG_E_TYPE, "model", "later"), -1);
	assert_int_equal(e.code, TG_E_STORE);
	assert_string_equal(e.msg, "disk 1");
	assert_string_equal(e.param, "");
	tg_err_reset(&e);
	assert_int_equal(tg_fail_param(&e, TG_E_TYPE, "model", "m %s", "x"), -1);
	assert_string_equal(e.param, "model");
	assert_string_equal(e.msg, "m x");
	assert_int_equal(tg_fail(NULL, TG_E_JSON, "nobody asks"), -1);
}

static void
test_pass(void **state)
{
	struct tg_err a, b;

	(void)state;
	tg_err_reset(&a);
	tg_err_reset(&b);
	tg_fail(&a, TG_E_UPSTREAM, "slow down");
	a.status = 429;
	a.retry_after_ms = 1500;
	assert_int_equal(tg_err_pass(&b, &a), -1);
	assert_int_equal(b.status, 429);
	assert_int_equal(b.retry_after_ms, 1500);
	assert_string_equal(b.msg, "slow down");
	tg_err_reset(&a);
	tg_fail(&a, TG_E_CUT, "other");
	assert_int_equal(tg_err_pass(&b, &a), -1);
	assert_int_equal(b.code, TG_E_UPSTREAM);
	assert_int_equal(tg_err_pass(&b, &b), -1);
}

/* A message that is too long ends at a whole character. */
static void
test_long(void **state)
{
	char text[1024] = "", param[200] = "";
	struct tg_err e;
	int i, shift;

	(void)state;
	for (shift = 0; shift < 4; shift++) {
		memset(text, 'a', (size_t)shift);
		text[shift] = '\0';
		for (i = 0; i < 200; i++)
			memcpy(text + shift + 4 * i, "\xf0\x9f\x98\x80", 5);
		snprintf(param, sizeof(param), "%.150s", text);
		tg_err_reset(&e);
		tg_fail_param(&e, TG_E_INVALID, param, "%s", text);
		assert_int_equal((strlen(e.msg) - (size_t)shift) % 4, 0);
		assert_true(strlen(e.msg) >= sizeof(e.msg) - 4);
		assert_int_equal((strlen(e.param) - (size_t)shift) % 4, 0);
	}
}

static void
test_names(void **state)
{
	int i, k;

	(void)state;
	assert_string_equal(tg_code_name(TG_OK), "ok");
	assert_string_equal(tg_code_name(TG_E_KEY_UNKNOWN), "key_unknown");
	assert_string_equal(tg_code_name(TG_E_CLIENT_GONE), "client_gone");
	assert_string_equal(tg_code_name(TG_E__MAX), "unknown");
	assert_string_equal(tg_code_name((enum tg_code)1000), "unknown");
	for (i = 0; i < TG_E__MAX; i++) {
		const char *name = tg_code_name((enum tg_code)i);

		assert_string_not_equal(name, "unknown");
		for (k = 0; k < i; k++)
			assert_string_not_equal(
			    name, tg_code_name((enum tg_code)k));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_first_stays),
		cmocka_unit_test(test_pass),
		cmocka_unit_test(test_long),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
