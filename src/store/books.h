#ifndef TG_STORE_BOOKS_H
#define TG_STORE_BOOKS_H
/*
 * Admission and settlement: the two transactions of a call.
 *
 * Admission is all or nothing: under every cap of the terms a hold for the
 * worst case, in every limit its place, and the call's open row; or none of
 * it, and the reason.  Held + spent of a cap never exceeds it.
 *
 * Settlement is once, whatever happens: the row completed, a line in the
 * ledger, accounts, balances and rollups counted up, holds and places given
 * back, thresholds that were crossed put into the outbox.
 */
#include "store/calls.h"
#include "store/terms.h"

/* A deployment that could serve the call, and what that may cost. */
struct tg_candidate {
	const char *deployment, *provider, *upstream_model;
	struct tg_terms terms;		/* PROVIDER and DEPLOYMENT accounts */
	bool priced;
	int64_t fixed_nano;		/* input at the worst, price a call */
	/* one token more in each of the n choices, all of them together */
	int64_t output_pico;
	int64_t input_tokens;		/* upper bound */
	int64_t output_tokens;		/* bound of one choice */
	int lost_policy;		/* enum tg_lost_policy */
};
enum tg_lost_policy {		/* what a crash leaves is charged as */
	TG_LOST_STREAMED,	/* what was streamed, if told; else the hold */
	TG_LOST_HOLD,
	TG_LOST_ZERO
};

enum tg_refusal_kind {
	TG_REFUSED_NOT,
	TG_REFUSED_BUDGET,
	TG_REFUSED_UNPRICED,	/* a cap applies and the model has no price */
	TG_REFUSED_RATE,
	TG_REFUSED_PARALLEL,
	TG_REFUSED_WAIT,	/* not yet: the call stands in a queue */
	TG_REFUSED_SWITCH,	/* try .model instead */
	TG_REFUSED_STALE	/* the rules have changed: terms once more */
};
struct tg_refusal {
	enum tg_refusal_kind kind;
	struct tg_account account;
	const struct tg_cap *cap;	/* of the account */
	const struct tg_limit *limit;
	int64_t spent_nano, held_nano, need_nano, cap_nano;
	int64_t reset_at;	/* the period's end, INT64_MAX never */
	int64_t remaining;	/* of the limit */
	/* after which it may go, or ask again; INT64_MAX: it is too large */
	int64_t retry_us;
	int position;		/* WAIT: 1 is next */
	const char *model;	/* SWITCH */
};

struct tg_admission {
	/* in */
	struct tg_call_row *row;	/* who and what; seq is set */
	const struct tg_terms *terms;	/* all but the candidates' own */
	const struct tg_candidate *candidates;	/* in the order to try */
	size_t n_candidates;
	int64_t choices;		/* n */
	bool may_clamp;			/* the caller set no maximum */
	int64_t least_tokens;		/* a clamp below is a refusal */
	int64_t ceiling_fixed_nano;	/* for unpriced = ceiling */
	int64_t ceiling_output_pico;
	/*
	 * Called before the row of a refusal is written: sets row->status and
	 * row->error by ad->refusal.  It may be called by another thread while
	 * the caller waits, and twice; it must not touch the store.
	 */
	void (*refuse)(struct tg_admission *ad, void *arg);
	void *refuse_arg;
	bool dry;			/* refuse without a row */
	bool may_wait;			/* stand in queues, where they exist */
	int priority;			/* lower goes first, 0 the usual */
	/* in and out: the place in a queue, 0 none */
	int64_t wait_id;
	/* out */
	size_t chosen;
	int64_t output_tokens;		/* of one choice: what may come back */
	int64_t held_nano;
	bool capped;			/* some cap or token limit applies */
	bool clamped;			/* ... and made output_tokens less */
	struct tg_refusal refusal;
	/* every cap and limit of the call after its own hold: for headers */
	struct tg_standing *standings;
	size_t n_standings;
};
/*
 * 1 admitted: committed, row->seq and the chosen candidate's names in row.
 * 0 refused; unless dry, WAIT, SWITCH or STALE, a row of state REFUSED with
 * cost 0 is in the books (row->status and row->error as refuse() set them).
 * -1 failed.  Arrays are in the arena.  row->model is what accounts with a
 * model's name are matched against, also later.
 */
int tg_book_open(struct tg_store *s, struct tg_arena *a,
    struct tg_admission *ad, struct tg_err *e);
/* Leaves a queue without having been admitted. */
void tg_book_leave(struct tg_store *s, struct tg_admission *ad);
/*
 * A refusal that was found elsewhere (model denied, key over its rights): a
 * row with cost 0 and the reason, in one transaction with its line.
 */
int tg_book_refuse(struct tg_store *s, struct tg_call_row *row,
    struct tg_err *e);
/*
 * Another attempt of the same call, after the one before was settled with last
 * unset: ad as it was admitted, ad->chosen the candidate to try now, row the
 * new one (attempt counted up, head as the first's).  The hold of the first is
 * made as large as this one needs; the candidate's own caps and limits must
 * have room.  1: its open row is committed; 0: there is no room (ad->refusal
 * says where), and the call keeps its hold and places: ask with another, or
 * release; -1 failed.
 */
int tg_book_attempt(struct tg_store *s, struct tg_arena *a,
    struct tg_admission *ad, struct tg_err *e);
/* None follows after all: what was held is given back. */
void tg_book_release(struct tg_store *s, struct tg_admission *ad);

/*
 * The request goes out at this moment (wall us).  Where that is so long after
 * admission (names, TLS, a slow disk) that a window of the upstream could hold
 * one too many, its places in windows are moved to this moment, and
 * row->admit_at with them; else nothing is done.
 */
int tg_book_sent(struct tg_store *s, struct tg_admission *ad, int64_t now,
    struct tg_err *e);

struct tg_settlement {
	struct tg_call_row *row;	/* complete; row->head names the call */
	/* as admitted: the call's, and those of this row's deployment */
	const struct tg_terms *terms, *candidate;
	bool last;		/* the hold ends; else an attempt follows */
	/* for limits in tokens */
	int64_t used_input, used_output;	/* all choices; -1: as held */
	/* out, for the answer's headers: as of this settlement */
	struct tg_standing *standings;
	size_t n_standings;
	int64_t key_spent_nano;
};
/*
 * row is written whole, but for what names it (seq, id, attempt, worker, key,
 * start).  Once: a second time changes nothing.  What is booked is
 * row->cost_nano (with row->estimated if it was not told by the provider);
 * unknown books nothing and counts as unpriced.  A row that the sweeper took
 * for lost is settled after all.  If it cannot be committed now: -1, and (with
 * threads) the store keeps a copy and tries again until it can; on a full disk
 * the reserve file beside the database is given up first.
 */
int tg_book_settle(struct tg_store *s, struct tg_arena *a,
    struct tg_settlement *st, struct tg_err *e);
/* A long stream tells now and then how far it is; the sweeper reads it. */
int tg_book_progress(struct tg_store *s, int64_t seq, int64_t tokens,
    struct tg_err *e);
/*
 * Closes what dead processes left: open rows by their policy (marked
 * estimated), holds, flights and waits of theirs; old windows go.  *n rows.
 */
int tg_book_sweep(struct tg_store *s, int64_t *n, struct tg_err *e);
#endif
