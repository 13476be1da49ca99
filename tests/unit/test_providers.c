#include "config.h"

/* store/providers.h */
#include "unit.h"

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

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, help_new, help_free)
	const struct CMUnitTest tests[] = { T(test_put), T(test_remove) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
