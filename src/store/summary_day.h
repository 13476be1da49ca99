#ifndef TG_STORE_SUMMARY_DAY_H
#define TG_STORE_SUMMARY_DAY_H
/*
 * The sums of a day's 24 hours, packed into a row of summaries:
 *
 *	hours = hour...
 *	hour = number calls failed refused unpriced input cached output cost
 *		total_us first_us firsts n total n first
 *
 * Numbers are varints; total and first are packed histograms of n bytes.
 * Hours without calls are left out.
 */
#include "base/buf.h"
#include "store/summaries.h"

#define TG_HOUR_US (3600 * INT64_C(1000000))
#define TG_DAY_HOURS 24

/* The next hour of a packed day; false at the end. */
struct tg_hours {
	const unsigned char *p, *end;
	bool times;		/* histograms as well */
};
/* hour_at is its number in the day, 0 to 23; value is left alone. */
bool tg_hours_next(struct tg_hours *it, struct tg_summary *s);
/*
 * A packed day with calls of that day counted into it, appended to out; rows
 * are sorted by their beginning.  -1: no memory.
 */
int tg_summary_day_add(struct tg_buf *out, struct tg_str day,
    const struct tg_call_row *const *rows, size_t n);
/* Adds a call that has ended. */
void tg_summary_count(struct tg_summary *s, const struct tg_call_row *c);
void tg_summary_sum(struct tg_summary *s, const struct tg_summary *b);
#endif
