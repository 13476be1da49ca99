/*
 * The table of commands, and reading a command line by it.
 */
#include "config.h"

#include "prog/command.h"

#include <stdlib.h>

#include "base/hash.h"
#include "prog/sandbox.h"

/* clang-format off */
#define JSON { "--json", NULL, "print JSON" }
#define END { NULL, NULL, NULL }

static const struct tg_option only_json[] = { JSON, END };

static const struct tg_option init_options[] = {
	{ "--admin", "NAME", "name of the first person (admin)" },
	JSON, END };

static const struct tg_option serve_options[] = {
	{ "--socket", "PATH", "listen on this Unix socket, mode 0660" },
	{ "--workers", "N", "worker processes; 0: serve without a master" },
	END };

static const struct tg_option key_create_options[] = {
	{ "--alias", "A", "a name to know it by" },
	{ "--models", "A,B", "models it may use, * as a wildcard; else all" },
	{ "--log", "MODE", "full, numbers or none; else as configured" },
	{ "--duration", "30d", "valid for so long; else for ever" },
	JSON, END };

static const struct tg_option key_list_options[] = {
	{ "--all", NULL, "revoked ones too" },
	JSON, END };

static const struct tg_option provider_add_options[] = {
	{ "--type", "T", "openai, echo or a known name" },
	{ "--base-url", "URL", "where it is, with or without /v1" },
	{ "--api-key", "KEY", "its key; env:NAME, file:PATH or - (asks)" },
	{ "--header", "'N: V'", "one more header, may be repeated" },
	{ "--unix-socket", "PATH", "connect through this socket" },
	{ "--set", "KEY=VALUE", "any setting of [provider:NAME]" },
	JSON, END };

static const struct tg_option model_add_options[] = {
	{ "--provider", "P", "who serves it" },
	{ "--upstream-model", "M", "its name there; else NAME" },
	{ "--price-input", "USD", "per million tokens of input" },
	{ "--price-output", "USD", "per million tokens of output" },
	{ "--price-cache-read", "USD", "per million tokens from the cache" },
	{ "--price-call", "USD", "per call" },
	{ "--mode", "MODE", "chat, completion or embedding" },
	{ "--id", "ID", "an id of your own; else a UUID" },
	{ "--set", "KEY=VALUE", "any setting of [model:NAME]" },
	JSON, END };

static const struct tg_option model_test_options[] = {
	{ "--stream", NULL, "as a stream" },
	{ "--prompt", "TEXT", "what to ask" },
	JSON, END };

static const struct tg_option calls_options[] = {
	{ "--follow", NULL, "go on with what comes" },
	{ "--key", "ID", "of this key: alias, number, hash or name" },
	{ "--model", "M", "asked for this model" },
	{ "--provider", "P", "served by this provider" },
	{ "--status", "S", "answered so: 200, 4xx, 5xx; or ok, failed, open, "
	    "gone, lost" },
	{ "--since", "WHEN", "2h, 7d, or a date" },
	{ "--limit", "N", "the newest N; else 100" },
	JSON, END };

static const struct tg_option call_options[] = {
	{ "--request", NULL, "only the request's body, byte for byte" },
	{ "--answer", NULL, "only the answer's" },
	{ "--curl", NULL, "as a curl command" },
	JSON, END };

static const struct tg_option print_options[] = {
	{ "--sample", NULL, "a sample file with every default" },
	{ "--manual", NULL, "the rows of tollgate.ini(5)" },
	JSON, END };

static const struct tg_option backup_options[] = {
	{ "--log", NULL, "log.db instead of tollgate.db" },
	JSON, END };

static const struct tg_option doctor_options[] = {
	{ "--key", "K", "call with this key; else one for ten minutes is made" },
	JSON, END };

const struct tg_command tg_commands[] = {
	{ "init", NULL, 0, 0, "make the data folder, admin and first keys",
	    init_options, tg_cmd_init },
	{ "serve", NULL, 0, 0, "serve FastCGI, on a socket or as inherited",
	    serve_options, tg_cmd_serve },
	{ "key create", NULL, 0, 0, "make a key; shown once",
	    key_create_options, tg_cmd_key_create },
	{ "key list", NULL, 0, 0, "keys", key_list_options,
	    tg_cmd_key_list },
	{ "key show", "ID", 1, 1, "one key, by alias, number, hash or name",
	    only_json, tg_cmd_key_show },
	{ "key revoke", "ID", 1, 1, "make a key invalid for ever",
	    only_json, tg_cmd_key_revoke },
	{ "provider add", "NAME", 1, 1, "add or change a provider",
	    provider_add_options, tg_cmd_provider_add },
	{ "provider list", NULL, 0, 0, "providers, from file, environment "
	    "and database", only_json, tg_cmd_provider_list },
	{ "provider remove", "NAME", 1, 1, "remove a provider", only_json,
	    tg_cmd_provider_remove },
	{ "model add", "NAME", 1, 1, "add a deployment of a model",
	    model_add_options, tg_cmd_model_add },
	{ "model list", NULL, 0, 0, "models and their deployments",
	    only_json, tg_cmd_model_list },
	{ "model remove", "ID", 1, 1, "remove a deployment, by id or by name",
	    only_json, tg_cmd_model_remove },
	{ "model test", "NAME", 1, 1, "send a tiny call", model_test_options,
	    tg_cmd_model_test },
	{ "calls", NULL, 0, 0, "calls, newest last", calls_options,
	    tg_cmd_calls },
	{ "call", "ID", 1, 1, "one call with request and answer",
	    call_options, tg_cmd_call_show },
	{ "config check", NULL, 0, 0, "read the configuration, tell faults",
	    only_json, tg_cmd_config_check },
	{ "config print", NULL, 0, 0, "what is in force", print_options,
	    tg_cmd_config_print },
	{ "db check", NULL, 0, 0, "is every page and reference sound?",
	    only_json, tg_cmd_db_check },
	{ "db backup", "FILE", 1, 1, "a copy while the gateway runs",
	    backup_options, tg_cmd_db_backup },
	{ "db vacuum", NULL, 0, 0, "give free pages back", only_json,
	    tg_cmd_db_vacuum },
	{ "cron", NULL, 0, 0, "one round of housekeeping (where no master "
	    "runs)", only_json, tg_cmd_cron },
	{ "doctor", "[URL]", 0, 1, "what is wrong, and the lines to add",
	    doctor_options, tg_cmd_doctor },
	{ "version", NULL, 0, 0, "the program's version", only_json,
	    tg_cmd_version },
	{ NULL, NULL, 0, 0, NULL, NULL, NULL },
};

/* clang-format on */

/* What stands before and around the command. */
struct globals {
	const char *conf_file;
	bool help, version, json;
	const char *words[16]; /* all that is no global option */
	int n_words;
	const char *wrong;
};

static void read_globals(struct globals *g, int argc, char **argv);
static const struct tg_command *find(const struct globals *g, int *used);
static int read_words(struct tg_cmd *c, const struct globals *g, int from);
static int read_option(struct tg_cmd *c, const struct globals *g, int *at);
static void usage_all(FILE *out);
static void usage_one(FILE *out, const struct tg_command *command);
static void usage_group(FILE *out, const char *group);
static int unknown(struct tg_cmd *c, const struct globals *g);
static int finish(struct tg_cmd *c, int status);

int
tg_command_main(int argc, char **argv)
{
	struct tg_cmd c = { .out = stdout };
	struct globals g;
	int used, status;

	read_globals(&g, argc, argv);
	c.conf_file = g.conf_file;
	c.json = g.json;
	c.arena = tg_arena_new(256 * 1024 * 1024);
	c.command = find(&g, &used);
	if (g.version) {
		status = tg_cmd_version(&c);
	} else if (g.help && c.command != NULL) {
		usage_one(stdout, c.command);
		status = TG_EXIT_GOOD;
	} else if (g.help || (g.n_words == 0 && g.wrong == NULL)) {
		if (g.n_words > 0)
			usage_group(stdout, g.words[0]);
		else
			usage_all(g.help ? stdout : stderr);
		status = g.help ? TG_EXIT_GOOD : TG_EXIT_USAGE;
	} else if (g.wrong != NULL)
		status = tg_cmd_usage(&c, "%s", g.wrong);
	else if (c.command == NULL)
		status = unknown(&c, &g);
	else if ((status = read_words(&c, &g, used)) == TG_EXIT_GOOD) {
		if (tg_crypto_init() == -1)
			tg_fatal("libsodium cannot be set up");
		status = c.command->run(&c);
	}
	return finish(&c, status);
}

bool
tg_command_is_given(int argc, char **argv)
{
	struct globals g;

	read_globals(&g, argc, argv);
	return g.n_words > 0 || g.help || g.version || g.wrong != NULL;
}

const char *
tg_command_conf_file(int argc, char **argv)
{
	struct globals g;

	read_globals(&g, argc, argv);
	return g.conf_file;
}

static void
read_globals(struct globals *g, int argc, char **argv)
{
	int i;

	*g = (struct globals){ 0 };
	for (i = 1; i < argc; i++) {
		if (strcmp(argv[i], "-c") == 0) {
			if (i + 1 < argc)
				g->conf_file = argv[++i];
			else
				g->wrong = "-c needs a file";
		} else if (strcmp(argv[i], "--json") == 0)
			g->json = true;
		else if (strcmp(argv[i], "-h") == 0 ||
		    strcmp(argv[i], "--help") == 0)
			g->help = true;
		else if (strcmp(argv[i], "--version") == 0)
			g->version = true;
		else if (g->n_words == sizeof(g->words) / sizeof(g->words[0]))
			g->wrong = "too many arguments";
		else
			g->words[g->n_words++] = argv[i];
	}
}

/* One word or two; *used says how many. */
static const struct tg_command *
find(const struct globals *g, int *used)
{
	const struct tg_command *command;
	char two[64];

	for (command = tg_commands; command->name != NULL; command++) {
		if (g->n_words > 0 && strcmp(command->name, g->words[0]) == 0) {
			*used = 1;
			return command;
		}
		if (g->n_words < 2)
			continue;
		snprintf(two, sizeof(two), "%s %s", g->words[0], g->words[1]);
		if (strcmp(command->name, two) == 0) {
			*used = 2;
			return command;
		}
	}
	return NULL;
}

static int
read_words(struct tg_cmd *c, const struct globals *g, int from)
{
	const struct tg_command *command = c->command;
	bool options = true;
	int i, status;

	for (i = from; i < g->n_words; i++) {
		if (options && strcmp(g->words[i], "--") == 0) {
			options = false;
		} else if (options && g->words[i][0] == '-' &&
		    g->words[i][1] != '\0') {
			status = read_option(c, g, &i);
			if (status != TG_EXIT_GOOD)
				return status;
		} else if (c->n_args == command->max_args) {
			return tg_cmd_usage(c, "%s is one argument too many",
			    g->words[i]);
		} else
			c->args[c->n_args++] = g->words[i];
	}
	if (c->n_args < command->min_args)
		return tg_cmd_usage(c, "%s is missing", command->args);
	return TG_EXIT_GOOD;
}

/* --name value, or --name=value. */
static int
read_option(struct tg_cmd *c, const struct globals *g, int *at)
{
	const struct tg_option *option;
	struct tg_str rest = tg_str(g->words[*at]), name;
	bool joined = memchr(rest.p, '=', rest.n) != NULL;

	(void)tg_str_cut(&rest, '=', &name);
	for (option = c->command->options; option->name != NULL; option++)
		if (tg_str_is(name, option->name))
			break;
	if (option->name == NULL)
		return tg_cmd_usage(c, "no such option: %.*s", TG_PRI(name));
	if (c->n_given == TG_MAX_GIVEN)
		return tg_cmd_usage(c, "too many options");
	if (option->arg == NULL && joined)
		return tg_cmd_usage(c, "%s takes no value", option->name);
	c->given[c->n_given].option = option;
	if (option->arg != NULL && joined)
		c->given[c->n_given].value = rest.p;
	else if (option->arg != NULL && *at + 1 < g->n_words)
		c->given[c->n_given].value = g->words[++*at];
	else if (option->arg != NULL)
		return tg_cmd_usage(c, "%s needs a value", option->name);
	c->n_given++;
	return TG_EXIT_GOOD;
}

static void
usage_all(FILE *out)
{
	const struct tg_command *command;
	char words[64];

	fputs("usage: tollgate [-c FILE] COMMAND [--json] ...\n\n", out);
	for (command = tg_commands; command->name != NULL; command++) {
		snprintf(words, sizeof(words), "%s%s%s", command->name,
		    command->args != NULL ? " " : "",
		    command->args != NULL ? command->args : "");
		fprintf(out, "  %-22s %s\n", words, command->help);
	}
	fputs(
	    "\n  -c FILE                the configuration; else "
	    "$TOLLGATE_CONFIG,\n"
	    "                         tollgate.ini in $TOLLGATE_DATA or in " TG_SYSCONFDIR
	    "/tollgate\n"
	    "  --json                 JSON instead of tables\n"
	    "  -h, --help             this; after a command: its options\n"
	    "  --version              the program's version\n\n"
	    "See tollgate(1) and tollgate.ini(5).\n",
	    out);
}

static void
usage_one(FILE *out, const struct tg_command *command)
{
	const struct tg_option *option;
	char words[64];

	fprintf(out, "usage: tollgate [-c FILE] %s%s%s [OPTION ...]\n%s\n\n",
	    command->name, command->args != NULL ? " " : "",
	    command->args != NULL ? command->args : "", command->help);
	for (option = command->options; option->name != NULL; option++) {
		snprintf(words, sizeof(words), "%s%s%s", option->name,
		    option->arg != NULL ? " " : "",
		    option->arg != NULL ? option->arg : "");
		fprintf(out, "  %-24s %s\n", words, option->help);
	}
}

static void
usage_group(FILE *out, const char *group)
{
	const struct tg_command *command;
	size_t n = strlen(group);
	bool any = false;

	for (command = tg_commands; command->name != NULL; command++)
		if (strncmp(command->name, group, n) == 0 &&
		    command->name[n] == ' ') {
			if (any)
				fputc('\n', out);
			usage_one(out, command);
			any = true;
		}
	if (!any)
		usage_all(out);
}

static int
unknown(struct tg_cmd *c, const struct globals *g)
{
	const struct tg_command *command;
	const char *best = NULL;
	char words[64];
	int d, least = 4;
	size_t n = strlen(g->words[0]);

	snprintf(words, sizeof(words), "%s%s%s", g->words[0],
	    g->n_words > 1 ? " " : "", g->n_words > 1 ? g->words[1] : "");
	for (command = tg_commands; command->name != NULL; command++) {
		if (strncmp(command->name, g->words[0], n) == 0 &&
		    command->name[n] == ' ' && g->n_words == 1) {
			if (!c->json)
				usage_group(stderr, g->words[0]);
			return tg_cmd_usage(c, "%s what?", g->words[0]);
		}
		d = tg_conf_distance(words, command->name);
		if (d < least) {
			least = d;
			best = command->name;
		}
	}
	if (best != NULL)
		return tg_cmd_usage(c, "no such command: %s; did you mean %s?",
		    words, best);
	return tg_cmd_usage(c,
	    "no such command: %s; `tollgate --help' lists "
	    "them",
	    words);
}

static int
finish(struct tg_cmd *c, int status)
{
	json_t *j;
	char *text;

	if (c->err.code != TG_OK && status != TG_EXIT_GOOD) {
		if (c->json) {
			j = json_pack("{s:{s:s,s:s}}", "error", "message",
			    c->err.msg, "type", tg_code_name(c->err.code));
			text = json_dumps(j, JSON_COMPACT);
			fprintf(stderr, "%s\n", text != NULL ? text : "{}");
			free(text);
			json_decref(j);
		} else
			fprintf(stderr, "tollgate: %s\n", c->err.msg);
	}
	if (fflush(c->out) == EOF && status == TG_EXIT_GOOD)
		status = TG_EXIT_FAILED;
	tg_app_close(c->app);
	tg_conf_free(c->conf);
	tg_arena_free(c->arena);
	return status;
}
