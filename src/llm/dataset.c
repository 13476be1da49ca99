/*
 * From a stored request and its answer to an example.  Members that the format
 * does not know (reasoning, annotations, cache marks) are left out; what would
 * change its sense is refused.
 */
#include "config.h"

#include "llm/dataset.h"

#include <stdlib.h>

#include "base/jtree.h"

/* What a message of each role may have besides role and content. */
static const struct {
	const char *role;
	const char *members[6];
} roles[] = {
	{ "system", { "name" } },
	{ "developer", { "name" } },
	{ "user", { "name" } },
	{ "assistant", { "name", "tool_calls", "function_call", "refusal", "weight" } },
	{ "tool", { "tool_call_id" } },
	{ "function", { "name" } },
};

/* Of the request, beside the messages. */
static const char *const kept[] = { "tools", "parallel_tool_calls",
	"functions" };

static enum tg_example add_messages(json_t *, const json_t *);
static enum tg_example add_message(json_t *, const json_t *);
static enum tg_example add_answer(json_t *, const json_t *);
static enum tg_example check_parts(const json_t *);

const char *
tg_example_name(enum tg_example why)
{
	static const char *const names[TG_EXAMPLE__MAX] = {
		[TG_EXAMPLE_GOOD] = "good",
		[TG_EXAMPLE_NOT_KEPT] = "not_kept",
		[TG_EXAMPLE_NOT_CHAT] = "not_chat",
		[TG_EXAMPLE_NO_ANSWER] = "no_answer",
		[TG_EXAMPLE_CUT] = "cut",
		[TG_EXAMPLE_MEDIA] = "media",
	};

	return names[why];
}

static enum tg_example
make(json_t *line, const json_t *request, const json_t *answer)
{
	json_t *messages = json_array();
	enum tg_example why;

	(void)json_object_set_new(line, "messages", messages);
	why = add_messages(
	    messages, json_object_get(request, "messages"));
	if (why == TG_EXAMPLE_GOOD)
		why = add_answer(messages, answer);
	for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++) {
		json_t *v = json_object_get(request, kept[i]);

		if (v != NULL && !json_is_null(v))
			(void)json_object_set(line, kept[i], v);
	}
	return why;
}

enum tg_example
tg_example_write(
    struct tg_str request, struct tg_str answer, struct tg_buf *out)
{
	struct tg_err ignored = { 0 };
	json_t *req, *ans, *line;
	enum tg_example why;
	char *text = NULL;

	if (request.n == 0 || answer.n == 0)
		return TG_EXAMPLE_NOT_KEPT;
	req = tg_jtree_parse(request, &ignored);
	ans = tg_jtree_parse(answer, &ignored);
	line = json_object();
	why = make(line, req, ans);
	if (why == TG_EXAMPLE_GOOD)
		text = tg_jtree_print(line);
	if (text != NULL) {
		(void)tg_buf_addc(out, text);
		(void)tg_buf_byte(out, '\n');
	} else if (why == TG_EXAMPLE_GOOD)
		out->failed = true;
	free(text);
	json_decref(line);
	json_decref(ans);
	json_decref(req);
	return why;
}

static enum tg_example
add_messages(json_t *to, const json_t *messages)
{
	enum tg_example why = TG_EXAMPLE_GOOD;
	json_t *one;
	size_t i;

	if (json_array_size(messages) == 0)
		return TG_EXAMPLE_NOT_CHAT;
	json_array_foreach(messages, i, one) {
		if (why == TG_EXAMPLE_GOOD)
			why = add_message(to, one);
	}
	return why;
}

static enum tg_example
add_message(json_t *to, const json_t *from)
{
	const char *role =
	    json_string_value(json_object_get(from, "role"));
	json_t *content = json_object_get(from, "content"), *m, *v;
	enum tg_example why = check_parts(content);
	size_t k = 0;

	while (k < sizeof(roles) / sizeof(roles[0]) &&
	    (role == NULL || strcmp(roles[k].role, role) != 0))
		k++;
	if (k == sizeof(roles) / sizeof(roles[0]))
		return TG_EXAMPLE_NOT_CHAT;
	if (why != TG_EXAMPLE_GOOD)
		return why;
	m = json_pack("{s:s}", "role", role);
	if (content != NULL)
		(void)json_object_set(m, "content", content);
	for (int i = 0; i < 6 && roles[k].members[i] != NULL; i++) {
		v = json_object_get(from, roles[k].members[i]);
		if (v != NULL && !json_is_null(v))
			(void)json_object_set(m, roles[k].members[i], v);
	}
	(void)json_array_append_new(to, m);
	return TG_EXAMPLE_GOOD;
}

/* Text and pictures are known; sound and files are not. */
static enum tg_example
check_parts(const json_t *content)
{
	static const char *const known[] = { "text", "image_url", "refusal" };
	json_t *part;
	size_t i;

	json_array_foreach(content, i, part) {
		const char *type =
		    json_string_value(json_object_get(part, "type"));
		bool is_known = false;

		for (size_t k = 0; k < sizeof(known) / sizeof(known[0]); k++)
			is_known |=
			    type != NULL && strcmp(type, known[k]) == 0;
		if (!is_known)
			return TG_EXAMPLE_MEDIA;
	}
	return TG_EXAMPLE_GOOD;
}

static bool
says_something(const json_t *m)
{
	return json_string_length(json_object_get(m, "content")) > 0 ||
	    json_array_size(json_object_get(m, "content")) > 0 ||
	    json_array_size(json_object_get(m, "tool_calls")) > 0 ||
	    json_is_object(json_object_get(m, "function_call")) ||
	    json_string_length(json_object_get(m, "refusal")) > 0;
}

/* Of several choices the first. */
static enum tg_example
add_answer(json_t *to, const json_t *answer)
{
	const json_t *choice =
	    json_array_get(json_object_get(answer, "choices"), 0);
	const json_t *m = json_object_get(choice, "message");
	const char *finish =
	    json_string_value(json_object_get(choice, "finish_reason"));

	if (json_object_get(answer, "error") != NULL && choice == NULL)
		return TG_EXAMPLE_NO_ANSWER;
	if (choice == NULL || (m == NULL &&
	    json_object_get(choice, "text") != NULL))
		return TG_EXAMPLE_NOT_CHAT;
	if (json_is_object(json_object_get(m, "audio")))
		return TG_EXAMPLE_MEDIA;
	if (!says_something(m))
		return TG_EXAMPLE_NO_ANSWER;
	if (finish == NULL || strcmp(finish, "length") == 0 ||
	    strcmp(finish, "content_filter") == 0)
		return TG_EXAMPLE_CUT;
	return add_message(to, m);
}
