#include "config.h"

/* Tokens, queries, hits, marks: store/search.h, store/tokenizer.h. */
#include "unit.h"

#include <stdio.h>

#include "base/buf.h"
#include "store/inner.h"
#include "store/search.h"
#include "store/tokenizer.h"
#include "store_help.h"

struct text {
	int64_t id;
	const char *facets;	/* "k7 mgpt" */
	const char *user, *assistant;
};

static int
put(struct tg_db *db, void *arg, struct tg_err *e)
{
	const struct text *t = arg;
	struct tg_str facets = tg_str(t->facets), one;
	struct tg_buf b;
	int rc;

	tg_buf_init(&b, 2 * TG_SAID_MAX);
	while (tg_str_cut(&facets, ' ', &one))
		tg_said_facet(&b, (unsigned char)*one.p,
		    (struct tg_str){ one.p + 1, one.n - 1 });
	tg_said_text(&b, TG_SAID_USER, tg_str(t->user));
	tg_said_text(&b, TG_SAID_ASSISTANT, tg_str(t->assistant));
	rc = tg_said_put(db, t->id, &b, e);
	tg_buf_free(&b);
	return rc;
}

static void
add(struct help *h, struct text t)
{
	if (tg_write(h->store, TG_DB_LOG, put, &t, &h->e) == -1)
		fail_msg("%s", h->e.msg);
}

struct ask {
	struct help *h;
	struct tg_search_query q;
	char found[256];	/* "7 5 3+": + there are more */
	int64_t said;		/* of the first */
};

static int
search(struct tg_db *db, void *arg, struct tg_err *e)
{
	struct ask *ask = arg;
	struct tg_search_hit *hits;
	bool more;
	size_t n, at = 0;

	if (tg_search(db, ask->h->arena, &ask->q, &hits, &n, &more, e) == -1)
		return -1;
	ask->found[0] = '\0';
	for (size_t i = 0; i < n; i++)
		at += (size_t)snprintf(ask->found + at,
		    sizeof(ask->found) - at, "%s%lld", i > 0 ? " " : "",
		    (long long)hits[i].seq);
	if (more)
		snprintf(ask->found + at, sizeof(ask->found) - at, "+");
	ask->said = n > 0 ? hits[0].said : 0;
	return 0;
}

static void
finds(struct help *h, const char *text, const char *want)
{
	struct ask ask = { .h = h, .q = { .text = tg_str(text), .limit = 9 } };

	if (tg_read(h->store, TG_DB_LOG, search, &ask, &h->e) == -1)
		fail_msg("%s: %s", text, h->e.msg);
	if (strcmp(ask.found, want) != 0)
		fail_msg("%s: %s, not %s", text, ask.found, want);
	tg_arena_reset(h->arena);
}

static void
refuses(struct help *h, const char *text, const char *words)
{
	struct ask ask = { .h = h, .q = { .text = tg_str(text), .limit = 9 } };

	assert_int_equal(
	    tg_read(h->store, TG_DB_LOG, search, &ask, &h->e), -1);
	assert_int_equal(h->e.code, TG_E_INVALID);
	assert_non_null(strstr(h->e.msg, words));
	tg_err_reset(&h->e);
}

static void
fill(struct help *h)
{
	add(h, (struct text){ 1, "k1 mgpt-5", "The quick brown fox", "jumps over\n\tthe lazy  dog" });
	add(h, (struct text){ 2, "k2 mgpt-5", "\xe5\x9c\x96\xe6\x9b\xb8\xe9\xa4\xa8\xe4\xbb\x8a\xe5\xa4\xa9"
					      "\xe9\x96\x8b\xe5\x97\x8e", /* 圖書館今天開嗎 */
		   "\xe6\x98\xaf\xe7\x9a\x84" /* 是的 */ });
	add(h, (struct text){ 3, "k1 mclaude", "STRASSE \xc3\x84RGER \xd0\x9c\xd0\xbe\xd1\x81\xd0\xba\xd0\xb2"
					       "\xd0\xb0",
		   "Go and C are languages; AI is not." });
	add(h, (struct text){ 4, "k2 mclaude", "quicksand: Fox News", "\xe3\x83\x86\xe3\x82\xb9\xe3\x83\x88 a+b=c" /* テスト */ });
}

static void
test_finds(void **state)
{
	struct help *h = *state;

	fill(h);
	finds(h, "quick", "4 1");
	finds(h, "QUICK fox", "4 1");
	finds(h, "\"quick brown\"", "1");
	finds(h, "\"brown quick\"", "");
	finds(h, "\"over the lazy dog\"", "1");
	finds(h, "\xe2\x80\x9cquick brown", "1");
	finds(h, "fox jumps", "1");
	finds(h, "\"fox jumps\"", "");
	finds(h, "quick -brown", "4");
	finds(h, "-brown quick", "4");
	finds(h, "lazy OR news", "4 1");
	finds(h, "lazy OR news -quicksand", "1");
	finds(h, "uick", "4 1");
	finds(h, "zebra", "");
	/* letters in another order hold the same trigrams */
	finds(h, "kquick", "");
}

static void
test_scripts(void **state)
{
	struct help *h = *state;

	fill(h);
	finds(h, "\xe5\x9c\x96\xe6\x9b\xb8", "2");	/* 圖書 */
	finds(h, "\xe5\x97\x8e", "2");			/* 嗎, the last */
	finds(h, "\xe9\x96\x8b\xe5\x97\x8e", "2");	/* 開嗎, the last */
	finds(h, "\xe6\x98\xaf\xe7\x9a\x84", "2");	/* 是的, all of it */
	finds(h, "\xe6\x9b\xb8\xe5\x9c\x96", "");	/* 書圖 */
	finds(h, "\xe5\x9c\x96\xe3\x80\x80\xe9\xa4\xa8", "2"); /* 圖　館 */
	finds(h, "\xe5\x9c\x96\xe6\x9b\xb8\xe9\xa4\xa8\xe4\xbb\x8a", "2");
	finds(h, "\xe3\x83\x86\xe3\x82\xb9", "4");	/* テス */
	finds(h, "\xc3\xa4rger", "3");			/* ärger */
	finds(h, "\xd0\xbc\xd0\xbe\xd1\x81\xd0\xba", "3");
	/* one or two letters are a word */
	finds(h, "c", "4 3");
	finds(h, "ai", "3");
	finds(h, "go", "3");
	finds(h, "an", "");
	finds(h, "a+b", "4");
}

static void
test_refuses(void **state)
{
	struct help *h = *state;

	refuses(h, "", "Type what");
	refuses(h, " \t", "Type what");
	refuses(h, "\"\"", "Type what");
	refuses(h, "-fox", "not only");
	refuses(h, "fox OR -dog", "not only");
	refuses(h, "=>", "shorter");
	refuses(h, "\xff", "less text");
	refuses(h, "a b c d e f g h i j k l m n o p q", "fewer words");
	finds(h, "OR fox OR", "");
	finds(h, "\") OR text:*", "");
	finds(h, "\"a\"\"b fox\" ^x {y} NEAR(z)", "");
}

/* The facets are terms; they are not found as words. */
static void
test_facets(void **state)
{
	struct tg_search_facet key = { TG_FACET_KEY, "2" };
	struct tg_search_facet both[] = { { TG_FACET_KEY, "2" },
		{ TG_FACET_MODEL, "GPT-5" } };
	struct help *h = *state;
	struct ask ask = { .h = h,
		.q = { .text = TG_STR("quick"), .limit = 9, .facets = &key,
		    .n_facets = 1 } };

	fill(h);
	assert_int_equal(
	    tg_read(h->store, TG_DB_LOG, search, &ask, &h->e), 0);
	assert_string_equal(ask.found, "4");
	ask.q.facets = both;
	ask.q.n_facets = 2;
	assert_int_equal(
	    tg_read(h->store, TG_DB_LOG, search, &ask, &h->e), 0);
	assert_string_equal(ask.found, "");
	ask.q.text = TG_STR("\xe4\xbb\x8a\xe5\xa4\xa9");
	assert_int_equal(
	    tg_read(h->store, TG_DB_LOG, search, &ask, &h->e), 0);
	assert_string_equal(ask.found, "2");
	finds(h, "gpt", "");
	finds(h, "claude", "");
}

static bool
even(int64_t seq, void *arg)
{
	(void)arg;
	return seq % 2 == 0;
}

static void
test_pages(void **state)
{
	struct help *h = *state;
	int64_t looked = -1;
	struct ask ask = { .h = h,
		.q = { .text = TG_STR("word"), .limit = 3,
		    .looked_seq = &looked } };
	char text[32];

	for (int i = 1; i <= 8; i++) {
		snprintf(text, sizeof(text), "the word %d", i);
		add(h, (struct text){ i, "", text, "" });
	}
	assert_int_equal(
	    tg_read(h->store, TG_DB_LOG, search, &ask, &h->e), 0);
	assert_string_equal(ask.found, "8 7 6+");
	assert_int_equal(looked, 6);
	ask.q.before_seq = 4;
	assert_int_equal(
	    tg_read(h->store, TG_DB_LOG, search, &ask, &h->e), 0);
	assert_string_equal(ask.found, "3 2 1");
	assert_int_equal(looked, 0);
	ask.q.before_seq = 0;
	ask.q.from_seq = 7;
	assert_int_equal(
	    tg_read(h->store, TG_DB_LOG, search, &ask, &h->e), 0);
	assert_string_equal(ask.found, "8 7");
	ask.q.from_seq = 0;
	ask.q.passes = even;
	assert_int_equal(
	    tg_read(h->store, TG_DB_LOG, search, &ask, &h->e), 0);
	assert_string_equal(ask.found, "8 6 4+");
}

/* What several conversations say stands once; their calls name it. */
static void
test_pieces(void **state)
{
	struct help *h = *state;
	struct ask ask = { .h = h,
		.q = { .text = TG_STR("librarian dogs"), .limit = 9 } };

	add(h, (struct text){ -17, "", "You are a librarian", "" });
	add(h, (struct text){ 5, "r17", "about cats", "cats are" });
	add(h, (struct text){ 6, "r17 r18", "about dogs", "dogs are" });
	add(h, (struct text){ 7, "r171", "about dogs", "dogs are" });
	finds(h, "librarian", "6 5");
	finds(h, "librarian cats", "5");
	finds(h, "dogs -librarian", "7");
	assert_int_equal(
	    tg_read(h->store, TG_DB_LOG, search, &ask, &h->e), 0);
	assert_string_equal(ask.found, "6");
	assert_int_equal(ask.said, 6);
	ask.q.text = TG_STR("librarian");
	assert_int_equal(
	    tg_read(h->store, TG_DB_LOG, search, &ask, &h->e), 0);
	assert_int_equal(ask.said, -17);
}

static int
drop(struct tg_db *db, void *arg, struct tg_err *e)
{
	return tg_said_drop(db, *(int64_t *)arg, e) == -1 ? -1 : 0;
}

static void
test_drop(void **state)
{
	struct help *h = *state;
	int64_t id = 4;

	fill(h);
	assert_int_equal(tg_write(h->store, TG_DB_LOG, drop, &id, &h->e), 0);
	finds(h, "quick", "1");
	finds(h, "\xe3\x83\x86\xe3\x82\xb9", "");
	assert_int_equal(tg_write(h->store, TG_DB_LOG, drop, &id, &h->e), 0);
	add(h, (struct text){ 4, "", "quick again", "" });
	finds(h, "quick", "4 1");
	finds(h, "news", "");
	assert_int_equal(tg_store_check(h->store, &h->e), 0);
	assert_int_equal(tg_store_vacuum(h->store, &h->e), 0);
	finds(h, "quick", "4 1");
}

struct marking {
	struct help *h;
	const char *query, *text, *want;
};

static int
mark(struct tg_db *db, void *arg, struct tg_err *e)
{
	struct marking *m = arg;
	struct tg_search_words *w =
	    tg_search_words(db, m->h->arena, tg_str(m->query), e);
	struct tg_search_mark *marks;
	char out[256];
	size_t n, at = 0, from = 0;

	assert_non_null(w);
	tg_search_marks(w, tg_str(m->text), &marks, &n);
	for (size_t i = 0; i < n; i++) {
		at += (size_t)snprintf(out + at, sizeof(out) - at,
		    "%.*s[%.*s]", (int)(marks[i].at - from), m->text + from,
		    (int)marks[i].n, m->text + marks[i].at);
		from = marks[i].at + marks[i].n;
	}
	snprintf(out + at, sizeof(out) - at, "%s", m->text + from);
	assert_string_equal(out, m->want);
	return 0;
}

static void
test_marks(void **state)
{
	static const struct {
		const char *query, *text, *want;
	} cases[] = {
		{ "fox", "Fox and fox", "[Fox] and [fox]" },
		{ "fox -and", "Fox and fox", "[Fox] and [fox]" },
		{ "box foxes", "a foxes' box", "a [foxes]' [box]" },
		{ "fox oxe", "foxes", "[foxe]s" },
		{ "none", "fox", "fox" },
		{ "ai", "AI in air", "[AI] in air" },
		/* ẞ has three bytes, ß two: Straße and STRAẞE */
		{ "stra\xc3\x9f" "e x1", "x1 STRA\xe1\xba\x9e" "E.",
		    "[x1] [STRA\xe1\xba\x9e" "E]." },
		{ "\xe6\x9b\xb8", "\xe5\x9c\x96\xe6\x9b\xb8!",
		    "\xe5\x9c\x96[\xe6\x9b\xb8]!" },
	};
	struct help *h = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct marking m = { h, cases[i].query, cases[i].text,
			cases[i].want };

		if (tg_read(h->store, TG_DB_LOG, mark, &m, &h->e) == -1)
			fail_msg("%s: %s", cases[i].query, h->e.msg);
	}
}

static void
test_text(void **state)
{
	struct tg_buf b;
	struct tg_str said, text;
	enum tg_said_by by;

	(void)state;
	tg_buf_init(&b, 2 * TG_SAID_MAX);
	tg_said_facet(&b, TG_FACET_MODEL, TG_STR("m\x02x"));
	tg_said_text(&b, TG_SAID_USER, TG_STR(" a\x10 \n\n b\tc "));
	tg_said_text(&b, TG_SAID_TOOL, TG_STR("  "));
	tg_said_text(&b, TG_SAID_ASSISTANT, TG_STR("d"));
	said = tg_buf_str(&b);
	assert_string_equal(b.p, "\x02mm x\x11"
				 "a b c\x12"
				 "d");
	assert_true(tg_said_next(&said, &by, &text));
	assert_int_equal(by, TG_SAID_USER);
	assert_true(tg_str_is(text, "a b c"));
	assert_true(tg_said_next(&said, &by, &text));
	assert_int_equal(by, TG_SAID_ASSISTANT);
	assert_true(tg_str_is(text, "d"));
	assert_false(tg_said_next(&said, &by, &text));
	tg_buf_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text),
		cmocka_unit_test_setup_teardown(
		    test_finds, help_new, help_free),
		cmocka_unit_test_setup_teardown(
		    test_scripts, help_new, help_free),
		cmocka_unit_test_setup_teardown(
		    test_refuses, help_new, help_free),
		cmocka_unit_test_setup_teardown(
		    test_facets, help_new, help_free),
		cmocka_unit_test_setup_teardown(
		    test_pages, help_new, help_free),
		cmocka_unit_test_setup_teardown(
		    test_pieces, help_new, help_free),
		cmocka_unit_test_setup_teardown(
		    test_drop, help_new, help_free),
		cmocka_unit_test_setup_teardown(
		    test_marks, help_new, help_free),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
