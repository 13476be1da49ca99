/*
 * Content: a text, or a list of parts (OpenAI) or blocks (Anthropic).  Each
 * kind is a row of a table; a kind that is not there is shown as it is.
 */
#include "config.h"

#include "llm/talk_parts.h"

#include "base/buf.h"

#define RESULT_BYTES (512 * 1024 * 1024)

typedef bool take_fn(json_t *parts, const json_t *block);
static take_fn take_audio, take_call, take_document, take_drawn, take_file,
    take_image, take_reasoning, take_refusal, take_result, take_text;

static const struct {
	const char *type;
	take_fn *take;		/* false: it is not of that form */
} kinds[] = {
	{ "text", take_text },
	{ "input_text", take_text },
	{ "output_text", take_text },
	{ "refusal", take_refusal },
	{ "thinking", take_reasoning },
	{ "reasoning", take_reasoning },
	{ "image_url", take_image },
	{ "input_image", take_image },
	{ "image", take_image },
	{ "image_generation_call", take_drawn },
	{ "input_audio", take_audio },
	{ "file", take_file },
	{ "input_file", take_file },
	{ "document", take_document },
	{ "tool_use", take_call },
	{ "server_tool_use", take_call },
	{ "mcp_tool_use", take_call },
	{ "tool_result", take_result },
	{ "web_search_tool_result", take_result },
	{ "mcp_tool_result", take_result },
};

static void take_block(json_t *parts, const json_t *block);
static json_t *source_url(const json_t *source);

void
tg_talk_add(json_t *parts, const char *name, json_t *value)
{
	json_t *part = json_object();

	json_object_set_new(part, name, value);
	json_array_append_new(parts, part);
}

void
tg_talk_add_text(json_t *parts, const char *name, const json_t *text)
{
	if (json_is_string(text) && json_string_length(text) > 0)
		tg_talk_add(parts, name, json_incref((json_t *)text));
}

const char *
tg_talk_member(const json_t *o, const char *name)
{
	return json_string_value(json_object_get(o, name));
}

void
tg_talk_content(json_t *parts, const json_t *content)
{
	const json_t *block;
	size_t i;

	if (json_is_array(content)) {
		json_array_foreach(content, i, block)
			take_block(parts, block);
	} else if (content != NULL && !json_is_null(content))
		take_block(parts, content);
}

static void
take_block(json_t *parts, const json_t *block)
{
	const char *type = tg_talk_member(block, "type");

	if (json_is_string(block)) {
		tg_talk_add_text(parts, "text", block);
		return;
	}
	for (size_t i = 0; type != NULL &&
	    i < sizeof(kinds) / sizeof(*kinds); i++)
		if (strcmp(kinds[i].type, type) == 0) {
			if (kinds[i].take(parts, block))
				return;
			break;
		}
	tg_talk_add(parts, "other", json_incref((json_t *)block));
}

static bool
take_text(json_t *parts, const json_t *block)
{
	const json_t *text = json_object_get(block, "text");

	tg_talk_add_text(parts, "text", text);
	return json_is_string(text);
}

static bool
take_refusal(json_t *parts, const json_t *block)
{
	const json_t *text = json_object_get(block, "refusal");

	tg_talk_add_text(parts, "refusal", text);
	return json_is_string(text);
}

static bool
take_reasoning(json_t *parts, const json_t *block)
{
	const json_t *text = json_object_get(block, "thinking");

	if (text == NULL)
		text = json_object_get(block, "text");
	tg_talk_add_text(parts, "reasoning", text);
	return json_is_string(text);
}

/* --- pictures, sound, files --- */

/* OpenAI's {"url"} or text, Anthropic's "source". */
static bool
take_image(json_t *parts, const json_t *block)
{
	json_t *url = json_object_get(block, "image_url"), *detail, *part;

	detail = json_object_get(json_is_object(url) ? url : block, "detail");
	if (json_is_object(url))
		url = json_object_get(url, "url");
	url = url != NULL ? json_incref(url) :
			    source_url(json_object_get(block, "source"));
	if (!json_is_string(url)) {
		json_decref(url);
		return false;
	}
	part = json_object();
	json_object_set_new(part, "image", url);
	if (json_is_string(detail))
		json_object_set(part, "detail", detail);
	json_array_append_new(parts, part);
	return true;
}

/* The caller's; NULL: it holds none. */
static json_t *
source_url(const json_t *source)
{
	const char *data = tg_talk_member(source, "data");
	const char *type = tg_talk_member(source, "media_type");
	json_t *url = json_object_get(source, "url");

	if (json_is_string(url))
		return json_incref(url);
	if (data == NULL || type == NULL)
		return NULL;
	return json_sprintf("data:%s;base64,%s", type, data);
}

/* A picture that a model has drawn. */
static bool
take_drawn(json_t *parts, const json_t *block)
{
	const char *data = tg_talk_member(block, "result");

	if (data == NULL)
		return false;
	tg_talk_add(parts, "image",
	    json_sprintf("data:image/png;base64,%s", data));
	return true;
}

static bool
take_audio(json_t *parts, const json_t *block)
{
	const json_t *audio = json_object_get(block, "input_audio");
	const char *format = tg_talk_member(audio, "format");

	if (!json_is_object(audio))
		return false;
	tg_talk_add(parts, "audio", json_string(format != NULL ? format : ""));
	return true;
}

static bool
take_file(json_t *parts, const json_t *block)
{
	static const char *const names[] = { "filename", "file_url",
		"file_id" };
	const json_t *file = json_object_get(block, "file");
	const char *name = NULL;

	if (!json_is_object(file))
		file = block;
	for (size_t i = 0; i < 3 && name == NULL; i++)
		name = tg_talk_member(file, names[i]);
	tg_talk_add(parts, "file", json_string(name != NULL ? name : "?"));
	return true;
}

static bool
take_document(json_t *parts, const json_t *block)
{
	const json_t *source = json_object_get(block, "source");
	const char *type = tg_talk_member(source, "type");
	const char *name = tg_talk_member(block, "title");

	if (!json_is_object(source))
		return false;
	if (name == NULL)
		name = tg_talk_member(source, "url");
	if (name == NULL)
		name = tg_talk_member(source, "media_type");
	tg_talk_add(parts, "file", json_string(name != NULL ? name : "?"));
	if (type != NULL && strcmp(type, "text") == 0)
		tg_talk_add_text(
		    parts, "text", json_object_get(source, "data"));
	return true;
}

/* --- tools --- */

static bool
take_call(json_t *parts, const json_t *block)
{
	json_t *call = json_object(), *v;

	if ((v = json_object_get(block, "id")) != NULL && json_is_string(v))
		json_object_set(call, "id", v);
	v = json_object_get(block, "name");
	json_object_set_new(call, "name",
	    json_is_string(v) ? json_incref(v) : json_string("?"));
	if ((v = json_object_get(block, "input")) != NULL)
		json_object_set(call, "arguments", v);
	tg_talk_add(parts, "call", call);
	return true;
}

static void
join_text(struct tg_buf *b, const json_t *content)
{
	const char *text = json_is_string(content) ?
	    json_string_value(content) : tg_talk_member(content, "text");

	if (b->n > 0)
		tg_buf_byte(b, '\n');
	tg_buf_addc(b, text);
}

/* Texts make the result, all else stands behind it. */
static bool
take_result(json_t *parts, const json_t *block)
{
	const json_t *content = json_object_get(block, "content"), *one;
	json_t *result = json_object(), *id, *more = json_array();
	struct tg_buf text;
	size_t i;

	tg_buf_init(&text, RESULT_BYTES);
	id = json_object_get(block, "tool_use_id");
	if (json_is_string(id))
		json_object_set(result, "id", id);
	if (json_is_string(content))
		join_text(&text, content);
	else if (!json_is_array(content))
		tg_talk_content(more, content);
	json_array_foreach(content, i, one)
		if (json_is_string(one) ||
		    tg_talk_member(one, "text") != NULL)
			join_text(&text, one);
		else
			take_block(more, one);
	json_object_set_new(result, "text",
	    json_stringn(text.n > 0 ? text.p : "", text.n));
	tg_buf_free(&text);
	if (json_is_true(json_object_get(block, "is_error")))
		json_object_set_new(result, "failed", json_true());
	tg_talk_add(parts, "result", result);
	json_array_extend(parts, more);
	json_decref(more);
	return true;
}
