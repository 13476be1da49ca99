/*
 * A call as a row of the list: what tells most at a glance.
 */
#include "config.h"

#include "store/search.h"
#include "web/admin/calls.h"

#define WORDS_BYTES 160

static const struct state {
	const char *badge, *title;
} states[] = {
	[TG_CALL_OPEN] = { "accent", N_("running") },
	[TG_CALL_DONE] = { "ok", N_("ok") },
	[TG_CALL_FAILED] = { "bad", N_("failed") },
	[TG_CALL_GONE] = { "warn", N_("left") },
	[TG_CALL_LOST] = { "bad", N_("lost") },
	[TG_CALL_REFUSED] = { "warn", N_("refused") },
};

static void
put(json_t *row, const char *name, int64_t n, int64_t none)
{
	(void)json_object_set_new(
	    row, name, n == none ? json_null() : json_integer(n));
}

/* A number with what it is called, where there is one. */
static void
put_name(json_t *row, const char *what, int64_t id, const struct tg_name *n)
{
	if (id != 0)
		(void)json_object_set_new(row, what, json_pack("{sIss}",
		    "id", (json_int_t)id, "shown", tg_name_shown(n)));
}

static void
put_tokens(json_t *row, const struct tg_call_row *c)
{
	int64_t input = -1, output = -1;

	for (int i = 0; i < TG_TOK__MAX; i++) {
		int64_t *to = i < TG_TOK_OUTPUT ? &input : &output;

		if (c->tokens[i] >= 0)
			*to = (*to < 0 ? 0 : *to) + c->tokens[i];
	}
	put(row, "input", input, -1);
	put(row, "output", output, -1);
	if (c->tokens[TG_TOK_CACHE_READ] > 0)
		put(row, "cached", c->tokens[TG_TOK_CACHE_READ], -1);
}

static void
put_state(json_t *row, const struct tg_call_row *c)
{
	const struct state *s = &states[c->state];

	tg_jtree_set_text(row, "badge", s->badge);
	tg_jtree_set_text(row, "state", s->title);
	if (c->state == TG_CALL_OPEN)
		(void)json_object_set_new(row, "open", json_true());
	else if (c->state != TG_CALL_DONE && c->status > 0)
		put(row, "status", c->status, 0);
	if (c->error != NULL)
		tg_jtree_set_text(row, "error", c->error);
	if (c->attempt > 1)
		put(row, "attempt", c->attempt, 0);
	if (c->follows)
		(void)json_object_set_new(row, "follows", json_true());
}

json_t *
tg_calls_row(struct tg_names *names, const struct tg_call_row *c)
{
	json_t *row = json_object();

	put(row, "seq", c->seq, 0);
	tg_jtree_set_text(row, "id", c->id);
	put(row, "at", c->start_at, 0);
	tg_jtree_set_text(row, "model", c->model);
	tg_jtree_set_text(row, "provider", c->provider);
	tg_jtree_set_text(row, "route", c->route);
	if (c->switched_from != NULL)
		tg_jtree_set_text(row, "switched_from", c->switched_from);
	put_name(row, "key", c->key_id, tg_names_key(names, c->key_id));
	put_name(row, "person", c->person,
	    tg_names_subject(names, c->person));
	put_name(row, "team", c->team, tg_names_subject(names, c->team));
	put_tokens(row, c);
	put(row, "cost", c->cost_nano, TG_COST_UNKNOWN);
	if (c->estimated)
		(void)json_object_set_new(row, "estimated", json_true());
	put(row, "took", c->end_us, -1);
	put(row, "first", c->first_content_us, -1);
	put_state(row, c);
	return row;
}

/* --- what was said --- */

/* The front of it, cut between characters. */
static struct tg_str
front(struct tg_str text)
{
	text = tg_str_trim(text);
	if (text.n > WORDS_BYTES) {
		text.n = WORDS_BYTES;
		while (text.n > 0 && (text.p[text.n] & 0xc0) == 0x80)
			text.n--;
	}
	return text;
}

/* Where the user said nothing new, what came back. */
static void
put_words(json_t *row, struct tg_str said)
{
	struct tg_str user = TG_STR_NONE, answer = TG_STR_NONE, text;
	enum tg_said_by by;

	while (tg_said_next(&said, &by, &text)) {
		if (by == TG_SAID_USER)
			user = text;
		else if (by == TG_SAID_ASSISTANT)
			answer = text;
	}
	user = front(user);
	answer = front(answer);
	if (user.n > 0)
		(void)json_object_set_new(
		    row, "words", json_stringn(user.p, user.n));
	else if (answer.n > 0)
		(void)json_object_set_new(
		    row, "answer", json_stringn(answer.p, answer.n));
}

static int
read_words(struct tg_db *log, void *arg, struct tg_err *e)
{
	struct tg_arena *a = tg_arena_new(64 * 1024 * 1024);
	struct tg_str said;
	json_t *row;
	size_t i;
	int rc = 0;

	json_array_foreach((json_t *)arg, i, row) {
		int64_t seq =
		    json_integer_value(json_object_get(row, "seq"));

		rc = tg_said_get(log, a, seq, &said, e);
		if (rc == -1)
			break;
		if (rc == 1)
			put_words(row, said);
		tg_arena_reset(a);
	}
	tg_arena_free(a);
	return rc == -1 ? -1 : 0;
}

int
tg_calls_words(struct tg_manage *m, json_t *rows)
{
	return tg_read(tg_app_store(m->w->app), TG_DB_LOG, read_words, rows,
	    m->e);
}
