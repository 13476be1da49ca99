#ifndef TG_LLM_USAGE_H
#define TG_LLM_USAGE_H
/*
 * What an answer used, as disjoint token classes: they add up to what the
 * provider counts.  One reader, a table of names for each provider family
 * (openai-api.md 4.3 and 15 N4, N12; anthropic.md B; gemini.md B; providers.md
 * 2.11, 3.3, 4.2).
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
	char tier[TG_TIER_BYTES];	/* of service, "" not told */
	bool known;			/* any count was there */
	/* classes do not add up to the total, or one was negative */
	bool odd;
};
#define TG_COST_NONE INT64_MIN

/* In whose words usage is told. */
enum tg_usage_form {
	TG_USAGE_OPENAI,	/* and its relatives; Responses */
	TG_USAGE_ANTHROPIC,
	TG_USAGE_GEMINI,	/* usageMetadata */
	TG_USAGE_BEDROCK,	/* Converse */
	TG_USAGE_OLLAMA,	/* native: the last object itself */
	TG_USAGE_COHERE,
	TG_USAGE__MAX
};

void tg_usage_reset(struct tg_usage *u);
/*
 * raw: the JSON object; embeddings have no completion tokens.  What was there
 * is forgotten, except for a tier that raw does not tell.
 */
void tg_usage_read(struct tg_usage *u, enum tg_usage_form form,
    struct tg_str raw);
/* Raw value of the answer's service_tier; what is no string is not told. */
void tg_usage_tier(struct tg_usage *u, struct tg_str raw);
#endif
