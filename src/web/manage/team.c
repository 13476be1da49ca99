/* Making and changing teams (litellm-compat.md 2.3); the routes of /team. */
#include "config.h"

#include "web/manage/team.h"

#include "base/id.h"
#include "gate/rules.h"
#include "store/setup.h"
#include "web/manage/key.h"
#include "web/manage/user.h"

static int
add_defaults(struct tg_manage *m, json_t *body)
{
	const char *text = NULL, *name;
	json_t *defaults, *v;
	int rc = tg_config_get(
	    m->db, m->a, "default_team_params", &text, m->e);

	if (rc < 0)
		return -1;
	defaults = tg_manage_json(m, rc == 1 ? text : "{}");
	json_object_foreach(defaults, name, v) {
		const json_t *sent = json_object_get(body, name);
		if (sent == NULL || json_is_null(sent))
			(void)json_object_set(body, name, v);
	}
	return 0;
}

/* One that a key named before is completed; else there must be none. */
static int
begin(struct tg_manage *m, struct tg_subject *team)
{
	struct tg_subject other;
	const char *name;
	int rc;

	if (tg_manage_text(m, "team_id", &name) != 0)
		return -1;
	if (name == NULL)
		name = tg_uuid7(tg_arena_alloc(m->a, TG_UUID_BYTES));
	*team = (struct tg_subject){
		.kind = TG_SUBJECT_TEAM,
		.name = name,
		.models = "[]",
		.settings = "{}",
		.created_by = m->w->who,
	};
	rc = tg_subject_find(
	    m->db, m->a, TG_SUBJECT_TEAM, name, &other, m->e);
	if (rc == 1 && !tg_subject_implied(m, &other))
		return tg_fail_param(m->e, TG_E_CONFLICT, "team_id",
		    "Team id = %s already exists. Please use a different "
		    "team id.",
		    name);
	if (rc == 1)
		*team = other;
	return rc < 0 ? -1 : 0;
}

/* An organization's admin makes teams in it; other teams are the house's. */
static int
may_make(struct tg_manage *m, const struct tg_subject *team)
{
	int rc = tg_caller_organization(m, team->parent);

	if (rc == 0)
		return tg_caller_need_admin(m->w, m->e);
	return rc < 0 ? -1 : 0;
}

int
tg_team_store(
    struct tg_manage *m, const json_t *body, struct tg_subject *team)
{
	if (tg_subject_save(m->db, team, m->e) != 0 ||
	    tg_rules_apply(m->db, m->a, TG_SCOPE_TEAM, team->id, m->zone,
		m->e) != 0)
		return -1;
	return tg_user_spend(m, body, team, TG_SCOPE_TEAM);
}

int
tg_team_done(struct tg_manage *m, const char *action, const json_t *before,
    const struct tg_subject *team, bool wrapped)
{
	json_t *row = tg_row_team(m, team, false);

	if (row == NULL ||
	    tg_manage_audit(
		m, action, TG_TABLE_TEAM, team->name, before, row) != 0)
		return -1;
	m->answer = wrapped ?
	    json_pack("{s:s, s:O}", "team_id", team->name, "data", row) :
	    json_incref(row);
	return 0;
}

int
tg_web_team_new(struct tg_manage *m)
{
	json_t *body = tg_manage_copy(m, m->body);
	struct tg_subject team;

	tg_fields_lift(tg_fields_team, body);
	if (tg_fields_check(m->e, tg_fields_team, body) != 0 ||
	    add_defaults(m, body) != 0 || begin(m, &team) != 0 ||
	    tg_team_read(m, body, &team) != 0 || may_make(m, &team) != 0 ||
	    tg_team_store(m, body, &team) != 0 ||
	    tg_team_people(m, body, &team) != 0)
		return -1;
	return tg_team_done(m, "created", NULL, &team, false);
}

/* --- changing --- */

/* The team's own admins do not raise what was promised to it. */
static int
contain(struct tg_manage *m, json_t *body, const struct tg_subject *team)
{
	struct tg_key bound = { .settings = team->settings,
		.budget = team->budget,
		.models = "[]" };
	static const char *const names[] = { "spend", "blocked",
		"organization_id", NULL };
	int rc = tg_caller_organization(m, team->parent);

	if (rc != 0)
		return rc < 0 ? -1 : 0;
	for (size_t i = 0; names[i] != NULL; i++)
		if (json_object_get(body, names[i]) != NULL)
			return tg_fail(m->e, TG_E_FORBIDDEN,
			    "Only an administrator may set '%s'.", names[i]);
	return tg_key_contain(m, body, &bound, false);
}

static int
change(struct tg_manage *m, const char *name)
{
	json_t *body = tg_manage_copy(m, m->body), *before;
	struct tg_subject team;
	int rc;

	tg_fields_lift(tg_fields_team, body);
	if (tg_fields_check(m->e, tg_fields_team, body) != 0 ||
	    tg_team_find(m, name, &team) != 0)
		return -1;
	rc = m->w->caller->may_write ? tg_caller_team(m, &team) : 0;
	if (rc == 0)
		return tg_caller_deny(m, "change this team");
	before = tg_row_team(m, &team, false);
	if (rc < 0 || before == NULL || contain(m, body, &team) != 0 ||
	    tg_team_read(m, body, &team) != 0 ||
	    tg_team_store(m, body, &team) != 0)
		return -1;
	return tg_team_done(m, "updated", before, &team, true);
}

int
tg_web_team_update(struct tg_manage *m)
{
	const char *name;

	if (tg_manage_need(m, "team_id", &name) != 0)
		return -1;
	return change(m, name);
}

int
tg_web_team_patch(struct tg_manage *m)
{
	return change(m, tg_arena_cstr(m->a, m->w->rest));
}

/* clang-format off */
const struct tg_route tg_routes_team[] = {
	{ TG_POST, "/team/new", TG_ACCESS_KEY, tg_run_change, tg_web_team_new,
	    "Make a team", TG_FAULT_ERROR },
	{ TG_POST, "/team/update", TG_ACCESS_KEY, tg_run_change,
	    tg_web_team_update, "Change a team", TG_FAULT_ERROR },
	{ TG_GET, "/team/info", TG_ACCESS_KEY, tg_run_look, tg_web_team_info,
	    "About a team, its keys and members", TG_FAULT_ERROR },
	{ TG_GET, "/team/list", TG_ACCESS_KEY, tg_run_look, tg_web_team_list,
	    "Teams with their keys and members", TG_FAULT_ERROR },
	{ TG_GET, "/v2/team/list", TG_ACCESS_KEY, tg_run_look, tg_web_team_page,
	    "Teams by page", TG_FAULT_ERROR },
	{ TG_POST, "/team/delete", TG_ACCESS_KEY, tg_run_change,
	    tg_web_team_delete, "Delete teams with their keys",
	    TG_FAULT_ERROR },
	{ TG_POST, "/team/block", TG_ACCESS_KEY, tg_run_change,
	    tg_web_team_block, "Block a team", TG_FAULT_DETAIL },
	{ TG_POST, "/team/unblock", TG_ACCESS_KEY, tg_run_change,
	    tg_web_team_unblock, "Unblock a team", TG_FAULT_DETAIL },
	{ TG_POST, "/team/member_add", TG_ACCESS_KEY, tg_web_team_add, NULL,
	    "Add members to a team", TG_FAULT_DETAIL },
	{ TG_POST, "/team/member_update", TG_ACCESS_KEY, tg_run_change,
	    tg_web_team_set, "Change a member's role and budget",
	    TG_FAULT_DETAIL },
	{ TG_POST, "/team/member_delete", TG_ACCESS_KEY, tg_run_change,
	    tg_web_team_drop, "Remove a member with its keys",
	    TG_FAULT_DETAIL },
	{ TG_POST, "/team/bulk_member_add", TG_ACCESS_KEY, tg_run_change,
	    tg_web_team_bulk, "Add many members", TG_FAULT_DETAIL },
	{ TG_POST, "/team/model/add", TG_ACCESS_KEY, tg_run_change,
	    tg_web_team_model_add, "Add models to a team", TG_FAULT_ERROR },
	{ TG_POST, "/team/model/delete", TG_ACCESS_KEY, tg_run_change,
	    tg_web_team_model_delete, "Take models from a team",
	    TG_FAULT_ERROR },
	{ TG_GET, "/team/permissions_list", TG_ACCESS_KEY, tg_run_look,
	    tg_web_team_may, "What members may do with keys", TG_FAULT_ERROR },
	{ TG_POST, "/team/permissions_update", TG_ACCESS_KEY, tg_run_change,
	    tg_web_team_may_set, "Set what members may do", TG_FAULT_ERROR },
	{ TG_GET, "/team/available", TG_ACCESS_KEY, tg_run_look,
	    tg_web_team_available, "Teams that anybody may join",
	    TG_FAULT_ERROR },
	{ TG_GET, "/team/{team}/members/me", TG_ACCESS_KEY, tg_run_look,
	    tg_web_team_me, "The caller as a member", TG_FAULT_ERROR },
	{ TG_POST, "/team/{team}/callback", TG_ACCESS_KEY, tg_run_look,
	    tg_web_team_callback, "A team's own logging", TG_FAULT_ERROR },
	{ TG_GET, "/team/{team}/callback", TG_ACCESS_KEY, tg_run_look,
	    tg_web_team_callbacks, "A team's own logging", TG_FAULT_ERROR },
	{ TG_POST, "/team/{team}/disable_logging", TG_ACCESS_KEY, tg_run_change,
	    tg_web_team_no_log, "Keep no bodies of a team's calls",
	    TG_FAULT_ERROR },
	{ TG_PATCH, "/team/{team}", TG_ACCESS_KEY, tg_run_change,
	    tg_web_team_patch, "Change a team", TG_FAULT_ERROR },
	{ .path = NULL },
};
/* clang-format on */
