#ifndef TG_BASE_ID_H
#define TG_BASE_ID_H
/* Names made by chance. */
#include <stddef.h>
#include <stdint.h>

/* UUID version 7 (RFC 9562): sorts by time; out of TG_UUID_BYTES. */
#define TG_UUID_BYTES 37
const char *tg_uuid7(char out[TG_UUID_BYTES]);
/* "sk-" and 22 URL-safe characters (132 bits); out of TG_KEY_BYTES. */
#define TG_KEY_BYTES 26
const char *tg_key_new(char out[TG_KEY_BYTES]);
/* n URL-safe characters and NUL. */
void tg_random_text(char *out, size_t n);
uint64_t tg_random_u64(void);
#endif
