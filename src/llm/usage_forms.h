#ifndef TG_LLM_USAGE_FORMS_H
#define TG_LLM_USAGE_FORMS_H
/*
 * How each provider family spells what llm/usage reads; for llm/usage alone.
 */
#include <stdbool.h>
#include <stddef.h>

#include "llm/usage.h"

enum tg_count {
	TG_COUNT_PROMPT,
	TG_COUNT_TOOL_PROMPT,	/* comes on top of the prompt */
	TG_COUNT_COMPLETION,
	TG_COUNT_TOTAL,
	TG_COUNT_CACHED,
	TG_COUNT_CACHED_AUDIO,	/* parts of it */
	TG_COUNT_CACHED_IMAGE,
	TG_COUNT_CACHE_WRITE,	/* of all lives */
	TG_COUNT_CACHE_WRITE_1H,
	TG_COUNT_AUDIO_INPUT,
	TG_COUNT_IMAGE_INPUT,
	TG_COUNT_AUDIO_OUTPUT,
	TG_COUNT_REASONING,
	TG_COUNT__MAX
};

/*
 * Where a count stands: at the top, or a level down ("details.name"); of
 * several rows the first that is there.
 */
struct tg_usage_path {
	enum tg_count count;
	const char *path;
};
/* [{key: value, number: 5}]: those with that value, added up. */
struct tg_usage_list {
	enum tg_count count;
	const char *list, *key, *value, *number;
};
struct tg_usage_words {
	const struct tg_usage_path *paths;
	size_t n_paths;
	const struct tg_usage_list *lists;
	size_t n_lists;
	/* cached tokens are not among the prompt's, nor those written */
	bool cache_apart;
	bool reasoning_apart;	/* nor reasoning among the completion's */
	const char *rounds;	/* a list of usages that make up the whole */
	const char *tier;
};

extern const struct tg_usage_words tg_usage_words[TG_USAGE__MAX];
#endif
