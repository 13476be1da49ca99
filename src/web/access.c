/*
 * Who may administer: the master key, the command (through memory), a key of
 * a person with the role proxy_admin, or a person with the role owner or
 * admin who signs in by HTTP Basic.
 */
#include "config.h"

#include "web/basic.h"
#include "web/manage/rights.h"

/* A key, by whatever header, comes before a person. */
bool
tg_access_is_admin(struct tg_web *w)
{
	struct tg_err *e = &w->rq->err;

	if (tg_auth_text(w->rq).n == 0 && tg_basic(w) == 1)
		w->admin = true;
	else if (e->code == TG_OK &&
	    tg_auth_who(tg_app_gate(w->app), w->rq, &w->self) == 0)
		w->key = w->self->key;
	if (e->code == TG_OK && tg_caller_find(w) != 0)
		w->admin = false;
	return w->admin;
}

/* Who may see everything passes where nothing is changed. */
int
tg_access_admin(struct tg_web *w)
{
	enum tg_method method = w->rq->method;

	if (tg_access_is_admin(w) ||
	    (w->rq->err.code == TG_OK && w->caller->viewer &&
		(method == TG_GET || method == TG_HEAD)))
		return 0;
	if (w->rq->err.code != TG_OK)
		return -1;
	return tg_caller_need_admin(w, &w->rq->err);
}

int
tg_access_key(struct tg_web *w)
{
	(void)tg_access_is_admin(w);
	return w->rq->err.code == TG_OK ? 0 : -1;
}
