/*
 * The names of prices with what they depend on: ours, and LiteLLM's.
 */
#include "config.h"

#include <stdio.h>

#include "llm/price.h"

static const struct {
	const char *name;
	enum tg_unit unit;
} fields[] = {
	/* what begins as another does comes before it */
	{"input_cost_per_token", TG_UNIT_INPUT},
	{"cache_read_input_token_cost", TG_UNIT_CACHE_READ},
	{"cache_creation_input_token_cost_above_1hr", TG_UNIT_CACHE_WRITE_1H},
	{"cache_creation_input_token_cost", TG_UNIT_CACHE_WRITE},
	{"input_cost_per_audio_token", TG_UNIT_AUDIO_INPUT},
	{"input_cost_per_image_token", TG_UNIT_IMAGE_INPUT},
	{"output_cost_per_token", TG_UNIT_OUTPUT},
	{"output_cost_per_audio_token", TG_UNIT_AUDIO_OUTPUT},
	{"output_cost_per_reasoning_token", TG_UNIT_OUTPUT},
	{"input_cost_per_request", TG_UNIT_CALL},
};
static const struct {
	const char *suffix, *tier;
} tiers[] = {
	{"flex", "flex"},
	{"priority", "priority"},
	{"batches", "batch"},
};

static bool cut_last(struct tg_str *s, const char *mark, struct tg_str *rest);
static bool read_edge(struct tg_str text, int64_t *tokens);
static bool read_tier(struct tg_str text, char tier[TG_TIER_BYTES]);
static bool read_hours(struct tg_str text, int *from, int *to);
static bool read_minute(struct tg_str text, int most, int *minute);

bool
tg_price_name_read(struct tg_str name, struct tg_price *p)
{
	struct tg_str hours, tier, edge;
	int unit;

	p->above_tokens = 0;
	p->tier[0] = '\0';
	p->utc_from = p->utc_to = 0;
	if (cut_last(&name, "@", &hours) &&
	    !read_hours(hours, &p->utc_from, &p->utc_to))
		return false;
	if (cut_last(&name, ".", &tier) && !read_tier(tier, p->tier))
		return false;
	if (cut_last(&name, "_above_", &edge) &&
	    !read_edge(edge, &p->above_tokens))
		return false;
	unit = tg_unit_parse(name);
	p->unit = unit < 0 ? TG_UNIT__MAX : (enum tg_unit)unit;
	return unit >= 0;
}

const char *
tg_price_name(const struct tg_price *p, char out[TG_PRICE_NAME_BYTES])
{
	char edge[40] = "", hours[40] = "";
	bool round = p->above_tokens % 1000 == 0;

	if (p->above_tokens > 0)
		snprintf(edge, sizeof(edge), "_above_%lld%s",
		    (long long)(round ? p->above_tokens / 1000 :
					p->above_tokens),
		    round ? "k" : "");
	if (p->utc_from != p->utc_to)
		snprintf(hours, sizeof(hours), "@%02d:%02d-%02d:%02d",
		    p->utc_from / 60, p->utc_from % 60, p->utc_to / 60,
		    p->utc_to % 60);
	snprintf(out, TG_PRICE_NAME_BYTES, "price_%s%s%s%s%s",
	    tg_unit_name(p->unit), edge, p->tier[0] != '\0' ? "." : "",
	    p->tier, hours);
	return out;
}

bool
tg_price_litellm_read(struct tg_str name, struct tg_price *p)
{
	struct tg_str rest;
	size_t i, k;

	for (i = 0; i < sizeof(fields) / sizeof(*fields); i++)
		if (tg_str_starts(name, fields[i].name))
			break;
	if (i == sizeof(fields) / sizeof(*fields))
		return false;
	p->unit = fields[i].unit;
	p->above_tokens = 0;
	p->tier[0] = '\0';
	p->utc_from = p->utc_to = 0;
	name.p += strlen(fields[i].name);
	name.n -= strlen(fields[i].name);
	for (k = 0; k < sizeof(tiers) / sizeof(*tiers); k++)
		if (name.n > strlen(tiers[k].suffix) &&
		    tg_str_ends(name, tiers[k].suffix) &&
		    name.p[name.n - strlen(tiers[k].suffix) - 1] == '_') {
			name.n -= strlen(tiers[k].suffix) + 1;
			snprintf(p->tier, sizeof(p->tier), "%s",
			    tiers[k].tier);
			break;
		}
	if (name.n == 0)
		return true;
	if (!tg_str_ends(name, "_tokens") ||
	    !cut_last(&name, "_above_", &rest) || name.n > 0)
		return false;
	rest.n -= sizeof("_tokens") - 1;
	return read_edge(rest, &p->above_tokens);
}

const char *
tg_price_litellm_name(const struct tg_price *p, char out[TG_PRICE_NAME_BYTES])
{
	char edge[40] = "";
	const char *tier = p->tier;
	size_t i, k;

	if (p->utc_from != p->utc_to || p->above_tokens % 1000 != 0)
		return NULL;
	for (i = 0; fields[i].unit != p->unit;)
		i++;
	for (k = 0; k < sizeof(tiers) / sizeof(*tiers); k++)
		if (strcmp(p->tier, tiers[k].tier) == 0)
			tier = tiers[k].suffix;
	if (p->above_tokens > 0)
		snprintf(edge, sizeof(edge), "_above_%lldk_tokens",
		    (long long)p->above_tokens / 1000);
	snprintf(out, TG_PRICE_NAME_BYTES, "%s%s%s%s", fields[i].name, edge,
	    tier[0] != '\0' ? "_" : "", tier);
	return out;
}

bool
tg_price_litellm_like(struct tg_str name)
{
	return tg_str_find(name, TG_STR("_cost_per_")) >= 0 ||
	    tg_str_find(name, TG_STR("_token_cost")) >= 0 ||
	    tg_str_is(name, "tiered_pricing");
}

/* s ends before the last mark; rest begins behind it. */
static bool
cut_last(struct tg_str *s, const char *mark, struct tg_str *rest)
{
	size_t n = strlen(mark), i;

	for (i = s->n >= n ? s->n - n + 1 : 0; i-- > 0;)
		if (memcmp(s->p + i, mark, n) == 0) {
			*rest = (struct tg_str){s->p + i + n, s->n - i - n};
			s->n = i;
			return true;
		}
	return false;
}

/* "200k", "128000" */
static bool
read_edge(struct tg_str text, int64_t *tokens)
{
	int64_t unit = tg_str_ends(text, "k") ? 1000 :
	    tg_str_ends(text, "m")	      ? 1000000 :
						1;

	if (unit > 1)
		text.n--;
	if (!tg_str_i64(text, tokens) || *tokens < 1 ||
	    *tokens > INT64_C(1000000000))
		return false;
	*tokens *= unit;
	return true;
}

static bool
read_tier(struct tg_str text, char tier[TG_TIER_BYTES])
{
	size_t i;

	if (text.n == 0 || text.n >= TG_TIER_BYTES)
		return false;
	for (i = 0; i < text.n; i++)
		if (!(text.p[i] >= 'a' && text.p[i] <= 'z') &&
		    !(text.p[i] >= '0' && text.p[i] <= '9') &&
		    text.p[i] != '_' && text.p[i] != '-')
			return false;
	memset(tier, 0, TG_TIER_BYTES);
	memcpy(tier, text.p, text.n);
	return true;
}

/* "01:00-04:00" */
static bool
read_hours(struct tg_str text, int *from, int *to)
{
	struct tg_str first;

	return tg_str_cut(&text, '-', &first) &&
	    read_minute(first, 23 * 60 + 59, from) &&
	    read_minute(text, 24 * 60, to) && *from != *to;
}

static bool
read_minute(struct tg_str text, int most, int *minute)
{
	struct tg_str hour;
	int64_t h, m;

	if (text.n != 5 || !tg_str_cut(&text, ':', &hour) || hour.n != 2 ||
	    !tg_str_i64(hour, &h) || !tg_str_i64(text, &m) || h < 0 || m < 0 ||
	    m > 59 || h * 60 + m > most)
		return false;
	*minute = (int)(h * 60 + m);
	return true;
}
