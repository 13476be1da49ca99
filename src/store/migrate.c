#include "config.h"

/*
 * Brings a database to the newest form: numbered migrations, each one
 * transaction that also sets user_version.  A file with content is copied
 * first.  Two processes that find an old file: a lock beside it lets one of
 * them do it.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "store/inner.h"
#include "store/tokenizer.h"

#define LOCK_TRIES 6000
#define LOCK_NAP_MS 10

static int newest(const struct tg_schema *sc);
static int number(sqlite3 *h, const char *sql, int64_t *value);
static int lock(const struct tg_schema *sc, struct tg_err *e);
static int migrate(sqlite3 *h, const struct tg_schema *sc, struct tg_err *e);
static int keep_copy(
    sqlite3 *h, const struct tg_schema *sc, int next, struct tg_err *e);
static int apply(sqlite3 *h, const struct tg_schema *sc,
    const struct tg_migration *m, struct tg_err *e);
static int fail(sqlite3 *h, const struct tg_schema *sc, struct tg_err *e);

int
tg_schema_look(sqlite3 *h, const struct tg_schema *sc, struct tg_err *e)
{
	int64_t id, version, tables;

	/* In one transaction: another process may be changing all three. */
	sqlite3_busy_timeout(h, 5000);
	if (sqlite3_exec(h, "BEGIN", NULL, NULL, NULL) != SQLITE_OK ||
	    number(h, "PRAGMA application_id", &id) == -1 ||
	    number(h, "PRAGMA user_version", &version) == -1 ||
	    number(h, "SELECT count(*) FROM sqlite_schema", &tables) == -1 ||
	    sqlite3_exec(h, "COMMIT", NULL, NULL, NULL) != SQLITE_OK)
		return fail(h, sc, e);
	if (id == 0 && version == 0 && tables == 0)
		return 0;
	if (id != sc->application_id)
		return tg_fail(e, TG_E_STORE, "The file %s is no %s of "
		    "Tollgate: it belongs to another program.", sc->path,
		    sc->name);
	if (version > newest(sc))
		return tg_fail(e, TG_E_STORE, "The database %s has schema "
		    "version %lld, this program knows %d: install the newer "
		    "Tollgate, or put the copy of the older file back.",
		    sc->path, (long long)version, newest(sc));
	return version == newest(sc);
}

static int
newest(const struct tg_schema *sc)
{
	const struct tg_migration *m = sc->table;

	while (m->number != 0)
		m++;
	return m == sc->table ? 0 : m[-1].number;
}

int
tg_schema_migrate(const struct tg_schema *sc, struct tg_err *e)
{
	sqlite3 *h = NULL;
	int fd, rc;

	fd = lock(sc, e);
	if (fd == -1)
		return -1;
	rc = sqlite3_open_v2(sc->path, &h,
	    SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
	if (rc != SQLITE_OK)
		rc = fail(h, sc, e);
	else {
		/* Somebody may have done it while we waited. */
		rc = tg_schema_look(h, sc, e);
		if (rc == 0)
			rc = migrate(h, sc, e);
	}
	sqlite3_close(h);
	close(fd);
	return rc == -1 ? -1 : 0;
}

/* The lock goes with the descriptor. */
static int
lock(const struct tg_schema *sc, struct tg_err *e)
{
	const struct timespec ts = { 0, LOCK_NAP_MS * 1000000L };
	char *path;
	int fd;

	if (asprintf(&path, "%s.lock", sc->path) == -1)
		tg_fatal("out of memory");
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	free(path);
	if (fd == -1)
		return tg_fail(e, TG_E_STORE, "The database %s cannot be "
		    "migrated: no lock file can be made beside it (%s).",
		    sc->path, strerror(errno));
	for (int i = 0; i < LOCK_TRIES; i++) {
		if (flock(fd, LOCK_EX | LOCK_NB) == 0)
			return fd;
		nanosleep(&ts, NULL);
	}
	close(fd);
	return tg_fail(e, TG_E_STORE, "The database %s has been migrated by "
	    "another process for a minute now. Try again later.", sc->path);
}

static int
migrate(sqlite3 *h, const struct tg_schema *sc, struct tg_err *e)
{
	struct tg_trigram *t;
	int64_t version;

	if (number(h, "PRAGMA user_version", &version) == -1 ||
	    tg_tokenizer_register(h, &t) != SQLITE_OK)
		return fail(h, sc, e);
	if (version > 0 && keep_copy(h, sc, (int)version + 1, e) == -1)
		return -1;
	if (version == 0 &&
	    sqlite3_exec(h, sc->birth, NULL, NULL, NULL) != SQLITE_OK)
		return fail(h, sc, e);
	if (sqlite3_exec(h, "PRAGMA journal_mode=WAL; "
	    "PRAGMA foreign_keys=OFF", NULL, NULL, NULL) != SQLITE_OK)
		return fail(h, sc, e);
	for (const struct tg_migration *m = sc->table; m->number != 0; m++)
		if (m->number > version && apply(h, sc, m, e) == -1)
			return -1;
	return 0;
}

static int
keep_copy(sqlite3 *h, const struct tg_schema *sc, int next, struct tg_err *e)
{
	char *to;
	int rc;

	if (asprintf(&to, "%s.before-%04d", sc->path, next) == -1)
		tg_fatal("out of memory");
	rc = tg_copy(h, to, e);
	if (rc == 0)
		tg_info("migrating database=%s copy=%s", sc->name, to);
	free(to);
	return rc;
}

static int
apply(sqlite3 *h, const struct tg_schema *sc, const struct tg_migration *m,
    struct tg_err *e)
{
	char marks[96];

	snprintf(marks, sizeof(marks),
	    "PRAGMA application_id=%d; PRAGMA user_version=%d",
	    sc->application_id, m->number);
	if (sqlite3_exec(h, "BEGIN EXCLUSIVE", NULL, NULL, NULL) == SQLITE_OK &&
	    sqlite3_exec(h, m->sql, NULL, NULL, NULL) == SQLITE_OK &&
	    sqlite3_exec(h, marks, NULL, NULL, NULL) == SQLITE_OK &&
	    sqlite3_exec(h, "COMMIT", NULL, NULL, NULL) == SQLITE_OK)
		return 0;
	if (sqlite3_errcode(h) == SQLITE_ERROR ||
	    sqlite3_errcode(h) == SQLITE_CONSTRAINT)
		tg_fail(e, TG_E_STORE, "Migration %s of the database %s "
		    "failed: %s. The file is as it was.", m->name, sc->path,
		    sqlite3_errmsg(h));
	else
		fail(h, sc, e);
	sqlite3_exec(h, "ROLLBACK", NULL, NULL, NULL);
	return -1;
}

static int
number(sqlite3 *h, const char *sql, int64_t *value)
{
	sqlite3_stmt *st = NULL;
	int rc = sqlite3_prepare_v2(h, sql, -1, &st, NULL);

	if (rc == SQLITE_OK)
		rc = sqlite3_step(st);
	if (rc == SQLITE_ROW)
		*value = sqlite3_column_int64(st, 0);
	sqlite3_finalize(st);
	return rc == SQLITE_ROW ? 0 : -1;
}

static int
fail(sqlite3 *h, const struct tg_schema *sc, struct tg_err *e)
{
	return tg_sqlite_fail(
	    sqlite3_errcode(h), sc->path, sqlite3_errmsg(h), e);
}
