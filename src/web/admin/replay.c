/*
 * /admin/replay/{call}: a call made again, on one or more models, changed or
 * not.  Each is a call like any other, of who asked for it; which ones belong
 * together is written down before the first is made.
 */
#include "config.h"

#include "web/admin/replay.h"

#include <stdlib.h>

#include "base/clock.h"
#include "web/admin/admin.h"

#define TIMES_MAX 5
#define MODEL_BYTES 256

/* Which models, how often, what; on the stack of the handler. */
struct order {
	struct tg_page *p;
	struct tg_replay_source source;
	const char *models[TG_ERRANDS_MAX];
	size_t n_models;
	int64_t times;
	bool stream;
	char run[TG_UUID_BYTES];
	struct tg_errand errands[TG_ERRANDS_MAX];
	char *bodies[TG_ERRANDS_MAX];
	size_t n;
};

/* --- the form --- */

static bool
is_ticked(struct tg_page *p, const struct tg_replay_source *s,
    const char *name)
{
	if (p->w->rq->method == TG_POST)
		return tg_manage_among(tg_page_fields(p, "model[]"), name);
	return s->row.model != NULL && strcmp(s->row.model, name) == 0;
}

static int
set_models(struct tg_page *p, const struct tg_replay_source *s)
{
	const struct tg_who *who;
	json_t *list, *one;
	bool wildcards, found = false;
	size_t i;

	if (tg_errand_who(p->w, &who) != 0)
		return -1;
	list = tg_errand_models(p->w, who, s->dialect, &wildcards);
	tg_who_release(who);
	json_array_foreach(list, i, one) {
		const char *name =
		    json_string_value(json_object_get(one, "name"));
		bool ticked = is_ticked(p, s, name);

		(void)json_object_set_new(
		    one, "ticked", json_boolean(ticked));
		found |= ticked;
	}
	tg_page_set(p, "models", list);
	tg_page_set_true(p, "wildcards", wildcards);
	if (p->w->rq->method == TG_POST)
		tg_page_set_text(p, "others", tg_page_field(p, "others"));
	else if (!found && wildcards)
		tg_page_set_text(p, "others", s->row.model);
	return 0;
}

static void
set_call(struct tg_page *p, const struct tg_replay_source *s)
{
	json_t *call = json_pack("{s:s, s:I, s:I}", "id", s->row.id, "at",
	    (json_int_t)s->row.start_at, "bytes", (json_int_t)s->bytes);

	tg_jtree_set_text(call, "model", s->row.model);
	tg_jtree_set_text(call, "route", s->row.route);
	tg_page_set(p, "call", call);
	tg_page_set(p, "dropped", json_incref(s->dropped));
	tg_page_set_true(p, "has_dropped", json_array_size(s->dropped) > 0);
	tg_page_set_true(
	    p, "can_stream", s->dialect != TG_DIALECT_EMBEDDINGS);
	tg_page_set_true(p, "stream", p->w->rq->method != TG_POST || tg_page_field(p, "stream") != NULL);
	tg_page_set_text(p, "times", tg_page_field(p, "times") != NULL ? tg_page_field(p, "times") : "1");
}

static int
show(struct tg_manage *m, struct tg_page *p)
{
	const char *id = tg_arena_cstr(m->a, m->w->rest);
	struct tg_replay_source s;
	int rc = tg_replay_source(m, id, &s);

	if (rc == 0) {
		set_call(p, &s);
		tg_page_set_true(p, "kept", s.request != NULL);
	}
	if (rc == 0 && s.request != NULL) {
		tg_replay_form(p, &s);
		rc = set_models(p, &s);
	}
	tg_replay_source_free(&s);
	return rc;
}

static int
replay(struct tg_web *w)
{
	return tg_page_show_models(w, "replay", N_("Make a call again"), show);
}

/* --- what was ordered --- */

static int
add_model(struct order *o, struct tg_str name)
{
	struct tg_err *e = &o->p->w->rq->err;
	const char *text;

	name = tg_str_trim(name);
	if (name.n == 0)
		return 0;
	if (name.n > MODEL_BYTES)
		return tg_fail_param(
		    e, TG_E_INVALID, "others", N_("That is no model's name."));
	text = tg_arena_cstr(o->p->a, name);
	for (size_t i = 0; i < o->n_models; i++)
		if (strcmp(o->models[i], text) == 0)
			return 0;
	if (o->n_models == TG_ERRANDS_MAX)
		return tg_fail_param(e, TG_E_INVALID, "model",
		    "At most %d calls are made at once. Tick fewer models.",
		    TG_ERRANDS_MAX);
	o->models[o->n_models++] = text;
	return 0;
}

static int
read_models(struct order *o)
{
	const json_t *ticked = tg_page_fields(o->p, "model[]");
	struct tg_str rest = tg_str(tg_page_field(o->p, "others")), line, one;
	json_t *name;
	size_t i;

	json_array_foreach(ticked, i, name) {
		if (add_model(o, tg_str(json_string_value(name))) != 0)
			return -1;
	}
	while (tg_str_cut(&rest, '\n', &line))
		while (tg_str_cut(&line, ',', &one))
			if (add_model(o, one) != 0)
				return -1;
	if (o->n_models == 0)
		return tg_fail_param(&o->p->w->rq->err, TG_E_INVALID, "model",
		    N_("No model is ticked. Tick at least one."));
	return 0;
}

static int
read_order(struct order *o)
{
	struct tg_err *e = &o->p->w->rq->err;
	const char *times = tg_page_field(o->p, "times");

	o->times = 1;
	if (times != NULL &&
	    (!tg_str_i64(tg_str(times), &o->times) || o->times < 1 ||
		o->times > TIMES_MAX))
		return tg_fail_param(e, TG_E_INVALID, "times",
		    "'times' must be a whole number from 1 to %d.",
		    TIMES_MAX);
	if (read_models(o) != 0)
		return -1;
	if (o->n_models * (size_t)o->times > TG_ERRANDS_MAX)
		return tg_fail_param(e, TG_E_INVALID, "times",
		    "At most %d calls are made at once. Tick fewer models, or "
		    "ask each less often.",
		    TG_ERRANDS_MAX);
	o->stream = tg_page_field(o->p, "stream") != NULL &&
	    o->source.dialect != TG_DIALECT_EMBEDDINGS;
	return 0;
}

/* --- the calls --- */

static int
write_errands(struct order *o, json_t *request)
{
	if (o->stream)
		(void)json_object_set_new(request, "stream", json_true());
	for (size_t i = 0; i < o->n_models; i++) {
		(void)json_object_set_new(
		    request, "model", json_string(o->models[i]));
		o->bodies[i] = tg_jtree_print(request);
		if (o->bodies[i] == NULL)
			return tg_fail(&o->p->w->rq->err, TG_E_INTERNAL,
			    "out of memory");
		for (int64_t k = 0; k < o->times; k++) {
			struct tg_errand *d = &o->errands[o->n++];

			d->dialect = o->source.dialect;
			d->body = tg_str(o->bodies[i]);
			d->agent = "tollgate-replay";
			(void)tg_uuid7(d->id);
		}
	}
	return 0;
}

static int
write_down(struct tg_manage *m)
{
	struct order *o = m->page->own;

	for (size_t i = 0; i < o->n; i++) {
		struct tg_replay r = { .call = o->errands[i].id,
			.original = o->source.row.id, .run = o->run,
			.made_by = m->w->visitor->name, .at = m->now };

		if (tg_replay_add(m->db, &r, m->e) != 0)
			return -1;
	}
	return 0;
}

static int
find_source(struct tg_manage *m, struct tg_page *p)
{
	struct order *o = p->own;
	int rc;

	tg_replay_source_free(&o->source);
	rc = tg_replay_source(
	    m, tg_arena_cstr(m->a, m->w->rest), &o->source);
	if (rc == 0 && o->source.request == NULL)
		return tg_fail(m->e, TG_E_NOT_FOUND,
		    N_("The request of this call is not kept, so it cannot be "
		    "made again."));
	return rc;
}

static int
carry_out(struct order *o)
{
	json_t *request;
	int rc;

	if (o->p->w->rq->err.code != TG_OK ||
	    tg_page_read(o->p, find_source) != 0 || read_order(o) != 0)
		return -1;
	request = tg_replay_sent(o->p, &o->source);
	if (request == NULL)
		return -1;
	(void)tg_uuid7(o->run);
	rc = write_errands(o, request);
	json_decref(request);
	if (rc != 0 ||
	    tg_page_do(o->p, write_down, json_object(), NULL) != 0)
		return -1;
	return tg_errands_run(o->p->w, o->errands, o->n);
}

static int
make_again(struct tg_web *w)
{
	struct order o = { .n = 0 };
	int rc;

	if (tg_web_catalog(w) != 0)
		return -1;
	o.p = tg_page_open(w, "replay", N_("Make a call again"));
	o.p->own = &o;
	rc = carry_out(&o);
	tg_errands_free(o.errands, o.n);
	for (size_t i = 0; i < o.n_models; i++)
		free(o.bodies[i]);
	tg_replay_source_free(&o.source);
	if (rc != 0)
		return tg_page_refused(o.p, show);
	return tg_page_goto(o.p, NULL, "admin/runs/%s", o.run);
}

/* --- on a call's page --- */

/* Those of one run follow each other. */
static json_t *
runs_of(const struct tg_replay *rows, size_t n)
{
	json_t *list = json_array(), *one = NULL;
	json_int_t calls = 0;

	for (size_t i = 0; i < n; i++) {
		if (i == 0 || strcmp(rows[i - 1].run, rows[i].run) != 0) {
			one = json_pack("{s:s, s:I}", "run", rows[i].run,
			    "at", (json_int_t)rows[i].at);
			tg_jtree_set_text(one, "made_by", rows[i].made_by);
			(void)json_array_append_new(list, one);
			calls = 0;
		}
		(void)json_object_set_new(
		    one, "calls", json_integer(++calls));
	}
	return list;
}

int
tg_replay_show(struct tg_manage *m, struct tg_page *p,
    const struct tg_call_row *row)
{
	json_t *j = json_object();
	struct tg_replay *rows, own;
	int found;
	size_t n;

	tg_page_set(p, "replay", j);
	tg_jtree_set_text(j, "call", row->id);
	(void)json_object_set_new(j, "may",
	    json_boolean(row->state != TG_CALL_OPEN &&
		tg_errand_dialect(row->route) != TG_DIALECT__MAX));
	found = tg_replay_find(m->db, m->a, row->id, &own, m->e);
	if (found < 0 ||
	    tg_replay_list(
		m->db, m->a, row->id, NULL, &rows, &n, m->e) != 0)
		return -1;
	if (found == 1) {
		tg_jtree_set_text(j, "of", own.original);
		tg_jtree_set_text(j, "run", own.run);
	}
	(void)json_object_set_new(j, "runs", runs_of(rows, n));
	return 0;
}

int
tg_replay_mark(struct tg_manage *m, json_t *rows)
{
	struct tg_replay r;
	json_t *row;
	size_t i;
	int found;

	json_array_foreach(rows, i, row) {
		found = tg_replay_find(m->db, m->a,
		    json_string_value(json_object_get(row, "id")), &r, m->e);
		if (found < 0)
			return -1;
		if (found == 1)
			(void)json_object_set_new(row, "replay", json_true());
	}
	return 0;
}

const struct tg_route tg_routes_admin_replay[] = {
	{ TG_GET, "/admin/replay/{call}", TG_ACCESS_HOLDER, replay, NULL,
	    "The form that makes a call again", TG_FAULT_ERROR },
	{ TG_POST, "/admin/replay/{call}", TG_ACCESS_HOLDER, make_again, NULL,
	    "Makes a call again, on one or more models", TG_FAULT_ERROR },
	{ TG_GET, "/admin/runs/{run}", TG_ACCESS_HOLDER, tg_admin_run, NULL,
	    "A call and those that were made from it, side by side",
	    TG_FAULT_ERROR },
	{ .path = NULL },
};
