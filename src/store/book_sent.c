#include "config.h"

/*
 * A request that goes out late: its places in windows follow it, so that they
 * come free when the upstream's own windows do.  While it was on its way they
 * stood where it was admitted, so no window was looked at without them.
 */
#include "store/booking.h"

struct sent {
	struct tg_admission *ad;
	int64_t now;
};

static bool is_late(const struct tg_limit *l, const struct sent *s);
static bool has_place(const struct tg_limit *l, const struct sent *s,
    bool shared);
static int move(struct tg_db *db, void *arg, struct tg_err *e);
static int move_one(struct tg_db *db, const struct sent *s,
    const struct tg_limit *l, struct tg_err *e);
static int move_all(struct tg_db *db, const struct sent *s,
    const struct tg_terms *t, bool shared, struct tg_err *e);
static bool late_in(const struct tg_terms *t, const struct sent *s);
static int note(struct tg_db *db, const struct sent *s, struct tg_err *e);

int
tg_book_sent(struct tg_store *s, struct tg_admission *ad, int64_t now,
    struct tg_err *e)
{
	struct sent sent = { ad, now };

	if (!late_in(ad->terms, &sent) &&
	    !late_in(&ad->candidates[ad->chosen].terms, &sent))
		return 0;
	if (tg_write(s, TG_DB_MAIN, move, &sent, e) == -1)
		return -1;
	ad->row->admit_at = now;
	return 0;
}

static bool
late_in(const struct tg_terms *t, const struct sent *s)
{
	for (size_t i = 0; i < t->n; i++)
		for (size_t k = 0; k < t->accounts[i].n_limits; k++)
			if (is_late(&t->accounts[i].limits[k], s))
				return true;
	return false;
}

/* Later than the one slot that windows look at beyond their length. */
static bool
is_late(const struct tg_limit *l, const struct sent *s)
{
	int64_t at = s->ad->row->admit_at;

	return l->unit != TG_LIMIT_PARALLEL && at != 0 &&
	    tg_window_slot(l, s->now) > tg_window_slot(l, at) + 1;
}

static int
move(struct tg_db *db, void *arg, struct tg_err *e)
{
	const struct sent *s = arg;
	const struct tg_admission *ad = s->ad;

	if (move_all(db, s, ad->terms, true, e) == -1 ||
	    move_all(db, s, &ad->candidates[ad->chosen].terms, false, e) == -1)
		return -1;
	return note(db, s, e);
}

/* Of a later attempt the request itself stands where the first was. */
static bool
has_place(const struct tg_limit *l, const struct sent *s, bool shared)
{
	return l->unit != TG_LIMIT_PARALLEL &&
	    (!shared || l->unit != TG_LIMIT_REQUESTS ||
		s->ad->row->head == s->ad->row->seq);
}

static int
move_one(struct tg_db *db, const struct sent *s, const struct tg_limit *l,
    struct tg_err *e)
{
	const struct tg_call_row *row = s->ad->row;
	int64_t n = tg_limit_need(l->unit, row->input_bound, row->output_bound);

	if (tg_window_fix(db, l->id, tg_window_slot(l, row->admit_at), -n,
		e) == -1)
		return -1;
	if (sqlite3_changes(db->h) == 0) /* the limit is no more */
		return 0;
	return tg_window_add(db, l->id, tg_window_slot(l, s->now), n, e);
}

/* All of them, for settlement corrects them by one and the same moment. */
static int
move_all(struct tg_db *db, const struct sent *s, const struct tg_terms *t,
    bool shared, struct tg_err *e)
{
	for (size_t i = 0; i < t->n; i++)
		for (size_t k = 0; k < t->accounts[i].n_limits; k++) {
			const struct tg_limit *l = &t->accounts[i].limits[k];

			if (has_place(l, s, shared) &&
			    move_one(db, s, l, e) == -1)
				return -1;
		}
	return 0;
}

static int
note(struct tg_db *db, const struct sent *s, struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_CALL_SENT);

	sqlite3_bind_int64(st, 1, s->ad->row->seq);
	sqlite3_bind_int64(st, 2, s->now);
	return tg_db_step(db, st, e);
}
