#ifndef TG_NET_SSE_H
#define TG_NET_SSE_H
/*
 * Server-sent events as upstreams send them (WHATWG HTML, "event stream
 * interpretation"; openai-api.md 3.2): LF, CRLF or CR, byte order mark,
 * fields with or without the space, several data lines, comments, any split.
 */
#include <stdbool.h>

#include "base/buf.h"
#include "base/str.h"

struct tg_sse_event {
	struct tg_str event;	/* name, or empty */
	struct tg_str data;	/* data lines joined by '\n' */
};

struct tg_sse {
	struct tg_buf in;	/* bytes not yet read into lines */
	struct tg_buf data, event;
	bool any_data, skip_lf, started, emitted;
	bool failed;		/* above the ceiling: it stays so */
	size_t read;		/* of 'in', taken as lines */
	size_t scanned;		/* of 'in', without a line end */
	size_t max;		/* bytes of a line or event */
};

void tg_sse_init(struct tg_sse *s, size_t max_event_bytes);
void tg_sse_free(struct tg_sse *s);
/*
 * Take all that tg_sse_next() has before feeding more.  -1: a line or event
 * above the ceiling, now or before; nothing more comes out then.
 */
int tg_sse_feed(struct tg_sse *s, struct tg_str bytes);
/*
 * Next whole event: views valid until the next call on s.  Comments and
 * events without data are passed over (an event with a name and no data is
 * dropped, as browsers do).  False: feed more.
 */
bool tg_sse_next(struct tg_sse *s, struct tg_sse_event *ev);
/* At the end of the connection: the last event even without its blank line. */
bool tg_sse_last(struct tg_sse *s, struct tg_sse_event *ev);
/* "data: " + one line + blank line; LF inside data becomes a space. */
int tg_sse_write(struct tg_buf *out, struct tg_str data);
#endif
