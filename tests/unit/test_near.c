#include "config.h"

/* Caps nearest their end: store/near.h. */
#include "unit.h"

#include <stdio.h>

#include "base/clock.h"
#include "book_help.h"
#include "store/near.h"

struct query {
	struct tg_caps_near near;
	struct tg_arena *a;
};

static int
look(struct tg_db *db, void *arg, struct tg_err *e)
{
	struct query *q = arg;

	return tg_caps_near(db, q->a, &q->near, e);
}

static const struct tg_caps_near *
near(struct help *h, int64_t person, size_t limit)
{
	static struct query q;

	q = (struct query){ .a = h->arena,
		.near = { .now = tg_wall_us(), .person = person,
		    .limit = limit } };
	assert_int_equal(tg_read(h->store, TG_DB_MAIN, look, &q, &h->e), 0);
	return &q.near;
}

static void
spend(struct help *h, int64_t nano)
{
	struct book_call b;

	book_call(&b, h->store, h->arena);
	assert_int_equal(book_open(&b), 1);
	assert_int_equal(book_settle(&b, nano), 0);
}

static void
test_order(void **state)
{
	struct help *h = *state;
	const struct tg_caps_near *n;

	assert_int_equal(near(h, 0, 5)->n, 0);
	book_promise_cap(
	    h->store, TG_SCOPE_KEY, 1, "", book_cap("total", 10000));
	book_promise_cap(
	    h->store, TG_SCOPE_HOUSE, 0, "", book_cap("day", 4000));
	assert_int_equal(near(h, 0, 5)->n, 0);
	spend(h, 900);
	n = near(h, 0, 5);
	assert_int_equal(n->n, 2);
	assert_int_equal(n->rows[0].scope, TG_SCOPE_HOUSE);
	assert_int_equal(n->rows[0].spent_nano, 900);
	assert_int_equal(n->rows[0].cap_nano, 4000);
	assert_true(n->rows[0].reset_at > tg_wall_us());
	assert_int_equal(n->rows[1].subject, 1);
	assert_int_equal(n->rows[1].reset_at, INT64_MAX);
	assert_int_equal(near(h, 0, 1)->n, 1);
	/* Yesterday's balance says nothing of today. */
	help_sql(h->dir, "tollgate.db", "UPDATE balances SET period_at = "
	    "period_at - 86400000000 WHERE period_at > 0");
	n = near(h, 0, 5);
	assert_int_equal(n->n, 1);
	assert_int_equal(n->rows[0].scope, TG_SCOPE_KEY);
}

static void
test_own(void **state)
{
	struct help *h = *state;

	help_key(h->store, "a", NULL);
	book_promise_cap(
	    h->store, TG_SCOPE_KEY, 1, "", book_cap("total", 10000));
	spend(h, 900);
	assert_int_equal(near(h, 7, 5)->n, 0);
	help_sql(h->dir, "tollgate.db", "UPDATE keys SET person = 7");
	assert_int_equal(near(h, 7, 5)->n, 1);
	assert_int_equal(near(h, -1, 5)->n, 0);
}

/* So many that only those above a threshold are looked at. */
static void
test_many(void **state)
{
	struct help *h = *state;
	const struct tg_caps_near *n;

	book_promise_cap(
	    h->store, TG_SCOPE_KEY, 1, "", book_cap("month", 1000));
	book_promise_cap(
	    h->store, TG_SCOPE_HOUSE, 0, "", book_cap("day", 90000));
	help_sql(h->dir, "tollgate.db",
	    "UPDATE caps SET cap_nano = 10000 WHERE period = 'month'");
	spend(h, 600);
	help_sql(h->dir, "tollgate.db",
	    "UPDATE balances SET marked = 50 WHERE cap = 1;"
	    "WITH RECURSIVE n (i) AS (SELECT 100 UNION ALL SELECT i + 1 "
	    "FROM n WHERE i < 1200) INSERT INTO caps (account, origin, "
	    "period, cap_nano, at_cap, over, unpriced, created_at) SELECT "
	    "1, 'own', i || 'd', 5, 0, 0, 0, 0 FROM n;");
	n = near(h, 0, 5);
	assert_int_equal(n->n, 1);
	assert_string_equal(n->rows[0].period, "month");
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, help_new, help_free)
	const struct CMUnitTest tests[] = { T(test_order), T(test_own),
		T(test_many) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
