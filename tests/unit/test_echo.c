/* The provider that needs no network: llm/echo.h. */
#include "config.h"

#include "unit.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/escape.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/limits.h"
#include "llm/assemble.h"
#include "llm/chunk.h"
#include "llm/echo.h"
#include "llm/usage.h"

static struct tg_arena *arena;
static struct tg_view view;
static struct tg_echo *echo;
static struct tg_echo_settings settings;
static struct tg_err err;
static struct tg_buf out;	/* all bytes */
static int steps;		/* pieces */
static int waited_ms;
static enum tg_echo_step last;

static int
open_as(enum tg_dialect_id id, const char *body)
{
	tg_err_reset(&err);
	assert_int_equal(tg_view_read(
	    &view, &tg_dialects[id], arena, tg_str(body), &err), 0);
	return tg_echo_open(arena, &view, &settings, &echo, &err);
}

static void
run(enum tg_dialect_id id, const char *body)
{
	struct tg_str bytes;
	int ms;

	assert_int_equal(open_as(id, body), 0);
	tg_buf_reset(&out);
	steps = waited_ms = 0;
	for (;;) {
		last = tg_echo_next(echo, &bytes, &ms);
		if (last == TG_ECHO_WAIT) {
			assert_true(ms > 0);
			waited_ms += ms;
			continue;
		}
		if (last != TG_ECHO_BYTES)
			break;
		assert_true(bytes.n > 0);
		tg_buf_adds(&out, bytes);
		steps++;
	}
	assert_int_equal(tg_echo_next(echo, &bytes, &ms), last);
	assert_false(out.failed);
}

/* A member of the answer by path, raw. */
static struct tg_str
at(const char *path)
{
	struct tg_str value;

	assert_int_equal(tg_json_check(tg_buf_str(&out), 99, NULL), 0);
	assert_true(tg_json_path(tg_buf_str(&out), path, &value));
	return value;
}

static struct tg_str
item(struct tg_str array, int i)
{
	struct tg_json_it it = tg_json_begin(array);
	struct tg_str value;

	do
		assert_true(tg_json_item(&it, &value));
	while (i-- > 0);
	return value;
}

static struct tg_str
within(struct tg_str object, const char *path)
{
	struct tg_str value;

	assert_true(tg_json_path(object, path, &value));
	return value;
}

/* All events put together; *events how many, [DONE] not counted. */
static struct tg_str
assembled(int *events, bool *done)
{
	struct tg_assembly *as =
	    tg_assembly_new(view.dialect, 64 << 20);
	struct tg_str rest = tg_buf_str(&out), line;
	static struct tg_buf answer;
	struct tg_chunk c;

	*events = 0;
	*done = false;
	while (tg_str_cut(&rest, '\n', &line)) {
		if (line.n == 0)
			continue;
		assert_false(*done);
		assert_true(tg_str_starts(line, "data: "));
		line = (struct tg_str){line.p + 6, line.n - 6};
		*done = tg_str_is(line, "[DONE]");
		if (*done)
			continue;
		assert_int_equal(tg_chunk_read(&c, line), 0);
		assert_int_equal(tg_assembly_add(as, line), 0);
		(*events)++;
	}
	if (answer.max == 0)
		tg_buf_init(&answer, 64 << 20);
	tg_buf_reset(&answer);
	assert_int_equal(tg_assembly_write(as, &answer), 0);
	tg_assembly_free(as);
	tg_buf_reset(&out);
	tg_buf_adds(&out, tg_buf_str(&answer));
	tg_buf_free(&answer);
	return tg_buf_str(&out);
}

#define USER(content) "\"messages\":[{\"role\":\"system\",\"content\":" \
    "\"be kind\"},{\"role\":\"user\",\"content\":" content "}," \
    "{\"role\":\"assistant\",\"content\":null}]"
#define CHAT(content, more) "{\"model\":\"echo\"," USER(content) more "}"

static void
test_whole(void **state)
{
	(void)state;
	run(TG_DIALECT_CHAT, CHAT("\" Hello,\\n\\u00e9  w\\\"orld \"", ""));
	assert_int_equal(last, TG_ECHO_END);
	assert_str(at("object"), "\"chat.completion\"");
	assert_str(at("model"), "\"echo\"");
	assert_true(tg_str_starts(at("id"), "\"chatcmpl-"));
	assert_str(within(item(at("choices"), 0), "message.content"),
	    "\" Hello,\\n\\u00e9  w\\\"orld \"");
	assert_str(within(item(at("choices"), 0), "finish_reason"),
	    "\"stop\"");
	assert_str(at("usage"), "{\"prompt_tokens\":5,"
	    "\"completion_tokens\":3,\"total_tokens\":8}");
	assert_int_equal(tg_echo_status(echo), 200);
	assert_string_equal(tg_echo_content_type(echo), "application/json");
	assert_int_equal(waited_ms, 0);
}

static void
test_parts(void **state)
{
	(void)state;
	run(TG_DIALECT_CHAT, CHAT("[{\"type\":\"text\",\"text\":\"a b\"},"
	    "{\"type\":\"image_url\"},{\"type\":\"text\",\"text\":\"c\"}]",
	    ""));
	assert_str(within(item(at("choices"), 0), "message.content"),
	    "\"a bc\"");
	run(TG_DIALECT_CHAT, CHAT("null", ",\"n\":2"));
	assert_str(within(item(at("choices"), 1), "message.content"), "\"\"");
	run(TG_DIALECT_CHAT, "{\"model\":\"echo\",\"messages\":"
	    "[{\"role\":\"system\",\"content\":\"only\"}]}");
	assert_str(within(item(at("choices"), 0), "message.content"),
	    "\"only\"");
}

static void
test_stream(void **state)
{
	bool done;
	int events;

	(void)state;
	run(TG_DIALECT_CHAT, CHAT("\" one  t\xc3\xa9wo\\t three \"",
	    ",\"stream\":true"));
	assert_int_equal(last, TG_ECHO_END);
	assert_string_equal(tg_echo_content_type(echo),
	    "text/event-stream; charset=utf-8");
	assert_non_null(strstr(out.p, "{\"content\":\"  t\xc3\xa9wo\"}"));
	assert_non_null(strstr(out.p, "{\"content\":\"\\t three \"}"));
	assembled(&events, &done);
	assert_true(done);
	assert_int_equal(events, 1 + 3 + 1 + 1);
	assert_int_equal(steps, events + 1);	/* an event each */
	assert_str(within(item(at("choices"), 0), "message.content"),
	    "\" one  t\xc3\xa9wo\\t three \"");
	assert_str(within(item(at("choices"), 0), "message.role"),
	    "\"assistant\"");
	assert_str(within(item(at("choices"), 0), "finish_reason"),
	    "\"stop\"");
	assert_str(at("usage.completion_tokens"), "3");
	assert_str(at("object"), "\"chat.completion\"");
}

/* The canonical order of openai-api.md 4.5. */
static void
test_order(void **state)
{
	static const char *const order[] = {
		"\"role\":\"assistant\",\"content\":\"\"", "\"usage\":null",
		"{\"content\":\"a\"}", "{\"content\":\" b\"}",
		"\"delta\":{},\"logprobs\":null,\"finish_reason\":\"stop\"",
		"\"choices\":[],\"usage\":{", "data: [DONE]\n\n"};
	const char *p;
	size_t i;

	(void)state;
	run(TG_DIALECT_CHAT, CHAT("\"a b\"", ",\"stream\":true"));
	for (i = 0, p = out.p; i < COUNT(order); i++) {
		p = strstr(p, order[i]);
		assert_non_null(p);
	}
}

static void
test_completions(void **state)
{
	bool done;
	int events;

	(void)state;
	run(TG_DIALECT_COMPLETIONS, "{\"model\":\"echo\",\"prompt\":"
	    "[\"a b\",\"c\"],\"n\":2,\"echo\":true}");
	assert_str(at("object"), "\"text_completion\"");
	assert_str(within(item(at("choices"), 1), "text"), "\"a b\"");
	assert_str(within(item(at("choices"), 3), "text"), "\"c\"");
	assert_str(within(item(at("choices"), 3), "index"), "3");
	assert_str(at("usage.total_tokens"), "9");
	run(TG_DIALECT_COMPLETIONS, "{\"model\":\"echo\",\"prompt\":\"a b\","
	    "\"stream\":true}");
	assembled(&events, &done);
	assert_true(done);
	assert_int_equal(events, 2 + 1 + 1);
	assert_str(within(item(at("choices"), 0), "text"), "\"a b\"");
	run(TG_DIALECT_COMPLETIONS,
	    "{\"model\":\"echo\",\"prompt\":[5,6,\n7]}");
	assert_str(within(item(at("choices"), 0), "text"), "\"3 tokens\"");
	run(TG_DIALECT_COMPLETIONS,
	    "{\"model\":\"echo\",\"prompt\":[[5],[6,7]]}");
	assert_str(within(item(at("choices"), 1), "text"), "\"2 tokens\"");
}

#define EMBED(more) "{\"model\":\"echo\"," more "}"

static void
test_embeddings(void **state)
{
	struct tg_str a, b, bytes;
	struct tg_arena *mine = tg_arena_new(TG_MAX_ARENA);

	(void)state;
	run(TG_DIALECT_EMBEDDINGS, EMBED("\"input\":[\"x \\u00e9\",\"y\","
	    "\"x \xc3\xa9\"],\"dimensions\":4"));
	assert_str(at("object"), "\"list\"");
	a = within(item(at("data"), 0), "embedding");
	assert_true(tg_str_eq(a, within(item(at("data"), 2), "embedding")));
	b = within(item(at("data"), 1), "embedding");
	assert_false(tg_str_eq(a, b));
	assert_str(within(item(at("data"), 2), "index"), "2");
	item(b, 3);
	assert_str(at("usage"), "{\"prompt_tokens\":5,\"total_tokens\":5}");
	/* base64 says the same numbers */
	a = tg_arena_copy(mine, item(b, 2));
	run(TG_DIALECT_EMBEDDINGS, EMBED("\"input\":\"y\",\"dimensions\":4,"
	    "\"encoding_format\":\"base64\""));
	assert_true(tg_json_raw_text(
	    within(item(at("data"), 0), "embedding"), &b));
	assert_int_equal(tg_base64_decode(mine, b, &bytes), 0);
	assert_int_equal(bytes.n, 16);
	{
		float f;

		memcpy(&f, bytes.p + 8, sizeof(f));
		assert_true((double)f == strtod(a.p, NULL));
	}
	tg_arena_free(mine);
	run(TG_DIALECT_EMBEDDINGS, EMBED("\"input\":\"y\",\"dimensions\":4096")
	    );
	item(within(item(at("data"), 0), "embedding"), 4095);
	assert_int_equal(open_as(TG_DIALECT_EMBEDDINGS,
	    EMBED("\"input\":\"y\",\"dimensions\":4097")), -1);
	assert_string_equal(err.param, "dimensions");
	assert_int_equal(open_as(TG_DIALECT_EMBEDDINGS,
	    EMBED("\"input\":\"y\",\"encoding_format\":\"hex\"")), -1);
	assert_string_equal(err.param, "encoding_format");
}

static void
test_pace(void **state)
{
	(void)state;
	run(TG_DIALECT_CHAT, CHAT("\"a b c\"", ",\"stream\":true,"
	    "\"echo\":{\"delay_ms\":70,\"chunk_ms\":5}"));
	assert_int_equal(waited_ms, 70 + 2 * 5);
	run(TG_DIALECT_CHAT, CHAT("\"x\"", ",\"stream\":true,\"echo\":"
	    "{\"words\":1001,\"tokens_per_second\":3000}"));
	assert_int_equal(waited_ms, 333);
	run(TG_DIALECT_CHAT, CHAT("\"x\"", ",\"echo\":"
	    "{\"words\":3,\"tokens_per_second\":0.5}"));
	assert_int_equal(waited_ms, 4000);
	assert_str(within(item(at("choices"), 0), "message.content"),
	    "\"word1 word2 word3\"");
	settings.chunk_ms = 20;
	run(TG_DIALECT_CHAT, CHAT("\"a b\"", ",\"echo\":{\"delay_ms\":0}"));
	assert_int_equal(waited_ms, 20);
	settings.tokens_per_second = 100;
	run(TG_DIALECT_CHAT, CHAT("\"a b\"", ""));
	assert_int_equal(waited_ms, 10);
	tg_echo_defaults(&settings);
}

static void
test_fault(void **state)
{
	(void)state;
	run(TG_DIALECT_CHAT, CHAT("\"a\"", ",\"stream\":true,\"echo\":"
	    "{\"status\":429,\"retry_after\":7,\"delay_ms\":3}"));
	assert_int_equal(last, TG_ECHO_END);
	assert_int_equal(waited_ms, 3);
	assert_int_equal(tg_echo_status(echo), 429);
	assert_int_equal(tg_echo_retry_after(echo), 7);
	assert_string_equal(tg_echo_content_type(echo), "application/json");
	assert_true(tg_str_find(at("error.message"), TG_STR("429")) > 0);
}

static void
test_breaks(void **state)
{
	(void)state;
	run(TG_DIALECT_CHAT, CHAT("\"a b c\"", ",\"stream\":true,"
	    "\"echo\":{\"cut_after\":2}"));
	assert_int_equal(last, TG_ECHO_CUT);
	assert_int_equal(steps, 3);
	assert_null(strstr(out.p, "\" c\""));
	run(TG_DIALECT_CHAT, CHAT("\"a b c\"", ",\"stream\":true,"
	    "\"echo\":{\"stall_after\":0}"));
	assert_int_equal(last, TG_ECHO_STALL);
	assert_int_equal(steps, 1);
	/* more words than there are: before the end */
	run(TG_DIALECT_CHAT, CHAT("\"a b c\"", ",\"stream\":true,"
	    "\"echo\":{\"cut_after\":9}"));
	assert_int_equal(last, TG_ECHO_CUT);
	assert_int_equal(steps, 4);
	assert_null(strstr(out.p, "\"finish_reason\":\"stop\""));
	run(TG_DIALECT_CHAT, CHAT("\"a b c\"", ",\"echo\":{\"cut_after\":1}"));
	assert_int_equal(last, TG_ECHO_CUT);
	assert_int_not_equal(tg_json_check(tg_buf_str(&out), 9, NULL), 0);
	run(TG_DIALECT_EMBEDDINGS,
	    EMBED("\"input\":[\"x\",\"y\"],\"echo\":{\"cut_after\":1}"));
	assert_int_equal(last, TG_ECHO_CUT);
}

static void
test_usage(void **state)
{
	(void)state;
	run(TG_DIALECT_CHAT, CHAT("\"a b c\"", ",\"echo\":{\"usage\":"
	    "{\"prompt_tokens\":1000,\"completion_tokens\":7}}"));
	assert_str(at("usage"), "{\"prompt_tokens\":1000,"
	    "\"completion_tokens\":7,\"total_tokens\":1007}");
	settings.completion_tokens = 0;
	run(TG_DIALECT_CHAT, CHAT("\"a b c\"", ",\"n\":3,\"echo\":null"));
	assert_str(at("usage.completion_tokens"), "0");
	tg_echo_defaults(&settings);
}

static void
test_refused(void **state)
{
	static const struct {
		const char *more, *param;
	} cases[] = {
		{",\"echo\":3", "echo"},
		{",\"echo\":\"x\"", "echo"},
		{",\"echo\":{\"nonsense\":1}", "echo.nonsense"},
		{",\"echo\":{\"delay_ms\":-1}", "echo.delay_ms"},
		{",\"echo\":{\"delay_ms\":\"1\"}", "echo.delay_ms"},
		{",\"echo\":{\"status\":200}", "echo.status"},
		{",\"echo\":{\"cut_after\":-2}", "echo.cut_after"},
		{",\"echo\":{\"tokens_per_second\":0}",
		    "echo.tokens_per_second"},
		{",\"echo\":{\"usage\":3}", "echo.usage"},
		{",\"echo\":{\"usage\":{\"prompt_tokens\":-1}}",
		    "echo.usage.prompt_tokens"},
		{",\"n\":9", "n"},
	};
	char body[512];
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		snprintf(body, sizeof(body), "{\"model\":\"echo\"," USER(
		    "\"x\"") "%s}", cases[i].more);
		assert_int_equal(open_as(TG_DIALECT_CHAT, body), -1);
		assert_int_equal(err.code, TG_E_INVALID);
		assert_string_equal(err.param, cases[i].param);
	}
}

/* A word of a megabyte passes through a line of two kilobytes. */
static void
test_long_word(void **state)
{
	size_t n, size = 1 << 20;
	char *body = malloc(size + 200);
	struct tg_str content;
	bool done;
	int events;

	(void)state;
	n = (size_t)snprintf(body, 200, "{\"model\":\"echo\",\"stream\":true,"
	    "\"messages\":[{\"role\":\"user\",\"content\":\"a ");
	memset(body + n, 'w', size);
	snprintf(body + n + size, 100, " b\"}]}");
	run(TG_DIALECT_CHAT, body);
	assembled(&events, &done);
	assert_int_equal(events, 6);
	content = within(item(at("choices"), 0), "message.content");
	assert_int_equal(content.n, 1 + 2 + size + 2 + 1);
	free(body);
}

static int
setup(void **state)
{
	(void)state;
	arena = tg_arena_new(TG_MAX_ARENA);
	tg_buf_init(&out, 64 << 20);
	tg_echo_defaults(&settings);
	return tg_crypto_init();
}

static int
teardown(void **state)
{
	(void)state;
	tg_arena_free(arena);
	tg_buf_free(&out);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole),
		cmocka_unit_test(test_parts),
		cmocka_unit_test(test_stream),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_completions),
		cmocka_unit_test(test_embeddings),
		cmocka_unit_test(test_pace),
		cmocka_unit_test(test_fault),
		cmocka_unit_test(test_breaks),
		cmocka_unit_test(test_usage),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_long_word),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
