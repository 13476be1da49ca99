/*
 * /model_group/info: a model's name, and what all its deployments together are
 * (litellm-compat.md 2.7).
 */
#include "config.h"

#include "llm/price.h"
#include "web/manage/model_info.h"

static const char *const abilities[] = {
	"supports_parallel_function_calling", "supports_vision",
	"supports_web_search", "supports_url_context", "supports_reasoning",
	"supports_function_calling", NULL
};
static const char *const unknown[] = { "input_cost_per_pixel",
	"configurable_clientside_auth_params", "health_status",
	"health_response_time", "health_checked_at", NULL };

struct group {
	struct tg_manage *m;
	const char *name;
	const struct tg_deployment *const *list;
	size_t n;
};

static int64_t
larger(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static json_t *
number_or_null(int64_t n)
{
	return n > 0 ? json_integer(n) : json_null();
}

/* The dearest is what a caller must reckon with. */
static int64_t
dearest(const struct group *g, enum tg_unit unit)
{
	int64_t most = TG_PICO_UNKNOWN;
	struct tg_prices p;

	for (size_t i = 0; i < g->n; i++) {
		tg_prices_at(&g->list[i]->prices, g->m->now, 0, "", &p);
		most = larger(most, p.pico[unit]);
	}
	return most;
}

/* A window is as long as that of the longest, a rate the sum of all. */
static void
add_sizes(const struct group *g, json_t *row)
{
	int64_t in = 0, out = 0, rpm = 0, tpm = 0;

	for (size_t i = 0; i < g->n; i++) {
		in = larger(in, g->list[i]->max_input_tokens);
		out = larger(out, g->list[i]->max_output_tokens);
		rpm += tg_model_bound(g->m, g->list[i], "rpm");
		tpm += tg_model_bound(g->m, g->list[i], "tpm");
	}
	(void)json_object_set_new(
	    row, "max_input_tokens", number_or_null(in));
	(void)json_object_set_new(
	    row, "max_output_tokens", number_or_null(out));
	(void)json_object_set_new(row, "rpm", number_or_null(rpm));
	(void)json_object_set_new(row, "tpm", number_or_null(tpm));
}

static void
add_abilities(const struct group *g, json_t *row)
{
	for (int k = 0; abilities[k] != NULL; k++) {
		bool can = false;
		for (size_t i = 0; i < g->n; i++)
			can = can ||
			    json_is_true(json_object_get(
				tg_manage_json(g->m,
				    g->list[i]->info != NULL ?
					g->list[i]->info :
					"{}"),
				abilities[k]));
		(void)json_object_set_new(
		    row, abilities[k], json_boolean(can));
	}
}

static json_t *
group_row(const struct group *g)
{
	json_t *row = json_object(), *providers = json_array();

	for (size_t i = 0; i < g->n; i++)
		if (!tg_manage_among(
			providers, g->list[i]->upstream->type))
			(void)json_array_append_new(providers,
			    json_string(g->list[i]->upstream->type));
	tg_jtree_set_text(row, "model_group", g->name);
	(void)json_object_set_new(row, "providers", providers);
	add_sizes(g, row);
	(void)json_object_set_new(row, "input_cost_per_token",
	    tg_model_price(dearest(g, TG_UNIT_INPUT)));
	(void)json_object_set_new(row, "output_cost_per_token",
	    tg_model_price(dearest(g, TG_UNIT_OUTPUT)));
	tg_jtree_set_text(row, "mode", g->list[0]->mode);
	add_abilities(g, row);
	(void)json_object_set(row, "supported_openai_params",
	    tg_model_openai_params(g->m, g->list[0]->mode));
	for (int i = 0; unknown[i] != NULL; i++)
		(void)json_object_set_new(row, unknown[i], json_null());
	(void)json_object_set_new(
	    row, "is_public_model_group", json_false());
	return row;
}

/* One name, which a wildcard may serve; an unknown one has no row. */
static void
add_named(struct tg_manage *m, const char *name, json_t *data)
{
	struct group g = { .m = m, .name = name };

	g.list = tg_catalog_find(m->w->catalog, m->a, tg_str(name),
	    tg_model_team(m->w), &g.n);
	if (g.n > 0 && tg_model_visible(m->w, name))
		(void)json_array_append_new(data, group_row(&g));
}

int
tg_web_model_group(struct tg_manage *m)
{
	const struct tg_catalog *c = m->w->catalog;
	const char *wanted = tg_manage_query(m, "model_group");
	const char *before = NULL;
	json_t *data = json_array();

	m->answer = json_pack("{s:o}", "data", data);
	if (wanted != NULL) {
		add_named(m, wanted, data);
		return 0;
	}
	for (size_t i = 0; i < c->n_deployments; i++) {
		const char *name = c->deployments[i].model;
		if (before == NULL || strcmp(before, name) != 0)
			add_named(m, name, data);
		before = name;
	}
	return 0;
}
