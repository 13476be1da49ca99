/*
 * Is it there, can it serve?  And the page that stands at the root.
 */
#include "config.h"

#include "base/json.h"
#include "web/routes.h"

int
tg_web_root(struct tg_web *w)
{
	static const char page[] =
	    "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
	    "<title>Tollgate</title></head><body><h1>Tollgate</h1>\n"
	    "<p>This is an LLM gateway. Applications use it as an OpenAI API: "
	    "set their base URL to this address with <code>/v1</code> at the "
	    "end, and the key you were given.</p>\n"
	    "<p><a href=\"health/readiness\">Health</a></p>"
	    "</body></html>\n";

	return tg_reply_send(
	    w->rq, 200, "text/html; charset=utf-8", TG_STR(page));
}

int
tg_web_alive(struct tg_web *w)
{
	return tg_reply_send(
	    w->rq, 200, "application/json", TG_STR("\"I'm alive!\""));
}

int
tg_web_ready(struct tg_web *w)
{
	struct tg_err why = { 0 };
	struct tg_str message;

	tg_reply_header(w->rq, "Cache-Control", "no-store");
	if (tg_store_probe(tg_app_store(w->app), &why) == 0)
		return tg_reply_send(w->rq, 200, "application/json",
		    tg_str(tg_arena_printf(w->rq->arena,
			"{\"status\":\"healthy\",\"db\":\"connected\","
			"\"litellm_version\":\"%s\",\"version\":\"%s\"}",
			tg_app_web(w->app)->compat == TG_COMPAT_1_83 ?
			    "1.83.2" :
			    "1.104.0",
			PACKAGE_VERSION)));
	message = tg_json_quoted(w->rq->arena, tg_str(why.msg));
	return tg_reply_send(w->rq, 503, "application/json",
	    tg_str(tg_arena_printf(w->rq->arena,
		"{\"status\":\"unhealthy\",\"db\":\"not writable\","
		"\"detail\":%.*s}",
		TG_PRI(message))));
}

const struct tg_route tg_routes_health[] = {
	{ TG_GET, "/health/liveliness", TG_ACCESS_PUBLIC, tg_web_alive,
	    "Is the program there?", TG_FAULT_ERROR },
	{ TG_GET, "/health/liveness", TG_ACCESS_PUBLIC, tg_web_alive,
	    "The same", TG_FAULT_ERROR },
	{ TG_GET, "/health/readiness", TG_ACCESS_PUBLIC, tg_web_ready,
	    "Can it serve? 503 when the database cannot be written", TG_FAULT_ERROR },
	{ .path = NULL },
};
