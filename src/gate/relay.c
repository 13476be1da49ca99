/*
 * Sixth stage: there and back.  The row is in the books before anything is
 * sent; then the answer is read as it comes, either whole or as a stream.
 * Until the first content nothing is said to the caller, so that a failure
 * can still have its proper status, or another attempt be made; except that
 * after some silence a stream is opened with a comment.  The end of the
 * answer is left in call->out: it is sent after settle.
 */
#include "config.h"

#include "gate/relay.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/limits.h"
#include "gate/headers.h"
#include "gate/source.h"
#include "gate/stages.h"
#include "llm/fault_read.h"
#include "llm/redact.h"

static int attempt(struct tg_call *);
static int make_body(struct tg_call *, struct tg_buf *);
static int exchange(struct tg_relay *, struct tg_str);
static int wait_head(struct tg_relay *);
static int read_fault(struct tg_relay *);

int
tg_relay(struct tg_call *call)
{
	tg_retry_plan(call);
	for (;;) {
		int rc = attempt(call);

		if (rc == 0 || !tg_retry(call))
			return rc;
	}
}

static int
attempt(struct tg_call *call)
{
	struct tg_relay r = { .call = call };
	struct tg_buf body;
	int rc = -1;

	tg_buf_init(&body, call->view.body.n + 64 * 1024);
	if (make_body(call, &body) == 0) {
		tg_sse_init(&r.sse, TG_MAX_SSE_EVENT);
		rc = exchange(&r, tg_buf_str(&body));
		tg_stream_close(&r);
		tg_sse_free(&r.sse);
	}
	tg_buf_free(&body);
	return rc;
}

static bool
is_ours(struct tg_str echo)
{
	return echo.n > 0 && tg_json_type(echo) == TG_JSON_OBJECT;
}

/*
 * What is held must be the most that can come back: so the bound is written
 * where the caller set none, or by a name that the upstream may not know.
 */
static bool
is_to_be_bound(const struct tg_call *call, enum tg_max_name name)
{
	struct tg_str old = call->view.raw_max_tokens;

	if (!call->ad.capped || call->dialect->id == TG_DIALECT_EMBEDDINGS)
		return false;
	return call->ad.may_clamp ||
	    (name == TG_MAX_EITHER && (old.n == 0 || tg_json_is_null(old)));
}

static int
make_body(struct tg_call *call, struct tg_buf *body)
{
	static const char *const ours[] = { "echo", NULL };
	const struct tg_upstream *up = call->deployment->upstream;
	const struct tg_admission *ad = &call->ad;
	struct tg_forward f = {
		.upstream_model = call->upstream_model,
		.max_tokens = -1,
		.max_name = tg_known_max_name(up->type, up->base_url),
		/* "echo": true is OpenAI's own, in completions. */
		.drop = is_ours(call->view.echo) ? ours : NULL,
	};

	if (up->family == TG_FAMILY_ECHO)
		return 0; /* it reads the view itself */
	if (is_to_be_bound(call, f.max_name))
		f.max_tokens = ad->output_tokens;
	if (tg_view_forward(&call->view, &f, body) != 0)
		return tg_fail(&call->rq->err, TG_E_TOO_LARGE,
		    "The request cannot be written for the upstream.");
	return 0;
}

static int
exchange(struct tg_relay *r, struct tg_str body)
{
	struct tg_call *call = r->call;
	int64_t from = tg_mono_us();
	int rc = -1;

	if (tg_source_open(&r->source, call, body) != 0)
		return -1;
	call->row.sent_us = from - call->rq->start_us;
	if (wait_head(r) != 0)
		goto out;
	call->row.upstream_status = tg_source_status(&r->source);
	tg_headers_take(call, &r->source);
	if (call->row.upstream_status / 100 != 2)
		rc = read_fault(r);
	else if (tg_str_ifind(tg_source_header(&r->source, "content-type"),
		     "text/event-stream") >= 0)
		rc = tg_stream_read(r);
	else
		rc = tg_whole_read(r);
out:
	call->sent = tg_source_was_sent(&r->source);
	call->upstream_us += tg_mono_us() - from;
	tg_keep_source(call, &r->source);
	tg_source_close(&r->source);
	return rc;
}

static int
keep_alive(struct tg_call *call)
{
	if (tg_call_silence_ms(call) > 1)
		return 0;
	return tg_call_write(call, TG_STR(": keep-alive\n\n"));
}

enum tg_fetch_event
tg_relay_wait(struct tg_relay *r, struct tg_str *data)
{
	struct tg_call *call = r->call;
	enum tg_fetch_event ev;

	for (;;) {
		ev = tg_source_wait(
		    &r->source, tg_call_silence_ms(call), data);
		if (ev == TG_FETCH_TICK && keep_alive(call) == 0)
			continue;
		if (ev == TG_FETCH_GONE || ev == TG_FETCH_TICK) {
			(void)tg_call_gone(call);
			return TG_FETCH_FAILED;
		}
		if (ev == TG_FETCH_DATA && call->row.first_byte_us < 0)
			call->row.first_byte_us =
			    tg_mono_us() - call->rq->start_us;
		return ev;
	}
}

static int
wait_head(struct tg_relay *r)
{
	struct tg_str none;

	return tg_relay_wait(r, &none) == TG_FETCH_HEAD ? 0 : -1;
}

/* An error status: its body, as much as matters, becomes the reason. */
static int
read_fault(struct tg_relay *r)
{
	struct tg_call *call = r->call;
	struct tg_str data;
	struct tg_fault_source src = {
		.status = call->row.upstream_status,
		.key = &call->deployment->upstream->key,
	};
	enum tg_fetch_event ev;

	while ((ev = tg_relay_wait(r, &data)) == TG_FETCH_DATA)
		if (call->answer.n + data.n <= TG_MAX_ERROR_BODY)
			(void)tg_buf_adds(&call->answer, data);
	if (call->rq->err.code == TG_E_CLIENT_GONE ||
	    call->rq->err.code == TG_E_STOPPING)
		return -1;
	tg_err_reset(&call->rq->err); /* the status says more than a cut */
	src.body = tg_buf_str(&call->answer);
	src.retry_after = tg_source_header(&r->source, "retry-after");
	src.retry_after_ms = tg_source_header(&r->source, "retry-after-ms");
	(void)tg_fault_read(&src, &call->rq->err);
	tg_relay_redact(r);
	return -1;
}

/* Upstreams quote the key they refuse. */
void
tg_relay_redact(struct tg_relay *r)
{
	struct tg_call *call = r->call;
	struct tg_arena *a = call->rq->arena;
	struct tg_str kept = tg_buf_str(&call->answer);

	if (kept.n > TG_MAX_ERROR_BODY)
		kept.n = TG_MAX_ERROR_BODY;
	kept = tg_redact(
	    a, kept, tg_secret_reveal(&call->deployment->upstream->key));
	if (kept.n > TG_MAX_ERROR_LOG &&
	    tg_json_check(kept, TG_MAX_JSON_DEPTH, NULL) != TG_JSON_GOOD)
		kept.n = TG_MAX_ERROR_LOG;
	kept = tg_arena_copy(a, kept); /* it may be a view of the buffer */
	tg_buf_reset(&call->answer);
	(void)tg_buf_adds(&call->answer, kept);
}
