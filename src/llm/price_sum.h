#ifndef TG_LLM_PRICE_SUM_H
#define TG_LLM_PRICE_SUM_H
/*
 * The sums behind llm/price.h, for its own files and llm/bill: cost, quote and
 * bill come out of the same steps.
 */
#include "llm/price.h"

#define TG_SUM_MOST ((tg_i128)INT64_MAX * INT64_MAX)

/* A price for the call and none for tokens: tokens are free. */
bool tg_prices_per_call(const struct tg_prices *p);
/* The unit whose price counts for u: its own, or the one that stands in. */
enum tg_unit tg_price_unit(const struct tg_prices *p, enum tg_unit u);
/* Saturates: what does not fit 128 bits is no sum of this world. */
void tg_price_add(tg_i128 *sum, int64_t tokens, int64_t pico);
/*
 * A sum of pico USD, not negative, with discount and margin, as nano USD: half
 * up, or up.
 */
int64_t tg_price_total(tg_i128 sum, const struct tg_prices *p, bool up);
#endif
