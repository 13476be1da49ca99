#include "config.h"

#include "store/call_scan_inner.h"

/* From what is wanted to sets of rows, by marks. */
#include <assert.h>
#include <inttypes.h>

#define LEAST_SIZE "000"
#define MOST_SIZE "999"

static struct tg_scan_cond *
next(struct tg_scanning *k)
{
	struct tg_scan_cond *c = &k->conds[k->n_conds++];

	assert(k->n_conds <= TG_SCAN_CONDS);
	c->n = 0;
	return c;
}

static void
any(struct tg_scan_cond *c, enum tg_mark dim, const char *from,
    const char *to)
{
	c->any[c->n++] = (struct tg_mark_want){ dim, from, to, NULL };
}

static void
number(struct tg_scanning *k, enum tg_mark dim, int64_t n)
{
	char *text;

	if (n == 0)
		return;
	text = tg_arena_printf(k->a, "%" PRId64, n);
	any(next(k), dim, text, text);
}

static void
words(struct tg_scanning *k, enum tg_mark dim, const char *value)
{
	char *text;

	if (value == NULL)
		return;
	text = tg_arena_printf(k->a, "%.*s", TG_MARK_TEXT, value);
	any(next(k), dim, text, text);
}

static void
size(struct tg_scanning *k, enum tg_mark dim, const int64_t bounds[2],
    int64_t none)
{
	char *from = tg_arena_cstr(k->a, TG_STR(LEAST_SIZE));
	char *to = tg_arena_cstr(k->a, TG_STR(MOST_SIZE));

	if (bounds[0] == none && bounds[1] == none)
		return;
	if (bounds[0] > 0)
		tg_mark_size(from, bounds[0]);
	if (bounds[1] >= 0)
		tg_mark_size(to, bounds[1]);
	any(next(k), dim, from, to);
}

static void
states(struct tg_scanning *k)
{
	unsigned wanted = k->w->states;
	struct tg_scan_cond *c;

	/* Reasons are of those that did not end well. */
	if (wanted == 0 && k->w->error != NULL)
		wanted = 1u << TG_CALL_FAILED | 1u << TG_CALL_GONE |
		    1u << TG_CALL_LOST | 1u << TG_CALL_REFUSED;
	if (wanted == 0)
		return;
	c = next(k);
	for (int i = 0; i < TG_SCAN_STATES; i++)
		if ((wanted >> i & 1) != 0) {
			char *text = tg_arena_printf(k->a, "%d", i);

			any(c, TG_MARK_STATE, text, text);
		}
}

static void
status(struct tg_scanning *k)
{
	int n = k->w->status;
	bool many = n < 10;

	if (n != 0)
		any(next(k), TG_MARK_STATUS,
		    tg_arena_printf(k->a, "%d", many ? n * 100 : n),
		    tg_arena_printf(k->a, "%d", many ? n * 100 + 99 : n));
}

void
tg_scan_conds(struct tg_scanning *k)
{
	const struct tg_call_want *w = k->w;

	number(k, TG_MARK_KEY, w->key_id);
	number(k, TG_MARK_PERSON, w->person);
	number(k, TG_MARK_TEAM, w->team);
	number(k, TG_MARK_CUSTOMER, w->customer);
	number(k, TG_MARK_ORGANIZATION, w->organization);
	number(k, TG_MARK_PROJECT, w->project);
	number(k, TG_MARK_TAG, w->tag);
	words(k, TG_MARK_MODEL, w->model);
	words(k, TG_MARK_PROVIDER, w->provider);
	words(k, TG_MARK_DEPLOYMENT, w->deployment);
	words(k, TG_MARK_ROUTE, w->route);
	words(k, TG_MARK_SESSION, w->session);
	if (w->agent != NULL)
		*next(k) = (struct tg_scan_cond){
			.any = { { TG_MARK_AGENT, NULL, NULL, w->agent } },
			.n = 1,
		};
	states(k);
	status(k);
	size(k, TG_MARK_COST, (int64_t[]){ w->min_nano, w->max_nano },
	    TG_COST_UNKNOWN);
	size(k, TG_MARK_TOKENS, (int64_t[]){ w->min_tokens, w->max_tokens },
	    -1);
	size(k, TG_MARK_DURATION, (int64_t[]){ w->min_us, w->max_us }, -1);
}

int
tg_scan_marked(struct tg_scanning *k, int64_t block, struct tg_mark_set *set)
{
	struct tg_mark_set one;

	memset(set, 0xff, sizeof(*set));
	for (int i = 0; i < k->n_conds; i++) {
		memset(&one, 0, sizeof(one));
		for (int j = 0; j < k->conds[i].n; j++)
			if (tg_marks_read(k->db, &k->conds[i].any[j], block,
				&one, k->e) == -1)
				return -1;
		tg_mark_and(set, &one);
	}
	return 0;
}

static void
add(struct tg_mark_set *set, int64_t block,
    const struct tg_follow_rows *rows)
{
	for (size_t i = 0; i < rows->n; i++)
		if (rows->seqs[i] / TG_MARK_BLOCK == block)
			tg_mark_set(set, rows->seqs[i]);
}

int
tg_scan_block(struct tg_scanning *k, int64_t block, struct tg_mark_set *set)
{
	int64_t from = block * TG_MARK_BLOCK, to = from + TG_MARK_BLOCK;

	if (tg_scan_marked(k, block, set) == -1)
		return -1;
	add(set, block, &k->rest);
	add(set, block, &k->open);
	if (from <= k->follow.seq)
		from = k->follow.seq + 1;
	for (; from < to && from <= k->follow.from; from++)
		tg_mark_set(set, from);
	return 0;
}
