/*
 * The CGI door: variables from the environment, the body from descriptor 0,
 * the answer to descriptor 1.
 *
 * Servers tell a CGI program in two ways that the caller left: the reader of
 * its output goes away, or they send SIGTERM (webservers.md 4).  An epoll
 * descriptor over both makes one thing to watch.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#ifndef _GNU_SOURCE
#define _GNU_SOURCE 1	/* pipe2 */
#endif
#include "net/door.h"

#include <sys/epoll.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"

#define DRAIN_STALL_MS	2000
#define DRAIN_BYTES	(64L * 1024 * 1024)
/* What poll() calls writable takes this much without blocking (PIPE_BUF). */
#define WRITE_BYTES	4096

/* Lives as long as the process. */
struct cgi {
	struct tg_door door;
	struct tg_door_fcgi_conf conf;
	int watch;	/* epoll */
	long left;	/* of the body, -1: up to its end */
	int64_t since;	/* of the first read of the body; 0: none yet */
	int64_t bytes;	/* of the body, read so far */
	bool eof, broken, ended;
};

static volatile sig_atomic_t terminated;
static int term_pipe[2] = { -1, -1 };

static const char *cgi_env(struct tg_door *d, const char *name);
static bool cgi_env_at(struct tg_door *d, size_t i, struct tg_str *name,
    const char **value);
static long cgi_read(struct tg_door *d, void *p, size_t n);
static int cgi_write(struct tg_door *d, const void *p, size_t n);
static int cgi_flush(struct tg_door *d);
static int cgi_end(struct tg_door *d);
static int cgi_watch_fd(struct tg_door *d);
static bool cgi_gone(struct tg_door *d);
static void cgi_finish(struct tg_door *d);
static struct cgi *cgi_of(struct tg_door *d);
static void on_term(int signo);
static int catch_term(void);
static int open_watch(void);
static long body_length(void);
static bool ready(int fd, short events, int ms);
static long read_some(struct cgi *c, void *p, size_t n, int ms);
static void drain(struct cgi *c);

static const struct tg_door_ops cgi_ops = {
	.name = "cgi",
	.env = cgi_env,
	.env_at = cgi_env_at,
	.read = cgi_read,
	.write = cgi_write,
	.flush = cgi_flush,
	.end = cgi_end,
	.watch_fd = cgi_watch_fd,
	.gone = cgi_gone,
	.finish = cgi_finish,
};

struct tg_door *
tg_door_cgi_new(const struct tg_door_fcgi_conf *conf)
{
	static struct cgi the_cgi;

	if (catch_term() != 0)
		return NULL;
	the_cgi = (struct cgi){
		.door.ops = &cgi_ops,
		.conf = *conf,
		.watch = open_watch(),
		.left = body_length(),
	};
	return the_cgi.watch < 0 ? NULL : &the_cgi.door;
}

static struct cgi *
cgi_of(struct tg_door *d)
{
	return (struct cgi *)(void *)d;
}

static void
on_term(int signo)
{
	int saved = errno;

	(void)signo;
	terminated = 1;
	if (write(term_pipe[1], "t", 1) < 0)
		errno = 0;	/* full: it was told before */
	errno = saved;
}

/* No SA_RESTART: a read or write that waits has to end. */
static int
catch_term(void)
{
	struct sigaction sa = { .sa_handler = on_term };
	struct sigaction before;

	if (term_pipe[0] < 0 && pipe2(term_pipe, O_CLOEXEC | O_NONBLOCK) != 0)
		return -1;
	sigemptyset(&sa.sa_mask);
	if (sigaction(SIGTERM, &sa, NULL) != 0)
		return -1;
	sigaction(SIGPIPE, NULL, &before);
	if (before.sa_handler == SIG_DFL) {
		sa.sa_handler = SIG_IGN;
		sigaction(SIGPIPE, &sa, NULL);
	}
	return 0;
}

static int
open_watch(void)
{
	struct epoll_event in = { .events = EPOLLIN };
	/*
	 * Errors and hang-ups alone: under mod_cgid descriptor 1 is the
	 * socket that the body came through, half closed behind it.
	 */
	struct epoll_event out = { .events = 0 };
	int fd = epoll_create1(EPOLL_CLOEXEC);

	if (fd < 0)
		return -1;
	(void)epoll_ctl(fd, EPOLL_CTL_ADD, term_pipe[0], &in);
	/* A file cannot be watched, and has nobody who could leave. */
	(void)epoll_ctl(fd, EPOLL_CTL_ADD, STDOUT_FILENO, &out);
	return fd;
}

/* Some servers leave descriptor 0 open behind the body (RFC 3875, 4.2). */
static long
body_length(void)
{
	const char *text = getenv("CONTENT_LENGTH");
	int64_t length;

	if (text == NULL || !tg_str_i64(tg_str(text), &length) || length < 0)
		return -1;
	return (long)length;
}

static const char *
cgi_env(struct tg_door *d, const char *name)
{
	(void)d;
	return getenv(name);
}

static bool
cgi_env_at(struct tg_door *d, size_t i, struct tg_str *name,
    const char **value)
{
	(void)d;
	return environ[i] != NULL &&
	    tg_door_env_split(environ[i], name, value);
}

static bool
ready(int fd, short events, int ms)
{
	struct pollfd pfd = { .fd = fd, .events = events };
	int64_t end = tg_mono_ms() + ms;
	int64_t left = ms;
	int n;

	for (;;) {
		if (terminated)
			return false;
		n = poll(&pfd, 1, ms > 0 ? (int)left : -1);
		if (n > 0)
			return true;
		if (n == 0 || errno != EINTR)
			return false;
		left = end - tg_mono_ms();
		if (left < 0)
			left = 0;
	}
}

static long
read_some(struct cgi *c, void *p, size_t n, int ms)
{
	ssize_t got;

	if (c->eof || c->left == 0 || n == 0) {
		c->eof = true;
		return 0;
	}
	if (c->left > 0 && n > (size_t)c->left)
		n = (size_t)c->left;
	if (!ready(STDIN_FILENO, POLLIN, ms))
		return -1;
	got = read(STDIN_FILENO, p, n);
	if (got < 0)
		return -1;
	if (got == 0)
		c->eof = true;
	if (c->left > 0)
		c->left -= got;
	/* An end before the announced length is a body cut short. */
	return got == 0 && c->left > 0 ? -1 : got;
}

static long
cgi_read(struct tg_door *d, void *p, size_t n)
{
	struct cgi *c = cgi_of(d);
	int64_t now = tg_mono_ms();
	int64_t left;
	long got;

	if (c->since == 0)
		c->since = now;
	left = c->since + tg_door_body_ms(c->conf.body_ms, c->bytes) - now;
	if (left > c->conf.body_ms)
		left = c->conf.body_ms;
	if (left <= 0)
		return -1;
	got = read_some(c, p, n, (int)left);
	if (got > 0)
		c->bytes += got;
	return got;
}

static int
cgi_write(struct tg_door *d, const void *p, size_t n)
{
	struct cgi *c = cgi_of(d);
	const char *at = p;
	ssize_t put;

	if (c->broken || c->ended)
		return -1;
	while (n > 0) {
		put = -1;
		if (ready(STDOUT_FILENO, POLLOUT, c->conf.send_ms))
			put = write(STDOUT_FILENO, at,
			    n < WRITE_BYTES ? n : WRITE_BYTES);
		if (put < 0) {
			c->broken = true;
			return -1;
		}
		at += put;
		n -= (size_t)put;
	}
	return 0;
}

static int
cgi_flush(struct tg_door *d)
{
	return cgi_of(d)->broken ? -1 : 0;
}

/*
 * The server has the whole answer when the descriptor is closed.  /dev/null
 * takes its place: else the next file opened would become descriptor 1, and a
 * stray message would be written into it.
 */
static int
cgi_end(struct tg_door *d)
{
	struct cgi *c = cgi_of(d);
	int null;

	if (c->ended)
		return c->broken ? -1 : 0;
	c->ended = true;
	if (!c->broken && !c->eof)
		drain(c);
	(void)epoll_ctl(c->watch, EPOLL_CTL_DEL, STDOUT_FILENO, NULL);
	null = open("/dev/null", O_WRONLY | O_CLOEXEC);
	if (null >= 0) {
		dup2(null, STDOUT_FILENO);
		close(null);
	}
	return c->broken ? -1 : 0;
}

static int
cgi_watch_fd(struct tg_door *d)
{
	return cgi_of(d)->watch;
}

static bool
cgi_gone(struct tg_door *d)
{
	struct pollfd pfd = { .fd = cgi_of(d)->watch, .events = POLLIN };

	return terminated || cgi_of(d)->broken || poll(&pfd, 1, 0) > 0;
}

/* mod_cgid drops the connection of a program that leaves its body unread. */
static void
drain(struct cgi *c)
{
	int64_t start = tg_mono_ms();
	int64_t bytes = 0, left;
	char trash[16384];
	long got;

	do {
		left = start + tg_door_drain_ms(0, bytes) - tg_mono_ms();
		if (left <= 0)
			return;
		got = read_some(c, trash, sizeof(trash),
		    left < DRAIN_STALL_MS ? (int)left : DRAIN_STALL_MS);
		bytes += got;
	} while (got > 0 && bytes < DRAIN_BYTES);
}

static void
cgi_finish(struct tg_door *d)
{
	(void)cgi_end(d);
}
