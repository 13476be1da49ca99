#ifndef TG_BASE_DECIMAL_H
#define TG_BASE_DECIMAL_H
/*
 * Decimal numbers in JSON's spelling, read digit by digit: what whole numbers
 * and money are made of.  No floating point, no allocation.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

struct tg_decimal {
	__extension__ unsigned __int128 digits;	/* the first 38 that count */
	int64_t exp10;		/* value = digits * 10^exp10 */
	bool minus;
	bool more;		/* non-zero digits were left out behind them */
};

/*
 * "12", "-0.50", "2.5e-06": digits, optional fraction, optional exponent;
 * leading zeros are allowed, white space and a plus in front are not.
 */
bool tg_decimal_parse(struct tg_str s, struct tg_decimal *d);
/*
 * value * 10^scale as a whole number, half away from zero; *exact tells
 * whether nothing was rounded.  False: does not fit.
 */
bool tg_decimal_scaled(
    const struct tg_decimal *d, int scale, int64_t *out, bool *exact);
#endif
