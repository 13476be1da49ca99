#include "config.h"

#include "store/search.h"

/* Where the words of a query stand in a text, for showing. */
#include <stdlib.h>

#include "store/inner.h"
#include "store/search_ask.h"

#define SLACK 64
#define MARKS_MAX 1000		/* of a term in a text */

struct tg_search_words {
	struct tg_ask ask;
	struct tg_arena *a;
};

/* A text in one case, and where its bytes come from; at NULL: as they are. */
struct folded {
	struct tg_str text;
	uint32_t *at;
};

static int by_place(const void *a, const void *b);
static void fold(const struct tg_search_words *w, struct tg_str text,
    struct folded *f);
static void mark_term(const struct tg_search_words *w, const struct folded *f,
    struct tg_str term, struct tg_search_mark **marks, size_t *n);
static size_t merge(struct tg_search_mark *marks, size_t n);

struct tg_search_words *
tg_search_words(struct tg_db *db, struct tg_arena *a, struct tg_str query,
    struct tg_err *e)
{
	struct tg_search_words *w = tg_arena_zero(a, sizeof(*w));

	w->a = a;
	if (tg_ask_read(&w->ask, db->trigram, a, query, e) == -1)
		return NULL;
	return w;
}

void
tg_search_marks(const struct tg_search_words *w, struct tg_str text,
    struct tg_search_mark **marks, size_t *n)
{
	struct folded f;

	*marks = NULL;
	*n = 0;
	fold(w, text, &f);
	for (size_t i = 0; i < w->ask.n; i++)
		if (!w->ask.terms[i].no)
			mark_term(w, &f, w->ask.terms[i].text, marks, n);
	if (*n == 0)
		return;
	qsort(*marks, *n, sizeof(**marks), by_place);
	*n = merge(*marks, *n);
}

static void
fold(const struct tg_search_words *w, struct tg_str text, struct folded *f)
{
	struct tg_buf b;
	struct tg_fold how = { &b, NULL };

	f->at = NULL;
	if (w->ask.plain) {
		f->text = tg_ask_fold(&w->ask, w->a, text);
		return;
	}
	/* A character may be longer in the other case, by half. */
	tg_buf_init(&b, 2 * text.n + SLACK);
	f->at = how.at =
	    tg_arena_alloc(w->a, (2 * text.n + SLACK) * sizeof(*how.at));
	(void)tg_tokenizer_fold(w->ask.trigram, text, &how);
	f->text = tg_arena_copy(w->a, tg_buf_str(&b));
	f->at[b.n] = (uint32_t)text.n;
	tg_buf_free(&b);
}

static void
mark_term(const struct tg_search_words *w, const struct folded *f,
    struct tg_str term, struct tg_search_mark **marks, size_t *n)
{
	size_t from = 0, end = f->text.n;
	long at;

	for (int i = 0; i < MARKS_MAX && from < end; i++) {
		struct tg_search_mark *m;
		void *rows = *marks;

		at = tg_tokenizer_find(f->text, from, term);
		if (at < 0)
			return;
		from = (size_t)at + term.n;
		m = tg_rows_add(w->a, &rows, n, sizeof(*m));
		*marks = rows;
		m->at = f->at != NULL ? f->at[at] : (size_t)at;
		m->n = (f->at != NULL ? f->at[from] : from) - m->at;
	}
}

static int
by_place(const void *a, const void *b)
{
	const struct tg_search_mark *x = a, *y = b;

	if (x->at != y->at)
		return x->at < y->at ? -1 : 1;
	return x->n == y->n ? 0 : x->n > y->n ? -1 :
						1;
}

/* Those that touch become one. */
static size_t
merge(struct tg_search_mark *marks, size_t n)
{
	size_t kept = 0;

	for (size_t i = 1; i < n; i++) {
		struct tg_search_mark *last = &marks[kept];
		size_t end = last->at + last->n;

		if (marks[i].at > end)
			marks[++kept] = marks[i];
		else if (marks[i].at + marks[i].n > end)
			last->n = marks[i].at + marks[i].n - last->at;
	}
	return kept + 1;
}
