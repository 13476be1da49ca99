#ifndef TG_LLM_DIALECT_H
#define TG_LLM_DIALECT_H
/*
 * The forms in which applications speak to us: one row each.  A dialect
 * knows the names of its members; how errors look is web/fault's.
 */
#include <stdbool.h>

enum tg_dialect_id {
	TG_DIALECT_CHAT,
	TG_DIALECT_COMPLETIONS,
	TG_DIALECT_EMBEDDINGS,
	TG_DIALECT__MAX
};

struct tg_dialect {
	enum tg_dialect_id id;
	const char *name;		/* "chat": in rows and logs */
	/* below the upstream's base: "/chat/completions" */
	const char *endpoint;
	/* the member that must be there: "messages" */
	const char *input;
	const char *answer_object;	/* "chat.completion" */
	/* "chat.completion.chunk", NULL: no streams */
	const char *chunk_object;
	bool input_is_array;		/* only an array is right */
};

extern const struct tg_dialect tg_dialects[TG_DIALECT__MAX];
#endif
