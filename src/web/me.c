/*
 * GET /api/v1/me, GET /api/v1/calls/{id}: what a key may know of itself.
 */
#include "config.h"

#include "web/me.h"

#include <stdlib.h>

#include "store/call_pages.h"
#include "web/bill.h"

#define LAST_CALLS 20

/* --- budgets and limits --- */

/* A scope and its subject as people know them. */
static void
write_place(struct tg_spend *s, const struct tg_account *a)
{
	struct tg_jw *j = &s->out;
	const struct tg_name *name;
	bool by_tag = a->scope == TG_SCOPE_KEY_TAG;
	bool of_key = a->scope == TG_SCOPE_KEY ||
	    a->scope == TG_SCOPE_KEY_MODEL || by_tag;
	bool of_member = a->scope == TG_SCOPE_ORGANIZATION_MEMBER;

	tg_jw_text(j, "scope", tg_scope_name(a->scope));
	if (a->scope == TG_SCOPE_MEMBER) /* a row that has no name */
		name = tg_names_subject(s->names, 0);
	else if (of_member)
		name = tg_names_subject(
		    s->names, strtoll(a->name, NULL, 10));
	else if (of_key)
		name = tg_names_key(s->names, a->subject);
	else
		name = tg_names_subject(s->names, a->subject);
	tg_jw_text(j, "id", name->id);
	tg_jw_text(j, "alias", of_key ? tg_name_shown(name) : name->alias);
	tg_jw_text(j, "model",
	    *a->name != '\0' && !of_member && !by_tag ? a->name : NULL);
	if (by_tag)
		tg_jw_text(j, "tag", a->name);
}

static int64_t
whole_cap(const struct tg_cap *cap, int64_t now)
{
	if (cap->cap_nano == TG_NANO_NONE)
		return TG_NANO_NONE;
	if (cap->extra_until != 0 && now >= cap->extra_until)
		return cap->cap_nano;
	return cap->cap_nano + cap->extra_nano;
}

static void
whole_nano(struct tg_jw *j, const char *name, int64_t nano)
{
	if (nano == TG_NANO_NONE)
		tg_jw_null(j, name);
	else
		tg_jw_i64(j, name, nano);
}

/* As USD, and as whole nano-dollars for who reckons with them. */
static void
write_amounts(struct tg_spend *s, const struct tg_standing *st,
    void (*put)(struct tg_jw *, const char *, int64_t))
{
	int64_t cap = whole_cap(st->cap, s->m.now);
	int64_t used = st->spent_nano + st->held_nano;

	put(&s->out, "max_budget", cap);
	put(&s->out, "soft_budget", st->cap->soft_nano);
	put(&s->out, "spent", st->spent_nano);
	put(&s->out, "held", st->held_nano);
	put(&s->out, "left",
	    cap == TG_NANO_NONE ? TG_NANO_NONE :
		used >= cap	? 0 :
				  cap - used);
}

static void
write_cap(struct tg_spend *s, const struct tg_account *a,
    const struct tg_standing *st)
{
	static const char *const at[] = { "block", "warn", "switch" };
	struct tg_jw *j = &s->out;

	tg_jw_open(j, NULL, '{');
	write_place(s, a);
	tg_jw_text(j, "period", st->cap->period);
	write_amounts(s, st, tg_jw_nano);
	tg_jw_open(j, "nano", '{');
	write_amounts(s, st, whole_nano);
	tg_jw_close(j, '}');
	tg_jw_time(j, "period_start", st->period_at);
	tg_jw_time(
	    j, "reset_at", st->reset_at == INT64_MAX ? 0 : st->reset_at);
	tg_jw_text(j, "at_budget", at[st->cap->at_cap]);
	tg_jw_text(j, "switch_model", st->cap->switch_model);
	tg_jw_close(j, '}');
}

static void
write_limit(struct tg_spend *s, const struct tg_account *a,
    const struct tg_standing *st)
{
	const struct tg_limit *l = st->limit;
	struct tg_jw *j = &s->out;

	tg_jw_open(j, NULL, '{');
	write_place(s, a);
	tg_jw_text(j, "unit", tg_limit_unit_name(l->unit));
	tg_jw_i64(j, "window_seconds", l->window_s);
	tg_jw_i64(j, "max", l->cap);
	tg_jw_i64(j, "used", st->used);
	tg_jw_i64(j, "remaining", st->used >= l->cap ? 0 : l->cap - st->used);
	tg_jw_i64(j, "reset_ms", (st->free_us + 999) / 1000);
	tg_jw_close(j, '}');
}

struct standings {
	const struct tg_account *account;
	const struct tg_standing *list;
	size_t n;
};

static int
read_standings(struct tg_spend *s, const struct tg_me_account *list,
    size_t n_list, struct standings **all, size_t *n_all)
{
	struct tg_account *accounts;
	size_t room = 0, n;

	*n_all = 0;
	*all = NULL;
	for (size_t i = 0; i < n_list; i++) {
		if (list[i].subject == 0 && list[i].scope != TG_SCOPE_HOUSE)
			continue;
		if (tg_accounts_of(s->m.db, s->arena, list[i].scope,
			list[i].subject, &accounts, &n, s->m.e) != 0)
			return -1;
		if (*n_all + n > room) {
			struct standings *more = tg_arena_zero(s->arena,
			    (*n_all + n) * 2 * sizeof(*more));
			if (*n_all > 0)
				memcpy(more, *all, *n_all * sizeof(*more));
			*all = more;
			room = (*n_all + n) * 2;
		}
		for (size_t k = 0; k < n; k++) {
			struct standings *one = &(*all)[*n_all];
			struct tg_standing *st;
			if (list[i].name != NULL &&
			    strcmp(list[i].name, accounts[k].name) != 0)
				continue;
			if (tg_standings(s->m.db, s->arena, &accounts[k],
				s->m.now, &st, &one->n, s->m.e) != 0)
				return -1;
			one->account = &accounts[k];
			one->list = st;
			(*n_all)++;
		}
	}
	return 0;
}

int
tg_me_standings(struct tg_spend *s, const struct tg_me_account *list, size_t n)
{
	struct standings *all;
	size_t n_all;

	if (read_standings(s, list, n, &all, &n_all) != 0)
		return -1;
	tg_jw_open(&s->out, "budgets", '[');
	for (size_t i = 0; i < n_all; i++)
		for (size_t k = 0; k < all[i].n; k++)
			if (all[i].list[k].cap != NULL)
				write_cap(s, all[i].account, &all[i].list[k]);
	tg_jw_close(&s->out, ']');
	tg_jw_open(&s->out, "limits", '[');
	for (size_t i = 0; i < n_all; i++)
		for (size_t k = 0; k < all[i].n; k++)
			if (all[i].list[k].limit != NULL)
				write_limit(
				    s, all[i].account, &all[i].list[k]);
	tg_jw_close(&s->out, ']');
	return 0;
}

int
tg_me_accounts(struct tg_manage *m, const struct tg_key *key, int64_t person,
    struct tg_me_account list[TG_ME_ACCOUNTS])
{
	struct tg_member member = { .id = 0 };
	struct tg_subject team = { .parent = 0 };
	char *number = tg_arena_alloc(m->a, TG_SCOPE_NUMBER_BYTES);
	int64_t organization;

	if (key->team != 0 &&
	    tg_subject_by_id(m->db, m->a, key->team, &team, m->e) < 0)
		return -1;
	organization = key->organization != 0 ? key->organization :
						team.parent;
	(void)tg_scope_number(organization, number);
	if (key->team != 0 && person != 0 &&
	    tg_member_find(
		m->db, m->a, key->team, person, &member, m->e) < 0)
		return -1;
	const struct tg_me_account all[TG_ME_ACCOUNTS] = {
		{ TG_SCOPE_KEY, key->id, NULL },
		{ TG_SCOPE_KEY_MODEL, key->id, NULL },
		{ TG_SCOPE_KEY_TAG, key->id, NULL },
		{ TG_SCOPE_MEMBER, member.id, NULL },
		{ TG_SCOPE_PERSON, person, NULL },
		{ TG_SCOPE_PERSON_MODEL, person, NULL },
		{ TG_SCOPE_PROJECT, key->project, NULL },
		{ TG_SCOPE_PROJECT_MODEL, key->project, NULL },
		{ TG_SCOPE_TEAM, key->team, NULL },
		{ TG_SCOPE_TEAM_MODEL, key->team, NULL },
		{ TG_SCOPE_ORGANIZATION, organization, NULL },
		{ TG_SCOPE_ORGANIZATION_MODEL, organization, NULL },
		{ TG_SCOPE_ORGANIZATION_MEMBER, person, number },
		{ TG_SCOPE_HOUSE, 0, NULL },
	};
	memcpy(list, all, sizeof(all));
	return 0;
}

/* The house's is not for everybody. */
static int
write_promises(struct tg_spend *s, const struct tg_key *key, int64_t person)
{
	struct tg_me_account list[TG_ME_ACCOUNTS];
	size_t n = TG_ME_ACCOUNTS;

	if (tg_me_accounts(&s->m, key, person, list) != 0)
		return -1;
	return tg_me_standings(s, list, tg_spend_sees_all(s) ? n : n - 1);
}

/* --- by model, by day --- */

void
tg_me_tokens(struct tg_jw *j, const int64_t tokens[TG_TOK__MAX])
{
	tg_jw_open(j, "tokens", '{');
	for (int i = 0; i < TG_TOK__MAX; i++)
		if (tokens[i] >= 0)
			tg_jw_i64(j,
			    tg_token_class_name((enum tg_token_class)i),
			    tokens[i]);
	tg_jw_close(j, '}');
}

static void
write_sums(struct tg_jw *j, const struct tg_sums *sums)
{
	tg_jw_i64(j, "calls", sums->calls);
	tg_jw_i64(j, "failed", sums->failed);
	tg_jw_i64(j, "unpriced", sums->unpriced);
	tg_me_tokens(j, sums->tokens);
	tg_jw_nano(j, "spend", sums->cost_nano);
	tg_jw_close(j, '}');
}

static void
write_spending(struct tg_spend *s)
{
	const struct tg_group *const *groups;
	struct tg_jw *j = &s->out;
	size_t n;

	tg_jw_text(j, "since", tg_spend_date(s, s->first_day));
	groups = tg_tally_groups(tg_spend_fold(s, TG_BY(TG_DIM_MODEL)),
	    TG_TALLY_DEAREST, &n);
	tg_jw_open(j, "by_model", '[');
	for (size_t i = 0; i < n; i++) {
		tg_jw_open(j, NULL, '{');
		tg_jw_text(
		    j, "model", tg_group_text(groups[i], TG_DIM_MODEL));
		write_sums(j, &groups[i]->sums);
	}
	tg_jw_close(j, ']');
	groups = tg_tally_groups(tg_spend_fold(s, TG_BY(TG_DIM_DAY)),
	    TG_TALLY_RISING, &n);
	tg_jw_open(j, "by_day", '[');
	for (size_t i = 0; i < n; i++) {
		tg_jw_open(j, NULL, '{');
		tg_jw_text(j, "date",
		    tg_spend_date(s, groups[i]->v[TG_DIM_DAY]));
		write_sums(j, &groups[i]->sums);
	}
	tg_jw_close(j, ']');
}

/* --- calls --- */

static void
write_us(struct tg_jw *j, const char *name, int64_t us)
{
	if (us < 0)
		tg_jw_null(j, name);
	else
		tg_jw_milli(j, name, us);
}

static void
write_call(struct tg_jw *j, const struct tg_call_row *r)
{
	tg_jw_text(j, "call_id", r->id);
	tg_jw_i64(j, "attempt", r->attempt);
	tg_jw_time(j, "start", r->start_at);
	tg_jw_text(j, "model", r->model);
	tg_jw_text(j, "state", tg_call_state_name(r->state));
	tg_jw_i64(j, "status", r->status);
	tg_jw_text(j, "error", r->error);
	tg_me_tokens(j, r->tokens);
	tg_jw_nano(j, "cost", r->cost_nano);
	tg_jw_bool(j, "estimated", r->estimated);
	write_us(j, "total_ms", r->end_us);
}

static int
write_last_calls(struct tg_spend *s)
{
	struct tg_call_query q;
	struct tg_call_row *rows;
	size_t n;

	tg_call_query_init(&q);
	q.limit = LAST_CALLS;
	q.key_id = s->filter.key_id;
	q.person = s->filter.person;
	if (tg_call_page(
		s->m.db, s->arena, &q, &rows, &n, NULL, s->m.e) != 0)
		return -1;
	tg_jw_open(&s->out, "last_calls", '[');
	for (size_t i = 0; i < n; i++) {
		tg_jw_open(&s->out, NULL, '{');
		write_call(&s->out, &rows[i]);
		tg_jw_close(&s->out, '}');
	}
	tg_jw_close(&s->out, ']');
	return 0;
}

/* --- all of it --- */

static int
write_spent(struct tg_spend *s, const struct tg_key *key, int64_t person)
{
	int64_t nano;

	if (tg_account_spent(s->m.db,
		key->id != 0 ? TG_SCOPE_KEY : TG_SCOPE_PERSON,
		key->id != 0 ? key->id : person, "", &nano, s->m.e) != 0)
		return -1;
	tg_jw_nano(&s->out, "spent", nano);
	return 0;
}

int
tg_me_write(struct tg_spend *s, const struct tg_key *key, int64_t person)
{
	/* Neither: the master of tollgate.ini, whose calls are no one's. */
	s->filter.key_id = key->id != 0 || person != 0 ? key->id : -1;
	s->filter.person = key->id != 0 ? 0 : person;
	tg_spend_last_month(s);
	s->dims = TG_BY(TG_DIM_DAY) | TG_BY(TG_DIM_MODEL);
	if (tg_spend_group(s) != 0 || write_spent(s, key, person) != 0 ||
	    write_promises(s, key, person) != 0)
		return -1;
	write_spending(s);
	return write_last_calls(s);
}
