/*
 * Search over what was said in calls, with the filters of the list of calls.
 */
#include "config.h"

#include <inttypes.h>

#include "store/call_pages.h"
#include "store/search.h"
#include "web/admin/admin.h"
#include "web/admin/call_filter.h"
#include "web/names.h"

#define HITS 25
#define SNIPPETS 2		/* of a call */
#define BEFORE_BYTES 90
#define SNIPPET_BYTES 320
#define WORD_BYTES 24		/* as much is left out for a whole word */

struct search {
	struct tg_manage *m;
	struct tg_page *p;
	struct tg_calls_asked asked;
	struct tg_search_hit *hits;
	size_t n;
	bool more;
	int64_t looked_seq;
	struct tg_search_words *words;
	json_t *snippets;		/* of each hit */
};

static const struct why {
	const char *param, *words;
} refusals[] = {
	{ "empty", N_("Type what to look for.") },
	{ "no", N_("Say what to look for, too, not only what to leave "
		   "out.") },
	{ "short", N_("Type a word, or three signs in a row: what is "
		      "shorter cannot be found.") },
	{ "long", N_("Search for less text: at most 1,024 letters.") },
	{ "many", N_("Search for fewer words: at most 16.") },
};

static const char *const roles[] = {
	[TG_SAID_SYSTEM - TG_SAID_SYSTEM] = N_("System prompt"),
	[TG_SAID_USER - TG_SAID_SYSTEM] = N_("User"),
	[TG_SAID_ASSISTANT - TG_SAID_SYSTEM] = N_("Assistant"),
	[TG_SAID_TOOL - TG_SAID_SYSTEM] = N_("Tool result"),
	[TG_SAID_TOOLS - TG_SAID_SYSTEM] = N_("Tools"),
	[TG_SAID_OTHER - TG_SAID_SYSTEM] = N_("Other"),
};

/* --- snippets --- */

/* Not within a character. */
static size_t
back(struct tg_str text, size_t at)
{
	while (at > 0 && at < text.n && (text.p[at] & 0xc0) == 0x80)
		at--;
	return at;
}

/* Where to begin to show what stands before a mark. */
static size_t
begin(struct tg_str text, size_t mark)
{
	size_t from = mark > BEFORE_BYTES ? back(text, mark - BEFORE_BYTES) :
					    0;
	const char *blank;

	if (from == 0)
		return 0;
	blank = memchr(text.p + from, ' ',
	    mark - from < WORD_BYTES ? mark - from : WORD_BYTES);
	return blank != NULL ? (size_t)(blank - text.p) + 1 : from;
}

static void
add_part(json_t *marks, struct tg_str text, bool hit)
{
	json_t *part;

	if (text.n == 0)
		return;
	part = json_pack("{s:o}", "text", json_stringn(text.p, text.n));
	if (part != NULL && hit)
		(void)json_object_set_new(part, "hit", json_true());
	(void)json_array_append_new(marks, part);
}

/* What stands around the first mark, and those that follow it there. */
static json_t *
snippet(struct tg_str text, const struct tg_search_mark *marks, size_t n)
{
	size_t from = begin(text, marks[0].at);
	size_t end = from + SNIPPET_BYTES < text.n ?
	    back(text, from + SNIPPET_BYTES) : text.n;
	json_t *parts = json_array();

	if (from > 0)
		add_part(parts, TG_STR("… "), false);
	for (size_t i = 0; i < n && marks[i].at < end; i++) {
		struct tg_str mark = { text.p + marks[i].at, marks[i].n };
		struct tg_str gap = { text.p + from, marks[i].at - from };

		add_part(parts, gap, false);
		add_part(parts, mark, true);
		from = marks[i].at + marks[i].n;
	}
	if (from < end)
		add_part(parts, (struct tg_str){ text.p + from, end - from },
		    false);
	if (from < text.n && end < text.n)
		add_part(parts, TG_STR(" …"), false);
	return parts;
}

static int
add_snippets(struct search *s, struct tg_db *log, int64_t said_id,
    struct tg_err *e)
{
	struct tg_arena_mark before = tg_arena_mark(s->m->a);
	json_t *list = json_array();
	struct tg_search_mark *marks;
	struct tg_str said, text;
	enum tg_said_by by;
	size_t n;
	int rc = tg_said_get(log, s->m->a, said_id, &said, e);

	(void)json_array_append_new(s->snippets, list);
	while (rc == 1 && json_array_size(list) < SNIPPETS &&
	    tg_said_next(&said, &by, &text)) {
		tg_search_marks(s->words, text, &marks, &n);
		if (n > 0)
			(void)json_array_append_new(list,
			    json_pack("{s:s, s:o}", "by",
				roles[by - TG_SAID_SYSTEM], "marks",
				snippet(text, marks, n)));
	}
	tg_arena_rewind(s->m->a, before);
	return rc == -1 ? -1 : 0;
}

/* --- looking --- */

static bool
passes(int64_t seq, void *arg)
{
	struct search *s = arg;

	return tg_call_filter_passes(s->m, &s->asked, seq) == 1;
}

static int
look(struct tg_db *log, void *arg, struct tg_err *e)
{
	struct search *s = arg;
	struct tg_search_query q = {
		.text = tg_str(s->asked.text),
		.before_seq = tg_page_query_int(s->p, "before", 0),
		.limit = HITS,
		.passes = passes,
		.arg = s,
		.looked_seq = &s->looked_seq,
	};
	int64_t at[2] = { s->asked.want.from_at, s->asked.want.to_at };
	int64_t seqs[2];

	if (tg_call_span(s->m->db, at, seqs, e) == -1)
		return -1;
	q.from_seq = seqs[0];
	if (seqs[1] < INT64_MAX &&
	    (q.before_seq == 0 || q.before_seq > seqs[1]))
		q.before_seq = seqs[1] + 1;
	q.n_facets = tg_call_filter_facets(s->m->a, &s->asked, &q.facets);
	if (tg_search(log, s->m->a, &q, &s->hits, &s->n, &s->more, e) == -1)
		return -1;
	s->words = tg_search_words(log, s->m->a, q.text, e);
	for (size_t i = 0; s->words != NULL && i < s->n; i++)
		if (add_snippets(s, log, s->hits[i].said, e) == -1)
			return -1;
	return s->words != NULL ? 0 : -1;
}

static void
put_name(json_t *row, const char *what, int64_t id, const struct tg_name *n)
{
	if (id != 0)
		(void)json_object_set_new(row, what, json_pack("{s:I, s:s}",
		    "id", (json_int_t)id, "shown", tg_name_shown(n)));
}

static int
add_rows(struct search *s)
{
	struct tg_names *names = tg_names_new(s->m->db, s->m->a, s->m->e);
	json_t *rows = json_array();
	int rc = 0;

	for (size_t i = 0; rc != -1 && i < s->n; i++) {
		struct tg_call_row c;
		json_t *row;

		rc = tg_call_by_seq(
		    s->m->db, s->m->a, s->hits[i].seq, &c, s->m->e);
		if (rc != 1)
			continue;
		row = json_pack("{s:s, s:I, s:O}", "id", c.id, "at",
		    (json_int_t)c.start_at, "snippets",
		    json_array_get(s->snippets, i));
		tg_jtree_set_text(row, "model", c.model);
		put_name(row, "key", c.key_id,
		    tg_names_key(names, c.key_id));
		put_name(row, "person", c.person,
		    tg_names_subject(names, c.person));
		(void)json_array_append_new(rows, row);
	}
	tg_names_free(names);
	tg_page_set(s->p, "rows", rows);
	return rc == -1 ? -1 : 0;
}

/* What was asked for cannot be looked for: said on the page itself. */
static int
refuse(struct search *s)
{
	struct tg_err *e = s->m->e;

	if (e->code != TG_E_INVALID)
		return -1;
	for (size_t i = 0; i < sizeof(refusals) / sizeof(*refusals); i++)
		if (strcmp(e->param, refusals[i].param) == 0) {
			tg_page_set_text(s->p, "fault",
			    tg_page_words(s->p, refusals[i].words));
			s->p->status = 400;
			tg_err_reset(e);
			return 0;
		}
	return -1;
}

static void
add_next(struct search *s)
{
	int64_t seq = s->looked_seq;
	struct tg_call_row c;

	if (!s->more)
		return;
	if (s->n == HITS)
		seq = s->hits[HITS - 1].seq;
	else if (tg_call_by_seq(s->m->db, s->m->a, seq, &c, s->m->e) == 1)
		tg_page_set_int(s->p, "looked_at", c.start_at);
	tg_page_set_text(s->p, "next", tg_page_href(s->p, "before",
	    tg_arena_printf(s->p->a, "%" PRId64, seq)));
}

static int
show(struct tg_manage *m, struct tg_page *p)
{
	struct search s = { .m = m, .p = p };
	int rc = tg_call_filter_read(m, p, &s.asked);

	if (rc == -1 || s.asked.text == NULL)
		return rc;
	tg_page_set_true(p, "asked", true);
	if (tg_page_query(p, "before") != NULL)
		tg_page_set_text(p, "front", tg_page_href(p, "before", NULL));
	if (s.asked.nothing)
		return 0;
	s.snippets = json_array();
	rc = tg_read(
	    tg_app_store(m->w->app), TG_DB_LOG, look, &s, m->e);
	if (rc == -1)
		rc = refuse(&s);
	else if ((rc = add_rows(&s)) == 0)
		add_next(&s);
	tg_page_set_true(p, "some", s.n > 0);
	json_decref(s.snippets);
	return rc;
}

static int
search(struct tg_web *w)
{
	return tg_page_show(w, "search", N_("Search"), show);
}

const struct tg_route tg_routes_admin_search[] = {
	{ TG_GET, "/admin/search", TG_ACCESS_PERSON, search, NULL,
	    N_("Search in prompts and answers"), TG_FAULT_ERROR },
	{ .path = NULL },
};
