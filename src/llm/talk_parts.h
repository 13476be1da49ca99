#ifndef TG_LLM_TALK_PARTS_H
#define TG_LLM_TALK_PARTS_H
/*
 * What talk*.c share.  Trees are jansson's: what is new is the caller's, what
 * is taken out of a body is shared with it, never changed.
 */
#include "base/jtree.h"

/* Adds what content holds (a text, parts, blocks) to a turn's parts. */
void tg_talk_content(json_t *parts, const json_t *content);
/*
 * One message or item (of Responses) as a turn; role: of one that has none.
 * at: below 0, it is none of a list.
 */
void tg_talk_turn(json_t *turns, const json_t *message, const char *role,
    long at);
/* A turn with no parts yet; returns these, borrowed. */
json_t *tg_talk_open(json_t *turns, const char *role, long at);
/* {name: value} at the end of parts; value is taken over. */
void tg_talk_add(json_t *parts, const char *name, json_t *value);
/* The same with a text of another object, unless it is missing or empty. */
void tg_talk_add_text(json_t *parts, const char *name, const json_t *text);
/* A member that is a text, or NULL. */
const char *tg_talk_member(const json_t *o, const char *name);
#endif
