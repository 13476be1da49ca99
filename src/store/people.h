#ifndef TG_STORE_PEOPLE_H
#define TG_STORE_PEOPLE_H
/*
 * People who sign in.  One who is named by the web server alone (REMOTE_USER)
 * has a row as soon as there is something to keep; its password_hash is "",
 * which no password fits.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

struct tg_db;
struct tg_store;
struct tg_person {
	int64_t id;
	const char *name;
	const char *role;	/* "owner" "admin" "viewer" "member" */
	const char *password_hash;
	int64_t created_at;
	const char *settings;	/* JSON: language, zone, theme, initial */
	const unsigned char *totp;	/* sealed secret, or NULL */
	size_t totp_bytes;
	int64_t totp_step;	/* the last one used */
};
/* TG_E_CONFLICT: the name is taken. */
int tg_person_add(struct tg_store *s, const char *name, const char *role,
    const char *password_hash, struct tg_err *e);
int tg_person_find(struct tg_store *s, struct tg_arena *a, const char *name,
    struct tg_person *p, struct tg_err *e);
/* The same inside the caller's transaction; and by row. 1 found, 0 not. */
int tg_person_look(struct tg_db *db, struct tg_arena *a, const char *name,
    struct tg_person *p, struct tg_err *e);
int tg_person_by_id(struct tg_db *db, struct tg_arena *a, int64_t id,
    struct tg_person *p, struct tg_err *e);
int tg_person_count(struct tg_store *s, int64_t *n, struct tg_err *e);
/*
 * --- changes, inside the caller's tg_write(); id: row ---
 * Another name, for the subject of that name as well. TG_E_CONFLICT: taken.
 */
int tg_person_rename(struct tg_db *db, struct tg_arena *a, int64_t id,
    const char *name, struct tg_err *e);
int tg_person_set_hash(struct tg_db *db, int64_t id,
    const char *password_hash, struct tg_err *e);
int tg_person_set_settings(struct tg_db *db, int64_t id, const char *settings,
    struct tg_err *e);
/*
 * "initial" in the settings: somebody else has made the password, so that a
 * new one is asked for at the next sign-in.
 */
int tg_person_set_initial(struct tg_db *db, int64_t id, bool is,
    struct tg_err *e);
bool tg_person_is_initial(const struct tg_person *p);
/* An owner whose password is the one of `tollgate init`: 1 found, 0 none. */
int tg_person_initial(struct tg_db *db, struct tg_arena *a,
    struct tg_person *p, struct tg_err *e);
/* The role here for LiteLLM's user_role: "admin", "viewer" or "member". */
const char *tg_person_role_of(const char *user_role);
/* LiteLLM's for the role here. */
const char *tg_person_user_role(const char *role);
/*
 * Also the subject's role. The last owner stays one: TG_E_INVALID. "none" and
 * the like: TG_E_INVALID.
 */
int tg_person_set_role(struct tg_db *db, struct tg_arena *a, int64_t id,
    const char *role, struct tg_err *e);
/* The sealed secret of a second factor; empty: off. */
int tg_person_set_totp(struct tg_db *db, int64_t id, struct tg_str sealed,
    struct tg_err *e);
/* 1: nobody has used this step or a later one before, 0 somebody has. */
int tg_person_use_step(struct tg_db *db, int64_t id, int64_t step,
    struct tg_err *e);
/* One who has no password; *id is set. */
int tg_person_make(struct tg_db *db, const char *name, const char *role,
    int64_t *id, struct tg_err *e);
/*
 * Inside the caller's tg_write(), for one who is a subject already: may sign
 * in with this password, or, hash NULL, as before if at all; with this role
 * from now on (an owner stays one).
 */
int tg_person_put(struct tg_db *db, const char *name, const char *role,
    const char *password_hash, struct tg_err *e);
/* Signs in no more, all sessions end. TG_E_INVALID: an owner always does. */
int tg_person_drop(struct tg_db *db, const char *name, struct tg_err *e);
#endif
