#ifndef TG_LLM_ECHO_H
#define TG_LLM_ECHO_H
/*
 * The provider that needs no network: answers with the last user message,
 * word by word, as slow or as broken as it is told to.  It makes the bytes an
 * OpenAI-format upstream would send; waiting is the caller's.
 * Told by the model's settings and, over them, by the request's "echo" member:
 * delay_ms, tokens_per_second, chunk_ms, status, retry_after, cut_after,
 * stall_after, words, usage {prompt_tokens, completion_tokens}.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "llm/view.h"

struct tg_echo_settings {
	int64_t delay_ms;	/* before the first byte */
	int64_t chunk_ms;	/* between words */
	int64_t tokens_per_second; /* words a second; 0: see chunk_ms */
	int64_t status;		/* 0, or the error's status */
	int64_t retry_after;	/* seconds, with status; 0 none */
	int64_t cut_after;	/* words, -1 never */
	int64_t stall_after;	/* words, -1 never */
	/* answer that many numbered words; 0: the last user message */
	int64_t words;
	const char *text;	/* answer with this one, or NULL */
	/* -1: counted as words */
	int64_t prompt_tokens, completion_tokens;
};
void tg_echo_defaults(struct tg_echo_settings *s);

enum tg_echo_step {
	TG_ECHO_BYTES,	/* *bytes to hand on */
	TG_ECHO_WAIT,	/* *ms, then ask again */
	TG_ECHO_END,
	TG_ECHO_CUT,	/* the connection breaks here */
	TG_ECHO_STALL	/* nothing more ever comes */
};
struct tg_echo;
/*
 * view: of the request; its .echo member is read over s. TG_E_INVALID with
 * param "echo.x".
 */
int tg_echo_open(struct tg_arena *a, const struct tg_view *v,
    const struct tg_echo_settings *s, struct tg_echo **out, struct tg_err *e);
/* HTTP status it "answers" with */
int tg_echo_status(const struct tg_echo *ec);
const char *tg_echo_content_type(const struct tg_echo *ec);
/* Seconds, 0: none. */
int64_t tg_echo_retry_after(const struct tg_echo *ec);
/* *bytes stays good until the next call. */
enum tg_echo_step tg_echo_next(struct tg_echo *ec, struct tg_str *bytes,
    int *ms);
#endif
