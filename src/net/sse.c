/*
 * Server-sent events, read as browsers read them.  Bytes go into one buffer;
 * lines are looked for once ('scanned' remembers how far), and what is
 * consumed is dropped when the next bytes come, so that a chunk of many
 * events costs one move.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#include "net/sse.h"

static bool next_line(struct tg_sse *s, struct tg_str *line);
static bool take_line(struct tg_sse *s, struct tg_str line);
static bool emit(struct tg_sse *s, struct tg_sse_event *ev);
static void add_data(struct tg_sse *s, struct tg_str value);
static void settle(struct tg_sse *s);

void
tg_sse_init(struct tg_sse *s, size_t max_event_bytes)
{
	*s = (struct tg_sse){ .max = max_event_bytes };
	/* Room for an unfinished line and for what comes in one piece. */
	tg_buf_init(&s->in, 2 * max_event_bytes + (1 << 20));
	tg_buf_init(&s->data, max_event_bytes);
	tg_buf_init(&s->event, max_event_bytes);
}

void
tg_sse_free(struct tg_sse *s)
{
	tg_buf_free(&s->in);
	tg_buf_free(&s->data);
	tg_buf_free(&s->event);
}

int
tg_sse_feed(struct tg_sse *s, struct tg_str bytes)
{
	if (s->read > 0) {
		tg_buf_drop(&s->in, s->read);
		s->scanned -= s->read;
		s->read = 0;
	}
	if (s->in.n > s->max || tg_buf_adds(&s->in, bytes) != 0)
		s->failed = true;
	return s->failed ? -1 : 0;
}

bool
tg_sse_next(struct tg_sse *s, struct tg_sse_event *ev)
{
	struct tg_str line;

	settle(s);
	while (!s->failed && next_line(s, &line)) {
		if (take_line(s, line) && emit(s, ev))
			return true;
	}
	return false;
}

bool
tg_sse_last(struct tg_sse *s, struct tg_sse_event *ev)
{
	struct tg_str rest;

	if (tg_sse_next(s, ev))
		return true;
	if (s->failed)
		return false;
	rest = (struct tg_str){ s->in.p, s->in.n };
	if (s->read > 0) {
		rest.p += s->read;
		rest.n -= s->read;
	}
	s->read = s->scanned = s->in.n;
	if (rest.n > 0)
		(void)take_line(s, rest);
	return emit(s, ev);
}

int
tg_sse_write(struct tg_buf *out, struct tg_str data)
{
	size_t from = 0;
	size_t i;

	tg_buf_addc(out, "data: ");
	for (i = 0; i < data.n; i++) {
		if (data.p[i] != '\n' && data.p[i] != '\r')
			continue;
		tg_buf_add(out, data.p + from, i - from);
		tg_buf_byte(out, ' ');
		from = i + 1;
	}
	if (data.n > from)
		tg_buf_add(out, data.p + from, data.n - from);
	return tg_buf_addc(out, "\n\n");
}

/* The event handed out last is over. */
static void
settle(struct tg_sse *s)
{
	if (!s->emitted)
		return;
	s->emitted = s->any_data = false;
	tg_buf_reset(&s->data);
	tg_buf_reset(&s->event);
}

/*
 * The next line without its end.  A CR ends a line at once; an LF that comes
 * after it, perhaps in the next piece, belongs to it.
 */
static bool
next_line(struct tg_sse *s, struct tg_str *line)
{
	const char *p, *end;

	if (!s->started) {
		if (s->in.n < 3 && s->in.n > 0 &&
		    memcmp(s->in.p, "\xef\xbb\xbf", s->in.n) == 0)
			return false;
		if (s->in.n == 0)
			return false;
		s->started = true;
		if (s->in.n >= 3 && memcmp(s->in.p, "\xef\xbb\xbf", 3) == 0)
			s->read = s->scanned = 3;
	}
	if (s->skip_lf && s->read < s->in.n) {
		s->skip_lf = false;
		if (s->in.p[s->read] == '\n')
			s->read++;
		if (s->scanned < s->read)
			s->scanned = s->read;
	}
	if (s->scanned >= s->in.n)
		return false;
	end = s->in.p + s->in.n;
	for (p = s->in.p + s->scanned; p < end; p++) {
		if (*p == '\n' || *p == '\r')
			break;
	}
	s->scanned = (size_t)(p - s->in.p);
	if (p == end)
		return false;
	line->p = s->in.p + s->read;
	line->n = s->scanned - s->read;
	s->skip_lf = *p == '\r';
	s->read = ++s->scanned;
	return true;
}

/* True at the blank line that ends an event. */
static bool
take_line(struct tg_sse *s, struct tg_str line)
{
	struct tg_str value = TG_STR_NONE;
	struct tg_str name = line;
	const char *colon;

	if (line.n == 0)
		return true;
	colon = memchr(line.p, ':', line.n);
	if (colon != NULL) {
		name.n = (size_t)(colon - line.p);
		value.p = colon + 1;
		value.n = line.n - name.n - 1;
		if (value.n > 0 && value.p[0] == ' ') {
			value.p++;
			value.n--;
		}
	}
	if (tg_str_is(name, "data"))
		add_data(s, value);
	else if (tg_str_is(name, "event")) {
		tg_buf_reset(&s->event);
		if (tg_buf_adds(&s->event, value) != 0)
			s->failed = true;
	}
	return false;
}

static void
add_data(struct tg_sse *s, struct tg_str value)
{
	if (s->any_data)
		tg_buf_byte(&s->data, '\n');
	s->any_data = true;
	if (tg_buf_adds(&s->data, value) != 0)
		s->failed = true;
}

static bool
emit(struct tg_sse *s, struct tg_sse_event *ev)
{
	s->emitted = true;
	if (s->failed)
		return false;
	if (!s->any_data) {
		settle(s);
		return false;
	}
	ev->event = tg_buf_str(&s->event);
	ev->data = tg_buf_str(&s->data);
	return true;
}
