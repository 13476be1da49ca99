#ifndef TG_STORE_RECIPE_H
#define TG_STORE_RECIPE_H
/*
 * How a body is put together again: pieces that are stored once for all
 * bodies, with the text between them.
 *
 *	recipe = bytes n op{n} form text_bytes text
 *	op     = gap piece
 *
 * All numbers are varints (7 bits a byte, lowest first, high bit: more
 * follow).  bytes is the body's length; gap counts bytes of text before the
 * piece; piece is its row's number, as the zigzag coded difference to the
 * one before.  form: 0 text as it is, 1 zstd; text_bytes: when unpacked.  The
 * text left over follows the last piece.
 */
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/str.h"

struct tg_span {
	size_t at, n;		/* bytes of the body */
};

/*
 * Where the pieces of a body are, in order: elements of "messages", "input"
 * or "prompt", and the value of "tools".  None when it is no JSON object, or
 * small.  *spans is malloc'ed; -1: no memory.
 */
int tg_recipe_cut(struct tg_str body, struct tg_span **spans, size_t *n);

/*
 * Writes in two steps: packs the text between the spans into 'tail', then
 * all of it, when the pieces' numbers are known, into 'out'.
 */
int tg_recipe_tail(struct tg_buf *tail, struct tg_str body,
    const struct tg_span *spans, size_t n);
struct tg_recipe_parts {
	size_t bytes;			/* of the body */
	const struct tg_span *spans;
	const int64_t *pieces;
	size_t n;
	struct tg_str tail;
};
int tg_recipe_write(struct tg_buf *out, const struct tg_recipe_parts *parts);

/* Reading; 'text' is what stands between the pieces. */
struct tg_recipe {
	size_t bytes, n;		/* n: ops that are left */
	struct tg_str ops, text;
	int64_t piece;
};
/* -1: damaged. */
int tg_recipe_open(
    struct tg_arena *a, struct tg_str recipe, struct tg_recipe *r);
/* 1 an op: the text before the piece, and its number; 0 no more; -1 damaged.
 * After the last, r->text is what is left over. */
int tg_recipe_next(struct tg_recipe *r, struct tg_str *gap, int64_t *piece);
#endif
