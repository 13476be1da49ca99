#ifndef TG_STORE_TERMS_H
#define TG_STORE_TERMS_H
/*
 * Under which terms a call is made: the accounts it will be booked to, with
 * their caps and limits.  Kept in memory per process and account as long as
 * the rules' version (meta "rules") stands; admission proves the version in
 * its transaction, so that a change is effective with the very next call in
 * every process.
 */
#include "store/accounts.h"

struct tg_store;

struct tg_account_ref {
	enum tg_scope scope;
	int64_t subject;		/* 0 where the name says it */
	/*
	 * "" where the subject says it.  For MODEL, KEY_MODEL and its like:
	 * the model that is asked for; every account whose name or glob fits
	 * it is found, none or several.
	 */
	const char *name;
};

struct tg_terms {
	int64_t version;
	struct tg_account *accounts;	/* those that promise, or are counted */
	size_t n;
};

/* In the arena; what the cache holds is copied or kept alive with it. */
int tg_terms_find(struct tg_store *s, struct tg_arena *a,
    const struct tg_account_ref *refs, size_t n, struct tg_terms *out,
    struct tg_err *e);
/* Is there any cap (hard or soft)?  Any limit? */
bool tg_terms_cap(const struct tg_terms *t);
bool tg_terms_limit(const struct tg_terms *t);
#endif
