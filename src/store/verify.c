#include "config.h"

#include "store/verify.h"

/*
 * Everything against everything, in one snapshot.  First the chain: each line
 * follows from the one before, and the row it stands for is as it was booked.
 * Then the rows: each completed one has its line.  Last the sums.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/money.h"

#define WRONG_MOST 1000
#define ARENA_BYTES ((size_t)256 * 1024 * 1024)

static int check_all(struct tg_db *db, void *arg, struct tg_err *e);
static int check_call(struct tg_verify *v, const struct tg_ledger_line *l,
    struct tg_err *e);
static int check_corrected(struct tg_verify *v,
    const struct tg_ledger_line *l, bool *last, int64_t *sum,
    struct tg_err *e);
static int check_lines(struct tg_verify *v, struct tg_err *e);
static int check_rows(struct tg_verify *v, struct tg_err *e);
static void compare_row(struct tg_verify *v, const struct tg_ledger_line *l,
    const struct tg_call_row *c, int64_t sum);
static void load_line(struct tg_ledger_line *l, sqlite3_stmt *st);

int
tg_ledger_verify(
    struct tg_store *s, struct tg_ledger_report *report, struct tg_err *e)
{
	struct tg_verify v = { .report = report,
		.a = tg_arena_new(ARENA_BYTES) };
	int rc;

	*report = (struct tg_ledger_report){ .lines = 0 };
	rc = tg_read(s, TG_DB_MAIN, check_all, &v, e);
	tg_sums_free(&v.seen);
	tg_sums_free(&v.opens);
	tg_sums_free(&v.accounts);
	tg_sums_free(&v.balances);
	tg_sums_free(&v.rollups);
	tg_arena_free(v.a);
	if (rc == -1)
		return -1;
	return report->wrong > 0;
}

static int
check_all(struct tg_db *db, void *arg, struct tg_err *e)
{
	struct tg_verify *v = arg;
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_VERIFY_FROM);
	int rc;

	v->db = db;
	rc = tg_db_step(db, st, e);
	if (rc == 1) {
		v->ledger_from = sqlite3_column_int64(st, 0);
		tg_db_done(st);
	}
	if (rc == -1 || tg_verify_bounds(v, e) == -1 ||
	    check_lines(v, e) == -1 || check_rows(v, e) == -1)
		return -1;
	return tg_verify_sums(v, e);
}

void
tg_verify_wrong(struct tg_verify *v, const char *fmt, ...)
{
	struct tg_ledger_report *r = v->report;
	va_list ap;

	if (r->wrong == 0) {
		va_start(ap, fmt);
		vsnprintf(r->first, sizeof(r->first), fmt, ap);
		va_end(ap);
	}
	if (r->wrong < WRONG_MOST)
		r->wrong++;
}

/* Only the first difference is put into words. */
const char *
tg_verify_usd(struct tg_verify *v, int64_t nano)
{
	struct tg_buf b;
	const char *text;

	if (v->report->wrong > 0)
		return "";
	tg_buf_init(&b, 64);
	(void)tg_nano_print(&b, nano);
	text = tg_arena_printf(v->a, "%.*s USD", (int)b.n, b.p);
	tg_buf_free(&b);
	return text;
}

const char *
tg_verify_time(struct tg_verify *v, int64_t wall_us)
{
	char iso[TG_ISO_BYTES];

	if (v->report->wrong > 0)
		return "";
	return tg_arena_printf(v->a, "%s", tg_iso_time(wall_us, iso));
}

/* --- lines --- */

static int
check_lines(struct tg_verify *v, struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(v->db, TG_SQL_LEDGER_ALL);
	struct tg_ledger_line before = { 0 }, l;
	unsigned char hash[TG_SHA256_BYTES];
	int rc;

	while ((rc = tg_db_step(v->db, st, e)) == 1) {
		load_line(&l, st);
		tg_line_hash(&l, before.hash, hash);
		if (l.line != before.line + 1)
			tg_verify_wrong(v, "Line %lld of the ledger is "
			    "missing: line %lld follows line %lld.",
			    (long long)before.line + 1, (long long)l.line,
			    (long long)before.line);
		else if (memcmp(hash, l.hash, sizeof(hash)) != 0)
			tg_verify_wrong(v, "Line %lld of the ledger (row %lld "
			    "of the calls) does not follow from the one "
			    "before: one of them was changed.",
			    (long long)l.line, (long long)l.call);
		if ((l.kind == TG_LINE_ADJUSTMENT ?
			    tg_verify_adjust(v, &l, e) :
			    check_call(v, &l, e)) == -1) {
			tg_db_done(st);
			return -1;
		}
		v->report->lines++;
		before = l;
	}
	if (v->report->lines > 0)
		tg_hex(before.hash, sizeof(before.hash), v->report->head);
	return rc;
}

static void
load_bytes(unsigned char *to, size_t n, sqlite3_stmt *st, int i)
{
	memset(to, 0, n);
	if ((size_t)sqlite3_column_bytes(st, i) == n)
		memcpy(to, sqlite3_column_blob(st, i), n);
}

static void
load_line(struct tg_ledger_line *l, sqlite3_stmt *st)
{
	*l = (struct tg_ledger_line){
		.line = sqlite3_column_int64(st, 0),
		.at = sqlite3_column_int64(st, 1),
		.kind = sqlite3_column_int64(st, 2),
		.call = sqlite3_column_int64(st, 3),
		.account = sqlite3_column_int64(st, 4),
		.cap = sqlite3_column_int64(st, 5),
		.period_at = sqlite3_column_int64(st, 6),
		.amount_nano = sqlite3_column_int64(st, 7),
	};
	load_bytes(l->digest, sizeof(l->digest), st, 8);
	load_bytes(l->hash, sizeof(l->hash), st, 9);
}

/* The row a line stands for. */
static int
check_call(struct tg_verify *v, const struct tg_ledger_line *l,
    struct tg_err *e)
{
	struct tg_arena_mark mark = tg_arena_mark(v->a);
	struct tg_sum *seen = tg_sums_at(&v->seen, (uint64_t)l->call, 0);
	int64_t sum = l->amount_nano;
	bool last = true;
	struct tg_call_row c;
	int rc;

	v->report->total_nano += l->amount_nano;
	if (seen->v[0]++ > 0 && l->kind != TG_LINE_CORRECTION)
		tg_verify_wrong(v, "Line %lld of the ledger books row %lld of "
		    "the calls once more.", (long long)l->line,
		    (long long)l->call);
	rc = tg_call_get(v->db, v->a, l->call, &c, e);
	if (rc == 0)
		tg_verify_wrong(v, "The call of line %lld of the ledger, row "
		    "%lld, is not there.", (long long)l->line,
		    (long long)l->call);
	if (rc == 1 && l->kind != TG_LINE_CALL &&
	    check_corrected(v, l, &last, &sum, e) == -1)
		rc = -1;
	if (rc == 1 && last)
		compare_row(v, l, &c, sum);
	tg_arena_rewind(v->a, mark);
	return rc == -1 ? -1 : 0;
}

/* Estimate and correction together are what the row says. */
static int
check_corrected(struct tg_verify *v, const struct tg_ledger_line *l,
    bool *last, int64_t *sum, struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(v->db, TG_SQL_LEDGER_OF_CALL);
	int rc;

	*sum = 0;
	sqlite3_bind_int64(st, 1, l->call);
	while ((rc = tg_db_step(v->db, st, e)) == 1) {
		*last = sqlite3_column_int64(st, 0) == l->line;
		*sum += sqlite3_column_int64(st, 1);
	}
	return rc;
}

static void
compare_row(struct tg_verify *v, const struct tg_ledger_line *l,
    const struct tg_call_row *c, int64_t sum)
{
	unsigned char digest[TG_DIGEST_BYTES];
	int64_t cost = c->cost_nano != TG_COST_UNKNOWN ? c->cost_nano : 0;

	tg_call_digest(c, digest);
	if (memcmp(digest, l->digest, sizeof(digest)) != 0)
		tg_verify_wrong(v, "The call %s (attempt %d) is not as it was "
		    "booked in line %lld of the ledger.", c->id, c->attempt,
		    (long long)l->line);
	else if (cost != sum)
		tg_verify_wrong(v, "The call %s (attempt %d) costs %s, but "
		    "%s is booked for it, last in line %lld of the ledger.",
		    c->id, c->attempt, tg_verify_usd(v, cost),
		    tg_verify_usd(v, sum), (long long)l->line);
}

/* --- rows --- */

static int
check_rows(struct tg_verify *v, struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(v->db, TG_SQL_VERIFY_CALLS);
	struct tg_call_row c;
	int rc, ok = 0;

	while ((rc = tg_db_step(v->db, st, e)) == 1) {
		struct tg_arena_mark mark = tg_arena_mark(v->a);

		tg_call_load(&c, v->a, st);
		if (c.state == TG_CALL_OPEN) {
			v->report->open++;
			ok = tg_verify_open(v, &c, e);
		} else {
			v->report->calls++;
			ok = tg_verify_count(v, &c, e);
		}
		if (c.state != TG_CALL_OPEN && c.seq > v->ledger_from &&
		    tg_sums_find(&v->seen, (uint64_t)c.seq, 0) == NULL)
			tg_verify_wrong(v, "The call %s (attempt %d) is "
			    "completed, but the ledger has no line for it.",
			    c.id, c.attempt);
		tg_arena_rewind(v->a, mark);
		if (ok == -1) {
			tg_db_done(st);
			return -1;
		}
	}
	return rc;
}
