#ifndef TG_BASE_PERIOD_H
#define TG_BASE_PERIOD_H
/*
 * The periods of a budget, by the calendar of a time zone: which one a moment
 * belongs to is computed, never kept, so there is no reset that could fail.
 *
 * A period's text (canonical, at most TG_PERIOD_BYTES, as it stands in the
 * table of caps) is a span, then its zone and anchor where they are not UTC
 * and none:
 *
 *	total			without end
 *	hour day week month year	by the calendar; weeks begin on Monday
 *	30d 12h 90m 45s 2w 3mo	so many of them
 *	... @Europe/Paris	a zone of the system's zoneinfo
 *	... +15			anchor: the day of the month (month, mo), of the
 *				week (1 Monday, week), of the year (year), or
 *				an ISO date on which one of the spans begins
 *
 * litellm-compat.md 1.6 tells how LiteLLM snaps budget_duration: "1d" is day,
 * "7d" week, "30d" and "1mo" month; other Nd count whole days from 1970 in
 * the zone, Nh, Nm and Ns from midnight (from 1970 when they do not divide a
 * day).
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

#define TG_PERIOD_BYTES 96

/*
 * What people and LiteLLM's scripts write ("1d", "monthly", "30d", "total",
 * "1mo", "week") with an optional zone ("" or UTC) and anchor ("" none) ->
 * canonical text. TG_E_INVALID says what is possible.
 */
int tg_period_make(struct tg_str span, struct tg_str zone, struct tg_str anchor,
    char out[TG_PERIOD_BYTES], struct tg_err *e);
/*
 * The period of a canonical text that holds wall_us: *from_us inclusive,
 * *to_us exclusive (0 and INT64_MAX for total). False: not a period.
 */
bool tg_period_at(const char *period, int64_t wall_us, int64_t *from_us,
    int64_t *to_us);
/*
 * The year, month and day of a moment in a zone ("" is UTC), as 2026-01-31;
 * and the moment a date begins there. For reports by day.
 */
bool tg_day_of(const char *zone, int64_t wall_us, char out[11]);
bool tg_day_begin(const char *zone, struct tg_str date, int64_t *wall_us);
/* Is it UTC or a zone of the system's zoneinfo? */
bool tg_zone_known(struct tg_str zone);
#endif
