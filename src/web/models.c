/*
 * GET /models and /models/{id}: the names this key may use, as OpenAI lists
 * them, or as Anthropic does for callers of that kind (openai-api.md 7).
 */
#include "config.h"

#include <stdio.h>

#include "base/clock.h"
#include "base/json.h"
#include "web/routes.h"

#define CREATED 1677610602	/* as the others say, when nothing is known */

struct list {
	struct tg_web *w;
	struct tg_catalog *catalog;
	struct tg_buf out;
	bool anthropic;
	int n;
};

static bool wants_anthropic(struct tg_web *);
static void add_one(struct list *, const struct tg_deployment *);
static const struct tg_deployment *next(
    const struct list *, size_t *, const struct tg_deployment *);

static int
open_list(struct list *l, struct tg_web *w)
{
	*l = (struct list){ .w = w, .anthropic = wants_anthropic(w) };
	tg_buf_init(&l->out, 64 * 1024 * 1024);
	return tg_gate_catalog(
	    tg_app_gate(w->app), &l->catalog, &w->rq->err);
}

static int
send_list(struct list *l)
{
	int rc = tg_reply_send(l->w->rq, 200, "application/json",
	    tg_buf_str(&l->out));

	tg_buf_free(&l->out);
	tg_catalog_release(l->catalog);
	return rc;
}

int
tg_web_models(struct tg_web *w)
{
	const struct tg_deployment *d = NULL, *first = NULL, *last = NULL;
	struct list l;
	size_t i = 0;

	if (open_list(&l, w) != 0)
		return -1;
	(void)tg_buf_addc(&l.out,
	    l.anthropic ? "{\"data\":[" : "{\"object\":\"list\",\"data\":[");
	while ((d = next(&l, &i, d)) != NULL) {
		add_one(&l, d);
		first = first != NULL ? first : d;
		last = d;
	}
	(void)tg_buf_addc(&l.out, "]");
	if (l.anthropic) {
		(void)tg_buf_addc(&l.out, ",\"has_more\":false,\"first_id\":");
		(void)tg_buf_adds(&l.out,
		    first == NULL ? TG_STR("null") :
				    tg_json_quoted(w->rq->arena,
					tg_str(first->model)));
		(void)tg_buf_addc(&l.out, ",\"last_id\":");
		(void)tg_buf_adds(&l.out,
		    last == NULL ? TG_STR("null") :
				   tg_json_quoted(w->rq->arena,
				       tg_str(last->model)));
	}
	(void)tg_buf_addc(&l.out, "}");
	return send_list(&l);
}

int
tg_web_model(struct tg_web *w)
{
	const struct tg_deployment **found;
	struct tg_deployment shown;
	struct list l;
	size_t n;

	if (open_list(&l, w) != 0)
		return -1;
	found = tg_catalog_find(l.catalog, w->rq->arena, w->rest, &n);
	if (n == 0 || !tg_auth_model(&w->key, w->rest)) {
		tg_buf_free(&l.out);
		tg_catalog_release(l.catalog);
		(void)snprintf(w->rq->err.ecode, sizeof(w->rq->err.ecode),
		    "model_not_found");
		return tg_fail_param(&w->rq->err, TG_E_NOT_FOUND, "model",
		    "The model '%.*s' does not exist or you do not have access "
		    "to it.",
		    TG_PRI(w->rest));
	}
	shown = *found[0];
	shown.model = tg_arena_cstr(w->rq->arena, w->rest);
	add_one(&l, &shown);
	return send_list(&l);
}

static bool
wants_anthropic(struct tg_web *w)
{
	return tg_request_header(w->rq, "anthropic-version").n > 0;
}

/* The next name the key may use; equal names follow one another. */
static const struct tg_deployment *
next(const struct list *l, size_t *i, const struct tg_deployment *before)
{
	while (*i < l->catalog->n_deployments) {
		const struct tg_deployment *d =
		    &l->catalog->deployments[(*i)++];
		if (before != NULL && strcmp(before->model, d->model) == 0)
			continue;
		if (tg_auth_model(&l->w->key, tg_str(d->model)))
			return d;
		before = d;
	}
	return NULL;
}

static void
add_one(struct list *l, const struct tg_deployment *d)
{
	struct tg_str id =
	    tg_json_quoted(l->w->rq->arena, tg_str(d->model));
	long long created =
	    d->created_at > 0 ? d->created_at / 1000000 : CREATED;
	char iso[TG_ISO_BYTES];

	if (l->n++ > 0)
		(void)tg_buf_byte(&l->out, ',');
	if (l->anthropic)
		(void)tg_buf_printf(&l->out,
		    "{\"type\":\"model\",\"id\":%.*s,\"display_name\":%.*s,"
		    "\"created_at\":\"%s\"}",
		    TG_PRI(id), TG_PRI(id),
		    tg_iso_time(created * 1000000, iso));
	else
		(void)tg_buf_printf(&l->out,
		    "{\"id\":%.*s,\"object\":\"model\",\"created\":%lld,"
		    "\"owned_by\":%.*s}",
		    TG_PRI(id), created,
		    TG_PRI(tg_json_quoted(l->w->rq->arena,
			tg_str(d->upstream->name))));
}
