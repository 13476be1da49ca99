#include "config.h"

/* Requests and answers kept: store/bodies.h. */
#include "unit.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/hash.h"
#include "store/bodies.h"
#include "store_help.h"

#define TURNS 100

static void
same(struct help *h, const char *id, enum tg_body_side side,
    struct tg_str expected)
{
	struct tg_str got;

	if (tg_body_get(h->store, h->arena, id, side, &got, &h->e) != 1)
		fail_msg("%s: %s", id, h->e.msg);
	assert_int_equal(got.n, expected.n);
	if (got.n > 0)
		assert_memory_equal(got.p, expected.p, got.n);
}

static void
put(struct help *h, const char *id, struct tg_str request,
    struct tg_str answer)
{
	if (tg_body_put(h->store, id, request, answer, &h->e) == -1)
		fail_msg("%s", h->e.msg);
}

static void
test_sides(void **state)
{
	struct help *h = *state;
	struct tg_str got;

	put(h, "both", TG_STR("{\"a\":1}"), TG_STR("{\"b\":2}"));
	same(h, "both", TG_BODY_REQUEST, TG_STR("{\"a\":1}"));
	same(h, "both", TG_BODY_ANSWER, TG_STR("{\"b\":2}"));
	put(h, "one", TG_STR("request"), TG_STR_NONE);
	same(h, "one", TG_BODY_REQUEST, TG_STR("request"));
	assert_int_equal(tg_body_get(h->store, h->arena, "one",
	    TG_BODY_ANSWER, &got, &h->e), 0);
	assert_null(got.p);
	/* The rest may come later. */
	put(h, "one", TG_STR_NONE, TG_STR("answer"));
	same(h, "one", TG_BODY_REQUEST, TG_STR("request"));
	same(h, "one", TG_BODY_ANSWER, TG_STR("answer"));
	put(h, "empty", TG_STR(""), TG_STR(""));
	same(h, "empty", TG_BODY_REQUEST, TG_STR(""));
	assert_int_equal(tg_body_get(h->store, h->arena, "none",
	    TG_BODY_REQUEST, &got, &h->e), 0);
}

/* Headers that are the same are there once; they go with the others. */
static void
test_heads(void **state)
{
	struct help *h = *state;
	char id[16], heads[200];

	for (int i = 0; i < 5; i++) {
		struct tg_body b = { .side = { [TG_BODY_REQUEST] =
						   TG_STR("{}"),
					 [TG_BODY_UPSTREAM] =
					     TG_STR("{\"saw\":\"no\"}") } };

		snprintf(id, sizeof(id), "h-%d", i);
		snprintf(heads, sizeof(heads), "{\"shared\":%s,\"own\":%d}",
		    "[\"accept\",\"text/event-stream\"]", i);
		b.side[TG_BODY_HEADS] = tg_str(heads);
		b.shared = (struct tg_str){ heads + 10,
			strcspn(heads, "]") + 1 - 10 };
		assert_int_equal(
		    tg_body_keep(h->store, id, &b, &h->e), 0);
		same(h, id, TG_BODY_HEADS, tg_str(heads));
		same(h, id, TG_BODY_UPSTREAM, b.side[TG_BODY_UPSTREAM]);
		same(h, id, TG_BODY_REQUEST, TG_STR("{}"));
	}
	assert_int_equal(help_sql(h->dir, "log.db",
	    "SELECT count(*) FROM pieces"), 1);
	assert_int_equal(help_sql(h->dir, "log.db",
	    "SELECT count(*) FROM uses"), 1);
}

static void
test_no_json(void **state)
{
	struct help *h = *state;
	static char bytes[300000];
	uint64_t seed = 3;

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (char)help_random(&seed);
	put(h, "noise", (struct tg_str){ bytes, sizeof(bytes) },
	    TG_STR("{\"messages\":[\xff"));
	same(h, "noise", TG_BODY_REQUEST,
	    (struct tg_str){ bytes, sizeof(bytes) });
	same(h, "noise", TG_BODY_ANSWER, TG_STR("{\"messages\":[\xff"));
}

/* --- an agent's conversation --- */

static const char *const words[] = { "the", "file", "function", "returns",
	"error", "when", "buffer", "is", "empty", "test", "should", "check",
	"value", "of", "pointer", "before", "src/main.c", "line", "then",
	"compile", "run", "again", "output", "was", "0x7ffd", "\\u00e4ndern",
	"\\ud83d\\ude00", "caf\xc3\xa9", "\\\"quoted\\\"", "{}", "\\n",
	"return -1;", "static", "int", "const", "char", "size_t", "tokens" };

static void
prose(struct tg_buf *b, uint64_t *seed, size_t bytes)
{
	size_t end = b->n + bytes;

	while (b->n < end)
		tg_buf_printf(b, "%s%c",
		    words[help_random(seed) % COUNT(words)],
		    help_random(seed) % 9 == 0 ? '.' : ' ');
	tg_buf_printf(b, "%llx",
	    (unsigned long long)help_random(seed));
}

static void
tools(struct tg_buf *b, uint64_t *seed)
{
	tg_buf_addc(b, "[");
	for (int i = 0; i < 24; i++) {
		tg_buf_printf(b, "%s\n    {\"type\": \"function\", "
		    "\"function\": {\"name\": \"tool_%d\", \"description\": "
		    "\"", i > 0 ? "," : "", i);
		prose(b, seed, 900);
		tg_buf_addc(b, "\", \"parameters\": {\"type\": \"object\", "
		    "\"properties\": {\"path\": {\"type\":\"string\"}}}}}");
	}
	tg_buf_addc(b, "\n]");
}

/* One turn's new messages: the model's call of a tool, and its result. */
static void
turn(struct tg_buf *b, uint64_t *seed, int n)
{
	tg_buf_printf(b, ", \n {\"role\":\"assistant\",\"content\":null,"
	    "\"tool_calls\" : [{\"id\":\"call_%d\",\"type\":\"function\","
	    "\"function\":{\"name\":\"tool_%d\",\"arguments\":\"{\\\"path\\\": "
	    "\\\"", n, n % 24);
	prose(b, seed, 80);
	tg_buf_printf(b, "\\\"}\"}}]},{\"tool_call_id\":\"call_%d\", "
	    "\"role\":\"tool\",\"content\":\"", n);
	prose(b, seed, 300 + help_random(seed) % 3000);
	tg_buf_addc(b, "\"}");
	if (n % 7 == 0) {
		tg_buf_addc(b, ",{\"role\":\"user\",\"content\":\"ok, ");
		prose(b, seed, 20);
		tg_buf_addc(b, "\"}");
	}
}

static void
request(struct tg_buf *b, const struct tg_buf *system,
    const struct tg_buf *tool_list, const struct tg_buf *talk, int n)
{
	tg_buf_reset(b);
	tg_buf_printf(b, "{ \"model\": \"gpt-4o\",\"temperature\":0.%d0,\n"
	    "\"messages\":[{\"role\":\"system\",\"content\":\"", n % 10);
	tg_buf_adds(b, tg_buf_str(system));
	tg_buf_addc(b, "\"}");
	tg_buf_adds(b, tg_buf_str(talk));
	tg_buf_addc(b, "\n],\t\"tools\": ");
	tg_buf_adds(b, tg_buf_str(tool_list));
	tg_buf_printf(b, ",\"stream\":true , \"user\":\"u-%d\"}\n", n);
}

static void
answer(struct tg_buf *b, uint64_t *seed, int n)
{
	tg_buf_reset(b);
	tg_buf_printf(b, "{\"id\":\"chatcmpl-%d\",\"object\":"
	    "\"chat.completion\",\"choices\":[{\"index\":0,\"message\":"
	    "{\"role\":\"assistant\",\"content\":\"", n);
	prose(b, seed, 120);
	tg_buf_printf(b, "\"},\"finish_reason\":\"tool_calls\"}],\"usage\":"
	    "{\"prompt_tokens\":%d,\"completion_tokens\":31}}", n * 700);
}

static void
test_conversation(void **state)
{
	struct help *h = *state;
	struct tg_buf system, list, talk, req, ans;
	char digests[TURNS][2][TG_SHA256_HEX], hex[TG_SHA256_HEX], id[32];
	uint64_t seed = 42;
	int64_t raw = 0, stored;
	struct tg_str got;
	struct stat st;

	tg_buf_init(&system, 1 << 26);
	tg_buf_init(&list, 1 << 26);
	tg_buf_init(&talk, 1 << 26);
	tg_buf_init(&req, 1 << 26);
	tg_buf_init(&ans, 1 << 26);
	prose(&system, &seed, 20000);
	tools(&list, &seed);
	for (int i = 0; i < TURNS; i++) {
		turn(&talk, &seed, i);
		request(&req, &system, &list, &talk, i);
		answer(&ans, &seed, i);
		assert_false(req.failed || ans.failed);
		tg_sha256_hex(tg_buf_str(&req), digests[i][0]);
		tg_sha256_hex(tg_buf_str(&ans), digests[i][1]);
		raw += (int64_t)(req.n + ans.n);
		snprintf(id, sizeof(id), "turn-%d", i);
		put(h, id, tg_buf_str(&req), tg_buf_str(&ans));
	}
	for (int i = 0; i < TURNS; i++)
		for (int side = 0; side < 2; side++) {
			snprintf(id, sizeof(id), "turn-%d", i);
			assert_int_equal(tg_body_get(h->store, h->arena, id,
			    side, &got, &h->e), 1);
			tg_sha256_hex(got, hex);
			assert_string_equal(hex, digests[i][side]);
			tg_arena_reset(h->arena);
		}
	assert_int_equal(tg_store_checkpoint(h->store, &h->e), 0);
	assert_int_equal(stat(help_path(h->dir, "log.db"), &st), 0);
	stored = st.st_size;
	assert_int_equal(tg_store_bytes(h->store, TG_DB_LOG), stored);
	print_message("raw %lld, stored %lld: 1/%lld\n", (long long)raw,
	    (long long)stored, (long long)(raw / stored));
	assert_true(stored * 10 <= raw);
	tg_buf_free(&system);
	tg_buf_free(&list);
	tg_buf_free(&talk);
	tg_buf_free(&req);
	tg_buf_free(&ans);
}

/* --- damage, threads --- */

static const char *
big_request(struct tg_arena *a, int n)
{
	return tg_arena_printf(a, "{\"messages\":[{\"content\":\"%01500d\"},"
	    "{\"content\":\"%0900d\"}],\"n\":%d}", n % 5, n, n);
}

static void
test_damaged(void **state)
{
	struct help *h = *state;
	struct tg_str got;

	put(h, "a", tg_str(big_request(h->arena, 1)), TG_STR_NONE);
	help_sql(h->dir, "log.db", "UPDATE pieces SET data = "
	    "CAST('x' || substr(data, 2) AS BLOB) WHERE id = 1");
	assert_int_equal(tg_body_get(h->store, h->arena, "a", TG_BODY_REQUEST,
	    &got, &h->e), -1);
	assert_int_equal(h->e.code, TG_E_STORE);
	assert_non_null(strstr(h->e.msg, "damaged"));
	tg_err_reset(&h->e);
	help_sql(h->dir, "log.db", "DELETE FROM pieces");
	assert_int_equal(tg_body_get(h->store, h->arena, "a", TG_BODY_REQUEST,
	    &got, &h->e), -1);
}

struct crowd {
	struct help *h;
	atomic_int failed, next;
};

static void *
storing(void *arg)
{
	struct crowd *w = arg;
	struct tg_arena *a = tg_arena_new(1 << 22);
	struct tg_err e;
	char id[32];

	for (int i = 0; i < 60; i++) {
		int n = atomic_fetch_add(&w->next, 1);
		struct tg_str req = tg_str(big_request(a, n)), got;

		tg_err_reset(&e);
		snprintf(id, sizeof(id), "call-%d", n);
		if (tg_body_put(w->h->store, id, req, TG_STR("yes"), &e) ==
			-1 ||
		    tg_body_get(w->h->store, a, id, TG_BODY_REQUEST, &got,
			&e) != 1 ||
		    !tg_str_eq(got, req))
			atomic_fetch_add(&w->failed, 1);
		tg_arena_reset(a);
	}
	tg_arena_free(a);
	return NULL;
}

static void
test_threads(void **state)
{
	struct crowd w = { .h = *state };
	pthread_t t[16];

	for (size_t i = 0; i < COUNT(t); i++)
		assert_int_equal(
		    pthread_create(&t[i], NULL, storing, &w), 0);
	for (size_t i = 0; i < COUNT(t); i++)
		pthread_join(t[i], NULL);
	assert_int_equal(w.failed, 0);
	assert_int_equal(help_sql(w.h->dir, "log.db",
	    "SELECT count(*) FROM bodies"), 16 * 60);
	/* The five long beginnings are there once, the others each. */
	assert_int_equal(help_sql(w.h->dir, "log.db",
	    "SELECT count(*) FROM pieces"), 16 * 60 + 5);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, help_new, help_free)
	const struct CMUnitTest tests[] = { T(test_sides), T(test_heads),
		T(test_no_json), T(test_conversation), T(test_damaged),
		T(test_threads) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
