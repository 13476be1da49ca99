/*
 * Walking and reading JSON that base/json_check.c found good, over its
 * original bytes.  An iterator stands at the bracket that opens (before the
 * first member) or behind a value; strings are skipped by looking for their
 * closing quote.  Text that was never checked gives nonsense, but nothing
 * here reads beyond its end.  Writing is base/json_quote.c's.
 */
#include "config.h"
#include "base/json.h"

#include "base/decimal.h"
#include "base/utf8.h"

static const char *skip_space(const char *p, const char *end);
static const char *skip_string(const char *p, const char *end);
static const char *skip_value(const char *p, const char *end);
static const char *skip_container(const char *p, const char *end);
static bool next(struct tg_json_it *it, char open);
static void take_value(struct tg_json_it *it, struct tg_str *value);
static bool same_text(struct tg_str raw, struct tg_str text);
static bool get(struct tg_str object, struct tg_str name, struct tg_str *value);
static const char *unescape(const char *p, const char *end, char *out,
    unsigned *n);

static inline struct tg_str
bare(struct tg_str value)
{
	const char *p;

	if (value.n == 0 || (unsigned char)value.p[0] > ' ')
		return value;
	p = skip_space(value.p, value.p + value.n);
	return (struct tg_str){p, value.n - (size_t)(p - value.p)};
}

enum tg_json_type
tg_json_type(struct tg_str value)
{
	value = bare(value);
	switch (value.n == 0 ? 'n' : value.p[0]) {
	case '{':
		return TG_JSON_OBJECT;
	case '[':
		return TG_JSON_ARRAY;
	case '"':
		return TG_JSON_STRING;
	case 't':
	case 'f':
		return TG_JSON_BOOL;
	case 'n':
		return TG_JSON_NULL;
	default:
		return TG_JSON_NUMBER;
	}
}

struct tg_json_it
tg_json_begin(struct tg_str value)
{
	value = bare(value);
	if (value.n == 0 || (value.p[0] != '{' && value.p[0] != '['))
		return (struct tg_json_it){NULL, NULL};
	return (struct tg_json_it){value.p, value.p + value.n};
}

bool
tg_json_member(
    struct tg_json_it *it, struct tg_str *name, struct tg_str *value)
{
	const char *start;

	if (!next(it, '{') || *it->p != '"')
		return false;
	start = it->p + 1;
	it->p = skip_string(it->p, it->end);
	*name = (struct tg_str){start, (size_t)(it->p - start)};
	if (name->n > 0)
		name->n--;
	it->p = skip_space(it->p, it->end);
	if (it->p == it->end || *it->p != ':')
		return false;
	it->p = skip_space(it->p + 1, it->end);
	take_value(it, value);
	return true;
}

bool
tg_json_item(struct tg_json_it *it, struct tg_str *value)
{
	if (!next(it, '['))
		return false;
	take_value(it, value);
	return true;
}

bool
tg_json_name_is(struct tg_str raw_name, const char *name)
{
	return same_text(raw_name, tg_str(name));
}

bool
tg_json_get(struct tg_str object, const char *name, struct tg_str *value)
{
	return get(object, tg_str(name), value);
}

bool
tg_json_path(struct tg_str object, const char *path, struct tg_str *value)
{
	struct tg_str rest = tg_str(path), step, at = object;

	while (tg_str_cut(&rest, '.', &step))
		if (!get(at, step, &at))
			return false;
	*value = at;
	return true;
}

int
tg_json_text(struct tg_arena *a, struct tg_str value, struct tg_str *out)
{
	const char *p, *end, *slash;
	struct tg_str raw;
	unsigned n;
	char *to;

	if (!tg_json_raw_text(value, &raw))
		return -1;
	to = tg_arena_alloc(a, raw.n + 1);
	out->p = to;
	p = raw.p;
	end = raw.p + raw.n;
	while (p < end && (slash = memchr(p, '\\', (size_t)(end - p)))) {
		memcpy(to, p, (size_t)(slash - p));
		to += slash - p;
		p = unescape(slash + 1, end, to, &n);
		to += n;
	}
	memcpy(to, p, (size_t)(end - p));
	to += end - p;
	*to = '\0';
	out->n = (size_t)(to - out->p);
	return 0;
}

bool
tg_json_raw_text(struct tg_str value, struct tg_str *inside)
{
	value = tg_str_trim(value);
	if (value.n < 2 || value.p[0] != '"' || value.p[value.n - 1] != '"')
		return false;
	*inside = (struct tg_str){value.p + 1, value.n - 2};
	return true;
}

bool
tg_json_i64(struct tg_str value, int64_t *out)
{
	struct tg_str s = tg_str_trim(value);
	struct tg_decimal d;
	bool exact;
	int64_t v;

	/* Nearly all are short and plain. */
	if (s.n < 19 && tg_str_i64(s, out))
		return true;
	if (!tg_decimal_parse(s, &d) || !tg_decimal_scaled(&d, 0, &v, &exact) ||
	    !exact)
		return false;
	*out = v;
	return true;
}

bool
tg_json_bool(struct tg_str value, bool *out)
{
	if (tg_json_type(value) != TG_JSON_BOOL)
		return false;
	*out = bare(value).p[0] == 't';
	return true;
}

bool
tg_json_is_null(struct tg_str value)
{
	value = bare(value);
	return value.n > 0 && value.p[0] == 'n';
}

bool
tg_json_text_is(struct tg_str value, const char *text)
{
	struct tg_str raw;

	return tg_json_raw_text(value, &raw) && same_text(raw, tg_str(text));
}

static const char *
skip_space(const char *p, const char *end)
{
	while (p < end && (*p == ' ' || *p == '\n' || *p == '\r' || *p == '\t'))
		p++;
	return p;
}

/*
 * From the opening quote to behind the closing one: the first quote with an
 * even number of backslashes before it.
 */
static const char *
skip_string(const char *p, const char *end)
{
	const char *start = ++p, *quote, *back;

	while (p < end && (quote = memchr(p, '"', (size_t)(end - p)))) {
		for (back = quote; back > start && back[-1] == '\\';)
			back--;
		if ((quote - back) % 2 == 0)
			return quote + 1;
		p = start = quote + 1;
	}
	return end;
}

static const char *
skip_value(const char *p, const char *end)
{
	if (p == end)
		return end;
	if (*p == '"')
		return skip_string(p, end);
	if (*p == '{' || *p == '[')
		return skip_container(p, end);
	while (p < end && (unsigned char)*p > ' ' && *p != ',' && *p != ']' &&
	    *p != '}')
		p++;
	return p;
}

static const char *
skip_container(const char *p, const char *end)
{
	static const unsigned char structural[256] = {
		['"'] = 1, ['{'] = 1, ['['] = 1, ['}'] = 1, [']'] = 1};
	size_t depth = 0;

	for (;;) {
		while (p < end && !structural[(unsigned char)*p])
			p++;
		if (p == end)
			return end;
		if (*p == '"') {
			p = skip_string(p, end);
			continue;
		}
		if (*p == '{' || *p == '[')
			depth++;
		else
			depth--;
		p++;
		if (depth == 0)
			return p;
	}
}

/* To the next name or item; the container has to be of that kind. */
static bool
next(struct tg_json_it *it, char open)
{
	const char *p = skip_space(it->p, it->end);

	if (p == it->end || (*p != open && *p != ','))
		return false;
	p = skip_space(p + 1, it->end);
	if (p == it->end || *p == '}' || *p == ']')
		return false;
	it->p = p;
	return true;
}

static void
take_value(struct tg_json_it *it, struct tg_str *value)
{
	const char *start = it->p;

	it->p = skip_value(start, it->end);
	*value = (struct tg_str){start, (size_t)(it->p - start)};
}

/* An escape is never shorter than what it stands for. */
static bool
same_text(struct tg_str raw, struct tg_str text)
{
	const char *p = raw.p, *end = raw.p + raw.n;
	char one[4];
	unsigned n;

	if (raw.n < text.n)
		return false;
	if (raw.n == 0 || memchr(raw.p, '\\', raw.n) == NULL)
		return tg_str_eq(raw, text);
	while (p < end) {
		n = 1;
		if (*p == '\\')
			p = unescape(p + 1, end, one, &n);
		else
			one[0] = *p++;
		if (n > text.n || memcmp(one, text.p, n) != 0)
			return false;
		text.p += n;
		text.n -= n;
	}
	return text.n == 0;
}

static bool
get(struct tg_str object, struct tg_str name, struct tg_str *value)
{
	struct tg_json_it it = tg_json_begin(object);
	struct tg_str found, v;
	bool any = false;

	while (tg_json_member(&it, &found, &v)) {
		if (!same_text(found, name))
			continue;
		*value = v;
		any = true;
	}
	return any;
}

/* Four hex digits at p, or -1. */
static int32_t
hex4(const char *p, const char *end)
{
	uint32_t v = 0;
	int i;

	if (end - p < 4)
		return -1;
	for (i = 0; i < 4; i++) {
		unsigned char c = (unsigned char)p[i];

		v = v << 4 | (c <= '9' ? c & 0xfu : (c & 0x7u) + 9u);
	}
	return (int32_t)(v & 0xffff);
}

/*
 * The escape behind a backslash: its text into out (1 to 4 bytes), a pair of
 * surrogates as one character, a lone one as U+FFFD.  Returns what follows.
 */
static const char *
unescape(const char *p, const char *end, char *out, unsigned *n)
{
	static const char plain[256] = {
		['b'] = '\b', ['f'] = '\f', ['n'] = '\n', ['r'] = '\r',
		['t'] = '\t'};
	int32_t cp, low;

	*n = 0;
	if (p == end)
		return p;
	if (*p != 'u') {
		out[0] = plain[(unsigned char)*p] ?
		    plain[(unsigned char)*p] : *p;
		*n = 1;
		return p + 1;
	}
	cp = hex4(++p, end);
	if (cp < 0)
		return end;
	p += 4;
	if (cp >= 0xd800 && cp <= 0xdbff && end - p >= 6 && p[0] == '\\' &&
	    p[1] == 'u') {
		low = hex4(p + 2, end);
		if (low >= 0xdc00 && low <= 0xdfff) {
			cp = 0x10000 + ((cp - 0xd800) << 10) + (low - 0xdc00);
			p += 6;
		}
	}
	*n = tg_utf8_put((uint32_t)cp, out);
	return p;
}
