/* People, teams and who is in them, as rows. */
#include "config.h"

#include "web/manage/fields.h"
#include "web/manage/rows.h"

static int put_common(struct tg_manage *, const struct tg_subject *,
    enum tg_scope, json_t *);
static int put_memberships(
    struct tg_manage *, const struct tg_subject *, json_t *);
static int put_members(
    struct tg_manage *, const struct tg_subject *, json_t *);

static void
put_null(json_t *row, const char *const *names)
{
	for (; *names != NULL; names++)
		(void)json_object_set_new(row, *names, json_null());
}

static int
put_model_spend(struct tg_manage *m, enum tg_scope scope,
    const struct tg_subject *s, json_t *row)
{
	json_t *spent =
	    tg_row_model_spend(m, scope, s->id, s->created_at);

	(void)json_object_set(row, "model_spend", spent);
	return spent != NULL ? 0 : -1;
}

json_t *
tg_row_user(
    struct tg_manage *m, const struct tg_subject *person, bool models)
{
	static const char *const nulls[] = { "team_id",
		"object_permission_id", NULL };
	json_t *row = tg_manage_keep(m, json_object());

	tg_jtree_set_text(row, "user_id", person->name);
	tg_jtree_set_text(row, "user_alias", person->alias);
	tg_jtree_set_text(row, "user_email", person->email);
	tg_jtree_set_text(row, "user_role", person->role);
	put_null(row, nulls);
	if (put_common(m, person, TG_SCOPE_PERSON, row) != 0 ||
	    put_memberships(m, person, row) != 0)
		return NULL;
	tg_fields_show(tg_fields_user,
	    tg_manage_json(m, person->settings), row);
	if (models &&
	    put_model_spend(m, TG_SCOPE_PERSON, person, row) != 0)
		return NULL;
	return row;
}

json_t *
tg_row_team(
    struct tg_manage *m, const struct tg_subject *team, bool models)
{
	static const char *const nulls[] = { "model_id", "litellm_model_table",
		"object_permission_id", NULL };
	json_t *own = tg_manage_json(m, team->settings), *aliases;
	json_t *row = tg_manage_keep(m, json_object());
	const char *organization;

	if (tg_row_name(m, team->parent, &organization) != 0)
		return NULL;
	tg_jtree_set_text(row, "team_id", team->name);
	tg_jtree_set_text(row, "team_alias", team->alias);
	tg_jtree_set_text(row, "organization_id", organization);
	put_null(row, nulls);
	(void)json_object_set_new(
	    row, "allow_team_guardrail_config", json_false());
	if (put_common(m, team, TG_SCOPE_TEAM, row) != 0 ||
	    put_members(m, team, row) != 0)
		return NULL;
	tg_fields_show(tg_fields_team, own, row);
	aliases = json_object_get(own, "model_aliases");
	if (aliases != NULL)
		(void)json_object_set_new(row, "litellm_model_table",
		    json_pack("{s:O}", "model_aliases", aliases));
	if (models && put_model_spend(m, TG_SCOPE_TEAM, team, row) != 0)
		return NULL;
	return row;
}

/* What both have, from columns and accounts. */
static int
put_common(struct tg_manage *m, const struct tg_subject *s,
    enum tg_scope scope, json_t *row)
{
	const json_t *own = tg_manage_json(m, s->settings);
	const json_t *settings =
	    tg_row_settings(m, s->settings, s->budget);
	json_t *metadata = json_object_get(own, "metadata");
	struct tg_figures f;

	if (settings == NULL ||
	    tg_row_figures(m, scope, s->id, settings, &f) != 0)
		return -1;
	(void)json_object_set(row, "models", tg_manage_json(m, s->models));
	(void)json_object_set_new(row, "metadata",
	    json_is_object(metadata) ? json_copy(metadata) : json_object());
	(void)json_object_set_new(row, "blocked", json_boolean(s->blocked));
	(void)json_object_set_new(
	    row, "spend", tg_manage_usd(f.spent_nano));
	(void)json_object_set_new(
	    row, "budget_reset_at", tg_manage_time(f.reset_at));
	(void)json_object_set_new(row, "model_spend", json_object());
	(void)json_object_set_new(
	    row, "created_at", tg_manage_time(s->created_at));
	(void)json_object_set_new(
	    row, "updated_at", tg_manage_time(s->updated_at));
	/* A shared budget is ours to link; LiteLLM's rows have no place. */
	if (s->budget != NULL)
		tg_jtree_set_text(row, "budget_id", s->budget);
	if (s->removed_at != 0)
		(void)json_object_set_new(
		    row, "deleted_at", tg_manage_time(s->removed_at));
	return 0;
}

/* --- memberships --- */

/* In the present period of its budget, else ever. */
static int
organization_figures(struct tg_manage *m, const struct tg_member *member,
    struct tg_figures *f)
{
	char name[TG_SCOPE_NUMBER_BYTES];
	struct tg_account *accounts;
	struct tg_standing *st;
	size_t n, n_st;

	*f = (struct tg_figures){ 0 };
	(void)tg_scope_number(member->team, name);
	if (tg_account_spent(m->db, TG_SCOPE_ORGANIZATION_MEMBER,
		member->person, name, &f->spent_nano, m->e) < 0 ||
	    tg_accounts_of(m->db, m->a, TG_SCOPE_ORGANIZATION_MEMBER,
		member->person, &accounts, &n, m->e) < 0)
		return -1;
	f->total_nano = f->spent_nano;
	for (size_t i = 0; i < n; i++) {
		if (strcmp(accounts[i].name, name) != 0)
			continue;
		if (tg_standings(m->db, m->a, &accounts[i], m->now, &st,
			&n_st, m->e) < 0)
			return -1;
		if (n_st == 0 || st[0].cap == NULL)
			continue;
		f->spent_nano = st[0].spent_nano;
		if (st[0].reset_at != INT64_MAX)
			f->reset_at = st[0].reset_at;
	}
	return 0;
}

json_t *
tg_row_organization_member(struct tg_manage *m,
    const struct tg_subject *person, const struct tg_subject *organization,
    const struct tg_member *member)
{
	const json_t *own = tg_manage_json(m, member->settings);
	json_t *row = tg_manage_keep(m, json_object());
	json_t *budget = tg_row_budget(m, member->budget);
	struct tg_figures f;

	if (budget == NULL || organization_figures(m, member, &f) < 0)
		return NULL;
	if (json_is_null(budget) && json_object_size(own) > 0)
		budget = tg_row_own_budget(m, NULL, own, &f);
	tg_jtree_set_text(row, "user_id", person->name);
	tg_jtree_set_text(row, "organization_id", organization->name);
	tg_jtree_set_text(row, "user_role", member->role);
	tg_jtree_set_text(row, "budget_id", member->budget);
	(void)json_object_set_new(row, "spend", tg_manage_usd(f.spent_nano));
	(void)json_object_set(row, "litellm_budget_table", budget);
	(void)json_object_set_new(
	    row, "created_at", tg_manage_time(member->created_at));
	(void)json_object_set_new(
	    row, "updated_at", tg_manage_time(member->updated_at));
	return row;
}

static int
put_memberships(
    struct tg_manage *m, const struct tg_subject *person, json_t *row)
{
	json_t *teams = json_array(), *organizations = json_array(), *one;
	struct tg_member *rows;
	struct tg_subject in;
	size_t n, i;

	(void)json_object_set_new(row, "teams", teams);
	(void)json_object_set_new(
	    row, "organization_memberships", organizations);
	if (tg_member_list(m->db, m->a, 0, person->id, &rows, &n, m->e) < 0)
		return -1;
	for (i = 0; i < n; i++) {
		int rc = tg_subject_by_id(
		    m->db, m->a, rows[i].team, &in, m->e);
		if (rc < 0)
			return -1;
		if (rc == 0)
			continue;
		if (in.kind == TG_SUBJECT_TEAM) {
			(void)json_array_append_new(
			    teams, json_string(in.name));
			continue;
		}
		one = tg_row_organization_member(
		    m, person, &in, &rows[i]);
		if (one == NULL)
			return -1;
		(void)json_array_append(organizations, one);
	}
	return 0;
}

json_t *
tg_row_member_role(struct tg_manage *m, const struct tg_member *member)
{
	json_t *row = tg_manage_keep(m, json_object());
	struct tg_subject person = { 0 };

	if (tg_subject_by_id(m->db, m->a, member->person, &person, m->e) < 0)
		return NULL;
	tg_jtree_set_text(row, "user_id", person.name);
	tg_jtree_set_text(row, "user_email", person.email);
	tg_jtree_set_text(row, "role", member->role);
	return row;
}

static int
put_members(
    struct tg_manage *m, const struct tg_subject *team, json_t *row)
{
	json_t *all = json_array(), *one;
	struct tg_member *rows;
	size_t n, i;

	/* "members" and "admins" are LiteLLM's of old: always empty. */
	(void)json_object_set_new(row, "members", json_array());
	(void)json_object_set_new(row, "admins", json_array());
	(void)json_object_set_new(row, "members_with_roles", all);
	if (tg_member_list(m->db, m->a, team->id, 0, &rows, &n, m->e) < 0)
		return -1;
	for (i = 0; i < n; i++) {
		one = tg_row_member_role(m, &rows[i]);
		if (one == NULL)
			return -1;
		(void)json_array_append(all, one);
	}
	return 0;
}

json_t *
tg_row_membership(struct tg_manage *m, const struct tg_member *member)
{
	json_t *row = tg_manage_keep(m, json_object());
	json_t *settings = tg_row_settings(
	    m, member->settings, member->budget);
	json_t *budget = tg_row_budget(m, member->budget);
	struct tg_figures f;
	const char *user, *team;

	if (settings == NULL || budget == NULL ||
	    tg_row_figures(
		m, TG_SCOPE_MEMBER, member->id, settings, &f) != 0 ||
	    tg_row_name(m, member->person, &user) != 0 ||
	    tg_row_name(m, member->team, &team) != 0)
		return NULL;
	tg_jtree_set_text(row, "user_id", user);
	tg_jtree_set_text(row, "team_id", team);
	tg_jtree_set_text(row, "budget_id", member->budget);
	(void)json_object_set_new(
	    row, "spend", tg_manage_usd(f.spent_nano));
	(void)json_object_set_new(
	    row, "total_spend", tg_manage_usd(f.total_nano));
	(void)json_object_set(row, "litellm_budget_table", budget);
	return row;
}
