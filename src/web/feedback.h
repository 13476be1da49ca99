#ifndef TG_WEB_FEEDBACK_H
#define TG_WEB_FEEDBACK_H
/* Scores as forms and the API say them: what one may be. */
#include "store/scores.h"
#include "web/manage/manage.h"

#define TG_MAX_SCORE_NAME 64
#define TG_MAX_SCORE_LABEL 200
#define TG_MAX_SCORE_COMMENT 4000

/*
 * name, value (number, boolean, text or none) and comment into s, in the
 * arena.  A boolean without a name is a "thumb" (1 or -1), a comment alone a
 * "note".  -1: TG_E_INVALID, _TYPE, _MISSING with the member.
 */
struct tg_score_said {
	const char *name, *comment;	/* or NULL */
	const json_t *value;		/* or NULL */
};
int tg_score_read(struct tg_arena *a, const struct tg_score_said *said,
    struct tg_score *s, struct tg_err *e);
#endif
