#include "config.h"

/* The books by pages: store/call_pages.h. */
#include "unit.h"

#include <stdio.h>

#include "store/call_pages.h"
#include "store_help.h"

#define SECOND 1000000LL
#define ROWS 1000

/* Row n: at n seconds, key n % 3, cost n nano, team n % 2. */
static void
fill(struct help *h)
{
	char sql[1024];

	snprintf(sql, sizeof(sql),
	    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n "
	    "WHERE i < %d) "
	    "INSERT INTO calls (call, attempt, state, worker, key_id, user, "
	    "route, model, deployment, upstream_model, upstream_id, stream, "
	    "start_at, request_bytes, status, error, input_tokens, "
	    "output_tokens, cost_nano, end_us, team, session) "
	    "SELECT printf('call-%%08d', i), 1, iif(i %% 10 = 0, 2, 1), 'w', "
	    "i %% 3 + 1, 'u' || (i %% 5), 'chat', 'm' || (i %% 2), 'd', "
	    "'up' || (i %% 4), 'chatcmpl-' || i, 0, i * 1000000, 1, "
	    "iif(i %% 10 = 0, 429, 200), iif(i %% 10 = 0, 'too fast', NULL), "
	    "%d - i, 1, iif(i %% 7 = 0, NULL, i), i, i %% 2 + 11, "
	    "iif(i < 4, 's1', NULL) FROM n",
	    ROWS, ROWS);
	(void)help_sql(h->dir, "tollgate.db", sql);
	/* One that is open: it is not shown. */
	(void)help_sql(h->dir, "tollgate.db",
	    "INSERT INTO calls (call, attempt, state, worker, key_id, stream, "
	    "start_at, request_bytes) VALUES ('open-one-1', 1, 0, 'w', 1, 0, "
	    "5000000, 1)");
}

struct ask {
	struct help *h;
	struct tg_call_query q;
	struct tg_call_row *rows;
	size_t n;
	int64_t total;
};

static int
page(struct tg_db *db, void *arg, struct tg_err *e)
{
	struct ask *a = arg;

	return tg_call_page(
	    db, a->h->arena, &a->q, &a->rows, &a->n, &a->total, e);
}

static struct ask
begin(struct help *h)
{
	struct ask a = { .h = h };

	tg_call_query_init(&a.q);
	return a;
}

static void
run(struct ask *a, size_t n, int64_t total)
{
	if (tg_read(a->h->store, TG_DB_MAIN, page, a, &a->h->e) != 0)
		fail_msg("%s", a->h->e.msg);
	assert_int_equal(a->n, n);
	assert_int_equal(a->total, total);
}

static void
test_newest(void **state)
{
	struct ask a;

	fill(*state);
	a = begin(*state);
	run(&a, 100, ROWS);
	assert_string_equal(a.rows[0].id, "call-00001000");
	assert_string_equal(a.rows[99].id, "call-00000901");
	a.q.after = 990;
	run(&a, 10, ROWS);
	assert_string_equal(a.rows[9].id, "call-00000001");
	a.q.after = 5000;
	run(&a, 0, ROWS);
}

static void
test_filters(void **state)
{
	struct ask a;

	fill(*state);
	a = begin(*state);
	a.q.key_id = 2;
	run(&a, 100, 334);
	assert_int_equal(a.rows[0].key_id, 2);
	a.q.team = 11;
	run(&a, 100, 167);
	a = begin(*state);
	a.q.from_at = 10 * SECOND;
	a.q.to_at = 20 * SECOND;
	run(&a, 10, 10);
	assert_string_equal(a.rows[9].id, "call-00000010");
	a = begin(*state);
	a.q.outcome = 2;
	run(&a, 100, 100);
	a.q.outcome = 1;
	run(&a, 100, 900);
	a = begin(*state);
	a.q.status = 429;
	a.q.error = "fast";
	run(&a, 100, 100);
	a.q.error = "slow";
	run(&a, 0, 0);
	a = begin(*state);
	a.q.session = "s1";
	run(&a, 3, 3);
	a = begin(*state);
	a.q.model = "m1";
	a.q.upstream_model = "up1";
	a.q.user = "u1";
	run(&a, 50, 50);
	a = begin(*state);
	a.q.min_nano = 991;
	run(&a, 9, 9);		/* 994 is unpriced */
	a.q.min_nano = TG_COST_UNKNOWN;
	a.q.max_nano = 0;
	run(&a, 100, 142);	/* the unpriced ones */
}

static void
test_ids(void **state)
{
	struct ask a;

	fill(*state);
	a = begin(*state);
	a.q.id = "call-00000500";
	run(&a, 1, 1);
	a.q.team = 12;		/* 500 is team 11's */
	run(&a, 0, 0);
	a = begin(*state);
	a.q.id = "chatcmpl-7";
	run(&a, 1, 1);
	assert_string_equal(a.rows[0].id, "call-00000007");
	a.q.id = "open-one-1";
	run(&a, 0, 0);
	a.q.id = "call-0000050";	/* whole ids only */
	run(&a, 0, 0);
}

static void
test_sorted(void **state)
{
	struct ask a;

	fill(*state);
	a = begin(*state);
	a.q.ascending = true;
	run(&a, 100, ROWS);
	assert_string_equal(a.rows[0].id, "call-00000001");
	a.q.sort = TG_CALLS_BY_COST;
	a.q.ascending = false;
	run(&a, 100, ROWS);
	assert_int_equal(a.rows[0].cost_nano, 1000);
	assert_int_equal(a.rows[1].cost_nano, 999);
	a.q.sort = TG_CALLS_BY_TOKENS;
	run(&a, 100, ROWS);
	assert_string_equal(a.rows[0].id, "call-00000001");
	a.q.ascending = true;
	run(&a, 100, ROWS);
	assert_string_equal(a.rows[0].id, "call-00001000");
	a.q.sort = TG_CALLS_BY_MODEL;
	run(&a, 100, ROWS);
	assert_string_equal(a.rows[0].upstream_model, "up0");
	a.q.ascending = false;
	run(&a, 100, ROWS);
	assert_string_equal(a.rows[0].upstream_model, "up3");
	a.q.sort = TG_CALLS_BY_DURATION;
	run(&a, 100, ROWS);
	assert_int_equal(a.rows[0].end_us, ROWS);
}

static int
ask_429s(struct tg_db *db, void *arg, struct tg_err *e)
{
	struct help *h = arg;
	const struct tg_call_429_query q = {
		.model = "m0",
		.from_at = 0,
		.to_at = 500 * SECOND,
	};
	struct tg_call_429 *rows;
	size_t n;

	if (tg_call_429s(db, h->arena, &q, &rows, &n, e) != 0)
		return -1;
	assert_int_equal(n, 1);
	assert_string_equal(rows[0].deployment, "d");
	assert_int_equal(rows[0].day, 0);
	assert_int_equal(rows[0].n, 49);
	return 0;
}

static void
test_429s(void **state)
{
	struct help *h = *state;

	fill(h);
	assert_int_equal(
	    tg_read(h->store, TG_DB_MAIN, ask_429s, h, &h->e), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    test_newest, help_new, help_free),
		cmocka_unit_test_setup_teardown(
		    test_filters, help_new, help_free),
		cmocka_unit_test_setup_teardown(
		    test_ids, help_new, help_free),
		cmocka_unit_test_setup_teardown(
		    test_sorted, help_new, help_free),
		cmocka_unit_test_setup_teardown(
		    test_429s, help_new, help_free),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
