/*
 * The facts of a call: its row of the books, and those of its attempts.
 */
#include "config.h"

#include "web/admin/call.h"

#include "llm/talk.h"

#define PACE_US 50000		/* shorter ones have no pace to speak of */

static const struct {
	const char *title, *look;
} states[] = {
	[TG_CALL_OPEN] = { N_("Running"), "mute" },
	[TG_CALL_DONE] = { N_("Done"), "ok" },
	[TG_CALL_FAILED] = { N_("Failed"), "bad" },
	[TG_CALL_GONE] = { N_("The caller left"), "warn" },
	[TG_CALL_LOST] = { N_("Lost"), "bad" },
	[TG_CALL_REFUSED] = { N_("Refused"), "warn" },
};

static json_t *attempt_of(const struct tg_call_row *r);

json_t *
tg_call_state(const struct tg_call_row *row)
{
	return json_pack("{s:s, s:s, s:s}", "state",
	    tg_call_state_name(row->state), "title", states[row->state].title,
	    "look", states[row->state].look);
}

static json_t *
named(int64_t id, const struct tg_name *name)
{
	return json_pack("{s:I, s:s}", "id", (json_int_t)id, "shown",
	    tg_name_shown(name));
}

json_t *
tg_call_key(struct tg_names *names, int64_t key_id)
{
	return key_id == 0 ? NULL :
	    named(key_id, tg_names_key(names, key_id));
}

json_t *
tg_call_subject(struct tg_names *names, int64_t id)
{
	return id == 0 ? NULL : named(id, tg_names_subject(names, id));
}

static void
set(json_t *o, const char *name, json_t *value)
{
	if (value != NULL)
		(void)json_object_set_new(o, name, value);
}

/* Unknown is left out: the template draws a dash. */
static void
set_known(json_t *o, const char *name, int64_t n, bool known)
{
	if (known)
		set(o, name, json_integer(n));
}

static void
set_who(struct tg_call_page *c, json_t *o)
{
	const struct tg_call_row *r = c->last;
	json_t *tags = r->tags != NULL ? json_loads(r->tags, 0, NULL) : NULL;

	set(o, "key", tg_call_key(c->names, r->key_id));
	set(o, "person", tg_call_subject(c->names, r->person));
	set(o, "team", tg_call_subject(c->names, r->team));
	set(o, "customer", tg_call_subject(c->names, r->customer));
	if (json_array_size(tags) > 0)
		set(o, "tags", tags);
	else
		json_decref(tags);
	tg_jtree_set_text(o, "user", r->user);
	tg_jtree_set_text(o, "addr", r->addr);
	tg_jtree_set_text(o, "agent", r->agent);
	if (r->agent != NULL)
		tg_jtree_set_text(o, "program",
		    tg_talk_program(c->p->a, tg_str(r->agent)));
	tg_jtree_set_text(o, "session", r->session);
}

static void
set_tokens(json_t *o, const struct tg_call_row *r)
{
	int64_t in = 0, out = 0;

	if (r->tokens[TG_TOK_INPUT] < 0)
		return;
	for (int i = TG_TOK_INPUT; i <= TG_TOK_IMAGE_INPUT; i++)
		in += r->tokens[i] > 0 ? r->tokens[i] : 0;
	for (int i = TG_TOK_OUTPUT; i < TG_TOK__MAX; i++)
		out += r->tokens[i] > 0 ? r->tokens[i] : 0;
	set(o, "input_tokens", json_integer(in));
	set(o, "output_tokens", json_integer(out));
	set_known(o, "cached_tokens", r->tokens[TG_TOK_CACHE_READ],
	    r->tokens[TG_TOK_CACHE_READ] > 0);
	set_known(o, "reasoning_tokens", r->reasoning_tokens,
	    r->reasoning_tokens > 0);
	/* Tokens a second, of what came after the first. */
	if (r->stream && r->first_content_us >= 0 && out > 1 &&
	    r->end_us - r->first_content_us > PACE_US)
		set(o, "tokens_per_second", json_integer((json_int_t)(out * 1000000 / (r->end_us - r->first_content_us))));
}

static void
set_what(json_t *o, const struct tg_call_row *r)
{
	tg_jtree_set_text(o, "route", r->route);
	tg_jtree_set_text(o, "model", r->model);
	tg_jtree_set_text(o, "deployment", r->deployment);
	tg_jtree_set_text(o, "provider", r->provider);
	if (r->upstream_model != NULL && (r->model == NULL ||
	    strcmp(r->upstream_model, r->model) != 0))
		tg_jtree_set_text(o, "upstream_model", r->upstream_model);
	tg_jtree_set_text(o, "switched_from", r->switched_from);
	tg_jtree_set_text(o, "upstream_id", r->upstream_id);
	tg_jtree_set_text(o, "finish", r->finish);
	tg_jtree_set_text(o, "tier", r->tier);
	tg_jtree_set_text(o, "error", r->error);
	set(o, "stream", json_boolean(r->stream));
	set_known(o, "status", r->status, r->status > 0);
	set_known(o, "upstream_status", r->upstream_status,
	    r->upstream_status > 0);
	set(o, "request_bytes", json_integer(r->request_bytes));
	set(o, "answer_bytes", json_integer(r->answer_bytes));
}

static int64_t
cost_of(const struct tg_call_page *c, bool *known)
{
	int64_t sum = 0;

	*known = false;
	for (size_t i = 0; i < c->n; i++)
		if (c->rows[i].cost_nano != TG_COST_UNKNOWN) {
			sum += c->rows[i].cost_nano;
			*known = true;
		}
	return sum;
}

void
tg_call_facts(struct tg_call_page *c)
{
	const struct tg_call_row *r = c->last;
	json_t *o = json_object(), *attempts = json_array();
	bool priced;
	int64_t cost = cost_of(c, &priced);

	tg_jtree_set_text(o, "id", r->id);
	set(o, "seq", json_integer(r->seq));
	set(o, "at", json_integer(r->start_at));
	set(o, "state", tg_call_state(r));
	set_what(o, r);
	set_who(c, o);
	set_tokens(o, r);
	set_known(o, "cost", cost, priced);
	set_known(o, "took", r->end_us, r->end_us >= 0);
	set_known(o, "first", r->first_content_us, r->first_content_us >= 0);
	tg_page_set(c->p, "row", o);
	for (size_t i = 0; c->n > 1 && i < c->n; i++)
		(void)json_array_append_new(
		    attempts, attempt_of(&c->rows[i]));
	tg_page_set(c->p, "attempts", attempts);
}

static json_t *
attempt_of(const struct tg_call_row *r)
{
	json_t *o = json_object();

	set(o, "attempt", json_integer(r->attempt));
	set(o, "state", tg_call_state(r));
	set_what(o, r);
	set_tokens(o, r);
	set_known(o, "cost", r->cost_nano, r->cost_nano != TG_COST_UNKNOWN);
	return o;
}
