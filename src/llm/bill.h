#ifndef TG_LLM_BILL_H
#define TG_LLM_BILL_H
/*
 * The bill explained.  With every row of the books stands, in a few bytes, at
 * which rates it was made ("bill": a JSON object, unit -> [pico USD, price
 * row], and tier, above, discount_ppm, margin_ppm where they are); from that
 * and the token classes the lines are made again, exactly as they were.
 */
#include "base/arena.h"
#include "base/money.h"
#include "llm/price.h"
#include "llm/usage.h"

#define TG_BILL_LINES_MAX (TG_UNIT__MAX + 3)

struct tg_bill_line {
	const char *what;	/* "input" ... "call" "discount" "margin"
				 * "rounding" */
	int64_t tokens;		/* -1: not by tokens */
	int64_t pico_usd;	/* each; 0 for the last three */
	int64_t price_row;	/* 0: tollgate.ini */
	tg_i128 amount_pico;	/* all lines add up to total_nano * 1000 */
};
struct tg_bill {
	struct tg_bill_line lines[TG_BILL_LINES_MAX];
	int n;
	int64_t total_nano;
	char tier[TG_TIER_BYTES];
	int64_t above_tokens, discount_ppm, margin_ppm;
};
/* The rates that u uses, as kept in the row; NULL: its cost is unknown. */
const char *tg_bill_text(struct tg_arena *a, const struct tg_prices *p,
    const struct tg_usage *u);
/* False: not a bill, or it does not price what was used. */
bool tg_bill_make(struct tg_str text, const int64_t tokens[TG_UNIT__TOKENS],
    struct tg_bill *out);
#endif
