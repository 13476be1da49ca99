/*
 * One try: the event in the target's form, and how it is brought there.
 */
#include "config.h"

#include "prog/alert_send.h"

#include <stdio.h>

#include "base/buf.h"
#include "prog/alert_text.h"
#include "prog/sandbox.h"

#define MESSAGE_BYTES (64 * 1024)
#define TICK_MS 200
#define ANSWER_BYTES (64 * 1024)

static enum tg_alert_result post(struct tg_alert_try *t, struct tg_str body);
static enum tg_alert_result wait_answer(struct tg_alert_try *t,
    struct tg_fetch *f, struct tg_err *e);
static enum tg_alert_result judge(struct tg_alert_try *t, int status);
static enum tg_alert_result letter(struct tg_alert_try *t,
    struct tg_str text);
static enum tg_alert_result command(struct tg_alert_try *t,
    struct tg_str text);
static int make(const struct tg_alert_try *t, struct tg_buf *out);

enum tg_alert_result
tg_alert_send(struct tg_alert_try *t)
{
	static enum tg_alert_result (*const ways[])(struct tg_alert_try *,
	    struct tg_str) = {
		[TG_ALERT_URL] = post,
		[TG_ALERT_MAIL] = letter,
		[TG_ALERT_COMMAND] = command,
	};
	enum tg_alert_result result = TG_ALERT_NEVER;
	struct tg_buf text;

	t->why[0] = '\0';
	tg_buf_init(&text, MESSAGE_BYTES);
	if (make(t, &text) == 0)
		result = ways[t->target->way](t, tg_buf_str(&text));
	else
		snprintf(t->why, sizeof(t->why), "the event is too large");
	tg_buf_free(&text);
	return result;
}

static int
make(const struct tg_alert_try *t, struct tg_buf *out)
{
	if (t->target->way == TG_ALERT_MAIL)
		return tg_alert_letter(t->event, t->gateway, t->target->where,
		    out);
	return t->target->slack ?
	    tg_alert_slack(t->event, t->gateway, out) :
	    tg_alert_json(t->event, t->gateway, out);
}

static enum tg_alert_result
post(struct tg_alert_try *t, struct tg_str body)
{
	struct tg_fetch_pool *pool = tg_fetch_pool_new(0, 0);
	struct tg_fetch_route route = *t->route;
	struct tg_fetch_spec spec = {
		.route = &route,
		.url = t->target->where,
		.method = "POST",
		.headers = t->target->headers,
		.n_headers = t->target->n_headers,
		.body = body,
	};
	enum tg_alert_result result = TG_ALERT_LATER;
	struct tg_fetch *f = NULL;
	struct tg_err e = { 0 };

	route.unix_socket = NULL;
	route.connect_ms = route.first_byte_ms = route.gap_ms =
	    route.total_ms = t->ms;
	route.max_answer_bytes = ANSWER_BYTES;
	if (pool == NULL || tg_fetch_open(pool, &spec, &f, &e) == -1)
		snprintf(t->why, sizeof(t->why), "the URL cannot be used");
	else
		result = wait_answer(t, f, &e);
	if (f != NULL)
		tg_fetch_close(f);
	tg_fetch_pool_free(pool);
	return result;
}

static enum tg_alert_result
wait_answer(struct tg_alert_try *t, struct tg_fetch *f, struct tg_err *e)
{
	struct tg_str data;

	for (;;)
		switch (tg_fetch_wait(f, TICK_MS, &data, e)) {
		case TG_FETCH_HEAD:
			if (tg_fetch_status(f) / 100 != 2)
				return judge(t, tg_fetch_status(f));
			break;
		case TG_FETCH_END:
			return judge(t, tg_fetch_status(f));
		case TG_FETCH_DATA:
			break;
		case TG_FETCH_TICK:
			if (tg_signals_pending())
				return TG_ALERT_STOPPED;
			break;
		case TG_FETCH_GONE:
		case TG_FETCH_FAILED:
			/* An answer that breaks off has still been given. */
			if (tg_fetch_status(f) / 100 == 2)
				return TG_ALERT_TOLD;
			/* The message may name the host, never the path. */
			snprintf(t->why, sizeof(t->why), "%s",
			    tg_code_name(e->code));
			return TG_ALERT_LATER;
		}
}

static enum tg_alert_result
judge(struct tg_alert_try *t, int status)
{
	snprintf(t->why, sizeof(t->why), "HTTP %d", status);
	if (status / 100 == 2)
		return TG_ALERT_TOLD;
	return status / 100 == 5 || status == 408 || status == 429 ?
	    TG_ALERT_LATER :
	    TG_ALERT_NEVER;
}

static enum tg_alert_result
letter(struct tg_alert_try *t, struct tg_str text)
{
	const char *const argv[] = { t->target->sendmail, "-i", "--",
		t->target->where, NULL };

	return tg_alert_run(t, (char *const *)(uintptr_t)argv, text);
}

static enum tg_alert_result
command(struct tg_alert_try *t, struct tg_str text)
{
	const char *const argv[] = { t->target->where, NULL };

	return tg_alert_run(t, (char *const *)(uintptr_t)argv, text);
}
