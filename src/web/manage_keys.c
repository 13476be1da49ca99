/*
 * /key/generate, /key/info, /key/delete in LiteLLM's shapes
 * (litellm-compat.md 2.1).  The command `tollgate key` calls these too.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/escape.h"
#include "base/id.h"
#include "base/jtree.h"
#include "base/limits.h"
#include "store/keys.h"
#include "web/manage.h"

/* Promises that a later version keeps; see tg_manage_refuse(). */
static const char *const not_yet[] = { "max_budget", "soft_budget",
	"budget_duration", "budget_limits", "budget_id", "model_max_budget",
	"budget_fallbacks", "rpm_limit", "tpm_limit", "model_rpm_limit",
	"model_tpm_limit", "mcp_rpm_limit", "tag_rpm_limit",
	"max_parallel_requests", "guardrails", "policies", "enforced_params",
	"allowed_routes", "aliases", "auto_rotate", "user_id", "team_id",
	"project_id", "organization_id", "blocked", NULL };

/* Members of every answer that this version has no value for. */
static const char *const always_null[] = { "max_budget", "expires", "user_id",
	"team_id", "agent_id", "project_id", "organization_id",
	"max_parallel_requests", "tpm_limit", "rpm_limit", "budget_duration",
	"budget_reset_at", "budget_limits", "soft_budget", "budget_id",
	"litellm_budget_table", "object_permission", "object_permission_id",
	"access_group_ids", "policies", "guardrails", "prompts", "tags",
	"enforced_params", "rpm_limit_type", "tpm_limit_type",
	"router_settings", "rotation_interval", "last_rotation_at",
	"key_rotation_at", "blocked", "model_rpm_limit", "model_tpm_limit",
	NULL };
/* And of /key/generate's alone. */
static const char *const made_null[] = { "duration", "mcp_rpm_limit",
	"tag_rpm_limit", "disable_global_guardrails",
	"throttle_on_budget_exceeded", "allowed_passthrough_routes",
	"allowed_vector_store_indexes", NULL };
static const char *const always_object[] = { "aliases", "config",
	"permissions", "model_spend", "model_max_budget", "budget_fallbacks",
	NULL };
static const char *const always_array[] = { "allowed_cache_controls",
	"allowed_routes", NULL };

static int read_key(struct tg_web *, const json_t *, struct tg_key *,
    const char **);
static json_t *key_row(const struct tg_key *);
static int find_key(struct tg_web *, struct tg_str, struct tg_key *);

int
tg_web_key_generate(struct tg_web *w)
{
	struct tg_key key = { 0 };
	const char *secret = NULL;
	json_t *body = tg_manage_body(w), *row;

	if (body == NULL)
		return -1;
	if (read_key(w, body, &key, &secret) != 0 ||
	    tg_key_add(tg_app_store(w->app), &key, &w->rq->err) != 0) {
		json_decref(body);
		return -1;
	}
	row = key_row(&key);
	for (size_t i = 0; made_null[i] != NULL; i++)
		(void)json_object_set_new(row, made_null[i], json_null());
	tg_jtree_set_text(row, "key", secret);
	tg_jtree_set_text(row, "token", key.token);
	tg_jtree_set_text(row, "token_id", key.token);
	(void)json_object_set_new(row, "key_type", json_string("default"));
	json_decref(body);
	return tg_manage_send(w, row);
}

/* --- reading --- */

static int
read_secret(struct tg_web *w, const json_t *body, struct tg_key *key,
    const char **secret)
{
	struct tg_request *rq = w->rq;
	char *made;

	if (tg_jtree_text(body, "key", secret, &rq->err) != 0)
		return -1;
	if (*secret == NULL) {
		made = tg_arena_alloc(rq->arena, TG_KEY_BYTES);
		*secret = tg_key_new(made);
	}
	if (strncmp(*secret, "sk-", 3) != 0 || strlen(*secret) < 8 ||
	    strlen(*secret) > TG_MAX_KEY_TEXT)
		return tg_fail_param(&rq->err, TG_E_INVALID, "key",
		    "A key must begin with 'sk-' and have 8 to %d characters.",
		    TG_MAX_KEY_TEXT);
	tg_sha256_hex(tg_str(*secret), key->token);
	key->name = tg_arena_cstr(
	    rq->arena, tg_mask_key(rq->arena, tg_str(*secret)));
	return 0;
}

static int
read_models(struct tg_web *w, const json_t *body, struct tg_key *key)
{
	const json_t *list = json_object_get(body, "models");
	size_t i;
	json_t *one;
	char *text;

	key->models = "[]";
	if (list == NULL || json_is_null(list))
		return 0;
	if (!json_is_array(list))
		goto wrong;
	json_array_foreach(list, i, one) {
		if (!json_is_string(one) || json_string_length(one) == 0)
			goto wrong;
	}
	text = tg_jtree_print(list);
	if (text == NULL)
		return tg_fail(&w->rq->err, TG_E_INTERNAL, "out of memory");
	key->models = tg_arena_cstr(w->rq->arena, tg_str(text));
	free(text);
	return 0;
wrong:
	return tg_fail_param(&w->rq->err, TG_E_TYPE, "models",
	    "'models' must be a list of model names.");
}

static int
read_metadata(struct tg_web *w, const json_t *body, struct tg_key *key)
{
	const json_t *m = json_object_get(body, "metadata");
	char *text;

	key->metadata = "{}";
	if (m == NULL || json_is_null(m))
		return 0;
	if (!json_is_object(m))
		return tg_fail_param(&w->rq->err, TG_E_TYPE, "metadata",
		    "'metadata' must be an object.");
	text = tg_jtree_print(m);
	if (text == NULL)
		return tg_fail(&w->rq->err, TG_E_INTERNAL, "out of memory");
	key->metadata = tg_arena_cstr(w->rq->arena, tg_str(text));
	free(text);
	return 0;
}

/* "log" is ours: full, numbers or none. */
static int
read_log_and_life(struct tg_web *w, const json_t *body, struct tg_key *key)
{
	struct tg_err *e = &w->rq->err;
	const char *log = NULL, *duration = NULL;
	int64_t s;

	if (tg_jtree_text(body, "log", &log, e) != 0 ||
	    tg_jtree_text(body, "duration", &duration, e) != 0)
		return -1;
	if (log != NULL && tg_log_mode_parse(tg_str(log), &key->log) != 0)
		return tg_fail_param(e, TG_E_INVALID, "log",
		    "'log' must be full, numbers or none.");
	if (duration == NULL || strcmp(duration, "-1") == 0)
		return 0;
	if (tg_duration_parse(tg_str(duration), &s) != 0 || s <= 0)
		return tg_fail_param(e, TG_E_INVALID, "duration",
		    "'duration' must be a time such as 30s, 30m, 12h, 30d or "
		    "1mo.");
	key->expires_at = key->created_at + s * 1000000;
	return 0;
}

static int
read_key(struct tg_web *w, const json_t *body, struct tg_key *key,
    const char **secret)
{
	struct tg_err *e = &w->rq->err;

	key->role = TG_KEY_CALLER;
	key->created_at = key->updated_at = tg_wall_us();
	key->created_by = w->who;
	if (tg_manage_refuse(w, body, not_yet) != 0 ||
	    tg_jtree_text(body, "key_alias", &key->alias, e) != 0 ||
	    read_secret(w, body, key, secret) != 0 ||
	    read_models(w, body, key) != 0 ||
	    read_metadata(w, body, key) != 0 ||
	    read_log_and_life(w, body, key) != 0)
		return -1;
	if (key->alias != NULL) {
		if (*key->alias == '\0')
			key->alias = NULL;
		else
			key->alias = tg_arena_cstr(
			    w->rq->arena, tg_str(key->alias));
	}
	*secret = tg_arena_cstr(w->rq->arena, tg_str(*secret));
	return 0;
}

/* --- writing --- */

static void
set_text_json(json_t *row, const char *name, const char *text)
{
	struct tg_err ignored = { 0 };
	json_t *v = tg_jtree_parse(tg_str(text), &ignored);

	(void)json_object_set_new(row, name, v != NULL ? v : json_null());
}

static json_t *
key_row(const struct tg_key *key)
{
	json_t *row = json_object();

	for (size_t i = 0; always_null[i] != NULL; i++)
		(void)json_object_set_new(row, always_null[i], json_null());
	for (size_t i = 0; always_object[i] != NULL; i++)
		(void)json_object_set_new(row, always_object[i], json_object());
	for (size_t i = 0; always_array[i] != NULL; i++)
		(void)json_object_set_new(row, always_array[i], json_array());
	tg_jtree_set_text(row, "key_name", key->name);
	tg_jtree_set_text(row, "key_alias", key->alias);
	set_text_json(row, "models", key->models);
	set_text_json(row, "metadata", key->metadata);
	(void)json_object_set_new(row, "spend", json_integer(0));
	(void)json_object_set_new(
	    row, "expires", tg_manage_time(key->expires_at));
	(void)json_object_set_new(
	    row, "created_at", tg_manage_time(key->created_at));
	(void)json_object_set_new(
	    row, "updated_at", tg_manage_time(key->updated_at));
	(void)json_object_set_new(
	    row, "last_active", tg_manage_time(key->last_used_at));
	tg_jtree_set_text(row, "created_by", key->created_by);
	tg_jtree_set_text(row, "updated_by", key->created_by);
	tg_jtree_set_text(row, "log", tg_log_mode_name(key->log));
	if (key->blocked)
		(void)json_object_set_new(row, "blocked", json_true());
	(void)json_object_set_new(row, "rotation_count", json_integer(0));
	(void)json_object_set_new(row, "auto_rotate", json_false());
	(void)json_object_set_new(row, "soft_budget_cooldown", json_false());
	if (key->revoked_at != 0) {
		(void)json_object_set_new(
		    row, "status", json_string("deleted"));
		(void)json_object_set_new(
		    row, "deleted_at", tg_manage_time(key->revoked_at));
	}
	return row;
}

/* Given as the key itself or as its hash, everywhere. */
static int
find_key(struct tg_web *w, struct tg_str given, struct tg_key *key)
{
	char token[TG_SHA256_HEX];

	if (tg_str_starts(given, "sk-"))
		tg_sha256_hex(given, token);
	else if (given.n == TG_SHA256_HEX - 1)
		(void)snprintf(token, sizeof(token), "%.*s", TG_PRI(given));
	else
		return 0;
	return tg_key_find(tg_app_store(w->app), w->rq->arena, token, key,
	    &w->rq->err);
}

int
tg_web_key_info(struct tg_web *w)
{
	struct tg_request *rq = w->rq;
	struct tg_key key = w->key;
	struct tg_str given;
	bool implicit = !tg_query_get(rq->arena, rq->query, "key", &given);
	json_t *out;
	int found = 1;

	if (!implicit)
		found = find_key(w, given, &key);
	else if (key.token[0] == '\0' ||
	    tg_query_get(rq->arena, rq->query, "key_alias", &given))
		found = 0; /* asking by alias is not LiteLLM's either */
	if (found < 0)
		return -1;
	if (!w->admin && (found == 0 || strcmp(key.token, w->key.token) != 0))
		return tg_fail_param(&rq->err, TG_E_ROUTE_DENIED, "key",
		    "This key may only ask about itself.");
	if (found == 0)
		return tg_fail_param(&rq->err, TG_E_NOT_FOUND, "key",
		    "Key not found. Give it as sk-... or as its hash.");
	out = json_object();
	tg_jtree_set_text(out, "key",
	    implicit ? key.token : tg_arena_cstr(rq->arena, given));
	(void)json_object_set_new(out, "info", key_row(&key));
	return tg_manage_send(w, out);
}

/* --- deleting --- */

/* 1 revoked, 0 no such living key, -1 failed. */
static int
delete_one(struct tg_web *w, const json_t *given, bool by_alias)
{
	const char *text = json_string_value(given);
	struct tg_store *s = tg_app_store(w->app);
	struct tg_key key;
	int found;

	if (text == NULL)
		return tg_fail_param(&w->rq->err, TG_E_TYPE,
		    by_alias ? "key_aliases" : "keys",
		    "It must be a list of strings.");
	found = by_alias ? tg_key_find_alias(s, w->rq->arena, text, &key,
			       &w->rq->err) :
			   find_key(w, tg_str(text), &key);
	if (found != 1)
		return found;
	return tg_key_revoke(s, key.token, &w->rq->err);
}

static int
delete_list(struct tg_web *w, const json_t *list, bool by_alias,
    json_t *deleted)
{
	size_t i;
	json_t *one;

	json_array_foreach(list, i, one) {
		int rc = delete_one(w, one, by_alias);
		if (rc < 0)
			return -1;
		if (rc == 1)
			(void)json_array_append(deleted, one);
	}
	return 0;
}

int
tg_web_key_delete(struct tg_web *w)
{
	json_t *body = tg_manage_body(w), *deleted = json_array(), *out;
	json_t *keys = json_object_get(body, "keys");
	json_t *aliases = json_object_get(body, "key_aliases");
	int rc = -1;

	if (body == NULL)
		goto out;
	if (!json_is_array(keys) && !json_is_array(aliases)) {
		(void)tg_fail_param(&w->rq->err, TG_E_MISSING, "keys",
		    "Give 'keys' or 'key_aliases', a list of strings.");
		goto out;
	}
	if (delete_list(w, keys, false, deleted) != 0 ||
	    delete_list(w, aliases, true, deleted) != 0)
		goto out;
	if (json_array_size(deleted) == 0) {
		(void)tg_fail_param(
		    &w->rq->err, TG_E_NOT_FOUND, "keys", "No keys found");
		goto out;
	}
	out = json_object();
	(void)json_object_set(out, "deleted_keys", deleted);
	rc = tg_manage_send(w, out);
out:
	json_decref(deleted);
	json_decref(body);
	return rc;
}

const struct tg_route tg_routes_key[] = {
	{ TG_POST, "/key/generate", TG_ACCESS_ADMIN, tg_web_key_generate,
	    "Make a key", TG_FAULT_ERROR },
	{ TG_GET, "/key/info", TG_ACCESS_KEY, tg_web_key_info,
	    "About a key, without argument the caller's own", TG_FAULT_ERROR },
	{ TG_POST, "/key/delete", TG_ACCESS_ADMIN, tg_web_key_delete,
	    "Revoke keys", TG_FAULT_ERROR },
	{ .path = NULL },
};
