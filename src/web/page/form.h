#ifndef TG_WEB_PAGE_FORM_H
#define TG_WEB_PAGE_FORM_H
/*
 * The form of a POST, application/x-www-form-urlencoded or the texts of a
 * multipart/form-data (its files are for who wants them: net/multipart.h).
 * The body is read at the first use: at most TG_MAX_FORM, for a multipart
 * TG_MAX_FORM_FILES.
 */
#include "base/jtree.h"
#include "web/routes.h"

#define TG_MAX_FORM (8 * 1024 * 1024)
#define TG_MAX_FORM_FILES (24 * 1024 * 1024)

/* The first field of that name, in the arena; NULL: there is none, or the
 * body cannot be read (w->rq->err says so). */
const char *tg_form_text(struct tg_web *w, const char *name);
/*
 * All of it: {name: text, or [texts] where a name comes more than once}; the
 * caller's.  NULL: the body cannot be read.
 */
json_t *tg_form_read(struct tg_web *w);
#endif
