#include "config.h"

/* Sums by one dimension: store/summaries.h, fold.c, follow.c. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>

#include "look_help.h"
#include "store/summaries.h"

#define SUMS 4000

/* What was told, by value and hour. */
struct sums {
	struct {
		char value[64];
		struct tg_summary s;
	} p[SUMS];
	size_t n;
	int64_t last_at;
};
struct query {
	struct tg_summary_filter f;
	struct sums *sums;
	enum tg_sum_dim dim;
};

static struct tg_summary *
at(struct sums *all, const char *value, int64_t hour)
{
	for (size_t i = 0; i < all->n; i++)
		if (all->p[i].s.hour_at == hour &&
		    strcmp(all->p[i].value, value) == 0)
			return &all->p[i].s;
	assert_true(all->n < SUMS);
	memset(&all->p[all->n], 0, sizeof(all->p[0]));
	snprintf(all->p[all->n].value, sizeof(all->p[0].value), "%s", value);
	all->p[all->n].s.hour_at = hour;
	return &all->p[all->n++].s;
}

static int
add(const struct tg_summary *s, void *arg)
{
	struct sums *all = arg;
	struct tg_summary *to = at(all, s->value, s->hour_at);
	int64_t day = s->hour_at / LOOK_DAY;

	assert_true(s->calls > 0);
	assert_true(day >= all->last_at);
	all->last_at = day;
	to->calls += s->calls;
	to->failed += s->failed;
	to->refused += s->refused;
	to->unpriced += s->unpriced;
	to->input_tokens += s->input_tokens;
	to->cached_tokens += s->cached_tokens;
	to->output_tokens += s->output_tokens;
	to->cost_nano += s->cost_nano;
	to->total_us += s->total_us;
	to->first_us += s->first_us;
	to->firsts += s->firsts;
	tg_histogram_add(&to->total, &s->total);
	tg_histogram_add(&to->first, &s->first);
	return 0;
}

static int
read_sums(struct tg_db *db, void *arg, struct tg_err *e)
{
	struct query *q = arg;

	memset(q->sums, 0, sizeof(*q->sums));
	return tg_summary_each(db, &q->f, add, q->sums, e);
}

static struct sums *
sums(struct help *h, const struct tg_summary_filter *f)
{
	struct query q = { .f = *f, .sums = malloc(sizeof(*q.sums)) };

	assert_non_null(q.sums);
	assert_int_equal(
	    tg_read(h->store, TG_DB_MAIN, read_sums, &q, &h->e), 0);
	return q.sums;
}

/* --- the same by rollups --- */

static int
add_rollup(const struct tg_rollup *u, void *arg)
{
	struct query *q = arg;
	const int64_t numbers[TG_SUM__MAX] = { [TG_SUM_KEY] = u->key_id,
		[TG_SUM_PERSON] = u->person, [TG_SUM_TEAM] = u->team,
		[TG_SUM_CUSTOMER] = u->facet, [TG_SUM_TAG] = u->facet,
		[TG_SUM_STATE] = u->state };
	const char *const texts[TG_SUM__MAX] = { [TG_SUM_ALL] = "",
		[TG_SUM_MODEL] = u->model, [TG_SUM_PROVIDER] = u->provider,
		[TG_SUM_DEPLOYMENT] = u->deployment };
	struct tg_summary *to;
	char text[32] = "";

	if (texts[q->dim] == NULL) {
		if (numbers[q->dim] == 0)
			return 0;
		snprintf(text, sizeof(text), "%lld",
		    (long long)numbers[q->dim]);
	} else if (q->dim != TG_SUM_ALL && *texts[q->dim] == '\0')
		return 0;
	to = at(q->sums, texts[q->dim] != NULL ? texts[q->dim] : text,
	    u->hour_at);
	to->calls += u->calls;
	to->unpriced += u->unpriced;
	to->failed += u->state == TG_CALL_FAILED || u->state == TG_CALL_LOST ?
	    u->calls : 0;
	to->refused += u->state == TG_CALL_REFUSED ? u->calls : 0;
	for (int i = 0; i < TG_TOK_OUTPUT; i++)
		to->input_tokens += u->tokens[i];
	to->cached_tokens += u->tokens[TG_TOK_CACHE_READ];
	to->output_tokens += u->tokens[TG_TOK_OUTPUT] +
	    u->tokens[TG_TOK_AUDIO_OUTPUT];
	to->cost_nano += u->cost_nano;
	to->total_us += u->total_us;
	to->first_us += u->first_us;
	to->firsts += u->firsts;
	return 0;
}

static int
read_rollups(struct tg_db *db, void *arg, struct tg_err *e)
{
	struct query *q = arg;
	static const int64_t facets[TG_SUM__MAX] = { [TG_SUM_CUSTOMER] = 50,
		[TG_SUM_TAG] = 60 };
	struct tg_rollup_filter f = { .facet = facets[q->dim] };
	int64_t n = q->dim == TG_SUM_CUSTOMER ? 3 :
	    q->dim == TG_SUM_TAG ? 2 : 1;

	memset(q->sums, 0, sizeof(*q->sums));
	for (; n > 0; n--, f.facet++)
		if (tg_rollup_each(db, &f, add_rollup, q, e) == -1)
			return -1;
	return 0;
}

static void
compare(struct help *h)
{
	for (int dim = 0; dim < TG_SUM__MAX; dim++) {
		struct query q = { .dim = (enum tg_sum_dim)dim,
			.sums = malloc(sizeof(*q.sums)) };
		struct tg_summary_filter f = { .dim = q.dim };
		struct sums *have = sums(h, &f);

		assert_non_null(q.sums);
		assert_int_equal(tg_read(h->store, TG_DB_MAIN, read_rollups,
		    &q, &h->e), 0);
		assert_int_equal(have->n, q.sums->n);
		for (size_t i = 0; i < have->n; i++) {
			const struct tg_summary *s = &have->p[i].s;
			struct tg_summary *u =
			    at(q.sums, have->p[i].value, s->hour_at);

			u->value = s->value;
			u->total = s->total;
			u->first = s->first;
			assert_memory_equal(u, s, sizeof(*s));
		}
		assert_int_equal(have->n, q.sums->n);
		free(have);
		free(q.sums);
	}
}

/* However it is folded, late and corrected calls come in: the same sums. */
static void
test_property(void **state)
{
	struct help *h = *state;
	uint64_t seed = 11;

	for (int i = 0; i < 8; i++)
		help_key(h->store, help_path("", (char[]){ (char)('a' + i),
		    '\0' }), NULL);
	compare(h);
	for (int round = 0; round < 12; round++) {
		int n = (int)(help_random(&seed) % 60);

		for (int i = 0; i < n; i++)
			look_call(h, &seed);
		look_late(h, &seed);
		if (round % 3 == 0)
			compare(h);
		assert_true(tg_summary_fold(
		    h->store, round % 2 == 0, &h->e) >= 0);
		compare(h);
	}
	assert_true(help_sql(h->dir, "tollgate.db",
	    "SELECT count(*) FROM ledger WHERE kind = 3") > 0);
	while (tg_summary_fold(h->store, true, &h->e) == 1)
		;
	compare(h);
	assert_int_equal(help_sql(h->dir, "tollgate.db",
	    "SELECT (SELECT max(line) FROM ledger) = line FROM followed"), 1);
}

/* Rows of before the ledger; and an old database, where many wait. */
static void
test_old(void **state)
{
	struct help *h = *state;
	uint64_t seed = 5;
	struct tg_summary_filter f = { .dim = TG_SUM_MODEL };
	struct sums *a, *b;

	for (int i = 0; i < 300; i++)
		look_call(h, &seed);
	look_late(h, &seed);
	a = sums(h, &f);
	help_sql(h->dir, "tollgate.db", "UPDATE meta SET value = "
	    "(SELECT max(seq) FROM calls) WHERE name = 'ledger_from';"
	    "DELETE FROM ledger");
	b = sums(h, &f);
	assert_int_equal(a->n, b->n);
	free(b);
	assert_true(tg_summary_fold(h->store, true, &h->e) >= 0);
	b = sums(h, &f);
	assert_int_equal(a->n, b->n);
	for (size_t i = 0; i < a->n; i++)
		assert_int_equal(at(b, a->p[i].value, a->p[i].s.hour_at)->calls,
		    a->p[i].s.calls);
	free(b);
	/* So many that rollups are read instead. */
	help_sql(h->dir, "tollgate.db",
	    "UPDATE meta SET value = 90000 WHERE name = 'ledger_from';");
	b = sums(h, &f);
	assert_int_equal(a->n, b->n);
	for (size_t i = 0; i < a->n; i++)
		assert_int_equal(
		    at(b, a->p[i].value, a->p[i].s.hour_at)->cost_nano,
		    a->p[i].s.cost_nano);
	free(b);
	free(a);
}

static void
test_filter(void **state)
{
	struct help *h = *state;
	uint64_t seed = 9;
	struct tg_summary_filter f = { .dim = TG_SUM_MODEL,
		.value = "gpt-5", .from_at = LOOK_FROM + 30 * LOOK_HOUR,
		.to_at = LOOK_FROM + 60 * LOOK_HOUR };
	struct sums *s;

	for (int i = 0; i < 250; i++)
		look_call(h, &seed);
	assert_true(tg_summary_fold(h->store, false, &h->e) >= 0);
	for (int i = 0; i < 50; i++)
		look_call(h, &seed);
	s = sums(h, &f);
	assert_true(s->n > 5);
	for (size_t i = 0; i < s->n; i++) {
		assert_string_equal(s->p[i].value, "gpt-5");
		assert_true(s->p[i].s.hour_at >= f.from_at &&
		    s->p[i].s.hour_at < f.to_at);
	}
	free(s);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, help_new, help_free)
	const struct CMUnitTest tests[] = { T(test_property), T(test_old),
		T(test_filter) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
