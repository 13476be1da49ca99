/*
 * The forms in which applications speak to us: the table of their rows.
 */
#include "config.h"

#include "llm/dialect.h"

#include <stddef.h>

const struct tg_dialect tg_dialects[TG_DIALECT__MAX] = {
	[TG_DIALECT_CHAT] = {
		.id		= TG_DIALECT_CHAT,
		.name		= "chat",
		.endpoint	= "/chat/completions",
		.input		= "messages",
		.answer_object	= "chat.completion",
		.chunk_object	= "chat.completion.chunk",
		.input_is_array	= true,
	},
	[TG_DIALECT_COMPLETIONS] = {
		.id		= TG_DIALECT_COMPLETIONS,
		.name		= "completions",
		.endpoint	= "/completions",
		.input		= "prompt",
		.answer_object	= "text_completion",
		.chunk_object	= "text_completion",
	},
	[TG_DIALECT_EMBEDDINGS] = {
		.id		= TG_DIALECT_EMBEDDINGS,
		.name		= "embeddings",
		.endpoint	= "/embeddings",
		.input		= "input",
		.answer_object	= "list",
		.chunk_object	= NULL,
	},
};
