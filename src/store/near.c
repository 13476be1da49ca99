#include "config.h"

#include "store/near.h"

/* Looks over all caps, and at what is told and priced. */
#include "base/period.h"
#include "store/inner.h"

/* Periods that caps share are computed once. */
struct span {
	char period[TG_PERIOD_BYTES];
	int64_t from, to;
};
#define SPANS 8
/* So many caps are not looked at one by one. */
#define MANY 1000

struct near {
	struct tg_db *db;
	struct tg_arena *a;
	struct tg_err *e;
	int64_t now;
	struct span spans[SPANS];
	size_t at;
	struct place {
		int64_t cap, account, spent, held, most, from, to;
		const char *period;
	} * best;
	size_t n, limit;
};

static const struct span *
span_of(struct near *k, const char *period)
{
	struct span *s;

	for (size_t i = 0; i < SPANS; i++)
		if (strcmp(k->spans[i].period, period) == 0)
			return &k->spans[i];
	s = &k->spans[k->at++ % SPANS];
	if (strlen(period) >= sizeof(s->period) ||
	    !tg_period_at(period, k->now, &s->from, &s->to))
		return NULL;
	memcpy(s->period, period, strlen(period) + 1);
	return s;
}

static int
held(struct near *k, struct place *p)
{
	sqlite3_stmt *st = tg_db_stmt(k->db, TG_SQL_NEAR_HELD);
	int rc;

	sqlite3_bind_int64(st, 1, p->cap);
	sqlite3_bind_int64(st, 2, p->from);
	rc = tg_db_step(k->db, st, k->e);
	if (rc == 1) {
		p->held = sqlite3_column_int64(st, 0);
		tg_db_done(st);
	}
	return rc == -1 ? -1 : 0;
}

static bool
nearer(const struct place *x, const struct place *y)
{
	return (double)x->spent / (double)x->most >
	    (double)y->spent / (double)y->most;
}

/* Into its place among the best, if it has one. */
static void
keep(struct near *k, const struct place *p)
{
	size_t i = k->n;

	if (k->n == k->limit && !nearer(p, &k->best[k->n - 1]))
		return;
	if (k->n < k->limit)
		k->n++;
	else
		i--;
	for (; i > 0 && nearer(p, &k->best[i - 1]); i--)
		k->best[i] = k->best[i - 1];
	k->best[i] = *p;
	k->best[i].period = tg_arena_cstr(k->a, tg_str(p->period));
}

static int
look(struct near *k, sqlite3_stmt *st)
{
	const struct span *s;
	int rc;

	sqlite3_bind_int64(st, 1, k->now);
	while ((rc = tg_db_step(k->db, st, k->e)) == 1) {
		struct place p = {
			.cap = sqlite3_column_int64(st, 0),
			.account = sqlite3_column_int64(st, 1),
			.period = (const char *)sqlite3_column_text(st, 2),
			.most = sqlite3_column_int64(st, 3),
			.from = sqlite3_column_int64(st, 4),
			.spent = sqlite3_column_int64(st, 5),
		};

		s = span_of(k, p.period);
		if (s == NULL || s->from != p.from)
			continue;
		p.to = s->to;
		keep(k, &p);
	}
	return rc;
}

static int
look_own(struct near *k, int64_t person)
{
	sqlite3_stmt *st = tg_db_stmt(k->db, TG_SQL_NEAR_OWN);

	sqlite3_bind_int(st, 2, TG_SCOPE_PERSON);
	sqlite3_bind_int(st, 3, TG_SCOPE_PERSON_MODEL);
	sqlite3_bind_int(st, 4, TG_SCOPE_KEY);
	sqlite3_bind_int(st, 5, TG_SCOPE_KEY_MODEL);
	sqlite3_bind_int64(st, 6, person);
	return look(k, st);
}

/* By period: where one begins, its balances are found. */
static int
look_marked(struct near *k)
{
	sqlite3_stmt *st = tg_db_stmt(k->db, TG_SQL_NEAR_PERIODS), *of;
	struct span *spans = NULL;
	void *list = NULL;
	const struct span *s;
	size_t n = 0;
	int rc;

	while ((rc = tg_db_step(k->db, st, k->e)) == 1) {
		s = span_of(k, (const char *)sqlite3_column_text(st, 0));
		if (s != NULL)
			*(struct span *)tg_rows_add(
			    k->a, &list, &n, sizeof(*s)) = *s;
	}
	spans = list;
	for (size_t i = 0; rc == 0 && i < n; i++) {
		of = tg_db_stmt(k->db, TG_SQL_NEAR_MARKED);
		sqlite3_bind_int64(of, 2, spans[i].from);
		tg_bind_text(of, 3, spans[i].period);
		rc = look(k, of);
	}
	return rc;
}

static int
look_all(struct near *k)
{
	sqlite3_stmt *st = tg_db_stmt(k->db, TG_SQL_NEAR_NUMBER);
	bool many;
	int rc;

	sqlite3_bind_int(st, 1, MANY);
	rc = tg_db_step(k->db, st, k->e);
	if (rc != 1)
		return -1;
	many = sqlite3_column_int(st, 0) == MANY;
	tg_db_done(st);
	return many ? look_marked(k) :
		      look(k, tg_db_stmt(k->db, TG_SQL_NEAR_CAPS));
}

static int
tell(struct near *k, struct place *p, struct tg_cap_near *to)
{
	sqlite3_stmt *st = tg_db_stmt(k->db, TG_SQL_VERIFY_ACCOUNT);
	int rc;

	if (held(k, p) == -1)
		return -1;
	*to = (struct tg_cap_near){
		.name = "",
		.period = p->period,
		.cap_nano = p->most,
		.spent_nano = p->spent,
		.held_nano = p->held,
		.reset_at = p->to,
	};
	sqlite3_bind_int64(st, 1, p->account);
	rc = tg_db_step(k->db, st, k->e);
	if (rc == 1) {
		to->scope = sqlite3_column_int(st, 0);
		to->subject = sqlite3_column_int64(st, 1);
		to->name = tg_col_text(k->a, st, 2);
		tg_db_done(st);
	}
	return rc == -1 ? -1 : 0;
}

int
tg_caps_near(struct tg_db *db, struct tg_arena *a,
    struct tg_caps_near *near, struct tg_err *e)
{
	struct near k = { .db = db, .a = a, .e = e, .now = near->now,
		.limit = near->limit };

	k.best = tg_arena_alloc(a, k.limit * sizeof(*k.best));
	if ((near->person != 0 ? look_own(&k, near->person) :
				 look_all(&k)) == -1)
		return -1;
	near->rows = tg_arena_alloc(a, k.limit * sizeof(*near->rows));
	near->n = k.n;
	for (size_t i = 0; i < k.n; i++)
		if (tell(&k, &k.best[i], &near->rows[i]) == -1)
			return -1;
	return 0;
}

int
tg_outbox_behind(struct tg_db *db, struct tg_behind *b, struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_NEAR_BEHIND);
	int rc;

	*b = (struct tg_behind){ 0 };
	rc = tg_db_step(db, st, e);
	if (rc == 1) {
		b->waiting = sqlite3_column_int64(st, 0);
		b->since_at = sqlite3_column_int64(st, 1);
		tg_db_done(st);
	}
	return rc == -1 ? -1 : 0;
}

int
tg_prices_entered(struct tg_db *db, int64_t *at, struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_NEAR_PRICES);
	int rc = tg_db_step(db, st, e);

	if (rc == 1) {
		*at = sqlite3_column_int64(st, 0);
		tg_db_done(st);
	}
	return rc == -1 ? -1 : 0;
}

bool
tg_store_is_short(struct tg_store *s)
{
	return tg_reserve_short(s);
}
