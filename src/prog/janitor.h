#ifndef TG_PROG_JANITOR_H
#define TG_PROG_JANITOR_H
/*
 * The process that keeps house beside the workers: closes rows that the dead
 * left open, prunes the log, brings the WAL back, tells of events.  A lock in
 * the data folder shows that one is at work.
 */
#include "prog/conf.h"

/* Until a signal, or until the master is gone.  Returns the exit status. */
int tg_janitor_run(const struct tg_conf *conf);
/* One round, for `tollgate cron`: until nothing is left or max_ms are over. */
int tg_janitor_round(const struct tg_conf *conf, struct tg_app *app,
    int max_ms);
/* Some milliseconds of it, where no janitor runs: behind a request. */
void tg_janitor_slice(const struct tg_conf *conf, struct tg_app *app);
/* Is one at work on this data folder? */
bool tg_janitor_is_there(const char *dir);
#endif
