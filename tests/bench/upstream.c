/*
 * A fake upstream for measurements: HTTP/1.1 with keep-alive on one epoll
 * loop. The answer is chosen by the request's body:
 *
 *   "model":"size-200" | "size-2k" | "size-76k"   a whole answer at once
 *   "stream":true with "chunks":N                 N chunks, one a second
 *
 * The first chunk goes out at once. Each carries the monotonic clock in
 * microseconds (`t1234567890`), so that the client can tell how old it is.
 *
 *   upstream PORT
 */
#include "config.h"

#include <sys/epoll.h>
#include <sys/socket.h>

#include <netinet/in.h>
#include <netinet/tcp.h>

#include <arpa/inet.h>

#include <err.h>
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define IN_MAX (256 * 1024)

struct conn {
	int fd;
	char *in;
	size_t n, cap;
	int chunks; /* left to send, 0: no stream */
	int usage; /* usage chunk asked for */
	int64_t due_us;
	struct conn *prev, *next; /* of streams */
};

struct answer {
	const char *model;
	size_t bytes;
	char *text;
	size_t n;
};

static struct answer answers[] = {
	{ "\"size-200\"", 200, NULL, 0 },
	{ "\"size-2k\"", 2048, NULL, 0 },
	{ "\"size-76k\"", 2048, NULL, 0 },
};

static struct conn *streams;
static int ep;

static int64_t
now_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

/* A chat completion of about that many bytes. */
static void
make_answer(struct answer *a)
{
	static const char head[] = "{\"id\":\"chatcmpl-bench\",\"object\":"
				   "\"chat.completion\",\"created\":1700000000,\"model\":";
	static const char mid[] = ",\"choices\":[{\"index\":0,\"message\":"
				  "{\"role\":\"assistant\",\"content\":\"";
	static const char tail[] = "\"},\"finish_reason\":\"stop\"}],"
				   "\"usage\":{\"prompt_tokens\":20,\"completion_tokens\":30,"
				   "\"total_tokens\":50}}";
	size_t fixed = strlen(head) + strlen(a->model) + strlen(mid) +
	    strlen(tail);
	size_t fill = a->bytes > fixed ? a->bytes - fixed : 8;
	char *text = malloc(fill + 1);
	size_t i;
	int n;

	if (text == NULL)
		err(1, NULL);
	for (i = 0; i < fill; i++)
		text[i] = i % 6 == 5 ? ' ' : (char)('a' + i % 26);
	text[fill] = '\0';
	n = asprintf(&a->text, "HTTP/1.1 200 OK\r\nContent-Type: "
			       "application/json\r\nContent-Length: %zu\r\n\r\n%s%s%s%s%s",
	    fixed + fill, head, a->model, mid, text, tail);
	if (n == -1)
		err(1, NULL);
	a->n = (size_t)n;
	free(text);
}

static void
drop(struct conn *c)
{
	if (c->due_us != 0) {
		if (c->prev != NULL)
			c->prev->next = c->next;
		else
			streams = c->next;
		if (c->next != NULL)
			c->next->prev = c->prev;
	}
	close(c->fd);
	free(c->in);
	free(c);
}

/* Small pieces on a local socket: what does not fit at once is given up. */
static int
put(struct conn *c, const char *p, size_t n)
{
	while (n > 0) {
		ssize_t w = send(c->fd, p, n, MSG_NOSIGNAL);

		if (w <= 0) {
			if (w == -1 && errno == EAGAIN) {
				usleep(100);
				continue;
			}
			return -1;
		}
		p += w;
		n -= (size_t)w;
	}
	return 0;
}

static int
put_chunk(struct conn *c, const char *data)
{
	char b[1024];
	int n = snprintf(b, sizeof(b), "%zx\r\n%s\r\n", strlen(data), data);

	return put(c, b, (size_t)n);
}

static int
stream_step(struct conn *c)
{
	char b[512];

	snprintf(b, sizeof(b), "data: {\"id\":\"chatcmpl-bench\",\"object\":"
			       "\"chat.completion.chunk\",\"created\":1700000000,\"model\":"
			       "\"stream\",\"choices\":[{\"index\":0,\"delta\":{\"content\":"
			       "\"t%" PRId64 " \"},\"finish_reason\":null}]}\n\n",
	    now_us());
	if (put_chunk(c, b) == -1)
		return -1;
	c->due_us += 1000000;
	if (--c->chunks > 0)
		return 0;
	if (put_chunk(c, "data: {\"choices\":[{\"index\":0,\"delta\":{},"
			 "\"finish_reason\":\"stop\"}]}\n\n") == -1)
		return -1;
	if (c->usage && put_chunk(c, "data: {\"choices\":[],\"usage\":"
				     "{\"prompt_tokens\":20,\"completion_tokens\":30,"
				     "\"total_tokens\":50}}\n\n") == -1)
		return -1;
	if (put_chunk(c, "data: [DONE]\n\n") == -1 ||
	    put(c, "0\r\n\r\n", 5) == -1)
		return -1;
	if (c->prev != NULL)
		c->prev->next = c->next;
	else
		streams = c->next;
	if (c->next != NULL)
		c->next->prev = c->prev;
	c->due_us = 0;
	return 0;
}

static int
start_stream(struct conn *c, const char *body, size_t n)
{
	static const char head[] = "HTTP/1.1 200 OK\r\nContent-Type: "
				   "text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n";
	const char *p = memmem(body, n, "\"chunks\":", 9);

	c->chunks = p == NULL ? 1 : (int)strtol(p + 9, NULL, 10);
	c->usage = memmem(body, n, "include_usage", 13) != NULL;
	c->due_us = now_us();
	c->prev = NULL;
	c->next = streams;
	if (streams != NULL)
		streams->prev = c;
	streams = c;
	if (put(c, head, sizeof(head) - 1) == -1)
		return -1;
	return stream_step(c);
}

static int
respond(struct conn *c, const char *body, size_t n)
{
	size_t i;

	if (memmem(body, n, "\"stream\":true", 13) != NULL)
		return start_stream(c, body, n);
	for (i = 0; i < sizeof(answers) / sizeof(answers[0]); i++)
		if (memmem(body, n < 256 ? n : 256, answers[i].model,
			strlen(answers[i].model)) != NULL)
			return put(c, answers[i].text, answers[i].n);
	return put(c, answers[0].text, answers[0].n);
}

/* One request if it is whole. 1 done, 0 more is needed, -1 gone. */
static int
take(struct conn *c)
{
	char *end = memmem(c->in, c->n, "\r\n\r\n", 4);
	char *cl;
	size_t head, body = 0;

	if (end == NULL)
		return 0;
	head = (size_t)(end - c->in) + 4;
	*end = '\0';
	cl = strcasestr(c->in, "\r\ncontent-length:");
	if (cl != NULL)
		body = strtoul(cl + 17, NULL, 10);
	if (strcasestr(c->in, "expect: 100-continue") != NULL &&
	    c->n == head && put(c, "HTTP/1.1 100 Continue\r\n\r\n", 25) == -1)
		return -1;
	*end = '\r';
	if (c->n < head + body)
		return 0;
	if (respond(c, c->in + head, body) == -1)
		return -1;
	memmove(c->in, c->in + head + body, c->n - head - body);
	c->n -= head + body;
	return 1;
}

static void
readable(struct conn *c)
{
	for (;;) {
		ssize_t r;
		int t;

		if (c->n == c->cap) {
			c->cap = c->cap == 0 ? 8192 : c->cap * 2;
			if (c->cap > IN_MAX) {
				drop(c);
				return;
			}
			c->in = realloc(c->in, c->cap);
			if (c->in == NULL)
				err(1, NULL);
		}
		r = recv(c->fd, c->in + c->n, c->cap - c->n, 0);
		if (r == -1 && errno == EAGAIN)
			return;
		if (r <= 0) {
			drop(c);
			return;
		}
		c->n += (size_t)r;
		while ((t = take(c)) == 1)
			;
		if (t == -1) {
			drop(c);
			return;
		}
	}
}

static void
serve_streams(void)
{
	int64_t t = now_us();
	struct conn *c, *next;

	for (c = streams; c != NULL; c = next) {
		next = c->next;
		if (c->due_us <= t && stream_step(c) == -1)
			drop(c);
	}
}

static int
listen_on(int port)
{
	struct sockaddr_in sa = { .sin_family = AF_INET };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), on = 1;

	sa.sin_port = htons((uint16_t)port);
	sa.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(fd, (struct sockaddr *)&sa, sizeof(sa)) == -1 ||
	    listen(fd, 4096) == -1)
		err(1, "port %d", port);
	return fd;
}

static void
accept_all(int lfd)
{
	int fd, on = 1;

	while ((fd = accept4(lfd, NULL, NULL, SOCK_NONBLOCK)) != -1) {
		struct conn *c = calloc(1, sizeof(*c));
		struct epoll_event ev = { .events = EPOLLIN };

		if (c == NULL)
			err(1, NULL);
		c->fd = fd;
		ev.data.ptr = c;
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
		if (epoll_ctl(ep, EPOLL_CTL_ADD, fd, &ev) == -1)
			err(1, "epoll_ctl");
	}
}

int
main(int argc, char **argv)
{
	struct epoll_event ev = { .events = EPOLLIN }, evs[256];
	int64_t last = 0;
	size_t i;
	int lfd;

	if (argc != 2)
		errx(2, "usage: upstream PORT");
	signal(SIGPIPE, SIG_IGN);
	for (i = 0; i < sizeof(answers) / sizeof(answers[0]); i++)
		make_answer(&answers[i]);
	lfd = listen_on((int)strtol(argv[1], NULL, 10));
	ep = epoll_create1(0);
	ev.data.ptr = NULL;
	epoll_ctl(ep, EPOLL_CTL_ADD, lfd, &ev);
	for (;;) {
		int k, n = epoll_wait(ep, evs, 256, streams ? 5 : -1);

		for (k = 0; k < n; k++) {
			if (evs[k].data.ptr == NULL)
				accept_all(lfd);
			else
				readable(evs[k].data.ptr);
		}
		if (streams != NULL && now_us() - last >= 5000) {
			last = now_us();
			serve_streams();
		}
	}
}
