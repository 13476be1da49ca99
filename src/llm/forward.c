/*
 * A request on its way to an upstream of the same format: the caller's bytes
 * with the model's name changed and, in streams, usage asked for.
 * It comes after llm/view has read the body; which upstream and which members
 * to leave out is the route's.
 */
#include "config.h"

#include "llm/view.h"

#include <stdio.h>

#include "base/json.h"
#include "llm/edit.h"
#include "llm/member.h"

#define SPARE 256	/* what a longer name and a flag may take */
#define USAGE_TRUE "\"include_usage\":true"

struct forwarding {
	const struct tg_view *v;
	const struct tg_forward *to;
	struct tg_buf *out;
	struct tg_edit ed;
	bool options_done;
};

static void member(
    struct forwarding *f, struct tg_str name, struct tg_str value);
static bool is_left_out(
    const struct forwarding *f, struct tg_str name, struct tg_str value);
static bool is_other_max(const struct forwarding *f, struct tg_str value);
static bool is_earlier(
    const struct forwarding *f, struct tg_str name, struct tg_str value);
static bool is_dropped(const struct forwarding *f, struct tg_str name);
static bool is_bounded(const struct forwarding *f);
static void bound(struct forwarding *f);
static void ask_usage(struct tg_str options, struct tg_buf *out);

int
tg_view_forward(const struct tg_view *v, const struct tg_forward *to,
    struct tg_buf *out)
{
	struct forwarding f = {.v = v, .to = to, .out = out};
	struct tg_json_it it = tg_json_begin(v->body);
	struct tg_str name, value;

	if (out->max > out->n && out->max - out->n >= v->body.n + SPARE)
		tg_buf_room(out, v->body.n + SPARE);	/* in one piece */
	f.options_done = !v->stream ||
	    is_dropped(&f, TG_STR("stream_options"));
	tg_edit_begin(&f.ed, v->body, out);
	while (tg_json_member(&it, &name, &value))
		member(&f, name, value);
	if (!f.options_done)
		tg_edit_add(&f.ed,
		    TG_STR("\"stream_options\":{" USAGE_TRUE "}"));
	if (is_bounded(&f))
		bound(&f);
	return tg_edit_end(&f.ed);
}

static void
member(struct forwarding *f, struct tg_str name, struct tg_str value)
{
	if (is_left_out(f, name, value)) {
		tg_edit_cut(&f->ed, name, value);
		return;
	}
	if (value.p == f->v->raw_model.p) {
		tg_edit_replace(&f->ed, name, value);
		tg_json_quote(f->out, tg_str(f->to->upstream_model));
		return;
	}
	if (f->v->stream && value.p == f->v->raw_stream_options.p) {
		tg_edit_replace(&f->ed, name, value);
		ask_usage(value, f->out);
		f->options_done = true;
		return;
	}
	if (value.p == f->v->raw_max_completion_tokens.p &&
	    f->to->max_name == TG_MAX_OLD) {
		tg_edit_rename(&f->ed, name, value, "max_tokens");
		return;
	}
	tg_edit_keep(&f->ed, name, value);
}

/* Dropped by name, ours, or a duplicate that does not count. */
static bool
is_left_out(
    const struct forwarding *f, struct tg_str name, struct tg_str value)
{
	unsigned flags;

	if (is_dropped(f, name) || is_earlier(f, name, value) ||
	    is_other_max(f, value))
		return true;
	flags = tg_member_flags(name);
	if ((flags & TG_MEMBER_OURS) != 0 ||
	    ((flags & TG_MEMBER_MOST) != 0 && is_bounded(f)))
		return true;
	return value.p == f->v->metadata.p && !tg_metadata_plain(value);
}

/* One that we write anew, or the lesser of two for who knows one name. */
static bool
is_other_max(const struct forwarding *f, struct tg_str value)
{
	struct tg_str old = f->v->raw_max_tokens;
	struct tg_str new = f->v->raw_max_completion_tokens;

	if (value.p != old.p && value.p != new.p)
		return false;
	if (is_bounded(f))
		return true;
	if (f->to->max_name != TG_MAX_OLD || old.n == 0 || new.n == 0)
		return false;
	return value.p == (tg_json_is_null(old) ? old.p : new.p);
}

static bool
is_earlier(
    const struct forwarding *f, struct tg_str name, struct tg_str value)
{
	const struct tg_view *v = f->v;
	const struct {
		const char *name;
		const char *at;
	} once[] = {
		{"model", v->raw_model.p},
		{"stream", v->raw_stream.p},
		{"stream_options", v->raw_stream_options.p},
		{v->dialect->input, v->input.p},
		{"max_tokens", v->raw_max_tokens.p},
		{"max_completion_tokens", v->raw_max_completion_tokens.p},
		{"n", v->raw_n.p},
		{"best_of", v->raw_best_of.p},
	};
	size_t i;

	for (i = 0; i < sizeof(once) / sizeof(*once); i++)
		if (value.p == once[i].at)
			return false;
	for (i = 0; i < sizeof(once) / sizeof(*once); i++)
		if (once[i].at != NULL && tg_json_name_is(name, once[i].name))
			return true;
	return false;
}

static bool
is_dropped(const struct forwarding *f, struct tg_str name)
{
	const char *const *drop;

	for (drop = f->to->drop; drop != NULL && *drop != NULL; drop++)
		if (tg_json_name_is(name, *drop))
			return true;
	return false;
}

/* The bound is ours to write: what stands in its place (null, -1) goes. */
static bool
is_bounded(const struct forwarding *f)
{
	return f->to->max_tokens >= 0 &&
	    f->v->dialect->id != TG_DIALECT_EMBEDDINGS;
}

static void
bound(struct forwarding *f)
{
	bool new = f->to->max_name == TG_MAX_NEW &&
	    f->v->dialect->id == TG_DIALECT_CHAT;
	char text[64];

	snprintf(text, sizeof(text), "\"%s\":%lld",
	    new ? "max_completion_tokens" : "max_tokens",
	    (long long)f->to->max_tokens);
	tg_edit_add(&f->ed, tg_str(text));
}

static void
ask_usage(struct tg_str options, struct tg_buf *out)
{
	struct tg_json_it it = tg_json_begin(options);
	struct tg_str name, value, last;
	struct tg_edit ed;

	if (tg_json_is_null(options)) {
		tg_buf_addc(out, "{" USAGE_TRUE "}");
		return;
	}
	if (!tg_json_get(options, "include_usage", &last))
		last = TG_STR_NONE;
	tg_edit_begin(&ed, options, out);
	while (tg_json_member(&it, &name, &value)) {
		if (!tg_json_name_is(name, "include_usage")) {
			tg_edit_keep(&ed, name, value);
		} else if (value.p != last.p) {
			tg_edit_cut(&ed, name, value);
		} else {
			tg_edit_replace(&ed, name, value);
			tg_buf_addc(out, "true");
		}
	}
	if (last.p == NULL)
		tg_edit_add(&ed, TG_STR(USAGE_TRUE));
	tg_edit_end(&ed);
}
