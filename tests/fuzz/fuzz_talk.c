/*
 * Fuzz target for llm/talk.h, which reads bodies of any dialect for people
 * (libFuzzer's form; tests/unit/test_fuzz_page runs the corpus and mutations
 * of it).  What must hold: what is JSON is a conversation, its turns have a
 * role and parts, and words for search are UTF-8 without NUL.
 */
#include "config.h"

#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/escape.h"
#include "llm/talk.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
talk_check(json_t *talk)
{
	const json_t *turn, *part;
	size_t i, k;

	if (talk == NULL)
		return;
	assert(json_is_array(json_object_get(talk, "turns")));
	json_array_foreach(json_object_get(talk, "turns"), i, turn) {
		assert(json_is_string(json_object_get(turn, "role")));
		assert(json_is_array(json_object_get(turn, "parts")));
		json_array_foreach(json_object_get(turn, "parts"), k, part)
			assert(json_object_size(part) >= 1);
	}
	json_decref(talk);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct tg_str text = { (const char *)data, size };
	struct tg_arena *a = tg_arena_new(1 << 20);
	struct tg_buf words;

	talk_check(tg_talk_request(text));
	talk_check(tg_talk_answer(text));
	tg_buf_init(&words, size * 4 + 64);
	assert(tg_talk_words(text, &words) == 0);
	assert(tg_utf8_valid(tg_buf_str(&words)));
	assert(words.n == 0 || memchr(words.p, '\0', words.n) == NULL);
	assert(tg_talk_program(a, text)[0] != '\0');
	tg_buf_free(&words);
	tg_arena_free(a);
	return 0;
}
