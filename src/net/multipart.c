/*
 * A form with files, part by part.  Boundaries are looked for as they are
 * written, with CR and LF: what a browser sends, and nothing that could be
 * read in two ways.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#include "net/multipart.h"

#include <string.h>

#define BOUNDARY_MAX 70		/* RFC 2046 */

static struct tg_str
from(struct tg_str s, size_t at)
{
	return (struct tg_str){ s.p + at, s.n - at };
}

bool
tg_multipart_is(struct tg_str content_type)
{
	struct tg_str type = TG_STR_NONE;

	(void)tg_str_cut(&content_type, ';', &type);
	return tg_str_ieq(tg_str_trim(type), "multipart/form-data");
}

/*
 * The next "; name=value" of a header's value: in quotes (a backslash before
 * a quote hides it) or a token.
 */
static bool
next_parameter(struct tg_str *rest, struct tg_str *name, struct tg_str *value)
{
	struct tg_str s = *rest;
	size_t i = 0;

	while (i < s.n && (s.p[i] == ';' || s.p[i] == ' ' || s.p[i] == '\t'))
		i++;
	*name = from(s, i);
	while (i < s.n && s.p[i] != '=' && s.p[i] != ';')
		i++;
	if (i == s.n || s.p[i] != '=')
		return false;
	name->n = (size_t)(s.p + i - name->p);
	s = from(s, i + 1);
	if (s.n > 0 && s.p[0] == '"') {
		for (i = 1; i < s.n && s.p[i] != '"'; i++)
			if (s.p[i] == '\\' && i + 1 < s.n)
				i++;
		if (i >= s.n)
			return false;
		*value = (struct tg_str){ s.p + 1, i - 1 };
		*rest = from(s, i + 1);
		return true;
	}
	for (i = 0; i < s.n && s.p[i] != ';';)
		i++;
	*value = tg_str_trim((struct tg_str){ s.p, i });
	*rest = from(s, i);
	return true;
}

static struct tg_str
parameter(struct tg_str header, const char *wanted, bool *there)
{
	struct tg_str rest = header, name, value;

	*there = false;
	if (!tg_str_cut(&rest, ';', &name))
		return TG_STR_NONE;
	while (next_parameter(&rest, &name, &value))
		if (tg_str_ieq(tg_str_trim(name), wanted)) {
			*there = true;
			return value;
		}
	return TG_STR_NONE;
}

static bool
is_boundary(struct tg_str s)
{
	static const char also[] = "'()+_,-./:=? ";

	if (s.n == 0 || s.n > BOUNDARY_MAX || s.p[s.n - 1] == ' ')
		return false;
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if ((c < '0' || c > '9') && (c < 'a' || c > 'z') &&
		    (c < 'A' || c > 'Z') &&
		    (c == '\0' || strchr(also, c) == NULL))
			return false;
	}
	return true;
}

/*
 * Where the next delimiter begins: "--boundary" behind a line end, which
 * belongs to it; -1 none.
 */
static long
find_delimiter(struct tg_str hay, struct tg_str boundary)
{
	size_t need = 4 + boundary.n;
	const char *p = hay.p, *end = hay.p + hay.n;

	while ((size_t)(end - p) >= need &&
	    (p = memchr(p, '\r', (size_t)(end - p) - need + 1)) != NULL) {
		if (memcmp(p, "\r\n--", 4) == 0 &&
		    memcmp(p + 4, boundary.p, boundary.n) == 0)
			return (long)(p - hay.p);
		p++;
	}
	return -1;
}

int
tg_multipart_begin(struct tg_multipart *m, struct tg_str content_type,
    struct tg_str body)
{
	bool there;
	long at;

	*m = (struct tg_multipart){ .ended = true };
	m->boundary = parameter(content_type, "boundary", &there);
	if (!tg_multipart_is(content_type) || !is_boundary(m->boundary))
		return -1;
	if (body.n >= 2 + m->boundary.n && memcmp(body.p, "--", 2) == 0 &&
	    memcmp(body.p + 2, m->boundary.p, m->boundary.n) == 0)
		m->rest = from(body, 2 + m->boundary.n);
	else {
		at = find_delimiter(body, m->boundary);
		if (at < 0)
			return -1;
		m->rest = from(body, (size_t)at + 4 + m->boundary.n);
	}
	m->ended = false;
	return 0;
}

/* A line off the front, without its end; false: there is no end. */
static bool
next_line(struct tg_str *rest, struct tg_str *line)
{
	long at = tg_str_find(*rest, TG_STR("\r\n"));

	if (at < 0)
		return false;
	*line = (struct tg_str){ rest->p, (size_t)at };
	*rest = from(*rest, (size_t)at + 2);
	return true;
}

static int
read_header(struct tg_part *part, struct tg_str line)
{
	struct tg_str name, type;
	bool there;

	if (memchr(line.p, ':', line.n) == NULL)
		return -1;
	(void)tg_str_cut(&line, ':', &name);
	line = tg_str_trim(line);
	if (tg_str_ieq(name, "Content-Type"))
		part->type = line;
	if (!tg_str_ieq(name, "Content-Disposition"))
		return 0;
	type = line;
	type.n = type.n < 9 ? type.n : 9;
	if (!tg_str_ieq(type, "form-data"))
		return -1;
	part->name = parameter(line, "name", &there);
	if (!there)
		return -1;
	part->filename = parameter(line, "filename", &part->is_file);
	return 0;
}

static int
read_part(struct tg_multipart *m, struct tg_part *part)
{
	struct tg_str line;
	long at;

	*part = (struct tg_part){ .is_file = false };
	if (!next_line(&m->rest, &line) || tg_str_trim(line).n > 0)
		return -1;
	for (;;) {
		if (!next_line(&m->rest, &line))
			return -1;
		if (line.n == 0)
			break;
		if (read_header(part, line) != 0)
			return -1;
	}
	if (part->name.p == NULL)
		return -1;
	/* An empty part: its line end is the delimiter's as well. */
	m->rest = (struct tg_str){ m->rest.p - 2, m->rest.n + 2 };
	at = find_delimiter(m->rest, m->boundary);
	if (at < 0)
		return -1;
	part->body = at < 2 ? (struct tg_str){ m->rest.p + 2, 0 } :
			      (struct tg_str){ m->rest.p + 2, (size_t)at - 2 };
	m->rest = from(m->rest, (size_t)at + 4 + m->boundary.n);
	return 0;
}

int
tg_multipart_next(struct tg_multipart *m, struct tg_part *part)
{
	if (m->ended)
		return m->parts < 0 ? -1 : 0;
	if (m->rest.n >= 2 && memcmp(m->rest.p, "--", 2) == 0) {
		m->ended = true;
		return 0;
	}
	if (m->parts++ < TG_MAX_PARTS && read_part(m, part) == 0)
		return 1;
	m->ended = true;
	m->parts = -1;
	return -1;
}
