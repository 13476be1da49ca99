/*
 * The rule behind a zone's table: when summer begins and ends in any year.
 */
#include "config.h"
#include "base/zone_rule.h"

#include "base/civil.h"

#define DAY 86400

static bool skip_name(struct tg_str *s);
static bool read_number(struct tg_str *s, int64_t most, int64_t *out);
static bool read_time(struct tg_str *s, int64_t hours_most, int64_t *out);
static bool read_date(struct tg_str *s, struct tg_zone_date *d);
static bool take(struct tg_str *s, char c);
static int64_t moment(const struct tg_zone_date *d, int64_t year,
    int64_t offset);
static int64_t day_of_year(const struct tg_zone_date *d, int64_t year);

bool
tg_zone_rule_read(struct tg_zone_rule *r, struct tg_str text)
{
	int64_t west;

	if (!skip_name(&text) || !read_time(&text, 24, &west))
		return false;
	*r = (struct tg_zone_rule){.standard = -west, .summer = 3600 - west};
	if (text.n == 0)
		return true;
	if (!skip_name(&text))
		return false;
	if (text.n > 0 && text.p[0] != ',') {
		if (!read_time(&text, 24, &west))
			return false;
		r->summer = -west;
	}
	r->has_summer = true;
	return take(&text, ',') && read_date(&text, &r->begin) &&
	    take(&text, ',') && read_date(&text, &r->end) && text.n == 0;
}

int64_t
tg_zone_rule_offset(const struct tg_zone_rule *r, int64_t utc, int64_t *since,
    int64_t *until)
{
	int64_t year, y, begin, end, offset = r->standard;

	*since = INT64_MIN;
	*until = INT64_MAX;
	if (!r->has_summer)
		return offset;
	year = tg_date_of(tg_floor_div(utc + r->standard, DAY)).year;
	for (y = year - 1; y <= year + 1; y++) {
		begin = moment(&r->begin, y, r->standard);
		end = moment(&r->end, y, r->summer);
		if (begin <= utc && begin >= *since) {
			*since = begin;
			offset = r->summer;
		}
		if (end <= utc && end > *since) {
			*since = end;
			offset = r->standard;
		}
		if (begin > utc && begin < *until)
			*until = begin;
		if (end > utc && end < *until)
			*until = end;
	}
	return offset;
}

/* "CET" or "<+03>". */
static bool
skip_name(struct tg_str *s)
{
	bool quoted = take(s, '<');
	size_t n = 0;
	char c;

	for (; n < s->n; n++) {
		c = s->p[n];
		if (quoted ? c == '>' : !((c | 32) >= 'a' && (c | 32) <= 'z'))
			break;
	}
	s->p += n;
	s->n -= n;
	return n > 0 && (!quoted || take(s, '>'));
}

static bool
read_number(struct tg_str *s, int64_t most, int64_t *out)
{
	size_t n = 0;

	*out = 0;
	while (n < s->n && n < 4 && s->p[n] >= '0' && s->p[n] <= '9')
		*out = *out * 10 + (s->p[n++] - '0');
	s->p += n;
	s->n -= n;
	return n > 0 && *out <= most;
}

/* [+-]hh[:mm[:ss]] */
static bool
read_time(struct tg_str *s, int64_t hours_most, int64_t *out)
{
	bool minus = take(s, '-');
	int64_t hours, minutes = 0, seconds = 0;

	if (!minus)
		take(s, '+');
	if (!read_number(s, hours_most, &hours))
		return false;
	if (take(s, ':') && !read_number(s, 59, &minutes))
		return false;
	if (take(s, ':') && !read_number(s, 59, &seconds))
		return false;
	*out = (minus ? -1 : 1) * (hours * 3600 + minutes * 60 + seconds);
	return true;
}

static bool
read_date(struct tg_str *s, struct tg_zone_date *d)
{
	int64_t month = 1, week = 1, day;

	*d = (struct tg_zone_date){.time = 2 * INT64_C(3600)};
	if (take(s, 'M')) {
		d->form = 'M';
		if (!read_number(s, 12, &month) || !take(s, '.') ||
		    !read_number(s, 5, &week) || !take(s, '.') ||
		    !read_number(s, 6, &day) || month < 1 || week < 1)
			return false;
	} else {
		d->form = take(s, 'J') ? 'J' : 0;
		if (!read_number(s, 365, &day) || (d->form == 'J' && day < 1))
			return false;
	}
	d->month = (int)month;
	d->week = (int)week;
	d->day = (int)day;
	return !take(s, '/') || read_time(s, 167, &d->time);
}

static bool
take(struct tg_str *s, char c)
{
	if (s->n == 0 || s->p[0] != c)
		return false;
	s->p++;
	s->n--;
	return true;
}

static int64_t
moment(const struct tg_zone_date *d, int64_t year, int64_t offset)
{
	return day_of_year(d, year) * DAY + d->time - offset;
}

static int64_t
day_of_year(const struct tg_zone_date *d, int64_t year)
{
	int64_t first = tg_days_of((struct tg_date){year, d->month, 1});
	int64_t day;

	if (d->form == 0)
		return first + d->day;
	if (d->form == 'J')	/* 60 is the 1st of March in every year */
		return first + d->day - 1 +
		    (d->day >= 60 && tg_days_in_month(year, 2) == 29);
	/* 1970 began on a Thursday */
	day = tg_floor_mod(d->day - tg_floor_mod(first + 4, 7), 7) +
	    (d->week - 1) * 7;
	if (day >= tg_days_in_month(year, d->month))
		day -= 7;
	return first + day;
}
