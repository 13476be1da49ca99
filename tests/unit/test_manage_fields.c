/* Bodies of the management API to settings, and settings to rows. */
#include "config.h"

#include "unit.h"

#include "web/manage/fields.h"

static const struct tg_field table[] = {
	{ "name", TG_IS_TEXT, TG_FIELD_OWN, NULL },
	{ "money", TG_IS_MONEY, 0, "null" },
	{ "count", TG_IS_COUNT, 0, "null" },
	{ "yes", TG_IS_BOOL, 0, "false" },
	{ "texts", TG_IS_TEXTS, 0, "[]" },
	{ "list", TG_IS_LIST, 0, NULL },
	{ "object", TG_IS_OBJECT, 0, "{}" },
	{ "counts", TG_IS_COUNTS, TG_FIELD_META, "null" },
	{ "period", TG_IS_DURATION, 0, "null" },
	{ "time", TG_IS_TIME, 0, NULL },
	{ "any", TG_IS_ANY, 0, NULL },
	{ "not_done", TG_IS_TEXTS, TG_FIELD_REFUSED, "null" },
	{ NULL, TG_IS_ANY, 0, NULL },
};

static json_t *
tree(const char *text)
{
	struct tg_err e = { 0 };
	json_t *j = tg_jtree_parse(tg_str(text), &e);

	assert_non_null(j);
	return j;
}

/* What is wrong with the body, and which member is named. */
static enum tg_code
fault(const char *body, const char *param)
{
	struct tg_err e = { 0 };
	json_t *j = tree(body);
	int rc = tg_fields_check(&e, table, j);

	assert_int_equal(rc, e.code == TG_OK ? 0 : -1);
	assert_string_equal(e.param, param);
	json_decref(j);
	return e.code;
}

static void
test_check(void **state)
{
	static const struct {
		const char *body, *param;
		enum tg_code code;
	} cases[] = {
		{ "{}", "", TG_OK },
		{ "{\"other\":[1]}", "", TG_OK },
		{ "{\"name\":null,\"money\":null,\"texts\":null}", "", TG_OK },
		{ "{\"name\":1}", "name", TG_E_TYPE },
		{ "{\"money\":1.5,\"count\":3.0}", "", TG_OK },
		{ "{\"money\":\"1\"}", "money", TG_E_TYPE },
		{ "{\"money\":-0.1}", "money", TG_E_INVALID },
		{ "{\"count\":1.5}", "count", TG_E_TYPE },
		{ "{\"count\":-1}", "", TG_OK },
		{ "{\"count\":-2}", "count", TG_E_INVALID },
		{ "{\"yes\":0}", "yes", TG_E_TYPE },
		{ "{\"texts\":\"a\"}", "texts", TG_E_TYPE },
		{ "{\"texts\":[\"a\",1]}", "texts", TG_E_TYPE },
		{ "{\"list\":[\"a\",1]}", "", TG_OK },
		{ "{\"list\":{}}", "list", TG_E_TYPE },
		{ "{\"object\":[]}", "object", TG_E_TYPE },
		{ "{\"counts\":{\"a\":1}}", "", TG_OK },
		{ "{\"counts\":{\"a\":\"1\"}}", "counts", TG_E_TYPE },
		{ "{\"counts\":{\"a\":-7}}", "counts", TG_E_INVALID },
		{ "{\"period\":\"1mo\"}", "", TG_OK },
		{ "{\"period\":\"\"}", "", TG_OK },
		{ "{\"period\":\"soon\"}", "period", TG_E_INVALID },
		{ "{\"period\":30}", "period", TG_E_TYPE },
		{ "{\"time\":\"2026-01-31T12:00:00Z\"}", "", TG_OK },
		{ "{\"time\":\"noon\"}", "time", TG_E_INVALID },
		{ "{\"any\":[{}]}", "", TG_OK },
		{ "{\"not_done\":[]}", "", TG_OK },
		{ "{\"not_done\":[\"a\"]}", "not_done", TG_E_UNSUPPORTED },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(fault(cases[i].body, cases[i].param),
		    cases[i].code);
}

static void
assert_tree(json_t *got, const char *want)
{
	char *text = tg_jtree_print(got);

	assert_string_equal(text, want);
	free(text);
	json_decref(got);
}

static void
store(const char *before, const char *body, const char *after)
{
	json_t *settings = tree(before), *sent = tree(body);

	tg_fields_store(table, sent, settings);
	json_decref(sent);
	assert_tree(settings, after);
}

static void
test_store(void **state)
{
	(void)state;
	/* only what was sent, null and "" clear, unknown and own are not kept */
	store("{\"money\":1,\"count\":2,\"period\":\"1d\"}",
	    "{\"money\":3,\"count\":null,\"period\":\"\",\"name\":\"n\","
	    "\"x\":1}",
	    "{\"money\":3}");
	store("{\"keep\":true}", "{\"yes\":false,\"texts\":[]}",
	    "{\"keep\":true,\"yes\":false,\"texts\":[]}");
}

static void
lift(const char *body, const char *lifted)
{
	json_t *j = tree(body);

	tg_fields_lift(table, j);
	assert_tree(j, lifted);
}

/* LiteLLM keeps some members within metadata; the body's own win. */
static void
test_lift(void **state)
{
	(void)state;
	lift("{\"metadata\":{\"counts\":{\"a\":1},\"money\":5}}",
	    "{\"metadata\":{\"money\":5},\"counts\":{\"a\":1}}");
	lift("{\"metadata\":{\"counts\":{\"a\":1}},\"counts\":{\"b\":2}}",
	    "{\"metadata\":{},\"counts\":{\"b\":2}}");
	lift("{\"metadata\":null}", "{\"metadata\":null}");
	lift("{}", "{}");
}

static void
test_show(void **state)
{
	json_t *settings =
	    tree("{\"money\":0.1,\"counts\":{\"a\":1},\"list\":[2]}");
	json_t *row = tree("{\"metadata\":{\"m\":1}}");

	(void)state;
	tg_fields_show(table, settings, row);
	json_decref(settings);
	assert_tree(row,
	    "{\"metadata\":{\"m\":1,\"counts\":{\"a\":1}},\"money\":0.1,"
	    "\"count\":null,\"yes\":false,\"texts\":[],\"list\":[2],"
	    "\"object\":{},\"counts\":{\"a\":1},\"period\":null,"
	    "\"not_done\":null}");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_check),
		cmocka_unit_test(test_store),
		cmocka_unit_test(test_lift),
		cmocka_unit_test(test_show),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
