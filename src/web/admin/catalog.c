/*
 * /admin/catalog: the models that whoever looks may call, with what they can
 * and cost; for key holders too.
 */
#include "config.h"

#include "gate/rights.h"
#include "gate/settings.h"
#include "web/admin/admin.h"

#define PER_PAGE 50

/* What is looked at: whose rights, what for. */
struct view {
	struct tg_page *p;
	const struct tg_who *who;	/* NULL: all may be seen */
	const char *team, *search;
	json_t *rows, *open;
	int64_t after, total, now;
};

static bool
may_use(const struct view *v, const struct tg_deployment *d)
{
	return !d->blocked && tg_deployment_for(d, v->team) &&
	    (v->who == NULL ||
		tg_rights_model(
		    v->who, v->p->w->catalog, tg_str(d->model)));
}

/* --- one name: what all of its deployments have in common --- */

struct sum {
	int64_t window, longest, rpm, tpm;
	int64_t input, output, call;
	bool varies, unpriced, vision, tools;
};

static void
lower(int64_t *least, int64_t value, bool *varies)
{
	if (value == TG_PICO_UNKNOWN)
		return;
	*varies = *varies || (*least != TG_PICO_UNKNOWN && *least != value);
	if (*least == TG_PICO_UNKNOWN || value < *least)
		*least = value;
}

static bool
is_true(const json_t *info, const char *name)
{
	return json_is_true(json_object_get(info, name));
}

static int64_t
limit(const struct tg_deployment *d, const char *name)
{
	const char *text = tg_settings_get(&d->promises, name);
	int64_t n = 0;

	if (text == NULL || !tg_str_i64(tg_str(text), &n))
		return 0;
	return n;
}

static void
add(const struct view *v, struct sum *s, const struct tg_deployment *d)
{
	struct tg_err ignored = { 0 };
	json_t *info = d->info != NULL ?
	    tg_jtree_parse(tg_str(d->info), &ignored) :
	    NULL;
	struct tg_prices now;

	tg_prices_at(&d->prices, v->now, 0, "", &now);
	lower(&s->input, now.pico[TG_UNIT_INPUT], &s->varies);
	lower(&s->output, now.pico[TG_UNIT_OUTPUT], &s->varies);
	lower(&s->call, now.pico[TG_UNIT_CALL], &s->varies);
	s->unpriced = s->unpriced || !tg_prices_known(&now);
	if (d->max_input_tokens > s->window)
		s->window = d->max_input_tokens;
	if (d->max_output_tokens > s->longest)
		s->longest = d->max_output_tokens;
	s->rpm += limit(d, "rpm");
	s->tpm += limit(d, "tpm");
	s->vision = s->vision || is_true(info, "supports_vision");
	s->tools = s->tools || is_true(info, "supports_function_calling");
	json_decref(info);
}

static json_t *
number(int64_t n)
{
	return n > 0 ? json_integer(n) : json_null();
}

static json_t *
price(int64_t pico)
{
	return pico == TG_PICO_UNKNOWN ? json_null() : json_integer(pico);
}

static json_t *
row_of(const struct view *v, const struct tg_deployment *d, size_t n)
{
	struct sum s = { .input = TG_PICO_UNKNOWN, .output = TG_PICO_UNKNOWN,
		.call = TG_PICO_UNKNOWN };

	for (size_t i = 0; i < n; i++)
		if (strcmp(d[i].model, d->model) == 0 && may_use(v, &d[i]))
			add(v, &s, &d[i]);
	return json_pack("{s:s, s:b, s:b, s:o, s:o, s:o, s:o, s:o, s:b, s:b, "
			 "s:b, s:b, s:o, s:o, s:n}",
	    "model", d->model, "is_embedding",
	    strcmp(d->mode, "embedding") == 0, "is_completion",
	    strcmp(d->mode, "completion") == 0, "window", number(s.window),
	    "longest", number(s.longest), "input", price(s.input), "output",
	    price(s.output), "call",
	    s.call == TG_PICO_UNKNOWN ? json_null() :
					json_integer(s.call / 1000),
	    "varies", s.varies, "unpriced", s.unpriced, "vision", s.vision,
	    "tools", s.tools, "rpm", number(s.rpm), "tpm", number(s.tpm),
	    "stands_for");
}

static bool
fits(const struct view *v, const char *name)
{
	return v->search == NULL ||
	    tg_str_ifind(tg_str(name), v->search) >= 0;
}

static bool
on_page(struct view *v)
{
	int64_t at = v->total++;

	return at >= v->after && at < v->after + PER_PAGE;
}

static void
show_names(struct view *v)
{
	const struct tg_catalog *c = v->p->w->catalog;
	const char *before = NULL;
	json_t *row;

	for (size_t i = 0; i < c->n_deployments; i++) {
		const struct tg_deployment *d = &c->deployments[i];
		if ((before != NULL && strcmp(before, d->model) == 0) ||
		    !may_use(v, d))
			continue;
		before = d->model;
		if (!fits(v, d->model))
			continue;
		if (d->wildcard)
			(void)json_array_append_new(
			    v->open, json_string(d->model));
		else if (on_page(v)) {
			row = row_of(v, d, c->n_deployments - i);
			(void)json_array_append_new(v->rows, row);
		}
	}
}

/* Names of the key's own, and of its team's. */
static void
show_aliases(struct tg_manage *m, struct view *v, const char *settings,
    const char *member)
{
	json_t *all = json_object_get(
	    tg_manage_json(m, settings != NULL ? settings : "{}"), member);
	const char *name;
	json_t *row;

	json_object_foreach(all, name, row) {
		const char *model = json_string_value(row);
		if (model == NULL || !fits(v, name) ||
		    !tg_rights_model(v->who, m->w->catalog, tg_str(model)) ||
		    !on_page(v))
			continue;
		(void)json_array_append_new(v->rows,
		    json_pack("{s:s, s:s}", "model", name, "stands_for",
			model));
	}
}

static int
show(struct tg_manage *m, struct tg_page *p)
{
	const struct tg_who *who = m->w->self;
	struct view v = { .p = p, .who = who, .search = tg_page_query(p, "q"),
		.rows = json_array(), .open = json_array(),
		.after = tg_page_after(p, PER_PAGE), .now = m->now };
	json_t *row;
	size_t i;

	if (who == NULL)
		v.team = TG_TEAM_ANY;
	else if (who->team != NULL)
		v.team = who->team->name;
	tg_page_set(p, "models", v.rows);
	tg_page_set(p, "open", v.open);
	tg_page_set_text(p, "q", v.search);
	show_names(&v);
	if (who != NULL) {
		show_aliases(m, &v, who->key.settings, "aliases");
		if (who->team != NULL)
			show_aliases(
			    m, &v, who->team->settings, "model_aliases");
	}
	json_array_foreach(v.rows, i, row) {
		(void)json_object_set_new(
		    row, "at", json_integer((json_int_t)i));
	}
	tg_page_set_true(p, "some_open", json_array_size(v.open) > 0);
	tg_page_pager(p, PER_PAGE, (int64_t)json_array_size(v.rows), v.total,
	    false);
	return 0;
}

/* Members come without a key: what they may use goes by themselves. */
static int
find_member(struct tg_web *w)
{
	if (w->self != NULL || w->visitor->role != TG_VISIT_MEMBER)
		return 0;
	switch (tg_who_find_row(tg_app_store(w->app), 0, w->visitor->person,
	    &w->self, &w->rq->err)) {
	case 1:
		return 0;
	case 0:
		return tg_fail(&w->rq->err, TG_E_FORBIDDEN,
		    "This person may call no models.");
	default:
		return -1;
	}
}

static int
catalog(struct tg_web *w)
{
	if (find_member(w) != 0)
		return -1;
	return tg_page_show_models(
	    w, "catalog", N_("Model catalogue"), show);
}

const struct tg_route tg_routes_admin_catalog[] = {
	{ TG_GET, "/admin/catalog", TG_ACCESS_HOLDER, catalog, NULL,
	    "Page: the models that the visitor may call", TG_FAULT_ERROR },
	{ .path = NULL },
};
