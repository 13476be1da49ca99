/*
 * /model/info and /v2/model/info: each deployment, with its prices and what is
 * known of it (litellm-compat.md 2.7).
 */
#include "config.h"

#include "web/manage/model_info.h"

#include <stdlib.h>

#include "base/clock.h"
#include "gate/rights.h"
#include "llm/price.h"
#include "web/manage/rights.h"

/* Clients index them: null where nothing is known. */
static const char *const wanted[] = { "max_tokens", "max_input_tokens",
	"max_output_tokens", "input_cost_per_token", "output_cost_per_token",
	"supports_vision", "supports_reasoning", "supports_function_calling",
	"supports_parallel_function_calling", "supports_prompt_caching",
	"supports_response_schema", "supports_web_search", "rpm", "tpm",
	NULL };
static const char *const chat_params[] = { "audio", "extra_headers",
	"frequency_penalty", "function_call", "functions", "logit_bias",
	"logprobs", "max_completion_tokens", "max_retries", "max_tokens",
	"metadata", "modalities", "n", "parallel_tool_calls", "prediction",
	"presence_penalty", "reasoning_effort", "response_format", "seed",
	"service_tier", "stop", "store", "stream", "stream_options",
	"temperature", "tool_choice", "tools", "top_logprobs", "top_p",
	"user", "web_search_options", NULL };
static const char *const completion_params[] = { "best_of", "echo",
	"frequency_penalty", "logit_bias", "logprobs", "max_tokens", "n",
	"presence_penalty", "seed", "stop", "stream", "stream_options",
	"suffix", "temperature", "top_p", "user", NULL };
static const char *const embedding_params[] = { "dimensions",
	"encoding_format", "user", NULL };

bool
tg_model_visible(struct tg_web *w, const char *model)
{
	if (w->caller->viewer)
		return true;
	return w->self != NULL &&
	    tg_rights_model(w->self, w->catalog, tg_str(model));
}

const char *
tg_model_team(const struct tg_web *w)
{
	if (w->caller->viewer)
		return TG_TEAM_ANY;
	return w->self != NULL && w->self->team != NULL ?
	    w->self->team->name :
	    NULL;
}

/* Members of the team may, with whatever key. */
static int
of_own_team(struct tg_manage *m, const char *name)
{
	struct tg_subject team;
	int found = tg_subject_find(
	    m->db, m->a, TG_SUBJECT_TEAM, name, &team, m->e);

	return found == 1 ? tg_caller_member(m, team.id) : found;
}

int
tg_model_shown(struct tg_manage *m, const struct tg_deployment *d)
{
	if (tg_deployment_for(d, tg_model_team(m->w)))
		return tg_model_visible(m->w, d->model);
	return of_own_team(m, d->team);
}

json_t *
tg_model_openai_params(struct tg_manage *m, const char *mode)
{
	json_t *out = tg_manage_keep(m, json_array());
	const char *const *p = chat_params;

	if (strcmp(mode, "embedding") == 0)
		p = embedding_params;
	else if (strcmp(mode, "completion") == 0)
		p = completion_params;
	for (; *p != NULL; p++)
		(void)json_array_append_new(out, json_string(*p));
	return out;
}

/* The integer's decimal digits go through a double once, to be printed. */
json_t *
tg_model_price(int64_t pico)
{
	struct tg_buf b;
	json_t *j;

	if (pico == TG_PICO_UNKNOWN)
		return json_null();
	tg_buf_init(&b, 64);
	(void)tg_pico_print(&b, pico);
	j = json_real(strtod(b.p != NULL ? b.p : "0", NULL));
	tg_buf_free(&b);
	return j;
}

int64_t
tg_model_bound(
    struct tg_manage *m, const struct tg_deployment *d, const char *name)
{
	const json_t *params =
	    tg_manage_json(m, d->params != NULL ? d->params : "{}");

	return json_integer_value(json_object_get(params, name));
}

/* --- a row --- */

static json_t *
params_of(struct tg_manage *m, const struct tg_deployment *d)
{
	json_t *params =
	    tg_manage_json(m, d->params != NULL ? d->params : "{}");

	if (json_object_get(params, "model") == NULL)
		tg_jtree_set_text(params, "model",
		    tg_arena_printf(m->a, "%s/%s", d->upstream->type,
			d->upstream_model));
	if (json_object_get(params, "api_base") == NULL &&
	    d->upstream->base_url != NULL)
		tg_jtree_set_text(
		    params, "api_base", d->upstream->base_url);
	tg_jtree_set_text(
	    params, "custom_llm_provider", d->upstream->type);
	(void)json_object_set_new(params, "weight", json_integer(d->weight));
	return params;
}

static bool
is_in_force(const struct tg_price *p, int64_t now)
{
	return p->valid_from <= now &&
	    (p->valid_to == 0 || p->valid_to > now);
}

/* Under LiteLLM's names; what has none there under ours, USD a million. */
static void
add_prices(
    const struct tg_manage *m, const struct tg_deployment *d, json_t *info)
{
	char room[TG_PRICE_NAME_BYTES];
	const char *name;

	for (size_t i = 0; i < d->prices.n; i++) {
		const struct tg_price *p = &d->prices.prices[i];
		if (!is_in_force(p, m->now))
			continue;
		name = tg_price_litellm_name(p, room);
		if (name == NULL)
			name = tg_price_name(p, room);
		if (name != NULL)
			(void)json_object_set_new(
			    info, name, tg_model_price(p->pico));
	}
}

static json_t *
groups_of(
    struct tg_manage *m, const struct tg_deployment *d, const json_t *told)
{
	const struct tg_catalog *c = m->w->catalog;
	json_t *out = tg_manage_keep(
	    m, json_is_array(told) ? json_copy((json_t *)told) : json_array());

	for (size_t i = 0; i < c->n_groups; i++)
		if (strcmp(c->groups[i].model, d->model) == 0 &&
		    !tg_manage_among(out, c->groups[i].name))
			(void)json_array_append_new(
			    out, json_string(c->groups[i].name));
	return out;
}

static void
add_number(json_t *info, const char *name, int64_t n)
{
	if (n > 0 && json_object_get(info, name) == NULL)
		(void)json_object_set_new(info, name, json_integer(n));
}

static json_t *
info_of(struct tg_manage *m, const struct tg_deployment *d)
{
	json_t *info = tg_manage_json(m, d->info != NULL ? d->info : "{}");

	add_number(info, "max_input_tokens", d->max_input_tokens);
	add_number(info, "max_output_tokens", d->max_output_tokens);
	add_number(info, "rpm", tg_model_bound(m, d, "rpm"));
	add_number(info, "tpm", tg_model_bound(m, d, "tpm"));
	add_prices(m, d, info);
	for (size_t i = 0; wanted[i] != NULL; i++)
		if (json_object_get(info, wanted[i]) == NULL)
			(void)json_object_set_new(
			    info, wanted[i], json_null());
	tg_jtree_set_text(info, "id", d->id);
	(void)json_object_set_new(info, "db_model", json_boolean(!d->fixed));
	(void)json_object_set_new(info, "blocked", json_boolean(d->blocked));
	tg_jtree_set_text(info, "key", d->upstream_model);
	tg_jtree_set_text(info, "litellm_provider", d->upstream->type);
	tg_jtree_set_text(info, "mode", d->mode);
	(void)json_object_set(info, "access_groups",
	    groups_of(m, d, json_object_get(info, "access_groups")));
	(void)json_object_set(info, "supported_openai_params",
	    tg_model_openai_params(m, d->mode));
	tg_jtree_set_text(info, "created_by", d->created_by);
	(void)json_object_set_new(
	    info, "created_at", tg_manage_time(d->created_at));
	(void)json_object_set_new(
	    info, "updated_at", tg_manage_time(d->updated_at));
	return info;
}

json_t *
tg_model_info_row(struct tg_manage *m, const struct tg_deployment *d)
{
	json_t *row = tg_manage_keep(m, json_object());

	tg_jtree_set_text(row, "model_name", d->model);
	(void)json_object_set(row, "litellm_params", params_of(m, d));
	(void)json_object_set(row, "model_info", info_of(m, d));
	return row;
}

/* --- routes --- */

int
tg_web_model_info(struct tg_manage *m)
{
	const char *id = tg_manage_query(m, "litellm_model_id");
	const char *team = tg_manage_query(m, "teamId");
	const struct tg_catalog *c = m->w->catalog;
	json_t *data = json_array();

	m->answer = json_pack("{s:o}", "data", data);
	for (size_t i = 0; i < c->n_deployments; i++) {
		const struct tg_deployment *d = &c->deployments[i];
		int shown;

		if ((id != NULL && strcmp(id, d->id) != 0) ||
		    (team != NULL && d->team != NULL &&
			strcmp(team, d->team) != 0))
			continue;
		shown = tg_model_shown(m, d);
		if (shown < 0)
			return -1;
		if (shown == 1)
			(void)json_array_append(
			    data, tg_model_info_row(m, d));
	}
	if (id != NULL && json_array_size(data) == 0 &&
	    tg_app_web(m->w->app)->compat == TG_COMPAT_1_83)
		return tg_fail_param(m->e, TG_E_INVALID, "litellm_model_id",
		    "Model id = %s not found on litellm proxy", id);
	return 0;
}

/* What a page shows of: matched and in order. */
struct listing {
	const struct tg_deployment **rows;
	size_t n;
};

static int
is_wanted(struct tg_manage *m, const struct tg_deployment *d)
{
	const char *model = tg_manage_query(m, "model");
	const char *search = tg_manage_query(m, "search");
	const char *id = tg_manage_query(m, "modelId");
	const char *team = tg_manage_query(m, "teamId");

	if ((model != NULL && strcmp(model, d->model) != 0) ||
	    (id != NULL && strcmp(id, d->id) != 0) ||
	    (team != NULL && d->team != NULL &&
		strcmp(team, d->team) != 0) ||
	    (search != NULL && tg_str_ifind(tg_str(d->model), search) < 0))
		return 0;
	return tg_model_shown(m, d);
}

static int
by_name(const void *x, const void *y)
{
	const struct tg_deployment *const *a = x, *const *b = y;
	int c = strcmp((*a)->model, (*b)->model);

	return c != 0 ? c : strcmp((*a)->id, (*b)->id);
}

static int
by_created(const void *x, const void *y)
{
	const struct tg_deployment *const *a = x, *const *b = y;

	return ((*a)->created_at > (*b)->created_at) -
	    ((*a)->created_at < (*b)->created_at);
}

static int
by_updated(const void *x, const void *y)
{
	const struct tg_deployment *const *a = x, *const *b = y;

	return ((*a)->updated_at > (*b)->updated_at) -
	    ((*a)->updated_at < (*b)->updated_at);
}

static const struct {
	const char *name;
	int (*compare)(const void *, const void *);
} orders[] = {
	{ "model_name", by_name },
	{ "created_at", by_created },
	{ "updated_at", by_updated },
};

/* Without sortBy the catalog's own order stays. */
static int
sort(struct tg_manage *m, struct listing *l)
{
	const char *by = tg_manage_query(m, "sortBy");
	const char *order = tg_manage_query(m, "sortOrder");
	size_t i = 0, n = sizeof(orders) / sizeof(orders[0]);

	while (by != NULL && i < n && strcmp(by, orders[i].name) != 0)
		i++;
	if (i == n)
		return tg_fail_param(m->e, TG_E_INVALID, "sortBy",
		    "'sortBy' must be model_name, created_at or updated_at.");
	if (by != NULL && l->n > 0)
		qsort(l->rows, l->n, sizeof(*l->rows), orders[i].compare);
	if (order == NULL || strcmp(order, "desc") != 0)
		return 0;
	for (i = 0; i < l->n / 2; i++) {
		const struct tg_deployment *d = l->rows[i];
		l->rows[i] = l->rows[l->n - 1 - i];
		l->rows[l->n - 1 - i] = d;
	}
	return 0;
}

int
tg_web_model_info_page(struct tg_manage *m)
{
	const struct tg_catalog *c = m->w->catalog;
	struct listing l = { .rows = tg_arena_alloc(m->a,
				 (c->n_deployments + 1) * sizeof(*l.rows)) };
	int64_t page = 1, size = 50;
	json_t *data = json_array();

	m->answer = json_pack("{s:o}", "data", data);
	if (tg_manage_query_int(m, "page", 1, INT32_MAX, &page) != 0 ||
	    tg_manage_query_int(m, "size", 1, 1000, &size) != 0)
		return -1;
	for (size_t i = 0; i < c->n_deployments; i++) {
		int wanted_row = is_wanted(m, &c->deployments[i]);

		if (wanted_row < 0)
			return -1;
		if (wanted_row == 1)
			l.rows[l.n++] = &c->deployments[i];
	}
	if (sort(m, &l) != 0)
		return -1;
	for (size_t i = (size_t)((page - 1) * size);
	     i < l.n && i < (size_t)(page * size); i++)
		(void)json_array_append(
		    data, tg_model_info_row(m, l.rows[i]));
	return json_object_update_new(m->answer,
	    json_pack("{s:I, s:I, s:I, s:I}", "total_count",
		(json_int_t)l.n, "current_page", (json_int_t)page,
		"total_pages",
		(json_int_t)(((int64_t)l.n + size - 1) / size), "size",
		(json_int_t)size));
}
