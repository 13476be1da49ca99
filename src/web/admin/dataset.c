/*
 * /admin/dataset: calls as examples to learn from.  Either those that were
 * ticked in the list of calls, or all of a filter; some at a time, so that a
 * million need no more memory than a few.
 */
#include "config.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/escape.h"
#include "base/log.h"
#include "llm/dataset.h"
#include "store/bodies.h"
#include "web/admin/admin.h"
#include "web/admin/call_filter.h"
#include "web/admin/replay.h"

#define SLICE_ROWS 50
#define SLICE_BYTES ((size_t)4 * 1024 * 1024)	/* then what is there is sent */
#define LINE_BYTES ((size_t)128 * 1024 * 1024)
#define BODY_BYTES ((size_t)512 * 1024 * 1024)
#define PREVIEW_CALLS 500
#define PREVIEW_MS 500
#define EXAMPLES 3
#define EXAMPLE_BYTES 4000
#define TICKED_MAX 200

struct set {
	struct tg_page *p;
	struct tg_calls_asked f;
	const char *ids[TICKED_MAX];	/* ticked, or none: the filter's */
	size_t n_ids, next_id;
	int64_t after_seq;
	bool ended;
	struct tg_arena *bodies;	/* of one call */
	struct tg_buf out;
	json_t *examples;		/* of a preview */
	int64_t looked, counts[TG_EXAMPLE__MAX];
};

/* --- one call --- */

static struct tg_str
body(struct set *o, const char *id, enum tg_body_side side)
{
	struct tg_err why = { 0 };
	struct tg_str text;

	if (tg_body_get(tg_app_store(o->p->w->app), o->bodies, id, side,
		&text, &why) != 1)
		return TG_STR_NONE;
	return text;
}

static enum tg_example
write_example(struct set *o, const struct tg_call_row *c)
{
	struct tg_arena_mark mark = tg_arena_mark(o->bodies);
	enum tg_example why;
	struct tg_str request;

	if (tg_errand_dialect(c->route) != TG_DIALECT_CHAT)
		return TG_EXAMPLE_NOT_CHAT;
	if (c->state != TG_CALL_DONE)
		return TG_EXAMPLE_NO_ANSWER;
	request = body(o, c->id, TG_BODY_REQUEST);
	why = tg_example_write(
	    request, body(o, c->id, TG_BODY_ANSWER), &o->out);
	tg_arena_rewind(o->bodies, mark);
	return why;
}

static void
keep_example(struct set *o, const char *id, struct tg_str line)
{
	struct tg_err ignored = { 0 };
	json_t *j, *one;
	char *text;

	if (o->examples == NULL ||
	    json_array_size(o->examples) >= EXAMPLES)
		return;
	j = tg_jtree_parse(line, &ignored);
	text = j != NULL ? tg_jtree_pretty(j) : NULL;
	json_decref(j);
	if (text == NULL)
		return;
	one = json_pack("{s:s, s:b}", "id", id, "cut",
	    strlen(text) > EXAMPLE_BYTES);
	if (strlen(text) > EXAMPLE_BYTES) {
		size_t n = EXAMPLE_BYTES;

		while (n > 0 && ((unsigned char)text[n] & 0xc0) == 0x80)
			n--;
		text[n] = '\0';
	}
	tg_jtree_set_text(one, "text", text);
	(void)json_array_append_new(o->examples, one);
	free(text);
}

static void
add_call(struct set *o, const struct tg_call_row *c)
{
	size_t before = o->out.n;
	enum tg_example why;

	/* Of several attempts the last one is the call. */
	if (c->follows || c->state == TG_CALL_OPEN)
		return;
	o->looked++;
	why = write_example(o, c);
	o->counts[why]++;
	if (why != TG_EXAMPLE_GOOD || o->out.failed)
		return;
	keep_example(o, c->id, (struct tg_str){ o->out.p + before,
	    o->out.n - before });
	if (o->examples != NULL)
		tg_buf_reset(&o->out);
}

/* --- some of them --- */

static bool
is_full(const struct set *o)
{
	return o->out.n >= SLICE_BYTES || o->out.failed;
}

static int
ticked_slice(struct tg_manage *m, struct set *o)
{
	struct tg_call_row *rows;
	size_t n;
	int found;

	while (o->next_id < o->n_ids && !is_full(o)) {
		found = tg_replay_call(
		    m, o->ids[o->next_id++], &rows, &n);
		if (found < 0)
			return -1;
		if (found == 1)
			add_call(o, &rows[n - 1]);
	}
	o->ended = o->next_id == o->n_ids;
	return 0;
}

static int
filter_slice(struct tg_manage *m, struct set *o)
{
	struct tg_call_scan s = { .sort = TG_SCAN_NEWEST,
		.limit = SLICE_ROWS, .after_seq = o->after_seq };
	bool more;
	size_t i = 0;

	o->f.before_seq = o->after_seq;
	if (tg_call_filter_seqs(m, &o->f, SLICE_ROWS, &more) == -1 ||
	    tg_call_scan(m->db, m->a, &o->f.want, &s, m->e) == -1)
		return -1;
	while (i < s.n && !is_full(o))
		add_call(o, &s.rows[i++]);
	if (i > 0)
		o->after_seq = s.rows[i - 1].seq;
	if (i < s.n)
		return 0;
	if (s.looked_seq > 0)
		o->after_seq = s.looked_seq;
	else if (s.n == 0 && more && o->f.looked_seq > 0)
		o->after_seq = o->f.looked_seq;
	else
		o->ended = !s.more && !more;
	return 0;
}

static int
slice(struct tg_manage *m, struct tg_page *p)
{
	struct set *o = p->own;
	int rc = o->n_ids > 0 ? ticked_slice(m, o) : filter_slice(m, o);

	if (rc == 0 && o->out.failed)
		rc = tg_fail(m->e, TG_E_INTERNAL,
		    "An example is too large to be written.");
	return rc;
}

/* --- what was asked for --- */

/* "call=ID" or "call[]=ID" for each that was ticked. */
static void
read_ticked(struct set *o)
{
	struct tg_str rest = o->p->w->rq->query, pair, name;

	while (tg_str_cut(&rest, '&', &pair) && o->n_ids < TICKED_MAX) {
		if (!tg_str_cut(&pair, '=', &name) || pair.n == 0)
			continue;
		name = tg_url_decode(o->p->a, name);
		if (!tg_str_is(name, "call") && !tg_str_is(name, "call[]"))
			continue;
		o->ids[o->n_ids++] = tg_arena_cstr(
		    o->p->a, tg_url_decode(o->p->a, pair));
	}
}

static int
ask(struct tg_manage *m, struct tg_page *p)
{
	struct set *o = p->own;

	if (o->n_ids > 0)
		return 0;
	if (tg_call_filter_read(m, p, &o->f) != 0)
		return -1;
	o->ended = o->f.nothing;
	return 0;
}

static int
begin(struct set *o)
{
	o->p->own = o;
	o->bodies = tg_arena_new(BODY_BYTES);
	tg_buf_init(&o->out, LINE_BYTES);
	read_ticked(o);
	return tg_page_read(o->p, ask);
}

static void
end(struct set *o)
{
	tg_arena_free(o->bodies);
	tg_buf_free(&o->out);
}

/* --- the page --- */

/* Why some are left out, in words. */
static json_t *
reasons(const struct set *o)
{
	static const char *const words[TG_EXAMPLE__MAX] = {
		[TG_EXAMPLE_NOT_KEPT] =
		    N_("Request or answer is not kept: the log holds numbers "
		       "only, or they were pruned"),
		[TG_EXAMPLE_NOT_CHAT] = N_("No chat with messages"),
		[TG_EXAMPLE_NO_ANSWER] = N_("It failed, or said nothing"),
		[TG_EXAMPLE_CUT] = N_("The answer was cut short"),
		[TG_EXAMPLE_MEDIA] =
		    N_("Sound or files, which the format has not"),
	};
	json_t *list = json_array();

	for (int i = TG_EXAMPLE_GOOD + 1; i < TG_EXAMPLE__MAX; i++)
		if (o->counts[i] > 0)
			(void)json_array_append_new(list,
			    json_pack("{s:s, s:s, s:I}", "why",
				tg_example_name((enum tg_example)i), "words",
				words[i], "n", (json_int_t)o->counts[i]));
	return list;
}

static void
set_page(struct set *o)
{
	struct tg_page *p = o->p;
	struct tg_str query = p->w->rq->query;

	tg_page_set_int(p, "looked", o->looked);
	tg_page_set_int(p, "good", o->counts[TG_EXAMPLE_GOOD]);
	tg_page_set_int(
	    p, "left_out", o->looked - o->counts[TG_EXAMPLE_GOOD]);
	tg_page_set(p, "reasons", reasons(o));
	tg_page_set_true(p, "more", !o->ended);
	tg_page_set_true(p, "ticked", o->n_ids > 0);
	tg_page_set(p, "examples", o->examples);
	tg_page_set_true(p, "has_examples",
	    json_array_size(o->examples) > 0);
	tg_page_set_text(p, "file",
	    tg_arena_printf(p->a, "admin/dataset.jsonl%s%.*s",
		query.n > 0 ? "?" : "", TG_PRI(query)));
	o->examples = NULL;
}

static int
preview(struct tg_web *w)
{
	struct set o = { .p = tg_page_open(w, "dataset", N_("Dataset")),
		.examples = json_array() };
	int64_t until = tg_mono_ms() + PREVIEW_MS;
	int rc = begin(&o);

	while (rc == 0 && !o.ended && o.looked < PREVIEW_CALLS &&
	    tg_mono_ms() < until)
		rc = tg_page_read(o.p, slice);
	if (rc == 0)
		set_page(&o);
	json_decref(o.examples);
	end(&o);
	if (rc == 0)
		return tg_page_send(o.p);
	tg_page_close(o.p);
	return -1;
}

/* --- the file --- */

static void
send_all(struct set *o)
{
	struct tg_request *rq = o->p->w->rq;

	while (!o->ended && !rq->broken) {
		struct tg_arena_mark mark = tg_arena_mark(o->p->a);
		int rc = tg_page_read(o->p, slice);

		tg_arena_rewind(o->p->a, mark);
		if (rc != 0) {
			/* Cut off rather than ended as if it were whole. */
			tg_warnx("dataset failed why=\"%s\"", rq->err.msg);
			rq->broken = true;
			return;
		}
		(void)tg_reply_write(rq, tg_buf_str(&o->out));
		tg_buf_reset(&o->out);
	}
}

static int
download(struct tg_web *w)
{
	struct set o = { .p = tg_page_open(w, "dataset", N_("Dataset")) };
	int rc = begin(&o);

	if (rc == 0) {
		tg_page_headers(w->rq);
		rc = tg_reply_file(
		    w->rq, "application/x-ndjson", "dataset.jsonl");
	}
	if (rc == 0) {
		send_all(&o);
		(void)tg_reply_end(w->rq);
	}
	end(&o);
	tg_page_close(o.p);
	return rc;
}

const struct tg_route tg_routes_admin_dataset[] = {
	{ TG_GET, "/admin/dataset", TG_ACCESS_PERSON, preview, NULL,
	    "What a dataset of chosen calls would hold", TG_FAULT_ERROR },
	{ TG_GET, "/admin/dataset.jsonl", TG_ACCESS_PERSON, download, NULL,
	    "Chosen calls as examples to learn from, JSONL", TG_FAULT_ERROR },
	{ .path = NULL },
};
