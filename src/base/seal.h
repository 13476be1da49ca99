#ifndef TG_BASE_SEAL_H
#define TG_BASE_SEAL_H
/*
 * Secrets: a type that nothing prints, and sealing at rest (libsodium
 * secretbox: XSalsa20-Poly1305, random nonce in front) under a key that is
 * kept in a file outside the database.
 */
#include <stddef.h>

#include "base/err.h"
#include "base/str.h"

/* Heap copy, wiped when freed; the empty secret has p NULL. */
struct tg_secret {
	char *p;
	size_t n;
};
struct tg_secret tg_secret_new(struct tg_str s);
void tg_secret_free(struct tg_secret *s);
/* The text, for the one place that puts it on a wire. */
struct tg_str tg_secret_reveal(const struct tg_secret *s);

struct tg_seal;
/*
 * Opens a key file; `create` makes it first (0600, O_EXCL) when missing.
 * Refuses one that others may read, or that is not 32 bytes in hex.
 */
struct tg_seal *tg_seal_open(const char *path, int create, struct tg_err *e);
void tg_seal_close(struct tg_seal *s);
/* malloc'ed sealed bytes; the caller frees. */
int tg_seal_lock(const struct tg_seal *s, struct tg_str plain,
    unsigned char **out, size_t *n);
/* -1: other key, or altered. */
int tg_seal_unlock(const struct tg_seal *s, const void *p, size_t n,
    struct tg_secret *out);
#endif
