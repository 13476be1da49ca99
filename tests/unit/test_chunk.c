/* Answers and events of streams, read and written again: llm/chunk.h. */
#include "config.h"

#include "unit.h"

#include <stdio.h>

#include "base/json.h"
#include "corpus.h"
#include "llm/chunk.h"

#define CHOICE(inside) "{\"choices\":[{\"index\":0," inside "}]}"

static struct tg_buf out;

static void
test_read(void **state)
{
	struct tg_chunk c;

	(void)state;
	assert_int_equal(tg_chunk_read(&c, TG_STR("{\"id\":\"chat-1\","
	    "\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":{\"content\":"
	    "\"Hi\"},\"finish_reason\":null},{\"delta\":{},"
	    "\"finish_reason\":\"length\"}],\"usage\":{\"a\":1},"
	    "\"error\":null}")), 0);
	assert_str(c.id, "chat-1");
	assert_str(c.usage, "{\"a\":1}");
	assert_str(c.finish, "length");
	assert_int_equal(c.error.n, 0);
	assert_true(c.has_choices && c.content && c.finished);
	assert_false(c.choices_empty);
}

static void
test_not_a_chunk(void **state)
{
	static const char *const bad[] = {
		"", "[DONE]", "[]", "\"x\"", "{", "{}x", "<html>",
		"{\"a\":\"\xff\"}"};
	struct tg_chunk c;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(bad); i++)
		assert_int_equal(tg_chunk_read(&c, tg_str(bad[i])), -1);
}

static const struct {
	const char *json;
	bool content;
} contents[] = {
	{CHOICE("\"delta\":{\"content\":\"x\"}"), true},
	{CHOICE("\"delta\":{\"content\":\"\"}"), false},
	{CHOICE("\"delta\":{\"content\":null,\"role\":\"assistant\"}"), false},
	{CHOICE("\"delta\":{\"reasoning_content\":\"x\"}"), true},
	{CHOICE("\"delta\":{\"content\":null,\"reasoning\":\"x\"}"), true},
	{CHOICE("\"delta\":{\"refusal\":\"no\"}"), true},
	{CHOICE("\"delta\":{\"tool_calls\":[{\"index\":0}]}"), true},
	{CHOICE("\"delta\":{\"tool_calls\":[ ]}"), false},
	{CHOICE("\"delta\":{\"function_call\":{\"name\":\"f\"}}"), true},
	{CHOICE("\"delta\":{\"audio\":{\"id\":\"a\"}}"), true},
	{CHOICE("\"delta\":{\"content\":[{\"type\":\"text\"}]}"), true},
	{CHOICE("\"delta\":{\"name\":\"Some AI\"}"), false},
	{CHOICE("\"delta\":{\"c\\u006fntent\":\"x\"}"), true},
	{CHOICE("\"text\":\"x\""), true},
	{CHOICE("\"text\":\"\""), false},
	{CHOICE("\"message\":{\"content\":\"x\"}"), true},
	{"{\"choices\":[]}", false},
	{"{\"choices\":null}", false},
	{"{\"data\":[{\"embedding\":[0.5]}]}", true},
	{"{\"data\":[{\"embedding\":\"AAAA\"}]}", true},
	{"{\"content\":\"x\"}", false},
};

static void
test_content(void **state)
{
	struct tg_chunk c;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(contents); i++) {
		assert_int_equal(
		    tg_chunk_read(&c, tg_str(contents[i].json)), 0);
		assert_int_equal(c.content, contents[i].content);
	}
}

static void
test_elsewhere(void **state)
{
	struct tg_chunk c;

	(void)state;
	assert_int_equal(tg_chunk_read(&c, TG_STR("{\"x_groq\":{\"usage\":"
	    "{\"total_tokens\":1},\"error\":\"no\"},\"choices\":[]}")), 0);
	assert_str(c.usage, "{\"total_tokens\":1}");
	assert_str(c.error, "\"no\"");
	assert_int_equal(tg_chunk_read(&c,
	    TG_STR(CHOICE("\"usage\":{\"total_tokens\":2}"))), 0);
	assert_str(c.usage, "{\"total_tokens\":2}");
	assert_int_equal(tg_chunk_read(&c, TG_STR("{\"error\":{\"code\":503},"
	    "\"usage\":null}")), 0);
	assert_str(c.error, "{\"code\":503}");
	assert_int_equal(c.usage.n, 0);
	assert_false(c.has_choices);
}

/* want NULL: hidden */
static const struct {
	const char *json;
	bool show_usage;
	const char *want;
} writes[] = {
	{"{\"id\":1,\"model\":\"up\",\"choices\":[{}]}", false,
	    "{\"id\":1,\"model\":\"we\",\"choices\":[{}]}"},
	{"{\"id\":1,\"choices\":[{}]}", false, "{\"id\":1,\"choices\":[{}]}"},
	{"{\"model\":\"a\",\"m\\u006fdel\":2,\"choices\":[{}]}", true,
	    "{\"model\":\"we\",\"m\\u006fdel\":\"we\",\"choices\":[{}]}"},
	{"{\"choices\":[{\"model\":\"x\"}],\"x\":1.0e2, \"usage\": null }",
	    false, "{\"choices\":[{\"model\":\"x\"}],\"x\":1.0e2 }"},
	{"{\"usage\":null,\"choices\":[{\"usage\":null}]}", false,
	    "{\"choices\":[{\"usage\":null}]}"},
	{"{\"choices\":[{}],\"usage\":{\"a\":1},\"us\\u0061ge\":3,\"z\":1}",
	    false, "{\"choices\":[{}],\"z\":1}"},
	{"{\"choices\":[{}],\"usage\":null,\"z\":1}", true,
	    "{\"choices\":[{}],\"usage\":null,\"z\":1}"},
	{"{\"choices\":[],\"usage\":{\"a\":1}}", false, NULL},
	{"{\"choices\":[],\"usage\":{\"a\":1}}", true,
	    "{\"choices\":[],\"usage\":{\"a\":1}}"},
	{"{\"choices\":[],\"usage\":null}", false, "{\"choices\":[]}"},
	{"{\"choices\":[],\"prompt_filter_results\":[]}", false,
	    "{\"choices\":[],\"prompt_filter_results\":[]}"},
	{"{\"usage\":{}}", false, "{}"},
};

static void
test_write(void **state)
{
	struct tg_chunk c;
	size_t i;
	int r;

	(void)state;
	for (i = 0; i < COUNT(writes); i++) {
		tg_buf_reset(&out);
		assert_int_equal(tg_chunk_read(&c, tg_str(writes[i].json)), 0);
		r = tg_chunk_write(&c, "we", writes[i].show_usage, &out);
		assert_int_equal(r, writes[i].want == NULL);
		if (writes[i].want != NULL)
			assert_string_equal(out.p, writes[i].want);
		else
			assert_int_equal(out.n, 0);
	}
}

static void
test_ceiling(void **state)
{
	struct tg_buf small;
	struct tg_chunk c;

	(void)state;
	tg_buf_init(&small, 10);
	assert_int_equal(
	    tg_chunk_read(&c, TG_STR("{\"choices\":[{}]}")), 0);
	assert_int_equal(tg_chunk_write(&c, "m", true, &small), -1);
	tg_buf_free(&small);
}

/* Every event of every OpenAI-format stream of the vectors. */
static void
test_vectors(void **state)
{
	static const char *const names[] = {
		"deepseek-stream-reasoning", "groq-stream-x-groq-usage",
		"mistral-stream-tools-no-index", "openrouter-stream-comments",
		"azure-stream-filter-chunks"};
	size_t i, events = 0, finished = 0, contents_seen = 0;

	(void)state;
	for (i = 0; i < COUNT(names); i++) {
		struct tg_str file, stream, event;
		struct tg_json_it it;
		struct tg_chunk c;
		char path[128];

		snprintf(path, sizeof(path), "tests/vectors/%s.json",
		    names[i]);
		file = corpus_file(path);
		assert_true(tg_json_get(file, "provider_stream", &stream));
		it = tg_json_begin(stream);
		while (tg_json_item(&it, &event)) {
			if (tg_json_type(event) != TG_JSON_OBJECT)
				continue;
			assert_int_equal(tg_chunk_read(&c, event), 0);
			tg_buf_reset(&out);
			if (tg_chunk_write(&c, "m", false, &out) == 0)
				assert_int_equal(tg_json_check(
				    tg_buf_str(&out), 99, NULL), 0);
			events++;
			finished += c.finished;
			contents_seen += c.content;
		}
		corpus_free(&file, 1);
	}
	assert_true(events > 20);
	assert_int_equal(finished, COUNT(names));
	assert_true(contents_seen >= 2 * COUNT(names));
}

static int
setup(void **state)
{
	(void)state;
	tg_buf_init(&out, 1 << 20);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	tg_buf_free(&out);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_read),
		cmocka_unit_test(test_not_a_chunk),
		cmocka_unit_test(test_content),
		cmocka_unit_test(test_elsewhere),
		cmocka_unit_test(test_write),
		cmocka_unit_test(test_ceiling),
		cmocka_unit_test(test_vectors),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
