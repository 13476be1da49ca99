#ifndef TG_LLM_LOOKALIKE_H
#define TG_LLM_LOOKALIKE_H
/*
 * Names that some servers take for others: readers of JSON that fold case
 * (Go's encoding/json, and with it Ollama, LocalAI and many gateways) take
 * "Model" for "model", and the last one counts.  A request with such a
 * member could say one model to us and another to the upstream.
 */
#include "base/arena.h"
#include "base/str.h"

/*
 * The member that this raw name (between its quotes) would be folded to
 * without being it: "model", "models", "stream", "stream_options"; or NULL.
 */
const char *tg_lookalike(struct tg_arena *a, struct tg_str raw_name);
#endif
