#include "config.h"

#include "store/calls.h"

/*
 * The two writes of a call: its row before anything goes upstream, and its
 * completion.  Reading is in call_rows.c, closing for the dead in sweep.c.
 */
#include "store/inner.h"

#define USED_US (60 * 1000000LL)

static const char *const states[] = {
	[TG_CALL_OPEN] = "open",
	[TG_CALL_DONE] = "done",
	[TG_CALL_FAILED] = "failed",
	[TG_CALL_GONE] = "gone",
	[TG_CALL_LOST] = "lost",
};

static const char *const classes[TG_TOK__MAX] = {
	[TG_TOK_INPUT] = "input",
	[TG_TOK_CACHE_READ] = "cache_read",
	[TG_TOK_CACHE_WRITE] = "cache_write",
	[TG_TOK_CACHE_WRITE_1H] = "cache_write_1h",
	[TG_TOK_AUDIO_INPUT] = "audio_input",
	[TG_TOK_IMAGE_INPUT] = "image_input",
	[TG_TOK_OUTPUT] = "output",
	[TG_TOK_AUDIO_OUTPUT] = "audio_output",
};

static void bind_usage(sqlite3_stmt *st, const struct tg_call_row *c);
static int close_row(struct tg_db *db, void *arg, struct tg_err *e);
static int note_used(struct tg_db *db, const struct tg_call_row *c,
    struct tg_err *e);
static int open_row(struct tg_db *db, void *arg, struct tg_err *e);
static struct tg_used *used_slot(struct tg_store *s, int64_t key_id);

int
tg_call_open(struct tg_store *s, struct tg_call_row *c, struct tg_err *e)
{
	struct tg_used *used = used_slot(s, c->key_id);

	/* What room is left is for those that are under way. */
	if (tg_reserve_short(s))
		return tg_sqlite_fail(SQLITE_FULL, "tollgate.db", "", e);
	if (tg_write(s, TG_DB_MAIN, open_row, c, e) == -1)
		return -1;
	c->state = TG_CALL_OPEN;
	if (atomic_load(&used->key_id) != c->key_id ||
	    c->start_at - atomic_load(&used->at) >= USED_US) {
		atomic_store(&used->at, c->start_at);
		atomic_store(&used->key_id, c->key_id);
	}
	return 0;
}

static struct tg_used *
used_slot(struct tg_store *s, int64_t key_id)
{
	return &s->used[(uint64_t)key_id % TG_USED_SLOTS];
}

static int
open_row(struct tg_db *db, void *arg, struct tg_err *e)
{
	struct tg_call_row *c = arg;
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_CALL_OPEN);

	tg_bind_text(st, 1, c->id);
	sqlite3_bind_int(st, 2, c->attempt);
	tg_bind_text(st, 3, c->worker != NULL ? c->worker : tg_worker_name());
	sqlite3_bind_int64(st, 4, c->key_id);
	tg_bind_text(st, 5, c->user);
	tg_bind_text(st, 6, c->addr);
	tg_bind_text(st, 7, c->agent);
	tg_bind_text(st, 8, c->route);
	tg_bind_text(st, 9, c->model);
	tg_bind_text(st, 10, c->deployment);
	tg_bind_text(st, 11, c->provider);
	tg_bind_text(st, 12, c->upstream_model);
	sqlite3_bind_int(st, 13, c->stream);
	sqlite3_bind_int64(st, 14, c->start_at);
	sqlite3_bind_int64(st, 15, c->request_bytes);
	if (tg_db_step(db, st, e) == -1)
		return -1;
	c->seq = sqlite3_last_insert_rowid(db->h);
	return note_used(db, c, e);
}

/* At most once a minute and process for a key, so it costs next to nothing. */
static int
note_used(struct tg_db *db, const struct tg_call_row *c, struct tg_err *e)
{
	struct tg_used *used = used_slot(db->store, c->key_id);
	sqlite3_stmt *st;

	if (atomic_load(&used->key_id) == c->key_id &&
	    c->start_at - atomic_load(&used->at) < USED_US)
		return 0;
	st = tg_db_stmt(db, TG_SQL_KEY_USED);
	sqlite3_bind_int64(st, 1, c->key_id);
	sqlite3_bind_int64(st, 2, c->start_at);
	return tg_db_step(db, st, e);
}

/* --- completion --- */

int
tg_call_close(struct tg_store *s, const struct tg_call_row *c, struct tg_err *e)
{
	struct tg_err first;
	struct tg_job job = { .fn = close_row, .e = &first };
	struct tg_call_row row = *c;
	int code;

	job.arg = &row;
	tg_err_reset(&first);
	if (tg_job_run(s, TG_DB_MAIN, &job) == 0)
		return 0;
	code = job.code & 0xff;
	if (code == SQLITE_FULL || code == SQLITE_IOERR) {
		/* Again in any case: another thread may have given it. */
		tg_reserve_give(s);
		tg_err_reset(&first);
		if (tg_job_run(s, TG_DB_MAIN, &job) == 0)
			return 0;
	}
	if (s->threads)
		tg_late_add(s->late, c);
	return tg_err_pass(e, &first);
}

static int
close_row(struct tg_db *db, void *arg, struct tg_err *e)
{
	return tg_call_complete(db, arg, e);
}

int
tg_call_complete(
    struct tg_db *db, const struct tg_call_row *c, struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_CALL_CLOSE);

	sqlite3_bind_int64(st, 1, c->seq);
	tg_bind_text(st, 2, c->id);
	sqlite3_bind_int(st, 3, c->state);
	sqlite3_bind_int(st, 4, c->status);
	sqlite3_bind_int(st, 5, c->upstream_status);
	tg_bind_text(st, 6, c->error);
	tg_bind_text(st, 7, c->upstream_id);
	tg_bind_text(st, 8, c->finish);
	bind_usage(st, c);
	tg_bind_text(st, 21, c->price_ids);
	tg_bind_i64(st, 22, c->sent_us, -1);
	tg_bind_i64(st, 23, c->first_byte_us, -1);
	tg_bind_i64(st, 24, c->first_content_us, -1);
	tg_bind_i64(st, 25, c->end_us, -1);
	sqlite3_bind_int64(st, 26, c->answer_bytes);
	return tg_db_step(db, st, e);
}

static void
bind_usage(sqlite3_stmt *st, const struct tg_call_row *c)
{
	for (int i = 0; i < TG_TOK__MAX; i++)
		tg_bind_i64(st, 9 + i, c->tokens[i], -1);
	tg_bind_i64(st, 17, c->reasoning_tokens, -1);
	sqlite3_bind_int(st, 18, c->usage_odd);
	tg_bind_i64(st, 19, c->cost_nano, TG_COST_UNKNOWN);
	tg_bind_i64(st, 20, c->provider_cost_nano, TG_COST_UNKNOWN);
}

/* --- names --- */

const char *
tg_call_state_name(enum tg_call_state st)
{
	return states[st];
}

const char *
tg_token_class_name(enum tg_token_class c)
{
	return classes[c];
}
