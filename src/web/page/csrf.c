#include "config.h"

#include "web/page/csrf.h"

/* Tokens made and looked for, and the headers by which browsers tell. */
#include "base/hash.h"
#include "base/id.h"
#include "web/page/cookie.h"
#include "web/page/form.h"

#define SECRET_LENGTH 43	/* characters of 6 bits: 258 */

void
tg_csrf_make(struct tg_web *w, struct tg_visitor *v, struct tg_str secret)
{
	struct tg_arena *a = w->rq->arena;
	enum tg_method method = w->rq->method;
	char fresh[SECRET_LENGTH + 1];

	if (secret.n == 0)
		secret = tg_cookie_get(w->rq, TG_COOKIE_FORM);
	if (secret.n != SECRET_LENGTH) {
		tg_random_text(fresh, SECRET_LENGTH);
		secret = tg_arena_copy(a, tg_str(fresh));
		if (method == TG_GET || method == TG_HEAD)
			tg_cookie_set(w, TG_COOKIE_FORM, secret.p, 0);
	}
	tg_hmac_hex(secret,
	    tg_str(tg_arena_printf(
		a, "form\n%s", v->name != NULL ? v->name : "")),
	    v->csrf);
}

/* Does a page of another host send it? Old browsers tell nothing. */
static bool
is_foreign(struct tg_web *w)
{
	struct tg_request *rq = w->rq;
	struct tg_str site = tg_request_header(rq, "sec-fetch-site");
	struct tg_str origin = tg_request_header(rq, "origin"), host;
	long at;

	if (site.n > 0)
		return !tg_str_is(site, "same-origin") &&
		    !tg_str_is(site, "none");
	if (origin.n == 0)
		return false;
	at = tg_str_find(origin, TG_STR("://"));
	if (at < 0)
		return true;
	origin.p += at + 3;
	origin.n -= (size_t)at + 3;
	host = tg_request_header(rq, "x-forwarded-host");
	if (host.n == 0 || !tg_request_is_proxied(w))
		host = tg_request_header(rq, "host");
	return !tg_str_ieq(origin, tg_arena_cstr(rq->arena, host));
}

static const char *
token_of(struct tg_web *w)
{
	struct tg_str token = tg_request_header(w->rq, "x-csrf-token");

	if (token.n > 0)
		return tg_arena_cstr(w->rq->arena, token);
	return tg_form_text(w, "csrf");
}

int
tg_csrf_check(struct tg_web *w)
{
	struct tg_request *rq = w->rq;
	const char *token;

	if (is_foreign(w))
		return tg_fail(&rq->err, TG_E_FORBIDDEN,
		    "Your browser says that this form was sent from another "
		    "site, so nothing was done. Open the page here and send "
		    "it again. (Behind a proxy: it must pass on the Host "
		    "header as it came.)");
	token = token_of(w);
	if (rq->err.code != TG_OK)
		return -1;
	if (token == NULL ||
	    !tg_equal_ct(tg_str(token), tg_str(w->visitor->csrf)))
		return tg_fail(&rq->err, TG_E_FORBIDDEN,
		    "This form was opened too long ago, or by somebody else, "
		    "or your browser refuses cookies; nothing was done. Open "
		    "the page again and repeat it.");
	return 0;
}
