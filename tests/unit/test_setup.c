#include "config.h"

/* store/setup.h: settings, credentials and access groups made by API */
#include "unit.h"

#include "store/setup.h"
#include "store_help.h"

static void
run(struct help *h, tg_txn_fn *fn)
{
	int64_t before = tg_store_version(h->store);

	tg_err_reset(&h->e);
	if (tg_write(h->store, TG_DB_MAIN, fn, h, &h->e) == -1)
		fail_msg("%s", h->e.msg);
	assert_true(tg_store_version(h->store) > before);
}

static int
config(struct tg_db *db, void *arg, struct tg_err *e)
{
	struct help *h = arg;
	const char *value;

	assert_int_equal(tg_config_get(db, h->arena, "a", &value, e), 0);
	assert_null(value);
	assert_int_equal(tg_config_set(db, "a", "1", "root", e), 0);
	assert_int_equal(tg_config_set(db, "a", "[2]", "root", e), 0);
	assert_int_equal(tg_config_get(db, h->arena, "a", &value, e), 1);
	assert_string_equal(value, "[2]");
	assert_int_equal(tg_config_set(db, "a", NULL, "root", e), 0);
	assert_int_equal(tg_config_set(db, "a", NULL, "root", e), 0);
	assert_int_equal(tg_config_get(db, h->arena, "a", &value, e), 0);
	return 0;
}

static void
test_config(void **state)
{
	run(*state, config);
}

static int
credentials(struct tg_db *db, void *arg, struct tg_err *e)
{
	static const unsigned char sealed[] = { 0, 1, 2, 255, 0 };
	struct help *h = arg;
	struct tg_credential c = { .name = "openai", .created_by = "root",
		.info = "{\"a\":1}", .masked = "{\"api_key\":\"sk-1...\"}",
		.sealed = sealed, .sealed_bytes = sizeof(sealed) };
	struct tg_credential got, *rows;
	size_t n;

	assert_int_equal(
	    tg_credential_find(db, h->arena, "openai", &got, e), 0);
	assert_int_equal(tg_credential_save(db, &c, e), 0);
	c.updated_by = "boss";
	c.sealed_bytes = 3;
	assert_int_equal(tg_credential_save(db, &c, e), 0);
	assert_int_equal(
	    tg_credential_find(db, h->arena, "openai", &got, e), 1);
	assert_string_equal(got.info, "{\"a\":1}");
	assert_string_equal(got.masked, "{\"api_key\":\"sk-1...\"}");
	assert_int_equal(got.sealed_bytes, 3);
	assert_memory_equal(got.sealed, sealed, 3);
	assert_string_equal(got.created_by, "root");
	assert_string_equal(got.updated_by, "boss");
	assert_true(got.created_at > 0 && got.updated_at >= got.created_at);
	c.name = "anthropic";
	assert_int_equal(tg_credential_save(db, &c, e), 0);
	assert_int_equal(tg_credential_list(db, h->arena, &rows, &n, e), 0);
	assert_int_equal(n, 2);
	assert_string_equal(rows[0].name, "anthropic");
	assert_int_equal(tg_credential_remove(db, "openai", e), 1);
	assert_int_equal(tg_credential_remove(db, "openai", e), 0);
	assert_int_equal(tg_credential_list(db, h->arena, &rows, &n, e), 0);
	assert_int_equal(n, 1);
	return 0;
}

static void
test_credentials(void **state)
{
	run(*state, credentials);
}

static int
groups(struct tg_db *db, void *arg, struct tg_err *e)
{
	struct help *h = arg;
	struct tg_access_group g = { .name = "beta", .created_by = "root",
		.models = "[\"m1\"]" };
	struct tg_access_group got, *rows;
	size_t n;

	assert_int_equal(tg_access_group_save(db, &g, e), 0);
	g.models = "[\"m1\",\"m2\"]";
	g.updated_by = "boss";
	assert_int_equal(tg_access_group_save(db, &g, e), 0);
	assert_int_equal(
	    tg_access_group_find(db, h->arena, "beta", &got, e), 1);
	assert_string_equal(got.models, "[\"m1\",\"m2\"]");
	assert_string_equal(got.created_by, "root");
	assert_string_equal(got.updated_by, "boss");
	g.name = "alpha";
	assert_int_equal(tg_access_group_save(db, &g, e), 0);
	assert_int_equal(tg_access_group_list(db, h->arena, &rows, &n, e), 0);
	assert_int_equal(n, 2);
	assert_string_equal(rows[0].name, "alpha");
	assert_int_equal(tg_access_group_remove(db, "beta", e), 1);
	assert_int_equal(tg_access_group_remove(db, "beta", e), 0);
	assert_int_equal(
	    tg_access_group_find(db, h->arena, "beta", &got, e), 0);
	return 0;
}

static void
test_groups(void **state)
{
	run(*state, groups);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, help_new, help_free)
	const struct CMUnitTest tests[] = { T(test_config),
		T(test_credentials), T(test_groups) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
