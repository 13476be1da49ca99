#include "config.h"

#include "web/password.h"

/* The check, its brakes, and what makes a password. */
#include <arpa/inet.h>
#include <pthread.h>
#include <time.h>

#include "base/clock.h"
#include "base/escape.h"
#include "base/hash.h"
#include "base/log.h"
#include "store/sessions.h"
#include "store/subjects.h"

#define QUEUE_S 3		/* the longest that a check waits for others */
#define NAME_MOST 200

/* Of a password nobody has: an unknown name takes as long as a known one. */
static const char nobody[] =
    "$argon2id$v=19$m=19456,t=2,p=1$kdCB4ryLnZe9lClGNWvDzg$"
    "1StpSsEnkh36xbIEICSjDIzqc6+p2ZHDPQI5vGrmQD8";

static pthread_mutex_t checking = PTHREAD_MUTEX_INITIALIZER;

struct find {
	struct tg_web *w;
	const char *name;
	struct tg_person *p;
};
struct attempt {
	struct tg_web *w;
	const char *name;
	int64_t wait_us;
	bool whole;
};

/* --- attempts --- */

/* A network of IPv6 is one caller: it has 2^64 addresses. */
static const char *
addr_of(struct tg_web *w)
{
	char *text = tg_arena_cstr(w->rq->arena, w->rq->addr);
	unsigned char six[16];
	char net[INET6_ADDRSTRLEN];

	if (inet_pton(AF_INET6, text, six) != 1)
		return text;
	memset(six + 8, 0, 8);
	return inet_ntop(AF_INET6, six, net, sizeof(net)) != NULL ?
	    tg_arena_printf(w->rq->arena, "%s/64", net) :
	    text;
}

static int
begin(struct tg_db *db, void *arg, struct tg_err *e)
{
	struct attempt *t = arg;

	return tg_attempt_begin(
	    db, t->name, addr_of(t->w), tg_wall_us(), &t->wait_us, e);
}

int
tg_attempt_try(struct tg_web *w, const char *name)
{
	struct attempt t = { .w = w, .name = name };
	struct tg_err *e = &w->rq->err;
	int64_t seconds;

	if (tg_write(tg_app_store(w->app), TG_DB_MAIN, begin, &t, e) != 0)
		return -1;
	if (t.wait_us == 0)
		return 0;
	seconds = (t.wait_us + 999999) / 1000000;
	(void)tg_fail(e, TG_E_RATE,
	    "Too many sign-ins failed, with this name or from your address. "
	    "Try again in %lld %s.",
	    (long long)(seconds < 120 ? seconds : (seconds + 59) / 60),
	    seconds == 1	  ? "second" :
		seconds < 120 ? "seconds" :
				"minutes");
	e->retry_after_ms = (long)seconds * 1000;
	return -1;
}

int
tg_attempt_right(struct tg_web *w, struct tg_db *db, const char *name,
    struct tg_err *e)
{
	return tg_attempt_good(db, name, addr_of(w), e);
}

static int
right(struct tg_db *db, void *arg, struct tg_err *e)
{
	struct attempt *t = arg;

	return t->whole ? tg_attempt_good(db, t->name, addr_of(t->w), e) :
			  tg_attempt_undo(db, t->name, addr_of(t->w), e);
}

/* --- the check --- */

static int
find(struct tg_db *db, void *arg, struct tg_err *e)
{
	struct find *f = arg;
	struct tg_arena *a = f->w->rq->arena;
	struct tg_subject s;
	int rc = tg_person_look(db, a, f->name, f->p, e);

	if (rc != 0 || strchr(f->name, '@') == NULL)
		return rc;
	rc = tg_person_by_email(db, a, f->name, &s, e);
	return rc == 1 ? tg_person_look(db, a, s.name, f->p, e) : rc;
}

/* 1 right, 0 wrong, -1 not now. */
static int
fits(struct tg_web *w, const char *hash, struct tg_str password)
{
	struct timespec until;
	int rc;

	(void)clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += QUEUE_S;
	if (pthread_mutex_timedlock(&checking, &until) != 0)
		return tg_fail(&w->rq->err, TG_E_BUSY,
		    "Sign-ins are checked one at a time. Try again in a "
		    "moment.");
	rc = tg_password_verify(*hash != '\0' ? hash : nobody, password);
	pthread_mutex_unlock(&checking);
	return rc == 0 && *hash != '\0';
}

int
tg_password_check(struct tg_web *w, const char *name,
    struct tg_str password, struct tg_person *p)
{
	struct tg_store *s = tg_app_store(w->app);
	struct tg_err *e = &w->rq->err;
	struct find f = { w, name, p };
	struct attempt t = { .w = w, .name = name };
	int found, rc;

	if (strlen(name) > NAME_MOST || password.n > TG_PASSWORD_MOST)
		return 0;
	found = tg_read(s, TG_DB_MAIN, find, &f, e);
	if (found < 0)
		return -1;
	if (found == 1)
		t.name = p->name;
	else
		*p = (struct tg_person){ .password_hash = "" };
	if (tg_attempt_try(w, t.name) != 0)
		return -1;
	rc = fits(w, p->password_hash, password);
	if (rc == 0)
		tg_warnx("sign-in failed addr=%.*s", TG_PRI(w->rq->addr));
	if (rc != 1)
		return rc;
	t.whole = p->totp == NULL;
	return tg_write(s, TG_DB_MAIN, right, &t, e) == 0 ? 1 : -1;
}

int
tg_password_make(struct tg_arena *a, const char *password, const char **hash,
    struct tg_err *e)
{
	char *out = tg_arena_alloc(a, TG_PASSWORD_HASH_BYTES);
	size_t n = strlen(password);

	if (n < TG_PASSWORD_LEAST || n > TG_PASSWORD_MOST)
		return tg_fail_param(e, TG_E_INVALID, "password",
		    "A password has at least %d characters.",
		    TG_PASSWORD_LEAST);
	if (!tg_utf8_valid(tg_str(password)))
		return tg_fail_param(e, TG_E_INVALID, "password",
		    "The password is not valid text.");
	if (tg_password_hash(tg_str(password), out) != 0)
		return tg_fail(e, TG_E_INTERNAL,
		    "The password cannot be hashed.");
	*hash = out;
	return 0;
}
