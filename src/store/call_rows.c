#include "config.h"

/* Reading the books: lists by filter, and all attempts of a call. */
#include <stdio.h>

#include "store/calls.h"
#include "store/booking.h"

#define DEFAULT_LIMIT 100
#define PREFIX_MIN 8
#define ATTEMPTS_MAX 1000
/* Calls that waited their turn stand behind those that began later. */
#define QUEUED_US_MOST (600 * INT64_C(1000000))
#define SLACK 2048		/* rows; see sql/calls.sql */

/* In the order of the schema (sql/migrate/main); SELECT * gives it. */
enum column {
	SEQ,
	CALL,
	ATTEMPT,
	STATE,
	WORKER,
	KEY_ID,
	USER,
	ADDR,
	AGENT,
	ROUTE,
	MODEL,
	DEPLOYMENT,
	PROVIDER,
	UPSTREAM_MODEL,
	STREAM,
	START_AT,
	REQUEST_BYTES,
	STATUS,
	UPSTREAM_STATUS,
	ERROR,
	UPSTREAM_ID,
	FINISH,
	TOKENS,
	REASONING_TOKENS = TOKENS + TG_TOK__MAX,
	USAGE_ODD,
	COST_NANO,
	PROVIDER_COST_NANO,
	PRICE_IDS,
	SENT_US,
	FIRST_BYTE_US,
	FIRST_CONTENT_US,
	END_US,
	ANSWER_BYTES,
	HEAD,
	PERSON,
	TEAM,
	MEMBER,
	PROJECT,
	ORGANIZATION,
	CUSTOMER,
	TAGS,
	TAG_IDS,
	SESSION,
	SWITCHED_FROM,
	HOLD_NANO,
	FIXED_NANO,
	OUTPUT_PICO,
	INPUT_BOUND,
	OUTPUT_BOUND,
	LOST_POLICY,
	STREAMED_TOKENS,
	ESTIMATED,
	TIER,
	BILL,
	QUEUED_US,
	ADMIT_AT,
	OVER_HOLD,
	FOLLOWS
};

struct list {
	const struct tg_call_filter *f;
	const char *id;		/* or: the beginning of an id */
	struct tg_arena *a;
	struct tg_call_row *rows;
	size_t n;
};

static enum tg_sql choose(const struct tg_call_filter *f);
static int find(struct tg_db *db, void *arg, struct tg_err *e);
static int list(struct tg_db *db, void *arg, struct tg_err *e);
static void load_money(struct tg_call_row *c, struct tg_arena *a,
    sqlite3_stmt *st);
static void load_usage(struct tg_call_row *c, sqlite3_stmt *st);
static int gather(struct tg_db *db, sqlite3_stmt *st, struct list *l,
    struct tg_err *e);
static int number(struct tg_db *db, enum tg_sql name, int64_t start_at,
    int64_t *value, struct tg_err *e);

int
tg_call_list(struct tg_store *s, struct tg_arena *a,
    const struct tg_call_filter *f, struct tg_call_row **rows, size_t *n,
    struct tg_err *e)
{
	struct list l = { .f = f, .a = a };
	int rc = tg_read(s, TG_DB_MAIN, list, &l, e);

	*rows = l.rows;
	*n = l.n;
	return rc;
}

static int
list(struct tg_db *db, void *arg, struct tg_err *e)
{
	struct list *l = arg;
	const struct tg_call_filter *f = l->f;
	int64_t first, last;
	sqlite3_stmt *st;

	if (tg_call_bounds(db, f, &first, &last, e) == -1)
		return -1;
	st = tg_db_stmt(db, choose(f));
	sqlite3_bind_int64(st, 1, f->since_at);
	sqlite3_bind_int64(st, 2, f->until_at != 0 ? f->until_at : INT64_MAX);
	tg_bind_i64(st, 3, f->key_id, 0);
	tg_bind_text(st, 4, f->model);
	tg_bind_text(st, 5, f->provider);
	sqlite3_bind_int(st, 6, f->state);
	sqlite3_bind_int(st, 7, f->status);
	sqlite3_bind_int64(st, 8, f->limit > 0 ? f->limit : DEFAULT_LIMIT);
	sqlite3_bind_int64(st, 9, first);
	sqlite3_bind_int64(st, 10, last);
	return gather(db, st, l, e);
}

int
tg_call_bounds(struct tg_db *db, const struct tg_call_filter *f,
    int64_t *first, int64_t *last, struct tg_err *e)
{
	*first = 0;
	*last = INT64_MAX;
	/* Too young for the index: among the last of all. */
	if (f->since_at > 0 &&
	    (number(db, TG_SQL_CALL_TOP, 0, first, e) == -1 ||
		number(db, TG_SQL_CALL_FIRST, f->since_at, first, e) == -1))
		return -1;
	if (f->since_at > 0)
		*first -= SLACK;
	/* Too old for the index: among the first of all. */
	if (f->until_at > 0 && f->until_at < INT64_MAX - QUEUED_US_MOST) {
		*last = 0;
		if (number(db, TG_SQL_CALL_LAST, f->until_at + QUEUED_US_MOST,
			last, e) == -1)
			return -1;
		*last += SLACK;
	}
	if (f->after_seq >= *first)
		*first = f->after_seq + 1;
	return 0;
}

/* Leaves *value alone when there is none. */
static int
number(struct tg_db *db, enum tg_sql name, int64_t start_at, int64_t *value,
    struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, name);
	int rc;

	if (name != TG_SQL_CALL_TOP)
		sqlite3_bind_int64(st, 1, start_at);
	rc = tg_db_step(db, st, e);
	if (rc == 1) {
		*value = tg_col_i64(st, 0, *value);
		tg_db_done(st);
	}
	return rc == -1 ? -1 : 0;
}

/* The same rows in each, but by the index that finds them soonest. */
static enum tg_sql
choose(const struct tg_call_filter *f)
{
	if (f->after_seq > 0 || f->oldest_first)
		return TG_SQL_CALL_OLDEST;
	return f->key_id != 0 ? TG_SQL_CALL_NEWEST_OF_KEY : TG_SQL_CALL_NEWEST;
}

static int
gather(struct tg_db *db, sqlite3_stmt *st, struct list *l, struct tg_err *e)
{
	void *rows = NULL;
	int rc;

	while ((rc = tg_db_step(db, st, e)) == 1)
		tg_call_load(tg_rows_add(l->a, &rows, &l->n,
				 sizeof(*l->rows)),
		    l->a, st);
	l->rows = rows;
	return rc;
}

void
tg_call_load(struct tg_call_row *c, struct tg_arena *a, sqlite3_stmt *st)
{
	const char *id = (const char *)sqlite3_column_text(st, CALL);

	*c = (struct tg_call_row){
		.seq = sqlite3_column_int64(st, SEQ),
		.attempt = sqlite3_column_int(st, ATTEMPT),
		.state = sqlite3_column_int(st, STATE),
		.worker = tg_col_text(a, st, WORKER),
		.key_id = sqlite3_column_int64(st, KEY_ID),
		.user = tg_col_text(a, st, USER),
		.addr = tg_col_text(a, st, ADDR),
		.agent = tg_col_text(a, st, AGENT),
		.route = tg_col_text(a, st, ROUTE),
		.model = tg_col_text(a, st, MODEL),
		.deployment = tg_col_text(a, st, DEPLOYMENT),
		.provider = tg_col_text(a, st, PROVIDER),
		.upstream_model = tg_col_text(a, st, UPSTREAM_MODEL),
		.stream = sqlite3_column_int(st, STREAM) != 0,
		.status = sqlite3_column_int(st, STATUS),
		.upstream_status = sqlite3_column_int(st, UPSTREAM_STATUS),
		.error = tg_col_text(a, st, ERROR),
		.upstream_id = tg_col_text(a, st, UPSTREAM_ID),
		.finish = tg_col_text(a, st, FINISH),
		.price_ids = tg_col_text(a, st, PRICE_IDS),
		.start_at = sqlite3_column_int64(st, START_AT),
		.sent_us = tg_col_i64(st, SENT_US, -1),
		.first_byte_us = tg_col_i64(st, FIRST_BYTE_US, -1),
		.first_content_us = tg_col_i64(st, FIRST_CONTENT_US, -1),
		.end_us = tg_col_i64(st, END_US, -1),
		.request_bytes = sqlite3_column_int64(st, REQUEST_BYTES),
		.answer_bytes = sqlite3_column_int64(st, ANSWER_BYTES),
	};
	snprintf(c->id, sizeof(c->id), "%s", id != NULL ? id : "");
	load_usage(c, st);
	load_money(c, a, st);
}

static void
load_usage(struct tg_call_row *c, sqlite3_stmt *st)
{
	for (int i = 0; i < TG_TOK__MAX; i++)
		c->tokens[i] = tg_col_i64(st, TOKENS + i, -1);
	c->reasoning_tokens = tg_col_i64(st, REASONING_TOKENS, -1);
	c->usage_odd = sqlite3_column_int(st, USAGE_ODD) != 0;
	c->cost_nano = tg_col_i64(st, COST_NANO, TG_COST_UNKNOWN);
	c->provider_cost_nano =
	    tg_col_i64(st, PROVIDER_COST_NANO, TG_COST_UNKNOWN);
}

static void
load_money(struct tg_call_row *c, struct tg_arena *a, sqlite3_stmt *st)
{
	c->head = sqlite3_column_int64(st, HEAD);
	/* From before there were heads. */
	if (c->head == 0)
		c->head = c->seq;
	c->person = sqlite3_column_int64(st, PERSON);
	c->team = sqlite3_column_int64(st, TEAM);
	c->member = sqlite3_column_int64(st, MEMBER);
	c->project = sqlite3_column_int64(st, PROJECT);
	c->organization = sqlite3_column_int64(st, ORGANIZATION);
	c->customer = sqlite3_column_int64(st, CUSTOMER);
	c->tags = tg_col_text(a, st, TAGS);
	c->tag_ids = tg_col_text(a, st, TAG_IDS);
	c->session = tg_col_text(a, st, SESSION);
	c->switched_from = tg_col_text(a, st, SWITCHED_FROM);
	c->hold_nano = tg_col_i64(st, HOLD_NANO, TG_COST_UNKNOWN);
	c->fixed_nano = tg_col_i64(st, FIXED_NANO, -1);
	c->output_pico = tg_col_i64(st, OUTPUT_PICO, -1);
	c->input_bound = tg_col_i64(st, INPUT_BOUND, -1);
	c->output_bound = tg_col_i64(st, OUTPUT_BOUND, -1);
	c->lost_policy = sqlite3_column_int(st, LOST_POLICY);
	c->streamed_tokens = tg_col_i64(st, STREAMED_TOKENS, -1);
	c->estimated = sqlite3_column_int(st, ESTIMATED) != 0;
	c->tier = tg_col_text(a, st, TIER);
	c->bill = tg_col_text(a, st, BILL);
	c->queued_us = tg_col_i64(st, QUEUED_US, -1);
	c->admit_at = sqlite3_column_int64(st, ADMIT_AT);
	c->over_hold = sqlite3_column_int(st, OVER_HOLD) != 0;
	c->follows = sqlite3_column_int(st, FOLLOWS) != 0;
}

/* --- one call --- */

int
tg_call_get(struct tg_db *db, struct tg_arena *a, int64_t seq,
    struct tg_call_row *c, struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_CALL_GET);
	int rc;

	sqlite3_bind_int64(st, 1, seq);
	rc = tg_db_step(db, st, e);
	if (rc == 1) {
		tg_call_load(c, a, st);
		tg_db_done(st);
	}
	return rc;
}

int
tg_call_opens(struct tg_db *db, struct tg_arena *a, struct tg_call_row **rows,
    size_t *n, struct tg_err *e)
{
	struct list l = { .a = a };
	int rc = gather(db, tg_db_stmt(db, TG_SQL_CALL_OPENS), &l, e);

	*rows = l.rows;
	*n = l.n;
	return rc;
}

int
tg_call_find(struct tg_store *s, struct tg_arena *a, const char *id,
    struct tg_call_row **rows, size_t *n, struct tg_err *e)
{
	struct list l = { .id = id, .a = a };
	int rc = 0;

	if (strlen(id) >= PREFIX_MIN && strlen(id) < TG_UUID_BYTES)
		rc = tg_read(s, TG_DB_MAIN, find, &l, e);
	for (size_t i = 1; rc == 0 && i < l.n; i++)
		if (strcmp(l.rows[i].id, l.rows[0].id) != 0)
			rc = tg_fail(e, TG_E_CONFLICT, "Several calls have "
			    "an id that begins with '%s': give more of it.",
			    id);
	*rows = l.rows;
	*n = rc == 0 ? l.n : 0;
	return rc;
}

int
tg_call_look(struct tg_db *db, struct tg_arena *a, const char *id,
    struct tg_call_row **rows, size_t *n, struct tg_err *e)
{
	struct list l = { .id = id, .a = a };
	int rc = 0;

	if (strlen(id) == TG_UUID_BYTES - 1)
		rc = find(db, &l, e);
	*rows = l.rows;
	*n = rc == 0 ? l.n : 0;
	return rc;
}

static int
find(struct tg_db *db, void *arg, struct tg_err *e)
{
	struct list *l = arg;
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_CALL_FIND);
	char end[TG_UUID_BYTES + 1];

	/* '~' stands behind all that an id may hold. */
	snprintf(end, sizeof(end), "%s~", l->id);
	tg_bind_text(st, 1, l->id);
	tg_bind_text(st, 2, end);
	sqlite3_bind_int(st, 3, ATTEMPTS_MAX);
	return gather(db, st, l, e);
}
