/*
 * `tollgate provider`: places that serve models, kept in the database; those
 * of tollgate.ini and of the environment are shown with them.
 */
#include "config.h"

#include "prog/cmd_settings.h"

#include <stdlib.h>

#include "base/jtree.h"
#include "base/seal.h"
#include "gate/settings.h"
#include "store/providers.h"

static const struct tg_column columns[] = {
	{ "NAME", "name", TG_CELL_TEXT, 0 },
	{ "TYPE", "type", TG_CELL_TEXT, 0 },
	{ "BASE URL", "base_url", TG_CELL_TEXT, 0 },
	{ "KEY", "has_key", TG_CELL_TEXT, 0 },
	{ "FROM", "from", TG_CELL_TEXT, 0 },
	{ "MODELS", "models", TG_CELL_NUMBER, 0 },
	{ NULL, NULL, 0, 0 },
};

static int read_settings(struct tg_cmd *c, json_t *settings);
static int read_header(struct tg_cmd *c, json_t *settings, const char *line);
static int prove(struct tg_cmd *c, const json_t *settings);
static int store(struct tg_cmd *c, const json_t *settings, const char *key);
static json_t *upstream_json(const struct tg_catalog *catalog,
    const struct tg_upstream *u);

int
tg_cmd_provider_add(struct tg_cmd *c)
{
	const char *key = tg_cmd_option(c, "--api-key");
	json_t *settings = json_object(), *answer;
	int rc = -1;

	if (tg_cmd_app(c) == 0 && read_settings(c, settings) == 0 &&
	    (key == NULL || tg_cmd_secret(c, key, &key) == 0) &&
	    prove(c, settings) == 0)
		rc = store(c, settings, key);
	if (rc == -1) {
		json_decref(settings);
		return TG_EXIT_FAILED;
	}
	answer = json_pack("{s:s, s:o, s:b}", "name", c->args[0], "settings",
	    settings, "has_key", key != NULL && *key != '\0');
	return tg_cmd_said(c, answer,
	    "provider %s is there; `tollgate model "
	    "add NAME --provider %s' gives it models",
	    c->args[0], c->args[0]);
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
		    upstream_json(catalog, catalog->upstreams[i]));
	tg_catalog_release(catalog);
	return tg_cmd_rows(c, rows, columns);
}

int
tg_cmd_provider_remove(struct tg_cmd *c)
{
	int rc;

	if (tg_cmd_app(c) == -1)
		return TG_EXIT_FAILED;
	rc = tg_provider_remove(tg_cmd_store(c), c->args[0], &c->err);
	if (rc == -1)
		return TG_EXIT_FAILED;
	if (rc == 0)
		return tg_cmd_fail(c,
		    "no provider %s in the database (those "
		    "of tollgate.ini are removed there)",
		    c->args[0]);
	return tg_cmd_said(c, json_pack("{s:s}", "removed", c->args[0]),
	    "removed provider %s", c->args[0]);
}

static int
read_settings(struct tg_cmd *c, json_t *settings)
{
	static const struct {
		const char *option, *key;
	} named[] = {
		{ "--type", "type" },
		{ "--base-url", "base_url" },
		{ "--unix-socket", "unix_socket" },
	};
	const char *value;
	size_t i;
	int k;

	for (i = 0; i < sizeof(named) / sizeof(named[0]); i++) {
		value = tg_cmd_option(c, named[i].option);
		if (value != NULL &&
		    tg_cmd_setting(c, settings, TG_SECTION_PROVIDER,
			named[i].key, value) == -1)
			return -1;
	}
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

/* The gateway's own reader: what is stored can be read again. */
static int
prove(struct tg_cmd *c, const json_t *settings)
{
	struct tg_setting *list;
	struct tg_section section = { .name = c->args[0] };
	struct tg_upstream u = { .name = c->args[0] };
	const char *name;
	json_t *value;
	int rc;

	list = tg_arena_zero(c->arena,
	    (json_object_size(settings) + 1) * sizeof(*list));
	json_object_foreach((json_t *)(uintptr_t)settings, name, value)
		list[section.n++] =
		    (struct tg_setting){ name, json_string_value(value) };
	section.settings = list;
	rc = tg_settings_upstream(c->arena, &section, &u, &c->err);
	tg_secret_free(&u.key);
	return rc;
}

static int
store(struct tg_cmd *c, const json_t *settings, const char *key)
{
	struct tg_provider_row row = { .name = c->args[0] };
	unsigned char *sealed = NULL;
	char *text = tg_jtree_print(settings);
	int rc = -1;

	if (text == NULL)
		return tg_fail(&c->err, TG_E_INTERNAL, "out of memory");
	row.settings = text;
	if (key != NULL && *key != '\0' &&
	    tg_seal_lock(tg_gate_seal(tg_app_gate(c->app)), tg_str(key),
		&sealed, &row.sealed_bytes) == -1) {
		tg_fail(&c->err, TG_E_INTERNAL, "the key cannot be sealed");
		goto out;
	}
	row.sealed = sealed;
	rc = tg_provider_put(tg_cmd_store(c), &row, &c->err);
out:
	free(sealed);
	free(text);
	return rc;
}

static json_t *
upstream_json(const struct tg_catalog *catalog, const struct tg_upstream *u)
{
	json_t *j = json_object();
	json_int_t models = 0;
	size_t i;

	for (i = 0; i < catalog->n_deployments; i++)
		if (catalog->deployments[i].upstream == u)
			models++;
	json_object_set_new(j, "name", tg_cmd_json_text(u->name));
	json_object_set_new(j, "type", tg_cmd_json_text(u->type));
	json_object_set_new(j, "base_url", tg_cmd_json_text(u->base_url));
	json_object_set_new(j, "unix_socket",
	    tg_cmd_json_text(u->route.unix_socket));
	json_object_set_new(j, "has_key", json_boolean(u->key.n > 0));
	json_object_set_new(j, "from",
	    json_string(u->fixed ? "file or environment" : "database"));
	json_object_set_new(j, "models", json_integer(models));
	return j;
}
