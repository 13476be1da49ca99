/*
 * Bars of budgets and small lines; the large chart is chart_draw.c.
 */
#include "config.h"

#include "web/page/chart.h"

#include <stdio.h>

#define SPARK_WIDTH 100
#define SPARK_HEIGHT 24
#define MAX_POINTS 400

static int64_t
member(const json_t *v, const char *name)
{
	int64_t n = 0;

	(void)tg_filter_int(json_object_get(v, name), &n);
	return n > 0 ? n : 0;
}

/* The share of the whole in thousandths. */
static int
share(int64_t part, int64_t whole)
{
	if (part >= whole)
		return 1000;
	return (int)((double)part * 1000.0 / (double)whole);
}

static void
say_amount(const struct tg_locale *l, const json_t *v, const char *name,
    struct tg_buf *out)
{
	const char *unit = json_string_value(json_object_get(v, "unit"));
	const json_t *n = json_object_get(v, name);

	if (unit == NULL || tg_format_plain(l, unit, n, out) != 0)
		(void)tg_format_plain(l, "usd", n, out);
}

/* What is spent is full, what is held is hatched, what is left is empty. */
static void
bar_picture(const json_t *v, struct tg_buf *out)
{
	int64_t cap = member(v, "cap");
	int spent = cap > 0 ? share(member(v, "spent"), cap) : 1000;
	int held = cap > 0 ? share(member(v, "held"), cap) : 0;

	if (held > 1000 - spent)
		held = 1000 - spent;
	(void)tg_buf_printf(out,
	    "<svg class=\"bar %s\" viewBox=\"0 0 1000 8\" "
	    "preserveAspectRatio=\"none\" aria-hidden=\"true\" "
	    "focusable=\"false\">"
	    "<rect class=\"left\" width=\"1000\" height=\"8\"/>"
	    "<rect class=\"spent\" width=\"%d\" height=\"8\"/>",
	    spent >= 1000    ? "over" :
		spent >= 800 ? "near" :
			       "fine",
	    spent);
	if (held > 0)
		(void)tg_buf_printf(out,
		    "<rect class=\"held\" x=\"%d\" width=\"%d\" "
		    "height=\"8\"/>",
		    spent, held);
	(void)tg_buf_addc(out, "</svg>");
}

/* A sentence with three amounts. */
static void
bar_words(const struct tg_locale *l, const json_t *v, struct tg_buf *out)
{
	bool capped = json_is_integer(json_object_get(v, "cap"));
	bool held = member(v, "held") > 0;
	struct tg_buf n[3];
	static const char *const names[] = { "spent", "held", "cap" };
	const char *pattern;

	for (int i = 0; i < 3; i++) {
		tg_buf_init(&n[i], 256);
		say_amount(l, v, names[i], &n[i]);
	}
	if (capped)
		pattern = held ? N_("{spent} of {cap}, {held} held") :
				 N_("{spent} of {cap}");
	else
		pattern = held ? N_("{spent}, {held} held, no limit") :
				 N_("{spent}, no limit");
	tg_format_fill(tg_words_get(l->words, pattern),
	    (const char *const[]){ names[0], n[0].p, names[1], n[1].p,
		names[2], n[2].p, NULL },
	    out);
	for (int i = 0; i < 3; i++)
		tg_buf_free(&n[i]);
}

void
tg_filter_bar(const struct tg_locale *l, const json_t *v, bool plain,
    struct tg_buf *out)
{
	(void)plain;
	if (!json_is_object(v)) {
		(void)tg_buf_addc(out, TG_DASH);
		return;
	}
	(void)tg_buf_addc(out, "<span class=\"meter\">");
	if (json_is_integer(json_object_get(v, "cap")))
		bar_picture(v, out);
	(void)tg_buf_addc(out, "<span class=\"says\">");
	bar_words(l, v, out);
	(void)tg_buf_addc(out, "</span></span>");
}

/* --- small lines --- */

static double
number_at(const json_t *v, size_t i)
{
	const json_t *n = json_array_get(v, i);

	return json_is_number(n) ? json_number_value(n) : 0;
}

void
tg_filter_spark(const struct tg_locale *l, const json_t *v, bool plain,
    struct tg_buf *out)
{
	size_t n = json_array_size(v);
	double most = 0, step;
	bool pen = false;

	(void)l, (void)plain;
	if (n < 2 || n > MAX_POINTS)
		return;
	for (size_t i = 0; i < n; i++)
		if (number_at(v, i) > most)
			most = number_at(v, i);
	step = (double)SPARK_WIDTH / (double)(n - 1);
	(void)tg_buf_printf(out,
	    "<svg class=\"spark\" viewBox=\"0 0 %d %d\" "
	    "preserveAspectRatio=\"none\" aria-hidden=\"true\" "
	    "focusable=\"false\"><path d=\"",
	    SPARK_WIDTH, SPARK_HEIGHT);
	for (size_t i = 0; i < n; i++) {
		double y = most > 0 ? number_at(v, i) / most : 0;

		if (!json_is_number(json_array_get(v, i))) {
			pen = false;
			continue;
		}
		(void)tg_buf_printf(out, "%c%.1f %.1f", pen ? 'L' : 'M',
		    (double)i * step,
		    SPARK_HEIGHT - 2 - y * (SPARK_HEIGHT - 4));
		pen = true;
	}
	(void)tg_buf_addc(out, "\"/></svg>");
}
