/*
 * Reading a request over the caller's bytes: one strict check, one walk over
 * the members at the top, and a look at each message's role.  What the values
 * mean to a model is left to the upstream, which reports it better.
 * Writing the request again is llm/forward's.
 */
#include "config.h"

#include "llm/view.h"

#include <stdio.h>

#include "base/json.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "llm/lookalike.h"

/* Those that we read, in the order in which faults are told. */
enum member {
	M_MODEL,
	M_INPUT,		/* its name is the dialect's */
	M_STREAM,
	M_STREAM_OPTIONS,
	M_MAX_COMPLETION_TOKENS,
	M_MAX_TOKENS,
	M_N,
	M_SAFETY_IDENTIFIER,
	M_USER,
	M_METADATA,
	M_ECHO,
	M_MODELS,
	M__MAX
};

struct reading {
	struct tg_view *v;
	struct tg_arena *a;
	struct tg_err *e;
	struct tg_str value[M__MAX];	/* of duplicates the last */
};

static const struct tg_str names[M__MAX] = {
	[M_MODEL]			= TG_STR("model"),
	[M_STREAM]			= TG_STR("stream"),
	[M_STREAM_OPTIONS]		= TG_STR("stream_options"),
	[M_MAX_COMPLETION_TOKENS]	= TG_STR("max_completion_tokens"),
	[M_MAX_TOKENS]			= TG_STR("max_tokens"),
	[M_N]				= TG_STR("n"),
	[M_SAFETY_IDENTIFIER]		= TG_STR("safety_identifier"),
	[M_USER]			= TG_STR("user"),
	[M_METADATA]			= TG_STR("metadata"),
	[M_ECHO]			= TG_STR("echo"),
	[M_MODELS]			= TG_STR("models"),
};

static int check_body(struct tg_str body, struct tg_err *e);
static int collect(struct reading *r);
static enum member which(const struct reading *r, struct tg_str name);
static int read_model(struct reading *r);
static int read_input(struct reading *r);
static int read_messages(struct reading *r, struct tg_str messages);
static bool find_role(struct tg_str message, struct tg_str *role);
static int read_stream(struct reading *r);
static int read_stream_options(struct reading *r);
static int read_bounds(struct reading *r);
static int read_number(struct reading *r, enum member m, int64_t *out);
static int read_user(struct reading *r);
static const char *type_name(struct tg_str value);
static int wrong_type(
    struct tg_err *e, const char *param, const char *want, struct tg_str value);
static int missing(struct tg_err *e, const char *param);

int
tg_view_read(struct tg_view *v, const struct tg_dialect *d,
    struct tg_arena *a, struct tg_str body, struct tg_err *e)
{
	static int (*const readers[])(struct reading *) = {
		read_model,
		read_input,
		read_stream,
		read_stream_options,
		read_bounds,
		read_user,
	};
	struct reading r = {.v = v, .a = a, .e = e};
	size_t i;

	*v = (struct tg_view){
		.dialect = d, .body = body, .max_tokens = -1, .n = 1};
	if (check_body(body, e) == -1)
		return -1;
	if (collect(&r) == -1)
		return -1;
	for (i = 0; i < sizeof(readers) / sizeof(*readers); i++)
		if (readers[i](&r) == -1)
			return -1;
	v->echo = r.value[M_ECHO];
	v->models = r.value[M_MODELS];
	return 0;
}

static int
check_body(struct tg_str body, struct tg_err *e)
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

static int
collect(struct reading *r)
{
	struct tg_json_it it = tg_json_begin(r->v->body);
	struct tg_str name, value;
	const char *like;
	enum member m;

	while (tg_json_member(&it, &name, &value)) {
		m = which(r, name);
		if (m != M__MAX) {
			r->value[m] = value;
			continue;
		}
		like = tg_lookalike(r->a, name);
		if (like != NULL)
			return tg_fail_param(r->e, TG_E_INVALID, like,
			    "The request has a member '%.*s', which some "
			    "servers take for '%s'. Leave it out, or spell it "
			    "'%s'.", TG_PRI(name), like, like);
	}
	return 0;
}

static enum member
which(const struct reading *r, struct tg_str name)
{
	bool escaped = memchr(name.p, '\\', name.n) != NULL;
	enum member m;

	if (tg_json_name_is(name, r->v->dialect->input))
		return M_INPUT;
	for (m = 0; m < M__MAX; m++)
		if (escaped ? names[m].p != NULL &&
		    tg_json_name_is(name, names[m].p) :
		    tg_str_eq(name, names[m]) && name.n > 0)
			break;
	return m;
}

static int
read_model(struct reading *r)
{
	struct tg_str value = r->value[M_MODEL];

	if (value.n == 0 || tg_json_is_null(value))
		return tg_fail_param(r->e, TG_E_MISSING, "model",
		    "You must provide a model parameter: 'model' names the "
		    "model that shall answer.");
	if (tg_json_type(value) != TG_JSON_STRING)
		return wrong_type(r->e, "model", "a string", value);
	/* An escape is at most six times what it stands for. */
	if (value.n > 6 * TG_MAX_MODEL_NAME + 2 ||
	    tg_json_text(r->a, value, &r->v->model) == -1 ||
	    r->v->model.n > TG_MAX_MODEL_NAME)
		return tg_fail_param(r->e, TG_E_INVALID, "model",
		    "Invalid 'model': string too long. Expected a string with "
		    "maximum length %d.", TG_MAX_MODEL_NAME);
	if (r->v->model.n == 0)
		return tg_fail_param(r->e, TG_E_MISSING, "model",
		    "You must provide a model parameter: 'model' is an empty "
		    "string.");
	if (memchr(r->v->model.p, '\0', r->v->model.n) != NULL)
		return tg_fail_param(r->e, TG_E_INVALID, "model",
		    "Invalid 'model': it holds a NUL character.");
	r->v->raw_model = value;
	return 0;
}

static int
read_input(struct reading *r)
{
	const struct tg_dialect *d = r->v->dialect;
	struct tg_str value = r->value[M_INPUT], item;
	enum tg_json_type type;
	struct tg_json_it it;

	if (value.n == 0 || tg_json_is_null(value))
		return missing(r->e, d->input);
	type = tg_json_type(value);
	if (d->input_is_array && type != TG_JSON_ARRAY)
		return wrong_type(r->e, d->input, "an array of objects", value);
	if (type != TG_JSON_ARRAY && type != TG_JSON_STRING)
		return wrong_type(
		    r->e, d->input, "a string or an array", value);
	r->v->input = value;
	if (d->id == TG_DIALECT_CHAT)
		return read_messages(r, value);
	if (d->id != TG_DIALECT_EMBEDDINGS)
		return 0;
	it = tg_json_begin(value);
	if (type == TG_JSON_STRING ? value.n == 2 : !tg_json_item(&it, &item))
		return tg_fail_param(r->e, TG_E_INVALID, d->input,
		    "Invalid '%s': it is empty. There must be something to "
		    "embed.", d->input);
	return 0;
}

/* What else a message holds is between the caller and the upstream. */
static int
read_messages(struct reading *r, struct tg_str messages)
{
	struct tg_json_it it = tg_json_begin(messages);
	struct tg_str message, role;
	char param[64];
	size_t i;

	for (i = 0; tg_json_item(&it, &message); i++) {
		if (find_role(message, &role) &&
		    tg_json_type(role) == TG_JSON_STRING)
			continue;
		snprintf(param, sizeof(param), "messages[%zu]", i);
		if (tg_json_type(message) != TG_JSON_OBJECT)
			return wrong_type(r->e, param, "an object", message);
		snprintf(param, sizeof(param), "messages[%zu].role", i);
		if (!find_role(message, &role))
			return missing(r->e, param);
		return wrong_type(r->e, param, "a string", role);
	}
	if (i == 0)
		return tg_fail_param(r->e, TG_E_INVALID, "messages",
		    "Invalid 'messages': empty array. Expected an array with "
		    "minimum length 1, but got an empty array instead.");
	return 0;
}

/* The first one will do: contents behind it need not be walked. */
static bool
find_role(struct tg_str message, struct tg_str *role)
{
	struct tg_json_it it = tg_json_begin(message);
	struct tg_str name;

	while (tg_json_member(&it, &name, role))
		if (tg_json_name_is(name, "role"))
			return true;
	return false;
}

static int
read_stream(struct reading *r)
{
	struct tg_str value = r->value[M_STREAM];

	if (r->v->dialect->chunk_object == NULL)
		return 0;
	r->v->raw_stream = value;
	if (value.n == 0 || tg_json_is_null(value))
		return 0;
	if (!tg_json_bool(value, &r->v->stream))
		return wrong_type(r->e, "stream", "a boolean", value);
	return 0;
}

static int
read_stream_options(struct reading *r)
{
	struct tg_str value = r->value[M_STREAM_OPTIONS], usage;

	if (r->v->dialect->chunk_object == NULL)
		return 0;
	r->v->raw_stream_options = value;
	if (value.n == 0 || tg_json_is_null(value))
		return 0;
	if (tg_json_type(value) != TG_JSON_OBJECT)
		return wrong_type(r->e, "stream_options", "an object", value);
	if (!tg_json_get(value, "include_usage", &usage) ||
	    tg_json_is_null(usage))
		return 0;
	if (!tg_json_bool(usage, &r->v->usage_asked))
		return wrong_type(r->e, "stream_options.include_usage",
		    "a boolean", usage);
	return 0;
}

/* Some callers say -1 for "no bound". */
static int
read_bounds(struct reading *r)
{
	int64_t old = -1, new = -1;

	if (r->v->dialect->id == TG_DIALECT_EMBEDDINGS)
		return 0;
	if (read_number(r, M_MAX_COMPLETION_TOKENS, &new) == -1 ||
	    read_number(r, M_MAX_TOKENS, &old) == -1 ||
	    read_number(r, M_N, &r->v->n) == -1)
		return -1;
	r->v->max_tokens = new >= 0 ? new : old;
	if (r->v->max_tokens < 0)
		r->v->max_tokens = -1;
	if (r->v->n < 1)
		return tg_fail_param(r->e, TG_E_INVALID, "n",
		    "Invalid 'n': integer below minimum value. Expected a "
		    "value >= 1, but got %lld instead.", (long long)r->v->n);
	return 0;
}

static int
read_number(struct reading *r, enum member m, int64_t *out)
{
	struct tg_str value = r->value[m];

	if (value.n == 0 || tg_json_is_null(value))
		return 0;
	if (tg_json_type(value) != TG_JSON_NUMBER)
		return wrong_type(r->e, names[m].p, "an integer", value);
	if (!tg_json_i64(value, out))
		return tg_fail_param(r->e, TG_E_TYPE, names[m].p,
		    "Invalid type for '%s': expected an integer, but got the "
		    "number %.*s instead.", names[m].p,
		    (int)(value.n < 40 ? value.n : 40), value.p);
	return 0;
}

static int
read_user(struct reading *r)
{
	struct tg_str from[3] = {{0}}, *user = &r->v->user;
	char *text;
	size_t i;

	from[0] = r->value[M_SAFETY_IDENTIFIER];
	from[1] = r->value[M_USER];
	tg_json_get(r->value[M_METADATA], "user_id", &from[2]);
	for (i = 0; i < 3 && user->n == 0; i++)
		if (from[i].n > 2 && tg_json_type(from[i]) == TG_JSON_STRING &&
		    tg_json_text(r->a, from[i], user) == -1)
			return -1;
	if (user->n <= TG_MAX_USER_NAME)
		return 0;
	text = tg_arena_cstr(r->a,
	    (struct tg_str){user->p, TG_MAX_USER_NAME});
	tg_utf8_trim_tail(text);
	*user = tg_str(text);
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

static int
wrong_type(
    struct tg_err *e, const char *param, const char *want, struct tg_str value)
{
	return tg_fail_param(e, TG_E_TYPE, param, "Invalid type for '%s': "
	    "expected %s, but got %s instead.", param, want, type_name(value));
}

static int
missing(struct tg_err *e, const char *param)
{
	return tg_fail_param(e, TG_E_MISSING, param,
	    "Missing required parameter: '%s'.", param);
}
