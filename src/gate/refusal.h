#ifndef TG_GATE_REFUSAL_H
#define TG_GATE_REFUSAL_H
/*
 * What the admission says no with, in LiteLLM's words (litellm-compat.md 3.3,
 * 3.4): call->ad.refusal becomes the request's error.
 */
#include "gate/gate.h"

int tg_refuse(struct tg_call *call);	/* always -1 */
/* LiteLLM's word for whom a limit binds: "api_key", "team" ... */
const char *tg_limit_descriptor(const struct tg_account *a);
#endif
