/* Streams put together: llm/assemble.h. */
#include "config.h"

#include "unit.h"

#include <stdio.h>

#include "base/json.h"
#include "corpus.h"
#include "llm/assemble.h"

static struct tg_buf out;

static void
assemble(enum tg_dialect_id id, const char *const *events)
{
	struct tg_assembly *as = tg_assembly_new(&tg_dialects[id], 1 << 20);

	for (; *events != NULL; events++)
		assert_int_equal(tg_assembly_add(as, tg_str(*events)), 0);
	tg_buf_reset(&out);
	assert_int_equal(tg_assembly_write(as, &out), 0);
	tg_assembly_free(as);
	assert_int_equal(tg_json_check(tg_buf_str(&out), 99, NULL), 0);
}

#define EVENT(rest) "{\"id\":\"c\",\"object\":\"chat.completion.chunk\"," rest

static void
test_chat(void **state)
{
	static const char *const events[] = {
		EVENT("\"choices\":[{\"index\":0,\"delta\":{\"role\":"
		    "\"assistant\",\"content\":\"\"},\"finish_reason\":null}],"
		    "\"usage\":null}"),
		EVENT("\"choices\":[{\"index\":0,\"delta\":{\"content\":"
		    "\"\\ud83d\"},\"logprobs\":{\"content\":[{\"t\":1}]}}]}"),
		EVENT("\"choices\":[{\"index\":0,\"delta\":{\"content\":"
		    "\"\\ude00 \\\"x\\\"\"},\"logprobs\":{\"content\":"
		    "[{\"t\":2}]}}]}"),
		EVENT("\"choices\":[{\"index\":0,\"delta\":{},"
		    "\"finish_reason\":\"stop\",\"logprobs\":null}]}"),
		EVENT("\"choices\":[],\"usage\":{\"total_tokens\":3}}"),
		NULL
	};

	(void)state;
	assemble(TG_DIALECT_CHAT, events);
	assert_string_equal(out.p, "{\"id\":\"c\",\"object\":"
	    "\"chat.completion\",\"choices\":[{\"index\":0,\"message\":"
	    "{\"role\":\"assistant\",\"content\":\"\\ud83d\\ude00 \\\"x\\\"\"},"
	    "\"finish_reason\":\"stop\",\"logprobs\":{\"content\":"
	    "[{\"t\":1},{\"t\":2}]}}],\"usage\":{\"total_tokens\":3}}");
}

#define CALL(inside) \
    "{\"choices\":[{\"delta\":{\"tool_calls\":[{" inside "}]}}]}"
#define ASSEMBLED(calls) "{\"choices\":[{\"index\":0,\"message\":" \
    "{\"tool_calls\":[" calls "]}}]}"

static void
test_tool_calls(void **state)
{
	static const char *const by_index[] = {
		CALL("\"index\":1,\"id\":\"b\",\"type\":\"function\","
		    "\"function\":{\"name\":\"g\",\"arguments\":\"\"}"),
		CALL("\"index\":0,\"id\":\"a\",\"type\":\"function\","
		    "\"function\":{\"name\":\"f\",\"arguments\":\"{\\\"x\""
		    "}"),
		CALL("\"index\":0,\"id\":\"\",\"function\":{\"name\":null,"
		    "\"arguments\":\"\\\":1}\"}"),
		CALL("\"index\":1,\"function\":{\"arguments\":\"{}\"}"),
		NULL
	};
	static const char *const by_id[] = {
		CALL("\"id\":\"a\",\"function\":{\"arguments\":\"1\"}"),
		CALL("\"id\":\"b\",\"function\":{\"arguments\":\"2\"}"),
		CALL("\"function\":{\"arguments\":\"3\"}"),
		CALL("\"id\":\"a\",\"function\":{\"arguments\":\"4\"}"),
		NULL
	};
	static const char *const all_zero[] = {
		CALL("\"index\":0,\"id\":\"a\",\"function\":"
		    "{\"arguments\":\"1\"}"),
		CALL("\"index\":0,\"id\":\"b\",\"function\":"
		    "{\"arguments\":\"2\"}"),
		CALL("\"index\":0,\"id\":\"b\",\"function\":"
		    "{\"arguments\":\"3\"}"),
		NULL
	};

	(void)state;
	assemble(TG_DIALECT_CHAT, by_index);
	assert_string_equal(out.p, ASSEMBLED("{\"id\":\"a\",\"type\":"
	    "\"function\",\"function\":{\"name\":\"f\",\"arguments\":"
	    "\"{\\\"x\\\":1}\"}},{\"id\":\"b\",\"type\":\"function\","
	    "\"function\":{\"name\":\"g\",\"arguments\":\"{}\"}}"));
	assemble(TG_DIALECT_CHAT, by_id);
	assert_string_equal(out.p, ASSEMBLED("{\"id\":\"a\",\"function\":"
	    "{\"arguments\":\"14\"}},{\"id\":\"b\",\"function\":"
	    "{\"arguments\":\"23\"}}"));
	assemble(TG_DIALECT_CHAT, all_zero);
	assert_string_equal(out.p, ASSEMBLED("{\"id\":\"a\",\"function\":"
	    "{\"arguments\":\"1\"}},{\"id\":\"b\",\"function\":"
	    "{\"arguments\":\"23\"}}"));
}

static void
test_odd_content(void **state)
{
	static const char *const events[] = {
		"{\"choices\":[{\"delta\":{\"content\":[{\"a\":1}]}}]}",
		"{\"choices\":[{\"delta\":{\"content\":\"x\"}}]}",
		"{\"choices\":[{\"delta\":{\"content\":[{\"b\":2},3]}}]}",
		"{\"choices\":[{\"index\":1,\"delta\":{\"content\":\"t\"},"
		    "\"message\":{\"content\":\"t\"}}]}",
		"{\"choices\":[{\"index\":1,\"delta\":{\"content\":[5]}},7],"
		    "\"choices\":null}",
		"{\"choices\":{\"x\":1},\"a\":null}",
		NULL
	};
	static const char *const arguments[] = {
		"{\"choices\":[{\"delta\":{\"function_call\":{\"arguments\":"
		    "{\"a\":1}}}}]}",
		NULL
	};

	(void)state;
	assemble(TG_DIALECT_CHAT, events);
	assert_string_equal(out.p, "{\"choices\":[{\"index\":0,\"message\":"
	    "{\"content\":[{\"a\":1},{\"type\":\"text\",\"text\":\"x\"},"
	    "{\"b\":2},3]}},{\"index\":1,\"message\":{\"content\":[{\"type\":"
	    "\"text\",\"text\":\"t\"},5]}}],\"a\":null}");
	assemble(TG_DIALECT_CHAT, arguments);
	assert_string_equal(out.p, "{\"choices\":[{\"index\":0,\"message\":"
	    "{\"function_call\":{\"arguments\":{\"a\":1}}}}]}");
}

static void
test_completions(void **state)
{
	static const char *const events[] = {
		"{\"object\":\"text_completion\",\"choices\":[{\"text\":\"a\","
		    "\"index\":1,\"finish_reason\":null},{\"text\":\"b\","
		    "\"index\":0}]}",
		"{\"object\":\"text_completion\",\"choices\":[{\"text\":\"c\","
		    "\"index\":1,\"finish_reason\":\"stop\"}]}",
		NULL
	};

	(void)state;
	assemble(TG_DIALECT_COMPLETIONS, events);
	assert_string_equal(out.p, "{\"object\":\"text_completion\","
	    "\"choices\":[{\"index\":0,\"text\":\"b\"},{\"index\":1,"
	    "\"text\":\"ac\",\"finish_reason\":\"stop\"}]}");
}

static void
test_ceilings(void **state)
{
	const struct tg_dialect *d = &tg_dialects[TG_DIALECT_CHAT];
	struct tg_assembly *as = tg_assembly_new(d, 3000);
	char event[200];
	int i;

	(void)state;
	tg_buf_reset(&out);
	assert_int_equal(tg_assembly_write(as, &out), -1);	/* no event */
	assert_int_equal(tg_assembly_add(as, TG_STR("[1]")), -1);
	snprintf(event, sizeof(event), "{\"choices\":[{\"delta\":"
	    "{\"content\":\"%0100d\"}}]}", 1);
	for (i = 0; i < 100; i++)
		if (tg_assembly_add(as, tg_str(event)) == -1)
			break;
	assert_in_range(i, 5, 40);
	assert_int_equal(tg_assembly_write(as, &out), -1);
	tg_assembly_free(as);
	tg_assembly_free(NULL);
	as = tg_assembly_new(d, 1 << 26);
	for (i = 0; i < 100000; i++) {		/* names without end */
		snprintf(event, sizeof(event), "{\"a%d\":1}", i);
		if (tg_assembly_add(as, tg_str(event)) == -1)
			break;
	}
	assert_in_range(i, 1000, 10000);
	tg_assembly_free(as);
}

/* Memory grows with the text, not with the events. */
static void
test_many_events(void **state)
{
	struct tg_assembly *as =
	    tg_assembly_new(&tg_dialects[TG_DIALECT_CHAT], 30000);
	int i;

	(void)state;
	for (i = 0; i < 20000; i++)
		assert_int_equal(tg_assembly_add(as, tg_str(EVENT(
		    "\"choices\":[{\"index\":0,\"delta\":{\"content\":\"x\"},"
		    "\"finish_reason\":null}]}"))), 0);
	tg_buf_reset(&out);
	assert_int_equal(tg_assembly_write(as, &out), 0);
	assert_in_range(out.n, 20000, 20200);
	tg_assembly_free(as);
}

/* Pieces of a vector's expectation that do not depend on normalising. */
static void
test_vectors(void **state)
{
	static const struct {
		const char *name, *path, *text;
	} cases[] = {
		{"deepseek-stream-reasoning", "content", "Hello"},
		{"deepseek-stream-reasoning", "reasoning_content",
		    "Greet back."},
		{"groq-stream-x-groq-usage", "reasoning", "Hm."},
		{"openrouter-stream-comments", "content", "Hi"},
		{"openrouter-stream-comments", "reasoning", "Say hi."},
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		struct tg_assembly *as = tg_assembly_new(
		    &tg_dialects[TG_DIALECT_CHAT], 1 << 20);
		struct tg_str file, stream, event, choice, value;
		struct tg_json_it it;
		char path[128];

		snprintf(path, sizeof(path), "tests/vectors/%s.json",
		    cases[i].name);
		file = corpus_file(path);
		assert_true(tg_json_get(file, "provider_stream", &stream));
		for (it = tg_json_begin(stream); tg_json_item(&it, &event);)
			if (tg_json_type(event) == TG_JSON_OBJECT)
				assert_int_equal(
				    tg_assembly_add(as, event), 0);
		tg_buf_reset(&out);
		assert_int_equal(tg_assembly_write(as, &out), 0);
		assert_true(tg_json_get(tg_buf_str(&out), "choices", &value));
		it = tg_json_begin(value);
		assert_true(tg_json_item(&it, &choice));
		snprintf(path, sizeof(path), "message.%s", cases[i].path);
		assert_true(tg_json_path(choice, path, &value));
		assert_true(tg_json_text_is(value, cases[i].text));
		tg_assembly_free(as);
		corpus_free(&file, 1);
	}
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
		cmocka_unit_test(test_chat),
		cmocka_unit_test(test_tool_calls),
		cmocka_unit_test(test_odd_content),
		cmocka_unit_test(test_completions),
		cmocka_unit_test(test_ceilings),
		cmocka_unit_test(test_many_events),
		cmocka_unit_test(test_vectors),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
