#include "config.h"

/*
 * What completed rows add up to, in memory, against accounts, balances and
 * rollups; and what open rows hold against holds and flights.
 */
#include <string.h>

#include "store/verify.h"

#define CHAINS 4096

static int bound(struct tg_verify *v, enum tg_sql name, struct tg_err *e);
static struct tg_verify_bound **chain(struct tg_verify *v, enum tg_scope scope,
    int64_t subject);
static void count_account(struct tg_verify *v, enum tg_scope scope,
    int64_t subject, int64_t nano);
static int count_bound(struct tg_verify *v, struct tg_verify_bound *b,
    const struct tg_call_row *c, struct tg_err *e);
static int each_bound(struct tg_verify *v, const struct tg_call_row *c,
    int (*fn)(struct tg_verify *, struct tg_verify_bound *,
	const struct tg_call_row *, struct tg_err *),
    struct tg_err *e);
static int held_bound(struct tg_verify *v, struct tg_verify_bound *b,
    const struct tg_call_row *c, struct tg_err *e);
static void count_rollup(struct tg_verify *v, const struct tg_rollup *r,
    int64_t facet);
static void mix(const struct tg_rollup *r, int64_t facet, uint64_t key[2]);
static int64_t mixed_sums(const struct tg_rollup *r);

/* --- caps and limits --- */

int
tg_verify_bounds(struct tg_verify *v, struct tg_err *e)
{
	v->bounds = tg_arena_zero(v->a, CHAINS * sizeof(v->bounds[0]));
	if (bound(v, TG_SQL_VERIFY_CAPS, e) == -1)
		return -1;
	return bound(v, TG_SQL_VERIFY_PARALLEL, e);
}

static struct tg_verify_bound **
chain(struct tg_verify *v, enum tg_scope scope, int64_t subject)
{
	uint64_t h = ((uint64_t)subject * TG_SCOPE__MAX + (uint64_t)scope) *
	    UINT64_C(0x9e3779b97f4a7c15);

	return &v->bounds[h >> 32 & (CHAINS - 1)];
}

static int
bound(struct tg_verify *v, enum tg_sql name, struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(v->db, name);
	struct tg_verify_bound *b, **at;
	int rc;

	while ((rc = tg_db_step(v->db, st, e)) == 1) {
		b = tg_arena_zero(v->a, sizeof(*b));
		b->account.scope = sqlite3_column_int(st, 0);
		b->account.subject = sqlite3_column_int64(st, 1);
		b->account.name = tg_col_text(v->a, st, 2);
		b->id = sqlite3_column_int64(st, 3);
		if (name == TG_SQL_VERIFY_CAPS) {
			b->period = tg_col_text(v->a, st, 4);
			b->created_at = sqlite3_column_int64(st, 5);
		}
		at = chain(v, b->account.scope, b->account.subject);
		b->next = *at;
		*at = b;
	}
	return rc;
}

static int
each_bound(struct tg_verify *v, const struct tg_call_row *c,
    int (*fn)(struct tg_verify *, struct tg_verify_bound *,
	const struct tg_call_row *, struct tg_err *),
    struct tg_err *e)
{
	struct tg_account_ref tag = { .scope = TG_SCOPE_TAG };
	struct tg_ids tags = tg_ids_begin(c->tag_ids);
	struct tg_verify_bound *b;
	struct tg_call_refs refs;

	tg_call_refs(c, &refs);
	for (size_t i = 0;
	     i < refs.n || tg_ids_next(&tags, &tag.subject); i++) {
		struct tg_account_ref *r = i < refs.n ? &refs.list[i] : &tag;

		for (b = *chain(v, r->scope, r->subject); b != NULL;
		     b = b->next)
			if (b->account.scope == r->scope &&
			    b->account.subject == r->subject &&
			    tg_account_has(&b->account, c) &&
			    fn(v, b, c, e) == -1)
				return -1;
	}
	return 0;
}

/* --- counting --- */

int
tg_verify_count(
    struct tg_verify *v, const struct tg_call_row *c, struct tg_err *e)
{
	int64_t nano = c->cost_nano != TG_COST_UNKNOWN ? c->cost_nano : 0;
	struct tg_ids tags = tg_ids_begin(c->tag_ids);
	struct tg_rollup r;
	int64_t tag;

	count_account(v, TG_SCOPE_KEY, c->key_id, nano);
	count_account(v, TG_SCOPE_PERSON, c->person, nano);
	count_account(v, TG_SCOPE_TEAM, c->team, nano);
	count_account(v, TG_SCOPE_MEMBER, c->member, nano);
	count_account(v, TG_SCOPE_PROJECT, c->project, nano);
	count_account(v, TG_SCOPE_ORGANIZATION, c->organization, nano);
	count_account(v, TG_SCOPE_CUSTOMER, c->customer, nano);
	tg_rollup_of(&r, c, 1);
	count_rollup(v, &r, 0);
	if (c->customer != 0)
		count_rollup(v, &r, c->customer);
	while (tg_ids_next(&tags, &tag)) {
		count_account(v, TG_SCOPE_TAG, tag, nano);
		count_rollup(v, &r, tag);
	}
	return nano != 0 ? each_bound(v, c, count_bound, e) : 0;
}

static void
count_account(struct tg_verify *v, enum tg_scope scope, int64_t subject,
    int64_t nano)
{
	if (subject != 0 && nano != 0)
		tg_sums_at(&v->accounts, (uint64_t)scope, (uint64_t)subject)
		    ->v[0] += nano;
}

static int
count_bound(struct tg_verify *v, struct tg_verify_bound *b,
    const struct tg_call_row *c, struct tg_err *e)
{
	struct tg_sum *sum;

	(void)e;
	if (b->period == NULL)
		return 0;
	if ((c->start_at < b->from || c->start_at >= b->to) &&
	    !tg_period_at(b->period, c->start_at, &b->from, &b->to))
		return 0;
	/* What was over before there was the cap is counted nowhere. */
	if (b->to <= b->created_at)
		return 0;
	sum = tg_sums_at(&v->balances, (uint64_t)b->id, (uint64_t)b->from);
	sum->v[0] += c->cost_nano;
	return 0;
}

int
tg_verify_adjust(
    struct tg_verify *v, const struct tg_ledger_line *l, struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(v->db, TG_SQL_VERIFY_ACCOUNT);
	int scope = 0, rc;

	if (l->cap != 0) {
		tg_sums_at(&v->balances, (uint64_t)l->cap,
		    (uint64_t)l->period_at)->v[0] += l->amount_nano;
		return 0;
	}
	sqlite3_bind_int64(st, 1, l->account);
	rc = tg_db_step(v->db, st, e);
	if (rc != 1) {
		if (rc == 0)
			tg_verify_wrong(v, "Line %lld of the ledger adjusts "
			    "account %lld, which is not there.",
			    (long long)l->line, (long long)l->account);
		return rc;
	}
	scope = sqlite3_column_int(st, 0);
	if (sqlite3_column_int64(st, 1) != 0 && !tg_scope_globs(scope))
		count_account(v, scope, sqlite3_column_int64(st, 1),
		    l->amount_nano);
	tg_db_done(st);
	return 0;
}

/* --- rollups --- */

static void
mix_bytes(uint64_t key[2], const void *p, size_t n)
{
	const unsigned char *c = p;

	for (size_t i = 0; i < n; i++) {
		key[0] = (key[0] ^ c[i]) * UINT64_C(0x100000001b3);
		key[1] = (key[1] + c[i] + 1) * UINT64_C(0x9e3779b97f4a7c15);
		key[1] ^= key[1] >> 31;
	}
}

static void
mix(const struct tg_rollup *r, int64_t facet, uint64_t key[2])
{
	const int64_t numbers[] = { r->hour_at, facet, r->key_id, r->person,
		r->team, r->member, r->project, r->organization, r->state };

	key[0] = UINT64_C(0xcbf29ce484222325);
	key[1] = 1;
	mix_bytes(key, numbers, sizeof(numbers));
	mix_bytes(key, r->model, strlen(r->model) + 1);
	mix_bytes(key, r->deployment, strlen(r->deployment) + 1);
	mix_bytes(key, r->route, strlen(r->route) + 1);
}

/* Many sums in one: it adds up as they do. */
static int64_t
mixed_sums(const struct tg_rollup *r)
{
	const int64_t numbers[] = { r->reasoning_tokens, r->provider_cost_nano,
		r->total_us, r->first_us, r->firsts };
	uint64_t sum = 0, factor = 1;

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		factor *= UINT64_C(0x9e3779b97f4a7c15);
		sum += (uint64_t)numbers[i] * factor;
	}
	for (int i = 0; i < TG_TOK__MAX; i++) {
		factor *= UINT64_C(0x9e3779b97f4a7c15);
		sum += (uint64_t)r->tokens[i] * factor;
	}
	return (int64_t)sum;
}

static void
count_rollup(struct tg_verify *v, const struct tg_rollup *r, int64_t facet)
{
	uint64_t key[2];
	struct tg_sum *sum;

	mix(r, facet, key);
	sum = tg_sums_at(&v->rollups, key[0], key[1]);
	sum->v[0] += r->calls;
	sum->v[1] += r->unpriced;
	sum->v[2] += r->cost_nano;
	sum->v[3] = (int64_t)((uint64_t)sum->v[3] + (uint64_t)mixed_sums(r));
}

static int
check_rollups(struct tg_verify *v, struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(v->db, TG_SQL_VERIFY_ROLLUPS);
	struct tg_rollup r;
	uint64_t key[2];
	int rc;

	while ((rc = tg_db_step(v->db, st, e)) == 1) {
		struct tg_sum *sum;

		tg_rollup_load(&r, st);
		mix(&r, r.facet, key);
		sum = tg_sums_at(&v->rollups, key[0], key[1]);
		sum->met = true;
		if (sum->v[0] != r.calls || sum->v[1] != r.unpriced ||
		    sum->v[2] != r.cost_nano || sum->v[3] != mixed_sums(&r))
			tg_verify_wrong(v, "The sums of the hour %s, key "
			    "%lld, model '%s' (%lld calls, %s) are not "
			    "those of its calls (%lld calls, %s).",
			    tg_verify_time(v, r.hour_at),
			    (long long)r.key_id, r.model,
			    (long long)r.calls, tg_verify_usd(v, r.cost_nano),
			    (long long)sum->v[0],
			    tg_verify_usd(v, sum->v[2]));
	}
	for (size_t i = 0; rc == 0 && i < v->rollups.room; i++)
		if (v->rollups.p[i].taken && !v->rollups.p[i].met)
			tg_verify_wrong(v, "The sums of an hour with %lld "
			    "calls that cost %s are missing.",
			    (long long)v->rollups.p[i].v[0],
			    tg_verify_usd(v, v->rollups.p[i].v[2]));
	return rc;
}

/* --- accounts and balances --- */

static int
check_accounts(struct tg_verify *v, struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(v->db, TG_SQL_VERIFY_ACCOUNTS);
	const struct tg_sum *p;
	int rc;

	while ((rc = tg_db_step(v->db, st, e)) == 1) {
		int scope = sqlite3_column_int(st, 0);
		int64_t subject = sqlite3_column_int64(st, 1), want = 0;
		const char *name = (const char *)sqlite3_column_text(st, 2);
		struct tg_sum *sum = NULL;

		v->report->accounts++;
		if (*name == '\0')
			sum = tg_sums_find(&v->accounts, (uint64_t)scope,
			    (uint64_t)subject);
		if (sum != NULL) {
			sum->met = true;
			want = sum->v[0];
		}
		if (sqlite3_column_int64(st, 3) != want)
			tg_verify_wrong(v, "The account of %s %lld says that "
					   "%s was spent; its calls and adjustments make "
					   "%s.",
			    scope > 0 && scope < TG_SCOPE__MAX ?
				tg_scope_name(scope) :
				"?",
			    (long long)subject,
			    tg_verify_usd(v, sqlite3_column_int64(st, 3)),
			    tg_verify_usd(v, want));
	}
	for (size_t i = 0; rc == 0 && i < v->accounts.room; i++) {
		p = &v->accounts.p[i];
		if (p->taken && !p->met && p->v[0] != 0)
			tg_verify_wrong(v, "The account of %s %lld, which "
			    "spent %s, is missing.",
			    tg_scope_name((enum tg_scope)p->a),
			    (long long)p->b, tg_verify_usd(v, p->v[0]));
	}
	return rc;
}

static struct tg_verify_bound *
cap_of(struct tg_verify *v, int64_t id)
{
	for (size_t i = 0; i < CHAINS; i++)
		for (struct tg_verify_bound *b = v->bounds[i]; b != NULL;
		     b = b->next)
			if (b->period != NULL && b->id == id)
				return b;
	return NULL;
}

/* Is it a period that the cap has counted from its begin? */
static bool
counts(const struct tg_verify_bound *b, int64_t period_at)
{
	int64_t from, to;

	return b != NULL && tg_period_at(b->period, period_at, &from, &to) &&
	    to > b->created_at;
}

static int
check_balances(struct tg_verify *v, struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(v->db, TG_SQL_VERIFY_BALANCES);
	const struct tg_sum *p;
	int rc;

	while ((rc = tg_db_step(v->db, st, e)) == 1) {
		int64_t cap = sqlite3_column_int64(st, 0), want = 0;
		int64_t period_at = sqlite3_column_int64(st, 1);
		struct tg_sum *sum = tg_sums_find(
		    &v->balances, (uint64_t)cap, (uint64_t)period_at);

		v->report->balances++;
		if (sum != NULL) {
			sum->met = true;
			want = sum->v[0];
		}
		if (sqlite3_column_int64(st, 2) != want &&
		    counts(cap_of(v, cap), period_at))
			tg_verify_wrong(v, "The balance of cap %lld (of %s "
			    "%lld) in the period from %s is %s; its calls "
			    "and adjustments make %s.", (long long)cap,
			    tg_scope_name(cap_of(v, cap)->account.scope),
			    (long long)cap_of(v, cap)->account.subject,
			    tg_verify_time(v, period_at),
			    tg_verify_usd(v, sqlite3_column_int64(st, 2)),
			    tg_verify_usd(v, want));
	}
	for (size_t i = 0; rc == 0 && i < v->balances.room; i++) {
		p = &v->balances.p[i];
		if (p->taken && !p->met && p->v[0] != 0 &&
		    counts(cap_of(v, (int64_t)p->a), (int64_t)p->b))
			tg_verify_wrong(v, "The balance of cap %lld in the "
			    "period from %s, %s, is missing.",
			    (long long)p->a,
			    tg_verify_time(v, (int64_t)p->b),
			    tg_verify_usd(v, p->v[0]));
	}
	return rc;
}

/* --- holds and flights --- */

int
tg_verify_open(
    struct tg_verify *v, const struct tg_call_row *c, struct tg_err *e)
{
	tg_sums_at(&v->opens, (uint64_t)c->head, 0)->v[0] = c->hold_nano;
	return each_bound(v, c, held_bound, e);
}

static int
held_bound(struct tg_verify *v, struct tg_verify_bound *b,
    const struct tg_call_row *c, struct tg_err *e)
{
	bool cap = b->period != NULL;
	sqlite3_stmt *st;
	int rc;

	if (cap ? c->hold_nano <= 0 : c->admit_at == 0)
		return 0;
	st = tg_db_stmt(v->db, cap ? TG_SQL_HOLD_GET : TG_SQL_FLIGHT_GET);
	sqlite3_bind_int64(st, 1, b->id);
	sqlite3_bind_int64(st, 2, c->head);
	rc = tg_db_step(v->db, st, e);
	if (rc == 0)
		tg_verify_wrong(v, "The call %s is open, but has no %s under "
		    "%s %lld of %s %lld.", c->id, cap ? "hold" : "flight",
		    cap ? "cap" : "limit", (long long)b->id,
		    tg_scope_name(b->account.scope),
		    (long long)b->account.subject);
	if (rc == 1) {
		int64_t amount = sqlite3_column_int64(st, 0);

		if (cap && amount != c->hold_nano)
			tg_verify_wrong(v, "The open call %s holds %s under "
			    "cap %lld; it should be %s.", c->id,
			    tg_verify_usd(v, amount), (long long)b->id,
			    tg_verify_usd(v, c->hold_nano));
		tg_db_done(st);
	}
	return rc == -1 ? -1 : 0;
}

/* Between two attempts a call has no open row, but holds. */
static int
stray(struct tg_verify *v, int64_t head, bool *is, struct tg_err *e)
{
	sqlite3_stmt *st;
	int rc;

	*is = false;
	if (tg_sums_find(&v->opens, (uint64_t)head, 0) != NULL)
		return 0;
	st = tg_db_stmt(v->db, TG_SQL_SWEEP_HEAD);
	sqlite3_bind_int64(st, 1, head);
	rc = tg_db_step(v->db, st, e);
	*is = rc == 0 || (rc == 1 && tg_col_i64(st, 2, -1) == -1);
	if (rc == 1)
		tg_db_done(st);
	return rc == -1 ? -1 : 0;
}

static int
check_held(struct tg_verify *v, enum tg_sql name, struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(v->db, name);
	bool is;
	int rc;

	while ((rc = tg_db_step(v->db, st, e)) == 1) {
		int64_t head = sqlite3_column_int64(st, 1);

		if (stray(v, head, &is, e) == -1) {
			tg_db_done(st);
			return -1;
		}
		if (is)
			tg_verify_wrong(v, "There is a %s under %s %lld for "
			    "row %lld of the calls, which is not open.",
			    name == TG_SQL_VERIFY_HOLDS ? "hold" : "flight",
			    name == TG_SQL_VERIFY_HOLDS ? "cap" : "limit",
			    (long long)sqlite3_column_int64(st, 0),
			    (long long)head);
	}
	return rc;
}

int
tg_verify_sums(struct tg_verify *v, struct tg_err *e)
{
	if (check_accounts(v, e) == -1 || check_balances(v, e) == -1 ||
	    check_rollups(v, e) == -1 ||
	    check_held(v, TG_SQL_VERIFY_HOLDS, e) == -1)
		return -1;
	return check_held(v, TG_SQL_VERIFY_FLIGHTS, e);
}
