/* How much a request may use: llm/bound.h, llm/media.h. */
#include "config.h"

#include "unit.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/limits.h"
#include "corpus.h"
#include "llm/bound.h"
#include "llm/media.h"
#include "llm/usage.h"

#define CHAT TG_DIALECT_CHAT
#define TEXT TG_DIALECT_COMPLETIONS
#define EMBED TG_DIALECT_EMBEDDINGS
#define CONTENT(c) \
	"{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":" c "}]}"
#define PART(p) CONTENT("[" p "]")
#define PICTURE(url) \
	PART("{\"type\":\"image_url\",\"image_url\":{\"url\":\"" url "\"}}")

/* 64 x 48 pixels each, as small as they come */
#define PNG "iVBORw0KGgoAAAANSUhEUgAAAEAAAAAwCAIAAAAuKetIAAAAAElFTkSuQmCC"
#define GIF "R0lGODlhQAAwAIAAAAAAAP///yH5BAAAAAAALAAAAABAADAA"

static struct tg_arena *arena;

static struct tg_bound
bound_as(enum tg_dialect_id id, struct tg_str body, const char *provider,
    const char *model, int64_t window)
{
	struct tg_weight w;
	struct tg_bound b;
	struct tg_view v;
	struct tg_err e;

	tg_err_reset(&e);
	if (tg_view_read(&v, &tg_dialects[id], arena, body, &e) != 0)
		fail_msg("%s: %.*s", e.msg, (int)(body.n < 200 ? body.n : 200),
		    body.p);
	tg_weight_read(&w, &v);
	tg_bound_make(&b, &w, provider, model, window);
	return b;
}

static struct tg_bound
bound(const char *body)
{
	return bound_as(CHAT, tg_str(body), "openai", "gpt-4o", 0);
}

static void
test_text(void **state)
{
	static const struct {
		const char *content;
		int64_t bytes;
	} cases[] = {
		{"\"hello world, this is text\"", 25},
		{"\"a\\n\\\"b\\\\\"", 5},
		{"\"\\u0041\\u00e9\\u4e2d\"", 6},
		{"\"\\ud83d\\ude00\"", 6},	/* 4, bounded by 6 */
		{"\"\xe4\xb8\xad\"", 3},
		{"[{\"type\":\"text\",\"text\":\"hello\"}]", 15},
		{"null", 4},
	};
	int64_t empty = bound(CONTENT("\"\"")).input_tokens;
	char body[512];
	size_t i;

	(void)state;
	assert_true(empty >= 8 && empty < 300);
	for (i = 0; i < COUNT(cases); i++) {
		snprintf(body, sizeof(body), CONTENT("%s"), cases[i].content);
		assert_int_equal(
		    bound(body).input_tokens - empty, cases[i].bytes);
	}
	assert_int_equal(bound(CONTENT("\"12345\"")).likely_tokens,
	    (5 + 10 + 3) / 4);
}

static void
test_output(void **state)
{
	struct tg_bound b = bound(CONTENT("\"x\""));

	(void)state;
	assert_int_equal(b.output_tokens, -1);
	assert_int_equal(b.choices, 1);
	assert_false(b.audio_output || b.cache_1h);
	b = bound("{\"model\":\"m\",\"max_tokens\":5,\"n\":3,\"modalities\":"
		  "[\"text\",\"audio\"],\"prediction\":{\"content\":\"abc\"},"
		  "\"messages\":[{\"role\":\"user\",\"content\":[{\"text\":\"x\","
		  "\"cache_control\":{\"ttl\":\"1h\"}}]}]}");
	assert_int_equal(b.output_tokens, 5);
	assert_int_equal(b.choices, 3);
	assert_true(b.audio_output && b.cache_1h);
	assert_true(b.extra_output_tokens >= 3);
	b = bound_as(TEXT, TG_STR("{\"model\":\"m\",\"prompt\":[\"a\",\"b\"],"
	    "\"n\":2,\"best_of\":4}"), "openai", "x", 0);
	assert_int_equal(b.choices, 8);
	b = bound_as(TEXT, TG_STR("{\"model\":\"m\",\"prompt\":[1,2,3]}"),
	    "echo", "x", 0);
	assert_int_equal(b.choices, 1);
	assert_int_equal(b.input_tokens, 3);
	b = bound_as(EMBED, TG_STR("{\"model\":\"m\",\"input\":[[1,2],[30]]}"),
	    "echo", "x", 0);
	assert_int_equal(b.output_tokens, 0);
	assert_int_equal(b.choices, 1);
	assert_true(b.input_tokens >= 3);
}

/* At 64 x 48: a tile, four patches; what cannot be seen is the largest. */
static void
test_pictures(void **state)
{
	static const struct {
		const char *body, *provider, *model;
		int64_t least, most;
	} cases[] = {
		{PICTURE("data:image/png;base64," PNG), "openai", "gpt-4o", 255,
		    270},
		{PICTURE("data:image\\/png;base64," PNG), "openai", "gpt-4o",
		    255, 270},
		{PICTURE("data:image/gif;base64," GIF), "openai", "gpt-4o", 255,
		    270},
		{PICTURE("data:image/png;base64," PNG), "openai", "gpt-4o-mini",
		    8500, 8520},
		{PICTURE("data:image/png;base64," PNG), "openai",
		    "gpt-4.1-mini", 9, 30},
		{PICTURE("data:image/png;base64," PNG), "anthropic", "c", 4,
		    80},
		{PICTURE("data:image/png;base64," PNG), "gemini", "g", 2240,
		    2400},
		{PICTURE("data:image/png;base64,AAAA"), "openai", "gpt-4o",
		    1445, 1500},
		{PICTURE("https://x.example/a.png"), "openai", "gpt-4o", 1445,
		    1500},
		{PICTURE("https://x.example/a.png"), "openai", "o4-mini", 3778,
		    4000},
		{PICTURE("https://x.example/a.png"), "openai", "mine", 48169,
		    49000},
		{PICTURE("https://x.example/a.png"), "anthropic", "c", 8000,
		    10000},
		{PART("{\"type\":\"image_url\",\"image_url\":{\"detail\":"
		       "\"low\",\"url\":\"https://x.example/a.png\"}}"),
		    "openai", "gpt-4o", 85, 100},
		{PART("{\"type\":\"image_url\",\"image_url\":"
		       "\"https://x.example/a.png\"}"),
		    "openai", "gpt-4o", 1445, 1500},
	};
	struct tg_bound b;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		b = bound_as(CHAT, tg_str(cases[i].body), cases[i].provider,
		    cases[i].model, 0);
		if (b.image_tokens < cases[i].least ||
		    b.image_tokens > cases[i].most)
			fail_msg("case %zu: %lld", i, (long long)b.image_tokens);
		assert_true(b.input_tokens > b.image_tokens);
		assert_true(b.input_tokens < b.image_tokens + 1000);
	}
}

/* 1024 x 1024 is 765 at gpt-4o, 2048 x 4096 is 1105 (OpenAI's examples). */
static void
test_tiles(void **state)
{
	static const struct {
		const char *jpeg;
		int64_t tokens;
	} cases[] = {
		/* SOI, a comment of 3 bytes, SOF0 */
		{"/9j//gAFYWJj/8AAEQgEAAQAAwEiAA==", 765},
		{"/9j//gAFYWJj/8AAEQgQAAgAAwEiAA==", 1105},
	};
	char body[512];
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		snprintf(body, sizeof(body),
		    PICTURE("data:image/jpeg;base64,%s"), cases[i].jpeg);
		assert_int_equal(bound(body).image_tokens, cases[i].tokens + 8);
	}
}

static void
test_sizes(void **state)
{
	static const struct {
		const char *base64;
		int64_t width, height;	/* 0: not told */
	} cases[] = {
		{PNG, 64, 48},
		{GIF, 64, 48},
		/* WebP: lossy 550 x 368, lossless 386 x 395, extended 400 x 301
		 */
		{"UklGRmh2AABXRUJQVlA4IFx2AADSvgGdASomAnABPm0=", 550, 368},
		{"UklGRjZPAABXRUJQVlA4TClPAAAvgYFiEA==", 386, 395},
		{"UklGRugtAABXRUJQVlA4WAoAAAAQAAAAjwEALAEA", 400, 301},
		{"", 0, 0},
		{"iVBOR", 0, 0},
		{"iVBORw0KGgo*AAANSUhEUgAAAEAAAAAw", 0, 0},
		{"/9j//gAC/9j//9kAAA==", 0, 0},
		{"UklGRmh2AABXQVZFZm10IBAAAAABAAEA", 0, 0},
	};
	int64_t x, y;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		if (cases[i].width == 0) {
			assert_false(tg_picture_size(
			    tg_str(cases[i].base64), &x, &y));
			continue;
		}
		assert_true(tg_picture_size(tg_str(cases[i].base64), &x, &y));
		assert_int_equal(x, cases[i].width);
		assert_int_equal(y, cases[i].height);
	}
}

static void
test_sound(void **state)
{
	/* heads of WAVE: 16 kHz, mono, 16 bits; of MPEG 1, also behind ID3 */
	static const char wav[] = "UklGRiQAAABXQVZFZm10IBAAAAABAAEAgD4AAAB9AAAC"
				  "ABAAZGF0YQAAAAA=";
	static const char mp3[] = "//uQAAAA", id3[] = "SUQzAwAAAAAABEFCQ0T/+5A=";
	char *long_one;
	struct tg_bound b;

	(void)state;
	long_one = calloc(1, 400001);
	assert_non_null(long_one);
	memset(long_one, 'A', 400000);
	memcpy(long_one, wav, 56);
	/* 300,000 bytes at 32,000 a second */
	assert_int_equal(
	    tg_sound_ms(tg_str(long_one), TG_STR("wav")) / 100, 93);
	memcpy(long_one, mp3, 8);
	assert_int_equal(
	    tg_sound_ms(tg_str(long_one), TG_STR("mp3")) / 1000, 75);
	memcpy(long_one, id3, 23);
	assert_int_equal(
	    tg_sound_ms(tg_str(long_one), TG_STR("mp3")) / 1000, 75);
	assert_int_equal(
	    tg_sound_ms(tg_str(long_one), TG_STR("opus")) / 1000, 600);
	free(long_one);
	b = bound(PART("{\"type\":\"input_audio\",\"input_audio\":{\"data\":"
		       "\"UklGRiQA\",\"format\":\"wav\"}}"));
	assert_true(b.audio_tokens > 0 && b.audio_tokens < b.input_tokens);
}

static void
test_files(void **state)
{
	(void)state;
	assert_true(bound(PART("{\"type\":\"file\",\"file\":{\"file_data\":"
			       "\"data:text/plain;base64,aGFsbG8=\"}}"))
			.input_tokens < 400);
	assert_true(bound(PART("{\"type\":\"file\",\"file\":{\"file_data\":"
			       "\"data:application/pdf;base64,aGFsbG8=\"}}"))
			.input_tokens > 4000);
	assert_int_equal(bound_as(CHAT,
			     TG_STR(PART("{\"type\":\"file\",\"file\":"
					 "{\"file_id\":\"f\"}}")),
			     "openai", "gpt-4o", 128000)
			     .input_tokens,
	    128000);
	assert_int_equal(bound(PART("{\"type\":\"video_url\",\"video_url\":{}}"))
			     .input_tokens,
	    1 << 20);
	/* text that looks like a file is text */
	assert_true(bound(CONTENT("\"data:image/png;base64," PNG "\""))
			.input_tokens >= (int64_t)sizeof(PNG));
}

static void
test_window(void **state)
{
	char *body = calloc(1, 50100);
	struct tg_bound b;

	(void)state;
	assert_non_null(body);
	snprintf(body, 100,
	    "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"");
	memset(body + strlen(body), 'x', 50000);
	memcpy(body + strlen(body), "\"}]}", 5);
	b = bound_as(CHAT, tg_str(body), "openai", "gpt-4o", 8192);
	assert_int_equal(b.input_tokens, 8192);
	b = bound_as(CHAT, tg_str(body), "openai", "gpt-4o", 0);
	assert_true(b.input_tokens > 50000 && b.input_tokens < 50400);
	free(body);
}

/* Tools, and what their makers put around them; searches bring more. */
static void
test_tools(void **state)
{
	static const char plain[] = CONTENT("\"x\"");
	static const char tools[] =
	    "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}],"
	    "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\","
	    "\"parameters\":{\"type\":\"object\",\"properties\":{\"a\":"
	    "{}}}}}]}";
	static const char hosted[] =
	    "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}],"
	    "\"tools\":[{\"type\":\"web_search\"}]}";
	int64_t more;

	(void)state;
	more = bound(tools).input_tokens - bound(plain).input_tokens;
	assert_true(more > 100 && more < 400);
	more = bound_as(CHAT, tg_str(tools), "anthropic", "c", 0).input_tokens -
	    bound_as(CHAT, tg_str(plain), "anthropic", "c", 0).input_tokens;
	assert_true(more > 549 + 53);
	assert_true(bound(hosted).input_tokens > 100000);
}

static void
test_echo(void **state)
{
	(void)state;
	assert_int_equal(
	    bound_as(CHAT,
		TG_STR("{\"model\":\"m\",\"messages\":[{\"role\":\"user\","
		       "\"content\":\"x\"}],\"echo\":{\"usage\":"
		       "{\"prompt_tokens\":5000}}}"),
		"echo", "echo", 0)
		.input_tokens,
	    5000);
}

/*
 * The usage that upstreams told in the vectors is within the bound; one tells
 * of a cache that is much longer than its prompt.
 */
static void
test_vectors(void **state)
{
	struct tg_str files[100], request, usage, value, provider, model;
	size_t n = corpus_folder("tests/vectors", files, COUNT(files)), i;
	int64_t real;
	int checked = 0;

	(void)state;
	for (i = 0; i < n; i++) {
		if (tg_json_check(files[i], 99, NULL) != TG_JSON_GOOD ||
		    !tg_json_get(files[i], "openai_request", &request) ||
		    !(tg_json_path(files[i], "openai_response.usage", &usage) ||
			tg_json_path(files[i], "assembled.usage", &usage)) ||
		    !tg_json_get(usage, "prompt_tokens", &value) ||
		    !tg_json_i64(value, &real))
			continue;
		assert_true(tg_json_get(files[i], "name", &value));
		if (tg_json_text_is(value, "bedrock-basic-cache-point"))
			continue;
		assert_true(tg_json_get(files[i], "provider", &value));
		assert_int_equal(tg_json_text(arena, value, &provider), 0);
		assert_true(tg_json_get(request, "model", &value));
		assert_int_equal(tg_json_text(arena, value, &model), 0);
		if (bound_as(CHAT, request, provider.p, model.p, 0)
			.input_tokens < real)
			fail_msg("file %zu: %lld tokens of %s", i,
			    (long long)real, provider.p);
		checked++;
	}
	assert_true(checked > 20);
	corpus_free(files, n);
}

/* Told, not asserted: TOLLGATE_TIMES=1 shows what it takes. */
static void
test_times(void **state)
{
	static const size_t sizes[] = {2000, 76000};
	struct tg_weight w;
	struct tg_bound b;
	struct tg_view v;
	struct tg_err e;
	struct tg_buf body;
	int64_t from;
	size_t i;
	int k;

	(void)state;
	if (getenv("TOLLGATE_TIMES") == NULL)
		return;
	for (i = 0; i < COUNT(sizes); i++) {
		tg_err_reset(&e);
		tg_buf_init(&body, 1 << 20);
		tg_buf_addc(&body, "{\"model\":\"m\",\"messages\":[");
		for (k = 0; body.n < sizes[i]; k++)
			tg_buf_printf(&body,
			    "%s{\"role\":\"user\",\"content\":\"Some text of a "
			    "few lines,\\nas people write it: it goes on, and "
			    "on.\\n%0500d\"}", k > 0 ? "," : "", k);
		tg_buf_addc(&body, "]}");
		assert_int_equal(tg_view_read(&v, &tg_dialects[CHAT], arena,
				     tg_buf_str(&body), &e),
		    0);
		from = tg_mono_us();
		for (k = 0; k < 1000; k++) {
			tg_weight_read(&w, &v);
			tg_bound_make(&b, &w, "openai", "gpt-4o", 0);
		}
		print_message("%zu bytes: %.2f us\n", body.n,
		    (double)(tg_mono_us() - from) / 1000);
		tg_buf_free(&body);
	}
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
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_output),
		cmocka_unit_test(test_pictures),
		cmocka_unit_test(test_tiles),
		cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_sound),
		cmocka_unit_test(test_files),
		cmocka_unit_test(test_window),
		cmocka_unit_test(test_tools),
		cmocka_unit_test(test_echo),
		cmocka_unit_test(test_vectors),
		cmocka_unit_test(test_times),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
