/* Providers' lists of models in every shape: llm/model_list.h. */
#include "config.h"

#include "unit.h"

#include <stdio.h>

#include "base/arena.h"
#include "llm/model_list.h"

static struct tg_arena *arena;
static struct tg_listed_model *rows;
static size_t n;
static struct tg_err e;

static void
read_list(const char *json)
{
	tg_err_reset(&e);
	tg_arena_reset(arena);
	assert_int_equal(
	    tg_model_list_read(arena, tg_str(json), &rows, &n, &e), 0);
}

static void
test_openai(void **state)
{
	(void)state;
	read_list("{\"object\":\"list\",\"data\":["
		  "{\"id\":\"gpt-5\",\"object\":\"model\",\"created\":1},"
		  "{\"id\":\"text-embedding-3-small\"},{\"id\":\"gpt-5\"},"
		  "{\"id\":\"whisper-1\"},{\"id\":\"\"},{\"id\":7},{},3,"
		  "{\"id\":\"with blank\"},{\"id\":\"ctl\\u0001\"}]}");
	assert_int_equal(n, 3);
	assert_string_equal(rows[0].id, "gpt-5");
	assert_string_equal(rows[0].mode, "chat");
	assert_null(rows[0].title);
	assert_int_equal(rows[0].max_input_tokens, 0);
	assert_int_equal(rows[0].vision, TG_NOT_SAID);
	assert_true(rows[0].pico[TG_UNIT_INPUT] == TG_PICO_UNKNOWN);
	assert_string_equal(rows[1].mode, "embedding");
	assert_false(rows[1].other);
	assert_true(rows[2].other);
}

static void
test_openrouter(void **state)
{
	(void)state;
	read_list("{\"data\":[{\"id\":\"a/b\",\"name\":\"A: B\","
		  "\"context_length\":200000,\"architecture\":{"
		  "\"input_modalities\":[\"text\",\"image\"]},"
		  "\"pricing\":{\"prompt\":\"0.000003\",\"completion\":"
		  "\"0.000015\",\"request\":\"0\",\"input_cache_read\":"
		  "\"0.0000003\",\"image\":\"0.0048\"},\"top_provider\":{"
		  "\"max_completion_tokens\":64000},"
		  "\"supported_parameters\":[\"tools\",\"seed\"]},"
		  "{\"id\":\"a/free:free\",\"pricing\":{\"prompt\":\"0\","
		  "\"completion\":\"0\"},\"supported_parameters\":[\"seed\"],"
		  "\"architecture\":{\"input_modalities\":[\"text\"]}},"
		  "{\"id\":\"auto\",\"pricing\":{\"prompt\":\"-1\","
		  "\"completion\":\"-1\"}}]}");
	assert_int_equal(n, 3);
	assert_string_equal(rows[0].title, "A: B");
	assert_int_equal(rows[0].max_input_tokens, 200000);
	assert_int_equal(rows[0].max_output_tokens, 64000);
	assert_int_equal(rows[0].vision, TG_SAID_YES);
	assert_int_equal(rows[0].tools, TG_SAID_YES);
	assert_int_equal(rows[0].pico[TG_UNIT_INPUT], 3000000);
	assert_int_equal(rows[0].pico[TG_UNIT_OUTPUT], 15000000);
	assert_int_equal(rows[0].pico[TG_UNIT_CACHE_READ], 300000);
	assert_true(rows[0].pico[TG_UNIT_CALL] == TG_PICO_UNKNOWN);
	assert_int_equal(rows[1].pico[TG_UNIT_INPUT], 0);
	assert_int_equal(rows[1].vision, TG_SAID_NO);
	assert_int_equal(rows[1].tools, TG_SAID_NO);
	assert_true(rows[2].pico[TG_UNIT_INPUT] == TG_PICO_UNKNOWN);
}

static void
test_others(void **state)
{
	(void)state;
	/* Together: a bare list, USD a million */
	read_list("[{\"id\":\"t/x\",\"type\":\"chat\",\"display_name\":\"X\","
		  "\"context_length\":131072,\"pricing\":{\"input\":0.88,"
		  "\"output\":0.27,\"hourly\":0}},{\"id\":\"t/hour\","
		  "\"pricing\":{\"input\":0,\"output\":0}},"
		  "{\"id\":\"t/flux\",\"type\":\"image\"}]");
	assert_int_equal(n, 3);
	assert_true(rows[0].other);
	assert_true(rows[1].pico[TG_UNIT_INPUT] == TG_PICO_UNKNOWN);
	assert_int_equal(rows[2].pico[TG_UNIT_INPUT], 880000);
	assert_int_equal(rows[2].pico[TG_UNIT_OUTPUT], 270000);
	/* DeepInfra, Mistral, Ollama's own */
	read_list("{\"data\":[{\"id\":\"d\",\"metadata\":{\"context_length\":"
		  "8192,\"max_tokens\":4096,\"pricing\":{\"input_tokens\":"
		  "0.05,\"output_tokens\":0.1}}},{\"id\":\"m\","
		  "\"max_context_length\":32768,\"capabilities\":{\"vision\":"
		  "false,\"function_calling\":true}}]}");
	assert_int_equal(rows[0].max_output_tokens, 4096);
	assert_int_equal(rows[0].pico[TG_UNIT_OUTPUT], 100000);
	assert_int_equal(rows[1].vision, TG_SAID_NO);
	assert_int_equal(rows[1].tools, TG_SAID_YES);
	assert_int_equal(rows[1].max_input_tokens, 32768);
	read_list("{\"models\":[{\"name\":\"llama3:8b\",\"model\":\"x\"}]}");
	assert_string_equal(rows[0].id, "llama3:8b");
	assert_null(rows[0].title);
}

static void
test_no_list(void **state)
{
	static const char *const no[] = { "", "{}", "null", "7", "<html>",
		"{\"data\":{}}", "{\"data\":\"x\"}", "[", NULL };

	(void)state;
	for (int i = 0; no[i] != NULL; i++) {
		tg_err_reset(&e);
		assert_int_equal(tg_model_list_read(arena, tg_str(no[i]),
				     &rows, &n, &e),
		    -1);
		assert_int_equal(e.code, TG_E_GARBAGE);
	}
	read_list("[]");
	assert_int_equal(n, 0);
	read_list("{\"data\":[]}");
	assert_int_equal(n, 0);
}

static void
test_odd_values(void **state)
{
	(void)state;
	read_list("[{\"id\":\"a\",\"context_length\":-5,\"pricing\":\"x\","
		  "\"capabilities\":7,\"type\":{},\"architecture\":[]},"
		  "{\"id\":\"b\",\"pricing\":{\"input\":-1,\"output\":1e99}},"
		  "{\"id\":\"c\",\"pricing\":{\"prompt\":\"abc\","
		  "\"completion\":null},\"context_length\":1.5}]");
	assert_int_equal(n, 3);
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(rows[i].max_input_tokens, 0);
		assert_true(rows[i].pico[TG_UNIT_INPUT] == TG_PICO_UNKNOWN);
		assert_true(rows[i].pico[TG_UNIT_OUTPUT] == TG_PICO_UNKNOWN);
	}
}

static void
test_many(void **state)
{
	struct tg_buf b;

	(void)state;
	tg_buf_init(&b, 1 << 20);
	tg_buf_addc(&b, "[");
	for (int i = 0; i < TG_MOST_LISTED + 10; i++)
		tg_buf_printf(&b, "%s{\"id\":\"m%05d\"}", i > 0 ? "," : "", i);
	tg_buf_addc(&b, "]");
	read_list(b.p);
	assert_int_equal(n, TG_MOST_LISTED);
	tg_buf_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_openai),
		cmocka_unit_test(test_openrouter),
		cmocka_unit_test(test_others),
		cmocka_unit_test(test_no_list),
		cmocka_unit_test(test_odd_values),
		cmocka_unit_test(test_many),
	};
	int rc;

	arena = tg_arena_new(64 << 20);
	rc = cmocka_run_group_tests(tests, NULL, NULL);
	tg_arena_free(arena);
	return rc;
}
