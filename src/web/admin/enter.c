#include "config.h"

#include "web/admin/enter.h"

#include "base/clock.h"
#include "base/hash.h"
#include "base/log.h"
#include "store/audit.h"
#include "web/page/cookie.h"
#include "web/password.h"

struct enter {
	struct tg_web *w;
	const struct tg_person *person;
	const struct tg_key *key;
	const char *text;
	bool pending;
};

static int
check_subject(struct tg_db *db, struct enter *n, struct tg_err *e)
{
	struct tg_subject s;
	int rc = tg_subject_find(db, n->w->rq->arena, TG_SUBJECT_PERSON,
	    n->person->name, &s, e);

	if (rc == 1 && !s.blocked)
		return 0;
	return rc < 0 ? -1 :
			tg_fail(e, TG_E_PERSON_BLOCKED,
			    "%s is blocked or was removed. Ask an owner.",
			    n->person->name);
}

int
tg_enter_note(struct tg_web *w, struct tg_db *db, const char *name,
    const char *action, struct tg_err *e)
{
	struct tg_audit row = {
		.who = name,
		.addr = tg_arena_cstr(w->rq->arena, w->rq->addr),
		.action = action,
		.object = "person",
		.object_id = name,
	};

	return tg_audit_add(db, &row, e);
}

static int
begin(struct tg_db *db, void *arg, struct tg_err *e)
{
	struct enter *n = arg;
	struct tg_str old = tg_cookie_get(n->w->rq, TG_COOKIE_SESSION);
	struct tg_session s = { 0 };
	char token[TG_SHA256_HEX];

	if (n->person != NULL) {
		s.person = n->person->id;
		if (check_subject(db, n, e) != 0)
			return -1;
	} else
		s.key_id = n->key->id;
	if (n->pending)
		s.settings = TG_SESSION_PENDING;
	tg_sha256_hex(old, token);
	if (tg_session_drop(db, token, e) == -1 ||
	    tg_session_begin(n->w, db, n->text, &s, e) == -1)
		return -1;
	if (n->pending)
		return 0;
	/* A key's attempts are only its address's. */
	if (tg_attempt_right(n->w, db,
		n->person != NULL ? n->person->name : NULL, e) == -1)
		return -1;
	return n->person != NULL ?
	    tg_enter_note(n->w, db, n->person->name, "signed_in", e) :
	    0;
}

static int
enter(struct tg_web *w, struct enter *n)
{
	char text[TG_SESSION_BYTES];

	tg_session_new(text);
	n->w = w;
	n->text = tg_arena_cstr(w->rq->arena, tg_str(text));
	if (tg_write(tg_app_store(w->app), TG_DB_MAIN, begin, n,
		&w->rq->err) != 0)
		return -1;
	tg_session_cookie(w, n->text);
	if (!n->pending)
		tg_info("signed in addr=%.*s", TG_PRI(w->rq->addr));
	return 0;
}

int
tg_enter_person(struct tg_web *w, const struct tg_person *p, bool pending)
{
	struct enter n = { .person = p, .pending = pending };

	return enter(w, &n);
}

int
tg_enter_key(struct tg_web *w, const struct tg_key *key)
{
	struct enter n = { .key = key };

	return enter(w, &n);
}

/* Only below our own mount, wherever that is. */
const char *
tg_enter_next(const char *asked)
{
	struct tg_str s = tg_str(asked);
	size_t path = s.n;

	if (!tg_str_starts(s, "admin") && !tg_str_starts(s, "me"))
		return NULL;
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (c <= ' ' || c >= 0x7f || c == '\\' || c == '"')
			return NULL;
		if (c == '?' && path == s.n)
			path = i;
	}
	s.n = path;
	if (tg_str_find(s, TG_STR("..")) >= 0 ||
	    tg_str_find(s, TG_STR("//")) >= 0 || memchr(s.p, ':', s.n) ||
	    tg_str_find(s, TG_STR("admin/sign-")) == 0)
		return NULL;
	return asked;
}
