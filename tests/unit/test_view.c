/* Reading and forwarding requests: llm/view.h. */
#include "config.h"

#include "unit.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/json.h"
#include "base/limits.h"
#include "llm/view.h"

#define MESSAGES "\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]"
#define CHAT TG_DIALECT_CHAT
#define TEXT TG_DIALECT_COMPLETIONS
#define EMBED TG_DIALECT_EMBEDDINGS

static struct tg_arena *arena;
static struct tg_err err;

static int
read_as(struct tg_view *v, enum tg_dialect_id id, struct tg_str body)
{
	tg_err_reset(&err);
	return tg_view_read(v, &tg_dialects[id], arena, body, &err);
}

static void
test_good(void **state)
{
	static const char body[] = "{\"model\":\"gpt-4\\u006f\","
	    "\"stream\":true,\"stream_options\":{\"include_usage\":true},"
	    "\"max_tokens\":7,\"max_completion_tokens\":1e2,\"n\":2,"
	    "\"user\":\"u\",\"safety_identifier\":\"s\\u00e9\","
	    "\"echo\":{\"words\":2}," MESSAGES "}";
	struct tg_view v;

	(void)state;
	assert_int_equal(read_as(&v, CHAT, tg_str(body)), 0);
	assert_str(v.model, "gpt-4o");
	assert_int_equal(v.model.p[6], '\0');
	assert_true(v.stream && v.usage_asked);
	assert_int_equal(v.max_tokens, 100);
	assert_int_equal(v.n, 2);
	assert_str(v.user, "s\xc3\xa9");
	assert_str(v.echo, "{\"words\":2}");
	assert_ptr_equal(v.body.p, body);
}

static void
test_defaults(void **state)
{
	struct tg_view v;

	(void)state;
	assert_int_equal(read_as(&v, CHAT, TG_STR(" {\"model\":\"m\"," MESSAGES
	    ",\"stream\":null,\"stream_options\":null,\"max_tokens\":-1,"
	    "\"max_completion_tokens\":null,\"n\":null,\"user\":7,"
	    "\"metadata\":{\"user_id\":\"via\"}}\n")), 0);
	assert_false(v.stream || v.usage_asked);
	assert_int_equal(v.max_tokens, -1);
	for (size_t i = 0; i < 4; i++) {
		static const char *const endless[] = {
			"\"max_tokens\":-1,\"max_completion_tokens\":50}",
			"\"max_tokens\":50,\"max_completion_tokens\":-1}",
			"\"max_tokens\":0}", "\"n_predict\":-1,\"max_tokens\":9}"};
		char body[256];

		snprintf(body, sizeof(body), "{\"model\":\"m\"," MESSAGES ",%s",
		    endless[i]);
		assert_int_equal(read_as(&v, CHAT, tg_str(body)), 0);
		assert_int_equal(v.max_tokens, -1);
	}
}

static void
test_nulls(void **state)
{
	struct tg_view v;

	(void)state;
	assert_int_equal(read_as(&v, CHAT, TG_STR(" {\"model\":\"m\"," MESSAGES
	    ",\"n\":null,\"user\":7,"
	    "\"metadata\":{\"user_id\":\"via\"}}\n")), 0);
	assert_int_equal(v.n, 1);
	assert_str(v.user, "via");
	assert_int_equal(v.echo.n, 0);
}

static void
test_dialects(void **state)
{
	static const char *const bodies[] = {
		"{\"model\":\"m\",\"prompt\":\"\"}",
		"{\"model\":\"m\",\"prompt\":[1,2],\"echo\":true}",
		"{\"model\":\"m\",\"prompt\":[\"a\",\"b\"],\"stream\":true}",
	};
	struct tg_view v;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(bodies); i++)
		assert_int_equal(read_as(&v, TEXT, tg_str(bodies[i])), 0);
	assert_true(v.stream);
	assert_str(v.input, "[\"a\",\"b\"]");
	assert_int_equal(read_as(&v, EMBED,
	    TG_STR("{\"input\":[\"a\"],\"model\":\"m\",\"stream\":1}")), 0);
	assert_false(v.stream);		/* has no streams: not ours to judge */
}

static void
test_duplicates(void **state)
{
	struct tg_view v;

	(void)state;
	assert_int_equal(read_as(&v, CHAT, TG_STR("{\"model\":1,\"stream\":3,"
	    "\"mod\\u0065l\":\"last\",\"stream\":true,\"stre\\u0061m\":false,"
	    "\"messages\":0," MESSAGES "}")), 0);
	assert_str(v.model, "last");
	assert_false(v.stream);
}

static const struct fault {
	enum tg_dialect_id id;
	const char *body;
	enum tg_code code;
	const char *param;
} faults[] = {
	{CHAT, "", TG_E_EMPTY_BODY, ""},
	{CHAT, " \r\n", TG_E_EMPTY_BODY, ""},
	{CHAT, "{\"model\":", TG_E_JSON, ""},
	{CHAT, "{'model':1}", TG_E_JSON, ""},
	{CHAT, "[1]", TG_E_JSON, ""},
	{CHAT, "\"text\"", TG_E_JSON, ""},
	{CHAT, "{} {}", TG_E_JSON, ""},
	{CHAT, "{\"model\":\"\xff\"}", TG_E_UTF8, ""},
	{CHAT, "{" MESSAGES "}", TG_E_MISSING, "model"},
	{CHAT, "{\"model\":null," MESSAGES "}", TG_E_MISSING, "model"},
	{CHAT, "{\"model\":\"\"," MESSAGES "}", TG_E_MISSING, "model"},
	{CHAT, "{\"model\":[\"a\"]," MESSAGES "}", TG_E_TYPE, "model"},
	{CHAT, "{\"model\":\"a\\u0000b\"," MESSAGES "}", TG_E_INVALID,
	    "model"},
	{CHAT, "{\"model\":\"a\",\"model\":2," MESSAGES "}", TG_E_TYPE,
	    "model"},
	{CHAT, "{\"model\":\"a\"}", TG_E_MISSING, "messages"},
	{CHAT, "{\"model\":\"a\",\"messages\":null}", TG_E_MISSING,
	    "messages"},
	{CHAT, "{\"model\":\"a\",\"messages\":\"hi\"}", TG_E_TYPE,
	    "messages"},
	{CHAT, "{\"model\":\"a\",\"messages\":[]}", TG_E_INVALID,
	    "messages"},
	{CHAT, "{\"model\":\"a\",\"messages\":[\"hi\"]}", TG_E_TYPE,
	    "messages[0]"},
	{CHAT, "{\"model\":\"a\",\"messages\":[{\"role\":\"user\"},{}]}",
	    TG_E_MISSING, "messages[1].role"},
	{CHAT, "{\"model\":\"a\",\"messages\":[{\"role\":null}]}", TG_E_TYPE,
	    "messages[0].role"},
	{CHAT, "{\"model\":\"a\",\"stream\":\"yes\"," MESSAGES "}",
	    TG_E_TYPE, "stream"},
	{CHAT, "{\"model\":\"a\",\"stream\":1," MESSAGES "}", TG_E_TYPE,
	    "stream"},
	{CHAT, "{\"model\":\"a\",\"stream_options\":true," MESSAGES "}",
	    TG_E_TYPE, "stream_options"},
	{CHAT, "{\"model\":\"a\",\"stream_options\":{\"include_usage\":1},"
	    MESSAGES "}", TG_E_TYPE, "stream_options.include_usage"},
	{CHAT, "{\"model\":\"a\",\"max_tokens\":\"9\"," MESSAGES "}",
	    TG_E_TYPE, "max_tokens"},
	{CHAT, "{\"model\":\"a\",\"max_completion_tokens\":1.5," MESSAGES
	    "}", TG_E_TYPE, "max_completion_tokens"},
	{CHAT, "{\"model\":\"a\",\"n\":0," MESSAGES "}", TG_E_INVALID, "n"},
	{CHAT, "{\"model\":\"a\",\"n\":true," MESSAGES "}", TG_E_TYPE, "n"},
	{TEXT, "{\"model\":\"a\"}", TG_E_MISSING, "prompt"},
	{TEXT, "{\"model\":\"a\",\"prompt\":{}}", TG_E_TYPE, "prompt"},
	{EMBED, "{\"model\":\"a\"}", TG_E_MISSING, "input"},
	{EMBED, "{\"model\":\"a\",\"input\":\"\"}", TG_E_INVALID, "input"},
	{EMBED, "{\"model\":\"a\",\"input\":[ ]}", TG_E_INVALID, "input"},
	{EMBED, "{\"model\":\"a\",\"input\":3}", TG_E_TYPE, "input"},
};

static void
test_faults(void **state)
{
	const struct fault *f;
	struct tg_view v;

	(void)state;
	for (f = faults; f < faults + COUNT(faults); f++) {
		assert_int_equal(read_as(&v, f->id, tg_str(f->body)), -1);
		assert_int_equal(err.code, f->code);
		assert_string_equal(err.param, f->param);
		assert_true(strlen(err.msg) > 20);
		assert_true(strstr(err.msg, f->param) != NULL);
	}
	assert_int_equal(read_as(&v, CHAT, TG_STR("{\"model\" 1}")), -1);
	assert_non_null(strstr(err.msg, "offset 9"));
}

static void
test_bounds(void **state)
{
	char body[8192], name[TG_MAX_MODEL_NAME + 2];
	struct tg_view v;
	size_t n;

	(void)state;
	memset(name, 'm', sizeof(name));
	name[TG_MAX_MODEL_NAME] = '\0';
	snprintf(body, sizeof(body), "{\"model\":\"%s\"," MESSAGES "}", name);
	assert_int_equal(read_as(&v, CHAT, tg_str(body)), 0);
	assert_int_equal(v.model.n, TG_MAX_MODEL_NAME);
	snprintf(body, sizeof(body), "{\"model\":\"%sx\"," MESSAGES "}", name);
	assert_int_equal(read_as(&v, CHAT, tg_str(body)), -1);
	assert_int_equal(err.code, TG_E_INVALID);
	memset(body, '[', sizeof(body));
	n = (size_t)snprintf(body, sizeof(body), "{\"model\":");
	body[n] = '[';
	assert_int_equal(
	    read_as(&v, CHAT, (struct tg_str){body, sizeof(body)}), -1);
	assert_int_equal(err.code, TG_E_DEEP);
	/* A long end user is cut between characters. */
	n = (size_t)snprintf(
	    body, sizeof(body), "{\"model\":\"m\"," MESSAGES ",\"user\":\"x");
	while (n < 1000) {
		memcpy(body + n, "\xc3\xa9", 2);
		n += 2;
	}
	snprintf(body + n, sizeof(body) - n, "\"}");
	assert_int_equal(read_as(&v, CHAT, tg_str(body)), 0);
	assert_int_equal(v.user.n, TG_MAX_USER_NAME - 1);
}

static const struct forward {
	const char *body, *want;
} forwards[] = {
	/* nothing but the name */
	{"{\"model\":\"a\"," MESSAGES "}",
	    "{\"model\":\"up\"," MESSAGES "}"},
	{"\n { \"x\" : 1.50e+00 , \"model\" :\t\"a\" ,\"y\":\"\\u00e9\\/\" ,"
	    MESSAGES " } ",
	    "\n { \"x\" : 1.50e+00 , \"model\" :\t\"up\" ,\"y\":"
	    "\"\\u00e9\\/\" ," MESSAGES " } "},
	/* usage is asked for in streams */
	{"{\"model\":\"a\",\"stream\":true," MESSAGES "}",
	    "{\"model\":\"up\",\"stream\":true," MESSAGES
	    ",\"stream_options\":{\"include_usage\":true}}"},
	{"{\"model\":\"a\",\"stream\":true," MESSAGES " }",
	    "{\"model\":\"up\",\"stream\":true," MESSAGES
	    ",\"stream_options\":{\"include_usage\":true} }"},
	{"{\"model\":\"a\",\"stream\":true,\"stream_options\":null," MESSAGES
	    "}", "{\"model\":\"up\",\"stream\":true,\"stream_options\":"
	    "{\"include_usage\":true}," MESSAGES "}"},
	{"{\"model\":\"a\",\"stream\":true,\"stream_options\":{ }," MESSAGES
	    "}", "{\"model\":\"up\",\"stream\":true,\"stream_options\":"
	    "{\"include_usage\":true }," MESSAGES "}"},
	{"{\"model\":\"a\",\"stream\":true,\"stream_options\":{\"x\": 1 },"
	    MESSAGES "}", "{\"model\":\"up\",\"stream\":true,"
	    "\"stream_options\":{\"x\": 1,\"include_usage\":true },"
	    MESSAGES "}"},
	{"{\"model\":\"a\",\"stream\":true,\"stream_options\":"
	    "{ \"include_usage\" : false, \"x\":1}," MESSAGES "}",
	    "{\"model\":\"up\",\"stream\":true,\"stream_options\":"
	    "{ \"include_usage\" : true, \"x\":1}," MESSAGES "}"},
	{"{\"model\":\"a\",\"stream\":true,\"stream_options\":"
	    "{\"include_usage\":true,\"include_usage\":null}," MESSAGES "}",
	    "{\"model\":\"up\",\"stream\":true,\"stream_options\":"
	    "{\"include_usage\":true}," MESSAGES "}"},
	{"{\"model\":\"a\",\"stream\":false,\"stream_options\":null,"
	    MESSAGES "}", "{\"model\":\"up\",\"stream\":false,"
	    "\"stream_options\":null," MESSAGES "}"},
	/* duplicates: only the last goes on */
	{"{\"model\":\"a\", \"model\":\"b\" ,\"x\":1,\"x\":2," MESSAGES "}",
	    "{\"model\":\"up\" ,\"x\":1,\"x\":2," MESSAGES "}"},
	{"{\"m\\u006fdel\":1,\"z\":0,\"model\":\"b\"," MESSAGES "}",
	    "{\"z\":0,\"model\":\"up\"," MESSAGES "}"},
	{"{\"model\":\"b\",\"stream\":true,\"stream_options\":{}," MESSAGES
	    ",\"stream\":false,\"stream_options\":null}",
	    "{\"model\":\"up\"," MESSAGES
	    ",\"stream\":false,\"stream_options\":null}"},
	/* the echo member is an upstream's business too */
	{"{\"model\":\"a\"," MESSAGES ",\"echo\":{\"words\":3}}",
	    "{\"model\":\"up\"," MESSAGES ",\"echo\":{\"words\":3}}"},
};

static int
forward(const struct tg_view *v, const char *upstream_model,
    const char *const *drop, struct tg_buf *out)
{
	return tg_view_forward(v,
	    &(struct tg_forward){.upstream_model = upstream_model,
		.max_tokens = -1, .drop = drop}, out);
}

static void
test_forward(void **state)
{
	const struct forward *f;
	struct tg_buf out;
	struct tg_view v;

	(void)state;
	tg_buf_init(&out, 1 << 20);
	for (f = forwards; f < forwards + COUNT(forwards); f++) {
		assert_int_equal(read_as(&v, CHAT, tg_str(f->body)), 0);
		tg_buf_reset(&out);
		assert_int_equal(forward(&v, "up", NULL, &out), 0);
		assert_string_equal(out.p, f->want);
		assert_int_equal(tg_json_check(tg_buf_str(&out), 99, NULL),
		    TG_JSON_GOOD);
	}
	tg_buf_free(&out);
}

static void
test_drop(void **state)
{
	static const char *const drop[] = {
		"echo", "seed", "stream_options", NULL};
	struct tg_buf out;
	struct tg_view v;

	(void)state;
	tg_buf_init(&out, 1 << 20);
	assert_int_equal(read_as(&v, CHAT, TG_STR("{\"seed\":1,\"model\":"
	    "\"a\",\"echo\":{},\"se\\u0065d\":2,\"stream\":true," MESSAGES
	    ",\"stream_options\":{}}")), 0);
	assert_int_equal(forward(&v, "a\"\\b", drop, &out), 0);
	assert_string_equal(out.p, "{\"model\":\"a\\\"\\\\b\",\"stream\":true,"
	    MESSAGES "}");
	tg_buf_free(&out);
}

/* The bound of the output, under the name that the upstream knows. */
static const struct {
	enum tg_dialect_id dialect;
	enum tg_max_name name;
	int64_t most;
	const char *body, *want;
} bounds[] = {
	{CHAT, TG_MAX_NEW, 50, "{\"model\":\"a\"," MESSAGES " }",
	    "{\"model\":\"up\"," MESSAGES ",\"max_completion_tokens\":50 }"},
	{CHAT, TG_MAX_OLD, 50, "{\"model\":\"a\"," MESSAGES "}",
	    "{\"model\":\"up\"," MESSAGES ",\"max_tokens\":50}"},
	{CHAT, TG_MAX_EITHER, 0, "{\"model\":\"a\"," MESSAGES "}",
	    "{\"model\":\"up\"," MESSAGES ",\"max_tokens\":0}"},
	{CHAT, TG_MAX_NEW, 9, "{\"max_tokens\":null,\"model\":\"a\","
	    "\"max_completion_tokens\":-1," MESSAGES "}",
	    "{\"model\":\"up\"," MESSAGES ",\"max_completion_tokens\":9}"},
	{TEXT, TG_MAX_NEW, 9, "{\"model\":\"a\",\"prompt\":\"x\"}",
	    "{\"model\":\"up\",\"prompt\":\"x\",\"max_tokens\":9}"},
	{EMBED, TG_MAX_OLD, 9, "{\"model\":\"a\",\"input\":\"x\"}",
	    "{\"model\":\"up\",\"input\":\"x\"}"},
	/* the caller's own */
	{CHAT, TG_MAX_OLD, -1, "{\"model\":\"a\","
	    "\"max_completion_tokens\": 7e0," MESSAGES "}",
	    "{\"model\":\"up\",\"max_tokens\": 7e0," MESSAGES "}"},
	{CHAT, TG_MAX_OLD, -1, "{\"model\":\"a\",\"max_tokens\":null,"
	    "\"max_completion_tokens\":7," MESSAGES "}",
	    "{\"model\":\"up\",\"max_tokens\":7," MESSAGES "}"},
	{CHAT, TG_MAX_OLD, -1, "{\"model\":\"a\",\"max_tokens\":5,"
	    "\"max_completion_tokens\":7," MESSAGES "}",
	    "{\"model\":\"up\",\"max_tokens\":5," MESSAGES "}"},
	{CHAT, TG_MAX_NEW, -1, "{\"model\":\"a\",\"max_tokens\":5,"
	    "\"max_completion_tokens\":7," MESSAGES "}",
	    "{\"model\":\"up\",\"max_tokens\":5,"
	    "\"max_completion_tokens\":7," MESSAGES "}"},
	/* llama.cpp's name comes before max_tokens there */
	{CHAT, TG_MAX_OLD, 9, "{\"model\":\"a\",\"n_predict\":-1," MESSAGES
	    "}", "{\"model\":\"up\"," MESSAGES ",\"max_tokens\":9}"},
	{CHAT, TG_MAX_OLD, -1, "{\"model\":\"a\",\"n_predict\":50,"
	    "\"max_tokens\":9," MESSAGES "}", "{\"model\":\"up\","
	    "\"n_predict\":50,\"max_tokens\":9," MESSAGES "}"},
	/* of duplicates none may be larger than the one that was read */
	{CHAT, TG_MAX_EITHER, -1, "{\"n\":9,\"model\":\"a\",\"max_tokens\":"
	    "99,\"messages\":[]," MESSAGES ",\"max_tokens\":1,\"n\":1}",
	    "{\"model\":\"up\"," MESSAGES ",\"max_tokens\":1,\"n\":1}"},
};

static void
test_most(void **state)
{
	struct tg_buf out;
	struct tg_view v;
	size_t i;

	(void)state;
	tg_buf_init(&out, 1 << 20);
	for (i = 0; i < COUNT(bounds); i++) {
		assert_int_equal(
		    read_as(&v, bounds[i].dialect, tg_str(bounds[i].body)), 0);
		tg_buf_reset(&out);
		assert_int_equal(tg_view_forward(&v,
				     &(struct tg_forward){
					 .upstream_model = "up",
					 .max_tokens = bounds[i].most,
					 .max_name = bounds[i].name},
				     &out),
		    0);
		assert_string_equal(out.p, bounds[i].want);
	}
	tg_buf_free(&out);
}

/* What is between caller and gateway stays here; what is OpenAI's goes on. */
static void
test_ours(void **state)
{
	static const char body[] =
	    "{\"tags\":[\"a\"],\"model\":\"a\",\"metadata\":{\"k\":\"v\"},"
	    "\"litellm_metadata\":{},\"litellm_session_id\":\"s\","
	    "\"fallbacks\":[\"b\"],\"num_retries\":3,\"cache\":{\"ttl\":1},"
	    "\"no-log\":true,\"guardrails\":[],\"drop_params\":true,"
	    "\"priority\":1,\"timeout\":5,\"langfuse_public_key\":\"x\","
	    "\"user\":\"u\",\"safety_identifier\":\"i\","
	    "\"service_tier\":\"flex\",\"prompt_cache_key\":\"c\","
	    "\"thinking\":{},\"reasoning_effort\":\"low\"," MESSAGES "}";
	static const char want[] =
	    "{\"model\":\"up\",\"metadata\":{\"k\":\"v\"},"
	    "\"user\":\"u\",\"safety_identifier\":\"i\","
	    "\"service_tier\":\"flex\",\"prompt_cache_key\":\"c\","
	    "\"thinking\":{},\"reasoning_effort\":\"low\"," MESSAGES "}";
	struct tg_buf out;
	struct tg_view v;

	(void)state;
	tg_buf_init(&out, 1 << 20);
	assert_int_equal(read_as(&v, CHAT, tg_str(body)), 0);
	assert_int_equal(forward(&v, "up", NULL, &out), 0);
	assert_string_equal(out.p, want);
	assert_null(tg_view_forbidden(&v));
	tg_buf_reset(&out);
	assert_int_equal(read_as(&v, CHAT, TG_STR("{\"model\":\"a\","
	    "\"metadata\":{\"tags\":[\"x\"]}," MESSAGES "}")), 0);
	assert_int_equal(forward(&v, "up", NULL, &out), 0);
	assert_string_equal(out.p, "{\"model\":\"up\"," MESSAGES "}");
	tg_buf_free(&out);
}

static void
test_forbidden(void **state)
{
	static const struct {
		const char *members, *name;
	} cases[] = {
		{"\"api_base\":\"http://x\"", "api_base"},
		{"\"base_url\":null", "base_url"},
		{"\"api_key\":\"k\"", "api_key"},
		{"\"user_config\":{}", "user_config"},
		{"\"model_list\":[]", "model_list"},
		{"\"mock_response\":\"x\"", "mock_response"},
		{"\"mock_testing_fallbacks\":true", "mock_testing_fallbacks"},
		{"\"custom_llm_provider\":\"x\"", "custom_llm_provider"},
		{"\"tags\":[],\"input_cost_per_token\":0",
		    "input_cost_per_token"},
		{"\"output_cost_per_second\":0", "output_cost_per_second"},
		{"\"cache_creation_input_token_cost_above_1hr\":0",
		    "cache_creation_input_token_cost_above_1hr"},
		{"\"api\\u005fbase\":1", "api\\u005fbase"},
		{"\"metadata\":{\"a\":1,\"user_api_key_alias\":\"x\"}",
		    "metadata.user_api_key_alias"},
		{"\"litellm_metadata\":{\"user_api_key\":\"x\"}",
		    "litellm_metadata.user_api_key"},
	};
	struct tg_view v;
	char body[512];
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		snprintf(body, sizeof(body), "{\"model\":\"a\",%s," MESSAGES
		    "}", cases[i].members);
		assert_int_equal(read_as(&v, CHAT, tg_str(body)), 0);
		assert_non_null(tg_view_forbidden(&v));
		assert_string_equal(tg_view_forbidden(&v), cases[i].name);
	}
}

/* What admission reads. */
static void
test_members(void **state)
{
	struct tg_view v;

	(void)state;
	assert_int_equal(read_as(&v, CHAT, TG_STR("{\"model\":\"a\",\"tools\":"
	    "[1],\"modalities\":[\"text\"],\"metadata\":{\"session_id\":"
	    "\"m\"},\"litellm_metadata\":{\"session_id\":\"l\"},\"tags\":"
	    "[\"t\"],\"service_tier\":\"flex\",\"priority\":3,"
	    "\"num_retries\":2,\"best_of\":5,\"prompt_cache_key\":\"p\","
	    "\"web_search_options\":{}," MESSAGES "}")), 0);
	assert_str(v.tools, "[1]");
	assert_str(v.modalities, "[\"text\"]");
	assert_str(v.tags, "[\"t\"]");
	assert_str(v.tier, "\"flex\"");
	assert_str(v.priority, "3");
	assert_str(v.num_retries, "2");
	assert_str(v.session, "m");
	assert_str(v.litellm_metadata, "{\"session_id\":\"l\"}");
	assert_int_equal(v.best_of, 1);	/* of completions only */
	assert_true(v.searches);
	assert_true(v.other_bytes >= 20 && v.other_bytes < 40);
	assert_int_equal(read_as(&v, CHAT, TG_STR("{\"model\":\"a\","
	    "\"n_predict\":50,\"max_tokens\":9," MESSAGES "}")), 0);
	assert_int_equal(v.max_tokens, 50);
	assert_int_equal(read_as(&v, TEXT, TG_STR("{\"model\":\"a\",\"prompt\":"
	    "\"x\",\"best_of\":5,\"litellm_session_id\":\"s\","
	    "\"metadata\":{\"session_id\":\"m\"}}")), 0);
	assert_int_equal(v.best_of, 5);
	assert_str(v.session, "s");
}

static void
test_ceiling(void **state)
{
	static const char body[] = "{\"model\":\"abc\"," MESSAGES "}";
	struct tg_buf out;
	struct tg_view v;

	(void)state;
	assert_int_equal(read_as(&v, CHAT, tg_str(body)), 0);
	tg_buf_init(&out, sizeof(body) - 2);
	assert_int_equal(forward(&v, "ab", NULL, &out), 0);
	tg_buf_reset(&out);
	assert_int_equal(forward(&v, "abcd", NULL, &out), -1);
	tg_buf_free(&out);
}

static int
setup(void **state)
{
	(void)state;
	arena = tg_arena_new(TG_MAX_ARENA);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	tg_arena_free(arena);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_nulls),
		cmocka_unit_test(test_dialects),
		cmocka_unit_test(test_duplicates),
		cmocka_unit_test(test_faults),
		cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_forward),
		cmocka_unit_test(test_drop),
		cmocka_unit_test(test_most),
		cmocka_unit_test(test_ours),
		cmocka_unit_test(test_forbidden),
		cmocka_unit_test(test_members),
		cmocka_unit_test(test_ceiling),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
