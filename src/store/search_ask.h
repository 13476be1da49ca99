#ifndef TG_STORE_SEARCH_ASK_H
#define TG_STORE_SEARCH_ASK_H
/* A query for search, taken apart.  In the arena it was read with. */
#include "base/arena.h"
#include "store/search.h"
#include "store/tokenizer.h"

struct tg_ask_term {
	struct tg_str text;	/* folded */
	size_t alternative;	/* which of those between OR */
	bool no;		/* is not to be there */
	int64_t *pieces;	/* that hold it */
	size_t n_pieces;
};
struct tg_ask {
	struct tg_ask_term *terms;
	size_t n, n_alternatives;
	bool plain;		/* see tg_tokenizer_is_plain() */
	struct tg_trigram *trigram;
};
/* -1: a sentence for the user. */
int tg_ask_read(struct tg_ask *q, struct tg_trigram *t, struct tg_arena *a,
    struct tg_str text, struct tg_err *e);
/* Expressions of FTS5: of one term, of all with the facets. */
void tg_ask_write_term(const struct tg_ask_term *t, struct tg_buf *out);
void tg_ask_write(const struct tg_ask *q, const struct tg_search_query *with,
    struct tg_buf *out);
/* The text in the case that terms are looked for, in the arena. */
struct tg_str tg_ask_fold(const struct tg_ask *q, struct tg_arena *a,
    struct tg_str text);
#endif
