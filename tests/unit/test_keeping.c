#include "config.h"

/* store/keeping.h: what pages may change, and what that would delete. */
#include "unit.h"

#include <stdio.h>

#include "base/clock.h"
#include "store/keeping.h"
#include "store_help.h"

#define DAY INT64_C(86400000000)

static int
get(struct tg_db *db, void *arg, struct tg_err *e)
{
	return tg_keeping_get(db, arg, e);
}

static int
set(struct tg_db *db, void *arg, struct tg_err *e)
{
	return tg_keeping_set(db, arg, "test", e);
}

static void
settings(void **state)
{
	struct help *h = *state;
	struct tg_keeping k = { 0 }, mine = { 7, -1, 5000, TG_LOG_NUMBERS };
	struct tg_body_caps caps = { 1, 2, 3 };

	assert_int_equal(tg_read(h->store, TG_DB_MAIN, get, &k, &h->e), 0);
	assert_int_equal(k.max_age_days, -1);
	assert_int_equal(k.log, TG_LOG_UNSET);
	tg_keeping_apply(&k, &caps);
	assert_int_equal(caps.max_age_s, 1);
	assert_int_equal(
	    tg_write(h->store, TG_DB_MAIN, set, &mine, &h->e), 0);
	assert_int_equal(tg_read(h->store, TG_DB_MAIN, get, &k, &h->e), 0);
	assert_int_equal(k.max_age_days, 7);
	assert_int_equal(k.max_rows, -1);
	assert_int_equal(k.max_bytes, 5000);
	assert_int_equal(k.log, TG_LOG_NUMBERS);
	tg_keeping_apply(&k, &caps);
	assert_int_equal(caps.max_age_s, 7 * 86400);
	assert_int_equal(caps.max_rows, 2);
	assert_int_equal(caps.max_bytes, 5000);
}

/* A body a day, for a hundred days. */
static void
fill(struct help *h)
{
	char sql[300];

	(void)snprintf(sql, sizeof(sql),
	    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n "
	    "WHERE i < 100) INSERT INTO bodies (id, call, epoch, at, request)"
	    " SELECT i, 'c' || i, 1, %lld - (100 - i) * %lld, zeroblob(4000) "
	    "FROM n",
	    (long long)tg_wall_us(), (long long)DAY);
	help_sql(h->dir, "log.db", sql);
}

static struct tg_foresight
foresee(struct help *h, int64_t age_s, int64_t rows, int64_t bytes)
{
	struct tg_body_caps caps = { age_s, rows, bytes };
	struct tg_foresight f;

	assert_int_equal(
	    tg_keeping_foresee(h->store, &caps, &f, &h->e), 0);
	return f;
}

static void
foresight(void **state)
{
	struct help *h = *state;
	struct tg_foresight f = foresee(h, 86400, 1, 1);

	assert_int_equal(f.rows, 0);
	assert_int_equal(f.gone_rows, 0);
	assert_int_equal(f.kept_from, 0);
	fill(h);
	f = foresee(h, 0, 0, 0);
	assert_int_equal(f.rows, 100);
	assert_int_equal(f.gone_rows, 0);
	assert_int_equal(f.oldest_at, f.kept_from);
	assert_true(f.bytes > 400000);
	f = foresee(h, 10 * 86400 + 3600, 0, 0);
	assert_int_equal(f.gone_rows, 89);
	assert_true(f.kept_from > f.oldest_at);
	assert_int_equal(f.gone_bytes, f.bytes * 89 / 100);
	f = foresee(h, 0, 30, 0);
	assert_int_equal(f.gone_rows, 70);
	f = foresee(h, 10 * 86400 + 3600, 30, 0);
	assert_int_equal(f.gone_rows, 89);
	f = foresee(h, 0, 0, f.bytes / 2);
	assert_in_range(f.gone_rows, 48, 52);
	f = foresee(h, 1, 0, 0);
	assert_in_range(f.gone_rows, 99, 100);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    settings, help_new, help_free),
		cmocka_unit_test_setup_teardown(
		    foresight, help_new, help_free),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
