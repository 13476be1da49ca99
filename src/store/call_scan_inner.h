#ifndef TG_STORE_CALL_SCAN_INNER_H
#define TG_STORE_CALL_SCAN_INNER_H
/* What the files of call_scan.h share. */
#include "store/booking.h"
#include "store/call_scan.h"
#include "store/follow.h"
#include "store/marks.h"

#define TG_SCAN_CONDS 24
#define TG_SCAN_STATES 6

/* One of these must hold. */
struct tg_scan_cond {
	struct tg_mark_want any[TG_SCAN_STATES];
	int n;
};
struct tg_scanning {
	struct tg_db *db;
	struct tg_arena *a;
	struct tg_err *e;
	const struct tg_call_want *w;
	struct tg_call_scan *s;
	struct tg_scan_cond conds[TG_SCAN_CONDS];
	int n_conds;
	struct tg_follow follow;
	struct tg_follow_rows rest, open;	/* looked at in any case */
	int64_t lo, hi;			/* rows, both included */
	int64_t began_us;
	void *rows;			/* found */
};

/* call_conds.c */
void tg_scan_conds(struct tg_scanning *k);
/* Rows of the block that may be wanted: marked so, or not taken up yet. */
int tg_scan_block(struct tg_scanning *k, int64_t block,
    struct tg_mark_set *set);
/* Only those that are marked so; without conditions all. */
int tg_scan_marked(struct tg_scanning *k, int64_t block,
    struct tg_mark_set *set);

/* call_scan.c: false when it has looked enough. */
bool tg_scan_may(struct tg_scanning *k);
/* 1: the row is wanted (and stays in the arena), 0, -1 */
int tg_scan_row(struct tg_scanning *k, int64_t seq, struct tg_call_row *c);

/* call_scan_sorted.c */
int tg_scan_sorted(struct tg_scanning *k);
#endif
