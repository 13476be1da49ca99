/*
 * Last, always: the attempt's row is completed and the money booked before
 * the end of the answer leaves.  If the books cannot be written the caller
 * does not get that end, but an error; the store keeps the row's facts and
 * writes them when it can.  A refusal is a fact as well.
 * What it costs is cost.c's.
 */
#include "config.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "gate/cost.h"
#include "gate/stages.h"
#include "store/db.h"

static void judge(struct tg_call *);
static void refused(struct tg_call *);
static int book(struct tg_call *, bool, struct tg_err *);

void
tg_settle(struct tg_call *call)
{
	struct tg_request *rq = call->rq;
	struct tg_err why = { 0 };

	if (call->ad.wait_id != 0 && !call->opened)
		tg_book_leave(tg_gate_store(call->gate), &call->ad);
	if (!call->opened) {
		refused(call);
		return;
	}
	if (call->closed || book(call, true, &why) == 0)
		return;
	tg_warnx("call not closed in the books yet id=%s why=\"%s\"",
	    call->row.id, why.msg);
	if (rq->err.code == TG_OK)
		(void)tg_err_pass(&rq->err, &why);
}

int
tg_settle_attempt(struct tg_call *call)
{
	struct tg_err why = { 0 };
	int rc = book(call, false, &why);

	if (rc != 0)
		tg_warnx("attempt not closed in the books yet id=%s why=\"%s\"",
		    call->row.id, why.msg);
	return rc;
}

static int
book(struct tg_call *call, bool last, struct tg_err *e)
{
	struct tg_settlement st = {
		.row = &call->row,
		.terms = &call->terms,
		.candidate = &call->candidates[call->ad.chosen].terms,
		.last = last,
		.key_spent_nano = TG_NANO_NONE,
	};
	int rc;

	tg_cost_count(call);
	judge(call);
	call->row.end_us = tg_mono_us() - call->rq->start_us;
	tg_cost_used(call, &st.used_input, &st.used_output);
	rc = tg_book_settle(
	    tg_gate_store(call->gate), call->rq->arena, &st, e);
	if (rc != 0)
		return rc;
	call->standings = st.standings;
	call->n_standings = st.n_standings;
	call->key_spent_nano = st.key_spent_nano;
	return 0;
}

/* Turned away before anything was sent: who it was is known, and why. */
static bool
is_on_record(const struct tg_call *call)
{
	switch (call->rq->err.code) {
	case TG_OK:
	case TG_E_STORE:
	case TG_E_INTERNAL:
	case TG_E_BUSY:
		return false;
	case TG_E_KEY_BLOCKED:
	case TG_E_KEY_EXPIRED:
	case TG_E_ADDR_DENIED:
	case TG_E_TEAM_BLOCKED:
	case TG_E_PERSON_BLOCKED:
		return call->who != NULL;
	default:
		return call->who != NULL && call->seen;
	}
}

static void
refused(struct tg_call *call)
{
	struct tg_call_row *row = &call->row;
	struct tg_err why = { 0 };

	if (!is_on_record(call))
		return;
	row->deployment = row->provider = row->upstream_model = NULL;
	for (int i = 0; i < TG_TOK__MAX; i++)
		row->tokens[i] = -1;
	row->reasoning_tokens = -1;
	judge(call);
	row->state = TG_CALL_REFUSED;
	row->cost_nano = 0;
	row->end_us = tg_mono_us() - call->rq->start_us;
	if (tg_book_refuse(
		tg_gate_store(call->gate), row, &why) != 0)
		tg_warnx("refusal not in the books id=%s why=\"%s\"", row->id,
		    why.msg);
}

/* An upstream's words may quote the request: they are text, not numbers. */
static const char *
reason(struct tg_call *call)
{
	const struct tg_err *e = &call->rq->err;
	const char *code = tg_code_name(e->code);
	enum tg_log_mode log = call->log;

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
