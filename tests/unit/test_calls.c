#include "config.h"

/* The books: store/calls.h. */
#include "unit.h"

#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store_help.h"

#define SECOND 1000000LL

static void
same_text(const char *a, const char *b)
{
	if (b == NULL)
		assert_null(a);
	else
		assert_string_equal(a, b);
}

static void
same(const struct tg_call_row *a, const struct tg_call_row *b)
{
	assert_int_equal(a->seq, b->seq);
	assert_string_equal(a->id, b->id);
	assert_int_equal(a->attempt, b->attempt);
	assert_int_equal(a->state, b->state);
	assert_int_equal(a->key_id, b->key_id);
	same_text(a->worker, b->worker != NULL ? b->worker : tg_worker_name());
	same_text(a->user, b->user);
	same_text(a->addr, b->addr);
	same_text(a->agent, b->agent);
	same_text(a->route, b->route);
	same_text(a->model, b->model);
	same_text(a->deployment, b->deployment);
	same_text(a->provider, b->provider);
	same_text(a->upstream_model, b->upstream_model);
	assert_int_equal(a->stream, b->stream);
	assert_int_equal(a->status, b->status);
	assert_int_equal(a->upstream_status, b->upstream_status);
	same_text(a->error, b->error);
	same_text(a->upstream_id, b->upstream_id);
	same_text(a->finish, b->finish);
	for (int i = 0; i < TG_TOK__MAX; i++)
		assert_int_equal(a->tokens[i], b->tokens[i]);
	assert_int_equal(a->reasoning_tokens, b->reasoning_tokens);
	assert_int_equal(a->usage_odd, b->usage_odd);
	assert_int_equal(a->cost_nano, b->cost_nano);
	assert_int_equal(a->provider_cost_nano, b->provider_cost_nano);
	same_text(a->price_ids, b->price_ids);
	assert_int_equal(a->start_at, b->start_at);
	assert_int_equal(a->sent_us, b->sent_us);
	assert_int_equal(a->first_byte_us, b->first_byte_us);
	assert_int_equal(a->first_content_us, b->first_content_us);
	assert_int_equal(a->end_us, b->end_us);
	assert_int_equal(a->request_bytes, b->request_bytes);
	assert_int_equal(a->answer_bytes, b->answer_bytes);
}

static struct tg_call_row *
find(struct help *h, const char *id, size_t expected)
{
	struct tg_call_row *rows;
	size_t n;

	assert_int_equal(
	    tg_call_find(h->store, h->arena, id, &rows, &n, &h->e), 0);
	assert_int_equal(n, expected);
	return rows;
}

static void
test_round_trip(void **state)
{
	struct help *h = *state;
	struct tg_call_row c = help_call(0), *got;

	assert_int_equal(help_call_open(h->store, &c, &h->e), 0);
	assert_true(c.seq > 0);
	got = find(h, c.id, 1);
	assert_int_equal(got->state, TG_CALL_OPEN);
	assert_int_equal(got->status, 0);
	assert_int_equal(got->tokens[TG_TOK_INPUT], -1);
	assert_int_equal(got->cost_nano, TG_COST_UNKNOWN);
	assert_int_equal(got->end_us, -1);
	help_completed(&c);
	c.usage_odd = true;
	c.error = "cut";
	assert_int_equal(help_call_close(h->store, &c, &h->e), 0);
	same(find(h, c.id, 1), &c);
}

/* The first completion stays. */
static void
test_close_twice(void **state)
{
	struct help *h = *state;
	struct tg_call_row c = help_call(0), again;

	assert_int_equal(help_call_open(h->store, &c, &h->e), 0);
	help_completed(&c);
	assert_int_equal(help_call_close(h->store, &c, &h->e), 0);
	again = c;
	again.state = TG_CALL_FAILED;
	again.cost_nano = 99;
	assert_int_equal(help_call_close(h->store, &again, &h->e), 0);
	same(find(h, c.id, 1), &c);
}

static void
test_attempts(void **state)
{
	struct help *h = *state;
	struct tg_call_row c = help_call(0), other = help_call(0), *rows;
	size_t n;

	snprintf(c.id, sizeof(c.id), "%s",
	    "01890000-0000-7000-8000-00000000aaaa");
	snprintf(other.id, sizeof(other.id), "%s",
	    "01890000-0000-7000-8000-00000000bbbb");
	for (c.attempt = 1; c.attempt <= 3; c.attempt++)
		assert_int_equal(help_call_open(h->store, &c, &h->e), 0);
	rows = find(h, "01890000-0000-7000-8000-00000000a", 3);
	for (int i = 0; i < 3; i++)
		assert_int_equal(rows[i].attempt, i + 1);
	find(h, "01890000", 3);
	find(h, "0189000", 0);
	find(h, "01890001", 0);
	find(h, "%%%%%%%%%%%", 0);
	/* The same attempt twice is refused. */
	c.attempt = 2;
	assert_int_equal(help_call_open(h->store, &c, &h->e), -1);
	tg_err_reset(&h->e);
	assert_int_equal(help_call_open(h->store, &other, &h->e), 0);
	assert_int_equal(tg_call_find(
	    h->store, h->arena, "01890000", &rows, &n, &h->e), -1);
	assert_int_equal(n, 0);
	assert_int_equal(h->e.code, TG_E_CONFLICT);
}

/* --- lists --- */

static void
fill(struct help *h, int n)
{
	static const char *const models[] = { "a", "b", "c" };

	for (int i = 0; i < n; i++) {
		struct tg_call_row c = help_call(i % 7 + 1);

		c.start_at = (1000 + i) * SECOND;
		/* Some begin together and are noted the other way round. */
		if (i % 10 == 3)
			c.start_at += 2 * SECOND;
		c.model = models[i % 3];
		c.provider = i % 2 == 0 ? "even" : "odd";
		assert_int_equal(help_call_open(h->store, &c, &h->e), 0);
		if (i % 5 == 0)
			continue;
		help_completed(&c);
		c.status = i % 4 == 0 ? 429 : 200;
		c.state = i % 4 == 0 ? TG_CALL_FAILED : TG_CALL_DONE;
		assert_int_equal(help_call_close(h->store, &c, &h->e), 0);
	}
}

static bool
wanted(const struct tg_call_filter *f, const struct tg_call_row *c)
{
	return (f->key_id == 0 || c->key_id == f->key_id) &&
	    (f->model == NULL || strcmp(f->model, c->model) == 0) &&
	    (f->provider == NULL || strcmp(f->provider, c->provider) == 0) &&
	    (f->status == 0 || c->status == f->status ||
		c->status / 100 == f->status) &&
	    (f->state < 0 || (int)c->state == f->state) &&
	    (f->since_at == 0 || c->start_at >= f->since_at) &&
	    (f->until_at == 0 || c->start_at < f->until_at) &&
	    c->seq > f->after_seq;
}

/* Against a plain walk over all rows. */
static void
compare(struct help *h, const struct tg_call_filter *f,
    const struct tg_call_row *all, size_t n_all)
{
	struct tg_call_row *rows;
	size_t n, k = 0, limit = f->limit > 0 ? (size_t)f->limit : 100;
	bool up = f->oldest_first || f->after_seq > 0;

	assert_int_equal(
	    tg_call_list(h->store, h->arena, f, &rows, &n, &h->e), 0);
	for (size_t i = 0; i < n_all && k < limit; i++) {
		const struct tg_call_row *c =
		    &all[up ? i : n_all - 1 - i];

		if (!wanted(f, c))
			continue;
		assert_true(k < n);
		same(&rows[k++], c);
	}
	assert_int_equal(k, n);
}

static void
test_lists(void **state)
{
	struct help *h = *state;
	struct tg_call_filter f = { .state = -1, .limit = 5000,
		.oldest_first = true };
	struct tg_call_row *all;
	uint64_t seed = 7;
	size_t n;

	compare(h, &f, NULL, 0);
	fill(h, 2000);
	assert_int_equal(
	    tg_call_list(h->store, h->arena, &f, &all, &n, &h->e), 0);
	assert_int_equal(n, 2000);
	for (int i = 0; i < 400; i++) {
		uint64_t r = help_random(&seed);

		f = (struct tg_call_filter){ .state = -1 };
		if (r & 1)
			f.key_id = (int64_t)(r >> 8 & 7);
		if (r & 2)
			f.model = "b";
		if (r & 4)
			f.provider = "odd";
		if ((r & 24) == 8)
			f.status = 4;
		if ((r & 24) == 16)
			f.status = 200;
		if ((r & 96) == 32)
			f.state = TG_CALL_OPEN;
		f.oldest_first = (r & 128) != 0;
		f.limit = (int64_t)(r >> 16 & 255);
		if (r & 1 << 24)
			f.since_at = (int64_t)(r >> 32 & 4095) * SECOND;
		if (r & 1 << 25)
			f.until_at = (int64_t)(r >> 44 & 4095) * SECOND;
		if (r & 1 << 26)
			f.after_seq = (int64_t)(r >> 50 & 2047);
		compare(h, &f, all, n);
	}
}

static void
test_names(void **state)
{
	(void)state;
	assert_string_equal(tg_call_state_name(TG_CALL_LOST), "lost");
	assert_string_equal(tg_token_class_name(TG_TOK_CACHE_WRITE_1H),
	    "cache_write_1h");
	for (int i = 0; i < TG_TOK__MAX; i++)
		assert_non_null(tg_token_class_name(i));
}

/* --- the sweeper --- */

/* A process that opens calls and is killed, or ends. */
static void
leave_open(struct help *h, int n, bool killed)
{
	int status;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		struct tg_store *s = help_open(h->dir, true);

		for (int i = 0; i < n; i++) {
			struct tg_call_row c = help_call(0);

			if (help_call_open(s, &c, &h->e) == -1)
				_exit(1);
		}
		if (killed)
			raise(SIGKILL);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(killed ? WIFSIGNALED(status) : status == 0);
}

static void
test_sweep(void **state)
{
	struct help *h = *state;
	struct tg_call_filter f = { .state = TG_CALL_LOST };
	struct tg_call_row mine = help_call(0), odd = help_call(0), *rows;
	struct tg_call_row late;
	char reborn[64];
	int64_t lost = -1;
	size_t n;

	assert_int_equal(help_call_open(h->store, &mine, &h->e), 0);
	assert_int_equal(tg_book_sweep(h->store, &lost, &h->e), 0);
	assert_int_equal(lost, 0);
	leave_open(h, 3, true);
	leave_open(h, 2, false);
	/* Our number, but another birth: a process that came after one. */
	snprintf(reborn, sizeof(reborn), "%ld:1", (long)getpid());
	odd.worker = reborn;
	assert_int_equal(help_call_open(h->store, &odd, &h->e), 0);
	assert_int_equal(tg_book_sweep(h->store, &lost, &h->e), 0);
	assert_int_equal(lost, 6);
	assert_int_equal(
	    tg_call_list(h->store, h->arena, &f, &rows, &n, &h->e), 0);
	assert_int_equal(n, 6);
	assert_string_equal(rows[0].error, "lost");
	assert_int_equal(find(h, mine.id, 1)->state, TG_CALL_OPEN);
	/* It lives after all (in a container, say), and knows better. */
	late = rows[5];
	help_completed(&late);
	assert_int_equal(help_call_close(h->store, &late, &h->e), 0);
	assert_int_equal(find(h, late.id, 1)->state, TG_CALL_DONE);
	assert_int_equal(tg_book_sweep(h->store, &lost, &h->e), 0);
	assert_int_equal(lost, 0);
}

static void
test_worker_name(void **state)
{
	char before[64];
	int status;
	pid_t pid;

	(void)state;
	snprintf(before, sizeof(before), "%s", tg_worker_name());
	assert_string_equal(before, tg_worker_name());
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0)
		_exit(strcmp(before, tg_worker_name()) == 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, help_new, help_free)
	const struct CMUnitTest tests[] = { T(test_round_trip),
		T(test_close_twice), T(test_attempts), T(test_lists),
		T(test_sweep), cmocka_unit_test(test_names),
		cmocka_unit_test(test_worker_name) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
