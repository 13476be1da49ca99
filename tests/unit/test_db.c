#include "config.h"

/* Opening, meta, version, upkeep: store/db.h. */
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store/providers.h"
#include "store_help.h"

#define NOBODY 65534

static mode_t
mode_of(const char *path)
{
	struct stat st;

	assert_int_equal(stat(path, &st), 0);
	return st.st_mode & 07777;
}

static void
refused(const char *dir, const char *expected)
{
	struct tg_store_conf conf = { .dir = dir, .busy_ms = 100 };
	struct tg_store *s;
	struct tg_err e;

	tg_err_reset(&e);
	assert_int_equal(tg_store_open(&conf, &s, &e), -1);
	assert_null(s);
	assert_int_equal(e.code, TG_E_STORE);
	if (strstr(e.msg, expected) == NULL)
		fail_msg("`%s' is not in: %s", expected, e.msg);
}

static void
test_modes(void **state)
{
	static const char *const names[] = { "tollgate.db", "log.db",
		"tollgate.db-wal", "tollgate.db-shm", "log.db-wal",
		"tollgate.reserve", "tollgate.turns" };
	struct help *h = *state;
	struct stat st;

	for (size_t i = 0; i < COUNT(names); i++)
		assert_int_equal(
		    mode_of(help_path(h->dir, names[i])), 0600);
	assert_int_equal(
	    stat(help_path(h->dir, "tollgate.reserve"), &st), 0);
	assert_int_equal(st.st_size, 1024 * 1024);
	assert_true(st.st_blocks * 512 >= 1024 * 1024);
}

static void
test_missing(void **state)
{
	struct help *h = *state;

	refused("/nowhere/at/all", "run `tollgate init`");
	tg_store_close(h->store);
	h->store = NULL;
	assert_int_equal(unlink(help_path(h->dir, "log.db")), 0);
	refused(h->dir, "log.db is missing");
}

/* Init on what is there changes nothing. */
static void
test_init_again(void **state)
{
	struct help *h = *state;
	struct tg_store_conf conf = { .dir = h->dir, .busy_ms = 1000 };
	struct tg_store *other;

	assert_int_equal(
	    tg_meta_set(h->store, "colour", "green", &h->e), 0);
	assert_int_equal(tg_store_init(&conf, &other, &h->e), 0);
	assert_string_equal(tg_store_dir(other), h->dir);
	tg_store_close(other);
	assert_int_equal(help_sql(h->dir, "tollgate.db",
	    "SELECT count(*) FROM meta WHERE value = 'green'"), 1);
}

static void
test_pragmas(void **state)
{
	struct help *h = *state;

	assert_int_equal(help_sql(h->dir, "tollgate.db",
	    "PRAGMA application_id"), 0x54476462);
	assert_int_equal(
	    help_sql(h->dir, "log.db", "PRAGMA application_id"), 0x54476c67);
	assert_int_equal(help_sql(h->dir, "log.db", "PRAGMA auto_vacuum"), 2);
	assert_int_equal(
	    help_sql(h->dir, "tollgate.db", "PRAGMA user_version") > 0, 1);
}

static void
test_meta(void **state)
{
	struct help *h = *state;
	const char *value = "x";

	assert_int_equal(
	    tg_meta_get(h->store, h->arena, "a", &value, &h->e), 0);
	assert_null(value);
	assert_int_equal(tg_meta_set(h->store, "a", "1", &h->e), 0);
	assert_int_equal(tg_meta_set(h->store, "a", "two", &h->e), 0);
	assert_int_equal(
	    tg_meta_get(h->store, h->arena, "a", &value, &h->e), 1);
	assert_string_equal(value, "two");
	assert_int_equal(tg_meta_set(h->store, "a", NULL, &h->e), 0);
	assert_int_equal(
	    tg_meta_get(h->store, h->arena, "a", &value, &h->e), 0);
}

/* Another process sees that something was changed. */
static void
test_version(void **state)
{
	struct help *h = *state;
	struct tg_provider_row p = { .name = "p", .settings = "{}" };
	struct tg_store *other = help_open(h->dir, false);
	int64_t before = tg_store_version(other);

	assert_true(before > 0);
	assert_int_equal(tg_store_version(other), before);
	assert_int_equal(tg_provider_put(h->store, &p, &h->e), 0);
	assert_int_equal(tg_store_version(other), before + 1);
	assert_int_equal(tg_provider_remove(h->store, "p", &h->e), 1);
	assert_int_equal(tg_store_version(other), before + 2);
	assert_int_equal(tg_provider_remove(h->store, "p", &h->e), 0);
	assert_int_equal(tg_store_version(other), before + 2);
	tg_store_close(other);
}

static void
test_upkeep(void **state)
{
	struct help *h = *state;
	struct tg_store *copy;
	struct tg_key k;
	char dir[160], other[160];

	help_key(h->store, "sk-1", "one");
	assert_int_equal(tg_store_probe(h->store, &h->e), 0);
	assert_int_equal(tg_store_check(h->store, &h->e), 0);
	assert_true(tg_store_bytes(h->store, TG_DB_MAIN) > 4096);
	assert_int_equal(tg_store_checkpoint(h->store, &h->e), 0);
	assert_int_equal(tg_store_vacuum(h->store, &h->e), 0);
	snprintf(dir, sizeof(dir), "%s/copy", h->dir);
	assert_int_equal(mkdir(dir, 0700), 0);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(tg_store_backup(h->store, TG_DB_MAIN,
		    help_path(dir, "tollgate.db"), &h->e), 0);
		assert_int_equal(tg_store_backup(h->store, TG_DB_LOG,
		    help_path(dir, "log.db"), &h->e), 0);
	}
	assert_int_equal(mode_of(help_path(dir, "tollgate.db")), 0600);
	copy = help_open(dir, false);
	assert_int_equal(
	    tg_key_find_alias(copy, h->arena, "one", &k, &h->e), 1);
	tg_store_close(copy);
	/* Not over what is in use, nor over a stranger's file. */
	assert_int_equal(tg_store_backup(h->store, TG_DB_MAIN,
	    help_path(h->dir, "log.db"), &h->e), -1);
	assert_int_equal(h->e.code, TG_E_INVALID);
	tg_err_reset(&h->e);
	snprintf(other, sizeof(other), "%s/letter", h->dir);
	close(open(other, O_CREAT | O_RDWR, 0600));
	assert_int_equal(truncate(other, 100), 0);
	assert_int_equal(
	    tg_store_backup(h->store, TG_DB_MAIN, other, &h->e), -1);
	assert_int_equal(h->e.code, TG_E_CONFLICT);
}

/* A damaged page is told, not served. */
static void
test_damaged(void **state)
{
	struct help *h = *state;
	char junk[4096];
	struct stat st;
	int fd;

	for (int i = 0; i < 400; i++) {
		char text[32];

		snprintf(text, sizeof(text), "sk-%d", i);
		help_key(h->store, text, text);
	}
	tg_store_close(h->store);
	h->store = NULL;
	memset(junk, 0x5a, sizeof(junk));
	fd = open(help_path(h->dir, "tollgate.db"), O_RDWR);
	assert_true(fd >= 0);
	/* The schema stands in front. */
	assert_int_equal(fstat(fd, &st), 0);
	for (off_t at = st.st_size / 4096 * 3 / 4 * 4096; at < st.st_size;
	     at += 8192)
		assert_int_equal(pwrite(fd, junk, sizeof(junk), at), 4096);
	close(fd);
	h->store = help_open(h->dir, true);
	assert_int_equal(tg_store_check(h->store, &h->e), -1);
	assert_int_equal(h->e.code, TG_E_STORE);
	assert_non_null(strstr(h->e.msg, "damaged"));
}

static int
as_nobody(const char *dir)
{
	struct tg_store_conf conf = { .dir = dir, .busy_ms = 200 };
	struct tg_arena *a = tg_arena_new(1 << 20);
	struct tg_call_row c = help_call(1);
	struct tg_store *s;
	struct tg_err e;
	struct tg_key k;

	tg_err_reset(&e);
	if (setgid(NOBODY) == -1 || setuid(NOBODY) == -1)
		return 77;
	if (tg_store_open(&conf, &s, &e) == -1) {
		print_message("open: %s\n", e.msg);
		return 1;
	}
	if (tg_key_find_alias(s, a, "one", &k, &e) != 1) {
		print_message("find: %s\n", e.msg);
		return 2;
	}
	if (help_call_open(s, &c, &e) != -1 || e.code != TG_E_STORE ||
	    strstr(e.msg, "read-only") == NULL) {
		print_message("write: %s\n", e.msg);
		return 3;
	}
	tg_err_reset(&e);
	if (tg_store_probe(s, &e) != -1)
		return 4;
	tg_store_close(s);
	tg_arena_free(a);
	return 0;
}

/* Reading goes on where writing is refused, with the reason. */
static void
test_read_only(void **state)
{
	static const char *const names[] = { "tollgate.db", "log.db" };
	struct help *h = *state;
	int status;
	pid_t pid;

	if (geteuid() != 0)
		skip();
	help_key(h->store, "sk-1", "one");
	tg_store_close(h->store);
	h->store = NULL;
	assert_int_equal(chown(h->dir, NOBODY, NOBODY), 0);
	unlink(help_path(h->dir, "tollgate.turns"));
	for (size_t i = 0; i < COUNT(names); i++)
		assert_int_equal(
		    chmod(help_path(h->dir, names[i]), 0444), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0)
		_exit(as_nobody(h->dir));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, help_new, help_free)
	const struct CMUnitTest tests[] = { T(test_modes), T(test_missing),
		T(test_init_again), T(test_pragmas), T(test_meta),
		T(test_version), T(test_upkeep), T(test_damaged),
		T(test_read_only) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
