/*
 * Second and third stage: what does the caller want (the body, read and
 * seen), and may it have that?  Budgets and limits take their holds here.
 */
#include "config.h"

#include <string.h>

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

int
tg_admit(struct tg_call *call)
{
	struct tg_str model = call->view.model;

	if (tg_auth_model(&call->key, model))
		return 0;
	return tg_fail_param(&call->rq->err, TG_E_MODEL_DENIED, "model",
	    "The requested model '%.*s' is not available for this API key, or "
	    "the model name is invalid. Check the models available to you and "
	    "try again.",
	    TG_PRI(model));
}
