/*
 * Two texts compared line by line; the list that is made of it is drawn by
 * textdiff_draw.c.
 */
#include "config.h"

#include "web/page/textdiff.h"

#include <ctype.h>
#include <stdlib.h>

#include "base/utf8.h"
#include "web/page/textdiff_find.h"

#define LINES_MAX 20000		/* the last holds what is left */
#define LINES_MOST 1000		/* differences that are looked for */
#define WORDS_MAX 1000
#define WORDS_MOST 200
#define LINE_BYTES 4000		/* longer ones are not looked into */

struct diff {
	struct tg_sequence a, b;
	int context;
	json_t *list;
};

static int cut_lines(struct tg_sequence *s, struct tg_str text);
static int cut_words(struct tg_sequence *s, struct tg_str line);
static void write_all(struct diff *d);
static size_t write_same(struct diff *d, size_t i, size_t k);
static void write_changes(struct diff *d, const size_t at[2],
    const size_t n[2]);

json_t *
tg_textdiff(struct tg_str before, struct tg_str after, int context)
{
	struct diff d = { .context = context, .list = json_array() };

	if (cut_lines(&d.a, before) == 0 && cut_lines(&d.b, after) == 0 &&
	    tg_sequence_compare(&d.a, &d.b, LINES_MOST) == 0)
		write_all(&d);
	tg_sequence_free(&d.a);
	tg_sequence_free(&d.b);
	return d.list;
}

void
tg_textdiff_count(const json_t *diff, int64_t *added, int64_t *gone)
{
	const json_t *line;
	size_t i;

	*added = *gone = 0;
	json_array_foreach(diff, i, line) {
		const char *op =
		    json_string_value(json_object_get(line, "op"));

		*added += op != NULL && *op == '+';
		*gone += op != NULL && *op == '-';
	}
}

/* --- cutting --- */

static int
cut_lines(struct tg_sequence *s, struct tg_str text)
{
	struct tg_str rest = text, line;
	size_t n = 1;

	for (size_t i = 0; i < text.n && n < LINES_MAX; i++)
		n += text.p[i] == '\n';
	if (tg_sequence_new(s, n) == -1)
		return -1;
	while (s->n + 1 < n && tg_str_cut(&rest, '\n', &line))
		s->item[s->n++] = line;
	if (rest.n > 0)
		s->item[s->n++] = rest;
	return 0;
}

/* Letters and digits together, everything else alone. */
static int
cut_words(struct tg_sequence *s, struct tg_str line)
{
	const unsigned char *p = (const unsigned char *)line.p;
	size_t i = 0, from;

	if (tg_sequence_new(s, WORDS_MAX) == -1)
		return -1;
	while (i < line.n && s->n < WORDS_MAX) {
		from = i;
		while (i < line.n && (isalnum(p[i]) || p[i] == '_'))
			i++;
		if (i == from) {
			unsigned n = tg_utf8_one(p + i, line.n - i);

			i += n > 0 ? n : 1;
		}
		if (s->n + 1 == WORDS_MAX)
			i = line.n;
		s->item[s->n++] = (struct tg_str){ line.p + from, i - from };
	}
	return 0;
}

/* --- the list --- */

static json_t *
text_of(struct tg_str s)
{
	json_t *j = json_stringn(s.n > 0 ? s.p : "", s.n);

	return j != NULL ? j : json_string("\xef\xbf\xbd");
}

static void
add(struct diff *d, const char *op, const char *name, json_t *value)
{
	json_t *line = json_object();

	json_object_set_new(line, "op", json_string(op));
	json_object_set_new(line, name, value);
	json_array_append_new(d->list, line);
}

static void
write_all(struct diff *d)
{
	size_t at[2] = { 0, 0 };

	while (at[0] < d->a.n || at[1] < d->b.n) {
		size_t n[2] = { 0, 0 };

		while (at[0] + n[0] < d->a.n && !d->a.kept[at[0] + n[0]])
			n[0]++;
		while (at[1] + n[1] < d->b.n && !d->b.kept[at[1] + n[1]])
			n[1]++;
		if (n[0] > 0 || n[1] > 0)
			write_changes(d, at, n);
		else
			n[0] = n[1] = write_same(d, at[0], at[1]);
		at[0] += n[0];
		at[1] += n[1];
	}
}

/* Lines that are in both; returns how many. */
static size_t
write_same(struct diff *d, size_t i, size_t k)
{
	size_t n = 0, head, tail, around;

	while (i + n < d->a.n && k + n < d->b.n && d->a.kept[i + n] &&
	    d->b.kept[k + n])
		n++;
	if (d->context >= 0 && n == d->a.n && n == d->b.n)
		return n;
	around = d->context < 0 ? n : (size_t)d->context;
	head = i == 0 && k == 0 ? 0 : around;
	tail = i + n == d->a.n && k + n == d->b.n ? 0 : around;
	if (d->context < 0 || n <= head + tail + 1) {
		head = n;
		tail = 0;
	}
	for (size_t x = 0; x < head; x++)
		add(d, " ", "text", text_of(d->a.item[i + x]));
	if (n > head + tail)
		add(d, "@", "lines",
		    json_integer((json_int_t)(n - head - tail)));
	for (size_t x = n - tail; x < n; x++)
		add(d, " ", "text", text_of(d->a.item[i + x]));
	return n;
}

/* --- words --- */

static json_t *
parts_of(const struct tg_sequence *s, bool marked)
{
	json_t *parts = json_array();
	size_t i = 0;

	while (i < s->n) {
		struct tg_str text = s->item[i];
		bool kept = s->kept[i];
		json_t *part = json_object();

		for (i++; i < s->n && s->kept[i] == kept; i++)
			text.n += s->item[i].n;
		json_object_set_new(part, "text", text_of(text));
		if (marked && !kept)
			json_object_set_new(part, "mark", json_true());
		json_array_append_new(parts, part);
	}
	return parts;
}

static json_t *
whole(struct tg_str line)
{
	json_t *parts = json_array(), *part = json_object();

	json_object_set_new(part, "text", text_of(line));
	json_array_append_new(parts, part);
	return parts;
}

static size_t
kept_bytes(const struct tg_sequence *s)
{
	size_t n = 0;

	for (size_t i = 0; i < s->n; i++)
		n += s->kept[i] ? s->item[i].n : 0;
	return n;
}

/*
 * Two lines of which one took the other's place; they are marked if at least
 * two fifths of both are the same.
 */
static void
compare_words(struct tg_str a, struct tg_str b, json_t *parts[2])
{
	struct tg_sequence x = { 0 }, y = { 0 };

	parts[0] = parts[1] = NULL;
	if (a.n <= LINE_BYTES && b.n <= LINE_BYTES && cut_words(&x, a) == 0 &&
	    cut_words(&y, b) == 0 &&
	    tg_sequence_compare(&x, &y, WORDS_MOST) == 0 &&
	    kept_bytes(&x) * 5 >= (a.n + b.n)) {
		parts[0] = parts_of(&x, true);
		parts[1] = parts_of(&y, true);
	} else {
		parts[0] = whole(a);
		parts[1] = whole(b);
	}
	tg_sequence_free(&x);
	tg_sequence_free(&y);
}

/* The first gone and the first added are a pair, and so on. */
static void
write_changes(struct diff *d, const size_t at[2], const size_t n[2])
{
	size_t pairs = n[0] < n[1] ? n[0] : n[1];
	json_t *added = json_array(), *line, *parts[2] = { NULL, NULL };
	size_t i;

	for (i = 0; i < n[0] || i < n[1]; i++) {
		if (i < pairs)
			compare_words(d->a.item[at[0] + i],
			    d->b.item[at[1] + i], parts);
		else if (i < n[0])
			parts[0] = whole(d->a.item[at[0] + i]);
		else
			parts[1] = whole(d->b.item[at[1] + i]);
		if (i < n[0])
			add(d, "-", "parts", parts[0]);
		if (i < n[1])
			json_array_append_new(added, parts[1]);
	}
	json_array_foreach(added, i, line)
		add(d, "+", "parts", json_incref(line));
	json_decref(added);
}
