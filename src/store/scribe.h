#ifndef TG_STORE_SCRIBE_H
#define TG_STORE_SCRIBE_H
/* What gate/scribe.c reads, and how far it has come. */
#include "store/bodies.h"
#include "store/calls.h"
#include "store/db.h"
#include "store/ledger.h"

struct tg_scribe_line {
	int64_t line, at;
	enum tg_line_kind kind;
	int64_t amount_nano;
	bool has_row;		/* it is of a call: row */
	struct tg_call_row row;
};
/* Behind 'after', oldest first.  Inside tg_read() of TG_DB_MAIN. */
int tg_scribe_lines(struct tg_db *db, struct tg_arena *a, int64_t after,
    int64_t limit, struct tg_scribe_line **lines, size_t *n,
    struct tg_err *e);

/* Inside tg_read() or tg_write() of TG_DB_LOG. */
int tg_scribe_at(struct tg_db *db, int64_t *line, struct tg_err *e);
/* 1 moved; 0: another process did, nothing is to be written. */
int tg_scribe_move(struct tg_db *db, int64_t from, int64_t to,
    struct tg_err *e);
/* Forgets all that was read: it begins anew.  A transaction of its own. */
int tg_scribe_restart(struct tg_store *s, struct tg_err *e);
/* Is there a body of that call? 1, 0. */
int tg_scribe_has_body(struct tg_db *db, const char *call, struct tg_err *e);
#endif
