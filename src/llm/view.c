/*
 * Reading a request over the caller's bytes: one strict check, one walk over
 * the members at the top, and a look at each message's role.  What the values
 * mean to a model is left to the upstream, which reports it better.
 * Writing the request again is llm/forward's.
 */
#include "config.h"

#include "llm/view.h"

#include <stddef.h>
#include <stdio.h>

#include "base/json.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "llm/lookalike.h"
#include "llm/member.h"
#include "llm/view_fault.h"

/* Those that we read, in the order in which faults are told. */
enum member {
	M_MODEL,
	M_INPUT,		/* its name is the dialect's */
	M_STREAM,
	M_STREAM_OPTIONS,
	M_MAX_COMPLETION_TOKENS,
	M_MAX_TOKENS,
	M_N,
	M_BEST_OF,
	M_SAFETY_IDENTIFIER,
	M_USER,
	M_METADATA,
	M_LITELLM_METADATA,
	M_LITELLM_SESSION_ID,
	M_SESSION_ID,
	M_PROMPT_CACHE_KEY,
	M_ECHO,
	M_MODELS,
	M_TOOLS,
	M_FUNCTIONS,
	M_RESPONSE_FORMAT,
	M_PREDICTION,
	M_MODALITIES,
	M_CACHE_CONTROL,
	M_TAGS,
	M_SERVICE_TIER,
	M_PRIORITY,
	M_NUM_RETRIES,
	M__MAX
};

struct reading {
	struct tg_view *v;
	struct tg_arena *a;
	struct tg_err *e;
	struct tg_str value[M__MAX];	/* of duplicates the last */
	int64_t most;			/* by names of some servers, -1 none */
	bool endless;			/* ... or one of them says "no bound" */
};

static const struct tg_str names[M__MAX] = {
	[M_MODEL]			= TG_STR("model"),
	[M_STREAM]			= TG_STR("stream"),
	[M_STREAM_OPTIONS]		= TG_STR("stream_options"),
	[M_MAX_COMPLETION_TOKENS]	= TG_STR("max_completion_tokens"),
	[M_MAX_TOKENS]			= TG_STR("max_tokens"),
	[M_N]				= TG_STR("n"),
	[M_BEST_OF]			= TG_STR("best_of"),
	[M_SAFETY_IDENTIFIER]		= TG_STR("safety_identifier"),
	[M_USER]			= TG_STR("user"),
	[M_METADATA]			= TG_STR("metadata"),
	[M_LITELLM_METADATA]		= TG_STR("litellm_metadata"),
	[M_LITELLM_SESSION_ID]		= TG_STR("litellm_session_id"),
	[M_SESSION_ID]			= TG_STR("session_id"),
	[M_PROMPT_CACHE_KEY]		= TG_STR("prompt_cache_key"),
	[M_ECHO]			= TG_STR("echo"),
	[M_MODELS]			= TG_STR("models"),
	[M_TOOLS]			= TG_STR("tools"),
	[M_FUNCTIONS]			= TG_STR("functions"),
	[M_RESPONSE_FORMAT]		= TG_STR("response_format"),
	[M_PREDICTION]			= TG_STR("prediction"),
	[M_MODALITIES]			= TG_STR("modalities"),
	[M_CACHE_CONTROL]		= TG_STR("cache_control"),
	[M_TAGS]			= TG_STR("tags"),
	[M_SERVICE_TIER]		= TG_STR("service_tier"),
	[M_PRIORITY]			= TG_STR("priority"),
	[M_NUM_RETRIES]			= TG_STR("num_retries"),
};

/* Values that others read. */
static const struct {
	enum member member;
	size_t offset;
} raws[] = {
	{M_ECHO, offsetof(struct tg_view, echo)},
	{M_MODELS, offsetof(struct tg_view, models)},
	{M_TOOLS, offsetof(struct tg_view, tools)},
	{M_FUNCTIONS, offsetof(struct tg_view, functions)},
	{M_RESPONSE_FORMAT, offsetof(struct tg_view, response_format)},
	{M_PREDICTION, offsetof(struct tg_view, prediction)},
	{M_MODALITIES, offsetof(struct tg_view, modalities)},
	{M_METADATA, offsetof(struct tg_view, metadata)},
	{M_LITELLM_METADATA, offsetof(struct tg_view, litellm_metadata)},
	{M_CACHE_CONTROL, offsetof(struct tg_view, cache_control)},
	{M_TAGS, offsetof(struct tg_view, tags)},
	{M_SERVICE_TIER, offsetof(struct tg_view, tier)},
	{M_PRIORITY, offsetof(struct tg_view, priority)},
	{M_NUM_RETRIES, offsetof(struct tg_view, num_retries)},
	{M_MAX_TOKENS, offsetof(struct tg_view, raw_max_tokens)},
	{M_MAX_COMPLETION_TOKENS,
	    offsetof(struct tg_view, raw_max_completion_tokens)},
	{M_N, offsetof(struct tg_view, raw_n)},
	{M_BEST_OF, offsetof(struct tg_view, raw_best_of)},
};

static int collect(struct reading *r);
static void note_bound(struct reading *r, int64_t most);
static void weigh(struct reading *r, struct tg_str name, struct tg_str value);
static void read_forbidden(struct reading *r);
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
static int read_session(struct reading *r);
static int first_text(struct reading *r, const struct tg_str *from, size_t n,
    struct tg_str *text);

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
		read_session,
	};
	struct reading r = {.v = v, .a = a, .e = e, .most = -1};
	size_t i;

	*v = (struct tg_view){
		.dialect = d, .body = body, .max_tokens = -1, .n = 1,
		.best_of = 1};
	if (tg_view_check(body, e) == -1)
		return -1;
	if (collect(&r) == -1)
		return -1;
	for (i = 0; i < sizeof(readers) / sizeof(*readers); i++)
		if (readers[i](&r) == -1)
			return -1;
	for (i = 0; i < sizeof(raws) / sizeof(*raws); i++)
		*(struct tg_str *)(void *)((char *)v + raws[i].offset) =
		    r.value[raws[i].member];
	read_forbidden(&r);
	return 0;
}

const char *
tg_view_forbidden(const struct tg_view *v)
{
	return v->forbidden;
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
		if (m != M_INPUT)
			weigh(r, name, value);
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

/*
 * Some callers say -1 for "no bound"; of a chat some upstreams (Ollama) take
 * 0 for that, too.
 */
static void
note_bound(struct reading *r, int64_t most)
{
	bool chat = r->v->dialect->id == TG_DIALECT_CHAT;

	if (most > r->most)
		r->most = most;
	r->endless = r->endless || most < (chat ? 1 : 0);
}

/* What has no row of its own may be text that the upstream shows the model. */
static void
weigh(struct reading *r, struct tg_str name, struct tg_str value)
{
	unsigned flags = tg_member_flags(name);
	int64_t most;

	if ((flags & TG_MEMBER_MOST) != 0 && tg_json_i64(value, &most))
		note_bound(r, most);
	if ((flags & TG_MEMBER_ADMIN) != 0 && r->v->forbidden == NULL)
		r->v->forbidden = tg_arena_cstr(r->a, name);
	if (tg_json_type(value) < TG_JSON_STRING)
		return;
	if ((flags & TG_MEMBER_SEARCH) != 0)
		r->v->searches = true;
	if ((flags & (TG_MEMBER_MUTE | TG_MEMBER_OURS)) == 0)
		r->v->other_bytes += (int64_t)(name.n + value.n);
}

static void
read_forbidden(struct reading *r)
{
	static const enum member objects[] = {M_METADATA, M_LITELLM_METADATA};
	struct tg_str name;
	size_t i;

	for (i = 0; i < 2 && r->v->forbidden == NULL; i++) {
		name = tg_metadata_forbidden(r->value[objects[i]]);
		if (name.n > 0)
			r->v->forbidden = tg_arena_printf(r->a, "%s.%.*s",
			    names[objects[i]].p, TG_PRI(name));
	}
}

static enum member
which(const struct reading *r, struct tg_str name)
{
	bool escaped = memchr(name.p, '\\', name.n) != NULL;
	enum member m;

	if (tg_json_name_is(name, r->v->dialect->input))
		return M_INPUT;
	for (m = 0; m < M__MAX; m++) {
		if (names[m].p == NULL ||
		    (!escaped && name.n != names[m].n))
			continue;
		if (tg_json_name_is(name, names[m].p))
			break;
	}
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
		return tg_view_wrong_type(r->e, "model", "a string", value);
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
		return tg_view_missing(r->e, d->input);
	type = tg_json_type(value);
	if (d->input_is_array && type != TG_JSON_ARRAY)
		return tg_view_wrong_type(r->e, d->input, "an array of objects", value);
	if (type != TG_JSON_ARRAY && type != TG_JSON_STRING)
		return tg_view_wrong_type(
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
			return tg_view_wrong_type(r->e, param, "an object", message);
		snprintf(param, sizeof(param), "messages[%zu].role", i);
		if (!find_role(message, &role))
			return tg_view_missing(r->e, param);
		return tg_view_wrong_type(r->e, param, "a string", role);
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
		return tg_view_wrong_type(r->e, "stream", "a boolean", value);
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
		return tg_view_wrong_type(r->e, "stream_options", "an object", value);
	if (!tg_json_get(value, "include_usage", &usage) ||
	    tg_json_is_null(usage))
		return 0;
	if (!tg_json_bool(usage, &r->v->usage_asked))
		return tg_view_wrong_type(r->e, "stream_options.include_usage",
		    "a boolean", usage);
	return 0;
}

/*
 * Which of two names an upstream obeys is not known here: the larger bounds it
 * in any case, and nothing does where one of them says that.
 */
static int
read_bounds(struct reading *r)
{
	int64_t old = INT64_MIN, new = INT64_MIN;
	struct tg_view *v = r->v;

	if (v->dialect->id == TG_DIALECT_EMBEDDINGS)
		return 0;
	if (read_number(r, M_MAX_COMPLETION_TOKENS, &new) == -1 ||
	    read_number(r, M_MAX_TOKENS, &old) == -1 ||
	    read_number(r, M_N, &v->n) == -1 ||
	    (v->dialect->id == TG_DIALECT_COMPLETIONS &&
		read_number(r, M_BEST_OF, &v->best_of) == -1))
		return -1;
	if (old != INT64_MIN)
		note_bound(r, old);
	if (new != INT64_MIN)
		note_bound(r, new);
	v->max_tokens = r->endless ? -1 : r->most;
	if (v->n < 1)
		return tg_fail_param(r->e, TG_E_INVALID, "n",
		    "Invalid 'n': integer below minimum value. Expected a "
		    "value >= 1, but got %lld instead.", (long long)v->n);
	return 0;
}

static int
read_number(struct reading *r, enum member m, int64_t *out)
{
	struct tg_str value = r->value[m];

	if (value.n == 0 || tg_json_is_null(value))
		return 0;
	if (tg_json_type(value) != TG_JSON_NUMBER)
		return tg_view_wrong_type(r->e, names[m].p, "an integer", value);
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
	struct tg_str from[3] = {r->value[M_SAFETY_IDENTIFIER],
	    r->value[M_USER], TG_STR_NONE};

	tg_json_get(r->value[M_METADATA], "user_id", &from[2]);
	return first_text(r, from, 3, &r->v->user);
}

static int
read_session(struct reading *r)
{
	struct tg_str from[5] = {r->value[M_LITELLM_SESSION_ID],
	    r->value[M_SESSION_ID], TG_STR_NONE, TG_STR_NONE,
	    r->value[M_PROMPT_CACHE_KEY]};

	tg_json_get(r->value[M_METADATA], "session_id", &from[2]);
	tg_json_get(r->value[M_LITELLM_METADATA], "session_id", &from[3]);
	return first_text(r, from, 5, &r->v->session);
}

/* The first that is a string with something in it, cut. */
static int
first_text(struct reading *r, const struct tg_str *from, size_t n,
    struct tg_str *text)
{
	char *cut;
	size_t i;

	for (i = 0; i < n && text->n == 0; i++)
		if (from[i].n > 2 && tg_json_type(from[i]) == TG_JSON_STRING &&
		    tg_json_text(r->a, from[i], text) == -1)
			return -1;
	if (text->n <= TG_MAX_USER_NAME)
		return 0;
	cut = tg_arena_cstr(r->a, (struct tg_str){text->p, TG_MAX_USER_NAME});
	tg_utf8_trim_tail(cut);
	*text = tg_str(cut);
	return 0;
}
