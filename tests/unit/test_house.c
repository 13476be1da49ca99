/* Promises of the house, its providers, models and deployments. */
#include "config.h"

#include "unit.h"

#include "store_help.h"

#include "gate/house.h"
#include "gate/rules.h"
#include "gate/settings.h"
#include "store/setup.h"
#include "store/terms.h"

struct house {
	struct tg_gate_conf conf;
	struct tg_setting own[4], of_provider[4], of_model[8];
	struct tg_section provider, model;
};

static int64_t
version_of(struct help *h)
{
	return help_sql(h->dir, "tollgate.db",
	    "SELECT value FROM meta WHERE name = 'rules'");
}

static void
sync(struct help *h, const struct house *house)
{
	struct tg_catalog *c;

	tg_err_reset(&h->e);
	assert_int_equal(tg_catalog_build(&house->conf.catalog, h->store, NULL,
	    &c, &h->e), 0);
	if (tg_house_sync(&house->conf, c, h->store, &h->e) != 0)
		fail_msg("%s", h->e.msg);
	tg_catalog_release(c);
}

static void
make(struct house *w)
{
	*w = (struct house){
		.own = { { "max_budget", "12.50" },
		    { "budget_duration", "month" } },
		.of_provider = { { "base_url", "http://127.0.0.1:1" },
		    { "rpm", "18" }, { "queue", "30" } },
		.of_model = { { "provider", "p" }, { "tpm", "1000" },
		    { "model_rpm", "7" },
		    { "limits", "50 requests/day, 4 parallel" },
		    { "budget_limits", "1/day, 20/month" },
		    { "model_limits", "90 requests/hour" } },
		.conf.house.timezone = "UTC",
	};
	w->provider = (struct tg_section){ "p", w->of_provider, 3 };
	w->model = (struct tg_section){ "m", w->of_model, 6 };
	w->conf.house.promises = (struct tg_section){ "house", w->own, 2 };
	w->conf.catalog.providers = &w->provider;
	w->conf.catalog.n_providers = 1;
	w->conf.catalog.models = &w->model;
	w->conf.catalog.n_models = 1;
}

static const struct tg_account *
account(struct help *h, enum tg_scope scope, const char *name)
{
	const struct tg_account_ref ref = { scope, 0, name };
	struct tg_terms t;

	assert_int_equal(tg_terms_find(h->store, h->arena, &ref, 1, &t,
	    &h->e), 0);
	return t.n == 1 ? &t.accounts[0] : NULL;
}

static void
test_all(void **state)
{
	struct help *h = *state;
	const struct tg_account *a;
	struct house w;

	make(&w);
	sync(h, &w);
	a = account(h, TG_SCOPE_HOUSE, "");
	assert_int_equal(a->n_caps, 1);
	assert_int_equal(a->caps[0].cap_nano, 12500000000);
	assert_string_equal(a->caps[0].period, "month");
	assert_string_equal(a->caps[0].origin, "ini");
	a = account(h, TG_SCOPE_PROVIDER, "p");
	assert_int_equal(a->n_limits, 1);
	assert_int_equal(a->limits[0].cap, 18);
	assert_int_equal(a->limits[0].queue_ms, 30000);
	a = account(h, TG_SCOPE_DEPLOYMENT, "ini:m");
	assert_int_equal(a->n_limits, 3);
	assert_int_equal(a->limits[0].unit, TG_LIMIT_TOKENS);
	assert_int_equal(a->limits[1].window_s, 86400);
	assert_int_equal(a->limits[1].cap, 50);
	assert_int_equal(a->limits[2].unit, TG_LIMIT_PARALLEL);
	assert_int_equal(a->n_caps, 2);
	assert_string_equal(a->caps[0].period, "day");
	assert_int_equal(a->caps[1].cap_nano, 20000000000);
	a = account(h, TG_SCOPE_MODEL, "m");
	assert_int_equal(a->limits[0].cap, 7);
	assert_int_equal(a->limits[1].window_s, 3600);
}

/* A start that finds everything as it was writes nothing. */
static void
test_once(void **state)
{
	struct help *h = *state;
	struct house w;
	int64_t before;

	make(&w);
	sync(h, &w);
	before = version_of(h);
	sync(h, &w);
	assert_int_equal(version_of(h), before);
	w.of_provider[1].value = "19";
	sync(h, &w);
	assert_true(version_of(h) > before);
	assert_int_equal(account(h, TG_SCOPE_PROVIDER, "p")->limits[0].cap,
	    19);
}

static void
test_none(void **state)
{
	struct help *h = *state;
	int64_t before = version_of(h);
	struct house w;

	make(&w);
	w.conf.house.promises.n = 0;
	w.provider.n = w.model.n = 1;
	sync(h, &w);
	assert_int_equal(version_of(h), before);
	make(&w);
	sync(h, &w);
	w.conf.house.promises.n = 0;
	w.provider.n = w.model.n = 1;
	sync(h, &w);
	assert_null(account(h, TG_SCOPE_HOUSE, ""));
	assert_null(account(h, TG_SCOPE_PROVIDER, "p"));
	assert_null(account(h, TG_SCOPE_DEPLOYMENT, "ini:m"));
	assert_null(account(h, TG_SCOPE_MODEL, "m"));
}

static int
set_budget(struct tg_db *db, void *arg, struct tg_err *e)
{
	return tg_config_set(db, "max_budget", arg, "test", e);
}

/* What /config/update sets comes before the file. */
static void
test_api(void **state)
{
	struct help *h = *state;
	const struct tg_account *a;
	char amount[] = "3.25";
	struct house w;

	make(&w);
	assert_int_equal(tg_write(h->store, TG_DB_MAIN, set_budget, amount,
	    &h->e), 0);
	sync(h, &w);
	a = account(h, TG_SCOPE_HOUSE, "");
	assert_int_equal(a->caps[0].cap_nano, 3250000000);
	assert_string_equal(a->caps[0].period, "month");
}

static void
test_wrong(void **state)
{
	struct help *h = *state;
	struct tg_catalog *c;
	struct house w;

	make(&w);
	w.own[1].value = "fortnight";
	assert_int_equal(tg_catalog_build(&w.conf.catalog, h->store, NULL, &c,
	    &h->e), 0);
	assert_int_equal(tg_house_sync(&w.conf, c, h->store, &h->e), -1);
	assert_int_equal(h->e.code, TG_E_INVALID);
	assert_non_null(strstr(h->e.msg, "[house] "));
	tg_catalog_release(c);
}

static void
test_names(void **state)
{
	struct tg_err e = { 0 };
	struct tg_section s = { .name = "x" };

	(void)state;
	assert_int_equal(tg_settings_kind("max_budget"), 3);
	assert_int_equal(tg_settings_kind("model_rpm"), 2);
	assert_int_equal(tg_settings_kind("model_nothing"), 0);
	assert_int_equal(tg_settings_lost(&s, NULL, &e), TG_LOST_STREAMED);
	assert_int_equal(tg_settings_lost(&s, "hold", &e), TG_LOST_HOLD);
	assert_int_equal(tg_settings_lost(&s, "zero", &e), TG_LOST_ZERO);
	assert_int_equal(tg_settings_lost(&s, "half", &e), -1);
}

/* --- the house's zone --- */

static int
apply_settings(struct tg_db *db, void *arg, struct tg_err *e)
{
	return tg_rules_apply_all(db, arg, e);
}

static void
is_period(struct help *h, enum tg_scope scope, int64_t subject,
    const char *name, const char *period)
{
	char sql[512];

	snprintf(sql, sizeof(sql),
	    "SELECT sum(1 + 10 * (c.period = '%s')) FROM caps AS c "
	    "JOIN accounts AS a ON a.id = c.account "
	    "WHERE a.scope = %d AND a.subject = %lld AND a.name = '%s'",
	    period, (int)scope, (long long)subject, name);
	assert_int_equal(help_sql(h->dir, "tollgate.db", sql), 11);
}

/* Keys, people and members with budgets; one key has a zone of its own. */
static void
make_holders(struct help *h)
{
	char berlin[] = "Europe/Berlin";

	(void)help_key(h->store, "sk-1", "one");
	(void)help_key(h->store, "sk-2", "two");
	(void)help_sql(h->dir, "tollgate.db",
	    "UPDATE keys SET settings = '{\"max_budget\":1,"
	    "\"budget_duration\":\"day\"}' WHERE id = 1; "
	    "UPDATE keys SET settings = '{\"max_budget\":1,"
	    "\"budget_duration\":\"day\",\"budget_timezone\":"
	    "\"Asia/Tokyo\"}' WHERE id = 2; "
	    "INSERT INTO budgets VALUES ('b', '{\"max_budget\":2,"
	    "\"budget_duration\":\"month\"}', NULL, NULL, 1, 1); "
	    "INSERT INTO subjects (id, kind, name, budget, settings, "
	    "created_at, updated_at) VALUES (5, 1, 'ann', 'b', '{}', 1, 1), "
	    "(6, 2, 't', NULL, '{\"model_max_budget\":{\"m\":"
	    "{\"max_budget\":3,\"budget_duration\":\"day\"}}}', 1, 1); "
	    "INSERT INTO members (id, team, person, role, settings, "
	    "created_at, updated_at) VALUES (7, 6, 5, 'user', "
	    "'{\"max_budget\":4,\"budget_duration\":\"week\"}', 1, 1)");
	assert_int_equal(tg_write(h->store, TG_DB_MAIN, apply_settings,
	    berlin, &h->e), 0);
}

static void
test_zone(void **state)
{
	struct help *h = *state;
	struct house w;
	int64_t before;

	make(&w);
	w.conf.house.timezone = "Europe/Berlin";
	make_holders(h);
	sync(h, &w);
	is_period(h, TG_SCOPE_KEY, 1, "", "day @Europe/Berlin");
	is_period(h, TG_SCOPE_HOUSE, 0, "", "month @Europe/Berlin");
	before = version_of(h);
	sync(h, &w);
	assert_int_equal(version_of(h), before);
	w.conf.house.timezone = "America/Lima";
	sync(h, &w);
	is_period(h, TG_SCOPE_KEY, 1, "", "day @America/Lima");
	is_period(h, TG_SCOPE_KEY, 2, "", "day @Asia/Tokyo");
	is_period(h, TG_SCOPE_PERSON, 5, "", "month @America/Lima");
	is_period(h, TG_SCOPE_TEAM_MODEL, 6, "m", "day @America/Lima");
	is_period(h, TG_SCOPE_MEMBER, 7, "", "week @America/Lima");
	is_period(h, TG_SCOPE_HOUSE, 0, "", "month @America/Lima");
	before = version_of(h);
	sync(h, &w);
	assert_int_equal(version_of(h), before);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_all, help_new, help_free),
		cmocka_unit_test_setup_teardown(
		    test_once, help_new, help_free),
		cmocka_unit_test_setup_teardown(
		    test_none, help_new, help_free),
		cmocka_unit_test_setup_teardown(test_api, help_new, help_free),
		cmocka_unit_test_setup_teardown(
		    test_wrong, help_new, help_free),
		cmocka_unit_test(test_names),
		cmocka_unit_test_setup_teardown(
		    test_zone, help_new, help_free),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
