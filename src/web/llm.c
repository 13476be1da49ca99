/*
 * The applications' doors: each dialect is handed to the gate with the way
 * its errors look.
 */
#include "config.h"

#include "llm/dialect.h"
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

static int
hook_status(const struct tg_call *call)
{
	return tg_fault_status(&call->rq->err, compat_of(call));
}

/* Both have their place in a message. */
static struct tg_str
cut(struct tg_str s)
{
	return (struct tg_str){ s.p, s.n < 180 ? s.n : 180 };
}

/* LiteLLM 1.83 says it in other words, which clients of its time match. */
static void
old_words(struct tg_call *call)
{
	struct tg_err *e = &call->rq->err;

	if (e->code != TG_E_MODEL_DENIED ||
	    compat_of(call) != TG_COMPAT_1_83)
		return;
	tg_err_reset(e);
	(void)tg_fail_param(e, TG_E_MODEL_DENIED, "model",
	    "key not allowed to access model. This key can only access "
	    "models=%.*s. Tried to access %.*s",
	    TG_PRI(cut(tg_str(call->key.models))),
	    TG_PRI(cut(call->view.model)));
}

static void
hook_refuse(struct tg_call *call)
{
	old_words(call);
	tg_fault_send(call->rq, compat_of(call),
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
