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
	bool stream;
	bool usage_asked;		/* stream_options.include_usage true */
	int64_t max_tokens;		/* the bound that counts, -1 none */
	int64_t n;			/* 1 if not given */
	/* raw value of "echo", or empty (see llm/echo.h) */
	struct tg_str echo;
	struct tg_str models;		/* raw value: OpenRouter's fallbacks */
	struct tg_str input;		/* raw value of the dialect's input */
	/* where the values that count stand in body, for tg_view_forward() */
	struct tg_str raw_model, raw_stream, raw_stream_options;
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
 * The body for an upstream of the same format: every "model" at the top gets
 * upstream_model, streams get stream_options.include_usage true, earlier
 * duplicates of model, stream and stream_options are left out, as is every name
 * in drop (NULL-terminated, may
 * be NULL).  All other bytes stay as they came.
 */
int tg_view_forward(const struct tg_view *v, const char *upstream_model,
    const char *const *drop, struct tg_buf *out);
#endif
