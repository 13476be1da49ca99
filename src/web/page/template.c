/*
 * Drawing: a template's nodes with a value, into HTML.  Here, in value_in(),
 * is the one place where a value becomes text of a page.
 */
#include "config.h"

#include "web/page/template.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/escape.h"
#include "web/page/format_filter.h"
#include "web/page/template_node.h"

#define MAX_DEPTH 48		/* of values within values */
#define MAX_PARTIALS 32
#define MAX_ARENA (4 * 1024 * 1024)

/* One drawing; on the stack. */
struct draw {
	const struct tg_template_conf *conf;
	const struct tg_template *content;
	struct tg_arena *a;	/* of templates that were read from files */
	const json_t *values[MAX_DEPTH];
	int depth, partials;
	struct tg_buf *out;
	struct tg_err *e;
};

static int draw_nodes(struct draw *, const struct tg_template *, size_t,
    size_t);

int
tg_template_draw(const struct tg_template_conf *conf, const char *layout,
    const char *name, const json_t *data, struct tg_buf *out,
    struct tg_err *e)
{
	struct draw d = { .conf = conf,
		.a = tg_arena_new(MAX_ARENA),
		.values = { data },
		.depth = 1,
		.out = out,
		.e = e };
	const struct tg_template *t =
	    tg_template_find(d.a, conf->dir, name, e);
	int rc = -1;

	if (t != NULL && layout != NULL) {
		d.content = t;
		t = tg_template_find(d.a, conf->dir, layout, e);
	}
	if (t != NULL)
		rc = draw_nodes(&d, t, 0, t->n);
	if (rc == 0 && out->failed)
		rc = tg_fail(e, TG_E_INTERNAL, "The page is too large.");
	tg_arena_free(d.a);
	return rc;
}

/* --- values --- */

static const json_t *
member(const json_t *j, struct tg_str name)
{
	char text[TG_TEMPLATE_NAME];

	if (!json_is_object(j) || name.n >= sizeof(text))
		return NULL;
	memcpy(text, name.p, name.n);
	text[name.n] = '\0';
	return json_object_get(j, text);
}

/* The first part from within outwards, the others in what it is. */
static const json_t *
look_up(const struct draw *d, struct tg_str path)
{
	const json_t *j = NULL;
	struct tg_str part;

	if (tg_str_is(path, "."))
		return d->values[d->depth - 1];
	if (!tg_str_cut(&path, '.', &part))
		return NULL;
	for (int i = d->depth - 1; i >= 0 && j == NULL; i--)
		j = member(d->values[i], part);
	while (j != NULL && tg_str_cut(&path, '.', &part))
		j = member(j, part);
	return j;
}

static bool
says_something(const json_t *j)
{
	switch (j != NULL ? json_typeof(j) : JSON_NULL) {
	case JSON_OBJECT:
		return json_object_size(j) > 0;
	case JSON_ARRAY:
		return json_array_size(j) > 0;
	case JSON_STRING:
		return json_string_length(j) > 0;
	case JSON_INTEGER:
		return json_integer_value(j) != 0;
	case JSON_REAL:
		return json_real_value(j) < 0 || json_real_value(j) > 0;
	case JSON_TRUE:
		return true;
	default:
		return false;
	}
}

static void
text_in(struct draw *d, enum tg_place place, struct tg_str text)
{
	if ((place == TG_PLACE_LINK || place == TG_PLACE_IMAGE) &&
	    !tg_place_link_is_safe(place, text))
		text = TG_STR("#");
	(void)tg_html(d->out, text);
}

/* What has no filter: texts and numbers as they are. */
static void
value_in(struct draw *d, enum tg_place place, const json_t *j)
{
	char number[64];
	char *tree;

	switch (j != NULL ? json_typeof(j) : JSON_NULL) {
	case JSON_STRING:
		text_in(d, place, (struct tg_str){ json_string_value(j),
		    json_string_length(j) });
		return;
	case JSON_INTEGER:
		(void)tg_buf_printf(
		    d->out, "%lld", (long long)json_integer_value(j));
		return;
	case JSON_REAL:
		(void)snprintf(
		    number, sizeof(number), "%.15g", json_real_value(j));
		(void)tg_buf_addc(d->out, number);
		return;
	case JSON_TRUE:
		(void)tg_buf_addc(d->out, "true");
		return;
	case JSON_FALSE:
		(void)tg_buf_addc(d->out, "false");
		return;
	case JSON_NULL:
		return;
	default:
		tree = tg_jtree_print(j);
		text_in(d, place, tg_str(tree));
		free(tree);
	}
}

static void
filtered_in(struct draw *d, enum tg_place place, const char *filter,
    const json_t *j)
{
	if (filter == NULL)
		value_in(d, place, j);
	else if (place == TG_PLACE_TEXT)
		(void)tg_format(d->conf->locale, filter, j, d->out);
	else
		(void)tg_format_plain(d->conf->locale, filter, j, d->out);
}

/* --- words --- */

/* "{name|filter}" between braces; what a translation has wrong is left out. */
static void
placeholder_in(struct draw *d, enum tg_place place, struct tg_str inside)
{
	struct tg_str name = TG_STR_NONE;
	char filter[TG_TEMPLATE_NAME];

	(void)tg_str_cut(&inside, '|', &name);
	(void)snprintf(filter, sizeof(filter), "%.*s", TG_PRI(inside));
	filtered_in(d, place, inside.n > 0 ? filter : NULL,
	    look_up(d, name));
}

static void
words_in(struct draw *d, enum tg_place place, const char *words)
{
	struct tg_str rest = tg_str(words);
	const char *open, *close;

	/* Words begin no address: it would be the translator's. */
	if (place == TG_PLACE_LINK || place == TG_PLACE_IMAGE)
		place = TG_PLACE_PLAIN;
	while (rest.n > 0) {
		open = memchr(rest.p, '{', rest.n);
		close = open == NULL ?
		    NULL :
		    memchr(open, '}', rest.n - (size_t)(open - rest.p));
		if (close == NULL) {
			(void)tg_html(d->out, rest);
			return;
		}
		(void)tg_html(d->out,
		    (struct tg_str){ rest.p, (size_t)(open - rest.p) });
		placeholder_in(d, place,
		    (struct tg_str){ open + 1, (size_t)(close - open - 1) });
		rest.n -= (size_t)(close + 1 - rest.p);
		rest.p = close + 1;
	}
}

static void
node_words(struct draw *d, const struct tg_node *n)
{
	const struct tg_words *w = d->conf->locale->words;
	const json_t *j;

	switch (n->kind) {
	case TG_NODE_WORDS:
		words_in(d, n->place, n->context != NULL ?
		    tg_words_get_in(w, n->context, n->one) :
		    tg_words_get(w, n->one));
		return;
	case TG_NODE_PLURAL:
		j = look_up(d, n->text);
		words_in(d, n->place, tg_words_plural(w, n->one, n->many,
		    json_is_integer(j) ? json_integer_value(j) : 0));
		return;
	default:
		j = look_up(d, n->text);
		if (json_is_string(j) && json_string_length(j) > 0)
			words_in(d, n->place,
			    tg_words_get(w, json_string_value(j)));
	}
}

/* --- sections --- */

static int
draw_within(struct draw *d, const struct tg_template *t, size_t at,
    const json_t *value)
{
	int rc;

	if (d->depth == MAX_DEPTH)
		return tg_fail(d->e, TG_E_INTERNAL,
		    "www/%s.html:%d: values are nested too deep", t->name,
		    t->nodes[at].line);
	d->values[d->depth++] = value;
	rc = draw_nodes(d, t, at + 1, t->nodes[at].end);
	d->depth--;
	return rc;
}

static int
draw_section(struct draw *d, const struct tg_template *t, size_t at)
{
	const json_t *j = look_up(d, t->nodes[at].text), *one;
	size_t i;

	if (!says_something(j))
		return 0;
	if (!json_is_array(j))
		return draw_within(d, t, at, j);
	json_array_foreach((json_t *)j, i, one)
		if (draw_within(d, t, at, one) != 0)
			return -1;
	return 0;
}

static int
draw_partial(struct draw *d, const struct tg_template *t,
    const struct tg_node *n)
{
	const struct tg_template *other = tg_str_is(n->text, "content") ?
	    d->content :
	    tg_template_find(d->a, d->conf->dir, n->text.p, d->e);
	int rc;

	if (other == NULL)
		return d->e->code != TG_OK ? -1 : 0;
	if (d->partials == MAX_PARTIALS)
		return tg_fail(d->e, TG_E_INTERNAL,
		    "www/%s.html:%d: partials are nested too deep", t->name,
		    n->line);
	d->partials++;
	rc = draw_nodes(d, other, 0, other->n);
	d->partials--;
	return rc;
}

static int
draw_nodes(struct draw *d, const struct tg_template *t, size_t from,
    size_t to)
{
	int rc = 0;

	for (size_t i = from; i < to && rc == 0; i++) {
		const struct tg_node *n = &t->nodes[i];

		switch (n->kind) {
		case TG_NODE_TEXT:
			(void)tg_buf_adds(d->out, n->text);
			break;
		case TG_NODE_VALUE:
			filtered_in(
			    d, n->place, n->filter, look_up(d, n->text));
			break;
		case TG_NODE_SECTION:
			rc = draw_section(d, t, i);
			i = n->end - 1;
			break;
		case TG_NODE_UNLESS:
			if (says_something(look_up(d, n->text)))
				i = n->end - 1;
			break;
		case TG_NODE_PARTIAL:
			rc = draw_partial(d, t, n);
			break;
		default:
			node_words(d, n);
		}
	}
	return rc;
}
