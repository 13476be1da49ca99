/*
 * From a template's text to its nodes.
 */
#include "config.h"

#include "web/page/template_node.h"

#include "web/page/format_filter.h"

#define MAX_DEPTH 16

struct parse {
	struct tg_arena *a;
	const char *name;
	struct tg_str source;
	size_t at;		/* of what is read next */
	struct tg_template *out;
	size_t room;		/* of out->nodes */
	struct tg_place_scan scan;
	struct {
		struct tg_str name;
		size_t node;
		struct tg_place_scan scan;
	} open[MAX_DEPTH];
	struct tg_err *e;
};

static int tag(struct parse *, size_t, size_t);
static int fault(struct parse *, const char *);

int
tg_template_parse(struct tg_arena *a, const char *name, struct tg_str source,
    struct tg_template *out, struct tg_err *e)
{
	struct parse p = {
		.a = a, .name = name, .source = source, .out = out, .e = e };

	*out = (struct tg_template){ .name = name };
	while (p.at < source.n) {
		struct tg_str rest = { source.p + p.at, source.n - p.at };
		long found = tg_str_find(rest, TG_STR("{{"));
		size_t begin =
		    found < 0 ? source.n : p.at + (size_t)found;

		if (tag(&p, p.at, begin) != 0)
			return -1;
	}
	if (p.scan.depth > 0)
		return fault(&p, "a section is not closed");
	if (p.scan.state != TG_SCAN_TEXT)
		return fault(&p, "it ends inside a tag");
	return 0;
}

static int
line_of(const struct parse *p, size_t at)
{
	int line = 1;

	for (size_t i = 0; i < at && i < p->source.n; i++)
		line += p->source.p[i] == '\n';
	return line;
}

static int
fault(struct parse *p, const char *what)
{
	return tg_fail(p->e, TG_E_INTERNAL, "www/%s.html:%d: %s", p->name,
	    line_of(p, p->at), what);
}

static struct tg_node *
add(struct parse *p, enum tg_node_kind kind)
{
	struct tg_node *bigger;

	if (p->out->n == p->room) {
		p->room = p->room == 0 ? 64 : 2 * p->room;
		bigger = tg_arena_alloc(p->a, p->room * sizeof(*bigger));
		if (p->out->n > 0)
			memcpy(bigger, p->out->nodes,
			    p->out->n * sizeof(*bigger));
		p->out->nodes = bigger;
	}
	bigger = &p->out->nodes[p->out->n++];
	*bigger = (struct tg_node){
		.kind = kind, .line = line_of(p, p->at) };
	return bigger;
}

static int
add_text(struct parse *p, struct tg_str text)
{
	const char *what;

	if (text.n == 0)
		return 0;
	what = tg_place_text(&p->scan, text);
	if (what != NULL)
		return fault(p, what);
	add(p, TG_NODE_TEXT)->text = text;
	return 0;
}

/* Where the tag that begins here ends: words may hold {braces}. */
static size_t
end_of_tag(const struct parse *p, size_t at)
{
	bool words = at < p->source.n && p->source.p[at] == '_';
	int depth = 0;

	for (; at + 1 < p->source.n; at++) {
		char c = p->source.p[at];

		if (c == '}' && depth == 0 && p->source.p[at + 1] == '}')
			return at;
		if (words && c == '{')
			depth++;
		else if (words && c == '}' && depth > 0)
			depth--;
	}
	return 0;
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* Blanks before the tag in its line, if nothing else stands there; else -1. */
static long
blanks_before(const struct parse *p, size_t at)
{
	size_t i = at;

	while (i > 0 && is_blank(p->source.p[i - 1]))
		i--;
	return i == 0 || p->source.p[i - 1] == '\n' ? (long)(at - i) : -1;
}

/* Behind the line's end, if only blanks stand before it; else at. */
static size_t
behind_line(const struct parse *p, size_t at)
{
	size_t i = at;

	while (i < p->source.n && is_blank(p->source.p[i]))
		i++;
	if (i == p->source.n)
		return i;
	return p->source.p[i] == '\n' ? i + 1 : at;
}

static struct tg_str
trimmed(const struct parse *p, size_t from, size_t to)
{
	return tg_str_trim(
	    (struct tg_str){ p->source.p + from, to - from });
}

static int
check_name(struct parse *p, struct tg_str name)
{
	struct tg_str rest = name, part;

	if (name.n == 0)
		return fault(p, "a tag without a name");
	for (size_t i = 0; i < name.n; i++)
		if (memchr(" \t\n{}|\"<>", name.p[i], 9) != NULL)
			return fault(p, "a name with a letter that is none");
	while (tg_str_cut(&rest, '.', &part))
		if (part.n >= TG_TEMPLATE_NAME)
			return fault(p, "a name is too long");
	return 0;
}

static int
open_section(struct parse *p, enum tg_node_kind kind, struct tg_str name)
{
	int depth = p->scan.depth;

	if (check_name(p, name) != 0)
		return -1;
	if (depth == MAX_DEPTH)
		return fault(p, "sections are nested too deep");
	p->open[depth].name = name;
	p->open[depth].node = p->out->n;
	p->open[depth].scan = p->scan;
	p->scan.depth++;
	add(p, kind)->text = name;
	return 0;
}

static int
close_section(struct parse *p, struct tg_str name)
{
	int depth = p->scan.depth - 1;

	if (depth < 0 || !tg_str_eq(p->open[depth].name, name))
		return fault(p, "this section is not the one that is open");
	if (!tg_place_same(&p->open[depth].scan, &p->scan))
		return fault(p, "a section begins and ends at different "
		    "places of a tag");
	p->scan.depth = depth;
	p->out->nodes[p->open[depth].node].end = p->out->n;
	return 0;
}

/* Where a value or words stand, and that they may. */
static int
place(struct parse *p, struct tg_node *n)
{
	const char *what = tg_place_value(&p->scan, &n->place);

	return what != NULL ? fault(p, what) : 0;
}

static int
value(struct parse *p, struct tg_str inside)
{
	struct tg_str name = TG_STR_NONE;
	struct tg_node *n = add(p, TG_NODE_VALUE);

	(void)tg_str_cut(&inside, '|', &name);
	n->text = tg_str_trim(name);
	if (place(p, n) != 0 || check_name(p, n->text) != 0)
		return -1;
	if (inside.n == 0)
		return 0;
	n->filter = tg_arena_cstr(p->a, tg_str_trim(inside));
	if (!tg_filter_fits(n->filter, n->place != TG_PLACE_TEXT))
		return fault(p, "no such filter, or not for an attribute");
	return 0;
}

/* Words as they are looked up: runs of blanks are one. */
static const char *
words_text(struct tg_arena *a, struct tg_str s)
{
	char *text = tg_arena_alloc(a, s.n + 1);
	size_t n = 0;

	s = tg_str_trim(s);
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i] == '\n' || s.p[i] == '\t' ? ' ' : s.p[i];

		if (c != ' ' || text[n - 1] != ' ')
			text[n++] = c;
	}
	text[n] = '\0';
	return text;
}

/* Cut at bars that stand outside of braces. */
static int
cut_words(struct tg_str s, struct tg_str parts[3])
{
	int n = 0, depth = 0;
	size_t from = 0;

	for (size_t i = 0; i <= s.n; i++) {
		if (i < s.n && s.p[i] == '{')
			depth++;
		else if (i < s.n && s.p[i] == '}')
			depth--;
		if (i < s.n && (s.p[i] != '|' || depth > 0))
			continue;
		if (n == 3)
			return 4;
		parts[n++] = (struct tg_str){ s.p + from, i - from };
		from = i + 1;
	}
	return n;
}

static int
words(struct parse *p, struct tg_str s)
{
	struct tg_str parts[3];
	bool plural = tg_str_starts(s, "n ");
	int n = cut_words(s, parts);
	struct tg_node *node;

	if (s.n > 0 && s.p[0] == '=') {
		node = add(p, TG_NODE_MSGID);
		node->text =
		    tg_str_trim((struct tg_str){ s.p + 1, s.n - 1 });
		return place(p, node) != 0 ? -1 : check_name(p, node->text);
	}
	node = add(p, plural ? TG_NODE_PLURAL : TG_NODE_WORDS);
	if (place(p, node) != 0)
		return -1;
	if (plural) {
		if (n != 3)
			return fault(p, "{{_n count|one|many}} is wanted");
		node->text = tg_str_trim(
		    (struct tg_str){ parts[0].p + 1, parts[0].n - 1 });
		node->one = words_text(p->a, parts[1]);
		node->many = words_text(p->a, parts[2]);
		return check_name(p, node->text);
	}
	if (n > 2)
		return fault(p, "words with more than one bar");
	if (n == 2)
		node->context = words_text(p->a, parts[0]);
	node->one = words_text(p->a, parts[n - 1]);
	return node->one[0] == '\0' ? fault(p, "no words") : 0;
}

static int
partial(struct parse *p, struct tg_str name)
{
	if (p->scan.state != TG_SCAN_TEXT)
		return fault(p, "a partial inside a tag");
	if (check_name(p, name) != 0)
		return -1;
	add(p, TG_NODE_PARTIAL)->text =
	    tg_arena_copy(p->a, name);	/* with its NUL */
	return 0;
}

static int
one_tag(struct parse *p, size_t from, size_t to)
{
	char kind = from < to ? p->source.p[from] : '\0';
	bool plain = kind == '\0' || memchr("#^/!>_", kind, 6) == NULL;
	struct tg_str inside = trimmed(p, plain ? from : from + 1, to);

	switch (plain ? '\0' : kind) {
	case '#':
		return open_section(p, TG_NODE_SECTION, inside);
	case '^':
		return open_section(p, TG_NODE_UNLESS, inside);
	case '/':
		return close_section(p, inside);
	case '!':
		return 0;
	case '>':
		return partial(p, inside);
	case '_':
		return words(p, inside);
	default:
		return value(p, inside);
	}
}

/* The text up to begin, and the tag that begins there, if any. */
static int
tag(struct parse *p, size_t from, size_t begin)
{
	struct tg_str text = { p->source.p + from, begin - from };
	size_t end, behind;
	long blanks;

	if (begin == p->source.n) {
		int rc = add_text(p, text);

		p->at = begin;
		return rc;
	}
	p->at = begin;
	end = end_of_tag(p, begin + 2);
	if (end == 0)
		return fault(p, "a tag is not closed");
	behind = end + 2;
	blanks = blanks_before(p, begin);
	if (memchr("#^/!>", p->source.p[begin + 2], 5) != NULL &&
	    blanks >= 0 && behind_line(p, behind) != behind) {
		behind = behind_line(p, behind);
		if ((size_t)blanks <= text.n)
			text.n -= (size_t)blanks;
	}
	if (add_text(p, text) != 0 || one_tag(p, begin + 2, end) != 0)
		return -1;
	p->at = behind;
	return 0;
}
