#ifndef TG_GATE_SCRIBE_H
#define TG_GATE_SCRIBE_H
/*
 * Reads calls after they have ended, for who looks things up: which
 * conversation they belong to, their texts for search, which system prompts
 * and tools a program sends.  Follows the ledger, so nothing is missed and
 * nothing read twice; a lag of a second is usual.
 */
#include "base/err.h"

struct tg_store;
/*
 * One small slice (some hundred calls, some tens of ms); 1: more is to do, 0
 * not, -1 failed (then it goes on after that call the next time).
 */
int tg_scribe(struct tg_store *s, struct tg_err *e);
#endif
