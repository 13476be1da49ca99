#include "config.h"

/* gate/rules.h: settings to promises, and promises into the tables */
#include "unit.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "gate/rules.h"
#include "store/budgets.h"
#include "store/subjects.h"
#include "store_help.h"

/* --- reading --- */

struct text {
	char bytes[2048];
	size_t n;
};

static void __attribute__((format(printf, 2, 3)))
say(struct text *t, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	t->n += (size_t)vsnprintf(
	    t->bytes + t->n, sizeof(t->bytes) - t->n, fmt, ap);
	va_end(ap);
	assert_true(t->n < sizeof(t->bytes));
}

static void
say_nano(struct text *t, const char *name, int64_t nano)
{
	if (nano != TG_NANO_NONE)
		say(t, " %s%lld", name, (long long)nano);
}

/* What is not as usual is said; amounts in nano-dollars. */
static void
say_promises(struct text *t, const struct tg_promises *p)
{
	static const char *const at[] = { "", " warn", " switch" };
	static const char *const free[] = { "", " ceiling", " allow" };

	for (size_t i = 0; i < p->n_caps; i++) {
		const struct tg_cap *c = &p->caps[i];

		say(t, "%s %s", c->origin, c->period);
		say_nano(t, "", c->cap_nano);
		say_nano(t, "soft=", c->soft_nano);
		say(t, "%s%s%s", at[c->at_cap],
		    c->over == TG_OVER_REFUSE ? " refuse" : "",
		    free[c->unpriced]);
		if (c->switch_model != NULL)
			say(t, "=%s@%d", c->switch_model, c->switch_percent);
		if (c->extra_nano != 0)
			say(t, " +%lld<%lld", (long long)c->extra_nano,
			    (long long)c->extra_until);
		if (strcmp(c->marks, "50,80,95,100") != 0)
			say(t, " at=%s", c->marks);
		say(t, "; ");
	}
	for (size_t i = 0; i < p->n_limits; i++) {
		const struct tg_limit *l = &p->limits[i];

		say(t, "%s/%lld %lld", tg_limit_unit_name(l->unit),
		    (long long)l->window_s, (long long)l->cap);
		if (l->queue_ms != 0)
			say(t, " q%lld", (long long)l->queue_ms);
		say(t, "; ");
	}
}

static const struct {
	const char *own, *shared;	/* of budget "b", or NULL */
	const char *promises;
} good[] = {
	{ "{}", NULL, "" },
	{ "{\"max_budget\":null,\"rpm_limit\":null,\"model_max_budget\":{},"
	  "\"budget_limits\":[],\"unknown\":{\"a\":[1]}}",
	    NULL, "" },
	/* money is exact, whatever the spelling */
	{ "{\"max_budget\":0.1}", NULL, "own total 100000000; " },
	{ "{\"max_budget\":10}", NULL, "own total 10000000000; " },
	{ "{\"max_budget\":\"0.0000001\"}", NULL, "own total 100; " },
	{ "{\"max_budget\":1e-9}", NULL, "own total 1; " },
	{ "{\"max_budget\":1234567.123456789}", NULL,
	    "own total 1234567123456789; " },
	{ "{\"max_budget\":9007199.254740993}", NULL,
	    "own total 9007199254740993; " },
	{ "{\"max_budget\":0}", NULL, "own total 0; " },
	{ "{\"max_budget\":0.0}", NULL, "own total 0; " },
	{ "{\"soft_budget\":2,\"budget_duration\":\"30d\"}", NULL,
	    "own month @Europe/Paris soft=2000000000; " },
	{ "{\"budget_duration\":\"30d\"}", NULL, "" },
	/* periods */
	{ "{\"max_budget\":1,\"budget_duration\":\"1d\"}", NULL,
	    "own day @Europe/Paris 1000000000; " },
	{ "{\"max_budget\":1,\"budget_duration\":\"month\","
	  "\"budget_timezone\":\"UTC\",\"budget_anchor\":15}",
	    NULL,
	    "own month +15 1000000000; " },
	{ "{\"max_budget\":1,\"budget_duration\":\"7d\","
	  "\"budget_timezone\":\"Asia/Tokyo\",\"budget_anchor\":\"3\"}",
	    NULL,
	    "own week @Asia/Tokyo +3 1000000000; " },
	/* more windows; of two of a period the lower counts */
	{ "{\"max_budget\":100,\"budget_duration\":\"30d\","
	  "\"budget_timezone\":\"UTC\",\"budget_limits\":["
	  "{\"max_budget\":5,\"budget_duration\":\"1d\",\"reset_at\":null},"
	  "{\"max_budget\":50,\"budget_duration\":\"1mo\"}]}",
	    NULL,
	    "own month 50000000000; own day 5000000000; " },
	{ "{\"budget_limits\":\"5/day, 50/month\",\"budget_timezone\":"
	  "\"UTC\",\"over_budget\":\"refuse\"}",
	    NULL,
	    "own day 5000000000 refuse; own month 50000000000 refuse; " },
	/* lists that are settings are text */
	{ "{\"budget_limits\":\"[{\\\"max_budget\\\":5,"
	  "\\\"budget_duration\\\":\\\"1d\\\"}]\","
	  "\"budget_timezone\":\"UTC\",\"limits\":\"[]\"}",
	    NULL,
	    "own day 5000000000; " },
	/* what happens at the cap */
	{ "{\"max_budget\":1,\"over_budget\":\"refuse\",\"unpriced\":"
	  "\"allow\",\"at_budget\":\"warn\",\"budget_thresholds\":"
	  "[90,10,90]}",
	    NULL,
	    "own total 1000000000 warn refuse allow at=10,90; " },
	{ "{\"max_budget\":1,\"at_budget\":\"switch\",\"switch_model\":"
	  "\"small\",\"switch_percent\":95,\"unpriced\":\"ceiling\","
	  "\"budget_thresholds\":\"50, 75\"}",
	    NULL,
	    "own total 1000000000 switch ceiling=small@95 at=50,75; " },
	{ "{\"max_budget\":1,\"temp_budget_increase\":0.5,"
	  "\"temp_budget_expiry\":\"1970-01-02T00:00:00Z\"}",
	    NULL,
	    "own total 1000000000 +500000000<86400000000; " },
	{ "{\"max_budget\":1,\"temp_budget_increase\":\"2\","
	  "\"temp_budget_expiry\":\"1970-01-03\"}",
	    NULL,
	    "own total 1000000000 +2000000000<172800000000; " },
	/* rates */
	{ "{\"rpm_limit\":3,\"tpm_limit\":1000.0,\"max_parallel_requests\":0,"
	  "\"itpm_limit\":5,\"otpm_limit\":\"6\"}",
	    NULL,
	    "requests/60 3; tokens/60 1000; input/60 5; output/60 6; "
	    "parallel/0 0; " },
	{ "{\"rpm_limit\":-1,\"tpm_limit\":0}", NULL, "tokens/60 0; " },
	{ "{\"rpm\":\"18\",\"tpm\":\"100\",\"itpm\":\"1\",\"otpm\":\"2\","
	  "\"queue\":\"2.5\"}",
	    NULL,
	    "requests/60 18 q2500; tokens/60 100 q2500; input/60 1 q2500; "
	    "output/60 2 q2500; " },
	{ "{\"queue\":30,\"rpm_limit\":9,\"limits\":["
	  "{\"unit\":\"requests\",\"per\":\"day\",\"max\":1000,\"queue\":0},"
	  "{\"unit\":\"requests\",\"per\":\"minute\",\"max\":8},"
	  "{\"unit\":\"output\",\"per\":\"90s\",\"max\":7},"
	  "{\"unit\":\"parallel\",\"max\":2}]}",
	    NULL,
	    "requests/60 8 q30000; requests/86400 1000; output/90 7 q30000; "
	    "parallel/0 2 q30000; " },
	{ "{\"limits\":\"1000 requests/day, 50000 tokens / hour, 4 "
	  "parallel\"}",
	    NULL,
	    "requests/86400 1000; tokens/3600 50000; parallel/0 4; " },
	/* models */
	{ "{\"model_max_budget\":{\"gpt-4\":{\"max_budget\":2,"
	  "\"budget_duration\":\"1d\",\"rpm_limit\":4,\"tpm_limit\":5},"
	  "\"o*\":{\"budget_limit\":\"0.0000001\",\"time_period\":\"30d\"},"
	  "\"x\":3.5,\"y\":null},\"over_budget\":\"refuse\","
	  "\"budget_timezone\":\"UTC\"}",
	    NULL,
	    "[gpt-4] own day 2000000000 refuse; requests/60 4; tokens/60 5; "
	    "[o*] own month 100 refuse; [x] own total 3500000000 refuse; " },
	{ "{\"model_rpm_limit\":{\"a\":1,\"b\":2},\"model_tpm_limit\":"
	  "{\"a\":10,\"c\":-1},\"model_max_budget\":{\"b\":{\"rpm_limit\":"
	  "1}}}",
	    NULL,
	    "[b] requests/60 1; [a] requests/60 1; tokens/60 10; [c] " },
	{ "{\"model_max_budget\":{\"big\":{\"max_budget\":1}},"
	  "\"budget_fallbacks\":{\"big\":[\"small\",\"tiny\"]}}",
	    NULL,
	    "[big] own total 1000000000 switch=small@100; " },
	/* over a shared budget: its words only where one's own are missing */
	{ "{}", "{\"max_budget\":1,\"budget_duration\":\"1h\","
		"\"budget_timezone\":\"UTC\",\"rpm_limit\":5}",
	    "budget:b hour 1000000000; requests/60 5; " },
	{ "{\"max_budget\":null,\"rpm_limit\":2}",
	    "{\"max_budget\":1,\"rpm_limit\":5,\"tpm_limit\":6}",
	    "budget:b total 1000000000; requests/60 2; tokens/60 6; " },
	{ "{\"max_budget\":3}", "{\"max_budget\":1,\"budget_duration\":"
				"\"1h\",\"budget_timezone\":\"UTC\",\"over_budget\":\"refuse\"}",
	    "own hour 3000000000 refuse; " },
	{ "{\"model_max_budget\":{\"a\":{\"max_budget\":1}}}",
	    "{\"model_max_budget\":{\"a\":{\"max_budget\":2},"
	    "\"b\":{\"max_budget\":3}}}",
	    "[a] own total 1000000000; [b] budget:b total 3000000000; " },
	{ "{\"budget_limits\":[]}", "{\"budget_limits\":[{\"max_budget\":1,"
				    "\"budget_duration\":\"hour\",\"budget_timezone\":\"UTC\"}]}",
	    "budget:b hour 1000000000; " },
};

static json_t *
tree(const char *text)
{
	json_t *j;
	struct tg_err e;

	if (text == NULL)
		return NULL;
	tg_err_reset(&e);
	j = tg_jtree_parse(tg_str(text), &e);
	if (j == NULL)
		fail_msg("%s: %s", text, e.msg);
	return j;
}

static void
test_read(void **state)
{
	struct tg_arena *a = tg_arena_new(1024 * 1024);
	struct tg_rules rules;
	struct tg_err e;

	(void)state;
	for (size_t i = 0; i < COUNT(good); i++) {
		json_t *own = tree(good[i].own);
		json_t *shared = tree(good[i].shared);
		struct text t = { .n = 0 };

		tg_err_reset(&e);
		if (tg_rules_read(a, own, shared, "b", "Europe/Paris", &rules,
			&e) == -1)
			fail_msg("%s: %s", good[i].own, e.msg);
		/* Nothing of the trees is borrowed. */
		json_decref(own);
		json_decref(shared);
		say_promises(&t, &rules.own);
		for (size_t k = 0; k < rules.n_models; k++) {
			say(&t, "[%s] ", rules.models[k].model);
			say_promises(&t, &rules.models[k].promises);
		}
		if (strcmp(t.bytes, good[i].promises) != 0)
			fail_msg("%s\nwanted %s\ngot    %s", good[i].own,
			    good[i].promises, t.bytes);
		tg_arena_reset(a);
	}
	tg_arena_free(a);
}

static const struct {
	const char *own;
	enum tg_code code;
	const char *param;
} bad[] = {
	{ "{\"max_budget\":-1}", TG_E_INVALID, "max_budget" },
	{ "{\"max_budget\":-0.000001}", TG_E_INVALID, "max_budget" },
	{ "{\"max_budget\":1e30}", TG_E_INVALID, "max_budget" },
	{ "{\"max_budget\":\"much\"}", TG_E_TYPE, "max_budget" },
	{ "{\"max_budget\":true}", TG_E_TYPE, "max_budget" },
	{ "{\"max_budget\":[1]}", TG_E_TYPE, "max_budget" },
	{ "{\"soft_budget\":-2}", TG_E_INVALID, "soft_budget" },
	{ "{\"budget_duration\":\"soon\"}", TG_E_INVALID, "budget_duration" },
	{ "{\"budget_duration\":30}", TG_E_TYPE, "budget_duration" },
	{ "{\"budget_duration\":\"1d\",\"budget_timezone\":\"Nowhere\"}",
	    TG_E_INVALID, "budget_timezone" },
	{ "{\"budget_duration\":\"month\",\"budget_anchor\":\"40\"}",
	    TG_E_INVALID, "budget_anchor" },
	{ "{\"budget_limits\":{\"max_budget\":1}}", TG_E_TYPE,
	    "budget_limits" },
	{ "{\"budget_limits\":[{\"max_budget\":1}]}", TG_E_INVALID,
	    "budget_limits" },
	{ "{\"budget_limits\":[{\"max_budget\":-1,\"budget_duration\":"
	  "\"1d\"}]}",
	    TG_E_INVALID, "budget_limits" },
	{ "{\"budget_limits\":[7]}", TG_E_INVALID, "budget_limits" },
	{ "{\"budget_limits\":\"7\"}", TG_E_INVALID, "budget_limits" },
	{ "{\"budget_limits\":\"[7\"}", TG_E_TYPE, "budget_limits" },
	{ "{\"rpm_limit\":-2}", TG_E_INVALID, "rpm_limit" },
	{ "{\"rpm_limit\":1.5}", TG_E_TYPE, "rpm_limit" },
	{ "{\"tpm_limit\":\"x\"}", TG_E_TYPE, "tpm_limit" },
	{ "{\"max_parallel_requests\":{}}", TG_OK, "" },
	{ "{\"max_parallel_requests\":{\"a\":1}}", TG_E_TYPE,
	    "max_parallel_requests" },
	{ "{\"rpm_limit\":1e30}", TG_E_INVALID, "rpm_limit" },
	{ "{\"queue\":-1,\"rpm_limit\":1}", TG_E_INVALID, "queue" },
	{ "{\"limits\":5}", TG_E_TYPE, "limits" },
	{ "{\"limits\":[5]}", TG_E_INVALID, "limits" },
	{ "{\"limits\":[{\"unit\":\"requests\",\"per\":\"day\"}]}",
	    TG_E_INVALID, "limits" },
	{ "{\"limits\":[{\"unit\":\"words\",\"max\":1,\"per\":\"day\"}]}",
	    TG_E_INVALID, "limits" },
	{ "{\"limits\":[{\"unit\":\"tokens\",\"max\":1,\"per\":\"0s\"}]}",
	    TG_E_INVALID, "limits" },
	{ "{\"limits\":\"many requests/day\"}", TG_E_TYPE, "limits" },
	{ "{\"model_max_budget\":[1]}", TG_E_TYPE, "model_max_budget" },
	{ "{\"model_max_budget\":{\"a\":{\"max_budget\":-1}}}", TG_E_INVALID,
	    "model_max_budget" },
	{ "{\"model_rpm_limit\":{\"a\":\"x\"}}", TG_E_TYPE,
	    "model_rpm_limit" },
	{ "{\"model_tpm_limit\":5}", TG_E_TYPE, "model_tpm_limit" },
	{ "{\"over_budget\":\"maybe\"}", TG_E_INVALID, "over_budget" },
	{ "{\"at_budget\":1}", TG_E_TYPE, "at_budget" },
	{ "{\"unpriced\":\"\"}", TG_E_INVALID, "unpriced" },
	{ "{\"at_budget\":\"switch\"}", TG_E_INVALID, "switch_model" },
	{ "{\"switch_percent\":0}", TG_E_INVALID, "switch_percent" },
	{ "{\"switch_percent\":101}", TG_E_INVALID, "switch_percent" },
	{ "{\"budget_thresholds\":[0]}", TG_E_INVALID, "budget_thresholds" },
	{ "{\"budget_thresholds\":[\"x\"]}", TG_E_TYPE,
	    "budget_thresholds" },
	{ "{\"budget_thresholds\":7}", TG_E_TYPE, "budget_thresholds" },
	{ "{\"budget_thresholds\":[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,"
	  "17]}",
	    TG_E_INVALID, "budget_thresholds" },
	{ "{\"temp_budget_increase\":1}", TG_E_INVALID,
	    "temp_budget_expiry" },
	{ "{\"temp_budget_expiry\":\"2026-01-01\"}", TG_E_INVALID,
	    "temp_budget_increase" },
	{ "{\"temp_budget_increase\":1,\"temp_budget_expiry\":\"10d\"}",
	    TG_E_INVALID, "temp_budget_expiry" },
	{ "{\"temp_budget_increase\":-1,\"temp_budget_expiry\":"
	  "\"2026-01-01\"}",
	    TG_E_INVALID, "temp_budget_increase" },
	{ "{\"budget_fallbacks\":{\"a\":[1]},\"model_max_budget\":{\"a\":"
	  "{\"max_budget\":1}}}",
	    TG_E_TYPE, "budget_fallbacks" },
};

static void
test_refuse(void **state)
{
	struct tg_arena *a = tg_arena_new(1024 * 1024);
	struct tg_rules rules;
	struct tg_err e;

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		json_t *own = tree(bad[i].own);

		tg_err_reset(&e);
		tg_rules_read(a, own, NULL, NULL, NULL, &rules, &e);
		if (e.code != bad[i].code ||
		    strcmp(e.param, bad[i].param) != 0)
			fail_msg("%s: %s %s: %s", bad[i].own,
			    tg_code_name(e.code), e.param, e.msg);
		json_decref(own);
	}
	tg_arena_free(a);
}

static void
test_primary(void **state)
{
	static const struct {
		const char *own;
		bool primary;
	} rows[] = { { "{\"max_budget\":1}", true },
		{ "{\"soft_budget\":1}", true }, { "{}", false },
		{ "{\"budget_limits\":\"1/day\"}", false } };
	struct tg_arena *a = tg_arena_new(1024 * 1024);
	struct tg_rules rules;
	struct tg_err e;

	(void)state;
	tg_err_reset(&e);
	for (size_t i = 0; i < COUNT(rows); i++) {
		json_t *own = tree(rows[i].own);

		assert_int_equal(tg_rules_read(
		    a, own, NULL, NULL, NULL, &rules, &e), 0);
		assert_int_equal(rules.primary, rows[i].primary);
		json_decref(own);
	}
	tg_arena_free(a);
}

/* --- applying --- */

static void
run(struct help *h, tg_txn_fn *fn)
{
	tg_err_reset(&h->e);
	if (tg_write(h->store, TG_DB_MAIN, fn, h, &h->e) == -1)
		fail_msg("%s", h->e.msg);
}

/* All accounts under a scope as text. */
static void
promised(struct tg_db *db, struct help *h, enum tg_scope scope, int64_t id,
    const char *wanted)
{
	struct text t = { .n = 0 };
	struct tg_account *accounts;
	size_t n;

	assert_int_equal(tg_accounts_of(
	    db, h->arena, scope, id, &accounts, &n, &h->e), 0);
	for (size_t i = 0; i < n; i++) {
		struct tg_promises p = {
			.caps = (struct tg_cap *)(uintptr_t)accounts[i].caps,
			.n_caps = accounts[i].n_caps,
			.limits =
			    (struct tg_limit *)(uintptr_t)accounts[i].limits,
			.n_limits = accounts[i].n_limits,
		};

		if (p.n_caps + p.n_limits == 0)
			continue;
		if (accounts[i].name[0] != '\0')
			say(&t, "[%s] ", accounts[i].name);
		say_promises(&t, &p);
	}
	if (strcmp(t.bytes, wanted) != 0)
		fail_msg("wanted %s\ngot    %s", wanted, t.bytes);
}

static int
apply_key(struct tg_db *db, void *arg, struct tg_err *e)
{
	struct help *h = arg;
	struct tg_key k = { .token = "t",
		.settings = "{\"max_budget\":1,\"model_max_budget\":{"
		    "\"a\":{\"max_budget\":2},\"b\":{\"max_budget\":3}},"
		    "\"rpm_limit\":4}" };

	assert_int_equal(tg_key_insert(db, &k, e), 0);
	assert_int_equal(tg_rules_apply(
	    db, h->arena, TG_SCOPE_KEY, k.id, "UTC", e), 0);
	promised(db, h, TG_SCOPE_KEY, k.id,
	    "own total 1000000000; requests/60 4; ");
	promised(db, h, TG_SCOPE_KEY_MODEL, k.id,
	    "[a] own total 2000000000; [b] own total 3000000000; ");
	/* What is no longer promised goes. */
	k.settings = "{\"max_budget\":5,\"model_max_budget\":{\"b\":"
	    "{\"max_budget\":6}}}";
	assert_int_equal(tg_key_update(db, &k, e), 0);
	assert_int_equal(tg_rules_apply(
	    db, h->arena, TG_SCOPE_KEY, k.id, "UTC", e), 0);
	promised(db, h, TG_SCOPE_KEY, k.id, "own total 5000000000; ");
	promised(db, h, TG_SCOPE_KEY_MODEL, k.id,
	    "[b] own total 6000000000; ");
	k.settings = "{}";
	assert_int_equal(tg_key_update(db, &k, e), 0);
	assert_int_equal(tg_rules_apply(
	    db, h->arena, TG_SCOPE_KEY, k.id, "UTC", e), 0);
	promised(db, h, TG_SCOPE_KEY, k.id, "");
	promised(db, h, TG_SCOPE_KEY_MODEL, k.id, "");
	assert_int_equal(tg_rules_apply(
	    db, h->arena, TG_SCOPE_KEY, 4711, "UTC", e), -1);
	assert_int_equal(e->code, TG_E_NOT_FOUND);
	tg_err_reset(e);
	return 0;
}

static void
test_apply(void **state)
{
	run(*state, apply_key);
}

/* A shared budget that is changed changes everyone who is linked to it. */
static int
apply_shared(struct tg_db *db, void *arg, struct tg_err *e)
{
	struct help *h = arg;
	struct tg_budget b = { .name = "b",
		.settings = "{\"max_budget\":1,\"tpm_limit\":9}" };
	struct tg_key k = { .token = "t", .budget = "b",
		.settings = "{\"tpm_limit\":3}" };
	struct tg_key alone = { .token = "u",
		.settings = "{\"max_budget\":7}" };
	struct tg_subject team = { .kind = TG_SUBJECT_TEAM, .name = "t",
		.budget = "b" };
	struct tg_subject p = { .kind = TG_SUBJECT_PERSON, .name = "p" };
	struct tg_member m = { .role = "user", .budget = "b" };

	assert_int_equal(tg_budget_save(db, &b, e), 0);
	assert_int_equal(tg_key_insert(db, &k, e), 0);
	assert_int_equal(tg_key_insert(db, &alone, e), 0);
	assert_int_equal(tg_subject_save(db, &team, e), 0);
	assert_int_equal(tg_subject_save(db, &p, e), 0);
	m.team = team.id;
	m.person = p.id;
	assert_int_equal(tg_member_save(db, &m, e), 0);
	assert_int_equal(
	    tg_rules_apply_budget(db, h->arena, "b", NULL, e), 0);
	promised(db, h, TG_SCOPE_KEY, k.id,
	    "budget:b total 1000000000; tokens/60 3; ");
	promised(db, h, TG_SCOPE_TEAM, team.id,
	    "budget:b total 1000000000; tokens/60 9; ");
	promised(db, h, TG_SCOPE_MEMBER, m.id,
	    "budget:b total 1000000000; tokens/60 9; ");
	b.settings = "{\"max_budget\":2}";
	assert_int_equal(tg_budget_save(db, &b, e), 0);
	assert_int_equal(
	    tg_rules_apply_budget(db, h->arena, "b", NULL, e), 0);
	promised(db, h, TG_SCOPE_KEY, k.id,
	    "budget:b total 2000000000; tokens/60 3; ");
	promised(db, h, TG_SCOPE_TEAM, team.id,
	    "budget:b total 2000000000; ");
	promised(db, h, TG_SCOPE_MEMBER, m.id,
	    "budget:b total 2000000000; ");
	promised(db, h, TG_SCOPE_KEY, alone.id, "");
	/* A link to a budget that is not there promises nothing. */
	assert_int_equal(tg_budget_remove(db, "b", e), 1);
	assert_int_equal(tg_rules_apply(
	    db, h->arena, TG_SCOPE_TEAM, team.id, NULL, e), 0);
	promised(db, h, TG_SCOPE_TEAM, team.id, "");
	return 0;
}

static void
test_shared(void **state)
{
	run(*state, apply_shared);
}

static int
apply_subject(struct tg_db *db, void *arg, struct tg_err *e)
{
	struct help *h = arg;
	struct tg_subject p = { .kind = TG_SUBJECT_PERSON, .name = "p",
		.settings = "{\"max_budget\":1}" };

	assert_int_equal(tg_subject_save(db, &p, e), 0);
	assert_int_equal(tg_rules_apply(
	    db, h->arena, TG_SCOPE_PERSON, p.id, NULL, e), 0);
	promised(db, h, TG_SCOPE_PERSON, p.id, "own total 1000000000; ");
	assert_int_equal(tg_subject_remove(db, p.id, e), 0);
	promised(db, h, TG_SCOPE_PERSON, p.id, "");
	assert_int_equal(tg_rules_apply(
	    db, h->arena, TG_SCOPE_PERSON, p.id, NULL, e), 0);
	promised(db, h, TG_SCOPE_PERSON, p.id, "");
	p = (struct tg_subject){ .kind = TG_SUBJECT_TAG, .name = "c",
		.settings = "{\"model_rpm_limit\":{\"a\":1}}" };
	assert_int_equal(tg_subject_save(db, &p, e), 0);
	assert_int_equal(tg_rules_apply(
	    db, h->arena, TG_SCOPE_TAG, p.id, NULL, e), -1);
	assert_int_equal(e->code, TG_E_UNSUPPORTED);
	tg_err_reset(e);
	return 0;
}

static void
test_subject(void **state)
{
	run(*state, apply_subject);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, help_new, help_free)
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_read),
		cmocka_unit_test(test_refuse), cmocka_unit_test(test_primary),
		T(test_apply), T(test_shared), T(test_subject) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
