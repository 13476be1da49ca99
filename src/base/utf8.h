#ifndef TG_BASE_UTF8_H
#define TG_BASE_UTF8_H
/*
 * UTF-8, strictly (RFC 3629): no overlong forms, no surrogates, nothing above
 * U+10FFFF.  Inline, for the JSON reader's hot loop.
 */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/*
 * Length of the sequence of two to four bytes that starts at p (p[0] is not
 * ASCII); 0: it is none.
 */
static inline unsigned
tg_utf8_multi(const unsigned char *p, size_t room)
{
	if (p[0] < 0xe0) {
		if (p[0] < 0xc2 || room < 2 || (p[1] & 0xc0) != 0x80)
			return 0;
		return 2;
	}
	if (room < 3 || (p[1] & 0xc0) != 0x80 || (p[2] & 0xc0) != 0x80)
		return 0;
	if (p[0] < 0xf0) {
		if ((p[0] == 0xe0 && p[1] < 0xa0) ||
		    (p[0] == 0xed && p[1] > 0x9f))
			return 0;
		return 3;
	}
	if (p[0] > 0xf4 || room < 4 || (p[3] & 0xc0) != 0x80 ||
	    (p[0] == 0xf0 && p[1] < 0x90) || (p[0] == 0xf4 && p[1] > 0x8f))
		return 0;
	return 4;
}

/* The same, ASCII included; room is at least 1. */
static inline unsigned
tg_utf8_one(const unsigned char *p, size_t room)
{
	return p[0] < 0x80 ? 1 : tg_utf8_multi(p, room);
}

/* Is what is left a sequence that only lacks its last bytes? */
static inline int
tg_utf8_is_begun(const unsigned char *p, size_t room)
{
	unsigned char whole[4] = {0x80, 0x80, 0x80, 0x80};
	int last;

	if (room == 0 || room > 3)
		return 0;
	memcpy(whole, p, room);
	if (whole[0] < 0x80)
		return 0;
	/* 80 and BF are the two ends of what any next byte may be. */
	for (last = 0x80; last <= 0xbf; last += 0x3f) {
		memset(whole + room, last, sizeof(whole) - room);
		if (tg_utf8_multi(whole, sizeof(whole)) > room)
			return 1;
	}
	return 0;
}

/* Cuts the sequence that a full buffer broke off at the end of a text. */
static inline void
tg_utf8_trim_tail(char *text)
{
	size_t n = strlen(text), back;

	for (back = 1; back <= 3 && back <= n; back++)
		if (tg_utf8_is_begun(
		    (const unsigned char *)text + n - back, back)) {
			text[n - back] = '\0';
			return;
		}
}

/* Writes a code point (a surrogate as U+FFFD); returns the bytes, 1 to 4. */
static inline unsigned
tg_utf8_put(uint32_t cp, char *out)
{
	if (cp < 0x80) {
		out[0] = (char)cp;
		return 1;
	}
	if (cp < 0x800) {
		out[0] = (char)(0xc0 | cp >> 6);
		out[1] = (char)(0x80 | (cp & 0x3f));
		return 2;
	}
	if ((cp >= 0xd800 && cp <= 0xdfff) || cp > 0x10ffff)
		cp = 0xfffd;
	if (cp < 0x10000) {
		out[0] = (char)(0xe0 | cp >> 12);
		out[1] = (char)(0x80 | (cp >> 6 & 0x3f));
		out[2] = (char)(0x80 | (cp & 0x3f));
		return 3;
	}
	out[0] = (char)(0xf0 | cp >> 18);
	out[1] = (char)(0x80 | (cp >> 12 & 0x3f));
	out[2] = (char)(0x80 | (cp >> 6 & 0x3f));
	out[3] = (char)(0x80 | (cp & 0x3f));
	return 4;
}
#endif
