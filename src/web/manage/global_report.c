/*
 * /global/spend/report and the reports of one key, person, team or
 * organization: spending between two dates with its models.
 */
#include "config.h"

#include <stdlib.h>

#include "base/json.h"
#include "web/fault.h"
#include "web/spend.h"

enum form { BY_TEAM, BY_CUSTOMER, BY_KEY };

struct report {
	enum form form;
};

/* --- by day, then team or customer --- */

static const char *
party_of(struct tg_spend *s, enum form form, const struct tg_group *g)
{
	const struct tg_name *name = tg_names_subject(s->names,
	    g->v[form == BY_TEAM ? TG_DIM_TEAM : TG_DIM_FACET]);
	const char *shown =
	    form == BY_TEAM ? tg_name_shown(name) : name->id;

	return shown != NULL && *shown != '\0' ? shown : "Unassigned";
}

static void
write_use(struct tg_spend *s, const struct tg_group *g)
{
	struct tg_jw *j = &s->out;

	tg_jw_open(j, NULL, '{');
	tg_jw_text(j, "model", tg_group_text(g, TG_DIM_MODEL));
	tg_jw_nano(j, "spend", g->sums.cost_nano);
	tg_jw_i64(j, "total_tokens",
	    tg_sums_input(&g->sums) + tg_sums_output(&g->sums));
	tg_jw_text(
	    j, "api_key", tg_names_key(s->names, g->v[TG_DIM_KEY])->id);
	tg_jw_close(j, '}');
}

/* All groups of one party on one day, which follow one another. */
static size_t
write_party(struct tg_spend *s, const struct tg_group *const *groups,
    size_t n)
{
	enum form form = ((const struct report *)s->own)->form;
	enum tg_dim dim = form == BY_TEAM ? TG_DIM_TEAM : TG_DIM_FACET;
	struct tg_jw *j = &s->out;
	int64_t sum = 0;
	size_t end = 0;

	while (end < n &&
	    groups[end]->v[TG_DIM_DAY] == groups[0]->v[TG_DIM_DAY] &&
	    groups[end]->v[dim] == groups[0]->v[dim])
		sum += groups[end++]->sums.cost_nano;
	tg_jw_open(j, NULL, '{');
	tg_jw_text(j, form == BY_TEAM ? "team_name" : "customer",
	    party_of(s, form, groups[0]));
	tg_jw_nano(j, "total_spend", sum);
	tg_jw_open(j, "metadata", '[');
	for (size_t i = 0; i < end; i++)
		write_use(s, groups[i]);
	tg_jw_close(j, ']');
	tg_jw_close(j, '}');
	return end;
}

static void
write_by_day(struct tg_spend *s)
{
	enum form form = ((const struct report *)s->own)->form;
	const struct tg_group *const *groups;
	struct tg_jw *j = &s->out;
	size_t n, i = 0;

	groups = tg_tally_groups(s->tally, TG_TALLY_RISING, &n);
	while (i < n) {
		int64_t day = groups[i]->v[TG_DIM_DAY];
		tg_jw_open(j, NULL, '{');
		tg_jw_text(j, "group_by_day",
		    tg_arena_printf(s->arena, "%sT00:00:00+00:00",
			tg_spend_date(s, day)));
		tg_jw_open(
		    j, form == BY_TEAM ? "teams" : "customers", '[');
		while (i < n && groups[i]->v[TG_DIM_DAY] == day)
			i += write_party(s, groups + i, n - i);
		tg_jw_close(j, ']');
		tg_jw_close(j, '}');
	}
}

/* --- by key, then model --- */

static int
by_key(const void *left, const void *right)
{
	const struct tg_group *a = *(const struct tg_group *const *)left;
	const struct tg_group *b = *(const struct tg_group *const *)right;
	int64_t x = a->v[TG_DIM_KEY], y = b->v[TG_DIM_KEY];

	if (x == y) {
		x = b->sums.cost_nano;
		y = a->sums.cost_nano;
	}
	return (x > y) - (x < y);
}

static void
write_totals(struct tg_jw *j, const struct tg_sums *sums)
{
	tg_jw_nano(j, "total_cost", sums->cost_nano);
	tg_jw_i64(j, "total_input_tokens", tg_sums_input(sums));
	tg_jw_i64(j, "total_output_tokens", tg_sums_output(sums));
}

static void
write_key(struct tg_spend *s, const struct tg_group *key,
    const struct tg_group **groups, size_t *at, size_t n)
{
	const struct tg_name *name =
	    tg_names_key(s->names, key->v[TG_DIM_KEY]);
	struct tg_jw *j = &s->out;

	tg_jw_open(j, NULL, '{');
	tg_jw_text(j, "api_key", name->id);
	tg_jw_text(
	    j, "team_id", tg_names_subject(s->names, name->team)->id);
	write_totals(j, &key->sums);
	tg_jw_open(j, "model_details", '[');
	for (; *at < n && groups[*at]->v[TG_DIM_KEY] == key->v[TG_DIM_KEY];
	     (*at)++) {
		tg_jw_open(j, NULL, '{');
		tg_jw_text(j, "model",
		    tg_group_text(groups[*at], TG_DIM_MODEL));
		write_totals(j, &groups[*at]->sums);
		tg_jw_close(j, '}');
	}
	tg_jw_close(j, ']');
	tg_jw_close(j, '}');
}

static void
write_by_key(struct tg_spend *s)
{
	const struct tg_group *const *keys, *const *all;
	const struct tg_group **groups;
	size_t n, n_keys, at = 0;

	keys = tg_tally_groups(tg_spend_fold(s, TG_BY(TG_DIM_KEY)),
	    TG_TALLY_RISING, &n_keys);
	all = tg_tally_groups(s->tally, TG_TALLY_RISING, &n);
	groups = tg_arena_zero(s->arena, (n + 1) * sizeof(*groups));
	if (n > 0)
		memcpy(groups, all, n * sizeof(*groups));
	qsort(groups, n, sizeof(*groups), by_key);
	for (size_t i = 0; i < n_keys; i++)
		write_key(s, keys[i], groups, &at, n);
}

static int
report_write(struct tg_spend *s)
{
	tg_jw_open(&s->out, NULL, '[');
	if (((const struct report *)s->own)->form == BY_KEY)
		write_by_key(s);
	else
		write_by_day(s);
	tg_jw_close(&s->out, ']');
	return 0;
}

static void
set_form(struct tg_spend *s, enum form form)
{
	((struct report *)s->own)->form = form;
	s->dims = TG_BY(TG_DIM_MODEL) | TG_BY(TG_DIM_KEY);
	if (form == BY_TEAM)
		s->dims |= TG_BY(TG_DIM_DAY) | TG_BY(TG_DIM_TEAM);
	if (form == BY_CUSTOMER)
		s->dims |= TG_BY(TG_DIM_DAY) | TG_BY(TG_DIM_FACET);
}

/* --- what is asked for --- */

static int
global_ask(struct tg_spend *s)
{
	struct tg_manage *m = &s->m;
	const char *by = tg_manage_query(m, "group_by");
	const char *key = tg_manage_query(m, "api_key");
	const char *person = tg_manage_query(m, "internal_user_id");
	const char *team = tg_manage_query(m, "team_id");
	const char *customer = tg_manage_query(m, "customer_id");
	bool of_one = key != NULL || person != NULL || team != NULL;

	if (tg_spend_dates(s, TG_DATES_NEEDED) < 0)
		return -1;
	if (by == NULL)
		by = customer != NULL ? "customer" :
		    of_one	      ? "api_key" :
					"team";
	if (strcmp(by, "team") == 0)
		set_form(s, BY_TEAM);
	else if (strcmp(by, "customer") == 0) {
		s->filter.facet = -1;
		set_form(s, BY_CUSTOMER);
	} else if (strcmp(by, "api_key") == 0)
		set_form(s, BY_KEY);
	else
		return tg_fail_param(m->e, TG_E_INVALID, "group_by",
		    "'group_by' must be team, customer or api_key.");
	if (tg_spend_subject(s, TG_SUBJECT_PERSON, person) != 0 ||
	    tg_spend_subject(s, TG_SUBJECT_TEAM, team) != 0 ||
	    tg_spend_subject(s, TG_SUBJECT_CUSTOMER, customer) != 0)
		return -1;
	return tg_spend_key(s, key);
}

int
tg_web_global_report(struct tg_web *w)
{
	struct report r = { .form = BY_TEAM };

	return tg_spend_serve(w, global_ask, report_write, &r);
}

/* /key/..., /user/..., /team/..., /organization/...: own ones without an id */
static int
scoped_ask(struct tg_spend *s)
{
	struct tg_manage *m = &s->m;

	set_form(s, BY_KEY);
	if (tg_spend_dates(s, TG_DATES_NEEDED) < 0 ||
	    tg_spend_subject(s, TG_SUBJECT_ORGANIZATION,
		tg_manage_query(m, "organization_id")) != 0)
		return -1;
	return tg_spend_filters(s);
}

/* These say only the text (litellm-compat.md 2.8). */
int
tg_web_spend_report(struct tg_web *w)
{
	struct report r = { .form = BY_KEY };
	struct tg_err *e = &w->rq->err;
	enum tg_compat compat = tg_app_web(w->app)->compat;

	if (tg_spend_serve(w, scoped_ask, report_write, &r) == 0)
		return 0;
	if (w->rq->state != TG_REPLY_NONE ||
	    (e->code != TG_E_INVALID && e->code != TG_E_FORBIDDEN))
		return -1;
	return tg_reply_send(w->rq, tg_fault_status(e, compat),
	    "application/json",
	    tg_str(tg_arena_printf(w->rq->arena, "{\"detail\":%.*s}",
		TG_PRI(tg_json_quoted(w->rq->arena, tg_str(e->msg))))));
}
