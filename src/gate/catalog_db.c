/*
 * Providers and deployments of the database, added to a catalog in the
 * making.  One bad row never stops the gateway: it is left out, and said.
 */
#include "config.h"

#include "gate/catalog_build.h"

#include "base/json.h"
#include "base/jtree.h"
#include "base/limits.h"
#include "base/log.h"
#include "gate/settings.h"
#include "store/models.h"
#include "store/providers.h"

static struct tg_section
section_of_json(struct tg_arena *a, const char *name, const char *json)
{
	struct tg_section s = { .name = name };
	struct tg_setting *list;
	struct tg_err ignored = { 0 };
	json_t *o = json != NULL ? tg_jtree_parse(tg_str(json), &ignored) :
				   NULL;
	const char *key;
	json_t *value;

	list = tg_arena_zero(a, (json_object_size(o) + 1) * sizeof(*list));
	json_object_foreach(o, key, value) {
		if (!json_is_string(value))
			continue;
		list[s.n].key = tg_arena_cstr(a, tg_str(key));
		list[s.n++].value =
		    tg_arena_cstr(a, tg_str(json_string_value(value)));
	}
	json_decref(o);
	s.settings = list;
	return s;
}

static int
db_provider(struct tg_builder *b, const struct tg_provider_row *row,
    struct tg_err *e)
{
	struct tg_section s = section_of_json(b->a, row->name, row->settings);
	struct tg_upstream *u = tg_builder_upstream(b, s.name);

	if (tg_settings_upstream(b->a, &s, u, e) != 0 ||
	    (row->sealed != NULL &&
		tg_seal_unlock(
		    b->seal, row->sealed, row->sealed_bytes, &u->key) != 0)) {
		b->n_ups--;
		return tg_fail(e, TG_E_STORE,
		    "its secret cannot be opened with this key file");
	}
	return 0;
}

int
tg_builder_db_providers(
    struct tg_builder *b, struct tg_store *store, struct tg_err *e)
{
	struct tg_provider_row *rows;
	size_t n;

	if (tg_provider_list(store, b->a, &rows, &n, e) != 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		struct tg_err why = { 0 };
		if (tg_builder_find(b, rows[i].name) != NULL)
			continue;
		if (db_provider(b, &rows[i], &why) != 0)
			tg_warnx("provider left out name=%s why=\"%s\"",
			    rows[i].name, why.msg);
	}
	return 0;
}

static void
set_prices(struct tg_arena *a, struct tg_deployment *d,
    const struct tg_deployment_row *row)
{
	for (size_t i = 0; i < row->n_prices; i++) {
		const struct tg_price_row *r = &row->prices[i];
		int unit = tg_unit_parse(tg_str(r->unit));
		struct tg_price p = {
			.unit = (enum tg_unit)unit,
			.pico = r->pico_usd,
			.row = r->id,
			.valid_from = r->valid_from,
			.valid_to = r->valid_to,
			.above_tokens = r->above_tokens,
			.utc_from = r->utc_from,
			.utc_to = r->utc_to,
		};
		if (unit < 0 || strlen(r->tier) >= sizeof(p.tier))
			continue;
		memcpy(p.tier, r->tier, strlen(r->tier));
		tg_prices_append(a, &d->prices, &p);
	}
}

/* LiteLLM's model_info tells the model's window. */
static void
set_window(struct tg_deployment *d, const char *info)
{
	static const char *const longest[] = { "max_output_tokens",
		"max_tokens" };
	struct tg_str json = tg_str(info), value;

	if (tg_json_check(json, TG_MAX_JSON_DEPTH, NULL) != TG_JSON_GOOD)
		return;
	if (d->max_input_tokens == 0 &&
	    tg_json_get(json, "max_input_tokens", &value))
		(void)tg_json_i64(value, &d->max_input_tokens);
	for (size_t i = 0; i < 2 && d->max_output_tokens == 0; i++)
		if (tg_json_get(json, longest[i], &value))
			(void)tg_json_i64(value, &d->max_output_tokens);
	if (d->max_input_tokens < 0)
		d->max_input_tokens = 0;
	if (d->max_output_tokens < 0)
		d->max_output_tokens = 0;
}

/* A member that is text; NULL: it is not. */
static const char *
text_in(struct tg_arena *a, const char *json, const char *name)
{
	struct tg_str value, text;

	if (json == NULL ||
	    tg_json_check(tg_str(json), TG_MAX_JSON_DEPTH, NULL) !=
		TG_JSON_GOOD ||
	    !tg_json_get(tg_str(json), name, &value) ||
	    tg_json_type(value) != TG_JSON_STRING ||
	    tg_json_text(a, value, &text) != 0 || text.n == 0)
		return NULL;
	return text.p;
}

/* A deployment with an address or secret of its own has its own upstream. */
static int
own_upstream(struct tg_builder *b, struct tg_deployment *d,
    const struct tg_section *s, const struct tg_deployment_row *row,
    struct tg_err *e)
{
	struct tg_section own = *s;
	struct tg_upstream *u;
	struct tg_secret lent;

	if (tg_builder_credential(b, row->params, &own, &lent, e) != 0)
		return -1;
	u = tg_builder_upstream(b, row->id);
	if (tg_settings_upstream(b->a, &own, u, e) != 0) {
		b->n_ups--;
		tg_secret_free(&lent);
		return -1;
	}
	if (row->sealed == NULL)
		u->key = lent;
	else
		tg_secret_free(&lent);
	if (row->sealed != NULL &&
	    tg_seal_unlock(b->seal, row->sealed, row->sealed_bytes, &u->key) !=
		0) {
		b->n_ups--;
		return tg_fail(e, TG_E_STORE,
		    "its secret cannot be opened with this key file");
	}
	u->name = u->type;
	u->own = true;
	d->upstream = u;
	d->route = u->route;
	return 0;
}

static int
db_model(struct tg_builder *b, const struct tg_deployment_row *row,
    struct tg_err *e)
{
	struct tg_section s = section_of_json(b->a, row->model, row->settings);
	struct tg_deployment *d = tg_builder_deployment(b,
	    tg_arena_cstr(b->a, tg_str(row->model)));
	int rc;

	d->id = row->id;
	d->info = row->info;
	d->params = row->params;
	d->blocked = row->blocked;
	d->team = text_in(b->a, row->info, "team_id");
	d->region = text_in(b->a, row->params, "region_name");
	d->created_by = row->created_by;
	d->updated_by = row->updated_by;
	d->created_at = row->created_at;
	d->updated_at = row->updated_at;
	if (row->provider != NULL)
		rc = tg_builder_bind(b, d, row->provider, e);
	else
		rc = own_upstream(b, d, &s, row, e);
	if (rc == 0)
		rc = tg_settings_deployment(b->a, &s, d, e);
	if (rc != 0) {
		b->n_deps--;
		return -1;
	}
	if (row->upstream_model != NULL)
		d->upstream_model = row->upstream_model;
	set_prices(b->a, d, row);
	set_window(d, row->info);
	return 0;
}

int
tg_builder_db_models(
    struct tg_builder *b, struct tg_store *store, struct tg_err *e)
{
	struct tg_deployment_row *rows;
	size_t n;

	if (tg_deployment_list(store, b->a, &rows, &n, e) != 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		struct tg_err why = { 0 };
		if (db_model(b, &rows[i], &why) != 0)
			tg_warnx("deployment left out id=%s model=%s "
				 "why=\"%s\"",
			    rows[i].id, rows[i].model, why.msg);
	}
	return 0;
}
