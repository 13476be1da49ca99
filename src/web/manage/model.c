/*
 * /model/new, update, delete, block: deployments that the API makes
 * (litellm-compat.md 2.7).  Each is effective at once in every process: the
 * catalog's version moves with it.
 */
#include "config.h"

#include "web/manage/model.h"

#include "web/manage/model_draft.h"
#include "web/manage/model_info.h"
#include "web/manage/rights.h"

#define TABLE "LiteLLM_ProxyModelTable"

/* --- who may --- */

static const char *
team_in(const json_t *info)
{
	const char *team = json_string_value(json_object_get(info, "team_id"));

	return team != NULL && *team != '\0' ? team : NULL;
}

/* Models of a team are its admins' to manage, all others administrators'. */
static int
check_team(struct tg_manage *m, const char *name)
{
	struct tg_subject team;
	int found, may;

	if (name == NULL)
		return tg_caller_need_admin(m->w, m->e);
	found = tg_subject_find(
	    m->db, m->a, TG_SUBJECT_TEAM, name, &team, m->e);
	may = found == 1 && m->w->caller->may_write ?
	    tg_caller_team(m, &team) :
	    found < 0 ? -1 :
			0;
	if (m->w->caller->admin && found == 0)
		return tg_fail_param(m->e, TG_E_INVALID, "team_id",
		    "Team not found, team_id=%s", name);
	if (may == 0)
		return tg_caller_deny(m, "manage models of this team");
	return may == 1 ? 0 : -1;
}

/*
 * A team's admins bring their own key, or what the house pays for would go by
 * prices that they say; and call nobody in the house's own network.
 */
static int
check_own(const struct tg_model_draft *d)
{
	struct tg_manage *m = d->m;
	const char *base =
	    json_string_value(json_object_get(d->params, "api_base"));
	bool echo = json_object_get(d->params, "mock_response") != NULL;
	const struct tg_known *known =
	    d->type.n > 0 ? tg_known_find(d->type) : NULL;

	if (base == NULL)
		base = json_string_value(
		    json_object_get(d->params, "base_url"));
	if (base == NULL && known != NULL && !echo)
		base = known->base_url;
	if (json_object_get(d->params, "litellm_credential_name") != NULL)
		return tg_fail_param(m->e, TG_E_FORBIDDEN,
		    "litellm_credential_name",
		    "Only an administrator may use a credential for a model.");
	if (!echo && (d->row.provider != NULL || d->row.sealed == NULL))
		return tg_fail_param(m->e, TG_E_FORBIDDEN, "api_key",
		    "A model of a team needs an 'api_key' of its own.");
	if (base != NULL && strncmp(base, "https://", 8) != 0)
		return tg_fail_param(m->e, TG_E_FORBIDDEN, "api_base",
		    "The address of a team's model must begin with https://.");
	return 0;
}

/* Who may manage it stays who he was, but for administrators. */
static int
read_draft(struct tg_manage *m, struct tg_model_draft *d)
{
	const char *old = d->old.info != NULL ? d->old.info : "{}";
	const json_t *info = d->old.id != NULL ?
	    tg_manage_json(m, old) :
	    json_object_get(m->body, "model_info");
	const char *team = team_in(info), *now;
	bool admin = m->w->caller->admin;

	if (!admin && check_team(m, team) != 0)
		return -1;
	if (tg_model_draft_read(d) != 0)
		return -1;
	now = team_in(d->info);
	if (admin)
		return now != NULL ? check_team(m, now) : 0;
	if (now == NULL || strcmp(now, team) != 0)
		return tg_caller_deny(m, "move this model");
	return check_own(d);
}

static int
check_row(struct tg_manage *m, const struct tg_deployment_row *row)
{
	if (m->w->caller->admin)
		return 0;
	return check_team(m,
	    team_in(tg_manage_json(m, row->info != NULL ? row->info : "{}")));
}

/* --- making and changing --- */

int
tg_web_model_new(struct tg_manage *m)
{
	struct tg_model_draft d = { .m = m, .catalog = m->w->catalog };

	if (read_draft(m, &d) != 0 ||
	    tg_deployment_insert(m->db, &d.row, m->e) != 0)
		return -1;
	m->answer = json_incref(tg_model_row(m, &d.row));
	return tg_manage_audit(
	    m, "created", TABLE, d.row.id, NULL, m->answer);
}

/* What stands in tollgate.ini is not in the database: nothing to change. */
static int
no_such(struct tg_manage *m, const char *id, enum tg_code code)
{
	const struct tg_catalog *c = m->w->catalog;
	const char *type = code == TG_E_CONFLICT ? "auth_error" : NULL;
	size_t i = 0;

	while (i < c->n_deployments &&
	    strcmp(c->deployments[i].id, id) != 0)
		i++;
	if (i == c->n_deployments)
		return tg_manage_fail(m->e, code, type, "id",
		    "Model with id=%s not found in db", id);
	if (type == NULL)
		type = "bad_request_error";
	return tg_manage_fail(m->e, TG_E_CONFLICT, type, "id",
	    "Model with id=%s not found in db: it is set in tollgate.ini, or "
	    "by the environment. Change it there.",
	    id);
}

static int
find(struct tg_manage *m, const char *id, enum tg_code missing,
    struct tg_deployment_row *row)
{
	int found = tg_deployment_get(m->db, m->a, id, row, m->e);

	if (found == 0 && tg_caller_need_admin(m->w, m->e) != 0)
		return -1;
	if (found == 1 && check_row(m, row) != 0)
		return -1;
	return found == 0 ? no_such(m, id, missing) : found;
}

static int
change(struct tg_manage *m, const char *id, enum tg_code missing)
{
	struct tg_model_draft d = { .m = m, .catalog = m->w->catalog };
	json_t *before;

	if (find(m, id, missing, &d.old) != 1)
		return -1;
	before = tg_model_row(m, &d.old);
	if (read_draft(m, &d) != 0 ||
	    tg_deployment_change(m->db, &d.row, m->e) != 0)
		return -1;
	m->answer = json_incref(tg_model_row(m, &d.row));
	return tg_manage_audit(
	    m, "updated", TABLE, id, before, m->answer);
}

int
tg_web_model_update(struct tg_manage *m)
{
	const char *id = json_string_value(json_object_get(
	    json_object_get(m->body, "model_info"), "id"));

	if (id == NULL || *id == '\0')
		return tg_fail_param(m->e, TG_E_INVALID, "model_info",
		    "model_info not provided: give the id of the model as "
		    "'model_info': {'id': ...}.");
	return change(m, id, TG_E_CONFLICT);
}

static int
model_patch(struct tg_manage *m)
{
	return change(
	    m, tg_arena_cstr(m->a, m->w->rest), TG_E_NOT_FOUND);
}

int
tg_web_model_delete(struct tg_manage *m)
{
	struct tg_deployment_row row;
	const char *id;

	if (tg_manage_need(m, "id", &id) != 0 ||
	    find(m, id, TG_E_CONFLICT, &row) != 1 ||
	    tg_deployment_drop(m->db, id, m->e) != 1)
		return -1;
	m->answer = json_pack("{s:s}", "message",
	    tg_arena_printf(m->a, "Model: %s deleted successfully", id));
	return tg_manage_audit(
	    m, "deleted", TABLE, id, tg_model_row(m, &row), NULL);
}

static int
block(struct tg_manage *m, bool blocked)
{
	struct tg_deployment_row row;
	json_t *before;
	const char *id;

	if (tg_manage_text(m, "model_id", &id) != 0 ||
	    (id == NULL && tg_manage_need(m, "id", &id) != 0) ||
	    find(m, id, TG_E_NOT_FOUND, &row) != 1)
		return -1;
	before = tg_model_row(m, &row);
	row.blocked = blocked;
	row.updated_by = m->w->who;
	row.updated_at = m->now;
	row.prices = NULL;
	row.n_prices = 0;
	if (tg_deployment_change(m->db, &row, m->e) != 0)
		return -1;
	m->answer = json_incref(tg_model_row(m, &row));
	return tg_manage_audit(m, blocked ? "blocked" : "unblocked", TABLE,
	    id, before, m->answer);
}

int
tg_web_model_block(struct tg_manage *m)
{
	return block(m, true);
}

int
tg_web_model_unblock(struct tg_manage *m)
{
	return block(m, false);
}

const struct tg_route tg_routes_model[] = {
	{ TG_GET, "/models", TG_ACCESS_KEY, tg_run_look_models, tg_web_models,
	    "Models this key may use", TG_FAULT_ERROR },
	{ TG_GET, "/models/{model}", TG_ACCESS_KEY, tg_run_look_models,
	    tg_web_model, "One model", TG_FAULT_ERROR },
	{ TG_POST, "/model/new", TG_ACCESS_KEY, tg_run_change_models,
	    tg_web_model_new, "Add a deployment", TG_FAULT_ERROR },
	{ TG_POST, "/model/update", TG_ACCESS_KEY, tg_run_change_models,
	    tg_web_model_update, "Change a deployment", TG_FAULT_ERROR },
	{ TG_PATCH, "/model/{id}/update", TG_ACCESS_KEY, tg_run_change_models,
	    model_patch, "The same", TG_FAULT_ERROR },
	{ TG_POST, "/model/delete", TG_ACCESS_KEY, tg_run_change_models,
	    tg_web_model_delete, "Remove a deployment", TG_FAULT_ERROR },
	{ TG_POST, "/model/block", TG_ACCESS_KEY, tg_run_change_models,
	    tg_web_model_block, "Leave a deployment out for now", TG_FAULT_ERROR },
	{ TG_POST, "/model/unblock", TG_ACCESS_KEY, tg_run_change_models,
	    tg_web_model_unblock, "Use it again", TG_FAULT_ERROR },
	{ TG_GET, "/model/info", TG_ACCESS_KEY, tg_run_look_models,
	    tg_web_model_info, "Deployments behind the models this key may use",
	    TG_FAULT_ERROR },
	{ TG_GET, "/v2/model/info", TG_ACCESS_KEY, tg_run_look_models,
	    tg_web_model_info_page, "The same by pages", TG_FAULT_ERROR },
	{ TG_GET, "/model_group/info", TG_ACCESS_KEY, tg_run_look_models,
	    tg_web_model_group, "Models with what all their deployments can",
	    TG_FAULT_ERROR },
	{ .path = NULL },
};
