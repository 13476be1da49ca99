/*
 * `tollgate team`: what a team has beside the five verbs (cmd_entity.c).
 */
#include "config.h"

#include "prog/cmd_entity.h"

#include "base/jtree.h"

int
tg_cmd_team_add_member(struct tg_cmd *c)
{
	const char *role = tg_cmd_option(c, "--role");
	json_t *answer, *body;
	int rc;

	body = json_pack("{s:s, s:{s:s, s:s}}", "team_id", c->args[0],
	    "member", "user_id", c->args[1], "role",
	    role != NULL ? role : "user");
	if (body == NULL)
		return tg_cmd_usage(c, "names must be UTF-8");
	rc = tg_cmd_members(c, body);
	if (rc != TG_EXIT_GOOD) {
		json_decref(body);
		return rc;
	}
	if (tg_cmd_call(c, "POST", "/team/member_add", body, &answer) == -1)
		return TG_EXIT_FAILED;
	return tg_cmd_said(c, answer, "%s is in team %s", c->args[1],
	    c->args[0]);
}

int
tg_cmd_team_remove_member(struct tg_cmd *c)
{
	json_t *answer,
	    *body = json_pack("{s:s, s:s}", "team_id", c->args[0], "user_id",
		c->args[1]);

	if (body == NULL)
		return tg_cmd_usage(c, "names must be UTF-8");
	if (tg_cmd_call(c, "POST", "/team/member_delete", body, &answer) == -1)
		return TG_EXIT_FAILED;
	return tg_cmd_said(c, answer, "%s is no longer in team %s",
	    c->args[1], c->args[0]);
}
