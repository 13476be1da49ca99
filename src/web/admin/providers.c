/*
 * /admin/providers: who serves models, in which state, and trying one.
 */
#include "config.h"

#include "web/admin/providers.h"

#include "base/clock.h"
#include "base/shown.h"
#include "store/summaries.h"
#include "web/admin/admin.h"
#include "web/admin/deployment.h"
#include "web/manage/provider.h"

#define HOUR_US (3600 * INT64_C(1000000))

const struct tg_upstream *
tg_admin_provider(struct tg_web *w)
{
	const char *name = tg_arena_cstr(w->rq->arena, w->rest);
	const struct tg_upstream *u = NULL;

	if (tg_web_catalog(w) == 0)
		u = tg_catalog_upstream(w->catalog, name);
	if (u != NULL)
		return u;
	(void)tg_fail(&w->rq->err, TG_E_NOT_FOUND,
	    "There is no provider '%s'.", name);
	return NULL;
}

json_t *
tg_admin_provider_json(struct tg_page *p, const struct tg_upstream *u)
{
	const struct tg_known *k = tg_known_find(tg_str(u->type));
	const char *from = tg_web_provider_from(p->w, u);
	json_t *out = json_pack("{s:s, s:s, s:s, s:b, s:b, s:b}", "name",
	    u->name, "type", u->type, "from", from, "fixed", u->fixed,
	    "has_key", u->key.n > 0, "open",
	    !u->closed && u->family != TG_FAMILY_ECHO);

	tg_jtree_set_text(out, "title", k != NULL ? k->title : u->type);
	tg_jtree_set_text(
	    out, "base_url", tg_shown_url(p->a, u->base_url));
	tg_jtree_set_text(out, "socket", u->route.unix_socket);
	(void)json_object_set_new(
	    out, "is_echo", json_boolean(u->family == TG_FAMILY_ECHO));
	(void)json_object_set_new(out, "built_in",
	    json_boolean(strcmp(from, "built in") == 0));
	(void)json_object_set_new(
	    out, "in_file", json_boolean(strcmp(from, "file") == 0));
	(void)json_object_set_new(
	    out, "in_env", json_boolean(strcmp(from, "environment") == 0));
	if (k != NULL)
		tg_jtree_set_text(out, "key_env",
		    k->host_env != NULL ? k->host_env : k->key_env);
	return out;
}

/* --- what its last day was like --- */

struct day {
	const char *name;
	int64_t calls, failed, cost;
};

static int
add_hour(const struct tg_summary *s, void *arg)
{
	struct day *d = arg;

	d->calls += s->calls;
	d->failed += s->failed;
	d->cost += s->cost_nano;
	return 0;
}

static int
set_day(struct tg_manage *m, json_t *row, const char *name)
{
	struct day d = { .name = name };
	struct tg_summary_filter f = { .dim = TG_SUM_PROVIDER, .value = name,
		.from_at = m->now - 24 * HOUR_US, .to_at = m->now + 1 };

	if (tg_summary_each(m->db, &f, add_hour, &d, m->e) < 0)
		return -1;
	return json_object_update_new(row,
	    json_pack("{s:I, s:I, s:I}", "calls", (json_int_t)d.calls,
		"failed", (json_int_t)d.failed, "cost",
		(json_int_t)d.cost));
}

/* The newest check of any of its deployments. */
static const struct tg_health_check *
last_check(const struct tg_web *w, const struct tg_upstream *u,
    const struct tg_health_rows *checks)
{
	const struct tg_catalog *c = w->catalog;
	const struct tg_health_check *last = NULL, *one;

	for (size_t i = 0; i < c->n_deployments; i++) {
		if (c->deployments[i].upstream != u)
			continue;
		one = tg_admin_check(checks, c->deployments[i].id);
		if (one != NULL && (last == NULL || one->at > last->at))
			last = one;
	}
	return last;
}

static json_int_t
count_models(const struct tg_web *w, const struct tg_upstream *u)
{
	const struct tg_catalog *c = w->catalog;
	json_int_t n = 0;

	for (size_t i = 0; i < c->n_deployments; i++)
		n += c->deployments[i].upstream == u &&
		    strncmp(c->deployments[i].id, "open:", 5) != 0;
	return n;
}

static int
set_state(struct tg_manage *m, json_t *row, const struct tg_upstream *u,
    const struct tg_health_rows *checks)
{
	const struct tg_health_check *c = last_check(m->w, u, checks);

	(void)json_object_set_new(row, "state", tg_admin_state(false, c));
	if (c != NULL)
		(void)json_object_set_new(
		    row, "checked_at", json_integer(c->at));
	(void)json_object_set_new(
	    row, "models", json_integer(count_models(m->w, u)));
	return set_day(m, row, u->name);
}

/* --- the list --- */

static int
show_list(struct tg_manage *m, struct tg_page *p)
{
	const struct tg_catalog *c = m->w->catalog;
	struct tg_health_rows checks;
	json_t *rows = json_array(), *row;

	tg_page_set(p, "providers", rows);
	if (tg_health_latest(m->db, m->a, &checks, m->e) != 0)
		return -1;
	for (size_t i = 0; i < c->n_upstreams; i++) {
		if (c->upstreams[i]->own)
			continue;
		row = tg_admin_provider_json(p, c->upstreams[i]);
		(void)json_array_append_new(rows, row);
		if (set_state(m, row, c->upstreams[i], &checks) != 0)
			return -1;
	}
	/* The built-in echo alone serves nobody. */
	tg_page_set_true(p, "only_echo", json_array_size(rows) < 2);
	return 0;
}

static int
list(struct tg_web *w)
{
	return tg_page_show_models(
	    w, "providers", N_("Providers"), show_list);
}

/* --- one --- */

static int
show_one(struct tg_manage *m, struct tg_page *p)
{
	const struct tg_catalog *c = m->w->catalog;
	const struct tg_upstream *u = tg_admin_provider(m->w);
	json_t *rows = json_array(), *row;
	struct tg_health_rows checks;

	tg_page_set(p, "deployments", rows);
	if (u == NULL || tg_health_latest(m->db, m->a, &checks, m->e) != 0)
		return -1;
	row = tg_admin_provider_json(p, u);
	tg_page_set(p, "provider", row);
	for (size_t i = 0; i < c->n_deployments; i++)
		if (c->deployments[i].upstream == u)
			(void)json_array_append_new(rows,
			    tg_admin_deployment(
				p, &c->deployments[i], &checks));
	p->title = u->name;
	return set_state(m, row, u, &checks);
}

static int
show(struct tg_web *w)
{
	if (tg_admin_provider(w) == NULL)
		return -1;
	return tg_page_show_models(w, "provider", N_("Provider"), show_one);
}

/* --- trying it --- */

/* Under its name there, or by what callers say; else by the wildcard. */
static const struct tg_deployment *
serving(const struct tg_web *w, const struct tg_upstream *u,
    const char *model, bool wildcard)
{
	const struct tg_catalog *c = w->catalog;

	for (size_t i = 0; i < c->n_deployments; i++) {
		const struct tg_deployment *d = &c->deployments[i];
		if (d->upstream != u || d->wildcard != wildcard)
			continue;
		if (wildcard ? tg_str_glob(tg_str(d->model), tg_str(model)) :
			       strcmp(d->upstream_model, model) == 0 ||
			    strcmp(d->model, model) == 0)
			return d;
	}
	return NULL;
}

static int
try_model(struct tg_page *p, const struct tg_upstream *u, const char *model,
    bool stream)
{
	const struct tg_deployment *d = NULL;
	const char *asked = NULL;

	if (model != NULL)
		d = serving(p->w, u, model, false);
	if (d == NULL && model != NULL) {
		asked = tg_arena_printf(p->a, "%s/%s", u->name, model);
		d = serving(p->w, u, asked, true);
	}
	if (model == NULL)
		return tg_fail_param(&p->w->rq->err, TG_E_MISSING, "model",
		    "Say which model is to be tried.");
	if (d == NULL)
		return tg_fail_param(&p->w->rq->err, TG_E_NOT_FOUND, "model",
		    "This provider offers no model '%s' yet: add it first.",
		    model);
	return tg_admin_probe(p, d, asked, stream);
}

static int
test(struct tg_web *w)
{
	const struct tg_upstream *u = tg_admin_provider(w);
	struct tg_page *p;

	if (u == NULL)
		return -1;
	p = tg_page_open(w, "provider", N_("Provider"));
	if (try_model(p, u, tg_page_field(p, "model"),
		tg_page_field(p, "stream") != NULL) != 0)
		return tg_page_refused(p, show_one);
	tg_page_set_text(p, "tried", tg_page_field(p, "model"));
	if (tg_page_read(p, show_one) != 0) {
		tg_page_close(p);
		return -1;
	}
	return tg_page_send(p);
}

const struct tg_route tg_routes_admin_providers[] = {
	{ TG_GET, "/admin/providers", TG_ACCESS_VIEWER, list, NULL,
	    "Page: providers", TG_FAULT_ERROR },
	{ TG_GET, "/admin/providers/new", TG_ACCESS_EDITOR,
	    tg_admin_provider_new, NULL, "Page: add a provider",
	    TG_FAULT_ERROR },
	{ TG_POST, "/admin/providers/new", TG_ACCESS_EDITOR,
	    tg_admin_provider_create, NULL, "Page: add a provider",
	    TG_FAULT_ERROR },
	{ TG_GET, "/admin/providers/{name}/edit", TG_ACCESS_EDITOR,
	    tg_admin_provider_edit, NULL, "Page: change a provider",
	    TG_FAULT_ERROR },
	{ TG_POST, "/admin/providers/{name}/edit", TG_ACCESS_EDITOR,
	    tg_admin_provider_save, NULL, "Page: change a provider",
	    TG_FAULT_ERROR },
	{ TG_GET, "/admin/providers/{name}/remove", TG_ACCESS_EDITOR,
	    tg_admin_provider_remove, NULL,
	    "Page: what stops working without a provider", TG_FAULT_ERROR },
	{ TG_POST, "/admin/providers/{name}/remove", TG_ACCESS_EDITOR,
	    tg_admin_provider_removed, NULL, "Page: remove a provider",
	    TG_FAULT_ERROR },
	{ TG_GET, "/admin/providers/{name}/models", TG_ACCESS_EDITOR,
	    tg_admin_provider_models, NULL,
	    "Page: a provider's own list of models", TG_FAULT_ERROR },
	{ TG_POST, "/admin/providers/{name}/models", TG_ACCESS_EDITOR,
	    tg_admin_provider_models_add, NULL,
	    "Page: offer models of that list", TG_FAULT_ERROR },
	{ TG_POST, "/admin/providers/{name}/test", TG_ACCESS_EDITOR, test,
	    NULL, "Page: try a model of a provider", TG_FAULT_ERROR },
	{ TG_GET, "/admin/providers/{name}", TG_ACCESS_VIEWER, show, NULL,
	    "Page: a provider", TG_FAULT_ERROR },
	{ .path = NULL },
};
