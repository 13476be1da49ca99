#include "config.h"

/* Calls that were made again from a page. */
#include "store/inner.h"
#include "store/scores.h"

static void load(struct tg_replay *r, struct tg_arena *a, sqlite3_stmt *st);

int
tg_replay_add(struct tg_db *db, const struct tg_replay *r, struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_REPLAY_ADD);

	tg_bind_text(st, 1, r->call);
	tg_bind_text(st, 2, r->original);
	tg_bind_text(st, 3, r->run);
	tg_bind_text(st, 4, r->made_by);
	sqlite3_bind_int64(st, 5, r->at);
	return tg_db_step(db, st, e);
}

static void
load(struct tg_replay *r, struct tg_arena *a, sqlite3_stmt *st)
{
	r->call = tg_col_text(a, st, 0);
	r->original = tg_col_text(a, st, 1);
	r->run = tg_col_text(a, st, 2);
	r->made_by = tg_col_text(a, st, 3);
	r->at = sqlite3_column_int64(st, 4);
}

int
tg_replay_find(struct tg_db *db, struct tg_arena *a, const char *call,
    struct tg_replay *r, struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_REPLAY_OF_CALL);
	int rc;

	tg_bind_text(st, 1, call);
	rc = tg_db_step(db, st, e);
	if (rc == 1) {
		load(r, a, st);
		tg_db_done(st);
	}
	return rc;
}

int
tg_replay_list(struct tg_db *db, struct tg_arena *a, const char *original,
    const char *run, struct tg_replay **rows, size_t *n, struct tg_err *e)
{
	enum tg_sql name = run != NULL ? TG_SQL_REPLAY_OF_RUN :
					 TG_SQL_REPLAY_OF_ORIGINAL;
	sqlite3_stmt *st = tg_db_stmt(db, name);
	void *list = NULL;
	int rc;

	*n = 0;
	tg_bind_text(st, 1, run != NULL ? run : original);
	while ((rc = tg_db_step(db, st, e)) == 1)
		load(tg_rows_add(a, &list, n, sizeof(**rows)), a, st);
	*rows = list;
	return rc;
}

int
tg_replay_calls(struct tg_db *db, struct tg_arena *a, int64_t limit,
    int64_t **seqs, size_t *n, struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_REPLAY_CALLS);
	void *list = NULL;
	int rc;

	*n = 0;
	sqlite3_bind_int64(st, 1, limit);
	while ((rc = tg_db_step(db, st, e)) == 1) {
		int64_t *seq = tg_rows_add(a, &list, n, sizeof(*seq));

		*seq = sqlite3_column_int64(st, 0);
	}
	*seqs = list;
	return rc;
}
