/*
 * Is it there, can it serve?  And the page that stands at the root.
 */
#include "config.h"

#include "base/json.h"
#include "store/outbox.h"
#include "web/health_check.h"
#include "web/manage/rights.h"

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

/* As scripts expect them of their level. */
static const char *
litellm_version(struct tg_web *w)
{
	return tg_app_web(w->app)->compat == TG_COMPAT_1_83 ? "1.83.2" :
							      "1.104.0";
}

/* What LiteLLM told everybody up to 1.83, and tells key holders since. */
static json_t *
long_form(struct tg_web *w)
{
	json_t *j = json_pack("{s:s, s:s, s:n, s:s, s:s, s:[], s:b, s:s, s:b}",
	    "status", "healthy", "db", "connected", "cache",
	    "litellm_version", litellm_version(w), "version",
	    PACKAGE_VERSION, "success_callbacks", "use_aiohttp_transport", 0,
	    "log_level", "INFO", "is_detailed_debug", 0);

	return j;
}

static int
not_ready(struct tg_web *w, const struct tg_err *why)
{
	struct tg_str message =
	    tg_json_quoted(w->rq->arena, tg_str(why->msg));

	return tg_reply_send(w->rq, 503, "application/json",
	    tg_str(tg_arena_printf(w->rq->arena,
		"{\"status\":\"unhealthy\",\"db\":\"not writable\","
		"\"detail\":%.*s}",
		TG_PRI(message))));
}

static int
ready(struct tg_web *w, bool whole)
{
	struct tg_err why = { 0 };

	tg_reply_header(w->rq, "Cache-Control", "no-store");
	if (tg_store_probe(tg_app_store(w->app), &why) != 0)
		return not_ready(w, &why);
	if (whole)
		return tg_manage_send(w, long_form(w));
	return tg_manage_send(w,
	    json_pack("{s:s, s:s, s:s, s:s}", "status", "healthy", "db",
		"connected", "litellm_version", litellm_version(w),
		"version", PACKAGE_VERSION));
}

int
tg_web_ready(struct tg_web *w)
{
	return ready(
	    w, tg_app_web(w->app)->compat == TG_COMPAT_1_83);
}

static int
details(struct tg_web *w)
{
	return ready(w, true);
}

static int
backlog(struct tg_manage *m)
{
	int64_t n;

	if (tg_health_open_calls(m->db, &n, m->e) != 0)
		return -1;
	m->answer = json_pack("{s:I}", "in_flight_requests", (json_int_t)n);
	return 0;
}

/* Everything is there, for everybody. */
static int
license(struct tg_web *w)
{
	return tg_manage_send(w,
	    json_pack("{s:b, s:s, s:n, s:[s], s:{s:n, s:n}}", "has_license",
		1, "license_type", "free software", "expiration_date",
		"allowed_features", "all", "limits", "max_users",
		"max_teams"));
}

/* The ways of telling that [alert:NAME] has; all get the event. */
static int
services(struct tg_manage *m)
{
	static const char *const known[] = { "slack", "slack_budget_alerts",
		"webhook", "email", "alerts", NULL };
	const char *service = tg_manage_query(m, "service");
	int i = 0;

	if (!m->w->caller->admin)
		return tg_caller_need_admin(m->w, m->e);
	if (service == NULL)
		return tg_fail_param(m->e, TG_E_MISSING, "service",
		    "'service' is missing.");
	while (known[i] != NULL && strcmp(known[i], service) != 0)
		i++;
	if (known[i] == NULL)
		return tg_fail_param(m->e, TG_E_INVALID, "service",
		    "Service must be slack, slack_budget_alerts, webhook, "
		    "email or alerts. Service=%.100s",
		    service);
	m->answer = json_pack("{s:s, s:s}", "status", "success", "message",
	    "A test event is on its way to everybody that [alert:NAME] "
	    "sections of tollgate.ini name; `tollgate alerts` shows how it "
	    "went.");
	return tg_outbox_add(m->db, "test",
	    tg_manage_print(m,
		tg_manage_keep(m,
		    json_pack("{s:s, s:s}", "message",
			"This is a test of /health/services.", "service",
			service))),
	    m->e);
}

const struct tg_route tg_routes_health[] = {
	{ TG_GET, "/health/liveliness", TG_ACCESS_PUBLIC, tg_web_alive, NULL,
	    "Is the program there?", TG_FAULT_ERROR },
	{ TG_GET, "/health/liveness", TG_ACCESS_PUBLIC, tg_web_alive, NULL,
	    "The same", TG_FAULT_ERROR },
	{ TG_GET, "/health/readiness", TG_ACCESS_PUBLIC, tg_web_ready, NULL,
	    "Can it serve? 503 when the database cannot be written",
	    TG_FAULT_ERROR },
	{ TG_GET, "/health/readiness/details", TG_ACCESS_KEY, details, NULL,
	    "The same, and versions", TG_FAULT_ERROR },
	{ TG_GET, "/health", TG_ACCESS_KEY, tg_web_health, NULL,
	    "Calls every deployment (for administrators)", TG_FAULT_ERROR },
	{ TG_GET, "/health/history", TG_ACCESS_KEY, tg_run_look_models,
	    tg_web_health_history, "How checks went", TG_FAULT_ERROR },
	{ TG_GET, "/health/latest", TG_ACCESS_KEY, tg_run_look_models,
	    tg_web_health_latest, "The last check of each deployment",
	    TG_FAULT_ERROR },
	{ TG_GET, "/health/backlog", TG_ACCESS_KEY, tg_run_look, backlog,
	    "Calls in flight", TG_FAULT_ERROR },
	{ TG_GET, "/health/services", TG_ACCESS_ADMIN, tg_run_change, services,
	    "Sends a test event", TG_FAULT_ERROR },
	{ TG_GET, "/health/license", TG_ACCESS_KEY, license, NULL,
	    "What may be used: all", TG_FAULT_ERROR },
	{ TG_POST, "/health/test_connection", TG_ACCESS_ADMIN,
	    tg_web_test_connection, NULL,
	    "Tries a deployment before it is added", TG_FAULT_ERROR },
	{ .path = NULL },
};
