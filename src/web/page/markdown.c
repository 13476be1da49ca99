/*
 * Markdown by md4c's parser; what it finds is written here, tag by tag, so
 * that nothing of the text itself ever becomes markup.
 */
#include "config.h"

#include "web/page/markdown.h"

#include <stdlib.h>
#include <strings.h>

#include <md4c.h>

#include "base/escape.h"

#define RENDERED_BYTES (64 * 1024)	/* longer texts stay plain */
#define GROWTH 12		/* times the text, and ... */
#define ROOM_BYTES 8192
#define DEPTH 24		/* deeper tags are left out */
#define URL_BYTES 2048
#define SPARE_BYTES 64		/* behind the text */

struct drawing {
	struct tg_buf *out;
	struct tg_str text;	/* what is parsed */
	int depth;		/* of quotes and lists */
	/* spans that are open: their tags, NULL for one that is not shown */
	const char *spans[DEPTH];
	int n_spans;		/* may be more than are kept */
};

static void write_plain(struct tg_str text, struct tg_buf *out);
static void write_entity(struct tg_buf *out, struct tg_str entity);
static bool read_url(const MD_ATTRIBUTE *a, struct tg_buf *url);
static int enter_block(MD_BLOCKTYPE type, void *detail, void *arg);
static int leave_block(MD_BLOCKTYPE type, void *detail, void *arg);
static int enter_span(MD_SPANTYPE type, void *detail, void *arg);
static int leave_span(MD_SPANTYPE type, void *detail, void *arg);
static int write_text(MD_TEXTTYPE type, const MD_CHAR *p, MD_SIZE n,
    void *arg);

void
tg_markdown(struct tg_str text, struct tg_buf *out)
{
	static const MD_PARSER parser = {
		.flags = MD_FLAG_PERMISSIVEURLAUTOLINKS | MD_FLAG_TABLES |
		    MD_FLAG_STRIKETHROUGH | MD_FLAG_TASKLISTS | MD_FLAG_NOHTML,
		.enter_block = enter_block,
		.leave_block = leave_block,
		.enter_span = enter_span,
		.leave_span = leave_span,
		.text = write_text,
	};
	struct tg_buf html;
	struct drawing d = { .out = &html };
	char *copy = NULL;

	tg_buf_init(&html, text.n * GROWTH + ROOM_BYTES);
	tg_buf_addc(out, "<div class=\"md\" dir=\"auto\">");
	/* md4c 0.4.8 looks behind the end of some texts: there are zeros. */
	if (text.n <= RENDERED_BYTES)
		copy = calloc(1, text.n + SPARE_BYTES);
	if (copy != NULL && text.n > 0)
		memcpy(copy, text.p, text.n);
	d.text = (struct tg_str){ copy, text.n };
	if (copy != NULL &&
	    md_parse(copy, (MD_SIZE)text.n, &parser, &d) == 0 && !html.failed)
		tg_buf_adds(out, tg_buf_str(&html));
	else
		write_plain(text, out);
	tg_buf_addc(out, "</div>");
	tg_buf_free(&html);
	free(copy);
}

void
tg_filter_markdown(const struct tg_locale *l, const json_t *v, bool plain,
    struct tg_buf *out)
{
	struct tg_str text = { json_string_value(v), json_string_length(v) };

	(void)l;
	if (plain)
		tg_html(out, text);
	else if (text.n > 0)
		tg_markdown(text, out);
}

static void
write_plain(struct tg_str text, struct tg_buf *out)
{
	tg_buf_addc(out, "<pre>");
	tg_html(out, text);
	tg_buf_addc(out, "</pre>");
}

/* --- blocks --- */

static const char *const blocks[][2] = {
	[MD_BLOCK_DOC] = { "", "" },
	[MD_BLOCK_QUOTE] = { "<blockquote>", "</blockquote>\n" },
	[MD_BLOCK_UL] = { "<ul>", "</ul>\n" },
	[MD_BLOCK_OL] = { NULL, "</ol>\n" },
	[MD_BLOCK_LI] = { NULL, "</li>" },
	[MD_BLOCK_HR] = { "<hr>\n", "" },
	[MD_BLOCK_H] = { NULL, "</p>\n" },
	[MD_BLOCK_CODE] = { "<pre><code>", "</code></pre>\n" },
	[MD_BLOCK_HTML] = { "", "" },
	[MD_BLOCK_P] = { "<p>", "</p>\n" },
	[MD_BLOCK_TABLE] = { "<table>", "</table>\n" },
	[MD_BLOCK_THEAD] = { "<thead>", "</thead>" },
	[MD_BLOCK_TBODY] = { "<tbody>", "</tbody>" },
	[MD_BLOCK_TR] = { "<tr>", "</tr>" },
	[MD_BLOCK_TH] = { "<th scope=\"col\">", "</th>" },
	[MD_BLOCK_TD] = { "<td>", "</td>" },
};

/* Lists, cells and their like stand in what they need: all or none of them. */
static bool
is_shown(struct drawing *d, MD_BLOCKTYPE type)
{
	switch (type) {
	case MD_BLOCK_QUOTE:
	case MD_BLOCK_UL:
	case MD_BLOCK_OL:
	case MD_BLOCK_LI:
		return d->depth < DEPTH;
	default:
		return true;
	}
}

static bool
is_nested(MD_BLOCKTYPE type)
{
	return type == MD_BLOCK_QUOTE || type == MD_BLOCK_UL ||
	    type == MD_BLOCK_OL;
}

static int
enter_block(MD_BLOCKTYPE type, void *detail, void *arg)
{
	struct drawing *d = arg;

	if (is_nested(type))
		d->depth++;
	if (!is_shown(d, type))
		return d->out->failed;
	if (blocks[type][0] != NULL)
		tg_buf_addc(d->out, blocks[type][0]);
	else if (type == MD_BLOCK_OL) {
		const MD_BLOCK_OL_DETAIL *ol = detail;

		tg_buf_printf(d->out, "<ol start=\"%u\">", ol->start);
	} else if (type == MD_BLOCK_H) {
		const MD_BLOCK_H_DETAIL *h = detail;

		tg_buf_printf(d->out, "<p class=\"h h%u\">", h->level);
	} else {
		const MD_BLOCK_LI_DETAIL *li = detail;

		tg_buf_addc(d->out, "<li>");
		if (li->is_task)
			tg_buf_addc(d->out, li->task_mark == ' ' ?
			    "\xe2\x98\x90 " : "\xe2\x98\x91 ");
	}
	return d->out->failed;
}

static void
close_span(struct drawing *d)
{
	d->n_spans--;
	if (d->n_spans < DEPTH && d->spans[d->n_spans] != NULL)
		tg_buf_printf(d->out, "</%s>", d->spans[d->n_spans]);
}

static int
leave_block(MD_BLOCKTYPE type, void *detail, void *arg)
{
	struct drawing *d = arg;

	(void)detail;
	while (d->n_spans > 0)
		close_span(d);
	if (is_shown(d, type))
		tg_buf_addc(d->out, blocks[type][1]);
	if (is_nested(type))
		d->depth--;
	return d->out->failed;
}

/* --- spans --- */

static const char *
span_tag(MD_SPANTYPE type)
{
	switch (type) {
	case MD_SPAN_EM:
		return "em";
	case MD_SPAN_STRONG:
		return "strong";
	case MD_SPAN_CODE:
		return "code";
	case MD_SPAN_DEL:
		return "del";
	default:
		return NULL;
	}
}

/* A link within a link (a picture in one) is none. */
static bool
is_linked(const struct drawing *d)
{
	for (int i = 0; i < d->n_spans && i < DEPTH; i++)
		if (d->spans[i] != NULL && strcmp(d->spans[i], "a") == 0)
			return true;
	return false;
}

static bool
open_link(struct drawing *d, const MD_ATTRIBUTE *href, bool picture)
{
	struct tg_buf url;
	bool good;

	tg_buf_init(&url, URL_BYTES);
	good = read_url(href, &url) && !is_linked(d);
	if (good) {
		tg_buf_addc(d->out, "<a href=\"");
		tg_html(d->out, tg_buf_str(&url));
		tg_buf_addc(d->out, "\" rel=\"noreferrer noopener\">");
	}
	if (picture)
		tg_buf_addc(d->out, "\xe2\x96\xa3 ");
	tg_buf_free(&url);
	return good;
}

static int
enter_span(MD_SPANTYPE type, void *detail, void *arg)
{
	struct drawing *d = arg;
	const char *tag = NULL;

	if (d->n_spans < DEPTH) {
		tag = span_tag(type);
		if (tag != NULL)
			tg_buf_printf(d->out, "<%s>", tag);
		else if (type == MD_SPAN_A &&
		    open_link(d, &((MD_SPAN_A_DETAIL *)detail)->href, false))
			tag = "a";
		else if (type == MD_SPAN_IMG &&
		    open_link(d, &((MD_SPAN_IMG_DETAIL *)detail)->src, true))
			tag = "a";
		d->spans[d->n_spans] = tag;
	}
	d->n_spans++;
	return d->out->failed;
}

/* What was opened last is closed, whatever the parser says it was. */
static int
leave_span(MD_SPANTYPE type, void *detail, void *arg)
{
	struct drawing *d = arg;

	(void)type;
	(void)detail;
	if (d->n_spans > 0)
		close_span(d);
	return d->out->failed;
}

/* --- texts --- */

static int
write_text(MD_TEXTTYPE type, const MD_CHAR *p, MD_SIZE n, void *arg)
{
	struct drawing *d = arg;
	struct tg_str text = { p, n };
	const char *end = d->text.p + d->text.n;

	if (p >= d->text.p && p <= end && (size_t)(end - p) < n)
		text.n = (size_t)(end - p);
	switch (type) {
	case MD_TEXT_NULLCHAR:
		tg_buf_addc(d->out, "\xef\xbf\xbd");
		break;
	case MD_TEXT_BR:
	case MD_TEXT_SOFTBR: /* models mean the line breaks they write */
		tg_buf_addc(d->out, "<br>\n");
		break;
	case MD_TEXT_ENTITY:
		write_entity(d->out, text);
		break;
	default:
		tg_html(d->out, text);
	}
	return d->out->failed;
}

/* The character that an entity stands for, 0: not known. */
static unsigned long
entity_value(struct tg_str e)
{
	static const struct {
		const char *name;
		unsigned long c;
	} named[] = { { "&amp;", '&' }, { "&lt;", '<' }, { "&gt;", '>' },
		{ "&quot;", '"' }, { "&apos;", '\'' }, { "&nbsp;", 0xa0 },
		{ "&copy;", 0xa9 }, { "&mdash;", 0x2014 },
		{ "&ndash;", 0x2013 }, { "&hellip;", 0x2026 },
		{ "&colon;", ':' }, { "&Tab;", '\t' }, { "&NewLine;", '\n' } };
	char text[12] = "";
	unsigned long c;

	for (size_t i = 0; i < sizeof(named) / sizeof(*named); i++)
		if (tg_str_is(e, named[i].name))
			return named[i].c;
	if (e.n < 4 || e.n > sizeof(text) || e.p[1] != '#')
		return 0;
	memcpy(text, e.p + 2, e.n - 3);
	c = text[0] == 'x' || text[0] == 'X' ? strtoul(text + 1, NULL, 16) :
					       strtoul(text, NULL, 10);
	return c > 0x10ffff || (c >= 0xd800 && c < 0xe000) || c < 32 ? 0 : c;
}

static size_t
put_utf8(char *to, unsigned long c)
{
	if (c < 0x80) {
		to[0] = (char)c;
		return 1;
	}
	if (c < 0x800) {
		to[0] = (char)(0xc0 | c >> 6);
		to[1] = (char)(0x80 | (c & 0x3f));
		return 2;
	}
	if (c < 0x10000) {
		to[0] = (char)(0xe0 | c >> 12);
		to[1] = (char)(0x80 | (c >> 6 & 0x3f));
		to[2] = (char)(0x80 | (c & 0x3f));
		return 3;
	}
	to[0] = (char)(0xf0 | c >> 18);
	to[1] = (char)(0x80 | (c >> 12 & 0x3f));
	to[2] = (char)(0x80 | (c >> 6 & 0x3f));
	to[3] = (char)(0x80 | (c & 0x3f));
	return 4;
}

static struct tg_str
decoded(struct tg_str entity, char room[4])
{
	unsigned long c = entity_value(entity);

	return c == 0 ? entity : (struct tg_str){ room, put_utf8(room, c) };
}

static void
write_entity(struct tg_buf *out, struct tg_str entity)
{
	char room[4];

	tg_html(out, decoded(entity, room));
}

/*
 * The address as a browser will have it, with its entities resolved, for only
 * that can be judged.
 */
static bool
read_url(const MD_ATTRIBUTE *a, struct tg_buf *url)
{
	static const char *const schemes[] = { "http://", "https://",
		"mailto:" };
	char room[4];

	for (size_t i = 0; a->text != NULL && a->substr_offsets[i] < a->size;
	    i++) {
		MD_OFFSET from = a->substr_offsets[i];
		struct tg_str part = { a->text + from,
			a->substr_offsets[i + 1] - from };

		tg_buf_adds(url, a->substr_types[i] == MD_TEXT_ENTITY ?
		    decoded(part, room) : part);
	}
	if (url->failed || url->n == 0)
		return false;
	for (size_t i = 0; i < url->n; i++)
		if ((unsigned char)url->p[i] <= ' ' || url->p[i] == 0x7f)
			return false;
	for (size_t i = 0; i < sizeof(schemes) / sizeof(*schemes); i++)
		if (strncasecmp(url->p, schemes[i], strlen(schemes[i])) == 0)
			return true;
	return false;
}
