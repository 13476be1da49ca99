/*
 * The played upstream: plain sockets, so that it can be as rude as real ones
 * are.  What it says is decided by the case; it only adds the time.
 */
#include "config.h"

#include "upstream.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define MOST_BYTES (64 * 1024 * 1024)
#define HANG_MS 5000

struct wire_upstream {
	int fd, port;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t idle;
	const struct wire_script *scripts;
	size_t n_scripts;
	size_t calls;		/* of this step */
	bool busy, ending;
	struct wire_sent sent[WIRE_CALLS];
};

static void *serve(void *);
static void serve_one(struct wire_upstream *, int);
static int read_request(int, struct wire_sent *);
static bool play(int, const struct wire_script *);

static int
bound_socket(int *port)
{
	struct sockaddr_in sa = { .sin_family = AF_INET };
	socklen_t n = sizeof(sa);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	sa.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd < 0 || bind(fd, (struct sockaddr *)&sa, sizeof(sa)) != 0 ||
	    getsockname(fd, (struct sockaddr *)&sa, &n) != 0) {
		perror("socket");
		abort();
	}
	*port = ntohs(sa.sin_port);
	return fd;
}

/* The sockets stay open until the program ends. */
int
wire_port_refused(void)
{
	int port;

	(void)bound_socket(&port);
	return port;
}

/* A full accept queue: whoever comes next is not answered at all. */
int
wire_port_stuck(void)
{
	struct sockaddr_in sa = { .sin_family = AF_INET };
	int port, fd = bound_socket(&port);

	if (listen(fd, 0) != 0)
		abort();
	sa.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	sa.sin_port = htons((uint16_t)port);
	for (int i = 0; i < 4; i++) {
		int c = socket(AF_INET,
		    SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
		(void)connect(c, (struct sockaddr *)&sa, sizeof(sa));
	}
	return port;
}

struct wire_upstream *
wire_upstream_new(void)
{
	struct wire_upstream *u = calloc(1, sizeof(*u));

	if (u == NULL)
		abort();
	u->fd = bound_socket(&u->port);
	for (int i = 0; i < WIRE_CALLS; i++) {
		tg_buf_init(&u->sent[i].head, MOST_BYTES);
		tg_buf_init(&u->sent[i].body, MOST_BYTES);
	}
	pthread_mutex_init(&u->lock, NULL);
	pthread_cond_init(&u->idle, NULL);
	if (listen(u->fd, 16) != 0 ||
	    pthread_create(&u->thread, NULL, serve, u) != 0)
		abort();
	return u;
}

void
wire_upstream_free(struct wire_upstream *u)
{
	pthread_mutex_lock(&u->lock);
	u->ending = true;
	pthread_mutex_unlock(&u->lock);
	(void)shutdown(u->fd, SHUT_RDWR);
	pthread_join(u->thread, NULL);
	(void)close(u->fd);
	for (int i = 0; i < WIRE_CALLS; i++) {
		tg_buf_free(&u->sent[i].head);
		tg_buf_free(&u->sent[i].body);
	}
	pthread_cond_destroy(&u->idle);
	pthread_mutex_destroy(&u->lock);
	free(u);
}

int
wire_upstream_port(const struct wire_upstream *u)
{
	return u->port;
}

void
wire_upstream_expect(
    struct wire_upstream *u, const struct wire_script *scripts, size_t n)
{
	pthread_mutex_lock(&u->lock);
	u->scripts = scripts;
	u->n_scripts = n;
	u->calls = 0;
	pthread_mutex_unlock(&u->lock);
}

size_t
wire_upstream_done(struct wire_upstream *u)
{
	struct timespec until;
	size_t n;

	(void)clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += 6;
	pthread_mutex_lock(&u->lock);
	while (u->busy &&
	    pthread_cond_timedwait(&u->idle, &u->lock, &until) == 0)
		continue;
	n = u->calls;
	pthread_mutex_unlock(&u->lock);
	return n;
}

const struct wire_sent *
wire_upstream_sent(const struct wire_upstream *u, size_t i)
{
	return i < WIRE_CALLS ? &u->sent[i] : NULL;
}

/* --- the thread --- */

static void *
serve(void *arg)
{
	struct wire_upstream *u = arg;

	for (;;) {
		int fd = accept4(u->fd, NULL, NULL, SOCK_CLOEXEC);
		bool ending;

		pthread_mutex_lock(&u->lock);
		ending = u->ending;
		u->busy = !ending && fd >= 0;
		pthread_mutex_unlock(&u->lock);
		if (ending) {
			if (fd >= 0)
				(void)close(fd);
			return NULL;
		}
		if (fd < 0)
			continue;
		serve_one(u, fd);
		pthread_mutex_lock(&u->lock);
		u->busy = false;
		pthread_cond_broadcast(&u->idle);
		pthread_mutex_unlock(&u->lock);
	}
}

/* Ends the way its script says: by RST, or orderly. */
static void
serve_one(struct wire_upstream *u, int fd)
{
	const struct wire_script *script = NULL;
	struct wire_sent *sent;
	char rest[4096];
	int on = 1;

	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	pthread_mutex_lock(&u->lock);
	sent = &u->sent[u->calls % WIRE_CALLS];
	pthread_mutex_unlock(&u->lock);
	if (read_request(fd, sent) != 0) {
		(void)close(fd);
		return;
	}
	pthread_mutex_lock(&u->lock);
	if (u->calls < u->n_scripts)
		script = &u->scripts[u->calls];
	u->calls++;
	pthread_mutex_unlock(&u->lock);
	if (script == NULL || play(fd, script)) {
		(void)shutdown(fd, SHUT_WR);
		while (poll(&(struct pollfd){ fd, POLLIN, 0 }, 1, 1000) == 1 &&
		    read(fd, rest, sizeof(rest)) > 0)
			continue;
	}
	(void)close(fd);
}

static int
read_some(int fd, struct tg_buf *b)
{
	char *room = tg_buf_room(b, 64 * 1024);
	ssize_t n;

	if (room == NULL)
		return -1;
	n = read(fd, room, 64 * 1024);
	if (n <= 0)
		return -1;
	b->n += (size_t)n;
	b->p[b->n] = '\0';
	return 0;
}

static size_t
length_of(struct tg_str head)
{
	long at = tg_str_ifind(head, "\r\ncontent-length:");

	return at < 0 ? 0 : strtoul(head.p + at + 17, NULL, 10);
}

static int
read_request(int fd, struct wire_sent *sent)
{
	struct tg_str all, end = TG_STR("\r\n\r\n");
	size_t head, want;
	long at;

	tg_buf_reset(&sent->head);
	tg_buf_reset(&sent->body);
	do {
		if (read_some(fd, &sent->head) != 0)
			return -1;
		all = tg_buf_str(&sent->head);
	} while ((at = tg_str_find(all, end)) < 0);
	head = (size_t)at + 4;
	want = length_of((struct tg_str){ all.p, head });
	(void)tg_buf_add(&sent->body, all.p + head, all.n - head);
	sent->head.n = head;
	sent->head.p[head] = '\0';
	while (sent->body.n < want)
		if (read_some(fd, &sent->body) != 0)
			return -1;
	return 0;
}

static void
nap(int ms)
{
	struct timespec t = { ms / 1000, (ms % 1000) * 1000000L };

	while (nanosleep(&t, &t) != 0 && errno == EINTR)
		continue;
}

static int
send_all(int fd, struct tg_str s)
{
	while (s.n > 0) {
		ssize_t n = send(fd, s.p, s.n, MSG_NOSIGNAL);
		if (n <= 0)
			return -1;
		s.p += n;
		s.n -= (size_t)n;
	}
	return 0;
}

static void
hang(int fd)
{
	char byte[256];

	while (poll(&(struct pollfd){ fd, POLLIN, 0 }, 1, HANG_MS) == 1 &&
	    read(fd, byte, sizeof(byte)) > 0)
		continue;
}

/* False: the connection is to be dropped as it is. */
static bool
play(int fd, const struct wire_script *s)
{
	struct linger reset = { 1, 0 };

	for (size_t i = 0; i < s->n; i++)
		switch (s->ops[i].kind) {
		case WIRE_SEND:
			if (send_all(fd, s->ops[i].bytes) != 0)
				return false;
			break;
		case WIRE_PAUSE:
			nap(s->ops[i].ms);
			break;
		case WIRE_HANG:
			hang(fd);
			return false;
		case WIRE_CUT:
			nap(2); /* what was sent is read before the reset */
			(void)setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset,
			    sizeof(reset));
			return false;
		}
	return true;
}
