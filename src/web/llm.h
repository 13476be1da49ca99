#ifndef TG_WEB_LLM_H
#define TG_WEB_LLM_H
/* Calls that come from our own pages instead of an application. */
#include "llm/dialect.h"
#include "net/request.h"
#include "web/app.h"

/*
 * Serves a request whose behalf is set, and which has a body of that dialect,
 * through the gate, up to the end of the answer: errors as applications see
 * them.
 */
void tg_llm_serve(struct tg_app *app, struct tg_request *rq,
    enum tg_dialect_id id);
#endif
