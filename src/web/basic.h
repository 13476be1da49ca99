#ifndef TG_WEB_BASIC_H
#define TG_WEB_BASIC_H
/*
 * People who sign in by HTTP Basic (RFC 7617).  A password is checked by
 * Argon2id, which costs on purpose: so one at a time in a process, not
 * again for a minute after it was right, and slowly after it was wrong.
 */
#include "web/routes.h"

/*
 * 1: a person who may administer, w->who is set; 0: the request has no such
 * header; -1: rq->err says why not (wrong: TG_E_NOT_ADMIN, asked too fast:
 * TG_E_BUSY, TG_E_STORE).
 */
int tg_basic(struct tg_web *w);
#endif
