#ifndef TG_BASE_MONEY_H
#define TG_BASE_MONEY_H
/*
 * Money: prices in whole 1e-12 USD a token ("pico"), amounts in 1e-9 USD
 * ("nano"), products in 128 bits.  No floating point.
 */
#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"

#define TG_PICO_UNKNOWN INT64_MIN	/* no price: never taken for 0 */

/* "0.15" USD a million tokens -> 150000 pico USD a token; -1: not a price,
 * negative, finer than a pico or too large. */
int tg_price_parse(struct tg_str usd_per_million, int64_t *pico_usd);
/*
 * "0.0000025" USD -> nano, rounded half up; also takes JSON spellings such as
 * 2.5e-06.  -1: not a number, negative or too large.
 */
int tg_nano_parse(struct tg_str usd, int64_t *nano_usd);
/*
 * USD per token in any JSON number spelling -> pico USD (LiteLLM's fields),
 * rounded half up: 2.9999900000000002e-06 is float noise.  -1 as above, and
 * for what is not 0 but would round to it.
 */
int tg_pico_parse(struct tg_str usd_per_token, int64_t *pico_usd);
/* sum of tokens * pico, in 128 bits. */
__extension__ typedef __int128 tg_i128;
/* pico -> nano, half up; saturates. */
int64_t tg_pico_to_nano(tg_i128 pico);
/* Decimal USD without needless zeros: "0.00000015"; JSON number and text. */
int tg_nano_print(struct tg_buf *b, int64_t nano_usd);
/* pico per token as a decimal number of USD per token; unknown: null. */
int tg_pico_print(struct tg_buf *b, int64_t pico_usd);
/* pico per token as USD per million tokens; unknown: null. */
int tg_price_print(struct tg_buf *b, int64_t pico_usd);
#endif
