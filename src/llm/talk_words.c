/*
 * The words of a piece, over its bytes: every text in it but those whose
 * member's name says that nobody would look for them.
 */
#include "config.h"

#include "llm/talk.h"

#include "base/escape.h"
#include "base/json.h"
#include "base/limits.h"
#include "base/utf8.h"

#define DEPTH 48		/* below it, as it stands */
#define ARENA_BYTES (64 * 1024 * 1024)

struct words {
	struct tg_arena *a;
	struct tg_buf *out;
	int depth;
};

static const char *const dull[] = {
	"type", "role", "id", "tool_call_id", "tool_use_id", "call_id",
	"signature", "encrypted_content", "data", "file_data", "file_id",
	"b64_json", "media_type", "detail", "status", "cache_control",
	"$schema", "format", "strict", "index",
};

static void take(struct words *w, struct tg_str value);
static void take_text(struct words *w, struct tg_str value);
static void take_members(struct words *w, struct tg_str value);
static void add_line(struct tg_buf *out, struct tg_str text);
static bool is_dull(struct tg_str name);

int
tg_talk_words(struct tg_str piece, struct tg_buf *out)
{
	struct words w = { .out = out };
	size_t at;

	if (tg_json_check(piece, TG_MAX_JSON_DEPTH, &at) != TG_JSON_GOOD) {
		add_line(out, piece);
		return out->failed ? -1 : 0;
	}
	w.a = tg_arena_new(ARENA_BYTES);
	take(&w, piece);
	tg_arena_free(w.a);
	return out->failed ? -1 : 0;
}

static void
take(struct words *w, struct tg_str value)
{
	struct tg_json_it it;
	struct tg_str item;

	if (w->depth == DEPTH) {
		add_line(w->out, value);
		return;
	}
	w->depth++;
	switch (tg_json_type(value)) {
	case TG_JSON_STRING:
		take_text(w, value);
		break;
	case TG_JSON_ARRAY:
		it = tg_json_begin(value);
		while (tg_json_item(&it, &item))
			take(w, item);
		break;
	case TG_JSON_OBJECT:
		take_members(w, value);
		break;
	default:
		break;
	}
	w->depth--;
}

static void
take_members(struct words *w, struct tg_str value)
{
	struct tg_json_it it = tg_json_begin(value);
	struct tg_str name, item;

	while (tg_json_member(&it, &name, &item)) {
		/* Their members are named by who wrote the tool. */
		bool theirs = tg_json_name_is(name, "properties") ||
		    tg_json_name_is(name, "input");

		if (tg_json_type(item) == TG_JSON_STRING && is_dull(name))
			continue;
		if (theirs && tg_json_type(item) == TG_JSON_OBJECT) {
			struct tg_json_it in = tg_json_begin(item);
			struct tg_str word, skip;

			while (tg_json_member(&in, &word, &skip))
				add_line(w->out, word);
		}
		take(w, item);
	}
}

/* Pictures and files are no words. */
static void
take_text(struct words *w, struct tg_str value)
{
	struct tg_arena_mark m;
	struct tg_str text;

	if (tg_json_raw_text(value, &text) && tg_str_starts(text, "data:"))
		return;
	if (memchr(value.p, '\\', value.n) == NULL) {
		add_line(w->out, text);
		return;
	}
	m = tg_arena_mark(w->a);
	if (tg_json_text(w->a, value, &text) == 0)
		add_line(w->out, text);
	tg_arena_rewind(w->a, m);
}

/* Only UTF-8 gets into an index. */
static void
add_line(struct tg_buf *out, struct tg_str text)
{
	const unsigned char *p = (const unsigned char *)text.p;
	size_t from = 0, at = 0;

	if (text.n == 0)
		return;
	while (at < text.n) {
		unsigned n = tg_utf8_one(p + at, text.n - at);

		if (n > 0 && p[at] != '\0') {
			at += n;
			continue;
		}
		tg_buf_add(out, text.p + from, at - from);
		tg_buf_addc(out, " ");
		from = ++at;
	}
	tg_buf_add(out, text.p + from, at - from);
	tg_buf_byte(out, '\n');
}

static bool
is_dull(struct tg_str name)
{
	for (size_t i = 0; i < sizeof(dull) / sizeof(*dull); i++)
		if (tg_json_name_is(name, dull[i]))
			return true;
	return false;
}
