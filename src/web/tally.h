#ifndef TG_WEB_TALLY_H
#define TG_WEB_TALLY_H
/*
 * Rollups grouped by any set of dimensions, in memory: hours go in, sorted
 * groups come out.  One allocation a group; half a million rows take some
 * tenths of a second.
 */
#include <stdbool.h>
#include <stdint.h>

#include "store/rollups.h"

/* In the order in which groups are sorted. */
enum tg_dim {
	TG_DIM_DAY,		/* days since 1970, in the tally's zone */
	TG_DIM_FACET,		/* a customer's or tag's subject id */
	TG_DIM_PERSON,		/* subject ids, 0 none */
	TG_DIM_TEAM,
	TG_DIM_PROJECT,
	TG_DIM_ORGANIZATION,
	TG_DIM_MODEL,		/* texts: see tg_group_text() */
	TG_DIM_DEPLOYMENT,
	TG_DIM_PROVIDER,
	TG_DIM_ROUTE,
	TG_DIM_KEY,		/* keys.id */
	TG_DIM__MAX
};
#define TG_BY(dim) (1u << (dim))

struct tg_sums {
	int64_t calls, failed, unpriced;
	int64_t tokens[TG_TOK__MAX], reasoning_tokens;
	int64_t cost_nano, provider_cost_nano;
	int64_t total_us, first_us, firsts;
	int64_t saved_nano;	/* by the cache; see tg_tally_each() */
};
struct tg_group {
	int64_t v[TG_DIM__MAX];	/* 0 where it is not grouped by */
	struct tg_sums sums;
};
const char *tg_group_text(const struct tg_group *g, enum tg_dim dim);
/* All input (output) as LiteLLM counts it: cached and special ones too. */
int64_t tg_sums_input(const struct tg_sums *s);
int64_t tg_sums_output(const struct tg_sums *s);

struct tg_tally;
/* dims: TG_BY(...) | ...; west_min: minutes that the zone is behind UTC. */
struct tg_tally *tg_tally_new(unsigned dims, int west_min);
/* Days are those of a zone by name from now on; unknown ones are UTC. */
void tg_tally_zone(struct tg_tally *t, const char *zone);
void tg_tally_free(struct tg_tally *t);
/* A tg_rollup_fn; tally is the tally. */
int tg_tally_add(const struct tg_rollup *r, void *tally);
/* A group of a finer tally, which must live as long. */
void tg_tally_fold(struct tg_tally *t, const struct tg_group *g);

/* For each group in turn, before it is folded: what hours do not tell. */
typedef void tg_tally_fn(struct tg_group *g, void *arg);
void tg_tally_each(struct tg_tally *t, tg_tally_fn *fn, void *arg);

enum tg_tally_order {
	TG_TALLY_RISING,	/* by the dimensions, as enum tg_dim */
	TG_TALLY_NEWEST,	/* the same, but the last day first */
	TG_TALLY_DEAREST	/* by cost, the highest first */
};
/* Of the tally, in this order until the next call; *n how many. */
const struct tg_group *const *tg_tally_groups(struct tg_tally *t,
    enum tg_tally_order order, size_t *n);
const struct tg_sums *tg_tally_total(const struct tg_tally *t);
#endif
