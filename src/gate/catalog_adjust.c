/*
 * What goes off each provider's bills, and on top of them: as its section says,
 * else as the settings made by the API do (LiteLLM's cost_discount_config and
 * cost_margin_config: {"openai": 0.05, "global": 0.1}).
 */
#include "config.h"

#include "base/json.h"
#include "base/log.h"
#include "gate/catalog_build.h"
#include "gate/settings.h"
#include "store/db.h"
#include "store/keeping.h"
#include "store/setup.h"

#define DEPTH 4

struct asked {
	struct tg_arena *a;
	const char *discount, *margin;	/* JSON, or NULL */
	struct tg_keeping keeping;
};

static int read_configs(struct tg_db *db, void *arg, struct tg_err *e);
static int64_t share_of(const char *config, const char *json,
    const struct tg_upstream *u, int64_t most);
static bool read_share(struct tg_str value, int64_t most, int64_t *ppm);

int
tg_builder_adjust(
    struct tg_builder *b, struct tg_store *store, struct tg_err *e)
{
	struct asked asked = { .a = b->a };

	if (store != NULL &&
	    tg_read(store, TG_DB_MAIN, read_configs, &asked, e) != 0)
		return -1;
	b->log = asked.keeping.log;
	for (size_t i = 0; i < b->n_ups; i++) {
		struct tg_upstream *u = b->ups[i];
		if (u->discount_ppm < 0)
			u->discount_ppm = share_of("cost_discount_config",
			    asked.discount, u, TG_MOST_DISCOUNT);
		if (u->margin_ppm < 0)
			u->margin_ppm = share_of("cost_margin_config",
			    asked.margin, u, TG_MOST_MARGIN);
	}
	for (size_t i = 0; i < b->n_deps; i++) {
		struct tg_deployment *d = &b->deps[i];
		d->prices.discount_ppm = d->upstream->discount_ppm;
		d->prices.margin_ppm = d->upstream->margin_ppm;
	}
	return 0;
}

static int
read_configs(struct tg_db *db, void *arg, struct tg_err *e)
{
	struct asked *asked = arg;

	asked->discount = asked->margin = NULL;
	if (tg_keeping_get(db, &asked->keeping, e) != 0)
		return -1;
	if (tg_config_get(db, asked->a, "cost_discount_config",
		&asked->discount, e) == -1)
		return -1;
	return tg_config_get(db, asked->a, "cost_margin_config",
		   &asked->margin, e) == -1 ?
	    -1 :
	    0;
}

/* By the provider's name, its type, or for all. */
static int64_t
share_of(const char *config, const char *json, const struct tg_upstream *u,
    int64_t most)
{
	const char *const names[] = { u->name, u->type, "global" };
	struct tg_str value;
	int64_t ppm;

	if (json == NULL ||
	    tg_json_check(tg_str(json), DEPTH, NULL) != TG_JSON_GOOD)
		return 0;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (!tg_json_get(tg_str(json), names[i], &value))
			continue;
		if (read_share(value, most, &ppm))
			return ppm;
		tg_warnx("not a share of the cost setting=%s name=%s", config,
		    names[i]);
	}
	return 0;
}

/* 0.05, or {"percentage": 0.05}. */
static bool
read_share(struct tg_str value, int64_t most, int64_t *ppm)
{
	if (tg_json_type(value) == TG_JSON_OBJECT &&
	    !tg_json_get(value, "percentage", &value))
		return false;
	return tg_json_type(value) == TG_JSON_NUMBER &&
	    tg_price_parse(value, ppm) == 0 && *ppm <= most;
}
