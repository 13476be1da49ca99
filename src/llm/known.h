#ifndef TG_LLM_KNOWN_H
#define TG_LLM_KNOWN_H
/*
 * Providers we know by name (providers.md section 1): where they are, how they
 * take the key, and which environment variable usually holds it.
 */
#include "base/str.h"
#include "llm/view.h"

enum tg_family {
	TG_FAMILY_OPENAI,	/* speaks OpenAI's format */
	TG_FAMILY_ECHO		/* built in, no network */
};

struct tg_known {
	const char *name;	/* "openrouter": also the models' prefix */
	const char *title;	/* "OpenRouter" */
	enum tg_family family;
	const char *base_url;	/* NULL: must be configured */
	const char *key_env;	/* "OPENROUTER_API_KEY", NULL: none */
	/* "OLLAMA_HOST": its address; where it is named, that variable makes
	 * the provider usable and the key is optional, else the key does */
	const char *host_env;
	/* NULL: "Authorization: Bearer ", or "api-key: " */
	const char *auth_header;
	const char *list_url;	/* of its models; NULL: base_url/models */
	enum tg_max_name max_name;	/* providers.md 1, "token field" */
	/* globs of bare names that are its own, NULL-terminated, or NULL */
	const char *const *own_models;
};

extern const struct tg_known tg_known_table[];
extern const int tg_known_count;
const struct tg_known *tg_known_find(struct tg_str name);
/*
 * For an upstream of that type at that address: what speaks OpenAI's format
 * elsewhere takes either name.
 */
enum tg_max_name tg_known_max_name(const char *type, const char *base_url);
#endif
