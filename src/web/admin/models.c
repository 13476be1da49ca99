/*
 * /admin/models: what callers may ask for, and what stands behind each name.
 */
#include "config.h"

#include "web/admin/models.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/escape.h"
#include "web/admin/admin.h"
#include "web/admin/deployment.h"
#include "web/manage/model.h"
#include "web/manage/model_draft.h"

#define PER_PAGE 50

const struct tg_deployment *
tg_admin_model(struct tg_page *p)
{
	const char *id = tg_admin_asked(p, "id");
	const struct tg_deployment *d = NULL;

	if (id != NULL)
		d = tg_admin_deployment_find(p->w, id);
	if (d == NULL)
		(void)tg_fail(&p->w->rq->err, TG_E_NOT_FOUND,
		    "There is no such deployment: it may have been removed.");
	return d;
}

int
tg_admin_model_row(
    struct tg_manage *m, struct tg_page *p, struct tg_deployment_row *row)
{
	const char *id = tg_admin_asked(p, "id");
	int found = id != NULL ?
	    tg_deployment_get(m->db, m->a, id, row, m->e) :
	    0;

	if (found == 0)
		return tg_fail(m->e, TG_E_NOT_FOUND,
		    "This deployment is not in the database: what tollgate.ini "
		    "sets is changed there.");
	return found == 1 ? 0 : -1;
}

const char *
tg_admin_model_path(struct tg_page *p, const char *id)
{
	struct tg_buf b;
	const char *path;

	tg_buf_init(&b, 4096);
	(void)tg_buf_addc(&b, "admin/models/deployment?id=");
	(void)tg_url_encode(&b, tg_str(id));
	path = tg_arena_cstr(p->a, tg_buf_str(&b));
	tg_buf_free(&b);
	return path;
}

/* --- the list --- */

static bool
is_wanted(const struct tg_deployment *d, const char *search,
    const char *provider)
{
	if (provider != NULL && strcmp(d->upstream->name, provider) != 0)
		return false;
	return search == NULL || tg_str_ifind(tg_str(d->model), search) >= 0 ||
	    tg_str_ifind(tg_str(d->upstream_model), search) >= 0 ||
	    tg_str_ifind(tg_str(d->upstream->name), search) >= 0;
}

static json_int_t
of_name(const struct tg_catalog *c, const char *model)
{
	json_int_t n = 0;

	for (size_t i = 0; i < c->n_deployments; i++)
		n += strcmp(c->deployments[i].model, model) == 0;
	return n;
}

static void
set_providers(struct tg_page *p, const char *chosen)
{
	const struct tg_catalog *c = p->w->catalog;
	json_t *list = json_array();

	for (size_t i = 0; i < c->n_upstreams; i++)
		if (!c->upstreams[i]->own)
			(void)json_array_append_new(list,
			    json_pack("{s:s, s:b}", "name",
				c->upstreams[i]->name, "selected",
				chosen != NULL &&
				    strcmp(chosen, c->upstreams[i]->name) ==
					0));
	tg_page_set(p, "providers", list);
}

static int
show_list(struct tg_manage *m, struct tg_page *p)
{
	const struct tg_catalog *c = m->w->catalog;
	const char *search = tg_page_query(p, "q");
	const char *provider = tg_page_query(p, "provider");
	int64_t after = tg_page_after(p, PER_PAGE), total = 0, n = 0;
	json_t *rows = json_array(), *row;
	struct tg_health_rows checks;

	tg_page_set(p, "deployments", rows);
	if (tg_health_latest(m->db, m->a, &checks, m->e) != 0)
		return -1;
	for (size_t i = 0; i < c->n_deployments; i++) {
		const struct tg_deployment *d = &c->deployments[i];
		if (!is_wanted(d, search, provider))
			continue;
		if (total++ < after || n == PER_PAGE)
			continue;
		row = tg_admin_deployment(p, d, &checks);
		(void)json_object_set_new(row, "of_name",
		    json_integer(of_name(c, d->model)));
		(void)json_object_set_new(
		    row, "shares", json_boolean(of_name(c, d->model) > 1));
		(void)json_array_append_new(rows, row);
		n++;
	}
	tg_page_set_text(p, "q", search);
	tg_page_set_true(p, "filtered", search != NULL || provider != NULL);
	set_providers(p, provider);
	tg_page_pager(p, PER_PAGE, n, total, false);
	return 0;
}

static int
list(struct tg_web *w)
{
	return tg_page_show_models(w, "models", N_("Models"), show_list);
}

/* --- one --- */

/* Those that share its name, in the order in which they are tried. */
static json_t *
brothers(struct tg_page *p, const struct tg_deployment *d,
    const struct tg_health_rows *checks)
{
	const struct tg_catalog *c = p->w->catalog;
	json_t *list = json_array();

	for (size_t i = 0; i < c->n_deployments; i++)
		if (&c->deployments[i] != d &&
		    strcmp(c->deployments[i].model, d->model) == 0)
			(void)json_array_append_new(list,
			    tg_admin_deployment(
				p, &c->deployments[i], checks));
	return list;
}

/* The same upstream model, under other names. */
static json_t *
aliases(struct tg_page *p, const struct tg_deployment *d)
{
	const struct tg_catalog *c = p->w->catalog;
	json_t *list = json_array();

	for (size_t i = 0; !d->wildcard && i < c->n_deployments; i++)
		if (c->deployments[i].upstream == d->upstream &&
		    strcmp(c->deployments[i].upstream_model,
			d->upstream_model) == 0 &&
		    strcmp(c->deployments[i].model, d->model) != 0)
			(void)json_array_append_new(list,
			    json_pack("{s:s, s:s}", "id",
				c->deployments[i].id, "model",
				c->deployments[i].model));
	return list;
}

static void
set_others(struct tg_page *p, const char *name, json_t *rows)
{
	tg_page_set(p, name,
	    json_pack("{s:b, s:o}", "some", json_array_size(rows) > 0, "rows",
		rows));
}

static int
set_history(struct tg_manage *m, struct tg_page *p,
    const struct tg_deployment *d)
{
	struct tg_health_filter f = { .deployment = d->id, .limit = 5 };
	struct tg_health_rows found;
	json_t *list = json_array();

	tg_page_set(p, "checks", list);
	if (tg_health_list(m->db, m->a, &f, &found, m->e) != 0)
		return -1;
	for (size_t i = 0; i < found.n; i++)
		(void)json_array_append_new(list,
		    json_pack("{s:I, s:s?, s:I, s:s?}", "at",
			(json_int_t)found.rows[i].at, "error",
			found.rows[i].error, "took_us",
			(json_int_t)found.rows[i].took_us, "by",
			found.rows[i].checked_by));
	return 0;
}

static int
show_one(struct tg_manage *m, struct tg_page *p)
{
	const struct tg_deployment *d = tg_admin_model(p);
	struct tg_deployment_row row = { .n_prices = 0 };
	struct tg_health_rows checks;
	json_t *shown;

	if (d == NULL ||
	    tg_health_latest(m->db, m->a, &checks, m->e) != 0 ||
	    (!d->fixed &&
		tg_deployment_get(m->db, m->a, d->id, &row, m->e) < 0))
		return -1;
	shown = tg_admin_deployment(p, d, &checks);
	(void)json_object_update_new(shown,
	    json_pack("{s:I, s:I, s:b, s:s?, s:s?}", "created_at",
		(json_int_t)d->created_at, "updated_at",
		(json_int_t)d->updated_at, "changed",
		d->updated_at > d->created_at, "created_by", d->created_by,
		"updated_by", d->updated_by));
	tg_page_set(p, "deployment", shown);
	tg_page_set_true(
	    p, "in_file", strncmp(d->id, "ini:", 4) == 0);
	tg_page_set(p, "prices", tg_admin_model_price_rows(&row, d, m->now));
	set_others(p, "brothers", brothers(p, d, &checks));
	set_others(p, "aliases", aliases(p, d));
	p->title = d->model;
	return set_history(m, p, d);
}

static int
show(struct tg_web *w)
{
	return tg_page_show_models(w, "model", N_("Model"), show_one);
}

/* --- doing something with it --- */

static int
test(struct tg_web *w)
{
	const struct tg_deployment *d;
	struct tg_page *p;

	if (tg_web_catalog(w) != 0)
		return -1;
	p = tg_page_open(w, "model", N_("Model"));
	d = tg_admin_model(p);
	if (d != NULL &&
	    tg_admin_probe(p, d,
		d->wildcard ? tg_page_field(p, "model") : NULL,
		tg_page_field(p, "stream") != NULL) != 0)
		return tg_page_refused(p, show_one);
	if (d == NULL || tg_page_read(p, show_one) != 0) {
		tg_page_close(p);
		return -1;
	}
	return tg_page_send(p);
}

/* Blocks, unblocks, removes: member names the id for fn. */
static int
run(struct tg_web *w, tg_manage_fn *fn, const char *member, const char *done)
{
	struct tg_page *p;
	json_t *answer;
	const char *id;

	if (tg_web_catalog(w) != 0)
		return -1;
	p = tg_page_open(w, "model", N_("Model"));
	id = tg_page_field(p, "id");
	if (id == NULL)
		id = "";
	if (tg_page_do(p, fn, json_pack("{s:s}", member, id), &answer) != 0)
		return tg_page_refused(p, show_one);
	if (strcmp(done, "removed") == 0)
		return tg_page_goto(p, done, "admin/models");
	return tg_page_goto(p, done, "%s", tg_admin_model_path(p, id));
}

static int
block(struct tg_web *w)
{
	return run(w, tg_web_model_block, "model_id", "blocked");
}

static int
unblock(struct tg_web *w)
{
	return run(w, tg_web_model_unblock, "model_id", "unblocked");
}

static int
remove_it(struct tg_web *w)
{
	return run(w, tg_web_model_delete, "id", "removed");
}

const struct tg_route tg_routes_admin_models[] = {
	{ TG_GET, "/admin/models", TG_ACCESS_VIEWER, list, NULL,
	    "Page: models and their deployments", TG_FAULT_ERROR },
	{ TG_GET, "/admin/models/new", TG_ACCESS_EDITOR, tg_admin_model_new,
	    NULL, "Page: add a deployment", TG_FAULT_ERROR },
	{ TG_POST, "/admin/models/new", TG_ACCESS_EDITOR,
	    tg_admin_model_create, NULL, "Page: add a deployment",
	    TG_FAULT_ERROR },
	{ TG_GET, "/admin/models/deployment", TG_ACCESS_VIEWER, show, NULL,
	    "Page: a deployment (id)", TG_FAULT_ERROR },
	{ TG_GET, "/admin/models/edit", TG_ACCESS_EDITOR, tg_admin_model_edit,
	    NULL, "Page: change a deployment (id)", TG_FAULT_ERROR },
	{ TG_POST, "/admin/models/edit", TG_ACCESS_EDITOR,
	    tg_admin_model_save, NULL, "Page: change a deployment (id)",
	    TG_FAULT_ERROR },
	{ TG_GET, "/admin/models/prices", TG_ACCESS_EDITOR,
	    tg_admin_model_prices, NULL, "Page: prices of a deployment (id)",
	    TG_FAULT_ERROR },
	{ TG_POST, "/admin/models/prices", TG_ACCESS_EDITOR,
	    tg_admin_model_prices_save, NULL,
	    "Page: prices of a deployment (id)", TG_FAULT_ERROR },
	{ TG_POST, "/admin/models/test", TG_ACCESS_EDITOR, test, NULL,
	    "Page: try a deployment (id)", TG_FAULT_ERROR },
	{ TG_POST, "/admin/models/block", TG_ACCESS_EDITOR, block, NULL,
	    "Page: leave a deployment out for now (id)", TG_FAULT_ERROR },
	{ TG_POST, "/admin/models/unblock", TG_ACCESS_EDITOR, unblock, NULL,
	    "Page: use a deployment again (id)", TG_FAULT_ERROR },
	{ TG_POST, "/admin/models/remove", TG_ACCESS_EDITOR, remove_it, NULL,
	    "Page: remove a deployment (id)", TG_FAULT_ERROR },
	{ .path = NULL },
};
