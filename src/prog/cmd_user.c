/*
 * `tollgate user`: how people sign in to the pages, and the way back in for
 * who cannot, beside the five verbs (cmd_entity.c).
 */
#include "config.h"

#include "prog/command.h"

#include "base/jtree.h"

static int
call(struct tg_cmd *c, const char *path, const char *role, json_t **answer)
{
	json_t *body = json_pack("{s:s}", "user_id", c->args[0]);

	if (body == NULL)
		return tg_cmd_usage(c, "names must be UTF-8");
	tg_jtree_set_text(body, "role", role);
	return tg_cmd_call(c, "POST", path, body, answer) == -1 ?
	    TG_EXIT_FAILED :
	    TG_EXIT_GOOD;
}

int
tg_cmd_user_password(struct tg_cmd *c)
{
	json_t *answer;
	const char *password;
	int rc = call(c, "/api/v1/people/password", NULL, &answer);

	if (rc != TG_EXIT_GOOD)
		return rc;
	password = json_string_value(json_object_get(answer, "password"));
	return tg_cmd_said(c, answer,
	    "password of %s: %s\n"
	    "It is shown once; at the next sign-in a new one is asked for.",
	    c->args[0], password);
}

int
tg_cmd_user_totp(struct tg_cmd *c)
{
	json_t *answer;
	int rc;

	if (!tg_cmd_flag(c, "--off"))
		return tg_cmd_usage(c,
		    "say --off; people switch it on for themselves, at "
		    "/admin/account");
	rc = call(c, "/api/v1/people/totp-off", NULL, &answer);
	if (rc != TG_EXIT_GOOD)
		return rc;
	return tg_cmd_said(
	    c, answer, "%s signs in without a second factor", c->args[0]);
}

int
tg_cmd_user_sign_out(struct tg_cmd *c)
{
	json_t *answer;
	int rc = call(c, "/api/v1/people/sign-out", NULL, &answer);

	if (rc != TG_EXIT_GOOD)
		return rc;
	return tg_cmd_said(
	    c, answer, "all sessions of %s have ended", c->args[0]);
}

int
tg_cmd_user_role(struct tg_cmd *c)
{
	json_t *answer;
	int rc = call(c, "/api/v1/people/role", c->args[1], &answer);

	if (rc != TG_EXIT_GOOD)
		return rc;
	return tg_cmd_said(
	    c, answer, "%s is %s now", c->args[0], c->args[1]);
}
