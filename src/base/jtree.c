/*
 * JSON trees for what is administered (keys, models, settings): jansson with
 * this program's errors.  Calls of the hot path never come here; they read
 * their bytes in place (base/json.h).
 */
#include "config.h"
#include "base/jtree.h"

#include "base/json.h"
#include "base/limits.h"

/* With 15 digits 0.1 stays 0.1; with 17 it is 0.10000000000000001. */
#define AS_WRITTEN (JSON_ENCODE_ANY | JSON_REAL_PRECISION(15))

static int refuse(struct tg_str doc, enum tg_json_fault fault, size_t at,
    struct tg_err *e);
static const json_t *member(const json_t *o, const char *name);

/* Checked first: jansson recurses, and does not tell UTF-8 from grammar. */
json_t *
tg_jtree_parse(struct tg_str doc, struct tg_err *e)
{
	enum tg_json_fault fault;
	json_error_t why;
	json_t *j;
	size_t at;

	fault = tg_json_check(doc, TG_MAX_JSON_DEPTH, &at);
	if (fault != TG_JSON_GOOD) {
		refuse(doc, fault, at, e);
		return NULL;
	}
	j = json_loadb(doc.p, doc.n, JSON_DECODE_ANY, &why);
	if (j == NULL)
		tg_fail(e, TG_E_JSON, "The JSON cannot be read: %s (at byte "
		    "%d).", why.text, why.position);
	return j;
}

char *
tg_jtree_print(const json_t *j)
{
	return json_dumps(j, JSON_COMPACT | AS_WRITTEN);
}

char *
tg_jtree_pretty(const json_t *j)
{
	return json_dumps(j, JSON_INDENT(2) | AS_WRITTEN);
}

int
tg_jtree_text(const json_t *o, const char *name, const char **out,
    struct tg_err *e)
{
	const json_t *j = member(o, name);

	if (j == NULL)
		return 0;
	if (!json_is_string(j))
		return tg_fail_param(e, TG_E_TYPE, name,
		    "'%s' must be a string.", name);
	*out = json_string_value(j);
	return 0;
}

int
tg_jtree_i64(const json_t *o, const char *name, int64_t *out,
    struct tg_err *e)
{
	const json_t *j = member(o, name);
	double d;

	if (j == NULL)
		return 0;
	if (json_is_integer(j)) {
		*out = json_integer_value(j);
		return 0;
	}
	/* 5.0 and 1e3 are whole numbers too, as far as doubles are exact. */
	d = json_real_value(j);
	if (!json_is_real(j) || d < -0x1p53 || d > 0x1p53 ||
	    d != (double)(int64_t)d)
		return tg_fail_param(e, TG_E_TYPE, name,
		    "'%s' must be a whole number.", name);
	*out = (int64_t)d;
	return 0;
}

int
tg_jtree_bool(const json_t *o, const char *name, bool *out, struct tg_err *e)
{
	const json_t *j = member(o, name);

	if (j == NULL)
		return 0;
	if (!json_is_boolean(j))
		return tg_fail_param(e, TG_E_TYPE, name,
		    "'%s' must be true or false.", name);
	*out = json_is_true(j);
	return 0;
}

void
tg_jtree_set_text(json_t *o, const char *name, const char *text)
{
	json_object_set_new(
	    o, name, text == NULL ? json_null() : json_string(text));
}

static int
refuse(struct tg_str doc, enum tg_json_fault fault, size_t at,
    struct tg_err *e)
{
	if (tg_str_trim(doc).n == 0)
		return tg_fail(e, TG_E_EMPTY_BODY,
		    "Nothing was sent where JSON is expected.");
	switch (fault) {
	case TG_JSON_BAD_UTF8:
		return tg_fail(e, TG_E_UTF8,
		    "The JSON is not valid UTF-8 at byte %zu.", at);
	case TG_JSON_TOO_DEEP:
		return tg_fail(e, TG_E_DEEP, "The JSON is nested deeper than "
		    "%d levels at byte %zu.", TG_MAX_JSON_DEPTH, at);
	case TG_JSON_ENDED:
		return tg_fail(e, TG_E_JSON,
		    "The JSON ends too early, after %zu bytes.", at);
	default:
		return tg_fail(e, TG_E_JSON,
		    "This is not valid JSON: see byte %zu.", at);
	}
}

static const json_t *
member(const json_t *o, const char *name)
{
	const json_t *j = json_object_get(o, name);

	return json_is_null(j) ? NULL : j;
}
