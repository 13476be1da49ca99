#include "config.h"

#include "store/threads.h"

/* Distinct system prompts and tool sets of client programs. */
#include "store/inner.h"

/* Some put what changes into their system prompt. */
#define TEXTS_MAX 256

static int add(struct tg_db *db, const struct tg_program_use *u, int64_t *id,
    struct tg_err *e);
static int again(struct tg_db *db, int64_t id, const struct tg_program_use *u,
    struct tg_err *e);
static int note_person(struct tg_db *db, int64_t id,
    const struct tg_program_use *u, struct tg_err *e);

int
tg_program_note(struct tg_db *db, const struct tg_program_use *u,
    struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_PROGRAM_FIND);
	int64_t id = 0;
	int rc;

	tg_bind_text(st, 1, u->program);
	sqlite3_bind_int(st, 2, u->kind);
	sqlite3_bind_blob(st, 3, u->digest.digest, TG_DIGEST_BYTES,
	    SQLITE_STATIC);
	rc = tg_db_step(db, st, e);
	if (rc == 1) {
		id = sqlite3_column_int64(st, 0);
		tg_db_done(st);
		rc = again(db, id, u, e);
	} else if (rc == 0)
		rc = add(db, u, &id, e);
	if (rc == 0 && u->person != 0)
		rc = note_person(db, id, u, e);
	return rc;
}

static int
add(struct tg_db *db, const struct tg_program_use *u, int64_t *id,
    struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_PROGRAM_ADD);

	tg_bind_text(st, 1, u->program);
	sqlite3_bind_int(st, 2, u->kind);
	sqlite3_bind_blob(st, 3, u->digest.digest, TG_DIGEST_BYTES,
	    SQLITE_STATIC);
	sqlite3_bind_int64(st, 4, u->at);
	tg_bind_text(st, 5, u->call);
	if (tg_db_step(db, st, e) == -1)
		return -1;
	*id = sqlite3_last_insert_rowid(db->h);
	st = tg_db_stmt(db, TG_SQL_PROGRAM_CROWDED);
	tg_bind_text(st, 1, u->program);
	sqlite3_bind_int(st, 2, u->kind);
	sqlite3_bind_int(st, 3, TEXTS_MAX);
	return tg_db_step(db, st, e);
}

static int
again(struct tg_db *db, int64_t id, const struct tg_program_use *u,
    struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_PROGRAM_AGAIN);

	sqlite3_bind_int64(st, 1, id);
	sqlite3_bind_int64(st, 2, u->at);
	tg_bind_text(st, 3, u->call);
	return tg_db_step(db, st, e);
}

static int
note_person(struct tg_db *db, int64_t id, const struct tg_program_use *u,
    struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_PROGRAM_PERSON);

	sqlite3_bind_int64(st, 1, id);
	sqlite3_bind_int64(st, 2, u->person);
	sqlite3_bind_int64(st, 3, u->at);
	tg_bind_text(st, 4, u->call);
	return tg_db_step(db, st, e);
}

int
tg_program_texts(struct tg_db *db, struct tg_arena *a,
    const struct tg_program_filter *f, struct tg_program_text **rows,
    size_t *n, struct tg_err *e)
{
	enum tg_sql name = f->person != 0 ? TG_SQL_PROGRAM_TEXTS_OF :
					    TG_SQL_PROGRAM_TEXTS;
	sqlite3_stmt *st = tg_db_stmt(db, name);
	void *found = NULL;
	int rc;

	*n = 0;
	tg_bind_text(st, 1, f->program);
	if (f->person != 0)
		sqlite3_bind_int64(st, 2, f->person);
	while ((rc = tg_db_step(db, st, e)) == 1) {
		struct tg_program_text *t =
		    tg_rows_add(a, &found, n, sizeof(*t));

		t->id = sqlite3_column_int64(st, 0);
		t->program = tg_col_text(a, st, 1);
		t->kind = sqlite3_column_int(st, 2);
		t->first_at = sqlite3_column_int64(st, 3);
		t->last_at = sqlite3_column_int64(st, 4);
		t->calls = sqlite3_column_int64(st, 5);
		t->call = tg_col_text(a, st, 6);
	}
	*rows = found;
	return rc;
}
