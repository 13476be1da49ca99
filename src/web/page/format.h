#ifndef TG_WEB_PAGE_FORMAT_H
#define TG_WEB_PAGE_FORMAT_H
/*
 * Values as the viewer reads them: language, digits, money, time zone.  What a
 * filter is given is a JSON integer in the unit it names, else a text; null
 * and what is unknown (TG_COST_UNKNOWN, below 0 where that has no sense) is
 * an en dash.
 */
#include "base/arena.h"
#include "base/buf.h"
#include "base/jtree.h"
#include "web/page/words.h"

/* How somebody reads; request lifetime. */
struct tg_locale {
	const struct tg_words *words;	/* the language's */
	const char *zone;		/* IANA name, "" is UTC */
	int64_t now;			/* wall us, for "ago" */
	const char *root;		/* "../": from the page to the mount */
};

/*
 * Appends HTML.  filter one of:
 *
 *	usd	nano-USD: $1,234.56; below a dollar as many places as tell it:
 *		$0.0123, <$0.0001; title= has it exact
 *	usd9	exactly
 *	pico	pico-USD a token as USD a million tokens
 *	n	1,234,567; short: 1.2 M
 *	short	1.2 k, 3.4 M
 *	pct	parts of ten thousand: 12.3 %
 *	bytes	1.2 MB
 *	us	a duration: 340 ms, 1.2 s, 3 min
 *	time	wall us as <time datetime= title=>: today 14:03, else
 *		20 Nov 14:03, another year with it
 *	date	20 Nov 2026
 *	clock	14:03:07
 *	ago	3 min ago (<time>)
 *	until	in 3 days (<time>)
 *	url	percent-encoded, for a part of a query
 *	json	printed with indentation (of a text that is JSON too)
 *	lines	text with its line breaks
 *	markdown	rendered: page/markdown.h
 *	diff	[{op, text}]: page/textdiff.h
 *	chart	page/chart.h
 *	spark	[numbers] as a small line
 *	bar	{spent, held, cap}: page/chart.h
 *	qr	text as a QR code, SVG
 *
 * -1: no such filter.
 */
int tg_format(const struct tg_locale *l, const char *filter, const json_t *v,
    struct tg_buf *out);
/* The same where no markup may stand (attributes, <option>): escaped text. */
int tg_format_plain(const struct tg_locale *l, const char *filter,
    const json_t *v, struct tg_buf *out);

/* As text, in the arena, for C that needs it (CSV, sentences). */
const char *tg_format_usd(struct tg_arena *a, const struct tg_locale *l,
    int64_t nano);
const char *tg_format_time(struct tg_arena *a, const struct tg_locale *l,
    int64_t wall_us);
#endif
