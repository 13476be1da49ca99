#ifndef TG_BASE_TOTP_H
#define TG_BASE_TOTP_H
/*
 * One-time codes by the clock (RFC 6238), as authenticator programs make
 * them: HMAC-SHA-1, steps of 30 seconds, 6 digits.
 */
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

#define TG_TOTP_SECRET_BYTES 20	/* RFC 4226, 4: recommended */
#define TG_TOTP_SECRET_TEXT 33	/* the same in base32, with NUL */
#define TG_TOTP_DIGITS 6

/* A new secret. */
void tg_totp_new(unsigned char secret[TG_TOTP_SECRET_BYTES]);
/* The code of a step (seconds since 1970 / 30); out of digits + 1. */
void tg_totp_code(struct tg_str secret, int64_t step, int digits, char *out);
/*
 * The step whose code that is (blanks in it do not count): the present one,
 * the one before or the one after, for clocks differ; 0: none of these.
 */
int64_t tg_totp_step(struct tg_str secret, struct tg_str code, int64_t now_s);
/* RFC 4648, 6, without '='; out of (n * 8 + 4) / 5 + 1. */
void tg_base32(struct tg_str s, char *out);
#endif
