#include "config.h"

#include "store/search_ask.h"

/*
 * From what somebody typed to an expression of FTS5: the index knows which
 * texts have all tokens of a term; that they stand together is seen in the
 * text itself (search_find.c).
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/escape.h"
#include "store/inner.h"

#define QUERY_BYTES 1024
#define TERMS_MAX 16
#define TOKENS_MAX 12		/* of a term: more tell no more */

/* A query as it is read. */
struct reader {
	struct tg_str rest;
	bool no, quoted;
};

static bool next_word(struct reader *r, struct tg_str *word);
static size_t blank(struct tg_str s);
static size_t quote(struct tg_str s);
static int add_term(struct tg_ask *q, struct tg_arena *a,
    const struct reader *r, struct tg_str word);
static int check(const struct tg_ask *q, struct tg_err *e);
static void write_token(struct tg_buf *out, struct tg_str token);
static int count(struct tg_str token, void *arg);

/* --- reading --- */

int
tg_ask_read(struct tg_ask *q, struct tg_trigram *t, struct tg_arena *a,
    struct tg_str text, struct tg_err *e)
{
	struct reader r = { .rest = tg_str_trim(text) };
	struct tg_str word;
	bool or = false;

	*q = (struct tg_ask){ .trigram = t, .plain = true };
	if (r.rest.n > QUERY_BYTES || !tg_utf8_valid(r.rest))
		return tg_fail_param(e, TG_E_INVALID, "long", "Search for "
		    "less text: at most %d letters.", QUERY_BYTES);
	q->terms = tg_arena_zero(a, TERMS_MAX * sizeof(*q->terms));
	while (next_word(&r, &word)) {
		if (!r.quoted && !r.no && tg_str_is(word, "OR")) {
			or = q->n > 0;
			continue;
		}
		if (q->n == TERMS_MAX)
			return tg_fail_param(e, TG_E_INVALID, "many",
			    "Search for fewer words: at most %d.", TERMS_MAX);
		if (or)
			q->n_alternatives++;
		or = false;
		if (add_term(q, a, &r, word) == -1)
			return tg_fail(e, TG_E_INTERNAL,
			    "There is no memory to search.");
	}
	q->n_alternatives++;
	return check(q, e);
}

static bool
next_word(struct reader *r, struct tg_str *word)
{
	size_t n;

	while ((n = blank(r->rest)) > 0) {
		r->rest.p += n;
		r->rest.n -= n;
	}
	if (r->rest.n == 0)
		return false;
	r->no = r->rest.n > 1 && *r->rest.p == '-' &&
	    blank((struct tg_str){ r->rest.p + 1, r->rest.n - 1 }) == 0;
	if (r->no) {
		r->rest.p++;
		r->rest.n--;
	}
	n = quote(r->rest);
	r->quoted = n > 0;
	r->rest.p += n;
	r->rest.n -= n;
	*word = (struct tg_str){ r->rest.p, 0 };
	while (r->rest.n > 0) {
		n = quote(r->rest);
		if (r->quoted ? n > 0 : n > 0 || blank(r->rest) > 0)
			break;
		word->n++;
		r->rest.p++;
		r->rest.n--;
	}
	if (r->quoted) {
		r->rest.p += n;
		r->rest.n -= n;
	}
	return true;
}

/* How many bytes of white space begin it; the ideographic one counts. */
static size_t
blank(struct tg_str s)
{
	if (s.n > 0 && (unsigned char)*s.p <= ' ')
		return 1;
	return tg_str_starts(s, "\xe3\x80\x80") ? 3 : 0;
}

static size_t
quote(struct tg_str s)
{
	static const char *const quotes[] = { "\"", "\xe2\x80\x9c",
		"\xe2\x80\x9d", "\xe3\x80\x8c", "\xe3\x80\x8d" };

	for (size_t i = 0; i < sizeof(quotes) / sizeof(*quotes); i++)
		if (tg_str_starts(s, quotes[i]))
			return strlen(quotes[i]);
	return 0;
}

/* In the form in which texts are kept: blanks as one, in one case. */
static int
add_term(struct tg_ask *q, struct tg_arena *a, const struct reader *r,
    struct tg_str word)
{
	struct tg_ask_term *t = &q->terms[q->n];
	struct tg_buf one, folded;
	int rc = 0;

	tg_buf_init(&one, 2 * QUERY_BYTES);
	tg_buf_init(&folded, 4 * QUERY_BYTES);
	tg_said_text(&one, TG_SAID_USER, word);
	if (one.n > 1) {
		struct tg_fold f = { &folded, NULL };

		rc = tg_tokenizer_fold(q->trigram,
		    (struct tg_str){ one.p + 1, one.n - 1 }, &f);
		t->text = tg_arena_copy(a, tg_buf_str(&folded));
		t->no = r->no;
		t->alternative = q->n_alternatives;
		q->plain = q->plain && tg_tokenizer_is_plain(t->text);
		q->n++;
	}
	tg_buf_free(&one);
	tg_buf_free(&folded);
	return rc;
}

static int
count(struct tg_str token, void *arg)
{
	(void)token;
	(void)arg;
	return 0;
}

/* Each alternative needs something that the index can find. */
static int
check(const struct tg_ask *q, struct tg_err *e)
{
	bool found[TERMS_MAX] = { false };

	if (q->n == 0)
		return tg_fail_param(e, TG_E_INVALID, "empty",
		    "Type what to look for.");
	for (size_t i = 0; i < q->n; i++)
		if (!q->terms[i].no &&
		    tg_tokenizer_term(q->terms[i].text, count, NULL) > 0)
			found[q->terms[i].alternative] = true;
	for (size_t i = 0; i < q->n; i++) {
		const struct tg_ask_term *t = &q->terms[i];

		if (found[t->alternative])
			continue;
		if (t->no)
			return tg_fail_param(e, TG_E_INVALID, "no",
			    "Say what to look for, too, not only what to "
			    "leave out.");
		return tg_fail_param(e, TG_E_INVALID, "short",
		    "Type a word, or three signs in a row: what is shorter "
		    "cannot be found.");
	}
	return 0;
}

/* --- writing --- */

struct chosen {
	struct tg_buf *out;
	int n, all;		/* tokens seen; how many there are */
	bool any;
};

static int
choose(struct tg_str token, void *arg)
{
	struct chosen *c = arg;
	int i = c->n++;

	/* Evenly, with the first and the last. */
	if (c->all > TOKENS_MAX && i != c->all - 1 &&
	    i * (TOKENS_MAX - 1) / (c->all - 1) ==
		(i - 1) * (TOKENS_MAX - 1) / (c->all - 1) &&
	    i != 0)
		return 0;
	if (c->any)
		tg_buf_addc(c->out, " AND ");
	c->any = true;
	write_token(c->out, token);
	return 0;
}

void
tg_ask_write_term(const struct tg_ask_term *t, struct tg_buf *out)
{
	struct chosen c = { .out = out };

	c.all = tg_tokenizer_term(t->text, count, NULL);
	tg_tokenizer_term(t->text, choose, &c);
}

static void
write_token(struct tg_buf *out, struct tg_str token)
{
	tg_buf_byte(out, '"');
	for (size_t i = 0; i < token.n; i++) {
		if (token.p[i] == '"')
			tg_buf_byte(out, '"');
		tg_buf_byte(out, token.p[i]);
	}
	tg_buf_byte(out, '"');
}

static void
write_facet(struct tg_buf *out, char kind, struct tg_str value)
{
	char token[320];
	int n = snprintf(token, sizeof(token), "%c%c%.*s", TG_SAID_FACET, kind,
	    TG_PRI(value));

	write_token(out, (struct tg_str){ token,
	    n < (int)sizeof(token) ? (size_t)n : sizeof(token) - 1 });
}

static void
write_with_pieces(const struct tg_ask_term *t, struct tg_buf *out)
{
	char number[32];

	tg_buf_addc(out, "((");
	tg_ask_write_term(t, out);
	tg_buf_addc(out, ")");
	for (size_t i = 0; i < t->n_pieces; i++) {
		snprintf(number, sizeof(number), "%lld",
		    (long long)t->pieces[i]);
		tg_buf_addc(out, " OR ");
		write_facet(out, TG_FACET_PIECE, tg_str(number));
	}
	tg_buf_addc(out, ")");
}

void
tg_ask_write(const struct tg_ask *q, const struct tg_search_query *with,
    struct tg_buf *out)
{
	size_t last = SIZE_MAX;

	tg_buf_addc(out, "(");
	for (size_t i = 0; i < q->n; i++) {
		const struct tg_ask_term *t = &q->terms[i];

		if (t->no || tg_tokenizer_term(t->text, count, NULL) == 0)
			continue;
		if (last != SIZE_MAX)
			tg_buf_addc(out, last == t->alternative ? " AND " : ") OR (");
		else
			tg_buf_addc(out, "(");
		last = t->alternative;
		write_with_pieces(t, out);
	}
	tg_buf_addc(out, "))");
	for (size_t i = 0; i < with->n_facets; i++) {
		struct tg_buf folded;
		struct tg_fold f = { &folded, NULL };

		tg_buf_init(&folded, 4 * QUERY_BYTES);
		(void)tg_tokenizer_fold(q->trigram,
		    tg_str(with->facets[i].value), &f);
		tg_buf_addc(out, " AND ");
		write_facet(out, (char)with->facets[i].kind,
		    tg_buf_str(&folded));
		tg_buf_free(&folded);
	}
}

/* --- folding texts --- */

struct tg_str
tg_ask_fold(const struct tg_ask *q, struct tg_arena *a, struct tg_str text)
{
	struct tg_buf folded;
	struct tg_fold f = { &folded, NULL };
	struct tg_str out;

	if (q->plain) {
		char *p = tg_arena_alloc(a, text.n + 1);

		for (size_t i = 0; i < text.n; i++) {
			char c = text.p[i];

			p[i] = c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
		}
		return (struct tg_str){ p, text.n };
	}
	tg_buf_init(&folded, 2 * text.n + QUERY_BYTES);
	(void)tg_tokenizer_fold(q->trigram, text, &f);
	out = tg_arena_copy(a, tg_buf_str(&folded));
	tg_buf_free(&folded);
	return out;
}
