#ifndef TG_WEB_MANAGE_H
#define TG_WEB_MANAGE_H
/*
 * What the routes of the management API share: a JSON body in, one
 * transaction, a JSON value out.  A route names tg_run_change or tg_run_look
 * as its handler, and a function that is run inside the transaction:
 *
 *	{ TG_POST, "/team/block", TG_ACCESS_KEY, tg_run_change, team_block,
 */
#include "base/jtree.h"
#include "store/db.h"
#include "web/routes.h"

#define TG_MAX_MANAGE_BODY (1024 * 1024)

/* One request inside its transaction. */
struct tg_page;
struct tg_manage {
	struct tg_web *w;
	struct tg_db *db;
	struct tg_arena *a;	/* the request's */
	struct tg_err *e;
	const json_t *body;	/* an object; of a GET the empty one */
	int64_t now;		/* wall us, one moment for all of it */
	const char *zone;	/* of budgets that do not say */
	json_t *answer;		/* what is sent, if it ends well */
	json_t *kept;		/* see tg_manage_keep() */
	struct tg_page *page;	/* that asks: web/page/page.h; or NULL */
};
/*
 * A tg_manage_fn answers 0 when m->answer is set.  It may run twice: what it
 * sets, it sets anew.  For handlers that do more than run one:
 * this reads the body, runs fn in one writing transaction, sends the answer.
 */
int tg_manage_change(struct tg_web *w, tg_manage_fn *fn);
/*
 * For pages: runs fn in one transaction with what m has (w, body); m->answer
 * and m->kept are the caller's, on failure too.
 */
int tg_manage_run(struct tg_manage *m, tg_manage_fn *fn, bool writes);

/* Lets go of j when the request is done. NULL is passed through. */
json_t *tg_manage_keep(struct tg_manage *m, json_t *j);
/*
 * Keeps who did what (store/audit.h) in this transaction.  before and after
 * are borrowed, either may be NULL; they hold no secrets.
 */
int tg_manage_audit(struct tg_manage *m, const char *action,
    const char *object, const char *object_id, const json_t *before,
    const json_t *after);
/* A failure with LiteLLM's type where it is not the code's own. */
int tg_manage_fail(struct tg_err *e, enum tg_code code, const char *type,
    const char *param, const char *fmt, ...)
    __attribute__((format(printf, 5, 6)));

/* A parameter of the query, decoded, or NULL (empty ones too). */
const char *tg_manage_query(struct tg_manage *m, const char *name);
/* Left alone when missing. Out of bounds or of another type: 422. */
int tg_manage_query_int(struct tg_manage *m, const char *name, int64_t min,
    int64_t max, int64_t *out);
int tg_manage_query_bool(struct tg_manage *m, const char *name, bool *out);

/* A member of the body as text in the arena; NULL: missing, null or "". */
int tg_manage_text(struct tg_manage *m, const char *name, const char **out);
/* The same, which must be there: 422. */
int tg_manage_need(struct tg_manage *m, const char *name, const char **out);
/* The body to be changed: a copy that is kept. */
json_t *tg_manage_copy(struct tg_manage *m, const json_t *body);
/* Does the body have that member, null or not? */
bool tg_manage_has(const struct tg_manage *m, const char *name);
/* Stored JSON text as a tree that is kept; what is no JSON is null. */
json_t *tg_manage_json(struct tg_manage *m, const char *text);
/* A tree as text in the arena; NULL is "null". */
const char *tg_manage_print(struct tg_manage *m, const json_t *j);
/*
 * LiteLLM takes "10d" as a temp_budget_expiry as well; kept is until when.
 * settings is the caller's.
 */
void tg_manage_expiry(const struct tg_manage *m, json_t *settings);
/* Is text one of a JSON array's strings? */
bool tg_manage_among(const json_t *array, const char *text);

/* The body as an object (an empty body is {}); the caller's. NULL: failed. */
json_t *tg_manage_body(struct tg_web *w);
/*
 * Answers what is wrong with such a body as LiteLLM does: 422 and
 * {"detail":[...]} (litellm-compat.md 3.0).  False: rq->err is of another kind.
 */
bool tg_manage_fault(struct tg_web *w);
/* Sends j and lets go of it. */
int tg_manage_send(struct tg_web *w, json_t *j);
/* LiteLLM's codes are the status, whatever went wrong. */
void tg_manage_finish_fault(struct tg_web *w);
/* ISO time, or JSON null for 0. */
json_t *tg_manage_time(int64_t wall_us);
/* An amount in USD. */
json_t *tg_manage_usd(int64_t nano_usd);
/*
 * Members that would set a limit this version does not enforce are refused
 * when they hold a value: silence would promise what is not kept.
 */
int tg_manage_refuse(struct tg_web *w, const json_t *body,
    const char *const *names);
#endif
