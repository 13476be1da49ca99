#ifndef TG_WEB_ADMIN_ASK_H
#define TG_WEB_ADMIN_ASK_H
/*
 * Parameters of a chat request as fields of a form ({{>ask_params}}):
 * temperature, top_p, max_tokens, seed, reasoning_effort, stop (a line each),
 * format ("json") and tools (JSON).  An empty field is a member that is not
 * there.
 */
#include "web/page/page.h"

/*
 * What the fields show of a request, an object of texts (the caller's), and
 * "any": true, for there are always fields; these members are taken out of it.
 */
json_t *tg_ask_take(json_t *request);
/* What the form that was sent holds of them, the same. */
json_t *tg_ask_sent(struct tg_page *p);
/* The fields of the form into a request.  -1: rq->err names the field. */
int tg_ask_put(struct tg_page *p, json_t *request);
/*
 * JSON that somebody wrote into a field; the caller's.  NULL: rq->err names
 * the field, and where it is wrong.
 */
json_t *tg_ask_json(struct tg_page *p, const char *field, const char *text);
#endif
