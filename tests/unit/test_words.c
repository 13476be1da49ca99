/* Languages: web/page/words.h. */
#include "config.h"
#include "unit.h"

#include <stdio.h>

#include "web/page/words.h"
#include "web/page/words_plural.h"

static const char *
chosen(const char *accept)
{
	return tg_words_tag(tg_words_choose(tg_str(accept)));
}

static void
test_choose(void **state)
{
	(void)state;
	assert_string_equal(chosen(""), "en");
	assert_string_equal(chosen("en"), "en");
	assert_string_equal(chosen("en-GB,en;q=0.9"), "en");
	assert_string_equal(chosen("tlh"), "en");
	assert_string_equal(chosen("zh-TW"), "zh-TW");
	assert_string_equal(chosen("zh_TW"), "zh-TW");
	assert_string_equal(chosen("zh-Hant"), "zh-TW");
	assert_string_equal(chosen("zh-Hant-HK"), "zh-TW");
	assert_string_equal(chosen("zh-HK"), "zh-TW");
	assert_string_equal(chosen("zh-mo"), "zh-TW");
	assert_string_equal(chosen("ZH-CN"), "zh-CN");
	assert_string_equal(chosen("zh-Hans-TW"), "zh-CN");
	assert_string_equal(chosen("zh-SG"), "zh-CN");
	assert_string_equal(chosen("zh"), "zh-CN");
	assert_string_equal(
	    chosen("zh-TW,zh;q=0.9,en-US;q=0.8,en;q=0.7"), "zh-TW");
	assert_string_equal(chosen("fr;q=1,en;q=0.3,zh-CN;q=0.5"), "zh-CN");
	assert_string_equal(chosen("en;q=0,zh-TW;q=0.1"), "zh-TW");
	assert_string_equal(chosen("zh-TW;q=0, *"), "en");
	assert_string_equal(chosen("fr,,;q=,;;,en ; q=0.5"), "en");
	assert_string_equal(chosen("zh-TW;q=x"), "en");
}

static void
test_all(void **state)
{
	const struct tg_words *const *w = tg_words_all();

	(void)state;
	assert_string_equal(tg_words_tag(*w), "en");
	assert_string_equal(tg_words_title(*w), "English");
	for (w++; *w != NULL; w++) {
		assert_true(strlen(tg_words_tag(*w)) >= 2);
		assert_string_not_equal(tg_words_title(*w), "English");
		/* Each is found by its own tag. */
		assert_ptr_equal(
		    tg_words_choose(tg_str(tg_words_tag(*w))), *w);
	}
}

static void
test_english(void **state)
{
	const struct tg_words *w = tg_words_all()[0];

	(void)state;
	assert_string_equal(tg_words_get(w, "Some words"), "Some words");
	assert_string_equal(tg_words_get(w, ""), "");
	assert_string_equal(tg_words_get_in(w, "verb", "Block"), "Block");
	assert_string_equal(tg_words_plural(w, "one", "many", 1), "one");
	assert_string_equal(tg_words_plural(w, "one", "many", 0), "many");
	assert_string_equal(tg_words_plural(w, "one", "many", 2), "many");
	assert_string_equal(tg_words_plural(w, "one", "many", -1), "one");
}

static void
test_chinese(void **state)
{
	const struct tg_words *tw = tg_words_choose(TG_STR("zh-TW"));
	const struct tg_words *cn = tg_words_choose(TG_STR("zh-CN"));

	(void)state;
	assert_string_equal(tg_words_title(tw), "正體中文");
	assert_string_equal(tg_words_title(cn), "简体中文");
	assert_string_equal(tg_words_get(tw, "Keys"), "金鑰");
	assert_string_equal(tg_words_get(cn, "Keys"), "密钥");
	assert_string_equal(tg_words_get_in(tw, "month", "Nov"), "11月");
	assert_string_equal(tg_words_get_in(tw, "no such", "Nov"), "Nov");
	assert_string_equal(tg_words_get(tw, "No such words"),
	    "No such words");
	assert_string_equal(tg_words_plural(tw, "1 day ago", "{n} days ago",
	    1), tg_words_plural(tw, "1 day ago", "{n} days ago", 2));
	/* The header is no translation of nothing. */
	assert_string_equal(tg_words_get(tw, ""), "");
}

static void
test_plural_forms(void **state)
{
	static const char russian[] =
	    "n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && "
	    "(n%100<10 || n%100>=20) ? 1 : 2;\n";
	static const int want[] = { 2, 0, 1, 1, 1, 2 };
	static const char *const broken[] = { "", "(", "n ==", "n ? 1",
		"n % 0", "x", "1 +", "((((((((((((((((((((((((((((((((((((",
		"!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!n", "999999" };

	(void)state;
	assert_int_equal(tg_plural_form("0;", 5), 0);
	assert_int_equal(tg_plural_form("n != 1;", 1), 0);
	assert_int_equal(tg_plural_form("n != 1;", 5), 1);
	assert_int_equal(tg_plural_form("(n > 1)", 2), 1);
	assert_int_equal(tg_plural_form("!n", 0), 1);
	assert_int_equal(tg_plural_form("1 + 2 * 3 - 4 / 2", 0), 5);
	for (unsigned n = 0; n < COUNT(want); n++)
		assert_int_equal(tg_plural_form(russian, n), want[n]);
	assert_int_equal(tg_plural_form(russian, 11), 2);
	assert_int_equal(tg_plural_form(russian, 121), 0);
	for (size_t i = 0; i < COUNT(broken); i++)
		assert_int_equal(tg_plural_form(broken[i], 3), 0);
}

static void
test_random_forms(void **state)
{
	static const char letters[] = "n0129()?:|&=!<>+-*/% ";
	uint32_t seed = 3;
	char text[40];

	(void)state;
	for (int round = 0; round < 50000; round++) {
		size_t n;

		seed = seed * 1664525 + 1013904223;
		n = seed >> 16 & 31;
		for (size_t i = 0; i < n; i++) {
			seed = seed * 1664525 + 1013904223;
			text[i] =
			    letters[(seed >> 16) % (sizeof(letters) - 1)];
		}
		text[n] = '\0';
		assert_in_range(tg_plural_form(text, seed), 0, 100);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_choose),
		cmocka_unit_test(test_all),
		cmocka_unit_test(test_english),
		cmocka_unit_test(test_chinese),
		cmocka_unit_test(test_plural_forms),
		cmocka_unit_test(test_random_forms),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
