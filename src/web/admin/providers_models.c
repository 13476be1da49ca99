/*
 * /admin/providers/{name}/models: a provider's own list, and which of it are
 * to be offered under names and prices of their own.
 */
#include "config.h"

#include "base/buf.h"
#include "web/admin/providers.h"
#include "web/manage/model.h"
#include "web/model_fetch.h"

#define PER_PAGE 50
#define MOST_AT_ONCE 200

/* --- the list --- */

static bool
is_wanted(const struct tg_listed_model *m, const char *search, bool others)
{
	if (m->other && !others)
		return false;
	return search == NULL || tg_str_ifind(tg_str(m->id), search) >= 0 ||
	    (m->title != NULL &&
		tg_str_ifind(tg_str(m->title), search) >= 0);
}

/* The names under which it is offered already. */
static json_t *
names_of(const struct tg_catalog *c, const struct tg_upstream *u,
    const char *id)
{
	json_t *names = json_array();

	for (size_t i = 0; i < c->n_deployments; i++) {
		const struct tg_deployment *d = &c->deployments[i];
		if (d->upstream == u && !d->wildcard &&
		    strcmp(d->upstream_model, id) == 0)
			(void)json_array_append_new(names,
			    json_pack("{s:s, s:s}", "id", d->id, "model",
				d->model));
	}
	return names;
}

static json_t *
price(int64_t pico)
{
	return pico == TG_PICO_UNKNOWN ? json_null() : json_integer(pico);
}

static json_t *
number(int64_t n)
{
	return n > 0 ? json_integer(n) : json_null();
}

static json_t *
listed_json(const struct tg_page *p, const struct tg_upstream *u,
    const struct tg_listed_model *m)
{
	return json_pack("{s:s, s:s?, s:b, s:b, s:o, s:o, s:b, s:b, s:o, s:o, "
			 "s:o, s:o}",
	    "id", m->id, "title", m->title, "is_embedding",
	    strcmp(m->mode, "embedding") == 0, "other",
	    m->other, "context", number(m->max_input_tokens), "longest",
	    number(m->max_output_tokens), "vision", m->vision == TG_SAID_YES,
	    "tools", m->tools == TG_SAID_YES, "input",
	    price(m->pico[TG_UNIT_INPUT]), "output",
	    price(m->pico[TG_UNIT_OUTPUT]), "call",
	    price(m->pico[TG_UNIT_CALL]), "offered",
	    names_of(p->w->catalog, u, m->id));
}

static void
set_list(struct tg_page *p, const struct tg_upstream *u,
    const struct tg_listed_model *rows, size_t n)
{
	const char *search = tg_page_query(p, "q");
	bool others = tg_page_query(p, "others") != NULL;
	int64_t after = tg_page_after(p, PER_PAGE), total = 0, shown = 0;
	json_t *list = json_array();

	for (size_t i = 0; i < n; i++) {
		if (!is_wanted(&rows[i], search, others))
			continue;
		if (total >= after && shown < PER_PAGE) {
			(void)json_array_append_new(
			    list, listed_json(p, u, &rows[i]));
			shown++;
		}
		total++;
	}
	tg_page_set(p, "models", list);
	tg_page_set_int(p, "listed", (int64_t)n);
	tg_page_set_text(p, "q", search);
	tg_page_set_true(p, "others", others);
	tg_page_pager(p, PER_PAGE, shown, total, false);
}

/* Why there is none is no failure of the page: models can be named. */
static void
fetch(struct tg_page *p, const struct tg_upstream *u)
{
	struct tg_err *e = &p->w->rq->err;
	struct tg_listed_model *rows;
	size_t n;

	tg_page_set(p, "provider", tg_admin_provider_json(p, u));
	if (tg_model_fetch(p->w, u, &rows, &n) == 0) {
		set_list(p, u, rows, n);
		return;
	}
	tg_page_set_text(p, "why", e->msg);
	if (e->status > 0)
		tg_page_set_int(p, "status", e->status);
	tg_err_reset(e);
}

int
tg_admin_provider_models(struct tg_web *w)
{
	const struct tg_upstream *u = tg_admin_provider(w);
	struct tg_page *p;

	if (u == NULL)
		return -1;
	p = tg_page_open(w, "provider_models", N_("Models of a provider"));
	fetch(p, u);
	return tg_page_send(p);
}

/* --- adding --- */

static const struct tg_listed_model *
listed(const struct tg_listed_model *rows, size_t n, const char *id)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(rows[i].id, id) == 0)
			return &rows[i];
	return NULL;
}

static void
set_said(json_t *info, const char *name, enum tg_known_yes said)
{
	if (said != TG_NOT_SAID)
		(void)json_object_set_new(
		    info, name, json_boolean(said == TG_SAID_YES));
}

static json_t *
info_of(const struct tg_listed_model *m)
{
	json_t *info = json_pack("{s:s}", "mode", m->mode);

	if (m->max_input_tokens > 0)
		(void)json_object_set_new(info, "max_input_tokens",
		    json_integer(m->max_input_tokens));
	if (m->max_output_tokens > 0)
		(void)json_object_set_new(info, "max_output_tokens",
		    json_integer(m->max_output_tokens));
	set_said(info, "supports_vision", m->vision);
	set_said(info, "supports_function_calling", m->tools);
	return info;
}

/* As tollgate.ini writes them, exactly: USD a million tokens, or a call. */
static void
add_prices(json_t *params, const struct tg_listed_model *m)
{
	struct tg_buf b;
	char name[TG_PRICE_NAME_BYTES];

	tg_buf_init(&b, 64);
	for (int u = 0; u < TG_UNIT__MAX; u++) {
		struct tg_price p = { .unit = (enum tg_unit)u };
		if (m->pico[u] == TG_PICO_UNKNOWN)
			continue;
		tg_buf_reset(&b);
		(void)(u == TG_UNIT_CALL ? tg_pico_print(&b, m->pico[u]) :
					   tg_price_print(&b, m->pico[u]));
		(void)json_object_set_new(params, tg_price_name(&p, name),
		    json_stringn(b.p, b.n));
	}
	tg_buf_free(&b);
}

/* As the body of /model/new. */
static json_t *
body_of(const struct tg_page *p, const struct tg_upstream *u,
    const struct tg_listed_model *m, bool prefix)
{
	json_t *params = json_pack("{s:s}", "model",
	    tg_arena_printf(p->a, "%s/%s", u->name, m->id));

	add_prices(params, m);
	return json_pack("{s:s, s:o, s:o, s:s}", "model_name",
	    prefix ? tg_arena_printf(p->a, "%s/%s", u->name, m->id) : m->id,
	    "litellm_params", params, "model_info", info_of(m),
	    "price_source", tg_arena_printf(p->a, "list of %s", u->name));
}

/* {"models": [bodies of /model/new]}: all of them, or none. */
static int
add_all(struct tg_manage *m)
{
	const json_t *all = json_object_get(m->body, "models");
	json_t *one;
	size_t i;

	json_array_foreach((json_t *)all, i, one) {
		struct tg_manage sub = *m;
		int rc;

		sub.body = one;
		sub.answer = NULL;
		rc = tg_web_model_new(&sub);
		json_decref(sub.answer);
		if (rc != 0)
			return -1;
	}
	m->answer = json_pack(
	    "{s:I}", "added", (json_int_t)json_array_size(all));
	return 0;
}

/* Under this name already? Twice would only share the load with itself. */
static bool
is_there(const struct tg_page *p, const struct tg_upstream *u,
    const json_t *body, const char *id)
{
	const char *name =
	    json_string_value(json_object_get(body, "model_name"));
	const struct tg_catalog *c = p->w->catalog;

	for (size_t i = 0; i < c->n_deployments; i++)
		if (c->deployments[i].upstream == u &&
		    strcmp(c->deployments[i].model, name) == 0 &&
		    strcmp(c->deployments[i].upstream_model, id) == 0)
			return true;
	return false;
}

/* What the provider lists counts, not what a form says of it. */
static int
gather(struct tg_page *p, const struct tg_upstream *u, json_t *bodies)
{
	const json_t *ticked = tg_page_fields(p, "model");
	const char *names = tg_page_field(p, "names");
	bool prefix = names != NULL && strcmp(names, "prefix") == 0;
	struct tg_err *e = &p->w->rq->err;
	struct tg_listed_model *rows;
	size_t i, n;
	json_t *v, *one;

	if (json_array_size(ticked) == 0)
		return tg_fail_param(e, TG_E_MISSING, "model",
		    N_("No model is ticked. Tick at least one."));
	if (json_array_size(ticked) > MOST_AT_ONCE)
		return tg_fail_param(e, TG_E_INVALID, "model",
		    "At most %d models can be added at once.", MOST_AT_ONCE);
	if (tg_model_fetch(p->w, u, &rows, &n) != 0)
		return -1;
	json_array_foreach((json_t *)ticked, i, v) {
		const struct tg_listed_model *m =
		    listed(rows, n, json_string_value(v));
		if (m == NULL)
			return tg_fail_param(e, TG_E_NOT_FOUND, "model",
			    "The provider does not list '%s' any more.",
			    json_string_value(v));
		one = body_of(p, u, m, prefix);
		if (!is_there(p, u, one, m->id))
			(void)json_array_append(bodies, one);
		json_decref(one);
	}
	return 0;
}

static int
show_again(struct tg_manage *m, struct tg_page *p)
{
	(void)m;
	tg_page_set(p, "provider",
	    tg_admin_provider_json(p, tg_admin_provider(p->w)));
	return 0;
}

int
tg_admin_provider_models_add(struct tg_web *w)
{
	const struct tg_upstream *u = tg_admin_provider(w);
	json_t *bodies, *answer;
	struct tg_page *p;

	if (u == NULL)
		return -1;
	p = tg_page_open(w, "provider_models", N_("Models of a provider"));
	bodies = json_array();
	if (gather(p, u, bodies) != 0) {
		json_decref(bodies);
		return tg_page_refused(p, show_again);
	}
	if (tg_page_do(p, add_all, json_pack("{s:o}", "models", bodies),
		&answer) != 0)
		return tg_page_refused(p, show_again);
	return tg_page_goto(p, "added", "admin/providers/%s", u->name);
}
