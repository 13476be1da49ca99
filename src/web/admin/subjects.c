/* Whoever calls can be booked to besides a key: the list, and one of them. */
#include "config.h"

#include "web/admin/subjects.h"

#include <assert.h>

#include "web/admin/keys.h"
#include "web/admin/standing.h"
#include "web/admin/trend.h"

#define PER_PAGE 50
#define KEYS_SHOWN 10

static const struct tg_admin_kind *const kinds[] = { &tg_admin_person,
	&tg_admin_team, &tg_admin_customer, &tg_admin_organization,
	&tg_admin_project, &tg_admin_tag };

const struct tg_admin_kind *
tg_subject_kind_of(const struct tg_web *w)
{
	const char *path = w->route->path + strlen("/admin/");

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		size_t n = strlen(kinds[i]->path);
		if (strncmp(path, kinds[i]->path, n) == 0 &&
		    (path[n] == '\0' || path[n] == '/'))
			return kinds[i];
	}
	assert(!"a page of no kind");
	return NULL;
}

tg_manage_fn *
tg_manage_function(const char *path)
{
	for (size_t i = 0; tg_route_tables[i] != NULL; i++)
		for (const struct tg_route *r = tg_route_tables[i];
		     r->path != NULL; r++)
			if (r->fn != NULL && strcmp(r->path, path) == 0)
				return r->fn;
	assert(!"no such route");
	return NULL;
}

/* --- rows --- */

static int
put_parent(struct tg_manage *m, const struct tg_subject *s, json_t *row)
{
	struct tg_subject parent;
	int rc = s->parent == 0 ?
	    0 :
	    tg_subject_by_id(m->db, m->a, s->parent, &parent, m->e);

	if (rc < 0)
		return -1;
	(void)json_object_set_new(row, "parent",
	    rc == 0 ? json_null() :
		      json_pack("{s:I, s:s, s:s}", "id",
			  (json_int_t)parent.id, "path",
			  parent.kind == TG_SUBJECT_TEAM ? "teams" :
							   "organizations",
			  "shown",
			  parent.alias != NULL ? parent.alias : parent.name));
	return 0;
}

json_t *
tg_subject_row(struct tg_manage *m, const struct tg_admin_kind *k,
    const struct tg_subject *s)
{
	json_t *row = json_pack("{s:I, s:s, s:s?, s:s, s:s?, s:s?, s:b, s:b, "
				"s:I, s:s}",
	    "id", (json_int_t)s->id, "name", s->name, "alias", s->alias,
	    "shown",
	    s->alias != NULL	 ? s->alias :
		s->email != NULL ? s->email :
				   s->name,
	    "email", s->email, "role", s->role, "blocked", s->blocked,
	    "removed", s->removed_at != 0, "created_at",
	    (json_int_t)s->created_at, "path", k->path);

	if (put_parent(m, s, row) == 0 &&
	    tg_standing_row(m, tg_subject_scope(k->kind), s->id, row) == 0)
		return row;
	json_decref(row);
	return NULL;
}

static void
put_kind(struct tg_page *p, const struct tg_admin_kind *k)
{
	tg_page_set(p, "kind",
	    json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:b, s:b, s:b, "
		      "s:b}",
		"path", k->path, "one", k->one, "title", k->title, "make",
		k->make, "lead", k->lead, "none", k->none, "gone", k->gone,
		"blocks", k->blocks, "members", k->members, "keys",
		k->of_keys, k->one, 1));
	tg_page_set_true(p, "grouped", k->kind == TG_SUBJECT_TEAM || k->kind == TG_SUBJECT_PROJECT || k->kind == TG_SUBJECT_ORGANIZATION);
}

/* --- the list --- */

static const char *const sorts[] = { "name", "-spent", "-created", NULL };

static enum tg_subject_order
order_of(const char *sort, bool ascending)
{
	if (strcmp(sort, "spent") == 0)
		return ascending ? TG_SUBJECTS_CHEAPEST :
				   TG_SUBJECTS_DEAREST;
	if (strcmp(sort, "created") == 0)
		return ascending ? TG_SUBJECTS_OLDEST : TG_SUBJECTS_NEWEST;
	return ascending ? TG_SUBJECTS_BY_NAME : TG_SUBJECTS_BY_NAME_DOWN;
}

/* Who does not see everything: teams they are in. */
static int64_t
member_of(const struct tg_manage *m)
{
	int64_t person = m->w->caller->person.id;

	return m->w->caller->viewer ? 0 : person != 0 ? person :
							-1;
}

static int
list(struct tg_manage *m, struct tg_page *p)
{
	const struct tg_admin_kind *k = tg_subject_kind_of(m->w);
	struct tg_subject_filter f = { .kind = k->kind,
		.like = tg_page_query(p, "text"),
		.parent = tg_page_query_int(p, "parent", 0),
		.member = member_of(m),
		.removed = tg_page_query(p, "removed") != NULL &&
		    m->w->caller->viewer,
		.after = tg_page_after(p, PER_PAGE),
		.limit = PER_PAGE };
	json_t *rows = json_array(), *row;
	struct tg_subject *found;
	const char *sort;
	int64_t total;
	bool ascending;
	size_t n;

	put_kind(p, k);
	tg_page_set(p, "rows", rows);
	tg_page_set_text(p, "text", f.like);
	tg_page_set_true(p, "removed", f.removed);
	tg_page_set_true(p, "filtered",
	    f.like != NULL || f.removed || f.parent != 0);
	sort = tg_page_sort(p, sorts, "name", &ascending);
	f.order = order_of(sort, ascending);
	if (tg_subject_list(m->db, m->a, &f, &found, &n, &total, m->e) != 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		row = tg_subject_row(m, k, &found[i]);
		if (row == NULL)
			return -1;
		(void)json_array_append_new(rows, row);
	}
	tg_page_set_true(p, "some", n > 0);
	tg_page_set_true(p, "may_make", m->w->caller->admin);
	tg_page_pager(p, PER_PAGE, (int64_t)n, total, false);
	return 0;
}

int
tg_subjects_list(struct tg_web *w)
{
	return tg_page_show(
	    w, "subjects", tg_subject_kind_of(w)->title, list);
}

/* --- one --- */

/* 1 may see it, and *may change it. */
static int
rights(struct tg_manage *m, const struct tg_subject *s, bool *may)
{
	const struct tg_caller *c = m->w->caller;
	struct tg_subject parent;
	int sees = c->viewer, changes = c->admin, rc;

	if (s->kind == TG_SUBJECT_TEAM && !c->admin) {
		changes = tg_caller_team(m, s);
		sees = sees ? 1 : tg_caller_member(m, s->id);
	} else if (s->kind == TG_SUBJECT_ORGANIZATION && !c->admin) {
		changes = tg_caller_organization(m, s->id);
		sees = sees ? 1 : tg_caller_member(m, s->id);
	} else if (s->kind == TG_SUBJECT_PROJECT && !c->admin) {
		rc = tg_subject_by_id(m->db, m->a, s->parent, &parent, m->e);
		changes = rc == 1 ? tg_caller_team(m, &parent) : rc;
		sees = sees ? 1 : tg_caller_member(m, s->parent);
	} else if (s->kind == TG_SUBJECT_PERSON) {
		sees = tg_caller_sees_person(m, s->id);
	}
	if (sees < 0 || changes < 0)
		return -1;
	*may = changes == 1 && c->may_write && s->removed_at == 0;
	return sees == 1 || changes == 1;
}

int
tg_subject_open(struct tg_manage *m, struct tg_page *p,
    struct tg_subject *s, bool *may)
{
	const struct tg_admin_kind *k = tg_subject_kind_of(m->w);
	int64_t id = 0;
	json_t *row;
	int rc = 0;

	if (tg_str_i64(m->w->rest, &id) && id > 0)
		rc = tg_subject_by_id(m->db, m->a, id, s, m->e);
	if (rc == 1)
		rc = s->kind == k->kind ? rights(m, s, may) : 0;
	if (rc < 0)
		return -1;
	if (rc == 0)
		return tg_fail(m->e, TG_E_NOT_FOUND,
		    "There is nothing of this number, or it is not yours to "
		    "see.");
	row = tg_subject_row(m, k, s);
	if (row == NULL)
		return -1;
	put_kind(p, k);
	tg_page_set(p, "one", row);
	tg_page_set_text(p, "name", s->name);
	tg_page_set_true(p, "may_change", *may);
	return 0;
}

/* Members of a team see keys of others where it lets them. */
static int
narrow_keys(struct tg_manage *m, const struct tg_subject *s,
    struct tg_key_filter *f)
{
	struct tg_subject team = *s;
	int rc = m->w->caller->viewer || s->kind == TG_SUBJECT_PERSON;

	if (rc == 0 && s->kind == TG_SUBJECT_ORGANIZATION)
		rc = tg_caller_organization(m, s->id);
	else if (rc == 0) {
		rc = s->kind == TG_SUBJECT_TEAM ? 1 :
		    tg_subject_by_id(m->db, m->a, s->parent, &team, m->e);
		if (rc == 1)
			rc = tg_caller_team_keys(m, &team, "/key/list");
	}
	if (rc == 0)
		f->person = m->w->caller->person.id;
	return rc < 0 ? -1 : 0;
}

static int
put_keys(struct tg_manage *m, struct tg_page *p,
    const struct tg_admin_kind *k, const struct tg_subject *s)
{
	struct tg_key_filter f = { .limit = KEYS_SHOWN };
	json_t *list = json_array(), *row;
	struct tg_key *keys;
	int64_t total;
	size_t n;

	tg_page_set(p, "keys", list);
	if (!k->of_keys)
		return 0;
	f.person = k->kind == TG_SUBJECT_PERSON ? s->id : 0;
	f.team = k->kind == TG_SUBJECT_TEAM ? s->id : 0;
	f.project = k->kind == TG_SUBJECT_PROJECT ? s->id : 0;
	f.organization = k->kind == TG_SUBJECT_ORGANIZATION ? s->id : 0;
	if (narrow_keys(m, s, &f) != 0 ||
	    tg_key_page(m->db, m->a, &f, &keys, &n, &total, m->e) != 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		row = tg_keys_row(m, &keys[i]);
		if (row == NULL)
			return -1;
		(void)json_array_append_new(list, row);
	}
	tg_page_set_int(p, "n_keys", total);
	return 0;
}

static void
put_facts(
    struct tg_manage *m, struct tg_page *p, const struct tg_subject *s)
{
	const json_t *own = tg_manage_json(m, s->settings);
	static const char *const names[] = { "tags", "model_aliases", "log",
		"description", "default_model", "metadata", NULL };
	json_t *facts = json_object();

	for (size_t i = 0; names[i] != NULL; i++)
		(void)json_object_set(
		    facts, names[i], json_object_get(own, names[i]));
	if (json_object_size(json_object_get(own, "metadata")) == 0)
		(void)json_object_del(facts, "metadata");
	(void)json_object_set(facts, "models", tg_manage_json(m, s->models));
	tg_jtree_set_text(facts, "budget", s->budget);
	tg_jtree_set_text(facts, "created_by", s->created_by);
	tg_page_set_true(p, "has_models",
	    json_array_size(json_object_get(facts, "models")) > 0);
	tg_page_set_true(p, "has_tags",
	    json_array_size(json_object_get(facts, "tags")) > 0);
	tg_page_set(p, "facts", facts);
}

static int
put_trend(struct tg_manage *m, struct tg_page *p,
    const struct tg_admin_kind *k, const struct tg_subject *s)
{
	struct tg_trend t = { .dim = k->dim, .subject = s->id };

	if (k->kind == TG_SUBJECT_PROJECT)
		t.filter.project = s->id;
	else if (k->kind == TG_SUBJECT_ORGANIZATION)
		t.filter.organization = s->id;
	t.query = tg_arena_printf(
	    m->a, "%s=%lld", k->one, (long long)s->id);
	return tg_trend_draw(m, p, &t);
}

static int
one(struct tg_manage *m, struct tg_page *p)
{
	const struct tg_admin_kind *k = tg_subject_kind_of(m->w);
	struct tg_me_account accounts[2];
	struct tg_subject s;
	size_t n;
	bool may;

	if (tg_subject_open(m, p, &s, &may) != 0)
		return -1;
	put_facts(m, p, &s);
	n = tg_standing_accounts(
	    tg_subject_scope(s.kind), s.id, accounts);
	if (tg_standing_draw(m, accounts, n, p->data) != 0 ||
	    put_trend(m, p, k, &s) != 0 || put_keys(m, p, k, &s) != 0 ||
	    tg_members_draw(m, p, k, &s) != 0)
		return -1;
	return k->more != NULL ? k->more(m, p, &s) : 0;
}

int
tg_subjects_show(struct tg_web *w)
{
	return tg_page_show(
	    w, "subject", tg_subject_kind_of(w)->title, one);
}
