/* Server-sent events: net/sse.h. */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#include "unit.h"

#include "net/sse.h"

#define MAX_EVENT 4096

struct want {
	const char *event, *data;
};

struct sse_case {
	const char *name, *bytes;
	struct want want[4];
	bool last;	/* the last one comes only at the end */
};

static const struct sse_case cases[] = {
	{ "LF", "data: a\n\ndata: b\n\n", { { "", "a" }, { "", "b" } }, false },
	{ "CRLF", "data: a\r\n\r\ndata: b\r\n\r\n",
	    { { "", "a" }, { "", "b" } }, false },
	{ "CR", "data: a\r\rdata: b\r\r", { { "", "a" }, { "", "b" } }, false },
	{ "byte order mark", "\xef\xbb\xbf" "data: a\n\n", { { "", "a" } },
	    false },
	{ "no space", "data:a\ndata:  b\n\n", { { "", "a\n b" } }, false },
	{ "several lines", "data: {\ndata: }\ndata\n\n", { { "", "{\n}\n" } },
	    false },
	{ "empty data", "data\n\n", { { "", "" } }, false },
	{ "names", "event: x\ndata: 1\n\ndata: 2\n\n",
	    { { "x", "1" }, { "", "2" } }, false },
	{ "name without data", "event: x\n\ndata: 2\n\n", { { "", "2" } },
	    false },
	{ "comments and others", ": OPENROUTER\n\n: a\nid: 5\nretry: 3\n"
	    "foo: bar\ndata: 1\n: x\n\n", { { "", "1" } }, false },
	{ "colons", "data: a: b:c\n\n", { { "", "a: b:c" } }, false },
	{ "UTF-8", "data: \xe6\xbc\xa2\xe5\xad\x97\n\n",
	    { { "", "\xe6\xbc\xa2\xe5\xad\x97" } }, false },
	{ "no blank line", "data: a\n\ndata: b\n", { { "", "a" }, { "", "b" } },
	    true },
	{ "no line end", "data: a\n\ndata: b", { { "", "a" }, { "", "b" } },
	    true },
	{ "nothing", "\n\n: x\n\n", { { NULL, NULL } }, false },
};

/* Feeds a case in pieces of n bytes and compares. */
static void
run_case(const struct sse_case *c, size_t n)
{
	struct tg_str rest = tg_str(c->bytes);
	const struct want *w = c->want;
	struct tg_sse_event ev;
	struct tg_sse s;

	tg_sse_init(&s, MAX_EVENT);
	while (rest.n > 0) {
		struct tg_str piece = rest;

		if (piece.n > n)
			piece.n = n;
		rest.p += piece.n;
		rest.n -= piece.n;
		assert_int_equal(tg_sse_feed(&s, piece), 0);
		while (tg_sse_next(&s, &ev)) {
			assert_non_null(w->data);
			assert_str(ev.event, w->event);
			assert_str(ev.data, w->data);
			w++;
		}
	}
	assert_int_equal(c->last, w->data != NULL);
	if (tg_sse_last(&s, &ev)) {
		assert_non_null(w->data);
		assert_str(ev.data, w->data);
		w++;
	}
	assert_null(w->data);
	assert_false(tg_sse_last(&s, &ev));
	tg_sse_free(&s);
}

static void
test_cases(void **state)
{
	size_t i, n;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		for (n = 1; n <= strlen(cases[i].bytes); n++)
			run_case(&cases[i], n);
	}
}

static void
feed_run(struct tg_sse *s, char c, size_t n, int *result)
{
	char piece[100];

	memset(piece, c, sizeof(piece));
	for (*result = 0; *result == 0 && n >= sizeof(piece);
	    n -= sizeof(piece)) {
		struct tg_sse_event ev;

		*result = tg_sse_feed(s,
		    (struct tg_str){ piece, sizeof(piece) });
		assert_false(tg_sse_next(s, &ev));
	}
}

static void
test_long_line(void **state)
{
	struct tg_sse_event ev;
	struct tg_sse s;
	int result;

	(void)state;
	tg_sse_init(&s, MAX_EVENT);
	assert_int_equal(tg_sse_feed(&s, TG_STR("data: ")), 0);
	feed_run(&s, 'x', MAX_EVENT - 96, &result);
	assert_int_equal(result, 0);
	assert_int_equal(tg_sse_feed(&s, TG_STR("\n\n")), 0);
	assert_true(tg_sse_next(&s, &ev));
	assert_int_equal(ev.data.n, MAX_EVENT - 96);
	feed_run(&s, 'x', (size_t)3 * MAX_EVENT, &result);
	assert_int_equal(result, -1);
	assert_int_equal(tg_sse_feed(&s, TG_STR("\n\n")), -1);
	assert_false(tg_sse_last(&s, &ev));
	tg_sse_free(&s);
}

static void
test_long_event(void **state)
{
	struct tg_sse_event ev;
	struct tg_sse s;
	size_t i;

	(void)state;
	tg_sse_init(&s, MAX_EVENT);
	for (i = 0; i < MAX_EVENT / 8 + 1; i++) {
		if (tg_sse_feed(&s, TG_STR("data: 1234567\n")) != 0)
			break;
		assert_false(tg_sse_next(&s, &ev));
	}
	assert_true(s.failed);
	assert_int_equal(tg_sse_feed(&s, TG_STR("\n")), -1);
	assert_false(tg_sse_next(&s, &ev));
	tg_sse_free(&s);
}

/* A megabyte in one event, come in network pieces. */
static void
test_megabyte(void **state)
{
	static char piece[16384];
	struct tg_sse_event ev;
	struct tg_sse s;
	int i;

	(void)state;
	memset(piece, 'y', sizeof(piece));
	tg_sse_init(&s, 4 << 20);
	assert_int_equal(tg_sse_feed(&s, TG_STR("data: ")), 0);
	for (i = 0; i < 80; i++) {
		assert_int_equal(tg_sse_feed(&s,
		    (struct tg_str){ piece, sizeof(piece) }), 0);
		assert_false(tg_sse_next(&s, &ev));
	}
	assert_int_equal(tg_sse_feed(&s, TG_STR("\n\ndata: z\n\n")), 0);
	assert_true(tg_sse_next(&s, &ev));
	assert_int_equal(ev.data.n, 80 * sizeof(piece));
	assert_true(tg_sse_next(&s, &ev));
	assert_str(ev.data, "z");
	tg_sse_free(&s);
}

static void
test_write(void **state)
{
	struct tg_buf b;

	(void)state;
	tg_buf_init(&b, 1000);
	assert_int_equal(tg_sse_write(&b, TG_STR("{\"a\":\n1}\r\n")), 0);
	assert_int_equal(tg_sse_write(&b, TG_STR_NONE), 0);
	assert_str(tg_buf_str(&b), "data: {\"a\": 1}  \n\ndata: \n\n");
	tg_buf_free(&b);
	tg_buf_init(&b, 5);
	assert_int_equal(tg_sse_write(&b, TG_STR("abc")), -1);
	tg_buf_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_long_line),
		cmocka_unit_test(test_long_event),
		cmocka_unit_test(test_megabyte),
		cmocka_unit_test(test_write),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
