/*
 * Values in force become the small structs that each floor is opened with.
 */
#include "config.h"

#include "prog/conf_fill.h"

#include <unistd.h>

#include "base/money.h"

static void fill_prog(struct tg_conf *c, const char *file);
static void fill_app(struct tg_conf *c);
static void fill_route(const struct tg_conf *c, struct tg_fetch_route *r);
static void fill_pages(const struct tg_conf *c, struct tg_web_conf *w);
static void fill_signin(const struct tg_conf *c, struct tg_signin_conf *s);
static void fill_house(struct tg_conf *c, struct tg_house_conf *h);
static void fill_promises(struct tg_conf *c, struct tg_section *s);
static const char *host_name(struct tg_arena *a);

void
tg_conf_fill(struct tg_conf *c, const char *file)
{
	struct tg_conf_value *name = &c->values[TG_CONF_NAME];

	if (name->text == NULL || *name->text == '\0')
		name->text = host_name(c->arena);
	fill_prog(c, file);
	fill_app(c);
	fill_pages(c, &c->app.web);
	tg_conf_list(c);
}

static void
fill_prog(struct tg_conf *c, const char *file)
{
	static const enum tg_log_level levels[] = { TG_LOG_DEBUG, TG_LOG_INFO,
		TG_LOG_WARN };
	struct tg_prog_conf *p = &c->prog;
	const struct tg_conf_value *v = c->values;

	p->file = file == NULL ? NULL : tg_arena_cstr(c->arena, tg_str(file));
	p->data = v[TG_CONF_DATA].text;
	p->name = v[TG_CONF_NAME].text;
	p->workers = (int)v[TG_CONF_WORKERS].number;
	p->max_streams = (int)v[TG_CONF_MAX_STREAMS].number;
	p->grace_ms = (int)v[TG_CONF_GRACE_SECONDS].number * 1000;
	p->body_ms = (int)v[TG_CONF_BODY_SECONDS].number * 1000;
	p->send_ms = (int)v[TG_CONF_SEND_SECONDS].number * 1000;
	p->log_level = levels[v[TG_CONF_LOG_LEVEL].number];
}

static void
fill_app(struct tg_conf *c)
{
	static const enum tg_log_mode modes[] = { TG_LOG_FULL, TG_LOG_NUMBERS,
		TG_LOG_NONE };
	static const enum tg_compat levels[] = { TG_COMPAT_1_104,
		TG_COMPAT_1_83 };
	static const int statuses[] = { 400, 422, 429 };
	struct tg_app_conf *a = &c->app;
	const struct tg_conf_value *v = c->values;

	a->key_file = v[TG_CONF_KEY_FILE].text;
	if (a->key_file == NULL)
		a->key_file =
		    tg_arena_printf(c->arena, "%s/tollgate.key", c->prog.data);
	a->store = (struct tg_store_conf){
		.dir = c->prog.data,
		.full_sync = v[TG_CONF_SYNCHRONOUS].number == 0,
		.busy_ms = (int)v[TG_CONF_BUSY_MS].number,
	};
	a->gate = (struct tg_gate_conf){
		.catalog = {
		    .providers = c->providers,
		    .models = c->models,
		    .n_providers = c->n_providers,
		    .n_models = c->n_models,
		    .use_environment = true,
		},
		.keepalive_ms = (int)v[TG_CONF_KEEPALIVE_SECONDS].number * 1000,
		.log = modes[v[TG_CONF_LOG_DEFAULT].number],
		.log_fixed = v[TG_CONF_LOG_DEFAULT].given,
		.idle_connections = (int)v[TG_CONF_IDLE_CONNECTIONS].number,
		.master_key = tg_secret_new(tg_str(v[TG_CONF_MASTER_KEY].text)),
		.caps = {
		    .max_age_s = v[TG_CONF_MAX_AGE_DAYS].number * 86400,
		    .max_rows = v[TG_CONF_MAX_ROWS].number,
		    .max_bytes = v[TG_CONF_MAX_BYTES].number,
		},
		.max_body_bytes = (size_t)v[TG_CONF_MAX_BODY_BYTES].number,
		.max_answer_bytes = (size_t)v[TG_CONF_MAX_ANSWER_BYTES].number,
	};
	fill_route(c, &a->gate.catalog.route);
	fill_house(c, &a->gate.house);
	a->web = (struct tg_web_conf){
		.cors_origins = v[TG_CONF_CORS_ORIGINS].text,
		.www_dir = v[TG_CONF_WWW_DIR].text,
		.trusted_proxies = v[TG_CONF_TRUSTED_PROXIES].text,
		.compat = levels[v[TG_CONF_LITELLM].number],
		.budget_status = v[TG_CONF_BUDGET_STATUS].given ?
		    statuses[v[TG_CONF_BUDGET_STATUS].number] : 0,
		.max_streams = c->prog.max_streams,
	};
}

static void
fill_pages(const struct tg_conf *c, struct tg_web_conf *w)
{
	const struct tg_conf_value *v = c->values;

	w->fixed_age = v[TG_CONF_MAX_AGE_DAYS].given;
	w->fixed_rows = v[TG_CONF_MAX_ROWS].given;
	w->fixed_bytes = v[TG_CONF_MAX_BYTES].given;
	fill_signin(c, &w->signin);
}

static void
fill_signin(const struct tg_conf *c, struct tg_signin_conf *s)
{
	static const char *const roles[] = { "", "member", "viewer",
		"admin" };
	const struct tg_conf_value *v = c->values;
	const char *user = v[TG_CONF_REMOTE_USER].text;

	*s = (struct tg_signin_conf){
		.remote_user = strcmp(user, "off") == 0 ? NULL : user,
		.remote_groups = v[TG_CONF_REMOTE_GROUPS].text,
		.owners = v[TG_CONF_OWNER_GROUPS].text,
		.admins = v[TG_CONF_ADMIN_GROUPS].text,
		.viewers = v[TG_CONF_VIEWER_GROUPS].text,
		.members = v[TG_CONF_MEMBER_GROUPS].text,
		.default_role = roles[v[TG_CONF_DEFAULT_ROLE].number],
		.create = v[TG_CONF_SIGNIN_CREATE].number != 0,
		.idle_s = v[TG_CONF_IDLE_HOURS].number * 3600,
		.longest_s = v[TG_CONF_LONGEST_DAYS].number * 86400,
	};
}

static int64_t
price_of(const struct tg_conf_value *v)
{
	int64_t pico = 0;

	(void)tg_price_parse(tg_str(v->text), &pico);
	return pico;
}

static void
fill_house(struct tg_conf *c, struct tg_house_conf *h)
{
	const struct tg_conf_value *v = c->values;

	*h = (struct tg_house_conf){
		.timezone = v[TG_CONF_TIMEZONE].text,
		.default_output_tokens =
		    v[TG_CONF_DEFAULT_OUTPUT_TOKENS].number,
		.ceiling_input = price_of(&v[TG_CONF_CEILING_INPUT]),
		.ceiling_output = price_of(&v[TG_CONF_CEILING_OUTPUT]),
		.retries = (int)v[TG_CONF_RETRIES].number,
		.fall_over = v[TG_CONF_FALL_OVER].number != 0,
		.stream_cost = v[TG_CONF_STREAM_COST].number != 0,
		.old_words = v[TG_CONF_LITELLM].number == 1,
		.customer_headers = v[TG_CONF_CUSTOMER_HEADERS].text,
		.customer_create = v[TG_CONF_CUSTOMER_CREATE].number != 0,
		.customer_enforce = v[TG_CONF_CUSTOMER_ENFORCE].number != 0,
		.customer_budget = v[TG_CONF_CUSTOMER_BUDGET].text,
		.trusted = v[TG_CONF_TRUSTED_PROXIES].text,
		.tag_create = v[TG_CONF_TAG_CREATE].number != 0,
	};
	fill_promises(c, &h->promises);
}

/* As written: the gate reads them, with those of providers and models. */
static void
fill_promises(struct tg_conf *c, struct tg_section *s)
{
	struct tg_setting *list = tg_arena_zero(c->arena,
	    (TG_CONF_PROMISE_LAST - TG_CONF_PROMISE_FIRST + 1) *
		sizeof(*list));

	*s = (struct tg_section){ .name = "house", .settings = list };
	for (int i = TG_CONF_PROMISE_FIRST; i <= TG_CONF_PROMISE_LAST; i++)
		if (c->values[i].given)
			list[s->n++] = (struct tg_setting){
				tg_conf_rows[i].key, c->values[i].text
			};
}

static void
fill_route(const struct tg_conf *c, struct tg_fetch_route *r)
{
	const struct tg_conf_value *v = c->values;

	*r = (struct tg_fetch_route){
		.proxy = v[TG_CONF_PROXY].text,
		.ca_file = v[TG_CONF_CA_FILE].text,
		.ca_path = v[TG_CONF_CA_PATH].text,
		.http2 = v[TG_CONF_HTTP2].number != 0,
		.connect_ms = (int)v[TG_CONF_CONNECT_MS].number,
		.first_byte_ms = (int)v[TG_CONF_FIRST_BYTE_MS].number,
		.gap_ms = (int)v[TG_CONF_GAP_MS].number,
		.total_ms = (int)v[TG_CONF_TOTAL_MS].number,
		.max_answer_bytes = (size_t)v[TG_CONF_MAX_ANSWER_BYTES].number,
	};
	/* Written without a value, a path is none. */
	if (r->ca_file != NULL && *r->ca_file == '\0')
		r->ca_file = NULL;
	if (r->ca_path != NULL && *r->ca_path == '\0')
		r->ca_path = NULL;
}

static const char *
host_name(struct tg_arena *a)
{
	char name[256];

	if (gethostname(name, sizeof(name)) == -1)
		return "tollgate";
	name[sizeof(name) - 1] = '\0';
	return tg_arena_cstr(a, tg_str(name));
}
