#include "config.h"

#include "store/scribe.h"

/* Lines with their calls, and the mark of how far they were read. */
#include "store/booking.h"

static int restart(struct tg_db *db, void *arg, struct tg_err *e);

int
tg_scribe_lines(struct tg_db *db, struct tg_arena *a, int64_t after,
    int64_t limit, struct tg_scribe_line **lines, size_t *n,
    struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_LEDGER_AFTER);
	void *rows = NULL;
	int rc;

	*n = 0;
	sqlite3_bind_int64(st, 1, after);
	sqlite3_bind_int64(st, 2, limit);
	while ((rc = tg_db_step(db, st, e)) == 1) {
		struct tg_scribe_line *l =
		    tg_rows_add(a, &rows, n, sizeof(*l));

		l->line = sqlite3_column_int64(st, 0);
		l->at = sqlite3_column_int64(st, 1);
		l->kind = sqlite3_column_int(st, 2);
		l->row.seq = sqlite3_column_int64(st, 3);
		l->amount_nano = sqlite3_column_int64(st, 4);
	}
	*lines = rows;
	for (size_t i = 0; rc == 0 && i < *n; i++) {
		struct tg_scribe_line *l = &(*lines)[i];
		int found = l->row.seq == 0 ? 0 :
		    tg_call_get(db, a, l->row.seq, &l->row, e);

		l->has_row = found == 1;
		if (found == -1)
			rc = -1;
	}
	return rc;
}

int
tg_scribe_at(struct tg_db *db, int64_t *line, struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_SCRIBE_LINE);

	if (tg_db_step(db, st, e) != 1)
		return -1;
	*line = sqlite3_column_int64(st, 0);
	tg_db_done(st);
	return 0;
}

int
tg_scribe_move(struct tg_db *db, int64_t from, int64_t to, struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_SCRIBE_MOVE);

	sqlite3_bind_int64(st, 1, from);
	sqlite3_bind_int64(st, 2, to);
	if (tg_db_step(db, st, e) == -1)
		return -1;
	return sqlite3_changes(db->h) > 0;
}

int
tg_scribe_has_body(struct tg_db *db, const char *call, struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_BODY_ID);
	int rc;

	tg_bind_text(st, 1, call);
	rc = tg_db_step(db, st, e);
	if (rc == 1)
		tg_db_done(st);
	return rc;
}

int
tg_scribe_restart(struct tg_store *s, struct tg_err *e)
{
	return tg_write(s, TG_DB_LOG, restart, NULL, e);
}

static int
restart(struct tg_db *db, void *arg, struct tg_err *e)
{
	static const enum tg_sql all[] = { TG_SQL_SCRIBE_RESTART,
		TG_SQL_SCRIBE_RESTART_INDEX, TG_SQL_SCRIBE_RESTART_TEXTS,
		TG_SQL_SCRIBE_RESTART_USES, TG_SQL_SCRIBE_RESTART_THREADS,
		TG_SQL_SCRIBE_RESTART_CALLS, TG_SQL_SCRIBE_RESTART_PROGRAMS,
		TG_SQL_SCRIBE_RESTART_PEOPLE };

	(void)arg;
	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
		if (tg_db_run(db, all[i], e) == -1)
			return -1;
	return 0;
}
