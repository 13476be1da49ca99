/*
 * Sums by any dimensions: an open-addressed table of groups.  Texts are made
 * one pointer for each spelling, so that a group is found by integers alone.
 */
#include "config.h"

#include "web/tally.h"

#include <stdlib.h>

#include "base/arena.h"
#include "base/civil.h"
#include "base/log.h"
#include "base/zone.h"

#define DAY_S (24 * 3600)
#define FIRST_SLOTS 64
#define TALLY_BYTES ((size_t)1 << 31)

struct table {
	void **slots;		/* groups, or texts */
	size_t size, used;	/* size: a power of two */
};

struct tg_tally {
	unsigned dims;
	const struct tg_zone *zone;	/* NULL: only the offset */
	int64_t offset_s, since_s, until_s;	/* and when it holds */
	struct tg_arena *arena;
	struct table groups, texts;
	const struct tg_group **list;
	struct tg_sums total;
};

static struct tg_group *group_of(struct tg_tally *, const int64_t *);
static const char *intern(struct tg_tally *, const char *);
static void add_sums(struct tg_sums *, const struct tg_sums *);
static int64_t day_of(struct tg_tally *, int64_t);

struct tg_tally *
tg_tally_new(unsigned dims, int west_min)
{
	struct tg_tally *t = calloc(1, sizeof(*t));

	if (t == NULL)
		tg_fatal("out of memory");
	t->dims = dims;
	t->offset_s = -60LL * west_min;
	t->since_s = INT64_MIN;
	t->until_s = INT64_MAX;
	t->arena = tg_arena_new(TALLY_BYTES);
	return t;
}

void
tg_tally_zone(struct tg_tally *t, const char *zone)
{
	t->zone = tg_zone_find(tg_str(zone));
	if (t->zone != NULL)
		t->since_s = t->until_s = 0; /* asked at the first hour */
}

void
tg_tally_free(struct tg_tally *t)
{
	if (t == NULL)
		return;
	free(t->groups.slots);
	free(t->texts.slots);
	free(t->list);
	tg_arena_free(t->arena);
	free(t);
}

static bool
is_text(int dim)
{
	return dim >= TG_DIM_MODEL && dim <= TG_DIM_ROUTE;
}

const char *
tg_group_text(const struct tg_group *g, enum tg_dim dim)
{
	const char *text = (const char *)(intptr_t)g->v[dim];

	return text != NULL ? text : "";
}

int64_t
tg_sums_input(const struct tg_sums *s)
{
	int64_t n = 0;

	for (int i = TG_TOK_INPUT; i < TG_TOK_OUTPUT; i++)
		n += s->tokens[i];
	return n;
}

int64_t
tg_sums_output(const struct tg_sums *s)
{
	return s->tokens[TG_TOK_OUTPUT] + s->tokens[TG_TOK_AUDIO_OUTPUT];
}

/* --- in --- */

int
tg_tally_add(const struct tg_rollup *r, void *tally)
{
	struct tg_tally *t = tally;
	const char *const texts[] = { r->model, r->deployment, r->provider,
		r->route };
	int64_t v[TG_DIM__MAX] = {
		[TG_DIM_DAY] = day_of(t, r->hour_at / 1000000),
		[TG_DIM_FACET] = r->facet,
		[TG_DIM_PERSON] = r->person,
		[TG_DIM_TEAM] = r->team,
		[TG_DIM_PROJECT] = r->project,
		[TG_DIM_ORGANIZATION] = r->organization,
		[TG_DIM_KEY] = r->key_id,
	};
	struct tg_sums one = {
		.calls = r->calls,
		.failed = r->state != TG_CALL_DONE ? r->calls : 0,
		.unpriced = r->unpriced,
		.reasoning_tokens = r->reasoning_tokens,
		.cost_nano = r->cost_nano,
		.provider_cost_nano = r->provider_cost_nano,
		.total_us = r->total_us,
		.first_us = r->first_us,
		.firsts = r->firsts,
	};

	memcpy(one.tokens, r->tokens, sizeof(one.tokens));
	for (int i = 0; i < TG_DIM__MAX; i++)
		if ((t->dims & TG_BY(i)) == 0)
			v[i] = 0;
		else if (is_text(i))
			v[i] = (intptr_t)intern(t, texts[i - TG_DIM_MODEL]);
	add_sums(&group_of(t, v)->sums, &one);
	add_sums(&t->total, &one);
	return 0;
}

void
tg_tally_fold(struct tg_tally *t, const struct tg_group *g)
{
	int64_t v[TG_DIM__MAX];

	for (int i = 0; i < TG_DIM__MAX; i++)
		v[i] = (t->dims & TG_BY(i)) != 0 ? g->v[i] : 0;
	add_sums(&group_of(t, v)->sums, &g->sums);
	add_sums(&t->total, &g->sums);
}

static int64_t
day_of(struct tg_tally *t, int64_t utc_s)
{
	if (utc_s < t->since_s || utc_s >= t->until_s)
		t->offset_s = tg_zone_offset(
		    t->zone, utc_s, &t->since_s, &t->until_s);
	return tg_floor_div(utc_s + t->offset_s, DAY_S);
}

static void
add_sums(struct tg_sums *to, const struct tg_sums *s)
{
	to->calls += s->calls;
	to->failed += s->failed;
	to->unpriced += s->unpriced;
	for (int i = 0; i < TG_TOK__MAX; i++)
		to->tokens[i] += s->tokens[i];
	to->reasoning_tokens += s->reasoning_tokens;
	to->cost_nano += s->cost_nano;
	to->provider_cost_nano += s->provider_cost_nano;
	to->total_us += s->total_us;
	to->first_us += s->first_us;
	to->firsts += s->firsts;
	to->saved_nano += s->saved_nano;
}

/* --- tables --- */

static uint64_t
mix(uint64_t h, uint64_t v)
{
	h = (h ^ v) * 0x9e3779b97f4a7c15u;
	return h ^ (h >> 29);
}

static uint64_t
hash_group(const void *item)
{
	const struct tg_group *g = item;
	uint64_t h = 0;

	for (int i = 0; i < TG_DIM__MAX; i++)
		h = mix(h, (uint64_t)g->v[i]);
	return h;
}

static uint64_t
hash_text(const void *item)
{
	const char *p = item;
	uint64_t h = 0;

	for (; *p != '\0'; p++)
		h = mix(h, (unsigned char)*p);
	return h;
}

/* Room for one more; at most half of the slots are in use. */
static void
grow(struct table *t, uint64_t (*hash)(const void *))
{
	size_t size = t->size != 0 ? t->size * 2 : FIRST_SLOTS;
	void **slots;

	if ((t->used + 1) * 2 <= t->size)
		return;
	slots = calloc(size, sizeof(*slots));
	if (slots == NULL)
		tg_fatal("out of memory");
	for (size_t i = 0; i < t->size; i++) {
		size_t at;
		if (t->slots[i] == NULL)
			continue;
		at = hash(t->slots[i]) & (size - 1);
		while (slots[at] != NULL)
			at = (at + 1) & (size - 1);
		slots[at] = t->slots[i];
	}
	free(t->slots);
	t->slots = slots;
	t->size = size;
}

static struct tg_group *
group_of(struct tg_tally *t, const int64_t *v)
{
	struct tg_group wanted = { .v = { 0 } }, *g;
	size_t at;

	memcpy(wanted.v, v, sizeof(wanted.v));
	grow(&t->groups, hash_group);
	at = hash_group(&wanted) & (t->groups.size - 1);
	while ((g = t->groups.slots[at]) != NULL) {
		if (memcmp(g->v, v, sizeof(g->v)) == 0)
			return g;
		at = (at + 1) & (t->groups.size - 1);
	}
	g = tg_arena_alloc(t->arena, sizeof(*g));
	*g = wanted;
	t->groups.slots[at] = g;
	t->groups.used++;
	return g;
}

static const char *
intern(struct tg_tally *t, const char *text)
{
	char *found;
	size_t at;

	text = text != NULL ? text : "";
	grow(&t->texts, hash_text);
	at = hash_text(text) & (t->texts.size - 1);
	while ((found = t->texts.slots[at]) != NULL) {
		if (strcmp(found, text) == 0)
			return found;
		at = (at + 1) & (t->texts.size - 1);
	}
	found = tg_arena_cstr(t->arena, tg_str(text));
	t->texts.slots[at] = found;
	t->texts.used++;
	return found;
}

/* --- out --- */

static int
compare_dim(const struct tg_group *a, const struct tg_group *b, int dim)
{
	if (is_text(dim))
		return strcmp(tg_group_text(a, (enum tg_dim)dim),
		    tg_group_text(b, (enum tg_dim)dim));
	return (a->v[dim] > b->v[dim]) - (a->v[dim] < b->v[dim]);
}

static int
by_rest(const struct tg_group *a, const struct tg_group *b)
{
	int rc = 0;

	for (int i = TG_DIM_DAY + 1; i < TG_DIM__MAX && rc == 0; i++)
		rc = compare_dim(a, b, i);
	return rc;
}

static int
rising(const void *left, const void *right)
{
	const struct tg_group *a = *(const struct tg_group *const *)left;
	const struct tg_group *b = *(const struct tg_group *const *)right;
	int rc = compare_dim(a, b, TG_DIM_DAY);

	return rc != 0 ? rc : by_rest(a, b);
}

static int
newest(const void *left, const void *right)
{
	const struct tg_group *a = *(const struct tg_group *const *)left;
	const struct tg_group *b = *(const struct tg_group *const *)right;
	int rc = compare_dim(b, a, TG_DIM_DAY);

	return rc != 0 ? rc : by_rest(a, b);
}

static int
dearest(const void *left, const void *right)
{
	const struct tg_group *a = *(const struct tg_group *const *)left;
	const struct tg_group *b = *(const struct tg_group *const *)right;
	int64_t x = a->sums.cost_nano, y = b->sums.cost_nano;

	return x != y ? (x < y) - (x > y) : rising(left, right);
}

const struct tg_group *const *
tg_tally_groups(struct tg_tally *t, enum tg_tally_order order, size_t *n)
{
	static int (*const orders[])(const void *, const void *) = {
		[TG_TALLY_RISING] = rising,
		[TG_TALLY_NEWEST] = newest,
		[TG_TALLY_DEAREST] = dearest,
	};

	*n = 0;
	free(t->list);
	t->list = calloc(t->groups.used + 1, sizeof(*t->list));
	if (t->list == NULL)
		tg_fatal("out of memory");
	for (size_t i = 0; i < t->groups.size; i++)
		if (t->groups.slots[i] != NULL)
			t->list[(*n)++] = t->groups.slots[i];
	if (*n > 0)
		qsort(t->list, *n, sizeof(*t->list), orders[order]);
	return t->list;
}

void
tg_tally_each(struct tg_tally *t, tg_tally_fn *fn, void *arg)
{
	for (size_t i = 0; i < t->groups.size; i++)
		if (t->groups.slots[i] != NULL)
			fn(t->groups.slots[i], arg);
}

const struct tg_sums *
tg_tally_total(const struct tg_tally *t)
{
	return &t->total;
}
