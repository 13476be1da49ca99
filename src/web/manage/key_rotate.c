/* A new secret for a key, its spending by hand, and whether it works. */
#include "config.h"

#include "base/clock.h"
#include "base/money.h"
#include "web/manage/key.h"
#include "web/manage/sign_in.h"

/* By the path, the query, or the body; without any the caller's own. */
static int
which(struct tg_manage *m, const char **given)
{
	if (m->w->rest.n > 0)
		*given = tg_arena_cstr(m->a, m->w->rest);
	else
		*given = tg_manage_query(m, "key");
	if (*given == NULL && tg_manage_text(m, "key", given) != 0)
		return -1;
	if (*given == NULL)
		return tg_fail_param(m->e, TG_E_INVALID, "key",
		    "No key was given: POST /key/regenerate?key=..., or "
		    "/key/{key}/regenerate.");
	return 0;
}

/* "24h" -> until when; nothing and 0s: the old one ends at once. */
static int
grace_until(struct tg_manage *m, int64_t *until)
{
	const char *text;
	int64_t s;

	*until = 0;
	if (tg_manage_text(m, "grace_period", &text) != 0)
		return -1;
	if (text == NULL)
		return 0;
	if (tg_duration_parse(tg_str(text), &s) != 0 || s < 0)
		return tg_fail_param(m->e, TG_E_INVALID, "grace_period",
		    "'grace_period' must be a time such as 30m or 24h.");
	if (s > 0)
		*until = m->now + s * 1000000;
	return 0;
}

/* The master key: its own member, and nothing else of it is changed. */
static int
rotate_master(struct tg_manage *m, struct tg_key *key, const char **secret)
{
	enum tg_visit rank;
	int64_t until;

	/* Who holds it may do what owners may. */
	if (tg_sign_in_rank(m, &rank) != 0)
		return -1;
	if (rank != TG_VISIT_OWNER)
		return tg_caller_deny(m, "change the master key");
	if (key->id == 0)
		return tg_fail(m->e, TG_E_INVALID,
		    "The master key stands in tollgate.ini: change it there.");
	if (grace_until(m, &until) != 0 ||
	    tg_key_secret(m, m->body, "new_master_key", key, secret) != 0)
		return -1;
	return tg_key_rotate(
	    m->db, key, key->token, key->name, until, m->e);
}

static int
rotate(struct tg_manage *m, const char *given, struct tg_key *key,
    const char **secret)
{
	json_t *body = tg_manage_copy(m, m->body);
	char old[TG_SHA256_HEX], token[TG_SHA256_HEX];
	const char *name;
	int64_t until;

	(void)json_object_del(body, "key");
	tg_fields_lift(tg_fields_key, body);
	if (tg_fields_check(m->e, tg_fields_key, body) != 0 ||
	    tg_key_mine(m, given, "/key/regenerate", key) != 0 ||
	    grace_until(m, &until) != 0 ||
	    tg_key_may_move(m, body, key) != 0 ||
	    (!m->w->caller->admin &&
		tg_key_contain(m, body, key, false) != 0))
		return -1;
	memcpy(old, key->token, sizeof(old));
	if (tg_key_secret(m, body, "new_key", key, secret) != 0)
		return -1;
	memcpy(token, key->token, sizeof(token));
	memcpy(key->token, old, sizeof(old));
	name = key->name;
	if (tg_key_rotate(m->db, key, token, name, until, m->e) != 0)
		return -1;
	memcpy(key->token, token, sizeof(token));
	key->name = name;
	if (tg_key_read(m, body, key) != 0)
		return -1;
	return tg_key_store(m, key);
}

int
tg_web_key_regenerate(struct tg_manage *m)
{
	struct tg_key key, was;
	const char *given, *secret;
	json_t *before, *row;
	int rc;

	if (which(m, &given) != 0 || tg_key_given(m, given, &was) != 0)
		return -1;
	before = tg_key_row(m, &was);
	if (before == NULL)
		return -1;
	key = was;
	if (was.role == TG_KEY_MASTER)
		rc = rotate_master(m, &key, &secret);
	else
		rc = rotate(m, given, &key, &secret);
	if (rc != 0 ||
	    tg_key_get_id(m->db, m->a, was.id, &key, m->e) != 1 ||
	    (row = tg_key_new_row(m, &key, m->body, secret)) == NULL ||
	    tg_manage_audit(m, "rotated", TG_TABLE_KEY, was.token, before,
		tg_key_row(m, &key)) != 0)
		return -1;
	m->answer = json_incref(row);
	return 0;
}

/* --- spending by hand --- */

static int
reset_amount(struct tg_manage *m, int64_t *nano)
{
	const json_t *v = json_object_get(m->body, "reset_to");

	if (v == NULL)
		return tg_fail_param(m->e, TG_E_MISSING, "reset_to",
		    "'reset_to' is missing: an amount in USD.");
	if (!json_is_number(v))
		return tg_fail_param(m->e, TG_E_TYPE, "reset_to",
		    "'reset_to' must be a number.");
	if (tg_nano_parse(tg_str(tg_manage_print(m, v)), nano) != 0)
		return tg_fail_param(m->e, TG_E_INVALID, "reset_to",
		    "'reset_to' must be 0 or more.");
	return 0;
}

static int
may_reset(struct tg_manage *m, const struct tg_key *key)
{
	struct tg_subject team;
	int rc = m->w->caller->admin;

	if (rc == 0 && key->team != 0) {
		rc = tg_subject_by_id(
		    m->db, m->a, key->team, &team, m->e);
		rc = rc == 1 ? tg_caller_team(m, &team) : rc;
	}
	if (rc == 0)
		return tg_caller_deny(m, "reset the spend of keys");
	return rc < 0 ? -1 : 0;
}

int
tg_web_key_reset(struct tg_manage *m)
{
	const char *given = tg_arena_cstr(m->a, m->w->rest);
	struct tg_figures was;
	struct tg_key key;
	const json_t *settings, *most;
	int64_t to;
	json_t *before, *after;

	if (reset_amount(m, &to) != 0 || tg_key_given(m, given, &key) != 0 ||
	    may_reset(m, &key) != 0)
		return -1;
	settings = tg_row_settings(m, key.settings, key.budget);
	if (settings == NULL ||
	    tg_row_figures(
		m, TG_SCOPE_KEY, key.id, settings, &was) != 0)
		return -1;
	most = json_object_get(settings, "max_budget");
	if (to > was.spent_nano ||
	    (json_is_number(most) &&
		(double)to / 1e9 > json_number_value(most)))
		return tg_fail_param(m->e, TG_E_INVALID, "reset_to",
		    "'reset_to' must not be above what the key has spent, "
		    "nor above its budget.");
	before = tg_key_row(m, &key);
	if (before == NULL ||
	    tg_account_adjust(m->db, TG_SCOPE_KEY, key.id, "", to, false,
		m->e) < 0 ||
	    (after = tg_key_row(m, &key)) == NULL ||
	    tg_manage_audit(m, "updated", TG_TABLE_KEY, key.token, before,
		after) != 0)
		return -1;
	m->answer = json_pack("{s:s, s:O, s:O, s:O, s:O}", "key_hash",
	    key.token, "spend", json_object_get(after, "spend"),
	    "previous_spend", json_object_get(before, "spend"), "max_budget",
	    json_object_get(after, "max_budget"), "budget_reset_at",
	    json_object_get(after, "budget_reset_at"));
	return 0;
}

/* Whoever gets here has a key that works; nothing is called back. */
int
tg_web_key_health(struct tg_manage *m)
{
	m->answer = json_pack(
	    "{s:s, s:n}", "key", "healthy", "logging_callbacks");
	return 0;
}
