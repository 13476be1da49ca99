#include "config.h"

/*
 * What was spent and is held under caps, and the accounts' own sums.  A mark
 * that is crossed goes into the outbox in the transaction that crossed it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/money.h"
#include "store/booking.h"
#include "store/outbox.h"

#define MARKS_MAX 16
#define EVENT_BYTES ((size_t)16 * 1024)

/* How far a balance has been told. */
struct told {
	int64_t marked;		/* percent */
	bool soft;
	bool refused;		/* 100 %, by a call that was refused */
};

static int cross(struct tg_db *db, const struct tg_stake *s,
    const struct told *before, struct tg_err *e);
static int mark(struct tg_db *db, const struct tg_stake *s,
    const struct told *now, struct tg_err *e);
static bool next_mark(struct tg_str *marks, int64_t *percent);
static int tell(struct tg_db *db, const struct tg_stake *s, const char *kind,
    int64_t percent, struct tg_err *e);
static int tell_refused(struct tg_db *db, const struct tg_stake *s,
    struct tg_err *e);
static int put_event(struct tg_db *db, const struct tg_stake *s,
    const char *kind, struct tg_buf *facts, struct tg_err *e);
static bool reached(int64_t spent, int64_t cap, int64_t percent);

size_t
tg_terms_caps(const struct tg_terms *t)
{
	size_t n = 0;

	for (size_t i = 0; t != NULL && i < t->n; i++)
		n += t->accounts[i].n_caps;
	return n;
}

int
tg_stakes_make(const struct tg_terms *t, int64_t at, struct tg_stake *stakes,
    size_t *n, struct tg_err *e)
{
	for (size_t i = 0; t != NULL && i < t->n; i++)
		for (size_t k = 0; k < t->accounts[i].n_caps; k++) {
			struct tg_stake *s = &stakes[*n];
			const struct tg_cap *cap = &t->accounts[i].caps[k];

			*s = (struct tg_stake){ .account = &t->accounts[i],
				.cap = cap };
			if (tg_period_at(cap->period, at, &s->from, &s->to))
				++*n;
			else if (e != NULL)
				return tg_fail(e, TG_E_STORE, "A budget has "
				    "the period '%s', which is none here: "
				    "is its time zone installed?",
				    cap->period);
		}
	return 0;
}

int
tg_stake_read(struct tg_db *db, struct tg_stake *s, struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_STAKE_READ);

	sqlite3_bind_int64(st, 1, s->cap->id);
	sqlite3_bind_int64(st, 2, s->from);
	if (tg_db_step(db, st, e) == -1)
		return -1;
	s->spent = tg_col_i64(st, 0, 0);
	s->held = tg_col_i64(st, 1, 0);
	tg_db_done(st);
	return 0;
}

int64_t
tg_cap_now(const struct tg_cap *cap, int64_t now)
{
	int64_t sum;

	if (cap->cap_nano == TG_NANO_NONE ||
	    (cap->extra_until != 0 && now >= cap->extra_until))
		return cap->cap_nano;
	if (__builtin_add_overflow(cap->cap_nano, cap->extra_nano, &sum))
		return INT64_MAX;
	return sum;
}

int
tg_hold_put(struct tg_db *db, const struct tg_stake *s, int64_t call,
    int64_t nano, struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_HOLD_ADD);

	sqlite3_bind_int64(st, 1, s->cap->id);
	sqlite3_bind_int64(st, 2, call);
	sqlite3_bind_int64(st, 3, s->from);
	sqlite3_bind_int64(st, 4, nano);
	return tg_db_step(db, st, e);
}

int
tg_hold_get(struct tg_db *db, int64_t cap, int64_t call, int64_t *nano,
    struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_HOLD_GET);
	int rc;

	*nano = 0;
	sqlite3_bind_int64(st, 1, cap);
	sqlite3_bind_int64(st, 2, call);
	rc = tg_db_step(db, st, e);
	if (rc == 1) {
		*nano = sqlite3_column_int64(st, 0);
		tg_db_done(st);
	}
	return rc;
}

int
tg_hold_less(struct tg_db *db, int64_t cap, int64_t call, int64_t nano,
    struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_HOLD_LESS);

	sqlite3_bind_int64(st, 1, cap);
	sqlite3_bind_int64(st, 2, call);
	sqlite3_bind_int64(st, 3, nano);
	return tg_db_step(db, st, e);
}

int
tg_hold_drop(struct tg_db *db, int64_t cap, int64_t call, struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_HOLD_DROP);

	sqlite3_bind_int64(st, 1, cap);
	sqlite3_bind_int64(st, 2, call);
	return tg_db_step(db, st, e);
}

/* --- balances and their marks --- */

int
tg_balance_add(struct tg_db *db, struct tg_stake *s, int64_t nano,
    struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_BALANCE_ADD);
	struct told told;

	sqlite3_bind_int64(st, 1, s->cap->id);
	sqlite3_bind_int64(st, 2, s->from);
	sqlite3_bind_int64(st, 3, nano);
	if (tg_db_step(db, st, e) == -1)
		return -1;
	st = tg_db_stmt(db, TG_SQL_BALANCE_MARKED);
	sqlite3_bind_int64(st, 1, s->cap->id);
	sqlite3_bind_int64(st, 2, s->from);
	if (tg_db_step(db, st, e) != 1)
		return -1;
	told.marked = sqlite3_column_int64(st, 0);
	told.soft = sqlite3_column_int(st, 1) != 0;
	told.refused = sqlite3_column_int(st, 2) != 0;
	s->spent = sqlite3_column_int64(st, 3);
	tg_db_done(st);
	return cross(db, s, &told, e);
}

static int
cross(struct tg_db *db, const struct tg_stake *s, const struct told *before,
    struct tg_err *e)
{
	struct tg_str marks = tg_str(s->cap->marks);
	int64_t cap = tg_cap_now(s->cap, tg_wall_us()), percent;
	struct told now = *before;

	if (!before->soft && s->cap->soft_nano != TG_NANO_NONE &&
	    s->spent >= s->cap->soft_nano) {
		now.soft = true;
		if (tell(db, s, "budget.soft", 0, e) == -1)
			return -1;
	}
	while (cap != TG_NANO_NONE && next_mark(&marks, &percent)) {
		if (percent <= before->marked ||
		    !reached(s->spent, cap, percent))
			continue;
		if (percent > now.marked)
			now.marked = percent;
		if (percent == 100 && before->refused)
			continue;
		if (tell(db, s, "budget.threshold", percent, e) == -1)
			return -1;
	}
	if (now.marked == before->marked && now.soft == before->soft)
		return 0;
	return mark(db, s, &now, e);
}

static bool
next_mark(struct tg_str *marks, int64_t *percent)
{
	struct tg_str piece;

	while (tg_str_cut(marks, ',', &piece))
		if (tg_str_i64(tg_str_trim(piece), percent) && *percent > 0)
			return true;
	return false;
}

static bool
reached(int64_t spent, int64_t cap, int64_t percent)
{
	return (tg_i128)spent * 100 >= (tg_i128)cap * percent;
}

static int
mark(struct tg_db *db, const struct tg_stake *s, const struct told *now,
    struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_BALANCE_MARK);

	sqlite3_bind_int64(st, 1, s->cap->id);
	sqlite3_bind_int64(st, 2, s->from);
	sqlite3_bind_int64(st, 3, now->marked);
	sqlite3_bind_int(st, 4, now->soft);
	sqlite3_bind_int(st, 5, now->refused);
	return tg_db_step(db, st, e);
}

int
tg_balance_refused(struct tg_db *db, const struct tg_stake *s, int64_t need,
    struct tg_err *e)
{
	int64_t cap = tg_cap_now(s->cap, tg_wall_us());
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_BALANCE_MARKED);
	struct tg_str marks = tg_str(s->cap->marks);
	struct told told = { 0 };
	bool wanted = false;
	int64_t percent;
	int rc;

	while (next_mark(&marks, &percent))
		wanted |= percent == 100;
	if (!wanted || (need > cap && s->spent < cap))
		return 0;
	sqlite3_bind_int64(st, 1, s->cap->id);
	sqlite3_bind_int64(st, 2, s->from);
	rc = tg_db_step(db, st, e);
	if (rc == 1) {
		told.marked = sqlite3_column_int64(st, 0);
		told.soft = sqlite3_column_int(st, 1) != 0;
		told.refused = sqlite3_column_int(st, 2) != 0;
		tg_db_done(st);
	}
	if (rc == -1 || told.marked >= 100 || told.refused)
		return rc == -1 ? -1 : 0;
	told.refused = true;
	if (tell_refused(db, s, e) == -1)
		return -1;
	return mark(db, s, &told, e);
}

/* --- events --- */

static enum tg_sql
who_is(enum tg_scope scope)
{
	switch (scope) {
	case TG_SCOPE_KEY:
	case TG_SCOPE_KEY_MODEL:
		return TG_SQL_EVENT_KEY;
	case TG_SCOPE_MEMBER:
		return TG_SQL_EVENT_MEMBER;
	default:
		return TG_SQL_EVENT_SUBJECT;
	}
}

static void
add_text(struct tg_buf *b, const char *name, const char *text)
{
	tg_buf_printf(b, "\"%s\":", name);
	if (text == NULL)
		tg_buf_addc(b, "null");
	else
		tg_json_quote(b, tg_str(text));
	tg_buf_byte(b, ',');
}

/* An organization's member is kept under its number, told by its name. */
static int
add_name(struct tg_db *db, struct tg_buf *b, const struct tg_account *acc,
    struct tg_err *e)
{
	sqlite3_stmt *st;
	int rc;

	if (acc->scope != TG_SCOPE_ORGANIZATION_MEMBER) {
		add_text(b, "name", acc->name);
		return 0;
	}
	st = tg_db_stmt(db, TG_SQL_EVENT_SUBJECT);
	sqlite3_bind_int64(st, 1, strtoll(acc->name, NULL, 10));
	rc = tg_db_step(db, st, e);
	if (rc == 1) {
		add_text(b, "name", (const char *)sqlite3_column_text(st, 0));
		tg_db_done(st);
	} else
		add_text(b, "name", "");
	return rc == -1 ? -1 : 0;
}

/* Of the account: the public id and the alias of its subject. */
static int
add_who(struct tg_db *db, struct tg_buf *b, const struct tg_account *acc,
    struct tg_err *e)
{
	sqlite3_stmt *st;
	int rc = 0;

	add_text(b, "scope", tg_scope_name(acc->scope));
	if (add_name(db, b, acc, e) == -1)
		return -1;
	if (acc->subject == 0) {
		add_text(b, "subject", "");
		add_text(b, "alias", NULL);
		return 0;
	}
	st = tg_db_stmt(db, who_is(acc->scope));
	sqlite3_bind_int64(st, 1, acc->subject);
	rc = tg_db_step(db, st, e);
	if (rc == -1)
		return -1;
	add_text(b, "subject",
	    rc == 1 ? (const char *)sqlite3_column_text(st, 0) : "");
	add_text(b, "alias",
	    rc == 1 ? (const char *)sqlite3_column_text(st, 1) : NULL);
	tg_db_done(st);
	return 0;
}

static int
tell(struct tg_db *db, const struct tg_stake *s, const char *kind,
    int64_t percent, struct tg_err *e)
{
	int64_t cap = percent > 0 ? tg_cap_now(s->cap, tg_wall_us()) :
				    s->cap->soft_nano;
	struct tg_buf b;

	tg_buf_init(&b, EVENT_BYTES);
	tg_buf_printf(&b,
	    "\"percent\":%lld,\"spent_nano\":%lld,\"cap_nano\":%lld,",
	    (long long)percent, (long long)s->spent, (long long)cap);
	return put_event(db, s, kind, &b, e);
}

static int
tell_refused(struct tg_db *db, const struct tg_stake *s, struct tg_err *e)
{
	struct tg_buf b;

	tg_buf_init(&b, EVENT_BYTES);
	tg_buf_printf(&b,
	    "\"percent\":100,\"refused\":true,\"spent_nano\":%lld,"
	    "\"held_nano\":%lld,\"cap_nano\":%lld,",
	    (long long)s->spent, (long long)s->held,
	    (long long)tg_cap_now(s->cap, tg_wall_us()));
	return put_event(db, s, "budget.threshold", &b, e);
}

/* Frees the facts. */
static int
put_event(struct tg_db *db, const struct tg_stake *s, const char *kind,
    struct tg_buf *facts, struct tg_err *e)
{
	char time[TG_ISO_BYTES];
	struct tg_buf b;
	int rc;

	tg_buf_init(&b, EVENT_BYTES);
	tg_buf_byte(&b, '{');
	rc = add_who(db, &b, s->account, e);
	tg_buf_add(&b, facts->p, facts->n);
	tg_buf_free(facts);
	add_text(&b, "period", s->cap->period);
	add_text(&b, "period_at",
	    s->from > 0 ? tg_iso_time(s->from, time) : NULL);
	tg_buf_addc(&b, "\"reset_at\":");
	if (s->to == INT64_MAX)
		tg_buf_addc(&b, "null}");
	else
		tg_buf_printf(&b, "\"%s\"}", tg_iso_time(s->to, time));
	if (rc == 0)
		rc = tg_outbox_add(db, kind, b.p, e);
	tg_buf_free(&b);
	return rc;
}

/* --- accounts --- */

int
tg_account_add(struct tg_db *db, const struct tg_account_ref *of,
    int64_t nano, int64_t *spent, struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_ACCOUNT_SPEND);

	sqlite3_bind_int(st, 1, of->scope);
	sqlite3_bind_int64(st, 2, of->subject);
	sqlite3_bind_int64(st, 3, nano);
	if (tg_db_step(db, st, e) == -1)
		return -1;
	if (spent == NULL)
		return 0;
	return tg_account_spent(db, of->scope, of->subject, "", spent, e);
}

int
tg_accounts_add(struct tg_db *db, const struct tg_call_row *c, int64_t nano,
    int64_t *key_spent, struct tg_err *e)
{
	const struct tg_account_ref own[] = { { TG_SCOPE_KEY, c->key_id, "" },
		{ TG_SCOPE_PERSON, c->person, "" },
		{ TG_SCOPE_TEAM, c->team, "" },
		{ TG_SCOPE_MEMBER, c->member, "" },
		{ TG_SCOPE_PROJECT, c->project, "" },
		{ TG_SCOPE_ORGANIZATION, c->organization, "" },
		{ TG_SCOPE_CUSTOMER, c->customer, "" } };
	struct tg_ids tags = tg_ids_begin(c->tag_ids);
	struct tg_account_ref tag = { TG_SCOPE_TAG, 0, "" };

	for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++)
		if (own[i].subject != 0 &&
		    tg_account_add(db, &own[i], nano,
			i == 0 ? key_spent : NULL, e) == -1)
			return -1;
	while (tg_ids_next(&tags, &tag.subject))
		if (tg_account_add(db, &tag, nano, NULL, e) == -1)
			return -1;
	return 0;
}
