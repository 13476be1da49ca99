/* A team's logging, and teams to join. */
#include "config.h"

#include "web/manage/team.h"

/* By the path; managed by the caller. */
static int
team_of_path(struct tg_manage *m, struct tg_subject *team)
{
	int rc;

	if (tg_team_find(m, tg_arena_cstr(m->a, m->w->rest), team) != 0)
		return -1;
	rc = m->w->caller->viewer && m->w->rq->method == TG_GET ?
	    1 :
	    tg_caller_team(m, team);
	if (rc == 0)
		return tg_caller_deny(m, "change this team's logging");
	return rc < 0 ? -1 : 0;
}

/* Calls are sent nowhere else: a promise to do so would not be kept. */
int
tg_web_team_callback(struct tg_manage *m)
{
	const char *name;
	struct tg_subject team;

	if (team_of_path(m, &team) != 0 ||
	    tg_manage_need(m, "callback_name", &name) != 0)
		return -1;
	return tg_fail_param(m->e, TG_E_UNSUPPORTED, "callback_name",
	    "This version sends calls to no logging service, so '%s' cannot "
	    "be set for a team.",
	    name);
}

static json_t *
none(const struct tg_subject *team)
{
	return json_pack("{s:s, s:[], s:[]}", "team_id", team->name,
	    "success_callbacks", "failure_callbacks");
}

int
tg_web_team_callbacks(struct tg_manage *m)
{
	struct tg_subject team;
	json_t *data;

	if (team_of_path(m, &team) != 0)
		return -1;
	data = none(&team);
	(void)json_object_set_new(data, "callback_vars", json_object());
	m->answer =
	    json_pack("{s:s, s:o}", "status", "success", "data", data);
	return 0;
}

/* Numbers are kept: they are the books. */
int
tg_web_team_no_log(struct tg_manage *m)
{
	struct tg_subject team;
	json_t *before, *settings;

	if (team_of_path(m, &team) != 0)
		return -1;
	before = tg_row_team(m, &team, false);
	settings = tg_manage_json(m, team.settings);
	(void)json_object_set_new(
	    settings, "log", json_string("numbers"));
	team.settings = tg_manage_print(m, settings);
	team.updated_by = m->w->who;
	if (before == NULL || tg_subject_save(m->db, &team, m->e) != 0 ||
	    tg_team_done(m, "updated", before, &team, false) != 0)
		return -1;
	json_decref(m->answer);
	m->answer = json_pack("{s:s, s:o, s:o}", "status", "success",
	    "message",
	    json_string(tg_arena_printf(
		m->a, "Logging disabled for team %s", team.name)),
	    "data", none(&team));
	return 0;
}

/* Nobody joins a team without its admin. */
int
tg_web_team_available(struct tg_manage *m)
{
	m->answer = json_array();
	return 0;
}
