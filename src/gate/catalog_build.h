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
	struct tg_store *store;	/* or NULL */
	struct tg_arena *a;	/* becomes the catalog's */
	struct tg_upstream **ups;
	size_t n_ups, cap_ups;
	struct tg_deployment *deps;
	size_t n_deps, cap_deps;
	struct tg_group_model *groups;
	size_t n_groups, cap_groups;
	enum tg_log_mode log;
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
/*
 * What the credential that params (litellm_params) names lends to a section:
 * its address, if there is none, and *key, empty if there is none; the
 * caller's.
 */
int tg_builder_credential(struct tg_builder *b, const char *params,
    struct tg_section *s, struct tg_secret *key, struct tg_err *e);
/* Rows that do not read are left out with a warning. */
int tg_builder_db_providers(
    struct tg_builder *b, struct tg_store *store, struct tg_err *e);
int tg_builder_db_models(
    struct tg_builder *b, struct tg_store *store, struct tg_err *e);
/*
 * Access groups: those of the database, and those that deployments name in
 * their model_info; after all deployments are there.
 */
int tg_builder_groups(
    struct tg_builder *b, struct tg_store *store, struct tg_err *e);
/*
 * Settings that the API or a page made: discounts, margins, what is kept of
 * calls; after all deployments are there.
 */
int tg_builder_adjust(
    struct tg_builder *b, struct tg_store *store, struct tg_err *e);
#endif
