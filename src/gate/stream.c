/*
 * The relay of a stream: each event is looked at, mended (the model's name,
 * the usage) and written on at once; several that came in one read leave in
 * one write.  A stream never lies: only finish or [DONE] make a good end.
 */
#include "config.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/log.h"
#include "gate/relay.h"
#include "gate/stages.h"

/* After [DONE] so long for the connection to end cleanly and be kept. */
#define LINGER_MS 20

static int take(struct tg_relay *, const struct tg_sse_event *);
static int take_all(struct tg_relay *, struct tg_str);
static int keep(struct tg_relay *, struct tg_str);
static int flush(struct tg_relay *);
static int finish(struct tg_relay *);
static int whole_from_stream(struct tg_relay *);

int
tg_stream_read(struct tg_relay *r)
{
	struct tg_call *call = r->call;
	struct tg_sse_event last;
	struct tg_str data;
	enum tg_fetch_event ev = TG_FETCH_DATA;

	if (!call->view.stream || tg_call_log(call) == TG_LOG_FULL)
		r->assembly = tg_assembly_new(call->dialect, TG_MAX_ASSEMBLED);
	while (!r->done && (ev = tg_relay_wait(r, &data)) == TG_FETCH_DATA)
		if (take_all(r, data) != 0)
			return -1;
	if (!r->done && ev == TG_FETCH_END && tg_sse_last(&r->sse, &last) &&
	    take(r, &last) != 0)
		return -1;
	if (ev == TG_FETCH_FAILED && !r->done)
		return -1;
	return finish(r);
}

static int
take_all(struct tg_relay *r, struct tg_str data)
{
	struct tg_sse_event ev;

	if (tg_sse_feed(&r->sse, data) != 0)
		return tg_fail(&r->call->rq->err, TG_E_GARBAGE,
		    "The upstream sent an event above %d bytes.",
		    TG_MAX_SSE_EVENT);
	while (!r->done && tg_sse_next(&r->sse, &ev))
		if (take(r, &ev) != 0)
			return -1;
	return flush(r);
}

static int
garbage(struct tg_relay *r)
{
	return tg_fail(&r->call->rq->err, TG_E_GARBAGE,
	    "The upstream sent something in its stream that is not a JSON "
	    "object.");
}

static int
write_chunk(struct tg_relay *r, const struct tg_chunk *c)
{
	struct tg_call *call = r->call;
	struct tg_buf *out = &call->out;
	size_t before = out->n;
	int rc;

	if (!call->view.stream)
		return 0;
	(void)tg_buf_addc(out, "data: ");
	rc = tg_chunk_write(
	    c, call->view.model.p, call->view.usage_asked, out);
	if (rc == 1) {
		out->n = before;
		out->p[before] = '\0';
		return 0;
	}
	for (size_t i = before; i < out->n; i++)
		if (out->p[i] == '\n' || out->p[i] == '\r')
			out->p[i] = ' '; /* white space between tokens */
	if (rc != 0 || tg_buf_addc(out, "\n\n") != 0)
		return tg_fail(&call->rq->err, TG_E_ANSWER_TOO_LARGE,
		    "The upstream's answer is above the limit.");
	return 0;
}

static int
take(struct tg_relay *r, const struct tg_sse_event *ev)
{
	struct tg_str data = tg_str_trim(ev->data);
	struct tg_chunk c;

	if (data.n == 0)
		return 0;
	if (tg_str_is(data, "[DONE]")) {
		r->done = true;
		return 0;
	}
	if (tg_str_is(ev->event, "error"))
		return tg_relay_fault(r, data);
	if (tg_chunk_read(&c, data) != 0)
		return garbage(r);
	if (c.error.n > 0)
		return tg_relay_fault(r, data);
	tg_relay_note(r, &c);
	if (keep(r, data) != 0)
		return -1;
	return write_chunk(r, &c);
}

/* What is too large for the log still reaches the caller of a stream. */
static int
keep(struct tg_relay *r, struct tg_str data)
{
	if (r->assembly == NULL || tg_assembly_add(r->assembly, data) == 0)
		return 0;
	tg_assembly_free(r->assembly);
	r->assembly = NULL;
	if (!r->call->view.stream)
		return tg_fail(&r->call->rq->err, TG_E_ANSWER_TOO_LARGE,
		    "The upstream's answer is above the limit.");
	tg_warnx("answer not kept, it is too large id=%s", r->call->row.id);
	return 0;
}

/* Before the first content nothing is said, unless the stream is open. */
static int
flush(struct tg_relay *r)
{
	struct tg_call *call = r->call;

	if (call->out.n == 0 || !call->view.stream || r->done ||
	    (call->rq->state == TG_REPLY_NONE && !r->content))
		return 0;
	if (tg_relay_write(r, tg_buf_str(&call->out)) != 0)
		return -1;
	tg_buf_reset(&call->out);
	return 0;
}

/* Lets the connection come to its end, so that it can be used again. */
static void
linger(struct tg_relay *r)
{
	int64_t until = tg_mono_ms() + LINGER_MS;
	enum tg_fetch_event ev = TG_FETCH_DATA;
	struct tg_str data;
	struct tg_err keep = r->call->rq->err;

	while (ev == TG_FETCH_DATA && tg_mono_ms() < until)
		ev = tg_source_wait(&r->source, LINGER_MS, &data);
	r->call->rq->err = keep;
}

/* [DONE] after nothing is no answer; without it every choice must be done. */
static bool
is_complete(const struct tg_relay *r)
{
	if (r->sse.failed || r->seen == 0)
		return false;
	return r->done || (r->seen & ~r->ended) == 0;
}

static int
finish(struct tg_relay *r)
{
	struct tg_call *call = r->call;

	if (!is_complete(r))
		return tg_fail(&call->rq->err, TG_E_CUT,
		    "The upstream ended its stream before the answer was "
		    "complete.");
	if (r->done)
		linger(r);
	return call->view.stream ? 0 : whole_from_stream(r);
}

/* A stream that nobody asked for: the caller gets what it amounts to. */
static int
whole_from_stream(struct tg_relay *r)
{
	struct tg_call *call = r->call;
	struct tg_chunk c;
	struct tg_buf json;
	int rc = -1;

	tg_buf_init(&json, TG_MAX_ASSEMBLED);
	if (r->assembly != NULL &&
	    tg_assembly_write(r->assembly, &json) == 0 &&
	    tg_chunk_read(&c, tg_buf_str(&json)) == 0)
		rc = tg_chunk_write(
		    &c, call->view.model.p, true, &call->out);
	tg_buf_free(&json);
	if (rc != 0)
		return garbage(r);
	return 0;
}

void
tg_stream_close(struct tg_relay *r)
{
	struct tg_call *call = r->call;

	if (r->assembly == NULL)
		return;
	if (tg_call_log(call) == TG_LOG_FULL)
		(void)tg_assembly_write(r->assembly, &call->answer);
	tg_assembly_free(r->assembly);
	r->assembly = NULL;
}
