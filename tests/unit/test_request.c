/* Request and reply through the door in memory: net/request.h. */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#include "unit.h"

#include <stdio.h>

#include "base/clock.h"
#include "net/request.h"

#define MAX_VARS 16

struct fixture {
	struct tg_door_mem_var vars[MAX_VARS + 1];
	size_t n_vars;
	struct tg_buf out;
	struct tg_arena *arena;
	struct tg_door *door;
	struct tg_request rq;
};

static void
var(struct fixture *f, const char *name, const char *value)
{
	assert_true(f->n_vars < MAX_VARS);
	f->vars[f->n_vars++] = (struct tg_door_mem_var){ name, value };
}

static void
start(struct fixture *f)
{
	*f = (struct fixture){ .n_vars = 0 };
	f->arena = tg_arena_new(1 << 20);
	tg_buf_init(&f->out, 1 << 20);
}

static int
open_request(struct fixture *f, struct tg_str body)
{
	f->door = tg_door_mem_new(f->vars, body, &f->out);
	assert_non_null(f->door);
	return tg_request_open(&f->rq, f->door, f->arena);
}

static void
stop(struct fixture *f)
{
	if (f->door != NULL) {
		tg_request_close(&f->rq);
		tg_door_mem_free(f->door);
	}
	tg_arena_free(f->arena);
	tg_buf_free(&f->out);
}

static bool
answered(const struct fixture *f, const char *text)
{
	return tg_str_find(tg_buf_str(&f->out), tg_str(text)) >= 0;
}

static const struct path_case {
	const char *base, *uri, *script, *info;
	const char *mount, *path, *query;
} paths[] = {
	/* lighttpd: prefix as SCRIPT_NAME */
	{ NULL, "/v1/models?a=b", "/v1", "/models", "/v1", "/models", "a=b" },
	{ NULL, "/llm/v1/models", "/llm", "/v1/models", "/llm", "/v1/models",
	    "" },
	{ NULL, "/llm/v1/models", "/llm/", "v1/models", "/llm", "/v1/models",
	    "" },
	/* nginx, Apache's ProxyPass: all of it is the script */
	{ NULL, "/v1/models", "/v1/models", NULL, "", "/v1/models", "" },
	/* Caddy: no script */
	{ NULL, "/v1/models", "", "/v1/models", "", "/v1/models", "" },
	/* a prefix that is no segment */
	{ NULL, "/llmx/v1", "/llm", NULL, "", "/llmx/v1", "" },
	/* CGI by its name, and by a rewrite */
	{ NULL, "/cgi-bin/t.cgi/v1/models?x", "/cgi-bin/t.cgi", "/v1/models",
	    "/cgi-bin/t.cgi", "/v1/models", "x" },
	{ NULL, "/cgi-bin/t.cgi", "/cgi-bin/t.cgi", NULL, "/cgi-bin/t.cgi", "/",
	    "" },
	{ NULL, "/llm/v1/models", "/llm/t.cgi", "/v1/models", "/llm",
	    "/v1/models", "" },
	{ NULL, "/v1/models", "/t.fcgi", "/v1/models", "", "/v1/models", "" },
	/* told */
	{ "/llm", "/llm/v1/models", "/llm/v1/models", NULL, "/llm",
	    "/v1/models", "" },
	{ "/llm/", "/llm", "/llm", NULL, "/llm", "/", "" },
	{ "/llm", "/v1/models", "", NULL, "", "/v1/models", "" },
	{ "/", "/v1/models", "/v1", "/models", "", "/v1/models", "" },
	/* absolute form, escapes, odd ones */
	{ NULL, "http://h:8080/v1/a%2Fb?q#f", NULL, NULL, "", "/v1/a%2Fb",
	    "q" },
	{ NULL, "https://h", NULL, NULL, "", "/", "" },
	{ NULL, "https://h?q=/x", NULL, NULL, "", "/", "q=/x" },
	{ NULL, "*", NULL, NULL, "", "/", "" },
	{ NULL, "/?", NULL, NULL, "", "/", "" },
	/* no REQUEST_URI */
	{ NULL, NULL, "/llm/t.cgi", "/v1/models", "/llm/t.cgi", "/v1/models",
	    "from-query-string" },
};

static void
test_paths(void **state)
{
	struct fixture f;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(paths); i++) {
		const struct path_case *c = &paths[i];

		start(&f);
		var(&f, "REQUEST_METHOD", "GET");
		var(&f, "TOLLGATE_BASE_PATH", c->base);
		var(&f, "REQUEST_URI", c->uri);
		var(&f, "SCRIPT_NAME", c->script);
		var(&f, "PATH_INFO", c->info);
		var(&f, "QUERY_STRING", "from-query-string");
		assert_int_equal(open_request(&f, TG_STR_NONE), 0);
		assert_str(f.rq.mount, c->mount);
		assert_str(f.rq.path, c->path);
		assert_str(f.rq.query, c->query);
		assert_int_equal(f.rq.whole.p[0], '/');
		if (c->uri != NULL && c->uri[0] == '/')
			assert_memory_equal(f.rq.whole.p, c->uri,
			    f.rq.whole.n);
		stop(&f);
	}
}

static void
test_bad_paths(void **state)
{
	static char big[9000];
	static const char *const uris[] = { "v1/models", big };
	struct fixture f;
	size_t i;

	(void)state;
	memset(big, 'a', sizeof(big) - 1);
	big[0] = '/';
	for (i = 0; i < COUNT(uris); i++) {
		start(&f);
		var(&f, "REQUEST_URI", uris[i]);
		assert_int_equal(open_request(&f, TG_STR_NONE), -1);
		assert_int_equal(f.rq.err.code, TG_E_INVALID);
		assert_int_equal(tg_reply_send(&f.rq, 400, "text/plain",
		    TG_STR("no")), 0);
		assert_true(answered(&f, "Status: 400 Bad Request\r\n"));
		stop(&f);
	}
}

static void
test_head(void **state)
{
	struct fixture f;

	(void)state;
	start(&f);
	var(&f, "REQUEST_METHOD", "PATCH");
	var(&f, "REQUEST_URI", "/");
	var(&f, "REMOTE_ADDR", "127.0.0.1");
	var(&f, "CONTENT_TYPE", "application/json");
	var(&f, "CONTENT_LENGTH", "12");
	var(&f, "HTTP_AUTHORIZATION", "");
	var(&f, "REDIRECT_HTTP_AUTHORIZATION", " Bearer x ");
	var(&f, "HTTP_X_API_KEY", "k");
	assert_int_equal(open_request(&f, TG_STR_NONE), 0);
	assert_int_equal(f.rq.method, TG_PATCH);
	assert_string_equal(tg_method_name(f.rq.method), "PATCH");
	assert_int_equal(f.rq.length, 12);
	assert_str(f.rq.addr, "127.0.0.1");
	assert_str(f.rq.content_type, "application/json");
	assert_str(tg_request_header(&f.rq, "authorization"), "Bearer x");
	assert_str(tg_request_header(&f.rq, "X-Api-Key"), "k");
	assert_str(tg_request_header(&f.rq, "content-type"),
	    "application/json");
	assert_str(tg_request_header(&f.rq, "cookie"), "");
	assert_memory_equal(f.rq.id, "req_", 4);
	assert_int_equal(strlen(f.rq.id), 28);
	stop(&f);
}

static const struct {
	const char *length, *body;
	int result;
	enum tg_code code;
} bodies[] = {
	{ "5", "hello", 0, TG_OK },
	{ NULL, "hello", 0, TG_OK },
	{ "", "hello", 0, TG_OK },
	{ "-1", "hello", 0, TG_OK },
	{ "0", "", 0, TG_OK },
	{ "3", "hello", 0, TG_OK },
	{ NULL, "0123456789", 0, TG_OK },
	{ "10", "0123456789", 0, TG_OK },
	{ "9", "hello", -1, TG_E_SLOW_BODY },
	{ "11", "", -1, TG_E_TOO_LARGE },
	{ "9223372036854775807", "", -1, TG_E_TOO_LARGE },
	{ NULL, "0123456789a", -1, TG_E_TOO_LARGE },
	{ "3", "0123456789a", -1, TG_E_TOO_LARGE },
};

static void
test_bodies(void **state)
{
	struct fixture f;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(bodies); i++) {
		start(&f);
		var(&f, "REQUEST_METHOD", "POST");
		var(&f, "REQUEST_URI", "/");
		var(&f, "CONTENT_LENGTH", bodies[i].length);
		assert_int_equal(open_request(&f, tg_str(bodies[i].body)), 0);
		assert_int_equal(tg_request_body(&f.rq, 10), bodies[i].result);
		assert_int_equal(f.rq.err.code, bodies[i].code);
		assert_str(tg_buf_str(&f.rq.body),
		    bodies[i].result == 0 ? bodies[i].body : "");
		stop(&f);
	}
}

static void
test_large_body(void **state)
{
	struct fixture f;
	size_t n = 3000001;
	char *big = test_malloc(n);

	(void)state;
	memset(big, 'b', n);
	start(&f);
	var(&f, "REQUEST_URI", "/");
	assert_int_equal(open_request(&f, (struct tg_str){ big, n }), 0);
	assert_int_equal(tg_request_body(&f.rq, 4000000), 0);
	assert_int_equal(f.rq.body.n, n);
	assert_memory_equal(f.rq.body.p, big, n);
	stop(&f);
	test_free(big);
}

static const struct {
	const char *list, *remote, *chain, *want;
	int result;
} proxies[] = {
	{ "", "10.0.0.1", "1.2.3.4", "10.0.0.1", 0 },
	{ "10.0.0.0/8", "10.0.0.1", "1.2.3.4", "1.2.3.4", 0 },
	{ "10.0.0.0/8", "11.0.0.1", "1.2.3.4", "11.0.0.1", 0 },
	{ "10.0.0.0/8 127.0.0.1", "127.0.0.1", "6.6.6.6, 1.2.3.4, 10.9.9.9",
	    "1.2.3.4", 0 },
	{ "10.0.0.0/8", "10.0.0.1", "6.6.6.6,nonsense", "10.0.0.1", 0 },
	{ "10.0.0.0/8", "10.0.0.1", "", "10.0.0.1", 0 },
	{ "10.0.0.0/9", "10.200.0.1", "1.2.3.4", "10.200.0.1", 0 },
	{ "10.0.0.0/9,10.200.0.1/32", "10.200.0.1", "1.2.3.4:55", "1.2.3.4",
	    0 },
	{ "::1, fd00::/16", "::1", "2001:db8::5, [fd00::7]:80", "2001:db8::5",
	    0 },
	{ "10.0.0.1", "::ffff:10.0.0.1", "1.2.3.4", "1.2.3.4", 0 },
	{ "10.0.0.0/8", "10.0.0.1", "10.0.0.7,10.0.0.8", "10.0.0.7", 0 },
	{ "10.0.0.0/33", "10.0.0.1", "1.2.3.4", "10.0.0.1", -1 },
	{ "proxy", "10.0.0.1", "1.2.3.4", "10.0.0.1", -1 },
};

static void
test_trust(void **state)
{
	struct fixture f;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(proxies); i++) {
		start(&f);
		var(&f, "REQUEST_URI", "/");
		var(&f, "REMOTE_ADDR", proxies[i].remote);
		var(&f, "HTTP_X_FORWARDED_FOR", proxies[i].chain);
		assert_int_equal(open_request(&f, TG_STR_NONE), 0);
		assert_int_equal(tg_request_trust(&f.rq,
		    tg_str(proxies[i].list)), proxies[i].result);
		assert_str(f.rq.addr, proxies[i].want);
		stop(&f);
	}
}

static void
open_with(struct fixture *f, const char *method)
{
	start(f);
	var(f, "REQUEST_METHOD", method);
	var(f, "REQUEST_URI", "/");
	assert_int_equal(open_request(f, TG_STR_NONE), 0);
}

static void
test_send(void **state)
{
	struct fixture f;
	char want[400];

	(void)state;
	open_with(&f, "GET");
	tg_reply_header(&f.rq, "X-A", "b\r\nEvil: %s", "c\x7f"
						       "d");
	assert_int_equal(tg_reply_send(&f.rq, 404, "application/json",
	    TG_STR("{}")), 0);
	snprintf(want, sizeof(want), "Status: 404 Not Found\r\n"
	    "x-request-id: %s\r\nX-A: bEvil: cd\r\n"
	    "Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}",
	    f.rq.id);
	assert_str(tg_buf_str(&f.out), want);
	assert_int_equal(f.rq.status, 404);
	assert_int_equal(f.rq.sent_bytes, 2);
	assert_int_equal(f.rq.state, TG_REPLY_DONE);
	assert_int_equal(tg_reply_send(&f.rq, 200, NULL, TG_STR("x")), -1);
	assert_int_equal(tg_reply_stream(&f.rq, TG_STR("x")), -1);
	assert_int_equal(tg_reply_write(&f.rq, TG_STR("x")), -1);
	tg_reply_header(&f.rq, "X-B", "late");
	assert_str(tg_buf_str(&f.out), want);
	stop(&f);
}

static void
test_send_bare(void **state)
{
	struct fixture f;

	(void)state;
	open_with(&f, "HEAD");
	assert_int_equal(tg_reply_send(&f.rq, 200, "text/plain",
	    TG_STR("hello")), 0);
	assert_true(answered(&f, "Content-Length: 5\r\n"));
	assert_false(answered(&f, "hello"));
	assert_int_equal(f.rq.sent_bytes, 0);
	stop(&f);
	open_with(&f, "OPTIONS");
	assert_int_equal(tg_reply_send(&f.rq, 204, NULL, TG_STR_NONE), 0);
	assert_false(answered(&f, "Content-"));
	stop(&f);
}

static void
test_send_large(void **state)
{
	struct fixture f;
	size_t n = 200000;
	char *big = test_malloc(n);

	(void)state;
	memset(big, 'x', n);
	open_with(&f, "GET");
	assert_int_equal(tg_reply_send(&f.rq, 200, "text/plain",
	    (struct tg_str){ big, n }), 0);
	assert_true(answered(&f, "Content-Length: 200000\r\n"));
	assert_int_equal(f.rq.sent_bytes, n);
	assert_true(f.out.n > n);
	stop(&f);
	test_free(big);
}

static void
test_stream(void **state)
{
	struct fixture f;

	(void)state;
	open_with(&f, "POST");
	tg_reply_header(&f.rq, "x-tollgate-call", "%d", 7);
	assert_int_equal(tg_reply_write(&f.rq, TG_STR("early")), -1);
	assert_int_equal(tg_reply_stream(&f.rq, TG_STR(": hi\n\n")), 0);
	assert_true(answered(&f, "Status: 200 OK\r\n"));
	assert_true(answered(&f, "X-Accel-Buffering: no\r\n"));
	assert_true(answered(&f, "x-tollgate-call: 7\r\n"));
	assert_false(answered(&f, "Content-Length"));
	assert_int_equal(tg_reply_write(&f.rq, TG_STR("data: 1\n\n")), 0);
	assert_int_equal(tg_reply_end(&f.rq), 0);
	assert_int_equal(tg_reply_end(&f.rq), 0);
	assert_int_equal(tg_reply_write(&f.rq, TG_STR("late")), -1);
	assert_true(tg_str_ends(tg_buf_str(&f.out),
	    "\r\n\r\n: hi\n\ndata: 1\n\n"));
	assert_int_equal(f.rq.sent_bytes, 15);
	stop(&f);
}

static void
test_leaves(void **state)
{
	struct fixture f;

	(void)state;
	open_with(&f, "POST");
	assert_int_equal(tg_reply_stream(&f.rq, TG_STR(": hi\n\n")), 0);
	assert_false(tg_request_gone(&f.rq));
	tg_door_mem_leave_after(f.door, 1);
	assert_true(tg_request_gone(&f.rq));
	assert_false(f.rq.broken);
	assert_int_equal(tg_reply_write(&f.rq, TG_STR("x")), -1);
	assert_true(f.rq.broken);
	assert_int_equal(tg_reply_end(&f.rq), -1);
	stop(&f);
}

/* A request with a deadline. */
static void
test_leaves_at(void **state)
{
	struct fixture f;

	(void)state;
	open_with(&f, "POST");
	tg_door_mem_leave_at(f.door, tg_mono_ms() + 60000);
	assert_false(tg_request_gone(&f.rq));
	tg_door_mem_leave_at(f.door, tg_mono_ms());
	assert_true(tg_request_gone(&f.rq));
	stop(&f);
}

/* A body of ours takes the place of what came. */
static void
test_given(void **state)
{
	struct fixture f;
	struct tg_buf b;

	(void)state;
	start(&f);
	var(&f, "REQUEST_METHOD", "POST");
	var(&f, "CONTENT_LENGTH", "5");
	assert_int_equal(open_request(&f, TG_STR("first")), 0);
	assert_int_equal(tg_request_body(&f.rq, 100), 0);
	tg_buf_init(&b, 100);
	assert_int_equal(tg_buf_addc(&b, "the second"), 0);
	tg_request_give(&f.rq, &b);
	assert_int_equal(b.n, 0);
	assert_int_equal(tg_request_body(&f.rq, 10), 0);
	assert_true(tg_str_is(tg_buf_str(&f.rq.body), "the second"));
	assert_int_equal(tg_request_body(&f.rq, 9), -1);
	assert_int_equal(f.rq.err.code, TG_E_TOO_LARGE);
	stop(&f);
}

/* Who needs only the front of an answer does not hold all of it. */
static void
test_keep(void **state)
{
	struct fixture f;

	(void)state;
	start(&f);
	assert_int_equal(open_request(&f, TG_STR_NONE), 0);
	tg_door_mem_keep(f.door, 40);
	assert_int_equal(tg_reply_stream(&f.rq, TG_STR("one")), 0);
	assert_int_equal(tg_reply_write(&f.rq, TG_STR("two")), 0);
	assert_int_equal(tg_reply_end(&f.rq), 0);
	assert_int_equal(f.out.n, 40);
	assert_true(answered(&f, "Status: 200 OK"));
	assert_int_equal(f.rq.sent_bytes, 6);
	stop(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_paths),
		cmocka_unit_test(test_bad_paths),
		cmocka_unit_test(test_head),
		cmocka_unit_test(test_bodies),
		cmocka_unit_test(test_large_body),
		cmocka_unit_test(test_trust),
		cmocka_unit_test(test_send),
		cmocka_unit_test(test_send_bare),
		cmocka_unit_test(test_send_large),
		cmocka_unit_test(test_stream),
		cmocka_unit_test(test_leaves),
		cmocka_unit_test(test_leaves_at),
		cmocka_unit_test(test_given),
		cmocka_unit_test(test_keep),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
