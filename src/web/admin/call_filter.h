#ifndef TG_WEB_ADMIN_CALL_FILTER_H
#define TG_WEB_ADMIN_CALL_FILTER_H
/*
 * Which calls: what lists, exports, search and tails have in common.  It
 * stands in the URL, so that a filter is a bookmark:
 *
 *	key person team customer organization project tag
 *		the row's number, else its name (in quotes where that is a
 *		number, too)
 *	model provider deployment route session
 *	program		part of the User-Agent
 *	error		part of the reason
 *	status		ok failed gone lost refused open, error (all but ok and
 *			open), 429, 5xx
 *	cost_min cost_max	USD
 *	tokens_min tokens_max
 *	took_min took_max	seconds
 *	period		1h today 24h 7d 30d 90d year month
 *	from to		2026-11-20 or 2026-11-20T14:00, in the viewer's zone
 *	text		said in it: store/search.h
 *	score		a score's name; with score_label, score_min, score_max
 *	replay		yes: only those that were made again from a page
 */
#include "store/call_scan.h"
#include "store/scores.h"
#include "web/admin/span.h"

struct tg_calls_asked {
	struct tg_call_want want;
	struct tg_span_asked span;
	const char *text;		/* NULL: not asked for */
	bool by_score, by_replay;
	struct tg_score_filter score;
	/* the query of what is filtered: "model=a&status=ok", or "" */
	const char *query;
	bool nothing;			/* a name that nobody has */
	bool viewers_own;		/* only what is the viewer's */
	/* for tg_call_filter_seqs(): rows before this one; 0: the newest */
	int64_t before_seq;
	/* out: it looked no further back than here; 0: as far as there is */
	int64_t looked_seq;
};

/*
 * Reads it from the page's query, with the viewer's scope in it; sets what
 * the template {{>call_filter}} shows: "filter" (what the form holds),
 * "chips" [{title, value, without}] and "filter_query".  -1: 400, rq->err
 * names the parameter.  In tg_read().
 */
int tg_call_filter_read(struct tg_manage *m, struct tg_page *p,
    struct tg_calls_asked *f);
/*
 * Those of it that other tables know (text, scores) looked up into want.seqs,
 * at most limit; *more: there are others.  Without them nothing is done.
 */
int tg_call_filter_seqs(struct tg_manage *m, struct tg_calls_asked *f,
    int64_t limit, bool *more);
/* Does a call pass, scores included, text not?  For tg_search(). 1, 0, -1. */
int tg_call_filter_passes(struct tg_manage *m, const struct tg_calls_asked *f,
    int64_t seq);
/* What of it the search index knows by itself, in the arena. */
struct tg_search_facet;
size_t tg_call_filter_facets(struct tg_arena *a,
    const struct tg_calls_asked *f, const struct tg_search_facet **facets);
#endif
