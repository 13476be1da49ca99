/* What providers' and models' pages have in common. */
#include "config.h"

#include "web/admin/deployment.h"

#include "base/clock.h"
#include "gate/settings.h"

static const struct {
	const char *key, *title;
} limits[] = {
	{ "rpm", N_("Requests a minute") },
	{ "tpm", N_("Tokens a minute") },
	{ "itpm", N_("Input tokens a minute") },
	{ "otpm", N_("Output tokens a minute") },
	{ "max_parallel_requests", N_("Calls at once") },
	{ "max_budget", N_("Budget in USD") },
	{ "budget_duration", N_("Budget period") },
	{ "limits", N_("Further limits") },
	{ "budget_limits", N_("Further budgets") },
};

static json_t *
price(int64_t pico)
{
	return pico == TG_PICO_UNKNOWN ? json_null() : json_integer(pico);
}

static json_t *
limits_of(const struct tg_deployment *d)
{
	json_t *list = json_array();

	for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
		const char *value =
		    tg_settings_get(&d->promises, limits[i].key);
		if (value != NULL)
			(void)json_array_append_new(list,
			    json_pack("{s:s, s:s}", "title", limits[i].title,
				"value", value));
	}
	return list;
}

static void
add_clock(json_t *list, const char *title, int ms, int of_provider)
{
	(void)json_array_append_new(list,
	    json_pack("{s:s, s:o, s:b}", "title", title, "us",
		ms > 0 ? json_integer((json_int_t)ms * 1000) : json_null(),
		"own", ms != of_provider));
}

static json_t *
clocks_of(const struct tg_deployment *d)
{
	const struct tg_fetch_route *r = &d->route, *u = &d->upstream->route;
	json_t *list = json_array();

	add_clock(list, N_("To connect"), r->connect_ms, u->connect_ms);
	add_clock(list, N_("To the first byte"), r->first_byte_ms,
	    u->first_byte_ms);
	add_clock(list, N_("Between pieces"), r->gap_ms, u->gap_ms);
	add_clock(list, N_("In all"), r->total_ms, u->total_ms);
	return list;
}

/* The line of its section in the file; NULL: it is not of the file. */
static const char *
section_of(const struct tg_page *p, const struct tg_deployment *d)
{
	if (strncmp(d->id, "ini:", 4) != 0)
		return NULL;
	return tg_arena_printf(p->a, "[model:%s]", d->id + 4);
}

static const char *
from_of(const struct tg_deployment *d)
{
	if (!d->fixed)
		return "database";
	if (strncmp(d->id, "ini:", 4) == 0)
		return "file";
	return strncmp(d->id, "open:", 5) == 0 ? "open" : "built in";
}

static size_t
in_force(const struct tg_deployment *d, int64_t now)
{
	size_t n = 0;

	for (size_t i = 0; i < d->prices.n; i++)
		n += d->prices.prices[i].valid_to == 0 ||
		    d->prices.prices[i].valid_to > now;
	return n;
}

static void
set_prices(json_t *out, const struct tg_deployment *d)
{
	struct tg_prices now;
	int64_t at = tg_wall_us();
	int shown = 0;

	tg_prices_at(&d->prices, at, 0, "", &now);
	for (int u = 0; u < TG_UNIT__MAX; u++)
		shown += now.pico[u] != TG_PICO_UNKNOWN;
	(void)json_object_update_new(out,
	    json_pack("{s:o, s:o, s:o, s:o, s:b, s:b}", "input",
		price(now.pico[TG_UNIT_INPUT]), "output",
		price(now.pico[TG_UNIT_OUTPUT]), "cache_read",
		price(now.pico[TG_UNIT_CACHE_READ]), "call",
		price(now.pico[TG_UNIT_CALL]), "priced",
		tg_prices_known(&now), "many",
		in_force(d, at) > (size_t)shown));
}

const struct tg_health_check *
tg_admin_check(const struct tg_health_rows *checks, const char *deployment)
{
	for (size_t i = 0; checks != NULL && i < checks->n; i++)
		if (strcmp(checks->rows[i].deployment, deployment) == 0)
			return &checks->rows[i];
	return NULL;
}

json_t *
tg_admin_state(bool blocked, const struct tg_health_check *check)
{
	const char *word = N_("Not checked"), *class = "mute";

	if (blocked)
		word = N_("Blocked");
	else if (check != NULL && check->error != NULL) {
		word = N_("Failing");
		class = "bad";
	} else if (check != NULL) {
		word = N_("Healthy");
		class = "ok";
	}
	return json_pack("{s:s, s:s}", "word", word, "class", class);
}

static json_t *
check_json(const struct tg_health_check *c)
{
	if (c == NULL)
		return json_null();
	return json_pack("{s:I, s:s?, s:I}", "at", (json_int_t)c->at, "error",
	    c->error, "took_us", (json_int_t)c->took_us);
}

static void
set_number(json_t *out, const char *name, int64_t n)
{
	(void)json_object_set_new(
	    out, name, n > 0 ? json_integer(n) : json_null());
}

json_t *
tg_admin_deployment(const struct tg_page *p, const struct tg_deployment *d,
    const struct tg_health_rows *checks)
{
	const struct tg_health_check *check = tg_admin_check(checks, d->id);
	json_t *out = json_pack("{s:s, s:s, s:s, s:s, s:s, s:i, s:i, s:b, "
				"s:b, s:b}",
	    "id", d->id, "model", d->model, "upstream_model",
	    d->upstream_model, "provider", d->upstream->name, "mode", d->mode,
	    "weight", d->weight, "order", d->order, "wildcard", d->wildcard,
	    "fixed", d->fixed, "blocked", d->blocked);

	tg_jtree_set_text(out, "from", from_of(d));
	(void)json_object_set_new(
	    out, "is_open", json_boolean(strncmp(d->id, "open:", 5) == 0));
	(void)json_object_set_new(out, "built_in",
	    json_boolean(strcmp(from_of(d), "built in") == 0));
	(void)json_object_set_new(out, "renamed",
	    json_boolean(strcmp(d->model, d->upstream_model) != 0));
	(void)json_object_set_new(
	    out, "own", json_boolean(d->upstream->own));
	tg_jtree_set_text(out, "section", section_of(p, d));
	tg_jtree_set_text(out, "team", d->team);
	tg_jtree_set_text(out, "region", d->region);
	set_number(out, "max_input_tokens", d->max_input_tokens);
	set_number(out, "max_output_tokens", d->max_output_tokens);
	set_prices(out, d);
	(void)json_object_set_new(out, "limits", limits_of(d));
	(void)json_object_set_new(out, "clocks", clocks_of(d));
	(void)json_object_set_new(
	    out, "state", tg_admin_state(d->blocked, check));
	(void)json_object_set_new(out, "check", check_json(check));
	return out;
}

const struct tg_deployment *
tg_admin_deployment_find(const struct tg_web *w, const char *id)
{
	const struct tg_catalog *c = w->catalog;

	for (size_t i = 0; id != NULL && i < c->n_deployments; i++)
		if (strcmp(c->deployments[i].id, id) == 0)
			return &c->deployments[i];
	return NULL;
}

const char *
tg_admin_asked(struct tg_page *p, const char *name)
{
	const char *text = tg_page_query(p, name);

	return text != NULL ? text : tg_page_field(p, name);
}

/* --- trying one --- */

static int
keep_check(struct tg_db *db, void *arg, struct tg_err *e)
{
	return tg_health_add(db, arg, e);
}

/* Tokens a second, of a stream once it had begun. */
static json_t *
rate(const struct tg_probe *b)
{
	int64_t us = b->took_us;

	if (b->stream && b->first_us >= 0 && us > b->first_us)
		us -= b->first_us;
	if (b->output_tokens <= 0 || us <= 0 || b->error != NULL)
		return json_null();
	return json_integer((b->output_tokens * 1000000 + us - 1) / us);
}

static json_t *
number(int64_t n)
{
	return n >= 0 ? json_integer(n) : json_null();
}

int
tg_admin_probe(struct tg_page *p, const struct tg_deployment *d,
    const char *model, bool stream)
{
	struct tg_probe b = { .stream = stream, .model = model };
	struct tg_health_check c = { .deployment = d->id, .model = d->model,
		.at = tg_wall_us(), .checked_by = p->w->who };

	if (!tg_probe(p->w, d, &b))
		return tg_fail(&p->w->rq->err, TG_E_INVALID,
		    "This one cannot be tried: it is blocked, or it stands "
		    "for many models and no name was given.");
	c.error = b.error;
	c.took_us = b.took_us;
	tg_page_set(p, "probe",
	    json_pack("{s:s, s:b, s:i, s:s?, s:s?, s:s?, s:I, s:o, s:o, s:o}",
		"model", b.model, "stream", b.stream, "status", b.status,
		"error", b.error, "text", b.text, "call", b.call, "took_us",
		(json_int_t)b.took_us, "first_us",
		b.stream ? number(b.first_us) : json_null(), "output_tokens",
		number(b.output_tokens), "rate", rate(&b)));
	return tg_write(tg_app_store(p->w->app), TG_DB_MAIN, keep_check, &c,
	    &p->w->rq->err);
}
