/*
 * /admin/models/prices: what a deployment costs, from when on, and who says
 * so.  A price is never changed: a new one follows it.
 */
#include "config.h"

#include <stdio.h>

#include "base/civil.h"
#include "base/clock.h"
#include "base/zone.h"
#include "web/admin/models.h"
#include "web/admin/sheet.h"
#include "web/manage/model.h"

#define US INT64_C(1000000)
#define MINUTES_A_DAY 1440

static const struct {
	const char *unit, *title;
} units[TG_UNIT__MAX] = {
	[TG_UNIT_INPUT] = { "input", N_("Input") },
	[TG_UNIT_CACHE_READ] = { "cache_read", N_("Input from a cache") },
	[TG_UNIT_CACHE_WRITE] = { "cache_write", N_("Input into a cache") },
	[TG_UNIT_CACHE_WRITE_1H] = { "cache_write_1h",
	    N_("Input into a cache, for an hour") },
	[TG_UNIT_AUDIO_INPUT] = { "audio_input", N_("Audio input") },
	[TG_UNIT_IMAGE_INPUT] = { "image_input", N_("Image input") },
	[TG_UNIT_OUTPUT] = { "output", N_("Output") },
	[TG_UNIT_AUDIO_OUTPUT] = { "audio_output", N_("Audio output") },
	[TG_UNIT_CALL] = { "call", N_("Each call") },
};

/* --- those that are there --- */

static const char *
title_of(const char *unit)
{
	int u = tg_unit_parse(tg_str(unit));

	return u >= 0 ? units[u].title : unit;
}

static json_t *
hour(int minutes)
{
	char text[8];

	(void)snprintf(text, sizeof(text), "%02d:%02d",
	    minutes / 60 % 24, minutes % 60);
	return json_string(text);
}

static json_t *
price_json(const struct tg_price_row *r, int64_t now)
{
	json_t *out = json_pack("{s:s, s:b, s:I, s:I}", "unit",
	    title_of(r->unit), "is_call", strcmp(r->unit, "call") == 0,
	    "pico", (json_int_t)r->pico_usd, "above_tokens",
	    (json_int_t)r->above_tokens);

	if (r->tier != NULL && *r->tier != '\0')
		tg_jtree_set_text(out, "tier", r->tier);
	if (r->utc_from != r->utc_to) {
		(void)json_object_set_new(out, "from", hour(r->utc_from));
		(void)json_object_set_new(out, "to", hour(r->utc_to));
	}
	/* 1e-12 USD: nano for people, where it is by the call */
	(void)json_object_set_new(
	    out, "nano", json_integer(r->pico_usd / 1000));
	if (r->valid_from > 0)
		(void)json_object_set_new(
		    out, "valid_from", json_integer(r->valid_from));
	if (r->valid_to > 0)
		(void)json_object_set_new(
		    out, "valid_to", json_integer(r->valid_to));
	(void)json_object_set_new(
	    out, "begins", json_boolean(r->valid_from > now));
	tg_jtree_set_text(out, "source", r->source);
	return out;
}

json_t *
tg_admin_model_price_rows(const struct tg_deployment_row *row,
    const struct tg_deployment *d, int64_t now)
{
	json_t *list = json_array();

	for (size_t i = 0; i < row->n_prices; i++)
		(void)json_array_append_new(
		    list, price_json(&row->prices[i], now));
	for (size_t i = 0; row->n_prices == 0 && i < d->prices.n; i++) {
		const struct tg_price *p = &d->prices.prices[i];
		struct tg_price_row r = { .unit = tg_unit_name(p->unit),
			.pico_usd = p->pico,
			.valid_from = p->valid_from,
			.valid_to = p->valid_to,
			.above_tokens = p->above_tokens,
			.tier = p->tier,
			.utc_from = p->utc_from,
			.utc_to = p->utc_to };
		(void)json_array_append_new(list, price_json(&r, now));
	}
	return list;
}

/* --- the form --- */

static json_t *
unit_inputs(struct tg_page *p)
{
	json_t *list = json_array();

	for (int u = 0; u < TG_UNIT__MAX; u++) {
		const char *name =
		    tg_arena_printf(p->a, "price_%s", units[u].unit);
		const char *typed = tg_page_field(p, name);
		(void)json_array_append_new(list,
		    json_pack("{s:s, s:s, s:s, s:b, s:b}", "name", name,
			"title", units[u].title, "value",
			typed != NULL ? typed : "", "is_call",
			u == TG_UNIT_CALL, "usual",
			u == TG_UNIT_INPUT || u == TG_UNIT_OUTPUT ||
			    u == TG_UNIT_CACHE_READ));
	}
	return list;
}

static int
show_prices(struct tg_manage *m, struct tg_page *p)
{
	static const char *const kept[] = { "above_tokens", "tier", "from",
		"to", "valid_from", "source", NULL };
	const struct tg_deployment *d = tg_admin_model(p);
	struct tg_deployment_row row;
	json_t *typed = json_object();

	tg_page_set(p, "typed", typed);
	if (d == NULL || tg_admin_model_row(m, p, &row) != 0)
		return -1;
	for (int i = 0; kept[i] != NULL; i++)
		tg_jtree_set_text(typed, kept[i], tg_page_field(p, kept[i]));
	tg_page_set_text(p, "id", d->id);
	tg_page_set_text(p, "model", d->model);
	tg_page_set_text(p, "provider", d->upstream->name);
	tg_page_set(p, "prices", tg_admin_model_price_rows(&row, d, m->now));
	tg_page_set(p, "units", unit_inputs(p));
	tg_page_set_true(p, "conditional",
	    json_is_string(json_object_get(typed, "above_tokens")) ||
		json_is_string(json_object_get(typed, "tier")) ||
		json_is_string(json_object_get(typed, "from")));
	return 0;
}

int
tg_admin_model_prices(struct tg_web *w)
{
	return tg_page_show_models(
	    w, "model_prices", N_("Prices"), show_prices);
}

/* --- reading --- */

/* "22:30", a minute of the day; -1: it is none. */
static int
minute_of(const char *text)
{
	struct tg_str s = tg_str(text);
	int h, m;

	if (!tg_digits_read(&s, 2, &h) || s.n == 0 || *s.p != ':')
		return -1;
	s.p++;
	s.n--;
	if (!tg_digits_read(&s, 2, &m) || h > 24 || m > 59)
		return -1;
	return (h * 60 + m) % MINUTES_A_DAY;
}

/* What the prices of this form are for. */
static int
read_conditions(struct tg_page *p, struct tg_price *c)
{
	const char *above = tg_page_field(p, "above_tokens");
	const char *tier = tg_page_field(p, "tier");
	const char *from = tg_page_field(p, "from");
	const char *to = tg_page_field(p, "to");
	struct tg_err *e = &p->w->rq->err;

	*c = (struct tg_price){ 0 };
	if (above != NULL &&
	    (!tg_str_i64(tg_str_trim(tg_str(above)), &c->above_tokens) ||
		c->above_tokens < 0))
		return tg_fail_param(e, TG_E_INVALID, "above_tokens",
		    "'Prompts above' must be a number of tokens.");
	if (tier != NULL && strlen(tier) < sizeof(c->tier))
		memcpy(c->tier, tier, strlen(tier));
	else if (tier != NULL)
		return tg_fail_param(e, TG_E_INVALID, "tier",
		    "There is no such tier of service.");
	if (from == NULL && to == NULL)
		return 0;
	c->utc_from = from != NULL ? minute_of(from) : 0;
	c->utc_to = to != NULL ? minute_of(to) : 0;
	if (c->utc_from < 0 || c->utc_to < 0)
		return tg_fail_param(e, TG_E_INVALID, "from",
		    "The hours must be times of the day such as 22:30.");
	return 0;
}

/* The day begins where the visitor is. */
static int
read_day(struct tg_page *p, json_t *body)
{
	const char *text = tg_page_field(p, "valid_from");
	const struct tg_zone *zone = tg_zone_find(tg_str(p->locale.zone));
	struct tg_str s = tg_str(text);
	struct tg_date date;
	int64_t at;
	char iso[TG_ISO_BYTES];

	if (text == NULL)
		return 0;
	if (!tg_date_read(&s, &date) || s.n > 0)
		return tg_fail_param(&p->w->rq->err, TG_E_INVALID,
		    "valid_from", "'From' must be a day such as 2026-01-31.");
	at = tg_days_of(date) * 86400;
	if (zone != NULL)
		at = tg_zone_utc(zone, at);
	/* Today is now. */
	if (at * US <= p->locale.now && at * US > p->locale.now - 86400 * US)
		return 0;
	tg_jtree_set_text(body, "price_from", tg_iso_time(at * US, iso));
	return 0;
}

/* "none" ends a price: it is unknown from then on. */
static int
read_prices(struct tg_page *p, const struct tg_price *conditions,
    json_t *params)
{
	char name[TG_PRICE_NAME_BYTES];
	int n = 0;

	for (int u = 0; u < TG_UNIT__MAX; u++) {
		struct tg_price price = *conditions;
		const char *text = tg_page_field(p,
		    tg_arena_printf(p->a, "price_%s", units[u].unit));
		if (text == NULL)
			continue;
		n++;
		price.unit = (enum tg_unit)u;
		if (tg_price_name(&price, name) == NULL)
			continue;
		(void)json_object_set_new(params, name,
		    tg_str_ieq(tg_str_trim(tg_str(text)), "none") ?
			json_null() :
			json_string(text));
	}
	if (n == 0)
		return tg_fail_param(&p->w->rq->err, TG_E_MISSING,
		    "price_input", "No price was entered.");
	return 0;
}

static json_t *
read_form(struct tg_page *p, const char *id)
{
	const char *source = tg_page_field(p, "source");
	json_t *params = json_object();
	json_t *body = json_pack("{s:o, s:{s:s}, s:s?}", "litellm_params",
	    params, "model_info", "id", id, "price_source",
	    source != NULL ? source : p->w->who);
	struct tg_price conditions;

	if (read_conditions(p, &conditions) == 0 && read_day(p, body) == 0 &&
	    read_prices(p, &conditions, params) == 0)
		return body;
	json_decref(body);
	return NULL;
}

int
tg_admin_model_prices_save(struct tg_web *w)
{
	const struct tg_deployment *d;
	struct tg_page *p;
	json_t *body, *answer;

	if (tg_web_catalog(w) != 0)
		return -1;
	p = tg_page_open(w, "model_prices", N_("Prices"));
	d = tg_admin_model(p);
	if (d == NULL) {
		tg_page_close(p);
		return -1;
	}
	body = read_form(p, d->id);
	if (body == NULL ||
	    tg_page_do(p, tg_web_model_update, body, &answer) != 0)
		return tg_page_refused(p, show_prices);
	return tg_page_goto(
	    p, "saved", "%s", tg_admin_model_path(p, d->id));
}
