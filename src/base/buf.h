#ifndef TG_BASE_BUF_H
#define TG_BASE_BUF_H
/*
 * A growing byte buffer on the heap, born with a ceiling.  After the first
 * refusal (ceiling, no memory) every further add fails too and 'failed'
 * stays set until reset, so a run of adds is checked once at its end.
 * Invariant: p is NULL or p[n] is NUL.  The owner frees it.
 */
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

struct tg_buf {
	char *p;
	size_t n, cap, max;
	bool failed;
};

void tg_buf_init(struct tg_buf *b, size_t max_bytes);
void tg_buf_free(struct tg_buf *b);
/* Empty, memory kept; _shrink also gives memory above keep_bytes back. */
void tg_buf_reset(struct tg_buf *b);
void tg_buf_shrink(struct tg_buf *b, size_t keep_bytes);
int tg_buf_add(struct tg_buf *b, const void *p, size_t n);
int tg_buf_adds(struct tg_buf *b, struct tg_str s);
int tg_buf_addc(struct tg_buf *b, const char *c);
int tg_buf_byte(struct tg_buf *b, char c);
int tg_buf_printf(struct tg_buf *b, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
int tg_buf_vprintf(struct tg_buf *b, const char *fmt, va_list ap);
/*
 * Room for n more bytes (and the NUL) at p + b->n, NULL past the ceiling.  The
 * caller fills it, adds to b->n what came and sets the NUL behind it.
 */
char *tg_buf_room(struct tg_buf *b, size_t n);
/* Take n bytes off the front. */
void tg_buf_drop(struct tg_buf *b, size_t n);
struct tg_str tg_buf_str(const struct tg_buf *b);
#endif
