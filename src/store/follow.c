#include "config.h"

#include "store/follow.h"

/* What summaries and marks have not taken up yet; see the header. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "store/booking.h"
#include "store/call_scan.h"
#include "store/ledger.h"
#include "store/marks.h"
#include "store/summaries.h"

struct list {
	struct tg_arena *a;
	int64_t *seqs;
	size_t n;
};

static int add_lost(struct tg_db *db, struct list *l, struct tg_err *e);

static void
add(struct list *l, int64_t seq)
{
	void *rows = l->seqs;

	*(int64_t *)tg_rows_add(l->a, &rows, &l->n, sizeof(seq)) = seq;
	l->seqs = rows;
}

static int
by_number(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

int
tg_follow_get(struct tg_db *db, struct tg_follow *f, struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_FOLLOW_GET);
	int rc = tg_db_step(db, st, e);

	*f = (struct tg_follow){ 0 };
	if (rc == 1) {
		f->seq = sqlite3_column_int64(st, 0);
		f->line = sqlite3_column_int64(st, 1);
		f->from = sqlite3_column_int64(st, 2);
		tg_db_done(st);
	}
	return rc == -1 ? -1 : 0;
}

int
tg_follow_waiting(struct tg_db *db, int64_t *n, struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_FOLLOW_WAITING);
	struct tg_follow f;
	int rc;

	if (tg_follow_get(db, &f, e) == -1)
		return -1;
	rc = tg_db_step(db, st, e);
	if (rc == 1) {
		*n = sqlite3_column_int64(st, 0) - f.line +
		    (f.from > f.seq ? f.from - f.seq : 0);
		tg_db_done(st);
	}
	return rc == -1 ? -1 : 0;
}

int
tg_follow_rest(struct tg_db *db, struct tg_arena *a,
    const struct tg_follow *f, struct tg_follow_rows *rows, struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_FOLLOW_LINES);
	struct list l = { .a = a };
	int kind, rc;

	sqlite3_bind_int64(st, 1, f->line);
	sqlite3_bind_int64(st, 2, INT64_MAX);
	/* A correction is of a row that is among the lost, or was counted. */
	while ((rc = tg_db_step(db, st, e)) == 1) {
		kind = sqlite3_column_int(st, 2);
		if (kind == TG_LINE_CALL || kind == TG_LINE_ESTIMATE)
			add(&l, sqlite3_column_int64(st, 1));
	}
	if (rc == -1 || add_lost(db, &l, e) == -1)
		return -1;
	if (l.n > 0)
		qsort(l.seqs, l.n, sizeof(*l.seqs), by_number);
	*rows = (struct tg_follow_rows){ l.seqs, l.n };
	return 0;
}

static int
add_lost(struct tg_db *db, struct list *l, struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_MARKS_LOST);
	struct tg_mark_want want = { TG_MARK_STATE, "4", "4", NULL };
	struct list blocks = { .a = l->a };
	struct tg_mark_set set;
	int rc;

	sqlite3_bind_int(st, 1, TG_MARK_STATE);
	while ((rc = tg_db_step(db, st, e)) == 1)
		add(&blocks, sqlite3_column_int64(st, 0));
	for (size_t i = 0; rc == 0 && i < blocks.n; i++) {
		memset(&set, 0, sizeof(set));
		rc = tg_marks_read(db, &want, blocks.seqs[i], &set, e);
		for (int at = -1; (at = tg_mark_above(&set, at + 1)) != -1;)
			add(l, blocks.seqs[i] * TG_MARK_BLOCK + at);
	}
	return rc;
}

struct passing {
	struct tg_db *db;
	struct tg_arena *a;
	int64_t first, last;
	tg_follow_fn *fn;
	void *arg;
};

static int
pass(struct passing *p, int64_t seq, struct tg_err *e)
{
	struct tg_arena_mark mark = tg_arena_mark(p->a);
	struct tg_call_row c;
	int rc;

	if (seq < p->first || seq > p->last)
		return 0;
	rc = tg_call_get(p->db, p->a, seq, &c, e);
	if (rc == 1)
		rc = c.state != TG_CALL_OPEN && p->fn(&c, p->arg) != 0;
	tg_arena_rewind(p->a, mark);
	return rc;
}

int
tg_follow_each(struct tg_db *db, struct tg_follow_time when,
    tg_follow_fn *fn, void *arg, struct tg_err *e)
{
	struct tg_call_filter times = { .since_at = when.from_at,
		.until_at = when.to_at };
	struct passing p = { .db = db, .fn = fn, .arg = arg };
	struct tg_follow_rows rest = { 0 };
	struct tg_follow f = { 0 };
	int rc = tg_call_bounds(db, &times, &p.first, &p.last, e);

	p.a = tg_arena_new(64 * 1024 * 1024);
	if (rc == 0)
		rc = tg_follow_get(db, &f, e);
	if (rc == 0)
		rc = tg_follow_rest(db, p.a, &f, &rest, e);
	for (int64_t s = f.seq + 1; rc == 0 && s <= f.from; s++)
		rc = pass(&p, s, e);
	for (size_t i = 0; rc == 0 && i < rest.n; i++)
		rc = pass(&p, rest.seqs[i], e);
	tg_arena_free(p.a);
	return rc == -1 ? -1 : 0;
}

int
tg_follow_open(struct tg_db *db, struct tg_arena *a,
    struct tg_follow_rows *rows, struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_FOLLOW_OPEN);
	struct list l = { .a = a };
	int rc;

	while ((rc = tg_db_step(db, st, e)) == 1)
		add(&l, sqlite3_column_int64(st, 0));
	if (l.n > 0)
		qsort(l.seqs, l.n, sizeof(*l.seqs), by_number);
	*rows = (struct tg_follow_rows){ l.seqs, l.n };
	return rc;
}

int
tg_follow_is_lost(struct tg_db *db, int64_t seq, struct tg_err *e)
{
	struct tg_mark_want want = { TG_MARK_STATE, "4", "4", NULL };
	struct tg_mark_set set = { 0 };

	if (tg_marks_read(db, &want, seq / TG_MARK_BLOCK, &set, e) == -1)
		return -1;
	return tg_mark_has(&set, seq);
}

/* --- dimensions --- */

struct teller {
	tg_value_fn *fn;
	void *arg;
	int rc;
};

static void
tell(struct teller *t, int dim, const char *value)
{
	if (t->rc == 0 && value != NULL && *value != '\0')
		t->rc = t->fn(dim, value, t->arg);
}

/* 0 is nobody. */
static void
tell_number(struct teller *t, int dim, int64_t n)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRId64, n);
	tell(t, dim, n != 0 ? text : NULL);
}

static void
tell_tags(struct teller *t, int dim, const struct tg_call_row *c)
{
	struct tg_ids tags = tg_ids_begin(c->tag_ids);
	int64_t tag;

	while (tg_ids_next(&tags, &tag))
		tell_number(t, dim, tag);
}

int
tg_follow_sums(const struct tg_call_row *c, tg_value_fn *fn, void *arg)
{
	struct teller t = { fn, arg, 0 };
	char state[2] = { (char)('0' + c->state), '\0' };

	t.rc = fn(TG_SUM_ALL, "", arg);
	tell(&t, TG_SUM_MODEL, c->model);
	tell(&t, TG_SUM_PROVIDER, c->provider);
	tell(&t, TG_SUM_DEPLOYMENT, c->deployment);
	tell_number(&t, TG_SUM_KEY, c->key_id);
	tell_number(&t, TG_SUM_PERSON, c->person);
	tell_number(&t, TG_SUM_TEAM, c->team);
	tell_number(&t, TG_SUM_CUSTOMER, c->customer);
	tell_tags(&t, TG_SUM_TAG, c);
	tell(&t, TG_SUM_STATE, state);
	return t.rc;
}

static void
tell_text(struct teller *t, int dim, const char *value)
{
	char text[TG_MARK_TEXT + 1];

	snprintf(text, sizeof(text), "%s", value != NULL ? value : "");
	tell(t, dim, text);
}

static void
tell_size(struct teller *t, int dim, int64_t n)
{
	char text[TG_MARK_SIZE];

	tg_mark_size(text, n);
	tell(t, dim, text);
}

int
tg_follow_marks(const struct tg_call_row *c, tg_value_fn *fn, void *arg)
{
	struct teller t = { fn, arg, 0 };
	char state[2] = { (char)('0' + c->state), '\0' };

	tell_number(&t, TG_MARK_KEY, c->key_id);
	tell_number(&t, TG_MARK_PERSON, c->person);
	tell_number(&t, TG_MARK_TEAM, c->team);
	tell_number(&t, TG_MARK_CUSTOMER, c->customer);
	tell_number(&t, TG_MARK_ORGANIZATION, c->organization);
	tell_number(&t, TG_MARK_PROJECT, c->project);
	tell_tags(&t, TG_MARK_TAG, c);
	tell(&t, TG_MARK_MODEL, c->model);
	tell(&t, TG_MARK_PROVIDER, c->provider);
	tell(&t, TG_MARK_DEPLOYMENT, c->deployment);
	tell(&t, TG_MARK_ROUTE, c->route);
	tell_text(&t, TG_MARK_SESSION, c->session);
	tell_text(&t, TG_MARK_AGENT, c->agent);
	tell(&t, TG_MARK_STATE, state);
	tell_number(&t, TG_MARK_STATUS, c->status);
	tell_size(&t, TG_MARK_COST,
	    c->cost_nano != TG_COST_UNKNOWN ? c->cost_nano : -1);
	tell_size(&t, TG_MARK_TOKENS, tg_call_tokens(c));
	tell_size(&t, TG_MARK_DURATION, c->end_us);
	return t.rc;
}
