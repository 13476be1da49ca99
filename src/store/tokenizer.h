#ifndef TG_STORE_TOKENIZER_H
#define TG_STORE_TOKENIZER_H
/*
 * What the index of search holds: FTS5's own trigrams, letters folded to one
 * case, and what these leave out.  Scripts that write without blanks (Chinese,
 * Japanese, Korean, Thai) are indexed by their single characters and by pairs
 * instead; words of one or two letters as words; facets whole.
 *
 * The text is as store/search.h tells: what begins with a control character
 * is one text, and no term reaches over its end.
 */
#include <stdbool.h>
#include <stdint.h>

#include <sqlite3.h>

#include "base/buf.h"
#include "base/str.h"

#define TG_SAID_FACET '\x02'	/* begins a facet */
#define TG_SAID_TEXT '\x10'	/* and above it: a text, by who said it */
#define TG_SAID_END "\x1f\x1f"	/* ends all of it */

/*
 * To every connection of log.db before its schema is used.  SQLite's code.
 * *t lives as long as the connection.
 */
struct tg_trigram;
int tg_tokenizer_register(sqlite3 *h, struct tg_trigram **t);

/*
 * Folds the case as the index does; at, unless it is NULL, gets for each byte
 * of it where its character stands in the text, and has room for twice as many
 * as that.  -1: no memory.
 */
struct tg_fold {
	struct tg_buf *out;
	uint32_t *at;
};
int tg_tokenizer_fold(struct tg_trigram *t, struct tg_str text,
    const struct tg_fold *f);
/* Are all its letters ASCII's, or of a script without case? */
bool tg_tokenizer_is_plain(struct tg_str folded);
/*
 * Calls fn for each token by which a folded term is looked up, without those
 * that a longer text would go on with; fn != 0 ends it.  Returns how many.
 */
typedef int tg_token_fn(struct tg_str token, void *arg);
int tg_tokenizer_term(struct tg_str term, tg_token_fn *fn, void *arg);
/*
 * Where a folded term stands in a folded text, from a byte on; -1 nowhere.
 * One or two letters are a word.
 */
long tg_tokenizer_find(struct tg_str text, size_t from, struct tg_str term);
#endif
