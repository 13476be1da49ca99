/*
 * `tollgate provider`: places that serve models, kept in the database; those
 * of tollgate.ini and of the environment are shown with them.
 */
#include "config.h"

#include "prog/cmd_settings.h"

#include "base/jtree.h"
#include "base/shown.h"

static const struct tg_column columns[] = {
	{ "NAME", "name", TG_CELL_TEXT, 0 },
	{ "TYPE", "type", TG_CELL_TEXT, 0 },
	{ "BASE URL", "base_url", TG_CELL_TEXT, 0 },
	{ "KEY", "has_key", TG_CELL_TEXT, 0 },
	{ "FROM", "from", TG_CELL_TEXT, 0 },
	{ "MODELS", "models", TG_CELL_NUMBER, 0 },
	{ NULL, NULL, 0, 0 },
};

static int check_name(struct tg_cmd *c, const char *name);
static int read_settings(struct tg_cmd *c, json_t *settings);
static int read_header(struct tg_cmd *c, json_t *settings, const char *line);
static int save(struct tg_cmd *c, json_t *settings, json_t **answer);
static int tell(struct tg_cmd *c, json_t *answer);
static int not_there(struct tg_cmd *c);
static json_t *upstream_json(struct tg_cmd *c,
    const struct tg_catalog *catalog, const struct tg_upstream *u);
static const char *from(const struct tg_cmd *c, const struct tg_upstream *u);

int
tg_cmd_provider_add(struct tg_cmd *c)
{
	json_t *settings, *answer = NULL;
	int rc = -1;

	if (check_name(c, c->args[0]) == -1)
		return TG_EXIT_USAGE;
	settings = json_object();
	if (tg_cmd_app(c) == 0 && read_settings(c, settings) == 0)
		rc = save(c, settings, &answer);
	json_decref(settings);
	return rc == -1 ? TG_EXIT_FAILED : tell(c, answer);
}

int
tg_cmd_provider_list(struct tg_cmd *c)
{
	struct tg_catalog *catalog;
	json_t *rows;
	size_t i;

	if (tg_cmd_app(c) == -1 ||
	    tg_gate_catalog(tg_app_gate(c->app), &catalog, &c->err) == -1)
		return TG_EXIT_FAILED;
	rows = json_array();
	for (i = 0; i < catalog->n_upstreams; i++)
		json_array_append_new(rows,
		    upstream_json(c, catalog, catalog->upstreams[i]));
	tg_catalog_release(catalog);
	return tg_cmd_rows(c, rows, columns);
}

int
tg_cmd_provider_remove(struct tg_cmd *c)
{
	json_t *answer;

	if (tg_cmd_call(c, "POST", "/api/v1/providers/remove",
		json_pack("{s:s}", "name", c->args[0]), &answer) == -1)
		return c->app == NULL ? TG_EXIT_FAILED : not_there(c);
	json_decref(answer);
	return tg_cmd_said(c, json_pack("{s:s}", "removed", c->args[0]),
	    "removed provider %s", c->args[0]);
}

static int
check_name(struct tg_cmd *c, const char *name)
{
	const char *wrong = tg_cmd_provider_name_check(name);

	if (wrong != NULL)
		return tg_fail(&c->err, TG_E_INVALID, "%s", wrong);
	if (strcmp(name, "echo") == 0)
		return tg_fail(&c->err, TG_E_INVALID,
		    "provider echo is built in: `tollgate model add NAME "
		    "--provider echo' uses it");
	return 0;
}

static int
read_settings(struct tg_cmd *c, json_t *settings)
{
	int k;

	for (k = 0; k < c->n_given; k++)
		if (strcmp(c->given[k].option->name, "--header") == 0 &&
		    read_header(c, settings, c->given[k].value) == -1)
			return -1;
	return tg_cmd_settings_given(c, settings, TG_SECTION_PROVIDER);
}

static int
read_header(struct tg_cmd *c, json_t *settings, const char *line)
{
	struct tg_str rest = tg_str(line), name;

	if (memchr(rest.p, ':', rest.n) == NULL)
		return tg_fail(&c->err, TG_E_INVALID,
		    "--header wants 'Name: value', not %s", line);
	(void)tg_str_cut(&rest, ':', &name);
	return tg_cmd_setting(c, settings, TG_SECTION_PROVIDER,
	    tg_arena_printf(c->arena, "header.%.*s", TG_PRI(name)),
	    tg_arena_cstr(c->arena, tg_str_trim(rest)));
}

/* Over what is there, by the management API. */
static int
save(struct tg_cmd *c, json_t *settings, json_t **answer)
{
	const char *key = tg_cmd_option(c, "--api-key");
	struct tg_err why;
	json_t *body;

	if (key != NULL && tg_cmd_secret(c, key, &key) == -1)
		return -1;
	body = json_pack("{s:s, s:O}", "name", c->args[0], "settings",
	    settings);
	if (key != NULL)
		json_object_set_new(body, "api_key",
		    *key != '\0' ? tg_cmd_json_text(key) : json_null());
	if (tg_cmd_call(c, "POST", "/api/v1/providers", body, answer) == 0)
		return 0;
	why = c->err;
	tg_err_reset(&c->err);
	return tg_fail(&c->err, why.code, "provider %s: %s", c->args[0],
	    why.msg);
}

static int
tell(struct tg_cmd *c, json_t *answer)
{
	bool changed = json_is_true(json_object_get(answer, "changed"));
	const char *name = c->args[0];

	return tg_cmd_said(c, answer,
	    json_is_true(json_object_get(answer, "key_dropped")) ?
		"provider %s is changed; it has another address now, so the "
		"key that it had is dropped: give one with `tollgate provider "
		"add %s --api-key KEY'" :
		changed ?
		"provider %s is changed; `tollgate provider list' shows it" :
		"provider %s is there; `tollgate model "
		"add NAME --provider %s' gives it models",
	    name, name);
}

/* Where it is to be removed instead. */
static int
not_there(struct tg_cmd *c)
{
	const struct tg_known *known = tg_known_find(tg_str(c->args[0]));
	const struct tg_upstream *u;
	struct tg_catalog *catalog;
	struct tg_err ignored = { 0 };
	const char *where;

	if (tg_gate_catalog(tg_app_gate(c->app), &catalog, &ignored) == -1)
		return TG_EXIT_FAILED;
	u = tg_catalog_upstream(catalog, c->args[0]);
	where = u != NULL ? from(c, u) : "nowhere";
	tg_catalog_release(catalog);
	if (strcmp(where, "database") == 0)
		return TG_EXIT_FAILED; /* the reason is there */
	tg_err_reset(&c->err);
	if (strcmp(where, "built in") == 0)
		return tg_cmd_fail(c, "provider %s is built in", c->args[0]);
	if (strcmp(where, "file") == 0)
		return tg_cmd_fail(c,
		    "provider %s comes from %s: remove [provider:%s] there",
		    c->args[0], c->conf->prog.file, c->args[0]);
	if (strcmp(where, "environment") == 0 && known != NULL)
		return tg_cmd_fail(c,
		    "provider %s comes from the environment variable %s: "
		    "where that is not set, the provider is not there",
		    c->args[0],
		    known->host_env != NULL ? known->host_env :
					      known->key_env);
	return tg_cmd_fail(c, "no provider %s", c->args[0]);
}

static json_t *
upstream_json(struct tg_cmd *c, const struct tg_catalog *catalog,
    const struct tg_upstream *u)
{
	json_t *j = json_object();
	json_int_t models = 0;
	size_t i;

	for (i = 0; i < catalog->n_deployments; i++)
		if (catalog->deployments[i].upstream == u)
			models++;
	json_object_set_new(j, "name", tg_cmd_json_text(u->name));
	json_object_set_new(j, "type", tg_cmd_json_text(u->type));
	json_object_set_new(j, "base_url",
	    tg_cmd_json_text(tg_shown_url(c->arena, u->base_url)));
	json_object_set_new(j, "unix_socket",
	    tg_cmd_json_text(u->route.unix_socket));
	json_object_set_new(j, "has_key", json_boolean(u->key.n > 0));
	json_object_set_new(j, "from", json_string(from(c, u)));
	json_object_set_new(j, "models", json_integer(models));
	return j;
}

static const char *
from(const struct tg_cmd *c, const struct tg_upstream *u)
{
	size_t i;

	if (!u->fixed)
		return "database";
	for (i = 0; i < c->conf->n_providers; i++)
		if (strcmp(c->conf->providers[i].name, u->name) == 0)
			return "file";
	return u->family == TG_FAMILY_ECHO ? "built in" : "environment";
}
