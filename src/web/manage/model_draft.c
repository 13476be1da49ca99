/*
 * The frame of a deployment's description: its names, the merging of what is
 * sent over what is there, the sealing of its key, and the proof that the gate
 * will be able to read it.
 */
#include "config.h"

#include "web/manage/model_draft.h"

#include "base/id.h"
#include "gate/settings.h"
#include "web/manage/credential.h"

#define MOST_SETTINGS 64

/* Never kept in the clear: the key is sealed, headers are settings. */
static const char *const secrets[] = { "api_key", "extra_headers", NULL };

static json_t *
merge(struct tg_manage *m, const char *old, const json_t *over)
{
	json_t *out = tg_manage_json(m, old != NULL ? old : "{}"), *v;
	const char *name;

	if (!json_is_object(out))
		out = tg_manage_keep(m, json_object());
	json_object_foreach((json_t *)over, name, v) {
		if (json_is_null(v))
			(void)json_object_del(out, name);
		else
			(void)json_object_set(out, name, v);
	}
	return out;
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

/* A new one says all; a change says what is to be other. */
static int
read_names(struct tg_model_draft *d)
{
	struct tg_manage *m = d->m;
	const char *name, *id = NULL;
	const json_t *info;

	if (tg_manage_text(m, "model_name", &name) != 0 ||
	    read_object(m, "model_info", &info) != 0 ||
	    read_object(m, "litellm_params", &d->given) != 0 ||
	    tg_jtree_text(info, "id", &id, m->e) != 0)
		return -1;
	if (name == NULL && d->old.id == NULL)
		return tg_fail_param(m->e, TG_E_MISSING, "model_name",
		    "'model_name' is missing: the name that callers use.");
	if (d->given == NULL && d->old.id == NULL)
		return tg_fail_param(m->e, TG_E_MISSING, "litellm_params",
		    "'litellm_params' is missing: an object with at least "
		    "'model'.");
	if (name != NULL)
		d->row.model = name;
	if (d->row.id == NULL)
		d->row.id = id != NULL && *id != '\0' ?
		    tg_arena_cstr(m->a, tg_str(id)) :
		    tg_uuid7(tg_arena_alloc(m->a, TG_UUID_BYTES));
	d->info = merge(m, d->old.info, info);
	(void)json_object_del(d->info, "id");
	if (json_is_string(json_object_get(d->info, "team_id")))
		tg_jtree_set_text(
		    d->info, "team_public_model_name", d->row.model);
	d->params = merge(m, d->old.params, d->given);
	return 0;
}

/* The key of an update replaces, an explicit null removes it. */
static int
seal_key(struct tg_model_draft *d)
{
	if (json_is_null(json_object_get(d->given, "api_key"))) {
		d->row.sealed = NULL;
		d->row.sealed_bytes = 0;
	}
	if (d->api_key == NULL)
		return 0;
	return tg_manage_seal(d->m, tg_str(d->api_key), &d->row.sealed,
	    &d->row.sealed_bytes);
}

/* By the gate's own readers: what is stored can be read again. */
static int
prove(struct tg_model_draft *d)
{
	struct tg_setting list[MOST_SETTINGS];
	struct tg_section s = { .name = d->row.model, .settings = list };
	struct tg_upstream up = { .name = "openai" };
	struct tg_deployment dep = { .model = d->row.model,
		.upstream_model = d->row.upstream_model,
		.mode = "chat" };
	const char *key;
	json_t *v;
	int rc = 0;

	json_object_foreach(d->settings, key, v) {
		if (s.n == MOST_SETTINGS)
			return tg_fail_param(d->m->e, TG_E_INVALID,
			    "extra_headers", "There are too many headers.");
		list[s.n].key = key;
		list[s.n++].value = json_string_value(v);
	}
	if (d->row.provider == NULL) {
		/* A credential may bring the address later. */
		if (json_object_get(d->params, "litellm_credential_name") !=
			NULL &&
		    s.n < MOST_SETTINGS)
			list[s.n++] = (struct tg_setting){ "base_url",
				"http://localhost" };
		rc = tg_settings_upstream(d->m->a, &s, &up, d->m->e);
	}
	tg_secret_free(&up.key);
	return rc != 0 ?
	    -1 :
	    tg_settings_deployment(d->m->a, &s, &dep, d->m->e);
}

int
tg_model_draft_read(struct tg_model_draft *d)
{
	struct tg_manage *m = d->m;

	d->row = d->old;
	d->row.prices = NULL;
	d->row.n_prices = 0;
	if (d->old.id == NULL)
		d->row.created_by = m->w->who;
	d->row.created_at = d->old.id != NULL ? d->old.created_at : m->now;
	d->row.updated_by = m->w->who;
	d->row.updated_at = m->now;
	d->api_key = NULL;
	if (read_names(d) != 0 || tg_model_params_read(d) != 0 ||
	    tg_model_prices_read(d) != 0 || prove(d) != 0 ||
	    seal_key(d) != 0)
		return -1;
	for (int i = 0; secrets[i] != NULL; i++)
		(void)json_object_del(d->params, secrets[i]);
	d->row.settings = tg_manage_print(m, d->settings);
	d->row.params = tg_manage_print(m, d->params);
	d->row.info = tg_manage_print(m, d->info);
	return 0;
}

json_t *
tg_model_row(struct tg_manage *m, const struct tg_deployment_row *row)
{
	json_t *out = tg_manage_keep(m, json_object());
	json_t *params =
	    tg_manage_json(m, row->params != NULL ? row->params : "{}");
	json_t *info =
	    tg_manage_json(m, row->info != NULL ? row->info : "{}");

	if (row->sealed != NULL)
		tg_jtree_set_text(params, "api_key", "(sealed)");
	tg_jtree_set_text(info, "id", row->id);
	(void)json_object_set_new(info, "db_model", json_true());
	tg_jtree_set_text(out, "model_id", row->id);
	tg_jtree_set_text(out, "model_name", row->model);
	(void)json_object_set(out, "litellm_params", params);
	(void)json_object_set(out, "model_info", info);
	(void)json_object_set_new(out, "blocked", json_boolean(row->blocked));
	(void)json_object_set_new(
	    out, "created_at", tg_manage_time(row->created_at));
	tg_jtree_set_text(out, "created_by", row->created_by);
	(void)json_object_set_new(
	    out, "updated_at", tg_manage_time(row->updated_at));
	tg_jtree_set_text(out, "updated_by",
	    row->updated_by != NULL ? row->updated_by : row->created_by);
	return out;
}
