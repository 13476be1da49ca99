#include "config.h"

#include "store/ledger.h"

/*
 * Adding to the ledger: a line with the digest of the row it stands for and
 * the hash of the line before.  Proving it is in verify.c.
 */
#include <string.h>

#include "base/clock.h"
#include "store/booking.h"

#define NUMBERS 8
/* Rows are bounded by what columns are: this is far above. */
#define ROW_BYTES ((size_t)16 * 1024 * 1024)

static void add_number(struct tg_buf *b, int64_t n);
static void add_numbers(struct tg_buf *b, const struct tg_call_row *c);
static void add_text(struct tg_buf *b, const char *text);
static int last(struct tg_db *db, struct tg_ledger_line *l, struct tg_err *e);
static void put_number(unsigned char *p, int64_t n);

int
tg_ledger_add(struct tg_db *db, const struct tg_line *line, struct tg_err *e)
{
	struct tg_ledger_line before = { 0 };
	struct tg_ledger_line l = {
		.at = tg_wall_us(),
		.kind = line->kind,
		.call = line->call,
		.account = line->account,
		.cap = line->cap,
		.period_at = line->period_at,
		.amount_nano = line->amount_nano,
	};
	sqlite3_stmt *st;

	if (last(db, &before, e) == -1)
		return -1;
	l.line = before.line + 1;
	if (line->row != NULL)
		tg_call_digest(line->row, l.digest);
	tg_line_hash(&l, before.hash, l.hash);
	st = tg_db_stmt(db, TG_SQL_LEDGER_ADD);
	sqlite3_bind_int64(st, 1, l.line);
	sqlite3_bind_int64(st, 2, l.at);
	sqlite3_bind_int64(st, 3, l.kind);
	sqlite3_bind_int64(st, 4, l.call);
	sqlite3_bind_int64(st, 5, l.account);
	sqlite3_bind_int64(st, 6, l.cap);
	sqlite3_bind_int64(st, 7, l.period_at);
	sqlite3_bind_int64(st, 8, l.amount_nano);
	sqlite3_bind_blob(st, 9, l.digest, sizeof(l.digest), SQLITE_STATIC);
	sqlite3_bind_blob(st, 10, l.hash, sizeof(l.hash), SQLITE_STATIC);
	return tg_db_step(db, st, e);
}

int
tg_ledger_head(struct tg_db *db, int64_t *line, char hex[TG_SHA256_HEX],
    struct tg_err *e)
{
	struct tg_ledger_line l = { 0 };

	if (last(db, &l, e) == -1)
		return -1;
	*line = l.line;
	tg_hex(l.hash, sizeof(l.hash), hex);
	return 0;
}

static int
last(struct tg_db *db, struct tg_ledger_line *l, struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_LEDGER_LAST);
	int rc = tg_db_step(db, st, e);

	if (rc != 1)
		return rc;
	l->line = sqlite3_column_int64(st, 0);
	if (sqlite3_column_bytes(st, 1) == sizeof(l->hash))
		memcpy(l->hash, sqlite3_column_blob(st, 1), sizeof(l->hash));
	tg_db_done(st);
	return 0;
}

void
tg_line_hash(const struct tg_ledger_line *l,
    const unsigned char before[TG_SHA256_BYTES],
    unsigned char out[TG_SHA256_BYTES])
{
	unsigned char text[TG_SHA256_BYTES + NUMBERS * 8 + TG_DIGEST_BYTES];
	const int64_t numbers[NUMBERS] = { l->line, l->at, l->kind, l->call,
		l->account, l->cap, l->period_at, l->amount_nano };
	unsigned char *p = text;

	memcpy(p, before, TG_SHA256_BYTES);
	p += TG_SHA256_BYTES;
	for (int i = 0; i < NUMBERS; i++, p += 8)
		put_number(p, numbers[i]);
	memcpy(p, l->digest, TG_DIGEST_BYTES);
	tg_sha256((struct tg_str){ (const char *)text, sizeof(text) }, out);
}

static void
put_number(unsigned char *p, int64_t n)
{
	for (int i = 0; i < 8; i++)
		p[i] = (unsigned char)((uint64_t)n >> (56 - 8 * i));
}

/* --- the digest of a row --- */

/*
 * All that the books say of a completed call.  Not the worker, which tells
 * nothing of it.  New columns are added behind, and only when they are set:
 * lines that were written before must stay true.
 */
void
tg_call_digest(const struct tg_call_row *c, unsigned char out[TG_DIGEST_BYTES])
{
	const char *const texts[] = { c->id, c->user, c->addr, c->agent,
		c->route, c->model, c->deployment, c->provider,
		c->upstream_model, c->error, c->upstream_id, c->finish,
		c->price_ids, c->tags, c->tag_ids, c->session,
		c->switched_from, c->tier, c->bill };
	struct tg_buf b;

	tg_buf_init(&b, ROW_BYTES);
	(void)tg_buf_room(&b, 2000);
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		add_text(&b, texts[i]);
	add_numbers(&b, c);
	tg_digest(tg_buf_str(&b), out);
	tg_buf_free(&b);
}

static void
add_text(struct tg_buf *b, const char *text)
{
	add_number(b, text != NULL ? (int64_t)strlen(text) : -1);
	if (text != NULL)
		tg_buf_addc(b, text);
}

static void
add_number(struct tg_buf *b, int64_t n)
{
	unsigned char p[8];

	put_number(p, n);
	tg_buf_add(b, p, sizeof(p));
}

static void
add_numbers(struct tg_buf *b, const struct tg_call_row *c)
{
	const int64_t numbers[] = { c->seq, c->attempt, c->state, c->key_id,
		c->stream, c->status, c->upstream_status, c->reasoning_tokens,
		c->usage_odd, c->cost_nano, c->provider_cost_nano, c->start_at,
		c->sent_us, c->first_byte_us, c->first_content_us, c->end_us,
		c->request_bytes, c->answer_bytes, c->person, c->team,
		c->member, c->project, c->organization, c->customer, c->head,
		c->hold_nano, c->fixed_nano, c->output_pico, c->input_bound,
		c->output_bound, c->lost_policy, c->streamed_tokens,
		c->estimated, c->queued_us, c->admit_at, c->over_hold,
		c->follows };

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		add_number(b, numbers[i]);
	for (int i = 0; i < TG_TOK__MAX; i++)
		add_number(b, c->tokens[i]);
}
