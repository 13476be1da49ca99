/*
 * A page from its opening to its last byte.
 */
#include "config.h"

#include "web/page/page.h"

#include <stdlib.h>

#include "base/clock.h"
#include "web/page/form.h"
#include "web/page/session.h"
#include "web/page/template.h"

#define MAX_PAGE (64 * 1024 * 1024)

static const struct tg_words *
language_of(struct tg_web *w)
{
	const char *chosen =
	    w->visitor != NULL ? w->visitor->language : NULL;

	return tg_words_choose(chosen != NULL ? tg_str(chosen) :
	    tg_request_header(w->rq, "accept-language"));
}

struct tg_page *
tg_page_open(struct tg_web *w, const char *template, const char *title)
{
	struct tg_page *p = tg_arena_zero(w->rq->arena, sizeof(*p));
	const char *root = tg_visitor_root(w);

	p->w = w;
	p->a = w->rq->arena;
	p->data = json_object();
	p->kept = json_array();
	p->template = template;
	p->title = title;
	p->status = 200;
	p->locale.words = language_of(w);
	p->locale.zone = w->visitor != NULL && w->visitor->zone != NULL ?
	    w->visitor->zone :
	    "";
	p->locale.now = tg_wall_us();
	p->locale.root = root[0] != '\0' ? root : "./";
	if (w->rq->method == TG_POST)
		p->form = tg_form_read(w);
	if (p->form == NULL)
		p->form = json_object();
	return p;
}

void
tg_page_close(struct tg_page *p)
{
	json_decref(p->data);
	json_decref(p->form);
	json_decref(p->kept);
	p->data = p->form = p->kept = NULL;
}

/* --- reading --- */

struct reading {
	struct tg_manage m;
	tg_page_fn *fn;
};

static int
read_page(struct tg_manage *m)
{
	return ((struct reading *)m)->fn(m, m->page);
}

int
tg_page_read(struct tg_page *p, tg_page_fn *fn)
{
	struct reading r = { .fn = fn,
		.m = { .w = p->w, .page = p, .body = json_object() } };
	int rc = tg_manage_run(&r.m, read_page, false);

	(void)json_array_append_new(p->kept, (json_t *)r.m.body);
	(void)json_array_append_new(p->kept, r.m.kept);
	if (r.m.answer != NULL)
		(void)json_array_append_new(p->kept, r.m.answer);
	return rc;
}

int
tg_page_show(struct tg_web *w, const char *template, const char *title,
    tg_page_fn *fn)
{
	struct tg_page *p = tg_page_open(w, template, title);

	if (tg_page_read(p, fn) == 0)
		return tg_page_send(p);
	tg_page_close(p);
	return -1;
}

int
tg_page_show_models(struct tg_web *w, const char *template,
    const char *title, tg_page_fn *fn)
{
	if (tg_web_catalog(w) != 0)
		return -1;
	return tg_page_show(w, template, title, fn);
}

/* --- what is shown --- */

void
tg_page_set(struct tg_page *p, const char *name, json_t *value)
{
	if (value != NULL)
		(void)json_object_set_new(p->data, name, value);
}

void
tg_page_set_text(struct tg_page *p, const char *name, const char *text)
{
	tg_jtree_set_text(p->data, name, text);
}

void
tg_page_set_int(struct tg_page *p, const char *name, int64_t n)
{
	tg_page_set(p, name, json_integer(n));
}

void
tg_page_set_true(struct tg_page *p, const char *name, bool yes)
{
	tg_page_set(p, name, json_boolean(yes));
}

const char *
tg_page_words(const struct tg_page *p, const char *msgid)
{
	return tg_words_get(p->locale.words, msgid);
}

/* --- sending --- */

bool
tg_page_wants_json(const struct tg_web *w)
{
	struct tg_str accept = tg_request_header(w->rq, "accept");

	return tg_str_ifind(accept, "application/json") >= 0 &&
	    tg_str_ifind(accept, "text/html") < 0;
}

void
tg_page_headers(struct tg_request *rq)
{
	tg_reply_header(rq, "Content-Security-Policy", "%s",
	    "default-src 'none'; script-src 'self'; style-src 'self'; "
	    "img-src 'self' data:; connect-src 'self'; form-action 'self'; "
	    "frame-ancestors 'none'; base-uri 'none'");
	tg_reply_header(rq, "X-Content-Type-Options", "nosniff");
	tg_reply_header(rq, "X-Frame-Options", "DENY");
	tg_reply_header(rq, "Referrer-Policy", "same-origin");
	tg_reply_header(rq, "Cross-Origin-Opener-Policy", "same-origin");
	tg_reply_header(rq, "Cache-Control", "no-store");
}

static int
send_text(struct tg_page *p, const char *type, struct tg_str text)
{
	tg_page_headers(p->w->rq);
	return tg_reply_send(p->w->rq, p->status, type, text);
}

static int
send_json(struct tg_page *p)
{
	char *text = tg_jtree_print(p->data);
	int rc = text != NULL ?
	    send_text(p, "application/json", tg_str(text)) :
	    tg_fail(&p->w->rq->err, TG_E_INTERNAL, "out of memory");

	free(text);
	return rc;
}

static int
send_html(struct tg_page *p)
{
	const char *name = p->fragment != NULL ? p->fragment : p->template;
	struct tg_template_conf conf = {
		.dir = tg_app_web(p->w->app)->www_dir,
		.locale = &p->locale,
	};
	struct tg_buf out;
	int rc;

	tg_page_frame(p);
	tg_buf_init(&out, MAX_PAGE);
	rc = tg_template_draw(&conf, p->fragment != NULL ? NULL : "layout",
	    name, p->data, &out, &p->w->rq->err);
	if (rc == 0)
		rc = send_text(
		    p, "text/html; charset=utf-8", tg_buf_str(&out));
	tg_buf_free(&out);
	return rc;
}

int
tg_page_send(struct tg_page *p)
{
	int rc = tg_page_wants_json(p->w) ? send_json(p) : send_html(p);

	tg_page_close(p);
	return rc;
}
