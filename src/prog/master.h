#ifndef TG_PROG_MASTER_H
#define TG_PROG_MASTER_H
/*
 * The process that starts workers and the janitor, brings back who dies, and
 * changes generations: on SIGHUP the configuration is read again, new workers
 * begin, and when one is ready the old ones are told to finish.  It serves
 * nothing and opens no database itself.
 */
#include "prog/conf.h"
#include "prog/listener.h"

/*
 * Until SIGTERM, SIGINT or SIGUSR1, and all children have ended.  Takes conf
 * over; file is what -c said, or NULL.  Returns the exit status.  In a
 * child it returns as well, with the child's.
 */
int tg_master_run(struct tg_conf *conf, const char *file,
    struct tg_listener *l);
#endif
