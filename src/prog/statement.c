/*
 * Draws a statement.  Every value passes text(), which escapes it; amounts
 * are made of whole nano-dollars.
 */
#include "config.h"

#include "prog/statement.h"

#include <stdio.h>

#include "base/escape.h"

#define CLASSES 8

static const struct {
	const char *name, *title;
	bool output;
} classes[CLASSES] = {
	{ "input", "Input", false },
	{ "cache_read", "Cache read", false },
	{ "cache_write", "Cache write", false },
	{ "cache_write_1h", "Cache write 1 h", false },
	{ "audio_input", "Audio in", false },
	{ "image_input", "Image in", false },
	{ "output", "Output", true },
	{ "audio_output", "Audio out", true },
};

static const char style[] =
    "body{font:10pt/1.4 \"Liberation Sans\",Arial,sans-serif;color:#111;"
    "max-width:60em;margin:2em auto;padding:0 1em}"
    "h1{font-size:16pt;margin:0}h2{font-size:12pt;margin:2em 0 .4em}"
    "p{margin:.3em 0}table{border-collapse:collapse;width:100%}"
    "th,td{padding:.2em .5em;border-bottom:1px solid #ccc;text-align:left;"
    "vertical-align:top}.n{text-align:right;white-space:nowrap;"
    "font-variant-numeric:tabular-nums}"
    "thead th{border-bottom:2px solid #111}"
    "tfoot td{border-top:2px solid #111;border-bottom:0;font-weight:bold}"
    "code{font-size:8pt;overflow-wrap:anywhere}"
    "@page{margin:18mm}@media print{body{margin:0;padding:0;max-width:none}"
    "thead{display:table-header-group}tr{break-inside:avoid}}";

/* What of the classes is shown: those that were used. */
struct page {
	struct tg_buf *b;
	const json_t *doc;
	bool used[CLASSES];
	int places;	/* decimal places of amounts: all the same */
};

static void count_places(struct page *, const json_t *nano);
static void rows_table(struct page *);
static void models_table(struct page *);
static void budgets_table(struct page *);

static void
text(struct page *p, const char *s)
{
	(void)tg_html(p->b, tg_str(s != NULL ? s : ""));
}

static const char *
member(const json_t *o, const char *name)
{
	return json_string_value(json_object_get(o, name));
}

static int64_t
number(const json_t *o, const char *name)
{
	return json_integer_value(json_object_get(o, name));
}

static int64_t
tokens(const json_t *row, int class)
{
	return number(
	    json_object_get(row, "tokens"), classes[class].name);
}

static int64_t
sum(const json_t *row, bool output)
{
	int64_t n = 0;

	for (int i = 0; i < CLASSES; i++)
		if (classes[i].output == output)
			n += tokens(row, i);
	return n;
}

int64_t
tg_statement_input(const json_t *row)
{
	return sum(row, false);
}

int64_t
tg_statement_output(const json_t *row)
{
	return sum(row, true);
}

/* "November 2026" */
static void
month(struct page *p)
{
	static const char *const names[] = { "January", "February", "March",
		"April", "May", "June", "July", "August", "September",
		"October", "November", "December" };
	const char *s = member(p->doc, "month");
	int n = s != NULL && strspn(s, "0123456789-") == 7 ?
	    (s[5] - '0') * 10 + s[6] - '0' :
	    0;

	if (n < 1 || n > 12)
		text(p, s);
	else
		(void)tg_buf_printf(p->b, "%s %.4s", names[n - 1], s);
}

/* To the minute; NULL: never. */
static void
moment(struct page *p, const char *iso)
{
	if (iso != NULL && strspn(iso, "0123456789-T:.Z") > 16)
		(void)tg_buf_printf(p->b, "%.10s %.5s UTC", iso, iso + 11);
	else
		text(p, iso != NULL ? iso : "never");
}

static void
measure(struct page *p)
{
	const json_t *total = json_object_get(p->doc, "total");
	const json_t *one, *v;
	const char *name;
	size_t i;

	for (int k = 0; k < CLASSES; k++)
		p->used[k] = tokens(total, k) > 0 ||
		    strcmp(classes[k].name, "input") == 0 ||
		    strcmp(classes[k].name, "output") == 0;
	p->places = 2;
	json_array_foreach(json_object_get(p->doc, "rows"), i, one)
		count_places(p, json_object_get(one, "spend_nano"));
	json_array_foreach(json_object_get(p->doc, "budgets"), i, one)
		json_object_foreach(json_object_get(one, "nano"), name, v)
			count_places(p, v);
}

/* What the amounts leave out. */
static void
unpriced(struct page *p)
{
	int64_t n = number(json_object_get(p->doc, "total"), "unpriced");

	if (n > 0)
		(void)tg_buf_printf(p->b, "<p>%lld of the calls had no price "
		    "and are not in the amounts.</p>\n", (long long)n);
}

int
tg_statement_html(struct tg_buf *b, const json_t *st)
{
	struct page p = { .b = b, .doc = st };
	const char *alias = member(st, "alias");

	measure(&p);
	(void)tg_buf_addc(b,
	    "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
	    "<meta charset=\"utf-8\">\n<title>Statement ");
	month(&p);
	(void)tg_buf_printf(
	    b, "</title>\n<style>%s</style>\n</head>\n<body>\n", style);
	(void)tg_buf_addc(b, "<h1>Statement ");
	month(&p);
	(void)tg_buf_addc(b, "</h1>\n<p>For the ");
	text(&p, member(st, "kind"));
	(void)tg_buf_addc(b, " <strong>");
	text(&p, alias != NULL ? alias : member(st, "id"));
	(void)tg_buf_addc(b, "</strong></p>\n<p><code>");
	text(&p, member(st, "id"));
	(void)tg_buf_addc(b, "</code></p>\n<p>");
	text(&p, member(st, "from"));
	(void)tg_buf_addc(b, " to ");
	text(&p, member(st, "to"));
	(void)tg_buf_addc(b, ", days of ");
	text(&p, member(st, "zone"));
	(void)tg_buf_addc(b, "; amounts in USD</p>\n");
	models_table(&p);
	unpriced(&p);
	rows_table(&p);
	budgets_table(&p);
	(void)tg_buf_addc(b, "<h2>Ledger</h2>\n<p>Made at ");
	moment(&p, member(st, "made_at"));
	(void)tg_buf_printf(b, ", when the ledger had %lld lines; the last "
			       "one's hash is</p>\n<p><code>",
	    (long long)number(json_object_get(st, "ledger"), "line"));
	text(&p, member(json_object_get(st, "ledger"), "hash"));
	(void)tg_buf_addc(b, "</code></p>\n</body>\n</html>\n");
	return b->failed ? -1 : 0;
}

/* --- tables --- */

/* 1,234,567 */
static void
grouped(struct page *p, uint64_t n)
{
	if (n < 1000) {
		(void)tg_buf_printf(p->b, "%llu", (unsigned long long)n);
		return;
	}
	grouped(p, n / 1000);
	(void)tg_buf_printf(p->b, ",%03u", (unsigned int)(n % 1000));
}

static void
cell_number(struct page *p, int64_t n)
{
	(void)tg_buf_addc(p->b, n < 0 ? "<td class=\"n\">-" :
					"<td class=\"n\">");
	grouped(p, n < 0 ? 0 - (uint64_t)n : (uint64_t)n);
	(void)tg_buf_addc(p->b, "</td>");
}

/* Under each other: as many places as the finest amount needs. */
static void
cell_usd(struct page *p, int64_t nano)
{
	uint64_t n = nano < 0 ? 0 - (uint64_t)nano : (uint64_t)nano;
	char places[16];

	(void)snprintf(places, sizeof(places), "%09u",
	    (unsigned int)(n % 1000000000));
	(void)tg_buf_addc(p->b, nano < 0 ? "<td class=\"n\">-" : "<td class=\"n\">");
	grouped(p, n / 1000000000);
	(void)tg_buf_printf(p->b, ".%.*s</td>", p->places, places);
}

static void
count_places(struct page *p, const json_t *nano)
{
	int64_t rest = json_integer_value(nano) % 1000000000;

	for (int i = 9; i > p->places; i--, rest /= 10)
		if (rest % 10 != 0)
			p->places = i;
}

static void
cell_text(struct page *p, const char *s)
{
	(void)tg_buf_addc(p->b, "<td>");
	text(p, s);
	(void)tg_buf_addc(p->b, "</td>");
}

/* A call that was refused before its model was known. */
static void
cell_model(struct page *p, const char *name)
{
	cell_text(p, name != NULL && *name != '\0' ? name : "(none)");
}

static void
titles(struct page *p, const char *const *first)
{
	(void)tg_buf_addc(p->b, "<table>\n<thead><tr>");
	for (; *first != NULL; first++)
		(void)tg_buf_printf(p->b, "<th>%s</th>", *first);
	(void)tg_buf_addc(p->b, "<th class=\"n\">Calls</th>");
	for (int i = 0; i < CLASSES; i++)
		if (p->used[i])
			(void)tg_buf_printf(p->b, "<th class=\"n\">%s</th>",
			    classes[i].title);
	(void)tg_buf_addc(
	    p->b, "<th class=\"n\">USD</th></tr></thead>\n<tbody>\n");
}

static void
figures(struct page *p, const json_t *row)
{
	cell_number(p, number(row, "calls"));
	for (int i = 0; i < CLASSES; i++)
		if (p->used[i])
			cell_number(p, tokens(row, i));
	cell_usd(p, number(row, "spend_nano"));
	(void)tg_buf_addc(p->b, "</tr>\n");
}

static void
total_row(struct page *p, int columns)
{
	(void)tg_buf_printf(p->b,
	    "</tbody>\n<tfoot><tr><td colspan=\"%d\">Total</td>", columns);
	figures(p, json_object_get(p->doc, "total"));
	(void)tg_buf_addc(p->b, "</tfoot>\n</table>\n");
}

static void
rows_table(struct page *p)
{
	static const char *const first[] = { "Day", "Model", NULL };
	const json_t *rows = json_object_get(p->doc, "rows");
	json_t *row;
	size_t i;

	(void)tg_buf_addc(p->b, "<h2>By day and model</h2>\n");
	titles(p, first);
	json_array_foreach(rows, i, row) {
		(void)tg_buf_addc(p->b, "<tr>");
		cell_text(p, member(row, "day"));
		cell_model(p, member(row, "model"));
		figures(p, row);
	}
	total_row(p, 2);
}

/* Adds a row's figures to its model's. */
static void
add_row(json_t *sums, const json_t *row)
{
	const json_t *counts = json_object_get(row, "tokens");
	const char *model = member(row, "model"), *name;
	json_t *one, *all, *v;

	model = model != NULL ? model : "";
	one = json_object_get(sums, model);
	if (one == NULL) {
		one = json_pack("{s:{}}", "tokens");
		(void)json_object_set_new(sums, model, one);
	}
	all = json_object_get(one, "tokens");
	(void)json_object_set_new(one, "calls",
	    json_integer(number(one, "calls") + number(row, "calls")));
	(void)json_object_set_new(one, "spend_nano",
	    json_integer(
		number(one, "spend_nano") + number(row, "spend_nano")));
	json_object_foreach((json_t *)(uintptr_t)counts, name, v)
		(void)json_object_set_new(all, name,
		    json_integer(
			number(all, name) + json_integer_value(v)));
}

static void
models_table(struct page *p)
{
	static const char *const first[] = { "Model", NULL };
	json_t *sums = json_object(), *row;
	const char *model;
	size_t i;

	json_array_foreach(json_object_get(p->doc, "rows"), i, row)
		add_row(sums, row);
	(void)tg_buf_addc(p->b, "<h2>By model</h2>\n");
	titles(p, first);
	json_object_foreach(sums, model, row) {
		(void)tg_buf_addc(p->b, "<tr>");
		cell_model(p, model);
		figures(p, row);
	}
	total_row(p, 1);
	json_decref(sums);
}

static void
cell_amount(struct page *p, const json_t *nano)
{
	if (json_is_integer(nano))
		cell_usd(p, json_integer_value(nano));
	else
		(void)tg_buf_addc(p->b, "<td class=\"n\">&ndash;</td>");
}

static void
budgets_table(struct page *p)
{
	static const char *const amounts[] = { "max_budget", "spent", "held",
		"left" };
	const json_t *list = json_object_get(p->doc, "budgets");
	json_t *one;
	size_t i;

	if (json_array_size(list) == 0)
		return;
	(void)tg_buf_addc(p->b,
	    "<h2>Budgets as they stand</h2>\n<table>\n<thead><tr>"
	    "<th>Model</th><th>Period</th><th class=\"n\">Budget</th>"
	    "<th class=\"n\">Spent</th><th class=\"n\">Held</th>"
	    "<th class=\"n\">Left</th><th>Begins anew</th></tr></thead>\n"
	    "<tbody>\n");
	json_array_foreach(list, i, one) {
		const char *model = member(one, "model");
		(void)tg_buf_addc(p->b, "<tr>");
		cell_text(p, model != NULL ? model : "all");
		cell_text(p, member(one, "period"));
		for (int k = 0; k < 4; k++)
			cell_amount(p,
			    json_object_get(json_object_get(one, "nano"),
				amounts[k]));
		(void)tg_buf_addc(p->b, "<td>");
		moment(p, member(one, "reset_at"));
		(void)tg_buf_addc(p->b, "</td>");
		(void)tg_buf_addc(p->b, "</tr>\n");
	}
	(void)tg_buf_addc(p->b, "</tbody>\n</table>\n");
}
