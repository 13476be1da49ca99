/*
 * The made-up house of the demonstration: models, people, teams, keys,
 * budgets, and the words that scripts pick from.
 */
#include "config.h"

#include "prog/demo.h"

const struct tg_demo_model tg_demo_models[] = {
	{ "gpt-5.6-sol", "openai", "chat", "4", "0.40", "20", 620, 85 },
	{ "gpt-5.6-luna", "openai", "chat", "0.20", "0.02", "1.20", 310,
	    160 },
	{ "text-embedding-3-small", "openai", "embedding", "0.02", NULL, "0",
	    120, 1000 },
	{ "claude-sonnet-5", "anthropic", "chat", "3", "0.30", "15", 780,
	    75 },
	{ "claude-haiku-4-5", "anthropic", "chat", "1", "0.10", "5", 420,
	    130 },
	{ "gemini-2.5-flash", "google", "chat", "0.30", "0.03", "2.50", 390,
	    180 },
	{ "qwen3-14b", "ollama", "chat", "0", "0", "0", 240, 38 },
	{ .name = NULL },
};

#define PERSON(id, alias, role) \
	{ 0, "/user/new", "{\"user_id\":\"" id "\",\"user_alias\":\"" alias \
	    "\",\"user_email\":\"" id "@example.net\",\"user_role\":\"" role \
	    "\",\"auto_create_key\":false}" }
#define KEY(day, alias, more) \
	{ day, "/key/generate", "{\"key_alias\":\"" alias "\"," more "}" }

const struct tg_demo_thing tg_demo_things[] = {
	{ 0, "/budget/new", "{\"budget_id\":\"customer-small\","
	    "\"max_budget\":0.5,\"budget_duration\":\"month\","
	    "\"rpm_limit\":20}" },
	PERSON("anna", "Anna Lindqvist", "proxy_admin"),
	PERSON("joao", "João Azevedo", "internal_user"),
	PERSON("mei", "陳美玲", "internal_user"),
	PERSON("kenji", "佐藤健二", "internal_user"),
	PERSON("tom", "Tom Okafor", "internal_user"),
	PERSON("zoe", "Zoë Martin", "internal_user_viewer"),
	{ 0, "/team/new", "{\"team_id\":\"platform\",\"team_alias\":"
	    "\"Platform\",\"max_budget\":40,\"budget_duration\":\"month\","
	    "\"members_with_roles\":[{\"role\":\"admin\",\"user_id\":"
	    "\"anna\"},{\"role\":\"user\",\"user_id\":\"joao\"},"
	    "{\"role\":\"user\",\"user_id\":\"tom\"}]}" },
	{ 0, "/team/new", "{\"team_id\":\"support\",\"team_alias\":"
	    "\"Customer support\",\"max_budget\":1.5,\"budget_duration\":"
	    "\"month\",\"members_with_roles\":[{\"role\":\"admin\","
	    "\"user_id\":\"mei\"}]}" },
	{ 0, "/team/new", "{\"team_id\":\"research\",\"team_alias\":"
	    "\"Research\",\"max_budget\":2.5,\"budget_duration\":\"week\","
	    "\"members_with_roles\":[{\"role\":\"admin\",\"user_id\":"
	    "\"kenji\"},{\"role\":\"user\",\"user_id\":\"mei\"}]}" },
	KEY(0, "joao-cline", "\"user_id\":\"joao\",\"team_id\":\"platform\","
	    "\"max_budget\":20,\"budget_duration\":\"month\","
	    "\"rpm_limit\":60"),
	KEY(0, "tom-claude", "\"user_id\":\"tom\",\"team_id\":\"platform\","
	    "\"max_budget\":5,\"budget_duration\":\"week\",\"models\":"
	    "[\"claude-sonnet-5\",\"claude-haiku-4-5\"]"),
	KEY(0, "code-review", "\"team_id\":\"platform\",\"models\":"
	    "[\"gpt-5.6-luna\",\"gpt-5.6-sol\"],\"max_parallel_requests\":8"),
	KEY(0, "support-widget", "\"team_id\":\"support\",\"models\":"
	    "[\"gpt-5.6-luna\",\"gemini-2.5-flash\"],\"rpm_limit\":120"),
	KEY(0, "open-webui", "\"user_id\":\"anna\",\"max_budget\":5,"
	    "\"budget_duration\":\"month\""),
	KEY(0, "home-assistant", "\"user_id\":\"anna\",\"models\":"
	    "[\"qwen3-14b\"],\"log\":\"numbers\""),
	KEY(2, "translate", "\"team_id\":\"support\",\"user_id\":\"mei\","
	    "\"models\":[\"gemini-2.5-flash\",\"gpt-5.6-luna\"]"),
	KEY(3, "docs-index", "\"team_id\":\"research\",\"models\":"
	    "[\"text-embedding-3-small\"],\"tpm_limit\":500000"),
	KEY(9, "kenji-notebook", "\"user_id\":\"kenji\",\"team_id\":"
	    "\"research\",\"max_budget\":1.2,\"budget_duration\":\"week\","
	    "\"duration\":\"90d\""),
	KEY(20, "intern-trial", "\"user_id\":\"zoe\",\"max_budget\":0.25,"
	    "\"blocked\":true"),
	{ .path = NULL },
};

/* Words that scripts leave open. */
static const struct {
	const char *name;
	const char *words[9];
} lists[] = {
	{ "file", { "invoice.py", "parser.c", "session.ts", "router.go",
	    "report.rb", "config.rs", "mailer.php", "cart.js" } },
	{ "thing", { "the total of an invoice", "a date with a time zone",
	    "an empty list", "a name with an accent", "two requests at once",
	    "a retry after a timeout", "a file that is missing",
	    "a very long line" } },
	{ "city", { "Taipei", "Lisbon", "Osaka", "Gothenburg", "Lagos",
	    "Montréal", "Wellington", "Kraków" } },
	{ "order", { "48213", "50117", "47790", "51342", "49928", "50555",
	    "48861", "51007" } },
	{ "product", { "the blue kettle", "a standing desk",
	    "the wool blanket", "two oak shelves", "the desk lamp",
	    "a bread knife", "the tea set", "the reading chair" } },
	{ "room", { "kitchen", "hall", "study", "bedroom", "garage",
	    "garden", "bathroom", "cellar" } },
	{ "topic", { "why the sky is dark at night",
	    "how a heat pump works in winter",
	    "what inflation does to savings",
	    "how bees find their way home",
	    "why bread needs salt", "how tides come about",
	    "what a hash function is", "why cats purr" } },
	{ "n", { "3", "5", "7", "12", "14", "21", "30", "45" } },
	{ .name = NULL },
};

const char *
tg_demo_word(struct tg_str name, uint64_t pick)
{
	for (size_t i = 0; lists[i].name != NULL; i++)
		if (tg_str_is(name, lists[i].name))
			return lists[i].words[(pick >> (i % 3)) % 8];
	return NULL;
}
