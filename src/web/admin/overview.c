/*
 * The overview: what was spent, how it went, what needs somebody's eye.
 */
#include "config.h"

#include "web/admin/overview.h"

#include "web/admin/admin.h"

#define HOUR_US (3600 * INT64_C(1000000))
#define DAY_US (24 * HOUR_US)

/* --- the chart's choices and bars --- */

static const struct choice {
	const char *value, *title;
	int is;
} bys[] = {
	{ "model", N_("Model"), TG_SUM_MODEL },
	{ "provider", N_("Provider"), TG_SUM_PROVIDER },
	{ "key", N_("Key"), TG_SUM_KEY },
	{ "person", N_("Person"), TG_SUM_PERSON },
	{ "team", N_("Team"), TG_SUM_TEAM },
}, shows[] = {
	{ "cost", N_("Spend"), TG_VIEW_COST },
	{ "calls", N_("Calls"), TG_VIEW_CALLS },
	{ "tokens", N_("Tokens"), TG_VIEW_TOKENS },
};
#define BYS (sizeof(bys) / sizeof(bys[0]))
#define SHOWS (sizeof(shows) / sizeof(shows[0]))

/* Sets the list of links, with the one that is chosen, or the first. */
static int
choose(struct tg_page *p, const char *name, const struct choice *list,
    size_t n)
{
	const char *asked = tg_page_query(p, name);
	json_t *links = json_array();
	size_t chosen = 0;

	for (size_t i = 0; i < n; i++)
		if (asked != NULL && strcmp(asked, list[i].value) == 0)
			chosen = i;
	for (size_t i = 0; i < n; i++)
		(void)json_array_append_new(links, json_pack("{sssssssb}",
		    "value", list[i].value, "title",
		    tg_page_words(p, list[i].title), "href",
		    tg_page_href(p, name, i > 0 ? list[i].value : NULL),
		    "current", i == chosen));
	tg_page_set(p, name, links);
	return list[chosen].is;
}

/* Hours up to two days, days up to a month, then weeks, then months. */
static int64_t
next_edge(const struct tg_overview *v, int64_t at)
{
	int64_t length = v->span.to_at - v->span.from_at;

	if (length <= 2 * DAY_US)
		return at - at % HOUR_US + HOUR_US;
	if (length <= 32 * DAY_US)
		return tg_span_day(v->p, at, 1);
	if (length <= 200 * DAY_US)
		return tg_span_day(v->p, at, 7);
	return tg_span_month(v->p, at, 1);
}

static void
make_bars(struct tg_overview *v)
{
	int64_t at = v->span.from_at;

	while (at < v->span.to_at && v->n_bars < TG_VIEW_BARS) {
		v->edges[v->n_bars++] = at;
		at = next_edge(v, at);
	}
	v->edges[v->n_bars] = at;
}

/* --- tiles --- */

/*
 * By how much it has changed, in parts of ten thousand; more: is it good that
 * it became more, 0 neither.
 */
static void
put_change(json_t *tile, int64_t now, int64_t before, int more)
{
	int64_t by;

	/* Nobody compares with next to nothing. */
	if (before <= 0 || now < 0 || now / before >= 10)
		return;
	by = (int64_t)(((double)now - (double)before) * 10000.0 /
	    (double)before);
	(void)json_object_set_new(
	    tile, "change", json_integer(by < 0 ? -by : by));
	if (by > 0)
		(void)json_object_set_new(tile, "rose", json_true());
	if (by < 0)
		(void)json_object_set_new(tile, "fell", json_true());
	if (by != 0 && more != 0)
		tg_jtree_set_text(
		    tile, "mood", (by > 0) == (more > 0) ? "good" : "worse");
}

static json_t *
tile_of(int64_t now, int64_t before, int more)
{
	json_t *tile = json_object();

	(void)json_object_set_new(tile, "value",
	    now < 0 ? json_null() : json_integer(now));
	put_change(tile, now, before, more);
	return tile;
}

static void
put_times(json_t *tiles, const char *name, const struct tg_histogram *now,
    const struct tg_histogram *before)
{
	int64_t p95 = tg_histogram_quantile(now, 950);
	json_t *tile = tile_of(tg_histogram_quantile(now, 500),
	    tg_histogram_quantile(before, 500), -1);

	if (p95 >= 0)
		(void)json_object_set_new(tile, "p95", json_integer(p95));
	(void)json_object_set_new(tiles, name, tile);
}

static void
put_tiles(struct tg_overview *v)
{
	const struct tg_summary *n = &v->now, *b = &v->before;
	json_t *tiles = json_object(), *errors;
	int64_t bad = n->failed + n->refused;

	(void)json_object_set_new(
	    tiles, "cost", tile_of(n->cost_nano, b->cost_nano, 0));
	(void)json_object_set_new(
	    tiles, "calls", tile_of(n->calls, b->calls, 0));
	(void)json_object_set_new(tiles, "tokens",
	    tile_of(n->input_tokens + n->output_tokens,
		b->input_tokens + b->output_tokens, 0));
	errors = tile_of(bad, b->failed + b->refused, -1);
	if (n->calls > 0)
		(void)json_object_set_new(
		    errors, "share", json_integer(bad * 10000 / n->calls));
	(void)json_object_set_new(tiles, "errors", errors);
	put_times(tiles, "total", &n->total, &b->total);
	put_times(tiles, "first", &n->first, &b->first);
	if (n->cached_tokens > 0 && n->input_tokens > 0)
		(void)json_object_set_new(tiles, "cached", json_integer(
		    n->cached_tokens * 10000 / n->input_tokens));
	(void)json_object_set_new(tiles, "unpriced",
	    n->unpriced > 0 ? json_integer(n->unpriced) : json_null());
	tg_page_set(v->p, "tiles", tiles);
}

/* --- the page --- */

const char *
tg_overview_time(const struct tg_overview *v)
{
	const struct tg_span_asked *s = &v->span;

	if (s->period != NULL)
		return tg_arena_printf(v->m->a, "period=%s", s->period);
	return tg_arena_printf(v->m->a, "from=%s&to=%s",
	    tg_span_text(v->p, s->from_at), tg_span_text(v->p, s->to_at));
}

static void
put_form(struct tg_overview *v)
{
	json_t *form = json_object();

	(void)json_object_set_new(
	    form, "periods", tg_span_choices(v->p, &v->span));
	tg_jtree_set_text(form, "from", v->span.from);
	tg_jtree_set_text(form, "to", v->span.to);
	tg_jtree_set_text(form, "by", tg_page_query(v->p, "by"));
	tg_jtree_set_text(form, "show", tg_page_query(v->p, "show"));
	tg_page_set(v->p, "form", form);
	tg_page_set_text(v->p, "time", tg_overview_time(v));
	tg_page_set_int(v->p, "from_at", v->span.from_at);
	tg_page_set_int(v->p, "to_at", v->span.to_at);
	tg_page_set_true(v->p, "own", v->person != 0);
}

static int
show(struct tg_manage *m, struct tg_page *p)
{
	struct tg_overview *v = tg_arena_zero(m->a, sizeof(*v));
	int64_t key;

	v->m = m;
	v->p = p;
	if (tg_span_read(p, "7d", &v->span) == -1)
		return -1;
	/* Own dates may leave one end open. */
	if (v->span.to_at == 0)
		v->span.to_at = m->now;
	if (v->span.from_at == 0)
		v->span.from_at = tg_span_day(p, v->span.to_at - 1, -29);
	tg_visitor_scope(p->w, &v->person, &key);
	v->dim = (enum tg_sum_dim)choose(p, "by", bys, BYS);
	v->measure = (enum tg_overview_measure)choose(p, "show", shows, SHOWS);
	make_bars(v);
	put_form(v);
	if (tg_overview_read(v) == -1)
		return -1;
	put_tiles(v);
	tg_page_set_true(p, "some", v->now.calls + v->before.calls > 0);
	if (tg_overview_chart(v) == -1 || tg_overview_budgets(v) == -1)
		return -1;
	return v->person != 0 ? 0 : tg_overview_house(v);
}

static int
overview(struct tg_web *w)
{
	return tg_page_show(w, "overview", N_("Overview"), show);
}

const struct tg_route tg_routes_admin_overview[] = {
	{ TG_GET, "/admin", TG_ACCESS_PERSON, overview, NULL,
	    "What was spent and how it went", TG_FAULT_ERROR },
	{ .path = NULL },
};
