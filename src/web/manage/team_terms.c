/* People in teams: joining, and on which terms. */
#include "config.h"

#include "base/id.h"
#include "gate/rules.h"
#include "store/budgets.h"
#include "web/manage/team.h"
#include "web/manage/user.h"

static const struct {
	const char *sent, *kept;
} money[] = {
	{ "max_budget_in_team", "max_budget" },
	{ "budget_duration", "budget_duration" },
	{ "tpm_limit", "tpm_limit" },
	{ "rpm_limit", "rpm_limit" },
};

int
tg_team_role(struct tg_manage *m, const json_t *body, const char **role)
{
	const char *text = NULL;

	if (tg_jtree_text(body, "role", &text, m->e) != 0)
		return -1;
	if (text == NULL)
		return 0;
	if (strcmp(text, "admin") != 0 && strcmp(text, "user") != 0)
		return tg_fail_param(m->e, TG_E_TYPE, "role",
		    "'role' must be admin or user.");
	*role = strcmp(text, "admin") == 0 ? "admin" : "user";
	return 0;
}

static bool
sends_money(const json_t *terms)
{
	for (size_t i = 0; i < sizeof(money) / sizeof(money[0]); i++)
		if (json_object_get(terms, money[i].sent) != NULL)
			return true;
	return false;
}

/* The member's own budget: a copy of the shared one it has so far. */
static int
own_budget(struct tg_manage *m, struct tg_member *member,
    const char *shared, const json_t *terms)
{
	struct tg_budget b = { .settings = "{}",
		.created_by = m->w->who };
	json_t *settings;
	struct tg_rules rules;

	if (member->budget != NULL &&
	    tg_budget_find(m->db, m->a, member->budget, &b, m->e) < 0)
		return -1;
	if (member->budget == NULL ||
	    (shared != NULL && strcmp(member->budget, shared) == 0))
		member->budget =
		    tg_uuid7(tg_arena_alloc(m->a, TG_UUID_BYTES));
	settings = tg_manage_json(m, b.settings);
	for (size_t i = 0; i < sizeof(money) / sizeof(money[0]); i++) {
		json_t *v = json_object_get(terms, money[i].sent);
		if (json_is_null(v))
			(void)json_object_del(settings, money[i].kept);
		else if (v != NULL)
			(void)json_object_set(settings, money[i].kept, v);
	}
	if (tg_rules_read(m->a, settings, NULL, NULL, m->zone, &rules,
		m->e) != 0)
		return -1;
	b.name = member->budget;
	b.settings = tg_manage_print(m, settings);
	b.updated_by = m->w->who;
	return tg_budget_save(m->db, &b, m->e);
}

int
tg_team_terms(struct tg_manage *m, const struct tg_subject *team,
    struct tg_member *member, const json_t *terms)
{
	const json_t *of_team = tg_manage_json(m, team->settings);
	const char *shared = json_string_value(
	    json_object_get(of_team, "team_member_budget_id"));
	json_t *settings = tg_manage_json(m, member->settings), *models;

	if (tg_fields_check(m->e, tg_fields_member, terms) != 0 ||
	    tg_fields_check(m->e, tg_fields_not_member, terms) != 0)
		return -1;
	models = json_object_get(of_team, "default_team_member_models");
	if (member->id == 0 && json_array_size(models) > 0)
		(void)json_object_set(settings, "allowed_models", models);
	tg_fields_store(tg_fields_member, terms, settings);
	member->settings = tg_manage_print(m, settings);
	if (member->id == 0 && shared != NULL)
		member->budget = tg_arena_cstr(m->a, tg_str(shared));
	if (sends_money(terms) &&
	    own_budget(m, member, shared, terms) != 0)
		return -1;
	if (tg_member_save(m->db, member, m->e) != 0)
		return -1;
	return tg_rules_apply(
	    m->db, m->a, TG_SCOPE_MEMBER, member->id, m->zone, m->e);
}

int
tg_team_join(struct tg_manage *m, const struct tg_subject *team,
    const struct tg_subject *person, const char *role, const json_t *terms)
{
	struct tg_member member;
	int rc = tg_member_find(
	    m->db, m->a, team->id, person->id, &member, m->e);

	if (rc != 0)
		return rc < 0 ? -1 : 0;
	member = (struct tg_member){
		.team = team->id,
		.person = person->id,
		.role = strcmp(role, "admin") == 0 ? "admin" : "user",
		.settings = "{}",
	};
	if (tg_team_terms(m, team, &member, terms) != 0 ||
	    tg_manage_audit(m, "created", TG_TABLE_MEMBER, team->name, NULL,
		tg_row_membership(m, &member)) != 0)
		return -1;
	return 1;
}

/* 1: a living team has it for members to come. */
static int
is_of_team(struct tg_manage *m, const struct tg_member *member)
{
	struct tg_subject team;
	const char *shared;
	int rc = tg_subject_by_id(m->db, m->a, member->team, &team, m->e);

	if (rc != 1)
		return rc;
	shared = json_string_value(json_object_get(
	    tg_manage_json(m, team.settings), "team_member_budget_id"));
	return team.removed_at == 0 && shared != NULL &&
	    strcmp(shared, member->budget) == 0;
}

/*
 * The names of such budgets were made here, for one member or for those of a
 * team; whoever else uses one keeps it.
 */
int
tg_team_forget(
    struct tg_manage *m, const struct tg_member *members, size_t n)
{
	struct tg_budget_user *users;
	size_t n_users;
	int rc;

	for (size_t i = 0; i < n; i++) {
		if (members[i].budget == NULL)
			continue;
		rc = is_of_team(m, &members[i]);
		if (rc < 0)
			return -1;
		if (rc == 1)
			continue;
		if (tg_budget_users(m->db, m->a, members[i].budget, &users,
			&n_users, m->e) < 0)
			return -1;
		if (n_users == 0 &&
		    tg_budget_remove(m->db, members[i].budget, m->e) < 0)
			return -1;
	}
	return 0;
}

/* --- of a new team --- */

static int
join_ids(struct tg_manage *m, const struct tg_subject *team,
    const json_t *ids, const char *role)
{
	struct tg_subject person;
	size_t i;
	json_t *one;

	json_array_foreach(ids, i, one) {
		json_t *who = tg_manage_keep(
		    m, json_pack("{s:O}", "user_id", one));
		if (tg_user_ensure(m, who, "internal_user", &person) < 0 ||
		    tg_team_join(m, team, &person, role, NULL) < 0)
			return -1;
	}
	return 0;
}

int
tg_team_people(struct tg_manage *m, const json_t *body,
    const struct tg_subject *team)
{
	struct tg_subject person;
	size_t i;
	json_t *one;

	json_array_foreach(
	    json_object_get(body, "members_with_roles"), i, one) {
		const char *role = "user";

		if (!json_is_object(one))
			return tg_fail_param(m->e, TG_E_TYPE,
			    "members_with_roles",
			    "'members_with_roles' must be a list of "
			    "objects with 'role' and 'user_id' or "
			    "'user_email'.");
		if (tg_team_role(m, one, &role) != 0 ||
		    tg_user_ensure(m, one, "internal_user", &person) < 0 ||
		    tg_team_join(m, team, &person, role, NULL) < 0)
			return -1;
	}
	if (m->w->caller->person.id != 0 &&
	    tg_team_join(
		m, team, &m->w->caller->person, "admin", NULL) < 0)
		return -1;
	if (join_ids(m, team, json_object_get(body, "admins"), "admin") != 0)
		return -1;
	return join_ids(m, team, json_object_get(body, "members"), "user");
}
