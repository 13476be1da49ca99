#ifndef TG_STORE_BOOK_FIT_H
#define TG_STORE_BOOK_FIT_H
/*
 * Does a call fit?  One candidate against all that applies to it; for
 * book_open.c and book_attempt.c, inside their transactions.
 */
#include "store/booking.h"

struct tg_fit {
	struct tg_admission *ad;
	const struct tg_candidate *candidate;
	int64_t now;
	/* what applies: the call's own first, then the candidate's */
	struct tg_stake *stakes;
	size_t n_stakes, n_shared_stakes;
	struct tg_gauge *gauges;
	size_t n_gauges, n_shared_gauges;
	size_t read_stakes, read_gauges;	/* so many stand as of now */
	struct tg_waiter *waiter;
	/*
	 * Another attempt of this call: what is held for it counts as free, and
	 * it is one request in one flight of the call's own limits already.
	 */
	int64_t head;
	/* a cap counts what has no price at the ceiling, so all of them do */
	bool ceiling;
	/* out */
	int64_t tokens;			/* of one choice */
	int64_t hold_nano;		/* the largest; TG_COST_UNKNOWN */
	int64_t fixed_nano, output_pico;	/* of it; -1 */
	bool capped, clamped;
	const struct tg_stake *stake;	/* that refused */
	struct tg_refusal refusal;
	int64_t turn, need;		/* in the line, if it says WAIT */
};
/* 1 it fits, 0 not (refusal says why), -1 cannot be read. */
int tg_fit_check(struct tg_db *db, struct tg_fit *f, struct tg_err *e);
/* Reads the terms into stakes and gauges. */
int tg_fit_make(struct tg_fit *f, struct tg_arena *a,
    const struct tg_terms *shared, const struct tg_terms *own,
    struct tg_err *e);
/* How all that was read stands, with what this call takes where it fits. */
void tg_fit_standings(const struct tg_fit *f, struct tg_arena *a,
    struct tg_standing **standings, size_t *n);
/* What is to be held under each cap. */
int64_t tg_fit_hold(const struct tg_fit *f);
/* Tokens of all choices. */
int64_t tg_fit_output(const struct tg_fit *f, int64_t choices);

/* --- book_open.c, for book_attempt.c too --- */
struct tg_opening {
	struct tg_admission *ad;
	struct tg_arena *a;
	struct tg_fit *fits;		/* of each candidate */
	struct tg_waiter waiter;
	int64_t now;
	bool admitted;
};
/* Takes what f has found to fit, and writes the row. */
int tg_opening_admit(struct tg_db *db, struct tg_opening *o, struct tg_fit *f,
    struct tg_err *e);
#endif
