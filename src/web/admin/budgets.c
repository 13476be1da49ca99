/* Budgets that several share by name. */
#include "config.h"

#include "web/admin/subjects.h"

#include "store/budgets.h"

#define PER_PAGE 50
#define USERS_SHOWN 50

/* clang-format off */
static const struct tg_sheet_field who[] = {
	{ .name = "budget_id", .type = TG_SHEET_TEXT, .title = N_("Name"),
	  .flags = TG_SHEET_NEW | TG_SHEET_REQUIRED },
	{ .name = NULL },
};
static const struct tg_sheet_group who_group = {
	.title = N_("Shared budget"), .fields = who };
/* clang-format on */

/* --- the list --- */

static json_t *
row_of(struct tg_manage *m, const struct tg_budget *b, json_t *row)
{
	const json_t *s = tg_manage_json(m, b->settings);
	static const char *const names[] = { "max_budget", "soft_budget",
		"budget_duration", "rpm_limit", "tpm_limit",
		"max_parallel_requests", NULL };

	(void)json_object_set_new(row, "name", json_string(b->name));
	for (size_t i = 0; names[i] != NULL; i++) {
		const json_t *v = json_object_get(s, names[i]);
		tg_jtree_set_text(row, names[i],
		    v != NULL && !json_is_null(v) ? tg_sheet_text(m->a, v) :
						    NULL);
	}
	for (size_t i = 0; tg_money_periods[i].value != NULL; i++) {
		const char *span = json_string_value(
		    json_object_get(row, "budget_duration"));
		if (span != NULL &&
		    strcmp(tg_money_periods[i].value, span) == 0)
			tg_jtree_set_text(
			    row, "period", tg_money_periods[i].title);
	}
	(void)json_object_set_new(
	    row, "updated_at", json_integer(b->updated_at));
	tg_jtree_set_text(row, "updated_by", b->updated_by);
	return row;
}

static int
list(struct tg_manage *m, struct tg_page *p)
{
	struct tg_budget_page page = { .like = tg_page_query(p, "text"),
		.after = tg_page_after(p, PER_PAGE), .limit = PER_PAGE };
	json_t *rows = json_array();

	tg_page_set(p, "rows", rows);
	tg_page_set_text(p, "text", page.like);
	if (tg_budget_page(m->db, m->a, &page, m->e) != 0)
		return -1;
	for (size_t i = 0; i < page.n; i++)
		(void)json_array_append_new(
		    rows, row_of(m, &page.rows[i], json_object()));
	tg_page_set_true(p, "some", page.n > 0);
	tg_page_pager(p, PER_PAGE, (int64_t)page.n, page.total, false);
	return 0;
}

static int
budgets(struct tg_web *w)
{
	return tg_page_show(w, "budgets", N_("Budgets"), list);
}

/* --- one --- */

static int
find(struct tg_manage *m, struct tg_page *p, struct tg_budget *b)
{
	int rc = tg_budget_find(
	    m->db, m->a, tg_arena_cstr(m->a, m->w->rest), b, m->e);

	if (rc == 0)
		return tg_fail(m->e, TG_E_NOT_FOUND,
		    "There is no shared budget of this name.");
	if (rc < 0)
		return -1;
	tg_page_set(p, "budget", row_of(m, b, json_object()));
	return 0;
}

static const char *
path_of(int scope)
{
	for (int kind = 1; kind < TG_SUBJECT__MAX; kind++) {
		static const char *const paths[TG_SUBJECT__MAX] = {
			[TG_SUBJECT_PERSON] = "people",
			[TG_SUBJECT_TEAM] = "teams",
			[TG_SUBJECT_CUSTOMER] = "customers",
			[TG_SUBJECT_ORGANIZATION] = "organizations",
			[TG_SUBJECT_PROJECT] = "projects",
			[TG_SUBJECT_TAG] = "tags",
		};
		if ((int)tg_subject_scope((enum tg_subject_kind)kind) ==
		    scope)
			return paths[kind];
	}
	return "keys";
}

/* Members have no page of their own: their team's. */
static int
add_user(struct tg_manage *m, const struct tg_budget_user *user, json_t *list)
{
	struct tg_member member;
	struct tg_subject s;
	struct tg_key key;
	int64_t id = user->subject;
	const char *shown = NULL, *path = path_of(user->scope);
	int rc = 1;

	if (user->scope == TG_SCOPE_MEMBER) {
		rc = tg_member_by_id(m->db, m->a, id, &member, m->e);
		id = rc == 1 ? member.team : 0;
		path = "teams";
	}
	if (rc == 1 && user->scope == TG_SCOPE_KEY) {
		rc = tg_key_get_id(m->db, m->a, id, &key, m->e);
		if (rc == 1)
			shown = key.alias != NULL ? key.alias : key.name;
	} else if (rc == 1) {
		rc = tg_subject_by_id(m->db, m->a, id, &s, m->e);
		if (rc == 1)
			shown = s.alias != NULL ? s.alias : s.name;
	}
	if (rc == 1)
		(void)json_array_append_new(list,
		    json_pack("{s:s, s:I, s:s?}", "path", path, "id",
			(json_int_t)id, "shown", shown));
	return rc < 0 ? -1 : 0;
}

static int
one(struct tg_manage *m, struct tg_page *p)
{
	json_t *list = json_array();
	struct tg_budget_user *users;
	struct tg_budget b;
	size_t n;

	tg_page_set(p, "users", list);
	if (find(m, p, &b) != 0 ||
	    tg_budget_users(m->db, m->a, b.name, &users, &n, m->e) != 0)
		return -1;
	tg_page_set_int(p, "n_users", (int64_t)n);
	for (size_t i = 0; i < n && i < USERS_SHOWN; i++)
		if (add_user(m, &users[i], list) != 0)
			return -1;
	tg_page_set_true(p, "may_change", m->w->caller->admin);
	return 0;
}

static int
budget(struct tg_web *w)
{
	return tg_page_show(w, "budget", N_("Shared budget"), one);
}

/* --- forms --- */

static int
draw(struct tg_manage *m, struct tg_page *p, const char *settings)
{
	json_t *all = tg_manage_json(m, settings);
	struct tg_sheet f;

	tg_sheet_begin(&f, p, json_object_get(p->data, "budget") == NULL);
	tg_sheet_draw(&f, &who_group, all);
	return tg_money_form_draw(m, &f, all, NULL, TG_MONEY_MODELS);
}

static int
draw_new(struct tg_manage *m, struct tg_page *p)
{
	return draw(m, p, "{}");
}

static int
draw_edit(struct tg_manage *m, struct tg_page *p)
{
	struct tg_budget b;

	if (find(m, p, &b) != 0)
		return -1;
	return draw(m, p, b.settings);
}

static int
new_form(struct tg_web *w)
{
	return tg_page_show_models(
	    w, "budget_form", N_("New shared budget"), draw_new);
}

static int
edit_form(struct tg_web *w)
{
	return tg_page_show_models(w, "budget_form", N_("Change"), draw_edit);
}

static int
write(struct tg_web *w, bool fresh, tg_page_fn *again)
{
	struct tg_page *p;
	json_t *body;

	if (tg_web_catalog(w) != 0 ||
	    (p = tg_page_open(
		 w, "budget_form", N_("Shared budget"))) == NULL)
		return -1;
	body = json_object();
	if (tg_sheet_read(p, &who_group, fresh, body) == 0)
		(void)tg_money_form_read(p, TG_MONEY_MODELS, fresh, body);
	if (!fresh)
		tg_jtree_set_text(
		    body, "budget_id", tg_arena_cstr(p->a, w->rest));
	if (tg_page_do(p,
		tg_manage_function(fresh ? "/budget/new" : "/budget/update"),
		body, NULL) != 0)
		return tg_page_refused(p, again);
	return tg_page_goto(p, fresh ? "created" : "saved", "admin/budgets");
}

static int
create(struct tg_web *w)
{
	return write(w, true, draw_new);
}

static int
update(struct tg_web *w)
{
	return write(w, false, draw_edit);
}

static int
drop(struct tg_web *w)
{
	struct tg_page *p =
	    tg_page_open(w, "budget", N_("Shared budget"));
	json_t *body = json_object();

	if (p == NULL) {
		json_decref(body);
		return -1;
	}
	tg_jtree_set_text(body, "id", tg_arena_cstr(p->a, w->rest));
	if (tg_page_do(p, tg_manage_function("/budget/delete"), body, NULL) !=
	    0)
		return tg_page_refused(p, one);
	return tg_page_goto(p, "deleted", "admin/budgets");
}

/* clang-format off */
const struct tg_route tg_routes_admin_budgets[] = {
	{ TG_GET, "/admin/budgets", TG_ACCESS_VIEWER, budgets, NULL,
	    "Shared budgets", TG_FAULT_ERROR },
	{ TG_GET, "/admin/budgets/new", TG_ACCESS_EDITOR, new_form, NULL,
	    "A form for a new one", TG_FAULT_ERROR },
	{ TG_POST, "/admin/budgets/new", TG_ACCESS_EDITOR, create, NULL,
	    "Make one", TG_FAULT_ERROR },
	{ TG_GET, "/admin/budgets/{name}/edit", TG_ACCESS_EDITOR, edit_form, NULL,
	    "A form to change one", TG_FAULT_ERROR },
	{ TG_POST, "/admin/budgets/{name}/edit", TG_ACCESS_EDITOR, update,
	    NULL, "Change one, for all who share it", TG_FAULT_ERROR },
	{ TG_POST, "/admin/budgets/{name}/delete", TG_ACCESS_EDITOR, drop,
	    NULL, "Delete one", TG_FAULT_ERROR },
	{ TG_GET, "/admin/budgets/{name}", TG_ACCESS_VIEWER, budget, NULL,
	    "One of them, and who shares it", TG_FAULT_ERROR },
	{ .path = NULL },
};
/* clang-format on */
