#ifndef TG_WEB_PAGE_TEMPLATE_NODE_H
#define TG_WEB_PAGE_TEMPLATE_NODE_H
/*
 * A template that was parsed: a flat list of nodes; a section's node knows
 * where its inside ends.  It lives in the arena it was parsed into, its texts
 * point into the source.
 */
#include "base/arena.h"
#include "base/err.h"
#include "web/page/template_place.h"

#define TG_TEMPLATE_NAME 64	/* bytes of a name's part, of a filter */

enum tg_node_kind {
	TG_NODE_TEXT,
	TG_NODE_VALUE,
	TG_NODE_SECTION,	/* {{#}} */
	TG_NODE_UNLESS,		/* {{^}} */
	TG_NODE_PARTIAL,
	TG_NODE_WORDS,
	TG_NODE_PLURAL,
	TG_NODE_MSGID		/* {{_= }} */
};

struct tg_node {
	enum tg_node_kind kind;
	enum tg_place place;
	int line;
	struct tg_str text;	/* or a name: "a.b" */
	const char *filter;	/* NULL: none */
	/* of words; context may be NULL */
	const char *context, *one, *many;
	size_t end;		/* of a section: the first node behind it */
};

struct tg_template {
	struct tg_arena *home;	/* of one that is kept */
	const char *name;
	struct tg_node *nodes;
	size_t n;
};

/* -1: e names file, line and mistake. */
int tg_template_parse(struct tg_arena *a, const char *name,
    struct tg_str source, struct tg_template *out, struct tg_err *e);

/*
 * The template of that name, parsed: of this program (kept as long as the
 * process), or, with dir, of dir/NAME.html into the arena.
 */
const struct tg_template *tg_template_find(struct tg_arena *a,
    const char *dir, const char *name, struct tg_err *e);
#endif
