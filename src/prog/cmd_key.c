/*
 * `tollgate key`: making and revoking goes through the handlers of the
 * management API, looking through the store.
 */
#include "config.h"

#include "prog/cmd_key.h"

#include "base/clock.h"
#include "base/escape.h"
#include "base/hash.h"
#include "base/jtree.h"

#define MIN_PREFIX 8

static const struct tg_column list_columns[] = {
	{ "ID", "id", TG_CELL_NUMBER, 0 },
	{ "ALIAS", "key_alias", TG_CELL_TEXT, 0 },
	{ "NAME", "key_name", TG_CELL_TEXT, 0 },
	{ "STATE", "state", TG_CELL_TEXT, 0 },
	{ "MODELS", "models", TG_CELL_LIST, 0 },
	{ "LOG", "log", TG_CELL_TEXT, 0 },
	{ "CREATED", "created_at", TG_CELL_TIME, 0 },
	{ "LAST USED", "last_used_at", TG_CELL_TIME, 0 },
	{ "EXPIRES", "expires_at", TG_CELL_TIME, 0 },
	{ NULL, NULL, 0, 0 },
};

static const struct tg_column show_columns[] = {
	{ "id", "id", TG_CELL_NUMBER, 0 },
	{ "alias", "key_alias", TG_CELL_TEXT, 0 },
	{ "name", "key_name", TG_CELL_TEXT, 0 },
	{ "hash", "token", TG_CELL_TEXT, 0 },
	{ "role", "role", TG_CELL_TEXT, 0 },
	{ "state", "state", TG_CELL_TEXT, 0 },
	{ "models", "models", TG_CELL_LIST, 0 },
	{ "user", "user_id", TG_CELL_TEXT, 0 },
	{ "team", "team_id", TG_CELL_TEXT, 0 },
	{ "spent", "spend", TG_CELL_USD, 0 },
	{ "budget", "max_budget", TG_CELL_USD, 0 },
	{ "each", "budget_duration", TG_CELL_TEXT, 0 },
	{ "until", "budget_reset_at", TG_CELL_TIME, 0 },
	{ "soft budget", "soft_budget", TG_CELL_USD, 0 },
	{ "shared budget", "budget_id", TG_CELL_TEXT, 0 },
	{ "over budget", "over_budget", TG_CELL_TEXT, 0 },
	{ "at budget", "at_budget", TG_CELL_TEXT, 0 },
	{ "switch to", "switch_model", TG_CELL_TEXT, 0 },
	{ "switch at %", "switch_percent", TG_CELL_NUMBER, 0 },
	{ "unpriced", "unpriced", TG_CELL_TEXT, 0 },
	{ "requests a minute", "rpm_limit", TG_CELL_NUMBER, 0 },
	{ "tokens a minute", "tpm_limit", TG_CELL_NUMBER, 0 },
	{ "in flight", "max_parallel_requests", TG_CELL_NUMBER, 0 },
	{ "waits seconds", "queue", TG_CELL_NUMBER, 0 },
	{ "priority", "priority", TG_CELL_NUMBER, 0 },
	{ "tags", "tags", TG_CELL_LIST, 0 },
	{ "addresses", "allowed_ips", TG_CELL_LIST, 0 },
	{ "routes", "allowed_routes", TG_CELL_LIST, 0 },
	{ "log", "log", TG_CELL_TEXT, 0 },
	{ "created", "created_at", TG_CELL_TIME, 0 },
	{ "created by", "created_by", TG_CELL_TEXT, 0 },
	{ "last used", "last_used_at", TG_CELL_TIME, 0 },
	{ "expires", "expires_at", TG_CELL_TIME, 0 },
	{ "revoked", "revoked_at", TG_CELL_TIME, 0 },
	{ NULL, NULL, 0, 0 },
};

static int need_team(struct tg_cmd *c);
static int show_secret(struct tg_cmd *c, json_t *answer);
static int change(struct tg_cmd *c, const char *path, json_t *body,
    const char *what);
static json_t *key_json(const struct tg_key *k);
static json_t *parsed(const char *text, json_t *otherwise);
static const char *key_state(const struct tg_key *k);
static int match(const struct tg_key *k, const char *id, const char *token);

int
tg_cmd_key_create(struct tg_cmd *c)
{
	json_t *body = json_object(), *answer;
	int rc = tg_cmd_members(c, body);

	if (rc != TG_EXIT_GOOD) {
		json_decref(body);
		return rc;
	}
	if (need_team(c) == -1) {
		json_decref(body);
		return TG_EXIT_FAILED;
	}
	if (tg_cmd_call(c, "POST", "/key/generate", body, &answer) == -1)
		return TG_EXIT_FAILED;
	return show_secret(c, answer);
}

/*
 * /key/generate makes a team that nobody knows, as LiteLLM does; on the
 * command line that is a slip of the pen, and the key would have no budget.
 */
static int
need_team(struct tg_cmd *c)
{
	const char *team = tg_cmd_option(c, "--team");
	json_t *answer = NULL;
	struct tg_buf url;
	int rc;

	if (team == NULL)
		return 0;
	tg_buf_init(&url, 4096);
	tg_buf_addc(&url, "/team/info?team_id=");
	tg_url_encode(&url, tg_str(team));
	rc = tg_cmd_call(c, "GET",
	    tg_arena_cstr(c->arena, tg_buf_str(&url)), NULL, &answer);
	tg_buf_free(&url);
	json_decref(answer);
	return rc;
}

int
tg_cmd_key_update(struct tg_cmd *c)
{
	json_t *body = json_object();
	int rc = tg_cmd_members(c, body);

	if (rc == TG_EXIT_GOOD && json_object_size(body) == 0)
		rc = tg_cmd_usage(c, "what is to change? `tollgate key update "
		    "--help' lists it");
	if (rc == TG_EXIT_GOOD)
		return change(c, "/key/update", body, "changed");
	json_decref(body);
	return rc;
}

int
tg_cmd_key_block(struct tg_cmd *c)
{
	return change(c, "/key/block", json_object(), "blocked");
}

int
tg_cmd_key_unblock(struct tg_cmd *c)
{
	return change(c, "/key/unblock", json_object(), "taken again");
}

int
tg_cmd_key_rotate(struct tg_cmd *c)
{
	json_t *body = json_object(), *answer;
	struct tg_key k;
	int rc = tg_cmd_members(c, body);

	if (rc != TG_EXIT_GOOD || tg_cmd_app(c) == -1 ||
	    tg_cmd_key_find(c, c->args[0], &k) == -1) {
		json_decref(body);
		return rc != TG_EXIT_GOOD ? rc : TG_EXIT_FAILED;
	}
	if (tg_cmd_call(c, "POST",
		tg_arena_printf(c->arena, "/key/%s/regenerate", k.token), body,
		&answer) == -1)
		return TG_EXIT_FAILED;
	return show_secret(c, answer);
}

int
tg_cmd_key_list(struct tg_cmd *c)
{
	struct tg_key *keys;
	json_t *rows;
	size_t n, i;

	if (tg_cmd_app(c) == -1 ||
	    tg_key_list(tg_cmd_store(c), c->arena, tg_cmd_flag(c, "--all"),
		&keys, &n, &c->err) == -1)
		return TG_EXIT_FAILED;
	rows = json_array();
	for (i = 0; i < n; i++)
		json_array_append_new(rows, key_json(&keys[i]));
	return tg_cmd_rows(c, rows, list_columns);
}

int
tg_cmd_key_show(struct tg_cmd *c)
{
	json_t *j, *answer;
	struct tg_key k;

	if (tg_cmd_app(c) == -1 || tg_cmd_key_find(c, c->args[0], &k) == -1)
		return TG_EXIT_FAILED;
	j = key_json(&k);
	/* What it spent and may spend is the handler's to say. */
	if (tg_cmd_call(c, "GET",
		tg_arena_printf(c->arena, "/key/info?key=%s", k.token), NULL,
		&answer) == -1) {
		json_decref(j);
		return TG_EXIT_FAILED;
	}
	json_object_update_missing(j, json_object_get(answer, "info"));
	json_decref(answer);
	return tg_cmd_pairs(c, j, show_columns);
}

int
tg_cmd_key_revoke(struct tg_cmd *c)
{
	json_t *body, *answer;
	struct tg_key k;

	if (tg_cmd_app(c) == -1 || tg_cmd_key_find(c, c->args[0], &k) == -1)
		return TG_EXIT_FAILED;
	if (k.revoked_at != 0)
		return tg_cmd_fail(c, "%s is revoked already", c->args[0]);
	if (k.role == TG_KEY_MASTER)
		return tg_cmd_fail(c,
		    "the master key is not revoked but "
		    "replaced: set [server] master_key");
	body = json_pack("{s:[s]}", "keys", k.token);
	if (tg_cmd_call(c, "POST", "/key/delete", body, &answer) == -1)
		return TG_EXIT_FAILED;
	json_decref(answer);
	return tg_cmd_said(c, json_pack("{s:[s]}", "deleted_keys", k.token),
	    "revoked %s%s%s", k.name, k.alias != NULL ? " " : "",
	    k.alias != NULL ? k.alias : "");
}

int
tg_cmd_key_find(struct tg_cmd *c, const char *id, struct tg_key *key)
{
	char token[TG_SHA256_HEX];
	struct tg_key *keys;
	int best = 0, m, several = 0;
	size_t n, i;

	if (tg_key_list(tg_cmd_store(c), c->arena, true, &keys, &n, &c->err) ==
	    -1)
		return -1;
	tg_sha256_hex(tg_str(id), token);
	for (i = 0; i < n; i++) {
		m = match(&keys[i], id, token);
		if (m == 0)
			continue;
		/* A living key before a revoked one of the same name. */
		m = 2 * m + (keys[i].revoked_at == 0);
		if (m > best) {
			best = m;
			*key = keys[i];
			several = 0;
		} else if (m == best)
			several++;
	}
	if (best == 0)
		return tg_fail(&c->err, TG_E_NOT_FOUND,
		    "no key %s; `tollgate "
		    "key list --all' shows them",
		    id);
	if (several > 0)
		return tg_fail(&c->err, TG_E_INVALID,
		    "%s stands for %d keys: "
		    "give the number or more of the hash",
		    id, several + 1);
	return 0;
}

static int
show_secret(struct tg_cmd *c, json_t *answer)
{
	if (c->json)
		return tg_cmd_json(c, answer);
	fprintf(c->out, "key: %s\n",
	    json_string_value(json_object_get(answer, "key")));
	fprintf(c->out, "It is shown once: keep it.\n");
	json_decref(answer);
	return TG_EXIT_GOOD;
}

/* Takes the body. */
static int
change(struct tg_cmd *c, const char *path, json_t *body, const char *what)
{
	json_t *answer;
	struct tg_key k;

	if (tg_cmd_app(c) == -1 || tg_cmd_key_find(c, c->args[0], &k) == -1) {
		json_decref(body);
		return TG_EXIT_FAILED;
	}
	tg_jtree_set_text(body, "key", k.token);
	if (tg_cmd_call(c, "POST", path, body, &answer) == -1)
		return TG_EXIT_FAILED;
	return tg_cmd_said(c, answer, "key %s is %s", c->args[0], what);
}

/* The surer the match, the higher; 0 none. */
static int
match(const struct tg_key *k, const char *id, const char *token)
{
	int64_t number;

	if (strcmp(k->token, id) == 0 || strcmp(k->token, token) == 0)
		return 5;
	if (k->alias != NULL && strcmp(k->alias, id) == 0)
		return 4;
	if (tg_str_i64(tg_str(id), &number) && number == k->id)
		return 3;
	if (k->name != NULL && strcmp(k->name, id) == 0)
		return 2;
	return strlen(id) >= MIN_PREFIX &&
	    strncmp(k->token, id, strlen(id)) == 0;
}

static json_t *
key_json(const struct tg_key *k)
{
	json_t *j = json_pack("{s:I, s:s, s:s}", "id", (json_int_t)k->id,
	    "token", k->token, "role",
	    k->role == TG_KEY_MASTER ? "master" : "caller");

	json_object_set_new(j, "key_alias", tg_cmd_json_text(k->alias));
	json_object_set_new(j, "key_name", tg_cmd_json_text(k->name));
	json_object_set_new(j, "state", json_string(key_state(k)));
	json_object_set_new(j, "models", parsed(k->models, json_array()));
	json_object_set_new(j, "metadata", parsed(k->metadata, json_object()));
	json_object_set_new(j, "log",
	    tg_cmd_json_text(tg_log_mode_name(k->log)));
	json_object_set_new(j, "created_by", tg_cmd_json_text(k->created_by));
	json_object_set_new(j, "created_at", tg_cmd_json_time(k->created_at));
	json_object_set_new(j, "last_used_at",
	    tg_cmd_json_time(k->last_used_at));
	json_object_set_new(j, "expires_at", tg_cmd_json_time(k->expires_at));
	json_object_set_new(j, "revoked_at", tg_cmd_json_time(k->revoked_at));
	return j;
}

static json_t *
parsed(const char *text, json_t *otherwise)
{
	struct tg_err ignored = { 0 };
	json_t *j = text == NULL ? NULL :
				   tg_jtree_parse(tg_str(text), &ignored);

	if (j == NULL)
		return otherwise;
	json_decref(otherwise);
	return j;
}

static const char *
key_state(const struct tg_key *k)
{
	if (k->revoked_at != 0)
		return "revoked";
	if (k->expires_at != 0 && k->expires_at <= tg_wall_us())
		return "expired";
	if (k->blocked)
		return "blocked";
	return k->role == TG_KEY_MASTER ? "master" : "good";
}
