#ifndef TG_LLM_USAGE_H
#define TG_LLM_USAGE_H
/*
 * What an answer used, as disjoint token classes: they add up to what the
 * provider counts.  One reader per provider family, here OpenAI's form with
 * the spellings of its relatives (openai-api.md 4.3 and 15 N4, N12).
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"
#include "llm/price.h"

struct tg_usage {
	int64_t tokens[TG_UNIT__TOKENS];	/* by class, see llm/price.h */
	int64_t reasoning;		/* part of output */
	int64_t total;			/* as reported, -1: not */
	/* usage.cost, TG_COST_NONE: not given */
	int64_t provider_cost_nano;
	bool known;			/* any count was there */
	/* classes do not add up to the total, or one was negative */
	bool odd;
};
#define TG_COST_NONE INT64_MIN

void tg_usage_reset(struct tg_usage *u);
/* raw: the JSON object; embeddings have no completion_tokens. */
void tg_usage_openai(struct tg_usage *u, struct tg_str raw);
#endif
