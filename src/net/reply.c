/*
 * The answer to a request: one head, then a body that is whole or streamed.
 * Every door takes a CGI answer (RFC 3875, 6), so this is the only place that
 * writes one.  Small bodies leave together with the head, in one write.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#include <stdarg.h>

#include "base/limits.h"
#include "net/request.h"

#define JOIN_BYTES (16 * 1024)
#define HEAD_BYTES 160	/* of the two lines before what was gathered */

static const struct {
	int status;
	const char *phrase;
} phrases[] = {
	{ 200, "OK" },
	{ 201, "Created" },
	{ 202, "Accepted" },
	{ 204, "No Content" },
	{ 301, "Moved Permanently" },
	{ 302, "Found" },
	{ 303, "See Other" },
	{ 304, "Not Modified" },
	{ 307, "Temporary Redirect" },
	{ 308, "Permanent Redirect" },
	{ 400, "Bad Request" },
	{ 401, "Unauthorized" },
	{ 402, "Payment Required" },
	{ 403, "Forbidden" },
	{ 404, "Not Found" },
	{ 405, "Method Not Allowed" },
	{ 406, "Not Acceptable" },
	{ 408, "Request Timeout" },
	{ 409, "Conflict" },
	{ 411, "Length Required" },
	{ 413, "Content Too Large" },
	{ 414, "URI Too Long" },
	{ 415, "Unsupported Media Type" },
	{ 422, "Unprocessable Content" },
	{ 424, "Failed Dependency" },
	{ 429, "Too Many Requests" },
	{ 431, "Request Header Fields Too Large" },
	{ 500, "Internal Server Error" },
	{ 501, "Not Implemented" },
	{ 502, "Bad Gateway" },
	{ 503, "Service Unavailable" },
	{ 504, "Gateway Timeout" },
	{ 529, "Overloaded" },
};

static const char *phrase_of(int status);
static void add_value(struct tg_buf *b, const char *value);
static int write_head(struct tg_request *rq, int status, struct tg_str fields,
    struct tg_str first);
static int push(struct tg_request *rq, struct tg_str bytes);
static int lost(struct tg_request *rq);

void
tg_reply_header(struct tg_request *rq, const char *name, const char *fmt, ...)
{
	char *value;
	va_list ap;

	if (rq->state != TG_REPLY_NONE)
		return;
	va_start(ap, fmt);
	value = tg_arena_vprintf(rq->arena, fmt, ap);
	va_end(ap);
	add_value(&rq->head, name);
	tg_buf_addc(&rq->head, ": ");
	add_value(&rq->head, value);
	tg_buf_addc(&rq->head, "\r\n");
}

int
tg_reply_send(struct tg_request *rq, int status, const char *content_type,
    struct tg_str body)
{
	bool bare = status == 204 || status == 304;
	char *fields = "";

	if (rq->state != TG_REPLY_NONE)
		return -1;
	if (!bare && content_type != NULL)
		fields = tg_arena_printf(rq->arena,
		    "Content-Type: %s\r\nContent-Length: %zu\r\n",
		    content_type, body.n);
	else if (!bare)
		fields = tg_arena_printf(rq->arena, "Content-Length: %zu\r\n",
		    body.n);
	if (bare || rq->method == TG_HEAD)
		body = TG_STR_NONE;
	rq->state = TG_REPLY_DONE;
	if (write_head(rq, status, tg_str(fields), body) != 0)
		return -1;
	return rq->door->ops->end(rq->door) == 0 ? 0 : lost(rq);
}

int
tg_reply_stream(struct tg_request *rq, struct tg_str first)
{
	if (rq->state != TG_REPLY_NONE)
		return -1;
	rq->state = TG_REPLY_STREAM;
	if (rq->method == TG_HEAD)
		first = TG_STR_NONE;
	if (write_head(rq, 200,
	    TG_STR("Content-Type: text/event-stream; charset=utf-8\r\n"
		"Cache-Control: no-cache\r\n"
		"X-Accel-Buffering: no\r\n"), first) != 0)
		return -1;
	return rq->door->ops->flush(rq->door) == 0 ? 0 : lost(rq);
}

int
tg_reply_file(struct tg_request *rq, const char *content_type,
    const char *name)
{
	if (rq->state != TG_REPLY_NONE)
		return -1;
	tg_reply_header(rq, "Content-Type", "%s", content_type);
	tg_reply_header(rq, "Content-Disposition",
	    "attachment; filename=\"%s\"", name);
	rq->state = TG_REPLY_STREAM;
	return write_head(rq, 200,
	    TG_STR("Cache-Control: no-store\r\n"
		"X-Accel-Buffering: no\r\n"), TG_STR_NONE);
}

int
tg_reply_write(struct tg_request *rq, struct tg_str bytes)
{
	if (rq->state != TG_REPLY_STREAM || rq->broken)
		return -1;
	if (rq->method == TG_HEAD || bytes.n == 0)
		return 0;
	if (push(rq, bytes) != 0)
		return -1;
	return rq->door->ops->flush(rq->door) == 0 ? 0 : lost(rq);
}

int
tg_reply_end(struct tg_request *rq)
{
	if (rq->state == TG_REPLY_NONE)
		return -1;
	if (rq->state == TG_REPLY_STREAM) {
		rq->state = TG_REPLY_DONE;
		if (!rq->broken && rq->door->ops->end(rq->door) != 0)
			return lost(rq);
	}
	return rq->broken ? -1 : 0;
}

static const char *
phrase_of(int status)
{
	size_t i;

	for (i = 0; i < sizeof(phrases) / sizeof(phrases[0]); i++) {
		if (phrases[i].status == status)
			return phrases[i].phrase;
	}
	return "Status";
}

/* False for what must not stand in a header, its end included. */
static bool
is_fit(char value)
{
	unsigned char c = (unsigned char)value;

	return (c >= 0x20 && c != 0x7f) || c == '\t';
}

static void
add_value(struct tg_buf *b, const char *value)
{
	while (*value != '\0') {
		const char *from = value;

		while (is_fit(*value))
			value++;
		tg_buf_add(b, from, (size_t)(value - from));
		while (*value != '\0' && !is_fit(*value))
			value++;
	}
}

/* The status line first, then what was gathered, then the form's own fields. */
static int
write_head(struct tg_request *rq, int status, struct tg_str fields,
    struct tg_str first)
{
	bool joined = first.n <= JOIN_BYTES;
	struct tg_buf out;
	int result;

	rq->status = status;
	rq->fields = fields;
	tg_buf_init(&out, TG_MAX_REQUEST_HEAD + 2 * JOIN_BYTES);
	(void)tg_buf_room(&out, HEAD_BYTES + rq->head.n + fields.n +
	    (joined ? first.n : 0));
	tg_buf_printf(&out, "Status: %d %s\r\n", status, phrase_of(status));
	tg_buf_printf(&out, "x-request-id: %s\r\n", rq->id);
	if (!rq->head.failed)
		tg_buf_adds(&out, tg_buf_str(&rq->head));
	tg_buf_adds(&out, fields);
	tg_buf_addc(&out, "\r\n");
	if (joined)
		tg_buf_adds(&out, first);
	result = out.failed ? -1 :
	    rq->door->ops->write(rq->door, out.p, out.n);
	tg_buf_free(&out);
	if (result != 0)
		return lost(rq);
	if (!joined)
		return push(rq, first);
	rq->sent_bytes += (int64_t)first.n;
	return 0;
}

static int
push(struct tg_request *rq, struct tg_str bytes)
{
	if (rq->door->ops->write(rq->door, bytes.p, bytes.n) != 0)
		return lost(rq);
	rq->sent_bytes += (int64_t)bytes.n;
	return 0;
}

static int
lost(struct tg_request *rq)
{
	rq->broken = true;
	return -1;
}
