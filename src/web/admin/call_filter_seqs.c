/*
 * What other tables know of calls: texts and scores, as lists of rows.
 */
#include "config.h"

#include <inttypes.h>
#include <stdlib.h>

#include "store/call_pages.h"
#include "store/search.h"
#include "web/admin/call_filter.h"

#define SCORES_MOST 100000

struct search {
	struct tg_manage *m;
	struct tg_calls_asked *f;
	const int64_t *scored;		/* the highest first, or NULL */
	size_t n_scored;
	int64_t limit;
	bool more;
};

static int look(struct tg_db *log, void *arg, struct tg_err *e);

static int
falling(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x < y) - (x > y);
}

static bool
is_scored(const struct search *s, int64_t seq)
{
	return s->scored == NULL ||
	    bsearch(&seq, s->scored, s->n_scored, sizeof(seq), falling) !=
	    NULL;
}

static int
keep_those(struct search *s, int64_t *seqs, size_t n)
{
	static const int64_t none[1];
	size_t kept = 0;

	if (n > 0)
		qsort(seqs, n, sizeof(*seqs), falling);
	for (size_t i = 0; i < n; i++)
		if (is_scored(s, seqs[i]))
			seqs[kept++] = seqs[i];
	s->scored = kept > 0 ? seqs : none;
	s->n_scored = kept;
	return 0;
}

static bool
is_elsewhere(const struct tg_calls_asked *f)
{
	return f->by_score || f->by_replay;
}

/* Those with such a score, and those that are replays. */
static int
scores(struct search *s)
{
	struct tg_manage *m = s->m;
	int64_t *seqs;
	size_t n;

	if (s->f->by_score &&
	    (tg_score_calls(m->db, m->a, &s->f->score, SCORES_MOST, &seqs, &n,
		 m->e) == -1 ||
		keep_those(s, seqs, n) == -1))
		return -1;
	if (s->f->by_replay &&
	    (tg_replay_calls(m->db, m->a, SCORES_MOST, &seqs, &n, m->e) ==
		    -1 ||
		keep_those(s, seqs, n) == -1))
		return -1;
	return 0;
}

int
tg_call_filter_seqs(struct tg_manage *m, struct tg_calls_asked *f,
    int64_t limit, bool *more)
{
	struct search s = { .m = m, .f = f, .limit = limit };

	*more = false;
	f->looked_seq = 0;
	if (is_elsewhere(f) && scores(&s) == -1)
		return -1;
	if (f->text == NULL) {
		f->want.seqs = s.scored;
		f->want.n_seqs = s.n_scored;
		return 0;
	}
	if (tg_read(tg_app_store(m->w->app), TG_DB_LOG, look, &s, m->e) == -1)
		return -1;
	*more = s.more;
	return 0;
}

static bool
passes(int64_t seq, void *arg)
{
	struct search *s = arg;

	return is_scored(s, seq) &&
	    tg_call_passes(s->m->db, &s->f->want, seq, s->m->e) == 1;
}

static int
look(struct tg_db *log, void *arg, struct tg_err *e)
{
	struct search *s = arg;
	struct tg_search_query q = {
		.text = tg_str(s->f->text),
		.before_seq = s->f->before_seq,
		.limit = s->limit,
		.passes = passes,
		.arg = s,
		.looked_seq = &s->f->looked_seq,
	};
	int64_t at[2] = { s->f->want.from_at, s->f->want.to_at };
	struct tg_search_hit *hits;
	int64_t *seqs, span[2];
	size_t n;

	if (tg_call_span(s->m->db, at, span, e) == -1)
		return -1;
	q.from_seq = span[0];
	if (span[1] < INT64_MAX &&
	    (q.before_seq == 0 || q.before_seq > span[1]))
		q.before_seq = span[1] + 1;
	q.n_facets = tg_call_filter_facets(s->m->a, s->f, &q.facets);
	if (tg_search(log, s->m->a, &q, &hits, &n, &s->more, e) == -1)
		return -1;
	seqs = tg_arena_alloc(s->m->a, (n + 1) * sizeof(*seqs));
	for (size_t i = 0; i < n; i++)
		seqs[i] = hits[i].seq;
	s->f->want.seqs = seqs;
	s->f->want.n_seqs = n;
	return 0;
}

int
tg_call_filter_passes(struct tg_manage *m, const struct tg_calls_asked *f,
    int64_t seq)
{
	struct tg_calls_asked with = *f;
	struct search s = { .m = m, .f = &with };

	if (f->nothing)
		return 0;
	if (is_elsewhere(f) && f->want.seqs == NULL && scores(&s) == -1)
		return -1;
	if (is_elsewhere(f) && f->want.seqs != NULL) {
		s.scored = f->want.seqs;
		s.n_scored = f->want.n_seqs;
	}
	if (!is_scored(&s, seq))
		return 0;
	return tg_call_passes(m->db, &f->want, seq, m->e);
}

/* --- facets --- */

struct facets {
	struct tg_arena *a;
	struct tg_search_facet *p;
	size_t n;
};

static void
text(struct facets *to, enum tg_facet kind, const char *value)
{
	if (value != NULL && to->n < TG_SEARCH_FACETS)
		to->p[to->n++] = (struct tg_search_facet){ kind, value };
}

static void
number(struct facets *to, enum tg_facet kind, int64_t n)
{
	if (n != 0)
		text(to, kind, tg_arena_printf(to->a, "%" PRId64, n));
}

size_t
tg_call_filter_facets(struct tg_arena *a, const struct tg_calls_asked *f,
    const struct tg_search_facet **facets)
{
	const struct tg_call_want *w = &f->want;
	struct facets to = { .a = a };

	to.p = tg_arena_alloc(a, TG_SEARCH_FACETS * sizeof(*to.p));
	number(&to, TG_FACET_KEY, w->key_id);
	number(&to, TG_FACET_PERSON, w->person);
	number(&to, TG_FACET_TEAM, w->team);
	number(&to, TG_FACET_CUSTOMER, w->customer);
	number(&to, TG_FACET_ORGANIZATION, w->organization);
	number(&to, TG_FACET_PROJECT, w->project);
	number(&to, TG_FACET_TAG, w->tag);
	text(&to, TG_FACET_MODEL, w->model);
	text(&to, TG_FACET_PROVIDER, w->provider);
	text(&to, TG_FACET_DEPLOYMENT, w->deployment);
	text(&to, TG_FACET_ROUTE, w->route);
	text(&to, TG_FACET_SESSION, w->session);
	for (int state = 0; state <= TG_CALL_REFUSED; state++)
		if (w->states == 1u << state)
			number(&to, TG_FACET_STATE, state);
	*facets = to.p;
	return to.n;
}
