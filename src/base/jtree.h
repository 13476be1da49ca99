#ifndef TG_BASE_JTREE_H
#define TG_BASE_JTREE_H
/*
 * JSON trees (jansson) for what is administered, never on the hot path:
 * readers that fail with a sentence naming the member.
 * Missing and null mean the same to the optional readers.
 */
#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

/* Owned by the caller (json_decref); numbers stay exact where they are ints. */
json_t *tg_jtree_parse(struct tg_str doc, struct tg_err *e);
/* Compact text, keys in insertion order, malloc'ed. */
char *tg_jtree_print(const json_t *j);
char *tg_jtree_pretty(const json_t *j);
/* Optional readers: *out is left alone when missing; -1 on a wrong type. */
int tg_jtree_text(const json_t *o, const char *name, const char **out,
    struct tg_err *e);
int tg_jtree_i64(const json_t *o, const char *name, int64_t *out,
    struct tg_err *e);
int tg_jtree_bool(const json_t *o, const char *name, bool *out,
    struct tg_err *e);
/* set a possibly NULL string */
void tg_jtree_set_text(json_t *o, const char *name, const char *text);
#endif
