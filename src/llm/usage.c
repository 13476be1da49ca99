/*
 * What an answer used, out of the provider's own words: the counts as they
 * stand, then taken apart into classes that do not overlap.  Providers count
 * cached and audio tokens within the prompt; where the parts are more than
 * the whole, the whole counts and the usage is marked odd.
 * What it costs is llm/price's.
 */
#include "config.h"

#include "llm/usage.h"

#include "base/json.h"
#include "llm/usage_forms.h"

/* More than any model can read: who tells so has miscounted. */
#define MOST INT64_C(1000000000000)

struct reading {
	const struct tg_usage_words *words;
	struct tg_usage *u;
	int64_t count[TG_COUNT__MAX];	/* -1: not there */
	size_t rank[TG_COUNT__MAX];	/* the row it was taken from */
	bool bad, beyond;	/* a count is odd, is above all measure */
};

static void read_whole(struct reading *r, struct tg_str raw);
static void read_rounds(struct reading *r, struct tg_str raw);
static void read_counts(
    struct reading *r, struct tg_str object, struct tg_str prefix);
static void read_lists(struct reading *r, struct tg_str name,
    struct tg_str value);
static const char *rest_of(
    const char *path, struct tg_str prefix, struct tg_str name);
static void note(struct reading *r, size_t row, struct tg_str value);
static bool read_count(struct reading *r, struct tg_str value, int64_t *v);
static void settle_sums(struct reading *r);
static void settle_total(struct reading *r, int64_t *prompt,
    int64_t *completion);
static void part_input(struct reading *r);
static void part_output(struct reading *r);
static int64_t or_zero(int64_t count);
static int64_t take(int64_t *left, int64_t want, int64_t whole, bool *odd);
static void read_cost(struct tg_usage *u, struct tg_str raw);

void
tg_usage_reset(struct tg_usage *u)
{
	*u = (struct tg_usage){
		.total = -1, .provider_cost_nano = TG_COST_NONE};
}

void
tg_usage_read(struct tg_usage *u, enum tg_usage_form form, struct tg_str raw)
{
	struct reading r = {.words = &tg_usage_words[form], .u = u};
	char tier[TG_TIER_BYTES];
	struct tg_str value;

	memcpy(tier, u->tier, sizeof(tier));
	tg_usage_reset(u);
	memcpy(u->tier, tier, sizeof(tier));
	if (raw.n == 0 || tg_json_type(raw) != TG_JSON_OBJECT)
		return;
	read_whole(&r, raw);
	if (r.words->rounds != NULL)
		read_rounds(&r, raw);
	if (r.words->tier != NULL && tg_json_get(raw, r.words->tier, &value))
		tg_usage_tier(u, value);
	if (form == TG_USAGE_OPENAI)
		read_cost(u, raw);
	u->known = !r.beyond &&
	    (r.count[TG_COUNT_PROMPT] >= 0 ||
		r.count[TG_COUNT_COMPLETION] >= 0 ||
		r.count[TG_COUNT_TOTAL] >= 0);
	u->odd = r.bad;
	if (!u->known)
		return;
	settle_sums(&r);
	part_input(&r);
	part_output(&r);
}

void
tg_usage_tier(struct tg_usage *u, struct tg_str raw)
{
	struct tg_str text;

	if (!tg_json_raw_text(raw, &text) || text.n >= TG_TIER_BYTES)
		return;
	memset(u->tier, 0, sizeof(u->tier));
	memcpy(u->tier, text.p, text.n);
}

static void
read_whole(struct reading *r, struct tg_str raw)
{
	int i;

	for (i = 0; i < TG_COUNT__MAX; i++)
		r->count[i] = -1;
	read_counts(r, raw, TG_STR_NONE);
}

/*
 * Where an answer took several rounds, the members at the top are those of
 * some of them only: the list has all, and all are billed.
 */
static void
read_rounds(struct reading *r, struct tg_str raw)
{
	struct reading round = *r, sum = *r;
	struct tg_json_it it;
	struct tg_str list, item;
	int i, n = 0;

	if (!tg_json_get(raw, r->words->rounds, &list) ||
	    tg_json_type(list) != TG_JSON_ARRAY)
		return;
	for (i = 0; i < TG_COUNT__MAX; i++)
		sum.count[i] = 0;
	it = tg_json_begin(list);
	while (tg_json_item(&it, &item)) {
		if (tg_json_type(item) != TG_JSON_OBJECT)
			continue;
		read_whole(&round, item);
		for (i = 0; i < TG_COUNT__MAX; i++)
			if (__builtin_add_overflow(sum.count[i],
				or_zero(round.count[i]), &sum.count[i]) ||
			    sum.count[i] > MOST)
				sum.count[i] = MOST;
		n++;
	}
	for (i = 0; i < TG_COUNT__MAX && n > 0; i++)
		if (sum.count[i] > r->count[i] && sum.count[i] > 0)
			r->count[i] = sum.count[i];
	r->bad = r->bad || round.bad;
	r->beyond = r->beyond || round.beyond;
}

/* One walk over the members, one level down where a path goes on. */
static void
read_counts(struct reading *r, struct tg_str object, struct tg_str prefix)
{
	struct tg_json_it it = tg_json_begin(object);
	struct tg_str name, value;
	const char *rest;
	bool below = false;
	size_t i;

	while (tg_json_member(&it, &name, &value)) {
		for (i = 0, below = false; i < r->words->n_paths; i++) {
			rest = rest_of(r->words->paths[i].path, prefix, name);
			if (rest == NULL)
				continue;
			if (*rest == '\0')
				note(r, i, value);
			else
				below = true;
		}
		if (prefix.n == 0)
			read_lists(r, name, value);
		if (below && prefix.n == 0)
			read_counts(r, value, name);
	}
}

static void
read_lists(struct reading *r, struct tg_str name, struct tg_str value)
{
	const struct tg_usage_list *l = r->words->lists;
	struct tg_json_it it;
	struct tg_str item, key, number;
	int64_t v, *count;
	size_t i;

	for (i = 0; i < r->words->n_lists; i++, l++) {
		if (!tg_str_is(name, l->list) ||
		    tg_json_type(value) != TG_JSON_ARRAY)
			continue;
		count = &r->count[l->count];
		*count = 0;
		it = tg_json_begin(value);
		while (tg_json_item(&it, &item))
			if (tg_json_get(item, l->key, &key) &&
			    tg_json_text_is(key, l->value) &&
			    tg_json_get(item, l->number, &number) &&
			    read_count(r, number, &v))
				*count = *count + v > MOST ? MOST : *count + v;
	}
}

/* What follows "prefix.name" in a path: "" its end, NULL another path. */
static const char *
rest_of(const char *path, struct tg_str prefix, struct tg_str name)
{
	if (prefix.n > 0) {
		if (strncmp(path, prefix.p, prefix.n) != 0)
			return NULL;
		path += prefix.n;
		if (*path++ != '.')
			return NULL;
	}
	if (*path != *name.p || strncmp(path, name.p, name.n) != 0)
		return NULL;
	path += name.n;
	return *path == '\0' || *path == '.' ? path : NULL;
}

static void
note(struct reading *r, size_t row, struct tg_str value)
{
	enum tg_count c = r->words->paths[row].count;
	int64_t v;

	if (tg_json_is_null(value) ||
	    (r->count[c] >= 0 && r->rank[c] < row))
		return;
	if (!read_count(r, value, &v))
		return;
	r->count[c] = v;
	r->rank[c] = row;
}

/*
 * What is negative, no whole number or beyond all measure is no count; the
 * last makes all of the usage unknown, or it would be billed.
 */
static bool
read_count(struct reading *r, struct tg_str value, int64_t *v)
{
	if (!tg_json_i64(value, v)) {
		r->bad = true;
		return false;
	}
	if (*v < 0 || *v > MOST) {
		r->bad = true;
		r->beyond |= *v > 0;
		*v = *v < 0 ? 0 : MOST;
	}
	return true;
}

static void
settle_sums(struct reading *r)
{
	const int64_t *c = r->count;
	int64_t prompt, completion;

	prompt = or_zero(c[TG_COUNT_PROMPT]) + or_zero(c[TG_COUNT_TOOL_PROMPT]);
	completion = or_zero(c[TG_COUNT_COMPLETION]);
	if (r->words->cache_apart)
		prompt += or_zero(c[TG_COUNT_CACHED]) +
		    or_zero(c[TG_COUNT_CACHE_WRITE]);
	if (r->words->reasoning_apart)
		completion += or_zero(c[TG_COUNT_REASONING]);
	r->u->total = c[TG_COUNT_TOTAL];
	if (r->u->total >= 0)
		settle_total(r, &prompt, &completion);
	r->count[TG_COUNT_PROMPT] = prompt;
	r->count[TG_COUNT_COMPLETION] = completion;
}

/*
 * Completion tokens of xAI are without the reasoning ones (providers.md 2.8);
 * a side that is missing is what the total leaves.  Where cached tokens stand
 * apart the total may be without them.
 */
static void
settle_total(struct reading *r, int64_t *prompt, int64_t *completion)
{
	const int64_t *c = r->count;
	int64_t total = r->u->total;

	if (c[TG_COUNT_PROMPT] < 0 && total >= *completion)
		*prompt = total - *completion;
	else if (c[TG_COUNT_COMPLETION] < 0 && total >= *prompt)
		*completion = total - *prompt;
	else if (c[TG_COUNT_REASONING] > 0 &&
	    total == *prompt + *completion + c[TG_COUNT_REASONING])
		*completion += c[TG_COUNT_REASONING];
	else if (r->words->cache_apart &&
	    total == c[TG_COUNT_PROMPT] + c[TG_COUNT_COMPLETION])
		r->u->total = total = *prompt + *completion;
	if (total != *prompt + *completion)
		r->u->odd = true;
}

/* Sound and pictures may be among the cached tokens: no more than is left. */
static void
part_input(struct reading *r)
{
	int64_t *tokens = r->u->tokens, *c = r->count, whole, left, writes;
	bool *odd = &r->u->odd;

	whole = left = c[TG_COUNT_PROMPT];
	tokens[TG_UNIT_CACHE_READ] =
	    take(&left, c[TG_COUNT_CACHED], left, odd);
	writes = take(&left, c[TG_COUNT_CACHE_WRITE], left, odd);
	/* The hour's writes are among all writes, where both are told. */
	if (c[TG_COUNT_CACHE_WRITE] >= 0)
		tokens[TG_UNIT_CACHE_WRITE_1H] = take(
		    &writes, c[TG_COUNT_CACHE_WRITE_1H], writes, odd);
	else
		tokens[TG_UNIT_CACHE_WRITE_1H] =
		    take(&left, c[TG_COUNT_CACHE_WRITE_1H], left, odd);
	tokens[TG_UNIT_CACHE_WRITE] = writes;
	tokens[TG_UNIT_AUDIO_INPUT] = take(&left,
	    c[TG_COUNT_AUDIO_INPUT] - or_zero(c[TG_COUNT_CACHED_AUDIO]), whole,
	    odd);
	tokens[TG_UNIT_IMAGE_INPUT] = take(&left,
	    c[TG_COUNT_IMAGE_INPUT] - or_zero(c[TG_COUNT_CACHED_IMAGE]), whole,
	    odd);
	tokens[TG_UNIT_INPUT] = left;
}

static void
part_output(struct reading *r)
{
	int64_t *tokens = r->u->tokens, left, all;
	bool *odd = &r->u->odd;

	left = all = r->count[TG_COUNT_COMPLETION];
	tokens[TG_UNIT_AUDIO_OUTPUT] =
	    take(&left, r->count[TG_COUNT_AUDIO_OUTPUT], left, odd);
	tokens[TG_UNIT_OUTPUT] = left;
	r->u->reasoning = take(&all, r->count[TG_COUNT_REASONING], all, odd);
}

static int64_t
or_zero(int64_t count)
{
	return count < 0 ? 0 : count;
}

/* As much of want as is left; odd, if it is more than the whole. */
static int64_t
take(int64_t *left, int64_t want, int64_t whole, bool *odd)
{
	if (want <= 0)
		return 0;
	if (want > whole)
		*odd = true;
	if (want > *left)
		want = *left;
	*left -= want;
	return want;
}

/*
 * The provider's own figure in USD: OpenRouter's cost, Perplexity's
 * cost.total_cost, DeepInfra's estimated_cost, xAI's ticks of 1e-10 USD.
 */
static void
read_cost(struct tg_usage *u, struct tg_str raw)
{
	static const char *const figures[] = {
		"cost", "cost.total_cost", "estimated_cost"};
	struct tg_str value;
	int64_t ticks;
	size_t i;

	for (i = 0; i < sizeof(figures) / sizeof(*figures); i++)
		if (tg_json_path(raw, figures[i], &value) &&
		    tg_json_type(value) == TG_JSON_NUMBER &&
		    tg_nano_parse(value, &u->provider_cost_nano) == 0)
			return;
	u->provider_cost_nano = TG_COST_NONE;
	if (tg_json_get(raw, "cost_in_usd_ticks", &value) &&
	    tg_json_i64(value, &ticks) && ticks >= 0)
		u->provider_cost_nano = ticks / 10 + (ticks % 10 >= 5);
}
