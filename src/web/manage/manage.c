/*
 * Shared by the management API's routes: reading their bodies, the one
 * transaction of each, writing their answers.
 */
#include "config.h"

#include "web/manage/manage.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/money.h"
#include "store/audit.h"
#include "web/fault.h"
#include "web/manage/rights.h"

struct run {
	struct tg_manage *m;
	tg_manage_fn *fn;
};

static int answer(struct tg_web *, int, json_t *);
static int run(struct tg_web *, tg_manage_fn *, bool);

int
tg_manage_change(struct tg_web *w, tg_manage_fn *fn)
{
	return run(w, fn, true);
}

int
tg_run_change(struct tg_web *w)
{
	return run(w, w->route->fn, true);
}

int
tg_run_look(struct tg_web *w)
{
	return run(w, w->route->fn, false);
}

int
tg_run_change_models(struct tg_web *w)
{
	return tg_web_catalog(w) == 0 ? tg_run_change(w) : -1;
}

int
tg_run_look_models(struct tg_web *w)
{
	return tg_web_catalog(w) == 0 ? tg_run_look(w) : -1;
}

/* The transaction may be tried again: what the first try made is dropped. */
static int
in_transaction(struct tg_db *db, void *arg, struct tg_err *e)
{
	struct run *r = arg;

	json_decref(r->m->answer);
	r->m->answer = NULL;
	(void)json_array_clear(r->m->kept);
	r->m->db = db;
	r->m->e = e;
	return r->fn(r->m);
}

void
tg_manage_finish_fault(struct tg_web *w)
{
	struct tg_err *e = &w->rq->err;
	int status = tg_fault_status(e, tg_app_web(w->app)->compat);

	if (e->ecode[0] == '\0' && status < 500)
		(void)snprintf(e->ecode, sizeof(e->ecode), "%d", status);
	if (e->type[0] == '\0' &&
	    (e->code == TG_E_INVALID || e->code == TG_E_UNSUPPORTED))
		(void)snprintf(
		    e->type, sizeof(e->type), "%s", "bad_request_error");
}

static const char *
zone_of(struct tg_web *w)
{
	const char *zone =
	    tg_gate_settings(tg_app_gate(w->app))->house.timezone;

	return zone != NULL ? zone : "";
}

int
tg_manage_run(struct tg_manage *m, tg_manage_fn *fn, bool writes)
{
	struct tg_store *s = tg_app_store(m->w->app);
	struct tg_err *e = &m->w->rq->err;
	struct run r = { .fn = fn, .m = m };

	m->a = m->w->rq->arena;
	m->now = tg_wall_us();
	m->zone = zone_of(m->w);
	if (m->kept == NULL)
		m->kept = json_array();
	return writes ? tg_write(s, TG_DB_MAIN, in_transaction, &r, e) :
			tg_read(s, TG_DB_MAIN, in_transaction, &r, e);
}

static int
run(struct tg_web *w, tg_manage_fn *fn, bool writes)
{
	bool bodiless = w->rq->method == TG_GET || w->rq->method == TG_HEAD;
	json_t *body = bodiless ? json_object() : tg_manage_body(w);
	struct tg_manage m = { .w = w, .body = body };
	int rc = -1;

	w->manages = true;
	if (body != NULL)
		rc = tg_manage_run(&m, fn, writes);
	if (rc == 0)
		rc = tg_manage_send(w, m.answer);
	else {
		json_decref(m.answer);
		tg_manage_finish_fault(w);
	}
	json_decref(m.kept);
	json_decref(body);
	return rc;
}

json_t *
tg_manage_keep(struct tg_manage *m, json_t *j)
{
	if (j != NULL)
		(void)json_array_append_new(m->kept, j);
	return j;
}

int
tg_manage_audit(struct tg_manage *m, const char *action, const char *object,
    const char *object_id, const json_t *before, const json_t *after)
{
	struct tg_str by =
	    tg_request_header(m->w->rq, "litellm-changed-by");
	struct tg_audit row = {
		.at = m->now,
		.who = m->w->who != NULL ? m->w->who : "",
		.key_id = m->w->key.id,
		.addr = tg_arena_cstr(m->a, m->w->rq->addr),
		.changed_by = by.n > 0 ? tg_arena_cstr(m->a, by) : NULL,
		.action = action,
		.object = object,
		.object_id = object_id,
		.before = before != NULL ? tg_manage_print(m, before) : NULL,
		.after = after != NULL ? tg_manage_print(m, after) : NULL,
	};

	return tg_audit_add(m->db, &row, m->e);
}

int
tg_manage_fail(struct tg_err *e, enum tg_code code, const char *type,
    const char *param, const char *fmt, ...)
{
	char msg[sizeof(e->msg)];
	bool first = e->code == TG_OK;
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(msg, sizeof(msg), fmt, ap);
	va_end(ap);
	(void)tg_fail_param(
	    e, code, param != NULL ? param : "", "%s", msg);
	if (first && type != NULL)
		(void)snprintf(e->type, sizeof(e->type), "%s", type);
	return -1;
}

json_t *
tg_manage_body(struct tg_web *w)
{
	struct tg_request *rq = w->rq;
	json_t *j;

	w->manages = true;
	if (tg_request_body(rq, TG_MAX_MANAGE_BODY) != 0)
		return NULL;
	if (tg_str_trim(tg_buf_str(&rq->body)).n == 0)
		return json_object();
	j = tg_jtree_parse(tg_buf_str(&rq->body), &rq->err);
	if (j != NULL && !json_is_object(j)) {
		json_decref(j);
		(void)tg_fail(&rq->err, TG_E_TYPE,
		    "The body must be a JSON object.");
		return NULL;
	}
	return j;
}

int
tg_manage_send(struct tg_web *w, json_t *j)
{
	return answer(w, 200, j);
}

static int
answer(struct tg_web *w, int status, json_t *j)
{
	char *text = tg_jtree_print(j);
	int rc;

	json_decref(j);
	if (text == NULL)
		return tg_fail(&w->rq->err, TG_E_INTERNAL, "out of memory");
	rc = tg_reply_send(
	    w->rq, status, "application/json", tg_str(text));
	free(text);
	return rc;
}

/* pydantic's word for it, or NULL. */
static const char *
fault_type(enum tg_code code)
{
	switch (code) {
	case TG_E_JSON:
	case TG_E_UTF8:
	case TG_E_DEEP:
		return "json_invalid";
	case TG_E_MISSING:
		return "missing";
	case TG_E_TYPE:
		return "type_error";
	default:
		return NULL;
	}
}

bool
tg_manage_fault(struct tg_web *w)
{
	const struct tg_err *e = &w->rq->err;
	const char *type = fault_type(e->code);
	json_t *loc, *one;

	if (!w->manages || type == NULL)
		return false;
	loc = json_pack("[s]", w->rq->method == TG_GET ? "query" : "body");
	if (e->param[0] != '\0')
		(void)json_array_append_new(loc, json_string(e->param));
	one = json_pack("{s:s, s:o, s:s, s:n}", "type", type, "loc", loc,
	    "msg", e->msg, "input");
	return answer(w, 422, json_pack("{s:[o]}", "detail", one)) == 0;
}

json_t *
tg_manage_time(int64_t wall_us)
{
	char iso[TG_ISO_BYTES];

	if (wall_us == 0)
		return json_null();
	return json_string(tg_iso_time(wall_us, iso));
}

json_t *
tg_manage_usd(int64_t nano_usd)
{
	if (nano_usd % 1000000000 == 0)
		return json_integer(nano_usd / 1000000000);
	return json_real((double)nano_usd / 1e9);
}

static bool
says_nothing(const json_t *v)
{
	return v == NULL || json_is_null(v) ||
	    (json_is_object(v) && json_object_size(v) == 0) ||
	    (json_is_array(v) && json_array_size(v) == 0) ||
	    json_is_false(v) ||
	    (json_is_string(v) && json_string_length(v) == 0);
}

int
tg_manage_refuse(struct tg_web *w, const json_t *body,
    const char *const *names)
{
	for (; *names != NULL; names++)
		if (!says_nothing(json_object_get(body, *names)))
			return tg_fail_param(&w->rq->err, TG_E_UNSUPPORTED,
			    *names,
			    "This version does not enforce '%s' yet, so it "
			    "does not accept it. Leave it out.",
			    *names);
	return 0;
}
