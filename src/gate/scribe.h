#ifndef TG_GATE_SCRIBE_H
#define TG_GATE_SCRIBE_H
/*
 * Reads calls after they have ended, for who looks things up: which
 * conversation they belong to, their texts for search, which system prompts
 * and tools a program sends.  Follows the ledger, so nothing is missed and
 * nothing read twice; a lag of some seconds is usual.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

struct tg_store;
/*
 * One small slice (some tens of ms; quick: some); 1: more is to do, 0 not, -1
 * failed (it begins there again the next time).
 */
int tg_scribe(struct tg_store *s, bool quick, struct tg_err *e);
/* The same, when it is that time (wall us): a call's body may come late. */
int tg_scribe_then(struct tg_store *s, int64_t now, struct tg_err *e);
#endif
