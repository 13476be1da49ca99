/*
 * The bill explained: tokens by class, each at its rate, with where the rate
 * is from and since when; what was held, and why the sum may be another.
 */
#include "config.h"

#include "web/admin/call.h"

#include "store/models.h"
#include "web/bill.h"

static const struct {
	const char *what, *title;
} titles[] = {
	{ "input", N_("Input") },
	{ "cache_read", N_("Read from the cache") },
	{ "cache_write", N_("Written to the cache, 5 minutes") },
	{ "cache_write_1h", N_("Written to the cache, 1 hour") },
	{ "audio_input", N_("Sound heard") },
	{ "image_input", N_("Pictures seen") },
	{ "output", N_("Output") },
	{ "audio_output", N_("Sound made") },
	{ "call", N_("For the call") },
	{ "discount", N_("Discount") },
	{ "margin", N_("Margin") },
	{ "rounding", N_("Rounding") },
	{ "adjusted", N_("Cut to what was held") },
};

static const char *note_of(const struct tg_call_row *r);
static int set_source(struct tg_call_page *c, json_t *line, int64_t price);

static const char *
title_of(const struct tg_page *p, const char *what)
{
	for (size_t i = 0; i < sizeof(titles) / sizeof(*titles); i++)
		if (strcmp(titles[i].what, what) == 0)
			return tg_page_words(p, titles[i].title);
	return what;
}

static json_t *
line_of(const struct tg_page *p, const char *what, tg_i128 amount_pico)
{
	json_t *o = json_object();

	tg_jtree_set_text(o, "what", what);
	tg_jtree_set_text(o, "title", title_of(p, what));
	(void)json_object_set_new(o, "amount",
	    json_integer((json_int_t)((amount_pico +
					  (amount_pico < 0 ? -500 : 500)) /
		1000)));
	return o;
}

static int
add_lines(struct tg_call_page *c, const struct tg_bill *b, json_t *lines)
{
	for (int i = 0; i < b->n; i++) {
		const struct tg_bill_line *l = &b->lines[i];
		json_t *o = line_of(c->p, l->what, l->amount_pico);

		(void)json_array_append_new(lines, o);
		if (l->tokens >= 0)
			(void)json_object_set_new(
			    o, "tokens", json_integer(l->tokens));
		if (l->tokens < 0 && l->pico_usd == 0)
			continue;
		if (l->tokens >= 0)
			(void)json_object_set_new(
			    o, "rate", json_integer(l->pico_usd));
		if (set_source(c, o, l->price_row) == -1)
			return -1;
	}
	return 0;
}

/* The ini file's prices have no row. */
static int
set_source(struct tg_call_page *c, json_t *line, int64_t price)
{
	struct tg_price_row row;
	int rc = price == 0 ? 0 :
	    tg_price_get(c->m->db, c->p->a, price, &row, c->m->e);

	if (rc == 1) {
		tg_jtree_set_text(line, "source", row.source);
		(void)json_object_set_new(
		    line, "since", json_integer(row.valid_from));
	}
	if (price == 0)
		(void)json_object_set_new(line, "by_file", json_true());
	return rc == -1 ? -1 : 0;
}

static int
bill_of(struct tg_call_page *c, const struct tg_call_row *r, json_t *list)
{
	struct tg_bill b;
	bool there = tg_bill_of(r, &b);
	json_t *o = json_object(), *lines = json_array();

	(void)json_object_set_new(o, "lines", lines);
	(void)json_array_append_new(list, o);
	if (c->n > 1)
		(void)json_object_set_new(
		    o, "attempt", json_integer(r->attempt));
	if (r->cost_nano != TG_COST_UNKNOWN)
		(void)json_object_set_new(
		    o, "total", json_integer(r->cost_nano));
	if (r->hold_nano != TG_COST_UNKNOWN && r->hold_nano > 0)
		(void)json_object_set_new(
		    o, "held", json_integer(r->hold_nano));
	if (r->provider_cost_nano != TG_COST_UNKNOWN)
		(void)json_object_set_new(
		    o, "provider", json_integer(r->provider_cost_nano));
	(void)json_object_set_new(o, "over_hold", json_boolean(r->over_hold));
	if (!there || b.total_nano != r->cost_nano)
		tg_jtree_set_text(o, "note", note_of(r));
	(void)json_object_set_new(o, "some", json_boolean(there));
	if (!there)
		return 0;
	if (b.tier[0] != '\0')
		tg_jtree_set_text(o, "tier", b.tier);
	if (b.above_tokens > 0)
		(void)json_object_set_new(
		    o, "above", json_integer(b.above_tokens));
	if (add_lines(c, &b, lines) == -1)
		return -1;
	if (b.total_nano != r->cost_nano)
		(void)json_array_append_new(lines, line_of(c->p, "adjusted",
		    ((tg_i128)r->cost_nano - b.total_nano) * 1000));
	return 0;
}

int
tg_call_bill(struct tg_call_page *c)
{
	json_t *list = json_array();

	tg_page_set(c->p, "bills", list);
	for (size_t i = 0; i < c->n; i++)
		if (bill_of(c, &c->rows[i], list) == -1)
			return -1;
	return 0;
}

static const char *
note_of(const struct tg_call_row *r)
{
	if (r->state == TG_CALL_OPEN)
		return N_("The call is not over yet.");
	if (r->state == TG_CALL_REFUSED)
		return N_("Refused: nothing was sent, nothing is charged.");
	if (r->cost_nano == TG_COST_UNKNOWN)
		return N_("The cost is unknown: the model has no price, or "
			  "its usage was not told.");
	if (r->estimated)
		return N_("The usage was not told: the cost is estimated, at "
			  "most what was held.");
	if (r->cost_nano == 0)
		return N_("Nothing is charged.");
	return N_("The rates of this call were not kept.");
}
