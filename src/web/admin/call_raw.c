/*
 * A call's bodies and headers as they are: JSON with line breaks, the exact
 * bytes as a file, the call as curl; and who said what when something failed.
 */
#include "config.h"

#include "web/admin/call.h"

#include <stdlib.h>

#include "base/escape.h"
#include "llm/dialect.h"
#include "store/bodies.h"
#include "web/admin/snippets.h"

#define BODY_ROOM (36 * 1024)	/* bytes of HTML, for each */
#define CURL_BYTES (24 * 1024)	/* a larger body is a file's */
#define SAID_ROOM 6000
#define HEADER_ROOM 600
#define HEADERS_MAX 80

static int body_of(struct tg_call_page *c, enum tg_body_side side,
    struct tg_str *text);

/* 1 found, 0 not kept. */
static int
body_of(struct tg_call_page *c, enum tg_body_side side, struct tg_str *text)
{
	return tg_body_get(tg_app_store(c->m->w->app), c->p->a, c->last->id,
	    side, text, c->m->e);
}

/* Of text for people: what is no UTF-8 is not shown at all. */
static json_t *
shown(struct tg_str text, size_t room, bool *cut)
{
	size_t n = tg_call_cut(text, room);
	json_t *j = json_stringn(n > 0 ? text.p : "", n);

	*cut = n < text.n;
	return j != NULL ? j : json_string("\xef\xbf\xbd");
}

/* --- JSON --- */

static int
set_json(struct tg_call_page *c, enum tg_body_side side, const char *name)
{
	struct tg_err none = { 0 };
	struct tg_str text;
	json_t *tree, *o;
	char *pretty;
	bool cut;
	int rc = body_of(c, side, &text);

	if (rc != 1)
		return rc;
	tree = tg_jtree_parse(text, &none);
	pretty = tree != NULL ? tg_jtree_pretty(tree) : NULL;
	json_decref(tree);
	o = json_pack("{s:I, s:o}", "bytes", (json_int_t)text.n, "text",
	    shown(pretty != NULL ? tg_str(pretty) : text, BODY_ROOM, &cut));
	(void)json_object_set_new(o, "cut", json_boolean(cut));
	free(pretty);
	tg_page_set(c->p, name, o);
	return 0;
}

int
tg_call_show_json(struct tg_call_page *c)
{
	tg_page_set_true(c->p, "json", true);
	if (set_json(c, TG_BODY_REQUEST, "request_json") == -1)
		return -1;
	return set_json(c, TG_BODY_ANSWER, "answer_json");
}

/* --- headers --- */

/* What has no value of its own takes the next of those that are apart. */
static void
add_headers(json_t *to, const json_t *shared, const json_t *own)
{
	const json_t *pair;
	size_t i, apart = 0;
	bool cut;

	json_array_foreach(shared, i, pair) {
		const char *value =
		    json_string_value(json_array_size(pair) > 1 ?
			    json_array_get(pair, 1) :
			    json_array_get(own, apart++));
		const char *name =
		    json_string_value(json_array_get(pair, 0));
		json_t *o;

		if (value == NULL || name == NULL ||
		    json_array_size(to) >= HEADERS_MAX)
			continue;
		o = json_pack("{s:s, s:o}", "name", name, "value",
		    shown(tg_str(value), HEADER_ROOM, &cut));
		(void)json_object_set_new(o, "cut", json_boolean(cut));
		(void)json_array_append_new(to, o);
	}
}

static int
set_headers(struct tg_call_page *c)
{
	static const char *const kinds[] = { "request", "upstream",
		"answer" };
	static const char *const titles[] = { N_("Of the request"),
		N_("Of the upstream's answer"), N_("Of our answer") };
	struct tg_err none = { 0 };
	struct tg_str text;
	json_t *heads, *list;
	int rc = body_of(c, TG_BODY_HEADS, &text);

	if (rc != 1)
		return rc;
	heads = tg_jtree_parse(text, &none);
	list = json_array();
	for (int i = 0; i < 3; i++) {
		json_t *rows = json_array();

		add_headers(rows,
		    json_object_get(
			json_object_get(heads, "shared"), kinds[i]),
		    json_object_get(heads, kinds[i]));
		(void)json_array_append_new(list, json_pack(
		    "{s:s, s:b, s:o}", "title",
		    tg_page_words(c->p, titles[i]), "some",
		    json_array_size(rows) > 0, "rows", rows));
	}
	json_decref(heads);
	tg_page_set(c->p, "heads", list);
	return 0;
}

/* --- curl --- */

static const char *
endpoint_of(const struct tg_call_row *r)
{
	for (int i = 0; i < TG_DIALECT__MAX; i++)
		if (r->route != NULL &&
		    strcmp(tg_dialects[i].name, r->route) == 0)
			return tg_dialects[i].endpoint;
	return "/chat/completions";
}

static int
set_curl(struct tg_call_page *c)
{
	const struct tg_call_row *r = c->last;
	struct tg_str text;
	struct tg_buf b;
	int rc = body_of(c, TG_BODY_REQUEST, &text);

	if (rc != 1)
		return rc;
	tg_buf_init(&b, 6 * CURL_BYTES);
	tg_buf_printf(&b, "curl -sS%s '%s/v1%s' \\\n"
	    "  -H \"Authorization: Bearer $TOLLGATE_API_KEY\" \\\n"
	    "  -H 'Content-Type: application/json' \\\n",
	    r->stream ? "N" : "", tg_snippets_url(c->p), endpoint_of(r));
	if (text.n <= CURL_BYTES) {
		tg_buf_addc(&b, "  --data-raw ");
		tg_shell_quote(&b, text);
	} else {
		tg_buf_addc(&b, "  --data-binary @request.json");
		tg_page_set_true(c->p, "curl_file", true);
	}
	if (!b.failed && tg_utf8_valid(tg_buf_str(&b)))
		tg_page_set_text(c->p, "curl", b.p);
	tg_buf_free(&b);
	return 0;
}

int
tg_call_show_heads(struct tg_call_page *c)
{
	tg_page_set_true(c->p, "headers", true);
	return set_headers(c) == -1 ? -1 : set_curl(c);
}

/* --- who said what --- */

static json_t *
pretty_of(const json_t *text)
{
	char *pretty = text != NULL ? tg_call_pretty(text) : NULL;
	json_t *j;
	bool cut;

	if (pretty == NULL)
		return NULL;
	j = shown(tg_str(pretty), SAID_ROOM, &cut);
	free(pretty);
	return j;
}

static json_t *
said_of(struct tg_call_page *c, const json_t *words)
{
	json_t *list = json_array(), *o;
	const json_t *one;
	size_t i;

	json_array_foreach(json_object_get(words, "attempts"), i, one) {
		int64_t n =
		    json_integer_value(json_object_get(one, "attempt"));

		o = json_object();
		for (size_t k = 0; k < c->n; k++)
			if (c->rows[k].attempt == n) {
				tg_jtree_set_text(o, "deployment",
				    c->rows[k].deployment);
				tg_jtree_set_text(
				    o, "provider", c->rows[k].provider);
			}
		if (c->n > 1)
			(void)json_object_set_new(
			    o, "attempt", json_integer(n));
		(void)json_object_set(
		    o, "status", json_object_get(one, "status"));
		(void)json_object_set_new(
		    o, "text", pretty_of(json_object_get(one, "said")));
		(void)json_array_append_new(list, o);
	}
	return list;
}

/* The row tells why as well, where no words were kept. */
int
tg_call_show_words(struct tg_call_page *c)
{
	struct tg_err none = { 0 };
	json_t *words = NULL, *o, *saw;
	struct tg_str text;
	int rc = body_of(c, TG_BODY_UPSTREAM, &text);

	if (rc == -1)
		return -1;
	if (rc == 1)
		words = tg_jtree_parse(text, &none);
	if (words == NULL && c->last->error == NULL)
		return 0;
	o = json_object();
	tg_jtree_set_text(o, "error", c->last->error);
	if (c->last->status > 0)
		(void)json_object_set_new(
		    o, "status", json_integer(c->last->status));
	saw = pretty_of(json_object_get(words, "saw"));
	if (saw != NULL)
		(void)json_object_set_new(o, "saw", saw);
	(void)json_object_set_new(o, "said", said_of(c, words));
	(void)json_object_set_new(
	    o, "failed", json_boolean(c->last->error != NULL));
	json_decref(words);
	tg_page_set(c->p, "words", o);
	return 0;
}

/* --- the bytes --- */

struct wanted {
	struct tg_web *w;
	struct tg_call_row *rows;
	size_t n;
};

static int
find_row(struct tg_db *db, void *arg, struct tg_err *e)
{
	struct wanted *x = arg;
	struct tg_arena *a = x->w->rq->arena;

	return tg_call_look(
	    db, a, tg_arena_cstr(a, x->w->rest), &x->rows, &x->n, e);
}

int
tg_admin_call_body(struct tg_web *w)
{
	struct tg_request *rq = w->rq;
	struct tg_store *s = tg_app_store(w->app);
	struct wanted x = { .w = w };
	bool request = tg_str_is(w->rest2, "request.json");
	struct tg_str text;
	int rc = 0;

	if (tg_read(s, TG_DB_MAIN, find_row, &x, &rq->err) == -1)
		return -1;
	if (x.n > 0 && (request || tg_str_is(w->rest2, "answer.json")) &&
	    tg_call_is_theirs(w, x.rows[0].person, x.rows[0].key_id))
		rc = tg_body_get(s, rq->arena, x.rows[0].id,
		    request ? TG_BODY_REQUEST : TG_BODY_ANSWER, &text,
		    &rq->err);
	if (rc == -1)
		return -1;
	if (rc == 0)
		return tg_fail(&rq->err, TG_E_NOT_FOUND,
		    "There is no such body of a call.");
	tg_page_headers(rq);
	tg_reply_header(rq, "Content-Disposition",
	    "attachment; filename=\"%s-%s\"", x.rows[0].id,
	    request ? "request.json" : "answer.json");
	return tg_reply_send(rq, 200, "application/octet-stream", text);
}
