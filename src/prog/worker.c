/*
 * A worker: the acceptor gives it connections, a pool of threads serves them,
 * and a small pool refuses what is above max_streams.  What is served is
 * web/app's.
 */
#include "config.h"

#include "prog/worker.h"

#include <malloc.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/limits.h"
#include "prog/acceptor.h"
#include "prog/crew.h"
#include "prog/heir.h"
#include "prog/janitor.h"
#include "prog/sandbox.h"

#define KEEP_IDLE 4
#define IDLE_MS 10000
#define REFUSERS 2
#define REFUSER_QUEUE 512
#define REFUSE_BODY_MS 2000
#define REFUSE_DRAIN_MS 700 /* and lingers for two fifths of that */
#define SETTLE_MS 3000
#define TICK_MS 2000
#define UPKEEP_MS 5000
#define TRIM_STEP 8
/* The thread sanitizer keeps its own books on the stack. */
#ifdef __SANITIZE_THREAD__
#define SERVE_STACK (2 * 1024 * 1024)
#else
#define SERVE_STACK TG_THREAD_STACK
#endif

struct worker {
	const struct tg_worker_conf *w;
	const struct tg_prog_conf *prog;
	struct tg_app *app;
	struct tg_crew *crew, *refusers;
	struct tg_acceptor *acceptor;
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
static void wait_finishing(struct worker *k);
static void dispatch(void *arg, int fd);
static void refuse(struct worker *k, int fd);
static void *own_new(void *arg);
static void *refuser_own_new(void *arg);
static void own_free(void *own);
static void serve(void *arg, void *own, int fd);
static void serve_refusal(void *arg, void *own, int fd);

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
	struct tg_acceptor_conf acceptor = {
		.listener = k->w->listener,
		.board = k->w->board,
		.slot = k->w->slot,
		.silent_ms = k->prog->body_ms,
		.give = dispatch,
		.arg = k,
	};

	if (tg_door_fcgi_init() == -1) {
		tg_warnx("libfcgi cannot be set up");
		return -1;
	}
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
	if (k->crew == NULL || k->refusers == NULL)
		tg_fatal("no memory or no threads to begin with");
	k->acceptor = tg_acceptor_start(&acceptor);
	return k->acceptor != NULL ? 0 : -1;
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
		if (!tg_acceptor_runs(k->acceptor)) {
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

	tg_gate_tidy(tg_app_gate(k->app));
	if (ended > 0 || busy + TRIM_STEP <= peak ||
	    (busy == 0 && served != k->served_seen)) {
		malloc_trim(0);
		k->peak = busy;
	}
	if (k->w->master == 0 && served != k->served_seen &&
	    tg_mono_ms() >= k->upkeep_ms) {
		tg_janitor_slice(k->w->conf, k->app);
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

	tg_board_set_state(k->w->board, k->w->slot, TG_SLOT_STOPPING);
	tg_acceptor_stop(k->acceptor,
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
		if (sig == SIGUSR2 || (k->w->master == 0 &&
		    (sig == SIGTERM || sig == SIGINT)))
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
	tg_door_fcgi_hurry(own->door, REFUSE_DRAIN_MS);
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
