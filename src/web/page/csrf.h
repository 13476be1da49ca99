#ifndef TG_WEB_PAGE_CSRF_H
#define TG_WEB_PAGE_CSRF_H
/*
 * That a form was sent from a page of ours: it carries an HMAC of a secret
 * which only a cookie holds, the session's or, for who has none, one that is
 * made for forms alone.  And the browser says where it comes from.
 */
#include "web/page/visitor.h"

/* The token for v; secret: the session's cookie, or empty. */
void tg_csrf_make(struct tg_web *w, struct tg_visitor *v,
    struct tg_str secret);
/* -1: it was not sent from a page of ours, TG_E_FORBIDDEN. */
int tg_csrf_check(struct tg_web *w);
#endif
