/*
 * One JSON object of an answer, read without taking it apart, and written
 * again for the caller: the model's name restored, usage hidden from who did
 * not ask.  Every event of every stream comes through here.
 * Normalising what upstreams spell differently is not done on the same-format
 * way; making events of a whole answer is llm/split's.
 */
#include "config.h"

#include "llm/chunk.h"

#include "base/json.h"
#include "base/limits.h"
#include "llm/edit.h"

static void read_choices(struct tg_chunk *c, struct tg_str choices);
static void read_choice(struct tg_chunk *c, struct tg_str choice);
static void read_groq(struct tg_chunk *c, struct tg_str groq);
static size_t content_of(struct tg_str delta);
static void note_content(struct tg_chunk *c, size_t bytes);
static bool is_full(struct tg_str value);

/*
 * Names are compared raw first: members that upstreams spell with escapes
 * are legal, and never seen.
 */
static inline bool
is(struct tg_str name, struct tg_str want)
{
	if (name.n == want.n)
		return memcmp(name.p, want.p, want.n) == 0;
	return name.n > want.n && memchr(name.p, '\\', name.n) != NULL &&
	    tg_json_name_is(name, want.p);
}

int
tg_chunk_read(struct tg_chunk *c, struct tg_str json)
{
	struct tg_str name, value, choices = {0}, data = {0}, groq = {0};
	struct tg_json_it it;

	*c = (struct tg_chunk){.json = json};
	if (tg_json_check(json, TG_MAX_JSON_DEPTH, NULL) != TG_JSON_GOOD ||
	    tg_json_type(json) != TG_JSON_OBJECT)
		return -1;
	it = tg_json_begin(json);
	while (tg_json_member(&it, &name, &value)) {
		if (is(name, TG_STR("id"))) {
			tg_json_raw_text(value, &c->id);
		} else if (is(name, TG_STR("choices"))) {
			choices = value;
		} else if (is(name, TG_STR("usage"))) {
			c->usage = value;
		} else if (is(name, TG_STR("error"))) {
			c->error = value;
		} else if (is(name, TG_STR("data"))) {
			data = value;
		} else if (is(name, TG_STR("x_groq"))) {
			groq = value;
		} else if (is(name, TG_STR("service_tier"))) {
			c->tier = value;
		}
	}
	if (tg_json_type(c->usage) != TG_JSON_OBJECT)
		c->usage = TG_STR_NONE;
	if (tg_json_is_null(c->error))
		c->error = TG_STR_NONE;
	read_choices(c, choices.p != NULL ? choices : data);
	if (groq.p != NULL)
		read_groq(c, groq);
	return 0;
}

int
tg_chunk_write(const struct tg_chunk *c, const char *model, bool show_usage,
    struct tg_buf *out)
{
	struct tg_json_it it;
	struct tg_str name, value;
	struct tg_edit ed;

	if (!show_usage && c->choices_empty && c->usage.n > 0 &&
	    c->error.n == 0)
		return 1;
	tg_edit_begin(&ed, c->json, out);
	it = tg_json_begin(c->json);
	while (tg_json_member(&it, &name, &value)) {
		if (is(name, TG_STR("model"))) {
			tg_edit_replace(&ed, name, value);
			tg_json_quote(out, tg_str(model));
		} else if (!show_usage && is(name, TG_STR("usage"))) {
			tg_edit_cut(&ed, name, value);
		} else {
			tg_edit_keep(&ed, name, value);
		}
	}
	return tg_edit_end(&ed);
}

/* "data" is what embeddings have instead of choices. */
static void
read_choices(struct tg_chunk *c, struct tg_str choices)
{
	struct tg_json_it it;
	struct tg_str choice;

	if (tg_json_type(choices) != TG_JSON_ARRAY)
		return;
	c->has_choices = true;
	c->choices_empty = true;
	it = tg_json_begin(choices);
	while (tg_json_item(&it, &choice)) {
		c->choices_empty = false;
		read_choice(c, choice);
	}
}

static void
read_choice(struct tg_chunk *c, struct tg_str choice)
{
	struct tg_json_it it = tg_json_begin(choice);
	struct tg_str name, value, finish;
	int64_t index = 0;
	bool ended = false;

	while (tg_json_member(&it, &name, &value)) {
		if (is(name, TG_STR("index"))) {
			(void)tg_json_i64(value, &index);
		} else if (is(name, TG_STR("delta")) ||
		    is(name, TG_STR("message"))) {
			note_content(c, content_of(value));
		} else if (is(name, TG_STR("text")) ||
		    is(name, TG_STR("embedding"))) {
			note_content(c, is_full(value) ? value.n : 0);
		} else if (is(name, TG_STR("finish_reason"))) {
			if (!tg_json_raw_text(value, &finish) || finish.n == 0)
				continue;
			c->finished = ended = true;
			if (c->finish.n == 0)
				c->finish = finish;
		} else if (is(name, TG_STR("usage"))) {
			if (c->usage.n == 0 &&
			    tg_json_type(value) == TG_JSON_OBJECT)
				c->usage = value;
		}
	}
	index = index < 0 || index > 63 ? 63 : index;
	c->seen |= UINT64_C(1) << index;
	if (ended)
		c->ended |= UINT64_C(1) << index;
}

static void
read_groq(struct tg_chunk *c, struct tg_str groq)
{
	struct tg_str value;

	if (c->usage.n == 0 && tg_json_get(groq, "usage", &value) &&
	    tg_json_type(value) == TG_JSON_OBJECT)
		c->usage = value;
	if (c->error.n == 0 && tg_json_get(groq, "error", &value) &&
	    !tg_json_is_null(value))
		c->error = value;
}

static void
note_content(struct tg_chunk *c, size_t bytes)
{
	c->content = c->content || bytes > 0;
	c->content_bytes += bytes > 2 ? bytes - 2 : bytes; /* the quotes */
}

/*
 * Named, not "anything but the role": some upstreams repeat constant texts
 * (name, provider) in every delta.  The longest counts: "reasoning" comes
 * again in "reasoning_details".
 */
static size_t
content_of(struct tg_str delta)
{
	static const struct tg_str carriers[] = {
		TG_STR("content"),
		TG_STR("reasoning_content"),
		TG_STR("tool_calls"),
		TG_STR("reasoning"),
		TG_STR("refusal"),
		TG_STR("reasoning_details"),
		TG_STR("function_call"),
		TG_STR("audio"),
		TG_STR("images"),
		TG_STR("thinking_blocks"),
		TG_STR("thinking"),
		TG_STR("audio_content"),
		TG_STR("text"),
	};
	struct tg_json_it it = tg_json_begin(delta);
	struct tg_str name, value;
	size_t i, longest = 0;

	while (tg_json_member(&it, &name, &value)) {
		if (value.n <= longest || !is_full(value))
			continue;
		for (i = 0; i < sizeof(carriers) / sizeof(*carriers); i++)
			if (is(name, carriers[i]))
				longest = value.n;
	}
	return longest;
}

/* A string, array or object with something in it. */
static bool
is_full(struct tg_str value)
{
	struct tg_json_it it = tg_json_begin(value);
	struct tg_str name, item;

	switch (value.n == 0 ? 'n' : *value.p) {
	case '"':
		return value.n > 2;
	case '[':
		return tg_json_item(&it, &item);
	case '{':
		return tg_json_member(&it, &name, &item);
	default:
		return false;
	}
}
