#ifndef TG_NET_FETCH_H
#define TG_NET_FETCH_H
/*
 * One call to an upstream (libcurl), driven step by step by the thread that
 * serves the caller, so that a caller who leaves is noticed while we wait.
 *
 * A pool keeps handles with their open connections, last in first out, per
 * destination (scheme, host, port, socket, proxy, CA): a thread takes one, and
 * gives it back when the call ended cleanly; any other end closes the
 * connection at once.  Redirects are never followed.
 * TLS: CAINFO cleared and the hashed CAPATH (/etc/ssl/certs) where it exists:
 * a bundle costs 26 ms of CPU for each new connection; a given ca_file wins.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "net/door.h"

struct tg_fetch_pool;
/*
 * Process lifetime; keeps max_idle handles per destination (four times that in
 * all), idle_s seconds at most.  NULL: libcurl cannot start.
 */
struct tg_fetch_pool *tg_fetch_pool_new(int max_idle, int idle_s);
/* After the last call is closed. */
void tg_fetch_pool_free(struct tg_fetch_pool *p);
/* Closes what is idle too long; calls do it too, so this is for quiet times. */
void tg_fetch_pool_sweep(struct tg_fetch_pool *p);

struct tg_fetch_header {
	/* "Name: value"; may hold a secret: never logged */
	const char *line;
};

/* How a destination is reached; process lifetime or the call's. */
struct tg_fetch_route {
	const char *unix_socket;	/* or NULL */
	/* NULL: from the environment; "": none */
	const char *proxy;
	const char *ca_file;		/* or NULL */
	const char *ca_path;		/* or NULL */
	bool http2;			/* offered over TLS (ALPN) */
	int connect_ms, first_byte_ms, gap_ms, total_ms;	/* 0: none */
	size_t max_answer_bytes;	/* of a body, 0: none */
};

struct tg_fetch_spec {
	const struct tg_fetch_route *route;
	const char *url;		/* absolute http(s) URL */
	const char *method;		/* "POST", "GET" */
	const struct tg_fetch_header *headers;
	size_t n_headers;
	struct tg_str body;		/* borrowed until close */
	struct tg_door *door;		/* the caller to watch, or NULL */
	/*
	 * Called when a connection stands and the request is about to go out;
	 * not 0: it is not sent, and the call fails with the reason that was
	 * noted in the wait's error.  NULL: nobody asks.
	 */
	int (*on_send)(void *arg);
	void *on_send_arg;
};

enum tg_fetch_event {
	TG_FETCH_HEAD,		/* final status and headers are there */
	TG_FETCH_DATA,		/* *data: body bytes, until the next wait */
	TG_FETCH_TICK,		/* tick_ms went by without anything */
	TG_FETCH_GONE,		/* the caller has left */
	TG_FETCH_END,		/* whole body received */
	/*
	 * err: TG_E_CONNECT, _CONNECT_TIME, _FIRST_BYTE_TIME, _GAP_TIME,
	 * _TOTAL_TIME, _CUT, _ANSWER_TOO_LARGE, _GARBAGE (that is no HTTP),
	 * _INTERNAL
	 */
	TG_FETCH_FAILED
};

struct tg_fetch;
/*
 * Nothing is sent before the first wait.  -1: unusable URL or setting.
 * Headers and URL are copied, the body is not; a request body without a
 * Content-Type among the headers goes without one.
 */
int tg_fetch_open(struct tg_fetch_pool *p, const struct tg_fetch_spec *spec,
    struct tg_fetch **out, struct tg_err *e);
/*
 * Goes on until something happens, tick_ms at most (-1: no limit).  HEAD
 * comes once, before any DATA; 1xx answers are not seen.  After GONE or FAILED
 * it says the same again: close it.  The clocks of the route run from open:
 * connect (DNS, TCP, TLS), first_byte (of the answer's body after the request
 * is sent, or of its head when it has no body), gap (between pieces of the
 * body), total.
 *
 * A kept connection that turns out to be dead when it is used is replaced
 * silently, but only within a second of sending and while not a byte of the
 * answer has come: later the upstream may have done the work already.
 */
enum tg_fetch_event tg_fetch_wait(struct tg_fetch *f, int tick_ms,
    struct tg_str *data, struct tg_err *e);
int tg_fetch_status(const struct tg_fetch *f);
/* Header of the answer, name without case; empty if absent; until close. */
struct tg_str tg_fetch_header(const struct tg_fetch *f, const char *name);
/* All of them, a line each ("Name: value\n"), as they came; until close. */
struct tg_str tg_fetch_head(const struct tg_fetch *f);
/* Was anything of the request handed to the network? */
bool tg_fetch_was_sent(const struct tg_fetch *f);
/* After END the connection is kept, else closed at once. */
void tg_fetch_close(struct tg_fetch *f);

/*
 * Sleep that a leaving caller ends: 1 when the time is over, 0 when the caller
 * left.  For the built-in provider, which has no connection.
 */
int tg_wait_caller(struct tg_door *door, int ms);

/*
 * "https://host/base" + path "/chat/completions"; a base without a path gets
 * "/v1" put between when add_v1.  A trailing slash of the base is not
 * doubled, nor is "/v1" when the path begins with it; a query of the base
 * goes to the end.  In the arena of the caller.
 */
struct tg_arena;
char *tg_fetch_url(struct tg_arena *a, struct tg_str base, const char *path,
    bool add_v1);
/* libcurl's version, with its TLS. */
const char *tg_fetch_library(void);
#endif
