#ifndef TG_WEB_ADMIN_REPLAY_H
#define TG_WEB_ADMIN_REPLAY_H
/*
 * A call made again: what was stored of it, as it may be changed and sent.
 * replay_source.c: what was stored; replay_form.c: between that and the form;
 * replay.c: the page and the calls; runs.c: what came of them.
 */
#include "store/calls.h"
#include "store/scores.h"
#include "web/admin/errand.h"
#include "web/page/page.h"

struct tg_replay_source {
	struct tg_call_row row;		/* the call's last attempt */
	enum tg_dialect_id dialect;
	int64_t bytes;			/* of the stored request */
	/*
	 * Without the members that say who asked and for whom, and with long
	 * data (pictures, sound) replaced by "stored:0" ...; NULL: it is not
	 * kept, or cannot be made again
	 */
	json_t *request;
	json_t *data;			/* what was replaced, in order */
	json_t *dropped;		/* names of members */
};
/*
 * The call by its id, if the visitor may see it: else TG_E_NOT_FOUND.  Inside
 * a transaction; to be freed by _free() in any case.
 */
int tg_replay_source(struct tg_manage *m, const char *id,
    struct tg_replay_source *s);
void tg_replay_source_free(struct tg_replay_source *s);
/* Takes out what says who asked, for whom and of which model. */
void tg_replay_plain(json_t *request);
/* Puts the long data back. */
void tg_replay_restore(const struct tg_replay_source *s, json_t *request);

/*
 * All attempts of a call that is over, if the visitor may see it.  1 found, 0
 * not.
 */
int tg_replay_call(struct tg_manage *m, const char *id,
    struct tg_call_row **rows, size_t *n);

/*
 * What it cost and how long it took, from all its attempts: id, model, state,
 * ok, status, reason, at, cost, input, output, took, first; for
 * {{>call_short}}.
 */
void tg_replay_facts(json_t *to, const struct tg_call_row *rows, size_t n);

/*
 * Turns (llm/talk.h) for {{>play_parts}}: pictures that stand elsewhere are
 * links ("picture_at"), for a page loads nothing from others.
 */
void tg_replay_pictures(const json_t *turns);

/* How the request is changed: sent as it is, as messages, as JSON. */
enum tg_replay_as { TG_REPLAY_STORED, TG_REPLAY_MESSAGES, TG_REPLAY_JSON };
/* Sets what the form shows of the request; s->request is used up. */
void tg_replay_form(struct tg_page *p, struct tg_replay_source *s);
/* The request that the form means; the caller's.  NULL: rq->err says why. */
json_t *tg_replay_sent(struct tg_page *p, const struct tg_replay_source *s);

/*
 * Sets "replay" of a call's page, for {{>call_replay}}: {call, may, of, run,
 * runs [{run, at, made_by, calls}]}.
 */
int tg_replay_show(struct tg_manage *m, struct tg_page *p,
    const struct tg_call_row *row);

/* Sets "replay" in rows of a list that are one (by their "id"). */
int tg_replay_mark(struct tg_manage *m, json_t *rows);

tg_handler tg_admin_run;		/* /admin/runs/{run}, runs.c */
#endif
