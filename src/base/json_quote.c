/*
 * Writing text as a JSON string.  Plain runs are copied whole; only what must
 * be escaped is, so that the output stays as short as readers expect.
 */
#include "config.h"
#include "base/json.h"

#include "base/json_scan.h"
#include "base/log.h"
#include "base/utf8.h"

static size_t quote_one(
    const unsigned char *p, size_t room, char *out, size_t *made);

int
tg_json_quote(struct tg_buf *b, struct tg_str s)
{
	const unsigned char *p = (const unsigned char *)s.p, *end, *stop;
	size_t made;
	char one[8];

	tg_buf_byte(b, '"');
	for (end = s.n > 0 ? p + s.n : p; p < end;) {
		stop = tg_json_skip_plain(p, end);
		tg_buf_add(b, p, (size_t)(stop - p));
		p = stop;
		if (p == end)
			break;
		p += quote_one(p, (size_t)(end - p), one, &made);
		tg_buf_add(b, one, made);
	}
	return tg_buf_byte(b, '"');
}

struct tg_str
tg_json_quoted(struct tg_arena *a, struct tg_str s)
{
	struct tg_str out;
	struct tg_buf b;

	tg_buf_init(&b, s.n * 6 + 2);	/* all of it \u0001 */
	if (tg_json_quote(&b, s) == -1)
		tg_fatal("out of memory: quoting %zu bytes", s.n);
	out = tg_arena_copy(a, tg_buf_str(&b));
	tg_buf_free(&b);
	return out;
}

/* Returns the bytes taken from p, at least 1. */
static size_t
quote_one(const unsigned char *p, size_t room, char *out, size_t *made)
{
	static const char hex[] = "0123456789abcdef";
	static const char shorts[128] = {
		['"'] = '"', ['\\'] = '\\', ['\b'] = 'b', ['\f'] = 'f',
		['\n'] = 'n', ['\r'] = 'r', ['\t'] = 't'};
	unsigned n = tg_utf8_one(p, room);

	if (n == 0) {
		*made = tg_utf8_put(0xfffd, out);
		return 1;
	}
	if (n > 1) {
		memcpy(out, p, n);
		*made = n;
		return n;
	}
	out[0] = '\\';
	out[1] = shorts[*p];
	*made = 2;
	if (out[1] == '\0') {
		memcpy(out + 1, "u00", 3);
		out[4] = hex[*p >> 4];
		out[5] = hex[*p & 0xf];
		*made = 6;
	}
	return 1;
}
