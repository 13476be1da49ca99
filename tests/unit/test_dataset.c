#include "config.h"

/* llm/dataset.h */
#include "unit.h"

#include "llm/dataset.h"

#define ASK "{\"model\":\"m\",\"temperature\":1,\"messages\":[" \
	    "{\"role\":\"user\",\"content\":\"hi\"}]}"
#define ANSWER(message, finish) \
	"{\"id\":\"x\",\"choices\":[{\"index\":0,\"message\":" message \
	",\"finish_reason\":" finish "}],\"usage\":{}}"
#define GOOD ANSWER("{\"role\":\"assistant\",\"content\":\"ho\"}", "\"stop\"")

static void
check(const char *request, const char *answer, const char *want)
{
	struct tg_buf out;

	tg_buf_init(&out, 1 << 20);
	assert_int_equal(
	    tg_example_write(tg_str(request), tg_str(answer), &out),
	    TG_EXAMPLE_GOOD);
	assert_string_equal(out.p, want);
	tg_buf_free(&out);
}

static void
test_good(void **state)
{
	(void)state;
	check(ASK, GOOD,
	    "{\"messages\":[{\"role\":\"user\",\"content\":\"hi\"},"
	    "{\"role\":\"assistant\",\"content\":\"ho\"}]}\n");
	check("{\"messages\":[{\"role\":\"system\",\"content\":\"s\","
	      "\"cache_control\":{}},{\"role\":\"user\",\"name\":\"ann\","
	      "\"content\":[{\"type\":\"text\",\"text\":\"t\"},{\"type\":"
	      "\"image_url\",\"image_url\":{\"url\":\"u\"}}]},{\"role\":"
	      "\"assistant\",\"content\":null,\"reasoning_content\":\"r\","
	      "\"tool_calls\":[{\"id\":\"1\"}]},{\"role\":\"tool\","
	      "\"tool_call_id\":\"1\",\"content\":\"4\",\"name\":\"x\"}],"
	      "\"tools\":[{\"type\":\"function\"}],\"functions\":null,"
	      "\"parallel_tool_calls\":false,\"n\":2}",
	    ANSWER("{\"role\":\"assistant\",\"content\":null,\"reasoning\":"
		   "\"r\",\"tool_calls\":[{\"id\":\"2\"}],\"refusal\":null}",
		"\"tool_calls\""),
	    "{\"messages\":[{\"role\":\"system\",\"content\":\"s\"},"
	    "{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":"
	    "\"t\"},{\"type\":\"image_url\",\"image_url\":{\"url\":\"u\"}}],"
	    "\"name\":\"ann\"},{\"role\":\"assistant\",\"content\":null,"
	    "\"tool_calls\":[{\"id\":\"1\"}]},{\"role\":\"tool\","
	    "\"content\":\"4\",\"tool_call_id\":\"1\"},{\"role\":"
	    "\"assistant\",\"content\":null,\"tool_calls\":[{\"id\":\"2\"}]}"
	    "],\"tools\":[{\"type\":\"function\"}],"
	    "\"parallel_tool_calls\":false}\n");
}

static void
test_refused(void **state)
{
	static const struct {
		const char *request, *answer;
		enum tg_example why;
	} bad[] = {
		{ "", GOOD, TG_EXAMPLE_NOT_KEPT },
		{ ASK, "", TG_EXAMPLE_NOT_KEPT },
		{ "no JSON", GOOD, TG_EXAMPLE_NOT_CHAT },
		{ "{\"input\":\"a\"}", GOOD, TG_EXAMPLE_NOT_CHAT },
		{ "{\"messages\":[]}", GOOD, TG_EXAMPLE_NOT_CHAT },
		{ "{\"messages\":[1]}", GOOD, TG_EXAMPLE_NOT_CHAT },
		{ "{\"messages\":[{\"role\":\"pilot\"}]}", GOOD,
		    TG_EXAMPLE_NOT_CHAT },
		{ ASK, "{\"data\":[]}", TG_EXAMPLE_NOT_CHAT },
		{ ASK, "{\"choices\":[{\"text\":\"t\"}]}",
		    TG_EXAMPLE_NOT_CHAT },
		{ ASK, "{\"error\":{\"message\":\"m\"}}",
		    TG_EXAMPLE_NO_ANSWER },
		{ ASK, ANSWER("{\"role\":\"assistant\",\"content\":\"\"}", "\"stop\""), TG_EXAMPLE_NO_ANSWER },
		{ ASK, ANSWER("{\"role\":\"assistant\",\"content\":\"ho\"}", "\"length\""), TG_EXAMPLE_CUT },
		{ ASK, ANSWER("{\"role\":\"assistant\",\"content\":\"ho\"}", "null"), TG_EXAMPLE_CUT },
		{ ASK, ANSWER("{\"role\":\"assistant\",\"content\":null,"
			      "\"audio\":{}}",
			   "\"stop\""),
		    TG_EXAMPLE_MEDIA },
		{ "{\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":"
		  "\"input_audio\"}]}]}",
		    GOOD, TG_EXAMPLE_MEDIA },
	};
	struct tg_buf out;

	(void)state;
	tg_buf_init(&out, 1 << 20);
	for (size_t i = 0; i < COUNT(bad); i++) {
		enum tg_example why = tg_example_write(
		    tg_str(bad[i].request), tg_str(bad[i].answer), &out);

		if (why != bad[i].why)
			fail_msg("%zu: %s", i, tg_example_name(why));
		assert_int_equal(out.n, 0);
	}
	tg_buf_free(&out);
}

/* Above the ceiling nothing is taken for whole. */
static void
test_ceiling(void **state)
{
	struct tg_buf out;

	(void)state;
	tg_buf_init(&out, 20);
	assert_int_equal(tg_example_write(TG_STR(ASK), TG_STR(GOOD), &out),
	    TG_EXAMPLE_GOOD);
	assert_true(out.failed);
	tg_buf_free(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_ceiling),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
