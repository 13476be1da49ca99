/*
 * What client programs send: their system prompts and tool sets, each once, by
 * program; one of them to be read, two of them compared.
 */
#include "config.h"

#include "web/admin/programs.h"

#include <stdlib.h>

#include "llm/talk.h"
#include "store/bodies.h"
#include "store/threads.h"
#include "web/admin/admin.h"
#include "web/admin/call.h"

#define TEXT_ROOM (72 * 1024)	/* bytes of HTML */
#define TOOL_ROOM 3000
#define VERSIONS_MAX 200	/* of a program on a page */
#define PROMPT_BYTES (16 * 1024 * 1024)

static tg_handler show_list, show_text, show_both;

const struct tg_route tg_routes_admin_programs[] = {
	{ TG_GET, "/admin/programs", TG_ACCESS_PERSON, show_list, NULL,
	    N_("What client programs send"), TG_FAULT_ERROR },
	{ TG_GET, "/admin/programs/compare", TG_ACCESS_PERSON, show_both,
	    NULL, N_("Two versions compared"), TG_FAULT_ERROR },
	{ TG_GET, "/admin/programs/{id}", TG_ACCESS_PERSON, show_text, NULL,
	    N_("A system prompt or a tool set"), TG_FAULT_ERROR },
	{ 0 },
};

/* What the viewer may see of one program, or of all. */
struct reading {
	struct tg_manage *m;
	struct tg_page *p;
	const char *program;
	struct tg_program_text *rows;
	size_t n;
};

static int
read_texts(struct tg_db *db, void *arg, struct tg_err *e)
{
	struct reading *r = arg;
	struct tg_program_filter f = { .program = r->program };
	int64_t key;

	tg_visitor_scope(r->p->w, &f.person, &key);
	return tg_program_texts(db, r->p->a, &f, &r->rows, &r->n, e);
}

static int
read_all(struct reading *r, struct tg_manage *m, struct tg_page *p,
    const char *program)
{
	*r = (struct reading){ .m = m, .p = p, .program = program };
	return tg_read(
	    tg_app_store(m->w->app), TG_DB_LOG, read_texts, r, m->e) == -1 ?
	    -1 : 0;
}

/* --- the list --- */

static void
count(json_t *o, const struct tg_program_text *t)
{
	const char *kind = t->kind == TG_PROGRAM_TOOLS ? "tool_sets" :
							 "prompts";
	json_int_t n = json_integer_value(json_object_get(o, kind));
	json_t *first = json_object_get(o, "first_at");
	json_t *last = json_object_get(o, "last_at");

	(void)json_object_set_new(o, kind, json_integer(n + 1));
	if (first == NULL || json_integer_value(first) > t->first_at)
		(void)json_object_set_new(
		    o, "first_at", json_integer(t->first_at));
	if (last == NULL || json_integer_value(last) < t->last_at)
		(void)json_object_set_new(
		    o, "last_at", json_integer(t->last_at));
}

static void
set_programs(struct reading *r)
{
	json_t *list = json_array(), *o = NULL;
	const char *name = NULL;

	for (size_t i = 0; i < r->n; i++) {
		if (name == NULL || strcmp(name, r->rows[i].program) != 0) {
			o = json_object();
			name = r->rows[i].program;
			tg_jtree_set_text(o, "program", name);
			(void)json_array_append_new(list, o);
		}
		count(o, &r->rows[i]);
	}
	tg_page_set_true(r->p, "some", r->n > 0);
	tg_page_set(r->p, "rows", list);
}

static json_t *
version_of(const struct tg_program_text *t, int64_t number)
{
	return json_pack("{s:I, s:I, s:I, s:I, s:I, s:s}", "id",
	    (json_int_t)t->id, "number", (json_int_t)number, "first_at",
	    (json_int_t)t->first_at, "last_at", (json_int_t)t->last_at,
	    "uses", (json_int_t)t->calls, "call", t->call);
}

/* The newest first, with the two newest chosen for comparing. */
static void
set_versions(struct reading *r, enum tg_program_kind kind, const char *name,
    const char *title)
{
	json_t *list = json_array(), *o;
	int64_t number = 0;

	for (size_t i = 0; i < r->n; i++)
		if (r->rows[i].kind == kind)
			(void)json_array_insert_new(list, 0,
			    version_of(&r->rows[i], ++number));
	while (json_array_size(list) > VERSIONS_MAX)
		(void)json_array_remove(list, VERSIONS_MAX);
	for (size_t i = 0; i < 2 && json_array_size(list) > 1; i++)
		(void)json_object_set_new(json_array_get(list, i),
		    i == 0 ? "newest" : "second", json_true());
	o = json_pack("{s:s, s:s, s:b, s:b, s:I, s:o}", "kind", name, "title",
	    tg_page_words(r->p, title), "some", number > 0, "several",
	    number > 1, "n", (json_int_t)number, "versions", list);
	(void)json_array_append_new(
	    json_object_get(r->p->data, "groups"), o);
}

static int
fill_list(struct tg_manage *m, struct tg_page *p)
{
	const char *program = tg_page_query(p, "program");
	struct reading r;

	if (read_all(&r, m, p, program) == -1)
		return -1;
	if (program == NULL) {
		set_programs(&r);
		return 0;
	}
	if (r.n == 0)
		return tg_fail(m->e, TG_E_NOT_FOUND,
		    "There is no program of this name.");
	tg_page_set_text(p, "program", program);
	tg_page_set(p, "groups", json_array());
	set_versions(&r, TG_PROGRAM_SYSTEM, "prompts", N_("System prompts"));
	set_versions(&r, TG_PROGRAM_TOOLS, "tools", N_("Tool sets"));
	return 0;
}

static int
show_list(struct tg_web *w)
{
	return tg_page_show(w, "programs", N_("Programs"), fill_list);
}

/* --- one of them --- */

/* By its number, with which version it is; NULL: not there, or not theirs. */
static const struct tg_program_text *
find(const struct reading *r, int64_t id, int64_t *number,
    const struct tg_program_text **before)
{
	const struct tg_program_text *found = NULL, *last = NULL;

	for (size_t i = 0; i < r->n && found == NULL; i++)
		if (r->rows[i].id == id)
			found = &r->rows[i];
	*number = 0;
	for (size_t i = 0; found != NULL && i < r->n; i++) {
		if (r->rows[i].kind != found->kind ||
		    strcmp(r->rows[i].program, found->program) != 0)
			continue;
		++*number;
		if (&r->rows[i] == found)
			break;
		last = &r->rows[i];
	}
	if (before != NULL)
		*before = last;
	return found;
}

/* The request that holds it, as a conversation; NULL: it is gone. */
static json_t *
talk_of(const struct reading *r, const struct tg_program_text *t)
{
	struct tg_err none = { 0 };
	struct tg_str body;

	if (tg_body_get(tg_app_store(r->m->w->app), r->p->a, t->call,
		TG_BODY_REQUEST, &body, &none) != 1)
		return NULL;
	return tg_talk_request(body);
}

static void
add_prompt(struct tg_buf *b, const json_t *turn)
{
	const char *role = json_string_value(json_object_get(turn, "role"));
	const json_t *part;
	size_t i;

	if (strcmp(role, "system") != 0 && strcmp(role, "developer") != 0)
		return;
	json_array_foreach(json_object_get(turn, "parts"), i, part) {
		const char *text =
		    json_string_value(json_object_get(part, "text"));

		if (text == NULL)
			continue;
		if (b->n > 0)
			tg_buf_addc(b, "\n\n");
		tg_buf_addc(b, text);
	}
}

static const char *
prompt_of(const struct reading *r, const json_t *talk)
{
	const json_t *turn;
	const char *text;
	struct tg_buf b;
	size_t i;

	tg_buf_init(&b, PROMPT_BYTES);
	json_array_foreach(json_object_get(talk, "turns"), i, turn)
		add_prompt(&b, turn);
	text = tg_arena_cstr(r->p->a, tg_buf_str(&b));
	tg_buf_free(&b);
	return text;
}

static json_t *
tools_of(const json_t *talk)
{
	json_t *none = json_array();
	json_t *both = tg_programs_tools(
	    none, json_object_get(talk, "tools"), TEXT_ROOM);
	json_t *list = json_incref(json_object_get(both, "added"));

	json_decref(none);
	json_decref(both);
	return list;
}

static void
set_version(struct tg_page *p, const char *name,
    const struct tg_program_text *t, int64_t number)
{
	tg_page_set(p, name, version_of(t, number));
	tg_page_set_text(p, "program", t->program);
	tg_page_set_true(p, "is_tools", t->kind == TG_PROGRAM_TOOLS);
}

static void
set_text(struct reading *r, const struct tg_program_text *t)
{
	json_t *talk = talk_of(r, t);
	const char *text;
	size_t n;

	tg_page_set_true(r->p, "gone", talk == NULL);
	if (talk == NULL)
		return;
	if (t->kind == TG_PROGRAM_TOOLS)
		tg_page_set(r->p, "tools", tools_of(talk));
	else {
		text = prompt_of(r, talk);
		n = tg_call_cut(tg_str(text), TEXT_ROOM);
		tg_page_set_true(r->p, "cut", text[n] != '\0');
		tg_page_set(r->p, "prompt", json_stringn(text, n));
	}
	json_decref(talk);
}

static int
unknown(struct tg_manage *m)
{
	return tg_fail(m->e, TG_E_NOT_FOUND,
	    "There is no version of this number.");
}

static int
fill_text(struct tg_manage *m, struct tg_page *p)
{
	const struct tg_program_text *t, *before;
	int64_t id = 0, number;
	struct reading r;

	if (read_all(&r, m, p, NULL) == -1)
		return -1;
	if (!tg_str_i64(m->w->rest, &id) ||
	    (t = find(&r, id, &number, &before)) == NULL)
		return unknown(m);
	set_version(p, "version", t, number);
	if (before != NULL)
		tg_page_set_int(p, "before", before->id);
	set_text(&r, t);
	return 0;
}

static int
show_text(struct tg_web *w)
{
	return tg_page_show(w, "program", N_("Program"), fill_text);
}

/* --- two of them --- */

static void
set_both(struct reading *r, const struct tg_program_text *a,
    const struct tg_program_text *b)
{
	json_t *talks[2] = { talk_of(r, a), talk_of(r, b) };

	tg_page_set_true(r->p, "gone", talks[0] == NULL || talks[1] == NULL);
	if (talks[0] != NULL && talks[1] != NULL) {
		if (a->kind == TG_PROGRAM_TOOLS)
			tg_page_set(r->p, "sets",
			    tg_programs_tools(
				json_object_get(talks[0], "tools"),
				json_object_get(talks[1], "tools"),
				TEXT_ROOM));
		else
			tg_page_set(r->p, "texts",
			    tg_programs_texts(prompt_of(r, talks[0]),
				prompt_of(r, talks[1]), TEXT_ROOM));
	}
	json_decref(talks[0]);
	json_decref(talks[1]);
}

static int
fill_both(struct tg_manage *m, struct tg_page *p)
{
	const struct tg_program_text *a, *b;
	int64_t number[2];
	struct reading r;

	if (read_all(&r, m, p, NULL) == -1)
		return -1;
	a = find(&r, tg_page_query_int(p, "a", 0), &number[0], NULL);
	b = find(&r, tg_page_query_int(p, "b", 0), &number[1], NULL);
	if (a == NULL || b == NULL)
		return unknown(m);
	if (a->kind != b->kind)
		return tg_fail_param(m->e, TG_E_INVALID, "b",
		    "A system prompt cannot be compared with a tool set.");
	set_version(p, "old", a, number[0]);
	set_version(p, "new", b, number[1]);
	set_both(&r, a, b);
	return 0;
}

static int
show_both(struct tg_web *w)
{
	return tg_page_show(w, "program_diff", N_("Versions compared"),
	    fill_both);
}
