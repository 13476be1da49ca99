#ifndef TG_GATE_STAGES_H
#define TG_GATE_STAGES_H
/*
 * The stages of a call, for gate.c alone.  Each returns 0 to go on, or -1
 * with the reason in call->rq->err; then the call goes straight to settle.
 */
#include "gate/gate.h"

typedef int tg_stage(struct tg_call *call);

tg_stage tg_auth;	/* the key */
tg_stage tg_intake;	/* body and view */
tg_stage tg_rights;	/* may it have that? */
tg_stage tg_route;	/* which deployments, at what price */
tg_stage tg_admit;	/* does the money last, is it its turn? */
tg_stage tg_relay;	/* there and back */

/* Customer, tags and session: parties.c; the rights' last step. */
tg_stage tg_parties;

/* What the key says goes into the row. */
void tg_call_note_who(struct tg_call *call);
/*
 * Closes the books of the call.  One that was never opened is a refusal: it
 * has a row too, once its key is known.
 */
void tg_settle(struct tg_call *call);
/* Closes an attempt that another follows. */
int tg_settle_attempt(struct tg_call *call);

/*
 * --- keep.c: for the log, as the key says ---
 * Headers, while the door still knows them; request and answer, when the
 * caller has been let go.  Both after the caller has all.
 */
void tg_keep_heads(struct tg_call *call);
void tg_keep(struct tg_call *call);
/* The upstream's head, before its source is closed. */
struct tg_source;
void tg_keep_source(struct tg_call *call, const struct tg_source *s);
/* What the upstream said in an attempt that another follows. */
void tg_keep_attempt(struct tg_call *call);
/* An error inside a stream: what came before it stays the answer. */
void tg_keep_fault(struct tg_call *call, struct tg_str json);
/* The tier of service asked for, "" if none. */
const char *tg_call_tier(const struct tg_call *call);

/* --- queue.c --- */
struct tg_wait {
	int64_t retry_us, queue_ms;
	int position;
};
/*
 * Sleeps until it is worth asking again; the caller's stream is kept alive.
 * After queue_ms the next answer will be the last (ad.may_wait).  -1: the
 * caller left, or we end.
 */
int tg_queue_wait(struct tg_call *call, const struct tg_wait *w);
/* What the key and the request say of it; lower goes first. */
int tg_call_priority(const struct tg_call *call);

/* --- retry.c --- */
/* How many attempts may follow the first. */
void tg_retry_plan(struct tg_call *call);
/*
 * After a failed attempt: true if another one is worth it and stands in the
 * books; the call is then as it was before the first.
 */
bool tg_retry(struct tg_call *call);

/* --- what the stages say to the caller --- */
/* Fails with why nobody can be answered any more: gone, or we end. */
int tg_call_gone(struct tg_call *call);
/* Writes into the caller's stream, opening it if need be; -1: gone. */
int tg_call_write(struct tg_call *call, struct tg_str bytes);
/* How long until a silent stream wants a comment, ms. */
int tg_call_silence_ms(const struct tg_call *call);
/* Opens the caller's stream: a comment that names the call, and these bytes. */
int tg_call_stream(struct tg_call *call, struct tg_str bytes);
struct tg_party_cache *tg_gate_parties(struct tg_gate *g);
#endif
