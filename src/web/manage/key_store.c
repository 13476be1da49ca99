/* Keys in the books: found, stored, shown. */
#include "config.h"

#include "base/money.h"
#include "gate/rules.h"
#include "store/budgets.h"
#include "web/manage/key.h"

int
tg_key_promises(
    struct tg_manage *m, const char *settings, const char *budget)
{
	const json_t *shared = NULL;
	struct tg_rules rules;
	struct tg_budget b;
	int rc = 0;

	if (budget != NULL) {
		rc = tg_budget_find(m->db, m->a, budget, &b, m->e);
		if (rc == 0)
			return tg_fail_param(m->e, TG_E_INVALID, "budget_id",
			    "There is no budget '%s'. Make it with "
			    "/budget/new.",
			    budget);
		if (rc == 1)
			shared = tg_manage_json(m, b.settings);
	}
	if (rc < 0)
		return -1;
	return tg_rules_read(m->a, tg_manage_json(m, settings), shared, budget,
	    m->zone, &rules, m->e);
}

int
tg_key_store(struct tg_manage *m, struct tg_key *key)
{
	if (tg_key_promises(m, key->settings, key->budget) != 0 ||
	    tg_key_guaranteed(m, key) != 0)
		return -1;
	if ((key->id == 0 ? tg_key_insert(m->db, key, m->e) :
			    tg_key_update(m->db, key, m->e)) != 0)
		return -1;
	return tg_rules_apply(
	    m->db, m->a, TG_SCOPE_KEY, key->id, m->zone, m->e);
}

int
tg_key_spend(
    struct tg_manage *m, const json_t *body, const struct tg_key *key)
{
	const json_t *v = json_object_get(body, "spend");
	int64_t nano;

	/* LiteLLM's clients send 0 with every new key. */
	if (!json_is_number(v) ||
	    (key->created_at == m->now && json_number_value(v) <= 0))
		return 0;
	if (!m->w->caller->admin)
		return tg_fail(m->e, TG_E_FORBIDDEN,
		    "Only an administrator may set 'spend'.");
	if (tg_nano_parse(tg_str(tg_manage_print(m, v)), &nano) != 0)
		return tg_fail_param(m->e, TG_E_INVALID, "spend",
		    "'spend' must be an amount in USD.");
	return tg_account_adjust(m->db, TG_SCOPE_KEY, key->id, "", nano,
		   true, m->e) < 0 ?
	    -1 :
	    0;
}

json_t *
tg_key_row(struct tg_manage *m, const struct tg_key *key)
{
	json_t *row = tg_row_key(m, key, false);

	if (row != NULL)
		tg_jtree_set_text(row, "token", key->token);
	return row;
}

json_t *
tg_key_new_row(struct tg_manage *m, const struct tg_key *key,
    const json_t *body, const char *secret)
{
	json_t *row = tg_key_row(m, key);
	json_t *duration = json_object_get(body, "duration");
	const char *type = json_string_value(json_object_get(
	    tg_manage_json(m, key->settings), "key_type"));

	if (row == NULL)
		return NULL;
	tg_jtree_set_text(row, "key", secret);
	tg_jtree_set_text(row, "token_id", key->token);
	tg_jtree_set_text(row, "key_type", type != NULL ? type : "default");
	if (duration != NULL)
		(void)json_object_set(row, "duration", duration);
	else
		(void)json_object_set_new(row, "duration", json_null());
	return row;
}

int
tg_key_given(struct tg_manage *m, const char *given, struct tg_key *key)
{
	int rc = tg_row_find_key(m, given, key);

	if (rc < 0)
		return -1;
	if (rc == 0 || key->revoked_at != 0)
		return tg_fail_param(m->e, TG_E_NOT_FOUND, "key",
		    "Key not found. Give it as sk-... or as its hash.");
	return 0;
}

/* In the team, but not its admin. */
static bool
is_plain_member(struct tg_manage *m, int64_t team)
{
	struct tg_subject s;

	return team != 0 && tg_caller_member(m, team) == 1 &&
	    tg_subject_by_id(m->db, m->a, team, &s, m->e) == 1 &&
	    tg_caller_team(m, &s) == 0;
}

int
tg_key_mine(struct tg_manage *m, const char *given, const char *route,
    struct tg_key *key)
{
	int rc;

	if (tg_key_given(m, given, key) != 0) {
		/* Who may see nothing does not learn which keys exist. */
		if (m->e->code == TG_E_NOT_FOUND && !m->w->caller->viewer) {
			tg_err_reset(m->e);
			return tg_caller_deny(m, "change this key");
		}
		return -1;
	}
	if (key->role == TG_KEY_MASTER && m->w->caller->admin)
		return tg_fail(m->e, TG_E_INVALID,
		    "The master key is not changed here: set [server] "
		    "master_key, or use /key/regenerate.");
	rc = tg_caller_changes_key(m, key, route);
	if (rc != 0)
		return rc < 0 ? -1 : 0;
	if (is_plain_member(m, key->team))
		return tg_fail(m->e, TG_E_MEMBER_RIGHT,
		    "Team member does not have permissions for endpoint: %s. "
		    "The team's admin may allow it with "
		    "/team/permissions_update.",
		    route);
	return tg_caller_deny(m, strcmp(route, "/key/update") == 0 ?
		"update key" : "change this key");
}
