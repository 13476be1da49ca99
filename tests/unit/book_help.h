/* Calls with prices and promises, for the tests of the books. */
#ifndef TG_TESTS_BOOK_HELP_H
#define TG_TESTS_BOOK_HELP_H
#include "store/accounts.h"
#include "store/books.h"
#include "store/ledger.h"
#include "store_help.h"

/* A call with one candidate; all of it may be changed before it is opened. */
struct book_call {
	struct tg_store *store;
	struct tg_arena *a;
	struct tg_call_row row;
	struct tg_terms terms;
	struct tg_candidate candidates[3];
	struct tg_admission ad;
	struct tg_err e;
};
/* Of key 1 for 100 tokens at 1000 pico, 1000 nano fixed: 1100 nano held. */
void book_call(struct book_call *b, struct tg_store *s, struct tg_arena *a);
/* The terms of now; -1 fails the test. */
int book_terms(struct book_call *b);
/* As tg_book_open(), with the terms of now; -1 fails the test. */
int book_open(struct book_call *b);
/* Done, at this cost. */
int book_settle(struct book_call *b, int64_t cost_nano);

/* A promise of one cap, of one limit; the account's others go. */
struct tg_cap book_cap(const char *period, int64_t nano);
struct tg_limit book_limit(enum tg_limit_unit unit, int64_t window_s,
    int64_t cap);
void book_promise(struct tg_store *s, const struct tg_account_ref *of,
    const struct tg_promises *p);
void book_promise_cap(struct tg_store *s, enum tg_scope scope,
    int64_t subject, const char *name, struct tg_cap cap);
void book_promise_limit(struct tg_store *s, enum tg_scope scope,
    int64_t subject, const char *name, struct tg_limit limit);
/* All must agree. */
void book_verify(struct tg_store *s);
#endif
