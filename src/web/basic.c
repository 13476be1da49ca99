/*
 * What this process remembers: the last header that was right, by its hash,
 * so that a script which asks a lot pays for Argon2id once a minute.
 */
#include "config.h"

#include "web/basic.h"

#include <pthread.h>

#include "base/clock.h"
#include "base/escape.h"
#include "base/hash.h"
#include "web/password.h"

#define REMEMBER_MS 60000

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char right[TG_SHA256_HEX];	/* under lock, as is the time */
static int64_t right_until_ms;

/* Bound to the stored hash: a changed password is asked for at once. */
static void
fingerprint(struct tg_web *w, struct tg_str header, const char *stored,
    char out[TG_SHA256_HEX])
{
	tg_sha256_hex(tg_str(tg_arena_printf(w->rq->arena, "%.*s\n%s",
			  TG_PRI(header), stored)),
	    out);
}

static bool
is_remembered(const char *print)
{
	bool is;

	pthread_mutex_lock(&lock);
	is = tg_mono_ms() < right_until_ms &&
	    tg_equal_ct(tg_str(right), tg_str(print));
	pthread_mutex_unlock(&lock);
	return is;
}

static void
remember(const char *print)
{
	pthread_mutex_lock(&lock);
	memcpy(right, print, sizeof(right));
	right_until_ms = tg_mono_ms() + REMEMBER_MS;
	pthread_mutex_unlock(&lock);
}

static bool
may_administer(const struct tg_person *p)
{
	return strcmp(p->role, "owner") == 0 || strcmp(p->role, "admin") == 0;
}

/* 1 right, 0 wrong, -1 not now. */
static int
check(struct tg_web *w, struct tg_str header, const char *name,
    struct tg_str password, struct tg_person *p)
{
	struct tg_request *rq = w->rq;
	char print[TG_SHA256_HEX];
	int rc = tg_person_find(
	    tg_app_store(w->app), rq->arena, name, p, &rq->err);

	if (rc < 0)
		return -1;
	if (rc == 1) {
		fingerprint(w, header, p->password_hash, print);
		if (is_remembered(print))
			return 1;
	}
	rc = tg_password_check(w, name, password, p);
	if (rc == 1) {
		fingerprint(w, header, p->password_hash, print);
		remember(print);
	}
	return rc;
}

static int
sign_in(struct tg_web *w, struct tg_str header, struct tg_str name,
    struct tg_str password)
{
	struct tg_request *rq = w->rq;
	struct tg_person p;
	int rc = check(
	    w, header, tg_arena_cstr(rq->arena, name), password, &p);

	if (rc < 0)
		return -1;
	if (rc == 0 || !may_administer(&p))
		return tg_fail(&rq->err, TG_E_NOT_ADMIN,
		    "Authentication Error, the user name or password is "
		    "wrong, or this person may not administer.");
	if (p.totp != NULL)
		return tg_fail(&rq->err, TG_E_NOT_ADMIN,
		    "Authentication Error, this person signs in with a second "
		    "factor, which Basic has no place for. Use a key of a "
		    "person with the role proxy_admin.");
	w->who = p.name;
	return 1;
}

int
tg_basic(struct tg_web *w)
{
	struct tg_request *rq = w->rq;
	struct tg_str v = tg_str_trim(tg_request_header(rq, "authorization"));
	struct tg_str scheme = { v.p, v.n < 6 ? v.n : 6 };
	struct tg_str rest, plain, name;

	if (!tg_str_ieq(scheme, "basic "))
		return 0;
	rest = tg_str_trim((struct tg_str){ v.p + 6, v.n - 6 });
	if (tg_base64_decode(rq->arena, rest, &plain) != 0 ||
	    memchr(plain.p, ':', plain.n) == NULL)
		return tg_fail(&rq->err, TG_E_NOT_ADMIN,
		    "Authentication Error, the Authorization header is not "
		    "`Basic base64(name:password)`.");
	(void)tg_str_cut(&plain, ':', &name);
	return sign_in(w, v, name, plain);
}
