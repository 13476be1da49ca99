#include "config.h"

#include "store/keys.h"

/*
 * Keys by their hash.  When a key was last used is noted by calls.c, within
 * the transaction that opens a call.
 */
#include <stdio.h>

#include "base/clock.h"
#include "store/inner.h"

struct find {
	enum tg_sql statement;
	const char *text;	/* or: */
	int64_t number;
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

static const char *const log_modes[] = {
	[TG_LOG_UNSET] = NULL,
	[TG_LOG_FULL] = "full",
	[TG_LOG_NUMBERS] = "numbers",
	[TG_LOG_NONE] = "none",
};

static int add(struct tg_db *db, void *arg, struct tg_err *e);
static int find(struct tg_db *db, void *arg, struct tg_err *e);
static int list(struct tg_db *db, void *arg, struct tg_err *e);
static int insert(struct tg_db *db, struct tg_key *k, struct tg_err *e);
static void load(struct tg_key *k, struct tg_arena *a, sqlite3_stmt *st);
static int replace(struct tg_db *db, int64_t id, struct tg_key *k,
    struct tg_err *e);
static int revoke(struct tg_db *db, void *arg, struct tg_err *e);
static int set_master(struct tg_db *db, void *arg, struct tg_err *e);
static int taken(struct tg_db *db, enum tg_sql name, const char *text,
    struct tg_err *e);

int
tg_key_add(struct tg_store *s, struct tg_key *k, struct tg_err *e)
{
	return tg_write(s, TG_DB_MAIN, add, k, e);
}

static int
add(struct tg_db *db, void *arg, struct tg_err *e)
{
	struct tg_key *k = arg;
	int rc;

	rc = taken(db, TG_SQL_KEY_BY_TOKEN, k->token, e);
	if (rc == 1)
		return tg_fail(e, TG_E_CONFLICT, "This key exists already.");
	if (rc == 0 && k->alias != NULL) {
		rc = taken(db, TG_SQL_KEY_BY_ALIAS, k->alias, e);
		if (rc == 1)
			return tg_fail_param(e, TG_E_CONFLICT, "key_alias",
			    "Key with alias '%s' already exists.", k->alias);
	}
	return rc == -1 ? -1 : insert(db, k, e);
}

static int
taken(struct tg_db *db, enum tg_sql name, const char *text, struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, name);
	int rc;

	tg_bind_text(st, 1, text);
	rc = tg_db_step(db, st, e);
	if (rc == 1)
		tg_db_done(st);
	return rc;
}

static int
insert(struct tg_db *db, struct tg_key *k, struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_KEY_ADD);
	int64_t now = tg_wall_us();
	int rc;

	if (k->created_at == 0)
		k->created_at = now;
	if (k->updated_at == 0)
		k->updated_at = k->created_at;
	tg_bind_text(st, 1, k->token);
	tg_bind_text(st, 2, k->name);
	tg_bind_text(st, 3, k->alias);
	tg_bind_text(st, 4, k->models != NULL ? k->models : "[]");
	tg_bind_text(st, 5, k->metadata != NULL ? k->metadata : "{}");
	tg_bind_text(st, 6, k->created_by);
	sqlite3_bind_int(st, 7, k->role);
	sqlite3_bind_int(st, 8, k->log);
	sqlite3_bind_int(st, 9, k->blocked);
	sqlite3_bind_int64(st, 10, k->created_at);
	sqlite3_bind_int64(st, 11, k->updated_at);
	sqlite3_bind_int64(st, 12, k->expires_at);
	rc = tg_db_step(db, st, e);
	if (rc == 0)
		k->id = sqlite3_last_insert_rowid(db->h);
	return rc;
}

/* --- finding --- */

int
tg_key_find(struct tg_store *s, struct tg_arena *a, const char *token,
    struct tg_key *k, struct tg_err *e)
{
	struct find f = { TG_SQL_KEY_BY_TOKEN, token, 0, a, k };

	return tg_read(s, TG_DB_MAIN, find, &f, e);
}

int
tg_key_find_alias(struct tg_store *s, struct tg_arena *a, const char *alias,
    struct tg_key *k, struct tg_err *e)
{
	struct find f = { TG_SQL_KEY_BY_ALIAS, alias, 0, a, k };

	return tg_read(s, TG_DB_MAIN, find, &f, e);
}

int
tg_key_find_id(struct tg_store *s, struct tg_arena *a, int64_t id,
    struct tg_key *k, struct tg_err *e)
{
	struct find f = { TG_SQL_KEY_BY_ID, NULL, id, a, k };

	return tg_read(s, TG_DB_MAIN, find, &f, e);
}

static int
find(struct tg_db *db, void *arg, struct tg_err *e)
{
	struct find *f = arg;
	sqlite3_stmt *st = tg_db_stmt(db, f->statement);
	int rc;

	if (f->text != NULL)
		tg_bind_text(st, 1, f->text);
	else
		sqlite3_bind_int64(st, 1, f->number);
	rc = tg_db_step(db, st, e);
	if (rc == 1) {
		load(f->k, f->a, st);
		tg_db_done(st);
	}
	return rc;
}

static void
load(struct tg_key *k, struct tg_arena *a, sqlite3_stmt *st)
{
	const char *token = (const char *)sqlite3_column_text(st, 1);

	*k = (struct tg_key){
		.id = sqlite3_column_int64(st, 0),
		.name = tg_col_text(a, st, 2),
		.alias = tg_col_text(a, st, 3),
		.models = tg_col_text(a, st, 4),
		.metadata = tg_col_text(a, st, 5),
		.created_by = tg_col_text(a, st, 6),
		.role = sqlite3_column_int(st, 7),
		.log = sqlite3_column_int(st, 8),
		.blocked = sqlite3_column_int(st, 9) != 0,
		.created_at = sqlite3_column_int64(st, 10),
		.updated_at = sqlite3_column_int64(st, 11),
		.expires_at = sqlite3_column_int64(st, 12),
		.revoked_at = sqlite3_column_int64(st, 13),
		.last_used_at = sqlite3_column_int64(st, 14),
	};
	snprintf(k->token, sizeof(k->token), "%s", token != NULL ? token : "");
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
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_KEY_LIST);
	void *keys = NULL;
	int rc;

	sqlite3_bind_int(st, 1, l->with_revoked);
	while ((rc = tg_db_step(db, st, e)) == 1)
		load(tg_rows_add(l->a, &keys, &l->n, sizeof(*l->keys)), l->a,
		    st);
	l->keys = keys;
	return rc;
}

/* --- changing --- */

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
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_KEY_REVOKE);
	int rc;

	tg_bind_text(st, 1, r->token);
	sqlite3_bind_int64(st, 2, tg_wall_us());
	rc = tg_db_step(db, st, e);
	r->changed = sqlite3_changes(db->h);
	return rc;
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
		return add(db, k, e);
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
	int rc = taken(db, TG_SQL_KEY_BY_TOKEN, k->token, e);

	if (rc == 1)
		return tg_fail(e, TG_E_CONFLICT, "This key exists already.");
	if (rc == -1)
		return -1;
	st = tg_db_stmt(db, TG_SQL_KEY_MASTER_CHANGE);
	sqlite3_bind_int64(st, 1, id);
	tg_bind_text(st, 2, k->token);
	tg_bind_text(st, 3, k->name);
	sqlite3_bind_int64(st, 4, tg_wall_us());
	return tg_db_step(db, st, e);
}

const char *
tg_log_mode_name(enum tg_log_mode m)
{
	return log_modes[m];
}

int
tg_log_mode_parse(struct tg_str s, enum tg_log_mode *m)
{
	for (int i = TG_LOG_FULL; i <= TG_LOG_NONE; i++)
		if (tg_str_is(s, log_modes[i])) {
			*m = i;
			return 0;
		}
	return -1;
}
