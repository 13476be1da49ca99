/*
 * Who may administer: the master key, the command (through memory), or a
 * person with the role owner or admin who signs in by HTTP Basic.
 */
#include "config.h"

#include <pthread.h>

#include "base/escape.h"
#include "base/hash.h"
#include "store/people.h"
#include "web/routes.h"

/* One at a time: each costs 19 MiB and some 30 ms on purpose. */
static pthread_mutex_t verifying = PTHREAD_MUTEX_INITIALIZER;

static bool
password_fits(const struct tg_person *person, struct tg_str password)
{
	int rc;

	pthread_mutex_lock(&verifying);
	rc = tg_password_verify(person->password_hash, password);
	pthread_mutex_unlock(&verifying);
	return rc == 0;
}

/* "Basic <base64 of name:password>" of such a person? */
static bool
is_person(struct tg_web *w)
{
	struct tg_request *rq = w->rq;
	struct tg_str v = tg_str_trim(tg_request_header(rq, "authorization"));
	struct tg_str scheme = { v.p, v.n < 6 ? v.n : 6 };
	struct tg_str plain, name;
	struct tg_person person;
	struct tg_err ignored = { 0 };

	if (!tg_str_ieq(scheme, "basic "))
		return false;
	v.p += 6;
	v.n -= 6;
	if (tg_base64_decode(rq->arena, tg_str_trim(v), &plain) != 0 ||
	    !tg_str_cut(&plain, ':', &name) || plain.p == NULL)
		return false;
	if (tg_person_find(tg_app_store(w->app), rq->arena,
		tg_arena_cstr(rq->arena, name), &person, &ignored) != 1)
		return false;
	if (strcmp(person.role, "owner") != 0 &&
	    strcmp(person.role, "admin") != 0)
		return false;
	if (!password_fits(&person, plain))
		return false;
	w->who = person.name;
	return true;
}

bool
tg_access_is_admin(struct tg_web *w)
{
	if (is_person(w))
		w->admin = true;
	else if (tg_auth_key(tg_app_gate(w->app), w->rq, &w->key) == 0) {
		w->admin = w->key.role == TG_KEY_MASTER;
		w->who = w->admin	 ? "master" :
		    w->key.alias != NULL ? w->key.alias :
					   w->key.name;
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
