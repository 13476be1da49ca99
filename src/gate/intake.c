/*
 * Second and third stage: what does the caller want (the body, read and
 * seen), and may it have that?  What the books say of a call is noted as soon
 * as it is known, for refusals stand in them too.
 */
#include "config.h"

#include "base/json.h"
#include "gate/rights.h"
#include "gate/stages.h"

#define AGENT_MAX 256	/* bytes of a User-Agent that are kept */

static int check_list(struct tg_call *);
static int check_members(struct tg_call *);
static int check_enforced(struct tg_call *);

static struct tg_str
shortened(struct tg_str s)
{
	if (s.n > AGENT_MAX)
		s.n = AGENT_MAX;
	return s;
}

static int
log_rank(enum tg_log_mode m)
{
	return m == TG_LOG_NONE ? 2 : m == TG_LOG_NUMBERS ? 1 :
							    0;
}

/* A team may keep less than its keys say, not more. */
static enum tg_log_mode
log_of(const struct tg_call *call)
{
	const struct tg_gate_conf *conf = tg_gate_settings(call->gate);
	enum tg_log_mode mode = conf->log;
	enum tg_log_mode team = TG_LOG_UNSET;
	struct tg_str raw, text;

	if (!conf->log_fixed && call->catalog != NULL &&
	    call->catalog->log != TG_LOG_UNSET)
		mode = call->catalog->log;
	if (call->who->key.log != TG_LOG_UNSET)
		mode = call->who->key.log;
	if (call->who->team != NULL &&
	    tg_json_get(tg_str(call->who->team->settings), "log", &raw) &&
	    tg_json_raw_text(raw, &text))
		(void)tg_log_mode_parse(text, &team);
	return log_rank(team) > log_rank(mode) ? team : mode;
}

/* What a call of these is booked to binds it: not the master's. */
static void
note_owners(struct tg_call_row *row, const struct tg_who *who)
{
	row->person = who->key.person;
	row->team = who->key.team;
	row->project = who->key.project;
	row->organization = who->organization != NULL ? who->organization->id :
							who->key.organization;
	row->member = who->member != NULL ? who->member->id : 0;
}

void
tg_call_note_who(struct tg_call *call)
{
	const struct tg_who *who = call->who;
	struct tg_request *rq = call->rq;
	struct tg_call_row *row = &call->row;

	row->key_id = who->key.id;
	row->worker = tg_worker_name();
	row->route = call->dialect->name;
	row->start_at = rq->start_wall_us;
	if (who->key.role != TG_KEY_MASTER)
		note_owners(row, who);
	call->log = log_of(call);
	if (call->log == TG_LOG_NONE)
		return;
	row->addr = tg_arena_cstr(rq->arena, rq->addr);
	row->agent = tg_arena_cstr(rq->arena, shortened(rq->agent));
}

/* --- a request without a model --- */

static bool
lacks_model(const struct tg_err *e)
{
	return e->code == TG_E_MISSING && strcmp(e->param, "model") == 0;
}

/* The last of two members of a name counts. */
static int
read_with(struct tg_call *call, const char *model, struct tg_err *e)
{
	struct tg_request *rq = call->rq;
	struct tg_str body = tg_str_trim(tg_buf_str(&rq->body)), name, value;
	struct tg_str quoted = tg_json_quoted(rq->arena, tg_str(model));
	struct tg_json_it it = tg_json_begin(body);
	bool any = tg_json_member(&it, &name, &value);

	body.n--;
	return tg_view_read(&call->view, call->dialect, rq->arena,
	    tg_str(tg_arena_printf(rq->arena, "%.*s%s\"model\":%.*s}",
		TG_PRI(body), any ? "," : "", TG_PRI(quoted))),
	    e);
}

/* It gets its customer's, where the customer has one. */
static int
read_default(struct tg_call *call)
{
	struct tg_err *e = &call->rq->err, ignored = { 0 }, missing = *e;

	if (read_with(call, "?", &ignored) != 0)
		return -1;
	tg_err_reset(e);
	if (tg_parties(call) != 0)
		return -1;
	if (call->default_model == NULL) {
		*e = missing;
		return -1;
	}
	return read_with(call, call->default_model, e);
}

int
tg_intake(struct tg_call *call)
{
	struct tg_request *rq = call->rq;

	if (tg_request_body(rq,
		tg_gate_settings(call->gate)->max_body_bytes) != 0)
		return -1;
	call->row.request_bytes = (int64_t)rq->body.n;
	if (tg_view_read(&call->view, call->dialect, rq->arena,
		tg_buf_str(&rq->body), &rq->err) != 0 &&
	    (!lacks_model(&rq->err) || read_default(call) != 0))
		return -1;
	call->seen = true;
	call->model = call->view.model;
	call->row.model = call->view.model.p;
	call->row.stream = call->view.stream;
	return 0;
}

static int
check_model(struct tg_call *call, struct tg_str model, const char *param)
{
	struct tg_rights_ask ask = {
		.model = model,
		.param = param,
		.old_words =
		    tg_gate_settings(call->gate)->house.old_words,
	};

	return tg_rights_use(call->who, call->catalog, &ask, &call->rq->err);
}

int
tg_rights(struct tg_call *call)
{
	struct tg_request *rq = call->rq;

	if (tg_rights_route(call->who, tg_str(call->dialect->endpoint),
		&rq->err) != 0)
		return -1;
	call->model = tg_rights_alias(call->who, rq->arena, call->view.model);
	call->row.model = call->model.p;
	if (check_model(call, call->model, "model") != 0 ||
	    check_list(call) != 0 || check_members(call) != 0 ||
	    check_enforced(call) != 0)
		return -1;
	return tg_parties(call);
}

/* Some upstreams take others from this list: rights hold for all of them. */
static int
check_list(struct tg_call *call)
{
	struct tg_json_it it = tg_json_begin(call->view.models);
	struct tg_str item, text;

	while (call->view.models.n > 0 && tg_json_item(&it, &item)) {
		if (tg_json_text(call->rq->arena, item, &text) != 0)
			text = item;
		if (check_model(call, text, "models") != 0)
			return -1;
	}
	return 0;
}

/* Prices, addresses and secrets are the house's to say. */
static int
check_members(struct tg_call *call)
{
	const char *name = tg_view_forbidden(&call->view);

	if (name == NULL)
		return 0;
	return tg_fail_param(&call->rq->err, TG_E_FIELD_DENIED, name,
	    "'%s' cannot be set by a request: prices, addresses and keys of "
	    "upstreams are the gateway's own. Leave it out.",
	    name);
}

/* What the key's enforced_params name must stand in the body. */
static int
check_enforced(struct tg_call *call)
{
	struct tg_str list, item, name, value;
	struct tg_json_it it;

	if (!tg_json_get(tg_str(call->who->key.settings), "enforced_params",
		&list) ||
	    tg_json_type(list) != TG_JSON_ARRAY)
		return 0;
	it = tg_json_begin(list);
	while (tg_json_item(&it, &item))
		if (tg_json_text(call->rq->arena, item, &name) == 0 &&
		    (!tg_json_path(call->view.body, name.p, &value) ||
			tg_json_is_null(value)))
			return tg_fail_param(&call->rq->err, TG_E_MISSING,
			    name.p,
			    "BadRequest please pass param=%s in request body. "
			    "This is a required param",
			    name.p);
	return 0;
}
