/*
 * /admin/models: the form of a deployment, new (maybe like another one, under
 * another name) or changed.
 */
#include "config.h"

#include "base/buf.h"
#include "web/admin/deployment.h"
#include "web/admin/models.h"
#include "web/admin/sheet.h"
#include "web/manage/model.h"

static const struct tg_sheet_choice modes[] = {
	{ "chat", N_("Chat") },
	{ "completion", N_("Completion") },
	{ "embedding", N_("Embedding") },
	{ NULL, NULL },
};
static const struct tg_sheet_choice said[] = {
	{ "", N_("Unknown") },
	{ "true", N_("Yes") },
	{ "false", N_("No") },
	{ NULL, NULL },
};

/* clang-format off */
static const struct tg_sheet_field name_fields[] = {
	{ .name = "model_name", .title = N_("Name"),
	    .flags = TG_SHEET_REQUIRED,
	    .help = N_("What callers ask for. Several deployments of one name "
		       "share its load; * stands for any text.") },
	{ .name = "provider", .type = TG_SHEET_CHOICE,
	    .title = N_("Provider"), .flags = TG_SHEET_REQUIRED },
	{ .name = "upstream_model", .title = N_("Its name there"),
	    .help = N_("Left empty, it is the same.") },
	{ .name = NULL },
};
static const struct tg_sheet_group names = {
	.title = N_("What is asked for, and where it goes"),
	.fields = name_fields,
};

static const struct tg_sheet_field price_fields[] = {
	{ .name = "price_input", .type = TG_SHEET_MONEY,
	    .title = N_("Input, USD per million tokens") },
	{ .name = "price_output", .type = TG_SHEET_MONEY,
	    .title = N_("Output, USD per million tokens") },
	{ .name = "price_cache_read", .type = TG_SHEET_MONEY,
	    .title = N_("Input read from a cache, USD per million tokens"),
	    .help = N_("Left empty, it costs what other input costs.") },
	{ .name = "price_call", .type = TG_SHEET_MONEY,
	    .title = N_("Each call, USD") },
	{ .name = NULL },
};
static const struct tg_sheet_group prices = {
	.title = N_("Prices"),
	.help = N_("Left empty, a price is unknown, never free: budgets then "
		   "refuse its calls, unless they say otherwise."),
	.fields = price_fields,
};

static const struct tg_sheet_field share_fields[] = {
	{ .name = "weight", .type = TG_SHEET_COUNT, .title = N_("Weight"),
	    .help = N_("Its share among deployments of the same name and "
		       "order; 1 is usual.") },
	{ .name = "order", .type = TG_SHEET_COUNT, .title = N_("Order"),
	    .help = N_("Lower ones are tried first.") },
	{ .name = NULL },
};
static const struct tg_sheet_group share = {
	.title = N_("Share of the load"),
	.flags = TG_SHEET_FOLDED,
	.fields = share_fields,
};

static const struct tg_sheet_field limit_fields[] = {
	{ .name = "rpm", .type = TG_SHEET_COUNT,
	    .title = N_("Requests a minute") },
	{ .name = "tpm", .type = TG_SHEET_COUNT,
	    .title = N_("Tokens a minute") },
	{ .name = "max_parallel_requests", .type = TG_SHEET_COUNT,
	    .title = N_("Calls at once") },
	{ .name = "max_budget", .type = TG_SHEET_MONEY,
	    .title = N_("Budget in USD") },
	{ .name = "budget_duration", .title = N_("Budget period"),
	    .help = N_("Such as 1d, 30d or 1mo; without one it is for all "
		       "time.") },
	{ .name = NULL },
};
static const struct tg_sheet_group limits = {
	.title = N_("Limits and budget"),
	.flags = TG_SHEET_FOLDED,
	.fields = limit_fields,
};

static const struct tg_sheet_field info_fields[] = {
	{ .name = "mode", .type = TG_SHEET_CHOICE, .title = N_("Kind"),
	    .choices = modes },
	{ .name = "max_input_tokens", .type = TG_SHEET_COUNT,
	    .title = N_("Context window, in tokens") },
	{ .name = "max_output_tokens", .type = TG_SHEET_COUNT,
	    .title = N_("Longest answer, in tokens"),
	    .help = N_("The better known, the less is held for a call.") },
	{ .name = "supports_vision", .type = TG_SHEET_CHOICE,
	    .title = N_("Reads images"), .choices = said },
	{ .name = "supports_function_calling", .type = TG_SHEET_CHOICE,
	    .title = N_("Calls tools"), .choices = said },
	{ .name = NULL },
};
static const struct tg_sheet_group info = {
	.title = N_("What it can"),
	.flags = TG_SHEET_FOLDED,
	.fields = info_fields,
};

static const struct tg_sheet_field clock_fields[] = {
	{ .name = "connect_ms", .type = TG_SHEET_COUNT,
	    .title = N_("To connect, in ms") },
	{ .name = "first_byte_ms", .type = TG_SHEET_COUNT,
	    .title = N_("To the first byte, in ms") },
	{ .name = "gap_ms", .type = TG_SHEET_COUNT,
	    .title = N_("Between pieces, in ms") },
	{ .name = "total_ms", .type = TG_SHEET_COUNT,
	    .title = N_("In all, in ms") },
	{ .name = NULL },
};
static const struct tg_sheet_group clocks = {
	.title = N_("Clocks"),
	.help = N_("Left empty, they are the provider's."),
	.flags = TG_SHEET_FOLDED,
	.fields = clock_fields,
};

/* clang-format on */

static const struct tg_sheet_group *const params_of_form[] = { &share,
	&limits, &clocks };

/* --- drawing --- */

static void
copy_members(json_t *out, const json_t *from, const struct tg_sheet_group *g)
{
	for (const struct tg_sheet_field *f = g->fields; f->name != NULL; f++)
		if (json_object_get(from, f->name) != NULL)
			(void)json_object_set(
			    out, f->name, json_object_get(from, f->name));
}

static json_t *
parsed(const char *text)
{
	struct tg_err ignored = { 0 };
	json_t *j = text != NULL ? tg_jtree_parse(tg_str(text), &ignored) :
				   NULL;

	return j != NULL ? j : json_object();
}

static void
set_price(json_t *out, const char *name, int64_t pico, bool call)
{
	struct tg_buf b;

	tg_buf_init(&b, 64);
	if (pico != TG_PICO_UNKNOWN &&
	    (call ? tg_pico_print(&b, pico) : tg_price_print(&b, pico)) == 0)
		(void)json_object_set_new(
		    out, name, json_stringn(b.p, b.n));
	tg_buf_free(&b);
}

static void
set_prices(json_t *out, const struct tg_deployment *d, int64_t now)
{
	struct tg_prices p;

	tg_prices_at(&d->prices, now, 0, "", &p);
	set_price(out, "price_input", p.pico[TG_UNIT_INPUT], false);
	set_price(out, "price_output", p.pico[TG_UNIT_OUTPUT], false);
	set_price(out, "price_cache_read", p.pico[TG_UNIT_CACHE_READ], false);
	set_price(out, "price_call", p.pico[TG_UNIT_CALL], true);
}

/* What the form shows of one that is there; the caller's. */
static json_t *
values_of(const struct tg_deployment *d, const struct tg_deployment_row *row)
{
	json_t *settings = parsed(row->settings), *about = parsed(d->info);
	json_t *out = json_pack("{s:s, s:s, s:s, s:i, s:i}", "model_name",
	    d->model, "provider", d->upstream->name, "upstream_model",
	    d->upstream_model, "weight", d->weight, "order", d->order);

	copy_members(out, settings, &limits);
	copy_members(out, settings, &clocks);
	copy_members(out, about, &info);
	tg_jtree_set_text(out, "mode", d->mode);
	if (d->max_input_tokens > 0)
		(void)json_object_set_new(out, "max_input_tokens",
		    json_integer(d->max_input_tokens));
	if (d->max_output_tokens > 0)
		(void)json_object_set_new(out, "max_output_tokens",
		    json_integer(d->max_output_tokens));
	json_decref(settings);
	json_decref(about);
	return out;
}

static void
draw(struct tg_page *p, const json_t *values, bool fresh)
{
	const struct tg_catalog *c = p->w->catalog;
	struct tg_sheet f;

	tg_sheet_begin(&f, p, fresh);
	for (size_t i = 0; i < c->n_upstreams; i++)
		if (!c->upstreams[i]->own)
			tg_sheet_option(&f, "provider", c->upstreams[i]->name,
			    c->upstreams[i]->name);
	tg_sheet_draw(&f, &names, values);
	if (fresh)
		tg_sheet_draw(&f, &prices, values);
	for (size_t i = 0;
	     i < sizeof(params_of_form) / sizeof(params_of_form[0]); i++)
		tg_sheet_draw(&f, params_of_form[i], values);
	tg_sheet_draw(&f, &info, values);
}

/* The one that a new one is to be like; NULL: none. */
static const struct tg_deployment *
like_of(struct tg_page *p)
{
	const char *like = tg_admin_asked(p, "like");

	return like != NULL ? tg_admin_deployment_find(p->w, like) : NULL;
}

static int
show_new(struct tg_manage *m, struct tg_page *p)
{
	const struct tg_deployment *like = like_of(p);
	struct tg_deployment_row row = { .settings = "{}" };
	json_t *values = json_pack("{s:s?, s:s?, s:s}", "provider",
	    tg_page_query(p, "provider"), "upstream_model",
	    tg_page_query(p, "model"), "mode", "chat");

	if (like != NULL && !like->upstream->own) {
		json_decref(values);
		if (!like->fixed &&
		    tg_deployment_get(
			m->db, m->a, like->id, &row, m->e) < 0)
			return -1;
		values = values_of(like, &row);
		(void)json_object_del(values, "model_name");
		set_prices(values, like, m->now);
		tg_page_set_text(p, "like", like->id);
		tg_page_set_text(p, "like_model", like->model);
	}
	draw(p, values, true);
	json_decref(values);
	return 0;
}

int
tg_admin_model_new(struct tg_web *w)
{
	return tg_page_show_models(
	    w, "model_new", N_("Add a model"), show_new);
}

/* --- reading --- */

static int
check_name(struct tg_page *p, const char *name)
{
	for (const char *c = name; c != NULL && *c != '\0'; c++)
		if ((unsigned char)*c <= ' ' || *c == 127)
			return tg_fail_param(&p->w->rq->err, TG_E_INVALID,
			    "model_name",
			    "A model's name must hold no blanks.");
	return 0;
}

/* supports_... are truths. */
static void
as_truths(json_t *about)
{
	const char *name;
	json_t *v;
	void *next;

	json_object_foreach_safe(about, next, name, v)
	{
		if (strncmp(name, "supports_", 9) == 0 && json_is_string(v))
			(void)json_object_set_new(about, name,
			    json_boolean(
				strcmp(json_string_value(v), "true") == 0));
	}
}

/* The body of /model/new, or of /model/update; NULL: rq->err. */
static json_t *
read_form(struct tg_page *p, bool fresh)
{
	const char *name = tg_page_field(p, "model_name");
	json_t *params = json_object(), *about = json_object();
	int rc = check_name(p, name);

	for (size_t i = 0; rc == 0 &&
	     i < sizeof(params_of_form) / sizeof(params_of_form[0]);
	     i++)
		rc = tg_sheet_read(p, params_of_form[i], fresh, params);
	if (rc == 0 && fresh)
		rc = tg_sheet_read(p, &prices, fresh, params);
	if (rc == 0)
		rc = tg_sheet_read(p, &info, fresh, about);
	if (rc != 0) {
		json_decref(params);
		json_decref(about);
		return NULL;
	}
	as_truths(about);
	return json_pack("{s:s?, s:o, s:o}", "model_name", name,
	    "litellm_params", params, "model_info", about);
}

static void
set_target(struct tg_page *p, json_t *body)
{
	const char *provider = tg_page_field(p, "provider");
	const char *upstream = tg_page_field(p, "upstream_model");

	if (upstream == NULL)
		upstream = tg_page_field(p, "model_name");
	if (provider != NULL && upstream != NULL)
		tg_jtree_set_text(json_object_get(body, "litellm_params"),
		    "model",
		    tg_arena_printf(p->a, "%s/%s", provider, upstream));
}

/*
 * With the conditions that its prices have: longer prompts, tiers, hours.  What
 * the form has fields for counts as it was typed there.
 */
static void
copy_prices(struct tg_page *p, const struct tg_deployment *like,
    json_t *params)
{
	char name[TG_PRICE_NAME_BYTES];
	struct tg_buf b;

	tg_buf_init(&b, 64);
	for (size_t i = 0; i < like->prices.n; i++) {
		const struct tg_price *price = &like->prices.prices[i];
		tg_buf_reset(&b);
		if (price->pico == TG_PICO_UNKNOWN ||
		    price->valid_from > p->locale.now ||
		    (price->valid_to != 0 &&
			price->valid_to <= p->locale.now) ||
		    tg_price_name(price, name) == NULL ||
		    tg_sheet_sent(p, name))
			continue;
		(void)(price->unit == TG_UNIT_CALL ?
			tg_pico_print(&b, price->pico) :
			tg_price_print(&b, price->pico));
		(void)json_object_set_new(
		    params, name, json_stringn(b.p, b.n));
	}
	tg_buf_free(&b);
}

int
tg_admin_model_create(struct tg_web *w)
{
	const struct tg_deployment *like;
	struct tg_page *p;
	json_t *body, *answer;

	if (tg_web_catalog(w) != 0)
		return -1;
	p = tg_page_open(w, "model_new", N_("Add a model"));
	body = read_form(p, true);
	if (body == NULL)
		return tg_page_refused(p, show_new);
	set_target(p, body);
	like = like_of(p);
	if (like != NULL && !like->upstream->own)
		copy_prices(
		    p, like, json_object_get(body, "litellm_params"));
	tg_jtree_set_text(body, "price_source", w->who);
	if (tg_page_do(p, tg_web_model_new, body, &answer) != 0)
		return tg_page_refused(p, show_new);
	return tg_page_goto(p, "created", "%s",
	    tg_admin_model_path(p,
		json_string_value(json_object_get(answer, "model_id"))));
}

/* --- changing --- */

static int
show_edit(struct tg_manage *m, struct tg_page *p)
{
	const struct tg_deployment *d = tg_admin_model(p);
	struct tg_deployment_row row;
	json_t *values;

	if (d == NULL || tg_admin_model_row(m, p, &row) != 0)
		return -1;
	values = values_of(d, &row);
	tg_page_set_text(p, "id", d->id);
	tg_page_set_text(p, "model", d->model);
	tg_page_set_true(p, "own", d->upstream->own);
	tg_page_set_true(p, "has_key", row.sealed != NULL);
	draw(p, values, false);
	json_decref(values);
	return 0;
}

int
tg_admin_model_edit(struct tg_web *w)
{
	return tg_page_show_models(
	    w, "model_edit", N_("Change a model"), show_edit);
}

/* Chosen anew only if it is another: else what else was set there stays. */
static void
set_place(struct tg_page *p, const struct tg_deployment *d, json_t *body)
{
	const char *provider = tg_page_field(p, "provider");
	const char *upstream = tg_page_field(p, "upstream_model");
	const char *key = tg_page_field(p, "api_key");
	json_t *params = json_object_get(body, "litellm_params");

	if (provider != NULL &&
	    (strcmp(provider, d->upstream->name) != 0 ||
		(upstream != NULL &&
		    strcmp(upstream, d->upstream_model) != 0)))
		set_target(p, body);
	if (d->upstream->own && key != NULL)
		(void)json_object_set_new(
		    params, "api_key", json_string(key));
}

int
tg_admin_model_save(struct tg_web *w)
{
	const struct tg_deployment *d;
	struct tg_page *p;
	json_t *body, *answer;

	if (tg_web_catalog(w) != 0)
		return -1;
	p = tg_page_open(w, "model_edit", N_("Change a model"));
	d = tg_admin_model(p);
	if (d == NULL) {
		tg_page_close(p);
		return -1;
	}
	body = read_form(p, false);
	if (body == NULL)
		return tg_page_refused(p, show_edit);
	set_place(p, d, body);
	tg_jtree_set_text(
	    json_object_get(body, "model_info"), "id", d->id);
	if (tg_page_do(p, tg_web_model_update, body, &answer) != 0)
		return tg_page_refused(p, show_edit);
	return tg_page_goto(
	    p, "saved", "%s", tg_admin_model_path(p, d->id));
}
