#ifndef TG_NET_DOOR_H
#define TG_NET_DOOR_H
/*
 * What a request comes through and its answer leaves by: FastCGI, CGI, or
 * memory (tests, the command).  A door serves one request.  The four forms
 * differ in how bytes move and in how they learn that the caller has left;
 * everything above sees only this.
 */
#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/str.h"

struct tg_door;

struct tg_door_ops {
	const char *name;
	/* A CGI variable (RFC 3875), or NULL; lives until finish. */
	const char *(*env)(struct tg_door *d, const char *name);
	/*
	 * Body bytes: > 0, 0 at the whole end, -1 when it broke off or came
	 * too slowly.
	 */
	long (*read)(struct tg_door *d, void *p, size_t n);
	/* -1: the caller is gone or does not take it (send_seconds). */
	int (*write)(struct tg_door *d, const void *p, size_t n);
	int (*flush)(struct tg_door *d);
	/*
	 * Drains what is left of the body, as long as that comes quickly; all
	 * is out then, and the server is told that the answer is complete.
	 */
	int (*end)(struct tg_door *d);
	/*
	 * Descriptor to poll with events = POLLIN (so that it fits
	 * curl_multi_poll, which knows no POLLRDHUP), or -1: none.  When it
	 * fires, ask gone(), which also takes away bytes that mean nothing.
	 * Valid once the body is read.
	 */
	int (*watch_fd)(struct tg_door *d);
	/* Has the caller left?  Looks now, without waiting. */
	bool (*gone)(struct tg_door *d);
	/* Ends the answer if it is open, and closes. */
	void (*finish)(struct tg_door *d);
};

struct tg_door {
	const struct tg_door_ops *ops;
};

/* --- FastCGI (libfcgi) --- */
struct tg_door_fcgi_conf {
	int body_ms;	/* longest wait for the next piece of a body */
	int send_ms;	/* longest stall of a write */
};
/*
 * Once per process, before threads.  Leaves SIGTERM and SIGUSR1 as they were
 * (libfcgi takes them), and SIGPIPE too unless it would kill: then ignored.
 */
int tg_door_fcgi_init(void);
/*
 * One object per worker thread, reused after finish: tg_door_fcgi_accept()
 * takes over an accepted connection and reads the request's head; -1: not a
 * request, or it came too slowly (closed, without lingering).
 *
 * Known weakness (webservers.md 1): name or value lengths just under 2^31
 * make libfcgi's malloc fail and its assert end the process.  Only the web
 * server may reach the socket: a unix path, mode 0660.
 */
struct tg_door *tg_door_fcgi_new(const struct tg_door_fcgi_conf *conf);
int tg_door_fcgi_accept(struct tg_door *d, int fd);
void tg_door_fcgi_free(struct tg_door *d);

/*
 * --- CGI: environment, descriptors 0 and 1 ---
 * One per process, made before threads; it stays until the process ends.
 * From then on SIGTERM means that the caller left: it interrupts a read or a
 * write, makes gone() true, and the program ends by itself.  Once the answer
 * has ended, descriptor 1 is /dev/null.  NULL: no descriptors left.
 */
struct tg_door *tg_door_cgi_new(const struct tg_door_fcgi_conf *conf);

/* --- memory --- */
struct tg_door_mem_var {
	const char *name, *value;
};
/*
 * A request from bytes; what is answered is kept in *out as a CGI answer
 * ("Status: 200 OK\r\n...").  All arguments are borrowed until
 * finish; vars ends in a row whose name is NULL.
 */
struct tg_door *tg_door_mem_new(const struct tg_door_mem_var *vars,
    struct tg_str body, struct tg_buf *out);
void tg_door_mem_free(struct tg_door *d);
/* For tests: after this many answered bytes the caller is gone (-1: never). */
void tg_door_mem_leave_after(struct tg_door *d, long bytes);
#endif
