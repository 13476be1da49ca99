#ifndef TG_STORE_SEARCH_H
#define TG_STORE_SEARCH_H
/*
 * Full text of what was said in calls: FTS5 by trigrams over the pieces of
 * bodies, each once, so that a prompt of a hundred calls is one entry.
 * Parts of words are found, and one or two characters too (Chinese,
 * Japanese): our tokenizer is that of FTS5 with the ends of texts and short
 * queries added.
 */
#include "base/arena.h"
#include "store/db.h"

struct tg_search_query {
	struct tg_str text;	/* words; "a phrase"; -not; OR */
	int64_t before_seq;	/* going on from there, 0: the newest */
	int64_t limit;
	/* passes those that other filters let through; NULL: all */
	bool (*passes)(int64_t seq, void *arg);
	void *arg;
};
struct tg_search_hit {
	int64_t seq;		/* of the call's row */
	int64_t piece;		/* where it was said; see tg_piece_text() */
};
/*
 * The newest calls first, each once.  *more: there may be others.
 * TG_E_INVALID: nothing to look for, in the user's words.  In tg_read() of
 * TG_DB_LOG.
 */
int tg_search(struct tg_db *db, struct tg_arena *a,
    const struct tg_search_query *q, struct tg_search_hit **hits, size_t *n,
    bool *more, struct tg_err *e);
/* A piece's bytes (JSON), in the arena; 0: it is gone. */
int tg_piece_text(struct tg_db *db, struct tg_arena *a, int64_t piece,
    struct tg_str *text, struct tg_err *e);
/* The query's words, for marking; "-not" left out. */
int tg_search_words(struct tg_arena *a, struct tg_str text,
    struct tg_str **words, size_t *n);
#endif
