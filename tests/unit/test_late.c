#include "config.h"

/*
 * A database that cannot be written: full disk, failing disk, a process that
 * keeps it.  Completions wait and are written when they can be.
 */
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "store/booking.h"
#include "store_help.h"

#define SKIPPED 77

static bool
wait_until_done(struct tg_store *s)
{
	for (int i = 0; i < 1000; i++) {
		if (tg_late_count(s->late) == 0)
			return true;
		usleep(10000);
	}
	return false;
}

/* A locked database: closing fails, and is done later by itself. */
static void
test_retried(void **state)
{
	struct help *h = *state;
	struct tg_store_conf conf = { .dir = h->dir, .busy_ms = 50,
		.threads = true };
	struct tg_settle work = { .last = true };
	struct tg_call_row c[20], *rows;
	struct tg_store *s;
	sqlite3 *db;
	size_t n;

	assert_int_equal(tg_store_open(&conf, &s, &h->e), 0);
	for (size_t i = 0; i < COUNT(c); i++) {
		c[i] = help_call(0);
		assert_int_equal(help_call_open(s, &c[i], &h->e), 0);
		help_completed(&c[i]);
	}
	assert_int_equal(
	    sqlite3_open(help_path(h->dir, "tollgate.db"), &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL,
	    NULL), SQLITE_OK);
	for (size_t i = 0; i < COUNT(c); i++) {
		char finish[] = "length";

		c[i].finish = finish;
		tg_err_reset(&h->e);
		assert_int_equal(help_call_close(s, &c[i], &h->e), -1);
		assert_int_equal(h->e.code, TG_E_STORE);
		memset(finish, 'x', sizeof(finish) - 1);
	}
	assert_int_equal(tg_late_count(s->late), COUNT(c));
	sqlite3_close(db);
	assert_true(wait_until_done(s));
	for (size_t i = 0; i < COUNT(c); i++) {
		assert_int_equal(tg_call_find(
		    s, h->arena, c[i].id, &rows, &n, &h->e), 0);
		assert_int_equal(rows->state, TG_CALL_DONE);
		assert_string_equal(rows->finish, "length");
	}
	/* And once more, when the thread has ended and must start again. */
	c[0] = help_call(0);
	tg_err_reset(&h->e);
	assert_int_equal(help_call_open(s, &c[0], &h->e), 0);
	help_completed(&c[0]);
	work.row = &c[0];
	tg_late_add(s->late, &work);
	/* Closing is a last chance. */
	tg_store_close(s);
	assert_int_equal(help_sql(h->dir, "tollgate.db",
	    "SELECT count(*) FROM calls WHERE state = 0"), 0);
}

/* The transaction fails in the middle: FULL from a statement. */
static void
test_page_limit(void **state)
{
	struct help *h = *state;
	struct tg_db *db = h->store->writers[TG_DB_MAIN].db;
	struct tg_call_row c[400];
	size_t opened = 0, lost = 0;
	int64_t pages = 0;
	char sql[64];

	assert_int_equal(
	    tg_db_pragma(db, "PRAGMA page_count", &pages, &h->e), 0);
	snprintf(sql, sizeof(sql), "PRAGMA max_page_count = %lld",
	    (long long)pages + 20);
	assert_int_equal(tg_db_pragma(db, sql, &pages, &h->e), 0);
	while (opened < COUNT(c)) {
		c[opened] = help_call(0);
		if (help_call_open(h->store, &c[opened], &h->e) == -1)
			break;
		opened++;
	}
	assert_in_range(opened, 10, COUNT(c) - 1);
	assert_int_equal(h->e.code, TG_E_STORE);
	assert_non_null(strstr(h->e.msg, "disk is full"));
	for (size_t i = 0; i < opened; i++) {
		help_completed(&c[i]);
		tg_err_reset(&h->e);
		lost += help_call_close(h->store, &c[i], &h->e) == -1;
	}
	/* Reading goes on. */
	assert_int_equal(help_sql(h->dir, "tollgate.db",
	    "SELECT count(*) FROM calls"), (int64_t)opened);
	tg_err_reset(&h->e);
	assert_int_equal(tg_db_pragma(
	    db, "PRAGMA max_page_count = 1000000", &pages, &h->e), 0);
	assert_true(wait_until_done(h->store));
	assert_int_equal(help_sql(h->dir, "tollgate.db",
	    "SELECT count(*) FROM calls WHERE state = 1"), (int64_t)opened);
	print_message("late: %zu of %zu\n", lost, opened);
}

/* --- in a child, for what it changes is the whole process's --- */

static void
in_child(struct help *h, int (*fn)(struct help *))
{
	int status;
	pid_t pid;

	tg_store_close(h->store);
	h->store = NULL;
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0)
		_exit(fn(h));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == SKIPPED)
		skip();
	assert_int_equal(WEXITSTATUS(status), 0);
}

/* Fills what room is left, but for a few pages. */
static void
fill_disk(const char *path)
{
	static char zeros[4096];
	int fd = open(path, O_CREAT | O_WRONLY, 0600);

	while (write(fd, zeros, sizeof(zeros)) > 0)
		;
	close(fd);
}

#define MUST(x) \
	do { \
		if (!(x)) { \
			print_message("line %d: %s\n", __LINE__, h->e.msg); \
			return 1; \
		} \
	} while (0)

/* A real full disk of a few MB: the reserve lets the open calls end. */
static int
full_disk(struct help *h)
{
	static struct tg_call_row c[60];
	char dir[160], ballast[200];
	struct tg_store_conf conf = { .dir = dir, .busy_ms = 1000,
		.threads = true };
	struct tg_call_row more = help_call(0);
	struct tg_store *s;
	int64_t n;

	snprintf(dir, sizeof(dir), "%s/small", h->dir);
	snprintf(ballast, sizeof(ballast), "%s/ballast", dir);
	if (mkdir(dir, 0700) == -1 || unshare(CLONE_NEWNS) == -1 ||
	    mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == -1 ||
	    mount("tmpfs", dir, "tmpfs", 0, "size=80m,mode=0700") == -1)
		return SKIPPED;
	MUST(tg_store_init(&conf, &s, &h->e) == 0);
	MUST(access(help_path(dir, "tollgate.reserve"), F_OK) == 0);
	for (size_t i = 0; i < COUNT(c); i++) {
		c[i] = help_call(0);
		MUST(help_call_open(s, &c[i], &h->e) == 0);
		help_completed(&c[i]);
	}
	MUST(tg_store_checkpoint(s, &h->e) == 0);
	fill_disk(ballast);
	/* Opening fails; once closing has met it, at once. */
	for (n = 0; n < 2000; n++) {
		more = help_call(0);
		if (help_call_open(s, &more, &h->e) == -1)
			break;
	}
	MUST(n < 2000 && h->e.code == TG_E_STORE);
	MUST(strstr(h->e.msg, "disk is full") != NULL);
	for (size_t i = 0; i < COUNT(c); i++) {
		tg_err_reset(&h->e);
		MUST(help_call_close(s, &c[i], &h->e) == 0);
	}
	MUST(access(help_path(dir, "tollgate.reserve"), F_OK) == -1);
	more = help_call(0);
	MUST(help_call_open(s, &more, &h->e) == -1);
	/* Room again: calls go on, and the reserve comes back. */
	unlink(ballast);
	tg_err_reset(&h->e);
	MUST(help_call_open(s, &more, &h->e) == 0);
	MUST(tg_store_checkpoint(s, &h->e) == 0);
	MUST(access(help_path(dir, "tollgate.reserve"), F_OK) == 0);
	MUST(tg_store_check(s, &h->e) == 0);
	tg_store_close(s);
	return help_sql(dir, "tollgate.db",
		   "SELECT count(*) FROM calls WHERE state = 1") != COUNT(c);
}

static void
test_full_disk(void **state)
{
	in_child(*state, full_disk);
}

/* Writing fails for another reason than a full disk: EFBIG. */
static int
failing_disk(struct help *h)
{
	struct rlimit limit = { 256 * 1024, 256 * 1024 * 1024 };
	static struct tg_call_row c[4000];
	size_t opened = 0;
	struct tg_store *s;

	signal(SIGXFSZ, SIG_IGN);
	s = help_open(h->dir, true);
	MUST(setrlimit(RLIMIT_FSIZE, &limit) == 0);
	while (opened < COUNT(c)) {
		c[opened] = help_call(0);
		if (help_call_open(s, &c[opened], &h->e) == -1)
			break;
		opened++;
	}
	MUST(opened > 10 && opened < COUNT(c));
	MUST(h->e.code == TG_E_STORE);
	for (size_t i = 0; i < opened; i++) {
		help_completed(&c[i]);
		help_call_close(s, &c[i], &h->e);
	}
	limit.rlim_cur = limit.rlim_max;
	MUST(setrlimit(RLIMIT_FSIZE, &limit) == 0);
	MUST(wait_until_done(s));
	MUST(help_sql(h->dir, "tollgate.db",
	    "SELECT count(*) FROM calls WHERE state = 1") == (int64_t)opened);
	MUST(tg_store_check(s, &h->e) == 0);
	tg_store_close(s);
	return 0;
}

static void
test_failing_disk(void **state)
{
	in_child(*state, failing_disk);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, help_new, help_free)
	const struct CMUnitTest tests[] = { T(test_retried),
		T(test_page_limit), T(test_full_disk), T(test_failing_disk) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
