/* tollgate.ini: the table, reading, checking, printing. */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "prog/alert.h"
#include "prog/conf.h"

static char path[64];

static struct tg_buf faults;
static struct tg_err err;

static int
setup(void **state)
{
	int fd;

	(void)state;
	unsetenv("TOLLGATE_DATA");
	unsetenv("TOLLGATE_CONFIG");
	unsetenv("TOLLGATE_WORKERS");
	snprintf(path, sizeof(path), "/tmp/tollgate-conf.XXXXXX");
	fd = mkstemp(path);
	assert_true(fd >= 0);
	close(fd);
	tg_buf_init(&faults, 1 << 20);
	err = (struct tg_err){ 0 };
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	unlink(path);
	tg_buf_free(&faults);
	return 0;
}

static void
write_file(const char *text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static struct tg_conf *
good(const char *text)
{
	struct tg_conf *c;

	write_file(text);
	if (tg_conf_load(path, &c, NULL, &err) == -1)
		fail_msg("%s", err.msg);
	return c;
}

/* Refused, and the complaint says this. */
static void
bad(const char *text, const char *says)
{
	struct tg_conf *c;

	write_file(text);
	err = (struct tg_err){ 0 };
	tg_buf_reset(&faults);
	assert_int_equal(tg_conf_load(path, &c, &faults, &err), -1);
	assert_null(c);
	if (strstr(err.msg, says) == NULL)
		fail_msg("not in \"%s\": %s", err.msg, says);
	assert_non_null(strstr(faults.p, says));
}

static void
test_defaults(void **state)
{
	struct tg_conf *c = good("");

	(void)state;
	assert_string_equal(c->prog.file, path);
	assert_true(c->prog.workers >= 2);
	assert_int_equal(c->prog.max_streams, 1024);
	assert_int_equal(c->prog.grace_ms, 30000);
	assert_int_equal(c->prog.body_ms, 60000);
	assert_int_equal(c->prog.send_ms, 60000);
	assert_int_equal(c->prog.log_level, TG_LOG_INFO);
	assert_true(c->app.store.full_sync);
	assert_int_equal(c->app.store.busy_ms, 5000);
	assert_int_equal(c->app.gate.keepalive_ms, 5000);
	assert_int_equal(c->app.gate.log, TG_LOG_FULL);
	assert_int_equal(c->app.gate.caps.max_age_s, 30 * 86400);
	assert_int_equal(c->app.gate.caps.max_bytes, 2LL << 30);
	assert_int_equal(c->app.gate.caps.max_rows, 1000000);
	assert_null(c->app.gate.master_key.p);
	assert_null(c->app.gate.catalog.route.proxy);
	assert_int_equal(c->app.gate.catalog.route.gap_ms, 120000);
	assert_true(c->app.gate.catalog.route.http2);
	assert_true(c->app.gate.catalog.use_environment);
	assert_int_equal(c->app.gate.max_body_bytes, 64 << 20);
	assert_string_equal(c->app.web.cors_origins, "");
	assert_int_equal(c->app.web.compat, TG_COMPAT_1_104);
	tg_conf_free(c);
}

static void
test_values(void **state)
{
	struct tg_conf *c =
	    good("[server]\n"
		 "data = /srv/gate ; a comment\n"
		 "WORKERS = 5\n"
		 "max_body_bytes = 3M\n"
		 "cors_origins = \"https://a.example, https://b\"\n"
		 "master_key = sk-abcdefgh\n"
		 "[database]\n"
		 "synchronous = Normal\n"
		 "[compat]\n"
		 "litellm = 1.83\n"
		 "[upstream]\n"
		 "proxy =\n"
		 "http2 = off\n"
		 "ca_file = certs/mine.pem\n");

	(void)state;
	assert_string_equal(c->prog.data, "/srv/gate");
	assert_string_equal(c->app.key_file, "/srv/gate/tollgate.key");
	assert_int_equal(c->prog.workers, 5);
	assert_int_equal(c->app.gate.max_body_bytes, 3 << 20);
	assert_string_equal(c->app.web.cors_origins,
	    "https://a.example, https://b");
	assert_str(tg_secret_reveal(&c->app.gate.master_key), "sk-abcdefgh");
	assert_false(c->app.store.full_sync);
	assert_int_equal(c->app.web.compat, TG_COMPAT_1_83);
	assert_string_equal(c->app.gate.catalog.route.proxy, "");
	assert_false(c->app.gate.catalog.route.http2);
	/* Beside the file that names it. */
	assert_string_equal(c->app.gate.catalog.route.ca_file,
	    "/tmp/certs/mine.pem");
	tg_conf_free(c);
}

static const char *
setting(const struct tg_section *s, const char *key)
{
	size_t i;

	for (i = 0; i < s->n; i++)
		if (strcmp(s->settings[i].key, key) == 0)
			return s->settings[i].value;
	return NULL;
}

/* iniparser folds the case of names; models are found as they are spelt. */
static void
test_sections(void **state)
{
	struct tg_conf *c = good("[provider:OpenRouter]\n"
				 "api_key = sk-or-1\n"
				 "header.X-Team = \"a; b # c\"\n"
				 "HTTP2 = true\n"
				 "max_answer_bytes = 2K\n"
				 "[model:Qwen/Qwen3-32B]\n"
				 "provider = OpenRouter\n"
				 "price_input = 0.27\n"
				 "[model:Qwen/Qwen3-32B#2]\n"
				 "provider = other\n"
				 "[model:openai/*]\n"
				 "upstream_model = *\n");
	const struct tg_section *s;

	(void)state;
	assert_int_equal(c->n_providers, 1);
	s = &c->providers[0];
	assert_string_equal(s->name, "OpenRouter");
	assert_string_equal(setting(s, "api_key"), "sk-or-1");
	assert_string_equal(setting(s, "header.X-Team"), "a; b # c");
	assert_string_equal(setting(s, "http2"), "yes");
	assert_string_equal(setting(s, "max_answer_bytes"), "2048");
	assert_int_equal(c->n_models, 3);
	assert_string_equal(c->models[0].name, "Qwen/Qwen3-32B");
	assert_string_equal(setting(&c->models[0], "price_input"), "0.27");
	assert_string_equal(c->models[1].name, "Qwen/Qwen3-32B#2");
	assert_string_equal(c->models[2].name, "openai/*");
	assert_string_equal(setting(&c->models[2], "upstream_model"), "*");
	assert_ptr_equal(c->app.gate.catalog.models, c->models);
	tg_conf_free(c);
}

static void
test_resolved(void **state)
{
	char text[256], secret[80];
	struct tg_conf *c;
	FILE *f;

	(void)state;
	setenv("TEST_CONF_KEY", "from the environment", 1);
	snprintf(secret, sizeof(secret), "%s.secret", path);
	f = fopen(secret, "w");
	fputs("  from a file \nsecond line\n", f);
	fclose(f);
	snprintf(text, sizeof(text),
	    "[provider:a]\napi_key = env:TEST_CONF_KEY\n"
	    "[provider:b]\napi_key = file:%s\n"
	    "[provider:c]\napi_key = file:%s\n",
	    secret, strrchr(secret, '/') + 1);
	c = good(text);
	assert_string_equal(setting(&c->providers[0], "api_key"),
	    "from the environment");
	assert_string_equal(setting(&c->providers[1], "api_key"),
	    "from a file");
	/* Relative to the configuration's folder. */
	assert_string_equal(setting(&c->providers[2], "api_key"),
	    "from a file");
	tg_conf_free(c);
	unlink(secret);
	unsetenv("TEST_CONF_KEY");
	bad("[provider:a]\napi_key = env:TEST_CONF_KEY\n",
	    ":provider:a:api_key: environment variable TEST_CONF_KEY is not "
	    "set");
	bad("[server]\nmaster_key = file:/nowhere/x\n",
	    ":server:master_key: cannot read /nowhere/x: No such file");
}

static void
test_faults(void **state)
{
	(void)state;
	bad("[server]\nwrokers = 3\n",
	    ":server:wrokers: no such setting; did you mean workers?");
	bad("[sever]\nworkers = 3\n", "did you mean [server]?");
	bad("[provider]\ntype = openai\n",
	    ":provider: no such section; did you mean [provider:NAME]?");
	bad("[modle:x]\n", "did you mean [model:NAME]?");
	bad("[xyzzy]\n", ":xyzzy: no such section");
	bad("[server]\nworkers = many\n",
	    ":server:workers: must be a whole number from 0 to 64, not "
	    "\"many\"");
	bad("[server]\nworkers = 65\n", "from 0 to 64");
	bad("[server]\nmax_body_bytes = 12Q\n", "must be a size from 1024");
	bad("[server]\nmax_body_bytes = 9999999999999T\n", "must be a size");
	bad("[log]\ndefault = some\n",
	    ":log:default: must be one of full|numbers|none, not \"some\"");
	bad("[upstream]\nhttp2 = maybe\n", "must be yes or no");
	bad("[model:a]\nprice_input = cheap\n",
	    ":model:a:price_input: must be a price in USD");
	bad("[provider:a]\nbase_url = ftp://x\n", "must be a URL");
	bad("[server]\ntrusted_proxies = 10.0.0.0/33\n",
	    "must be addresses by commas");
	bad("[server]\ncors_origins = example.org\n", "must be * or origins");
	/* A secret is not repeated. */
	bad("[server]\nmaster_key = hunter2\n",
	    "must begin with sk- and be at least 8");
	assert_null(strstr(err.msg, "hunter2"));
	/* A model has no key, a provider no price. */
	bad("[model:a]\napi_key = x\n", "no such setting");
	bad("[provider:a]\nprice_input = 1\n", "no such setting");
}

static void
test_all_faults(void **state)
{
	int lines = 0;
	const char *p;

	(void)state;
	bad("[server]\nworkers = x\ngrace_seconds = y\n[what]\n", "workers");
	for (p = faults.p; (p = strchr(p, '\n')) != NULL; p++)
		lines++;
	assert_int_equal(lines, 3);
}

static void
test_syntax(void **state)
{
	char text[3000];
	size_t n;

	(void)state;
	bad("workers = 2\n", ":1: workers stands before any [section]");
	bad("[server]\n\nworkers\n", ":3: neither [section] nor key = value");
	bad("[server] ; ours\n", ":1: a section stands alone on its line");
	bad("[server]\nworkers = 2\nworkers = 3\n",
	    ":3: [server] workers stands in line 2 too");
	bad("[model:GPT]\n[model:gpt]\n", "differ only in the case");
	bad("[provider:a]\napi_key = abc#def\n",
	    ":2: api_key: a value with ; or # in it must stand in double "
	    "quotes");
	n = (size_t)snprintf(text, sizeof(text), "[server]\ndata = ");
	memset(text + n, 'x', 1500);
	memcpy(text + n + 1500, "\n", 2);
	bad(text, ":2: line too long (1507 characters, at most 1022)");
	/* A comment may be as long as it likes, within a line's limit. */
	tg_conf_free(good("; data = 1\n# x\n\n[server]\n  workers=2 \n"));
	tg_conf_free(good("[server]\r\nworkers = 2\r\n"));
	tg_conf_free(good("[server]\nworkers = 2"));
}

static void
test_longest_line(void **state)
{
	struct tg_conf *c;
	char text[1100];
	size_t n;

	(void)state;
	n = (size_t)snprintf(text, sizeof(text), "[provider:a]\nheader.X = ");
	memset(text + n, 'x', 1022 - 11);
	memcpy(text + n + 1022 - 11, "\n", 2);
	c = good(text);
	assert_int_equal(strlen(setting(&c->providers[0], "header.X")), 1011);
	tg_conf_free(c);
}

static void
test_environment(void **state)
{
	struct tg_conf *c;

	(void)state;
	setenv("TOLLGATE_DATA", "/somewhere", 1);
	setenv("TOLLGATE_WORKERS", "0", 1);
	c = good("[server]\ndata = /else\nworkers = 7\n");
	assert_string_equal(c->prog.data, "/somewhere");
	assert_int_equal(c->prog.workers, 0);
	tg_conf_free(c);
	setenv("TOLLGATE_WORKERS", "several", 1);
	bad("", "TOLLGATE_WORKERS must be a whole number");
	unsetenv("TOLLGATE_WORKERS");
	unsetenv("TOLLGATE_DATA");
	setenv("TOLLGATE_CONFIG", path, 1);
	write_file("[server]\nworkers = 9\n");
	assert_int_equal(tg_conf_load(NULL, &c, NULL, &err), 0);
	assert_int_equal(c->prog.workers, 9);
	tg_conf_free(c);
	unsetenv("TOLLGATE_CONFIG");
	assert_int_equal(tg_conf_load("/nowhere.ini", &c, NULL, &err), -1);
}

/* Uncommented, the sample says just what is in force without it. */
static void
uncomment(struct tg_buf *out, struct tg_str text)
{
	struct tg_str line, rest;

	while (tg_str_cut(&text, '\n', &line)) {
		rest = line;
		if (tg_str_starts(rest, "; ")) {
			rest.p += 2;
			rest.n -= 2;
			/* A setting, not a sentence. */
			if (memchr(rest.p, '=', rest.n) != NULL &&
			    rest.p[0] >= 'a' && rest.p[0] <= 'z')
				line = rest;
		}
		tg_buf_adds(out, line);
		tg_buf_addc(out, "\n");
	}
}

static void
test_sample(void **state)
{
	struct tg_buf sample, text;
	struct tg_conf *c;
	char *before_models;
	int i;

	(void)state;
	tg_buf_init(&sample, 1 << 20);
	tg_buf_init(&text, 1 << 20);
	assert_int_equal(tg_conf_print_sample(&sample), 0);
	tg_conf_free(good(sample.p));
	for (i = 0; i < TG_CONF__MAX; i++)
		if ((tg_conf_rows[i].sections &
			(TG_SECTION_PROVIDER | TG_SECTION_MODEL |
			    TG_SECTION_ALERT)) == 0)
			assert_non_null(strstr(sample.p, tg_conf_rows[i].key));
	before_models = strstr(sample.p, "; A place that serves models");
	assert_non_null(before_models);
	uncomment(&text,
	    (struct tg_str){ sample.p, (size_t)(before_models - sample.p) });
	/* What has no default is written empty there. */
	c = NULL;
	write_file(text.p);
	(void)tg_conf_load(path, &c, &faults, &err);
	if (c != NULL) {
		assert_int_equal(c->prog.max_streams, 1024);
		tg_conf_free(c);
	} else {
		assert_null(strstr(faults.p, "no such"));
		assert_non_null(strstr(faults.p, ":server:workers: must be"));
	}
	tg_buf_free(&sample);
	tg_buf_free(&text);
}

/* Without what comments it out. */
static struct tg_str
bare(struct tg_str line)
{
	while (line.n > 0 && (*line.p == ';' || *line.p == ' ')) {
		line.p++;
		line.n--;
	}
	return line;
}

/* The name before " =", if it is a setting's line. */
static struct tg_str
name_of(struct tg_str line)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789"
				      "ABCDEFGHIJKLMNOPQRSTUVWXYZ_.-";
	size_t n = 0;

	while (n < line.n && strchr(letters, line.p[n]) != NULL)
		n++;
	if (n == 0 || n + 1 >= line.n || memcmp(line.p + n, " =", 2) != 0)
		return TG_STR_NONE;
	return (struct tg_str){ line.p, n };
}

/* The file that is shipped names nothing that is not in the table. */
static void
test_shipped(void **state)
{
	const struct tg_conf_section_row *row;
	const char *srcdir = getenv("srcdir");
	struct tg_str line, key, ignored;
	unsigned section = 0;
	char name[4096], text[1024];
	FILE *f;

	(void)state;
	if (srcdir == NULL)
		skip();
	snprintf(name, sizeof(name), "%s/etc/tollgate.ini", srcdir);
	f = fopen(name, "r");
	assert_non_null(f);
	while (fgets(text, sizeof(text), f) != NULL) {
		line = bare(tg_str_trim(tg_str(text)));
		key = name_of(line);
		if (line.n > 2 && line.p[0] == '[') {
			line = (struct tg_str){ line.p + 1, line.n - 2 };
			row = tg_conf_section_find(line, &ignored);
			if (row == NULL)
				fail_msg("[%.*s]", TG_PRI(line));
			section = row->bit;
		} else if (key.n > 0) {
			text[key.p + key.n - text] = '\0';
			if (tg_conf_row_find(section, key.p) == -1)
				fail_msg("%s", key.p);
		}
	}
	fclose(f);
}

static void
test_print(void **state)
{
	struct tg_conf *c = good("[server]\nmaster_key = sk-topsecret\n"
				 "[provider:a]\napi_key = hidden\n"
				 "header.Authorization = hidden\n"
				 "proxy = me:hidden@proxy:3128\n"
				 "base_url = https://u:hidden@host/v1?a=hidden&"
				 "hidden\n"
				 "[upstream]\n"
				 "proxy = http://hidden@proxy.example/\n");
	struct tg_buf out;

	(void)state;
	tg_buf_init(&out, 1 << 20);
	assert_int_equal(tg_conf_print(c, &out), 0);
	assert_null(strstr(out.p, "topsecret"));
	assert_null(strstr(out.p, "hidden"));
	assert_non_null(strstr(out.p, "[provider:a]"));
	assert_non_null(strstr(out.p, "proxy = me:********@proxy:3128\n"));
	assert_non_null(strstr(out.p,
	    "base_url = https://u:********@host/v1?a=********&********\n"));
	assert_non_null(strstr(out.p,
	    "proxy = http://********@proxy.example/\n"));
	tg_buf_reset(&out);
	assert_int_equal(tg_conf_print_json(c, &out), 0);
	assert_null(strstr(out.p, "topsecret"));
	assert_null(strstr(out.p, "hidden"));
	tg_buf_reset(&out);
	assert_int_equal(tg_conf_print_manual(&out), 0);
	assert_non_null(strstr(out.p, "max_streams"));
	tg_buf_free(&out);
	tg_conf_free(c);
}

static void
test_proxy_and_status(void **state)
{
	static const char *const proxies[] = { "", "proxy:3128",
		"proxy.example", "[::1]:3128", "http://proxy",
		"https://u:p@proxy:1", "SOCKS5H://127.0.0.1:9050" };
	char text[200];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(proxies) / sizeof(proxies[0]); i++) {
		snprintf(text, sizeof(text), "[upstream]\nproxy = %s\n",
		    proxies[i]);
		tg_conf_free(good(text));
	}
	bad("[upstream]\nproxy = foo\n", "must be a proxy's address");
	bad("[upstream]\nproxy = htp://proxy\n", "must be a proxy's address");
	bad("[upstream]\nproxy = http://\n", "must be a proxy's address");
	bad("[upstream]\nproxy = http://:80\n", "must be a proxy's address");
	bad("[upstream]\nproxy = a b.c\n", "must be a proxy's address");
	bad("[upstream]\nproxy = htp://u:SECRET@h\n", "u:********@h");
	assert_null(strstr(err.msg, "SECRET"));
	tg_conf_free(good("[model:m]\necho_status = 0\n"));
	tg_conf_free(good("[model:m]\necho_status = 400\n"));
	tg_conf_free(good("[model:m]\necho_status = 599\n"));
	bad("[model:m]\necho_status = 399\n", "from 400 to 599");
	tg_conf_free(good("[house]\nlimits = 50 requests/day, 4 parallel\n"
	    "budget_limits = 1/day, 20/month\n[model:m]\n"
	    "model_limits = 9 tokens/12h\nmodel_budget_limits = 1/week\n"));
	bad("[house]\nlimits = 50 a day\n", "such as 1000 requests/day");
	bad("[provider:p]\nbudget_limits = 5\n", "such as 1/day, 20/month");
	bad("[model:m]\necho_status = 200\n", "from 400 to 599");
	bad("[model:m]\necho_status = 600\n", "0 to 599");
	bad("[model:m]\nprice_input = 0.0000001\n",
	    "smallest step is 0.000001 USD");
	bad("[model:m]\nprice_input = -1\n", "must be a price");
}

static void
test_distance(void **state)
{
	(void)state;
	assert_int_equal(tg_conf_distance("workers", "workers"), 0);
	assert_int_equal(tg_conf_distance("wrokers", "workers"), 2);
	assert_int_equal(tg_conf_distance("", "abc"), 3);
	assert_int_equal(tg_conf_distance("abcdefghijkl", "xyz"), 9);
	/* Every row is found, each key once a section. */
	for (int i = 0; i < TG_CONF__MAX; i++) {
		assert_non_null(tg_conf_rows[i].key);
		assert_non_null(tg_conf_rows[i].help);
		for (unsigned bit = 1; bit <= TG_SECTION_TAGS; bit <<= 1)
			if ((tg_conf_rows[i].sections & bit) &&
			    i != TG_CONF_HEADER)
				assert_int_equal(tg_conf_row_find(bit,
						     tg_conf_rows[i].key),
				    i);
	}
}

static void
test_alerts(void **state)
{
	struct tg_buf shown;
	struct tg_conf *c = good("[server]\nname = gate\n"
				 "[alert:a]\nurl = http://h/secret\n"
				 "format = slack\nheader.X-A = hidden\n"
				 "[alert:b]\nmail = ops@example.org\n"
				 "events = budget.soft\n");

	(void)state;
	assert_string_equal(c->prog.name, "gate");
	assert_int_equal(c->n_alerts, 2);
	assert_string_equal(c->told[0].where, "http://h/secret");
	assert_true(c->told[0].slack);
	assert_ptr_equal(tg_alert_find(c, "b"), &c->told[1]);
	assert_null(tg_alert_find(c, "c"));
	tg_buf_init(&shown, 1 << 20);
	assert_int_equal(tg_conf_print(c, &shown), 0);
	assert_int_equal(tg_conf_print_json(c, &shown), 0);
	assert_null(strstr(shown.p, "secret"));
	assert_null(strstr(shown.p, "hidden"));
	assert_non_null(strstr(shown.p, "[alert:b]\nmail = ops@example.org"));
	tg_buf_free(&shown);
	tg_conf_free(c);

	bad("[alert:a]\nurl = ftp://h/x\n", "alert:a:url: must be a URL");
	assert_null(strstr(faults.p, "ftp"));
	bad("[alert:a]\nurl = http+unix://%2Fx\n", "must be a URL");
	bad("[alert:a]\nmail = -oops@x\n", "must be an address");
	bad("[alert:a]\nmail = a@b, c@d\n", "must be one address");
	bad("[alert:a]\nmail = a@b\nevents = all\n", "budget.threshold");
	bad("[alert:a]\nformat = json\n", "alert:a: needs one of");
	bad("[alert:a]\nmail = a@b\ncommand = /x\n", "only one of");
	bad("[alerts:a]\n", "did you mean [alert:NAME]?");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_defaults),
		TEST(test_values),
		TEST(test_sections),
		TEST(test_resolved),
		TEST(test_faults),
		TEST(test_all_faults),
		TEST(test_syntax),
		TEST(test_longest_line),
		TEST(test_environment),
		TEST(test_sample),
		TEST(test_shipped),
		TEST(test_print),
		TEST(test_proxy_and_status),
		TEST(test_distance),
		TEST(test_alerts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
