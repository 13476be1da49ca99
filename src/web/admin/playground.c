/*
 * /admin/playground: with script the answer comes as a stream, which is the
 * call's own answer; without it in one piece on the page.
 */
#include "config.h"

#include "web/admin/playground.h"

#include <stdlib.h>

#include "llm/talk.h"
#include "store/bodies.h"
#include "store/call_scan.h"
#include "web/admin/admin.h"
#include "web/admin/ask.h"
#include "web/admin/call.h"
#include "web/admin/errand.h"
#include "web/admin/replay.h"
#include "web/admin/snippets.h"
#include "web/llm.h"

#define AGENT "tollgate-playground"
#define BODY_BYTES ((size_t)512 * 1024 * 1024)
#define MAX_ANSWER ((size_t)16 * 1024 * 1024)
#define MAX_REQUEST ((size_t)64 * 1024 * 1024)

/* --- what the page shows --- */

static int
set_models(struct tg_page *p, const char *chosen)
{
	const struct tg_who *who;
	json_t *list, *one;
	bool wildcards, found = false;
	size_t i;

	if (tg_errand_who(p->w, &who) != 0)
		return -1;
	list = tg_errand_models(p->w, who, TG_DIALECT_CHAT, &wildcards);
	tg_who_release(who);
	json_array_foreach(list, i, one) {
		bool is = chosen != NULL &&
		    strcmp(json_string_value(json_object_get(one, "name")),
			chosen) == 0;

		(void)json_object_set_new(one, "chosen", json_boolean(is));
		found |= is;
	}
	tg_page_set_true(p, "no_models",
	    json_array_size(list) == 0 && !wildcards);
	tg_page_set(p, "models", list);
	tg_page_set_true(p, "wildcards", wildcards);
	if (!found)
		tg_page_set_text(p, "other_model", chosen);
	return 0;
}

/* Calls of tools in the last message wait for their results. */
static void
set_waiting(struct tg_page *p, const json_t *messages)
{
	const json_t *last = json_array_get(
	    messages, json_array_size(messages) - 1);
	json_t *waiting = json_array(), *call;
	size_t i;

	json_array_foreach(json_object_get(last, "tool_calls"), i, call) {
		json_t *f = json_object_get(call, "function");
		json_t *one = json_object();

		tg_jtree_set_text(one, "id",
		    json_string_value(json_object_get(call, "id")));
		tg_jtree_set_text(one, "name",
		    json_string_value(json_object_get(f, "name")));
		(void)json_array_append_new(waiting, one);
	}
	tg_page_set(p, "waiting", waiting);
}

static void
set_titles(struct tg_page *p, json_t *turns)
{
	json_t *turn;
	size_t i;

	json_array_foreach(turns, i, turn) {
		const char *role =
		    json_string_value(json_object_get(turn, "role"));

		tg_jtree_set_text(turn, "title",
		    tg_call_role(p, role != NULL ? role : ""));
	}
}

static void
set_messages(struct tg_page *p, const json_t *messages)
{
	json_t *body = json_pack("{s:O}", "messages", messages), *talk;
	char *text = tg_jtree_print(messages);

	if (json_array_size(messages) > 0)
		tg_page_set_text(p, "messages", text);
	free(text);
	text = tg_jtree_print(body);
	talk = tg_talk_request(tg_str(text));
	tg_replay_pictures(json_object_get(talk, "turns"));
	set_titles(p, json_object_get(talk, "turns"));
	tg_page_set(p, "talk", json_incref(json_object_get(talk, "turns")));
	json_decref(talk);
	free(text);
	json_decref(body);
	set_waiting(p, messages);
}

/* --- going on from a call --- */

static json_t *
answer_of(struct tg_manage *m, const char *id)
{
	struct tg_arena *a = tg_arena_new(BODY_BYTES);
	struct tg_err why = { 0 };
	struct tg_str text;
	json_t *j = NULL;

	if (tg_body_get(tg_app_store(m->w->app), a, id, TG_BODY_ANSWER,
		&text, &why) == 1)
		j = tg_jtree_parse(text, &why);
	tg_arena_free(a);
	return j;
}

/* What the next request says of an answer. */
static void
add_answer(json_t *messages, const json_t *answer)
{
	static const char *const kept[] = { "content", "tool_calls",
		"refusal" };
	const json_t *from = json_object_get(
	    json_array_get(json_object_get(answer, "choices"), 0),
	    "message");
	json_t *m;

	if (!json_is_object(from))
		return;
	m = json_pack("{s:s}", "role", "assistant");
	for (size_t i = 0; i < 3; i++) {
		json_t *v = json_object_get(from, kept[i]);

		if (v != NULL && (i == 0 || !json_is_null(v)))
			(void)json_object_set(m, kept[i], v);
	}
	(void)json_array_append_new(messages, m);
}

static void
go_on(struct tg_manage *m, struct tg_page *p, struct tg_replay_source *s)
{
	json_t *messages = json_object_get(s->request, "messages");
	json_t *answer, *first;
	const char *role;

	tg_page_set(p, "params", tg_ask_take(s->request));
	tg_replay_restore(s, messages);
	first = json_array_get(messages, 0);
	role = json_string_value(json_object_get(first, "role"));
	if (role != NULL && strcmp(role, "system") == 0 &&
	    json_is_string(json_object_get(first, "content"))) {
		tg_page_set_text(p, "system",
		    json_string_value(json_object_get(first, "content")));
		(void)json_array_remove(messages, 0);
	}
	answer = answer_of(m, s->row.id);
	add_answer(messages, answer);
	json_decref(answer);
	set_messages(p, messages);
}

static int
show_from(struct tg_manage *m, struct tg_page *p, const char *id)
{
	struct tg_replay_source s;
	int rc = tg_replay_source(m, id, &s);

	if (rc == 0 && s.dialect == TG_DIALECT_CHAT &&
	    json_is_array(json_object_get(s.request, "messages")))
		go_on(m, p, &s);
	else if (rc == 0)
		tg_page_set_true(p, "not_kept", true);
	if (rc == 0)
		rc = set_models(p, s.row.model);
	tg_replay_source_free(&s);
	return rc;
}

/* --- the page --- */

static void
set_script(struct tg_page *p)
{
	tg_page_set_text(p, "script", "play.js");
}

static int
show(struct tg_manage *m, struct tg_page *p)
{
	const char *from = tg_page_query(p, "from");
	char session[TG_UUID_BYTES];

	set_script(p);
	tg_page_set_text(p, "session", tg_uuid7(session));
	if (from != NULL)
		return show_from(m, p, from);
	tg_page_set(p, "params", json_pack("{s:b}", "any", 1));
	tg_page_set(p, "talk", json_array());
	return set_models(p, tg_page_query(p, "model"));
}

static int
playground(struct tg_web *w)
{
	return tg_page_show_models(w, "playground", N_("Playground"), show);
}

/* What a call cost and how long it took; left out: it is not over yet. */
static int
set_facts(struct tg_manage *m, struct tg_page *p, const char *id)
{
	struct tg_call_row *rows;
	json_t *facts;
	size_t n;
	int found = tg_replay_call(m, id, &rows, &n);

	if (found != 1)
		return found;
	facts = json_object();
	tg_replay_facts(facts, rows, n);
	tg_page_set(p, "facts", facts);
	return 1;
}

/* The answer as the log has it, for who saw it as plain text come in. */
static void
set_answer(struct tg_manage *m, struct tg_page *p, const char *id)
{
	struct tg_arena *a = tg_arena_new(BODY_BYTES);
	struct tg_err why = { 0 };
	json_t *talk = NULL, *turns;
	struct tg_str text;

	if (tg_body_get(tg_app_store(m->w->app), a, id, TG_BODY_ANSWER,
		&text, &why) == 1)
		talk = tg_talk_answer(text);
	turns = json_object_get(talk, "turns");
	if (json_array_size(turns) > 0) {
		tg_replay_pictures(turns);
		tg_page_set(
		    p, "answer", json_incref(json_array_get(turns, 0)));
	}
	json_decref(talk);
	tg_arena_free(a);
}

static int
show_facts(struct tg_manage *m, struct tg_page *p)
{
	const char *id = tg_arena_cstr(m->a, m->w->rest);
	int found = set_facts(m, p, id);

	if (found == 0)
		return tg_fail(m->e, TG_E_NOT_FOUND,
		    N_("There is no such call that is over, or it is not "
		    "yours."));
	p->fragment = "play_done";
	if (found == 1)
		set_answer(m, p, id);
	return found < 0 ? -1 : 0;
}

static int
facts(struct tg_web *w)
{
	return tg_page_show(w, "play_done", N_("Playground"), show_facts);
}

/* --- the form --- */

/* What was typed and is not said yet stays in its field. */
static void
set_typed(struct tg_page *p, struct tg_play *play)
{
	const char *session = tg_page_field(p, "session");
	char fresh[TG_UUID_BYTES];

	tg_page_set_text(p, "system", tg_page_field(p, "system"));
	tg_page_set_text(
	    p, "session", session != NULL ? session : tg_uuid7(fresh));
	if (!play->answered && !play->has_pictures)
		tg_page_set_text(p, "user", tg_page_field(p, "user"));
	if (!play->answered && !play->has_pictures && play->added)
		(void)json_array_remove(play->messages,
		    json_array_size(play->messages) - 1);
}

static int
show_sent(struct tg_manage *m, struct tg_page *p)
{
	struct tg_play *play = p->own;

	set_script(p);
	set_typed(p, play);
	tg_page_set(p, "params", tg_ask_sent(p));
	if (play->messages != NULL)
		set_messages(p, play->messages);
	else
		tg_page_set_text(
		    p, "messages", tg_page_field(p, "messages"));
	if (play->call != NULL && set_facts(m, p, play->call) < 0)
		return -1;
	return set_models(p, play->model);
}

/* The call's own answer goes out as this one's. */
static int
stream(struct tg_play *play, json_t *request)
{
	struct tg_web *w = play->p->w;
	struct tg_behalf behalf;
	struct tg_buf body;
	char *text;

	if (tg_errand_behalf(w, &behalf) != 0)
		return -1;
	(void)json_object_set_new(request, "stream", json_true());
	(void)json_object_set_new(request, "stream_options",
	    json_pack("{s:b}", "include_usage", 1));
	text = tg_jtree_print(request);
	tg_buf_init(&body, MAX_REQUEST);
	(void)tg_buf_addc(&body, text != NULL ? text : "");
	free(text);
	tg_request_give(w->rq, &body);
	w->rq->behalf = &behalf;
	w->rq->agent = TG_STR(AGENT);
	tg_llm_serve(w->app, w->rq, TG_DIALECT_CHAT);
	w->rq->behalf = NULL;
	return 0;
}

static void
take_answer(struct tg_play *play, const struct tg_errand *d)
{
	struct tg_page *p = play->p;
	struct tg_err why = { 0 };
	json_t *answer = tg_jtree_parse(d->answer, &why);
	const char *said = json_string_value(json_object_get(
	    json_object_get(answer, "error"), "message"));

	play->answered = d->status == 200;
	if (play->answered)
		add_answer(play->messages, answer);
	else {
		p->status = d->status == 401 || d->status < 400 ? 403 :
								  d->status;
		tg_page_set_text(
		    p, "fault", said != NULL ? said : why.msg);
	}
	json_decref(answer);
}

static int
whole(struct tg_play *play, const json_t *request)
{
	struct tg_errand d = { .dialect = TG_DIALECT_CHAT, .agent = AGENT,
		.keep_bytes = MAX_ANSWER };
	char *text = tg_jtree_print(request);
	int rc;

	d.body = tg_str(text);
	rc = tg_errands_run(play->p->w, &d, 1);
	if (rc == 0)
		take_answer(play, &d);
	play->call = tg_arena_cstr(play->p->a, tg_str(d.id));
	tg_errands_free(&d, 1);
	free(text);
	if (rc == 0)
		rc = tg_page_read(play->p, show_sent);
	return rc;
}

/* 1: it is answered already. */
static int
carry_out(struct tg_play *play, json_t *request)
{
	struct tg_page *p = play->p;
	const char *show_as = tg_page_field(p, "show");

	if (tg_page_field(p, "stream") != NULL)
		return stream(play, request) == 0 ? 1 : -1;
	if (show_as == NULL)
		return whole(play, request);
	tg_page_set_text(p, "curl",
	    tg_play_curl(play, request, tg_snippets_url(p)));
	return tg_page_read(p, show_sent);
}

static int
answer(struct tg_play *play)
{
	json_t *request =
	    tg_play_read(play) == 0 ? tg_play_request(play) : NULL;
	int rc;

	if (request == NULL)
		return tg_page_refused(play->p, show_sent);
	rc = carry_out(play, request);
	json_decref(request);
	if (rc == 0)
		return tg_page_send(play->p);
	tg_page_close(play->p);
	return rc < 0 ? -1 : 0;
}

static int
ask(struct tg_web *w)
{
	struct tg_play play = { .answered = false };
	int rc;

	if (tg_web_catalog(w) != 0)
		return -1;
	play.p = tg_page_open(w, "playground", N_("Playground"));
	play.p->own = &play;
	rc = answer(&play);
	json_decref(play.messages);
	return rc;
}

const struct tg_route tg_routes_admin_playground[] = {
	{ TG_GET, "/admin/playground", TG_ACCESS_HOLDER, playground, NULL,
	    "A chat with any model", TG_FAULT_ERROR },
	{ TG_POST, "/admin/playground", TG_ACCESS_HOLDER, ask, NULL,
	    "Sends a message of the playground", TG_FAULT_ERROR },
	{ TG_GET, "/admin/playground/calls/{id}", TG_ACCESS_HOLDER, facts,
	    NULL, "What a call of the playground cost", TG_FAULT_ERROR },
	{ .path = NULL },
};
