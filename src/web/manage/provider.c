/*
 * Providers from JSON to their rows and away: what is given over what was,
 * proven by the gate's own readers before it is stored.
 */
#include "config.h"

#include "web/manage/provider.h"

#include "base/shown.h"
#include "gate/rules.h"
#include "gate/settings.h"
#include "store/models.h"
#include "store/providers.h"
#include "web/manage/credential.h"

#define TABLE "provider"
#define MOST_NAME 256

/* One before it is a row. */
struct draft {
	struct tg_manage *m;
	const char *name;
	const json_t *given;		/* settings of the body, or NULL */
	json_t *settings;		/* the same over the old ones; kept */
	const char *key;		/* a new one, or NULL */
	bool drops_key;			/* null was sent for it */
	bool moved;			/* to another address */
	struct tg_provider_row old;	/* name NULL: it is new */
	struct tg_provider_row row;
};

static bool
in_file(const struct tg_web *w, const char *name)
{
	const struct tg_catalog_conf *c =
	    &tg_gate_settings(tg_app_gate(w->app))->catalog;

	for (size_t i = 0; i < c->n_providers; i++)
		if (strcmp(c->providers[i].name, name) == 0)
			return true;
	return false;
}

static int
check_name(struct tg_manage *m, const char *name)
{
	static const char good[] = "abcdefghijklmnopqrstuvwxyz"
				   "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";

	if (name[strspn(name, good)] != '\0' || strlen(name) > MOST_NAME)
		return tg_fail_param(m->e, TG_E_INVALID, "name",
		    "A provider's name is made of letters, digits, '.', '_' "
		    "and '-'.");
	if (strcmp(name, "echo") == 0)
		return tg_fail_param(m->e, TG_E_CONFLICT, "name",
		    "The provider 'echo' is built in.");
	if (in_file(m->w, name))
		return tg_fail_param(m->e, TG_E_CONFLICT, "name",
		    "The provider '%s' is set in tollgate.ini. Change "
		    "[provider:%s] there, or choose another name.",
		    name, name);
	return 0;
}

static int
check_given(struct tg_manage *m, const json_t *given)
{
	const char *name;
	json_t *v;

	json_object_foreach((json_t *)given, name, v) {
		if (strcmp(name, "api_key") == 0 ||
		    (tg_settings_kind(name) & 1) == 0)
			return tg_fail_param(m->e, TG_E_INVALID, name,
			    "'%s' is not a setting of a provider.", name);
		if (!json_is_string(v) && !json_is_null(v))
			return tg_fail_param(m->e, TG_E_TYPE, name,
			    "'%s' must be a string, or null.", name);
	}
	return 0;
}

static int
read_key(struct draft *d)
{
	const json_t *v = json_object_get(d->m->body, "api_key");

	d->drops_key = v != NULL && json_is_null(v);
	if (tg_manage_text(d->m, "api_key", &d->key) != 0)
		return -1;
	if (d->key != NULL &&
	    (strncmp(d->key, "env:", 4) == 0 ||
		strncmp(d->key, "file:", 5) == 0))
		return tg_fail_param(d->m->e, TG_E_UNSUPPORTED, "api_key",
		    "Variables and files are read from tollgate.ini only. Give "
		    "the key itself: it is sealed before it is stored.");
	return 0;
}

static int
read_body(struct draft *d)
{
	struct tg_manage *m = d->m;
	int found;

	if (tg_manage_need(m, "name", &d->name) != 0 ||
	    check_name(m, d->name) != 0)
		return -1;
	d->given = json_object_get(m->body, "settings");
	if (json_is_null(d->given))
		d->given = NULL;
	if (d->given != NULL && !json_is_object(d->given))
		return tg_fail_param(m->e, TG_E_TYPE, "settings",
		    "'settings' must be an object.");
	if (check_given(m, d->given) != 0 || read_key(d) != 0)
		return -1;
	found = tg_provider_get(m->db, m->a, d->name, &d->old, m->e);
	if (found == 0)
		d->old.name = NULL;
	return found < 0 ? -1 : 0;
}

/* --- what is given over what was --- */

/* Borrows from the settings. */
static int
upstream(struct draft *d, const json_t *settings, struct tg_upstream *u,
    struct tg_err *e)
{
	struct tg_section s = { .name = d->name };
	struct tg_setting *list = tg_arena_zero(d->m->a,
	    (json_object_size(settings) + 1) * sizeof(*list));
	const char *name;
	json_t *v;
	int rc;

	*u = (struct tg_upstream){ .name = d->name };
	json_object_foreach((json_t *)settings, name, v)
		list[s.n++] =
		    (struct tg_setting){ name, json_string_value(v) };
	s.settings = list;
	rc = tg_settings_upstream(d->m->a, &s, u, e);
	tg_secret_free(&u->key);
	return rc;
}

static bool
has_moved(struct draft *d, const json_t *before)
{
	struct tg_upstream was, is;
	struct tg_err e = { 0 };

	return upstream(d, before, &was, &e) != 0 ||
	    upstream(d, d->settings, &is, &e) != 0 ||
	    !tg_str_eq(tg_str(was.base_url), tg_str(is.base_url)) ||
	    !tg_str_eq(tg_str(was.route.unix_socket),
		tg_str(is.route.unix_socket));
}

/* Names of headers have no case. */
static void
drop(json_t *settings, const char *given)
{
	const char *name;
	json_t *v;
	void *next;

	json_object_foreach_safe(settings, next, name, v)
	{
		if (tg_str_ieq(tg_str(name), given))
			(void)json_object_del(settings, name);
	}
}

static void
merge(struct draft *d)
{
	const char *old = d->old.name != NULL ? d->old.settings : "{}";
	const char *name;
	json_t *v;

	d->settings = tg_manage_json(d->m, old);
	json_object_foreach((json_t *)d->given, name, v) {
		drop(d->settings, name);
		if (json_string_length(v) > 0)
			(void)json_object_set(d->settings, name, v);
	}
	d->moved = d->old.name != NULL &&
	    has_moved(d, tg_manage_json(d->m, old));
}

/* What it promises is proven to be rules, as the house will read them. */
static int
prove_promises(struct draft *d)
{
	json_t *own = tg_manage_keep(d->m, json_object());
	struct tg_rules rules;
	const char *name;
	json_t *v;

	json_object_foreach(d->settings, name, v) {
		if ((tg_settings_promise_kind(name) & 1) != 0)
			(void)json_object_set(own, name, v);
	}
	return tg_rules_read(
	    d->m->a, own, NULL, NULL, d->m->zone, &rules, d->m->e);
}

static const char *
type_of(const struct draft *d)
{
	const char *type =
	    json_string_value(json_object_get(d->settings, "type"));

	return type != NULL ? type : d->name;
}

/* The reader speaks of the file's sections; here there is none. */
static int
prove(struct draft *d)
{
	struct tg_err why = { 0 };
	struct tg_upstream u;
	struct tg_str text;

	if (upstream(d, d->settings, &u, &why) == 0)
		return prove_promises(d);
	if (u.type == NULL)
		return tg_fail_param(d->m->e, TG_E_INVALID, "type",
		    "The type %s is not known; use openai for anything that "
		    "speaks OpenAI's API.",
		    type_of(d));
	if (u.base_url == NULL)
		return tg_fail_param(d->m->e, TG_E_MISSING, "base_url",
		    "It has no address: give base_url.");
	text = tg_str(why.msg);
	if (tg_str_starts(text, "[") && tg_str_find(text, TG_STR("] ")) >= 0)
		text.p += tg_str_find(text, TG_STR("] ")) + 2;
	return tg_fail_param(d->m->e, why.code, "settings", "%s", text.p);
}

/* --- storing it --- */

static int
seal_key(struct draft *d)
{
	bool keeps = d->key == NULL && !d->drops_key && !d->moved;

	d->row.sealed = keeps ? d->old.sealed : NULL;
	d->row.sealed_bytes = keeps ? d->old.sealed_bytes : 0;
	if (d->key == NULL)
		return 0;
	return tg_manage_seal(
	    d->m, tg_str(d->key), &d->row.sealed, &d->row.sealed_bytes);
}

json_t *
tg_web_provider_settings(struct tg_manage *m, const char *settings)
{
	json_t *out = tg_manage_keep(m, json_object()), *v;
	json_t *stored = tg_manage_json(m, settings);
	const char *name;

	json_object_foreach(stored, name, v)
		tg_jtree_set_text(out, name,
		    strncmp(name, "header.", 7) == 0 ?
			TG_MASKED :
			tg_shown_url(m->a, json_string_value(v)));
	return out;
}

static json_t *
row_of(struct draft *d, const struct tg_provider_row *row)
{
	json_t *out = tg_manage_keep(d->m, json_object());

	tg_jtree_set_text(out, "name", d->name);
	(void)json_object_set(
	    out, "settings", tg_web_provider_settings(d->m, row->settings));
	(void)json_object_set_new(
	    out, "has_key", json_boolean(row->sealed != NULL));
	return out;
}

int
tg_web_provider_save(struct tg_manage *m)
{
	struct draft d = { .m = m };
	bool changed, dropped;
	json_t *after;

	if (read_body(&d) != 0)
		return -1;
	merge(&d);
	if (prove(&d) != 0 || seal_key(&d) != 0)
		return -1;
	d.row.name = d.name;
	d.row.settings = tg_manage_print(m, d.settings);
	if (tg_provider_save(m->db, &d.row, m->e) != 0)
		return -1;
	changed = d.old.name != NULL;
	dropped = changed && d.old.sealed != NULL && d.key == NULL && d.moved;
	after = row_of(&d, &d.row);
	m->answer = json_deep_copy(after);
	(void)json_object_update_new(m->answer,
	    json_pack("{s:b, s:b}", "changed", changed, "key_dropped",
		dropped));
	return tg_manage_audit(m, changed ? "updated" : "created", TABLE,
	    d.name, changed ? row_of(&d, &d.old) : NULL, after);
}

/* --- removing it --- */

static int
drop_models(struct tg_manage *m, const char *name, json_int_t *n)
{
	const struct tg_catalog *c = m->w->catalog;

	for (size_t i = 0; i < c->n_deployments; i++) {
		const struct tg_deployment *d = &c->deployments[i];
		int rc;

		if (d->fixed || d->upstream->own ||
		    strcmp(d->upstream->name, name) != 0)
			continue;
		rc = tg_deployment_drop(m->db, d->id, m->e);
		if (rc < 0)
			return -1;
		*n += rc;
	}
	return 0;
}

int
tg_web_provider_remove(struct tg_manage *m)
{
	struct draft d = { .m = m };
	json_int_t models = 0;
	json_t *before;

	if (tg_manage_need(m, "name", &d.name) != 0 ||
	    check_name(m, d.name) != 0)
		return -1;
	switch (tg_provider_get(m->db, m->a, d.name, &d.old, m->e)) {
	case 0:
		return tg_fail_param(m->e, TG_E_NOT_FOUND, "name",
		    "There is no provider '%s'.", d.name);
	case -1:
		return -1;
	}
	before = row_of(&d, &d.old);
	if (json_is_true(json_object_get(m->body, "models")) &&
	    drop_models(m, d.name, &models) != 0)
		return -1;
	if (tg_provider_drop(m->db, d.name, m->e) < 0)
		return -1;
	m->answer = json_pack(
	    "{s:s, s:I}", "removed", d.name, "models", models);
	return tg_manage_audit(m, "deleted", TABLE, d.name, before, NULL);
}

const char *
tg_web_provider_from(const struct tg_web *w, const struct tg_upstream *u)
{
	if (!u->fixed)
		return "database";
	if (in_file(w, u->name))
		return "file";
	return u->family == TG_FAMILY_ECHO ? "built in" : "environment";
}

const struct tg_route tg_routes_provider[] = {
	{ TG_POST, "/api/v1/providers", TG_ACCESS_ADMIN, tg_run_change_models,
	    tg_web_provider_save, "Add a provider, or change one",
	    TG_FAULT_ERROR },
	{ TG_POST, "/api/v1/providers/remove", TG_ACCESS_ADMIN,
	    tg_run_change_models, tg_web_provider_remove,
	    "Remove a provider, and with models: true what it serves",
	    TG_FAULT_ERROR },
	{ .path = NULL },
};
