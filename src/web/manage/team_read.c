/* From a body to a team, and who may touch one. */
#include "config.h"

#include "base/id.h"
#include "gate/rules.h"
#include "store/budgets.h"
#include "web/manage/key.h"
#include "web/manage/team.h"
#include "web/manage/user.h"

static int read_settings(
    struct tg_manage *, const json_t *, struct tg_subject *);
static int member_budget(struct tg_manage *, const json_t *,
    const struct tg_subject *, json_t *);

int
tg_team_find(
    struct tg_manage *m, const char *name, struct tg_subject *team)
{
	int rc = tg_subject_find(
	    m->db, m->a, TG_SUBJECT_TEAM, name, team, m->e);

	if (rc == 0)
		return tg_fail_param(m->e, TG_E_NOT_FOUND, "team_id",
		    "Team not found, passed team_id=%s", name);
	return rc < 0 ? -1 : 0;
}

int
tg_team_given(struct tg_manage *m, struct tg_subject *team)
{
	const char *name;

	if (tg_manage_need(m, "team_id", &name) != 0)
		return -1;
	return tg_team_find(m, name, team);
}

int
tg_team_run(struct tg_manage *m, struct tg_subject *team)
{
	int rc;

	if (tg_team_given(m, team) != 0)
		return -1;
	rc = m->w->caller->may_write ? tg_caller_team(m, team) : 0;
	if (rc == 0)
		return tg_caller_deny(m, "change this team");
	return rc < 0 ? -1 : 0;
}

int
tg_team_rule(struct tg_manage *m, struct tg_subject *team)
{
	int rc;

	if (tg_team_given(m, team) != 0)
		return -1;
	rc = tg_caller_organization(m, team->parent);
	if (rc == 0)
		return tg_caller_deny(m, "do this with a team");
	return rc < 0 ? -1 : 0;
}

static const char *
text_in(struct tg_manage *m, const json_t *body, const char *name)
{
	const char *text = json_string_value(json_object_get(body, name));

	return text != NULL && *text != '\0' ?
	    tg_arena_cstr(m->a, tg_str(text)) :
	    NULL;
}

int
tg_team_read(
    struct tg_manage *m, const json_t *body, struct tg_subject *team)
{
	const json_t *v;

	if (tg_fields_check(m->e, tg_fields_team, body) != 0)
		return -1;
	if (json_object_get(body, "team_alias") != NULL)
		team->alias = text_in(m, body, "team_alias");
	if (json_object_get(body, "budget_id") != NULL)
		team->budget = text_in(m, body, "budget_id");
	if (json_object_get(body, "organization_id") != NULL &&
	    tg_key_owner(m, TG_SUBJECT_ORGANIZATION,
		text_in(m, body, "organization_id"), &team->parent) != 0)
		return -1;
	v = json_object_get(body, "models");
	if (v != NULL)
		team->models =
		    json_is_null(v) ? "[]" : tg_manage_print(m, v);
	v = json_object_get(body, "blocked");
	if (v != NULL)
		team->blocked = json_is_true(v);
	team->updated_by = m->w->who;
	return read_settings(m, body, team);
}

static int
check_soft(struct tg_manage *m, const json_t *settings)
{
	const json_t *soft = json_object_get(settings, "soft_budget");
	const json_t *most = json_object_get(settings, "max_budget");

	if (json_is_number(soft) && json_is_number(most) &&
	    json_number_value(soft) >= json_number_value(most))
		return tg_fail_param(m->e, TG_E_INVALID, "soft_budget",
		    "soft_budget (%s) must be strictly lower than max_budget "
		    "(%s).",
		    tg_manage_print(m, soft), tg_manage_print(m, most));
	return 0;
}

static int
read_settings(
    struct tg_manage *m, const json_t *body, struct tg_subject *team)
{
	json_t *metadata = json_object_get(body, "metadata");
	json_t *settings = tg_manage_json(m, team->settings);
	enum tg_log_mode log;
	const char *text;

	if (!json_is_object(settings))
		settings = tg_manage_keep(m, json_object());
	tg_fields_store(tg_fields_team, body, settings);
	tg_manage_expiry(m, settings);
	(void)json_object_del(settings, "implied");
	if (metadata != NULL)
		(void)json_object_set(settings, "metadata", metadata);
	text = text_in(m, body, "log");
	if (text != NULL && tg_log_mode_parse(tg_str(text), &log) != 0)
		return tg_fail_param(m->e, TG_E_INVALID, "log",
		    "'log' must be full, numbers or none.");
	if (check_soft(m, settings) != 0 ||
	    member_budget(m, body, team, settings) != 0)
		return -1;
	team->settings = tg_manage_print(m, settings);
	return tg_key_promises(m, team->settings, team->budget);
}

/* --- what each member of the team may spend --- */

static const struct {
	const char *sent, *kept;
} terms[] = {
	{ "team_member_budget", "max_budget" },
	{ "team_member_budget_duration", "budget_duration" },
	{ "team_member_rpm_limit", "rpm_limit" },
	{ "team_member_tpm_limit", "tpm_limit" },
};

/* Those who have no budget of their own get the team's for members. */
static int
link_members(struct tg_manage *m, const struct tg_subject *team,
    const char *budget)
{
	struct tg_member *rows;
	size_t n, i;

	if (team->id == 0)
		return 0;
	if (tg_member_list(m->db, m->a, team->id, 0, &rows, &n, m->e) < 0)
		return -1;
	for (i = 0; i < n; i++) {
		if (rows[i].budget != NULL)
			continue;
		rows[i].budget = budget;
		if (tg_member_save(m->db, &rows[i], m->e) != 0)
			return -1;
	}
	return tg_rules_apply_budget(m->db, m->a, budget, m->zone, m->e);
}

static int
save_budget(
    struct tg_manage *m, const char *name, const json_t *body, bool is_new)
{
	struct tg_budget b = { .name = name,
		.settings = "{}",
		.created_by = m->w->who };
	json_t *settings;

	if (!is_new &&
	    tg_budget_find(m->db, m->a, name, &b, m->e) < 0)
		return -1;
	settings = tg_manage_json(m, b.settings);
	for (size_t i = 0; i < sizeof(terms) / sizeof(terms[0]); i++) {
		json_t *v = json_object_get(body, terms[i].sent);
		if (json_is_null(v))
			(void)json_object_del(settings, terms[i].kept);
		else if (v != NULL)
			(void)json_object_set(settings, terms[i].kept, v);
	}
	b.settings = tg_manage_print(m, settings);
	b.updated_by = m->w->who;
	return tg_budget_save(m->db, &b, m->e);
}

static int
member_budget(struct tg_manage *m, const json_t *body,
    const struct tg_subject *team, json_t *settings)
{
	static const char id[] = "team_member_budget_id";
	const char *name = text_in(m, settings, id);
	bool is_new = name == NULL, sent = false;

	for (size_t i = 0; i < sizeof(terms) / sizeof(terms[0]); i++) {
		const json_t *v = json_object_get(body, terms[i].sent);
		sent = sent || (v != NULL && (!is_new || !json_is_null(v)));
	}
	if (!sent)
		return 0;
	if (is_new)
		name = tg_uuid7(tg_arena_alloc(m->a, TG_UUID_BYTES));
	(void)json_object_set_new(settings, id, json_string(name));
	if (save_budget(m, name, body, is_new) != 0)
		return -1;
	return link_members(m, team, name);
}
