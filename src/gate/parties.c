/*
 * Who else a call is booked to: the customer it is for, its tags, the session
 * it belongs to (litellm-compat.md 1.5, 4.2, 4.3).
 */
#include "config.h"

#include "gate/parties.h"

#include <stdio.h>

#include "base/escape.h"
#include "base/json.h"
#include "base/utf8.h"
#include "gate/stages.h"

static int find_customer(struct tg_call *);
static int find_tags(struct tg_call *);
static void find_session(struct tg_call *);

int
tg_parties(struct tg_call *call)
{
	find_session(call);
	if (find_customer(call) != 0)
		return -1;
	return find_tags(call);
}

/* --- the customer --- */

/* The front end's own address, or a key that was given to it. */
static bool
is_front_end(const struct tg_call *call)
{
	const char *trusted = tg_gate_settings(call->gate)->house.trusted;
	struct tg_str value;
	bool yes = false;

	if (tg_json_get(tg_str(call->who->key.settings), "trusted_frontend",
		&value) &&
	    tg_json_bool(value, &yes) && yes)
		return true;
	return trusted != NULL && *trusted != '\0' &&
	    tg_addr_listed(tg_str(trusted), call->rq->addr) == 1;
}

static struct tg_str
front_end_user(const struct tg_call *call)
{
	struct tg_str list = tg_str(
	    tg_gate_settings(call->gate)->house.customer_headers);
	struct tg_str name, value = TG_STR_NONE;

	while (value.n == 0 && tg_str_cut(&list, ',', &name)) {
		name = tg_str_trim(name);
		if (name.n > 0)
			value = tg_str_trim(tg_request_header(call->rq,
			    tg_arena_cstr(call->rq->arena, name)));
	}
	return value.n > 0 && is_front_end(call) ? value : TG_STR_NONE;
}

static const char *
customer_name(const struct tg_call *call)
{
	struct tg_str name = front_end_user(call);
	char *text;

	if (name.n == 0)
		name = tg_str_trim(
		    tg_request_header(call->rq, "x-litellm-customer-id"));
	if (name.n == 0)
		name = tg_str_trim(
		    tg_request_header(call->rq, "x-litellm-end-user-id"));
	if (name.n == 0)
		name = call->view.user;
	if (name.n == 0)
		return NULL;
	if (name.n <= TG_MAX_USER_NAME)
		return tg_arena_cstr(call->rq->arena, name);
	name.n = TG_MAX_USER_NAME;
	text = tg_arena_cstr(call->rq->arena, name);
	tg_utf8_trim_tail(text);
	return text;
}

static int
no_customer(struct tg_call *call)
{
	struct tg_err *e = &call->rq->err;

	call->row.customer = 0;
	call->region = call->default_model = NULL;
	/* Our pages know who asked: that is no customer's call. */
	if (!tg_gate_settings(call->gate)->house.customer_enforce ||
	    call->who->key.role == TG_KEY_MASTER || call->rq->behalf != NULL)
		return 0;
	(void)tg_fail_param(e, TG_E_MISSING, "user",
	    "'user' param not passed in. enforce_user_param is on: each "
	    "request must say for whom it is, in 'user'.");
	(void)snprintf(e->type, sizeof(e->type), "auth_error");
	return -1;
}

static int
find_customer(struct tg_call *call)
{
	const struct tg_house_conf *h =
	    &tg_gate_settings(call->gate)->house;
	struct tg_request *rq = call->rq;
	struct tg_party_query ask = {
		.kind = TG_SUBJECT_CUSTOMER,
		.name = customer_name(call),
		.version = call->who->version,
		.make = h->customer_create,
		.budget = h->customer_budget,
	};
	struct tg_party p;

	call->row.user = ask.name;
	if (ask.name == NULL || *ask.name == '\0')
		return no_customer(call);
	if (tg_party_find(call->gate, rq->arena, &ask, &p, &rq->err) != 0)
		return -1;
	call->row.customer = p.id;
	call->region = p.region;
	call->default_model = p.default_model;
	if (p.blocked)
		return tg_fail(&rq->err, TG_E_CUSTOMER_BLOCKED,
		    "Authentication Error, User blocked from making LLM API "
		    "Calls. User=%s. Update via `/customer/unblock` if you're "
		    "an admin.",
		    call->row.user);
	return 0;
}

/* --- tags --- */

static void
add_tag(struct tg_call *call, struct tg_str name)
{
	name = tg_str_trim(name);
	if (name.n == 0 || name.n > TG_MAX_USER_NAME ||
	    memchr(name.p, '\0', name.n) != NULL ||
	    call->n_tags == TG_CALL_TAGS)
		return;
	for (size_t i = 0; i < call->n_tags; i++)
		if (tg_str_is(name, call->tags[i].name))
			return;
	call->tags[call->n_tags++].name =
	    tg_arena_cstr(call->rq->arena, name);
}

static bool
add_list(struct tg_call *call, struct tg_str list)
{
	struct tg_str item, text;
	struct tg_json_it it;
	size_t before = call->n_tags;

	if (list.n == 0 || tg_json_type(list) != TG_JSON_ARRAY)
		return false;
	it = tg_json_begin(list);
	while (tg_json_item(&it, &item))
		if (tg_json_type(item) == TG_JSON_STRING &&
		    tg_json_text(call->rq->arena, item, &text) == 0)
			add_tag(call, text);
	return call->n_tags > before;
}

static bool
add_member(struct tg_call *call, struct tg_str object, const char *path)
{
	struct tg_str list;

	return object.n > 0 && tg_json_type(object) == TG_JSON_OBJECT &&
	    tg_json_path(object, path, &list) && add_list(call, list);
}

/*
 * The key's and the team's come first: nobody pushes them out with words of his
 * own.  Of the request's own what the body says beats the header.
 */
static void
gather_tags(struct tg_call *call)
{
	const struct tg_who *who = call->who;
	struct tg_str list, one;

	call->n_tags = 0;
	(void)add_member(call, tg_str(who->key.settings), "tags");
	(void)add_member(call, tg_str(who->key.metadata), "tags");
	if (who->team != NULL) {
		(void)add_member(call, tg_str(who->team->settings), "tags");
		(void)add_member(
		    call, tg_str(who->team->settings), "metadata.tags");
	}
	if (!add_list(call, call->view.tags) &&
	    !add_member(call, call->view.metadata, "tags") &&
	    !add_member(call, call->view.litellm_metadata, "tags")) {
		list = tg_request_header(call->rq, "x-litellm-tags");
		while (tg_str_cut(&list, ',', &one))
			add_tag(call, one);
	}
}

static void
note_tags(struct tg_call *call)
{
	struct tg_arena *a = call->rq->arena;
	const char *names = "", *ids = "";
	int known = 0;

	for (size_t i = 0; i < call->n_tags; i++) {
		struct tg_str q =
		    tg_json_quoted(a, tg_str(call->tags[i].name));
		names = tg_arena_printf(a, "%s%s%.*s", names,
		    i > 0 ? "," : "", TG_PRI(q));
		if (call->tags[i].id != 0)
			ids = tg_arena_printf(a, "%s%s%lld", ids,
			    known++ > 0 ? "," : "",
			    (long long)call->tags[i].id);
	}
	call->row.tags = call->n_tags == 0 ? NULL :
	    tg_arena_printf(a, "[%s]", names);
	call->row.tag_ids = known == 0 ? NULL :
	    tg_arena_printf(a, "[%s]", ids);
}

static int
find_tags(struct tg_call *call)
{
	struct tg_request *rq = call->rq;
	struct tg_party_query ask = {
		.kind = TG_SUBJECT_TAG,
		.version = call->who->version,
		.make = tg_gate_settings(call->gate)->house.tag_create,
	};
	struct tg_party p;

	gather_tags(call);
	for (size_t i = 0; i < call->n_tags; i++) {
		ask.name = call->tags[i].name;
		if (tg_party_find(call->gate, rq->arena, &ask, &p,
			&rq->err) != 0)
			return -1;
		call->tags[i].id = p.id;
	}
	note_tags(call);
	return 0;
}

/* --- the session --- */

/* Who says it himself comes before what programs do by themselves. */
static void
find_session(struct tg_call *call)
{
	static const char *const headers[] = { "x-litellm-session-id",
		"helicone-session-id", "x-claude-code-session-id",
		"session-id",		/* Codex */
		"x-litellm-trace-id", NULL };
	struct tg_arena *a = call->rq->arena;
	struct tg_str id = TG_STR_NONE;
	char *text;

	for (int i = 0; id.n == 0 && headers[i] != NULL; i++) {
		id = tg_str_trim(tg_request_header(call->rq, headers[i]));
		if (!tg_utf8_valid(id))
			id = TG_STR_NONE;
	}
	if (id.n == 0)
		id = call->view.session;
	call->row.session = NULL;
	if (id.n == 0)
		return;
	if (id.n > TG_MAX_USER_NAME)
		id.n = TG_MAX_USER_NAME;
	text = tg_arena_cstr(a, id);
	tg_utf8_trim_tail(text);
	call->row.session = text;
}
