/*
 * RFC 6238 over RFC 4226 over HMAC (RFC 2104) over SHA-1 (RFC 3174), which
 * libsodium rightly lacks: for these codes it is what all programs speak, and
 * collisions do not matter there.
 */
#include "config.h"

#include "base/totp.h"

#include <stdio.h>

#include "base/hash.h"
#include "base/id.h"

#define SHA1_BYTES 20
#define BLOCK_BYTES 64
#define STEP_S 30

static uint32_t
rotate(uint32_t x, int n)
{
	return x << n | x >> (32 - n);
}

static void
expand(const unsigned char block[BLOCK_BYTES], uint32_t w[80])
{
	for (int t = 0; t < 16; t++)
		w[t] = (uint32_t)block[4 * t] << 24 |
		    (uint32_t)block[4 * t + 1] << 16 |
		    (uint32_t)block[4 * t + 2] << 8 | block[4 * t + 3];
	for (int t = 16; t < 80; t++)
		w[t] = rotate(
		    w[t - 3] ^ w[t - 8] ^ w[t - 14] ^ w[t - 16], 1);
}

/* One block of RFC 3174, 6.1. */
static void
take_block(uint32_t h[5], const unsigned char block[BLOCK_BYTES])
{
	uint32_t w[80], a = h[0], b = h[1], c = h[2], d = h[3], e = h[4];

	expand(block, w);
	for (int t = 0; t < 80; t++) {
		uint32_t f, k, temp;

		if (t < 20) {
			f = (b & c) | (~b & d);
			k = 0x5a827999;
		} else if (t < 40) {
			f = b ^ c ^ d;
			k = 0x6ed9eba1;
		} else if (t < 60) {
			f = (b & c) | (b & d) | (c & d);
			k = 0x8f1bbcdc;
		} else {
			f = b ^ c ^ d;
			k = 0xca62c1d6;
		}
		temp = rotate(a, 5) + f + e + w[t] + k;
		e = d;
		d = c;
		c = rotate(b, 30);
		b = a;
		a = temp;
	}
	h[0] += a;
	h[1] += b;
	h[2] += c;
	h[3] += d;
	h[4] += e;
}

/* Of a block and then n < 56 bytes: all that an HMAC of ours needs. */
static void
sha1_after(const unsigned char first[BLOCK_BYTES], const void *p, size_t n,
    unsigned char out[SHA1_BYTES])
{
	uint32_t h[5] = { 0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476,
		0xc3d2e1f0 };
	unsigned char last[BLOCK_BYTES] = { 0 };
	uint64_t bits = (BLOCK_BYTES + n) * 8;

	take_block(h, first);
	memcpy(last, p, n);
	last[n] = 0x80;
	for (int i = 0; i < 8; i++)
		last[BLOCK_BYTES - 1 - i] = (unsigned char)(bits >> 8 * i);
	take_block(h, last);
	for (int i = 0; i < SHA1_BYTES; i++)
		out[i] = (unsigned char)(h[i / 4] >> (24 - 8 * (i % 4)));
}

static void
hmac(struct tg_str key, const unsigned char counter[8],
    unsigned char out[SHA1_BYTES])
{
	unsigned char inner[BLOCK_BYTES], outer[BLOCK_BYTES];
	unsigned char sum[SHA1_BYTES];

	for (size_t i = 0; i < BLOCK_BYTES; i++) {
		unsigned char k =
		    i < key.n ? (unsigned char)key.p[i] : 0;

		inner[i] = k ^ 0x36;
		outer[i] = k ^ 0x5c;
	}
	sha1_after(inner, counter, 8, sum);
	sha1_after(outer, sum, sizeof(sum), out);
	tg_wipe(inner, sizeof(inner));
	tg_wipe(outer, sizeof(outer));
}

void
tg_totp_new(unsigned char secret[TG_TOTP_SECRET_BYTES])
{
	for (size_t i = 0; i < TG_TOTP_SECRET_BYTES; i += 4) {
		uint64_t r = tg_random_u64();

		memcpy(secret + i, &r, 4);
	}
}

void
tg_totp_code(struct tg_str secret, int64_t step, int digits, char *out)
{
	unsigned char counter[8], sum[SHA1_BYTES];
	uint32_t number, modulus = 1;
	int at;

	if (secret.n > BLOCK_BYTES)
		secret.n = BLOCK_BYTES;
	for (int i = 0; i < 8; i++)
		counter[7 - i] = (unsigned char)((uint64_t)step >> 8 * i);
	hmac(secret, counter, sum);
	at = sum[SHA1_BYTES - 1] & 0xf;
	number = (uint32_t)(sum[at] & 0x7f) << 24 |
	    (uint32_t)sum[at + 1] << 16 | (uint32_t)sum[at + 2] << 8 |
	    sum[at + 3];
	for (int i = 0; i < digits; i++)
		modulus *= 10;
	(void)snprintf(
	    out, (size_t)digits + 1, "%0*u", digits, number % modulus);
}

int64_t
tg_totp_step(struct tg_str secret, struct tg_str code, int64_t now_s)
{
	static const int shifts[] = { 0, -1, 1 };
	char given[TG_TOTP_DIGITS + 1], wanted[TG_TOTP_DIGITS + 1];
	size_t n = 0;

	for (size_t i = 0; i < code.n; i++) {
		if (code.p[i] == ' ')
			continue;
		if (n == TG_TOTP_DIGITS)
			return 0;
		given[n++] = code.p[i];
	}
	given[n] = '\0';
	for (size_t i = 0; i < sizeof(shifts) / sizeof(shifts[0]); i++) {
		int64_t step = now_s / STEP_S + shifts[i];

		tg_totp_code(secret, step, TG_TOTP_DIGITS, wanted);
		if (tg_equal_ct(tg_str(given), tg_str(wanted)))
			return step;
	}
	return 0;
}

void
tg_base32(struct tg_str s, char *out)
{
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
	uint32_t bits = 0;
	int n = 0;

	for (size_t i = 0; i < s.n; i++) {
		bits = bits << 8 | (unsigned char)s.p[i];
		for (n += 8; n >= 5; n -= 5)
			*out++ = alphabet[bits >> (n - 5) & 31];
	}
	if (n > 0)
		*out++ = alphabet[bits << (5 - n) & 31];
	*out = '\0';
}
