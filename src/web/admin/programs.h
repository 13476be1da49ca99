#ifndef TG_WEB_ADMIN_PROGRAMS_H
#define TG_WEB_ADMIN_PROGRAMS_H
/* Two versions of what a program sends, compared. */
#include "base/jtree.h"

/*
 * Tools (as llm/talk.h has them) by their names:
 *
 *	{"added": [{name, text}], "removed": [...], "same": n,
 *	 "changed": [{name, diff}]}
 *
 * room: bytes of text that may be shown; "cut" when that was too little.
 */
json_t *tg_programs_tools(const json_t *before, const json_t *after,
    size_t room);
/* The diff of two texts, cut to that room: {diff, added, gone, cut}. */
json_t *tg_programs_texts(const char *before, const char *after, size_t room);
#endif
