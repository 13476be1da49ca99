#ifndef TG_LLM_MODEL_LIST_H
#define TG_LLM_MODEL_LIST_H
/*
 * A provider's answer to GET /models, whichever of the shapes in the field it
 * has: {"data": [...]}, {"models": [...]} (Ollama's own) or a bare list
 * (Together, GitHub).  What is not said is unknown, prices too.
 */
#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "llm/price.h"

#define TG_MOST_LISTED 5000

enum tg_known_yes { TG_NOT_SAID, TG_SAID_YES, TG_SAID_NO };

struct tg_listed_model {
	const char *id;			/* as the provider wants it */
	const char *title;		/* or NULL */
	const char *mode;		/* "chat" "completion" "embedding" */
	bool other;			/* none of these: images, speech */
	int64_t max_input_tokens, max_output_tokens;	/* 0: not said */
	enum tg_known_yes vision, tools;
	int64_t pico[TG_UNIT__MAX];	/* TG_PICO_UNKNOWN: not said */
};
/*
 * Sorted by id, each once, TG_MOST_LISTED at most; in the arena.  -1:
 * TG_E_GARBAGE, it is no such list.
 */
int tg_model_list_read(struct tg_arena *a, struct tg_str json,
    struct tg_listed_model **rows, size_t *n, struct tg_err *e);
#endif
