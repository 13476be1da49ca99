#ifndef TG_WEB_ADMIN_SCORES_H
#define TG_WEB_ADMIN_SCORES_H
/* Scores on pages. */
#include "store/calls.h"
#include "web/page/page.h"

/*
 * Sets "scores" of a call's page, for {{>call_scores}}: {call, list, may_add,
 * thumb_up, thumb_down (the viewer's own), names (in use)}.
 */
int tg_scores_show(struct tg_manage *m, struct tg_page *p,
    const struct tg_call_row *row);
/* A score's number as people read it, in the arena. */
const char *tg_score_number(struct tg_arena *a, double number);
#endif
