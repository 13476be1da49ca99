/* Token classes out of what providers report: llm/usage.h. */
#include "config.h"

#include "unit.h"

#include <stdio.h>

#include "base/json.h"
#include "corpus.h"
#include "llm/usage.h"

#define DETAILS(inside) "\"prompt_tokens_details\":{" inside "}"
#define OUT_DETAILS(inside) "\"completion_tokens_details\":{" inside "}"

static int64_t
sum(const struct tg_usage *u)
{
	int64_t total = 0;
	size_t i;

	for (i = 0; i < TG_UNIT__TOKENS; i++)
		total += u->tokens[i];
	return total;
}

/* tokens in the order of enum tg_unit; then reasoning, total, odd */
static const struct {
	const char *raw;
	int64_t tokens[TG_UNIT__TOKENS], reasoning, total;
	bool odd;
} cases[] = {
	{"{\"prompt_tokens\":10,\"completion_tokens\":5,\"total_tokens\":15}",
	    {10, 0, 0, 0, 0, 0, 5, 0}, 0, 15, false},
	{"{\"prompt_tokens\":100,\"completion_tokens\":50,\"total_tokens\":150,"
	    DETAILS("\"cached_tokens\":60,\"cache_write_tokens\":10,"
	    "\"audio_tokens\":5,\"image_tokens\":3,\"text_tokens\":92") ","
	    OUT_DETAILS("\"reasoning_tokens\":20,\"audio_tokens\":8") "}",
	    {22, 60, 10, 0, 5, 3, 42, 8}, 20, 150, false},
	/* DeepSeek, Moonshot, LiteLLM */
	{"{\"prompt_cache_hit_tokens\":4,\"prompt_tokens\":9,"
	    "\"completion_tokens\":1}", {5, 4, 0, 0, 0, 0, 1, 0}, 0, -1,
	    false},
	{"{\"cached_tokens\":4,\"prompt_tokens\":9," DETAILS(
	    "\"cached_tokens\":3") "}", {6, 3, 0, 0, 0, 0, 0, 0}, 0, -1,
	    false},
	{"{\"prompt_tokens\":30,\"completion_tokens\":2,"
	    "\"cache_creation_input_tokens\":20,\"cache_creation\":"
	    "{\"ephemeral_1h_input_tokens\":15}}",
	    {10, 0, 5, 15, 0, 0, 2, 0}, 0, -1, false},
	/* Responses' names */
	{"{\"input_tokens\":8,\"output_tokens\":4,\"total_tokens\":12,"
	    "\"input_tokens_details\":{\"cached_tokens\":2},"
	    "\"output_tokens_details\":{\"reasoning_tokens\":3}}",
	    {6, 2, 0, 0, 0, 0, 4, 0}, 3, 12, false},
	/* embeddings */
	{"{\"prompt_tokens\":7,\"total_tokens\":7}",
	    {7, 0, 0, 0, 0, 0, 0, 0}, 0, 7, false},
	{"{\"total_tokens\":7}", {7, 0, 0, 0, 0, 0, 0, 0}, 0, 7, false},
	/* null and repeated members */
	{"{\"prompt_tokens\":1,\"prompt_tokens\":3,\"completion_tokens\":2,"
	    "\"prompt_tokens_details\":null," OUT_DETAILS(
	    "\"audio_tokens\":null") "}", {3, 0, 0, 0, 0, 0, 2, 0}, 0, -1,
	    false},
	{"{\"prompt_tokens\":2e1,\"completion_tokens\":1.0}",
	    {20, 0, 0, 0, 0, 0, 1, 0}, 0, -1, false},
	/* xAI: completion without reasoning */
	{"{\"prompt_tokens\":32,\"completion_tokens\":9,\"total_tokens\":135,"
	    OUT_DETAILS("\"reasoning_tokens\":94") "}",
	    {32, 0, 0, 0, 0, 0, 103, 0}, 94, 135, false},
	/* odd */
	{"{\"prompt_tokens\":10,\"completion_tokens\":5,\"total_tokens\":99}",
	    {10, 0, 0, 0, 0, 0, 5, 0}, 0, 99, true},
	{"{\"prompt_tokens\":10,\"completion_tokens\":5," DETAILS(
	    "\"cached_tokens\":8,\"cache_write_tokens\":8") "}",
	    {0, 8, 2, 0, 0, 0, 5, 0}, 0, -1, true},
	{"{\"prompt_tokens\":1,\"completion_tokens\":2," OUT_DETAILS(
	    "\"reasoning_tokens\":9") "}", {1, 0, 0, 0, 0, 0, 2, 0}, 2, -1,
	    true},
	{"{\"prompt_tokens\":-5,\"completion_tokens\":2}",
	    {0, 0, 0, 0, 0, 0, 2, 0}, 0, -1, true},
	{"{\"prompt_tokens\":\"5\",\"completion_tokens\":2}",
	    {0, 0, 0, 0, 0, 0, 2, 0}, 0, -1, true},
	{"{\"prompt_tokens\":1.5,\"completion_tokens\":2}",
	    {0, 0, 0, 0, 0, 0, 2, 0}, 0, -1, true},
	{"{\"prompt_tokens\":9223372036854775807,\"completion_tokens\":"
	    "9223372036854775807,\"total_tokens\":9223372036854775807}",
	    {INT64_MAX / 4, 0, 0, 0, 0, 0, INT64_MAX / 4, 0}, 0,
	    INT64_MAX / 4, true},
};

static void
test_classes(void **state)
{
	struct tg_usage u;
	size_t i, k;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		tg_usage_openai(&u, tg_str(cases[i].raw));
		assert_true(u.known);
		for (k = 0; k < TG_UNIT__TOKENS; k++)
			assert_int_equal(u.tokens[k], cases[i].tokens[k]);
		assert_int_equal(u.reasoning, cases[i].reasoning);
		assert_int_equal(u.total, cases[i].total);
		assert_int_equal(u.odd, cases[i].odd);
		assert_true(u.provider_cost_nano == TG_COST_NONE);
		if (u.total >= 0 && !u.odd)
			assert_int_equal(sum(&u), u.total);
	}
}

static void
test_unknown(void **state)
{
	static const char *const raws[] = {
		"", "null", "{}", "[]", "3", "{\"queue_time\":1}",
		"{\"prompt_tokens\":null}"};
	struct tg_usage u;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(raws); i++) {
		tg_usage_openai(&u, tg_str(raws[i]));
		assert_false(u.known);
		assert_int_equal(sum(&u), 0);
		assert_int_equal(u.total, -1);
	}
}

static const struct {
	const char *raw;
	int64_t nano;
} costs[] = {
	{"{\"cost\":0.00042}", 420000},
	{"{\"cost\":4.2e-07}", 420},
	{"{\"cost\":0}", 0},
	{"{\"cost\":1}", 1000000000},
	{"{\"cost\":0.0000000015}", 2},
	{"{\"cost\":{\"total_cost\":0.5}}", 500000000},
	{"{\"estimated_cost\":1e-6}", 1000},
	{"{\"cost_in_usd_ticks\":12345}", 1235},
	{"{\"cost\":null}", TG_COST_NONE},
	{"{\"cost\":\"0.1\"}", TG_COST_NONE},
	{"{\"cost\":-1}", TG_COST_NONE},
	{"{\"cost\":1e99}", TG_COST_NONE},
	{"{\"cost_in_usd_ticks\":-3}", TG_COST_NONE},
	{"{\"prompt_tokens\":1}", TG_COST_NONE},
};

static void
test_cost(void **state)
{
	struct tg_usage u;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(costs); i++) {
		tg_usage_openai(&u, tg_str(costs[i].raw));
		assert_true(u.provider_cost_nano == costs[i].nano);
	}
}

/* The usage of what upstreams sent, against what a client must get. */
static void
test_vectors(void **state)
{
	static const struct {
		const char *name;
		int64_t input, cached, output, reasoning, cost;
	} vectors[] = {
		{"openrouter-stream-comments", 20, 0, 8, 3, 420000},
		{"deepseek-stream-reasoning", 5, 0, 9, 4, TG_COST_NONE},
		{"groq-stream-x-groq-usage", 30, 0, 5, 0, TG_COST_NONE},
		{"xai-usage-reasoning", 26, 6, 103, 94, TG_COST_NONE},
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(vectors); i++) {
		struct tg_str file, answer, raw;
		struct tg_json_it it;
		struct tg_usage u;
		char path[128];

		snprintf(path, sizeof(path), "tests/vectors/%s.json",
		    vectors[i].name);
		file = corpus_file(path);
		if (!tg_json_get(file, "provider_response", &answer)) {
			struct tg_str stream, event;

			assert_true(tg_json_get(
			    file, "provider_stream", &stream));
			it = tg_json_begin(stream);
			while (tg_json_item(&it, &event))
				if (tg_json_type(event) == TG_JSON_OBJECT)
					answer = event;
		}
		if (!tg_json_get(answer, "usage", &raw))
			assert_true(
			    tg_json_path(answer, "x_groq.usage", &raw));
		tg_usage_openai(&u, raw);
		assert_true(u.known && !u.odd);
		assert_int_equal(u.tokens[TG_UNIT_INPUT], vectors[i].input);
		assert_int_equal(
		    u.tokens[TG_UNIT_CACHE_READ], vectors[i].cached);
		assert_int_equal(u.tokens[TG_UNIT_OUTPUT], vectors[i].output);
		assert_int_equal(u.reasoning, vectors[i].reasoning);
		assert_true(u.provider_cost_nano == vectors[i].cost);
		assert_int_equal(sum(&u), u.total);
		corpus_free(&file, 1);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_classes),
		cmocka_unit_test(test_unknown),
		cmocka_unit_test(test_cost),
		cmocka_unit_test(test_vectors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
