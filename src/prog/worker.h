#ifndef TG_PROG_WORKER_H
#define TG_PROG_WORKER_H
/*
 * A process that serves: one thread takes connections off the listening
 * socket that all workers share and hands them to a pool, whose threads serve
 * one request each from first byte to settle.  Its main thread only waits for
 * signals.
 */
#include "prog/board.h"
#include "prog/conf.h"
#include "prog/listener.h"

struct tg_worker_conf {
	const struct tg_conf *conf;
	const char *conf_file; /* what -c said, or NULL */
	struct tg_listener *listener;
	struct tg_board *board;
	int slot;
	int master; /* its pid; 0: there is none, this process is alone */
};

/* Cannot serve at all (data folder, key file ...): trying again is no use. */
#define TG_EXIT_SETUP 78

/*
 * Serves until a signal ends it: SIGTERM, SIGINT, SIGUSR1 gracefully.  Returns
 * the exit status.  Signals are blocked already (prog/sandbox.h).
 */
int tg_worker_run(const struct tg_worker_conf *w);
#endif
