#ifndef TG_STORE_SETUP_H
#define TG_STORE_SETUP_H
/*
 * Settings that the API makes: JSON values by name; named upstream secrets;
 * access groups of models.  Functions run inside the caller's tg_read() or
 * tg_write(); those that write bump the catalog's version.
 */
#include "base/arena.h"
#include "base/err.h"
#include "store/db.h"

/* 1 found, 0 not. */
int tg_config_get(struct tg_db *db, struct tg_arena *a, const char *name,
    const char **value, struct tg_err *e);
/* value NULL removes. */
int tg_config_set(struct tg_db *db, const char *name, const char *value,
    const char *by, struct tg_err *e);

struct tg_credential {
	const char *name;
	const char *info;	/* JSON object */
	/* JSON object: the values as they may be seen */
	const char *masked;
	const unsigned char *sealed;	/* JSON object of the values */
	size_t sealed_bytes;
	const char *created_by, *updated_by;
	int64_t created_at, updated_at;
};
int tg_credential_find(struct tg_db *db, struct tg_arena *a, const char *name,
    struct tg_credential *c, struct tg_err *e);
int tg_credential_save(struct tg_db *db, struct tg_credential *c,
    struct tg_err *e);
/* 1 removed, 0 none; so for access groups. */
int tg_credential_remove(struct tg_db *db, const char *name, struct tg_err *e);
int tg_credential_list(struct tg_db *db, struct tg_arena *a,
    struct tg_credential **rows, size_t *n, struct tg_err *e);

struct tg_access_group {
	const char *name;
	const char *models;	/* JSON array of model names */
	const char *created_by, *updated_by;
	int64_t created_at, updated_at;
};
int tg_access_group_find(struct tg_db *db, struct tg_arena *a, const char *name,
    struct tg_access_group *g, struct tg_err *e);
int tg_access_group_save(struct tg_db *db, struct tg_access_group *g,
    struct tg_err *e);
int tg_access_group_remove(struct tg_db *db, const char *name,
    struct tg_err *e);
int tg_access_group_list(struct tg_db *db, struct tg_arena *a,
    struct tg_access_group **rows, size_t *n, struct tg_err *e);
#endif
