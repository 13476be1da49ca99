/*
 * /credentials: secrets of providers by name, for litellm_credential_name
 * (litellm-compat.md 2.6).  Values are sealed before they are stored; nothing
 * but the gate opens them, and answers show them masked.
 */
#include "config.h"

#include "web/manage/credential.h"

#include <stdlib.h>

#include "base/escape.h"
#include "base/hash.h"
#include "store/setup.h"
#include "web/manage/entity.h"

#define TABLE "LiteLLM_CredentialsTable"

int
tg_manage_seal(struct tg_manage *m, struct tg_str plain,
    const unsigned char **sealed, size_t *n)
{
	unsigned char *bytes;

	if (tg_seal_lock(tg_app_seal(m->w->app), plain, &bytes, n) != 0)
		return tg_fail(m->e, TG_E_INTERNAL, "It cannot be sealed.");
	*sealed = (const unsigned char *)tg_arena_copy(
	    m->a, (struct tg_str){ (const char *)bytes, *n })
		      .p;
	free(bytes);
	return 0;
}

/* Addresses and versions are no secrets; all else might be. */
static bool
is_plain(const char *name)
{
	static const char *const plain[] = { "api_base", "base_url",
		"api_version", "organization", "region_name",
		"custom_llm_provider", NULL };

	for (int i = 0; plain[i] != NULL; i++)
		if (strcmp(name, plain[i]) == 0)
			return true;
	return false;
}

static json_t *
masked(struct tg_manage *m, const json_t *values)
{
	json_t *out = tg_manage_keep(m, json_object()), *v;
	const char *name;

	json_object_foreach((json_t *)values, name, v) {
		if (is_plain(name) || json_is_null(v))
			(void)json_object_set(out, name, v);
		else if (!json_is_string(v))
			tg_jtree_set_text(out, name, "(sealed)");
		else
			tg_jtree_set_text(out, name,
			    tg_arena_cstr(m->a,
				tg_mask_key(m->a,
				    tg_str(json_string_value(v)))));
	}
	return out;
}

/* The values there are, in the clear; kept by m. */
static json_t *
open_values(struct tg_manage *m, const struct tg_credential *c)
{
	struct tg_secret plain;
	json_t *j;

	if (tg_seal_unlock(tg_app_seal(m->w->app), c->sealed,
		c->sealed_bytes, &plain) != 0) {
		(void)tg_fail(m->e, TG_E_STORE,
		    "The values of this credential cannot be opened with this "
		    "key file.");
		return NULL;
	}
	j = tg_manage_keep(
	    m, tg_jtree_parse(tg_secret_reveal(&plain), m->e));
	tg_secret_free(&plain);
	return j;
}

static int
seal_values(
    struct tg_manage *m, struct tg_credential *c, const json_t *values)
{
	char *text = tg_jtree_print(values);
	int rc;

	if (text == NULL)
		return tg_fail(m->e, TG_E_INTERNAL, "out of memory");
	rc = tg_manage_seal(
	    m, tg_str(text), &c->sealed, &c->sealed_bytes);
	tg_wipe(text, strlen(text));
	free(text);
	c->masked = tg_manage_print(m, masked(m, values));
	return rc;
}

static json_t *
row_of(struct tg_manage *m, const struct tg_credential *c)
{
	json_t *row = tg_manage_keep(m, json_object());

	tg_jtree_set_text(row, "credential_name", c->name);
	(void)json_object_set(
	    row, "credential_values", tg_manage_json(m, c->masked));
	(void)json_object_set(
	    row, "credential_info", tg_manage_json(m, c->info));
	return row;
}

static int
find(
    struct tg_manage *m, const char *name, bool must, struct tg_credential *c)
{
	int found = tg_credential_find(m->db, m->a, name, c, m->e);

	if (found == 0 && must)
		return tg_fail_param(m->e, TG_E_NOT_FOUND, "credential_name",
		    "Credential not found. Got credential name: %s", name);
	return found;
}

static int
find_deployment(
    struct tg_manage *m, const char *id, struct tg_deployment_row *d)
{
	int found = tg_deployment_get(m->db, m->a, id, d, m->e);

	if (found == 0)
		return tg_fail_param(m->e, TG_E_NOT_FOUND, "model_id",
		    "Model not found. Got model ID: %s", id);
	return found == 1 ? 0 : -1;
}

static int
read_object(struct tg_manage *m, const char *name, const json_t **out)
{
	*out = json_object_get(m->body, name);
	if (json_is_null(*out))
		*out = NULL;
	if (*out != NULL && !json_is_object(*out))
		return tg_fail_param(
		    m->e, TG_E_TYPE, name, "'%s' must be an object.", name);
	return 0;
}

/* The environment is tollgate.ini's to name, not a request's. */
static int
check_values(struct tg_manage *m, const json_t *values)
{
	const char *name, *text;
	json_t *v;

	json_object_foreach((json_t *)values, name, v) {
		text = json_string_value(v);
		if (text != NULL && strncmp(text, "os.environ/", 11) == 0)
			return tg_fail_param(m->e, TG_E_UNSUPPORTED,
			    "credential_values",
			    "'%s' names the environment, which is read from "
			    "tollgate.ini only. Give the value itself.",
			    name);
	}
	return 0;
}

json_t *
tg_manage_deployment_values(
    struct tg_manage *m, const struct tg_deployment_row *row)
{
	json_t *out = tg_manage_keep(m, json_object());
	const json_t *settings = tg_manage_json(m, row->settings);
	struct tg_secret key;

	tg_jtree_set_text(out, "api_base",
	    json_string_value(json_object_get(settings, "base_url")));
	tg_jtree_set_text(out, "custom_llm_provider",
	    json_string_value(json_object_get(settings, "type")));
	if (row->sealed == NULL)
		return out;
	if (tg_seal_unlock(tg_app_seal(m->w->app), row->sealed,
		row->sealed_bytes, &key) != 0) {
		(void)tg_fail(m->e, TG_E_STORE,
		    "The key of this model cannot be opened with this key "
		    "file.");
		return NULL;
	}
	(void)json_object_set_new(out, "api_key",
	    json_stringn(tg_secret_reveal(&key).p,
		tg_secret_reveal(&key).n));
	tg_secret_free(&key);
	return out;
}

static int
read_values(struct tg_manage *m, const json_t **values)
{
	struct tg_deployment_row d;
	const char *id;

	if (read_object(m, "credential_values", values) != 0 ||
	    tg_manage_text(m, "model_id", &id) != 0)
		return -1;
	if (*values != NULL)
		return check_values(m, *values);
	if (id == NULL)
		return tg_fail_param(m->e, TG_E_INVALID, "credential_values",
		    "Give 'credential_values', or the 'model_id' of a model "
		    "whose values are to be taken.");
	if (find_deployment(m, id, &d) != 0)
		return -1;
	*values = tg_manage_deployment_values(m, &d);
	return *values != NULL ? 0 : -1;
}

static int
save(struct tg_manage *m, struct tg_credential *c, const json_t *before,
    const char *action)
{
	json_t *after;

	c->updated_by = m->w->who;
	if (tg_credential_save(m->db, c, m->e) != 0)
		return -1;
	after = row_of(m, c);
	m->answer = json_pack("{s:b, s:s}", "success", 1, "message",
	    tg_arena_printf(
		m->a, "Credential %s successfully", action));
	return tg_manage_audit(m, action, TABLE, c->name, before, after);
}

static int
credential_new(struct tg_manage *m)
{
	struct tg_credential c = { .created_by = m->w->who }, old;
	const json_t *values, *info;
	int found;

	if (tg_manage_need(m, "credential_name", &c.name) != 0 ||
	    read_object(m, "credential_info", &info) != 0 ||
	    read_values(m, &values) != 0)
		return -1;
	found = find(m, c.name, false, &old);
	if (found == 1)
		return tg_fail_param(m->e, TG_E_CONFLICT, "credential_name",
		    "Credential %s already exists.", c.name);
	c.info = info != NULL ? tg_manage_print(m, info) : "{}";
	if (found < 0 || seal_values(m, &c, values) != 0)
		return -1;
	return save(m, &c, NULL, "created");
}

/* Values that are sent come over those that are there; null takes one out. */
static int
merge(struct tg_manage *m, struct tg_credential *c, const json_t *sent)
{
	json_t *values = open_values(m, c), *v;
	const char *name;

	if (values == NULL || check_values(m, sent) != 0)
		return -1;
	json_object_foreach((json_t *)sent, name, v) {
		if (json_is_null(v))
			(void)json_object_del(values, name);
		else
			(void)json_object_set(values, name, v);
	}
	return seal_values(m, c, values);
}

static int
credential_update(struct tg_manage *m)
{
	const char *name = tg_arena_cstr(m->a, m->w->rest);
	const json_t *values, *info;
	struct tg_credential c;
	json_t *before;

	if (find(m, name, true, &c) != 1 ||
	    read_object(m, "credential_info", &info) != 0 ||
	    read_object(m, "credential_values", &values) != 0)
		return -1;
	before = row_of(m, &c);
	if (info != NULL)
		c.info = tg_manage_print(m, info);
	if (values != NULL && merge(m, &c, values) != 0)
		return -1;
	return save(m, &c, before, "updated");
}

static int
credential_list(struct tg_manage *m)
{
	struct tg_credential *rows;
	json_t *list = json_array();
	size_t n;

	m->answer =
	    json_pack("{s:b, s:o}", "success", 1, "credentials", list);
	if (tg_credential_list(m->db, m->a, &rows, &n, m->e) != 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		(void)json_array_append(list, row_of(m, &rows[i]));
	return 0;
}

static int
credential_by_name(struct tg_manage *m)
{
	struct tg_credential c;

	if (find(m, tg_arena_cstr(m->a, m->w->rest), true, &c) != 1)
		return -1;
	m->answer = json_incref(row_of(m, &c));
	return 0;
}

static int
credential_by_model(struct tg_manage *m)
{
	const char *id = tg_arena_cstr(m->a, m->w->rest);
	struct tg_deployment_row d;
	json_t *values;

	if (find_deployment(m, id, &d) != 0)
		return -1;
	values = tg_manage_deployment_values(m, &d);
	if (values == NULL)
		return -1;
	m->answer = json_pack("{s:s, s:O, s:{}}", "credential_name",
	    tg_arena_printf(m->a, "%s-credential-%s", d.model, id),
	    "credential_values", masked(m, values), "credential_info");
	return 0;
}

static int
credential_delete(struct tg_manage *m)
{
	const char *name = tg_arena_cstr(m->a, m->w->rest);
	struct tg_credential c;

	if (find(m, name, true, &c) != 1 ||
	    tg_credential_remove(m->db, name, m->e) < 0)
		return -1;
	m->answer = json_pack("{s:b, s:s}", "success", 1, "message",
	    "Credential deleted successfully");
	return tg_manage_audit(
	    m, "deleted", TABLE, name, row_of(m, &c), NULL);
}

const struct tg_route tg_routes_credential[] = {
	{ TG_POST, "/credentials", TG_ACCESS_ADMIN, tg_run_change,
	    credential_new, "Keep a provider's secret by name",
	    TG_FAULT_ERROR },
	{ TG_GET, "/credentials", TG_ACCESS_ADMIN, tg_run_look, credential_list,
	    "All credentials, masked", TG_FAULT_ERROR },
	{ TG_GET, "/credentials/by_name/{name}", TG_ACCESS_ADMIN, tg_run_look,
	    credential_by_name, "One of them", TG_FAULT_ERROR },
	{ TG_GET, "/credentials/by_model/{id}", TG_ACCESS_ADMIN, tg_run_look,
	    credential_by_model, "What a model would give as a credential",
	    TG_FAULT_ERROR },
	{ TG_PATCH, "/credentials/{name}", TG_ACCESS_ADMIN, tg_run_change,
	    credential_update, "Change some values", TG_FAULT_ERROR },
	{ TG_DELETE, "/credentials/{name}", TG_ACCESS_ADMIN, tg_run_change,
	    credential_delete, "Remove it", TG_FAULT_ERROR },
	{ TG_POST, "/access_group/new", TG_ACCESS_ADMIN, tg_run_change_models,
	    tg_web_access_group_new, "Name a group of models",
	    TG_FAULT_DETAIL },
	{ TG_GET, "/access_group/list", TG_ACCESS_ADMIN, tg_run_look_models,
	    tg_web_access_group_list, "All groups", TG_FAULT_DETAIL },
	{ TG_GET, "/access_group/{group}/info", TG_ACCESS_ADMIN,
	    tg_run_look_models, tg_web_access_group_info, "About a group",
	    TG_FAULT_DETAIL },
	{ TG_PUT, "/access_group/{group}/update", TG_ACCESS_ADMIN,
	    tg_run_change_models, tg_web_access_group_update,
	    "Change its models", TG_FAULT_DETAIL },
	{ TG_DELETE, "/access_group/{group}/delete", TG_ACCESS_ADMIN,
	    tg_run_change_models, tg_web_access_group_delete, "Remove a group",
	    TG_FAULT_DETAIL },
	{ TG_POST, "/config/update", TG_ACCESS_ADMIN, tg_run_change,
	    tg_web_config_update, "Change settings", TG_FAULT_ERROR },
	{ TG_GET, "/config/cost_discount_config", TG_ACCESS_ADMIN, tg_run_look,
	    tg_web_discount_get, "Discounts by provider", TG_FAULT_ERROR },
	{ TG_PATCH, "/config/cost_discount_config", TG_ACCESS_ADMIN,
	    tg_run_change, tg_web_discount_set, "Replace them",
	    TG_FAULT_ERROR },
	{ TG_GET, "/config/cost_margin_config", TG_ACCESS_ADMIN, tg_run_look,
	    tg_web_margin_get, "Margins by provider", TG_FAULT_ERROR },
	{ TG_PATCH, "/config/cost_margin_config", TG_ACCESS_ADMIN,
	    tg_run_change, tg_web_margin_set, "Replace them", TG_FAULT_ERROR },
	{ .path = NULL },
};
