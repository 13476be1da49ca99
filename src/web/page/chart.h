#ifndef TG_WEB_PAGE_CHART_H
#define TG_WEB_PAGE_CHART_H
/*
 * Pictures of numbers, drawn here as SVG with presentation attributes only;
 * colours are classes of the style sheet.
 *
 * chart: stacked columns over time, each a link, with axis, legend and the
 * same as a table in a <details>:
 *
 *	{ "title": "Spend by model",	what it is called, for who cannot see
 *	  "unit": "usd",		filter of the values: usd n short us
 *	  "step": "hour",		or "day"
 *	  "series": [{"name": "gpt-5", "href": "..."}, ...],
 *	  "bars": [{"at": wall us, "href": "...", "values": [1, 2]}, ...] }
 *
 * At most TG_CHART_SERIES series have a colour of their own: the caller gathers
 * the others in the last.  "href" may be missing.
 *
 * spark: [numbers]; null is a gap.
 *
 * bar: { "spent", "held", "cap": null is unlimited, "unit": "usd" }
 */
#include "web/page/format_filter.h"

#define TG_CHART_SERIES 8

tg_filter_fn tg_filter_chart, tg_filter_spark, tg_filter_bar;
#endif
