/* Members of a team: added, changed, removed, and the caller as one. */
#include "config.h"

#include "web/fault.h"
#include "web/manage/key.h"
#include "web/manage/team.h"
#include "web/manage/user.h"

#define BULK_MOST 500

static int
not_in_team(struct tg_manage *m)
{
	return tg_fail_param(
	    m->e, TG_E_INVALID, "user_id", "User not found in team");
}

/* --- add --- */

struct added {
	json_t *users, *memberships;
	size_t n;
};

static int
add_one(struct tg_manage *m, const struct tg_subject *team, json_t *one,
    struct added *added)
{
	struct tg_subject person;
	struct tg_member member;
	const char *role = "user";
	json_t *user, *row;
	int rc;

	if (!json_is_object(one))
		return tg_fail_param(m->e, TG_E_TYPE, "member",
		    "'member' must be an object, or a list of objects, with "
		    "'role' and 'user_id' or 'user_email'.");
	if (tg_team_role(m, one, &role) != 0 ||
	    tg_user_ensure(m, one, "internal_user", &person) < 0)
		return -1;
	rc = tg_team_join(m, team, &person, role, m->body);
	if (rc <= 0)
		return rc;
	user = tg_row_user(m, &person, false);
	if (user == NULL ||
	    tg_member_find(m->db, m->a, team->id, person.id, &member,
		m->e) != 1 ||
	    (row = tg_row_membership(m, &member)) == NULL)
		return -1;
	(void)json_array_append(added->users, user);
	(void)json_array_append(added->memberships, row);
	added->n++;
	return 0;
}

int
tg_web_team_member_add(struct tg_manage *m)
{
	json_t *members = json_object_get(m->body, "member"), *one, *row;
	struct added added = { tg_manage_keep(m, json_array()),
		tg_manage_keep(m, json_array()), 0 };
	struct tg_subject team;
	size_t i;

	if (tg_team_run(m, &team) != 0)
		return -1;
	if (members == NULL || json_is_null(members))
		return tg_fail_param(m->e, TG_E_MISSING, "member",
		    "'member' is missing.");
	if (!json_is_array(members))
		members = tg_manage_keep(m, json_pack("[O]", members));
	json_array_foreach(members, i, one) {
		if (add_one(m, &team, one, &added) != 0)
			return -1;
	}
	if (added.n == 0)
		return tg_manage_fail(m->e, TG_E_INVALID,
		    "team_member_already_in_team", "member",
		    "All of these members are already in team=%s. "
		    "/team/member_update changes them.",
		    team.name);
	row = tg_row_team(m, &team, false);
	if (row == NULL)
		return -1;
	(void)json_object_set(row, "updated_users", added.users);
	(void)json_object_set(
	    row, "updated_team_memberships", added.memberships);
	m->answer = json_incref(row);
	return 0;
}

/* One refusal of this route comes in the other envelope. */
int
tg_web_team_add(struct tg_web *w)
{
	int rc = tg_manage_change(w, tg_web_team_member_add);

	if (rc == 0 ||
	    strcmp(w->rq->err.type, "team_member_already_in_team") != 0)
		return rc;
	tg_fault_send(
	    w->rq, tg_app_web(w->app)->compat, TG_FAULT_ERROR);
	return 0;
}

/* --- change --- */

static int
find_member(struct tg_manage *m, const struct tg_subject *team,
    struct tg_subject *person, struct tg_member *member)
{
	int rc = tg_user_given(m, m->body, person);

	if (rc == 1)
		rc = tg_member_find(
		    m->db, m->a, team->id, person->id, member, m->e);
	return rc == 0 ? not_in_team(m) : rc < 0 ? -1 :
						   0;
}

/* These routes answer an unknown team with 400, not 404. */
static int
run_team(struct tg_manage *m, struct tg_subject *team)
{
	if (tg_team_run(m, team) == 0)
		return 0;
	if (m->e->code == TG_E_NOT_FOUND)
		m->e->code = TG_E_INVALID;
	return -1;
}

static json_t *
echo(struct tg_manage *m, const struct tg_subject *team,
    const struct tg_subject *person, const json_t *budget)
{
	static const char *const names[] = { "tpm_limit", "rpm_limit",
		"budget_duration", NULL };
	json_t *row = tg_manage_keep(m, json_object()), *v;

	tg_jtree_set_text(row, "user_id", person->name);
	tg_jtree_set_text(row, "user_email", person->email);
	tg_jtree_set_text(row, "team_id", team->name);
	v = json_object_get(budget, "max_budget");
	(void)json_object_set_new(row, "max_budget_in_team",
	    v != NULL ? json_incref(v) : json_null());
	for (size_t i = 0; names[i] != NULL; i++) {
		v = json_object_get(budget, names[i]);
		(void)json_object_set_new(row, names[i],
		    v != NULL ? json_incref(v) : json_null());
	}
	return row;
}

int
tg_web_team_set(struct tg_manage *m)
{
	json_t *before, *after, *row, *models;
	struct tg_subject team, person;
	struct tg_member member;

	if (run_team(m, &team) != 0 ||
	    find_member(m, &team, &person, &member) != 0 ||
	    tg_team_role(m, m->body, &member.role) != 0)
		return -1;
	before = tg_row_membership(m, &member);
	if (before == NULL ||
	    tg_team_terms(m, &team, &member, m->body) != 0 ||
	    (after = tg_row_membership(m, &member)) == NULL ||
	    tg_manage_audit(m, "updated", TG_TABLE_MEMBER, team.name, before,
		after) != 0)
		return -1;
	row = echo(m, &team, &person,
	    json_object_get(after, "litellm_budget_table"));
	models = json_object_get(
	    tg_manage_json(m, member.settings), "allowed_models");
	(void)json_object_set_new(row, "allowed_models",
	    models != NULL ? json_incref(models) : json_null());
	m->answer = json_incref(row);
	return 0;
}

/* --- remove --- */

int
tg_web_team_drop(struct tg_manage *m)
{
	struct tg_key_filter f = { 0 };
	struct tg_subject team, person;
	struct tg_member member;
	json_t *before, *row;

	if (run_team(m, &team) != 0 ||
	    find_member(m, &team, &person, &member) != 0)
		return -1;
	f.team = team.id;
	f.person = person.id;
	before = tg_row_membership(m, &member);
	if (before == NULL || tg_user_drop_keys(m, &f) != 0 ||
	    tg_member_remove(m->db, team.id, person.id, m->e) < 0 ||
	    tg_team_forget(m, &member, 1) != 0 ||
	    tg_manage_audit(m, "deleted", TG_TABLE_MEMBER, team.name, before,
		NULL) != 0)
		return -1;
	row = tg_row_team(m, &team, false);
	m->answer = json_incref(row);
	return row != NULL ? 0 : -1;
}

/* --- many --- */

static json_t *
everybody(struct tg_manage *m)
{
	struct tg_subject_filter f = { .kind = TG_SUBJECT_PERSON };
	json_t *list = tg_manage_keep(m, json_array());
	struct tg_subject *people;
	int64_t total;
	size_t n;

	if (tg_subject_list(m->db, m->a, &f, &people, &n, &total, m->e) < 0)
		return NULL;
	for (size_t i = 0; i < n; i++)
		(void)json_array_append_new(list,
		    json_pack("{s:s, s:s}", "user_id", people[i].name,
			"role", "user"));
	return list;
}

/* What became of one: its own entry in the answer. */
static int
bulk_one(struct tg_manage *m, const struct tg_subject *team, json_t *one,
    struct added *added, json_t *results)
{
	struct tg_err mine = { 0 }, *all = m->e;
	size_t before = added->n, last = json_array_size(added->users);
	bool good;

	m->e = &mine;
	(void)add_one(m, team, one, added);
	m->e = all;
	if (mine.code == TG_E_STORE)
		return tg_err_pass(all, &mine);
	good = added->n > before;
	if (!good && mine.code == TG_OK)
		(void)tg_fail(&mine, TG_E_INVALID,
		    "This member is already in the team.");
	return json_array_append_new(results,
	    json_pack("{s:O?, s:O?, s:b, s:s?, s:O?, s:O?}", "user_id",
		json_object_get(one, "user_id"), "user_email",
		json_object_get(one, "user_email"), "success", good, "error",
		good ? NULL : mine.msg, "updated_user",
		good ? json_array_get(added->users, last) : NULL,
		"updated_team_membership",
		good ? json_array_get(added->memberships, last) : NULL));
}

int
tg_web_team_bulk(struct tg_manage *m)
{
	struct added added = { tg_manage_keep(m, json_array()),
		tg_manage_keep(m, json_array()), 0 };
	json_t *results = tg_manage_keep(m, json_array()), *list, *one, *row;
	struct tg_subject team;
	size_t i, n;

	if (tg_team_run(m, &team) != 0)
		return -1;
	list = json_is_true(json_object_get(m->body, "all_users")) ?
	    everybody(m) :
	    json_object_get(m->body, "members");
	n = json_array_size(list);
	if (m->e->code != TG_OK)
		return -1;
	if (n == 0 || n > BULK_MOST)
		return tg_fail_param(m->e, TG_E_INVALID, "members",
		    "Give 'members', a list of 1 to %d of them, or "
		    "'all_users'.",
		    BULK_MOST);
	json_array_foreach(list, i, one) {
		if (bulk_one(m, &team, one, &added, results) != 0)
			return -1;
	}
	row = tg_row_team(m, &team, false);
	if (row == NULL)
		return -1;
	m->answer = json_pack("{s:s, s:O, s:I, s:I, s:I, s:O}", "team_id",
	    team.name, "results", results, "total_requested", (json_int_t)n,
	    "successful_additions", (json_int_t)added.n, "failed_additions",
	    (json_int_t)(n - added.n), "updated_team", row);
	return 0;
}

/* --- oneself --- */

int
tg_web_team_me(struct tg_manage *m)
{
	const struct tg_subject *self = &m->w->caller->person;
	struct tg_subject team;
	struct tg_member member;
	json_t *row;
	int rc;

	if (tg_team_find(
		m, tg_arena_cstr(m->a, m->w->rest), &team) != 0)
		return -1;
	rc = self->id == 0 ? 0 :
			     tg_member_find(m->db, m->a, team.id, self->id,
				 &member, m->e);
	if (rc == 0)
		return tg_fail_param(m->e, TG_E_NOT_FOUND, "user_id",
		    "User not found in team");
	if (rc < 0 || (row = tg_row_membership(m, &member)) == NULL)
		return -1;
	tg_jtree_set_text(row, "role", member.role);
	tg_jtree_set_text(row, "user_email", self->email);
	tg_jtree_set_text(row, "team_alias", team.alias);
	m->answer = json_incref(row);
	return 0;
}
