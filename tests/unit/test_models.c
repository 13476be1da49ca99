#include "config.h"

/* store/models.h */
#include "unit.h"

#include <stdio.h>

#include "base/clock.h"
#include "base/money.h"
#include "store/db.h"
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
	/* Those in force, and those to come. */
	assert_int_equal(rows->n_prices, 3);
	assert_string_equal(rows->prices[0].unit, "input");
	assert_int_equal(rows->prices[0].pico_usd, 100000);
	assert_int_equal(rows->prices[0].valid_from, 9);
	assert_true(rows->prices[0].id > 0);
	assert_string_equal(rows->prices[1].unit, "output");
	assert_int_equal(rows->prices[1].pico_usd, 600000);
	assert_string_equal(rows->prices[1].tier, "");
	assert_int_equal(rows->prices[1].valid_to, 0);
	assert_string_equal(rows->prices[2].unit, "cache_read");
}

struct change {
	const struct tg_deployment_row *d;
};

static int
change(struct tg_db *db, void *arg, struct tg_err *e)
{
	return tg_deployment_change(db, ((struct change *)arg)->d, e);
}

static void
follow(struct help *h, struct tg_deployment_row *d,
    struct tg_price_row *prices, size_t n)
{
	struct change c = { .d = d };

	d->prices = prices;
	d->n_prices = n;
	assert_int_equal(
	    tg_write(h->store, TG_DB_MAIN, change, &c, &h->e), 0);
}

/* A price is followed or ended under its own conditions alone. */
static void
test_conditions(void **state)
{
	struct help *h = *state;
	int64_t now = tg_wall_us(), hour = 3600000000;
	struct tg_price_row first[] = {
		{ .unit = "input", .pico_usd = 10, .valid_from = 1 },
		{ .unit = "input", .pico_usd = 20, .valid_from = 1,
		    .above_tokens = 200000 },
		{ .unit = "input", .pico_usd = 30, .valid_from = 1,
		    .tier = "flex" },
		{ .unit = "input", .pico_usd = 40, .valid_from = 1,
		    .utc_from = 60, .utc_to = 240 },
		{ .unit = "output", .pico_usd = 50, .valid_from = 1,
		    .valid_to = now - hour },
	};
	struct tg_price_row second[] = {
		{ .unit = "input", .pico_usd = 21, .valid_from = now - hour,
		    .above_tokens = 200000 },
		{ .unit = "input", .pico_usd = TG_PICO_UNKNOWN,
		    .valid_from = now - hour, .tier = "flex" },
		/* for a while: the one before comes back */
		{ .unit = "input", .pico_usd = 5, .valid_from = now - hour,
		    .valid_to = now + hour },
	};
	struct tg_deployment_row d = { .id = "a", .model = "m",
		.prices = first, .n_prices = COUNT(first) };
	static const int64_t want[] = { 10, 40, 21, 5 };
	struct tg_deployment_row *rows;
	size_t n;

	assert_int_equal(tg_deployment_add(h->store, &d, &h->e), 0);
	follow(h, &d, second, COUNT(second));
	assert_int_equal(
	    tg_deployment_list(h->store, h->arena, &rows, &n, &h->e), 0);
	assert_int_equal(rows->n_prices, COUNT(want));
	for (size_t i = 0; i < COUNT(want); i++)
		assert_int_equal(rows->prices[i].pico_usd, want[i]);
	assert_int_equal(rows->prices[1].utc_from, 60);
	assert_int_equal(rows->prices[1].utc_to, 240);
	assert_int_equal(rows->prices[2].above_tokens, 200000);
	assert_true(rows->prices[3].valid_to == now + hour);
	/* all rows are kept */
	assert_int_equal(help_sql(h->dir, "tollgate.db",
	    "SELECT count(*) FROM prices"), 7);
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

struct turn {
	struct tg_arena *a;
	struct tg_deployment_row d;
	int found;
};

static int
get_row(struct tg_db *db, void *arg, struct tg_err *e)
{
	struct turn *c = arg;

	c->found = tg_deployment_get(db, c->a, "c1", &c->d, e);
	return c->found < 0 ? -1 : 0;
}

static int
change_row(struct tg_db *db, void *arg, struct tg_err *e)
{
	struct turn *c = arg;

	return tg_deployment_change(db, &c->d, e);
}

static int
drop_row(struct tg_db *db, void *arg, struct tg_err *e)
{
	struct turn *c = arg;

	c->found = tg_deployment_drop(db, "c1", e);
	return c->found < 0 ? -1 : 0;
}

/* In the caller's transaction: read, changed, gone. */
static void
test_turns(void **state)
{
	struct help *h = *state;
	struct tg_price_row price = { .unit = "input", .pico_usd = 7 };
	struct tg_deployment_row d = { .id = "c1", .model = "m",
		.params = "{\"model\":\"a/b\"}", .prices = &price,
		.n_prices = 1 };
	struct turn c = { .a = h->arena };
	int64_t version;

	assert_int_equal(tg_deployment_add(h->store, &d, &h->e), 0);
	assert_int_equal(tg_read(h->store, TG_DB_MAIN, get_row, &c, &h->e), 0);
	assert_int_equal(c.found, 1);
	assert_string_equal(c.d.params, "{\"model\":\"a/b\"}");
	assert_false(c.d.blocked);
	assert_int_equal(c.d.n_prices, 1);
	version = tg_store_version(h->store);
	c.d.blocked = true;
	c.d.model = "n";
	c.d.updated_by = "ada";
	price.pico_usd = 9;
	price.valid_from = tg_wall_us();
	c.d.prices = &price;
	assert_int_equal(
	    tg_write(h->store, TG_DB_MAIN, change_row, &c, &h->e), 0);
	assert_true(tg_store_version(h->store) > version);
	assert_int_equal(tg_read(h->store, TG_DB_MAIN, get_row, &c, &h->e), 0);
	assert_true(c.d.blocked);
	assert_string_equal(c.d.model, "n");
	assert_string_equal(c.d.updated_by, "ada");
	assert_int_equal(c.d.n_prices, 1);
	assert_int_equal(c.d.prices[0].pico_usd, 9);
	assert_int_equal(
	    tg_write(h->store, TG_DB_MAIN, drop_row, &c, &h->e), 0);
	assert_int_equal(c.found, 1);
	assert_int_equal(
	    tg_write(h->store, TG_DB_MAIN, drop_row, &c, &h->e), 0);
	assert_int_equal(c.found, 0);
	assert_int_equal(tg_read(h->store, TG_DB_MAIN, get_row, &c, &h->e), 0);
	assert_int_equal(c.found, 0);
	c.d.id = "c1";
	assert_int_equal(
	    tg_write(h->store, TG_DB_MAIN, change_row, &c, &h->e), -1);
	assert_int_equal(h->e.code, TG_E_NOT_FOUND);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, help_new, help_free)
	const struct CMUnitTest tests[] = { T(test_round_trip),
		T(test_conditions),
		T(test_many), T(test_turns) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
