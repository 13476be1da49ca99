#include "config.h"

#include "store/rollups.h"

/*
 * Sums by the hour in which a call began, written with each settlement and
 * read instead of rows.
 */
#include <stdlib.h>
#include <string.h>

#include "store/booking.h"
#include "store/subjects.h"

#define HOUR_US (3600 * INT64_C(1000000))

/* In the order of the schema; SELECT * gives it, rollup_add takes it. */
enum column {
	HOUR_AT,
	FACET,
	KEY_ID,
	PERSON,
	TEAM,
	MEMBER,
	PROJECT,
	ORGANIZATION,
	MODEL,
	DEPLOYMENT,
	PROVIDER,
	ROUTE,
	STATE,
	CALLS,
	UNPRICED,
	TOKENS,
	REASONING_TOKENS = TOKENS + TG_TOK__MAX,
	COST_NANO,
	PROVIDER_COST_NANO,
	TOTAL_US,
	FIRST_US,
	FIRSTS
};

static int add(struct tg_db *db, const struct tg_rollup *r, int64_t facet,
    struct tg_err *e);
static void bind(sqlite3_stmt *st, const struct tg_rollup *r, int64_t facet);
static void bind_account(sqlite3_stmt *st, const struct tg_account *acc);
static int broken_hour(struct tg_db *db, const struct tg_account *acc,
    struct tg_span when, int64_t *nano, struct tg_err *e);
static int ever(struct tg_db *db, const struct tg_account *acc, int64_t *nano,
    struct tg_err *e);
static int64_t known(int64_t value, int64_t none);
static const char *text(const char *s);
static int whole_hours(struct tg_db *db, const struct tg_account *acc,
    struct tg_span when, int64_t *nano, struct tg_err *e);

/* --- writing --- */

int
tg_rollup_add(struct tg_db *db, const struct tg_call_row *c, int sign,
    struct tg_err *e)
{
	struct tg_ids tags = tg_ids_begin(c->tag_ids);
	struct tg_rollup r;
	int64_t tag;

	tg_rollup_of(&r, c, sign);
	if (add(db, &r, 0, e) == -1)
		return -1;
	if (c->customer != 0 && add(db, &r, c->customer, e) == -1)
		return -1;
	while (tg_ids_next(&tags, &tag))
		if (add(db, &r, tag, e) == -1)
			return -1;
	return 0;
}

void
tg_rollup_of(struct tg_rollup *r, const struct tg_call_row *c, int sign)
{
	*r = (struct tg_rollup){
		.hour_at = c->start_at - c->start_at % HOUR_US,
		.key_id = c->key_id,
		.person = c->person,
		.team = c->team,
		.member = c->member,
		.project = c->project,
		.organization = c->organization,
		.model = text(c->model),
		.deployment = text(c->deployment),
		.provider = text(c->provider),
		.route = text(c->route),
		.state = c->state,
		.calls = sign,
		.unpriced = c->cost_nano == TG_COST_UNKNOWN ? sign : 0,
		.reasoning_tokens = sign * known(c->reasoning_tokens, -1),
		.cost_nano = sign * known(c->cost_nano, TG_COST_UNKNOWN),
		.provider_cost_nano =
		    sign * known(c->provider_cost_nano, TG_COST_UNKNOWN),
		.total_us = sign * known(c->end_us, -1),
		.first_us = sign * known(c->first_content_us, -1),
		.firsts = c->first_content_us >= 0 ? sign : 0,
	};
	for (int i = 0; i < TG_TOK__MAX; i++)
		r->tokens[i] = sign * known(c->tokens[i], -1);
}

static int64_t
known(int64_t value, int64_t none)
{
	return value != none ? value : 0;
}

static const char *
text(const char *s)
{
	return s != NULL ? s : "";
}

static int
add(struct tg_db *db, const struct tg_rollup *r, int64_t facet,
    struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_ROLLUP_ADD);

	bind(st, r, facet);
	return tg_db_step(db, st, e);
}

static void
bind(sqlite3_stmt *st, const struct tg_rollup *r, int64_t facet)
{
	sqlite3_bind_int64(st, HOUR_AT + 1, r->hour_at);
	sqlite3_bind_int64(st, FACET + 1, facet);
	sqlite3_bind_int64(st, KEY_ID + 1, r->key_id);
	sqlite3_bind_int64(st, PERSON + 1, r->person);
	sqlite3_bind_int64(st, TEAM + 1, r->team);
	sqlite3_bind_int64(st, MEMBER + 1, r->member);
	sqlite3_bind_int64(st, PROJECT + 1, r->project);
	sqlite3_bind_int64(st, ORGANIZATION + 1, r->organization);
	tg_bind_text(st, MODEL + 1, r->model);
	tg_bind_text(st, DEPLOYMENT + 1, r->deployment);
	tg_bind_text(st, PROVIDER + 1, r->provider);
	tg_bind_text(st, ROUTE + 1, r->route);
	sqlite3_bind_int(st, STATE + 1, r->state);
	sqlite3_bind_int64(st, CALLS + 1, r->calls);
	sqlite3_bind_int64(st, UNPRICED + 1, r->unpriced);
	for (int i = 0; i < TG_TOK__MAX; i++)
		sqlite3_bind_int64(st, TOKENS + 1 + i, r->tokens[i]);
	sqlite3_bind_int64(st, REASONING_TOKENS + 1, r->reasoning_tokens);
	sqlite3_bind_int64(st, COST_NANO + 1, r->cost_nano);
	sqlite3_bind_int64(st, PROVIDER_COST_NANO + 1, r->provider_cost_nano);
	sqlite3_bind_int64(st, TOTAL_US + 1, r->total_us);
	sqlite3_bind_int64(st, FIRST_US + 1, r->first_us);
	sqlite3_bind_int64(st, FIRSTS + 1, r->firsts);
}

/* --- reading --- */

int
tg_rollup_each(struct tg_db *db, const struct tg_rollup_filter *f,
    tg_rollup_fn *fn, void *arg, struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db,
	    f->facet < 0     ? TG_SQL_ROLLUP_EACH_OF :
		f->key_id > 0 ? TG_SQL_ROLLUP_EACH_OF_KEY :
				TG_SQL_ROLLUP_EACH);
	int64_t facet = f->facet;
	struct tg_rollup r;
	int rc;

	if (facet < 0)
		facet = facet == -1 ? TG_SUBJECT_CUSTOMER : TG_SUBJECT_TAG;
	sqlite3_bind_int64(st, 1, f->from_at);
	sqlite3_bind_int64(st, 2, f->to_at != 0 ? f->to_at : INT64_MAX);
	sqlite3_bind_int64(st, 3, facet);
	sqlite3_bind_int64(st, 4, f->key_id);
	sqlite3_bind_int64(st, 5, f->person);
	sqlite3_bind_int64(st, 6, f->team);
	sqlite3_bind_int64(st, 7, f->project);
	sqlite3_bind_int64(st, 8, f->organization);
	tg_bind_text(st, 9, f->model);
	tg_bind_text(st, 10, f->provider);
	while ((rc = tg_db_step(db, st, e)) == 1) {
		tg_rollup_load(&r, st);
		if (r.calls != 0 && fn(&r, arg) != 0) {
			tg_db_done(st);
			return 0;
		}
	}
	return rc;
}

void
tg_rollup_load(struct tg_rollup *r, sqlite3_stmt *st)
{
	*r = (struct tg_rollup){
		.hour_at = sqlite3_column_int64(st, HOUR_AT),
		.facet = sqlite3_column_int64(st, FACET),
		.key_id = sqlite3_column_int64(st, KEY_ID),
		.person = sqlite3_column_int64(st, PERSON),
		.team = sqlite3_column_int64(st, TEAM),
		.member = sqlite3_column_int64(st, MEMBER),
		.project = sqlite3_column_int64(st, PROJECT),
		.organization = sqlite3_column_int64(st, ORGANIZATION),
		.model = (const char *)sqlite3_column_text(st, MODEL),
		.deployment = (const char *)sqlite3_column_text(st, DEPLOYMENT),
		.provider = (const char *)sqlite3_column_text(st, PROVIDER),
		.route = (const char *)sqlite3_column_text(st, ROUTE),
		.state = sqlite3_column_int(st, STATE),
		.calls = sqlite3_column_int64(st, CALLS),
		.unpriced = sqlite3_column_int64(st, UNPRICED),
		.reasoning_tokens = sqlite3_column_int64(st, REASONING_TOKENS),
		.cost_nano = sqlite3_column_int64(st, COST_NANO),
		.provider_cost_nano =
		    sqlite3_column_int64(st, PROVIDER_COST_NANO),
		.total_us = sqlite3_column_int64(st, TOTAL_US),
		.first_us = sqlite3_column_int64(st, FIRST_US),
		.firsts = sqlite3_column_int64(st, FIRSTS),
	};
	for (int i = 0; i < TG_TOK__MAX; i++)
		r->tokens[i] = sqlite3_column_int64(st, TOKENS + i);
}

/* --- what an account has spent --- */

int
tg_rollup_spent(struct tg_db *db, const struct tg_account *acc,
    struct tg_span when, int64_t *nano, struct tg_err *e)
{
	int64_t first = (when.from + HOUR_US - 1) / HOUR_US * HOUR_US;
	int64_t last =
	    when.to == INT64_MAX ? when.to : when.to / HOUR_US * HOUR_US;
	struct tg_span before = { when.from, first }, after = { last, when.to };

	*nano = 0;
	if (acc->subject != 0 && !tg_scope_globs(acc->scope)) {
		if (ever(db, acc, nano, e) == -1)
			return -1;
		if (*nano == 0 || (when.from == 0 && when.to == INT64_MAX))
			return 0;
		*nano = 0;
	}
	if (first >= last)
		return broken_hour(db, acc, when, nano, e);
	if (before.from < before.to &&
	    broken_hour(db, acc, before, nano, e) == -1)
		return -1;
	if (after.from < after.to &&
	    broken_hour(db, acc, after, nano, e) == -1)
		return -1;
	return whole_hours(db, acc, (struct tg_span){ first, last }, nano, e);
}

/* Who is counted up with each call needs no sum: most keys are new. */
static int
ever(struct tg_db *db, const struct tg_account *acc, int64_t *nano,
    struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_ROLLUP_SPENT_EVER);
	int rc;

	sqlite3_bind_int(st, 1, acc->scope);
	sqlite3_bind_int64(st, 2, acc->subject);
	rc = tg_db_step(db, st, e);
	if (rc == 1) {
		*nano = sqlite3_column_int64(st, 0);
		tg_db_done(st);
	}
	return rc == -1 ? -1 : 0;
}

static int
whole_hours(struct tg_db *db, const struct tg_account *acc,
    struct tg_span when, int64_t *nano, struct tg_err *e)
{
	bool key = acc->scope == TG_SCOPE_KEY ||
	    acc->scope == TG_SCOPE_KEY_MODEL;
	sqlite3_stmt *st = tg_db_stmt(
	    db, key ? TG_SQL_ROLLUP_SPENT_OF_KEY : TG_SQL_ROLLUP_SPENT);
	struct tg_call_row c = { 0 };
	bool by_name;
	int rc;

	sqlite3_bind_int64(st, 1, when.from);
	sqlite3_bind_int64(st, 2, when.to);
	if (key)
		sqlite3_bind_int64(st, 3, acc->subject);
	else
		bind_account(st, acc);
	/* What the statement has not chosen already. */
	by_name = acc->scope == TG_SCOPE_MODEL ||
	    tg_scope_is_upstream(acc->scope) ||
	    (tg_scope_globs(acc->scope) &&
		acc->scope != TG_SCOPE_ORGANIZATION_MEMBER);
	while ((rc = tg_db_step(db, st, e)) == 1) {
		c.key_id = c.person = c.team = c.project = c.organization =
		    c.customer = acc->subject;
		c.model = (const char *)sqlite3_column_text(st, 0);
		c.provider = (const char *)sqlite3_column_text(st, 1);
		c.deployment = (const char *)sqlite3_column_text(st, 2);
		if (!by_name || tg_account_has(acc, &c))
			*nano += sqlite3_column_int64(st, 3);
	}
	return rc;
}

static void
bind_account(sqlite3_stmt *st, const struct tg_account *acc)
{
	static const int place[TG_SCOPE__MAX] = {
		[TG_SCOPE_KEY] = 4,
		[TG_SCOPE_KEY_MODEL] = 4,
		[TG_SCOPE_PERSON] = 5,
		[TG_SCOPE_TEAM] = 6,
		[TG_SCOPE_TEAM_MODEL] = 6,
		[TG_SCOPE_MEMBER] = 7,
		[TG_SCOPE_PROJECT] = 8,
		[TG_SCOPE_ORGANIZATION] = 9,
		[TG_SCOPE_CUSTOMER] = 3,
		[TG_SCOPE_TAG] = 3,
		[TG_SCOPE_PERSON_MODEL] = 5,
		[TG_SCOPE_PROJECT_MODEL] = 8,
		[TG_SCOPE_ORGANIZATION_MODEL] = 9,
		[TG_SCOPE_CUSTOMER_MODEL] = 3,
		[TG_SCOPE_ORGANIZATION_MEMBER] = 5,
	};

	for (int i = 3; i <= 9; i++)
		sqlite3_bind_int64(
		    st, i, place[acc->scope] == i ? acc->subject : 0);
	if (acc->scope == TG_SCOPE_ORGANIZATION_MEMBER)
		sqlite3_bind_int64(st, 9, strtoll(acc->name, NULL, 10));
}

/* Row by row. */
static int
broken_hour(struct tg_db *db, const struct tg_account *acc,
    struct tg_span when, int64_t *nano, struct tg_err *e)
{
	struct tg_call_filter times = { .since_at = when.from,
		.until_at = when.to };
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_CALL_BEGUN);
	struct tg_arena *a;
	struct tg_call_row c;
	int64_t first, last;
	int rc;

	if (tg_call_bounds(db, &times, &first, &last, e) == -1)
		return -1;
	a = tg_arena_new(64 * 1024);
	sqlite3_bind_int64(st, 1, first);
	sqlite3_bind_int64(st, 2, last);
	sqlite3_bind_int64(st, 3, when.from);
	sqlite3_bind_int64(st, 4, when.to);
	while ((rc = tg_db_step(db, st, e)) == 1) {
		tg_call_load(&c, a, st);
		if (tg_account_has(acc, &c))
			*nano += known(c.cost_nano, TG_COST_UNKNOWN);
		tg_arena_reset(a);
	}
	tg_arena_free(a);
	return rc;
}
