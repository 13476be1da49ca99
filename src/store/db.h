#ifndef TG_STORE_DB_H
#define TG_STORE_DB_H
/*
 * The two database files and how they are used: connections for readers
 * from a small pool (taken for microseconds, not for a request), and for each
 * file one writer that groups what its callers bring: whoever comes while
 * nobody writes takes all that waits, runs it in one transaction and commits
 * once for all.  Other processes get their turn in between.
 * Nothing of SQLite is visible above this floor.
 *
 * A tg_store belongs to one process: open it after fork().
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "store/sql.h"

enum tg_db_file { TG_DB_MAIN, TG_DB_LOG, TG_DB__MAX };

struct tg_store_conf {
	const char *dir;	/* data folder */
	/* synchronous=FULL (of tollgate.db; log.db is NORMAL) */
	bool full_sync;
	/* how long to wait for another process's transaction */
	int busy_ms;
	/* many threads write; what cannot be committed now is tried again */
	bool threads;
};

struct tg_arena;
struct tg_store;
struct sqlite3_stmt;
struct tg_db;			/* one connection */

/*
 * Opens both files.  Refused with TG_E_STORE and a sentence: missing files
 * (run `tollgate init`), a schema newer than this program, files not ours.
 * Older schemas are migrated under a lock, after a copy of the file was made
 * beside it (tollgate.db.before-0003).
 */
int tg_store_open(const struct tg_store_conf *conf, struct tg_store **out,
    struct tg_err *e);
/* Creates missing files, then as open. */
int tg_store_init(const struct tg_store_conf *conf, struct tg_store **out,
    struct tg_err *e);
/* Waits for the writers to finish what they were given. */
void tg_store_close(struct tg_store *s);

/*
 * Writing.  fn runs inside a transaction (it may run twice, after a retry);
 * tg_write() returns 0 when it is committed, -1 with TG_E_STORE when
 * the database was busy too long, full or cannot be written, or
 * what fn failed with (then nothing of it remains).
 */
typedef int tg_txn_fn(struct tg_db *db, void *arg, struct tg_err *e);
int tg_write(struct tg_store *s, enum tg_db_file file, tg_txn_fn *fn, void *arg,
    struct tg_err *e);

/* Reading: fn with a connection of the pool, in one read transaction. */
typedef int tg_read_fn(struct tg_db *db, void *arg, struct tg_err *e);
int tg_read(struct tg_store *s, enum tg_db_file file, tg_read_fn *fn, void *arg,
    struct tg_err *e);

/* Writes one row and takes it back: can the database be written? (health) */
int tg_store_probe(struct tg_store *s, struct tg_err *e);

/* Upkeep, also for the command: */
/* integrity, foreign keys */
int tg_store_check(struct tg_store *s, struct tg_err *e);
int tg_store_backup(struct tg_store *s, enum tg_db_file file, const char *to,
    struct tg_err *e);
int tg_store_vacuum(struct tg_store *s, struct tg_err *e);
/* WAL back into the file, truncate */
int tg_store_checkpoint(struct tg_store *s, struct tg_err *e);
/* Bytes on disk of a file with its WAL. */
int64_t tg_store_bytes(struct tg_store *s, enum tg_db_file file);
const char *tg_store_dir(const struct tg_store *s);
/* The number of the last migration of that file; SQLite's version. */
int tg_store_schema(struct tg_db *db, int64_t *number, struct tg_err *e);
const char *tg_store_library(void);
/*
 * Changes whenever providers, models or settings were changed by any process
 * (a counter in the meta table, bumped by their writers). -1: cannot be read.
 */
int64_t tg_store_version(struct tg_store *s);

/* meta: small values by name; set to NULL they are gone; 1 found, 0 not */
int tg_meta_get(struct tg_store *s, struct tg_arena *a, const char *name,
    const char **value, struct tg_err *e);
int tg_meta_set(struct tg_store *s, const char *name, const char *value,
    struct tg_err *e);
/* The same inside the caller's tg_write(). */
int tg_meta_look(struct tg_db *db, struct tg_arena *a, const char *name,
    const char **value, struct tg_err *e);
int tg_meta_put(struct tg_db *db, const char *name, const char *value,
    struct tg_err *e);

/* --- for the files of this floor only --- */
/* cached, reset; if it is NULL, tg_db_step() fails with the reason */
struct sqlite3_stmt *tg_db_stmt(struct tg_db *db, enum tg_sql name);
/* 1 a row, 0 done, -1 failed with *e set; resets the statement on 0 and -1 */
int tg_db_step(struct tg_db *db, struct sqlite3_stmt *st, struct tg_err *e);
void tg_db_done(struct sqlite3_stmt *st);	/* reset and clear bindings */
#endif
