/*
 * /admin/api: every route of the table, by families.  What is not written in
 * a table of the program is not said here.
 */
#include "config.h"

#include "web/admin/api.h"

#include <ctype.h>

#include "web/admin/admin.h"
#include "web/admin/snippets.h"

#define MOST_PREFIXES 9

/* The first whose prefix a path has; the last takes what is left. */
static const struct family {
	const char *slug, *title;
	const char *prefixes[MOST_PREFIXES];
} families[] = {
	{ "calls", N_("Calls to models"),
	    { "/chat", "/completions", "/embeddings", "/models", "/messages",
		"/responses", "/utils" } },
	{ "keys", N_("Keys"), { "/key", "/v2/key" } },
	{ "people", N_("People"), { "/user", "/v2/user" } },
	{ "teams", N_("Teams"), { "/team", "/v2/team" } },
	{ "organizations", N_("Organizations and projects"),
	    { "/organization", "/project" } },
	{ "customers", N_("Customers"), { "/customer", "/end_user" } },
	{ "budgets", N_("Budgets"), { "/budget", "/provider" } },
	{ "tags", N_("Tags"), { "/tag" } },
	{ "models", N_("Models and providers"),
	    { "/model", "/v2/model", "/credentials", "/access_group",
		"/config", "/api/v1/providers" } },
	{ "spend", N_("Spend and reports"),
	    { "/spend", "/global", "/cost", "/audit" } },
	{ "health", N_("Health"), { "/health" } },
	{ "pages", N_("Pages"), { "/admin", "/me" } },
	{ "other", N_("All other"), { "" } },
};
#define FAMILIES (sizeof(families) / sizeof(families[0]))

static const struct {
	const char *title;
} accesses[] = {
	[TG_ACCESS_PUBLIC] = { N_("Anybody") },
	[TG_ACCESS_KEY] = { N_("Any living key") },
	[TG_ACCESS_ADMIN] = { N_("The master key, or an administrator") },
	[TG_ACCESS_SELF] = { N_("Any living key that may use the model") },
	[TG_ACCESS_VISITOR] = { N_("Anybody with a browser") },
	[TG_ACCESS_HOLDER] = { N_("Whoever is signed in, by a key too") },
	[TG_ACCESS_PERSON] = { N_("People who are signed in") },
	[TG_ACCESS_VIEWER] = { N_("Viewers, admins and owners") },
	[TG_ACCESS_EDITOR] = { N_("Admins and owners") },
	[TG_ACCESS_OWNER] = { N_("Owners") },
};

/* A whole segment: "/model" is not the beginning of "/models". */
static bool
begins(const char *path, const char *prefix)
{
	size_t n = strlen(prefix);

	return strncmp(path, prefix, n) == 0 &&
	    (n == 0 || path[n] == '\0' || path[n] == '/' || path[n] == '_');
}

static const struct family *
family_of(const char *path)
{
	for (size_t i = 0; i < FAMILIES; i++)
		for (const char *const *p = families[i].prefixes;
		     p < families[i].prefixes + MOST_PREFIXES && *p != NULL;
		     p++)
			if (begins(path, *p))
				return &families[i];
	return &families[FAMILIES - 1];
}

/* "post-key-generate": as an anchor. */
static const char *
anchor_of(struct tg_page *p, const struct tg_route *r)
{
	char *text = tg_arena_printf(
	    p->a, "%s%s", tg_method_name(r->method), r->path);
	char *to = text;

	for (char *c = text; *c != '\0'; c++) {
		if (isalnum((unsigned char)*c))
			*to++ = (char)tolower((unsigned char)*c);
		else if (to > text && to[-1] != '-')
			*to++ = '-';
	}
	while (to > text && to[-1] == '-')
		to--;
	*to = '\0';
	return text;
}

static json_t *
route_json(struct tg_page *p, const struct tg_route *r)
{
	const struct tg_api_shape *s = tg_api_shape(r);

	return json_pack("{s:s, s:s, s:s, s:s, s:s, s:o, s:s?}", "method",
	    tg_method_name(r->method), "path", r->path, "anchor",
	    anchor_of(p, r), "access", accesses[r->access].title, "help",
	    r->help != NULL ? r->help : "", "shape",
	    s != NULL ? json_pack("{s:s, s:s}", "name", s->name, "title",
			    s->title) :
			json_null(),
	    "family", family_of(r->path)->slug);
}

/* Routes of that family in the order of the tables. */
static json_t *
routes_of(struct tg_page *p, const struct family *f)
{
	json_t *list = json_array();

	for (int t = 0; tg_route_tables[t] != NULL; t++)
		for (const struct tg_route *r = tg_route_tables[t];
		     r->path != NULL; r++)
			if (family_of(r->path) == f)
				(void)json_array_append_new(
				    list, route_json(p, r));
	return list;
}

static int
show_index(struct tg_manage *m, struct tg_page *p)
{
	json_t *list = json_array();

	(void)m;
	for (size_t i = 0; i < FAMILIES; i++)
		(void)json_array_append_new(list,
		    json_pack("{s:s, s:s, s:o}", "slug", families[i].slug,
			"title", families[i].title, "routes",
			routes_of(p, &families[i])));
	tg_page_set(p, "families", list);
	tg_page_set_text(p, "url", tg_snippets_url(p));
	return 0;
}

static int
index_page(struct tg_web *w)
{
	return tg_page_show(w, "api", N_("API reference"), show_index);
}

/* --- a family --- */

/* Each shape once, in the order in which it is first met. */
static json_t *
shapes_of(const struct family *f)
{
	json_t *list = json_array(), *seen = json_object();

	for (int t = 0; tg_route_tables[t] != NULL; t++)
		for (const struct tg_route *r = tg_route_tables[t];
		     r->path != NULL; r++) {
			const struct tg_api_shape *s = tg_api_shape(r);
			if (s == NULL || family_of(r->path) != f ||
			    json_object_get(seen, s->name) != NULL)
				continue;
			(void)json_object_set_new(
			    seen, s->name, json_true());
			(void)json_array_append_new(
			    list, tg_api_shape_json(s));
		}
	json_decref(seen);
	return list;
}

static int
show_family(struct tg_manage *m, struct tg_page *p)
{
	const struct family *f = NULL;

	for (size_t i = 0; i < FAMILIES; i++)
		if (tg_str_is(m->w->rest, families[i].slug))
			f = &families[i];
	if (f == NULL)
		return tg_fail(m->e, TG_E_NOT_FOUND,
		    "There is no such part of the API reference.");
	p->title = f->title;
	tg_page_set_text(p, "family", f->title);
	tg_page_set(p, "routes", routes_of(p, f));
	tg_page_set(p, "shapes", shapes_of(f));
	tg_page_set_true(
	    p, "is_calls", strcmp(f->slug, "calls") == 0);
	tg_page_set_text(p, "url", tg_snippets_url(p));
	return 0;
}

static int
family_page(struct tg_web *w)
{
	return tg_page_show(
	    w, "api_family", N_("API reference"), show_family);
}

/* --- errors --- */

static int
show_errors(struct tg_manage *m, struct tg_page *p)
{
	(void)m;
	tg_page_set(p, "errors", tg_api_errors());
	tg_page_set_true(
	    p, "old", tg_app_web(p->w->app)->compat == TG_COMPAT_1_83);
	return 0;
}

static int
errors_page(struct tg_web *w)
{
	return tg_page_show(w, "api_errors", N_("Errors"), show_errors);
}

const struct tg_route tg_routes_admin_api[] = {
	{ TG_GET, "/admin/api", TG_ACCESS_HOLDER, index_page, NULL,
	    "Page: all routes", TG_FAULT_ERROR },
	{ TG_GET, "/admin/api/errors", TG_ACCESS_HOLDER, errors_page, NULL,
	    "Page: all errors", TG_FAULT_ERROR },
	{ TG_GET, "/admin/api/{family}", TG_ACCESS_HOLDER, family_page, NULL,
	    "Page: routes of a family, with what they take",
	    TG_FAULT_ERROR },
	{ .path = NULL },
};
