#include "config.h"

#include "store/threads.h"

/* Which conversation a call belongs to, and its row there. */
#include "store/inner.h"

static int by_messages(struct tg_db *db, struct tg_thread_entry *t,
    int64_t *thread, struct tg_err *e);
static int by_name(struct tg_db *db, const struct tg_thread_entry *t,
    int64_t *thread, struct tg_err *e);
static int by_tail(struct tg_db *db, struct tg_thread_entry *t, size_t i,
    int64_t *thread, struct tg_err *e);
static int make(struct tg_db *db, struct tg_thread_entry *t,
    struct tg_err *e);
static void bind_digest(sqlite3_stmt *st, int i, const struct tg_tail *d);

int
tg_thread_match(struct tg_db *db, struct tg_thread_entry *t,
    struct tg_err *e)
{
	int64_t like = 0, named = 0;

	t->known = 0;
	t->answered = false;
	if (t->add.name == NULL && t->n == 0)
		return 0;
	if (by_messages(db, t, &like, e) == -1)
		return -1;
	if (t->add.name != NULL && by_name(db, t, &named, e) == -1)
		return -1;
	t->add.id = t->add.name != NULL ? named : like;
	if (t->add.id == 0 && make(db, t, e) == -1)
		return -1;
	return 1;
}

/*
 * The longest beginning that was all of an earlier call.  A prompt that comes
 * again word for word is no conversation, unless it was one by then or has
 * a name.
 */
static int
by_messages(struct tg_db *db, struct tg_thread_entry *t, int64_t *thread,
    struct tg_err *e)
{
	size_t n = t->n;
	int rc = 0;

	if (n == t->least + 1 && t->add.name == NULL)
		n--;
	while (rc == 0 && n > t->least) {
		rc = by_tail(db, t, n - 1, thread, e);
		if (rc == 1)
			t->known = (int64_t)n;
		n--;
	}
	return rc == -1 ? -1 : 0;
}

static int
by_tail(struct tg_db *db, struct tg_thread_entry *t, size_t i,
    int64_t *thread, struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_THREAD_CALL_BY_TAIL);
	int rc;

	bind_digest(st, 1, &t->tails[i]);
	sqlite3_bind_int64(st, 2, t->seq);
	rc = tg_db_step(db, st, e);
	if (rc != 1)
		return rc;
	*thread = sqlite3_column_int64(st, 1);
	t->answered = sqlite3_column_bytes(st, 2) == TG_DIGEST_BYTES;
	if (t->answered)
		memcpy(t->answer.digest, sqlite3_column_blob(st, 2),
		    TG_DIGEST_BYTES);
	tg_db_done(st);
	return 1;
}

static int
by_name(struct tg_db *db, const struct tg_thread_entry *t, int64_t *thread,
    struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_THREAD_NAMED);
	int rc;

	tg_bind_text(st, 1, t->add.name);
	sqlite3_bind_int64(st, 2, t->add.key_id);
	sqlite3_bind_int64(st, 3, t->add.person);
	rc = tg_db_step(db, st, e);
	if (rc == 1) {
		*thread = sqlite3_column_int64(st, 0);
		tg_db_done(st);
	}
	return rc;
}

/* Without sums: the call's are added when it enters. */
static int
make(struct tg_db *db, struct tg_thread_entry *t, struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_THREAD_ADD);
	const struct tg_thread *n = &t->add;

	tg_bind_text(st, 1, n->name);
	sqlite3_bind_int64(st, 2, n->key_id);
	sqlite3_bind_int64(st, 3, n->person);
	tg_bind_text(st, 4, n->program);
	tg_bind_text(st, 5, n->title);
	sqlite3_bind_int64(st, 6, n->first_at);
	sqlite3_bind_int64(st, 7, n->last_at);
	for (int i = 8; i <= 12; i++)
		sqlite3_bind_int64(st, i, 0);
	if (tg_db_step(db, st, e) == -1)
		return -1;
	t->add.id = sqlite3_last_insert_rowid(db->h);
	return 0;
}

int
tg_thread_enter(struct tg_db *db, const struct tg_thread_entry *t,
    struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_THREAD_CALL_ADD);
	const struct tg_thread *n = &t->add;

	sqlite3_bind_int64(st, 1, t->seq);
	sqlite3_bind_int64(st, 2, n->id);
	tg_bind_text(st, 3, t->call);
	sqlite3_bind_int64(st, 4, t->known);
	if (t->n > t->least)
		bind_digest(st, 5, &t->tails[t->n - 1]);
	if (t->has_answer)
		bind_digest(st, 6, &t->said);
	if (tg_db_step(db, st, e) == -1)
		return -1;
	if (n->id == 0)
		return 0;
	st = tg_db_stmt(db, TG_SQL_THREAD_COUNT);
	sqlite3_bind_int64(st, 1, n->id);
	tg_bind_text(st, 2, n->title);
	tg_bind_text(st, 3, n->program);
	sqlite3_bind_int64(st, 4, n->first_at);
	sqlite3_bind_int64(st, 5, n->last_at);
	sqlite3_bind_int64(st, 6, n->calls);
	sqlite3_bind_int64(st, 7, n->failed);
	sqlite3_bind_int64(st, 8, n->cost_nano);
	sqlite3_bind_int64(st, 9, n->input_tokens);
	sqlite3_bind_int64(st, 10, n->output_tokens);
	return tg_db_step(db, st, e);
}

int
tg_thread_has(struct tg_db *db, int64_t seq, struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_THREAD_CALL_THERE);
	int rc;

	sqlite3_bind_int64(st, 1, seq);
	rc = tg_db_step(db, st, e);
	if (rc == 1)
		tg_db_done(st);
	return rc;
}

int
tg_thread_correct(struct tg_db *db, int64_t seq, int64_t nano,
    struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_THREAD_CORRECT);

	sqlite3_bind_int64(st, 1, seq);
	sqlite3_bind_int64(st, 2, nano);
	return tg_db_step(db, st, e);
}

static void
bind_digest(sqlite3_stmt *st, int i, const struct tg_tail *d)
{
	sqlite3_bind_blob(st, i, d->digest, TG_DIGEST_BYTES, SQLITE_STATIC);
}
