#include "config.h"

/* How accounts stand, for showing; and setting them by hand. */
#include "base/clock.h"
#include "store/booking.h"
#include "store/ledger.h"

static int adjust_cap(struct tg_db *db, struct tg_stake *s, int64_t to,
    bool raise, struct tg_err *e);
static int read_stakes(struct tg_db *db, const struct tg_terms *t, int64_t now,
    struct tg_standing *st, struct tg_err *e);

struct tg_standing
tg_standing_of_stake(const struct tg_stake *s)
{
	return (struct tg_standing){
		.cap = s->cap,
		.spent_nano = s->spent,
		.held_nano = s->held,
		.period_at = s->from,
		.reset_at = s->to,
	};
}

struct tg_standing
tg_standing_of_gauge(const struct tg_gauge *g)
{
	return (struct tg_standing){
		.limit = g->limit,
		.used = g->used,
		.free_us = g->free_us,
	};
}

int
tg_standings(struct tg_db *db, struct tg_arena *a,
    const struct tg_account *account, int64_t now, struct tg_standing **st,
    size_t *n, struct tg_err *e)
{
	struct tg_account own = *account;
	struct tg_terms t = { .accounts = &own, .n = 1 };
	size_t n_caps = own.n_caps;

	*n = n_caps + own.n_limits;
	*st = tg_arena_alloc(a, *n * sizeof(**st));
	if (read_stakes(db, &t, now, *st, e) == -1)
		return -1;
	for (size_t i = 0; i < own.n_limits; i++) {
		struct tg_gauge g = { .account = account,
			.limit = &own.limits[i] };

		if (tg_gauge_read(db, &g, now, e) == -1)
			return -1;
		(*st)[n_caps + i] = tg_standing_of_gauge(&g);
	}
	return 0;
}

static int
read_stakes(struct tg_db *db, const struct tg_terms *t, int64_t now,
    struct tg_standing *st, struct tg_err *e)
{
	const struct tg_account *acc = &t->accounts[0];

	for (size_t i = 0; i < acc->n_caps; i++) {
		struct tg_account one = *acc;
		struct tg_terms cap = { .accounts = &one, .n = 1 };
		struct tg_stake s;
		size_t n = 0;

		one.caps = &acc->caps[i];
		one.n_caps = 1;
		if (tg_stakes_make(&cap, now, &s, &n, e) == -1 ||
		    tg_stake_read(db, &s, e) == -1)
			return -1;
		st[i] = tg_standing_of_stake(&s);
	}
	return 0;
}

/* --- by hand --- */

int
tg_account_adjust(struct tg_db *db, enum tg_scope scope, int64_t subject,
    const char *name, int64_t to_nano, bool raise, struct tg_err *e)
{
	struct tg_account_ref ref = { scope, subject, name };
	struct tg_line line = { .kind = TG_LINE_ADJUSTMENT };
	struct tg_arena *a = tg_arena_new((size_t)1024 * 1024);
	int64_t spent = 0, now = tg_wall_us();
	struct tg_account_list list = { 0 };
	struct tg_stake *stakes;
	struct tg_terms t;
	size_t n = 0;
	int rc;

	rc = tg_account_make(db, scope, subject, name, &line.account, e);
	if (rc == 0)
		rc = tg_account_spent(db, scope, subject, name, &spent, e);
	line.amount_nano = to_nano - spent;
	if (rc == 0 && (raise ? to_nano != spent : to_nano < spent)) {
		rc = tg_ledger_add(db, &line, e);
		if (rc == 0 && subject != 0 && !tg_scope_globs(scope))
			rc = tg_account_add(
			    db, &ref, line.amount_nano, NULL, e);
	}
	if (rc == 0)
		rc = tg_accounts_load(db, a, &ref, &list, e);
	t = (struct tg_terms){ .accounts = list.accounts, .n = list.n };
	stakes = tg_arena_alloc(a, tg_terms_caps(&t) * sizeof(*stakes));
	if (rc == 0)
		rc = tg_stakes_make(&t, now, stakes, &n, e);
	for (size_t i = 0; rc == 0 && i < n; i++)
		rc = adjust_cap(db, &stakes[i], to_nano, raise, e);
	tg_arena_free(a);
	return rc;
}

static int
adjust_cap(struct tg_db *db, struct tg_stake *s, int64_t to, bool raise,
    struct tg_err *e)
{
	struct tg_line line = {
		.kind = TG_LINE_ADJUSTMENT,
		.account = s->account->id,
		.cap = s->cap->id,
		.period_at = s->from,
	};

	if (tg_stake_read(db, s, e) == -1)
		return -1;
	if (to == s->spent || (to > s->spent && !raise))
		return 0;
	line.amount_nano = to - s->spent;
	if (tg_ledger_add(db, &line, e) == -1)
		return -1;
	return tg_balance_add(db, s, line.amount_nano, e);
}
