/*
 * Providers and deployments of the database, added to a catalog in the
 * making.  One bad row never stops the gateway: it is left out, and said.
 */
#include "config.h"

#include "gate/catalog_build.h"

#include "base/jtree.h"
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
set_prices(struct tg_deployment *d, const struct tg_deployment_row *row)
{
	for (size_t i = 0; i < row->n_prices; i++) {
		int u = tg_unit_parse(tg_str(row->prices[i].unit));
		if (u < 0)
			continue;
		d->prices.pico[u] = row->prices[i].pico_usd;
		d->prices.row[u] = row->prices[i].id;
	}
}

/* A deployment with an address or secret of its own has its own upstream. */
static int
own_upstream(struct tg_builder *b, struct tg_deployment *d,
    const struct tg_section *s, const struct tg_deployment_row *row,
    struct tg_err *e)
{
	struct tg_upstream *u = tg_builder_upstream(b, row->id);

	if (tg_settings_upstream(b->a, s, u, e) != 0) {
		b->n_ups--;
		return -1;
	}
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
	d->created_by = row->created_by;
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
	set_prices(d, row);
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
