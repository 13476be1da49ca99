#ifndef TG_GATE_RIGHTS_H
#define TG_GATE_RIGHTS_H
/*
 * What a key may do: which routes, which models (litellm-compat.md 1.4, 2.0,
 * 3.2).  Money and limits are the admission's.
 */
#include <stdbool.h>

#include "base/err.h"
#include "base/str.h"
#include "gate/catalog.h"
#include "store/who.h"

/*
 * The key's allowed_routes (or what its key_type stands for) and a plain path,
 * "/key/info", without /v1.  -1: TG_E_ROUTE_DENIED.
 */
int tg_rights_route(const struct tg_who *who, struct tg_str path,
    struct tg_err *e);
/*
 * By the key's models, then the team's, the project's, the organization's,
 * the person's (for keys without a team) and the member's: each a list of
 * names, globs and access groups; empty lists hold nobody back.  What a team
 * has of its own its list need not name.
 */
bool tg_rights_model(const struct tg_who *who, const struct tg_catalog *c,
    struct tg_str model);
struct tg_rights_ask {
	struct tg_str model;
	const char *param;	/* the member that names it */
	bool old_words;		/* LiteLLM 1.83's */
};
/* The same, with the reason: TG_E_MODEL_DENIED and its like. */
int tg_rights_use(const struct tg_who *who, const struct tg_catalog *c,
    const struct tg_rights_ask *ask, struct tg_err *e);
/*
 * What a name stands for by the key's aliases, else the team's; the name
 * itself where there is none.  In the arena.
 */
struct tg_str tg_rights_alias(const struct tg_who *who, struct tg_arena *a,
    struct tg_str model);
#endif
