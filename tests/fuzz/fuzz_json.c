/*
 * Fuzz target for base/json.h (libFuzzer's form; tests/unit/test_fuzz_json
 * runs the corpus and mutations of it).  What must hold: the checker's fault
 * lies inside the text; walkers never leave the text, checked or not; in a
 * checked text each part is good by itself, and text survives being quoted
 * and read again.
 */
#include "config.h"

#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#include "base/json.h"

#define ARENA_BYTES ((size_t)64 << 20)
#define UNCHECKED_DEPTH 40	/* of the walk through text that is not good */

struct walk {
	struct tg_arena *arena;
	struct tg_str doc;
	bool good;
	int levels;
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
assert_inside(const struct walk *w, struct tg_str part)
{
	assert(part.p >= w->doc.p);
	assert(part.p + part.n <= w->doc.p + w->doc.n);
}

static void
read_text(const struct walk *w, struct tg_str value)
{
	struct tg_str text, again, quoted;
	int r = tg_json_text(w->arena, value, &text);

	if (r == -1) {
		assert(!w->good || tg_json_type(value) != TG_JSON_STRING);
		return;
	}
	assert(text.p[text.n] == '\0');
	quoted = tg_json_quoted(w->arena, text);
	assert(tg_json_check(quoted, 0, NULL) == TG_JSON_GOOD);
	assert(tg_json_text(w->arena, quoted, &again) == 0);
	assert(!w->good || tg_str_eq(text, again));
}

static void
read_scalars(const struct walk *w, struct tg_str value)
{
	enum tg_json_type type = tg_json_type(value);
	struct tg_str inside;
	int64_t number;
	bool yes;

	read_text(w, value);
	if (tg_json_raw_text(value, &inside))
		assert_inside(w, inside);
	if (tg_json_i64(value, &number))
		assert(!w->good || type == TG_JSON_NUMBER);
	if (tg_json_bool(value, &yes))
		assert(type == TG_JSON_BOOL);
	if (tg_json_is_null(value))
		assert(type == TG_JSON_NULL);
	tg_json_path(value, "a.b.c", &inside);
	tg_json_text_is(value, "text");
}

static void
walk_value(struct walk *w, struct tg_str value)
{
	struct tg_json_it it;
	struct tg_str name, part;

	assert_inside(w, value);
	if (w->good)
		assert(tg_json_check(value, 512, NULL) == TG_JSON_GOOD);
	read_scalars(w, value);
	if (!w->good && w->levels >= UNCHECKED_DEPTH)
		return;
	w->levels++;
	for (it = tg_json_begin(value); tg_json_member(&it, &name, &part);) {
		assert_inside(w, name);
		read_text(w, (struct tg_str){name.p - 1, name.n + 2});
		tg_json_name_is(name, "model");
		walk_value(w, part);
	}
	for (it = tg_json_begin(value); tg_json_item(&it, &part);)
		walk_value(w, part);
	w->levels--;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct walk w = {.doc = {(const char *)data, size}};
	enum tg_json_fault fault, flat;
	size_t at, flat_at;

	fault = tg_json_check(w.doc, 512, &at);
	flat = tg_json_check(w.doc, 4, &flat_at);
	assert(at <= size && flat_at <= at);
	assert(fault != TG_JSON_GOOD || at == size);
	assert(fault == flat || flat == TG_JSON_TOO_DEEP);
	w.arena = tg_arena_new(ARENA_BYTES);
	w.good = fault == TG_JSON_GOOD;
	if (size > 0)
		walk_value(&w, w.doc);
	tg_arena_free(w.arena);
	return 0;
}
