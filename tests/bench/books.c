/*
 * What admission and settlement cost by themselves: the two transactions of a
 * call against a fresh database, alone and with threads that share commits,
 * with and without budgets, under both settings of synchronous.
 *
 *	books SECONDS	prints JSON: [{"synchronous","budgets","threads","rps",
 *			"open_p50","open_p99","settle_p50","settle_p99"}]
 */
#include "config.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/id.h"
#include "base/log.h"
#include "store/books.h"
#include "store/db.h"

#define THREADS 16
#define MAX_CALLS 200000	/* each thread's */
#define SAMPLES ((size_t)THREADS * MAX_CALLS)
#define HUGE_NANO 1000000000000000LL

struct world {
	struct tg_store *store;
	bool budgets;
	int64_t end_ms;
};
struct run {
	bool full, budgets;
	int threads, seconds;
};
struct own {
	pthread_t thread;
	const struct world *w;
	int32_t *open_us, *settle_us;
	int n;
};

static int make(struct tg_db *db, void *arg, struct tg_err *e);
static void measure(const char *top, const struct run *r);
static int spend_all(struct world *w, const struct run *r);
static void *work(void *arg);
static void one(struct own *o, struct tg_arena *a);
static void settle(const struct world *w, struct tg_arena *a,
    struct tg_call_row *row, const struct tg_terms *terms,
    const struct tg_terms *candidate);
static void find_terms(const struct world *w, struct tg_arena *a,
    struct tg_terms *own, struct tg_terms *candidate);
static int32_t percentile(const struct run *r, bool settle, int p);
static int by_value(const void *a, const void *b);
static void die(const struct tg_err *e) __attribute__((noreturn));

static struct own all[THREADS];

static const struct tg_account_ref refs[] = {
	{ TG_SCOPE_HOUSE, 0, "" },
	{ TG_SCOPE_KEY, 1, "" },
	{ TG_SCOPE_PERSON, 1, "" },
	{ TG_SCOPE_TEAM, 2, "" },
	{ TG_SCOPE_MEMBER, 1, "" },
	{ TG_SCOPE_MODEL, 0, "m" },
};
static const struct tg_account_ref candidate_refs[] = {
	{ TG_SCOPE_PROVIDER, 0, "p" },
	{ TG_SCOPE_DEPLOYMENT, 0, "d" },
};

int
main(int argc, char **argv)
{
	int seconds = argc > 1 ? (int)strtol(argv[1], NULL, 10) : 1;
	char dir[] = "/tmp/tollgate-books.XXXXXX";
	struct run r;
	int i;

	if (tg_crypto_init() == -1 || mkdtemp(dir) == NULL)
		return 1;
	tg_log_level_set(TG_LOG_WARN);
	printf("[");
	for (i = 0; i < 8; i++) {
		r = (struct run){ .full = i / 4 == 0, .budgets = i % 4 / 2 == 1,
			.threads = i % 2 == 0 ? 1 : THREADS,
			.seconds = seconds };
		printf("%s", i > 0 ? "," : "");
		measure(dir, &r);
	}
	printf("]\n");
	fflush(stdout);
	return execlp("rm", "rm", "-rf", dir, (char *)NULL);
}

static void
measure(const char *top, const struct run *r)
{
	char dir[160];
	struct tg_store_conf conf = { .dir = dir,
		.full_sync = r->full,
		.busy_ms = 5000,
		.threads = true };
	struct world w = { .budgets = r->budgets };
	struct tg_err e = { 0 };
	int64_t begin;
	int n;

	snprintf(dir, sizeof(dir), "%s/%d%d%d", top, r->full, r->budgets,
	    r->threads);
	if (mkdir(dir, 0700) == -1 ||
	    tg_store_init(&conf, &w.store, &e) == -1 ||
	    tg_write(w.store, TG_DB_MAIN, make, &w, &e) == -1)
		die(&e);
	begin = tg_mono_ms();
	w.end_ms = begin + r->seconds * 1000;
	n = spend_all(&w, r);
	printf("{\"synchronous\":\"%s\",\"budgets\":%d,\"threads\":%d,"
	       "\"rps\":%.0f,\"open_p50\":%d,\"open_p99\":%d,"
	       "\"settle_p50\":%d,\"settle_p99\":%d}",
	    r->full ? "full" : "normal", r->budgets ? 5 : 0, r->threads,
	    n * 1000.0 / (double)(tg_mono_ms() - begin),
	    percentile(r, false, 50), percentile(r, false, 99),
	    percentile(r, true, 50), percentile(r, true, 99));
	fflush(stdout);
	tg_store_close(w.store);
}

/* How many calls there were. */
static int
spend_all(struct world *w, const struct run *r)
{
	int i, n = 0;

	for (i = 0; i < r->threads; i++) {
		all[i].w = w;
		all[i].n = 0;
		if (all[i].open_us == NULL) {
			all[i].open_us = calloc(MAX_CALLS, sizeof(int32_t));
			all[i].settle_us = calloc(MAX_CALLS, sizeof(int32_t));
		}
		if (all[i].open_us == NULL || all[i].settle_us == NULL ||
		    pthread_create(&all[i].thread, NULL, work, &all[i]) != 0)
			exit(1);
	}
	for (i = 0; i < r->threads; i++) {
		pthread_join(all[i].thread, NULL);
		n += all[i].n;
	}
	return n;
}

/* Two budgets on the key, and its person's, team's and membership's. */
static int
make(struct tg_db *db, void *arg, struct tg_err *e)
{
	const struct world *w = arg;
	struct tg_cap caps[2] = {
		{ .origin = "own", .period = "day", .cap_nano = HUGE_NANO,
		    .soft_nano = TG_NANO_NONE, .switch_percent = 100,
		    .marks = "50,80,95,100" },
	};
	struct tg_promises none = { 0 }, p = { .caps = caps, .n_caps = 1 };
	size_t i;
	int64_t id;

	caps[1] = caps[0];
	caps[1].period = "month";
	for (i = 0; i < sizeof(refs) / sizeof(refs[0]); i++) {
		p.n_caps = refs[i].scope == TG_SCOPE_KEY ? 2 : 1;
		if (tg_account_make(db, refs[i].scope, refs[i].subject,
			refs[i].name, &id, e) == -1)
			return -1;
		if (refs[i].subject != 0 &&
		    tg_promise_set(db, refs[i].scope, refs[i].subject, "",
			w->budgets ? &p : &none, e) == -1)
			return -1;
	}
	return 0;
}

static void *
work(void *arg)
{
	struct tg_arena *a = tg_arena_new(1024 * 1024);
	struct own *o = arg;

	while (o->n < MAX_CALLS && tg_mono_ms() < o->w->end_ms) {
		one(o, a);
		tg_arena_reset(a);
	}
	tg_arena_free(a);
	return NULL;
}

/* A call as the gate makes it: 600 tokens in, 200 of 256 out. */
static void
one(struct own *o, struct tg_arena *a)
{
	struct tg_call_row row = {
		.attempt = 1,
		.worker = tg_worker_name(),
		.key_id = 1,
		.person = 1,
		.team = 2,
		.member = 1,
		.route = "chat",
		.model = "m",
		.deployment = "d",
		.provider = "p",
		.upstream_model = "m",
		.queued_us = -1,
		.provider_cost_nano = TG_COST_UNKNOWN,
		.streamed_tokens = -1,
		.start_at = tg_wall_us(),
		.reasoning_tokens = -1,
	};
	struct tg_candidate candidate = {
		.deployment = "d",
		.provider = "p",
		.upstream_model = "m",
		.priced = true,
		.fixed_nano = 300000,
		.output_pico = 1500000,
		.input_tokens = 600,
		.output_tokens = 256,
	};
	struct tg_terms terms;
	struct tg_admission ad = {
		.row = &row,
		.terms = &terms,
		.candidates = &candidate,
		.n_candidates = 1,
		.choices = 1,
		.may_clamp = true,
		.least_tokens = 16,
	};
	struct tg_err e = { 0 };
	int64_t at = tg_mono_us(), then;

	tg_uuid7(row.id);
	find_terms(o->w, a, &terms, &candidate.terms);
	if (tg_book_open(o->w->store, a, &ad, &e) != 1)
		die(&e);
	then = tg_mono_us();
	o->open_us[o->n] = (int32_t)(then - at);
	settle(o->w, a, &row, &terms, &candidate.terms);
	o->settle_us[o->n++] = (int32_t)(tg_mono_us() - then);
}

static void
settle(const struct world *w, struct tg_arena *a, struct tg_call_row *row,
    const struct tg_terms *terms, const struct tg_terms *candidate)
{
	struct tg_settlement st = {
		.row = row,
		.terms = terms,
		.candidate = candidate,
		.last = true,
		.used_input = 500,
		.used_output = 200,
	};
	struct tg_err e = { 0 };

	row->state = TG_CALL_DONE;
	row->status = 200;
	row->head = row->seq;
	row->tokens[TG_TOK_INPUT] = 500;
	row->tokens[TG_TOK_OUTPUT] = 200;
	row->cost_nano = 550000;
	row->end_us = 1000;
	if (tg_book_settle(w->store, a, &st, &e) != 0)
		die(&e);
}

static void
find_terms(const struct world *w, struct tg_arena *a, struct tg_terms *own,
    struct tg_terms *candidate)
{
	struct tg_err e = { 0 };

	if (tg_terms_find(w->store, a, refs, sizeof(refs) / sizeof(refs[0]),
		own, &e) == -1 ||
	    tg_terms_find(w->store, a, candidate_refs,
		sizeof(candidate_refs) / sizeof(candidate_refs[0]), candidate,
		&e) == -1)
		die(&e);
}

static int32_t
percentile(const struct run *r, bool settle, int p)
{
	static int32_t values[SAMPLES];
	size_t n = 0;
	int i;

	for (i = 0; i < r->threads; i++) {
		memcpy(values + n, settle ? all[i].settle_us : all[i].open_us,
		    (size_t)all[i].n * sizeof(int32_t));
		n += (size_t)all[i].n;
	}
	if (n == 0)
		return 0;
	qsort(values, n, sizeof(values[0]), by_value);
	return values[(n - 1) * (size_t)p / 100];
}

static int
by_value(const void *a, const void *b)
{
	int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;

	return (x > y) - (x < y);
}

static void
die(const struct tg_err *e)
{
	fprintf(stderr, "books: %s\n", e->msg);
	exit(1);
}
