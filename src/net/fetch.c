/*
 * One call to an upstream, step by step.  The thread that serves the caller
 * drives it: every wait hands out what has come, looks whether the caller is
 * still there, then at the clocks, and only then sleeps, on the upstream's
 * and the caller's descriptors together.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#include "net/fetch.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "net/fetch_handle.h"

#define LOOK_MS		20	/* between looks while bytes pour in */
#define SLEEP_MS	60000
#define GROWN_BYTES	(64 * 1024)

static void begin(struct tg_fetch *f, const struct tg_fetch_spec *spec);
static int attach(struct tg_fetch *f, struct tg_err *e);
static void hand_back(struct tg_fetch *f);
static bool pending(struct tg_fetch *f, struct tg_str *data, struct tg_err *e,
    enum tg_fetch_event *event);
static enum tg_fetch_event over(struct tg_fetch *f, enum tg_fetch_event event);
static bool caller_left(struct tg_fetch *f, int64_t now, bool fired);
static int step(struct tg_fetch *f, struct tg_err *e);
static int doze(struct tg_fetch *f, int64_t ms, bool *fired,
    struct tg_err *e);

int
tg_fetch_open(struct tg_fetch_pool *p, const struct tg_fetch_spec *spec,
    struct tg_fetch **out, struct tg_err *e)
{
	char key[TG_FETCH_KEY_BYTES], host[TG_FETCH_HOST_BYTES];
	struct tg_fetch *f;

	if (tg_fetch_name(spec, key, host, e) != 0)
		return -1;
	f = tg_fetch_take(p, key);
	if (f == NULL)
		return tg_fail(e, TG_E_INTERNAL,
		    "There is no memory to call the upstream.");
	memcpy(f->host, host, sizeof(host));
	begin(f, spec);
	if (tg_fetch_setup(f, spec, e) != 0 || attach(f, e) != 0) {
		tg_fetch_close(f);
		return -1;
	}
	*out = f;
	return 0;
}

enum tg_fetch_event
tg_fetch_wait(struct tg_fetch *f, int tick_ms, struct tg_str *data,
    struct tg_err *e)
{
	int64_t now = tg_mono_ms();
	int64_t tick = tick_ms < 0 ? INT64_MAX : now + tick_ms;
	enum tg_code code = TG_OK;
	enum tg_fetch_event event;
	bool fired = false;
	int64_t wake;

	if (f->verdict == TG_FETCH_GONE || f->verdict == TG_FETCH_FAILED)
		return f->verdict;
	hand_back(f);
	for (;;) {
		if (pending(f, data, e, &event))
			return over(f, event);
		if (caller_left(f, now, fired))
			return over(f, TG_FETCH_GONE);
		if (step(f, e) != 0)
			return over(f, TG_FETCH_FAILED);
		if (pending(f, data, e, &event))
			return over(f, event);
		now = tg_mono_ms();
		wake = tg_fetch_deadline(f, &code);
		if (now >= wake)
			return over(f, tg_fetch_late(f, code, e));
		if (now >= tick)
			return TG_FETCH_TICK;
		if (doze(f, (tick < wake ? tick : wake) - now, &fired, e) != 0)
			return over(f, TG_FETCH_FAILED);
		now = tg_mono_ms();
	}
}

int
tg_fetch_status(const struct tg_fetch *f)
{
	return f->head_ready ? f->status : 0;
}

struct tg_str
tg_fetch_header(const struct tg_fetch *f, const char *name)
{
	struct tg_str rest = tg_buf_str(&f->head);
	struct tg_str line, field;

	if (!f->head_ready)
		return TG_STR_NONE;
	while (tg_str_cut(&rest, '\n', &line)) {
		if (tg_str_cut(&line, ':', &field) &&
		    tg_str_ieq(tg_str_trim(field), name))
			return tg_str_trim(line);
	}
	return TG_STR_NONE;
}

struct tg_str
tg_fetch_head(const struct tg_fetch *f)
{
	return f->head_ready ? tg_buf_str(&f->head) : TG_STR_NONE;
}

bool
tg_fetch_was_sent(const struct tg_fetch *f)
{
	return f->sent;
}

void
tg_fetch_close(struct tg_fetch *f)
{
	curl_socket_t fd = CURL_SOCKET_BAD;

	if (f == NULL)
		return;
	/* What libcurl closed itself is of no use to the next call. */
	if (f->done && f->result == CURLE_OK)
		curl_easy_getinfo(f->easy, CURLINFO_ACTIVESOCKET, &fd);
	if (f->attached)
		curl_multi_remove_handle(f->multi, f->easy);
	f->attached = false;
	if (fd != CURL_SOCKET_BAD) {
		/* Else the handle would point to what is freed now. */
		curl_easy_reset(f->easy);
		tg_fetch_unset(f);
		tg_fetch_give(f);
		return;
	}
	tg_fetch_unset(f);
	tg_fetch_drop(f);
}

static void
begin(struct tg_fetch *f, const struct tg_fetch_spec *spec)
{
	f->route = *spec->route;
	f->door = spec->door;
	f->on_send = spec->on_send;
	f->on_send_arg = spec->on_send_arg;
	f->status = 0;
	f->result = CURLE_OK;
	f->head_ready = f->head_told = f->handed = f->paused = false;
	f->sent = f->done = f->head_over = f->body_over = false;
	f->late_retry = false;
	f->verdict = TG_FETCH_TICK;
	f->received = 0;
	f->uploaded = 0;
	f->open_ms = tg_mono_ms();
	f->looked_ms = 0;
	tg_buf_reset(&f->head);
	tg_buf_reset(&f->in);
}

static int
attach(struct tg_fetch *f, struct tg_err *e)
{
	if (curl_multi_add_handle(f->multi, f->easy) != CURLM_OK)
		return tg_fail(e, TG_E_INTERNAL,
		    "There is no memory to call the upstream.");
	f->attached = true;
	return 0;
}

/* What was handed out last may be overwritten now. */
static void
hand_back(struct tg_fetch *f)
{
	if (!f->handed)
		return;
	f->handed = false;
	tg_buf_shrink(&f->in, GROWN_BYTES);
	if (!f->paused)
		return;
	f->paused = false;
	/* This writes what was held back, and alone tells when that fails. */
	f->result = curl_easy_pause(f->easy, CURLPAUSE_CONT);
	if (f->result != CURLE_OK)
		f->done = true;
}

static bool
pending(struct tg_fetch *f, struct tg_str *data, struct tg_err *e,
    enum tg_fetch_event *event)
{
	if (f->head_ready && !f->head_told) {
		f->head_told = true;
		*event = TG_FETCH_HEAD;
	} else if (f->in.n > 0) {
		f->handed = true;
		*data = tg_buf_str(&f->in);
		*event = TG_FETCH_DATA;
	} else if (f->done && f->result == CURLE_OK && f->head_told)
		*event = TG_FETCH_END;
	else if (f->done)
		*event = tg_fetch_blame(f, e);
	else
		return false;
	return true;
}

static enum tg_fetch_event
over(struct tg_fetch *f, enum tg_fetch_event event)
{
	f->verdict = event;
	return event;
}

/* A look is a system call: while bytes pour in, one in LOOK_MS will do. */
static bool
caller_left(struct tg_fetch *f, int64_t now, bool fired)
{
	if (f->door == NULL || (!fired && now - f->looked_ms < LOOK_MS))
		return false;
	f->looked_ms = now;
	return f->door->ops->gone(f->door);
}

static int
step(struct tg_fetch *f, struct tg_err *e)
{
	const CURLMsg *msg;
	curl_off_t up;
	int running, left;

	if (curl_multi_perform(f->multi, &running) != CURLM_OK)
		return tg_fail(e, TG_E_INTERNAL,
		    "The call to the upstream failed inside libcurl.");
	while ((msg = curl_multi_info_read(f->multi, &left)) != NULL) {
		if (msg->msg == CURLMSG_DONE && !f->done) {
			f->done = true;
			f->result = msg->data.result;
		}
	}
	/* A large request still going out is no silence of the upstream's. */
	if (f->sent && f->received == 0 && curl_easy_getinfo(f->easy,
	    CURLINFO_SIZE_UPLOAD_T, &up) == CURLE_OK && up != f->uploaded) {
		f->uploaded = up;
		f->progress_ms = tg_mono_ms();
	}
	return 0;
}

static int
doze(struct tg_fetch *f, int64_t ms, bool *fired, struct tg_err *e)
{
	struct curl_waitfd caller = { .fd = -1, .events = CURL_WAIT_POLLIN };
	unsigned n = 0;

	if (f->door != NULL)
		caller.fd = f->door->ops->watch_fd(f->door);
	if (caller.fd >= 0)
		n = 1;
	if (curl_multi_poll(f->multi, &caller, n,
	    ms < SLEEP_MS ? (int)ms : SLEEP_MS, NULL) != CURLM_OK)
		return tg_fail(e, TG_E_INTERNAL,
		    "Waiting for the upstream failed.");
	*fired = n == 1 && caller.revents != 0;
	return 0;
}
