#include "config.h"

/* Numbered migrations: store/inner.h, src/store/migrate.c. */
#include "unit.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store/inner.h"
#include "store_help.h"

#define ID 0x54476462

static const struct tg_migration one[] = {
	{ 1, "0001", "CREATE TABLE t (a); INSERT INTO t VALUES (1);" },
	{ 0, NULL, NULL },
};
static const struct tg_migration three[] = {
	{ 1, "0001", "CREATE TABLE t (a); INSERT INTO t VALUES (1);" },
	{ 2, "0002", "INSERT INTO t VALUES (2);" },
	{ 3, "0003_more", "INSERT INTO t VALUES (3);"
	    " CREATE TABLE u (b);" },
	{ 0, NULL, NULL },
};
static const struct tg_migration broken[] = {
	{ 1, "0001", "CREATE TABLE t (a); INSERT INTO t VALUES (1);" },
	{ 2, "0002_bad", "INSERT INTO t VALUES (2); INSERT INTO nowhere "
	    "VALUES (1);" },
	{ 0, NULL, NULL },
};

static char path[256];

static struct tg_schema
schema(struct help *h, const struct tg_migration *table)
{
	snprintf(path, sizeof(path), "%s/m.db", h->dir);
	return (struct tg_schema){ .path = path, .name = "m.db",
		.application_id = ID, .birth = "", .table = table };
}

static int
look(const struct tg_schema *sc, struct tg_err *e)
{
	sqlite3 *db;
	int rc;

	assert_int_equal(sqlite3_open(sc->path, &db), SQLITE_OK);
	rc = tg_schema_look(db, sc, e);
	sqlite3_close(db);
	return rc;
}

static void
make_file(struct help *h)
{
	close(open(help_path(h->dir, "m.db"), O_CREAT | O_RDWR, 0600));
}

static void
test_steps(void **state)
{
	struct help *h = *state;
	struct tg_schema sc = schema(h, one);
	struct stat st;

	make_file(h);
	assert_int_equal(look(&sc, &h->e), 0);
	assert_int_equal(tg_schema_migrate(&sc, &h->e), 0);
	assert_int_equal(look(&sc, &h->e), 1);
	/* An empty file needs no copy. */
	assert_int_equal(access(help_path(h->dir, "m.db.before-0001"), F_OK),
	    -1);
	sc = schema(h, three);
	assert_int_equal(look(&sc, &h->e), 0);
	assert_int_equal(tg_schema_migrate(&sc, &h->e), 0);
	assert_int_equal(look(&sc, &h->e), 1);
	assert_int_equal(
	    help_sql(h->dir, "m.db", "SELECT count(*) FROM t"), 3);
	assert_int_equal(help_sql(h->dir, "m.db", "PRAGMA user_version"), 3);
	/* The copy is the file of before. */
	assert_int_equal(
	    stat(help_path(h->dir, "m.db.before-0002"), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(help_sql(h->dir, "m.db.before-0002",
	    "SELECT count(*) FROM t"), 1);
	assert_int_equal(help_sql(h->dir, "m.db.before-0002",
	    "PRAGMA user_version"), 1);
}

static void
test_newer(void **state)
{
	struct help *h = *state;
	struct tg_schema sc = schema(h, three);

	make_file(h);
	assert_int_equal(tg_schema_migrate(&sc, &h->e), 0);
	sc = schema(h, one);
	assert_int_equal(look(&sc, &h->e), -1);
	assert_int_equal(h->e.code, TG_E_STORE);
	assert_non_null(strstr(h->e.msg, "version 3"));
	assert_non_null(strstr(h->e.msg, "knows 1"));
}

/* The same through the front door. */
static void
test_newer_store(void **state)
{
	struct help *h = *state;
	struct tg_store_conf conf = { .dir = h->dir, .busy_ms = 100 };
	struct tg_store *s;

	tg_store_close(h->store);
	h->store = NULL;
	help_sql(h->dir, "tollgate.db", "PRAGMA user_version = 99");
	assert_int_equal(tg_store_open(&conf, &s, &h->e), -1);
	assert_non_null(strstr(h->e.msg, "version 99"));
}

static void
test_strangers(void **state)
{
	struct help *h = *state;
	struct tg_schema sc = schema(h, one);
	int fd;

	help_sql(h->dir, "m.db", "CREATE TABLE cookies (a)");
	assert_int_equal(look(&sc, &h->e), -1);
	assert_non_null(strstr(h->e.msg, "another program"));
	tg_err_reset(&h->e);
	help_sql(h->dir, "m.db", "PRAGMA application_id = 7");
	assert_int_equal(look(&sc, &h->e), -1);
	tg_err_reset(&h->e);
	fd = open(path, O_RDWR | O_TRUNC);
	for (int i = 0; i < 100; i++)
		assert_int_equal(write(fd, "this is a letter\n", 17), 17);
	close(fd);
	assert_int_equal(look(&sc, &h->e), -1);
	assert_non_null(strstr(h->e.msg, "not a Tollgate database"));
}

static void
test_failing(void **state)
{
	struct help *h = *state;
	struct tg_schema sc = schema(h, one);

	make_file(h);
	assert_int_equal(tg_schema_migrate(&sc, &h->e), 0);
	sc = schema(h, broken);
	assert_int_equal(tg_schema_migrate(&sc, &h->e), -1);
	assert_non_null(strstr(h->e.msg, "0002_bad"));
	assert_non_null(strstr(h->e.msg, "nowhere"));
	assert_int_equal(
	    help_sql(h->dir, "m.db", "SELECT count(*) FROM t"), 1);
	assert_int_equal(help_sql(h->dir, "m.db", "PRAGMA user_version"), 1);
}

/* Many processes find an old file: it is migrated once. */
static void
test_at_once(void **state)
{
	struct help *h = *state;
	struct tg_schema sc = schema(h, one);
	pid_t pids[6];
	int status;

	make_file(h);
	assert_int_equal(tg_schema_migrate(&sc, &h->e), 0);
	sc = schema(h, three);
	for (size_t i = 0; i < COUNT(pids); i++) {
		pids[i] = fork();
		assert_true(pids[i] >= 0);
		if (pids[i] == 0)
			_exit(tg_schema_migrate(&sc, &h->e) == 0 ? 0 : 1);
	}
	for (size_t i = 0; i < COUNT(pids); i++) {
		assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
		assert_int_equal(status, 0);
	}
	assert_int_equal(
	    help_sql(h->dir, "m.db", "SELECT count(*) FROM t"), 3);
}

/*
 * A database of the first form keeps its keys and people: they get accounts,
 * and who signs in is a subject.
 */
static void
test_first_form(void **state)
{
	struct help *h = *state;
	const struct tg_migration table[] = { tg_migrations_main[0],
		{ 0, NULL, NULL } };
	struct tg_schema sc = schema(h, table);
	char dir[160];
	struct tg_store_conf conf = { .dir = dir, .busy_ms = 5000 };
	struct tg_store *s;
	struct tg_key k;

	snprintf(dir, sizeof(dir), "%s/old", h->dir);
	snprintf(path, sizeof(path), "%s/tollgate.db", dir);
	assert_int_equal(mkdir(dir, 0700), 0);
	close(open(path, O_CREAT | O_RDWR, 0600));
	assert_int_equal(tg_schema_migrate(&sc, &h->e), 0);
	help_sql(dir, "tollgate.db", "INSERT INTO people (name, role, "
	    "password_hash, created_at) VALUES ('ada', 'owner', 'x', 7), "
	    "('vic', 'viewer', 'x', 8); INSERT INTO keys (token, alias, "
	    "models, metadata, role, log, blocked, created_at, updated_at, "
	    "expires_at) VALUES ('t', 'a', '[]', '{}', 0, 0, 0, 1, 1, 0)");
	if (tg_store_init(&conf, &s, &h->e) == -1)
		fail_msg("%s", h->e.msg);
	assert_int_equal(tg_key_find(s, h->arena, "t", &k, &h->e), 1);
	assert_int_equal(k.team, 0);
	assert_string_equal(k.settings, "{}");
	assert_int_equal(help_sql(dir, "tollgate.db", "SELECT count(*) FROM "
	    "accounts WHERE scope = 2 AND subject = (SELECT id FROM keys)"),
	    1);
	assert_int_equal(help_sql(dir, "tollgate.db", "SELECT count(*) FROM "
	    "accounts AS a JOIN subjects AS s ON s.id = a.subject AND "
	    "a.scope = 4 WHERE s.kind = 1 AND s.role IN ('proxy_admin', "
	    "'proxy_admin_viewer')"), 2);
	tg_store_close(s);
}

/* The same for a folder where nothing is yet. */
static void
test_init_at_once(void **state)
{
	struct help *h = *state;
	char dir[160];
	struct tg_store_conf conf = { .dir = dir, .busy_ms = 5000 };
	struct tg_store *s;
	pid_t pids[6];
	int status;

	snprintf(dir, sizeof(dir), "%s/fresh", h->dir);
	for (size_t i = 0; i < COUNT(pids); i++) {
		pids[i] = fork();
		assert_true(pids[i] >= 0);
		if (pids[i] != 0)
			continue;
		if (tg_store_init(&conf, &s, &h->e) == -1) {
			print_error("%s\n", h->e.msg);
			_exit(1);
		}
		tg_store_close(s);
		_exit(0);
	}
	for (size_t i = 0; i < COUNT(pids); i++) {
		assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
		assert_int_equal(status, 0);
	}
	s = help_open(dir, false);
	assert_int_equal(tg_store_version(s), 1);
	tg_store_close(s);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, help_new, help_free)
	const struct CMUnitTest tests[] = { T(test_steps), T(test_newer),
		T(test_newer_store), T(test_strangers), T(test_failing),
		T(test_at_once), T(test_init_at_once), T(test_first_form) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
