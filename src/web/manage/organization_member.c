/*
 * The people of an organization: member_add, member_update, member_delete
 * (litellm-compat.md 2.6).  Who is not known yet becomes a person.
 */
#include "config.h"

#include "web/manage/organization.h"

#include "gate/rules.h"

#define TABLE "LiteLLM_OrganizationMembership"

static const char *const roles[] = { "org_admin", "internal_user",
	"internal_user_viewer", NULL };
/* What a member may spend and call there; of all calls in the organization. */
static const struct tg_field fields[] = {
	{ "max_budget_in_organization", TG_IS_MONEY, TG_FIELD_OWN, NULL },
	{ "budget_duration", TG_IS_DURATION, 0, NULL },
	{ "tpm_limit", TG_IS_COUNT, 0, NULL },
	{ "rpm_limit", TG_IS_COUNT, 0, NULL },
	{ .name = NULL },
};

json_t *
tg_organization_member_row(struct tg_manage *m, const struct tg_subject *s,
    const struct tg_member *member)
{
	struct tg_subject person;
	json_t *row, *user;

	if (tg_subject_by_id(m->db, m->a, member->person, &person, m->e) < 0 ||
	    (user = tg_row_user(m, &person, false)) == NULL ||
	    (row = tg_row_organization_member(m, &person, s, member)) == NULL)
		return NULL;
	tg_jtree_set_text(row, "user_email", person.email);
	(void)json_object_set(row, "user", user);
	return row;
}

/* With what the body says of its budget and limits. */
static int
save_member(struct tg_manage *m, struct tg_member *member)
{
	json_t *settings = tg_manage_json(m, member->settings);
	json_t *most =
	    json_object_get(m->body, "max_budget_in_organization");

	tg_fields_store(fields, m->body, settings);
	if (json_is_null(most))
		(void)json_object_del(settings, "max_budget");
	else if (most != NULL)
		(void)json_object_set(settings, "max_budget", most);
	member->settings = tg_manage_print(m, settings);
	if (tg_member_save(m->db, member, m->e) != 0)
		return -1;
	return tg_rules_apply(
	    m->db, m->a, TG_SCOPE_MEMBER, member->id, m->zone, m->e);
}

/* The organization of the body, which the caller may manage. */
static int
find_organization(struct tg_manage *m, struct tg_subject *s)
{
	const char *name;
	int may;

	if (tg_manage_need(m, "organization_id", &name) != 0 ||
	    tg_organization_find(m, name, true, s) != 1 ||
	    tg_fields_check(m->e, fields, m->body) != 0 ||
	    tg_fields_check(m->e, tg_fields_not_member, m->body) != 0)
		return -1;
	may = tg_caller_organization(m, s->id);
	if (may == 0)
		return tg_caller_deny(m, "manage this organization");
	return may == 1 ? 0 : -1;
}

/* 1 found, 0 not: by user_id, or by user_email. */
static int
find_person(struct tg_manage *m, const json_t *who, struct tg_subject *p,
    const char **id, const char **email)
{
	*id = *email = NULL;
	if (tg_jtree_text(who, "user_id", id, m->e) != 0 ||
	    tg_jtree_text(who, "user_email", email, m->e) != 0)
		return -1;
	if (*id != NULL && **id != '\0')
		return tg_subject_find(
		    m->db, m->a, TG_SUBJECT_PERSON, *id, p, m->e);
	*id = NULL;
	if (*email != NULL && **email != '\0')
		return tg_person_by_email(m->db, m->a, *email, p, m->e);
	return tg_fail_param(m->e, TG_E_INVALID, "user_id",
	    "Either 'user_id' or 'user_email' must be given.");
}

static int
check_role(struct tg_manage *m, const char *role)
{
	for (int i = 0; roles[i] != NULL; i++)
		if (role != NULL && strcmp(role, roles[i]) == 0)
			return 0;
	return tg_fail_param(m->e, TG_E_INVALID, "role",
	    "'role' must be org_admin, internal_user or "
	    "internal_user_viewer.");
}

/* Somebody new keeps to the role that is no administrator's of all. */
static int
make_person(struct tg_manage *m, const char *id, const char *email,
    struct tg_subject *p)
{
	*p = (struct tg_subject){
		.kind = TG_SUBJECT_PERSON,
		.name = id != NULL ? id : tg_manage_entity_id(m),
		.email = email,
		.role = "internal_user",
		.models = "[]",
		.settings = "{}",
		.created_by = m->w->who,
		.updated_by = m->w->who,
	};
	if (tg_subject_save(m->db, p, m->e) != 0)
		return -1;
	return tg_manage_audit(m, "created", "LiteLLM_UserTable", p->name,
	    NULL, tg_row_user(m, p, false));
}

static int
add_one(struct tg_manage *m, const struct tg_subject *s, const json_t *who)
{
	struct tg_member member = { 0 };
	struct tg_subject p;
	const char *role = NULL, *id, *email;
	json_t *user, *row;
	int found;

	if (tg_jtree_text(who, "role", &role, m->e) != 0 ||
	    check_role(m, role) != 0)
		return -1;
	found = find_person(m, who, &p, &id, &email);
	if (found < 0 || (found == 0 && make_person(m, id, email, &p) != 0))
		return -1;
	found = tg_member_find(m->db, m->a, s->id, p.id, &member, m->e);
	if (found == 1)
		return tg_fail_param(m->e, TG_E_CONFLICT, "member",
		    "User=%s is in the organization already.", p.name);
	member = (struct tg_member){ .team = s->id, .person = p.id,
		.role = role, .settings = "{}" };
	if (found < 0 || save_member(m, &member) != 0 ||
	    (user = tg_row_user(m, &p, false)) == NULL ||
	    (row = tg_organization_member_row(m, s, &member)) == NULL)
		return -1;
	(void)json_array_append(
	    json_object_get(m->answer, "updated_users"), user);
	(void)json_array_append(json_object_get(m->answer,
				    "updated_organization_memberships"),
	    row);
	return tg_manage_audit(m, "created", TABLE, s->name, NULL, row);
}

int
tg_web_organization_member_add(struct tg_manage *m)
{
	const json_t *who = json_object_get(m->body, "member");
	struct tg_subject s;
	size_t i;
	json_t *one;

	if (find_organization(m, &s) != 0)
		return -1;
	if (!json_is_object(who) && json_array_size(who) == 0)
		return tg_fail_param(m->e, TG_E_MISSING, "member",
		    "'member' is missing: {role, user_id or user_email}, or "
		    "a list of them.");
	m->answer = json_pack("{s:s, s:[], s:[]}", "organization_id", s.name,
		"updated_users", "updated_organization_memberships");
	if (json_is_object(who))
		return add_one(m, &s, who);
	json_array_foreach(who, i, one) {
		if (add_one(m, &s, one) != 0)
			return -1;
	}
	return 0;
}

/* --- one that is there --- */

static int
find_member(struct tg_manage *m, const struct tg_subject *s,
    struct tg_member *member)
{
	struct tg_subject p;
	const char *id, *email;
	int found = find_person(m, m->body, &p, &id, &email);

	if (found == 1)
		found = tg_member_find(
		    m->db, m->a, s->id, p.id, member, m->e);
	if (found == 0)
		return tg_fail_param(m->e, TG_E_NOT_FOUND, "user_id",
		    "User not found in organization %s.", s->name);
	return found == 1 ? 0 : -1;
}

int
tg_web_organization_member_update(struct tg_manage *m)
{
	struct tg_member member;
	struct tg_subject s;
	const char *role = NULL;
	json_t *before;

	if (find_organization(m, &s) != 0 ||
	    find_member(m, &s, &member) != 0 ||
	    (before = tg_organization_member_row(m, &s, &member)) == NULL ||
	    tg_manage_text(m, "role", &role) != 0)
		return -1;
	if (role != NULL) {
		if (check_role(m, role) != 0)
			return -1;
		member.role = role;
	}
	if (save_member(m, &member) != 0)
		return -1;
	m->answer = json_incref(tg_organization_member_row(m, &s, &member));
	if (m->answer == NULL)
		return -1;
	return tg_manage_audit(
	    m, "updated", TABLE, s.name, before, m->answer);
}

int
tg_web_organization_member_delete(struct tg_manage *m)
{
	struct tg_member member;
	struct tg_subject s;

	if (find_organization(m, &s) != 0 ||
	    find_member(m, &s, &member) != 0)
		return -1;
	m->answer = json_incref(tg_organization_member_row(m, &s, &member));
	if (m->answer == NULL ||
	    tg_member_remove(m->db, s.id, member.person, m->e) < 0)
		return -1;
	return tg_manage_audit(m, "deleted", TABLE, s.name, m->answer, NULL);
}
