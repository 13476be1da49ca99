#ifndef TG_STORE_SESSIONS_H
#define TG_STORE_SESSIONS_H
/*
 * Who is signed in to the pages, in the database: so that every process knows
 * it, and one can be signed out everywhere.  And sign-ins that failed: each
 * name and each address waits longer after each.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "store/db.h"

struct tg_session {
	const char *token;	/* SHA-256 in hex of what the cookie holds */
	int64_t person;		/* row of people, or 0 */
	int64_t key_id;		/* row of keys, or 0 */
	const char *addr, *agent;
	const char *settings;	/* JSON: zone, language, theme of this one */
	int64_t created_at, seen_at, expires_at;
};
/* Inside the caller's tg_write(); old ones go as well. */
int tg_session_add(struct tg_db *db, const struct tg_session *s,
    struct tg_err *e);
/* 1 found and not over, 0 not. Strings in the arena. Inside tg_read(). */
int tg_session_find(struct tg_db *db, struct tg_arena *a, const char *token,
    int64_t now, struct tg_session *s, struct tg_err *e);
/* Seen now, valid until then; worth it once a minute. */
int tg_session_touch(struct tg_db *db, const char *token, int64_t now,
    int64_t until, struct tg_err *e);
int tg_session_set(struct tg_db *db, const char *token, const char *settings,
    struct tg_err *e);
int tg_session_drop(struct tg_db *db, const char *token, struct tg_err *e);
/* All of a person but this one (NULL: all); of a key that is gone. */
int tg_session_drop_person(struct tg_db *db, int64_t person,
    const char *but_token, struct tg_err *e);
int tg_session_drop_key(struct tg_db *db, int64_t key_id, struct tg_err *e);
/* A person's that are not over, newest first. */
int tg_session_list(struct tg_db *db, struct tg_arena *a, int64_t person,
    struct tg_session **rows, size_t *n, struct tg_err *e);

/*
 * An attempt to sign in with this name (NULL: with a key) from this address.
 * *wait_us: how long both must wait yet; 0: go on, and it is counted as
 * failed, so that many at a time cannot pass unseen.  Five failures of a name
 * and twenty of an address cost nothing, then 2 s, 4 s ... up to 15 min; an
 * hour of quiet forgets all.  Inside the caller's tg_write().
 */
int tg_attempt_begin(struct tg_db *db, const char *name, const char *addr,
    int64_t now, int64_t *wait_us, struct tg_err *e);
/* It was right: the name's are forgotten, the address's is taken back. */
int tg_attempt_good(struct tg_db *db, const char *name, const char *addr,
    struct tg_err *e);
/* It was no failure, but earlier ones count on: a second factor is to come. */
int tg_attempt_undo(struct tg_db *db, const char *name, const char *addr,
    struct tg_err *e);
#endif
