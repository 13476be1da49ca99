/* People in teams and organizations: the list, the form, adding, removing. */
#include "config.h"

#include "web/admin/subjects.h"

#include "web/admin/standing.h"
#include "web/manage/organization.h"
#include "web/manage/team.h"

#define SHOWN_MOST 100

/* clang-format off */
static const struct tg_sheet_choice team_roles[] = {
	{ "user", N_("Member") },
	{ "admin", N_("Admin of the team") },
	{ NULL, NULL },
};
static const struct tg_sheet_choice organization_roles[] = {
	{ "internal_user", N_("Member") },
	{ "internal_user_viewer", N_("Member who changes nothing") },
	{ "org_admin", N_("Admin of the organization") },
	{ NULL, NULL },
};
#define TERMS(money) \
	{ .name = money, .type = TG_SHEET_MONEY, \
	  .title = N_("Budget in USD"), \
	  .help = N_("Of all their calls here. Empty: no budget of their " \
		  "own.") }, \
	{ .name = "budget_duration", .type = TG_SHEET_CHOICE, \
	  .title = N_("It comes back"), .choices = tg_money_periods }, \
	{ .name = "rpm_limit", .type = TG_SHEET_COUNT, \
	  .title = N_("Requests a minute") }, \
	{ .name = "tpm_limit", .type = TG_SHEET_COUNT, \
	  .title = N_("Tokens a minute") }
#define WHO \
	{ .name = "who", .type = TG_SHEET_TEXT, .title = N_("Person"), \
	  .flags = TG_SHEET_NEW | TG_SHEET_REQUIRED, .list = "people", \
	  .help = N_("Their id or e-mail address.") }
static const struct tg_sheet_field team_fields[] = {
	WHO,
	{ .name = "role", .type = TG_SHEET_CHOICE, .title = N_("Role"),
	  .choices = team_roles },
	TERMS("max_budget_in_team"),
	{ .name = "allowed_models", .type = TG_SHEET_NAMES,
	  .title = N_("Only these models"),
	  .help = N_("Commas between. Empty: the team's.") },
	{ .name = NULL },
};
static const struct tg_sheet_field organization_fields[] = {
	WHO,
	{ .name = "role", .type = TG_SHEET_CHOICE, .title = N_("Role"),
	  .choices = organization_roles },
	TERMS("max_budget_in_organization"),
	{ .name = NULL },
};
/* clang-format on */

struct family {
	const char *id, *money;		/* members of the API's bodies */
	struct tg_sheet_group group;
	tg_manage_fn *add, *update, *remove;
};
static const struct family of_team = {
	.id = "team_id",
	.money = "max_budget_in_team",
	.group = { .title = N_("Member"), .fields = team_fields },
	.add = tg_web_team_member_add,
	.update = tg_web_team_set,
	.remove = tg_web_team_drop,
};
static const struct family of_organization = {
	.id = "organization_id",
	.money = "max_budget_in_organization",
	.group = { .title = N_("Member"), .fields = organization_fields },
	.add = tg_web_organization_member_add,
	.update = tg_web_organization_member_update,
	.remove = tg_web_organization_member_delete,
};

static const struct family *
family_of(const struct tg_web *w)
{
	return tg_subject_kind_of(w)->kind == TG_SUBJECT_TEAM ?
	    &of_team :
	    &of_organization;
}

/* --- lists --- */

static const char *
role_words(const struct tg_member *member)
{
	static const struct tg_sheet_choice *const all[] = { team_roles,
		organization_roles };

	for (size_t i = 0; i < 2; i++)
		for (const struct tg_sheet_choice *c = all[i];
		     c->value != NULL; c++)
			if (strcmp(c->value, member->role) == 0)
				return c->title;
	return N_("Member");
}

/* The other end of a membership, as a row. */
static int
add_row(struct tg_manage *m, const struct tg_member *member, int64_t other,
    json_t *list)
{
	struct tg_subject s;
	json_t *row;
	int rc = tg_subject_by_id(m->db, m->a, other, &s, m->e);

	if (rc != 1)
		return rc;
	row = json_pack("{s:I, s:s, s:s?, s:s, s:s}", "id", (json_int_t)s.id,
	    "shown", s.alias != NULL ? s.alias : s.name, "email", s.email,
	    "role", role_words(member), "path",
	    s.kind == TG_SUBJECT_PERSON	  ? "people" :
		s.kind == TG_SUBJECT_TEAM ? "teams" :
					    "organizations");
	(void)json_array_append_new(list, row);
	return tg_standing_row(m, TG_SCOPE_MEMBER, member->id, row);
}

static int
list_people(struct tg_manage *m, struct tg_page *p)
{
	struct tg_subject_filter f = { .kind = TG_SUBJECT_PERSON,
		.limit = 2 * SHOWN_MOST };
	json_t *names = json_array();
	struct tg_subject *rows;
	int64_t total;
	size_t n;

	tg_page_set(p, "names", names);
	if (!m->w->caller->viewer)
		return 0;
	if (tg_subject_list(m->db, m->a, &f, &rows, &n, &total, m->e) != 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		(void)json_array_append_new(names, json_string(rows[i].name));
	return 0;
}

int
tg_members_draw(struct tg_manage *m, struct tg_page *p,
    const struct tg_admin_kind *k, const struct tg_subject *s)
{
	bool person = k->kind == TG_SUBJECT_PERSON;
	json_t *list = json_array();
	struct tg_member *rows;
	size_t n;

	tg_page_set(p, "memberships", list);
	if (!person && !k->members)
		return 0;
	if (tg_member_list(m->db, m->a, person ? 0 : s->id,
		person ? s->id : 0, &rows, &n, m->e) != 0)
		return -1;
	tg_page_set_int(p, "n_members", (int64_t)n);
	for (size_t i = 0; i < n && i < SHOWN_MOST; i++)
		if (add_row(m, &rows[i],
			person ? rows[i].team : rows[i].person, list) < 0)
			return -1;
	tg_page_set_true(p, "is_team", k->kind == TG_SUBJECT_TEAM);
	return person ? 0 : list_people(m, p);
}

/* --- the form --- */

/* The member of the path's second number: "member" and its settings. */
static int
find(struct tg_manage *m, struct tg_page *p, struct tg_subject *s,
    struct tg_member *member)
{
	struct tg_subject person;
	int64_t id = 0;
	bool may;
	int rc = 0;

	if (tg_subject_open(m, p, s, &may) != 0)
		return -1;
	if (!may)
		return tg_fail(m->e, TG_E_FORBIDDEN,
		    "You may look at it, but not change it.");
	if (tg_str_i64(m->w->rest2, &id) && id > 0)
		rc = tg_member_find(m->db, m->a, s->id, id, member, m->e);
	if (rc == 1)
		rc = tg_subject_by_id(m->db, m->a, id, &person, m->e);
	if (rc == 0)
		return tg_fail(m->e, TG_E_NOT_FOUND,
		    "There is no such member.");
	if (rc < 0)
		return -1;
	tg_page_set(p, "member",
	    json_pack("{s:I, s:s, s:s}", "id", (json_int_t)person.id,
		"name", person.name, "shown",
		person.alias != NULL ? person.alias : person.name));
	return 0;
}

/* What holds for the member now, under the form's names: "terms". */
static int
put_terms(struct tg_manage *m, struct tg_page *p)
{
	struct tg_member member;
	struct tg_subject s;
	json_t *terms;

	if (find(m, p, &s, &member) != 0)
		return -1;
	terms = tg_row_settings(m, member.settings, member.budget);
	if (terms == NULL)
		return -1;
	terms = json_is_object(terms) ? json_copy(terms) : json_object();
	(void)json_object_set(terms, family_of(m->w)->money,
	    json_object_get(terms, "max_budget"));
	tg_jtree_set_text(terms, "role", member.role);
	tg_page_set(p, "terms", terms);
	return 0;
}

static int
draw(struct tg_manage *m, struct tg_page *p)
{
	struct tg_sheet sheet;

	if (put_terms(m, p) != 0)
		return -1;
	tg_sheet_begin(&sheet, p, false);
	tg_sheet_draw(&sheet, &family_of(m->w)->group,
	    json_object_get(p->data, "terms"));
	return 0;
}

int
tg_members_edit(struct tg_web *w)
{
	return tg_page_show(w, "member_form", N_("A member"), draw);
}

/* --- writing --- */

static struct tg_page *
page_of(struct tg_web *w)
{
	struct tg_page *p =
	    tg_page_open(w, "member_form", N_("A member"));

	if (p != NULL && tg_page_read(p, put_terms) != 0) {
		tg_page_close(p);
		return NULL;
	}
	return p;
}

static json_t *
body_of(const struct tg_page *p)
{
	const json_t *member = json_object_get(p->data, "member");
	json_t *body = json_object();

	tg_jtree_set_text(
	    body, family_of(p->w)->id, tg_subject_page_name(p));
	(void)json_object_set(
	    body, "user_id", json_object_get(member, "name"));
	return body;
}

static bool
is_same(const json_t *a, const json_t *b)
{
	if (b == NULL || json_is_null(b))
		return json_is_null(a);
	if (json_is_number(a) && json_is_number(b))
		return json_number_value(a) == json_number_value(b);
	return json_equal(a, b);
}

/*
 * Terms that nobody touched are not sent: what is sent becomes the member's
 * own, and the team's for all members would hold no longer.
 */
static void
drop_unchanged(struct tg_page *p, json_t *body)
{
	const json_t *terms = json_object_get(p->data, "terms");
	const char *name;
	json_t *v;
	void *next;

	json_object_foreach_safe(body, next, name, v)
	{
		if (is_same(v, json_object_get(terms, name)))
			(void)json_object_del(body, name);
	}
}

int
tg_members_update(struct tg_web *w)
{
	const struct family *f = family_of(w);
	struct tg_page *p = page_of(w);
	json_t *body, *terms;

	if (p == NULL)
		return -1;
	terms = json_object();
	(void)tg_sheet_read(p, &f->group, false, terms);
	drop_unchanged(p, terms);
	body = body_of(p);
	(void)json_object_update_new(body, terms);
	if (tg_page_do(p, f->update, body, NULL) != 0)
		return tg_page_refused(p, draw);
	return tg_page_goto(p, "saved", "admin/%s/%.*s",
	    tg_subject_kind_of(w)->path, TG_PRI(w->rest));
}

int
tg_members_remove(struct tg_web *w)
{
	struct tg_page *p = page_of(w);

	if (p == NULL)
		return -1;
	if (tg_page_do(p, family_of(w)->remove, body_of(p), NULL) != 0)
		return tg_page_refused(p, draw);
	return tg_page_goto(p, "removed", "admin/%s/%.*s",
	    tg_subject_kind_of(w)->path, TG_PRI(w->rest));
}

/* --- adding --- */

/* By id or e-mail; who is not known is not made by a typing mistake. */
static int
add(struct tg_manage *m)
{
	const struct family *f = family_of(m->w);
	json_t *body = tg_manage_copy(m, m->body), *member;
	struct tg_subject person;
	const char *who, *role;
	int rc;

	if (tg_manage_need(m, "who", &who) != 0 ||
	    tg_manage_text(m, "role", &role) != 0)
		return -1;
	rc = tg_subject_find(
	    m->db, m->a, TG_SUBJECT_PERSON, who, &person, m->e);
	if (rc == 0)
		rc = tg_person_by_email(m->db, m->a, who, &person, m->e);
	if (rc == 0)
		return tg_fail_param(m->e, TG_E_INVALID, "who",
		    "There is nobody with this id or e-mail address. Add the "
		    "person first.");
	if (rc < 0)
		return -1;
	member = json_pack("{s:s, s:s?}", "user_id", person.name, "role",
	    role);
	(void)json_object_set_new(body, "member", member);
	(void)json_object_del(body, "who");
	(void)json_object_del(body, "role");
	m->body = body;
	return f->add(m);
}

static int
draw_new(struct tg_manage *m, struct tg_page *p)
{
	struct tg_subject s;
	struct tg_sheet sheet;
	bool may;

	if (tg_subject_open(m, p, &s, &may) != 0 || list_people(m, p) != 0)
		return -1;
	tg_page_set(p, "member", json_null());
	tg_sheet_begin(&sheet, p, true);
	tg_sheet_draw(&sheet, &family_of(m->w)->group, NULL);
	return 0;
}

int
tg_members_add(struct tg_web *w)
{
	struct tg_page *p =
	    tg_subject_page(w, "member_form", N_("Add a member"));
	json_t *body;

	if (p == NULL)
		return -1;
	body = json_object();
	(void)tg_sheet_read(p, &family_of(w)->group, true, body);
	tg_jtree_set_text(body, family_of(w)->id, tg_subject_page_name(p));
	if (tg_page_do(p, add, body, NULL) != 0)
		return tg_page_refused(p, draw_new);
	return tg_page_goto(p, "added", "admin/%s/%.*s",
	    tg_subject_kind_of(w)->path, TG_PRI(w->rest));
}
