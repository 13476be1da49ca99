#ifndef TG_WEB_MANAGE_ROWS_H
#define TG_WEB_MANAGE_ROWS_H
/*
 * Rows as LiteLLM shows them.  All are kept by m (tg_manage_keep); NULL: could
 * not be read, m->e says why.
 */
#include "store/accounts.h"
#include "store/keys.h"
#include "store/subjects.h"
#include "web/manage/manage.h"

/*
 * What an entity has spent as LiteLLM means it: in the present period of its
 * max_budget with budget_duration, else ever.  reset_at: the end of the
 * period of its budget_duration, 0 without one.
 */
struct tg_figures {
	int64_t spent_nano;
	int64_t total_nano;	/* ever */
	int64_t reset_at;
};
/* settings: own over the shared budget, see tg_row_settings(). */
int tg_row_figures(struct tg_manage *m, enum tg_scope scope, int64_t subject,
    const json_t *settings, struct tg_figures *f);
/* Own settings over those of the shared budget (either may be NULL). */
json_t *tg_row_settings(struct tg_manage *m, const char *settings,
    const char *budget);

/* Its members but token: the caller adds those. models: with model_spend. */
json_t *tg_row_key(struct tg_manage *m, const struct tg_key *key, bool models);
json_t *tg_row_user(struct tg_manage *m, const struct tg_subject *person,
    bool models);
json_t *tg_row_team(struct tg_manage *m, const struct tg_subject *team,
    bool models);
/* {user_id, team_id, budget_id, spend, total_spend, litellm_budget_table} */
json_t *tg_row_membership(struct tg_manage *m, const struct tg_member *member);
/* {user_id, organization_id, user_role, spend, litellm_budget_table ...} */
json_t *tg_row_organization_member(struct tg_manage *m,
    const struct tg_subject *person, const struct tg_subject *organization,
    const struct tg_member *member);
/* {user_id, user_email, role} as in members_with_roles */
json_t *tg_row_member_role(struct tg_manage *m, const struct tg_member *member);
/* The shared budget of that name as its row; JSON null for NULL. */
json_t *tg_row_budget(struct tg_manage *m, const char *budget);
/*
 * The same for what has a budget of its own (customers, members,
 * organizations): its settings shown as a budget row.  name NULL: no id.
 */
json_t *tg_row_own_budget(struct tg_manage *m, const char *name,
    const json_t *settings, const struct tg_figures *f);
/* {model: USD}: facet is 0 or a customer's or tag's subject; from: wall us. */
json_t *tg_row_model_spend(struct tg_manage *m, enum tg_scope scope,
    int64_t subject, int64_t from);

/* The name of a subject (user_id, team_id ...), or NULL for 0. */
int tg_row_name(struct tg_manage *m, int64_t subject, const char **name);
/*
 * A key by sk-... or its hash, also one it had before a rotation. 1 found
 * (revoked too), 0 not.
 */
int tg_row_find_key(struct tg_manage *m, const char *given,
    struct tg_key *key);
/* All keys of a person or team as rows with token, newest first. */
json_t *tg_row_keys(struct tg_manage *m, const struct tg_key_filter *f);
#endif
