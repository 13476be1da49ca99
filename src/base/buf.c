/*
 * A growing byte buffer with a ceiling.  What a request gathers whose size is
 * not known before (an upstream's answer, a reply, a line) goes through one.
 * It only refuses; saying why a request was refused is left to the caller.
 */
#include "config.h"
#include "base/buf.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define FIRST_BYTES 64

static int grow(struct tg_buf *b, size_t n);

void
tg_buf_init(struct tg_buf *b, size_t max_bytes)
{
	*b = (struct tg_buf){.max = max_bytes};
}

void
tg_buf_free(struct tg_buf *b)
{
	free(b->p);
	*b = (struct tg_buf){.max = b->max};
}

void
tg_buf_reset(struct tg_buf *b)
{
	b->n = 0;
	b->failed = false;
	if (b->p != NULL)
		b->p[0] = '\0';
}

void
tg_buf_shrink(struct tg_buf *b, size_t keep_bytes)
{
	char *p;

	tg_buf_reset(b);
	if (b->cap <= keep_bytes)
		return;
	if (keep_bytes == 0) {
		tg_buf_free(b);
		return;
	}
	p = realloc(b->p, keep_bytes);
	if (p == NULL)
		return;		/* the larger one is still good */
	b->p = p;
	b->cap = keep_bytes;
}

int
tg_buf_add(struct tg_buf *b, const void *p, size_t n)
{
	char *to = tg_buf_room(b, n);

	if (to == NULL)
		return -1;
	if (n > 0)
		memcpy(to, p, n);
	b->n += n;
	b->p[b->n] = '\0';
	return 0;
}

int
tg_buf_adds(struct tg_buf *b, struct tg_str s)
{
	return tg_buf_add(b, s.p, s.n);
}

int
tg_buf_addc(struct tg_buf *b, const char *c)
{
	return tg_buf_adds(b, tg_str(c));
}

int
tg_buf_byte(struct tg_buf *b, char c)
{
	return tg_buf_add(b, &c, 1);
}

int
tg_buf_printf(struct tg_buf *b, const char *fmt, ...)
{
	va_list ap;
	int r;

	va_start(ap, fmt);
	r = tg_buf_vprintf(b, fmt, ap);
	va_end(ap);
	return r;
}

int
tg_buf_vprintf(struct tg_buf *b, const char *fmt, va_list ap)
{
	va_list again;
	size_t left;
	char *to;
	int n;

	/* Mostly it fits into what is there. */
	if (b->failed)
		return -1;
	left = b->cap > 0 ? b->cap - b->n : 0;
	va_copy(again, ap);
	n = vsnprintf(left > 0 ? b->p + b->n : NULL, left, fmt, again);
	va_end(again);
	if (n >= 0 && (size_t)n < left) {
		b->n += (size_t)n;
		return 0;
	}
	if (left > 0)
		b->p[b->n] = '\0';
	if (n < 0) {
		b->failed = true;
		return -1;
	}
	to = tg_buf_room(b, (size_t)n);
	if (to == NULL)
		return -1;
	vsnprintf(to, (size_t)n + 1, fmt, ap);
	b->n += (size_t)n;
	return 0;
}

char *
tg_buf_room(struct tg_buf *b, size_t n)
{
	if (b->failed)
		return NULL;
	/* cap counts the NUL's byte; without memory it is 0 */
	if ((b->cap == 0 || n > b->cap - 1 - b->n) && grow(b, n) == -1) {
		b->failed = true;
		return NULL;
	}
	return b->p + b->n;
}

void
tg_buf_drop(struct tg_buf *b, size_t n)
{
	if (b->p == NULL || n == 0)
		return;
	if (n > b->n)
		n = b->n;
	b->n -= n;
	memmove(b->p, b->p + n, b->n);
	b->p[b->n] = '\0';
}

struct tg_str
tg_buf_str(const struct tg_buf *b)
{
	return (struct tg_str){b->p, b->n};
}

/* Twice as large, at least as large as needed, at most the ceiling. */
static int
grow(struct tg_buf *b, size_t n)
{
	size_t cap = b->cap < FIRST_BYTES ? FIRST_BYTES : b->cap;
	char *p;

	if (b->n > b->max || n > b->max - b->n || b->max >= SIZE_MAX / 4)
		return -1;
	while (cap < b->n + n + 1)
		cap *= 2;
	if (cap > b->max + 1)
		cap = b->max + 1;
	p = realloc(b->p, cap);
	if (p == NULL)
		return -1;
	p[b->n] = '\0';
	b->p = p;
	b->cap = cap;
	return 0;
}
