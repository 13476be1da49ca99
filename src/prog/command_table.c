/*
 * The table of commands and their options.  What several commands take stands
 * once; an option that only fills a member says which.
 */
#include "config.h"

#include "prog/cmd_entity.h"

/* clang-format off */
#define OWN NULL, TG_OPTION_OWN
#define TEXT(member) member, TG_OPTION_TEXT
#define WORD(member) member, TG_OPTION_WORD
#define NUMBER(member) member, TG_OPTION_NUMBER
#define WHOLE(member) member, TG_OPTION_WHOLE
#define USD(member) member, TG_OPTION_USD
#define LIST(member) member, TG_OPTION_LIST
#define TRUE(member) member, TG_OPTION_TRUE
#define END { NULL, NULL, NULL, OWN }
#define OPTIONS(...) .options = { __VA_ARGS__ }

static const struct tg_option json[] = {
	{ "--json", NULL, "print JSON", OWN },
	END };

static const struct tg_option init_options[] = {
	{ "--admin", "NAME", "name of the first person (admin)", OWN },
	END };

static const struct tg_option serve_options[] = {
	{ "--socket", "PATH", "listen on this Unix socket, mode 0660", OWN },
	{ "--workers", "N", "worker processes; 0: serve without a master",
	    OWN },
	END };

/* Who may spend how much how fast: keys and all they can belong to. */
static const struct tg_option money[] = {
	{ "--max-budget", "USD", "never more than this; none: no limit",
	    USD("max_budget") },
	{ "--budget-duration", "30d", "... in each such period, by the "
	    "calendar; else in all", TEXT("budget_duration") },
	{ "--soft-budget", "USD", "tell when this is spent",
	    USD("soft_budget") },
	{ "--budget", "NAME", "the shared budget of that name",
	    TEXT("budget_id") },
	{ "--over-budget", "WHAT", "clamp answers to what is left, or refuse",
	    TEXT("over_budget") },
	{ "--at-budget", "WHAT", "block, warn or switch", TEXT("at_budget") },
	{ "--switch-model", "M", "the cheaper model to switch to",
	    TEXT("switch_model") },
	{ "--switch-percent", "N", "... from so much of the budget on",
	    NUMBER("switch_percent") },
	{ "--unpriced", "WHAT", "models without price: block, ceiling, allow",
	    TEXT("unpriced") },
	{ "--rpm", "N", "requests a minute", NUMBER("rpm_limit") },
	{ "--tpm", "N", "tokens a minute", NUMBER("tpm_limit") },
	{ "--parallel", "N", "calls in flight",
	    NUMBER("max_parallel_requests") },
	{ "--queue", "SECONDS", "wait so long for one's turn instead of "
	    "failing", NUMBER("queue") },
	END };

static const struct tg_option key_options[] = {
	{ "--alias", "A", "a name to know it by", TEXT("key_alias") },
	{ "--models", "A,B", "models it may use, * as a wildcard; else all",
	    LIST("models") },
	{ "--log", "MODE", "full, numbers or none; else as configured",
	    WORD("log") },
	{ "--duration", "30d", "valid for so long; else for ever",
	    TEXT("duration") },
	{ "--user", "ID", "whose it is", TEXT("user_id") },
	{ "--team", "ID", "the team that it spends for", TEXT("team_id") },
	{ "--allowed-ip", "CIDR", "only from there; may be repeated",
	    LIST("allowed_ips") },
	{ "--allowed-route", "PATH", "only for that; may be repeated",
	    LIST("allowed_routes") },
	{ "--tag", "T", "its calls are booked to this tag too; may be "
	    "repeated", LIST("tags") },
	{ "--priority", "N", "in queues lower goes first; 0 the usual",
	    WHOLE("priority") },
	END };

static const struct tg_option key_list_options[] = {
	{ "--all", NULL, "revoked ones too", OWN },
	END };

static const struct tg_option key_rotate_options[] = {
	{ "--grace", "24h", "the old one works for so long beside the new",
	    TEXT("grace_period") },
	END };

static const struct tg_option user_options[] = {
	{ "--alias", "NAME", "how people call them", TEXT("user_alias") },
	{ "--email", "E", "their address", TEXT("user_email") },
	{ "--role", "ROLE", "proxy_admin, proxy_admin_viewer, internal_user "
	    "or internal_user_viewer", TEXT("user_role") },
	{ "--models", "A,B", "models they may use", LIST("models") },
	END };

static const struct tg_option team_options[] = {
	{ "--alias", "NAME", "how people call it", TEXT("team_alias") },
	{ "--organization", "ID", "that it belongs to",
	    TEXT("organization_id") },
	{ "--models", "A,B", "models it may use", LIST("models") },
	{ "--member-budget", "USD", "for each of its members",
	    USD("team_member_budget") },
	END };

static const struct tg_option totp_options[] = {
	{ "--off", NULL, "switch it off", OWN },
	END };

static const struct tg_option member_options[] = {
	{ "--role", "ROLE", "user or admin", OWN },
	{ "--max-budget", "USD", "what this member may spend for the team",
	    USD("max_budget_in_team") },
	END };

static const struct tg_option customer_options[] = {
	{ "--alias", "NAME", "how people call them", TEXT("alias") },
	{ "--blocked", NULL, "refuse their calls", TRUE("blocked") },
	END };

/* A shared budget is nothing but the options of money. */
static const struct tg_option budget_options[] = { END };

static const struct tg_option tag_options[] = {
	{ "--description", "TEXT", "what it is for", TEXT("description") },
	{ "--models", "A,B", "models its calls may use", LIST("models") },
	END };

static const struct tg_option set_option[] = {
	{ "--set", "KEY=VALUE", "any other setting of its section", OWN },
	END };

static const struct tg_option provider_add_options[] = {
	{ "--type", "T", "openai, echo or a known name", TEXT("type") },
	{ "--base-url", "URL", "where it is, with or without /v1",
	    TEXT("base_url") },
	{ "--api-key", "KEY", "its key; env:NAME, file:PATH or - (asks)",
	    OWN },
	{ "--header", "'N: V'", "one more header, may be repeated", OWN },
	{ "--unix-socket", "PATH", "connect through this socket",
	    TEXT("unix_socket") },
	END };

static const struct tg_option model_add_options[] = {
	{ "--provider", "P", "who serves it", OWN },
	{ "--upstream-model", "M", "its name there; else NAME",
	    TEXT("upstream_model") },
	{ "--price-input", "USD", "per million tokens of input",
	    TEXT("price_input") },
	{ "--price-output", "USD", "per million tokens of output",
	    TEXT("price_output") },
	{ "--price-cache-read", "USD", "per million tokens from the cache",
	    TEXT("price_cache_read") },
	{ "--price-call", "USD", "per call", TEXT("price_call") },
	{ "--mode", "MODE", "chat, completion or embedding", TEXT("mode") },
	{ "--id", "ID", "an id of your own; else a UUID", OWN },
	END };

static const struct tg_option model_test_options[] = {
	{ "--stream", NULL, "as a stream", OWN },
	{ "--prompt", "TEXT", "what to ask", OWN },
	END };

static const struct tg_option calls_options[] = {
	{ "--follow", NULL, "go on with what comes", OWN },
	{ "--key", "ID", "of this key: alias, number, hash or name", OWN },
	{ "--model", "M", "asked for this model", OWN },
	{ "--provider", "P", "served by this provider", OWN },
	{ "--status", "S", "answered so: 200, 4xx, 5xx; or ok, failed, open, "
	    "gone, lost", OWN },
	{ "--since", "WHEN", "2h, 7d, or a date", OWN },
	{ "--limit", "N", "the newest N; else 100", OWN },
	END };

static const struct tg_option call_options[] = {
	{ "--request", NULL, "only the request's body, byte for byte", OWN },
	{ "--answer", NULL, "only the answer's", OWN },
	{ "--curl", NULL, "as a curl command", OWN },
	{ "--bill", NULL, "what it cost, line by line", OWN },
	END };

static const struct tg_option report_options[] = {
	{ "--by", "A,B", "day, key, person, team, project, organization, "
	    "model, deployment, provider, route, and customer or tag; else "
	    "day", OWN },
	{ "--from", "DATE", "from 2026-01-31 on; else the last 30 days", OWN },
	{ "--to", "DATE", "up to this day; else to the present one", OWN },
	{ "--key", "ID", "only of this key: alias or hash", OWN },
	{ "--person", "ID", "... of this person", OWN },
	{ "--team", "ID", "... of this team", OWN },
	{ "--customer", "ID", "... of this customer", OWN },
	{ "--tag", "T", "... of this tag", OWN },
	{ "--model", "M", "... for this model", OWN },
	{ "--provider", "P", "... by this provider", OWN },
	{ "--csv", NULL, "as CSV, a column for each class of tokens", OWN },
	END };

static const struct tg_option statement_options[] = {
	{ "--key", "ID", "whose: a key, by alias or hash", OWN },
	{ "--team", "ID", "... a team", OWN },
	{ "--person", "ID", "... a person", OWN },
	{ "--customer", "ID", "... a customer", OWN },
	{ "--month", "2026-11", "which month; else the present one", OWN },
	{ "--html", "FILE", "as a page to be printed; -: to standard output",
	    OWN },
	END };

static const struct tg_option print_options[] = {
	{ "--sample", NULL, "a sample file with every default", OWN },
	{ "--manual", NULL, "the rows of tollgate.ini(5)", OWN },
	END };

static const struct tg_option backup_options[] = {
	{ "--log", NULL, "log.db instead of tollgate.db", OWN },
	END };

static const struct tg_option doctor_options[] = {
	{ "--key", "K", "call with this key; else one for ten minutes is "
	    "made", OWN },
	END };

static const struct tg_option alerts_options[] = {
	{ "--limit", "N", "the newest N; else 100", OWN },
	END };

/* What can be made, with its own options beside those of money. */
#define ENTITY(which, thing) \
	{ #which " create", "ID", 1, 1, "make a " thing, \
	    tg_cmd_entity_create, OPTIONS(which##_options, money, json), \
	    .noun = &tg_noun_##which }, \
	{ #which " list", NULL, 0, 0, "each " thing " with what it spent", \
	    tg_cmd_entity_list, OPTIONS(json), \
	    .noun = &tg_noun_##which }, \
	{ #which " show", "ID", 1, 1, "one " thing, tg_cmd_entity_show, \
	    OPTIONS(json), .noun = &tg_noun_##which }, \
	{ #which " update", "ID", 1, 1, "change what is given of a " thing, \
	    tg_cmd_entity_update, OPTIONS(which##_options, money, json), \
	    .noun = &tg_noun_##which }, \
	{ #which " remove", "ID", 1, 1, "remove a " thing "; its calls stay", \
	    tg_cmd_entity_remove, OPTIONS(json), \
	    .noun = &tg_noun_##which }

const struct tg_command tg_commands[] = {
	{ "init", NULL, 0, 0, "make the data folder, admin and first keys",
	    tg_cmd_init, OPTIONS(init_options, json) },
	{ "serve", NULL, 0, 0, "serve FastCGI, on a socket or as inherited",
	    tg_cmd_serve, OPTIONS(serve_options) },
	{ "key create", NULL, 0, 0, "make a key; shown once",
	    tg_cmd_key_create, OPTIONS(key_options, money, json) },
	{ "key list", NULL, 0, 0, "keys", tg_cmd_key_list,
	    OPTIONS(key_list_options, json) },
	{ "key show", "ID", 1, 1, "one key, by alias, number, hash or name",
	    tg_cmd_key_show, OPTIONS(json) },
	{ "key update", "ID", 1, 1, "change what is given of a key",
	    tg_cmd_key_update, OPTIONS(key_options, money, json) },
	{ "key block", "ID", 1, 1, "refuse a key for the time being",
	    tg_cmd_key_block, OPTIONS(json) },
	{ "key unblock", "ID", 1, 1, "take a blocked key again",
	    tg_cmd_key_unblock, OPTIONS(json) },
	{ "key rotate", "ID", 1, 1, "a new secret for the same key; shown "
	    "once", tg_cmd_key_rotate, OPTIONS(key_rotate_options, json) },
	{ "key revoke", "ID", 1, 1, "make a key invalid for ever",
	    tg_cmd_key_revoke, OPTIONS(json) },
	ENTITY(user, "person"),
	{ "user role", "ID ROLE", 2, 2, "what a person may do on the pages: "
	    "owner, admin, viewer, member", tg_cmd_user_role, OPTIONS(json) },
	{ "user password", "ID", 1, 1, "a new password for the pages; shown "
	    "once", tg_cmd_user_password, OPTIONS(json) },
	{ "user totp", "ID", 1, 1, "with --off: no second factor any more",
	    tg_cmd_user_totp, OPTIONS(totp_options, json) },
	{ "user sign-out", "ID", 1, 1, "end all sessions of a person",
	    tg_cmd_user_sign_out, OPTIONS(json) },
	ENTITY(team, "team"),
	{ "team add-member", "TEAM USER", 2, 2, "put a person into a team",
	    tg_cmd_team_add_member, OPTIONS(member_options, json) },
	{ "team remove-member", "TEAM USER", 2, 2, "take a person out of it",
	    tg_cmd_team_remove_member, OPTIONS(json) },
	ENTITY(customer, "customer"),
	ENTITY(budget, "shared budget"),
	ENTITY(tag, "tag"),
	{ "provider add", "NAME", 1, 1, "add or change a provider",
	    tg_cmd_provider_add,
	    OPTIONS(provider_add_options, set_option, json) },
	{ "provider list", NULL, 0, 0, "providers, from file, environment "
	    "and database", tg_cmd_provider_list, OPTIONS(json) },
	{ "provider remove", "NAME", 1, 1, "remove a provider",
	    tg_cmd_provider_remove, OPTIONS(json) },
	{ "model add", "NAME", 1, 1, "add a deployment of a model",
	    tg_cmd_model_add, OPTIONS(model_add_options, set_option, json) },
	{ "model list", NULL, 0, 0, "models and their deployments",
	    tg_cmd_model_list, OPTIONS(json) },
	{ "model remove", "ID", 1, 1, "remove a deployment, by id or by name",
	    tg_cmd_model_remove, OPTIONS(json) },
	{ "model test", "NAME", 1, 1, "send a tiny call", tg_cmd_model_test,
	    OPTIONS(model_test_options, json) },
	{ "calls", NULL, 0, 0, "calls, newest last", tg_cmd_calls,
	    OPTIONS(calls_options, json) },
	{ "call", "ID", 1, 1, "one call with request and answer",
	    tg_cmd_call_show, OPTIONS(call_options, json) },
	{ "ledger verify", NULL, 0, 0, "do the books agree with themselves?",
	    tg_cmd_ledger_verify, OPTIONS(json) },
	{ "ledger report", NULL, 0, 0, "what was spent, by what you like",
	    tg_cmd_ledger_report, OPTIONS(report_options, json) },
	{ "ledger statement", NULL, 0, 0, "a month of a key, team, person or "
	    "customer", tg_cmd_ledger_statement,
	    OPTIONS(statement_options, json) },
	{ "alerts test", "NAME", 1, 1, "tell [alert:NAME] of a test, now",
	    tg_cmd_alerts_test, OPTIONS(json) },
	{ "alerts", NULL, 0, 0, "who was told of what, newest first",
	    tg_cmd_alerts, OPTIONS(alerts_options, json) },
	{ "config check", NULL, 0, 0, "read the configuration, tell faults",
	    tg_cmd_config_check, OPTIONS(json) },
	{ "config print", NULL, 0, 0, "what is in force",
	    tg_cmd_config_print, OPTIONS(print_options, json) },
	{ "db check", NULL, 0, 0, "is every page and reference sound?",
	    tg_cmd_db_check, OPTIONS(json) },
	{ "db backup", "FILE", 1, 1, "a copy while the gateway runs",
	    tg_cmd_db_backup, OPTIONS(backup_options, json) },
	{ "db vacuum", NULL, 0, 0, "give free pages back", tg_cmd_db_vacuum,
	    OPTIONS(json) },
	{ "db reindex", NULL, 0, 0, "read all bodies anew, for search and "
	    "sessions", tg_cmd_db_reindex, OPTIONS(json) },
	{ "demo", NULL, 0, 0, "fill an empty data folder with a made-up "
	    "month, to look around", tg_cmd_demo, OPTIONS(json) },
	{ "cron", NULL, 0, 0, "one round of housekeeping (where no master "
	    "runs)", tg_cmd_cron, OPTIONS(json) },
	{ "doctor", "[URL]", 0, 1, "what is wrong, and the lines to add",
	    tg_cmd_doctor, OPTIONS(doctor_options, json) },
	{ "version", NULL, 0, 0, "the program's version", tg_cmd_version,
	    OPTIONS(json) },
	{ .name = NULL },
};
/* clang-format on */
