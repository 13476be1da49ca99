#ifndef TG_BASE_JSON_SCAN_H
#define TG_BASE_JSON_SCAN_H
/*
 * How JSON's checker, its walkers and its writer skip the plain part of a
 * string: eight bytes a step.  Only for src/base/json*.c.
 */
#include <stdint.h>
#include <string.h>

#define TG_ONES		UINT64_C(0x0101010101010101)
#define TG_HIGHS	UINT64_C(0x8080808080808080)

static inline uint64_t
tg_json_has_zero(uint64_t x)
{
	return (x - TG_ONES) & ~x & TG_HIGHS;
}

/*
 * High bits at the bytes that are not plain: control bytes, '"', '\\' and
 * whatever is not ASCII.  A borrow can mark bytes above the first one, so
 * only the lowest mark is to be believed.
 */
static inline uint64_t
tg_json_special(uint64_t x)
{
	return ((x - TG_ONES * 0x20) & ~x & TG_HIGHS) |
	    tg_json_has_zero(x ^ TG_ONES * '"') |
	    tg_json_has_zero(x ^ TG_ONES * '\\') | (x & TG_HIGHS);
}

/* The first byte from p on that is not plain, or end. */
static inline const unsigned char *
tg_json_skip_plain(const unsigned char *p, const unsigned char *end)
{
	uint64_t x;

	while (end - p >= 8) {
		memcpy(&x, p, 8);
		x = tg_json_special(x);
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
		if (x != 0)
			return p + (__builtin_ctzll(x) >> 3);
#else
		if (x != 0)
			break;
#endif
		p += 8;
	}
	while (p < end && *p >= 0x20 && *p < 0x80 && *p != '"' && *p != '\\')
		p++;
	return p;
}
#endif
