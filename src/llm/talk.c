/*
 * Bodies read whole: which member holds the turns, which the tools, and what
 * is left.  The turns themselves are talk_turn.c's, their parts
 * talk_parts.c's.
 */
#include "config.h"

#include "llm/talk.h"

#include <ctype.h>
#include <stdlib.h>

#include "llm/talk_parts.h"

static json_t *parse(struct tg_str body);
static void mend(struct tg_str body, char *copy);
static void take_input(json_t *turns, const json_t *input);
static void take_apart(json_t *turns, const json_t *system);
static json_t *tool_of(const json_t *tool);
static void take_tools(json_t *talk, const json_t *tools);
static void take_choices(json_t *talk, const json_t *choices);
static void take_vectors(json_t *turns, const json_t *data);
static void take_finish(json_t *finish, const json_t *body);
static json_t *left_over(const json_t *body, const char *const *taken);

json_t *
tg_talk_request(struct tg_str body)
{
	static const char *const taken[] = { "messages", "input", "prompt",
		"system", "instructions", "tools", "functions", NULL };
	json_t *j = parse(body), *talk, *turns;

	if (j == NULL)
		return NULL;
	talk = json_object();
	turns = json_array();
	json_object_set_new(talk, "turns", turns);
	if (!json_is_object(j)) {
		tg_talk_add(tg_talk_open(turns, "", -1), "other", j);
		return talk;
	}
	take_apart(turns, json_object_get(j, "system"));
	take_apart(turns, json_object_get(j, "instructions"));
	take_input(turns, json_object_get(j, "messages"));
	take_input(turns, json_object_get(j, "input"));
	take_input(turns, json_object_get(j, "prompt"));
	take_tools(talk, json_object_get(j, "tools"));
	take_tools(talk, json_object_get(j, "functions"));
	json_object_set_new(talk, "params", left_over(j, taken));
	json_decref(j);
	return talk;
}

json_t *
tg_talk_answer(struct tg_str body)
{
	static const char *const taken[] = { "choices", "usage", "error",
		"content", "output", "data", "role", "stop_reason", NULL };
	json_t *j = parse(body), *talk, *turns, *error;

	if (j == NULL)
		return NULL;
	talk = json_object();
	turns = json_array();
	json_object_set_new(talk, "turns", turns);
	if (!json_is_object(j)) {
		tg_talk_add(tg_talk_open(turns, "", -1), "other", j);
		return talk;
	}
	json_object_set_new(talk, "finish", json_array());
	error = json_object_get(j, "error");
	if (error != NULL && !json_is_null(error))
		json_object_set(talk, "error", error);
	if (json_is_object(json_object_get(j, "usage")))
		json_object_set(talk, "usage", json_object_get(j, "usage"));
	take_choices(talk, json_object_get(j, "choices"));
	take_vectors(turns, json_object_get(j, "data"));
	if (json_object_get(j, "content") != NULL)
		tg_talk_turn(turns, j, "assistant", -1);
	take_input(turns, json_object_get(j, "output"));
	take_finish(json_object_get(talk, "finish"), j);
	json_object_set_new(talk, "params", left_over(j, taken));
	json_decref(j);
	return talk;
}

/* --- reading --- */

static json_t *
parse(struct tg_str body)
{
	struct tg_err e = { 0 };
	json_t *j = tg_jtree_parse(body, &e);
	char *copy;

	if (j != NULL || body.n == 0)
		return j;
	copy = malloc(body.n);
	if (copy == NULL)
		return NULL;
	mend(body, copy);
	tg_err_reset(&e);
	j = tg_jtree_parse((struct tg_str){ copy, body.n }, &e);
	free(copy);
	return j;
}

static long
escape_at(const char *p, const char *end)
{
	char hex[5] = "";

	if (end - p < 6 || p[0] != '\\' || p[1] != 'u')
		return -1;
	memcpy(hex, p + 2, 4);
	return strspn(hex, "0123456789abcdefABCDEF") == 4 ?
	    strtol(hex, NULL, 16) : -1;
}

/*
 * Half a character (programs cut texts in the middle of one) and U+0000 are
 * JSON, but not for jansson: they become U+FFFD.
 */
static void
mend(struct tg_str body, char *copy)
{
	const char *p = body.p, *end = body.p + body.n;

	memcpy(copy, body.p, body.n);
	while (p < end) {
		long c = escape_at(p, end), next;

		if (c < 0) {
			p += *p == '\\' && p + 1 < end ? 2 : 1;
			continue;
		}
		next = escape_at(p + 6, end);
		if (c >= 0xd800 && c < 0xdc00 && next >= 0xdc00 &&
		    next < 0xe000) {
			p += 12;
			continue;
		}
		if (c == 0 || (c >= 0xd800 && c < 0xe000))
			memcpy(copy + (p - body.p), "\\ufffd", 6);
		p += 6;
	}
}

static json_t *
left_over(const json_t *body, const char *const *taken)
{
	json_t *left = json_object(), *value;
	const char *name;

	json_object_foreach((json_t *)body, name, value) {
		size_t i = 0;

		while (taken[i] != NULL && strcmp(taken[i], name) != 0)
			i++;
		if (taken[i] == NULL)
			json_object_set(left, name, value);
	}
	return left;
}

/* --- turns --- */

static bool
is_numbers(const json_t *list)
{
	const json_t *first = json_array_get(list, 0);

	return json_is_number(first) || (json_is_array(first) &&
	    json_is_number(json_array_get(first, 0)));
}

/* Messages, items, prompts; of a prompt that is tokens nobody can read. */
static void
take_input(json_t *turns, const json_t *input)
{
	size_t n = json_array_size(input);

	if (input == NULL || json_is_null(input))
		return;
	if (json_is_array(input) && !is_numbers(input)) {
		for (size_t i = 0; i < n; i++)
			tg_talk_turn(turns, json_array_get(input, i), "user",
			    (long)i);
		return;
	}
	if (json_is_array(input))
		tg_talk_add(tg_talk_open(turns, "user", 0), "other",
		    json_incref((json_t *)input));
	else
		tg_talk_turn(turns, input, "user", 0);
}

static void
take_apart(json_t *turns, const json_t *system)
{
	if (system == NULL || json_is_null(system))
		return;
	tg_talk_content(tg_talk_open(turns, "system", -1), system);
}

static void
add_finish(json_t *finish, const json_t *reason)
{
	if (json_is_string(reason))
		json_array_append(finish, (json_t *)reason);
}

static void
take_finish(json_t *finish, const json_t *body)
{
	const json_t *why = json_object_get(body, "incomplete_details");

	add_finish(finish, json_object_get(body, "stop_reason"));
	if (json_is_object(why))
		add_finish(finish, json_object_get(why, "reason"));
	else if (json_object_get(body, "output") != NULL)
		add_finish(finish, json_object_get(body, "status"));
}

static void
take_choices(json_t *talk, const json_t *choices)
{
	json_t *turns = json_object_get(talk, "turns");
	json_t *finish = json_object_get(talk, "finish");
	const json_t *choice, *message;
	size_t i;

	json_array_foreach(choices, i, choice) {
		message = json_object_get(choice, "message");
		if (message == NULL)
			message = json_object_get(choice, "text");
		if (message == NULL)
			message = choice;
		tg_talk_turn(turns, message, "assistant", -1);
		add_finish(finish, json_object_get(choice, "finish_reason"));
	}
}

/* Of vectors only how many and how long. */
static void
take_vectors(json_t *turns, const json_t *data)
{
	const json_t *first = json_object_get(
	    json_array_get(data, 0), "embedding");

	if (!json_is_array(data))
		return;
	tg_talk_add(tg_talk_open(turns, "assistant", -1), "other",
	    json_pack("{s:I, s:I}", "embeddings",
		(json_int_t)json_array_size(data), "dimensions",
		(json_int_t)json_array_size(first)));
}

/* --- tools --- */

static void
take_tools(json_t *talk, const json_t *tools)
{
	json_t *list = json_object_get(talk, "tools");
	size_t i, n = json_array_size(tools);

	if (tools == NULL || json_is_null(tools))
		return;
	if (list == NULL) {
		list = json_array();
		json_object_set_new(talk, "tools", list);
	}
	for (i = 0; i < n; i++)
		json_array_append_new(list, tool_of(json_array_get(tools, i)));
	if (!json_is_array(tools))
		json_array_append_new(list, tool_of(tools));
}

static void
set_first(json_t *tool, const char *name, const json_t *from,
    const char *const *members)
{
	for (size_t i = 0; members[i] != NULL; i++) {
		json_t *v = json_object_get(from, members[i]);

		if (v == NULL || json_is_null(v))
			continue;
		json_object_set(tool, name, v);
		return;
	}
}

/* Functions by "function" or flat, custom ones, and those of the upstream. */
static json_t *
tool_of(const json_t *tool)
{
	static const char *const names[] = { "name", "type", NULL };
	static const char *const words[] = { "description", NULL };
	static const char *const schemas[] = { "parameters", "input_schema",
		"format", NULL };
	const json_t *inner = json_object_get(tool, "function");
	json_t *out = json_object();

	if (!json_is_object(inner))
		inner = json_object_get(tool, "custom");
	if (!json_is_object(inner))
		inner = tool;
	set_first(out, "name", inner, names);
	set_first(out, "description", inner, words);
	set_first(out, "parameters", inner, schemas);
	if (!json_is_string(json_object_get(out, "name")))
		json_object_set_new(out, "name", json_string("?"));
	if (json_object_get(out, "parameters") == NULL &&
	    json_object_get(inner, "name") == NULL)
		json_object_set(out, "parameters", (json_t *)tool);
	return out;
}
