#ifndef TG_LLM_MEDIA_H
#define TG_LLM_MEDIA_H
/*
 * Pictures and sound inside a request: how large, how long, out of the first
 * bytes of what is base64 there.  Not decoders: what they cannot read is not
 * told, and counts as the largest there is.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

/* The pieces of "data:image/png;base64,AAAA" (raw text of a JSON string). */
struct tg_data_url {
	struct tg_str type;	/* "image/png", may be empty */
	struct tg_str base64;	/* with the escapes of JSON, if any */
};
/* False: another URL, or one whose data is not base64. */
bool tg_data_url_read(struct tg_str raw, struct tg_data_url *u);
/* How many bytes there are at the most. */
int64_t tg_base64_bytes(struct tg_str base64);
/* Of PNG, JPEG, GIF and WebP. */
bool tg_picture_size(struct tg_str base64, int64_t *width, int64_t *height);
/*
 * At the most; format "wav" and "mp3" by their heads, others by the lowest
 * rate of bytes that is in use.
 */
int64_t tg_sound_ms(struct tg_str base64, struct tg_str format);
#endif
