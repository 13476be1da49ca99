/*
 * Which of a list's prices hold for a call, and what it may cost at the worst.
 */
#include "config.h"

#include "llm/bound.h"
#include "llm/price.h"
#include "llm/price_sum.h"

#define MINUTE_US INT64_C(60000000)
#define DAY_MINUTES 1440

struct moment {
	int64_t wall_us;
	int minute;		/* of the UTC day */
	int64_t prompt_tokens;
};

static struct moment moment_of(int64_t wall_us, int64_t prompt_tokens);
static bool holds(const struct tg_price *p, const struct moment *m);
static bool is_more_special(const struct tg_price *a, const struct tg_price *b);
static void begin(const struct tg_price_list *l, struct tg_prices *out);
static int64_t dearest_input(const struct tg_prices *p,
    const struct tg_bound *b);
static int64_t dearer(int64_t pico, const struct tg_prices *p, enum tg_unit u);
static int64_t times(int64_t a, int64_t b);

void
tg_prices_at(const struct tg_price_list *l, int64_t wall_us,
    int64_t prompt_tokens, const char *tier, struct tg_prices *out)
{
	struct moment m = moment_of(wall_us, prompt_tokens);
	const struct tg_price *best[TG_UNIT__MAX] = {NULL}, *p;
	enum tg_unit u;

	begin(l, out);
	for (p = l->prices; p < l->prices + l->n; p++) {
		if (!holds(p, &m) ||
		    (p->tier[0] != '\0' && strcmp(p->tier, tier) != 0))
			continue;
		if (best[p->unit] == NULL ||
		    is_more_special(p, best[p->unit]))
			best[p->unit] = p;
	}
	for (u = 0; u < TG_UNIT__MAX; u++) {
		if (best[u] == NULL)
			continue;
		out->pico[u] = best[u]->pico;
		out->row[u] = best[u]->row;
		if (best[u]->tier[0] != '\0')
			memcpy(out->tier, best[u]->tier, sizeof(out->tier));
		if (best[u]->above_tokens > out->above_tokens)
			out->above_tokens = best[u]->above_tokens;
	}
}

void
tg_prices_worst(const struct tg_price_list *l, int64_t wall_us,
    int64_t prompt_tokens, const char *tier, struct tg_prices *out)
{
	struct moment m = moment_of(wall_us, prompt_tokens);
	/* who does not say leaves the choice to the provider */
	bool any_tier = *tier == '\0' || strcmp(tier, "auto") == 0;
	const struct tg_price *p;

	begin(l, out);
	for (p = l->prices; p < l->prices + l->n; p++) {
		if (!holds(p, &m) || p->pico <= out->pico[p->unit])
			continue;
		if (p->tier[0] != '\0' && !any_tier &&
		    strcmp(p->tier, tier) != 0)
			continue;
		out->pico[p->unit] = p->pico;
		out->row[p->unit] = p->row;
	}
}

bool
tg_price_quote(const struct tg_prices *worst, const struct tg_bound *b,
    int64_t *fixed_nano, int64_t *output_pico)
{
	int64_t call = worst->pico[TG_UNIT_CALL], input, output;
	int64_t plain = b->input_tokens - b->audio_tokens - b->image_tokens;
	tg_i128 sum = 0;

	if (call != TG_PICO_UNKNOWN)
		tg_price_add(&sum, 1, call);
	*output_pico = 0;
	*fixed_nano = tg_price_total(sum, worst, true);
	if (tg_prices_per_call(worst))
		return true;
	input = dearest_input(worst, b);
	output = worst->pico[TG_UNIT_OUTPUT];
	if (b->audio_output)
		output = dearer(output, worst, TG_UNIT_AUDIO_OUTPUT);
	if (input == TG_PICO_UNKNOWN ||
	    (output == TG_PICO_UNKNOWN && b->output_tokens != 0))
		return false;
	tg_price_add(&sum, plain > 0 ? plain : 0, input);
	tg_price_add(&sum, b->audio_tokens,
	    dearer(input, worst, TG_UNIT_AUDIO_INPUT));
	tg_price_add(&sum, b->image_tokens,
	    dearer(input, worst, TG_UNIT_IMAGE_INPUT));
	if (output != TG_PICO_UNKNOWN) {
		tg_price_add(&sum, b->extra_output_tokens, output);
		/* as if pico were nano: the factors are the same */
		*output_pico = times(b->choices,
		    tg_price_total((tg_i128)output * 1000, worst, true));
	}
	*fixed_nano = tg_price_total(sum, worst, true);
	return true;
}

static struct moment
moment_of(int64_t wall_us, int64_t prompt_tokens)
{
	int64_t minute = wall_us / MINUTE_US % DAY_MINUTES;

	return (struct moment){
		.wall_us = wall_us,
		.minute = (int)(minute < 0 ? minute + DAY_MINUTES : minute),
		.prompt_tokens = prompt_tokens,
	};
}

static bool
holds(const struct tg_price *p, const struct moment *m)
{
	if (m->wall_us < p->valid_from ||
	    (p->valid_to != 0 && m->wall_us >= p->valid_to))
		return false;
	if (p->above_tokens > 0 && m->prompt_tokens <= p->above_tokens)
		return false;
	if (p->utc_from == p->utc_to)
		return true;
	if (p->utc_from < p->utc_to)
		return m->minute >= p->utc_from && m->minute < p->utc_to;
	return m->minute >= p->utc_from || m->minute < p->utc_to;
}

/* Both hold, for the same unit. */
static bool
is_more_special(const struct tg_price *a, const struct tg_price *b)
{
	bool hours_a = a->utc_from != a->utc_to;
	bool hours_b = b->utc_from != b->utc_to;

	if ((a->tier[0] != '\0') != (b->tier[0] != '\0'))
		return a->tier[0] != '\0';
	if (a->above_tokens != b->above_tokens)
		return a->above_tokens > b->above_tokens;
	if (hours_a != hours_b)
		return hours_a;
	return a->valid_from > b->valid_from;
}

static void
begin(const struct tg_price_list *l, struct tg_prices *out)
{
	tg_prices_none(out);
	out->discount_ppm = l->discount_ppm;
	out->margin_ppm = l->margin_ppm;
}

/* Any prompt may be read from a cache, or written into one. */
static int64_t
dearest_input(const struct tg_prices *p, const struct tg_bound *b)
{
	int64_t pico = p->pico[TG_UNIT_INPUT];

	pico = dearer(pico, p, TG_UNIT_CACHE_READ);
	pico = dearer(pico, p, TG_UNIT_CACHE_WRITE);
	if (b->cache_1h)
		pico = dearer(pico, p, TG_UNIT_CACHE_WRITE_1H);
	return pico;
}

/* An unknown price of the class itself takes the other's. */
static int64_t
dearer(int64_t pico, const struct tg_prices *p, enum tg_unit u)
{
	return pico != TG_PICO_UNKNOWN && p->pico[u] > pico ? p->pico[u] :
							      pico;
}

static int64_t
times(int64_t a, int64_t b)
{
	int64_t product;

	return __builtin_mul_overflow(a, b, &product) ? INT64_MAX : product;
}
