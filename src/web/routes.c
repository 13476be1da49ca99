/*
 * From a path to its handler.  What is not in the table is 404, what is there
 * with another method 405 with Allow; OPTIONS and HEAD are answered for all.
 */
#include "config.h"

#include "web/routes.h"

#include "base/escape.h"
#include "gate/rights.h"
#include "web/admin/admin.h"
#include "web/fault.h"
#include "web/manage/manage.h"
#include "web/page/page.h"

static const struct tg_route public_routes[] = {
	{ TG_GET, "/", TG_ACCESS_PUBLIC, tg_web_root, NULL, "What this is",
	    TG_FAULT_ERROR },
	{ TG_POST, "/chat/completions", TG_ACCESS_SELF, tg_web_chat, NULL,
	    "OpenAI chat completions", TG_FAULT_ERROR },
	{ TG_POST, "/completions", TG_ACCESS_SELF, tg_web_completions, NULL,
	    "OpenAI completions (legacy)", TG_FAULT_ERROR },
	{ TG_POST, "/embeddings", TG_ACCESS_SELF, tg_web_embeddings, NULL,
	    "OpenAI embeddings", TG_FAULT_ERROR },
	{ .path = NULL },
};

const struct tg_route *const tg_route_tables[] = {
	public_routes,
	tg_routes_health,
	tg_routes_key,
	tg_routes_user,
	tg_routes_team,
	tg_routes_budget,
	tg_routes_customer,
	tg_routes_organization,
	tg_routes_tag,
	tg_routes_credential,
	tg_routes_model,
	tg_routes_provider,
	tg_routes_spend,
	tg_routes_global,
	tg_routes_activity,
	tg_routes_feedback,
	tg_routes_me,
	tg_routes_sign_in,
	tg_routes_admin_assets,
	tg_routes_admin_dataset,
	tg_routes_admin_playground,
	tg_routes_admin_replay,
	tg_routes_admin_scores,
	tg_routes_admin_keys,
	tg_routes_admin_me,
	tg_routes_admin_budgets,
	tg_routes_admin_customers,
	tg_routes_admin_organizations,
	tg_routes_admin_people,
	tg_routes_admin_tags,
	tg_routes_admin_teams,
	tg_routes_admin_account,
	tg_routes_admin_set_up,
	tg_routes_admin_settings,
	tg_routes_admin_audit,
	tg_routes_admin_backup,
	tg_routes_admin_about,
	tg_routes_admin_sign_in,
	tg_routes_admin_call,
	tg_routes_admin_threads,
	tg_routes_admin_programs,
	tg_routes_admin_calls,
	tg_routes_admin_overview,
	tg_routes_admin_search,
	tg_routes_admin_alerts,
	tg_routes_admin_api,
	tg_routes_admin_catalog,
	tg_routes_admin_models,
	tg_routes_admin_providers,
	tg_routes_misc,
	NULL,
};

static struct tg_str plain_path(struct tg_request *, struct tg_str);
static bool path_matches(const char *, struct tg_str, struct tg_str[2]);
static const struct tg_route *find(struct tg_web *, struct tg_str, bool *);
static const char *allowed(struct tg_web *, struct tg_str);
static int run(struct tg_web *, const struct tg_route *, struct tg_str);
static int run_page(struct tg_web *, const struct tg_route *);
static void say_fault(struct tg_web *);
static int not_found(struct tg_web *, struct tg_str);

void
tg_routes_serve(struct tg_app *app, struct tg_request *rq)
{
	struct tg_web w = { .app = app, .rq = rq };
	struct tg_str path = plain_path(rq, rq->path);
	const struct tg_route *route;
	bool known;
	int rc;

	tg_cors_reply(&w);
	route = find(&w, path, &known);
	if (!known) { /* a server may have split the path in its own way */
		path = plain_path(rq, rq->whole);
		route = find(&w, path, &known);
		if (known) {
			rq->path = rq->whole;
			rq->mount = TG_STR_NONE;
		}
	}
	if (rq->method == TG_OPTIONS && known) {
		tg_cors_preflight(&w, allowed(&w, path));
		return;
	}
	if (route != NULL)
		rc = run(&w, route, path);
	else if (known) {
		tg_reply_header(rq, "Allow", "%s", allowed(&w, path));
		rc = tg_fail(&rq->err, TG_E_METHOD,
		    "Method %s is not allowed here. Use %s.",
		    tg_method_name(rq->method), allowed(&w, path));
	} else
		rc = not_found(&w, rq->whole);
	if (rc != 0 && rq->state == TG_REPLY_NONE)
		say_fault(&w);
	tg_auth_release(w.self);
	tg_catalog_release(w.catalog);
}

int
tg_web_catalog(struct tg_web *w)
{
	if (w->catalog != NULL)
		return 0;
	return tg_gate_catalog(
	    tg_app_gate(w->app), &w->catalog, &w->rq->err);
}

static void
say_fault(struct tg_web *w)
{
	/* Who may not come in is told so in one form, wherever to. */
	enum tg_fault_form form =
	    w->admitted ? w->route->form : TG_FAULT_ERROR;

	if (tg_page_is_fault(w)) {
		tg_page_fault(w);
		return;
	}
	if (tg_manage_fault(w))
		return;
	if (w->rq->err.code == TG_E_ROUTE_DENIED)
		form = TG_FAULT_DETAIL;
	tg_fault_send(w->rq, tg_app_web(w->app)->compat, form);
}

static int
not_found(struct tg_web *w, struct tg_str path)
{
	if (path.n > 200)
		path.n = 200;
	return tg_fail(&w->rq->err, TG_E_NO_ROUTE,
	    "Unknown request URL: %s %.*s. Please check the URL for typos; the "
	    "API begins at /v1.",
	    tg_method_name(w->rq->method), TG_PRI(path));
}

static struct tg_str
decoded_path(struct tg_request *rq, struct tg_str raw)
{
	struct tg_str p = tg_url_decode(rq->arena, raw);

	while (p.n > 1 && p.p[0] == '/' && p.p[1] == '/') {
		p.p++;
		p.n--;
	}
	return p;
}

/* Decoded, without /v1 and without a slash at the end. */
static struct tg_str
plain_path(struct tg_request *rq, struct tg_str raw)
{
	struct tg_str p = decoded_path(rq, raw);

	if (tg_str_is(p, "/v1"))
		return TG_STR("/");
	if (tg_str_starts(p, "/v1/")) {
		p.p += 3;
		p.n -= 3;
	}
	while (p.n > 1 && p.p[p.n - 1] == '/')
		p.n--;
	return p.n > 0 ? p : TG_STR("/");
}

/* What {...} stands for: one segment, or at the end all that is left. */
static struct tg_str
variable(const char *pattern, struct tg_str path)
{
	const char *slash = *pattern == '\0' ? NULL :
					       memchr(path.p, '/', path.n);

	return (struct tg_str){ path.p,
		slash != NULL ? (size_t)(slash - path.p) : path.n };
}

static bool
path_matches(const char *pattern, struct tg_str path, struct tg_str rest[2])
{
	int n = 0;

	while (*pattern != '\0') {
		if (*pattern == '{' && n < 2) {
			pattern = strchr(pattern, '}') + 1;
			rest[n] = variable(pattern, path);
			if (rest[n].n == 0)
				return false;
			path.p += rest[n].n;
			path.n -= rest[n++].n;
		} else if (path.n == 0 || *path.p != *pattern)
			return false;
		else {
			pattern++;
			path.p++;
			path.n--;
		}
	}
	return path.n == 0;
}

static bool
method_fits(enum tg_method wanted, enum tg_method is)
{
	return wanted == is || (wanted == TG_GET && is == TG_HEAD);
}

static const struct tg_route *
find(struct tg_web *w, struct tg_str path, bool *known)
{
	struct tg_str rest[2] = { TG_STR_NONE, TG_STR_NONE };

	*known = false;
	for (int t = 0; tg_route_tables[t] != NULL; t++)
		for (const struct tg_route *r = tg_route_tables[t];
		     r->path != NULL; r++) {
			if (!path_matches(r->path, path, rest))
				continue;
			*known = true;
			if (!method_fits(r->method, w->rq->method))
				continue;
			w->rest = rest[0];
			w->rest2 = rest[1];
			return r;
		}
	return NULL;
}

static const char *
allowed(struct tg_web *w, struct tg_str path)
{
	const char *list = "OPTIONS";
	struct tg_str rest[2];

	for (int t = 0; tg_route_tables[t] != NULL; t++)
		for (const struct tg_route *r = tg_route_tables[t];
		     r->path != NULL; r++)
			if (path_matches(r->path, path, rest))
				list = tg_arena_printf(w->rq->arena,
				    "%s%s, %s", tg_method_name(r->method),
				    r->method == TG_GET ? ", HEAD" : "",
				    list);
	return list;
}

static int
run(struct tg_web *w, const struct tg_route *route, struct tg_str path)
{
	w->route = route;
	/* Web servers guard pages by their path: they have no second one. */
	if (route->access >= TG_ACCESS_VISITOR)
		return tg_str_starts(decoded_path(w->rq, w->rq->path), "/v1") ?
		    not_found(w, w->rq->whole) :
		    run_page(w, route);
	if (route->access == TG_ACCESS_ADMIN && tg_access_admin(w) != 0)
		return -1;
	if (route->access == TG_ACCESS_KEY && tg_access_key(w) != 0)
		return -1;
	if (w->self != NULL &&
	    tg_rights_route(w->self, path, &w->rq->err) != 0)
		return -1;
	w->admitted = true;
	return route->run(w);
}

/* Who was turned away for a key that is over may still sign in. */
static int
run_page(struct tg_web *w, const struct tg_route *route)
{
	static const enum tg_visit least[] = {
		[TG_ACCESS_VISITOR] = TG_VISIT_NONE,
		[TG_ACCESS_HOLDER] = TG_VISIT_HOLDER,
		[TG_ACCESS_PERSON] = TG_VISIT_MEMBER,
		[TG_ACCESS_VIEWER] = TG_VISIT_VIEWER,
		[TG_ACCESS_EDITOR] = TG_VISIT_ADMIN,
		[TG_ACCESS_OWNER] = TG_VISIT_OWNER,
	};
	bool all = route->access == TG_ACCESS_VISITOR;
	int rc = tg_visitor_find(w);

	if (rc != 0 && (!all || w->rq->err.code == TG_E_STORE))
		return -1;
	tg_err_reset(&w->rq->err);
	rc = tg_visitor_admit(w, least[route->access]);
	if (rc != 0)
		return rc < 0 ? -1 : 0;
	w->admitted = true;
	return route->run(w);
}
