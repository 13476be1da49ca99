#include "config.h"

/* Keeping log.db within its caps: store/bodies.h, src/store/prune.c. */
#include "unit.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "store/bodies.h"
#include "store/inner.h"
#include "store_help.h"

#define HOUR 3600LL
#define DAY (24 * HOUR)
#define SECOND 1000000LL

/* Text that does not shrink, and is the same for the same number. */
static const char *
text_of(struct tg_arena *a, uint64_t n, size_t bytes)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijkl"
	    "mnopqrstuvwxyz0123456789+/";
	char *p = tg_arena_alloc(a, bytes + 1);

	for (size_t i = 0; i < bytes; i++)
		p[i] = letters[help_random(&n) & 63];
	p[bytes] = '\0';
	return p;
}

/* A request whose messages are those of the numbers from..to. */
static struct tg_str
talk(struct tg_arena *a, int from, int to)
{
	struct tg_buf b;
	struct tg_str s;

	tg_buf_init(&b, 1 << 24);
	tg_buf_addc(&b, "{\"messages\":[");
	for (int i = from; i <= to; i++)
		tg_buf_printf(&b, "%s{\"content\":\"%s\"}",
		    i > from ? "," : "", text_of(a, (uint64_t)i, 700));
	tg_buf_addc(&b, "]}");
	assert_false(b.failed);
	s = tg_arena_copy(a, tg_buf_str(&b));
	tg_buf_free(&b);
	return s;
}

static void
put(struct help *h, int n, struct tg_str request)
{
	char id[32];

	snprintf(id, sizeof(id), "c-%d", n);
	if (tg_body_put(h->store, id, request,
		tg_str(text_of(h->arena, (uint64_t)n << 32, 300)), &h->e) ==
	    -1)
		fail_msg("%s", h->e.msg);
	tg_arena_reset(h->arena);
}

static int
prune(struct help *h, const struct tg_body_caps *caps)
{
	int rc, n = 0;

	while ((rc = tg_body_prune(h->store, caps, &h->e)) == 1)
		assert_true(++n < 10000);
	if (rc == -1)
		fail_msg("%s", h->e.msg);
	return n;
}

static int64_t
sql(struct help *h, const char *text)
{
	return help_sql(h->dir, "log.db", text);
}

/* All later bodies belong to another epoch, as if a minute had passed. */
static void
next_epoch(struct help *h)
{
	sql(h, "UPDATE pace SET epoch = epoch + 1");
}

static int64_t
file_bytes(struct help *h)
{
	struct stat st;

	assert_int_equal(stat(help_path(h->dir, "log.db"), &st), 0);
	return st.st_size;
}

static void
test_within(void **state)
{
	struct help *h = *state;
	struct tg_body_caps caps = { 30 * DAY, 1000, 1 << 30 };
	struct tg_body_caps none = { 0, 0, 0 };

	prune(h, &caps);
	for (int i = 0; i < 20; i++)
		put(h, i, talk(h->arena, i, i + 3));
	assert_int_equal(prune(h, &caps), 0);
	assert_int_equal(prune(h, &none), 0);
	assert_int_equal(sql(h, "SELECT count(*) FROM bodies"), 20);
}

static void
test_rows(void **state)
{
	struct help *h = *state;
	struct tg_body_caps caps = { 0, 300, 0 };

	for (int i = 0; i < 1000; i++) {
		if (i % 100 == 0)
			next_epoch(h);
		put(h, i, talk(h->arena, i, i));
	}
	prune(h, &caps);
	assert_int_equal(sql(h, "SELECT count(*) FROM bodies"), 300);
	assert_int_equal(sql(h, "SELECT min(id) FROM bodies"), 701);
	/* Pieces of the epochs before go, those of its own may stay. */
	assert_in_range(sql(h, "SELECT count(*) FROM pieces"), 300, 400);
	assert_int_equal(sql(h, "SELECT count(*) FROM pieces"),
	    sql(h, "SELECT count(*) FROM uses"));
}

/* The file shrinks on disk, while other connections have it open. */
static void
test_shrinks(void **state)
{
	struct help *h = *state;
	struct tg_body_caps caps = { 0, 0, 0 };
	int64_t before;
	struct tg_str got;

	for (int i = 0; i < 2000; i++) {
		if (i % 100 == 0)
			next_epoch(h);
		put(h, i, talk(h->arena, i * 3, i * 3 + 2));
	}
	assert_int_equal(tg_body_get(h->store, h->arena, "c-0",
	    TG_BODY_REQUEST, &got, &h->e), 1);
	assert_int_equal(tg_store_checkpoint(h->store, &h->e), 0);
	before = file_bytes(h);
	assert_true(before > 5000000);
	caps.max_bytes = before / 4;
	assert_true(prune(h, &caps) > 3);
	assert_true(file_bytes(h) <= before / 4 + before / 20);
	assert_true(file_bytes(h) > before / 8);
	assert_true(tg_store_bytes(h->store, TG_DB_LOG) < before / 2);
	assert_int_equal(tg_body_get(h->store, h->arena, "c-1999",
	    TG_BODY_REQUEST, &got, &h->e), 1);
	assert_int_equal(tg_body_get(h->store, h->arena, "c-0",
	    TG_BODY_REQUEST, &got, &h->e), 0);
	caps = (struct tg_body_caps){ 0, 1, 0 };
	next_epoch(h);
	put(h, 5000, TG_STR("last"));
	prune(h, &caps);
	assert_int_equal(sql(h, "SELECT count(*) FROM pieces"), 0);
	assert_true(file_bytes(h) < 500000);
	assert_int_equal(tg_store_check(h->store, &h->e), 0);
}

static void
age(struct help *h, int n, int64_t seconds)
{
	char text[128];

	snprintf(text, sizeof(text),
	    "UPDATE bodies SET at = at - %lld WHERE call = 'c-%d'",
	    (long long)(seconds * SECOND), n);
	sql(h, text);
}

static void
test_age(void **state)
{
	struct help *h = *state;
	struct tg_body_caps caps = { 30 * DAY, 0, 0 };

	for (int i = 0; i < 10; i++) {
		put(h, i, talk(h->arena, i, i));
		if (i < 4)
			age(h, i, 31 * DAY);
	}
	prune(h, &caps);
	assert_int_equal(sql(h, "SELECT min(id) FROM bodies"), 5);
	assert_int_equal(sql(h, "SELECT count(*) FROM bodies"), 6);
}

/* The clock was ahead for a while: its bodies do not block the others. */
static void
test_age_strays(void **state)
{
	struct help *h = *state;
	struct tg_body_caps caps = { 30 * DAY, 0, 0 };

	for (int i = 0; i < 10; i++) {
		put(h, i, talk(h->arena, i, i));
		if (i == 0 || i == 2)
			age(h, i, -400 * DAY);
		else if (i < 5)
			age(h, i, 31 * DAY);
	}
	prune(h, &caps);
	assert_int_equal(sql(h, "SELECT min(id) FROM bodies"), 6);
	/* But if all seem to come from the future, the clock is wrong now. */
	for (int i = 5; i < 10; i++)
		age(h, i, -400 * DAY);
	prune(h, &caps);
	assert_int_equal(sql(h, "SELECT count(*) FROM bodies"), 5);
}

/* A clock that jumps deletes nothing by age; the other caps still count. */
static void
test_jump(void **state)
{
	struct help *h = *state;
	struct tg_body_caps caps = { 30 * DAY, 0, 0 };
	int64_t wall = tg_wall_us(), boot = tg_boot_us();

	for (int i = 0; i < 10; i++)
		put(h, i, talk(h->arena, i, i));
	assert_int_equal(tg_body_prune_at(h->store, &caps,
	    wall + 365 * DAY * SECOND, boot, &h->e), 0);
	assert_int_equal(tg_body_prune_at(h->store, &caps,
	    wall + 365 * DAY * SECOND, boot + 364 * DAY * SECOND, &h->e), 0);
	assert_int_equal(sql(h, "SELECT count(*) FROM bodies"), 10);
	caps.max_rows = 8;
	assert_int_equal(tg_body_prune_at(h->store, &caps,
	    wall + 365 * DAY * SECOND, boot, &h->e), 1);
	assert_int_equal(sql(h, "SELECT count(*) FROM bodies"), 8);
	/* Time that has passed for both is real. */
	while (tg_body_prune_at(h->store, &caps, wall + 365 * DAY * SECOND,
		   boot + 365 * DAY * SECOND, &h->e) == 1)
		;
	assert_int_equal(sql(h, "SELECT count(*) FROM bodies"), 0);
}

/* --- random traffic --- */

struct traffic {
	struct help *h;
	atomic_int next, failed;
	atomic_bool stop;
};

/* Conversations that grow, rest, and go on with old messages. */
static void *
talkers(void *arg)
{
	struct traffic *t = arg;
	struct tg_arena *a = tg_arena_new(1 << 24);
	uint64_t seed = (uint64_t)atomic_fetch_add(&t->next, 1);
	struct tg_err e;
	char id[32];

	for (int i = 0; i < 150; i++) {
		int from = (int)(help_random(&seed) % 40);
		int to = from + (int)(help_random(&seed) % 12);
		int n = atomic_fetch_add(&t->next, 1);

		tg_err_reset(&e);
		snprintf(id, sizeof(id), "c-%d:%d:%d", n, from, to);
		if (tg_body_put(t->h->store, id, talk(a, from, to),
			TG_STR("ok"), &e) == -1)
			atomic_fetch_add(&t->failed, 1);
		tg_arena_reset(a);
	}
	tg_arena_free(a);
	return NULL;
}

static void *
clocks(void *arg)
{
	struct traffic *t = arg;
	struct tg_body_caps caps = { 0, 40, 0 };
	uint64_t seed = 9;
	struct tg_err e;

	while (!atomic_load(&t->stop)) {
		uint64_t x = help_random(&seed);

		/* Sometimes all of them, and their pieces. */
		caps.max_bytes = x % 8 == 0;
		for (int i = 0; i < 3; i++) {
			tg_err_reset(&e);
			if (tg_body_prune(t->h->store, &caps, &e) == -1)
				atomic_fetch_add(&t->failed, 1);
		}
		if ((x & 48) == 0)
			next_epoch(t->h);
		usleep(500);
	}
	return NULL;
}

/* Every body that is left is whole. */
static void
all_whole(struct help *h)
{
	sqlite3 *db;
	sqlite3_stmt *st;
	struct tg_str got, want;
	int n = 0;

	assert_int_equal(
	    sqlite3_open(help_path(h->dir, "log.db"), &db), SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(db, "SELECT call FROM bodies", -1,
	    &st, NULL), SQLITE_OK);
	while (sqlite3_step(st) == SQLITE_ROW) {
		const char *id = (const char *)sqlite3_column_text(st, 0);
		int number, from, to;

		assert_int_equal(
		    sscanf(id, "c-%d:%d:%d", &number, &from, &to), 3);
		if (tg_body_get(h->store, h->arena, id, TG_BODY_REQUEST, &got,
			&h->e) != 1)
			fail_msg("%s: %s", id, h->e.msg);
		want = talk(h->arena, from, to);
		assert_true(tg_str_eq(got, want));
		tg_arena_reset(h->arena);
		n++;
	}
	sqlite3_finalize(st);
	sqlite3_close(db);
	assert_in_range(n, 0, 1000);
}

static void
test_random(void **state)
{
	struct help *h = *state;
	struct traffic t = { .h = h };
	struct tg_body_caps caps = { 0, 40, 0 };
	pthread_t talker[4], clock_thread;

	for (int round = 0; round < 4; round++) {
		atomic_store(&t.stop, false);
		for (size_t i = 0; i < COUNT(talker); i++)
			assert_int_equal(pthread_create(
			    &talker[i], NULL, talkers, &t), 0);
		assert_int_equal(
		    pthread_create(&clock_thread, NULL, clocks, &t), 0);
		for (size_t i = 0; i < COUNT(talker); i++)
			pthread_join(talker[i], NULL);
		atomic_store(&t.stop, true);
		pthread_join(clock_thread, NULL);
		assert_int_equal(t.failed, 0);
		all_whole(h);
		prune(h, &caps);
		all_whole(h);
	}
	assert_true(sql(h, "SELECT count(*) FROM bodies") <= 40);
	/* No piece is kept that nobody has used since the oldest body. */
	assert_int_equal(sql(h, "SELECT count(*) FROM uses WHERE epoch < "
	    "(SELECT epoch FROM bodies ORDER BY id LIMIT 1)"), 0);
	assert_int_equal(tg_store_check(h->store, &h->e), 0);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, help_new, help_free)
	const struct CMUnitTest tests[] = { T(test_within), T(test_rows),
		T(test_shrinks), T(test_age), T(test_age_strays),
		T(test_jump), T(test_random) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
