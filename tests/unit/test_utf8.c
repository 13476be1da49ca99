/* UTF-8: base/utf8.h, against the definition for every code point. */
#include "config.h"
#include "unit.h"

#include "base/utf8.h"

static unsigned
one(const char *text, size_t n)
{
	return tg_utf8_one((const unsigned char *)text, n);
}

static void
test_every_code_point(void **state)
{
	char out[5] = "";
	uint32_t cp;
	unsigned n, want, k;

	(void)state;
	for (cp = 0; cp <= 0x10ffff; cp++) {
		if (cp >= 0xd800 && cp <= 0xdfff)
			continue;
		n = tg_utf8_put(cp, out);
		want = 1u + (cp >= 0x80) + (cp >= 0x800) + (cp >= 0x10000);
		assert_int_equal(n, want);
		assert_int_equal(one(out, n), n);
		assert_int_equal(one(out, 4), n);
		for (k = 1; k < n; k++) {
			assert_int_equal(one(out, k), 0);
			assert_true(tg_utf8_is_begun(
			    (unsigned char *)out, k));
		}
	}
	assert_int_equal(tg_utf8_put(0xd800, out), 3);
	assert_memory_equal(out, "\xef\xbf\xbd", 3);
	assert_int_equal(tg_utf8_put(0x110000, out), 3);
	assert_memory_equal(out, "\xef\xbf\xbd", 3);
}

/* All three-byte beginnings, against the table of RFC 3629. */
static void
test_three_bytes(void **state)
{
	unsigned a, b, c;

	(void)state;
	for (a = 0x80; a < 0x100; a++)
		for (b = 0; b < 0x100; b++)
			for (c = 0x70; c < 0xd0; c++) {
				unsigned char t[3] = {(unsigned char)a,
				    (unsigned char)b, (unsigned char)c};
				bool tail = b >= 0x80 && b <= 0xbf;
				bool tail2 = c >= 0x80 && c <= 0xbf;
				unsigned want = 0;

				if (a >= 0xc2 && a <= 0xdf && tail)
					want = 2;
				else if (a >= 0xe0 && a <= 0xef && tail &&
				    tail2 && !(a == 0xe0 && b < 0xa0) &&
				    !(a == 0xed && b > 0x9f))
					want = 3;
				assert_int_equal(tg_utf8_multi(t, 3), want);
			}
}

static void
test_wrong(void **state)
{
	static const char *const wrong[] = {"\x80", "\xbf", "\xc0\x80",
	    "\xc1\xbf", "\xe0\x80\x80", "\xe0\x9f\xbf", "\xed\xa0\x80",
	    "\xed\xbf\xbf", "\xf0\x80\x80\x80", "\xf0\x8f\xbf\xbf",
	    "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xf8\x88\x80\x80",
	    "\xff", "\xfe", "\xc3(", "\xe2\x82(", "\xf0\x9f\x98("};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(wrong); i++) {
		assert_int_equal(one(wrong[i], strlen(wrong[i])), 0);
		assert_false(tg_utf8_is_begun((const unsigned char *)wrong[i],
		    strlen(wrong[i])));
	}
	assert_false(tg_utf8_is_begun((const unsigned char *)"\xc0", 1));
	assert_false(tg_utf8_is_begun((const unsigned char *)"\xed\xa0", 2));
	assert_false(tg_utf8_is_begun((const unsigned char *)"a", 1));
	assert_false(tg_utf8_is_begun((const unsigned char *)"", 0));
}

static void
test_trim_tail(void **state)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
		{"", ""}, {"abc", "abc"}, {"a\xc3\xa4", "a\xc3\xa4"},
		{"a\xc3", "a"}, {"a\xe2\x82", "a"}, {"a\xf0\x9f\x98", "a"},
		{"\xf0", ""}, {"a\xff", "a\xff"},
	};
	char text[16];
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		memcpy(text, cases[i].text, strlen(cases[i].text) + 1);
		tg_utf8_trim_tail(text);
		assert_string_equal(text, cases[i].want);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_code_point),
		cmocka_unit_test(test_three_bytes),
		cmocka_unit_test(test_wrong),
		cmocka_unit_test(test_trim_tail),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
