#include "config.h"

#include "store/tokenizer.h"

/*
 * FTS5's tokenizer API (sqlite.org/fts5.html, 7): "tollgate" hands the text to
 * "trigram" and looks at what comes back.  Each of its tokens is a character
 * and the two that follow it, so the first characters are the text again, in
 * one case; two control characters at the end (TG_SAID_END) make it go on to
 * the last.
 */
#include <stdlib.h>
#include <string.h>

#define WORD_CHARS 2		/* words up to here are tokens themselves */
#define FACET_BYTES 320
#define CHAR_BYTES 4

struct tg_trigram {
	fts5_tokenizer how;
	Fts5Tokenizer *own;
};

/* A character of a token, and how many bytes it has. */
struct glyph {
	unsigned code;
	int n;
};

typedef int emit_fn(void *, int, const char *, int, int, int);

/* One text on its way through. */
struct pass {
	void *ctx;
	emit_fn *emit;
	bool in_word;		/* the character before was a letter */
	bool in_facet;
	char facet[FACET_BYTES];
	int n_facet;
};

static int create(void *own, const char **argv, int argc, Fts5Tokenizer **out);
static void destroy(Fts5Tokenizer *t);
static void forget(void *t);
static fts5_api *api_of(sqlite3 *h);
static int tokenize(Fts5Tokenizer *t, void *ctx, int flags, const char *text,
    int n, emit_fn *emit);
static int look(void *ctx, int flags, const char *token, int n, int begin,
    int end);
static int control(struct pass *p, unsigned code, int begin);
static int emit_text(struct pass *p, const char *token, const struct glyph *g,
    int begin);
static int emit_word(struct pass *p, const char *token, const struct glyph *g,
    int begin);
static int add_first(void *ctx, int flags, const char *token, int n,
    int begin, int end);
static struct glyph glyph(const char *p, size_t n);
static bool is_letter(unsigned code);
static bool is_dense(unsigned code);
static bool is_in_word(unsigned code);
static bool is_word(struct tg_str term);
static bool stands_alone(struct tg_str text, size_t at, struct tg_str term);

int
tg_tokenizer_register(sqlite3 *h, struct tg_trigram **out)
{
	static const fts5_tokenizer ours = { create, destroy, tokenize };
	fts5_tokenizer copy = ours;
	fts5_api *api = api_of(h);
	struct tg_trigram *t;
	void *arg = NULL;
	int rc;

	*out = NULL;
	if (api == NULL)
		return SQLITE_ERROR;
	t = calloc(1, sizeof(*t));
	if (t == NULL)
		return SQLITE_NOMEM;
	rc = api->xFindTokenizer(api, "trigram", &arg, &t->how);
	if (rc == SQLITE_OK)
		rc = t->how.xCreate(arg, NULL, 0, &t->own);
	if (rc != SQLITE_OK) {
		free(t);
		return rc;
	}
	rc = api->xCreateTokenizer(api, "tollgate", t, &copy, forget);
	if (rc != SQLITE_OK)
		forget(t);
	else
		*out = t;
	return rc;
}

static fts5_api *
api_of(sqlite3 *h)
{
	sqlite3_stmt *st = NULL;
	fts5_api *api = NULL;

	if (sqlite3_prepare_v2(h, "SELECT fts5(?1)", -1, &st, NULL) !=
	    SQLITE_OK)
		return NULL;
	sqlite3_bind_pointer(st, 1, &api, "fts5_api_ptr", NULL);
	sqlite3_step(st);
	sqlite3_finalize(st);
	return api;
}

static void
forget(void *arg)
{
	struct tg_trigram *t = arg;

	t->how.xDelete(t->own);
	free(t);
}

/* The table's tokenizer is that of its connection. */
static int
create(void *own, const char **argv, int argc, Fts5Tokenizer **out)
{
	(void)argv;
	(void)argc;
	*out = own;
	return SQLITE_OK;
}

static void
destroy(Fts5Tokenizer *t)
{
	(void)t;
}

/* --- texts --- */

/* Terms of a query are tokens already. */
static int
tokenize(Fts5Tokenizer *own, void *ctx, int flags, const char *text, int n,
    emit_fn *emit)
{
	struct tg_trigram *t = (struct tg_trigram *)own;
	struct pass p = { .ctx = ctx, .emit = emit };

	if (flags & FTS5_TOKENIZE_QUERY)
		return n > 0 ? emit(ctx, 0, text, n, 0, n) : SQLITE_OK;
	return t->how.xTokenize(t->own, &p, flags, text, n, look);
}

/* The first of the three is where we are. */
static int
look(void *ctx, int flags, const char *token, int n, int begin, int end)
{
	struct pass *p = ctx;
	struct glyph g[3];
	const char *at = token;
	size_t left = (size_t)n;
	int rc;

	(void)flags;
	(void)end;
	for (int i = 0; i < 3; i++) {
		g[i] = glyph(at, left);
		at += g[i].n;
		left -= (size_t)g[i].n;
	}
	if (g[0].code < ' ')
		return control(p, g[0].code, begin);
	if (p->in_facet) {
		if (p->n_facet + g[0].n <= FACET_BYTES)
			memcpy(p->facet + p->n_facet, token, (size_t)g[0].n);
		if (p->n_facet + g[0].n <= FACET_BYTES)
			p->n_facet += g[0].n;
		return SQLITE_OK;
	}
	rc = emit_text(p, token, g, begin);
	if (rc == SQLITE_OK && !p->in_word && is_in_word(g[0].code))
		rc = emit_word(p, token, g, begin);
	p->in_word = is_in_word(g[0].code);
	return rc;
}

/* What was ends here. */
static int
control(struct pass *p, unsigned code, int begin)
{
	int rc = SQLITE_OK;

	if (p->in_facet && p->n_facet > 1)
		rc = p->emit(p->ctx, 0, p->facet, p->n_facet, begin, begin);
	p->in_word = false;
	p->in_facet = code == TG_SAID_FACET;
	p->facet[0] = TG_SAID_FACET;
	p->n_facet = 1;
	return rc;
}

static int
emit_text(struct pass *p, const char *token, const struct glyph *g, int begin)
{
	int pair = g[0].n + g[1].n, all = pair + g[2].n;
	int rc;

	if (!is_dense(g[0].code)) {
		if (g[1].code < ' ' || g[2].code < ' ')
			return SQLITE_OK;
		return p->emit(p->ctx, 0, token, all, begin, begin + all);
	}
	rc = p->emit(p->ctx, 0, token, g[0].n, begin, begin + g[0].n);
	if (rc != SQLITE_OK || g[1].code < ' ')
		return rc;
	return p->emit(p->ctx, 0, token, pair, begin, begin + pair);
}

/* A word begins: is it over before the third character? */
static int
emit_word(struct pass *p, const char *token, const struct glyph *g, int begin)
{
	int n = g[0].n;

	if (is_in_word(g[1].code)) {
		n += g[1].n;
		if (is_in_word(g[2].code))
			return SQLITE_OK;
	}
	return p->emit(p->ctx, 0, token, n, begin, begin + n);
}

/* --- terms --- */

int
tg_tokenizer_fold(struct tg_trigram *t, struct tg_str text,
    const struct tg_fold *f)
{
	struct tg_fold own = *f;
	struct tg_buf b;
	int rc;

	tg_buf_init(&b, text.n + sizeof(TG_SAID_END));
	tg_buf_adds(&b, text);
	tg_buf_addc(&b, TG_SAID_END);
	rc = b.failed ? SQLITE_NOMEM :
			t->how.xTokenize(t->own, &own, FTS5_TOKENIZE_DOCUMENT,
			    b.p, (int)b.n, add_first);
	tg_buf_free(&b);
	return rc == SQLITE_OK && !f->out->failed ? 0 : -1;
}

static int
add_first(void *ctx, int flags, const char *token, int n, int begin, int end)
{
	struct tg_fold *f = ctx;
	size_t bytes = (size_t)glyph(token, (size_t)n).n;

	(void)flags;
	(void)end;
	for (size_t i = 0; f->at != NULL && i < bytes; i++)
		f->at[f->out->n + i] = (uint32_t)begin;
	return tg_buf_add(f->out, token, bytes) == 0 ? SQLITE_OK :
						       SQLITE_NOMEM;
}

bool
tg_tokenizer_is_plain(struct tg_str folded)
{
	while (folded.n > 0) {
		struct glyph g = glyph(folded.p, folded.n);

		if (g.code >= 0x80 && !is_dense(g.code))
			return false;
		folded.p += g.n;
		folded.n -= (size_t)g.n;
	}
	return true;
}

/* The tokens of tokenize() that lie wholly within the term. */
int
tg_tokenizer_term(struct tg_str term, tg_token_fn *fn, void *arg)
{
	struct tg_str rest = term;
	int n = 0;

	if (is_word(term)) {
		struct glyph a = glyph(term.p, term.n);
		struct glyph b = glyph(
		    term.p + a.n, term.n - (size_t)a.n);

		rest.n = (size_t)a.n;
		if (is_in_word(b.code))
			rest.n += (size_t)b.n;
		fn(rest, arg);
		return 1;
	}
	while (rest.n > 0) {
		struct glyph g[3] = { { 0 } };
		struct tg_str at = rest, token = { rest.p, 0 };
		int room = 0;

		for (; room < 3 && at.n > 0; room++) {
			g[room] = glyph(at.p, at.n);
			at.p += g[room].n;
			at.n -= (size_t)g[room].n;
		}
		rest.p += g[0].n;
		rest.n -= (size_t)g[0].n;
		if (is_dense(g[0].code))
			token.n = (size_t)(g[0].n + g[1].n);
		else if (room == 3)
			token.n = (size_t)(g[0].n + g[1].n + g[2].n);
		/* The last one is in the pair before it. */
		if (room == 1 && term.n > (size_t)g[0].n && n > 0 &&
		    is_dense(g[0].code))
			token.n = 0;
		if (token.n == 0)
			continue;
		n++;
		if (fn(token, arg) != 0)
			break;
	}
	return n;
}

long
tg_tokenizer_find(struct tg_str text, size_t from, struct tg_str term)
{
	bool word = is_word(term);
	struct tg_str rest = { text.p + from, text.n - from };
	const char *p;

	while (term.n > 0 && rest.n >= term.n &&
	    (p = memmem(rest.p, rest.n, term.p, term.n)) != NULL) {
		size_t at = (size_t)(p - text.p);

		if (!word || stands_alone(text, at, term))
			return (long)at;
		rest.p = p + 1;
		rest.n = text.n - at - 1;
	}
	return -1;
}

static bool
stands_alone(struct tg_str text, size_t at, struct tg_str term)
{
	struct glyph first = glyph(term.p, term.n);
	struct glyph last = glyph(
	    term.p + first.n, term.n - (size_t)first.n);
	size_t before = at, end = at + term.n;

	while (before > 0 && (text.p[--before] & 0xc0) == 0x80)
		;
	if (at > 0 && is_in_word(glyph(text.p + before, at - before).code))
		return false;
	if (last.n == 0)
		last = first;
	return end == text.n || !is_in_word(last.code) ||
	    !is_in_word(glyph(text.p + end, text.n - end).code);
}

/* One or two characters that begin with a letter. */
static bool
is_word(struct tg_str term)
{
	struct glyph a, b;

	if (term.n == 0)
		return false;
	a = glyph(term.p, term.n);
	b = glyph(term.p + a.n, term.n - (size_t)a.n);
	return (size_t)(a.n + b.n) == term.n && is_in_word(a.code) &&
	    !is_dense(b.code);
}

/* --- characters --- */

static struct glyph
glyph(const char *text, size_t n)
{
	const unsigned char *p = (const unsigned char *)text;
	struct glyph g = { 0, 0 };

	if (n == 0)
		return g;
	g.code = p[0];
	g.n = 1;
	if (p[0] < 0xc0)
		return g;
	g.code = p[0] >= 0xf0 ? p[0] & 7u : p[0] >= 0xe0 ? p[0] & 15u :
							    p[0] & 31u;
	while ((size_t)g.n < n && g.n < CHAR_BYTES && (p[g.n] & 0xc0) == 0x80)
		g.code = g.code << 6 | (p[g.n++] & 0x3fu);
	return g;
}

/* What words are made of; of other scripts all but their punctuation. */
static bool
is_letter(unsigned code)
{
	if (code < 0x80)
		return (code >= 'a' && code <= 'z') || code == '_' ||
		    (code >= '0' && code <= '9');
	return code >= 0xaa && code != 0xd7 && code != 0xf7 &&
	    (code < 0x2000 || code > 0x206f) &&
	    (code < 0x3000 || code > 0x3003) &&
	    (code < 0xff00 || code > 0xff0f);
}

static bool
is_in_word(unsigned code)
{
	return is_letter(code) && !is_dense(code);
}

/* Scripts without blanks between words. */
static bool
is_dense(unsigned code)
{
	return (code >= 0x0e00 && code < 0x0f00) ||
	    (code >= 0x1100 && code < 0x1200) ||
	    (code >= 0x2e80 && code < 0xd7b0 && code != 0x3000) ||
	    (code >= 0xf900 && code < 0xfb00) ||
	    (code >= 0xff00 && code < 0xfff0) ||
	    (code >= 0x1b000 && code < 0x1b300) ||
	    (code >= 0x1f000 && code < 0x40000);
}
