#include "config.h"

#include "store/call_scan_inner.h"

/*
 * Looking calls up by size, the largest first: marks know sizes roughly, so
 * rows of one rough size after another are read, until there are enough.
 */
#include <stdlib.h>

#define CACHED 1024		/* blocks */

struct place {
	int64_t value, seq;
};
struct sorting {
	struct tg_scanning *k;
	void *places;
	size_t n;
	struct tg_mark_set **blocks;	/* what conditions let through */
	int64_t first;			/* block */
	bool enough;
};

static const enum tg_mark dims[TG_SCAN__MAX] = {
	[TG_SCAN_COST] = TG_MARK_COST,
	[TG_SCAN_TOKENS] = TG_MARK_TOKENS,
	[TG_SCAN_DURATION] = TG_MARK_DURATION,
};

static int by_size(struct sorting *o);
static int finish(struct sorting *o);
static int rest(struct sorting *o);

/* On an earlier page. */
static bool
shown(const struct tg_call_scan *s, int64_t value, int64_t seq)
{
	return s->after_seq != 0 &&
	    (value > s->after_value ||
		(value == s->after_value && seq >= s->after_seq));
}

static int
look(struct sorting *o, int64_t seq)
{
	struct tg_scanning *k = o->k;
	const struct tg_call_scan *s = k->s;
	struct tg_arena_mark mark = tg_arena_mark(k->a);
	struct tg_call_row c;
	struct place *p;
	int64_t value;
	int rc;

	if (seq < k->lo || seq > k->hi)
		return 0;
	if (!tg_scan_may(k)) {
		o->enough = true;
		k->s->looked_seq = -1;
		return 1;
	}
	rc = tg_scan_row(k, seq, &c);
	if (rc != 1)
		return rc;
	value = tg_scan_value(s->sort, &c);
	tg_arena_rewind(k->a, mark);
	if (shown(s, value, seq))
		return 0;
	p = tg_rows_add(k->a, &o->places, &o->n, sizeof(*p));
	*p = (struct place){ value, seq };
	return 0;
}

int
tg_scan_sorted(struct tg_scanning *k)
{
	struct sorting o = {
		.k = k,
		.first = k->lo / TG_MARK_BLOCK,
		.blocks = calloc(CACHED, sizeof(*o.blocks)),
	};
	int rc;

	if (o.blocks == NULL)
		return tg_fail(k->e, TG_E_INTERNAL, "out of memory");
	rc = rest(&o);
	if (rc == 0 && k->w->seqs == NULL)
		rc = by_size(&o);
	for (int i = 0; i < CACHED; i++)
		free(o.blocks[i]);
	free(o.blocks);
	return rc == -1 ? -1 : finish(&o);
}

/* Rows that are not marked, or the only ones to look at. */
static int
rest(struct sorting *o)
{
	struct tg_scanning *k = o->k;
	int rc = 0;

	if (k->w->seqs != NULL) {
		for (size_t i = 0; rc == 0 && i < k->w->n_seqs; i++)
			rc = look(o, k->w->seqs[i]);
		return rc;
	}
	for (size_t i = 0; rc == 0 && i < k->rest.n; i++)
		rc = look(o, k->rest.seqs[i]);
	for (size_t i = 0; rc == 0 && i < k->open.n; i++)
		rc = look(o, k->open.seqs[i]);
	for (int64_t s = k->follow.seq + 1; rc == 0 && s <= k->follow.from;
	     s++)
		rc = look(o, s);
	return rc;
}

/* --- by rough sizes --- */

static int
passed(struct sorting *o, int64_t block, const struct tg_mark_set **set)
{
	int64_t i = block - o->first;
	struct tg_mark_set *one;

	*set = NULL;
	if (o->k->n_conds == 0)
		return 0;
	i %= CACHED;
	if (o->blocks[i] == NULL || block - o->first >= CACHED) {
		one = o->blocks[i] != NULL ? o->blocks[i] :
					     malloc(sizeof(*one));
		if (one == NULL)
			return tg_fail(
			    o->k->e, TG_E_INTERNAL, "out of memory");
		o->blocks[i] = one;
		if (tg_scan_marked(o->k, block, one) == -1)
			return -1;
	}
	*set = o->blocks[i];
	return 0;
}

static int
read_place(struct sorting *o, const struct tg_mark_place *p)
{
	struct tg_mark_want want = { dims[o->k->s->sort], p->value, p->value,
		NULL };
	const struct tg_mark_set *others;
	struct tg_mark_set set = { 0 };
	int rc;

	if (tg_marks_read(o->k->db, &want, p->block, &set, o->k->e) == -1 ||
	    passed(o, p->block, &others) == -1)
		return -1;
	if (others != NULL)
		tg_mark_and(&set, others);
	rc = 0;
	for (int at = TG_MARK_BLOCK; rc == 0 &&
	     (at = tg_mark_below(&set, at - 1)) != -1;)
		rc = look(o, p->block * TG_MARK_BLOCK + at);
	return rc;
}

/* Those that are surely above all smaller sizes. */
static size_t
sure(const struct sorting *o, const char *size)
{
	const struct place *p = o->places;
	char own[TG_MARK_SIZE];
	size_t n = 0;

	for (size_t i = 0; i < o->n; i++) {
		tg_mark_size(own, p[i].value);
		n += strcmp(own, size) >= 0;
	}
	return n;
}

static int
by_size(struct sorting *o)
{
	const struct tg_call_scan *s = o->k->s;
	struct tg_mark_span span = { dims[s->sort], o->first,
		o->k->hi / TG_MARK_BLOCK };
	struct tg_mark_places all;
	char most[TG_MARK_SIZE];
	int rc;

	rc = tg_marks_places(o->k->db, o->k->a, &span, &all, o->k->e);
	tg_mark_size(most, s->after_value);
	for (size_t i = 0; rc == 0 && i < all.n; i++) {
		const struct tg_mark_place *p = &all.p[i];

		if (s->after_seq != 0 && strcmp(p->value, most) > 0)
			continue;
		if (i > 0 && strcmp(p->value, p[-1].value) != 0 &&
		    sure(o, p[-1].value) > (size_t)s->limit)
			break;
		rc = read_place(o, p);
	}
	return rc;
}

/* --- the page --- */

static int
larger(const void *a, const void *b)
{
	const struct place *x = a, *y = b;

	if (x->value != y->value)
		return x->value > y->value ? -1 : 1;
	return x->seq > y->seq ? -1 : x->seq < y->seq;
}

static int
finish(struct sorting *o)
{
	struct tg_scanning *k = o->k;
	struct place *p = o->places;
	struct tg_call_row *c;
	size_t n = o->n;

	if (n > 0)
		qsort(p, n, sizeof(*p), larger);
	k->s->more = n > (size_t)k->s->limit || o->enough;
	if (n > (size_t)k->s->limit)
		n = (size_t)k->s->limit;
	for (size_t i = 0; i < n; i++) {
		c = tg_rows_add(k->a, &k->rows, &k->s->n, sizeof(*c));
		if (tg_call_get(k->db, k->a, p[i].seq, c, k->e) == -1)
			return -1;
	}
	return 0;
}
