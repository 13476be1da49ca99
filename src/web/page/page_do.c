/*
 * What forms do, and what is said when it goes wrong.
 */
#include "config.h"

#include <stdio.h>

#include "base/buf.h"
#include "base/escape.h"
#include "base/log.h"
#include "web/page/page.h"

static int status_of(struct tg_web *);
static void say_when(struct tg_web *);

int
tg_page_do(struct tg_page *p, tg_manage_fn *fn, json_t *body,
    json_t **answer)
{
	struct tg_manage m = { .w = p->w, .page = p, .body = body };
	int rc = -1;

	if (p->w->rq->err.code == TG_OK)
		rc = tg_manage_run(&m, fn, true);
	(void)json_array_append_new(p->kept, body);
	if (m.kept != NULL)
		(void)json_array_append_new(p->kept, m.kept);
	if (m.answer != NULL)
		(void)json_array_append_new(p->kept, m.answer);
	if (answer != NULL)
		*answer = rc == 0 ? m.answer : NULL;
	return rc;
}

int
tg_page_refused(struct tg_page *p, tg_page_fn *fn)
{
	struct tg_err *e = &p->w->rq->err;

	if (tg_page_wants_json(p->w)) {
		tg_manage_finish_fault(p->w);
		p->w->manages = true;
		tg_page_close(p);
		return -1;
	}
	p->status = status_of(p->w);
	say_when(p->w);
	tg_page_set_text(p, "fault", tg_page_words(p, e->msg));
	tg_page_set_text(p, "param", e->param);
	tg_page_set(p, "form", json_incref(p->form));
	tg_err_reset(e);
	if (tg_page_read(p, fn) == 0)
		return tg_page_send(p);
	tg_page_close(p);
	return -1;
}

int
tg_page_goto(struct tg_page *p, const char *done, const char *path, ...)
{
	struct tg_request *rq = p->w->rq;
	const char *to;
	va_list ap;

	va_start(ap, path);
	to = tg_arena_vprintf(p->a, path, ap);
	va_end(ap);
	if (done != NULL)
		to = tg_arena_printf(p->a, "%s%cdone=%s", to,
		    strchr(to, '?') != NULL ? '&' : '?', done);
	tg_reply_header(rq, "Location", "%s%s", p->locale.root, to);
	tg_page_headers(rq);
	tg_page_close(p);
	return tg_reply_send(rq, 303, NULL, TG_STR_NONE);
}

/* --- a page of its own --- */

/* 401 would make browsers ask for a password of HTTP Basic. */
static int
status_of(struct tg_web *w)
{
	int status =
	    tg_fault_status(&w->rq->err, tg_app_web(w->app)->compat);

	return status == 401 ? 403 : status;
}

/* Whoever has to wait is told how long. */
static void
say_when(struct tg_web *w)
{
	struct tg_fault f;

	tg_fault_make(&w->rq->err, tg_app_web(w->app)->compat, w->rq->arena,
	    &f);
	if (f.retry_after_ms >= 0)
		tg_reply_header(w->rq, "Retry-After", "%ld",
		    (f.retry_after_ms + 999) / 1000);
}

/* What it means, and what can be done, by the status. */
static const struct {
	int status;
	const char *title, *hint;
} kinds[] = {
	{ 400, N_("That does not fit"),
	    N_("Go back, change what the message names, and send it "
	       "again.") },
	{ 403, N_("Not for you"),
	    N_("Ask an owner of this gateway if you need it.") },
	{ 404, N_("Nothing here"),
	    N_("It may have been removed, or the address has a typing "
	       "mistake.") },
	{ 405, N_("Not like this"),
	    N_("Go back, and use the buttons and links of the page.") },
	{ 409, N_("There is one already"),
	    N_("Go back and take another name.") },
	{ 413, N_("Too large"), N_("Send less at once.") },
	{ 429, N_("Too often"), N_("Wait a little, then try again.") },
	{ 503, N_("Not now"),
	    N_("The gateway is busy or cannot write. Wait some seconds and "
	       "try again; if it goes on, look at its log.") },
	{ 0, N_("That went wrong"),
	    N_("Try again. If it goes on, look at the gateway's log and "
	       "report it.") },
};

bool
tg_page_is_fault(const struct tg_web *w)
{
	struct tg_str accept = tg_request_header(w->rq, "accept");

	if (tg_page_wants_json(w))
		return false;
	if (w->route == NULL)
		return tg_str_ifind(accept, "text/html") >= 0;
	return w->route->access >= TG_ACCESS_VISITOR;
}

void
tg_page_fault(struct tg_web *w)
{
	struct tg_err e = w->rq->err;
	struct tg_page *p;
	size_t i = 0;
	int status = status_of(w);

	say_when(w);
	if (w->visitor == NULL) {
		tg_err_reset(&w->rq->err);
		(void)tg_visitor_find(w);
	}
	/* Its body may be what went wrong. */
	tg_err_reset(&w->rq->err);
	while (kinds[i].status != status && kinds[i].status != 0)
		i++;
	p = tg_page_open(w, "error", kinds[i].title);
	p->status = status;
	tg_err_reset(&w->rq->err);
	/* Of an unknown address the words are for programs. */
	if (e.code != TG_E_NO_ROUTE)
		tg_page_set_text(p, "message", e.msg);
	tg_page_set_text(p, "hint", kinds[i].hint);
	tg_page_set_int(p, "status", status);
	tg_page_set_true(p, "again", status == 503 || status == 429);
	if (tg_page_send(p) == 0)
		return;
	tg_warnx("page: %s", w->rq->err.msg);
	(void)tg_reply_send(w->rq, 500, "text/plain; charset=utf-8",
	    tg_str("The page that says what went wrong cannot be drawn.\n"));
}
