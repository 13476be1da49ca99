/*
 * `tollgate call': all that is kept of one call; request and answer come back
 * to the byte.
 */
#include "config.h"

#include "prog/call_json.h"

#include <stdlib.h>

#include "base/escape.h"
#include "base/json.h"
#include "base/jtree.h"
#include "base/limits.h"
#include "llm/dialect.h"
#include "store/bodies.h"

#define CALL_BYTES (512 * 1024 * 1024)
/* Linux takes no argument above 128 KiB. */
#define ARGUMENT_BYTES (100 * 1024)
#define END_MIN 6
#define END_ROWS 20000

static int find_call(struct tg_cmd *c, const char *id,
    struct tg_call_row **rows, size_t *n);
static int find_by_end(struct tg_cmd *c, const char *end, const char **id);
static int show_body(struct tg_cmd *c, const char *id, enum tg_body_side side);
static int show_curl(struct tg_cmd *c, const struct tg_call_row *r);
static void add_curl(struct tg_buf *b, const char *endpoint, bool stream,
    const char *body);
static void add_here_document(struct tg_cmd *c, struct tg_buf *b,
    const char *endpoint, bool stream, struct tg_str text);
static int show_all(struct tg_cmd *c, const struct tg_call_row *rows, size_t n);
static int add_body(struct tg_cmd *c, struct tg_buf *b, const char *name,
    const char *id, enum tg_body_side side);
static int print_document(struct tg_cmd *c, struct tg_buf *b);

int
tg_cmd_call_show(struct tg_cmd *c)
{
	struct tg_call_row *rows;
	size_t n;

	if (tg_cmd_app(c) == -1 || find_call(c, c->args[0], &rows, &n) == -1)
		return TG_EXIT_FAILED;
	if (tg_cmd_flag(c, "--request"))
		return show_body(c, rows[0].id, TG_BODY_REQUEST);
	if (tg_cmd_flag(c, "--answer"))
		return show_body(c, rows[0].id, TG_BODY_ANSWER);
	if (tg_cmd_flag(c, "--bill"))
		return tg_cmd_bill(c, rows[0].id);
	if (tg_cmd_flag(c, "--curl"))
		return show_curl(c, &rows[n - 1]);
	return show_all(c, rows, n);
}

/* By its id, by a beginning, or by the end that no other has. */
static int
find_call(struct tg_cmd *c, const char *id, struct tg_call_row **rows,
    size_t *n)
{
	struct tg_err e = { 0 };

	if (tg_call_find(tg_cmd_store(c), c->arena, id, rows, n, &e) == -1) {
		if (e.code != TG_E_CONFLICT)
			return tg_fail(&c->err, e.code, "%s", e.msg);
		return tg_fail(&c->err, e.code,
		    "several calls have an id that begins with %s (it begins "
		    "with the time): give more of it, or its last characters",
		    id);
	}
	if (*n > 0)
		return 0;
	if (find_by_end(c, id, &id) == -1)
		return -1;
	return tg_call_find(tg_cmd_store(c), c->arena, id, rows, n, &c->err);
}

/* Only among the newest: there is no index of ends. */
static int
find_by_end(struct tg_cmd *c, const char *end, const char **id)
{
	struct tg_call_filter f = { .state = -1, .limit = END_ROWS };
	struct tg_call_row *rows;
	size_t n = 0, i;

	*id = NULL;
	if (strlen(end) >= END_MIN &&
	    tg_call_list(tg_cmd_store(c), c->arena, &f, &rows, &n, &c->err) ==
		-1)
		return -1;
	for (i = 0; i < n; i++) {
		if (!tg_str_ends(tg_str(rows[i].id), end) ||
		    (*id != NULL && strcmp(*id, rows[i].id) == 0))
			continue;
		if (*id != NULL)
			return tg_fail(&c->err, TG_E_CONFLICT,
			    "several calls have an id that ends with %s: give "
			    "more of it",
			    end);
		*id = rows[i].id;
	}
	if (*id != NULL)
		return 0;
	return tg_fail(&c->err, TG_E_NOT_FOUND,
	    "no call %s (give its id, or 8 and more characters of its "
	    "beginning, or 6 and more of its end, that no other has)",
	    end);
}

/* Byte for byte, nothing added. */
static int
show_body(struct tg_cmd *c, const char *id, enum tg_body_side side)
{
	struct tg_str text;
	int rc =
	    tg_body_get(tg_cmd_store(c), c->arena, id, side, &text, &c->err);

	if (rc == -1)
		return TG_EXIT_FAILED;
	if (rc == 0)
		return tg_cmd_fail(c,
		    "the %s of this call is not kept (log = "
		    "numbers or none, or it was pruned)",
		    side == TG_BODY_REQUEST ? "request" : "answer");
	fwrite(text.p, 1, text.n, c->out);
	return TG_EXIT_GOOD;
}

static int
show_curl(struct tg_cmd *c, const struct tg_call_row *r)
{
	const char *endpoint = "/chat/completions";
	struct tg_buf b;
	struct tg_str text;
	int i, rc;

	rc = tg_body_get(tg_cmd_store(c), c->arena, r->id, TG_BODY_REQUEST,
	    &text, &c->err);
	if (rc == -1)
		return TG_EXIT_FAILED;
	if (rc == 0)
		return tg_cmd_fail(c,
		    "the request of this call is not kept "
		    "(log = numbers or none, or it was pruned)");
	for (i = 0; i < TG_DIALECT__MAX; i++)
		if (strcmp(tg_dialects[i].name, r->route) == 0)
			endpoint = tg_dialects[i].endpoint;
	tg_buf_init(&b, CALL_BYTES);
	if (text.n <= ARGUMENT_BYTES) {
		add_curl(&b, endpoint, r->stream, "--data-raw ");
		tg_shell_quote(&b, text);
		tg_buf_addc(&b, "\n");
	} else
		add_here_document(c, &b, endpoint, r->stream, text);
	if (c->json)
		rc = tg_cmd_json(c,
		    json_pack("{s:s, s:s%}", "id", r->id, "curl", b.p, b.n));
	else {
		fwrite(b.p, 1, b.n, c->out);
		rc = TG_EXIT_GOOD;
	}
	tg_buf_free(&b);
	return rc;
}

static void
add_curl(struct tg_buf *b, const char *endpoint, bool stream, const char *body)
{
	tg_buf_printf(b,
	    "curl -sS%s \"${TOLLGATE_URL:-http://127.0.0.1:8080"
	    "}/v1%s\" \\\n  -H \"Authorization: Bearer $TOLLGATE_KEY\" \\\n"
	    "  -H 'Content-Type: application/json' \\\n  %s",
	    stream ? "N" : "", endpoint, body);
}

/* head takes off the line end that a here-document has and the body has not. */
static void
add_here_document(struct tg_cmd *c, struct tg_buf *b, const char *endpoint,
    bool stream, struct tg_str text)
{
	const char *end = "TOLLGATE_EOF";
	int i;

	for (i = 1; tg_str_find(text, tg_str(end)) != -1; i++)
		end = tg_arena_printf(c->arena, "TOLLGATE_EOF_%d", i);
	tg_buf_printf(b, "head -c %zu <<'%s' | \\\n", text.n, end);
	add_curl(b, endpoint, stream, "--data-binary @-\n");
	tg_buf_adds(b, text);
	tg_buf_printf(b, "\n%s\n", end);
}

/* The last attempt's row is the call's; the bodies stand as they were. */
static int
show_all(struct tg_cmd *c, const struct tg_call_row *rows, size_t n)
{
	struct tg_call_names names;
	struct tg_buf b;
	json_t *j, *list;
	char *text;
	size_t i;
	int rc;

	if (tg_call_names_read(c, &names) == -1)
		return TG_EXIT_FAILED;
	j = tg_call_json(&rows[n - 1], &names);
	list = json_array();
	for (i = 0; n > 1 && i < n; i++)
		json_array_append_new(list, tg_call_json(&rows[i], &names));
	if (n > 1)
		json_object_set(j, "attempts", list);
	json_decref(list);
	text = tg_jtree_print(j);
	json_decref(j);
	if (text == NULL)
		return tg_cmd_fail(c, "out of memory");
	tg_buf_init(&b, CALL_BYTES);
	/* Without its closing brace: the bodies come behind. */
	tg_buf_add(&b, text, strlen(text) - 1);
	free(text);
	rc = add_body(c, &b, "request", rows[0].id, TG_BODY_REQUEST);
	if (rc == 0)
		rc = add_body(c, &b, "answer", rows[0].id, TG_BODY_ANSWER);
	tg_buf_addc(&b, "}");
	rc = rc == -1 || b.failed ? TG_EXIT_FAILED : print_document(c, &b);
	tg_buf_free(&b);
	return rc;
}

/* JSON as it is, anything else as a string; not kept: null. */
static int
add_body(struct tg_cmd *c, struct tg_buf *b, const char *name, const char *id,
    enum tg_body_side side)
{
	struct tg_str text;
	size_t at;
	int rc =
	    tg_body_get(tg_cmd_store(c), c->arena, id, side, &text, &c->err);

	if (rc == -1)
		return -1;
	tg_buf_printf(b, ",\"%s\":", name);
	if (rc == 0)
		return tg_buf_addc(b, "null");
	if (tg_json_check(text, TG_MAX_JSON_DEPTH, &at) == TG_JSON_GOOD)
		return tg_buf_adds(b, text);
	return tg_json_quote(b, text);
}

static int
print_document(struct tg_cmd *c, struct tg_buf *b)
{
	struct tg_err ignored = { 0 };
	json_t *j = NULL;

	if (!c->json)
		j = tg_jtree_parse(tg_buf_str(b), &ignored);
	if (j != NULL)
		return tg_cmd_json(c, j);
	fwrite(b->p, 1, b->n, c->out);
	fputc('\n', c->out);
	return TG_EXIT_GOOD;
}
