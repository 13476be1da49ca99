#include "config.h"

/* store/keys.h */
#include "unit.h"

#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "store/booking.h"
#include "store_help.h"

static void
test_round_trip(void **state)
{
	struct help *h = *state;
	struct tg_key k = {
		.name = "sk-...abcd",
		.alias = "laptop",
		.models = "[\"gpt-*\"]",
		.metadata = "{\"team\":\"\\u00fc\"}",
		.created_by = "admin",
		.role = TG_KEY_CALLER,
		.log = TG_LOG_NUMBERS,
		.blocked = true,
		.expires_at = 4102444800000000,
	};
	struct tg_key got;

	tg_sha256_hex(TG_STR("sk-one"), k.token);
	assert_int_equal(tg_key_add(h->store, &k, &h->e), 0);
	assert_true(k.id > 0);
	assert_true(k.created_at > 0);
	for (int i = 0; i < 3; i++) {
		memset(&got, 0, sizeof(got));
		if (i == 0)
			assert_int_equal(tg_key_find(h->store, h->arena,
			    k.token, &got, &h->e), 1);
		else if (i == 1)
			assert_int_equal(tg_key_find_alias(h->store, h->arena,
			    "laptop", &got, &h->e), 1);
		else
			assert_int_equal(tg_key_find_id(h->store, h->arena,
			    k.id, &got, &h->e), 1);
		assert_int_equal(got.id, k.id);
		assert_string_equal(got.token, k.token);
		assert_string_equal(got.name, k.name);
		assert_string_equal(got.alias, k.alias);
		assert_string_equal(got.models, k.models);
		assert_string_equal(got.metadata, k.metadata);
		assert_string_equal(got.created_by, k.created_by);
		assert_int_equal(got.role, k.role);
		assert_int_equal(got.log, k.log);
		assert_true(got.blocked);
		assert_int_equal(got.created_at, k.created_at);
		assert_int_equal(got.updated_at, k.created_at);
		assert_int_equal(got.expires_at, k.expires_at);
		assert_int_equal(got.revoked_at, 0);
		assert_int_equal(got.last_used_at, 0);
	}
}

static void
test_missing(void **state)
{
	struct help *h = *state;
	struct tg_key k;

	assert_int_equal(
	    tg_key_find(h->store, h->arena, "beef", &k, &h->e), 0);
	assert_int_equal(
	    tg_key_find_alias(h->store, h->arena, "x", &k, &h->e), 0);
	assert_int_equal(tg_key_find_id(h->store, h->arena, 77, &k, &h->e), 0);
	assert_int_equal(tg_key_revoke(h->store, "beef", &h->e), 0);
	assert_int_equal(h->e.code, TG_OK);
}

static void
conflict(struct help *h, const char *text, const char *alias)
{
	struct tg_key k = { .alias = alias };

	tg_sha256_hex(tg_str(text), k.token);
	assert_int_equal(tg_key_add(h->store, &k, &h->e), -1);
	assert_int_equal(h->e.code, TG_E_CONFLICT);
	tg_err_reset(&h->e);
}

static void
test_conflicts(void **state)
{
	struct help *h = *state;
	struct tg_key k;

	help_key(h->store, "sk-one", "a");
	help_key(h->store, "sk-two", NULL);
	help_key(h->store, "sk-three", NULL);
	conflict(h, "sk-one", "b");
	conflict(h, "sk-four", "a");
	/* A revoked key's alias is free again, the key itself never. */
	tg_sha256_hex(TG_STR("sk-one"), k.token);
	assert_int_equal(tg_key_revoke(h->store, k.token, &h->e), 1);
	assert_int_equal(tg_key_revoke(h->store, k.token, &h->e), 0);
	help_key(h->store, "sk-five", "a");
	conflict(h, "sk-one", NULL);
	assert_int_equal(tg_key_find(h->store, h->arena, k.token, &k, &h->e),
	    1);
	assert_true(k.revoked_at > 0);
}

static void
test_list(void **state)
{
	struct help *h = *state;
	struct tg_key *keys;
	char text[32];
	size_t n;

	assert_int_equal(
	    tg_key_list(h->store, h->arena, true, &keys, &n, &h->e), 0);
	assert_int_equal(n, 0);
	for (int i = 0; i < 100; i++) {
		snprintf(text, sizeof(text), "sk-%d", i);
		help_key(h->store, text, text);
	}
	assert_int_equal(
	    tg_key_list(h->store, h->arena, false, &keys, &n, &h->e), 0);
	assert_int_equal(n, 100);
	for (int i = 0; i < 100; i++) {
		snprintf(text, sizeof(text), "sk-%d", 99 - i);
		assert_string_equal(keys[i].alias, text);
	}
	assert_int_equal(
	    tg_key_revoke(h->store, keys[3].token, &h->e), 1);
	assert_int_equal(
	    tg_key_list(h->store, h->arena, false, &keys, &n, &h->e), 0);
	assert_int_equal(n, 99);
	assert_int_equal(
	    tg_key_list(h->store, h->arena, true, &keys, &n, &h->e), 0);
	assert_int_equal(n, 100);
}

static void
test_master(void **state)
{
	struct help *h = *state;
	struct tg_key first = { .name = "sk-...1111" };
	struct tg_key second = { .name = "sk-...2222" };
	struct tg_key got;

	tg_sha256_hex(TG_STR("sk-m1"), first.token);
	tg_sha256_hex(TG_STR("sk-m2"), second.token);
	assert_int_equal(tg_key_set_master(h->store, &first, &h->e), 0);
	assert_int_equal(tg_key_set_master(h->store, &first, &h->e), 0);
	assert_int_equal(tg_key_set_master(h->store, &second, &h->e), 0);
	assert_int_equal(first.id, second.id);
	assert_int_equal(
	    tg_key_find(h->store, h->arena, first.token, &got, &h->e), 0);
	assert_int_equal(
	    tg_key_find(h->store, h->arena, second.token, &got, &h->e), 1);
	assert_int_equal(got.role, TG_KEY_MASTER);
	assert_string_equal(got.name, "sk-...2222");
	help_key(h->store, "sk-taken", NULL);
	tg_sha256_hex(TG_STR("sk-taken"), second.token);
	assert_int_equal(tg_key_set_master(h->store, &second, &h->e), -1);
	assert_int_equal(h->e.code, TG_E_CONFLICT);
}

static int64_t
version(struct help *h)
{
	return help_sql(h->dir, "tollgate.db",
	    "SELECT value FROM meta WHERE name = 'rules'");
}

static void
run(struct help *h, tg_txn_fn *fn)
{
	tg_err_reset(&h->e);
	if (tg_write(h->store, TG_DB_MAIN, fn, h, &h->e) == -1)
		fail_msg("%s", h->e.msg);
}

static int64_t
insert(struct tg_db *db, const char *text, struct tg_key k)
{
	struct tg_err e;

	tg_err_reset(&e);
	tg_sha256_hex(tg_str(text), k.token);
	if (tg_key_insert(db, &k, &e) == -1)
		fail_msg("%s", e.msg);
	return k.id;
}

static int
change_owner(struct tg_db *db, void *arg, struct tg_err *e)
{
	struct help *h = arg;
	struct tg_key k, other = { .alias = "taken" };
	int64_t id = insert(db, "sk-1",
	    (struct tg_key){ .alias = "mine", .person = 3, .team = 4,
		.project = 5, .organization = 6, .budget = "small",
		.settings = "{\"rpm_limit\":3}", .created_by = "root" });

	insert(db, "sk-2", other);
	assert_int_equal(tg_key_get_id(db, h->arena, id, &k, e), 1);
	assert_int_equal(k.person, 3);
	assert_int_equal(k.team, 4);
	assert_int_equal(k.project, 5);
	assert_int_equal(k.organization, 6);
	assert_string_equal(k.budget, "small");
	assert_string_equal(k.settings, "{\"rpm_limit\":3}");
	assert_null(k.updated_by);
	k.alias = "taken";
	assert_int_equal(tg_key_update(db, &k, e), -1);
	assert_int_equal(e->code, TG_E_CONFLICT);
	assert_string_equal(e->param, "key_alias");
	tg_err_reset(e);
	k.alias = "mine";
	k.person = 0;
	k.budget = NULL;
	k.settings = "{}";
	k.models = "[\"a\"]";
	k.blocked = true;
	k.updated_by = "someone";
	assert_int_equal(tg_key_update(db, &k, e), 0);
	assert_int_equal(tg_key_get_alias(db, h->arena, "mine", &k, e), 1);
	assert_int_equal(k.id, id);
	assert_int_equal(k.person, 0);
	assert_int_equal(k.team, 4);
	assert_null(k.budget);
	assert_string_equal(k.settings, "{}");
	assert_string_equal(k.models, "[\"a\"]");
	assert_true(k.blocked);
	assert_string_equal(k.created_by, "root");
	assert_string_equal(k.updated_by, "someone");
	assert_true(k.updated_at >= k.created_at);
	return 0;
}

static int
drop_one(struct tg_db *db, void *arg, struct tg_err *e)
{
	struct help *h = arg;
	struct tg_key k;

	assert_int_equal(tg_key_get_alias(db, h->arena, "mine", &k, e), 1);
	assert_int_equal(tg_key_drop(db, k.id, "boss", e), 1);
	assert_int_equal(tg_key_drop(db, k.id, "boss", e), 0);
	assert_int_equal(tg_key_update(db, &k, e), -1);
	assert_int_equal(e->code, TG_E_NOT_FOUND);
	tg_err_reset(e);
	assert_int_equal(tg_key_get_alias(db, h->arena, "mine", &k, e), 0);
	assert_int_equal(tg_key_get_id(db, h->arena, k.id, &k, e), 1);
	assert_string_equal(k.revoked_by, "boss");
	assert_true(k.revoked_at > 0);
	return 0;
}

/* What keys belong to, what is changed of them, and that others see it. */
static void
test_change(void **state)
{
	struct help *h = *state;
	int64_t before = version(h);

	run(h, change_owner);
	assert_true(version(h) >= before + 3);
	assert_int_equal(help_sql(h->dir, "tollgate.db",
	    "SELECT count(*) FROM accounts WHERE scope = 2"), 2);
	before = version(h);
	run(h, drop_one);
	assert_true(version(h) > before);
}

static int
rotate(struct tg_db *db, void *arg, struct tg_err *e)
{
	struct help *h = arg;
	char old[TG_SHA256_HEX], first[TG_SHA256_HEX];
	struct tg_key k;
	int64_t id = insert(db, "sk-1", (struct tg_key){ .alias = "a" });

	assert_int_equal(tg_key_get_id(db, h->arena, id, &k, e), 1);
	memcpy(first, k.token, sizeof(first));
	tg_sha256_hex(TG_STR("sk-2"), old);
	k.updated_by = "boss";
	assert_int_equal(
	    tg_key_rotate(db, &k, old, "sk-...2222", 77, e), 0);
	assert_string_equal(k.token, old);
	assert_int_equal(k.rotations, 1);
	assert_int_equal(tg_key_get(db, h->arena, first, &k, e), 0);
	assert_int_equal(tg_key_get(db, h->arena, old, &k, e), 1);
	assert_int_equal(k.id, id);
	assert_string_equal(k.name, "sk-...2222");
	assert_string_equal(k.alias, "a");
	assert_string_equal(k.updated_by, "boss");
	assert_true(k.rotated_at > 0);
	/* Neither the present token nor an old one can be given again. */
	assert_int_equal(tg_key_rotate(db, &k, first, "x", 0, e), -1);
	assert_int_equal(e->code, TG_E_CONFLICT);
	tg_err_reset(e);
	assert_int_equal(tg_key_token_free(db, first, e), -1);
	tg_err_reset(e);
	assert_int_equal(tg_key_token_free(db, old, e), -1);
	tg_err_reset(e);
	tg_sha256_hex(TG_STR("sk-3"), first);
	assert_int_equal(tg_key_token_free(db, first, e), 0);
	assert_int_equal(tg_key_drop(db, id, NULL, e), 1);
	assert_int_equal(tg_key_rotate(db, &k, first, "x", 0, e), -1);
	assert_int_equal(e->code, TG_E_NOT_FOUND);
	tg_err_reset(e);
	return 0;
}

static void
test_rotate(void **state)
{
	run(*state, rotate);
}

/* Twelve keys, k00 to k11: of two people, three teams, some revoked. */
static int
make_page(struct tg_db *db, void *arg, struct tg_err *e)
{
	char alias[8], settings[32];
	int64_t id;

	(void)arg;
	for (int i = 0; i < 12; i++) {
		snprintf(alias, sizeof(alias), "k%02d", (i * 7) % 12);
		snprintf(settings, sizeof(settings), "{\"max_budget\":%d}",
		    i % 5);
		id = insert(db, alias,
		    (struct tg_key){ .alias = alias, .name = "sk-...NAME",
			.person = i % 2, .team = i % 3,
			.organization = i % 4,
			.created_by = i < 6 ? "x" : "y",
			.blocked = i == 3,
			.expires_at = i < 2 ? 100 : i == 2 ? 1000 : 0,
			.settings = settings });
		if (i >= 10)
			assert_int_equal(tg_key_drop(db, id, "x", e), 1);
	}
	return 0;
}

struct page {
	struct tg_key_filter f;
	int64_t total;
	const char *aliases;
};

static const struct page pages[] = {
	{ { 0 }, 10, "k03 k08 k01 k06 k11 k04 k09 k02 k07 k00" },
	{ { .ascending = true }, 10,
	    "k00 k07 k02 k09 k04 k11 k06 k01 k08 k03" },
	{ { .limit = 3, .after = 2 }, 10, "k01 k06 k11" },
	{ { .limit = 3, .after = 9 }, 10, "k00" },
	{ { .limit = 3, .after = 20 }, 10, "" },
	{ { .sort = "key_alias", .ascending = true, .limit = 4 }, 10,
	    "k00 k01 k02 k03" },
	{ { .sort = "key_alias", .limit = 2 }, 10, "k11 k09" },
	{ { .sort = "max_budget", .limit = 4 }, 10, "k03 k04 k08 k09" },
	{ { .sort = "max_budget", .ascending = true, .limit = 2 }, 10,
	    "k00 k11" },
	{ { .sort = "spend", .limit = 2 }, 10, "k02 k07" },
	{ { .person = 1 }, 5, "k03 k01 k11 k09 k07" },
	{ { .team = 2, .ascending = true }, 3, "k02 k11 k08" },
	{ { .person = 1, .team = 2 }, 1, "k11" },
	{ { .organization = 3 }, 2, "k01 k09" },
	{ { .created_by = "y", .limit = 2 }, 4, "k03 k08" },
	{ { .alias = "k04" }, 1, "k04" },
	{ { .like = "K1" }, 1, "k11" },
	{ { .like = "name", .limit = 1 }, 10, "k03" },
	{ { .like = "%" }, 0, "" },
	{ { .revoked = true }, 2, "k05 k10" },
	{ { .state = TG_KEYS_BLOCKED, .now = 500 }, 1, "k09" },
	{ { .state = TG_KEYS_EXPIRED, .now = 500 }, 2, "k07 k00" },
	{ { .state = TG_KEYS_ACTIVE, .now = 500 }, 7,
	    "k03 k08 k01 k06 k11 k04 k02" },
	{ { .sort = "last_used_at", .limit = 1 }, 10, "k03" },
	{ { .with_revoked = true, .limit = 3 }, 12, "k05 k10 k03" },
};

static int
show_pages(struct tg_db *db, void *arg, struct tg_err *e)
{
	struct help *h = arg;
	struct tg_key *keys;
	char got[128];
	int64_t total;
	size_t n, used;

	for (size_t i = 0; i < COUNT(pages); i++) {
		assert_int_equal(tg_key_page(db, h->arena, &pages[i].f, &keys,
		    &n, &total, e), 0);
		got[0] = '\0';
		for (size_t k = used = 0; k < n; k++)
			used += (size_t)snprintf(got + used,
			    sizeof(got) - used, "%s%s", k > 0 ? " " : "",
			    keys[k].alias);
		if (total != pages[i].total ||
		    strcmp(got, pages[i].aliases) != 0)
			fail_msg("page %zu: %s, of %lld", i, got,
			    (long long)total);
	}
	assert_int_equal(tg_key_page(db, h->arena,
	    &(struct tg_key_filter){ .sort = "color" }, &keys, &n, &total,
	    e), -1);
	assert_int_equal(e->code, TG_E_INVALID);
	assert_string_equal(e->param, "sort_by");
	tg_err_reset(e);
	return 0;
}

static void
test_pages(void **state)
{
	struct help *h = *state;
	struct tg_key master = { .alias = "master" };

	tg_sha256_hex(TG_STR("sk-m"), master.token);
	assert_int_equal(tg_key_set_master(h->store, &master, &h->e), 0);
	run(h, make_page);
	help_sql(h->dir, "tollgate.db", "UPDATE accounts SET spent_nano = 100 "
	    "WHERE scope = 2 AND subject IN "
	    "(SELECT id FROM keys WHERE alias = 'k07'); "
	    "UPDATE accounts SET spent_nano = 200 WHERE scope = 2 AND subject "
	    "IN (SELECT id FROM keys WHERE alias = 'k02')");
	run(h, show_pages);
}

static int64_t
last_used(struct help *h, int64_t id)
{
	struct tg_key k;

	assert_int_equal(
	    tg_key_find_id(h->store, h->arena, id, &k, &h->e), 1);
	return k.last_used_at;
}

static int
open_call(struct tg_db *db, void *arg, struct tg_err *e)
{
	return tg_call_insert(db, arg, e);
}

static void
call_at(struct help *h, int64_t id, int64_t at)
{
	struct tg_call_row c = help_call(id);

	c.start_at = at;
	assert_int_equal(
	    tg_write(h->store, TG_DB_MAIN, open_call, &c, &h->e), 0);
	tg_call_noted(h->store, &c);
}

/* Noted when a call is opened, once a minute, and no change of rules. */
static void
test_last_used(void **state)
{
	struct help *h = *state;
	int64_t id = help_key(h->store, "sk-one", NULL);
	int64_t at = tg_wall_us(), rules = version(h);

	assert_int_equal(last_used(h, id), 0);
	call_at(h, id, at);
	assert_int_equal(last_used(h, id), at);
	call_at(h, id, at + 59 * 1000000);
	assert_int_equal(last_used(h, id), at);
	call_at(h, id, at + 61 * 1000000);
	assert_int_equal(last_used(h, id), at + 61 * 1000000);
	assert_int_equal(version(h), rules);
}

static void
test_log_modes(void **state)
{
	enum tg_log_mode m = TG_LOG_UNSET;

	(void)state;
	assert_null(tg_log_mode_name(TG_LOG_UNSET));
	for (int i = TG_LOG_FULL; i <= TG_LOG_NONE; i++) {
		assert_int_equal(
		    tg_log_mode_parse(tg_str(tg_log_mode_name(i)), &m), 0);
		assert_int_equal(m, i);
	}
	assert_int_equal(tg_log_mode_parse(TG_STR("some"), &m), -1);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, help_new, help_free)
	const struct CMUnitTest tests[] = { T(test_round_trip),
		T(test_missing), T(test_conflicts), T(test_list),
		T(test_master), T(test_change), T(test_rotate), T(test_pages),
		T(test_last_used),
		cmocka_unit_test(test_log_modes) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
