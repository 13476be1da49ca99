/*
 * Small routes that scripts ask for: what there is, what is set
 * (litellm-compat.md 2.9).
 */
#include "config.h"

#include "web/misc.h"

#include <stdio.h>

#include "web/manage/manage.h"

/* A method that several rows of a path share is listed once each. */
static void
add_route(json_t *list, const struct tg_route *r)
{
	json_t *one, *methods;
	size_t i;

	json_array_foreach(list, i, one) {
		if (strcmp(json_string_value(json_object_get(one, "path")),
			r->path) != 0)
			continue;
		methods = json_object_get(one, "methods");
		if (!tg_manage_among(methods, tg_method_name(r->method)))
			(void)json_array_append_new(methods,
			    json_string(tg_method_name(r->method)));
		return;
	}
	(void)json_array_append_new(list,
	    json_pack("{s:s, s:[s], s:s, s:s}", "path", r->path, "methods",
		tg_method_name(r->method), "name", r->help, "endpoint",
		r->help));
}

static int
routes(struct tg_web *w)
{
	json_t *list = json_array();

	for (int t = 0; tg_route_tables[t] != NULL; t++)
		for (const struct tg_route *r = tg_route_tables[t];
		     r->path != NULL; r++)
			add_route(list, r);
	return tg_manage_send(w, json_pack("{s:o}", "routes", list));
}

static int
test(struct tg_web *w)
{
	return tg_manage_send(
	    w, json_pack("{s:s, s:s}", "route", "/test", "status", "ok"));
}

/* Nothing is called back here: scripts that count get 0. */
static int
callbacks(struct tg_web *w)
{
	static const char *const lists[] = { "alerting",
		"litellm.callbacks", "litellm.input_callback",
		"litellm.failure_callback", "litellm.success_callback",
		"litellm._async_success_callback",
		"litellm._async_failure_callback",
		"litellm._async_input_callback", "all_litellm_callbacks",
		NULL };
	json_t *out = json_object();

	for (int i = 0; lists[i] != NULL; i++)
		(void)json_object_set_new(out, lists[i], json_array());
	(void)json_object_set_new(out, "num_callbacks", json_integer(0));
	(void)json_object_set_new(out, "num_alerting", json_integer(0));
	(void)json_object_set_new(out, "litellm.request_timeout",
	    json_integer(
		tg_gate_settings(tg_app_gate(w->app))
		    ->catalog.route.total_ms /
		1000));
	return tg_manage_send(w, out);
}

static int
callback_list(struct tg_web *w)
{
	return tg_manage_send(w,
	    json_pack("{s:[], s:[], s:[]}", "success", "failure",
		"success_and_failure"));
}

static int
cache_ping(struct tg_web *w)
{
	struct tg_err *e = &w->rq->err;

	(void)snprintf(e->ecode, sizeof(e->ecode), "503");
	return tg_manage_fail(e, TG_E_NO_DEPLOYMENT, "cache_ping_error", NULL,
	    "Cache not initialized. This gateway keeps no answers.");
}

const struct tg_route tg_routes_misc[] = {
	{ TG_GET, "/routes", TG_ACCESS_PUBLIC, routes, NULL,
	    "Everything that can be asked for", TG_FAULT_ERROR },
	{ TG_GET, "/test", TG_ACCESS_PUBLIC, test, NULL, "Answers",
	    TG_FAULT_ERROR },
	{ TG_GET, "/settings", TG_ACCESS_KEY, callbacks, NULL,
	    "Callbacks that are set", TG_FAULT_ERROR },
	{ TG_GET, "/active/callbacks", TG_ACCESS_KEY, callbacks, NULL,
	    "The same", TG_FAULT_ERROR },
	{ TG_GET, "/callbacks/list", TG_ACCESS_ADMIN, callback_list, NULL,
	    "The same, by kind", TG_FAULT_ERROR },
	{ TG_GET, "/cache/ping", TG_ACCESS_KEY, cache_ping, NULL,
	    "Is there a cache? No: 503", TG_FAULT_ERROR },
	{ TG_POST, "/utils/token_counter", TG_ACCESS_KEY, tg_run_look_models,
	    tg_web_token_counter, "About how many tokens a text is",
	    TG_FAULT_ERROR },
	{ TG_GET, "/utils/supported_openai_params", TG_ACCESS_KEY,
	    tg_run_look_models, tg_web_openai_params,
	    "Parameters that a model takes", TG_FAULT_ERROR },
	{ TG_GET, "/audit", TG_ACCESS_ADMIN, tg_run_look, tg_web_audit_list,
	    "Who changed what", TG_FAULT_ERROR },
	{ TG_GET, "/audit/{id}", TG_ACCESS_ADMIN, tg_run_look, tg_web_audit_one,
	    "One change", TG_FAULT_ERROR },
	{ .path = NULL },
};
