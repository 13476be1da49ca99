#ifndef TG_NET_REQUEST_H
#define TG_NET_REQUEST_H
/*
 * One request and the answer to it.  Everything in it lives in the arena of
 * the thread, or in buffers that tg_request_close() frees.
 *
 * Path: routing wants the path below the place where the program is mounted.
 * Servers split SCRIPT_NAME and PATH_INFO differently (spec: only REQUEST_URI
 * is uniform), so: TOLLGATE_BASE_PATH from the request's variables if given;
 * else SCRIPT_NAME when REQUEST_URI starts with it and it is not the whole
 * path (or is, and ends in .cgi or .fcgi); else the folder of a SCRIPT_NAME
 * ending so; else none.  lighttpd without fix-root-scriptname, serving "/",
 * takes the first segment of every path for SCRIPT_NAME: hence 'whole'.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"
#include "net/door.h"

enum tg_method {
	TG_GET,
	TG_HEAD,
	TG_POST,
	TG_PUT,
	TG_PATCH,
	TG_DELETE,
	TG_OPTIONS,
	TG_METHOD_OTHER
};

/*
 * For whom our own pages make a call: who came to them without a key.  Only
 * our code points a request at one; nothing that is sent gets there.
 */
struct tg_behalf {
	int64_t key_id;		/* row of a key, 0: a person's */
	int64_t person;		/* row of subjects */
	const char *call_id;	/* the call's, or NULL: a new one */
};

enum tg_reply_state {
	TG_REPLY_NONE,		/* nothing said yet: a status can be chosen */
	TG_REPLY_STREAM,	/* head is out, body open */
	TG_REPLY_DONE
};

struct tg_request {
	struct tg_door *door;
	struct tg_arena *arena;
	struct tg_err err;
	enum tg_method method;
	struct tg_str path;	/* raw, below the mount, from '/', no query */
	struct tg_str mount;	/* "" or "/llm": what precedes it in URLs */
	struct tg_str whole;	/* both: raw, no query */
	struct tg_str query;	/* raw, without '?' */
	struct tg_str content_type;
	struct tg_str addr;	/* of the caller, see tg_request_trust() */
	struct tg_str agent;	/* User-Agent */
	int64_t length;		/* CONTENT_LENGTH if it is a number, else -1 */
	struct tg_buf body;
	int64_t start_us;	/* monotonic */
	int64_t start_wall_us;
	char id[40];		/* x-request-id, ours */
	const struct tg_behalf *behalf;	/* NULL: the key that is sent */
	bool given;		/* the body is ours: tg_request_give() */
	/* the answer */
	enum tg_reply_state state;
	struct tg_buf head;	/* header lines gathered for it */
	struct tg_str fields;	/* lines that came with its body */
	int status;		/* that was sent, 0: none yet */
	int64_t sent_bytes;	/* of the body */
	bool broken;		/* a write failed: the caller is gone */
	bool finished;		/* the door is done with */
};

/* Reads the head.  -1: malformed, rq->err says why (an answer can be sent). */
int tg_request_open(struct tg_request *rq, struct tg_door *d,
    struct tg_arena *a);
/*
 * Behind these proxies (addresses and CIDR ranges between commas or blanks)
 * the last foreign X-Forwarded-For address is the caller's.  -1: the list is
 * malformed.
 */
int tg_request_trust(struct tg_request *rq, struct tg_str cidr_list);
/* Is the address in such a list?  1 yes, 0 no, -1: the list is malformed. */
int tg_addr_listed(struct tg_str cidr_list, struct tg_str addr);
/*
 * Reads the whole body into rq->body.  Above max_bytes: TG_E_TOO_LARGE, the
 * message names the limit; nothing is kept.  Broken off or too slow:
 * TG_E_SLOW_BODY.
 */
int tg_request_body(struct tg_request *rq, size_t max_bytes);
/* The stages read this for the body, not what came; b is taken over. */
void tg_request_give(struct tg_request *rq, struct tg_buf *b);
/* A header by its HTTP name ("x-api-key"); the empty view if absent. */
struct tg_str tg_request_header(struct tg_request *rq, const char *name);
/*
 * All headers: from *i = 0 on, one a call; the name as the server has made it
 * a variable's, without HTTP_ ("X_API_KEY").  False: no more.
 */
bool tg_request_header_each(struct tg_request *rq, size_t *i,
    struct tg_str *name, struct tg_str *value);
const char *tg_method_name(enum tg_method m);
/*
 * Ends the answer if it is open, drains, and lets go of the caller: after it
 * the door's variables are gone, the request's memory stays.
 */
void tg_request_finish(struct tg_request *rq);
/* Finishes if that was not done, and frees the buffers. */
void tg_request_close(struct tg_request *rq);
/* Has the caller left?  Asks the door. */
bool tg_request_gone(struct tg_request *rq);

/* --- the answer --- */

/*
 * Header for the answer to come.  CR, LF and other control bytes in the
 * value are dropped: values may be foreign.  After the head is out: ignored.
 */
void tg_reply_header(struct tg_request *rq, const char *name,
    const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/*
 * Whole answer: Status, x-request-id, gathered headers, Content-Type (unless
 * NULL), Content-Length, body (not for HEAD), and its end: the caller has it
 * when this returns.  204 and 304 have neither body nor its headers.
 */
int tg_reply_send(struct tg_request *rq, int status, const char *content_type,
    struct tg_str body);
/*
 * Opens a stream: 200, text/event-stream, no-cache, X-Accel-Buffering: no,
 * gathered headers, and the first bytes, flushed together (several servers
 * hold back a head without body).
 */
int tg_reply_stream(struct tg_request *rq, struct tg_str first);
/*
 * The same for a file of unknown length that is to be kept under that name:
 * parts follow by tg_reply_write().
 */
int tg_reply_file(struct tg_request *rq, const char *content_type,
    const char *name);
/* Writes and flushes; -1 when the caller is gone (broken is set). */
int tg_reply_write(struct tg_request *rq, struct tg_str bytes);
/* Ends the stream or the answer; later writes are errors. */
int tg_reply_end(struct tg_request *rq);
#endif
