#ifndef TG_GATE_SETTINGS_H
#define TG_GATE_SETTINGS_H
/*
 * The settings of [provider:NAME] and [model:NAME], wherever they come from:
 * one table each, read into the catalog's structs.  The names are those of
 * tollgate.ini(5).
 */
#include "base/arena.h"
#include "base/err.h"
#include "gate/catalog.h"

/* Value of a setting, or NULL. */
const char *tg_settings_get(const struct tg_section *s, const char *key);
/*
 * u->name and u->route (the defaults) are set already; type, address, secret,
 * headers and clocks are read over them.  TG_E_INVALID names section and key.
 * Keys that belong to a model are passed over.
 */
int tg_settings_upstream(struct tg_arena *a, const struct tg_section *s,
    struct tg_upstream *u, struct tg_err *e);
/*
 * d->route holds the upstream's clocks already. Passes over a provider's keys.
 */
int tg_settings_deployment(struct tg_arena *a, const struct tg_section *s,
    struct tg_deployment *d, struct tg_err *e);
/*
 * Is it a setting of a provider (1), of a model (2), of both (3), of none (0)?
 */
int tg_settings_kind(const char *key);
#endif
