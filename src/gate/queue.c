/*
 * Waiting one's turn: a limit with a queue makes a call sleep instead of
 * refusing it.  The order is the books' (store/books.h); here is only the
 * patience, and what the caller sees of it.
 */
#include "config.h"

#include "base/clock.h"
#include "base/json.h"
#include "gate/stages.h"
#include "net/fetch.h"

#define POLL_LEAST_MS 20
#define POLL_MOST_MS 250

static int
as_int(int64_t n)
{
	return n < -1000000 ? -1000000 : n > 1000000 ? 1000000 :
						       (int)n;
}

int
tg_call_priority(const struct tg_call *call)
{
	struct tg_str v = tg_str_trim(
	    tg_request_header(call->rq, "x-litellm-priority"));
	int64_t best = 0, asked;
	struct tg_str raw;

	if (tg_json_get(tg_str(call->who->key.settings), "priority", &raw))
		(void)tg_json_i64(raw, &best);
	asked = best;
	if (call->view.priority.n > 0)
		(void)tg_json_i64(call->view.priority, &asked);
	else if (v.n > 0)
		(void)tg_str_i64(v, &asked);
	return as_int(asked > best ? asked : best);
}

static void
begin(struct tg_call *call, const struct tg_wait *w)
{
	call->queued_at = tg_mono_us();
	tg_reply_header(call->rq, "x-tollgate-queue-position", "%d",
	    w->position);
}

static int
keep_alive(struct tg_call *call, const struct tg_wait *w)
{
	struct tg_str line;

	if (tg_call_silence_ms(call) > 1)
		return 0;
	line = tg_str(tg_arena_printf(call->rq->arena,
	    ": queued position=%d\n\n", w->position));
	return tg_call_write(call, line);
}

int
tg_queue_wait(struct tg_call *call, const struct tg_wait *w)
{
	int64_t ms = w->retry_us / 1000, left;
	int tick;

	if (call->queued_at == 0)
		begin(call, w);
	call->row.queued_us = tg_mono_us() - call->queued_at;
	left = w->queue_ms - call->row.queued_us / 1000;
	if (left <= 0) {
		call->ad.may_wait = false;
		return 0;
	}
	ms = ms < POLL_LEAST_MS ? POLL_LEAST_MS : ms;
	ms = ms > POLL_MOST_MS ? POLL_MOST_MS : ms;
	ms = ms > left ? left : ms;
	tick = tg_call_silence_ms(call);
	ms = ms > tick ? tick : ms;
	if (tg_wait_caller(call->rq->door, (int)ms) == 0 ||
	    tg_gate_stopping(call->gate))
		return tg_call_gone(call);
	call->row.queued_us = tg_mono_us() - call->queued_at;
	return keep_alive(call, w);
}
