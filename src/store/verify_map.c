#include "config.h"

#include "store/verify_map.h"

/* Sums by two numbers: linear probing, doubled when two thirds are full. */
#include <stdlib.h>

#include "base/log.h"

#define FIRST_ROOM 1024

static struct tg_sum *
slot(const struct tg_sums *s, uint64_t a, uint64_t b)
{
	uint64_t h = (a * UINT64_C(0x9e3779b97f4a7c15)) ^
	    (b * UINT64_C(0xbf58476d1ce4e5b9));
	size_t i = (size_t)(h ^ (h >> 29)) & (s->room - 1);

	while (s->p[i].taken && (s->p[i].a != a || s->p[i].b != b))
		i = (i + 1) & (s->room - 1);
	return &s->p[i];
}

static void
grow(struct tg_sums *s)
{
	struct tg_sums more = { .n = s->n,
		.room = s->room == 0 ? FIRST_ROOM : s->room * 2 };

	more.p = calloc(more.room, sizeof(*more.p));
	if (more.p == NULL)
		tg_fatal("out of memory");
	for (size_t i = 0; i < s->room; i++)
		if (s->p[i].taken)
			*slot(&more, s->p[i].a, s->p[i].b) = s->p[i];
	free(s->p);
	*s = more;
}

struct tg_sum *
tg_sums_at(struct tg_sums *s, uint64_t a, uint64_t b)
{
	struct tg_sum *e;

	if ((s->n + 1) * 3 > s->room * 2)
		grow(s);
	e = slot(s, a, b);
	if (!e->taken) {
		*e = (struct tg_sum){ .a = a, .b = b, .taken = true };
		s->n++;
	}
	return e;
}

struct tg_sum *
tg_sums_find(const struct tg_sums *s, uint64_t a, uint64_t b)
{
	struct tg_sum *e = s->room > 0 ? slot(s, a, b) : NULL;

	return e != NULL && e->taken ? e : NULL;
}

void
tg_sums_free(struct tg_sums *s)
{
	free(s->p);
	*s = (struct tg_sums){ .p = NULL };
}
