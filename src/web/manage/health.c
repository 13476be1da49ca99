/*
 * /health and what it found: checks of the deployments, now or before
 * (litellm-compat.md 2.9).  A check is a call that costs money, so only
 * administrators cause one; others see how the last ones went.
 */
#include "config.h"

#include "base/clock.h"
#include "base/id.h"
#include "web/health_check.h"
#include "web/manage/rights.h"
#include "web/manage/model_draft.h"
#include "web/manage/model_info.h"

/* What is to be told: checks that were made, or those that are stored. */
struct round {
	struct tg_web *w;
	const char *model, *id;		/* NULL: all */
	struct tg_health_rows made;
};

static const struct tg_deployment *
deployment_of(const struct tg_catalog *c, const char *id)
{
	for (size_t i = 0; i < c->n_deployments; i++)
		if (strcmp(c->deployments[i].id, id) == 0)
			return &c->deployments[i];
	return NULL;
}

static const char *
query(struct tg_web *w, const char *name)
{
	struct tg_manage m = { .w = w, .a = w->rq->arena };

	return tg_manage_query(&m, name);
}

static bool
is_wanted(const struct round *r, const struct tg_deployment *d)
{
	return (r->model == NULL || strcmp(r->model, d->model) == 0) &&
	    (r->id == NULL || strcmp(r->id, d->id) == 0) &&
	    tg_deployment_for(d, tg_model_team(r->w)) &&
	    tg_model_visible(r->w, d->model);
}

/* --- making them --- */

static int
store_round(struct tg_db *db, void *arg, struct tg_err *e)
{
	struct round *r = arg;

	for (size_t i = 0; i < r->made.n; i++)
		if (tg_health_add(db, &r->made.rows[i], e) != 0)
			return -1;
	return 0;
}

static int
make_round(struct round *r)
{
	const struct tg_catalog *c = r->w->catalog;

	r->made.rows = tg_arena_zero(r->w->rq->arena,
	    (c->n_deployments + 1) * sizeof(*r->made.rows));
	for (size_t i = 0; i < c->n_deployments; i++)
		if (is_wanted(r, &c->deployments[i]) &&
		    tg_health_check(r->w, &c->deployments[i],
			&r->made.rows[r->made.n]))
			r->made.n++;
	return tg_write(tg_app_store(r->w->app), TG_DB_MAIN, store_round, r,
	    &r->w->rq->err);
}

static int
read_round(struct tg_db *db, void *arg, struct tg_err *e)
{
	struct round *r = arg;

	return tg_health_latest(db, r->w->rq->arena, &r->made, e);
}

/* --- telling them --- */

static json_t *
endpoint(struct tg_web *w, const struct tg_deployment *d,
    const struct tg_health_check *c)
{
	json_t *one = json_object();

	tg_jtree_set_text(one, "model",
	    tg_arena_printf(w->rq->arena, "%s/%s", d->upstream->type,
		d->upstream_model));
	tg_jtree_set_text(one, "model_name", d->model);
	tg_jtree_set_text(one, "model_id", d->id);
	tg_jtree_set_text(one, "custom_llm_provider", d->upstream->type);
	if (d->upstream->base_url != NULL)
		tg_jtree_set_text(one, "api_base", d->upstream->base_url);
	tg_jtree_set_text(one, "mode", d->mode);
	(void)json_object_set_new(one, "response_time_ms",
	    json_real((double)c->took_us / 1000));
	(void)json_object_set_new(one, "checked_at", tg_manage_time(c->at));
	if (c->error != NULL)
		tg_jtree_set_text(one, "error", c->error);
	return one;
}

static int
send_round(const struct round *r)
{
	json_t *good = json_array(), *bad = json_array();

	for (size_t i = 0; i < r->made.n; i++) {
		const struct tg_health_check *c = &r->made.rows[i];
		const struct tg_deployment *d =
		    deployment_of(r->w->catalog, c->deployment);
		if (d == NULL || !is_wanted(r, d))
			continue;
		(void)json_array_append_new(
		    c->error == NULL ? good : bad, endpoint(r->w, d, c));
	}
	return tg_manage_send(r->w,
	    json_pack("{s:o, s:o, s:I, s:I}", "healthy_endpoints", good,
		"unhealthy_endpoints", bad, "healthy_count",
		(json_int_t)json_array_size(good), "unhealthy_count",
		(json_int_t)json_array_size(bad)));
}

int
tg_web_health(struct tg_web *w)
{
	struct round r = { .w = w, .model = query(w, "model"),
		.id = query(w, "model_id") };
	int rc;

	if (tg_web_catalog(w) != 0)
		return -1;
	if (w->caller->admin)
		rc = make_round(&r);
	else
		rc = tg_read(tg_app_store(w->app), TG_DB_MAIN, read_round,
		    &r, &w->rq->err);
	return rc == 0 ? send_round(&r) : -1;
}

/* --- those that are stored --- */

static json_t *
check_row(struct tg_manage *m, const struct tg_health_check *c)
{
	bool good = c->error == NULL;
	json_t *row = json_pack("{s:s, s:s, s:s, s:s, s:i, s:i}",
	    "health_check_id",
	    tg_arena_printf(m->a, "%lld", (long long)c->id), "model_name",
	    c->model, "model_id", c->deployment, "status",
	    good ? "healthy" : "unhealthy", "healthy_count", (int)good,
	    "unhealthy_count", (int)!good);

	tg_jtree_set_text(row, "error_message", c->error);
	(void)json_object_set_new(row, "response_time_ms",
	    json_real((double)c->took_us / 1000));
	(void)json_object_set_new(row, "details", json_null());
	tg_jtree_set_text(row, "checked_by", c->checked_by);
	(void)json_object_set_new(row, "checked_at", tg_manage_time(c->at));
	(void)json_object_set_new(row, "created_at", tg_manage_time(c->at));
	return row;
}

static int
read_want(struct tg_manage *m, struct tg_health_filter *f)
{
	const char *status = tg_manage_query(m, "status_filter");

	if (status == NULL)
		return 0;
	if (strcmp(status, "healthy") == 0)
		f->want = TG_HEALTH_GOOD;
	else if (strcmp(status, "unhealthy") == 0)
		f->want = TG_HEALTH_BAD;
	else
		return tg_fail_param(m->e, TG_E_INVALID, "status_filter",
		    "'status_filter' must be healthy or unhealthy.");
	return 0;
}

/* One of another team's is nothing to the caller, whatever its name. */
static bool
is_visible(struct tg_web *w, const struct tg_health_check *c)
{
	const struct tg_deployment *d = deployment_of(
	    w->catalog, c->deployment);

	return (d == NULL || tg_deployment_for(d, tg_model_team(w))) &&
	    tg_model_visible(w, c->model);
}

int
tg_web_health_history(struct tg_manage *m)
{
	struct tg_health_filter f = { .limit = 100 };
	struct tg_health_rows found;
	json_t *list = json_array();

	m->answer = json_pack("{s:o}", "health_checks", list);
	f.model = tg_manage_query(m, "model");
	if (tg_manage_query_int(m, "limit", 1, 1000, &f.limit) != 0 ||
	    tg_manage_query_int(m, "offset", 0, INT32_MAX, &f.after) != 0 ||
	    read_want(m, &f) != 0 ||
	    tg_health_list(m->db, m->a, &f, &found, m->e) != 0)
		return -1;
	for (size_t i = 0; i < found.n; i++)
		if (is_visible(m->w, &found.rows[i]))
			(void)json_array_append_new(
			    list, check_row(m, &found.rows[i]));
	return json_object_update_new(m->answer,
	    json_pack("{s:I, s:I, s:I}", "total_records", (json_int_t)found.total,
		"limit", (json_int_t)f.limit, "offset",
		(json_int_t)f.after));
}

int
tg_web_health_latest(struct tg_manage *m)
{
	json_t *all = json_object();
	struct tg_health_rows found;

	m->answer = json_pack("{s:o}", "latest_health_checks", all);
	if (tg_health_latest(m->db, m->a, &found, m->e) != 0)
		return -1;
	for (size_t i = 0; i < found.n; i++)
		if (is_visible(m->w, &found.rows[i]))
			(void)json_object_set_new(all,
			    found.rows[i].deployment,
			    check_row(m, &found.rows[i]));
	return json_object_set_new(m->answer, "total_models",
	    json_integer((json_int_t)json_object_size(all)));
}

/* --- a deployment that is not there yet --- */

/* For the time of the check it is one, under a name that nobody knows. */
struct trial {
	struct tg_manage m;
	struct tg_deployment_row row;
};

static int
put_trial(struct tg_db *db, void *arg, struct tg_err *e)
{
	struct trial *t = arg;
	struct tg_model_draft d = { .m = &t->m, .catalog = t->m.w->catalog };

	t->m.db = db;
	t->m.e = e;
	(void)json_array_clear(t->m.kept);
	if (tg_model_draft_read(&d) != 0 ||
	    tg_deployment_insert(db, &d.row, e) != 0)
		return -1;
	t->row = d.row;
	return 0;
}

static int
drop_trial(struct tg_db *db, void *arg, struct tg_err *e)
{
	const struct trial *t = arg;

	return tg_deployment_drop(db, t->row.id, e) < 0 ? -1 : 0;
}

static int
check_trial(struct tg_web *w, const struct trial *t, json_t **answer)
{
	const struct tg_deployment *d;
	struct tg_health_check c = { .error = "It cannot be checked." };

	tg_catalog_release(w->catalog);
	w->catalog = NULL;
	if (tg_web_catalog(w) != 0)
		return -1;
	d = deployment_of(w->catalog, t->row.id);
	if (d != NULL)
		(void)tg_health_check(w, d, &c);
	*answer = c.error == NULL ?
	    json_pack("{s:s, s:{s:s, s:f}}", "status", "success", "result",
		"model", t->row.upstream_model, "response_time_ms",
		(double)c.took_us / 1000) :
	    json_pack("{s:s, s:{s:s, s:s}}", "status", "error", "result",
		"model", t->row.upstream_model, "error", c.error);
	return 0;
}

/* The request's body as that of /model/new. */
static json_t *
trial_body(struct tg_web *w, json_t *sent)
{
	char id[TG_UUID_BYTES];
	json_t *info = json_pack("{s:O?}", "mode",
	    json_object_get(sent, "mode"));

	return json_pack("{s:s, s:O?, s:o}", "model_name",
	    tg_arena_printf(
		w->rq->arena, "test-connection/%s", tg_uuid7(id)),
	    "litellm_params", json_object_get(sent, "litellm_params"),
	    "model_info", info);
}

int
tg_web_test_connection(struct tg_web *w)
{
	struct tg_store *s = tg_app_store(w->app);
	json_t *sent = tg_manage_body(w), *body, *answer = NULL;
	struct trial t = { 0 };
	int rc = -1;

	if (sent == NULL || tg_web_catalog(w) != 0) {
		json_decref(sent);
		return -1;
	}
	body = trial_body(w, sent);
	t.m = (struct tg_manage){ .w = w, .a = w->rq->arena, .body = body,
		.now = tg_wall_us(), .zone = "", .kept = json_array() };
	if (tg_write(s, TG_DB_MAIN, put_trial, &t, &w->rq->err) == 0) {
		rc = check_trial(w, &t, &answer);
		if (tg_write(s, TG_DB_MAIN, drop_trial, &t, &w->rq->err) != 0)
			rc = -1;
	}
	if (rc == 0)
		rc = tg_manage_send(w, json_incref(answer));
	json_decref(answer);
	json_decref(t.m.kept);
	json_decref(body);
	json_decref(sent);
	return rc;
}
