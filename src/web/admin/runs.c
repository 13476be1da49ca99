/*
 * /admin/runs/{run}: a call and those that were made from it, side by side, or
 * each compared with the first.
 */
#include "config.h"

#include <stdlib.h>

#include "llm/talk.h"
#include "store/bodies.h"
#include "store/call_scan.h"
#include "web/admin/replay.h"
#include "web/page/textdiff.h"

#define PAGE_TEXT 60000		/* bytes of answers on a page, about */
#define LEAST_TEXT 2000
#define BODY_BYTES ((size_t)512 * 1024 * 1024)
#define CONTEXT 2
#define SORTED (JSON_INDENT(2) | JSON_SORT_KEYS | JSON_REAL_PRECISION(15))

struct run {
	struct tg_manage *m;
	struct tg_page *p;
	bool diff;
	size_t most;			/* bytes of each answer */
	struct tg_buf first, first_request;	/* of the original */
};

/* --- what was said --- */

static bool
is_here(const char *url)
{
	static const char *const kinds[] = { "data:image/png",
		"data:image/jpeg", "data:image/gif", "data:image/webp" };

	for (size_t i = 0; url != NULL && i < 4; i++)
		if (strncmp(url, kinds[i], strlen(kinds[i])) == 0)
			return true;
	return false;
}

void
tg_replay_pictures(const json_t *turns)
{
	json_t *turn, *part, *url;
	size_t i, k;

	json_array_foreach(turns, i, turn) {
		json_array_foreach(json_object_get(turn, "parts"), k, part) {
			url = json_object_get(part, "image");
			if (url == NULL || is_here(json_string_value(url)))
				continue;
			(void)json_object_set(part, "picture_at", url);
			(void)json_object_del(part, "image");
		}
	}
}

/* All words of an answer, and its calls of tools, for comparing. */
static void
add_words(struct tg_buf *b, const json_t *turns)
{
	json_t *turn, *part, *call;
	const char *text;
	size_t i, k;
	char *args;

	json_array_foreach(turns, i, turn) {
		json_array_foreach(json_object_get(turn, "parts"), k, part) {
			text = json_string_value(
			    json_object_get(part, "text"));
			if (text != NULL)
				(void)tg_buf_printf(b, "%s\n", text);
			call = json_object_get(part, "call");
			if (call == NULL)
				continue;
			args = tg_jtree_pretty(
			    json_object_get(call, "arguments"));
			text = json_string_value(
			    json_object_get(call, "name"));
			(void)tg_buf_printf(b, "%s(%s)\n",
			    text != NULL ? text : "", args);
			free(args);
		}
	}
}

static void
shorten(json_t *part, const char *name, size_t *left, bool *cut)
{
	json_t *v = json_object_get(part, name);
	struct tg_str s = tg_str(json_string_value(v));

	if (s.n <= *left) {
		*left -= s.n;
		return;
	}
	s.n = *left;
	while (s.n > 0 && ((unsigned char)s.p[s.n] & 0xc0) == 0x80)
		s.n--;
	*left = 0;
	*cut = true;
	(void)json_object_set_new(part, name, json_stringn(s.p, s.n));
}

static bool
shorten_all(const json_t *turns, size_t most)
{
	json_t *turn, *part;
	bool cut = false;
	size_t i, k;

	json_array_foreach(turns, i, turn) {
		json_array_foreach(json_object_get(turn, "parts"), k, part) {
			shorten(part, "reasoning", &most, &cut);
			shorten(part, "text", &most, &cut);
		}
	}
	return cut;
}

static json_t *
stored(struct run *r, const char *id, enum tg_body_side side)
{
	struct tg_arena *a = tg_arena_new(BODY_BYTES);
	struct tg_err why = { 0 };
	struct tg_str text;
	json_t *j = NULL;

	if (tg_body_get(tg_app_store(r->m->w->app), a, id, side, &text,
		&why) == 1)
		j = side == TG_BODY_ANSWER ? tg_talk_answer(text) :
					     tg_jtree_parse(text, &why);
	tg_arena_free(a);
	return j;
}

/* The first one is kept, the others are held against it. */
static void
compare(struct run *r, json_t *column, const json_t *turns)
{
	struct tg_buf words;
	json_t *diff;

	tg_buf_init(&words, BODY_BYTES);
	add_words(&words, turns);
	if (r->first.p == NULL)
		r->first = words;
	else {
		diff = tg_textdiff(tg_buf_str(&r->first), tg_buf_str(&words),
		    CONTEXT);
		(void)json_object_set_new(column, "same",
		    json_boolean(json_array_size(diff) == 0));
		(void)json_object_set_new(column, "has_diff",
		    json_boolean(r->diff && json_array_size(diff) > 0));
		if (r->diff)
			(void)json_object_set(column, "diff", diff);
		json_decref(diff);
		tg_buf_free(&words);
	}
}

static void
add_answer(struct run *r, json_t *column, const char *id)
{
	json_t *talk = stored(r, id, TG_BODY_ANSWER);
	json_t *turns = json_object_get(talk, "turns");

	(void)json_object_set_new(
	    column, "kept", json_boolean(talk != NULL));
	if (talk != NULL)
		compare(r, column, turns);
	if (talk != NULL && !r->diff) {
		(void)json_object_set_new(column, "cut",
		    json_boolean(shorten_all(turns, r->most)));
		tg_replay_pictures(turns);
		(void)json_object_set(column, "turns", turns);
	}
	json_decref(talk);
}

/* How the request was changed, in JSON. */
static void
add_request(struct run *r, json_t *column, const char *id)
{
	json_t *request, *diff;
	struct tg_buf text;
	char *pretty;

	if (!r->diff)
		return;
	request = stored(r, id, TG_BODY_REQUEST);
	tg_replay_plain(request);
	pretty = request != NULL ? json_dumps(request, SORTED) : NULL;
	json_decref(request);
	tg_buf_init(&text, BODY_BYTES);
	(void)tg_buf_addc(&text, pretty != NULL ? pretty : "");
	free(pretty);
	if (r->first_request.p == NULL) {
		r->first_request = text;
		return;
	}
	if (text.n > 0) {
		diff = tg_textdiff(tg_buf_str(&r->first_request),
		    tg_buf_str(&text), CONTEXT);
		(void)json_object_set_new(column, "same_request",
		    json_boolean(json_array_size(diff) == 0));
		(void)json_object_set_new(column, "has_request_diff",
		    json_boolean(json_array_size(diff) > 0));
		(void)json_object_set(column, "request_diff", diff);
		json_decref(diff);
	}
	tg_buf_free(&text);
}

/* --- columns --- */

static const char *const ends[] = {
	[TG_CALL_OPEN] = N_("running"),
	[TG_CALL_DONE] = N_("ok"),
	[TG_CALL_FAILED] = N_("failed"),
	[TG_CALL_GONE] = N_("left"),
	[TG_CALL_LOST] = N_("lost"),
	[TG_CALL_REFUSED] = N_("refused"),
};

void
tg_replay_facts(json_t *c, const struct tg_call_row *rows, size_t n)
{
	const struct tg_call_row *last = &rows[n - 1];
	int64_t cost = 0, input = tg_call_tokens(last);
	int64_t output = last->tokens[TG_TOK_OUTPUT];

	for (size_t i = 0; i < n; i++)
		if (rows[i].cost_nano != TG_COST_UNKNOWN)
			cost += rows[i].cost_nano;
		else if (i + 1 == n)
			cost = TG_COST_UNKNOWN;
	tg_jtree_set_text(c, "id", last->id);
	tg_jtree_set_text(c, "model", last->model);
	tg_jtree_set_text(c, "state", ends[last->state]);
	tg_jtree_set_text(c, "reason", last->error);
	(void)json_object_set_new(
	    c, "ok", json_boolean(last->state == TG_CALL_DONE));
	(void)json_object_set_new(c, "status", json_integer(last->status));
	(void)json_object_set_new(c, "at", json_integer(last->start_at));
	(void)json_object_set_new(c, "cost",
	    cost == TG_COST_UNKNOWN ? json_null() : json_integer(cost));
	if (output >= 0 && input >= output)
		(void)json_object_set_new(
		    c, "input", json_integer(input - output));
	if (output >= 0)
		(void)json_object_set_new(c, "output", json_integer(output));
	if (last->end_us >= 0)
		(void)json_object_set_new(
		    c, "took", json_integer(last->end_us));
	if (last->stream && last->first_content_us >= 0)
		(void)json_object_set_new(
		    c, "first", json_integer(last->first_content_us));
}

static int
add_column(struct run *r, json_t *columns, const char *id, int number)
{
	struct tg_call_row *rows;
	json_t *c;
	size_t n;
	int found = tg_replay_call(r->m, id, &rows, &n);

	if (found != 1)
		return found;
	c = json_object();
	(void)json_object_set_new(
	    c, "original", json_boolean(number == 0));
	if (number > 0)
		(void)json_object_set_new(c, "n", json_integer(number));
	tg_replay_facts(c, rows, n);
	add_answer(r, c, id);
	add_request(r, c, id);
	(void)json_array_append_new(columns, c);
	return 1;
}

static int
no_run(struct tg_manage *m)
{
	return tg_fail(m->e, TG_E_NOT_FOUND,
	    N_("There is no such comparison, or its calls are not yours."));
}

static int
add_columns(struct run *r, const struct tg_replay *rows, size_t n)
{
	json_t *columns = json_array();
	size_t shown = 0, missing = 0;
	int found;

	tg_page_set(r->p, "columns", columns);
	r->most = PAGE_TEXT / (n + 1);
	if (r->most < LEAST_TEXT)
		r->most = LEAST_TEXT;
	found = add_column(r, columns, rows[0].original, 0);
	for (size_t i = 0; found >= 0 && i < n; i++) {
		found = add_column(r, columns, rows[i].call, (int)i + 1);
		if (found == 1)
			shown++;
		else
			missing++;
	}
	if (found < 0)
		return -1;
	tg_page_set_int(r->p, "missing", (int64_t)missing);
	tg_page_set_int(r->p, "total", (int64_t)shown);
	return shown == 0 &&
		r->m->w->visitor->role < TG_VISIT_VIEWER ?
	    no_run(r->m) :
	    0;
}

static int
show(struct tg_manage *m, struct tg_page *p)
{
	const char *view = tg_page_query(p, "view");
	const char *id = tg_arena_cstr(m->a, m->w->rest);
	struct run r = { .m = m, .p = p,
		.diff = view != NULL && strcmp(view, "diff") == 0 };
	struct tg_replay *rows;
	size_t n;
	int rc;

	if (tg_replay_list(m->db, m->a, NULL, id, &rows, &n, m->e) != 0)
		return -1;
	if (n == 0)
		return no_run(m);
	tg_page_set_text(p, "run", id);
	tg_page_set_text(p, "of", rows[0].original);
	tg_page_set_text(p, "made_by", rows[0].made_by);
	tg_page_set_int(p, "made_at", rows[0].at);
	tg_page_set_true(p, "diffs", r.diff);
	rc = add_columns(&r, rows, n);
	tg_buf_free(&r.first);
	tg_buf_free(&r.first_request);
	return rc;
}

int
tg_admin_run(struct tg_web *w)
{
	return tg_page_show(w, "run", N_("Comparison"), show);
}
