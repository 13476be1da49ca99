#ifndef TG_STORE_SEARCH_H
#define TG_STORE_SEARCH_H
/*
 * Full text of what was said in calls (FTS5, trigrams; see tokenizer.h).  A
 * call is one text, under its seq: what was new in its request, and what came
 * back.  A piece that several conversations say (a system prompt, tools) has
 * a text of its own, once, and its calls name it.  So hits come newest first
 * out of the index itself, and what else is asked of a call (its key, its
 * model) is a term of the index too, a facet.
 *
 * Parts of words are found; one or two letters as words; Chinese and Japanese
 * from one character on.  All runs inside the caller's tg_read() or tg_write()
 * of TG_DB_LOG.
 */
#include "base/arena.h"
#include "base/buf.h"
#include "store/db.h"

/*
 * What a text begins with: who said it (above ' ' is no such character), or
 * a facet, TG_SAID_FACET and its kind.
 */
enum tg_said_by {
	TG_SAID_SYSTEM = 0x10,
	TG_SAID_USER,
	TG_SAID_ASSISTANT,
	TG_SAID_TOOL,		/* results */
	TG_SAID_TOOLS,		/* what it may call */
	TG_SAID_OTHER
};
enum tg_facet {			/* values: rows' numbers, names */
	TG_FACET_KEY = 'k',
	TG_FACET_PERSON = 'p',
	TG_FACET_TEAM = 't',
	TG_FACET_CUSTOMER = 'c',
	TG_FACET_ORGANIZATION = 'o',
	TG_FACET_PROJECT = 'j',
	TG_FACET_TAG = 'g',
	TG_FACET_MODEL = 'm',
	TG_FACET_PROVIDER = 'v',
	TG_FACET_DEPLOYMENT = 'd',
	TG_FACET_ROUTE = 'e',
	TG_FACET_SESSION = 'n',
	TG_FACET_STATE = 's',	/* enum tg_call_state */
	TG_FACET_PIECE = 'r'
};

/*
 * Making a text: facets, texts (white space becomes one blank, control
 * characters go), its end; cut at TG_SAID_MAX.
 */
#define TG_SAID_MAX (256 * 1024)
void tg_said_facet(struct tg_buf *b, enum tg_facet kind, struct tg_str value);
void tg_said_number(struct tg_buf *b, enum tg_facet kind, int64_t value);
void tg_said_text(struct tg_buf *b, enum tg_said_by by, struct tg_str words);
/* Into the index; there is none of that id yet.  id < 0: of piece -id. */
int tg_said_put(struct tg_db *db, int64_t id, struct tg_buf *b,
    struct tg_err *e);
/* 1 found, 0 not; in the arena. */
int tg_said_get(struct tg_db *db, struct tg_arena *a, int64_t id,
    struct tg_str *said, struct tg_err *e);
/* Takes it out again: 1 it was there, 0 not. */
int tg_said_drop(struct tg_db *db, int64_t id, struct tg_err *e);
/* Its parts, one by one: false at the end.  *by: enum tg_said_by. */
bool tg_said_next(struct tg_str *said, enum tg_said_by *by,
    struct tg_str *text);

/*
 * Does a thread say a piece the first time?  1: it is new to all, its words
 * go with the call; 2: others said it already (tg_said_put() its words as
 * -piece when *first is set) and the call names it by its facet; 0: the thread
 * said it before.
 */
int tg_said_piece(struct tg_db *db, int64_t piece, int64_t thread,
    bool *first, struct tg_err *e);

struct tg_search_facet {
	enum tg_facet kind;
	const char *value;
};
#define TG_SEARCH_FACETS 16
struct tg_search_query {
	struct tg_str text;	/* words; "a phrase"; -not; OR */
	int64_t before_seq;	/* going on from there, 0: the newest */
	int64_t from_seq;	/* none older, 0: all */
	int64_t limit;
	const struct tg_search_facet *facets;	/* all must fit */
	size_t n_facets;
	/* passes those that other filters let through; NULL: all */
	bool (*passes)(int64_t seq, void *arg);
	void *arg;
	int64_t max_us;		/* to spend; 0: TG_SEARCH_US */
	/* out, or NULL: before which seq nobody has looked; 0: all was */
	int64_t *looked_seq;
};
#define TG_SEARCH_US 150000
struct tg_search_hit {
	int64_t seq;		/* of the call's row */
	int64_t said;		/* the text that holds it: tg_said_get() */
};
/*
 * The newest calls first, each once.  *more: there may be others, before the
 * last hit or *looked_seq.  TG_E_INVALID: nothing can be looked for, e->param
 * says why: "empty", "no" (only what is left out), "short", "long", "many".
 */
int tg_search(struct tg_db *db, struct tg_arena *a,
    const struct tg_search_query *q, struct tg_search_hit **hits, size_t *n,
    bool *more, struct tg_err *e);

/*
 * Where the words of a query stand in a text ("-not" left out): in order, none
 * within another.
 */
struct tg_search_mark {
	size_t at, n;
};
struct tg_search_words;
struct tg_search_words *tg_search_words(struct tg_db *db, struct tg_arena *a,
    struct tg_str query, struct tg_err *e);
void tg_search_marks(const struct tg_search_words *w, struct tg_str text,
    struct tg_search_mark **marks, size_t *n);
#endif
