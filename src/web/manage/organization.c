/*
 * /organization: what owns teams (litellm-compat.md 2.6).  Its people are
 * manage_organization_member.c's.
 */
#include "config.h"

#include "web/manage/organization.h"

#define TABLE "LiteLLM_OrganizationTable"

const struct tg_field tg_fields_organization[] = {
	{ "organization_id", TG_IS_TEXT, TG_FIELD_OWN, NULL },
	{ "organization_alias", TG_IS_TEXT, TG_FIELD_OWN, NULL },
	{ "models", TG_IS_TEXTS, TG_FIELD_OWN, NULL },
	{ "metadata", TG_IS_OBJECT, TG_FIELD_OWN, NULL },
	{ "budget_id", TG_IS_TEXT, TG_FIELD_OWN, NULL },
	{ "spend", TG_IS_MONEY, TG_FIELD_OWN, NULL },
	{ "model_rpm_limit", TG_IS_COUNTS, TG_FIELD_META, NULL },
	{ "model_tpm_limit", TG_IS_COUNTS, TG_FIELD_META, NULL },
	{ "object_permission", TG_IS_OBJECT, TG_FIELD_REFUSED, "null" },
	{ .name = NULL },
};

const struct tg_manage_entity tg_manage_organization_entity = {
	.kind = TG_SUBJECT_ORGANIZATION,
	.scope = TG_SCOPE_ORGANIZATION,
	.alias_member = "organization_alias",
	.fields = tg_fields_organization,
};

int
tg_organization_find(
    struct tg_manage *m, const char *name, bool must, struct tg_subject *s)
{
	int found = tg_subject_find(
	    m->db, m->a, TG_SUBJECT_ORGANIZATION, name, s, m->e);

	if (found == 0 && must)
		return tg_fail_param(m->e, TG_E_NOT_FOUND, "organization_id",
		    "Organization not found for organization_id=%s", name);
	return found;
}

json_t *
tg_organization_row(struct tg_manage *m, const struct tg_subject *s)
{
	json_t *row = tg_manage_keep(m, json_object()), *budget, *spend;
	struct tg_figures f;

	budget = tg_manage_entity_budget(
	    m, &tg_manage_organization_entity, s, &f);
	spend = tg_row_model_spend(m, TG_SCOPE_ORGANIZATION, s->id, 0);
	if (budget == NULL || spend == NULL)
		return NULL;
	tg_jtree_set_text(row, "organization_id", s->name);
	tg_jtree_set_text(row, "organization_alias", s->alias);
	tg_jtree_set_text(row, "budget_id", s->budget);
	(void)json_object_set_new(row, "spend", tg_manage_usd(f.spent_nano));
	(void)json_object_set(row, "metadata", tg_manage_entity_metadata(m, s));
	(void)json_object_set(row, "models", tg_manage_json(m, s->models));
	(void)json_object_set(row, "model_spend", spend);
	tg_fields_show(
	    tg_fields_organization, tg_manage_json(m, s->settings), row);
	(void)json_object_set_new(row, "object_permission_id", json_null());
	tg_jtree_set_text(row, "created_by", s->created_by);
	tg_jtree_set_text(row, "updated_by", s->updated_by);
	(void)json_object_set_new(
	    row, "created_at", tg_manage_time(s->created_at));
	(void)json_object_set_new(
	    row, "updated_at", tg_manage_time(s->updated_at));
	(void)json_object_set_new(row, "users", json_null());
	(void)json_object_set(row, "litellm_budget_table", budget);
	return row;
}

/* --- making and changing --- */

static int
save(struct tg_manage *m, struct tg_subject *s, const char *action)
{
	json_t *before = NULL;

	if (s->id != 0 && (before = tg_organization_row(m, s)) == NULL)
		return -1;
	if (tg_manage_entity_save(m, &tg_manage_organization_entity, s) != 0)
		return -1;
	m->answer = json_incref(tg_organization_row(m, s));
	if (m->answer == NULL)
		return -1;
	return tg_manage_audit(m, action, TABLE, s->name, before, m->answer);
}

static int
organization_new(struct tg_manage *m)
{
	struct tg_subject s = { .kind = TG_SUBJECT_ORGANIZATION }, old;
	int found;

	if (tg_manage_need(m, "organization_alias", &s.alias) != 0 ||
	    tg_manage_text(m, "organization_id", &s.name) != 0)
		return -1;
	if (s.name == NULL)
		s.name = tg_manage_entity_id(m);
	found = tg_organization_find(m, s.name, false, &old);
	if (found == 1)
		return tg_fail_param(m->e, TG_E_CONFLICT, "organization_id",
		    "Organization id = %s already exists. Please use a "
		    "different organization id.",
		    s.name);
	return found == 0 ? save(m, &s, "created") : -1;
}

static int
organization_update(struct tg_manage *m)
{
	struct tg_subject s;
	const char *name;
	int may;

	if (tg_manage_need(m, "organization_id", &name) != 0 ||
	    tg_organization_find(m, name, true, &s) != 1)
		return -1;
	may = tg_caller_organization(m, s.id);
	if (may == 0)
		return tg_caller_deny(m, "update this organization");
	return may == 1 ? save(m, &s, "updated") : -1;
}

/* --- removing --- */

static int
drop_keys(struct tg_manage *m, const struct tg_key_filter *f)
{
	struct tg_key *keys;
	int64_t total;
	size_t n;

	if (tg_key_page(m->db, m->a, f, &keys, &n, &total, m->e) != 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (tg_key_drop(m->db, keys[i].id, m->w->who, m->e) < 0 ||
		    tg_manage_audit(m, "deleted",
			"LiteLLM_VerificationToken", keys[i].token, NULL,
			NULL) != 0)
			return -1;
	return 0;
}

static int
list_below(struct tg_manage *m, enum tg_subject_kind kind, int64_t parent,
    struct tg_subject **rows, size_t *n)
{
	struct tg_subject_filter f = { .kind = kind, .parent = parent };
	int64_t total;

	return tg_subject_list(m->db, m->a, &f, rows, n, &total, m->e);
}

int
tg_organization_drop_team(struct tg_manage *m, const struct tg_subject *team)
{
	struct tg_key_filter f = { .team = team->id };
	struct tg_subject *rows;
	size_t n;

	if (drop_keys(m, &f) != 0 ||
	    list_below(m, TG_SUBJECT_PROJECT, team->id, &rows, &n) != 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (tg_subject_remove(m->db, rows[i].id, m->e) != 0)
			return -1;
	if (tg_subject_remove(m->db, team->id, m->e) != 0)
		return -1;
	return tg_manage_audit(
	    m, "deleted", "LiteLLM_TeamTable", team->name, NULL, NULL);
}

static int
remove_one(struct tg_manage *m, const char *name)
{
	struct tg_key_filter f = { 0 };
	struct tg_subject s, *teams;
	json_t *row;
	size_t n;

	if (tg_organization_find(m, name, true, &s) != 1 ||
	    (row = tg_organization_row(m, &s)) == NULL ||
	    list_below(m, TG_SUBJECT_TEAM, s.id, &teams, &n) != 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (tg_organization_drop_team(m, &teams[i]) != 0)
			return -1;
	f.organization = s.id;
	if (drop_keys(m, &f) != 0 ||
	    tg_subject_remove(m->db, s.id, m->e) != 0)
		return -1;
	(void)json_array_append(m->answer, row);
	return tg_manage_audit(m, "deleted", TABLE, s.name, row, NULL);
}

static int
organization_delete(struct tg_manage *m)
{
	const json_t *ids;
	size_t i;
	json_t *one;

	if (tg_manage_entity_names(m, "organization_ids", &ids) != 0)
		return -1;
	m->answer = json_array();
	json_array_foreach(ids, i, one) {
		if (remove_one(m, json_string_value(one)) != 0)
			return -1;
	}
	return 0;
}

/* --- showing --- */

static int
add_members(struct tg_manage *m, const struct tg_subject *s, json_t *row)
{
	struct tg_member *members;
	json_t *list = json_array(), *one;
	size_t n;

	(void)json_object_set_new(row, "members", list);
	if (tg_member_list(m->db, m->a, s->id, 0, &members, &n, m->e) != 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		one = tg_organization_member_row(m, s, &members[i]);
		if (one == NULL)
			return -1;
		(void)json_array_append(list, one);
	}
	return 0;
}

static int
add_teams(struct tg_manage *m, const struct tg_subject *s, json_t *row)
{
	struct tg_subject *teams;
	json_t *list = json_array(), *one;
	size_t n;

	(void)json_object_set_new(row, "teams", list);
	if (list_below(m, TG_SUBJECT_TEAM, s->id, &teams, &n) != 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		one = tg_row_team(m, &teams[i], false);
		if (one == NULL)
			return -1;
		(void)json_array_append(list, one);
	}
	return 0;
}

static json_t *
whole_row(struct tg_manage *m, const struct tg_subject *s)
{
	json_t *row = tg_organization_row(m, s);

	if (row == NULL || add_members(m, s, row) != 0 ||
	    add_teams(m, s, row) != 0)
		return NULL;
	return row;
}

/* Its people may see it, and whoever sees everything. */
static int
may_see(struct tg_manage *m, const struct tg_subject *s)
{
	return m->w->caller->viewer ? 1 : tg_caller_member(m, s->id);
}

static int
organization_info(struct tg_manage *m)
{
	const char *name = tg_manage_query(m, "organization_id");
	struct tg_subject s;
	int may;

	if (name == NULL)
		return tg_fail_param(m->e, TG_E_MISSING, "organization_id",
		    "'organization_id' is missing.");
	if (tg_organization_find(m, name, true, &s) != 1)
		return -1;
	may = may_see(m, &s);
	if (may == 0)
		return tg_caller_deny(m, "see this organization");
	if (may < 0)
		return -1;
	m->answer = json_incref(whole_row(m, &s));
	return m->answer != NULL ? 0 : -1;
}

static bool
is_asked_for(struct tg_manage *m, const struct tg_subject *s)
{
	const char *id = tg_manage_query(m, "org_id");
	const char *alias = tg_manage_query(m, "org_alias");

	return (id == NULL || strcmp(id, s->name) == 0) &&
	    (alias == NULL ||
		(s->alias != NULL &&
		    tg_str_ifind(tg_str(s->alias), alias) >= 0));
}

static int
organization_list(struct tg_manage *m)
{
	struct tg_subject *rows;
	json_t *row;
	size_t n;

	if (list_below(m, TG_SUBJECT_ORGANIZATION, 0, &rows, &n) != 0)
		return -1;
	m->answer = json_array();
	for (size_t i = 0; i < n; i++) {
		int may = may_see(m, &rows[i]);
		if (may < 0)
			return -1;
		if (may == 0 || !is_asked_for(m, &rows[i]))
			continue;
		row = whole_row(m, &rows[i]);
		if (row == NULL)
			return -1;
		(void)json_array_append(m->answer, row);
	}
	return 0;
}

const struct tg_route tg_routes_organization[] = {
	{ TG_POST, "/organization/new", TG_ACCESS_ADMIN, tg_run_change,
	    organization_new, "Make an organization", TG_FAULT_DETAIL },
	{ TG_PATCH, "/organization/update", TG_ACCESS_KEY, tg_run_change,
	    organization_update, "Change it", TG_FAULT_DETAIL },
	{ TG_DELETE, "/organization/delete", TG_ACCESS_ADMIN, tg_run_change,
	    organization_delete,
	    "Remove organizations with their teams and keys", TG_FAULT_DETAIL },
	{ TG_GET, "/organization/info", TG_ACCESS_KEY, tg_run_look,
	    organization_info, "About an organization", TG_FAULT_DETAIL },
	{ TG_GET, "/organization/list", TG_ACCESS_KEY, tg_run_look,
	    organization_list, "Those the caller may see", TG_FAULT_DETAIL },
	{ TG_POST, "/organization/member_add", TG_ACCESS_KEY, tg_run_change,
	    tg_web_organization_member_add, "Add people", TG_FAULT_ERROR },
	{ TG_PATCH, "/organization/member_update", TG_ACCESS_KEY, tg_run_change,
	    tg_web_organization_member_update,
	    "Change somebody's role or budget", TG_FAULT_ERROR },
	{ TG_DELETE, "/organization/member_delete", TG_ACCESS_KEY,
	    tg_run_change, tg_web_organization_member_delete,
	    "Take somebody out", TG_FAULT_ERROR },
	{ TG_POST, "/project/new", TG_ACCESS_KEY, tg_run_change,
	    tg_web_project_new, "Make a project of a team", TG_FAULT_ERROR },
	{ TG_POST, "/project/update", TG_ACCESS_KEY, tg_run_change,
	    tg_web_project_update, "Change it", TG_FAULT_ERROR },
	{ TG_DELETE, "/project/delete", TG_ACCESS_KEY, tg_run_change,
	    tg_web_project_delete, "Remove projects", TG_FAULT_ERROR },
	{ TG_POST, "/project/delete", TG_ACCESS_KEY, tg_run_change,
	    tg_web_project_delete, "The same", TG_FAULT_ERROR },
	{ TG_GET, "/project/info", TG_ACCESS_KEY, tg_run_look,
	    tg_web_project_info, "About a project", TG_FAULT_ERROR },
	{ TG_GET, "/project/list", TG_ACCESS_KEY, tg_run_look,
	    tg_web_project_list, "Those the caller may see", TG_FAULT_ERROR },
	{ .path = NULL },
};
