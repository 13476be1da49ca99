/*
 * One call of the demonstration into the books: admission, settlement and
 * bodies as the gate does them, but the times are told, not taken.
 */
#include "config.h"

#include "prog/demo.h"

#include "base/clock.h"
#include "llm/bill.h"
#include "store/bodies.h"
#include "store/books.h"
#include "store/scores.h"

#define MOST_OUTPUT 4096
#define BYTES_A_TOKEN 4

/* A call under way. */
struct demo_run {
	struct tg_demo *d;
	struct tg_arena *a;
	const struct tg_demo_call *call;
	const struct tg_deployment *deployment;
	struct tg_catalog *catalog;
	struct tg_call_row row;
	struct tg_terms terms;
	struct tg_candidate candidate;
	struct tg_usage usage;
	struct tg_prices prices;
};

static int find_deployment(struct demo_run *r);
static int find_terms(struct demo_run *r);
static void quote(struct demo_run *r);
static void refuse(struct tg_admission *ad, void *arg);
static void go(struct demo_run *r);
static int settle(struct demo_run *r);
static int keep(struct demo_run *r);
static int judge(struct demo_run *r);

static void
begin_row(struct demo_run *r)
{
	const struct tg_demo_call *call = r->call;
	const struct tg_who *who = call->who;

	r->row = (struct tg_call_row){
		.attempt = 1,
		.worker = tg_worker_name(),
		.key_id = who->key.id,
		.user = call->customer,
		.addr = "192.168.1.20",
		.agent = call->program->agent,
		.route = strcmp(call->model->mode, "embedding") == 0 ?
		    "embeddings" : "chat",
		.model = call->model->name,
		.stream = call->program->stream,
		.start_at = call->at,
		.request_bytes = (int64_t)call->request.n,
		.person = who->person != NULL ? who->person->id : 0,
		.team = who->team != NULL ? who->team->id : 0,
		.member = who->member != NULL ? who->member->id : 0,
		.customer = call->customer_id,
		.session = call->session,
		.provider_cost_nano = TG_COST_UNKNOWN,
		.reasoning_tokens = -1,
		.streamed_tokens = -1,
		.queued_us = -1,
		.first_content_us = -1,
		.first_byte_us = -1,
	};
	for (int i = 0; i < TG_TOK__MAX; i++)
		r->row.tokens[i] = -1;
	if (call->tag_id != 0) {
		r->row.tags = tg_arena_printf(
		    r->a, "[\"%s\"]", call->program->tag);
		r->row.tag_ids = tg_arena_printf(
		    r->a, "[%lld]", (long long)call->tag_id);
	}
	tg_uuid7(r->row.id);
}

int
tg_demo_book(struct tg_demo *d, struct tg_arena *a,
    const struct tg_demo_call *call, int64_t *end_at)
{
	struct demo_run r = { .d = d, .a = a, .call = call };
	struct tg_admission ad = { .row = &r.row,
		.terms = &r.terms,
		.candidates = &r.candidate,
		.n_candidates = 1,
		.choices = 1,
		.may_clamp = true,
		.least_tokens = 16,
		.refuse = refuse };
	int rc = -1;

	tg_wall_stand(call->at);
	begin_row(&r);
	*end_at = call->at;
	if (find_deployment(&r) == 0 && find_terms(&r) == 0) {
		quote(&r);
		rc = tg_book_open(d->store, a, &ad, &d->c->err);
	}
	if (rc == 1) {
		go(&r);
		*end_at = call->at + r.row.end_us;
		tg_wall_stand(*end_at);
		rc = settle(&r) == 0 && keep(&r) == 0 && judge(&r) == 0 ?
		    r.row.state == TG_CALL_DONE : -1;
	}
	d->calls++;
	tg_catalog_release(r.catalog);
	return rc;
}

static int
find_deployment(struct demo_run *r)
{
	const struct tg_deployment **found;
	size_t n;

	if (tg_gate_catalog(tg_app_gate(r->d->c->app), &r->catalog,
		&r->d->c->err) == -1)
		return -1;
	found = tg_catalog_find(
	    r->catalog, r->a, tg_str(r->call->model->name), NULL, &n);
	if (n == 0)
		return tg_fail(&r->d->c->err, TG_E_INTERNAL,
		    "the demonstration has no model %s", r->call->model->name);
	r->deployment = found[0];
	return 0;
}

static int
find_terms(struct demo_run *r)
{
	const struct tg_call_row *row = &r->row;
	const struct {
		enum tg_scope scope;
		int64_t subject;
	} of[] = {
		{ TG_SCOPE_KEY, row->key_id },
		{ TG_SCOPE_PERSON, row->person },
		{ TG_SCOPE_TEAM, row->team },
		{ TG_SCOPE_MEMBER, row->member },
		{ TG_SCOPE_CUSTOMER, row->customer },
		{ TG_SCOPE_TAG, r->call->tag_id },
	};
	struct tg_account_ref refs[8] = { { TG_SCOPE_HOUSE, 0, "" },
		{ TG_SCOPE_MODEL, 0, row->model } };
	const struct tg_account_ref upstream[] = {
		{ TG_SCOPE_PROVIDER, 0, r->deployment->upstream->name },
		{ TG_SCOPE_DEPLOYMENT, 0, r->deployment->id },
	};
	size_t n = 2;

	for (size_t i = 0; i < sizeof(of) / sizeof(of[0]); i++)
		if (of[i].subject != 0)
			refs[n++] = (struct tg_account_ref){ of[i].scope,
				of[i].subject, "" };
	if (tg_terms_find(r->d->store, r->a, refs, n, &r->terms,
		&r->d->c->err) == -1)
		return -1;
	return tg_terms_find(r->d->store, r->a, upstream, 2,
	    &r->candidate.terms, &r->d->c->err);
}

/* All of the text at the price of fresh input. */
static void
quote(struct demo_run *r)
{
	const struct tg_demo_call *call = r->call;
	struct tg_bound b = { .choices = 1, .output_tokens = MOST_OUTPUT };
	struct tg_prices worst;

	b.input_tokens = (int64_t)call->request.n + call->program->base_tokens;
	tg_prices_worst(&r->deployment->prices, call->at, b.input_tokens, "",
	    &worst);
	r->candidate.deployment = r->deployment->id;
	r->candidate.provider = r->deployment->upstream->name;
	r->candidate.upstream_model = r->deployment->upstream_model;
	r->candidate.priced = tg_price_quote(&worst, &b,
	    &r->candidate.fixed_nano, &r->candidate.output_pico);
	r->candidate.input_tokens = b.input_tokens;
	r->candidate.output_tokens = MOST_OUTPUT;
}

static void
refuse(struct tg_admission *ad, void *arg)
{
	(void)arg;
	ad->row->status = 429;
	ad->row->error = "budget_exceeded: Budget has been exceeded!";
	ad->row->end_us = 900;
}

/* --- how it goes --- */

/* Mostly near, now and then much longer: as networks are. */
static int64_t
about_us(struct tg_demo *d, int64_t ms)
{
	int64_t us = ms * 600 + (int64_t)tg_demo_random(d, 800) * ms;

	if (tg_demo_random(d, 12) == 0)
		us += (int64_t)tg_demo_random(d, 3000) * ms;
	return us + 1000;
}

static void
use(struct demo_run *r)
{
	const struct tg_demo_call *call = r->call;
	struct tg_usage *u = &r->usage;
	int64_t text = (int64_t)call->request.n / BYTES_A_TOKEN;
	int64_t cached = call->known_bytes / BYTES_A_TOKEN;

	tg_usage_reset(u);
	for (int i = 0; i < TG_UNIT__TOKENS; i++)
		u->tokens[i] = 0;
	if (cached > 0)
		cached += call->program->base_tokens;
	else
		text += call->program->base_tokens;
	u->tokens[TG_UNIT_CACHE_READ] = cached - cached % 64;
	u->tokens[TG_UNIT_INPUT] =
	    text - call->known_bytes / BYTES_A_TOKEN + cached % 64;
	u->reasoning = call->thought_bytes / BYTES_A_TOKEN;
	u->tokens[TG_UNIT_OUTPUT] =
	    call->answer_bytes / BYTES_A_TOKEN + u->reasoning + 8;
	if (strcmp(call->model->mode, "embedding") == 0)
		u->tokens[TG_UNIT_OUTPUT] = 0;
	u->known = true;
}

/* What goes wrong, one call in so many. */
static const struct {
	int one_in, status, upstream;
	enum tg_call_state state;
	int end_ms;
	const char *error;
} troubles[] = {
	{ 180, 429, 429, TG_CALL_FAILED, 210,
	    "upstream: Rate limit reached for requests. Please try again in "
	    "1.2s." },
	{ 260, 503, 503, TG_CALL_FAILED, 1400,
	    "upstream: The model is currently overloaded. Please try again "
	    "later." },
	{ 420, 504, 0, TG_CALL_FAILED, 60000,
	    "first_byte_time: openai sent nothing for 60 s" },
	{ 900, 400, 400, TG_CALL_FAILED, 160,
	    "upstream: This model's maximum context length is 128000 tokens." },
};

static bool
goes_wrong(struct demo_run *r)
{
	struct tg_call_row *row = &r->row;

	for (size_t i = 0; i < sizeof(troubles) / sizeof(troubles[0]); i++) {
		if (tg_demo_random(r->d, (uint64_t)troubles[i].one_in) != 0)
			continue;
		row->state = troubles[i].state;
		row->status = troubles[i].status;
		row->upstream_status = troubles[i].upstream;
		row->error = troubles[i].error;
		row->sent_us = about_us(r->d, 3);
		row->end_us = about_us(r->d, troubles[i].end_ms);
		if (row->upstream_status != 0)
			row->first_byte_us = row->end_us - 700;
		row->cost_nano = 0;
		tg_usage_reset(&r->usage);
		return true;
	}
	return false;
}

static void
price(struct demo_run *r)
{
	const int64_t *t = r->usage.tokens;

	for (int i = 0; i < TG_TOK__MAX; i++)
		r->row.tokens[i] = t[i];
	r->row.reasoning_tokens = r->usage.reasoning;
	tg_prices_at(&r->deployment->prices, r->row.start_at,
	    t[TG_UNIT_INPUT] + t[TG_UNIT_CACHE_READ], "", &r->prices);
	if (!tg_price_cost(&r->prices, &r->usage, &r->row.cost_nano))
		r->row.cost_nano = TG_COST_UNKNOWN;
	r->row.bill = tg_bill_text(r->a, &r->prices, &r->usage);
}

static void
go(struct demo_run *r)
{
	const struct tg_demo_model *m = r->call->model;
	struct tg_call_row *row = &r->row;
	int64_t writing;

	if (goes_wrong(r))
		return;
	use(r);
	price(r);
	row->state = TG_CALL_DONE;
	row->status = row->upstream_status = 200;
	row->finish = "stop";
	row->sent_us = about_us(r->d, 3);
	row->first_byte_us = row->sent_us + about_us(r->d, m->first_ms);
	writing = r->usage.tokens[TG_UNIT_OUTPUT] * 1000 / m->tokens_per_s;
	row->end_us = row->first_byte_us + about_us(r->d, writing);
	row->first_content_us =
	    row->stream ? row->first_byte_us + 400 : row->end_us - 300;
	row->answer_bytes = (int64_t)r->call->answer.n;
	row->upstream_id = tg_arena_printf(r->a, "chatcmpl-%.12s", row->id);
}

static int
settle(struct demo_run *r)
{
	struct tg_settlement st = { .row = &r->row,
		.terms = &r->terms,
		.candidate = &r->candidate.terms,
		.last = true,
		.used_input = 0,
		.used_output = 0 };

	if (r->usage.known) {
		st.used_input = r->usage.tokens[TG_UNIT_INPUT] +
		    r->usage.tokens[TG_UNIT_CACHE_READ];
		st.used_output = r->usage.tokens[TG_UNIT_OUTPUT];
	}
	return tg_book_settle(r->d->store, r->a, &st, &r->d->c->err);
}

static int
put_opinion(struct tg_db *db, void *arg, struct tg_err *e)
{
	return tg_score_put(db, arg, e);
}

/* Some who asked say what they think of the answer; most are content. */
static int
judge(struct demo_run *r)
{
	bool bad = tg_demo_random(r->d, 6) == 0;
	struct tg_score thumb = { .call = r->row.id,
		.name = "thumb", .has_number = true,
		.number = bad ? -1 : 1,
		.comment = bad ? "Too vague." : NULL,
		.source = "api", .key_id = r->row.key_id,
		.at = tg_wall_us() };

	if (r->row.state != TG_CALL_DONE || tg_demo_random(r->d, 25) != 0)
		return 0;
	return tg_write(
	    r->d->store, TG_DB_MAIN, put_opinion, &thumb, &r->d->c->err);
}

static int
keep(struct demo_run *r)
{
	struct tg_str answer = r->call->answer;

	if (r->row.state != TG_CALL_DONE)
		answer = tg_str(tg_arena_printf(r->a,
		    "{\"error\":{\"message\":\"%s\",\"type\":\"server_error\","
		    "\"param\":null,\"code\":null}}",
		    r->row.error));
	return tg_body_put(r->d->store, r->row.id, r->call->request, answer,
	    &r->d->c->err);
}
