#ifndef TG_WEB_PAGE_TEXTDIFF_H
#define TG_WEB_PAGE_TEXTDIFF_H
/*
 * What is different between two texts: by lines, and within lines that took
 * each other's place by words.  Time and memory are bounded: texts that have
 * little in common are told as replaced from some line on.
 */
#include "web/page/format_filter.h"

/*
 * The caller's: a list of
 *
 *	{"op": " ", "text": "in both"}
 *	{"op": "-", "parts": [{"text": "gone, "}, {"text": "this", "mark": true}]}
 *	{"op": "+", "parts": [...]}
 *	{"op": "@", "lines": 12}	as many that are in both are left out
 *
 * context: lines in both that stand around each change; -1: all of them.
 * [] if nothing is different and context is not -1.
 */
json_t *tg_textdiff(struct tg_str before, struct tg_str after, int context);

/* Lines added and taken away. */
void tg_textdiff_count(const json_t *diff, int64_t *added, int64_t *gone);

/* Such a list as <pre class="diff">. */
tg_filter_fn tg_filter_diff;
#endif
