#include "config.h"

/* store/keys.h */
#include "unit.h"

#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
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
last_used(struct help *h, int64_t id)
{
	struct tg_key k;

	assert_int_equal(
	    tg_key_find_id(h->store, h->arena, id, &k, &h->e), 1);
	return k.last_used_at;
}

/* Noted when a call is opened, once a minute. */
static void
test_last_used(void **state)
{
	struct help *h = *state;
	int64_t id = help_key(h->store, "sk-one", NULL);
	struct tg_call_row c = help_call(id);
	int64_t at = c.start_at;

	assert_int_equal(last_used(h, id), 0);
	assert_int_equal(tg_call_open(h->store, &c, &h->e), 0);
	assert_int_equal(last_used(h, id), at);
	c = help_call(id);
	c.start_at = at + 59 * 1000000;
	assert_int_equal(tg_call_open(h->store, &c, &h->e), 0);
	assert_int_equal(last_used(h, id), at);
	c = help_call(id);
	c.start_at = at + 61 * 1000000;
	assert_int_equal(tg_call_open(h->store, &c, &h->e), 0);
	assert_int_equal(last_used(h, id), at + 61 * 1000000);
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
		T(test_master), T(test_last_used),
		cmocka_unit_test(test_log_modes) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
