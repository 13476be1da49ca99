#ifndef TG_STORE_MODELS_H
#define TG_STORE_MODELS_H
/*
 * Deployments kept in the database: a model name that callers use, the
 * provider that serves it and under which name, with prices as rows
 * of their own (unit, pico USD, valid from), which are never changed, only
 * followed.
 */
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"

struct tg_store;
struct tg_price_row {
	int64_t id;
	/* "input" "output" "cache_read" ... as llm/price.h names them */
	const char *unit;
	int64_t pico_usd;
	int64_t valid_from;	/* wall us */
};
struct tg_deployment_row {
	const char *id;		/* a UUID, or what the creator chose */
	const char *model;	/* name that callers use */
	/* name of a provider (db or ini), or NULL with settings of its own */
	const char *provider;
	const char *upstream_model;
	const char *settings;	/* JSON object of strings, as in [model:NAME] */
	/* JSON object given by the creator: model_info */
	const char *info;
	const unsigned char *sealed;	/* own api_key, or NULL */
	size_t sealed_bytes;
	const char *created_by;
	int64_t created_at, updated_at;
	struct tg_price_row *prices;	/* in force at the time of reading */
	size_t n_prices;
};
/* TG_E_CONFLICT: id exists.  Bumps the version, as do the others. */
int tg_deployment_add(struct tg_store *s, const struct tg_deployment_row *d,
    struct tg_err *e);
/* 1 removed, 0 none.  The row is kept as removed: calls refer to it. */
int tg_deployment_remove(struct tg_store *s, const char *id, struct tg_err *e);
int tg_deployment_list(struct tg_store *s, struct tg_arena *a,
    struct tg_deployment_row **rows, size_t *n, struct tg_err *e);
#endif
