/*
 * Bills: the rates as they are kept, and the lines made of them again, in the
 * very steps in which the cost was made.
 */
#include "config.h"

#include "llm/bill.h"

#include <stdio.h>

#include "base/json.h"
#include "llm/price_sum.h"

#define TEXT_BYTES 1024
#define DEPTH 4
#define PPM 1000000

static void put_rate(struct tg_buf *b, const struct tg_prices *p,
    enum tg_unit used);
static void put_number(struct tg_buf *b, const char *name, int64_t number);
static bool read_text(struct tg_str text, struct tg_prices *p);
static bool read_rate(struct tg_str value, int64_t *pico, int64_t *row);
static void read_tier(struct tg_str value, char tier[TG_TIER_BYTES]);
static void add_line(struct tg_bill *bill, const char *what, int64_t tokens,
    int64_t pico, int64_t row);
static void add_rest(struct tg_bill *bill);
static void add_amount(struct tg_bill *bill, const char *what, tg_i128 pico);

const char *
tg_bill_text(struct tg_arena *a, const struct tg_prices *p,
    const struct tg_usage *u)
{
	struct tg_buf b;
	const char *text;
	enum tg_unit unit;
	int64_t nano;

	if (!tg_price_cost(p, u, &nano))
		return NULL;
	tg_buf_init(&b, TEXT_BYTES);
	tg_buf_byte(&b, '{');
	if (p->pico[TG_UNIT_CALL] != TG_PICO_UNKNOWN)
		put_rate(&b, p, TG_UNIT_CALL);
	for (unit = 0; unit < TG_UNIT__TOKENS; unit++)
		if (!tg_prices_per_call(p) && u->tokens[unit] > 0)
			put_rate(&b, p, unit);
	if (p->tier[0] != '\0') {
		tg_buf_addc(&b, b.n > 1 ? ",\"tier\":" : "\"tier\":");
		tg_json_quote(&b, tg_str(p->tier));
	}
	put_number(&b, "above", p->above_tokens);
	put_number(&b, "discount_ppm", p->discount_ppm);
	put_number(&b, "margin_ppm", p->margin_ppm);
	tg_buf_byte(&b, '}');
	text = b.failed ? NULL : tg_arena_cstr(a, tg_buf_str(&b));
	tg_buf_free(&b);
	return text;
}

bool
tg_bill_make(struct tg_str text, const int64_t tokens[TG_UNIT__TOKENS],
    struct tg_bill *out)
{
	struct tg_prices p;
	struct tg_usage u = {.known = true};
	enum tg_unit unit;

	*out = (struct tg_bill){0};
	if (!read_text(text, &p))
		return false;
	memcpy(u.tokens, tokens, sizeof(u.tokens));
	if (!tg_price_cost(&p, &u, &out->total_nano))
		return false;
	memcpy(out->tier, p.tier, sizeof(out->tier));
	out->above_tokens = p.above_tokens;
	out->discount_ppm = p.discount_ppm;
	out->margin_ppm = p.margin_ppm;
	for (unit = 0; unit < TG_UNIT__TOKENS; unit++)
		if (!tg_prices_per_call(&p) && tokens[unit] > 0)
			add_line(out, tg_unit_name(unit), tokens[unit],
			    p.pico[tg_price_unit(&p, unit)],
			    p.row[tg_price_unit(&p, unit)]);
	if (p.pico[TG_UNIT_CALL] != TG_PICO_UNKNOWN)
		add_line(out, tg_unit_name(TG_UNIT_CALL), -1,
		    p.pico[TG_UNIT_CALL], p.row[TG_UNIT_CALL]);
	add_rest(out);
	return true;
}

/* "input":[150000,12] */
static void
put_rate(struct tg_buf *b, const struct tg_prices *p, enum tg_unit used)
{
	enum tg_unit u = tg_price_unit(p, used);

	tg_buf_printf(b, "%s\"%s\":[%lld,%lld]", b->n > 1 ? "," : "",
	    tg_unit_name(used), (long long)p->pico[u], (long long)p->row[u]);
}

static void
put_number(struct tg_buf *b, const char *name, int64_t number)
{
	if (number != 0)
		tg_buf_printf(b, "%s\"%s\":%lld", b->n > 1 ? "," : "", name,
		    (long long)number);
}

static bool
read_text(struct tg_str text, struct tg_prices *p)
{
	struct tg_json_it it;
	struct tg_str name, value;
	int unit;

	tg_prices_none(p);
	if (tg_json_check(text, DEPTH, NULL) != TG_JSON_GOOD ||
	    tg_json_type(text) != TG_JSON_OBJECT)
		return false;
	it = tg_json_begin(text);
	while (tg_json_member(&it, &name, &value)) {
		unit = tg_unit_parse(name);
		if (unit >= 0 &&
		    !read_rate(value, &p->pico[unit], &p->row[unit]))
			return false;
		if (tg_str_is(name, "tier"))
			read_tier(value, p->tier);
		if (tg_str_is(name, "above"))
			(void)tg_json_i64(value, &p->above_tokens);
		if (tg_str_is(name, "discount_ppm"))
			(void)tg_json_i64(value, &p->discount_ppm);
		if (tg_str_is(name, "margin_ppm"))
			(void)tg_json_i64(value, &p->margin_ppm);
	}
	return p->discount_ppm >= 0 && p->discount_ppm <= PPM &&
	    p->margin_ppm >= 0;
}

static bool
read_rate(struct tg_str value, int64_t *pico, int64_t *row)
{
	struct tg_json_it it = tg_json_begin(value);
	struct tg_str item;

	return tg_json_type(value) == TG_JSON_ARRAY &&
	    tg_json_item(&it, &item) && tg_json_i64(item, pico) && *pico >= 0 &&
	    tg_json_item(&it, &item) && tg_json_i64(item, row);
}

static void
read_tier(struct tg_str value, char tier[TG_TIER_BYTES])
{
	struct tg_str inside;

	if (tg_json_raw_text(value, &inside) && inside.n < TG_TIER_BYTES)
		memcpy(tier, inside.p, inside.n);
}

static void
add_line(struct tg_bill *bill, const char *what, int64_t tokens, int64_t pico,
    int64_t row)
{
	bill->lines[bill->n++] = (struct tg_bill_line){
		.what = what,
		.tokens = tokens,
		.pico_usd = pico,
		.price_row = row,
		.amount_pico = (tg_i128)(tokens < 0 ? 1 : tokens) * pico,
	};
}

/* What is off, what is on top, and what makes it whole nano-dollars. */
static void
add_rest(struct tg_bill *bill)
{
	tg_i128 sum = 0, off, on;
	int i;

	for (i = 0; i < bill->n; i++)
		sum += bill->lines[i].amount_pico;
	off = sum / PPM * bill->discount_ppm +
	    sum % PPM * bill->discount_ppm / PPM;
	sum -= off;
	on = sum / PPM * bill->margin_ppm + sum % PPM * bill->margin_ppm / PPM;
	sum += on;
	if (bill->discount_ppm != 0)
		add_amount(bill, "discount", -off);
	if (bill->margin_ppm != 0)
		add_amount(bill, "margin", on);
	sum = (tg_i128)bill->total_nano * 1000 - sum;
	if (sum != 0)
		add_amount(bill, "rounding", sum);
}

static void
add_amount(struct tg_bill *bill, const char *what, tg_i128 pico)
{
	bill->lines[bill->n++] = (struct tg_bill_line){
		.what = what, .tokens = -1, .amount_pico = pico};
}
