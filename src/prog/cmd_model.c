/*
 * `tollgate model`: deployments of models, kept in the database; those of
 * tollgate.ini and of the environment are shown with them.
 */
#include "config.h"

#include "prog/cmd_settings.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/id.h"
#include "base/jtree.h"
#include "base/money.h"
#include "gate/settings.h"
#include "llm/price.h"
#include "prog/call_json.h"
#include "store/calls.h"
#include "store/models.h"

static const struct tg_column columns[] = {
	{ "MODEL", "model_name", TG_CELL_TEXT, 0 },
	{ "PROVIDER", "provider", TG_CELL_TEXT, 0 },
	{ "UPSTREAM MODEL", "upstream_model", TG_CELL_TEXT, 0 },
	{ "INPUT $/M", "price_input", TG_CELL_NUMBER, 0 },
	{ "OUTPUT $/M", "price_output", TG_CELL_NUMBER, 0 },
	{ "FROM", "from", TG_CELL_TEXT, 0 },
	{ "ID", "id", TG_CELL_TEXT, 0 },
	{ NULL, NULL, 0, 0 },
};

static const struct tg_column test_columns[] = {
	{ "status", "status", TG_CELL_NUMBER, 0 },
	{ "provider", "provider", TG_CELL_TEXT, 0 },
	{ "deployment", "deployment", TG_CELL_TEXT, 0 },
	{ "first content", "first_content_ms", TG_CELL_MS, 0 },
	{ "total", "total_ms", TG_CELL_MS, 0 },
	{ "input tokens", "input_tokens", TG_CELL_NUMBER, 0 },
	{ "output tokens", "output_tokens", TG_CELL_NUMBER, 0 },
	{ "call", "call", TG_CELL_TEXT, 0 },
	{ "text", "text", TG_CELL_TEXT, 0 },
	{ "error", "error", TG_CELL_TEXT, 0 },
	{ NULL, NULL, 0, 0 },
};

/* A deployment before it is a row. */
struct draft {
	struct tg_cmd *c;
	json_t *settings;
	struct tg_deployment_row row;
	struct tg_price_list prices;
	char id[TG_UUID_BYTES];
};

static int read_options(struct draft *d);
static int check_provider(struct draft *d);
static int check_settings(struct draft *d);
static void take_prices(struct draft *d);
static json_t *deployment_json(const struct tg_deployment *d);
static void set_price(json_t *j, const char *name, int64_t pico);
static int remove_named(struct tg_cmd *c, const char *name, json_t *removed);
static json_t *test_json(struct tg_cmd *c, const struct tg_cmd_reply *reply,
    int64_t total_us);
static void test_times(struct tg_cmd *c, json_t *j, const char *id);
static json_t *answer_text(struct tg_str body, const char **error,
    struct tg_arena *a);
static json_t *stream_text(struct tg_str body);

int
tg_cmd_model_add(struct tg_cmd *c)
{
	const char *wrong = tg_cmd_model_name_check(c->args[0]);
	struct draft d = { .c = c };
	char *text;
	int rc = -1;

	if (wrong != NULL)
		return tg_cmd_usage(c, "%s", wrong);
	d.settings = json_object();
	if (tg_cmd_app(c) == 0 && read_options(&d) == 0 &&
	    check_provider(&d) == 0 && check_settings(&d) == 0) {
		take_prices(&d);
		text = tg_jtree_print(d.settings);
		d.row.settings = text;
		rc = text == NULL ?
		    -1 :
		    tg_deployment_add(tg_cmd_store(c), &d.row, &c->err);
		free(text);
	}
	json_decref(d.settings);
	if (rc == -1)
		return TG_EXIT_FAILED;
	return tg_cmd_said(c,
	    json_pack("{s:s, s:s, s:s, s:s}", "model_name", d.row.model, "id",
		d.row.id, "provider", d.row.provider, "upstream_model",
		d.row.upstream_model),
	    "model %s is there (id %s); `tollgate model test %s' tries it",
	    d.row.model, d.row.id, d.row.model);
}

int
tg_cmd_model_list(struct tg_cmd *c)
{
	struct tg_catalog *catalog;
	json_t *rows;
	size_t i;

	if (tg_cmd_app(c) == -1 ||
	    tg_gate_catalog(tg_app_gate(c->app), &catalog, &c->err) == -1)
		return TG_EXIT_FAILED;
	rows = json_array();
	for (i = 0; i < catalog->n_deployments; i++)
		json_array_append_new(rows,
		    deployment_json(&catalog->deployments[i]));
	tg_catalog_release(catalog);
	return tg_cmd_rows(c, rows, columns);
}

int
tg_cmd_model_remove(struct tg_cmd *c)
{
	json_t *answer, *removed = json_array();
	struct tg_err first = { 0 };
	const char *id = c->args[0];

	if (tg_cmd_call(c, "POST", "/model/delete",
		json_pack("{s:s}", "id", id), &answer) == 0) {
		json_decref(answer);
		json_array_append_new(removed, json_string(id));
	} else {
		first = c->err;
		tg_err_reset(&c->err);
		if (c->app == NULL || remove_named(c, id, removed) == -1) {
			json_decref(removed);
			if (c->err.code == TG_OK)
				c->err = first;
			return TG_EXIT_FAILED;
		}
	}
	return tg_cmd_said(c, json_pack("{s:o}", "removed", removed),
	    "removed %s", id);
}

int
tg_cmd_model_test(struct tg_cmd *c)
{
	const char *prompt = tg_cmd_option(c, "--prompt");
	struct tg_cmd_reply reply;
	int64_t begin = tg_mono_us();
	json_t *body, *j;
	char *text;
	int rc;

	body = json_pack("{s:s, s:[{s:s, s:s}], s:b}", "model", c->args[0],
	    "messages", "role", "user", "content",
	    prompt != NULL ? prompt : "Say hello in three words.", "stream",
	    tg_cmd_flag(c, "--stream"));
	if (body == NULL)
		return tg_cmd_fail(c, "name and prompt must be UTF-8");
	text = tg_jtree_print(body);
	json_decref(body);
	rc = tg_cmd_call_raw(c, "POST", "/v1/chat/completions", tg_str(text),
	    &reply);
	free(text);
	if (rc == -1)
		return TG_EXIT_FAILED;
	j = test_json(c, &reply, tg_mono_us() - begin);
	rc = reply.status == 200 && json_is_null(json_object_get(j, "error")) ?
	    TG_EXIT_GOOD :
	    TG_EXIT_FAILED;
	(void)tg_cmd_pairs(c, j, test_columns);
	return rc;
}

static int
read_options(struct draft *d)
{
	struct tg_cmd *c = d->c;
	const char *value;

	if (tg_cmd_settings_given(c, d->settings, TG_SECTION_MODEL) == -1)
		return -1;
	d->row.model = c->args[0];
	d->row.id = tg_cmd_option(c, "--id");
	if (d->row.id == NULL)
		d->row.id = tg_uuid7(d->id);
	value =
	    json_string_value(json_object_get(d->settings, "upstream_model"));
	d->row.upstream_model = value != NULL ?
	    tg_arena_cstr(c->arena, tg_str(value)) :
	    d->row.model;
	json_object_del(d->settings, "upstream_model");
	d->row.info = "{}";
	d->row.created_by = "command";
	d->row.created_at = d->row.updated_at = tg_wall_us();
	return 0;
}

static int
check_provider(struct draft *d)
{
	struct tg_cmd *c = d->c;
	const char *name = tg_cmd_option(c, "--provider");
	const char *in_settings;
	struct tg_catalog *catalog;
	bool there;

	in_settings =
	    json_string_value(json_object_get(d->settings, "provider"));
	if (name == NULL && in_settings != NULL)
		name = tg_arena_cstr(c->arena, tg_str(in_settings));
	json_object_del(d->settings, "provider");
	if (name == NULL)
		return tg_fail(&c->err, TG_E_MISSING,
		    "--provider is missing: "
		    "`tollgate provider list' shows who can serve a model");
	if (tg_gate_catalog(tg_app_gate(c->app), &catalog, &c->err) == -1)
		return -1;
	there = tg_catalog_upstream(catalog, name) != NULL;
	tg_catalog_release(catalog);
	if (!there)
		return tg_fail(&c->err, TG_E_NOT_FOUND,
		    "no provider %s; "
		    "`tollgate provider add %s' makes it",
		    name, name);
	d->row.provider = name;
	return 0;
}

/* The gateway's own reader. */
static int
check_settings(struct draft *d)
{
	struct tg_deployment out = { .model = d->row.model,
		.upstream_model = d->row.upstream_model,
		.mode = "chat" };
	struct tg_section section = { .name = d->row.model };
	struct tg_setting *list;
	const char *name;
	json_t *value;

	tg_echo_defaults(&out.echo);
	list = tg_arena_zero(d->c->arena,
	    (json_object_size(d->settings) + 1) * sizeof(*list));
	json_object_foreach(d->settings, name, value)
		list[section.n++] =
		    (struct tg_setting){ name, json_string_value(value) };
	section.settings = list;
	if (tg_settings_deployment(
		d->c->arena, &section, &out, &d->c->err) == -1)
		return -1;
	d->prices = out.prices;
	return 0;
}

/* Prices are rows of their own, that can be followed by others. */
static void
take_prices(struct draft *d)
{
	struct tg_price_row *rows;
	const char *name;
	json_t *value;
	void *next;
	size_t i;

	rows = tg_arena_zero(
	    d->c->arena, (d->prices.n + 1) * sizeof(*rows));
	for (i = 0; i < d->prices.n; i++) {
		const struct tg_price *p = &d->prices.prices[i];

		rows[i] = (struct tg_price_row){
			.unit = tg_unit_name(p->unit),
			.pico_usd = p->pico,
			.valid_from = d->row.created_at,
			.above_tokens = p->above_tokens,
			.tier = p->tier,
			.utc_from = p->utc_from,
			.utc_to = p->utc_to,
		};
	}
	d->row.prices = rows;
	d->row.n_prices = d->prices.n;
	json_object_foreach_safe(d->settings, next, name, value)
	{
		if (tg_settings_is_price(name))
			(void)json_object_del(d->settings, name);
	}
}

static json_t *
deployment_json(const struct tg_deployment *d)
{
	json_t *j = json_object();
	struct tg_prices now;

	tg_prices_at(&d->prices, tg_wall_us(), 0, "", &now);
	json_object_set_new(j, "id", tg_cmd_json_text(d->id));
	json_object_set_new(j, "model_name", tg_cmd_json_text(d->model));
	json_object_set_new(j, "provider", tg_cmd_json_text(d->upstream->name));
	json_object_set_new(j, "upstream_model",
	    tg_cmd_json_text(d->upstream_model));
	json_object_set_new(j, "mode", tg_cmd_json_text(d->mode));
	json_object_set_new(j, "weight", json_integer(d->weight));
	json_object_set_new(j, "order", json_integer(d->order));
	set_price(j, "price_input", now.pico[TG_UNIT_INPUT]);
	set_price(j, "price_output", now.pico[TG_UNIT_OUTPUT]);
	json_object_set_new(j, "from",
	    json_string(!d->fixed                  ? "database" :
		    strncmp(d->id, "ini:", 4) == 0 ? "file" :
		    strncmp(d->id, "env:", 4) == 0 ? "environment" :
						     "built in"));
	return j;
}

static void
set_price(json_t *j, const char *name, int64_t pico)
{
	struct tg_buf b;

	tg_buf_init(&b, 64);
	if (pico != TG_PICO_UNKNOWN && tg_price_print(&b, pico) == 0)
		json_object_set_new(j, name, json_real(strtod(b.p, NULL)));
	else
		json_object_set_new(j, name, json_null());
	tg_buf_free(&b);
}

/* All deployments of that name that are in the database. */
static int
remove_named(struct tg_cmd *c, const char *name, json_t *removed)
{
	struct tg_deployment_row *rows;
	size_t n, i;

	if (tg_deployment_list(tg_cmd_store(c), c->arena, &rows, &n, &c->err) ==
	    -1)
		return -1;
	for (i = 0; i < n; i++) {
		if (strcmp(rows[i].model, name) != 0)
			continue;
		if (tg_deployment_remove(tg_cmd_store(c), rows[i].id,
			&c->err) == -1)
			return -1;
		json_array_append_new(removed, json_string(rows[i].id));
	}
	return json_array_size(removed) > 0 ? 0 : -1;
}

static json_t *
test_json(struct tg_cmd *c, const struct tg_cmd_reply *reply, int64_t total_us)
{
	bool stream = tg_cmd_flag(c, "--stream") && reply->status == 200;
	const char *error = NULL;
	struct tg_str rest = reply->head, line;
	json_t *j = json_object();
	char *id = NULL;

	while (tg_str_cut(&rest, '\n', &line))
		if (tg_str_ifind(line, "x-tollgate-call:") == 0)
			id = tg_arena_cstr(c->arena,
			    tg_str_trim((struct tg_str){ line.p + 16,
				line.n - 16 }));
	json_object_set_new(j, "model", tg_cmd_json_text(c->args[0]));
	json_object_set_new(j, "status", json_integer(reply->status));
	json_object_set_new(j, "total_ms",
	    json_real((double)(total_us / 100) / 10));
	json_object_set_new(j, "call", tg_cmd_json_text(id));
	json_object_set_new(j, "text",
	    stream ? stream_text(reply->body) :
		     answer_text(reply->body, &error, c->arena));
	if (stream && tg_str_find(reply->body, TG_STR("data: [DONE]")) == -1)
		error = "the stream ended without [DONE]";
	json_object_set_new(j, "error", tg_cmd_json_text(error));
	if (id != NULL)
		test_times(c, j, id);
	return j;
}

/* What only the books know. */
static void
test_times(struct tg_cmd *c, json_t *j, const char *id)
{
	struct tg_call_row *rows, *last;
	struct tg_err ignored = { 0 };
	size_t n;

	if (tg_call_find(tg_cmd_store(c), c->arena, id, &rows, &n, &ignored) ==
		-1 ||
	    n == 0)
		return;
	last = &rows[n - 1];
	json_object_set_new(j, "provider", tg_cmd_json_text(last->provider));
	json_object_set_new(j, "deployment",
	    tg_cmd_json_text(last->deployment));
	if (last->first_content_us >= 0)
		json_object_set_new(j, "first_content_ms",
		    json_real((double)(last->first_content_us / 100) / 10));
	json_object_set_new(j, "input_tokens", tg_call_input_json(last));
	json_object_set_new(j, "output_tokens", tg_call_output_json(last));
}

static json_t *
answer_text(struct tg_str body, const char **error, struct tg_arena *a)
{
	struct tg_err e = { 0 };
	json_t *j = tg_jtree_parse(body, &e), *text;
	const char *message =
	    json_string_value(json_object_get(json_object_get(j, "error"),
		"message"));

	if (message != NULL)
		*error = tg_arena_cstr(a, tg_str(message));
	text = json_incref(json_object_get(
	    json_object_get(json_array_get(json_object_get(j, "choices"), 0),
		"message"),
	    "content"));
	json_decref(j);
	return text != NULL ? text : json_null();
}

static json_t *
stream_text(struct tg_str body)
{
	struct tg_err e = { 0 };
	struct tg_str line;
	struct tg_buf text;
	const char *piece;
	json_t *j;

	tg_buf_init(&text, 1024 * 1024);
	while (tg_str_cut(&body, '\n', &line)) {
		if (!tg_str_starts(line, "data: {"))
			continue;
		j = tg_jtree_parse((struct tg_str){ line.p + 6, line.n - 6 },
		    &e);
		piece = json_string_value(json_object_get(
		    json_object_get(json_array_get(json_object_get(j,
						       "choices"),
					0),
			"delta"),
		    "content"));
		if (piece != NULL)
			(void)tg_buf_addc(&text, piece);
		json_decref(j);
	}
	j = json_stringn(text.p != NULL ? text.p : "", text.n);
	tg_buf_free(&text);
	return j != NULL ? j : json_null();
}
