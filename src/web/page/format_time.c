/*
 * Moments, in the viewer's zone and words.
 */
#include "config.h"

#include "web/page/format_filter.h"

#include <stdio.h>

#include "base/civil.h"
#include "base/clock.h"
#include "base/escape.h"
#include "base/zone.h"

#define US 1000000LL
#define DAY_S 86400LL
#define MAX_TEXT 256

/* A moment on the viewer's clock. */
struct local {
	struct tg_date date;
	int64_t day;		/* since 1970 */
	int hour, minute, second;
};

static const char *const months[] = { NC_("month", "Jan"),
	NC_("month", "Feb"), NC_("month", "Mar"), NC_("month", "Apr"),
	NC_("month", "May"), NC_("month", "Jun"), NC_("month", "Jul"),
	NC_("month", "Aug"), NC_("month", "Sep"), NC_("month", "Oct"),
	NC_("month", "Nov"), NC_("month", "Dec") };

/* For tg_format_fill(). */
struct parts {
	char year[24], day[8], clock[8], seconds[12];
	const char *pairs[13];
};

static struct local
local_of(const struct tg_locale *l, int64_t us)
{
	const struct tg_zone *z =
	    tg_zone_find(tg_str(l->zone != NULL ? l->zone : ""));
	int64_t s = tg_floor_div(us, US), since, until;
	struct local t;

	if (z != NULL)
		s += tg_zone_offset(z, s, &since, &until);
	t.day = tg_floor_div(s, DAY_S);
	s = tg_floor_mod(s, DAY_S);
	t.date = tg_date_of(t.day);
	t.hour = (int)(s / 3600);
	t.minute = (int)(s / 60 % 60);
	t.second = (int)(s % 60);
	return t;
}

static void
parts_of(const struct tg_locale *l, const struct local *t, struct parts *p)
{
	const char **pair = p->pairs;

	(void)snprintf(p->year, sizeof(p->year), "%lld",
	    (long long)t->date.year);
	(void)snprintf(p->day, sizeof(p->day), "%d", t->date.day);
	(void)snprintf(p->clock, sizeof(p->clock), "%02d:%02d", t->hour,
	    t->minute);
	(void)snprintf(p->seconds, sizeof(p->seconds), "%s:%02d", p->clock,
	    t->second);
	*pair++ = "year";
	*pair++ = p->year;
	*pair++ = "month";
	*pair++ = tg_words_get_in(
	    l->words, "month", months[t->date.month - 1]);
	*pair++ = "day";
	*pair++ = p->day;
	*pair++ = "clock";
	*pair++ = p->clock;
	*pair++ = "seconds";
	*pair++ = p->seconds;
	*pair = NULL;
}

static void
say(const struct tg_locale *l, const struct local *t, const char *pattern,
    struct tg_buf *out)
{
	struct parts p;

	parts_of(l, t, &p);
	tg_format_fill(tg_words_get(l->words, pattern), p.pairs, out);
}

/* As short as it is plain: the day or the year that is now is left out. */
static void
say_time(const struct tg_locale *l, int64_t us, struct tg_buf *out)
{
	struct local t = local_of(l, us), now = local_of(l, l->now);

	say(l, &t,
	    t.day == now.day		     ? N_("today {clock}") :
		t.date.year == now.date.year ? N_("{day} {month} {clock}") :
					       N_("{day} {month} {year} {clock}"),
	    out);
}

static void
say_date(const struct tg_locale *l, int64_t us, struct tg_buf *out)
{
	struct local t = local_of(l, us);

	say(l, &t, N_("{day} {month} {year}"), out);
}

static void
say_clock(const struct tg_locale *l, int64_t us, struct tg_buf *out)
{
	struct local t = local_of(l, us);

	say(l, &t, N_("{seconds}"), out);
}

/* --- how far away --- */

static const struct {
	int64_t unit_s;
	const char *ago_one, *ago_many, *in_one, *in_many;
} spans[] = {
	{ 365 * DAY_S, NP_("1 year ago", "{n} years ago"),
	    NP_("in 1 year", "in {n} years") },
	{ 30 * DAY_S, NP_("1 month ago", "{n} months ago"),
	    NP_("in 1 month", "in {n} months") },
	{ DAY_S, NP_("1 day ago", "{n} days ago"),
	    NP_("in 1 day", "in {n} days") },
	{ 3600, NP_("1 h ago", "{n} h ago"), NP_("in 1 h", "in {n} h") },
	{ 60, NP_("1 min ago", "{n} min ago"),
	    NP_("in 1 min", "in {n} min") },
	{ 1, NP_("1 s ago", "{n} s ago"), NP_("in 1 s", "in {n} s") },
};

static void
say_distance(const struct tg_locale *l, int64_t us, struct tg_buf *out)
{
	int64_t away = tg_floor_div(us - l->now, US);
	uint64_t s = away < 0 ? -(uint64_t)away : (uint64_t)away;
	size_t last = sizeof(spans) / sizeof(*spans) - 1, i = 0;
	char n[24];
	const char *const pairs[] = { "n", n, NULL };

	if (s < 2) {
		(void)tg_buf_addc(out, tg_words_get(l->words, N_("now")));
		return;
	}
	/* Two of a unit before it is used: 90 min says more than 1 h. */
	while (i < last && s < 2 * (uint64_t)spans[i].unit_s)
		i++;
	s /= (uint64_t)spans[i].unit_s;
	(void)snprintf(n, sizeof(n), "%llu", (unsigned long long)s);
	tg_format_fill(tg_words_plural(l->words,
	    away < 0 ? spans[i].ago_one : spans[i].in_one,
	    away < 0 ? spans[i].ago_many : spans[i].in_many,
	    (long long)s), pairs, out);
}

void
tg_format_tick(const struct tg_locale *l, int64_t us, bool hour, bool whole,
    struct tg_buf *out)
{
	static const char *const patterns[2][2] = {
		{ N_("{day} {month}"), N_("{day} {month} {year}") },
		{ N_("{clock}"), N_("{day} {month} {clock}") },
	};
	struct local t = local_of(l, us);
	struct tg_buf text;

	tg_buf_init(&text, MAX_TEXT);
	say(l, &t, patterns[hour][whole], &text);
	(void)tg_html(out, tg_buf_str(&text));
	tg_buf_free(&text);
}

/* --- the filters --- */

typedef void say_fn(const struct tg_locale *, int64_t, struct tg_buf *);

static void
element(const struct tg_locale *l, int64_t us, const struct tg_buf *text,
    struct tg_buf *out)
{
	struct local t = local_of(l, us);
	struct tg_buf title;
	char iso[TG_ISO_BYTES];

	tg_buf_init(&title, MAX_TEXT);
	say(l, &t, N_("{day} {month} {year} {seconds}"), &title);
	if (l->zone != NULL && l->zone[0] != '\0')
		(void)tg_buf_printf(&title, " (%s)", l->zone);
	else
		(void)tg_buf_addc(&title, " (UTC)");
	(void)tg_iso_time(us, iso);
	(void)tg_buf_printf(out, "<time datetime=\"%.19sZ\" title=\"", iso);
	(void)tg_html(out, tg_buf_str(&title));
	(void)tg_buf_addc(out, "\">");
	(void)tg_html(out, tg_buf_str(text));
	(void)tg_buf_addc(out, "</time>");
	tg_buf_free(&title);
}

static void
moment(const struct tg_locale *l, const json_t *v, bool plain, say_fn *fn,
    struct tg_buf *out)
{
	struct tg_buf text;
	int64_t us;

	if (!tg_filter_int(v, &us) || us <= 0) {
		(void)tg_buf_addc(out, TG_DASH);
		return;
	}
	tg_buf_init(&text, MAX_TEXT);
	fn(l, us, &text);
	if (plain)
		(void)tg_html(out, tg_buf_str(&text));
	else
		element(l, us, &text, out);
	tg_buf_free(&text);
}

void
tg_filter_time(const struct tg_locale *l, const json_t *v, bool plain,
    struct tg_buf *out)
{
	moment(l, v, plain, say_time, out);
}

void
tg_filter_date(const struct tg_locale *l, const json_t *v, bool plain,
    struct tg_buf *out)
{
	moment(l, v, plain, say_date, out);
}

void
tg_filter_clock(const struct tg_locale *l, const json_t *v, bool plain,
    struct tg_buf *out)
{
	moment(l, v, plain, say_clock, out);
}

void
tg_filter_ago(const struct tg_locale *l, const json_t *v, bool plain,
    struct tg_buf *out)
{
	moment(l, v, plain, say_distance, out);
}

void
tg_filter_until(const struct tg_locale *l, const json_t *v, bool plain,
    struct tg_buf *out)
{
	moment(l, v, plain, say_distance, out);
}

const char *
tg_format_time(struct tg_arena *a, const struct tg_locale *l, int64_t wall_us)
{
	struct tg_buf text;
	const char *copy;

	if (wall_us <= 0)
		return TG_DASH;
	tg_buf_init(&text, MAX_TEXT);
	say_time(l, wall_us, &text);
	copy = tg_arena_cstr(a, tg_buf_str(&text));
	tg_buf_free(&text);
	return copy;
}
