/*
 * Reasons to wire errors.  One row a reason; a column where the compatibility
 * level decides.  Gateway refusals carry LiteLLM's shape (code is the status
 * as text, param the word None), everything else OpenAI's.
 */
#include "config.h"

#include "web/fault.h"

#include <stdio.h>

#include "base/buf.h"
#include "base/json.h"

#define STATUS_IS_CODE "="	/* LiteLLM: "code": "<status>" */
#define PARAM_NONE "None"	/* LiteLLM: the word, when there is none */

static const struct tg_fault_row rows[TG_E__MAX] = {
	[TG_OK] = { 500, 0, "server_error", "internal_error", NULL, -1 },
	[TG_E_JSON] = { 400, 0, "invalid_request_error", "invalid_json", NULL,
	    -1 },
	[TG_E_EMPTY_BODY] = { 400, 0, "invalid_request_error", "invalid_json",
	    NULL, -1 },
	[TG_E_UTF8] = { 400, 0, "invalid_request_error", "invalid_json", NULL,
	    -1 },
	[TG_E_DEEP] = { 400, 0, "invalid_request_error", "invalid_json", NULL,
	    -1 },
	[TG_E_INVALID] = { 400, 0, "invalid_request_error", "invalid_value",
	    NULL, -1 },
	[TG_E_TYPE] = { 400, 0, "invalid_request_error", "invalid_type", NULL,
	    -1 },
	[TG_E_MISSING] = { 400, 0, "invalid_request_error",
	    "missing_required_parameter", NULL, -1 },
	[TG_E_TOO_LARGE] = { 413, 0, "invalid_request_error",
	    "request_too_large", NULL, -1 },
	[TG_E_SLOW_BODY] = { 408, 0, "timeout_error", "request_timeout", NULL,
	    -1 },
	[TG_E_MEDIA_TYPE] = { 415, 0, "invalid_request_error",
	    "unsupported_media_type", NULL, -1 },
	[TG_E_NO_ROUTE] = { 404, 0, "not_found_error", "unknown_url", NULL,
	    -1 },
	[TG_E_METHOD] = { 405, 0, "invalid_request_error",
	    "method_not_allowed", NULL, -1 },
	[TG_E_NOT_FOUND] = { 404, 0, "not_found_error", STATUS_IS_CODE, NULL,
	    -1 },
	[TG_E_CONFLICT] = { 400, 0, "bad_request_error", STATUS_IS_CODE, NULL,
	    -1 },
	[TG_E_UNSUPPORTED] = { 400, 0, "invalid_request_error",
	    "unsupported_parameter", NULL, -1 },
	[TG_E_NO_KEY] = { 401, 0, "auth_error", STATUS_IS_CODE, PARAM_NONE,
	    -1 },
	[TG_E_KEY_FORM] = { 401, 0, "auth_error", STATUS_IS_CODE, PARAM_NONE,
	    -1 },
	[TG_E_KEY_UNKNOWN] = { 401, 0, "token_not_found_in_db",
	    STATUS_IS_CODE, "key", -1 },
	[TG_E_KEY_EXPIRED] = { 401, 400, "expired_key", STATUS_IS_CODE,
	    PARAM_NONE, -1 },
	[TG_E_KEY_BLOCKED] = { 401, 0, "auth_error", STATUS_IS_CODE,
	    PARAM_NONE, -1 },
	[TG_E_NOT_ADMIN] = { 401, 0, "auth_error", STATUS_IS_CODE, PARAM_NONE,
	    -1 },
	[TG_E_MODEL_DENIED] = { 403, 401, "key_model_access_denied",
	    STATUS_IS_CODE, "model", -1 },
	[TG_E_ROUTE_DENIED] = { 403, 0, "permission_error", STATUS_IS_CODE,
	    PARAM_NONE, -1 },
	[TG_E_ADDR_DENIED] = { 403, 0, "auth_error", STATUS_IS_CODE,
	    PARAM_NONE, -1 },
	[TG_E_TEAM_BLOCKED] = { 401, 0, "auth_error", STATUS_IS_CODE,
	    PARAM_NONE, -1 },
	[TG_E_PERSON_BLOCKED] = { 401, 0, "auth_error", STATUS_IS_CODE,
	    PARAM_NONE, -1 },
	[TG_E_CUSTOMER_BLOCKED] = { 401, 400, "auth_error", STATUS_IS_CODE,
	    PARAM_NONE, -1 },
	[TG_E_TEAM_MODEL_DENIED] = { 403, 401, "team_model_access_denied",
	    STATUS_IS_CODE, "model", -1 },
	[TG_E_PERSON_MODEL_DENIED] = { 403, 401, "user_model_access_denied",
	    STATUS_IS_CODE, "model", -1 },
	[TG_E_ORGANIZATION_MODEL_DENIED] = { 403, 401,
	    "org_model_access_denied", STATUS_IS_CODE, "model", -1 },
	[TG_E_PROJECT_MODEL_DENIED] = { 403, 401,
	    "project_model_access_denied", STATUS_IS_CODE, "model", -1 },
	[TG_E_MEMBER_RIGHT] = { 401, 0, "team_member_permission_error",
	    STATUS_IS_CODE, PARAM_NONE, -1 },
	[TG_E_FORBIDDEN] = { 403, 0, "auth_error", STATUS_IS_CODE,
	    PARAM_NONE, -1 },
	[TG_E_FIELD_DENIED] = { 400, 0, "invalid_request_error",
	    "unsupported_parameter", NULL, -1 },
	[TG_E_BUDGET] = { 422, 400, "budget_exceeded", STATUS_IS_CODE, NULL,
	    -1 },
	[TG_E_UNPRICED] = { 422, 400, "budget_exceeded", STATUS_IS_CODE, NULL,
	    -1 },
	[TG_E_PROVIDER_BUDGET] = { 429, 0, PARAM_NONE, STATUS_IS_CODE,
	    PARAM_NONE, -1 },
	[TG_E_RATE] = { 429, 0, PARAM_NONE, STATUS_IS_CODE, PARAM_NONE, -1 },
	[TG_E_PARALLEL] = { 429, 0, PARAM_NONE, STATUS_IS_CODE, PARAM_NONE,
	    1 },
	[TG_E_QUEUE] = { 429, 0, PARAM_NONE, STATUS_IS_CODE, PARAM_NONE, 1 },
	[TG_E_EXISTS] = { 409, 0, "bad_request_error", STATUS_IS_CODE, NULL,
	    -1 },
	[TG_E_MODEL_UNKNOWN] = { 400, 0, PARAM_NONE, STATUS_IS_CODE,
	    PARAM_NONE, -1 },
	[TG_E_NO_DEPLOYMENT] = { 503, 0, "server_error",
	    "no_healthy_upstream", NULL, -1 },
	[TG_E_BUSY] = { 503, 0, "server_error", "overloaded", NULL, 2 },
	[TG_E_STOPPING] = { 503, 0, "server_error", "service_unavailable",
	    NULL, 1 },
	[TG_E_STORE] = { 503, 0, "server_error", "service_unavailable", NULL,
	    5 },
	[TG_E_INTERNAL] = { 500, 0, "server_error", "internal_error", NULL,
	    -1 },
	[TG_E_UPSTREAM] = { 502, 0, "server_error", NULL, NULL, -1 },
	[TG_E_CONNECT] = { 502, 0, "server_error",
	    "upstream_connection_error", NULL, -1 },
	[TG_E_CONNECT_TIME] = { 504, 0, "timeout_error", "upstream_timeout",
	    NULL, -1 },
	[TG_E_FIRST_BYTE_TIME] = { 504, 0, "timeout_error",
	    "upstream_timeout", NULL, -1 },
	[TG_E_GAP_TIME] = { 504, 0, "timeout_error", "upstream_timeout", NULL,
	    -1 },
	[TG_E_TOTAL_TIME] = { 504, 0, "timeout_error", "upstream_timeout",
	    NULL, -1 },
	[TG_E_CUT] = { 502, 0, "server_error", "upstream_stream_truncated",
	    NULL, -1 },
	[TG_E_GARBAGE] = { 502, 0, "server_error",
	    "invalid_upstream_response", NULL, -1 },
	[TG_E_ANSWER_TOO_LARGE] = { 502, 0, "server_error",
	    "invalid_upstream_response", NULL, -1 },
	[TG_E_CLIENT_GONE] = { 499, 0, "server_error", NULL, NULL, -1 },
};

static const struct tg_fault_row *row_of(const struct tg_err *);
static struct tg_str json_of(const struct tg_err *,
    const struct tg_fault_row *, int, struct tg_arena *);
static struct tg_str detail_of(const struct tg_err *, struct tg_arena *);
static const char *code_of(const struct tg_err *,
    const struct tg_fault_row *, int, char *, size_t);

const struct tg_fault_row *
tg_fault_row(enum tg_code code)
{
	if ((unsigned)code >= TG_E__MAX || rows[code].status == 0)
		return NULL;
	return &rows[code];
}

int
tg_fault_status(const struct tg_err *e, enum tg_compat compat)
{
	const struct tg_fault_row *row = row_of(e);

	if (e->status != 0 &&
	    (e->code == TG_E_UPSTREAM || e->code == TG_E_BUDGET ||
		e->code == TG_E_UNPRICED))
		return e->status;
	if (compat == TG_COMPAT_1_83 && row->old_status != 0)
		return row->old_status;
	return row->status;
}

void
tg_fault_make(const struct tg_err *e, enum tg_compat compat,
    struct tg_arena *a, struct tg_fault *f)
{
	const struct tg_fault_row *row = row_of(e);

	f->status = tg_fault_status(e, compat);
	f->retry_after_ms = row->retry_after_s < 0 ?
	    -1 :
	    (long)row->retry_after_s * 1000;
	if ((e->code == TG_E_UPSTREAM || e->code == TG_E_RATE ||
		e->code == TG_E_PARALLEL || e->code == TG_E_QUEUE) &&
	    e->retry_after_ms >= 0)
		f->retry_after_ms = e->retry_after_ms;
	f->should_retry = -1;
	/* Money does not come back by asking again. */
	if (strcmp(e->ecode, "insufficient_quota") == 0 ||
	    e->code == TG_E_BUDGET || e->code == TG_E_UNPRICED ||
	    e->code == TG_E_PROVIDER_BUDGET)
		f->should_retry = 0;
	f->json = json_of(e, row, f->status, a);
}

void
tg_fault_send(struct tg_request *rq, enum tg_compat compat,
    enum tg_fault_form form)
{
	struct tg_fault f;

	tg_fault_make(&rq->err, compat, rq->arena, &f);
	if (form == TG_FAULT_DETAIL)
		f.json = detail_of(&rq->err, rq->arena);
	if (f.retry_after_ms >= 0) {
		tg_reply_header(rq, "Retry-After", "%ld",
		    (f.retry_after_ms + 999) / 1000);
		tg_reply_header(
		    rq, "retry-after-ms", "%ld", f.retry_after_ms);
	}
	if (f.should_retry >= 0)
		tg_reply_header(rq, "x-should-retry", "%s",
		    f.should_retry ? "true" : "false");
	(void)tg_reply_send(rq, f.status, "application/json", f.json);
}

static const struct tg_fault_row *
row_of(const struct tg_err *e)
{
	if (e->code >= TG_E__MAX || rows[e->code].status == 0)
		return &rows[TG_OK];
	return &rows[e->code];
}

/* NULL stays null in JSON. */
static const char *
code_of(const struct tg_err *e, const struct tg_fault_row *row, int status,
    char *room, size_t n)
{
	if (e->ecode[0] != '\0')
		return e->ecode;
	if (row->code != NULL && strcmp(row->code, STATUS_IS_CODE) == 0) {
		(void)snprintf(room, n, "%d", status);
		return room;
	}
	return row->code;
}

static void
member(struct tg_buf *b, const char *name, const char *value)
{
	(void)tg_buf_printf(b, "\"%s\":", name);
	if (value == NULL)
		(void)tg_buf_addc(b, "null");
	else
		(void)tg_json_quote(b, tg_str(value));
}

/* FastAPI's own form (litellm-compat.md 3.0, D). */
static struct tg_str
detail_of(const struct tg_err *e, struct tg_arena *a)
{
	return tg_str(tg_arena_printf(a, "{\"detail\":{\"error\":%.*s}}",
	    TG_PRI(tg_json_quoted(a, tg_str(e->msg)))));
}

static struct tg_str
json_of(const struct tg_err *e, const struct tg_fault_row *row, int status,
    struct tg_arena *a)
{
	struct tg_buf b;
	struct tg_str json;
	char room[16];

	tg_buf_init(&b, 16 * 1024);
	(void)tg_buf_addc(&b, "{\"error\":{");
	member(&b, "message", e->msg);
	(void)tg_buf_byte(&b, ',');
	member(&b, "type", e->type[0] != '\0' ? e->type : row->type);
	(void)tg_buf_byte(&b, ',');
	member(&b, "param",
	    row->param != NULL	   ? row->param :
		e->param[0] != '\0' ? e->param :
				      NULL);
	(void)tg_buf_byte(&b, ',');
	member(&b, "code", code_of(e, row, status, room, sizeof(room)));
	(void)tg_buf_addc(&b, "}}");
	json = tg_arena_copy(a, tg_buf_str(&b));
	tg_buf_free(&b);
	return json;
}
