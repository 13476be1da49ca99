/*
 * The reason why a request failed: noted once, where it is first known, and
 * carried up by return values of -1.  What a caller is told for it (status,
 * type, envelope) is left to web/fault.
 */
#include "config.h"
#include "base/err.h"

#include <stdio.h>

#include "base/utf8.h"

static const char *const names[TG_E__MAX] = {
	[TG_OK]			= "ok",
	[TG_E_JSON]		= "json",
	[TG_E_EMPTY_BODY]	= "empty_body",
	[TG_E_UTF8]		= "utf8",
	[TG_E_DEEP]		= "deep",
	[TG_E_INVALID]		= "invalid",
	[TG_E_TYPE]		= "type",
	[TG_E_MISSING]		= "missing",
	[TG_E_TOO_LARGE]	= "too_large",
	[TG_E_SLOW_BODY]	= "slow_body",
	[TG_E_MEDIA_TYPE]	= "media_type",
	[TG_E_NO_ROUTE]		= "no_route",
	[TG_E_METHOD]		= "method",
	[TG_E_NOT_FOUND]	= "not_found",
	[TG_E_CONFLICT]		= "conflict",
	[TG_E_UNSUPPORTED]	= "unsupported",
	[TG_E_NO_KEY]		= "no_key",
	[TG_E_KEY_FORM]		= "key_form",
	[TG_E_KEY_UNKNOWN]	= "key_unknown",
	[TG_E_KEY_EXPIRED]	= "key_expired",
	[TG_E_KEY_BLOCKED]	= "key_blocked",
	[TG_E_NOT_ADMIN]	= "not_admin",
	[TG_E_MODEL_DENIED]	= "model_denied",
	[TG_E_ROUTE_DENIED]	= "route_denied",
	[TG_E_ADDR_DENIED]	= "addr_denied",
	[TG_E_TEAM_BLOCKED]	= "team_blocked",
	[TG_E_PERSON_BLOCKED]	= "person_blocked",
	[TG_E_CUSTOMER_BLOCKED]	= "customer_blocked",
	[TG_E_TEAM_MODEL_DENIED]	= "team_model_denied",
	[TG_E_PERSON_MODEL_DENIED]	= "person_model_denied",
	[TG_E_ORGANIZATION_MODEL_DENIED]	= "organization_model_denied",
	[TG_E_PROJECT_MODEL_DENIED]	= "project_model_denied",
	[TG_E_MEMBER_RIGHT]	= "member_right",
	[TG_E_FORBIDDEN]	= "forbidden",
	[TG_E_FIELD_DENIED]	= "field_denied",
	[TG_E_BUDGET]		= "budget",
	[TG_E_UNPRICED]		= "unpriced",
	[TG_E_PROVIDER_BUDGET]	= "provider_budget",
	[TG_E_RATE]		= "rate",
	[TG_E_PARALLEL]		= "parallel",
	[TG_E_QUEUE]		= "queue",
	[TG_E_EXISTS]		= "exists",
	[TG_E_MODEL_UNKNOWN]	= "model_unknown",
	[TG_E_NO_DEPLOYMENT]	= "no_deployment",
	[TG_E_BUSY]		= "busy",
	[TG_E_STOPPING]		= "stopping",
	[TG_E_STORE]		= "store",
	[TG_E_INTERNAL]		= "internal",
	[TG_E_UPSTREAM]		= "upstream",
	[TG_E_CONNECT]		= "connect",
	[TG_E_CONNECT_TIME]	= "connect_time",
	[TG_E_FIRST_BYTE_TIME]	= "first_byte_time",
	[TG_E_GAP_TIME]		= "gap_time",
	[TG_E_TOTAL_TIME]	= "total_time",
	[TG_E_CUT]		= "cut",
	[TG_E_GARBAGE]		= "garbage",
	[TG_E_ANSWER_TOO_LARGE]	= "answer_too_large",
	[TG_E_CLIENT_GONE]	= "client_gone",
};

static void note(struct tg_err *e, enum tg_code code, const char *fmt,
    va_list ap) __attribute__((format(printf, 3, 0)));

void
tg_err_reset(struct tg_err *e)
{
	*e = (struct tg_err){.code = TG_OK, .retry_after_ms = -1};
}

int
tg_fail(struct tg_err *e, enum tg_code code, const char *fmt, ...)
{
	va_list ap;

	if (e == NULL || e->code != TG_OK)
		return -1;
	va_start(ap, fmt);
	note(e, code, fmt, ap);
	va_end(ap);
	return -1;
}

int
tg_fail_param(struct tg_err *e, enum tg_code code, const char *param,
    const char *fmt, ...)
{
	va_list ap;

	if (e == NULL || e->code != TG_OK)
		return -1;
	va_start(ap, fmt);
	note(e, code, fmt, ap);
	va_end(ap);
	if (param != NULL) {
		snprintf(e->param, sizeof(e->param), "%s", param);
		tg_utf8_trim_tail(e->param);
	}
	return -1;
}

int
tg_err_pass(struct tg_err *dst, const struct tg_err *src)
{
	if (dst != src && dst->code == TG_OK)
		*dst = *src;
	return -1;
}

void
tg_err_detail(struct tg_err *e, const char *fmt, ...)
{
	va_list ap;

	if (e->code == TG_OK || e->detail[0] != '\0')
		return;
	va_start(ap, fmt);
	(void)vsnprintf(e->detail, sizeof(e->detail), fmt, ap);
	va_end(ap);
}

const char *
tg_code_name(enum tg_code code)
{
	if ((unsigned)code >= TG_E__MAX || names[code] == NULL)
		return "unknown";
	return names[code];
}

static void
note(struct tg_err *e, enum tg_code code, const char *fmt, va_list ap)
{
	int n = vsnprintf(e->msg, sizeof(e->msg), fmt, ap);

	e->code = code == TG_OK ? TG_E_INTERNAL : code;
	if (n >= (int)sizeof(e->msg))
		tg_utf8_trim_tail(e->msg);
}
