#ifndef TG_BASE_STR_H
#define TG_BASE_STR_H
/*
 * String views: bytes that somebody else owns, passed by value.  A view is
 * valid as long as what it points into; it need not end in NUL and may hold
 * any byte.  The empty view may have a null pointer.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct tg_str {
	const char *p;
	size_t n;
};

#define TG_STR(lit) ((struct tg_str){(lit), sizeof(lit) - 1})
#define TG_STR_NONE ((struct tg_str){NULL, 0})
/* For "%.*s" in printf. */
#define TG_PRI(s) (int)(s).n, ((s).p != NULL ? (s).p : "")

/* A view of a C string; NULL gives the empty view. */
struct tg_str tg_str(const char *c);
bool tg_str_eq(struct tg_str a, struct tg_str b);
bool tg_str_is(struct tg_str a, const char *c);
/* ASCII case folded. */
bool tg_str_ieq(struct tg_str a, const char *c);
bool tg_str_starts(struct tg_str s, const char *prefix);
bool tg_str_ends(struct tg_str s, const char *suffix);
/* Without blanks, tabs, CR and LF at both ends. */
struct tg_str tg_str_trim(struct tg_str s);
/*
 * Cut the next piece before 'sep' off the front of *rest; false when *rest
 * is used up.  "a,,b" gives "a", "", "b"; behind a last sep comes nothing.
 */
bool tg_str_cut(struct tg_str *rest, char sep, struct tg_str *piece);
/* Whole decimal number, optional '-': true and *out, else false. */
bool tg_str_i64(struct tg_str s, int64_t *out);
/* Does 'pattern', in which '*' stands for any run of bytes, match all of s? */
bool tg_str_glob(struct tg_str pattern, struct tg_str s);
/* Position of needle in hay, -1 if none; the i form folds ASCII case. */
long tg_str_find(struct tg_str hay, struct tg_str needle);
long tg_str_ifind(struct tg_str hay, const char *needle);
#endif
