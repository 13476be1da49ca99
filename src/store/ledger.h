#ifndef TG_STORE_LEDGER_H
#define TG_STORE_LEDGER_H
/*
 * The ledger itself: lines that are only added, each with the hash of the one
 * before (SHA-256 over the hash before, the line's numbers as big-endian
 * 64-bit words and its digest; the first begins with 32 zero bytes), and the
 * proof that all sums agree with them.
 */
#include "base/hash.h"
#include "store/accounts.h"
#include "store/calls.h"

enum tg_line_kind {
	TG_LINE_CALL = 1,
	TG_LINE_ESTIMATE,	/* of a lost call */
	TG_LINE_CORRECTION,	/* its process lived after all */
	TG_LINE_ADJUSTMENT
};

/* Inside the caller's transaction; the digest is made from row (or zero). */
struct tg_line {
	enum tg_line_kind kind;
	int64_t call;		/* seq of the attempt, 0 */
	int64_t account, cap, period_at;	/* adjustments */
	int64_t amount_nano;	/* what it adds */
	const struct tg_call_row *row;	/* NULL for adjustments */
};
int tg_ledger_add(struct tg_db *db, const struct tg_line *line,
    struct tg_err *e);
/* Number and hash of the last line; before the first 0 and only zeros. */
int tg_ledger_head(struct tg_db *db, int64_t *line, char hex[TG_SHA256_HEX],
    struct tg_err *e);

/*
 * Everything against everything: the chain; each completed row against the
 * digest of its last line; holds and flights against open rows; accounts,
 * balances and rollups against lines.  Reads in one snapshot.  0: all agree
 * (report->lines tells how many); 1: they do not, and report->first says
 * where and what (a sentence); -1: cannot be read.
 */
struct tg_ledger_report {
	int64_t lines, calls, open, accounts, balances;
	int64_t total_nano;	/* of all calls, adjustments left out */
	char head[65];		/* hash of the last line in hex, to be kept */
	int64_t wrong;		/* differences found (counting stops at 1000) */
	char first[512];
};
int tg_ledger_verify(struct tg_store *s, struct tg_ledger_report *report,
    struct tg_err *e);
#endif
