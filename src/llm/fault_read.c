/*
 * An upstream's error answer, whatever its shape, as one reason that the
 * caller may see.  Where each piece stands is a table of paths; which
 * statuses reach a caller is another.  How it is written again in the
 * caller's dialect is left to web/fault.
 */
#include "config.h"

#include "llm/fault_read.h"

#include <stdio.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "llm/redact.h"
#include "llm/retry_after.h"

#define ARENA_BYTES (4 * TG_MAX_ERROR_BODY)

/* openai-api.md 2.1: the statuses a caller may meet, and what to say then. */
static const struct status {
	int status;
	const char *type, *code;
} statuses[] = {
	{400, "invalid_request_error", ""},
	{401, "authentication_error", "invalid_api_key"},
	{402, "insufficient_quota", "billing_error"},
	{403, "permission_error", ""},
	{404, "not_found_error", "model_not_found"},
	{405, "invalid_request_error", "method_not_allowed"},
	{408, "timeout_error", "request_timeout"},
	{409, "conflict_error", ""},
	{413, "invalid_request_error", "request_too_large"},
	{415, "invalid_request_error", "unsupported_media_type"},
	{422, "invalid_request_error", "unprocessable_entity"},
	{429, "rate_limit_error", "rate_limit_exceeded"},
	{500, "server_error", ""},
	{502, "server_error", "bad_gateway"},
	{503, "server_error", "overloaded"},
	{504, "timeout_error", "upstream_timeout"},
};

/* Those that become another one (2.2). */
static const struct {
	int from, to;
} renamed[] = {
	{424, 502},		/* Bedrock: the model failed */
	{498, 503},		/* Groq: no flex capacity */
	{529, 503},		/* Anthropic: overloaded */
};

/* In order; the first that is a text counts (providers.md 2.26). */
static const char *const message_paths[] = {
	"error.message", "error.error.message", "error.error", "error",
	"message", "detail", "detail.error.message", "detail.error",
	"detail.message", "error.detail", "msg", "base_resp.status_msg",
	"errors.message", "errors", "Message", "title", NULL
};
static const char *const type_paths[] = {
	"error.type", "type", "error.status", "__type", NULL
};
/* OpenRouter's error_type says more than its code, which is the status. */
static const char *const code_paths[] = {
	"error.metadata.error_type", "error.code", "code", NULL
};
static const char *const param_paths[] = {"error.param", "param", NULL};
static const char *const status_paths[] = {
	"error.code", "error.status_code", "status_code", "code",
	"error.status", "status", NULL
};

/* No two upstreams share a code for it (2.2, rule 5). */
static const char *const overflow_signs[] = {
	"context_length_exceeded", "maximum context length",
	"prompt is too long", "context window",
	"input length and `max_tokens` exceed", "too many tokens",
	"exceeds the maximum number of tokens", "string too long",
	"exceed_context_size",
};

struct reading {
	const struct tg_fault_source *src;
	struct tg_arena *a;
	struct tg_str json;	/* the object, empty: there is none */
	struct tg_str message, type, code, param;
	int status;
};

static void read_body(struct reading *r);
static void read_object(struct reading *r);
static struct tg_str text_at(
    const struct reading *r, const char *const *paths);
static struct tg_str code_at(const struct reading *r);
static bool at(struct tg_str object, const char *path, struct tg_str *value);
static struct tg_str text_of(const struct reading *r, struct tg_str value);
static struct tg_str invalid_field(
    const struct reading *r, struct tg_str detail);
static bool is_markup(struct tg_str text);
static bool status_of(struct tg_str value, int64_t *status);
static int upstream_status(const struct reading *r);
static int caller_status(int status);
static const struct status *status_row(int status);
static bool is_overflow(const struct reading *r);
static void fill(struct reading *r);
static void put(const struct reading *r, struct tg_err *e);
static void put_text(
    const struct reading *r, struct tg_str text, char *to, size_t size);

int
tg_fault_read(const struct tg_fault_source *src, struct tg_err *e)
{
	struct reading r = {.src = src};

	if (e->code != TG_OK)
		return -1;
	r.a = tg_arena_new(ARENA_BYTES);
	read_body(&r);
	r.status = caller_status(upstream_status(&r));
	fill(&r);
	put(&r, e);
	tg_arena_free(r.a);
	return -1;
}

static void
read_body(struct reading *r)
{
	struct tg_str body = tg_str_trim(r->src->body), item;
	struct tg_json_it it;

	if (body.n > TG_MAX_ERROR_BODY || tg_json_check(body,
	    TG_MAX_JSON_DEPTH, NULL) != TG_JSON_GOOD)
		return;
	it = tg_json_begin(body);
	if (tg_json_type(body) == TG_JSON_ARRAY && tg_json_item(&it, &item))
		body = item;
	if (tg_json_type(body) == TG_JSON_STRING) {
		r->message = text_of(r, body);
		return;
	}
	if (tg_json_type(body) != TG_JSON_OBJECT)
		return;
	r->json = body;
	read_object(r);
}

static void
read_object(struct reading *r)
{
	struct tg_str detail;

	if (!at(r->json, "error", &detail) &&
	    !at(r->json, "message", &detail) &&
	    tg_json_get(r->json, "detail", &detail) &&
	    tg_json_type(detail) == TG_JSON_ARRAY)
		r->message = invalid_field(r, detail);
	if (r->message.n == 0)
		r->message = text_at(r, message_paths);
	if (is_markup(r->message))
		r->message = TG_STR_NONE;
	r->type = text_at(r, type_paths);
	if (tg_str_is(r->type, "error"))	/* Anthropic's envelope */
		r->type = TG_STR_NONE;
	r->code = code_at(r);
	r->param = text_at(r, param_paths);
}

/* The first path that holds a text which is not empty. */
static struct tg_str
text_at(const struct reading *r, const char *const *paths)
{
	struct tg_str value, text;

	for (; *paths != NULL; paths++) {
		if (!at(r->json, *paths, &value))
			continue;
		text = text_of(r, value);
		if (text.n > 0)
			return text;
	}
	return TG_STR_NONE;
}

/* As a text; one that only repeats an HTTP status is none. */
static struct tg_str
code_at(const struct reading *r)
{
	const char *const *path;
	struct tg_str value, text;
	int64_t status;

	for (path = code_paths; *path != NULL; path++) {
		if (!at(r->json, *path, &value) || status_of(value, &status))
			continue;
		text = tg_json_type(value) == TG_JSON_NUMBER ?
		    value : text_of(r, value);
		if (text.n > 0)
			return text;
	}
	return TG_STR_NONE;
}

/* Like tg_json_path(), and of an array the first item is meant. */
static bool
at(struct tg_str object, const char *path, struct tg_str *value)
{
	struct tg_str rest = tg_str(path), step, here = object;
	struct tg_json_it it;
	char name[32];

	while (tg_str_cut(&rest, '.', &step)) {
		snprintf(name, sizeof(name), "%.*s", TG_PRI(step));
		if (!tg_json_get(here, name, &here))
			return false;
		it = tg_json_begin(here);
		if (tg_json_type(here) == TG_JSON_ARRAY &&
		    !tg_json_item(&it, &here))
			return false;
	}
	*value = here;
	return true;
}

static struct tg_str
text_of(const struct reading *r, struct tg_str value)
{
	struct tg_str text;

	if (tg_json_text(r->a, value, &text) == -1)
		return TG_STR_NONE;
	return tg_str_trim(text);
}

/* FastAPI's [{"loc":["body","n"],"msg":"..."}] -> "body.n: ...". */
static struct tg_str
invalid_field(const struct reading *r, struct tg_str detail)
{
	struct tg_json_it it = tg_json_begin(detail);
	struct tg_str first, msg, loc, step, where = TG_STR_NONE;

	if (!tg_json_item(&it, &first) || !tg_json_get(first, "msg", &msg))
		return TG_STR_NONE;
	msg = text_of(r, msg);
	if (msg.n == 0 || !tg_json_get(first, "loc", &loc))
		return msg;
	it = tg_json_begin(loc);
	while (tg_json_item(&it, &step)) {
		if (tg_json_type(step) == TG_JSON_STRING)
			step = text_of(r, step);
		where = tg_str(tg_arena_printf(r->a, "%.*s%s%.*s",
		    TG_PRI(where), where.n > 0 ? "." : "", TG_PRI(step)));
	}
	return tg_str(tg_arena_printf(
	    r->a, "%.*s: %.*s", TG_PRI(where), TG_PRI(msg)));
}

static bool
is_markup(struct tg_str text)
{
	return tg_str_ifind(text, "<!doctype") == 0 ||
	    tg_str_ifind(text, "<html") == 0;
}

/* 400 to 599, as a number or in digits. */
static bool
status_of(struct tg_str value, int64_t *status)
{
	struct tg_str inside;
	bool is_number = tg_json_raw_text(value, &inside) ?
	    tg_str_i64(inside, status) : tg_json_i64(value, status);

	return is_number && *status >= 400 && *status <= 599;
}

static int
upstream_status(const struct reading *r)
{
	const char *const *path;
	struct tg_str value;
	int64_t status;

	if (r->src->status >= 400)
		return r->src->status;
	for (path = status_paths; *path != NULL; path++)
		if (at(r->json, *path, &value) && status_of(value, &status))
			return (int)status;
	return 502;
}

static int
caller_status(int status)
{
	size_t i;

	for (i = 0; i < sizeof(renamed) / sizeof(*renamed); i++)
		if (renamed[i].from == status)
			return renamed[i].to;
	if (status_row(status) != NULL)
		return status;
	return status < 500 ? 400 : 502;
}

static const struct status *
status_row(int status)
{
	size_t i;

	for (i = 0; i < sizeof(statuses) / sizeof(*statuses); i++)
		if (statuses[i].status == status)
			return &statuses[i];
	return NULL;
}

/* With 402 and 429 "too many tokens" is a matter of time or money. */
static bool
is_overflow(const struct reading *r)
{
	size_t i;

	if (r->status == 402 || r->status == 429)
		return false;
	for (i = 0; i < sizeof(overflow_signs) / sizeof(*overflow_signs); i++)
		if (tg_str_ifind(r->message, overflow_signs[i]) >= 0 ||
		    tg_str_ifind(r->code, overflow_signs[i]) >= 0 ||
		    tg_str_ifind(r->type, overflow_signs[i]) >= 0)
			return true;
	return false;
}

/* What is missing comes from the status; what is there stays. */
static void
fill(struct reading *r)
{
	const struct status *row;

	if (is_overflow(r)) {
		r->status = 400;
		r->code = TG_STR("context_length_exceeded");
	}
	row = status_row(r->status);
	if (r->message.n == 0 && r->src->status >= 300)
		r->message = tg_str(tg_arena_printf(
		    r->a, "Upstream returned HTTP %d", r->src->status));
	else if (r->message.n == 0)
		r->message =
		    TG_STR("Upstream reported an error without a message");
	if (r->code.n == 0)
		r->code = tg_str(tg_str_is(r->type, "insufficient_quota") &&
		    r->status == 429 ? "insufficient_quota" : row->code);
	if (r->type.n == 0)
		r->type = tg_str(tg_str_is(r->code, "insufficient_quota") ?
		    "insufficient_quota" : row->type);
}

static void
put(const struct reading *r, struct tg_err *e)
{
	int64_t wait_ms = tg_retry_after(
	    r->src->retry_after, r->src->retry_after_ms, tg_wall_s());

	if (wait_ms == -1 && (r->status == 429 || r->status == 503))
		wait_ms = tg_retry_hint(r->message);
	tg_fail(e, TG_E_UPSTREAM, "%s", "");
	put_text(r, r->message, e->msg, sizeof(e->msg));
	put_text(r, r->param, e->param, sizeof(e->param));
	put_text(r, r->type, e->type, sizeof(e->type));
	put_text(r, r->code, e->ecode, sizeof(e->ecode));
	e->status = r->status;
	e->retry_after_ms = (long)wait_ms;
}

/* Without secrets, without control bytes, cut to fit between characters. */
static void
put_text(const struct reading *r, struct tg_str text, char *to, size_t size)
{
	struct tg_str key = TG_STR_NONE;
	size_t i, n;

	if (r->src->key != NULL)
		key = tg_secret_reveal(r->src->key);
	text = tg_redact(r->a, text, key);
	n = text.n < size ? text.n : size - 1;
	for (i = 0; i < n; i++)
		to[i] = (unsigned char)text.p[i] < ' ' ? ' ' : text.p[i];
	to[n] = '\0';
	if (n < text.n)
		tg_utf8_trim_tail(to);
}
