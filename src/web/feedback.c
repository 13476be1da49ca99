/*
 * /api/v1/feedback and /api/v1/scores: what applications say of their calls,
 * and hear of them.  A key speaks of the calls that it may see.
 */
#include "config.h"

#include "web/feedback.h"

#include <math.h>
#include <stdlib.h>

#include "base/clock.h"
#include "web/manage/rights.h"

#define PAGE_MAX 1000

/* Whose calls the caller may see; both 0: all. */
struct scope {
	int64_t key_id, person;
};

/* --- what a score may be --- */

static int
check_text(const char *text, size_t max, const char *param, struct tg_err *e)
{
	if (text == NULL)
		return 0;
	if (strlen(text) > max)
		return tg_fail_param(e, TG_E_INVALID, param,
		    "'%s' is longer than %zu bytes. Make it shorter.", param,
		    max);
	for (const char *p = text; *p != '\0'; p++)
		if ((unsigned char)*p < 0x20 && *p != '\n' && *p != '\t' &&
		    *p != '\r')
			return tg_fail_param(e, TG_E_INVALID, param,
			    "'%s' holds a control character. Leave it out.",
			    param);
	return 0;
}

static int
read_value(struct tg_arena *a, const json_t *v, struct tg_score *s,
    struct tg_err *e)
{
	if (v == NULL || json_is_null(v))
		return 0;
	s->has_number = json_is_number(v) || json_is_boolean(v);
	if (json_is_number(v))
		s->number = json_number_value(v);
	else if (json_is_boolean(v) && strcmp(s->name, "thumb") == 0)
		s->number = json_is_true(v) ? 1 : -1;
	else if (json_is_boolean(v))
		s->number = json_is_true(v) ? 1 : 0;
	else if (json_is_string(v) && json_string_length(v) > 0)
		s->label = tg_arena_cstr(a, tg_str(json_string_value(v)));
	else if (!json_is_string(v))
		return tg_fail_param(e, TG_E_TYPE, "value",
		    "'value' must be a number, true or false, or a text.");
	if (s->has_number && !isfinite(s->number))
		return tg_fail_param(e, TG_E_INVALID, "value",
		    "'value' is not a finite number.");
	return check_text(s->label, TG_MAX_SCORE_LABEL, "value", e);
}

static const char *
name_of(const struct tg_score_said *said)
{
	if (said->name != NULL)
		return said->name;
	if (said->value != NULL && json_is_boolean(said->value))
		return "thumb";
	if (said->value == NULL || json_is_null(said->value))
		return "note";
	return NULL;
}

int
tg_score_read(struct tg_arena *a, const struct tg_score_said *said,
    struct tg_score *s, struct tg_err *e)
{
	const char *name = name_of(said);

	if (name == NULL)
		return tg_fail_param(e, TG_E_MISSING, "name",
		    "'name' is missing: say what the value stands for, such "
		    "as \"quality\".");
	s->name = tg_arena_cstr(a, tg_str(name));
	s->has_number = false;
	s->number = 0;
	s->label = s->comment = NULL;
	if (said->comment != NULL)
		s->comment = tg_arena_cstr(a, tg_str(said->comment));
	if (check_text(s->name, TG_MAX_SCORE_NAME, "name", e) != 0 ||
	    check_text(s->comment, TG_MAX_SCORE_COMMENT, "comment", e) != 0 ||
	    read_value(a, said->value, s, e) != 0)
		return -1;
	if (!s->has_number && s->label == NULL && s->comment == NULL)
		return tg_fail_param(e, TG_E_MISSING, "value",
		    "'value' and 'comment' are both missing. Send at least "
		    "one of them.");
	return 0;
}

/* --- which call --- */

static struct scope
scope_of(const struct tg_manage *m)
{
	struct scope s = { 0, 0 };

	if (m->w->caller->viewer)
		return s;
	if (m->w->caller->person.id != 0)
		s.person = m->w->caller->person.id;
	else
		s.key_id = m->w->key.id;
	return s;
}

static int
find_call(struct tg_manage *m, const char *id, const char *answer,
    const char **call)
{
	struct scope s = scope_of(m);
	int found;

	*call = id;
	if (id != NULL)
		found = tg_score_call_seen(
		    m->db, id, s.key_id, s.person, m->e);
	else if (answer != NULL)
		found = tg_score_call_of(m->db, m->a, answer, s.key_id,
		    s.person, call, m->e);
	else
		return tg_fail_param(m->e, TG_E_MISSING, "call_id",
		    "'call_id' is missing: send the call's id (the header "
		    "x-tollgate-call of its answer), or as 'response_id' the "
		    "answer's own.");
	if (found == 0)
		return tg_fail_param(m->e, TG_E_NOT_FOUND,
		    id != NULL ? "call_id" : "response_id",
		    "There is no such call that is over, or it is not "
		    "yours.");
	return found < 0 ? -1 : 0;
}

/* --- answers --- */

static json_t *
shown(const struct tg_score *s)
{
	json_t *j = json_pack("{s:I, s:s, s:s}", "id", (json_int_t)s->id,
	    "call_id", s->call, "name", s->name);

	(void)json_object_set_new(j, "value",
	    s->has_number ? json_real(s->number) :
	    s->label != NULL ? json_string(s->label) : json_null());
	tg_jtree_set_text(j, "comment", s->comment);
	tg_jtree_set_text(j, "source", s->source);
	tg_jtree_set_text(j, "made_by", s->made_by);
	(void)json_object_set_new(j, "created_at", tg_manage_time(s->at));
	(void)json_object_set_new(
	    j, "updated_at", tg_manage_time(s->updated_at));
	return j;
}

static int
feedback(struct tg_manage *m)
{
	struct tg_score_said said = { .value =
					  json_object_get(m->body, "value") };
	struct tg_score s = { .source = "api", .made_by = m->w->who, .key_id = m->w->key.id, .updated_at = m->now };
	const char *id, *answer;

	if (!m->w->caller->may_write)
		return tg_caller_deny(m, "give feedback");
	if (tg_manage_text(m, "call_id", &id) != 0 ||
	    tg_manage_text(m, "response_id", &answer) != 0 ||
	    tg_manage_text(m, "name", &said.name) != 0 ||
	    tg_manage_text(m, "comment", &said.comment) != 0 ||
	    tg_score_read(m->a, &said, &s, m->e) != 0 ||
	    find_call(m, id, answer, &s.call) != 0 ||
	    tg_score_put(m->db, &s, m->e) != 0)
		return -1;
	m->answer = shown(&s);
	return 0;
}

static int
feedback_list(struct tg_manage *m)
{
	const char *call;
	struct tg_score *rows;
	json_t *list;
	size_t n;

	if (find_call(m, tg_manage_query(m, "call_id"),
		tg_manage_query(m, "response_id"), &call) != 0 ||
	    tg_score_list(m->db, m->a, call, &rows, &n, m->e) != 0)
		return -1;
	list = json_array();
	for (size_t i = 0; i < n; i++)
		(void)json_array_append_new(list, shown(&rows[i]));
	m->answer = json_pack("{s:s, s:o}", "call_id", call, "scores", list);
	return 0;
}

static int
feedback_delete(struct tg_manage *m)
{
	struct tg_score s;
	int64_t id = 0;
	int found = 0;

	if (!m->w->caller->may_write)
		return tg_caller_deny(m, "take feedback back");
	if (tg_str_i64(m->w->rest, &id))
		found = tg_score_find(m->db, m->a, id, &s, m->e);
	if (found < 0)
		return -1;
	if (found == 0 || (!m->w->caller->admin &&
	    (s.key_id == 0 || s.key_id != m->w->key.id)))
		return tg_fail_param(m->e, TG_E_NOT_FOUND, "id",
		    "There is no such score, or this key did not make it.");
	if (tg_score_drop(m->db, id, m->e) != 0)
		return -1;
	m->answer = json_pack(
	    "{s:I, s:b}", "id", (json_int_t)id, "deleted", 1);
	return 0;
}

/* --- lists --- */

static int
query_number(struct tg_manage *m, const char *name, bool *there, double *out)
{
	const char *text = tg_manage_query(m, name);
	char *end;

	*there = text != NULL;
	if (text == NULL)
		return 0;
	*out = strtod(text, &end);
	if (*end != '\0' || !isfinite(*out))
		return tg_fail_param(
		    m->e, TG_E_TYPE, name, "'%s' must be a number.", name);
	return 0;
}

static int
query_time(struct tg_manage *m, const char *name, int64_t *at)
{
	const char *text = tg_manage_query(m, name);
	const char *whole = text;

	if (text == NULL)
		return 0;
	if (strlen(text) == 10)
		whole = tg_arena_printf(m->a, "%sT00:00:00Z", text);
	if (tg_iso_parse(tg_str(whole), at) != 0)
		return tg_fail_param(m->e, TG_E_INVALID, name,
		    "'%s' must be a date, 2026-11-20, or a time in UTC, "
		    "2026-11-20T14:00:00Z.",
		    name);
	return 0;
}

static int
read_query(struct tg_manage *m, struct tg_score_query *q, int64_t *page)
{
	struct scope s = scope_of(m);

	*page = 1;
	*q = (struct tg_score_query){ .limit = 100, .key_id = s.key_id,
		.person = s.person,
		.filter = { .name = tg_manage_query(m, "name"),
		    .label = tg_manage_query(m, "label") } };
	if (query_number(m, "min", &q->filter.by_min, &q->filter.min) != 0 ||
	    query_number(m, "max", &q->filter.by_max, &q->filter.max) != 0 ||
	    query_time(m, "from", &q->from_at) != 0 ||
	    query_time(m, "to", &q->to_at) != 0 ||
	    tg_manage_query_int(m, "limit", 1, PAGE_MAX, &q->limit) != 0 ||
	    tg_manage_query_int(m, "page", 1, 1000000, page) != 0)
		return -1;
	q->after = (*page - 1) * q->limit;
	return 0;
}

static int
score_list(struct tg_manage *m)
{
	struct tg_score_query q;
	struct tg_score_row *rows;
	int64_t total, page;
	json_t *list, *one;
	size_t n;

	if (read_query(m, &q, &page) != 0 ||
	    tg_score_page(m->db, m->a, &q, &rows, &n, &total, m->e) != 0)
		return -1;
	list = json_array();
	for (size_t i = 0; i < n; i++) {
		one = shown(&rows[i].score);
		tg_jtree_set_text(one, "model", rows[i].model);
		(void)json_array_append_new(list, one);
	}
	m->answer = json_pack("{s:o, s:I, s:I, s:I}", "scores", list,
	    "total", (json_int_t)total, "page", (json_int_t)page, "limit",
	    (json_int_t)q.limit);
	return 0;
}

const struct tg_route tg_routes_feedback[] = {
	{ TG_POST, "/api/v1/feedback", TG_ACCESS_KEY, tg_run_change, feedback,
	    "Says how good a call was: number, yes or no, label, comment",
	    TG_FAULT_ERROR },
	{ TG_GET, "/api/v1/feedback", TG_ACCESS_KEY, tg_run_look,
	    feedback_list, "What was said of one call", TG_FAULT_ERROR },
	{ TG_DELETE, "/api/v1/feedback/{id}", TG_ACCESS_KEY, tg_run_change,
	    feedback_delete, "Takes back what this key said", TG_FAULT_ERROR },
	{ TG_GET, "/api/v1/scores", TG_ACCESS_KEY, tg_run_look, score_list,
	    "What was said of calls, the newest first", TG_FAULT_ERROR },
	{ .path = NULL },
};
