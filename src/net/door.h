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
#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"

struct tg_door;

struct tg_door_ops {
	const char *name;
	/* A CGI variable (RFC 3875), or NULL; lives until finish. */
	const char *(*env)(struct tg_door *d, const char *name);
	/* The i-th of them all; false: there are no more. */
	bool (*env_at)(struct tg_door *d, size_t i, struct tg_str *name,
	    const char **value);
	/*
	 * Body bytes: > 0, 0 at the whole end, -1 when it broke off or came
	 * too slowly.
	 */
	long (*read)(struct tg_door *d, void *p, size_t n);
	/* -1: the caller is gone or does not take it (send_seconds). */
	int (*write)(struct tg_door *d, const void *p, size_t n);
	int (*flush)(struct tg_door *d);
	/*
	 * Drains what is left of the body, see tg_door_drain_ms(); all is out
	 * then, and the server is told that the answer is complete.
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

/* "NAME=value" taken apart, for doors that have their variables so. */
static inline bool
tg_door_env_split(const char *pair, struct tg_str *name, const char **value)
{
	size_t n;

	if (pair == NULL)
		return false;
	n = strcspn(pair, "=");
	*name = (struct tg_str){ pair, n };
	*value = pair[n] == '=' ? pair + n + 1 : "";
	return true;
}

/*
 * --- patience with bodies (FastCGI, CGI) ---
 * A wait for each piece alone would let a caller who sends one byte at a time
 * hold a thread for hours.  So a body also has a pace to keep.
 */
#define TG_DOOR_BODY_RATE	8192	/* bytes/s: slower is a slow body */
#define TG_DOOR_DRAIN_RATE	65536	/* slower is not drained for long */
#define TG_DOOR_DRAIN_MS	30000	/* the most, at that rate */
#define TG_DOOR_DRAIN_SLOW_MS	5000	/* the most, below it */

/* How long so much of a body may have taken since the first read. */
static inline int64_t
tg_door_body_ms(int body_ms, int64_t bytes)
{
	return body_ms + bytes * 1000 / TG_DOOR_BODY_RATE;
}

/* How long draining may have gone on when so much has come; max_ms 0: ours. */
static inline int64_t
tg_door_drain_ms(int max_ms, int64_t bytes)
{
	int64_t max = max_ms > 0 ? max_ms : TG_DOOR_DRAIN_MS;
	int64_t ms = bytes * 1000 / TG_DOOR_DRAIN_RATE;

	if (ms < TG_DOOR_DRAIN_SLOW_MS)
		ms = TG_DOOR_DRAIN_SLOW_MS;
	return ms < max ? ms : max;
}

/* --- FastCGI (libfcgi) --- */
struct tg_door_fcgi_conf {
	int body_ms;	/* longest wait for the next piece of a request */
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
 * make libfcgi's malloc fail and its assert end the process.  Another: inside
 * a head, a record's header or its padding libfcgi waits for each piece anew;
 * web servers send these whole, whatever their callers do.  So only the web
 * server may reach the socket: a unix path, mode 0660.
 */
struct tg_door *tg_door_fcgi_new(const struct tg_door_fcgi_conf *conf);
int tg_door_fcgi_accept(struct tg_door *d, int fd);
/*
 * From now on it drains for drain_ms at most, at whatever rate, and lingers
 * for two fifths of that: for who refuses many.
 */
void tg_door_fcgi_hurry(struct tg_door *d, int drain_ms);
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
/* Of the answer only so many bytes are kept; the rest is taken all the same. */
void tg_door_mem_keep(struct tg_door *d, size_t bytes);
/* For tests: after this many answered bytes the caller is gone (-1: never). */
void tg_door_mem_leave_after(struct tg_door *d, long bytes);
/* The caller is gone from then on (tg_mono_ms()): a request with a deadline. */
void tg_door_mem_leave_at(struct tg_door *d, int64_t mono_ms);
#endif
