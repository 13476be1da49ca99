/* The growing buffer with a ceiling: base/buf.h. */
#include "config.h"
#include "unit.h"

#include "base/buf.h"

static void
test_add(void **state)
{
	struct tg_buf b;

	(void)state;
	tg_buf_init(&b, 1000);
	assert_null(b.p);
	assert_int_equal(tg_buf_str(&b).n, 0);
	assert_int_equal(tg_buf_add(&b, NULL, 0), 0);
	assert_int_equal(tg_buf_adds(&b, TG_STR_NONE), 0);
	assert_int_equal(tg_buf_addc(&b, "ab"), 0);
	assert_int_equal(tg_buf_byte(&b, '\0'), 0);
	assert_int_equal(tg_buf_adds(&b, TG_STR("cd")), 0);
	assert_int_equal(tg_buf_printf(&b, "%d%s", 5, "!"), 0);
	assert_int_equal(b.n, 7);
	assert_memory_equal(b.p, "ab\0cd5!", 8);
	tg_buf_free(&b);
	assert_null(b.p);
	assert_int_equal(tg_buf_addc(&b, "again"), 0);
	assert_string_equal(b.p, "again");
	tg_buf_free(&b);
	tg_buf_free(&b);
}

static void
test_growth(void **state)
{
	struct tg_buf b;
	int i;

	(void)state;
	tg_buf_init(&b, 100000);
	for (i = 0; i < 100000; i++) {
		assert_int_equal(tg_buf_byte(&b, (char)('a' + i % 26)), 0);
		assert_int_equal(b.p[b.n], '\0');
	}
	for (i = 0; i < 100000; i++)
		assert_int_equal(b.p[i], 'a' + i % 26);
	assert_true(b.cap <= 100001);
	assert_int_equal(tg_buf_byte(&b, 'x'), -1);
	assert_true(b.failed);
	assert_int_equal(b.n, 100000);
	tg_buf_free(&b);
}

/* Once refused, always refused, until reset. */
static void
test_ceiling(void **state)
{
	struct tg_buf b;

	(void)state;
	tg_buf_init(&b, 5);
	assert_int_equal(tg_buf_addc(&b, "1234"), 0);
	assert_int_equal(tg_buf_addc(&b, "56"), -1);
	assert_true(b.failed);
	assert_int_equal(tg_buf_byte(&b, '5'), -1);
	assert_int_equal(tg_buf_printf(&b, "5"), -1);
	assert_null(tg_buf_room(&b, 0));
	assert_string_equal(b.p, "1234");
	tg_buf_reset(&b);
	assert_false(b.failed);
	assert_string_equal(b.p, "");
	assert_int_equal(tg_buf_addc(&b, "12345"), 0);
	assert_int_equal(tg_buf_printf(&b, "%s", ""), 0);
	assert_int_equal(tg_buf_printf(&b, "6"), -1);
	assert_string_equal(b.p, "12345");
	tg_buf_free(&b);
	tg_buf_init(&b, 0);
	assert_int_equal(tg_buf_add(&b, "", 0), 0);
	assert_int_equal(tg_buf_byte(&b, 'x'), -1);
	tg_buf_free(&b);
	tg_buf_init(&b, 100);
	assert_int_equal(tg_buf_add(&b, "x", SIZE_MAX), -1);
	assert_int_equal(b.n, 0);
	tg_buf_free(&b);
}

static void
test_room(void **state)
{
	struct tg_buf b;
	char *p;

	(void)state;
	tg_buf_init(&b, 300);
	tg_buf_addc(&b, "x");
	p = tg_buf_room(&b, 299);
	assert_non_null(p);
	assert_ptr_equal(p, b.p + 1);
	memset(p, 'y', 299);
	b.n += 299;
	b.p[b.n] = '\0';
	assert_int_equal(strlen(b.p), 300);
	assert_null(tg_buf_room(&b, 1));
	assert_true(b.failed);
	tg_buf_free(&b);
}

static void
test_drop(void **state)
{
	struct tg_buf b;

	(void)state;
	tg_buf_init(&b, 100);
	tg_buf_drop(&b, 5);
	tg_buf_addc(&b, "abcdef");
	tg_buf_drop(&b, 0);
	tg_buf_drop(&b, 2);
	assert_string_equal(b.p, "cdef");
	assert_str(tg_buf_str(&b), "cdef");
	tg_buf_drop(&b, 100);
	assert_int_equal(b.n, 0);
	assert_string_equal(b.p, "");
	tg_buf_free(&b);
}

static void
test_shrink(void **state)
{
	struct tg_buf b;
	int i;

	(void)state;
	tg_buf_init(&b, 1 << 20);
	tg_buf_shrink(&b, 10);
	for (i = 0; i < 1000; i++)
		tg_buf_addc(&b, "0123456789");
	tg_buf_shrink(&b, 128);
	assert_int_equal(b.n, 0);
	assert_true(b.cap <= 128);
	assert_string_equal(b.p, "");
	for (i = 0; i < 1000; i++)
		tg_buf_addc(&b, "0123456789");
	assert_int_equal(b.n, 10000);
	tg_buf_shrink(&b, 1);
	assert_int_equal(tg_buf_addc(&b, "ab"), 0);
	assert_string_equal(b.p, "ab");
	tg_buf_shrink(&b, 0);
	assert_null(b.p);
	tg_buf_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_add),
		cmocka_unit_test(test_growth),
		cmocka_unit_test(test_ceiling),
		cmocka_unit_test(test_room),
		cmocka_unit_test(test_drop),
		cmocka_unit_test(test_shrink),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
