/* One data folder for all cases; an app for each set of settings. */
#include "config.h"

#include "house.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <sqlite3.h>

#include "base/clock.h"
#include "base/hash.h"
#include "people.h"
#include "store/db.h"
#include "store/keys.h"

#define SECRET "up-1f4c8a9e2b7d6c3055aa"
#define ARENA_BYTES (64 * 1024 * 1024)
#define MOST_BYTES (64 * 1024 * 1024)
#define SECTIONS 32
#define SETTINGS 24

/* Providers and models that are always there; $PORT and the like stand for
 * ports. */
static const char standard[] =
    "provider up base_url http://127.0.0.1:$PORT\n"
    "provider up api_key $SECRET\n"
    "provider up header.X-House wire\n"
    "provider down base_url http://127.0.0.1:$REFUSED/v1\n"
    "provider stuck base_url http://127.0.0.1:$STUCK/v1\n"
    "provider stuck connect_ms 60\n"
    "model gpt-x provider up\n"
    "model gpt-x upstream_model real-model\n"
    "model gpt-x price_input 0.15\n"
    "model gpt-x price_output 0.60\n"
    "model gpt-x price_cache_read 0.075\n"
    "model same provider up\n"
    "model wild/* provider up\n"
    "model wild/* upstream_model *\n"
    "model org/model:tag provider up\n"
    "model embed-x provider up\n"
    "model embed-x mode embedding\n"
    "model embed-x price_input 0.02\n"
    "model embed-x price_output 0\n"
    "model down provider down\n"
    "model stuck provider stuck\n";

struct section {
	struct tg_section s;
	struct tg_setting list[SETTINGS];
};

struct wire_house {
	char dir[64];
	char key_file[96];
	const struct wire_vars *vars;
	struct tg_arena *arena;		/* of the program */
	struct tg_arena *settings;	/* of the app */
	char *conf_text;
	struct tg_app_conf conf;
	struct section providers[SECTIONS], models[SECTIONS];
	struct tg_section provider_list[SECTIONS], model_list[SECTIONS];
	struct section promises;	/* of the house itself */
	struct tg_app *app;
	bool locked;		/* asked for */
	sqlite3 *lock;		/* another program in the middle of writing */
};

static void make_keys(struct wire_house *, struct wire_vars *);
static int read_conf(struct wire_house *, struct tg_str, struct tg_buf *);
static void close_app(struct wire_house *);
static void die(const char *, const struct tg_err *);

/* The UTC day on which the cases run; they take less than that. */
static void
set_today(struct wire_house *h, struct wire_vars *vars)
{
	char iso[TG_ISO_BYTES];

	wire_set(vars, "TODAY",
	    tg_arena_printf(
		h->arena, "%.10s", tg_iso_time(tg_wall_us(), iso)));
}

struct wire_house *
wire_house_new(struct wire_vars *vars, int port, int refused, int stuck)
{
	struct wire_house *h = calloc(1, sizeof(*h));
	struct tg_err e = { 0 };
	struct tg_seal *seal;

	if (h == NULL || tg_crypto_init() != 0)
		abort();
	h->vars = vars;
	h->arena = tg_arena_new(ARENA_BYTES);
	(void)snprintf(h->dir, sizeof(h->dir), "%s", "/tmp/tg-wire-XXXXXX");
	if (mkdtemp(h->dir) == NULL)
		die("mkdtemp", &e);
	(void)snprintf(
	    h->key_file, sizeof(h->key_file), "%s/tollgate.key", h->dir);
	seal = tg_seal_open(h->key_file, 1, &e);
	if (seal == NULL)
		die("seal", &e);
	tg_seal_close(seal);
	wire_set(vars, "SECRET", SECRET);
	wire_set(vars, "PORT", tg_arena_printf(h->arena, "%d", port));
	wire_set(vars, "REFUSED", tg_arena_printf(h->arena, "%d", refused));
	wire_set(vars, "STUCK", tg_arena_printf(h->arena, "%d", stuck));
	set_today(h, vars);
	make_keys(h, vars);
	return h;
}

void
wire_house_free(struct wire_house *h)
{
	char path[512];
	struct dirent *entry;
	DIR *d = opendir(h->dir);

	close_app(h);
	while (d != NULL && (entry = readdir(d)) != NULL) {
		(void)snprintf(path, sizeof(path), "%s/%s", h->dir,
		    entry->d_name);
		(void)unlink(path);
	}
	if (d != NULL)
		(void)closedir(d);
	(void)rmdir(h->dir);
	free(h->conf_text);
	tg_arena_free(h->settings);
	tg_arena_free(h->arena);
	free(h);
}

static void
die(const char *what, const struct tg_err *e)
{
	(void)fprintf(stderr, "test_wire: %s: %s\n", what, e->msg);
	abort();
}

/* --- keys --- */

static const struct {
	const char *var, *text, *alias, *models;
	enum tg_key_role role;
	enum tg_log_mode log;
	int64_t life_s;		/* 0: for ever */
	bool revoked, blocked;
} keys[] = {
	{ .var = "KEY", .text = "sk-wire-normal-0000000001", .alias = "normal" },
	{ .var = "MASTER", .text = "sk-wire-master-0000000002",
	    .role = TG_KEY_MASTER },
	{ .var = "REVOKED", .text = "sk-wire-revoked-000000003",
	    .revoked = true },
	{ .var = "EXPIRED", .text = "sk-wire-expired-000000004",
	    .life_s = -60 },
	{ .var = "LIMITED", .text = "sk-wire-limited-000000005",
	    .models = "[\"echo\",\"gpt-*\"]" },
	{ .var = "NUMBERS", .text = "sk-wire-numbers-000000006",
	    .log = TG_LOG_NUMBERS },
	{ .var = "NOLOG", .text = "sk-wire-nolog-00000000007",
	    .log = TG_LOG_NONE },
	{ .var = "BLOCKED", .text = "sk-wire-blocked-000000008",
	    .blocked = true },
};

static void
make_key(struct wire_house *h, struct tg_store *s, size_t i,
    struct wire_vars *vars)
{
	struct tg_err e = { 0 };
	struct tg_key k = {
		.alias = keys[i].alias,
		.models = keys[i].models != NULL ? keys[i].models : "[]",
		.metadata = "{}",
		.created_by = "wire",
		.role = keys[i].role,
		.log = keys[i].log,
		.blocked = keys[i].blocked,
		.created_at = tg_wall_us(),
		.updated_at = tg_wall_us(),
	};

	k.name = tg_arena_printf(h->arena, "sk-...%s",
	    keys[i].text + strlen(keys[i].text) - 4);
	if (keys[i].life_s != 0)
		k.expires_at = k.created_at + keys[i].life_s * 1000000;
	tg_sha256_hex(tg_str(keys[i].text), k.token);
	if ((k.role == TG_KEY_MASTER ? tg_key_set_master(s, &k, &e) :
				       tg_key_add(s, &k, &e)) != 0)
		die(keys[i].var, &e);
	if (keys[i].revoked && tg_key_revoke(s, k.token, &e) != 1)
		die(keys[i].var, &e);
	wire_set(vars, keys[i].var, keys[i].text);
	wire_set(vars, tg_arena_printf(h->arena, "%s_HASH", keys[i].var),
	    tg_arena_cstr(h->arena, tg_str(k.token)));
}

static void
make_keys(struct wire_house *h, struct wire_vars *vars)
{
	struct tg_store_conf conf = { .dir = h->dir, .busy_ms = 2000 };
	struct tg_err e = { 0 };
	struct tg_store *s;

	if (tg_store_init(&conf, &s, &e) != 0)
		die("store", &e);
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		make_key(h, s, i, vars);
	wire_people(vars, s, h->arena);
	tg_store_close(s);
}

/* --- settings --- */

/* "NAME KEY VALUE" */
static int
add_setting(struct wire_house *h, struct section *list, size_t *n,
    struct tg_str rest)
{
	struct tg_str name = wire_word(&rest), key = wire_word(&rest);
	size_t i = 0;

	while (i < *n && !tg_str_is(name, list[i].s.name))
		i++;
	if (i == SECTIONS || (i < *n && list[i].s.n == SETTINGS))
		return -1;
	if (i == *n) {
		(*n)++;
		list[i].s = (struct tg_section){
			.name = tg_arena_cstr(h->settings, name),
			.settings = list[i].list,
		};
	}
	list[i].list[list[i].s.n].key = tg_arena_cstr(h->settings, key);
	list[i].list[list[i].s.n++].value =
	    tg_arena_cstr(h->settings, tg_str_trim(rest));
	return 0;
}

static int
set_number(struct wire_house *h, struct tg_str name, struct tg_str value)
{
	struct tg_gate_conf *g = &h->conf.gate;
	int64_t n = 0;

	if (!tg_str_i64(tg_str_trim(value), &n))
		return -1;
	if (tg_str_is(name, "keepalive_ms"))
		g->keepalive_ms = (int)n;
	else if (tg_str_is(name, "max_body"))
		g->max_body_bytes = (size_t)n;
	else if (tg_str_is(name, "budget_status"))
		h->conf.web.budget_status = (int)n;
	else if (tg_str_is(name, "busy_ms"))
		h->conf.store.busy_ms = (int)n;
	else if (tg_str_is(name, "locked"))
		h->locked = n != 0;
	else if (tg_str_is(name, "max_answer"))
		g->max_answer_bytes = (size_t)n;
	else
		return -1;
	return 0;
}

/* "KEY VALUE" of [house], [customers] and [tags]; what is left, a promise. */
static int
set_house(struct wire_house *h, struct tg_str rest)
{
	struct tg_house_conf *c = &h->conf.gate.house;
	struct tg_str key = wire_word(&rest), value = tg_str_trim(rest);
	const struct {
		const char *name;
		bool *flag;
		int64_t *number;
		const char **text;
	} rows[] = {
		{ "fall_over", &c->fall_over, NULL, NULL },
		{ "stream_cost", &c->stream_cost, NULL, NULL },
		{ "customers_create", &c->customer_create, NULL, NULL },
		{ "customers_enforce", &c->customer_enforce, NULL, NULL },
		{ "tags_create", &c->tag_create, NULL, NULL },
		{ "default_output_tokens", NULL, &c->default_output_tokens,
		    NULL },
		{ "customers_headers", NULL, NULL, &c->customer_headers },
		{ "customers_budget", NULL, NULL, &c->customer_budget },
		{ "timezone", NULL, NULL, &c->timezone },
	};
	struct section *p = &h->promises;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (!tg_str_is(key, rows[i].name))
			continue;
		if (rows[i].flag != NULL)
			*rows[i].flag = tg_str_is(value, "yes");
		else if (rows[i].text != NULL)
			*rows[i].text = tg_arena_cstr(h->settings, value);
		else
			return tg_str_i64(value, rows[i].number) ? 0 : -1;
		return 0;
	}
	if (p->s.n == SETTINGS)
		return -1;
	p->list[p->s.n].key = tg_arena_cstr(h->settings, key);
	p->list[p->s.n++].value = tg_arena_cstr(h->settings, value);
	return 0;
}

/* "KEY VALUE" of [signin]. */
static int
set_signin(struct wire_house *h, struct tg_str rest)
{
	struct tg_signin_conf *c = &h->conf.web.signin;
	struct tg_str key = wire_word(&rest);
	const char *value =
	    tg_arena_cstr(h->settings, tg_str_trim(rest));
	const struct {
		const char *name;
		const char **text;
	} rows[] = {
		{ "remote_user", &c->remote_user },
		{ "remote_groups", &c->remote_groups },
		{ "owner_groups", &c->owners },
		{ "admin_groups", &c->admins },
		{ "viewer_groups", &c->viewers },
		{ "member_groups", &c->members },
		{ "default_role", &c->default_role },
	};

	if (tg_str_is(key, "create")) {
		c->create = strcmp(value, "yes") == 0;
		return 0;
	}
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (tg_str_is(key, rows[i].name)) {
			*rows[i].text = value;
			return 0;
		}
	return -1;
}

static int
set_one(struct wire_house *h, struct tg_str name, struct tg_str value)
{
	const char *text =
	    tg_arena_cstr(h->settings, tg_str_trim(value));

	if (tg_str_is(name, "compat"))
		h->conf.web.compat = strcmp(text, "1.83") == 0 ?
		    TG_COMPAT_1_83 :
		    TG_COMPAT_1_104;
	else if (tg_str_is(name, "house"))
		return set_house(h, value);
	else if (tg_str_is(name, "signin"))
		return set_signin(h, value);
	else if (tg_str_is(name, "cors"))
		h->conf.web.cors_origins = text;
	else if (tg_str_is(name, "trusted"))
		h->conf.web.trusted_proxies = text;
	else if (tg_str_is(name, "log"))
		return tg_log_mode_parse(tg_str(text), &h->conf.gate.log);
	else if (tg_str_is(name, "master_key"))
		h->conf.gate.master_key = tg_secret_new(tg_str(text));
	else
		return set_number(h, name, value);
	return 0;
}

static int
read_conf(struct wire_house *h, struct tg_str text, struct tg_buf *why)
{
	struct tg_catalog_conf *c = &h->conf.gate.catalog;
	struct tg_str line;
	bool ended;
	int rc;

	while (wire_line(&text, &line, &ended)) {
		struct tg_str rest = line, kind = wire_word(&rest);
		if (kind.n == 0)
			continue;
		if (tg_str_is(kind, "provider") || tg_str_is(kind, "model")) {
			bool model = tg_str_is(kind, "model");
			rc = add_setting(h,
			    model ? h->models : h->providers,
			    model ? &c->n_models : &c->n_providers, rest);
		} else
			rc = set_one(h, kind, rest);
		if (rc != 0)
			return tg_buf_printf(why, "unknown setting: %.*s\n",
				   TG_PRI(line)),
			       -1;
	}
	return 0;
}

/* As prog/conf fills it. */
static void
defaults(struct wire_house *h)
{
	struct tg_fetch_route route = {
		.proxy = "",
		.connect_ms = 2000,
		.first_byte_ms = 5000,
		.gap_ms = 5000,
		.total_ms = 20000,
		.max_answer_bytes = MOST_BYTES,
	};
	struct tg_gate_conf gate = {
		.keepalive_ms = 5000,
		.log = TG_LOG_FULL,
		.idle_connections = 4,
		.max_body_bytes = 4 * 1024 * 1024,
		.max_answer_bytes = MOST_BYTES,
		.house = {
		    .timezone = "UTC",
		    .default_output_tokens = 4096,
		    .ceiling_input = 30000000,
		    .ceiling_output = 150000000,
		    .fall_over = true,
		    .customer_headers = "X-OpenWebUI-User-Id",
		},
	};

	gate.catalog.route = route;
	memset(&h->conf, 0, sizeof(h->conf));
	h->conf.key_file = h->key_file;
	h->conf.store.dir = h->dir;
	h->conf.store.busy_ms = 2000;
	h->conf.store.threads = true;
	h->conf.gate = gate;
	h->conf.web.compat = TG_COMPAT_1_104;
	h->conf.web.max_streams = 1024;
}

static void
lock_database(struct wire_house *h)
{
	char path[96];

	(void)snprintf(path, sizeof(path), "%s/tollgate.db", h->dir);
	if (sqlite3_open(path, &h->lock) != SQLITE_OK ||
	    sqlite3_exec(h->lock, "BEGIN IMMEDIATE", NULL, NULL, NULL) !=
		SQLITE_OK)
		abort();
}

static void
close_app(struct wire_house *h)
{
	(void)sqlite3_close(h->lock);
	h->lock = NULL;
	h->locked = false;
	tg_app_close(h->app);
	h->app = NULL;
	tg_secret_free(&h->conf.gate.master_key);
	free(h->conf_text);
	h->conf_text = NULL;
	tg_arena_free(h->settings);
	h->settings = tg_arena_new(ARENA_BYTES);
	memset(h->providers, 0, sizeof(h->providers));
	memset(h->models, 0, sizeof(h->models));
	memset(&h->promises, 0, sizeof(h->promises));
	h->promises.s.settings = h->promises.list;
	defaults(h);
}

struct tg_app *
wire_house_app(struct wire_house *h, struct tg_str conf, struct tg_buf *why)
{
	struct tg_catalog_conf *c = &h->conf.gate.catalog;
	struct tg_err e = { 0 };

	if (h->app != NULL && tg_str_is(conf, h->conf_text))
		return h->app;
	close_app(h);
	if (read_conf(h, wire_expand(h->vars, h->settings, TG_STR(standard)),
		why) != 0 ||
	    read_conf(h, wire_expand(h->vars, h->settings, conf), why) != 0)
		return NULL;
	for (size_t i = 0; i < c->n_providers; i++)
		h->provider_list[i] = h->providers[i].s;
	for (size_t i = 0; i < c->n_models; i++)
		h->model_list[i] = h->models[i].s;
	h->conf.gate.house.promises = h->promises.s;
	h->conf.gate.house.trusted = h->conf.web.trusted_proxies;
	h->conf.gate.house.old_words =
	    h->conf.web.compat == TG_COMPAT_1_83;
	c->providers = h->provider_list;
	c->models = h->model_list;
	if (tg_app_open(&h->conf, &h->app, &e) != 0) {
		h->app = NULL;
		(void)tg_buf_printf(why, "cannot open: %s\n", e.msg);
		return NULL;
	}
	if (h->locked)
		lock_database(h);
	h->conf_text = strndup(conf.n > 0 ? conf.p : "", conf.n);
	return h->app;
}
