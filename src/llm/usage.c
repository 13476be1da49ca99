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

#define MOST (INT64_MAX / 4)	/* so that sums of a few fit */

enum count {
	C_PROMPT,
	C_COMPLETION,
	C_TOTAL,
	C_CACHED,
	C_CACHE_WRITE,
	C_CACHE_WRITE_1H,
	C_AUDIO_INPUT,
	C_IMAGE_INPUT,
	C_AUDIO_OUTPUT,
	C_REASONING,
	C__MAX
};

/*
 * Where a count stands; of several rows the first that is there.  Members of
 * objects are named with the object: the second level is read when met.
 */
static const struct {
	enum count count;
	const char *path;
} paths[] = {
	{C_PROMPT, "prompt_tokens"},
	{C_PROMPT, "input_tokens"},
	{C_COMPLETION, "completion_tokens"},
	{C_COMPLETION, "output_tokens"},
	{C_TOTAL, "total_tokens"},
	{C_CACHED, "prompt_tokens_details.cached_tokens"},
	{C_CACHED, "input_tokens_details.cached_tokens"},
	{C_CACHED, "prompt_cache_hit_tokens"},		/* DeepSeek */
	{C_CACHED, "cached_tokens"},			/* Moonshot */
	{C_CACHED, "cache_read_input_tokens"},		/* LiteLLM */
	{C_CACHE_WRITE, "prompt_tokens_details.cache_write_tokens"},
	{C_CACHE_WRITE, "input_tokens_details.cache_write_tokens"},
	{C_CACHE_WRITE, "prompt_tokens_details.cache_creation_tokens"},
	{C_CACHE_WRITE, "cache_creation_input_tokens"},	/* LiteLLM */
	{C_CACHE_WRITE_1H, "cache_creation.ephemeral_1h_input_tokens"},
	{C_AUDIO_INPUT, "prompt_tokens_details.audio_tokens"},
	{C_AUDIO_INPUT, "input_tokens_details.audio_tokens"},
	{C_IMAGE_INPUT, "prompt_tokens_details.image_tokens"},
	{C_IMAGE_INPUT, "input_tokens_details.image_tokens"},
	{C_AUDIO_OUTPUT, "completion_tokens_details.audio_tokens"},
	{C_AUDIO_OUTPUT, "output_tokens_details.audio_tokens"},
	{C_REASONING, "completion_tokens_details.reasoning_tokens"},
	{C_REASONING, "output_tokens_details.reasoning_tokens"},
	{C_REASONING, "reasoning_tokens"},		/* Perplexity */
};

#define PATHS (sizeof(paths) / sizeof(*paths))

struct reading {
	struct tg_usage *u;
	int64_t count[C__MAX];	/* -1: not there */
	size_t rank[C__MAX];	/* the row it was taken from */
	bool bad;
};

static void read_counts(
    struct reading *r, struct tg_str object, struct tg_str prefix);
static const char *rest_of(
    const char *path, struct tg_str prefix, struct tg_str name);
static void note(struct reading *r, size_t row, struct tg_str value);
static void settle_sums(struct reading *r);
static void part_input(struct reading *r);
static void part_output(struct reading *r);
static int64_t take(int64_t *left, int64_t want, bool *odd);
static void read_cost(struct tg_usage *u, struct tg_str raw);

void
tg_usage_reset(struct tg_usage *u)
{
	*u = (struct tg_usage){
		.total = -1, .provider_cost_nano = TG_COST_NONE};
}

void
tg_usage_openai(struct tg_usage *u, struct tg_str raw)
{
	struct reading r = {.u = u};
	int i;

	tg_usage_reset(u);
	if (raw.n == 0 || tg_json_type(raw) != TG_JSON_OBJECT)
		return;
	for (i = 0; i < C__MAX; i++)
		r.count[i] = -1;
	read_counts(&r, raw, TG_STR_NONE);
	read_cost(u, raw);
	u->known = r.count[C_PROMPT] >= 0 || r.count[C_COMPLETION] >= 0 ||
	    r.count[C_TOTAL] >= 0;
	u->odd = r.bad;
	if (!u->known)
		return;
	settle_sums(&r);
	part_input(&r);
	part_output(&r);
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
		for (i = 0, below = false; i < PATHS; i++) {
			rest = rest_of(paths[i].path, prefix, name);
			if (rest == NULL)
				continue;
			if (*rest == '\0')
				note(r, i, value);
			else
				below = true;
		}
		if (below && prefix.n == 0)
			read_counts(r, value, name);
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

/* What is negative, no whole number or beyond all measure is no count. */
static void
note(struct reading *r, size_t row, struct tg_str value)
{
	enum count c = paths[row].count;
	int64_t v;

	if (tg_json_is_null(value) ||
	    (r->count[c] >= 0 && r->rank[c] < row))
		return;
	if (!tg_json_i64(value, &v)) {
		r->bad = true;
		return;
	}
	if (v < 0 || v > MOST) {
		r->bad = true;
		v = v < 0 ? 0 : MOST;
	}
	r->count[c] = v;
	r->rank[c] = row;
}

/*
 * Completion tokens of xAI are without the reasoning ones
 * (providers.md 2.8); a side that is missing is what the total leaves.
 */
static void
settle_sums(struct reading *r)
{
	int64_t *c = r->count, prompt, completion;

	prompt = c[C_PROMPT] < 0 ? 0 : c[C_PROMPT];
	completion = c[C_COMPLETION] < 0 ? 0 : c[C_COMPLETION];
	r->u->total = c[C_TOTAL];
	if (c[C_TOTAL] >= 0) {
		if (c[C_PROMPT] < 0 && c[C_TOTAL] >= completion)
			prompt = c[C_TOTAL] - completion;
		else if (c[C_COMPLETION] < 0 && c[C_TOTAL] >= prompt)
			completion = c[C_TOTAL] - prompt;
		else if (c[C_REASONING] > 0 &&
		    c[C_TOTAL] == prompt + completion + c[C_REASONING])
			completion += c[C_REASONING];
		if (c[C_TOTAL] != prompt + completion)
			r->u->odd = true;
	}
	c[C_PROMPT] = prompt;
	c[C_COMPLETION] = completion;
}

static void
part_input(struct reading *r)
{
	int64_t *tokens = r->u->tokens, left = r->count[C_PROMPT], writes;
	bool *odd = &r->u->odd;

	tokens[TG_UNIT_CACHE_READ] = take(&left, r->count[C_CACHED], odd);
	writes = take(&left, r->count[C_CACHE_WRITE], odd);
	/* The hour's writes are among all writes, where both are told. */
	tokens[TG_UNIT_CACHE_WRITE_1H] =
	    take(r->count[C_CACHE_WRITE] >= 0 ? &writes : &left,
		r->count[C_CACHE_WRITE_1H], odd);
	tokens[TG_UNIT_CACHE_WRITE] = writes;
	tokens[TG_UNIT_AUDIO_INPUT] =
	    take(&left, r->count[C_AUDIO_INPUT], odd);
	tokens[TG_UNIT_IMAGE_INPUT] =
	    take(&left, r->count[C_IMAGE_INPUT], odd);
	tokens[TG_UNIT_INPUT] = left;
}

static void
part_output(struct reading *r)
{
	int64_t *tokens = r->u->tokens, left = r->count[C_COMPLETION], all;
	bool *odd = &r->u->odd;

	all = left;
	tokens[TG_UNIT_AUDIO_OUTPUT] =
	    take(&left, r->count[C_AUDIO_OUTPUT], odd);
	tokens[TG_UNIT_OUTPUT] = left;
	r->u->reasoning = take(&all, r->count[C_REASONING], odd);
}

/* As much of want as is left. */
static int64_t
take(int64_t *left, int64_t want, bool *odd)
{
	if (want <= 0)
		return 0;
	if (want > *left) {
		*odd = true;
		want = *left;
	}
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
