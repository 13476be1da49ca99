/* Keys that are there already: changed, blocked, several at once. */
#include "config.h"

#include "web/manage/key.h"

#define BULK_MOST 500

int
tg_key_may_move(
    struct tg_manage *m, const json_t *body, const struct tg_key *key)
{
	static const char *const names[] = { "user_id", "team_id",
		"project_id", "organization_id" };
	const int64_t owners[] = { key->person, key->team, key->project,
		key->organization };
	const char *own, *asked;

	if (m->w->caller->admin)
		return 0;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const json_t *v = json_object_get(body, names[i]);
		if (v == NULL)
			continue;
		asked = json_string_value(v);
		if (tg_row_name(m, owners[i], &own) != 0)
			return -1;
		if ((own == NULL) != (asked == NULL) ||
		    (own != NULL && strcmp(own, asked) != 0))
			return tg_caller_deny(m, tg_arena_printf(m->a,
			    "update key: only an administrator may change "
			    "its '%s'", names[i]));
	}
	return 0;
}

/* 1: the caller administers the team of the key, so may set its limits. */
static int
runs_team(struct tg_manage *m, const struct tg_key *key)
{
	struct tg_subject team;
	int rc;

	if (m->w->caller->admin)
		return 1;
	if (key->team == 0)
		return 0;
	rc = tg_subject_by_id(m->db, m->a, key->team, &team, m->e);
	return rc == 1 ? tg_caller_team(m, &team) : rc;
}

static int
change(struct tg_manage *m, const json_t *sent, const char *given,
    struct tg_key *key)
{
	json_t *body = tg_manage_copy(m, sent), *before;
	int runs;

	tg_fields_lift(tg_fields_key, body);
	if (tg_fields_check(m->e, tg_fields_key, body) != 0 ||
	    tg_key_mine(m, given, "/key/update", key) != 0)
		return -1;
	runs = runs_team(m, key);
	before = tg_key_row(m, key);
	if (runs < 0 || before == NULL ||
	    tg_key_may_move(m, body, key) != 0 ||
	    (runs == 0 && tg_key_contain(m, body, key, false) != 0) ||
	    tg_key_read(m, body, key) != 0 || tg_key_store(m, key) != 0 ||
	    tg_key_spend(m, body, key) != 0)
		return -1;
	return tg_manage_audit(m, "updated", TG_TABLE_KEY, key->token,
	    before, tg_key_row(m, key));
}

int
tg_web_key_update(struct tg_manage *m)
{
	const char *given;
	struct tg_key key;
	json_t *row;

	if (tg_manage_need(m, "key", &given) != 0 ||
	    change(m, m->body, given, &key) != 0)
		return -1;
	row = tg_key_row(m, &key);
	if (row == NULL)
		return -1;
	tg_jtree_set_text(row, "key", given);
	m->answer = json_incref(row);
	return 0;
}

/* --- several --- */

/*
 * Each for itself: what is wrong with one does not touch the others.  Checks
 * come before the first write, so a refused one has changed nothing; only a
 * failing database ends it all.
 */
static int
update_one(struct tg_manage *m, json_t *one, json_t *good, json_t *bad)
{
	const json_t *given = json_object_get(one, "key");
	struct tg_err mine = { 0 }, *all = m->e;
	struct tg_key key;
	json_t *row;
	int rc = -1;

	m->e = &mine;
	if (!json_is_string(given))
		(void)tg_fail_param(
		    m->e, TG_E_MISSING, "key", "'key' is missing.");
	else
		rc = change(m, one, json_string_value(given), &key);
	m->e = all;
	if (rc != 0 && mine.code == TG_E_STORE)
		return tg_err_pass(all, &mine);
	if (rc != 0) {
		(void)json_array_append_new(bad,
		    json_pack("{s:O?, s:o, s:s}", "key", given, "key_info",
			json_null(), "failed_reason", mine.msg));
		return 0;
	}
	row = tg_key_row(m, &key);
	if (row == NULL)
		return -1;
	return json_array_append_new(good,
	    json_pack("{s:O, s:O}", "key", given, "key_info", row));
}

int
tg_web_keys_update(struct tg_manage *m)
{
	json_t *keys = json_object_get(m->body, "keys"), *one;
	json_t *good = tg_manage_keep(m, json_array());
	json_t *bad = tg_manage_keep(m, json_array());
	size_t n = json_array_size(keys), i;

	if (!m->w->caller->admin)
		return tg_caller_deny(m, "update several keys");
	if (keys != NULL && !json_is_array(keys))
		return tg_fail_param(
		    m->e, TG_E_TYPE, "keys", "'keys' must be a list.");
	if (n == 0 || n > BULK_MOST)
		return tg_fail_param(m->e, TG_E_INVALID, "keys",
		    "'keys' must hold 1 to %d keys.", BULK_MOST);
	json_array_foreach(keys, i, one) {
		if (!json_is_object(one))
			return tg_fail_param(m->e, TG_E_TYPE, "keys",
			    "'keys' must be a list of objects.");
		if (update_one(m, one, good, bad) != 0)
			return -1;
	}
	m->answer = json_pack("{s:I, s:O, s:O}", "total_requested",
	    (json_int_t)n, "successful_updates", good, "failed_updates", bad);
	return 0;
}

/* --- block --- */

static int
set_blocked(struct tg_manage *m, bool blocked)
{
	const char *route = blocked ? "/key/block" : "/key/unblock";
	json_t *body = tg_manage_keep(
	    m, json_pack("{s:b}", "blocked", blocked));
	const char *given;
	struct tg_key key;
	json_t *before, *row;
	int may;

	if (tg_manage_need(m, "key", &given) != 0)
		return -1;
	if (strncmp(given, "sk-", 3) != 0 &&
	    strlen(given) != TG_SHA256_HEX - 1)
		return tg_fail_param(
		    m->e, TG_E_INVALID, "key", "Invalid key format.");
	if (tg_key_mine(m, given, route, &key) != 0)
		return -1;
	may = runs_team(m, &key);
	if (may <= 0)
		return may < 0 ? -1 : tg_caller_deny(m, "block keys");
	before = tg_key_row(m, &key);
	if (before == NULL || tg_key_read(m, body, &key) != 0 ||
	    tg_key_store(m, &key) != 0)
		return -1;
	row = tg_key_row(m, &key);
	if (row == NULL ||
	    tg_manage_audit(m, blocked ? "blocked" : "unblocked",
		TG_TABLE_KEY, key.token, before, row) != 0)
		return -1;
	m->answer = json_incref(row);
	return 0;
}

int
tg_web_key_block(struct tg_manage *m)
{
	return set_blocked(m, true);
}

int
tg_web_key_unblock(struct tg_manage *m)
{
	return set_blocked(m, false);
}
