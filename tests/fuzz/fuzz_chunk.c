/*
 * Fuzz target for llm/chunk.h, llm/assemble.h, llm/usage.h and
 * llm/fault_read.h, all of which read what upstreams send (libFuzzer's form;
 * tests/unit/test_fuzz_llm runs the corpus and mutations of it).  What must
 * hold for an object that was found good: what is written is JSON again with
 * the same members but model and usage, no usage is left that was not asked
 * for, and classes of tokens are never negative.
 */
#include "config.h"

#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#include "base/json.h"
#include "llm/assemble.h"
#include "llm/chunk.h"
#include "llm/fault_read.h"
#include "llm/usage.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool
chunk_untouched(struct tg_json_it *it, bool show_usage, struct tg_str *name,
    struct tg_str *value)
{
	do {
		if (!tg_json_member(it, name, value))
			return false;
	} while (!show_usage && tg_json_name_is(*name, "usage"));
	return true;
}

static void
chunk_same_members(struct tg_str before, struct tg_str after, bool show_usage)
{
	struct tg_json_it x = tg_json_begin(before), y = tg_json_begin(after);
	struct tg_str name, value, other_name, other;

	while (chunk_untouched(&x, show_usage, &name, &value)) {
		assert(tg_json_member(&y, &other_name, &other));
		assert(tg_str_eq(name, other_name));
		if (tg_json_name_is(name, "model"))
			assert(tg_str_is(other, "\"we\""));
		else
			assert(tg_str_eq(value, other));
	}
	assert(!tg_json_member(&y, &other_name, &other));
}

static void
chunk_write(const struct tg_chunk *c, bool show_usage)
{
	struct tg_buf out;
	int r;

	tg_buf_init(&out, c->json.n * 3 + 100);
	r = tg_chunk_write(c, "we", show_usage, &out);
	assert(r == 0 || (r == 1 && !show_usage && c->usage.n > 0));
	if (r == 0) {
		assert(tg_json_check(tg_buf_str(&out), 512, NULL) ==
		    TG_JSON_GOOD);
		chunk_same_members(c->json, tg_buf_str(&out), show_usage);
	}
	tg_buf_free(&out);
}

/* Each event that is split off stands on one line and is an object. */
static void
chunk_split(const struct tg_chunk *c)
{
	struct tg_str rest, line;
	struct tg_chunk event;
	struct tg_buf out;
	int r;

	tg_buf_init(&out, 4 << 20);
	r = tg_chunk_split(c, "we", true, &out);
	assert(r == 0 || out.failed);
	for (rest = tg_buf_str(&out); r == 0 && tg_str_cut(&rest, '\n', &line);)
		if (line.n > 0) {
			assert(tg_str_starts(line, "data: "));
			line = (struct tg_str){line.p + 6, line.n - 6};
			assert(tg_chunk_read(&event, line) == 0);
		}
	tg_buf_free(&out);
}

static void
chunk_assemble(const struct tg_chunk *c)
{
	const struct tg_dialect *d = &tg_dialects[TG_DIALECT_CHAT];
	struct tg_assembly *as = tg_assembly_new(d, 1 << 20);
	struct tg_buf out;

	tg_buf_init(&out, 4 << 20);
	if (tg_assembly_add(as, c->json) == 0 &&
	    tg_assembly_add(as, c->json) == 0 &&
	    tg_assembly_write(as, &out) == 0)
		assert(tg_json_check(tg_buf_str(&out), 512, NULL) ==
		    TG_JSON_GOOD);
	tg_buf_free(&out);
	tg_assembly_free(as);
}

static void
chunk_usage(const struct tg_chunk *c)
{
	struct tg_usage u;
	int i, form;

	tg_usage_reset(&u);
	for (form = 0; form < TG_USAGE__MAX; form++) {
		tg_usage_read(&u, (enum tg_usage_form)form, c->usage);
		for (i = 0; i < TG_UNIT__TOKENS; i++)
			assert(u.tokens[i] >= 0);
		assert(u.reasoning >= 0 && u.total >= -1);
		assert(u.known || !u.odd || u.total == -1);
	}
}

static void
chunk_fault(struct tg_str text)
{
	static const int statuses[] = {0, 200, 400, 429, 500};
	struct tg_fault_source src = {.body = text, .retry_after = text};
	struct tg_err e;
	size_t i;

	for (i = 0; i < sizeof(statuses) / sizeof(*statuses); i++) {
		tg_err_reset(&e);
		src.status = statuses[i];
		tg_fault_read(&src, &e);
		assert(e.code == TG_E_UPSTREAM && e.msg[0] != '\0');
		assert(e.status >= 400 && e.status <= 504);
		assert(e.type[0] != '\0' && e.retry_after_ms >= -1);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct tg_str text = {(const char *)data, size};
	struct tg_chunk c;

	chunk_fault(text);
	if (tg_chunk_read(&c, text) == -1)
		return 0;
	chunk_write(&c, true);
	chunk_write(&c, false);
	chunk_split(&c);
	chunk_assemble(&c);
	chunk_usage(&c);
	return 0;
}
