/* One's own account: password, sessions; see account_totp.c, account_look.c. */
#include "config.h"

#include "web/admin/account.h"

#include "web/admin/admin.h"
#include "web/admin/enter.h"
#include "web/page/cookie.h"
#include "web/password.h"

#define ID_LENGTH 16	/* of a session, of its token's hash */

int
tg_account_find(
    struct tg_db *db, struct tg_web *w, struct tg_person *p, struct tg_err *e)
{
	int rc = 0;

	if (w->visitor->account != 0 && !w->visitor->by_server)
		rc = tg_person_by_id(
		    db, w->rq->arena, w->visitor->account, p, e);
	if (rc == 1)
		return 0;
	return rc < 0 ? -1 :
			tg_fail(e, TG_E_FORBIDDEN,
			    N_("The web server says who you are: there is no "
			       "password and no session here to change."));
}

int
tg_account_prove(struct tg_page *p)
{
	const char *password = tg_page_field(p, "current");
	struct tg_person who;
	int rc;

	if (p->w->visitor->by_server || p->w->visitor->account == 0)
		return tg_fail(&p->w->rq->err, TG_E_FORBIDDEN,
		    N_("The web server says who you are: there is no "
		       "password and no session here to change."));
	rc = tg_password_check(
	    p->w, p->w->visitor->name, tg_str(password), &who);
	if (rc != 0)
		return rc == 1 ? 0 : -1;
	return tg_fail_param(&p->w->rq->err, TG_E_NOT_ADMIN, "current",
	    N_("Your present password is wrong."));
}

/* --- what is shown --- */

/* "Firefox 140, Linux": the words that each sends of itself. */
static const char *
browser_of(struct tg_arena *a, const char *agent)
{
	static const char *const programs[][2] = { { "Edg/", "Edge" },
		{ "OPR/", "Opera" }, { "Firefox/", "Firefox" },
		{ "Chrome/", "Chrome" }, { "Version/", "Safari" } };
	static const char *const systems[][2] = { { "Android", "Android" },
		{ "iPhone", "iPhone" }, { "iPad", "iPad" },
		{ "Windows", "Windows" }, { "Mac OS", "macOS" },
		{ "Linux", "Linux" } };
	const char *system = NULL;

	for (size_t i = 0; i < sizeof(systems) / sizeof(systems[0]); i++)
		if (system == NULL && strstr(agent, systems[i][0]) != NULL)
			system = systems[i][1];
	for (size_t i = 0; i < sizeof(programs) / sizeof(programs[0]); i++) {
		const char *at = strstr(agent, programs[i][0]);

		if (at == NULL || system == NULL)
			continue;
		at += strlen(programs[i][0]);
		return tg_arena_printf(a, "%s %.*s, %s", programs[i][1],
		    (int)strspn(at, "0123456789"), at, system);
	}
	return agent;
}

static json_t *
session_row(struct tg_web *w, const struct tg_session *s)
{
	json_t *row = json_object();

	(void)json_object_set_new(row, "id",
	    json_stringn(s->token, ID_LENGTH));
	tg_jtree_set_text(row, "addr", s->addr);
	tg_jtree_set_text(row, "agent",
	    s->agent != NULL ? browser_of(w->rq->arena, s->agent) : NULL);
	(void)json_object_set_new(
	    row, "created_at", json_integer(s->created_at));
	(void)json_object_set_new(row, "seen_at", json_integer(s->seen_at));
	(void)json_object_set_new(
	    row, "expires_at", json_integer(s->expires_at));
	(void)json_object_set_new(row, "current",
	    json_boolean(w->visitor->session != NULL &&
		strcmp(w->visitor->session, s->token) == 0));
	return row;
}

static json_t *
zones(void)
{
	static const char *const names[] = { "Africa/Cairo",
		"Africa/Johannesburg", "Africa/Lagos", "America/Bogota",
		"America/Chicago", "America/Denver", "America/Los_Angeles",
		"America/Mexico_City", "America/New_York",
		"America/Sao_Paulo", "America/Toronto", "Asia/Bangkok",
		"Asia/Dubai", "Asia/Ho_Chi_Minh", "Asia/Hong_Kong",
		"Asia/Jakarta", "Asia/Jerusalem", "Asia/Karachi",
		"Asia/Kolkata", "Asia/Manila", "Asia/Seoul",
		"Asia/Shanghai", "Asia/Singapore", "Asia/Taipei",
		"Asia/Tokyo", "Australia/Sydney", "Europe/Amsterdam",
		"Europe/Berlin", "Europe/Istanbul", "Europe/London",
		"Europe/Madrid", "Europe/Paris", "Europe/Rome",
		"Europe/Warsaw", "Europe/Zurich", "Pacific/Auckland", "UTC",
		NULL };
	json_t *list = json_array();

	for (int i = 0; names[i] != NULL; i++)
		(void)json_array_append_new(list, json_string(names[i]));
	return list;
}

/* The row, if there is one. */
static int
fill_account(struct tg_manage *m, struct tg_page *p)
{
	const struct tg_visitor *v = p->w->visitor;
	struct tg_person who;
	int rc = 0;

	if (v->account != 0)
		rc = tg_person_by_id(m->db, m->a, v->account, &who, m->e);
	if (rc != 1)
		return rc;
	tg_page_set_true(p, "totp", who.totp != NULL);
	tg_page_set_true(p, "initial", tg_person_is_initial(&who));
	return 0;
}

static int
fill(struct tg_manage *m, struct tg_page *p)
{
	const struct tg_visitor *v = p->w->visitor;
	json_t *list = json_array();
	struct tg_session *rows;
	size_t n = 0;

	tg_page_set(p, "sessions", list);
	tg_page_set(p, "zones", zones());
	tg_page_set_true(p, "by_password", v->account != 0 && !v->by_server);
	tg_page_set(p, "chosen", v->settings != NULL ? json_loads(v->settings, 0, NULL) : NULL);
	tg_page_set_true(p, "light",
	    v->theme != NULL && strcmp(v->theme, "light") == 0);
	tg_page_set_true(
	    p, "dark", v->theme != NULL && strcmp(v->theme, "dark") == 0);
	if (fill_account(m, p) != 0)
		return -1;
	if (v->account != 0 &&
	    tg_session_list(m->db, m->a, v->account, &rows, &n, m->e) != 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		(void)json_array_append_new(list, session_row(p->w, &rows[i]));
	return 0;
}

static int
show(struct tg_web *w)
{
	return tg_page_show(w, "account", N_("Your account"), fill);
}

/* --- password --- */

struct change {
	struct tg_web *w;
	const char *text;	/* a hash; part of a session's */
};

static int
set_password(struct tg_db *db, void *arg, struct tg_err *e)
{
	struct change *c = arg;
	const struct tg_visitor *v = c->w->visitor;

	if (tg_person_set_hash(db, v->account, c->text, e) != 0 ||
	    tg_person_set_initial(db, v->account, false, e) != 0 ||
	    tg_session_drop_person(db, v->account, v->session, e) != 0)
		return -1;
	return tg_enter_note(c->w, db, v->name, "password_changed", e);
}

static int
change_password(struct tg_web *w)
{
	struct tg_page *p = tg_page_open(w, "account", N_("Your account"));
	const char *password = tg_page_field(p, "password");
	const char *again = tg_page_field(p, "again");
	struct change c = { .w = w };

	if (password == NULL || again == NULL || strcmp(password, again) != 0)
		(void)tg_fail_param(&w->rq->err, TG_E_INVALID, "again",
		    N_("The two new passwords differ."));
	else if (tg_password_make(p->a, password, &c.text, &w->rq->err) ==
		0 &&
	    tg_account_prove(p) == 0 &&
	    tg_write(tg_app_store(w->app), TG_DB_MAIN, set_password, &c,
		&w->rq->err) == 0 &&
	    tg_session_renew(w) == 0)
		return tg_page_goto(p, "saved", "admin/account");
	return tg_page_refused(p, fill);
}

/* --- sessions --- */

/* By the part of its name that the page has. */
static int
end_one(struct tg_db *db, void *arg, struct tg_err *e)
{
	struct change *c = arg;
	struct tg_session *rows;
	size_t n;

	if (tg_session_list(db, c->w->rq->arena, c->w->visitor->account,
		&rows, &n, e) != 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (strlen(c->text) == ID_LENGTH &&
		    tg_str_starts(tg_str(rows[i].token), c->text))
			return tg_session_drop(db, rows[i].token, e);
	return 0;
}

static int
end_session(struct tg_web *w)
{
	struct tg_page *p = tg_page_open(w, "account", N_("Your account"));
	struct change c = { .w = w, .text = tg_page_field(p, "id") };

	if (c.text != NULL &&
	    tg_write(tg_app_store(w->app), TG_DB_MAIN, end_one, &c,
		&w->rq->err) != 0)
		return tg_page_refused(p, fill);
	return tg_page_goto(p, "ended", "admin/account");
}

static int
end_all(struct tg_db *db, void *arg, struct tg_err *e)
{
	struct change *c = arg;
	const struct tg_visitor *v = c->w->visitor;

	if (tg_session_drop_person(db, v->account, NULL, e) != 0)
		return -1;
	return tg_enter_note(c->w, db, v->name, "signed_out", e);
}

static int
end_everywhere(struct tg_web *w)
{
	struct tg_page *p = tg_page_open(w, "account", N_("Your account"));
	struct change c = { .w = w };

	if (w->visitor->account != 0 &&
	    tg_write(tg_app_store(w->app), TG_DB_MAIN, end_all, &c,
		&w->rq->err) != 0)
		return tg_page_refused(p, fill);
	tg_cookie_set(w, TG_COOKIE_SESSION, "", 0);
	return tg_page_goto(p, "signed-out", "admin/sign-in");
}

const struct tg_route tg_routes_admin_account[] = {
	{ TG_GET, "/admin/account", TG_ACCESS_PERSON, show, NULL,
	    "Your account", TG_FAULT_ERROR },
	{ TG_POST, "/admin/account/password", TG_ACCESS_PERSON,
	    change_password, NULL, "Another password", TG_FAULT_ERROR },
	{ TG_POST, "/admin/account/end", TG_ACCESS_PERSON, end_session, NULL,
	    "End one of your sessions", TG_FAULT_ERROR },
	{ TG_POST, "/admin/account/sign-out-everywhere", TG_ACCESS_PERSON,
	    end_everywhere, NULL, "End all of your sessions",
	    TG_FAULT_ERROR },
	{ TG_GET, "/admin/account/totp", TG_ACCESS_PERSON, tg_account_totp,
	    NULL, "A second factor: the form", TG_FAULT_ERROR },
	{ TG_POST, "/admin/account/totp", TG_ACCESS_PERSON,
	    tg_account_totp_on, NULL, "A second factor from now on",
	    TG_FAULT_ERROR },
	{ TG_POST, "/admin/account/totp-off", TG_ACCESS_PERSON,
	    tg_account_totp_off, NULL, "No second factor", TG_FAULT_ERROR },
	{ TG_POST, "/admin/look", TG_ACCESS_VISITOR, tg_account_look, NULL,
	    "Language, time zone, light or dark", TG_FAULT_ERROR },
	{ .path = NULL },
};
