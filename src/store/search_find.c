#include "config.h"

#include "store/search.h"

/*
 * Searching, in two steps: which repeated pieces hold a term, then which calls
 * have all terms, in their own words or by such a piece.  The index gives
 * texts that hold all tokens of a term, newest first; each is looked at, for
 * they need not stand together.  Bounded by time: common letters in a rare
 * order are many texts for nothing.
 */
#include "base/clock.h"
#include "store/inner.h"
#include "store/search_ask.h"

#define PIECES_MAX 64		/* that hold a term, the latest ones */
#define PIECES_LOOKED 512
#define EXPRESSION_BYTES (256 * 1024)
#define ARENA_BYTES (4 * 1024 * 1024)

struct find {
	struct tg_db *db;
	const struct tg_search_query *q;
	struct tg_ask ask;
	struct tg_arena *out;
	struct tg_arena *own;	/* rewound after each text */
	struct tg_err *e;
	void *hits;
	size_t n;
	int64_t end_us, looked;
	bool more;
};

/* A text that is looked at. */
struct text {
	struct tg_str said, folded;
	int64_t id;
};

static int find_pieces(struct find *f, struct tg_ask_term *t);
static int holds(struct find *f, int64_t id, const struct tg_ask_term *t);
static int find_calls(struct find *f);
static int look_at(struct find *f, int64_t seq);
static int64_t where(const struct text *x, const struct tg_ask_term *t);
static int64_t judge(const struct find *f, const struct text *x);
static bool next_piece(struct tg_str *said, int64_t *piece);
static int load(struct find *f, int64_t id, struct text *x);

int
tg_search(struct tg_db *db, struct tg_arena *a,
    const struct tg_search_query *q, struct tg_search_hit **hits, size_t *n,
    bool *more, struct tg_err *e)
{
	struct find f = { .db = db, .q = q, .out = a, .e = e };
	int rc;

	*n = 0;
	*hits = NULL;
	*more = false;
	if (q->looked_seq != NULL)
		*q->looked_seq = 0;
	f.end_us = tg_mono_us() + (q->max_us > 0 ? q->max_us : TG_SEARCH_US);
	rc = tg_ask_read(&f.ask, db->trigram, a, q->text, e);
	f.own = tg_arena_new(ARENA_BYTES);
	for (size_t i = 0; rc == 0 && i < f.ask.n; i++)
		rc = find_pieces(&f, &f.ask.terms[i]);
	if (rc == 0)
		rc = find_calls(&f);
	tg_arena_free(f.own);
	if (rc == -1)
		return -1;
	*hits = f.hits;
	*n = f.n;
	*more = f.more;
	if (q->looked_seq != NULL && f.more)
		*q->looked_seq = f.looked;
	return 0;
}

/* --- pieces --- */

static int
find_pieces(struct find *f, struct tg_ask_term *t)
{
	sqlite3_stmt *st = tg_db_stmt(f->db, TG_SQL_SAID_PIECES);
	struct tg_buf expression;
	int rc, looked = 0;

	tg_buf_init(&expression, EXPRESSION_BYTES);
	tg_ask_write_term(t, &expression);
	if (expression.n == 0)
		return 0;
	t->pieces = tg_arena_alloc(
	    f->out, PIECES_MAX * sizeof(*t->pieces));
	tg_bind_text(st, 1, expression.p);
	while ((rc = tg_db_step(f->db, st, f->e)) == 1) {
		int64_t id = sqlite3_column_int64(st, 0);

		rc = holds(f, id, t);
		if (rc == 1)
			t->pieces[t->n_pieces++] = -id;
		if (rc == -1 || ++looked == PIECES_LOOKED ||
		    t->n_pieces == PIECES_MAX)
			break;
	}
	tg_db_done(st);
	tg_buf_free(&expression);
	return rc == -1 ? -1 : 0;
}

static int
holds(struct find *f, int64_t id, const struct tg_ask_term *t)
{
	struct tg_arena_mark m = tg_arena_mark(f->own);
	struct text x;
	int rc = load(f, id, &x);

	if (rc == 1)
		rc = tg_tokenizer_find(x.folded, 0, t->text) >= 0;
	tg_arena_rewind(f->own, m);
	return rc;
}

/* --- calls --- */

static int
find_calls(struct find *f)
{
	sqlite3_stmt *st = tg_db_stmt(f->db, TG_SQL_SAID_CALLS);
	const struct tg_search_query *q = f->q;
	int64_t before = q->before_seq > 0 ? q->before_seq : INT64_MAX;
	struct tg_buf expression;
	int rc;

	tg_buf_init(&expression, EXPRESSION_BYTES);
	tg_ask_write(&f->ask, q, &expression);
	if (expression.failed) {
		tg_buf_free(&expression);
		return tg_fail_param(f->e, TG_E_INVALID, "long",
		    "Search for less text.");
	}
	tg_bind_text(st, 1, expression.p);
	sqlite3_bind_int64(st, 2, before);
	sqlite3_bind_int64(st, 3, q->from_seq > 0 ? q->from_seq : 1);
	while ((rc = tg_db_step(f->db, st, f->e)) == 1) {
		rc = look_at(f, sqlite3_column_int64(st, 0));
		if (rc == -1 || f->more)
			break;
	}
	tg_db_done(st);
	tg_buf_free(&expression);
	return rc == -1 ? -1 : 0;
}

/* One more than is asked for is looked for: is there a next page? */
static int
look_at(struct find *f, int64_t seq)
{
	struct tg_arena_mark m = tg_arena_mark(f->own);
	struct tg_search_hit *hit;
	struct text x;
	int64_t said;
	int rc = load(f, seq, &x);

	said = rc == 1 ? judge(f, &x) : 0;
	tg_arena_rewind(f->own, m);
	if (rc == -1)
		return -1;
	if (said != 0 &&
	    (f->q->passes == NULL || f->q->passes(seq, f->q->arg))) {
		if ((int64_t)f->n == f->q->limit) {
			f->more = true;
			return 0;
		}
		hit = tg_rows_add(f->out, &f->hits, &f->n, sizeof(*hit));
		*hit = (struct tg_search_hit){ seq, said };
	}
	f->looked = seq;
	f->more = tg_mono_us() > f->end_us;
	return 0;
}

/* The text that holds the first term of an alternative that fits; 0: none. */
static int64_t
judge(const struct find *f, const struct text *x)
{
	for (size_t alt = 0; alt < f->ask.n_alternatives; alt++) {
		int64_t said = 0;
		bool fits = true;

		for (size_t i = 0; fits && i < f->ask.n; i++) {
			const struct tg_ask_term *t = &f->ask.terms[i];
			int64_t at;

			if (t->alternative != alt)
				continue;
			at = where(x, t);
			fits = t->no ? at == 0 : at != 0;
			if (!t->no && (said == 0 || at > 0))
				said = at;
		}
		if (fits && said != 0)
			return said;
	}
	return 0;
}

static int64_t
where(const struct text *x, const struct tg_ask_term *t)
{
	struct tg_str said = x->said;
	int64_t piece;

	if (tg_tokenizer_find(x->folded, 0, t->text) >= 0)
		return x->id;
	while (t->n_pieces > 0 && next_piece(&said, &piece))
		for (size_t i = 0; i < t->n_pieces; i++)
			if (t->pieces[i] == piece)
				return -piece;
	return 0;
}

/* The facets stand first. */
static bool
next_piece(struct tg_str *said, int64_t *piece)
{
	while (said->n > 1 && *said->p == TG_SAID_FACET) {
		bool is = said->p[1] == TG_FACET_PIECE;
		size_t n = 1;

		while (n < said->n && (unsigned char)said->p[n] >= ' ')
			n++;
		if (is)
			is = tg_str_i64((struct tg_str){ said->p + 2, n - 2 },
			    piece);
		said->p += n;
		said->n -= n;
		if (is)
			return true;
	}
	return false;
}

/* 0: it is gone. Facets are not looked through for words. */
static int
load(struct find *f, int64_t id, struct text *x)
{
	struct tg_str words;
	int rc;

	x->id = id;
	rc = tg_said_get(f->db, f->own, id, &x->said, f->e);
	if (rc != 1)
		return rc;
	words = x->said;
	while (words.n > 0 && (unsigned char)*words.p < TG_SAID_TEXT) {
		words.p++;
		words.n--;
		while (words.n > 0 && (unsigned char)*words.p >= ' ') {
			words.p++;
			words.n--;
		}
	}
	x->folded = tg_ask_fold(&f->ask, f->own, words);
	return 1;
}
