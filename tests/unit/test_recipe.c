#include "config.h"

/* Cutting bodies and putting them together again: store/recipe.h. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>

#include "store/recipe.h"
#include "store_help.h"

static char long_text[700];

static void
fill_text(void)
{
	memset(long_text, 'x', sizeof(long_text) - 1);
}

/* Pieces get the numbers 1000, 999 ...; the body must come back. */
static size_t
round_trip(struct tg_arena *a, struct tg_str body)
{
	struct tg_recipe_parts parts = { .bytes = body.n };
	struct tg_span *spans;
	struct tg_recipe r;
	struct tg_buf tail, out;
	struct tg_str gap;
	int64_t *ids, id;
	char *back = tg_arena_alloc(a, body.n + 1);
	size_t at = 0, k = 0;
	int rc;

	assert_int_equal(tg_recipe_cut(body, &spans, &parts.n), 0);
	ids = tg_arena_zero(a, (parts.n + 1) * sizeof(*ids));
	for (size_t i = 0; i < parts.n; i++)
		ids[i] = (i % 3 == 0 ? 1000 : INT64_MAX / 2) - (int64_t)i;
	tg_buf_init(&tail, 1 << 30);
	tg_buf_init(&out, 1 << 30);
	assert_int_equal(tg_recipe_tail(&tail, body, spans, parts.n), 0);
	parts.spans = spans;
	parts.pieces = ids;
	parts.tail = tg_buf_str(&tail);
	assert_int_equal(tg_recipe_write(&out, &parts), 0);
	assert_int_equal(tg_recipe_open(a, tg_buf_str(&out), &r), 0);
	assert_int_equal(r.bytes, body.n);
	while ((rc = tg_recipe_next(&r, &gap, &id)) == 1) {
		memcpy(back + at, gap.p, gap.n);
		at += gap.n;
		assert_int_equal(at, spans[k].at);
		assert_int_equal(id, ids[k]);
		memcpy(back + at, body.p + spans[k].at, spans[k].n);
		at += spans[k++].n;
	}
	assert_int_equal(rc, 0);
	assert_int_equal(k, parts.n);
	assert_int_equal(at + r.text.n, body.n);
	memcpy(back + at, r.text.p, r.text.n);
	assert_memory_equal(back, body.p, body.n);
	free(spans);
	tg_buf_free(&tail);
	tg_buf_free(&out);
	return k;
}

/* A body with a long text at two places: so many pieces. */
static void
expect(struct tg_arena *a, size_t n, const char *format)
{
	const char *second = strstr(strstr(format, "%s") + 2, "%s");
	const char *first = strstr(format, "%s");

	assert_int_equal(round_trip(a, tg_str(tg_arena_printf(a,
	    "%.*s%s%.*s%s%s", (int)(first - format), format, long_text,
	    (int)(second - first - 2), first + 2, long_text, second + 2))), n);
}

static void
test_cut(void **state)
{
	struct help *h = *state;
	struct tg_arena *a = h->arena;
	const char *x = long_text;

	fill_text();
	assert_int_equal(round_trip(a, TG_STR("")), 0);
	assert_int_equal(round_trip(a, TG_STR("{}")), 0);
	assert_int_equal(round_trip(a, tg_str(x)), 0);
	/* Odd spacing, the order of members and other members stay. */
	expect(a, 2, " {\n\t\"messages\" : [ {\"content\":\"%s\"} ,\r\n\n 7, "
	    "{\"content\": \"%s\" , \"n\":1e0}],\"model\":\"m\\u00e9\" }\n ");
	expect(a, 2, "{\"tools\":[{\"a\":\"%s\"}],\"input\":[\"%s\"]}");
	expect(a, 1, "{\"prompt\":[\"%s\"],\"input\":\"%s\"}");
	/* A name may be spelt with escapes, and come twice. */
	expect(a, 2, "{\"mess\\u0061ges\":[\"%s\"],\"messages\":[\"%s\"]}");
	/* No object, no JSON: whole. */
	expect(a, 0, "[{\"messages\":[\"%s\", \"%s\"]}]");
	expect(a, 0, "{\"messages\":[\"%s\", \"%s\"]");
	assert_int_equal(
	    round_trip(a, (struct tg_str){ "a\0b\xff\xfe", 5 }), 0);
}

/* Small pieces are worth it only in a long conversation. */
static void
test_sizes(void **state)
{
	struct help *h = *state;
	struct tg_buf b;

	for (int n = 1; n < 12; n++) {
		tg_buf_init(&b, 100000);
		tg_buf_addc(&b, "{\"messages\":[");
		for (int i = 0; i < n; i++)
			tg_buf_printf(&b, "%s{\"role\":\"user\",\"content\":"
			    "\"message number %d which is not so long, but "
			    "long enough\"}", i > 0 ? "," : "", i);
		tg_buf_printf(&b, ",1,2,{}],\"pad\":\"%0600d\"}", n);
		assert_int_equal(round_trip(h->arena, tg_buf_str(&b)),
		    n > 4 ? n : 0);
		tg_buf_free(&b);
	}
}

/* Whatever is damaged is told, or reads as something; never out of bounds. */
static void
test_damaged(void **state)
{
	struct help *h = *state;
	struct tg_recipe_parts parts = { .bytes = 0 };
	struct tg_span *spans;
	struct tg_buf tail, out;
	struct tg_str body;
	int64_t ids[2] = { 5, 3 };
	uint64_t seed = 1;

	fill_text();
	body = tg_str(tg_arena_printf(h->arena,
	    "{\"messages\":[\"%s\",\"%s\"],\"a\":\"%s\"}", long_text,
	    long_text, long_text));
	assert_int_equal(tg_recipe_cut(body, &spans, &parts.n), 0);
	assert_int_equal(parts.n, 2);
	tg_buf_init(&tail, 1 << 30);
	tg_buf_init(&out, 1 << 30);
	assert_int_equal(tg_recipe_tail(&tail, body, spans, 2), 0);
	parts.bytes = body.n;
	parts.spans = spans;
	parts.pieces = ids;
	parts.tail = tg_buf_str(&tail);
	assert_int_equal(tg_recipe_write(&out, &parts), 0);
	for (int i = 0; i < 20000; i++) {
		uint64_t x = help_random(&seed);
		size_t n = x & 1 ? out.n : (x >> 8) % (out.n + 1);
		char *copy = malloc(n + 1);
		struct tg_recipe r;
		struct tg_str gap;
		int64_t id;

		memcpy(copy, out.p, n);
		if (n > 0 && (x & 6) != 0)
			copy[(x >> 16) % n] = (char)(x >> 32);
		if (n > 0 && (x & 6) == 6)
			copy[(x >> 24) % n] ^= (char)(1 << (x >> 40 & 7));
		if (tg_recipe_open(
			h->arena, (struct tg_str){ copy, n }, &r) == 0)
			while (tg_recipe_next(&r, &gap, &id) == 1)
				;
		free(copy);
		tg_arena_reset(h->arena);
	}
	free(spans);
	tg_buf_free(&tail);
	tg_buf_free(&out);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, help_new, help_free)
	const struct CMUnitTest tests[] = { T(test_cut), T(test_sizes),
		T(test_damaged) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
