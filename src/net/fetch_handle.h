#ifndef TG_NET_FETCH_HANDLE_H
#define TG_NET_FETCH_HANDLE_H
/*
 * Inside of fetch, shared by its files alone: a handle is a libcurl easy
 * handle in a multi of its own, whose connection cache holds the one
 * connection, and what a call needs besides.  A thread owns it from take to
 * give or drop; idle ones belong to the pool.
 */
#include <sys/queue.h>

#include <curl/curl.h>

#include "base/buf.h"
#include "net/fetch.h"

#define TG_FETCH_KEY_BYTES 2048
#define TG_FETCH_HOST_BYTES 256

struct tg_fetch_dest;

struct tg_fetch {
	/* process: kept from call to call */
	CURL *easy;
	CURLM *multi;
	struct tg_fetch_pool *pool;
	struct tg_fetch_dest *dest;
	TAILQ_ENTRY(tg_fetch) by_dest;
	TAILQ_ENTRY(tg_fetch) by_age;
	int64_t idle_since_ms;
	char why[CURL_ERROR_SIZE];	/* libcurl's own words */
	struct tg_buf head;	/* header lines of the answer, each with LF */
	struct tg_buf in;	/* body bytes not yet handed out */

	/* call */
	struct tg_fetch_route route;
	struct tg_door *door;
	int (*on_send)(void *arg);
	void *on_send_arg;
	char host[TG_FETCH_HOST_BYTES];	/* for messages */
	struct curl_slist *fields;	/* nodes and lines in one block */
	size_t fields_bytes;
	int status;
	CURLcode result;	/* once done */
	bool attached;		/* the easy handle is in the multi */
	bool head_ready, head_told, handed, paused;
	bool sent;		/* connected; the request is going out */
	bool done;		/* libcurl is through */
	bool head_over, body_over;	/* above our ceilings */
	bool late_retry;	/* see allow_send() */
	enum tg_fetch_event verdict;	/* of a call that ended otherwise */
	size_t received;	/* bytes of the body */
	int64_t open_ms, sent_ms;
	int64_t progress_ms;	/* last byte of the request that went out */
	int64_t piece_ms;	/* last byte of the body that came in */
	int64_t looked_ms;	/* when the caller was looked at */
	curl_off_t uploaded;
};

/* --- fetch_pool.c --- */

/* An idle handle of that destination, or a new one; NULL: no memory. */
struct tg_fetch *tg_fetch_take(struct tg_fetch_pool *p, const char *key);
/* Keeps it for the next call; its call must be detached. */
void tg_fetch_give(struct tg_fetch *f);
/* Closes its connection now. */
void tg_fetch_drop(struct tg_fetch *f);
/* The folder of hashed certificates, or NULL. */
const char *tg_fetch_ca_path(const struct tg_fetch_pool *p);

/* --- fetch_setup.c --- */

/* Names the destination, and its host; -1: unusable URL. */
int tg_fetch_name(const struct tg_fetch_spec *spec, char *key, char *host,
    struct tg_err *e);
/* All of libcurl's options for one call. */
int tg_fetch_setup(struct tg_fetch *f, const struct tg_fetch_spec *spec,
    struct tg_err *e);
/* Frees what the setup made, wiped: it holds secrets. */
void tg_fetch_unset(struct tg_fetch *f);

/* --- fetch_fault.c --- */

/* Why a transfer that libcurl ended failed; returns TG_FETCH_FAILED. */
enum tg_fetch_event tg_fetch_blame(struct tg_fetch *f, struct tg_err *e);
/*
 * The next of the four clocks that runs out: its time on the monotonic clock
 * (INT64_MAX: none runs) and its code.
 */
int64_t tg_fetch_deadline(const struct tg_fetch *f, enum tg_code *code);
/* It ran out; returns TG_FETCH_FAILED. */
enum tg_fetch_event tg_fetch_late(struct tg_fetch *f, enum tg_code code,
    struct tg_err *e);
#endif
