/*
 * Opens the way to a deployment: URL, headers with the provider's key (the
 * only place where it is put on a wire), or the echo, whose steps are played
 * here in real time under the same clocks.
 */
#include "config.h"

#include "gate/source.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/hash.h"
#include "gate/stages.h"

static int open_fetch(struct tg_source *, struct tg_call *, struct tg_str);
static enum tg_fetch_event echo_wait(
    struct tg_source *, int, struct tg_str *);

int
tg_source_open(struct tg_source *s, struct tg_call *call, struct tg_str body)
{
	*s = (struct tg_source){
		.rq = call->rq,
		.deployment = call->deployment,
		.open_us = tg_mono_us(),
	};
	s->last_us = s->open_us;
	if (call->deployment->upstream->family != TG_FAMILY_ECHO)
		return open_fetch(s, call, body);
	return tg_echo_open(call->rq->arena, &call->view,
	    &call->deployment->echo, &s->echo, &call->rq->err);
}

/* The key's header line on the heap, so that it can be wiped. */
static void
make_auth(struct tg_source *s, const struct tg_upstream *up)
{
	struct tg_str key = tg_secret_reveal(&up->key);
	size_t n = strlen(up->auth_header) + key.n;

	if (key.n == 0)
		return;
	s->auth.p = malloc(n + 1);
	if (s->auth.p == NULL)
		return;
	s->auth.n = n;
	(void)snprintf(s->auth.p, n + 1, "%s%.*s", up->auth_header,
	    TG_PRI(key));
}

static size_t
make_headers(struct tg_source *s, const struct tg_call *call)
{
	const struct tg_upstream *up = call->deployment->upstream;
	size_t n = 0, more = 0;

	while (up->headers != NULL && up->headers[more] != NULL)
		more++;
	s->headers = tg_arena_zero(
	    call->rq->arena, (more + 3) * sizeof(*s->headers));
	s->headers[n++].line = "Content-Type: application/json";
	s->headers[n++].line = call->view.stream ?
	    "Accept: text/event-stream" :
	    "Accept: application/json";
	make_auth(s, up);
	if (s->auth.p != NULL)
		s->headers[n++].line = s->auth.p;
	for (size_t i = 0; i < more; i++)
		s->headers[n++].line = up->headers[i];
	return n;
}

/* Only now, perhaps: connecting takes as long as it takes. */
static int
on_send(void *arg)
{
	struct tg_call *call = arg;

	return tg_book_sent(tg_gate_store(call->gate), &call->ad, tg_wall_us(),
	    &call->rq->err);
}

static int
open_fetch(struct tg_source *s, struct tg_call *call, struct tg_str body)
{
	struct tg_request *rq = call->rq;
	struct tg_fetch_spec spec = {
		.route = &call->deployment->route,
		.url = tg_fetch_url(rq->arena,
		    tg_str(call->deployment->upstream->base_url),
		    call->dialect->endpoint,
		    call->deployment->upstream->add_v1),
		.method = "POST",
		.body = body,
		.door = rq->door,
		.on_send = on_send,
		.on_send_arg = call,
	};

	spec.n_headers = make_headers(s, call);
	spec.headers = s->headers;
	return tg_fetch_open(
	    tg_gate_pool(call->gate), &spec, &s->fetch, &rq->err);
}

enum tg_fetch_event
tg_source_wait(struct tg_source *s, int tick_ms, struct tg_str *data)
{
	if (s->fetch != NULL)
		return tg_fetch_wait(s->fetch, tick_ms, data, &s->rq->err);
	return echo_wait(s, tick_ms, data);
}

int
tg_source_status(const struct tg_source *s)
{
	return s->fetch != NULL ? tg_fetch_status(s->fetch) :
				  tg_echo_status(s->echo);
}

struct tg_str
tg_source_header(struct tg_source *s, const char *name)
{
	struct tg_str h = tg_str(name);

	if (s->fetch != NULL)
		return tg_fetch_header(s->fetch, name);
	if (tg_str_ieq(h, "content-type"))
		return tg_str(tg_echo_content_type(s->echo));
	if (tg_str_ieq(h, "retry-after") && tg_echo_retry_after(s->echo) > 0)
		return tg_str(tg_arena_printf(s->rq->arena, "%lld",
		    (long long)tg_echo_retry_after(s->echo)));
	return TG_STR_NONE;
}

struct tg_str
tg_source_head(const struct tg_source *s)
{
	return s->fetch != NULL ? tg_fetch_head(s->fetch) : TG_STR_NONE;
}

bool
tg_source_was_sent(const struct tg_source *s)
{
	return s->fetch == NULL || tg_fetch_was_sent(s->fetch);
}

void
tg_source_close(struct tg_source *s)
{
	if (s->fetch != NULL)
		tg_fetch_close(s->fetch);
	s->fetch = NULL;
	tg_secret_free(&s->auth);
}

/* --- the echo, played in time --- */

static int64_t
earlier(int64_t deadline, int64_t start_us, int ms)
{
	int64_t at = start_us + (int64_t)ms * 1000;

	return ms > 0 && at < deadline ? at : deadline;
}

static enum tg_fetch_event
late(struct tg_source *s, int64_t now)
{
	const struct tg_fetch_route *r = &s->deployment->route;
	struct tg_err *e = &s->rq->err;

	if (r->total_ms > 0 && now >= s->open_us + (int64_t)r->total_ms * 1000)
		(void)tg_fail(e, TG_E_TOTAL_TIME,
		    "The upstream did not finish within %d ms.", r->total_ms);
	else if (!s->headed)
		(void)tg_fail(e, TG_E_FIRST_BYTE_TIME,
		    "The upstream did not begin to answer within %d ms.",
		    r->first_byte_ms);
	else
		(void)tg_fail(e, TG_E_GAP_TIME,
		    "The upstream fell silent for more than %d ms.",
		    r->gap_ms);
	return TG_FETCH_FAILED;
}

/* Sleeps until the step is due, a tick has gone, a clock has run out, or the
 * caller leaves. */
static enum tg_fetch_event
echo_sleep(struct tg_source *s, int tick_ms)
{
	const struct tg_fetch_route *r = &s->deployment->route;
	int64_t now = tg_mono_us();
	int64_t clock = earlier(INT64_MAX, s->open_us, r->total_ms);
	int64_t until, tick = now + (int64_t)tick_ms * 1000;

	clock = earlier(clock, s->last_us,
	    s->headed ? r->gap_ms : r->first_byte_ms);
	until = s->stalled ? INT64_MAX : s->wait_until_us;
	if (tick < until)
		until = tick;
	if (clock < until)
		until = clock;
	if (until > now &&
	    tg_wait_caller(s->rq->door, (int)((until - now + 999) / 1000)) ==
		0)
		return TG_FETCH_GONE;
	now = tg_mono_us();
	if (now >= clock)
		return late(s, now);
	if (!s->stalled && now >= s->wait_until_us)
		return TG_FETCH_DATA;
	return TG_FETCH_TICK;
}

/* The next step: bytes are kept, a wait is noted; 0 go on, else the event. */
static int
echo_step(struct tg_source *s, enum tg_fetch_event *event)
{
	int ms = 0;

	switch (tg_echo_next(s->echo, &s->held, &ms)) {
	case TG_ECHO_BYTES:
		s->have_held = true;
		return 0;
	case TG_ECHO_WAIT:
		s->wait_until_us = tg_mono_us() + (int64_t)ms * 1000;
		return 0;
	case TG_ECHO_STALL:
		s->stalled = true;
		return 0;
	case TG_ECHO_CUT:
		(void)tg_fail(&s->rq->err, TG_E_CUT,
		    "The upstream closed the connection before its answer was "
		    "complete.");
		*event = TG_FETCH_FAILED;
		return 1;
	case TG_ECHO_END:
		break;
	}
	*event = TG_FETCH_END;
	return 1;
}

static enum tg_fetch_event
hand_out(struct tg_source *s, struct tg_str *data)
{
	if (!s->headed) {
		s->headed = true;
		return TG_FETCH_HEAD;
	}
	s->have_held = false;
	s->last_us = tg_mono_us();
	*data = s->held;
	return TG_FETCH_DATA;
}

static enum tg_fetch_event
echo_wait(struct tg_source *s, int tick_ms, struct tg_str *data)
{
	enum tg_fetch_event event = TG_FETCH_TICK;

	for (;;) {
		if (s->have_held)
			return hand_out(s, data);
		if (s->stalled || tg_mono_us() < s->wait_until_us) {
			event = echo_sleep(s, tick_ms);
			if (event != TG_FETCH_DATA)
				return event;
		}
		if (echo_step(s, &event) != 0)
			break;
	}
	if (event == TG_FETCH_END && !s->headed) {
		s->headed = true;
		return TG_FETCH_HEAD;
	}
	return event;
}
