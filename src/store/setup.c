#include "config.h"

#include "store/setup.h"

/* Settings, upstream secrets and access groups that were made by API. */
#include "base/clock.h"
#include "store/inner.h"

static int change(struct tg_db *db, sqlite3_stmt *st, struct tg_err *e);
static void load_credential(struct tg_credential *c, struct tg_arena *a,
    sqlite3_stmt *st);
static void load_group(struct tg_access_group *g, struct tg_arena *a,
    sqlite3_stmt *st);
static int put(struct tg_db *db, sqlite3_stmt *st, int64_t *created_at,
    int64_t *updated_at, struct tg_err *e);

int
tg_config_get(struct tg_db *db, struct tg_arena *a, const char *name,
    const char **value, struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_CONFIG_GET);
	int rc;

	*value = NULL;
	tg_bind_text(st, 1, name);
	rc = tg_db_step(db, st, e);
	if (rc == 1) {
		*value = tg_col_text(a, st, 0);
		tg_db_done(st);
	}
	return rc;
}

int
tg_config_set(struct tg_db *db, const char *name, const char *value,
    const char *by, struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(
	    db, value == NULL ? TG_SQL_CONFIG_REMOVE : TG_SQL_CONFIG_PUT);

	tg_bind_text(st, 1, name);
	if (value != NULL) {
		tg_bind_text(st, 2, value);
		tg_bind_text(st, 3, by);
		sqlite3_bind_int64(st, 4, tg_wall_us());
	}
	return change(db, st, e) == -1 ? -1 : 0;
}

/* 1 a row was changed or removed, 0 none was. */
static int
change(struct tg_db *db, sqlite3_stmt *st, struct tg_err *e)
{
	if (tg_db_step(db, st, e) == -1)
		return -1;
	if (sqlite3_changes(db->h) == 0)
		return 0;
	return tg_meta_bump(db, e) == -1 ? -1 : 1;
}

/* The statement gives both times back. */
static int
put(struct tg_db *db, sqlite3_stmt *st, int64_t *created_at,
    int64_t *updated_at, struct tg_err *e)
{
	if (tg_db_step(db, st, e) != 1)
		return -1;
	*created_at = sqlite3_column_int64(st, 0);
	*updated_at = sqlite3_column_int64(st, 1);
	tg_db_done(st);
	return tg_meta_bump(db, e);
}

/* --- credentials --- */

int
tg_credential_find(struct tg_db *db, struct tg_arena *a, const char *name,
    struct tg_credential *c, struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_CREDENTIAL_FIND);
	int rc;

	tg_bind_text(st, 1, name);
	rc = tg_db_step(db, st, e);
	if (rc == 1) {
		load_credential(c, a, st);
		tg_db_done(st);
	}
	return rc;
}

static void
load_credential(struct tg_credential *c, struct tg_arena *a, sqlite3_stmt *st)
{
	c->name = tg_col_text(a, st, 0);
	c->info = tg_col_text(a, st, 1);
	c->masked = tg_col_text(a, st, 2);
	c->sealed = tg_col_blob(a, st, 3, &c->sealed_bytes);
	c->created_by = tg_col_text(a, st, 4);
	c->updated_by = tg_col_text(a, st, 5);
	c->created_at = sqlite3_column_int64(st, 6);
	c->updated_at = sqlite3_column_int64(st, 7);
}

int
tg_credential_save(struct tg_db *db, struct tg_credential *c,
    struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_CREDENTIAL_PUT);

	tg_bind_text(st, 1, c->name);
	tg_bind_text(st, 2, c->info != NULL ? c->info : "{}");
	tg_bind_text(st, 3, c->masked != NULL ? c->masked : "{}");
	tg_bind_str(st, 4,
	    (struct tg_str){ (const char *)c->sealed, c->sealed_bytes });
	tg_bind_text(st, 5, c->created_by);
	tg_bind_text(st, 6, c->updated_by);
	sqlite3_bind_int64(st, 7, tg_wall_us());
	return put(db, st, &c->created_at, &c->updated_at, e);
}

int
tg_credential_remove(struct tg_db *db, const char *name, struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_CREDENTIAL_REMOVE);

	tg_bind_text(st, 1, name);
	return change(db, st, e);
}

int
tg_credential_list(struct tg_db *db, struct tg_arena *a,
    struct tg_credential **rows, size_t *n, struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_CREDENTIAL_LIST);
	void *found = NULL;
	int rc;

	*n = 0;
	while ((rc = tg_db_step(db, st, e)) == 1)
		load_credential(
		    tg_rows_add(a, &found, n, sizeof(**rows)), a, st);
	*rows = found;
	return rc;
}

/* --- access groups --- */

int
tg_access_group_find(struct tg_db *db, struct tg_arena *a, const char *name,
    struct tg_access_group *g, struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_ACCESS_GROUP_FIND);
	int rc;

	tg_bind_text(st, 1, name);
	rc = tg_db_step(db, st, e);
	if (rc == 1) {
		load_group(g, a, st);
		tg_db_done(st);
	}
	return rc;
}

static void
load_group(struct tg_access_group *g, struct tg_arena *a, sqlite3_stmt *st)
{
	g->name = tg_col_text(a, st, 0);
	g->models = tg_col_text(a, st, 1);
	g->created_by = tg_col_text(a, st, 2);
	g->updated_by = tg_col_text(a, st, 3);
	g->created_at = sqlite3_column_int64(st, 4);
	g->updated_at = sqlite3_column_int64(st, 5);
}

int
tg_access_group_save(struct tg_db *db, struct tg_access_group *g,
    struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_ACCESS_GROUP_PUT);

	tg_bind_text(st, 1, g->name);
	tg_bind_text(st, 2, g->models != NULL ? g->models : "[]");
	tg_bind_text(st, 3, g->created_by);
	tg_bind_text(st, 4, g->updated_by);
	sqlite3_bind_int64(st, 5, tg_wall_us());
	return put(db, st, &g->created_at, &g->updated_at, e);
}

int
tg_access_group_remove(struct tg_db *db, const char *name, struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_ACCESS_GROUP_REMOVE);

	tg_bind_text(st, 1, name);
	return change(db, st, e);
}

int
tg_access_group_list(struct tg_db *db, struct tg_arena *a,
    struct tg_access_group **rows, size_t *n, struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_ACCESS_GROUP_LIST);
	void *found = NULL;
	int rc;

	*n = 0;
	while ((rc = tg_db_step(db, st, e)) == 1)
		load_group(tg_rows_add(a, &found, n, sizeof(**rows)), a, st);
	*rows = found;
	return rc;
}
