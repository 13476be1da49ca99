/*
 * /model/new, /model/delete, /model/info in LiteLLM's shapes
 * (litellm-compat.md 2.7).  A deployment made here is callable at once in
 * every process: the store's version moves with it.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/escape.h"
#include "base/id.h"
#include "base/jtree.h"
#include "gate/settings.h"
#include "store/models.h"
#include "web/manage.h"

static const char *const not_yet[] = { "rpm", "tpm", "itpm", "otpm",
	"max_parallel_requests", "max_budget", "budget_duration",
	"mock_response", "drop_params", "additional_drop_params", NULL };

/* What is read of a request before it becomes a row. */
struct draft {
	struct tg_web *w;
	const json_t *params;	/* litellm_params */
	struct tg_deployment_row row;
	struct tg_price_row prices[TG_UNIT__MAX];
	json_t *settings;
	struct tg_str type, upstream_model;
	const char *api_key;
};

static int read_draft(struct draft *, const json_t *);
static int read_target(struct draft *);
static int read_settings(struct draft *);
static int read_prices(struct draft *);
static int check_draft(struct draft *);
static int store_draft(struct draft *);
static json_t *draft_answer(const struct draft *, const json_t *);

int
tg_web_model_new(struct tg_web *w)
{
	json_t *body = tg_manage_body(w);
	struct draft d = { .w = w, .settings = json_object() };
	int rc = -1;

	if (body != NULL && read_draft(&d, body) == 0 &&
	    read_target(&d) == 0 && read_settings(&d) == 0 &&
	    read_prices(&d) == 0 && check_draft(&d) == 0 &&
	    store_draft(&d) == 0)
		rc = tg_manage_send(w, draft_answer(&d, body));
	json_decref(d.settings);
	json_decref(body);
	return rc;
}

/* --- reading --- */

static const char *
keep(struct draft *d, const char *text)
{
	return text != NULL ? tg_arena_cstr(d->w->rq->arena, tg_str(text)) :
			      NULL;
}

static const char *
json_text(struct draft *d, const json_t *j)
{
	char *text = tg_jtree_print(j);
	const char *kept = keep(d, text != NULL ? text : "{}");

	free(text);
	return kept;
}

static int
read_draft(struct draft *d, const json_t *body)
{
	struct tg_err *e = &d->w->rq->err;
	const json_t *info = json_object_get(body, "model_info");
	const char *name = NULL, *id = NULL;

	d->params = json_object_get(body, "litellm_params");
	if (tg_jtree_text(body, "model_name", &name, e) != 0 ||
	    tg_jtree_text(info, "id", &id, e) != 0)
		return -1;
	if (name == NULL || *name == '\0')
		return tg_fail_param(e, TG_E_MISSING, "model_name",
		    "'model_name' is missing: the name that callers use.");
	if (!json_is_object(d->params))
		return tg_fail_param(e, TG_E_MISSING, "litellm_params",
		    "'litellm_params' is missing: an object with at least "
		    "'model'.");
	if (tg_manage_refuse(d->w, d->params, not_yet) != 0)
		return -1;
	d->row.model = keep(d, name);
	d->row.info = json_is_object(info) ? json_text(d, info) : "{}";
	if (id != NULL && *id != '\0')
		d->row.id = keep(d, id);
	else
		d->row.id = tg_uuid7(
		    tg_arena_alloc(d->w->rq->arena, TG_UUID_BYTES));
	d->row.created_at = d->row.updated_at = tg_wall_us();
	d->row.created_by = d->w->who;
	return 0;
}

/* "provider/name": which provider is meant, under which name there? */
static int
read_target(struct draft *d)
{
	struct tg_err *e = &d->w->rq->err;
	const char *model = NULL, *type = NULL;
	struct tg_str rest, prefix;

	if (tg_jtree_text(d->params, "model", &model, e) != 0 ||
	    tg_jtree_text(d->params, "custom_llm_provider", &type, e) != 0)
		return -1;
	if (model == NULL || *model == '\0')
		return tg_fail_param(e, TG_E_MISSING, "model",
		    "'litellm_params.model' is missing: provider/name, such as "
		    "openai/gpt-4o-mini.");
	rest = tg_str(keep(d, model));
	d->upstream_model = rest;
	if (type != NULL && *type != '\0')
		d->type = tg_str(keep(d, type));
	else if (memchr(rest.p, '/', rest.n) != NULL &&
	    tg_str_cut(&rest, '/', &prefix)) {
		d->type = prefix;
		d->upstream_model = rest;
	} else
		d->type = TG_STR("openai");
	if (d->upstream_model.n == 0)
		return tg_fail_param(e, TG_E_INVALID, "model",
		    "'litellm_params.model' names no model after the '/'.");
	return 0;
}

static void
set(struct draft *d, const char *name, const char *value)
{
	if (value != NULL)
		(void)json_object_set_new(
		    d->settings, name, json_string(value));
}

/* Seconds, whole or with a fraction, as LiteLLM gives them. */
static int
set_seconds(struct draft *d, const char *from, const char *to)
{
	const json_t *v = json_object_get(d->params, from);
	char text[32];

	if (v == NULL || json_is_null(v))
		return 0;
	if (!json_is_number(v) || json_number_value(v) <= 0 ||
	    json_number_value(v) > 86400)
		return tg_fail_param(&d->w->rq->err, TG_E_TYPE, from,
		    "'%s' must be a number of seconds up to 86400.", from);
	(void)snprintf(
	    text, sizeof(text), "%.0f", json_number_value(v) * 1000);
	set(d, to, text);
	return 0;
}

static int
set_count(struct draft *d, const char *name)
{
	int64_t n = -1;
	char text[32];

	if (tg_jtree_i64(d->params, name, &n, &d->w->rq->err) != 0)
		return -1;
	if (n < 0)
		return 0;
	(void)snprintf(text, sizeof(text), "%lld", (long long)n);
	set(d, name, text);
	return 0;
}

static int
set_headers(struct draft *d)
{
	json_t *all = json_object_get(d->params, "extra_headers");
	const char *name;
	json_t *v;

	json_object_foreach(all, name, v) {
		if (!json_is_string(v))
			return tg_fail_param(&d->w->rq->err, TG_E_TYPE,
			    "extra_headers",
			    "The values of 'extra_headers' must be strings.");
		set(d,
		    tg_arena_printf(d->w->rq->arena, "header.%s", name),
		    json_string_value(v));
	}
	return 0;
}

/* With an address or key of its own, it does not lean on a provider. */
static int
choose_provider(struct draft *d, const char *base)
{
	struct tg_err *e = &d->w->rq->err;
	struct tg_catalog *c;
	const char *type = keep(d, tg_arena_cstr(d->w->rq->arena, d->type));
	bool known = tg_known_find(d->type) != NULL;
	bool there;

	if (tg_gate_catalog(tg_app_gate(d->w->app), &c, e) != 0)
		return -1;
	there = tg_catalog_upstream(c, type) != NULL;
	tg_catalog_release(c);
	if (base == NULL && d->api_key == NULL && there) {
		d->row.provider = type;
		return 0;
	}
	if (!known && base == NULL)
		return tg_fail_param(e, TG_E_INVALID, "model",
		    "There is no provider '%s'. Give 'api_base', or add it "
		    "with `tollgate provider add`.",
		    type);
	set(d, "type", known ? type : "openai");
	set(d, "base_url", base);
	if (!known) /* the slash was part of the model's name */
		d->upstream_model =
		    tg_str(json_string_value(json_object_get(
			d->params, "model")));
	return 0;
}

static int
read_settings(struct draft *d)
{
	struct tg_err *e = &d->w->rq->err;
	const char *base = NULL, *base_url = NULL;

	if (tg_jtree_text(d->params, "api_base", &base, e) != 0 ||
	    tg_jtree_text(d->params, "base_url", &base_url, e) != 0 ||
	    tg_jtree_text(d->params, "api_key", &d->api_key, e) != 0)
		return -1;
	if (d->api_key != NULL &&
	    strncmp(d->api_key, "os.environ/", 11) == 0)
		return tg_fail_param(e, TG_E_UNSUPPORTED, "api_key",
		    "Environment variables are read from tollgate.ini only: "
		    "write `api_key = env:%s` in a [provider:NAME] section.",
		    d->api_key + 11);
	if (d->api_key != NULL && *d->api_key == '\0')
		d->api_key = NULL;
	if (choose_provider(d, base != NULL ? base : base_url) != 0 ||
	    set_seconds(d, "timeout", "total_ms") != 0 ||
	    set_seconds(d, "stream_timeout", "first_byte_ms") != 0 ||
	    set_count(d, "weight") != 0 || set_count(d, "order") != 0 ||
	    set_headers(d) != 0)
		return -1;
	d->row.upstream_model =
	    tg_arena_cstr(d->w->rq->arena, d->upstream_model);
	d->row.settings = json_text(d, d->settings);
	return 0;
}

static int
read_prices(struct draft *d)
{
	d->row.prices = d->prices;
	for (int u = 0; u < TG_UNIT__MAX; u++) {
		const char *field = tg_unit_litellm_name((enum tg_unit)u);
		const json_t *v = field != NULL ?
		    json_object_get(d->params, field) :
		    NULL;
		struct tg_price_row *p = &d->prices[d->row.n_prices];
		const char *text;

		if (v == NULL || json_is_null(v))
			continue;
		text = json_is_string(v) ? json_string_value(v) :
					   json_text(d, v);
		if (tg_pico_parse(tg_str(text), &p->pico_usd) != 0)
			return tg_fail_param(&d->w->rq->err, TG_E_INVALID,
			    field,
			    "'%s' must be a price in USD, 0 or above, in steps "
			    "of 1e-12.",
			    field);
		p->unit = tg_unit_name((enum tg_unit)u);
		p->valid_from = d->row.created_at;
		d->row.n_prices++;
	}
	return 0;
}

/* The same readers as at start: what is stored can be read again. */
static int
check_draft(struct draft *d)
{
	struct tg_err *e = &d->w->rq->err;
	struct tg_arena *a = d->w->rq->arena;
	struct tg_setting list[32];
	struct tg_section s = { .name = d->row.model, .settings = list };
	struct tg_upstream up = { .name = "openai" };
	struct tg_deployment dep = { .model = d->row.model,
		.upstream_model = d->row.upstream_model,
		.mode = "chat" };
	const char *key;
	json_t *v;
	int rc = 0;

	json_object_foreach(d->settings, key, v) {
		if (s.n == sizeof(list) / sizeof(list[0]))
			return tg_fail_param(e, TG_E_INVALID, "extra_headers",
			    "There are too many headers.");
		list[s.n].key = key;
		list[s.n++].value = json_string_value(v);
	}
	if (d->row.provider == NULL)
		rc = tg_settings_upstream(a, &s, &up, e);
	tg_secret_free(&up.key);
	return rc != 0 ? -1 : tg_settings_deployment(a, &s, &dep, e);
}

static int
store_draft(struct draft *d)
{
	struct tg_app *app = d->w->app;
	unsigned char *sealed = NULL;
	size_t n = 0;
	int rc;

	if (d->api_key != NULL) {
		if (tg_seal_lock(tg_app_seal(app), tg_str(d->api_key), &sealed,
			&n) != 0)
			return tg_fail(&d->w->rq->err, TG_E_INTERNAL,
			    "The key cannot be sealed.");
		d->row.sealed = sealed;
		d->row.sealed_bytes = n;
	}
	rc = tg_deployment_add(tg_app_store(app), &d->row, &d->w->rq->err);
	free(sealed);
	return rc;
}

static json_t *
draft_answer(const struct draft *d, const json_t *body)
{
	json_t *out = json_object(), *params = json_deep_copy(d->params);
	json_t *info = json_deep_copy(json_object_get(body, "model_info"));

	if (info == NULL)
		info = json_object();
	if (json_object_get(params, "api_key") != NULL)
		(void)json_object_set_new(
		    params, "api_key", json_string("(sealed)"));
	tg_jtree_set_text(info, "id", d->row.id);
	(void)json_object_set_new(info, "db_model", json_true());
	tg_jtree_set_text(out, "model_id", d->row.id);
	tg_jtree_set_text(out, "model_name", d->row.model);
	(void)json_object_set_new(out, "litellm_params", params);
	(void)json_object_set_new(out, "model_info", info);
	(void)json_object_set_new(out, "blocked", json_false());
	(void)json_object_set_new(
	    out, "created_at", tg_manage_time(d->row.created_at));
	tg_jtree_set_text(out, "created_by", d->row.created_by);
	(void)json_object_set_new(
	    out, "updated_at", tg_manage_time(d->row.updated_at));
	tg_jtree_set_text(out, "updated_by", d->row.created_by);
	return out;
}

/* --- deleting --- */

int
tg_web_model_delete(struct tg_web *w)
{
	json_t *body = tg_manage_body(w), *out;
	const char *id = NULL;
	int rc = -1, removed;

	if (body == NULL || tg_jtree_text(body, "id", &id, &w->rq->err) != 0)
		goto out;
	if (id == NULL) {
		(void)tg_fail_param(&w->rq->err, TG_E_MISSING, "id",
		    "'id' is missing: the id of the deployment.");
		goto out;
	}
	removed =
	    tg_deployment_remove(tg_app_store(w->app), id, &w->rq->err);
	if (removed == 0)
		(void)tg_fail_param(&w->rq->err, TG_E_CONFLICT, "id",
		    "Model with id=%s not found in db", id);
	if (removed != 1)
		goto out;
	out = json_object();
	tg_jtree_set_text(out, "message",
	    tg_arena_printf(w->rq->arena, "Model: %s deleted successfully",
		id));
	rc = tg_manage_send(w, out);
out:
	json_decref(body);
	return rc;
}

/* --- showing --- */

/* The integer's decimal digits go through a double once, to be printed. */
static json_t *
price_number(int64_t pico)
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

static json_t *
info_of(const struct tg_deployment *d)
{
	struct tg_err ignored = { 0 };
	json_t *info = d->info != NULL ?
	    tg_jtree_parse(tg_str(d->info), &ignored) :
	    NULL;
	static const char *const wanted[] = { "max_tokens", "max_input_tokens",
		"max_output_tokens", "supports_vision", "supports_reasoning",
		"supports_function_calling", "supports_prompt_caching", NULL };

	if (info == NULL)
		info = json_object();
	for (size_t i = 0; wanted[i] != NULL; i++)
		if (json_object_get(info, wanted[i]) == NULL)
			(void)json_object_set_new(info, wanted[i], json_null());
	for (int u = 0; u < TG_UNIT__MAX; u++) {
		const char *name = tg_unit_litellm_name((enum tg_unit)u);
		if (name != NULL &&
		    (d->prices.pico[u] != TG_PICO_UNKNOWN ||
			u == TG_UNIT_INPUT || u == TG_UNIT_OUTPUT))
			(void)json_object_set_new(
			    info, name, price_number(d->prices.pico[u]));
	}
	tg_jtree_set_text(info, "id", d->id);
	(void)json_object_set_new(info, "db_model", json_boolean(!d->fixed));
	tg_jtree_set_text(info, "key", d->upstream_model);
	tg_jtree_set_text(info, "litellm_provider", d->upstream->type);
	tg_jtree_set_text(info, "mode", d->mode);
	return info;
}

static json_t *
deployment_row(const struct tg_deployment *d, struct tg_arena *a)
{
	json_t *row = json_object(), *params = json_object();

	tg_jtree_set_text(params, "model",
	    tg_arena_printf(
		a, "%s/%s", d->upstream->type, d->upstream_model));
	if (d->upstream->base_url != NULL)
		tg_jtree_set_text(params, "api_base", d->upstream->base_url);
	tg_jtree_set_text(params, "custom_llm_provider", d->upstream->type);
	(void)json_object_set_new(params, "weight", json_integer(d->weight));
	tg_jtree_set_text(row, "model_name", d->model);
	(void)json_object_set_new(row, "litellm_params", params);
	(void)json_object_set_new(row, "model_info", info_of(d));
	return row;
}

int
tg_web_model_info(struct tg_web *w)
{
	struct tg_request *rq = w->rq;
	struct tg_str id = TG_STR_NONE;
	bool one = tg_query_get(rq->arena, rq->query, "litellm_model_id", &id);
	struct tg_catalog *c;
	json_t *out, *data;

	if (tg_gate_catalog(tg_app_gate(w->app), &c, &rq->err) != 0)
		return -1;
	out = json_object();
	data = json_array();
	for (size_t i = 0; i < c->n_deployments; i++) {
		const struct tg_deployment *d = &c->deployments[i];
		if ((one && !tg_str_is(id, d->id)) ||
		    (!w->admin && !tg_auth_model(&w->key, tg_str(d->model))))
			continue;
		(void)json_array_append_new(
		    data, deployment_row(d, rq->arena));
	}
	tg_catalog_release(c);
	(void)json_object_set_new(out, "data", data);
	return tg_manage_send(w, out);
}

const struct tg_route tg_routes_model[] = {
	{ TG_GET, "/models", TG_ACCESS_KEY, tg_web_models,
	    "Models this key may use", TG_FAULT_ERROR },
	{ TG_GET, "/models/{model}", TG_ACCESS_KEY, tg_web_model,
	    "One model", TG_FAULT_ERROR },
	{ TG_POST, "/model/new", TG_ACCESS_ADMIN, tg_web_model_new,
	    "Add a deployment", TG_FAULT_ERROR },
	{ TG_POST, "/model/delete", TG_ACCESS_ADMIN, tg_web_model_delete,
	    "Remove a deployment", TG_FAULT_ERROR },
	{ TG_GET, "/model/info", TG_ACCESS_KEY, tg_web_model_info,
	    "Deployments behind the models this key may use", TG_FAULT_ERROR },
	{ .path = NULL },
};
