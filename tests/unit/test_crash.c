#include "config.h"

/*
 * A process that dies, and a database that fails, at each statement that the
 * books write: what remains agrees, and is closed once.
 */
#include "unit.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "book_help.h"
#include "store/inner.h"

#define STATEMENTS_MOST 400
#define SQL(text) help_sql(h->dir, "tollgate.db", text)

struct bomb {
	int left;		/* statements until it goes off */
	bool kills;		/* or fails the statement */
	sqlite3 *h;
};

static int
statement(unsigned type, void *arg, void *st, void *text)
{
	struct bomb *b = arg;

	(void)type;
	(void)st;
	(void)text;
	if (--b->left != 0)
		return 0;
	if (b->kills)
		raise(SIGKILL);
	sqlite3_interrupt(b->h);
	return 0;
}

static void
arm(struct bomb *b, struct tg_store *s)
{
	b->h = s->writers[TG_DB_MAIN].db->h;
	sqlite3_trace_v2(b->h, SQLITE_TRACE_STMT, statement, b);
}

static void
promises(struct help *h)
{
	struct tg_cap caps[2] = { book_cap("day", 100000),
		book_cap("total", 4000) };
	struct tg_limit limits[2] = { book_limit(TG_LIMIT_REQUESTS, 60, 99999),
		book_limit(TG_LIMIT_PARALLEL, 0, 50) };
	struct tg_promises p = { caps, 2, limits, 2 };

	caps[1].at_cap = TG_AT_CAP_WARN;
	caps[1].soft_nano = 100;
	book_promise(h->store, &(struct tg_account_ref){ TG_SCOPE_KEY, 1, "" },
	    &p);
}

/* Two attempts, a refusal, and progress; stops where something fails. */
static void
live(struct tg_store *s, struct tg_arena *a)
{
	struct tg_settlement st = { .used_input = 1, .used_output = 1 };
	struct tg_call_row next;
	struct book_call b;

	book_call(&b, s, a);
	b.row.tag_ids = "[3]";
	b.ad.n_candidates = 2;
	if (book_open(&b) != 1)
		fail_msg("refused");
	st.row = &b.row;
	st.terms = &b.terms;
	st.candidate = &b.candidates[0].terms;
	next = b.row;
	(void)tg_book_progress(s, b.row.seq, 7, &b.e);
	help_completed(&b.row);
	b.row.cost_nano = 60;
	if (tg_book_settle(s, a, &st, &b.e) == -1)
		return;
	next.attempt = 2;
	b.ad.row = &next;
	b.ad.chosen = 1;
	if (tg_book_attempt(s, a, &b.ad, &b.e) != 1)
		return;
	help_completed(&next);
	next.cost_nano = 70;
	st.row = &next;
	st.candidate = &b.candidates[1].terms;
	st.last = true;
	(void)tg_book_settle(s, a, &st, &b.e);
}

/* True when it died before its end. */
static bool
die_at(struct help *h, int n, bool full_sync)
{
	struct tg_store_conf conf = { .dir = h->dir, .busy_ms = 5000,
		.full_sync = full_sync, .threads = true };
	struct bomb b = { .left = n, .kills = true };
	struct tg_store *s;
	int status;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		if (tg_store_open(&conf, &s, &h->e) == -1)
			_exit(2);
		arm(&b, s);
		live(s, h->arena);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (WIFSIGNALED(status))
		return true;
	assert_int_equal(status, 0);
	return false;
}

static void
all_points(struct help *h, bool full_sync)
{
	int64_t lost, all = 0;
	int n = 1;

	promises(h);
	while (die_at(h, n, full_sync)) {
		assert_in_range(++n, 1, STATEMENTS_MOST);
		book_verify(h->store);
		assert_int_equal(tg_book_sweep(h->store, &lost, &h->e), 0);
		assert_in_range(lost, 0, 1);
		all += lost;
		assert_int_equal(SQL("SELECT count(*) FROM holds"), 0);
		assert_int_equal(SQL("SELECT count(*) FROM flights"), 0);
		book_verify(h->store);
	}
	print_message("points: %d, lost calls: %lld\n", n, (long long)all);
	assert_in_range(n, 20, STATEMENTS_MOST);
	assert_in_range(all, 10, n);
	assert_int_equal(SQL("SELECT sum(amount_nano) FROM ledger"),
	    SQL("SELECT sum(cost_nano) FROM calls"));
	assert_int_equal(SQL("SELECT count(*) FROM outbox "
	    "WHERE kind = 'budget.soft'"), 1);
}

static void
test_killed(void **state)
{
	all_points(*state, false);
}

static void
test_killed_full(void **state)
{
	all_points(*state, true);
}

/* --- statements that fail --- */

static bool
fail_at(struct help *h, int n)
{
	struct tg_store *s = help_open(h->dir, true);
	struct bomb b = { .left = n };
	struct tg_settlement st;
	struct book_call c;
	bool opened;

	book_call(&c, s, h->arena);
	/* The terms, before it is armed. */
	assert_int_equal(book_open(&c), 1);
	assert_int_equal(book_settle(&c, 5), 0);
	tg_uuid7(c.row.id);
	arm(&b, s);
	opened = tg_book_open(s, h->arena, &c.ad, &c.e) == 1;
	if (opened) {
		st = (struct tg_settlement){ .row = &c.row, .terms = &c.terms,
			.candidate = &c.candidates[0].terms, .last = true,
			.used_input = 9, .used_output = 9 };
		help_completed(&c.row);
		c.row.cost_nano = 40;
		(void)tg_book_settle(s, h->arena, &st, &c.e);
	}
	sqlite3_trace_v2(b.h, 0, NULL, NULL);
	/* What could not be written is written when it can be. */
	tg_store_close(s);
	assert_int_equal(SQL("SELECT count(*) FROM calls WHERE state = 0"), 0);
	assert_int_equal(SQL("SELECT count(*) FROM holds"), 0);
	assert_int_equal(SQL("SELECT count(*) FROM calls WHERE cost_nano = 40"),
	    SQL("SELECT count(*) FROM calls") - n);
	book_verify(h->store);
	return b.left <= 0;
}

static void
test_failing(void **state)
{
	struct help *h = *state;
	int n = 1, opened = 0;

	promises(h);
	for (bool went = true; went; n++) {
		int64_t before = SQL("SELECT count(*) FROM calls");

		assert_in_range(n, 1, STATEMENTS_MOST);
		went = fail_at(h, n);
		opened += (int)(SQL("SELECT count(*) FROM calls") - before) - 1;
	}
	assert_in_range(opened, 10, n);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, help_new, help_free)
	const struct CMUnitTest tests[] = { T(test_killed),
		T(test_killed_full), T(test_failing) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
