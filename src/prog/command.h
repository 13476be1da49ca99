#ifndef TG_PROG_COMMAND_H
#define TG_PROG_COMMAND_H
/*
 * The program as a command: one table of commands with their options, from
 * which arguments are read and the usage is printed; and what the commands
 * share.  A command builds one JSON value, which is drawn for people or, with
 * --json, printed.
 *
 * A new command: a row in command_table.c, a function in cmd_<group>.c, a line
 * in tollgate(1) and in the bash completion.
 */
#include <stdbool.h>
#include <stdio.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/jtree.h"
#include "prog/conf.h"
#include "prog/table.h"

/* Exit statuses. */
enum { TG_EXIT_GOOD = 0,
	TG_EXIT_FAILED = 1,
	TG_EXIT_USAGE = 2 };

/* What an option's value is, in the member that it fills. */
enum tg_option_kind {
	TG_OPTION_OWN, /* the command reads it itself */
	TG_OPTION_TEXT,
	TG_OPTION_WORD, /* as TEXT, but none is a word like others */
	TG_OPTION_NUMBER, /* not negative */
	TG_OPTION_WHOLE,
	TG_OPTION_USD,
	TG_OPTION_LIST, /* by commas; may be repeated */
	TG_OPTION_TRUE /* takes no value */
};
struct tg_option {
	const char *name; /* "--alias"; NULL ends the list */
	const char *arg; /* "A" in the usage, NULL: takes none */
	const char *help;
	const char *member; /* of a body or of settings; NULL for OWN */
	enum tg_option_kind kind;
};
#define TG_OPTION_LISTS 3

struct tg_cmd;
/* Returns the exit status; on failure c->err says why, and is printed. */
typedef int tg_command_fn(struct tg_cmd *c);

struct tg_command {
	const char *name; /* "key create" */
	const char *args; /* "ID", "[FILE]" or NULL */
	int min_args, max_args;
	const char *help;
	tg_command_fn *run;
	const struct tg_option *options[TG_OPTION_LISTS]; /* NULL: none */
	const struct tg_noun *noun; /* see cmd_entity.h, or NULL */
};
extern const struct tg_command tg_commands[];

#define TG_MAX_GIVEN 64

struct tg_cmd {
	const struct tg_command *command;
	const char *conf_file; /* -c */
	bool json;
	const char *args[4];
	int n_args;
	struct {
		const struct tg_option *option;
		const char *value;
	} given[TG_MAX_GIVEN];
	int n_given;
	FILE *out;
	struct tg_arena *arena;
	struct tg_err err;
	struct tg_conf *conf; /* see tg_cmd_conf() */
	struct tg_app *app; /* see tg_cmd_app() */
};

/* All of the command line; returns the exit status. */
int tg_command_main(int argc, char **argv);
/* Is there a command on it (or only global options, or nothing)? */
bool tg_command_is_given(int argc, char **argv);
/* What -c says, or NULL. */
const char *tg_command_conf_file(int argc, char **argv);

/* The value of an option (the last one given), or NULL. */
const char *tg_cmd_option(const struct tg_cmd *c, const char *name);
bool tg_cmd_flag(const struct tg_cmd *c, const char *name);
/* Within bounds: -1 and c->err, or 0 and *out, untouched if not given. */
int tg_cmd_number(struct tg_cmd *c, const char *name, int64_t min, int64_t max,
    int64_t *out);

/* Opened when first asked for; -1 with c->err. */
int tg_cmd_conf(struct tg_cmd *c);
int tg_cmd_app(struct tg_cmd *c);
struct tg_store *tg_cmd_store(struct tg_cmd *c);

/*
 * All given options that fill a member, into body.  The word none is JSON's
 * null: it takes a limit away.  -1: a value is not of its kind.
 */
int tg_cmd_members(struct tg_cmd *c, json_t *body);

/* Fails with a sentence; returns TG_EXIT_FAILED. */
int tg_cmd_fail(struct tg_cmd *c, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* The same for arguments that make no sense; returns TG_EXIT_USAGE. */
int tg_cmd_usage(struct tg_cmd *c, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* Show and let go of j; they return an exit status. */
int tg_cmd_rows(struct tg_cmd *c, json_t *rows,
    const struct tg_column *columns);
int tg_cmd_pairs(struct tg_cmd *c, json_t *object,
    const struct tg_column *columns);
/* --json: the object; else only the sentence. */
int tg_cmd_said(struct tg_cmd *c, json_t *object, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
int tg_cmd_json(struct tg_cmd *c, json_t *j);

/*
 * Calls a handler of the HTTP API inside this process, as the master.  body may
 * be NULL (and is let go of).  -1: could not be called, or it answered with an
 * error, whose message is in c->err; else *answer is the caller's.
 */
int tg_cmd_call(struct tg_cmd *c, const char *method, const char *path,
    json_t *body, json_t **answer);
/* The same with bytes: head and body of what was answered, in the arena. */
struct tg_cmd_reply {
	int status;
	struct tg_str head, body;
};
int tg_cmd_call_raw(struct tg_cmd *c, const char *method, const char *path,
    struct tg_str body, struct tg_cmd_reply *reply);

/* JSON values: a text or null; a time or null for 0; nano USD. */
json_t *tg_cmd_json_text(const char *text);
json_t *tg_cmd_json_time(int64_t wall_us);
json_t *tg_cmd_json_usd(int64_t nano);

tg_command_fn tg_cmd_init, tg_cmd_serve, tg_cmd_version, tg_cmd_cron;
tg_command_fn tg_cmd_demo;
tg_command_fn tg_cmd_key_create, tg_cmd_key_list, tg_cmd_key_show;
tg_command_fn tg_cmd_key_revoke, tg_cmd_key_update, tg_cmd_key_block;
tg_command_fn tg_cmd_key_unblock, tg_cmd_key_rotate;
tg_command_fn tg_cmd_entity_create, tg_cmd_entity_update;
tg_command_fn tg_cmd_entity_remove, tg_cmd_entity_show, tg_cmd_entity_list;
tg_command_fn tg_cmd_user_password, tg_cmd_user_totp, tg_cmd_user_sign_out,
    tg_cmd_user_role;
tg_command_fn tg_cmd_team_add_member, tg_cmd_team_remove_member;
tg_command_fn tg_cmd_alerts, tg_cmd_alerts_test;
tg_command_fn tg_cmd_provider_add, tg_cmd_provider_list;
tg_command_fn tg_cmd_provider_remove;
tg_command_fn tg_cmd_model_add, tg_cmd_model_list, tg_cmd_model_remove;
tg_command_fn tg_cmd_model_test;
tg_command_fn tg_cmd_calls, tg_cmd_call_show;
/* cmd_bill.c: what a call cost, by its whole id. */
int tg_cmd_bill(struct tg_cmd *c, const char *id);
tg_command_fn tg_cmd_ledger_verify, tg_cmd_ledger_report;
tg_command_fn tg_cmd_ledger_statement;
tg_command_fn tg_cmd_config_check, tg_cmd_config_print;
tg_command_fn tg_cmd_db_check, tg_cmd_db_backup, tg_cmd_db_vacuum,
    tg_cmd_db_reindex;
tg_command_fn tg_cmd_doctor;
#endif
