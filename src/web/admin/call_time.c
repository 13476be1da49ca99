/*
 * Where the time of a call went: for each attempt its steps, with their place
 * on a line of a thousand parts.
 */
#include "config.h"

#include "web/admin/call.h"

#define PARTS 1000
#define LEAST_US 100		/* shorter steps are part of the next */

static const struct {
	const char *kind, *title;
} kinds[] = {
	{ "queue", N_("Waited for its turn") },
	{ "gateway", N_("Checked, held, connected") },
	{ "upstream", N_("Waited for the first byte") },
	{ "first", N_("Waited for the first token") },
	{ "answer", N_("The answer came in") },
};
enum { QUEUE, GATEWAY, UPSTREAM, FIRST, ANSWER };

struct line {
	const struct tg_page *p;
	json_t *steps;
	int64_t total, at;
};

static void
step(struct line *l, int kind, int64_t until)
{
	int64_t x, w;
	json_t *o;

	if (until < 0 || until - l->at < LEAST_US || l->total <= 0)
		return;
	x = l->at * PARTS / l->total;
	w = until * PARTS / l->total - x;
	o = json_pack("{s:s, s:s, s:I, s:I, s:I, s:I}", "kind",
	    kinds[kind].kind, "title",
	    tg_page_words(l->p, kinds[kind].title), "at", (json_int_t)l->at,
	    "took", (json_int_t)(until - l->at), "x", (json_int_t)x, "width",
	    (json_int_t)(w > 2 ? w : 2));
	(void)json_array_append_new(l->steps, o);
	l->at = until;
}

static json_t *
steps_of(struct line *l, const struct tg_call_row *r, bool first)
{
	int64_t end = r->end_us >= 0 ? r->end_us : l->total;

	l->steps = json_array();
	if (first)
		step(l, QUEUE, r->queued_us);
	step(l, GATEWAY, r->sent_us >= 0 ? r->sent_us : end);
	step(l, UPSTREAM, r->first_byte_us >= 0 ? r->first_byte_us : end);
	step(l, FIRST, r->first_content_us);
	step(l, ANSWER, end);
	return l->steps;
}

void
tg_call_time(struct tg_call_page *c)
{
	struct line l = { .p = c->p };
	json_t *list = json_array();

	for (size_t i = 0; i < c->n; i++)
		if (c->rows[i].end_us > l.total)
			l.total = c->rows[i].end_us;
	for (size_t i = 0; i < c->n; i++) {
		const struct tg_call_row *r = &c->rows[i];
		json_t *o = json_object();

		if (c->n > 1)
			(void)json_object_set_new(
			    o, "attempt", json_integer(r->attempt));
		tg_jtree_set_text(o, "deployment", r->deployment);
		tg_jtree_set_text(o, "provider", r->provider);
		tg_jtree_set_text(o, "upstream_model", r->upstream_model);
		tg_jtree_set_text(o, "error", r->error);
		if (r->upstream_status > 0)
			(void)json_object_set_new(o, "upstream_status",
			    json_integer(r->upstream_status));
		(void)json_object_set_new(o, "state", tg_call_state(r));
		(void)json_object_set_new(
		    o, "steps", steps_of(&l, r, i == 0));
		(void)json_array_append_new(list, o);
	}
	if (l.total > 0)
		tg_page_set(c->p, "timeline", json_pack("{s:I, s:o}", "total",
		    (json_int_t)l.total, "attempts", list));
	else
		json_decref(list);
}
