#ifndef TG_LLM_BOUND_H
#define TG_LLM_BOUND_H
/*
 * How much a request may use at the most, before it is sent: an upper bound,
 * not a guess.  A byte-level vocabulary makes at most one token of a byte, so
 * the decoded bytes of all text that the model will see bound its tokens;
 * frames, tools and pictures add what the providers are known to add
 * (tokens-and-prices.md 1.5).
 */
#include <stdbool.h>
#include <stdint.h>

#include "llm/view.h"

struct tg_bound {
	int64_t input_tokens;	/* at the most */
	/* what the text alone probably is: bytes/4 rounded up; for estimates */
	int64_t likely_tokens;
	int64_t output_tokens;	/* asked for, of one choice; -1 no maximum */
	int64_t choices;	/* n (best_of, where that is more) */
	bool audio_input, image_input;	/* there is some */
	bool audio_output;	/* modalities ask for it */
	bool cache_1h;		/* asks for the hour's cache */
};
/*
 * model_input: the model's window, 0 unknown: no prompt that is answered is
 * longer.  provider: its type, for what it adds.
 */
void tg_bound_read(const struct tg_view *v, const char *provider,
    int64_t model_input, struct tg_bound *b);
#endif
