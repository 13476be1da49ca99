#ifndef TG_STORE_KEEPING_H
#define TG_STORE_KEEPING_H
/*
 * How long and what is kept of calls, where a page has changed what
 * tollgate.ini leaves open: settings of the table config, named as in [log].
 */
#include "store/bodies.h"
#include "store/db.h"
#include "store/keys.h"

struct tg_keeping {
	int64_t max_age_days, max_rows, max_bytes;	/* -1: not changed */
	enum tg_log_mode log;				/* UNSET */
};
/* Inside the caller's transaction. */
int tg_keeping_get(struct tg_db *db, struct tg_keeping *k, struct tg_err *e);
int tg_keeping_set(struct tg_db *db, const struct tg_keeping *k,
    const char *by, struct tg_err *e);
/* The caps with what was changed. */
void tg_keeping_apply(const struct tg_keeping *k, struct tg_body_caps *caps);

/* What there is, and what these caps would have deleted (bytes: about). */
struct tg_foresight {
	int64_t rows, bytes, oldest_at;
	int64_t gone_rows, gone_bytes;
	int64_t kept_from;	/* 0: nothing is left */
};
int tg_keeping_foresee(struct tg_store *s, const struct tg_body_caps *caps,
    struct tg_foresight *f, struct tg_err *e);
#endif
