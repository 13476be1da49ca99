/*
 * A request's faults: whether it is JSON at all, and the words for members of
 * the wrong type.
 */
#include "config.h"

#include "llm/view_fault.h"

#include "base/json.h"
#include "base/limits.h"

static const char *type_name(struct tg_str value);

int
tg_view_check(struct tg_str body, struct tg_err *e)
{
	size_t at;

	if (tg_str_trim(body).n == 0)
		return tg_fail(e, TG_E_EMPTY_BODY,
		    "The request has no body. Send a JSON object that names "
		    "the model.");
	switch (tg_json_check(body, TG_MAX_JSON_DEPTH, &at)) {
	case TG_JSON_GOOD:
		break;
	case TG_JSON_BAD_UTF8:
		return tg_fail(e, TG_E_UTF8, "The request body is not valid "
		    "UTF-8: see the byte at offset %zu.", at);
	case TG_JSON_TOO_DEEP:
		return tg_fail(e, TG_E_DEEP, "The request body is nested "
		    "deeper than %d levels (at offset %zu).",
		    TG_MAX_JSON_DEPTH, at);
	case TG_JSON_ENDED:
		return tg_fail(e, TG_E_JSON, "The request body is not valid "
		    "JSON: it ends inside a value, after %zu bytes.", at);
	default:
		return tg_fail(e, TG_E_JSON, "The request body is not valid "
		    "JSON: see the byte at offset %zu.", at);
	}
	if (tg_json_type(body) != TG_JSON_OBJECT)
		return tg_fail(e, TG_E_JSON, "The request body must be a JSON "
		    "object, but it is %s.", type_name(body));
	return 0;
}

static const char *
type_name(struct tg_str value)
{
	static const char *const type_names[] = {
		[TG_JSON_NULL]		= "null",
		[TG_JSON_BOOL]		= "a boolean",
		[TG_JSON_NUMBER]	= "a number",
		[TG_JSON_STRING]	= "a string",
		[TG_JSON_ARRAY]		= "an array",
		[TG_JSON_OBJECT]	= "an object",
	};

	return type_names[tg_json_type(value)];
}

int
tg_view_wrong_type(
    struct tg_err *e, const char *param, const char *want, struct tg_str value)
{
	return tg_fail_param(e, TG_E_TYPE, param, "Invalid type for '%s': "
	    "expected %s, but got %s instead.", param, want, type_name(value));
}

int
tg_view_missing(struct tg_err *e, const char *param)
{
	return tg_fail_param(e, TG_E_MISSING, param,
	    "Missing required parameter: '%s'.", param);
}
