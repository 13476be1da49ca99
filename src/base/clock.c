/*
 * Time: the three clocks, and dates and durations as text.  Calendar work is
 * done here in UTC only; base/period knows time zones.
 */
#include "config.h"
#include "base/clock.h"

#include <stdatomic.h>
#include <stdio.h>
#include <time.h>

#include "base/civil.h"

#define US 1000000

static const struct {
	const char *suffix;
	int64_t seconds;
} duration_units[] = {
	{"", 1},
	{"s", 1},
	{"m", 60},
	{"h", 3600},
	{"d", 86400},
	{"w", 7 * 86400},
	{"mo", 30 * 86400},
};

static _Atomic int64_t stands_at;	/* 0: it goes */

static int64_t clock_us(clockid_t id);
static bool literal(struct tg_str *s, const char *any_of);
static bool read_date(struct tg_str *s, int64_t *days);
static bool read_time(struct tg_str *s, int64_t *seconds);
static bool read_fraction(struct tg_str *s, int64_t *us);
static bool read_zone(struct tg_str *s, int64_t *seconds);

int64_t
tg_mono_us(void)
{
	return clock_us(CLOCK_MONOTONIC);
}

int64_t
tg_mono_ms(void)
{
	return tg_mono_us() / 1000;
}

int64_t
tg_wall_us(void)
{
	int64_t at = atomic_load_explicit(&stands_at, memory_order_relaxed);

	return at != 0 ? at : clock_us(CLOCK_REALTIME);
}

void
tg_wall_stand(int64_t wall_us)
{
	atomic_store_explicit(&stands_at, wall_us, memory_order_relaxed);
}

int64_t
tg_wall_s(void)
{
	return tg_wall_us() / US;
}

int64_t
tg_boot_us(void)
{
#ifdef CLOCK_BOOTTIME
	return clock_us(CLOCK_BOOTTIME);
#else
	return tg_mono_us();
#endif
}

const char *
tg_iso_time(int64_t wall_us, char *buf)
{
	int64_t us = wall_us % US;
	time_t t = (time_t)(wall_us / US);
	struct tm tm;
	size_t n;

	if (us < 0) {		/* before 1970: the fraction counts up too */
		us += US;
		t--;
	}
	buf[0] = '\0';
	if (gmtime_r(&t, &tm) == NULL)
		return buf;
	n = strftime(buf, TG_ISO_BYTES, "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(buf + n, TG_ISO_BYTES - n, ".%06dZ", (int)us);
	return buf;
}

int
tg_iso_parse(struct tg_str s, int64_t *wall_us)
{
	int64_t days, seconds, us, zone;

	if (!read_date(&s, &days) || !literal(&s, "Tt ") ||
	    !read_time(&s, &seconds) || !read_fraction(&s, &us) ||
	    !read_zone(&s, &zone) || s.n > 0)
		return -1;
	*wall_us = (days * 86400 + seconds - zone) * US + us;
	return 0;
}

int
tg_duration_parse(struct tg_str s, int64_t *seconds)
{
	struct tg_str number = s, unit;
	int64_t count, total;
	size_t i, n = 0;

	while (n < s.n && s.p[n] >= '0' && s.p[n] <= '9')
		n++;
	if (n == 0)
		return -1;
	number.n = n;
	unit = (struct tg_str){s.p + n, s.n - n};
	if (!tg_str_i64(number, &count))
		return -1;
	for (i = 0; i < sizeof(duration_units) / sizeof(*duration_units); i++) {
		if (!tg_str_is(unit, duration_units[i].suffix))
			continue;
		if (__builtin_mul_overflow(
		    count, duration_units[i].seconds, &total))
			return -1;
		*seconds = total;
		return 0;
	}
	return -1;
}

static int64_t
clock_us(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return (int64_t)ts.tv_sec * US + ts.tv_nsec / 1000;
}

static bool
literal(struct tg_str *s, const char *any_of)
{
	if (s->n == 0 || s->p[0] == '\0' || strchr(any_of, s->p[0]) == NULL)
		return false;
	s->p++;
	s->n--;
	return true;
}

static bool
read_date(struct tg_str *s, int64_t *days)
{
	struct tg_date date;

	if (!tg_date_read(s, &date))
		return false;
	*days = tg_days_of(date);
	return true;
}

static bool
read_time(struct tg_str *s, int64_t *seconds)
{
	int h, m, sec;

	if (!tg_digits_read(s, 2, &h) || !literal(s, ":") || !tg_digits_read(s, 2, &m) ||
	    !literal(s, ":") || !tg_digits_read(s, 2, &sec))
		return false;
	*seconds = (h * 60 + m) * 60 + sec;
	return h < 24 && m < 60 && sec < 60;
}

/* What is finer than a microsecond is cut off. */
static bool
read_fraction(struct tg_str *s, int64_t *us)
{
	int64_t unit = US / 10;
	int digit;

	*us = 0;
	if (!literal(s, "."))
		return true;
	if (!tg_digits_read(s, 1, &digit))
		return false;
	do {
		*us += digit * unit;
		unit /= 10;
	} while (tg_digits_read(s, 1, &digit));
	return true;
}

static bool
read_zone(struct tg_str *s, int64_t *seconds)
{
	bool west = s->n > 0 && s->p[0] == '-';
	int h, m;

	*seconds = 0;
	if (s->n == 0 || literal(s, "Zz"))
		return true;
	if (!literal(s, "+-") || !tg_digits_read(s, 2, &h) || !literal(s, ":") ||
	    !tg_digits_read(s, 2, &m) || h > 23 || m > 59)
		return false;
	*seconds = (west ? -1 : 1) * (h * 60 + m) * 60;
	return true;
}
