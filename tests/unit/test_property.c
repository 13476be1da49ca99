#include "config.h"

/*
 * Random traffic of several processes with threads over nested budgets, some
 * of them killed: at no moment is any budget over its cap, and in the end the
 * books say what was counted here.  TOLLGATE_PROPERTY_SECONDS makes it longer.
 */
#include "unit.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "book_help.h"

#define PROCESSES 4
#define THREADS 4
#define NOTES 200000
#define FLIGHTS 12
#define SQL(text) help_sql(h->dir, "tollgate.db", text)

/* What a thread knows of a row, written before and after it is settled. */
struct note {
	int64_t seq, cost;
	_Atomic bool told;	/* the settlement was acknowledged */
};
struct shared {
	_Atomic int n;
	_Atomic int refused, switched, clamped, attempts;
	_Atomic bool stop;
	struct note notes[NOTES];
};

struct crowd {
	struct tg_store *store;
	struct shared *shared;
	uint64_t chance;
};

static int64_t
pick(struct crowd *w, int64_t below)
{
	return (int64_t)(help_random(&w->chance) % (uint64_t)below);
}

static struct note *
note(struct crowd *w, int64_t seq, int64_t cost)
{
	int i = atomic_fetch_add(&w->shared->n, 1);

	if (i >= NOTES)
		_exit(9);
	w->shared->notes[i].seq = seq;
	w->shared->notes[i].cost = cost;
	return &w->shared->notes[i];
}

static void
make_call(struct crowd *w, struct book_call *b, struct tg_arena *a)
{
	static const char *const tags[] = { NULL, "[11]", "[11,12]" };
	static const char *const models[] = { "gpt-4o", "small", "claude" };

	book_call(b, w->store, a);
	b->row.key_id = 1 + pick(w, 4);
	b->row.person = 5 + pick(w, 2);
	b->row.team = 7;
	b->row.organization = 20;
	b->row.customer = pick(w, 3) == 0 ? 9 : 0;
	b->row.tag_ids = tags[pick(w, 3)];
	b->row.model = models[pick(w, 3)];
	b->ad.n_candidates = (size_t)(1 + pick(w, 3));
	b->ad.may_clamp = pick(w, 2) == 0;
	b->ad.dry = pick(w, 2) == 0;
	for (size_t i = 0; i < COUNT(b->candidates); i++) {
		struct tg_candidate *c = &b->candidates[i];

		c->fixed_nano = pick(w, 400);
		c->output_pico = pick(w, 9000);
		c->output_tokens = 1 + pick(w, 300);
		c->priced = pick(w, 20) != 0;
		c->lost_policy = (int)pick(w, 3);
	}
}

/* Settled at any cost up to the hold, on any way out. */
static int
settle(struct crowd *w, struct book_call *b, struct tg_call_row *row, bool last)
{
	static const enum tg_call_state states[] = { TG_CALL_DONE,
		TG_CALL_FAILED, TG_CALL_GONE };
	struct tg_settlement st = { .row = row, .terms = &b->terms,
		.candidate = &b->candidates[b->ad.chosen].terms, .last = last,
		.used_input = pick(w, 50), .used_output = pick(w, 50) };
	struct note *n;
	int rc;

	help_completed(row);
	row->state = states[pick(w, 3)];
	row->cost_nano = TG_COST_UNKNOWN;
	if (row->hold_nano != TG_COST_UNKNOWN && pick(w, 10) != 0)
		row->cost_nano = pick(w, row->hold_nano + 1);
	n = note(w, row->seq, row->cost_nano);
	rc = tg_book_settle(w->store, b->a, &st, &b->e);
	if (rc == 0)
		atomic_store(&n->told, true);
	if (rc == 0 && pick(w, 8) == 0)
		rc = tg_book_settle(w->store, b->a, &st, &b->e);
	return rc;
}

static int
another(struct crowd *w, struct book_call *b)
{
	struct tg_call_row next = b->row;
	int rc;

	if (settle(w, b, &b->row, false) != 0)
		return -1;
	next.attempt = 2;
	b->ad.row = &next;
	b->ad.chosen = (size_t)pick(w, (int64_t)b->ad.n_candidates);
	atomic_fetch_add(&w->shared->attempts, 1);
	if (pick(w, 4) == 0) {
		tg_book_release(w->store, &b->ad);
		return 0;
	}
	rc = tg_book_attempt(w->store, b->a, &b->ad, &b->e);
	return rc == 1 ? settle(w, b, &next, true) : rc;
}

static int
one_call(struct crowd *w, struct tg_arena *a)
{
	struct book_call b;

	make_call(w, &b, a);
	if (book_open(&b) == 0) {
		atomic_fetch_add(&w->shared->refused, 1);
		if (b.ad.refusal.kind != TG_REFUSED_SWITCH)
			return 0;
		atomic_fetch_add(&w->shared->switched, 1);
		b.row.model = b.ad.refusal.model;
		if (book_open(&b) == 0)
			return 0;
	}
	if (b.ad.clamped)
		atomic_fetch_add(&w->shared->clamped, 1);
	if (pick(w, 4) == 0)
		usleep((useconds_t)pick(w, 5000));
	if (pick(w, 8) == 0 &&
	    tg_book_progress(w->store, b.row.seq, pick(w, 400), &b.e) == -1)
		return -1;
	return pick(w, 5) == 0 ? another(w, &b) :
				 settle(w, &b, &b.row, true);
}

static void *
thread(void *arg)
{
	struct crowd w = *(struct crowd *)arg;
	struct tg_arena *a = tg_arena_new(1 << 22);

	w.chance ^= (uint64_t)(uintptr_t)&w;
	while (!atomic_load(&w.shared->stop)) {
		if (one_call(&w, a) == -1)
			_exit(8);
		tg_arena_reset(a);
	}
	tg_arena_free(a);
	return NULL;
}

static pid_t
start(struct help *h, struct shared *shared, uint64_t seed)
{
	pid_t pid = fork();
	struct crowd w = { .shared = shared, .chance = seed };
	pthread_t t[THREADS];

	assert_true(pid >= 0);
	if (pid != 0)
		return pid;
	w.store = help_open(h->dir, true);
	for (int i = 0; i < THREADS; i++)
		pthread_create(&t[i], NULL, thread, &w);
	for (int i = 0; i < THREADS; i++)
		pthread_join(t[i], NULL);
	tg_store_close(w.store);
	_exit(0);
}

/* --- from outside --- */

/* In one statement, thus in one moment. */
static void
watch(struct help *h)
{
	int64_t over = SQL(
	    "SELECT count(*) FROM caps AS c JOIN (SELECT cap, sum(n) AS n FROM "
	    "(SELECT cap, period_at, spent_nano AS n FROM balances UNION ALL "
	    "SELECT cap, period_at, amount_nano FROM holds) "
	    "GROUP BY cap, period_at) AS t ON t.cap = c.id "
	    "WHERE t.n > c.cap_nano AND c.at_cap <> 1");

	assert_int_equal(over, 0);
	assert_in_range(SQL("SELECT count(*) FROM flights"), 0, FLIGHTS);
}

static void
promise(struct help *h, int64_t size)
{
	struct tg_cap cap = book_cap("month", 40 * size);

	book_promise_cap(h->store, TG_SCOPE_HOUSE, 0, "", cap);
	cap.cap_nano = 13 * size;
	cap.period = "day";
	book_promise_cap(h->store, TG_SCOPE_KEY, 1, "", cap);
	cap.over = TG_OVER_REFUSE;
	book_promise_cap(h->store, TG_SCOPE_KEY_MODEL, 2, "gpt-*", cap);
	cap.over = TG_OVER_CLAMP;
	cap.at_cap = TG_AT_CAP_SWITCH;
	cap.switch_model = "small";
	cap.switch_percent = 70;
	book_promise_cap(h->store, TG_SCOPE_PERSON, 5, "", cap);
	cap.at_cap = TG_AT_CAP_WARN;
	book_promise_cap(h->store, TG_SCOPE_TEAM, 7, "", cap);
	cap.at_cap = TG_AT_CAP_BLOCK;
	cap.unpriced = TG_UNPRICED_ALLOW;
	cap.period = "total";
	book_promise_cap(h->store, TG_SCOPE_CUSTOMER, 9, "", cap);
	book_promise_cap(h->store, TG_SCOPE_MODEL, 0, "claude", cap);
	book_promise_cap(h->store, TG_SCOPE_TAG, 12, "", cap);
	book_promise_cap(h->store, TG_SCOPE_PROVIDER, 0, "other", cap);
	cap.unpriced = TG_UNPRICED_BLOCK;
	book_promise_cap(
	    h->store, TG_SCOPE_ORGANIZATION_MEMBER, 6, "20", cap);
	book_promise_cap(
	    h->store, TG_SCOPE_ORGANIZATION_MODEL, 20, "cl*", cap);
}

/* What the threads know against what the books say. */
static void
compare(struct help *h, struct shared *shared)
{
	struct tg_call_filter f = { .state = -1, .limit = INT64_MAX,
		.oldest_first = true };
	struct tg_call_row *rows;
	int64_t told = 0;
	size_t n;

	assert_int_equal(
	    tg_call_list(h->store, h->arena, &f, &rows, &n, &h->e), 0);
	for (int i = 0; i < shared->n; i++) {
		const struct note *note = &shared->notes[i];
		const struct tg_call_row *c = &rows[note->seq - 1];

		assert_in_range(note->seq, 1, n);
		assert_int_equal(c->seq, note->seq);
		if (!atomic_load(&note->told) && c->state == TG_CALL_LOST)
			continue;
		assert_int_equal(c->cost_nano, note->cost);
		told++;
	}
	print_message("calls: %zu, settled: %lld, refused: %d, switched: %d, "
	    "clamped: %d, attempts: %d, lost: %lld\n", n, (long long)told,
	    shared->refused, shared->switched, shared->clamped,
	    shared->attempts,
	    (long long)SQL("SELECT count(*) FROM calls WHERE state = 4"));
}

static void
kill_one(struct help *h, struct shared *shared, pid_t *pid, uint64_t seed)
{
	int status;

	assert_int_equal(kill(*pid, SIGKILL), 0);
	assert_int_equal(waitpid(*pid, &status, 0), *pid);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	*pid = start(h, shared, seed);
}

static void
test_property(void **state)
{
	struct help *h = *state;
	const char *seconds = getenv("TOLLGATE_PROPERTY_SECONDS");
	int64_t until = tg_mono_ms() +
	    1000 * (seconds != NULL ? strtol(seconds, NULL, 10) : 4);
	struct shared *shared = mmap(NULL, sizeof(*shared),
	    PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pid_t pids[PROCESSES];
	int status;
	int64_t n;

	assert_true(shared != MAP_FAILED);
	promise(h, 2000);
	book_promise_limit(h->store, TG_SCOPE_DEPLOYMENT, 0, "d2",
	    book_limit(TG_LIMIT_PARALLEL, 0, FLIGHTS));
	for (int i = 0; i < PROCESSES; i++)
		pids[i] = start(h, shared, (uint64_t)i);
	for (int round = 1; tg_mono_ms() < until; round++) {
		watch(h);
		if (round % 5 == 0)
			assert_int_equal(
			    tg_book_sweep(h->store, &n, &h->e), 0);
		if (round % 20 == 0)
			promise(h, 1000 * round);
		if (round % 12 == 0)
			kill_one(h, shared, &pids[round / 12 % PROCESSES],
			    (uint64_t)round);
		if (round % 30 == 0)
			book_verify(h->store);
		usleep(15000);
	}
	atomic_store(&shared->stop, true);
	for (int i = 0; i < PROCESSES; i++) {
		assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
		assert_int_equal(status, 0);
	}
	watch(h);
	assert_int_equal(tg_book_sweep(h->store, &n, &h->e), 0);
	SQL("UPDATE calls SET worker = '1:1' WHERE follows");
	assert_int_equal(tg_book_sweep(h->store, &n, &h->e), 0);
	assert_int_equal(SQL("SELECT count(*) FROM holds"), 0);
	assert_int_equal(SQL("SELECT count(*) FROM flights"), 0);
	book_verify(h->store);
	compare(h, shared);
	assert_int_equal(SQL("SELECT sum(amount_nano) FROM ledger"),
	    SQL("SELECT sum(cost_nano) FROM calls"));
	munmap(shared, sizeof(*shared));
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test_setup_teardown(
	    test_property, help_new, help_free) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
