/* The fields of a row of the books, by name, as text. */
#include "config.h"

#include "row.h"

#include "store/calls.h"

static const char *
number(struct tg_arena *a, int64_t n, int64_t none)
{
	if (n == none)
		return "-";
	return tg_arena_printf(a, "%lld", (long long)n);
}

static const char *
text(const char *s)
{
	return s != NULL ? s : "-";
}

static const char *
yes(bool b)
{
	return b ? "yes" : "no";
}

static const char *
text_field(const struct tg_call_row *r, struct tg_str name)
{
	const struct {
		const char *name, *value;
	} list[] = {
		{ "state", tg_call_state_name(r->state) },
		{ "user", r->user },
		{ "addr", r->addr },
		{ "agent", r->agent },
		{ "route", r->route },
		{ "model", r->model },
		{ "deployment", r->deployment },
		{ "provider", r->provider },
		{ "upstream_model", r->upstream_model },
		{ "error", r->error },
		{ "upstream_id", r->upstream_id },
		{ "finish", r->finish },
		{ "price_ids", r->price_ids },
		{ "stream", yes(r->stream) },
		{ "usage_odd", yes(r->usage_odd) },
		{ "estimated", yes(r->estimated) },
		{ "switched_from", r->switched_from },
		{ "tags", r->tags },
		{ "session", r->session },
		{ "tier", r->tier },
		{ "bill", r->bill },
		{ "customer", yes(r->customer != 0) },
		{ "key", yes(r->key_id != 0) },
		{ "person", yes(r->person != 0) },
		{ "queued", yes(r->queued_us >= 0) },
		{ "sent", yes(r->sent_us >= 0) },
		{ "first_byte", yes(r->first_byte_us >= 0) },
		{ "first_content", yes(r->first_content_us >= 0) },
		{ "ended", yes(r->end_us >= 0) },
	};

	for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++)
		if (tg_str_is(name, list[i].name))
			return text(list[i].value);
	return NULL;
}

const char *
wire_row_field(const struct tg_call_row *r, struct tg_arena *a,
    struct tg_str name)
{
	const struct {
		const char *name;
		int64_t value, none;
	} list[] = {
		{ "attempt", r->attempt, -1 },
		{ "status", r->status, 0 },
		{ "upstream_status", r->upstream_status, 0 },
		{ "reasoning", r->reasoning_tokens, -1 },
		{ "cost", r->cost_nano, TG_COST_UNKNOWN },
		{ "provider_cost", r->provider_cost_nano, TG_COST_UNKNOWN },
		{ "request_bytes", r->request_bytes, -1 },
		{ "answer_bytes", r->answer_bytes, -1 },
		{ "hold", r->hold_nano, TG_COST_UNKNOWN },
		{ "input_bound", r->input_bound, -1 },
		{ "output_bound", r->output_bound, -1 },
	};
	struct tg_str class = name;

	for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++)
		if (tg_str_is(name, list[i].name))
			return number(a, list[i].value, list[i].none);
	if (!tg_str_starts(name, "tokens."))
		return text_field(r, name);
	class.p += 7;
	class.n -= 7;
	for (int i = 0; i < TG_TOK__MAX; i++)
		if (tg_str_is(class,
			tg_token_class_name((enum tg_token_class)i)))
			return number(a, r->tokens[i], -1);
	return NULL;
}
