/*
 * The relay of an answer in one piece.  It is passed on as it came, only with
 * the model's name restored; for a caller who asked for a stream it is told
 * again as one.
 */
#include "config.h"

#include "base/clock.h"
#include "base/limits.h"
#include "gate/relay.h"
#include "gate/stages.h"
#include "llm/fault_read.h"

static int gather(struct tg_relay *);

int
tg_whole_read(struct tg_relay *r)
{
	struct tg_call *call = r->call;
	struct tg_str json;
	struct tg_chunk c;
	int rc;

	if (gather(r) != 0)
		return -1;
	json = tg_buf_str(&call->answer);
	if (tg_chunk_read(&c, json) != 0)
		return tg_fail(&call->rq->err, TG_E_GARBAGE,
		    "The upstream answered with something that is not a JSON "
		    "object.");
	if (c.error.n > 0 && !c.has_choices)
		return tg_relay_fault(r, json);
	tg_relay_note(r, &c);
	if (call->view.stream)
		rc = tg_chunk_split(&c, call->view.model.p,
		    call->view.usage_asked, &call->out);
	else
		rc = tg_chunk_write(&c, call->view.model.p, true, &call->out);
	if (rc < 0)
		return tg_fail(&call->rq->err, TG_E_GARBAGE,
		    "The upstream's answer cannot be passed on.");
	return 0;
}

static int
gather(struct tg_relay *r)
{
	struct tg_call *call = r->call;
	struct tg_str data;
	enum tg_fetch_event ev;

	while ((ev = tg_relay_wait(r, &data)) == TG_FETCH_DATA) {
		if (tg_buf_adds(&call->answer, data) != 0) {
			call->streamed_bytes = (int64_t)call->answer.n;
			return tg_fail(&call->rq->err, TG_E_ANSWER_TOO_LARGE,
			    "The upstream's answer is above the limit of %zu "
			    "bytes.",
			    call->answer.max);
		}
	}
	if (ev != TG_FETCH_END) /* for the estimate */
		call->streamed_bytes = (int64_t)call->answer.n;
	return ev == TG_FETCH_END ? 0 : -1;
}

/* --- what both ways note --- */

static const char *
raw_copy(struct tg_relay *r, struct tg_str s)
{
	if (s.n > 200)
		s.n = 200;
	return tg_arena_cstr(r->call->rq->arena, s);
}

void
tg_relay_note(struct tg_relay *r, const struct tg_chunk *c)
{
	struct tg_call_row *row = &r->call->row;

	if (c->id.n > 0 && row->upstream_id == NULL)
		row->upstream_id = raw_copy(r, c->id);
	r->seen |= c->seen;
	r->ended |= c->ended;
	if (c->finished && (row->finish == NULL ||
	    !tg_str_is(c->finish, row->finish)))
		row->finish = raw_copy(r, c->finish);
	if (c->usage.n > 0)
		tg_usage_read(&r->call->usage, TG_USAGE_OPENAI, c->usage);
	if (c->tier.n > 0)
		tg_usage_tier(&r->call->usage, c->tier);
	if (!c->content)
		return;
	r->call->content = true;
	r->call->streamed_chunks++;
	r->call->streamed_bytes += (int64_t)c->content_bytes;
	if (row->first_content_us < 0)
		row->first_content_us = tg_mono_us() - r->call->rq->start_us;
}

int
tg_relay_fault(struct tg_relay *r, struct tg_str json)
{
	struct tg_call *call = r->call;
	struct tg_fault_source src = {
		.body = json,
		.key = &call->deployment->upstream->key,
	};

	(void)tg_fault_read(&src, &call->rq->err);
	tg_keep_fault(call, json);
	tg_relay_redact(r);
	return -1;
}
