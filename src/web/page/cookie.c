#include "config.h"

#include "web/page/cookie.h"

/* Cookies in and out; and how the browser reached us. */

static struct tg_str
variable(struct tg_request *rq, const char *name)
{
	return tg_str_trim(tg_str(rq->door->ops->env(rq->door, name)));
}

struct tg_str
tg_cookie_get(struct tg_request *rq, const char *name)
{
	struct tg_str rest = tg_request_header(rq, "cookie"), one, key;

	while (tg_str_cut(&rest, ';', &one)) {
		one = tg_str_trim(one);
		if (memchr(one.p, '=', one.n) == NULL)
			continue;
		(void)tg_str_cut(&one, '=', &key);
		if (tg_str_is(key, name))
			return one;
	}
	return TG_STR_NONE;
}

/* A mount comes from the URL: what would end the attribute is not taken. */
static const char *
cookie_path(struct tg_web *w)
{
	struct tg_str m = w->rq->mount;

	for (size_t i = 0; i < m.n; i++)
		if (m.p[i] <= ' ' || m.p[i] == ';' || m.p[i] == ',' ||
		    m.p[i] == 0x7f)
			return "/";
	return tg_arena_printf(w->rq->arena, "%.*s/", TG_PRI(m));
}

void
tg_cookie_set(struct tg_web *w, const char *name, const char *value,
    int64_t seconds)
{
	const char *age = "";

	if (*value == '\0')
		age = "; Max-Age=0";
	else if (seconds > 0)
		age = tg_arena_printf(
		    w->rq->arena, "; Max-Age=%lld", (long long)seconds);
	tg_reply_header(w->rq, "Set-Cookie",
	    "%s=%s; Path=%s; HttpOnly; SameSite=Lax%s%s", name, value,
	    cookie_path(w), tg_request_is_https(w) ? "; Secure" : "", age);
}

bool
tg_request_is_proxied(struct tg_web *w)
{
	const char *list = tg_app_web(w->app)->trusted_proxies;

	/* rq->addr may be the caller's already; here its messenger counts. */
	return list != NULL && *list != '\0' &&
	    tg_addr_listed(tg_str(list), variable(w->rq, "REMOTE_ADDR")) == 1;
}

bool
tg_request_is_https(struct tg_web *w)
{
	struct tg_str told = tg_request_header(w->rq, "x-forwarded-proto");
	struct tg_str https = variable(w->rq, "HTTPS");

	if (told.n > 0 && tg_request_is_proxied(w))
		return tg_str_ieq(told, "https");
	return tg_str_ieq(https, "on") || tg_str_is(https, "1") ||
	    tg_str_ieq(variable(w->rq, "REQUEST_SCHEME"), "https");
}
