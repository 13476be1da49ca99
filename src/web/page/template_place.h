#ifndef TG_WEB_PAGE_TEMPLATE_PLACE_H
#define TG_WEB_PAGE_TEMPLATE_PLACE_H
/*
 * Where in HTML a template's tag stands, so that a value can never get out of
 * its place.  Follows the text of a template letter by letter; what no
 * template of ours needs (inline script and style, comments, values outside
 * of quotes) is refused, so that little is left to be understood.
 */
#include <stdbool.h>

#include "base/str.h"

enum tg_place {
	TG_PLACE_TEXT,		/* between tags: markup may stand here */
	TG_PLACE_PLAIN,		/* attribute, <title>, <option>: text only */
	TG_PLACE_LINK,		/* an address begins here */
	TG_PLACE_IMAGE		/* that of an image */
};

enum tg_place_state {
	TG_SCAN_TEXT,
	TG_SCAN_OPEN,		/* < */
	TG_SCAN_NAME,		/* <na */
	TG_SCAN_INSIDE,		/* <name ... */
	TG_SCAN_ATTR,		/* <name cla */
	TG_SCAN_EQUALS,		/* <name class= */
	TG_SCAN_QUOTED
};

/* Begins zeroed. */
struct tg_place_scan {
	enum tg_place_state state;
	char quote;
	bool closing;		/* </name */
	bool begun;		/* the address has its beginning */
	int depth;		/* of sections, kept by the caller */
	int quoted_depth;	/* where the attribute began */
	char element[16];	/* that is open last */
	char name[32];		/* of tag or attribute */
};

/* Text of the template.  NULL, or what is wrong with it. */
const char *tg_place_text(struct tg_place_scan *s, struct tg_str text);
/* A value stands here.  NULL and *place, or why it must not. */
const char *tg_place_value(struct tg_place_scan *s, enum tg_place *place);
/* Is what was open at the one open at the other? */
bool tg_place_same(const struct tg_place_scan *a,
    const struct tg_place_scan *b);
/* May a value be the beginning of an address? */
bool tg_place_link_is_safe(enum tg_place place, struct tg_str url);
#endif
