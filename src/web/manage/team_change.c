/* What is done to a team by a route of its own. */
#include "config.h"

#include "web/manage/key.h"
#include "web/manage/team.h"
#include "web/manage/user.h"

/* What members may be allowed to do with the team's keys. */
static const char *const permissions[] = { "/key/generate", "/key/update",
	"/key/delete", "/key/regenerate", "/key/service-account/generate",
	"/key/{key_id}/regenerate", "/key/block", "/key/unblock",
	"/key/info", "/key/list", "/key/aliases", "/key/health", NULL };

/* --- delete --- */

static int
delete_one(struct tg_manage *m, const char *name)
{
	struct tg_key_filter f = { 0 };
	struct tg_subject team;
	struct tg_member *members;
	json_t *before;
	size_t n;
	int rc;

	if (tg_team_find(m, name, &team) != 0)
		return -1;
	rc = tg_caller_organization(m, team.parent);
	if (rc == 0)
		return tg_caller_deny(m, "delete this team");
	f.team = team.id;
	before = tg_row_team(m, &team, false);
	if (rc < 0 || before == NULL || tg_user_drop_keys(m, &f) != 0 ||
	    tg_member_list(m->db, m->a, team.id, 0, &members, &n, m->e) < 0 ||
	    tg_subject_remove(m->db, team.id, m->e) < 0 ||
	    tg_team_forget(m, members, n) != 0)
		return -1;
	return tg_manage_audit(
	    m, "deleted", TG_TABLE_TEAM, team.name, before, NULL);
}

int
tg_web_team_delete(struct tg_manage *m)
{
	json_t *ids = json_object_get(m->body, "team_ids"), *one;
	size_t i;

	if (!json_is_array(ids))
		return tg_fail_param(m->e, TG_E_MISSING, "team_ids",
		    "'team_ids' is missing: a list of strings.");
	json_array_foreach(ids, i, one) {
		if (!json_is_string(one))
			return tg_fail_param(m->e, TG_E_TYPE, "team_ids",
			    "'team_ids' must be a list of strings.");
		if (delete_one(m, json_string_value(one)) != 0)
			return -1;
	}
	m->answer = json_pack("{s:O}", "deleted_teams", ids);
	return 0;
}

/* --- block --- */

static int
set_blocked(struct tg_manage *m, bool blocked)
{
	struct tg_subject team;
	json_t *before;

	if (tg_team_rule(m, &team) != 0)
		return -1;
	before = tg_row_team(m, &team, false);
	team.blocked = blocked;
	team.updated_by = m->w->who;
	if (before == NULL || tg_subject_save(m->db, &team, m->e) != 0)
		return -1;
	return tg_team_done(
	    m, blocked ? "blocked" : "unblocked", before, &team, false);
}

int
tg_web_team_block(struct tg_manage *m)
{
	return set_blocked(m, true);
}

int
tg_web_team_unblock(struct tg_manage *m)
{
	return set_blocked(m, false);
}

/* --- models --- */

static json_t *
without(const json_t *list, const json_t *gone)
{
	json_t *left = json_array(), *one;
	size_t i;

	json_array_foreach(list, i, one) {
		if (!tg_manage_among(gone, json_string_value(one)))
			(void)json_array_append(left, one);
	}
	return left;
}

static int
change_models(struct tg_manage *m, bool add)
{
	const json_t *models = json_object_get(m->body, "models");
	struct tg_field one = { "models", TG_IS_TEXTS, 0, NULL };
	const struct tg_field table[] = { one, { NULL, TG_IS_ANY, 0, NULL } };
	struct tg_subject team;
	json_t *before, *list;

	if (tg_team_run(m, &team) != 0 ||
	    tg_fields_check(m->e, table, m->body) != 0)
		return -1;
	if (json_array_size(models) == 0)
		return tg_fail_param(m->e, TG_E_MISSING, "models",
		    "'models' is missing: a list of names.");
	list = tg_manage_keep(m,
	    without(tg_manage_json(m, team.models), models));
	if (add)
		(void)json_array_extend(list, (json_t *)models);
	else if (json_array_size(list) == 0) /* none left is not all */
		(void)json_array_append_new(
		    list, json_string("no-default-models"));
	before = tg_row_team(m, &team, false);
	team.models = tg_manage_print(m, list);
	team.updated_by = m->w->who;
	if (before == NULL || tg_subject_save(m->db, &team, m->e) != 0)
		return -1;
	return tg_team_done(m, "updated", before, &team, false);
}

int
tg_web_team_model_add(struct tg_manage *m)
{
	return change_models(m, true);
}

int
tg_web_team_model_delete(struct tg_manage *m)
{
	return change_models(m, false);
}

/* --- what members may --- */

json_t *
tg_team_permissions(struct tg_manage *m, const struct tg_subject *team)
{
	json_t *own = json_object_get(
	    tg_manage_json(m, team->settings), "team_member_permissions");
	json_t *row = tg_manage_keep(m, json_object()), *all = json_array();

	for (size_t i = 0; permissions[i] != NULL; i++)
		(void)json_array_append_new(
		    all, json_string(permissions[i]));
	tg_jtree_set_text(row, "team_id", team->name);
	if (own != NULL)
		(void)json_object_set(row, "team_member_permissions", own);
	else
		(void)json_object_set_new(row, "team_member_permissions",
		    json_pack("[s, s]", "/key/info", "/key/health"));
	(void)json_object_set_new(row, "all_available_permissions", all);
	return row;
}

int
tg_web_team_may(struct tg_manage *m)
{
	const char *name = tg_manage_query(m, "team_id");
	struct tg_subject team;
	int rc;

	if (name == NULL)
		return tg_fail_param(m->e, TG_E_MISSING, "team_id",
		    "'team_id' is missing.");
	if (tg_team_find(m, name, &team) != 0)
		return -1;
	rc = m->w->caller->viewer ? 1 : tg_caller_team(m, &team);
	if (rc == 0)
		rc = tg_caller_member(m, team.id);
	if (rc == 0)
		return tg_caller_deny(m, "see this team");
	m->answer = rc > 0 ? json_incref(tg_team_permissions(m, &team)) :
			     NULL;
	return rc > 0 ? 0 : -1;
}

static int
known_permissions(struct tg_manage *m, const json_t *list)
{
	json_t *all = tg_manage_keep(m, json_array()), *one;
	size_t i;

	for (i = 0; permissions[i] != NULL; i++)
		(void)json_array_append_new(
		    all, json_string(permissions[i]));
	json_array_foreach(list, i, one) {
		if (!json_is_string(one) ||
		    !tg_manage_among(all, json_string_value(one)))
			return tg_fail_param(m->e, TG_E_INVALID,
			    "team_member_permissions",
			    "'%s' is no permission; "
			    "/team/permissions_list shows them.",
			    tg_manage_print(m, one));
	}
	return 0;
}

int
tg_web_team_may_set(struct tg_manage *m)
{
	json_t *list = json_object_get(m->body, "team_member_permissions");
	struct tg_subject team;
	json_t *before, *settings;

	if (tg_team_run(m, &team) != 0)
		return -1;
	if (!json_is_array(list))
		return tg_fail_param(m->e, TG_E_MISSING,
		    "team_member_permissions",
		    "'team_member_permissions' is missing: a list.");
	if (known_permissions(m, list) != 0)
		return -1;
	before = tg_row_team(m, &team, false);
	settings = tg_manage_json(m, team.settings);
	(void)json_object_set(settings, "team_member_permissions", list);
	team.settings = tg_manage_print(m, settings);
	team.updated_by = m->w->who;
	if (before == NULL || tg_subject_save(m->db, &team, m->e) != 0 ||
	    tg_team_done(m, "updated", before, &team, false) != 0)
		return -1;
	json_decref(m->answer);
	m->answer = json_incref(tg_team_permissions(m, &team));
	return 0;
}
