/* Comparisons that say what they saw. */
#include "config.h"

#include "match.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "case.h"

#define SHOWN 2000

static int match_value(const char *, const json_t *, const json_t *,
    struct tg_buf *);

static int
differ(const char *what, struct tg_str want, struct tg_str got,
    struct tg_buf *why)
{
	(void)tg_buf_printf(why, "%s\n  wanted: %.*s%s\n  got:    %.*s%s\n",
	    what, (int)(want.n < SHOWN ? want.n : SHOWN),
	    want.n > 0 ? want.p : "", want.n < SHOWN ? "" : "...",
	    (int)(got.n < SHOWN ? got.n : SHOWN), got.n > 0 ? got.p : "",
	    got.n < SHOWN ? "" : "...");
	return -1;
}

int
wire_match_exact(const char *what, struct tg_str want, struct tg_str got,
    struct tg_buf *why)
{
	size_t i = 0;

	if (tg_str_eq(want, got))
		return 0;
	while (i < want.n && i < got.n && want.p[i] == got.p[i])
		i++;
	(void)tg_buf_printf(why, "(%zu bytes wanted, %zu came, they differ "
	    "at %zu) ", want.n, got.n, i);
	return differ(what, want, got, why);
}

/* --- JSON --- */

static int
match_like(const char *want, const json_t *got)
{
	const char *text = json_string_value(got);
	struct tg_str glob = tg_str(want + 7);

	glob.n -= 2;
	return text != NULL && tg_str_glob(glob, tg_str(text)) ? 0 : -1;
}

/* 1: it is no such word. */
static int
match_word(const char *want, const json_t *got)
{
	int64_t at;

	if (want == NULL || strncmp(want, "<<", 2) != 0 ||
	    !tg_str_ends(tg_str(want), ">>"))
		return 1;
	if (strncmp(want, "<<like ", 7) == 0)
		return match_like(want, got);
	if (strcmp(want, "<<any>>") == 0)
		return 0;
	if (strcmp(want, "<<int>>") == 0)
		return json_is_integer(got) ? 0 : -1;
	if (strcmp(want, "<<text>>") == 0)
		return json_string_length(got) > 0 ? 0 : -1;
	if (strcmp(want, "<<time>>") == 0)
		return json_is_string(got) &&
			tg_iso_parse(tg_str(json_string_value(got)), &at) ==
			    0 ?
		    0 :
		    -1;
	return 1;
}

static int
fault(struct tg_buf *why, const char *path, const char *what)
{
	(void)tg_buf_printf(why, "%s %s\n", path, what);
	return -1;
}

static int
match_object(const char *path, const json_t *want, const json_t *got,
    struct tg_buf *why)
{
	bool more = json_object_get(want, "...") != NULL;
	char here[256];
	const char *name;
	json_t *v;
	int rc = 0;

	json_object_foreach((json_t *)(uintptr_t)want, name, v) {
		const json_t *is = json_object_get(got, name);
		if (strcmp(name, "...") == 0)
			continue;
		(void)snprintf(here, sizeof(here), "%s.%s", path, name);
		if (is == NULL)
			rc = fault(why, here, "is missing");
		else
			rc |= match_value(here, v, is, why);
	}
	json_object_foreach((json_t *)(uintptr_t)got, name, v)
		if (!more && json_object_get(want, name) == NULL)
			rc = fault(why, name, "is one member too many");
	return rc;
}

static int
match_array(const char *path, const json_t *want, const json_t *got,
    struct tg_buf *why)
{
	char here[256];
	int rc = 0;

	if (json_array_size(want) != json_array_size(got)) {
		(void)tg_buf_printf(why, "%s: %zu items wanted, got %zu\n",
		    path, json_array_size(want), json_array_size(got));
		return -1;
	}
	for (size_t i = 0; i < json_array_size(want); i++) {
		(void)snprintf(here, sizeof(here), "%s[%zu]", path, i);
		rc |= match_value(here, json_array_get(want, i),
		    json_array_get(got, i), why);
	}
	return rc;
}

static int
match_value(const char *path, const json_t *want, const json_t *got,
    struct tg_buf *why)
{
	int rc = match_word(json_string_value(want), got);
	char *w, *g;

	if (rc == 0)
		return 0;
	if (rc == 1 && json_is_object(want) && json_is_object(got))
		return match_object(path, want, got, why);
	if (rc == 1 && json_is_array(want) && json_is_array(got))
		return match_array(path, want, got, why);
	if (rc == 1 && json_equal(want, got))
		return 0;
	w = json_dumps(want, JSON_ENCODE_ANY);
	g = json_dumps(got, JSON_ENCODE_ANY);
	(void)differ(path, tg_str(w), tg_str(g), why);
	free(w);
	free(g);
	return -1;
}

int
wire_match_json(const char *what, struct tg_str want, struct tg_str got,
    struct tg_buf *why)
{
	json_error_t e;
	json_t *w = json_loadb(
	    want.n > 0 ? want.p : "", want.n, JSON_DECODE_ANY, &e);
	json_t *g;
	int rc;

	if (w == NULL) {
		(void)tg_buf_printf(why, "the case's JSON: %s\n", e.text);
		return differ(what, want, got, why);
	}
	g = json_loadb(got.n > 0 ? got.p : "", got.n,
	    JSON_DECODE_ANY | JSON_ALLOW_NUL, &e);
	if (g == NULL) {
		(void)tg_buf_printf(why, "not JSON: %s\n", e.text);
		rc = differ(what, want, got, why);
	} else
		rc = match_value("$", w, g, why);
	if (rc != 0 && g != NULL)
		(void)tg_buf_printf(why, "%s, whole: %.*s\n", what,
		    (int)(got.n < SHOWN ? got.n : SHOWN), got.p);
	json_decref(w);
	json_decref(g);
	return rc;
}

/* --- streams --- */

/* The next event as we write them: one line and an empty one. */
static int
next_event(struct tg_str *rest, struct tg_str *event, struct tg_buf *why)
{
	long end = tg_str_find(*rest, TG_STR("\n\n"));

	if (end < 0 || memchr(rest->p, '\n', (size_t)end) != NULL ||
	    (!tg_str_starts(*rest, "data: ") && *rest->p != ':')) {
		(void)tg_buf_addc(why, "not an event as we write them\n");
		return differ("stream", TG_STR("data: ..."), *rest, why);
	}
	*event = (struct tg_str){ rest->p, (size_t)end };
	rest->p += end + 2;
	rest->n -= (size_t)end + 2;
	return 0;
}

static int
match_event(struct tg_str want, struct tg_str got, struct tg_buf *why)
{
	struct tg_str pattern = want;

	if (*got.p == ':' || *want.p == ':')
		return tg_str_glob(want, got) ? 0 :
						differ("comment", want, got, why);
	got.p += 6;
	got.n -= 6;
	if (tg_str_starts(want, "~ ") || tg_str_starts(want, "? ")) {
		pattern.p += 2;
		pattern.n -= 2;
	}
	if (tg_str_starts(want, "~ "))
		return wire_match_json("event", pattern, got, why);
	if (tg_str_starts(want, "? "))
		return tg_str_glob(pattern, got) ?
		    0 :
		    differ("event", want, got, why);
	return wire_match_exact("event", want, got, why);
}

static bool
next_wanted(struct tg_str *rest, struct tg_str *line)
{
	bool ended;

	while (wire_line(rest, line, &ended))
		if (line->n > 0)
			return true;
	return false;
}

/* How many comments come in a row is a matter of time. */
static bool
is_again(struct tg_str last, struct tg_str event)
{
	return last.n > 0 && *last.p == ':' && *event.p == ':' &&
	    tg_str_glob(last, event);
}

int
wire_match_sse(struct tg_str want, struct tg_str got, bool comments,
    struct tg_buf *why)
{
	struct tg_str line = TG_STR_NONE, event;

	while (got.n > 0) {
		if (next_event(&got, &event, why) != 0)
			return -1;
		if (*event.p == ':' && (!comments || is_again(line, event)))
			continue;
		if (!next_wanted(&want, &line))
			return differ(
			    "event too many", TG_STR_NONE, event, why);
		if (match_event(line, event, why) != 0)
			return -1;
	}
	if (next_wanted(&want, &line))
		return differ("event missing", line, TG_STR_NONE, why);
	return 0;
}
