#ifndef TG_GATE_SCRIBE_CALL_H
#define TG_GATE_SCRIBE_CALL_H
/* A call as the scribe sees it, between its files.  Lives in an arena. */
#include "base/arena.h"
#include "store/scribe.h"
#include "store/search.h"
#include "store/threads.h"

/* A part of a request: a message, the tools. */
struct tg_part {
	struct tg_str raw;	/* JSON */
	int64_t piece;		/* the row that holds it alone, 0 none */
	enum tg_said_by by;
};

struct tg_scribe_call {
	struct tg_scribe_line *line;
	bool has_body;
	int64_t earlier_nano;	/* of attempts before the last */
	struct tg_part *messages;
	size_t n;
	bool talk;		/* they are a conversation */
	struct tg_part tools, system;	/* raw.p NULL: none */
	struct tg_str answer;
	struct tg_thread_entry entry;
	struct tg_tail *tails;
};

/*
 * Takes the bodies apart (views into them); what is no JSON leaves it without
 * messages.
 */
void tg_scribe_open(struct tg_scribe_call *c, struct tg_arena *a,
    const struct tg_body_look *request, struct tg_str answer);
/* Words of a part, of what came back; appended, blanks as they are. */
void tg_scribe_words(const struct tg_part *p, struct tg_buf *out);
void tg_scribe_answer(struct tg_str answer, struct tg_buf *out);
/*
 * Digest of what a model said, the same in its answer and where it is sent
 * again; false: it said nothing.
 */
bool tg_scribe_digest(struct tg_str message, struct tg_tail *out);
/* The message of an answer, or the empty view. */
struct tg_str tg_scribe_said(struct tg_str answer);
/* The digest of parts without what only steers caches. */
void tg_scribe_part_digest(const struct tg_tail *before,
    const struct tg_part *p, struct tg_tail *out);
/* Into its thread, into the index.  Inside tg_write() of TG_DB_LOG. */
int tg_scribe_write(struct tg_db *db, struct tg_arena *a,
    struct tg_scribe_call *c, struct tg_err *e);
#endif
