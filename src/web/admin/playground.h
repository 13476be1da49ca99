#ifndef TG_WEB_ADMIN_PLAYGROUND_H
#define TG_WEB_ADMIN_PLAYGROUND_H
/*
 * A chat with any model, on a page.  What was said so far is a field of the
 * form, "messages": a JSON array without the system prompt, so that nothing
 * has to be kept here.  playground_ask.c: from the form to a request;
 * playground.c: the page, the call, the answer.
 */
#include "web/page/page.h"

#define TG_PLAY_PICTURES 10

struct tg_play {
	struct tg_page *p;
	/* the conversation with what was added now; the caller's */
	json_t *messages;
	bool added;		/* a message of the user's */
	bool has_pictures;	/* in it */
	bool answered;
	const char *call;	/* its id, once it was made */
	const char *model;	/* in the form's life */
};
/*
 * Reads the form.  -1: rq->err says why, and play->messages is what the form
 * holds, or NULL.
 */
int tg_play_read(struct tg_play *play);
/*
 * The request that they make, with the form's system prompt and parameters;
 * the caller's.  NULL: rq->err says why.
 */
json_t *tg_play_request(struct tg_play *play);
/* The request as a command line; pictures are left out.  In the arena. */
const char *tg_play_curl(struct tg_play *play, json_t *request,
    const char *url);
#endif
