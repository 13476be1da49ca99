#ifndef TG_STORE_SNAPSHOT_H
#define TG_STORE_SNAPSHOT_H
/* A copy of a database file to be sent away. */
#include "store/db.h"

/*
 * A whole copy in the data folder that has no name there any more: it is gone
 * when *fd is closed, or the process ends.  *bytes: its length.  TG_E_STORE: no
 * room for it, for one.
 */
int tg_store_snapshot(struct tg_store *s, enum tg_db_file file, int *fd,
    int64_t *bytes, struct tg_err *e);
#endif
