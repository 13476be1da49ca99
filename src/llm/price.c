/*
 * What a call costs, in integers: the sum of tokens times prices is exact,
 * and rounded once.  Unknown is never 0.  Where prices come from is the
 * store's and the configuration's.
 */
#include "config.h"

#include "llm/price.h"

#include "llm/usage.h"

static const struct {
	const char *name;
	const char *litellm;	/* its field, USD per token (or call) */
	enum tg_unit instead;	/* whose price counts when there is none */
} units[TG_UNIT__MAX] = {
	[TG_UNIT_INPUT]		= {
	    "input", "input_cost_per_token", TG_UNIT_INPUT },
	[TG_UNIT_CACHE_READ] = { "cache_read", "cache_read_input_token_cost", TG_UNIT_INPUT },
	[TG_UNIT_CACHE_WRITE] = { "cache_write", "cache_creation_input_token_cost", TG_UNIT_INPUT },
	[TG_UNIT_CACHE_WRITE_1H] = { "cache_write_1h", "cache_creation_input_token_cost_above_1hr", TG_UNIT_INPUT },
	[TG_UNIT_AUDIO_INPUT] = { "audio_input", "input_cost_per_audio_token", TG_UNIT_INPUT },
	[TG_UNIT_IMAGE_INPUT] = { "image_input", "input_cost_per_image_token", TG_UNIT_INPUT },
	[TG_UNIT_OUTPUT] = { "output", "output_cost_per_token", TG_UNIT_OUTPUT },
	[TG_UNIT_AUDIO_OUTPUT] = { "audio_output", "output_cost_per_audio_token", TG_UNIT_OUTPUT },
	[TG_UNIT_CALL] = { "call", "input_cost_per_request", TG_UNIT_CALL },
};

static bool is_per_call(const struct tg_prices *p);
static int64_t price_of(const struct tg_prices *p, enum tg_unit u);
static void add(tg_i128 *sum, int64_t tokens, int64_t pico);

void
tg_prices_none(struct tg_prices *p)
{
	enum tg_unit u;

	*p = (struct tg_prices){0};
	for (u = 0; u < TG_UNIT__MAX; u++)
		p->pico[u] = TG_PICO_UNKNOWN;
}

int
tg_unit_parse(struct tg_str name)
{
	enum tg_unit u;

	if (tg_str_starts(name, "price_"))
		name = (struct tg_str){name.p + 6, name.n - 6};
	for (u = 0; u < TG_UNIT__MAX; u++)
		if (tg_str_is(name, units[u].name))
			return (int)u;
	return -1;
}

const char *
tg_unit_name(enum tg_unit u)
{
	return units[u].name;
}

int
tg_unit_litellm(struct tg_str field)
{
	enum tg_unit u;

	for (u = 0; u < TG_UNIT__MAX; u++)
		if (tg_str_is(field, units[u].litellm))
			return (int)u;
	return -1;
}

const char *
tg_unit_litellm_name(enum tg_unit u)
{
	return units[u].litellm;
}

bool
tg_prices_known(const struct tg_prices *p)
{
	return p->pico[TG_UNIT_CALL] != TG_PICO_UNKNOWN ||
	    (p->pico[TG_UNIT_INPUT] != TG_PICO_UNKNOWN &&
		p->pico[TG_UNIT_OUTPUT] != TG_PICO_UNKNOWN);
}

bool
tg_price_cost(
    const struct tg_prices *p, const struct tg_usage *u, int64_t *nano)
{
	int64_t call = p->pico[TG_UNIT_CALL], pico;
	tg_i128 sum = 0;
	enum tg_unit unit;

	if (call != TG_PICO_UNKNOWN)
		add(&sum, 1, call);
	for (unit = 0; unit < TG_UNIT__TOKENS && !is_per_call(p); unit++) {
		if (!u->known || u->tokens[unit] < 0)
			return false;
		if (u->tokens[unit] == 0)
			continue;
		pico = price_of(p, unit);
		if (pico == TG_PICO_UNKNOWN)
			return false;
		add(&sum, u->tokens[unit], pico);
	}
	*nano = tg_pico_to_nano(sum);
	return true;
}

/* A price for the call and none for tokens: tokens are free. */
static bool
is_per_call(const struct tg_prices *p)
{
	enum tg_unit u;

	for (u = 0; u < TG_UNIT__TOKENS; u++)
		if (p->pico[u] != TG_PICO_UNKNOWN)
			return false;
	return p->pico[TG_UNIT_CALL] != TG_PICO_UNKNOWN;
}

static int64_t
price_of(const struct tg_prices *p, enum tg_unit u)
{
	if (p->pico[u] == TG_PICO_UNKNOWN)
		u = units[u].instead;
	return p->pico[u];
}

/* Saturates: what does not fit 128 bits is no sum of this world. */
static void
add(tg_i128 *sum, int64_t tokens, int64_t pico)
{
	tg_i128 product = (tg_i128)tokens * pico;

	if (__builtin_add_overflow(*sum, product, sum))
		*sum = (tg_i128)INT64_MAX * INT64_MAX;
}
