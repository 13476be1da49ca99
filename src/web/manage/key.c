/*
 * Making keys and asking about one, in LiteLLM's shapes (litellm-compat.md
 * 2.1).  The command `tollgate key` calls these, too.
 */
#include "config.h"

#include "web/manage/key.h"
#include "web/me.h"

static int
make(struct tg_manage *m, bool service)
{
	json_t *body = tg_manage_copy(m, m->body);
	struct tg_key key = {
		.role = TG_KEY_CALLER,
		.models = "[]",
		.metadata = "{}",
		.settings = "{}",
		.created_by = m->w->who,
		.created_at = m->now,
		.updated_at = m->now,
	};
	const char *secret;
	int may;

	/* Wrong types are told before they are looked into. */
	tg_fields_lift(tg_fields_key, body);
	if (tg_fields_check(m->e, tg_fields_key, body) != 0)
		return -1;
	may = tg_key_may_make(m, body, service);
	if (may < 0 ||
	    (may == 0 &&
		(tg_key_contain(m, body, &m->w->key, true) != 0 ||
		    tg_key_may_breed(m, &m->w->key) != 0)) ||
	    tg_key_defaults(m, body) != 0 ||
	    tg_key_upperbound(m, body) != 0 ||
	    tg_key_secret(m, body, "key", &key, &secret) != 0 ||
	    tg_key_read(m, body, &key) != 0 || tg_key_store(m, &key) != 0 ||
	    tg_key_spend(m, body, &key) != 0 ||
	    tg_manage_audit(m, "created", TG_TABLE_KEY, key.token, NULL,
		tg_key_row(m, &key)) != 0)
		return -1;
	m->answer =
	    json_incref(tg_key_new_row(m, &key, m->body, secret));
	return m->answer != NULL ? 0 : -1;
}

int
tg_web_key_generate(struct tg_manage *m)
{
	return make(m, false);
}

int
tg_web_key_service(struct tg_manage *m)
{
	const char *team, *user;

	if (tg_manage_text(m, "team_id", &team) != 0 ||
	    tg_manage_text(m, "user_id", &user) != 0)
		return -1;
	if (team == NULL)
		return tg_fail_param(m->e, TG_E_INVALID, "team_id",
		    "A service account belongs to a team: 'team_id' is "
		    "missing.");
	if (user != NULL)
		return tg_fail_param(m->e, TG_E_INVALID, "user_id",
		    "A service account belongs to no user: leave out "
		    "'user_id'.");
	return make(m, true);
}

/* --- info --- */

/* 1 found and the caller may see it, 0 there is none (told to admins only). */
static int
look(struct tg_manage *m, const char *given, struct tg_key *key)
{
	int rc = tg_row_find_key(m, given, key), may = 0;

	if (rc < 0)
		return -1;
	if (rc == 1)
		may = tg_caller_sees_key(m, key);
	if (may < 0)
		return -1;
	if (may == 0 && !m->w->caller->viewer)
		return tg_fail(m->e, TG_E_FORBIDDEN,
		    "This key may only ask about itself, or about keys of "
		    "its own user and teams.");
	return rc;
}

/* About oneself there is more to say. */
static int
add_facts(struct tg_manage *m, const struct tg_key *key)
{
	json_t *facts = tg_me_facts(m, key);

	(void)json_object_set(m->answer, "facts", facts);
	return facts != NULL ? 0 : -1;
}

int
tg_web_key_info(struct tg_manage *m)
{
	const char *given = tg_manage_query(m, "key");
	struct tg_key key = m->w->key;
	json_t *row;
	int rc = 1;

	if (given != NULL)
		rc = look(m, given, &key);
	else if (key.token[0] == '\0' ||
	    tg_manage_query(m, "key_alias") != NULL)
		rc = 0; /* asking by alias is not LiteLLM's either */
	if (rc < 0)
		return -1;
	if (rc == 0)
		return tg_fail_param(m->e, TG_E_NOT_FOUND, "key",
		    "Key not found. Give it as sk-... or as its hash.");
	row = tg_row_key(m, &key, true);
	if (row == NULL)
		return -1;
	m->answer = json_object();
	tg_jtree_set_text(
	    m->answer, "key", given != NULL ? given : key.token);
	(void)json_object_set(m->answer, "info", row);
	return given == NULL ? add_facts(m, &key) : 0;
}

int
tg_web_key_infos(struct tg_manage *m)
{
	json_t *keys = json_object_get(m->body, "keys"), *one, *row;
	json_t *rows = tg_manage_keep(m, json_array());
	struct tg_key key;
	size_t i;
	int rc;

	if (!json_is_array(keys))
		return tg_fail_param(m->e, TG_E_MISSING, "keys",
		    "'keys' is missing: a list of keys or hashes.");
	json_array_foreach(keys, i, one) {
		const char *given = json_string_value(one);
		if (given == NULL)
			return tg_fail_param(m->e, TG_E_TYPE, "keys",
			    "'keys' must be a list of strings.");
		rc = look(m, given, &key);
		if (rc < 0)
			return -1;
		if (rc == 0)
			continue;
		row = tg_row_key(m, &key, false);
		if (row == NULL)
			return -1;
		(void)json_array_append(rows, row);
	}
	if (json_array_size(rows) == 0)
		return tg_fail_param(
		    m->e, TG_E_NOT_FOUND, "keys", "No keys found");
	m->answer = json_pack("{s:O, s:O}", "key", keys, "info", rows);
	return 0;
}

/* clang-format off */
const struct tg_route tg_routes_key[] = {
	{ TG_POST, "/key/generate", TG_ACCESS_KEY, tg_run_change,
	    tg_web_key_generate, "Make a key", TG_FAULT_ERROR },
	{ TG_POST, "/key/service-account/generate", TG_ACCESS_KEY,
	    tg_run_change, tg_web_key_service, "Make a team's key of no user",
	    TG_FAULT_ERROR },
	{ TG_GET, "/key/info", TG_ACCESS_KEY, tg_run_look, tg_web_key_info,
	    "About a key, without argument the caller's own", TG_FAULT_ERROR },
	{ TG_POST, "/v2/key/info", TG_ACCESS_KEY, tg_run_look, tg_web_key_infos,
	    "About several keys", TG_FAULT_ERROR },
	{ TG_POST, "/key/update", TG_ACCESS_KEY, tg_run_change,
	    tg_web_key_update, "Change a key", TG_FAULT_ERROR },
	{ TG_POST, "/key/bulk_update", TG_ACCESS_KEY, tg_run_change,
	    tg_web_keys_update, "Change several keys", TG_FAULT_DETAIL },
	{ TG_POST, "/key/delete", TG_ACCESS_KEY, tg_run_change,
	    tg_web_key_delete, "Revoke keys", TG_FAULT_ERROR },
	{ TG_GET, "/key/list", TG_ACCESS_KEY, tg_run_look, tg_web_key_list,
	    "Keys by page", TG_FAULT_ERROR },
	{ TG_GET, "/key/aliases", TG_ACCESS_KEY, tg_run_look,
	    tg_web_key_aliases, "Aliases of keys by page", TG_FAULT_ERROR },
	{ TG_POST, "/key/block", TG_ACCESS_KEY, tg_run_change, tg_web_key_block,
	    "Block a key", TG_FAULT_ERROR },
	{ TG_POST, "/key/unblock", TG_ACCESS_KEY, tg_run_change,
	    tg_web_key_unblock, "Unblock a key", TG_FAULT_ERROR },
	{ TG_POST, "/key/health", TG_ACCESS_KEY, tg_run_look, tg_web_key_health,
	    "Does the caller's key work?", TG_FAULT_ERROR },
	{ TG_POST, "/key/regenerate", TG_ACCESS_KEY, tg_run_change,
	    tg_web_key_regenerate, "A new secret for a key", TG_FAULT_ERROR },
	{ TG_POST, "/key/{key}/regenerate", TG_ACCESS_KEY, tg_run_change,
	    tg_web_key_regenerate, "A new secret for a key", TG_FAULT_ERROR },
	{ TG_POST, "/key/{key}/reset_spend", TG_ACCESS_KEY, tg_run_change,
	    tg_web_key_reset, "Lower what a key has spent", TG_FAULT_DETAIL },
	{ .path = NULL },
};
/* clang-format on */
