/*
 * Columns over time.  Heights are pixels, places from left to right are
 * percents, so that the picture is as wide as its page and its words keep
 * their size; the scale stands in a picture of its own beside it.
 */
#include "config.h"

#include "web/page/chart.h"

#include "base/escape.h"
#include "web/page/template_place.h"

#define HEIGHT 180
#define TOP 8			/* room for the uppermost word of the scale */
#define LINES 4			/* of the grid, at most */
#define MAX_BARS 400
#define MAX_TICKS 8
#define TIMES_HEIGHT 18

/* One chart; on the stack. */
struct chart {
	const struct tg_locale *l;
	const json_t *v, *bars, *series;
	const char *unit;
	bool hours;
	size_t n, layers;
	double most;		/* of the scale */
	struct tg_buf *out;
};

static bool read_chart(struct chart *);
static void draw_plot(const struct chart *);
static void draw_legend(const struct chart *);
static void draw_table(const struct chart *);

void
tg_filter_chart(const struct tg_locale *l, const json_t *v, bool plain,
    struct tg_buf *out)
{
	struct chart c = { .l = l, .v = v, .out = out };

	(void)plain;
	if (!read_chart(&c))
		return;
	(void)tg_buf_addc(out, "<figure class=\"chart\">");
	draw_plot(&c);
	draw_legend(&c);
	draw_table(&c);
	(void)tg_buf_addc(out, "</figure>");
}

/* --- what there is --- */

static double
value_at(const json_t *bar, size_t layer)
{
	int64_t n;

	if (!tg_filter_int(
		json_array_get(json_object_get(bar, "values"), layer), &n) ||
	    n < 0)
		return 0;
	return (double)n;
}

static double
sum_of(const struct chart *c, const json_t *bar)
{
	double sum = 0;

	for (size_t k = 0; k < c->layers; k++)
		sum += value_at(bar, k);
	return sum;
}

/* The next 1, 2 or 5 with zeros: steps of the scale are such. */
static double
round_step(double least)
{
	double step = 1;

	while (step < least)
		step *= 10;
	if (step / 5 >= least && step >= 5)
		return step / 5;
	if (step / 2 >= least && step >= 2)
		return step / 2;
	return step;
}

static bool
read_chart(struct chart *c)
{
	const json_t *bar;
	double most = 0, step;
	size_t i;

	c->bars = json_object_get(c->v, "bars");
	c->series = json_object_get(c->v, "series");
	c->unit = json_string_value(json_object_get(c->v, "unit"));
	c->n = json_array_size(c->bars);
	c->layers = json_array_size(c->series);
	if (c->n == 0 || c->n > MAX_BARS || c->layers == 0)
		return false;
	if (c->unit == NULL || !tg_filter_fits(c->unit, true))
		c->unit = "n";
	c->hours = tg_str_is(
	    tg_str(json_string_value(json_object_get(c->v, "step"))), "hour");
	json_array_foreach(c->bars, i, bar)
		if (sum_of(c, bar) > most)
			most = sum_of(c, bar);
	step = round_step(most / LINES);
	for (c->most = step; c->most < most;)
		c->most += step;
	return true;
}

static void
add_amount(const struct chart *c, double n)
{
	json_t *j = json_integer((json_int_t)n);

	(void)tg_format_plain(c->l, c->unit, j, c->out);
	json_decref(j);
}

static void
add_text(const struct chart *c, const json_t *object, const char *name)
{
	const json_t *text = json_object_get(object, name);

	if (json_is_string(text))
		(void)tg_html(c->out,
		    (struct tg_str){ json_string_value(text),
			json_string_length(text) });
}

/* <a href=...>, if the object has an address that may be one. */
static bool
begin_link(const struct chart *c, const json_t *object, const char *more)
{
	const json_t *href = json_object_get(object, "href");
	struct tg_str to = { json_string_value(href),
		json_string_length(href) };

	if (to.n == 0 || !tg_place_link_is_safe(TG_PLACE_LINK, to))
		return false;
	(void)tg_buf_printf(c->out, "<a%s href=\"", more);
	(void)tg_html(c->out, to);
	(void)tg_buf_addc(c->out, "\">");
	return true;
}

/* "20 Nov", or by hours "14:00". */
static void
add_moment(const struct chart *c, const json_t *bar, bool whole)
{
	int64_t at = 0;

	(void)tg_filter_int(json_object_get(bar, "at"), &at);
	tg_format_tick(c->l, at, c->hours, whole, c->out);
}

/* --- the picture --- */

static double
y_of(const struct chart *c, double n)
{
	return TOP + (HEIGHT - TOP) * (1 - n / c->most);
}

static void
draw_scale(const struct chart *c, double step)
{
	int longest = 0;

	/* As wide as its words, which only their letters tell. */
	for (double n = step; n <= c->most; n += step) {
		size_t begin = c->out->n;

		add_amount(c, n);
		if (longest < (int)(c->out->n - begin))
			longest = (int)(c->out->n - begin);
		c->out->n = begin;
	}
	longest = longest * 7 + 12;
	(void)tg_buf_printf(c->out,
	    "<svg class=\"scale\" width=\"%d\" height=\"%d\" "
	    "aria-hidden=\"true\" focusable=\"false\">",
	    longest, HEIGHT + 1);
	for (double n = step; n <= c->most; n += step) {
		(void)tg_buf_printf(c->out,
		    "<text x=\"%d\" y=\"%.1f\">", longest - 8,
		    y_of(c, n) + 4);
		add_amount(c, n);
		(void)tg_buf_addc(c->out, "</text>");
	}
	(void)tg_buf_addc(c->out, "</svg>");
}

/* What the mouse is told: the moment, the sum, its parts from the top. */
static void
draw_title(const struct chart *c, const json_t *bar)
{
	(void)tg_buf_addc(c->out, "<title>");
	add_moment(c, bar, true);
	(void)tg_buf_addc(c->out, ": ");
	add_amount(c, sum_of(c, bar));
	for (size_t k = c->layers; c->layers > 1 && k > 0; k--) {
		if (value_at(bar, k - 1) <= 0)
			continue;
		(void)tg_buf_addc(c->out, "\n");
		add_text(c, json_array_get(c->series, k - 1), "name");
		(void)tg_buf_addc(c->out, ": ");
		add_amount(c, value_at(bar, k - 1));
	}
	(void)tg_buf_addc(c->out, "</title>");
}

static void
draw_bar(const struct chart *c, size_t i)
{
	const json_t *bar = json_array_get(c->bars, i);
	double wide = 100.0 / (double)c->n, base = 0;
	bool linked = begin_link(c, bar, " tabindex=\"-1\"");

	if (!linked)
		(void)tg_buf_addc(c->out, "<g>");
	draw_title(c, bar);
	(void)tg_buf_printf(c->out,
	    "<rect class=\"hit\" x=\"%.3f%%\" width=\"%.3f%%\" "
	    "height=\"%d\"/>", (double)i * wide, wide, HEIGHT);
	for (size_t k = 0; k < c->layers; k++) {
		double n = value_at(bar, k), top = y_of(c, base + n);
		double high = y_of(c, base) - top;

		base += n;
		if (n <= 0)
			continue;
		/* What there is is seen, be it ever so little. */
		if (high < 1) {
			top -= 1 - high;
			high = 1;
		}
		(void)tg_buf_printf(c->out,
		    "<rect class=\"s%zu\" x=\"%.3f%%\" y=\"%.1f\" "
		    "width=\"%.3f%%\" height=\"%.1f\"/>",
		    k < TG_CHART_SERIES ? k : TG_CHART_SERIES - 1,
		    ((double)i + 0.14) * wide, top, 0.72 * wide, high);
	}
	(void)tg_buf_addc(c->out, linked ? "</a>" : "</g>");
}

static void
draw_times(const struct chart *c)
{
	static const size_t hours[] = { 2, 3, 6, 12, 24 };
	size_t every = (c->n + MAX_TICKS - 1) / MAX_TICKS, tick = 0;

	/* By hours a round number of them. */
	for (size_t i = 0; c->hours && every > 1 && i < 5; i++)
		if (every <= hours[i]) {
			every = hours[i];
			break;
		}
	(void)tg_buf_printf(c->out,
	    "<svg class=\"times\" width=\"100%%\" height=\"%d\" "
	    "aria-hidden=\"true\" focusable=\"false\">", TIMES_HEIGHT);
	for (size_t i = 0; i < c->n; i += every) {
		(void)tg_buf_printf(c->out,
		    "<text%s x=\"%.3f%%\" y=\"14\">",
		    tick++ % 2 != 0 ? " class=\"odd\"" : "",
		    ((double)i + 0.5) * 100.0 / (double)c->n);
		add_moment(c, json_array_get(c->bars, i), false);
		(void)tg_buf_addc(c->out, "</text>");
	}
	(void)tg_buf_addc(c->out, "</svg>");
}

static void
draw_plot(const struct chart *c)
{
	double step = round_step(c->most / LINES);

	(void)tg_buf_addc(c->out, "<div class=\"plot\">");
	draw_scale(c, step);
	(void)tg_buf_printf(c->out,
	    "<svg width=\"100%%\" height=\"%d\" aria-hidden=\"true\" "
	    "focusable=\"false\">", HEIGHT + 1);
	for (double n = step; n <= c->most; n += step)
		(void)tg_buf_printf(c->out,
		    "<line class=\"grid\" x2=\"100%%\" y1=\"%.1f\" "
		    "y2=\"%.1f\"/>", y_of(c, n), y_of(c, n));
	for (size_t i = 0; i < c->n; i++)
		draw_bar(c, i);
	(void)tg_buf_printf(c->out,
	    "<line class=\"base\" x2=\"100%%\" y1=\"%d.5\" y2=\"%d.5\"/>"
	    "</svg><span></span>",
	    HEIGHT, HEIGHT);
	draw_times(c);
	(void)tg_buf_addc(c->out, "</div>");
}

/* --- words --- */

static double
total_of(const struct chart *c, size_t layer)
{
	const json_t *bar;
	double sum = 0;
	size_t i;

	json_array_foreach(c->bars, i, bar)
		sum += value_at(bar, layer);
	return sum;
}

static void
draw_legend(const struct chart *c)
{
	const json_t *one;
	size_t i;

	if (c->layers < 2)
		return;
	(void)tg_buf_addc(c->out, "<ul class=\"legend\">");
	json_array_foreach(c->series, i, one) {
		bool linked;

		(void)tg_buf_addc(c->out, "<li>");
		linked = begin_link(c, one, "");
		(void)tg_buf_printf(c->out,
		    "<svg viewBox=\"0 0 10 10\" aria-hidden=\"true\" "
		    "focusable=\"false\"><rect class=\"s%zu\" width=\"10\" "
		    "height=\"10\" rx=\"2\"/></svg>",
		    i < TG_CHART_SERIES ? i : TG_CHART_SERIES - 1);
		add_text(c, one, "name");
		(void)tg_buf_addc(c->out, linked ? "</a> " : " ");
		(void)tg_buf_addc(c->out, "<span class=\"num\">");
		add_amount(c, total_of(c, i));
		(void)tg_buf_addc(c->out, "</span></li>");
	}
	(void)tg_buf_addc(c->out, "</ul>");
}

static void
table_head(const struct chart *c)
{
	const json_t *one;
	size_t i;

	(void)tg_buf_addc(c->out, "<thead><tr><th scope=\"col\">");
	(void)tg_html(c->out, tg_str(tg_words_get(c->l->words,
	    c->hours ? N_("Hour") : N_("Day"))));
	(void)tg_buf_addc(c->out, "</th>");
	json_array_foreach(c->series, i, one) {
		(void)tg_buf_addc(c->out, "<th scope=\"col\" class=\"num\">");
		add_text(c, one, "name");
		(void)tg_buf_addc(c->out, "</th>");
	}
	if (c->layers > 1) {
		(void)tg_buf_addc(c->out, "<th scope=\"col\" class=\"num\">");
		(void)tg_html(c->out,
		    tg_str(tg_words_get(c->l->words, N_("Together"))));
		(void)tg_buf_addc(c->out, "</th>");
	}
	(void)tg_buf_addc(c->out, "</tr></thead>");
}

static void
table_cell(const struct chart *c, double n)
{
	(void)tg_buf_addc(c->out, "<td class=\"num\">");
	add_amount(c, n);
	(void)tg_buf_addc(c->out, "</td>");
}

/* The same for who does not see, and for who wants the figures. */
static void
draw_table(const struct chart *c)
{
	const json_t *bar;
	size_t i;

	(void)tg_buf_addc(c->out, "<details><summary>");
	(void)tg_html(c->out,
	    tg_str(tg_words_get(c->l->words, N_("As a table"))));
	(void)tg_buf_addc(c->out, "</summary><div class=\"scroll\" "
	    "tabindex=\"0\"><table class=\"list\"><caption class=\"vh\">");
	add_text(c, c->v, "title");
	(void)tg_buf_addc(c->out, "</caption>");
	table_head(c);
	(void)tg_buf_addc(c->out, "<tbody>");
	json_array_foreach(c->bars, i, bar) {
		bool linked;

		(void)tg_buf_addc(c->out, "<tr><th scope=\"row\">");
		linked = begin_link(c, bar, "");
		add_moment(c, bar, true);
		(void)tg_buf_addc(c->out, linked ? "</a></th>" : "</th>");
		for (size_t k = 0; k < c->layers; k++)
			table_cell(c, value_at(bar, k));
		if (c->layers > 1)
			table_cell(c, sum_of(c, bar));
		(void)tg_buf_addc(c->out, "</tr>");
	}
	(void)tg_buf_addc(c->out, "</tbody></table></div></details>");
}
