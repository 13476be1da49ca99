/*
 * /admin/scores: what was said of calls, by name and model; and the forms on a
 * call's page that say it.
 */
#include "config.h"

#include "web/admin/scores.h"

#include <stdlib.h>

#include "web/admin/admin.h"
#include "web/feedback.h"

#define PER_PAGE 50
#define NAMES_MAX 30
#define DAY_US (24 * 3600 * INT64_C(1000000))

static json_t *shown(struct tg_manage *, const struct tg_score *);

const char *
tg_score_number(struct tg_arena *a, double number)
{
	return tg_arena_printf(a, "%.4g", number);
}

/* --- who may --- */

/* Who only looks says nothing either. */
static bool
may_add(const struct tg_web *w)
{
	return w->visitor->role != TG_VISIT_VIEWER;
}

static bool
is_own(const struct tg_web *w, const struct tg_score *s)
{
	const struct tg_visitor *v = w->visitor;

	if (strcmp(s->source, "page") != 0)
		return v->key_id != 0 && s->key_id == v->key_id;
	return s->key_id == v->key_id &&
	    (s->key_id != 0 ||
		(s->made_by != NULL && v->name != NULL &&
		    strcmp(s->made_by, v->name) == 0));
}

static bool
may_drop(const struct tg_web *w, const struct tg_score *s)
{
	return w->visitor->role >= TG_VISIT_ADMIN ||
	    (may_add(w) && is_own(w, s));
}

static int
check_seen(struct tg_manage *m, const char *call)
{
	int64_t person, key_id;
	int found = 0;

	tg_visitor_scope(m->w, &person, &key_id);
	if (call != NULL)
		found =
		    tg_score_call_seen(m->db, call, key_id, person, m->e);
	if (found == 0)
		return tg_fail(m->e, TG_E_NOT_FOUND,
		    N_("There is no such call that is over, or it is not "
		    "yours."));
	return found < 0 ? -1 : 0;
}

/* --- on a call's page --- */

static json_t *
names_in_use(struct tg_manage *m)
{
	json_t *list = json_array();
	const char **names;
	size_t n;

	if (tg_score_names(m->db, m->a, &names, &n, m->e) != 0)
		return list;
	for (size_t i = 0; i < n && i < NAMES_MAX; i++)
		if (strcmp(names[i], "thumb") != 0)
			(void)json_array_append_new(
			    list, json_string(names[i]));
	return list;
}

int
tg_scores_show(struct tg_manage *m, struct tg_page *p,
    const struct tg_call_row *row)
{
	json_t *scores = json_object(), *list = json_array();
	struct tg_score *rows;
	double thumb = 0;
	size_t n;

	tg_page_set(p, "scores", scores);
	tg_jtree_set_text(scores, "call", row->id);
	(void)json_object_set_new(scores, "list", list);
	if (tg_score_list(m->db, m->a, row->id, &rows, &n, m->e) != 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		(void)json_array_append_new(list, shown(m, &rows[i]));
		if (is_own(m->w, &rows[i]) &&
		    strcmp(rows[i].name, "thumb") == 0)
			thumb = rows[i].number;
	}
	(void)json_object_set_new(
	    scores, "thumb_up", json_boolean(thumb > 0));
	(void)json_object_set_new(
	    scores, "thumb_down", json_boolean(thumb < 0));
	(void)json_object_set_new(scores, "may_add",
	    json_boolean(may_add(m->w) && row->state != TG_CALL_OPEN));
	(void)json_object_set_new(scores, "names", names_in_use(m));
	return m->e->code == TG_OK ? 0 : -1;
}

static json_t *
shown(struct tg_manage *m, const struct tg_score *s)
{
	bool thumb = strcmp(s->name, "thumb") == 0 && s->has_number;
	json_t *j = json_pack("{s:I, s:s, s:s, s:I, s:b, s:b}", "id",
	    (json_int_t)s->id, "name", s->name, "call", s->call, "at",
	    (json_int_t)s->updated_at, "up", thumb && s->number > 0, "down",
	    thumb && s->number < 0);

	if (s->has_number && !thumb)
		tg_jtree_set_text(
		    j, "number", tg_score_number(m->a, s->number));
	tg_jtree_set_text(j, "label", s->label);
	tg_jtree_set_text(j, "comment", s->comment);
	tg_jtree_set_text(j, "made_by", s->made_by);
	(void)json_object_set_new(
	    j, "by_program", json_boolean(strcmp(s->source, "api") == 0));
	(void)json_object_set_new(
	    j, "may_drop", json_boolean(may_drop(m->w, s)));
	return j;
}

/* --- the forms --- */

static int
put(struct tg_manage *m)
{
	const struct tg_visitor *v = m->w->visitor;
	struct tg_score s = { .source = "page", .made_by = v->name,
		.key_id = v->key_id, .updated_at = m->now,
		.call = json_string_value(json_object_get(m->body, "call")) };
	struct tg_score_said said = {
		.name = json_string_value(json_object_get(m->body, "name")),
		.comment =
		    json_string_value(json_object_get(m->body, "comment")),
		.value = json_object_get(m->body, "value"),
	};

	if (!may_add(m->w))
		return tg_fail(m->e, TG_E_FORBIDDEN,
		    N_("Who may only look cannot score calls. Ask an owner for "
		    "another role."));
	if (check_seen(m, s.call) != 0 ||
	    tg_score_read(m->a, &said, &s, m->e) != 0)
		return -1;
	return tg_score_put(m->db, &s, m->e);
}

/* A value that reads as a number is one. */
static json_t *
value_of(const char *text)
{
	char *end;
	double number;

	if (text == NULL)
		return json_null();
	number = strtod(text, &end);
	return *end == '\0' && number - number == 0 ? json_real(number) :
						      json_string(text);
}

static json_t *
body_of(struct tg_page *p)
{
	const char *thumb = tg_page_field(p, "thumb");
	const char *names[] = { "call", "name", "comment" };
	json_t *body = json_object();

	for (size_t i = 0; i < 3; i++)
		tg_jtree_set_text(body, names[i], tg_page_field(p, names[i]));
	if (thumb != NULL) {
		(void)json_object_set_new(body, "name", json_string("thumb"));
		(void)json_object_set_new(
		    body, "value", json_boolean(*thumb == 'u'));
	} else
		(void)json_object_set_new(
		    body, "value", value_of(tg_page_field(p, "value")));
	return body;
}

static int
add(struct tg_web *w)
{
	struct tg_page *p = tg_page_open(w, "scores", N_("Scores"));
	const char *call = tg_page_field(p, "call");

	if (tg_page_do(p, put, body_of(p), NULL) != 0) {
		tg_page_close(p);
		return -1;
	}
	return tg_page_goto(p, "saved", "admin/calls/%s", call);
}

/* What another said is not taken away unseen. */
static int
audit_drop(struct tg_manage *m, const struct tg_score *s)
{
	json_t *before = tg_manage_keep(m, shown(m, s));

	(void)json_object_del(before, "may_drop");
	return tg_manage_audit(m, "deleted", "score",
	    tg_arena_printf(m->a, "%lld", (long long)s->id), before, NULL);
}

static int
drop(struct tg_manage *m)
{
	struct tg_score s;
	int64_t id = 0;
	int found = 0;

	if (tg_str_i64(m->w->rest, &id))
		found = tg_score_find(m->db, m->a, id, &s, m->e);
	if (found < 0)
		return -1;
	if (found == 0)
		return tg_fail(m->e, TG_E_NOT_FOUND,
		    N_("There is no such score. Somebody may have removed it."));
	if (!may_drop(m->w, &s))
		return tg_fail(m->e, TG_E_FORBIDDEN,
		    N_("Only who made this score, or an admin, may remove it."));
	if (check_seen(m, s.call) != 0)
		return -1;
	m->answer = json_pack("{s:s}", "call", s.call);
	if (!is_own(m->w, &s) && audit_drop(m, &s) != 0)
		return -1;
	return tg_score_drop(m->db, id, m->e);
}

static int
take_back(struct tg_web *w)
{
	struct tg_page *p = tg_page_open(w, "scores", N_("Scores"));
	json_t *answer;

	if (tg_page_do(p, drop, json_object(), &answer) != 0) {
		tg_page_close(p);
		return -1;
	}
	return tg_page_goto(p, "removed", "admin/calls/%s",
	    json_string_value(json_object_get(answer, "call")));
}

/* --- the page --- */

/* Days to look back; 0: all. */
static int64_t
days_of(struct tg_page *p)
{
	int64_t days = tg_page_query_int(p, "days", 30);

	return days < 0 || days > 36500 ? 30 : days;
}

static json_t *
labels_of(const struct tg_score_label *labels, size_t n,
    const struct tg_score_sum *sum)
{
	json_t *list = json_array();

	for (size_t i = 0; i < n; i++)
		if (strcmp(labels[i].name, sum->name) == 0 &&
		    sum->model != NULL && labels[i].model != NULL &&
		    strcmp(labels[i].model, sum->model) == 0)
			(void)json_array_append_new(list,
			    json_pack("{s:s, s:I}", "label", labels[i].label,
				"n", (json_int_t)labels[i].n));
	return list;
}

static int
set_sums(struct tg_manage *m, struct tg_page *p,
    const struct tg_score_query *q)
{
	json_t *list = json_array(), *one;
	struct tg_score_label *labels;
	struct tg_score_sum *rows;
	size_t n, n_labels;

	tg_page_set(p, "sums", list);
	if (tg_score_sums(m->db, m->a, q, &rows, &n, m->e) != 0 ||
	    tg_score_labels(m->db, m->a, q, &labels, &n_labels, m->e) != 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		const struct tg_score_sum *r = &rows[i];

		one = json_pack("{s:s, s:I, s:I}", "name", r->name, "n",
		    (json_int_t)r->n, "comments", (json_int_t)r->comments);
		tg_jtree_set_text(one, "model", r->model);
		if (r->numbers > 0) {
			tg_jtree_set_text(
			    one, "mean", tg_score_number(m->a, r->mean));
			tg_jtree_set_text(
			    one, "min", tg_score_number(m->a, r->min));
			tg_jtree_set_text(
			    one, "max", tg_score_number(m->a, r->max));
		}
		(void)json_object_set_new(
		    one, "labels", labels_of(labels, n_labels, r));
		(void)json_array_append_new(list, one);
	}
	tg_page_set_true(p, "has_sums", n > 0);
	return 0;
}

static int
set_rows(struct tg_manage *m, struct tg_page *p, struct tg_score_query *q)
{
	json_t *list = json_array(), *one;
	struct tg_score_row *rows;
	int64_t total;
	size_t n;

	tg_page_set(p, "rows", list);
	q->limit = PER_PAGE;
	q->after = tg_page_after(p, PER_PAGE);
	if (tg_score_page(m->db, m->a, q, &rows, &n, &total, m->e) != 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		one = shown(m, &rows[i].score);
		tg_jtree_set_text(one, "model", rows[i].model);
		(void)json_array_append_new(list, one);
	}
	tg_page_set_true(p, "has_rows", n > 0);
	tg_page_pager(p, PER_PAGE, (int64_t)n, total, false);
	return 0;
}

static json_t *
periods(int64_t days)
{
	static const struct {
		int64_t days;
		const char *words;
	} all[] = { { 7, N_("7 days") }, { 30, N_("30 days") },
		{ 90, N_("90 days") }, { 365, N_("A year") },
		{ 0, N_("All") } };
	json_t *list = json_array();

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		(void)json_array_append_new(list,
		    json_pack("{s:I, s:s, s:b}", "days",
			(json_int_t)all[i].days, "words", all[i].words,
			"chosen", all[i].days == days));
	return list;
}

static int
show(struct tg_manage *m, struct tg_page *p)
{
	int64_t days = days_of(p);
	struct tg_score_query q = {
		.filter.name = tg_page_query(p, "name"),
		.from_at = days > 0 ? m->now - days * DAY_US : 0,
	};

	tg_visitor_scope(m->w, &q.person, &q.key_id);
	tg_page_set(p, "periods", periods(days));
	tg_page_set_text(p, "name", q.filter.name);
	tg_page_set(p, "names", names_in_use(m));
	if (set_sums(m, p, &q) != 0)
		return -1;
	return set_rows(m, p, &q);
}

static int
scores(struct tg_web *w)
{
	return tg_page_show(w, "scores", N_("Scores"), show);
}

const struct tg_route tg_routes_admin_scores[] = {
	{ TG_GET, "/admin/scores", TG_ACCESS_PERSON, scores, NULL,
	    "What was said of calls, by name and model", TG_FAULT_ERROR },
	{ TG_POST, "/admin/scores", TG_ACCESS_HOLDER, add, NULL,
	    "Scores a call", TG_FAULT_ERROR },
	{ TG_POST, "/admin/scores/{id}/delete", TG_ACCESS_HOLDER,
	    take_back,
	    NULL, "Removes a score", TG_FAULT_ERROR },
	{ .path = NULL },
};
