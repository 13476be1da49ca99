#ifndef TG_PROG_LISTENER_H
#define TG_PROG_LISTENER_H
/*
 * The listening socket: inherited on descriptor 0 from the web server (or
 * spawn-fcgi) that started us, or a Unix socket of our own.  libfcgi's parser
 * trusts its peer, so a socket that the network reaches is warned of.
 */
#include <stdbool.h>
#include <sys/types.h>

#include "base/err.h"

struct tg_listener {
	int fd;
	char path[108]; /* of a Unix socket, else empty */
	dev_t dev; /* what was bound there at the beginning */
	ino_t ino;
	bool own; /* made by us: unlinked at the end */
	pid_t server; /* who made it and started us; 0: unknown */
};

/* Is descriptor 0 a listening socket? */
bool tg_listener_is_inherited(void);
/* Takes it off descriptor 0, which becomes /dev/null. */
int tg_listener_inherit(struct tg_listener *l, struct tg_err *e);
/*
 * A socket at path, mode 0660.  What a dead process left there is replaced; if
 * somebody listens on it: -1.
 */
int tg_listener_open(struct tg_listener *l, const char *path, struct tg_err *e);
/* Does the path still lead to this socket? */
bool tg_listener_is_there(const struct tg_listener *l);
/* Also unlinks one of our own, if it is still there. */
void tg_listener_close(struct tg_listener *l);
#endif
