/*
 * Bodies as the scribe needs them: over their bytes, without a tree, whatever
 * the dialect.  What it reads was checked when the call was made, but a
 * request may have been no JSON at all.
 */
#include "config.h"

#include "base/json.h"
#include "base/limits.h"
#include "gate/scribe_call.h"
#include "llm/talk.h"

static void open_messages(struct tg_scribe_call *, struct tg_arena *,
    struct tg_str);
static void find_pieces(struct tg_scribe_call *, const struct tg_body_look *);
static enum tg_said_by said_by(struct tg_str);

static bool
is_object(struct tg_str doc)
{
	size_t at;

	return doc.n > 0 &&
	    tg_json_check(doc, TG_MAX_JSON_DEPTH, &at) == TG_JSON_GOOD &&
	    tg_json_type(doc) == TG_JSON_OBJECT;
}

void
tg_scribe_open(struct tg_scribe_call *c, struct tg_arena *a,
    const struct tg_body_look *request, struct tg_str answer)
{
	struct tg_str body = request->text, value;

	if (is_object(answer))
		c->answer = answer;
	if (!is_object(body))
		return;
	if (tg_json_get(body, "messages", &value)) {
		c->talk = true;
		open_messages(c, a, value);
	} else if (tg_json_get(body, "input", &value)) {
		/* Responses' items; what embeddings are made of is no talk. */
		c->talk = strcmp(c->line->row.route, "embeddings") != 0;
		open_messages(c, a, value);
	} else if (tg_json_get(body, "prompt", &value))
		open_messages(c, a, value);
	if (tg_json_get(body, "tools", &value) ||
	    tg_json_get(body, "functions", &value))
		c->tools = (struct tg_part){ value, 0, TG_SAID_TOOLS };
	if (tg_json_get(body, "system", &value) ||
	    tg_json_get(body, "instructions", &value))
		c->system = (struct tg_part){ value, 0, TG_SAID_SYSTEM };
	find_pieces(c, request);
}

static void
open_messages(struct tg_scribe_call *c, struct tg_arena *a,
    struct tg_str value)
{
	struct tg_json_it it = tg_json_begin(value), count = it;
	struct tg_str item;
	size_t n = 0;

	if (tg_json_type(value) != TG_JSON_ARRAY) {
		c->messages = tg_arena_zero(a, sizeof(*c->messages));
		c->messages[c->n++] =
		    (struct tg_part){ value, 0, said_by(value) };
		return;
	}
	while (tg_json_item(&count, &item))
		n++;
	c->messages = tg_arena_zero(a, (n + 1) * sizeof(*c->messages));
	while (c->n < n && tg_json_item(&it, &item))
		c->messages[c->n++] =
		    (struct tg_part){ item, 0, said_by(item) };
}

static enum tg_said_by
said_by(struct tg_str message)
{
	static const struct {
		const char *name;
		enum tg_said_by by;
	} roles[] = {
		{ "system", TG_SAID_SYSTEM },
		{ "developer", TG_SAID_SYSTEM },
		{ "user", TG_SAID_USER },
		{ "assistant", TG_SAID_ASSISTANT },
		{ "tool", TG_SAID_TOOL },
		{ "function", TG_SAID_TOOL },
		{ "function_call_output", TG_SAID_TOOL },
		{ "function_call", TG_SAID_ASSISTANT },
		{ "reasoning", TG_SAID_ASSISTANT },
	};
	struct tg_str role;

	if (tg_json_type(message) == TG_JSON_STRING)
		return TG_SAID_USER;
	if (tg_json_type(message) != TG_JSON_OBJECT ||
	    (!tg_json_get(message, "role", &role) &&
		!tg_json_get(message, "type", &role)))
		return TG_SAID_OTHER;
	for (size_t i = 0; i < sizeof(roles) / sizeof(*roles); i++)
		if (tg_json_text_is(role, roles[i].name))
			return roles[i].by;
	return TG_SAID_OTHER;
}

/* Both are in the order of the body. */
static void
find_pieces(struct tg_scribe_call *c, const struct tg_body_look *request)
{
	const char *body = request->text.p;
	size_t m = 0;

	for (size_t i = 0; i < request->n_pieces; i++) {
		const struct tg_body_piece *p = &request->pieces[i];

		if (c->tools.raw.p == body + p->at && c->tools.raw.n == p->n)
			c->tools.piece = p->piece;
		while (m < c->n && c->messages[m].raw.p < body + p->at)
			m++;
		if (m < c->n && c->messages[m].raw.p == body + p->at &&
		    c->messages[m].raw.n == p->n)
			c->messages[m].piece = p->piece;
	}
}

/* --- words --- */

void
tg_scribe_words(const struct tg_part *p, struct tg_buf *out)
{
	(void)tg_talk_words(p->raw, out);
}

/* What an error says is looked for as well; vectors are not. */
void
tg_scribe_answer(struct tg_str answer, struct tg_buf *out)
{
	static const char *const members[] = { "content", "output", "error",
		NULL };
	struct tg_str list, item, value;
	struct tg_json_it it;

	if (answer.n == 0)
		return;
	if (tg_json_get(answer, "choices", &list)) {
		it = tg_json_begin(list);
		while (tg_json_item(&it, &item))
			if (tg_json_get(item, "message", &value) ||
			    tg_json_get(item, "text", &value))
				(void)tg_talk_words(value, out);
		return;
	}
	for (int i = 0; members[i] != NULL; i++)
		if (tg_json_get(answer, members[i], &value))
			(void)tg_talk_words(value, out);
}

struct tg_str
tg_scribe_said(struct tg_str answer)
{
	struct tg_str list, item, message = TG_STR_NONE;
	struct tg_json_it it;

	if (answer.n == 0)
		return TG_STR_NONE;
	if (!tg_json_get(answer, "choices", &list))
		return tg_json_get(answer, "content", &list) ? answer :
							       TG_STR_NONE;
	it = tg_json_begin(list);
	if (tg_json_item(&it, &item))
		(void)tg_json_get(item, "message", &message);
	return message;
}

bool
tg_scribe_digest(struct tg_str message, struct tg_tail *out)
{
	static const char *const members[] = { "content", "tool_calls", NULL };
	struct tg_buf words, one;
	struct tg_str value;
	bool any;

	if (message.n == 0 || tg_json_type(message) != TG_JSON_OBJECT)
		return false;
	tg_buf_init(&words, TG_MAX_ASSEMBLED);
	tg_buf_init(&one, TG_MAX_ASSEMBLED);
	for (int i = 0; members[i] != NULL; i++)
		if (tg_json_get(message, members[i], &value) &&
		    !tg_json_is_null(value))
			(void)tg_talk_words(value, &words);
	tg_said_text(&one, TG_SAID_ASSISTANT, tg_buf_str(&words));
	any = one.n > 0 && !one.failed;
	if (any)
		tg_digest(tg_buf_str(&one), out->digest);
	tg_buf_free(&words);
	tg_buf_free(&one);
	return any;
}

/* --- digests --- */

/* Where the value behind a member's name ends; 0: it is none of ours. */
static size_t
value_end(struct tg_str raw, size_t at)
{
	struct tg_str rest = { raw.p + at, raw.n - at };
	long close;

	rest = tg_str_trim(rest);
	if (rest.n == 0 || *rest.p != ':')
		return 0;
	rest = tg_str_trim((struct tg_str){ rest.p + 1, rest.n - 1 });
	at = (size_t)(rest.p - raw.p);
	if (tg_str_starts(rest, "null"))
		return at + 4;
	close = tg_str_find(rest, TG_STR("}"));
	return tg_str_starts(rest, "{") && close > 0 ?
	    at + (size_t)close + 1 : 0;
}

/*
 * Without the members "cache_control": where a cache is to end moves on with
 * each turn.  Within a text its quotes have backslashes.
 */
static void
strip(struct tg_str raw, struct tg_buf *out)
{
	const struct tg_str name = TG_STR("\"cache_control\"");
	long at;

	while ((at = tg_str_find(raw, name)) > 0) {
		size_t n = (size_t)at, end = 0;

		if (raw.p[n - 1] != '\\')
			end = value_end(raw, n + name.n);
		/* The comma before it goes too. */
		while (end > 0 && n > 0 && raw.p[n - 1] <= ' ')
			n--;
		if (end > 0 && n > 0 && raw.p[n - 1] == ',')
			n--;
		if (end == 0)
			n = end = (size_t)at + name.n;
		tg_buf_add(out, raw.p, n);
		raw.p += end;
		raw.n -= end;
	}
	tg_buf_adds(out, raw);
}

void
tg_scribe_part_digest(const struct tg_tail *before, const struct tg_part *p,
    struct tg_tail *out)
{
	struct tg_tail both[2] = { *before, { { 0 } } };
	struct tg_buf stripped;

	tg_buf_init(&stripped, p->raw.n + 1);
	strip(p->raw, &stripped);
	tg_digest(tg_buf_str(&stripped), both[1].digest);
	tg_buf_free(&stripped);
	tg_digest((struct tg_str){ (const char *)both, sizeof(both) },
	    out->digest);
}
