/*
 * What is around each page: where one can go, who looks, in which language.
 */
#include "config.h"

#include <stdio.h>

#include "web/page/asset.h"
#include "web/page/page.h"

/* The side navigation; a row without path is a heading. */
static const struct place {
	const char *path, *title;
	enum tg_visit least;	/* who may see everything sees this too */
	enum tg_visit most;
	const char *key;	/* g and this letter goes there */
} places[] = {
	{ "admin", N_("Overview"), TG_VISIT_MEMBER, TG_VISIT_OWNER, "o" },
	{ "me", N_("My key"), TG_VISIT_HOLDER, TG_VISIT_HOLDER, "o" },
	{ NULL, N_("Traffic"), TG_VISIT_MEMBER, TG_VISIT_OWNER, NULL },
	{ "admin/calls", N_("Calls"), TG_VISIT_MEMBER, TG_VISIT_OWNER, "c" },
	{ "admin/threads", N_("Sessions"), TG_VISIT_MEMBER, TG_VISIT_OWNER,
	    "s" },
	{ "admin/search", N_("Search"), TG_VISIT_MEMBER, TG_VISIT_OWNER,
	    "f" },
	{ "admin/programs", N_("Programs"), TG_VISIT_MEMBER, TG_VISIT_OWNER,
	    NULL },
	{ "admin/playground", N_("Playground"), TG_VISIT_HOLDER,
	    TG_VISIT_OWNER, "p" },
	{ "admin/scores", N_("Scores"), TG_VISIT_MEMBER, TG_VISIT_OWNER,
	    NULL },
	{ NULL, N_("Access"), TG_VISIT_MEMBER, TG_VISIT_OWNER, NULL },
	{ "admin/keys", N_("Keys"), TG_VISIT_MEMBER, TG_VISIT_OWNER, "k" },
	{ "admin/people", N_("People"), TG_VISIT_VIEWER, TG_VISIT_OWNER,
	    "u" },
	{ "admin/teams", N_("Teams"), TG_VISIT_VIEWER, TG_VISIT_OWNER, "t" },
	{ "admin/customers", N_("Customers"), TG_VISIT_VIEWER,
	    TG_VISIT_OWNER, NULL },
	{ "admin/tags", N_("Tags"), TG_VISIT_VIEWER, TG_VISIT_OWNER, NULL },
	{ "admin/budgets", N_("Budgets"), TG_VISIT_VIEWER, TG_VISIT_OWNER,
	    "b" },
	{ NULL, N_("Gateway"), TG_VISIT_HOLDER, TG_VISIT_OWNER, NULL },
	{ "admin/catalog", N_("Catalog"), TG_VISIT_HOLDER, TG_VISIT_OWNER,
	    NULL },
	{ "admin/providers", N_("Providers"), TG_VISIT_VIEWER,
	    TG_VISIT_OWNER, NULL },
	{ "admin/models", N_("Models"), TG_VISIT_VIEWER, TG_VISIT_OWNER,
	    "m" },
	{ "admin/alerts", N_("Alerts"), TG_VISIT_VIEWER, TG_VISIT_OWNER,
	    "a" },
	{ "admin/audit", N_("Audit"), TG_VISIT_VIEWER, TG_VISIT_OWNER,
	    NULL },
	{ "admin/settings", N_("Settings"), TG_VISIT_VIEWER, TG_VISIT_OWNER,
	    NULL },
	{ "admin/backup", N_("Backup"), TG_VISIT_OWNER, TG_VISIT_OWNER,
	    NULL },
	{ "admin/api", N_("API reference"), TG_VISIT_HOLDER, TG_VISIT_OWNER,
	    NULL },
	{ "admin/about", N_("About"), TG_VISIT_MEMBER, TG_VISIT_OWNER,
	    NULL },
};

/* What a page says first after a form was sent. */
static const struct {
	const char *word, *sentence;
} done_words[] = {
	{ "added", N_("Added.") },
	{ "blocked", N_("Blocked. Calls are refused from now on.") },
	{ "created", N_("Created.") },
	{ "deleted", N_("Deleted.") },
	{ "ended", N_("Ended.") },
	{ "removed", N_("Removed.") },
	{ "restored", N_("Restored.") },
	{ "retried", N_("It is tried again now.") },
	{ "rotated", N_("The key was rotated.") },
	{ "saved", N_("Saved.") },
	{ "sent", N_("Sent.") },
	{ "signed-out", N_("You are signed out.") },
	{ "tested", N_("Tested.") },
	{ "unblocked", N_("Unblocked. Calls are let through again.") },
};

static const char *const role_titles[] = {
	[TG_VISIT_NONE] = "",
	[TG_VISIT_HOLDER] = N_("key holder"),
	[TG_VISIT_MEMBER] = N_("member"),
	[TG_VISIT_VIEWER] = N_("viewer"),
	[TG_VISIT_ADMIN] = N_("admin"),
	[TG_VISIT_OWNER] = N_("owner"),
};

/* Pages that one comes to from calls. */
static const char *const of_calls[] = { "admin/replay/", "admin/runs/",
	"admin/dataset" };

/* Below the mount, without slashes at its ends and without /v1. */
static struct tg_str
path_of(const struct tg_page *p)
{
	struct tg_str path = p->w->rq->path;

	if (tg_str_starts(path, "/v1/")) {
		path.p += 3;
		path.n -= 3;
	}
	while (path.n > 0 && path.p[0] == '/') {
		path.p++;
		path.n--;
	}
	while (path.n > 0 && path.p[path.n - 1] == '/')
		path.n--;
	for (size_t i = 0; i < sizeof(of_calls) / sizeof(*of_calls); i++)
		if (tg_str_starts(path, of_calls[i]))
			return TG_STR("admin/calls");
	return path;
}

/* How well a place fits where we are: the longest is the one. */
static size_t
fits(const struct place *at, struct tg_str path)
{
	size_t n = at->path != NULL ? strlen(at->path) : 0;

	if (n == 0 || path.n < n || memcmp(path.p, at->path, n) != 0)
		return 0;
	return path.n == n || path.p[n] == '/' || path.p[n] == '.' ? n : 0;
}

static const struct place *
current_place(struct tg_str path)
{
	const struct place *best = NULL;
	size_t most = 0;

	for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++)
		if (fits(&places[i], path) > most) {
			most = fits(&places[i], path);
			best = &places[i];
		}
	return best;
}

static json_t *
group_of(json_t *nav, const struct tg_page *p, const char *title)
{
	json_t *group = json_object(), *links = json_array();

	/* Null, not missing: the page may have a value of that name. */
	tg_jtree_set_text(group, "heading",
	    title != NULL ? tg_page_words(p, title) : NULL);
	(void)json_object_set_new(group, "links", links);
	(void)json_array_append_new(nav, group);
	return links;
}

static json_t *
navigation(const struct tg_page *p, enum tg_visit role)
{
	const struct place *here = current_place(path_of(p));
	json_t *nav = json_array(), *links = NULL;

	for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++) {
		const struct place *at = &places[i];
		json_t *one;

		if (role < at->least || role > at->most)
			continue;
		if (at->path == NULL || links == NULL)
			links = group_of(
			    nav, p, at->path == NULL ? at->title : NULL);
		if (at->path == NULL)
			continue;
		one = json_object();
		tg_jtree_set_text(one, "path", at->path);
		tg_jtree_set_text(one, "title", tg_page_words(p, at->title));
		tg_jtree_set_text(one, "key", at->key);
		(void)json_object_set_new(
		    one, "current", json_boolean(at == here));
		(void)json_array_append_new(links, one);
	}
	return nav;
}

static json_t *
viewer_of(const struct tg_page *p)
{
	const struct tg_visitor *v = p->w->visitor;
	json_t *viewer = json_object();

	if (v == NULL || v->role == TG_VISIT_NONE)
		return viewer;
	tg_jtree_set_text(viewer, "name", v->name);
	tg_jtree_set_text(
	    viewer, "role", tg_page_words(p, role_titles[v->role]));
	(void)json_object_set_new(
	    viewer, "is_key", json_boolean(v->role == TG_VISIT_HOLDER));
	(void)json_object_set_new(
	    viewer, "may_see", json_boolean(v->role >= TG_VISIT_VIEWER));
	(void)json_object_set_new(
	    viewer, "may_edit", json_boolean(v->role >= TG_VISIT_ADMIN));
	(void)json_object_set_new(
	    viewer, "may_own", json_boolean(v->role >= TG_VISIT_OWNER));
	(void)json_object_set_new(
	    viewer, "by_server", json_boolean(v->by_server));
	return viewer;
}

static json_t *
languages(const struct tg_page *p)
{
	const struct tg_visitor *v = p->w->visitor;
	bool picked = v != NULL && v->language != NULL;
	json_t *list = json_array();

	for (const struct tg_words *const *w = tg_words_all(); *w != NULL;
	     w++)
		(void)json_array_append_new(list,
		    json_pack("{s:s, s:s, s:b, s:b}", "tag",
			tg_words_tag(*w), "title", tg_words_title(*w),
			"current", *w == p->locale.words, "picked",
			picked && *w == p->locale.words));
	return list;
}

/* A page's own script, by its name in www/assets. */
static void
set_script(struct tg_page *p)
{
	const char *name =
	    json_string_value(json_object_get(p->data, "script"));

	if (name != NULL)
		tg_page_set_text(
		    p, "script_path", tg_asset_path(p->w, name));
}

static void
set_done(struct tg_page *p)
{
	const char *word = tg_page_query(p, "done");

	for (size_t i = 0;
	     word != NULL && i < sizeof(done_words) / sizeof(*done_words);
	     i++)
		if (strcmp(done_words[i].word, word) == 0)
			tg_page_set_text(p, "done",
			    tg_page_words(p, done_words[i].sentence));
}

/* What the page itself has set stays. */
static void
unless_set(struct tg_page *p, const char *name, json_t *value)
{
	if (json_object_get(p->data, name) == NULL)
		tg_page_set(p, name, value);
	else
		json_decref(value);
}

void
tg_page_frame(struct tg_page *p)
{
	const struct tg_visitor *v = p->w->visitor;
	const struct tg_request *rq = p->w->rq;
	struct tg_str path = path_of(p);

	unless_set(p, "root", json_string(p->locale.root));
	unless_set(p, "title",
	    json_string(p->title != NULL ? tg_page_words(p, p->title) : ""));
	unless_set(p, "lang",
	    json_string(tg_words_tag(p->locale.words)));
	unless_set(p, "nav", navigation(p, v != NULL ? v->role : TG_VISIT_NONE));
	unless_set(p, "viewer", viewer_of(p));
	unless_set(p, "languages", languages(p));
	unless_set(p, "csrf", json_string(v != NULL ? v->csrf : ""));
	tg_page_set_text(p, "theme", v != NULL ? v->theme : NULL);
	tg_page_set_true(p, "is_light",
	    v != NULL && v->theme != NULL && strcmp(v->theme, "light") == 0);
	tg_page_set_true(p, "is_dark",
	    v != NULL && v->theme != NULL && strcmp(v->theme, "dark") == 0);
	tg_page_set_text(p, "zone", p->locale.zone);
	tg_page_set_text(p, "path", tg_arena_cstr(p->a, path));
	tg_page_set_text(p, "here",
	    tg_arena_printf(p->a, "%.*s%s%.*s", TG_PRI(path),
		rq->query.n > 0 ? "?" : "", TG_PRI(rq->query)));
	unless_set(p, "house",
	    json_pack("{s:s, s:s}", "name", "Tollgate", "version",
		PACKAGE_VERSION));
	tg_page_set_text(p, "css", tg_asset_path(p->w, "app.css"));
	tg_page_set_text(p, "js", tg_asset_path(p->w, "app.js"));
	tg_page_set_text(p, "icon", tg_asset_path(p->w, "icon.svg"));
	set_script(p);
	set_done(p);
}
