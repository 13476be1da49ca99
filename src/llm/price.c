/*
 * What a call costs, in integers: the sum of tokens times prices is exact,
 * and rounded once.  Unknown is never 0.  Which prices hold is price_pick's;
 * where they come from is the store's and the configuration's.
 */
#include "config.h"

#include "llm/price.h"

#include "llm/price_sum.h"
#include "llm/usage.h"

#define PICO_PER_NANO 1000
#define PPM 1000000

static const struct {
	const char *name;
	enum tg_unit instead;	/* whose price counts when there is none */
} units[TG_UNIT__MAX] = {
	[TG_UNIT_INPUT]		 = {"input", TG_UNIT_INPUT},
	[TG_UNIT_CACHE_READ]	 = {"cache_read", TG_UNIT_INPUT},
	[TG_UNIT_CACHE_WRITE]	 = {"cache_write", TG_UNIT_INPUT},
	[TG_UNIT_CACHE_WRITE_1H] = {"cache_write_1h", TG_UNIT_INPUT},
	[TG_UNIT_AUDIO_INPUT]	 = {"audio_input", TG_UNIT_INPUT},
	[TG_UNIT_IMAGE_INPUT]	 = {"image_input", TG_UNIT_INPUT},
	[TG_UNIT_OUTPUT]	 = {"output", TG_UNIT_OUTPUT},
	[TG_UNIT_AUDIO_OUTPUT]	 = {"audio_output", TG_UNIT_OUTPUT},
	[TG_UNIT_CALL]		 = {"call", TG_UNIT_CALL},
};

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
		tg_price_add(&sum, 1, call);
	for (unit = 0; unit < TG_UNIT__TOKENS; unit++) {
		if (tg_prices_per_call(p))
			break;
		if (!u->known || u->tokens[unit] < 0)
			return false;
		if (u->tokens[unit] == 0)
			continue;
		pico = p->pico[tg_price_unit(p, unit)];
		if (pico == TG_PICO_UNKNOWN)
			return false;
		tg_price_add(&sum, u->tokens[unit], pico);
	}
	*nano = tg_price_total(sum, p, false);
	return true;
}

bool
tg_prices_per_call(const struct tg_prices *p)
{
	enum tg_unit u;

	for (u = 0; u < TG_UNIT__TOKENS; u++)
		if (p->pico[u] != TG_PICO_UNKNOWN)
			return false;
	return p->pico[TG_UNIT_CALL] != TG_PICO_UNKNOWN;
}

enum tg_unit
tg_price_unit(const struct tg_prices *p, enum tg_unit u)
{
	return p->pico[u] == TG_PICO_UNKNOWN ? units[u].instead : u;
}

void
tg_price_add(tg_i128 *sum, int64_t tokens, int64_t pico)
{
	tg_i128 product = (tg_i128)tokens * pico;

	if (__builtin_add_overflow(*sum, product, sum))
		*sum = TG_SUM_MOST;
}

int64_t
tg_price_total(tg_i128 sum, const struct tg_prices *p, bool up)
{
	tg_i128 parts = PICO_PER_NANO, total;

	if (p->discount_ppm != 0 || p->margin_ppm != 0) {
		if (__builtin_mul_overflow(
			sum, (tg_i128)(PPM - p->discount_ppm), &sum) ||
		    __builtin_mul_overflow(
			sum, (tg_i128)(PPM + p->margin_ppm), &sum))
			return INT64_MAX;
		parts *= (tg_i128)PPM * PPM;
	}
	total = sum / parts + (sum % parts >= (up ? 1 : parts / 2));
	return total > INT64_MAX ? INT64_MAX : (int64_t)total;
}
