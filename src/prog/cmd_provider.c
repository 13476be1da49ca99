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

/* A provider before it is a row. */
struct draft {
	struct tg_cmd *c;
	json_t *settings; /* as given, then over those it had */
	const char *key; /* given, or NULL */
	struct tg_provider_row old; /* name NULL: it is new */
	bool moved; /* its key belongs to another address */
};

static int check_name(struct tg_cmd *c, const char *name);
static int find_old(struct draft *d);
static int merge(struct draft *d);
static bool names(const json_t *settings, const char *member);
static bool moved(struct draft *d, const json_t *merged);
static bool has_key(const struct draft *d);
static int tell(struct draft *d);
static int read_settings(struct tg_cmd *c, json_t *settings);
static int read_header(struct tg_cmd *c, json_t *settings, const char *line);
static int prove(struct tg_cmd *c, const json_t *settings);
static int upstream(struct tg_cmd *c, const json_t *settings,
    struct tg_upstream *u, struct tg_err *e);
static int complain(struct tg_cmd *c, const json_t *settings,
    const struct tg_upstream *u, const struct tg_err *e);
static int store(struct draft *d);
static int not_there(struct tg_cmd *c);
static json_t *upstream_json(struct tg_cmd *c,
    const struct tg_catalog *catalog, const struct tg_upstream *u);
static const char *from(const struct tg_cmd *c, const struct tg_upstream *u);

int
tg_cmd_provider_add(struct tg_cmd *c)
{
	struct draft d = { .c = c, .key = tg_cmd_option(c, "--api-key") };
	int rc = -1;

	if (check_name(c, c->args[0]) == -1)
		return TG_EXIT_USAGE;
	d.settings = json_object();
	if (tg_cmd_app(c) == 0 && read_settings(c, d.settings) == 0 &&
	    (d.key == NULL || tg_cmd_secret(c, d.key, &d.key) == 0) &&
	    find_old(&d) == 0 && merge(&d) == 0 && prove(c, d.settings) == 0)
		rc = store(&d);
	rc = rc == -1 ? TG_EXIT_FAILED : tell(&d);
	json_decref(d.settings);
	return rc;
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
	int rc;

	if (tg_cmd_app(c) == -1)
		return TG_EXIT_FAILED;
	rc = tg_provider_remove(tg_cmd_store(c), c->args[0], &c->err);
	if (rc == -1)
		return TG_EXIT_FAILED;
	if (rc == 0)
		return not_there(c);
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
find_old(struct draft *d)
{
	struct tg_provider_row *rows;
	size_t n, i;

	if (tg_provider_list(tg_cmd_store(d->c), d->c->arena, &rows, &n,
		&d->c->err) == -1)
		return -1;
	for (i = 0; i < n; i++)
		if (strcmp(rows[i].name, d->c->args[0]) == 0)
			d->old = rows[i];
	return 0;
}

/* What is given goes over what was; names of headers have no case. */
static int
merge(struct draft *d)
{
	json_t *merged, *value;
	const char *name;
	void *next;

	if (d->old.name == NULL)
		return 0;
	merged = tg_jtree_parse(tg_str(d->old.settings), &d->c->err);
	if (merged == NULL)
		return -1;
	json_object_foreach_safe(merged, next, name, value)
	{
		if (names(d->settings, name))
			json_object_del(merged, name);
	}
	json_object_update(merged, d->settings);
	/* A key is never sent to where it was not given for. */
	d->moved = moved(d, merged);
	json_decref(d->settings);
	d->settings = merged;
	return 0;
}

static bool
names(const json_t *settings, const char *member)
{
	const char *name;
	json_t *value;

	json_object_foreach((json_t *)(uintptr_t)settings, name, value) {
		if (tg_str_ieq(tg_str(name), member))
			return true;
	}
	return false;
}

static bool
moved(struct draft *d, const json_t *merged)
{
	struct tg_upstream before, after;
	struct tg_err e = { 0 };
	json_t *old = tg_jtree_parse(tg_str(d->old.settings), &e);
	bool same = old != NULL && upstream(d->c, old, &before, &e) == 0 &&
	    upstream(d->c, merged, &after, &e) == 0 &&
	    tg_str_eq(tg_str(before.base_url), tg_str(after.base_url)) &&
	    tg_str_eq(tg_str(before.route.unix_socket),
		tg_str(after.route.unix_socket));

	/* before points into it until here */
	json_decref(old);
	return !same;
}

static bool
has_key(const struct draft *d)
{
	if (d->key != NULL)
		return *d->key != '\0';
	return d->old.sealed != NULL && !d->moved;
}

static int
tell(struct draft *d)
{
	const char *name = d->c->args[0], *key;
	bool dropped = d->key == NULL && d->old.sealed != NULL && d->moved;
	json_t *shown = json_object(), *value;

	json_object_foreach(d->settings, key, value)
		json_object_set_new(shown, key,
		    tg_cmd_json_text(tg_conf_shown(d->c->arena, key,
			json_string_value(value))));
	return tg_cmd_said(d->c,
	    json_pack("{s:s, s:o, s:b, s:b, s:b}", "name", name, "settings",
		shown, "has_key", has_key(d), "changed", d->old.name != NULL,
		"key_dropped", dropped),
	    dropped ?
		"provider %s is changed; it has another address now, so the "
		"key that it had is dropped: give one with `tollgate provider "
		"add %s --api-key KEY'" :
		d->old.name != NULL ?
		"provider %s is changed; `tollgate provider list' shows it" :
		"provider %s is there; `tollgate model "
		"add NAME --provider %s' gives it models",
	    name, name);
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

/* The gateway's own reader: what is stored can be read again. */
static int
prove(struct tg_cmd *c, const json_t *settings)
{
	struct tg_err e = { 0 };
	struct tg_upstream u;

	return upstream(c, settings, &u, &e) == -1 ?
	    complain(c, settings, &u, &e) :
	    0;
}

/* Borrows from the settings. */
static int
upstream(struct tg_cmd *c, const json_t *settings, struct tg_upstream *u,
    struct tg_err *e)
{
	struct tg_section section = { .name = c->args[0] };
	struct tg_setting *list;
	const char *name;
	json_t *value;
	int rc;

	*u = (struct tg_upstream){ .name = c->args[0] };
	list = tg_arena_zero(c->arena,
	    (json_object_size(settings) + 1) * sizeof(*list));
	json_object_foreach((json_t *)(uintptr_t)settings, name, value)
		list[section.n++] =
		    (struct tg_setting){ name, json_string_value(value) };
	section.settings = list;
	rc = tg_settings_upstream(c->arena, &section, u, e);
	tg_secret_free(&u->key);
	return rc;
}

/* The reader speaks of the file's lines; here there are options. */
static int
complain(struct tg_cmd *c, const json_t *settings, const struct tg_upstream *u,
    const struct tg_err *e)
{
	const char *type = json_string_value(json_object_get(settings, "type"));
	struct tg_str text = tg_str(e->msg);

	if (u->type == NULL && type != NULL)
		return tg_fail(&c->err, TG_E_INVALID,
		    "--type %s is not known; use openai for anything that "
		    "speaks OpenAI's API",
		    type);
	if (u->type != NULL && u->base_url == NULL)
		return tg_fail(&c->err, TG_E_INVALID,
		    "provider %s has no address: give --base-url URL",
		    c->args[0]);
	/* "[provider:NAME] " or "[NAME] " stands before the reason. */
	if (tg_str_starts(text, "[") && tg_str_find(text, TG_STR("] ")) != -1)
		text.p += tg_str_find(text, TG_STR("] ")) + 2;
	return tg_fail(&c->err, e->code, "provider %s: %s", c->args[0],
	    text.p);
}

static int
store(struct draft *d)
{
	struct tg_cmd *c = d->c;
	struct tg_provider_row row = { .name = c->args[0] };
	unsigned char *sealed = NULL;
	char *text = tg_jtree_print(d->settings);
	int rc = -1;

	if (text == NULL)
		return tg_fail(&c->err, TG_E_INTERNAL, "out of memory");
	row.settings = text;
	if (d->key != NULL && has_key(d) &&
	    tg_seal_lock(tg_gate_seal(tg_app_gate(c->app)), tg_str(d->key),
		&sealed, &row.sealed_bytes) == -1) {
		tg_fail(&c->err, TG_E_INTERNAL, "the key cannot be sealed");
		goto out;
	}
	row.sealed = sealed;
	if (d->key == NULL && has_key(d)) {
		row.sealed = d->old.sealed;
		row.sealed_bytes = d->old.sealed_bytes;
	}
	rc = tg_provider_put(tg_cmd_store(c), &row, &c->err);
out:
	free(sealed);
	free(text);
	return rc;
}

/* Where it is to be removed instead. */
static int
not_there(struct tg_cmd *c)
{
	const struct tg_known *known = tg_known_find(tg_str(c->args[0]));
	const struct tg_upstream *u;
	struct tg_catalog *catalog;
	const char *where;

	if (tg_gate_catalog(tg_app_gate(c->app), &catalog, &c->err) == -1)
		return TG_EXIT_FAILED;
	u = tg_catalog_upstream(catalog, c->args[0]);
	where = u != NULL ? from(c, u) : "nowhere";
	tg_catalog_release(catalog);
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
	    tg_cmd_json_text(tg_conf_shown_url(c->arena, u->base_url)));
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
