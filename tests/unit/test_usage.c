/* Token classes out of what providers report: llm/usage.h. */
#include "config.h"

#include "unit.h"

#include "base/buf.h"
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
};

static void
test_classes(void **state)
{
	struct tg_usage u = {0};
	size_t i, k;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		tg_usage_read(&u, TG_USAGE_OPENAI, tg_str(cases[i].raw));
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
		"{\"prompt_tokens\":null}",
		/* it would ruin all sums */
		"{\"prompt_tokens\":9223372036854775807,"
		"\"completion_tokens\":7}"};
	struct tg_usage u = {0};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(raws); i++) {
		tg_usage_read(&u, TG_USAGE_OPENAI, tg_str(raws[i]));
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
	struct tg_usage u = {0};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(costs); i++) {
		tg_usage_read(&u, TG_USAGE_OPENAI, tg_str(costs[i].raw));
		assert_true(u.provider_cost_nano == costs[i].nano);
	}
}

/* In other words than OpenAI's; columns as above. */
static const struct {
	enum tg_usage_form form;
	const char *raw;
	int64_t tokens[TG_UNIT__TOKENS], reasoning, total;
	bool odd;
} others[] = {
	{TG_USAGE_ANTHROPIC, "{\"input_tokens\":10,\"output_tokens\":5,"
	    "\"cache_read_input_tokens\":100,"
	    "\"cache_creation_input_tokens\":30,\"cache_creation\":"
	    "{\"ephemeral_5m_input_tokens\":10,"
	    "\"ephemeral_1h_input_tokens\":20},"
	    "\"output_tokens_details\":{\"thinking_tokens\":2}}",
	    {10, 100, 10, 20, 0, 0, 5, 0}, 2, -1, false},
	/* of two that were merged the last counts */
	{TG_USAGE_ANTHROPIC, "{\"input_tokens\":10,\"output_tokens\":1,"
	    "\"cache_read_input_tokens\":null,\"output_tokens\":9}",
	    {10, 0, 0, 0, 0, 0, 9, 0}, 0, -1, false},
	/* compaction: the rounds are the bill */
	{TG_USAGE_ANTHROPIC, "{\"input_tokens\":20,\"output_tokens\":10,"
	    "\"iterations\":[{\"type\":\"compaction\",\"input_tokens\":100,"
	    "\"output_tokens\":30},{\"type\":\"message\",\"input_tokens\":20,"
	    "\"output_tokens\":10}]}", {120, 0, 0, 0, 0, 0, 40, 0}, 0, -1,
	    false},
	{TG_USAGE_ANTHROPIC, "{\"input_tokens\":20,\"output_tokens\":10,"
	    "\"iterations\":[]}", {20, 0, 0, 0, 0, 0, 10, 0}, 0, -1, false},
	{TG_USAGE_GEMINI, "{\"promptTokenCount\":100,"
	    "\"toolUsePromptTokenCount\":7,\"candidatesTokenCount\":5,"
	    "\"thoughtsTokenCount\":20,\"totalTokenCount\":132,"
	    "\"cachedContentTokenCount\":60,\"promptTokensDetails\":["
	    "{\"modality\":\"TEXT\",\"tokenCount\":50},"
	    "{\"modality\":\"AUDIO\",\"tokenCount\":50}],"
	    "\"cacheTokensDetails\":[{\"modality\":\"AUDIO\","
	    "\"tokenCount\":40}],\"candidatesTokensDetails\":["
	    "{\"modality\":\"AUDIO\",\"tokenCount\":3}]}",
	    {37, 60, 0, 0, 10, 0, 22, 3}, 20, 132, false},
	{TG_USAGE_BEDROCK, "{\"inputTokens\":10,\"outputTokens\":3,"
	    "\"totalTokens\":13,\"cacheReadInputTokens\":1000,"
	    "\"cacheWriteInputTokens\":24,\"cacheDetails\":[{\"ttl\":\"1h\","
	    "\"inputTokens\":20},{\"ttl\":\"5m\",\"inputTokens\":4}]}",
	    {10, 1000, 4, 20, 0, 0, 3, 0}, 0, 1037, false},
	{TG_USAGE_BEDROCK, "{\"inputTokens\":10,\"outputTokens\":3,"
	    "\"totalTokens\":1013,\"cacheReadInputTokens\":1000}",
	    {10, 1000, 0, 0, 0, 0, 3, 0}, 0, 1013, false},
	{TG_USAGE_BEDROCK, "{\"inputTokens\":10,\"outputTokens\":3,"
	    "\"totalTokens\":14}", {10, 0, 0, 0, 0, 0, 3, 0}, 0, 14, true},
	{TG_USAGE_OLLAMA, "{\"done\":true,\"prompt_eval_count\":26,"
	    "\"eval_count\":298}", {26, 0, 0, 0, 0, 0, 298, 0}, 0, -1, false},
	{TG_USAGE_OLLAMA, "{\"done\":true,\"eval_count\":298}",
	    {0, 0, 0, 0, 0, 0, 298, 0}, 0, -1, false},
	{TG_USAGE_COHERE, "{\"billed_units\":{\"input_tokens\":5,"
	    "\"output_tokens\":7},\"tokens\":{\"input_tokens\":70,"
	    "\"output_tokens\":9},\"cached_tokens\":2}",
	    {3, 2, 0, 0, 0, 0, 7, 0}, 0, -1, false},
	/* sound that was cached is not told apart */
	{TG_USAGE_OPENAI, "{\"prompt_tokens\":100," DETAILS(
	    "\"cached_tokens\":90,\"audio_tokens\":50") "}",
	    {0, 90, 0, 0, 10, 0, 0, 0}, 0, -1, false},
};

static void
test_others(void **state)
{
	struct tg_usage u = {0};
	size_t i, k;

	(void)state;
	for (i = 0; i < COUNT(others); i++) {
		tg_usage_read(&u, others[i].form, tg_str(others[i].raw));
		assert_true(u.known);
		for (k = 0; k < TG_UNIT__TOKENS; k++)
			assert_int_equal(u.tokens[k], others[i].tokens[k]);
		assert_int_equal(u.reasoning, others[i].reasoning);
		assert_int_equal(u.total, others[i].total);
		assert_int_equal(u.odd, others[i].odd);
	}
	tg_usage_read(&u, TG_USAGE_GEMINI,
	    TG_STR("{\"trafficType\":\"ON_DEMAND\"}"));
	assert_false(u.known);
}

static void
test_tier(void **state)
{
	struct tg_usage u = {0};

	(void)state;
	tg_usage_tier(&u, TG_STR("\"flex\""));
	tg_usage_read(&u, TG_USAGE_OPENAI, TG_STR("{\"prompt_tokens\":1}"));
	assert_string_equal(u.tier, "flex");
	tg_usage_tier(&u, TG_STR("null"));
	tg_usage_tier(&u, TG_STR("\"much longer than any of them\""));
	assert_string_equal(u.tier, "flex");
	tg_usage_read(&u, TG_USAGE_ANTHROPIC, TG_STR("{\"input_tokens\":1,"
	    "\"service_tier\":\"priority\"}"));
	assert_string_equal(u.tier, "priority");
	tg_usage_reset(&u);
	assert_string_equal(u.tier, "");
}

/* --- the vectors --- */

static const struct {
	const char *provider, *usage;	/* "": the object itself */
	enum tg_usage_form form;
} families[] = {
	{"anthropic", "usage", TG_USAGE_ANTHROPIC},
	{"anthropic", "message.usage", TG_USAGE_ANTHROPIC},
	{"gemini", "usageMetadata", TG_USAGE_GEMINI},
	{"vertex_ai", "usageMetadata", TG_USAGE_GEMINI},
	{"bedrock", "usage", TG_USAGE_BEDROCK},
	{"ollama", "", TG_USAGE_OLLAMA},
	{"", "usage", TG_USAGE_OPENAI},
	{"", "x_groq.usage", TG_USAGE_OPENAI},
};

/* Anthropic's later usages add members to the first; of others one counts. */
static void
note_usage(struct tg_str provider, struct tg_str object, struct tg_usage *u,
    struct tg_buf *merged)
{
	struct tg_usage seen = {0};
	struct tg_str raw, data;
	bool own = false;
	size_t i;

	if (tg_json_get(object, "event", &raw) &&
	    tg_json_get(object, "data", &data))
		object = data;
	for (i = 0; i < COUNT(families); i++) {
		if (*families[i].provider != '\0' ?
			!tg_json_text_is(provider, families[i].provider) :
			own)
			continue;
		own = *families[i].provider != '\0';
		raw = object;
		if (*families[i].usage != '\0' &&
		    !tg_json_path(object, families[i].usage, &raw))
			continue;
		if (tg_json_type(raw) != TG_JSON_OBJECT)
			continue;
		if (families[i].form == TG_USAGE_ANTHROPIC) {
			tg_buf_addc(merged, merged->n > 0 ? "," : "{");
			tg_buf_add(merged, raw.p + 1, raw.n - 2);
			raw = tg_buf_str(merged);
		}
		tg_usage_read(&seen, families[i].form, raw);
		if (seen.known)
			*u = seen;
	}
}

static void
gather(struct tg_str file, struct tg_usage *u)
{
	struct tg_str provider, answer, event;
	struct tg_json_it it;
	struct tg_buf merged;

	tg_buf_init(&merged, 1 << 16);
	tg_usage_reset(u);
	assert_true(tg_json_get(file, "provider", &provider));
	if (tg_json_get(file, "provider_response", &answer)) {
		note_usage(provider, answer, u, &merged);
	} else if (tg_json_get(file, "provider_stream", &answer)) {
		it = tg_json_begin(answer);
		while (tg_json_item(&it, &event))
			note_usage(provider, event, u, &merged);
	}
	tg_buf_free(&merged);
}

/* The usage that the caller must get; false: the vector has none. */
static bool
wanted(struct tg_str file, struct tg_str *usage)
{
	struct tg_str stream, event, found;
	struct tg_json_it it;
	bool any = tg_json_path(file, "openai_response.usage", usage) ||
	    tg_json_path(file, "assembled.usage", usage);

	if (!any && tg_json_get(file, "openai_stream", &stream)) {
		it = tg_json_begin(stream);
		while (tg_json_item(&it, &event))
			if (tg_json_type(event) == TG_JSON_OBJECT &&
			    tg_json_get(event, "usage", &found) &&
			    tg_json_type(found) == TG_JSON_OBJECT) {
				*usage = found;
				any = true;
			}
	}
	return any && tg_json_type(*usage) == TG_JSON_OBJECT;
}

static int64_t
member(struct tg_str usage, const char *path)
{
	struct tg_str value;
	int64_t n = 0;

	if (tg_json_path(usage, path, &value))
		(void)tg_json_i64(value, &n);
	return n;
}

static void
check_usage(const struct tg_usage *u, struct tg_str usage)
{
	const int64_t *t = u->tokens;
	int64_t out = t[TG_UNIT_OUTPUT] + t[TG_UNIT_AUDIO_OUTPUT];

	assert_true(u->known && !u->odd);
	assert_int_equal(sum(u) - out, member(usage, "prompt_tokens"));
	assert_int_equal(out, member(usage, "completion_tokens"));
	assert_int_equal(t[TG_UNIT_CACHE_READ],
	    member(usage, "prompt_tokens_details.cached_tokens"));
	assert_int_equal(t[TG_UNIT_CACHE_WRITE] + t[TG_UNIT_CACHE_WRITE_1H],
	    member(usage, "prompt_tokens_details.cache_write_tokens"));
	assert_int_equal(t[TG_UNIT_AUDIO_INPUT],
	    member(usage, "prompt_tokens_details.audio_tokens"));
	assert_int_equal(t[TG_UNIT_IMAGE_INPUT],
	    member(usage, "prompt_tokens_details.image_tokens"));
	assert_int_equal(u->reasoning,
	    member(usage, "completion_tokens_details.reasoning_tokens"));
	if (u->total >= 0)
		assert_int_equal(sum(u), u->total);
}

/* What upstreams sent in their words, against what a caller must get. */
static void
test_vectors(void **state)
{
	struct tg_str files[100], direction, usage;
	struct tg_usage u;
	size_t n, i, checked = 0;

	(void)state;
	n = corpus_folder("tests/vectors", files, COUNT(files));
	for (i = 0; i < n; i++) {
		if (tg_json_check(files[i], 99, NULL) != TG_JSON_GOOD ||
		    !tg_json_get(files[i], "direction", &direction) ||
		    !tg_json_text_is(direction, "openai_to_provider") ||
		    !wanted(files[i], &usage))
			continue;
		gather(files[i], &u);
		check_usage(&u, usage);
		checked++;
	}
	assert_true(checked >= 25);
	corpus_free(files, n);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_classes),
		cmocka_unit_test(test_unknown),
		cmocka_unit_test(test_cost),
		cmocka_unit_test(test_others),
		cmocka_unit_test(test_tier),
		cmocka_unit_test(test_vectors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
