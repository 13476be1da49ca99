#include "config.h"

/* store/health.h */
#include "unit.h"

#include "store/health.h"
#include "store_help.h"

struct ask {
	struct help *h;
	struct tg_health_filter filter;
	struct tg_health_rows rows;
	struct tg_health_check *checks;
	size_t n;
	int64_t open;
};

static int
add(struct tg_db *db, void *arg, struct tg_err *e)
{
	struct ask *a = arg;

	for (size_t i = 0; i < a->n; i++)
		if (tg_health_add(db, &a->checks[i], e) != 0)
			return -1;
	return 0;
}

static int
list(struct tg_db *db, void *arg, struct tg_err *e)
{
	struct ask *a = arg;

	return tg_health_list(db, a->h->arena, &a->filter, &a->rows, e);
}

static int
latest(struct tg_db *db, void *arg, struct tg_err *e)
{
	struct ask *a = arg;

	return tg_health_latest(db, a->h->arena, &a->rows, e);
}

static int
open_calls(struct tg_db *db, void *arg, struct tg_err *e)
{
	struct ask *a = arg;

	return tg_health_open_calls(db, &a->open, e);
}

static void
ask_list(struct ask *a)
{
	assert_int_equal(
	    tg_read(a->h->store, TG_DB_MAIN, list, a, &a->h->e), 0);
}

static void
test_pages(void **state)
{
	struct tg_health_check checks[] = {
		{ .deployment = "d1", .model = "m", .at = 1, .took_us = 10,
		    .checked_by = "ada" },
		{ .deployment = "d2", .model = "m", .at = 2,
		    .error = "500: no" },
		{ .deployment = "d3", .model = "other", .at = 3 },
		{ .deployment = "d1", .model = "m", .at = 4,
		    .error = "gone" },
	};
	struct ask a = { .h = *state, .checks = checks, .n = COUNT(checks) };

	assert_int_equal(
	    tg_write(a.h->store, TG_DB_MAIN, add, &a, &a.h->e), 0);
	ask_list(&a);
	assert_int_equal(a.rows.total, 4);
	assert_int_equal(a.rows.n, 4);
	assert_int_equal(a.rows.rows[0].at, 4);
	assert_string_equal(a.rows.rows[3].checked_by, "ada");
	assert_int_equal(a.rows.rows[3].took_us, 10);
	a.filter = (struct tg_health_filter){ .model = "m", .limit = 1,
		.after = 1 };
	ask_list(&a);
	assert_int_equal(a.rows.total, 3);
	assert_int_equal(a.rows.n, 1);
	assert_string_equal(a.rows.rows[0].deployment, "d2");
	a.filter = (struct tg_health_filter){ .want = TG_HEALTH_BAD };
	ask_list(&a);
	assert_int_equal(a.rows.total, 2);
	a.filter = (struct tg_health_filter){ .deployment = "d1",
		.want = TG_HEALTH_GOOD };
	ask_list(&a);
	assert_int_equal(a.rows.total, 1);
	assert_null(a.rows.rows[0].error);
	assert_int_equal(
	    tg_read(a.h->store, TG_DB_MAIN, latest, &a, &a.h->e), 0);
	assert_int_equal(a.rows.n, 3);
	assert_string_equal(a.rows.rows[0].deployment, "d1");
	assert_string_equal(a.rows.rows[0].error, "gone");
}

/* Old ones make room. */
static void
test_kept(void **state)
{
	struct tg_health_check one = { .deployment = "d", .model = "m" };
	struct tg_health_check many[500];
	struct ask a = { .h = *state, .checks = many, .n = COUNT(many) };

	for (size_t i = 0; i < COUNT(many); i++)
		many[i] = one;
	for (int i = 0; i < 5; i++)
		assert_int_equal(
		    tg_write(a.h->store, TG_DB_MAIN, add, &a, &a.h->e), 0);
	ask_list(&a);
	assert_int_equal(a.rows.total, TG_HEALTH_KEPT);
}

static void
test_open_calls(void **state)
{
	struct ask a = { .h = *state };
	struct tg_call_row c = help_call(help_key(a.h->store, "sk-x", NULL));

	assert_int_equal(
	    tg_read(a.h->store, TG_DB_MAIN, open_calls, &a, &a.h->e), 0);
	assert_int_equal(a.open, 0);
	assert_int_equal(help_call_open(a.h->store, &c, &a.h->e), 0);
	assert_int_equal(
	    tg_read(a.h->store, TG_DB_MAIN, open_calls, &a, &a.h->e), 0);
	assert_int_equal(a.open, 1);
	help_completed(&c);
	assert_int_equal(help_call_close(a.h->store, &c, &a.h->e), 0);
	assert_int_equal(
	    tg_read(a.h->store, TG_DB_MAIN, open_calls, &a, &a.h->e), 0);
	assert_int_equal(a.open, 0);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, help_new, help_free)
	const struct CMUnitTest tests[] = { T(test_pages), T(test_kept),
		T(test_open_calls) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
