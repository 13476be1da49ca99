#ifndef TG_WEB_ADMIN_OVERVIEW_H
#define TG_WEB_ADMIN_OVERVIEW_H
/* The overview: what its parts share. */
#include "store/summaries.h"
#include "web/admin/span.h"

#define TG_VIEW_BARS 48
#define TG_VIEW_SLOTS 8192
#define TG_VIEW_DAY_US (20 * 3600 * INT64_C(1000000))	/* the shortest */

enum tg_overview_measure { TG_VIEW_COST, TG_VIEW_CALLS, TG_VIEW_TOKENS };

/* Sums of one value, in all and by bar of the chart. */
struct tg_overview_value {
	const char *value;
	int64_t sum;
	int64_t bars[TG_VIEW_BARS];
	struct tg_overview_value *next;	/* of the same slot */
};
struct tg_overview {
	struct tg_manage *m;
	struct tg_page *p;
	struct tg_span_asked span;
	int64_t person;			/* theirs alone, 0 all; -1 nobody's */
	/* the chart */
	enum tg_sum_dim dim;
	enum tg_overview_measure measure;
	int64_t edges[TG_VIEW_BARS + 1];	/* of bars, wall us */
	int n_bars;
	int64_t all[TG_VIEW_BARS];	/* whatever the value */
	struct tg_overview_value *slots[TG_VIEW_SLOTS];
	/* the tiles: this period, the one before */
	struct tg_summary now, before;
};

/* overview_sums.c: reads tiles, values and bars. */
int tg_overview_read(struct tg_overview *v);
/* overview_chart.c: "chart", or nothing where there is nothing. */
int tg_overview_chart(struct tg_overview *v);
/* overview_house.c: budgets, models in trouble, disk, health. */
int tg_overview_house(struct tg_overview *v);
int tg_overview_budgets(struct tg_overview *v);
/* "period=7d", or "from=..&to=..": the calls of this time. */
const char *tg_overview_time(const struct tg_overview *v);
#endif
