/*
 * Providers we know by name: one row each.  A row here makes a provider
 * usable by its key alone; whatever speaks OpenAI's format and has no row is
 * configured with its address.
 */
#include "config.h"

#include "llm/known.h"

#include <stddef.h>

static const char *const openai_models[] = {
	"gpt-*", "chatgpt-*", "o1", "o1-*", "o3", "o3-*", "o4-*", "codex-*",
	"computer-use-*", "text-embedding-*", "text-davinci-*", "davinci-*",
	"babbage-*", "ft:gpt-*", NULL
};
static const char *const deepseek_models[] = {"deepseek-*", NULL};
static const char *const mistral_models[] = {
	"mistral-*", "codestral-*", "devstral-*", "magistral-*",
	"ministral-*", "open-mistral-*", "open-mixtral-*", "pixtral-*",
	"voxtral-*", NULL
};
static const char *const xai_models[] = {"grok-*", NULL};
static const char *const perplexity_models[] = {"sonar", "sonar-*", NULL};
static const char *const moonshot_models[] = {
	"kimi-*", "moonshot-*", NULL
};
static const char *const zai_models[] = {"glm-*", NULL};
static const char *const dashscope_models[] = {
	"qwen-*", "qwen2*", "qwen3*", "qwq-*", "qvq-*", NULL
};
static const char *const volcengine_models[] = {"doubao-*", "ep-*", NULL};
static const char *const minimax_models[] = {
	"MiniMax-*", "minimax-*", NULL
};
static const char *const echo_models[] = {"echo", NULL};

const struct tg_known tg_known_table[] = {
	{
	    .name = "openai",
	    .title = "OpenAI",
	    .max_name = TG_MAX_NEW,
	    .base_url = "https://api.openai.com/v1",
	    .key_env = "OPENAI_API_KEY",
	    .own_models = openai_models,
	},
	{
	    .name = "deepseek",
	    .title = "DeepSeek",
	    .max_name = TG_MAX_OLD,
	    .base_url = "https://api.deepseek.com",
	    .key_env = "DEEPSEEK_API_KEY",
	    .own_models = deepseek_models,
	},
	{
	    .name = "openrouter",
	    .title = "OpenRouter",
	    .base_url = "https://openrouter.ai/api/v1",
	    .key_env = "OPENROUTER_API_KEY",
	},
	{
	    .name = "deepinfra",
	    .title = "DeepInfra",
	    .max_name = TG_MAX_OLD,
	    .base_url = "https://api.deepinfra.com/v1/openai",
	    .key_env = "DEEPINFRA_API_KEY",
	},
	{
	    .name = "groq",
	    .title = "Groq",
	    .max_name = TG_MAX_NEW,
	    .base_url = "https://api.groq.com/openai/v1",
	    .key_env = "GROQ_API_KEY",
	},
	{
	    .name = "mistral",
	    .title = "Mistral",
	    .max_name = TG_MAX_OLD,
	    .base_url = "https://api.mistral.ai/v1",
	    .key_env = "MISTRAL_API_KEY",
	    .own_models = mistral_models,
	},
	{
	    .name = "xai",
	    .title = "xAI",
	    .base_url = "https://api.x.ai/v1",
	    .key_env = "XAI_API_KEY",
	    .own_models = xai_models,
	},
	{
	    .name = "together_ai",
	    .title = "Together",
	    .max_name = TG_MAX_OLD,
	    .base_url = "https://api.together.xyz/v1",
	    .key_env = "TOGETHERAI_API_KEY",
	},
	{
	    .name = "fireworks_ai",
	    .title = "Fireworks",
	    .max_name = TG_MAX_OLD,
	    .base_url = "https://api.fireworks.ai/inference/v1",
	    .key_env = "FIREWORKS_AI_API_KEY",
	},
	{
	    .name = "perplexity",
	    .title = "Perplexity",
	    .max_name = TG_MAX_OLD,
	    .base_url = "https://api.perplexity.ai",
	    .key_env = "PERPLEXITYAI_API_KEY",
	    .own_models = perplexity_models,
	},
	{
	    .name = "cerebras",
	    .title = "Cerebras",
	    .max_name = TG_MAX_NEW,
	    .base_url = "https://api.cerebras.ai/v1",
	    .key_env = "CEREBRAS_API_KEY",
	},
	{
	    .name = "nvidia_nim",
	    .title = "Nvidia NIM",
	    .max_name = TG_MAX_OLD,
	    .base_url = "https://integrate.api.nvidia.com/v1",
	    .key_env = "NVIDIA_NIM_API_KEY",
	},
	{
	    .name = "moonshot",
	    .title = "Moonshot",
	    .base_url = "https://api.moonshot.ai/v1",
	    .key_env = "MOONSHOT_API_KEY",
	    .own_models = moonshot_models,
	},
	{
	    .name = "zai",
	    .title = "Z.ai",
	    .max_name = TG_MAX_OLD,
	    .base_url = "https://api.z.ai/api/paas/v4",
	    .key_env = "ZAI_API_KEY",
	    .own_models = zai_models,
	},
	{
	    .name = "zhipu",
	    .title = "Zhipu (China)",
	    .max_name = TG_MAX_OLD,
	    .base_url = "https://open.bigmodel.cn/api/paas/v4",
	    .key_env = "ZHIPUAI_API_KEY",
	    .own_models = zai_models,
	},
	{
	    .name = "dashscope",
	    .title = "Qwen DashScope",
	    .max_name = TG_MAX_OLD,
	    .base_url = "https://dashscope-intl.aliyuncs.com/"
			"compatible-mode/v1",
	    .key_env = "DASHSCOPE_API_KEY",
	    .own_models = dashscope_models,
	},
	{
	    .name = "siliconflow",
	    .title = "SiliconFlow",
	    .max_name = TG_MAX_OLD,
	    .base_url = "https://api.siliconflow.com/v1",
	    .key_env = "SILICONFLOW_API_KEY",
	},
	{
	    .name = "volcengine",
	    .title = "Volcengine Ark",
	    .base_url = "https://ark.cn-beijing.volces.com/api/v3",
	    .key_env = "VOLCENGINE_API_KEY",
	    .own_models = volcengine_models,
	},
	{
	    .name = "minimax",
	    .title = "MiniMax",
	    .base_url = "https://api.minimax.io/v1",
	    .key_env = "MINIMAX_API_KEY",
	    .own_models = minimax_models,
	},
	{
	    .name = "huggingface",
	    .title = "Hugging Face",
	    .max_name = TG_MAX_OLD,
	    .base_url = "https://router.huggingface.co/v1",
	    .key_env = "HUGGINGFACE_API_KEY",
	},
	{
	    .name = "github",
	    .title = "GitHub Models",
	    .base_url = "https://models.github.ai/inference",
	    .list_url = "https://models.github.ai/catalog/models",
	    .key_env = "GITHUB_API_KEY",
	},
	{
	    .name = "hosted_vllm",
	    .title = "vLLM",
	    .key_env = "HOSTED_VLLM_API_KEY",
	    .host_env = "HOSTED_VLLM_API_BASE",
	},
	{
	    .name = "llamacpp",
	    .title = "llama.cpp server",
	    .max_name = TG_MAX_OLD,
	    .base_url = "http://localhost:8080/v1",
	    .host_env = "LLAMACPP_API_BASE",
	},
	{
	    .name = "lm_studio",
	    .title = "LM Studio",
	    .max_name = TG_MAX_OLD,
	    .base_url = "http://localhost:1234/v1",
	    .key_env = "LM_STUDIO_API_KEY",
	    .host_env = "LM_STUDIO_API_BASE",
	},
	{
	    .name = "ollama",
	    .title = "Ollama",
	    .max_name = TG_MAX_OLD,
	    .base_url = "http://localhost:11434/v1",
	    .key_env = "OLLAMA_API_KEY",
	    .host_env = "OLLAMA_HOST",
	},
	{
	    .name = "custom_openai",
	    .title = "OpenAI-compatible server",
	},
	{
	    .name = "echo",
	    .title = "Echo (built in)",
	    .family = TG_FAMILY_ECHO,
	    .own_models = echo_models,
	},
};

const int tg_known_count =
    (int)(sizeof(tg_known_table) / sizeof(*tg_known_table));

const struct tg_known *
tg_known_find(struct tg_str name)
{
	int i;

	for (i = 0; i < tg_known_count; i++)
		if (tg_str_is(name, tg_known_table[i].name))
			return &tg_known_table[i];
	return NULL;
}

enum tg_max_name
tg_known_max_name(const char *type, const char *base_url)
{
	const struct tg_known *k = tg_known_find(tg_str(type));

	if (k == NULL)
		return TG_MAX_EITHER;
	if (strcmp(k->name, "openai") == 0 && base_url != NULL &&
	    tg_str_ifind(tg_str(base_url), "openai.com/") < 0 &&
	    tg_str_ifind(tg_str(base_url), "openai.azure.com") < 0)
		return TG_MAX_EITHER;
	return k->max_name;
}
