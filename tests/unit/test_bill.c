/* Bills explained: llm/bill.h. */
#include "config.h"

#include "unit.h"

#include <stdlib.h>

#include "llm/bill.h"

static struct tg_arena *arena;

static struct tg_usage
used(int64_t input, int64_t cached, int64_t output)
{
	struct tg_usage u;

	tg_usage_reset(&u);
	u.known = true;
	u.tokens[TG_UNIT_INPUT] = input;
	u.tokens[TG_UNIT_CACHE_READ] = cached;
	u.tokens[TG_UNIT_OUTPUT] = output;
	return u;
}

static void
test_text(void **state)
{
	struct tg_usage u = used(10, 0, 5);
	struct tg_prices p;

	(void)state;
	tg_prices_none(&p);
	assert_null(tg_bill_text(arena, &p, &u));
	p.pico[TG_UNIT_INPUT] = 150000;
	p.row[TG_UNIT_INPUT] = 12;
	p.pico[TG_UNIT_CACHE_READ] = 1;
	p.pico[TG_UNIT_OUTPUT] = 600000;
	assert_string_equal(tg_bill_text(arena, &p, &u),
	    "{\"input\":[150000,12],\"output\":[600000,0]}");
	p.pico[TG_UNIT_CALL] = 9;
	p.discount_ppm = 50000;
	p.margin_ppm = 7;
	p.above_tokens = 200000;
	memcpy(p.tier, "flex", 5);
	assert_string_equal(tg_bill_text(arena, &p, &u),
	    "{\"call\":[9,0],\"input\":[150000,12],\"output\":[600000,0],"
	    "\"tier\":\"flex\",\"above\":200000,\"discount_ppm\":50000,"
	    "\"margin_ppm\":7}");
	/* a class without a price of its own is told with the one it took */
	p.pico[TG_UNIT_CACHE_READ] = TG_PICO_UNKNOWN;
	p.discount_ppm = p.margin_ppm = p.above_tokens = 0;
	p.tier[0] = '\0';
	u = used(0, 5, 0);
	assert_string_equal(tg_bill_text(arena, &p, &u),
	    "{\"call\":[9,0],\"cache_read\":[150000,12]}");
}

static void
test_lines(void **state)
{
	static const char text[] =
	    "{\"input\":[150500,12],\"output\":[600000,13],\"call\":[1000,0],"
	    "\"tier\":\"flex\",\"above\":128000,\"discount_ppm\":100000,"
	    "\"margin_ppm\":200000}";
	struct tg_usage u = used(3, 0, 2);
	struct tg_bill b;

	(void)state;
	assert_true(tg_bill_make(tg_str(text), u.tokens, &b));
	/* 451500 + 1200000 + 1000 = 1652500; off 165250; on 297450 */
	assert_int_equal(b.n, 6);
	assert_string_equal(b.lines[0].what, "input");
	assert_int_equal(b.lines[0].tokens, 3);
	assert_int_equal(b.lines[0].pico_usd, 150500);
	assert_int_equal(b.lines[0].price_row, 12);
	assert_true(b.lines[0].amount_pico == 451500);
	assert_string_equal(b.lines[1].what, "output");
	assert_string_equal(b.lines[2].what, "call");
	assert_int_equal(b.lines[2].tokens, -1);
	assert_string_equal(b.lines[3].what, "discount");
	assert_true(b.lines[3].amount_pico == -165250);
	assert_string_equal(b.lines[4].what, "margin");
	assert_true(b.lines[4].amount_pico == 297450);
	assert_string_equal(b.lines[5].what, "rounding");
	assert_true(b.lines[5].amount_pico == 300);
	assert_int_equal(b.total_nano, 1785);
	assert_string_equal(b.tier, "flex");
	assert_int_equal(b.above_tokens, 128000);
	assert_int_equal(b.discount_ppm, 100000);
	assert_int_equal(b.margin_ppm, 200000);
	/* a price a call and none for tokens */
	assert_true(tg_bill_make(TG_STR("{\"call\":[5000,1]}"), u.tokens, &b));
	assert_int_equal(b.n, 1);
	assert_int_equal(b.total_nano, 5);
}

static void
test_not_bills(void **state)
{
	static const char *const texts[] = {"", "[]", "{", "{\"input\":5}",
	    "{\"input\":[5]}", "{\"input\":[-5,1]}", "{\"output\":[5,1]}",
	    "{}", "{\"input\":[1,1],\"output\":[1,1],\"margin_ppm\":-1}",
	    "{\"input\":[1,1],\"output\":[1,1],\"discount_ppm\":1000001}"};
	struct tg_usage u = used(3, 0, 2);
	struct tg_bill b;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(texts); i++)
		assert_false(tg_bill_make(tg_str(texts[i]), u.tokens, &b));
	u.tokens[TG_UNIT_INPUT] = -1;
	assert_false(tg_bill_make(
	    TG_STR("{\"input\":[1,1],\"output\":[1,1]}"), u.tokens, &b));
}

static int64_t
below(int64_t n)
{
	return (int64_t)random() % n;
}

/* Made again from its text, each bill has the very cost, and adds up to it. */
static void
test_sums(void **state)
{
	struct tg_prices p;
	struct tg_usage u;
	struct tg_bill b;
	int64_t nano;
	tg_i128 sum;
	int i, k, made = 0;

	(void)state;
	srandom(5);
	for (k = 0; k < 20000; k++) {
		struct tg_arena_mark mark = tg_arena_mark(arena);
		const char *text;

		tg_prices_none(&p);
		u = used(0, 0, 0);
		for (i = 0; i < TG_UNIT__MAX; i++)
			if (below(3) > 0)
				p.pico[i] = below(3) == 0 ? below(20) :
							    below(90000000);
		for (i = 0; i < TG_UNIT__TOKENS; i++)
			u.tokens[i] = below(2) * below(2000000000);
		p.discount_ppm = below(2) * below(1000001);
		p.margin_ppm = below(2) * below(3000000);
		text = tg_bill_text(arena, &p, &u);
		assert_true((text != NULL) == tg_price_cost(&p, &u, &nano));
		if (text == NULL)
			continue;
		assert_true(tg_bill_make(tg_str(text), u.tokens, &b));
		assert_true(b.total_nano == nano);
		for (sum = 0, i = 0; i < b.n; i++)
			sum += b.lines[i].amount_pico;
		assert_true(sum == (tg_i128)nano * 1000);
		assert_true(b.n <= TG_BILL_LINES_MAX);
		tg_arena_rewind(arena, mark);
		made++;
	}
	assert_true(made > 5000);
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
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_not_bills),
		cmocka_unit_test(test_sums),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
