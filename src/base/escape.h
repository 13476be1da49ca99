#ifndef TG_BASE_ESCAPE_H
#define TG_BASE_ESCAPE_H
/* Escaping and its reverse for what is neither JSON nor SQL. */
#include <stdbool.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/str.h"

/* & < > " ' as character references; invalid UTF-8 and NUL as U+FFFD. */
int tg_html(struct tg_buf *b, struct tg_str s);
/* One shell word: 'it'\''s'. */
int tg_shell_quote(struct tg_buf *b, struct tg_str s);
/* %xx resolved ('+' kept); a broken escape stands as it is. */
struct tg_str tg_url_decode(struct tg_arena *a, struct tg_str s);
int tg_url_encode(struct tg_buf *b, struct tg_str s);
/*
 * The first parameter of that name in a query string, decoded (here '+' is a
 * space); false when it is not there.
 */
bool tg_query_get(struct tg_arena *a, struct tg_str query, const char *name,
    struct tg_str *out);
bool tg_utf8_valid(struct tg_str s);
/*
 * "sk-...abcd": fit for a message.  Never shows more than 4 characters, and
 * none of a key that is shorter than 12.
 */
struct tg_str tg_mask_key(struct tg_arena *a, struct tg_str key);
/* Standard alphabet, padded. */
int tg_base64(struct tg_buf *b, struct tg_str s);
/* Standard alphabet, padded or not (NUL added); -1: it is not that. */
int tg_base64_decode(struct tg_arena *a, struct tg_str s, struct tg_str *out);
#endif
