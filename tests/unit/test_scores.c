#include "config.h"

/* store/scores.h */
#include "unit.h"

#include "store/scores.h"
#include "store_help.h"

static struct tg_score
score(const char *call, const char *name, const char *by)
{
	return (struct tg_score){ .call = call, .name = name,
		.source = "page", .made_by = by, .updated_at = 1000 };
}

static int64_t
put(struct tg_db *db, struct tg_score s, double number, struct tg_err *e)
{
	s.has_number = true;
	s.number = number;
	assert_int_equal(tg_score_put(db, &s, e), 0);
	return s.id;
}

/* What the same maker says under the same name takes the other's place. */
static int
replace(struct tg_db *db, void *arg, struct tg_err *e)
{
	struct help *h = arg;
	struct tg_score s = score("c1", "thumb", "ann"), *rows, got;
	int64_t first = put(db, s, 1, e);
	size_t n;

	s.updated_at = 2000;
	assert_int_equal(put(db, s, -1, e), first);
	assert_true(put(db, score("c1", "thumb", "bob"), 1, e) != first);
	assert_true(put(db, score("c1", "other", "ann"), 1, e) != first);
	assert_true(put(db, score("c2", "thumb", "ann"), 1, e) != first);
	s.source = "api";
	s.key_id = 7;
	first = put(db, s, 1, e);
	s.made_by = "the key has another name now";
	assert_int_equal(put(db, s, 0.5, e), first);
	assert_int_equal(tg_score_list(db, h->arena, "c1", &rows, &n, e), 0);
	assert_int_equal(n, 4);
	assert_true(rows[0].has_number && rows[0].number == -1);
	assert_int_equal(rows[0].at, 1000);
	assert_int_equal(rows[0].updated_at, 2000);
	assert_string_equal(rows[3].made_by, s.made_by);
	assert_int_equal(tg_score_find(db, h->arena, first, &got, e), 1);
	assert_true(got.number == 0.5 && got.key_id == 7);
	assert_int_equal(tg_score_drop(db, first, e), 0);
	assert_int_equal(tg_score_find(db, h->arena, first, &got, e), 0);
	return 0;
}

static void
test_replace(void **state)
{
	struct help *h = *state;

	assert_int_equal(
	    tg_write(h->store, TG_DB_MAIN, replace, h, &h->e), 0);
}

/* --- over calls --- */

struct calls {
	struct help *h;
	const char *id[3];
};

static struct calls
make_calls(struct help *h)
{
	static const char *const models[] = { "a", "a", "b" };
	struct calls c = { .h = h };
	int64_t key = help_key(h->store, "sk-scores", "scores");

	for (int i = 0; i < 3; i++) {
		struct tg_call_row row = help_call(key);

		row.model = models[i];
		row.person = i == 1 ? 77 : 0;
		assert_int_equal(help_call_open(h->store, &row, &h->e), 0);
		help_completed(&row);
		row.upstream_id = i == 2 ? "chatcmpl-x" : "chatcmpl-y";
		assert_int_equal(help_call_close(h->store, &row, &h->e), 0);
		c.id[i] = tg_arena_cstr(h->arena, tg_str(row.id));
	}
	return c;
}

static int
fill(struct tg_db *db, void *arg, struct tg_err *e)
{
	struct calls *c = arg;
	struct tg_score s = score(c->id[1], "mood", "ann");

	put(db, score(c->id[0], "quality", "ann"), 0.25, e);
	put(db, score(c->id[0], "quality", "bob"), 0.75, e);
	put(db, score(c->id[1], "quality", "ann"), 0.5, e);
	put(db, score(c->id[2], "quality", "ann"), 1, e);
	s.label = "calm";
	s.comment = "as it should be";
	return tg_score_put(db, &s, e);
}

static void
check_sums(struct tg_db *db, struct help *h, struct tg_err *e)
{
	struct tg_score_query q = { .limit = 0 };
	struct tg_score_label *labels;
	struct tg_score_sum *sums;
	size_t n;

	assert_int_equal(tg_score_sums(db, h->arena, &q, &sums, &n, e), 0);
	assert_int_equal(n, 3);
	assert_string_equal(sums[0].name, "mood");
	assert_int_equal(sums[0].numbers, 0);
	assert_int_equal(sums[0].comments, 1);
	assert_string_equal(sums[1].model, "a");
	assert_int_equal(sums[1].n, 3);
	assert_true(sums[1].mean == 0.5 && sums[1].min == 0.25 &&
	    sums[1].max == 0.75);
	assert_int_equal(
	    tg_score_labels(db, h->arena, &q, &labels, &n, e), 0);
	assert_int_equal(n, 1);
	assert_string_equal(labels[0].label, "calm");
	q.person = 77;
	assert_int_equal(tg_score_sums(db, h->arena, &q, &sums, &n, e), 0);
	assert_int_equal(n, 2);
	assert_int_equal(sums[1].n, 1);
}

static void
check_pages(struct tg_db *db, struct help *h, struct tg_err *e)
{
	const struct {
		struct tg_score_query q;
		int64_t total;
		size_t n;
	} looks[] = {
		{ { .limit = 2 }, 5, 2 },
		{ { .limit = 2, .after = 4 }, 5, 1 },
		{ { .filter.name = "mood" }, 1, 1 },
		{ { .filter.label = "calm" }, 1, 1 },
		{ { .filter = { .by_min = true, .min = 0.5 } }, 3, 3 },
		{ { .filter = { .by_max = true, .max = 0.3 } }, 1, 1 },
		{ { .person = 77 }, 2, 2 },
		{ { .key_id = 999 }, 0, 0 },
		{ { .from_at = 1001 }, 0, 0 },
		{ { .from_at = 1000, .to_at = 1001 }, 5, 5 },
	};
	struct tg_score_row *rows;
	const char **names;
	int64_t total;
	size_t n;

	for (size_t i = 0; i < COUNT(looks); i++) {
		assert_int_equal(tg_score_page(db, h->arena, &looks[i].q,
		    &rows, &n, &total, e), 0);
		assert_int_equal(total, looks[i].total);
		assert_int_equal(n, looks[i].n);
	}
	assert_int_equal(tg_score_names(db, h->arena, &names, &n, e), 0);
	assert_int_equal(n, 2);
	assert_string_equal(names[0], "mood");
	assert_string_equal(names[1], "quality");
}

static int
look(struct tg_db *db, void *arg, struct tg_err *e)
{
	struct calls *c = arg;
	struct help *h = c->h;
	struct tg_score_filter f = { .name = "quality", .by_min = true,
		.min = 0.6 };
	const char *call;
	int64_t *seqs;
	size_t n;

	check_sums(db, h, e);
	check_pages(db, h, e);
	assert_int_equal(
	    tg_score_calls(db, h->arena, &f, 10, &seqs, &n, e), 0);
	assert_int_equal(n, 2);
	assert_true(seqs[0] > seqs[1]);
	assert_int_equal(tg_score_call_of(db, h->arena, "chatcmpl-y", 0, 0,
	    &call, e), 1);
	assert_string_equal(call, c->id[1]);
	assert_int_equal(tg_score_call_of(db, h->arena, "chatcmpl-x", 1, 0,
	    &call, e), 1);
	assert_string_equal(call, c->id[2]);
	assert_int_equal(tg_score_call_of(db, h->arena, "chatcmpl-x", 0, 77,
	    &call, e), 0);
	return 0;
}

static void
test_calls(void **state)
{
	struct help *h = *state;
	struct calls c = make_calls(h);

	assert_int_equal(tg_write(h->store, TG_DB_MAIN, fill, &c, &h->e), 0);
	assert_int_equal(tg_read(h->store, TG_DB_MAIN, look, &c, &h->e), 0);
}

/* --- replays --- */

static int
replays(struct tg_db *db, void *arg, struct tg_err *e)
{
	const struct tg_replay all[] = {
		{ "r1", "o1", "run1", "ann", 10 },
		{ "r2", "o1", "run1", "ann", 10 },
		{ "r3", "o1", "run2", NULL, 20 },
		{ "r4", "o2", "run3", "bob", 5 },
	};
	struct help *h = arg;
	struct tg_replay *rows, r;
	size_t n;

	for (size_t i = 0; i < COUNT(all); i++)
		assert_int_equal(tg_replay_add(db, &all[i], e), 0);
	assert_int_equal(
	    tg_replay_list(db, h->arena, "o1", NULL, &rows, &n, e), 0);
	assert_int_equal(n, 3);
	assert_string_equal(rows[2].call, "r3");
	assert_int_equal(
	    tg_replay_list(db, h->arena, NULL, "run1", &rows, &n, e), 0);
	assert_int_equal(n, 2);
	assert_int_equal(tg_replay_find(db, h->arena, "r4", &r, e), 1);
	assert_string_equal(r.original, "o2");
	assert_int_equal(tg_replay_find(db, h->arena, "o1", &r, e), 0);
	return 0;
}

static void
test_replays(void **state)
{
	struct help *h = *state;

	assert_int_equal(
	    tg_write(h->store, TG_DB_MAIN, replays, h, &h->e), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    test_replace, help_new, help_free),
		cmocka_unit_test_setup_teardown(
		    test_calls, help_new, help_free),
		cmocka_unit_test_setup_teardown(
		    test_replays, help_new, help_free),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
