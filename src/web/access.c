/*
 * Who may administer: the master key, the command (through memory), or a
 * person with the role owner or admin who signs in by HTTP Basic.
 */
#include "config.h"

#include "web/basic.h"

/* A key, by whatever header, comes before a person. */
bool
tg_access_is_admin(struct tg_web *w)
{
	struct tg_key *key = &w->key;

	if (tg_auth_text(w->rq).n == 0 && tg_basic(w) == 1)
		w->admin = true;
	else if (w->rq->err.code == TG_OK &&
	    tg_auth_key(tg_app_gate(w->app), w->rq, key) == 0) {
		w->admin = key->role == TG_KEY_MASTER;
		w->who = key->alias != NULL ? key->alias : key->name;
		if (w->admin)
			w->who = "master";
	}
	return w->admin;
}

int
tg_access_admin(struct tg_web *w)
{
	if (tg_access_is_admin(w))
		return 0;
	return tg_fail(&w->rq->err, TG_E_NOT_ADMIN,
	    "Authentication Error, Only proxy admin can be used to call this "
	    "route. Use the master key that `tollgate init` printed.");
}

int
tg_access_key(struct tg_web *w)
{
	(void)tg_access_is_admin(w);
	return w->rq->err.code == TG_OK ? 0 : -1;
}
