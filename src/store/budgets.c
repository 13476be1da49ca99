#include "config.h"

#include "store/budgets.h"

/* Budgets by name, and who is linked to them. */
#include "base/clock.h"
#include "store/inner.h"
#include "store/subjects.h"

static int leave(struct tg_db *db, enum tg_sql name, const char *budget,
    struct tg_err *e);
static void load(struct tg_budget *b, struct tg_arena *a, sqlite3_stmt *st);
static enum tg_scope scope_of(int kind);

int
tg_budget_find(struct tg_db *db, struct tg_arena *a, const char *name,
    struct tg_budget *b, struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_BUDGET_FIND);
	int rc;

	tg_bind_text(st, 1, name);
	rc = tg_db_step(db, st, e);
	if (rc == 1) {
		load(b, a, st);
		tg_db_done(st);
	}
	return rc;
}

static void
load(struct tg_budget *b, struct tg_arena *a, sqlite3_stmt *st)
{
	b->name = tg_col_text(a, st, 0);
	b->settings = tg_col_text(a, st, 1);
	b->created_by = tg_col_text(a, st, 2);
	b->updated_by = tg_col_text(a, st, 3);
	b->created_at = sqlite3_column_int64(st, 4);
	b->updated_at = sqlite3_column_int64(st, 5);
}

int
tg_budget_save(struct tg_db *db, struct tg_budget *b, struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_BUDGET_PUT);

	tg_bind_text(st, 1, b->name);
	tg_bind_text(st, 2, b->settings != NULL ? b->settings : "{}");
	tg_bind_text(st, 3, b->created_by);
	tg_bind_text(st, 4, b->updated_by);
	sqlite3_bind_int64(st, 5, tg_wall_us());
	if (tg_db_step(db, st, e) != 1)
		return -1;
	b->created_at = sqlite3_column_int64(st, 0);
	b->updated_at = sqlite3_column_int64(st, 1);
	tg_db_done(st);
	return tg_rules_bump(db, e);
}

int
tg_budget_remove(struct tg_db *db, const char *name, struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_BUDGET_REMOVE);

	tg_bind_text(st, 1, name);
	if (tg_db_step(db, st, e) == -1)
		return -1;
	if (sqlite3_changes(db->h) == 0)
		return 0;
	if (leave(db, TG_SQL_BUDGET_LEAVE_KEYS, name, e) == -1 ||
	    leave(db, TG_SQL_BUDGET_LEAVE_SUBJECTS, name, e) == -1 ||
	    leave(db, TG_SQL_BUDGET_LEAVE_MEMBERS, name, e) == -1 ||
	    tg_rules_bump(db, e) == -1)
		return -1;
	return 1;
}

static int
leave(struct tg_db *db, enum tg_sql name, const char *budget,
    struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, name);

	tg_bind_text(st, 1, budget);
	return tg_db_step(db, st, e);
}

int
tg_budget_list(struct tg_db *db, struct tg_arena *a, struct tg_budget **rows,
    size_t *n, struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_BUDGET_LIST);
	void *found = NULL;
	int rc;

	*n = 0;
	while ((rc = tg_db_step(db, st, e)) == 1)
		load(tg_rows_add(a, &found, n, sizeof(**rows)), a, st);
	*rows = found;
	return rc;
}

int
tg_budget_page(struct tg_db *db, struct tg_arena *a,
    struct tg_budget_page *page, struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_BUDGET_PAGE_COUNT);
	void *list = NULL;
	int rc;

	page->n = 0;
	tg_bind_text(st, 1, page->like);
	if (tg_db_step(db, st, e) != 1)
		return -1;
	page->total = sqlite3_column_int64(st, 0);
	tg_db_done(st);
	st = tg_db_stmt(db, TG_SQL_BUDGET_PAGE);
	tg_bind_text(st, 1, page->like);
	sqlite3_bind_int64(st, 2, page->limit > 0 ? page->limit : -1);
	sqlite3_bind_int64(st, 3, page->after);
	while ((rc = tg_db_step(db, st, e)) == 1)
		load(tg_rows_add(a, &list, &page->n, sizeof(*page->rows)), a,
		    st);
	page->rows = list;
	return rc;
}

int
tg_budget_users(struct tg_db *db, struct tg_arena *a, const char *name,
    struct tg_budget_user **rows, size_t *n, struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db,
	    name != NULL ? TG_SQL_BUDGET_USERS : TG_SQL_BUDGET_HOLDERS);
	struct tg_budget_user *u;
	void *found = NULL;
	int rc;

	if (name != NULL)
		tg_bind_text(st, 1, name);
	*n = 0;
	while ((rc = tg_db_step(db, st, e)) == 1) {
		u = tg_rows_add(a, &found, n, sizeof(*u));
		u->scope = scope_of(sqlite3_column_int(st, 0));
		u->subject = sqlite3_column_int64(st, 1);
	}
	*rows = found;
	return rc;
}

static enum tg_scope
scope_of(int kind)
{
	if (kind == -1)
		return TG_SCOPE_MEMBER;
	return kind == 0 ? TG_SCOPE_KEY : tg_subject_scope(kind);
}
