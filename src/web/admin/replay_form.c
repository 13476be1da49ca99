/* The request of a replay as fields of a form, and back. */
#include "config.h"

#include <stdlib.h>

#include "web/admin/ask.h"
#include "web/admin/replay.h"

#define INLINE_BYTES 60000	/* more would make the page heavy */

/* --- to the form --- */

static enum tg_replay_as
as_of(struct tg_page *p, const struct tg_replay_source *s, size_t bytes)
{
	const char *asked = p->w->rq->method == TG_POST ?
	    tg_page_field(p, "as") : tg_page_query(p, "as");
	bool chat = s->dialect == TG_DIALECT_CHAT &&
	    json_is_array(json_object_get(s->request, "messages"));

	if (asked != NULL && strcmp(asked, "json") == 0)
		return TG_REPLAY_JSON;
	if (asked != NULL && strcmp(asked, "stored") == 0)
		return TG_REPLAY_STORED;
	if (asked == NULL && bytes > INLINE_BYTES)
		return TG_REPLAY_STORED;
	return chat ? TG_REPLAY_MESSAGES : TG_REPLAY_JSON;
}

/* Only what a text field can hold to the byte is shown as text. */
static bool
is_plain(const json_t *message)
{
	const char *content =
	    json_string_value(json_object_get(message, "content"));

	return content != NULL && *content != '\0' &&
	    strchr(content, '\r') == NULL &&
	    json_object_size(message) == 2 &&
	    json_is_string(json_object_get(message, "role"));
}

static void
add_roles(json_t *one, const char *role)
{
	static const char *const roles[] = { "system", "developer", "user",
		"assistant" };
	json_t *list = json_array();

	for (size_t i = 0; i < 4; i++)
		(void)json_array_append_new(list,
		    json_pack("{s:s, s:b}", "role", roles[i], "chosen",
			strcmp(role, roles[i]) == 0));
	(void)json_object_set_new(one, "roles", list);
}

static json_t *
shown_text(const char *role, const char *content)
{
	json_t *one = json_pack("{s:s, s:s}", "role", role, "content", content);

	add_roles(one, role);
	return one;
}

static json_t *
shown_tree(const json_t *message, const char *text)
{
	const char *role =
	    json_string_value(json_object_get(message, "role"));

	return json_pack("{s:s, s:s, s:b}", "role", role != NULL ? role : "",
	    "content", text != NULL ? text : "", "tree", 1);
}

static json_t *
shown_messages(const json_t *messages)
{
	json_t *list = json_array(), *m;
	char *text;
	size_t i;

	json_array_foreach(messages, i, m) {
		if (is_plain(m)) {
			(void)json_array_append_new(list,
			    shown_text(json_string_value(
					   json_object_get(m, "role")),
				json_string_value(
				    json_object_get(m, "content"))));
			continue;
		}
		text = tg_jtree_pretty(m);
		(void)json_array_append_new(list, shown_tree(m, text));
		free(text);
	}
	(void)json_array_append_new(list, shown_text("user", ""));
	return list;
}

static const char *
item(const json_t *list, size_t i)
{
	const char *text = json_string_value(json_array_get(list, i));

	return text != NULL ? text : "";
}

/* What was typed, once more. */
static json_t *
typed_messages(struct tg_page *p)
{
	const json_t *roles = tg_page_fields(p, "role[]");
	const json_t *kinds = tg_page_fields(p, "kind[]");
	const json_t *contents = tg_page_fields(p, "content[]");
	json_t *list = json_array(), *one;

	for (size_t i = 0; i < json_array_size(roles); i++) {
		bool tree = strcmp(item(kinds, i), "tree") == 0;

		one = tree ?
		    json_pack("{s:s, s:s, s:b}", "role", item(roles, i),
			"content", item(contents, i), "tree", 1) :
		    shown_text(item(roles, i), item(contents, i));
		(void)json_array_append_new(list, one);
	}
	return list;
}

static void
set_pretty(struct tg_page *p, const char *name, const json_t *j)
{
	char *text = tg_jtree_pretty(j);

	tg_page_set_text(p, name, text);
	free(text);
}

static void
show_messages(struct tg_page *p, json_t *request)
{
	bool sent = p->w->rq->method == TG_POST;

	tg_page_set(p, "params",
	    sent ? tg_ask_sent(p) : tg_ask_take(request));
	tg_page_set(p, "messages",
	    sent ? typed_messages(p) :
		   shown_messages(json_object_get(request, "messages")));
	(void)json_object_del(request, "messages");
	if (sent)
		tg_page_set_text(p, "more", tg_page_field(p, "more"));
	else if (json_object_size(request) > 0)
		set_pretty(p, "more", request);
}

void
tg_replay_form(struct tg_page *p, struct tg_replay_source *s)
{
	char *text = tg_jtree_print(s->request);
	enum tg_replay_as as = as_of(p, s, text != NULL ? strlen(text) : 0);

	free(text);
	tg_page_set_true(p, "chat", s->dialect == TG_DIALECT_CHAT);
	tg_page_set_true(p, "as_stored", as == TG_REPLAY_STORED);
	tg_page_set_true(p, "as_json", as == TG_REPLAY_JSON);
	tg_page_set_true(p, "as_messages", as == TG_REPLAY_MESSAGES);
	if (as == TG_REPLAY_MESSAGES)
		show_messages(p, s->request);
	else if (as == TG_REPLAY_JSON && p->w->rq->method == TG_POST)
		tg_page_set_text(p, "body", tg_page_field(p, "body"));
	else if (as == TG_REPLAY_JSON)
		set_pretty(p, "body", s->request);
	tg_page_set_int(
	    p, "pieces", (int64_t)json_array_size(s->data));
}

/* --- from the form --- */

/* Browsers end the lines of a text field with CR LF. */
static json_t *
field_text(const char *typed)
{
	char *text = strdup(typed), *to = text;
	json_t *j;

	for (const char *p = typed; text != NULL && *p != '\0'; p++)
		if (p[0] != '\r' || p[1] != '\n')
			*to++ = *p;
	if (text == NULL)
		return NULL;
	*to = '\0';
	j = json_string(text);
	free(text);
	return j;
}

/* An empty message is one that was taken out. */
static int
add_message(
    struct tg_page *p, json_t *messages, const json_t *of[3], size_t i)
{
	const char *content = item(of[2], i);
	json_t *m;

	if (*content == '\0')
		return 0;
	if (strcmp(item(of[1], i), "tree") == 0)
		m = tg_ask_json(p, "content", content);
	else
		m = json_pack("{s:s, s:o}", "role", item(of[0], i), "content",
		    field_text(content));
	return m == NULL ? -1 : json_array_append_new(messages, m);
}

static json_t *
object_of(struct tg_page *p, const char *field)
{
	const char *text = tg_page_field(p, field);
	json_t *j = text == NULL ? json_object() :
				   tg_ask_json(p, field, text);

	if (j != NULL && !json_is_object(j)) {
		json_decref(j);
		(void)tg_fail_param(&p->w->rq->err, TG_E_INVALID, field,
		    "What stands in '%s' must be a JSON object.", field);
		return NULL;
	}
	return j;
}

static json_t *
sent_messages(struct tg_page *p)
{
	const json_t *of[3] = { tg_page_fields(p, "role[]"),
		tg_page_fields(p, "kind[]"), tg_page_fields(p, "content[]") };
	json_t *request = object_of(p, "more"), *messages = json_array();
	int rc = request == NULL ? -1 : 0;

	for (size_t i = 0; rc == 0 && i < json_array_size(of[0]); i++)
		rc = add_message(p, messages, of, i);
	if (rc == 0 && json_array_size(messages) == 0)
		rc = tg_fail_param(&p->w->rq->err, TG_E_INVALID, "content",
		    N_("All messages are empty. Leave at least one."));
	if (rc == 0)
		rc = tg_ask_put(p, request);
	if (rc != 0) {
		json_decref(messages);
		json_decref(request);
		return NULL;
	}
	(void)json_object_set_new(request, "messages", messages);
	return request;
}

json_t *
tg_replay_sent(struct tg_page *p, const struct tg_replay_source *s)
{
	json_t *request;

	switch (as_of(p, s, 0)) {
	case TG_REPLAY_STORED:
		request = json_deep_copy(s->request);
		break;
	case TG_REPLAY_MESSAGES:
		request = sent_messages(p);
		break;
	default:
		request = object_of(p, "body");
		break;
	}
	tg_replay_restore(s, request);
	return request;
}
