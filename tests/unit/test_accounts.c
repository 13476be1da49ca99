#include "config.h"

/* Accounts, promises, terms, sums by the hour: store/accounts.h and beside. */
#include "unit.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "book_help.h"
#include "store/inner.h"
#include "store/rollups.h"

#define SQL(text) help_sql(h->dir, "tollgate.db", text)
#define HOUR (3600 * INT64_C(1000000))

struct ask {
	struct tg_arena *a;
	enum tg_scope scope;
	int64_t subject;
	const char *name;
	struct tg_account *accounts;
	size_t n;
	struct tg_standing *standings;
	size_t n_standings;
	int64_t spent;
};

static int
accounts_of(struct tg_db *db, void *arg, struct tg_err *e)
{
	struct ask *q = arg;

	if (tg_accounts_of(db, q->a, q->scope, q->subject, &q->accounts, &q->n,
		e) == -1)
		return -1;
	return q->n == 0 ? 0 :
			   tg_standings(db, q->a, &q->accounts[0],
			       tg_wall_us(), &q->standings, &q->n_standings,
			       e);
}

static int
spent(struct tg_db *db, void *arg, struct tg_err *e)
{
	struct ask *q = arg;

	return tg_account_spent(db, q->scope, q->subject, q->name, &q->spent,
	    e);
}

static int64_t
spent_of(struct help *h, enum tg_scope scope, int64_t subject,
    const char *name)
{
	struct ask q = { .scope = scope, .subject = subject, .name = name };

	if (tg_read(h->store, TG_DB_MAIN, spent, &q, &h->e) == -1)
		fail_msg("%s", h->e.msg);
	return q.spent;
}

static void
test_promises(void **state)
{
	struct help *h = *state;
	struct tg_cap caps[2] = { book_cap("day", 100), book_cap("month", 900) };
	struct tg_limit limits[2] = { book_limit(TG_LIMIT_REQUESTS, 60, 5),
		book_limit(TG_LIMIT_PARALLEL, 0, 2) };
	struct tg_promises p = { caps, 2, limits, 2 };
	struct tg_account_ref of = { TG_SCOPE_TEAM, 3, "" };
	struct ask q = { .a = h->arena, .scope = TG_SCOPE_TEAM, .subject = 3 };
	int64_t before = SQL("SELECT value FROM meta WHERE name = 'rules'");

	book_promise(h->store, &of, &p);
	assert_int_equal(SQL("SELECT value FROM meta WHERE name = 'rules'"),
	    before + 1);
	assert_int_equal(
	    tg_read(h->store, TG_DB_MAIN, accounts_of, &q, &h->e), 0);
	assert_int_equal(q.n, 1);
	assert_int_equal(q.accounts[0].n_caps, 2);
	assert_int_equal(q.accounts[0].n_limits, 2);
	assert_string_equal(q.accounts[0].caps[1].period, "month");
	assert_int_equal(q.accounts[0].caps[1].soft_nano, TG_NANO_NONE);
	assert_int_equal(q.n_standings, 4);
	assert_true(q.standings[0].reset_at > tg_wall_us());
	/* One cap changes and keeps its number; the others go. */
	caps[0].cap_nano = 7;
	caps[0].at_cap = TG_AT_CAP_SWITCH;
	caps[0].switch_model = "small";
	p.n_caps = 1;
	p.n_limits = 0;
	book_promise(h->store, &of, &p);
	assert_int_equal(
	    tg_read(h->store, TG_DB_MAIN, accounts_of, &q, &h->e), 0);
	assert_int_equal(q.accounts[0].n_caps, 1);
	assert_int_equal(q.accounts[0].caps[0].id, 1);
	assert_int_equal(q.accounts[0].caps[0].cap_nano, 7);
	assert_string_equal(q.accounts[0].caps[0].switch_model, "small");
	assert_int_equal(q.accounts[0].n_limits, 0);
	assert_int_equal(SQL("SELECT count(*) FROM limits"), 0);
	/* A number is not given again. */
	book_promise_cap(h->store, TG_SCOPE_HOUSE, 0, "", book_cap("year", 1));
	assert_int_equal(SQL("SELECT max(id) FROM caps"), 3);
}

/* --- terms --- */

static void
test_terms(void **state)
{
	struct help *h = *state;
	struct tg_store *other = help_open(h->dir, true);
	struct tg_account_ref refs[] = { { TG_SCOPE_HOUSE, 0, "" },
		{ TG_SCOPE_KEY, 1, "" }, { TG_SCOPE_KEY_MODEL, 1, "gpt-4o" },
		{ TG_SCOPE_PROVIDER, 0, "openai" } };
	struct tg_terms t;

	assert_int_equal(tg_terms_find(other, h->arena, refs, COUNT(refs), &t,
	    &h->e), 0);
	assert_int_equal(t.n, 0);
	assert_false(tg_terms_cap(&t) || tg_terms_limit(&t));
	book_promise_cap(h->store, TG_SCOPE_KEY_MODEL, 1, "gpt-4*",
	    book_cap("day", 1));
	book_promise_cap(h->store, TG_SCOPE_KEY_MODEL, 1, "o1",
	    book_cap("day", 2));
	book_promise_cap(h->store, TG_SCOPE_KEY_MODEL, 1, "*",
	    book_cap("day", 3));
	book_promise_limit(h->store, TG_SCOPE_PROVIDER, 0, "openai",
	    book_limit(TG_LIMIT_REQUESTS, 60, 9));
	book_promise_limit(h->store, TG_SCOPE_PROVIDER, 0, "other",
	    book_limit(TG_LIMIT_REQUESTS, 60, 9));
	/* Until it learns of it, a process gives what it has. */
	assert_int_equal(tg_terms_find(other, h->arena, refs, COUNT(refs), &t,
	    &h->e), 0);
	assert_int_equal(t.n, 0);
	tg_terms_note(other, t.version + 5);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(tg_terms_find(other, h->arena, refs,
		    COUNT(refs), &t, &h->e), 0);
		assert_int_equal(t.n, 3);
		assert_int_equal(t.accounts[0].caps[0].cap_nano, 1);
		assert_int_equal(t.accounts[1].caps[0].cap_nano, 3);
		assert_string_equal(t.accounts[2].name, "openai");
		assert_true(tg_terms_cap(&t) && tg_terms_limit(&t));
	}
	tg_store_close(other);
}

/* More accounts than there are places for. */
static void
test_many_terms(void **state)
{
	struct help *h = *state;
	struct tg_terms t;

	for (int64_t id = 1; id <= 60; id++)
		book_promise_cap(h->store, TG_SCOPE_KEY, id, "",
		    book_cap("day", id));
	for (int round = 0; round < 2; round++)
		for (int64_t id = 1; id <= 3000; id++) {
			struct tg_account_ref ref = { TG_SCOPE_KEY, id, "" };
			struct tg_arena_mark m = tg_arena_mark(h->arena);

			assert_int_equal(tg_terms_find(h->store, h->arena, &ref,
			    1, &t, &h->e), 0);
			assert_int_equal(t.n, id <= 60);
			if (id <= 60)
				assert_int_equal(
				    t.accounts[0].caps[0].cap_nano, id);
			tg_arena_rewind(h->arena, m);
		}
}

/* --- sums --- */

static void
spend(struct help *h, int64_t at, const char *model, int64_t nano)
{
	struct book_call b;

	book_call(&b, h->store, h->arena);
	b.row.start_at = at;
	b.row.model = model;
	b.row.person = 5;
	b.row.team = 6;
	b.row.member = 7;
	b.row.project = 8;
	b.row.organization = 9;
	b.row.customer = 10;
	b.row.tag_ids = "[11,12]";
	assert_int_equal(book_open(&b), 1);
	assert_int_equal(book_settle(&b, nano), 0);
}

static int
sum(const struct tg_rollup *r, void *arg)
{
	struct tg_rollup *all = arg;

	all->calls += r->calls;
	all->cost_nano += r->cost_nano;
	all->hour_at = r->hour_at;
	return all->unpriced == 1;
}

struct each {
	struct tg_rollup_filter f;
	struct tg_rollup sum;
};

static int
each(struct tg_db *db, void *arg, struct tg_err *e)
{
	struct each *q = arg;

	return tg_rollup_each(db, &q->f, sum, &q->sum, e);
}

static int64_t
summed(struct help *h, struct tg_rollup_filter f)
{
	struct each q = { .f = f };

	if (tg_read(h->store, TG_DB_MAIN, each, &q, &h->e) == -1)
		fail_msg("%s", h->e.msg);
	return q.sum.cost_nano;
}

static void
test_rollups(void **state)
{
	struct help *h = *state;
	int64_t hour = tg_wall_us() / HOUR * HOUR;
	struct tg_rollup_filter f = { 0 };

	help_sql(h->dir, "tollgate.db", "INSERT INTO subjects (id, kind, name, "
	    "created_at, updated_at) VALUES (10, 3, 'c', 0, 0), "
	    "(11, 6, 't', 0, 0), (12, 6, 'u', 0, 0)");
	spend(h, hour - 2 * HOUR + 5, "a", 100);
	spend(h, hour - HOUR, "a", 20);
	spend(h, hour, "b", 3);
	assert_int_equal(summed(h, (struct tg_rollup_filter){ 0 }), 123);
	f.from_at = hour - HOUR;
	f.to_at = hour;
	assert_int_equal(summed(h, f), 20);
	assert_int_equal(summed(h, (struct tg_rollup_filter){ .facet = 12, .model = "b" }), 3);
	assert_int_equal(summed(h, (struct tg_rollup_filter){ .facet = -1 }),
	    123);
	assert_int_equal(summed(h, (struct tg_rollup_filter){ .facet = -2 }),
	    246);
	assert_int_equal(summed(h, (struct tg_rollup_filter){ .team = 6,
	    .person = 5, .provider = "openai" }), 123);
	assert_int_equal(summed(h, (struct tg_rollup_filter){ .team = 7 }), 0);
	assert_int_equal(spent_of(h, TG_SCOPE_HOUSE, 0, ""), 123);
	assert_int_equal(spent_of(h, TG_SCOPE_MODEL, 0, "a"), 120);
	assert_int_equal(spent_of(h, TG_SCOPE_PROVIDER, 0, "openai"), 123);
	assert_int_equal(spent_of(h, TG_SCOPE_KEY_MODEL, 1, "b*"), 3);
	assert_int_equal(spent_of(h, TG_SCOPE_MEMBER, 7, ""), 123);
	book_verify(h->store);
}

/* A new cap begins with what was spent, of whatever scope it is. */
static void
test_first_balance(void **state)
{
	struct help *h = *state;
	static const struct tg_account_ref of[] = { { TG_SCOPE_HOUSE, 0, "" },
		{ TG_SCOPE_KEY, 1, "" }, { TG_SCOPE_KEY_MODEL, 1, "a" },
		{ TG_SCOPE_PERSON, 5, "" }, { TG_SCOPE_TEAM, 6, "" },
		{ TG_SCOPE_TEAM_MODEL, 6, "?" }, { TG_SCOPE_TEAM_MODEL, 6, "*" },
		{ TG_SCOPE_MEMBER, 7, "" }, { TG_SCOPE_PROJECT, 8, "" },
		{ TG_SCOPE_ORGANIZATION, 9, "" }, { TG_SCOPE_CUSTOMER, 10, "" },
		{ TG_SCOPE_TAG, 12, "" }, { TG_SCOPE_MODEL, 0, "a*" },
		{ TG_SCOPE_PROVIDER, 0, "openai" },
		{ TG_SCOPE_DEPLOYMENT, 0, "d1" },
		{ TG_SCOPE_PERSON_MODEL, 5, "a" },
		{ TG_SCOPE_PROJECT_MODEL, 8, "b*" },
		{ TG_SCOPE_ORGANIZATION_MODEL, 9, "?" },
		{ TG_SCOPE_CUSTOMER_MODEL, 10, "a" },
		{ TG_SCOPE_ORGANIZATION_MEMBER, 5, "9" },
		{ TG_SCOPE_ORGANIZATION_MEMBER, 5, "99" } };
	/* Whole hours, hours that are broken, less than an hour. */
	static const char *const periods[] = { "total", "month", "90m", "45m",
		"day @Asia/Kolkata" };
	int64_t now = tg_wall_us();

	for (int i = 0; i < 40; i++)
		spend(h, now - i * 7 * 60 * INT64_C(1000000),
		    i % 2 == 0 ? "a" : "b", 1 << (i % 12));
	for (size_t i = 0; i < COUNT(of); i++) {
		struct tg_cap caps[COUNT(periods)];
		struct tg_promises p = { .caps = caps,
			.n_caps = COUNT(periods) };

		for (size_t k = 0; k < COUNT(periods); k++)
			caps[k] = book_cap(periods[k], 1 << 30);
		book_promise(h->store, &of[i], &p);
	}
	/* The proof adds the rows up one by one. */
	book_verify(h->store);
	assert_true(SQL("SELECT count(*) FROM balances") >
	    (int64_t)(COUNT(of) * 3));
	spend(h, now, "a", 1000);
	book_verify(h->store);
}

/* --- calls of before the ledger --- */

static void
make_first_form(struct help *h, const char *dir)
{
	const struct tg_migration table[] = { tg_migrations_main[0],
		{ 0, NULL, NULL } };
	char path[200];
	struct tg_schema sc = { .path = path, .name = "tollgate.db",
		.application_id = 0x54476462, .birth = "", .table = table };

	snprintf(path, sizeof(path), "%s/tollgate.db", dir);
	assert_int_equal(mkdir(dir, 0700), 0);
	close(open(path, O_CREAT | O_RDWR, 0600));
	assert_int_equal(tg_schema_migrate(&sc, &h->e), 0);
	help_sql(dir, "tollgate.db", "INSERT INTO keys (token, models, "
	    "metadata, role, log, blocked, created_at, updated_at, expires_at) "
	    "VALUES ('t', '[]', '{}', 0, 0, 0, 1, 1, 0); "
	    "INSERT INTO calls (call, attempt, state, worker, key_id, model, "
	    "stream, start_at, request_bytes, cost_nano, input_tokens) VALUES "
	    "('a', 1, 1, '1:1', 1, 'm', 0, unixepoch() * 1000000, 9, 40, 3), "
	    "('b', 1, 2, '1:1', 1, 'm', 0, unixepoch() * 1000000, 9, NULL, 4),"
	    "('c', 1, 0, '1:1', 1, 'm', 0, unixepoch() * 1000000, 9, NULL, "
	    "NULL)");
}

static void
test_first_form(void **state)
{
	struct help *h = *state;
	char dir[160];
	struct tg_store_conf conf = { .dir = dir, .busy_ms = 5000 };
	struct tg_call_filter f = { .state = -1, .limit = 10 };
	struct tg_ledger_report r;
	struct tg_call_row *rows;
	struct tg_store *s;
	struct book_call b;
	int64_t n;
	size_t found;

	snprintf(dir, sizeof(dir), "%s/old", h->dir);
	make_first_form(h, dir);
	if (tg_store_init(&conf, &s, &h->e) == -1)
		fail_msg("%s", h->e.msg);
	book_verify(s);
	assert_int_equal(
	    tg_call_list(s, h->arena, &f, &rows, &found, &h->e), 0);
	assert_int_equal(found, 3);
	assert_int_equal(rows[0].head, rows[0].seq);
	assert_int_equal(rows[0].hold_nano, TG_COST_UNKNOWN);
	/* They count, and what was open is closed: nothing known of it. */
	book_promise_cap(s, TG_SCOPE_KEY, 1, "", book_cap("total", 1500));
	assert_int_equal(help_sql(dir, "tollgate.db",
	    "SELECT spent_nano FROM balances"), 40);
	assert_int_equal(tg_book_sweep(s, &n, &h->e), 0);
	assert_int_equal(n, 1);
	assert_int_equal(help_sql(dir, "tollgate.db",
	    "SELECT sum(unpriced) FROM rollups"), 2);
	book_call(&b, s, h->arena);
	assert_int_equal(book_open(&b), 1);
	assert_int_equal(book_settle(&b, 1000), 0);
	assert_int_equal(help_sql(dir, "tollgate.db",
	    "SELECT spent_nano FROM accounts WHERE scope = 2"), 1040);
	assert_int_equal(tg_ledger_verify(s, &r, &h->e), 0);
	assert_int_equal(r.lines, 2);
	assert_int_equal(r.calls, 4);
	tg_store_close(s);
}

static void
test_names(void **state)
{
	(void)state;
	assert_string_equal(tg_scope_name(TG_SCOPE_KEY_MODEL), "key_model");
	assert_string_equal(tg_limit_unit_name(TG_LIMIT_PARALLEL), "parallel");
	for (int i = 1; i < TG_SCOPE__MAX; i++)
		assert_non_null(tg_scope_name(i));
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, help_new, help_free)
	const struct CMUnitTest tests[] = { T(test_promises), T(test_terms),
		T(test_many_terms), T(test_rollups), T(test_first_balance),
		T(test_first_form), T(test_names) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
