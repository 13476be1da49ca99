#include "config.h"

/* The proof of the books finds what was tampered with: store/ledger.h. */
#include "unit.h"

#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "book_help.h"

#define SQL(text) help_sql(h->dir, "tollgate.db", text)

/* Five calls that are done, one corrected, one refused, one open. */
static void
fill(struct help *h)
{
	struct book_call b;
	int64_t n;

	help_key(h->store, "sk-1", "anna");
	book_promise_cap(h->store, TG_SCOPE_KEY, 1, "", book_cap("day", 9999));
	book_promise_limit(h->store, TG_SCOPE_HOUSE, 0, "",
	    book_limit(TG_LIMIT_PARALLEL, 0, 99));
	for (int i = 0; i < 5; i++) {
		book_call(&b, h->store, h->arena);
		b.row.customer = 3;
		b.row.tag_ids = i % 2 == 0 ? "[4,5]" : NULL;
		assert_int_equal(book_open(&b), 1);
		assert_int_equal(book_settle(&b, 100 + i), 0);
	}
	book_call(&b, h->store, h->arena);
	b.row.worker = "1:1";
	assert_int_equal(book_open(&b), 1);
	assert_int_equal(tg_book_sweep(h->store, &n, &h->e), 0);
	assert_int_equal(book_settle(&b, 50), 0);
	book_call(&b, h->store, h->arena);
	b.candidates[0].fixed_nano = 99999;
	assert_int_equal(book_open(&b), 0);
	book_call(&b, h->store, h->arena);
	assert_int_equal(book_open(&b), 1);
}

static void
verify(struct help *h, struct tg_ledger_report *r)
{
	if (tg_ledger_verify(h->store, r, &h->e) == -1)
		fail_msg("%s", h->e.msg);
}

static void
test_good(void **state)
{
	struct help *h = *state;
	struct tg_ledger_report r;

	verify(h, &r);
	assert_int_equal(r.wrong, 0);
	assert_int_equal(r.lines, 0);
	fill(h);
	verify(h, &r);
	if (r.wrong != 0)
		fail_msg("%s", r.first);
	assert_int_equal(r.lines, 8);
	assert_int_equal(r.calls, 7);
	assert_int_equal(r.open, 1);
	assert_int_equal(r.total_nano, 560);
	assert_int_equal(strlen(r.head), 64);
}

static const struct {
	const char *sql, *says;
} tampered[] = {
	{ "UPDATE calls SET cost_nano = 1 WHERE seq = 2", "line 2" },
	{ "UPDATE calls SET user = 'other' WHERE seq = 3", "line 3" },
	{ "UPDATE calls SET output_tokens = 1 WHERE seq = 6", "line 7" },
	{ "UPDATE calls SET tags = '[]' WHERE seq = 1", "line 1" },
	{ "DELETE FROM calls WHERE seq = 4", "line 4" },
	{ "UPDATE calls SET state = 0 WHERE seq = 4", "line 4" },
	{ "INSERT INTO calls (call, attempt, state, worker, key_id, stream, "
	  "start_at, request_bytes, cost_nano) "
	  "VALUES ('x', 1, 1, '1:1', 1, 0, 5, 0, 0)",
	    "has no line" },
	{ "UPDATE ledger SET amount_nano = 7 WHERE line = 3", "Line 3 " },
	{ "UPDATE ledger SET at = 7 WHERE line = 1", "Line 1 " },
	{ "UPDATE ledger SET hash = zeroblob(32) WHERE line = 5", "Line 5 " },
	{ "DELETE FROM ledger WHERE line = 4", "Line 4 " },
	{ "DELETE FROM ledger WHERE line = 1", "Line 1 " },
	{ "DELETE FROM ledger WHERE line = 8", "has no line" },
	{ "INSERT INTO ledger SELECT 9, at, kind, call, account, cap, "
	  "period_at, amount_nano, digest, hash FROM ledger WHERE line = 2",
	    "Line 9 " },
	{ "UPDATE accounts SET spent_nano = 1 WHERE scope = 2", "key 1" },
	{ "UPDATE accounts SET spent_nano = 1 WHERE scope = 11 AND "
	  "subject = 4",
	    "tag 4" },
	{ "DELETE FROM accounts WHERE scope = 10", "customer 3" },
	{ "UPDATE balances SET spent_nano = 5", "cap 1" },
	{ "DELETE FROM balances", "cap 1" },
	{ "UPDATE rollups SET cost_nano = cost_nano + 1 WHERE facet = 0",
	    "The sums of the hour" },
	{ "UPDATE rollups SET output_tokens = output_tokens + 1 "
	  "WHERE facet = 4",
	    "The sums of the hour" },
	{ "DELETE FROM rollups WHERE facet = 3", "The sums of an hour" },
	{ "INSERT INTO holds VALUES (1, 2, 0, 5)", "row 2" },
	{ "INSERT INTO holds VALUES (1, 99, 0, 5)", "row 99" },
	{ "UPDATE holds SET amount_nano = 5", "should be 0.0000011 USD" },
	{ "DELETE FROM holds", "no hold" },
	{ "DELETE FROM flights", "no flight" },
	{ "INSERT INTO flights VALUES (1, 3)", "row 3" },
};

static void
test_tampered(void **state)
{
	struct help *h = *state;
	struct tg_ledger_report r;
	char copy[160];

	fill(h);
	snprintf(copy, sizeof(copy), "%s/copy", h->dir);
	for (size_t i = 0; i < COUNT(tampered); i++) {
		assert_int_equal(
		    tg_store_backup(h->store, TG_DB_MAIN, copy, &h->e), 0);
		SQL(tampered[i].sql);
		verify(h, &r);
		if (r.wrong == 0 || strstr(r.first, tampered[i].says) == NULL)
			fail_msg("%s: %s", tampered[i].sql, r.first);
		/* As it was. */
		tg_store_close(h->store);
		unlink(help_path(h->dir, "tollgate.db"));
		unlink(help_path(h->dir, "tollgate.db-wal"));
		unlink(help_path(h->dir, "tollgate.db-shm"));
		assert_int_equal(
		    rename(copy, help_path(h->dir, "tollgate.db")), 0);
		h->store = help_open(h->dir, true);
		book_verify(h->store);
	}
}

/* --- by hand --- */

struct adjust {
	int64_t to, spent;
	bool raise;
};

static int
adjust(struct tg_db *db, void *arg, struct tg_err *e)
{
	struct adjust *a = arg;

	if (tg_account_adjust(
		db, TG_SCOPE_KEY, 1, "", a->to, a->raise, e) == -1 ||
	    tg_account_spent(db, TG_SCOPE_KEY, 1, "", &a->spent, e) == -1)
		return -1;
	return 0;
}

static int64_t
adjusted(struct help *h, int64_t to, bool raise)
{
	struct adjust a = { .to = to, .raise = raise };

	if (tg_write(h->store, TG_DB_MAIN, adjust, &a, &h->e) == -1)
		fail_msg("%s", h->e.msg);
	book_verify(h->store);
	return a.spent;
}

static void
test_adjusted(void **state)
{
	struct help *h = *state;
	struct book_call b;

	fill(h);
	assert_int_equal(adjusted(h, 5000, false), 560);
	assert_int_equal(adjusted(h, 100, false), 100);
	assert_int_equal(SQL("SELECT spent_nano FROM balances"), 100);
	assert_int_equal(SQL("SELECT count(*) FROM ledger WHERE kind = 4"), 2);
	assert_int_equal(adjusted(h, 9000, true), 9000);
	book_call(&b, h->store, h->arena);
	assert_int_equal(book_open(&b), 0);
	assert_int_equal(adjusted(h, 0, false), 0);
	tg_uuid7(b.row.id);
	assert_int_equal(book_open(&b), 1);
	assert_int_equal(book_settle(&b, 30), 0);
	assert_int_equal(SQL("SELECT spent_nano FROM balances"), 30);
	book_verify(h->store);
}

/* A house has no account that is counted: it is summed. */
static int
adjust_house(struct tg_db *db, void *arg, struct tg_err *e)
{
	struct adjust *a = arg;

	if (a->to >= 0 && tg_account_adjust(db, TG_SCOPE_HOUSE, 0, "", a->to, a->raise, e) == -1)
		return -1;
	return tg_account_spent(db, TG_SCOPE_HOUSE, 0, "", &a->spent, e);
}

static void
test_house(void **state)
{
	struct help *h = *state;
	struct adjust a = { .to = -1 };

	fill(h);
	assert_int_equal(
	    tg_write(h->store, TG_DB_MAIN, adjust_house, &a, &h->e), 0);
	assert_int_equal(a.spent, 560);
	a.to = 60;
	assert_int_equal(
	    tg_write(h->store, TG_DB_MAIN, adjust_house, &a, &h->e), 0);
	assert_int_equal(a.spent, 60);
	book_verify(h->store);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, help_new, help_free)
	const struct CMUnitTest tests[] = { T(test_good), T(test_tampered),
		T(test_adjusted), T(test_house) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
