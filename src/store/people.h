#ifndef TG_STORE_PEOPLE_H
#define TG_STORE_PEOPLE_H
/* People who sign in.  For now the owner that `tollgate init` makes. */
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
};
/* TG_E_CONFLICT: the name is taken. */
int tg_person_add(struct tg_store *s, const char *name, const char *role,
    const char *password_hash, struct tg_err *e);
int tg_person_find(struct tg_store *s, struct tg_arena *a, const char *name,
    struct tg_person *p, struct tg_err *e);
int tg_person_count(struct tg_store *s, int64_t *n, struct tg_err *e);
int tg_person_set_password(struct tg_store *s, const char *name,
    const char *password_hash, struct tg_err *e);
/*
 * Inside the caller's tg_write(), for one who is a subject already: may sign
 * in with this password, or, hash NULL, as before if at all; with this role
 * from now on (an owner stays one).
 */
int tg_person_put(struct tg_db *db, const char *name, const char *role,
    const char *password_hash, struct tg_err *e);
/* Signs in no more. TG_E_INVALID: the owner always does. */
int tg_person_drop(struct tg_db *db, const char *name, struct tg_err *e);
#endif
