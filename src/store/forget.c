#include "config.h"

#include "store/inner.h"

/*
 * What was made of calls goes with their bodies: texts in the index, rows in
 * threads, threads that are empty.  FTS5 only notes that a text is gone;
 * its room comes back when what is left is merged, so once a good part has
 * gone, all of the index is, some pages at a time.
 */
#include "store/search.h"

#define SLICE 100
#define MERGE_PAGES 200
#define GONE_SHARE 4		/* a fourth */
#define NOTHING_DONE 2		/* changes: as sqlite.org/fts5.html 6.8 says */

struct row {
	int64_t seq, thread;
};

static int calls_before(struct tg_db *db, enum tg_sql name, int64_t value,
    bool *more, struct tg_err *e);
static int find(struct tg_db *db, int64_t body, struct row *r,
    struct tg_err *e);
static int forget(struct tg_db *db, const struct row *r, struct tg_err *e);
static int merge(struct tg_db *db, int pages, bool *more, struct tg_err *e);
static int run(struct tg_db *db, enum tg_sql name, int64_t value,
    struct tg_err *e);
static int set_gone(struct tg_db *db, int64_t gone, bool merging,
    struct tg_err *e);
static int start(struct tg_db *db, int64_t gone, bool *more,
    struct tg_err *e);

int
tg_said_forget(struct tg_db *db, int64_t body, struct tg_err *e)
{
	bool more;
	struct row r;
	int rc = find(db, body, &r, e);

	if (rc != 1)
		return rc;
	if (forget(db, &r, e) == -1)
		return -1;
	return calls_before(db, TG_SQL_THREAD_CALL_BEFORE, r.seq, &more, e);
}

/* 0: nobody has read it yet. */
static int
find(struct tg_db *db, int64_t body, struct row *r, struct tg_err *e)
{
	sqlite3_stmt *id = tg_db_stmt(db, TG_SQL_BODY_CALL);
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_THREAD_CALL_OF);
	int rc;

	sqlite3_bind_int64(id, 1, body);
	rc = tg_db_step(db, id, e);
	if (rc != 1)
		return rc;
	tg_bind_text(st, 1, (const char *)sqlite3_column_text(id, 0));
	rc = tg_db_step(db, st, e);
	if (rc == 1) {
		r->seq = sqlite3_column_int64(st, 0);
		r->thread = sqlite3_column_int64(st, 1);
		tg_db_done(st);
	}
	tg_db_done(id);
	return rc;
}

static int
forget(struct tg_db *db, const struct row *r, struct tg_err *e)
{
	if (tg_said_drop(db, r->seq, e) == -1 ||
	    run(db, TG_SQL_THREAD_CALL_DELETE, r->seq, e) == -1)
		return -1;
	return run(db, TG_SQL_THREAD_DELETE_EMPTY, r->thread, e);
}

static int
run(struct tg_db *db, enum tg_sql name, int64_t value, struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, name);

	sqlite3_bind_int64(st, 1, value);
	return tg_db_step(db, st, e);
}

/* Calls of which only numbers were kept. */
static int
calls_before(struct tg_db *db, enum tg_sql name, int64_t value, bool *more,
    struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, name);
	struct row rows[SLICE];
	int n = 0, rc;

	sqlite3_bind_int64(st, 1, value);
	sqlite3_bind_int(st, 2, SLICE);
	while ((rc = tg_db_step(db, st, e)) == 1)
		rows[n++] = (struct row){ sqlite3_column_int64(st, 0),
			sqlite3_column_int64(st, 1) };
	for (int i = 0; rc == 0 && i < n; i++)
		rc = forget(db, &rows[i], e);
	*more = n > 0;
	return rc;
}

int
tg_said_upkeep(struct tg_db *db, int64_t before, bool *more, struct tg_err *e)
{
	sqlite3_stmt *st;
	int64_t gone;
	bool merging;

	*more = false;
	if (before > 0 &&
	    calls_before(db, TG_SQL_THREAD_AGED, before, more, e) == -1)
		return -1;
	if (*more)
		return 0;
	st = tg_db_stmt(db, TG_SQL_SAID_GONE_GET);
	if (tg_db_step(db, st, e) != 1)
		return -1;
	gone = sqlite3_column_int64(st, 0);
	merging = sqlite3_column_int(st, 1) != 0;
	tg_db_done(st);
	if (!merging)
		return gone > 0 ? start(db, gone, more, e) : 0;
	if (merge(db, MERGE_PAGES, more, e) == -1)
		return -1;
	return *more ? 0 : set_gone(db, gone, false, e);
}

static int
start(struct tg_db *db, int64_t gone, bool *more, struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_SAID_TEXTS_SPAN);
	int64_t left;

	if (tg_db_step(db, st, e) != 1)
		return -1;
	left = tg_col_i64(st, 0, 0);
	tg_db_done(st);
	if (gone < left / GONE_SHARE)
		return 0;
	if (tg_db_run(db, TG_SQL_PROGRAM_PRUNE, e) == -1 ||
	    tg_db_run(db, TG_SQL_PROGRAM_PEOPLE_PRUNE, e) == -1 ||
	    merge(db, -MERGE_PAGES, more, e) == -1)
		return -1;
	return set_gone(db, 0, *more, e);
}

static int
merge(struct tg_db *db, int pages, bool *more, struct tg_err *e)
{
	int64_t before = sqlite3_total_changes64(db->h);

	if (run(db, TG_SQL_SAID_MERGE, pages, e) == -1)
		return -1;
	*more = sqlite3_total_changes64(db->h) - before >= NOTHING_DONE;
	return 0;
}

static int
set_gone(struct tg_db *db, int64_t gone, bool merging, struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_SAID_GONE_SET);

	sqlite3_bind_int64(st, 1, gone);
	sqlite3_bind_int(st, 2, merging);
	return tg_db_step(db, st, e);
}
