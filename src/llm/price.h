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

/* The prices that hold for one call. */
struct tg_prices {
	int64_t pico[TG_UNIT__MAX];	/* TG_PICO_UNKNOWN: not set */
	/* id of the price row, 0: from the ini file */
	int64_t row[TG_UNIT__MAX];
	/* of the whole bill, in millionths: off first, then on top */
	int64_t discount_ppm, margin_ppm;
	char tier[16];			/* of service, "" the usual */
	int64_t above_tokens;		/* the long prompt's edge, 0 none */
};

/*
 * One price with what it depends on (tokens-and-prices.md 2.2).  Of those that
 * hold, the one with the most conditions met counts: tier, then the highest
 * edge, then hours, then the latest valid_from.
 */
struct tg_price {
	enum tg_unit unit;
	int64_t pico;
	int64_t row;
	int64_t valid_from, valid_to;	/* wall us; valid_to 0: open */
	/* for prompts of more tokens than this, cached ones included */
	int64_t above_tokens;
	const char *tier;		/* "" the usual, "flex" "priority" ... */
	int utc_from, utc_to;		/* minutes of the UTC day; equal: all */
};
struct tg_price_list {
	const struct tg_price *prices;
	size_t n;
	int64_t discount_ppm, margin_ppm;
};
/*
 * The prices for a call that began at wall_us, with so many prompt tokens, in
 * this tier ("" or unknown: the usual one).
 */
void tg_prices_at(const struct tg_price_list *l, int64_t wall_us,
    int64_t prompt_tokens, const char *tier, struct tg_prices *out);
/*
 * The highest that may come to hold, each unit for itself: any edge below
 * prompt_tokens, the tier asked for ("auto": any), the present hour.
 */
void tg_prices_worst(const struct tg_price_list *l, int64_t wall_us,
    int64_t prompt_tokens, const char *tier, struct tg_prices *out);
struct tg_bound;
/*
 * What a call may cost: *fixed_nano for its input at the dearest class that it
 * can fall into and for the call itself, rounded up; *output_pico for a token
 * of output in each of the choices.  Margin and discount are in it. False:
 * not priced.
 */
bool tg_price_quote(const struct tg_prices *worst, const struct tg_bound *b,
    int64_t *fixed_nano, int64_t *output_pico);

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
