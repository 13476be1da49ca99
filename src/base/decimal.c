/*
 * Decimal numbers, read digit by digit: the first 38 are kept, zeros at both
 * ends are not, so that "1e3", "5.0" and a megabyte of zeros are all cheap.
 * What a number means (tokens, dollars) is left to the callers.
 */
#include "config.h"
#include "base/decimal.h"

#define MAX_DIGITS 38		/* 10^38 fits 128 bits */
#define MAX_EXP10 ((int64_t)1 << 60)

__extension__ typedef unsigned __int128 u128;

static size_t read_digits(struct tg_str s, size_t i, struct tg_decimal *d,
    int *kept, bool fraction);
static bool read_exponent(struct tg_str s, size_t i, int64_t *exp10);
static u128 divide(u128 v, int64_t places, bool *inexact, bool *up);

bool
tg_decimal_parse(struct tg_str s, struct tg_decimal *d)
{
	size_t i, start;
	int64_t exp10 = 0;
	int kept = 0;

	*d = (struct tg_decimal){.minus = s.n > 0 && s.p[0] == '-'};
	start = d->minus;
	i = read_digits(s, start, d, &kept, false);
	if (i == start)
		return false;
	if (i < s.n && s.p[i] == '.') {
		start = ++i;
		i = read_digits(s, start, d, &kept, true);
		if (i == start)
			return false;
	}
	if (i < s.n && !read_exponent(s, i, &exp10))
		return false;
	d->exp10 += exp10;
	while (d->digits != 0 && d->digits % 10 == 0) {
		d->digits /= 10;
		d->exp10++;
	}
	return true;
}

bool
tg_decimal_scaled(
    const struct tg_decimal *d, int scale, int64_t *out, bool *exact)
{
	int64_t places = d->exp10 + scale;
	bool inexact = d->more, up = false;
	u128 v = d->digits, most = INT64_MAX;

	if (v != 0 && places < 0)
		v = divide(v, -places, &inexact, &up);
	v += up;
	for (; v != 0 && places > 0; places--) {
		if (v > most / 10)
			return false;
		v *= 10;
	}
	if (v > most + d->minus)
		return false;
	*out = d->minus ? (int64_t)(0 - (uint64_t)v) : (int64_t)v;
	*exact = !inexact;
	return true;
}

static size_t
read_digits(struct tg_str s, size_t i, struct tg_decimal *d, int *kept,
    bool fraction)
{
	for (; i < s.n && s.p[i] >= '0' && s.p[i] <= '9'; i++) {
		int digit = s.p[i] - '0';

		if (*kept < MAX_DIGITS) {
			d->digits = d->digits * 10 + (unsigned)digit;
			*kept += d->digits != 0;
			d->exp10 -= fraction;
		} else {
			d->more |= digit != 0;
			d->exp10 += !fraction;
		}
	}
	return i;
}

/* Beyond 2^60 an exponent is as good as infinite. */
static bool
read_exponent(struct tg_str s, size_t i, int64_t *exp10)
{
	bool minus = false;
	int64_t v = 0;

	if (s.p[i] != 'e' && s.p[i] != 'E')
		return false;
	if (++i < s.n && (s.p[i] == '+' || s.p[i] == '-'))
		minus = s.p[i++] == '-';
	if (i == s.n)
		return false;
	for (; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
		if (v < MAX_EXP10 / 16)
			v = v * 10 + (s.p[i] - '0');
	}
	*exp10 = minus ? -v : v;
	return true;
}

/* The last digit cut off decides the rounding; all of them the exactness. */
static u128
divide(u128 v, int64_t places, bool *inexact, bool *up)
{
	for (; places > 0; places--) {
		if (v == 0) {
			*up = false;
			return 0;
		}
		*up = v % 10 >= 5;
		*inexact |= v % 10 != 0;
		v /= 10;
	}
	return v;
}
