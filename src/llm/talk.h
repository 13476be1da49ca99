#ifndef TG_LLM_TALK_H
#define TG_LLM_TALK_H
/*
 * A body as a conversation, whatever its dialect (chat completions, legacy
 * completions, Messages, Responses, embeddings): for reading, never for
 * sending.  No I/O.
 */
#include "base/buf.h"
#include "base/jtree.h"

/*
 * Of a request; the caller's, NULL: it is no JSON.  Members that are not
 * there are left out, what is not known is an "other":
 *
 *	{
 *	 "turns": [{"role": "system|user|assistant|tool|...", "name": "...",
 *	   "at": 3,
 *	   "parts": [
 *	     {"text": "..."}, {"reasoning": "..."},
 *	     {"image": "data:... or https://...", "detail": "..."},
 *	     {"audio": "wav"}, {"file": "name"},
 *	     {"call": {"id", "name", "arguments"(value or text)}},
 *	     {"result": {"id", "text", "failed": true}}, {"refusal": "..."},
 *	     {"other": value}]}],
 *	 "tools": [{"name", "description", "parameters"}],
 *	 "params": {"temperature": 0.5, ...}	what is left
 *	}
 *
 * at: which element of "messages", "input" or "prompt" it was; a system prompt
 * that stands apart has none.
 */
json_t *tg_talk_request(struct tg_str body);
/*
 * Of an answer: {"turns": [...] (one for each choice), "finish": [...],
 * "usage": {...}, "error": value, "params"}.  What a stream said was put
 * together before it was stored.
 */
json_t *tg_talk_answer(struct tg_str body);
/*
 * All words of one piece of a body (a message, a tool list), for search: a
 * line for each text; pictures, ids and the like are left out.  What is no
 * JSON is taken as text.  -1: out is at its ceiling.
 */
int tg_talk_words(struct tg_str piece, struct tg_buf *out);
/*
 * A User-Agent as the program's name without version: "Claude Code",
 * "OpenAI/Python", "curl"; into the arena.  Without one: "unknown".
 */
const char *tg_talk_program(struct tg_arena *a, struct tg_str agent);
#endif
