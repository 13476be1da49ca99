#include "config.h"

/*
 * Small values by name, and the version that tells other processes that
 * providers or models have changed.
 */
#include "store/inner.h"

struct get {
	struct tg_arena *a;
	const char *name;
	const char *value;
};

struct set {
	const char *name, *value;
};

static int get(struct tg_db *db, void *arg, struct tg_err *e);
static int set(struct tg_db *db, void *arg, struct tg_err *e);
static int version(struct tg_db *db, void *arg, struct tg_err *e);

int
tg_meta_get(struct tg_store *s, struct tg_arena *a, const char *name,
    const char **value, struct tg_err *e)
{
	struct get g = { .a = a, .name = name };
	int rc = tg_read(s, TG_DB_MAIN, get, &g, e);

	*value = g.value;
	return rc;
}

static int
get(struct tg_db *db, void *arg, struct tg_err *e)
{
	struct get *g = arg;

	return tg_meta_look(db, g->a, g->name, &g->value, e);
}

int
tg_meta_look(struct tg_db *db, struct tg_arena *a, const char *name,
    const char **value, struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_META_GET);
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
tg_meta_set(struct tg_store *s, const char *name, const char *value,
    struct tg_err *e)
{
	struct set args = { name, value };

	return tg_write(s, TG_DB_MAIN, set, &args, e);
}

static int
set(struct tg_db *db, void *arg, struct tg_err *e)
{
	struct set *args = arg;

	return tg_meta_put(db, args->name, args->value, e);
}

int
tg_meta_put(struct tg_db *db, const char *name, const char *value,
    struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(
	    db, value == NULL ? TG_SQL_META_DELETE : TG_SQL_META_SET);

	tg_bind_text(st, 1, name);
	if (value != NULL)
		tg_bind_text(st, 2, value);
	return tg_db_step(db, st, e);
}

int64_t
tg_store_version(struct tg_store *s)
{
	struct tg_err e;
	int64_t value = -1;

	tg_err_reset(&e);
	if (tg_read(s, TG_DB_MAIN, version, &value, &e) == -1)
		return -1;
	return value;
}

static int
version(struct tg_db *db, void *arg, struct tg_err *e)
{
	int64_t *value = arg;
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_META_VERSION);
	int rc = tg_db_step(db, st, e);

	if (rc == 1) {
		*value = sqlite3_column_int64(st, 0);
		tg_db_done(st);
	}
	return rc;
}

int
tg_meta_bump(struct tg_db *db, struct tg_err *e)
{
	return tg_db_run(db, TG_SQL_META_BUMP, e);
}
