/*
 * /user/daily/activity and its like for teams, organizations, customers and
 * tags: each day with what it was spent on, in all directions, and by which
 * keys (litellm-compat.md 2.2).  Pages are of whole days.
 */
#include "config.h"

#include "llm/dialect.h"
#include "web/spend.h"

#define PAGE_DAYS 50
#define PAGE_MAX 1000
#define LIST_MAX 200

/* One for each family of routes. */
struct kind {
	const char *prefix;		/* of the route's path */
	enum tg_subject_kind subject;
	enum tg_dim dim;
	int64_t facet;
	const char *one, *several;	/* parameters */
};
static const struct kind kinds[] = {
	{ "/user/", TG_SUBJECT_PERSON, TG_DIM_PERSON, 0, "user_id",
	    "user_ids" },
	{ "/team/", TG_SUBJECT_TEAM, TG_DIM_TEAM, 0, "team_id", "team_ids" },
	{ "/organization/", TG_SUBJECT_ORGANIZATION, TG_DIM_ORGANIZATION, 0,
	    "organization_id", "organization_ids" },
	{ "/customer/", TG_SUBJECT_CUSTOMER, TG_DIM_FACET, -1, "end_user_id",
	    "end_user_ids" },
	{ "/end_user/", TG_SUBJECT_CUSTOMER, TG_DIM_FACET, -1, "end_user_id",
	    "end_user_ids" },
	{ "/tag/", TG_SUBJECT_TAG, TG_DIM_FACET, -2, "tag", "tags" },
};

enum { ENTITIES, MODELS, GROUPS, PROVIDERS, ENDPOINTS, KEYS, BREAKDOWNS };
static const struct {
	const char *name;
	enum tg_dim dim;		/* of entities: the kind's */
} breakdowns[BREAKDOWNS] = {
	[ENTITIES] = { "entities", TG_DIM_PERSON },
	[MODELS] = { "models", TG_DIM_MODEL },
	[GROUPS] = { "model_groups", TG_DIM_MODEL },
	[PROVIDERS] = { "providers", TG_DIM_PROVIDER },
	[ENDPOINTS] = { "endpoints", TG_DIM_ROUTE },
	[KEYS] = { "api_keys", TG_DIM_KEY },
};

struct daily {
	const struct kind *kind;
	bool aggregated;
	int64_t page, size;
	int64_t ids[LIST_MAX];		/* several entities */
	int n_ids;
	struct tg_walk wide[BREAKDOWNS], fine[BREAKDOWNS];
};

/* --- what is asked for --- */

static enum tg_dim
dim_of(const struct daily *d, int breakdown)
{
	return breakdown == ENTITIES ? d->kind->dim :
				       breakdowns[breakdown].dim;
}

/* Each of the list must be one that the caller may see. */
static int
read_several(struct tg_spend *s, struct daily *d, const char *list)
{
	struct tg_rollup_filter before = s->filter;
	struct tg_str rest = tg_str(list), one;

	while (tg_str_cut(&rest, ',', &one)) {
		one = tg_str_trim(one);
		if (one.n == 0)
			continue;
		if (d->n_ids == LIST_MAX)
			return tg_fail_param(s->m.e, TG_E_INVALID,
			    d->kind->several, "'%s' names too many.",
			    d->kind->several);
		if (tg_spend_subject(s, d->kind->subject,
			tg_arena_cstr(s->arena, one)) != 0)
			return -1;
		d->ids[d->n_ids++] = *tg_spend_filter_of(
		    s, d->kind->subject);
	}
	if (d->n_ids > 1)
		s->filter = before;
	return 0;
}

static int
read_entities(struct tg_spend *s, struct daily *d)
{
	const char *one = tg_manage_query(&s->m, d->kind->one);
	const char *several = tg_manage_query(&s->m, d->kind->several);

	s->filter.facet = d->kind->facet;
	if (one != NULL)
		return tg_spend_subject(s, d->kind->subject, one);
	return several != NULL ? read_several(s, d, several) : 0;
}

static int
read_page(struct tg_spend *s, struct daily *d)
{
	int64_t west = 0;

	d->page = 1;
	d->size = PAGE_DAYS;
	if (tg_manage_query_int(&s->m, "page", 1, INT32_MAX, &d->page) != 0 ||
	    tg_manage_query_int(&s->m, "page_size", 1, PAGE_MAX, &d->size) !=
		0 ||
	    tg_manage_query_int(&s->m, "timezone", -1440, 1440, &west) != 0)
		return -1;
	s->west_min = (int)west;
	if (!d->aggregated)
		return 0;
	d->page = 1;
	d->size = INT64_MAX;
	return 0;
}

static int
daily_ask(struct tg_spend *s)
{
	struct daily *d = s->own;

	if (read_page(s, d) != 0 ||
	    tg_spend_dates(s, TG_DATES_NEEDED) < 0 ||
	    read_entities(s, d) != 0 ||
	    tg_spend_key(s, tg_manage_query(&s->m, "api_key")) != 0)
		return -1;
	tg_spend_own(s);
	s->filter.model = tg_manage_query(&s->m, "model");
	s->dims = TG_BY(TG_DIM_DAY) | TG_BY(d->kind->dim) |
	    TG_BY(TG_DIM_MODEL) | TG_BY(TG_DIM_DEPLOYMENT) |
	    TG_BY(TG_DIM_PROVIDER) | TG_BY(TG_DIM_ROUTE) |
	    TG_BY(TG_DIM_KEY);
	return 0;
}

/* --- what the providers' caches saved --- */

/* At today's prices: what was read from a cache, against fresh input. */
static void
reckon_saved(struct tg_group *g, void *arg)
{
	struct tg_spend *s = arg;
	int64_t tokens = g->sums.tokens[TG_TOK_CACHE_READ];
	const char *id = tg_group_text(g, TG_DIM_DEPLOYMENT);
	const struct tg_catalog *c = s->m.w->catalog;
	struct tg_prices p;

	for (size_t i = 0; i < c->n_deployments && tokens > 0; i++) {
		if (strcmp(c->deployments[i].id, id) != 0)
			continue;
		tg_prices_at(&c->deployments[i].prices, s->m.now, 0, "", &p);
		if (p.pico[TG_UNIT_INPUT] != TG_PICO_UNKNOWN &&
		    p.pico[TG_UNIT_CACHE_READ] != TG_PICO_UNKNOWN)
			g->sums.saved_nano = tg_pico_to_nano(
			    (tg_i128)tokens *
			    (p.pico[TG_UNIT_INPUT] -
				p.pico[TG_UNIT_CACHE_READ]));
		return;
	}
}

/* --- writing --- */

static void
write_metrics(struct tg_jw *j, const struct tg_sums *sums)
{
	int64_t in = tg_sums_input(sums), out = tg_sums_output(sums);

	tg_jw_open(j, "metrics", '{');
	tg_jw_nano(j, "spend", sums->cost_nano);
	tg_jw_i64(j, "prompt_tokens", in);
	tg_jw_i64(j, "completion_tokens", out);
	tg_jw_i64(j, "cache_read_input_tokens",
	    sums->tokens[TG_TOK_CACHE_READ]);
	tg_jw_i64(j, "cache_creation_input_tokens",
	    sums->tokens[TG_TOK_CACHE_WRITE] +
		sums->tokens[TG_TOK_CACHE_WRITE_1H]);
	tg_jw_i64(j, "compression_saved_tokens", 0);
	tg_jw_i64(j, "compression_savings_spend", 0);
	tg_jw_nano(j, "prompt_caching_savings_spend", sums->saved_nano);
	tg_jw_i64(j, "total_tokens", in + out);
	tg_jw_i64(j, "successful_requests", sums->calls - sums->failed);
	tg_jw_i64(j, "failed_requests", sums->failed);
	tg_jw_i64(j, "api_requests", sums->calls);
	tg_jw_close(j, '}');
}

static const char *
endpoint_of(const char *route)
{
	for (int i = 0; i < TG_DIALECT__MAX; i++)
		if (strcmp(tg_dialects[i].name, route) == 0)
			return tg_dialects[i].endpoint;
	return route;
}

/* NULL: it has none, and is not shown. */
static const char *
shown(struct tg_spend *s, const struct tg_group *g, enum tg_dim dim)
{
	const char *text;

	if (dim == TG_DIM_KEY)
		return tg_names_key(s->names, g->v[dim])->id;
	if (dim < TG_DIM_MODEL)
		return tg_names_subject(s->names, g->v[dim])->id;
	text = tg_group_text(g, dim);
	if (dim == TG_DIM_ROUTE)
		return endpoint_of(text);
	return *text != '\0' ? text : NULL;
}

static void
write_metadata(struct tg_spend *s, const struct tg_group *g, enum tg_dim dim)
{
	const struct tg_name *name;
	struct tg_jw *j = &s->out;

	tg_jw_open(j, "metadata", '{');
	if (dim == TG_DIM_KEY) {
		name = tg_names_key(s->names, g->v[dim]);
		tg_jw_text(j, "key_alias", name->alias);
		tg_jw_text(j, "team_id",
		    tg_names_subject(s->names, name->team)->id);
	} else if (dim == TG_DIM_TEAM)
		tg_jw_text(j, "team_alias",
		    tg_names_subject(s->names, g->v[dim])->alias);
	tg_jw_close(j, '}');
}

/* The keys of one name on one day; both walks go in the same order. */
static void
write_keys(struct tg_spend *s, struct tg_walk *fine,
    const struct tg_group *of, enum tg_dim dim)
{
	struct tg_jw *j = &s->out;
	const struct tg_group *g;

	tg_jw_open(j, "api_key_breakdown", '{');
	for (; fine->at < fine->n; fine->at++) {
		g = fine->groups[fine->at];
		if (g->v[TG_DIM_DAY] != of->v[TG_DIM_DAY] ||
		    g->v[dim] != of->v[dim])
			break;
		tg_jw_name(j, shown(s, g, TG_DIM_KEY));
		tg_jw_open(j, NULL, '{');
		write_metrics(j, &g->sums);
		write_metadata(s, g, TG_DIM_KEY);
		tg_jw_close(j, '}');
	}
	tg_jw_close(j, '}');
}

static void
write_breakdown(struct tg_spend *s, struct daily *d, int which, int64_t day)
{
	enum tg_dim dim = dim_of(d, which);
	struct tg_jw *j = &s->out;
	const struct tg_group *g;
	const char *name;

	tg_jw_open(j, breakdowns[which].name, '{');
	tg_walk_seek(&d->wide[which], day);
	tg_walk_seek(&d->fine[which], day);
	while ((g = tg_walk_next(&d->wide[which], day)) != NULL) {
		name = shown(s, g, dim);
		tg_jw_name(j, name != NULL ? name : "");
		tg_jw_open(j, NULL, '{');
		write_metrics(j, &g->sums);
		write_metadata(s, g, dim);
		if (dim != TG_DIM_KEY)
			write_keys(s, &d->fine[which], g, dim);
		tg_jw_close(j, '}');
	}
	tg_jw_close(j, '}');
}

static void
write_day(struct tg_spend *s, struct daily *d, const struct tg_group *g)
{
	int64_t day = g->v[TG_DIM_DAY];
	struct tg_jw *j = &s->out;

	tg_jw_open(j, NULL, '{');
	tg_jw_text(j, "date", tg_spend_date(s, day));
	write_metrics(j, &g->sums);
	tg_jw_open(j, "breakdown", '{');
	tg_jw_open(j, "mcp_servers", '{');
	tg_jw_close(j, '}');
	for (int i = 0; i < BREAKDOWNS; i++)
		write_breakdown(s, d, i, day);
	tg_jw_close(j, '}');
	tg_jw_close(j, '}');
}

/* Totals of the page: clients add them up over the pages. */
static void
write_totals(struct tg_jw *j, const struct tg_sums *t)
{
	int64_t in = tg_sums_input(t), out = tg_sums_output(t);

	tg_jw_nano(j, "total_spend", t->cost_nano);
	tg_jw_i64(j, "total_prompt_tokens", in);
	tg_jw_i64(j, "total_completion_tokens", out);
	tg_jw_i64(j, "total_tokens", in + out);
	tg_jw_i64(j, "total_api_requests", t->calls);
	tg_jw_i64(j, "total_successful_requests", t->calls - t->failed);
	tg_jw_i64(j, "total_failed_requests", t->failed);
	tg_jw_i64(
	    j, "total_cache_read_input_tokens", t->tokens[TG_TOK_CACHE_READ]);
	tg_jw_i64(j, "total_cache_creation_input_tokens",
	    t->tokens[TG_TOK_CACHE_WRITE] + t->tokens[TG_TOK_CACHE_WRITE_1H]);
}

static void
write_page(struct tg_spend *s, const struct daily *d, size_t n_days,
    const struct tg_sums *totals)
{
	int64_t size = d->aggregated ? (int64_t)n_days + 1 : d->size;
	int64_t pages = ((int64_t)n_days + size - 1) / size;
	struct tg_jw *j = &s->out;

	tg_jw_open(j, "metadata", '{');
	write_totals(j, totals);
	tg_jw_i64(j, "page", d->page);
	tg_jw_i64(j, "total_pages", pages);
	tg_jw_bool(j, "has_more", d->page < pages);
	tg_jw_close(j, '}');
	tg_jw_close(j, '}');
}

/* Only the groups of those that were asked for. */
static void
keep_asked(struct tg_spend *s, const struct daily *d)
{
	const struct tg_group *const *groups;
	struct tg_tally *kept;
	size_t n;

	if (d->n_ids < 2)
		return;
	kept = tg_tally_new(s->dims, 0);
	groups = tg_tally_groups(s->tally, TG_TALLY_RISING, &n);
	for (size_t i = 0; i < n; i++)
		for (int k = 0; k < d->n_ids; k++)
			if (groups[i]->v[d->kind->dim] == d->ids[k]) {
				tg_tally_fold(kept, groups[i]);
				break;
			}
	tg_spend_replace(s, kept);
}

static int
daily_write(struct tg_spend *s)
{
	struct daily *d = s->own;
	struct tg_tally *by_day, *page = NULL;
	const struct tg_group *const *days;
	size_t n, from, i;

	tg_tally_each(s->tally, reckon_saved, s);
	keep_asked(s, d);
	by_day = tg_spend_fold(s, TG_BY(TG_DIM_DAY));
	page = tg_tally_new(TG_BY(TG_DIM_DAY), 0);
	for (int b = 0; b < BREAKDOWNS; b++) {
		unsigned dims = TG_BY(TG_DIM_DAY) | TG_BY(dim_of(d, b));
		tg_walk_begin(&d->wide[b], tg_spend_fold(s, dims));
		tg_walk_begin(&d->fine[b],
		    tg_spend_fold(s, dims | TG_BY(TG_DIM_KEY)));
	}
	days = tg_tally_groups(by_day, TG_TALLY_NEWEST, &n);
	from = d->page == 1 ? 0 : (size_t)((d->page - 1) * d->size);
	tg_jw_open(&s->out, NULL, '{');
	tg_jw_open(&s->out, "results", '[');
	for (i = from; i < n && (int64_t)(i - from) < d->size; i++) {
		write_day(s, d, days[i]);
		tg_tally_fold(page, days[i]);
	}
	tg_jw_close(&s->out, ']');
	write_page(s, d, n, tg_tally_total(page));
	tg_tally_free(page);
	return 0;
}

int
tg_web_daily(struct tg_web *w)
{
	struct daily d = {
		.aggregated = tg_str_ends(tg_str(w->route->path),
		    "/aggregated"),
	};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (tg_str_starts(tg_str(w->route->path), kinds[i].prefix))
			d.kind = &kinds[i];
	if (tg_web_catalog(w) != 0)
		return -1;
	return tg_spend_serve(w, daily_ask, daily_write, &d);
}
