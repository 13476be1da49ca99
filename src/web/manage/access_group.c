/*
 * /access_group: names for groups of models, which may stand in the models
 * of a key, team or person (litellm-compat.md 2.6).
 */
#include "config.h"

#include "store/setup.h"
#include "web/manage/credential.h"
#include "web/manage/entity.h"

#define TABLE "LiteLLM_AccessGroup"

static int
find(
    struct tg_manage *m, const char *name, bool must, struct tg_access_group *g)
{
	int found = tg_access_group_find(m->db, m->a, name, g, m->e);

	if (found == 0 && must)
		return tg_fail_param(m->e, TG_E_NOT_FOUND, "access_group",
		    "Access group '%s' not found", name);
	return found;
}

static const char *
path_name(struct tg_manage *m)
{
	return tg_arena_cstr(m->a, m->w->rest);
}

/* --- which models --- */

static bool
serves(const struct tg_catalog *c, const char *model)
{
	for (size_t i = 0; i < c->n_deployments; i++)
		if (strcmp(c->deployments[i].model, model) == 0)
			return true;
	return false;
}

static int64_t
count_deployments(const struct tg_catalog *c, const json_t *models)
{
	int64_t n = 0;

	for (size_t i = 0; i < c->n_deployments; i++)
		n += tg_manage_among(models, c->deployments[i].model);
	return n;
}

static const char *
model_of_id(const struct tg_catalog *c, const char *id)
{
	for (size_t i = 0; i < c->n_deployments; i++)
		if (strcmp(c->deployments[i].id, id) == 0)
			return c->deployments[i].model;
	return NULL;
}

static int
add_models(struct tg_manage *m, const struct tg_catalog *c, bool by_id,
    json_t *models)
{
	const char *member = by_id ? "model_ids" : "model_names", *model;
	const json_t *given;
	size_t i;
	json_t *one;

	if (tg_manage_entity_names(m, member, &given) != 0)
		return -1;
	json_array_foreach(given, i, one) {
		model = json_string_value(one);
		if (by_id)
			model = model_of_id(c, model);
		else if (!serves(c, model))
			model = NULL;
		if (model == NULL)
			return tg_fail_param(m->e, TG_E_INVALID, member,
			    "The model '%s' was not found. /model/info lists "
			    "them.",
			    json_string_value(one));
		if (!tg_manage_among(models, model))
			(void)json_array_append_new(
			    models, json_string(model));
	}
	return 0;
}

/* The body's models into g, and the answer. */
static int
take_models(struct tg_manage *m, struct tg_access_group *g)
{
	bool by_id = json_array_size(json_object_get(
			 m->body, "model_ids")) > 0;
	json_t *models = tg_manage_keep(m, json_array());
	const json_t *ids = json_object_get(m->body, "model_ids");
	const struct tg_catalog *c = m->w->catalog;

	if (add_models(m, c, by_id, models) != 0)
		return -1;
	g->models = tg_manage_print(m, models);
	g->updated_by = m->w->who;
	m->answer = json_pack("{s:s, s:O, s:O?, s:I}", "access_group",
	    g->name, "model_names", models, "model_ids",
	    by_id ? (json_t *)ids : NULL, "models_updated",
	    (json_int_t)count_deployments(c, models));
	return 0;
}

/* --- routes --- */

static json_t *
row_of(struct tg_manage *m, const struct tg_access_group *g)
{
	json_t *row = tg_manage_keep(m, json_object());

	tg_jtree_set_text(row, "access_group", g->name);
	(void)json_object_set(
	    row, "model_names", tg_manage_json(m, g->models));
	return row;
}

int
tg_web_access_group_new(struct tg_manage *m)
{
	struct tg_access_group g = { .created_by = m->w->who }, old;
	int found;

	if (tg_manage_need(m, "access_group", &g.name) != 0)
		return -1;
	found = find(m, g.name, false, &old);
	if (found == 1)
		return tg_fail_param(m->e, TG_E_EXISTS, "access_group",
		    "Access group '%s' already exists. Use "
		    "/access_group/%s/update to change it.",
		    g.name, g.name);
	if (found < 0 || take_models(m, &g) != 0 ||
	    tg_access_group_save(m->db, &g, m->e) != 0)
		return -1;
	return tg_manage_audit(
	    m, "created", TABLE, g.name, NULL, row_of(m, &g));
}

int
tg_web_access_group_update(struct tg_manage *m)
{
	struct tg_access_group g;
	json_t *before;

	if (find(m, path_name(m), true, &g) != 1)
		return -1;
	before = row_of(m, &g);
	if (take_models(m, &g) != 0 ||
	    tg_access_group_save(m->db, &g, m->e) != 0)
		return -1;
	return tg_manage_audit(
	    m, "updated", TABLE, g.name, before, row_of(m, &g));
}

static json_t *
counted_row(struct tg_manage *m, const struct tg_catalog *c,
    const struct tg_access_group *g)
{
	json_t *row = row_of(m, g);

	(void)json_object_set_new(row, "deployment_count",
	    json_integer(count_deployments(
		c, json_object_get(row, "model_names"))));
	return row;
}

int
tg_web_access_group_info(struct tg_manage *m)
{
	struct tg_access_group g;

	if (find(m, path_name(m), true, &g) != 1)
		return -1;
	m->answer = json_incref(counted_row(m, m->w->catalog, &g));
	return 0;
}

int
tg_web_access_group_list(struct tg_manage *m)
{
	struct tg_access_group *rows;
	json_t *list = json_array();
	size_t n;

	m->answer = json_pack("{s:o}", "access_groups", list);
	if (tg_access_group_list(m->db, m->a, &rows, &n, m->e) != 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		(void)json_array_append(
		    list, counted_row(m, m->w->catalog, &rows[i]));
	return 0;
}

int
tg_web_access_group_delete(struct tg_manage *m)
{
	struct tg_access_group g;
	json_t *row;

	if (find(m, path_name(m), true, &g) != 1 ||
	    tg_access_group_remove(m->db, g.name, m->e) < 0)
		return -1;
	row = row_of(m, &g);
	m->answer = json_pack("{s:s, s:I, s:s}", "access_group", g.name,
	    "models_updated",
	    (json_int_t)count_deployments(
		m->w->catalog, json_object_get(row, "model_names")),
	    "message",
	    tg_arena_printf(m->a,
		"Access group '%s' deleted successfully", g.name));
	return tg_manage_audit(m, "deleted", TABLE, g.name, row, NULL);
}
