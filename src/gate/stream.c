/*
 * The relay of a stream: each event is looked at, mended (the model's name,
 * the usage) and written on at once; several that came in one read leave in
 * one write.  A stream never lies: only finish or [DONE] make a good end.
 */
#include "config.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/money.h"
#include "gate/cost.h"
#include "gate/relay.h"
#include "gate/stages.h"

/* After [DONE] so long for the connection to end cleanly and be kept. */
#define LINGER_MS 20
#define PROGRESS_US 5000000

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

	if (!call->view.stream || call->log == TG_LOG_FULL)
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

/* "cost" as the usage's last member, unless the provider tells its own. */
static void
add_cost(struct tg_call *call, const struct tg_chunk *c, size_t from)
{
	struct tg_buf *out = &call->out;
	struct tg_str tail, usd, have;
	struct tg_buf text;
	long at = tg_str_find(
	    (struct tg_str){ out->p + from, out->n - from }, c->usage);

	tg_cost_count(call);
	if (at < 0 || call->row.cost_nano == TG_COST_UNKNOWN ||
	    tg_json_get(c->usage, "cost", &have))
		return;
	tg_buf_init(&text, 64);
	(void)tg_nano_print(&text, call->row.cost_nano);
	usd = tg_arena_copy(call->rq->arena, tg_buf_str(&text));
	tg_buf_free(&text);
	from += (size_t)at + c->usage.n - 1; /* the closing brace */
	tail = tg_arena_copy(call->rq->arena,
	    (struct tg_str){ out->p + from, out->n - from });
	out->n = from;
	(void)tg_buf_printf(out, ",\"cost\":%.*s%.*s", TG_PRI(usd),
	    TG_PRI(tail));
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
	if (rc == 0 && c->usage.n > 2 && call->view.usage_asked &&
	    tg_gate_settings(call->gate)->house.stream_cost)
		add_cost(call, c, before);
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

/* So that a crash is charged what was made, not what was held. */
static void
tell_progress(struct tg_relay *r)
{
	struct tg_call *call = r->call;
	int64_t now = tg_mono_us(), bytes = (call->streamed_bytes + 3) / 4;
	struct tg_err why = { 0 };

	if (r->told_us == 0)
		r->told_us = now;
	if (now - r->told_us < PROGRESS_US)
		return;
	r->told_us = now;
	if (tg_book_progress(tg_gate_store(call->gate), call->row.seq,
		call->streamed_chunks > bytes ? call->streamed_chunks : bytes,
		&why) != 0)
		tg_warnx("progress not noted id=%s why=\"%s\"", call->row.id,
		    why.msg);
}

/* Before the first content nothing is said: there may be another attempt. */
static int
flush(struct tg_relay *r)
{
	struct tg_call *call = r->call;

	if (call->out.n == 0 || !call->view.stream || r->done ||
	    !call->content)
		return 0;
	if (tg_call_write(call, tg_buf_str(&call->out)) != 0)
		return -1;
	tg_buf_reset(&call->out);
	tell_progress(r);
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
	if (call->log == TG_LOG_FULL)
		(void)tg_assembly_write(r->assembly, &call->answer);
	tg_assembly_free(r->assembly);
	r->assembly = NULL;
}
