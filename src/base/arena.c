/*
 * A request's memory: a stack of chunks, the newest on top.  Allocation moves
 * a mark in the top chunk; a rewind pops the chunks above the mark and keeps
 * one of them as a spare, so that a loop of mark, work and rewind over a
 * chunk's edge does not go to malloc each time.  Under AddressSanitizer what
 * is not given out is poisoned: use after a rewind is found.  What happens
 * when a request is above its ceiling is left to the stages.
 */
#include "config.h"
#include "base/arena.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(p, n) ((void)(p), (void)(n))
#define ASAN_UNPOISON_MEMORY_REGION(p, n) ((void)(p), (void)(n))
#endif

#define ALIGN		16
#define FIRST_BYTES	((size_t)16 * 1024)
#define SMALL_BYTES	256	/* what is printed is mostly smaller */
#define LARGEST_BYTES	((size_t)64 * 1024)	/* of a chunk made to share */

struct chunk {
	struct chunk *below;
	size_t size, used;	/* of bytes */
	_Alignas(ALIGN) char bytes[];
};

struct tg_arena {
	struct chunk *top;
	struct chunk *spare;	/* or NULL */
	size_t given, ceiling;	/* given: the sum of the chunks' used */
};

static struct chunk *chunk_new(const struct tg_arena *a, size_t n);
static void chunk_free(struct chunk *c);
static void push(struct tg_arena *a, size_t n);
static void pop(struct tg_arena *a);

struct tg_arena *
tg_arena_new(size_t ceiling_bytes)
{
	struct tg_arena *a = calloc(1, sizeof(*a));

	if (a == NULL)
		tg_fatal("out of memory: no arena");
	a->ceiling = ceiling_bytes;
	return a;
}

void
tg_arena_free(struct tg_arena *a)
{
	if (a == NULL)
		return;
	tg_arena_reset(a);
	chunk_free(a->spare);
	free(a);
}

void
tg_arena_reset(struct tg_arena *a)
{
	while (a->top != NULL)
		pop(a);
}

bool
tg_arena_over(const struct tg_arena *a)
{
	return a->given > a->ceiling;
}

void *
tg_arena_alloc(struct tg_arena *a, size_t n)
{
	size_t want = (n + ALIGN - 1) & ~(size_t)(ALIGN - 1);
	char *p;

	if (n > SIZE_MAX / 4)
		tg_fatal("out of memory: %zu bytes asked of an arena", n);
	if (want == 0)
		want = ALIGN;
	if (a->top == NULL || a->top->size - a->top->used < want)
		push(a, want);
	p = a->top->bytes + a->top->used;
	a->top->used += want;
	a->given += want;
	ASAN_UNPOISON_MEMORY_REGION(p, n);
	return p;
}

void *
tg_arena_zero(struct tg_arena *a, size_t n)
{
	return memset(tg_arena_alloc(a, n), 0, n);
}

struct tg_str
tg_arena_copy(struct tg_arena *a, struct tg_str s)
{
	return (struct tg_str){tg_arena_cstr(a, s), s.n};
}

char *
tg_arena_cstr(struct tg_arena *a, struct tg_str s)
{
	char *p = tg_arena_alloc(a, s.n + 1);

	if (s.n > 0)
		memcpy(p, s.p, s.n);
	p[s.n] = '\0';
	return p;
}

char *
tg_arena_printf(struct tg_arena *a, const char *fmt, ...)
{
	va_list ap;
	char *p;

	va_start(ap, fmt);
	p = tg_arena_vprintf(a, fmt, ap);
	va_end(ap);
	return p;
}

char *
tg_arena_vprintf(struct tg_arena *a, const char *fmt, va_list ap)
{
	char small[SMALL_BYTES];
	va_list again;
	char *p;
	int n;

	va_copy(again, ap);
	n = vsnprintf(small, sizeof(small), fmt, again);
	va_end(again);
	if (n < 0)
		return tg_arena_cstr(a, TG_STR_NONE);
	p = tg_arena_alloc(a, (size_t)n + 1);
	if ((size_t)n < sizeof(small))
		return memcpy(p, small, (size_t)n + 1);
	vsnprintf(p, (size_t)n + 1, fmt, ap);
	return p;
}

struct tg_arena_mark
tg_arena_mark(struct tg_arena *a)
{
	size_t used = a->top == NULL ? 0 : a->top->used;

	return (struct tg_arena_mark){a->top, used};
}

void
tg_arena_rewind(struct tg_arena *a, struct tg_arena_mark m)
{
	struct chunk *c;

	while (a->top != NULL && a->top != m.chunk)
		pop(a);
	c = a->top;
	if (c == NULL || c->used <= m.used)
		return;
	a->given -= c->used - m.used;
	c->used = m.used;
	ASAN_POISON_MEMORY_REGION(c->bytes + c->used, c->size - c->used);
}

/* Each shared chunk is twice the one below; a big wish gets its own. */
static struct chunk *
chunk_new(const struct tg_arena *a, size_t n)
{
	size_t size = FIRST_BYTES;
	struct chunk *c;

	if (a->top != NULL)
		size = a->top->size * 2;
	if (size > LARGEST_BYTES)
		size = LARGEST_BYTES;
	size -= sizeof(*c);
	if (size < n)
		size = n;
	c = malloc(sizeof(*c) + size);
	if (c == NULL)
		tg_fatal("out of memory: no arena chunk of %zu bytes", size);
	c->size = size;
	return c;
}

static void
chunk_free(struct chunk *c)
{
	if (c != NULL)
		ASAN_UNPOISON_MEMORY_REGION(c->bytes, c->size);
	free(c);
}

static void
push(struct tg_arena *a, size_t n)
{
	struct chunk *c = a->spare;

	if (c != NULL && c->size >= n)
		a->spare = NULL;
	else
		c = chunk_new(a, n);
	c->below = a->top;
	c->used = 0;
	a->top = c;
	ASAN_POISON_MEMORY_REGION(c->bytes, c->size);
}

/* The spare is the largest that was made to share, never a giant. */
static void
pop(struct tg_arena *a)
{
	struct chunk *c = a->top;

	a->top = c->below;
	a->given -= c->used;
	ASAN_POISON_MEMORY_REGION(c->bytes, c->size);
	if (c->size <= LARGEST_BYTES &&
	    (a->spare == NULL || a->spare->size < c->size)) {
		chunk_free(a->spare);
		a->spare = c;
	} else {
		chunk_free(c);
	}
}
