/*
 * Reading how long to wait.  What is done with it (passing it on, waiting,
 * going elsewhere) is the route's.
 */
#include "config.h"

#include "llm/retry_after.h"

#include <ctype.h>
#include <stdio.h>
#include <strings.h>
#include <time.h>

#include "base/decimal.h"

#define MOST_MS ((int64_t)30 * 24 * 3600 * 1000)

static int64_t scaled(struct tg_str number, int64_t unit_ms);
static int64_t date_ms(struct tg_str s, int64_t now_s);
static int month_of(const char *name);
static int64_t spans(struct tg_str s);
static int64_t unit_of(struct tg_str letters);

int64_t
tg_retry_after(
    struct tg_str retry_after, struct tg_str retry_after_ms, int64_t now_s)
{
	struct tg_str value = tg_str_trim(retry_after);
	int64_t ms = scaled(tg_str_trim(retry_after_ms), 1);

	if (ms == -1)
		ms = scaled(value, 1000);
	if (ms == -1 && value.n > 0)
		ms = date_ms(value, now_s);
	return ms;
}

int64_t
tg_retry_hint(struct tg_str message)
{
	static const char *const openings[] = {
		"try again in ", "retry after ", "retry in "};
	size_t i;
	long at;

	for (i = 0; i < sizeof(openings) / sizeof(*openings); i++) {
		at = tg_str_ifind(message, openings[i]);
		if (at < 0)
			continue;
		at += (long)strlen(openings[i]);
		return spans((struct tg_str){
		    message.p + at, message.n - (size_t)at });
	}
	return -1;
}

static int64_t
scaled(struct tg_str number, int64_t unit_ms)
{
	const int64_t million = 1000 * 1000;
	struct tg_decimal d;
	int64_t v;
	bool exact;

	if (!tg_decimal_parse(number, &d) || d.minus)
		return -1;
	if (!tg_decimal_scaled(&d, 6, &v, &exact) ||
	    v / million >= MOST_MS / unit_ms)
		return MOST_MS;
	return (v * unit_ms + million - 1) / million;
}

static int64_t
date_ms(struct tg_str s, int64_t now_s)
{
	struct tm tm = {0};
	char text[64], month[4];
	int64_t left;

	if (s.n >= sizeof(text))
		return -1;
	memcpy(text, s.p, s.n);
	text[s.n] = '\0';
	if (sscanf(text, "%*[A-Za-z], %2d%*[ -]%3[A-Za-z]%*[ -]%4d "
	    "%2d:%2d:%2d", &tm.tm_mday, month, &tm.tm_year, &tm.tm_hour,
	    &tm.tm_min, &tm.tm_sec) != 6 &&
	    sscanf(text, "%*[A-Za-z] %3[A-Za-z] %2d %2d:%2d:%2d %4d", month,
	    &tm.tm_mday, &tm.tm_hour, &tm.tm_min, &tm.tm_sec,
	    &tm.tm_year) != 6)
		return -1;
	tm.tm_mon = month_of(month);
	if (tm.tm_mon < 0)
		return -1;
	/* Two digits: of the century that began in 1970. */
	if (tm.tm_year >= 100)
		tm.tm_year -= 1900;
	else if (tm.tm_year < 70)
		tm.tm_year += 100;
	left = (int64_t)timegm(&tm) - now_s;
	if (left <= 0)
		return 0;
	return left < MOST_MS / 1000 ? left * 1000 : MOST_MS;
}

static int
month_of(const char *name)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	int i;

	for (i = 0; i < 12; i++)
		if (strncasecmp(months + 3 * i, name, 3) == 0)
			return i;
	return -1;
}

/* "6m0s", "7.66s", "20 seconds"; a number alone is seconds. */
static int64_t
spans(struct tg_str s)
{
	int64_t total = -1, unit, one;
	size_t i = 0, start;

	while (i < s.n && isdigit((unsigned char)s.p[i])) {
		struct tg_str number = {s.p + i, 0}, letters;

		for (start = i; i < s.n && (isdigit((unsigned char)s.p[i]) ||
		    s.p[i] == '.'); i++)
			continue;
		number.n = i - start;
		if (number.p[number.n - 1] == '.')
			number.n--;
		if (i < s.n && s.p[i] == ' ')
			i++;
		letters = (struct tg_str){s.p + i, 0};
		for (start = i; i < s.n && isalpha((unsigned char)s.p[i]); i++)
			continue;
		letters.n = i - start;
		unit = unit_of(letters);
		one = unit == 0 ? -1 : scaled(number, unit);
		if (one == -1)
			break;
		total = (total == -1 ? 0 : total) + one;
		if (total > MOST_MS)
			return MOST_MS;
	}
	return total;
}

static int64_t
unit_of(struct tg_str letters)
{
	if (letters.n == 0)
		return 1000;
	if (tg_str_ieq(letters, "ms") || tg_str_starts(letters, "milli"))
		return 1;
	switch (letters.p[0]) {
	case 's':
		return 1000;
	case 'm':
		return 60 * 1000;
	case 'h':
		return 3600 * 1000;
	case 'd':
		return 24 * 3600 * 1000;
	default:
		return 0;
	}
}
