#ifndef TG_BASE_ARENA_H
#define TG_BASE_ARENA_H
/*
 * A request's memory: everything that lives as long as one request comes out
 * of its arena and is freed at once.  Allocation never returns NULL (the
 * process ends when the system has none).  Past the ceiling it still gives,
 * and tg_arena_over() turns true: the stages look there and end the request
 * with an error long before the system suffers.  Not thread safe: one arena,
 * one thread.
 */
#include <stdbool.h>
#include <stdarg.h>
#include <stddef.h>

#include "base/str.h"

struct tg_arena;
struct tg_arena_mark {
	void *chunk;
	size_t used;
};

/* First chunk is allocated at the first use. */
struct tg_arena *tg_arena_new(size_t ceiling_bytes);
void tg_arena_free(struct tg_arena *a);
/* Gives all back but one chunk for reuse. */
void tg_arena_reset(struct tg_arena *a);
bool tg_arena_over(const struct tg_arena *a);

/* 16-byte aligned; _zero is cleared. */
void *tg_arena_alloc(struct tg_arena *a,
    size_t n) __attribute__((returns_nonnull, malloc));
void *tg_arena_zero(struct tg_arena *a,
    size_t n) __attribute__((returns_nonnull, malloc));
/* Copies end in a NUL that .n does not count. */
struct tg_str tg_arena_copy(struct tg_arena *a, struct tg_str s);
char *tg_arena_cstr(struct tg_arena *a, struct tg_str s);
char *tg_arena_printf(struct tg_arena *a, const char *fmt, ...)
    __attribute__((format(printf, 2, 3), returns_nonnull));
char *tg_arena_vprintf(struct tg_arena *a, const char *fmt, va_list ap);

/* All that was allocated since the mark is given back by the rewind. */
struct tg_arena_mark tg_arena_mark(struct tg_arena *a);
void tg_arena_rewind(struct tg_arena *a, struct tg_arena_mark m);
#endif
