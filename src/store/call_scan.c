#include "config.h"

#include "store/call_scan.h"

/*
 * Looking calls up in the order of time: through the table where everything
 * may fit, else through the rows that marks name.
 */
#include "base/clock.h"
#include "store/call_scan_inner.h"

#define ROWS_MOST 60000

static int found(struct tg_scanning *k, int64_t seq);
static int given(struct tg_scanning *k);
static int marked(struct tg_scanning *k);
static int prepare(struct tg_scanning *k);
static int through(struct tg_scanning *k);

int
tg_call_scan(struct tg_db *db, struct tg_arena *a,
    const struct tg_call_want *w, struct tg_call_scan *s, struct tg_err *e)
{
	struct tg_scanning k = {
		.db = db,
		.a = a,
		.e = e,
		.w = w,
		.s = s,
		.began_us = tg_mono_us(),
	};
	int rc;

	s->rows = NULL;
	s->n = 0;
	s->more = false;
	s->looked = s->looked_seq = s->looked_at = 0;
	if (s->max_rows == 0)
		s->max_rows = ROWS_MOST;
	if (prepare(&k) == -1)
		return -1;
	if (k.lo > k.hi)
		return 0;
	if (s->sort >= TG_SCAN_COST)
		rc = tg_scan_sorted(&k);
	else if (w->seqs != NULL)
		rc = given(&k);
	else
		rc = k.n_conds == 0 ? through(&k) : marked(&k);
	s->rows = k.rows;
	return rc == -1 ? -1 : 0;
}

static int
top(struct tg_scanning *k, int64_t *seq)
{
	sqlite3_stmt *st = tg_db_stmt(k->db, TG_SQL_CALL_TOP);
	int rc = tg_db_step(k->db, st, k->e);

	*seq = 0;
	if (rc == 1) {
		*seq = sqlite3_column_int64(st, 0);
		tg_db_done(st);
	}
	return rc == -1 ? -1 : 0;
}

static int
prepare(struct tg_scanning *k)
{
	struct tg_call_filter times = {
		.since_at = k->w->from_at,
		.until_at = k->w->to_at,
	};
	int64_t last;

	if (tg_call_bounds(k->db, &times, &k->lo, &k->hi, k->e) == -1 ||
	    top(k, &last) == -1 ||
	    tg_follow_get(k->db, &k->follow, k->e) == -1)
		return -1;
	if (k->lo < 1)
		k->lo = 1;
	if (k->hi > last)
		k->hi = last;
	if (k->s->sort == TG_SCAN_NEWEST && k->s->after_seq > 0 &&
	    k->hi >= k->s->after_seq)
		k->hi = k->s->after_seq - 1;
	if (k->s->sort == TG_SCAN_OLDEST && k->lo <= k->s->after_seq)
		k->lo = k->s->after_seq + 1;
	tg_scan_conds(k);
	if (k->n_conds == 0 && k->s->sort < TG_SCAN_COST)
		return 0;
	if (tg_follow_rest(k->db, k->a, &k->follow, &k->rest, k->e) == -1)
		return -1;
	return tg_follow_open(k->db, k->a, &k->open, k->e);
}

bool
tg_scan_may(struct tg_scanning *k)
{
	struct tg_call_scan *s = k->s;

	if (s->looked >= s->max_rows)
		return false;
	return s->max_us == 0 || s->looked % 64 != 0 ||
	    tg_mono_us() - k->began_us < s->max_us;
}

int
tg_scan_row(struct tg_scanning *k, int64_t seq, struct tg_call_row *c)
{
	struct tg_arena_mark mark = tg_arena_mark(k->a);
	int rc = tg_call_get(k->db, k->a, seq, c, k->e);

	k->s->looked++;
	if (rc == 1) {
		k->s->looked_at = c->start_at;
		rc = tg_call_wanted(k->w, c);
	}
	if (rc != 1)
		tg_arena_rewind(k->a, mark);
	return rc;
}

/* 1: that was the last. */
static int
keep(struct tg_scanning *k, const struct tg_call_row *c)
{
	struct tg_call_scan *s = k->s;

	if (s->n == (size_t)s->limit) {
		s->more = true;
		return 1;
	}
	*(struct tg_call_row *)tg_rows_add(
	    k->a, &k->rows, &s->n, sizeof(*c)) = *c;
	return 0;
}

static int
give_up(struct tg_scanning *k, int64_t seq)
{
	k->s->more = true;
	k->s->looked_seq = seq;
	return 1;
}

/* 1: enough. */
static int
found(struct tg_scanning *k, int64_t seq)
{
	struct tg_call_row c;
	int rc;

	if (!tg_scan_may(k))
		return give_up(k,
		    seq + (k->s->sort == TG_SCAN_NEWEST ? 1 : -1));
	rc = tg_scan_row(k, seq, &c);
	return rc == 1 ? keep(k, &c) : rc;
}

/* --- rows that were found elsewhere --- */

static int
given(struct tg_scanning *k)
{
	const struct tg_call_want *w = k->w;
	bool newest = k->s->sort == TG_SCAN_NEWEST;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < w->n_seqs; i++) {
		int64_t seq = w->seqs[newest ? i : w->n_seqs - 1 - i];

		if (seq >= k->lo && seq <= k->hi)
			rc = found(k, seq);
	}
	return rc;
}

/* --- all rows, one after another --- */

static int
through(struct tg_scanning *k)
{
	bool newest = k->s->sort == TG_SCAN_NEWEST;
	sqlite3_stmt *st = tg_db_stmt(k->db,
	    newest ? TG_SQL_CALL_DOWN : TG_SQL_CALL_UP);
	struct tg_arena_mark mark;
	struct tg_call_row c;
	int rc, enough = 0;

	sqlite3_bind_int64(st, 1, k->lo);
	sqlite3_bind_int64(st, 2, k->hi);
	while (enough == 0 && (rc = tg_db_step(k->db, st, k->e)) != 0) {
		if (rc == -1)
			return -1;
		if (!tg_scan_may(k)) {
			int64_t seq = sqlite3_column_int64(st, 0);

			enough = give_up(k, seq + (newest ? 1 : -1));
			break;
		}
		mark = tg_arena_mark(k->a);
		tg_call_load(&c, k->a, st);
		k->s->looked++;
		k->s->looked_at = c.start_at;
		if (tg_call_wanted(k->w, &c))
			enough = keep(k, &c);
		else
			tg_arena_rewind(k->a, mark);
	}
	if (enough != 0)
		tg_db_done(st);
	return 0;
}

/* --- those that marks name --- */

static int
in_block(struct tg_scanning *k, int64_t block, const struct tg_mark_set *set)
{
	bool newest = k->s->sort == TG_SCAN_NEWEST;
	int64_t base = block * TG_MARK_BLOCK;
	int64_t from = k->lo > base ? k->lo - base : 0;
	int64_t to = k->hi < base + TG_MARK_BLOCK ? k->hi - base :
						    TG_MARK_BLOCK - 1;
	int at, rc = 0;

	if (newest) {
		at = tg_mark_below(set, (int)to);
		for (; rc == 0 && at >= from; at = tg_mark_below(set, at - 1))
			rc = found(k, base + at);
		return rc;
	}
	at = tg_mark_above(set, (int)from);
	for (; rc == 0 && at != -1 && at <= to;
	     at = tg_mark_above(set, at + 1))
		rc = found(k, base + at);
	return rc;
}

static int
marked(struct tg_scanning *k)
{
	int64_t low = k->lo / TG_MARK_BLOCK, high = k->hi / TG_MARK_BLOCK;
	bool newest = k->s->sort == TG_SCAN_NEWEST;
	struct tg_mark_set set;
	int rc = 0;

	for (int64_t i = 0; rc == 0 && i <= high - low; i++) {
		int64_t block = newest ? high - i : low + i;

		if (tg_scan_block(k, block, &set) == -1)
			return -1;
		rc = in_block(k, block, &set);
	}
	return rc;
}
