/*
 * Another attempt: with the next deployment of the name at once, or with the
 * same after a pause.  Only before the first content, and only when the
 * failed one costs nothing that the call's hold would not cover.
 */
#include "config.h"

#include "base/clock.h"
#include "base/json.h"
#include "gate/stages.h"
#include "net/fetch.h"

#define RETRIES_MAX 5
#define ATTEMPTS_MAX 16
#define BACK_OFF_MS 500
#define BACK_OFF_MAX_MS 8000

static bool worth_it(const struct tg_call *, bool *);
static bool next_other(struct tg_call *);
static bool same_again(struct tg_call *);
static bool open_next(struct tg_call *, size_t);

/* -1: the request does not say. */
static int
asked_retries(const struct tg_call *call)
{
	struct tg_str v = tg_str_trim(
	    tg_request_header(call->rq, "x-litellm-num-retries"));
	int64_t n = -1;

	if (call->view.num_retries.n > 0)
		(void)tg_json_i64(call->view.num_retries, &n);
	else if (v.n > 0)
		(void)tg_str_i64(v, &n);
	if (n < 0)
		return -1;
	return n < RETRIES_MAX ? (int)n : RETRIES_MAX;
}

void
tg_retry_plan(struct tg_call *call)
{
	const struct tg_house_conf *h =
	    &tg_gate_settings(call->gate)->house;
	int asked = asked_retries(call);
	int others = h->fall_over ? (int)call->n_candidates - 1 : 0;

	call->max_retries = asked >= 0 ? asked : h->retries + others;
	if (call->max_retries >= ATTEMPTS_MAX)
		call->max_retries = ATTEMPTS_MAX - 1;
}

bool
tg_retry(struct tg_call *call)
{
	bool others_only;

	if (call->retries >= call->max_retries ||
	    !worth_it(call, &others_only))
		return false;
	if (next_other(call) || (!others_only && same_again(call)))
		return true;
	if (call->closed)
		tg_book_release(tg_gate_store(call->gate), &call->ad);
	return false;
}

/*
 * litellm-compat.md 1.3: 408, 409, 429 and 5xx; 401 and 403 only with another
 * deployment; what the upstream may yet charge only while no cap counts it.
 */
static bool
worth_it(const struct tg_call *call, bool *others_only)
{
	const struct tg_err *e = &call->rq->err;
	int status = call->row.upstream_status;

	*others_only = false;
	if (call->content || tg_gate_stopping(call->gate))
		return false;
	switch (e->code) {
	case TG_E_CONNECT:
	case TG_E_CONNECT_TIME:
	case TG_E_CUT:
	case TG_E_GARBAGE:
		return true;
	case TG_E_FIRST_BYTE_TIME:
		return !call->ad.capped;
	case TG_E_UPSTREAM:
		if (call->deployment->upstream->charge_errors &&
		    call->ad.capped)
			return false;
		*others_only = status == 401 || status == 403;
		return *others_only || status == 408 || status == 409 ||
		    status == 429 || status >= 500;
	default:
		return false;
	}
}

/* The next in the order that was not tried; the first was ad.chosen. */
static bool
next_other(struct tg_call *call)
{
	if (call->tried == 0)
		call->tried = UINT32_C(1) << call->ad.chosen;
	for (size_t i = 0; i < call->n_candidates; i++) {
		if (call->tried >> i & 1)
			continue;
		call->tried |= UINT32_C(1) << i;
		if (open_next(call, i)) {
			call->fallbacks++;
			return true;
		}
	}
	return false;
}

/* Waits as long as the upstream asks for, if that is not too long. */
static bool
pause_before(struct tg_call *call)
{
	int64_t ms = (int64_t)BACK_OFF_MS << (call->retries < 5 ?
	    call->retries : 5), until, now;

	if (ms > BACK_OFF_MAX_MS)
		ms = BACK_OFF_MAX_MS;
	if (call->rq->err.retry_after_ms > ms)
		ms = call->rq->err.retry_after_ms;
	if (ms > BACK_OFF_MAX_MS)
		return false;
	until = tg_mono_ms() + ms;
	while ((now = tg_mono_ms()) < until) {
		int tick = tg_call_silence_ms(call);
		int64_t left = until - now;

		if (tg_wait_caller(call->rq->door,
			tick < left ? tick : (int)left) == 0 ||
		    tg_gate_stopping(call->gate))
			return false;
		if (tg_call_silence_ms(call) <= 1 &&
		    tg_call_write(call, TG_STR(": keep-alive\n\n")) != 0)
			return false;
	}
	return true;
}

static bool
same_again(struct tg_call *call)
{
	return pause_before(call) && open_next(call, call->ad.chosen);
}

/* Only the facts of who and what go on into the next attempt's row. */
static struct tg_call_row
next_row(const struct tg_call *call, size_t candidate)
{
	struct tg_call_row row = call->row;
	const struct tg_candidate *c = &call->candidates[candidate];

	row.seq = 0;
	row.attempt++;
	row.state = TG_CALL_OPEN;
	row.deployment = c->deployment;
	row.provider = c->provider;
	row.upstream_model = c->upstream_model;
	row.status = row.upstream_status = 0;
	row.error = row.upstream_id = row.finish = NULL;
	row.price_ids = row.bill = row.tier = NULL;
	row.cost_nano = row.provider_cost_nano = TG_COST_UNKNOWN;
	row.sent_us = row.first_byte_us = row.first_content_us = -1;
	row.end_us = row.streamed_tokens = -1;
	row.usage_odd = row.estimated = false;
	return row;
}

static void
begin_anew(struct tg_call *call)
{
	tg_err_reset(&call->rq->err);
	tg_usage_reset(&call->usage);
	call->fault = call->upstream_head = TG_STR_NONE;
	tg_buf_reset(&call->out);
	tg_buf_reset(&call->answer);
	call->streamed_chunks = call->streamed_bytes = 0;
	call->sent = call->content = false;
}

/* The failed one is closed first; what the call holds stays. */
static bool
open_next(struct tg_call *call, size_t candidate)
{
	struct tg_call_row next = next_row(call, candidate);
	struct tg_admission *ad = &call->ad;
	struct tg_err why = { 0 };
	size_t before = ad->chosen;
	int rc;

	if (!call->closed && tg_settle_attempt(call) != 0)
		return false;
	call->closed = true;
	ad->row = &next;
	ad->chosen = candidate;
	rc = tg_book_attempt(
	    tg_gate_store(call->gate), call->rq->arena, ad, &why);
	ad->row = &call->row;
	if (rc != 1) {
		ad->chosen = before;
		return false;
	}
	tg_keep_attempt(call);
	call->row = next;
	call->closed = false;
	call->retries++;
	call->deployment = call->deployments[candidate];
	call->upstream_model = call->candidates[candidate].upstream_model;
	begin_anew(call);
	return true;
}
