#ifndef TG_WEB_BASIC_H
#define TG_WEB_BASIC_H
/*
 * People who sign in by HTTP Basic (RFC 7617): web/password.h, and not again
 * for a minute after it was right.
 */
#include "web/routes.h"

/*
 * 1: a person who may administer, w->who is set; 0: the request has no such
 * header; -1: rq->err says why not (wrong: TG_E_NOT_ADMIN, too many
 * failed: TG_E_RATE, TG_E_BUSY, TG_E_STORE).
 */
int tg_basic(struct tg_web *w);
#endif
