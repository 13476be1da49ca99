#ifndef TG_STORE_CALL_SCAN_H
#define TG_STORE_CALL_SCAN_H
/*
 * Looking calls up for people: any mixture of conditions over a table that
 * has few indexes, for each would cost the calls a page.  Hours in which
 * nothing can fit are skipped by the summaries; what is read is bounded, and
 * who asks may go on from there.  Open calls are found as well.
 * Inside the caller's tg_read() of TG_DB_MAIN.
 */
#include "store/calls.h"
#include "store/db.h"

/* 0, NULL and TG_COST_UNKNOWN let everything through. */
struct tg_call_want {
	int64_t key_id;
	int64_t person, team, customer, organization, project;
	int64_t tag;			/* its subject */
	/* by name, where there is no such row (these have no marks) */
	const char *user, *tag_name;
	const char *model, *provider, *deployment, *route;
	const char *agent, *error, *session;	/* part of, part of, whole */
	unsigned states;		/* 1 << enum tg_call_state, or'ed */
	int status;			/* 429; 4: 400 to 499 */
	int64_t min_nano, max_nano;
	int64_t min_tokens, max_tokens;	/* all kinds; -1 open */
	int64_t min_us, max_us;		/* how long it took; -1 open */
	int64_t from_at, to_at;		/* wall us of the beginning, 0 open */
	/* found elsewhere (text, scores), the highest first; NULL: all */
	const int64_t *seqs;
	size_t n_seqs;
};
void tg_call_want_init(struct tg_call_want *w);
/* Does this row pass (seqs are not looked at)? */
bool tg_call_wanted(const struct tg_call_want *w, const struct tg_call_row *c);
/* The same of a row by its number: 1 yes, 0 no or no such row, -1 failed. */
int tg_call_passes(struct tg_db *db, const struct tg_call_want *w, int64_t seq,
    struct tg_err *e);

/* 1 found, 0 not. */
int tg_call_by_seq(struct tg_db *db, struct tg_arena *a, int64_t seq,
    struct tg_call_row *c, struct tg_err *e);

enum tg_scan_sort {
	TG_SCAN_NEWEST,
	TG_SCAN_OLDEST,
	TG_SCAN_COST,			/* the most first */
	TG_SCAN_TOKENS,
	TG_SCAN_DURATION,
	TG_SCAN__MAX
};
struct tg_call_scan {
	enum tg_scan_sort sort;
	/*
	 * where the page before ended: the last row's seq, and its value where
	 * that is what is sorted by; 0 from the start
	 */
	int64_t after_seq, after_value;
	int64_t limit;
	int64_t max_rows;		/* to look at; 0: 60,000 */
	int64_t max_us;			/* to spend; 0: no bound */
	/* out */
	struct tg_call_row *rows;	/* in the arena */
	size_t n;
	bool more;			/* there may be others */
	/*
	 * It gave up before the page was full: of seqs up to (by time: from)
	 * here is not known; going on means after_seq = looked_seq.  For the
	 * other orders only that not all was looked at (then -1).  0: done
	 */
	int64_t looked_seq;
	int64_t looked_at;		/* wall us of that row, 0 unknown */
	int64_t looked;			/* rows */
};
int tg_call_scan(struct tg_db *db, struct tg_arena *a,
    const struct tg_call_want *w, struct tg_call_scan *s, struct tg_err *e);
/* What a row is sorted by. */
int64_t tg_scan_value(enum tg_scan_sort sort, const struct tg_call_row *c);
/* All tokens of a call that are known; -1: none is. */
int64_t tg_call_tokens(const struct tg_call_row *c);
#endif
