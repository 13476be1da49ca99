#ifndef TG_STORE_MARKS_H
#define TG_STORE_MARKS_H
/*
 * Which calls have what: sets of row numbers by dimension and value, a row
 * for each block of 65,536 numbers.  Upkeep writes them some time after the
 * calls (tg_summary_fold()), so that the calls need no index for each.
 * Stored as 2 bytes a number (little-endian, rising), or as 65,536 bits where
 * that is shorter.  What has not been taken up yet is told by follow.h.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct tg_db;
enum tg_mark {
	TG_MARK_KEY,		/* value: the row's number */
	TG_MARK_PERSON,
	TG_MARK_TEAM,
	TG_MARK_CUSTOMER,
	TG_MARK_ORGANIZATION,
	TG_MARK_PROJECT,
	TG_MARK_TAG,
	TG_MARK_MODEL,
	TG_MARK_PROVIDER,
	TG_MARK_DEPLOYMENT,
	TG_MARK_ROUTE,
	TG_MARK_SESSION,	/* the beginning, TG_MARK_TEXT bytes */
	TG_MARK_AGENT,		/* the same */
	TG_MARK_STATE,		/* enum tg_call_state's number */
	TG_MARK_STATUS,		/* 200 */
	TG_MARK_COST,		/* these by size: see tg_mark_size() */
	TG_MARK_TOKENS,
	TG_MARK_DURATION,
	TG_MARK__MAX
};
#define TG_MARK_BLOCK 65536
#define TG_MARK_TEXT 200
#define TG_MARK_WORDS (TG_MARK_BLOCK / 64)

struct tg_mark_set {
	uint64_t words[TG_MARK_WORDS];
};
/*
 * A size as a value that sorts as it does: a quarter of an octave together,
 * "000" to "252"; below 0 "-" (not known).
 */
#define TG_MARK_SIZE 4
void tg_mark_size(char out[TG_MARK_SIZE], int64_t n);

/* Values between two (both included), or that hold a part. */
struct tg_mark_want {
	enum tg_mark dim;
	const char *from, *to;
	const char *part;		/* ASCII case folded; NULL: all */
};
/* Adds those of the block to the set. */
int tg_marks_read(struct tg_db *db, const struct tg_mark_want *want,
    int64_t block, struct tg_mark_set *set, struct tg_err *e);
/* Values and blocks of a dimension: the highest value, the last block first. */
struct tg_mark_place {
	int64_t block;
	char value[TG_MARK_SIZE];
};
struct tg_mark_places {
	struct tg_mark_place *p;
	size_t n;
};
struct tg_mark_span {
	enum tg_mark dim;
	int64_t first, last;		/* blocks */
};
struct tg_arena;
int tg_marks_places(struct tg_db *db, struct tg_arena *a,
    const struct tg_mark_span *span, struct tg_mark_places *out,
    struct tg_err *e);
/* In tg_write(): adds rows of that block (seqs are sorted), or takes one. */
struct tg_mark_place_of {
	enum tg_mark dim;
	int64_t block;
	const char *value;
};
int tg_marks_add(struct tg_db *db, const struct tg_mark_place_of *of,
    int64_t *seqs, size_t n_seqs, struct tg_err *e);
int tg_marks_drop(struct tg_db *db, const struct tg_mark_place_of *of,
    int64_t seq, struct tg_err *e);

bool tg_mark_has(const struct tg_mark_set *set, int64_t seq);
void tg_mark_set(struct tg_mark_set *set, int64_t seq);
void tg_mark_and(struct tg_mark_set *set, const struct tg_mark_set *other);
/* The highest (lowest) at or below (above) at, -1 none; 0 <= at < BLOCK. */
int tg_mark_below(const struct tg_mark_set *set, int at);
int tg_mark_above(const struct tg_mark_set *set, int at);
#endif
