#include "config.h"

/* Admission and settlement, one call at a time: store/books.h. */
#include "unit.h"

#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "book_help.h"

#define SQL(text) help_sql(h->dir, "tollgate.db", text)

static void
test_plain(void **state)
{
	struct help *h = *state;
	struct tg_settlement st;
	struct book_call b;

	book_call(&b, h->store, h->arena);
	b.row.key_id = help_key(h->store, "sk-1", NULL);
	b.row.person = 7;
	b.row.tag_ids = "[5,6]";
	assert_int_equal(book_open(&b), 1);
	assert_int_equal(b.row.head, b.row.seq);
	assert_int_equal(b.ad.held_nano, 1100);
	assert_false(b.ad.capped);
	book_verify(h->store);
	assert_int_equal(book_settle(&b, 777), 0);
	assert_int_equal(SQL("SELECT count(*) FROM ledger"), 1);
	assert_int_equal(SQL("SELECT spent_nano FROM accounts WHERE scope = 2"),
	    777);
	assert_int_equal(SQL("SELECT sum(spent_nano) FROM accounts"),
	    4 * 777);
	assert_int_equal(SQL("SELECT count(*) FROM rollups"), 3);
	/* Again: nothing changes. */
	st = (struct tg_settlement){ .row = &b.row, .last = true,
		.terms = &b.terms, .used_input = -1, .used_output = -1 };
	b.row.cost_nano = 5;
	assert_int_equal(tg_book_settle(h->store, h->arena, &st, &h->e), 0);
	assert_int_equal(SQL("SELECT sum(amount_nano) FROM ledger"), 777);
	assert_int_equal(st.key_spent_nano, TG_NANO_NONE);
	book_verify(h->store);
}

static void
test_cap(void **state)
{
	struct help *h = *state;
	struct book_call b[3];

	book_promise_cap(h->store, TG_SCOPE_KEY, 1, "", book_cap("total", 2500));
	for (size_t i = 0; i < COUNT(b); i++)
		book_call(&b[i], h->store, h->arena);
	assert_int_equal(book_open(&b[0]), 1);
	assert_true(b[0].ad.capped);
	assert_int_equal(book_open(&b[1]), 1);
	assert_int_equal(b[1].ad.n_standings, 1);
	assert_int_equal(b[1].ad.standings[0].held_nano, 2200);
	assert_int_equal(book_open(&b[2]), 0);
	assert_int_equal(b[2].ad.refusal.kind, TG_REFUSED_BUDGET);
	assert_int_equal(b[2].ad.refusal.account.scope, TG_SCOPE_KEY);
	assert_int_equal(b[2].ad.refusal.held_nano, 2200);
	assert_int_equal(b[2].ad.refusal.need_nano, 1100);
	assert_int_equal(b[2].ad.refusal.cap_nano, 2500);
	assert_int_equal(b[2].ad.refusal.reset_at, INT64_MAX);
	assert_int_equal(SQL("SELECT state FROM calls ORDER BY seq DESC LIMIT 1"),
	    TG_CALL_REFUSED);
	book_verify(h->store);
	assert_int_equal(book_settle(&b[0], 100), 0);
	tg_uuid7(b[2].row.id);
	assert_int_equal(book_open(&b[2]), 1);
	b[0] = b[2];
	b[0].ad.row = &b[0].row;
	tg_uuid7(b[2].row.id);
	assert_int_equal(book_open(&b[2]), 0);
	assert_int_equal(book_settle(&b[0], 100), 0);
	assert_int_equal(book_settle(&b[1], 100), 0);
	tg_uuid7(b[2].row.id);
	assert_int_equal(book_open(&b[2]), 1);
	assert_int_equal(book_settle(&b[2], 1100), 0);
	assert_int_equal(SQL("SELECT spent_nano FROM balances"), 1400);
	assert_int_equal(SQL("SELECT count(*) FROM holds"), 0);
	book_verify(h->store);
}

/* What all caps pay for, at least so many tokens. */
static void
test_clamp(void **state)
{
	struct help *h = *state;
	struct tg_cap cap = book_cap("total", 1050);
	struct book_call b;

	book_promise_cap(h->store, TG_SCOPE_KEY, 1, "", cap);
	book_call(&b, h->store, h->arena);
	b.ad.may_clamp = true;
	assert_int_equal(book_open(&b), 1);
	assert_int_equal(b.ad.output_tokens, 50);
	assert_true(b.ad.clamped);
	assert_int_equal(b.row.hold_nano, 1050);
	assert_int_equal(book_settle(&b, 1040), 0);
	book_call(&b, h->store, h->arena);
	b.ad.may_clamp = true;
	assert_int_equal(book_open(&b), 0);
	assert_int_equal(b.ad.refusal.kind, TG_REFUSED_BUDGET);
	/* Below the least. */
	cap.cap_nano = 1040 + 1015;
	book_promise_cap(h->store, TG_SCOPE_KEY, 1, "", cap);
	book_call(&b, h->store, h->arena);
	b.ad.may_clamp = true;
	assert_int_equal(book_open(&b), 0);
	b.ad.least_tokens = 15;
	tg_uuid7(b.row.id);
	assert_int_equal(book_open(&b), 1);
	assert_int_equal(b.ad.output_tokens, 15);
	cap.over = TG_OVER_REFUSE;
	cap.cap_nano = 1040 + 1015 + 1090;
	book_promise_cap(h->store, TG_SCOPE_KEY, 1, "", cap);
	book_call(&b, h->store, h->arena);
	b.ad.may_clamp = true;
	assert_int_equal(book_open(&b), 0);
	book_verify(h->store);
}

static void
test_unpriced(void **state)
{
	struct help *h = *state;
	struct tg_cap cap = book_cap("total", 10000);
	struct book_call b;

	book_call(&b, h->store, h->arena);
	b.candidates[0].priced = false;
	assert_int_equal(book_open(&b), 1);
	assert_int_equal(b.row.hold_nano, TG_COST_UNKNOWN);
	assert_int_equal(book_settle(&b, TG_COST_UNKNOWN), 0);
	book_promise_cap(h->store, TG_SCOPE_KEY, 1, "", cap);
	book_call(&b, h->store, h->arena);
	b.candidates[0].priced = false;
	b.ad.ceiling_fixed_nano = 500;
	b.ad.ceiling_output_pico = 10000;
	assert_int_equal(book_open(&b), 0);
	assert_int_equal(b.ad.refusal.kind, TG_REFUSED_UNPRICED);
	cap.unpriced = TG_UNPRICED_CEILING;
	book_promise_cap(h->store, TG_SCOPE_KEY, 1, "", cap);
	tg_uuid7(b.row.id);
	assert_int_equal(book_open(&b), 1);
	assert_int_equal(b.row.hold_nano, 1500);
	assert_int_equal(book_settle(&b, TG_COST_UNKNOWN), 0);
	cap.unpriced = TG_UNPRICED_ALLOW;
	book_promise_cap(h->store, TG_SCOPE_KEY, 1, "", cap);
	tg_uuid7(b.row.id);
	assert_int_equal(book_open(&b), 1);
	assert_int_equal(b.ad.held_nano, 0);
	assert_int_equal(book_settle(&b, TG_COST_UNKNOWN), 0);
	assert_int_equal(SQL("SELECT sum(unpriced) FROM rollups"), 3);
	/* One cost is booked to all: where one says ceiling, all hold it. */
	cap.cap_nano = 2000;
	book_promise_cap(h->store, TG_SCOPE_KEY, 1, "", cap);
	cap.unpriced = TG_UNPRICED_CEILING;
	cap.cap_nano = 100000;
	book_promise_cap(h->store, TG_SCOPE_HOUSE, 0, "", cap);
	tg_uuid7(b.row.id);
	assert_int_equal(book_open(&b), 1);
	assert_int_equal(SQL("SELECT sum(amount_nano) FROM holds"), 3000);
	assert_int_equal(book_settle(&b, 1500), 0);
	tg_uuid7(b.row.id);
	assert_int_equal(book_open(&b), 0);
	assert_int_equal(b.ad.refusal.kind, TG_REFUSED_BUDGET);
	/* Free is not unpriced, and passes a cap that is reached. */
	cap.cap_nano = 0;
	book_promise_cap(h->store, TG_SCOPE_KEY, 1, "", cap);
	book_call(&b, h->store, h->arena);
	b.candidates[0].fixed_nano = b.candidates[0].output_pico = 0;
	assert_int_equal(book_open(&b), 1);
	book_verify(h->store);
}

static void
test_switch(void **state)
{
	struct help *h = *state;
	struct tg_cap cap = book_cap("total", 10000);
	struct book_call b;

	cap.at_cap = TG_AT_CAP_SWITCH;
	cap.switch_model = "small";
	cap.switch_percent = 50;
	book_promise_cap(h->store, TG_SCOPE_KEY, 1, "", cap);
	book_call(&b, h->store, h->arena);
	assert_int_equal(book_open(&b), 1);
	assert_int_equal(book_settle(&b, 5000), 0);
	assert_int_equal(SQL("SELECT over_hold FROM calls"), 1);
	book_call(&b, h->store, h->arena);
	assert_int_equal(book_open(&b), 0);
	assert_int_equal(b.ad.refusal.kind, TG_REFUSED_SWITCH);
	assert_string_equal(b.ad.refusal.model, "small");
	assert_int_equal(SQL("SELECT count(*) FROM calls"), 1);
	b.row.model = "small";
	assert_int_equal(book_open(&b), 1);
	assert_int_equal(book_settle(&b, 4990), 0);
	book_call(&b, h->store, h->arena);
	b.row.model = "small";
	assert_int_equal(book_open(&b), 0);
	assert_int_equal(b.ad.refusal.kind, TG_REFUSED_BUDGET);
	/* Only warned: never refused. */
	cap.at_cap = TG_AT_CAP_WARN;
	book_promise_cap(h->store, TG_SCOPE_KEY, 1, "", cap);
	tg_uuid7(b.row.id);
	assert_int_equal(book_open(&b), 1);
	assert_false(b.ad.capped);
	assert_int_equal(SQL("SELECT count(*) FROM holds"), 1);
	book_verify(h->store);
}

/* The first candidate that fits; whose fault it is if none does. */
static void
test_candidates(void **state)
{
	struct help *h = *state;
	struct book_call b;

	book_promise_cap(h->store, TG_SCOPE_DEPLOYMENT, 0, "d1",
	    book_cap("day", 1000));
	book_promise_cap(h->store, TG_SCOPE_PROVIDER, 0, "other",
	    book_cap("day", 1000));
	book_call(&b, h->store, h->arena);
	b.ad.n_candidates = 3;
	assert_int_equal(book_open(&b), 1);
	assert_int_equal(b.ad.chosen, 1);
	assert_string_equal(b.row.deployment, "d2");
	assert_int_equal(book_settle(&b, 10), 0);
	book_promise_limit(h->store, TG_SCOPE_DEPLOYMENT, 0, "d2",
	    book_limit(TG_LIMIT_PARALLEL, 0, 0));
	book_call(&b, h->store, h->arena);
	b.ad.n_candidates = 3;
	assert_int_equal(book_open(&b), 0);
	assert_int_equal(b.ad.refusal.account.scope, TG_SCOPE_DEPLOYMENT);
	book_promise_cap(h->store, TG_SCOPE_HOUSE, 0, "",
	    book_cap("month", 100));
	tg_uuid7(b.row.id);
	assert_int_equal(book_open(&b), 0);
	assert_int_equal(b.ad.refusal.account.scope, TG_SCOPE_HOUSE);
	assert_true(b.ad.refusal.reset_at > tg_wall_us());
	book_verify(h->store);
}

/* A second attempt under the hold of the first, made as large as it needs. */
static void
test_attempts(void **state)
{
	struct help *h = *state;
	struct tg_settlement st;
	struct tg_call_row next;
	struct book_call b;

	book_promise_cap(h->store, TG_SCOPE_KEY, 1, "", book_cap("total", 3000));
	book_promise_cap(h->store, TG_SCOPE_DEPLOYMENT, 0, "d1",
	    book_cap("total", 9000));
	book_promise_limit(h->store, TG_SCOPE_DEPLOYMENT, 0, "d2",
	    book_limit(TG_LIMIT_PARALLEL, 0, 1));
	book_call(&b, h->store, h->arena);
	b.ad.n_candidates = 3;
	b.candidates[1].fixed_nano = 2000;
	b.candidates[2].fixed_nano = 4000;
	assert_int_equal(book_open(&b), 1);
	assert_int_equal(SQL("SELECT sum(amount_nano) FROM holds"), 2200);
	st = (struct tg_settlement){ .row = &b.row, .terms = &b.terms,
		.candidate = &b.candidates[0].terms,
		.used_input = -1, .used_output = -1 };
	next = b.row;
	help_completed(&b.row);
	b.row.cost_nano = 300;
	b.row.state = TG_CALL_FAILED;
	assert_int_equal(tg_book_settle(h->store, h->arena, &st, &h->e), 0);
	assert_int_equal(SQL("SELECT sum(amount_nano) FROM holds"), 1600);
	book_verify(h->store);
	next.attempt = 2;
	b.ad.row = &next;
	b.ad.chosen = 1;
	assert_int_equal(
	    tg_book_attempt(h->store, h->arena, &b.ad, &h->e), 1);
	assert_int_equal(next.head, b.row.seq);
	assert_int_equal(SQL("SELECT sum(amount_nano) FROM holds"), 2100);
	assert_int_equal(SQL("SELECT count(*) FROM flights"), 1);
	book_verify(h->store);
	st.row = &next;
	st.candidate = &b.candidates[1].terms;
	help_completed(&next);
	next.cost_nano = 600;
	next.state = TG_CALL_FAILED;
	assert_int_equal(tg_book_settle(h->store, h->arena, &st, &h->e), 0);
	/* The third is too dear: another may be asked for, or none. */
	next.attempt = 3;
	b.ad.chosen = 2;
	assert_int_equal(
	    tg_book_attempt(h->store, h->arena, &b.ad, &h->e), 0);
	assert_int_equal(SQL("SELECT sum(amount_nano) FROM holds"), 1500);
	tg_book_release(h->store, &b.ad);
	assert_int_equal(SQL("SELECT count(*) FROM holds"), 0);
	assert_int_equal(SQL("SELECT sum(spent_nano) FROM balances"), 1200);
}

/* A candidate without room, then one with: the call's own place stays. */
static void
test_third(void **state)
{
	struct help *h = *state;
	struct tg_settlement st;
	struct tg_call_row next;
	struct book_call b, c;

	book_promise_limit(h->store, TG_SCOPE_KEY, 1, "",
	    book_limit(TG_LIMIT_PARALLEL, 0, 1));
	book_promise_limit(h->store, TG_SCOPE_DEPLOYMENT, 0, "d2",
	    book_limit(TG_LIMIT_REQUESTS, 60, 0));
	book_promise_cap(h->store, TG_SCOPE_HOUSE, 0, "",
	    book_cap("total", 3000));
	book_call(&b, h->store, h->arena);
	b.ad.n_candidates = 3;
	assert_int_equal(book_open(&b), 1);
	st = (struct tg_settlement){ .row = &b.row, .terms = &b.terms,
		.candidate = &b.candidates[0].terms,
		.used_input = -1, .used_output = -1 };
	next = b.row;
	help_completed(&b.row);
	b.row.state = TG_CALL_FAILED;
	b.row.cost_nano = 0;
	assert_int_equal(tg_book_settle(h->store, h->arena, &st, &h->e), 0);
	next.attempt = 2;
	b.ad.row = &next;
	b.ad.chosen = 1;
	assert_int_equal(
	    tg_book_attempt(h->store, h->arena, &b.ad, &h->e), 0);
	assert_int_equal(SQL("SELECT count(*) FROM flights"), 1);
	assert_int_equal(SQL("SELECT sum(amount_nano) FROM holds"), 1100);
	b.ad.chosen = 2;
	assert_int_equal(
	    tg_book_attempt(h->store, h->arena, &b.ad, &h->e), 1);
	book_verify(h->store);
	book_call(&c, h->store, h->arena);
	assert_int_equal(book_open(&c), 0);
	assert_int_equal(c.ad.refusal.kind, TG_REFUSED_PARALLEL);
}

/* None follows after all. */
static void
test_release(void **state)
{
	struct help *h = *state;
	struct tg_settlement st;
	struct book_call b;

	book_promise_cap(h->store, TG_SCOPE_KEY, 1, "", book_cap("total", 3000));
	book_call(&b, h->store, h->arena);
	assert_int_equal(book_open(&b), 1);
	st = (struct tg_settlement){ .row = &b.row, .terms = &b.terms,
		.used_input = -1, .used_output = -1 };
	help_completed(&b.row);
	b.row.cost_nano = 300;
	assert_int_equal(tg_book_settle(h->store, h->arena, &st, &h->e), 0);
	assert_int_equal(SQL("SELECT sum(amount_nano) FROM holds"), 800);
	tg_book_release(h->store, &b.ad);
	assert_int_equal(SQL("SELECT count(*) FROM holds"), 0);
	book_verify(h->store);
}

/* --- rules that change while calls are open --- */

static void
test_new_cap(void **state)
{
	struct help *h = *state;
	struct book_call b, c;

	book_call(&b, h->store, h->arena);
	assert_int_equal(book_open(&b), 1);
	assert_int_equal(book_settle(&b, 300), 0);
	book_call(&b, h->store, h->arena);
	assert_int_equal(book_open(&b), 1);
	/* It starts with what was spent, and what is open holds. */
	book_promise_cap(h->store, TG_SCOPE_KEY, 1, "", book_cap("month", 2000));
	book_promise_cap(h->store, TG_SCOPE_MODEL, 0, "gpt-*",
	    book_cap("45s", 9000));
	book_promise_limit(h->store, TG_SCOPE_HOUSE, 0, "",
	    book_limit(TG_LIMIT_PARALLEL, 0, 1));
	book_verify(h->store);
	assert_int_equal(SQL("SELECT spent_nano FROM balances AS b JOIN caps "
			     "AS c ON c.id = b.cap WHERE c.period = 'month'"),
	    300);
	book_call(&c, h->store, h->arena);
	assert_int_equal(book_open(&c), 0);
	assert_int_equal(c.ad.refusal.kind, TG_REFUSED_BUDGET);
	assert_int_equal(book_settle(&b, 400), 0);
	assert_int_equal(SQL("SELECT spent_nano FROM balances AS b JOIN caps "
			     "AS c ON c.id = b.cap WHERE c.period = 'month'"),
	    700);
	assert_int_equal(SQL("SELECT count(*) FROM flights"), 0);
	book_verify(h->store);
	/* A cap that goes while a call is open. */
	tg_uuid7(c.row.id);
	assert_int_equal(book_open(&c), 1);
	book_promise(h->store,
	    &(struct tg_account_ref){ TG_SCOPE_KEY, 1, "" },
	    &(struct tg_promises){ 0 });
	assert_int_equal(SQL("SELECT count(*) FROM holds"), 1);
	assert_int_equal(book_settle(&c, 400), 0);
	book_verify(h->store);
}

static void
test_stale(void **state)
{
	struct help *h = *state;
	struct book_call b;

	book_call(&b, h->store, h->arena);
	assert_int_equal(book_open(&b), 1);
	book_promise_cap(h->store, TG_SCOPE_KEY, 1, "", book_cap("total", 1));
	tg_uuid7(b.row.id);
	assert_int_equal(tg_book_open(h->store, h->arena, &b.ad, &h->e), 0);
	assert_int_equal(b.ad.refusal.kind, TG_REFUSED_STALE);
	assert_int_equal(book_open(&b), 0);
	assert_int_equal(b.ad.refusal.kind, TG_REFUSED_BUDGET);
}

/* A call belongs to the period in which it began. */
static void
test_period(void **state)
{
	struct help *h = *state;
	int64_t day = 86400 * INT64_C(1000000), now = tg_wall_us();
	int64_t noon = now - now % day - day / 2;
	struct book_call b, c;

	book_promise_cap(h->store, TG_SCOPE_KEY, 1, "", book_cap("day", 1500));
	book_call(&b, h->store, h->arena);
	b.row.start_at = noon;
	assert_int_equal(book_open(&b), 1);
	book_call(&c, h->store, h->arena);
	assert_int_equal(book_open(&c), 1);
	assert_int_equal(SQL("SELECT count(DISTINCT period_at) FROM holds"), 2);
	assert_int_equal(book_settle(&b, 1000), 0);
	assert_int_equal(book_settle(&c, 1), 0);
	assert_int_equal(SQL("SELECT count(*) FROM balances"), 2);
	assert_int_equal(SQL("SELECT spent_nano FROM balances "
			     "ORDER BY period_at DESC LIMIT 1"),
	    1);
	book_verify(h->store);
}

/* A zone that is no longer there: nothing new, but what is open is settled. */
static void
test_lost_zone(void **state)
{
	struct help *h = *state;
	struct book_call b;

	book_promise_cap(h->store, TG_SCOPE_KEY, 1, "", book_cap("day", 9000));
	book_call(&b, h->store, h->arena);
	assert_int_equal(book_open(&b), 1);
	SQL("UPDATE caps SET period = 'day @Nowhere/Town'; "
	    "UPDATE meta SET value = value + 1 WHERE name = 'rules'");
	assert_int_equal(book_settle(&b, 70), 0);
	assert_int_equal(SQL("SELECT spent_nano FROM accounts WHERE scope = 2"),
	    70);
	tg_uuid7(b.row.id);
	assert_int_equal(
	    tg_book_open(h->store, h->arena, &b.ad, &h->e), 0);
	assert_int_equal(b.ad.refusal.kind, TG_REFUSED_STALE);
	assert_int_equal(book_terms(&b), 0);
	assert_int_equal(
	    tg_book_open(h->store, h->arena, &b.ad, &h->e), -1);
	assert_int_equal(h->e.code, TG_E_STORE);
}

/* --- marks --- */

static int64_t
events(struct help *h)
{
	return SQL("SELECT count(*) FROM outbox");
}

/* A member of an organization is kept under its number, told by its name. */
static void
test_mark_of_member(void **state)
{
	struct help *h = *state;
	struct book_call b;

	SQL("INSERT INTO subjects (id, kind, name, alias, created_at, "
	    "updated_at) VALUES (5, 1, 'ann', 'Ann', 1, 1), "
	    "(20, 4, 'acme', 'Acme', 1, 1)");
	book_promise_cap(h->store, TG_SCOPE_ORGANIZATION_MEMBER, 5, "20",
	    book_cap("month", 10000));
	book_call(&b, h->store, h->arena);
	b.row.person = 5;
	b.row.organization = 20;
	assert_int_equal(book_terms(&b), 0);
	assert_int_equal(book_open(&b), 1);
	assert_int_equal(book_settle(&b, 6000), 0);
	assert_int_equal(SQL("SELECT json_extract(body, '$.subject') = 'ann' "
	    "AND json_extract(body, '$.name') = 'acme' AND "
	    "json_extract(body, '$.scope') = 'organization_member' "
	    "FROM outbox"), 1);
	book_verify(h->store);
}

static void
test_marks(void **state)
{
	struct help *h = *state;
	struct tg_cap cap = book_cap("month", 10000);
	struct book_call b;

	cap.soft_nano = 4000;
	book_promise_cap(h->store, TG_SCOPE_KEY,
	    help_key(h->store, "sk-1", "anna"), "", cap);
	book_call(&b, h->store, h->arena);
	assert_int_equal(book_open(&b), 1);
	assert_int_equal(book_settle(&b, 3999), 0);
	assert_int_equal(events(h), 0);
	book_call(&b, h->store, h->arena);
	assert_int_equal(book_open(&b), 1);
	assert_int_equal(book_settle(&b, 1001), 0);
	assert_int_equal(events(h), 2);
	assert_int_equal(SQL("SELECT json_extract(body, '$.percent') "
			     "FROM outbox WHERE kind = 'budget.threshold'"),
	    50);
	assert_int_equal(SQL("SELECT json_extract(body, '$.alias') = 'anna' AND "
	    "json_extract(body, '$.scope') = 'key' AND "
	    "length(json_extract(body, '$.subject')) = 64 FROM outbox"), 1);
	/* The cap grows and is crossed again: it was told. */
	cap.cap_nano = 20000;
	book_promise_cap(h->store, TG_SCOPE_KEY, 1, "", cap);
	book_call(&b, h->store, h->arena);
	assert_int_equal(book_open(&b), 1);
	assert_int_equal(book_settle(&b, 7000), 0);
	assert_int_equal(events(h), 2);
	cap.cap_nano = 12500;
	book_promise_cap(h->store, TG_SCOPE_KEY, 1, "", cap);
	/* Refused: the cap is reached, once. */
	for (int i = 0; i < 3; i++) {
		book_call(&b, h->store, h->arena);
		assert_int_equal(book_open(&b), 0);
		b.ad.dry = true;
		assert_int_equal(book_open(&b), 0);
	}
	assert_int_equal(events(h), 3);
	assert_int_equal(SQL("SELECT json_extract(body, '$.percent') "
			     "FROM outbox ORDER BY id DESC LIMIT 1"),
	    100);
	book_verify(h->store);
}

/* What was refused hides nothing of what is spent later. */
static void
test_refused_marks(void **state)
{
	struct help *h = *state;
	struct book_call b;

	book_promise_cap(h->store, TG_SCOPE_KEY, 1, "",
	    book_cap("month", 10000));
	/* An empty budget would not pay for it: that tells nothing. */
	book_call(&b, h->store, h->arena);
	b.candidates[0].output_tokens = 10000;
	assert_int_equal(book_open(&b), 0);
	assert_int_equal(events(h), 0);
	book_call(&b, h->store, h->arena);
	assert_int_equal(book_open(&b), 1);
	assert_int_equal(book_settle(&b, 1000), 0);
	book_call(&b, h->store, h->arena);
	b.candidates[0].output_tokens = 9000;
	assert_int_equal(book_open(&b), 0);
	assert_int_equal(events(h), 1);
	assert_int_equal(SQL("SELECT json_extract(body, '$.refused') AND "
	    "json_extract(body, '$.spent_nano') = 1000 AND "
	    "json_extract(body, '$.held_nano') = 0 FROM outbox"), 1);
	for (int i = 0; i < 8; i++) {
		book_call(&b, h->store, h->arena);
		assert_int_equal(book_open(&b), 1);
		assert_int_equal(book_settle(&b, 1125), 0);
		if (i == 6)
			assert_int_equal(events(h), 3);
	}
	/* 50, 80 and 95; 100 was told. */
	assert_int_equal(SQL("SELECT spent_nano FROM balances"), 10000);
	assert_int_equal(events(h), 4);
	assert_int_equal(SQL("SELECT count(*) FROM outbox WHERE "
	    "json_extract(body, '$.percent') = 100"), 1);
	assert_int_equal(SQL("SELECT count(*) FROM outbox WHERE "
	    "json_extract(body, '$.refused')"), 1);
}

/* Numbers beyond all measure neither pass nor ruin the sums of others. */
static void
test_huge(void **state)
{
	struct help *h = *state;
	struct tg_cap cap = book_cap("total", 10000);
	struct book_call b;

	cap.at_cap = TG_AT_CAP_WARN;
	book_promise_cap(h->store, TG_SCOPE_HOUSE, 0, "", cap);
	for (int i = 0; i < 3; i++) {
		book_call(&b, h->store, h->arena);
		b.candidates[0].output_tokens = INT64_MAX;
		b.candidates[0].output_pico = INT64_MAX;
		assert_int_equal(book_open(&b), 1);
	}
	book_call(&b, h->store, h->arena);
	assert_int_equal(book_open(&b), 1);
	book_verify(h->store);
	cap.at_cap = TG_AT_CAP_BLOCK;
	cap.cap_nano = INT64_MAX;
	book_promise_cap(h->store, TG_SCOPE_KEY, 1, "", cap);
	book_call(&b, h->store, h->arena);
	b.candidates[0].output_pico = INT64_MAX;
	assert_int_equal(book_open(&b), 0);
	assert_int_equal(b.ad.refusal.kind, TG_REFUSED_BUDGET);
	book_promise_limit(h->store, TG_SCOPE_KEY, 1, "",
	    book_limit(TG_LIMIT_TOKENS, 60, 1000));
	for (int i = 0; i < 2; i++) {
		book_call(&b, h->store, h->arena);
		b.candidates[0].output_tokens =
		    i == 0 ? INT64_MAX : (INT64_C(1) << 62) + 1;
		b.ad.choices = i == 0 ? 1 : 4;
		assert_int_equal(book_open(&b), 0);
		assert_int_equal(b.ad.refusal.kind, TG_REFUSED_RATE);
	}
	assert_int_equal(SQL("SELECT count(*) FROM windows"), 0);
}

/* --- the dead --- */

/* A process that opens a call, tells how far it is and is killed. */
static void
die(struct help *h, int policy, int64_t tokens)
{
	int status;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		struct tg_store *s = help_open(h->dir, true);
		struct book_call b;

		book_call(&b, s, h->arena);
		b.candidates[0].lost_policy = policy;
		if (book_open(&b) != 1 || (tokens >= 0 &&
		    tg_book_progress(s, b.row.seq, tokens, &b.e) == -1))
			_exit(1);
		raise(SIGKILL);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status));
}

static void
test_sweep(void **state)
{
	struct help *h = *state;
	static const struct {
		int policy;
		int64_t tokens, cost;
	} cases[] = { { TG_LOST_STREAMED, -1, 1100 },
		{ TG_LOST_STREAMED, 30, 1030 }, { TG_LOST_STREAMED, 500, 1100 },
		{ TG_LOST_HOLD, 30, 1100 }, { TG_LOST_ZERO, 30, 0 } };
	struct tg_call_row *rows;
	int64_t n;
	size_t found;

	book_promise_cap(h->store, TG_SCOPE_KEY, 1, "", book_cap("day", 99999));
	book_promise_limit(h->store, TG_SCOPE_HOUSE, 0, "",
	    book_limit(TG_LIMIT_PARALLEL, 0, 9));
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct tg_call_filter f = { .state = TG_CALL_LOST, .limit = 1 };

		die(h, cases[i].policy, cases[i].tokens);
		assert_int_equal(SQL("SELECT count(*) FROM holds"), 1);
		assert_int_equal(SQL("SELECT count(*) FROM flights"), 1);
		assert_int_equal(tg_book_sweep(h->store, &n, &h->e), 0);
		assert_int_equal(n, 1);
		assert_int_equal(tg_call_list(
		    h->store, h->arena, &f, &rows, &found, &h->e), 0);
		assert_int_equal(rows[0].cost_nano, cases[i].cost);
		assert_true(rows[0].estimated);
		assert_int_equal(SQL("SELECT count(*) FROM holds"), 0);
		assert_int_equal(SQL("SELECT count(*) FROM flights"), 0);
		book_verify(h->store);
	}
	assert_int_equal(SQL("SELECT spent_nano FROM balances"), 4330);
	assert_int_equal(SQL("SELECT count(*) FROM ledger WHERE kind = 2"),
	    (int64_t)COUNT(cases));
}

/* It lived after all: the estimate is made good, once. */
static void
test_correction(void **state)
{
	struct help *h = *state;
	struct book_call b;
	int64_t n;

	book_promise_cap(h->store, TG_SCOPE_KEY, 1, "", book_cap("day", 99999));
	book_call(&b, h->store, h->arena);
	b.row.worker = "1:1";
	assert_int_equal(book_open(&b), 1);
	assert_int_equal(tg_book_sweep(h->store, &n, &h->e), 0);
	assert_int_equal(n, 1);
	assert_int_equal(SQL("SELECT spent_nano FROM balances"), 1100);
	assert_int_equal(book_settle(&b, 250), 0);
	assert_int_equal(SQL("SELECT spent_nano FROM balances"), 250);
	assert_int_equal(SQL("SELECT amount_nano FROM ledger WHERE kind = 3"),
	    -850);
	assert_int_equal(SQL("SELECT sum(calls) FROM rollups WHERE state = 4"),
	    0);
	book_verify(h->store);
	assert_int_equal(book_settle(&b, 1), 0);
	assert_int_equal(SQL("SELECT count(*) FROM ledger"), 2);
	book_verify(h->store);
}

/* Holds of a call that nobody will go on with. */
static void
test_stray_holds(void **state)
{
	struct help *h = *state;
	struct tg_settlement st;
	struct book_call b;
	int64_t n;

	book_promise_cap(h->store, TG_SCOPE_KEY, 1, "", book_cap("day", 99999));
	book_call(&b, h->store, h->arena);
	assert_int_equal(book_open(&b), 1);
	st = (struct tg_settlement){ .row = &b.row, .terms = &b.terms,
		.used_input = -1, .used_output = -1 };
	help_completed(&b.row);
	b.row.cost_nano = 0;
	b.row.end_us = 10;
	assert_int_equal(tg_book_settle(h->store, h->arena, &st, &h->e), 0);
	assert_int_equal(tg_book_sweep(h->store, &n, &h->e), 0);
	assert_int_equal(SQL("SELECT count(*) FROM holds"), 1);
	SQL("UPDATE calls SET worker = '1:1'");
	assert_int_equal(tg_book_sweep(h->store, &n, &h->e), 0);
	assert_int_equal(SQL("SELECT count(*) FROM holds"), 0);
	book_verify(h->store);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, help_new, help_free)
	const struct CMUnitTest tests[] = { T(test_plain), T(test_cap),
		T(test_clamp), T(test_unpriced), T(test_switch),
		T(test_candidates), T(test_attempts), T(test_third),
		T(test_release), T(test_new_cap), T(test_stale), T(test_period),
		T(test_lost_zone), T(test_marks),
		T(test_mark_of_member),
		T(test_refused_marks), T(test_huge), T(test_sweep),
		T(test_correction), T(test_stray_holds) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
