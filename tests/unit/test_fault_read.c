/* Upstreams' errors of every shape as one reason: llm/fault_read.h. */
#include "config.h"

#include "unit.h"

#include <stdio.h>
#include <time.h>

#include "base/clock.h"
#include "base/json.h"
#include "corpus.h"
#include "llm/fault_read.h"

static struct tg_err e;

static void
read_body(int status, const char *body)
{
	struct tg_fault_source src = {.status = status, .body = tg_str(body)};

	tg_err_reset(&e);
	assert_int_equal(tg_fault_read(&src, &e), -1);
	assert_int_equal(e.code, TG_E_UPSTREAM);
}

/* Of an error that says nothing else. */
static const struct {
	int from, to;
	const char *type, *code;
} statuses[] = {
	{400, 400, "invalid_request_error", ""},
	{401, 401, "authentication_error", "invalid_api_key"},
	{402, 402, "insufficient_quota", "billing_error"},
	{403, 403, "permission_error", ""},
	{404, 404, "not_found_error", "model_not_found"},
	{408, 408, "timeout_error", "request_timeout"},
	{409, 409, "conflict_error", ""},
	{412, 400, "invalid_request_error", ""},
	{413, 413, "invalid_request_error", "request_too_large"},
	{418, 400, "invalid_request_error", ""},
	{422, 422, "invalid_request_error", "unprocessable_entity"},
	{424, 502, "server_error", "bad_gateway"},
	{425, 400, "invalid_request_error", ""},
	{429, 429, "rate_limit_error", "rate_limit_exceeded"},
	{434, 400, "invalid_request_error", ""},
	{498, 503, "server_error", "overloaded"},
	{499, 400, "invalid_request_error", ""},
	{500, 500, "server_error", ""},
	{501, 502, "server_error", "bad_gateway"},
	{502, 502, "server_error", "bad_gateway"},
	{503, 503, "server_error", "overloaded"},
	{504, 504, "timeout_error", "upstream_timeout"},
	{520, 502, "server_error", "bad_gateway"},
	{529, 503, "server_error", "overloaded"},
	{999, 502, "server_error", "bad_gateway"},
	{302, 502, "server_error", "bad_gateway"},
};

static void
test_statuses(void **state)
{
	char want[64];
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(statuses); i++) {
		read_body(statuses[i].from, "");
		assert_int_equal(e.status, statuses[i].to);
		assert_string_equal(e.type, statuses[i].type);
		assert_string_equal(e.ecode, statuses[i].code);
		snprintf(want, sizeof(want), "Upstream returned HTTP %d",
		    statuses[i].from);
		assert_string_equal(e.msg, want);
		assert_int_equal(e.retry_after_ms, -1);
	}
}

/* Each of them with 400 */
static const struct {
	const char *body, *message, *type, *code, *param;
} shapes[] = {
	{"{\"error\":{\"message\":\"No\",\"type\":\"t\",\"param\":\"n\","
	    "\"code\":\"c\"}}", "No", "t", "c", "n"},
	{"{\"error\":{\"message\":\"No\",\"type\":null,\"param\":null,"
	    "\"code\":null}}", "No", "invalid_request_error", "", ""},
	{"{\"error\":\"No\"}", "No", "invalid_request_error", "", ""},
	{"{\"code\":\"Some words\",\"error\":\"No\"}", "No",
	    "invalid_request_error", "Some words", ""},
	{"{\"object\":\"error\",\"message\":\"No\",\"type\":\"BadRequestError\""
	    ",\"param\":null,\"code\":400}", "No", "BadRequestError", "", ""},
	{"{\"message\":\"No\",\"code\":20012,\"data\":null}", "No",
	    "invalid_request_error", "20012", ""},
	{"{\"detail\":\"No\"}", "No", "invalid_request_error", "", ""},
	{"{\"detail\":[{\"loc\":[\"body\",\"messages\",0],\"msg\":\"No\","
	    "\"type\":\"missing\"}]}", "body.messages.0: No",
	    "invalid_request_error", "", ""},
	{"{\"detail\":[{\"msg\":\"No\"}]}", "No", "invalid_request_error",
	    "", ""},
	{"{\"detail\":{\"error\":\"No\"}}", "No", "invalid_request_error",
	    "", ""},
	{"{\"detail\":{\"error\":{\"message\":\"No\"}}}", "No",
	    "invalid_request_error", "", ""},
	{"{\"status\":404,\"title\":\"Not Found\",\"detail\":\"No\"}", "No",
	    "invalid_request_error", "", ""},
	{"{\"msg\":\"No\"}", "No", "invalid_request_error", "", ""},
	{"{\"base_resp\":{\"status_code\":1008,\"status_msg\":\"No\"}}", "No",
	    "invalid_request_error", "", ""},
	{"{\"errors\":[{\"message\":\"No\"},{\"message\":\"2\"}]}", "No",
	    "invalid_request_error", "", ""},
	{"{\"errors\":[\"No\"]}", "No", "invalid_request_error", "", ""},
	{"{\"Message\":\"No\",\"__type\":\"Throttled\"}", "No", "Throttled",
	    "", ""},
	{"[{\"error\":{\"code\":400,\"message\":\"No\",\"status\":"
	    "\"INVALID_ARGUMENT\"}}]", "No", "INVALID_ARGUMENT", "", ""},
	{"{\"type\":\"error\",\"error\":{\"type\":\"t\",\"message\":\"No\"}}",
	    "No", "t", "", ""},
	{"{\"type\":\"error\",\"error\":\"No\"}", "No",
	    "invalid_request_error", "", ""},
	{" \"No\" ", "No", "invalid_request_error", "", ""},
	{"{\"error\":{\"message\":\"\",\"code\":\"1302\"},\"message\":\"No\"}",
	    "No", "invalid_request_error", "1302", ""},
	{"{\"error\":{\"message\":\"No\",\"code\":429}}", "No",
	    "invalid_request_error", "", ""},
	{"{\"error\":{\"message\":\"No\",\"code\":\"500\"},\"code\":7}", "No",
	    "invalid_request_error", "7", ""},
	{"{\"error\":{\"message\":\"N\\u00f6\\n\\u0000!\"}}", "N\xc3\xb6  !",
	    "invalid_request_error", "", ""},
};

static void
test_shapes(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(shapes); i++) {
		read_body(400, shapes[i].body);
		assert_int_equal(e.status, 400);
		assert_string_equal(e.msg, shapes[i].message);
		assert_string_equal(e.type, shapes[i].type);
		assert_string_equal(e.ecode, shapes[i].code);
		assert_string_equal(e.param, shapes[i].param);
	}
}

static void
test_no_message(void **state)
{
	static const char *const bodies[] = {
		"<!DOCTYPE html><h1>Bad Gateway</h1>", "upstream error", "{}",
		"[]", "null", "17", "{\"error\":null}", "{\"error\":{}}",
		"{\"error\":17}", "{\"error\":\"<html><body>x\"}", "{\"a\":",
		"{\"message\":\"\xff\"}"};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(bodies); i++) {
		read_body(502, bodies[i]);
		assert_string_equal(e.msg, "Upstream returned HTTP 502");
	}
	read_body(0, "{\"error\":{}}");
	assert_string_equal(
	    e.msg, "Upstream reported an error without a message");
}

/* An error in a 200 or in an event tells its status itself. */
static const struct {
	const char *body;
	int status;
} inside[] = {
	{"{\"error\":{\"code\":503,\"message\":\"x\"}}", 503},
	{"{\"error\":{\"code\":429,\"message\":\"x\"}}", 429},
	{"{\"error\":{\"code\":\"401\",\"message\":\"x\"}}", 401},
	{"{\"error\":{\"code\":529,\"message\":\"x\"}}", 503},
	{"{\"error\":{\"code\":418,\"message\":\"x\"}}", 400},
	{"{\"error\":{\"message\":\"x\"},\"status_code\":500}", 500},
	{"{\"error\":{\"code\":\"server_error\",\"message\":\"x\"}}", 502},
	{"{\"error\":{\"code\":200,\"message\":\"x\"}}", 502},
	{"{\"error\":\"x\"}", 502},
};

static void
test_status_inside(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(inside); i++) {
		read_body(i % 2 == 0 ? 200 : 0, inside[i].body);
		assert_int_equal(e.status, inside[i].status);
	}
}

static void
test_overflow(void **state)
{
	static const char *const messages[] = {
		"This model's Maximum Context Length is 4096 tokens.",
		"prompt is too long: 9 tokens", "over the context window",
		"input length and `max_tokens` exceed context limit",
		"Too many tokens in the request",
		"It exceeds the maximum number of tokens", "string too long"};
	char body[256];
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(messages); i++) {
		snprintf(body, sizeof(body), "{\"error\":{\"message\":\"%s\","
		    "\"type\":\"t\",\"code\":\"c\"}}", messages[i]);
		read_body(i % 2 == 0 ? 400 : 413, body);
		assert_int_equal(e.status, 400);
		assert_string_equal(e.ecode, "context_length_exceeded");
		assert_string_equal(e.type, "t");
	}
	read_body(429, "{\"message\":\"Too many tokens, please wait\"}");
	assert_int_equal(e.status, 429);
	assert_string_equal(e.ecode, "rate_limit_exceeded");
	read_body(400, "{\"error\":{\"message\":\"x\",\"type\":"
	    "\"exceed_context_size_error\"}}");
	assert_string_equal(e.ecode, "context_length_exceeded");
}

static void
test_quota(void **state)
{
	(void)state;
	read_body(429, "{\"error\":{\"message\":\"x\",\"type\":"
	    "\"insufficient_quota\",\"code\":\"insufficient_quota\"}}");
	assert_string_equal(e.type, "insufficient_quota");
	assert_string_equal(e.ecode, "insufficient_quota");
	read_body(429, "{\"error\":{\"message\":\"x\",\"type\":"
	    "\"insufficient_quota\"}}");
	assert_string_equal(e.ecode, "insufficient_quota");
	read_body(429, "{\"error\":{\"message\":\"x\",\"code\":"
	    "\"insufficient_quota\"}}");
	assert_string_equal(e.type, "insufficient_quota");
	read_body(429, "{\"error\":{\"message\":\"x\",\"type\":\"requests\","
	    "\"code\":\"rate_limit_exceeded\"}}");
	assert_string_equal(e.type, "requests");
}

static void
test_retry_after(void **state)
{
	struct tg_fault_source src = {.status = 429,
		.body = TG_STR("{\"error\":\"try again in 3s\"}")};
	char date[64];
	time_t then = (time_t)tg_wall_s() + 100;
	struct tm tm;

	(void)state;
	tg_err_reset(&e);
	tg_fault_read(&src, &e);
	assert_int_equal(e.retry_after_ms, 3000);
	src.retry_after = TG_STR("17");
	tg_err_reset(&e);
	tg_fault_read(&src, &e);
	assert_int_equal(e.retry_after_ms, 17000);
	src.retry_after_ms = TG_STR("1500");
	tg_err_reset(&e);
	tg_fault_read(&src, &e);
	assert_int_equal(e.retry_after_ms, 1500);
	src.retry_after_ms = TG_STR_NONE;
	gmtime_r(&then, &tm);
	strftime(date, sizeof(date), "%a, %d %b %Y %H:%M:%S GMT", &tm);
	src.retry_after = tg_str(date);
	tg_err_reset(&e);
	tg_fault_read(&src, &e);
	assert_in_range(e.retry_after_ms, 90000, 100000);
}

static void
test_secrets(void **state)
{
	struct tg_secret key = tg_secret_new(TG_STR("UPSTREAM-k3y!"));
	struct tg_fault_source src = {.status = 401, .key = &key,
		.body = TG_STR("{\"error\":{\"message\":\"Incorrect API key "
		    "provided: sk-12345678. UPSTREAM-k3y! at "
		    "http://u:p@host\",\"code\":\"UPSTREAM-k3y!\","
		    "\"param\":\"UPSTREAM-k3y!\",\"type\":\"x\"}}")};

	(void)state;
	tg_err_reset(&e);
	tg_fault_read(&src, &e);
	assert_string_equal(e.msg, "Incorrect API key provided: [redacted]. "
	    "[redacted] at http://[redacted]@host");
	assert_string_equal(e.ecode, "[redacted]");
	assert_string_equal(e.param, "[redacted]");
	tg_secret_free(&key);
}

/* Cut between characters, and a key at the cut is seen before. */
static void
test_long(void **state)
{
	char body[2048] = "{\"error\":\"";
	size_t n = strlen(body);

	(void)state;
	for (; n < 1200; n += 2)
		memcpy(body + n, "\xc3\xa9", 2);
	memcpy(body + n, "\"}", 3);
	read_body(500, body);
	assert_int_equal(strlen(e.msg), sizeof(e.msg) - 2);
	memset(body + 10, 'x', 1000);
	memcpy(body + 10 + sizeof(e.msg) - 8, " sk-0123456789abcdef ", 21);
	read_body(500, body);
	assert_int_equal(strlen(e.msg), sizeof(e.msg) - 1);
	assert_non_null(strstr(e.msg, "x [redac"));
	assert_null(strstr(e.msg, "sk-"));
}

static void
test_first_stays(void **state)
{
	struct tg_fault_source src = {.status = 500};

	(void)state;
	tg_err_reset(&e);
	tg_fail(&e, TG_E_CUT, "first");
	assert_int_equal(tg_fault_read(&src, &e), -1);
	assert_int_equal(e.code, TG_E_CUT);
	assert_int_equal(e.status, 0);
}

/* Errors of OpenAI-format upstreams as the vectors have them. */
static void
test_vectors(void **state)
{
	static const char *const names[] = {
		"azure-error-content-filter", "hosted-vllm-error-flat-context",
		"ollama-error-model-not-found", "openrouter-error-in-200",
		"anthropic-error-rate-limit", "bedrock-error-throttling"};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(names); i++) {
		struct tg_fault_source src = {0};
		struct tg_str file, value, want, headers;
		char path[128];
		int64_t status;

		snprintf(path, sizeof(path), "tests/vectors/%s.json",
		    names[i]);
		file = corpus_file(path);
		assert_true(tg_json_get(file, "provider_response", &src.body));
		assert_true(tg_json_get(file, "provider_status", &value));
		assert_true(tg_json_i64(value, &status));
		src.status = (int)status;
		if (tg_json_get(file, "provider_headers", &headers) &&
		    tg_json_get(headers, "retry-after", &value))
			tg_json_raw_text(value, &src.retry_after);
		tg_err_reset(&e);
		tg_fault_read(&src, &e);
		assert_true(tg_json_get(file, "openai_status", &value));
		assert_true(tg_json_i64(value, &status));
		assert_int_equal(e.status, status);
		assert_true(tg_json_path(file, "openai_response.error", &want));
		assert_true(tg_json_get(want, "message", &value));
		assert_true(tg_json_text_is(value, e.msg));
		assert_true(tg_json_get(want, "type", &value));
		assert_true(tg_json_text_is(value, e.type));
		assert_true(tg_json_get(want, "code", &value));
		assert_true(tg_json_text_is(value, e.ecode));
		if (src.retry_after.n > 0)
			assert_int_equal(e.retry_after_ms, 17000);
		corpus_free(&file, 1);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_statuses),
		cmocka_unit_test(test_shapes),
		cmocka_unit_test(test_no_message),
		cmocka_unit_test(test_status_inside),
		cmocka_unit_test(test_overflow),
		cmocka_unit_test(test_quota),
		cmocka_unit_test(test_retry_after),
		cmocka_unit_test(test_secrets),
		cmocka_unit_test(test_long),
		cmocka_unit_test(test_first_stays),
		cmocka_unit_test(test_vectors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
