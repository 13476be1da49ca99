/*
 * /spend/keys, /spend/users and /spend/tags: who and what has spent how much
 * (litellm-compat.md 2.8).
 */
#include "config.h"

#include <stdlib.h>

#include "web/manage/rows.h"
#include "web/spend.h"

/* --- tags --- */

static int
tags_ask(struct tg_spend *s)
{
	s->filter.facet = -2;
	s->dims = TG_BY(TG_DIM_FACET);
	return tg_spend_dates(s, 0) < 0 ? -1 : 0;
}

static int
tags_write(struct tg_spend *s)
{
	const struct tg_group *const *groups;
	struct tg_jw *j = &s->out;
	size_t n;

	groups = tg_tally_groups(s->tally, TG_TALLY_DEAREST, &n);
	tg_jw_open(j, NULL, '[');
	for (size_t i = 0; i < n; i++) {
		const struct tg_group *g = groups[i];
		tg_jw_open(j, NULL, '{');
		tg_jw_text(j, "individual_request_tag",
		    tg_names_subject(s->names, g->v[TG_DIM_FACET])->id);
		tg_jw_i64(j, "log_count", g->sums.calls);
		tg_jw_nano(j, "total_spend", g->sums.cost_nano);
		tg_jw_close(j, '}');
	}
	tg_jw_close(j, ']');
	return 0;
}

int
tg_web_spend_tags(struct tg_web *w)
{
	return tg_spend_serve(w, tags_ask, tags_write, NULL);
}

/* --- keys --- */

static double
spend_of(const json_t *row)
{
	return json_number_value(json_object_get(row, "spend"));
}

static int
dearest(const void *left, const void *right)
{
	double a = spend_of(*(json_t *const *)left);
	double b = spend_of(*(json_t *const *)right);

	return (a < b) - (a > b);
}

/* Borrowed rows, sorted. */
static int
sorted(struct tg_manage *m, json_t **rows, size_t n)
{
	if (n > 0)
		qsort(rows, n, sizeof(json_t *), dearest);
	m->answer = json_array();
	for (size_t i = 0; i < n; i++)
		(void)json_array_append(m->answer, rows[i]);
	return 0;
}

int
tg_web_spend_keys(struct tg_manage *m)
{
	struct tg_key_filter f = { .sort = NULL };
	struct tg_key *keys;
	json_t **rows;
	int64_t total;
	size_t n;

	if (tg_key_page(m->db, m->a, &f, &keys, &n, &total, m->e) != 0)
		return -1;
	rows = tg_arena_zero(m->a, (n + 1) * sizeof(json_t *));
	for (size_t i = 0; i < n; i++) {
		rows[i] = tg_row_key(m, &keys[i], false);
		if (rows[i] == NULL)
			return -1;
		tg_jtree_set_text(rows[i], "token", keys[i].token);
	}
	return sorted(m, rows, n);
}

/* --- people --- */

static int
one_user(struct tg_manage *m, const char *name)
{
	struct tg_subject person;
	json_t *row;
	int found = tg_subject_find(
	    m->db, m->a, TG_SUBJECT_PERSON, name, &person, m->e);

	if (found < 0)
		return -1;
	m->answer = json_array();
	if (found == 0)
		return 0;
	row = tg_row_user(m, &person, false);
	if (row == NULL)
		return -1;
	(void)json_array_append(m->answer, row);
	return 0;
}

int
tg_web_spend_users(struct tg_manage *m)
{
	struct tg_subject_filter f = { .kind = TG_SUBJECT_PERSON };
	const char *one = tg_manage_query(m, "user_id");
	struct tg_subject *people;
	json_t **rows;
	int64_t total;
	size_t n;

	if (one != NULL)
		return one_user(m, one);
	if (tg_subject_list(m->db, m->a, &f, &people, &n, &total, m->e) != 0)
		return -1;
	rows = tg_arena_zero(m->a, (n + 1) * sizeof(json_t *));
	for (size_t i = 0; i < n; i++) {
		rows[i] = tg_row_user(m, &people[i], false);
		if (rows[i] == NULL)
			return -1;
	}
	return sorted(m, rows, n);
}
