/*
 * Last, always: the attempt's row is completed before the end of the answer
 * leaves.  If the books cannot be written the caller does not get that end,
 * but an error; the store keeps the row's facts and writes them when it can.
 */
#include "config.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/log.h"
#include "gate/stages.h"

_Static_assert((int)TG_UNIT__TOKENS == (int)TG_TOK__MAX &&
	(int)TG_UNIT_AUDIO_OUTPUT == (int)TG_TOK_AUDIO_OUTPUT &&
	(int)TG_UNIT_OUTPUT == (int)TG_TOK_OUTPUT,
    "prices and books name the same classes in the same order");

static void count(struct tg_call *);
static void judge(struct tg_call *);
static void name_prices(struct tg_call *);

void
tg_settle(struct tg_call *call)
{
	struct tg_request *rq = call->rq;
	struct tg_err why = { 0 };

	if (!call->opened)
		return;
	count(call);
	judge(call);
	call->row.end_us = tg_mono_us() - rq->start_us;
	if (tg_call_close(tg_gate_store(call->gate), &call->row, &why) == 0)
		return;
	tg_warnx("call not closed in the books yet id=%s why=\"%s\"",
	    call->row.id, why.msg);
	if (rq->err.code == TG_OK)
		(void)tg_err_pass(&rq->err, &why);
}

/* Usage to classes and cost. */
static void
count(struct tg_call *call)
{
	struct tg_call_row *row = &call->row;
	const struct tg_usage *u = &call->usage;

	row->reasoning_tokens = u->known ? u->reasoning : -1;
	for (int i = 0; i < TG_TOK__MAX; i++)
		row->tokens[i] = u->known ? u->tokens[i] : -1;
	row->usage_odd = u->odd;
	if (u->provider_cost_nano != TG_COST_NONE)
		row->provider_cost_nano = u->provider_cost_nano;
	if (call->rq->err.code == TG_E_UPSTREAM && !u->known &&
	    row->first_content_us < 0)
		row->cost_nano = 0; /* it refused: nothing was made */
	else if (tg_price_cost(&call->deployment->prices, u, &row->cost_nano))
		name_prices(call);
	else
		row->cost_nano = TG_COST_UNKNOWN;
}

static void
name_prices(struct tg_call *call)
{
	const struct tg_prices *p = &call->deployment->prices;
	struct tg_buf list;
	int n = 0;

	tg_buf_init(&list, 1024);
	for (int u = 0; u < TG_UNIT__MAX; u++)
		if (p->row[u] != 0)
			(void)tg_buf_printf(&list, "%s%lld",
			    n++ > 0 ? "," : "[", (long long)p->row[u]);
	if (n > 0)
		call->row.price_ids = tg_arena_printf(call->rq->arena,
		    "%.*s]", TG_PRI(tg_buf_str(&list)));
	tg_buf_free(&list);
}

/* An upstream's words may quote the request: they are text, not numbers. */
static const char *
reason(struct tg_call *call)
{
	const struct tg_err *e = &call->rq->err;
	const char *code = tg_code_name(e->code);
	enum tg_log_mode log = tg_call_log(call);

	if (log == TG_LOG_NONE)
		return code;
	if (log == TG_LOG_NUMBERS && e->code == TG_E_UPSTREAM)
		return tg_arena_printf(call->rq->arena, "%s: %s", code,
		    e->ecode[0] != '\0' ? e->ecode : e->type);
	return tg_arena_printf(call->rq->arena, "%s: %s%s%s", code, e->msg,
	    e->detail[0] != '\0' ? " -- " : "", e->detail);
}

static void
judge(struct tg_call *call)
{
	struct tg_call_row *row = &call->row;
	struct tg_request *rq = call->rq;

	if (rq->broken && rq->err.code == TG_OK)
		(void)tg_fail(
		    &rq->err, TG_E_CLIENT_GONE, "The caller has left.");
	row->answer_bytes = rq->sent_bytes;
	if (rq->err.code == TG_OK) {
		row->answer_bytes += (int64_t)call->out.n;
		row->state = TG_CALL_DONE;
		row->status = 200;
		return;
	}
	row->error = reason(call);
	if (rq->err.code == TG_E_CLIENT_GONE) {
		row->state = TG_CALL_GONE;
		row->status = 499;
		return;
	}
	row->state = TG_CALL_FAILED;
	row->status = rq->state == TG_REPLY_NONE ? call->hooks->status(call) :
						   200;
}

enum tg_log_mode
tg_call_log(const struct tg_call *call)
{
	if (call->key.log != TG_LOG_UNSET)
		return call->key.log;
	return tg_gate_settings(call->gate)->log;
}

void
tg_keep(struct tg_call *call)
{
	struct tg_err why = { 0 };

	if (!call->opened || tg_call_log(call) != TG_LOG_FULL)
		return;
	if (tg_body_put(tg_gate_store(call->gate), call->row.id,
		call->view.body, tg_buf_str(&call->answer), &why) != 0)
		tg_warnx("request and answer not kept id=%s why=\"%s\"",
		    call->row.id, why.msg);
}
