#ifndef TG_GATE_COST_H
#define TG_GATE_COST_H
/* What an attempt used and what that costs, into call->row. */
#include "gate/gate.h"

/*
 * By the usage that the answer told; where something was made and nothing
 * told, by an estimate (row->estimated); 0 where nothing was made.
 */
void tg_cost_count(struct tg_call *call);
/* Tokens for the limits, after that; -1: not known. */
void tg_cost_used(const struct tg_call *call, int64_t *input,
    int64_t *output);
/*
 * So much of the cost as the price list says, before discount and margin, and
 * these two; false: no cost is known.
 */
bool tg_cost_parts(const struct tg_call *call, int64_t *original,
    int64_t *discount, int64_t *margin);
#endif
