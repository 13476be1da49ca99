/*
 * A diff as HTML: a sign before each line tells it without colours, too.
 */
#include "config.h"

#include "web/page/textdiff.h"

#include "base/escape.h"

static void draw_line(const struct tg_locale *l, const json_t *line,
    struct tg_buf *out);
static void draw_parts(const json_t *parts, const char *tag,
    struct tg_buf *out);

void
tg_filter_diff(const struct tg_locale *l, const json_t *v, bool plain,
    struct tg_buf *out)
{
	const json_t *line;
	size_t i;

	if (plain || json_array_size(v) == 0)
		return;
	tg_buf_addc(out, "<pre class=\"diff\" tabindex=\"0\">");
	json_array_foreach(v, i, line)
		draw_line(l, line, out);
	tg_buf_addc(out, "</pre>");
}

static void
draw_text(const json_t *text, struct tg_buf *out)
{
	tg_html(out, (struct tg_str){ json_string_value(text),
	    json_string_length(text) });
}

static void
draw_gap(const struct tg_locale *l, const json_t *lines, struct tg_buf *out)
{
	json_int_t n = json_integer_value(lines);
	char number[24];

	(void)snprintf(number, sizeof(number), "%lld", (long long)n);
	tg_format_fill(tg_words_plural(l->words,
	    NP_("One line as before", "{n} lines as before"), n),
	    (const char *const[]){ "n", number, NULL }, out);
}

static void
draw_line(const struct tg_locale *l, const json_t *line, struct tg_buf *out)
{
	const char *op = json_string_value(json_object_get(line, "op"));

	switch (op != NULL ? *op : '\0') {
	case '+':
	case '-':
		tg_buf_printf(out, "<span class=\"%s\">%c ",
		    *op == '+' ? "added" : "gone", *op);
		draw_parts(json_object_get(line, "parts"),
		    *op == '+' ? "ins" : "del", out);
		break;
	case '@':
		tg_buf_addc(out, "<span class=\"gap\">");
		draw_gap(l, json_object_get(line, "lines"), out);
		break;
	default:
		tg_buf_addc(out, "<span>");
		if (json_string_length(json_object_get(line, "text")) > 0)
			tg_buf_addc(out, "  ");
		draw_text(json_object_get(line, "text"), out);
	}
	/* Within: a line end between blocks would be a line of its own. */
	tg_buf_addc(out, "\n</span>");
}

static void
draw_parts(const json_t *parts, const char *tag, struct tg_buf *out)
{
	const json_t *part;
	size_t i;

	json_array_foreach(parts, i, part) {
		bool mark = json_is_true(json_object_get(part, "mark"));

		if (mark)
			tg_buf_printf(out, "<%s>", tag);
		draw_text(json_object_get(part, "text"), out);
		if (mark)
			tg_buf_printf(out, "</%s>", tag);
	}
}
