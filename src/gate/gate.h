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
#include "llm/bound.h"
#include "llm/dialect.h"
#include "llm/usage.h"
#include "llm/view.h"
#include "net/request.h"
#include "store/bodies.h"
#include "store/books.h"
#include "store/who.h"

/* [house], [customers] and [tags]. */
struct tg_house_conf {
	/* what the whole house promises: max_budget, rpm_limit ... */
	struct tg_section promises;
	const char *timezone;		/* of budgets that do not say, or "" */
	int64_t default_output_tokens;	/* where nothing says the most */
	/* for unpriced = ceiling, pico USD a token */
	int64_t ceiling_input, ceiling_output;
	int retries;			/* of the same deployment */
	bool fall_over;			/* to others of the same name */
	bool stream_cost;		/* in the last usage of a stream */
	bool old_words;			/* LiteLLM 1.83's, of refusals */
	const char *customer_headers;	/* names by commas */
	bool customer_create, customer_enforce;
	const char *customer_budget;	/* shared one of new customers */
	const char *trusted;	/* CIDR list: whose headers are believed */
	bool tag_create;
};

struct tg_gate_conf {
	struct tg_catalog_conf catalog;
	struct tg_house_conf house;
	/* comment after this silence, 0 never */
	int keepalive_ms;
	enum tg_log_mode log;		/* for keys that do not say */
	bool log_fixed;			/* the ini file has said so */
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
/* The connections to upstreams that are kept. */
struct tg_fetch_pool *tg_gate_pool(struct tg_gate *g);
const struct tg_gate_conf *tg_gate_settings(const struct tg_gate *g);

/*
 * Who a request is: the key it brings with all it belongs to, each state
 * checked (revoked, blocked, expired, address, team, project, organization,
 * person); rq->err says why not.  The command's own requests (memory door,
 * TOLLGATE_LOCAL) and the key of tollgate.ini are a master without a row.
 * Held for the caller until tg_auth_release().  A request on behalf of a
 * visitor (net/request.h) is that key's or person's, whatever else it brings.
 */
int tg_auth_who(struct tg_gate *g, struct tg_request *rq,
    const struct tg_who **who);
/*
 * The same by a key's token and name (masked) alone: for who has shown it
 * before.
 */
int tg_auth_token(struct tg_gate *g, struct tg_request *rq,
    const struct tg_key *key, const struct tg_who **who);
void tg_auth_release(const struct tg_who *who);
/* The key's text as it came, by any of the headers; empty if none. */
struct tg_str tg_auth_text(struct tg_request *rq);
/*
 * The program's own requests come through memory with TOLLGATE_LOCAL set; with
 * TOLLGATE_DEPLOYMENT they mean that one alone.
 */
bool tg_auth_local(struct tg_request *rq);

#define TG_CALL_TAGS 32		/* more are not booked */

/* A tag of the call: id 0, it is in no book of its own. */
struct tg_call_tag {
	const char *name;
	int64_t id;
};

/* One call on its way; lives on the stack of tg_gate_serve(). */
struct tg_call {
	struct tg_gate *gate;
	struct tg_request *rq;
	const struct tg_gate_hooks *hooks;
	void *ctx;		/* the hooks' own */
	const struct tg_dialect *dialect;
	struct tg_catalog *catalog;
	const struct tg_who *who;	/* NULL: not known */
	enum tg_log_mode log;		/* what is kept of it */
	struct tg_view view;
	/* what the name asked for leads to: by alias, by a budget's switch */
	struct tg_str model;
	/* of the customer, or NULL */
	const char *region, *default_model;
	struct tg_call_tag tags[TG_CALL_TAGS];
	size_t n_tags;
	struct tg_terms terms;		/* all but the candidates' own */
	/* in the order to try, and their quotes */
	const struct tg_deployment **deployments;
	struct tg_candidate *candidates;
	size_t n_candidates;
	struct tg_bound bound;
	struct tg_admission ad;
	const struct tg_deployment *deployment;	/* of this attempt */
	const char *upstream_model;
	struct tg_call_row row;
	bool seen;		/* the view is read */
	bool opened;		/* the row is in the books */
	bool closed;		/* ... and completed, with nothing after it */
	bool sent;		/* this attempt went to an upstream */
	bool content;		/* ... and something of an answer came */
	struct tg_usage usage;
	int64_t streamed_chunks, streamed_bytes; /* of content, this attempt */
	int64_t upstream_us;	/* all attempts together */
	int64_t written_us;	/* last write to the caller, 0 none */
	int64_t queued_at;	/* monotonic, 0: never waited */
	int retries, fallbacks, max_retries;	/* made, made, allowed */
	uint32_t tried;		/* bits: candidates of this call */
	struct tg_standing *standings;	/* as last known, for headers */
	size_t n_standings;
	int64_t key_spent_nano;		/* TG_NANO_NONE: not known */
	/* the upstream's x-ratelimit-*, in headers.c's order, or NULL */
	const char *upstream_rates[6];
	struct tg_prices prices;	/* by which it was billed */
	struct tg_buf out;	/* for the caller, not yet written */
	/* for the log */
	struct tg_buf answer;
	struct tg_buf heads;	/* JSON, see keep.c */
	size_t shared_bytes;	/* of heads */
	struct tg_str upstream_head;	/* lines, of the last attempt */
	struct tg_str fault;	/* inside a stream, without keys */
	const char *said;	/* of attempts before: objects by commas */
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
