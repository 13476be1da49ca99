#ifndef TG_STORE_BOOKING_H
#define TG_STORE_BOOKING_H
/*
 * What the files of the books share; nobody above this floor includes it.
 * All functions run inside a transaction.
 */
#include "base/hash.h"
#include "base/json.h"
#include "base/period.h"
#include "store/books.h"
#include "store/inner.h"
#include "store/rollups.h"

/* --- accounts.c --- */
/* Is the call booked to this account? */
bool tg_account_has(const struct tg_account *acc, const struct tg_call_row *c);
/* Has a subject several of them, by names, which may be globs? */
bool tg_scope_globs(enum tg_scope s);
/*
 * The accounts of a scope and subject, or only the named one (name not NULL),
 * with all they promise.
 */
struct tg_account_list {
	struct tg_account *accounts;
	size_t n;
};
int tg_accounts_load(struct tg_db *db, struct tg_arena *a,
    const struct tg_account_ref *ref, struct tg_account_list *out,
    struct tg_err *e);
/* The version of the rules. */
int tg_rules_read_version(struct tg_db *db, int64_t *version,
    struct tg_err *e);

/* --- terms.c --- */
/* Where a call is booked, but for its tags. */
#define TG_CALL_REFS 18
struct tg_call_refs {
	struct tg_account_ref list[TG_CALL_REFS];
	size_t n;
	char number[TG_SCOPE_NUMBER_BYTES];
};
void tg_call_refs(const struct tg_call_row *c, struct tg_call_refs *refs);
/* The terms of a call that is in the books, as they are now. */
int tg_terms_of_call(struct tg_db *db, struct tg_arena *a,
    const struct tg_call_row *c, struct tg_terms *out, struct tg_err *e);

/* --- calls.c --- */
/* Inserts the open row; seq is set, and head where it was 0. */
int tg_call_insert(struct tg_db *db, struct tg_call_row *c, struct tg_err *e);
/* Completes the row if it is in state 'from'. 1 it was, 0 not. */
int tg_call_complete(struct tg_db *db, const struct tg_call_row *c,
    enum tg_call_state from, struct tg_err *e);
/* To be called when a transaction with an inserted row is committed. */
void tg_call_noted(struct tg_store *s, const struct tg_call_row *c);

/* --- call_rows.c --- */
/* 1 found, 0 not. */
int tg_call_get(struct tg_db *db, struct tg_arena *a, int64_t seq,
    struct tg_call_row *c, struct tg_err *e);
/* All open rows. */
int tg_call_opens(struct tg_db *db, struct tg_arena *a,
    struct tg_call_row **rows, size_t *n, struct tg_err *e);

/* --- tags: "[3,17]" --- */
struct tg_ids {
	struct tg_json_it it;
};
struct tg_ids tg_ids_begin(const char *json);
bool tg_ids_next(struct tg_ids *ids, int64_t *id);

/* --- balances.c --- */
/* A cap in the period of a call, and how it stands. */
struct tg_stake {
	const struct tg_account *account;
	const struct tg_cap *cap;
	int64_t from, to;	/* the period */
	int64_t spent, held;
};
/*
 * The period of each cap of the terms; stakes has room for them.  A period
 * that is none fails, or is left out if e is NULL.
 */
int tg_stakes_make(const struct tg_terms *t, int64_t at,
    struct tg_stake *stakes, size_t *n, struct tg_err *e);
size_t tg_terms_caps(const struct tg_terms *t);	/* how many */
int tg_stake_read(struct tg_db *db, struct tg_stake *s, struct tg_err *e);
/* What the cap allows now, a passing increase included. */
int64_t tg_cap_now(const struct tg_cap *cap, int64_t now);
/*
 * Adds to the balance; s->spent is what it is then.  Marks that are crossed go
 * into the outbox.
 */
int tg_balance_add(struct tg_db *db, struct tg_stake *s, int64_t nano,
    struct tg_err *e);
/*
 * A call of so much was refused: tells that all is spent, unless that was told;
 * not for one that even an empty budget would not pay for.
 */
int tg_balance_refused(struct tg_db *db, const struct tg_stake *s,
    int64_t need, struct tg_err *e);
/* The account of a subject; made if it is not there. *spent: then. */
int tg_account_add(struct tg_db *db, const struct tg_account_ref *of,
    int64_t nano, int64_t *spent, struct tg_err *e);
/* All accounts of a call that have a subject. */
int tg_accounts_add(struct tg_db *db, const struct tg_call_row *c,
    int64_t nano, int64_t *key_spent, struct tg_err *e);
int tg_hold_put(struct tg_db *db, const struct tg_stake *s, int64_t call,
    int64_t nano, struct tg_err *e);
/* 1 there is one, 0 none. */
int tg_hold_get(struct tg_db *db, int64_t cap, int64_t call, int64_t *nano,
    struct tg_err *e);
int tg_hold_less(struct tg_db *db, int64_t cap, int64_t call, int64_t nano,
    struct tg_err *e);
int tg_hold_drop(struct tg_db *db, int64_t cap, int64_t call,
    struct tg_err *e);

/* --- windows.c --- */
/* A limit as it stands at a moment. */
struct tg_gauge {
	const struct tg_account *account;
	const struct tg_limit *limit;
	int64_t at, slot;	/* the moment */
	int64_t used;
	int64_t free_us;	/* until some is given back; 0 nothing used */
	int64_t need;		/* of the call at hand */
};
size_t tg_terms_limits(const struct tg_terms *t);	/* how many */
/* Adds the gauges of all limits; there is room for them. */
void tg_gauges_make(const struct tg_terms *t, struct tg_gauge *gauges,
    size_t *n);
int64_t tg_window_slot(const struct tg_limit *l, int64_t at);
int tg_gauge_read(struct tg_db *db, struct tg_gauge *g, int64_t now,
    struct tg_err *e);
/* Until the window has room for so many, if nobody else comes. */
int tg_gauge_wait(struct tg_db *db, const struct tg_gauge *g, int64_t need,
    int64_t *us, struct tg_err *e);
/* Takes its place: in the slot, or in flight. */
int tg_gauge_take(struct tg_db *db, const struct tg_gauge *g, int64_t call,
    struct tg_err *e);
/* Reserves in a slot; corrects what was. */
int tg_window_add(struct tg_db *db, int64_t limit, int64_t slot, int64_t n,
    struct tg_err *e);
int tg_window_fix(struct tg_db *db, int64_t limit, int64_t slot,
    int64_t delta, struct tg_err *e);
int tg_flight_put(struct tg_db *db, int64_t limit, int64_t call,
    struct tg_err *e);
int tg_flight_drop(struct tg_db *db, int64_t limit, int64_t call,
    struct tg_err *e);
/* Slots that no window reaches any more. */
int tg_windows_prune(struct tg_db *db, int64_t now, struct tg_err *e);
/* Tokens of a unit: 'input' and 'output' of a call. */
int64_t tg_limit_need(enum tg_limit_unit u, int64_t input, int64_t output);

/* --- standings.c --- */
struct tg_standing tg_standing_of_stake(const struct tg_stake *s);
struct tg_standing tg_standing_of_gauge(const struct tg_gauge *g);

/* --- waits.c --- */
#define TG_WAIT_DEAD_US (10 * INT64_C(1000000))
/* Who stands before a call in a limit's line. */
struct tg_line_place {
	int ahead;
	int64_t need_ahead;
	int64_t turn;		/* its own */
};
struct tg_waiter {
	int64_t id;		/* 0: not in a line */
	const char *call;
	int64_t key_id, limit_id;
	int priority;
	int64_t turn, need;
	int64_t since_at, seen_at;
	int64_t now;
};
/* Reads w->id's row; w->id 0 when it is gone. */
int tg_wait_find(struct tg_db *db, struct tg_waiter *w, struct tg_err *e);
int tg_wait_place(struct tg_db *db, const struct tg_waiter *w, int64_t limit,
    struct tg_line_place *p, struct tg_err *e);
/* Stands in the line w->limit_id, or stays in it. */
int tg_wait_stand(struct tg_db *db, struct tg_waiter *w, struct tg_err *e);
int tg_wait_leave(struct tg_db *db, int64_t id, const char *call,
    struct tg_err *e);
int tg_waits_prune(struct tg_db *db, int64_t now, struct tg_err *e);

/* --- ledger.c --- */
void tg_call_digest(const struct tg_call_row *c,
    unsigned char out[TG_DIGEST_BYTES]);
struct tg_ledger_line {
	int64_t line, at;
	int64_t kind, call, account, cap, period_at, amount_nano;
	unsigned char digest[TG_DIGEST_BYTES];
	unsigned char hash[TG_SHA256_BYTES];
};
/* The hash of a line after the one before (32 bytes). */
void tg_line_hash(const struct tg_ledger_line *l,
    const unsigned char before[TG_SHA256_BYTES],
    unsigned char out[TG_SHA256_BYTES]);

/* --- rollups.c --- */
/* Of one call, without facet; strings are the row's. */
void tg_rollup_of(struct tg_rollup *r, const struct tg_call_row *c, int sign);
/* The row a statement with SELECT * stands on; strings are borrowed. */
void tg_rollup_load(struct tg_rollup *r, sqlite3_stmt *st);
/* Counts a completed call in (sign 1) or out again (sign -1). */
int tg_rollup_add(struct tg_db *db, const struct tg_call_row *c, int sign,
    struct tg_err *e);
/* What the account spent then, by rollups and rows. */
struct tg_span {
	int64_t from, to;	/* wall us; INT64_MAX no end */
};
int tg_rollup_spent(struct tg_db *db, const struct tg_account *acc,
    struct tg_span when, int64_t *nano, struct tg_err *e);

/* --- book_settle.c --- */
/* What a settlement gives back, worked out before its transaction. */
struct tg_give_back {
	int64_t limit, slot, delta;	/* slot -1: a flight */
};
struct tg_settle {
	struct tg_call_row *row;
	struct tg_arena *a;
	bool last;
	int64_t version;		/* of these terms; 0: read them anew */
	const struct tg_terms *terms, *candidate;
	struct tg_give_back *back;
	size_t n_back;
	/* out */
	bool fresh;			/* it was settled now */
	int64_t key_spent;
	struct tg_stake *stakes;
	size_t n_stakes;
	struct tg_gauge *gauges;
	size_t n_gauges;
};
int tg_settle_run(struct tg_db *db, void *settle, struct tg_err *e);
#endif
