#include "config.h"

/* Writing by many threads and processes, and dying: store/db.h. */
#include "unit.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "store/inner.h"
#include "store_help.h"

#define THREADS 16
#define CALLS 150

struct crowd {
	struct tg_store *store;
	int64_t key;
	atomic_int failed, refused;
};

static int
write_text(struct tg_db *db, void *arg, struct tg_err *e)
{
	const char **text = arg;
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_META_SET);

	tg_bind_text(st, 1, text[0]);
	tg_bind_text(st, 2, text[1]);
	return tg_db_step(db, st, e);
}

/* Writes, and fails then: nothing of it may stay. */
static int
write_and_fail(struct tg_db *db, void *arg, struct tg_err *e)
{
	if (write_text(db, arg, e) == -1)
		return -1;
	return tg_fail(e, TG_E_CONFLICT, "Not this one.");
}

static void *
calls(void *arg)
{
	struct crowd *w = arg;
	struct tg_err e;

	for (int i = 0; i < CALLS; i++) {
		struct tg_call_row c = help_call(w->key);

		tg_err_reset(&e);
		if (help_call_open(w->store, &c, &e) == -1) {
			atomic_fetch_add(&w->failed, 1);
			continue;
		}
		help_completed(&c);
		if (help_call_close(w->store, &c, &e) == -1)
			atomic_fetch_add(&w->failed, 1);
	}
	return NULL;
}

static void
run(void *(*fn)(void *), struct crowd *w)
{
	pthread_t t[THREADS];

	for (int i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&t[i], NULL, fn, w), 0);
	for (int i = 0; i < THREADS; i++)
		pthread_join(t[i], NULL);
}

static void
test_threads(void **state)
{
	struct help *h = *state;
	struct crowd w = { .store = h->store };

	w.key = help_key(h->store, "sk-1", NULL);
	run(calls, &w);
	assert_int_equal(w.failed, 0);
	assert_int_equal(help_sql(h->dir, "tollgate.db",
	    "SELECT count(*) FROM calls WHERE state = 1 AND cost_nano = 12345 "
	    "AND status = 200"), THREADS * CALLS);
	assert_int_equal(help_sql(h->dir, "tollgate.db",
	    "SELECT max(seq) FROM calls"), THREADS * CALLS);
}

/* A third of the pieces fails, within groups of pieces that do not. */
static void *
mixed(void *arg)
{
	struct crowd *w = arg;
	struct tg_err e;

	for (int i = 0; i < 60; i++) {
		char name[64];
		const char *text[2] = { name, "v" };
		bool bad = i % 3 == 0;
		int rc;

		snprintf(name, sizeof(name), "%s-%lx-%d", bad ? "bad" : "good",
		    (unsigned long)pthread_self(), i);
		tg_err_reset(&e);
		rc = tg_write(w->store, TG_DB_MAIN,
		    bad ? write_and_fail : write_text, text, &e);
		if (bad && rc == -1 && e.code == TG_E_CONFLICT)
			atomic_fetch_add(&w->refused, 1);
		else if (bad || rc == -1)
			atomic_fetch_add(&w->failed, 1);
	}
	return NULL;
}

static void
test_failing_pieces(void **state)
{
	struct help *h = *state;
	struct crowd w = { .store = h->store };

	run(mixed, &w);
	assert_int_equal(w.failed, 0);
	assert_int_equal(w.refused, THREADS * 20);
	assert_int_equal(help_sql(h->dir, "tollgate.db",
	    "SELECT count(*) FROM meta WHERE name LIKE 'good-%'"),
	    THREADS * 40);
	assert_int_equal(help_sql(h->dir, "tollgate.db",
	    "SELECT count(*) FROM meta WHERE name LIKE 'bad-%'"), 0);
}

/* Readers do not wait for writers, nor find half a thing. */
static void *
read_and_write(void *arg)
{
	struct crowd *w = arg;
	struct tg_arena *a = tg_arena_new(1 << 20);
	struct tg_err e;

	for (int i = 0; i < CALLS; i++) {
		struct tg_call_row c = help_call(w->key), *rows;
		size_t n = 0;

		tg_err_reset(&e);
		if (help_call_open(w->store, &c, &e) == -1 ||
		    tg_call_find(w->store, a, c.id, &rows, &n, &e) == -1 ||
		    n != 1 || rows->seq != c.seq)
			atomic_fetch_add(&w->failed, 1);
		tg_arena_reset(a);
	}
	tg_arena_free(a);
	return NULL;
}

static void
test_readers(void **state)
{
	struct help *h = *state;
	struct crowd w = { .store = h->store };

	run(read_and_write, &w);
	assert_int_equal(w.failed, 0);
}

/* --- processes --- */

static void
child(struct help *h)
{
	struct crowd w = { .store = help_open(h->dir, true) };
	pthread_t t[4];

	for (int i = 0; i < 4; i++)
		pthread_create(&t[i], NULL, calls, &w);
	for (int i = 0; i < 4; i++)
		pthread_join(t[i], NULL);
	tg_store_close(w.store);
	_exit(w.failed > 0);
}

static void
test_processes(void **state)
{
	struct help *h = *state;
	pid_t pids[3];
	int status;

	for (size_t i = 0; i < COUNT(pids); i++) {
		pids[i] = fork();
		assert_true(pids[i] >= 0);
		if (pids[i] == 0)
			child(h);
	}
	for (size_t i = 0; i < COUNT(pids); i++) {
		assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
		assert_int_equal(status, 0);
	}
	assert_int_equal(help_sql(h->dir, "tollgate.db",
	    "SELECT count(*) FROM calls WHERE state = 1"), 3 * 4 * CALLS);
	assert_int_equal(tg_store_check(h->store, &h->e), 0);
}

static int told;

static void *
tell(void *arg)
{
	struct tg_store *s = arg;
	struct tg_err e;

	for (;;) {
		struct tg_call_row c = help_call(1);

		tg_err_reset(&e);
		if (help_call_open(s, &c, &e) == 0 &&
		    write(told, c.id, TG_UUID_BYTES) != TG_UUID_BYTES)
			_exit(3);
	}
	return NULL;
}

/* Killed while 8 threads write: what was acknowledged is there. */
static void
kill_one(struct help *h, int n)
{
	char id[TG_UUID_BYTES];
	struct tg_call_row *rows;
	struct tg_store *s;
	int fds[2], status, got = 0;
	size_t found;
	pid_t pid;

	assert_int_equal(pipe(fds), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		pthread_t t[8];

		told = fds[1];
		s = help_open(h->dir, true);
		for (int i = 0; i < 8; i++)
			pthread_create(&t[i], NULL, tell, s);
		pause();
	}
	close(fds[1]);
	s = help_open(h->dir, false);
	while (read(fds[0], id, sizeof(id)) == sizeof(id)) {
		assert_int_equal(tg_call_find(
		    s, h->arena, id, &rows, &found, &h->e), 0);
		assert_int_equal(found, 1);
		if (++got == n)
			kill(pid, SIGKILL);
		tg_arena_reset(h->arena);
	}
	close(fds[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status));
	assert_true(got >= n);
	tg_store_close(s);
}

static void
test_killed(void **state)
{
	struct help *h = *state;
	int64_t lost;

	for (int i = 1; i <= 10; i++)
		kill_one(h, i * 37);
	assert_int_equal(tg_store_check(h->store, &h->e), 0);
	assert_int_equal(tg_book_sweep(h->store, &lost, &h->e), 0);
	assert_true(lost >= 37 * 55);
}

/* Another process that does not let go: an error in time, not a hang. */
static void
test_busy(void **state)
{
	struct help *h = *state;
	struct tg_store_conf conf = { .dir = h->dir, .busy_ms = 150 };
	struct tg_call_row c = help_call(1);
	struct tg_store *s;
	sqlite3 *db;
	int64_t t;

	assert_int_equal(tg_store_open(&conf, &s, &h->e), 0);
	assert_int_equal(
	    sqlite3_open(help_path(h->dir, "tollgate.db"), &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL,
	    NULL), SQLITE_OK);
	t = tg_mono_ms();
	assert_int_equal(help_call_open(s, &c, &h->e), -1);
	t = tg_mono_ms() - t;
	assert_in_range(t, 140, 2000);
	assert_int_equal(h->e.code, TG_E_STORE);
	assert_non_null(strstr(h->e.msg, "busy"));
	sqlite3_close(db);
	tg_err_reset(&h->e);
	assert_int_equal(help_call_open(s, &c, &h->e), 0);
	tg_store_close(s);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, help_new, help_free)
	const struct CMUnitTest tests[] = { T(test_threads),
		T(test_failing_pieces), T(test_readers), T(test_processes),
		T(test_killed), T(test_busy) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
