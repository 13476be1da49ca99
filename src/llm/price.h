#ifndef TG_LLM_PRICE_H
#define TG_LLM_PRICE_H
/*
 * What a call costs: tokens of each class times its price, in integers.
 * The token units stand in the order of store/calls.h's classes.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/money.h"
#include "base/str.h"

#define TG_TIER_BYTES 16
#define TG_PRICE_NAME_BYTES 96

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
	char tier[TG_TIER_BYTES];	/* of service, "" the usual */
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
	char tier[TG_TIER_BYTES];	/* "" the usual, "flex" "priority" */
	int utc_from, utc_to;		/* minutes of the UTC day; equal: all */
};
/*
 * A price's name with what it depends on, as in tollgate.ini: "price_input"
 * (or "input"), "price_input_above_200k", "price_output.flex",
 * "price_input@01:00-04:00", "price_input_above_200k.flex@22:00-02:00"
 * -> unit, edge, tier and hours of *p (the rest is left as it is); false: not
 * a price.  And back, with the prefix.
 */
bool tg_price_name_read(struct tg_str name, struct tg_price *p);
const char *tg_price_name(const struct tg_price *p,
    char out[TG_PRICE_NAME_BYTES]);
/*
 * LiteLLM's name ("input_cost_per_token_above_200k_tokens_priority"), USD a
 * token or a request; false: none of those that we know.  And back; NULL: it
 * has none.
 */
bool tg_price_litellm_read(struct tg_str name, struct tg_price *p);
const char *tg_price_litellm_name(const struct tg_price *p,
    char out[TG_PRICE_NAME_BYTES]);
/* Has it a name of a price (also of those that we do not know)? */
bool tg_price_litellm_like(struct tg_str name);

/* Lives as long as the catalog that it stands in. */
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
 * prompt_tokens, the tier asked for ("auto" or none: any), the present hour.
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
/* Has it the prices that a chat call needs (input and output, or call)? */
bool tg_prices_known(const struct tg_prices *p);
struct tg_usage;
/*
 * Nano USD, discount and margin in it, half up once over the sum.  A class
 * without a price of its own takes the input's (output's for audio output).
 * False: unknown (no price for a class that was used, or usage unknown).  With
 * a price for the call and none for tokens, a call costs that, whatever it
 * used.
 */
bool tg_price_cost(const struct tg_prices *p, const struct tg_usage *u,
    int64_t *nano);
#endif
