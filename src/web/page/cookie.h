#ifndef TG_WEB_PAGE_COOKIE_H
#define TG_WEB_PAGE_COOKIE_H
/*
 * Cookies (RFC 6265) of the place where the program is mounted: HttpOnly,
 * SameSite=Lax (a link from a mail finds who is signed in; nothing that
 * changes anything is a GET), Secure where the request came by https.
 */
#include "web/routes.h"

#define TG_COOKIE_SESSION	"tollgate_session"
#define TG_COOKIE_FORM		"tollgate_form"	/* see page/csrf.h */
/* What the script, or somebody without an account, has chosen. */
#define TG_COOKIE_ZONE		"tollgate_zone"
#define TG_COOKIE_LANGUAGE	"tollgate_language"
#define TG_COOKIE_THEME		"tollgate_theme"

/* The first of that name; the empty view if there is none. */
struct tg_str tg_cookie_get(struct tg_request *rq, const char *name);
/* seconds 0: until the browser ends; value "": it goes. */
void tg_cookie_set(struct tg_web *w, const char *name, const char *value,
    int64_t seconds);

/* Did the browser ask by https? A trusted proxy may say so. */
bool tg_request_is_https(struct tg_web *w);
/* Is the server that hands us this request one of [server] trusted_proxies? */
bool tg_request_is_proxied(struct tg_web *w);
#endif
