#ifndef TG_WEB_NAMES_H
#define TG_WEB_NAMES_H
/*
 * What the numbers in rows of the books stand for, looked up once each inside
 * one read.
 */
#include "base/arena.h"
#include "base/err.h"
#include "store/db.h"

/* How callers know it; NULL where there is none. */
struct tg_name {
	const char *id;		/* a key's hash, a user_id, team_id ... */
	const char *alias;
	const char *title;	/* of a key: "sk-...abcd" */
	int64_t person, team;	/* of a key */
};

struct tg_names;
/* Of the arena's life, but for what tg_names_free() takes. */
struct tg_names *tg_names_new(struct tg_db *db, struct tg_arena *a,
    struct tg_err *e);
void tg_names_free(struct tg_names *n);
/*
 * Never NULL.  A key without a row is the master of tollgate.ini, or the
 * command.  When reading fails, *e of new says so and the name is empty.
 */
const struct tg_name *tg_names_key(struct tg_names *n, int64_t key_id);
const struct tg_name *tg_names_subject(struct tg_names *n, int64_t id);
/* What people read: the alias, else the id (the title of a key), else "". */
const char *tg_name_shown(const struct tg_name *name);

#define TG_NAME_OF_MASTER "litellm_proxy_master_key"
#endif
