/* One GET to a provider, and what it says for an answer. */
#include "config.h"

#include "web/model_fetch.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/hash.h"
#include "base/limits.h"
#include "llm/fault_read.h"

#define TICK_MS 500

struct ask {
	struct tg_web *w;
	const struct tg_upstream *u;
	struct tg_fetch *fetch;
	struct tg_buf answer;
	char *auth;		/* with the key: on the heap, wiped */
};

static const char *
url_of(const struct ask *k)
{
	const struct tg_known *known = tg_known_find(tg_str(k->u->type));

	if (known != NULL && known->list_url != NULL &&
	    k->u->base_url == known->base_url)
		return known->list_url;
	return tg_fetch_url(k->w->rq->arena, tg_str(k->u->base_url),
	    "/models", k->u->add_v1);
}

static size_t
make_headers(struct ask *k, struct tg_fetch_header **out)
{
	struct tg_str key = tg_secret_reveal(&k->u->key);
	size_t size = strlen(k->u->auth_header) + key.n + 1, more = 0, n = 0;
	struct tg_fetch_header *list;

	while (k->u->headers != NULL && k->u->headers[more] != NULL)
		more++;
	list = tg_arena_zero(
	    k->w->rq->arena, (more + 2) * sizeof(*list));
	list[n++].line = "Accept: application/json";
	if (key.n > 0)
		k->auth = malloc(size);
	if (k->auth != NULL) {
		(void)snprintf(k->auth, size, "%s%.*s", k->u->auth_header,
		    TG_PRI(key));
		list[n++].line = k->auth;
	}
	for (size_t i = 0; i < more; i++)
		list[n++].line = k->u->headers[i];
	*out = list;
	return n;
}

static int
bound(int ms, int most)
{
	return ms > 0 && ms < most ? ms : most;
}

static int
open_fetch(struct ask *k, struct tg_fetch_route *route)
{
	struct tg_fetch_header *headers;
	struct tg_fetch_spec spec = { .route = route, .url = url_of(k),
		.method = "GET", .door = k->w->rq->door };

	*route = k->u->route;
	route->total_ms = bound(route->total_ms, TG_MODEL_FETCH_MS);
	route->first_byte_ms =
	    bound(route->first_byte_ms, TG_MODEL_FETCH_MS);
	route->max_answer_bytes = TG_MODEL_FETCH_BYTES;
	spec.n_headers = make_headers(k, &headers);
	spec.headers = headers;
	return tg_fetch_open(tg_gate_pool(tg_app_gate(k->w->app)), &spec,
	    &k->fetch, &k->w->rq->err);
}

/* Until the whole answer is there. */
static int
gather(struct ask *k)
{
	struct tg_err *e = &k->w->rq->err;
	struct tg_str data;

	for (;;)
		switch (tg_fetch_wait(k->fetch, TICK_MS, &data, e)) {
		case TG_FETCH_DATA:
			if (tg_buf_adds(&k->answer, data) != 0)
				return tg_fail(e, TG_E_ANSWER_TOO_LARGE,
				    "The provider's list is too long.");
			break;
		case TG_FETCH_END:
			return 0;
		case TG_FETCH_GONE:
			return tg_fail(e, TG_E_CLIENT_GONE,
			    "The caller has left.");
		case TG_FETCH_FAILED:
			return -1;
		case TG_FETCH_HEAD:
		case TG_FETCH_TICK:
			break;
		}
}

static int
judge(struct ask *k, struct tg_listed_model **rows, size_t *n)
{
	struct tg_err *e = &k->w->rq->err;
	int status = tg_fetch_status(k->fetch);
	struct tg_fault_source said = { .status = status,
		.body = tg_buf_str(&k->answer), .key = &k->u->key };

	if (status / 100 == 2)
		return tg_model_list_read(k->w->rq->arena,
		    tg_buf_str(&k->answer), rows, n, e);
	if (said.body.n > TG_MAX_ERROR_BODY)
		said.body.n = TG_MAX_ERROR_BODY;
	return tg_fault_read(&said, e);
}

static int
echo_list(struct tg_web *w, struct tg_listed_model **rows, size_t *n)
{
	*rows = tg_arena_zero(w->rq->arena, sizeof(**rows));
	**rows = (struct tg_listed_model){ .id = "echo", .mode = "chat" };
	*n = 1;
	return 0;
}

int
tg_model_fetch(struct tg_web *w, const struct tg_upstream *u,
    struct tg_listed_model **rows, size_t *n)
{
	struct ask k = { .w = w, .u = u };
	struct tg_fetch_route route;
	int rc = -1;

	*n = 0;
	if (u->family == TG_FAMILY_ECHO)
		return echo_list(w, rows, n);
	tg_buf_init(&k.answer, TG_MODEL_FETCH_BYTES);
	if (open_fetch(&k, &route) == 0 && gather(&k) == 0)
		rc = judge(&k, rows, n);
	if (k.fetch != NULL)
		tg_fetch_close(k.fetch);
	if (k.auth != NULL)
		tg_wipe(k.auth, strlen(k.auth));
	free(k.auth);
	tg_buf_free(&k.answer);
	return rc;
}
