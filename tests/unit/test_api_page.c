/*
 * The API reference: every route of the table is on it, with an anchor on the
 * page of its family, and every fault; no page is above 100 KB.
 */
#include "config.h"

#include "unit.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/json.h"
#include "base/jtree.h"
#include "prog/conf.h"
#include "prog_help.h"
#include "web/fault.h"
#include "web/routes.h"

#define MOST_BYTES (100 * 1024)

struct fixture {
	struct prog *prog;
	struct tg_conf *conf;
	struct tg_app *app;
};

static int
open_app(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	struct tg_err e = { 0 };
	void *prog = NULL;

	assert_int_equal(prog_new(&prog), 0);
	f->prog = prog;
	assert_int_equal(tg_conf_load(NULL, &f->conf, NULL, &e), 0);
	assert_int_equal(tg_app_open(&f->conf->app, &f->app, &e), 0);
	*state = f;
	return 0;
}

static int
close_app(void **state)
{
	struct fixture *f = *state;
	void *prog = f->prog;

	tg_app_close(f->app);
	tg_conf_free(f->conf);
	free(f);
	return prog_free(&prog);
}

/* The page as the program itself may see it; its head is cut off. */
static struct tg_str
get(struct fixture *f, const char *path, const char *accept,
    struct tg_buf *out)
{
	const struct tg_door_mem_var vars[] = {
		{ "GATEWAY_INTERFACE", "CGI/1.1" },
		{ "REQUEST_METHOD", "GET" },
		{ "REQUEST_URI", path },
		{ "SCRIPT_NAME", "" },
		{ "HTTP_ACCEPT", accept },
		{ "TOLLGATE_LOCAL", "1" },
		{ NULL, NULL },
	};
	struct tg_door *door;
	struct tg_arena *a = tg_arena_new(16 << 20);
	struct tg_str body;
	long at;

	tg_buf_reset(out);
	door = tg_door_mem_new(vars, TG_STR(""), out);
	assert_non_null(door);
	tg_app_serve(f->app, door, a);
	tg_door_mem_free(door);
	tg_arena_free(a);
	body = tg_buf_str(out);
	assert_true(tg_str_find(body, TG_STR("Status: 200")) >= 0);
	at = tg_str_find(body, TG_STR("\r\n\r\n"));
	assert_true(at > 0);
	body.p += at + 4;
	body.n -= (size_t)at + 4;
	assert_true(body.n < MOST_BYTES);
	return body;
}

static json_t *
get_json(struct fixture *f, const char *path, struct tg_buf *out)
{
	struct tg_err e = { 0 };
	json_t *j =
	    tg_jtree_parse(get(f, path, "application/json", out), &e);

	assert_non_null(j);
	return j;
}

static bool
holds_route(const json_t *routes, const struct tg_route *r)
{
	size_t i;
	json_t *one;

	json_array_foreach((json_t *)routes, i, one) {
		if (strcmp(json_string_value(json_object_get(one, "path")),
			r->path) == 0 &&
		    strcmp(json_string_value(json_object_get(one, "method")),
			tg_method_name(r->method)) == 0)
			return true;
	}
	return false;
}

static bool
holds(const json_t *families, const struct tg_route *r)
{
	size_t i;
	json_t *one;

	json_array_foreach((json_t *)families, i, one) {
		if (holds_route(json_object_get(one, "routes"), r))
			return true;
	}
	return false;
}

static void
test_every_route(void **state)
{
	struct fixture *f = *state;
	struct tg_buf out, html;
	json_t *j;

	tg_buf_init(&out, 1 << 20);
	tg_buf_init(&html, 1 << 20);
	j = get_json(f, "/admin/api", &out);
	(void)get(f, "/admin/api", "text/html", &html);
	for (int t = 0; tg_route_tables[t] != NULL; t++)
		for (const struct tg_route *r = tg_route_tables[t];
		     r->path != NULL; r++) {
			if (!holds(json_object_get(j, "families"), r))
				fail_msg("%s %s is not in the reference",
				    tg_method_name(r->method), r->path);
			assert_true(tg_str_find(tg_buf_str(&html),
					tg_str(r->path)) >= 0);
			assert_true(r->help != NULL && *r->help != '\0');
		}
	json_decref(j);
	tg_buf_free(&out);
	tg_buf_free(&html);
}

/* Links of the index lead to what is there. */
static void
test_families(void **state)
{
	struct fixture *f = *state;
	struct tg_buf out, html;
	size_t i, k;
	json_t *j, *family, *route;
	char text[256];

	tg_buf_init(&out, 1 << 20);
	tg_buf_init(&html, 1 << 20);
	j = get_json(f, "/admin/api", &out);
	json_array_foreach(json_object_get(j, "families"), i, family) {
		struct tg_str page;

		(void)snprintf(text, sizeof(text), "/admin/api/%s",
		    json_string_value(json_object_get(family, "slug")));
		page = get(f, text, "text/html", &html);
		json_array_foreach(
		    json_object_get(family, "routes"), k, route) {
			(void)snprintf(text, sizeof(text), "id=\"%s\"",
			    json_string_value(
				json_object_get(route, "anchor")));
			assert_true(tg_str_find(page, tg_str(text)) >= 0);
		}
	}
	json_decref(j);
	tg_buf_free(&out);
	tg_buf_free(&html);
}

static void
test_errors(void **state)
{
	struct fixture *f = *state;
	struct tg_buf out;
	size_t i, n = 0;
	json_t *j, *one;

	tg_buf_init(&out, 1 << 20);
	j = get_json(f, "/admin/api/errors", &out);
	for (int code = TG_OK + 1; code < TG_E__MAX; code++)
		n += tg_fault_row((enum tg_code)code) != NULL;
	assert_int_equal(json_array_size(json_object_get(j, "errors")), n);
	json_array_foreach(json_object_get(j, "errors"), i, one) {
		if (json_string_length(json_object_get(one, "when")) == 0)
			fail_msg("when does %s come?",
			    json_string_value(json_object_get(one, "name")));
	}
	json_decref(j);
	(void)get(f, "/admin/api/errors", "text/html", &out);
	tg_buf_free(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_route),
		cmocka_unit_test(test_families),
		cmocka_unit_test(test_errors),
	};

	return cmocka_run_group_tests(tests, open_app, close_app);
}
