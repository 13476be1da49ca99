/*
 * Calls: the list with its filters, and what a tail asks of it.
 */
#include "config.h"

#include "web/admin/calls.h"

#include <inttypes.h>
#include <stdlib.h>

#include "web/admin/admin.h"
#include "web/admin/replay.h"

#define PER_PAGE 50
#define TAIL_ROWS 50
#define TAIL_OPEN 100
#define LOOK_US 60000
/* Hits of a search that are sorted by anything but time. */
#define SORTED_HITS 2000

static const struct order {
	const char *name;	/* as in sort= */
	enum tg_scan_sort sort;
} orders[] = {
	{ "time", TG_SCAN_NEWEST },
	{ "cost", TG_SCAN_COST },
	{ "tokens", TG_SCAN_TOKENS },
	{ "took", TG_SCAN_DURATION },
};
static const char *const sorts[] = { "-time", "-cost", "-tokens", "-took",
	NULL };

/* --- order and place --- */

/* Sizes are only sorted with the largest first. */
static enum tg_scan_sort
read_sort(struct tg_page *p)
{
	bool ascending;
	const char *name = tg_page_sort(p, sorts, "-time", &ascending);
	json_t *heads = json_object_get(p->data, "sort"), *head;

	for (size_t i = 1; i < sizeof(orders) / sizeof(orders[0]); i++) {
		head = json_object_get(heads, orders[i].name);
		tg_jtree_set_text(head, "href", tg_page_href(p, "sort",
		    sorts[i]));
		if (strcmp(orders[i].name, name) == 0) {
			(void)json_object_set_new(head, "up", json_false());
			(void)json_object_set_new(head, "down", json_true());
			return orders[i].sort;
		}
	}
	return ascending ? TG_SCAN_OLDEST : TG_SCAN_NEWEST;
}

/* "page" is where the one before ended: "SEQ", or "SEQ.VALUE". */
static int
read_place(struct tg_page *p, struct tg_call_scan *s)
{
	const char *text = tg_page_query(p, "page");
	struct tg_str rest = tg_str(text), seq;

	if (text == NULL)
		return 0;
	if (!tg_str_cut(&rest, '.', &seq) ||
	    !tg_str_i64(seq, &s->after_seq) || s->after_seq < 0 ||
	    (rest.n > 0 && !tg_str_i64(rest, &s->after_value)))
		return tg_fail_param(&p->w->rq->err, TG_E_INVALID, "page",
		    "There is no such part of the list: begin at its front.");
	return 0;
}

static void
set_next(struct tg_page *p, const struct tg_call_scan *s)
{
	const struct tg_call_row *last;
	const char *at;

	if (tg_page_query(p, "page") != NULL)
		tg_page_set_text(p, "front", tg_page_href(p, "page", NULL));
	if (!s->more || s->looked_seq < 0)
		return;
	if (s->looked_seq > 0)
		at = tg_arena_printf(p->a, "%" PRId64, s->looked_seq);
	else if (s->n > 0) {
		last = &s->rows[s->n - 1];
		at = s->sort < TG_SCAN_COST ?
		    tg_arena_printf(p->a, "%" PRId64, last->seq) :
		    tg_arena_printf(p->a, "%" PRId64 ".%" PRId64, last->seq,
			tg_scan_value(s->sort, last));
	} else
		return;
	tg_page_set_text(p, "next", tg_page_href(p, "page", at));
}

/* --- rows --- */

static json_t *
rows_of(struct tg_manage *m, const struct tg_call_scan *s)
{
	struct tg_names *names = tg_names_new(m->db, m->a, m->e);
	json_t *rows = json_array();

	for (size_t i = 0; i < s->n; i++)
		(void)json_array_append_new(
		    rows, tg_calls_row(names, &s->rows[i]));
	tg_names_free(names);
	if (tg_calls_words(m, rows) == -1 || tg_replay_mark(m, rows) == -1) {
		json_decref(rows);
		return NULL;
	}
	return rows;
}

static int
find(struct tg_manage *m, struct tg_calls_asked *f, struct tg_call_scan *s)
{
	bool sorted = s->sort != TG_SCAN_NEWEST, more = false;

	if (f->nothing)
		return 0;
	f->before_seq = sorted ? 0 : s->after_seq;
	if (tg_call_filter_seqs(
		m, f, sorted ? SORTED_HITS : s->limit, &more) == -1 ||
	    tg_call_scan(m->db, m->a, &f->want, s, m->e) == -1)
		return -1;
	if (f->text == NULL || !more)
		return 0;
	/* What search did not look at, the list has not either. */
	s->more = true;
	if (sorted)
		s->looked_seq = -1;
	else if (f->looked_seq > 0 && s->n < (size_t)s->limit)
		s->looked_seq = f->looked_seq;
	return 0;
}

static void
set_filter_links(struct tg_page *p, const struct tg_calls_asked *f)
{
	const char *sort = tg_page_query(p, "sort");
	const char *with = *f->query != '\0' ? "&" : "";

	tg_page_set_text(p, "query", f->query);
	tg_page_set_text(p, "csv",
	    tg_arena_printf(p->a, "calls.csv?%s", f->query));
	tg_page_set_text(p, "jsonl",
	    tg_arena_printf(p->a, "calls.jsonl?%s", f->query));
	if (sort == NULL && f->text == NULL &&
	    tg_page_query(p, "page") == NULL)
		tg_page_set_text(p, "tail",
		    tg_arena_printf(
			p->a, "calls?%s%srows=1", f->query, with));
	if (sort != NULL)
		tg_page_set_text(p, "sorted", sort);
}

static int
show(struct tg_manage *m, struct tg_page *p)
{
	struct tg_call_scan s = { .limit = PER_PAGE, .max_us = LOOK_US };
	struct tg_calls_asked f;
	json_t *rows;

	if (tg_call_filter_read(m, p, &f) == -1 || read_place(p, &s) == -1)
		return -1;
	s.sort = read_sort(p);
	if (find(m, &f, &s) == -1 || (rows = rows_of(m, &s)) == NULL)
		return -1;
	tg_page_set(p, "rows", rows);
	tg_page_set_true(p, "some", s.n > 0);
	tg_page_set_true(p, "filtered", *f.query != '\0');
	set_next(p, &s);
	set_filter_links(p, &f);
	if (s.looked_seq > 0)
		tg_page_set_int(p, "looked_at", s.looked_at);
	if (s.looked_seq < 0)
		tg_page_set_true(p, "looked_some", true);
	return 0;
}

/* --- the tail --- */

/* A row that was shown is shown as it ended, whatever the filter says. */
static bool
is_theirs(const struct tg_calls_asked *f, const struct tg_call_row *c)
{
	return !f->viewers_own ||
	    ((f->want.person == 0 || f->want.person == c->person) &&
		(f->want.key_id == 0 || f->want.key_id == c->key_id));
}

/* Rows above after=, and those of open= that have ended. */
static int
show_tail(struct tg_manage *m, struct tg_page *p)
{
	struct tg_call_scan s = { .limit = TAIL_ROWS, .max_us = LOOK_US,
		.sort = TG_SCAN_OLDEST };
	struct tg_call_row back[TAIL_ROWS + TAIL_OPEN];
	struct tg_str open = tg_str(tg_page_query(p, "open")), one;
	struct tg_calls_asked f;
	size_t n = 0, tried = 0;
	json_t *rows;
	int64_t seq;
	int rc;

	if (tg_call_filter_read(m, p, &f) == -1)
		return -1;
	s.after_seq = tg_page_query_int(p, "after", 0);
	f.before_seq = INT64_MAX;
	if (!f.nothing && f.text == NULL &&
	    (tg_call_filter_seqs(m, &f, TAIL_ROWS, &s.more) == -1 ||
		tg_call_scan(m->db, m->a, &f.want, &s, m->e) == -1))
		return -1;
	for (size_t i = s.n; i > 0; i--)
		back[n++] = s.rows[i - 1];
	while (tried++ < TAIL_OPEN && tg_str_cut(&open, ',', &one)) {
		if (!tg_str_i64(one, &seq))
			continue;
		rc = tg_call_by_seq(m->db, m->a, seq, &back[n], m->e);
		if (rc == -1)
			return -1;
		n += rc == 1 && back[n].state != TG_CALL_OPEN &&
		    is_theirs(&f, &back[n]);
	}
	s.rows = back;
	s.n = n;
	rows = rows_of(m, &s);
	tg_page_set(p, "rows", rows);
	return rows != NULL ? 0 : -1;
}

static int
calls(struct tg_web *w)
{
	struct tg_page *p = tg_page_open(w, "calls", N_("Calls"));
	bool tail = tg_page_query(p, "rows") != NULL;

	if (tail)
		p->fragment = "calls_rows";
	if (tg_page_read(p, tail ? show_tail : show) == 0)
		return tg_page_send(p);
	tg_page_close(p);
	return -1;
}

const struct tg_route tg_routes_admin_calls[] = {
	{ TG_GET, "/admin/calls", TG_ACCESS_HOLDER, calls, NULL,
	    "The list of calls, filtered", TG_FAULT_ERROR },
	{ TG_GET, "/admin/calls.csv", TG_ACCESS_HOLDER, tg_calls_csv, NULL,
	    "Calls, filtered, as CSV", TG_FAULT_ERROR },
	{ TG_GET, "/admin/calls.jsonl", TG_ACCESS_HOLDER, tg_calls_jsonl,
	    NULL, "Calls, filtered, a JSON object each line",
	    TG_FAULT_ERROR },
	{ .path = NULL },
};
