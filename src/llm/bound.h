#ifndef TG_LLM_BOUND_H
#define TG_LLM_BOUND_H
/*
 * How much a request may use at the most, before it is sent: an upper bound,
 * not a guess.  A byte-level vocabulary makes at most one token of a byte, so
 * the decoded bytes of all text that the model will see bound its tokens;
 * frames, tools and pictures add what the providers are known to add
 * (tokens-and-prices.md 1.5).  The request is weighed once; the bound for each
 * upstream is then a few sums.
 */
#include <stdbool.h>
#include <stdint.h>

#include "llm/view.h"

/* What is in a request, whoever answers it; borrows the view. */
struct tg_weight {
	const struct tg_view *view;
	int64_t text_bytes;	/* decoded */
	int64_t messages;	/* or prompts, or inputs */
	int64_t tools, containers;	/* objects and lists in schemas */
	int64_t prompts;	/* each has its own choices */
	int64_t predicted_bytes;	/* may come back as output besides */
	/* pictures, in the units in which providers count */
	int64_t pictures, tiles, patches, free_patches, gemini_tiles;
	int64_t pixels;
	int64_t audio_ms;
	int64_t file_tokens;	/* of files, pages and their pictures */
	bool whole;		/* may fill the window: video, files by id */
	bool searches;		/* hosted tools may add what they find */
	bool cache_1h;
};
void tg_weight_read(struct tg_weight *w, const struct tg_view *v);

struct tg_bound {
	int64_t input_tokens;	/* at the most, all of them */
	/* of these, at the most */
	int64_t audio_tokens, image_tokens;
	/* what the text alone probably is: bytes/4 rounded up; for estimates */
	int64_t likely_tokens;
	int64_t output_tokens;	/* asked for, of one choice; -1 no maximum */
	/* n (best_of, where that is more), of all prompts together */
	int64_t choices;
	/* output that comes besides: a prediction that is rejected */
	int64_t extra_output_tokens;
	bool audio_output;	/* modalities ask for it */
	bool cache_1h;		/* asks for the hour's cache */
};
/*
 * provider: the upstream's type, upstream_model: its name there, for what they
 * add (unknown ones: the most that any adds).  model_input: the model's
 * window, 0 unknown: no prompt that is answered is longer.
 */
void tg_bound_make(struct tg_bound *b, const struct tg_weight *w,
    const char *provider, const char *upstream_model, int64_t model_input);
#endif
