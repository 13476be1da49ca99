#ifndef TG_BASE_ERR_H
#define TG_BASE_ERR_H
/*
 * The reason why a request failed.  The first reason is kept: later ones are
 * consequences.  Codes say what went wrong, never how it is answered:
 * web/fault owns status, type and wording per dialect.
 */
#include <stdarg.h>
#include <stdbool.h>

#include "base/str.h"

enum tg_code {
	TG_OK = 0,
	/* what the caller sent */
	TG_E_JSON,		/* body is not JSON */
	TG_E_EMPTY_BODY,
	TG_E_UTF8,		/* body is not UTF-8 */
	TG_E_DEEP,		/* JSON nested too deep */
	TG_E_INVALID,		/* a value is wrong: param says which */
	TG_E_TYPE,		/* a value has the wrong type: param */
	TG_E_MISSING,		/* a member is missing: param */
	TG_E_TOO_LARGE,		/* body above the limit */
	TG_E_SLOW_BODY,		/* body did not come in time, or not whole */
	TG_E_MEDIA_TYPE,
	TG_E_NO_ROUTE,
	TG_E_METHOD,
	TG_E_NOT_FOUND,		/* a stored object */
	TG_E_CONFLICT,		/* such an object exists already */
	TG_E_UNSUPPORTED,	/* a parameter that cannot be honoured: param */
	/* who the caller is */
	TG_E_NO_KEY,
	TG_E_KEY_FORM,		/* does not look like a key of ours */
	TG_E_KEY_UNKNOWN,
	TG_E_KEY_EXPIRED,
	TG_E_KEY_BLOCKED,
	TG_E_NOT_ADMIN,
	TG_E_MODEL_DENIED,
	TG_E_ROUTE_DENIED,
	TG_E_ADDR_DENIED,	/* the key is not for this address */
	TG_E_TEAM_BLOCKED,	/* or its project, organization */
	TG_E_PERSON_BLOCKED,
	TG_E_CUSTOMER_BLOCKED,
	TG_E_TEAM_MODEL_DENIED,
	TG_E_PERSON_MODEL_DENIED,
	TG_E_ORGANIZATION_MODEL_DENIED,
	TG_E_PROJECT_MODEL_DENIED,
	TG_E_MEMBER_RIGHT,	/* a member of the team may not do that */
	TG_E_FORBIDDEN,		/* not yours, or not your role's */
	TG_E_FIELD_DENIED,	/* param: not for callers to send */
	/* money and limits */
	TG_E_BUDGET,		/* the caps do not pay for it */
	TG_E_UNPRICED,		/* a cap applies, the model has no price */
	TG_E_PROVIDER_BUDGET,	/* all deployments are over a cap of theirs */
	TG_E_RATE,		/* requests or tokens in a window */
	TG_E_PARALLEL,		/* calls in flight */
	TG_E_QUEUE,		/* waited its turn for too long */
	TG_E_EXISTS,		/* 409: a user of that id or e-mail */
	/* models */
	TG_E_MODEL_UNKNOWN,
	TG_E_NO_DEPLOYMENT,	/* model exists, nothing serves it now */
	/* ourselves */
	TG_E_BUSY,		/* max_streams reached */
	TG_E_STOPPING,
	TG_E_STORE,		/* database busy, full or read-only */
	TG_E_INTERNAL,
	/* the upstream */
	TG_E_UPSTREAM,		/* it answered with an error: see .upstream */
	TG_E_CONNECT,		/* cannot be reached: DNS, TCP, TLS */
	TG_E_CONNECT_TIME,
	TG_E_FIRST_BYTE_TIME,
	TG_E_GAP_TIME,
	TG_E_TOTAL_TIME,
	TG_E_CUT,		/* connection or stream ended too early */
	TG_E_GARBAGE,		/* it does not speak the format */
	TG_E_ANSWER_TOO_LARGE,
	TG_E_CLIENT_GONE,	/* nobody is there to be answered */
	TG_E__MAX
};

/* All strings are NUL terminated copies. */
struct tg_err {
	enum tg_code code;
	char msg[512];
	char detail[256];	/* hosts and such: for the books only */
	char param[64];		/* the request's member, or empty */
	/*
	 * what the upstream said, for TG_E_UPSTREAM (the status: also of a
	 * spent budget, as configured); empty or 0: unknown
	 */
	int status;
	char type[64];
	char ecode[64];
	long retry_after_ms;	/* -1: not given; also of RATE and its like */
};

void tg_err_reset(struct tg_err *e);
/*
 * Note the reason, unless there is one already; always returns -1.  The
 * message is a whole sentence for the caller: what is wrong, what to do.
 */
int tg_fail(struct tg_err *e, enum tg_code code, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* The same, naming the request's member. */
int tg_fail_param(struct tg_err *e, enum tg_code code, const char *param,
    const char *fmt, ...) __attribute__((format(printf, 4, 5)));
/* Adds the detail to a reason that has none yet. */
void tg_err_detail(struct tg_err *e, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* Copy src over an empty dst, keep a set one; returns -1. */
int tg_err_pass(struct tg_err *dst, const struct tg_err *src);
/* A short lower-case name for logs and rows: "key_unknown". */
const char *tg_code_name(enum tg_code code);
#endif
