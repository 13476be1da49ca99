#ifndef TG_WEB_FAULT_H
#define TG_WEB_FAULT_H
/*
 * The one table from a reason to what callers see: status, type, code and
 * headers.  What the gateway refuses itself (keys, rights, models) follows
 * litellm-compat.md section 3 at the configured level; everything else
 * openai-api.md section 2.
 */
#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "net/request.h"
#include "web/app.h"

struct tg_fault {
	int status;
	struct tg_str json;	/* {"error":{...}} in the arena */
	long retry_after_ms;	/* -1: none */
	int should_retry;	/* x-should-retry: -1 none, 0 false, 1 true */
};
/* Which envelope: {"error":{...}}, or FastAPI's {"detail":{...}}. */
enum tg_fault_form { TG_FAULT_ERROR, TG_FAULT_DETAIL };

/* A row of the table, for those who write it down. */
struct tg_fault_row {
	int status, old_status;	/* newest level; 1.83's, 0: the same */
	const char *type, *code;	/* code "=": the status as text */
	const char *param;	/* NULL: the member that is wrong, or none */
	int retry_after_s;	/* -1: none */
};
/* NULL: callers never see that reason. */
const struct tg_fault_row *tg_fault_row(enum tg_code code);

int tg_fault_status(const struct tg_err *e, enum tg_compat compat);
void tg_fault_make(const struct tg_err *e, enum tg_compat compat,
    struct tg_arena *a, struct tg_fault *f);
/* Sends rq->err as the whole answer. */
void tg_fault_send(struct tg_request *rq, enum tg_compat compat,
    enum tg_fault_form form);
#endif
