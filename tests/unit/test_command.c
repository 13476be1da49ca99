/* The command line: usage, every command, JSON, exit statuses. */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#include "unit.h"

#include <sys/stat.h>

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/jtree.h"
#include "prog/command.h"
#include "prog_help.h"

static char out[256 * 1024];

#define RUN(...) \
	prog_command(out, sizeof(out), \
	    (const char *const[]){ __VA_ARGS__, NULL })

static void
says(const char *text)
{
	if (strstr(out, text) == NULL)
		fail_msg("not in \"%s\": %s", out, text);
}

static json_t *
parsed(void)
{
	json_t *j = json_loads(out, 0, NULL);

	if (j == NULL)
		fail_msg("no JSON: %s", out);
	return j;
}

static const char *
text_of(const json_t *j, const char *name)
{
	return json_string_value(json_object_get(j, name));
}

/* A member of a command's JSON, kept. */
static char *
value(const char *name)
{
	json_t *j = parsed();
	const char *text = text_of(j, name);
	char *kept;

	assert_non_null(text);
	kept = strdup(text);
	json_decref(j);
	return kept;
}

static void
test_usage(void **state)
{
	const struct tg_command *c;
	json_t *j;

	(void)state;
	assert_int_equal(RUN("--help"), 0);
	for (c = tg_commands; c->name != NULL; c++)
		says(c->name);
	assert_int_equal(RUN("key", "create", "--help"), 0);
	says("--alias");
	assert_int_equal(RUN("key", "--help"), 0);
	says("key revoke ID");
	assert_int_equal(RUN("help"), 0);
	says("ledger verify");
	assert_int_equal(RUN("help", "key", "rotate"), 0);
	says("--grace");
	assert_int_equal(RUN("team", "create", "--help"), 0);
	says("--member-budget USD");
	says("--max-budget USD");
	assert_int_equal(RUN("--version"), 0);
	says("tollgate ");
	assert_int_equal(prog_command(out, sizeof(out),
			     (const char *const[]){ NULL }),
	    2);
	assert_int_equal(RUN("key"), 2);
	assert_int_equal(RUN("key", "creat"), 2);
	says("did you mean key create?");
	assert_int_equal(RUN("xyzzy"), 2);
	assert_int_equal(RUN("key", "create", "--alais", "x"), 2);
	says("no such option: --alais");
	assert_int_equal(RUN("key", "create", "--alias"), 2);
	says("--alias needs a value");
	assert_int_equal(RUN("key", "show"), 2);
	says("ID is missing");
	assert_int_equal(RUN("key", "show", "a", "b"), 2);
	says("one argument too many");
	assert_int_equal(RUN("-c"), 2);
	assert_int_equal(RUN("key", "list", "extra", "--json"), 2);
	j = parsed();
	assert_non_null(text_of(json_object_get(j, "error"), "message"));
	json_decref(j);
}

/* Values of options are looked at before anything is opened. */
static void
test_members(void **state)
{
	(void)state;
	setenv("TOLLGATE_DATA", "/nowhere", 1);
	assert_int_equal(RUN("user", "create", "u", "--max-budget", "much"),
	    2);
	says("--max-budget must be an amount");
	assert_int_equal(RUN("team", "create", "t", "--rpm", "-1"), 2);
	says("--rpm must be a number");
	assert_int_equal(RUN("key", "create", "--tag", ","), 2);
	says("--tag names nothing");
	assert_int_equal(RUN("key", "update", "k"), 2);
	says("what is to change?");
	assert_int_equal(RUN("team", "add-member", "t"), 2);
	says("TEAM USER is missing");
	setenv("TOLLGATE_DATA", ((struct prog *)*state)->dir, 1);
}

static void
test_init(void **state)
{
	struct prog *p = *state;
	struct stat st;
	char path[160];
	json_t *j;

	assert_int_equal(RUN("init"), 0);
	says("nothing to do");
	assert_null(strstr(out, "sk-"));
	assert_int_equal(RUN("init", "--json"), 0);
	j = parsed();
	assert_true(json_is_false(json_object_get(j, "made")));
	assert_true(json_is_null(json_object_get(j, "master_key")));
	json_decref(j);
	assert_int_equal(stat(p->dir, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0700);
	snprintf(path, sizeof(path), "%s/tollgate.key", p->dir);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	snprintf(path, sizeof(path), "%s/tollgate.ini", p->dir);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(RUN("config", "check"), 0);
}

/* The database without the key that seals what is in it. */
static void
test_init_lost_key(void **state)
{
	struct prog *p = *state;
	char path[160], kept[180];

	snprintf(path, sizeof(path), "%s/tollgate.key", p->dir);
	snprintf(kept, sizeof(kept), "%s.kept", path);
	assert_int_equal(rename(path, kept), 0);
	assert_int_equal(RUN("init"), 1);
	says("from a backup");
	says("key_file");
	assert_int_equal(access(path, F_OK), -1);
	assert_int_equal(rename(kept, path), 0);
	assert_int_equal(RUN("init"), 0);
}

static void
test_no_data(void **state)
{
	struct prog *p = *state;

	setenv("TOLLGATE_DATA", "/nowhere", 1);
	assert_int_equal(RUN("key", "list"), 1);
	says("tollgate init");
	assert_int_equal(RUN("doctor"), 1);
	says("FAIL  data folder");
	setenv("TOLLGATE_DATA", p->dir, 1);
}

static void
test_keys(void **state)
{
	char *key, *token;
	json_t *j;

	(void)state;
	assert_int_equal(RUN("key", "create", "--alias", "ann", "--models",
			     "echo, gpt-*", "--log", "numbers", "--duration",
			     "30d", "--json"),
	    0);
	key = value("key");
	token = value("token");
	assert_memory_equal(key, "sk-", 3);
	assert_int_equal(RUN("key", "create", "--alias", "ann"), 1);
	assert_int_equal(RUN("key", "create", "--models", ""), 2);
	says("--models");
	assert_int_equal(RUN("key", "create", "--models", " ,,"), 2);
	assert_int_equal(RUN("key", "create", "--duration", "soon"), 1);
	says("duration");
	assert_int_equal(RUN("key", "create", "--team", "nobody"), 1);
	says("Team not found");
	assert_int_equal(RUN("key", "list"), 0);
	says("first-key");
	says("echo,gpt-*");
	says("numbers");
	/* By alias, by hash, by the beginning of it, and by itself. */
	assert_int_equal(RUN("key", "show", "ann", "--json"), 0);
	j = parsed();
	assert_string_equal(text_of(j, "token"), token);
	json_decref(j);
	assert_int_equal(RUN("key", "show", token), 0);
	assert_int_equal(RUN("key", "update", "ann", "--log", "none"), 0);
	assert_int_equal(RUN("key", "show", "ann", "--json"), 0);
	j = parsed();
	assert_string_equal(text_of(j, "log"), "none");
	json_decref(j);
	assert_int_equal(RUN("key", "update", "ann", "--log", "full"), 0);
	token[12] = '\0';
	assert_int_equal(RUN("key", "show", token), 0);
	says("ann");
	assert_int_equal(RUN("key", "show", key), 0);
	assert_int_equal(RUN("key", "show", "nobody"), 1);
	says("no key nobody");
	assert_int_equal(RUN("key", "revoke", "ann"), 0);
	assert_int_equal(RUN("key", "revoke", "ann"), 1);
	says("revoked already");
	assert_int_equal(RUN("key", "list"), 0);
	assert_null(strstr(out, "ann"));
	assert_int_equal(RUN("key", "list", "--all"), 0);
	says("revoked");
	free(key);
	free(token);
}

static void
test_providers(void **state)
{
	(void)state;
	setenv("TEST_COMMAND_KEY", "sk-upstream", 1);
	assert_int_equal(RUN("provider", "add", "mine", "--base-url",
			     "http://127.0.0.1:9", "--api-key",
			     "env:TEST_COMMAND_KEY", "--header",
			     "X-Team: research", "--set", "gap_ms=5000",
			     "--set", "http2=off"),
	    0);
	assert_int_equal(RUN("provider", "list"), 0);
	says("mine");
	says("http://127.0.0.1:9");
	assert_null(strstr(out, "sk-upstream"));
	assert_int_equal(RUN("provider", "add", "x", "--base-url", "ftp://a"),
	    1);
	assert_int_equal(RUN("provider", "add", "x", "--set", "gap=5"), 1);
	says("no such setting: gap; did you mean gap_ms?");
	assert_int_equal(RUN("provider", "add", "x", "--set", "gap_ms=soon"),
	    1);
	assert_int_equal(RUN("provider", "add", "x"), 1);
	assert_int_equal(RUN("model", "add", "fast", "--provider", "mine"), 0);
	assert_int_equal(RUN("provider", "remove", "mine"), 1);
	assert_int_equal(RUN("model", "remove", "fast"), 0);
	assert_int_equal(RUN("provider", "remove", "mine"), 0);
	assert_int_equal(RUN("provider", "remove", "mine"), 1);
	unsetenv("TEST_COMMAND_KEY");
}

static bool
has_key(const char *provider)
{
	json_t *rows, *row;
	bool has = false;
	size_t i;

	assert_int_equal(RUN("provider", "list", "--json"), 0);
	rows = parsed();
	json_array_foreach(rows, i, row) {
		if (strcmp(text_of(row, "name"), provider) == 0)
			has = json_is_true(json_object_get(row, "has_key"));
	}
	json_decref(rows);
	return has;
}

static void
test_provider_change(void **state)
{
	(void)state;
	assert_int_equal(RUN("provider", "add", "mine", "--base-url",
			     "http://u:SECRET@127.0.0.1:9/v1?key=SECRET",
			     "--api-key", "sk-upstream", "--header",
			     "X-Team: SECRET"),
	    0);
	/* Settings are merged, the key stays. */
	assert_int_equal(RUN("provider", "add", "mine", "--set", "gap_ms=1",
			     "--json"),
	    0);
	says("127.0.0.1:9");
	says("\"gap_ms\": \"1\"");
	says("\"has_key\": true");
	assert_null(strstr(out, "SECRET"));
	assert_true(has_key("mine"));
	assert_null(strstr(out, "SECRET"));
	says("http://u:********@127.0.0.1:9/v1?key=********");
	assert_int_equal(RUN("provider", "add", "mine", "--header",
			     "x-team: b", "--json"),
	    0);
	assert_null(strstr(out, "header.X-Team"));
	/* The same address, said again. */
	assert_int_equal(RUN("provider", "add", "mine", "--type", "openai",
			     "--base-url",
			     "http://u:SECRET@127.0.0.1:9/v1?key=SECRET"),
	    0);
	assert_true(has_key("mine"));
	assert_int_equal(RUN("provider", "add", "mine", "--base-url",
			     "http://127.0.0.1:10"),
	    0);
	says("is dropped");
	assert_false(has_key("mine"));
	assert_int_equal(RUN("provider", "add", "mine", "--base-url",
			     "http://127.0.0.1:11", "--api-key", "sk-new"),
	    0);
	assert_true(has_key("mine"));
	assert_int_equal(RUN("provider", "remove", "mine"), 0);
}

static void
test_names(void **state)
{
	static const char *const providers[] = { "", "a b", "a\nb", "a:b",
		"a/b", "echo" };
	static const char *const models[] = { "", "a b", "a\nb", "\x7f",
		"a\xc2\x85", "\xff" };
	char name[300];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(providers) / sizeof(providers[0]); i++)
		assert_int_equal(RUN("provider", "add", providers[i],
				     "--base-url", "http://127.0.0.1:9"),
		    2);
	says("built in");
	for (i = 0; i < sizeof(models) / sizeof(models[0]); i++)
		assert_int_equal(RUN("model", "add", models[i], "--provider",
				     "echo"),
		    2);
	says("a model's name");
	memset(name, 'm', sizeof(name));
	name[257] = '\0';
	assert_int_equal(RUN("model", "add", name, "--provider", "echo"), 2);
	name[256] = '\0';
	assert_int_equal(RUN("model", "add", name, "--provider", "echo"), 0);
	assert_int_equal(RUN("model", "remove", name), 0);
	/* Not in the file's words, and where else it is to be removed. */
	assert_int_equal(RUN("provider", "add", "x"), 1);
	says("provider x: It has no address: give base_url");
	assert_int_equal(RUN("provider", "add", "x", "--type", "y"), 1);
	says("y is not known");
	assert_int_equal(RUN("provider", "add", "x", "--base-url", "http://a",
			     "--header", "X Team: a"),
	    1);
	says("provider x: header.X Team");
	setenv("DEEPSEEK_API_KEY", "sk-x", 1);
	assert_int_equal(RUN("provider", "remove", "deepseek"), 1);
	says("environment variable DEEPSEEK_API_KEY");
	unsetenv("DEEPSEEK_API_KEY");
	assert_int_equal(RUN("provider", "remove", "echo"), 1);
	says("built in");
	assert_int_equal(RUN("provider", "remove", "nobody"), 1);
	says("no provider nobody");
}

static void
test_models(void **state)
{
	char *id;

	(void)state;
	assert_int_equal(RUN("model", "add", "loud", "--provider", "echo",
			     "--price-input", "0.15", "--price-output", "0.6",
			     "--price-call", "0.01", "--set", "echo_words=4",
			     "--json"),
	    0);
	id = value("id");
	assert_int_equal(RUN("model", "list"), 0);
	says("loud");
	says("0.15");
	assert_int_equal(RUN("model", "test", "loud", "--json"), 0);
	says("\"status\": 200");
	says("\"input_tokens\": ");
	says("\"output_tokens\": 4");
	assert_int_equal(RUN("ledger", "verify"), 0);
	says("1 line, 1 call (0 open), ");
	assert_int_equal(RUN("model", "test", "loud", "--stream"), 0);
	says("first content");
	assert_int_equal(RUN("model", "test", "quiet"), 1);
	assert_int_equal(RUN("model", "add", "x"), 1);
	says("--provider is missing");
	assert_int_equal(RUN("model", "add", "x", "--provider", "nobody"), 1);
	says("no provider nobody");
	assert_int_equal(RUN("model", "add", "x", "--provider", "echo",
			     "--price-input", "much"),
	    1);
	assert_int_equal(RUN("model", "add", "x", "--provider", "echo",
			     "--price-input", "0.0000001"),
	    1);
	says("smallest step is 0.000001 USD");
	assert_int_equal(RUN("model", "add", "x", "--provider", "echo", "--id",
			     id),
	    1);
	assert_int_equal(RUN("model", "remove", id), 0);
	assert_int_equal(RUN("model", "remove", id), 1);
	free(id);
}

static void
test_calls(void **state)
{
	char *id;
	json_t *j;

	(void)state;
	assert_int_equal(RUN("model", "test", "echo", "--prompt",
			     "it's \\ \"here\"", "--json"),
	    0);
	id = value("call");
	assert_int_equal(RUN("calls", "--limit", "1", "--json"), 0);
	j = parsed();
	assert_int_equal(json_array_size(j), 1);
	assert_string_equal(text_of(json_array_get(j, 0), "id"), id);
	assert_string_equal(text_of(json_array_get(j, 0), "model"), "echo");
	json_decref(j);
	assert_int_equal(RUN("calls", "--model", "nothing", "--json"), 0);
	j = parsed();
	assert_int_equal(json_array_size(j), 0);
	json_decref(j);
	assert_int_equal(RUN("calls", "--status", "ok", "--since", "1h"), 0);
	says(id);
	assert_int_equal(RUN("calls", "--since", "2026-01-31"), 0);
	says(id);
	assert_int_equal(RUN("calls", "--since", "2026-01-32"), 2);
	assert_int_equal(RUN("calls", "--status", "fine"), 2);
	assert_int_equal(RUN("calls", "--since", "then"), 2);
	assert_int_equal(RUN("calls", "--limit", "0"), 2);
	assert_int_equal(RUN("call", id, "--json"), 0);
	j = parsed();
	assert_string_equal(text_of(j, "id"), id);
	assert_string_equal(text_of(json_object_get(j, "request"), "model"),
	    "echo");
	assert_non_null(json_object_get(json_object_get(j, "answer"),
	    "choices"));
	json_decref(j);
	assert_int_equal(RUN("call", id, "--request"), 0);
	assert_int_equal(out[0], '{');
	assert_int_equal(out[strlen(out) - 1], '}');
	assert_int_equal(RUN("call", id, "--answer"), 0);
	says("chat.completion");
	assert_int_equal(RUN("call", id, "--curl"), 0);
	says("/v1/chat/completions");
	says("Bearer $TOLLGATE_KEY");
	says("it'\\''s");
	assert_int_equal(RUN("call", "00000000-0000"), 1);
	free(id);
}

/* Its first characters are the time: those of its end are its own. */
static void
test_call_by_end(void **state)
{
	char *id;

	(void)state;
	assert_int_equal(RUN("model", "test", "echo", "--json"), 0);
	id = value("call");
	assert_int_equal(RUN("call", id + strlen(id) - 6), 0);
	says(id);
	assert_int_equal(RUN("call", id + strlen(id) - 5), 1);
	says("no call");
	assert_int_equal(RUN("model", "test", "echo"), 0);
	id[8] = '\0';
	assert_int_equal(RUN("call", id), 1);
	says("or its last characters");
	free(id);
}

static void
test_config(void **state)
{
	struct prog *p = *state;
	json_t *j;

	prog_config(p, "[server]\nworkers = 3\nmaster_key = sk-12345678\n");
	assert_int_equal(RUN("config", "print"), 0);
	says("workers = 3");
	assert_null(strstr(out, "12345678"));
	assert_int_equal(RUN("config", "print", "--json"), 0);
	j = parsed();
	assert_int_equal(json_integer_value(json_object_get(json_object_get(j,
								"server"),
			     "workers")),
	    3);
	json_decref(j);
	assert_int_equal(RUN("config", "print", "--sample"), 0);
	says("[upstream]");
	assert_int_equal(RUN("config", "print", "--manual"), 0);
	prog_config(p, "[server]\nworkers = x\ngrace = 3\n");
	assert_int_equal(RUN("config", "check"), 1);
	says(":server:workers: must be");
	says(":server:grace: no such setting");
	assert_int_equal(RUN("config", "check", "--json"), 1);
	j = parsed();
	json_decref(j);
	/* A fault of a section has no key. */
	prog_config(p, "[sever]\nworkers = 2\n");
	assert_int_equal(RUN("config", "check"), 1);
	says(":sever: no such section");
	prog_config(p, "[upstream]\nca_file = nowhere.pem\n");
	assert_int_equal(RUN("config", "check"), 1);
	says(":upstream:ca_file: cannot read ");
	prog_config(p, "[provider:x]\nbase_url = http://a\n"
		       "ca_path = nowhere\n");
	assert_int_equal(RUN("config", "check"), 1);
	says(":provider:x:ca_path: cannot read ");
	/* What only the catalog's readers see. */
	prog_config(p, "[provider:x]\ntype = nonsense\n");
	assert_int_equal(RUN("config", "check"), 1);
	says("nonsense");
	prog_config(p, "");
	assert_int_equal(RUN("config", "check", "--json"), 0);
	says("\"good\": true");
}

static void
test_db(void **state)
{
	struct prog *p = *state;
	char path[160];

	snprintf(path, sizeof(path), "%s/copy.db", p->dir);
	assert_int_equal(RUN("db", "check"), 0);
	assert_int_equal(RUN("db", "backup", path), 0);
	assert_int_equal(access(path, R_OK), 0);
	assert_int_equal(RUN("db", "backup", path), 1);
	says("there already");
	assert_int_equal(RUN("db", "vacuum", "--json"), 0);
	says("bytes_after");
	assert_int_equal(RUN("cron"), 0);
	assert_string_equal(out, "");
}

static void
test_doctor(void **state)
{
	struct prog *p = *state;
	char path[160];
	json_t *j;

	assert_int_equal(RUN("doctor"), 0);
	says("ok    data folder");
	says("Give the public URL");
	snprintf(path, sizeof(path), "%s/tollgate.db", p->dir);
	chmod(path, 0644);
	assert_int_equal(RUN("doctor", "--json"), 1);
	j = parsed();
	assert_true(json_is_false(json_object_get(j, "good")));
	json_decref(j);
	says("chmod 600 ");
	chmod(path, 0600);
	chmod(p->dir, 0755);
	assert_int_equal(RUN("doctor"), 1);
	says("chmod 700 ");
	chmod(p->dir, 0700);
	assert_int_equal(RUN("doctor", "ftp://x"), 2);
	/* Nobody listens there. */
	assert_int_equal(RUN("doctor", "http://127.0.0.1:1/v1/"), 1);
	says("FAIL  web server");
	says("the web server cannot be reached");
	/* The key made for the visit is gone again. */
	assert_int_equal(RUN("key", "list"), 0);
	assert_null(strstr(out, "doctor-"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_usage),
		cmocka_unit_test(test_members),
		cmocka_unit_test(test_init),
		cmocka_unit_test(test_init_lost_key),
		cmocka_unit_test(test_no_data),
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_providers),
		cmocka_unit_test(test_provider_change),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_models),
		cmocka_unit_test(test_calls),
		cmocka_unit_test(test_call_by_end),
		cmocka_unit_test(test_config),
		cmocka_unit_test(test_db),
		cmocka_unit_test(test_doctor),
	};

	return cmocka_run_group_tests(tests, prog_new, prog_free);
}
