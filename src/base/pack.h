#ifndef TG_BASE_PACK_H
#define TG_BASE_PACK_H
/* Compression by zstd.  Thread safe. */
#include <stddef.h>

#include "base/buf.h"
#include "base/str.h"

/*
 * Appends a compressed form of the text; 1 done, 0 it would not become
 * smaller (nothing is appended), -1 no memory.
 */
int tg_pack(struct tg_buf *out, struct tg_str text);
/* Back to exactly the n bytes it was made of; -1: damaged. */
int tg_unpack(void *to, size_t n, struct tg_str packed);
/* zstd's version. */
const char *tg_pack_library(void);
#endif
