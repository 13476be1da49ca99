/* JSON trees: base/jtree.h. */
#include "config.h"
#include "unit.h"

#include <stdlib.h>

#include "base/jtree.h"

static json_t *
parse(const char *text)
{
	struct tg_err e;
	json_t *j;

	tg_err_reset(&e);
	j = tg_jtree_parse(tg_str(text), &e);
	if (j == NULL)
		fail_msg("%s", e.msg);
	return j;
}

static void
test_parse_faults(void **state)
{
	static const struct {
		const char *text;
		enum tg_code code;
	} cases[] = {
		{"", TG_E_EMPTY_BODY}, {" \n ", TG_E_EMPTY_BODY},
		{"{", TG_E_JSON}, {"{\"a\":}", TG_E_JSON}, {"x", TG_E_JSON},
		{"[1] x", TG_E_JSON}, {"\"\xff\"", TG_E_UTF8},
		{"123456789012345678901", TG_E_JSON},	/* not exact */
		{"\"\\u0000\"", TG_E_JSON}, {"\"\\ud800\"", TG_E_JSON},
	};
	static char deep[1200];
	struct tg_err e;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		tg_err_reset(&e);
		assert_null(tg_jtree_parse(tg_str(cases[i].text), &e));
		assert_int_equal(e.code, cases[i].code);
		assert_true(strlen(e.msg) > 10);
	}
	memset(deep, '[', 600);
	memset(deep + 600, ']', 600);
	tg_err_reset(&e);
	assert_null(tg_jtree_parse(
	    (struct tg_str){deep, sizeof(deep)}, &e));
	assert_int_equal(e.code, TG_E_DEEP);
	tg_err_reset(&e);
	assert_null(tg_jtree_parse(TG_STR_NONE, &e));
	assert_int_equal(e.code, TG_E_EMPTY_BODY);
}

static void
test_print(void **state)
{
	json_t *j = parse("{ \"z\" : [1, 9007199254740993, 0.1 ], \"a\":null,"
	    "\"t\":\"\xc3\xa4\\n\" }");
	char *text = tg_jtree_print(j);

	(void)state;
	assert_string_equal(text, "{\"z\":[1,9007199254740993,0.1],\"a\":null,"
	    "\"t\":\"\xc3\xa4\\n\"}");
	free(text);
	text = tg_jtree_pretty(j);
	assert_memory_equal(text, "{\n  \"z\": [\n", 11);
	free(text);
	json_decref(j);
	j = parse(" 12 ");
	text = tg_jtree_print(j);
	assert_string_equal(text, "12");
	free(text);
	json_decref(j);
}

static void
test_readers(void **state)
{
	json_t *o = parse("{\"t\":\"x\",\"n\":null,\"i\":-5,\"r\":1e3,"
	    "\"b\":true,\"f\":false}");
	const char *t = "old";
	int64_t i = 7;
	bool b = false;
	struct tg_err e;

	(void)state;
	tg_err_reset(&e);
	assert_int_equal(tg_jtree_text(o, "none", &t, &e), 0);
	assert_int_equal(tg_jtree_text(o, "n", &t, &e), 0);
	assert_string_equal(t, "old");
	assert_int_equal(tg_jtree_text(o, "t", &t, &e), 0);
	assert_string_equal(t, "x");
	assert_int_equal(tg_jtree_i64(o, "none", &i, &e), 0);
	assert_int_equal(tg_jtree_i64(o, "n", &i, &e), 0);
	assert_int_equal(i, 7);
	assert_int_equal(tg_jtree_i64(o, "i", &i, &e), 0);
	assert_int_equal(i, -5);
	assert_int_equal(tg_jtree_i64(o, "r", &i, &e), 0);
	assert_int_equal(i, 1000);
	assert_int_equal(tg_jtree_bool(o, "none", &b, &e), 0);
	assert_int_equal(tg_jtree_bool(o, "n", &b, &e), 0);
	assert_false(b);
	assert_int_equal(tg_jtree_bool(o, "b", &b, &e), 0);
	assert_true(b);
	assert_int_equal(tg_jtree_bool(o, "f", &b, &e), 0);
	assert_false(b);
	assert_int_equal(e.code, TG_OK);
	json_decref(o);
}

static void
test_wrong_types(void **state)
{
	static const char *const not_numbers[] = {"s", "b", "half", "huge",
	    "a"};
	json_t *o = parse("{\"s\":\"1\",\"b\":true,\"half\":1.5,\"huge\":1e300,"
	    "\"a\":[],\"i\":1}");
	const char *t = "old";
	int64_t i = 7;
	bool b = false;
	struct tg_err e;
	size_t k;

	(void)state;
	for (k = 0; k < COUNT(not_numbers); k++) {
		tg_err_reset(&e);
		assert_int_equal(tg_jtree_i64(o, not_numbers[k], &i, &e), -1);
		assert_int_equal(e.code, TG_E_TYPE);
		assert_string_equal(e.param, not_numbers[k]);
		assert_non_null(strstr(e.msg, not_numbers[k]));
	}
	assert_int_equal(i, 7);
	tg_err_reset(&e);
	assert_int_equal(tg_jtree_text(o, "i", &t, &e), -1);
	assert_string_equal(e.param, "i");
	assert_string_equal(t, "old");
	tg_err_reset(&e);
	assert_int_equal(tg_jtree_bool(o, "s", &b, &e), -1);
	assert_int_equal(e.code, TG_E_TYPE);
	tg_err_reset(&e);
	assert_int_equal(tg_jtree_bool(o, "i", &b, &e), -1);
	json_decref(o);
}

static void
test_set_text(void **state)
{
	json_t *o = json_object();
	char *text;

	(void)state;
	tg_jtree_set_text(o, "a", "x");
	tg_jtree_set_text(o, "b", NULL);
	tg_jtree_set_text(o, "c", "");
	text = tg_jtree_print(o);
	assert_string_equal(text, "{\"a\":\"x\",\"b\":null,\"c\":\"\"}");
	free(text);
	json_decref(o);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse_faults),
		cmocka_unit_test(test_print),
		cmocka_unit_test(test_readers),
		cmocka_unit_test(test_wrong_types),
		cmocka_unit_test(test_set_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
