/*
 * The conversation of a call, its tools, and one of its texts whole.
 */
#include "config.h"

#include "web/admin/call.h"

#include <stdlib.h>

#include "llm/talk.h"
#include "store/bodies.h"

#define TALK_ROOM (30 * 1024)	/* bytes of HTML that texts may take */
#define ANSWER_ROOM (12 * 1024)
#define PICTURES_ROOM (1024 * 1024)
#define TURNS_MAX 60
#define PART_ROOM (80 * 1024)
#define TOOLS_ROOM (60 * 1024)
#define TOOL_ROOM 3000
#define NAMES_MAX 100
#define PARAMS_MAX 40
#define PARAM_BYTES 200
#define NAME_BYTES 120

static json_t *talk_of(struct tg_call_page *c, enum tg_body_side side,
    const char *name);

/* The body as a conversation, the caller's; "no_NAME" says why there is none. */
static json_t *
talk_of(struct tg_call_page *c, enum tg_body_side side, const char *name)
{
	struct tg_arena *a = c->p->a;
	struct tg_str body;
	size_t n;
	json_t *j;
	int rc = tg_body_get(tg_app_store(c->m->w->app), a, c->last->id, side,
	    &body, c->m->e);

	if (rc != 1 || body.n == 0) {
		tg_page_set_true(
		    c->p, tg_arena_printf(a, "no_%s", name), true);
		return rc == -1 ? NULL : json_object();
	}
	j = side == TG_BODY_REQUEST ? tg_talk_request(body) :
				      tg_talk_answer(body);
	if (j != NULL)
		return j;
	n = tg_call_cut(body, ANSWER_ROOM);
	tg_page_set(c->p, tg_arena_printf(a, "%s_text", name),
	    json_stringn(body.p, n));
	return json_object();
}

/* --- the conversation --- */

static void
set_tool_names(struct tg_call_page *c, const json_t *tools)
{
	json_t *names = json_array();
	const json_t *tool;
	size_t i;

	json_array_foreach(tools, i, tool) {
		const char *name =
		    json_string_value(json_object_get(tool, "name"));

		if (i < NAMES_MAX && name != NULL)
			(void)json_array_append_new(names, json_stringn(name,
			    tg_call_cut(tg_str(name), NAME_BYTES)));
	}
	if (i > 0)
		tg_page_set(c->p, "tools", json_pack("{s:I, s:o}", "n",
		    (json_int_t)i, "names", names));
	else
		json_decref(names);
}

static void
set_params(struct tg_call_page *c, const json_t *params)
{
	json_t *list = json_array(), *value;
	const char *key;

	json_object_foreach((json_t *)params, key, value) {
		struct tg_str s;
		char *text;
		size_t n;

		/* These two are told above. */
		if (json_is_null(value) || strcmp(key, "model") == 0 ||
		    strcmp(key, "stream") == 0)
			continue;
		text = tg_jtree_print(value);
		s = tg_str(text != NULL ? text : "");
		n = tg_call_cut(s, PARAM_BYTES);
		if (json_array_size(list) < PARAMS_MAX)
			(void)json_array_append_new(list,
			    json_pack("{s:s%, s:s%, s:b}", "name", key,
				tg_call_cut(tg_str(key), NAME_BYTES), "value",
				s.p, n, "cut", n < s.n));
		free(text);
	}
	tg_page_set_true(c->p, "some_params", json_array_size(list) > 0);
	tg_page_set(c->p, "params", list);
}

/* The last ones of those before "upto"; the others are behind a link. */
static json_t *
some_turns(struct tg_call_page *c, const json_t *turns)
{
	int64_t n = (int64_t)json_array_size(turns);
	int64_t upto = tg_page_query_int(c->p, "upto", n), from;
	json_t *some = json_array();

	if (upto < 1 || upto > n)
		upto = n;
	from = upto > TURNS_MAX ? upto - TURNS_MAX : 0;
	for (int64_t i = from; i < upto; i++)
		(void)json_array_append(
		    some, json_array_get(turns, (size_t)i));
	if (from > 0)
		tg_page_set(c->p, "before", json_pack("{s:I, s:s}", "n", (json_int_t)from, "href", tg_page_href(c->p, "upto", tg_arena_printf(c->p->a, "%lld", (long long)from))));
	if (upto < n)
		tg_page_set_text(
		    c->p, "after", tg_page_href(c->p, "upto", NULL));
	(void)json_object_set_new(c->p->data, "turn_from", json_integer(from));
	return some;
}

static void
set_turns(struct tg_call_page *c, const json_t *request, const json_t *answer)
{
	static const char *const names[] = { "turns", "said_turns" };
	size_t room = ANSWER_ROOM, pictures = PICTURES_ROOM;
	const json_t *talks[2] = { request, answer };

	/* The answer first: it gets its room. */
	for (int i = 1; i >= 0; i--) {
		struct tg_call_turns t = {
			.from = json_object_get(talks[i], "turns"),
			.to = json_array(),
			.where = i == 0 ? 'q' : 'a',
			.href = "?part=",
			.plain = strcmp(c->view, "raw") == 0,
			.room = &room,
			.pictures = &pictures,
			.known = i == 0 ? c->known : -1,
		};
		json_t *some = i == 0 ? some_turns(c, t.from) : NULL;

		if (some != NULL) {
			t.from = some;
			t.first = (size_t)json_integer_value(
			    json_object_get(c->p->data, "turn_from"));
		}
		tg_call_turns(c->p, &t);
		json_decref(some);
		tg_page_set(c->p, names[i], t.to);
		room += TALK_ROOM;
	}
}

/* Earlier ones apart, to be folded. */
static void
split_earlier(struct tg_call_page *c)
{
	json_t *turns = json_object_get(c->p->data, "turns");
	json_t *earlier = json_array(), *rest = json_array(), *turn;
	size_t i;

	json_array_foreach(turns, i, turn)
		(void)json_array_append(
		    json_object_get(turn, "earlier") != NULL ? earlier : rest,
		    turn);
	if (json_array_size(earlier) > 0 && json_array_size(rest) > 0) {
		tg_page_set(c->p, "turns", rest);
		tg_page_set(c->p, "earlier", json_pack("{s:I, s:o}", "n",
		    (json_int_t)json_array_size(earlier), "turns", earlier));
		return;
	}
	json_decref(earlier);
	json_decref(rest);
}

int
tg_call_show_talk(struct tg_call_page *c)
{
	json_t *request = talk_of(c, TG_BODY_REQUEST, "request"), *answer;
	char *text;

	if (request == NULL)
		return -1;
	answer = talk_of(c, TG_BODY_ANSWER, "answer");
	if (answer == NULL) {
		json_decref(request);
		return -1;
	}
	tg_page_set_true(c->p, "talk", true);
	set_turns(c, request, answer);
	split_earlier(c);
	set_tool_names(c, json_object_get(request, "tools"));
	set_params(c, json_object_get(request, "params"));
	/* Where something failed, both sides' words are told above. */
	if (json_object_get(answer, "error") != NULL &&
	    json_object_get(c->p->data, "words") == NULL) {
		text = tg_call_pretty(json_object_get(answer, "error"));
		tg_page_set(c->p, "answer_error", json_stringn(text,
		    tg_call_cut(tg_str(text), ANSWER_ROOM)));
		free(text);
	}
	json_decref(request);
	json_decref(answer);
	return 0;
}

/* --- tools --- */

static json_t *
tool_of(const json_t *tool, size_t *room)
{
	const char *texts[3] = {
		json_string_value(json_object_get(tool, "name")),
		json_string_value(json_object_get(tool, "description")), NULL
	};
	static const char *const names[3] = { "name", "description",
		"parameters" };
	const json_t *parameters = json_object_get(tool, "parameters");
	char *pretty = parameters != NULL ? tg_call_pretty(parameters) : NULL;
	json_t *o = json_object();

	texts[2] = pretty;
	for (int i = 0; i < 3; i++) {
		struct tg_str s = tg_str(texts[i]);
		size_t most = *room < TOOL_ROOM ? *room : TOOL_ROOM, n;

		n = tg_call_cut(s, i == 0 ? NAME_BYTES : most);
		if (s.n > 0)
			(void)json_object_set_new(
			    o, names[i], json_stringn(s.p, n));
		if (n < s.n)
			(void)json_object_set_new(o, "cut", json_true());
		most = tg_call_html_bytes((struct tg_str){ s.p, n });
		*room -= most < *room ? most : *room;
	}
	free(pretty);
	return o;
}

int
tg_call_show_tools(struct tg_call_page *c)
{
	json_t *talk = talk_of(c, TG_BODY_REQUEST, "request");
	json_t *list = json_array();
	const json_t *tool;
	size_t room = TOOLS_ROOM, i;

	if (talk == NULL) {
		json_decref(list);
		return -1;
	}
	json_array_foreach(json_object_get(talk, "tools"), i, tool)
		if (i < NAMES_MAX)
			(void)json_array_append_new(
			    list, tool_of(tool, &room));
	tg_page_set(c->p, "tool_list", json_pack("{s:I, s:b, s:o}", "n",
	    (json_int_t)i, "cut", i > NAMES_MAX, "tools", list));
	json_decref(talk);
	return 0;
}

/* --- one text --- */

/* The text that a part is, on the heap. */
static char *
text_of(const json_t *part)
{
	const json_t *v = json_object_get(part, "result");

	if (v != NULL)
		v = json_object_get(v, "text");
	else if (json_object_get(part, "call") != NULL)
		v = json_object_get(
		    json_object_get(part, "call"), "arguments");
	else
		v = json_object_iter_value(json_object_iter((json_t *)part));
	return v != NULL ? tg_call_pretty(v) : NULL;
}

static const char *
at_href(struct tg_call_page *c, int64_t at)
{
	return tg_page_href(c->p, "at", at == 0 ? NULL :
	    tg_arena_printf(c->p->a, "%lld", (long long)at));
}

/* So much of it as a page holds. */
static void
set_part(struct tg_call_page *c, struct tg_str text)
{
	int64_t at = tg_page_query_int(c->p, "at", 0);
	json_t *o = json_object();
	struct tg_str rest;
	size_t n;

	if (at < 0 || (size_t)at >= text.n)
		at = 0;
	/* Not within a character. */
	while (at > 0 && ((unsigned char)text.p[at] & 0xc0) == 0x80)
		at--;
	rest = (struct tg_str){ text.p + at, text.n - (size_t)at };
	n = tg_call_cut(rest, PART_ROOM);
	(void)json_object_set_new(o, "text", json_stringn(rest.p, n));
	(void)json_object_set_new(
	    o, "bytes", json_integer((json_int_t)text.n));
	(void)json_object_set_new(o, "from", json_integer(at));
	(void)json_object_set_new(
	    o, "to", json_integer(at + (json_int_t)n));
	if (at > 0)
		tg_jtree_set_text(o, "start", at_href(c, 0));
	if (n < rest.n)
		tg_jtree_set_text(
		    o, "next", at_href(c, at + (int64_t)n));
	tg_page_set(c->p, "part", o);
}

int
tg_call_show_part(struct tg_call_page *c)
{
	struct tg_str where = tg_str(tg_page_query(c->p, "part")), turn;
	char side = where.n > 0 ? where.p[0] : ' ';
	int64_t i = -1, k = -1;
	json_t *talk;
	char *text = NULL;

	if (where.n > 0) {
		where.p++;
		where.n--;
	}
	if ((side != 'q' && side != 'a') || !tg_str_cut(&where, '.', &turn) ||
	    !tg_str_i64(turn, &i) || !tg_str_i64(where, &k))
		i = -1;
	talk = talk_of(c, side == 'a' ? TG_BODY_ANSWER : TG_BODY_REQUEST,
	    side == 'a' ? "answer" : "request");
	if (talk == NULL)
		return -1;
	if (i >= 0 && k >= 0)
		text = text_of(json_array_get(json_object_get(json_array_get(
		    json_object_get(talk, "turns"), (size_t)i), "parts"),
		    (size_t)k));
	json_decref(talk);
	if (text == NULL)
		return tg_fail(c->m->e, TG_E_NOT_FOUND,
		    "This part of the call is not kept.");
	set_part(c, tg_str(text));
	free(text);
	return 0;
}
