/* JSON drawn as tables. */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>

#include "prog/table.h"

static const struct tg_column columns[] = {
	{ "NAME", "name", TG_CELL_TEXT, 0 },
	{ "N", "n", TG_CELL_NUMBER, 0 },
	{ "LIST", "list", TG_CELL_LIST, 0 },
	{ "NOTE", "note", TG_CELL_TEXT, 0 },
	{ NULL, NULL, 0, 0 },
};

static void
draws(const char *json, int width, const char *expected)
{
	json_t *j = json_loads(json, 0, NULL);
	char *text = NULL;
	size_t n = 0;
	FILE *f = open_memstream(&text, &n);

	assert_non_null(j);
	tg_table_rows(f, j, columns, width);
	fclose(f);
	assert_string_equal(text, expected);
	free(text);
	json_decref(j);
}

static void
test_aligned(void **state)
{
	(void)state;
	draws("[]", 0, "NAME  N  LIST  NOTE\n");
	draws("[{\"name\":\"a\",\"n\":7,\"list\":[],\"note\":\"x\"},"
	      "{\"name\":\"longer\",\"n\":1234,\"list\":[\"p\",\"q\"],"
	      "\"note\":null}]",
	    0,
	    "NAME       N  LIST  NOTE\n"
	    "a          7  all   x\n"
	    "longer  1234  p,q   \n");
}

/* Amounts are shown to the last digit, and never as 1.37e-06. */
static void
test_money(void **state)
{
	static const struct tg_column usd[] = {
		{ "USD", "usd", TG_CELL_USD, 0 },
		{ "N", "n", TG_CELL_NUMBER, 0 },
		{ NULL, NULL, 0, 0 },
	};
	json_t *j = json_loads("[{\"usd\":0.00000137,\"n\":1.37e-6},"
			       "{\"usd\":20.0,\"n\":-0.5},"
			       "{\"usd\":0,\"n\":1e300},"
			       "{\"usd\":null,\"n\":7}]",
	    0, NULL);
	char *text = NULL;
	size_t n = 0;
	FILE *f = open_memstream(&text, &n);

	(void)state;
	assert_non_null(j);
	tg_table_rows(f, j, usd, 0);
	fclose(f);
	assert_string_equal(text,
	    "       USD           N\n"
	    "0.00000137  0.00000137\n"
	    "        20        -0.5\n"
	    "         0            \n"
	    "                     7\n");
	free(text);
	json_decref(j);
}

/* Wide characters take two columns, and are never cut in half. */
static void
test_wide(void **state)
{
	(void)state;
	draws("[{\"name\":\"模型\",\"n\":1,\"list\":[],\"note\":\"é\"}]", 0,
	    "NAME  N  LIST  NOTE\n"
	    "模型  1  all   é\n");
	draws("[{\"name\":\"模型\",\"n\":1,\"list\":[],\"note\":\"z\"}]", 3,
	    "NAM\n模\n");
}

/* Foreign bytes cannot speak to the terminal. */
static void
test_harmless(void **state)
{
	(void)state;
	draws("[{\"name\":\"a\\u001b[2Jb\",\"n\":1,\"list\":[],"
	      "\"note\":\"1\\n2\\u009b\"}]",
	    0,
	    "NAME    N  LIST  NOTE\n"
	    "a?[2Jb  1  all   1 2?\n");
}

static void
test_pairs(void **state)
{
	json_t *j = json_pack("{s:s, s:n, s:i}", "name", "x", "note", "n", 3);
	char *text = NULL;
	size_t n = 0;
	FILE *f = open_memstream(&text, &n);

	(void)state;
	tg_table_pairs(f, j, columns);
	fclose(f);
	assert_string_equal(text, "NAME  x\nN     3\n");
	free(text);
	json_decref(j);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_aligned),
		cmocka_unit_test(test_money),
		cmocka_unit_test(test_wide),
		cmocka_unit_test(test_harmless),
		cmocka_unit_test(test_pairs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
