/*
 * GET /api/v1/me and GET /api/v1/calls/{id}: what the holder of a key may
 * know; and the same facts for /key/info.
 */
#include "config.h"

#include <stdlib.h>

#include "store/call_pages.h"
#include "web/bill.h"
#include "web/me.h"

/* --- /api/v1/me --- */

static void
write_subject(
    struct tg_spend *s, const char *name, const struct tg_subject *subject)
{
	struct tg_jw *j = &s->out;

	if (subject == NULL || subject->id == 0) {
		tg_jw_null(j, name);
		return;
	}
	tg_jw_open(j, name, '{');
	tg_jw_text(j, "id", subject->name);
	tg_jw_text(j, "alias", subject->alias);
	tg_jw_close(j, '}');
}

static void
write_key(struct tg_spend *s, const struct tg_key *key)
{
	struct tg_jw *j = &s->out;

	if (s->m.w->self == NULL) {
		tg_jw_null(j, "key");
		return;
	}
	tg_jw_open(j, "key", '{');
	tg_jw_text(j, "token", key->token);
	tg_jw_text(j, "name", key->name);
	tg_jw_text(j, "alias", key->alias);
	tg_jw_json(j, "models", key->models, "[]");
	tg_jw_time(j, "created_at", key->created_at);
	tg_jw_time(j, "expires", key->expires_at);
	tg_jw_time(j, "last_active", key->last_used_at);
	tg_jw_close(j, '}');
}

static int
me_ask(struct tg_spend *s)
{
	(void)s;
	return 0;
}

static int
me_write(struct tg_spend *s)
{
	const struct tg_who *who = s->m.w->self;
	const struct tg_subject *person = &s->m.w->caller->person;

	tg_jw_open(&s->out, NULL, '{');
	write_key(s, &s->m.w->key);
	tg_jw_text(&s->out, "role", s->m.w->caller->role);
	write_subject(s, "person", person);
	write_subject(s, "team", who != NULL ? who->team : NULL);
	write_subject(s, "project", who != NULL ? who->project : NULL);
	write_subject(
	    s, "organization", who != NULL ? who->organization : NULL);
	if (tg_me_write(s, &s->m.w->key, person->id) != 0)
		return -1;
	tg_jw_close(&s->out, '}');
	return 0;
}

static int
me(struct tg_web *w)
{
	return tg_spend_serve(w, me_ask, me_write, NULL);
}

json_t *
tg_me_facts(struct tg_manage *m, const struct tg_key *key)
{
	struct tg_spend_run *run = tg_spend_begin(m);
	struct tg_spend *s = tg_spend_of(run);
	json_t *facts = NULL;

	tg_jw_open(&s->out, NULL, '{');
	if (tg_me_write(s, key, key->person) == 0 && m->e->code == TG_OK) {
		tg_jw_close(&s->out, '}');
		facts = tg_manage_keep(
		    m, tg_jtree_parse(tg_buf_str(&s->out.b), m->e));
	}
	tg_spend_end(run);
	return facts;
}

/* --- /api/v1/calls/{id} --- */

static int
call_ask(struct tg_spend *s)
{
	tg_spend_own(s);
	return 0;
}

static void
write_us(struct tg_jw *j, const char *name, int64_t us)
{
	if (us < 0)
		tg_jw_null(j, name);
	else
		tg_jw_milli(j, name, us);
}

static void
write_who(struct tg_spend *s, const struct tg_call_row *r)
{
	struct tg_names *n = s->names;
	struct tg_jw *j = &s->out;

	tg_jw_text(j, "key", tg_name_shown(tg_names_key(n, r->key_id)));
	tg_jw_text(j, "person", tg_names_subject(n, r->person)->id);
	tg_jw_text(j, "team", tg_names_subject(n, r->team)->id);
	tg_jw_text(j, "project", tg_names_subject(n, r->project)->id);
	tg_jw_text(
	    j, "organization", tg_names_subject(n, r->organization)->id);
	tg_jw_text(j, "customer", r->user);
	tg_jw_json(j, "tags", r->tags, "[]");
	tg_jw_text(j, "session", r->session);
}

static void
write_attempt(struct tg_spend *s, const struct tg_call_row *r)
{
	struct tg_jw *j = &s->out;

	tg_jw_open(j, NULL, '{');
	tg_jw_i64(j, "attempt", r->attempt);
	tg_jw_text(j, "state", tg_call_state_name(r->state));
	tg_jw_i64(j, "status", r->status);
	tg_jw_i64(j, "upstream_status", r->upstream_status);
	tg_jw_text(j, "error", r->error);
	tg_jw_time(j, "start", r->start_at);
	tg_jw_text(j, "route", r->route);
	tg_jw_text(j, "model", r->model);
	tg_jw_text(j, "switched_from", r->switched_from);
	tg_jw_text(j, "deployment", r->deployment);
	tg_jw_text(j, "provider", r->provider);
	tg_jw_text(j, "upstream_model", r->upstream_model);
	tg_jw_text(j, "upstream_id", r->upstream_id);
	tg_jw_bool(j, "stream", r->stream);
	tg_jw_text(j, "finish_reason", r->finish);
	tg_me_tokens(j, r->tokens);
	if (r->reasoning_tokens < 0)
		tg_jw_null(j, "reasoning_tokens");
	else
		tg_jw_i64(j, "reasoning_tokens", r->reasoning_tokens);
	tg_jw_bool(j, "usage_odd", r->usage_odd);
	tg_jw_nano(j, "cost", r->cost_nano);
	tg_jw_nano(j, "provider_cost", r->provider_cost_nano);
	tg_jw_nano(j, "held", r->hold_nano);
	tg_jw_bool(j, "estimated", r->estimated);
	tg_bill_write(j, "bill", r);
	write_us(j, "queued_ms", r->queued_us);
	write_us(j, "first_content_ms", r->first_content_us);
	write_us(j, "total_ms", r->end_us);
	tg_jw_close(j, '}');
}

static int
call_write(struct tg_spend *s)
{
	struct tg_call_query q;
	struct tg_call_row *rows;
	int64_t cost = 0;
	size_t n;

	tg_call_query_init(&q);
	q.id = tg_arena_cstr(s->arena, s->m.w->rest);
	q.key_id = s->filter.key_id;
	q.person = s->filter.person;
	q.limit = 1;
	if (tg_call_page(
		s->m.db, s->arena, &q, &rows, &n, NULL, s->m.e) != 0)
		return -1;
	if (n == 0)
		return tg_fail_param(s->m.e, TG_E_NOT_FOUND, "id",
		    "There is no such call that is over, or it is not "
		    "yours.");
	tg_jw_open(&s->out, NULL, '{');
	tg_jw_text(&s->out, "id", rows[0].id);
	write_who(s, &rows[n - 1]);
	tg_jw_open(&s->out, "attempts", '[');
	for (size_t i = 0; i < n; i++) {
		write_attempt(s, &rows[i]);
		if (rows[i].cost_nano != TG_COST_UNKNOWN)
			cost += rows[i].cost_nano;
	}
	tg_jw_close(&s->out, ']');
	tg_jw_nano(&s->out, "cost", cost);
	tg_jw_close(&s->out, '}');
	return 0;
}

static int
one_call(struct tg_web *w)
{
	return tg_spend_serve(w, call_ask, call_write, NULL);
}

/* clang-format off */
const struct tg_route tg_routes_me[] = {
	{ TG_GET, "/api/v1/me", TG_ACCESS_KEY, me, NULL,
	    "The caller's key: budgets, limits, spending, last calls",
	    TG_FAULT_ERROR },
	{ TG_GET, "/api/v1/calls/{id}", TG_ACCESS_KEY, one_call, NULL,
	    "One call and its bill", TG_FAULT_ERROR },
	{ TG_GET, "/api/v1/report", TG_ACCESS_KEY, tg_web_report, NULL,
	    "Spending by any dimensions", TG_FAULT_ERROR },
	{ TG_GET, "/api/v1/statement", TG_ACCESS_KEY, tg_web_statement, NULL,
	    "A month of a key, person, team or customer", TG_FAULT_ERROR },
	{ .path = NULL },
};
/* clang-format on */
