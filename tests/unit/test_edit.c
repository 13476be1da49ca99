/* Members of an object changed in place: llm/edit.h. */
#include "config.h"

#include "unit.h"

#include "base/json.h"
#include "llm/edit.h"

/* "c..." is cut, "r..." replaced by 0, all else stays. */
static void
edit(struct tg_str object, const char *more, struct tg_buf *out)
{
	struct tg_json_it it = tg_json_begin(object);
	struct tg_str name, value;
	struct tg_edit ed;

	tg_buf_reset(out);
	tg_edit_begin(&ed, object, out);
	while (tg_json_member(&it, &name, &value)) {
		if (tg_str_starts(name, "c")) {
			tg_edit_cut(&ed, name, value);
		} else if (tg_str_starts(name, "r")) {
			tg_edit_replace(&ed, name, value);
			tg_buf_byte(out, '0');
		} else {
			tg_edit_keep(&ed, name, value);
		}
	}
	if (more != NULL)
		tg_edit_add(&ed, tg_str(more));
	assert_int_equal(tg_edit_end(&ed), 0);
}

static const struct {
	const char *object, *more, *want;
} cases[] = {
	{"{}", NULL, "{}"},
	{" { } ", NULL, " { } "},
	{"{}", "\"x\":1", "{\"x\":1}"},
	{"{ }\n", "\"x\":1", "{\"x\":1 }\n"},
	{"{\"a\":1}", "\"x\":1", "{\"a\":1,\"x\":1}"},
	{"{\"c\":1}", NULL, "{}"},
	{"{ \"c\":1 }", NULL, "{  }"},
	{"{\"c\":1,\"c2\":2}", NULL, "{}"},
	{"{\"c\":1}", "\"x\":1", "{\"x\":1}"},
	{"{\"c\":1, \"a\":2}", NULL, "{\"a\":2}"},
	{"{ \"c\":1 , \"c\":1 , \"a\":2 }", NULL, "{ \"a\":2 }"},
	{"{\"a\":1,\"c\":1}", NULL, "{\"a\":1}"},
	{"{\"a\":1 , \"c\":1 }", NULL, "{\"a\":1 }"},
	{"{\"a\":1,\"c\":{},\"b\":3}", NULL, "{\"a\":1,\"b\":3}"},
	{"{\"a\":1,\"c\":1,\"c\":1,\"b\":3}", NULL, "{\"a\":1,\"b\":3}"},
	{"{\"a\":1,\"c\":1}", "\"x\":1", "{\"a\":1,\"x\":1}"},
	{"{\"r\":1}", NULL, "{\"r\":0}"},
	{"{\"r\" : [1] ,\"c\":\"x\"}", NULL, "{\"r\" : 0}"},
	{"{\"c\":1,\"r\":2,\"a\":[3]}", NULL, "{\"r\":0,\"a\":[3]}"},
	{"{\"r\":1,\"c\":1,\"r\":2}", "\"x\":1",
	    "{\"r\":0,\"r\":0,\"x\":1}"},
};

static void
test_edit(void **state)
{
	struct tg_buf out;
	size_t i;

	(void)state;
	tg_buf_init(&out, 1000);
	for (i = 0; i < COUNT(cases); i++) {
		edit(tg_str(cases[i].object), cases[i].more, &out);
		assert_string_equal(out.p, cases[i].want);
	}
	tg_buf_free(&out);
}

static void
test_ceiling(void **state)
{
	static const char object[] = "{\"abc\":1}";
	struct tg_buf out;
	struct tg_edit ed;

	(void)state;
	tg_buf_init(&out, 5);
	tg_edit_begin(&ed, tg_str(object), &out);
	assert_int_equal(tg_edit_end(&ed), -1);
	tg_buf_free(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_edit),
		cmocka_unit_test(test_ceiling),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
