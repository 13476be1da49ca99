/*
 * The overview's sums: from the summaries for who sees everything; from the
 * calls themselves for who sees only their own, which are few.
 */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>

#include "store/call_scan.h"
#include "store/summary_day.h"
#include "web/admin/overview.h"

#define SLICE 1000
#define OWN_BYTES (64 * 1024 * 1024)

static int own(struct tg_overview *v);
static int add_all(const struct tg_summary *s, void *arg);
static int add_value(const struct tg_summary *s, void *arg);

int
tg_overview_read(struct tg_overview *v)
{
	struct tg_summary_filter all = { .dim = TG_SUM_ALL,
		.from_at = v->span.before_from, .to_at = v->span.to_at };
	struct tg_summary_filter by = { .dim = v->dim,
		.from_at = v->span.from_at, .to_at = v->span.to_at,
		.no_times = true };

	if (v->person != 0)
		return own(v);
	if (tg_summary_each(v->m->db, &all, add_all, v, v->m->e) == -1)
		return -1;
	return tg_summary_each(v->m->db, &by, add_value, v, v->m->e);
}

static int
bar_of(const struct tg_overview *v, int64_t at)
{
	int low = 0, high = v->n_bars - 1;

	while (low < high) {
		int middle = (low + high + 1) / 2;

		if (at >= v->edges[middle])
			low = middle;
		else
			high = middle - 1;
	}
	return low;
}

static int64_t
measured(const struct tg_overview *v, const struct tg_summary *s)
{
	switch (v->measure) {
	case TG_VIEW_CALLS:
		return s->calls;
	case TG_VIEW_TOKENS:
		return s->input_tokens + s->output_tokens;
	default:
		return s->cost_nano;
	}
}

static int
add_all(const struct tg_summary *s, void *arg)
{
	struct tg_overview *v = arg;

	if (s->hour_at >= v->span.from_at) {
		tg_summary_sum(&v->now, s);
		v->all[bar_of(v, s->hour_at)] += measured(v, s);
	} else if (s->hour_at < v->span.before_to)
		tg_summary_sum(&v->before, s);
	return 0;
}

static struct tg_overview_value *
value_of(struct tg_overview *v, const char *value)
{
	struct tg_overview_value *one, **slot;
	uint32_t h = 2166136261u;

	for (const char *c = value; *c != '\0'; c++)
		h = (h ^ (unsigned char)*c) * 16777619u;
	slot = &v->slots[h % TG_VIEW_SLOTS];
	for (one = *slot; one != NULL; one = one->next)
		if (strcmp(one->value, value) == 0)
			return one;
	one = tg_arena_zero(v->m->a, sizeof(*one));
	one->value = tg_arena_cstr(v->m->a, tg_str(value));
	one->next = *slot;
	*slot = one;
	return one;
}

static int
add_value(const struct tg_summary *s, void *arg)
{
	struct tg_overview *v = arg;
	struct tg_overview_value *one = value_of(v, s->value);
	int64_t n = measured(v, s);

	one->sum += n;
	one->bars[bar_of(v, s->hour_at)] += n;
	return 0;
}

/* --- who sees their own --- */

static const char *
value_in(const struct tg_overview *v, const struct tg_call_row *c,
    char text[24])
{
	int64_t number;

	switch (v->dim) {
	case TG_SUM_MODEL:
		return c->model;
	case TG_SUM_PROVIDER:
		return c->provider;
	case TG_SUM_KEY:
		number = c->key_id;
		break;
	case TG_SUM_TEAM:
		number = c->team;
		break;
	default:
		number = c->person;
		break;
	}
	snprintf(text, 24, "%" PRId64, number);
	return number != 0 ? text : NULL;
}

static void
add_row(struct tg_overview *v, const struct tg_call_row *c)
{
	struct tg_summary s = { .hour_at = c->start_at };
	char text[24];

	if (c->state == TG_CALL_OPEN)
		return;
	tg_summary_count(&s, c);
	(void)add_all(&s, v);
	s.value = value_in(v, c, text);
	if (s.value != NULL && c->start_at >= v->span.from_at)
		(void)add_value(&s, v);
}

static int
own(struct tg_overview *v)
{
	struct tg_call_scan s = { .limit = SLICE, .max_rows = SLICE };
	struct tg_arena *a = tg_arena_new(OWN_BYTES);
	struct tg_call_want w;
	int rc = 0;

	tg_call_want_init(&w);
	w.person = v->person;
	w.from_at = v->span.before_from;
	w.to_at = v->span.to_at;
	do {
		rc = tg_call_scan(v->m->db, a, &w, &s, v->m->e);
		for (size_t i = 0; rc == 0 && i < s.n; i++)
			add_row(v, &s.rows[i]);
		s.after_seq = s.looked_seq > 0 ? s.looked_seq :
		    s.n > 0 ? s.rows[s.n - 1].seq : 0;
		tg_arena_reset(a);
	} while (rc == 0 && s.more && s.after_seq > 0);
	tg_arena_free(a);
	return rc;
}
