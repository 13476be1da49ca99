#ifndef TG_WEB_ADMIN_SPAN_H
#define TG_WEB_ADMIN_SPAN_H
/*
 * A time that is asked for by "period", or by "from" and "to", in the viewer's
 * zone; and the one before it, to compare with.
 */
#include "web/page/page.h"

struct tg_span_asked {
	const char *period;		/* "7d"; NULL: own dates, or none */
	const char *from, *to;		/* as asked for, or NULL */
	int64_t from_at, to_at;		/* wall us; 0 open */
	int64_t before_from, before_to;	/* as far into the one before */
};
/* unset: the period where nothing is asked for, or NULL.  -1: 400. */
int tg_span_read(struct tg_page *p, const char *unset,
    struct tg_span_asked *s);
/* Midnight of the day of that moment, days later, in the viewer's zone. */
int64_t tg_span_day(const struct tg_page *p, int64_t at, int days);
/* The first of the month of that moment, months later. */
int64_t tg_span_month(const struct tg_page *p, int64_t at, int months);
/* Periods to choose from, for a form: [{value, title, chosen}]. */
json_t *tg_span_choices(const struct tg_page *p,
    const struct tg_span_asked *s);
/* What the chosen period is called, translated; NULL: none is. */
const char *tg_span_title(const struct tg_page *p,
    const struct tg_span_asked *s);
/* "2026-11-20T14:00" of the viewer's clock, for links. */
const char *tg_span_text(const struct tg_page *p, int64_t at);
#endif
