#include "config.h"

/* Rollups grouped in memory: web/tally.h. */
#include "unit.h"

#include <stdio.h>

#include "base/clock.h"
#include "web/tally.h"

#define HOUR (3600 * 1000000LL)

static struct tg_rollup
hour(int64_t n, int64_t key, const char *model, int64_t nano)
{
	return (struct tg_rollup){
		.hour_at = n * HOUR,
		.key_id = key,
		.person = 7,
		.model = model,
		.deployment = "d",
		.provider = "p",
		.route = "chat",
		.state = TG_CALL_DONE,
		.calls = 2,
		.tokens = { [TG_TOK_INPUT] = 10,
		    [TG_TOK_CACHE_READ] = 5,
		    [TG_TOK_OUTPUT] = 3,
		    [TG_TOK_AUDIO_OUTPUT] = 1 },
		.cost_nano = nano,
	};
}

static void
add(struct tg_tally *t, int64_t n, int64_t key, const char *model,
    int64_t nano)
{
	struct tg_rollup r = hour(n, key, model, nano);

	assert_int_equal(tg_tally_add(&r, t), 0);
}

static void
test_groups(void **state)
{
	struct tg_tally *t =
	    tg_tally_new(TG_BY(TG_DIM_DAY) | TG_BY(TG_DIM_MODEL), 0);
	const struct tg_group *const *g;
	char spelt[] = "b";
	size_t n;

	(void)state;
	add(t, 25, 1, "b", 100);
	add(t, 0, 2, spelt, 10);	/* the same text, another place */
	add(t, 23, 1, "b", 1);
	add(t, 1, 1, "a", 1000);
	g = tg_tally_groups(t, TG_TALLY_RISING, &n);
	assert_int_equal(n, 3);
	assert_int_equal(g[0]->v[TG_DIM_DAY], 0);
	assert_string_equal(tg_group_text(g[0], TG_DIM_MODEL), "a");
	assert_string_equal(tg_group_text(g[1], TG_DIM_MODEL), "b");
	assert_int_equal(g[1]->sums.cost_nano, 11);
	assert_int_equal(g[1]->sums.calls, 4);
	assert_int_equal(tg_sums_input(&g[1]->sums), 30);
	assert_int_equal(tg_sums_output(&g[1]->sums), 8);
	assert_int_equal(g[2]->v[TG_DIM_DAY], 1);
	assert_int_equal(g[0]->v[TG_DIM_KEY], 0);	/* not grouped by */
	assert_string_equal(tg_group_text(g[0], TG_DIM_ROUTE), "");
	g = tg_tally_groups(t, TG_TALLY_NEWEST, &n);
	assert_int_equal(g[0]->v[TG_DIM_DAY], 1);
	assert_string_equal(tg_group_text(g[1], TG_DIM_MODEL), "a");
	g = tg_tally_groups(t, TG_TALLY_DEAREST, &n);
	assert_int_equal(g[0]->sums.cost_nano, 1000);
	assert_int_equal(g[2]->sums.cost_nano, 11);
	assert_int_equal(tg_tally_total(t)->cost_nano, 1111);
	tg_tally_free(t);
}

static void
test_failed(void **state)
{
	struct tg_tally *t = tg_tally_new(TG_BY(TG_DIM_KEY), 0);
	struct tg_rollup r = hour(0, 1, "m", 5);

	(void)state;
	(void)tg_tally_add(&r, t);
	r.state = TG_CALL_REFUSED;
	(void)tg_tally_add(&r, t);
	assert_int_equal(tg_tally_total(t)->calls, 4);
	assert_int_equal(tg_tally_total(t)->failed, 2);
	tg_tally_free(t);
}

static void
test_empty(void **state)
{
	struct tg_tally *t = tg_tally_new(TG_BY(TG_DIM_KEY), 0);
	size_t n = 9;

	(void)state;
	assert_non_null(tg_tally_groups(t, TG_TALLY_RISING, &n));
	assert_int_equal(n, 0);
	tg_tally_free(t);
	tg_tally_free(NULL);
}

static void
test_fold(void **state)
{
	struct tg_tally *t =
	    tg_tally_new(TG_BY(TG_DIM_KEY) | TG_BY(TG_DIM_MODEL), 0);
	struct tg_tally *keys = tg_tally_new(TG_BY(TG_DIM_KEY), 0);
	const struct tg_group *const *g;
	size_t n;

	(void)state;
	add(t, 1, 1, "a", 1);
	add(t, 1, 1, "b", 2);
	add(t, 1, 2, "a", 4);
	g = tg_tally_groups(t, TG_TALLY_RISING, &n);
	for (size_t i = 0; i < n; i++)
		tg_tally_fold(keys, g[i]);
	g = tg_tally_groups(keys, TG_TALLY_RISING, &n);
	assert_int_equal(n, 2);
	assert_int_equal(g[0]->sums.cost_nano, 3);
	assert_int_equal(g[1]->v[TG_DIM_KEY], 2);
	tg_tally_free(keys);
	tg_tally_free(t);
}

/* Days as the caller counts them: behind UTC, ahead of it, of a zone. */
static void
test_zones(void **state)
{
	static const struct {
		int west_min;
		const char *zone;
		int64_t hour, day;
	} cases[] = {
		{ 0, NULL, 23, 0 },
		{ 0, NULL, 24, 1 },
		{ 60, NULL, 24, 0 },
		{ -60, NULL, 23, 1 },
		{ 0, NULL, -1, -1 },
		/* 2026-03-28T23:00Z: winter; 2026-03-29T22:00Z: summer */
		{ 0, "Europe/Paris", 492983, 20541 },
		{ 0, "Europe/Paris", 492982, 20540 },
		{ 0, "Europe/Paris", 493006, 20542 },
		{ 0, "No/Where", 23, 0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct tg_tally *t = tg_tally_new(
		    TG_BY(TG_DIM_DAY), cases[i].west_min);
		const struct tg_group *const *g;
		size_t n;

		if (cases[i].zone != NULL)
			tg_tally_zone(t, cases[i].zone);
		add(t, cases[i].hour, 1, "m", 1);
		g = tg_tally_groups(t, TG_TALLY_RISING, &n);
		assert_int_equal(g[0]->v[TG_DIM_DAY], cases[i].day);
		tg_tally_free(t);
	}
}

/* Against plain sums, with more groups than the first table holds. */
static void
test_many(void **state)
{
	struct tg_tally *t = tg_tally_new(TG_BY(TG_DIM_DAY) |
		TG_BY(TG_DIM_KEY) | TG_BY(TG_DIM_MODEL) |
		TG_BY(TG_DIM_PROVIDER),
	    0);
	const struct tg_group *const *g;
	int64_t sum = 0, began = tg_mono_ms();
	char model[16];
	size_t n;

	(void)state;
	for (int i = 0; i < 500000; i++) {
		snprintf(model, sizeof(model), "model-%d", i % 20);
		add(t, i / 700, i % 97, model, i);
		sum += i;
	}
	g = tg_tally_groups(t, TG_TALLY_RISING, &n);
	assert_int_equal(tg_tally_total(t)->cost_nano, sum);
	assert_true(n > 30 * 97 && n <= 30 * 97 * 20);
	for (size_t i = 0; i < n; i++)
		sum -= g[i]->sums.cost_nano;
	assert_int_equal(sum, 0);
	/* Far above what it takes, for machines that are busy. */
	assert_true(tg_mono_ms() - began < 20000);
	tg_tally_free(t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_groups),
		cmocka_unit_test(test_failed),
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_fold),
		cmocka_unit_test(test_zones),
		cmocka_unit_test(test_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
