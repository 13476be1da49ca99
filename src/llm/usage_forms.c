/*
 * The words of usage: one table a family.
 */
#include "config.h"

#include "llm/usage_forms.h"

#define PATHS(table) .paths = table, .n_paths = sizeof(table) / sizeof(*table)
#define LISTS(table) .lists = table, .n_lists = sizeof(table) / sizeof(*table)

static const struct tg_usage_path openai[] = {
	{TG_COUNT_PROMPT, "prompt_tokens"},
	{TG_COUNT_PROMPT, "input_tokens"},
	{TG_COUNT_COMPLETION, "completion_tokens"},
	{TG_COUNT_COMPLETION, "output_tokens"},
	{TG_COUNT_TOTAL, "total_tokens"},
	{TG_COUNT_CACHED, "prompt_tokens_details.cached_tokens"},
	{TG_COUNT_CACHED, "input_tokens_details.cached_tokens"},
	{TG_COUNT_CACHED, "prompt_cache_hit_tokens"},	/* DeepSeek */
	{TG_COUNT_CACHED, "cached_tokens"},		/* Moonshot */
	{TG_COUNT_CACHED, "cache_read_input_tokens"},	/* LiteLLM */
	{TG_COUNT_CACHE_WRITE, "prompt_tokens_details.cache_write_tokens"},
	{TG_COUNT_CACHE_WRITE, "input_tokens_details.cache_write_tokens"},
	{TG_COUNT_CACHE_WRITE, "prompt_tokens_details.cache_creation_tokens"},
	{TG_COUNT_CACHE_WRITE, "cache_creation_input_tokens"},	/* LiteLLM */
	{TG_COUNT_CACHE_WRITE_1H, "cache_creation.ephemeral_1h_input_tokens"},
	{TG_COUNT_AUDIO_INPUT, "prompt_tokens_details.audio_tokens"},
	{TG_COUNT_AUDIO_INPUT, "input_tokens_details.audio_tokens"},
	{TG_COUNT_IMAGE_INPUT, "prompt_tokens_details.image_tokens"},
	{TG_COUNT_IMAGE_INPUT, "input_tokens_details.image_tokens"},
	{TG_COUNT_AUDIO_OUTPUT, "completion_tokens_details.audio_tokens"},
	{TG_COUNT_AUDIO_OUTPUT, "output_tokens_details.audio_tokens"},
	{TG_COUNT_REASONING, "completion_tokens_details.reasoning_tokens"},
	{TG_COUNT_REASONING, "output_tokens_details.reasoning_tokens"},
	{TG_COUNT_REASONING, "reasoning_tokens"},	/* Perplexity */
};

static const struct tg_usage_path anthropic[] = {
	{TG_COUNT_PROMPT, "input_tokens"},
	{TG_COUNT_COMPLETION, "output_tokens"},
	{TG_COUNT_CACHED, "cache_read_input_tokens"},
	{TG_COUNT_CACHE_WRITE, "cache_creation_input_tokens"},
	{TG_COUNT_CACHE_WRITE_1H, "cache_creation.ephemeral_1h_input_tokens"},
	{TG_COUNT_REASONING, "output_tokens_details.thinking_tokens"},
};

static const struct tg_usage_path gemini[] = {
	{TG_COUNT_PROMPT, "promptTokenCount"},
	{TG_COUNT_TOOL_PROMPT, "toolUsePromptTokenCount"},
	{TG_COUNT_COMPLETION, "candidatesTokenCount"},
	{TG_COUNT_TOTAL, "totalTokenCount"},
	{TG_COUNT_CACHED, "cachedContentTokenCount"},
	{TG_COUNT_REASONING, "thoughtsTokenCount"},
};
static const struct tg_usage_list gemini_lists[] = {
	{TG_COUNT_AUDIO_INPUT, "promptTokensDetails", "modality", "AUDIO",
	    "tokenCount"},
	{TG_COUNT_IMAGE_INPUT, "promptTokensDetails", "modality", "IMAGE",
	    "tokenCount"},
	{TG_COUNT_CACHED_AUDIO, "cacheTokensDetails", "modality", "AUDIO",
	    "tokenCount"},
	{TG_COUNT_CACHED_IMAGE, "cacheTokensDetails", "modality", "IMAGE",
	    "tokenCount"},
	{TG_COUNT_AUDIO_OUTPUT, "candidatesTokensDetails", "modality", "AUDIO",
	    "tokenCount"},
};

static const struct tg_usage_path bedrock[] = {
	{TG_COUNT_PROMPT, "inputTokens"},
	{TG_COUNT_COMPLETION, "outputTokens"},
	{TG_COUNT_TOTAL, "totalTokens"},
	{TG_COUNT_CACHED, "cacheReadInputTokens"},
	{TG_COUNT_CACHE_WRITE, "cacheWriteInputTokens"},
};
static const struct tg_usage_list bedrock_lists[] = {
	{TG_COUNT_CACHE_WRITE_1H, "cacheDetails", "ttl", "1h", "inputTokens"},
};

static const struct tg_usage_path ollama[] = {
	{TG_COUNT_PROMPT, "prompt_eval_count"},
	{TG_COUNT_COMPLETION, "eval_count"},
};

/* What is billed is less than what the model saw. */
static const struct tg_usage_path cohere[] = {
	{TG_COUNT_PROMPT, "billed_units.input_tokens"},
	{TG_COUNT_PROMPT, "tokens.input_tokens"},
	{TG_COUNT_COMPLETION, "billed_units.output_tokens"},
	{TG_COUNT_COMPLETION, "tokens.output_tokens"},
	{TG_COUNT_CACHED, "cached_tokens"},
};

const struct tg_usage_words tg_usage_words[TG_USAGE__MAX] = {
	[TG_USAGE_OPENAI] = {PATHS(openai)},
	[TG_USAGE_ANTHROPIC] = {PATHS(anthropic), .cache_apart = true,
	    .rounds = "iterations", .tier = "service_tier"},
	[TG_USAGE_GEMINI] = {PATHS(gemini), LISTS(gemini_lists),
	    .reasoning_apart = true},
	[TG_USAGE_BEDROCK] = {PATHS(bedrock), LISTS(bedrock_lists),
	    .cache_apart = true},
	[TG_USAGE_OLLAMA] = {PATHS(ollama)},
	[TG_USAGE_COHERE] = {PATHS(cohere)},
};
