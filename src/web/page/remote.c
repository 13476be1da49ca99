#include "config.h"

#include "web/page/remote.h"

/* From what the web server says to a person of ours. */
#include "base/escape.h"
#include "base/log.h"
#include "web/page/cookie.h"
#include "web/page/session.h"

#define NAME_MOST 200

struct find {
	struct tg_web *w;
	const char *name, *role;	/* by its groups, or NULL */
	bool by_groups;			/* they alone decide */
	struct tg_person person;
	struct tg_subject subject;
	bool known;
};

/* --- what it says --- */

static bool
by_header(const struct tg_signin_conf *c)
{
	return strcmp(c->remote_user, "env") != 0;
}

static struct tg_str
told(struct tg_web *w, const char *name)
{
	const struct tg_signin_conf *c = &tg_app_web(w->app)->signin;
	const struct tg_door_ops *ops = w->rq->door->ops;
	const char *value;

	if (name == NULL || *name == '\0')
		return TG_STR_NONE;
	if (by_header(c))
		return tg_str_trim(tg_request_header(w->rq, name));
	value = ops->env(w->rq->door, name);
	/* Apache's rewriting renames what it passes on. */
	if (value == NULL)
		value = ops->env(w->rq->door,
		    tg_arena_printf(w->rq->arena, "REDIRECT_%s", name));
	return tg_str_trim(tg_str(value));
}

static bool
is_name(struct tg_str s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] < ' ' || s.p[i] == 0x7f)
			return false;
	return s.n > 0 && s.n <= NAME_MOST && tg_utf8_valid(s);
}

/* --- groups --- */

static char
separator(struct tg_str list)
{
	return memchr(list.p, ';', list.n) != NULL ? ';' : ',';
}

static bool
has(struct tg_str list, struct tg_str group)
{
	char sep = list.n > 0 ? separator(list) : ',';
	struct tg_str one;

	while (tg_str_cut(&list, sep, &one)) {
		one = tg_str_trim(one);
		if (one.n > 0 && tg_str_eq(one, group))
			return true;
	}
	return false;
}

static bool
in_any(struct tg_str list, struct tg_str groups)
{
	char sep = groups.n > 0 ? separator(groups) : ',';
	struct tg_str one;

	while (tg_str_cut(&groups, sep, &one))
		if (has(list, tg_str_trim(one)))
			return true;
	return false;
}

const char *
tg_remote_role(
    const struct tg_signin_conf *c, struct tg_str groups, bool *any)
{
	const struct {
		const char *list, *role;
	} rows[] = {
		{ c->owners, "owner" },
		{ c->admins, "admin" },
		{ c->viewers, "viewer" },
		{ c->members, "member" },
	};
	const char *role = NULL;

	*any = false;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct tg_str list = tg_str_trim(tg_str(rows[i].list));

		*any = *any || list.n > 0;
		if (role == NULL && list.n > 0 && in_any(list, groups))
			role = rows[i].role;
	}
	return role;
}

/* --- whom it means --- */

/* By name, or by e-mail: what OpenID Connect and certificates often say. */
static int
find_subject(struct tg_db *db, struct find *f, struct tg_err *e)
{
	struct tg_arena *a = f->w->rq->arena;
	int rc = tg_subject_find(
	    db, a, TG_SUBJECT_PERSON, f->name, &f->subject, e);

	if (rc == 0 && strchr(f->name, '@') != NULL)
		rc = tg_person_by_email(db, a, f->name, &f->subject, e);
	return rc;
}

static int
find(struct tg_db *db, void *arg, struct tg_err *e)
{
	struct find *f = arg;
	int rc = find_subject(db, f, e);

	f->known = rc == 1;
	f->person = (struct tg_person){ 0 };
	if (rc == 1)
		rc = tg_person_look(db, f->w->rq->arena, f->subject.name,
		    &f->person, e);
	return rc < 0 ? -1 : 0;
}

/* The first time: a person who can be booked to, and liked things kept. */
static int
make(struct tg_db *db, void *arg, struct tg_err *e)
{
	struct find *f = arg;
	int64_t id;

	if (find(db, f, e) != 0)
		return -1;
	if (!f->known) {
		f->subject = (struct tg_subject){
			.kind = TG_SUBJECT_PERSON,
			.name = f->name,
			.role = tg_person_user_role(f->role),
			.email = strchr(f->name, '@') != NULL ? f->name :
								NULL,
			.created_by = "web server",
		};
		if (tg_subject_save(db, &f->subject, e) != 0)
			return -1;
	}
	if (f->person.id == 0 &&
	    tg_person_make(db, f->subject.name, f->role, &id, e) != 0)
		return -1;
	return find(db, f, e);
}

static const char *
role_of(const struct find *f, const struct tg_signin_conf *c)
{
	if (f->by_groups || !f->known) {
		if (f->role != NULL)
			return f->role;
		return c->default_role;
	}
	if (f->person.id != 0)
		return f->person.role;
	return tg_person_role_of(f->subject.role);
}

static int
be(struct tg_web *w, struct find *f)
{
	const struct tg_signin_conf *c = &tg_app_web(w->app)->signin;
	struct tg_store *s = tg_app_store(w->app);

	f->role = role_of(f, c);
	if (f->role == NULL || *f->role == '\0' ||
	    (!f->known && !c->create) || (f->known && f->subject.blocked)) {
		w->visitor->stranger = f->name;
		return 0;
	}
	if ((!f->known || f->person.id == 0) &&
	    tg_write(s, TG_DB_MAIN, make, f, &w->rq->err) != 0)
		return -1;
	f->person.role = f->role;
	tg_visitor_be(w, &f->person, &f->subject);
	w->visitor->by_server = true;
	return 0;
}

int
tg_remote_find(struct tg_web *w)
{
	const struct tg_signin_conf *c = &tg_app_web(w->app)->signin;
	struct find f = { .w = w };
	struct tg_str name;

	if (c->remote_user == NULL || *c->remote_user == '\0' ||
	    (by_header(c) && !tg_request_is_proxied(w)))
		return 0;
	name = told(w, by_header(c) ? c->remote_user : "REMOTE_USER");
	if (!is_name(name))
		return 0;
	f.name = tg_arena_cstr(w->rq->arena, name);
	f.role = tg_remote_role(c, told(w, c->remote_groups), &f.by_groups);
	if (tg_read(tg_app_store(w->app), TG_DB_MAIN, find, &f,
		&w->rq->err) != 0)
		return -1;
	return be(w, &f);
}
