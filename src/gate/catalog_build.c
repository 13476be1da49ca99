/*
 * Builds the snapshot of what can be called, from four sources in falling
 * rank: tollgate.ini, the database, provider keys in the environment, and the
 * built-in echo.  A provider of a higher source hides one of the same name;
 * deployments of one model name add up.
 * Reading single settings is settings.c's.
 */
#include "config.h"

#include "gate/catalog_build.h"

#include <stdlib.h>

#include "base/log.h"
#include "gate/settings.h"
#include "store/db.h"

#define CATALOG_ARENA (256 * 1024 * 1024)

static int ini_providers(struct tg_builder *, struct tg_err *);
static int ini_models(struct tg_builder *, struct tg_err *);
static void env_providers(struct tg_builder *);
static void builtin_echo(struct tg_builder *);
static void lend_keys(struct tg_builder *);
static void open_whole(struct tg_builder *);
static struct tg_catalog *finish(struct tg_builder *, int64_t);

int
tg_catalog_build(const struct tg_catalog_conf *conf, struct tg_store *store,
    const struct tg_seal *seal, struct tg_catalog **out, struct tg_err *e)
{
	struct tg_builder b = {
		.conf = conf,
		.seal = seal,
		.store = store,
		.a = tg_arena_new(CATALOG_ARENA),
	};
	int64_t version = store != NULL ? tg_store_version(store) : 0;

	if (ini_providers(&b, e) != 0)
		goto fail;
	if (store != NULL && tg_builder_db_providers(&b, store, e) != 0)
		goto fail;
	if (conf->use_environment) {
		lend_keys(&b);
		env_providers(&b);
	}
	builtin_echo(&b);
	if (ini_models(&b, e) != 0)
		goto fail;
	if (store != NULL && tg_builder_db_models(&b, store, e) != 0)
		goto fail;
	open_whole(&b);
	if (tg_builder_groups(&b, store, e) != 0)
		goto fail;
	if (tg_builder_adjust(&b, store, e) != 0)
		goto fail;
	*out = finish(&b, version);
	return 0;
fail:
	for (size_t i = 0; i < b.n_ups; i++)
		tg_secret_free(&b.ups[i]->key);
	free(b.ups);
	free(b.deps);
	tg_arena_free(b.a);
	return -1;
}

static int
ini_providers(struct tg_builder *b, struct tg_err *e)
{
	for (size_t i = 0; i < b->conf->n_providers; i++) {
		const struct tg_section *s = &b->conf->providers[i];
		struct tg_upstream *u = tg_builder_upstream(b, s->name);
		u->fixed = true;
		if (tg_settings_upstream(b->a, s, u, e) != 0)
			return -1;
	}
	return 0;
}

static struct tg_deployment *
add_wildcard(struct tg_builder *b, const char *source, const char *model,
    const char *upstream_model, const struct tg_upstream *up)
{
	struct tg_deployment *d = tg_builder_deployment(b,
	    tg_arena_cstr(b->a, tg_str(model)));

	d->id = tg_arena_printf(b->a, "%s:%s", source, d->model);
	d->upstream_model = upstream_model;
	d->upstream = up;
	d->route = up->route;
	d->fixed = true;
	return d;
}

/* The address may be given without scheme and path: "127.0.0.1:11434". */
static const char *
base_of_host(struct tg_arena *a, const char *host)
{
	const char *scheme = strstr(host, "://") != NULL ? "" : "http://";
	const char *rest = strstr(host, "://");
	const char *port = "";

	rest = rest != NULL ? rest + 3 : host;
	if (strncmp(rest, "0.0.0.0", 7) == 0) /* what a server listens on */
		return tg_arena_printf(a, "http://127.0.0.1%s/v1",
		    rest[7] != '\0' ? rest + 7 : ":11434");
	if (strchr(rest, ':') == NULL && *scheme != '\0')
		port = ":11434";
	return tg_arena_printf(a, "%s%s%s", scheme, host, port);
}

static void
env_provider(struct tg_builder *b, const struct tg_known *k)
{
	const char *key = k->key_env != NULL ? getenv(k->key_env) : NULL;
	const char *host = k->host_env != NULL ? getenv(k->host_env) : NULL;
	struct tg_section s = { .name = k->name };
	struct tg_err ignored = { 0 };
	struct tg_upstream *u;

	if ((key == NULL || *key == '\0') && (host == NULL || *host == '\0'))
		return;
	if (tg_builder_find(b, k->name) != NULL)
		return;
	if (k->base_url == NULL && host == NULL)
		return;
	u = tg_builder_upstream(b, k->name);
	if (tg_settings_upstream(b->a, &s, u, &ignored) != 0) {
		b->n_ups--;
		return;
	}
	u->fixed = true;
	if (host != NULL && *host != '\0') {
		u->base_url = base_of_host(b->a, host);
		u->add_v1 = true;
	}
	if (key != NULL && *key != '\0')
		u->key = tg_secret_new(tg_str(key));
}

static void
env_providers(struct tg_builder *b)
{
	for (int i = 0; i < tg_known_count; i++)
		if (tg_known_table[i].family != TG_FAMILY_ECHO)
			env_provider(b, &tg_known_table[i]);
}

static bool
model_is_set(const struct tg_builder *b, const char *model)
{
	for (size_t i = 0; i < b->conf->n_models; i++)
		if (strcmp(b->conf->models[i].name, model) == 0)
			return true;
	return false;
}

static void
builtin_echo(struct tg_builder *b)
{
	struct tg_section s = { .name = "echo" };
	struct tg_err ignored = { 0 };
	struct tg_upstream *u = tg_builder_find(b, "echo");
	struct tg_deployment *d;

	if (u == NULL) {
		u = tg_builder_upstream(b, "echo");
		u->fixed = true;
		(void)tg_settings_upstream(b->a, &s, u, &ignored);
	}
	if (model_is_set(b, "echo"))
		return;
	d = add_wildcard(b, "builtin", "echo", "echo", u);
	for (int unit = 0; unit < TG_UNIT__MAX; unit++)
		tg_prices_append(b->a, &d->prices,
		    &(struct tg_price){ .unit = (enum tg_unit)unit });
}

int
tg_builder_bind(struct tg_builder *b, struct tg_deployment *d, const char *name,
    struct tg_err *e)
{
	struct tg_upstream *up = name != NULL ? tg_builder_find(b, name) : NULL;

	if (name == NULL)
		return tg_fail(e, TG_E_INVALID,
		    "[model:%s] names no provider: add `provider = NAME`",
		    d->model);
	if (up == NULL)
		return tg_fail(e, TG_E_INVALID,
		    "[model:%s] names the provider \"%s\", which is not "
		    "defined: add a [provider:%s] section",
		    d->model, name, name);
	d->upstream = up;
	d->route = up->route;
	return 0;
}

static int
ini_model(struct tg_builder *b, const struct tg_section *s, struct tg_err *e)
{
	const char *hash = strrchr(s->name, '#');
	const char *provider = tg_settings_get(s, "provider");
	struct tg_str name = tg_str(s->name);
	struct tg_deployment *d;

	if (hash != NULL && hash != s->name)
		name.n = (size_t)(hash - s->name);
	d = tg_builder_deployment(b, tg_arena_cstr(b->a, name));
	d->id = tg_arena_printf(b->a, "ini:%s", s->name);
	d->fixed = true;
	if (provider == NULL && strcmp(d->model, "echo") == 0)
		provider = "echo";
	if (tg_builder_bind(b, d, provider, e) != 0)
		return -1;
	return tg_settings_deployment(b->a, s, d, e);
}

static int
ini_models(struct tg_builder *b, struct tg_err *e)
{
	for (size_t i = 0; i < b->conf->n_models; i++)
		if (ini_model(b, &b->conf->models[i], e) != 0)
			return -1;
	return 0;
}

static bool
has_deployment(
    const struct tg_builder *b, const struct tg_upstream *u, const char *model)
{
	for (size_t i = 0; i < b->n_deps; i++)
		if (b->deps[i].upstream == u &&
		    strcmp(b->deps[i].model, model) == 0)
			return true;
	return false;
}

/* Its models by "NAME/" and theirs; those that are known to be its own bare. */
static void
open_one(struct tg_builder *b, const struct tg_upstream *u)
{
	const struct tg_known *k = tg_known_find(tg_str(u->name));
	const char *all = tg_arena_printf(b->a, "%s/*", u->name);

	if (!has_deployment(b, u, all))
		add_wildcard(b, "open", all, "*", u);
	if (k == NULL || k->own_models == NULL)
		return;
	for (size_t i = 0; k->own_models[i] != NULL; i++)
		if (!has_deployment(b, u, k->own_models[i]))
			add_wildcard(b, "open", k->own_models[i],
			    k->own_models[i], u);
}

/* Providers are open whole, unless told otherwise. */
static void
open_whole(struct tg_builder *b)
{
	for (size_t i = 0; i < b->n_ups; i++) {
		const struct tg_upstream *u = b->ups[i];
		if (u->family != TG_FAMILY_ECHO && !u->closed && !u->own)
			open_one(b, u);
	}
}

/*
 * A known provider at its known address, configured without a key: the
 * environment's.  With an address of its own it would leave the house.
 */
static void
lend_keys(struct tg_builder *b)
{
	for (size_t i = 0; i < b->n_ups; i++) {
		struct tg_upstream *u = b->ups[i];
		const struct tg_known *k = tg_known_find(tg_str(u->name));
		const char *key = k != NULL && k->key_env != NULL ?
		    getenv(k->key_env) :
		    NULL;
		if (key != NULL && *key != '\0' && u->key.n == 0 &&
		    u->base_url == k->base_url)
			u->key = tg_secret_new(tg_str(key));
	}
}

static void *
grow(void *old, size_t n, size_t *cap, size_t size)
{
	void *p;

	if (n < *cap)
		return old;
	*cap = *cap != 0 ? *cap * 2 : 16;
	p = realloc(old, *cap * size);
	if (p == NULL)
		tg_fatal("out of memory while reading providers and models");
	return p;
}

struct tg_upstream *
tg_builder_upstream(struct tg_builder *b, const char *name)
{
	struct tg_upstream *u;

	b->ups = grow(b->ups, b->n_ups, &b->cap_ups, sizeof(u));
	u = tg_arena_alloc(b->a, sizeof(*u));
	b->ups[b->n_ups++] = u;
	*u = (struct tg_upstream){
		.name = tg_arena_cstr(b->a, tg_str(name)),
		.route = b->conf->route,
		.discount_ppm = -1,
		.margin_ppm = -1,
	};
	return u;
}

struct tg_deployment *
tg_builder_deployment(struct tg_builder *b, const char *model)
{
	struct tg_deployment *d;

	b->deps = grow(b->deps, b->n_deps, &b->cap_deps, sizeof(*b->deps));
	d = &b->deps[b->n_deps++];
	*d = (struct tg_deployment){
		.model = model,
		.upstream_model = model,
		.mode = "chat",
		.weight = 1,
		.wildcard = strchr(model, '*') != NULL,
	};
	tg_echo_defaults(&d->echo);
	return d;
}

struct tg_upstream *
tg_builder_find(const struct tg_builder *b, const char *name)
{
	for (size_t i = 0; i < b->n_ups; i++)
		if (!b->ups[i]->own && strcmp(b->ups[i]->name, name) == 0)
			return b->ups[i];
	return NULL;
}

static int
by_name(const void *x, const void *y)
{
	const struct tg_deployment *a = x, *b = y;
	size_t na = strlen(a->model), nb = strlen(b->model);
	int c;

	if (a->wildcard != b->wildcard)
		return a->wildcard ? 1 : -1;
	if (a->wildcard && na != nb)
		return na > nb ? -1 : 1;
	c = strcmp(a->model, b->model);
	if (c == 0)
		c = (a->order > b->order) - (a->order < b->order);
	return c != 0 ? c : strcmp(a->id, b->id);
}

static struct tg_catalog *
finish(struct tg_builder *b, int64_t version)
{
	struct tg_catalog *c = calloc(1, sizeof(*c));

	if (c == NULL)
		tg_fatal("out of memory while reading providers and models");
	*c = (struct tg_catalog){
		.arena = b->a,
		.upstreams = b->ups,
		.n_upstreams = b->n_ups,
		.deployments = b->deps,
		.n_deployments = b->n_deps,
		.groups = b->groups,
		.n_groups = b->n_groups,
		.log = b->log,
		.version = version,
		.refs = 1,
	};
	qsort(c->deployments, c->n_deployments, sizeof(*c->deployments),
	    by_name);
	for (size_t i = 0; i < c->n_deployments; i++) {
		if (!c->deployments[i].wildcard)
			c->n_exact++;
		if (c->deployments[i].team != NULL)
			c->has_teams = true;
	}
	return c;
}
