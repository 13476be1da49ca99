/*
 * Money in and out of text.  All numbers are read digit by digit by
 * base/decimal.h; what differs is the scale and whether rounding is allowed:
 * what an owner types must be exact, what other programs computed in floating
 * point (price lists, costs reported by providers) is rounded.
 */
#include "config.h"
#include "base/money.h"

#include "base/decimal.h"

#define PICO_PER_NANO	1000

static int parse(struct tg_str s, int scale, int64_t *out, bool *exact);
static int print_price(struct tg_buf *b, int64_t pico, unsigned places);
static int print(struct tg_buf *b, int64_t units, unsigned places);

/* One USD per million tokens is 1e-6 USD a token: 1e6 pico. */
int
tg_price_parse(struct tg_str usd_per_million, int64_t *pico_usd)
{
	bool exact;
	int64_t v;

	if (parse(usd_per_million, 6, &v, &exact) == -1 || !exact)
		return -1;
	*pico_usd = v;
	return 0;
}

int
tg_nano_parse(struct tg_str usd, int64_t *nano_usd)
{
	bool exact;

	return parse(usd, 9, nano_usd, &exact);
}

/* A price must not become free by rounding. */
int
tg_pico_parse(struct tg_str usd_per_token, int64_t *pico_usd)
{
	bool exact;
	int64_t v;

	if (parse(usd_per_token, 12, &v, &exact) == -1 || (v == 0 && !exact))
		return -1;
	*pico_usd = v;
	return 0;
}

int64_t
tg_pico_to_nano(tg_i128 pico)
{
	tg_i128 nano = pico / PICO_PER_NANO, rest = pico % PICO_PER_NANO;

	if (rest < 0) {		/* floor, so that halves go up below 0 too */
		rest += PICO_PER_NANO;
		nano--;
	}
	nano += rest >= PICO_PER_NANO / 2;
	if (nano > INT64_MAX)
		return INT64_MAX;
	if (nano < INT64_MIN)
		return INT64_MIN;
	return (int64_t)nano;
}

int
tg_nano_print(struct tg_buf *b, int64_t nano_usd)
{
	return print(b, nano_usd, 9);
}

int
tg_pico_print(struct tg_buf *b, int64_t pico_usd)
{
	return print_price(b, pico_usd, 12);
}

int
tg_price_print(struct tg_buf *b, int64_t pico_usd)
{
	return print_price(b, pico_usd, 6);
}

static int
parse(struct tg_str s, int scale, int64_t *out, bool *exact)
{
	struct tg_decimal d;
	int64_t v;

	if (!tg_decimal_parse(s, &d) || (d.minus && d.digits != 0) ||
	    !tg_decimal_scaled(&d, scale, &v, exact))
		return -1;
	*out = v;
	return 0;
}

static int
print_price(struct tg_buf *b, int64_t pico, unsigned places)
{
	if (pico == TG_PICO_UNKNOWN)
		return tg_buf_addc(b, "null");
	return print(b, pico, places);
}

static int
print(struct tg_buf *b, int64_t units, unsigned places)
{
	uint64_t left = units < 0 ? 0 - (uint64_t)units : (uint64_t)units;
	char text[32], *p = text + sizeof(text);
	bool shown = false;
	unsigned i;

	for (i = 0; i < places || left != 0 || i == places; i++) {
		unsigned digit = (unsigned)(left % 10);

		left /= 10;
		if (i == places && shown)
			*--p = '.';
		shown = shown || digit != 0;
		if (shown || i >= places)
			*--p = (char)('0' + digit);
	}
	if (units < 0)
		*--p = '-';
	return tg_buf_add(b, p, (size_t)(text + sizeof(text) - p));
}
