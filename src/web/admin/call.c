/*
 * One call: /admin/calls/{id}.  Views (?view=): the conversation, its texts as
 * they are (raw), the tools, the bodies (json), headers; ?part= one text
 * whole.
 */
#include "config.h"

#include "web/admin/call.h"

#include "store/threads.h"
#include "web/admin/admin.h"
#include "web/admin/replay.h"
#include "web/admin/scores.h"

static tg_handler show;

const struct tg_route tg_routes_admin_call[] = {
	{ TG_GET, "/admin/calls/{id}/{body}", TG_ACCESS_HOLDER,
	    tg_admin_call_body, NULL, N_("A body as it was stored"),
	    TG_FAULT_ERROR },
	{ TG_GET, "/admin/calls/{id}", TG_ACCESS_HOLDER, show, NULL,
	    N_("One call"), TG_FAULT_ERROR },
	{ 0 },
};

static const struct view {
	const char *name, *title;
	int (*fill)(struct tg_call_page *c);
} views[] = {
	{ "talk", N_("Conversation"), tg_call_show_talk },
	{ "raw", N_("As plain text"), tg_call_show_talk },
	{ "tools", N_("Tools"), tg_call_show_tools },
	{ "json", N_("JSON"), tg_call_show_json },
	{ "headers", N_("Headers and curl"), tg_call_show_heads },
};

bool
tg_call_is_theirs(const struct tg_web *w, int64_t person, int64_t key_id)
{
	int64_t whose, key;

	tg_visitor_scope(w, &whose, &key);
	return (whose == 0 || (person != 0 && person == whose)) &&
	    (key == 0 || key == key_id);
}

static const struct view *
view_of(struct tg_page *p)
{
	const char *name = tg_page_query(p, "view");

	for (size_t i = 0; name != NULL &&
	    i < sizeof(views) / sizeof(*views); i++)
		if (strcmp(views[i].name, name) == 0)
			return &views[i];
	return &views[0];
}

static void
set_tabs(struct tg_call_page *c, const struct view *here)
{
	json_t *tabs = json_array();

	for (size_t i = 0; i < sizeof(views) / sizeof(*views); i++) {
		json_t *tab = json_pack("{s:s, s:s}", "view", views[i].name,
		    "title", tg_page_words(c->p, views[i].title));

		if (&views[i] == here)
			(void)json_object_set_new(
			    tab, "current", json_true());
		(void)json_array_append_new(tabs, tab);
	}
	tg_page_set(c->p, "tabs", tabs);
}

/* --- its place in the session --- */

static void
set_place(struct tg_call_page *c, const struct tg_thread_call *rows, size_t n,
    const struct tg_thread *t)
{
	json_t *j = json_pack("{s:I, s:I}", "id", (json_int_t)t->id, "calls",
	    (json_int_t)t->calls);

	(void)json_object_set_new(j, "several", json_boolean(n > 1));
	tg_jtree_set_text(j, "title", t->title);
	tg_jtree_set_text(j, "name", t->name);
	for (size_t i = 0; i < n; i++) {
		if (strcmp(rows[i].call, c->last->id) != 0)
			continue;
		(void)json_object_set_new(
		    j, "number", json_integer((json_int_t)i + 1));
		(void)json_object_set_new(j, "page", json_integer(
		    (json_int_t)i / TG_THREAD_CALLS + 1));
		if (i > 0)
			tg_jtree_set_text(j, "previous", rows[i - 1].call);
		if (i + 1 < n)
			tg_jtree_set_text(j, "next", rows[i + 1].call);
	}
	tg_page_set(c->p, "thread", j);
}

static int
find_place(struct tg_db *db, void *arg, struct tg_err *e)
{
	struct tg_call_page *c = arg;
	struct tg_thread_call at, *rows;
	struct tg_thread t;
	size_t n;
	int rc = tg_thread_of(db, c->p->a, c->last->id, &at, e);

	if (rc != 1)
		return rc;
	c->known = at.known;
	if (at.thread == 0)
		return 0;
	rc = tg_thread_find(db, c->p->a, at.thread, &t, e);
	if (rc != 1)
		return rc;
	if (tg_thread_calls(db, c->p->a, at.thread, 0, 0, &rows, &n, e) == -1)
		return -1;
	set_place(c, rows, n, &t);
	return 0;
}

/* --- the page --- */

static int
fill(struct tg_manage *m, struct tg_page *p)
{
	struct tg_web *w = m->w;
	struct tg_store *s = tg_app_store(w->app);
	const struct view *v = view_of(p);
	struct tg_call_page c = { .m = m, .p = p, .view = v->name };
	int rc;

	if (tg_call_look(m->db, p->a, tg_arena_cstr(p->a, w->rest), &c.rows,
		&c.n, m->e) == -1)
		return -1;
	if (c.n == 0 || !tg_call_is_theirs(w, c.rows[0].person,
	    c.rows[0].key_id))
		return tg_fail(m->e, TG_E_NOT_FOUND,
		    "There is no call of this id.");
	c.last = &c.rows[c.n - 1];
	c.names = tg_names_new(m->db, p->a, m->e);
	set_tabs(&c, v);
	tg_page_set_true(p, "full", tg_page_query(p, "part") == NULL);
	tg_call_facts(&c);
	tg_call_time(&c);
	rc = tg_call_bill(&c);
	if (rc == 0)
		rc = tg_read(s, TG_DB_LOG, find_place, &c, m->e);
	if (rc == 0)
		rc = tg_call_show_words(&c);
	if (rc == 0)
		rc = tg_page_query(p, "part") != NULL ? tg_call_show_part(&c) :
							v->fill(&c);
	if (rc == 0)
		rc = tg_scores_show(m, p, c.last);
	if (rc == 0)
		rc = tg_replay_show(m, p, c.last);
	tg_names_free(c.names);
	return rc;
}

static int
show(struct tg_web *w)
{
	return tg_page_show(w, "call", N_("Call"), fill);
}
