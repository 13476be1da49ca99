#ifndef TG_LLM_DATASET_H
#define TG_LLM_DATASET_H
/*
 * A call as an example to learn from: a line of JSONL as OpenAI's fine-tuning
 * takes it (Fine-tuning guide, "Example format"): the messages that were sent
 * and the answer behind them, with the tools.  Pure; no I/O.
 */
#include "base/buf.h"
#include "base/str.h"

enum tg_example {
	TG_EXAMPLE_GOOD,
	TG_EXAMPLE_NOT_KEPT,	/* request or answer is not in the log */
	TG_EXAMPLE_NOT_CHAT,	/* no messages and choices */
	TG_EXAMPLE_NO_ANSWER,	/* it failed, or said nothing */
	TG_EXAMPLE_CUT,		/* the answer ended too early */
	TG_EXAMPLE_MEDIA,	/* sound or files: the format has none */
	TG_EXAMPLE__MAX
};
/*
 * Appends the line with its end to out, or nothing.  An empty view: not kept.
 * GOOD with out->failed: its ceiling.
 */
enum tg_example tg_example_write(struct tg_str request, struct tg_str answer,
    struct tg_buf *out);
/* Why not, as a word for JSON: "not_kept" ... */
const char *tg_example_name(enum tg_example why);
#endif
