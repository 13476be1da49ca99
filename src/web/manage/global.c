/*
 * /global/spend and what is below it: the house's spending, by what people
 * look at first (litellm-compat.md 2.8).
 */
#include "config.h"

#include "store/accounts.h"
#include "web/spend.h"

#define LIMIT_MODELS 10
#define LIMIT_MAX 1000
#define TEAMS_SHOWN 10
#define CUSTOMERS_SHOWN 100

/* Sees what is theirs, of the last 30 days unless dates are given. */
static int
month_ask(struct tg_spend *s, unsigned dims)
{
	s->dims = dims;
	return tg_spend_dates(s, TG_DATES_OR_MONTH) < 0 ||
		tg_spend_filters(s) != 0 ?
	    -1 :
	    0;
}

static size_t
limited(size_t n, int64_t limit)
{
	return limit >= 0 && n > (size_t)limit ? (size_t)limit : n;
}

/* --- /global/spend --- */

static int
total_ask(struct tg_spend *s)
{
	tg_spend_last_month(s);
	s->dims = TG_BY(TG_DIM_PROVIDER);
	return 0;
}

/* The first hard cap of the house; 0 without one, as LiteLLM says it. */
static int
house_cap(struct tg_spend *s, int64_t *nano)
{
	struct tg_account *accounts;
	size_t n;

	*nano = 0;
	if (tg_accounts_of(s->m.db, s->arena, TG_SCOPE_HOUSE, 0, &accounts,
		&n, s->m.e) != 0)
		return -1;
	for (size_t i = 0; i < n && *nano == 0; i++)
		for (size_t k = 0; k < accounts[i].n_caps; k++)
			if (accounts[i].caps[k].cap_nano != TG_NANO_NONE)
				*nano = accounts[i].caps[k].cap_nano;
	return 0;
}

static int
total_write(struct tg_spend *s)
{
	int64_t cap;

	if (house_cap(s, &cap) != 0)
		return -1;
	tg_jw_open(&s->out, NULL, '{');
	tg_jw_nano(
	    &s->out, "spend", tg_tally_total(s->tally)->cost_nano);
	tg_jw_nano(&s->out, "max_budget", cap);
	tg_jw_close(&s->out, '}');
	return 0;
}

static int
global_spend(struct tg_web *w)
{
	return tg_spend_serve(w, total_ask, total_write, NULL);
}

/* --- /global/spend/logs --- */

static int
logs_ask(struct tg_spend *s)
{
	tg_spend_last_month(s);
	s->dims = TG_BY(TG_DIM_DAY);
	return tg_spend_filters(s);
}

static int
logs_write(struct tg_spend *s)
{
	const char *key = tg_manage_query(&s->m, "api_key") == NULL ?
	    NULL :
	    tg_names_key(s->names, s->filter.key_id)->id;
	const struct tg_group *const *groups;
	struct tg_jw *j = &s->out;
	size_t n;

	groups = tg_tally_groups(s->tally, TG_TALLY_RISING, &n);
	tg_jw_open(j, NULL, '[');
	for (size_t i = 0; i < n; i++) {
		tg_jw_open(j, NULL, '{');
		tg_jw_text(j, "date",
		    tg_spend_date(s, groups[i]->v[TG_DIM_DAY]));
		tg_jw_nano(j, "spend", groups[i]->sums.cost_nano);
		if (key != NULL)
			tg_jw_text(j, "api_key", key);
		tg_jw_close(j, '}');
	}
	tg_jw_close(j, ']');
	return 0;
}

static int
global_logs(struct tg_web *w)
{
	return tg_spend_serve(w, logs_ask, logs_write, NULL);
}

/* --- /global/spend/keys, /models --- */

static int
keys_ask(struct tg_spend *s)
{
	int64_t *limit = s->own;

	if (tg_manage_query_int(&s->m, "limit", 1, LIMIT_MAX, limit) != 0)
		return -1;
	return month_ask(s, TG_BY(TG_DIM_KEY));
}

static int
keys_write(struct tg_spend *s)
{
	const struct tg_group *const *groups;
	const struct tg_name *key;
	struct tg_jw *j = &s->out;
	size_t n;

	groups = tg_tally_groups(s->tally, TG_TALLY_DEAREST, &n);
	n = limited(n, *(const int64_t *)s->own);
	tg_jw_open(j, NULL, '[');
	for (size_t i = 0; i < n; i++) {
		key = tg_names_key(s->names, groups[i]->v[TG_DIM_KEY]);
		tg_jw_open(j, NULL, '{');
		tg_jw_text(j, "api_key", key->id);
		tg_jw_text(j, "key_alias", key->alias);
		tg_jw_text(j, "key_name", key->title);
		tg_jw_nano(j, "total_spend", groups[i]->sums.cost_nano);
		tg_jw_close(j, '}');
	}
	tg_jw_close(j, ']');
	return 0;
}

static int
global_keys(struct tg_web *w)
{
	int64_t limit = -1;

	return tg_spend_serve(w, keys_ask, keys_write, &limit);
}

static int
models_ask(struct tg_spend *s)
{
	int64_t *limit = s->own;

	if (tg_manage_query_int(&s->m, "limit", 1, LIMIT_MAX, limit) != 0)
		return -1;
	return month_ask(s, TG_BY(TG_DIM_MODEL));
}

static int
models_write(struct tg_spend *s)
{
	const struct tg_group *const *groups;
	struct tg_jw *j = &s->out;
	size_t n;

	groups = tg_tally_groups(s->tally, TG_TALLY_DEAREST, &n);
	n = limited(n, *(const int64_t *)s->own);
	tg_jw_open(j, NULL, '[');
	for (size_t i = 0; i < n; i++) {
		const struct tg_sums *sums = &groups[i]->sums;
		tg_jw_open(j, NULL, '{');
		tg_jw_text(
		    j, "model", tg_group_text(groups[i], TG_DIM_MODEL));
		tg_jw_nano(j, "total_spend", sums->cost_nano);
		if (!tg_spend_sees_all(s))
			tg_jw_i64(j, "total_tokens",
			    tg_sums_input(sums) + tg_sums_output(sums));
		tg_jw_close(j, '}');
	}
	tg_jw_close(j, ']');
	return 0;
}

static int
global_models(struct tg_web *w)
{
	int64_t limit = LIMIT_MODELS;

	return tg_spend_serve(w, models_ask, models_write, &limit);
}

/* --- /global/spend/teams --- */

static int
teams_ask(struct tg_spend *s)
{
	return month_ask(s, TG_BY(TG_DIM_DAY) | TG_BY(TG_DIM_TEAM));
}

static const char *
team_of(struct tg_spend *s, const struct tg_group *g)
{
	const char *shown = tg_name_shown(
	    tg_names_subject(s->names, g->v[TG_DIM_TEAM]));

	return *shown != '\0' ? shown : "Unassigned";
}

static void
write_teams(struct tg_spend *s, struct tg_tally *teams)
{
	const struct tg_group *const *groups;
	struct tg_jw *j = &s->out;
	size_t n;

	groups = tg_tally_groups(teams, TG_TALLY_DEAREST, &n);
	tg_jw_open(j, "teams", '[');
	for (size_t i = 0; i < n; i++)
		tg_jw_text(j, NULL, team_of(s, groups[i]));
	tg_jw_close(j, ']');
	n = limited(n, TEAMS_SHOWN);
	tg_jw_open(j, "total_spend_per_team", '[');
	for (size_t i = 0; i < n; i++) {
		tg_jw_open(j, NULL, '{');
		tg_jw_text(j, "team_id", team_of(s, groups[i]));
		tg_jw_nano(j, "total_spend", groups[i]->sums.cost_nano);
		tg_jw_close(j, '}');
	}
	tg_jw_close(j, ']');
}

static int
teams_write(struct tg_spend *s)
{
	struct tg_walk days, teams;
	struct tg_jw *j = &s->out;
	const struct tg_group *g;

	tg_walk_begin(&days, tg_spend_fold(s, TG_BY(TG_DIM_DAY)));
	tg_walk_begin(&teams, s->tally);
	tg_jw_open(j, NULL, '{');
	tg_jw_open(j, "daily_spend", '[');
	for (; days.at < days.n; days.at++) {
		int64_t day = days.groups[days.at]->v[TG_DIM_DAY];
		tg_jw_open(j, NULL, '{');
		tg_jw_text(j, "date", tg_spend_date(s, day));
		while ((g = tg_walk_next(&teams, day)) != NULL) {
			tg_jw_name(j, team_of(s, g));
			tg_jw_nano(j, NULL, g->sums.cost_nano);
		}
		tg_jw_close(j, '}');
	}
	tg_jw_close(j, ']');
	write_teams(s, tg_spend_fold(s, TG_BY(TG_DIM_TEAM)));
	tg_jw_close(j, '}');
	return 0;
}

static int
global_teams(struct tg_web *w)
{
	return tg_spend_serve(w, teams_ask, teams_write, NULL);
}

/* --- /global/spend/end_users, /global/all_end_users --- */

static int
customers_ask(struct tg_spend *s)
{
	const char *from = NULL, *to = NULL, *key = NULL;

	if (tg_manage_text(&s->m, "startTime", &from) != 0 ||
	    tg_manage_text(&s->m, "endTime", &to) != 0 ||
	    tg_manage_text(&s->m, "api_key", &key) != 0)
		return -1;
	if (from == NULL || to == NULL)
		tg_spend_last_month(s);
	else if (tg_spend_range(s, from, to) != 0)
		return -1;
	s->filter.facet = -1;
	s->dims = TG_BY(TG_DIM_FACET);
	return tg_spend_key(s, key);
}

static int
customers_write(struct tg_spend *s)
{
	const struct tg_group *const *groups;
	struct tg_jw *j = &s->out;
	size_t n;

	groups = tg_tally_groups(s->tally, TG_TALLY_DEAREST, &n);
	n = limited(n, CUSTOMERS_SHOWN);
	tg_jw_open(j, NULL, '[');
	for (size_t i = 0; i < n; i++) {
		tg_jw_open(j, NULL, '{');
		tg_jw_text(j, "end_user",
		    tg_names_subject(s->names, groups[i]->v[TG_DIM_FACET])
			->id);
		tg_jw_i64(j, "total_count", groups[i]->sums.calls);
		tg_jw_nano(j, "total_spend", groups[i]->sums.cost_nano);
		tg_jw_close(j, '}');
	}
	tg_jw_close(j, ']');
	return 0;
}

static int
global_customers(struct tg_web *w)
{
	return tg_spend_serve(w, customers_ask, customers_write, NULL);
}

/* --- /global/spend/provider, /tags --- */

static int
provider_ask(struct tg_spend *s)
{
	s->dims = TG_BY(TG_DIM_PROVIDER);
	return tg_spend_dates(s, TG_DATES_NEEDED) < 0 ||
		tg_spend_filters(s) != 0 ?
	    -1 :
	    0;
}

static int
provider_write(struct tg_spend *s)
{
	const struct tg_group *const *groups;
	struct tg_jw *j = &s->out;
	size_t n;

	groups = tg_tally_groups(s->tally, TG_TALLY_DEAREST, &n);
	tg_jw_open(j, NULL, '[');
	for (size_t i = 0; i < n; i++) {
		const char *name = tg_group_text(groups[i], TG_DIM_PROVIDER);
		tg_jw_open(j, NULL, '{');
		tg_jw_text(j, "provider", *name != '\0' ? name : "Unknown");
		tg_jw_nano(j, "spend", groups[i]->sums.cost_nano);
		tg_jw_close(j, '}');
	}
	tg_jw_close(j, ']');
	return 0;
}

static int
global_provider(struct tg_web *w)
{
	return tg_spend_serve(w, provider_ask, provider_write, NULL);
}

static int
tags_ask(struct tg_spend *s)
{
	s->dims = TG_BY(TG_DIM_FACET);
	s->filter.facet = -2;
	return tg_spend_dates(s, TG_DATES_NEEDED) < 0 ||
		tg_spend_filters(s) != 0 ?
	    -1 :
	    0;
}

/* tags: a list with commas, or all-tags. */
static bool
wanted(const char *list, const char *tag)
{
	struct tg_str rest = tg_str(list), one;

	if (list == NULL || strcmp(list, "all-tags") == 0)
		return true;
	while (tg_str_cut(&rest, ',', &one))
		if (tag != NULL && tg_str_is(tg_str_trim(one), tag))
			return true;
	return false;
}

static int
tags_write(struct tg_spend *s)
{
	const char *list = tg_manage_query(&s->m, "tags");
	const struct tg_group *const *groups;
	struct tg_jw *j = &s->out;
	size_t n;

	groups = tg_tally_groups(s->tally, TG_TALLY_DEAREST, &n);
	tg_jw_open(j, NULL, '{');
	tg_jw_open(j, "spend_per_tag", '[');
	for (size_t i = 0; i < n; i++) {
		const char *tag = tg_names_subject(
		    s->names, groups[i]->v[TG_DIM_FACET])
				      ->id;
		if (!wanted(list, tag))
			continue;
		tg_jw_open(j, NULL, '{');
		tg_jw_text(j, "name", tag);
		tg_jw_nano(j, "spend", groups[i]->sums.cost_nano);
		tg_jw_i64(j, "log_count", groups[i]->sums.calls);
		tg_jw_close(j, '}');
	}
	tg_jw_close(j, ']');
	tg_jw_close(j, '}');
	return 0;
}

static int
global_tags(struct tg_web *w)
{
	return tg_spend_serve(w, tags_ask, tags_write, NULL);
}

/* clang-format off */
const struct tg_route tg_routes_global[] = {
	{ TG_GET, "/global/spend", TG_ACCESS_ADMIN, global_spend, NULL,
	    "What the house has spent in 30 days", TG_FAULT_ERROR },
	{ TG_GET, "/global/spend/logs", TG_ACCESS_KEY, global_logs, NULL,
	    "Spending of 30 days by day", TG_FAULT_ERROR },
	{ TG_GET, "/global/spend/keys", TG_ACCESS_KEY, global_keys, NULL,
	    "Keys that spent the most in 30 days", TG_FAULT_DETAIL },
	{ TG_GET, "/global/spend/models", TG_ACCESS_KEY, global_models, NULL,
	    "Models that cost the most in 30 days", TG_FAULT_DETAIL },
	{ TG_GET, "/global/spend/teams", TG_ACCESS_ADMIN, global_teams, NULL,
	    "Teams' spending of 30 days by day", TG_FAULT_DETAIL },
	{ TG_POST, "/global/spend/end_users", TG_ACCESS_ADMIN, global_customers,
	    NULL, "Customers that spent the most", TG_FAULT_DETAIL },
	{ TG_GET, "/global/spend/provider", TG_ACCESS_KEY, global_provider,
	    NULL, "Spending by provider", TG_FAULT_DETAIL },
	{ TG_GET, "/global/spend/tags", TG_ACCESS_KEY, global_tags, NULL,
	    "Spending by tag", TG_FAULT_ERROR },
	{ TG_GET, "/global/spend/all_tag_names", TG_ACCESS_KEY, tg_web_all_tags,
	    NULL, "Every tag", TG_FAULT_ERROR },
	{ TG_GET, "/global/all_end_users", TG_ACCESS_ADMIN,
	    tg_web_all_customers, NULL, "Every customer", TG_FAULT_ERROR },
	{ TG_GET, "/global/spend/report", TG_ACCESS_ADMIN, tg_web_global_report,
	    NULL, "Spending by team, customer or key", TG_FAULT_DETAIL },
	{ TG_POST, "/global/spend/reset", TG_ACCESS_ADMIN, tg_run_change,
	    tg_web_spend_reset, "Set what keys and teams spent to nothing",
	    TG_FAULT_ERROR },
	{ TG_POST, "/global/spend/refresh", TG_ACCESS_ADMIN, tg_run_look,
	    tg_web_spend_refresh, "Sums are always fresh here",
	    TG_FAULT_ERROR },
	{ .path = NULL },
};
/* clang-format on */
