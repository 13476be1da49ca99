#ifndef TG_WEB_MODEL_FETCH_H
#define TG_WEB_MODEL_FETCH_H
/*
 * A provider's own list of models, asked for with its key: by GET /models,
 * through the same pool and clocks as calls, but bounded in time and bytes.
 */
#include "gate/catalog.h"
#include "llm/model_list.h"
#include "web/routes.h"

#define TG_MODEL_FETCH_MS 20000
#define TG_MODEL_FETCH_BYTES (16 * 1024 * 1024)

/*
 * Sorted, in the request's arena; the echo has one model.  -1: w->rq->err has
 * the reason, in the provider's own words where it gave some (without keys).
 */
int tg_model_fetch(struct tg_web *w, const struct tg_upstream *u,
    struct tg_listed_model **rows, size_t *n);
#endif
