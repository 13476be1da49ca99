/*
 * The snapshot in use: found in it, held and let go.  How it is made is
 * catalog_build.c's; choosing among deployments for a call is route.c's.
 */
#include "config.h"

#include "gate/catalog.h"

#include <stdlib.h>

void
tg_catalog_hold(struct tg_catalog *c)
{
	__atomic_add_fetch(&c->refs, 1, __ATOMIC_RELAXED);
}

void
tg_catalog_release(struct tg_catalog *c)
{
	if (c == NULL || __atomic_sub_fetch(&c->refs, 1, __ATOMIC_ACQ_REL) > 0)
		return;
	for (size_t i = 0; i < c->n_upstreams; i++)
		tg_secret_free(&c->upstreams[i]->key);
	free(c->upstreams);
	free(c->deployments);
	tg_arena_free(c->arena);
	free(c);
}

/* First exact deployment whose name is not below 'model'. */
static size_t
lower_bound(const struct tg_catalog *c, const char *model)
{
	size_t lo = 0, hi = c->n_exact;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		if (strcmp(c->deployments[mid].model, model) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

bool
tg_deployment_for(const struct tg_deployment *d, const char *team)
{
	return d->team == NULL ||
	    (team != NULL &&
		(strcmp(team, TG_TEAM_ANY) == 0 ||
		    strcmp(team, d->team) == 0));
}

/* The first exact one that is for the team, or the place of the wildcards. */
static size_t
first_exact(const struct tg_catalog *c, const char *model, const char *team)
{
	size_t i = lower_bound(c, model);

	while (i < c->n_exact && strcmp(c->deployments[i].model, model) == 0) {
		if (tg_deployment_for(&c->deployments[i], team))
			return i;
		i++;
	}
	return c->n_exact;
}

/* Wildcards are sorted longest first: the first match is the most special. */
static size_t
first_wildcard(
    const struct tg_catalog *c, struct tg_str model, const char *team)
{
	size_t i = c->n_exact;

	while (i < c->n_deployments &&
	    !(tg_deployment_for(&c->deployments[i], team) &&
		tg_str_glob(tg_str(c->deployments[i].model), model)))
		i++;
	return i;
}

/* Its own first: what all have is not for a name that it has itself. */
static void
keep_own(const struct tg_deployment **found, size_t *n)
{
	size_t own = 0;

	for (size_t i = 0; i < *n; i++)
		if (found[i]->team != NULL)
			found[own++] = found[i];
	if (own > 0)
		*n = own;
}

const struct tg_deployment **
tg_catalog_find(const struct tg_catalog *c, struct tg_arena *a,
    struct tg_str model, const char *team, size_t *n)
{
	const struct tg_deployment **found;
	const char *name = tg_arena_cstr(a, model);
	size_t i = first_exact(c, name, team), end;

	if (i == c->n_exact) {
		i = first_wildcard(c, model, team);
		if (i < c->n_deployments)
			name = c->deployments[i].model;
	}
	for (end = i; end < c->n_deployments &&
	    strcmp(c->deployments[end].model, name) == 0; end++)
		continue;
	*n = 0;
	found = tg_arena_alloc(a, (end - i + 1) * sizeof(*found));
	for (; i < end; i++)
		if (!c->deployments[i].blocked &&
		    tg_deployment_for(&c->deployments[i], team))
			found[(*n)++] = &c->deployments[i];
	if (team == NULL || strcmp(team, TG_TEAM_ANY) != 0)
		keep_own(found, n);
	return found;
}

bool
tg_catalog_own(
    const struct tg_catalog *c, struct tg_str model, const char *team)
{
	const char *name = NULL;

	if (c == NULL || !c->has_teams || team == NULL)
		return false;
	for (size_t i = 0; i < c->n_deployments; i++) {
		const struct tg_deployment *d = &c->deployments[i];

		if (!tg_deployment_for(d, team) ||
		    !(i < c->n_exact ?
			    tg_str_is(model, d->model) :
			    tg_str_glob(tg_str(d->model), model)))
			continue;
		if (name != NULL && strcmp(name, d->model) != 0)
			break;
		name = d->model;
		if (d->team != NULL && !d->blocked)
			return true;
	}
	return false;
}

const struct tg_upstream *
tg_catalog_upstream(const struct tg_catalog *c, const char *name)
{
	for (size_t i = 0; i < c->n_upstreams; i++)
		if (!c->upstreams[i]->own &&
		    strcmp(c->upstreams[i]->name, name) == 0)
			return c->upstreams[i];
	return NULL;
}

/* What the '*' of the pattern stood for in the name that was asked for. */
static struct tg_str
star_of(const char *pattern, struct tg_str asked)
{
	const char *star = strchr(pattern, '*');
	size_t head, tail;

	if (star == NULL)
		return asked;
	head = (size_t)(star - pattern);
	tail = strlen(star + 1);
	if (head + tail > asked.n)
		return asked;
	return (struct tg_str){ asked.p + head, asked.n - head - tail };
}

const char *
tg_deployment_model(const struct tg_deployment *d, struct tg_arena *a,
    struct tg_str asked)
{
	const char *star = strchr(d->upstream_model, '*');
	struct tg_str fill;

	if (star == NULL)
		return d->upstream_model;
	fill = star_of(d->model, asked);
	return tg_arena_printf(a, "%.*s%.*s%s",
	    (int)(star - d->upstream_model), d->upstream_model, TG_PRI(fill),
	    star + 1);
}
