/* Bodies as conversations: llm/talk.h. */
#include "config.h"

#include "unit.h"

#include <stdlib.h>

#include "llm/talk.h"

/* As text, members in the order of their names. */
static void
is(json_t *talk, const char *member, const char *want)
{
	const json_t *j = member == NULL ? talk :
	    json_object_get(talk, member);
	char *text = json_dumps(j,
	    JSON_COMPACT | JSON_SORT_KEYS | JSON_ENCODE_ANY);

	assert_non_null(text);
	assert_string_equal(text, want);
	free(text);
	json_decref(talk);
}

#define REQUEST(text) tg_talk_request(TG_STR(text))
#define ANSWER(text) tg_talk_answer(TG_STR(text))

static void
test_chat(void **state)
{
	(void)state;
	is(REQUEST("{\"model\":\"m\",\"temperature\":0.5,\"messages\":["
	    "{\"role\":\"system\",\"content\":\"Be short.\"},"
	    "{\"role\":\"user\",\"name\":\"ann\",\"content\":[{\"type\":"
	    "\"text\",\"text\":\"What is it?\"},{\"type\":\"image_url\","
	    "\"image_url\":{\"url\":\"data:image/png;base64,AA\",\"detail\":"
	    "\"low\"}},{\"type\":\"image_url\",\"image_url\":\"https://a/\"},"
	    "{\"type\":\"input_audio\",\"input_audio\":{\"data\":\"AA\","
	    "\"format\":\"wav\"}},{\"type\":\"file\",\"file\":{\"filename\":"
	    "\"a.pdf\"}},{\"type\":\"video_url\",\"x\":1}]}]}"), "turns",
	    "[{\"at\":0,\"parts\":[{\"text\":\"Be short.\"}],"
	    "\"role\":\"system\"},{\"at\":1,\"name\":\"ann\",\"parts\":["
	    "{\"text\":\"What is it?\"},{\"detail\":\"low\",\"image\":"
	    "\"data:image/png;base64,AA\"},{\"image\":\"https://a/\"},"
	    "{\"audio\":\"wav\"},{\"file\":\"a.pdf\"},"
	    "{\"other\":{\"type\":\"video_url\",\"x\":1}}],"
	    "\"role\":\"user\"}]");
	is(REQUEST("{\"model\":\"m\",\"temperature\":0.5,\"messages\":[]}"),
	    "params", "{\"model\":\"m\",\"temperature\":0.5}");
	is(REQUEST("{\"messages\":[{\"role\":\"assistant\",\"content\":null,"
	    "\"reasoning_content\":\"Hm\",\"reasoning\":\"Hm\","
	    "\"tool_calls\":[{\"id\":\"c1\",\"type\":\"function\","
	    "\"function\":{\"name\":\"ls\",\"arguments\":\"{\\\"a\\\":1\"}},"
	    "{\"id\":\"c2\",\"type\":\"custom\",\"custom\":{\"name\":\"sh\","
	    "\"input\":\"ls\"}}]},{\"role\":\"tool\",\"tool_call_id\":\"c1\","
	    "\"content\":[{\"type\":\"text\",\"text\":\"a\"},{\"type\":"
	    "\"text\",\"text\":\"b\"}]},{\"role\":\"function\",\"name\":"
	    "\"old\",\"content\":\"x\"}]}"), "turns",
	    "[{\"at\":0,\"parts\":[{\"reasoning\":\"Hm\"},{\"call\":"
	    "{\"arguments\":\"{\\\"a\\\":1\",\"id\":\"c1\",\"name\":\"ls\"}},"
	    "{\"call\":{\"arguments\":\"ls\",\"id\":\"c2\",\"name\":\"sh\"}}],"
	    "\"role\":\"assistant\"},{\"at\":1,\"parts\":[{\"result\":{\"id\":"
	    "\"c1\",\"text\":\"a\\nb\"}}],\"role\":\"tool\"},{\"at\":2,"
	    "\"name\":\"old\",\"parts\":[{\"result\":{\"id\":\"old\","
	    "\"text\":\"x\"}}],\"role\":\"function\"}]");
	is(REQUEST("{\"tools\":[{\"type\":\"function\",\"function\":{\"name\":"
	    "\"f\",\"description\":\"d\",\"parameters\":{\"type\":\"object\"}"
	    "}},{\"type\":\"web_search\",\"size\":1}],"
	    "\"functions\":[{\"name\":\"g\"}]}"), "tools",
	    "[{\"description\":\"d\",\"name\":\"f\",\"parameters\":"
	    "{\"type\":\"object\"}},{\"name\":\"web_search\",\"parameters\":"
	    "{\"size\":1,\"type\":\"web_search\"}},{\"name\":\"g\"}]");
}

static void
test_chat_answer(void **state)
{
	(void)state;
	is(ANSWER("{\"id\":\"x\",\"choices\":[{\"index\":0,\"message\":"
	    "{\"role\":\"assistant\",\"content\":\"Hi\",\"refusal\":null,"
	    "\"annotations\":[]},\"finish_reason\":\"stop\"},{\"text\":"
	    "\"old\",\"finish_reason\":\"length\"}],\"usage\":{\"a\":1},"
	    "\"error\":null}"), NULL,
	    "{\"finish\":[\"stop\",\"length\"],\"params\":{\"id\":\"x\"},"
	    "\"turns\":[{\"parts\":[{\"text\":\"Hi\"}],\"role\":\"assistant\""
	    "},{\"parts\":[{\"text\":\"old\"}],\"role\":\"assistant\"}],"
	    "\"usage\":{\"a\":1}}");
	is(ANSWER("{\"error\":{\"message\":\"no\"}}"), "error",
	    "{\"message\":\"no\"}");
	is(ANSWER("{\"data\":[{\"embedding\":[1,2,3]}]}"), "turns",
	    "[{\"parts\":[{\"other\":{\"dimensions\":3,\"embeddings\":1}}],"
	    "\"role\":\"assistant\"}]");
}

static void
test_messages(void **state)
{
	(void)state;
	is(REQUEST("{\"max_tokens\":9,\"system\":[{\"type\":\"text\",\"text\":"
	    "\"You code.\",\"cache_control\":{\"type\":\"ephemeral\"}}],"
	    "\"messages\":[{\"role\":\"user\",\"content\":\"Go\"},{\"role\":"
	    "\"assistant\",\"content\":[{\"type\":\"thinking\",\"thinking\":"
	    "\"Hm\",\"signature\":\"s\"},{\"type\":\"tool_use\",\"id\":\"t\","
	    "\"name\":\"Read\",\"input\":{\"path\":\"a\"}}]},{\"role\":"
	    "\"user\",\"content\":[{\"type\":\"tool_result\",\"tool_use_id\":"
	    "\"t\",\"is_error\":true,\"content\":[{\"type\":\"text\",\"text\":"
	    "\"none\"},{\"type\":\"image\",\"source\":{\"type\":\"base64\","
	    "\"media_type\":\"image/gif\",\"data\":\"R0\"}}]},{\"type\":"
	    "\"document\",\"title\":\"doc\",\"source\":{\"type\":\"text\","
	    "\"data\":\"words\"}}]}]}"), "turns",
	    "[{\"parts\":[{\"text\":\"You code.\"}],\"role\":\"system\"},"
	    "{\"at\":0,\"parts\":[{\"text\":\"Go\"}],\"role\":\"user\"},"
	    "{\"at\":1,\"parts\":[{\"reasoning\":\"Hm\"},{\"call\":"
	    "{\"arguments\":{\"path\":\"a\"},\"id\":\"t\",\"name\":\"Read\"}}"
	    "],\"role\":\"assistant\"},{\"at\":2,\"parts\":[{\"result\":"
	    "{\"failed\":true,\"id\":\"t\",\"text\":\"none\"}},{\"image\":"
	    "\"data:image/gif;base64,R0\"},{\"file\":\"doc\"},"
	    "{\"text\":\"words\"}],\"role\":\"user\"}]");
	is(REQUEST("{\"tools\":[{\"name\":\"Read\",\"input_schema\":{}}]}"),
	    "tools", "[{\"name\":\"Read\",\"parameters\":{}}]");
	is(ANSWER("{\"type\":\"message\",\"role\":\"assistant\",\"content\":["
	    "{\"type\":\"text\",\"text\":\"Yes\"}],\"stop_reason\":"
	    "\"end_turn\",\"usage\":{\"input_tokens\":1}}"), NULL,
	    "{\"finish\":[\"end_turn\"],\"params\":{\"type\":\"message\"},"
	    "\"turns\":[{\"parts\":[{\"text\":\"Yes\"}],\"role\":"
	    "\"assistant\"}],\"usage\":{\"input_tokens\":1}}");
}

static void
test_responses(void **state)
{
	(void)state;
	is(REQUEST("{\"instructions\":\"Be.\",\"input\":\"Hello\"}"), "turns",
	    "[{\"parts\":[{\"text\":\"Be.\"}],\"role\":\"system\"},{\"at\":0,"
	    "\"parts\":[{\"text\":\"Hello\"}],\"role\":\"user\"}]");
	is(REQUEST("{\"input\":[{\"role\":\"user\",\"content\":[{\"type\":"
	    "\"input_text\",\"text\":\"Go\"},{\"type\":\"input_image\","
	    "\"image_url\":\"https://a/\"}]},{\"type\":\"reasoning\","
	    "\"summary\":[{\"type\":\"summary_text\",\"text\":\"Hm\"}]},"
	    "{\"type\":\"function_call\",\"call_id\":\"c\",\"name\":\"ls\","
	    "\"arguments\":\"{}\"},{\"type\":\"function_call_output\","
	    "\"call_id\":\"c\",\"output\":\"a\"},{\"type\":"
	    "\"web_search_call\"}]}"), "turns",
	    "[{\"at\":0,\"parts\":[{\"text\":\"Go\"},{\"image\":"
	    "\"https://a/\"}],\"role\":\"user\"},{\"at\":1,\"parts\":["
	    "{\"reasoning\":\"Hm\"}],\"role\":\"assistant\"},{\"at\":2,"
	    "\"parts\":[{\"call\":{\"arguments\":\"{}\",\"id\":\"c\","
	    "\"name\":\"ls\"}}],\"role\":\"assistant\"},{\"at\":3,\"parts\":["
	    "{\"result\":{\"id\":\"c\",\"text\":\"a\"}}],\"role\":\"tool\"},"
	    "{\"at\":4,\"parts\":[{\"other\":{\"type\":\"web_search_call\"}}],"
	    "\"role\":\"assistant\"}]");
	is(ANSWER("{\"object\":\"response\",\"status\":\"completed\","
	    "\"output\":[{\"type\":\"message\",\"role\":\"assistant\","
	    "\"content\":[{\"type\":\"output_text\",\"text\":\"Hi\"}]}]}"),
	    "turns", "[{\"at\":0,\"parts\":[{\"text\":\"Hi\"}],"
	    "\"role\":\"assistant\"}]");
}

static void
test_old(void **state)
{
	(void)state;
	is(REQUEST("{\"prompt\":[\"a\",\"b\"],\"suffix\":\"c\"}"), NULL,
	    "{\"params\":{\"suffix\":\"c\"},\"turns\":[{\"at\":0,\"parts\":["
	    "{\"text\":\"a\"}],\"role\":\"user\"},{\"at\":1,\"parts\":["
	    "{\"text\":\"b\"}],\"role\":\"user\"}]}");
	is(REQUEST("{\"input\":[1,2,3]}"), "turns",
	    "[{\"at\":0,\"parts\":[{\"other\":[1,2,3]}],\"role\":\"user\"}]");
}

/* Wrong types everywhere: all is there, nothing falls over. */
static void
test_hostile(void **state)
{
	static const char *const values[] = { "null", "true", "1", "\"\"",
		"\"x\"", "[]", "{}", "[null]", "[[[\"x\"]]]", "[1]", "[{}]",
		"{\"type\":1}", "[{\"role\":[],\"content\":{\"type\":\"text\""
		",\"text\":[]}}]", "[{\"role\":\"tool\",\"content\":7}]",
		"[{\"tool_calls\":\"x\"}]", "[{\"tool_calls\":[1,{}]}]",
		"[{\"type\":\"tool_result\"}]", "[{\"type\":\"image\"}]",
		"[{\"content\":[{\"type\":\"image_url\",\"image_url\":[]}]}]",
		"[{\"content\":[{\"type\":\"tool_use\",\"name\":{}}]}]",
		"[{\"type\":\"function_call_output\"}]",
		"[{\"type\":\"reasoning\",\"summary\":3}]" };
	static const char *const members[] = { "messages", "input", "prompt",
		"system", "instructions", "tools", "functions", "choices",
		"content", "output", "data", "usage", "error",
		"incomplete_details", "stop_reason" };
	char body[400];

	(void)state;
	for (size_t i = 0; i < COUNT(members); i++)
		for (size_t k = 0; k < COUNT(values); k++) {
			json_t *j;

			(void)snprintf(body, sizeof(body), "{\"%s\":%s}",
			    members[i], values[k]);
			j = tg_talk_request(tg_str(body));
			assert_true(json_is_array(json_object_get(j, "turns")));
			json_decref(j);
			j = tg_talk_answer(tg_str(body));
			assert_true(json_is_array(json_object_get(j, "turns")));
			json_decref(j);
		}
	assert_null(REQUEST("no JSON"));
	assert_null(ANSWER(""));
	is(REQUEST("[1]"), "turns",
	    "[{\"parts\":[{\"other\":[1]}],\"role\":\"\"}]");
	is(REQUEST("{\"input\":\"a\\ud83d \\u0000 \\ud83d\\ude00\"}"),
	    "turns", "[{\"at\":0,\"parts\":[{\"text\":\"a\xef\xbf\xbd "
	    "\xef\xbf\xbd \xf0\x9f\x98\x80\"}],\"role\":\"user\"}]");
}

/* Nested as deep as may be, and a result of many parts. */
static void
test_large(void **state)
{
	struct tg_buf b;
	json_t *j;

	(void)state;
	tg_buf_init(&b, 1 << 24);
	tg_buf_addc(&b, "{\"messages\":[{\"role\":\"user\",\"content\":");
	for (int i = 0; i < 250; i++)
		tg_buf_addc(&b, "[{\"type\":\"tool_result\",\"content\":");
	tg_buf_addc(&b, "1");
	for (int i = 0; i < 250; i++)
		tg_buf_addc(&b, "}]");
	tg_buf_addc(&b, "}]}");
	j = tg_talk_request(tg_buf_str(&b));
	assert_non_null(j);
	json_decref(j);
	tg_buf_reset(&b);
	tg_buf_addc(&b, "{\"messages\":[{\"role\":\"tool\",\"content\":[");
	for (int i = 0; i < 50000; i++)
		tg_buf_addc(&b, "{\"text\":\"abcdefghijklmnop\"},");
	for (int i = 0; i < 1000000; i++)
		tg_buf_byte(&b, i == 0 || i == 999999 ? '"' : '<');
	tg_buf_addc(&b, "]}]}");
	j = tg_talk_request(tg_buf_str(&b));
	assert_int_equal(json_string_length(json_object_get(json_object_get(
	    json_array_get(json_object_get(json_array_get(json_object_get(j,
	    "turns"), 0), "parts"), 0), "result"), "text")),
	    50000 * 17 + 999998);
	json_decref(j);
	tg_buf_free(&b);
}

static void
words(struct tg_str piece, const char *want)
{
	struct tg_buf b;

	tg_buf_init(&b, 1 << 20);
	assert_int_equal(tg_talk_words(piece, &b), 0);
	assert_str(tg_buf_str(&b), want);
	tg_buf_free(&b);
}

static void
test_words(void **state)
{
	struct tg_buf b;

	(void)state;
	words(TG_STR("{\"role\":\"user\",\"content\":[{\"type\":\"text\","
	    "\"text\":\"Gr\\u00fc\\u00df Gott\"},{\"type\":\"image_url\","
	    "\"image_url\":{\"url\":\"data:image/png;base64,AAAA\"}}]}"),
	    "Gr\xc3\xbc\xc3\x9f Gott\n");
	words(TG_STR("{\"role\":\"assistant\",\"content\":null,\"tool_calls\":"
	    "[{\"id\":\"c1\",\"function\":{\"name\":\"ls\",\"arguments\":"
	    "\"{\\\"path\\\":\\\"a\\\"}\"}}]}"), "ls\n{\"path\":\"a\"}\n");
	words(TG_STR("[{\"name\":\"f\",\"description\":\"d\",\"input_schema\":"
	    "{\"type\":\"object\",\"properties\":{\"city\":{\"type\":"
	    "\"string\"}}}}]"), "f\nd\ncity\n");
	words(TG_STR("\"a prompt\""), "a prompt\n");
	words(TG_STR("no \xff JSON"), "no   JSON\n");
	words(TG_STR(""), "");
	tg_buf_init(&b, 4);
	assert_int_equal(tg_talk_words(TG_STR("\"too long\""), &b), -1);
	tg_buf_free(&b);
}

static void
test_program(void **state)
{
	static const struct {
		const char *agent, *name;
	} cases[] = {
		{ "", "unknown" },
		{ "claude-cli/1.0.83 (external, cli)", "Claude Code" },
		{ "codex_cli_rs/0.42.0 (Debian 12)", "Codex" },
		{ "OpenAI/Python 1.99.1", "OpenAI/Python" },
		{ "AsyncOpenAI/Python 1.99.1", "OpenAI/Python" },
		{ "OpenAI/JS 5.1.0", "OpenAI/JS" },
		{ "Anthropic/Python 0.40", "Anthropic/Python" },
		{ "curl/8.5.0", "curl" },
		{ "python-httpx/0.27.0", "python-httpx" },
		{ "foo/v1.2 bar", "foo" },
		{ "Mozilla/5.0 (X11) AppleWebKit/537.36 Chrome/120 Safari/5",
		    "Chrome" },
		{ "Mozilla/5.0", "Mozilla" },
		{ "\xff\xfe", "unknown" },
		{ "a\tb/1", "a b" },
		{ "/1", "unknown" },
	};
	struct tg_arena *a = tg_arena_new(1 << 20);
	char agent[200];

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_string_equal(tg_talk_program(a, tg_str(cases[i].agent)),
		    cases[i].name);
	memset(agent, 'x', sizeof(agent));
	assert_int_equal(strlen(tg_talk_program(a,
	    (struct tg_str){ agent, sizeof(agent) })), 64);
	tg_arena_free(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_chat),
		cmocka_unit_test(test_chat_answer),
		cmocka_unit_test(test_messages),
		cmocka_unit_test(test_responses),
		cmocka_unit_test(test_old),
		cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_large),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_program),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
