#include "config.h"

#include "store/db.h"

/*
 * Opening the two files, and connections to them with their statements.
 * All pragmas stand here.  Who waits for what: pool.c (readers), writer.c.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "store/inner.h"
#include "store/tokenizer.h"

#define APPLICATION_MAIN 0x54476462	/* "TGdb" */
#define APPLICATION_LOG 0x54476c67	/* "TGlg" */
#define FIRST_NAP_US 50
#define LONGEST_NAP_US 2000

const char *const tg_db_names[TG_DB__MAX] = {
	[TG_DB_MAIN] = "tollgate.db",
	[TG_DB_LOG] = "log.db",
};

/* Small caches: the files' hot pages are few, and the system keeps them. */
static const char pragmas[] =
    "PRAGMA foreign_keys=ON;"
    "PRAGMA trusted_schema=OFF;"
    "PRAGMA temp_store=MEMORY;"
    "PRAGMA secure_delete=FAST;";
/*
 * Set when a file is born.  Half a page is enough for our small rows, and
 * every page that a transaction touches goes to the log whole.  What is
 * deleted from the log of bodies can be given back to the system.
 */
static const char birth_main[] = "PRAGMA page_size=2048;";
static const char birth_log[] = "PRAGMA auto_vacuum=INCREMENTAL;";
static const char reader_pragmas[] =
    "PRAGMA cache_size=-512;"
    "PRAGMA query_only=ON;";
/*
 * The janitor checkpoints; a writer does it by itself when the janitor is
 * long behind, or when there is none.
 */
static const char writer_pragmas[] =
    "PRAGMA journal_mode=WAL;"
    "PRAGMA journal_size_limit=16777216;"
    "PRAGMA cache_size=-1024;";
static const char threads_pragmas[] = "PRAGMA wal_autocheckpoint=4000;";
static const char full_pragmas[] = "PRAGMA synchronous=FULL;";
static const char normal_pragmas[] = "PRAGMA synchronous=NORMAL;";

#define LOG_BUSY_MS 1000

static pthread_once_t configured = PTHREAD_ONCE_INIT;

static int busy(void *arg, int count);
static void configure(void);
static int create(const char *path, struct tg_err *e);
static int exec(struct tg_db *db, const char *sql, struct tg_err *e);
static int file_open(struct tg_store *s, enum tg_db_file file, bool make,
    struct tg_err *e);
static int folder(const struct tg_store *s, bool make, struct tg_err *e);
static int set_up(struct tg_db *db, enum tg_db_use use, struct tg_err *e);
static int store_open(const struct tg_store_conf *conf, bool make,
    struct tg_store **out, struct tg_err *e);
static struct tg_store *store_new(const struct tg_store_conf *conf);

int
tg_store_open(
    const struct tg_store_conf *conf, struct tg_store **out, struct tg_err *e)
{
	return store_open(conf, false, out, e);
}

int
tg_store_init(
    const struct tg_store_conf *conf, struct tg_store **out, struct tg_err *e)
{
	return store_open(conf, true, out, e);
}

void
tg_store_close(struct tg_store *s)
{
	if (s == NULL)
		return;
	tg_late_free(s->late);
	tg_whos_free(s->whos);
	tg_terms_free(s->terms);
	for (int f = 0; f < TG_DB__MAX; f++) {
		tg_pool_free(&s->pools[f]);
		tg_writer_free(&s->writers[f]);
	}
	tg_turns_close(s->turns);
	free(s->dir);
	free(s);
}

const char *
tg_store_dir(const struct tg_store *s)
{
	return s->dir;
}

char *
tg_store_path(const struct tg_store *s, const char *name, const char *suffix)
{
	char *path;

	if (asprintf(&path, "%s/%s%s", s->dir, name, suffix) == -1)
		tg_fatal("out of memory");
	return path;
}

static int
store_open(const struct tg_store_conf *conf, bool make, struct tg_store **out,
    struct tg_err *e)
{
	struct tg_store *s;

	*out = NULL;
	pthread_once(&configured, configure);
	s = store_new(conf);
	if (folder(s, make, e) == -1)
		goto fail;
	for (int f = 0; f < TG_DB__MAX; f++)
		if (file_open(s, f, make, e) == -1)
			goto fail;
	s->turns = tg_turns_open(s->dir);
	tg_reserve_make(s);
	*out = s;
	return 0;
fail:
	tg_store_close(s);
	return -1;
}

static void
configure(void)
{
	/* Counting every allocation under one lock helps nobody here. */
	sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
	sqlite3_initialize();
}

static struct tg_store *
store_new(const struct tg_store_conf *conf)
{
	struct tg_store *s = calloc(1, sizeof(*s));

	if (s == NULL || (s->dir = strdup(conf->dir)) == NULL)
		tg_fatal("out of memory");
	s->full_sync = conf->full_sync;
	s->threads = conf->threads;
	s->busy_ms = conf->busy_ms;
	s->open_wall_us = tg_wall_us();
	s->open_boot_us = tg_boot_us();
	for (int f = 0; f < TG_DB__MAX; f++) {
		tg_pool_init(&s->pools[f]);
		tg_writer_init(&s->writers[f]);
	}
	s->late = tg_late_new(s);
	s->whos = tg_whos_new();
	s->terms = tg_terms_new();
	return s;
}

static int
folder(const struct tg_store *s, bool make, struct tg_err *e)
{
	struct stat st;

	if (make && mkdir(s->dir, 0700) == -1 && errno != EEXIST)
		return tg_fail(e, TG_E_STORE,
		    "The data folder %s cannot be made: %s.", s->dir,
		    strerror(errno));
	if (stat(s->dir, &st) == -1)
		return tg_fail(e, TG_E_STORE, "The data folder %s cannot be "
		    "used (%s): run `tollgate init`, or set TOLLGATE_DATA.",
		    s->dir, strerror(errno));
	return 0;
}

/* The file is made, migrated, and gets its writer. */
static int
file_open(
    struct tg_store *s, enum tg_db_file file, bool make, struct tg_err *e)
{
	char *path = tg_store_path(s, tg_db_names[file], "");
	struct tg_schema sc = {
		.path = path,
		.name = tg_db_names[file],
		.application_id =
		    file == TG_DB_MAIN ? APPLICATION_MAIN : APPLICATION_LOG,
		.birth = file == TG_DB_MAIN ? birth_main : birth_log,
		.table = file == TG_DB_MAIN ? tg_migrations_main :
					      tg_migrations_log,
	};
	sqlite3 *h = NULL;
	int rc = -1, current;

	if (make && create(path, e) == -1)
		goto out;
	if (access(path, F_OK) == -1) {
		if (errno == EACCES)
			tg_fail(e, TG_E_STORE, "The data folder %s belongs to "
			    "another user: run this as its owner, or give it "
			    "to the user the web server runs as (chown -R).",
			    s->dir);
		else
			tg_fail(e, TG_E_STORE, "The database %s is missing "
			    "(%s): run `tollgate init`.", path,
			    strerror(errno));
		goto out;
	}
	rc = sqlite3_open_v2(
	    path, &h, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
	if (rc != SQLITE_OK) {
		rc = tg_sqlite_fail(rc, path, sqlite3_errmsg(h), e);
		goto out;
	}
	current = tg_schema_look(h, &sc, e);
	rc = current == -1 ? -1 : 0;
	if (current == 0) {
		sqlite3_close(h);
		h = NULL;
		rc = tg_schema_migrate(&sc, e);
	}
	/* The first stays open so long, or what both share is made twice. */
	if (rc == 0)
		rc = tg_db_open(
		    s, file, TG_DB_WRITER, &s->writers[file].db, e);
out:
	sqlite3_close(h);
	free(path);
	return rc;
}

/* Empty and for nobody else: SQLite would leave that to the umask. */
static int
create(const char *path, struct tg_err *e)
{
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	if (fd == -1 && errno != EEXIST)
		return tg_fail(e, TG_E_STORE,
		    "The database %s cannot be made: %s.", path,
		    strerror(errno));
	if (fd != -1)
		close(fd);
	return 0;
}

/* --- connections --- */

int
tg_db_open(struct tg_store *s, enum tg_db_file file, enum tg_db_use use,
    struct tg_db **out, struct tg_err *e)
{
	char *path = tg_store_path(s, tg_db_names[file], "");
	struct tg_db *db = calloc(1, sizeof(*db));
	int rc;

	if (db == NULL)
		tg_fatal("out of memory");
	db->store = s;
	db->file = file;
	rc = sqlite3_open_v2(path, &db->h,
	    SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
	free(path);
	if (rc != SQLITE_OK)
		rc = tg_db_fail(db, e);
	else
		rc = set_up(db, use, e);
	if (rc == -1) {
		tg_db_close(db);
		db = NULL;
	}
	*out = db;
	return rc;
}

static int
set_up(struct tg_db *db, enum tg_db_use use, struct tg_err *e)
{
	bool full = db->store->full_sync && db->file == TG_DB_MAIN;

	sqlite3_extended_result_codes(db->h, 1);
	sqlite3_busy_handler(db->h, busy, db);
	if (exec(db, pragmas, e) == -1)
		return -1;
	if (db->file == TG_DB_LOG &&
	    tg_tokenizer_register(db->h, &db->trigram) != SQLITE_OK)
		return tg_fail(e, TG_E_STORE, "This SQLite has no FTS5 with "
		    "trigrams, which search needs: 3.34 or newer, built "
		    "with FTS5.");
	if (use == TG_DB_READER)
		return exec(db, reader_pragmas, e);
	/* A file that cannot be written is still good for reading. */
	if (sqlite3_db_readonly(db->h, "main") == 1)
		return 0;
	if (exec(db, writer_pragmas, e) == -1 ||
	    exec(db, full ? full_pragmas : normal_pragmas, e) == -1)
		return -1;
	return db->store->threads ? exec(db, threads_pragmas, e) : 0;
}

static int
exec(struct tg_db *db, const char *sql, struct tg_err *e)
{
	if (sqlite3_exec(db->h, sql, NULL, NULL, NULL) != SQLITE_OK)
		return tg_db_fail(db, e);
	return 0;
}

void
tg_db_close(struct tg_db *db)
{
	if (db == NULL)
		return;
	for (int i = 0; i < TG_SQL__MAX; i++)
		sqlite3_finalize(db->statements[i]);
	sqlite3_close(db->h);
	free(db);
}

/*
 * Bodies are kept after the caller has all, by a thread that still counts as
 * an open stream: while log.db is locked for long, by VACUUM say, they rather
 * go without.
 */
static int64_t
patience_us(const struct tg_db *db)
{
	int64_t ms = db->store->busy_ms;

	if (db->file == TG_DB_LOG && ms > LOG_BUSY_MS)
		ms = LOG_BUSY_MS;
	return ms * 1000;
}

/*
 * Another process writes.  SQLite's own handler sleeps up to 100 ms at a
 * time; our transactions last less than one.
 */
static int
busy(void *arg, int count)
{
	struct tg_db *db = arg;
	int64_t now = tg_mono_us();
	long nap = FIRST_NAP_US << (count / 4 < 6 ? count / 4 : 6);

	if (count == 0)
		db->wait_us = now;
	if (now - db->wait_us >= patience_us(db))
		return 0;
	if (nap > LONGEST_NAP_US)
		nap = LONGEST_NAP_US;
	/* Jitter, so that those who wait do not come in step. */
	nap = nap / 2 + (long)((uint64_t)now * 2654435761u % (uint64_t)nap);
	tg_turns_wait(db->store->turns, db->file, nap);
	return 1;
}

/* --- statements --- */

sqlite3_stmt *
tg_db_stmt(struct tg_db *db, enum tg_sql name)
{
	sqlite3_stmt **st = &db->statements[name];

	if (*st == NULL &&
	    sqlite3_prepare_v3(db->h, tg_sql_texts[name].sql, -1,
		SQLITE_PREPARE_PERSISTENT, st, NULL) != SQLITE_OK)
		tg_warnx("statement=%s error=%s", tg_sql_texts[name].name,
		    sqlite3_errmsg(db->h));
	return *st;
}

int
tg_db_step(struct tg_db *db, sqlite3_stmt *st, struct tg_err *e)
{
	int rc;

	/* Not prepared: the connection still knows why. */
	if (st == NULL)
		return tg_db_fail(db, e);
	rc = sqlite3_step(st);
	if (rc == SQLITE_ROW)
		return 1;
	if (rc == SQLITE_DONE)
		rc = 0;
	else
		rc = tg_db_fail(db, e);
	tg_db_done(st);
	return rc;
}

void
tg_db_done(sqlite3_stmt *st)
{
	if (st == NULL)
		return;
	sqlite3_reset(st);
	sqlite3_clear_bindings(st);
}

int
tg_db_run(struct tg_db *db, enum tg_sql name, struct tg_err *e)
{
	return tg_db_step(db, tg_db_stmt(db, name), e);
}

int
tg_db_pragma(
    struct tg_db *db, const char *sql, int64_t *value, struct tg_err *e)
{
	sqlite3_stmt *st = NULL;
	int rc;

	if (sqlite3_prepare_v2(db->h, sql, -1, &st, NULL) != SQLITE_OK)
		return tg_db_fail(db, e);
	rc = tg_db_step(db, st, e);
	if (rc == 1)
		*value = sqlite3_column_int64(st, 0);
	sqlite3_finalize(st);
	return rc == -1 ? -1 : 0;
}

/* --- failures --- */

int
tg_db_fail(struct tg_db *db, struct tg_err *e)
{
	db->code = sqlite3_extended_errcode(db->h);
	return tg_sqlite_fail(
	    db->code, tg_db_names[db->file], sqlite3_errmsg(db->h), e);
}

int
tg_sqlite_fail(
    int code, const char *file, const char *detail, struct tg_err *e)
{
	switch (code & 0xff) {
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return tg_fail(e, TG_E_STORE, "The database %s is busy: "
		    "another process keeps it. Try again.", file);
	case SQLITE_FULL:
		return tg_fail(e, TG_E_STORE, "The database %s cannot be "
		    "written: the disk is full. Make room and try again.",
		    file);
	case SQLITE_READONLY:
	case SQLITE_PERM:
		return tg_fail(e, TG_E_STORE, "The database %s cannot be "
		    "written: it is read-only (%s). Check who owns it.",
		    file, detail);
	case SQLITE_IOERR:
	case SQLITE_CANTOPEN:
		return tg_fail(e, TG_E_STORE, "The database %s cannot be "
		    "read or written (%s). Check disk and permissions.",
		    file, detail);
	case SQLITE_NOTADB:
		return tg_fail(e, TG_E_STORE,
		    "The file %s is not a Tollgate database.", file);
	case SQLITE_CORRUPT:
		return tg_fail(e, TG_E_STORE, "The database %s is damaged "
		    "(%s). Run `tollgate db check`; restore a backup.",
		    file, detail);
	default:
		return tg_fail(e, TG_E_STORE,
		    "The database %s failed: %s.", file, detail);
	}
}
