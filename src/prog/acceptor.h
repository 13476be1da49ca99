#ifndef TG_PROG_ACCEPTOR_H
#define TG_PROG_ACCEPTOR_H
/*
 * Takes connections off the listening socket that all workers share, in a
 * thread of its own, and gives those on which something was said to the
 * worker; silent ones wait in a room (prog/room.h).
 */
#include <stdbool.h>

#include "prog/board.h"
#include "prog/listener.h"
#include "prog/room.h"

struct tg_acceptor;

struct tg_acceptor_conf {
	struct tg_listener *listener;
	struct tg_board *board;
	int slot;
	int silent_ms;		/* the room's patience */
	tg_room_ready_fn *give; /* called in the acceptor's or room's thread */
	void *arg;
};

/* NULL: no memory or no thread, said in the log. */
struct tg_acceptor *tg_acceptor_start(const struct tg_acceptor_conf *conf);
/* False: the listening socket is of no use any more. */
bool tg_acceptor_runs(const struct tg_acceptor *a);
/* Takes no more; those who wait get `ms`.  Frees a, closes the listener. */
void tg_acceptor_stop(struct tg_acceptor *a, int ms);
#endif
