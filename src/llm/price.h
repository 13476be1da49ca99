#ifndef TG_LLM_PRICE_H
#define TG_LLM_PRICE_H
/*
 * What a call costs: tokens of each class times its price, in integers.
 * The token units stand in the order of store/calls.h's classes.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/money.h"
#include "base/str.h"

enum tg_unit {
	TG_UNIT_INPUT,
	TG_UNIT_CACHE_READ,
	TG_UNIT_CACHE_WRITE,
	TG_UNIT_CACHE_WRITE_1H,
	TG_UNIT_AUDIO_INPUT,
	TG_UNIT_IMAGE_INPUT,
	TG_UNIT_OUTPUT,
	TG_UNIT_AUDIO_OUTPUT,
	TG_UNIT__TOKENS,
	TG_UNIT_CALL = TG_UNIT__TOKENS,	/* each call, pico USD */
	TG_UNIT__MAX
};

struct tg_prices {
	int64_t pico[TG_UNIT__MAX];	/* TG_PICO_UNKNOWN: not set */
	/* id of the price row, 0: from the ini file */
	int64_t row[TG_UNIT__MAX];
};

void tg_prices_none(struct tg_prices *p);
/* "input" "cache_read" ... "call", also as "price_input"; -1: no such unit. */
int tg_unit_parse(struct tg_str name);
const char *tg_unit_name(enum tg_unit u);
/* LiteLLM's "input_cost_per_token" (USD per token) -> unit, or -1. */
int tg_unit_litellm(struct tg_str field);
const char *tg_unit_litellm_name(enum tg_unit u);
/* Has it the prices that a chat call needs (input and output, or call)? */
bool tg_prices_known(const struct tg_prices *p);
struct tg_usage;
/*
 * Nano USD, half up once over the sum.  A class without a price of its own
 * takes the input's (output's for audio output).  False: unknown (no price for
 * a class that was used, or usage unknown).  With a price for the call and
 * none for tokens, a call costs that, whatever it used.
 */
bool tg_price_cost(const struct tg_prices *p, const struct tg_usage *u,
    int64_t *nano);
#endif
