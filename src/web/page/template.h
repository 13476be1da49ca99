#ifndef TG_WEB_PAGE_TEMPLATE_H
#define TG_WEB_PAGE_TEMPLATE_H
/*
 * Logic-less templates (www/NAME.html): a JSON value in, HTML out.  They are
 * compiled in; with [server] www_dir they are read from there at each use.
 *
 *	{{name}} {{a.b}} {{.}}	a value, always escaped; missing: nothing
 *	{{name|filter}}		the same by a filter of page/format.h
 *	{{#name}}..{{/name}}	for each element of a list; within an object;
 *				once for any other value but null, false, "",
 *				0, [] and {}
 *	{{^name}}..{{/name}}	if it is one of those, or missing
 *	{{>name}}		the template of that name, here
 *	{{>content}}		in layout.html: the page's own template
 *	{{_Some words}}		translated; {name} and {name|filter} in them
 *				are values (escaped).  Words hold no braces
 *				else; a context stands before a bar:
 *				{{_verb|Block}}
 *	{{_n count|One call|{count} calls}}	the plural form for count
 *	{{_= name}}		translated: the value is a msgid that C marked
 *				with N_()
 *	{{!words}}		a comment
 *
 * Names are looked for in the innermost value, then outwards.  A tag that
 * stands alone in its line takes the line with it.
 *
 * The parser follows tags and quotes: a value within a tag stands in quotes,
 * where an address begins it is a relative one or of http, https, mailto, and
 * where only text may stand (attributes, <option>) a filter gives text.
 *
 * There is no way to write a value unescaped: what is HTML (a chart, rendered
 * Markdown) comes from a filter, which escapes what is foreign in it.
 */
#include "base/jtree.h"
#include "base/buf.h"
#include "base/err.h"

struct tg_words;
struct tg_locale;
struct tg_template_conf {
	const char *dir;		/* [server] www_dir, or NULL */
	const struct tg_locale *locale;	/* language, zone: page/format.h */
};
/*
 * Draws the template into out.  -1: no such template, a mistake in it (*e has
 * file and line), out is at its ceiling.
 */
int tg_template_draw(const struct tg_template_conf *conf, const char *layout,
    const char *name, const json_t *data, struct tg_buf *out,
    struct tg_err *e);
/* Parses every template that is compiled in; for tests. */
int tg_template_check_all(struct tg_err *e);
#endif
