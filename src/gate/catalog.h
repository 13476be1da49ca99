#ifndef TG_GATE_CATALOG_H
#define TG_GATE_CATALOG_H
/*
 * What can be called: providers and deployments from tollgate.ini, the
 * environment and the database, built into one snapshot that never changes.
 * A request holds the snapshot it began with; when the store's version
 * moves, the next request builds a new one.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/seal.h"
#include "llm/echo.h"
#include "llm/known.h"
#include "llm/price.h"
#include "net/fetch.h"
#include "store/keys.h"

struct tg_store;

/*
 * One [provider:NAME] or [model:NAME] section; values resolved (env:, file:).
 */
struct tg_setting {
	const char *key, *value;
};
struct tg_section {
	const char *name;	/* after the colon, as spelt in the file */
	const struct tg_setting *settings;
	size_t n;
};
struct tg_catalog_conf {
	const struct tg_section *providers, *models;
	size_t n_providers, n_models;
	struct tg_fetch_route route;	/* defaults of [upstream] */
	bool use_environment;		/* OPENAI_API_KEY and its like */
};

/* A place to call: provider with its secret and how to get there. */
struct tg_upstream {
	const char *name;
	const char *type;		/* known name or "openai" */
	enum tg_family family;
	const char *base_url;
	bool add_v1;			/* to a base_url without a path */
	struct tg_fetch_route route;
	struct tg_secret key;		/* may be empty */
	const char *auth_header;	/* "Authorization: Bearer " */
	/* "Name: value" lines, NULL-terminated */
	const char *const *headers;
	bool fixed;			/* from the ini file or environment */
	/* what it promises, as written: max_budget, rpm ... */
	struct tg_section promises;
	const char *lost;		/* policy's name, or NULL */
	bool charge_errors;		/* it charges for what it refuses */
	/* of all its bills, in millionths; -1: not said */
	int64_t discount_ppm, margin_ppm;
	bool closed;			/* only what deployments name */
	bool own;			/* of one deployment alone */
};

struct tg_deployment {
	const char *id;			/* UUID, or "ini:NAME#2", "env:NAME" */
	const char *model;		/* what callers ask for; may hold '*' */
	const char *upstream_model;	/* '*' stands for what matched */
	const struct tg_upstream *upstream;
	/* clocks of its own over the upstream's */
	struct tg_fetch_route route;
	struct tg_price_list prices;
	/* the model's window and its longest answer; 0 unknown */
	int64_t max_input_tokens, max_output_tokens;
	struct tg_echo_settings echo;
	const char *mode;		/* "chat" "completion" "embedding" */
	/* model_info and litellm_params as given, JSON text, or NULL */
	const char *info, *params;
	const char *created_by, *updated_by;
	int64_t created_at, updated_at;
	/* of this one, and of all of the name together */
	struct tg_section promises, model_promises;
	const char *lost;
	int lost_policy;		/* enum tg_lost_policy, store/books.h */
	int weight, order;
	bool wildcard, fixed;
	bool blocked;			/* by hand: not called for now */
	const char *team;		/* for its keys alone, or NULL */
	const char *region;		/* where it stands, or NULL */
};

/* One model, name or glob, of an access group; several rows a group. */
struct tg_group_model {
	const char *name, *model;
};

struct tg_catalog {
	struct tg_arena *arena;
	struct tg_group_model *groups;
	size_t n_groups;
	struct tg_upstream **upstreams;
	size_t n_upstreams;
	/* exact names first, sorted by model */
	struct tg_deployment *deployments;
	size_t n_deployments, n_exact;
	bool has_teams;			/* some are for one team alone */
	enum tg_log_mode log;		/* default of keys, as a page set it */
	int64_t version;
	int refs;			/* atomic */
};

/*
 * Settings that are not understood fail with their name and section
 * (TG_E_INVALID); rows of the database that do not read are left out with a
 * warning, so that one bad row never stops the gateway.
 */
int tg_catalog_build(const struct tg_catalog_conf *conf, struct tg_store *store,
    const struct tg_seal *seal, struct tg_catalog **out, struct tg_err *e);
void tg_catalog_hold(struct tg_catalog *c);
void tg_catalog_release(struct tg_catalog *c);
/*
 * Those that serve this name for keys of that team (its team_id; NULL: of
 * none): the exact ones, else those of the longest wildcard that matches, but
 * no blocked ones.  What the team has of its own under the name goes before
 * what all have.  *n 0: unknown or all blocked.  Pointers into the snapshot,
 * array in the arena.
 */
const struct tg_deployment **tg_catalog_find(const struct tg_catalog *c,
    struct tg_arena *a, struct tg_str model, const char *team, size_t *n);
#define TG_TEAM_ANY "*"	/* whosever it is: for those who see everything */
/* Is it for keys of that team? */
bool tg_deployment_for(const struct tg_deployment *d, const char *team);
/* Does one of the team's own serve this name? */
bool tg_catalog_own(
    const struct tg_catalog *c, struct tg_str model, const char *team);
/* By its name; those of one deployment alone are nobody else's. */
const struct tg_upstream *tg_catalog_upstream(const struct tg_catalog *c,
    const char *name);
/* upstream_model with its '*' filled from what the caller asked for. */
const char *tg_deployment_model(const struct tg_deployment *d,
    struct tg_arena *a, struct tg_str asked);
#endif
