#include "config.h"

#include "store/calls.h"

/*
 * The two writes of a call's row: before anything goes upstream, and its
 * completion.  Reading is in call_rows.c, closing for the dead in sweep.c,
 * the money in book_open.c and book_settle.c.
 */
#include "store/booking.h"

#define USED_US (60 * 1000000LL)

static const char *const states[] = {
	[TG_CALL_OPEN] = "open",
	[TG_CALL_DONE] = "done",
	[TG_CALL_FAILED] = "failed",
	[TG_CALL_GONE] = "gone",
	[TG_CALL_LOST] = "lost",
	[TG_CALL_REFUSED] = "refused",
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

static void bind_money(sqlite3_stmt *st, const struct tg_call_row *c);
static void bind_open(sqlite3_stmt *st, const struct tg_call_row *c);
static void bind_usage(sqlite3_stmt *st, const struct tg_call_row *c);
static void bind_who(sqlite3_stmt *st, const struct tg_call_row *c);
static int note_used(struct tg_db *db, const struct tg_call_row *c,
    struct tg_err *e);
static struct tg_used *used_slot(struct tg_store *s, int64_t key_id);

int
tg_call_insert(struct tg_db *db, struct tg_call_row *c, struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_CALL_OPEN);

	if (c->worker == NULL)
		c->worker = tg_worker_name();
	sqlite3_bind_int(st, 2, c->attempt);
	tg_bind_text(st, 3, c->worker);
	sqlite3_bind_int64(st, 4, c->key_id);
	sqlite3_bind_int64(st, 14, c->start_at);
	bind_open(st, c);
	if (tg_db_step(db, st, e) == -1)
		return -1;
	c->seq = sqlite3_last_insert_rowid(db->h);
	if (c->head == 0)
		c->head = c->seq;
	return note_used(db, c, e);
}

/* The same places in both statements. */
static void
bind_open(sqlite3_stmt *st, const struct tg_call_row *c)
{
	tg_bind_text(st, 1, c->id);
	tg_bind_text(st, 5, c->user);
	tg_bind_text(st, 6, c->addr);
	tg_bind_text(st, 7, c->agent);
	tg_bind_text(st, 8, c->route);
	tg_bind_text(st, 9, c->model);
	tg_bind_text(st, 10, c->deployment);
	tg_bind_text(st, 11, c->provider);
	tg_bind_text(st, 12, c->upstream_model);
	sqlite3_bind_int(st, 13, c->stream);
	sqlite3_bind_int64(st, 15, c->request_bytes);
	sqlite3_bind_int64(st, 16, c->head);
	bind_who(st, c);
	bind_money(st, c);
}

static void
bind_who(sqlite3_stmt *st, const struct tg_call_row *c)
{
	sqlite3_bind_int64(st, 17, c->person);
	sqlite3_bind_int64(st, 18, c->team);
	sqlite3_bind_int64(st, 19, c->member);
	sqlite3_bind_int64(st, 20, c->project);
	sqlite3_bind_int64(st, 21, c->organization);
	sqlite3_bind_int64(st, 22, c->customer);
	tg_bind_text(st, 23, c->tags);
	tg_bind_text(st, 24, c->tag_ids);
	tg_bind_text(st, 25, c->session);
	tg_bind_text(st, 26, c->switched_from);
}

static void
bind_money(sqlite3_stmt *st, const struct tg_call_row *c)
{
	tg_bind_i64(st, 27, c->hold_nano, TG_COST_UNKNOWN);
	tg_bind_i64(st, 28, c->fixed_nano, -1);
	tg_bind_i64(st, 29, c->output_pico, -1);
	tg_bind_i64(st, 30, c->input_bound, -1);
	tg_bind_i64(st, 31, c->output_bound, -1);
	sqlite3_bind_int(st, 32, c->lost_policy);
	tg_bind_i64(st, 33, c->queued_us, -1);
	sqlite3_bind_int64(st, 34, c->admit_at);
}

/* --- when a key was used --- */

static struct tg_used *
used_slot(struct tg_store *s, int64_t key_id)
{
	return &s->used[(uint64_t)key_id % TG_USED_SLOTS];
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

void
tg_call_noted(struct tg_store *s, const struct tg_call_row *c)
{
	struct tg_used *used = used_slot(s, c->key_id);

	if (atomic_load(&used->key_id) != c->key_id ||
	    c->start_at - atomic_load(&used->at) >= USED_US) {
		atomic_store(&used->at, c->start_at);
		atomic_store(&used->key_id, c->key_id);
	}
}

/* --- completion --- */

int
tg_call_complete(struct tg_db *db, const struct tg_call_row *c,
    enum tg_call_state from, struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_CALL_CLOSE);

	bind_open(st, c);
	sqlite3_bind_int64(st, 35, c->seq);
	sqlite3_bind_int(st, 36, from);
	sqlite3_bind_int(st, 37, c->state);
	sqlite3_bind_int(st, 38, c->status);
	sqlite3_bind_int(st, 39, c->upstream_status);
	tg_bind_text(st, 40, c->error);
	tg_bind_text(st, 41, c->upstream_id);
	tg_bind_text(st, 42, c->finish);
	bind_usage(st, c);
	tg_bind_text(st, 55, c->price_ids);
	tg_bind_i64(st, 56, c->sent_us, -1);
	tg_bind_i64(st, 57, c->first_byte_us, -1);
	tg_bind_i64(st, 58, c->first_content_us, -1);
	tg_bind_i64(st, 59, c->end_us, -1);
	sqlite3_bind_int64(st, 60, c->answer_bytes);
	tg_bind_i64(st, 61, c->streamed_tokens, -1);
	sqlite3_bind_int(st, 62, c->estimated);
	tg_bind_text(st, 63, c->tier);
	tg_bind_text(st, 64, c->bill);
	sqlite3_bind_int(st, 65, c->over_hold);
	sqlite3_bind_int(st, 66, c->follows);
	if (tg_db_step(db, st, e) == -1)
		return -1;
	return sqlite3_changes(db->h) > 0;
}

static void
bind_usage(sqlite3_stmt *st, const struct tg_call_row *c)
{
	for (int i = 0; i < TG_TOK__MAX; i++)
		tg_bind_i64(st, 43 + i, c->tokens[i], -1);
	tg_bind_i64(st, 51, c->reasoning_tokens, -1);
	sqlite3_bind_int(st, 52, c->usage_odd);
	tg_bind_i64(st, 53, c->cost_nano, TG_COST_UNKNOWN);
	tg_bind_i64(st, 54, c->provider_cost_nano, TG_COST_UNKNOWN);
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
