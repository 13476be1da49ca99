#ifndef TG_LLM_VIEW_H
#define TG_LLM_VIEW_H
/*
 * A request as we need to see it, without taking it apart: views into the
 * bytes the caller sent (openai-api.md 4.1, 5, 6), and the way to write
 * those bytes again with only the model's name, the usage flag and our own
 * members changed.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"
#include "llm/dialect.h"

#define TG_MAX_USER_NAME 256

struct tg_view {
	const struct tg_dialect *dialect;
	struct tg_str body;
	struct tg_str model;		/* text, NUL terminated in the arena */
	/* end user: safety_identifier, user, metadata.user_id; or empty; cut
	 * at TG_MAX_USER_NAME bytes */
	struct tg_str user;
	/* litellm_session_id, session_id (OpenRouter), metadata's or
	 * litellm_metadata's session_id, prompt_cache_key: text, or empty;
	 * cut as user */
	struct tg_str session;
	bool stream;
	bool usage_asked;		/* stream_options.include_usage true */
	/* The most that may come back, -1 none; of both names the larger. */
	int64_t max_tokens;
	int64_t n;			/* 1 if not given */
	int64_t best_of;		/* 1 if not given */
	/* raw value of "echo", or empty (see llm/echo.h) */
	struct tg_str echo;
	struct tg_str models;		/* raw value: OpenRouter's fallbacks */
	struct tg_str input;		/* raw value of the dialect's input */
	/* more raw values; empty: not there */
	struct tg_str tools, functions, response_format, prediction;
	struct tg_str modalities, cache_control;
	struct tg_str metadata, litellm_metadata, tags;
	struct tg_str tier, priority, num_retries;	/* tier: service_tier */
	/* bytes of other members that the model may come to see */
	int64_t other_bytes;
	bool searches;		/* hosted tools may add to the prompt */
	/* where the values that count stand in body, for tg_view_forward() */
	struct tg_str raw_model, raw_stream, raw_stream_options;
	struct tg_str raw_max_tokens, raw_max_completion_tokens;
	struct tg_str raw_n, raw_best_of;
	const char *forbidden;		/* for tg_view_forbidden() */
};

/*
 * Checks the body (one JSON object, UTF-8, depth) and reads the view.
 * Fails with TG_E_EMPTY_BODY, _JSON (with the offset), _UTF8, _DEEP,
 * _MISSING/_TYPE/_INVALID with the member's name. Of duplicate members the last
 * counts.
 */
int tg_view_read(struct tg_view *v, const struct tg_dialect *d,
    struct tg_arena *a, struct tg_str body, struct tg_err *e);
/*
 * The first member that only administrators may send (prices, addresses,
 * secrets, mocks, LiteLLM's internal metadata: litellm-compat.md 4.3), as
 * "api_base" or "metadata.user_api_key_alias"; NULL: none.
 */
const char *tg_view_forbidden(const struct tg_view *v);

/* How upstreams of the same format want the bound of the output. */
enum tg_max_name {
	TG_MAX_EITHER,	/* they know both: max_tokens where we write it */
	TG_MAX_NEW,	/* max_completion_tokens */
	TG_MAX_OLD	/* max_tokens alone: the other is renamed */
};
struct tg_forward {
	const char *upstream_model;
	int64_t max_tokens;	/* to be written, -1: as the caller says */
	enum tg_max_name max_name;	/* see tg_known_max_name() */
	/* names to leave out, NULL-terminated, or NULL */
	const char *const *drop;
};
/*
 * The body for an upstream of the same format: every "model" at the top gets
 * upstream_model, streams get stream_options.include_usage true, earlier
 * duplicates of these, of the input and of what bounds the output are left
 * out, as are LiteLLM's own members, a metadata that is not OpenAI's (values
 * other than strings) and every name in drop.  All other bytes stay as they
 * came.
 */
int tg_view_forward(const struct tg_view *v, const struct tg_forward *f,
    struct tg_buf *out);
#endif
