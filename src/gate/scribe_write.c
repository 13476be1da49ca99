/*
 * What follows from a call: its thread, its text in the index, what its
 * program sends.  Only what is new in a conversation becomes text; what other
 * conversations said too is named by its piece.
 */
#include "config.h"

#include "gate/scribe_call.h"

#include <stdio.h>

#include "base/json.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "llm/talk.h"

#define TITLE_BYTES 100
#define ANSWER_PARTS 4

static void set_up(struct tg_scribe_call *, struct tg_arena *);
static void chain(struct tg_scribe_call *, struct tg_arena *);
static const char *title(const struct tg_scribe_call *, struct tg_arena *);
static void skip_answer(struct tg_scribe_call *);
static int index_call(struct tg_db *, struct tg_scribe_call *,
    struct tg_err *);
static int note_programs(struct tg_db *, const struct tg_scribe_call *,
    struct tg_err *);

int
tg_scribe_write(struct tg_db *db, struct tg_arena *a,
    struct tg_scribe_call *c, struct tg_err *e)
{
	int rc;

	if (!c->has_body) {
		c->n = 0;
		c->messages = NULL;
		c->tools = c->system = (struct tg_part){ 0 };
		c->answer = TG_STR_NONE;
	}
	set_up(c, a);
	rc = tg_thread_match(db, &c->entry, e);
	skip_answer(c);
	/* What has no thread is entered too, so that it can be forgotten. */
	if (rc == 1 || (rc == 0 && c->has_body))
		rc = tg_thread_enter(db, &c->entry, e);
	if (rc == -1 || !c->has_body)
		return rc;
	if (index_call(db, c, e) == -1)
		return -1;
	return note_programs(db, c, e);
}

/* --- its thread --- */

static int64_t
sum_known(const struct tg_call_row *row, int first, int last)
{
	int64_t sum = 0;

	for (int i = first; i <= last; i++)
		sum += row->tokens[i] > 0 ? row->tokens[i] : 0;
	return sum;
}

/*
 * As the line says, for the row may have been corrected since, and that has
 * a line of its own; unless it is that line, and the first we see.
 */
static int64_t
cost(const struct tg_scribe_call *c)
{
	const struct tg_scribe_line *l = c->line;

	if (l->kind != TG_LINE_CORRECTION)
		return l->amount_nano + c->earlier_nano;
	if (l->row.cost_nano == TG_COST_UNKNOWN)
		return c->earlier_nano;
	return l->row.cost_nano + c->earlier_nano;
}

static void
set_up(struct tg_scribe_call *c, struct tg_arena *a)
{
	const struct tg_call_row *row = &c->line->row;
	struct tg_thread_entry *t = &c->entry;
	bool named = row->session != NULL && *row->session != '\0';

	*t = (struct tg_thread_entry){
		.add = {
			.name = named ? row->session : NULL,
			.key_id = row->key_id,
			.person = row->person,
			.program = tg_talk_program(a, tg_str(row->agent)),
			.title = title(c, a),
			.first_at = row->start_at,
			.last_at = row->start_at +
			    (row->end_us > 0 ? row->end_us : 0),
			.calls = 1,
			.failed = row->state == TG_CALL_FAILED ||
			    row->state == TG_CALL_LOST ||
			    row->state == TG_CALL_REFUSED,
			.cost_nano = cost(c),
			.input_tokens =
			    sum_known(row, TG_TOK_INPUT, TG_TOK_IMAGE_INPUT),
			.output_tokens =
			    sum_known(row, TG_TOK_OUTPUT, TG_TOK_AUDIO_OUTPUT),
		},
		.seq = row->seq,
		.call = row->id,
	};
	t->has_answer = tg_scribe_digest(tg_scribe_said(c->answer), &t->said);
	chain(c, a);
}

/*
 * Nobody's conversation goes on with another key or person (calls of pages
 * have no key), or in another session.
 */
static void
chain(struct tg_scribe_call *c, struct tg_arena *a)
{
	struct tg_thread_entry *t = &c->entry;
	struct tg_tail *tails, before;

	if (!c->talk || c->n == 0)
		return;
	tg_digest(tg_str(tg_arena_printf(a, "%lld %lld %s",
		      (long long)t->add.key_id, (long long)t->add.person,
		      t->add.name != NULL ? t->add.name : "")),
	    before.digest);
	tails = tg_arena_alloc(a, c->n * sizeof(*tails));
	t->least = c->n;
	for (size_t i = 0; i < c->n; i++) {
		tg_scribe_part_digest(&before, &c->messages[i], &tails[i]);
		before = tails[i];
		if (t->least == c->n && c->messages[i].by == TG_SAID_USER)
			t->least = i;
	}
	t->tails = tails;
	t->n = c->n;
}

/* The first line of what a user said that a program did not put there. */
static const char *
title(const struct tg_scribe_call *c, struct tg_arena *a)
{
	struct tg_str rest, line, found = TG_STR_NONE;
	struct tg_buf words;
	char *text = NULL;
	size_t i = 0;

	while (i < c->n && c->messages[i].by != TG_SAID_USER)
		i++;
	if (i == c->n || !c->talk)
		return NULL;
	tg_buf_init(&words, TG_MAX_ASSEMBLED);
	tg_scribe_words(&c->messages[i], &words);
	rest = tg_buf_str(&words);
	while (tg_str_cut(&rest, '\n', &line)) {
		line = tg_str_trim(line);
		if (found.n == 0 || *found.p == '<')
			found = line;
	}
	if (found.n > TITLE_BYTES)
		found.n = TITLE_BYTES;
	if (found.n > 0) {
		text = tg_arena_cstr(a, found);
		tg_utf8_trim_tail(text);
	}
	tg_buf_free(&words);
	return text;
}

/* What the model said is sent again: it was there as the answer. */
static void
skip_answer(struct tg_scribe_call *c)
{
	struct tg_thread_entry *t = &c->entry;
	struct tg_tail said;
	size_t i = (size_t)t->known;

	if (t->answered && i > 0 && i < c->n &&
	    tg_scribe_digest(c->messages[i].raw, &said) &&
	    memcmp(&said, &t->answer, sizeof(said)) == 0)
		t->known++;
}

/* --- its text --- */

struct writing {
	struct tg_db *db;
	int64_t thread;
	struct tg_buf facets, texts, words;
	struct tg_err *e;
};

static void
add_facets(struct tg_buf *b, const struct tg_call_row *row)
{
	struct tg_json_it it = tg_json_begin(tg_str(row->tag_ids));
	struct tg_str tag;

	tg_said_number(b, TG_FACET_KEY, row->key_id);
	tg_said_number(b, TG_FACET_PERSON, row->person);
	tg_said_number(b, TG_FACET_TEAM, row->team);
	tg_said_number(b, TG_FACET_CUSTOMER, row->customer);
	tg_said_number(b, TG_FACET_ORGANIZATION, row->organization);
	tg_said_number(b, TG_FACET_PROJECT, row->project);
	while (row->tag_ids != NULL && tg_json_item(&it, &tag))
		tg_said_facet(b, TG_FACET_TAG, tag);
	tg_said_facet(b, TG_FACET_MODEL, tg_str(row->model));
	tg_said_facet(b, TG_FACET_PROVIDER, tg_str(row->provider));
	tg_said_facet(b, TG_FACET_DEPLOYMENT, tg_str(row->deployment));
	tg_said_facet(b, TG_FACET_ROUTE, tg_str(row->route));
	tg_said_facet(b, TG_FACET_SESSION, tg_str(row->session));
	tg_said_number(b, TG_FACET_STATE, row->state);
}

static int
put_piece(struct writing *w, const struct tg_part *p)
{
	struct tg_buf said;
	int rc;

	tg_buf_init(&said, 2 * TG_SAID_MAX);
	tg_said_text(&said, p->by, tg_buf_str(&w->words));
	rc = tg_said_put(w->db, -p->piece, &said, w->e);
	tg_buf_free(&said);
	return rc;
}

static int
add_part(struct writing *w, const struct tg_part *p)
{
	bool first = false;
	int rc = 1;

	if (p->raw.n == 0)
		return 0;
	if (p->piece != 0)
		rc = tg_said_piece(
		    w->db, p->piece, w->thread, &first, w->e);
	if (rc == 2)
		tg_said_number(&w->facets, TG_FACET_PIECE, p->piece);
	if (rc <= 0 || (rc == 2 && !first))
		return rc;
	tg_buf_reset(&w->words);
	tg_scribe_words(p, &w->words);
	if (rc == 2)
		return put_piece(w, p);
	tg_said_text(&w->texts, p->by, tg_buf_str(&w->words));
	return 0;
}

/* Tools and what stands apart are as new as the conversation. */
static int
add_parts(struct writing *w, const struct tg_scribe_call *c)
{
	size_t from = (size_t)c->entry.known;

	if ((from == 0 || c->tools.piece != 0) &&
	    add_part(w, &c->tools) == -1)
		return -1;
	if (from == 0 && add_part(w, &c->system) == -1)
		return -1;
	for (size_t i = from; i < c->n; i++)
		if (add_part(w, &c->messages[i]) == -1)
			return -1;
	tg_buf_reset(&w->words);
	tg_scribe_answer(c->answer, &w->words);
	tg_said_text(&w->texts, TG_SAID_ASSISTANT, tg_buf_str(&w->words));
	return 0;
}

static int
index_call(struct tg_db *db, struct tg_scribe_call *c, struct tg_err *e)
{
	struct writing w = { .db = db, .e = e };
	int rc;

	/* Without a thread it is its own. */
	w.thread = c->entry.add.id != 0 ? c->entry.add.id :
					  -1 - c->line->row.seq;
	tg_buf_init(&w.facets, 2 * TG_SAID_MAX);
	tg_buf_init(&w.texts, 2 * TG_SAID_MAX);
	tg_buf_init(&w.words, TG_MAX_ASSEMBLED);
	add_facets(&w.facets, &c->line->row);
	rc = add_parts(&w, c);
	tg_buf_adds(&w.facets, tg_buf_str(&w.texts));
	if (rc == 0)
		rc = tg_said_put(db, c->line->row.seq, &w.facets, e);
	tg_buf_free(&w.facets);
	tg_buf_free(&w.texts);
	tg_buf_free(&w.words);
	return rc;
}

/* --- its program --- */

static int
note(struct tg_db *db, const struct tg_scribe_call *c,
    const struct tg_program_use *u, struct tg_err *e)
{
	struct tg_program_use use = *u;

	use.program = c->entry.add.program;
	use.call = c->line->row.id;
	use.person = c->line->row.person;
	use.at = c->line->row.start_at;
	return tg_program_note(db, &use, e);
}

static int
note_programs(struct tg_db *db, const struct tg_scribe_call *c,
    struct tg_err *e)
{
	struct tg_program_use system = { .kind = TG_PROGRAM_SYSTEM };
	struct tg_program_use tools = { .kind = TG_PROGRAM_TOOLS };
	bool any = c->system.raw.n > 0;

	if (!c->talk || c->line->row.agent == NULL)
		return 0;
	if (any)
		tg_scribe_part_digest(
		    &system.digest, &c->system, &system.digest);
	for (size_t i = 0; i < c->n && c->messages[i].by == TG_SAID_SYSTEM;
	     i++) {
		tg_scribe_part_digest(
		    &system.digest, &c->messages[i], &system.digest);
		any = true;
	}
	if (any && note(db, c, &system, e) == -1)
		return -1;
	if (c->tools.raw.n == 0)
		return 0;
	tg_scribe_part_digest(&tools.digest, &c->tools, &tools.digest);
	return note(db, c, &tools, e);
}
