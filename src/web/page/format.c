/*
 * The table of filters, and those that are about text.
 */
#include "config.h"

#include "web/page/format.h"

#include <stdlib.h>

#include "base/escape.h"
#include "web/page/chart.h"
#include "web/page/format_filter.h"
#include "web/page/markdown.h"
#include "web/page/qr.h"
#include "web/page/textdiff.h"

static tg_filter_fn url, json, lines;

static const struct filter {
	const char *name;
	tg_filter_fn *run;
	bool markup;		/* never as plain text */
} filters[] = {
	{ "usd", tg_filter_usd, false },
	{ "usd9", tg_filter_usd9, false },
	{ "pico", tg_filter_pico, false },
	{ "n", tg_filter_n, false },
	{ "short", tg_filter_short, false },
	{ "pct", tg_filter_pct, false },
	{ "bytes", tg_filter_bytes, false },
	{ "us", tg_filter_us, false },
	{ "time", tg_filter_time, false },
	{ "date", tg_filter_date, false },
	{ "clock", tg_filter_clock, false },
	{ "ago", tg_filter_ago, false },
	{ "until", tg_filter_until, false },
	{ "url", url, false },
	{ "json", json, false },
	{ "lines", lines, true },
	{ "markdown", tg_filter_markdown, true },
	{ "diff", tg_filter_diff, true },
	{ "chart", tg_filter_chart, true },
	{ "spark", tg_filter_spark, true },
	{ "bar", tg_filter_bar, true },
	{ "qr", tg_filter_qr, true },
};

static const struct filter *
find(const char *name)
{
	for (size_t i = 0; i < sizeof(filters) / sizeof(*filters); i++)
		if (strcmp(filters[i].name, name) == 0)
			return &filters[i];
	return NULL;
}

bool
tg_filter_fits(const char *name, bool plain)
{
	const struct filter *f = find(name);

	return f != NULL && !(plain && f->markup);
}

int
tg_format(const struct tg_locale *l, const char *filter, const json_t *v,
    struct tg_buf *out)
{
	const struct filter *f = find(filter);

	if (f == NULL)
		return -1;
	f->run(l, v, false, out);
	return 0;
}

int
tg_format_plain(const struct tg_locale *l, const char *filter,
    const json_t *v, struct tg_buf *out)
{
	const struct filter *f = find(filter);

	if (f == NULL || f->markup)
		return -1;
	f->run(l, v, true, out);
	return 0;
}

bool
tg_filter_int(const json_t *v, int64_t *n)
{
	double real = json_is_real(v) ? json_real_value(v) : 0;

	if (json_is_integer(v))
		*n = json_integer_value(v);
	else if (json_is_real(v) && real > -9e18 && real < 9e18)
		*n = (int64_t)(real < 0 ? real - 0.5 : real + 0.5);
	else
		return false;
	return *n != INT64_MIN; /* TG_COST_UNKNOWN */
}

/* Text, or what JSON prints. */
static void
with_text(const json_t *v, int (*write)(struct tg_buf *, struct tg_str),
    struct tg_buf *out)
{
	char *text;

	if (json_is_string(v)) {
		(void)write(out, (struct tg_str){ json_string_value(v),
		    json_string_length(v) });
		return;
	}
	if (v == NULL || json_is_null(v))
		return;
	text = tg_jtree_print(v);
	(void)write(out, tg_str(text));
	free(text);
}

static void
url(const struct tg_locale *l, const json_t *v, bool plain,
    struct tg_buf *out)
{
	(void)l, (void)plain;
	with_text(v, tg_url_encode, out);
}

static void
json(const struct tg_locale *l, const json_t *v, bool plain,
    struct tg_buf *out)
{
	struct tg_err e = { .code = TG_OK };
	json_t *parsed = NULL;
	char *text;

	(void)l, (void)plain;
	if (json_is_string(v)) {
		parsed = tg_jtree_parse(
		    (struct tg_str){ json_string_value(v),
			json_string_length(v) },
		    &e);
		if (parsed == NULL) {
			with_text(v, tg_html, out);
			return;
		}
		v = parsed;
	}
	if (v != NULL && !json_is_null(v)) {
		text = tg_jtree_pretty(v);
		(void)tg_html(out, tg_str(text));
		free(text);
	}
	json_decref(parsed);
}

static int
html_lines(struct tg_buf *out, struct tg_str s)
{
	struct tg_str line;
	bool first = true;

	while (tg_str_cut(&s, '\n', &line)) {
		if (!first)
			(void)tg_buf_addc(out, "<br>\n");
		first = false;
		(void)tg_html(out, line);
	}
	return out->failed ? -1 : 0;
}

static void
lines(const struct tg_locale *l, const json_t *v, bool plain,
    struct tg_buf *out)
{
	(void)l, (void)plain;
	with_text(v, html_lines, out);
}

void
tg_format_fill(const char *pattern, const char *const *pairs,
    struct tg_buf *out)
{
	const char *open, *close;

	while ((open = strchr(pattern, '{')) != NULL &&
	    (close = strchr(open, '}')) != NULL) {
		struct tg_str name = { open + 1,
			(size_t)(close - open - 1) };

		(void)tg_buf_add(
		    out, pattern, (size_t)(open - pattern));
		for (const char *const *p = pairs; *p != NULL; p += 2)
			if (tg_str_is(name, p[0]))
				(void)tg_buf_addc(out, p[1]);
		pattern = close + 1;
	}
	(void)tg_buf_addc(out, pattern);
}
