#include "config.h"

#include "store/providers.h"

/* Providers that pages and the command have added. */
#include "base/clock.h"
#include "store/inner.h"

struct remove {
	const char *name;
	int changed;
};

struct list {
	struct tg_arena *a;
	struct tg_provider_row *rows;
	size_t n;
};

static int list(struct tg_db *db, void *arg, struct tg_err *e);
static void load(struct tg_provider_row *p, struct tg_arena *a,
    sqlite3_stmt *st);
static int put(struct tg_db *db, void *arg, struct tg_err *e);
static int remove_unused(struct tg_db *db, void *arg, struct tg_err *e);
static int users(struct tg_db *db, const char *name, int64_t *n,
    struct tg_err *e);

int
tg_provider_put(
    struct tg_store *s, const struct tg_provider_row *p, struct tg_err *e)
{
	struct tg_provider_row row = *p;

	return tg_write(s, TG_DB_MAIN, put, &row, e);
}

static int
put(struct tg_db *db, void *arg, struct tg_err *e)
{
	return tg_provider_save(db, arg, e);
}

int
tg_provider_save(
    struct tg_db *db, const struct tg_provider_row *p, struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_PROVIDER_PUT);

	tg_bind_text(st, 1, p->name);
	tg_bind_text(st, 2, p->settings != NULL ? p->settings : "{}");
	tg_bind_str(st, 3,
	    (struct tg_str){ (const char *)p->sealed, p->sealed_bytes });
	sqlite3_bind_int64(st, 4, tg_wall_us());
	if (tg_db_step(db, st, e) == -1)
		return -1;
	return tg_meta_bump(db, e);
}

int
tg_provider_remove(struct tg_store *s, const char *name, struct tg_err *e)
{
	struct remove r = { .name = name };

	if (tg_write(s, TG_DB_MAIN, remove_unused, &r, e) == -1)
		return -1;
	return r.changed;
}

static int
remove_unused(struct tg_db *db, void *arg, struct tg_err *e)
{
	struct remove *r = arg;

	r->changed = tg_provider_drop(db, r->name, e);
	return r->changed == -1 ? -1 : 0;
}

int
tg_provider_drop(struct tg_db *db, const char *name, struct tg_err *e)
{
	sqlite3_stmt *st;
	int64_t n = 0;

	if (users(db, name, &n, e) == -1)
		return -1;
	if (n > 0)
		return tg_fail(e, TG_E_CONFLICT, "Provider '%s' is used by "
		    "%lld deployments: remove them first.", name,
		    (long long)n);
	st = tg_db_stmt(db, TG_SQL_PROVIDER_REMOVE);
	tg_bind_text(st, 1, name);
	if (tg_db_step(db, st, e) == -1)
		return -1;
	if (sqlite3_changes(db->h) == 0)
		return 0;
	return tg_meta_bump(db, e) == 0 ? 1 : -1;
}

static int
users(struct tg_db *db, const char *name, int64_t *n, struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_PROVIDER_USERS);

	tg_bind_text(st, 1, name);
	if (tg_db_step(db, st, e) != 1)
		return -1;
	*n = sqlite3_column_int64(st, 0);
	tg_db_done(st);
	return 0;
}

int
tg_provider_list(struct tg_store *s, struct tg_arena *a,
    struct tg_provider_row **rows, size_t *n, struct tg_err *e)
{
	struct list l = { .a = a };
	int rc = tg_read(s, TG_DB_MAIN, list, &l, e);

	*rows = l.rows;
	*n = l.n;
	return rc;
}

static int
list(struct tg_db *db, void *arg, struct tg_err *e)
{
	struct list *l = arg;
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_PROVIDER_LIST);
	struct tg_provider_row *p;
	void *rows = NULL;
	int rc;

	while ((rc = tg_db_step(db, st, e)) == 1) {
		p = tg_rows_add(l->a, &rows, &l->n, sizeof(*p));
		load(p, l->a, st);
	}
	l->rows = rows;
	return rc;
}

static void
load(struct tg_provider_row *p, struct tg_arena *a, sqlite3_stmt *st)
{
	p->id = sqlite3_column_int64(st, 0);
	p->name = tg_col_text(a, st, 1);
	p->settings = tg_col_text(a, st, 2);
	p->sealed = tg_col_blob(a, st, 3, &p->sealed_bytes);
	p->created_at = sqlite3_column_int64(st, 4);
	p->updated_at = sqlite3_column_int64(st, 5);
}

int
tg_provider_get(struct tg_db *db, struct tg_arena *a, const char *name,
    struct tg_provider_row *p, struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_PROVIDER_BY_NAME);
	int rc;

	tg_bind_text(st, 1, name);
	rc = tg_db_step(db, st, e);
	if (rc != 1)
		return rc;
	load(p, a, st);
	tg_db_done(st);
	return 1;
}
