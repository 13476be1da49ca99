/*
 * Which program calls, by its User-Agent (RFC 9110 10.1.5): the first product
 * without its version; those whose product is not their name are in a table.
 */
#include "config.h"

#include "llm/talk.h"

#include <ctype.h>

#include "base/escape.h"

#define NAME_BYTES 64

/* Found at the beginning; the first that fits. */
static const struct {
	const char *prefix, *name;
} known[] = {
	{ "claude-cli", "Claude Code" },
	{ "claude-code", "Claude Code" },
	{ "codex", "Codex" },
	{ "asyncopenai/", "OpenAI/" },
	{ "asyncazureopenai/", "AzureOpenAI/" },
	{ "asyncanthropic/", "Anthropic/" },
	{ "langchain", "LangChain" },
	{ "litellm", "LiteLLM" },
	{ "open-webui", "Open WebUI" },
	{ "open webui", "Open WebUI" },
	{ "anythingllm", "AnythingLLM" },
	{ "cline", "Cline" },
	{ "roocode", "Roo Code" },
	{ "roo-code", "Roo Code" },
	{ "kilo-code", "Kilo Code" },
	{ "opencode", "OpenCode" },
	{ "geminicli", "Gemini CLI" },
	{ "continue", "Continue" },
	{ "zed", "Zed" },
	{ "aider", "Aider" },
	{ "ai-sdk", "AI SDK" },
	{ "ai/", "AI SDK" },
};

/* Of browsers the name stands behind "Mozilla/5.0 (...)". */
static const struct {
	const char *word, *name;
} browsers[] = {
	{ "Electron/", "Electron" },
	{ "Edg/", "Edge" },
	{ "OPR/", "Opera" },
	{ "Firefox/", "Firefox" },
	{ "Chrome/", "Chrome" },
	{ "Safari/", "Safari" },
};

static struct tg_str product(struct tg_str agent);
static const char *browser(struct tg_str agent);

const char *
tg_talk_program(struct tg_arena *a, struct tg_str agent)
{
	struct tg_str s = tg_str_trim(agent);
	const char *name = NULL;
	char *copy;

	if (tg_str_starts(s, "Mozilla/"))
		name = browser(s);
	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++) {
		size_t n = strlen(known[i].prefix);
		struct tg_str head = { s.p, n };

		if (name != NULL || s.n < n || !tg_str_ieq(head,
		    known[i].prefix))
			continue;
		name = known[i].name;
		if (name[strlen(name) - 1] != '/')
			continue;
		s = product((struct tg_str){ s.p + n, s.n - n });
		return tg_arena_printf(a, "%s%.*s", name, TG_PRI(s));
	}
	if (name != NULL)
		return name;
	s = product(s);
	if (s.n == 0 || !tg_utf8_valid(s))
		return "unknown";
	copy = tg_arena_cstr(a, s);
	for (size_t i = 0; i < s.n; i++)
		if (iscntrl((unsigned char)copy[i]))
			copy[i] = ' ';
	return copy;
}

/*
 * "OpenAI/Python 1.2" and "curl/8.5 x": up to a blank, or to what begins a
 * version.
 */
static struct tg_str
product(struct tg_str agent)
{
	size_t n = 0;

	while (n < agent.n && n < NAME_BYTES && agent.p[n] != ' ' &&
	    agent.p[n] != '(') {
		const char *next = agent.p + n + 1;

		if (agent.p[n] == '/' && (n + 1 == agent.n ||
		    isdigit((unsigned char)*next) || (*next == 'v' &&
		    n + 2 < agent.n && isdigit((unsigned char)next[1]))))
			break;
		n++;
	}
	/* Not within a character. */
	while (n == NAME_BYTES && n > 0 &&
	    ((unsigned char)agent.p[n - 1] & 0x80) != 0)
		n--;
	return (struct tg_str){ agent.p, n };
}

static const char *
browser(struct tg_str agent)
{
	for (size_t i = 0; i < sizeof(browsers) / sizeof(*browsers); i++)
		if (tg_str_find(agent, tg_str(browsers[i].word)) >= 0)
			return browsers[i].name;
	return "Mozilla";
}
