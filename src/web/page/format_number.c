/*
 * Numbers, money, sizes and durations.  All of it in whole numbers: what is
 * shown of an amount is rounded half up at the last place that is shown.
 */
#include "config.h"

#include "web/page/format_filter.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/escape.h"

#define NANO 1000000000LL
#define MINUS "\xe2\x88\x92"
#define MAX_TEXT 128

static void
put(struct tg_buf *out, const struct tg_buf *text)
{
	(void)tg_html(out, tg_buf_str(text));
}

static void
dash(struct tg_buf *out)
{
	(void)tg_buf_addc(out, TG_DASH);
}

static uint64_t
size_of(int64_t n)
{
	return n < 0 ? -(uint64_t)n : (uint64_t)n;
}

/* The first pattern of l's language with {n}. */
static void
fill(const struct tg_locale *l, const char *context, const char *pattern,
    const char *n, struct tg_buf *out)
{
	const char *const pairs[] = { "n", n, NULL };

	tg_format_fill(
	    tg_words_get_in(l->words, context, pattern), pairs, out);
}

void
tg_format_grouped(const struct tg_locale *l, uint64_t n, int places,
    struct tg_buf *out)
{
	const char *comma =
	    tg_words_get_in(l->words, "between thousands", ",");
	const char *point =
	    tg_words_get_in(l->words, "before decimals", ".");
	char digits[32];
	int count;

	count = snprintf(digits, sizeof(digits), "%0*" PRIu64, places + 1, n);
	for (int i = 0; i < count; i++) {
		int left = count - places - i;

		if (left == 0)
			(void)tg_buf_addc(out, point);
		else if (i > 0 && left > 0 && left % 3 == 0)
			(void)tg_buf_addc(out, comma);
		(void)tg_buf_byte(out, digits[i]);
	}
}

/* n of 10^-have as one of 10^-want, half up. */
static uint64_t
rounded(uint64_t n, int have, int want)
{
	uint64_t unit = 1;

	for (; have > want; have--)
		unit *= 10;
	return n / unit + (n % unit >= unit - unit / 2 && unit > 1);
}

/* Zeros at the end go, down to least places. */
static void
trim_zeros(uint64_t *n, int *places, int least)
{
	while (*places > least && *n % 10 == 0) {
		*n /= 10;
		(*places)--;
	}
}

static void
money(const struct tg_locale *l, int64_t nano, bool exact, struct tg_buf *out)
{
	uint64_t n = size_of(nano);
	struct tg_buf text;
	int places = exact ? 9 : n >= NANO ? 2 :
					     4;

	tg_buf_init(&text, MAX_TEXT);
	if (!exact && n > 0 && n < NANO / 10000) {
		n = 1;
		(void)tg_buf_byte(out, '<');
	} else
		n = rounded(n, 9, places);
	trim_zeros(&n, &places, 2);
	tg_format_grouped(l, n, places, &text);
	if (nano < 0)
		(void)tg_buf_addc(out, MINUS);
	fill(l, "money", NC_("money", "${n}"), text.p, out);
	tg_buf_free(&text);
}

void
tg_filter_usd9(const struct tg_locale *l, const json_t *v, bool plain,
    struct tg_buf *out)
{
	struct tg_buf text;
	int64_t nano;

	(void)plain;
	if (!tg_filter_int(v, &nano)) {
		dash(out);
		return;
	}
	tg_buf_init(&text, MAX_TEXT);
	money(l, nano, true, &text);
	put(out, &text);
	tg_buf_free(&text);
}

void
tg_filter_usd(const struct tg_locale *l, const json_t *v, bool plain,
    struct tg_buf *out)
{
	struct tg_buf text, whole;
	int64_t nano;
	bool same;

	if (!tg_filter_int(v, &nano)) {
		dash(out);
		return;
	}
	tg_buf_init(&text, MAX_TEXT);
	tg_buf_init(&whole, MAX_TEXT);
	money(l, nano, false, &text);
	money(l, nano, true, &whole);
	same = tg_str_eq(tg_buf_str(&text), tg_buf_str(&whole));
	if (!plain && !same) {
		(void)tg_buf_addc(out, "<span title=\"");
		put(out, &whole);
		(void)tg_buf_addc(out, "\">");
	}
	put(out, &text);
	if (!plain && !same)
		(void)tg_buf_addc(out, "</span>");
	tg_buf_free(&whole);
	tg_buf_free(&text);
}

const char *
tg_format_usd(struct tg_arena *a, const struct tg_locale *l, int64_t nano)
{
	struct tg_buf text;
	const char *copy;

	if (nano == INT64_MIN)
		return TG_DASH;
	tg_buf_init(&text, MAX_TEXT);
	money(l, nano, false, &text);
	copy = tg_arena_cstr(a, tg_buf_str(&text));
	tg_buf_free(&text);
	return copy;
}

/* A pico-USD a token is a micro-USD a million tokens. */
void
tg_filter_pico(const struct tg_locale *l, const json_t *v, bool plain,
    struct tg_buf *out)
{
	struct tg_buf text, filled;
	int64_t pico;
	uint64_t n;
	int places = 6;

	(void)plain;
	if (!tg_filter_int(v, &pico) || pico < 0) {
		dash(out);
		return;
	}
	tg_buf_init(&text, MAX_TEXT);
	tg_buf_init(&filled, MAX_TEXT);
	n = (uint64_t)pico;
	trim_zeros(&n, &places, 2);
	tg_format_grouped(l, n, places, &text);
	fill(l, "money", NC_("money", "${n}"), text.p, &filled);
	put(out, &filled);
	tg_buf_free(&filled);
	tg_buf_free(&text);
}

void
tg_filter_n(const struct tg_locale *l, const json_t *v, bool plain,
    struct tg_buf *out)
{
	int64_t n;

	(void)plain;
	if (!tg_filter_int(v, &n)) {
		dash(out);
		return;
	}
	if (n < 0)
		(void)tg_buf_addc(out, MINUS);
	tg_format_grouped(l, size_of(n), 0, out);
}

/* 1,234,567 with these units as "1.2 M"; below the first one whole. */
static void
with_unit(const struct tg_locale *l, uint64_t n, const char *const *units,
    struct tg_buf *out)
{
	uint64_t one = 1, tenths;
	int unit = 0;

	/* 999.5 of a unit would be written as 1000 of it. */
	for (; units[unit + 1] != NULL &&
	     (n / one > 999 || (n / one == 999 && n % one * 2 >= one));
	     unit++)
		one *= 1000;
	tenths = n / one * 10 + (n % one * 10 + one / 2) / one;
	if (unit == 0)
		tg_format_grouped(l, n, 0, out);
	else if (tenths >= 100)
		tg_format_grouped(l, n / one + (n % one * 2 >= one), 0, out);
	else
		tg_format_grouped(l, tenths, 1, out);
	if (units[unit][0] != '\0')
		(void)tg_buf_printf(out, TG_NBSP "%s", units[unit]);
}

void
tg_filter_short(const struct tg_locale *l, const json_t *v, bool plain,
    struct tg_buf *out)
{
	static const char *const units[] = { "", "k", "M", "G", "T", NULL };
	int64_t n;

	if (!tg_filter_int(v, &n)) {
		dash(out);
		return;
	}
	if (!plain && size_of(n) >= 1000) {
		(void)tg_buf_addc(out, "<span title=\"");
		tg_filter_n(l, v, true, out);
		(void)tg_buf_addc(out, "\">");
	}
	if (n < 0)
		(void)tg_buf_addc(out, MINUS);
	with_unit(l, size_of(n), units, out);
	if (!plain && size_of(n) >= 1000)
		(void)tg_buf_addc(out, "</span>");
}

void
tg_filter_bytes(const struct tg_locale *l, const json_t *v, bool plain,
    struct tg_buf *out)
{
	static const char *const units[] = {
		"B", "kB", "MB", "GB", "TB", NULL };
	int64_t n;

	(void)plain;
	if (!tg_filter_int(v, &n) || n < 0)
		dash(out);
	else
		with_unit(l, (uint64_t)n, units, out);
}

/* Of parts of ten thousand: a place more below one in a hundred. */
void
tg_filter_pct(const struct tg_locale *l, const json_t *v, bool plain,
    struct tg_buf *out)
{
	struct tg_buf text, filled;
	int64_t n;
	uint64_t parts;
	int places = 2;

	(void)plain;
	if (!tg_filter_int(v, &n)) {
		dash(out);
		return;
	}
	parts = size_of(n);
	tg_buf_init(&text, MAX_TEXT);
	tg_buf_init(&filled, MAX_TEXT);
	if (parts >= 100) {
		parts = rounded(parts, 2, 1);
		places = 1;
	}
	trim_zeros(&parts, &places, 0);
	tg_format_grouped(l, parts, places, &text);
	if (n < 0)
		(void)tg_buf_addc(out, MINUS);
	fill(l, "part of a hundred",
	    NC_("part of a hundred", "{n}\u00a0%"), text.p, &filled);
	put(out, &filled);
	tg_buf_free(&filled);
	tg_buf_free(&text);
}

void
tg_filter_us(const struct tg_locale *l, const json_t *v, bool plain,
    struct tg_buf *out)
{
	static const struct {
		uint64_t below, unit;	/* both us */
		int places;
		const char *pattern;
	} steps[] = {
		{ 999, 1000, 1, N_("{n} ms") },
		{ 999500, 1000, 0, N_("{n} ms") },
		{ 9950000, 1000000, 1, N_("{n} s") },
		{ 119500000, 1000000, 0, N_("{n} s") },
		{ 7170000000, 60000000, 0, N_("{n} min") },
		{ 172000000000, 3600000000, 0, N_("{n} h") },
		{ UINT64_MAX, 86400000000, 0, N_("{n} d") },
	};
	struct tg_buf text;
	uint64_t scaled;
	int64_t n;
	int i = 0;

	(void)plain;
	if (!tg_filter_int(v, &n) || n < 0) {
		dash(out);
		return;
	}
	while ((uint64_t)n >= steps[i].below)
		i++;
	tg_buf_init(&text, MAX_TEXT);
	scaled = (uint64_t)n;
	if (steps[i].places == 1)
		scaled *= 10;
	scaled = scaled / steps[i].unit +
	    (scaled % steps[i].unit >= steps[i].unit / 2);
	tg_format_grouped(l, scaled, steps[i].places, &text);
	fill(l, NULL, steps[i].pattern, text.p, out);
	tg_buf_free(&text);
}
