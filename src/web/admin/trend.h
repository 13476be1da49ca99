#ifndef TG_WEB_ADMIN_TREND_H
#define TG_WEB_ADMIN_TREND_H
/*
 * What somebody has spent in the last 30 days, by day in the viewer's zone, as
 * a chart, and in sums.
 */
#include "store/summaries.h"
#include "web/page/page.h"

struct tg_trend {
	enum tg_sum_dim dim;	/* TG_SUM_ALL: by filter, from the rollups */
	int64_t subject;	/* row's number */
	struct tg_rollup_filter filter;
	/* the list of calls that bars lead to: "key=12"; NULL: none */
	const char *query;
};
/*
 * Sets "trend": {chart, calls, failed, cost, input_tokens, output_tokens};
 * its chart is null where there was nothing.  Inside a read.
 */
int tg_trend_draw(
    struct tg_manage *m, struct tg_page *p, const struct tg_trend *t);

/* The days of it, for who adds up otherwise: beginnings, wall us. */
#define TG_TREND_DAYS 30
void tg_trend_days(const struct tg_page *p, int64_t days[TG_TREND_DAYS + 1]);
/* Which of them it is of; -1: none. */
int tg_trend_day(const int64_t days[TG_TREND_DAYS + 1], int64_t at);
/* A bar's place in the chart's data. */
json_t *tg_trend_bar(struct tg_page *p, const int64_t days[TG_TREND_DAYS + 1],
    int day, const char *query);
#endif
