/*
 * Two kinds of load, on one epoll loop. Prints a line of JSON.
 *
 *   client streams PORT PATH KEY N CHUNKS PER_SECOND
 *	opens N streams, so many a second, and reads them to their end:
 *	time to the first token, age of every chunk as it arrives, how many
 *	ended properly. Prints `open` once all are.
 *   client paced PORT PATH KEY CONNECTIONS PER_SECOND SECONDS MODEL BYTES
 *	whole answers at a fixed rate over kept connections: latency without
 *	a queue in front.
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

#define IN_MAX (128 * 1024)

struct conn {
	int fd;
	int64_t sent_us; /* 0: idle */
	int64_t first_us;
	char *in;
	size_t n, cap, need;
	int head; /* the answer's head has been read */
	int done;
};

struct series {
	int64_t *v;
	size_t n, cap;
};

static int ep;
static int port;
static struct series firsts, ages, whole;
static long completed, failed;

static int64_t
now_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

static int
number(const char *s)
{
	char *e;
	long v = strtol(s, &e, 10);

	if (e == s || *e != '\0' || v < 0 || v > 100000000)
		errx(2, "not a number: %s", s);
	return (int)v;
}

static void
add(struct series *s, int64_t v)
{
	if (s->n == s->cap) {
		s->cap = s->cap == 0 ? 4096 : s->cap * 2;
		s->v = realloc(s->v, s->cap * sizeof(*s->v));
		if (s->v == NULL)
			err(1, NULL);
	}
	s->v[s->n++] = v;
}

static int
by_value(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

static void
print_series(const char *name, struct series *s)
{
	qsort(s->v, s->n, sizeof(*s->v), by_value);
	printf(",\"%s\":{\"n\":%zu,\"p50\":%" PRId64 ",\"p99\":%" PRId64
	       ",\"max\":%" PRId64 "}",
	    name, s->n, s->n ? s->v[s->n / 2] : 0,
	    s->n ? s->v[s->n * 99 / 100] : 0, s->n ? s->v[s->n - 1] : 0);
}

static void
open_conn(struct conn *c)
{
	struct sockaddr_in sa = { .sin_family = AF_INET };
	struct epoll_event ev = { .events = EPOLLIN };
	int on = 1;

	sa.sin_port = htons((uint16_t)port);
	sa.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	c->fd = socket(AF_INET, SOCK_STREAM, 0);
	if (c->fd == -1 ||
	    connect(c->fd, (struct sockaddr *)&sa, sizeof(sa)) == -1)
		err(1, "connect");
	setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	ev.data.ptr = c;
	if (epoll_ctl(ep, EPOLL_CTL_ADD, c->fd, &ev) == -1)
		err(1, "epoll_ctl");
}

static void
put(struct conn *c, const char *p, size_t n)
{
	c->sent_us = now_us();
	c->first_us = 0;
	c->n = 0;
	c->head = 0;
	while (n > 0) {
		ssize_t w = send(c->fd, p, n, MSG_NOSIGNAL);

		if (w <= 0) {
			failed++;
			return;
		}
		p += w;
		n -= (size_t)w;
	}
}

static void
end(struct conn *c, int good)
{
	if (good)
		completed++;
	else
		failed++;
	epoll_ctl(ep, EPOLL_CTL_DEL, c->fd, NULL);
	close(c->fd);
	free(c->in);
	c->in = NULL;
	c->cap = 0;
	c->done = 1;
}

static ssize_t
fill(struct conn *c)
{
	ssize_t r;

	if (c->cap - c->n < 2048) {
		c->cap = c->cap == 0 ? 4096 : c->cap * 2;
		if (c->cap > IN_MAX)
			errx(1, "an answer above %d bytes", IN_MAX);
		c->in = realloc(c->in, c->cap);
		if (c->in == NULL)
			err(1, NULL);
	}
	r = recv(c->fd, c->in + c->n, c->cap - c->n - 1, MSG_DONTWAIT);
	if (r > 0) {
		c->n += (size_t)r;
		c->in[c->n] = '\0';
	}
	return r;
}

/* ---- streams ------------------------------------------------------------ */

/* Reads what has come; whole chunks are taken, the rest stays. */
static void
stream_readable(struct conn *c)
{
	ssize_t r = fill(c);
	int64_t t = now_us();
	char *p, *last;

	if (r == -1 && errno == EAGAIN)
		return;
	if (r <= 0) {
		end(c, 0);
		return;
	}
	for (p = c->in; (p = strstr(p, "\"t")) != NULL; p += 2) {
		char *q;
		int64_t at = strtoll(p + 2, &q, 10);

		if (q == p + 2 || *q == '\0')
			continue;
		if (c->first_us == 0) {
			c->first_us = t;
			add(&firsts, t - c->sent_us);
		}
		add(&ages, t - at);
	}
	if (strstr(c->in, "[DONE]") != NULL) {
		end(c, 1);
		return;
	}
	/* Keep the last line: a number may be cut. */
	last = memrchr(c->in, '\n', c->n);
	if (last != NULL) {
		c->n -= (size_t)(last - c->in);
		memmove(c->in, last, c->n + 1);
	}
}

static void
streams(char **a)
{
	const char *path = a[0], *key = a[1];
	int n = number(a[2]), chunks = number(a[3]), rate = number(a[4]);
	struct conn *conns = calloc((size_t)n, sizeof(*conns));
	struct epoll_event evs[256];
	char body[512], req[1024];
	int64_t t0 = now_us(), opened = 0, limit;
	int all, k, m, said = 0;

	if (conns == NULL)
		err(1, NULL);
	snprintf(body, sizeof(body), "{\"model\":\"stream\",\"stream\":true,"
				     "\"messages\":[{\"role\":\"user\",\"content\":\"hello\"}],"
				     "\"chunks\":%d}",
	    chunks);
	snprintf(req, sizeof(req), "POST %s HTTP/1.1\r\nHost: localhost\r\n"
				   "Authorization: Bearer %s\r\nContent-Type: application/json\r\n"
				   "Content-Length: %zu\r\n\r\n%s",
	    path, key, strlen(body), body);
	limit = t0 + (int64_t)n * 1000000 / rate + (chunks + 30) * 1000000LL;
	while (completed + failed < n && now_us() < limit) {
		while (opened < n &&
		    opened < (now_us() - t0) * rate / 1000000 + 1) {
			open_conn(&conns[opened]);
			put(&conns[opened++], req, strlen(req));
		}
		all = opened == n && (long)firsts.n + failed >= n;
		if (!said && all) {
			fprintf(stderr, "open\n");
			said = 1;
		}
		m = epoll_wait(ep, evs, 256, opened < n ? 1 : 100);
		for (k = 0; k < m; k++)
			stream_readable(evs[k].data.ptr);
	}
	printf("{\"n\":%d,\"completed\":%ld,\"failed\":%ld", n, completed,
	    n - completed);
	print_series("first", &firsts);
	print_series("age", &ages);
	printf("}\n");
}

/* ---- paced -------------------------------------------------------------- */

static void
paced_readable(struct conn *c)
{
	ssize_t r = fill(c);
	char *e, *cl;

	if (r == -1 && errno == EAGAIN)
		return;
	if (r <= 0)
		errx(1, "the server closed a connection");
	if (!c->head) {
		e = strstr(c->in, "\r\n\r\n");
		if (e == NULL)
			return;
		if (strncmp(c->in + 9, "200", 3) != 0)
			failed++;
		cl = strcasestr(c->in, "\r\ncontent-length:");
		c->head = 1;
		c->need = cl != NULL && cl < e ? (size_t)(e + 4 - c->in) +
			strtoul(cl + 17, NULL, 10) :
						 0;
	}
	if (c->need == 0 ? strstr(c->in, "\r\n0\r\n\r\n") != NULL :
			   c->n >= c->need) {
		add(&whole, now_us() - c->sent_us);
		completed++;
		c->sent_us = 0;
		c->n = 0;
	}
}

static char *
paced_request(const char *path, const char *key, const char *model,
    size_t bytes, size_t *n)
{
	static const char tail[] = "\"}]}";
	char head[256], *req, *body = malloc(bytes + 512);
	size_t i, k;

	if (body == NULL)
		err(1, NULL);
	k = (size_t)snprintf(head, sizeof(head), "{\"model\":\"%s\","
						 "\"messages\":[{\"role\":\"user\",\"content\":\"",
	    model);
	memcpy(body, head, k);
	for (i = 0; k + sizeof(tail) - 1 < bytes; i++)
		body[k++] = i % 6 == 5 ? ' ' : (char)('a' + i % 26);
	memcpy(body + k, tail, sizeof(tail));
	*n = (size_t)asprintf(&req, "POST %s HTTP/1.1\r\nHost: localhost\r\n"
				    "Authorization: Bearer %s\r\nContent-Type: application/json\r\n"
				    "Content-Length: %zu\r\n\r\n%s",
	    path, key, strlen(body), body);
	free(body);
	return req;
}

static void
paced(char **a)
{
	const char *path = a[0], *key = a[1];
	int conns_n = number(a[2]), rate = number(a[3]);
	int seconds = number(a[4]), k;
	struct conn *conns = calloc((size_t)conns_n, sizeof(*conns));
	struct epoll_event evs[64];
	int64_t t0, sent = 0, busy = 0;
	size_t n;
	char *req = paced_request(path, key, a[5], strtoul(a[6], NULL, 10), &n);

	if (conns == NULL)
		err(1, NULL);
	for (k = 0; k < conns_n; k++)
		open_conn(&conns[k]);
	t0 = now_us();
	while (now_us() - t0 < seconds * 1000000LL) {
		int64_t due = (now_us() - t0) * rate / 1000000;
		int m;

		for (; sent < due; sent++) {
			/* In turn: servers close after 1,000 requests. */
			for (k = 0; k < conns_n; k++)
				if (conns[(sent + k) % conns_n].sent_us == 0)
					break;
			if (k == conns_n)
				busy++;
			else
				put(&conns[(sent + k) % conns_n], req, n);
		}
		m = epoll_wait(ep, evs, 64, 1);
		for (k = 0; k < m; k++)
			paced_readable(evs[k].data.ptr);
	}
	printf("{\"completed\":%ld,\"failed\":%ld,\"all_busy\":%" PRId64,
	    completed, failed, busy);
	print_series("latency", &whole);
	printf("}\n");
}

int
main(int argc, char **argv)
{
	signal(SIGPIPE, SIG_IGN);
	ep = epoll_create1(0);
	if (argc == 8 && strcmp(argv[1], "streams") == 0) {
		port = number(argv[2]);
		streams(argv + 3);
	} else if (argc == 10 && strcmp(argv[1], "paced") == 0) {
		port = number(argv[2]);
		paced(argv + 3);
	} else {
		errx(2, "usage: client streams PORT PATH KEY N CHUNKS "
			"PER_SECOND | paced PORT PATH KEY CONNECTIONS PER_SECOND "
			"SECONDS MODEL BYTES");
	}
	return 0;
}
