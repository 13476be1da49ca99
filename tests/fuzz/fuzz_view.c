/*
 * Fuzz target for llm/view.h (libFuzzer's form; tests/unit/test_fuzz_llm runs
 * the corpus and mutations of it).  What must hold for a body that was found
 * good: what is forwarded is such a body again, with the upstream's model and
 * usage asked for in streams, and with the same members otherwise.
 */
#include "config.h"

#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/json.h"
#include "base/limits.h"
#include "llm/bound.h"
#include "llm/member.h"
#include "llm/view.h"

#define UPSTREAM "up\"stream/\xc3\xa9"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What may go, or be written anew. */
static const char *const changed[] = {"model", "stream", "stream_options",
    "messages", "prompt", "input", "max_tokens", "max_completion_tokens", "n",
    "best_of", "metadata"};
static const char *const dropped[] = {"seed", NULL};

/* The next member that nobody may have touched. */
static bool
view_untouched(struct tg_json_it *it, bool skip_dropped, struct tg_str *name,
    struct tg_str *value)
{
	bool skip;
	size_t i;

	do {
		if (!tg_json_member(it, name, value))
			return false;
		skip = skip_dropped && tg_json_name_is(*name, dropped[0]);
		skip |= (tg_member_flags(*name) & TG_MEMBER_OURS) != 0;
		for (i = 0; i < sizeof(changed) / sizeof(*changed); i++)
			skip = skip || tg_json_name_is(*name, changed[i]);
	} while (skip);
	return true;
}

static void
view_same_members(struct tg_str before, struct tg_str after, bool drop)
{
	struct tg_json_it x = tg_json_begin(before), y = tg_json_begin(after);
	struct tg_str name, value, other_name, other;

	while (view_untouched(&x, drop, &name, &value)) {
		assert(view_untouched(&y, false, &other_name, &other));
		assert(tg_str_eq(name, other_name));
		assert(tg_str_eq(value, other));
	}
	assert(!view_untouched(&y, false, &other_name, &other));
}

static size_t
view_count(struct tg_str object, const char *wanted)
{
	struct tg_json_it it = tg_json_begin(object);
	struct tg_str name, value;
	size_t n = 0;

	while (tg_json_member(&it, &name, &value))
		n += tg_json_name_is(name, wanted);
	return n;
}

static void
view_forward(const struct tg_view *v, struct tg_arena *a, bool drop)
{
	bool has_streams = v->dialect->chunk_object != NULL;
	struct tg_err e;
	struct tg_view again;
	struct tg_buf out;
	int r;

	tg_buf_init(&out, v->body.n + 1000);
	r = tg_view_forward(v,
	    &(struct tg_forward){
		.upstream_model = UPSTREAM,
		.max_tokens = -1,
		.max_name = drop ? TG_MAX_OLD : TG_MAX_EITHER,
		.drop = drop ? dropped : NULL,
	    },
	    &out);
	assert(r == 0);
	tg_err_reset(&e);
	r = tg_view_read(&again, v->dialect, a, tg_buf_str(&out), &e);
	assert(r == 0);
	assert(tg_str_is(again.model, UPSTREAM));
	assert(view_count(tg_buf_str(&out), "model") == 1);
	assert(again.stream == v->stream);
	assert(again.usage_asked || !v->stream);
	assert(!has_streams || view_count(tg_buf_str(&out), "stream") <= 1);
	assert(again.n == v->n && again.best_of == v->best_of);
	assert(again.max_tokens == v->max_tokens ||
	    (drop && again.max_tokens <= v->max_tokens));
	assert(tg_str_eq(again.user, v->user) || v->metadata.n > 0);
	assert(again.forbidden == NULL ||
	    strncmp(again.forbidden, "metadata", 8) == 0);
	if (has_streams)
		view_same_members(v->body, tg_buf_str(&out), drop);
	if (drop)
		assert(view_count(tg_buf_str(&out), dropped[0]) == 0);
	tg_buf_free(&out);
}

/* Bounds are numbers that money can be made of, whatever was sent. */
static void
view_bound(const struct tg_view *v)
{
	static const char *const providers[] = {"openai", "anthropic", "gemini",
	    "xai", "echo", "other"};
	struct tg_weight w;
	struct tg_bound b;
	size_t i;

	tg_weight_read(&w, v);
	for (i = 0; i < sizeof(providers) / sizeof(*providers); i++) {
		tg_bound_make(&b, &w, providers[i], "gpt-4o", 0);
		assert(b.audio_tokens >= 0 && b.image_tokens >= 0);
		assert(b.input_tokens >= b.audio_tokens + b.image_tokens);
		assert(b.likely_tokens >= 0 && b.extra_output_tokens >= 0);
		assert(b.choices >= 1 && b.output_tokens >= -1);
		tg_bound_make(&b, &w, providers[i], "gpt-4o", 100);
		assert(b.input_tokens <= 100 || i == 4);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct tg_str body = {(const char *)data, size};
	struct tg_arena *a = tg_arena_new(TG_MAX_ARENA);
	struct tg_view v;
	struct tg_err e;
	int id;

	for (id = 0; id < TG_DIALECT__MAX; id++) {
		tg_err_reset(&e);
		if (tg_view_read(&v, &tg_dialects[id], a, body, &e) == -1) {
			assert(e.code != TG_OK && e.msg[0] != '\0');
			continue;
		}
		assert(v.model.n > 0 && v.model.n <= TG_MAX_MODEL_NAME);
		view_bound(&v);
		view_forward(&v, a, false);
		view_forward(&v, a, true);
	}
	tg_arena_free(a);
	return 0;
}
