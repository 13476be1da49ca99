/* Thirty days of spending as a chart. */
#include "config.h"

#include "web/admin/trend.h"

#include <stdio.h>

#include "base/period.h"

#define DAY_US (24 * 3600 * 1000000LL)

struct sums {
	int64_t days[TG_TREND_DAYS + 1];
	int64_t cost[TG_TREND_DAYS];
	int64_t calls, failed, input, output, total;
};

/* Days of a zone are 23 to 25 hours: each is found by its noon. */
void
tg_trend_days(const struct tg_page *p, int64_t days[TG_TREND_DAYS + 1])
{
	const char *zone = p->locale.zone;
	int64_t now = p->locale.now, today = now - now % DAY_US;
	char date[11];

	if (tg_day_of(zone, now, date))
		(void)tg_day_begin(zone, tg_str(date), &today);
	for (int i = 0; i <= TG_TREND_DAYS; i++) {
		int64_t noon =
		    today + (i - TG_TREND_DAYS + 1) * DAY_US + DAY_US / 2;
		days[i] = noon - DAY_US / 2;
		if (tg_day_of(zone, noon, date))
			(void)tg_day_begin(zone, tg_str(date), &days[i]);
	}
}

int
tg_trend_day(const int64_t days[TG_TREND_DAYS + 1], int64_t at)
{
	for (int i = TG_TREND_DAYS - 1; i >= 0; i--)
		if (at >= days[i])
			return at < days[i + 1] ? i : -1;
	return -1;
}

json_t *
tg_trend_bar(struct tg_page *p, const int64_t days[TG_TREND_DAYS + 1],
    int day, const char *query)
{
	char from[11], to[11];
	const char *href = NULL;

	if (query != NULL && tg_day_of(p->locale.zone, days[day], from) &&
	    tg_day_of(p->locale.zone, days[day + 1], to))
		href = tg_arena_printf(p->a,
		    "%sadmin/calls?%s&from=%s&to=%s", p->locale.root, query,
		    from, to);
	return json_pack("{s:I, s:s?, s:[]}", "at", (json_int_t)days[day],
	    "href", href, "values");
}

static void
add(struct sums *s, int64_t hour_at, int64_t cost)
{
	int day = tg_trend_day(s->days, hour_at);

	if (day < 0)
		return;
	s->cost[day] += cost;
	s->total += cost;
}

static int
add_summary(const struct tg_summary *r, void *arg)
{
	struct sums *s = arg;

	add(s, r->hour_at, r->cost_nano);
	s->calls += r->calls;
	s->failed += r->failed + r->refused;
	s->input += r->input_tokens;
	s->output += r->output_tokens;
	return 0;
}

static int
add_rollup(const struct tg_rollup *r, void *arg)
{
	struct sums *s = arg;

	add(s, r->hour_at, r->cost_nano);
	s->calls += r->calls;
	s->failed += r->state == TG_CALL_DONE ? 0 : r->calls;
	for (int i = 0; i < TG_TOK__MAX; i++)
		if (i == TG_TOK_OUTPUT || i == TG_TOK_AUDIO_OUTPUT)
			s->output += r->tokens[i];
		else
			s->input += r->tokens[i];
	return 0;
}

static int
gather(struct tg_manage *m, const struct tg_trend *t, struct sums *s)
{
	struct tg_summary_filter by_dim = { .dim = t->dim,
		.from_at = s->days[0], .to_at = s->days[TG_TREND_DAYS] };
	struct tg_rollup_filter f = t->filter;

	if (t->dim != TG_SUM_ALL) {
		by_dim.value = tg_arena_printf(
		    m->a, "%lld", (long long)t->subject);
		return tg_summary_each(
			   m->db, &by_dim, add_summary, s, m->e) < 0 ?
		    -1 :
		    0;
	}
	f.from_at = s->days[0];
	f.to_at = s->days[TG_TREND_DAYS];
	return tg_rollup_each(m->db, &f, add_rollup, s, m->e) < 0 ? -1 : 0;
}

int
tg_trend_draw(
    struct tg_manage *m, struct tg_page *p, const struct tg_trend *t)
{
	struct sums s = { .calls = 0 };
	json_t *bars, *chart, *bar;

	tg_trend_days(p, s.days);
	if (gather(m, t, &s) != 0)
		return -1;
	bars = json_array();
	for (int i = 0; i < TG_TREND_DAYS; i++) {
		bar = tg_trend_bar(p, s.days, i, t->query);
		(void)json_array_append_new(json_object_get(bar, "values"),
		    json_integer(s.cost[i]));
		(void)json_array_append_new(bars, bar);
	}
	chart = json_pack("{s:s, s:s, s:s, s:o, s:[{s:s, s:n, s:I}]}", "unit",
	    "usd", "step", "day", "title",
	    tg_page_words(p, N_("Spend by day")), "bars", bars, "series",
	    "name", tg_page_words(p, N_("Spend")), "href", "total",
	    (json_int_t)s.total);
	if (s.calls == 0) {
		json_decref(chart);
		chart = json_null();
	}
	tg_page_set(p, "trend",
	    json_pack("{s:o, s:I, s:I, s:I, s:I, s:I}", "chart", chart,
		"calls", (json_int_t)s.calls, "failed", (json_int_t)s.failed,
		"cost", (json_int_t)s.total, "input_tokens",
		(json_int_t)s.input, "output_tokens", (json_int_t)s.output));
	return 0;
}
