#ifndef TG_LLM_ECHO_VECTOR_H
#define TG_LLM_ECHO_VECTOR_H
/*
 * The echo provider's embeddings: a small vector made of the text alone, so
 * that equal texts have equal vectors.  Only for src/llm/echo*.c.
 */
#include "base/buf.h"
#include "base/err.h"
#include "llm/view.h"

struct tg_echo_vector {
	int64_t dimensions;
	bool base64;		/* float32, little-endian; else decimal */
};

/* Reads "dimensions" (default 16, at most 4096) and "encoding_format". */
int tg_echo_vector_read(
    struct tg_echo_vector *ev, const struct tg_view *v, struct tg_err *e);
/* The value of "embedding" for this text. */
int tg_echo_vector_write(
    const struct tg_echo_vector *ev, struct tg_str text, struct tg_buf *out);
#endif
