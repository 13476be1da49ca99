#ifndef TG_BASE_HASH_H
#define TG_BASE_HASH_H
/* Hashing by libsodium; tg_crypto_init() once per process before all else. */
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

#define TG_SHA256_HEX 65	/* with NUL */
#define TG_SHA256_BYTES 32
#define TG_DIGEST_BYTES 16

/* libsodium's version. */
const char *tg_crypto_library(void);
int tg_crypto_init(void) __attribute__((warn_unused_result));
void tg_sha256(struct tg_str s, unsigned char out[TG_SHA256_BYTES]);
/* SHA-256 as lower-case hex: how keys are stored (litellm-compat 1.4). */
void tg_sha256_hex(struct tg_str s, char out[TG_SHA256_HEX]);
/* HMAC-SHA256 (RFC 2104) as lower-case hex. */
void tg_hmac_hex(struct tg_str key, struct tg_str s, char out[TG_SHA256_HEX]);
/* BLAKE2b-128: names a stored piece of a body. */
void tg_digest(struct tg_str s, unsigned char out[TG_DIGEST_BYTES]);
/* 1: equal.  Constant time for equal lengths. */
int tg_equal_ct(struct tg_str a, struct tg_str b);
void tg_hex(const void *p, size_t n, char *out /* 2n + 1 */);
/* The reverse, in the arena; the empty view for what is no hex. */
struct tg_arena;
struct tg_str tg_unhex(struct tg_arena *a, struct tg_str hex);
/* Wipes even where the compiler thinks nobody looks. */
void tg_wipe(void *p, size_t n);
/*
 * Argon2id of a person's password, salted; out of TG_PASSWORD_HASH_BYTES.
 * _verify: 0 it is the one, -1 it is not.  19 MiB and some 20 ms each.
 */
#define TG_PASSWORD_HASH_BYTES 128
int tg_password_hash(struct tg_str password, char *out);
int tg_password_verify(const char *hash, struct tg_str password);
#endif
