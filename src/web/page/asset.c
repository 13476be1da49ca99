/*
 * Serves www/assets/.  They are public: the sign-in page needs them.
 */
#include "config.h"

#include "web/page/asset.h"

#include <stdio.h>

#include "base/escape.h"
#include "base/hash.h"
#include "web/admin/admin.h"
#include "web/page/www.h"

#define HASH_BYTES 13

const struct tg_route tg_routes_admin_assets[] = {
	{ TG_GET, "/admin/assets/{name}", TG_ACCESS_PUBLIC, tg_page_asset,
	    NULL, "Style sheet, script and icons of the pages",
	    TG_FAULT_ERROR },
	{ .path = NULL },
};

static const struct {
	const char *suffix, *type;
} types[] = {
	{ ".css", "text/css; charset=utf-8" },
	{ ".js", "text/javascript; charset=utf-8" },
	{ ".svg", "image/svg+xml" },
};

static const char *
type_of(struct tg_str name)
{
	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
		if (tg_str_ends(name, types[i].suffix))
			return types[i].type;
	return NULL;
}

/* From [server] www_dir, if it is there, else of this program. */
static bool
find(struct tg_web *w, struct tg_str name, struct tg_str *text)
{
	const char *dir = tg_app_web(w->app)->www_dir;
	struct tg_arena *a = w->rq->arena;

	if (memchr(name.p, '/', name.n) != NULL || type_of(name) == NULL)
		return false;
	if (dir != NULL && dir[0] != '\0' &&
	    tg_www_read(a, tg_arena_printf(a, "%s/assets/%.*s", dir, TG_PRI(name)), text) == 0)
		return true;
	for (const struct tg_www_file *f = tg_www_assets; f->name != NULL;
	     f++)
		if (tg_str_is(name, f->name)) {
			*text = (struct tg_str){ f->text, f->size };
			return true;
		}
	return false;
}

static void
hash_of(struct tg_str text, char out[HASH_BYTES])
{
	unsigned char digest[TG_DIGEST_BYTES];

	tg_digest(text, digest);
	tg_hex(digest, (HASH_BYTES - 1) / 2, out);
}

const char *
tg_asset_path(struct tg_web *w, const char *name)
{
	char hash[HASH_BYTES];
	struct tg_str text;

	if (!find(w, tg_str(name), &text))
		return NULL;
	hash_of(text, hash);
	return tg_arena_printf(
	    w->rq->arena, "admin/assets/%s?v=%s", name, hash);
}

int
tg_page_asset(struct tg_web *w)
{
	struct tg_request *rq = w->rq;
	struct tg_str text, asked;
	char hash[HASH_BYTES], etag[HASH_BYTES + 2];

	if (!find(w, w->rest, &text))
		return tg_fail(&rq->err, TG_E_NO_ROUTE,
		    "There is no such file of the pages.");
	hash_of(text, hash);
	(void)snprintf(etag, sizeof(etag), "\"%s\"", hash);
	tg_reply_header(rq, "ETag", "%s", etag);
	tg_reply_header(rq, "X-Content-Type-Options", "nosniff");
	tg_reply_header(rq, "Cache-Control", "%s",
	    tg_query_get(rq->arena, rq->query, "v", &asked) &&
		    tg_str_is(asked, hash) ?
		"public, max-age=31536000, immutable" :
		"no-cache");
	if (tg_str_find(tg_request_header(rq, "if-none-match"),
		tg_str(etag)) >= 0)
		return tg_reply_send(rq, 304, NULL, TG_STR_NONE);
	return tg_reply_send(rq, 200, type_of(w->rest), text);
}
