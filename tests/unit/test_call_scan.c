#include "config.h"

/* Looking calls up: store/call_scan.h, marks.h. */
#include "unit.h"

#include <stdlib.h>

#include "look_help.h"
#include "store/call_scan.h"
#include "store/marks.h"
#include "store/summaries.h"

#define CALLS 400

struct scan {
	struct tg_call_want w;
	struct tg_call_scan s;
	struct tg_arena *a;
};

static int
run(struct tg_db *db, void *arg, struct tg_err *e)
{
	struct scan *k = arg;

	return tg_call_scan(db, k->a, &k->w, &k->s, e);
}

static void
scan(struct help *h, struct scan *k)
{
	k->a = h->arena;
	assert_int_equal(tg_read(h->store, TG_DB_MAIN, run, k, &h->e), 0);
}

/* Everything, oldest first, by another way. */
static int
all(struct tg_db *db, void *arg, struct tg_err *e)
{
	struct scan *k = arg;

	tg_call_want_init(&k->w);
	k->s = (struct tg_call_scan){ .sort = TG_SCAN_OLDEST, .limit = 9999 };
	return tg_call_scan(db, k->a, &k->w, &k->s, e);
}

static bool
before(const struct tg_call_scan *s, const struct tg_call_row *x,
    const struct tg_call_row *y)
{
	int64_t a = tg_scan_value(s->sort, x), b = tg_scan_value(s->sort, y);

	if (s->sort == TG_SCAN_OLDEST)
		return x->seq < y->seq;
	return a != b ? a > b : x->seq > y->seq;
}

/* Page after page: each that is wanted once, in order, and no other. */
static void
pages(struct help *h, const struct tg_call_want *w, enum tg_scan_sort sort,
    int64_t per_page)
{
	struct scan every = { .a = h->arena }, k = { .w = *w };
	const struct tg_call_row *last = NULL;
	size_t wanted = 0, seen = 0;
	bool more = true;

	assert_int_equal(tg_read(h->store, TG_DB_MAIN, all, &every, &h->e), 0);
	for (size_t i = 0; i < every.s.n; i++)
		wanted += tg_call_wanted(w, &every.s.rows[i]);
	k.s.sort = sort;
	while (more) {
		k.s.limit = per_page;
		scan(h, &k);
		for (size_t i = 0; i < k.s.n; i++) {
			const struct tg_call_row *c = &k.s.rows[i];

			assert_true(tg_call_wanted(w, c));
			assert_true(last == NULL || before(&k.s, last, c));
			last = c;
			seen++;
		}
		more = k.s.more;
		assert_true(k.s.n > 0 || !more || k.s.looked_seq > 0);
		if (k.s.looked_seq > 0)
			k.s.after_seq = k.s.looked_seq;
		else if (last != NULL) {
			k.s.after_seq = last->seq;
			k.s.after_value = tg_scan_value(sort, last);
		}
	}
	assert_int_equal(seen, wanted);
}

static void
some_want(struct tg_call_want *w, uint64_t *seed)
{
	uint64_t r = help_random(seed);

	tg_call_want_init(w);
	w->key_id = r & 1 ? (int64_t)(r >> 40) % 6 : 0;
	w->person = r & 2 ? (int64_t)(r >> 44) % 5 : 0;
	w->tag = (r & 12) == 12 ? 60 : 0;
	w->customer = (r & 48) == 48 ? 51 : 0;
	w->model = (r & 192) == 192 ? "gpt-5" : NULL;
	w->provider = (r & 0x300) == 0x300 ? "anthropic" : NULL;
	w->session = (r & 0xc00) == 0xc00 ? "s2" : NULL;
	w->agent = (r & 0x3000) == 0x3000 ? "PYTHON" : NULL;
	w->states = (r & 0xc000) == 0xc000 ? (unsigned)(r >> 50) & 63 : 0;
	w->status = (r & 0x30000) == 0x30000 ? 4 :
	    (r & 0x30000) == 0x20000 ? 429 : 0;
	w->min_nano = (r & 0xc0000) == 0xc0000 ? 5000 : TG_COST_UNKNOWN;
	w->max_us = (r & 0x300000) == 0x300000 ? 100000 : -1;
	w->min_tokens = (r & 0xc00000) == 0xc00000 ? 1000 : -1;
	w->error = (r & 0x7000000) == 0x7000000 ? "too many" : NULL;
	w->from_at = r & 0x8000000 ? LOOK_FROM + LOOK_DAY : 0;
	w->to_at = r & 0x10000000 ? LOOK_FROM + 3 * LOOK_DAY : 0;
}

/* Taken up or not, lost or open: the same answers by every way. */
static void
test_property(void **state)
{
	struct help *h = *state;
	uint64_t seed = 21;
	struct tg_call_want w;

	for (int i = 0; i < 8; i++)
		help_key(h->store, (char[]){ (char)('a' + i), '\0' }, NULL);
	for (int i = 0; i < CALLS; i++) {
		look_call(h, &seed);
		if (i % 40 == 0)
			look_late(h, &seed);
		if (i == CALLS / 2)
			assert_true(tg_summary_fold(
			    h->store, true, &h->e) >= 0);
	}
	for (int round = 0; round < 3; round++) {
		for (int i = 0; i < 60; i++) {
			some_want(&w, &seed);
			pages(h, &w, (enum tg_scan_sort)(i % TG_SCAN__MAX),
			    1 + (int64_t)(help_random(&seed) % 40));
			tg_arena_reset(h->arena);
		}
		look_late(h, &seed);
		while (tg_summary_fold(h->store, true, &h->e) == 1)
			;
	}
}

/* It gives up, says where, and goes on from there. */
static void
test_bounded(void **state)
{
	struct help *h = *state;
	struct scan k = { .s = { .limit = 10, .max_rows = 30 } };
	uint64_t seed = 2;
	size_t found = 0;

	for (int i = 0; i < CALLS; i++)
		look_call(h, &seed);
	tg_call_want_init(&k.w);
	k.w.to_at = LOOK_FROM + LOOK_HOUR;
	do {
		scan(h, &k);
		assert_true(k.s.looked <= 30);
		found += k.s.n;
		k.s.after_seq = k.s.looked_seq != 0 ? k.s.looked_seq :
		    k.s.n > 0 ? k.s.rows[k.s.n - 1].seq : 0;
	} while (k.s.more);
	assert_int_equal(found, help_sql(h->dir, "tollgate.db",
	    "SELECT count(*) FROM calls WHERE start_at < "
	    "(SELECT min(start_at) / 86400000000 * 86400000000 "
	    "FROM calls) + 3600000000"));
	k.s.after_seq = 0;
	k.s.sort = TG_SCAN_COST;
	k.w.to_at = 0;
	scan(h, &k);
	assert_true(k.s.more);
	assert_int_equal(k.s.looked_seq, -1);
}

/* What search has found, filtered and sorted. */
static void
test_given(void **state)
{
	struct help *h = *state;
	static const int64_t seqs[] = { 90, 71, 70, 50, 12, 3 };
	struct scan k = { .s = { .limit = 4 } };
	uint64_t seed = 4;

	for (int i = 0; i < 100; i++)
		look_call(h, &seed);
	tg_call_want_init(&k.w);
	k.w.seqs = seqs;
	k.w.n_seqs = COUNT(seqs);
	scan(h, &k);
	assert_int_equal(k.s.n, 4);
	assert_true(k.s.more);
	assert_int_equal(k.s.rows[0].seq, 90);
	assert_int_equal(k.s.rows[3].seq, 50);
	k.s.after_seq = 50;
	scan(h, &k);
	assert_int_equal(k.s.n, 2);
	assert_false(k.s.more);
	k.s = (struct tg_call_scan){ .limit = 9, .sort = TG_SCAN_TOKENS };
	scan(h, &k);
	assert_int_equal(k.s.n, 6);
	for (size_t i = 1; i < 6; i++)
		assert_true(tg_call_tokens(&k.s.rows[i - 1]) >=
		    tg_call_tokens(&k.s.rows[i]));
}

static void
test_sizes(void **state)
{
	char last[TG_MARK_SIZE] = "-", text[TG_MARK_SIZE];

	(void)state;
	tg_mark_size(text, -5);
	assert_string_equal(text, "-");
	for (int64_t n = 0; n < INT64_MAX / 3; n += n / 7 + 1) {
		tg_mark_size(text, n);
		assert_true(strcmp(last, text) <= 0);
		memcpy(last, text, sizeof(last));
	}
	tg_mark_size(text, INT64_MAX);
	assert_string_equal(text, "252");
}

static void
test_sets(void **state)
{
	struct tg_mark_set s = { 0 }, o = { 0 };

	(void)state;
	assert_int_equal(tg_mark_below(&s, TG_MARK_BLOCK - 1), -1);
	assert_int_equal(tg_mark_above(&s, 0), -1);
	tg_mark_set(&s, 0);
	tg_mark_set(&s, TG_MARK_BLOCK + 64);
	tg_mark_set(&s, 65535);
	assert_int_equal(tg_mark_below(&s, 65535), 65535);
	assert_int_equal(tg_mark_below(&s, 65534), 64);
	assert_int_equal(tg_mark_below(&s, 63), 0);
	assert_int_equal(tg_mark_below(&s, -1), -1);
	assert_int_equal(tg_mark_above(&s, 1), 64);
	assert_int_equal(tg_mark_above(&s, 65), 65535);
	assert_int_equal(tg_mark_above(&s, 65536), -1);
	tg_mark_set(&o, 64);
	tg_mark_and(&s, &o);
	assert_int_equal(tg_mark_above(&s, 0), 64);
	assert_true(tg_mark_has(&s, 64));
	assert_false(tg_mark_has(&s, 0));
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, help_new, help_free)
	const struct CMUnitTest tests[] = { T(test_property), T(test_bounded),
		T(test_given), cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_sets) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
