#ifndef TG_WEB_MANAGE_H
#define TG_WEB_MANAGE_H
/*
 * What the routes of the management API share: a JSON body in, a JSON value
 * out.
 */

#include "base/jtree.h"
#include "web/routes.h"

#define TG_MAX_MANAGE_BODY (1024 * 1024)

/* The body as an object (an empty body is {}); the caller's. NULL: failed. */
json_t *tg_manage_body(struct tg_web *w);
/*
 * Answers what is wrong with such a body as LiteLLM does: 422 and
 * {"detail":[...]} (litellm-compat.md 3.0).  False: rq->err is of another kind.
 */
bool tg_manage_fault(struct tg_web *w);
/* Sends j and lets go of it. */
int tg_manage_send(struct tg_web *w, json_t *j);
/* ISO time, or JSON null for 0. */
json_t *tg_manage_time(int64_t wall_us);
/*
 * Members that would set a limit this version does not enforce are refused
 * when they hold a value: silence would promise what is not kept.
 */
int tg_manage_refuse(struct tg_web *w, const json_t *body,
    const char *const *names);
#endif
