#ifndef TG_GATE_GATE_H
#define TG_GATE_GATE_H
/*
 * The way through: a call passes the stages auth, admit, route, relay in
 * order; settle runs last, always.  One call, one thread, straight-line code.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "gate/catalog.h"
#include "llm/dialect.h"
#include "llm/usage.h"
#include "llm/view.h"
#include "net/request.h"
#include "store/bodies.h"
#include "store/calls.h"
#include "store/keys.h"

struct tg_gate_conf {
	struct tg_catalog_conf catalog;
	/* comment after this silence, 0 never */
	int keepalive_ms;
	enum tg_log_mode log;		/* for keys that do not say */
	int idle_connections;		/* kept per destination */
	struct tg_secret master_key;	/* from the ini file, or empty */
	struct tg_body_caps caps;
	size_t max_body_bytes;		/* of a request */
	size_t max_answer_bytes;	/* held of an answer */
};

struct tg_gate;
struct tg_gate_hooks;
/* Process lifetime; store and seal are borrowed. */
int tg_gate_open(const struct tg_gate_conf *conf, struct tg_store *store,
    const struct tg_seal *seal, struct tg_gate **out, struct tg_err *e);
void tg_gate_close(struct tg_gate *g);
/*
 * From now on a caller's connection that was shut down for reading means
 * that we end, not that the caller left: open streams get an error event.
 */
void tg_gate_stop(struct tg_gate *g);
bool tg_gate_stopping(const struct tg_gate *g);
/* Gives back what lies idle; every few seconds, from any thread. */
void tg_gate_tidy(struct tg_gate *g);
/* The snapshot in force now, held for the caller. -1: cannot be built. */
int tg_gate_catalog(struct tg_gate *g, struct tg_catalog **c, struct tg_err *e);
struct tg_store *tg_gate_store(struct tg_gate *g);
const struct tg_seal *tg_gate_seal(const struct tg_gate *g);
const struct tg_gate_conf *tg_gate_settings(const struct tg_gate *g);

/*
 * Who a request is: the key it brings, checked; rq->err says why not.  The
 * command's own requests (memory door, TOLLGATE_LOCAL) are the master.
 */
int tg_auth_key(struct tg_gate *g, struct tg_request *rq, struct tg_key *key);
/* The key's text as it came, by any of the headers; empty if none. */
struct tg_str tg_auth_text(struct tg_request *rq);
/* May this key use that model? */
bool tg_auth_model(const struct tg_key *key, struct tg_str model);

/* One call on its way; lives on the stack of tg_gate_serve(). */
struct tg_call {
	struct tg_gate *gate;
	struct tg_request *rq;
	const struct tg_gate_hooks *hooks;
	void *ctx;		/* the hooks' own */
	const struct tg_dialect *dialect;
	struct tg_catalog *catalog;
	struct tg_key key;
	struct tg_view view;
	const struct tg_deployment *deployment;
	const char *upstream_model;
	struct tg_call_row row;
	bool opened;		/* the row is in the books */
	struct tg_usage usage;
	struct tg_buf out;	/* for the caller, not yet written */
	struct tg_buf answer;	/* for the log */
};

/* How the floor above answers; see web/llm.c. */
struct tg_gate_hooks {
	/* Status that rq->err will be answered with. */
	int (*status)(const struct tg_call *call);
	/* Answer with rq->err; nothing was sent before. */
	void (*refuse)(struct tg_call *call);
	/* rq->err as the dialect's event inside a stream. */
	int (*event)(const struct tg_call *call, struct tg_buf *out);
};

/* Serves one call whole, up to letting go of the caller and logging it. */
void tg_gate_serve(struct tg_gate *g, struct tg_request *rq,
    const struct tg_dialect *d, const struct tg_gate_hooks *hooks, void *ctx);
#endif
