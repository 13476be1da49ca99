/* Prices of deployments, from the file and the database: gate/catalog.h. */
#include "config.h"

#include "unit.h"

#include "base/clock.h"
#include "gate/catalog.h"
#include "gate/settings.h"
#include "store/db.h"
#include "store/models.h"
#include "store/setup.h"
#include "store_help.h"

static const struct tg_setting fake[] = {
	{ "base_url", "http://127.0.0.1:1/v1" },
	{ "discount", "5 %" },
};
static const struct tg_setting plain[] = {
	{ "base_url", "http://127.0.0.1:1/v1" },
};
static const struct tg_setting model[] = {
	{ "provider", "fake" },
	{ "price_input", "1" },
	{ "price_input_above_200k", "2" },
	{ "price_output.flex", "0.5" },
	{ "price_call", "0.01" },
	{ "max_output_tokens", "4096" },
};
static const struct tg_section providers[] = {
	{ "fake", fake, COUNT(fake) },
	{ "plain", plain, COUNT(plain) },
};
static const struct tg_section models[] = { { "m", model, COUNT(model) } };
static const struct tg_catalog_conf conf = {
	.providers = providers,
	.n_providers = COUNT(providers),
	.models = models,
	.n_models = COUNT(models),
};

static int
set_configs(struct tg_db *db, void *arg, struct tg_err *e)
{
	const char *const *texts = arg;

	return tg_config_set(
		   db, "cost_discount_config", texts[0], "test", e) != 0 ||
		tg_config_set(
		    db, "cost_margin_config", texts[1], "test", e) != 0 ?
	    -1 :
	    0;
}

static struct tg_catalog *
build(struct help *h)
{
	struct tg_catalog *c;

	assert_int_equal(
	    tg_catalog_build(&conf, h->store, NULL, &c, &h->e), 0);
	return c;
}

static const struct tg_deployment *
find(const struct help *h, const struct tg_catalog *c, const char *name)
{
	const struct tg_deployment **list;
	size_t n;

	list = tg_catalog_find(c, h->arena, tg_str(name), NULL, &n);
	assert_int_equal(n, 1);
	return list[0];
}

static void
test_file(void **state)
{
	struct help *h = *state;
	struct tg_catalog *c = build(h);
	const struct tg_deployment *d = find(h, c, "m");
	struct tg_prices p;

	assert_int_equal(d->max_output_tokens, 4096);
	assert_int_equal(d->max_input_tokens, 0);
	tg_prices_at(&d->prices, tg_wall_us(), 10, "flex", &p);
	assert_int_equal(p.pico[TG_UNIT_INPUT], 1000000);
	assert_int_equal(p.pico[TG_UNIT_OUTPUT], 500000);
	assert_int_equal(p.pico[TG_UNIT_CALL], 10000000000);
	assert_int_equal(p.discount_ppm, 50000);
	assert_int_equal(p.margin_ppm, 0);
	tg_prices_at(&d->prices, tg_wall_us(), 200001, "", &p);
	assert_int_equal(p.pico[TG_UNIT_INPUT], 2000000);
	assert_true(p.pico[TG_UNIT_OUTPUT] == TG_PICO_UNKNOWN);
	/* the echo is free */
	tg_prices_at(&find(h, c, "echo")->prices, 0, 10, "", &p);
	assert_int_equal(p.pico[TG_UNIT_OUTPUT], 0);
	tg_catalog_release(c);
}

static void
test_database(void **state)
{
	struct help *h = *state;
	int64_t now = tg_wall_us();
	struct tg_price_row rows[] = {
		{ .unit = "input", .pico_usd = 7, .valid_from = 1 },
		{ .unit = "input", .pico_usd = 8, .valid_from = 1,
		    .tier = "flex" },
		{ .unit = "input", .pico_usd = 9,
		    .valid_from = now + 3600000000 },
	};
	struct tg_deployment_row row = {
		.id = "a",
		.model = "stored",
		.provider = "plain",
		.settings = "{\"max_input_tokens\": \"10\"}",
		.info = "{\"max_input_tokens\": 1000, \"max_tokens\": 20}",
		.prices = rows,
		.n_prices = COUNT(rows),
	};
	const struct tg_deployment *d;
	struct tg_catalog *c;
	struct tg_prices p;

	assert_int_equal(tg_deployment_add(h->store, &row, &h->e), 0);
	c = build(h);
	d = find(h, c, "stored");
	assert_int_equal(d->max_input_tokens, 10);
	assert_int_equal(d->max_output_tokens, 20);
	tg_prices_at(&d->prices, now, 10, "", &p);
	assert_int_equal(p.pico[TG_UNIT_INPUT], 7);
	assert_true(p.row[TG_UNIT_INPUT] > 0);
	tg_prices_at(&d->prices, now, 10, "flex", &p);
	assert_int_equal(p.pico[TG_UNIT_INPUT], 8);
	/* a price to come is there already */
	tg_prices_at(&d->prices, now + 3600000000, 10, "", &p);
	assert_int_equal(p.pico[TG_UNIT_INPUT], 9);
	tg_catalog_release(c);
}

/* What a provider's section says comes before what the API has set. */
static void
test_shares(void **state)
{
	static const char *const texts[] = {
		"{\"fake\": 0.5, \"openai\": 0.025}",
		"{\"plain\": {\"percentage\": 0.1}, \"global\": 0.2}"
	};
	struct help *h = *state;
	struct tg_catalog *c;
	const struct tg_deployment *d;

	assert_int_equal(tg_write(h->store, TG_DB_MAIN, set_configs,
			     (void *)(uintptr_t)texts, &h->e),
	    0);
	c = build(h);
	d = find(h, c, "m");
	assert_int_equal(d->prices.discount_ppm, 50000);
	assert_int_equal(d->prices.margin_ppm, 200000);
	d = find(h, c, "plain/x");	/* of the type openai */
	assert_int_equal(d->prices.discount_ppm, 25000);
	assert_int_equal(d->prices.margin_ppm, 100000);
	tg_catalog_release(c);
}

static void
test_percent(void **state)
{
	static const struct {
		const char *text;
		int64_t ppm;	/* -1: wrong */
	} cases[] = { { "5%", 50000 }, { " 12.5 % ", 125000 }, { "0", 0 },
		{ "100", 1000000 }, { "0.0001", 1 }, { "0.00001", -1 },
		{ "101", -1 }, { "-5", -1 }, { "%", -1 }, { "", -1 },
		{ "five", -1 } };
	struct tg_setting setting = { .key = "discount" };
	struct tg_section s = { "p", &setting, 1 };
	struct tg_err e;
	int64_t ppm;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		tg_err_reset(&e);
		setting.value = cases[i].text;
		assert_int_equal(tg_settings_percent(&s, "discount",
				     TG_MOST_DISCOUNT, &ppm, &e),
		    cases[i].ppm < 0 ? -1 : 0);
		if (cases[i].ppm >= 0)
			assert_int_equal(ppm, cases[i].ppm);
	}
	ppm = -1;
	assert_int_equal(tg_settings_percent(
			     &s, "margin", TG_MOST_MARGIN, &ppm, &e),
	    0);
	assert_int_equal(ppm, -1);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, help_new, help_free)
	const struct CMUnitTest tests[] = { T(test_file), T(test_database),
		T(test_shares), cmocka_unit_test(test_percent) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
