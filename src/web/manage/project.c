/*
 * /project: a grouping of a team's keys with a budget and models of its own
 * (litellm-compat.md 2.6).
 */
#include "config.h"

#include "web/manage/organization.h"

#define TABLE "LiteLLM_ProjectTable"

const struct tg_field tg_fields_project[] = {
	{ "project_id", TG_IS_TEXT, TG_FIELD_OWN, NULL },
	{ "project_alias", TG_IS_TEXT, TG_FIELD_OWN, NULL },
	{ "team_id", TG_IS_TEXT, TG_FIELD_OWN, NULL },
	{ "models", TG_IS_TEXTS, TG_FIELD_OWN, NULL },
	{ "metadata", TG_IS_OBJECT, TG_FIELD_OWN, NULL },
	{ "blocked", TG_IS_BOOL, TG_FIELD_OWN, NULL },
	{ "budget_id", TG_IS_TEXT, TG_FIELD_OWN, NULL },
	{ "spend", TG_IS_MONEY, TG_FIELD_OWN, NULL },
	{ "description", TG_IS_TEXT, 0, "null" },
	{ "model_rpm_limit", TG_IS_COUNTS, TG_FIELD_META, "null" },
	{ "model_tpm_limit", TG_IS_COUNTS, TG_FIELD_META, "null" },
	{ "object_permission", TG_IS_OBJECT, TG_FIELD_REFUSED, "null" },
	{ .name = NULL },
};

static const struct tg_manage_entity project = {
	.kind = TG_SUBJECT_PROJECT,
	.scope = TG_SCOPE_PROJECT,
	.alias_member = "project_alias",
	.fields = tg_fields_project,
};

static json_t *
row_of(struct tg_manage *m, const struct tg_subject *s)
{
	json_t *row = tg_manage_keep(m, json_object()), *budget, *spend;
	struct tg_figures f;
	const char *team;

	budget = tg_manage_entity_budget(m, &project, s, &f);
	spend = tg_row_model_spend(m, TG_SCOPE_PROJECT, s->id, 0);
	if (budget == NULL || spend == NULL ||
	    tg_row_name(m, s->parent, &team) != 0)
		return NULL;
	tg_jtree_set_text(row, "project_id", s->name);
	tg_jtree_set_text(row, "project_alias", s->alias);
	tg_jtree_set_text(row, "team_id", team);
	tg_jtree_set_text(row, "budget_id", s->budget);
	(void)json_object_set(row, "metadata", tg_manage_entity_metadata(m, s));
	(void)json_object_set(row, "models", tg_manage_json(m, s->models));
	(void)json_object_set_new(row, "spend", tg_manage_usd(f.spent_nano));
	(void)json_object_set(row, "model_spend", spend);
	tg_fields_show(tg_fields_project, tg_manage_json(m, s->settings), row);
	(void)json_object_set_new(row, "blocked", json_boolean(s->blocked));
	(void)json_object_set_new(row, "object_permission_id", json_null());
	tg_jtree_set_text(row, "created_by", s->created_by);
	tg_jtree_set_text(row, "updated_by", s->updated_by);
	(void)json_object_set_new(
	    row, "created_at", tg_manage_time(s->created_at));
	(void)json_object_set_new(
	    row, "updated_at", tg_manage_time(s->updated_at));
	(void)json_object_set(row, "litellm_budget_table", budget);
	return row;
}

static int
find(struct tg_manage *m, const char *name, bool must, struct tg_subject *s)
{
	int found = tg_subject_find(
	    m->db, m->a, TG_SUBJECT_PROJECT, name, s, m->e);

	if (found == 0 && must)
		return tg_fail_param(m->e, TG_E_NOT_FOUND, "project_id",
		    "Project not found, project_id=%s", name);
	return found;
}

/* A team that the caller may manage. */
static int
own_team(struct tg_manage *m, const struct tg_subject *team)
{
	int may = tg_caller_team(m, team);

	if (may == 0)
		return tg_caller_deny(m, "manage projects of this team");
	return may == 1 ? 0 : -1;
}

static int
find_team(struct tg_manage *m, const char *name, struct tg_subject *team)
{
	int found =
	    tg_subject_find(m->db, m->a, TG_SUBJECT_TEAM, name, team, m->e);

	if (found == 0)
		return tg_fail_param(m->e, TG_E_NOT_FOUND, "team_id",
		    "Team not found, team_id=%s", name);
	return found == 1 ? own_team(m, team) : -1;
}

static int
find_own(struct tg_manage *m, const char *name, struct tg_subject *s)
{
	struct tg_subject team;

	if (find(m, name, true, s) != 1 ||
	    tg_subject_by_id(m->db, m->a, s->parent, &team, m->e) < 0)
		return -1;
	return own_team(m, &team);
}

static int
save(struct tg_manage *m, struct tg_subject *s, const char *action)
{
	json_t *before = NULL;

	if (s->id != 0 && (before = row_of(m, s)) == NULL)
		return -1;
	if (tg_manage_entity_save(m, &project, s) != 0)
		return -1;
	m->answer = json_incref(row_of(m, s));
	if (m->answer == NULL)
		return -1;
	return tg_manage_audit(m, action, TABLE, s->name, before, m->answer);
}

int
tg_web_project_new(struct tg_manage *m)
{
	struct tg_subject s = { .kind = TG_SUBJECT_PROJECT }, old, team;
	const char *team_name;
	int found;

	if (tg_manage_need(m, "team_id", &team_name) != 0 ||
	    tg_manage_text(m, "project_id", &s.name) != 0 ||
	    find_team(m, team_name, &team) != 0)
		return -1;
	s.parent = team.id;
	if (s.name == NULL)
		s.name = tg_manage_entity_id(m);
	found = find(m, s.name, false, &old);
	if (found == 1)
		return tg_fail_param(m->e, TG_E_CONFLICT, "project_id",
		    "Project id = %s already exists.", s.name);
	return found == 0 ? save(m, &s, "created") : -1;
}

/* It may move to another team that the caller manages as well. */
int
tg_web_project_update(struct tg_manage *m)
{
	struct tg_subject s, team;
	const char *name, *team_name;

	if (tg_manage_need(m, "project_id", &name) != 0 ||
	    tg_manage_text(m, "team_id", &team_name) != 0 ||
	    find_own(m, name, &s) != 0)
		return -1;
	if (team_name != NULL) {
		if (find_team(m, team_name, &team) != 0)
			return -1;
		s.parent = team.id;
	}
	return save(m, &s, "updated");
}

/* Keys would be left without what bounds them. */
static int
check_unused(struct tg_manage *m, const struct tg_subject *s)
{
	struct tg_key_filter f = { .project = s->id, .limit = 1 };
	struct tg_key *keys;
	int64_t total;
	size_t n;

	if (tg_key_page(m->db, m->a, &f, &keys, &n, &total, m->e) != 0)
		return -1;
	if (n == 0)
		return 0;
	return tg_fail_param(m->e, TG_E_CONFLICT, "project_ids",
	    "Project %s still has %lld keys. Delete or move them first.",
	    s->name, (long long)total);
}

static int
remove_one(struct tg_manage *m, const char *name)
{
	struct tg_subject s;
	json_t *row;

	if (find_own(m, name, &s) != 0 || check_unused(m, &s) != 0 ||
	    (row = row_of(m, &s)) == NULL ||
	    tg_subject_remove(m->db, s.id, m->e) != 0)
		return -1;
	(void)json_array_append(m->answer, row);
	return tg_manage_audit(m, "deleted", TABLE, s.name, row, NULL);
}

int
tg_web_project_delete(struct tg_manage *m)
{
	const json_t *ids;
	size_t i;
	json_t *one;

	if (tg_manage_entity_names(m, "project_ids", &ids) != 0)
		return -1;
	m->answer = json_array();
	json_array_foreach(ids, i, one) {
		if (remove_one(m, json_string_value(one)) != 0)
			return -1;
	}
	return 0;
}

/* Members of its team see a project. */
static int
may_see(struct tg_manage *m, const struct tg_subject *s)
{
	struct tg_subject team;
	int may;

	if (m->w->caller->viewer)
		return 1;
	may = tg_caller_member(m, s->parent);
	if (may != 0)
		return may;
	if (tg_subject_by_id(m->db, m->a, s->parent, &team, m->e) < 0)
		return -1;
	return tg_caller_team(m, &team);
}

int
tg_web_project_info(struct tg_manage *m)
{
	const char *name = tg_manage_query(m, "project_id");
	struct tg_subject s;
	int may;

	if (name == NULL)
		return tg_fail_param(m->e, TG_E_MISSING, "project_id",
		    "'project_id' is missing.");
	if (find(m, name, true, &s) != 1)
		return -1;
	may = may_see(m, &s);
	if (may == 0)
		return tg_caller_deny(m, "see this project");
	if (may < 0)
		return -1;
	m->answer = json_incref(row_of(m, &s));
	return m->answer != NULL ? 0 : -1;
}

int
tg_web_project_list(struct tg_manage *m)
{
	struct tg_subject_filter f = { .kind = TG_SUBJECT_PROJECT };
	struct tg_subject *rows;
	int64_t total;
	json_t *row;
	size_t n;

	if (tg_subject_list(m->db, m->a, &f, &rows, &n, &total, m->e) != 0)
		return -1;
	m->answer = json_array();
	for (size_t i = 0; i < n; i++) {
		int may = may_see(m, &rows[i]);
		if (may < 0)
			return -1;
		if (may == 0)
			continue;
		row = row_of(m, &rows[i]);
		if (row == NULL)
			return -1;
		(void)json_array_append(m->answer, row);
	}
	return 0;
}
