/*
 * Goes through a case: serves its requests, and holds what came against what
 * the sections want.  What is true of every answer is looked at without being
 * asked for.
 */
#include "config.h"

#include "step.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "gate/scribe.h"
#include "match.h"
#include "row.h"
#include "serve.h"
#include "store/bodies.h"
#include "store/calls.h"

#define OUT_BYTES (64 * 1024 * 1024)

/* One request of a case and what is known after it. */
struct step {
	struct wire_house *house;
	struct wire_upstream *upstream;
	struct wire_case c;
	struct tg_arena *a;
	struct wire_vars vars;
	struct tg_app *app;
	struct wire_script scripts[WIRE_CALLS];
	size_t n_scripts, n_sent, next_sent;
	struct tg_buf out, why;
	struct tg_str head, body;	/* of the answer */
	int status;
};

typedef int section_fn(struct step *, const struct wire_section *);

/* --- what is looked at after every request --- */

/* Value of a header of an answer or of a request; NULL p: absent. */
static struct tg_str
header(struct tg_str head, struct tg_str name)
{
	struct tg_str line, key;
	bool ended;

	while (wire_line(&head, &line, &ended)) {
		struct tg_str rest = line;
		(void)tg_str_cut(&rest, ':', &key);
		if (key.n == name.n && key.n < line.n &&
		    strncasecmp(key.p, name.p, key.n) == 0) {
			rest = tg_str_trim(rest);
			return rest.n > 0 ? rest : TG_STR("");
		}
	}
	return TG_STR_NONE;
}

static int
wrong(struct step *st, const char *what)
{
	(void)tg_buf_printf(&st->why, "%s\n%.*s\n", what,
	    (int)(st->out.n < 4000 ? st->out.n : 4000),
	    st->out.p != NULL ? st->out.p : "");
	return -1;
}

/* Three digits. */
static int
status_in(struct tg_str s, size_t at)
{
	int64_t n = 0;

	if (s.n < at + 3 ||
	    !tg_str_i64((struct tg_str){ s.p + at, 3 }, &n))
		return 0;
	return (int)n;
}

static int
parse_answer(struct step *st)
{
	struct tg_str all = tg_buf_str(&st->out);
	long end = tg_str_find(all, TG_STR("\r\n\r\n"));

	if (end < 0 || !tg_str_starts(all, "Status: "))
		return wrong(st, "not a CGI answer:");
	st->head = (struct tg_str){ all.p, (size_t)end + 2 };
	st->body = (struct tg_str){ all.p + end + 4, all.n - (size_t)end - 4 };
	st->status = status_in(all, 8);
	return 0;
}

/*
 * An error in OpenAI's envelope has all four members; some of the management
 * API, and those about the form of its bodies, are LiteLLM's; pages say it in
 * HTML.
 */
static int
check_error(struct step *st)
{
	static const struct tg_str want = TG_STR(
	    "{\"error\":{\"message\":\"<<text>>\",\"type\":\"<<any>>\","
	    "\"param\":\"<<any>>\",\"code\":\"<<any>>\"}}");
	static const struct tg_str form = TG_STR(
	    "{\"detail\":[{\"type\":\"<<text>>\",\"loc\":\"<<any>>\","
	    "\"msg\":\"<<text>>\",\"input\":null}]}");
	static const struct tg_str detail = TG_STR(
	    "{\"detail\":{\"error\":\"<<text>>\"}}");
	static const struct tg_str detail_text =
	    TG_STR("{\"detail\":\"<<text>>\"}");

	if (st->status < 400 || st->body.n == 0 ||
	    tg_str_find(st->body, TG_STR("\"unhealthy\"")) >= 0 ||
	    tg_str_starts(
		header(st->head, TG_STR("Content-Type")), "text/html"))
		return 0;
	return wire_match_json("error",
	    tg_str_starts(st->body, "{\"detail\":{") ? detail :
		tg_str_starts(st->body, "{\"detail\":\"") ? detail_text :
		tg_str_starts(st->body, "{\"detail\"") ? form :
							    want,
	    st->body, &st->why);
}

/* What is kept of a call does not hold the provider's key either. */
static int
check_books(struct step *st)
{
	struct tg_str id = header(st->head, TG_STR("x-tollgate-call"));
	struct tg_str secret = wire_expand(&st->vars, st->a, TG_STR("$SECRET"));
	struct tg_call_row *rows;
	struct tg_err e = { 0 };
	struct tg_str log;
	size_t n;

	if (id.n == 0)
		return 0;
	id = tg_arena_copy(st->a, id);
	if (tg_call_find(tg_app_store(st->app), st->a, id.p, &rows, &n, &e) !=
	    0)
		return wrong(st, e.msg);
	if (n > 0 && rows[0].error != NULL &&
	    tg_str_find(tg_str(rows[0].error), secret) >= 0)
		return wrong(st, "the provider's key is in the row:");
	if (tg_body_get(tg_app_store(st->app), st->a, id.p, TG_BODY_ANSWER,
		&log, &e) == 1 &&
	    tg_str_find(log, secret) >= 0)
		return wrong(st, "the provider's key is in the log:");
	return 0;
}

static int
check_all(struct step *st, bool is_head)
{
	struct tg_str length = header(st->head, TG_STR("content-length"));
	struct tg_str secret = wire_expand(&st->vars, st->a, TG_STR("$SECRET"));
	int64_t n;

	if (header(st->head, TG_STR("x-request-id")).n == 0)
		return wrong(st, "no x-request-id:");
	if (length.n > 0 && !is_head &&
	    (!tg_str_i64(length, &n) || (size_t)n != st->body.n))
		return wrong(st, "content-length is not the body's:");
	if (tg_str_find(tg_buf_str(&st->out), secret) >= 0)
		return wrong(st, "the provider's key is in the answer:");
	if (check_error(st) != 0)
		return -1;
	return check_books(st);
}

/* --- sections --- */

static int
do_request(struct step *st, const struct wire_section *s)
{
	struct tg_str text = wire_expand(&st->vars, st->a, s->text);

	wire_upstream_expect(st->upstream, st->scripts, st->n_scripts);
	tg_buf_reset(&st->out);
	st->next_sent = 0;
	if (wire_serve(st->app, st->a, text, &st->out, &st->why) != 0)
		return -1;
	st->n_sent = wire_upstream_done(st->upstream);
	if (st->n_sent > st->n_scripts)
		return wrong(st, "the upstream was called too often:");
	if (tg_str_find(text, TG_STR("\n%leave ")) >= 0)
		return st->out.n > 0 ? parse_answer(st) : 0;
	if (parse_answer(st) != 0)
		return -1;
	return check_all(st, tg_str_starts(text, "HEAD "));
}

/* "Name: glob" lines, "!Name" for absent ones. */
static int
match_headers(
    struct step *st, const char *what, struct tg_str want, struct tg_str head)
{
	struct tg_str line, name, is;
	bool ended;

	while (wire_line(&want, &line, &ended)) {
		struct tg_str rest = line;
		if (line.n == 0)
			continue;
		if (*line.p == '!') {
			name = (struct tg_str){ line.p + 1, line.n - 1 };
			is = header(head, name);
			if (is.p == NULL)
				continue;
			return wire_match_exact(
			    what, line, is, &st->why);
		}
		(void)tg_str_cut(&rest, ':', &name);
		is = header(head, name);
		if (is.p == NULL || !tg_str_glob(tg_str_trim(rest), is)) {
			(void)tg_buf_printf(
			    &st->why, "header %.*s: ", TG_PRI(name));
			return wire_match_exact(what, line,
			    is.p != NULL ? is : TG_STR("(absent)"), &st->why);
		}
	}
	return 0;
}

static int
match_body(struct step *st, const char *what, const struct wire_section *s,
    struct tg_str want, struct tg_str got)
{
	struct tg_str made;
	int rc;

	if (tg_str_find(s->args, TG_STR("json")) >= 0)
		return wire_match_json(what, want, got, &st->why);
	if (tg_str_find(s->args, TG_STR("sse")) >= 0)
		return wire_match_sse(want, got,
		    tg_str_find(s->args, TG_STR("comments")) >= 0, &st->why);
	if (wire_body(st->a, want, &made) != 0)
		return tg_buf_addc(&st->why, "a directive is unknown\n"), -1;
	if (tg_str_find(s->args, TG_STR("glob")) < 0)
		return wire_match_exact(what, made, got, &st->why);
	rc = tg_str_glob(made, got) ? 0 : -1;
	if (rc != 0)
		(void)wire_match_exact(what, made, got, &st->why);
	return rc;
}

static int
do_answer(struct step *st, const struct wire_section *s)
{
	struct tg_str text = wire_expand(&st->vars, st->a, s->text);
	struct tg_str head, body, first;
	bool ended, has_body = wire_split(text, &head, &body);

	if (tg_str_is(s->args, "none"))
		return st->out.n == 0 ? 0 : wrong(st, "there is an answer:");
	(void)wire_line(&head, &first, &ended);
	if (status_in(first, 0) != st->status)
		return wrong(st, "another status:");
	if (match_headers(st, "answer", head, st->head) != 0)
		return wrong(st, "");
	if (!has_body)
		return 0;
	return match_body(st, "answer", s, body, st->body);
}

static int
do_sent(struct step *st, const struct wire_section *s)
{
	struct tg_str text = wire_expand(&st->vars, st->a, s->text);
	const struct wire_sent *sent;
	const char *want;
	struct tg_str head, body, first, got, line;
	bool ended, has_body = wire_split(text, &head, &body);

	if (tg_str_is(s->args, "none")) {
		if (st->n_sent == 0)
			return 0;
		return wrong(st, "the upstream was called; the answer was:");
	}
	if (st->next_sent >= st->n_sent)
		return wrong(
		    st, "the upstream was not called; the answer was:");
	sent = wire_upstream_sent(st->upstream, st->next_sent++);
	got = tg_buf_str(&sent->head);
	(void)wire_line(&head, &first, &ended);
	(void)wire_line(&got, &line, &ended);
	want = tg_arena_printf(st->a, "%.*s HTTP/1.1", TG_PRI(first));
	if (!tg_str_starts(line, want))
		return wire_match_exact("request line", first, line, &st->why);
	if (match_headers(st, "sent", head, got) != 0)
		return -1;
	if (!has_body)
		return 0;
	return match_body(st, "sent", s, body, tg_buf_str(&sent->body));
}

/* The call's only row, or with which > 0 that attempt's; 1: found. */
static int
find_row(struct step *st, struct tg_call_row *row, int64_t which)
{
	struct tg_str id = header(st->head, TG_STR("x-tollgate-call"));
	struct tg_call_filter last = { .limit = 1, .state = -1 };
	struct tg_call_row *rows;
	struct tg_err e = { 0 };
	size_t n = 0;
	int rc;

	if (id.n > 0)
		rc = tg_call_find(tg_app_store(st->app), st->a,
		    tg_arena_cstr(st->a, id), &rows, &n, &e);
	else
		rc = tg_call_list(
		    tg_app_store(st->app), st->a, &last, &rows, &n, &e);
	if (rc != 0)
		return tg_buf_printf(&st->why, "books: %s\n", e.msg), -1;
	if (which > 0) {
		if (n < (size_t)which)
			return 0;
		*row = rows[which - 1];
		return 1;
	}
	if (n > 0)
		*row = rows[0];
	return (int)n;
}

static int
do_row(struct step *st, const struct wire_section *s)
{
	struct tg_str rest = wire_expand(&st->vars, st->a, s->text), line;
	struct tg_call_row row;
	int64_t which = 0;
	int rc = 0, n;
	bool ended;

	(void)tg_str_i64(s->args, &which);
	n = find_row(st, &row, which);
	if (tg_str_is(s->args, "none") && n == 0)
		return 0;
	if (n != 1)
		return wrong(st, n < 0 ? "" : "not one row; the answer was:");
	while (wire_line(&rest, &line, &ended)) {
		struct tg_str want = line, name;
		const char *is;
		if (tg_str_trim(line).n == 0)
			continue;
		(void)tg_str_cut(&want, ' ', &name);
		is = wire_row_field(&row, st->a, name);
		if (is != NULL && tg_str_glob(tg_str_trim(want), tg_str(is)))
			continue;
		(void)tg_buf_printf(&st->why, "row %.*s: ", TG_PRI(name));
		rc = wire_match_exact("", tg_str_trim(want),
		    tg_str(is != NULL ? is : "(no such field)"), &st->why);
	}
	return rc;
}

static int
do_body(struct step *st, const struct wire_section *s)
{
	bool request = tg_str_starts(s->args, "request");
	struct tg_str want = wire_expand(&st->vars, st->a, s->text), got;
	struct tg_call_row row;
	struct tg_err e = { 0 };
	int found;

	if (find_row(st, &row, 0) != 1)
		return wrong(st, "not one row; the answer was:");
	found = tg_body_get(tg_app_store(st->app), st->a, row.id,
	    request ? TG_BODY_REQUEST : TG_BODY_ANSWER, &got, &e);
	if (found < 0)
		return tg_buf_printf(&st->why, "log: %s\n", e.msg), -1;
	if (tg_str_ends(s->args, "none"))
		return found == 0 ? 0 :
				    wire_match_exact("log", TG_STR_NONE, got,
					&st->why);
	if (found == 0)
		return tg_buf_addc(&st->why, "not in the log\n"), -1;
	return match_body(st, "log", s, want, got);
}

static const json_t *
walk(const json_t *j, struct tg_str path)
{
	struct tg_str name;
	int64_t i;

	while (j != NULL && tg_str_cut(&path, '.', &name)) {
		char text[64];
		(void)snprintf(text, sizeof(text), "%.*s", TG_PRI(name));
		if (json_is_array(j) && tg_str_i64(name, &i))
			j = json_array_get(j, (size_t)i);
		else
			j = json_object_get(j, text);
	}
	return j;
}

/* "NAME path.in.the.answer": a variable for the requests that follow. */
static int
do_keep(struct step *st, const struct wire_section *s)
{
	json_t *j = json_loadb(st->body.p, st->body.n, 0, NULL);
	struct tg_str rest = s->text, line;
	bool ended;
	int rc = 0;

	while (wire_line(&rest, &line, &ended)) {
		struct tg_str path = line, name;
		const char *text;
		char number[24];
		const json_t *v;
		(void)tg_str_cut(&path, ' ', &name);
		v = walk(j, tg_str_trim(path));
		(void)snprintf(number, sizeof(number), "%lld",
		    (long long)json_integer_value(v));
		text = json_is_integer(v) ? number : json_string_value(v);
		if (text == NULL)
			rc = wrong(st, "nothing to keep in:");
		else
			wire_set(&st->vars, tg_arena_cstr(st->a, name),
			    tg_arena_cstr(st->a, tg_str(text)));
	}
	json_decref(j);
	return rc;
}

/* The calls so far, as the janitor would some seconds later. */
static int
do_read(struct step *st, const struct wire_section *s)
{
	struct tg_err e = { 0 };
	int more = 1;

	(void)s;
	while (more == 1)
		more = tg_scribe_then(
		    tg_app_store(st->app), INT64_MAX / 2, &e);
	return more == 0 ? 0 : wrong(st, e.msg);
}

static int
do_nothing(struct step *st, const struct wire_section *s)
{
	(void)st;
	(void)s;
	return 0;
}

static const struct {
	const char *name;
	section_fn *run;
} sections[] = {
	{ "conf", do_nothing },		/* read before all */
	{ "upstream", do_nothing },	/* read before its request */
	{ "request", do_request },
	{ "sent", do_sent },
	{ "answer", do_answer },
	{ "row", do_row },
	{ "body", do_body },
	{ "keep", do_keep },
	{ "read", do_read },
};

/* --- a case --- */

static int
open_app(struct step *st)
{
	struct tg_str conf = TG_STR("");

	for (size_t i = 0; i < st->c.n; i++)
		if (tg_str_is(st->c.list[i].name, "conf"))
			conf = st->c.list[i].text;
	st->app = wire_house_app(st->house, conf, &st->why);
	return st->app != NULL ? 0 : -1;
}

/* The scripts that stand between this request and the next one. */
static int
read_scripts(struct step *st, size_t request)
{
	st->n_scripts = 0;
	for (size_t i = request + 1; i < st->c.n &&
	    !tg_str_is(st->c.list[i].name, "request"); i++) {
		if (!tg_str_is(st->c.list[i].name, "upstream"))
			continue;
		if (st->n_scripts == WIRE_CALLS ||
		    wire_script_read(&st->scripts[st->n_scripts], st->a,
			wire_expand(&st->vars, st->a, st->c.list[i].text),
			&st->why) != 0)
			return -1;
		st->n_scripts++;
	}
	return 0;
}

static int
run_section(struct step *st, size_t i)
{
	const struct wire_section *s = &st->c.list[i];

	if (tg_str_is(s->name, "request") && read_scripts(st, i) != 0)
		return -1;
	for (size_t k = 0; k < sizeof(sections) / sizeof(sections[0]); k++)
		if (tg_str_is(s->name, sections[k].name))
			return sections[k].run(st, s);
	return tg_buf_addc(&st->why, "no such section\n"), -1;
}

static int
run(struct step *st, const char *path)
{
	int line = 0;

	if (wire_case_read(&st->c, st->a, path, &st->why) != 0 ||
	    open_app(st) != 0)
		goto failed;
	for (size_t i = 0; i < st->c.n; i++) {
		line = st->c.list[i].line;
		if (run_section(st, i) != 0)
			goto failed;
	}
	return 0;
failed:
	(void)fprintf(stderr, "\n%s:%d: %s\n", path, line,
	    st->why.p != NULL ? st->why.p : "");
	return -1;
}

int
wire_case_run(struct wire_house *h, struct wire_upstream *u,
    const struct wire_vars *vars, const char *path)
{
	struct step *st = calloc(1, sizeof(*st));
	int rc;

	if (st == NULL)
		abort();
	st->house = h;
	st->upstream = u;
	st->vars = *vars;
	st->a = tg_arena_new(OUT_BYTES);
	tg_buf_init(&st->out, OUT_BYTES);
	tg_buf_init(&st->why, OUT_BYTES);
	rc = run(st, path);
	tg_buf_free(&st->out);
	tg_buf_free(&st->why);
	tg_arena_free(st->a);
	free(st);
	return rc;
}
