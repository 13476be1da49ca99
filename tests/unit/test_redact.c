/* Secrets cut out of foreign text: llm/redact.h. */
#include "config.h"

#include "unit.h"

#include <stdlib.h>

#include "llm/redact.h"

#define R "[redacted]"

/* want NULL: nothing is cut */
static const struct {
	const char *key, *text, *want;
} cases[] = {
	{"hunter2secret", "bad hunter2secret, ahunter2secretb",
	    "bad " R ", a" R "b"},
	{"abc", "abc is too short to be one", NULL},
	{"", "Incorrect API key provided: sk-abcd1234efgh. You can find",
	    "Incorrect API key provided: " R ". You can find"},
	{"", "provided: sk-proj-*********************xyz9.",
	    "provided: " R "."},
	{"", "key sk-...abcd", "key " R},
	{"", "Bearer abcdef0123456789 is bad", "Bearer " R " is bad"},
	{"", "bearer authentication required", NULL},
	{"", "invalid x-api-key: 0123456789abcdef0123456789abcdef",
	    "invalid x-api-key: " R},
	{"", "{\"api_key\":\"a1b2c3d4\"}", "{\"api_key\":\"" R "\"}"},
	{"", "the key for that project, which is A1b2C3d4E5f6G7h8I9j0K1, no",
	    "the key for that project, which is " R ", no"},
	{"", "hf_abcdefghijklmnop and gsk_0123456789ab",
	    R " and " R},
	{"", "AIzaSyA0123456789012345678901234567890x?", R "?"},
	{"", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.abc-_123 end",
	    R " end"},
	{"", "http://user:pass@host/x and https://me@h",
	    "http://" R "@host/x and https://" R "@h"},
	{"", "see https://example.com/a@b or mail a@b.c", NULL},
	{"", "The model `llama-3.3-70b-versatile` does not exist", NULL},
	{"", "Rate limit: 20000 tokens, max_tokens 4096, try in 20s", NULL},
	{"", "risk-taking desk-1234567 task-management", NULL},
	{"", "Missing key. Request id req_011", NULL},
	{"", "", NULL},
};

static void
test_cases(void **state)
{
	struct tg_arena *a = tg_arena_new(1 << 20);
	struct tg_str got;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		got = tg_redact(a, tg_str(cases[i].text),
		    tg_str(cases[i].key));
		assert_string_equal(got.p, cases[i].want != NULL ?
		    cases[i].want : cases[i].text);
		assert_int_equal(got.n, strlen(got.p));
	}
	tg_arena_free(a);
}

/* Texts that are nothing but secrets grow most. */
static void
test_growth(void **state)
{
	struct tg_arena *a = tg_arena_new(1 << 20);
	char text[4000];
	struct tg_str got;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(text); i++)
		text[i] = "abcd"[i % 4];
	got = tg_redact(
	    a, (struct tg_str){text, sizeof(text)}, TG_STR("abcd"));
	assert_int_equal(got.n, 10 * sizeof(text) / 4);
	for (i = 0; i < sizeof(text); i++)
		text[i] = "://a@"[i % 5];
	got = tg_redact(a, (struct tg_str){text, sizeof(text)}, TG_STR_NONE);
	assert_int_equal(got.n, 14 * sizeof(text) / 5);
	tg_arena_free(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_growth),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
