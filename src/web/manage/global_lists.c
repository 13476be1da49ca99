/*
 * Every tag, every customer; what keys and teams have spent set to nothing.
 */
#include "config.h"

#include "store/accounts.h"
#include "web/spend.h"

/* --- names --- */

static int
list_write(struct tg_spend *s, enum tg_subject_kind kind, const char *member)
{
	struct tg_subject_filter f = { .kind = kind };
	struct tg_subject *rows;
	int64_t total;
	size_t n;

	if (tg_subject_list(s->m.db, s->arena, &f, &rows, &n, &total,
		s->m.e) != 0)
		return -1;
	tg_jw_open(&s->out, NULL, '{');
	tg_jw_open(&s->out, member, '[');
	for (size_t i = 0; i < n; i++)
		tg_jw_text(&s->out, NULL, rows[i].name);
	tg_jw_close(&s->out, ']');
	tg_jw_close(&s->out, '}');
	return 0;
}

static int
nothing_to_ask(struct tg_spend *s)
{
	(void)s;
	return 0;
}

static int
customers_write(struct tg_spend *s)
{
	return list_write(s, TG_SUBJECT_CUSTOMER, "end_users");
}

int
tg_web_all_customers(struct tg_web *w)
{
	return tg_spend_serve(w, nothing_to_ask, customers_write, NULL);
}

/* Those of the caller's own calls, for who does not see everything. */
static int
tags_ask(struct tg_spend *s)
{
	if (tg_spend_sees_all(s))
		return 0;
	s->filter.facet = -2;
	s->dims = TG_BY(TG_DIM_FACET);
	tg_spend_own(s);
	return 0;
}

static int
tags_write(struct tg_spend *s)
{
	const struct tg_group *const *groups;
	size_t n;

	if (s->dims == 0)
		return list_write(s, TG_SUBJECT_TAG, "tag_names");
	groups = tg_tally_groups(s->tally, TG_TALLY_RISING, &n);
	tg_jw_open(&s->out, NULL, '{');
	tg_jw_open(&s->out, "tag_names", '[');
	for (size_t i = 0; i < n; i++)
		tg_jw_text(&s->out, NULL,
		    tg_names_subject(s->names, groups[i]->v[TG_DIM_FACET])
			->id);
	tg_jw_close(&s->out, ']');
	tg_jw_close(&s->out, '}');
	return 0;
}

int
tg_web_all_tags(struct tg_web *w)
{
	return tg_spend_serve(w, tags_ask, tags_write, NULL);
}

/* --- /global/spend/reset, /refresh --- */

static int
reset_keys(struct tg_manage *m)
{
	struct tg_key_filter f = { .sort = NULL };
	struct tg_key *keys;
	int64_t total;
	size_t n;

	if (tg_key_page(m->db, m->a, &f, &keys, &n, &total, m->e) != 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (tg_account_adjust(m->db, TG_SCOPE_KEY, keys[i].id, "", 0,
			false, m->e) != 0)
			return -1;
	return 0;
}

static int
reset_teams(struct tg_manage *m)
{
	struct tg_subject_filter f = { .kind = TG_SUBJECT_TEAM };
	struct tg_subject *teams;
	int64_t total;
	size_t n;

	if (tg_subject_list(m->db, m->a, &f, &teams, &n, &total, m->e) != 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (tg_account_adjust(m->db, TG_SCOPE_TEAM, teams[i].id, "",
			0, false, m->e) != 0)
			return -1;
	return 0;
}

static int
need_master(struct tg_manage *m)
{
	if (m->w->key.role == TG_KEY_MASTER)
		return 0;
	return tg_fail(m->e, TG_E_NOT_ADMIN,
	    "Authentication Error, Only the master key can be used to call "
	    "this route. Your role=%s.",
	    m->w->caller->role);
}

int
tg_web_spend_reset(struct tg_manage *m)
{
	if (need_master(m) != 0 || reset_keys(m) != 0 ||
	    reset_teams(m) != 0 ||
	    tg_manage_audit(m, "updated", "LiteLLM_VerificationToken",
		"global/spend/reset", NULL, NULL) != 0)
		return -1;
	m->answer = json_pack("{s:s, s:s}", "message",
	    "Spend for all API Keys and Teams reset successfully", "status",
	    "success");
	return 0;
}

int
tg_web_spend_refresh(struct tg_manage *m)
{
	if (need_master(m) != 0)
		return -1;
	m->answer = json_pack("{s:s, s:s}", "message",
	    "Sums are kept with every call: there is nothing to refresh.",
	    "status", "success");
	return 0;
}
