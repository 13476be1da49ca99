#include "config.h"

#include "store/health.h"

/* Rows of checks, and how many calls are on their way. */
#include "store/inner.h"

static void
load(struct tg_health_check *c, struct tg_arena *a, sqlite3_stmt *st)
{
	c->id = sqlite3_column_int64(st, 0);
	c->deployment = tg_col_text(a, st, 1);
	c->model = tg_col_text(a, st, 2);
	c->at = sqlite3_column_int64(st, 3);
	c->error = tg_col_text(a, st, 4);
	c->took_us = sqlite3_column_int64(st, 5);
	c->checked_by = tg_col_text(a, st, 6);
}

static int
load_all(struct tg_db *db, sqlite3_stmt *st, struct tg_arena *a,
    struct tg_health_rows *out, struct tg_err *e)
{
	void *found = NULL;
	int rc;

	out->n = 0;
	while ((rc = tg_db_step(db, st, e)) == 1)
		load(tg_rows_add(a, &found, &out->n, sizeof(*out->rows)), a,
		    st);
	out->rows = found;
	return rc;
}

int
tg_health_add(struct tg_db *db, struct tg_health_check *c, struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_HEALTH_ADD);

	tg_bind_text(st, 1, c->deployment);
	tg_bind_text(st, 2, c->model);
	sqlite3_bind_int64(st, 3, c->at);
	tg_bind_text(st, 4, c->error);
	sqlite3_bind_int64(st, 5, c->took_us);
	tg_bind_text(st, 6, c->checked_by);
	if (tg_db_step(db, st, e) == -1)
		return -1;
	c->id = sqlite3_last_insert_rowid(db->h);
	st = tg_db_stmt(db, TG_SQL_HEALTH_PRUNE);
	sqlite3_bind_int64(st, 1, c->id - TG_HEALTH_KEPT);
	return tg_db_step(db, st, e);
}

static void
bind(sqlite3_stmt *st, const struct tg_health_filter *f)
{
	tg_bind_text(st, 1, f->model);
	tg_bind_text(st, 2, f->deployment);
	sqlite3_bind_int(st, 3, (int)f->want);
}

int
tg_health_list(struct tg_db *db, struct tg_arena *a,
    const struct tg_health_filter *f, struct tg_health_rows *out,
    struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_HEALTH_COUNT);

	bind(st, f);
	if (tg_db_step(db, st, e) != 1)
		return -1;
	out->total = sqlite3_column_int64(st, 0);
	tg_db_done(st);
	st = tg_db_stmt(db, TG_SQL_HEALTH_PAGE);
	bind(st, f);
	sqlite3_bind_int64(st, 4, f->limit > 0 ? f->limit : -1);
	sqlite3_bind_int64(st, 5, f->after);
	return load_all(db, st, a, out, e);
}

int
tg_health_latest(struct tg_db *db, struct tg_arena *a,
    struct tg_health_rows *out, struct tg_err *e)
{
	out->total = 0;
	return load_all(
	    db, tg_db_stmt(db, TG_SQL_HEALTH_LATEST), a, out, e);
}

int
tg_health_open_calls(struct tg_db *db, int64_t *n, struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_HEALTH_OPEN_CALLS);

	if (tg_db_step(db, st, e) != 1)
		return -1;
	*n = sqlite3_column_int64(st, 0);
	tg_db_done(st);
	return 0;
}
