#ifndef TG_STORE_CALLS_H
#define TG_STORE_CALLS_H
/*
 * The books, row by row: one for every attempt that sends anything upstream,
 * committed before the first byte goes out and completed once (books.h), and
 * one for each refusal.  A row whose process died is closed by the sweeper as
 * "lost".  Here is what a row says, and reading them.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/id.h"

struct tg_store;

/* Disjoint classes, see llm/usage.h; -1 in a row: not known. */
enum tg_token_class {
	TG_TOK_INPUT,		/* fresh text input */
	TG_TOK_CACHE_READ,
	TG_TOK_CACHE_WRITE,	/* 5 minutes */
	TG_TOK_CACHE_WRITE_1H,
	TG_TOK_AUDIO_INPUT,
	TG_TOK_IMAGE_INPUT,
	TG_TOK_OUTPUT,		/* reasoning included */
	TG_TOK_AUDIO_OUTPUT,
	TG_TOK__MAX
};

enum tg_call_state {
	TG_CALL_OPEN,
	TG_CALL_DONE,
	TG_CALL_FAILED,		/* upstream or we failed */
	TG_CALL_GONE,		/* the caller left */
	TG_CALL_LOST,		/* our process died; closed by the sweeper */
	TG_CALL_REFUSED		/* by us: nothing was sent, cost 0 */
};

#define TG_COST_UNKNOWN INT64_MIN

/* Strings are borrowed by writers, in the arena for readers. */
struct tg_call_row {
	int64_t seq;			/* row number */
	char id[TG_UUID_BYTES];		/* the call */
	int attempt;			/* 1, 2 ... */
	enum tg_call_state state;
	/* "pid:start" of the process that serves it */
	const char *worker;
	/* who */
	int64_t key_id;
	const char *user;		/* end user as the caller named it */
	const char *addr, *agent;
	/* what */
	const char *route;		/* "chat" "completions" "embeddings" */
	const char *model;		/* asked for */
	const char *deployment, *provider, *upstream_model;
	bool stream;
	/* how it went */
	/* sent to the caller; 0 while open, 499 gone */
	int status;
	int upstream_status;		/* 0: none */
	const char *error;		/* short reason, or NULL */
	const char *upstream_id;	/* the answer's id */
	const char *finish;		/* finish_reason */
	int64_t tokens[TG_TOK__MAX];	/* -1 unknown */
	int64_t reasoning_tokens;	/* part of output, -1 unknown */
	bool usage_odd;			/* classes do not add up to the total */
	/* TG_COST_UNKNOWN: no price or no usage */
	int64_t cost_nano;
	int64_t provider_cost_nano;	/* its own figure, or TG_COST_UNKNOWN */
	/* JSON array of price rows used, or NULL */
	const char *price_ids;
	/* when: wall us of the start, then us after it (-1: did not happen) */
	int64_t start_at;
	int64_t sent_us, first_byte_us, first_content_us, end_us;
	int64_t request_bytes, answer_bytes;
	/* to whom it is booked: rows of subjects and members, 0 none */
	int64_t person, team, member, project, organization, customer;
	const char *tags;		/* JSON array of names, or NULL */
	const char *tag_ids;		/* JSON array of subject ids, or NULL */
	const char *session;		/* or NULL */
	/* the money: what was held, how it was priced */
	int64_t head;			/* seq of the call's first attempt */
	const char *switched_from;	/* the budget chose another model */
	int64_t hold_nano;		/* worst case, or TG_COST_UNKNOWN */
	int64_t fixed_nano, output_pico;	/* of the hold; -1 unknown */
	int64_t input_bound, output_bound;	/* tokens; -1 unknown */
	int lost_policy;		/* enum tg_lost_policy, books.h */
	int64_t streamed_tokens;	/* told by a long stream; -1 not */
	bool estimated;			/* the cost is not by usage told */
	const char *tier;		/* of service, as the answer says */
	const char *bill;		/* rates used, llm/bill.h, or NULL */
	int64_t queued_us;		/* waited for its turn; -1 not */
	/* set by tg_book_open() and tg_book_settle() */
	/* of its places in windows; 0 none */
	int64_t admit_at;
	bool over_hold;			/* it cost more than was held */
	bool follows;			/* another attempt was to come */
};

struct tg_call_filter {
	int64_t key_id;		/* 0: all */
	const char *model, *provider;	/* NULL: all */
	int status;		/* 0: all; 2, 4, 5: hundreds */
	int state;		/* -1: all */
	int64_t since_at, until_at;	/* wall us, 0: open */
	int64_t after_seq;	/* for following: rows above, oldest first */
	int64_t limit;		/* 0: 100 */
	bool oldest_first;
};
int tg_call_list(struct tg_store *s, struct tg_arena *a,
    const struct tg_call_filter *f, struct tg_call_row **rows, size_t *n,
    struct tg_err *e);
/*
 * All attempts of a call, in order; *n 0: no such call. id may be a unique
 * prefix of >= 8 characters.
 */
int tg_call_find(struct tg_store *s, struct tg_arena *a, const char *id,
    struct tg_call_row **rows, size_t *n, struct tg_err *e);
/* The same inside the caller's tg_read() of TG_DB_MAIN; a whole id only. */
struct tg_db;
int tg_call_look(struct tg_db *db, struct tg_arena *a, const char *id,
    struct tg_call_row **rows, size_t *n, struct tg_err *e);
/* "pid:start" of this process (process lifetime); see proc(5). */
const char *tg_worker_name(void);
const char *tg_call_state_name(enum tg_call_state st);
const char *tg_token_class_name(enum tg_token_class c);	/* "input" ... */
#endif
