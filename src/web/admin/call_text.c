/*
 * Texts of a conversation within what a page may hold: what was said last
 * gets the room first, the rest is cut, with a link to all of it.
 */
#include "config.h"

#include "web/admin/call.h"

#include <stdlib.h>

#include "base/utf8.h"
#include "web/page/markdown.h"

#define PART_ROOM 8000		/* of one part */
#define LEAST_ROOM 160		/* also where no room is left */
#define PARTS_MAX 120		/* on a page */
#define PICTURE_BYTES (256 * 1024)
#define NAME_BYTES 120
#define LONG_BYTES 1500		/* a result that is folded */
#define GROWN 3			/* rendered, times the text as it is */

struct drawing {
	const struct tg_call_turns *t;
	struct tg_page *p;
	json_t *calls;		/* id: name of the call */
	json_t *sides;		/* id: whether the call is known */
	json_t *results;	/* id: the result that stands at its call */
	size_t parts;
};

static const struct {
	const char *role, *title;
} roles[] = {
	{ "system", N_("System") },
	{ "developer", N_("Developer") },
	{ "user", N_("User") },
	{ "assistant", N_("Assistant") },
	{ "tool", N_("Tool") },
	{ "function", N_("Tool") },
};

static void match_results(struct drawing *d);
static json_t *turn_of(struct drawing *d, const json_t *turn, size_t i);
static json_t *part_of(struct drawing *d, const json_t *part,
    const char *place, bool rich);
static json_t *text_of(struct drawing *d, const json_t *text,
    const char *place, bool rich);
static json_t *value_of(struct drawing *d, const json_t *value,
    const char *place);
static json_t *call_of(struct drawing *d, const json_t *call,
    const char *place);

static size_t
html_bytes(unsigned char c)
{
	switch (c) {
	case '<':
	case '>':
		return 4;
	case '&':
	case '\'':
		return 5;
	case '"':
		return 6;
	default:
		return 1;
	}
}

size_t
tg_call_html_bytes(struct tg_str text)
{
	size_t n = 0;

	for (size_t i = 0; i < text.n; i++)
		n += html_bytes((unsigned char)text.p[i]);
	return n;
}

size_t
tg_call_cut(struct tg_str text, size_t room)
{
	size_t used = 0, i = 0;

	while (i < text.n) {
		const unsigned char *p = (const unsigned char *)text.p + i;
		unsigned n = tg_utf8_one(p, text.n - i);
		size_t more = n == 1 ? html_bytes(*p) : n > 0 ? n :
								3;

		if (used + more > room)
			break;
		used += more;
		i += n > 0 ? n : 1;
	}
	return i;
}

char *
tg_call_pretty(const json_t *value)
{
	const char *said = json_string_value(value);
	struct tg_err e = { 0 };
	json_t *inner;
	char *text;

	if (said == NULL)
		return tg_jtree_pretty(value);
	if (*said != '{' && *said != '[')
		return strdup(said);
	inner = tg_jtree_parse(tg_str(said), &e);
	text = inner != NULL ? tg_jtree_pretty(inner) : strdup(said);
	json_decref(inner);
	return text;
}

static bool
is_known(const struct drawing *d, const json_t *turn)
{
	const json_t *at = json_object_get(turn, "at");

	return d->t->known > 0 &&
	    (at == NULL || json_integer_value(at) < d->t->known);
}

void
tg_call_turns(struct tg_page *p, const struct tg_call_turns *t)
{
	struct drawing d = { .t = t, .p = p, .calls = json_object(),
		.sides = json_object(), .results = json_object() };
	size_t n = json_array_size(t->from);

	match_results(&d);
	while (n-- > 0) {
		const json_t *from = json_array_get(t->from, n);
		json_t *turn = t->only_new && is_known(&d, from) ? NULL :
		    turn_of(&d, from, n);

		if (turn != NULL)
			(void)json_array_insert_new(t->to, 0, turn);
	}
	json_decref(d.calls);
	json_decref(d.sides);
	json_decref(d.results);
}

/* --- calls and their results --- */

static void
match_part(struct drawing *d, const json_t *part, bool known)
{
	const json_t *call = json_object_get(part, "call");
	json_t *result = json_object_get(part, "result"), *side;
	const char *id = json_string_value(json_object_get(
	    call != NULL ? call : result, "id"));

	if (id == NULL)
		return;
	if (call != NULL) {
		(void)json_object_set(
		    d->calls, id, json_object_get(call, "name"));
		(void)json_object_set_new(
		    d->sides, id, json_boolean(known));
		return;
	}
	/* What is new is not hidden at a call that is folded. */
	side = json_object_get(d->sides, id);
	if (side != NULL && json_is_true(side) == known)
		(void)json_object_set(d->results, id, result);
}

static void
match_results(struct drawing *d)
{
	const json_t *turn, *part;
	size_t i, k;

	json_array_foreach(d->t->from, i, turn) {
		bool known = is_known(d, turn);

		json_array_foreach(json_object_get(turn, "parts"), k, part)
			match_part(d, part, known);
	}
}

static bool
is_at_call(const struct drawing *d, const json_t *part)
{
	const json_t *result = json_object_get(part, "result");
	const char *id = json_string_value(json_object_get(result, "id"));

	return id != NULL && json_object_get(d->results, id) == result;
}

/* --- turns --- */

const char *
tg_call_role(const struct tg_page *p, const char *role)
{
	for (size_t i = 0; i < sizeof(roles) / sizeof(*roles); i++)
		if (strcmp(roles[i].role, role) == 0)
			return tg_page_words(p, roles[i].title);
	return role;
}

static void
set_cut(json_t *o, const char *name, const char *text)
{
	struct tg_str s = tg_str(text);

	if (s.n > 0)
		(void)json_object_set_new(o, name,
		    json_stringn(s.p, tg_call_cut(s, NAME_BYTES)));
}

/* NULL: all that it says stands elsewhere. */
static json_t *
turn_of(struct drawing *d, const json_t *turn, size_t i)
{
	const json_t *from = json_object_get(turn, "parts"), *part;
	const char *role = json_string_value(json_object_get(turn, "role"));
	bool rich = !d->t->plain && strcmp(role, "tool") != 0;
	json_t *o = json_object(), *parts = json_array();
	size_t k, left = 0, moved = 0;

	json_array_foreach(from, k, part) {
		const char *place = tg_arena_printf(
		    d->p->a, "%c%zu.%zu", d->t->where, d->t->first + i,
		    k);

		if (is_at_call(d, part))
			moved++;
		else if (d->parts++ >= PARTS_MAX)
			left++;
		else
			(void)json_array_append_new(
			    parts, part_of(d, part, place, rich));
	}
	if (moved > 0 && moved == json_array_size(from)) {
		json_decref(o);
		json_decref(parts);
		return NULL;
	}
	set_cut(o, "role", role);
	set_cut(o, "title", tg_call_role(d->p, role));
	set_cut(o, "name",
	    json_string_value(json_object_get(turn, "name")));
	(void)json_object_set_new(o, "parts", parts);
	if (left > 0)
		(void)json_object_set_new(
		    o, "left", json_integer((json_int_t)left));
	if (d->t->known > 0 && !d->t->only_new)
		(void)json_object_set_new(o,
		    is_known(d, turn) ? "earlier" : "new", json_true());
	return o;
}

/* --- parts --- */

static void
set_more(struct drawing *d, json_t *o, const char *place, size_t bytes)
{
	(void)json_object_set_new(o, "more",
	    json_pack("{s:s, s:I}", "href",
		tg_arena_printf(d->p->a, "%s%s", d->t->href, place), "bytes",
		(json_int_t)bytes));
}

static size_t
room_of(const struct drawing *d)
{
	size_t room = *d->t->room < PART_ROOM ? *d->t->room : PART_ROOM;

	return room > LEAST_ROOM ? room : LEAST_ROOM;
}

static void
take_room(struct drawing *d, size_t bytes)
{
	*d->t->room -= bytes < *d->t->room ? bytes : *d->t->room;
}

/* Rendered it may be many times as long: then it stays as it is. */
static bool
is_rich(struct drawing *d, struct tg_str text, size_t plain)
{
	struct tg_buf html;
	bool rich;

	tg_buf_init(&html, plain * GROWN + 1024);
	tg_markdown(text, &html);
	rich = !html.failed;
	if (rich && html.n > plain)
		take_room(d, html.n - plain);
	tg_buf_free(&html);
	return rich;
}

static json_t *
cut(struct drawing *d, struct tg_str text, const char *place, bool rich)
{
	size_t n = tg_call_cut(text, room_of(d));
	struct tg_str shown = { text.p, n };
	size_t plain = tg_call_html_bytes(shown);
	json_t *o = json_object();

	take_room(d, plain);
	(void)json_object_set_new(o, "text", json_stringn(shown.p, n));
	if (rich && is_rich(d, shown, plain))
		(void)json_object_set_new(o, "rich", json_true());
	if (n < text.n)
		set_more(d, o, place, text.n);
	return o;
}

static json_t *
text_of(struct drawing *d, const json_t *text, const char *place, bool rich)
{
	return cut(d, (struct tg_str){ json_string_value(text),
	    json_string_length(text) }, place, rich);
}

/* Arguments and the like: JSON with line breaks, in a text too. */
static json_t *
value_of(struct drawing *d, const json_t *value, const char *place)
{
	char *text = tg_call_pretty(value);
	json_t *o = cut(d, tg_str(text != NULL ? text : ""), place, false);

	(void)json_object_set_new(o, "mono", json_true());
	free(text);
	return o;
}

static json_t *
result_of(struct drawing *d, const json_t *result, const char *place)
{
	const json_t *text = json_object_get(result, "text");
	json_t *o = text_of(d, text, place, false);

	(void)json_object_set_new(o, "mono", json_true());
	if (json_string_length(text) > LONG_BYTES)
		(void)json_object_set_new(o, "long", json_true());
	if (json_is_true(json_object_get(result, "failed")))
		(void)json_object_set_new(o, "failed", json_true());
	return o;
}

/* Where the result stands, so that all of it can be shown. */
static const char *
place_of(const struct drawing *d, const json_t *result)
{
	const json_t *turn, *part;
	size_t i, k;

	json_array_foreach(d->t->from, i, turn)
		json_array_foreach(json_object_get(turn, "parts"), k, part)
			if (json_object_get(part, "result") == result)
				return tg_arena_printf(d->p->a, "%c%zu.%zu",
				    d->t->where, d->t->first + i, k);
	return "";
}

static json_t *
call_of(struct drawing *d, const json_t *call, const char *place)
{
	const char *id = json_string_value(json_object_get(call, "id"));
	const json_t *arguments = json_object_get(call, "arguments");
	const json_t *result =
	    id != NULL ? json_object_get(d->results, id) : NULL;
	json_t *o = json_object();

	set_cut(o, "name", json_string_value(json_object_get(call, "name")));
	set_cut(o, "id", id);
	if (arguments != NULL)
		(void)json_object_set_new(
		    o, "arguments", value_of(d, arguments, place));
	if (result != NULL)
		(void)json_object_set_new(o, "result",
		    result_of(d, result, place_of(d, result)));
	return o;
}

/* Pictures that the body holds are shown, others are a link. */
static json_t *
picture_of(struct drawing *d, const json_t *url)
{
	const char *text = json_string_value(url);
	size_t n = json_string_length(url);
	json_t *o = json_object();

	if (strncmp(text, "data:", 5) != 0)
		set_cut(o, n <= NAME_BYTES ? "href" : "text", text);
	else if (n > PICTURE_BYTES || n > *d->t->pictures)
		(void)json_object_set_new(
		    o, "large", json_integer((json_int_t)n * 3 / 4));
	else {
		*d->t->pictures -= n;
		(void)json_object_set(o, "src", (json_t *)url);
	}
	return o;
}

static json_t *
part_of(struct drawing *d, const json_t *part, const char *place, bool rich)
{
	const char *kind = json_object_iter_key(
	    json_object_iter((json_t *)part));
	const json_t *value = json_object_get(part, kind);
	json_t *o = json_object(), *made;

	if (json_object_get(part, "image") != NULL) {
		kind = "image";
		made = picture_of(d, json_object_get(part, kind));
	} else if (strcmp(kind, "text") == 0 || strcmp(kind, "refusal") == 0)
		made = text_of(d, value, place, rich);
	else if (strcmp(kind, "reasoning") == 0)
		made = text_of(d, value, place, rich);
	else if (strcmp(kind, "call") == 0)
		made = call_of(d, value, place);
	else if (strcmp(kind, "result") == 0) {
		const char *id =
		    json_string_value(json_object_get(value, "id"));

		made = result_of(d, value, place);
		if (id != NULL)
			set_cut(made, "name", json_string_value(
			    json_object_get(d->calls, id)));
	} else
		made = value_of(d, value, place);
	(void)json_object_set_new(o, kind, made);
	return o;
}
