#include "config.h"

/* Durations in buckets: store/histogram.h. */
#include "unit.h"

#include <stdlib.h>

#include "store/histogram.h"
#include "store_help.h"

static int
rising(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

/* To within a tenth of the true one, whatever the durations. */
static void
test_quantiles(void **state)
{
	static const int of[] = { 1, 100, 500, 950, 990, 1000 };
	uint64_t seed = 7;
	int64_t us[999];

	(void)state;
	for (int round = 0; round < 50; round++) {
		struct tg_histogram h = { 0 };

		for (size_t i = 0; i < COUNT(us); i++) {
			int bits = 1 + (int)(help_random(&seed) % 31);

			us[i] = 1000;
			us[i] += (int64_t)(help_random(&seed) >> (64 - bits));
			tg_histogram_count(&h, us[i]);
		}
		qsort(us, COUNT(us), sizeof(us[0]), rising);
		for (size_t i = 0; i < COUNT(of); i++) {
			size_t rank =
			    (COUNT(us) * (size_t)of[i] + 999) / 1000;
			int64_t q = tg_histogram_quantile(&h, of[i]);
			int64_t is = us[rank - 1];

			assert_true(q > is * 9 / 10 - 1 && q < is * 11 / 10);
		}
	}
}

static void
test_edges(void **state)
{
	struct tg_histogram h = { 0 };

	(void)state;
	assert_int_equal(tg_histogram_quantile(&h, 500), -1);
	tg_histogram_count(&h, -1);
	assert_int_equal(tg_histogram_quantile(&h, 500), -1);
	tg_histogram_count(&h, 0);
	assert_int_equal(h.n[0], 1);
	tg_histogram_count(&h, INT64_MAX);
	assert_int_equal(h.n[TG_HISTOGRAM_BUCKETS - 1], 1);
}

static void
test_packed(void **state)
{
	unsigned char packed[TG_HISTOGRAM_PACKED];
	struct tg_histogram h = { 0 }, back, twice;
	uint64_t seed = 3;
	size_t n;

	(void)state;
	assert_int_equal(tg_histogram_pack(&h, packed), 0);
	for (int round = 0; round < 300; round++) {
		h.n[help_random(&seed) % TG_HISTOGRAM_BUCKETS] +=
		    (int64_t)(help_random(&seed) >> (3 + round % 60));
		n = tg_histogram_pack(&h, packed);
		assert_true(n <= sizeof(packed));
		memset(&back, 0, sizeof(back));
		tg_histogram_unpack(&back, packed, n);
		assert_memory_equal(&back, &h, sizeof(h));
		for (size_t cut = 0; cut < n; cut++) {
			memset(&back, 0, sizeof(back));
			tg_histogram_unpack(&back, packed, cut);
		}
		for (int i = 0; i < TG_HISTOGRAM_BUCKETS; i++)
			h.n[i] &= INT64_MAX / 4;
	}
	twice = h;
	tg_histogram_add(&twice, &h);
	for (int i = 0; i < TG_HISTOGRAM_BUCKETS; i++)
		assert_int_equal(twice.n[i], 2 * h.n[i]);
	/* Foreign bytes do no harm. */
	memset(packed, 0xff, sizeof(packed));
	tg_histogram_unpack(&back, packed, sizeof(packed));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_quantiles),
		cmocka_unit_test(test_edges),
		cmocka_unit_test(test_packed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
