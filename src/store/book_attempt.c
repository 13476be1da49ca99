#include "config.h"

/*
 * Other attempts of a call that was admitted: under what is held for it,
 * which is made as large as the candidate at hand needs.
 */
#include <assert.h>

#include "base/clock.h"
#include "store/book_fit.h"

static int release(struct tg_db *db, void *arg, struct tg_err *e);
static int drop_own(struct tg_db *db, const struct tg_admission *ad,
    struct tg_err *e);
static int drop(struct tg_db *db, const struct tg_terms *t, int64_t head,
    struct tg_err *e);
static int renewed_terms(struct tg_db *db, struct tg_opening *o,
    struct tg_fit *f, struct tg_err *e);
static int run_attempt(struct tg_db *db, void *arg, struct tg_err *e);

int
tg_book_attempt(struct tg_store *s, struct tg_arena *a,
    struct tg_admission *ad, struct tg_err *e)
{
	struct tg_opening o = { .ad = ad, .a = a };

	assert(ad->chosen < ad->n_candidates && ad->row->head != 0);
	if (tg_reserve_short(s))
		return tg_sqlite_fail(SQLITE_FULL, "tollgate.db", "", e);
	if (tg_write(s, TG_DB_MAIN, run_attempt, &o, e) == -1)
		return -1;
	return o.admitted;
}

static int
run_attempt(struct tg_db *db, void *arg, struct tg_err *e)
{
	struct tg_opening *o = arg;
	struct tg_admission *ad = o->ad;
	struct tg_fit f = { .ad = ad, .now = tg_wall_us(),
		.candidate = &ad->candidates[ad->chosen],
		.waiter = &o->waiter, .head = ad->row->head };
	int rc;

	o->now = f.now;
	o->admitted = false;
	o->waiter = (struct tg_waiter){ .key_id = ad->row->key_id,
		.now = f.now };
	ad->refusal = (struct tg_refusal){ .kind = TG_REFUSED_NOT };
	if (drop_own(db, ad, e) == -1 || renewed_terms(db, o, &f, e) == -1)
		return -1;
	rc = tg_fit_check(db, &f, e);
	if (rc == 1)
		return tg_opening_admit(db, o, &f, e);
	ad->refusal = f.refusal;
	return rc;
}

/* What the attempts before held of their deployments. */
static int
drop_own(struct tg_db *db, const struct tg_admission *ad, struct tg_err *e)
{
	for (size_t i = 0; i < ad->n_candidates; i++)
		if (drop(db, &ad->candidates[i].terms, ad->row->head, e) == -1)
			return -1;
	return 0;
}

static int
drop(struct tg_db *db, const struct tg_terms *t, int64_t head,
    struct tg_err *e)
{
	for (size_t i = 0; i < t->n; i++) {
		const struct tg_account *acc = &t->accounts[i];

		for (size_t k = 0; k < acc->n_caps; k++)
			if (tg_hold_drop(db, acc->caps[k].id, head, e) == -1)
				return -1;
		for (size_t k = 0; k < acc->n_limits; k++)
			if (acc->limits[k].unit == TG_LIMIT_PARALLEL &&
			    tg_flight_drop(db, acc->limits[k].id, head, e) ==
				-1)
				return -1;
	}
	return 0;
}

/* The rules may have changed since the call was admitted. */
static int
renewed_terms(struct tg_db *db, struct tg_opening *o, struct tg_fit *f,
    struct tg_err *e)
{
	struct tg_terms all, own = { 0 }, *shared;
	struct tg_call_row row = *o->ad->row;
	int64_t version = 0;

	if (tg_rules_read_version(db, &version, e) == -1)
		return -1;
	if (version == o->ad->terms->version &&
	    version == f->candidate->terms.version)
		return tg_fit_make(
		    f, o->a, o->ad->terms, &f->candidate->terms, e);
	row.provider = f->candidate->provider;
	row.deployment = f->candidate->deployment;
	if (tg_terms_of_call(db, o->a, &row, &all, e) == -1)
		return -1;
	own.accounts = tg_arena_alloc(o->a, all.n * sizeof(*own.accounts));
	shared = tg_arena_alloc(o->a, sizeof(*shared));
	*shared = (struct tg_terms){ .accounts = all.accounts };
	/* Those that are the deployment's come last. */
	for (size_t i = 0; i < all.n; i++)
		if (tg_scope_is_upstream(all.accounts[i].scope))
			own.accounts[own.n++] = all.accounts[i];
		else
			all.accounts[shared->n++] = all.accounts[i];
	return tg_fit_make(f, o->a, shared, &own, e);
}

/* --- none follows --- */

void
tg_book_release(struct tg_store *s, struct tg_admission *ad)
{
	struct tg_err why = { 0 };

	/* If it fails, the sweeper finds it. */
	(void)tg_write(s, TG_DB_MAIN, release, ad, &why);
}

static int
release(struct tg_db *db, void *arg, struct tg_err *e)
{
	struct tg_admission *ad = arg;
	struct tg_arena *a = tg_arena_new((size_t)1024 * 1024);
	struct tg_terms now;
	int rc;

	rc = tg_terms_of_call(db, a, ad->row, &now, e);
	if (rc == 0)
		rc = drop(db, &now, ad->row->head, e);
	if (rc == 0)
		rc = drop_own(db, ad, e);
	tg_arena_free(a);
	return rc;
}
