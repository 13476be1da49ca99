/*
 * The first sign-in: with the password that `tollgate init` printed somebody
 * chooses a name and a password of their own.  Others, for whom an owner made
 * a password, choose theirs here too.
 */
#include "config.h"

#include "web/admin/admin.h"
#include "web/admin/enter.h"
#include "web/password.h"

#define NAME_MOST 100

/* Whose is it to choose? id 0: nobody's. */
struct whose {
	struct tg_person person;
	bool known;	/* has signed in with that password already */
};

static int
find_whose(struct tg_db *db, struct tg_web *w, struct whose *n,
    struct tg_err *e)
{
	int64_t account = w->visitor->account;
	int rc;

	n->known = account != 0;
	n->person.id = 0;
	if (account == 0)
		return tg_person_initial(db, w->rq->arena, &n->person, e);
	rc = tg_person_by_id(db, w->rq->arena, account, &n->person, e);
	if (rc == 1 && !tg_person_is_initial(&n->person))
		n->person.id = 0;
	return rc;
}

static int
fill(struct tg_manage *m, struct tg_page *p)
{
	struct whose n;

	if (find_whose(m->db, p->w, &n, m->e) < 0)
		return -1;
	tg_page_set_true(p, "open", n.person.id != 0);
	tg_page_set_true(p, "known", n.known);
	tg_page_set_text(p, "csrf", p->w->visitor->csrf);
	if (n.person.id != 0)
		tg_page_set_true(p, "may_rename",
		    strcmp(n.person.role, "owner") == 0);
	if (n.known && n.person.id != 0)
		tg_page_set_text(p, "name", n.person.name);
	return 0;
}

static int
show(struct tg_web *w)
{
	return tg_page_show(w, "set_up", N_("Set up"), fill);
}

/* --- choosing --- */

struct choose {
	struct tg_web *w;
	struct whose n;
	const char *name, *hash;
};

static int
look(struct tg_db *db, void *arg, struct tg_err *e)
{
	struct choose *c = arg;

	return find_whose(db, c->w, &c->n, e) < 0 ? -1 : 0;
}

static int
change(struct tg_db *db, void *arg, struct tg_err *e)
{
	struct choose *c = arg;
	int64_t id = c->n.person.id;

	if (c->name != NULL &&
	    tg_person_rename(db, c->w->rq->arena, id, c->name, e) != 0)
		return -1;
	if (tg_person_set_hash(db, id, c->hash, e) != 0 ||
	    tg_person_set_initial(db, id, false, e) != 0)
		return -1;
	if (tg_session_drop_person(db, id, NULL, e) != 0)
		return -1;
	return tg_enter_note(c->w, db,
	    c->name != NULL ? c->name : c->n.person.name,
	    "password_changed", e);
}

static int
check_name(struct tg_page *p, const char *name)
{
	struct tg_str s = tg_str_trim(tg_str(name));

	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] < ' ' || s.p[i] == 0x7f)
			s.n = 0;
	if (name == NULL || s.n != strlen(name) || s.n > NAME_MOST)
		return tg_fail_param(&p->w->rq->err, TG_E_INVALID, "name",
		    N_("Type a name of 1 to 100 characters, without blanks "
		       "around it."));
	return 0;
}

static int
read_form(struct tg_page *p, struct choose *c)
{
	const char *password = tg_page_field(p, "password");
	const char *again = tg_page_field(p, "again");
	struct tg_err *e = &p->w->rq->err;

	if (strcmp(c->n.person.role, "owner") == 0) {
		c->name = tg_page_field(p, "name");
		if (check_name(p, c->name) != 0)
			return -1;
	}
	if (password == NULL || again == NULL || strcmp(password, again) != 0)
		return tg_fail_param(e, TG_E_INVALID, "again",
		    N_("The two new passwords differ."));
	return tg_password_make(p->a, password, &c->hash, e);
}

/* Whoever has not signed in shows what init has printed. */
static int
prove(struct tg_page *p, struct choose *c)
{
	const char *printed = tg_page_field(p, "printed");
	struct tg_person who;
	int rc;

	if (c->n.known)
		return 0;
	rc = tg_password_check(
	    p->w, c->n.person.name, tg_str(printed), &who);
	if (rc != 0)
		return rc == 1 ? 0 : -1;
	return tg_fail_param(&p->w->rq->err, TG_E_NOT_ADMIN, "printed",
	    N_("This is not the password that tollgate init printed."));
}

static int
set_up(struct tg_web *w)
{
	struct tg_page *p = tg_page_open(w, "set_up", N_("Set up"));
	struct choose c = { .w = w };
	struct tg_store *s = tg_app_store(w->app);

	if (tg_read(s, TG_DB_MAIN, look, &c, &w->rq->err) != 0)
		return tg_page_refused(p, fill);
	if (c.n.person.id == 0)
		return tg_page_goto(p, NULL, "admin/sign-in");
	if (read_form(p, &c) != 0 || prove(p, &c) != 0 ||
	    tg_write(s, TG_DB_MAIN, change, &c, &w->rq->err) != 0)
		return tg_page_refused(p, fill);
	if (c.name != NULL)
		c.n.person.name = c.name;
	if (tg_enter_person(w, &c.n.person, false) != 0)
		return tg_page_refused(p, fill);
	return tg_page_goto(p, "saved", "admin");
}

const struct tg_route tg_routes_admin_set_up[] = {
	{ TG_GET, "/admin/set-up", TG_ACCESS_VISITOR, show, NULL,
	    "Choose a name and a password: the form", TG_FAULT_ERROR },
	{ TG_POST, "/admin/set-up", TG_ACCESS_VISITOR, set_up, NULL,
	    "Choose a name and a password", TG_FAULT_ERROR },
	{ .path = NULL },
};
