/*
 * Who may make a key for whom: owners, the permissions of team members, the
 * house's key_generation_settings, and what a team has promised already.
 */
#include "config.h"

#include "store/setup.h"
#include "web/manage/key.h"

static int own_owner(struct tg_manage *, json_t *);
static int for_team(struct tg_manage *, json_t *, const char *, bool);
static int for_self(struct tg_manage *, json_t *);

static const char *
text_in(const json_t *body, const char *name)
{
	const char *text = json_string_value(json_object_get(body, name));

	return text != NULL && *text != '\0' ? text : NULL;
}

/* key_generation_settings.<which>, or NULL. */
static int
generation(struct tg_manage *m, const char *which, const json_t **out)
{
	const char *text = NULL;
	int rc = tg_config_get(
	    m->db, m->a, "key_generation_settings", &text, m->e);

	*out = rc == 1 ? json_object_get(tg_manage_json(m, text), which) :
			 NULL;
	return rc < 0 ? -1 : 0;
}

static int
need_params(struct tg_manage *m, const json_t *body, const json_t *rules)
{
	size_t i;
	json_t *one;

	json_array_foreach(json_object_get(rules, "required_params"), i, one) {
		const char *name = json_string_value(one);
		const json_t *v =
		    name != NULL ? json_object_get(body, name) : NULL;
		if (name != NULL && (v == NULL || json_is_null(v)))
			return tg_fail_param(m->e, TG_E_INVALID, name,
			    "Required parameter '%s' is missing: the "
			    "gateway's key_generation_settings ask for it.",
			    name);
	}
	return 0;
}

int
tg_key_may_make(struct tg_manage *m, json_t *body, bool service)
{
	const char *team;

	if (m->w->caller->admin)
		return 1;
	if (!m->w->caller->may_write)
		return tg_caller_deny(m, "create keys");
	if (m->w->caller->person.id == 0 && own_owner(m, body) != 0)
		return -1;
	team = text_in(body, "team_id");
	if (team != NULL)
		return for_team(m, body, team, service);
	if (text_in(body, "project_id") != NULL ||
	    text_in(body, "organization_id") != NULL)
		return tg_fail_param(m->e, TG_E_INVALID, "team_id",
		    "Give the 'team_id', too: a project's key is one of its "
		    "team.");
	return for_self(m, body);
}

/*
 * A key of no person makes keys that belong where it does itself: else a
 * team's key could make some that the team does not pay for.
 */
static int
own_owner(struct tg_manage *m, json_t *body)
{
	const struct tg_key *key = &m->w->key;
	const struct {
		const char *name;
		int64_t subject;
	} owners[] = {
		{ "user_id", key->person },
		{ "team_id", key->team },
		{ "project_id", key->project },
		{ "organization_id", key->organization },
	};
	const char *own, *asked;

	for (size_t i = 0; i < sizeof(owners) / sizeof(owners[0]); i++) {
		if (tg_row_name(m, owners[i].subject, &own) != 0)
			return -1;
		asked = text_in(body, owners[i].name);
		if (asked != NULL &&
		    (own == NULL || strcmp(asked, own) != 0))
			return tg_manage_fail(m->e,
			    i == 0 ? TG_E_FORBIDDEN : TG_E_INVALID, NULL,
			    owners[i].name,
			    "This key may only create keys for itself: "
			    "'%s' cannot be '%s'.",
			    owners[i].name, asked);
		tg_jtree_set_text(body, owners[i].name, own);
	}
	return 0;
}

/* 1 the caller's role in the team is allowed to, 0 not. */
static int
role_may(struct tg_manage *m, const struct tg_subject *team,
    const json_t *rules)
{
	const json_t *roles =
	    json_object_get(rules, "allowed_team_member_roles");
	struct tg_member row;
	int rc;

	if (!json_is_array(roles) || m->w->caller->person.id == 0)
		return 1;
	rc = tg_member_find(m->db, m->a, team->id, m->w->caller->person.id,
	    &row, m->e);
	if (rc < 0)
		return -1;
	return rc == 0 || tg_manage_among(roles, row.role);
}

/* Whoever a team's key is made for must be in the team. */
static int
user_in_team(
    struct tg_manage *m, const struct tg_subject *team, const char *user)
{
	struct tg_subject person;
	struct tg_member row;
	int rc = tg_subject_find(
	    m->db, m->a, TG_SUBJECT_PERSON, user, &person, m->e);

	if (rc == 1)
		rc = tg_member_find(
		    m->db, m->a, team->id, person.id, &row, m->e);
	if (rc == 0)
		return tg_fail_param(m->e, TG_E_INVALID, "user_id",
		    "User=%s not assigned to team=%s.", user, team->name);
	if (rc == 1)
		rc = tg_caller_acts_for(m, person.id, team->id);
	if (rc == 0)
		return tg_caller_deny(m, "create keys for this user");
	return rc < 0 ? -1 : 0;
}

static int
own_person(struct tg_manage *m, json_t *body, bool runs)
{
	const char *user = text_in(body, "user_id");
	const char *self = m->w->caller->person.name;

	if (user == NULL)
		tg_jtree_set_text(body, "user_id", self);
	else if (!runs && strcmp(user, self) != 0)
		return tg_caller_deny(m, "create keys for another user");
	return 0;
}

/* Another organization's budget is not the caller's to use. */
static int
same_organization(struct tg_manage *m, const json_t *body,
    const struct tg_subject *team)
{
	const char *asked = text_in(body, "organization_id"), *own;

	if (asked == NULL)
		return 0;
	if (tg_row_name(m, team->parent, &own) != 0)
		return -1;
	if (own != NULL && strcmp(own, asked) == 0)
		return 0;
	return tg_fail_param(m->e, TG_E_INVALID, "organization_id",
	    "The team '%s' does not belong to the organization '%s'.",
	    team->name, asked);
}

static int
for_team(struct tg_manage *m, json_t *body, const char *name, bool service)
{
	const char *route =
	    service ? "/key/service-account/generate" : "/key/generate";
	const json_t *rules;
	struct tg_subject team;
	int runs, may;

	may = tg_subject_find(
	    m->db, m->a, TG_SUBJECT_TEAM, name, &team, m->e);
	if (may == 0)
		return tg_fail_param(m->e, TG_E_INVALID, "team_id",
		    "There is no team '%s'.", name);
	if (may < 0 || (runs = tg_caller_team(m, &team)) < 0)
		return -1;
	if (m->w->caller->person.id != 0 &&
	    same_organization(m, body, &team) != 0)
		return -1;
	if (m->w->caller->person.id == 0)
		return 0; /* its own team, see own_owner() */
	if (runs == 0 &&
	    user_in_team(m, &team, m->w->caller->person.name) != 0)
		return -1;
	may = runs ? 1 : tg_caller_team_keys(m, &team, route);
	if (may < 0 || generation(m, "team_key_generation", &rules) != 0)
		return -1;
	if (may == 1 && !runs)
		may = role_may(m, &team, rules);
	if (may <= 0)
		return may < 0 ? -1 :
				 tg_fail(m->e, TG_E_MEMBER_RIGHT,
				     "Team member does not have permissions "
				     "for endpoint: %s. The team's admin may "
				     "allow it with "
				     "/team/permissions_update.",
				     route);
	if (need_params(m, body, rules) != 0 ||
	    (!service && own_person(m, body, runs == 1) != 0))
		return -1;
	name = text_in(body, "user_id");
	if (name != NULL && user_in_team(m, &team, name) != 0)
		return -1;
	return runs;
}

static int
for_self(struct tg_manage *m, json_t *body)
{
	const json_t *rules, *roles;

	if (generation(m, "personal_key_generation", &rules) != 0)
		return -1;
	roles = json_object_get(rules, "allowed_user_roles");
	if (json_is_array(roles) &&
	    !tg_manage_among(roles, m->w->caller->role))
		return tg_caller_deny(m, "create personal keys");
	if (need_params(m, body, rules) != 0)
		return -1;
	return m->w->caller->person.id != 0 ? own_person(m, body, false) : 0;
}

/* --- guaranteed throughput --- */

static bool
is_guaranteed(const json_t *settings, const char *type)
{
	const char *text =
	    json_string_value(json_object_get(settings, type));

	return text != NULL && strcmp(text, "guaranteed_throughput") == 0;
}

/* What the team's other keys were guaranteed. */
static int
promised(struct tg_manage *m, const struct tg_key *key, const char *type,
    const char *limit, double *sum)
{
	struct tg_key_filter f = { .team = key->team };
	struct tg_key *keys;
	int64_t total;
	size_t n;

	*sum = 0;
	if (tg_key_page(m->db, m->a, &f, &keys, &n, &total, m->e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		const json_t *s = tg_manage_json(m, keys[i].settings);
		if (keys[i].id != key->id && is_guaranteed(s, type))
			*sum += json_number_value(
			    json_object_get(s, limit));
	}
	return 0;
}

int
tg_key_guaranteed(struct tg_manage *m, const struct tg_key *key)
{
	static const struct {
		const char *type, *limit, *says;
	} kinds[] = {
		{ "rpm_limit_type", "rpm_limit", "RPM" },
		{ "tpm_limit_type", "tpm_limit", "TPM" },
	};
	const json_t *own = tg_manage_json(m, key->settings), *of_team;
	struct tg_subject team;
	double sum, mine, all;

	if (key->team == 0)
		return 0;
	if (tg_subject_by_id(m->db, m->a, key->team, &team, m->e) < 0)
		return -1;
	of_team = tg_manage_json(m, team.settings);
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		const json_t *most =
		    json_object_get(of_team, kinds[i].limit);
		if (!is_guaranteed(own, kinds[i].type) ||
		    !json_is_number(most))
			continue;
		if (promised(m, key, kinds[i].type, kinds[i].limit, &sum) !=
		    0)
			return -1;
		mine = json_number_value(
		    json_object_get(own, kinds[i].limit));
		all = json_number_value(most);
		if (sum + mine > all)
			return tg_fail_param(m->e, TG_E_INVALID,
			    kinds[i].limit,
			    "Allocated %s limit=%.0f + Key %s limit=%.0f is "
			    "greater than team %s limit=%.0f.",
			    kinds[i].says, sum, kinds[i].says, mine,
			    kinds[i].says, all);
	}
	return 0;
}
