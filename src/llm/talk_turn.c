/*
 * Messages of chat completions and of Anthropic's API, and items of the
 * Responses API, as turns.
 */
#include "config.h"

#include "llm/talk_parts.h"

/* Said elsewhere in the turn, or of no interest to who reads. */
static const char *const known[] = { "role", "name", "content", "type",
	"refusal", "tool_calls", "function_call", "tool_call_id",
	"reasoning_content", "reasoning", "reasoning_details",
	"thinking_blocks", "images", "audio", "cache_control", "id", "index",
	"status", "object", "model", "usage", "stop_reason", "stop_sequence",
	"finish_reason", "phase", NULL };

static bool take_item(json_t *turns, const json_t *item, long at);
static void take_reasoning(json_t *parts, const json_t *message);
static void take_calls(json_t *parts, const json_t *message);
static void take_result(json_t *parts, const json_t *message);
static void take_extras(json_t *parts, const json_t *message);
static void add_call(json_t *parts, const json_t *id, const json_t *name,
    const json_t *arguments);

json_t *
tg_talk_open(json_t *turns, const char *role, long at)
{
	json_t *turn = json_object(), *parts = json_array();

	json_object_set_new(turn, "role", json_string(role));
	if (at >= 0)
		json_object_set_new(turn, "at", json_integer(at));
	json_object_set_new(turn, "parts", parts);
	json_array_append_new(turns, turn);
	return parts;
}

void
tg_talk_turn(json_t *turns, const json_t *message, const char *role, long at)
{
	const char *own = tg_talk_member(message, "role");
	const char *name = tg_talk_member(message, "name");
	json_t *parts;

	if (own == NULL && take_item(turns, message, at))
		return;
	if (own != NULL)
		role = own;
	parts = tg_talk_open(turns, role, at);
	if (!json_is_object(message)) {
		tg_talk_content(parts, message);
		return;
	}
	if (name != NULL)
		json_object_set_new(json_array_get(turns,
		    json_array_size(turns) - 1), "name", json_string(name));
	take_reasoning(parts, message);
	if (strcmp(role, "tool") == 0 || strcmp(role, "function") == 0)
		take_result(parts, message);
	else
		tg_talk_content(parts, json_object_get(message, "content"));
	tg_talk_add_text(
	    parts, "refusal", json_object_get(message, "refusal"));
	take_calls(parts, message);
	take_extras(parts, message);
}

/* --- reasoning --- */

static void
add_details(json_t *parts, const json_t *list)
{
	static const char *const texts[] = { "text", "thinking", "summary" };
	const json_t *item;
	size_t i;

	json_array_foreach(list, i, item)
		for (size_t k = 0; k < 3; k++)
			tg_talk_add_text(parts, "reasoning",
			    json_object_get(item, texts[k]));
}

/* Upstreams say the same by several names: the first counts. */
static void
take_reasoning(json_t *parts, const json_t *message)
{
	static const char *const texts[] = { "reasoning_content",
		"reasoning" };
	static const char *const lists[] = { "reasoning_details",
		"thinking_blocks" };

	for (size_t i = 0; i < 2 && json_array_size(parts) == 0; i++)
		tg_talk_add_text(parts, "reasoning",
		    json_object_get(message, texts[i]));
	for (size_t i = 0; i < 2 && json_array_size(parts) == 0; i++)
		add_details(parts, json_object_get(message, lists[i]));
}

/* --- calls and results --- */

static void
add_call(json_t *parts, const json_t *id, const json_t *name,
    const json_t *arguments)
{
	json_t *call = json_object();

	if (json_is_string(id))
		json_object_set(call, "id", (json_t *)id);
	json_object_set_new(call, "name", json_is_string(name) ?
	    json_incref((json_t *)name) : json_string("?"));
	if (arguments != NULL)
		json_object_set(call, "arguments", (json_t *)arguments);
	tg_talk_add(parts, "call", call);
}

static void
take_one_call(json_t *parts, const json_t *call)
{
	const json_t *f = json_object_get(call, "function");
	const json_t *arguments;

	if (!json_is_object(f))
		f = json_object_get(call, "custom");
	if (!json_is_object(f))
		f = call;
	arguments = json_object_get(f, "arguments");
	if (arguments == NULL)
		arguments = json_object_get(f, "input");
	if (!json_is_object(call))
		tg_talk_add(parts, "other", json_incref((json_t *)call));
	else
		add_call(parts, json_object_get(call, "id"),
		    json_object_get(f, "name"), arguments);
}

static void
take_calls(json_t *parts, const json_t *message)
{
	const json_t *calls = json_object_get(message, "tool_calls");
	const json_t *old = json_object_get(message, "function_call");
	const json_t *call;
	size_t i;

	json_array_foreach(calls, i, call)
		take_one_call(parts, call);
	if (calls != NULL && !json_is_array(calls) && !json_is_null(calls))
		tg_talk_add(parts, "other", json_incref((json_t *)calls));
	if (json_is_object(old))
		take_one_call(parts, old);
}

static void
take_result(json_t *parts, const json_t *message)
{
	const json_t *id = json_object_get(message, "tool_call_id");
	json_t *block;

	if (id == NULL)
		id = json_object_get(message, "name");
	block = json_pack("{s:s}", "type", "tool_result");
	if (json_is_string(id))
		json_object_set(block, "tool_use_id", (json_t *)id);
	if (json_object_get(message, "content") != NULL)
		json_object_set(block, "content",
		    json_object_get(message, "content"));
	if (json_is_true(json_object_get(message, "is_error")))
		json_object_set_new(block, "is_error", json_true());
	tg_talk_content(parts, block);
	json_decref(block);
}

/* --- what else a message may hold --- */

static void
take_extras(json_t *parts, const json_t *message)
{
	const json_t *audio = json_object_get(message, "audio");
	const char *name;
	json_t *value, *rest = json_object();

	tg_talk_content(parts, json_object_get(message, "images"));
	if (json_is_object(audio)) {
		tg_talk_add_text(parts, "text",
		    json_object_get(audio, "transcript"));
		tg_talk_add(parts, "audio", json_string(""));
	}
	json_object_foreach((json_t *)message, name, value) {
		size_t i = 0;

		while (known[i] != NULL && strcmp(known[i], name) != 0)
			i++;
		if (known[i] != NULL || json_is_null(value) ||
		    (json_is_array(value) && json_array_size(value) == 0) ||
		    strcmp(name, "is_error") == 0)
			continue;
		json_object_set(rest, name, value);
	}
	if (json_object_size(rest) > 0)
		tg_talk_add(parts, "other", rest);
	else
		json_decref(rest);
}

/* --- items of the Responses API --- */

/* False: it has another form. */
static bool
take_item(json_t *turns, const json_t *item, long at)
{
	const char *type = tg_talk_member(item, "type");
	const json_t *id = json_object_get(item, "call_id");
	json_t *parts, *block;

	if (type == NULL || strcmp(type, "message") == 0)
		return false;
	if (strcmp(type, "reasoning") == 0) {
		parts = tg_talk_open(turns, "assistant", at);
		add_details(parts, json_object_get(item, "content"));
		if (json_array_size(parts) == 0)
			add_details(parts, json_object_get(item, "summary"));
		if (json_array_size(parts) == 0)
			tg_talk_add(
			    parts, "other", json_incref((json_t *)item));
	} else if (strcmp(type, "function_call") == 0 ||
	    strcmp(type, "custom_tool_call") == 0) {
		const json_t *a = json_object_get(item, "arguments");

		parts = tg_talk_open(turns, "assistant", at);
		add_call(parts, id, json_object_get(item, "name"),
		    a != NULL ? a : json_object_get(item, "input"));
	} else if (strcmp(type, "function_call_output") == 0 ||
	    strcmp(type, "custom_tool_call_output") == 0) {
		parts = tg_talk_open(turns, "tool", at);
		block = json_pack("{s:s}", "type", "tool_result");
		json_object_set(block, "tool_use_id", (json_t *)id);
		json_object_set(
		    block, "content", json_object_get(item, "output"));
		tg_talk_content(parts, block);
		json_decref(block);
	} else
		tg_talk_content(
		    tg_talk_open(turns, "assistant", at), item);
	return true;
}
