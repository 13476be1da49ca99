/* String views: base/str.h. */
#include "config.h"
#include "unit.h"

static struct tg_str
s(const char *c)
{
	return tg_str(c);
}

static void
test_equal(void **state)
{
	(void)state;
	assert_int_equal(tg_str(NULL).n, 0);
	assert_true(tg_str_eq(TG_STR_NONE, TG_STR("")));
	assert_true(tg_str_eq(TG_STR("a\0b"), TG_STR("a\0b")));
	assert_false(tg_str_eq(TG_STR("a\0b"), TG_STR("a\0c")));
	assert_false(tg_str_eq(s("ab"), s("abc")));
	assert_true(tg_str_is(TG_STR_NONE, ""));
	assert_true(tg_str_is(TG_STR_NONE, NULL));
	assert_true(tg_str_is(s("abc"), "abc"));
	assert_false(tg_str_is(s("abc"), "ABC"));
	assert_true(tg_str_ieq(s("Content-Type"), "content-TYPE"));
	assert_false(tg_str_ieq(s("a["), "a{"));
	assert_false(tg_str_ieq(s("\xc3\x84"), "\xc3\xa4"));
	assert_false(tg_str_ieq(s("ab"), "abc"));
}

static void
test_ends(void **state)
{
	(void)state;
	assert_true(tg_str_starts(s("Bearer x"), "Bearer "));
	assert_true(tg_str_starts(s("x"), ""));
	assert_true(tg_str_starts(TG_STR_NONE, ""));
	assert_false(tg_str_starts(s("Bear"), "Bearer"));
	assert_true(tg_str_ends(s("a.json"), ".json"));
	assert_true(tg_str_ends(TG_STR_NONE, ""));
	assert_false(tg_str_ends(s("json"), ".json"));
	assert_false(tg_str_ends(s("a.jsom"), ".json"));
}

static void
test_trim(void **state)
{
	(void)state;
	assert_str(tg_str_trim(s(" \t a b\r\n ")), "a b");
	assert_str(tg_str_trim(s("ab")), "ab");
	assert_int_equal(tg_str_trim(s(" \r\n\t ")).n, 0);
	assert_int_equal(tg_str_trim(TG_STR_NONE).n, 0);
	assert_str(tg_str_trim(s("\va\v")), "\va\v");
}

static void
cut_all(const char *text, const char *want)
{
	struct tg_str rest = tg_str(text), piece;
	char got[64] = "";
	size_t n = 0;

	while (tg_str_cut(&rest, ',', &piece)) {
		assert_true(n + piece.n + 2 < sizeof(got));
		got[n++] = '<';
		memcpy(got + n, piece.p, piece.n);
		n += piece.n;
		got[n++] = '>';
	}
	got[n] = '\0';
	assert_string_equal(got, want);
}

static void
test_cut(void **state)
{
	(void)state;
	cut_all("a,,b", "<a><><b>");
	cut_all("", "");
	cut_all(NULL, "");
	cut_all("abc", "<abc>");
	cut_all(",", "<>");
	cut_all("a,", "<a>");
	cut_all(",a", "<><a>");
}

static void
test_i64(void **state)
{
	static const struct {
		const char *text;
		int64_t value;
	} good[] = {
		{"0", 0}, {"-0", 0}, {"7", 7}, {"-7", -7}, {"007", 7},
		{"9223372036854775807", INT64_MAX},
		{"-9223372036854775808", INT64_MIN},
	};
	static const char *const bad[] = {"", "-", "+1", " 1", "1 ", "1.0",
	    "0x1", "--1", "9223372036854775808", "-9223372036854775809",
	    "99999999999999999999999", "1e3", "1/", "1:"};
	int64_t v = 42;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(good); i++) {
		assert_true(tg_str_i64(s(good[i].text), &v));
		assert_true(v == good[i].value);
	}
	v = 42;
	for (i = 0; i < COUNT(bad); i++)
		assert_false(tg_str_i64(s(bad[i]), &v));
	assert_false(tg_str_i64(TG_STR_NONE, &v));
	assert_int_equal(v, 42);
	assert_true(tg_str_i64((struct tg_str){"123456", 3}, &v));
	assert_int_equal(v, 123);
}

static void
test_glob(void **state)
{
	static const struct {
		const char *pattern, *text;
		bool match;
	} cases[] = {
		{"", "", true}, {"", "a", false}, {"a", "", false},
		{"*", "", true}, {"*", "anything", true}, {"**", "x", true},
		{"gpt-4o", "gpt-4o", true}, {"gpt-4o", "gpt-4o-mini", false},
		{"openai/*", "openai/gpt-4o", true},
		{"openai/*", "openai/", true}, {"openai/*", "openai", false},
		{"*-mini", "gpt-4o-mini", true}, {"*-mini", "mini", false},
		{"a*c", "abcbc", true}, {"a*c", "abcb", false},
		{"a*b*c", "a1b2c", true}, {"a*b*c", "acb", false},
		{"*a*a*", "aa", true}, {"*a*a*", "a", false},
		{"a?c", "abc", false}, {"a?c", "a?c", true},
		{"[a]", "a", false}, {"gpt*", "GPT", false},
		{"*", "a\xff", true}, {"a*", "*a", false},
		{"*ab", "aab", true}, {"*aab", "aaaab", true},
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++)
		if (tg_str_glob(s(cases[i].pattern), s(cases[i].text)) !=
		    cases[i].match)
			fail_msg("'%s' on '%s'", cases[i].pattern,
			    cases[i].text);
	assert_true(tg_str_glob(TG_STR("*"), TG_STR_NONE));
	assert_true(tg_str_glob(TG_STR_NONE, TG_STR_NONE));
}

/* Many stars against a long text without a match: must not explode. */
static void
test_glob_cost(void **state)
{
	static char text[20000];

	(void)state;
	memset(text, 'a', sizeof(text));
	assert_false(tg_str_glob(s("*a*a*a*a*a*a*a*a*a*a*a*a*a*b"),
	    (struct tg_str){text, sizeof(text)}));
}

static void
test_find(void **state)
{
	(void)state;
	assert_int_equal(tg_str_find(s("hello"), s("l")), 2);
	assert_int_equal(tg_str_find(s("hello"), s("lo")), 3);
	assert_int_equal(tg_str_find(s("hello"), s("x")), -1);
	assert_int_equal(tg_str_find(s("hello"), TG_STR_NONE), 0);
	assert_int_equal(tg_str_find(TG_STR_NONE, TG_STR_NONE), 0);
	assert_int_equal(tg_str_find(TG_STR_NONE, s("a")), -1);
	assert_int_equal(tg_str_find(s("ab"), s("abc")), -1);
	assert_int_equal(tg_str_find(TG_STR("a\0bc"), TG_STR("\0b")), 1);
	assert_int_equal(tg_str_ifind(s("x ReQuEsT"), "request"), 2);
	assert_int_equal(tg_str_ifind(s("x"), ""), 0);
	assert_int_equal(tg_str_ifind(s("reques"), "request"), -1);
	assert_int_equal(tg_str_ifind(TG_STR_NONE, "a"), -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_equal),
		cmocka_unit_test(test_ends),
		cmocka_unit_test(test_trim),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_i64),
		cmocka_unit_test(test_glob),
		cmocka_unit_test(test_glob_cost),
		cmocka_unit_test(test_find),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
