/*
 * The FastCGI door: libfcgi on a connection that an acceptor thread took, one
 * request for each connection.  libfcgi has no timeouts and handles only the
 * good path well, so this file adds what webservers.md 7 found missing: socket
 * timeouts, a bounded drain and a bounded linger, handlers put back, and the
 * caller's leaving seen on the connection.
 *
 * It reaches below the "don't use" line of FCGX_Request (ipcFd,
 * keepConnection): that is the only way to hand libfcgi a descriptor.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#ifndef _GNU_SOURCE
#define _GNU_SOURCE 1	/* POLLRDHUP */
#endif
#include "net/door.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <poll.h>
#include <signal.h>
#include <stdio.h>	/* EOF, as FCGX_HasSeenEOF() says it */
#include <stdlib.h>

#include <fcgiapp.h>

#include "base/clock.h"

#define HEAD_MS		10000	/* between two pieces of a request's head */
#define DRAIN_STALL_MS	2000
#define DRAIN_BYTES	(64L * 1024 * 1024)
#define LINGER_MS	2000
#define FCGI_HEADER_BYTES 8
#define FCGI_VERSION	1
#define FCGI_ABORT	2	/* FastCGI 1.0, 5.4 */

/* Lives as long as its thread. */
struct fcgi {
	struct tg_door door;
	FCGX_Request request;
	struct tg_door_fcgi_conf conf;
	int drain_ms;	/* 0: as the header says */
	int receive_ms;	/* the socket's timeout now */
	int64_t since;	/* of the first read of the body; 0: none yet */
	int64_t bytes;	/* of the body, read so far */
	bool eof;	/* the body is read to its end */
	bool cut;	/* it broke off, or came too slowly */
	bool broken;	/* a write failed */
	bool ended;
};

static const char *fcgi_env(struct tg_door *d, const char *name);
static bool fcgi_env_at(struct tg_door *d, size_t i, struct tg_str *name,
    const char **value);
static long fcgi_read(struct tg_door *d, void *p, size_t n);
static int fcgi_write(struct tg_door *d, const void *p, size_t n);
static int fcgi_flush(struct tg_door *d);
static int fcgi_end(struct tg_door *d);
static int fcgi_watch_fd(struct tg_door *d);
static bool fcgi_gone(struct tg_door *d);
static void fcgi_finish(struct tg_door *d);
static struct fcgi *fcgi_of(struct tg_door *d);
static void set_timeout(int fd, int option, int ms);
static void receive_within(struct fcgi *f, int64_t ms);
static long take(struct fcgi *f, char *p, size_t n, int64_t ms);
static int64_t body_left(struct fcgi *f);
static int broke(struct fcgi *f);
static bool is_abort(const unsigned char *p, ssize_t n);
static void drain(struct fcgi *f);
static void linger(struct fcgi *f);

static const struct tg_door_ops fcgi_ops = {
	.name = "fastcgi",
	.env = fcgi_env,
	.env_at = fcgi_env_at,
	.read = fcgi_read,
	.write = fcgi_write,
	.flush = fcgi_flush,
	.end = fcgi_end,
	.watch_fd = fcgi_watch_fd,
	.gone = fcgi_gone,
	.finish = fcgi_finish,
};

int
tg_door_fcgi_init(void)
{
	static const int taken[] = { SIGTERM, SIGUSR1, SIGPIPE };
	struct sigaction before[3];
	sigset_t mask, old;
	int i, result;

	sigemptyset(&mask);
	for (i = 0; i < 3; i++) {
		sigaddset(&mask, taken[i]);
		sigaction(taken[i], NULL, &before[i]);
	}
	/* A signal must not meet libfcgi's handlers in between. */
	pthread_sigmask(SIG_BLOCK, &mask, &old);
	result = FCGX_Init();
	if (before[2].sa_handler == SIG_DFL)
		before[2].sa_handler = SIG_IGN;
	for (i = 0; i < 3; i++)
		sigaction(taken[i], &before[i], NULL);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	return result == 0 ? 0 : -1;
}

struct tg_door *
tg_door_fcgi_new(const struct tg_door_fcgi_conf *conf)
{
	struct fcgi *f = calloc(1, sizeof(*f));

	if (f == NULL)
		return NULL;
	f->door.ops = &fcgi_ops;
	f->conf = *conf;
	FCGX_InitRequest(&f->request, -1, 0);
	return &f->door;
}

int
tg_door_fcgi_accept(struct tg_door *d, int fd)
{
	struct fcgi *f = fcgi_of(d);
	int one = 1;

	f->eof = f->cut = f->broken = f->ended = false;
	f->since = f->bytes = 0;
	f->receive_ms = 0;
	/* Else chunks wait for acknowledgements; a unix socket says no. */
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	set_timeout(fd, SO_SNDTIMEO, f->conf.send_ms);
	f->request.ipcFd = fd;
	receive_within(f,
	    f->conf.body_ms < HEAD_MS ? f->conf.body_ms : HEAD_MS);
	/* Else FCGX_Accept_r would close the descriptor before reading. */
	f->request.keepConnection = 1;
	/* Else it would linger for a peer that sends nothing useful. */
	FCGX_Detach(&f->request);
	if (FCGX_Accept_r(&f->request) != 0)
		return -1;
	f->request.keepConnection = 0;
	/* A head that broke off between two variables passes as a whole one. */
	if (FCGX_GetError(f->request.in) != 0) {
		FCGX_Free(&f->request, 1);
		return -1;
	}
	return 0;
}

void
tg_door_fcgi_hurry(struct tg_door *d, int drain_ms)
{
	fcgi_of(d)->drain_ms = drain_ms;
}

void
tg_door_fcgi_free(struct tg_door *d)
{
	if (d == NULL)
		return;
	if (fcgi_of(d)->request.ipcFd >= 0)
		fcgi_finish(d);
	free(fcgi_of(d));
}

static struct fcgi *
fcgi_of(struct tg_door *d)
{
	return (struct fcgi *)(void *)d;
}

static void
set_timeout(int fd, int option, int ms)
{
	struct timeval tv = {
		.tv_sec = ms / 1000,
		.tv_usec = ms % 1000 * 1000,
	};

	(void)setsockopt(fd, SOL_SOCKET, option, &tv, sizeof(tv));
}

static const char *
fcgi_env(struct tg_door *d, const char *name)
{
	return FCGX_GetParam(name, fcgi_of(d)->request.envp);
}

static bool
fcgi_env_at(struct tg_door *d, size_t i, struct tg_str *name,
    const char **value)
{
	char **env = fcgi_of(d)->request.envp;

	return env != NULL && tg_door_env_split(env[i], name, value);
}

static long
fcgi_read(struct tg_door *d, void *p, size_t n)
{
	struct fcgi *f = fcgi_of(d);
	size_t all = n > 1 << 20 ? 1 << 20 : n;
	size_t got;
	long step = 1;

	if (f->since == 0)
		f->since = tg_mono_ms();
	for (got = 0; got < all && step > 0; got += (size_t)step) {
		step = take(f, (char *)p + got, all - got, body_left(f));
		if (step < 0)
			return -1;
		f->bytes += step;
	}
	return (long)got;
}

static int64_t
body_left(struct fcgi *f)
{
	int64_t end = f->since + tg_door_body_ms(f->conf.body_ms, f->bytes);
	int64_t left = end - tg_mono_ms();

	return left < f->conf.body_ms ? left : f->conf.body_ms;
}

/*
 * What there is of the body, up to n bytes, after waiting for at most ms: 0 at
 * its end, -1 when it broke off or ms is over, now and ever after.
 *
 * FCGX_GetStr() does not return before all that was asked for is there, so it
 * is asked for one byte, for which libfcgi reads up to 8 KiB, and then for
 * those that came along.  No poll(): the next record may be in libfcgi's own
 * buffer, which cannot be seen.
 */
static long
take(struct fcgi *f, char *p, size_t n, int64_t ms)
{
	FCGX_Stream *in = f->request.in;
	size_t got = 0, there;

	if (f->eof)
		return 0;
	if (f->cut)
		return -1;
	if (in->rdNext == in->stop) {
		if (ms > 0) {
			receive_within(f, ms);
			got = (size_t)FCGX_GetStr(p, 1, in);
		}
		if (got == 0) {
			f->eof = FCGX_HasSeenEOF(in) == EOF &&
			    FCGX_GetError(in) == 0;
			f->cut = !f->eof;
			return f->eof ? 0 : -1;
		}
	}
	there = (size_t)(in->stop - in->rdNext);
	if (there > n - got)
		there = n - got;
	return (long)got + FCGX_GetStr(p + got, (int)there, in);
}

static void
receive_within(struct fcgi *f, int64_t ms)
{
	if (ms == f->receive_ms)
		return;
	f->receive_ms = (int)ms;
	set_timeout(f->request.ipcFd, SO_RCVTIMEO, f->receive_ms);
}

/*
 * What libfcgi still holds must not wait for send_ms once more, and the server
 * must not take a cut answer for a whole one.
 */
static int
broke(struct fcgi *f)
{
	if (!f->broken)
		shutdown(f->request.ipcFd, SHUT_RDWR);
	f->broken = true;
	return -1;
}

static int
fcgi_write(struct tg_door *d, const void *p, size_t n)
{
	struct fcgi *f = fcgi_of(d);
	const char *at = p;
	int step;

	if (f->broken || f->ended)
		return -1;
	for (; n > 0; at += step, n -= (size_t)step) {
		step = n > 1 << 20 ? 1 << 20 : (int)n;
		if (FCGX_PutStr(at, step, f->request.out) != step)
			return broke(f);
	}
	return 0;
}

static int
fcgi_flush(struct tg_door *d)
{
	struct fcgi *f = fcgi_of(d);

	if (f->broken)
		return -1;
	return FCGX_FFlush(f->request.out) == 0 ? 0 : broke(f);
}

static int
fcgi_end(struct tg_door *d)
{
	struct fcgi *f = fcgi_of(d);

	if (f->broken)
		return -1;
	if (f->ended)
		return 0;
	f->ended = true;
	/* First: servers that still send the body hold the answer back. */
	if (!f->eof)
		drain(f);
	/* The stream that closes last carries FCGI_END_REQUEST. */
	if (FCGX_FClose(f->request.err) != 0 ||
	    FCGX_FClose(f->request.out) != 0)
		return broke(f);
	return 0;
}

/* Before its end the body would make the descriptor readable all the time. */
static int
fcgi_watch_fd(struct tg_door *d)
{
	return fcgi_of(d)->eof ? fcgi_of(d)->request.ipcFd : -1;
}

static bool
fcgi_gone(struct tg_door *d)
{
	struct fcgi *f = fcgi_of(d);
	struct pollfd pfd = {
		.fd = f->request.ipcFd,
		.events = POLLIN | POLLRDHUP,
	};
	unsigned char stray[4096];
	ssize_t n;

	if (f->broken)
		return true;
	if (poll(&pfd, 1, 0) <= 0)
		return false;
	if ((pfd.revents & ~POLLIN) != 0)
		return true;
	if (!f->eof)
		return false;
	n = recv(pfd.fd, stray, sizeof(stray), MSG_DONTWAIT);
	return n == 0 || is_abort(stray, n);
}

static bool
is_abort(const unsigned char *p, ssize_t n)
{
	return n >= FCGI_HEADER_BYTES && p[0] == FCGI_VERSION &&
	    p[1] == FCGI_ABORT;
}

static void
fcgi_finish(struct tg_door *d)
{
	struct fcgi *f = fcgi_of(d);

	if (f->request.ipcFd < 0)
		return;
	(void)fcgi_end(d);
	if (!f->broken && !f->eof)
		linger(f);
	/* libfcgi's own linger is endless while the peer keeps sending. */
	FCGX_Detach(&f->request);
	FCGX_Finish_r(&f->request);
}

/* Closing on unread bytes loses the answer (webservers.md 7.6). */
static void
drain(struct fcgi *f)
{
	int64_t start = tg_mono_ms();
	int64_t bytes = 0, left;
	char trash[16384];
	long got;

	do {
		left = start + tg_door_drain_ms(f->drain_ms, bytes) -
		    tg_mono_ms();
		if (left <= 0)
			return;
		got = take(f, trash, sizeof(trash),
		    left < DRAIN_STALL_MS ? left : DRAIN_STALL_MS);
		bytes += got;
	} while (got > 0 && bytes < DRAIN_BYTES);
}

static void
linger(struct fcgi *f)
{
	struct pollfd pfd = { .fd = f->request.ipcFd, .events = POLLIN };
	int64_t end = tg_mono_ms();
	int64_t now;
	char trash[16384];

	if (shutdown(pfd.fd, SHUT_WR) != 0)
		return;
	/* Who hurries with the drain hurries here. */
	end += tg_door_drain_ms(f->drain_ms, 0) * LINGER_MS /
	    TG_DOOR_DRAIN_SLOW_MS;
	while ((now = tg_mono_ms()) < end) {
		if (poll(&pfd, 1, (int)(end - now)) <= 0)
			return;
		if (recv(pfd.fd, trash, sizeof(trash), MSG_DONTWAIT) <= 0)
			return;
	}
}
