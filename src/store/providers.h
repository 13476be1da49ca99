#ifndef TG_STORE_PROVIDERS_H
#define TG_STORE_PROVIDERS_H
/*
 * Providers kept in the database: where they are and their sealed secret.
 * Settings that only some have stand in one JSON object, with the names of the
 * [provider:NAME] section of tollgate.ini.
 */
#include "base/arena.h"
#include "base/err.h"
#include "base/seal.h"

struct tg_store;
struct tg_provider_row {
	int64_t id;
	const char *name;
	/* JSON object of strings: type, base_url, header.X ... */
	const char *settings;
	const unsigned char *sealed;	/* api_key, or NULL */
	size_t sealed_bytes;
	int64_t created_at, updated_at;
};
/* Adds or replaces (by name). */
int tg_provider_put(struct tg_store *s, const struct tg_provider_row *p,
    struct tg_err *e);
/* 1 removed, 0 none; TG_E_CONFLICT while deployments use it. */
int tg_provider_remove(struct tg_store *s, const char *name, struct tg_err *e);
int tg_provider_list(struct tg_store *s, struct tg_arena *a,
    struct tg_provider_row **rows, size_t *n, struct tg_err *e);

/* The same inside the caller's tg_read() or tg_write(). */
struct tg_db;
int tg_provider_save(struct tg_db *db, const struct tg_provider_row *p,
    struct tg_err *e);
int tg_provider_drop(struct tg_db *db, const char *name, struct tg_err *e);
/* 1 found, 0 not. */
int tg_provider_get(struct tg_db *db, struct tg_arena *a, const char *name,
    struct tg_provider_row *p, struct tg_err *e);
#endif
