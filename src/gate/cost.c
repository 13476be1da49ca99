/*
 * From usage to money for one attempt: which price list holds, what is
 * charged when the usage was never told, and what is free.
 */
#include "config.h"

#include "gate/cost.h"

#include "gate/stages.h"
#include "llm/bill.h"

_Static_assert((int)TG_UNIT__TOKENS == (int)TG_TOK__MAX &&
	(int)TG_UNIT_AUDIO_OUTPUT == (int)TG_TOK_AUDIO_OUTPUT &&
	(int)TG_UNIT_OUTPUT == (int)TG_TOK_OUTPUT,
    "prices and books name the same classes in the same order");

static bool is_free(const struct tg_call *);
static bool estimate(const struct tg_call *, struct tg_usage *);
static void note_tokens(struct tg_call_row *, const struct tg_usage *);
static void price(struct tg_call *, const struct tg_usage *);
static void name_prices(struct tg_call *);

void
tg_cost_count(struct tg_call *call)
{
	struct tg_call_row *row = &call->row;
	struct tg_usage u = call->usage;

	row->usage_odd = u.odd;
	if (u.provider_cost_nano != TG_COST_NONE)
		row->provider_cost_nano = u.provider_cost_nano;
	if (call->usage.tier[0] != '\0')
		row->tier = call->usage.tier;
	row->estimated = false;
	row->price_ids = row->bill = NULL;
	if (!u.known && is_free(call)) {
		note_tokens(row, &u);
		row->cost_nano = 0;
		return;
	}
	if (!u.known)
		row->estimated = estimate(call, &u);
	note_tokens(row, &u);
	price(call, &u);
}

/*
 * Nothing was made: not sent, not reached, or refused.  Who works on without
 * us (the caller left, a clock ran out) charges what it was given to read.
 */
static bool
is_free(const struct tg_call *call)
{
	if (!call->sent)
		return true;
	if (call->content)
		return false;
	switch (call->rq->err.code) {
	case TG_E_CONNECT:
	case TG_E_CONNECT_TIME:
	case TG_E_GARBAGE:
		return true;
	case TG_E_CUT: /* in one piece, it was made before it was sent */
		return call->streamed_bytes == 0;
	case TG_E_UPSTREAM:
		return !call->deployment->upstream->charge_errors;
	default:
		return false;
	}
}

/*
 * What the text probably is, and what was seen of the answer: chunks, or
 * bytes by four, whichever is more; never more than was held for.
 */
static bool
estimate(const struct tg_call *call, struct tg_usage *u)
{
	int64_t bytes = (call->streamed_bytes + 3) / 4;
	int64_t out = call->streamed_chunks > bytes ? call->streamed_chunks :
						      bytes;
	int64_t most = call->row.output_bound;
	int64_t in = call->bound.likely_tokens;

	if (most >= 0 && out > most)
		out = most;
	if (call->row.input_bound >= 0 && in > call->row.input_bound)
		in = call->row.input_bound;
	if (call->dialect->id == TG_DIALECT_EMBEDDINGS)
		out = 0;
	tg_usage_reset(u);
	for (int i = 0; i < TG_UNIT__TOKENS; i++)
		u->tokens[i] = 0;
	u->tokens[TG_UNIT_INPUT] = in;
	u->tokens[TG_UNIT_OUTPUT] = out;
	u->reasoning = 0;
	u->known = true;
	return true;
}

static void
note_tokens(struct tg_call_row *row, const struct tg_usage *u)
{
	row->reasoning_tokens =
	    u->known && !row->estimated ? u->reasoning : -1;
	for (int i = 0; i < TG_TOK__MAX; i++)
		row->tokens[i] = u->known ? u->tokens[i] : -1;
}

static int64_t
input_of(const int64_t *tokens)
{
	int64_t sum = 0;

	for (int i = 0; i < TG_UNIT_OUTPUT; i++)
		if (tokens[i] > 0)
			sum += tokens[i];
	return sum;
}

static bool
says_ceiling(const struct tg_terms *t)
{
	for (size_t i = 0; i < t->n; i++)
		for (size_t k = 0; k < t->accounts[i].n_caps; k++)
			if (t->accounts[i].caps[k].unpriced ==
			    TG_UNPRICED_CEILING)
				return true;
	return false;
}

/* A cap that lets models without a price pass counts them at the ceiling. */
static bool
has_ceiling(const struct tg_call *call)
{
	return says_ceiling(&call->terms) ||
	    says_ceiling(&call->candidates[call->ad.chosen].terms);
}

static void
ceiling_prices(const struct tg_call *call, struct tg_prices *p)
{
	const struct tg_house_conf *h =
	    &tg_gate_settings(call->gate)->house;

	tg_prices_none(p);
	p->pico[TG_UNIT_INPUT] = h->ceiling_input;
	p->pico[TG_UNIT_OUTPUT] = h->ceiling_output;
}

/* The echo makes its answers itself: without prices it is free. */
static void
free_prices(struct tg_prices *p)
{
	tg_prices_none(p);
	for (int i = 0; i < TG_UNIT__MAX; i++)
		p->pico[i] = 0;
}

/* A cap that held nothing for want of a price is charged nothing known. */
static bool
is_priced(const struct tg_call *call)
{
	const struct tg_candidate *c = &call->candidates[call->ad.chosen];

	return c->priced ||
	    (!tg_terms_cap(&call->terms) && !tg_terms_cap(&c->terms));
}

static void
price(struct tg_call *call, const struct tg_usage *u)
{
	struct tg_call_row *row = &call->row;
	const struct tg_deployment *d = call->deployment;
	/* As it was served; an answer that does not say: as asked. */
	const char *tier =
	    row->tier != NULL ? row->tier : tg_call_tier(call);

	tg_prices_at(&d->prices, row->start_at, input_of(u->tokens), tier,
	    &call->prices);
	if (!is_priced(call) ||
	    !tg_price_cost(&call->prices, u, &row->cost_nano)) {
		row->cost_nano = TG_COST_UNKNOWN;
		if (d->upstream->family == TG_FAMILY_ECHO)
			free_prices(&call->prices);
		else if (has_ceiling(call)) {
			ceiling_prices(call, &call->prices);
			row->estimated = true;
		} else
			return;
		if (!tg_price_cost(&call->prices, u, &row->cost_nano)) {
			row->cost_nano = TG_COST_UNKNOWN;
			return;
		}
	}
	name_prices(call);
	row->bill = tg_bill_text(call->rq->arena, &call->prices, u);
}

static void
name_prices(struct tg_call *call)
{
	const struct tg_prices *p = &call->prices;
	struct tg_buf list;
	int n = 0;

	tg_buf_init(&list, 1024);
	for (int u = 0; u < TG_UNIT__MAX; u++)
		if (p->row[u] != 0)
			(void)tg_buf_printf(&list, "%s%lld",
			    n++ > 0 ? "," : "[", (long long)p->row[u]);
	if (n > 0)
		call->row.price_ids = tg_arena_printf(call->rq->arena,
		    "%.*s]", TG_PRI(tg_buf_str(&list)));
	tg_buf_free(&list);
}

void
tg_cost_used(const struct tg_call *call, int64_t *input, int64_t *output)
{
	const int64_t *t = call->row.tokens;

	/* What nobody told may be all that was reserved: it stays counted. */
	*input = *output = -1;
	if (call->usage.known && t[TG_TOK_INPUT] >= 0) {
		*input = input_of(t);
		*output = (t[TG_TOK_OUTPUT] > 0 ? t[TG_TOK_OUTPUT] : 0) +
		    (t[TG_TOK_AUDIO_OUTPUT] > 0 ? t[TG_TOK_AUDIO_OUTPUT] : 0);
	} else if (!call->row.estimated && call->row.cost_nano == 0)
		*input = *output = 0;
}

bool
tg_cost_parts(const struct tg_call *call, int64_t *original,
    int64_t *discount, int64_t *margin)
{
	struct tg_prices p = call->prices;
	struct tg_usage u;

	if (call->row.cost_nano == TG_COST_UNKNOWN)
		return false;
	*original = call->row.cost_nano;
	*discount = *margin = 0;
	if (p.discount_ppm == 0 && p.margin_ppm == 0)
		return true;
	tg_usage_reset(&u);
	for (int i = 0; i < TG_UNIT__TOKENS; i++)
		u.tokens[i] = call->row.tokens[i];
	u.known = u.tokens[0] >= 0;
	p.discount_ppm = p.margin_ppm = 0;
	if (!tg_price_cost(&p, &u, original))
		return true;
	*discount = (int64_t)((tg_i128)*original *
	    call->prices.discount_ppm / 1000000);
	*margin = call->row.cost_nano - (*original - *discount);
	return true;
}
