/* The forms of those, and what becomes of them. */
#include "config.h"

#include "web/admin/subjects.h"

/* --- drawing --- */

static int
draw(struct tg_manage *m, struct tg_page *p, const struct tg_subject *s)
{
	const struct tg_admin_kind *k = tg_subject_kind_of(m->w);
	json_t *settings = json_copy(tg_manage_json(m, s->settings));
	struct tg_sheet f;

	if (!json_is_object(settings)) {
		json_decref(settings);
		settings = json_object();
	}
	(void)tg_manage_keep(m, settings);
	tg_jtree_set_text(settings, k->id_member, s->name);
	if (k->alias_member != NULL)
		tg_jtree_set_text(settings, k->alias_member, s->alias);
	(void)json_object_set(
	    settings, "models", tg_manage_json(m, s->models));
	if (k->show != NULL && k->show(m, s, settings) != 0)
		return -1;
	tg_sheet_begin(&f, p, s->id == 0);
	tg_sheet_draw(&f, &k->groups[0], settings);
	if (tg_money_form_draw(m, &f, settings, s->budget, k->money) != 0)
		return -1;
	for (size_t i = 1; k->groups[i].title != NULL; i++)
		tg_sheet_draw(&f, &k->groups[i], settings);
	return 0;
}

static int
draw_new(struct tg_manage *m, struct tg_page *p)
{
	const struct tg_admin_kind *k = tg_subject_kind_of(m->w);
	struct tg_subject s = { .kind = k->kind, .models = "[]",
		.settings = "{}", .parent = tg_page_query_int(p, "parent", 0) };

	tg_page_set(p, "one", json_null());
	tg_page_set(p, "kind",
	    json_pack("{s:s, s:s, s:s}", "path", k->path, "make", k->make,
		"add", k->add));
	return draw(m, p, &s);
}

static int
draw_edit(struct tg_manage *m, struct tg_page *p)
{
	struct tg_subject s;
	bool may;

	if (tg_subject_open(m, p, &s, &may) != 0)
		return -1;
	if (!may)
		return tg_fail(m->e, TG_E_FORBIDDEN,
		    "You may look at it, but not change it.");
	return draw(m, p, &s);
}

int
tg_subjects_new(struct tg_web *w)
{
	return tg_page_show_models(
	    w, "subject_form", tg_subject_kind_of(w)->make, draw_new);
}

int
tg_subjects_edit(struct tg_web *w)
{
	return tg_page_show_models(w, "subject_form", N_("Change"), draw_edit);
}

/* --- reading --- */

static void
read_body(struct tg_page *p, const struct tg_admin_kind *k, bool fresh,
    json_t *body)
{
	for (size_t i = 0; k->groups[i].title != NULL; i++)
		if (tg_sheet_read(p, &k->groups[i], fresh, body) != 0)
			return;
	if (tg_money_form_read(p, k->money, fresh, body) == 0 &&
	    k->read != NULL)
		(void)k->read(p, fresh, body);
}

/* Ids come out as they were sent, or made up: found by their name again. */
static int
find_made(struct tg_manage *m, struct tg_page *p)
{
	const struct tg_admin_kind *k = tg_subject_kind_of(m->w);
	struct tg_subject s;
	int rc = tg_subject_find(
	    m->db, m->a, k->kind, tg_subject_page_name(p), &s, m->e);

	if (rc == 1)
		tg_page_set_int(p, "id", s.id);
	return rc < 0 ? -1 : 0;
}

int
tg_subjects_create(struct tg_web *w)
{
	const struct tg_admin_kind *k = tg_subject_kind_of(w);
	json_t *body = json_object(), *answer = NULL, *name;
	struct tg_page *p;

	if (tg_web_catalog(w) != 0 ||
	    (p = tg_page_open(w, "subject_form", k->make)) == NULL) {
		json_decref(body);
		return -1;
	}
	read_body(p, k, true, body);
	if (tg_page_do(p, tg_manage_function(k->create), body, &answer) != 0)
		return tg_page_refused(p, draw_new);
	name = json_object_get(answer, k->id_member);
	if (name == NULL)
		name = json_object_get(body, k->id_member);
	(void)json_object_set(p->data, "name", name);
	if (tg_page_read(p, find_made) != 0) {
		tg_page_close(p);
		return -1;
	}
	return tg_page_goto(p, "created", "admin/%s/%lld", k->path,
	    (long long)json_integer_value(json_object_get(p->data, "id")));
}

static int
find_old(struct tg_manage *m, struct tg_page *p)
{
	struct tg_subject s;
	bool may;

	if (tg_subject_open(m, p, &s, &may) != 0)
		return -1;
	if (!may)
		return tg_fail(m->e, TG_E_FORBIDDEN,
		    "You may look at it, but not change it.");
	return 0;
}

struct tg_page *
tg_subject_page(struct tg_web *w, const char *template, const char *title)
{
	struct tg_page *p;

	if (tg_web_catalog(w) != 0)
		return NULL;
	p = tg_page_open(w, template, title);
	if (p != NULL && tg_page_read(p, find_old) != 0) {
		tg_page_close(p);
		return NULL;
	}
	return p;
}

const char *
tg_subject_page_name(const struct tg_page *p)
{
	return json_string_value(json_object_get(p->data, "name"));
}

int
tg_subjects_update(struct tg_web *w)
{
	const struct tg_admin_kind *k = tg_subject_kind_of(w);
	struct tg_page *p = tg_subject_page(w, "subject_form", N_("Change"));
	json_t *body;

	if (p == NULL)
		return -1;
	body = json_object();
	read_body(p, k, false, body);
	tg_jtree_set_text(body, k->id_member, tg_subject_page_name(p));
	if (tg_page_do(p, tg_manage_function(k->update), body, NULL) != 0)
		return tg_page_refused(p, draw_edit);
	return tg_page_goto(
	    p, "saved", "admin/%s/%.*s", k->path, TG_PRI(w->rest));
}

/* --- block --- */

static int
asked(struct tg_manage *m, struct tg_page *p)
{
	struct tg_subject s;
	bool may;

	return tg_subject_open(m, p, &s, &may);
}

static int
set_blocked(struct tg_web *w, bool blocked)
{
	const struct tg_admin_kind *k = tg_subject_kind_of(w);
	struct tg_page *p = tg_subject_page(w, "subject_ask", N_("Block"));
	const char *route = blocked ? k->block : k->unblock;
	json_t *body;

	if (p == NULL)
		return -1;
	body = json_object();
	if (k->block_member != NULL)
		(void)json_object_set_new(body, k->block_member,
		    json_pack("[s]", tg_subject_page_name(p)));
	else
		tg_jtree_set_text(body, k->id_member,
		    tg_subject_page_name(p));
	if (route == NULL)
		(void)json_object_set_new(
		    body, "blocked", json_boolean(blocked));
	if (tg_page_do(p,
		tg_manage_function(route != NULL ? route : k->update), body,
		NULL) != 0)
		return tg_page_refused(p, asked);
	return tg_page_goto(p, blocked ? "blocked" : "unblocked",
	    "admin/%s/%.*s", k->path, TG_PRI(w->rest));
}

int
tg_subjects_block(struct tg_web *w)
{
	return set_blocked(w, true);
}

int
tg_subjects_unblock(struct tg_web *w)
{
	return set_blocked(w, false);
}

/* --- delete --- */

static int
ask(struct tg_manage *m, struct tg_page *p)
{
	if (asked(m, p) != 0)
		return -1;
	tg_page_set_true(p, "delete", true);
	return 0;
}

int
tg_subjects_ask(struct tg_web *w)
{
	return tg_page_show(w, "subject_ask", N_("Are you sure?"), ask);
}

int
tg_subjects_delete(struct tg_web *w)
{
	const struct tg_admin_kind *k = tg_subject_kind_of(w);
	struct tg_page *p =
	    tg_subject_page(w, "subject_ask", N_("Delete"));
	json_t *body;

	if (p == NULL)
		return -1;
	body = json_object();
	if (k->single)
		tg_jtree_set_text(
		    body, k->remove_member, tg_subject_page_name(p));
	else
		(void)json_object_set_new(body, k->remove_member,
		    json_pack("[s]", tg_subject_page_name(p)));
	if (tg_page_do(p, tg_manage_function(k->remove), body, NULL) != 0)
		return tg_page_refused(p, ask);
	return tg_page_goto(p, "deleted", "admin/%s", k->path);
}
