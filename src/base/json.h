#ifndef TG_BASE_JSON_H
#define TG_BASE_JSON_H
/*
 * Reading JSON over its original bytes (RFC 8259), without building a tree:
 * the hot path's reader.  A document is checked once and strictly; after
 * that the walkers trust it.  Values are views of the raw text, so that
 * number spelling, key order and escapes survive.  No allocation.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/str.h"

enum tg_json_type {
	TG_JSON_NULL,
	TG_JSON_BOOL,
	TG_JSON_NUMBER,
	TG_JSON_STRING,
	TG_JSON_ARRAY,
	TG_JSON_OBJECT
};

enum tg_json_fault {
	TG_JSON_GOOD,
	TG_JSON_BAD_SYNTAX,
	TG_JSON_BAD_UTF8,
	TG_JSON_TOO_DEEP,
	TG_JSON_ENDED	/* ends inside a value */
};

/*
 * Is all of doc one JSON value (white space around it allowed), in valid
 * UTF-8, nested at most max_depth?  *at gets the offset of the fault.  A
 * lone surrogate escape is accepted, as most readers do.
 */
enum tg_json_fault tg_json_check(struct tg_str doc, int max_depth, size_t *at);

/* Everything below wants text that tg_json_check() found good. */

/* Type by the first byte; leading white space is skipped. */
enum tg_json_type tg_json_type(struct tg_str value);

struct tg_json_it {
	const char *p, *end;
};
/* Begin at an object or array; a value of another type has no members. */
struct tg_json_it tg_json_begin(struct tg_str value);
/*
 * Next member: *name is the raw text between the quotes (escapes kept),
 * *value the trimmed raw value.  False at the end.
 */
bool tg_json_member(
    struct tg_json_it *it, struct tg_str *name, struct tg_str *value);
bool tg_json_item(struct tg_json_it *it, struct tg_str *value);
/* Does a raw member name mean this (escapes resolved)? */
bool tg_json_name_is(struct tg_str raw_name, const char *name);
/* The last member of that name, as the object's readers take it. */
bool tg_json_get(struct tg_str object, const char *name, struct tg_str *value);
/* Walks "a.b.c"; false when a step is missing. */
bool tg_json_path(struct tg_str object, const char *path, struct tg_str *value);

/* String value -> its text in the arena (NUL added); -1: no string. */
int tg_json_text(struct tg_arena *a, struct tg_str value, struct tg_str *out);
/*
 * The inside of a string value, escapes kept: what stands between its quotes.
 */
bool tg_json_raw_text(struct tg_str value, struct tg_str *inside);
/* A number without fraction that fits (1e3 and 5.0 count); else false. */
bool tg_json_i64(struct tg_str value, int64_t *out);
bool tg_json_bool(struct tg_str value, bool *out);
bool tg_json_is_null(struct tg_str value);
/* Is this string value equal to that text? */
bool tg_json_text_is(struct tg_str value, const char *text);

/*
 * Writing: s as a JSON string with quotes; bytes that are not UTF-8 become
 * U+FFFD.
 */
int tg_json_quote(struct tg_buf *b, struct tg_str s);
/* The same into an arena. */
struct tg_str tg_json_quoted(struct tg_arena *a, struct tg_str s);
#endif
