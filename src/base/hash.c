/*
 * Hashing: libsodium's functions with the sizes and costs this program uses,
 * chosen here once.  Who is hashed where (keys, bodies, passwords) is the
 * callers' business.
 */
#include "config.h"
#include "base/hash.h"

#include <sodium.h>

#include "base/arena.h"
#include <string.h>

/*
 * OWASP's floor for Argon2id, 19 MiB and two passes: a sign-in must not
 * cost more memory than the rest of the process has.
 */
#define PASSWORD_PASSES	2
#define PASSWORD_BYTES	((size_t)19 * 1024 * 1024)

_Static_assert(TG_PASSWORD_HASH_BYTES == crypto_pwhash_STRBYTES,
    "libsodium's password strings have another size");
_Static_assert(TG_SHA256_HEX == 2 * crypto_hash_sha256_BYTES + 1, "hex");

static const unsigned char *bytes(struct tg_str s);

const char *
tg_crypto_library(void)
{
	return sodium_version_string();
}

int
tg_crypto_init(void)
{
	return sodium_init() < 0 ? -1 : 0;
}

void
tg_sha256(struct tg_str s, unsigned char out[TG_SHA256_BYTES])
{
	crypto_hash_sha256(out, bytes(s), s.n);
}

void
tg_sha256_hex(struct tg_str s, char out[TG_SHA256_HEX])
{
	unsigned char sum[crypto_hash_sha256_BYTES];

	crypto_hash_sha256(sum, bytes(s), s.n);
	tg_hex(sum, sizeof(sum), out);
}

void
tg_hmac_hex(struct tg_str key, struct tg_str s, char out[TG_SHA256_HEX])
{
	crypto_auth_hmacsha256_state st;
	unsigned char sum[crypto_auth_hmacsha256_BYTES];

	crypto_auth_hmacsha256_init(&st, bytes(key), key.n);
	crypto_auth_hmacsha256_update(&st, bytes(s), s.n);
	crypto_auth_hmacsha256_final(&st, sum);
	tg_hex(sum, sizeof(sum), out);
}

void
tg_digest(struct tg_str s, unsigned char out[TG_DIGEST_BYTES])
{
	crypto_generichash(out, TG_DIGEST_BYTES, bytes(s), s.n, NULL, 0);
}

int
tg_equal_ct(struct tg_str a, struct tg_str b)
{
	return a.n == b.n && sodium_memcmp(bytes(a), bytes(b), a.n) == 0;
}

void
tg_hex(const void *p, size_t n, char *out)
{
	static const char digits[] = "0123456789abcdef";
	const unsigned char *from = p;
	size_t i;

	for (i = 0; i < n; i++) {
		*out++ = digits[from[i] >> 4];
		*out++ = digits[from[i] & 0xf];
	}
	*out = '\0';
}

static int
hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

struct tg_str
tg_unhex(struct tg_arena *a, struct tg_str hex)
{
	char *out = tg_arena_alloc(a, hex.n / 2 + 1);
	size_t i;

	if (hex.n % 2 != 0)
		return TG_STR_NONE;
	for (i = 0; i < hex.n / 2; i++) {
		int hi = hex_value(hex.p[2 * i]);
		int lo = hex_value(hex.p[2 * i + 1]);
		if (hi < 0 || lo < 0)
			return TG_STR_NONE;
		out[i] = (char)(hi << 4 | lo);
	}
	return (struct tg_str){out, hex.n / 2};
}

void
tg_wipe(void *p, size_t n)
{
	if (p != NULL)
		sodium_memzero(p, n);
}

int
tg_password_hash(struct tg_str password, char *out)
{
	return crypto_pwhash_str_alg(out, (const char *)bytes(password),
	    password.n, PASSWORD_PASSES, PASSWORD_BYTES,
	    crypto_pwhash_ALG_ARGON2ID13);
}

/* The copy gives libsodium the whole array that it is promised. */
int
tg_password_verify(const char *hash, struct tg_str password)
{
	char copy[crypto_pwhash_STRBYTES] = {0};
	size_t n = strlen(hash);

	if (n >= sizeof(copy))
		return -1;
	memcpy(copy, hash, n);
	return crypto_pwhash_str_verify(
	    copy, (const char *)bytes(password), password.n) == 0 ? 0 : -1;
}

static const unsigned char *
bytes(struct tg_str s)
{
	return (const unsigned char *)(s.p != NULL ? s.p : "");
}
