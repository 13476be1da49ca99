/*
 * The overview's chart: the dearest values by themselves, the others together.
 */
#include "config.h"

#include <stdlib.h>

#include "base/escape.h"
#include "web/admin/overview.h"
#include "web/names.h"
#include "web/page/chart.h"

#define NAMED (TG_CHART_SERIES - 1)

/* What the chart stacks, and where its bars and names lead. */
static const struct by {
	enum tg_sum_dim dim;
	const char *filter;
} bys[] = {
	{ TG_SUM_MODEL, "model" },
	{ TG_SUM_PROVIDER, "provider" },
	{ TG_SUM_KEY, "key" },
	{ TG_SUM_PERSON, "person" },
	{ TG_SUM_TEAM, "team" },
};

static const char *
filter_of(enum tg_sum_dim dim)
{
	for (size_t i = 0; i < sizeof(bys) / sizeof(bys[0]); i++)
		if (bys[i].dim == dim)
			return bys[i].filter;
	return "";
}

/* The largest of them, in order; how many. */
static size_t
best(const struct tg_overview *v, struct tg_overview_value *top[NAMED])
{
	size_t n = 0;

	for (size_t s = 0; s < TG_VIEW_SLOTS; s++)
		for (struct tg_overview_value *one = v->slots[s]; one != NULL;
		     one = one->next) {
			size_t i = n;

			if (one->sum <= 0 ||
			    (n == NAMED && one->sum <= top[n - 1]->sum))
				continue;
			if (n < NAMED)
				n++;
			else
				i--;
			for (; i > 0 && top[i - 1]->sum < one->sum; i--)
				top[i] = top[i - 1];
			top[i] = one;
		}
	return n;
}

/* A number's name. */
static const char *
shown(const struct tg_overview *v, struct tg_names *names, const char *value)
{
	int64_t id = strtoll(value, NULL, 10);
	const char *name;

	if (v->dim == TG_SUM_KEY)
		name = tg_name_shown(tg_names_key(names, id));
	else if (v->dim == TG_SUM_PERSON || v->dim == TG_SUM_TEAM)
		name = tg_name_shown(tg_names_subject(names, id));
	else
		return value;
	return tg_arena_cstr(v->m->a, tg_str(*name != '\0' ? name : value));
}

static const char *
calls_of(const struct tg_overview *v, const char *value)
{
	const char *url;
	struct tg_buf b;

	tg_buf_init(&b, 4096);
	tg_buf_printf(&b, "%sadmin/calls?%s&%s=", v->p->locale.root,
	    tg_overview_time(v), filter_of(v->dim));
	tg_url_encode(&b, tg_str(value));
	url = b.failed ? "#" : tg_arena_cstr(v->m->a, tg_buf_str(&b));
	tg_buf_free(&b);
	return url;
}

static json_t *
series(const struct tg_overview *v, struct tg_overview_value *const *top,
    size_t n, bool others)
{
	struct tg_names *names = tg_names_new(v->m->db, v->m->a, v->m->e);
	json_t *list = json_array();

	for (size_t i = 0; i < n; i++)
		(void)json_array_append_new(list, json_pack("{ssss}",
		    "name", shown(v, names, top[i]->value), "href",
		    calls_of(v, top[i]->value)));
	if (others)
		(void)json_array_append_new(list, json_pack("{ss}", "name",
		    tg_page_words(v->p, n > 0 ? N_("Others") : N_("All"))));
	tg_names_free(names);
	return list;
}

static json_t *
bar(const struct tg_overview *v, int i, struct tg_overview_value *const *top,
    size_t n)
{
	json_t *values = json_array();
	int64_t rest = v->all[i];

	for (size_t k = 0; k < n; k++) {
		(void)json_array_append_new(
		    values, json_integer(top[k]->bars[i]));
		rest -= top[k]->bars[i];
	}
	(void)json_array_append_new(
	    values, json_integer(rest > 0 ? rest : 0));
	return json_pack("{sIssso}", "at", (json_int_t)v->edges[i], "href",
	    tg_arena_printf(v->m->a, "%sadmin/calls?from=%s&to=%s",
		v->p->locale.root, tg_span_text(v->p, v->edges[i]),
		tg_span_text(v->p, v->edges[i + 1])),
	    "values", values);
}

/* What the named ones leave over. */
static bool
has_others(const struct tg_overview *v, struct tg_overview_value *const *top,
    size_t n)
{
	for (int i = 0; i < v->n_bars; i++) {
		int64_t rest = v->all[i];

		for (size_t k = 0; k < n; k++)
			rest -= top[k]->bars[i];
		if (rest > 0)
			return true;
	}
	return false;
}

int
tg_overview_chart(struct tg_overview *v)
{
	static const char *const units[] = { "usd", "n", "short" };
	static const char *const titles[] = { N_("Spend"), N_("Calls"),
		N_("Tokens") };
	struct tg_overview_value *top[NAMED];
	size_t n = best(v, top);
	bool others = has_others(v, top, n);
	json_t *bars = json_array();

	if (n == 0 && !others) {
		json_decref(bars);
		return 0;
	}
	for (int i = 0; i < v->n_bars; i++) {
		json_t *one = bar(v, i, top, n);

		if (!others)
			(void)json_array_remove(
			    json_object_get(one, "values"), n);
		(void)json_array_append_new(bars, one);
	}
	tg_page_set(v->p, "chart", json_pack("{sssssssoso}", "title",
	    tg_page_words(v->p, titles[v->measure]), "unit",
	    units[v->measure], "step",
	    v->edges[1] - v->edges[0] < TG_VIEW_DAY_US ? "hour" : "day",
	    "series", series(v, top, n, others), "bars", bars));
	return 0;
}
