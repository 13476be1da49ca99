/*
 * The check itself and its brakes.  What this process remembers: the last
 * header that was right, by its hash, and when the next check may be.
 */
#include "config.h"

#include "web/basic.h"

#include <pthread.h>

#include "base/clock.h"
#include "base/escape.h"
#include "base/hash.h"
#include "base/log.h"
#include "store/people.h"

#define REMEMBER_MS 60000
#define AFTER_WRONG_MS 500

/* Of a password nobody has: an unknown name takes as long as a known one. */
static const char nobody[] =
    "$argon2id$v=19$m=19456,t=2,p=1$kdCB4ryLnZe9lClGNWvDzg$"
    "1StpSsEnkh36xbIEICSjDIzqc6+p2ZHDPQI5vGrmQD8";

static pthread_mutex_t checking = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char right[TG_SHA256_HEX];	/* under lock, as are both times */
static int64_t right_until_ms, next_ms;

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
note(struct tg_web *w, bool fits, const char *print)
{
	pthread_mutex_lock(&lock);
	if (fits) {
		memcpy(right, print, sizeof(right));
		right_until_ms = tg_mono_ms() + REMEMBER_MS;
	} else
		next_ms = tg_mono_ms() + AFTER_WRONG_MS;
	pthread_mutex_unlock(&lock);
	if (!fits)
		tg_warnx("sign-in failed addr=%.*s", TG_PRI(w->rq->addr));
}

static bool
is_too_soon(void)
{
	bool is;

	pthread_mutex_lock(&lock);
	is = tg_mono_ms() < next_ms;
	pthread_mutex_unlock(&lock);
	return is;
}

/* 1 right, 0 wrong, -1 not now. */
static int
check(struct tg_web *w, const char *stored, struct tg_str password,
    const char *print)
{
	bool fits;

	if (is_remembered(print))
		return 1;
	if (is_too_soon() || pthread_mutex_trylock(&checking) != 0)
		return tg_fail(&w->rq->err, TG_E_BUSY,
		    "Sign-ins are checked one at a time. Try again in a "
		    "moment.");
	fits = tg_password_verify(stored, password) == 0;
	pthread_mutex_unlock(&checking);
	note(w, fits, print);
	return fits;
}

static bool
may_administer(const struct tg_person *p)
{
	return strcmp(p->role, "owner") == 0 || strcmp(p->role, "admin") == 0;
}

static int
sign_in(struct tg_web *w, struct tg_str header, struct tg_str name,
    struct tg_str password)
{
	struct tg_request *rq = w->rq;
	struct tg_person p = { .password_hash = nobody, .role = "" };
	char print[TG_SHA256_HEX];
	int found, fits;

	found = tg_person_find(tg_app_store(w->app), rq->arena,
	    tg_arena_cstr(rq->arena, name), &p, &rq->err);
	if (found < 0)
		return -1;
	if (found == 0)
		p.password_hash = nobody;
	fingerprint(w, header, p.password_hash, print);
	fits = check(w, p.password_hash, password, print);
	if (fits < 0)
		return -1;
	if (found == 0 || fits == 0 || !may_administer(&p))
		return tg_fail(&rq->err, TG_E_NOT_ADMIN,
		    "Authentication Error, the user name or password is "
		    "wrong, or this person may not administer.");
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
