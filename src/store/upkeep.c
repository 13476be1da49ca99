#include "config.h"

#include "store/db.h"

/*
 * What is done beside serving: checks, copies, checkpoints, the health probe.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "store/inner.h"

#define WAL_KEPT_BYTES (12 * 1024 * 1024)
#define TRUNCATE_WAIT_MS 200

static int check(struct tg_db *db, void *arg, struct tg_err *e);
static int checkpoint(struct tg_db *db, void *arg, struct tg_err *e);
static int fold(struct tg_db *db, int mode, struct tg_err *e);
static int64_t file_bytes(
    struct tg_store *s, enum tg_db_file file, const char *suffix);
static int on_own(struct tg_store *s, enum tg_db_file file, tg_txn_fn *fn,
    struct tg_err *e);
static bool copy_of_ours(const char *path);
static bool in_use(struct tg_store *s, const struct stat *st);
static int probe_log(struct tg_db *db, void *arg, struct tg_err *e);
static int vacuum(struct tg_db *db, void *arg, struct tg_err *e);

/* Committed for good and then taken back: a rollback would prove nothing. */
int
tg_store_probe(struct tg_store *s, struct tg_err *e)
{
	char text[32];

	snprintf(text, sizeof(text), "%lld", (long long)tg_wall_us());
	if (tg_meta_set(s, "probe", text, e) == -1 ||
	    tg_meta_set(s, "probe", NULL, e) == -1)
		return -1;
	return tg_write(s, TG_DB_LOG, probe_log, NULL, e);
}

static int
probe_log(struct tg_db *db, void *arg, struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_PACE_PROBE);

	(void)arg;
	sqlite3_bind_int64(st, 1, tg_wall_us());
	return tg_db_step(db, st, e);
}

/* --- check --- */

int
tg_store_check(struct tg_store *s, struct tg_err *e)
{
	for (int f = 0; f < TG_DB__MAX; f++)
		if (tg_read(s, f, check, NULL, e) == -1)
			return -1;
	return 0;
}

static int
check(struct tg_db *db, void *arg, struct tg_err *e)
{
	sqlite3_stmt *st = NULL;
	const char *told = NULL;
	int rc;

	(void)arg;
	sqlite3_prepare_v2(db->h, "PRAGMA integrity_check(1)", -1, &st, NULL);
	rc = tg_db_step(db, st, e);
	if (rc == 1) {
		told = (const char *)sqlite3_column_text(st, 0);
		rc = 0;
		if (told == NULL || strcmp(told, "ok") != 0)
			rc = tg_fail(e, TG_E_STORE, "The database %s is "
			    "damaged: %s. Restore a backup.",
			    tg_db_names[db->file], told != NULL ? told : "?");
	}
	sqlite3_finalize(st);
	st = NULL;
	if (rc == -1)
		return -1;
	sqlite3_prepare_v2(db->h, "PRAGMA foreign_key_check", -1, &st, NULL);
	rc = tg_db_step(db, st, e);
	if (rc == 1)
		rc = tg_fail(e, TG_E_STORE, "The database %s is damaged: a "
		    "row of table %s refers to one that is not there.",
		    tg_db_names[db->file], sqlite3_column_text(st, 0));
	sqlite3_finalize(st);
	return rc;
}

/* --- backup and vacuum --- */

int
tg_store_backup(struct tg_store *s, enum tg_db_file file, const char *to,
    struct tg_err *e)
{
	struct tg_db *db;
	struct stat st;
	int rc;

	if (stat(to, &st) == 0) {
		if (in_use(s, &st))
			return tg_fail(e, TG_E_INVALID, "%s is a database "
			    "in use: name another file for the copy.", to);
		if (!copy_of_ours(to))
			return tg_fail(e, TG_E_CONFLICT, "%s exists and is "
			    "no database: it is left alone.", to);
	}
	if (tg_db_open(s, file, TG_DB_READER, &db, e) == -1)
		return -1;
	rc = tg_copy(db->h, to, e);
	tg_db_close(db);
	return rc;
}

static bool
in_use(struct tg_store *s, const struct stat *st)
{
	for (int f = 0; f < TG_DB__MAX; f++) {
		char *path = tg_store_path(s, tg_db_names[f], "");
		struct stat own;
		int rc = stat(path, &own);

		free(path);
		if (rc == 0 && own.st_ino == st->st_ino &&
		    own.st_dev == st->st_dev)
			return true;
	}
	return false;
}

/* An earlier copy may be replaced, and an empty file. */
static bool
copy_of_ours(const char *path)
{
	static const char magic[] = "SQLite format 3";
	char head[sizeof(magic)];
	FILE *f = fopen(path, "re");
	size_t n;

	if (f == NULL)
		return false;
	n = fread(head, 1, sizeof(head), f);
	fclose(f);
	return n == 0 ||
	    (n == sizeof(head) && memcmp(head, magic, sizeof(magic)) == 0);
}

int
tg_store_vacuum(struct tg_store *s, struct tg_err *e)
{
	for (int f = 0; f < TG_DB__MAX; f++)
		if (on_own(s, f, vacuum, e) == -1)
			return -1;
	return tg_store_checkpoint(s, e);
}

static int
vacuum(struct tg_db *db, void *arg, struct tg_err *e)
{
	(void)arg;
	if (sqlite3_exec(db->h, "VACUUM", NULL, NULL, NULL) != SQLITE_OK)
		return tg_db_fail(db, e);
	return fold(db, SQLITE_CHECKPOINT_TRUNCATE, e);
}

/* With a connection of its own, outside of any transaction. */
static int
on_own(struct tg_store *s, enum tg_db_file file, tg_txn_fn *fn,
    struct tg_err *e)
{
	struct tg_db *db;
	int rc;

	if (tg_db_open(s, file, TG_DB_WRITER, &db, e) == -1)
		return -1;
	rc = fn(db, NULL, e);
	tg_db_close(db);
	return rc;
}

/* --- checkpoint --- */

int
tg_store_checkpoint(struct tg_store *s, struct tg_err *e)
{
	tg_reserve_make(s);
	for (int f = 0; f < TG_DB__MAX; f++)
		if (tg_db_checkpoint(s, f, e) == -1)
			return -1;
	return 0;
}

int
tg_db_checkpoint(struct tg_store *s, enum tg_db_file file, struct tg_err *e)
{
	return on_own(s, file, checkpoint, e);
}

/*
 * First what stops nobody.  A small log is kept: its blocks are overwritten
 * in place, which makes a sync much cheaper than a growing file does.
 */
static int
checkpoint(struct tg_db *db, void *arg, struct tg_err *e)
{
	(void)arg;
	if (fold(db, SQLITE_CHECKPOINT_PASSIVE, e) == -1)
		return -1;
	if (db->file == TG_DB_MAIN &&
	    file_bytes(db->store, db->file, "-wal") < WAL_KEPT_BYTES)
		return 0;
	sqlite3_busy_timeout(db->h, TRUNCATE_WAIT_MS);
	return fold(db, SQLITE_CHECKPOINT_TRUNCATE, e);
}

/* Busy means only: not now. */
static int
fold(struct tg_db *db, int mode, struct tg_err *e)
{
	int rc =
	    sqlite3_wal_checkpoint_v2(db->h, "main", mode, NULL, NULL);

	if (rc == SQLITE_OK || (rc & 0xff) == SQLITE_BUSY)
		return 0;
	return tg_db_fail(db, e);
}

int64_t
tg_store_bytes(struct tg_store *s, enum tg_db_file file)
{
	return file_bytes(s, file, "") + file_bytes(s, file, "-wal");
}

static int64_t
file_bytes(struct tg_store *s, enum tg_db_file file, const char *suffix)
{
	char *path = tg_store_path(s, tg_db_names[file], suffix);
	struct stat st;
	int rc = stat(path, &st);

	free(path);
	return rc == 0 ? (int64_t)st.st_size : 0;
}

/* --- what it is --- */

int
tg_store_schema(struct tg_db *db, int64_t *number, struct tg_err *e)
{
	return tg_db_pragma(db, "PRAGMA user_version", number, e);
}

const char *
tg_store_library(void)
{
	return sqlite3_libversion();
}
