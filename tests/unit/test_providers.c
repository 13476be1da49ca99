#include "config.h"

/* store/providers.h */
#include "unit.h"

#include "store/db.h"
#include "store/models.h"
#include "store/providers.h"
#include "store_help.h"

static void
test_put(void **state)
{
	struct help *h = *state;
	struct tg_provider_row *rows;
	struct tg_provider_row p = { .name = "openai",
		.settings = "{\"type\":\"openai\"}",
		.sealed = (const unsigned char *)"\0sealed", .sealed_bytes = 7 };
	size_t n;

	assert_int_equal(tg_provider_put(h->store, &p, &h->e), 0);
	p.name = "echo";
	p.sealed = NULL;
	p.settings = NULL;
	assert_int_equal(tg_provider_put(h->store, &p, &h->e), 0);
	assert_int_equal(
	    tg_provider_list(h->store, h->arena, &rows, &n, &h->e), 0);
	assert_int_equal(n, 2);
	assert_string_equal(rows[0].name, "echo");
	assert_string_equal(rows[0].settings, "{}");
	assert_null(rows[0].sealed);
	assert_string_equal(rows[1].settings, "{\"type\":\"openai\"}");
	assert_int_equal(rows[1].sealed_bytes, 7);
	assert_memory_equal(rows[1].sealed, "\0sealed", 7);
	p.name = "openai";
	p.settings = "{\"type\":\"x\"}";
	assert_int_equal(tg_provider_put(h->store, &p, &h->e), 0);
	assert_int_equal(
	    tg_provider_list(h->store, h->arena, &rows, &n, &h->e), 0);
	assert_int_equal(n, 2);
	assert_string_equal(rows[1].settings, "{\"type\":\"x\"}");
	assert_null(rows[1].sealed);
	assert_true(rows[1].updated_at >= rows[1].created_at);
}

static void
test_remove(void **state)
{
	struct help *h = *state;
	struct tg_provider_row p = { .name = "p", .settings = "{}" };
	struct tg_deployment_row d = { .id = "d1", .model = "m",
		.provider = "p" };

	assert_int_equal(tg_provider_remove(h->store, "p", &h->e), 0);
	assert_int_equal(tg_provider_put(h->store, &p, &h->e), 0);
	assert_int_equal(tg_deployment_add(h->store, &d, &h->e), 0);
	assert_int_equal(tg_provider_remove(h->store, "p", &h->e), -1);
	assert_int_equal(h->e.code, TG_E_CONFLICT);
	tg_err_reset(&h->e);
	assert_int_equal(tg_deployment_remove(h->store, "d1", &h->e), 1);
	assert_int_equal(tg_provider_remove(h->store, "p", &h->e), 1);
}

struct inside {
	struct help *h;
	struct tg_provider_row p;
	int found, gone;
};

static int
save_and_get(struct tg_db *db, void *arg, struct tg_err *e)
{
	struct inside *i = arg;
	struct tg_provider_row p = { .name = "in", .settings = "{\"a\":\"b\"}" };

	if (tg_provider_save(db, &p, e) != 0)
		return -1;
	i->found = tg_provider_get(db, i->h->arena, "in", &i->p, e);
	i->gone = tg_provider_get(
	    db, i->h->arena, "nobody", &(struct tg_provider_row){ 0 }, e);
	return 0;
}

static int
drop(struct tg_db *db, void *arg, struct tg_err *e)
{
	struct inside *i = arg;

	i->found = tg_provider_drop(db, "in", e);
	i->gone = tg_provider_drop(db, "in", e);
	return i->found < 0 || i->gone < 0 ? -1 : 0;
}

static void
test_inside(void **state)
{
	struct help *h = *state;
	struct inside i = { .h = h };

	assert_int_equal(
	    tg_write(h->store, TG_DB_MAIN, save_and_get, &i, &h->e), 0);
	assert_int_equal(i.found, 1);
	assert_int_equal(i.gone, 0);
	assert_string_equal(i.p.settings, "{\"a\":\"b\"}");
	assert_int_equal(tg_write(h->store, TG_DB_MAIN, drop, &i, &h->e), 0);
	assert_int_equal(i.found, 1);
	assert_int_equal(i.gone, 0);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, help_new, help_free)
	const struct CMUnitTest tests[] = { T(test_put), T(test_remove),
		T(test_inside) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
