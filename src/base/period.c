/*
 * Budget periods: text to its canonical form, and moment to period. Periods
 * that the calendar makes are numbered; each begins when its zone's clock
 * first reaches its local begin, so that they follow each other without gap
 * or overlap, whatever the clocks do.
 */
#include "config.h"
#include "base/period.h"

#include <stdio.h>
#include <unistd.h>

#include "base/civil.h"
#include "base/zone.h"

#define US 1000000
#define HOUR 3600
#define DAY 86400
/* Monday before 1970 */
#define FIRST_MONDAY (-3)
/* The years 1 to 9999 */
#define MOMENT_MIN INT64_C(-62135596800)
#define MOMENT_MAX INT64_C(253402300799)

enum form {
	FORM_TOTAL,
	FORM_SECONDS,		/* n of them */
	FORM_DAYS,
	FORM_WEEKS,
	FORM_MONTHS,
	FORM_YEAR
};

struct period {
	enum form form;
	int64_t n;
	const struct tg_zone *zone;
	int64_t day;		/* anchor: of the month, week, year; 0 none */
	bool dated;		/* anchor is this date */
	struct tg_date date;
};

/* What is written for them; the first of a form and number is canonical. */
static const struct {
	const char *name;
	enum form form;
	int64_t n;
} names[] = {
	{"total", FORM_TOTAL, 0}, {"", FORM_TOTAL, 0},
	{"never", FORM_TOTAL, 0},
	{"hour", FORM_SECONDS, HOUR}, {"hourly", FORM_SECONDS, HOUR},
	{"day", FORM_DAYS, 1}, {"daily", FORM_DAYS, 1},
	{"24h", FORM_DAYS, 1},
	{"week", FORM_WEEKS, 1}, {"weekly", FORM_WEEKS, 1},
	{"7d", FORM_WEEKS, 1},
	{"month", FORM_MONTHS, 1}, {"monthly", FORM_MONTHS, 1},
	{"30d", FORM_MONTHS, 1},
	{"year", FORM_YEAR, 1}, {"yearly", FORM_YEAR, 1},
	{"1y", FORM_YEAR, 1}, {"12mo", FORM_YEAR, 1},
};
/* Larger first: 120m is written 2h. */
static const struct {
	const char *suffix;
	enum form form;
	int64_t unit, most;
} units[] = {
	{"mo", FORM_MONTHS, 1, 1200},
	{"w", FORM_WEEKS, 1, 5200},
	{"d", FORM_DAYS, 1, 36500},
	{"h", FORM_SECONDS, HOUR, 876000},
	{"m", FORM_SECONDS, 60, 52560000},
	{"s", FORM_SECONDS, 1, INT64_C(3153600000)},
};

static bool read_span(struct tg_str text, struct period *p);
static bool read_anchor(struct tg_str text, struct period *p);
static bool read_period(struct tg_str text, struct period *p);
static int fail_zone(struct tg_str zone, struct tg_err *e);
static int print_period(const struct period *p, struct tg_str zone,
    char out[TG_PERIOD_BYTES]);
static int print_span(const struct period *p, char *out, size_t bytes);
static void calendar(const struct period *p, int64_t utc, int64_t *from,
    int64_t *to);
static int64_t number_of(const struct period *p, int64_t local);
static int64_t begin_of(const struct period *p, int64_t number);
static int64_t day_in_month(int64_t year, int month, int64_t day);
static int64_t month_phase(const struct period *p);
static int64_t day_phase(const struct period *p);
static void short_span(const struct period *p, int64_t utc, int64_t *from,
    int64_t *to);
static int64_t offset_at(const struct tg_zone *z, int64_t utc);

int
tg_period_make(struct tg_str span, struct tg_str zone, struct tg_str anchor,
    char out[TG_PERIOD_BYTES], struct tg_err *e)
{
	struct period p = {0};

	if (!read_span(tg_str_trim(span), &p))
		return tg_fail_param(e, TG_E_INVALID, "budget_duration",
		    "'%.*s' is not a period. Write total, hour, day, week, "
		    "month, year, or a number with s, m, h, d, w or mo, such "
		    "as 30d.",
		    TG_PRI(span));
	zone = tg_str_trim(zone);
	p.zone = tg_zone_find(zone);
	if (p.zone == NULL)
		return fail_zone(zone, e);
	if (!read_anchor(tg_str_trim(anchor), &p))
		return tg_fail_param(e, TG_E_INVALID, "budget_anchor",
		    "'%.*s' is not a day on which this period can begin. "
		    "Write the day of the month (1 to 31), of the week (1 is "
		    "Monday), of the year, or a date such as 2026-01-31; "
		    "total, hours, minutes, seconds and day have none.",
		    TG_PRI(anchor));
	if (print_period(&p, zone, out) == -1)
		return fail_zone(zone, e);
	return 0;
}

bool
tg_period_at(const char *period, int64_t wall_us, int64_t *from_us,
    int64_t *to_us)
{
	int64_t utc = tg_floor_div(wall_us, US), from, to;
	struct period p = {0};

	if (!read_period(tg_str(period), &p) || utc < MOMENT_MIN ||
	    utc > MOMENT_MAX)
		return false;
	if (p.form == FORM_TOTAL) {
		*from_us = 0;
		*to_us = INT64_MAX;
		return true;
	}
	if (p.form == FORM_SECONDS && (HOUR % p.n == 0 || DAY % p.n != 0))
		short_span(&p, utc, &from, &to);
	else
		calendar(&p, utc, &from, &to);
	*from_us = from * US;
	*to_us = to * US;
	return true;
}

bool
tg_day_of(const char *zone, int64_t wall_us, char out[11])
{
	const struct tg_zone *z = tg_zone_find(tg_str(zone));
	int64_t utc = tg_floor_div(wall_us, US);
	struct tg_date d;
	char text[64];

	if (z == NULL || utc < MOMENT_MIN || utc > MOMENT_MAX)
		return false;
	d = tg_date_of(tg_floor_div(utc + offset_at(z, utc), DAY));
	if (d.year < 1 || d.year > 9999)
		return false;
	snprintf(text, sizeof(text), "%04lld-%02d-%02d", (long long)d.year,
	    d.month, d.day);
	memcpy(out, text, 11);
	return true;
}

bool
tg_day_begin(const char *zone, struct tg_str date, int64_t *wall_us)
{
	const struct tg_zone *z = tg_zone_find(tg_str(zone));
	struct tg_date d;

	if (z == NULL || !tg_date_read(&date, &d) || date.n > 0)
		return false;
	*wall_us = tg_zone_utc(z, tg_days_of(d) * DAY) * US;
	return true;
}

bool
tg_zone_known(struct tg_str zone)
{
	return tg_zone_find(zone) != NULL;
}

static bool
read_span(struct tg_str text, struct period *p)
{
	struct tg_str number = text, suffix;
	size_t i, n = 0;

	for (i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (tg_str_ieq(text, names[i].name)) {
			p->form = names[i].form;
			p->n = names[i].n;
			return true;
		}
	while (n < text.n && text.p[n] >= '0' && text.p[n] <= '9')
		n++;
	number.n = n;
	suffix = (struct tg_str){text.p + n, text.n - n};
	if (!tg_str_i64(number, &p->n) || p->n < 1)
		return false;
	for (i = 0; i < sizeof(units) / sizeof(*units); i++)
		if (tg_str_is(suffix, units[i].suffix)) {
			if (p->n > units[i].most)
				return false;
			p->form = units[i].form;
			p->n *= units[i].unit;
			if (p->form == FORM_SECONDS && p->n == DAY)
				*p = (struct period){.form = FORM_DAYS, .n = 1};
			return true;
		}
	return false;
}

static bool
read_anchor(struct tg_str text, struct period *p)
{
	static const int64_t most[] = {[FORM_WEEKS] = 7, [FORM_MONTHS] = 31,
	    [FORM_YEAR] = 366};

	if (text.n == 0)
		return true;
	if (p->form == FORM_TOTAL || p->form == FORM_SECONDS ||
	    (p->form == FORM_DAYS && p->n == 1))
		return false;
	if (tg_date_read(&text, &p->date)) {
		p->dated = true;
		return text.n == 0 && p->date.year > 0;
	}
	return p->form != FORM_DAYS && tg_str_i64(text, &p->day) &&
	    p->day >= 1 && p->day <= most[p->form];
}

static bool
read_period(struct tg_str text, struct period *p)
{
	struct tg_str word, zone = TG_STR_NONE, anchor = TG_STR_NONE;

	if (!tg_str_cut(&text, ' ', &word) || !read_span(word, p))
		return false;
	while (tg_str_cut(&text, ' ', &word)) {
		struct tg_str *to = tg_str_starts(word, "@") ? &zone :
		    tg_str_starts(word, "+")		     ? &anchor :
							       NULL;

		if (to == NULL || to->n > 0)
			return false;
		*to = (struct tg_str){word.p + 1, word.n - 1};
	}
	p->zone = tg_zone_find(zone);
	return p->zone != NULL && read_anchor(anchor, p);
}

static int
fail_zone(struct tg_str zone, struct tg_err *e)
{
	if (access(TG_ZONEINFO, X_OK) == -1)
		return tg_fail_param(e, TG_E_INVALID, "budget_timezone",
		    "Time zones are not installed on this machine, so '%.*s' "
		    "is unknown. Install the package tzdata, or write UTC or "
		    "an offset such as +05:30.",
		    TG_PRI(zone));
	return tg_fail_param(e, TG_E_INVALID, "budget_timezone",
	    "'%.*s' is not a time zone. Write a name such as Europe/Paris, "
	    "UTC, or an offset such as +05:30.",
	    TG_PRI(zone));
}

static int
print_period(const struct period *p, struct tg_str zone,
    char out[TG_PERIOD_BYTES])
{
	char in[TG_ZONE_BYTES + 8] = "", on[64] = "";
	int n;

	if (!tg_zone_is_utc(p->zone))
		snprintf(in, sizeof(in), " @%.*s", TG_PRI(zone));
	if (p->dated)
		snprintf(on, sizeof(on), " +%04lld-%02d-%02d",
		    (long long)p->date.year, p->date.month, p->date.day);
	else if (p->day != 0)
		snprintf(on, sizeof(on), " +%lld", (long long)p->day);
	n = print_span(p, out, TG_PERIOD_BYTES);
	n = snprintf(out + n, TG_PERIOD_BYTES - (size_t)n, "%s%s", in, on);
	return n < 0 || strlen(out) + 1 >= TG_PERIOD_BYTES ? -1 : 0;
}

static int
print_span(const struct period *p, char *out, size_t bytes)
{
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (names[i].form == p->form && names[i].n == p->n)
			return snprintf(out, bytes, "%s", names[i].name);
	for (i = 0; units[i].form != p->form || p->n % units[i].unit != 0;)
		i++;
	return snprintf(out, bytes, "%lld%s",
	    (long long)(p->n / units[i].unit), units[i].suffix);
}

/*
 * The number comes from the local clock, which may show the same time twice or
 * have left some out: so the begins have the last word.
 */
static void
calendar(const struct period *p, int64_t utc, int64_t *from, int64_t *to)
{
	int64_t k = number_of(p, utc + offset_at(p->zone, utc));

	while ((*from = tg_zone_utc(p->zone, begin_of(p, k))) > utc)
		k--;
	while ((*to = tg_zone_utc(p->zone, begin_of(p, k + 1))) <= utc) {
		*from = *to;
		k++;
	}
}

static int64_t
number_of(const struct period *p, int64_t local)
{
	int64_t days = tg_floor_div(local, DAY);
	struct tg_date d = tg_date_of(days);

	switch (p->form) {
	case FORM_SECONDS:
		return tg_floor_div(local, p->n);
	case FORM_DAYS:
		return tg_floor_div(days - day_phase(p), p->n);
	case FORM_WEEKS:
		return tg_floor_div(days - day_phase(p), p->n * 7);
	case FORM_MONTHS:
		return tg_floor_div(
		    d.year * 12 + d.month - 1 - month_phase(p), p->n);
	default:
		return d.year;
	}
}

/* In local seconds. */
static int64_t
begin_of(const struct period *p, int64_t number)
{
	int64_t day = p->dated ? p->date.day : p->day, month, length;

	switch (p->form) {
	case FORM_SECONDS:
		return number * p->n;
	case FORM_DAYS:
		return (number * p->n + day_phase(p)) * DAY;
	case FORM_WEEKS:
		return (number * p->n * 7 + day_phase(p)) * DAY;
	case FORM_MONTHS:
		month = number * p->n + month_phase(p);
		return day_in_month(tg_floor_div(month, 12),
			   (int)tg_floor_mod(month, 12) + 1, day) *
		    DAY;
	default:
		if (p->dated)
			return day_in_month(number, p->date.month, day) * DAY;
		length = 337 + tg_days_in_month(number, 2);
		if (day > length)
			day = length;
		return (day_in_month(number, 1, 1) + (day > 0 ? day - 1 : 0)) *
		    DAY;
	}
}

/* Day 0 is the first; one that the month has not is its last. */
static int64_t
day_in_month(int64_t year, int month, int64_t day)
{
	int length = tg_days_in_month(year, month);
	struct tg_date d = {year, month, day > length ? length : (int)day};

	if (d.day == 0)
		d.day = 1;
	return tg_days_of(d);
}

static int64_t
month_phase(const struct period *p)
{
	return p->dated ? p->date.year * 12 + p->date.month - 1 : 0;
}

static int64_t
day_phase(const struct period *p)
{
	if (p->dated)
		return tg_days_of(p->date);
	if (p->form == FORM_DAYS)
		return 0;
	return FIRST_MONDAY + (p->day > 0 ? p->day - 1 : 0);
}

/*
 * What divides an hour goes by the zone's clock; an hour that is shown twice
 * is two, and one whose end is left out is shorter.  What does not divide a
 * day counts on without a zone.
 */
static void
short_span(const struct period *p, int64_t utc, int64_t *from, int64_t *to)
{
	int64_t since = INT64_MIN, until = INT64_MAX, offset = 0;

	if (HOUR % p->n == 0)
		offset = tg_zone_offset(p->zone, utc, &since, &until);
	*from = utc - tg_floor_mod(utc + offset, p->n);
	*to = *from + p->n;
	if (*from < since &&
	    tg_floor_mod(*from + offset_at(p->zone, *from), p->n) != 0)
		*from = since;
	if (*to > until &&
	    tg_floor_mod(*to + offset_at(p->zone, *to), p->n) != 0)
		*to = until;
}

static int64_t
offset_at(const struct tg_zone *z, int64_t utc)
{
	int64_t since, until;

	return tg_zone_offset(z, utc, &since, &until);
}
