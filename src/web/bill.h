#ifndef TG_WEB_BILL_H
#define TG_WEB_BILL_H
/*
 * The bill of an attempt as JSON: which tokens at which price of which row,
 * discount, margin; the lines add up to what is in the ledger.
 */
#include "llm/bill.h"
#include "store/calls.h"
#include "web/jwrite.h"

/* An object; why there are no lines is in its "note". */
void tg_bill_write(struct tg_jw *j, const char *name,
    const struct tg_call_row *row);
/* False: the row has none that can be read. */
bool tg_bill_of(const struct tg_call_row *row, struct tg_bill *bill);
#endif
