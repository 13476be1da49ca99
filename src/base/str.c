/*
 * String views: comparing, cutting, finding and matching bytes that somebody
 * else owns.  Every other module stands on this; nothing here allocates, and
 * nothing knows about UTF-8 (that is base/utf8.h).
 */
#include "config.h"
#include "base/str.h"

static unsigned char lower(char c);
static bool is_blank(char c);

struct tg_str
tg_str(const char *c)
{
	if (c == NULL)
		return TG_STR_NONE;
	return (struct tg_str){c, strlen(c)};
}

bool
tg_str_eq(struct tg_str a, struct tg_str b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

bool
tg_str_is(struct tg_str a, const char *c)
{
	return tg_str_eq(a, tg_str(c));
}

bool
tg_str_ieq(struct tg_str a, const char *c)
{
	struct tg_str b = tg_str(c);
	size_t i;

	if (a.n != b.n)
		return false;
	for (i = 0; i < a.n; i++)
		if (lower(a.p[i]) != lower(b.p[i]))
			return false;
	return true;
}

bool
tg_str_starts(struct tg_str s, const char *prefix)
{
	struct tg_str w = tg_str(prefix);

	if (w.n > s.n)
		return false;
	return tg_str_eq((struct tg_str){s.p, w.n}, w);
}

bool
tg_str_ends(struct tg_str s, const char *suffix)
{
	struct tg_str w = tg_str(suffix);

	if (w.n == 0)
		return true;
	if (w.n > s.n)
		return false;
	return tg_str_eq((struct tg_str){s.p + (s.n - w.n), w.n}, w);
}

struct tg_str
tg_str_trim(struct tg_str s)
{
	while (s.n > 0 && is_blank(s.p[0])) {
		s.p++;
		s.n--;
	}
	while (s.n > 0 && is_blank(s.p[s.n - 1]))
		s.n--;
	return s;
}

bool
tg_str_cut(struct tg_str *rest, char sep, struct tg_str *piece)
{
	const char *at;

	if (rest->n == 0)
		return false;
	at = memchr(rest->p, sep, rest->n);
	if (at == NULL) {
		*piece = *rest;
		rest->p += rest->n;
		rest->n = 0;
		return true;
	}
	*piece = (struct tg_str){rest->p, (size_t)(at - rest->p)};
	rest->p = at + 1;
	rest->n -= piece->n + 1;
	return true;
}

bool
tg_str_i64(struct tg_str s, int64_t *out)
{
	bool minus = s.n > 0 && s.p[0] == '-';
	int64_t v = 0;
	size_t i;

	if (s.n == (size_t)minus)
		return false;
	for (i = minus; i < s.n; i++) {
		int digit = s.p[i] - '0';

		if (digit < 0 || digit > 9)
			return false;
		/* Counted downwards: the negative range is the wider one. */
		if (__builtin_mul_overflow(v, 10, &v) ||
		    __builtin_sub_overflow(v, digit, &v))
			return false;
	}
	if (!minus && v == INT64_MIN)
		return false;
	*out = minus ? v : -v;
	return true;
}

/*
 * On a mismatch only the last star can usefully take one byte more, so this
 * is never worse than pattern times text, whatever the number of stars.
 */
bool
tg_str_glob(struct tg_str pattern, struct tg_str s)
{
	size_t i = 0, k = 0, star = SIZE_MAX, retry = 0;

	while (k < s.n) {
		if (i < pattern.n && pattern.p[i] == '*') {
			star = i++;
			retry = k;
		} else if (i < pattern.n && pattern.p[i] == s.p[k]) {
			i++;
			k++;
		} else if (star != SIZE_MAX) {
			i = star + 1;
			k = ++retry;
		} else {
			return false;
		}
	}
	while (i < pattern.n && pattern.p[i] == '*')
		i++;
	return i == pattern.n;
}

long
tg_str_find(struct tg_str hay, struct tg_str needle)
{
	const char *at;

	if (needle.n == 0)
		return 0;
	if (needle.n > hay.n)
		return -1;
	at = memmem(hay.p, hay.n, needle.p, needle.n);
	return at == NULL ? -1 : (long)(at - hay.p);
}

long
tg_str_ifind(struct tg_str hay, const char *needle)
{
	size_t i, n = needle == NULL ? 0 : strlen(needle);

	if (n == 0)
		return 0;
	for (i = 0; i + n <= hay.n; i++)
		if (lower(hay.p[i]) == lower(needle[0]) &&
		    tg_str_ieq((struct tg_str){hay.p + i, n}, needle))
			return (long)i;
	return -1;
}

static unsigned char
lower(char c)
{
	return (unsigned char)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}
