#ifndef TG_STORE_MODELS_H
#define TG_STORE_MODELS_H
/*
 * Deployments kept in the database: a model name that callers use, the
 * provider that serves it and under which name, with prices as rows
 * of their own, which are never changed, only followed or ended.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"

struct tg_db;
struct tg_store;
/* What is 0 or NULL but unit, pico_usd and valid_from is the usual. */
struct tg_price_row {
	int64_t id;
	/* "input" "output" "cache_read" ... as llm/price.h names them */
	const char *unit;
	int64_t pico_usd;	/* TG_PICO_UNKNOWN: none from then on */
	int64_t valid_from, valid_to;	/* wall us; valid_to 0: no end */
	/* the conditions, see struct tg_price */
	int64_t above_tokens;
	const char *tier;
	int utc_from, utc_to;
	const char *source;	/* who said so, as text for people, or NULL */
};
struct tg_deployment_row {
	const char *id;		/* a UUID, or what the creator chose */
	const char *model;	/* name that callers use */
	/* name of a provider (db or ini), or NULL with settings of its own */
	const char *provider;
	const char *upstream_model;
	const char *settings;	/* JSON object of strings, as in [model:NAME] */
	/* JSON object: litellm_params as given, without secrets, or NULL */
	const char *params;
	/* JSON object given by the creator: model_info */
	const char *info;
	const unsigned char *sealed;	/* own api_key, or NULL */
	size_t sealed_bytes;
	bool blocked;
	const char *created_by, *updated_by;
	int64_t created_at, updated_at;
	/* in force at the time of reading, and those to come */
	struct tg_price_row *prices;
	size_t n_prices;
};
/* TG_E_CONFLICT: id exists.  Bumps the version, as do the others. */
int tg_deployment_add(struct tg_store *s, const struct tg_deployment_row *d,
    struct tg_err *e);
/* 1 removed, 0 none.  The row is kept as removed: calls refer to it. */
int tg_deployment_remove(struct tg_store *s, const char *id, struct tg_err *e);
int tg_deployment_list(struct tg_store *s, struct tg_arena *a,
    struct tg_deployment_row **rows, size_t *n, struct tg_err *e);

/* The same and more inside the caller's tg_read() or tg_write(). */
int tg_deployment_insert(struct tg_db *db, const struct tg_deployment_row *d,
    struct tg_err *e);
/* 1 found, 0 not; removed ones are not. */
int tg_deployment_get(struct tg_db *db, struct tg_arena *a, const char *id,
    struct tg_deployment_row *d, struct tg_err *e);
/*
 * Everything but id and created_*; updated_at is set.  The prices given are
 * those that are new: they follow the ones that are there under the same
 * conditions, or end them.
 */
int tg_deployment_change(struct tg_db *db, const struct tg_deployment_row *d,
    struct tg_err *e);
/* A price by its row, whatever became of its deployment: 1 found, 0 not. */
int tg_price_get(struct tg_db *db, struct tg_arena *a, int64_t id,
    struct tg_price_row *price, struct tg_err *e);
/* 1 removed, 0 none. */
int tg_deployment_drop(struct tg_db *db, const char *id, struct tg_err *e);
#endif
