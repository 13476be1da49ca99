#ifndef TG_STORE_ACCOUNTS_H
#define TG_STORE_ACCOUNTS_H
/*
 * What promises are bound to, and the promises: caps (money in a period) and
 * limits (requests, tokens, calls in flight in a window).  An account is a
 * scope with its subject or its name.  Functions that take a tg_db run inside
 * the caller's tg_read() or tg_write().
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "store/db.h"

enum tg_scope {
	TG_SCOPE_HOUSE = 1,		/* no subject, no name */
	TG_SCOPE_KEY,			/* keys.id */
	TG_SCOPE_KEY_MODEL,		/* keys.id, name: model or glob */
	TG_SCOPE_PERSON,		/* subjects.id, as are the next */
	TG_SCOPE_TEAM,
	TG_SCOPE_TEAM_MODEL,		/* and a model or glob */
	TG_SCOPE_MEMBER,		/* members.id */
	TG_SCOPE_PROJECT,
	TG_SCOPE_ORGANIZATION,
	TG_SCOPE_CUSTOMER,
	TG_SCOPE_TAG,
	TG_SCOPE_MODEL,			/* name: as callers ask for, or glob */
	TG_SCOPE_PROVIDER,		/* name */
	TG_SCOPE_DEPLOYMENT,		/* name: its id */
	TG_SCOPE_PERSON_MODEL,		/* as TEAM_MODEL */
	TG_SCOPE_PROJECT_MODEL,
	TG_SCOPE_ORGANIZATION_MODEL,
	TG_SCOPE_CUSTOMER_MODEL,
	TG_SCOPE_ORGANIZATION_MEMBER,	/* person; name: number of the
					 * organization's row */
	TG_SCOPE_KEY_TAG,		/* keys.id, a tag's name: limits only */
	TG_SCOPE__MAX
};
const char *tg_scope_name(enum tg_scope s);	/* "key" "key_model" ... */
/* Where the promises of s for single models stand; 0: there are none. */
enum tg_scope tg_scope_by_model(enum tg_scope s);
/* Of where a call goes (provider, deployment), not of who makes it. */
bool tg_scope_is_upstream(enum tg_scope s);
/* Name of an ORGANIZATION_MEMBER: the organization's number. */
#define TG_SCOPE_NUMBER_BYTES 24
const char *tg_scope_number(
    int64_t id, char name[TG_SCOPE_NUMBER_BYTES]);

enum tg_at_cap { TG_AT_CAP_BLOCK, TG_AT_CAP_WARN, TG_AT_CAP_SWITCH };
enum tg_over { TG_OVER_CLAMP, TG_OVER_REFUSE };
enum tg_unpriced { TG_UNPRICED_BLOCK, TG_UNPRICED_CEILING, TG_UNPRICED_ALLOW };
enum tg_limit_unit {
	TG_LIMIT_REQUESTS,
	TG_LIMIT_TOKENS,		/* input and output */
	TG_LIMIT_INPUT,
	TG_LIMIT_OUTPUT,
	TG_LIMIT_PARALLEL,		/* calls in flight; window_s 0 */
	TG_LIMIT__MAX
};
const char *tg_limit_unit_name(enum tg_limit_unit u);

#define TG_NANO_NONE INT64_MIN		/* no such amount */

struct tg_cap {
	int64_t id;
	const char *origin;		/* "own", "budget:NAME", "ini" */
	const char *period;		/* canonical, base/period.h */
	int64_t cap_nano;		/* or TG_NANO_NONE: soft only */
	int64_t soft_nano;		/* or TG_NANO_NONE */
	enum tg_at_cap at_cap;
	enum tg_over over;
	enum tg_unpriced unpriced;
	const char *switch_model;	/* NULL unless at_cap is SWITCH */
	int switch_percent;		/* of the cap, from which on */
	int64_t extra_nano;		/* added to the cap ... */
	int64_t extra_until;		/* ... until then (wall us; 0 no end) */
	const char *marks;		/* "50,80,95,100": thresholds, percent */
};
struct tg_limit {
	int64_t id;
	enum tg_limit_unit unit;
	int64_t window_s;		/* 60, 3600, 86400, ...; 0 in flight */
	int64_t cap;
	int64_t queue_ms;		/* 0: refused at once */
};

/* Promises as they are to be: what tg_promise_set() takes. */
struct tg_promises {
	struct tg_cap *caps;		/* id is not read */
	size_t n_caps;
	struct tg_limit *limits;	/* id is not read */
	size_t n_limits;
};

struct tg_account {
	int64_t id;			/* 0: not in the table, promises none */
	enum tg_scope scope;
	int64_t subject;
	const char *name;		/* "" where the subject says it */
	const struct tg_cap *caps;
	size_t n_caps;
	const struct tg_limit *limits;
	size_t n_limits;
};

/*
 * Makes the account if it is not there; *id is set.  Entities get theirs when
 * they are made, so that calls only count it up.
 */
int tg_account_make(struct tg_db *db, enum tg_scope scope, int64_t subject,
    const char *name, int64_t *id, struct tg_err *e);
/*
 * All promises of an account as they are from now on: a cap of a period that
 * was there keeps its balance and holds; one of a new period starts with what
 * the account has spent in its present period (from the rollups), and what is
 * open holds under it; others go.  The master key promises nothing.  Bumps
 * the rules.
 */
int tg_promise_set(struct tg_db *db, enum tg_scope scope, int64_t subject,
    const char *name, const struct tg_promises *p, struct tg_err *e);
/*
 * The accounts of one subject under a scope that has names (KEY_MODEL and its
 * like; MODEL, PROVIDER, DEPLOYMENT with subject 0), or the one account
 * (name ""): for showing, and for dropping those no longer promised.
 */
int tg_accounts_of(struct tg_db *db, struct tg_arena *a, enum tg_scope scope,
    int64_t subject, struct tg_account **accounts, size_t *n,
    struct tg_err *e);

/* How an account stands now: for pages, /me, info routes and headers. */
struct tg_standing {
	const struct tg_cap *cap;	/* one of these two */
	const struct tg_limit *limit;
	int64_t spent_nano, held_nano;	/* in the present period */
	int64_t period_at, reset_at;	/* wall us; reset_at INT64_MAX never */
	int64_t used;			/* units in the window, in flight */
	int64_t free_us;		/* until the window gives some back */
};
int tg_standings(struct tg_db *db, struct tg_arena *a,
    const struct tg_account *account, int64_t now, struct tg_standing **st,
    size_t *n, struct tg_err *e);
/* Everything the account ever spent, adjustments included. */
int tg_account_spent(struct tg_db *db, enum tg_scope scope, int64_t subject,
    const char *name, int64_t *nano, struct tg_err *e);
/*
 * By hand: the account's spending and that of each of its caps' present
 * period become 'to' where they are above it; with raise also where they are
 * below.  A line of the ledger for each that changes.
 */
int tg_account_adjust(struct tg_db *db, enum tg_scope scope, int64_t subject,
    const char *name, int64_t to_nano, bool raise, struct tg_err *e);

/* Keys, subjects, members, caps or limits have changed. */
int tg_rules_bump(struct tg_db *db, struct tg_err *e);
#endif
