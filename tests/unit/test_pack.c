#include "config.h"

/* base/pack.h */
#include "unit.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/pack.h"

static void
round_trip(const char *p, size_t n, int expected)
{
	struct tg_str text = { p, n };
	struct tg_buf b;
	char *back = malloc(n + 1);

	tg_buf_init(&b, n + 100);
	tg_buf_addc(&b, "head");
	assert_int_equal(tg_pack(&b, text), expected);
	if (expected == 0)
		assert_int_equal(b.n, 4);
	else {
		assert_true(b.n - 4 < n);
		assert_int_equal(tg_unpack(back, n,
		    (struct tg_str){ b.p + 4, b.n - 4 }), 0);
		assert_memory_equal(back, p, n);
		/* Neither longer nor shorter, nor cut. */
		assert_int_equal(tg_unpack(back, n - 1,
		    (struct tg_str){ b.p + 4, b.n - 4 }), -1);
		assert_int_equal(tg_unpack(back, n,
		    (struct tg_str){ b.p + 4, b.n - 5 }), -1);
	}
	free(back);
	tg_buf_free(&b);
}

static void
test_round_trips(void **state)
{
	size_t sizes[] = { 200, 5000, 100000, 9000000 };

	(void)state;
	round_trip("", 0, 0);
	round_trip("a", 1, 0);
	round_trip("abcdefgh", 8, 0);
	for (size_t i = 0; i < COUNT(sizes); i++) {
		char *p = malloc(sizes[i]);

		for (size_t k = 0; k < sizes[i]; k++)
			p[k] = "the quick brown fox "[(k * k / 7) % 20];
		round_trip(p, sizes[i], 1);
		free(p);
	}
}

/* What has no pattern is kept as it is. */
static void
test_noise(void **state)
{
	char p[5000];
	uint32_t x = 1;

	(void)state;
	for (size_t i = 0; i < sizeof(p); i++) {
		x = x * 1664525 + 1013904223;
		p[i] = (char)(x >> 24);
	}
	round_trip(p, sizeof(p), 0);
}

static void *
many(void *arg)
{
	for (int i = 0; i < 3; i++)
		test_round_trips(arg);
	return NULL;
}

static void
test_threads(void **state)
{
	pthread_t t[4];

	for (int i = 0; i < 4; i++)
		assert_int_equal(
		    pthread_create(&t[i], NULL, many, state), 0);
	for (int i = 0; i < 4; i++)
		pthread_join(t[i], NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trips),
		cmocka_unit_test(test_noise),
		cmocka_unit_test(test_threads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
