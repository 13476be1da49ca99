/*
 * Reads case files: sections, variables, and the few directives with which
 * bodies are written that no text file could hold.
 */
#include "config.h"

#include "case.h"

#include <stdio.h>
#include <stdlib.h>

#define BODY_BYTES (256 * 1024 * 1024)

static struct tg_str read_whole(struct tg_arena *, const char *);
static int add_bytes(struct tg_buf *, struct tg_str);
static int directive(struct tg_buf *, struct tg_str);
static bool has_header(struct tg_str, const char *);

/* --- sections --- */

struct tg_str
wire_word(struct tg_str *rest)
{
	struct tg_str word = TG_STR_NONE;

	*rest = tg_str_trim(*rest);
	(void)tg_str_cut(rest, ' ', &word);
	return word;
}

/* The line end before the next section is not the text's, unless an empty
 * line stands there. */
static struct tg_str
without_last_end(struct tg_str text)
{
	if (text.n > 0 && text.p[text.n - 1] == '\n' &&
	    (text.n < 2 || text.p[text.n - 2] != '\n'))
		text.n--;
	return text;
}

static int
begin_section(struct wire_case *c, struct tg_str line, int number,
    const char *text, struct tg_buf *why)
{
	struct wire_section *s = &c->list[c->n];

	if (c->n == WIRE_SECTIONS)
		return tg_buf_printf(why, "too many sections"), -1;
	line.p += 3;
	line.n -= 3;
	s->name = wire_word(&line);
	s->args = tg_str_trim(line);
	s->line = number;
	s->text.p = text;
	c->n++;
	return 0;
}

int
wire_case_read(struct wire_case *c, struct tg_arena *a, const char *path,
    struct tg_buf *why)
{
	struct tg_str rest = read_whole(a, path), line;
	const char *at = rest.p;
	int number = 0;
	bool ended;

	*c = (struct wire_case){ .path = path };
	for (; wire_line(&rest, &line, &ended); at = line.p + line.n + ended) {
		struct wire_section *open =
		    c->n > 0 ? &c->list[c->n - 1] : NULL;
		number++;
		if (open != NULL)
			open->text.n = (size_t)(at - open->text.p);
		if (!tg_str_starts(line, "== "))
			continue;
		if (begin_section(c, line, number, line.p + line.n + ended,
			why) != 0)
			return -1;
	}
	if (c->n == 0)
		return tg_buf_printf(why, "no sections in %s", path), -1;
	c->list[c->n - 1].text.n = (size_t)(at - c->list[c->n - 1].text.p);
	for (size_t i = 0; i < c->n; i++)
		c->list[i].text = without_last_end(c->list[i].text);
	return 0;
}

static struct tg_str
read_whole(struct tg_arena *a, const char *path)
{
	struct tg_str text = TG_STR_NONE;
	struct tg_buf b;
	FILE *f = fopen(path, "re");
	size_t n;
	char *room;

	if (f == NULL)
		return text;
	tg_buf_init(&b, BODY_BYTES);
	while ((room = tg_buf_room(&b, 64 * 1024)) != NULL &&
	    (n = fread(room, 1, 64 * 1024, f)) > 0)
		b.n += n;
	(void)fclose(f);
	text = tg_arena_copy(a, tg_buf_str(&b));
	tg_buf_free(&b);
	return text;
}

bool
wire_line(struct tg_str *rest, struct tg_str *line, bool *ended)
{
	const char *end;

	if (rest->n == 0)
		return false;
	end = memchr(rest->p, '\n', rest->n);
	*ended = end != NULL;
	line->p = rest->p;
	line->n = end != NULL ? (size_t)(end - rest->p) : rest->n;
	rest->p += line->n + *ended;
	rest->n -= line->n + *ended;
	return true;
}

bool
wire_split(struct tg_str text, struct tg_str *head, struct tg_str *body)
{
	struct tg_str rest = text, line;
	bool ended;

	*head = text;
	*body = TG_STR_NONE;
	while (wire_line(&rest, &line, &ended)) {
		if (line.n > 0)
			continue;
		head->n = (size_t)(line.p - text.p);
		*body = rest;
		return true;
	}
	return false;
}

/* --- variables --- */

void
wire_set(struct wire_vars *v, const char *name, const char *value)
{
	size_t i = 0;

	while (i < v->n && strcmp(v->list[i].name, name) != 0)
		i++;
	if (i == WIRE_VARS)
		abort();
	v->list[i].name = name;
	v->list[i].value = value;
	if (i == v->n)
		v->n++;
}

static size_t
name_length(struct tg_str s)
{
	size_t n = 0;

	while (n < s.n &&
	    ((s.p[n] >= 'A' && s.p[n] <= 'Z') || s.p[n] == '_' ||
		(n > 0 && s.p[n] >= '0' && s.p[n] <= '9')))
		n++;
	return n;
}

static const char *
value_of(const struct wire_vars *v, struct tg_str name)
{
	for (size_t i = 0; i < v->n; i++)
		if (tg_str_is(name, v->list[i].name))
			return v->list[i].value;
	return NULL;
}

struct tg_str
wire_expand(
    const struct wire_vars *v, struct tg_arena *a, struct tg_str text)
{
	struct tg_buf b;
	struct tg_str rest = text, made;

	if (memchr(text.n > 0 ? text.p : "", '$', text.n) == NULL)
		return text;
	tg_buf_init(&b, BODY_BYTES);
	while (rest.n > 0) {
		struct tg_str name = { rest.p + 1, rest.n - 1 };
		const char *value = NULL;
		size_t skip = 1;

		if (*rest.p == '$') {
			name.n = name_length(name);
			value = value_of(v, name);
		}
		if (value != NULL) {
			(void)tg_buf_addc(&b, value);
			skip = 1 + name.n;
		} else
			(void)tg_buf_byte(&b, *rest.p);
		rest.p += skip;
		rest.n -= skip;
	}
	made = tg_arena_copy(a, tg_buf_str(&b));
	tg_buf_free(&b);
	return made;
}

/* --- bodies --- */

int
wire_body(struct tg_arena *a, struct tg_str text, struct tg_str *body)
{
	struct tg_str rest = text, line;
	struct tg_buf b;
	bool ended;
	int rc = 0;

	tg_buf_init(&b, BODY_BYTES);
	while (rc == 0 && wire_line(&rest, &line, &ended)) {
		if (tg_str_starts(line, "@")) {
			rc = directive(&b, line) == 1 ? 0 : -1;
			continue;
		}
		(void)tg_buf_adds(&b, line);
		if (ended)
			(void)tg_buf_byte(&b, '\n');
	}
	*body = tg_arena_copy(a, tg_buf_str(&b));
	tg_buf_free(&b);
	return rc;
}

static int
hex_of(char c)
{
	const char *digits = "0123456789abcdef", *at;

	at = c != '\0' ? strchr(digits, c) : NULL;
	return at != NULL ? (int)(at - digits) : 0;
}

static int
add_bytes(struct tg_buf *b, struct tg_str s)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (c == '\\' && i + 1 < s.n) {
			c = s.p[++i];
			if (c == 'x' && i + 2 < s.n) {
				c = (char)(hex_of(s.p[i + 1]) * 16 +
				    hex_of(s.p[i + 2]));
				i += 2;
			} else
				c = c == 'n' ? '\n' :
				    c == 'r' ? '\r' :
				    c == 't' ? '\t' :
				    c == '0' ? '\0' :
					       c;
		}
		(void)tg_buf_byte(b, c);
	}
	return 1;
}

/* 1: it added bytes; 0: not one of those. */
static int
directive(struct tg_buf *b, struct tg_str line)
{
	struct tg_str count;
	int64_t n;

	if (tg_str_starts(line, "@bytes ")) {
		line.p += 7;
		line.n -= 7;
		return add_bytes(b, line);
	}
	if (!tg_str_starts(line, "@repeat "))
		return 0;
	line.p += 8;
	line.n -= 8;
	if (!tg_str_cut(&line, ' ', &count) || !tg_str_i64(count, &n))
		return 0;
	while (n-- > 0)
		(void)add_bytes(b, line);
	return 1;
}

/* --- the upstream's script --- */

struct script_maker {
	struct wire_script *s;
	struct tg_arena *a;
	struct tg_buf piece;
	bool chunked, open_end;	/* open_end: it says itself how it ends */
	size_t body_bytes;
};

static void
add_op(struct script_maker *m, enum wire_op_kind kind, struct tg_str bytes,
    int ms)
{
	if (m->s->n == WIRE_OPS)
		abort();
	m->s->ops[m->s->n].kind = kind;
	m->s->ops[m->s->n].bytes = bytes;
	m->s->ops[m->s->n++].ms = ms;
}

static void
flush_piece(struct script_maker *m)
{
	struct tg_str bytes = tg_buf_str(&m->piece);

	if (bytes.n == 0)
		return;
	m->body_bytes += bytes.n;
	if (m->chunked)
		bytes = tg_str(tg_arena_printf(m->a, "%zx\r\n", bytes.n));
	else
		bytes = tg_arena_copy(m->a, bytes);
	add_op(m, WIRE_SEND, bytes, 0);
	if (m->chunked) {
		(void)tg_buf_addc(&m->piece, "\r\n");
		add_op(m, WIRE_SEND,
		    tg_arena_copy(m->a, tg_buf_str(&m->piece)), 0);
	}
	tg_buf_reset(&m->piece);
}

static int
step(struct script_maker *m, struct tg_str line)
{
	int64_t ms = 2;

	flush_piece(m);
	if (tg_str_starts(line, "@pause ") &&
	    tg_str_i64((struct tg_str){ line.p + 7, line.n - 7 }, &ms))
		add_op(m, WIRE_PAUSE, TG_STR_NONE, (int)ms);
	else if (tg_str_is(line, "@flush"))
		add_op(m, WIRE_PAUSE, TG_STR_NONE, 2);
	else if (tg_str_is(line, "@cut"))
		add_op(m, WIRE_CUT, TG_STR_NONE, 0);
	else if (tg_str_is(line, "@hang"))
		add_op(m, WIRE_HANG, TG_STR_NONE, 0);
	else if (!tg_str_is(line, "@close"))
		return -1;
	m->open_end = m->open_end ||
	    !(tg_str_starts(line, "@pause") || tg_str_is(line, "@flush"));
	return 0;
}

static int
read_ops(struct script_maker *m, struct tg_str body, struct tg_buf *why)
{
	struct tg_str line;
	bool ended;

	while (wire_line(&body, &line, &ended)) {
		if (!tg_str_starts(line, "@")) {
			(void)tg_buf_adds(&m->piece, line);
			if (ended)
				(void)tg_buf_byte(&m->piece, '\n');
		} else if (directive(&m->piece, line) != 1 &&
		    step(m, line) != 0) {
			(void)tg_buf_printf(
			    why, "unknown line \"%.*s\"\n", TG_PRI(line));
			return -1;
		}
	}
	flush_piece(m);
	if (m->chunked && !m->open_end)
		add_op(m, WIRE_SEND, TG_STR("0\r\n\r\n"), 0);
	return 0;
}

/* The head's lines with CRLF, and what a server would add to them. */
static struct tg_str
make_head(const struct script_maker *m, struct tg_str head)
{
	struct tg_buf b;
	struct tg_str line, made, rest = head;
	bool ended;

	tg_buf_init(&b, BODY_BYTES);
	while (wire_line(&rest, &line, &ended)) {
		(void)tg_buf_adds(&b, line);
		(void)tg_buf_addc(&b, "\r\n");
	}
	if (!m->chunked && !m->open_end &&
	    !has_header(head, "content-length:"))
		(void)tg_buf_printf(
		    &b, "Content-Length: %zu\r\n", m->body_bytes);
	if (!has_header(head, "connection:"))
		(void)tg_buf_addc(&b, "Connection: close\r\n");
	(void)tg_buf_addc(&b, "\r\n");
	made = tg_arena_copy(m->a, tg_buf_str(&b));
	tg_buf_free(&b);
	return made;
}

static bool
has_header(struct tg_str head, const char *name)
{
	struct tg_str line;
	bool ended;

	while (wire_line(&head, &line, &ended))
		if (tg_str_ifind(line, name) == 0)
			return true;
	return false;
}

/* Directives before the status line: it behaves like no HTTP server. */
int
wire_script_read(struct wire_script *s, struct tg_arena *a,
    struct tg_str text, struct tg_buf *why)
{
	struct script_maker m = { .s = s, .a = a };
	struct tg_str head, body;
	int rc;

	s->n = 0;
	tg_buf_init(&m.piece, BODY_BYTES);
	if (tg_str_starts(text, "@")) {
		m.open_end = true;
		rc = read_ops(&m, text, why);
	} else {
		(void)wire_split(text, &head, &body);
		m.chunked = has_header(head, "transfer-encoding:");
		add_op(&m, WIRE_SEND, TG_STR_NONE, 0);
		rc = read_ops(&m, body, why);
		s->ops[0].bytes = make_head(&m, head);
	}
	tg_buf_free(&m.piece);
	return rc;
}
