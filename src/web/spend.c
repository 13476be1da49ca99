/*
 * From a request about spending to grouped rollups and back: dates, filters,
 * and who may see what.
 */
#include "config.h"

#include "web/spend.h"

#include <assert.h>
#include <stdio.h>

#include "base/clock.h"
#include "web/manage/rows.h"

#define SPEND_BYTES ((size_t)1 << 30)
#define DATE_CHARS 10
#define MONTH_DAYS 30
#define FOLDS 16

/* What one answer needs besides what its functions see. */
struct tg_spend_run {
	struct tg_spend s;
	tg_spend_fn *ask, *write;
	struct tg_tally *folds[FOLDS];
	int n_folds;
};

static void begin(struct tg_spend *, struct tg_web *, const json_t *);
static int work(struct tg_db *, void *, struct tg_err *);

int
tg_spend_serve(
    struct tg_web *w, tg_spend_fn *ask, tg_spend_fn *write, void *own)
{
	struct tg_spend_run run = {
		.ask = ask,
		.write = write,
		.s = { .own = own },
	};
	json_t *body = json_object();
	int rc = -1;

	w->manages = true;
	if (w->rq->method == TG_POST) {
		json_decref(body);
		body = tg_manage_body(w);
	}
	begin(&run.s, w, body);
	if (body != NULL)
		rc = tg_read(tg_app_store(w->app), TG_DB_MAIN, work, &run,
		    &w->rq->err);
	if (rc == 0)
		rc = tg_jw_send(&run.s.out, w);
	else
		tg_manage_finish_fault(w);
	tg_spend_end(&run);
	json_decref(run.s.m.kept);
	json_decref(body);
	return rc;
}

static void
begin(struct tg_spend *s, struct tg_web *w, const json_t *body)
{
	const char *zone =
	    tg_gate_settings(tg_app_gate(w->app))->house.timezone;

	s->m = (struct tg_manage){
		.w = w,
		.a = w->rq->arena,
		.e = &w->rq->err,
		.body = body,
		.now = tg_wall_us(),
		.zone = zone != NULL ? zone : "",
		.kept = json_array(),
	};
	s->arena = tg_arena_new(SPEND_BYTES);
	tg_jw_init(&s->out);
}

void
tg_spend_end(struct tg_spend_run *run)
{
	struct tg_spend *s = &run->s;

	for (int i = 0; i < run->n_folds; i++)
		tg_tally_free(run->folds[i]);
	tg_tally_free(s->tally);
	tg_names_free(s->names);
	tg_jw_free(&s->out);
	tg_arena_free(s->arena);
}

static int
work(struct tg_db *db, void *arg, struct tg_err *e)
{
	struct tg_spend_run *run = arg;
	struct tg_spend *s = &run->s;

	s->m.db = db;
	s->m.e = e;
	s->names = tg_names_new(db, s->arena, e);
	if (run->ask(s) != 0)
		return -1;
	if (s->dims != 0 && tg_spend_group(s) != 0)
		return -1;
	/* A name that could not be read is known only by e. */
	return run->write(s) != 0 || e->code != TG_OK ? -1 : 0;
}

int
tg_spend_group(struct tg_spend *s)
{
	if (s->filter.to_at == 0)
		s->filter.to_at = INT64_MAX;
	s->tally = tg_tally_new(s->dims, s->west_min);
	if (s->zone != NULL)
		tg_tally_zone(s->tally, s->zone);
	return tg_rollup_each(
	    s->m.db, &s->filter, tg_tally_add, s->tally, s->m.e);
}

struct tg_spend_run *
tg_spend_begin(struct tg_manage *m)
{
	struct tg_spend_run *run = tg_arena_zero(m->a, sizeof(*run));
	struct tg_spend *s = &run->s;

	s->m = *m;
	s->arena = tg_arena_new(SPEND_BYTES);
	tg_jw_init(&s->out);
	s->names = tg_names_new(m->db, s->arena, m->e);
	return run;
}

struct tg_spend *
tg_spend_of(struct tg_spend_run *run)
{
	return &run->s;
}

struct tg_tally *
tg_spend_fold(struct tg_spend *s, unsigned dims)
{
	struct tg_spend_run *run = (struct tg_spend_run *)s;
	const struct tg_group *const *groups;
	struct tg_tally *t = tg_tally_new(dims, 0);
	size_t n;

	assert(run->n_folds < FOLDS);
	run->folds[run->n_folds++] = t;
	groups = tg_tally_groups(s->tally, TG_TALLY_RISING, &n);
	for (size_t i = 0; i < n; i++)
		tg_tally_fold(t, groups[i]);
	return t;
}

void
tg_spend_replace(struct tg_spend *s, struct tg_tally *t)
{
	struct tg_spend_run *run = (struct tg_spend_run *)s;

	assert(run->n_folds < FOLDS);
	run->folds[run->n_folds++] = s->tally;
	s->tally = t;
}

/* --- dates --- */

static int
bad_date(struct tg_spend *s, const char *given)
{
	return tg_fail(s->m.e, TG_E_INVALID,
	    "Invalid date format: '%.40s'. Expected: YYYY-MM-DD.", given);
}

static int
read_day(struct tg_spend *s, const char *given, int64_t *day)
{
	int64_t at;
	char text[32];

	if (strlen(given) < DATE_CHARS ||
	    (given[DATE_CHARS] != '\0' && given[DATE_CHARS] != ' ' &&
		given[DATE_CHARS] != 'T'))
		return bad_date(s, given);
	(void)snprintf(text, sizeof(text), "%.*sT00:00:00Z", DATE_CHARS, given);
	if (tg_iso_parse(tg_str(text), &at) != 0)
		return bad_date(s, given);
	*day = at / TG_DAY_US;
	return 0;
}

static void
set_days(struct tg_spend *s, int64_t first, int64_t last)
{
	int64_t west_us = s->west_min * 60000000LL;

	s->first_day = first;
	s->last_day = last;
	s->filter.from_at = first * TG_DAY_US + west_us;
	s->filter.to_at = (last + 1) * TG_DAY_US + west_us;
}

int
tg_spend_range(struct tg_spend *s, const char *from, const char *to)
{
	int64_t first, last;

	if (read_day(s, from, &first) != 0 || read_day(s, to, &last) != 0)
		return -1;
	if (last < first)
		return tg_fail(s->m.e, TG_E_INVALID,
		    "end_date %s is before start_date %s.", to, from);
	set_days(s, first, last);
	return 0;
}

int
tg_spend_dates(struct tg_spend *s, unsigned how)
{
	const char *from = tg_manage_query(&s->m, "start_date");
	const char *to = tg_manage_query(&s->m, "end_date");

	if (from != NULL && to != NULL)
		return tg_spend_range(s, from, to) == 0 ? 1 : -1;
	if ((how & TG_DATES_NEEDED) != 0)
		return tg_fail(s->m.e, TG_E_INVALID,
		    "Please provide start_date and end_date");
	if ((how & TG_DATES_OR_MONTH) != 0)
		tg_spend_last_month(s);
	return 0;
}

void
tg_spend_last_month(struct tg_spend *s)
{
	int64_t today =
	    (s->m.now - s->west_min * 60000000LL) / TG_DAY_US;

	set_days(s, today - MONTH_DAYS, today);
}

const char *
tg_spend_date(struct tg_spend *s, int64_t day)
{
	char iso[TG_ISO_BYTES];

	return tg_arena_printf(s->arena, "%.*s", DATE_CHARS,
	    tg_iso_time(day * TG_DAY_US, iso));
}

const char *
tg_spend_short_date(struct tg_spend *s, int64_t day)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	const char *date = tg_spend_date(s, day);
	int month = (date[5] - '0') * 10 + date[6] - '0';

	return tg_arena_printf(
	    s->arena, "%.3s %s", months + (month - 1) * 3, date + 8);
}

void
tg_walk_begin(struct tg_walk *k, struct tg_tally *t)
{
	k->groups = tg_tally_groups(t, TG_TALLY_RISING, &k->n);
	k->at = 0;
}

void
tg_walk_seek(struct tg_walk *k, int64_t day)
{
	size_t low = 0, high = k->n;

	while (low < high) {
		size_t mid = (low + high) / 2;
		if (k->groups[mid]->v[TG_DIM_DAY] < day)
			low = mid + 1;
		else
			high = mid;
	}
	k->at = low;
}

const struct tg_group *
tg_walk_next(struct tg_walk *k, int64_t day)
{
	while (k->at < k->n && k->groups[k->at]->v[TG_DIM_DAY] < day)
		k->at++;
	if (k->at == k->n || k->groups[k->at]->v[TG_DIM_DAY] != day)
		return NULL;
	return k->groups[k->at++];
}

/* --- who may see what --- */

bool
tg_spend_sees_all(const struct tg_spend *s)
{
	return s->m.w->admin || s->m.w->caller->viewer;
}

void
tg_spend_own(struct tg_spend *s)
{
	if (tg_spend_sees_all(s) || s->granted)
		return;
	if (s->m.w->caller->person.id != 0)
		s->filter.person = s->m.w->caller->person.id;
	else
		s->filter.key_id = s->m.w->key.id;
}

/*
 * Whose key it is, and who manages its team: the books are not for all who may
 * see the key.
 */
static int
sees_books_of(struct tg_spend *s, const struct tg_key *key)
{
	const struct tg_web *w = s->m.w;
	struct tg_subject team;
	int rc;

	if (tg_spend_sees_all(s) || (key->id > 0 && key->id == w->key.id) ||
	    (key->person != 0 && key->person == w->caller->person.id))
		return 1;
	if (key->team == 0)
		return 0;
	rc = tg_subject_by_id(s->m.db, s->arena, key->team, &team, s->m.e);
	return rc == 1 ? tg_caller_team(&s->m, &team) : rc;
}

int
tg_spend_key(struct tg_spend *s, const char *given)
{
	struct tg_key key = { .id = -1 };
	int found, sees = 1;

	if (given == NULL)
		return 0;
	found = tg_row_find_key(&s->m, given, &key);
	/* Nobody learns here which keys there are. */
	if (found >= 0)
		sees = sees_books_of(s, &key);
	if (found < 0 || sees < 0)
		return -1;
	if (sees == 0)
		return tg_caller_deny(&s->m, "see the spending of this key");
	s->filter.key_id = found == 1 ? key.id : -1;
	s->granted = true;
	return 0;
}

/* May the caller see all that is booked to it? */
static int
sees_subject(struct tg_spend *s, const struct tg_subject *subject)
{
	switch (subject->kind) {
	case TG_SUBJECT_PERSON:
		return tg_caller_sees_person(&s->m, subject->id);
	case TG_SUBJECT_TEAM:
		return tg_caller_team(&s->m, subject);
	case TG_SUBJECT_ORGANIZATION:
		return tg_caller_organization(&s->m, subject->id);
	default:
		return 0;
	}
}

int64_t *
tg_spend_filter_of(struct tg_spend *s, enum tg_subject_kind kind)
{
	switch (kind) {
	case TG_SUBJECT_PERSON:
		return &s->filter.person;
	case TG_SUBJECT_TEAM:
		return &s->filter.team;
	case TG_SUBJECT_ORGANIZATION:
		return &s->filter.organization;
	case TG_SUBJECT_PROJECT:
		return &s->filter.project;
	default:
		return &s->filter.facet;
	}
}

/* Its calls stay in the books: the last one of that name. */
static int
find_removed(
    struct tg_spend *s, const char *given, struct tg_subject *subject)
{
	struct tg_subject_filter f = {
		.kind = subject->kind,
		.like = given,
		.removed = true,
		.order = TG_SUBJECTS_NEWEST,
	};
	struct tg_subject *rows;
	int64_t total;
	size_t n;

	if (tg_subject_list(s->m.db, s->arena, &f, &rows, &n, &total,
		s->m.e) != 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (strcmp(rows[i].name, given) == 0) {
			*subject = rows[i];
			return 1;
		}
	return 0;
}

int
tg_spend_subject(
    struct tg_spend *s, enum tg_subject_kind kind, const char *given)
{
	struct tg_subject subject = { .id = -1, .kind = kind };
	int found, sees;

	if (given == NULL)
		return 0;
	found = tg_subject_find(
	    s->m.db, s->arena, kind, given, &subject, s->m.e);
	if (found == 0)
		found = find_removed(s, given, &subject);
	if (found < 0)
		return -1;
	if (found == 0) /* a number that nothing has */
		subject = (struct tg_subject){ .id = INT64_MAX, .kind = kind };
	*tg_spend_filter_of(s, kind) = subject.id;
	if (tg_spend_sees_all(s) || kind == TG_SUBJECT_TAG ||
	    kind == TG_SUBJECT_CUSTOMER)
		return 0;
	sees = sees_subject(s, &subject);
	if (sees < 0)
		return -1;
	if (sees == 0)
		return tg_caller_deny(&s->m, "see the spending of others");
	s->granted = true;
	return 0;
}

int
tg_spend_filters(struct tg_spend *s)
{
	if (tg_spend_subject(s, TG_SUBJECT_PERSON,
		tg_manage_query(&s->m, "user_id")) != 0 ||
	    tg_spend_subject(s, TG_SUBJECT_TEAM,
		tg_manage_query(&s->m, "team_id")) != 0 ||
	    tg_spend_key(s, tg_manage_query(&s->m, "api_key")) != 0)
		return -1;
	tg_spend_own(s);
	return 0;
}
