#ifndef TG_WEB_ADMIN_DEPLOYMENT_H
#define TG_WEB_ADMIN_DEPLOYMENT_H
/*
 * Providers and deployments as the pages show them: raw values for templates,
 * without secrets.  JSON that is returned is the caller's.
 */
#include "gate/catalog.h"
#include "store/health.h"
#include "web/health_check.h"
#include "web/page/page.h"

/*
 * {id, model, upstream_model, provider, mode, weight, order, wildcard, fixed,
 * from, is_open, built_in, renamed, own, section, blocked, team, region,
 * max_input_tokens, max_output_tokens, input, output, cache_read, call (pico
 * USD or null), priced, many (prices besides these), limits [{title, value}],
 * clocks [{title, us, own}], state {word, class}, check {at, error, took_us}
 * or null}.  checks may be NULL.
 */
json_t *tg_admin_deployment(const struct tg_page *p,
    const struct tg_deployment *d, const struct tg_health_rows *checks);
/* The last check of it, or NULL. */
const struct tg_health_check *tg_admin_check(
    const struct tg_health_rows *checks, const char *deployment);
/* By its id in w->catalog; NULL: there is none. */
const struct tg_deployment *tg_admin_deployment_find(
    const struct tg_web *w, const char *id);
/*
 * {word, class}: of a deployment with that last check (NULL: none was made).
 * word is a msgid.
 */
json_t *tg_admin_state(bool blocked, const struct tg_health_check *check);

/* Of the query, or of the form of a POST; NULL: missing or "". */
const char *tg_admin_asked(struct tg_page *p, const char *name);

/*
 * Makes the call, keeps how it went, and sets p's "probe" {model, status,
 * error, text, call, took_us, first_us, output_tokens, rate (tokens a
 * second), stream}; -1: rq->err.
 */
int tg_admin_probe(struct tg_page *p, const struct tg_deployment *d,
    const char *model, bool stream);
#endif
