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
tg_stage tg_admit;	/* may it, now? */
tg_stage tg_route;	/* which deployment */
tg_stage tg_relay;	/* there and back */

/* Closes the books of the call; a call that was never opened has none. */
void tg_settle(struct tg_call *call);
/* Keeps request and answer, as the key's log says. After the caller has all. */
void tg_keep(struct tg_call *call);
/* Opens the caller's stream: a comment that names the call, and these bytes. */
int tg_call_stream(struct tg_call *call, struct tg_str bytes);
enum tg_log_mode tg_call_log(const struct tg_call *call);
struct tg_fetch_pool *tg_gate_pool(struct tg_gate *g);
#endif
