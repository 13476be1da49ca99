#include "config.h"

#include "store/audit.h"

/* The audit's rows: added with the change, read by page. */
#include "base/clock.h"
#include "store/inner.h"

static void bind(sqlite3_stmt *st, const struct tg_audit_filter *f);
static void load(struct tg_audit *r, struct tg_arena *a, sqlite3_stmt *st);

int
tg_audit_add(struct tg_db *db, const struct tg_audit *a, struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_AUDIT_ADD);

	sqlite3_bind_int64(st, 1, a->at != 0 ? a->at : tg_wall_us());
	tg_bind_text(st, 2, a->who);
	sqlite3_bind_int64(st, 3, a->key_id);
	tg_bind_text(st, 4, a->addr);
	tg_bind_text(st, 5, a->changed_by);
	tg_bind_text(st, 6, a->action);
	tg_bind_text(st, 7, a->object);
	tg_bind_text(st, 8, a->object_id);
	tg_bind_text(st, 9, a->before);
	tg_bind_text(st, 10, a->after);
	return tg_db_step(db, st, e);
}

int
tg_audit_list(struct tg_db *db, struct tg_arena *a,
    const struct tg_audit_filter *f, struct tg_audit **rows, size_t *n,
    int64_t *total, struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_AUDIT_COUNT);
	void *found = NULL;
	int rc;

	bind(st, f);
	if (tg_db_step(db, st, e) != 1)
		return -1;
	*total = sqlite3_column_int64(st, 0);
	tg_db_done(st);
	st = tg_db_stmt(db, TG_SQL_AUDIT_PAGE);
	bind(st, f);
	*n = 0;
	while ((rc = tg_db_step(db, st, e)) == 1)
		load(tg_rows_add(a, &found, n, sizeof(**rows)), a, st);
	*rows = found;
	return rc;
}

int
tg_audit_find(struct tg_db *db, struct tg_arena *a, int64_t id,
    struct tg_audit *row, struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_AUDIT_BY_ID);
	int rc;

	sqlite3_bind_int64(st, 1, id);
	rc = tg_db_step(db, st, e);
	if (rc != 1)
		return rc;
	load(row, a, st);
	tg_db_done(st);
	return 1;
}

static void
bind(sqlite3_stmt *st, const struct tg_audit_filter *f)
{
	tg_bind_text(st, 1, f->who);
	tg_bind_text(st, 2, f->action);
	tg_bind_text(st, 3, f->object);
	tg_bind_text(st, 4, f->object_id);
	sqlite3_bind_int64(st, 5, f->from_at);
	sqlite3_bind_int64(st, 6, f->to_at);
	sqlite3_bind_int64(st, 7, f->limit > 0 ? f->limit : -1);
	sqlite3_bind_int64(st, 8, f->after);
	sqlite3_bind_int64(st, 9, f->key_id);
}

static void
load(struct tg_audit *r, struct tg_arena *a, sqlite3_stmt *st)
{
	r->id = sqlite3_column_int64(st, 0);
	r->at = sqlite3_column_int64(st, 1);
	r->who = tg_col_text(a, st, 2);
	r->key_id = sqlite3_column_int64(st, 3);
	r->addr = tg_col_text(a, st, 4);
	r->changed_by = tg_col_text(a, st, 5);
	r->action = tg_col_text(a, st, 6);
	r->object = tg_col_text(a, st, 7);
	r->object_id = tg_col_text(a, st, 8);
	r->before = tg_col_text(a, st, 9);
	r->after = tg_col_text(a, st, 10);
}
