#ifndef TG_WEB_MANAGE_KEY_H
#define TG_WEB_MANAGE_KEY_H
/*
 * Keys: what the handlers of /key share (litellm-compat.md 2.1).  All inside
 * the transaction of m.
 */
#include "web/manage/fields.h"
#include "web/manage/rights.h"
#include "web/manage/rows.h"

#define TG_TABLE_KEY "LiteLLM_VerificationToken"

/*
 * What the body says of a key goes into *key, new or read before: members
 * that were sent, null clears.  People and teams that an administrator names
 * are made where they are not known; others fail.
 */
int tg_key_read(struct tg_manage *m, const json_t *body, struct tg_key *key);
/*
 * All that may be wrong with promises, before anything is written: settings
 * (JSON text) over the shared budget of that name (or NULL).
 */
int tg_key_promises(struct tg_manage *m, const char *settings,
    const char *budget);
/* Stored as it is now, with its promises; id 0: a new one. */
int tg_key_store(struct tg_manage *m, struct tg_key *key);
/*
 * Its own value, made or taken from the body's member: sets token and name.
 * The text is in the arena.
 */
int tg_key_secret(struct tg_manage *m, const json_t *body, const char *member,
    struct tg_key *key, const char **secret);
/* Spending becomes the "spend" that was sent, if it was: for administrators. */
int tg_key_spend(struct tg_manage *m, const json_t *body,
    const struct tg_key *key);
/* The row with "token"; what /update, /block and others answer. */
json_t *tg_key_row(struct tg_manage *m, const struct tg_key *key);
/* Also with "key", "token_id", "key_type": of /generate and /regenerate. */
json_t *tg_key_new_row(struct tg_manage *m, const struct tg_key *key,
    const json_t *body, const char *secret);
/* A living key by sk-... or hash; 404 where there is none. */
int tg_key_given(struct tg_manage *m, const char *given, struct tg_key *key);
/* The same, and the caller may change it by this route: else 403. */
int tg_key_mine(struct tg_manage *m, const char *given, const char *route,
    struct tg_key *key);
/*
 * A shared subject by name for a key or a member: made for administrators
 * where it is not known (people, teams), else 400. *id 0 for NULL and "".
 */
int tg_key_owner(struct tg_manage *m, enum tg_subject_kind kind,
    const char *name, int64_t *id);
/* Is it one that was only named so far? /user/new and /team/new complete it. */
bool tg_subject_implied(struct tg_manage *m, const struct tg_subject *s);

/* --- what holds a key back: manage_key_bounds.c, manage_key_policy.c --- */

/* May this key make others?  Not with promises of its own: 403. */
int tg_key_may_breed(struct tg_manage *m, const struct tg_key *key);
/*
 * The team's team_member_key_duration and default_key_generate_params into a
 * body, where it says nothing.
 */
int tg_key_defaults(struct tg_manage *m, json_t *body);
/* upperbound_key_generate_params: what is missing becomes it, more is 400. */
int tg_key_upperbound(struct tg_manage *m, json_t *body);
/*
 * Who may make such a key: owner, team, permissions, key_generation_settings.
 * Fills in the caller's own as owner.  1: of any kind (who runs the team, an
 * administrator), 0: within the caller's own, see tg_key_contain().
 */
int tg_key_may_make(struct tg_manage *m, json_t *body, bool service);
/*
 * Promises and rights in body stay within those of bound (the caller's own
 * key, or the key itself as it was): more is refused; fresh: what is missing
 * is taken from it.
 */
int tg_key_contain(struct tg_manage *m, json_t *body,
    const struct tg_key *bound, bool fresh);
/* The owner of a key is changed by administrators alone: else 403. */
int tg_key_may_move(struct tg_manage *m, const json_t *body,
    const struct tg_key *key);
/* guaranteed_throughput: the team has as much left to promise. */
int tg_key_guaranteed(struct tg_manage *m, const struct tg_key *key);

tg_manage_fn tg_web_key_generate, tg_web_key_service, tg_web_key_info,
    tg_web_key_infos, tg_web_key_update, tg_web_keys_update, tg_web_key_delete,
    tg_web_key_list, tg_web_key_aliases, tg_web_key_block, tg_web_key_unblock,
    tg_web_key_regenerate, tg_web_key_reset, tg_web_key_health;
#endif
