/* Signing in by name and password, a second factor, or a key; and out. */
#include "config.h"

#include "base/clock.h"
#include "base/escape.h"
#include "base/hash.h"
#include "base/limits.h"
#include "base/totp.h"
#include "web/admin/admin.h"
#include "web/admin/enter.h"
#include "web/page/cookie.h"
#include "web/password.h"

/* --- the first step --- */

static int
fill(struct tg_manage *m, struct tg_page *p)
{
	const char *next = tg_page_query(p, "next");
	struct tg_person first;
	int rc = tg_person_initial(m->db, m->a, &first, m->e);

	if (rc < 0)
		return -1;
	tg_page_set_true(p, "first", rc == 1);
	tg_page_set_text(p, "stranger", p->w->visitor->stranger);
	if (next == NULL)
		next = tg_page_field(p, "next");
	tg_page_set_text(p, "next", tg_enter_next(next));
	tg_page_set_text(p, "csrf", p->w->visitor->csrf);
	return 0;
}

static int
go_in(struct tg_page *p, bool holder)
{
	const char *next = tg_enter_next(tg_page_field(p, "next"));

	if (next == NULL || (holder && !tg_str_starts(tg_str(next), "me")))
		next = holder ? "me" : "admin";
	return tg_page_goto(p, NULL, "%s", next);
}

static int
show(struct tg_web *w)
{
	struct tg_page *p;
	enum tg_visit role = w->visitor->role;

	if (role == TG_VISIT_NONE)
		return tg_page_show(w, "sign_in", N_("Sign in"), fill);
	p = tg_page_open(w, "sign_in", N_("Sign in"));
	return tg_page_goto(
	    p, NULL, role == TG_VISIT_HOLDER ? "me" : "admin");
}

static int
by_name(struct tg_page *p, const char *name)
{
	struct tg_web *w = p->w;
	const char *password = tg_page_field(p, "password");
	struct tg_person who;
	int rc = tg_password_check(w, name, tg_str(password), &who);

	if (rc == 0)
		rc = tg_fail_param(&w->rq->err, TG_E_NOT_ADMIN, "password",
		    N_("The name or the password is wrong."));
	if (rc < 0 || tg_enter_person(w, &who, who.totp != NULL) != 0)
		return tg_page_refused(p, fill);
	if (who.totp == NULL && tg_person_is_initial(&who))
		return tg_page_goto(p, NULL, "admin/set-up");
	if (who.totp == NULL)
		return go_in(p, false);
	return tg_page_goto(p, NULL, "admin/sign-in/code");
}

/* Only what a key looks like is looked for; others are no attempt. */
static int
find_key(struct tg_web *w, const char *text)
{
	struct tg_key asked = { 0 };
	struct tg_err *e = &w->rq->err;

	if (!tg_str_starts(tg_str(text), "sk-") ||
	    strlen(text) > TG_MAX_KEY_TEXT)
		return tg_fail_param(e, TG_E_KEY_FORM, "key",
		    N_("That is no key of this gateway: they begin with "
		       "sk-."));
	if (tg_attempt_try(w, NULL) != 0)
		return -1;
	tg_sha256_hex(tg_str(text), asked.token);
	asked.name = tg_arena_cstr(
	    w->rq->arena, tg_mask_key(w->rq->arena, tg_str(text)));
	tg_auth_release(w->self);
	w->self = NULL;
	if (tg_auth_token(tg_app_gate(w->app), w->rq, &asked, &w->self) != 0)
		return -1;
	if (w->self->key.role == TG_KEY_MASTER)
		return tg_fail_param(e, TG_E_FORBIDDEN, "key",
		    N_("The master key is for the API. Sign in with a name "
		       "and password."));
	return 0;
}

static int
by_key(struct tg_page *p, const char *text)
{
	struct tg_web *w = p->w;

	if (find_key(w, text) != 0 || tg_enter_key(w, &w->self->key) != 0)
		return tg_page_refused(p, fill);
	return go_in(p, true);
}

static int
sign_in(struct tg_web *w)
{
	struct tg_page *p = tg_page_open(w, "sign_in", N_("Sign in"));
	const char *name = tg_page_field(p, "name");
	const char *key = tg_page_field(p, "key");

	if (key != NULL)
		return by_key(p, key);
	if (name != NULL)
		return by_name(p, name);
	(void)tg_fail_param(&w->rq->err, TG_E_MISSING, "name",
	    N_("Type your name and password, or a key."));
	return tg_page_refused(p, fill);
}

/* --- the second --- */

struct pending {
	struct tg_web *w;
	struct tg_person person;
	int64_t step;
	bool fresh;
};

static int
find_pending(struct tg_db *db, void *arg, struct tg_err *e)
{
	struct pending *n = arg;
	struct tg_arena *a = n->w->rq->arena;
	struct tg_session s;
	char token[TG_SHA256_HEX];
	int rc;

	tg_sha256_hex(tg_cookie_get(n->w->rq, TG_COOKIE_SESSION), token);
	rc = tg_session_find(db, a, token, tg_wall_us(), &s, e);
	if (rc != 1 || !tg_session_is_pending(&s))
		return rc < 0 ? -1 : 0;
	rc = tg_person_by_id(db, a, s.person, &n->person, e);
	return rc == 1 && n->person.totp == NULL ? 0 : rc;
}

static int
show_code(struct tg_web *w)
{
	struct pending n = { .w = w };
	struct tg_page *p;
	int rc = tg_read(tg_app_store(w->app), TG_DB_MAIN, find_pending, &n,
	    &w->rq->err);

	if (rc < 0)
		return -1;
	if (rc == 1)
		return tg_page_show(
		    w, "sign_in_code", N_("Your code"), fill);
	p = tg_page_open(w, "sign_in", N_("Sign in"));
	return tg_page_goto(p, NULL, "admin/sign-in");
}

/* The step of a code that fits, or 0. */
static int64_t
step_of(struct tg_web *w, const struct tg_person *who, const char *code)
{
	struct tg_secret secret = { NULL, 0 };
	int64_t step = 0;

	if (tg_seal_unlock(tg_app_seal(w->app), who->totp, who->totp_bytes,
		&secret) == 0)
		step = tg_totp_step(tg_secret_reveal(&secret), tg_str(code),
		    tg_wall_s());
	tg_secret_free(&secret);
	return step;
}

static int
use_step(struct tg_db *db, void *arg, struct tg_err *e)
{
	struct pending *n = arg;
	int rc = tg_person_use_step(db, n->person.id, n->step, e);

	n->fresh = rc == 1;
	return rc < 0 ? -1 : 0;
}

/* 1 right and not used before, 0 wrong. */
static int
check_code(struct tg_web *w, struct pending *n, const char *code)
{
	if (tg_attempt_try(w, n->person.name) != 0)
		return -1;
	n->step = step_of(w, &n->person, code);
	if (n->step != 0 &&
	    tg_write(tg_app_store(w->app), TG_DB_MAIN, use_step, n,
		&w->rq->err) != 0)
		return -1;
	return n->fresh;
}

static int
sign_in_code(struct tg_web *w)
{
	struct tg_page *p =
	    tg_page_open(w, "sign_in_code", N_("Your code"));
	const char *code = tg_page_field(p, "code");
	struct pending n = { .w = w };
	int rc = tg_read(tg_app_store(w->app), TG_DB_MAIN, find_pending, &n,
	    &w->rq->err);

	if (rc == 0)
		return tg_page_goto(p, NULL, "admin/sign-in");
	if (rc == 1)
		rc = check_code(w, &n, code != NULL ? code : "");
	if (rc == 0)
		(void)tg_fail_param(&w->rq->err, TG_E_NOT_ADMIN, "code",
		    N_("This code is wrong, or was used before. Take the "
		       "next one."));
	if (rc != 1 || tg_enter_person(w, &n.person, false) != 0)
		return tg_page_refused(p, fill);
	return go_in(p, false);
}

/* --- out --- */

static int
end_session(struct tg_db *db, void *arg, struct tg_err *e)
{
	return tg_session_drop(db, arg, e);
}

static int
sign_out(struct tg_web *w)
{
	struct tg_page *p = tg_page_open(w, "sign_in", N_("Sign in"));

	if (w->visitor->session != NULL &&
	    tg_write(tg_app_store(w->app), TG_DB_MAIN, end_session,
		(void *)w->visitor->session, &w->rq->err) != 0) {
		tg_page_close(p);
		return -1;
	}
	tg_cookie_set(w, TG_COOKIE_SESSION, "", 0);
	return tg_page_goto(p, "signed-out", "admin/sign-in");
}

const struct tg_route tg_routes_admin_sign_in[] = {
	{ TG_GET, "/admin/sign-in", TG_ACCESS_VISITOR, show, NULL,
	    "Sign in: the form", TG_FAULT_ERROR },
	{ TG_POST, "/admin/sign-in", TG_ACCESS_VISITOR, sign_in, NULL,
	    "Sign in by name and password, or by a key", TG_FAULT_ERROR },
	{ TG_GET, "/admin/sign-in/code", TG_ACCESS_VISITOR, show_code, NULL,
	    "Sign in, the second step: the form", TG_FAULT_ERROR },
	{ TG_POST, "/admin/sign-in/code", TG_ACCESS_VISITOR, sign_in_code,
	    NULL, "Sign in, the second step", TG_FAULT_ERROR },
	{ TG_POST, "/admin/sign-out", TG_ACCESS_VISITOR, sign_out, NULL,
	    "Sign out", TG_FAULT_ERROR },
	{ .path = NULL },
};
