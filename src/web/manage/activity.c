/*
 * /global/activity: calls and tokens by day, refusals for rates by day, and
 * the budgets of providers (litellm-compat.md 2.8).
 */
#include "config.h"

#include "base/clock.h"
#include "store/accounts.h"
#include "store/call_pages.h"
#include "web/spend.h"

#define MODELS_SHOWN 10

/* --- /global/activity --- */

static int
activity_ask(struct tg_spend *s)
{
	s->dims = TG_BY(TG_DIM_DAY);
	return tg_spend_dates(s, TG_DATES_NEEDED) < 0 ||
		tg_spend_filters(s) != 0 ?
	    -1 :
	    0;
}

static int64_t
tokens_of(const struct tg_sums *sums)
{
	return tg_sums_input(sums) + tg_sums_output(sums);
}

static void
write_day(struct tg_spend *s, const struct tg_group *g)
{
	struct tg_jw *j = &s->out;

	tg_jw_open(j, NULL, '{');
	tg_jw_text(j, "date", tg_spend_short_date(s, g->v[TG_DIM_DAY]));
	tg_jw_i64(j, "api_requests", g->sums.calls);
	tg_jw_i64(j, "total_tokens", tokens_of(&g->sums));
	tg_jw_close(j, '}');
}

static void
write_sums(struct tg_jw *j, const struct tg_sums *sums)
{
	tg_jw_i64(j, "sum_api_requests", sums->calls);
	tg_jw_i64(j, "sum_total_tokens", tokens_of(sums));
}

static int
activity_write(struct tg_spend *s)
{
	const struct tg_group *const *groups;
	struct tg_jw *j = &s->out;
	size_t n;

	groups = tg_tally_groups(s->tally, TG_TALLY_RISING, &n);
	tg_jw_open(j, NULL, '{');
	tg_jw_open(j, "daily_data", '[');
	for (size_t i = 0; i < n; i++)
		write_day(s, groups[i]);
	tg_jw_close(j, ']');
	write_sums(j, tg_tally_total(s->tally));
	tg_jw_close(j, '}');
	return 0;
}

static int
activity(struct tg_web *w)
{
	return tg_spend_serve(w, activity_ask, activity_write, NULL);
}

/* --- /global/activity/model --- */

static int
models_ask(struct tg_spend *s)
{
	int rc = activity_ask(s);

	s->dims |= TG_BY(TG_DIM_MODEL);
	return rc;
}

/* Of those not yet shown; there are few models. */
static const struct tg_group *
busiest(const struct tg_group *const *groups, size_t n, bool *shown)
{
	size_t best = n;

	for (size_t i = 0; i < n; i++)
		if (!shown[i] &&
		    (best == n ||
			groups[i]->sums.calls > groups[best]->sums.calls))
			best = i;
	if (best == n)
		return NULL;
	shown[best] = true;
	return groups[best];
}

static void
write_model(struct tg_spend *s, const struct tg_group *model)
{
	const struct tg_group *const *days;
	struct tg_jw *j = &s->out;
	size_t n;

	days = tg_tally_groups(s->tally, TG_TALLY_RISING, &n);
	tg_jw_open(j, NULL, '{');
	tg_jw_text(j, "model", tg_group_text(model, TG_DIM_MODEL));
	tg_jw_open(j, "daily_data", '[');
	for (size_t i = 0; i < n; i++)
		if (days[i]->v[TG_DIM_MODEL] == model->v[TG_DIM_MODEL])
			write_day(s, days[i]);
	tg_jw_close(j, ']');
	write_sums(j, &model->sums);
	tg_jw_close(j, '}');
}

static int
models_write(struct tg_spend *s)
{
	struct tg_tally *models = tg_spend_fold(s, TG_BY(TG_DIM_MODEL));
	const struct tg_group *const *groups, *one;
	bool *shown;
	size_t n;

	groups = tg_tally_groups(models, TG_TALLY_RISING, &n);
	shown = tg_arena_zero(s->arena, n + 1);
	tg_jw_open(&s->out, NULL, '[');
	for (int i = 0; i < MODELS_SHOWN; i++) {
		one = busiest(groups, n, shown);
		if (one == NULL)
			break;
		write_model(s, one);
	}
	tg_jw_close(&s->out, ']');
	return 0;
}

static int
activity_models(struct tg_web *w)
{
	return tg_spend_serve(w, models_ask, models_write, NULL);
}

/* --- /global/activity/exceptions --- */

static int
exceptions_ask(struct tg_spend *s)
{
	const char **model = s->own;

	*model = tg_manage_query(&s->m, "model_group");
	if (*model == NULL)
		return tg_fail_param(s->m.e, TG_E_INVALID, "model_group",
		    "Please provide model_group, start_date and end_date");
	return tg_spend_dates(s, TG_DATES_NEEDED) < 0 ? -1 : 0;
}

static void
write_429s(struct tg_spend *s, const struct tg_call_429 *rows, size_t n)
{
	struct tg_jw *j = &s->out;
	int64_t sum = 0;

	tg_jw_open(j, "daily_data", '[');
	for (size_t i = 0; i < n; i++) {
		tg_jw_open(j, NULL, '{');
		tg_jw_text(
		    j, "date", tg_spend_short_date(s, rows[i].day));
		tg_jw_i64(j, "num_rate_limit_exceptions", rows[i].n);
		tg_jw_close(j, '}');
		sum += rows[i].n;
	}
	tg_jw_close(j, ']');
	tg_jw_i64(j, "sum_num_rate_limit_exceptions", sum);
}

static int
read_429s(struct tg_spend *s, struct tg_call_429 **rows, size_t *n)
{
	return tg_call_429s(s->m.db, s->arena,
	    &(struct tg_call_429_query){ .model = *(const char **)s->own,
		.from_at = s->filter.from_at,
		.to_at = s->filter.to_at },
	    rows, n, s->m.e);
}

/* Of all deployments: the rows are by deployment, then day. */
static int
exceptions_write(struct tg_spend *s)
{
	int64_t days = s->last_day - s->first_day + 1;
	struct tg_call_429 *rows, *sums;
	size_t n, kept = 0;

	if (read_429s(s, &rows, &n) != 0)
		return -1;
	sums = tg_arena_zero(s->arena, (size_t)days * sizeof(*sums));
	for (size_t i = 0; i < n; i++)
		sums[rows[i].day - s->first_day].n += rows[i].n;
	for (int64_t day = 0; day < days; day++)
		if (sums[day].n > 0) {
			sums[kept].n = sums[day].n;
			sums[kept++].day = s->first_day + day;
		}
	tg_jw_open(&s->out, NULL, '{');
	write_429s(s, sums, kept);
	tg_jw_close(&s->out, '}');
	return 0;
}

static int
exceptions(struct tg_web *w)
{
	const char *model = NULL;

	return tg_spend_serve(w, exceptions_ask, exceptions_write, &model);
}

static int
places_write(struct tg_spend *s)
{
	struct tg_call_429 *rows;
	size_t n, end;

	if (read_429s(s, &rows, &n) != 0)
		return -1;
	tg_jw_open(&s->out, NULL, '[');
	for (size_t i = 0; i < n; i = end) {
		for (end = i; end < n &&
		     strcmp(rows[end].deployment, rows[i].deployment) == 0;)
			end++;
		tg_jw_open(&s->out, NULL, '{');
		tg_jw_text(&s->out, "api_base", rows[i].deployment);
		write_429s(s, rows + i, end - i);
		tg_jw_close(&s->out, '}');
	}
	tg_jw_close(&s->out, ']');
	return 0;
}

static int
exceptions_by_place(struct tg_web *w)
{
	const char *model = NULL;

	return tg_spend_serve(w, exceptions_ask, places_write, &model);
}

/* --- /provider/budgets --- */

static int
budgets_ask(struct tg_spend *s)
{
	(void)s;
	return 0;
}

/* A period as LiteLLM writes it, where it can. */
static const char *
spelt(const char *period)
{
	static const struct {
		const char *ours, *theirs;
	} spans[] = { { "hour", "1h" }, { "day", "1d" }, { "week", "7d" },
		{ "month", "30d" } };

	for (size_t i = 0; i < sizeof(spans) / sizeof(spans[0]); i++)
		if (strcmp(period, spans[i].ours) == 0)
			return spans[i].theirs;
	return period;
}

static int
write_budget(struct tg_spend *s, const struct tg_account *a, int *shown)
{
	struct tg_standing *st;
	struct tg_jw *j = &s->out;
	size_t n;

	if (tg_standings(s->m.db, s->arena, a, s->m.now, &st, &n, s->m.e) !=
	    0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		const struct tg_cap *cap = st[i].cap;
		if (cap == NULL || cap->cap_nano == TG_NANO_NONE)
			continue;
		tg_jw_name(j, a->name);
		tg_jw_open(j, NULL, '{');
		tg_jw_nano(j, "budget_limit", cap->cap_nano);
		tg_jw_text(j, "time_period", spelt(cap->period));
		tg_jw_nano(j, "spend", st[i].spent_nano);
		tg_jw_time(j, "budget_reset_at",
		    st[i].reset_at == INT64_MAX ? 0 : st[i].reset_at);
		tg_jw_close(j, '}');
		(*shown)++;
		break;
	}
	return 0;
}

static int
budgets_write(struct tg_spend *s)
{
	struct tg_account *accounts;
	int shown = 0;
	size_t n;

	if (tg_accounts_of(s->m.db, s->arena, TG_SCOPE_PROVIDER, 0, &accounts,
		&n, s->m.e) != 0)
		return -1;
	tg_jw_open(&s->out, NULL, '{');
	tg_jw_open(&s->out, "providers", '{');
	for (size_t i = 0; i < n; i++)
		if (write_budget(s, &accounts[i], &shown) != 0)
			return -1;
	tg_jw_close(&s->out, '}');
	tg_jw_close(&s->out, '}');
	if (shown == 0)
		return tg_fail(s->m.e, TG_E_INTERNAL,
		    "No provider budget config found. Set max_budget in a "
		    "[provider:NAME] section.");
	return 0;
}

static int
provider_budgets(struct tg_web *w)
{
	return tg_spend_serve(w, budgets_ask, budgets_write, NULL);
}

/* clang-format off */
const struct tg_route tg_routes_activity[] = {
	{ TG_GET, "/global/activity", TG_ACCESS_KEY, activity, NULL,
	    "Calls and tokens by day", TG_FAULT_DETAIL },
	{ TG_GET, "/global/activity/model", TG_ACCESS_KEY, activity_models,
	    NULL, "The same for the busiest models", TG_FAULT_DETAIL },
	{ TG_GET, "/global/activity/exceptions", TG_ACCESS_ADMIN, exceptions,
	    NULL, "Rate limit errors of a model by day", TG_FAULT_DETAIL },
	{ TG_GET, "/global/activity/exceptions/deployment", TG_ACCESS_ADMIN,
	    exceptions_by_place, NULL, "The same by deployment",
	    TG_FAULT_DETAIL },
	{ TG_GET, "/provider/budgets", TG_ACCESS_KEY, provider_budgets, NULL,
	    "Budgets of providers and what is spent", TG_FAULT_ERROR },
	{ TG_GET, "/user/daily/activity", TG_ACCESS_KEY, tg_web_daily, NULL,
	    "Spending by day and what it was for", TG_FAULT_DETAIL },
	{ TG_GET, "/user/daily/activity/aggregated", TG_ACCESS_KEY,
	    tg_web_daily, NULL, "The same on one page", TG_FAULT_DETAIL },
	{ TG_GET, "/team/daily/activity", TG_ACCESS_KEY, tg_web_daily, NULL,
	    "The same of teams", TG_FAULT_DETAIL },
	{ TG_GET, "/team/daily/activity/aggregated", TG_ACCESS_KEY,
	    tg_web_daily, NULL, "The same on one page", TG_FAULT_DETAIL },
	{ TG_GET, "/organization/daily/activity", TG_ACCESS_KEY, tg_web_daily,
	    NULL, "The same of organizations", TG_FAULT_DETAIL },
	{ TG_GET, "/organization/daily/activity/aggregated", TG_ACCESS_KEY,
	    tg_web_daily, NULL, "The same on one page", TG_FAULT_DETAIL },
	{ TG_GET, "/customer/daily/activity", TG_ACCESS_KEY, tg_web_daily, NULL,
	    "The same of customers", TG_FAULT_DETAIL },
	{ TG_GET, "/customer/daily/activity/aggregated", TG_ACCESS_KEY,
	    tg_web_daily, NULL, "The same on one page", TG_FAULT_DETAIL },
	{ TG_GET, "/end_user/daily/activity", TG_ACCESS_KEY, tg_web_daily, NULL,
	    "The same of customers", TG_FAULT_DETAIL },
	{ TG_GET, "/end_user/daily/activity/aggregated", TG_ACCESS_KEY,
	    tg_web_daily, NULL, "The same on one page", TG_FAULT_DETAIL },
	{ TG_GET, "/tag/daily/activity", TG_ACCESS_KEY, tg_web_daily, NULL,
	    "The same of tags", TG_FAULT_DETAIL },
	{ TG_GET, "/tag/daily/activity/aggregated", TG_ACCESS_KEY, tg_web_daily,
	    NULL, "The same on one page", TG_FAULT_DETAIL },
	{ .path = NULL },
};
/* clang-format on */
