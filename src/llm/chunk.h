#ifndef TG_LLM_CHUNK_H
#define TG_LLM_CHUNK_H
/*
 * One JSON object of an OpenAI-format answer: a whole answer, or one event of
 * a stream.  Read in one pass over the bytes; written again with the
 * model's name restored and the usage shown only to who asked.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"

struct tg_chunk {
	struct tg_str json;
	/* raw value of an error that is not null: at the top, or Groq's
	 * x_groq.error */
	struct tg_str error;
	/* raw object, empty when missing or null; also from x_groq.usage and
	 * from a choice (Moonshot) when there is none at the top */
	struct tg_str usage;
	struct tg_str id;		/* text between the quotes, raw */
	/* finish_reason of the first choice that has one, raw text */
	struct tg_str finish;
	/* "choices" (or "data" of embeddings) is there */
	bool has_choices;
	bool choices_empty;
	/*
	 * some choice carries content: text, reasoning, tool call, audio,
	 * refusal ... a non-empty string or array
	 */
	bool content;
	/* how much of it, in bytes as they stand; of an array its text */
	size_t content_bytes;
	struct tg_str tier;		/* raw value of service_tier */
	bool finished;			/* some choice has a finish_reason */
	/* bit i: choice with index i is here, has a finish_reason; 63: above */
	uint64_t seen, ended;
};

/* -1: not one JSON object in UTF-8. */
int tg_chunk_read(struct tg_chunk *c, struct tg_str json);
/*
 * The bytes for the caller: top-level "model" becomes `model` (if the member is
 * there);
 * without show_usage a member "usage" is cut out.  1: nothing is left worth
 * sending (the usage chunk, when not asked for), 0 written, -1 ceiling.
 */
int tg_chunk_write(const struct tg_chunk *c, const char *model, bool show_usage,
    struct tg_buf *out);
/*
 * A whole chat.completion or text_completion for a caller who asked for a
 * stream: the SSE
 * events that say the same (role, content and tool calls, finish, usage if
 * shown, and no [DONE]).
 */
int tg_chunk_split(const struct tg_chunk *c, const char *model, bool show_usage,
    struct tg_buf *out);
#endif
