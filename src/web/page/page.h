#ifndef TG_WEB_PAGE_PAGE_H
#define TG_WEB_PAGE_PAGE_H
/*
 * A page: a handler of a route with access TG_ACCESS_PERSON and the like
 * gathers one JSON object, and it is drawn by www/NAME.html within
 * www/layout.html; to who asks for application/json it is printed.
 *
 *	static int
 *	show(struct tg_manage *m, struct tg_page *p)
 *	{
 *		... read by m->db, tg_page_set(p, "rows", rows) ...
 *		return 0;
 *	}
 *
 *	int
 *	tg_admin_keys(struct tg_web *w)
 *	{
 *		return tg_page_show(w, "keys", N_("Keys"), show);
 *	}
 *
 * Layout and error page get besides: root ("../": links are
 * {{root}}admin/keys), title, nav, lang, languages, viewer {name, role,
 * may_edit, may_own, is_key}, csrf, path, here (path and query, for coming
 * back), done and fault (sentences), house {name, version}.  A page may set
 * "title" itself, and "script": a file of www/assets that is its own.
 */
#include "web/manage/manage.h"
#include "web/page/format.h"
#include "web/page/visitor.h"

struct tg_page {
	struct tg_web *w;
	struct tg_arena *a;
	json_t *data;			/* the page's; freed with it */
	struct tg_locale locale;
	const char *template;		/* "keys" */
	const char *title;		/* a msgid */
	const char *fragment;		/* draw this template alone */
	int status;			/* 200 */
	json_t *form;			/* of a POST: its fields, texts */
	json_t *kept;			/* of tg_manage_keep(), and answers */
	void *own;			/* the handler's, for its functions */
};
typedef int tg_page_fn(struct tg_manage *m, struct tg_page *p);

/* A page that only reads: fn runs in one tg_read(). */
int tg_page_show(struct tg_web *w, const char *template, const char *title,
    tg_page_fn *fn);
/* The same with w->catalog set. */
int tg_page_show_models(struct tg_web *w, const char *template,
    const char *title, tg_page_fn *fn);

/* The steps of it, for handlers that do more. */
struct tg_page *tg_page_open(struct tg_web *w, const char *template,
    const char *title);
int tg_page_read(struct tg_page *p, tg_page_fn *fn);
int tg_page_send(struct tg_page *p);	/* draws, sends, closes */
void tg_page_close(struct tg_page *p);	/* instead of sending */

/* Into p->data; value is taken over. */
void tg_page_set(struct tg_page *p, const char *name, json_t *value);
void tg_page_set_text(struct tg_page *p, const char *name, const char *text);
void tg_page_set_int(struct tg_page *p, const char *name, int64_t n);
void tg_page_set_true(struct tg_page *p, const char *name, bool yes);
/* A translation, for sentences that C makes. */
const char *tg_page_words(const struct tg_page *p, const char *msgid);

/*
 * --- what was asked for ---
 * A parameter of the query, or of the form of a POST; NULL: missing or "".
 */
const char *tg_page_query(struct tg_page *p, const char *name);
int64_t tg_page_query_int(struct tg_page *p, const char *name, int64_t unset);
const char *tg_page_field(struct tg_page *p, const char *name);
/* Ticked boxes, or several of a name: a list of texts (never NULL). */
const json_t *tg_page_fields(struct tg_page *p, const char *name);
/* The address of this page with a parameter of the query set (NULL: gone). */
const char *tg_page_href(struct tg_page *p, const char *name,
    const char *value);
/*
 * Pages of a list: reads "page" (1 ...), sets "pager" {from, to, total, prev,
 * next} once total is known (but not for a few rows without others).  -1 for
 * total: unknown, more: are there others.
 */
int64_t tg_page_after(struct tg_page *p, int64_t per_page);
void tg_page_pager(struct tg_page *p, int64_t per_page, int64_t n,
    int64_t total, bool more);
/*
 * Headings to sort by: sets "sort" {NAME: {href, up, down}} for each.  A '-'
 * before a name (also before unset): the first click shows the largest first.
 */
const char *tg_page_sort(struct tg_page *p, const char *const *names,
    const char *unset, bool *ascending);

/*
 * --- forms ---
 * Runs a function of the management API in one writing transaction, with this
 * body (taken over) and the visitor's rights; the answer is kept by p.  -1:
 * w->rq->err has the reason; tg_page_refused() then draws the page again.
 */
int tg_page_do(struct tg_page *p, tg_manage_fn *fn, json_t *body,
    json_t **answer);
/*
 * The page with "fault" (w->rq->err as a sentence), "param" (the field's
 * name), "form" (what was typed) and the status of the reason; for
 * application/json the management API's error.
 */
int tg_page_refused(struct tg_page *p, tg_page_fn *fn);
/*
 * 303 to a path below the mount ("admin/keys"), relative; done: what the next
 * page says first, a word of the table in page.c ("saved", "blocked", ...).
 */
int tg_page_goto(struct tg_page *p, const char *done, const char *path, ...)
    __attribute__((format(printf, 3, 4)));

/* Says w->rq->err as a page of its own; for routes that are pages. */
void tg_page_fault(struct tg_web *w);
/* Is this failure to be said as a page: a page's route, a browser's visit? */
bool tg_page_is_fault(const struct tg_web *w);
/* Does the caller want JSON rather than a page? */
bool tg_page_wants_json(const struct tg_web *w);
/* What all pages say in their head: CSP and its like. */
void tg_page_headers(struct tg_request *rq);
/* What layout and error page get besides the page's own. */
void tg_page_frame(struct tg_page *p);

/* Style sheet, script, icons: www/assets/..., /admin/assets/{name}. */
tg_handler tg_page_asset;
#endif
