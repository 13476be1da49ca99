#include "config.h"

#include "web/page/visitor.h"

/*
 * From a cookie to a person or a key, at each request anew: who was removed,
 * or has another role by now, is that at once.
 */
#include "base/clock.h"
#include "base/escape.h"
#include "base/hash.h"
#include "base/jtree.h"
#include "base/limits.h"
#include "base/zone.h"
#include "store/people.h"
#include "store/sessions.h"
#include "web/manage/rights.h"
#include "web/page/cookie.h"
#include "web/page/csrf.h"
#include "web/page/remote.h"
#include "web/page/session.h"

#define TOUCH_US INT64_C(60000000)

struct look {
	struct tg_web *w;
	char token[TG_SHA256_HEX];
	struct tg_session session;
	struct tg_person person;
	struct tg_subject subject;
	struct tg_key key;
	bool signed_in;
};

static int look(struct tg_db *, void *, struct tg_err *);
static int look_person(struct tg_db *, struct look *, struct tg_err *);
static int be_holder(struct tg_web *, struct look *);
static int be_remote(struct tg_web *);
static int be_command(struct tg_web *);
static void be_chosen(struct tg_web *, const char *settings);
static void keep_alive(struct tg_web *, const struct look *);
static int turn_away(struct tg_web *);

int
tg_visitor_find(struct tg_web *w)
{
	struct look l = { .w = w };
	struct tg_visitor *v = tg_arena_zero(w->rq->arena, sizeof(*v));
	struct tg_str cookie = tg_cookie_get(w->rq, TG_COOKIE_SESSION);
	int rc = 0;

	w->visitor = v;
	tg_caller_set(w, "none", NULL);
	if (tg_auth_local(w->rq))
		return be_command(w);
	if (cookie.n > 0 && cookie.n < 100) {
		tg_sha256_hex(cookie, l.token);
		if (tg_read(tg_app_store(w->app), TG_DB_MAIN, look, &l,
			&w->rq->err) < 0)
			return -1;
	}
	if (l.person.id != 0)
		tg_visitor_be(w, &l.person, &l.subject);
	else if (l.key.id != 0)
		rc = be_holder(w, &l);
	if (rc == 0 && v->role == TG_VISIT_NONE)
		return be_remote(w);
	be_chosen(w, v->settings);
	if (v->role != TG_VISIT_NONE) {
		v->session = tg_arena_cstr(w->rq->arena, tg_str(l.token));
		keep_alive(w, &l);
	} else
		cookie = TG_STR_NONE;
	tg_csrf_make(w, v, cookie);
	return rc;
}

static int
look(struct tg_db *db, void *arg, struct tg_err *e)
{
	struct look *l = arg;
	struct tg_arena *a = l->w->rq->arena;
	int rc = tg_session_find(
	    db, a, l->token, tg_wall_us(), &l->session, e);

	l->person.id = l->key.id = 0;
	if (rc != 1 || tg_session_is_pending(&l->session))
		return rc;
	if (l->session.person != 0)
		return look_person(db, l, e);
	rc = tg_key_get_id(db, a, l->session.key_id, &l->key, e);
	/* Who rotates a key wants nobody in who came by the old one. */
	if (rc != 1 || l->key.rotated_at > l->session.created_at)
		l->key.id = 0;
	return rc;
}

static int
look_person(struct tg_db *db, struct look *l, struct tg_err *e)
{
	struct tg_arena *a = l->w->rq->arena;
	int rc = tg_person_by_id(db, a, l->session.person, &l->person, e);

	if (rc != 1)
		return rc;
	rc = tg_subject_find(db, a, TG_SUBJECT_PERSON, l->person.name,
	    &l->subject, e);
	/* One who is gone or blocked there may not come in here. */
	if (rc == 0 || (rc == 1 && l->subject.blocked))
		l->person.id = 0;
	return rc;
}

static enum tg_visit
role_of(const char *name)
{
	static const char *const names[] = {
		[TG_VISIT_MEMBER] = "member",
		[TG_VISIT_VIEWER] = "viewer",
		[TG_VISIT_ADMIN] = "admin",
		[TG_VISIT_OWNER] = "owner",
	};

	for (int i = TG_VISIT_MEMBER; i <= TG_VISIT_OWNER; i++)
		if (strcmp(names[i], name) == 0)
			return (enum tg_visit)i;
	return TG_VISIT_NONE;
}

void
tg_visitor_be(struct tg_web *w, const struct tg_person *p,
    const struct tg_subject *s)
{
	struct tg_visitor *v = w->visitor;
	const char *role = s->role;

	v->role = role_of(p->role);
	v->name = w->who = p->name;
	v->account = p->id;
	v->person = s->id;
	v->settings = p->settings;
	if (v->role >= TG_VISIT_ADMIN)
		role = "proxy_admin";
	else if (v->role == TG_VISIT_VIEWER)
		role = "proxy_admin_viewer";
	else if (role == NULL || strcmp(role, "internal_user_viewer") != 0)
		role = "internal_user";
	tg_caller_set(w, role, s);
}

/* A key opens what is the key's, whatever its person may do. */
static int
be_holder(struct tg_web *w, struct look *l)
{
	struct tg_visitor *v = w->visitor;

	if (tg_auth_token(tg_app_gate(w->app), w->rq, &l->key, &w->self) !=
	    0) {
		tg_cookie_set(w, TG_COOKIE_SESSION, "", 0);
		return -1;
	}
	w->key = w->self->key;
	v->role = TG_VISIT_HOLDER;
	v->key_id = w->key.id;
	v->name = w->who = w->key.alias != NULL ? w->key.alias : w->key.name;
	tg_caller_set(w, "internal_user", NULL);
	return 0;
}

/* Nobody has signed in here: has the web server let somebody in? */
static int
be_remote(struct tg_web *w)
{
	int rc = tg_remote_find(w);

	be_chosen(w, w->visitor->settings);
	tg_csrf_make(w, w->visitor, TG_STR_NONE);
	return rc;
}

/* The program asks itself. */
static int
be_command(struct tg_web *w)
{
	w->visitor->role = TG_VISIT_OWNER;
	w->visitor->name = w->who = "command";
	tg_caller_set(w, "proxy_admin", NULL);
	be_chosen(w, NULL);
	return 0;
}

/* --- how they like it --- */

static const char *
chosen(struct tg_web *w, const json_t *settings, const char *name,
    const char *cookie)
{
	const char *text = json_string_value(json_object_get(settings, name));
	struct tg_str told;

	if (text != NULL && *text != '\0')
		return tg_arena_cstr(w->rq->arena, tg_str(text));
	told = tg_url_decode(w->rq->arena, tg_cookie_get(w->rq, cookie));
	if (told.n == 0 || told.n > 63)
		return NULL;
	return tg_arena_cstr(w->rq->arena, told);
}

static void
be_chosen(struct tg_web *w, const char *settings)
{
	struct tg_visitor *v = w->visitor;
	struct tg_err none = { 0 };
	json_t *j = settings != NULL ?
	    tg_jtree_parse(tg_str(settings), &none) :
	    NULL;

	v->language = chosen(w, j, "language", TG_COOKIE_LANGUAGE);
	v->zone = chosen(w, j, "zone", TG_COOKIE_ZONE);
	if (v->zone != NULL && tg_zone_find(tg_str(v->zone)) == NULL)
		v->zone = NULL;
	v->theme = chosen(w, j, "theme", TG_COOKIE_THEME);
	if (v->theme != NULL && strcmp(v->theme, "light") != 0 &&
	    strcmp(v->theme, "dark") != 0)
		v->theme = NULL;
	json_decref(j);
}

/* --- the session's end --- */

static int
touch(struct tg_db *db, void *arg, struct tg_err *e)
{
	const struct look *l = arg;
	int64_t now = tg_wall_us();

	return tg_session_touch(db, l->token, now,
	    tg_session_until(l->w, l->session.created_at, now), e);
}

/* A page can be read, also when the database cannot be written. */
static void
keep_alive(struct tg_web *w, const struct look *l)
{
	struct tg_err why = { 0 };

	if (tg_wall_us() - l->session.seen_at > TOUCH_US)
		(void)tg_write(tg_app_store(w->app), TG_DB_MAIN, touch,
		    (void *)l, &why);
}

/* --- may they? --- */

int
tg_visitor_admit(struct tg_web *w, enum tg_visit least)
{
	enum tg_method method = w->rq->method;
	bool reads = method == TG_GET || method == TG_HEAD;
	enum tg_visit role = w->visitor->role;

	if (role == TG_VISIT_NONE && least > TG_VISIT_NONE)
		return turn_away(w);
	if (!reads && !tg_auth_local(w->rq) && tg_csrf_check(w) != 0)
		return -1;
	if (role >= least)
		return 0;
	if (role == TG_VISIT_HOLDER)
		return tg_fail(&w->rq->err, TG_E_FORBIDDEN,
		    "You signed in with a key, which opens its own page "
		    "only. Sign out, and in again with a name and password.");
	return tg_fail(&w->rq->err, TG_E_FORBIDDEN,
	    "%s may not open this page or do this. Ask an owner for another "
	    "role.",
	    w->visitor->name);
}

/* A browser that wants a whole page, for somebody to look at. */
static bool
is_page_view(struct tg_request *rq)
{
	struct tg_str mode = tg_request_header(rq, "sec-fetch-mode");
	struct tg_str accept = tg_request_header(rq, "accept");

	if (rq->method != TG_GET && rq->method != TG_HEAD)
		return false;
	if (mode.n > 0 && !tg_str_is(mode, "navigate"))
		return false;
	return tg_str_ifind(accept, "application/json") < 0;
}

static int
turn_away(struct tg_web *w)
{
	struct tg_request *rq = w->rq;
	struct tg_str here = rq->path;
	struct tg_buf next;

	if (!is_page_view(rq))
		return tg_fail(&rq->err, TG_E_NO_KEY,
		    "Your session is over. Sign in again.");
	while (here.n > 0 && *here.p == '/') {
		here.p++;
		here.n--;
	}
	tg_buf_init(&next, 4 * TG_MAX_URL);
	(void)tg_url_encode(&next,
	    tg_str(tg_arena_printf(rq->arena, "%.*s%s%.*s", TG_PRI(here),
		rq->query.n > 0 ? "?" : "", TG_PRI(rq->query))));
	tg_reply_header(rq, "Location", "%sadmin/sign-in?next=%s",
	    tg_visitor_root(w), next.failed ? "" : tg_buf_str(&next).p);
	tg_buf_free(&next);
	tg_reply_header(rq, "Cache-Control", "no-store");
	return tg_reply_send(rq, 303, NULL, TG_STR_NONE) == 0 ? 1 : -1;
}

const char *
tg_visitor_root(struct tg_web *w)
{
	struct tg_str p = w->rq->path;
	struct tg_buf up;
	const char *root;

	tg_buf_init(&up, TG_MAX_URL * 3);
	for (size_t i = 1; i < p.n; i++)
		if (p.p[i] == '/')
			(void)tg_buf_addc(&up, "../");
	root = tg_arena_cstr(w->rq->arena, tg_buf_str(&up));
	tg_buf_free(&up);
	return root;
}

void
tg_visitor_scope(const struct tg_web *w, int64_t *person, int64_t *key_id)
{
	const struct tg_visitor *v = w->visitor;

	*person = *key_id = 0;
	if (v->role == TG_VISIT_HOLDER)
		*key_id = v->key_id;
	else if (v->role <= TG_VISIT_MEMBER)
		*person = v->person != 0 ? v->person : -1;
}
