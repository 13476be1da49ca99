/*
 * Reading a command line by the table of commands, and the usage.
 */
#include "config.h"

#include "prog/command.h"

#include <stdlib.h>

#include "base/hash.h"
#include "prog/sandbox.h"

/* What stands before and around the command. */
struct globals {
	const char *conf_file;
	bool help, version, json;
	const char *words[96]; /* all that is no global option */
	int n_words;
	const char *wrong;
};

static void read_globals(struct globals *g, int argc, char **argv);
static const struct tg_command *find(const struct globals *g, int *used);
static int read_words(struct tg_cmd *c, const struct globals *g, int from);
static const struct tg_option *find_option(const struct tg_command *command,
    struct tg_str name);
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
	if (g->n_words > 0 && strcmp(g->words[0], "help") == 0) {
		g->help = true;
		memmove(g->words, g->words + 1,
		    (size_t)--g->n_words * sizeof(g->words[0]));
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

static const struct tg_option *
find_option(const struct tg_command *command, struct tg_str name)
{
	const struct tg_option *option;
	int i;

	for (i = 0; i < TG_OPTION_LISTS; i++)
		for (option = command->options[i];
		     option != NULL && option->name != NULL; option++)
			if (tg_str_is(name, option->name))
				return option;
	return NULL;
}

/* --name value, or --name=value. */
static int
read_option(struct tg_cmd *c, const struct globals *g, int *at)
{
	const struct tg_option *option;
	struct tg_str rest = tg_str(g->words[*at]), name;
	bool joined = memchr(rest.p, '=', rest.n) != NULL;

	(void)tg_str_cut(&rest, '=', &name);
	option = find_option(c->command, name);
	if (option == NULL)
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
		fprintf(out, "  %-28s %s\n", words, command->help);
	}
	fputs(
	    "\n  -c FILE                      the configuration; else "
	    "$TOLLGATE_CONFIG,\n"
	    "                               tollgate.ini in $TOLLGATE_DATA or "
	    "in\n"
	    "                               " TG_SYSCONFDIR "/tollgate\n"
	    "  --json                       JSON instead of tables\n"
	    "  -h, --help, help             this; after a command: its "
	    "options\n"
	    "  --version                    the program's version\n\n"
	    "See tollgate(1) and tollgate.ini(5).\n",
	    out);
}

static void
usage_one(FILE *out, const struct tg_command *command)
{
	const struct tg_option *option;
	char words[64];
	int i;

	fprintf(out, "usage: tollgate [-c FILE] %s%s%s [OPTION ...]\n%s\n\n",
	    command->name, command->args != NULL ? " " : "",
	    command->args != NULL ? command->args : "", command->help);
	for (i = 0; i < TG_OPTION_LISTS; i++)
		for (option = command->options[i];
		     option != NULL && option->name != NULL; option++) {
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
