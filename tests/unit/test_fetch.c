/*
 * Calls to an upstream: net/fetch.h, against a small server of threads in this
 * process.  The path of a request says how the server behaves.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#ifndef _GNU_SOURCE
#define _GNU_SOURCE 1	/* POLLRDHUP, RTLD_NEXT */
#endif
#include "unit.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <dlfcn.h>
#include <netdb.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "net/fetch.h"

#define ANSWER_MAX (4 << 20)

/* --- the upstream --- */

static atomic_int n_connections, n_requests, n_closed;
static atomic_long closed_us;
static int port;
static char unix_path[64];

struct conn {
	int fd;
	int n;		/* requests on it so far */
	char head[8192];
	size_t body_bytes;
	char body_start[16];
};

static bool
say(int fd, const char *text)
{
	return send(fd, text, strlen(text), MSG_NOSIGNAL) >= 0;
}

static bool
read_request(struct conn *c)
{
	char piece[16384];
	const char *length;
	size_t n = 0;
	ssize_t got;

	do {
		if (n + 1 >= sizeof(c->head) || recv(c->fd, c->head + n, 1,
		    0) <= 0)
			return false;
		c->head[++n] = '\0';
	} while (n < 4 || memcmp(c->head + n - 4, "\r\n\r\n", 4) != 0);
	length = strcasestr(c->head, "\r\nContent-Length: ");
	c->body_bytes = length != NULL ?
	    (size_t)strtoul(length + 18, NULL, 10) : 0;
	memset(c->body_start, 0, sizeof(c->body_start));
	for (n = 0; n < c->body_bytes; n += (size_t)got) {
		size_t want = c->body_bytes - n;

		got = recv(c->fd, piece, want < sizeof(piece) ? want :
		    sizeof(piece), 0);
		if (got <= 0)
			return false;
		if (n == 0)
			memcpy(c->body_start, piece, got < 15 ? (size_t)got :
			    15);
	}
	c->n++;
	atomic_fetch_add(&n_requests, 1);
	return true;
}

/* Waits until the other side is gone, and notes when. */
static bool
until_closed(struct conn *c)
{
	struct pollfd pfd = { .fd = c->fd, .events = POLLIN | POLLRDHUP };

	poll(&pfd, 1, 10000);
	atomic_store(&closed_us, (long)tg_mono_us());
	atomic_fetch_add(&n_closed, 1);
	return false;
}

static bool
do_plain(struct conn *c)
{
	return say(c->fd, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n"
	    "X-Test:  yes \r\nRetry-After: 7\r\n\r\nhello");
}

static bool
do_chunked(struct conn *c)
{
	int i;

	say(c->fd, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
	for (i = 0; i < 3; i++) {
		say(c->fd, "4\r\nabc.\r\n");
		usleep(30000);
	}
	return say(c->fd, "0\r\nX-Trailer: 1\r\n\r\n");
}

static bool
do_echo(struct conn *c)
{
	char body[300], head[100];

	snprintf(body, sizeof(body), "%.8s|expect=%d|type=%d|bytes=%zu|%s|"
	    "key=%d|agent=%d|empty=%d", c->head,
	    strcasestr(c->head, "\r\nExpect") != NULL,
	    strcasestr(c->head, "\r\nContent-Type") != NULL,
	    c->body_bytes, c->body_start,
	    strcasestr(c->head, "\r\nAuthorization: Bearer k\r\n") != NULL,
	    strcasestr(c->head, "\r\nUser-Agent: tollgate/") != NULL,
	    strcasestr(c->head, "\r\nX-Empty:\r\n") != NULL);
	snprintf(head, sizeof(head), "HTTP/1.1 200 OK\r\nContent-Length: "
	    "%zu\r\n\r\n", strlen(body));
	return say(c->fd, head) && say(c->fd, body);
}

static bool
do_error(struct conn *c)
{
	return say(c->fd, "HTTP/1.1 429 Slow Down\r\nContent-Length: 2\r\n\r\n"
	    "{}");
}

static bool
do_empty(struct conn *c)
{
	return say(c->fd, "HTTP/1.1 204 No Content\r\n\r\n");
}

static bool
do_redirect(struct conn *c)
{
	return say(c->fd, "HTTP/1.1 302 Found\r\nContent-Length: 0\r\n"
	    "Location: /plain\r\n\r\n");
}

static bool
do_early(struct conn *c)
{
	return say(c->fd, "HTTP/1.1 103 Early Hints\r\nX-Test: no\r\n\r\n") &&
	    do_plain(c);
}

static bool
do_head_only(struct conn *c)
{
	say(c->fd, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n");
	return until_closed(c);
}

static bool
do_gap(struct conn *c)
{
	say(c->fd, "HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nabc");
	return until_closed(c);
}

static bool
do_drip(struct conn *c)
{
	say(c->fd, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
	while (say(c->fd, "4\r\nabc.\r\n"))
		usleep(10000);
	return until_closed(c);
}

static bool
do_flood(struct conn *c)
{
	static char piece[65536];

	say(c->fd, "HTTP/1.1 200 OK\r\n\r\n");
	while (send(c->fd, piece, sizeof(piece), MSG_NOSIGNAL) > 0)
		;
	return until_closed(c);
}

static bool
do_big(struct conn *c)
{
	static const char piece[65536];
	int i;

	say(c->fd, "HTTP/1.1 200 OK\r\nContent-Length: 1048576\r\n\r\n");
	for (i = 0; i < 16; i++)
		send(c->fd, piece, sizeof(piece), MSG_NOSIGNAL);
	return true;
}

static bool
do_held(struct conn *c)
{
	static const char all[270000];

	say(c->fd, "HTTP/1.1 200 OK\r\nContent-Length: 270000\r\n\r\n");
	send(c->fd, all, sizeof(all), MSG_NOSIGNAL);
	return true;
}

static bool
do_cut(struct conn *c)
{
	say(c->fd, "HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nabc");
	return false;
}

static bool
do_cut_chunked(struct conn *c)
{
	say(c->fd, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
	    "4\r\nabc.\r\n");
	return false;
}

static bool
do_reset(struct conn *c)
{
	struct linger now = { .l_onoff = 1 };

	say(c->fd, "HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nabc");
	usleep(30000);
	setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
	return false;
}

static bool
do_no_answer(struct conn *c)
{
	(void)c;
	return false;
}

static bool
do_garbage(struct conn *c)
{
	say(c->fd, "SSH-2.0-OpenSSH_9.2\r\n");
	return false;
}

static bool
do_long_head(struct conn *c)
{
	int i;

	say(c->fd, "HTTP/1.1 200 OK\r\n");
	for (i = 0; i < 5000; i++) {
		if (!say(c->fd, "X-Filler: 0123456789012345678901234567\r\n"))
			break;
	}
	return say(c->fd, "Content-Length: 0\r\n\r\n");
}

/* Answers once, and closes when it is asked again. */
static bool
do_once(struct conn *c)
{
	return c->n == 1 && do_plain(c);
}

static bool
do_once_late(struct conn *c)
{
	if (c->n == 1)
		return do_plain(c);
	usleep(1300000);
	return false;
}

/* Says nothing is wrong, and is gone before the next request. */
static bool
do_bye(struct conn *c)
{
	do_plain(c);
	return false;
}

static const struct {
	const char *path;
	bool (*run)(struct conn *c);
} behaviours[] = {
	{ "/plain", do_plain },
	{ "/chunked", do_chunked },
	{ "/echo", do_echo },
	{ "/error", do_error },
	{ "/empty", do_empty },
	{ "/redirect", do_redirect },
	{ "/early", do_early },
	{ "/silent", until_closed },
	{ "/head-only", do_head_only },
	{ "/gap", do_gap },
	{ "/drip", do_drip },
	{ "/flood", do_flood },
	{ "/big", do_big },
	{ "/held", do_held },
	{ "/cut", do_cut },
	{ "/cut-chunked", do_cut_chunked },
	{ "/reset", do_reset },
	{ "/no-answer", do_no_answer },
	{ "/garbage", do_garbage },
	{ "/long-head", do_long_head },
	{ "/once", do_once },
	{ "/once-late", do_once_late },
	{ "/bye", do_bye },
};

static bool
behave(struct conn *c)
{
	char path[200] = "";
	const char *p = strchr(c->head, ' ');
	size_t i;

	if (p != NULL && strncmp(p, " http://", 8) == 0)
		p = strchr(p + 8, '/');
	else if (p != NULL)
		p++;
	if (p != NULL)
		snprintf(path, sizeof(path), "%.*s",
		    (int)strcspn(p, " ?"), p);
	for (i = 0; i < COUNT(behaviours); i++) {
		if (strcmp(path, behaviours[i].path) == 0)
			return behaviours[i].run(c);
	}
	return say(c->fd, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n"
	    "\r\n");
}

static void *
serve(void *arg)
{
	struct conn *c = arg;

	while (read_request(c) && behave(c))
		;
	close(c->fd);
	free(c);
	return NULL;
}

static void *
accept_all(void *arg)
{
	int listener = *(int *)arg;
	pthread_t t;
	int fd;

	while ((fd = accept(listener, NULL, NULL)) >= 0) {
		struct conn *c = calloc(1, sizeof(*c));

		c->fd = fd;
		atomic_fetch_add(&n_connections, 1);
		pthread_create(&t, NULL, serve, c);
		pthread_detach(t);
	}
	return NULL;
}

static int
start_servers(void **state)
{
	static int tcp, local;
	struct sockaddr_in in = { .sin_family = AF_INET };
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	socklen_t n = sizeof(in);
	pthread_t t;

	(void)state;
	in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	tcp = socket(AF_INET, SOCK_STREAM, 0);
	if (bind(tcp, (struct sockaddr *)&in, sizeof(in)) != 0 ||
	    listen(tcp, 100) != 0 ||
	    getsockname(tcp, (struct sockaddr *)&in, &n) != 0)
		return -1;
	port = ntohs(in.sin_port);
	snprintf(unix_path, sizeof(unix_path), "/tmp/test_fetch.%d.sock",
	    (int)getpid());
	snprintf(un.sun_path, sizeof(un.sun_path), "%s", unix_path);
	local = socket(AF_UNIX, SOCK_STREAM, 0);
	unlink(unix_path);
	if (bind(local, (struct sockaddr *)&un, sizeof(un)) != 0 ||
	    listen(local, 100) != 0)
		return -1;
	pthread_create(&t, NULL, accept_all, &tcp);
	pthread_detach(t);
	pthread_create(&t, NULL, accept_all, &local);
	pthread_detach(t);
	return 0;
}

static int
stop_servers(void **state)
{
	(void)state;
	return unlink(unix_path);
}

/* A resolver that hangs, for one name. */
int
getaddrinfo(const char *node, const char *service,
    const struct addrinfo *hints, struct addrinfo **res)
{
	static int (*real)(const char *, const char *, const struct addrinfo *,
	    struct addrinfo **);

	if (node != NULL && strcmp(node, "slow.invalid") == 0) {
		usleep(1500000);
		return EAI_AGAIN;
	}
	if (real == NULL)
		*(void **)&real = dlsym(RTLD_NEXT, "getaddrinfo");
	return real(node, service, hints, res);
}

/* --- the caller --- */

struct caller {
	struct tg_door door;
	int ours, theirs;
};

static int
caller_fd(struct tg_door *d)
{
	return ((struct caller *)(void *)d)->ours;
}

static bool
caller_gone(struct tg_door *d)
{
	struct pollfd pfd = { .fd = caller_fd(d), .events = POLLIN };

	return poll(&pfd, 1, 0) > 0;
}

static const struct tg_door_ops caller_ops = {
	.name = "test",
	.watch_fd = caller_fd,
	.gone = caller_gone,
};

static void
open_caller(struct caller *c)
{
	int fds[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	*c = (struct caller){
		.door.ops = &caller_ops,
		.ours = fds[0],
		.theirs = fds[1],
	};
}

static void *
leave_soon(void *arg)
{
	usleep(100000);
	close(((struct caller *)arg)->theirs);
	return NULL;
}

/* --- one call --- */

struct call {
	struct tg_fetch_pool *pool;
	struct tg_fetch_route route;
	struct tg_fetch_header headers[4];
	struct tg_fetch_spec spec;
	struct tg_fetch *fetch;
	struct tg_err err;
	struct tg_buf body;
	char url[200];
	char order[200];	/* events as letters: H, D, E, F, G, T */
};

static void
prepare(struct call *c, struct tg_fetch_pool *p, const char *path)
{
	*c = (struct call){ .pool = p };
	c->route = (struct tg_fetch_route){
		.proxy = "",
		.connect_ms = 2000,
		.first_byte_ms = 5000,
		.gap_ms = 5000,
		.total_ms = 10000,
	};
	c->spec = (struct tg_fetch_spec){
		.route = &c->route,
		.url = c->url,
		.method = "GET",
		.headers = c->headers,
	};
	snprintf(c->url, sizeof(c->url), "http://127.0.0.1:%d%s", port, path);
	tg_err_reset(&c->err);
	tg_buf_init(&c->body, ANSWER_MAX);
}

static void
note(struct call *c, char letter)
{
	size_t n = strlen(c->order);

	/* Pieces of a body may come as they like. */
	if (n > 0 && c->order[n - 1] == letter)
		return;
	if (n + 1 < sizeof(c->order))
		c->order[n] = letter;
}

/* Until the end, however it is; bodies above ANSWER_MAX are forgotten. */
static enum tg_fetch_event
follow(struct call *c, int tick_ms)
{
	static const char letters[] = {
		[TG_FETCH_HEAD] = 'H',
		[TG_FETCH_DATA] = 'D',
		[TG_FETCH_TICK] = 'T',
		[TG_FETCH_GONE] = 'G',
		[TG_FETCH_END] = 'E',
		[TG_FETCH_FAILED] = 'F',
	};
	enum tg_fetch_event event;
	struct tg_str data;

	do {
		event = tg_fetch_wait(c->fetch, tick_ms, &data, &c->err);
		note(c, letters[event]);
		if (event == TG_FETCH_DATA)
			tg_buf_adds(&c->body, data);
	} while (event == TG_FETCH_HEAD || event == TG_FETCH_DATA ||
	    event == TG_FETCH_TICK);
	return event;
}

static enum tg_fetch_event
run(struct call *c)
{
	assert_int_equal(tg_fetch_open(c->pool, &c->spec, &c->fetch, &c->err),
	    0);
	return follow(c, -1);
}

static void
done(struct call *c)
{
	tg_fetch_close(c->fetch);
	tg_buf_free(&c->body);
}

static bool
err_says(const struct call *c, const char *text)
{
	if (strstr(c->err.msg, text) != NULL ||
	    strstr(c->err.detail, text) != NULL)
		return true;
	print_error("message: %s -- %s\n", c->err.msg, c->err.detail);
	return false;
}

static void
expect(struct call *c, enum tg_fetch_event event, const char *order,
    const char *body)
{
	assert_int_equal(run(c), event);
	if (event != TG_FETCH_FAILED && c->err.code != TG_OK)
		print_error("message: %s\n", c->err.msg);
	assert_string_equal(c->order, order);
	assert_str(tg_buf_str(&c->body), body);
}

static void
test_plain(void **state)
{
	struct tg_fetch_pool *p = tg_fetch_pool_new(8, 10);
	struct call c;

	(void)state;
	prepare(&c, p, "/plain");
	expect(&c, TG_FETCH_END, "HDE", "hello");
	assert_int_equal(tg_fetch_status(c.fetch), 200);
	assert_str(tg_fetch_header(c.fetch, "x-TEST"), "yes");
	assert_str(tg_fetch_header(c.fetch, "Retry-After"), "7");
	assert_str(tg_fetch_header(c.fetch, "nothing"), "");
	assert_true(tg_fetch_was_sent(c.fetch));
	done(&c);
	prepare(&c, p, "/chunked");
	expect(&c, TG_FETCH_END, "HDE", "abc.abc.abc.");
	assert_str(tg_fetch_header(c.fetch, "x-trailer"), "");
	done(&c);
	prepare(&c, p, "/error");
	expect(&c, TG_FETCH_END, "HDE", "{}");
	assert_int_equal(tg_fetch_status(c.fetch), 429);
	done(&c);
	prepare(&c, p, "/empty");
	expect(&c, TG_FETCH_END, "HE", "");
	done(&c);
	prepare(&c, p, "/early");
	expect(&c, TG_FETCH_END, "HDE", "hello");
	assert_int_equal(tg_fetch_status(c.fetch), 200);
	assert_str(tg_fetch_header(c.fetch, "x-test"), "yes");
	done(&c);
	prepare(&c, p, "/redirect");
	expect(&c, TG_FETCH_END, "HE", "");
	assert_int_equal(tg_fetch_status(c.fetch), 302);
	assert_str(tg_fetch_header(c.fetch, "location"), "/plain");
	done(&c);
	tg_fetch_pool_free(p);
}

static void
test_requests(void **state)
{
	struct tg_fetch_pool *p = tg_fetch_pool_new(8, 10);
	size_t n = 3 << 20;
	char *big = test_malloc(n);
	char want[200];
	struct call c;

	(void)state;
	memset(big, 'q', n);
	prepare(&c, p, "/echo");
	c.spec.method = "POST";
	c.spec.body = TG_STR("{\"a\":1}");
	expect(&c, TG_FETCH_END, "HDE", "POST /ec|expect=0|type=0|bytes=7|"
	    "{\"a\":1}|key=0|agent=1|empty=0");
	done(&c);
	prepare(&c, p, "/echo");
	c.spec.method = "POST";
	c.spec.body = (struct tg_str){ big, n };
	c.headers[0].line = "Content-Type: application/json";
	c.headers[1].line = "Authorization: Bearer k";
	c.headers[2].line = "X-Empty:";
	c.spec.n_headers = 3;
	snprintf(want, sizeof(want), "POST /ec|expect=0|type=1|bytes=%zu|"
	    "qqqqqqqqqqqqqqq|key=1|agent=1|empty=1", n);
	expect(&c, TG_FETCH_END, "HDE", want);
	done(&c);
	/* nothing of the call before is left */
	prepare(&c, p, "/echo");
	expect(&c, TG_FETCH_END, "HDE", "GET /ech|expect=0|type=0|bytes=0||"
	    "key=0|agent=1|empty=0");
	done(&c);
	prepare(&c, p, "/echo");
	c.spec.method = "DELETE";
	expect(&c, TG_FETCH_END, "HDE", "DELETE /|expect=0|type=0|bytes=0||"
	    "key=0|agent=1|empty=0");
	done(&c);
	prepare(&c, p, "/echo");
	c.spec.method = "PUT";
	c.spec.body = TG_STR("x");
	expect(&c, TG_FETCH_END, "HDE", "PUT /ech|expect=0|type=0|bytes=1|x|"
	    "key=0|agent=1|empty=0");
	done(&c);
	tg_fetch_pool_free(p);
	test_free(big);
}

static void
test_unusable(void **state)
{
	static const char *const urls[] = {
		"", "nonsense with blanks", "ftp://127.0.0.1/", "file:///etc",
		"http://", "/v1",
	};
	struct tg_fetch_pool *p = tg_fetch_pool_new(8, 10);
	struct call c;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(urls); i++) {
		prepare(&c, p, "");
		c.spec.url = urls[i];
		assert_int_equal(tg_fetch_open(p, &c.spec, &c.fetch, &c.err),
		    -1);
		assert_int_equal(c.err.code, TG_E_CONNECT);
		assert_true(err_says(&c, "base URL"));
	}
	prepare(&c, p, "/plain");
	c.headers[0].line = "X: a\r\nEvil: b";
	c.spec.n_headers = 1;
	assert_int_equal(tg_fetch_open(p, &c.spec, &c.fetch, &c.err), -1);
	tg_fetch_pool_free(p);
}

static void
test_kept(void **state)
{
	struct tg_fetch_pool *p = tg_fetch_pool_new(8, 10);
	int before = atomic_load(&n_connections);
	struct call c;
	int i;

	(void)state;
	for (i = 0; i < 10; i++) {
		prepare(&c, p, i % 2 == 0 ? "/plain" : "/chunked");
		assert_int_equal(run(&c), TG_FETCH_END);
		done(&c);
	}
	assert_int_equal(atomic_load(&n_connections) - before, 1);
	/* another destination, another connection */
	prepare(&c, p, "/plain");
	c.route.unix_socket = unix_path;
	expect(&c, TG_FETCH_END, "HDE", "hello");
	done(&c);
	assert_int_equal(atomic_load(&n_connections) - before, 2);
	/* two at once: two connections, then both are kept */
	for (i = 0; i < 2; i++) {
		struct call d;

		prepare(&c, p, "/plain");
		prepare(&d, p, "/plain");
		assert_int_equal(run(&c), TG_FETCH_END);
		assert_int_equal(run(&d), TG_FETCH_END);
		done(&c);
		done(&d);
		assert_int_equal(atomic_load(&n_connections) - before, 3);
	}
	tg_fetch_pool_free(p);
}

static void
test_pool_bounds(void **state)
{
	struct tg_fetch_pool *p = tg_fetch_pool_new(2, 10);
	int before = atomic_load(&n_connections);
	struct call c[4];
	int i, round;

	(void)state;
	for (round = 0; round < 2; round++) {
		for (i = 0; i < 4; i++) {
			prepare(&c[i], p, "/plain");
			assert_int_equal(run(&c[i]), TG_FETCH_END);
		}
		for (i = 0; i < 4; i++)
			done(&c[i]);
	}
	assert_int_equal(atomic_load(&n_connections) - before, 6);
	tg_fetch_pool_free(p);
	/* not kept at all */
	before = atomic_load(&n_connections);
	p = tg_fetch_pool_new(0, 10);
	for (i = 0; i < 2; i++) {
		prepare(&c[0], p, "/plain");
		assert_int_equal(run(&c[0]), TG_FETCH_END);
		done(&c[0]);
	}
	assert_int_equal(atomic_load(&n_connections) - before, 2);
	tg_fetch_pool_free(p);
	/* not kept for long */
	before = atomic_load(&n_connections);
	p = tg_fetch_pool_new(2, 1);
	for (i = 0; i < 2; i++) {
		prepare(&c[0], p, "/plain");
		assert_int_equal(run(&c[0]), TG_FETCH_END);
		done(&c[0]);
		usleep(1100000);
		tg_fetch_pool_sweep(p);
	}
	assert_int_equal(atomic_load(&n_connections) - before, 2);
	tg_fetch_pool_free(p);
}

static void
test_stale(void **state)
{
	struct tg_fetch_pool *p = tg_fetch_pool_new(8, 10);
	int requests = atomic_load(&n_requests);
	struct call c;
	int i;

	(void)state;
	for (i = 0; i < 2; i++) {
		prepare(&c, p, "/once");
		c.spec.method = "POST";
		c.spec.body = TG_STR("{}");
		expect(&c, TG_FETCH_END, "HDE", "hello");
		done(&c);
	}
	/* the second one was sent twice */
	assert_int_equal(atomic_load(&n_requests) - requests, 3);
	/* closed while it was idle: seen before it is used */
	for (i = 0; i < 2; i++) {
		prepare(&c, p, "/bye");
		expect(&c, TG_FETCH_END, "HDE", "hello");
		done(&c);
		usleep(20000);
	}
	tg_fetch_pool_free(p);
}

struct gatekeeper {
	struct call *c;
	int asked;
	bool refuses;
};

static int
gatekeeper(void *arg)
{
	struct gatekeeper *g = arg;

	g->asked++;
	if (g->refuses)
		return tg_fail(&g->c->err, TG_E_STORE, "Not now.");
	return 0;
}

/* Asked for each request, on kept connections too; a no sends nothing. */
static void
test_on_send(void **state)
{
	struct tg_fetch_pool *p = tg_fetch_pool_new(8, 10);
	int requests = atomic_load(&n_requests);
	struct call c;
	struct gatekeeper g = { .c = &c };

	(void)state;
	for (int i = 0; i < 3; i++) {
		prepare(&c, p, "/plain");
		c.spec.on_send = gatekeeper;
		c.spec.on_send_arg = &g;
		g.refuses = i == 2;
		if (i < 2)
			expect(&c, TG_FETCH_END, "HDE", "hello");
		else
			expect(&c, TG_FETCH_FAILED, "F", "");
		assert_int_equal(tg_fetch_was_sent(c.fetch), i < 2);
		done(&c);
		assert_int_equal(g.asked, i + 1);
	}
	assert_int_equal(c.err.code, TG_E_STORE);
	assert_true(err_says(&c, "Not now."));
	assert_int_equal(atomic_load(&n_requests) - requests, 2);
	tg_fetch_pool_free(p);
}

/* What may have been worked on is not sent again. */
static void
test_stale_late(void **state)
{
	struct tg_fetch_pool *p = tg_fetch_pool_new(8, 10);
	int requests = atomic_load(&n_requests);
	struct call c;

	(void)state;
	prepare(&c, p, "/once-late");
	expect(&c, TG_FETCH_END, "HDE", "hello");
	done(&c);
	prepare(&c, p, "/once-late");
	assert_int_equal(run(&c), TG_FETCH_FAILED);
	assert_int_equal(c.err.code, TG_E_CUT);
	assert_true(err_says(&c, "without an answer"));
	done(&c);
	assert_int_equal(atomic_load(&n_requests) - requests, 2);
	tg_fetch_pool_free(p);
}

static const struct fault {
	const char *path, *order, *body, *says;
	enum tg_code code;
	bool sent;
} faults[] = {
	{ "/cut", "HDF", "abc", "broke off", TG_E_CUT, true },
	{ "/cut-chunked", "HDF", "abc.", "broke off", TG_E_CUT, true },
	{ "/reset", "HDF", "abc", "broke off", TG_E_CUT, true },
	{ "/no-answer?key=secret", "F", "", "broke off", TG_E_CUT, true },
	{ "/garbage", "F", "", "does not speak HTTP", TG_E_GARBAGE, true },
	{ "/long-head", "F", "", "header fields are too long", TG_E_GARBAGE,
	    true },
};

static void
test_faults(void **state)
{
	struct tg_fetch_pool *p = tg_fetch_pool_new(8, 10);
	struct call c;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(faults); i++) {
		prepare(&c, p, faults[i].path);
		expect(&c, TG_FETCH_FAILED, faults[i].order, faults[i].body);
		assert_int_equal(c.err.code, faults[i].code);
		assert_true(err_says(&c, faults[i].says));
		/* The books know the host, the caller does not. */
		assert_true(err_says(&c, "127.0.0.1"));
		assert_null(strstr(c.err.msg, "127.0.0.1"));
		assert_null(strstr(c.err.msg, "secret"));
		assert_int_equal(tg_fetch_was_sent(c.fetch), faults[i].sent);
		/* and it stays so */
		assert_int_equal(tg_fetch_wait(c.fetch, 0, &(struct tg_str){
		    0 }, &c.err), TG_FETCH_FAILED);
		done(&c);
	}
	prepare(&c, p, "");
	snprintf(c.url, sizeof(c.url), "http://127.0.0.1:1/?key=secret");
	expect(&c, TG_FETCH_FAILED, "F", "");
	assert_int_equal(c.err.code, TG_E_CONNECT);
	assert_true(err_says(&c, "cannot be reached: the connection was refused"));
	assert_null(strstr(c.err.msg, "secret"));
	assert_false(tg_fetch_was_sent(c.fetch));
	assert_int_equal(tg_fetch_status(c.fetch), 0);
	done(&c);
	prepare(&c, p, "/plain");
	c.route.unix_socket = "/tmp/nothing-here.sock";
	expect(&c, TG_FETCH_FAILED, "F", "");
	assert_int_equal(c.err.code, TG_E_CONNECT);
	done(&c);
	tg_fetch_pool_free(p);
}

static void
test_ceiling(void **state)
{
	struct tg_fetch_pool *p = tg_fetch_pool_new(8, 10);
	struct call c;
	int i;

	(void)state;
	prepare(&c, p, "/big");
	c.route.max_answer_bytes = 1048576;
	assert_int_equal(run(&c), TG_FETCH_END);
	assert_int_equal(c.body.n, 1048576);
	done(&c);
	prepare(&c, p, "/big");
	c.route.max_answer_bytes = 1048575;
	assert_int_equal(run(&c), TG_FETCH_FAILED);
	assert_int_equal(c.err.code, TG_E_ANSWER_TOO_LARGE);
	assert_true(err_says(&c, "1048575 bytes"));
	assert_true(c.body.n <= 1048575);
	done(&c);
	/* ends where pieces are held back, if they come quickly */
	for (i = 0; i < 50; i++) {
		prepare(&c, p, "/held");
		c.route.max_answer_bytes = 269999;
		assert_int_equal(run(&c), TG_FETCH_FAILED);
		assert_int_equal(c.err.code, TG_E_ANSWER_TOO_LARGE);
		assert_true(c.body.n > 200000 && c.body.n < 270000);
		done(&c);
	}
	prepare(&c, p, "/flood");
	c.route.max_answer_bytes = 3000000;
	assert_int_equal(run(&c), TG_FETCH_FAILED);
	assert_int_equal(c.err.code, TG_E_ANSWER_TOO_LARGE);
	done(&c);
	tg_fetch_pool_free(p);
}

/* A thread that does not come back soon: what waits is bounded. */
static void
test_held_back(void **state)
{
	struct tg_fetch_pool *p = tg_fetch_pool_new(8, 10);
	struct tg_str data;
	struct call c;
	int i;

	(void)state;
	prepare(&c, p, "/flood");
	assert_int_equal(tg_fetch_open(p, &c.spec, &c.fetch, &c.err), 0);
	assert_int_equal(tg_fetch_wait(c.fetch, -1, &data, &c.err),
	    TG_FETCH_HEAD);
	for (i = 0; i < 50; i++) {
		assert_int_equal(tg_fetch_wait(c.fetch, -1, &data, &c.err),
		    TG_FETCH_DATA);
		assert_true(data.n <= 512 * 1024);
		if (i < 5)
			usleep(20000);
	}
	done(&c);
	tg_fetch_pool_free(p);
}

static void
test_ticks(void **state)
{
	struct tg_fetch_pool *p = tg_fetch_pool_new(8, 10);
	int64_t began = tg_mono_ms();
	struct tg_str data;
	struct call c;
	int i;

	(void)state;
	prepare(&c, p, "/silent");
	assert_int_equal(tg_fetch_open(p, &c.spec, &c.fetch, &c.err), 0);
	assert_false(tg_fetch_was_sent(c.fetch));
	for (i = 0; i < 5; i++)
		assert_int_equal(tg_fetch_wait(c.fetch, 40, &data, &c.err),
		    TG_FETCH_TICK);
	assert_in_range(tg_mono_ms() - began, 199, 600);
	done(&c);
	tg_fetch_pool_free(p);
}

static const struct clock_case {
	const char *path, *order;
	struct tg_fetch_route route;
	enum tg_code code;
} clocks[] = {
	{ "/silent", "F", { .first_byte_ms = 200 }, TG_E_FIRST_BYTE_TIME },
	{ "/head-only", "HF", { .first_byte_ms = 200 }, TG_E_FIRST_BYTE_TIME },
	{ "/gap", "HDF", { .gap_ms = 200 }, TG_E_GAP_TIME },
	{ "/drip", "HDF", { .total_ms = 200, .gap_ms = 100 },
	    TG_E_TOTAL_TIME },
	{ "/silent", "F", { .total_ms = 200, .connect_ms = 100 },
	    TG_E_TOTAL_TIME },
};

static void
test_clocks(void **state)
{
	struct tg_fetch_pool *p = tg_fetch_pool_new(8, 10);
	struct call c;
	int64_t began;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(clocks); i++) {
		prepare(&c, p, clocks[i].path);
		c.route = clocks[i].route;
		c.route.proxy = "";
		began = tg_mono_ms();
		assert_int_equal(run(&c), TG_FETCH_FAILED);
		assert_in_range(tg_mono_ms() - began, 199, 600);
		assert_int_equal(c.err.code, clocks[i].code);
		assert_string_equal(c.order, clocks[i].order);
		assert_true(err_says(&c, "200 ms"));
		done(&c);
	}
	tg_fetch_pool_free(p);
}

/* TLS that never comes about, and a name that nobody resolves. */
static void
test_connect_clock(void **state)
{
	static const char *const hosts[] = { "127.0.0.1", "slow.invalid" };
	struct tg_fetch_pool *p = tg_fetch_pool_new(8, 10);
	int silent = socket(AF_INET, SOCK_STREAM, 0);
	struct sockaddr_in in = { .sin_family = AF_INET };
	socklen_t n = sizeof(in);
	struct call c;
	int64_t began;
	size_t i;

	(void)state;
	in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(bind(silent, (struct sockaddr *)&in, n), 0);
	assert_int_equal(listen(silent, 5), 0);
	assert_int_equal(getsockname(silent, (struct sockaddr *)&in, &n), 0);
	for (i = 0; i < COUNT(hosts); i++) {
		prepare(&c, p, "");
		snprintf(c.url, sizeof(c.url), "https://%s:%d/", hosts[i],
		    ntohs(in.sin_port));
		c.route.connect_ms = 200;
		began = tg_mono_ms();
		assert_int_equal(run(&c), TG_FETCH_FAILED);
		assert_int_equal(c.err.code, TG_E_CONNECT_TIME);
		assert_true(err_says(&c, hosts[i]));
		assert_false(tg_fetch_was_sent(c.fetch));
		done(&c);
		/* closing does not wait for the resolver either */
		assert_in_range(tg_mono_ms() - began, 199, 600);
	}
	/* two that end before it, and one after */
	prepare(&c, p, "");
	snprintf(c.url, sizeof(c.url), "http://slow.invalid/");
	assert_int_equal(run(&c), TG_FETCH_FAILED);
	assert_int_equal(c.err.code, TG_E_CONNECT);
	assert_true(err_says(&c, "Could not resolve host: slow.invalid"));
	done(&c);
	close(silent);
	tg_fetch_pool_free(p);
}

static void
leave_during(struct tg_fetch_pool *p, const char *path)
{
	int closed = atomic_load(&n_closed);
	struct caller caller;
	struct call c;
	int64_t began, left;
	pthread_t t;

	open_caller(&caller);
	prepare(&c, p, path);
	c.spec.door = &caller.door;
	began = tg_mono_us();
	pthread_create(&t, NULL, leave_soon, &caller);
	assert_int_equal(run(&c), TG_FETCH_GONE);
	left = tg_mono_us();
	assert_in_range(left - began, 99000, 250000);
	assert_int_equal(tg_fetch_wait(c.fetch, 0, &(struct tg_str){ 0 },
	    &c.err), TG_FETCH_GONE);
	assert_int_equal(c.err.code, TG_OK);
	done(&c);
	pthread_join(t, NULL);
	while (atomic_load(&n_closed) == closed &&
	    tg_mono_us() - left < 1000000)
		usleep(1000);
	assert_int_equal(atomic_load(&n_closed), closed + 1);
	/* the upstream learnt it at once, as far as the machine lets it */
	assert_in_range(atomic_load(&closed_us) - left, 0, 100000);
	close(caller.ours);
}

static void
test_caller_leaves(void **state)
{
	static const char *const paths[] = {
		"/silent", "/head-only", "/gap", "/drip", "/flood",
	};
	struct tg_fetch_pool *p = tg_fetch_pool_new(8, 10);
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(paths); i++)
		leave_during(p, paths[i]);
	tg_fetch_pool_free(p);
}

static void
test_wait_caller(void **state)
{
	struct caller caller;
	int64_t began = tg_mono_ms();
	pthread_t t;

	(void)state;
	assert_int_equal(tg_wait_caller(NULL, 50), 1);
	open_caller(&caller);
	assert_int_equal(tg_wait_caller(&caller.door, 50), 1);
	assert_in_range(tg_mono_ms() - began, 99, 400);
	pthread_create(&t, NULL, leave_soon, &caller);
	assert_int_equal(tg_wait_caller(&caller.door, 2000), 0);
	assert_in_range(tg_mono_ms() - began, 199, 600);
	assert_int_equal(tg_wait_caller(&caller.door, 0), 0);
	pthread_join(t, NULL);
	close(caller.ours);
}

static void
test_proxy(void **state)
{
	struct tg_fetch_pool *p = tg_fetch_pool_new(8, 10);
	char proxy[64];
	struct call c;

	(void)state;
	snprintf(proxy, sizeof(proxy), "http://127.0.0.1:%d", port);
	prepare(&c, p, "");
	snprintf(c.url, sizeof(c.url), "http://behind.invalid/echo");
	c.route.proxy = proxy;
	expect(&c, TG_FETCH_END, "HDE", "GET http|expect=0|type=0|bytes=0||"
	    "key=0|agent=1|empty=0");
	done(&c);
	/* from the environment, unless told otherwise */
	setenv("http_proxy", proxy, 1);
	prepare(&c, p, "");
	snprintf(c.url, sizeof(c.url), "http://behind.invalid/plain");
	c.route.proxy = NULL;
	expect(&c, TG_FETCH_END, "HDE", "hello");
	done(&c);
	prepare(&c, p, "/echo");
	expect(&c, TG_FETCH_END, "HDE", "GET /ech|expect=0|type=0|bytes=0||"
	    "key=0|agent=1|empty=0");
	done(&c);
	unsetenv("http_proxy");
	/* a tunnel that is refused: nothing was sent to the upstream */
	prepare(&c, p, "");
	snprintf(c.url, sizeof(c.url), "https://behind.invalid/plain");
	c.route.proxy = proxy;
	expect(&c, TG_FETCH_FAILED, "F", "");
	assert_int_equal(c.err.code, TG_E_CONNECT);
	assert_true(err_says(&c, "404"));
	assert_false(tg_fetch_was_sent(c.fetch));
	done(&c);
	tg_fetch_pool_free(p);
}

static void *
many_calls(void *arg)
{
	static const char *const paths[] = {
		"/plain", "/chunked", "/cut", "/big", "/once",
	};
	struct call c;
	int i;

	for (i = 0; i < 40; i++) {
		prepare(&c, arg, paths[i % (int)COUNT(paths)]);
		if (tg_fetch_open(arg, &c.spec, &c.fetch, &c.err) != 0)
			return NULL;
		(void)follow(&c, 20);
		done(&c);
	}
	return arg;
}

static void
test_threads(void **state)
{
	struct tg_fetch_pool *p = tg_fetch_pool_new(4, 10);
	pthread_t t[8];
	void *result;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(t); i++)
		pthread_create(&t[i], NULL, many_calls, p);
	for (i = 0; i < COUNT(t); i++) {
		pthread_join(t[i], &result);
		assert_ptr_equal(result, p);
	}
	tg_fetch_pool_free(p);
}

static const struct {
	const char *base, *path;
	bool add_v1;
	const char *want;
} urls[] = {
	{ "https://a.b", "/chat", true, "https://a.b/v1/chat" },
	{ "https://a.b/", "/chat", true, "https://a.b/v1/chat" },
	{ "https://a.b/v1", "/chat", true, "https://a.b/v1/chat" },
	{ "https://a.b/v1/", "/chat", true, "https://a.b/v1/chat" },
	{ "https://a.b/v1", "/v1/chat", true, "https://a.b/v1/chat" },
	{ "https://a.b", "/v1/chat", true, "https://a.b/v1/chat" },
	{ "https://a.b", "/chat", false, "https://a.b/chat" },
	{ "https://a.b/api/v1", "/chat", true, "https://a.b/api/v1/chat" },
	{ "https://a.b/api", "/chat", true, "https://a.b/api/chat" },
	{ "https://a.b/x?api-version=1", "/chat", true,
	    "https://a.b/x/chat?api-version=1" },
	{ "http://[::1]:80", "/chat", true, "http://[::1]:80/v1/chat" },
};

static void
test_url(void **state)
{
	struct tg_arena *a = tg_arena_new(1 << 16);
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(urls); i++)
		assert_string_equal(tg_fetch_url(a, tg_str(urls[i].base),
		    urls[i].path, urls[i].add_v1), urls[i].want);
	tg_arena_free(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_url),
		cmocka_unit_test(test_plain),
		cmocka_unit_test(test_requests),
		cmocka_unit_test(test_unusable),
		cmocka_unit_test(test_kept),
		cmocka_unit_test(test_pool_bounds),
		cmocka_unit_test(test_stale),
		cmocka_unit_test(test_on_send),
		cmocka_unit_test(test_stale_late),
		cmocka_unit_test(test_faults),
		cmocka_unit_test(test_ceiling),
		cmocka_unit_test(test_held_back),
		cmocka_unit_test(test_ticks),
		cmocka_unit_test(test_clocks),
		cmocka_unit_test(test_connect_clock),
		cmocka_unit_test(test_caller_leaves),
		cmocka_unit_test(test_wait_caller),
		cmocka_unit_test(test_proxy),
		cmocka_unit_test(test_threads),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, start_servers, stop_servers);
}
