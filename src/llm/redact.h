#ifndef TG_LLM_REDACT_H
#define TG_LLM_REDACT_H
/*
 * Secrets cut out of what an upstream says, before a caller or a log sees
 * it.  Upstreams quote the key they refuse, whole or with a few stars.
 */
#include "base/arena.h"
#include "base/str.h"

/*
 * The text with "[redacted]" in place of: the given key (which may be empty;
 * shorter than 4 bytes it is no secret), what has the form of a well-known
 * key (sk-..., hf_..., AIza..., a JWT), what follows "Bearer", long tokens
 * after the word "key", and user and password of URLs.
 */
struct tg_str tg_redact(
    struct tg_arena *a, struct tg_str text, struct tg_str key);
#endif
