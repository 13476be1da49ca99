/* Who the caller is, and what is theirs. */
#include "config.h"

#include "web/manage/rights.h"

/* What members of a team may do with its keys if the team does not say. */
static const char member_default[] = "[\"/key/info\",\"/key/health\"]";

struct find {
	struct tg_web *w;
	struct tg_caller *c;
};

static void by_role(struct tg_caller *, const char *);

/* A person who signs in has an entry among the people who call, too. */
static int
find_signed_in(struct tg_db *db, void *arg, struct tg_err *e)
{
	struct find *f = arg;
	int rc = tg_subject_find(db, f->w->rq->arena, TG_SUBJECT_PERSON,
	    f->w->who, &f->c->person, e);

	if (rc == 1 && f->c->person.blocked)
		return tg_fail(e, TG_E_PERSON_BLOCKED,
		    "%s is blocked. Ask an owner.", f->w->who);
	return rc;
}

static int
of_key(struct tg_web *w, struct tg_caller *c)
{
	const struct tg_key *key = &w->key;

	w->who = key->alias != NULL ? key->alias : key->name;
	c->may_write = true;
	c->role = "internal_user";
	if (key->role == TG_KEY_MASTER) {
		w->who = "master";
		by_role(c, "proxy_admin");
	} else if (w->self->person != NULL) {
		c->person = *w->self->person;
		w->who = c->person.name;
		by_role(c, c->person.role);
	}
	w->admin = c->admin;
	return 0;
}

int
tg_caller_find(struct tg_web *w)
{
	struct tg_caller *c = tg_arena_zero(w->rq->arena, sizeof(*c));
	struct find f = { w, c };

	w->caller = c;
	if (w->self != NULL)
		return of_key(w, c);
	by_role(c, "proxy_admin");
	return tg_read(tg_app_store(w->app), TG_DB_MAIN, find_signed_in, &f,
		   &w->rq->err) < 0 ?
	    -1 :
	    0;
}

void
tg_caller_set(
    struct tg_web *w, const char *role, const struct tg_subject *person)
{
	w->caller = tg_arena_zero(w->rq->arena, sizeof(*w->caller));
	if (person != NULL)
		w->caller->person = *person;
	by_role(w->caller, role);
	w->admin = w->caller->admin;
}

static void
by_role(struct tg_caller *c, const char *role)
{
	if (role == NULL)
		return;
	c->role = role;
	c->admin = strcmp(role, "proxy_admin") == 0;
	c->viewer = c->admin || strcmp(role, "proxy_admin_viewer") == 0;
	c->may_write = strcmp(role, "proxy_admin_viewer") != 0 &&
	    strcmp(role, "internal_user_viewer") != 0;
}

/* --- teams and organizations --- */

static int
member_of(struct tg_manage *m, int64_t team, struct tg_member *row)
{
	int64_t person = m->w->caller->person.id;

	if (person == 0 || team == 0)
		return 0;
	return tg_member_find(m->db, m->a, team, person, row, m->e);
}

int
tg_caller_member(struct tg_manage *m, int64_t team)
{
	struct tg_member row;

	return member_of(m, team, &row);
}

int
tg_caller_organization(struct tg_manage *m, int64_t organization)
{
	struct tg_member row;
	int rc;

	if (m->w->caller->admin)
		return 1;
	rc = member_of(m, organization, &row);
	return rc == 1 ? strcmp(row.role, "org_admin") == 0 : rc;
}

int
tg_caller_team(struct tg_manage *m, const struct tg_subject *team)
{
	struct tg_member row;
	int rc;

	if (m->w->caller->admin)
		return 1;
	rc = member_of(m, team->id, &row);
	if (rc == 1 && strcmp(row.role, "admin") == 0)
		return 1;
	return rc < 0 ? -1 : tg_caller_organization(m, team->parent);
}

int
tg_caller_team_keys(
    struct tg_manage *m, const struct tg_subject *team, const char *route)
{
	const json_t *list;
	int rc = tg_caller_team(m, team);

	if (rc != 0)
		return rc;
	rc = tg_caller_member(m, team->id);
	if (rc != 1)
		return rc;
	list = json_object_get(tg_manage_json(m, team->settings),
	    "team_member_permissions");
	if (!json_is_array(list))
		list = tg_manage_json(m, member_default);
	/* LiteLLM has a permission for each of the two paths. */
	if (strcmp(route, "/key/regenerate") == 0 &&
	    tg_manage_among(list, "/key/{key_id}/regenerate"))
		return 1;
	return tg_manage_among(list, route);
}

/* --- keys and people --- */

/* The caller's own: the very key, or another of the same person. */
static bool
is_own(const struct tg_manage *m, const struct tg_key *key)
{
	int64_t person = m->w->caller->person.id;

	return (m->w->key.id != 0 && m->w->key.id == key->id) ||
	    (person != 0 && person == key->person);
}

int
tg_caller_acts_for(struct tg_manage *m, int64_t person, int64_t team)
{
	struct tg_subject s;
	struct tg_member *rows;
	struct tg_caller c = { 0 };
	size_t n, i;

	if (m->w->caller->admin || person == 0 ||
	    person == m->w->caller->person.id)
		return 1;
	if (tg_subject_by_id(m->db, m->a, person, &s, m->e) < 0 ||
	    tg_member_list(m->db, m->a, 0, person, &rows, &n, m->e) < 0)
		return -1;
	by_role(&c, s.role);
	if (c.viewer)
		return 0;
	for (i = 0; i < n; i++)
		if (rows[i].team != team &&
		    (strcmp(rows[i].role, "admin") == 0 ||
			strcmp(rows[i].role, "org_admin") == 0))
			return 0;
	return 1;
}

static int
by_team(struct tg_manage *m, const struct tg_key *key, const char *route)
{
	struct tg_subject team;
	int rc;

	if (key->team == 0)
		return 0;
	rc = tg_subject_by_id(m->db, m->a, key->team, &team, m->e);
	return rc == 1 ? tg_caller_team_keys(m, &team, route) : rc;
}

int
tg_caller_sees_key(struct tg_manage *m, const struct tg_key *key)
{
	if (m->w->caller->viewer || is_own(m, key))
		return 1;
	if (key->role == TG_KEY_MASTER)
		return 0;
	/* A key of the team sees the others, as in LiteLLM. */
	if (key->team != 0 && m->w->key.team == key->team)
		return 1;
	return by_team(m, key, "/key/info");
}

int
tg_caller_changes_key(
    struct tg_manage *m, const struct tg_key *key, const char *route)
{
	int rc;

	if (m->w->caller->admin)
		return 1;
	if (!m->w->caller->may_write || key->role == TG_KEY_MASTER)
		return 0;
	if (is_own(m, key))
		return 1;
	rc = tg_caller_acts_for(m, key->person, key->team);
	return rc == 1 ? by_team(m, key, route) : rc;
}

bool
tg_caller_sees_person(struct tg_manage *m, int64_t person)
{
	const struct tg_caller *c = m->w->caller;

	return c->viewer || (person != 0 && c->person.id == person);
}

/* --- refusals --- */

int
tg_caller_need_admin(struct tg_web *w, struct tg_err *e)
{
	if (w->caller->admin)
		return 0;
	return tg_fail(e, TG_E_NOT_ADMIN,
	    "Authentication Error, Only proxy admin can be used to call this "
	    "route. Route=%s, your role=%s. Use the master key that "
	    "`tollgate init` printed, or a key of a person with the role "
	    "proxy_admin.",
	    w->route != NULL ? w->route->path : "", w->caller->role);
}

int
tg_caller_deny(struct tg_manage *m, const char *what)
{
	return tg_fail(m->e, TG_E_FORBIDDEN,
	    "%s is not allowed to %s. Your role=%s.",
	    m->w->who != NULL ? m->w->who : "This key", what,
	    m->w->caller->role);
}
