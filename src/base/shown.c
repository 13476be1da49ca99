/*
 * Addresses without what may be a secret in them.
 */
#include "config.h"

#include "base/shown.h"

#include "base/buf.h"

static struct tg_str before(struct tg_str s, const char *ends);
static void add_query(struct tg_buf *b, struct tg_str query);

/* A proxy may come without a scheme: user:password@host:3128. */
const char *
tg_shown_url(struct tg_arena *a, const char *url)
{
	struct tg_str rest = tg_str(url), scheme, user, host;
	struct tg_buf b;
	long at = tg_str_find(rest, TG_STR("://"));
	const char *shown;

	if (url == NULL)
		return NULL;
	scheme = (struct tg_str){ url, at == -1 ? 0 : (size_t)at + 3 };
	rest.p += scheme.n;
	rest.n -= scheme.n;
	host = before(rest, "/?#");
	rest.p += host.n;
	rest.n -= host.n;
	tg_buf_init(&b, 2 * strlen(url) + 4096);
	tg_buf_adds(&b, scheme);
	user = host;
	while (user.n > 0 && user.p[user.n - 1] != '@')
		user.n--;
	if (user.n > 0) {
		host.p += user.n;
		host.n -= user.n;
		/* Without a password the name itself may be the secret. */
		if (memchr(user.p, ':', user.n) != NULL) {
			tg_buf_adds(&b, before(user, ":"));
			tg_buf_addc(&b, ":");
		}
		tg_buf_addc(&b, TG_MASKED "@");
	}
	tg_buf_adds(&b, host);
	host = before(rest, "?#");
	tg_buf_adds(&b, host);
	rest.p += host.n;
	rest.n -= host.n;
	if (rest.n > 0 && *rest.p == '?')
		add_query(&b, before(rest, "#"));
	shown = b.failed ? TG_MASKED : tg_arena_cstr(a, tg_buf_str(&b));
	tg_buf_free(&b);
	return shown;
}

static struct tg_str
before(struct tg_str s, const char *ends)
{
	size_t n = 0;

	while (n < s.n && strchr(ends, s.p[n]) == NULL)
		n++;
	return (struct tg_str){ s.p, n };
}

/* With its question mark: names stay, values do not. */
static void
add_query(struct tg_buf *b, struct tg_str query)
{
	struct tg_str rest = { query.p + 1, query.n - 1 }, one, name;
	const char *mark = "?";

	while (tg_str_cut(&rest, '&', &one)) {
		tg_buf_addc(b, mark);
		mark = "&";
		name = before(one, "=");
		if (name.n < one.n) {
			tg_buf_adds(b, name);
			tg_buf_addc(b, "=");
		}
		tg_buf_addc(b, TG_MASKED);
	}
}

const char *
tg_shown_host(struct tg_arena *a, const char *url)
{
	const char *shown = tg_shown_url(a, url);
	long at = tg_str_find(tg_str(shown), TG_STR("://"));
	size_t n;

	if (at < 0)
		return TG_MASKED;
	n = (size_t)at + 3;
	n += before(tg_str(shown + n), "/?#").n;
	return shown[n] == '\0' ?
	    shown :
	    tg_arena_printf(a, "%.*s/" TG_MASKED, (int)n, shown);
}
