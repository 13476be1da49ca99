/*
 * The acceptor's thread.  A blocking accept(2), since a poll before each would
 * wake all workers for every connection; a signal ends it.  What happens to a
 * connection afterwards is the worker's.
 */
#include "config.h"

#include "prog/acceptor.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"

#define ROOM_MAX 16384
/* So long the acceptor waits itself for bytes that are surely on their way. */
#define SOON_US 200
#define SOON_ROOM 8
/* Open calls that one worker takes before the next one helps; see stand_back */
#define ENOUGH 64
#define STAND_BACK_MS 1000
#define STAND_BACK_US 5000
#define STACK_BYTES (64 * 1024)
#define WAKE_SIGNAL SIGURG

struct tg_acceptor {
	struct tg_acceptor_conf conf;
	struct tg_room *room;
	pthread_t thread;
	atomic_bool stopping, runs;
};

static int start_thread(struct tg_acceptor *a);
static void *acceptor_main(void *arg);
static void stand_back(struct tg_acceptor *a);
static bool accept_one(struct tg_acceptor *a);
static bool is_here(struct tg_acceptor *a, int fd);
static void on_wake(int sig);

struct tg_acceptor *
tg_acceptor_start(const struct tg_acceptor_conf *conf)
{
	struct tg_acceptor *a = calloc(1, sizeof(*a));
	struct sigaction sa = { .sa_handler = on_wake };

	if (a == NULL)
		return NULL;
	a->conf = *conf;
	sigemptyset(&sa.sa_mask);
	sigaction(WAKE_SIGNAL, &sa, NULL);
	a->room = tg_room_new(
	    ROOM_MAX, conf->silent_ms, conf->give, conf->arg);
	a->runs = true;
	if (a->room == NULL || start_thread(a) == -1) {
		tg_warn("cannot start to accept connections");
		free(a);
		return NULL;
	}
	return a;
}

static int
start_thread(struct tg_acceptor *a)
{
	pthread_attr_t attr;

	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, STACK_BYTES);
	errno = pthread_create(&a->thread, &attr, acceptor_main, a);
	pthread_attr_destroy(&attr);
	return errno == 0 ? 0 : -1;
}

bool
tg_acceptor_runs(const struct tg_acceptor *a)
{
	return a->runs;
}

/* A signal may come just before accept(2) begins: so until it is heard. */
void
tg_acceptor_stop(struct tg_acceptor *a, int ms)
{
	a->stopping = true;
	while (a->runs) {
		pthread_kill(a->thread, WAKE_SIGNAL);
		usleep(1000);
	}
	pthread_join(a->thread, NULL);
	/* Others may still accept on it; nobody keeps it open through us. */
	tg_listener_close(a->conf.listener);
	tg_room_close(a->room, ms);
	free(a);
}

static void *
acceptor_main(void *arg)
{
	struct tg_acceptor *a = arg;
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, WAKE_SIGNAL);
	pthread_sigmask(SIG_UNBLOCK, &set, NULL);
	do
		stand_back(a);
	while (!a->stopping && accept_one(a));
	a->runs = false;
	return NULL;
}

/*
 * While a worker before us has room and takes what comes, it shall have it:
 * calls in one process share their commits.  One that hangs does not take.
 */
static void
stand_back(struct tg_acceptor *a)
{
	const struct tg_acceptor_conf *w = &a->conf;
	struct pollfd p = { .fd = w->listener->fd, .events = POLLIN };
	unsigned long before, after;

	while (!a->stopping &&
	    tg_board_before(w->board, w->slot, ENOUGH, &before)) {
		if (poll(&p, 1, STAND_BACK_MS) != 1)
			continue;
		usleep(STAND_BACK_US);
		if (tg_board_before(w->board, w->slot, ENOUGH, &after) &&
		    after == before && poll(&p, 1, 0) == 1)
			return;
	}
}

/* False: accepting makes no sense any more. */
static bool
accept_one(struct tg_acceptor *a)
{
	struct pollfd p = { .fd = a->conf.listener->fd, .events = POLLIN };
	int fd = accept4(a->conf.listener->fd, NULL, NULL, SOCK_CLOEXEC);

	if (fd >= 0) {
		tg_board_took(a->conf.board, a->conf.slot);
		if (is_here(a, fd))
			a->conf.give(a->conf.arg, fd);
		else if (tg_room_add(a->room, fd) == -1)
			close(fd);
		return true;
	}
	switch (errno) {
	case EAGAIN: /* who opened the socket made it non-blocking */
		poll(&p, 1, -1);
		return true;
	case EMFILE:
	case ENFILE:
	case ENOMEM:
	case ENOBUFS:
		tg_warn("accept");
		tg_room_drop_oldest(a->room);
		usleep(20000);
		return true;
	case EINTR:
	case ECONNABORTED:
	case EPROTO:
		return true;
	default:
		tg_warn("accept");
		return false;
	}
}

/* Are its first bytes there, or will they be in a moment? */
static bool
is_here(struct tg_acceptor *a, int fd)
{
	struct timespec soon = { 0, SOON_US * 1000L };
	struct pollfd p = { .fd = fd, .events = POLLIN };
	char byte;

	if (recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) != -1 ||
	    (errno != EAGAIN && errno != EINTR))
		return true;
	if (tg_room_count(a->room) >= SOON_ROOM)
		return false;
	return ppoll(&p, 1, &soon, NULL) == 1;
}

/* Only there to end a system call. */
static void
on_wake(int sig)
{
	(void)sig;
}
