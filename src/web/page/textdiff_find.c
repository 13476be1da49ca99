/*
 * The shortest way from one sequence to another, found greedily and walked
 * back.  Items are numbered first, so that comparing two is comparing numbers.
 */
#include "config.h"

#include "web/page/textdiff_find.h"

#include <stdint.h>
#include <stdlib.h>

struct slot {
	struct tg_str item;
	uint64_t hash;
	int id;			/* 0: free */
};
struct slots {
	struct slot *at;
	size_t mask;
	int n;
};

/* The middle, without what both begin and end with. */
struct search {
	const int *a, *b;
	long n, m;
	int *reach;		/* by diagonal, of this step */
	int **trace;		/* of each step before */
	int steps, way;		/* made; that led to the furthest point */
};

static int number(struct slots *t, struct tg_sequence *s);
static long search(struct search *s, int most, long *x);
static void walk_back(struct search *s, long x, long y, bool *kept_a,
    bool *kept_b);
static int find_middle(struct tg_sequence *a, struct tg_sequence *b,
    size_t head, size_t tail, int most);

int
tg_sequence_new(struct tg_sequence *s, size_t n)
{
	*s = (struct tg_sequence){ 0 };
	s->item = calloc(n + 1, sizeof(*s->item));
	s->id = calloc(n + 1, sizeof(*s->id));
	s->kept = calloc(n + 1, sizeof(*s->kept));
	if (s->item != NULL && s->id != NULL && s->kept != NULL)
		return 0;
	tg_sequence_free(s);
	return -1;
}

void
tg_sequence_free(struct tg_sequence *s)
{
	free(s->item);
	free(s->id);
	free(s->kept);
	*s = (struct tg_sequence){ 0 };
}

int
tg_sequence_compare(struct tg_sequence *a, struct tg_sequence *b, int most)
{
	size_t head = 0, tail = 0, room = 16;
	struct slots t = { 0 };

	while (room < (a->n + b->n) * 2)
		room *= 2;
	t.at = calloc(room, sizeof(*t.at));
	if (t.at == NULL)
		return -1;
	t.mask = room - 1;
	(void)number(&t, a);
	(void)number(&t, b);
	free(t.at);
	while (head < a->n && head < b->n && a->id[head] == b->id[head]) {
		a->kept[head] = b->kept[head] = true;
		head++;
	}
	while (tail < a->n - head && tail < b->n - head &&
	    a->id[a->n - 1 - tail] == b->id[b->n - 1 - tail]) {
		a->kept[a->n - 1 - tail] = b->kept[b->n - 1 - tail] = true;
		tail++;
	}
	return find_middle(a, b, head, tail, most);
}

/* --- numbers --- */

static uint64_t
hash_of(struct tg_str s)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325);

	for (size_t i = 0; i < s.n; i++)
		h = (h ^ (unsigned char)s.p[i]) * UINT64_C(0x100000001b3);
	return h ^ h >> 29;
}

static int
number(struct slots *t, struct tg_sequence *s)
{
	for (size_t i = 0; i < s->n; i++) {
		uint64_t h = hash_of(s->item[i]);
		struct slot *at = &t->at[h & t->mask];

		while (at->id != 0 && (at->hash != h ||
		    !tg_str_eq(at->item, s->item[i])))
			at = &t->at[(size_t)(at - t->at + 1) & t->mask];
		if (at->id == 0)
			*at = (struct slot){ s->item[i], h, ++t->n };
		s->id[i] = at->id;
	}
	return t->n;
}

/* --- the way --- */

static int
find_middle(struct tg_sequence *a, struct tg_sequence *b, size_t head,
    size_t tail, int most)
{
	struct search s = {
		.a = a->id + head,
		.b = b->id + head,
		.n = (long)(a->n - head - tail),
		.m = (long)(b->n - head - tail),
	};
	long x = 0, y;

	if (s.n == 0 || s.m == 0)
		return 0;
	s.reach = calloc((size_t)most * 2 + 3, sizeof(*s.reach));
	s.trace = calloc((size_t)most + 1, sizeof(*s.trace));
	y = s.reach != NULL && s.trace != NULL ? search(&s, most, &x) : -1;
	if (y >= 0)
		walk_back(&s, x, y, a->kept + head, b->kept + head);
	for (int i = 0; s.trace != NULL && i < s.steps; i++)
		free(s.trace[i]);
	free(s.trace);
	free(s.reach);
	return y >= 0 ? 0 : -1;
}

/* How far diagonal k gets in step d, from where the last step came. */
static long
advance(const struct search *s, const int *v, int d, int k)
{
	long x = k == -d || (k != d && v[k - 1] < v[k + 1]) ? v[k + 1] :
							      v[k - 1] + 1;

	while (x < s->n && x - k < s->m && x >= 0 && x - k >= 0 &&
	    s->a[x] == s->b[x - k])
		x++;
	return x;
}

/*
 * Steps until the end is reached, or most are made; *x and y are where the
 * way gets that got furthest.  -1: no memory.
 */
static long
search(struct search *s, int most, long *x)
{
	int *v = s->reach + most + 1;
	long best = -1, at, y = 0;

	for (int d = 0; d <= most; d++) {
		best = -1;
		for (int k = -d; k <= d; k += 2) {
			at = advance(s, v, d, k);
			v[k] = (int)at;
			if (at > s->n || at - k > s->m || 2 * at - k <= best)
				continue;
			best = 2 * at - k;
			*x = at;
			y = at - k;
			s->way = d;
		}
		s->trace[d] = malloc(sizeof(int) * ((size_t)d * 2 + 1));
		if (s->trace[d] == NULL)
			return -1;
		memcpy(s->trace[d], v - d, sizeof(int) * ((size_t)d * 2 + 1));
		s->steps = d + 1;
		if (best == s->n + s->m)
			break;
	}
	return y;
}

static void
walk_back(struct search *s, long x, long y, bool *kept_a, bool *kept_b)
{
	for (int d = s->way; d >= 0; d--) {
		const int *v = d > 0 ? s->trace[d - 1] + d - 1 : NULL;
		long from = 0, k = x - y, before = 0;

		if (d > 0) {
			bool down =
			    k == -d || (k != d && v[k - 1] < v[k + 1]);

			before = down ? k + 1 : k - 1;
			from = v[before];
		}
		while (x > from && y > from - before) {
			x--;
			y--;
			kept_a[x] = kept_b[y] = true;
		}
		x = from;
		y = from - before;
	}
}
