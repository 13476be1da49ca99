/*
 * Explains a cost; the lines are made again from the rates that stand in the
 * row (llm/bill.h).
 */
#include "config.h"

#include "web/bill.h"

static const char *note_of(const struct tg_call_row *);
static void write_line(struct tg_jw *, const struct tg_bill_line *);

bool
tg_bill_of(const struct tg_call_row *row, struct tg_bill *bill)
{
	return row->bill != NULL && row->cost_nano != TG_COST_UNKNOWN &&
	    tg_bill_make(tg_str(row->bill), row->tokens, bill);
}

void
tg_bill_write(struct tg_jw *j, const char *name, const struct tg_call_row *row)
{
	static const struct tg_bill none;
	struct tg_bill_line more = { .what = "adjusted", .tokens = -1 };
	struct tg_bill bill = none;
	bool there = tg_bill_of(row, &bill);
	/* Estimates may be cut to the hold: what is booked is what counts. */
	bool whole = there && bill.total_nano == row->cost_nano;

	if (!there)
		bill = none;
	tg_jw_open(j, name, '{');
	tg_jw_open(j, "lines", '[');
	for (int i = 0; i < bill.n; i++)
		write_line(j, &bill.lines[i]);
	if (there && !whole) {
		more.amount_pico =
		    ((tg_i128)row->cost_nano - bill.total_nano) * 1000;
		write_line(j, &more);
	}
	tg_jw_close(j, ']');
	tg_jw_nano(j, "total", row->cost_nano);
	tg_jw_text(j, "tier", bill.tier[0] != '\0' ? bill.tier : NULL);
	tg_jw_i64(j, "above_tokens", bill.above_tokens);
	/* A millionth is a ten-thousandth of a percent. */
	tg_jw_pico(j, "discount_percent",
	    (tg_i128)bill.discount_ppm * 100000000);
	tg_jw_pico(
	    j, "margin_percent", (tg_i128)bill.margin_ppm * 100000000);
	tg_jw_text(j, "note", there && whole ? NULL : note_of(row));
	tg_jw_close(j, '}');
}

static void
write_line(struct tg_jw *j, const struct tg_bill_line *line)
{
	tg_jw_open(j, NULL, '{');
	tg_jw_text(j, "what", line->what);
	if (line->tokens >= 0)
		tg_jw_i64(j, "tokens", line->tokens);
	else
		tg_jw_null(j, "tokens");
	if (line->tokens >= 0 || line->pico_usd != 0)
		tg_jw_pico(j, "price", line->pico_usd);
	else
		tg_jw_null(j, "price");
	if (line->price_row != 0)
		tg_jw_i64(j, "price_row", line->price_row);
	else
		tg_jw_null(j, "price_row");
	tg_jw_pico(j, "amount", line->amount_pico);
	tg_jw_close(j, '}');
}

static const char *
note_of(const struct tg_call_row *row)
{
	if (row->state == TG_CALL_OPEN)
		return "The call is not over yet.";
	if (row->state == TG_CALL_REFUSED)
		return "Refused: nothing was sent, nothing is charged.";
	if (row->cost_nano == TG_COST_UNKNOWN)
		return "The cost is unknown: the model has no price, or its "
		       "usage was not told.";
	if (row->estimated)
		return "The usage was not told: the cost is estimated, at "
		       "most what was held.";
	if (row->cost_nano == 0)
		return "Nothing is charged.";
	return "The rates of this call were not kept.";
}
