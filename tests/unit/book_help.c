#include "config.h"

#include "book_help.h"

#include "unit.h"

#include <string.h>

#include "store/booking.h"

#define TAGS_MOST 4

void
book_call(struct book_call *b, struct tg_store *s, struct tg_arena *a)
{
	*b = (struct book_call){ .store = s, .a = a, .row = help_call(1) };
	tg_err_reset(&b->e);
	for (size_t i = 0; i < COUNT(b->candidates); i++)
		b->candidates[i] = (struct tg_candidate){
			.deployment = i == 0 ? "d1" : i == 1 ? "d2" : "d3",
			.provider = i == 2 ? "other" : "openai",
			.upstream_model = "m",
			.priced = true,
			.fixed_nano = 1000,
			.output_pico = 1000,
			.input_tokens = 50,
			.output_tokens = 100,
		};
	b->ad = (struct tg_admission){ .row = &b->row, .terms = &b->terms,
		.candidates = b->candidates, .n_candidates = 1, .choices = 1,
		.least_tokens = 16 };
}

int
book_terms(struct book_call *b)
{
	struct tg_account_ref refs[TG_CALL_REFS + TAGS_MOST];
	struct tg_ids tags = tg_ids_begin(b->row.tag_ids);
	struct tg_call_refs own;
	size_t n = 0;

	tg_call_refs(&b->row, &own);
	for (size_t i = 0; i < own.n; i++)
		if (!tg_scope_is_upstream(own.list[i].scope))
			refs[n++] = own.list[i];
	while (n < COUNT(refs) && tg_ids_next(&tags, &refs[n].subject)) {
		refs[n].scope = TG_SCOPE_TAG;
		refs[n++].name = "";
	}
	if (tg_terms_find(b->store, b->a, refs, n, &b->terms,
		&b->e) == -1)
		fail_msg("%s", b->e.msg);
	for (size_t i = 0; i < b->ad.n_candidates; i++) {
		struct tg_candidate *d = &b->candidates[i];
		struct tg_account_ref up[] = {
			{ TG_SCOPE_PROVIDER, 0, d->provider },
			{ TG_SCOPE_DEPLOYMENT, 0, d->deployment } };

		if (tg_terms_find(b->store, b->a, up, COUNT(up), &d->terms,
			&b->e) == -1)
			fail_msg("%s", b->e.msg);
	}
	return 0;
}

int
book_open(struct book_call *b)
{
	int rc;

	do {
		book_terms(b);
		rc = tg_book_open(b->store, b->a, &b->ad, &b->e);
	} while (rc == 0 && b->ad.refusal.kind == TG_REFUSED_STALE);
	if (rc == -1)
		fail_msg("%s", b->e.msg);
	return rc;
}

int
book_settle(struct book_call *b, int64_t cost_nano)
{
	struct tg_settlement st = { .row = &b->row, .terms = &b->terms,
		.candidate = &b->candidates[b->ad.chosen].terms, .last = true,
		.used_input = -1, .used_output = -1 };

	help_completed(&b->row);
	b->row.cost_nano = cost_nano;
	return tg_book_settle(b->store, b->a, &st, &b->e);
}

/* --- promises --- */

struct tg_cap
book_cap(const char *period, int64_t nano)
{
	return (struct tg_cap){ .origin = "own", .period = period,
		.cap_nano = nano, .soft_nano = TG_NANO_NONE,
		.switch_percent = 100, .marks = "50,80,95,100" };
}

struct tg_limit
book_limit(enum tg_limit_unit unit, int64_t window_s, int64_t cap)
{
	return (struct tg_limit){ .unit = unit, .window_s = window_s,
		.cap = cap };
}

struct promise {
	const struct tg_account_ref *of;
	const struct tg_promises *p;
};

static int
set(struct tg_db *db, void *arg, struct tg_err *e)
{
	struct promise *p = arg;

	return tg_promise_set(
	    db, p->of->scope, p->of->subject, p->of->name, p->p, e);
}

void
book_promise(struct tg_store *s, const struct tg_account_ref *of,
    const struct tg_promises *p)
{
	struct promise args = { of, p };
	struct tg_err e;

	tg_err_reset(&e);
	if (tg_write(s, TG_DB_MAIN, set, &args, &e) == -1)
		fail_msg("%s", e.msg);
}

void
book_promise_cap(struct tg_store *s, enum tg_scope scope, int64_t subject,
    const char *name, struct tg_cap cap)
{
	struct tg_promises p = { .caps = &cap, .n_caps = 1 };

	book_promise(s, &(struct tg_account_ref){ scope, subject, name }, &p);
}

void
book_promise_limit(struct tg_store *s, enum tg_scope scope, int64_t subject,
    const char *name, struct tg_limit limit)
{
	struct tg_promises p = { .limits = &limit, .n_limits = 1 };

	book_promise(s, &(struct tg_account_ref){ scope, subject, name }, &p);
}

void
book_verify(struct tg_store *s)
{
	struct tg_ledger_report r;
	struct tg_err e;

	tg_err_reset(&e);
	if (tg_ledger_verify(s, &r, &e) != 0)
		fail_msg("%s", e.code != TG_OK ? e.msg : r.first);
}
