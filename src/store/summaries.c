#include "config.h"

#include "store/summaries.h"

/*
 * Reading sums: days that were taken up, and beside them the calls that were
 * not yet, counted on the way.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "store/follow.h"
#include "store/inner.h"
#include "store/summary_day.h"

#define DAY_US (TG_DAY_HOURS * TG_HOUR_US)
/* More that wait (an old database was migrated): rollups are read instead. */
#define LATE_MOST 20000
#define HEADS 512

/* Calls not taken up: an hour of a value. */
struct late {
	const char *value;
	size_t next;		/* of the same head, + 1 */
	struct tg_summary sum;
};
struct reading {
	const struct tg_summary_filter *f;
	int64_t to_at;
	struct tg_arena *a;
	const struct tg_call_row *row;
	struct late *late;
	size_t n, at;
	size_t heads[HEADS];
	tg_summary_fn *fn;
	void *arg;
};

static int count_late(const struct tg_call_row *c, void *arg);
static int days(struct tg_db *db, struct reading *r, struct tg_err *e);
static int hours(struct reading *r, sqlite3_stmt *st, struct tg_summary *s);
static int rollups(struct tg_db *db, struct reading *r, struct tg_err *e);
static int tell_late(struct reading *r, int64_t before_at);
static int sort_late(const void *a, const void *b);

int
tg_summary_each(struct tg_db *db, const struct tg_summary_filter *f,
    tg_summary_fn *fn, void *arg, struct tg_err *e)
{
	struct reading r = {
		.f = f,
		.to_at = f->to_at != 0 ? f->to_at : INT64_MAX,
		.a = tg_arena_new(64 * 1024 * 1024),
		.fn = fn,
		.arg = arg,
	};
	int64_t waiting;
	int rc = tg_follow_waiting(db, &waiting, e);

	if (rc == 0 && waiting > LATE_MOST) {
		rc = rollups(db, &r, e);
		tg_arena_free(r.a);
		return rc;
	}
	if (rc == 0)
		rc = tg_follow_each(db,
		    (struct tg_follow_time){ f->from_at, f->to_at },
		    count_late, &r, e);
	if (r.n > 0)
		qsort(r.late, r.n, sizeof(*r.late), sort_late);
	if (rc == 0)
		rc = days(db, &r, e);
	if (rc == 0)
		(void)tell_late(&r, INT64_MAX);
	tg_arena_free(r.a);
	return rc == -1 ? -1 : 0;
}

/* --- what was not taken up --- */

static size_t
slot(const char *value, int64_t hour)
{
	uint64_t h = (uint64_t)(hour / TG_HOUR_US);

	while (*value != '\0')
		h = h * 31 + (unsigned char)*value++;
	return (size_t)(h % HEADS);
}

static int
add_late(int dim, const char *value, void *arg)
{
	struct reading *r = arg;
	int64_t hour = r->row->start_at - r->row->start_at % TG_HOUR_US;
	struct late *l;
	size_t *head = &r->heads[slot(value, hour)];
	void *list = r->late;

	if (dim != (int)r->f->dim ||
	    (r->f->value != NULL && strcmp(r->f->value, value) != 0))
		return 0;
	for (size_t i = *head; i != 0; i = l->next) {
		l = &r->late[i - 1];
		if (l->sum.hour_at == hour && strcmp(l->value, value) == 0) {
			tg_summary_count(&l->sum, r->row);
			return 0;
		}
	}
	l = tg_rows_add(r->a, &list, &r->n, sizeof(*l));
	r->late = list;
	*l = (struct late){ .next = *head };
	l->value = tg_arena_cstr(r->a, tg_str(value));
	*head = r->n;
	l->sum.hour_at = hour;
	tg_summary_count(&l->sum, r->row);
	return 0;
}

static int
count_late(const struct tg_call_row *c, void *arg)
{
	struct reading *r = arg;
	int64_t hour = c->start_at - c->start_at % TG_HOUR_US;

	if (hour < r->f->from_at || hour >= r->to_at)
		return 0;
	r->row = c;
	return tg_follow_sums(c, add_late, r);
}

static int
sort_late(const void *a, const void *b)
{
	const struct late *x = a, *y = b;

	if (x->sum.hour_at != y->sum.hour_at)
		return x->sum.hour_at < y->sum.hour_at ? -1 : 1;
	return strcmp(x->value, y->value);
}

static int
tell_late(struct reading *r, int64_t before_at)
{
	for (; r->at < r->n; r->at++) {
		struct late *l = &r->late[r->at];

		if (l->sum.hour_at >= before_at)
			return 0;
		l->sum.value = l->value;
		if (r->fn(&l->sum, r->arg) != 0)
			return 1;
	}
	return 0;
}

/* --- what was --- */

static int
days(struct tg_db *db, struct reading *r, struct tg_err *e)
{
	const struct tg_summary_filter *f = r->f;
	enum tg_sql name = f->value != NULL ? TG_SQL_SUMMARY_DAYS_OF :
					      TG_SQL_SUMMARY_DAYS;
	sqlite3_stmt *st = tg_db_stmt(db, name);
	struct tg_summary s = { 0 };
	int rc;

	sqlite3_bind_int(st, 1, (int)f->dim);
	sqlite3_bind_int64(st, 2, f->from_at - f->from_at % DAY_US);
	sqlite3_bind_int64(st, 3, r->to_at);
	if (f->value != NULL)
		tg_bind_text(st, 4, f->value);
	while ((rc = tg_db_step(db, st, e)) == 1)
		if (tell_late(r, sqlite3_column_int64(st, 0)) != 0 ||
		    hours(r, st, &s) != 0) {
			tg_db_done(st);
			return 1;
		}
	return rc;
}

static int
hours(struct reading *r, sqlite3_stmt *st, struct tg_summary *s)
{
	int64_t day = sqlite3_column_int64(st, 0);
	struct tg_hours it = { .times = !r->f->no_times };

	s->value = (const char *)sqlite3_column_text(st, 1);
	it.p = sqlite3_column_blob(st, 2);
	it.end = it.p + sqlite3_column_bytes(st, 2);
	while (tg_hours_next(&it, s)) {
		s->hour_at = day + s->hour_at * TG_HOUR_US;
		if (s->hour_at >= r->f->from_at && s->hour_at < r->to_at &&
		    r->fn(s, r->arg) != 0)
			return 1;
	}
	return 0;
}

/* --- from rollups, which know no histograms --- */

static const char *
value_of(enum tg_sum_dim dim, const struct tg_rollup *u, char text[24])
{
	const int64_t numbers[TG_SUM__MAX] = {
		[TG_SUM_KEY] = u->key_id,
		[TG_SUM_PERSON] = u->person,
		[TG_SUM_TEAM] = u->team,
		[TG_SUM_CUSTOMER] = u->facet,
		[TG_SUM_TAG] = u->facet,
		[TG_SUM_STATE] = u->state,
	};

	switch (dim) {
	case TG_SUM_ALL:
		return "";
	case TG_SUM_MODEL:
		return *u->model != '\0' ? u->model : NULL;
	case TG_SUM_PROVIDER:
		return *u->provider != '\0' ? u->provider : NULL;
	case TG_SUM_DEPLOYMENT:
		return *u->deployment != '\0' ? u->deployment : NULL;
	default:
		snprintf(text, 24, "%" PRId64, numbers[dim]);
		return numbers[dim] != 0 ? text : NULL;
	}
}

static int
tell_rollup(const struct tg_rollup *u, void *arg)
{
	struct reading *r = arg;
	bool failed = u->state == TG_CALL_FAILED || u->state == TG_CALL_LOST;
	struct tg_summary s = {
		.hour_at = u->hour_at,
		.calls = u->calls,
		.failed = failed ? u->calls : 0,
		.refused = u->state == TG_CALL_REFUSED ? u->calls : 0,
		.unpriced = u->unpriced,
		.cached_tokens = u->tokens[TG_TOK_CACHE_READ],
		.output_tokens = u->tokens[TG_TOK_OUTPUT] +
		    u->tokens[TG_TOK_AUDIO_OUTPUT],
		.cost_nano = u->cost_nano,
		.total_us = u->total_us,
		.first_us = u->first_us,
		.firsts = u->firsts,
	};
	char text[24];

	for (int i = 0; i < TG_TOK_OUTPUT; i++)
		s.input_tokens += u->tokens[i];
	s.value = value_of(r->f->dim, u, text);
	if (s.value == NULL ||
	    (r->f->value != NULL && strcmp(r->f->value, s.value) != 0))
		return 0;
	return r->fn(&s, r->arg);
}

static int
rollups(struct tg_db *db, struct reading *r, struct tg_err *e)
{
	struct tg_rollup_filter f = {
		.from_at = r->f->from_at,
		.to_at = r->f->to_at,
		.facet = r->f->dim == TG_SUM_CUSTOMER ? -1 :
		    r->f->dim == TG_SUM_TAG ? -2 : 0,
	};

	return tg_rollup_each(db, &f, tell_rollup, r, e);
}
