/*
 * Escaping for pages, shells and addresses, and the reverse for what comes in
 * addresses and headers.  Nothing here fails on foreign bytes: what cannot be
 * shown is replaced, what is no escape stands as it is.
 */
#include "config.h"
#include "base/escape.h"

#include <sodium.h>

#include "base/utf8.h"

#define REPLACEMENT "\xef\xbf\xbd"	/* U+FFFD */
#define MASK_SHOWN 4
#define MASK_LEAST 12	/* of shorter keys, four characters tell too much */

static int hex_value(char c);
static struct tg_str decode(struct tg_arena *a, struct tg_str s, bool form);

int
tg_html(struct tg_buf *b, struct tg_str s)
{
	static const char *const refs[256] = {
		['&'] = "&amp;", ['<'] = "&lt;", ['>'] = "&gt;",
		['"'] = "&quot;", ['\''] = "&#39;", ['\0'] = REPLACEMENT};
	const unsigned char *p = (const unsigned char *)s.p;
	size_t i, start = 0;
	unsigned n;

	for (i = 0; i < s.n; i += n) {
		const char *ref = refs[p[i]];

		n = tg_utf8_one(p + i, s.n - i);
		if (n == 0) {
			ref = REPLACEMENT;
			n = 1;
		}
		if (ref == NULL)
			continue;
		tg_buf_add(b, s.p + start, i - start);
		tg_buf_addc(b, ref);
		start = i + 1;
	}
	return tg_buf_add(b, s.n > 0 ? s.p + start : NULL, s.n - start);
}

int
tg_shell_quote(struct tg_buf *b, struct tg_str s)
{
	size_t i;

	tg_buf_byte(b, '\'');
	for (i = 0; i < s.n; i++)
		if (s.p[i] == '\'')
			tg_buf_addc(b, "'\\''");
		else
			tg_buf_byte(b, s.p[i]);
	return tg_buf_byte(b, '\'');
}

struct tg_str
tg_url_decode(struct tg_arena *a, struct tg_str s)
{
	return decode(a, s, false);
}

int
tg_url_encode(struct tg_buf *b, struct tg_str s)
{
	static const char kept[] = "-._~", hex[] = "0123456789ABCDEF";
	size_t i;

	for (i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
		    (c >= 'a' && c <= 'z') ||
		    (c != '\0' && strchr(kept, c) != NULL)) {
			tg_buf_byte(b, (char)c);
			continue;
		}
		tg_buf_add(b, (char[]){'%', hex[c >> 4], hex[c & 0xf]}, 3);
	}
	return b->failed ? -1 : 0;
}

bool
tg_query_get(struct tg_arena *a, struct tg_str query, const char *name,
    struct tg_str *out)
{
	struct tg_str part, key, value;

	while (tg_str_cut(&query, '&', &part)) {
		value = part;
		if (!tg_str_cut(&value, '=', &key) ||
		    !tg_str_is(decode(a, key, true), name))
			continue;
		*out = decode(a, value, true);
		return true;
	}
	return false;
}

bool
tg_utf8_valid(struct tg_str s)
{
	const unsigned char *p = (const unsigned char *)s.p;
	size_t i = 0;
	unsigned n;

	while (i < s.n) {
		n = tg_utf8_one(p + i, s.n - i);
		if (n == 0)
			return false;
		i += n;
	}
	return true;
}

struct tg_str
tg_mask_key(struct tg_arena *a, struct tg_str key)
{
	const char *lead = tg_str_starts(key, "sk-") ? "sk-..." : "...";
	char *p;

	if (key.n < MASK_LEAST)
		return tg_arena_copy(a, tg_str(lead));
	p = tg_arena_printf(a, "%s....", lead);
	for (size_t n = strlen(lead), i = 0; i < MASK_SHOWN; i++) {
		char c = key.p[key.n - MASK_SHOWN + i];

		p[n + i] = c > ' ' && c < 0x7f ? c : '?';
	}
	return tg_str(p);
}

int
tg_base64(struct tg_buf *b, struct tg_str s)
{
	size_t n = sodium_base64_encoded_len(
	    s.n, sodium_base64_VARIANT_ORIGINAL);
	char *room = tg_buf_room(b, n);

	if (room == NULL)
		return -1;
	sodium_bin2base64(room, n, (const unsigned char *)s.p, s.n,
	    sodium_base64_VARIANT_ORIGINAL);
	b->n += n - 1;
	return 0;
}

int
tg_base64_decode(struct tg_arena *a, struct tg_str s, struct tg_str *out)
{
	int variant = sodium_base64_VARIANT_ORIGINAL;
	unsigned char *to = tg_arena_alloc(a, s.n + 1);
	const char *from = s.n > 0 ? s.p : "", *stop;
	size_t n;

	if (s.n % 4 != 0)
		variant = sodium_base64_VARIANT_ORIGINAL_NO_PADDING;
	if (sodium_base642bin(to, s.n + 1, from, s.n, NULL, &n, &stop,
	    variant) != 0 || stop != from + s.n)
		return -1;
	to[n] = '\0';
	*out = (struct tg_str){(const char *)to, n};
	return 0;
}

static int
hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* form: a plus is a space, as forms send it. */
static struct tg_str
decode(struct tg_arena *a, struct tg_str s, bool form)
{
	char *to = tg_arena_alloc(a, s.n + 1);
	size_t i, n = 0;

	for (i = 0; i < s.n; i++) {
		int high = -1, low = -1;

		if (s.p[i] == '%' && s.n - i > 2) {
			high = hex_value(s.p[i + 1]);
			low = hex_value(s.p[i + 2]);
		}
		if (high >= 0 && low >= 0) {
			to[n++] = (char)(high << 4 | low);
			i += 2;
		} else {
			to[n++] = form && s.p[i] == '+' ? ' ' : s.p[i];
		}
	}
	to[n] = '\0';
	return (struct tg_str){to, n};
}
