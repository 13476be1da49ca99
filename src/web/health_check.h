#ifndef TG_WEB_HEALTH_CHECK_H
#define TG_WEB_HEALTH_CHECK_H
/*
 * A small call to one deployment, by the gateway itself: through all stages
 * and onto the books, as any call.
 */
#include "base/jtree.h"
#include "gate/catalog.h"
#include "store/health.h"
#include "web/routes.h"

#define TG_HEALTH_MS 60000	/* the longest that one may take */

/* A call for trying; strings in the request's arena. */
struct tg_probe {
	bool stream;		/* asked for as a stream */
	const char *model;	/* of a wildcard: which; NULL: the usual */
	int status;		/* 0: no answer in time */
	const char *error;	/* what was said, or NULL: it is well */
	const char *text;	/* what it answered, or NULL */
	const char *call;	/* its id in the books, or NULL */
	int64_t took_us;
	int64_t first_us;	/* until the first content; -1 unknown */
	int64_t output_tokens;	/* -1 unknown */
};
/* p->stream and p->model say how.  False: it cannot be tried, as below. */
bool tg_probe(struct tg_web *w, const struct tg_deployment *d,
    struct tg_probe *p);

/*
 * out->error is NULL if it answered with 200, else what it said; strings in
 * the request's arena.  False: it cannot be checked (a wildcard for which no
 * health_check_model is told, or a blocked one).
 */
bool tg_health_check(struct tg_web *w, const struct tg_deployment *d,
    struct tg_health_check *out);

tg_handler tg_web_health, tg_web_test_connection;
tg_manage_fn tg_web_health_history, tg_web_health_latest;
#endif
