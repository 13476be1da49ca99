#ifndef TG_WEB_PAGE_FORMAT_FILTER_H
#define TG_WEB_PAGE_FORMAT_FILTER_H
/*
 * The filters behind tg_format(): each appends HTML, or, where only text may
 * stand (plain), escaped text.
 */
#include "web/page/format.h"

typedef void tg_filter_fn(const struct tg_locale *l, const json_t *v,
    bool plain, struct tg_buf *out);

/* Is there such a filter, and may it stand where only text may? */
bool tg_filter_fits(const char *name, bool plain);

#define TG_DASH "\xe2\x80\x93"		/* what is unknown */
#define TG_NBSP "\xc2\xa0"

/* Whole number of a JSON integer (or real); false: it is none. */
bool tg_filter_int(const json_t *v, int64_t *n);
/* A number with its groups, "1,234,567", and decimals of 10^places. */
void tg_format_grouped(const struct tg_locale *l, uint64_t n, int places,
    struct tg_buf *out);
/*
 * The pattern with each {name} replaced; pairs: name, text, ..., NULL.  The
 * pattern is a translation.
 */
void tg_format_fill(const char *pattern, const char *const *pairs,
    struct tg_buf *out);

/*
 * The beginning of an hour or a day under a chart, escaped: "14:00", "20 Nov";
 * whole: "20 Nov 14:00", "20 Nov 2026".
 */
void tg_format_tick(const struct tg_locale *l, int64_t us, bool hour,
    bool whole, struct tg_buf *out);

tg_filter_fn tg_filter_usd, tg_filter_usd9, tg_filter_pico, tg_filter_n,
    tg_filter_short, tg_filter_pct, tg_filter_bytes, tg_filter_us,
    tg_filter_time, tg_filter_date, tg_filter_clock, tg_filter_ago,
    tg_filter_until;
#endif
