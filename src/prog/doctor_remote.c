/*
 * The way through the web server: calls to the built-in echo by the public
 * URL, with a look at when each byte arrives.
 */
#include "config.h"

#include "prog/doctor.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/jtree.h"
#include "net/fetch.h"

#define ANSWER_BYTES (4 * 1024 * 1024)
#define BODY_BYTES (2 * 1024 * 1024)
/* What the echo is asked for. */
#define WORDS 8
#define CHUNK_MS 120
#define DELAY_MS 600
/* How far a chunk may come from its time before somebody must be holding it. */
#define LATE_MS 100
#define SILENT_MS 20000

#define STREAM_BODY \
	"{\"model\":\"echo\",\"stream\":true,\"messages\":" \
	"[{\"role\":\"user\",\"content\":\"doctor\"}]," \
	"\"echo\":{\"words\":8,\"chunk_ms\":120,\"delay_ms\":600}}"

/* One call, and when its answer came. */
struct visit {
	struct tg_doctor *d;
	struct tg_fetch_pool *pool;
	const char *method, *path;
	struct tg_str body;
	bool x_api_key; /* the key by that header */
	int status;
	bool ours; /* our header is on it */
	struct tg_buf answer;
	struct tg_err err;
	int64_t begin_ms;
	int64_t first_ms; /* after begin: first byte of the body */
	int64_t word_ms[WORDS + 4]; /* each word */
	int n_words;
	size_t scanned;
};

static int visit(struct visit *v);
static void visit_data(struct visit *v, struct tg_str data);
static void visit_server(struct visit *v, const struct tg_fetch *f);
static struct visit visit_new(struct tg_doctor *d, struct tg_fetch_pool *p,
    const char *method, const char *path);
static int check_reach(struct tg_doctor *d, struct tg_fetch_pool *p);
static int check_key(struct tg_doctor *d, struct tg_fetch_pool *p);
static void check_stream(struct tg_doctor *d, struct tg_fetch_pool *p);
static void judge_stream(struct tg_doctor *d, const struct visit *v);
static void check_body(struct tg_doctor *d, struct tg_fetch_pool *p);
static void check_head(struct tg_doctor *d, struct tg_fetch_pool *p);
static const char *lines(struct tg_doctor *d, enum tg_doctor_fault fault);
static const char *why(const struct visit *v);
static const char *what_was_said(const struct visit *v);

void
tg_doctor_remote(struct tg_doctor *d)
{
	struct tg_fetch_pool *p = tg_fetch_pool_new(4, 60);

	if (p == NULL) {
		tg_doctor_bad(d, "web server", NULL, "out of memory");
		return;
	}
	if (check_reach(d, p) == 0) {
		check_head(d, p);
		if (d->key != NULL && check_key(d, p) == 0) {
			check_stream(d, p);
			check_body(d, p);
		}
	}
	tg_fetch_pool_free(p);
}

static struct visit
visit_new(struct tg_doctor *d, struct tg_fetch_pool *p, const char *method,
    const char *path)
{
	struct visit v = {
		.d = d,
		.pool = p,
		.method = method,
		.path = path,
		.x_api_key = d->key_by_x_api_key,
		.first_ms = -1,
	};

	tg_buf_init(&v.answer, ANSWER_BYTES);
	return v;
}

/* -1: no answer, or a broken one; v->err says why.  Any status is 0. */
static int
visit(struct visit *v)
{
	static const struct tg_fetch_route route = {
		.http2 = true,
		.connect_ms = 10000,
		.first_byte_ms = SILENT_MS,
		.gap_ms = SILENT_MS,
		.total_ms = 120000,
		.max_answer_bytes = ANSWER_BYTES,
	};
	struct tg_arena *a = v->d->c->arena;
	const struct tg_fetch_header headers[] = {
		{ "Content-Type: application/json" },
		{ tg_arena_printf(a,
		    v->x_api_key ? "x-api-key: %s" : "Authorization: Bearer %s",
		    v->d->key != NULL ? v->d->key : "") },
	};
	const struct tg_fetch_spec spec = {
		.route = &route,
		.url = tg_arena_printf(a, "%s%s", v->d->root, v->path),
		.method = v->method,
		.headers = headers,
		.n_headers = v->d->key != NULL ? 2 : 1,
		.body = v->body,
	};
	enum tg_fetch_event event;
	struct tg_fetch *f;
	struct tg_str data;

	if (tg_fetch_open(v->pool, &spec, &f, &v->err) == -1)
		return -1;
	v->begin_ms = tg_mono_ms();
	do {
		event = tg_fetch_wait(f, -1, &data, &v->err);
		if (event == TG_FETCH_HEAD)
			visit_server(v, f);
		else if (event == TG_FETCH_DATA)
			visit_data(v, data);
	} while (event != TG_FETCH_END && event != TG_FETCH_FAILED &&
	    event != TG_FETCH_GONE);
	tg_fetch_close(f);
	return event == TG_FETCH_END ? 0 : -1;
}

static void
visit_server(struct visit *v, const struct tg_fetch *f)
{
	struct tg_str server = tg_fetch_header(f, "server");

	v->status = tg_fetch_status(f);
	v->ours = tg_fetch_header(f, "x-request-id").n > 0;
	if (server.n > 0)
		v->d->server = tg_arena_cstr(v->d->c->arena, server);
}

/* Notes when each word of the echo came. */
static void
visit_data(struct visit *v, struct tg_str data)
{
	int64_t now = tg_mono_ms() - v->begin_ms;
	struct tg_str rest;
	long at;

	if (v->first_ms == -1)
		v->first_ms = now;
	(void)tg_buf_adds(&v->answer, data);
	for (;;) {
		rest = tg_buf_str(&v->answer);
		rest.p += v->scanned;
		rest.n -= v->scanned;
		at = tg_str_find(rest, TG_STR("\"content\":\""));
		if (at == -1 || (size_t)at + 11 >= rest.n)
			return;
		v->scanned += (size_t)at + 11;
		/* The role's delta may carry an empty one. */
		if (rest.p[at + 11] != '"' &&
		    v->n_words <
			(int)(sizeof(v->word_ms) / sizeof(v->word_ms[0])))
			v->word_ms[v->n_words++] = now;
	}
}

static int
check_reach(struct tg_doctor *d, struct tg_fetch_pool *p)
{
	struct visit v = visit_new(d, p, "GET", "/health/readiness");
	int rc = visit(&v);

	if (rc == -1 && v.status == 0)
		tg_doctor_bad(d, "web server", NULL, "%s does not answer: %s",
		    d->root, why(&v));
	else if (v.status == 200 && v.ours)
		tg_doctor_good(d, "web server", "%s%s%s reaches the gateway",
		    d->root, *d->server != '\0' ? ", " : "", d->server);
	else if (v.ours)
		tg_doctor_bad(d, "web server", NULL,
		    "the gateway is reached "
		    "and is not ready (status %d): %s",
		    v.status, what_was_said(&v));
	else
		tg_doctor_bad(d, "web server", lines(d, TG_DOCTOR_NO_GATEWAY),
		    "%s does not pass %s on "
		    "to the gateway (status %d): is it running, is the path "
		    "right?",
		    *d->server != '\0' ? d->server : "the web server", d->root,
		    v.status);
	rc = v.status == 200 && v.ours ? 0 : -1;
	tg_buf_free(&v.answer);
	return rc;
}

static int
check_key(struct tg_doctor *d, struct tg_fetch_pool *p)
{
	struct visit v = visit_new(d, p, "GET", "/v1/models");
	struct visit x = visit_new(d, p, "GET", "/v1/models");
	int rc = -1;

	(void)visit(&v);
	x.x_api_key = true;
	if (v.status == 200) {
		tg_doctor_good(d, "key", "the Authorization header arrives");
		rc = 0;
	} else if (v.status != 401) {
		tg_doctor_bad(d, "key", NULL,
		    "/v1/models answers with status "
		    "%d: %s",
		    v.status, what_was_said(&v));
	} else if (visit(&x) == 0 && x.status == 200) {
		tg_doctor_bad(d, "key", lines(d, TG_DOCTOR_NO_AUTH),
		    "the web server hides the Authorization header "
		    "(x-api-key arrives)");
		d->key_by_x_api_key = true;
		rc = 0;
	} else
		tg_doctor_bad(d, "key", NULL, "the key is not accepted: %s%s",
		    what_was_said(&x),
		    tg_cmd_option(d->c, "--key") != NULL ?
			"" :
			" (does that gateway use another data folder?)");
	tg_buf_free(&v.answer);
	tg_buf_free(&x.answer);
	return rc;
}

static void
check_stream(struct tg_doctor *d, struct tg_fetch_pool *p)
{
	struct visit v = visit_new(d, p, "POST", "/v1/chat/completions");
	int rc;

	v.body = TG_STR(STREAM_BODY);
	rc = visit(&v);
	if (v.status == 0)
		tg_doctor_bad(d, "stream", NULL, "no answer: %s", why(&v));
	else if (v.status != 200)
		tg_doctor_bad(d, "stream", NULL, "status %d: %s", v.status,
		    what_was_said(&v));
	else if (rc == -1 ||
	    tg_str_find(tg_buf_str(&v.answer), TG_STR("data: [DONE]")) == -1)
		tg_doctor_bad(d, "stream", lines(d, TG_DOCTOR_SILENCE),
		    "it was cut before its end%s%s", rc == -1 ? ": " : "",
		    rc == -1 ? why(&v) : "");
	else
		judge_stream(d, &v);
	tg_buf_free(&v.answer);
}

/*
 * Sent evenly, words that come in heaps were held by somebody.  The first
 * byte is a comment that goes out before the first word.
 */
static void
judge_stream(struct tg_doctor *d, const struct visit *v)
{
	int64_t late = 0, gap, expected;
	int i, together = 0;

	for (i = 1; i < v->n_words; i++) {
		gap = v->word_ms[i] - v->word_ms[i - 1];
		if (gap < CHUNK_MS / 4)
			together++;
		expected = v->word_ms[0] + (int64_t)i * CHUNK_MS;
		if (v->word_ms[i] - expected > late)
			late = v->word_ms[i] - expected;
	}
	if (v->n_words < 2)
		tg_doctor_bad(d, "stream", NULL,
		    "the echo's words are not in "
		    "the answer: is model echo something else there?");
	else if (together > v->n_words / 2)
		tg_doctor_bad(d, "stream", lines(d, TG_DOCTOR_BUFFERS),
		    "the answer is kept back: %d of %d chunks came together "
		    "with the one before, the first after %" PRId64
		    " ms instead of %d",
		    together, v->n_words, v->word_ms[0], DELAY_MS);
	else if (v->first_ms > v->word_ms[v->n_words - 1] - CHUNK_MS)
		tg_doctor_bad(d, "stream", lines(d, TG_DOCTOR_BUFFERS),
		    "the first byte came only after %" PRId64 " ms",
		    v->first_ms);
	else if (late > LATE_MS)
		tg_doctor_note(d, "stream", NULL,
		    "first byte after %" PRId64 " ms, but a chunk came %" PRId64
		    " ms late: is the "
		    "machine busy, or does something gather small pieces?",
		    v->first_ms, late);
	else
		tg_doctor_good(d, "stream",
		    "first byte after %" PRId64 " ms, first word after %" PRId64
		    " ms (%d of them the echo waits, to show the gap), then "
		    "one each %d ms (at most %" PRId64 " ms late)",
		    v->first_ms, v->word_ms[0], DELAY_MS, CHUNK_MS, late);
}

static void
check_body(struct tg_doctor *d, struct tg_fetch_pool *p)
{
	struct visit v = visit_new(d, p, "POST", "/v1/chat/completions");
	struct tg_buf body;
	int rc;

	tg_buf_init(&body, BODY_BYTES + 4096);
	tg_buf_addc(&body,
	    "{\"model\":\"echo\",\"echo\":{\"words\":1},"
	    "\"messages\":[{\"role\":\"user\",\"content\":\"");
	while (body.n < BODY_BYTES)
		tg_buf_addc(&body, "a long request, as agents send them. ");
	tg_buf_addc(&body, "\"}]}");
	v.body = tg_buf_str(&body);
	rc = visit(&v);
	if (rc == 0 && v.status == 200)
		tg_doctor_good(d, "large request", "2 MiB arrive");
	else if (v.ours && v.status == 413)
		tg_doctor_bad(d, "large request",
		    "[server]\nmax_body_bytes = 64M\n",
		    "the gateway itself refuses 2 MiB");
	else if (v.ours)
		tg_doctor_bad(d, "large request", NULL, "status %d: %s",
		    v.status, what_was_said(&v));
	else
		tg_doctor_bad(d, "large request",
		    lines(d, TG_DOCTOR_SMALL_BODY),
		    "the web server refuses "
		    "2 MiB (status %d%s%s)",
		    v.status, v.status == 0 ? ": " : "",
		    v.status == 0 ? why(&v) : "");
	tg_buf_free(&body);
	tg_buf_free(&v.answer);
}

static void
check_head(struct tg_doctor *d, struct tg_fetch_pool *p)
{
	struct visit v = visit_new(d, p, "HEAD", "/");

	if (visit(&v) == 0 && v.status == 200)
		tg_doctor_good(d, "HEAD", "is answered");
	else
		tg_doctor_bad(d, "HEAD", NULL, "HEAD %s/ gives status %d%s%s",
		    d->root, v.status, v.status == 0 ? ": " : "",
		    v.status == 0 ? why(&v) : "");
	tg_buf_free(&v.answer);
}

static const char *
lines(struct tg_doctor *d, enum tg_doctor_fault fault)
{
	return tg_doctor_lines(d->c->arena, d->server, fault);
}

/* To whom calls are made is an upstream there, and the web server here. */
static const char *
why(const struct visit *v)
{
	static const char name[] = "the upstream";
	const char *text = v->err.msg;
	long at = tg_str_ifind(tg_str(text), name);

	if (at == -1)
		return text;
	return tg_arena_printf(v->d->c->arena, "%.*sthe web server%s", (int)at,
	    text, text + at + sizeof(name) - 1);
}

/* The message of an error answer, else the beginning of it. */
static const char *
what_was_said(const struct visit *v)
{
	struct tg_arena *a = v->d->c->arena;
	struct tg_err ignored = { 0 };
	struct tg_str text = tg_str_trim(tg_buf_str(&v->answer));
	json_t *j = tg_jtree_parse(text, &ignored);
	const char *message =
	    json_string_value(json_object_get(json_object_get(j, "error"),
		"message"));

	if (message != NULL)
		message = tg_arena_cstr(a, tg_str(message));
	json_decref(j);
	if (message != NULL)
		return message;
	if (text.n > 200)
		text.n = 200;
	return text.n > 0 ? tg_arena_cstr(a, text) : why(v);
}
