/*
 * Cross-origin calls (Fetch standard, CORS protocol): off unless
 * [server] cors_origins names the origins, or "*".
 */
#include "config.h"

#include "web/routes.h"

#define EXPOSED                                                               \
	"x-request-id, x-tollgate-call, x-litellm-call-id, retry-after, "     \
	"retry-after-ms, x-should-retry"

static bool
is_allowed(const char *list, struct tg_str origin)
{
	struct tg_str rest = tg_str(list), one;

	while (tg_str_cut(&rest, ',', &one)) {
		one = tg_str_trim(one);
		if (one.n > 0 && tg_str_glob(one, origin))
			return true;
	}
	return false;
}

void
tg_cors_reply(struct tg_web *w)
{
	const char *list = tg_app_web(w->app)->cors_origins;
	struct tg_str origin = tg_request_header(w->rq, "origin");

	if (list == NULL || *list == '\0')
		return;
	tg_reply_header(w->rq, "Vary", "Origin");
	if (origin.n == 0 || !is_allowed(list, origin))
		return;
	tg_reply_header(w->rq, "Access-Control-Allow-Origin", "%.*s",
	    TG_PRI(origin));
	tg_reply_header(w->rq, "Access-Control-Expose-Headers", EXPOSED);
}

void
tg_cors_preflight(struct tg_web *w, const char *methods)
{
	const char *list = tg_app_web(w->app)->cors_origins;
	struct tg_str asked =
	    tg_request_header(w->rq, "access-control-request-headers");

	tg_reply_header(w->rq, "Allow", "%s", methods);
	if (list != NULL && *list != '\0') {
		tg_reply_header(
		    w->rq, "Access-Control-Allow-Methods", "%s", methods);
		if (asked.n > 0 && asked.n < 2000)
			tg_reply_header(w->rq, "Access-Control-Allow-Headers",
			    "%.*s", TG_PRI(asked));
		tg_reply_header(w->rq, "Access-Control-Max-Age", "7200");
	}
	(void)tg_reply_send(w->rq, 204, NULL, TG_STR_NONE);
}
