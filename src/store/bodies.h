#ifndef TG_STORE_BODIES_H
#define TG_STORE_BODIES_H
/*
 * Requests and answers in log.db.  A body is cut at the elements of its
 * "messages" (or "input", "prompt") array, its "tools", and the rest; each
 * piece is
 * stored once by its digest, zstd compressed.  A body is the list of its
 * pieces, and comes back to the byte, whatever its spacing was.
 */
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

struct tg_store;
enum tg_body_side {
	TG_BODY_REQUEST,
	TG_BODY_ANSWER,
	TG_BODY_HEADS,		/* JSON, see gate/keep.c */
	TG_BODY_UPSTREAM,	/* JSON: who said what when something failed */
	TG_BODY__MAX
};

/* All that is kept of a call; a view without p: none. */
struct tg_body {
	struct tg_str side[TG_BODY__MAX];
	/* a part of the heads that many calls share, or the empty view */
	struct tg_str shared;
};

/*
 * Stores what is given (a view without p: none) under the call's id, in one
 * transaction.  A body need not be JSON (then it is one piece).
 */
int tg_body_put(struct tg_store *s, const char *call_id, struct tg_str request,
    struct tg_str answer, struct tg_err *e);
int tg_body_keep(struct tg_store *s, const char *call_id,
    const struct tg_body *body, struct tg_err *e);
/* 1 found (text in the arena), 0 not there, -1 failed or damaged. */
int tg_body_get(struct tg_store *s, struct tg_arena *a, const char *call_id,
    enum tg_body_side side, struct tg_str *text, struct tg_err *e);

/* The same inside the caller's tg_read() or tg_write(), with its pieces. */
struct tg_body_piece {
	size_t at, n;		/* bytes of the text */
	int64_t piece;		/* its row */
};
struct tg_body_look {
	const char *call_id;
	enum tg_body_side side;
	struct tg_str text;
	struct tg_body_piece *pieces;
	size_t n_pieces;
};
struct tg_db;
int tg_body_look(struct tg_db *db, struct tg_arena *a, struct tg_body_look *l,
    struct tg_err *e);

struct tg_body_caps {
	int64_t max_age_s, max_rows, max_bytes;	/* 0: no cap */
};
/*
 * One small slice of pruning (a few hundred rows); 1: more is to do, 0: within
 * the
 * caps and the file has been given its free pages back, -1 failed.
 */
int tg_body_prune(struct tg_store *s, const struct tg_body_caps *caps,
    struct tg_err *e);
#endif
