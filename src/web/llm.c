/*
 * The applications' doors: each dialect is handed to the gate with the way
 * its errors look.
 */
#include "config.h"

#include "web/llm.h"

#include <assert.h>

#include "net/sse.h"
#include "web/fault.h"
#include "web/routes.h"

static int hook_status(const struct tg_call *);
static void hook_refuse(struct tg_call *);
static int hook_event(const struct tg_call *, struct tg_buf *);

static const struct tg_gate_hooks hooks = {
	.status = hook_status,
	.refuse = hook_refuse,
	.event = hook_event,
};

static enum tg_compat
compat_of(const struct tg_call *call)
{
	const struct tg_web *w = call->ctx;

	return tg_app_web(w->app)->compat;
}

/* The house may choose what a spent budget is answered with. */
static void
choose_status(const struct tg_call *call)
{
	const struct tg_web *w = call->ctx;
	struct tg_err *e = &call->rq->err;

	if (e->code == TG_E_BUDGET || e->code == TG_E_UNPRICED)
		e->status = tg_app_web(w->app)->budget_status;
}

static int
hook_status(const struct tg_call *call)
{
	choose_status(call);
	return tg_fault_status(&call->rq->err, compat_of(call));
}

static void
hook_refuse(struct tg_call *call)
{
	choose_status(call);
	tg_fault_send(call->rq, compat_of(call),
	    call->rq->err.code == TG_E_ROUTE_DENIED ? TG_FAULT_DETAIL :
						      TG_FAULT_ERROR);
}

/* No [DONE] follows: it means success (openai-api.md 3.3). */
static int
hook_event(const struct tg_call *call, struct tg_buf *out)
{
	struct tg_fault f;

	tg_fault_make(
	    &call->rq->err, compat_of(call), call->rq->arena, &f);
	return tg_sse_write(out, f.json);
}

static int
serve(struct tg_web *w, enum tg_dialect_id id)
{
	tg_gate_serve(
	    tg_app_gate(w->app), w->rq, &tg_dialects[id], &hooks, w);
	return 0;
}

int
tg_web_chat(struct tg_web *w)
{
	return serve(w, TG_DIALECT_CHAT);
}

int
tg_web_completions(struct tg_web *w)
{
	return serve(w, TG_DIALECT_COMPLETIONS);
}

int
tg_web_embeddings(struct tg_web *w)
{
	return serve(w, TG_DIALECT_EMBEDDINGS);
}

void
tg_llm_serve(
    struct tg_app *app, struct tg_request *rq, enum tg_dialect_id id)
{
	struct tg_web w = { .app = app, .rq = rq };

	assert(rq->behalf != NULL);
	(void)serve(&w, id);
}
