/* Escaping and its reverse: base/escape.h. */
#include "config.h"
#include "unit.h"

#include <stdio.h>

#include "base/escape.h"
#include "base/hash.h"

static struct tg_arena *arena;

typedef int writer(struct tg_buf *, struct tg_str);

static void
writes(writer *write, struct tg_str in, const char *want)
{
	struct tg_buf b;

	tg_buf_init(&b, 1000);
	tg_buf_addc(&b, "");
	assert_int_equal(write(&b, in), 0);
	assert_string_equal(b.p, want);
	tg_buf_free(&b);
}

static void
test_html(void **state)
{
	struct tg_buf b;

	(void)state;
	writes(tg_html, TG_STR_NONE, "");
	writes(tg_html, TG_STR("plain"), "plain");
	writes(tg_html, TG_STR("<a href=\"x\">'&'</a>"),
	    "&lt;a href=&quot;x&quot;&gt;&#39;&amp;&#39;&lt;/a&gt;");
	writes(tg_html, TG_STR("\xc3\xa4\xf0\x9f\x98\x80<"),
	    "\xc3\xa4\xf0\x9f\x98\x80&lt;");
	writes(tg_html, TG_STR("a\xff\0b\xc3"),
	    "a\xef\xbf\xbd\xef\xbf\xbd" "b\xef\xbf\xbd");
	writes(tg_html, TG_STR("\xc3<script>"),
	    "\xef\xbf\xbd&lt;script&gt;");
	writes(tg_html, TG_STR("\xed\xa0\x80"),
	    "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
	tg_buf_init(&b, 3);
	assert_int_equal(tg_html(&b, TG_STR("<b")), -1);
	tg_buf_free(&b);
}

static void
test_shell(void **state)
{
	(void)state;
	writes(tg_shell_quote, TG_STR_NONE, "''");
	writes(tg_shell_quote, TG_STR("a b$`\\\n"), "'a b$`\\\n'");
	writes(tg_shell_quote, TG_STR("it's"), "'it'\\''s'");
	writes(tg_shell_quote, TG_STR("''"), "''\\'''\\'''");
}

static void
test_url(void **state)
{
	unsigned char all[256];
	struct tg_str back;
	struct tg_buf b;
	int i;

	(void)state;
	assert_str(tg_url_decode(arena, TG_STR("a%20b%2Fc%2f")), "a b/c/");
	assert_str(tg_url_decode(arena, TG_STR("a+b")), "a+b");
	assert_str(tg_url_decode(arena, TG_STR("%")), "%");
	assert_str(tg_url_decode(arena, TG_STR("%4")), "%4");
	assert_str(tg_url_decode(arena, TG_STR("%zz%4g%")), "%zz%4g%");
	assert_str(tg_url_decode(arena, TG_STR("%%41")), "%A");
	assert_str(tg_url_decode(arena, TG_STR("%2541")), "%41");
	assert_int_equal(tg_url_decode(arena, TG_STR("%00a")).n, 2);
	assert_int_equal(tg_url_decode(arena, TG_STR_NONE).n, 0);
	writes(tg_url_encode, TG_STR_NONE, "");
	writes(tg_url_encode, TG_STR("aZ09-._~"), "aZ09-._~");
	writes(tg_url_encode, TG_STR("a b/\xc3\xa4&+%"),
	    "a%20b%2F%C3%A4%26%2B%25");
	for (i = 0; i < 256; i++)
		all[i] = (unsigned char)i;
	tg_buf_init(&b, 1000);
	assert_int_equal(tg_url_encode(
	    &b, (struct tg_str){(char *)all, sizeof(all)}), 0);
	back = tg_url_decode(arena, tg_buf_str(&b));
	assert_int_equal(back.n, sizeof(all));
	assert_memory_equal(back.p, all, sizeof(all));
	tg_buf_free(&b);
	tg_buf_init(&b, 2);
	assert_int_equal(tg_url_encode(&b, TG_STR("\xff")), -1);
	tg_buf_free(&b);
}

static void
test_query(void **state)
{
	struct tg_str q = TG_STR("a=1&&b=x+y%2B&c&d=&a=2&e%3D=f=g&=h");
	struct tg_str v = TG_STR("untouched");

	(void)state;
	assert_false(tg_query_get(arena, q, "x", &v));
	assert_str(v, "untouched");
	assert_true(tg_query_get(arena, q, "a", &v));
	assert_str(v, "1");
	assert_true(tg_query_get(arena, q, "b", &v));
	assert_str(v, "x y+");
	assert_true(tg_query_get(arena, q, "c", &v));
	assert_int_equal(v.n, 0);
	assert_true(tg_query_get(arena, q, "d", &v));
	assert_int_equal(v.n, 0);
	assert_true(tg_query_get(arena, q, "e=", &v));
	assert_str(v, "f=g");
	assert_false(tg_query_get(arena, q, "A", &v));
	assert_false(tg_query_get(arena, TG_STR_NONE, "a", &v));
	assert_false(tg_query_get(arena, TG_STR("aa=1"), "a", &v));
}

static void
test_utf8_valid(void **state)
{
	(void)state;
	assert_true(tg_utf8_valid(TG_STR_NONE));
	assert_true(tg_utf8_valid(TG_STR("a\0\xc3\xa4\xe2\x82\xac")));
	assert_false(tg_utf8_valid(TG_STR("a\xc3")));
	assert_false(tg_utf8_valid(TG_STR("\xe2\x82")));
	assert_false(tg_utf8_valid(TG_STR("\xed\xa0\x80")));
	assert_false(tg_utf8_valid(TG_STR("\xc0\x80")));
	assert_false(tg_utf8_valid(TG_STR("a\x80")));
}

static void
test_mask(void **state)
{
	(void)state;
	assert_str(tg_mask_key(arena, TG_STR("sk-0123456789abcd")),
	    "sk-...abcd");
	assert_str(tg_mask_key(arena, TG_STR("0123456789abcd")), "...abcd");
	assert_str(tg_mask_key(arena, TG_STR("sk-12345678")), "sk-...");
	assert_str(tg_mask_key(arena, TG_STR("secret")), "...");
	assert_str(tg_mask_key(arena, TG_STR_NONE), "...");
	assert_str(tg_mask_key(arena, TG_STR("sk-01234567a\n\xff b")),
	    "sk-...???b");
}

static void
test_base64(void **state)
{
	static const char *const bad[] = {"a", "a===", "YQ=", "YW?j",
	    "YWJj YWJj", "YWJj\n", "=", "YR==", "YQ==YQ==", "YWJ-", "YWJ_"};
	struct tg_str out;
	struct tg_buf b;
	size_t i;

	(void)state;
	tg_buf_init(&b, 20);
	assert_int_equal(tg_base64(&b, TG_STR("admin:pw")), 0);
	assert_string_equal(b.p, "YWRtaW46cHc=");
	assert_int_equal(b.n, 12);
	assert_int_equal(tg_base64(&b, TG_STR("too long")), -1);
	tg_buf_free(&b);
	assert_int_equal(tg_base64_decode(arena, TG_STR("YWRtaW46cHc="), &out),
	    0);
	assert_str(out, "admin:pw");
	assert_int_equal(out.p[out.n], '\0');
	assert_int_equal(tg_base64_decode(arena, TG_STR("YWRtaW46cHc"), &out),
	    0);
	assert_str(out, "admin:pw");
	assert_int_equal(tg_base64_decode(arena, TG_STR_NONE, &out), 0);
	assert_int_equal(out.n, 0);
	assert_int_equal(tg_base64_decode(arena, TG_STR("AP+/"), &out), 0);
	assert_int_equal(out.n, 3);
	assert_memory_equal(out.p, "\0\xff\xbf", 3);
	for (i = 0; i < COUNT(bad); i++)
		if (tg_base64_decode(arena, tg_str(bad[i]), &out) != -1)
			fail_msg("'%s' was taken", bad[i]);
}

static int
setup(void **state)
{
	(void)state;
	arena = tg_arena_new(1 << 20);
	return tg_crypto_init();
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
		cmocka_unit_test(test_html),
		cmocka_unit_test(test_shell),
		cmocka_unit_test(test_url),
		cmocka_unit_test(test_query),
		cmocka_unit_test(test_utf8_valid),
		cmocka_unit_test(test_mask),
		cmocka_unit_test(test_base64),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
