/*
 * What the holder of a key, or a person, wants to know of it: what holds it
 * back, what was spent by day and model, the last calls, how to use it.
 */
#include "config.h"

#include "web/admin/keys.h"

#include <stdlib.h>

#include "base/period.h"
#include "store/call_pages.h"
#include "web/admin/snippets.h"
#include "web/admin/standing.h"
#include "web/admin/trend.h"
#include "web/page/chart.h"
#include "web/page/session.h"
#include "web/spend.h"
#include "web/tally.h"

#define CALLS_SHOWN 50
#define KEYS_SHOWN 20
#define TEAMS_MOST 10

/* Whose page it is: of a key, or of a person (key.id 0). */
struct mine {
	struct tg_key key;
	int64_t person;
};

static void
whose(struct tg_manage *m, struct mine *me)
{
	bool holder = m->w->visitor->role == TG_VISIT_HOLDER;

	*me = (struct mine){ .person = m->w->visitor->person };
	if (!holder)
		return;
	me->key = m->w->key;
	me->person = me->key.person;
}

/* --- by day and model --- */

struct days {
	int64_t at[TG_TREND_DAYS + 1];
	int64_t today;			/* days since 1970, in the zone */
	struct tg_tally *all, *models;	/* by day and model, by model */
	/* [day][model's place] of those that are drawn */
	int64_t cost[TG_TREND_DAYS][TG_CHART_SERIES];
	const char *names[TG_CHART_SERIES];
	size_t n;
};

static int64_t
today_of(const struct tg_page *p)
{
	int64_t at = p->locale.now;
	char date[11];

	if (tg_day_of(p->locale.zone, at, date))
		(void)tg_day_begin("", tg_str(date), &at);
	return at / TG_DAY_US;
}

/* The last one of those that are drawn is all others. */
static void
add_costs(struct days *d)
{
	const struct tg_group *const *groups;
	size_t n, i;

	groups = tg_tally_groups(d->all, TG_TALLY_RISING, &n);
	for (size_t k = 0; d->n > 0 && k < n; k++) {
		int64_t day = TG_TREND_DAYS - 1 -
		    (d->today - groups[k]->v[TG_DIM_DAY]);
		const char *model = tg_group_text(groups[k], TG_DIM_MODEL);
		for (i = 0;
		     i + 1 < d->n && strcmp(d->names[i], model) != 0;)
			i++;
		if (day >= 0 && day < TG_TREND_DAYS)
			d->cost[day][i] += groups[k]->sums.cost_nano;
	}
}

static json_t *
model_rows(struct tg_page *p, struct days *d)
{
	const struct tg_group *const *groups;
	json_t *rows = json_array();
	size_t n;

	groups = tg_tally_groups(d->models, TG_TALLY_DEAREST, &n);
	d->n = n > TG_CHART_SERIES ? TG_CHART_SERIES : n;
	for (size_t i = 0; i < n; i++) {
		const struct tg_sums *s = &groups[i]->sums;
		const char *model =
		    tg_group_text(groups[i], TG_DIM_MODEL);
		if (i < d->n)
			d->names[i] =
			    tg_arena_cstr(p->a, tg_str(model));
		(void)json_array_append_new(rows,
		    json_pack("{s:s, s:I, s:I, s:I, s:I, s:I, s:I}", "model",
			model, "calls", (json_int_t)s->calls, "failed",
			(json_int_t)s->failed, "unpriced",
			(json_int_t)s->unpriced, "input",
			(json_int_t)tg_sums_input(s), "output",
			(json_int_t)tg_sums_output(s), "cost",
			(json_int_t)s->cost_nano));
	}
	if (n > d->n)
		d->names[d->n - 1] = tg_page_words(p, N_("Others"));
	return rows;
}

static json_t *
chart_of(struct tg_page *p, const struct days *d)
{
	json_t *bars = json_array(), *series = json_array(), *bar;

	for (size_t i = 0; i < d->n; i++)
		(void)json_array_append_new(
		    series, json_pack("{s:s}", "name", d->names[i]));
	for (int day = 0; day < TG_TREND_DAYS; day++) {
		bar = tg_trend_bar(p, d->at, day, NULL);
		for (size_t i = 0; i < d->n; i++)
			(void)json_array_append_new(
			    json_object_get(bar, "values"),
			    json_integer(d->cost[day][i]));
		(void)json_array_append_new(bars, bar);
	}
	return json_pack("{s:s, s:s, s:s, s:o, s:o}", "title",
	    tg_page_words(p, N_("Spend by day and model")), "unit", "usd",
	    "step", "day", "series", series, "bars", bars);
}

static void
put_sums(struct tg_page *p, struct days *d)
{
	const struct tg_group *const *groups;
	const struct tg_sums *all;
	size_t n;

	groups = tg_tally_groups(d->all, TG_TALLY_RISING, &n);
	for (size_t i = 0; i < n; i++)
		tg_tally_fold(d->models, groups[i]);
	tg_page_set(p, "models", model_rows(p, d));
	add_costs(d);
	all = tg_tally_total(d->all);
	tg_page_set_int(p, "calls_30", all->calls);
	tg_page_set_int(p, "cost_30", all->cost_nano);
	if (d->n > 0)
		tg_page_set(p, "chart", chart_of(p, d));
}

static int
put_spending(
    struct tg_manage *m, struct tg_page *p, const struct mine *me)
{
	struct days d = {
		.today = today_of(p),
		.all = tg_tally_new(TG_BY(TG_DIM_DAY) | TG_BY(TG_DIM_MODEL), 0),
		.models = tg_tally_new(TG_BY(TG_DIM_MODEL), 0),
	};
	struct tg_rollup_filter f = { .key_id = me->key.id,
		.person = me->key.id != 0 ? 0 : me->person };
	int rc;

	tg_tally_zone(d.all, p->locale.zone);
	tg_trend_days(p, d.at);
	f.from_at = d.at[0];
	f.to_at = d.at[TG_TREND_DAYS];
	/* Nobody's: the command, the master of tollgate.ini. */
	if (f.key_id == 0 && f.person == 0)
		f.key_id = -1;
	rc = tg_rollup_each(m->db, &f, tg_tally_add, d.all, m->e);
	if (rc >= 0)
		put_sums(p, &d);
	tg_tally_free(d.models);
	tg_tally_free(d.all);
	return rc < 0 ? -1 : 0;
}

/* --- calls --- */

static json_t *
call_row(const struct tg_call_row *r)
{
	int64_t input = 0, output = 0;

	for (int i = 0; i < TG_TOK__MAX; i++) {
		if (r->tokens[i] < 0)
			continue;
		if (i == TG_TOK_OUTPUT || i == TG_TOK_AUDIO_OUTPUT)
			output += r->tokens[i];
		else
			input += r->tokens[i];
	}
	return json_pack(
	    "{s:s, s:I, s:s?, s:b, s:i, s:s?, s:I, s:I, s:o, s:o}", "id",
	    r->id, "at", (json_int_t)r->start_at, "model", r->model, "good",
	    r->state == TG_CALL_DONE, "status", r->status, "error", r->error,
	    "input", (json_int_t)input, "output", (json_int_t)output, "cost",
	    r->cost_nano == TG_COST_UNKNOWN ? json_null() :
					      json_integer(r->cost_nano),
	    "us", r->end_us < 0 ? json_null() : json_integer(r->end_us));
}

static int
put_calls(struct tg_manage *m, struct tg_page *p, const struct mine *me)
{
	json_t *list = json_array();
	struct tg_call_query q;
	struct tg_call_row *rows;
	size_t n;

	tg_page_set(p, "calls", list);
	tg_page_set_true(p, "hidden", me->key.log == TG_LOG_NONE);
	if (me->key.log == TG_LOG_NONE ||
	    (me->key.id == 0 && me->person == 0))
		return 0;
	tg_call_query_init(&q);
	q.limit = CALLS_SHOWN;
	q.key_id = me->key.id;
	q.person = me->key.id != 0 ? 0 : me->person;
	if (tg_call_page(m->db, m->a, &q, &rows, &n, NULL, m->e) != 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		(void)json_array_append_new(list, call_row(&rows[i]));
	tg_page_set_true(p, "has_calls", n > 0);
	tg_page_set_int(p, "calls_key", me->key.id);
	tg_page_set_int(p, "calls_person", q.person);
	return 0;
}

/* --- the page --- */

static int
put_keys(struct tg_manage *m, struct tg_page *p, const struct mine *me)
{
	struct tg_key_filter f = { .person = me->person,
		.limit = KEYS_SHOWN };
	json_t *list = json_array(), *row;
	struct tg_key *keys;
	int64_t total = 0;
	size_t n = 0;

	tg_page_set(p, "keys", list);
	if (me->person > 0 &&
	    tg_key_page(m->db, m->a, &f, &keys, &n, &total, m->e) != 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		row = tg_keys_row(m, &keys[i]);
		if (row == NULL)
			return -1;
		(void)json_array_append_new(list, row);
	}
	tg_page_set_int(p, "n_keys", total);
	tg_page_set_true(p, "may_make", m->w->caller->may_write);
	return 0;
}

static int
put_spent(struct tg_manage *m, struct tg_page *p, const struct mine *me)
{
	int64_t nano = 0;

	if ((me->key.id != 0 || me->person > 0) &&
	    tg_account_spent(m->db,
		me->key.id != 0 ? TG_SCOPE_KEY : TG_SCOPE_PERSON,
		me->key.id != 0 ? me->key.id : me->person, "", &nano,
		m->e) != 0)
		return -1;
	tg_page_set_int(p, "spent", nano);
	return 0;
}

/* A person's keys may be a team's: what that holds back holds them, too. */
static int
add_teams(struct tg_manage *m, const struct mine *me,
    struct tg_me_account *list, size_t *n)
{
	struct tg_member *rows;
	size_t n_rows;

	if (me->key.id != 0 || me->person <= 0)
		return 0;
	if (tg_member_list(
		m->db, m->a, 0, me->person, &rows, &n_rows, m->e) != 0)
		return -1;
	for (size_t i = 0; i < n_rows && i < TEAMS_MOST; i++) {
		list[(*n)++] = (struct tg_me_account){ TG_SCOPE_MEMBER,
			rows[i].id, NULL };
		list[(*n)++] = (struct tg_me_account){ TG_SCOPE_TEAM,
			rows[i].team, NULL };
	}
	return 0;
}

static int
put_standings(
    struct tg_manage *m, struct tg_page *p, const struct mine *me)
{
	struct tg_me_account list[TG_ME_ACCOUNTS + 2 * TEAMS_MOST];
	size_t n = TG_ME_ACCOUNTS;

	if (tg_me_accounts(m, &me->key, me->person, list) != 0)
		return -1;
	/* The house's, the last of them, is not for everybody. */
	if (!m->w->caller->viewer)
		n--;
	if (add_teams(m, me, list, &n) != 0)
		return -1;
	tg_page_set_true(p, "shows_whose", true);
	return tg_standing_draw(m, list, n, p->data);
}

static int
me(struct tg_manage *m, struct tg_page *p)
{
	struct mine mine;
	json_t *row;

	whose(m, &mine);
	if (mine.key.id != 0) {
		row = tg_keys_row(m, &mine.key);
		if (row == NULL)
			return -1;
		tg_page_set(p, "key", row);
		tg_snippets_draw(m, p, &mine.key, NULL);
		tg_page_set_true(p, "may_rotate",
		    mine.key.role == TG_KEY_CALLER &&
			m->w->caller->may_write);
	} else if (put_keys(m, p, &mine) != 0) {
		return -1;
	}
	if (put_spent(m, p, &mine) != 0 || put_standings(m, p, &mine) != 0 ||
	    put_spending(m, p, &mine) != 0)
		return -1;
	return put_calls(m, p, &mine);
}

static int
show(struct tg_web *w)
{
	return tg_page_show_models(w, "me", N_("My use"), me);
}

/* --- a new secret --- */

static int
ask(struct tg_manage *m, struct tg_page *p)
{
	json_t *row;

	if (m->w->visitor->role != TG_VISIT_HOLDER)
		return tg_fail(m->e, TG_E_INVALID,
		    "Sign in with a key to give it a new secret, or do it on "
		    "the page of the key.");
	row = tg_keys_row(m, &m->w->key);
	if (row == NULL)
		return -1;
	tg_page_set(p, "key", row);
	return 0;
}

static int
rotate_form(struct tg_web *w)
{
	return tg_page_show(w, "me_rotate", N_("A new secret"), ask);
}

static int
rotate(struct tg_web *w)
{
	struct tg_page *p;
	json_t *body, *answer = NULL;

	if (tg_web_catalog(w) != 0 ||
	    (p = tg_page_open(w, "me_rotate", N_("A new secret"))) == NULL)
		return -1;
	if (w->visitor->role != TG_VISIT_HOLDER)
		return tg_page_refused(p, ask);
	body = json_pack("{s:s, s:s?}", "key", w->key.token, "grace_period",
	    tg_page_field(p, "grace_period"));
	if (tg_page_do(p, tg_web_key_regenerate, body, &answer) != 0)
		return tg_page_refused(p, ask);
	/* All sessions of the old secret ended, this one goes on. */
	if (tg_session_renew(w) != 0) {
		tg_page_close(p);
		return -1;
	}
	tg_page_set_text(p, "back", "me");
	return tg_keys_once(p, answer, N_("The key has a new secret."));
}

/* clang-format off */
const struct tg_route tg_routes_admin_me[] = {
	{ TG_GET, "/me", TG_ACCESS_HOLDER, show, NULL,
	    "What is spent, held and left of what is yours",
	    TG_FAULT_ERROR },
	{ TG_GET, "/me/rotate", TG_ACCESS_HOLDER, rotate_form, NULL,
	    "What a new secret means", TG_FAULT_ERROR },
	{ TG_POST, "/me/rotate", TG_ACCESS_HOLDER, rotate, NULL,
	    "A new secret for the key that signed in", TG_FAULT_ERROR },
	{ .path = NULL },
};
/* clang-format on */
