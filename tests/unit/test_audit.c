#include "config.h"

/* store/audit.h */
#include "unit.h"

#include "store/audit.h"
#include "store_help.h"

static const struct tg_audit rows[] = {
	{ .at = 100, .who = "master", .action = "created",
	    .object = "LiteLLM_TeamTable", .object_id = "t1",
	    .after = "{\"x\":1}" },
	{ .at = 200, .who = "anna", .key_id = 7, .addr = "::1",
	    .changed_by = "bob", .action = "updated",
	    .object = "LiteLLM_TeamTable", .object_id = "t1",
	    .before = "{\"x\":1}", .after = "{\"x\":2}" },
	{ .at = 300, .who = "anna", .action = "deleted",
	    .object = "LiteLLM_UserTable", .object_id = "u1",
	    .before = "{}" },
};
static const struct {
	struct tg_audit_filter f;
	int64_t total;
	size_t n;
	int64_t first;
} looks[] = {
	{ { 0 }, 3, 3, 300 },
	{ { .limit = 1 }, 3, 1, 300 },
	{ { .limit = 1, .after = 2 }, 3, 1, 100 },
	{ { .who = "anna" }, 2, 2, 300 },
	{ { .action = "created" }, 1, 1, 100 },
	{ { .object = "LiteLLM_TeamTable" }, 2, 2, 200 },
	{ { .object = "LiteLLM_TeamTable", .object_id = "t1",
	    .who = "master" }, 1, 1, 100 },
	{ { .from_at = 200 }, 2, 2, 300 },
	{ { .from_at = 100, .to_at = 300 }, 2, 2, 200 },
	{ { .object_id = "nobody" }, 0, 0, 0 },
};

static int
add_and_list(struct tg_db *db, void *arg, struct tg_err *e)
{
	struct help *h = arg;
	struct tg_audit *got, one;
	int64_t total;
	size_t n;

	for (size_t i = 0; i < COUNT(rows); i++)
		assert_int_equal(tg_audit_add(db, &rows[i], e), 0);
	for (size_t i = 0; i < COUNT(looks); i++) {
		assert_int_equal(tg_audit_list(db, h->arena, &looks[i].f, &got,
		    &n, &total, e), 0);
		assert_int_equal(total, looks[i].total);
		assert_int_equal(n, looks[i].n);
		if (n > 0)
			assert_int_equal(got[0].at, looks[i].first);
	}
	assert_int_equal(tg_audit_list(db, h->arena, &looks[0].f, &got, &n,
	    &total, e), 0);
	assert_string_equal(got[1].who, "anna");
	assert_int_equal(got[1].key_id, 7);
	assert_string_equal(got[1].addr, "::1");
	assert_string_equal(got[1].changed_by, "bob");
	assert_string_equal(got[1].object_id, "t1");
	assert_string_equal(got[1].before, "{\"x\":1}");
	assert_string_equal(got[1].after, "{\"x\":2}");
	assert_null(got[0].after);
	assert_null(got[2].before);
	assert_true(got[0].id > got[1].id);
	assert_int_equal(
	    tg_audit_find(db, h->arena, got[1].id, &one, e), 1);
	assert_int_equal(one.at, 200);
	assert_string_equal(one.after, "{\"x\":2}");
	assert_int_equal(tg_audit_find(db, h->arena, 4711, &one, e), 0);
	return 0;
}

static void
test_audit(void **state)
{
	struct help *h = *state;

	if (tg_write(h->store, TG_DB_MAIN, add_and_list, h, &h->e) == -1)
		fail_msg("%s", h->e.msg);
}

/* A row without a time has that of its writing. */
static int
now(struct tg_db *db, void *arg, struct tg_err *e)
{
	static const struct tg_audit row = { .who = "x", .action = "created",
		.object = "o", .object_id = "i" };

	(void)arg;
	return tg_audit_add(db, &row, e);
}

static void
test_now(void **state)
{
	struct help *h = *state;

	assert_int_equal(tg_write(h->store, TG_DB_MAIN, now, h, &h->e), 0);
	assert_true(help_sql(h->dir, "tollgate.db", "SELECT at FROM audit") >
	    1700000000000000);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, help_new, help_free)
	const struct CMUnitTest tests[] = { T(test_audit), T(test_now) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
