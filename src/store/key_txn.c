#include "config.h"

/*
 * What can be done with a key in a transaction of its own, for those who have
 * nothing else to do in it; and the master key.
 */
#include "base/clock.h"
#include "store/accounts.h"
#include "store/inner.h"
#include "store/keys.h"

typedef int get_fn(struct tg_db *db, struct tg_arena *a, const char *text,
    struct tg_key *k, struct tg_err *e);

struct find {
	get_fn *get;
	const char *text;
	int64_t id;		/* where get is NULL */
	struct tg_arena *a;
	struct tg_key *k;
};

struct list {
	struct tg_arena *a;
	bool with_revoked;
	struct tg_key *keys;
	size_t n;
};

struct revoke {
	const char *token;
	int changed;
};

static int add(struct tg_db *db, void *arg, struct tg_err *e);
static int find(struct tg_db *db, void *arg, struct tg_err *e);
static int list(struct tg_db *db, void *arg, struct tg_err *e);
static int replace(struct tg_db *db, int64_t id, struct tg_key *k,
    struct tg_err *e);
static int revoke(struct tg_db *db, void *arg, struct tg_err *e);
static int set_master(struct tg_db *db, void *arg, struct tg_err *e);

int
tg_key_add(struct tg_store *s, struct tg_key *k, struct tg_err *e)
{
	return tg_write(s, TG_DB_MAIN, add, k, e);
}

static int
add(struct tg_db *db, void *arg, struct tg_err *e)
{
	return tg_key_insert(db, arg, e);
}

int
tg_key_find(struct tg_store *s, struct tg_arena *a, const char *token,
    struct tg_key *k, struct tg_err *e)
{
	struct find f = { tg_key_get, token, 0, a, k };

	return tg_read(s, TG_DB_MAIN, find, &f, e);
}

int
tg_key_find_alias(struct tg_store *s, struct tg_arena *a, const char *alias,
    struct tg_key *k, struct tg_err *e)
{
	struct find f = { tg_key_get_alias, alias, 0, a, k };

	return tg_read(s, TG_DB_MAIN, find, &f, e);
}

int
tg_key_find_id(struct tg_store *s, struct tg_arena *a, int64_t id,
    struct tg_key *k, struct tg_err *e)
{
	struct find f = { NULL, NULL, id, a, k };

	return tg_read(s, TG_DB_MAIN, find, &f, e);
}

static int
find(struct tg_db *db, void *arg, struct tg_err *e)
{
	struct find *f = arg;

	if (f->get == NULL)
		return tg_key_get_id(db, f->a, f->id, f->k, e);
	return f->get(db, f->a, f->text, f->k, e);
}

int
tg_key_list(struct tg_store *s, struct tg_arena *a, bool with_revoked,
    struct tg_key **keys, size_t *n, struct tg_err *e)
{
	struct list l = { .a = a, .with_revoked = with_revoked };
	int rc = tg_read(s, TG_DB_MAIN, list, &l, e);

	*keys = l.keys;
	*n = l.n;
	return rc;
}

static int
list(struct tg_db *db, void *arg, struct tg_err *e)
{
	struct list *l = arg;

	return tg_key_all(db, l->a, l->with_revoked, &l->keys, &l->n, e);
}

int
tg_key_revoke(struct tg_store *s, const char *token, struct tg_err *e)
{
	struct revoke r = { .token = token };

	if (tg_write(s, TG_DB_MAIN, revoke, &r, e) == -1)
		return -1;
	return r.changed;
}

static int
revoke(struct tg_db *db, void *arg, struct tg_err *e)
{
	struct revoke *r = arg;
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_KEY_ID_OF_TOKEN);
	int64_t id;
	int rc;

	tg_bind_text(st, 1, r->token);
	rc = tg_db_step(db, st, e);
	r->changed = 0;
	if (rc != 1)
		return rc;
	id = sqlite3_column_int64(st, 0);
	tg_db_done(st);
	r->changed = tg_key_drop(db, id, NULL, e);
	return r->changed == -1 ? -1 : 0;
}

int
tg_key_set_master(struct tg_store *s, struct tg_key *k, struct tg_err *e)
{
	k->role = TG_KEY_MASTER;
	return tg_write(s, TG_DB_MAIN, set_master, k, e);
}

static int
set_master(struct tg_db *db, void *arg, struct tg_err *e)
{
	struct tg_key *k = arg;
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_KEY_MASTER);
	int64_t id;
	bool same;
	int rc;

	rc = tg_db_step(db, st, e);
	if (rc == 0)
		return tg_key_insert(db, k, e);
	if (rc == -1)
		return -1;
	id = sqlite3_column_int64(st, 0);
	same = strcmp((const char *)sqlite3_column_text(st, 1), k->token) == 0;
	tg_db_done(st);
	k->id = id;
	return same ? 0 : replace(db, id, k, e);
}

static int
replace(struct tg_db *db, int64_t id, struct tg_key *k, struct tg_err *e)
{
	sqlite3_stmt *st;

	if (tg_key_token_free(db, k->token, e) == -1)
		return -1;
	st = tg_db_stmt(db, TG_SQL_KEY_MASTER_CHANGE);
	sqlite3_bind_int64(st, 1, id);
	tg_bind_text(st, 2, k->token);
	tg_bind_text(st, 3, k->name);
	sqlite3_bind_int64(st, 4, tg_wall_us());
	if (tg_db_step(db, st, e) == -1)
		return -1;
	return tg_rules_bump(db, e);
}
