/*
 * Is a text JSON?  The one strict look at what the world sends, before any
 * walker of base/json.h trusts it: RFC 8259 grammar, UTF-8, depth.  One pass
 * without recursion; a bit for each open container tells arrays from objects.
 * It runs over every request and every event of every stream.
 */
#include "config.h"
#include "base/json.h"

#include <stddef.h>

#include "base/json_scan.h"
#include "base/limits.h"
#include "base/utf8.h"

struct check {
	const unsigned char *p, *end;
	int depth, max_depth;
	uint64_t is_object[TG_MAX_JSON_DEPTH / 64];
};

/* What may come next. */
enum state {
	VALUE,		/* a value */
	FIRST_ITEM,	/* a value or ] */
	FIRST_MEMBER,	/* a name or } */
	MEMBER,		/* a name */
	AFTER,		/* , ] } or the end */
	FAULT_SYNTAX,
	FAULT_UTF8,
	FAULT_DEEP,
	FAULT_ENDED
};

static enum state value(struct check *c);
static enum state name(struct check *c);
static enum state after(struct check *c);
static enum state open_container(struct check *c);
static enum state string(struct check *c);
static enum state escape(struct check *c);
static enum state number(struct check *c);
static bool whole_number(struct check *c);
static bool digits(struct check *c);
static enum state literal(struct check *c, const char *word, size_t n);
static enum tg_json_fault fault_of(const struct check *c, enum state st);

static const unsigned char is_space[256] = {
	[' '] = 1, ['\t'] = 1, ['\n'] = 1, ['\r'] = 1};

static inline void
skip_space(struct check *c)
{
	while (c->p < c->end && is_space[*c->p])
		c->p++;
}

static inline bool
is_digit(unsigned char byte)
{
	return byte >= '0' && byte <= '9';
}

static inline bool
in_object(const struct check *c)
{
	unsigned level = (unsigned)c->depth - 1;

	return c->is_object[level / 64] >> level % 64 & 1;
}

enum tg_json_fault
tg_json_check(struct tg_str doc, int max_depth, size_t *at)
{
	const char *start = doc.p != NULL ? doc.p : "";
	enum state st = VALUE;
	struct check c;

	c.p = (const unsigned char *)start;
	c.end = c.p + doc.n;
	c.depth = 0;
	c.max_depth = max_depth < TG_MAX_JSON_DEPTH ?
	    max_depth : TG_MAX_JSON_DEPTH;
	do {
		skip_space(&c);
		if (c.p == c.end)
			break;
		if (st == AFTER)
			st = after(&c);
		else if (st == MEMBER || st == FIRST_MEMBER)
			st = *c.p == '}' && st == FIRST_MEMBER ?
			    after(&c) : name(&c);
		else
			st = *c.p == ']' && st == FIRST_ITEM ?
			    after(&c) : value(&c);
	} while (st < FAULT_SYNTAX);
	if (at != NULL)
		*at = (size_t)((const char *)c.p - start);
	if (st == AFTER && c.depth == 0)
		return TG_JSON_GOOD;
	return fault_of(&c, st);
}

static enum state
value(struct check *c)
{
	switch (*c->p) {
	case '"':
		return string(c);
	case '{':
	case '[':
		return open_container(c);
	case 't':
		return literal(c, "true", 4);
	case 'f':
		return literal(c, "false", 5);
	case 'n':
		return literal(c, "null", 4);
	default:
		return number(c);
	}
}

static enum state
name(struct check *c)
{
	enum state st;

	if (*c->p != '"')
		return FAULT_SYNTAX;
	st = string(c);
	if (st != AFTER)
		return st;
	skip_space(c);
	if (c->p == c->end)
		return FAULT_ENDED;
	if (*c->p != ':')
		return FAULT_SYNTAX;
	c->p++;
	return VALUE;
}

static enum state
after(struct check *c)
{
	bool object;

	if (c->depth == 0)
		return FAULT_SYNTAX;	/* more behind the value */
	object = in_object(c);
	if (*c->p == ',') {
		c->p++;
		return object ? MEMBER : VALUE;
	}
	if (*c->p != (object ? '}' : ']'))
		return FAULT_SYNTAX;
	c->p++;
	c->depth--;
	return AFTER;
}

static enum state
open_container(struct check *c)
{
	unsigned level = (unsigned)c->depth;
	uint64_t bit = UINT64_C(1) << level % 64;

	if (c->depth >= c->max_depth)
		return FAULT_DEEP;
	c->depth++;
	if (*c->p++ == '{') {
		c->is_object[level / 64] |= bit;
		return FIRST_MEMBER;
	}
	c->is_object[level / 64] &= ~bit;
	return FIRST_ITEM;
}

static enum state
string(struct check *c)
{
	const unsigned char *p = c->p + 1, *end = c->end;
	unsigned n;

	for (;;) {
		p = tg_json_skip_plain(p, end);
		c->p = p;
		if (p == end)
			return FAULT_ENDED;
		if (*p == '"') {
			c->p = p + 1;
			return AFTER;
		}
		if (*p == '\\') {
			if (escape(c) != AFTER)
				return c->p == end ? FAULT_ENDED : FAULT_SYNTAX;
			p = c->p;
			continue;
		}
		if (*p < 0x20)
			return FAULT_SYNTAX;
		/* Text that is not ASCII comes in runs. */
		do {
			n = tg_utf8_multi(p, (size_t)(end - p));
			p += n;
		} while (n != 0 && p < end && *p >= 0x80);
		if (n == 0) {
			c->p = p;
			return tg_utf8_is_begun(p, (size_t)(end - p)) ?
			    FAULT_ENDED : FAULT_UTF8;
		}
	}
}

/* Behind the backslash; stops at the byte that does not fit. */
static enum state
escape(struct check *c)
{
	static const unsigned char is_hex[256] = {
		['0'] = 1, ['1'] = 1, ['2'] = 1, ['3'] = 1, ['4'] = 1,
		['5'] = 1, ['6'] = 1, ['7'] = 1, ['8'] = 1, ['9'] = 1,
		['a'] = 1, ['b'] = 1, ['c'] = 1, ['d'] = 1, ['e'] = 1,
		['f'] = 1, ['A'] = 1, ['B'] = 1, ['C'] = 1, ['D'] = 1,
		['E'] = 1, ['F'] = 1};
	int i;

	if (++c->p == c->end)
		return FAULT_ENDED;
	switch (*c->p) {
	case '"':
	case '\\':
	case '/':
	case 'b':
	case 'f':
	case 'n':
	case 'r':
	case 't':
		c->p++;
		return AFTER;
	case 'u':
		break;
	default:
		return FAULT_SYNTAX;
	}
	c->p++;
	for (i = 0; i < 4; i++, c->p++)
		if (c->p == c->end || !is_hex[*c->p])
			return FAULT_SYNTAX;
	return AFTER;
}

static enum state
number(struct check *c)
{
	if (whole_number(c))
		return AFTER;
	return c->p == c->end ? FAULT_ENDED : FAULT_SYNTAX;
}

/* False where it breaks off: there is the byte that does not fit. */
static bool
whole_number(struct check *c)
{
	if (*c->p == '-')
		c->p++;
	if (c->p < c->end && *c->p == '0')
		c->p++;
	else if (!digits(c))
		return false;
	if (c->p < c->end && *c->p == '.') {
		c->p++;
		if (!digits(c))
			return false;
	}
	if (c->p < c->end && (*c->p == 'e' || *c->p == 'E')) {
		c->p++;
		if (c->p < c->end && (*c->p == '+' || *c->p == '-'))
			c->p++;
		return digits(c);
	}
	return true;
}

/* At least one, then all there are. */
static bool
digits(struct check *c)
{
	const unsigned char *p = c->p, *start = p;

	while (p < c->end && is_digit(*p))
		p++;
	c->p = p;
	return p > start;
}

static enum state
literal(struct check *c, const char *word, size_t n)
{
	size_t i, room = (size_t)(c->end - c->p);

	if (room >= n && memcmp(c->p, word, n) == 0) {
		c->p += n;
		return AFTER;
	}
	for (i = 0; i < room && i < n && c->p[i] == (unsigned char)word[i];)
		i++;
	c->p += i;
	return i == room ? FAULT_ENDED : FAULT_SYNTAX;
}

static enum tg_json_fault
fault_of(const struct check *c, enum state st)
{
	size_t room = (size_t)(c->end - c->p);

	switch (st) {
	case FAULT_UTF8:
		return TG_JSON_BAD_UTF8;
	case FAULT_DEEP:
		return TG_JSON_TOO_DEEP;
	case FAULT_SYNTAX:
		/* Between the values too, what is no UTF-8 is named so. */
		if (room > 0 && tg_utf8_one(c->p, room) == 0 &&
		    !tg_utf8_is_begun(c->p, room))
			return TG_JSON_BAD_UTF8;
		return TG_JSON_BAD_SYNTAX;
	default:
		return TG_JSON_ENDED;
	}
}
