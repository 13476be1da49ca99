/*
 * GET /api/v1/report: spending by any dimensions between two dates; and GET
 * /api/v1/statement: a month of one key, person, team or customer.  What
 * `tollgate ledger report' and `ledger statement' draw.
 */
#include "config.h"

#include <stdio.h>

#include "base/civil.h"
#include "base/clock.h"
#include "base/period.h"
#include "store/ledger.h"
#include "web/manage/rows.h"
#include "web/me.h"

#define MOST_BY 6

static const struct dim {
	const char *name;
	enum tg_dim dim;
	int64_t facet;
} dims[] = {
	{ "day", TG_DIM_DAY, 0 },
	{ "key", TG_DIM_KEY, 0 },
	{ "person", TG_DIM_PERSON, 0 },
	{ "team", TG_DIM_TEAM, 0 },
	{ "project", TG_DIM_PROJECT, 0 },
	{ "organization", TG_DIM_ORGANIZATION, 0 },
	{ "model", TG_DIM_MODEL, 0 },
	{ "deployment", TG_DIM_DEPLOYMENT, 0 },
	{ "provider", TG_DIM_PROVIDER, 0 },
	{ "route", TG_DIM_ROUTE, 0 },
	{ "customer", TG_DIM_FACET, -1 },
	{ "tag", TG_DIM_FACET, -2 },
};

struct report {
	const struct dim *by[MOST_BY];
	int n_by;
	/* of a statement */
	const char *month, *kind;
	const struct tg_name *whose;
	struct tg_me_account accounts[2];
	size_t n_accounts;
};

/* --- what is asked for --- */

static int
read_by(struct tg_spend *s, struct report *r, const char *by)
{
	struct tg_str rest = tg_str(by), one;
	size_t i;

	while (tg_str_cut(&rest, ',', &one)) {
		for (i = 0; i < sizeof(dims) / sizeof(dims[0]); i++)
			if (tg_str_is(tg_str_trim(one), dims[i].name))
				break;
		if (i == sizeof(dims) / sizeof(dims[0]) || r->n_by == MOST_BY)
			return tg_fail_param(s->m.e, TG_E_INVALID, "by",
			    "'by' must be some of day, key, person, team, "
			    "project, organization, model, deployment, "
			    "provider, route, customer, tag.");
		if (dims[i].facet != 0 && s->filter.facet != 0)
			return tg_fail_param(s->m.e, TG_E_INVALID, "by",
			    "Customers and tags cannot be told apart at the "
			    "same time.");
		if (dims[i].facet != 0)
			s->filter.facet = dims[i].facet;
		r->by[r->n_by++] = &dims[i];
		s->dims |= TG_BY(dims[i].dim);
	}
	return 0;
}

/* By its alias, too. */
static int
read_key(struct tg_spend *s)
{
	const char *given = tg_manage_query(&s->m, "key");
	struct tg_key key;
	int found;

	if (given == NULL)
		return 0;
	found = tg_key_get_alias(s->m.db, s->arena, given, &key, s->m.e);
	if (found < 0)
		return -1;
	if (found == 1)
		given = tg_arena_cstr(s->arena, tg_str(key.token));
	return tg_spend_key(s, given);
}

static int
read_filters(struct tg_spend *s)
{
	static const struct {
		const char *name;
		enum tg_subject_kind kind;
	} list[] = {
		{ "person", TG_SUBJECT_PERSON },
		{ "team", TG_SUBJECT_TEAM },
		{ "project", TG_SUBJECT_PROJECT },
		{ "organization", TG_SUBJECT_ORGANIZATION },
		{ "customer", TG_SUBJECT_CUSTOMER },
		{ "tag", TG_SUBJECT_TAG },
	};

	for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++)
		if (tg_spend_subject(s, list[i].kind,
			tg_manage_query(&s->m, list[i].name)) != 0)
			return -1;
	s->filter.model = tg_manage_query(&s->m, "model");
	s->filter.provider = tg_manage_query(&s->m, "provider");
	if (read_key(s) != 0)
		return -1;
	tg_spend_own(s);
	return 0;
}

/* Months and days are the house's. */
static int
set_zone(struct tg_spend *s)
{
	int64_t from, to;
	const char *first = tg_spend_date(s, s->first_day);
	const char *after = tg_spend_date(s, s->last_day + 1);

	if (*s->m.zone == '\0')
		return 0;
	if (!tg_day_begin(s->m.zone, tg_str(first), &from) ||
	    !tg_day_begin(s->m.zone, tg_str(after), &to))
		return tg_fail(s->m.e, TG_E_INTERNAL,
		    "The time zone '%s' is not known here.", s->m.zone);
	s->zone = s->m.zone;
	s->filter.from_at = from;
	s->filter.to_at = to;
	return 0;
}

/* Without the last: up to this very day, as the house counts days. */
static int
read_dates(struct tg_spend *s)
{
	const char *from = tg_manage_query(&s->m, "start_date");
	struct tg_str text;
	struct tg_date date;
	char today[11];
	int given = tg_spend_dates(s, 0);
	bool known = tg_day_of(s->m.zone, s->m.now, today);

	if (given != 0)
		return given;
	if (known && from != NULL)
		return tg_spend_range(s, from, today) == 0 ? 1 : -1;
	tg_spend_last_month(s);
	if (!known)
		return 0;
	text = tg_str(today);
	if (!tg_date_read(&text, &date))
		return 0;
	s->first_day += tg_days_of(date) - s->last_day;
	s->last_day = tg_days_of(date);
	return 0;
}

static int
report_ask(struct tg_spend *s)
{
	const char *by = tg_manage_query(&s->m, "by");

	return read_dates(s) < 0 || set_zone(s) != 0 ||
		read_by(s, s->own, by != NULL ? by : "day") != 0 ||
		read_filters(s) != 0 ?
	    -1 :
	    0;
}

/* --- writing --- */

static void
write_named(struct tg_spend *s, const struct dim *dim,
    const struct tg_group *g)
{
	bool key = dim->dim == TG_DIM_KEY;
	const struct tg_name *name = key ?
	    tg_names_key(s->names, g->v[dim->dim]) :
	    tg_names_subject(s->names, g->v[dim->dim]);
	struct tg_jw *j = &s->out;

	tg_jw_text(j, dim->name, key ? tg_name_shown(name) : name->id);
	tg_jw_text(j,
	    tg_arena_printf(
		s->arena, "%s_%s", dim->name, key ? "hash" : "alias"),
	    key ? name->id : name->alias);
}

static void
write_dim(struct tg_spend *s, const struct dim *dim, const struct tg_group *g)
{
	const char *text;

	if (dim->dim == TG_DIM_DAY)
		tg_jw_text(&s->out, dim->name,
		    tg_spend_date(s, g->v[TG_DIM_DAY]));
	else if (dim->dim >= TG_DIM_MODEL && dim->dim <= TG_DIM_ROUTE) {
		text = tg_group_text(g, dim->dim);
		tg_jw_text(
		    &s->out, dim->name, *text != '\0' ? text : NULL);
	} else
		write_named(s, dim, g);
}

static void
write_sums(struct tg_jw *j, const struct tg_sums *sums)
{
	tg_jw_i64(j, "calls", sums->calls);
	tg_jw_i64(j, "failed", sums->failed);
	tg_jw_i64(j, "unpriced", sums->unpriced);
	tg_me_tokens(j, sums->tokens);
	tg_jw_i64(j, "reasoning_tokens", sums->reasoning_tokens);
	tg_jw_nano(j, "spend", sums->cost_nano);
	tg_jw_i64(j, "spend_nano", sums->cost_nano);
	tg_jw_nano(j, "provider_spend", sums->provider_cost_nano);
}

static void
write_rows(struct tg_spend *s, const struct report *r)
{
	bool by_day = (s->dims & TG_BY(TG_DIM_DAY)) != 0;
	const struct tg_group *const *groups;
	struct tg_jw *j = &s->out;
	size_t n;

	groups = tg_tally_groups(
	    s->tally, by_day ? TG_TALLY_RISING : TG_TALLY_DEAREST, &n);
	tg_jw_text(j, "from", tg_spend_date(s, s->first_day));
	tg_jw_text(j, "to", tg_spend_date(s, s->last_day));
	tg_jw_text(j, "zone", s->zone != NULL ? s->zone : "UTC");
	tg_jw_open(j, "rows", '[');
	for (size_t i = 0; i < n; i++) {
		tg_jw_open(j, NULL, '{');
		for (int k = 0; k < r->n_by; k++)
			write_dim(s, r->by[k], groups[i]);
		write_sums(j, &groups[i]->sums);
		tg_jw_close(j, '}');
	}
	tg_jw_close(j, ']');
	tg_jw_open(j, "total", '{');
	write_sums(j, tg_tally_total(s->tally));
	tg_jw_close(j, '}');
}

static int
report_write(struct tg_spend *s)
{
	tg_jw_open(&s->out, NULL, '{');
	write_rows(s, s->own);
	tg_jw_close(&s->out, '}');
	return 0;
}

int
tg_web_report(struct tg_web *w)
{
	struct report r = { .n_by = 0 };

	return tg_spend_serve(w, report_ask, report_write, &r);
}

/* --- statements --- */

/* "2026-11"; without one the month that is. */
static int
read_month(struct tg_spend *s, struct report *r)
{
	const char *given = tg_manage_query(&s->m, "month");
	struct tg_str text;
	struct tg_date date;
	char today[11];

	if (given == NULL && tg_day_of(s->m.zone, s->m.now, today))
		given = tg_arena_printf(s->arena, "%.7s", today);
	text = tg_str(tg_arena_printf(
	    s->arena, "%.7s-01", given != NULL ? given : ""));
	if (given == NULL || strlen(given) != 7 ||
	    !tg_date_read(&text, &date) || text.n != 0)
		return tg_fail_param(s->m.e, TG_E_INVALID, "month",
		    "'month' must be a month such as 2026-11.");
	r->month = given;
	return tg_spend_range(s,
	    tg_arena_printf(s->arena, "%s-01", given),
	    tg_arena_printf(s->arena, "%s-%02d", given,
		tg_days_in_month(date.year, date.month)));
}

static void
add_account(struct report *r, enum tg_scope scope, int64_t subject)
{
	r->accounts[r->n_accounts++] =
	    (struct tg_me_account){ scope, subject, NULL };
}

/* Exactly one of them; 404 for what is not there. */
static int
read_whose(struct tg_spend *s, struct report *r)
{
	const struct tg_rollup_filter *f = &s->filter;
	int64_t id = f->key_id;

	if (tg_manage_query(&s->m, "key") != NULL) {
		r->kind = "key";
		add_account(r, TG_SCOPE_KEY, id);
		add_account(r, TG_SCOPE_KEY_MODEL, id);
	} else if (tg_manage_query(&s->m, "person") != NULL) {
		r->kind = "person";
		add_account(r, TG_SCOPE_PERSON, id = f->person);
		add_account(r, TG_SCOPE_PERSON_MODEL, id);
	} else if (tg_manage_query(&s->m, "team") != NULL) {
		r->kind = "team";
		add_account(r, TG_SCOPE_TEAM, id = f->team);
		add_account(r, TG_SCOPE_TEAM_MODEL, id);
	} else if (tg_manage_query(&s->m, "customer") != NULL) {
		r->kind = "customer";
		add_account(r, TG_SCOPE_CUSTOMER, id = f->facet);
		add_account(r, TG_SCOPE_CUSTOMER_MODEL, id);
		if (!tg_spend_sees_all(s))
			return tg_caller_deny(
			    &s->m, "see the statement of a customer");
	} else
		return tg_fail_param(s->m.e, TG_E_INVALID, "key",
		    "Say whose statement it is: key, person, team or "
		    "customer.");
	if (id == -1 || id == INT64_MAX)
		return tg_fail_param(s->m.e, TG_E_NOT_FOUND, r->kind,
		    "There is no such %s.", r->kind);
	r->whose = strcmp(r->kind, "key") == 0 ?
	    tg_names_key(s->names, id) :
	    tg_names_subject(s->names, id);
	return 0;
}

static int
statement_ask(struct tg_spend *s)
{
	struct report *r = s->own;

	return read_month(s, r) != 0 || set_zone(s) != 0 ||
		read_by(s, r, "day,model") != 0 || read_filters(s) != 0 ?
	    -1 :
	    read_whose(s, r);
}

static int
write_head(struct tg_spend *s)
{
	char hex[65];
	int64_t line;

	if (tg_ledger_head(s->m.db, &line, hex, s->m.e) != 0)
		return -1;
	tg_jw_open(&s->out, "ledger", '{');
	tg_jw_i64(&s->out, "line", line);
	tg_jw_text(&s->out, "hash", hex);
	tg_jw_close(&s->out, '}');
	return 0;
}

static int
statement_write(struct tg_spend *s)
{
	const struct report *r = s->own;
	struct tg_jw *j = &s->out;

	tg_jw_open(j, NULL, '{');
	tg_jw_text(j, "kind", r->kind);
	tg_jw_text(j, "id", r->whose->id);
	tg_jw_text(j, "alias",
	    r->whose->alias != NULL ? r->whose->alias : r->whose->title);
	tg_jw_text(j, "month", r->month);
	tg_jw_time(j, "made_at", s->m.now);
	write_rows(s, r);
	if (tg_me_standings(s, r->accounts, r->n_accounts) != 0 ||
	    write_head(s) != 0)
		return -1;
	tg_jw_close(j, '}');
	return 0;
}

int
tg_web_statement(struct tg_web *w)
{
	struct report r = { .n_by = 0 };

	return tg_spend_serve(w, statement_ask, statement_write, &r);
}
