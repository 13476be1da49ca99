/*
 * The gate itself: what a process keeps for all calls, and the order of the
 * stages for one.  The end of an answer leaves only after settle, so that who
 * has seen the end finds the call in the books.
 */
#include "config.h"

#include "gate/gate.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/log.h"
#include "gate/headers.h"
#include "gate/house.h"
#include "gate/parties.h"
#include "gate/stages.h"
#include "store/db.h"

#define IDLE_CONNECTION_S 60
#define NEVER_MS 3600000

struct tg_gate {
	struct tg_gate_conf conf;
	struct tg_store *store;
	const struct tg_seal *seal;
	struct tg_fetch_pool *pool;
	struct tg_party_cache *parties;
	pthread_mutex_t lock;	/* of catalog and retry_at */
	pthread_mutex_t build;	/* one builder at a time */
	struct tg_catalog *catalog;
	int64_t retry_at;	/* no build before, after a failed one */
	atomic_bool stopping;
};

static const struct {
	const char *name;
	tg_stage *run;
} stages[] = {
	{ "auth", tg_auth },
	{ "intake", tg_intake },
	{ "rights", tg_rights },
	{ "route", tg_route },
	{ "admit", tg_admit },
	{ "relay", tg_relay },
};

static void begin(struct tg_call *, struct tg_gate *, struct tg_request *);
static void deliver(struct tg_call *);
static int send_end(struct tg_call *);
static int send_failure(struct tg_call *);

int
tg_gate_open(const struct tg_gate_conf *conf, struct tg_store *store,
    const struct tg_seal *seal, struct tg_gate **out, struct tg_err *e)
{
	struct tg_gate *g = calloc(1, sizeof(*g));
	struct tg_catalog *c;

	if (g == NULL)
		return tg_fail(e, TG_E_INTERNAL, "out of memory");
	g->conf = *conf;
	g->store = store;
	g->seal = seal;
	pthread_mutex_init(&g->lock, NULL);
	pthread_mutex_init(&g->build, NULL);
	g->pool = tg_fetch_pool_new(conf->idle_connections, IDLE_CONNECTION_S);
	g->parties = tg_party_cache_new();
	if (g->pool == NULL || g->parties == NULL ||
	    tg_gate_catalog(g, &c, e) != 0) {
		tg_gate_close(g);
		return tg_fail(e, TG_E_INTERNAL, "cannot start the gate");
	}
	tg_catalog_release(c);
	*out = g;
	return 0;
}

void
tg_gate_close(struct tg_gate *g)
{
	if (g == NULL)
		return;
	tg_catalog_release(g->catalog);
	tg_fetch_pool_free(g->pool);
	tg_party_cache_free(g->parties);
	pthread_mutex_destroy(&g->lock);
	pthread_mutex_destroy(&g->build);
	free(g);
}

void
tg_gate_stop(struct tg_gate *g)
{
	atomic_store(&g->stopping, true);
}

void
tg_gate_tidy(struct tg_gate *g)
{
	tg_fetch_pool_sweep(g->pool);
}

bool
tg_gate_stopping(const struct tg_gate *g)
{
	return atomic_load(&g->stopping);
}

struct tg_store *
tg_gate_store(struct tg_gate *g)
{
	return g->store;
}

const struct tg_seal *
tg_gate_seal(const struct tg_gate *g)
{
	return g->seal;
}

const struct tg_gate_conf *
tg_gate_settings(const struct tg_gate *g)
{
	return &g->conf;
}

struct tg_fetch_pool *
tg_gate_pool(struct tg_gate *g)
{
	return g->pool;
}

struct tg_party_cache *
tg_gate_parties(struct tg_gate *g)
{
	return g->parties;
}

/* --- the snapshot --- */

/* The one in force, if it is of this version or cannot be renewed now. */
static struct tg_catalog *
current(struct tg_gate *g, int64_t version)
{
	struct tg_catalog *c;

	pthread_mutex_lock(&g->lock);
	c = g->catalog;
	if (c != NULL && version >= 0 && c->version != version &&
	    tg_mono_ms() >= g->retry_at)
		c = NULL;
	if (c != NULL)
		tg_catalog_hold(c);
	pthread_mutex_unlock(&g->lock);
	return c;
}

static void
replace(struct tg_gate *g, struct tg_catalog *fresh)
{
	struct tg_catalog *old;

	pthread_mutex_lock(&g->lock);
	old = g->catalog;
	g->catalog = fresh;
	tg_catalog_hold(fresh);
	pthread_mutex_unlock(&g->lock);
	tg_catalog_release(old);
}

static int
renew(struct tg_gate *g, struct tg_catalog **c, struct tg_err *e)
{
	struct tg_err why = { 0 };

	*c = NULL;
	if (tg_catalog_build(&g->conf.catalog, g->store, g->seal, c, &why) ==
		0 &&
	    tg_house_sync(&g->conf, *c, g->store, &why) == 0) {
		replace(g, *c);
		return 0;
	}
	tg_catalog_release(*c);
	pthread_mutex_lock(&g->lock);
	g->retry_at = tg_mono_ms() + 1000;
	*c = g->catalog;
	if (*c != NULL)
		tg_catalog_hold(*c);
	pthread_mutex_unlock(&g->lock);
	if (*c == NULL)
		return tg_err_pass(e, &why);
	tg_warnx("providers and models not read again why=\"%s\"", why.msg);
	return 0;
}

int
tg_gate_catalog(struct tg_gate *g, struct tg_catalog **c, struct tg_err *e)
{
	int64_t version = tg_store_version(g->store);
	int rc = 0;

	*c = current(g, version);
	if (*c != NULL)
		return 0;
	pthread_mutex_lock(&g->build);
	*c = current(g, version);
	if (*c == NULL)
		rc = renew(g, c, e);
	pthread_mutex_unlock(&g->build);
	return rc;
}

/* --- one call --- */

/* What was read so far took more memory than a request may have. */
static bool
is_too_much(struct tg_request *rq)
{
	if (!tg_arena_over(rq->arena))
		return false;
	(void)tg_fail(&rq->err, TG_E_TOO_LARGE,
	    "Reading the request takes more memory than one may have. Send "
	    "fewer or shorter members.");
	return true;
}

void
tg_gate_serve(struct tg_gate *g, struct tg_request *rq,
    const struct tg_dialect *d, const struct tg_gate_hooks *hooks, void *ctx)
{
	struct tg_call call = { .hooks = hooks, .ctx = ctx, .dialect = d };

	begin(&call, g, rq);
	for (size_t i = 0; i < sizeof(stages) / sizeof(stages[0]); i++)
		if (is_too_much(rq) || stages[i].run(&call) != 0)
			break;
	tg_settle(&call);
	deliver(&call);
	tg_keep_heads(&call);
	tg_request_finish(rq);
	tg_keep(&call);
	tg_buf_free(&call.out);
	tg_buf_free(&call.answer);
	tg_buf_free(&call.heads);
	tg_catalog_release(call.catalog);
	tg_auth_release(call.who);
}

static void
begin(struct tg_call *call, struct tg_gate *g, struct tg_request *rq)
{
	size_t most = g->conf.max_answer_bytes;

	call->gate = g;
	call->rq = rq;
	tg_buf_init(&call->out, most + most / 8 + 64 * 1024);
	tg_buf_init(&call->answer, most);
	tg_usage_reset(&call->usage);
	call->log = g->conf.log;
	call->key_spent_nano = TG_NANO_NONE;
	call->row.attempt = 1;
	call->row.queued_us = call->row.streamed_tokens = -1;
	call->row.cost_nano = TG_COST_UNKNOWN;
	call->row.provider_cost_nano = TG_COST_UNKNOWN;
	call->row.sent_us = call->row.first_byte_us = -1;
	call->row.first_content_us = call->row.end_us = -1;
	if (rq->behalf != NULL && rq->behalf->call_id != NULL)
		(void)snprintf(call->row.id, sizeof(call->row.id), "%s",
		    rq->behalf->call_id);
	else
		tg_uuid7(call->row.id);
	tg_reply_header(rq, "x-tollgate-call", "%s", call->row.id);
	tg_reply_header(rq, "x-litellm-call-id", "%s", call->row.id);
}

int
tg_call_stream(struct tg_call *call, struct tg_str bytes)
{
	struct tg_buf first;
	int rc;

	tg_headers_begin(call);
	tg_buf_init(&first, bytes.n + 256);
	(void)tg_buf_printf(&first, ": tollgate %s\n\n", call->row.id);
	(void)tg_buf_adds(&first, bytes);
	rc = tg_reply_stream(call->rq, tg_buf_str(&first));
	tg_buf_free(&first);
	return rc;
}

int
tg_call_write(struct tg_call *call, struct tg_str bytes)
{
	int rc;

	call->written_us = tg_mono_us();
	if (call->rq->state == TG_REPLY_NONE)
		rc = tg_call_stream(call, bytes);
	else
		rc = tg_reply_write(call->rq, bytes);
	return rc != 0 ? tg_call_gone(call) : 0;
}

int
tg_call_gone(struct tg_call *call)
{
	if (tg_gate_stopping(call->gate) && !call->rq->broken)
		return tg_fail(&call->rq->err, TG_E_STOPPING,
		    "This gateway had to end before the answer was complete. "
		    "Try again in a moment.");
	return tg_fail(&call->rq->err, TG_E_CLIENT_GONE,
	    "The caller left before the answer was complete.");
}

int
tg_call_silence_ms(const struct tg_call *call)
{
	int every = call->gate->conf.keepalive_ms;
	int64_t since, left;

	if (!call->view.stream || every <= 0)
		return NEVER_MS;
	since = call->written_us != 0 ? call->written_us :
					call->rq->start_us;
	left = every - (tg_mono_us() - since) / 1000;
	return left > 1 ? (int)left : 1;
}

/* The end of the answer, or what went wrong: the last the caller sees. */
static void
deliver(struct tg_call *call)
{
	struct tg_request *rq = call->rq;

	if (rq->err.code == TG_E_CLIENT_GONE || rq->broken)
		return;
	if (rq->err.code != TG_OK)
		(void)send_failure(call);
	else
		(void)send_end(call);
}

static int
send_failure(struct tg_call *call)
{
	struct tg_request *rq = call->rq;

	if (rq->state == TG_REPLY_NONE) {
		tg_headers_begin(call);
		call->hooks->refuse(call);
		return 0;
	}
	tg_buf_reset(&call->out);
	if (call->hooks->event(call, &call->out) != 0 ||
	    tg_reply_write(rq, tg_buf_str(&call->out)) != 0)
		return -1;
	return tg_reply_end(rq);
}

static int
send_end(struct tg_call *call)
{
	struct tg_request *rq = call->rq;

	if (!call->view.stream) {
		tg_headers_begin(call);
		tg_headers_cost(call);
		return tg_reply_send(
		    rq, 200, "application/json", tg_buf_str(&call->out));
	}
	if (tg_buf_addc(&call->out, "data: [DONE]\n\n") != 0)
		return -1;
	if (rq->state == TG_REPLY_NONE) {
		if (tg_call_stream(call, tg_buf_str(&call->out)) != 0)
			return -1;
	} else if (tg_reply_write(rq, tg_buf_str(&call->out)) != 0) {
		return -1;
	}
	return tg_reply_end(rq);
}
