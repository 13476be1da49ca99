/*
 * Periods by name and own dates, as the viewer's clock shows them.
 */
#include "config.h"

#include "web/admin/span.h"

#include "base/civil.h"
#include "base/zone.h"

#define SECOND_US INT64_C(1000000)
#define HOUR_US (3600 * SECOND_US)
#define DAY_S 86400

enum kind { HOURS, DAYS, MONTHS };
static const struct period {
	const char *name, *title;
	enum kind kind;
	int n;			/* with the one that is running */
} periods[] = {
	{ "1h", N_("Last hour"), HOURS, 1 },
	{ "today", N_("Today"), DAYS, 1 },
	{ "24h", N_("Last 24 hours"), HOURS, 24 },
	{ "7d", N_("Last 7 days"), DAYS, 7 },
	{ "30d", N_("Last 30 days"), DAYS, 30 },
	{ "90d", N_("Last 90 days"), DAYS, 90 },
	{ "year", N_("Last year"), DAYS, 365 },
	{ "month", N_("This month"), MONTHS, 1 },
};
#define PERIODS (sizeof(periods) / sizeof(periods[0]))

static const struct tg_zone *
zone_of(const struct tg_page *p)
{
	const struct tg_zone *z = tg_zone_find(tg_str(p->locale.zone));

	return z != NULL ? z : tg_zone_find(TG_STR(""));
}

/* Seconds of the viewer's clock. */
static int64_t
local(const struct tg_page *p, int64_t at)
{
	int64_t s = tg_floor_div(at, SECOND_US), since, until;

	return s + tg_zone_offset(zone_of(p), s, &since, &until);
}

static int64_t
wall(const struct tg_page *p, int64_t seconds)
{
	return tg_zone_utc(zone_of(p), seconds) * SECOND_US;
}

int64_t
tg_span_day(const struct tg_page *p, int64_t at, int days)
{
	int64_t day = tg_floor_div(local(p, at), DAY_S) + days;

	return wall(p, day * DAY_S);
}

int64_t
tg_span_month(const struct tg_page *p, int64_t at, int months)
{
	struct tg_date d = tg_date_of(tg_floor_div(local(p, at), DAY_S));
	int64_t n = d.year * 12 + d.month - 1 + months;

	d = (struct tg_date){ tg_floor_div(n, 12),
		(int)tg_floor_mod(n, 12) + 1, 1 };
	return wall(p, tg_days_of(d) * DAY_S);
}

const char *
tg_span_text(const struct tg_page *p, int64_t at)
{
	int64_t s = local(p, at);
	struct tg_date d = tg_date_of(tg_floor_div(s, DAY_S));
	int minute = (int)(tg_floor_mod(s, DAY_S) / 60);

	return tg_arena_printf(p->a, "%04lld-%02d-%02dT%02d:%02d",
	    (long long)d.year, d.month, d.day, minute / 60, minute % 60);
}

/* --- reading --- */

static int64_t
begin(const struct tg_page *p, const struct period *is, int back)
{
	int64_t now = p->locale.now;

	switch (is->kind) {
	case HOURS:
		return now - now % HOUR_US -
		    (is->n - 1 + back * is->n) * HOUR_US;
	case DAYS:
		return tg_span_day(p, now, 1 - is->n - back * is->n);
	default:
		return tg_span_month(p, now, -back);
	}
}

static void
by_name(const struct tg_page *p, const struct period *is,
    struct tg_span_asked *s)
{
	int64_t length;

	s->period = is->name;
	s->from_at = begin(p, is, 0);
	s->to_at = p->locale.now;
	s->before_from = begin(p, is, 1);
	length = s->to_at - s->from_at;
	s->before_to = s->before_from + length;
	if (s->before_to > s->from_at)
		s->before_to = s->from_at;
}

/* A date, with a time or without; end: of that day, to its last moment. */
static int
moment(struct tg_page *p, const char *name, bool end, int64_t *at)
{
	struct tg_err *e = &p->w->rq->err;
	const char *text = tg_page_query(p, name);
	struct tg_str rest = tg_str(text);
	struct tg_date d;
	int hour = 0, minute = 0;

	if (text == NULL)
		return 0;
	if (!tg_date_read(&rest, &d) || d.year < 1970 || d.year > 9999)
		goto wrong;
	if (rest.n > 0) {
		end = false;
		rest.p++;
		rest.n--;
		if (!tg_digits_read(&rest, 2, &hour) || rest.n < 3 ||
		    rest.p[0] != ':' || hour > 23)
			goto wrong;
		rest.p++;
		rest.n--;
		if (!tg_digits_read(&rest, 2, &minute) || rest.n > 0 ||
		    minute > 59)
			goto wrong;
	}
	minute += hour * 60;
	*at = wall(p, (tg_days_of(d) + end) * DAY_S + minute * 60);
	return 0;
wrong:
	return tg_fail_param(e, TG_E_INVALID, name, "'%.60s' is no date: "
	    "write it as 2026-01-31 or 2026-01-31T14:00.", text);
}

static int
own_dates(struct tg_page *p, struct tg_span_asked *s)
{
	if (moment(p, "from", false, &s->from_at) == -1 ||
	    moment(p, "to", true, &s->to_at) == -1)
		return -1;
	if (s->to_at != 0 && s->from_at >= s->to_at)
		return tg_fail_param(&p->w->rq->err, TG_E_INVALID, "to",
		    "The end must be after the beginning.");
	if (s->from_at != 0) {
		int64_t to = s->to_at != 0 ? s->to_at : p->locale.now;

		s->before_to = s->from_at;
		s->before_from = s->from_at - (to - s->from_at);
	}
	return 0;
}

int
tg_span_read(struct tg_page *p, const char *unset, struct tg_span_asked *s)
{
	const char *name = tg_page_query(p, "period");

	*s = (struct tg_span_asked){
		.from = tg_page_query(p, "from"),
		.to = tg_page_query(p, "to"),
	};
	if (s->from != NULL || s->to != NULL)
		return own_dates(p, s);
	if (name == NULL)
		name = unset;
	if (name == NULL)
		return 0;
	for (size_t i = 0; i < PERIODS; i++)
		if (strcmp(periods[i].name, name) == 0) {
			by_name(p, &periods[i], s);
			return 0;
		}
	return tg_fail_param(&p->w->rq->err, TG_E_INVALID, "period",
	    "'%.60s' is no period: choose one of the list, or own dates.",
	    name);
}

const char *
tg_span_title(const struct tg_page *p, const struct tg_span_asked *s)
{
	for (size_t i = 0; s->period != NULL && i < PERIODS; i++)
		if (strcmp(s->period, periods[i].name) == 0)
			return tg_page_words(p, periods[i].title);
	return NULL;
}

json_t *
tg_span_choices(const struct tg_page *p, const struct tg_span_asked *s)
{
	json_t *list = json_array();

	for (size_t i = 0; i < PERIODS; i++) {
		bool chosen = s->period != NULL &&
		    strcmp(s->period, periods[i].name) == 0;

		(void)json_array_append_new(list, json_pack("{sssssb}",
		    "value", periods[i].name, "title",
		    tg_page_words(p, periods[i].title), "chosen", chosen));
	}
	return list;
}
