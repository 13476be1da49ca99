#ifndef TG_STORE_OUTBOX_H
#define TG_STORE_OUTBOX_H
/*
 * Events that somebody wants to be told: written in the transaction that made
 * them, delivered by the janitor, with retries and visible state.
 */
#include "base/arena.h"
#include "base/err.h"
#include "store/db.h"

enum tg_delivery_state {
	TG_DELIVERY_WAITING,
	TG_DELIVERY_DONE,
	TG_DELIVERY_GIVEN_UP
};
struct tg_event {
	int64_t id, at;
	/*
	 * "budget.threshold" "budget.soft" "test": of its body's "target"
	 * alone, if there is one
	 */
	const char *kind;
	const char *body;	/* JSON object */
};
/*
 * Body of budget.threshold: {"scope","subject" (its public id),"name","alias",
 * "percent","spent_nano","cap_nano","period","period_at","reset_at"}, amounts
 * as integers of 1e-9 USD, times as ISO text.  When 100 is told because a call
 * was refused, whatever is spent: "refused": true, and "held_nano" too.
 */
int tg_outbox_add(struct tg_db *db, const char *kind, const char *body,
    struct tg_err *e);

/* The error of a delivery whose target does not ask for such events. */
#define TG_OUTBOX_UNWANTED "not among its events"

struct tg_delivery {
	int64_t id;
	struct tg_event event;
	const char *target;
	enum tg_delivery_state state;
	int tries;
	int64_t next_at, done_at;
	const char *error;	/* of the last try, or NULL */
};
/*
 * What is due for these targets: events none of them has been given yet get
 * their deliveries first.
 */
int tg_outbox_due(struct tg_db *db, struct tg_arena *a,
    const char *const *targets, size_t n_targets, int64_t now, int64_t limit,
    struct tg_delivery **rows, size_t *n, struct tg_err *e);
/*
 * In the transaction that found it due: nobody else takes it before until_at.
 * Whoever dies while delivering it lets it become due again.
 */
int tg_outbox_claim(struct tg_db *db, int64_t delivery, int64_t until_at,
    struct tg_err *e);
/* How a try went: error NULL is done; next_at 0: given up. */
int tg_outbox_tried(struct tg_db *db, int64_t delivery, const char *error,
    int64_t next_at, struct tg_err *e);
/* Newest first, for showing. */
int tg_outbox_list(struct tg_db *db, struct tg_arena *a, int64_t limit,
    struct tg_delivery **rows, size_t *n, struct tg_err *e);
/*
 * What waits or was given up is due now, once more.  1: so it is, 0: there is
 * no such delivery, or it is done.
 */
int tg_outbox_retry(struct tg_db *db, int64_t delivery, int64_t now,
    struct tg_err *e);
/* Events older than this that nobody waits for. */
int tg_outbox_prune(struct tg_db *db, int64_t before, struct tg_err *e);
#endif
