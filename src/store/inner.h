#ifndef TG_STORE_INNER_H
#define TG_STORE_INNER_H
/*
 * What the files of this floor share: a connection, the pool of readers, the
 * queue of a writer.  Nobody above includes it.  A connection is used by one
 * thread at a time; all else is guarded by the lock that stands beside it.
 */
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include <sqlite3.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "store/accounts.h"
#include "store/db.h"

#define TG_READERS_MAX 8
#define TG_GROUP_MAX 128		/* pieces in one transaction */
#define TG_USED_SLOTS 256

struct tg_db {
	sqlite3 *h;
	struct tg_store *store;
	enum tg_db_file file;
	int code;		/* SQLite's extended code of the last failure */
	int64_t wait_us;	/* when the present wait for a lock began */
	sqlite3_stmt *statements[TG_SQL__MAX];
	struct tg_trigram *trigram;	/* of log.db: store/tokenizer.h */
	struct tg_db *next;	/* in the pool */
};

struct tg_pool {
	pthread_mutex_t lock;
	pthread_cond_t freed;
	struct tg_db *free;
	int open;
};

/* What a caller brings to a writer; lives on the caller's stack. */
struct tg_job {
	tg_txn_fn *fn;
	void *arg;
	struct tg_err *e;
	int rc;
	int code;		/* SQLite's, when it was SQLite that failed */
	struct tg_err err;	/* of the last try */
	bool leads;		/* woken to lead, not because it is done */
	bool yields;		/* another process waits: let it in first */
	sem_t wake;
	struct tg_job *next;
};

struct tg_writer {
	pthread_mutex_t lock;
	struct tg_db *db;	/* the leader's */
	struct tg_job *head, **tail;
	bool led;
	int64_t done_us;	/* the leader's: when its last group was */
};

/* When a key was last noted as used; a torn pair only costs a write. */
struct tg_used {
	_Atomic int64_t key_id, at;
};

struct tg_late;
struct tg_terms_cache;
struct tg_turns;
struct tg_whos;

struct tg_store {
	char *dir;
	bool full_sync, threads;
	int busy_ms;
	int64_t open_wall_us, open_boot_us;
	atomic_bool jump_told;	/* once: the clock was set */
	atomic_bool room_short;
	struct tg_pool pools[TG_DB__MAX];
	struct tg_writer writers[TG_DB__MAX];
	struct tg_used used[TG_USED_SLOTS];
	struct tg_late *late;
	struct tg_terms_cache *terms;
	struct tg_whos *whos;
	struct tg_turns *turns;	/* shared with other processes, or NULL */
};

/* db.c */
enum tg_db_use { TG_DB_READER, TG_DB_WRITER };
extern const char *const tg_db_names[TG_DB__MAX];
/* "dir/name" + suffix, malloc'ed. */
char *tg_store_path(const struct tg_store *s, const char *name,
    const char *suffix) __attribute__((returns_nonnull));
int tg_db_open(struct tg_store *s, enum tg_db_file file, enum tg_db_use use,
    struct tg_db **out, struct tg_err *e);
void tg_db_close(struct tg_db *db);
/* Notes SQLite's last failure as a sentence and in db->code; returns -1. */
int tg_db_fail(struct tg_db *db, struct tg_err *e);
/* Steps a statement that gives no row. */
int tg_db_run(struct tg_db *db, enum tg_sql name, struct tg_err *e);
/* SQLite's code as a sentence: what is wrong with which file. */
int tg_sqlite_fail(int code, const char *file, const char *detail,
    struct tg_err *e);
/* One integer that a pragma tells. */
int tg_db_pragma(struct tg_db *db, const char *sql, int64_t *value,
    struct tg_err *e);

/* pool.c */
void tg_pool_init(struct tg_pool *p);
void tg_pool_free(struct tg_pool *p);

/* writer.c; tg_job_run() takes fn, arg and e, fills rc and code. */
void tg_writer_init(struct tg_writer *w);
void tg_writer_free(struct tg_writer *w);
int tg_job_run(struct tg_store *s, enum tg_db_file file, struct tg_job *job);

/* turns.c: processes that write the same file take turns; t may be NULL. */
struct tg_turns *tg_turns_open(const char *dir);
void tg_turns_close(struct tg_turns *t);
/* I wait for the file: sleeps until somebody is done, or wait_us are over. */
void tg_turns_wait(struct tg_turns *t, enum tg_db_file file, long wait_us);
/* I have it now. */
void tg_turns_got(struct tg_turns *t, enum tg_db_file file);
/* I am done with it: wakes who waits; true when there was one. */
bool tg_turns_done(struct tg_turns *t, enum tg_db_file file);
/* Stands back long enough for the other to get in. */
void tg_turns_yield(void);

/* migrate.c */
struct tg_schema {
	const char *path;
	const char *name;		/* of the file, for sentences */
	int32_t application_id;
	const char *birth;		/* pragmas before the first page */
	const struct tg_migration *table;
};
/* 1 up to date, 0 older or new, -1 not ours, newer, or unreadable. */
int tg_schema_look(sqlite3 *h, const struct tg_schema *sc, struct tg_err *e);
/* Brings the file to the newest form, unless another process does. */
int tg_schema_migrate(const struct tg_schema *sc, struct tg_err *e);

/* copy.c: all of 'from' into the file 'to' (0600), which appears whole. */
int tg_copy(sqlite3 *from, const char *to, struct tg_err *e);

/* reserve.c */
void tg_reserve_make(struct tg_store *s);
/* Gives it up, if it is still there; from now on room is short. */
void tg_reserve_give(struct tg_store *s);
/* Is there too little room to begin anything new? */
bool tg_reserve_short(struct tg_store *s);

/* meta.c */
int tg_meta_bump(struct tg_db *db, struct tg_err *e);

/* subjects.c: all accounts of a subject under a scope promise nothing more. */
int tg_promises_drop(struct tg_db *db, struct tg_arena *a, enum tg_scope scope,
    int64_t subject, struct tg_err *e);

/* terms.c: what is kept of accounts, per process. */
struct tg_terms_cache *tg_terms_new(void);
void tg_terms_free(struct tg_terms_cache *c);
/* The rules have this version by now: older terms are not given any more. */
void tg_terms_note(struct tg_store *s, int64_t version);

/* who.c: what is kept of keys, per process. */
struct tg_whos *tg_whos_new(void);
void tg_whos_free(struct tg_whos *w);

/* late.c: settlements that could not be committed yet. */
struct tg_settle;
struct tg_late *tg_late_new(struct tg_store *s);
void tg_late_add(struct tg_late *l, const struct tg_settle *st);
size_t tg_late_count(struct tg_late *l);
void tg_late_free(struct tg_late *l);

/* worker_name.c: does the process of that name live? */
bool tg_worker_alive(const char *worker);

/* call_rows.c: a row of SELECT * FROM calls; strings in the arena. */
struct tg_call_row;
void tg_call_load(struct tg_call_row *c, struct tg_arena *a, sqlite3_stmt *st);
/* Row numbers between which all that the filter's times ask for stands. */
struct tg_call_filter;
int tg_call_bounds(struct tg_db *db, const struct tg_call_filter *f,
    int64_t *first, int64_t *last, struct tg_err *e);

/* upkeep.c: as tg_store_checkpoint(), for one file */
int tg_db_checkpoint(struct tg_store *s, enum tg_db_file file,
    struct tg_err *e);

/* prune.c */
struct tg_body_caps;
/* tg_body_prune() at a time: wall clock, and clock since boot. */
int tg_body_prune_at(struct tg_store *s, const struct tg_body_caps *caps,
    int64_t wall_us, int64_t boot_us, struct tg_err *e);

/* forget.c: what goes with a body (by its row): texts, its row in a thread. */
int tg_said_forget(struct tg_db *db, int64_t body, struct tg_err *e);
/*
 * Threads without bodies whose last call was before that time (0: none) go;
 * the index gives the room of deleted texts back, a step at a time: *more.
 */
int tg_said_upkeep(struct tg_db *db, int64_t before, bool *more,
    struct tg_err *e);

/* row.c: between rows and structs */
void tg_bind_text(sqlite3_stmt *st, int i, const char *text);
/* A number, or NULL when it is 'none'. */
void tg_bind_i64(sqlite3_stmt *st, int i, int64_t value, int64_t none);
void tg_bind_str(sqlite3_stmt *st, int i, struct tg_str bytes);
/* NULL stays NULL. */
const char *tg_col_text(struct tg_arena *a, sqlite3_stmt *st, int i);
const void *tg_col_blob(
    struct tg_arena *a, sqlite3_stmt *st, int i, size_t *bytes);
int64_t tg_col_i64(sqlite3_stmt *st, int i, int64_t none);
/*
 * Room for one more row in an array of the arena that doubles; counts *n up.
 */
void *tg_rows_add(struct tg_arena *a, void **rows, size_t *n, size_t row_bytes);
#endif
