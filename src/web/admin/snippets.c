/* What snippets are filled with. */
#include "config.h"

#include "web/admin/snippets.h"

#include <ctype.h>

#include "web/page/cookie.h"

#define HOST_BYTES 255

/* --- where we are --- */

/* A name or an address, perhaps with a port: what else is sent is not. */
static bool
is_host(struct tg_str host)
{
	if (host.n == 0 || host.n > HOST_BYTES)
		return false;
	for (size_t i = 0; i < host.n; i++) {
		unsigned char c = (unsigned char)host.p[i];
		if (!isalnum(c) && strchr(".:-_[]", c) == NULL)
			return false;
	}
	return true;
}

static struct tg_str
variable(struct tg_request *rq, const char *name)
{
	return tg_str(rq->door->ops->env(rq->door, name));
}

/* What a proxy passes on as a list begins with what the browser asked. */
static struct tg_str
host_of(struct tg_page *p)
{
	struct tg_request *rq = p->w->rq;
	const char *trusted = tg_app_web(p->w->app)->trusted_proxies;
	struct tg_str told = tg_request_header(rq, "x-forwarded-host"), host;

	if (told.n > 0 && trusted != NULL &&
	    tg_addr_listed(tg_str(trusted), variable(rq, "REMOTE_ADDR")) ==
		1 &&
	    tg_str_cut(&told, ',', &host)) {
		host = tg_str_trim(host);
		if (is_host(host))
			return host;
	}
	host = tg_request_header(rq, "host");
	if (!is_host(host))
		host = variable(rq, "SERVER_NAME");
	return is_host(host) ? host : TG_STR("localhost");
}

const char *
tg_snippets_url(struct tg_page *p)
{
	struct tg_str host = host_of(p), mount = p->w->rq->mount;

	return tg_arena_printf(p->a, "%s://%.*s%.*s",
	    tg_request_is_https(p->w) ? "https" : "http", TG_PRI(host),
	    TG_PRI(mount));
}

/* --- which model --- */

/* It can stand between quotes of any kind. */
static bool
is_plain(const char *model)
{
	for (; *model != '\0'; model++)
		if (!isalnum((unsigned char)*model) &&
		    strchr("._-:/@+", *model) == NULL)
			return false;
	return true;
}

static bool
may_use(const json_t *models, const char *model)
{
	size_t i;
	json_t *one;

	json_array_foreach((json_t *)models, i, one) {
		const char *glob = json_string_value(one);
		if (glob != NULL &&
		    (tg_str_glob(tg_str(glob), tg_str(model)) ||
			strncmp(glob, "all-", 4) == 0))
			return true;
	}
	return json_array_size(models) == 0;
}

static const char *
model_for(const struct tg_catalog *c, const json_t *models)
{
	const char *first = NULL;

	for (size_t i = 0; c != NULL && i < c->n_exact; i++) {
		const struct tg_deployment *d = &c->deployments[i];
		if (d->blocked || d->team != NULL || !is_plain(d->model) ||
		    !may_use(models, d->model))
			continue;
		if (d->mode == NULL || strcmp(d->mode, "chat") == 0)
			return d->model;
		if (first == NULL)
			first = d->model;
	}
	return first;
}

/* --- */

static bool
has_route(const char *path)
{
	for (size_t i = 0; tg_route_tables[i] != NULL; i++)
		for (const struct tg_route *r = tg_route_tables[i];
		     r->path != NULL; r++)
			if (strcmp(r->path, path) == 0)
				return true;
	return false;
}

void
tg_snippets_draw(struct tg_manage *m, struct tg_page *p,
    const struct tg_key *key, const char *secret)
{
	const json_t *models = tg_manage_json(m, key->models);
	const char *model = model_for(p->w->catalog, models);

	tg_page_set(p, "snippets",
	    json_pack("{s:s, s:s, s:s, s:b, s:b}", "url", tg_snippets_url(p),
		"key", secret != NULL ? secret : "sk-YOUR-KEY", "model",
		model != NULL ? model : "MODEL", "has_messages",
		has_route("/messages"), "has_responses",
		has_route("/responses")));
}
