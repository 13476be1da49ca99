/*
 * Second and third stage: what does the caller want (the body, read and
 * seen), and may it have that?  Budgets and limits take their holds here.
 */
#include "config.h"

#include "base/json.h"
#include "gate/stages.h"

int
tg_intake(struct tg_call *call)
{
	struct tg_request *rq = call->rq;

	if (tg_request_body(rq,
		tg_gate_settings(call->gate)->max_body_bytes) != 0)
		return -1;
	return tg_view_read(&call->view, call->dialect, rq->arena,
	    tg_buf_str(&rq->body), &rq->err);
}

static int
deny(struct tg_call *call, const char *param, struct tg_str model)
{
	return tg_fail_param(&call->rq->err, TG_E_MODEL_DENIED, param,
	    "The requested model '%.*s' is not available for this API key, or "
	    "the model name is invalid. Check the models available to you and "
	    "try again.",
	    TG_PRI(model));
}

/* Some upstreams take others from this list: rights hold for all of them. */
static int
admit_list(struct tg_call *call)
{
	struct tg_json_it it = tg_json_begin(call->view.models);
	struct tg_str item, text;

	while (tg_json_item(&it, &item)) {
		if (tg_json_text(call->rq->arena, item, &text) != 0)
			text = item;
		if (!tg_auth_model(&call->key, text))
			return deny(call, "models", text);
	}
	return 0;
}

int
tg_admit(struct tg_call *call)
{
	if (!tg_auth_model(&call->key, call->view.model))
		return deny(call, "model", call->view.model);
	return call->view.models.n > 0 ? admit_list(call) : 0;
}
