/*
 * A request on its way to an upstream of the same format: the caller's bytes
 * with the model's name changed and, in streams, usage asked for.
 * It comes after llm/view has read the body; which upstream and which members
 * to leave out is the route's.
 */
#include "config.h"

#include "llm/view.h"

#include "base/json.h"
#include "llm/edit.h"

#define SPARE 256	/* what a longer name and a flag may take */
#define USAGE_TRUE "\"include_usage\":true"

struct forwarding {
	const struct tg_view *v;
	const char *upstream_model;
	const char *const *drop;
	struct tg_buf *out;
	struct tg_edit ed;
	bool options_done;
};

static void member(
    struct forwarding *f, struct tg_str name, struct tg_str value);
static bool is_left_out(
    const struct forwarding *f, struct tg_str name, struct tg_str value);
static bool is_dropped(const struct forwarding *f, struct tg_str name);
static void ask_usage(struct tg_str options, struct tg_buf *out);

int
tg_view_forward(const struct tg_view *v, const char *upstream_model,
    const char *const *drop, struct tg_buf *out)
{
	struct forwarding f = {
		.v = v,
		.upstream_model = upstream_model,
		.drop = drop,
		.out = out,
	};
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
		tg_json_quote(f->out, tg_str(f->upstream_model));
		return;
	}
	if (f->v->stream && value.p == f->v->raw_stream_options.p) {
		tg_edit_replace(&f->ed, name, value);
		ask_usage(value, f->out);
		f->options_done = true;
		return;
	}
	tg_edit_keep(&f->ed, name, value);
}

/* Dropped by name, or a duplicate that does not count. */
static bool
is_left_out(
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
	};
	size_t i;

	if (f->drop != NULL && is_dropped(f, name))
		return true;
	for (i = 0; i < sizeof(once) / sizeof(*once); i++)
		if (once[i].at != NULL && tg_json_name_is(name, once[i].name))
			return value.p != once[i].at;
	return false;
}

static bool
is_dropped(const struct forwarding *f, struct tg_str name)
{
	const char *const *drop;

	for (drop = f->drop; drop != NULL && *drop != NULL; drop++)
		if (tg_json_name_is(name, *drop))
			return true;
	return false;
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
