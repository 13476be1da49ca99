#ifndef TG_GATE_CATALOG_BUILD_H
#define TG_GATE_CATALOG_BUILD_H
/*
 * A catalog while it is being made, shared by its sources: catalog_build.c
 * (ini file, environment, what is built in) and catalog_db.c.
 */
#include "gate/catalog.h"

struct tg_builder {
	const struct tg_catalog_conf *conf;
	const struct tg_seal *seal;
	struct tg_arena *a;	/* becomes the catalog's */
	struct tg_upstream **ups;
	size_t n_ups, cap_ups;
	struct tg_deployment *deps;
	size_t n_deps, cap_deps;
};

struct tg_upstream *tg_builder_upstream(
    struct tg_builder *b, const char *name);
struct tg_deployment *tg_builder_deployment(
    struct tg_builder *b, const char *model);
struct tg_upstream *tg_builder_find(
    const struct tg_builder *b, const char *name);
/* d is served by the provider of that name; TG_E_INVALID if there is none. */
int tg_builder_bind(struct tg_builder *b, struct tg_deployment *d,
    const char *name, struct tg_err *e);
/* Rows that do not read are left out with a warning. */
int tg_builder_db_providers(
    struct tg_builder *b, struct tg_store *store, struct tg_err *e);
int tg_builder_db_models(
    struct tg_builder *b, struct tg_store *store, struct tg_err *e);
#endif
