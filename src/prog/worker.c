/*
 * A worker: acceptor thread, waiting room, pool of threads, and a small pool
 * that refuses what is above max_streams.  What is served is web/app's.
 */
#include "config.h"

#include "prog/worker.h"

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/limits.h"
#include "prog/crew.h"
#include "prog/heir.h"
#include "prog/room.h"
#include "prog/sandbox.h"

#define KEEP_IDLE 4
#define IDLE_MS 10000
#define REFUSERS 2
#define REFUSER_QUEUE 512
#define REFUSE_BODY_MS 2000
#define ROOM_MAX 16384
/* So long the acceptor waits itself for bytes that are surely on their way. */
#define SOON_US 200
#define SOON_ROOM 8
#define SETTLE_MS 3000
#define TICK_MS 2000
#define UPKEEP_MS 5000
#define TRIM_STEP 8
/* Open calls that one worker takes before the next one helps; see stand_back */
#define ENOUGH 64
#define STAND_BACK_MS 1000
#define STAND_BACK_US 5000
/* The thread sanitizer keeps its own books on the stack. */
#ifdef __SANITIZE_THREAD__
#define SERVE_STACK (2 * 1024 * 1024)
#else
#define SERVE_STACK TG_THREAD_STACK
#endif
#define ACCEPTOR_STACK (64 * 1024)
#define WAKE_SIGNAL SIGURG

struct worker {
	const struct tg_worker_conf *w;
	const struct tg_prog_conf *prog;
	struct tg_app *app;
	struct tg_crew *crew, *refusers;
	struct tg_room *room;
	pthread_t acceptor;
	atomic_bool stopping, accepting;
	atomic_long served;
	atomic_int peak; /* most busy threads since the last look */
	long served_seen;
	int64_t upkeep_ms;
};

/* What a serving thread keeps for itself. */
struct own {
	struct tg_door *door;
	struct tg_arena *arena;
};

static int open_all(struct worker *k);
static void loop(struct worker *k);
static bool ends(struct worker *k, int sig);
static void tick(struct worker *k);
static int finish(struct worker *k);
static void stop_accepting(struct worker *k);
static void wait_finishing(struct worker *k);
static void *acceptor_main(void *arg);
static void stand_back(struct worker *k);
static bool accept_one(struct worker *k);
static bool is_here(struct worker *k, int fd);
static void dispatch(void *arg, int fd);
static void refuse(struct worker *k, int fd);
static void *own_new(void *arg);
static void *refuser_own_new(void *arg);
static void own_free(void *own);
static void serve(void *arg, void *own, int fd);
static void serve_refusal(void *arg, void *own, int fd);
static void on_wake(int sig);

int
tg_worker_run(const struct tg_worker_conf *w)
{
	struct worker k = { .w = w, .prog = &w->conf->prog };

	tg_log_role("worker");
	/* Many threads, few arenas: memory comes back after a burst. */
	mallopt(M_ARENA_MAX, 2);
	mallopt(M_MMAP_THRESHOLD, 128 * 1024);
	mallopt(M_TRIM_THRESHOLD, 256 * 1024);
	if (open_all(&k) == -1)
		return TG_EXIT_SETUP;
	tg_board_set_state(w->board, w->slot, TG_SLOT_READY);
	if (w->master != 0)
		kill(w->master, SIGUSR2);
	loop(&k);
	return finish(&k);
}

static int
open_all(struct worker *k)
{
	struct tg_app_conf app = k->w->conf->app;
	struct tg_err e = { 0 };
	struct sigaction sa = { .sa_handler = on_wake };
	struct tg_crew_conf crew = {
		.max = k->prog->max_streams,
		.keep = KEEP_IDLE,
		.idle_ms = IDLE_MS,
		.stack_bytes = SERVE_STACK,
		.arg = k,
		.begin = own_new,
		.work = serve,
		.end = own_free,
	};
	pthread_attr_t attr;

	if (tg_door_fcgi_init() == -1) {
		tg_warnx("libfcgi cannot be set up");
		return -1;
	}
	sigemptyset(&sa.sa_mask);
	sigaction(WAKE_SIGNAL, &sa, NULL);
	app.store.threads = true;
	if (tg_app_open(&app, &k->app, &e) == -1) {
		tg_warnx("%s", e.msg);
		return -1;
	}
	k->crew = tg_crew_new(&crew);
	crew.max = REFUSERS;
	crew.keep = 0;
	crew.queue = REFUSER_QUEUE;
	crew.begin = refuser_own_new;
	crew.work = serve_refusal;
	k->refusers = tg_crew_new(&crew);
	k->room = tg_room_new(ROOM_MAX, k->prog->body_ms, dispatch, k);
	if (k->crew == NULL || k->refusers == NULL || k->room == NULL)
		tg_fatal("no memory or no threads to begin with");
	k->accepting = true;
	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, ACCEPTOR_STACK);
	errno = pthread_create(&k->acceptor, &attr, acceptor_main, k);
	pthread_attr_destroy(&attr);
	if (errno != 0) {
		tg_warn("cannot start a thread");
		return -1;
	}
	return 0;
}

static void
loop(struct worker *k)
{
	int sig;

	for (;;) {
		sig = tg_signals_wait(TICK_MS);
		if (sig != 0 && ends(k, sig)) {
			/* All go on accepting until that is settled. */
			if (k->w->master != 0)
				tg_heir_see_to(k->w);
			return;
		}
		if (!k->accepting) {
			tg_warnx("the listening socket is of no use any more");
			return;
		}
		if (sig == 0)
			tick(k);
	}
}

static bool
ends(struct worker *k, int sig)
{
	switch (sig) {
	case SIGTERM:
	case SIGINT:
	case SIGUSR1:
		return true;
	case SIGHUP:
		if (k->w->master == 0)
			tg_warnx("SIGHUP: without a master (workers = 0) a "
				 "new configuration needs a new start");
		return false;
	default:
		return false;
	}
}

/* Gives back what a burst has taken; alone, also keeps the house. */
static void
tick(struct worker *k)
{
	int busy = tg_crew_busy(k->crew), peak = k->peak;
	long served = k->served;
	int ended = tg_crew_tidy(k->crew) + tg_crew_tidy(k->refusers);

	if (ended > 0 || busy + TRIM_STEP <= peak ||
	    (busy == 0 && served != k->served_seen)) {
		malloc_trim(0);
		k->peak = busy;
	}
	if (k->w->master == 0 && served != k->served_seen &&
	    tg_mono_ms() >= k->upkeep_ms) {
		(void)tg_app_upkeep(k->app, true);
		k->upkeep_ms = tg_mono_ms() + UPKEEP_MS;
	}
	k->served_seen = served;
}

/*
 * Graceful end: take no more, let open calls finish until grace_seconds, then
 * end them: streams get an error event, and each settles in the books.
 */
static int
finish(struct worker *k)
{
	bool refused;

	k->stopping = true;
	tg_board_set_state(k->w->board, k->w->slot, TG_SLOT_STOPPING);
	stop_accepting(k);
	tg_room_close(k->room,
	    k->prog->grace_ms < 1000 ? k->prog->grace_ms : 1000);
	/* They may still hand a connection to the crew: so they come first. */
	refused = tg_crew_stop(k->refusers, SETTLE_MS);
	wait_finishing(k);
	if (!tg_crew_stop(k->crew, 0) || !refused) {
		/* Threads still use what would be closed now. */
		tg_warnx("ends with calls open n=%d", tg_crew_busy(k->crew));
		_exit(0);
	}
	tg_crew_free(k->crew);
	tg_crew_free(k->refusers);
	tg_app_close(k->app);
	return 0;
}

/* A signal may come just before accept(2) begins: so until it is heard. */
static void
stop_accepting(struct worker *k)
{
	while (k->accepting) {
		pthread_kill(k->acceptor, WAKE_SIGNAL);
		usleep(1000);
	}
	pthread_join(k->acceptor, NULL);
	/* Others may still accept on it; nobody keeps it open through us. */
	tg_listener_close(k->w->listener);
}

/* With a master, it is the one who loses patience. */
static void
wait_finishing(struct worker *k)
{
	int64_t end = tg_mono_ms() + k->prog->grace_ms;
	int sig;

	while (!tg_crew_stop(k->crew, 50)) {
		if (tg_mono_ms() >= end)
			break;
		sig = tg_signals_wait(0);
		if (k->w->master == 0 && (sig == SIGTERM || sig == SIGINT))
			break;
	}
	if (tg_crew_stop(k->crew, 0))
		return;
	tg_info("grace is over, open calls are cut n=%d",
	    tg_crew_busy(k->crew));
	/* Shut for reading, they still take the error event of a stream. */
	tg_app_stop(k->app);
	tg_crew_cut(k->crew, SHUT_RD);
	if (tg_crew_stop(k->crew, SETTLE_MS / 2))
		return;
	tg_crew_cut(k->crew, SHUT_RDWR);
	(void)tg_crew_stop(k->crew, SETTLE_MS / 2);
}

static void *
acceptor_main(void *arg)
{
	struct worker *k = arg;
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, WAKE_SIGNAL);
	pthread_sigmask(SIG_UNBLOCK, &set, NULL);
	do
		stand_back(k);
	while (!k->stopping && accept_one(k));
	k->accepting = false;
	return NULL;
}

/*
 * While a worker before us has room and takes what comes, it shall have it:
 * calls in one process share their commits.  One that hangs does not take.
 */
static void
stand_back(struct worker *k)
{
	const struct tg_worker_conf *w = k->w;
	struct pollfd p = { .fd = w->listener->fd, .events = POLLIN };
	unsigned long before, after;

	while (!k->stopping &&
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
accept_one(struct worker *k)
{
	struct pollfd p = { .fd = k->w->listener->fd, .events = POLLIN };
	int fd = accept4(k->w->listener->fd, NULL, NULL, SOCK_CLOEXEC);

	if (fd >= 0) {
		tg_board_took(k->w->board, k->w->slot);
		if (is_here(k, fd))
			dispatch(k, fd);
		else if (tg_room_add(k->room, fd) == -1)
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
		tg_room_drop_oldest(k->room);
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
is_here(struct worker *k, int fd)
{
	struct timespec soon = { 0, SOON_US * 1000L };
	struct pollfd p = { .fd = fd, .events = POLLIN };
	char byte;

	if (recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) != -1 ||
	    (errno != EAGAIN && errno != EINTR))
		return true;
	if (tg_room_count(k->room) >= SOON_ROOM)
		return false;
	return ppoll(&p, 1, &soon, NULL) == 1;
}

static void
dispatch(void *arg, int fd)
{
	struct worker *k = arg;
	int busy;

	if (!tg_board_enter(k->w->board, k->w->slot, k->prog->max_streams)) {
		refuse(k, fd);
		return;
	}
	busy = tg_board_busy(k->w->board, k->w->slot);
	if (busy > k->peak)
		k->peak = busy;
	if (tg_crew_give(k->crew, fd) == -1) {
		tg_board_leave(k->w->board, k->w->slot);
		refuse(k, fd);
	}
}

static void
refuse(struct worker *k, int fd)
{
	if (tg_crew_give(k->refusers, fd) == -1)
		close(fd);
}

static void *
own_new(void *arg)
{
	struct worker *k = arg;
	struct tg_door_fcgi_conf conf = { k->prog->body_ms, k->prog->send_ms };
	struct own *own = calloc(1, sizeof(*own));

	if (own == NULL || (own->door = tg_door_fcgi_new(&conf)) == NULL)
		tg_fatal("out of memory");
	own->arena = tg_arena_new(TG_MAX_ARENA);
	return own;
}

static void *
refuser_own_new(void *arg)
{
	struct tg_door_fcgi_conf conf = { REFUSE_BODY_MS, REFUSE_BODY_MS };
	struct own *own = calloc(1, sizeof(*own));

	(void)arg;
	if (own == NULL || (own->door = tg_door_fcgi_new(&conf)) == NULL)
		tg_fatal("out of memory");
	own->arena = tg_arena_new(TG_MAX_ARENA);
	return own;
}

static void
own_free(void *arg)
{
	struct own *own = arg;

	tg_door_fcgi_free(own->door);
	tg_arena_free(own->arena);
	free(own);
}

static void
serve(void *arg, void *own_arg, int fd)
{
	struct worker *k = arg;
	struct own *own = own_arg;

	if (tg_door_fcgi_accept(own->door, fd) == 0)
		tg_app_serve(k->app, own->door, own->arena);
	k->served++;
	tg_board_leave(k->w->board, k->w->slot);
}

/*
 * Who has just got an answer may be back with the next call before the thread
 * that served it has been counted out: so look once more.
 */
static void
serve_refusal(void *arg, void *own_arg, int fd)
{
	struct worker *k = arg;
	struct own *own = own_arg;

	usleep(1000);
	if (tg_board_enter(k->w->board, k->w->slot, k->prog->max_streams)) {
		if (tg_crew_give(k->crew, fd) == 0)
			return;
		tg_board_leave(k->w->board, k->w->slot);
	}
	if (tg_door_fcgi_accept(own->door, fd) == 0)
		tg_app_refuse(k->app, own->door, own->arena, TG_E_BUSY);
}

/* Only there to end a system call. */
static void
on_wake(int sig)
{
	(void)sig;
}
