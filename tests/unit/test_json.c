/* Reading and writing JSON in place: base/json.h. */
#include "config.h"
#include "unit.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/escape.h"
#include "json_samples.h"

static struct tg_arena *arena;

static enum tg_json_fault
check(struct tg_str doc)
{
	return tg_json_check(doc, 512, NULL);
}

/* A heap copy without NUL: the sanitizer sees each byte read too many. */
static struct tg_str
exact(struct tg_str s)
{
	char *p = malloc(s.n + (s.n == 0));

	assert_non_null(p);
	if (s.n > 0)
		memcpy(p, s.p, s.n);
	return (struct tg_str){p, s.n};
}

static void
drop(struct tg_str s)
{
	free((void *)(uintptr_t)s.p);
}

static void
test_good(void **state)
{
	size_t i, k, at;

	(void)state;
	for (i = 0; i < COUNT(good_docs); i++) {
		struct tg_str doc = exact(tg_str(good_docs[i]));

		if (check(doc) != TG_JSON_GOOD)
			fail_msg("refused: %s", good_docs[i]);
		/* No beginning of a document but a number's is one. */
		for (k = 0; k < doc.n; k++) {
			struct tg_str part = exact(
			    (struct tg_str){doc.p, k});

			if (tg_json_check(part, 512, &at) != TG_JSON_GOOD)
				assert_int_equal(
				    check(part), TG_JSON_ENDED);
			assert_true(at <= k);
			drop(part);
		}
		drop(doc);
	}
}

static void
test_bad(void **state)
{
	size_t i, at;

	(void)state;
	for (i = 0; i < COUNT(bad_docs); i++) {
		struct tg_str doc = exact(tg_str(bad_docs[i].text));
		enum tg_json_fault fault = tg_json_check(doc, 512, &at);

		if (fault != bad_docs[i].fault || at != bad_docs[i].at)
			fail_msg("'%s': fault %d at %zu", bad_docs[i].text,
			    (int)fault, at);
		drop(doc);
	}
	assert_int_equal(check(TG_STR_NONE), TG_JSON_ENDED);
	assert_int_equal(check(TG_STR("1\0")), TG_JSON_BAD_SYNTAX);
	assert_int_equal(check(TG_STR("\"a\0b\"")), TG_JSON_BAD_SYNTAX);
}

/* Every byte at every place of a string's eight-byte steps. */
static void
test_string_bytes(void **state)
{
	char text[40];
	int byte, place, n;

	(void)state;
	for (n = 1; n <= 20; n++)
		for (place = 0; place < n; place++)
			for (byte = 0; byte < 0x100; byte++) {
				enum tg_json_fault want = TG_JSON_GOOD;

				memset(text, 'x', sizeof(text));
				text[0] = '"';
				text[1 + place] = (char)byte;
				text[1 + n] = '"';
				if (byte >= 0x80)
					want = TG_JSON_BAD_UTF8;
				else if (byte < 0x20 || byte == '"')
					want = TG_JSON_BAD_SYNTAX;
				else if (byte == '\\')
					want = place == n - 1 ?
					    TG_JSON_ENDED : TG_JSON_BAD_SYNTAX;
				assert_int_equal(check((struct tg_str){
				    text, (size_t)n + 2}), want);
			}
}

static struct tg_str
nest(char *text, int depth, char open, char close)
{
	memset(text, open, (size_t)depth);
	memset(text + depth, close, (size_t)depth);
	return (struct tg_str){text, (size_t)depth * 2};
}

static void
test_depth(void **state)
{
	static char text[4000];
	struct tg_str doc;
	size_t at;
	int i, n;

	(void)state;
	assert_int_equal(tg_json_check(TG_STR("1"), 0, &at), TG_JSON_GOOD);
	assert_int_equal(tg_json_check(TG_STR("[]"), 0, &at),
	    TG_JSON_TOO_DEEP);
	assert_int_equal(tg_json_check(TG_STR("[]"), 1, &at), TG_JSON_GOOD);
	assert_int_equal(tg_json_check(TG_STR("[1,{}]"), 1, &at),
	    TG_JSON_TOO_DEEP);
	assert_int_equal(at, 3);
	for (i = 1; i <= 512; i++) {
		doc = nest(text, i, '[', ']');
		assert_int_equal(tg_json_check(doc, i, &at), TG_JSON_GOOD);
		assert_int_equal(tg_json_check(doc, i - 1, &at),
		    TG_JSON_TOO_DEEP);
		assert_int_equal(at, i - 1);
	}
	doc = nest(text, 513, '[', ']');
	assert_int_equal(tg_json_check(doc, 512, &at), TG_JSON_TOO_DEEP);
	assert_int_equal(tg_json_check(doc, 100000, &at), TG_JSON_TOO_DEEP);
	memset(text, '[', sizeof(text));
	assert_int_equal(tg_json_check(
	    (struct tg_str){text, sizeof(text)}, 512, &at), TG_JSON_TOO_DEEP);
	/* Objects and arrays in turn: the bits must keep them apart. */
	for (i = 0, n = 0; i < 170; i++)
		n += snprintf(text + n, 8, "[{\"a\":");
	text[n++] = '1';
	for (i = 0; i < 170; i++)
		n += snprintf(text + n, 8, "}]");
	doc = (struct tg_str){text, (size_t)n};
	assert_int_equal(check(doc), TG_JSON_GOOD);
	text[n - 200] = text[n - 200] == ']' ? '}' : ']';
	assert_int_equal(tg_json_check(doc, 512, &at), TG_JSON_BAD_SYNTAX);
	assert_int_equal(at, n - 200);
}

static void
test_types(void **state)
{
	(void)state;
	assert_int_equal(tg_json_type(TG_STR(" {}")), TG_JSON_OBJECT);
	assert_int_equal(tg_json_type(TG_STR("\n[1]")), TG_JSON_ARRAY);
	assert_int_equal(tg_json_type(TG_STR("\"\"")), TG_JSON_STRING);
	assert_int_equal(tg_json_type(TG_STR("-1")), TG_JSON_NUMBER);
	assert_int_equal(tg_json_type(TG_STR("0")), TG_JSON_NUMBER);
	assert_int_equal(tg_json_type(TG_STR("true")), TG_JSON_BOOL);
	assert_int_equal(tg_json_type(TG_STR("false")), TG_JSON_BOOL);
	assert_int_equal(tg_json_type(TG_STR("null")), TG_JSON_NULL);
	assert_true(tg_json_is_null(TG_STR(" null ")));
	assert_false(tg_json_is_null(TG_STR("0")));
	assert_false(tg_json_is_null(TG_STR("\"null\"")));
	assert_false(tg_json_is_null(TG_STR_NONE));
}

static void
test_walk(void **state)
{
	struct tg_str doc = exact(TG_STR(" { \"a\" : 1 ,\"b\\n\":\"x\\\"}\" , "
	    "\"c\":[ 1 , [2,\"]\"] ,{} ],\"\": { \"d\":[]} } "));
	struct tg_json_it it = tg_json_begin(doc), in;
	struct tg_str name, v;

	(void)state;
	assert_true(tg_json_member(&it, &name, &v));
	assert_str(name, "a");
	assert_str(v, "1");
	assert_true(tg_json_member(&it, &name, &v));
	assert_str(name, "b\\n");
	assert_str(v, "\"x\\\"}\"");
	assert_true(tg_json_member(&it, &name, &v));
	assert_str(v, "[ 1 , [2,\"]\"] ,{} ]");
	in = tg_json_begin(v);
	assert_true(tg_json_item(&in, &v));
	assert_str(v, "1");
	assert_true(tg_json_item(&in, &v));
	assert_str(v, "[2,\"]\"]");
	assert_true(tg_json_item(&in, &v));
	assert_str(v, "{}");
	assert_false(tg_json_item(&in, &v));
	assert_false(tg_json_item(&in, &v));
	assert_true(tg_json_member(&it, &name, &v));
	assert_int_equal(name.n, 0);
	assert_str(v, "{ \"d\":[]}");
	assert_false(tg_json_member(&it, &name, &v));
	assert_false(tg_json_member(&it, &name, &v));
	drop(doc);
}

/* An object has no items, an array no members, a scalar neither. */
static void
test_walk_other(void **state)
{
	static const char *const docs[] = {"1", "\"a\"", "null", "[]", "{}",
	    " [ ] ", " { } ", ""};
	struct tg_json_it it;
	struct tg_str name, v;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(docs); i++) {
		it = tg_json_begin(tg_str(docs[i]));
		assert_false(tg_json_member(&it, &name, &v));
		assert_false(tg_json_item(&it, &v));
	}
	it = tg_json_begin(TG_STR("{\"a\":1}"));
	assert_false(tg_json_item(&it, &v));
	it = tg_json_begin(TG_STR("[\"a\",1]"));
	assert_false(tg_json_member(&it, &name, &v));
	it = tg_json_begin(TG_STR_NONE);
	assert_false(tg_json_item(&it, &v));
}

static void
test_get(void **state)
{
	struct tg_str doc = TG_STR("{\"a\":1,\"m\\u006fdel\":\"x\",\"a\":2,"
	    "\"o\":{\"p\":{\"q\":[3]},\"p.q\":4},\"n\":null,\"\":5}");
	struct tg_str v = TG_STR("untouched");

	(void)state;
	assert_false(tg_json_get(doc, "b", &v));
	assert_str(v, "untouched");
	assert_true(tg_json_get(doc, "a", &v));
	assert_str(v, "2");
	assert_true(tg_json_get(doc, "model", &v));
	assert_str(v, "\"x\"");
	assert_true(tg_json_get(doc, "n", &v));
	assert_str(v, "null");
	assert_true(tg_json_get(doc, "", &v));
	assert_str(v, "5");
	assert_false(tg_json_get(doc, "A", &v));
	assert_false(tg_json_get(TG_STR("[\"a\",1]"), "a", &v));
	assert_false(tg_json_get(TG_STR("1"), "a", &v));
	assert_true(tg_json_path(doc, "o.p.q", &v));
	assert_str(v, "[3]");
	assert_true(tg_json_path(doc, "model", &v));
	assert_false(tg_json_path(doc, "o.x.q", &v));
	assert_false(tg_json_path(doc, "o.p.q.r", &v));
	assert_str(v, "\"x\"");
}

static void
test_names(void **state)
{
	(void)state;
	assert_true(tg_json_name_is(TG_STR("model"), "model"));
	assert_true(tg_json_name_is(TG_STR("m\\u006Fdel"), "model"));
	assert_true(tg_json_name_is(TG_STR("\\u006d\\u006fdel"), "model"));
	assert_false(tg_json_name_is(TG_STR("m\\u006fde"), "model"));
	assert_false(tg_json_name_is(TG_STR("m\\u006fdels"), "model"));
	assert_false(tg_json_name_is(TG_STR("mode"), "model"));
	assert_false(tg_json_name_is(TG_STR("models"), "model"));
	assert_true(tg_json_name_is(TG_STR(""), ""));
	assert_true(tg_json_name_is(TG_STR("a\\\\b"), "a\\b"));
	assert_false(tg_json_name_is(TG_STR("a\\\\"), "a\\\\"));
	assert_true(tg_json_name_is(TG_STR("\\ud83d\\ude00"), "\xf0\x9f\x98\x80"));
	assert_false(tg_json_name_is(TG_STR("a\\u0000b"), "a"));
	assert_true(tg_json_text_is(TG_STR("\"user\""), "user"));
	assert_true(tg_json_text_is(TG_STR(" \"us\\u0065r\" "), "user"));
	assert_false(tg_json_text_is(TG_STR("\"users\""), "user"));
	assert_false(tg_json_text_is(TG_STR("user"), "user"));
	assert_false(tg_json_text_is(TG_STR("1"), "1"));
	assert_true(tg_json_text_is(TG_STR("\"\""), ""));
}

static void
test_text(void **state)
{
	static const struct {
		struct tg_str json, text;
	} cases[] = {
		{TG_STR("\"\""), TG_STR("")},
		{TG_STR(" \"abc\"\n"), TG_STR("abc")},
		{TG_STR("\"a\\\"b\\\\c\\/d\""), TG_STR("a\"b\\c/d")},
		{TG_STR("\"\\b\\f\\n\\r\\t\""), TG_STR("\b\f\n\r\t")},
		{TG_STR("\"x\\u0000y\""), TG_STR("x\0y")},
		{TG_STR("\"\\u00e9\\u20AC\""), TG_STR("\xc3\xa9\xe2\x82\xac")},
		{TG_STR("\"\\uD83D\\uDE00\""), TG_STR("\xf0\x9f\x98\x80")},
		{TG_STR("\"\\uDBFF\\uDFFF\""), TG_STR("\xf4\x8f\xbf\xbf")},
		{TG_STR("\"\\ud83d\""), TG_STR("\xef\xbf\xbd")},
		{TG_STR("\"\\ud83dx\""), TG_STR("\xef\xbf\xbdx")},
		{TG_STR("\"\\ud83d\\n\""), TG_STR("\xef\xbf\xbd\n")},
		{TG_STR("\"\\ud83d\\u0041\""), TG_STR("\xef\xbf\xbd""A")},
		{TG_STR("\"\\ud83d\\ud83d\\ude00\""),
		    TG_STR("\xef\xbf\xbd\xf0\x9f\x98\x80")},
		{TG_STR("\"\\ude00\\ud83d\""),
		    TG_STR("\xef\xbf\xbd\xef\xbf\xbd")},
		{TG_STR("\"\xc3\xa4\\\\\""), TG_STR("\xc3\xa4\\")},
	};
	struct tg_str out;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		assert_int_equal(check(cases[i].json), TG_JSON_GOOD);
		assert_int_equal(tg_json_text(arena, cases[i].json, &out), 0);
		assert_int_equal(out.n, cases[i].text.n);
		assert_memory_equal(out.p, cases[i].text.p, out.n + 1);
	}
	assert_int_equal(tg_json_text(arena, TG_STR("12"), &out), -1);
	assert_int_equal(tg_json_text(arena, TG_STR("null"), &out), -1);
	assert_int_equal(tg_json_text(arena, TG_STR("[\"a\"]"), &out), -1);
	assert_int_equal(tg_json_text(arena, TG_STR_NONE, &out), -1);
	assert_true(tg_json_raw_text(TG_STR(" \"a\\n\" "), &out));
	assert_str(out, "a\\n");
	assert_false(tg_json_raw_text(TG_STR("{\"a\":\"b\"}"), &out));
}

static void
test_i64(void **state)
{
	static const struct {
		const char *text;
		int64_t value;
	} good[] = {
		{"0", 0}, {"-0", 0}, {"0.0", 0}, {"0e99999999999999999999", 0},
		{"1e3", 1000}, {"5.0", 5}, {"1.5e1", 15},
		{"120e-1", 12}, {"-2.50e2", -250}, {" 7 ", 7},
		{"1000000000000000000", INT64_C(1000000000000000000)},
		{"9223372036854775807", INT64_MAX},
		{"-9223372036854775807.000", -INT64_MAX},
		{"9.223372036854775807e18", INT64_MAX},
		{"1e18", INT64_C(1000000000000000000)},
		{"0.000000000000000000000000000000000000000000000000001e51", 1},
		{"10000000000000000000000000000000000000000000000000e-49", 1},
	};
	static const char *const bad[] = {"1.5", "1e-1", "15e-1", "1e19", "1e999999999",
	    "1e99999999999999999999999", "9223372036854775808",
	    "-9223372036854775809", "123456789012345678901234567890",
	    "1e-99999999999999999999", "\"1\"", "null", "true", "[1]", "{}", "",
	    "0.1", "9223372036854775807.5",
	    "1.00000000000000000000000000000000000000000000000001"};
	int64_t v;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(good); i++) {
		assert_true(tg_json_i64(tg_str(good[i].text), &v));
		assert_true(v == good[i].value);
	}
	assert_true(tg_json_i64(TG_STR("-9223372036854775808"), &v));
	assert_true(v == INT64_MIN);
	v = 42;
	for (i = 0; i < COUNT(bad); i++)
		if (tg_json_i64(tg_str(bad[i]), &v))
			fail_msg("'%s' was taken", bad[i]);
	assert_int_equal(v, 42);
}

static void
test_bool(void **state)
{
	bool b = false;

	(void)state;
	assert_true(tg_json_bool(TG_STR("true"), &b));
	assert_true(b);
	assert_true(tg_json_bool(TG_STR(" false "), &b));
	assert_false(b);
	assert_false(tg_json_bool(TG_STR("1"), &b));
	assert_false(tg_json_bool(TG_STR("\"true\""), &b));
	assert_false(tg_json_bool(TG_STR("null"), &b));
	assert_false(tg_json_bool(TG_STR_NONE, &b));
}

static void
test_quote(void **state)
{
	static const struct {
		struct tg_str text, json;
	} cases[] = {
		{TG_STR(""), TG_STR("\"\"")},
		{TG_STR("abc"), TG_STR("\"abc\"")},
		{TG_STR("a\"b\\c/d"), TG_STR("\"a\\\"b\\\\c/d\"")},
		{TG_STR("\b\f\n\r\t\x01\x1f\x7f"),
		    TG_STR("\"\\b\\f\\n\\r\\t\\u0001\\u001f\x7f\"")},
		{TG_STR("a\0b"), TG_STR("\"a\\u0000b\"")},
		{TG_STR("\xc3\xa4\xf0\x9f\x98\x80"),
		    TG_STR("\"\xc3\xa4\xf0\x9f\x98\x80\"")},
		{TG_STR("a\xff" "b"), TG_STR("\"a\xef\xbf\xbd" "b\"")},
		{TG_STR("\xc3"), TG_STR("\"\xef\xbf\xbd\"")},
		{TG_STR("\xed\xa0\x80"), TG_STR("\"\xef\xbf\xbd\xef\xbf\xbd"
		    "\xef\xbf\xbd\"")},
	};
	struct tg_str q, back;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		q = tg_json_quoted(arena, cases[i].text);
		assert_int_equal(q.n, cases[i].json.n);
		assert_memory_equal(q.p, cases[i].json.p, q.n);
		assert_int_equal(check(q), TG_JSON_GOOD);
		assert_int_equal(tg_json_text(arena, q, &back), 0);
		if (tg_utf8_valid(cases[i].text))
			assert_true(tg_str_eq(back, cases[i].text));
	}
	q = tg_json_quoted(arena, TG_STR_NONE);
	assert_str(q, "\"\"");
}

static void
test_quote_ceiling(void **state)
{
	struct tg_buf b;

	(void)state;
	tg_buf_init(&b, 5);
	assert_int_equal(tg_json_quote(&b, TG_STR("abc")), 0);
	assert_string_equal(b.p, "\"abc\"");
	tg_buf_reset(&b);
	assert_int_equal(tg_json_quote(&b, TG_STR("abcd")), -1);
	tg_buf_reset(&b);
	assert_int_equal(tg_json_quote(&b, TG_STR("a\n")), 0);
	tg_buf_free(&b);
}

/* The walkers against jansson's tree of the same text. */
static void
same(struct tg_str v, const json_t *j)
{
	struct tg_json_it it = tg_json_begin(v);
	struct tg_str name, part, text;
	int64_t number;
	size_t n = 0;

	switch (tg_json_type(v)) {
	case TG_JSON_OBJECT:
		assert_true(json_is_object(j));
		for (; tg_json_member(&it, &name, &part); n++) {
			part = (struct tg_str){name.p - 1, name.n + 2};
			assert_int_equal(tg_json_text(arena, part, &text), 0);
			assert_true(tg_json_get(v, text.p, &part));
			same(part, json_object_get(j, text.p));
		}
		assert_true(n >= json_object_size(j));
		break;
	case TG_JSON_ARRAY:
		assert_true(json_is_array(j));
		for (; tg_json_item(&it, &part); n++)
			same(part, json_array_get(j, n));
		assert_int_equal(n, json_array_size(j));
		break;
	case TG_JSON_STRING:
		assert_int_equal(tg_json_text(arena, v, &text), 0);
		assert_int_equal(text.n, json_string_length(j));
		assert_memory_equal(text.p, json_string_value(j), text.n);
		break;
	case TG_JSON_NUMBER:
		assert_true(json_is_real(j));	/* ints are read as such */
		if (tg_json_i64(v, &number))
			assert_true((double)number == json_real_value(j));
		break;
	case TG_JSON_BOOL:
		assert_true(json_is_boolean(j));
		break;
	default:
		assert_true(json_is_null(j));
	}
}

/* Where jansson is stricter on purpose. */
static bool
jansson_alone_refuses(json_error_t *why)
{
	enum json_error_code code = json_error_code(why);

	return code == json_error_numeric_overflow ||
	    code == json_error_null_character ||
	    code == json_error_null_byte_in_key ||
	    strstr(why->text, "invalid Unicode") != NULL;
}

static void
compare(struct tg_str doc)
{
	struct tg_arena_mark mark = tg_arena_mark(arena);
	bool good = check(doc) == TG_JSON_GOOD;
	json_error_t why;
	json_t *j = json_loadb(doc.p, doc.n, JSON_DECODE_ANY |
	    JSON_DECODE_INT_AS_REAL | JSON_ALLOW_NUL, &why);

	if (j != NULL && !good)
		fail_msg("only jansson takes: %.*s", TG_PRI(doc));
	if (j == NULL && good && !jansson_alone_refuses(&why))
		fail_msg("only we take (%s): %.*s", why.text, TG_PRI(doc));
	if (j != NULL)
		same(doc, j);
	json_decref(j);
	tg_arena_rewind(arena, mark);
}

static uint64_t
chance(void)
{
	static uint64_t x = 88172645463325252;

	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	return x;
}

/* One to three bytes changed, taken out, doubled or put in. */
static size_t
mutate(char *text, size_t n)
{
	static const char likely[] = "{}[]\",:\\u0123eE+-. tfn\xc3\xa4\xff\n";
	int edits = (int)(chance() % 3) + 1;

	while (edits-- > 0 && n > 0 && n < 200) {
		size_t at = chance() % n;
		char byte = likely[chance() % (sizeof(likely) - 1)];

		switch (chance() % 4) {
		case 0:
			text[at] = byte;
			break;
		case 1:
			memmove(text + at, text + at + 1, --n - at);
			break;
		case 2:
			memmove(text + at + 1, text + at, n++ - at);
			text[at] = byte;
			break;
		default:
			memmove(text + at + 1, text + at, n++ - at);
		}
	}
	return n;
}

static void
test_against_jansson(void **state)
{
	size_t i, k, n, good = 0;
	char text[256];

	(void)state;
	for (i = 0; i < COUNT(good_docs); i++) {
		compare(tg_str(good_docs[i]));
		for (k = 0; k < 3000; k++) {
			struct tg_str doc;

			n = strlen(good_docs[i]);
			assert_true(n < 200);
			memcpy(text, good_docs[i], n);
			n = mutate(text, n);
			doc = exact((struct tg_str){text, n});
			good += check(doc) == TG_JSON_GOOD;
			compare(doc);
			drop(doc);
		}
	}
	assert_true(good > 5000);	/* both sides were tried */
	for (i = 0; i < COUNT(bad_docs); i++)
		compare(tg_str(bad_docs[i].text));
}

static int
setup(void **state)
{
	(void)state;
	arena = tg_arena_new(1 << 20);
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
		cmocka_unit_test(test_bad),
		cmocka_unit_test(test_string_bytes),
		cmocka_unit_test(test_depth),
		cmocka_unit_test(test_types),
		cmocka_unit_test(test_walk),
		cmocka_unit_test(test_walk_other),
		cmocka_unit_test(test_get),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_i64),
		cmocka_unit_test(test_bool),
		cmocka_unit_test(test_quote),
		cmocka_unit_test(test_quote_ceiling),
		cmocka_unit_test(test_against_jansson),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
