#ifndef TG_STORE_THREADS_H
#define TG_STORE_THREADS_H
/*
 * Conversations, and what client programs send: log.db, written by the scribe
 * (gate/scribe.h) after calls have ended.  All run inside a tg_read() or
 * tg_write() of TG_DB_LOG.
 */
#include <stdbool.h>

#include "base/arena.h"
#include "base/hash.h"
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
	int64_t seq;	/* of the row that ended the call */
	int64_t thread;	/* 0: none (embeddings, legacy completions) */
	const char *call;
	int64_t known;	/* messages that an earlier call had already */
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
	const char *call;	/* the latest that holds it */
};
/*
 * By program, kind, first use.  program NULL: of all; person: those that
 * calls of theirs sent, with such a call, 0: all.
 */
struct tg_program_filter {
	const char *program;
	int64_t person;
};
int tg_program_texts(struct tg_db *db, struct tg_arena *a,
    const struct tg_program_filter *f, struct tg_program_text **rows,
    size_t *n, struct tg_err *e);

/*
 * --- writing, for the scribe ---
 */
struct tg_tail {
	unsigned char digest[TG_DIGEST_BYTES];
};
/* A call on its way into its thread. */
struct tg_thread_entry {
	/* name: see struct tg_thread; counts are those of this call */
	struct tg_thread add;
	int64_t seq;
	const char *call;
	/*
	 * tails[i]: digest of messages 0 to i, of key and session; those from
	 * 'least' on are of a conversation, for a user has spoken
	 */
	const struct tg_tail *tails;
	size_t n, least;
	/* out, of tg_thread_match() */
	int64_t known;
	bool answered;
	struct tg_tail answer;	/* words of the call that it goes on from */
	/* for tg_thread_enter() */
	bool has_answer;
	struct tg_tail said;	/* words of its own answer */
};
/*
 * Finds its thread, or makes one; sets add.id, known and, if there is one,
 * the earlier call's answer.  0: it has none, for it has neither a session nor
 * messages.
 */
int tg_thread_match(struct tg_db *db, struct tg_thread_entry *t,
    struct tg_err *e);
/* Then, with known as the caller has made it: the row, and sums. */
int tg_thread_enter(struct tg_db *db, const struct tg_thread_entry *t,
    struct tg_err *e);
/* Was the call read before? 1, 0. */
int tg_thread_has(struct tg_db *db, int64_t seq, struct tg_err *e);
/* A correction in the ledger. */
int tg_thread_correct(struct tg_db *db, int64_t seq, int64_t nano,
    struct tg_err *e);

struct tg_program_use {
	const char *program;
	enum tg_program_kind kind;
	struct tg_tail digest;
	const char *call;
	int64_t person;
	int64_t at;
};
int tg_program_note(struct tg_db *db, const struct tg_program_use *u,
    struct tg_err *e);
#endif
