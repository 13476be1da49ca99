/*
 * Sessions: calls of one conversation, listed and read from top to bottom.
 */
#include "config.h"

#include "llm/talk.h"
#include "store/bodies.h"
#include "store/threads.h"
#include "web/admin/admin.h"
#include "web/admin/call.h"
#include "web/admin/span.h"
#include "web/manage/rights.h"

#define ROWS 50
#define CALL_ROOM 4000		/* what each adds to the room for texts */
#define FIRST_ROOM 8000
#define TURNS_MAX 30		/* of a call */
#define PICTURES_ROOM (1024 * 1024)

static tg_handler show_list, show_one;

const struct tg_route tg_routes_admin_threads[] = {
	{ TG_GET, "/admin/threads", TG_ACCESS_PERSON, show_list, NULL,
	    N_("Sessions: conversations of several calls"), TG_FAULT_ERROR },
	{ TG_GET, "/admin/threads/{id}", TG_ACCESS_PERSON, show_one, NULL,
	    N_("One session"), TG_FAULT_ERROR },
	{ 0 },
};

/* --- the list --- */

struct listing {
	struct tg_page *p;
	struct tg_thread_filter f;
	struct tg_thread *rows;
	size_t n;
};

static int
read_list(struct tg_db *db, void *arg, struct tg_err *e)
{
	struct listing *l = arg;

	return tg_thread_list(db, l->p->a, &l->f, &l->rows, &l->n, e);
}

static json_t *
thread_of(const struct tg_thread *t, struct tg_names *names)
{
	json_t *o = json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}",
	    "id", (json_int_t)t->id, "calls", (json_int_t)t->calls, "failed",
	    (json_int_t)t->failed, "cost", (json_int_t)t->cost_nano,
	    "first_at", (json_int_t)t->first_at, "last_at",
	    (json_int_t)t->last_at, "took",
	    (json_int_t)(t->last_at - t->first_at), "input",
	    (json_int_t)t->input_tokens, "output",
	    (json_int_t)t->output_tokens);
	json_t *key = tg_call_key(names, t->key_id);
	json_t *person = tg_call_subject(names, t->person);

	tg_jtree_set_text(o, "words", t->title != NULL ? t->title : t->name);
	tg_jtree_set_text(o, "session", t->name);
	tg_jtree_set_text(o, "program", t->program);
	if (key != NULL)
		(void)json_object_set_new(o, "key", key);
	if (person != NULL)
		(void)json_object_set_new(o, "person", person);
	return o;
}

static void
set_asked(struct tg_page *p, const struct tg_thread_filter *f,
    const struct tg_span_asked *span, struct tg_names *names)
{
	json_t *asked = json_object();
	/* A number that is tried out tells no name. */
	json_t *key = p->w->caller->viewer ? tg_call_key(names, f->key_id) :
					     NULL;
	json_t *person =
	    f->person > 0 ? tg_call_subject(names, f->person) : NULL;

	tg_jtree_set_text(asked, "program", f->program);
	tg_jtree_set_text(asked, "session", f->name);
	if (f->min_calls > 1)
		(void)json_object_set_new(
		    asked, "min", json_integer(f->min_calls));
	if (key != NULL)
		(void)json_object_set_new(asked, "key", key);
	if (person != NULL && tg_page_query(p, "person") != NULL)
		(void)json_object_set_new(asked, "person", person);
	else
		json_decref(person);
	tg_page_set_true(p, "filtered", p->w->rq->query.n > 0);
	tg_page_set(p, "asked", asked);
	tg_page_set(p, "periods", tg_span_choices(p, span));
}

/* What is asked for, within what may be seen. */
static int
read_asked(struct tg_page *p, struct tg_thread_filter *f,
    struct tg_span_asked *span)
{
	int64_t person, key;

	*f = (struct tg_thread_filter){
		.key_id = tg_page_query_int(p, "key", 0),
		.person = tg_page_query_int(p, "person", 0),
		.program = tg_page_query(p, "program"),
		.name = tg_page_query(p, "session"),
		.min_calls = tg_page_query_int(p, "min", 1),
		.after = tg_page_after(p, ROWS),
		.limit = ROWS + 1,
	};
	tg_visitor_scope(p->w, &person, &key);
	if (person != 0)
		f->person = person;
	if (key != 0)
		f->key_id = key;
	if (tg_span_read(p, NULL, span) == -1)
		return -1;
	f->from_at = span->from_at;
	f->to_at = span->to_at;
	return 0;
}

static int
fill_list(struct tg_manage *m, struct tg_page *p)
{
	struct listing l = { .p = p };
	struct tg_span_asked span;
	json_t *rows = json_array();
	struct tg_names *names;
	int rc;

	tg_page_set(p, "rows", rows);
	if (read_asked(p, &l.f, &span) == -1)
		return -1;
	rc = tg_read(
	    tg_app_store(m->w->app), TG_DB_LOG, read_list, &l, m->e);
	if (rc == -1)
		return -1;
	names = tg_names_new(m->db, p->a, m->e);
	for (size_t i = 0; i < l.n && i < ROWS; i++)
		(void)json_array_append_new(
		    rows, thread_of(&l.rows[i], names));
	set_asked(p, &l.f, &span, names);
	tg_names_free(names);
	tg_page_set_true(p, "some", l.n > 0);
	tg_page_pager(p, ROWS, (int64_t)(l.n < ROWS ? l.n : ROWS), -1,
	    l.n > ROWS);
	return 0;
}

static int
show_list(struct tg_web *w)
{
	return tg_page_show(w, "threads", N_("Sessions"), fill_list);
}

/* --- one --- */

struct reading {
	struct tg_manage *m;
	struct tg_page *p;
	int64_t id;
	struct tg_thread thread;
	struct tg_thread_call *calls;
	size_t n;
	struct tg_names *names;
	size_t room, pictures;
};

static int
read_one(struct tg_db *db, void *arg, struct tg_err *e)
{
	struct reading *r = arg;
	int rc = tg_thread_find(db, r->p->a, r->id, &r->thread, e);

	if (rc != 1)
		return rc;
	if (!tg_call_is_theirs(
		r->m->w, r->thread.person, r->thread.key_id))
		return 0;
	rc = tg_thread_calls(db, r->p->a, r->id, 0, 0, &r->calls, &r->n, e);
	return rc == -1 ? -1 : 1;
}

/* Nothing is said of a body that is not kept. */
static json_t *
talk_of(struct reading *r, const char *id, enum tg_body_side side)
{
	struct tg_err none = { 0 };
	struct tg_str body;

	if (tg_body_get(tg_app_store(r->m->w->app), r->p->a, id, side, &body,
		&none) != 1)
		return NULL;
	return side == TG_BODY_REQUEST ? tg_talk_request(body) :
					 tg_talk_answer(body);
}

/* The last ones; *left: so many that are new stand before them. */
static json_t *
last_turns(const json_t *turns, int64_t known, size_t *from, int64_t *left)
{
	size_t n = json_array_size(turns);
	json_t *some = json_array();

	*from = n > TURNS_MAX ? n - TURNS_MAX : 0;
	*left = 0;
	for (size_t i = 0; i < n; i++) {
		json_t *turn = json_array_get(turns, i);
		const json_t *at = json_object_get(turn, "at");

		if (i >= *from)
			(void)json_array_append(some, turn);
		else if (at != NULL && json_integer_value(at) >= known)
			++*left;
	}
	return some;
}

static bool
add_turns(struct reading *r, const struct tg_thread_call *c, json_t *o,
    enum tg_body_side side)
{
	json_t *talk = talk_of(r, c->call, side);
	bool asked = side == TG_BODY_REQUEST;
	int64_t left;
	size_t first;
	json_t *some = last_turns(
	    json_object_get(talk, "turns"), c->known, &first, &left);
	struct tg_call_turns t = {
		.from = some,
		.first = first,
		.to = json_array(),
		.where = asked ? 'q' : 'a',
		.href = tg_arena_printf(r->p->a, "%sadmin/calls/%s?part=",
		    r->p->locale.root, c->call),
		.room = &r->room,
		.pictures = &r->pictures,
		.known = asked ? c->known : -1,
		.only_new = asked,
	};

	tg_call_turns(r->p, &t);
	(void)json_object_set_new(o, asked ? "turns" : "said_turns", t.to);
	if (asked && left > 0)
		(void)json_object_set_new(
		    o, "before", json_pack("{s:I}", "n", (json_int_t)left));
	json_decref(some);
	json_decref(talk);
	return talk != NULL;
}

static json_t *
facts_of(const struct tg_call_row *row)
{
	json_t *o = json_object();

	tg_jtree_set_text(o, "id", row->id);
	tg_jtree_set_text(o, "model", row->model);
	tg_jtree_set_text(o, "error", row->error);
	(void)json_object_set_new(o, "at", json_integer(row->start_at));
	(void)json_object_set_new(o, "state", tg_call_state(row));
	if (row->cost_nano != TG_COST_UNKNOWN)
		(void)json_object_set_new(
		    o, "cost", json_integer(row->cost_nano));
	if (row->end_us >= 0)
		(void)json_object_set_new(
		    o, "took", json_integer(row->end_us));
	if (row->tokens[TG_TOK_OUTPUT] >= 0)
		(void)json_object_set_new(
		    o, "output", json_integer(row->tokens[TG_TOK_OUTPUT]));
	return o;
}

static int
add_call(struct reading *r, const struct tg_thread_call *c, size_t number,
    json_t *list)
{
	struct tg_call_row *rows;
	struct tg_arena_mark mark;
	bool asked, answered;
	json_t *o;
	size_t n;

	if (tg_call_look(r->m->db, r->p->a, c->call, &rows, &n, r->m->e) ==
	    -1)
		return -1;
	if (n == 0)
		return 0;
	o = facts_of(&rows[n - 1]);
	(void)json_object_set_new(
	    o, "number", json_integer((json_int_t)number));
	(void)json_array_append_new(list, o);
	r->room += CALL_ROOM;
	mark = tg_arena_mark(r->p->a);
	asked = add_turns(r, c, o, TG_BODY_REQUEST);
	answered = add_turns(r, c, o, TG_BODY_ANSWER);
	tg_arena_rewind(r->p->a, mark);
	if (!asked && !answered)
		(void)json_object_set_new(o, "unkept", json_true());
	return 0;
}

static int
add_calls(struct reading *r)
{
	size_t at = (size_t)tg_page_after(r->p, TG_THREAD_CALLS);
	json_t *list = json_array();
	size_t i;

	tg_page_set(r->p, "calls", list);
	r->room = FIRST_ROOM;
	r->pictures = PICTURES_ROOM;
	for (i = at; i < r->n && i < at + TG_THREAD_CALLS; i++)
		if (add_call(r, &r->calls[i], i + 1, list) == -1)
			return -1;
	tg_page_pager(r->p, TG_THREAD_CALLS, (int64_t)json_array_size(list),
	    (int64_t)r->n, false);
	return 0;
}

static int
fill_one(struct tg_manage *m, struct tg_page *p)
{
	struct reading r = { .m = m, .p = p };
	int rc = 0;

	if (tg_str_i64(m->w->rest, &r.id))
		rc = tg_read(tg_app_store(m->w->app), TG_DB_LOG, read_one, &r,
		    m->e);
	if (rc == -1)
		return -1;
	if (rc == 0)
		return tg_fail(m->e, TG_E_NOT_FOUND,
		    "There is no session of this number.");
	r.names = tg_names_new(m->db, p->a, m->e);
	tg_page_set(p, "thread", thread_of(&r.thread, r.names));
	rc = add_calls(&r);
	tg_names_free(r.names);
	return rc;
}

static int
show_one(struct tg_web *w)
{
	return tg_page_show(w, "thread", N_("Session"), fill_one);
}
