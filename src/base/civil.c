/*
 * Civil dates: days since 1970 to year, month and day and back.
 */
#include "config.h"
#include "base/civil.h"

static bool dash(struct tg_str *s);

/* The year begins in March, so that the leap day is its last. */
int64_t
tg_days_of(struct tg_date date)
{
	int64_t year = date.year - (date.month <= 2);
	int64_t era = tg_floor_div(year, 400);
	int64_t of_era = year - era * 400;
	int month = date.month + (date.month > 2 ? -3 : 9);
	int64_t of_year = (153 * month + 2) / 5 + date.day - 1;

	return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 +
	    of_year - 719468;
}

struct tg_date
tg_date_of(int64_t days)
{
	int64_t era = tg_floor_div(days + 719468, 146097);
	int64_t of_era = days + 719468 - era * 146097;
	int64_t year = (of_era - of_era / 1460 + of_era / 36524 -
			   of_era / 146096) /
	    365;
	int64_t of_year = of_era - (365 * year + year / 4 - year / 100);
	int64_t month = (5 * of_year + 2) / 153;
	struct tg_date date;

	date.day = (int)(of_year - (153 * month + 2) / 5 + 1);
	date.month = (int)(month + (month < 10 ? 3 : -9));
	date.year = year + era * 400 + (date.month <= 2);
	return date;
}

int
tg_days_in_month(int64_t year, int month)
{
	static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31,
	    30, 31};
	bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

	return lengths[month - 1] + (month == 2 && leap);
}

bool
tg_date_read(struct tg_str *s, struct tg_date *date)
{
	struct tg_str rest = *s;
	int year;

	if (!tg_digits_read(&rest, 4, &year) || !dash(&rest) ||
	    !tg_digits_read(&rest, 2, &date->month) || !dash(&rest) ||
	    !tg_digits_read(&rest, 2, &date->day))
		return false;
	date->year = year;
	if (date->month < 1 || date->month > 12 || date->day < 1 ||
	    date->day > tg_days_in_month(year, date->month))
		return false;
	*s = rest;
	return true;
}

int64_t
tg_floor_div(int64_t n, int64_t d)
{
	return n / d - (n % d < 0);
}

int64_t
tg_floor_mod(int64_t n, int64_t d)
{
	return n % d + (n % d < 0 ? d : 0);
}

bool
tg_digits_read(struct tg_str *s, int count, int *out)
{
	int i, v = 0;

	if (s->n < (size_t)count)
		return false;
	for (i = 0; i < count; i++) {
		if (s->p[i] < '0' || s->p[i] > '9')
			return false;
		v = v * 10 + (s->p[i] - '0');
	}
	s->p += count;
	s->n -= (size_t)count;
	*out = v;
	return true;
}

static bool
dash(struct tg_str *s)
{
	if (s->n == 0 || s->p[0] != '-')
		return false;
	s->p++;
	s->n--;
	return true;
}
