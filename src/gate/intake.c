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
	enum tg_log_mode mode = tg_gate_settings(call->gate)->log;
	enum tg_log_mode team = TG_LOG_UNSET;
	struct tg_str raw, text;

	if (call->who->key.log != TG_LOG_UNSET)
		mode = call->who->key.log;
	if (call->who->team != NULL &&
	    tg_json_get(tg_str(call->who->team->settings), "log", &raw) &&
	    tg_json_raw_text(raw, &text))
		(void)tg_log_mode_parse(text, &team);
	return log_rank(team) > log_rank(mode) ? team : mode;
}

void
tg_call_note_who(struct tg_call *call)
{
	const struct tg_who *who = call->who;
	struct tg_request *rq = call->rq;
	struct tg_call_row *row = &call->row;

	row->key_id = who->key.id;
	row->person = who->key.person;
	row->team = who->key.team;
	row->project = who->key.project;
	row->organization = who->organization != NULL ? who->organization->id :
							who->key.organization;
	row->member = who->member != NULL ? who->member->id : 0;
	row->worker = tg_worker_name();
	row->route = call->dialect->name;
	row->start_at = rq->start_wall_us;
	call->log = log_of(call);
	if (call->log == TG_LOG_NONE)
		return;
	row->addr = tg_arena_cstr(rq->arena, rq->addr);
	row->agent = tg_arena_cstr(rq->arena, shortened(rq->agent));
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
		tg_buf_str(&rq->body), &rq->err) != 0)
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
	    check_list(call) != 0 || check_members(call) != 0)
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
