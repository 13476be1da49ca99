/*
 * The sections of tollgate.ini.  Their settings are in conf_table.c.
 */
#include "config.h"

#include "prog/conf_table.h"

/* clang-format off */
const struct tg_conf_section_row tg_conf_sections[] = {
	{ .bit = TG_SECTION_SERVER, .name = "server",
	  .help = "The gateway itself." },
	{ .bit = TG_SECTION_DATABASE, .name = "database",
	  .help = "tollgate.db and log.db in the data folder." },
	{ .bit = TG_SECTION_LOG, .name = "log",
	  .help = "What is kept of requests and answers, and how long." },
	{ .bit = TG_SECTION_HOUSE, .name = "house",
	  .help = "What holds for all calls together, and how they are "
	      "counted." },
	{ .bit = TG_SECTION_CUSTOMERS, .name = "customers",
	  .help = "The end users that calls are made for." },
	{ .bit = TG_SECTION_TAGS, .name = "tags",
	  .help = "Words that calls are booked under besides." },
	{ .bit = TG_SECTION_SIGNIN, .name = "signin",
	  .help = "Who comes to the pages, /admin and /me. docs/pages.md has "
	      "the web servers' lines." },
	{ .bit = TG_SECTION_COMPAT, .name = "compat",
	  .help = "Whose scripts are to be understood." },
	{ .bit = TG_SECTION_UPSTREAM, .name = "upstream",
	  .help = "Defaults for all providers and models." },
	{ .bit = TG_SECTION_PROVIDER, .name = "provider", .named = true,
	  .help = "A place that serves models. A provider known by name "
	      "needs its key only; OPENAI_API_KEY and the like in the "
	      "environment do the same without a line here. All settings of "
	      "[upstream] may stand here too.",
	  .example =
	      "; [provider:openrouter]\n"
	      "; api_key = env:OPENROUTER_API_KEY\n"
	      "\n"
	      "; Any server that speaks OpenAI's format, with or without "
	      "/v1.\n"
	      "; [provider:local]\n"
	      "; type = openai\n"
	      "; base_url = http://127.0.0.1:8000\n"
	      "; header.X-Team = research\n" },
	{ .bit = TG_SECTION_MODEL, .name = "model", .named = true,
	  .help = "A model under the name that callers use. [model:NAME#2] "
	      "is a second deployment of the same name. The four clocks of "
	      "[upstream] may stand here too.",
	  .example =
	      "; [model:fast]\n"
	      "; provider = openrouter\n"
	      "; upstream_model = deepseek/deepseek-chat\n"
	      "; price_input = 0.27\n"
	      "; price_output = 1.10\n"
	      "; price_cache_read = 0.07\n"
	      "; price_input@01:00-04:00 = 0.54   ; in these hours (UTC)\n"
	      "; max_output_tokens = 8192         ; its longest answer\n"
	      "\n"
	      "; A second deployment of the same name shares its load.\n"
	      "; [model:fast#2]\n"
	      "; provider = local\n"
	      "; upstream_model = deepseek-chat\n"
	      "; weight = 1\n"
	      "\n"
	      "; Every model of a provider, under its own name.\n"
	      "; [model:openrouter/*]\n"
	      "; provider = openrouter\n"
	      "; upstream_model = *\n" },
	{ .bit = TG_SECTION_ALERT, .name = "alert", .named = true,
	  .help = "Somebody to tell of events, such as a budget that is 80 % "
	      "spent: one of url, mail and command. tollgate alerts shows "
	      "what was delivered, tollgate alerts test NAME tries it.",
	  .example =
	      "; [alert:ops]\n"
	      "; url = https://hooks.example.org/services/T0/B0/x\n"
	      "; format = slack\n"
	      "\n"
	      "; [alert:boss]\n"
	      "; mail = boss@example.org\n"
	      "; events = budget.threshold\n" },
};
/* clang-format on */

const int tg_conf_sections_count =
    (int)(sizeof(tg_conf_sections) / sizeof(tg_conf_sections[0]));
