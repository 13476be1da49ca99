#include "config.h"

#include "store/threads.h"

/* Reading conversations; they are written by thread_calls.c. */
#include "store/inner.h"

static void load(struct tg_thread *t, struct tg_arena *a, sqlite3_stmt *st);
static void load_call(struct tg_thread_call *c, struct tg_arena *a,
    sqlite3_stmt *st);
static enum tg_sql choose(const struct tg_thread_filter *f);

int
tg_thread_list(struct tg_db *db, struct tg_arena *a,
    const struct tg_thread_filter *f, struct tg_thread **rows, size_t *n,
    struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, choose(f));
	void *found = NULL;
	int rc;

	*n = 0;
	sqlite3_bind_int64(st, 1, f->key_id);
	sqlite3_bind_int64(st, 2, f->person);
	tg_bind_text(st, 3, f->program);
	tg_bind_text(st, 4, f->name);
	sqlite3_bind_int64(st, 5, f->min_calls);
	sqlite3_bind_int64(st, 6, f->from_at);
	sqlite3_bind_int64(st, 7, f->to_at != 0 ? f->to_at : INT64_MAX);
	sqlite3_bind_int64(st, 8, f->limit > 0 ? f->limit : -1);
	sqlite3_bind_int64(st, 9, f->after);
	while ((rc = tg_db_step(db, st, e)) == 1)
		load(tg_rows_add(a, &found, n, sizeof(**rows)), a, st);
	*rows = found;
	return rc;
}

static enum tg_sql
choose(const struct tg_thread_filter *f)
{
	if (f->name != NULL)
		return TG_SQL_THREAD_LIST_BY_NAME;
	if (f->key_id != 0)
		return TG_SQL_THREAD_LIST_OF_KEY;
	if (f->person != 0)
		return TG_SQL_THREAD_LIST_OF_PERSON;
	return f->min_calls > 1 ? TG_SQL_THREAD_LIST_TALKS :
				  TG_SQL_THREAD_LIST;
}

int
tg_thread_find(struct tg_db *db, struct tg_arena *a, int64_t id,
    struct tg_thread *t, struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_THREAD_GET);
	int rc;

	sqlite3_bind_int64(st, 1, id);
	rc = tg_db_step(db, st, e);
	if (rc == 1) {
		load(t, a, st);
		tg_db_done(st);
	}
	return rc;
}

static void
load(struct tg_thread *t, struct tg_arena *a, sqlite3_stmt *st)
{
	*t = (struct tg_thread){
		.id = sqlite3_column_int64(st, 0),
		.name = tg_col_text(a, st, 1),
		.key_id = sqlite3_column_int64(st, 2),
		.person = sqlite3_column_int64(st, 3),
		.program = tg_col_text(a, st, 4),
		.title = tg_col_text(a, st, 5),
		.first_at = sqlite3_column_int64(st, 6),
		.last_at = sqlite3_column_int64(st, 7),
		.calls = sqlite3_column_int64(st, 8),
		.failed = sqlite3_column_int64(st, 9),
		.cost_nano = sqlite3_column_int64(st, 10),
		.input_tokens = sqlite3_column_int64(st, 11),
		.output_tokens = sqlite3_column_int64(st, 12),
	};
}

/* --- their calls --- */

int
tg_thread_of(struct tg_db *db, struct tg_arena *a, const char *call,
    struct tg_thread_call *c, struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_THREAD_CALL_OF);
	int rc;

	tg_bind_text(st, 1, call);
	rc = tg_db_step(db, st, e);
	if (rc == 1) {
		load_call(c, a, st);
		tg_db_done(st);
	}
	return rc;
}

int
tg_thread_calls(struct tg_db *db, struct tg_arena *a, int64_t thread,
    int64_t after, int64_t limit, struct tg_thread_call **rows, size_t *n,
    struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_THREAD_CALL_LIST);
	void *found = NULL;
	int rc;

	*n = 0;
	sqlite3_bind_int64(st, 1, thread);
	sqlite3_bind_int64(st, 2, after);
	sqlite3_bind_int64(st, 3, limit > 0 ? limit : -1);
	while ((rc = tg_db_step(db, st, e)) == 1)
		load_call(tg_rows_add(a, &found, n, sizeof(**rows)), a, st);
	*rows = found;
	return rc;
}

static void
load_call(struct tg_thread_call *c, struct tg_arena *a, sqlite3_stmt *st)
{
	c->seq = sqlite3_column_int64(st, 0);
	c->thread = sqlite3_column_int64(st, 1);
	c->call = tg_col_text(a, st, 2);
	c->known = sqlite3_column_int64(st, 3);
}

int
tg_thread_session(struct tg_db *db, struct tg_arena *a, const char *name,
    int64_t limit, int64_t **seqs, size_t *n, struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_THREAD_CALL_SESSION);
	void *found = NULL;
	int64_t *one;
	int rc;

	*n = 0;
	tg_bind_text(st, 1, name);
	sqlite3_bind_int64(st, 2, limit > 0 ? limit : -1);
	while ((rc = tg_db_step(db, st, e)) == 1) {
		one = tg_rows_add(a, &found, n, sizeof(*one));
		*one = sqlite3_column_int64(st, 0);
	}
	*seqs = found;
	return rc;
}
