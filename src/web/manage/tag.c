/*
 * /tag: words that calls carry, with a budget each where wanted
 * (litellm-compat.md 2.6).  Tags that calls brought on their own are listed,
 * too.
 */
#include "config.h"

#include "web/manage/entity.h"

#define TABLE "LiteLLM_TagTable"

const struct tg_field tg_fields_tag[] = {
	{ "name", TG_IS_TEXT, TG_FIELD_OWN, NULL },
	{ "models", TG_IS_TEXTS, TG_FIELD_OWN, NULL },
	{ "budget_id", TG_IS_TEXT, TG_FIELD_OWN, NULL },
	{ "model_max_budget", TG_IS_OBJECT, TG_FIELD_REFUSED, NULL },
	{ "model_rpm_limit", TG_IS_COUNTS, TG_FIELD_REFUSED, NULL },
	{ "model_tpm_limit", TG_IS_COUNTS, TG_FIELD_REFUSED, NULL },
	{ "spend", TG_IS_MONEY, TG_FIELD_OWN, NULL },
	{ "description", TG_IS_TEXT, 0, "null" },
	{ .name = NULL },
};

static const struct tg_manage_entity tag = {
	.kind = TG_SUBJECT_TAG,
	.scope = TG_SCOPE_TAG,
	.fields = tg_fields_tag,
};

static json_t *
row_of(struct tg_manage *m, const struct tg_subject *s)
{
	json_t *row = tg_manage_keep(m, json_object()), *budget;
	struct tg_figures f;

	budget = tg_manage_entity_budget(m, &tag, s, &f);
	if (budget == NULL)
		return NULL;
	tg_jtree_set_text(row, "name", s->name);
	tg_fields_show(tg_fields_tag, tg_manage_json(m, s->settings), row);
	(void)json_object_set(row, "models", tg_manage_json(m, s->models));
	(void)json_object_set_new(row, "model_info", json_null());
	(void)json_object_set_new(row, "spend", tg_manage_usd(f.spent_nano));
	tg_jtree_set_text(row, "budget_id", s->budget);
	(void)json_object_set(row, "litellm_budget_table", budget);
	(void)json_object_set_new(
	    row, "created_at", tg_manage_time(s->created_at));
	(void)json_object_set_new(
	    row, "updated_at", tg_manage_time(s->updated_at));
	tg_jtree_set_text(row, "created_by", s->created_by);
	return row;
}

static int
find(struct tg_manage *m, const char *name, bool must, struct tg_subject *s)
{
	int found =
	    tg_subject_find(m->db, m->a, TG_SUBJECT_TAG, name, s, m->e);

	if (found == 0 && must)
		return tg_fail_param(m->e, TG_E_NOT_FOUND, "name",
		    "Tag %s not found", name);
	return found;
}

static int
save(struct tg_manage *m, struct tg_subject *s, const char *action)
{
	json_t *before = NULL, *after;

	if (s->id != 0 && (before = row_of(m, s)) == NULL)
		return -1;
	if (tg_manage_entity_save(m, &tag, s) != 0 ||
	    (after = row_of(m, s)) == NULL)
		return -1;
	m->answer = json_pack("{s:s, s:O}", "message",
	    tg_arena_printf(m->a, "Tag %s %s successfully", s->name, action),
	    "tag", after);
	return tg_manage_audit(m, action, TABLE, s->name, before, after);
}

static int
tag_new(struct tg_manage *m)
{
	struct tg_subject s = { .kind = TG_SUBJECT_TAG }, old;
	int found;

	if (tg_manage_need(m, "name", &s.name) != 0)
		return -1;
	found = find(m, s.name, false, &old);
	if (found == 1)
		return tg_fail_param(m->e, TG_E_CONFLICT, "name",
		    "Tag %s already exists", s.name);
	return found == 0 ? save(m, &s, "created") : -1;
}

static int
tag_update(struct tg_manage *m)
{
	struct tg_subject s;
	const char *name;

	if (tg_manage_need(m, "name", &name) != 0 ||
	    find(m, name, true, &s) != 1)
		return -1;
	return save(m, &s, "updated");
}

static int
tag_info(struct tg_manage *m)
{
	const json_t *names;
	struct tg_subject s;
	json_t *one, *row;
	size_t i;

	if (tg_manage_entity_names(m, "names", &names) != 0)
		return -1;
	m->answer = json_object();
	json_array_foreach(names, i, one) {
		if (find(m, json_string_value(one), true, &s) != 1 ||
		    (row = row_of(m, &s)) == NULL)
			return -1;
		(void)json_object_set(m->answer, s.name, row);
	}
	return 0;
}

static int
tag_list(struct tg_manage *m)
{
	struct tg_subject_filter f = { .kind = TG_SUBJECT_TAG };
	struct tg_subject *rows;
	int64_t total;
	json_t *row;
	size_t n;

	if (tg_subject_list(m->db, m->a, &f, &rows, &n, &total, m->e) != 0)
		return -1;
	m->answer = json_array();
	for (size_t i = 0; i < n; i++) {
		row = row_of(m, &rows[i]);
		if (row == NULL)
			return -1;
		(void)json_array_append(m->answer, row);
	}
	return 0;
}

static int
tag_delete(struct tg_manage *m)
{
	struct tg_subject s;
	const char *name;
	json_t *row;

	if (tg_manage_need(m, "name", &name) != 0 ||
	    find(m, name, true, &s) != 1 || (row = row_of(m, &s)) == NULL ||
	    tg_subject_remove(m->db, s.id, m->e) != 0)
		return -1;
	m->answer = json_pack("{s:s}", "message",
	    tg_arena_printf(m->a, "Tag %s deleted successfully", name));
	return tg_manage_audit(m, "deleted", TABLE, name, row, NULL);
}

const struct tg_route tg_routes_tag[] = {
	{ TG_POST, "/tag/new", TG_ACCESS_ADMIN, tg_run_change, tag_new,
	    "Register a tag", TG_FAULT_DETAIL },
	{ TG_POST, "/tag/update", TG_ACCESS_ADMIN, tg_run_change, tag_update,
	    "Change a tag", TG_FAULT_DETAIL },
	{ TG_POST, "/tag/info", TG_ACCESS_ADMIN, tg_run_look, tag_info,
	    "About some tags", TG_FAULT_DETAIL },
	{ TG_GET, "/tag/list", TG_ACCESS_ADMIN, tg_run_look, tag_list,
	    "All tags", TG_FAULT_DETAIL },
	{ TG_POST, "/tag/delete", TG_ACCESS_ADMIN, tg_run_change, tag_delete,
	    "Forget a tag; its books stay", TG_FAULT_DETAIL },
	{ .path = NULL },
};
