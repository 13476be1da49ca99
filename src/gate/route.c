/*
 * Fourth stage: from the model's name to a deployment.  Of those that serve
 * the name the lowest order counts; among equals chance decides by weight.
 */
#include "config.h"

#include "base/id.h"
#include "gate/stages.h"

#define AGENT_MAX 256	/* bytes of a User-Agent that are kept */

static const struct tg_deployment *pick(
    const struct tg_deployment **, size_t);
static void note(struct tg_call *);

int
tg_route(struct tg_call *call)
{
	struct tg_str model = call->view.model;
	const struct tg_deployment **all;
	size_t n;

	all = tg_catalog_find(call->catalog, call->rq->arena, model, &n);
	if (n == 0)
		return tg_fail_param(&call->rq->err, TG_E_MODEL_UNKNOWN,
		    "model",
		    "/%s: Invalid model name passed in model=%.*s. Call "
		    "`/v1/models` to view available models for your key.",
		    call->dialect->endpoint + 1, TG_PRI(model));
	call->deployment = pick(all, n);
	call->upstream_model =
	    tg_deployment_model(call->deployment, call->rq->arena, model);
	note(call);
	return 0;
}

static const struct tg_deployment *
pick(const struct tg_deployment **all, size_t n)
{
	uint64_t sum = 0, at;
	size_t k = 0;

	while (k < n && all[k]->order == all[0]->order)
		sum += (uint64_t)all[k++]->weight;
	if (k == 1 || sum == 0)
		return all[0];
	at = tg_random_u64() % sum;
	for (size_t i = 0; i < k; i++) {
		if (at < (uint64_t)all[i]->weight)
			return all[i];
		at -= (uint64_t)all[i]->weight;
	}
	return all[0];
}

static struct tg_str
shortened(struct tg_str s)
{
	if (s.n > AGENT_MAX)
		s.n = AGENT_MAX;
	return s;
}

/* What the books say of a call before it is sent. */
static void
note(struct tg_call *call)
{
	struct tg_request *rq = call->rq;
	struct tg_call_row *row = &call->row;

	row->worker = tg_worker_name();
	row->user = call->view.user.n > 0 ?
	    tg_arena_cstr(rq->arena, call->view.user) :
	    NULL;
	if (tg_call_log(call) != TG_LOG_NONE) {
		row->addr = tg_arena_cstr(rq->arena, rq->addr);
		row->agent = tg_arena_cstr(rq->arena, shortened(rq->agent));
	}
	row->route = call->dialect->name;
	row->model = call->view.model.p;
	row->deployment = call->deployment->id;
	row->provider = call->deployment->upstream->name;
	row->upstream_model = call->upstream_model;
	row->stream = call->view.stream;
	row->start_at = rq->start_wall_us;
	row->request_bytes = (int64_t)rq->body.n;
}
