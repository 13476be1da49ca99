/*
 * Vectors out of nothing but the text's bytes.  Each number is a multiple of
 * 1/1024 below 1: exact as float32 and in few decimal digits, so that both
 * encodings say the same.
 */
#include "config.h"

#include "llm/echo_vector.h"

#include "base/json.h"

#define DEFAULT_DIMENSIONS 16
#define MOST_DIMENSIONS 4096

static uint64_t seed_of(struct tg_str text);
static int next(uint64_t *state);
static void write_decimal(int v, struct tg_buf *out);
static void write_base64(
    const struct tg_echo_vector *ev, uint64_t state, struct tg_buf *out);
static void put_float(int v, unsigned char *to);

int
tg_echo_vector_read(
    struct tg_echo_vector *ev, const struct tg_view *v, struct tg_err *e)
{
	struct tg_str value;

	*ev = (struct tg_echo_vector){.dimensions = DEFAULT_DIMENSIONS};
	if (tg_json_get(v->body, "dimensions", &value) &&
	    !tg_json_is_null(value) &&
	    (!tg_json_i64(value, &ev->dimensions) || ev->dimensions < 1 ||
		ev->dimensions > MOST_DIMENSIONS))
		return tg_fail_param(e, TG_E_INVALID, "dimensions",
		    "Invalid 'dimensions': expected an integer from 1 to %d.",
		    MOST_DIMENSIONS);
	if (!tg_json_get(v->body, "encoding_format", &value) ||
	    tg_json_is_null(value) || tg_json_text_is(value, "float"))
		return 0;
	if (!tg_json_text_is(value, "base64"))
		return tg_fail_param(e, TG_E_INVALID, "encoding_format",
		    "Invalid 'encoding_format': expected 'float' or "
		    "'base64'.");
	ev->base64 = true;
	return 0;
}

int
tg_echo_vector_write(
    const struct tg_echo_vector *ev, struct tg_str text, struct tg_buf *out)
{
	uint64_t state = seed_of(text);
	int64_t i;

	if (ev->base64) {
		write_base64(ev, state, out);
		return out->failed ? -1 : 0;
	}
	for (i = 0; i < ev->dimensions; i++) {
		tg_buf_byte(out, i == 0 ? '[' : ',');
		write_decimal(next(&state), out);
	}
	return tg_buf_byte(out, ']');
}

/* FNV-1a, 64 bits. */
static uint64_t
seed_of(struct tg_str text)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325);
	size_t i;

	for (i = 0; i < text.n; i++)
		h = (h ^ (unsigned char)text.p[i]) * UINT64_C(0x100000001b3);
	return h | 1;
}

/* xorshift64*; -1023 to 1023, in 1/1024. */
static int
next(uint64_t *state)
{
	*state ^= *state >> 12;
	*state ^= *state << 25;
	*state ^= *state >> 27;
	return (int)(*state * UINT64_C(0x2545f4914f6cdd1d) >> 33) % 2047 -
	    1023;
}

/* v/1024 has at most ten decimal places. */
static void
write_decimal(int v, struct tg_buf *out)
{
	unsigned long long places =
	    (unsigned long long)(v < 0 ? -v : v) * 10000000000 / 1024;
	int width = 10;

	if (v == 0) {
		tg_buf_byte(out, '0');
		return;
	}
	for (; places % 10 == 0; places /= 10)
		width--;
	tg_buf_printf(out, "%s0.%0*llu", v < 0 ? "-" : "", width, places);
}

static void
write_base64(
    const struct tg_echo_vector *ev, uint64_t state, struct tg_buf *out)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789+/";
	unsigned char three[16] = {0};	/* a float or so, and what is left */
	size_t have = 0, n;
	int64_t i;

	tg_buf_byte(out, '"');
	for (i = 0; i < ev->dimensions || have > 0;) {
		for (; have < 3 && i < ev->dimensions; have += 4, i++)
			put_float(next(&state), three + have);
		n = have < 3 ? have : 3;
		memset(three + have, 0, 3 - n);
		tg_buf_byte(out, digits[three[0] >> 2]);
		tg_buf_byte(out, digits[(three[0] & 3) << 4 | three[1] >> 4]);
		tg_buf_byte(out, n < 2 ? '=' :
		    digits[(three[1] & 15) << 2 | three[2] >> 6]);
		tg_buf_byte(out, n < 3 ? '=' : digits[three[2] & 63]);
		have -= n;
		memmove(three, three + n, have);
	}
	tg_buf_byte(out, '"');
}

static void
put_float(int v, unsigned char *to)
{
	float f = (float)v / 1024;
	uint32_t bits;

	_Static_assert(sizeof(f) == sizeof(bits), "float32");
	memcpy(&bits, &f, sizeof(bits));
	to[0] = bits & 0xff;
	to[1] = bits >> 8 & 0xff;
	to[2] = bits >> 16 & 0xff;
	to[3] = bits >> 24;
}
