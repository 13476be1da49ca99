/* A request's memory: base/arena.h. */
#include "config.h"
#include "unit.h"

#include "base/arena.h"

static void
test_alloc(void **state)
{
	struct tg_arena *a = tg_arena_new(1 << 20);
	size_t i, k, n;
	unsigned char *p;

	(void)state;
	for (i = 0; i < 3000; i++) {
		n = i * 7 % 300;
		p = tg_arena_zero(a, n);
		assert_int_equal((uintptr_t)p % 16, 0);
		for (k = 0; k < n; k++)
			assert_int_equal(p[k], 0);
		memset(p, 0xa5, n);	/* the next may not lie in here */
	}
	tg_arena_free(a);
	tg_arena_free(NULL);
}

static void
test_distinct(void **state)
{
	struct tg_arena *a = tg_arena_new(1 << 20);
	char *p = tg_arena_alloc(a, 0), *q = tg_arena_alloc(a, 0);

	(void)state;
	assert_ptr_not_equal(p, q);
	tg_arena_free(a);
}

static void
test_text(void **state)
{
	struct tg_arena *a = tg_arena_new(1 << 20);
	struct tg_str c = tg_arena_copy(a, TG_STR("a\0b"));
	static char big[200000];
	char *p;

	(void)state;
	assert_int_equal(c.n, 3);
	assert_memory_equal(c.p, "a\0b", 4);
	c = tg_arena_copy(a, TG_STR_NONE);
	assert_int_equal(c.n, 0);
	assert_non_null(c.p);
	assert_int_equal(c.p[0], '\0');
	assert_string_equal(tg_arena_cstr(a, TG_STR("xyz")), "xyz");
	p = tg_arena_printf(a, "%s-%d", "k", 12);
	assert_string_equal(p, "k-12");
	assert_string_equal(tg_arena_printf(a, "%s", ""), "");
	memset(big, 'x', sizeof(big) - 1);
	assert_string_equal(tg_arena_printf(a, "%s", big), big);
	tg_arena_free(a);
}

static void
test_ceiling(void **state)
{
	struct tg_arena *a = tg_arena_new(100000);
	struct tg_arena_mark m;

	(void)state;
	tg_arena_alloc(a, 50000);
	assert_false(tg_arena_over(a));
	m = tg_arena_mark(a);
	memset(tg_arena_alloc(a, 60000), 1, 60000);
	assert_true(tg_arena_over(a));
	memset(tg_arena_alloc(a, 60000), 1, 60000);	/* still gives */
	tg_arena_rewind(a, m);
	assert_false(tg_arena_over(a));
	tg_arena_alloc(a, 60000);
	assert_true(tg_arena_over(a));
	tg_arena_reset(a);
	assert_false(tg_arena_over(a));
	tg_arena_free(a);
}

static void
test_rewind(void **state)
{
	struct tg_arena *a = tg_arena_new(1 << 20);
	char *kept = tg_arena_cstr(a, TG_STR("kept")), *first, *again;
	struct tg_arena_mark m = tg_arena_mark(a);
	int i;

	(void)state;
	first = tg_arena_alloc(a, 100);
	tg_arena_rewind(a, m);
	again = tg_arena_alloc(a, 100);
	assert_ptr_equal(first, again);
	for (i = 0; i < 2000; i++) {
		tg_arena_rewind(a, m);
		memset(tg_arena_alloc(a, 9000), i, 9000);
		memset(tg_arena_alloc(a, 9000), i, 9000);
		memset(tg_arena_alloc(a, 90000), i, 90000);
	}
	tg_arena_rewind(a, m);
	assert_string_equal(kept, "kept");
	assert_false(tg_arena_over(a));
	tg_arena_free(a);
}

/* A mark of the empty arena, and marks within marks. */
static void
test_nested_marks(void **state)
{
	struct tg_arena *a = tg_arena_new(1000);
	struct tg_arena_mark empty = tg_arena_mark(a), inner;
	char *p;

	(void)state;
	p = tg_arena_cstr(a, TG_STR("one"));
	inner = tg_arena_mark(a);
	tg_arena_alloc(a, 70000);
	tg_arena_alloc(a, 70000);
	tg_arena_rewind(a, inner);
	assert_string_equal(p, "one");
	tg_arena_rewind(a, inner);	/* nothing left to give back */
	assert_string_equal(p, "one");
	tg_arena_alloc(a, 2000);
	assert_true(tg_arena_over(a));
	tg_arena_rewind(a, empty);
	assert_false(tg_arena_over(a));
	assert_non_null(tg_arena_alloc(a, 10));
	tg_arena_free(a);
}

static void
test_reset(void **state)
{
	struct tg_arena *a = tg_arena_new(1 << 20);
	int round;

	(void)state;
	for (round = 0; round < 50; round++) {
		int i;

		for (i = 0; i < 100; i++)
			memset(tg_arena_alloc(a, 3000), round, 3000);
		tg_arena_reset(a);
	}
	tg_arena_free(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_alloc),
		cmocka_unit_test(test_distinct),
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_ceiling),
		cmocka_unit_test(test_rewind),
		cmocka_unit_test(test_nested_marks),
		cmocka_unit_test(test_reset),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
