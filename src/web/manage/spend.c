/*
 * The spend log: /spend/logs by day or as rows, /spend/logs/v2 by pages
 * (litellm-compat.md 2.8).
 */
#include "config.h"

#include <stdio.h>

#include "base/clock.h"
#include "store/call_pages.h"
#include "web/spend_row.h"

#define ROWS_MAX 10000		/* of /spend/logs, which has no pages */
#define PAGE_ROWS 50
#define PAGE_MAX 100

/* --- what both filter by --- */

/* From the rollups' filter, in which rights have been seen to. */
static void
take_filter(struct tg_call_query *q, const struct tg_spend *s)
{
	q->key_id = s->filter.key_id;
	q->person = s->filter.person;
	q->team = s->filter.team;
	q->organization = s->filter.organization;
	if (q->from_at == 0)
		q->from_at = s->filter.from_at;
	if (q->to_at == 0)
		q->to_at = s->filter.to_at;
}

static int
write_rows(struct tg_spend *s, const struct tg_call_query *q, int64_t *total)
{
	struct tg_call_row *rows;
	size_t n;

	if (tg_call_page(s->m.db, s->arena, q, &rows, &n, total, s->m.e) != 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		tg_spend_row(s, &rows[i]);
	return 0;
}

/* --- /spend/logs --- */

static int
logs_ask(struct tg_spend *s)
{
	struct tg_call_query *q = s->own;
	bool summarize = true;
	int dated;

	if (tg_manage_query_bool(&s->m, "summarize", &summarize) != 0)
		return -1;
	dated = tg_spend_dates(s, 0);
	if (dated < 0 || tg_spend_filters(s) != 0)
		return -1;
	if (dated == 1 && summarize) {
		s->dims = TG_BY(TG_DIM_DAY) | TG_BY(TG_DIM_PERSON) |
		    TG_BY(TG_DIM_MODEL) | TG_BY(TG_DIM_KEY);
		return 0;
	}
	tg_call_query_init(q);
	q->limit = ROWS_MAX;
	q->id = tg_manage_query(&s->m, "request_id");
	take_filter(q, s);
	return 0;
}

static void
write_costs(struct tg_spend *s, struct tg_walk *k, int64_t day,
    enum tg_dim dim)
{
	const struct tg_group *g;
	const char *name;

	while ((g = tg_walk_next(k, day)) != NULL) {
		if (dim == TG_DIM_MODEL)
			name = tg_group_text(g, dim);
		else if (dim == TG_DIM_KEY)
			name = tg_names_key(s->names, g->v[dim])->id;
		else
			name = tg_names_subject(s->names, g->v[dim])->id;
		if (name == NULL)
			continue;
		tg_jw_name(&s->out, name);
		tg_jw_nano(&s->out, NULL, g->sums.cost_nano);
	}
}

static void
write_empty_day(struct tg_spend *s, int64_t day)
{
	struct tg_jw *j = &s->out;

	tg_jw_open(j, NULL, '{');
	tg_jw_text(j, "startTime", tg_spend_date(s, day));
	tg_jw_i64(j, "spend", 0);
	tg_jw_open(j, "users", '{');
	tg_jw_close(j, '}');
	tg_jw_open(j, "models", '{');
	tg_jw_close(j, '}');
	tg_jw_close(j, '}');
}

/* Days after the last busy one are there too, those between are not. */
static int
write_days(struct tg_spend *s)
{
	static const enum tg_dim dims[] = { TG_DIM_PERSON, TG_DIM_MODEL,
		TG_DIM_KEY };
	const struct tg_group *g;
	struct tg_walk days, walks[3];
	struct tg_jw *j = &s->out;
	int64_t day = s->last_day;

	tg_walk_begin(&days, tg_spend_fold(s, TG_BY(TG_DIM_DAY)));
	for (int i = 0; i < 3; i++)
		tg_walk_begin(&walks[i],
		    tg_spend_fold(s, TG_BY(TG_DIM_DAY) | TG_BY(dims[i])));
	tg_jw_open(j, NULL, '[');
	for (; days.at < days.n; days.at++) {
		g = days.groups[days.at];
		day = g->v[TG_DIM_DAY];
		tg_jw_open(j, NULL, '{');
		tg_jw_text(j, "startTime", tg_spend_date(s, day));
		tg_jw_nano(j, "spend", g->sums.cost_nano);
		tg_jw_open(j, "users", '{');
		write_costs(s, &walks[0], day, dims[0]);
		tg_jw_close(j, '}');
		tg_jw_open(j, "models", '{');
		write_costs(s, &walks[1], day, dims[1]);
		tg_jw_close(j, '}');
		write_costs(s, &walks[2], day, dims[2]);
		tg_jw_close(j, '}');
	}
	while (++day <= s->last_day)
		write_empty_day(s, day);
	tg_jw_close(j, ']');
	return 0;
}

static int
logs_write(struct tg_spend *s)
{
	int rc;

	if (s->dims != 0)
		return write_days(s);
	tg_jw_open(&s->out, NULL, '[');
	rc = write_rows(s, s->own, NULL);
	tg_jw_close(&s->out, ']');
	return rc;
}

static int
spend_logs(struct tg_web *w)
{
	struct tg_call_query q;

	return tg_spend_serve(w, logs_ask, logs_write, &q);
}

/* --- /spend/logs/v2 --- */

struct page {
	struct tg_call_query q;
	int64_t page, size, total;
};

/* "YYYY-MM-DD HH:MM:SS" (UTC), or a date: then all of that day. */
static int
read_moment(struct tg_spend *s, const char *name, bool end, int64_t *at)
{
	const char *given = tg_manage_query(&s->m, name);
	char *iso;

	if (given == NULL)
		return tg_fail_param(s->m.e, TG_E_INVALID, name,
		    "Start date and end date are required: YYYY-MM-DD "
		    "HH:MM:SS.");
	if (strlen(given) == 10) {
		iso = tg_arena_printf(s->arena, "%sT00:00:00Z", given);
		if (tg_iso_parse(tg_str(iso), at) == 0) {
			*at += end ? TG_DAY_US : 0;
			return 0;
		}
	} else if (strlen(given) >= 19) {
		iso = tg_arena_cstr(s->arena, tg_str(given));
		iso[10] = 'T';
		/* A second is meant whole. */
		if (tg_iso_parse(tg_str(iso), at) == 0) {
			*at += end ? 1000000 : 0;
			return 0;
		}
	}
	return tg_fail_param(s->m.e, TG_E_INVALID, name,
	    "Invalid date format: '%.40s'. Expected: YYYY-MM-DD HH:MM:SS.",
	    given);
}

static int
read_money(struct tg_spend *s, const char *name, int64_t *nano)
{
	const char *given = tg_manage_query(&s->m, name);

	if (given != NULL && tg_nano_parse(tg_str(given), nano) != 0)
		return tg_fail_param(s->m.e, TG_E_TYPE, name,
		    "'%s' must be an amount in USD.", name);
	return 0;
}

static int
read_sort(struct tg_spend *s, struct tg_call_query *q)
{
	static const char *const names[TG_CALLS_BY__MAX] = {
		[TG_CALLS_BY_START] = "startTime",
		[TG_CALLS_BY_COST] = "spend",
		[TG_CALLS_BY_TOKENS] = "total_tokens",
		[TG_CALLS_BY_END] = "endTime",
		[TG_CALLS_BY_DURATION] = "request_duration_ms",
		[TG_CALLS_BY_MODEL] = "model",
	};
	const char *by = tg_manage_query(&s->m, "sort_by");
	const char *order = tg_manage_query(&s->m, "sort_order");
	int i = TG_CALLS_BY_START;

	if (order != NULL && strcmp(order, "asc") != 0 &&
	    strcmp(order, "desc") != 0)
		return tg_fail_param(s->m.e, TG_E_INVALID, "sort_order",
		    "'sort_order' must be asc or desc.");
	q->ascending = order != NULL && strcmp(order, "asc") == 0;
	while (by != NULL && i < TG_CALLS_BY__MAX &&
	    strcmp(by, names[i]) != 0)
		i++;
	if (i == TG_CALLS_BY__MAX)
		return tg_fail_param(s->m.e, TG_E_INVALID, "sort_by",
		    "'sort_by' must be startTime, endTime, spend, "
		    "total_tokens, request_duration_ms or model.");
	q->sort = (enum tg_call_sort)i;
	return 0;
}

static int
read_outcome(struct tg_spend *s, struct tg_call_query *q)
{
	const char *outcome = tg_manage_query(&s->m, "status_filter");
	int64_t status = 0;

	if (outcome != NULL)
		q->outcome = strcmp(outcome, "success") == 0 ? 1 : 2;
	if (q->outcome == 2 && strcmp(outcome, "failure") != 0)
		return tg_fail_param(s->m.e, TG_E_INVALID, "status_filter",
		    "'status_filter' must be success or failure.");
	if (tg_manage_query_int(&s->m, "error_code", 0, 999, &status) != 0)
		return -1;
	q->status = (int)status;
	q->error = tg_manage_query(&s->m, "error_message");
	return 0;
}

/* An alias is a key's: nothing fits one that is not there. */
static int
read_alias(struct tg_spend *s)
{
	const char *alias = tg_manage_query(&s->m, "key_alias");
	struct tg_key key;
	int found;

	if (alias == NULL)
		return 0;
	found =
	    tg_key_get_alias(s->m.db, s->arena, alias, &key, s->m.e);
	if (found < 0)
		return -1;
	return tg_spend_key(
	    s, found == 1 ? key.token : "sk-there-is-no-such-key");
}

static int
v2_ask(struct tg_spend *s)
{
	struct page *p = s->own;
	struct tg_call_query *q = &p->q;
	struct tg_manage *m = &s->m;

	tg_call_query_init(q);
	p->page = 1;
	p->size = PAGE_ROWS;
	if (read_moment(s, "start_date", false, &q->from_at) != 0 ||
	    read_moment(s, "end_date", true, &q->to_at) != 0 ||
	    tg_manage_query_int(m, "page", 1, INT32_MAX, &p->page) != 0 ||
	    tg_manage_query_int(m, "page_size", 1, PAGE_MAX, &p->size) !=
		0 ||
	    read_money(s, "min_spend", &q->min_nano) != 0 ||
	    read_money(s, "max_spend", &q->max_nano) != 0 ||
	    read_sort(s, q) != 0 || read_outcome(s, q) != 0 ||
	    read_alias(s) != 0 || tg_spend_filters(s) != 0)
		return -1;
	q->id = tg_manage_query(m, "request_id");
	q->session = tg_manage_query(m, "session_id");
	q->upstream_model = tg_manage_query(m, "model");
	q->model = tg_manage_query(m, "model_group");
	q->deployment = tg_manage_query(m, "model_id");
	q->user = tg_manage_query(m, "end_user");
	q->limit = p->size;
	q->after = (p->page - 1) * p->size;
	take_filter(q, s);
	return 0;
}

static int
v2_write(struct tg_spend *s)
{
	struct page *p = s->own;
	struct tg_jw *j = &s->out;

	tg_jw_open(j, NULL, '{');
	tg_jw_open(j, "data", '[');
	if (write_rows(s, &p->q, &p->total) != 0)
		return -1;
	tg_jw_close(j, ']');
	tg_jw_i64(j, "total", p->total);
	tg_jw_i64(j, "page", p->page);
	tg_jw_i64(j, "page_size", p->size);
	tg_jw_i64(j, "total_pages", (p->total + p->size - 1) / p->size);
	tg_jw_close(j, '}');
	return 0;
}

static int
spend_logs_v2(struct tg_web *w)
{
	struct page p = { .page = 1 };

	return tg_spend_serve(w, v2_ask, v2_write, &p);
}

/* clang-format off */
const struct tg_route tg_routes_spend[] = {
	{ TG_GET, "/spend/logs", TG_ACCESS_KEY, spend_logs, NULL,
	    "The spend log, by day or as rows", TG_FAULT_ERROR },
	{ TG_GET, "/spend/logs/v2", TG_ACCESS_KEY, spend_logs_v2, NULL,
	    "The spend log by pages, filtered and sorted", TG_FAULT_ERROR },
	{ TG_GET, "/spend/keys", TG_ACCESS_ADMIN, tg_run_look,
	    tg_web_spend_keys, "Keys, by what they have spent",
	    TG_FAULT_DETAIL },
	{ TG_GET, "/spend/users", TG_ACCESS_ADMIN, tg_run_look,
	    tg_web_spend_users, "People, by what they have spent",
	    TG_FAULT_DETAIL },
	{ TG_GET, "/spend/tags", TG_ACCESS_ADMIN, tg_web_spend_tags, NULL,
	    "Tags with their calls and spending", TG_FAULT_DETAIL },
	{ TG_POST, "/spend/calculate", TG_ACCESS_KEY, tg_web_spend_calculate,
	    NULL, "What a request or an answer costs", TG_FAULT_ERROR },
	{ TG_POST, "/cost/estimate", TG_ACCESS_KEY, tg_web_cost_estimate, NULL,
	    "What so many requests would cost", TG_FAULT_DETAIL },
	{ TG_GET, "/key/spend/report", TG_ACCESS_KEY, tg_web_spend_report, NULL,
	    "Spending of keys by model", TG_FAULT_DETAIL },
	{ TG_GET, "/user/spend/report", TG_ACCESS_KEY, tg_web_spend_report,
	    NULL, "Spending of a person's keys by model", TG_FAULT_DETAIL },
	{ TG_GET, "/team/spend/report", TG_ACCESS_KEY, tg_web_spend_report,
	    NULL, "Spending of a team's keys by model", TG_FAULT_DETAIL },
	{ TG_GET, "/organization/spend/report", TG_ACCESS_KEY,
	    tg_web_spend_report, NULL,
	    "Spending of an organization's keys by model", TG_FAULT_DETAIL },
	{ .path = NULL },
};
/* clang-format on */
