#include "config.h"

#include "store/summaries.h"

/*
 * Takes calls that have ended up into summaries and marks, some lines of the
 * ledger at a time: a transaction must stay short, for calls wait for it.
 */
#include <assert.h>
#include <stdlib.h>

#include "base/clock.h"
#include "store/booking.h"
#include "store/follow.h"
#include "store/ledger.h"
#include "store/marks.h"
#include "store/summary_day.h"

#define LINES 100		/* in one transaction */
#define LEAST 100		/* that are worth one */
#define SLICE_MS 60
#define DAY_BYTES (1024 * 1024)

/* A call's place under one value. */
struct entry {
	int dim;
	const char *value;
	int64_t part;			/* day, or block */
	const struct tg_call_row *row;
};
struct entries {
	struct fold *f;
	const struct tg_call_row *row;
	bool sums;
	struct entry *p;
	size_t n;
};
struct fold {
	struct tg_db *db;
	struct tg_arena *a;
	struct tg_err *e;
	struct tg_follow at;
	struct entries sums, marks;
	bool more;
};

static int fold(struct tg_db *db, void *arg, struct tg_err *e);
static int gather(struct fold *f);
static int gather_lines(struct fold *f);
static int gather_old(struct fold *f);
static int take(struct fold *f, int64_t seq, int kind);
static int save(struct fold *f);
static int save_marks(struct fold *f, const struct entry *p, size_t n);
static int save_sums(struct fold *f, const struct entry *p, size_t n);

/* Read apart, so that nobody stands in the way for nothing. */
static int
waiting(struct tg_db *db, void *n, struct tg_err *e)
{
	return tg_follow_waiting(db, n, e);
}

int
tg_summary_fold(struct tg_store *s, bool all, struct tg_err *e)
{
	struct fold *f = malloc(sizeof(*f));
	int64_t end = tg_mono_ms() + SLICE_MS, n = 0;
	int rc;

	if (f == NULL)
		return tg_fail(e, TG_E_INTERNAL, "out of memory");
	rc = tg_read(s, TG_DB_MAIN, waiting, &n, e);
	f->more = n >= LEAST || (all && n > 0);
	while (rc == 0 && f->more && tg_mono_ms() < end) {
		f->a = tg_arena_new(16 * 1024 * 1024);
		rc = tg_write(s, TG_DB_MAIN, fold, f, e);
		tg_arena_free(f->a);
		n -= LINES;
		f->more = f->more && (n >= LEAST || (all && n > 0));
	}
	if (rc == 0)
		rc = f->more;
	free(f);
	return rc;
}

/* May run twice. */
static int
fold(struct tg_db *db, void *arg, struct tg_err *e)
{
	struct fold *f = arg;
	sqlite3_stmt *st;

	f->db = db;
	f->e = e;
	f->more = false;
	f->sums = (struct entries){ .f = f, .sums = true };
	f->marks = (struct entries){ .f = f };
	if (tg_follow_get(db, &f->at, e) == -1 || gather(f) == -1 ||
	    save(f) == -1)
		return -1;
	st = tg_db_stmt(db, TG_SQL_FOLLOW_SET);
	sqlite3_bind_int64(st, 1, f->at.seq);
	sqlite3_bind_int64(st, 2, f->at.line);
	return tg_db_step(db, st, e);
}

/* --- which calls --- */

static int
gather(struct fold *f)
{
	return f->at.seq < f->at.from ? gather_old(f) : gather_lines(f);
}

static int
gather_old(struct fold *f)
{
	sqlite3_stmt *st = tg_db_stmt(f->db, TG_SQL_FOLLOW_OLD);
	int64_t seqs[LINES];
	int n = 0, rc;

	sqlite3_bind_int64(st, 1, f->at.seq);
	sqlite3_bind_int64(st, 2, f->at.from);
	sqlite3_bind_int(st, 3, LINES);
	while ((rc = tg_db_step(f->db, st, f->e)) == 1)
		seqs[n++] = sqlite3_column_int64(st, 0);
	for (int i = 0; rc == 0 && i < n; i++)
		rc = take(f, seqs[i], TG_LINE_CALL);
	f->at.seq = n == LINES ? seqs[n - 1] : f->at.from;
	f->more = true;
	return rc;
}

static int
gather_lines(struct fold *f)
{
	sqlite3_stmt *st = tg_db_stmt(f->db, TG_SQL_FOLLOW_LINES);
	int64_t seqs[LINES];
	int kinds[LINES], n = 0, rc;

	sqlite3_bind_int64(st, 1, f->at.line);
	sqlite3_bind_int(st, 2, LINES);
	while ((rc = tg_db_step(f->db, st, f->e)) == 1) {
		f->at.line = sqlite3_column_int64(st, 0);
		seqs[n] = sqlite3_column_int64(st, 1);
		kinds[n++] = sqlite3_column_int(st, 2);
	}
	for (int i = 0; rc == 0 && i < n; i++)
		if (kinds[i] != TG_LINE_ADJUSTMENT)
			rc = take(f, seqs[i], kinds[i]);
	f->more = n == LINES;
	return rc;
}

static int
note(int dim, const char *value, void *arg)
{
	struct entries *to = arg;
	struct tg_arena *a = to->f->a;
	const struct tg_call_row *c = to->row;
	void *rows = to->p;
	struct entry *p = tg_rows_add(a, &rows, &to->n, sizeof(*p));

	to->p = rows;
	p->dim = dim;
	p->value = tg_arena_cstr(a, tg_str(value));
	p->part = to->sums ? c->start_at / (TG_DAY_HOURS * TG_HOUR_US) :
			     c->seq / TG_MARK_BLOCK;
	p->row = c;
	return 0;
}

/*
 * A lost call is only marked so; when it is corrected, its mark goes and it
 * counts.  A correction of one that was never marked came before its estimate
 * was read: it has counted already.
 */
static int
take(struct fold *f, int64_t seq, int kind)
{
	const struct tg_mark_place_of lost = { TG_MARK_STATE,
		seq / TG_MARK_BLOCK, "4" };
	struct tg_call_row *c = tg_arena_zero(f->a, sizeof(*c));
	int rc = tg_call_get(f->db, f->a, seq, c, f->e);

	if (rc != 1 || c->state == TG_CALL_OPEN)
		return rc == -1 ? -1 : 0;
	if (c->state == TG_CALL_LOST)
		return kind == TG_LINE_CORRECTION ? 0 :
		    tg_marks_add(f->db, &lost, &seq, 1, f->e);
	if (kind == TG_LINE_CORRECTION) {
		rc = tg_follow_is_lost(f->db, seq, f->e);
		if (rc != 1)
			return rc;
		if (tg_marks_drop(f->db, &lost, seq, f->e) == -1)
			return -1;
	}
	f->sums.row = f->marks.row = c;
	(void)tg_follow_sums(c, note, &f->sums);
	(void)tg_follow_marks(c, note, &f->marks);
	return 0;
}

/* --- into the tables --- */

static int
by_place(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;

	if (x->dim != y->dim)
		return x->dim < y->dim ? -1 : 1;
	if (x->part != y->part)
		return x->part < y->part ? -1 : 1;
	return strcmp(x->value, y->value);
}

static int
save_all(struct fold *f, const struct entries *es,
    int (*one)(struct fold *f, const struct entry *p, size_t n))
{
	size_t to;

	if (es->n > 0)
		qsort(es->p, es->n, sizeof(*es->p), by_place);
	for (size_t at = 0; at < es->n; at = to) {
		to = at + 1;
		while (to < es->n && by_place(&es->p[at], &es->p[to]) == 0)
			to++;
		if (one(f, es->p + at, to - at) == -1)
			return -1;
	}
	return 0;
}

static int
save(struct fold *f)
{
	if (save_all(f, &f->sums, save_sums) == -1)
		return -1;
	return save_all(f, &f->marks, save_marks);
}

static int
save_marks(struct fold *f, const struct entry *p, size_t n)
{
	const struct tg_mark_place_of of = { (enum tg_mark)p->dim, p->part,
		p->value };
	int64_t seqs[LINES];

	assert(n <= LINES);
	for (size_t i = 0; i < n; i++)
		seqs[i] = p[i].row->seq;
	return tg_marks_add(f->db, &of, seqs, n, f->e);
}

/* The day as it is, in the arena. */
static int
load_day(struct fold *f, const struct entry *p, int64_t day_at,
    struct tg_str *day)
{
	sqlite3_stmt *st = tg_db_stmt(f->db, TG_SQL_SUMMARY_GET);
	size_t n;
	int rc;

	*day = TG_STR_NONE;
	sqlite3_bind_int(st, 1, p->dim);
	sqlite3_bind_int64(st, 2, day_at);
	tg_bind_text(st, 3, p->value);
	rc = tg_db_step(f->db, st, f->e);
	if (rc == 1) {
		day->p = tg_col_blob(f->a, st, 0, &n);
		day->n = n;
		tg_db_done(st);
	}
	return rc == -1 ? -1 : 0;
}

static int
earlier(const void *a, const void *b)
{
	const struct tg_call_row *const *x = a, *const *y = b;

	return ((*x)->start_at > (*y)->start_at) -
	    ((*x)->start_at < (*y)->start_at);
}

static int
save_sums(struct fold *f, const struct entry *p, size_t n)
{
	int64_t day_at = p->part * TG_DAY_HOURS * TG_HOUR_US;
	const struct tg_call_row *rows[LINES];
	sqlite3_stmt *st;
	struct tg_str day;
	struct tg_buf out;
	int rc;

	assert(n <= LINES);
	for (size_t i = 0; i < n; i++)
		rows[i] = p[i].row;
	qsort(rows, n, sizeof(rows[0]), earlier);
	if (load_day(f, p, day_at, &day) == -1)
		return -1;
	tg_buf_init(&out, DAY_BYTES);
	if (tg_summary_day_add(&out, day, rows, n) == -1) {
		tg_buf_free(&out);
		return tg_fail(f->e, TG_E_INTERNAL, "out of memory");
	}
	st = tg_db_stmt(f->db, TG_SQL_SUMMARY_PUT);
	sqlite3_bind_int(st, 1, p->dim);
	sqlite3_bind_int64(st, 2, day_at);
	tg_bind_text(st, 3, p->value);
	tg_bind_str(st, 4, tg_buf_str(&out));
	rc = tg_db_step(f->db, st, f->e);
	tg_buf_free(&out);
	return rc;
}
