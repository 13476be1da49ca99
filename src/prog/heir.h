#ifndef TG_PROG_HEIR_H
#define TG_PROG_HEIR_H
/*
 * After a master that was killed.  lighttpd, when the gateway that it started
 * dies, tries the socket; as the workers still hold it, that succeeds, and
 * lighttpd takes the gateway for one that somebody else looks after: it will
 * never start one again.  So somebody else it has to be: a worker starts a
 * new master on the same socket, which ends when the web server does.
 */
#include <stdbool.h>
#include <sys/types.h>

#include "prog/listener.h"

/* At start: the web server that is behind us; 0: none that would stay. */
pid_t tg_heir_server(void);
/* Is this process such an heir? */
bool tg_heir_am_i(void);
/* For an heir: is the web server still there? */
bool tg_heir_server_lives(pid_t server);
/*
 * In a worker that was told to end: if it was by the master's death, one of
 * the workers waits a moment for the web server to help itself (by a new
 * socket, or by removing this one), else starts the heir; the others wait
 * for that.
 */
struct tg_worker_conf;
void tg_heir_see_to(const struct tg_worker_conf *w);
#endif
