#include "config.h"

/* Limits in windows and in flight, and their queues: store/books.h. */
#include "unit.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "book_help.h"

#define SQL(text) help_sql(h->dir, "tollgate.db", text)
#define SECOND INT64_C(1000000)

static void
limit(struct help *h, enum tg_limit_unit unit, int64_t window_s, int64_t cap,
    int64_t queue_ms)
{
	struct tg_limit l = book_limit(unit, window_s, cap);

	l.queue_ms = queue_ms;
	book_promise_limit(h->store, TG_SCOPE_HOUSE, 0, "", l);
}

static void
test_requests(void **state)
{
	struct help *h = *state;
	struct book_call b;
	int64_t now;

	limit(h, TG_LIMIT_REQUESTS, 60, 3, 0);
	for (int i = 0; i < 3; i++) {
		book_call(&b, h->store, h->arena);
		assert_int_equal(book_open(&b), 1);
		assert_int_equal(b.ad.n_standings, 1);
		assert_int_equal(b.ad.standings[0].used, i + 1);
		assert_int_equal(book_settle(&b, 1), 0);
	}
	book_call(&b, h->store, h->arena);
	now = tg_wall_us();
	assert_int_equal(book_open(&b), 0);
	assert_int_equal(b.ad.refusal.kind, TG_REFUSED_RATE);
	assert_int_equal(b.ad.refusal.remaining, 0);
	/* The slot of now is looked at for 61 more. */
	assert_in_range(b.ad.refusal.retry_us, 60 * SECOND, 62 * SECOND);
	/* As if the first had been 50 seconds ago. */
	SQL("UPDATE windows SET n = n - 1");
	help_sql(h->dir, "tollgate.db", "INSERT INTO windows SELECT limit_id, "
	    "slot - 50, 1 FROM windows LIMIT 1");
	tg_uuid7(b.row.id);
	assert_int_equal(book_open(&b), 0);
	assert_in_range(b.ad.refusal.retry_us, 10 * SECOND, 12 * SECOND);
	assert_true((now + b.ad.refusal.retry_us) / SECOND >=
	    now / SECOND + 11);
	SQL("DELETE FROM windows WHERE slot < (SELECT max(slot) FROM windows)");
	tg_uuid7(b.row.id);
	assert_int_equal(book_open(&b), 1);
	book_verify(h->store);
}

/* Reserved at the most, corrected to what it was, in the same slot. */
static void
test_tokens(void **state)
{
	struct help *h = *state;
	struct tg_settlement st;
	struct book_call b, c;

	limit(h, TG_LIMIT_TOKENS, 60, 400, 0);
	book_call(&b, h->store, h->arena);
	b.ad.choices = 2;
	assert_int_equal(book_open(&b), 1);
	assert_true(b.ad.capped);
	assert_int_equal(SQL("SELECT n FROM windows"), 250);
	book_call(&c, h->store, h->arena);
	c.ad.choices = 2;
	assert_int_equal(book_open(&c), 0);
	assert_int_equal(c.ad.refusal.remaining, 150);
	st = (struct tg_settlement){ .row = &b.row, .terms = &b.terms,
		.candidate = &b.candidates[0].terms, .last = true,
		.used_input = 30, .used_output = 12 };
	help_completed(&b.row);
	assert_int_equal(tg_book_settle(h->store, h->arena, &st, &h->e), 0);
	assert_int_equal(SQL("SELECT n FROM windows"), 42);
	tg_uuid7(c.row.id);
	assert_int_equal(book_open(&c), 1);
	/* Larger than the limit will ever be: smaller, if it may be. */
	book_call(&c, h->store, h->arena);
	c.candidates[0].output_tokens = 9999;
	assert_int_equal(book_open(&c), 0);
	assert_int_equal(c.ad.refusal.retry_us, INT64_MAX);
	SQL("DELETE FROM windows");
	c.ad.may_clamp = true;
	tg_uuid7(c.row.id);
	assert_int_equal(book_open(&c), 1);
	assert_int_equal(c.ad.output_tokens, 350);
	assert_true(c.ad.clamped);
}

static void
test_parallel(void **state)
{
	struct help *h = *state;
	struct book_call b[3];

	limit(h, TG_LIMIT_PARALLEL, 0, 2, 0);
	for (int i = 0; i < 3; i++) {
		book_call(&b[i], h->store, h->arena);
		assert_int_equal(book_open(&b[i]), i < 2);
	}
	assert_int_equal(b[2].ad.refusal.kind, TG_REFUSED_PARALLEL);
	book_verify(h->store);
	assert_int_equal(book_settle(&b[0], 1), 0);
	tg_uuid7(b[2].row.id);
	assert_int_equal(book_open(&b[2]), 1);
	book_verify(h->store);
}

/* --- never more than so many in any window --- */

#define MOST 25
#define LOG 4096

struct log {
	_Atomic int n;
	int64_t at[LOG];
	int64_t tokens[LOG];
};

/* Sends as fast as it may; what is admitted is noted after it. */
static void
hammer(struct help *h, struct log *log, int64_t until, unsigned seed)
{
	struct tg_store *s = help_open(h->dir, true);
	struct tg_arena *a = tg_arena_new(1 << 22);
	uint64_t chance = seed;

	while (tg_wall_us() < until) {
		struct book_call b;
		int i;

		book_call(&b, s, a);
		b.ad.dry = true;
		b.candidates[0].output_tokens =
		    (int64_t)(help_random(&chance) % 20 + 1);
		if (book_open(&b) == 1) {
			usleep((useconds_t)(help_random(&chance) % 3000));
			i = atomic_fetch_add(&log->n, 1);
			log->at[i] = tg_wall_us();
			log->tokens[i] =
			    50 + b.candidates[0].output_tokens;
			book_settle(&b, 1);
		} else
			usleep(2000);
		tg_arena_reset(a);
	}
	tg_store_close(s);
	_exit(0);
}

static int
by_time(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* The most that any window of so many us held. */
static int
fullest(struct log *log, int64_t window_us)
{
	int most = 0;

	qsort(log->at, (size_t)log->n, sizeof(log->at[0]), by_time);
	for (int i = 0, k = 0; i < log->n; i++) {
		while (log->at[i] - log->at[k] >= window_us)
			k++;
		if (i - k + 1 > most)
			most = i - k + 1;
	}
	return most;
}

static void
test_any_window(void **state)
{
	struct help *h = *state;
	struct log *log = mmap(NULL, sizeof(*log), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int64_t until = tg_wall_us() + 7 * SECOND;
	pid_t pids[4];
	int status;

	assert_true(log != MAP_FAILED);
	limit(h, TG_LIMIT_REQUESTS, 1, MOST, 0);
	for (size_t i = 0; i < COUNT(pids); i++) {
		pids[i] = fork();
		assert_true(pids[i] >= 0);
		if (pids[i] == 0)
			hammer(h, log, until, (unsigned)i + 1);
	}
	for (size_t i = 0; i < COUNT(pids); i++) {
		assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
		assert_int_equal(status, 0);
	}
	/* Not more, and it is used. */
	assert_in_range(fullest(log, SECOND), 1, MOST);
	assert_in_range(log->n, 2 * MOST, LOG);
	print_message("admitted: %d, fullest window: %d of %d\n", log->n,
	    fullest(log, SECOND), MOST);
	munmap(log, sizeof(*log));
	book_verify(h->store);
}

/* --- queues --- */

static void
come(struct help *h, struct book_call *b, int64_t key, int priority)
{
	book_call(b, h->store, h->arena);
	b->row.key_id = key;
	b->ad.may_wait = true;
	b->ad.priority = priority;
}

/* Who is let in next: the index. */
static size_t
next_in(struct book_call *b, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (b[i].row.seq != 0)
			continue;
		if (book_open(&b[i]) == 1)
			return i;
		assert_int_equal(b[i].ad.refusal.kind, TG_REFUSED_WAIT);
	}
	return n;
}

/* Keys take turns, however many one has brought; in a key first come first. */
static void
test_order(void **state)
{
	struct help *h = *state;
	static const int64_t keys[] = { 1, 1, 1, 1, 2, 2, 3, 1 };
	static const size_t order[] = { 7, 0, 4, 6, 1, 5, 2, 3 };
	struct book_call first, b[8];

	limit(h, TG_LIMIT_PARALLEL, 0, 1, 60000);
	come(h, &first, 9, 0);
	assert_int_equal(book_open(&first), 1);
	for (size_t i = 0; i < COUNT(b); i++) {
		come(h, &b[i], keys[i], i == 7 ? -1 : 0);
		assert_int_equal(book_open(&b[i]), 0);
		assert_int_equal(b[i].ad.refusal.kind, TG_REFUSED_WAIT);
		assert_true(b[i].ad.wait_id != 0);
		b[i].row.seq = 0;
	}
	assert_int_equal(b[7].ad.refusal.position, 1);
	assert_int_equal(b[6].ad.refusal.position, 3);
	assert_int_equal(next_in(b, COUNT(b)), COUNT(b));
	for (size_t i = 0; i < COUNT(order); i++) {
		assert_int_equal(
		    book_settle(i == 0 ? &first : &b[order[i - 1]], 1), 0);
		assert_int_equal(next_in(b, COUNT(b)), order[i]);
		assert_true(b[order[i]].row.queued_us >= 0);
	}
	assert_int_equal(SQL("SELECT count(*) FROM waits"), 0);
	book_verify(h->store);
}

/* Who leaves, dies or waits too long stands in nobody's way. */
/* Two deployments, two lines: what it needs there is of the one it is in. */
static void
test_lines(void **state)
{
	struct help *h = *state;
	struct tg_limit one = book_limit(TG_LIMIT_REQUESTS, 60, 1);
	struct tg_limit other = book_limit(TG_LIMIT_TOKENS, 60, 200);
	struct book_call b;

	one.queue_ms = other.queue_ms = 60000;
	book_promise_limit(h->store, TG_SCOPE_DEPLOYMENT, 0, "d1", one);
	book_promise_limit(h->store, TG_SCOPE_DEPLOYMENT, 0, "d2", other);
	for (int i = 0; i < 4; i++) {
		book_call(&b, h->store, h->arena);
		b.ad.n_candidates = 2;
		b.ad.may_wait = true;
		assert_int_equal(book_open(&b), i < 2);
		if (i >= 2)
			assert_int_equal(b.ad.refusal.position, i - 1);
	}
	assert_int_equal(SQL("SELECT sum(need) FROM waits"), 2);
	assert_int_equal(SQL("SELECT sum(turn) FROM waits"), 1);
	/* A number that is not one's own takes nobody out of the line. */
	tg_uuid7(b.row.id);
	tg_book_leave(h->store, &b.ad);
	assert_int_equal(SQL("SELECT count(*) FROM waits"), 2);
}

static void
test_leaving(void **state)
{
	struct help *h = *state;
	struct book_call first, b[4];

	limit(h, TG_LIMIT_PARALLEL, 0, 1, 300);
	come(h, &first, 9, 0);
	assert_int_equal(book_open(&first), 1);
	for (size_t i = 0; i < COUNT(b); i++) {
		come(h, &b[i], 1, 0);
		assert_int_equal(book_open(&b[i]), 0);
		assert_int_equal(b[i].ad.refusal.position, (int)i + 1);
	}
	tg_book_leave(h->store, &b[0].ad);
	assert_int_equal(b[0].ad.wait_id, 0);
	SQL("UPDATE waits SET seen_at = seen_at - 11000000 "
	    "WHERE id = (SELECT min(id) FROM waits)");
	assert_int_equal(book_settle(&first, 1), 0);
	/* Nobody who comes now is let in before them. */
	come(h, &first, 1, 0);
	first.ad.may_wait = false;
	assert_int_equal(book_open(&first), 0);
	assert_int_equal(first.ad.refusal.kind, TG_REFUSED_PARALLEL);
	assert_int_equal(book_open(&b[3]), 0);
	assert_int_equal(b[3].ad.refusal.position, 2);
	assert_int_equal(book_open(&b[2]), 1);
	usleep(310000);
	assert_int_equal(book_open(&b[3]), 0);
	assert_int_equal(b[3].ad.refusal.kind, TG_REFUSED_PARALLEL);
	assert_int_equal(b[3].ad.wait_id, 0);
	book_verify(h->store);
}

/* A minute's window says when its turn will be. */
static void
test_when(void **state)
{
	struct help *h = *state;
	struct book_call b[3];

	limit(h, TG_LIMIT_REQUESTS, 60, 2, 90000);
	for (size_t i = 0; i < COUNT(b); i++) {
		come(h, &b[i], 1, 0);
		assert_int_equal(book_open(&b[i]), i < 2);
	}
	assert_int_equal(b[2].ad.refusal.kind, TG_REFUSED_WAIT);
	assert_in_range(b[2].ad.refusal.retry_us, 60 * SECOND, 62 * SECOND);
	SQL("UPDATE windows SET slot = slot - 62");
	assert_int_equal(book_open(&b[2]), 1);
}

static int64_t
in_slot(struct help *h, int64_t at)
{
	return help_sql(h->dir, "tollgate.db", tg_arena_printf(h->arena,
	    "SELECT coalesce(sum(n), 0) FROM windows WHERE slot = %lld",
	    (long long)(at / SECOND)));
}

/*
 * Connecting took five seconds: its places stand where it was sent, and
 * settlement corrects them there; within a slot they stay.
 */
static void
test_sent_late(void **state)
{
	struct help *h = *state;
	struct tg_limit tokens = book_limit(TG_LIMIT_TOKENS, 60, 100000);
	struct book_call b;
	int64_t at, sent;

	limit(h, TG_LIMIT_REQUESTS, 60, 5, 0);
	book_promise_limit(h->store, TG_SCOPE_KEY, 1, "", tokens);
	come(h, &b, 1, 0);
	assert_int_equal(book_open(&b), 1);
	at = b.row.admit_at;
	sent = at + SECOND;
	assert_int_equal(tg_book_sent(h->store, &b.ad, sent, &b.e), 0);
	assert_int_equal(b.row.admit_at, at);
	sent = at + 5 * SECOND;
	assert_int_equal(tg_book_sent(h->store, &b.ad, sent, &b.e), 0);
	assert_int_equal(b.row.admit_at, sent);
	assert_int_equal(in_slot(h, at), 0);
	assert_int_equal(in_slot(h, sent),
	    1 + b.row.input_bound + b.row.output_bound);
	assert_int_equal(book_settle(&b, 1), 0);
	assert_in_range(in_slot(h, sent), 1,
	    1 + b.row.input_bound + b.row.output_bound);
	assert_int_equal(help_sql(h->dir, "tollgate.db",
	    "SELECT admit_at FROM calls") == sent, 1);
	book_verify(h->store);
}

/* Another attempt is the same request: only its tokens go along. */
static void
test_sent_again(void **state)
{
	struct help *h = *state;
	struct book_call b;
	struct tg_settlement st = { .row = &b.row, .used_input = 0 };
	int64_t at;

	limit(h, TG_LIMIT_REQUESTS, 60, 5, 0);
	come(h, &b, 1, 0);
	assert_int_equal(book_open(&b), 1);
	at = b.row.admit_at;
	st.terms = b.ad.terms;
	st.candidate = &b.candidates[0].terms;
	b.row.state = TG_CALL_FAILED;
	b.row.cost_nano = 0;
	assert_int_equal(tg_book_settle(h->store, h->arena, &st, &b.e), 0);
	b.row.attempt++;
	b.row.seq = 0;
	b.row.state = TG_CALL_OPEN;
	b.row.cost_nano = TG_COST_UNKNOWN;
	assert_int_equal(
	    tg_book_attempt(h->store, h->arena, &b.ad, &b.e), 1);
	assert_int_equal(tg_book_sent(h->store, &b.ad,
	    b.row.admit_at + 5 * SECOND, &b.e), 0);
	assert_int_equal(in_slot(h, at), 1);
	assert_int_equal(in_slot(h, b.row.admit_at), 0);
	assert_int_equal(book_settle(&b, 1), 0);
	book_verify(h->store);
}

/* Two keys, one with ten times the threads: each gets its share. */
static void
compete(struct help *h, int64_t key, _Atomic int *served, int64_t until)
{
	struct tg_store *s = help_open(h->dir, true);
	struct tg_arena *a = tg_arena_new(1 << 22);

	while (tg_wall_us() < until) {
		struct book_call b;
		int rc = 0;

		come(h, &b, key, 0);
		b.store = s;
		b.a = a;
		while (rc == 0 && tg_wall_us() < until) {
			rc = book_open(&b);
			if (rc == 0)
				usleep(1000);
		}
		if (rc == 1) {
			usleep(2000);
			atomic_fetch_add(&served[key], 1);
			book_settle(&b, 1);
		} else
			tg_book_leave(s, &b.ad);
		tg_arena_reset(a);
	}
	tg_store_close(s);
	_exit(0);
}

static void
test_fair(void **state)
{
	struct help *h = *state;
	_Atomic int *served = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int64_t until = tg_wall_us() + 3 * SECOND;
	pid_t pids[12];
	int status;

	assert_true(served != MAP_FAILED);
	limit(h, TG_LIMIT_PARALLEL, 0, 1, 60000);
	for (size_t i = 0; i < COUNT(pids); i++) {
		pids[i] = fork();
		assert_true(pids[i] >= 0);
		if (pids[i] == 0)
			compete(h, i < 2 ? 1 : 2, served, until);
	}
	for (size_t i = 0; i < COUNT(pids); i++) {
		assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
		assert_int_equal(status, 0);
	}
	print_message("served: %d and %d\n", served[1], served[2]);
	assert_in_range(served[1], 20, 10000);
	assert_in_range(served[1] * 100 / (served[1] + served[2]), 35, 65);
	munmap((void *)served, 4096);
	book_verify(h->store);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, help_new, help_free)
	const struct CMUnitTest tests[] = { T(test_requests), T(test_tokens),
		T(test_parallel), T(test_any_window), T(test_order),
		T(test_lines), T(test_leaving), T(test_when), T(test_sent_late),
		T(test_sent_again), T(test_fair) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
