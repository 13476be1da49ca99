#include "config.h"

/* Events and how far each target has been told: store/outbox.h. */
#include "unit.h"

#include "base/clock.h"
#include "store/outbox.h"
#include "store_help.h"

static const char *const both[] = { "web", "mail" };

struct work {
	struct tg_arena *a;
	const char *const *targets;
	size_t n_targets;
	int64_t now, limit;
	struct tg_delivery *rows;
	size_t n;
	/* how a try went, or what to claim until when */
	int64_t delivery, next_at;
	const char *error;
	int changed;
};

static int
add(struct tg_db *db, void *arg, struct tg_err *e)
{
	return tg_outbox_add(db, "test", arg, e);
}

static int
due(struct tg_db *db, void *arg, struct tg_err *e)
{
	struct work *w = arg;

	return tg_outbox_due(db, w->a, w->targets, w->n_targets, w->now,
	    w->limit, &w->rows, &w->n, e);
}

static int
tried(struct tg_db *db, void *arg, struct tg_err *e)
{
	struct work *w = arg;

	return tg_outbox_tried(db, w->delivery, w->error, w->next_at, e);
}

static int
claim(struct tg_db *db, void *arg, struct tg_err *e)
{
	struct work *w = arg;

	return tg_outbox_claim(db, w->delivery, w->next_at, e);
}

static int
list(struct tg_db *db, void *arg, struct tg_err *e)
{
	struct work *w = arg;

	return tg_outbox_list(db, w->a, w->limit, &w->rows, &w->n, e);
}

static int
retry(struct tg_db *db, void *arg, struct tg_err *e)
{
	struct work *w = arg;

	w->changed = tg_outbox_retry(db, w->delivery, w->now, e);
	return w->changed;
}

static int
prune(struct tg_db *db, void *arg, struct tg_err *e)
{
	struct work *w = arg;

	return tg_outbox_prune(db, w->now, e);
}

static void
run(struct help *h, tg_txn_fn *fn, void *arg)
{
	if (tg_write(h->store, TG_DB_MAIN, fn, arg, &h->e) == -1)
		fail_msg("%s", h->e.msg);
}

static void
test_delivery(void **state)
{
	struct help *h = *state;
	struct work w = { .a = h->arena, .targets = both, .n_targets = 2,
		.now = tg_wall_us() + 10, .limit = 10 };

	run(h, due, &w);
	assert_int_equal(w.n, 0);
	run(h, add, "{\"a\":1}");
	run(h, add, "{\"a\":2}");
	run(h, due, &w);
	assert_int_equal(w.n, 4);
	assert_string_equal(w.rows[0].event.kind, "test");
	assert_string_equal(w.rows[0].target, "web");
	/* One is done, one claimed, one to be tried again, one given up. */
	for (size_t i = 0; i < 4; i++) {
		static const char *const errors[] = { NULL, NULL, "busy",
			"gone" };
		struct work t = { .delivery = w.rows[i].id,
			.error = errors[i] };

		if (i == 1 || i == 2)
			t.next_at = w.now + 1000;
		run(h, i == 1 ? claim : tried, &t);
	}
	run(h, due, &w);
	assert_int_equal(w.n, 0);
	w.now += 1000;
	w.limit = 1;
	run(h, due, &w);
	assert_int_equal(w.n, 1);
	w.limit = 10;
	run(h, due, &w);
	assert_int_equal(w.n, 2);
	assert_string_equal(w.rows[1].error, "busy");
	assert_int_equal(w.rows[1].tries, 1);
	/* A target that is no longer there keeps its deliveries. */
	w.n_targets = 1;
	run(h, due, &w);
	assert_int_equal(w.n, 1);
	run(h, list, &w);
	assert_int_equal(w.n, 4);
	assert_int_equal(w.rows[0].event.id, 2);
}

static void
test_prune(void **state)
{
	struct help *h = *state;
	struct work w = { .a = h->arena, .targets = both, .n_targets = 1,
		.limit = 10 };

	for (int i = 0; i < 3; i++)
		run(h, add, "{}");
	w.now = tg_wall_us() + 10;
	run(h, due, &w);
	assert_int_equal(w.n, 3);
	w.delivery = w.rows[0].id;
	run(h, tried, &w);
	w.delivery = w.rows[2].id;
	run(h, tried, &w);
	/* The first is told; the second waits; the newest marks the end. */
	run(h, prune, &w);
	run(h, list, &w);
	assert_int_equal(w.n, 2);
	run(h, due, &w);
	assert_int_equal(w.n, 1);
	assert_int_equal(w.rows[0].event.id, 2);
}

static void
test_retry(void **state)
{
	struct help *h = *state;
	struct work w = { .a = h->arena, .targets = both, .n_targets = 1,
		.limit = 10 };

	run(h, add, "{}");
	w.now = tg_wall_us() + 10;
	run(h, due, &w);
	assert_int_equal(w.n, 1);
	w.delivery = w.rows[0].id;
	/* Given up, and once more all the same. */
	w.error = "HTTP 500";
	run(h, tried, &w);
	run(h, due, &w);
	assert_int_equal(w.n, 0);
	run(h, retry, &w);
	assert_int_equal(w.changed, 1);
	run(h, due, &w);
	assert_int_equal(w.n, 1);
	assert_int_equal(w.rows[0].tries, 1);
	/* What is done is done. */
	w.error = NULL;
	run(h, tried, &w);
	run(h, retry, &w);
	assert_int_equal(w.changed, 0);
	w.delivery = 99;
	run(h, retry, &w);
	assert_int_equal(w.changed, 0);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, help_new, help_free)
	const struct CMUnitTest tests[] = { T(test_delivery), T(test_prune),
		T(test_retry) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
