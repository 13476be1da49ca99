/*
 * A whole answer for a caller who asked for a stream: some upstreams answer
 * so whatever is asked.  The events say the same, in the canonical order of
 * openai-api.md 4.5: role, content, finish, usage.
 */
#include "config.h"

#include "llm/chunk.h"

#include <stdio.h>

#include "base/json.h"

struct splitting {
	const struct tg_chunk *c;
	const char *model;
	bool show_usage;
	struct tg_buf *out;
	bool first;		/* no event was written yet */
};

static void write_as_it_is(struct splitting *s);
static void write_choice(
    struct splitting *s, struct tg_str choice, size_t position);
static void write_role(struct splitting *s, const char *index);
static void write_content(struct splitting *s, struct tg_str choice,
    struct tg_str message, const char *index);
static bool says_something(struct tg_str message);
static bool is_said(struct tg_str name, struct tg_str value);
static void write_message(struct tg_str message, struct tg_buf *out);
static void write_tool_calls(struct tg_str calls, struct tg_buf *out);
static void write_finish(
    struct splitting *s, struct tg_str choice, const char *index);
static void begin_event(struct splitting *s);
static void end_event(struct splitting *s);
static void write_name(struct tg_buf *out, struct tg_str name);
static void write_raw(struct tg_buf *out, struct tg_str value);
static void flatten(struct tg_buf *out, size_t from);
static bool is_object_or_array(struct tg_str value);

int
tg_chunk_split(const struct tg_chunk *c, const char *model, bool show_usage,
    struct tg_buf *out)
{
	struct splitting s = {c, model, show_usage, out, true};
	struct tg_str choices, choice, message;
	struct tg_json_it it;
	size_t i;

	if (!tg_json_get(c->json, "choices", &choices))
		choices = TG_STR_NONE;
	it = tg_json_begin(choices);
	if (!tg_json_item(&it, &choice) ||
	    !tg_json_get(choice, "message", &message)) {
		write_as_it_is(&s);
	} else {
		it = tg_json_begin(choices);
		for (i = 0; tg_json_item(&it, &choice); i++)
			write_choice(&s, choice, i);
	}
	if (show_usage && c->usage.n > 0) {
		begin_event(&s);
		tg_buf_addc(out, "],\"usage\":");
		write_raw(out, c->usage);
		tg_buf_addc(out, "}\n\n");
	}
	return out->failed ? -1 : 0;
}

/* A text_completion is its own chunk. */
static void
write_as_it_is(struct splitting *s)
{
	size_t from;

	if (s->c->choices_empty && s->c->usage.n > 0)
		return;		/* nothing but usage */
	tg_buf_addc(s->out, "data: ");
	from = s->out->n;
	tg_chunk_write(s->c, s->model, false, s->out);
	flatten(s->out, from);
	tg_buf_addc(s->out, "\n\n");
	s->first = false;
}

static void
write_choice(struct splitting *s, struct tg_str choice, size_t position)
{
	struct tg_str value, message = TG_STR_NONE;
	int64_t given = (int64_t)position;
	char index[32];

	if (tg_json_get(choice, "index", &value))
		tg_json_i64(value, &given);
	snprintf(index, sizeof(index), "{\"index\":%lld", (long long)given);
	tg_json_get(choice, "message", &message);
	write_role(s, index);
	write_content(s, choice, message, index);
	write_finish(s, choice, index);
}

static void
write_role(struct splitting *s, const char *index)
{
	begin_event(s);
	tg_buf_addc(s->out, index);
	tg_buf_addc(s->out, ",\"delta\":{\"role\":\"assistant\","
	    "\"content\":\"\"},\"logprobs\":null,\"finish_reason\":null}");
	end_event(s);
}

static void
write_content(struct splitting *s, struct tg_str choice,
    struct tg_str message, const char *index)
{
	struct tg_str logprobs;

	if (!says_something(message))
		return;
	begin_event(s);
	tg_buf_addc(s->out, index);
	tg_buf_addc(s->out, ",\"delta\":{");
	write_message(message, s->out);
	tg_buf_addc(s->out, "},\"logprobs\":");
	if (!tg_json_get(choice, "logprobs", &logprobs))
		logprobs = TG_STR("null");
	write_raw(s->out, logprobs);
	tg_buf_addc(s->out, ",\"finish_reason\":null}");
	end_event(s);
}

static bool
says_something(struct tg_str message)
{
	struct tg_json_it it = tg_json_begin(message);
	struct tg_str name, value;

	while (tg_json_member(&it, &name, &value))
		if (is_said(name, value))
			return true;
	return false;
}

static bool
is_said(struct tg_str name, struct tg_str value)
{
	return !tg_json_is_null(value) && !tg_json_name_is(name, "role");
}

static void
write_message(struct tg_str message, struct tg_buf *out)
{
	struct tg_json_it it = tg_json_begin(message);
	struct tg_str name, value;
	bool any = false;

	while (tg_json_member(&it, &name, &value)) {
		if (!is_said(name, value))
			continue;
		if (any)
			tg_buf_byte(out, ',');
		write_name(out, name);
		if (tg_json_name_is(name, "tool_calls"))
			write_tool_calls(value, out);
		else
			write_raw(out, value);
		any = true;
	}
}

/* In streams a call has its index. */
static void
write_tool_calls(struct tg_str calls, struct tg_buf *out)
{
	struct tg_json_it it = tg_json_begin(calls), members;
	struct tg_str call, name, value;
	size_t i;

	if (tg_json_type(calls) != TG_JSON_ARRAY) {
		write_raw(out, calls);
		return;
	}
	for (i = 0; tg_json_item(&it, &call); i++) {
		tg_buf_printf(out, "%s{\"index\":%zu", i > 0 ? "," : "[", i);
		members = tg_json_begin(call);
		while (tg_json_member(&members, &name, &value)) {
			if (tg_json_name_is(name, "index"))
				continue;
			tg_buf_byte(out, ',');
			write_name(out, name);
			write_raw(out, value);
		}
		tg_buf_byte(out, '}');
	}
	tg_buf_addc(out, i > 0 ? "]" : "[]");
}

static void
write_finish(struct splitting *s, struct tg_str choice, const char *index)
{
	struct tg_str reason;

	if (!tg_json_get(choice, "finish_reason", &reason) ||
	    tg_json_is_null(reason))
		reason = TG_STR("\"stop\"");
	begin_event(s);
	tg_buf_addc(s->out, index);
	tg_buf_addc(s->out, ",\"delta\":{},\"logprobs\":null,"
	    "\"finish_reason\":");
	write_raw(s->out, reason);
	tg_buf_byte(s->out, '}');
	end_event(s);
}

/*
 * Up to the opened choices: the answer's members, those that are large
 * (citations, filter results) in the first event only.
 */
static void
begin_event(struct splitting *s)
{
	struct tg_json_it it = tg_json_begin(s->c->json);
	struct tg_buf *out = s->out;
	struct tg_str name, value;

	tg_buf_addc(out, "data: {");
	while (tg_json_member(&it, &name, &value)) {
		if (tg_json_name_is(name, "choices") ||
		    tg_json_name_is(name, "usage") ||
		    (!s->first && is_object_or_array(value)))
			continue;
		write_name(out, name);
		if (tg_json_text_is(value, "chat.completion") &&
		    tg_json_name_is(name, "object"))
			tg_buf_addc(out, "\"chat.completion.chunk\"");
		else if (tg_json_name_is(name, "model"))
			tg_json_quote(out, tg_str(s->model));
		else
			write_raw(out, value);
		tg_buf_byte(out, ',');
	}
	tg_buf_addc(out, "\"choices\":[");
	s->first = false;
}

static void
end_event(struct splitting *s)
{
	tg_buf_addc(s->out, s->show_usage ? "],\"usage\":null}\n\n" : "]}\n\n");
}

static void
write_name(struct tg_buf *out, struct tg_str name)
{
	tg_buf_byte(out, '"');
	tg_buf_adds(out, name);
	tg_buf_addc(out, "\":");
}

static void
write_raw(struct tg_buf *out, struct tg_str value)
{
	size_t from = out->n;

	tg_buf_adds(out, value);
	flatten(out, from);
}

/* A line end would end the event; in JSON it is never more than a blank. */
static void
flatten(struct tg_buf *out, size_t from)
{
	char *p;

	for (p = out->p + from; from < out->n; from++, p++)
		if (*p == '\n' || *p == '\r')
			*p = ' ';
}

static bool
is_object_or_array(struct tg_str value)
{
	return tg_json_type(value) >= TG_JSON_ARRAY;
}
