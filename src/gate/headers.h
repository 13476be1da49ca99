#ifndef TG_GATE_HEADERS_H
#define TG_GATE_HEADERS_H
/*
 * What an answer's head says of budgets, limits and the way the call took
 * (litellm-compat.md 1.7, 4.1); what is not known is left out.
 */
#include "gate/gate.h"

struct tg_source;

/* Keeps the upstream's own limits, in case the key has none of ours. */
void tg_headers_take(struct tg_call *call, struct tg_source *s);
/* All that is known when the head leaves. */
void tg_headers_begin(struct tg_call *call);
/* After settle, for an answer in one piece. */
void tg_headers_cost(struct tg_call *call);
#endif
