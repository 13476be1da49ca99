#ifndef TG_WEB_MANAGE_TEAM_H
#define TG_WEB_MANAGE_TEAM_H
/*
 * Teams and their members: what the handlers of /team share
 * (litellm-compat.md 2.3).  All inside the transaction of m.
 */
#include "web/manage/fields.h"
#include "web/manage/rights.h"
#include "web/manage/rows.h"

#define TG_TABLE_TEAM "LiteLLM_TeamTable"
#define TG_TABLE_MEMBER "LiteLLM_TeamMembership"

/* A living team; none: TG_E_NOT_FOUND, "Team not found". */
int tg_team_find(struct tg_manage *m, const char *name,
    struct tg_subject *team);
/* By the body's "team_id", which must be there: 422. */
int tg_team_given(struct tg_manage *m, struct tg_subject *team);
/* The same, and the caller may manage it: else 403. */
int tg_team_run(struct tg_manage *m, struct tg_subject *team);
/* The same for what only administrators of all or of its organization may. */
int tg_team_rule(struct tg_manage *m, struct tg_subject *team);

/*
 * What the body says of a team goes into *team, new or read before.  Its
 * budget for members is stored at once.
 */
int tg_team_read(struct tg_manage *m, const json_t *body,
    struct tg_subject *team);
/* Stored as it is now, with its promises and its "spend"; id 0: a new one. */
int tg_team_store(struct tg_manage *m, const json_t *body,
    struct tg_subject *team);
/* After a change: answers the row, or {"team_id", "data": row}; audit. */
int tg_team_done(struct tg_manage *m, const char *action,
    const json_t *before, const struct tg_subject *team, bool wrapped);

/*
 * Into the team, with terms (max_budget_in_team, budget_duration, tpm_limit,
 * rpm_limit, allowed_models; may be NULL). 1 joined, 0 was in already.
 */
int tg_team_join(struct tg_manage *m, const struct tg_subject *team,
    const struct tg_subject *person, const char *role, const json_t *terms);
/* Terms that were sent; the member's promises follow. */
int tg_team_terms(struct tg_manage *m, const struct tg_subject *team,
    struct tg_member *member, const json_t *terms);
/* Budgets that these members, who are gone, had for themselves go, too. */
int tg_team_forget(struct tg_manage *m, const struct tg_member *members,
    size_t n);
/* "admin" or "user" of a body, into *role: 422 for another. */
int tg_team_role(struct tg_manage *m, const json_t *body, const char **role);
/* All members of a new team's body. */
int tg_team_people(struct tg_manage *m, const json_t *body,
    const struct tg_subject *team);
/* {team_id, team_member_permissions, all_available_permissions} */
json_t *tg_team_permissions(struct tg_manage *m,
    const struct tg_subject *team);

tg_handler tg_web_team_add;
tg_manage_fn tg_web_team_member_add, tg_web_team_new, tg_web_team_update,
    tg_web_team_patch,
    tg_web_team_info, tg_web_team_list, tg_web_team_page, tg_web_team_delete,
    tg_web_team_block, tg_web_team_unblock, tg_web_team_set, tg_web_team_drop,
    tg_web_team_bulk, tg_web_team_me, tg_web_team_model_add,
    tg_web_team_model_delete, tg_web_team_may, tg_web_team_may_set,
    tg_web_team_available, tg_web_team_callback, tg_web_team_callbacks,
    tg_web_team_no_log;
#endif
