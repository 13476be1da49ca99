#ifndef TG_WEB_MANAGE_USER_H
#define TG_WEB_MANAGE_USER_H
/*
 * People: what the handlers of /user and those of teams share
 * (litellm-compat.md 2.2).  All inside the transaction of m.
 */
#include "web/manage/fields.h"
#include "web/manage/rights.h"
#include "web/manage/rows.h"

#define TG_TABLE_USER "LiteLLM_UserTable"

/*
 * What the body says of a person goes into *s, new or read before: members
 * that were sent, null clears.  settings hold metadata, too.
 */
int tg_user_read(struct tg_manage *m, const json_t *body,
    struct tg_subject *s);
/*
 * Stored as it is now, with its promises and, if the body has a password or
 * a role, its signing in.  id 0: a new one.
 */
int tg_user_store(struct tg_manage *m, const json_t *body,
    struct tg_subject *s);
/* Spending becomes the "spend" that was sent, if it was. */
int tg_user_spend(struct tg_manage *m, const json_t *body,
    const struct tg_subject *s, enum tg_scope scope);
/* Into the teams and organizations that the body lists. */
int tg_user_join(struct tg_manage *m, const json_t *body,
    const struct tg_subject *s);
/* By "user_id" or "user_email" of the body: 1 found, 0 not. */
int tg_user_given(struct tg_manage *m, const json_t *body,
    struct tg_subject *s);
/* The same; made with the given role where it is not known. 1 it was made. */
int tg_user_ensure(struct tg_manage *m, const json_t *body, const char *role,
    struct tg_subject *s);
/* A key that the person has alone goes with the person, as do a team's. */
int tg_user_drop_keys(struct tg_manage *m, const struct tg_key_filter *f);

tg_manage_fn tg_web_user_new, tg_web_user_info, tg_web_user_row,
    tg_web_user_update, tg_web_users_update, tg_web_user_list,
    tg_web_user_delete, tg_web_user_limits, tg_web_user_roles;
#endif
