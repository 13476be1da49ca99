#include "config.h"

/* store/models.h */
#include "unit.h"

#include <stdio.h>

#include "base/clock.h"
#include "store/models.h"
#include "store_help.h"

static void
test_round_trip(void **state)
{
	struct help *h = *state;
	struct tg_price_row prices[] = {
		{ .unit = "input", .pico_usd = 150000, .valid_from = 5 },
		{ .unit = "input", .pico_usd = 100000, .valid_from = 9 },
		{ .unit = "output", .pico_usd = 600000 },
		{ .unit = "cache_read", .pico_usd = 1,
		    .valid_from = tg_wall_us() + 3600000000 },
	};
	struct tg_deployment_row d = {
		.id = "8d0f",
		.model = "gpt-4o",
		.provider = "openai",
		.upstream_model = "gpt-4o-2024",
		.settings = "{\"weight\":\"3\"}",
		.info = "{\"mode\":\"chat\"}",
		.sealed = (const unsigned char *)"k\0y",
		.sealed_bytes = 3,
		.created_by = "admin",
		.prices = prices,
		.n_prices = COUNT(prices),
	};
	struct tg_deployment_row *rows;
	size_t n;

	assert_int_equal(tg_deployment_add(h->store, &d, &h->e), 0);
	assert_int_equal(
	    tg_deployment_list(h->store, h->arena, &rows, &n, &h->e), 0);
	assert_int_equal(n, 1);
	assert_string_equal(rows->id, "8d0f");
	assert_string_equal(rows->model, "gpt-4o");
	assert_string_equal(rows->provider, "openai");
	assert_string_equal(rows->upstream_model, "gpt-4o-2024");
	assert_string_equal(rows->settings, "{\"weight\":\"3\"}");
	assert_string_equal(rows->info, "{\"mode\":\"chat\"}");
	assert_int_equal(rows->sealed_bytes, 3);
	assert_memory_equal(rows->sealed, "k\0y", 3);
	assert_string_equal(rows->created_by, "admin");
	assert_true(rows->created_at > 0);
	/* Only those in force, each unit's latest. */
	assert_int_equal(rows->n_prices, 2);
	assert_string_equal(rows->prices[0].unit, "input");
	assert_int_equal(rows->prices[0].pico_usd, 100000);
	assert_int_equal(rows->prices[0].valid_from, 9);
	assert_true(rows->prices[0].id > 0);
	assert_string_equal(rows->prices[1].unit, "output");
	assert_int_equal(rows->prices[1].pico_usd, 600000);
}

static void
test_many(void **state)
{
	struct help *h = *state;
	struct tg_price_row price = { .unit = "input", .pico_usd = 7 };
	struct tg_deployment_row d = { .prices = &price, .n_prices = 1 };
	struct tg_deployment_row *rows;
	char id[16], model[16];
	size_t n;

	d.id = id;
	d.model = model;
	for (int i = 0; i < 60; i++) {
		snprintf(id, sizeof(id), "d%d", i);
		snprintf(model, sizeof(model), "m%02d", 59 - i);
		assert_int_equal(tg_deployment_add(h->store, &d, &h->e), 0);
	}
	assert_int_equal(tg_deployment_add(h->store, &d, &h->e), -1);
	assert_int_equal(h->e.code, TG_E_CONFLICT);
	tg_err_reset(&h->e);
	assert_int_equal(tg_deployment_remove(h->store, "d7", &h->e), 1);
	assert_int_equal(tg_deployment_remove(h->store, "d7", &h->e), 0);
	assert_int_equal(
	    tg_deployment_list(h->store, h->arena, &rows, &n, &h->e), 0);
	assert_int_equal(n, 59);
	assert_string_equal(rows[0].model, "m00");
	assert_null(rows[0].provider);
	assert_string_equal(rows[0].settings, "{}");
	for (size_t i = 0; i < n; i++)
		assert_int_equal(rows[i].n_prices, 1);
	/* The row of before is kept, the id may come again. */
	snprintf(id, sizeof(id), "d7");
	assert_int_equal(tg_deployment_add(h->store, &d, &h->e), 0);
	assert_int_equal(help_sql(h->dir, "tollgate.db",
	    "SELECT count(*) FROM deployments"), 61);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, help_new, help_free)
	const struct CMUnitTest tests[] = { T(test_round_trip), T(test_many) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
