#include "config.h"

/* The printable statement: prog/statement.h. */
#include "unit.h"

#include <stdlib.h>

#include "prog/statement.h"

static const char document[] =
    "{\"kind\":\"team\",\"id\":\"red<&>\",\"alias\":\"The \\\"Reds\\\" <b>\","
    "\"month\":\"2026-11\",\"from\":\"2026-11-01\",\"to\":\"2026-11-30\","
    "\"zone\":\"Europe/Paris\",\"made_at\":\"2026-11-21T10:00:00.000000Z\","
    "\"rows\":["
    "{\"day\":\"2026-11-02\",\"model\":\"gpt</td>\",\"model_alias\":null,"
    "\"calls\":2,\"tokens\":{\"input\":10,\"cache_read\":4,\"output\":6},"
    "\"spend_nano\":1500000001},"
    "{\"day\":\"2026-11-03\",\"model\":\"gpt</td>\",\"calls\":1,"
    "\"tokens\":{\"input\":1,\"output\":1},\"spend_nano\":1},"
    "{\"day\":\"2026-11-03\",\"model\":null,\"calls\":1,"
    "\"tokens\":{},\"spend_nano\":0}],"
    "\"total\":{\"calls\":4,\"tokens\":{\"input\":11,\"cache_read\":4,"
    "\"cache_write\":0,\"output\":7},\"spend_nano\":1500000002},"
    "\"budgets\":[{\"model\":null,\"period\":\"month\",\"nano\":"
    "{\"max_budget\":5000000000,\"spent\":1500000002,\"held\":0,"
    "\"left\":3499999998},\"reset_at\":\"2026-12-01T00:00:00.000000Z\"},"
    "{\"model\":\"x*\",\"period\":\"total\",\"nano\":{\"max_budget\":null,"
    "\"spent\":0,\"held\":0,\"left\":null},\"reset_at\":null}],"
    "\"limits\":[],\"ledger\":{\"line\":77,\"hash\":\"abcdef\"}}";

static const char *
draw(struct tg_buf *b, const char *text)
{
	struct tg_err e = { 0 };
	json_t *doc = tg_jtree_parse(tg_str(text), &e);

	assert_non_null(doc);
	tg_buf_init(b, 1024 * 1024);
	assert_int_equal(tg_statement_html(b, doc), 0);
	json_decref(doc);
	return b->p;
}

static int
count(const char *page, const char *part)
{
	int n = 0;

	while ((page = strstr(page, part)) != NULL) {
		page += strlen(part);
		n++;
	}
	return n;
}

/* Every value is escaped: no mark-up but ours. */
static void
test_escaped(void **state)
{
	struct tg_buf b;
	const char *page = draw(&b, document);

	(void)state;
	assert_non_null(strstr(page, "red&lt;&amp;&gt;"));
	assert_non_null(strstr(page, "The &quot;Reds&quot; &lt;b&gt;"));
	assert_null(strstr(page, "<b>"));
	assert_null(strstr(page, "gpt</td>"));
	assert_non_null(strstr(page, "gpt&lt;/td&gt;"));
	tg_buf_free(&b);
}

static void
test_sums(void **state)
{
	struct tg_buf b;
	const char *page = draw(&b, document);

	(void)state;
	/* A row of the day, the model's sum, the totals of both tables. */
	assert_int_equal(count(page, ">1.500000001<"), 1);
	assert_int_equal(count(page, ">1.500000002<"), 4);
	assert_int_equal(count(page, ">0.000000001<"), 1);
	assert_int_equal(count(page, ">3.499999998<"), 1);
	assert_int_equal(count(page, "<th class=\"n\">Cache read</th>"), 2);
	assert_null(strstr(page, "Cache write"));
	assert_non_null(strstr(page, "never"));
	assert_non_null(strstr(page, "77 lines"));
	assert_non_null(strstr(page, "abcdef"));
	tg_buf_free(&b);
}

/* For people: months, minutes, whole columns. */
static void
test_readable(void **state)
{
	struct tg_buf b;
	const char *page = draw(&b,
	    "{\"kind\":\"key\",\"id\":\"h\",\"alias\":\"bot\",\"month\":"
	    "\"2026-02\",\"rows\":[{\"day\":\"2026-02-01\",\"model\":null,"
	    "\"calls\":1234567,\"tokens\":{},\"spend_nano\":2500000},"
	    "{\"day\":\"2026-02-02\",\"model\":\"m\",\"calls\":999,"
	    "\"tokens\":{},\"spend_nano\":-1234000000000}],"
	    "\"total\":{\"calls\":1235566,\"unpriced\":3,\"tokens\":{},"
	    "\"spend_nano\":0},\"budgets\":[{\"period\":\"month\",\"nano\":{},"
	    "\"reset_at\":\"2026-03-01T00:00:00.000000Z\"}],"
	    "\"ledger\":{}}");

	(void)state;
	assert_int_equal(count(page, "Statement February 2026<"), 2);
	assert_non_null(strstr(page, "2026-03-01 00:00 UTC"));
	assert_int_equal(count(page, ">(none)<"), 2);
	assert_int_equal(count(page, ">1,234,567<"), 2);
	assert_int_equal(count(page, ">0.0025<"), 2);
	assert_int_equal(count(page, ">-1,234.0000<"), 2);
	assert_non_null(strstr(page, "3 of the calls had no price"));
	tg_buf_free(&b);
}

/* Each element that is opened is closed, in turn. */
static void
test_well_formed(void **state)
{
	struct tg_buf b;
	const char *page = draw(&b, document);
	const char *open[32];
	size_t lengths[32];
	int depth = 0;

	(void)state;
	assert_int_equal(strncmp(page, "<!DOCTYPE html>", 15), 0);
	for (page = strstr(page, "<html"); page != NULL;
	     page = strchr(page + 1, '<')) {
		bool closes = page[1] == '/';
		const char *name = page + 1 + closes;
		size_t n = strspn(name, "abcdefghijklmnopqrstuvwxyz123456");

		if (n == 4 && strncmp(name, "meta", 4) == 0)
			continue;
		if (!closes) {
			assert_true(depth < 32);
			open[depth] = name;
			lengths[depth++] = n;
			continue;
		}
		assert_true(depth-- > 0);
		assert_int_equal(n, lengths[depth]);
		assert_memory_equal(name, open[depth], n);
	}
	assert_int_equal(depth, 0);
	tg_buf_free(&b);
}

static void
test_empty(void **state)
{
	struct tg_buf b;
	const char *page = draw(&b,
	    "{\"kind\":\"key\",\"id\":\"h\",\"alias\":null,\"month\":"
	    "\"2026-11\",\"rows\":[],\"total\":{\"calls\":0,\"tokens\":{},"
	    "\"spend_nano\":0},\"budgets\":[],\"ledger\":{\"line\":0,"
	    "\"hash\":\"00\"}}");

	(void)state;
	assert_null(strstr(page, "Budgets as they stand"));
	assert_non_null(strstr(page, "<strong>h</strong>"));
	tg_buf_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_escaped),
		cmocka_unit_test(test_sums),
		cmocka_unit_test(test_well_formed),
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_readable),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
