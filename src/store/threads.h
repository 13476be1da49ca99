#ifndef TG_STORE_THREADS_H
#define TG_STORE_THREADS_H
/*
 * Conversations, and what client programs send: log.db, written by the scribe
 * (gate/scribe.h) after calls have ended.  All but where it says so run inside
 * a tg_read() or tg_write() of TG_DB_LOG.
 */
#include "base/arena.h"
#include "store/db.h"

struct tg_thread {
	int64_t id;
	const char *name;	/* the session's, or NULL */
	int64_t key_id, person;
	const char *program;	/* "Claude Code", "OpenAI/Python" ... */
	const char *title;	/* the first words a user said, or NULL */
	int64_t first_at, last_at;
	int64_t calls, failed;
	int64_t cost_nano, input_tokens, output_tokens;
};
struct tg_thread_filter {
	int64_t key_id, person;	/* 0: all */
	const char *program, *name;	/* NULL: all */
	int64_t min_calls;
	int64_t from_at, to_at;		/* last call, 0: open */
	int64_t after, limit;
};
/* Newest first. */
int tg_thread_list(struct tg_db *db, struct tg_arena *a,
    const struct tg_thread_filter *f, struct tg_thread **rows, size_t *n,
    struct tg_err *e);
int tg_thread_find(struct tg_db *db, struct tg_arena *a, int64_t id,
    struct tg_thread *t, struct tg_err *e);

struct tg_thread_call {
	int64_t seq, thread;
	const char *call;
	int64_t known;	/* messages that its previous call had already */
};
/* 1 found, 0 not read yet. */
int tg_thread_of(struct tg_db *db, struct tg_arena *a, const char *call,
    struct tg_thread_call *c, struct tg_err *e);
/* Oldest first; limit 0: all. */
int tg_thread_calls(struct tg_db *db, struct tg_arena *a, int64_t thread,
    int64_t after, int64_t limit, struct tg_thread_call **rows, size_t *n,
    struct tg_err *e);
/* Seqs of a session's calls by its name, newest first; for filters. */
int tg_thread_session(struct tg_db *db, struct tg_arena *a, const char *name,
    int64_t limit, int64_t **seqs, size_t *n, struct tg_err *e);

enum tg_program_kind { TG_PROGRAM_SYSTEM = 1, TG_PROGRAM_TOOLS = 2 };
struct tg_program_text {
	int64_t id;
	const char *program;
	enum tg_program_kind kind;
	int64_t first_at, last_at, calls;
	const char *call;	/* one that holds it */
};
/* program NULL: of all; by program, kind, first use. */
int tg_program_texts(struct tg_db *db, struct tg_arena *a,
    const char *program, struct tg_program_text **rows, size_t *n,
    struct tg_err *e);
#endif
